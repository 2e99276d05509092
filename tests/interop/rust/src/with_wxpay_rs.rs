//! wxpay-rs, unchanged. It has no setting for the host, so its documented place for another transport gets one that
//! sends to the sandbox with the client's own. Each scenario stands alone.

use serde_json::json;
use wxpay_rs::http::ReqwestHttpClient;
use wxpay_rs::notify::{NotifyHeaders, PaymentExpectation, RefundExpectation};
use wxpay_rs::services::profit_sharing::{ProfitSharingRequest, Receiver as ShareReceiver};
use wxpay_rs::{WxPayClient, WxPayConfig, WxPayConfigBuilder, WxPayError, WxPayResult};

use crate::kit::{APPID, ClientFault, Delivery, Kit, NOWHERE, Outcome, Receiver, Scenario, check};

use crate::wxpay_rs_requests::{TOTAL, ToSandbox, app, batch, h5, jsapi, merchant, native, part};

pub const SCENARIOS: &[Scenario] = &[
    ("order", order),
    ("trade-types", trade_types),
    ("pay-params", pay_params),
    ("query", query),
    ("close", close),
    ("notify", notify),
    ("notify-certificate", notify_certificate),
    ("refund", refund),
    ("refund-notify", refund_notify),
    ("share", share),
    ("transfer", transfer),
    ("encrypt", encrypt),
    ("certificates", certificates),
    ("wrong-key", wrong_key),
    ("spoilt", spoilt),
];

fn client(kit: &Kit) -> Outcome<WxPayClient> {
    build(kit, with_public_key(kit, config(kit)?)?)
}

fn with_certificate(kit: &Kit) -> Outcome<WxPayClient> {
    let certificate = kit.file("platform_cert")?.into_bytes();
    build(kit, config(kit)?.platform_certificate(certificate))
}

fn config(kit: &Kit) -> Outcome<WxPayConfigBuilder> {
    Ok(WxPayConfig::builder()
        .app_id(APPID)
        .merchant_id(kit.info("mchid"))
        .api_v3_key(kit.info("apiv3_key"))
        .private_key_from_file(kit.info("merchant_key"))
        .cert_serial_number(kit.info("serial"))
        .timeout(20))
}

fn with_public_key(kit: &Kit, config: WxPayConfigBuilder) -> Outcome<WxPayConfigBuilder> {
    let key = kit.file("platform_public_key")?.into_bytes();
    Ok(config.platform_public_key(kit.info("platform_public_key_id"), key))
}

fn build(kit: &Kit, config: WxPayConfigBuilder) -> Outcome<WxPayClient> {
    let transport = ToSandbox {
        own: ReqwestHttpClient::builder().timeout(20).build()?,
        base: kit.base().to_owned(),
    };
    let client = WxPayClient::builder()
        .config(config.build()?)
        .http_client(transport);
    Ok(kit.runtime.block_on(client.build())?)
}

fn place(kit: &Kit, client: &WxPayClient, out_trade_no: &str, notify_url: &str) -> Outcome<String> {
    let request = native(kit, out_trade_no, notify_url);
    Ok(kit
        .runtime
        .block_on(client.native().create_order(&request))?
        .code_url)
}

fn paid(kit: &Kit, client: &WxPayClient, notify_url: &str) -> Outcome<String> {
    let number = kit.number("T");
    place(kit, client, &number, notify_url)?;
    kit.pay(&number)?;
    Ok(number)
}

fn refused<T>(answer: WxPayResult<T>, code: &str) -> Outcome {
    match answer {
        Err(error) if error.api_code() == Some(code) => Ok(()),
        Err(other) => Err(format!("expected {code}, found {other}").into()),
        Ok(_) => Err(format!("expected {code}, and it succeeded").into()),
    }
}

fn order(kit: &Kit) -> Outcome {
    let client = client(kit)?;
    let number = kit.number("T");
    let place = |total| {
        kit.runtime
            .block_on(client.jsapi().create_order(&jsapi(kit, &number, total)))
    };
    let first = place(TOTAL)?.prepay_id;
    check(first.starts_with("wx"), &first)?;
    let again = place(TOTAL)?.prepay_id;
    check(again == first, format!("{first} and {again}"))?;
    refused(place(TOTAL + 1), "INVALID_REQUEST")
}

fn trade_types(kit: &Kit) -> Outcome {
    let client = client(kit)?;
    let url = place(kit, &client, &kit.number("T"), NOWHERE)?;
    check(url.starts_with("weixin://"), url)?;
    let h5 = h5(kit);
    let url = kit.runtime.block_on(client.h5().create_order(&h5))?.h5_url;
    check(url.starts_with("https://"), url)?;
    let prepay_id = kit
        .runtime
        .block_on(client.app().create_order(&app(kit)))?
        .prepay_id;
    check(prepay_id.starts_with("wx"), prepay_id)
}

