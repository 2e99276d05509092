//! rswxpay, unchanged. It knows platform certificates only, so certificates sign in each scenario. Each stands alone.

use std::error::Error;

use rswxpay::model::bill::{FundFlowBillRequest, TradeBillRequest};
use rswxpay::model::common::Amount;
use rswxpay::model::notify::NotifyHeaders;
use rswxpay::model::prepay::JsapiPrepayRequest;
use rswxpay::{ClientConfig, WxPayClient, WxPayError};
use serde_json::json;

use crate::kit::{APPID, ClientFault, Delivery, Kit, NOWHERE, Outcome, Receiver, Scenario, check};

use crate::rswxpay_requests::{TOTAL, app, h5, jsapi, native, part};

pub const SCENARIOS: &[Scenario] = &[
    ("order", |kit| kit.certificate_mode(|| order(kit))),
    ("trade-types", |kit| {
        kit.certificate_mode(|| trade_types(kit))
    }),
    ("pay-params", |kit| kit.certificate_mode(|| pay_params(kit))),
    ("query", |kit| kit.certificate_mode(|| query(kit))),
    ("close", |kit| kit.certificate_mode(|| close(kit))),
    ("notify-certificate", |kit| {
        kit.certificate_mode(|| notify(kit))
    }),
    ("refund", |kit| kit.certificate_mode(|| refund(kit))),
    ("refund-notify", |kit| {
        kit.certificate_mode(|| refund_notify(kit))
    }),
    ("bill", |kit| kit.certificate_mode(|| bill(kit))),
    ("fund-bill", |kit| kit.certificate_mode(|| fund_bill(kit))),
    ("certificates", |kit| {
        kit.certificate_mode(|| certificates(kit))
    }),
    ("wrong-key", |kit| kit.certificate_mode(|| wrong_key(kit))),
    ("spoilt", |kit| kit.certificate_mode(|| spoilt(kit))),
];

const BILL_FAULT: ClientFault = ClientFault {
    en: "a bill is refused: its download carries no signature, as documented, and the client demands one",
    zh: "无法下载账单：账单下载的应答按文档不带签名，而客户端要求签名",
    source: "src/client.rs: get_bytes",
};

const REFUND_FAULT: ClientFault = ClientFault {
    en: "refunds are sent to v3/pay/refund/domestic/refunds; the documentation has v3/refund/domestic/refunds",
    zh: "退款请求发往 v3/pay/refund/domestic/refunds；文档中的路径为 v3/refund/domestic/refunds",
    source: "src/api/refund.rs: create_refund, query_refund",
};

fn client(kit: &Kit) -> Outcome<WxPayClient> {
    with_key(kit, &kit.file("merchant_key")?)
}

fn with_key(kit: &Kit, key: &str) -> Outcome<WxPayClient> {
    let config = ClientConfig::builder()
        .mch_id(kit.info("mchid"))
        .serial_no(kit.info("serial"))
        .api_v3_key(kit.info("apiv3_key"))
        .private_key_pem(key)
        .base_url(kit.base())
        .build()?;
    Ok(kit.runtime.block_on(WxPayClient::new(config))?)
}

fn paid(kit: &Kit, client: &WxPayClient, notify_url: &str) -> Outcome<String> {
    let number = kit.number("T");
    kit.runtime
        .block_on(client.native_prepay(&native(kit, &number, notify_url)))?;
    kit.pay(&number)?;
    Ok(number)
}

fn refused<T>(answer: Result<T, WxPayError>, code: &str) -> Outcome {
    match answer {
        Err(WxPayError::Api { code: found, .. }) if found == code => Ok(()),
        Err(other) => Err(format!("expected {code}, found {other}").into()),
        Ok(_) => Err(format!("expected {code}, and it succeeded").into()),
    }
}

fn order(kit: &Kit) -> Outcome {
    let client = client(kit)?;
    let number = kit.number("T");
    let place = |request: &JsapiPrepayRequest| kit.runtime.block_on(client.jsapi_prepay(request));
    let first = place(&jsapi(kit, &number))?.prepay_id;
    check(first.starts_with("wx"), &first)?;
    let again = place(&jsapi(kit, &number))?.prepay_id;
    check(again == first, format!("{first} and {again}"))?;
    let other = Amount {
        total: TOTAL + 1,
        currency: None,
    };
    refused(
        place(&JsapiPrepayRequest {
            amount: other,
            ..jsapi(kit, &number)
        }),
        "INVALID_REQUEST",
    )
}