fn pay_params(kit: &Kit) -> Outcome {
    let client = client(kit)?;
    let request = jsapi(kit, &kit.number("T"), TOTAL);
    let prepay_id = kit
        .runtime
        .block_on(client.jsapi().create_order(&request))?
        .prepay_id;
    let opened = kit
        .runtime
        .block_on(client.jsapi().build_pay_params(&prepay_id))?;
    check(
        opened.package == format!("prepay_id={prepay_id}"),
        &opened.package,
    )?;
    kit.merchant_signed(
        [APPID, &opened.timestamp, &opened.nonce_str, &opened.package],
        &opened.pay_sign,
    )?;
    let prepay_id = kit
        .runtime
        .block_on(client.app().create_order(&app(kit)))?
        .prepay_id;
    let opened = kit
        .runtime
        .block_on(client.app().generate_pay_params(&prepay_id))?;
    kit.merchant_signed(
        [APPID, &opened.timestamp, &opened.noncestr, &prepay_id],
        &opened.sign,
    )
}

fn query(kit: &Kit) -> Outcome {
    let client = client(kit)?;
    let number = kit.number("T");
    place(kit, &client, &number, NOWHERE)?;
    let query = || {
        kit.runtime
            .block_on(client.query().by_out_trade_no(&number))
    };
    check(query()?.trade_state == "NOTPAY", "not NOTPAY")?;
    kit.pay(&number)?;
    let found = query()?;
    check(found.trade_state == "SUCCESS", &found.trade_state)?;
    check(
        found.amount.is_some_and(|amount| amount.total == TOTAL),
        "another amount",
    )?;
    let id = found.transaction_id.ok_or("no transaction_id")?;
    let by_id = kit
        .runtime
        .block_on(client.query().by_transaction_id(&id))?;
    check(
        by_id.out_trade_no.as_deref() == Some(&number),
        "another order",
    )?;
    refused(
        kit.runtime
            .block_on(client.query().by_out_trade_no("nosuchorder")),
        "ORDER_NOT_EXIST",
    )
}

fn close(kit: &Kit) -> Outcome {
    let client = client(kit)?;
    let number = kit.number("T");
    place(kit, &client, &number, NOWHERE)?;
    kit.runtime.block_on(client.query().close(&number))?;
    let found = kit
        .runtime
        .block_on(client.query().by_out_trade_no(&number))?;
    check(found.trade_state == "CLOSED", &found.trade_state)
}

fn headers(delivery: &Delivery) -> NotifyHeaders<'_> {
    NotifyHeaders {
        timestamp: delivery.header("wechatpay-timestamp"),
        nonce: delivery.header("wechatpay-nonce"),
        serial: delivery.header("wechatpay-serial"),
        signature: delivery.header("wechatpay-signature"),
    }
}

fn notify(kit: &Kit) -> Outcome {
    notified(kit, &client(kit)?)
}

fn notify_certificate(kit: &Kit) -> Outcome {
    kit.certificate_mode(|| notified(kit, &with_certificate(kit)?))
}

fn notified(kit: &Kit, client: &WxPayClient) -> Outcome {
    let receiver = Receiver::start()?;
    let number = paid(kit, client, &receiver.url)?;
    let delivery = receiver.next()?;
    let handler = client.notify_handler()?;
    kit.runtime.block_on(async {
        let verified = handler
            .verify_and_parse(headers(&delivery), delivery.body.as_bytes())
            .await?;
        let payment = handler.handle_verified_payment_notify(&verified).await?;
        payment.validate_order(PaymentExpectation {
            appid: APPID,
            mchid: kit.info("mchid"),
            out_trade_no: &number,
            total: TOTAL,
            currency: "CNY",
        })?;
        let changed = format!("{} ", delivery.body);
        let believed = handler
            .verify_and_parse(headers(&delivery), changed.as_bytes())
            .await;
        check(believed.is_err(), "a changed body was believed")
    })
}

fn refund(kit: &Kit) -> Outcome {
    let client = client(kit)?;
    let number = paid(kit, &client, NOWHERE)?;
    let refund = |out_refund_no: &str, amount| {
        let request = part(&number, out_refund_no, amount, NOWHERE);
        kit.runtime
            .block_on(client.refund().create_refund(&request))
    };
    let first = kit.number("R");
    check(
        refund(&first, 60)?
            .amount
            .is_some_and(|amount| amount.refund == 60),
        "another amount",
    )?;
    refused(refund(&kit.number("R"), 41), "INVALID_REQUEST")?;
    refund(&kit.number("R"), 40)?;
    let found = kit.runtime.block_on(client.refund().query_refund(&first))?;
    check(found.status == "SUCCESS", &found.status)
}

fn refund_notify(kit: &Kit) -> Outcome {
    let client = client(kit)?;
    let number = paid(kit, &client, NOWHERE)?;
    let receiver = Receiver::start()?;
    let refund = kit.number("R");
    kit.runtime.block_on(client.refund().create_refund(&part(
        &number,
        &refund,
        60,
        &receiver.url,
    )))?;
    let delivery = receiver.next()?;
    let handler = client.notify_handler()?;
    kit.runtime.block_on(async {
        let verified = handler
            .verify_and_parse(headers(&delivery), delivery.body.as_bytes())
            .await?;
        let found = handler.handle_verified_refund_notify(&verified).await?;
        Ok(found.validate_order(RefundExpectation {
            mchid: kit.info("mchid"),
            out_trade_no: &number,
            out_refund_no: &refund,
            total: TOTAL,
            refund: 60,
        })?)
    })
}

fn share(kit: &Kit) -> Outcome {
    let client = client(kit)?;
    kit.runtime.block_on(
        client
            .profit_sharing()
            .add_receiver(&merchant("示例商户全称")),
    )?;
    let number = paid(kit, &client, NOWHERE)?;
    let order = kit
        .runtime
        .block_on(client.query().by_out_trade_no(&number))?;
    let request = ProfitSharingRequest {
        transaction_id: order.transaction_id.ok_or("no transaction_id")?,
        out_order_no: kit.number("P"),
        receivers: vec![ShareReceiver {
            receiver_type: "MERCHANT_ID".into(),
            account: "1900000110".into(),
            amount: 10,
            description: "分给商户".into(),
            name: Some("示例商户全称".into()),
        }],
        description: "分账".into(),
    };
    match kit.runtime.block_on(client.profit_sharing().create(&request)) {
        Ok(made) => check(made.receivers[0].amount == 10, format!("{made:?}")),
        Err(WxPayError::ApiError { code, message }) if code == "INVALID_REQUEST" && message.contains("非分账订单") => {
            Err(ClientFault {
                en: "orders are placed without settle_info, so none of the client's payments may be shared",
                zh: "下单请求没有 settle_info，因此该客户端的订单都不能分账",
                source: "src/services/payments: JsapiRequest, NativeRequest, H5Request, AppRequest",
            }
            .into())
        }
        Err(other) => Err(other.into()),
    }
}

fn transfer(kit: &Kit) -> Outcome {
    let client = client(kit)?;
    let request = batch(kit, Some("张三"));
    let made = kit
        .runtime
        .block_on(client.transfer().create_transfer(&request))?;
    let query = client
        .transfer()
        .get_transfer_batch_by_out_batch_no(&request.out_batch_no);
    let found = kit.runtime.block_on(query)?.transfer_batch;
    check(found.batch_id == made.batch_id, format!("{found:?}"))?;
    check(
        found.total_amount == 200_000 && found.total_num == 1,
        format!("{found:?}"),
    )
}

fn encrypt(kit: &Kit) -> Outcome {
    let client = client(kit)?;
    let added = kit.runtime.block_on(
        client
            .profit_sharing()
            .add_receiver(&merchant("示例商户全称")),
    )?;
    check(
        added.account.as_deref() == Some("1900000110"),
        format!("{added:?}"),
    )?;
    let request = batch(kit, Some("张三"));
    kit.runtime
        .block_on(client.transfer().create_transfer(&request))?;
    let calls = kit.calls()?;
    let name = &calls.last().ok_or("no call")?["decrypted"]["transfer_detail_list"][0]["user_name"];
    check(name == "张三", format!("decrypted to {name}"))
}

fn certificates(kit: &Kit) -> Outcome {
    let client = client(kit)?;
    let listed = kit
        .runtime
        .block_on(client.certificates().get_certificates())?;
    let serial = kit.info("platform_cert_serial");
    check(
        listed
            .iter()
            .any(|certificate| certificate.serial_no == serial),
        format!("{listed:?}"),
    )
}

fn wrong_key(kit: &Kit) -> Outcome {
    let config = config(kit)?.private_key(kit.other_key()?.into_bytes());
    let client = build(kit, with_public_key(kit, config)?)?;
    let request = jsapi(kit, &kit.number("T"), TOTAL);
    refused(
        kit.runtime.block_on(client.jsapi().create_order(&request)),
        "SIGN_ERROR",
    )
}

fn spoilt(kit: &Kit) -> Outcome {
    let client = client(kit)?;
    kit.control("faults", json!({"fault": "wrong_signature", "times": 1}))?;
    let request = jsapi(kit, &kit.number("T"), TOTAL);
    match kit.runtime.block_on(client.jsapi().create_order(&request)) {
        Err(WxPayError::SignatureVerificationFailed) => Ok(()),
        Err(other) => Err(other.into()),
        Ok(_) => Err("a wrong signature was believed".into()),
    }
}