fn trade_types(kit: &Kit) -> Outcome {
    let client = client(kit)?;
    let native =
        kit.runtime
            .block_on(client.native_prepay(&native(kit, &kit.number("T"), NOWHERE)))?;
    check(native.code_url.starts_with("weixin://"), &native.code_url)?;
    let h5 = kit.runtime.block_on(client.h5_prepay(&h5(kit)))?;
    check(h5.h5_url.starts_with("https://"), &h5.h5_url)?;
    let app = kit.runtime.block_on(client.app_prepay(&app(kit)))?;
    check(app.prepay_id.starts_with("wx"), &app.prepay_id)
}

fn pay_params(kit: &Kit) -> Outcome {
    let client = client(kit)?;
    let prepay_id = kit
        .runtime
        .block_on(client.jsapi_prepay(&jsapi(kit, &kit.number("T"))))?
        .prepay_id;
    let opened = client.build_jsapi_pay_params(APPID, &prepay_id)?;
    check(
        opened.package == format!("prepay_id={prepay_id}"),
        &opened.package,
    )?;
    kit.merchant_signed(
        [
            APPID,
            &opened.time_stamp,
            &opened.nonce_str,
            &opened.package,
        ],
        &opened.pay_sign,
    )?;

    let prepay_id = kit
        .runtime
        .block_on(client.app_prepay(&app(kit)))?
        .prepay_id;
    let opened = client.build_app_pay_params(APPID, &prepay_id)?;
    kit.merchant_signed([APPID, &opened.timestamp, &opened.noncestr, &prepay_id], &opened.sign).map_err(|_| {
        ClientFault {
            en: "the signature for an app is over prepay_id=…; the documentation has the prepay_id alone",
            zh: "APP 调起支付的签名内容为 prepay_id=…；按文档应只有 prepay_id 的值",
            source: "src/api/prepay.rs: build_app_pay_params",
        }
        .into()
    })
}

fn query(kit: &Kit) -> Outcome {
    let client = client(kit)?;
    let number = kit.number("T");
    kit.runtime
        .block_on(client.native_prepay(&native(kit, &number, NOWHERE)))?;
    let query = || {
        kit.runtime
            .block_on(client.query_order_by_out_trade_no(&number))
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
        .block_on(client.query_order_by_transaction_id(&id))?;
    check(by_id.out_trade_no == number, &by_id.out_trade_no)?;
    refused(
        kit.runtime
            .block_on(client.query_order_by_out_trade_no("nosuchorder")),
        "ORDER_NOT_EXIST",
    )
}

fn close(kit: &Kit) -> Outcome {
    let client = client(kit)?;
    let number = kit.number("T");
    kit.runtime
        .block_on(client.native_prepay(&native(kit, &number, NOWHERE)))?;
    kit.runtime.block_on(client.close_order(&number))?;
    let found = kit
        .runtime
        .block_on(client.query_order_by_out_trade_no(&number))?;
    check(found.trade_state == "CLOSED", &found.trade_state)
}

fn headers(delivery: &Delivery) -> NotifyHeaders {
    let header = |name| delivery.header(name).to_owned();
    NotifyHeaders {
        timestamp: header("wechatpay-timestamp"),
        nonce: header("wechatpay-nonce"),
        signature: header("wechatpay-signature"),
        serial: header("wechatpay-serial"),
    }
}

fn notify(kit: &Kit) -> Outcome {
    let client = client(kit)?;
    let receiver = Receiver::start()?;
    let number = paid(kit, &client, &receiver.url)?;
    let delivery = receiver.next()?;
    let headers = headers(&delivery);
    let found = kit
        .runtime
        .block_on(client.parse_transaction_notify(&headers, &delivery.body))?;
    check(
        found.out_trade_no == number && found.trade_state == "SUCCESS",
        format!("{found:?}"),
    )?;
    let changed = format!("{} ", delivery.body);
    let believed = kit
        .runtime
        .block_on(client.parse_transaction_notify(&headers, &changed));
    check(believed.is_err(), "a changed body was believed")
}

fn refund(kit: &Kit) -> Outcome {
    let client = client(kit)?;
    let number = paid(kit, &client, NOWHERE)?;
    let refund = |number_of_refund: &str, amount| {
        kit.runtime.block_on(client.create_refund(&part(
            &number,
            number_of_refund,
            amount,
            NOWHERE,
        )))
    };
    let first = kit.number("R");
    let made = refund(&first, 60).map_err(of_the_path)?;
    check(made.amount.refund == 60, "another amount")?;
    refused(refund(&kit.number("R"), 41), "INVALID_REQUEST")?;
    refund(&kit.number("R"), 40)?;
    let found = kit.runtime.block_on(client.query_refund(&first))?;
    check(found.status == "SUCCESS", &found.status)
}

/// A refund's error, or the fault when there is no such path.
fn of_the_path(error: WxPayError) -> Box<dyn Error + Send + Sync> {
    match error {
        WxPayError::Api { code, .. } if code == "RESOURCE_NOT_EXISTS" => REFUND_FAULT.into(),
        other => other.into(),
    }
}

fn refund_notify(kit: &Kit) -> Outcome {
    let client = client(kit)?;
    let number = paid(kit, &client, NOWHERE)?;
    let receiver = Receiver::start()?;
    let refund = kit.number("R");
    let request = part(&number, &refund, 60, &receiver.url);
    kit.runtime
        .block_on(client.create_refund(&request))
        .map_err(of_the_path)?;
    let delivery = receiver.next()?;
    let found = kit
        .runtime
        .block_on(client.parse_refund_notify(&headers(&delivery), &delivery.body))?;
    check(
        found.out_refund_no == refund && found.refund_status == "SUCCESS",
        format!("{found:?}"),
    )
}

fn bill(kit: &Kit) -> Outcome {
    let client = client(kit)?;
    let number = paid(kit, &client, NOWHERE)?;
    let request = TradeBillRequest {
        bill_date: kit.today(),
        bill_type: Some("ALL".into()),
        tar_type: None,
    };
    let bill = kit.runtime.block_on(client.get_trade_bill(&request))?;
    check(bill.hash_type == "SHA1", &bill.hash_type)?;
    downloaded(kit, &client, &bill.download_url, &number)
}

fn fund_bill(kit: &Kit) -> Outcome {
    let client = client(kit)?;
    paid(kit, &client, NOWHERE)?;
    let request = FundFlowBillRequest {
        bill_date: kit.today(),
        account_type: None,
        tar_type: None,
    };
    let bill = kit.runtime.block_on(client.get_fund_flow_bill(&request))?;
    downloaded(kit, &client, &bill.download_url, "资金流水总笔数")
}

fn downloaded(kit: &Kit, client: &WxPayClient, url: &str, content: &str) -> Outcome {
    match kit.runtime.block_on(client.download_bill(url)) {
        Ok(file) => check(
            String::from_utf8_lossy(&file).contains(content),
            "another bill",
        ),
        Err(WxPayError::VerifyError(reason)) if reason.contains("missing signature headers") => {
            Err(BILL_FAULT.into())
        }
        Err(other) => Err(other.into()),
    }
}

fn certificates(kit: &Kit) -> Outcome {
    // The constructor fetches them, and a client of now knows the new one only from there.
    kit.control("certificates/rotate", json!({}))?;
    let client = client(kit)?;
    let number = kit.number("T");
    kit.runtime
        .block_on(client.native_prepay(&native(kit, &number, NOWHERE)))?;
    let found = kit
        .runtime
        .block_on(client.query_order_by_out_trade_no(&number))?;
    check(found.trade_state == "NOTPAY", &found.trade_state)?;
    // The certificate of the start again.
    kit.control("reset", json!({}))?;
    Ok(())
}

fn wrong_key(kit: &Kit) -> Outcome {
    // The constructor signs the request for the certificates.
    match with_key(kit, &kit.other_key()?) {
        Ok(_) => Err("a wrong key was accepted".into()),
        Err(error) => check(error.to_string().contains("SIGN_ERROR"), error),
    }
}

fn spoilt(kit: &Kit) -> Outcome {
    let client = client(kit)?;
    kit.control("faults", json!({"fault": "wrong_signature", "times": 1}))?;
    match kit
        .runtime
        .block_on(client.native_prepay(&native(kit, &kit.number("T"), NOWHERE)))
    {
        Err(WxPayError::VerifyError(_)) => Ok(()),
        Err(other) => Err(other.into()),
        Ok(_) => Err("a wrong signature was believed".into()),
    }
}
