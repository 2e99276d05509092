//! wechat-pay-rust-sdk, unchanged. Each scenario stands alone.

use serde_json::json;
use wechat_pay_rust_sdk::model::{
    AmountInfo, AppParams, H5Params, H5SceneInfo, JsapiParams, MicroParams, NativeParams,
    RefundsParams, WechatPayNotify,
};
use wechat_pay_rust_sdk::pay::{PayNotifyTrait as _, WechatPay};
use wechat_pay_rust_sdk::response::SignData;
use wechat_pay_rust_sdk::util;

use crate::kit::{APPID, ClientFault, Kit, NOWHERE, OPENID, Outcome, Receiver, Scenario, check};

pub const SCENARIOS: &[Scenario] = &[
    ("order", order),
    ("trade-types", trade_types),
    ("pay-params", pay_params),
    ("notify", notify),
    ("notify-certificate", notify_certificate),
    ("refund", refund),
    ("certificates", certificates),
    ("wrong-key", wrong_key),
    ("spoilt", spoilt),
];

/// The description and price (fen) of orders.
const DESCRIPTION: &str = "Image形象店-深圳腾大-QQ公仔";
const TOTAL: i32 = 100;

fn client(kit: &Kit, notify_url: &str) -> Outcome<WechatPay> {
    with_key(kit, notify_url, &kit.file("merchant_key")?)
}

fn with_key(kit: &Kit, notify_url: &str, key: &str) -> Outcome<WechatPay> {
    let mut client = WechatPay::new(
        APPID,
        kit.info("mchid"),
        key,
        kit.info("serial"),
        kit.info("apiv3_key"),
        notify_url,
    );
    client.base_url = kit.base().to_owned();
    Ok(client)
}

fn native(out_trade_no: &str) -> NativeParams {
    NativeParams::new(DESCRIPTION, out_trade_no, TOTAL.into())
}

fn paid(kit: &Kit, client: &WechatPay) -> Outcome<String> {
    let number = kit.number("T");
    let placed = client.native_pay(native(&number))?;
    check(placed.code_url.is_some(), format!("{placed:?}"))?;
    kit.pay(&number)?;
    Ok(number)
}

fn order(kit: &Kit) -> Outcome {
    let client = client(kit, NOWHERE)?;
    let order = |number: &str, total: i32| {
        JsapiParams::new(DESCRIPTION, number, total.into(), OPENID.into())
    };
    let number = kit.number("T");
    let first = client
        .jsapi_pay(order(&number, TOTAL))?
        .prepay_id
        .ok_or("no prepay_id")?;
    check(first.starts_with("wx"), &first)?;
    let again = client.jsapi_pay(order(&number, TOTAL))?.prepay_id;
    check(
        again.as_deref() == Some(&first),
        format!("{first} and {again:?}"),
    )?;
    let other = client.jsapi_pay(order(&number, TOTAL + 1))?;
    check(
        other.code.as_deref() == Some("INVALID_REQUEST"),
        format!("{other:?}"),
    )
}

fn trade_types(kit: &Kit) -> Outcome {
    let client = client(kit, NOWHERE)?;
    let amount = || AmountInfo::from(TOTAL);
    let native = client.native_pay(native(&kit.number("T")))?;
    check(
        native
            .code_url
            .is_some_and(|url| url.starts_with("weixin://")),
        "no code_url",
    )?;
    let scene = H5SceneInfo::new("183.6.105.1", "我的网站", "https://mydomain.com");
    let h5 = client.h5_pay(H5Params::new(
        DESCRIPTION,
        &kit.number("T"),
        amount(),
        scene,
    ))?;
    check(
        h5.h5_url.is_some_and(|url| url.starts_with("https://")),
        "no h5_url",
    )?;
    let app = client.app_pay(AppParams::new(DESCRIPTION, &kit.number("T"), amount()))?;
    check(app.prepay_id.is_some(), format!("{app:?}"))?;
    let micro = client.micro_pay(MicroParams::new(
        DESCRIPTION,
        &kit.number("T"),
        amount(),
        OPENID.into(),
    ))?;
    check(micro.prepay_id.is_some(), format!("{micro:?}"))
}

fn pay_params(kit: &Kit) -> Outcome {
    let client = client(kit, NOWHERE)?;
    let jsapi = client.jsapi_pay(JsapiParams::new(
        DESCRIPTION,
        &kit.number("T"),
        TOTAL.into(),
        OPENID.into(),
    ))?;
    let package = format!("prepay_id={}", jsapi.prepay_id.ok_or("no prepay_id")?);
    signed(kit, jsapi.sign_data, &package)?;
    let app = client.app_pay(AppParams::new(DESCRIPTION, &kit.number("T"), TOTAL.into()))?;
    let prepay_id = app.prepay_id.ok_or("no prepay_id")?;
    signed(kit, app.sign_data, &prepay_id)
}

fn signed(kit: &Kit, data: Option<SignData>, last: &str) -> Outcome {
    let SignData {
        app_id,
        timestamp,
        nonce_str,
        pay_sign,
        ..
    } = data.ok_or("no sign_data")?;
    kit.merchant_signed([&app_id, &timestamp, &nonce_str, last], &pay_sign)
}

fn notify(kit: &Kit) -> Outcome {
    let key = kit.file("platform_public_key")?;
    notified(kit, &key)
}

fn notify_certificate(kit: &Kit) -> Outcome {
    kit.certificate_mode(|| {
        let key = util::x509_to_pem(kit.file("platform_cert")?.as_bytes())
            .map_err(|error| error.to_string())?;
        notified(kit, &key)
    })
}

/// A payment is notified, and the platform's key is `key`.
fn notified(kit: &Kit, key: &str) -> Outcome {
    let receiver = Receiver::start()?;
    let client = client(kit, &receiver.url)?;
    let number = paid(kit, &client)?;
    let delivery = receiver.next()?;
    let header = |name| delivery.header(name);
    let (timestamp, nonce) = (header("wechatpay-timestamp"), header("wechatpay-nonce"));
    let signature = header("wechatpay-signature");
    client.verify_signature(key, timestamp, nonce, signature, &delivery.body)?;
    let changed = format!("{} ", delivery.body);
    check(
        client
            .verify_signature(key, timestamp, nonce, signature, &changed)
            .is_err(),
        "a changed body was believed",
    )?;
    let notification: WechatPayNotify = serde_json::from_str(&delivery.body)?;
    let resource = notification.resource;
    let associated_data = resource.associated_data.unwrap_or_default();
    let data = client.decrypt_paydata(resource.ciphertext, resource.nonce, associated_data)?;
    check(
        data.out_trade_no == number && data.trade_state == "SUCCESS",
        format!("{data:?}"),
    )?;
    check(
        data.amount.total == TOTAL && data.attach.is_empty(),
        format!("{data:?}"),
    )
}

fn refund(kit: &Kit) -> Outcome {
    let client = client(kit, NOWHERE)?;
    let number = paid(kit, &client)?;
    let part = |amount| {
        let refund_number = kit.number("R");
        client.refunds(RefundsParams::new(
            &*refund_number,
            TOTAL,
            amount,
            None,
            Some(&*number),
        ))
    };
    let first = part(60)?;
    let answer = first.ok().ok_or_else(|| format!("{first:?}"))?;
    check(answer.amount.refund == 60, format!("{first:?}"))?;
    let too_much = part(41)?;
    let code = too_much.err().and_then(|error| error.code.as_deref());
    check(code == Some("INVALID_REQUEST"), format!("{too_much:?}"))?;
    let rest = part(40)?;
    check(rest.is_success(), format!("{rest:?}"))
}

fn certificates(kit: &Kit) -> Outcome {
    let client = client(kit, NOWHERE)?;
    let listed = client.certificates()?.data.ok_or("no data")?;
    let certificate = listed.first().ok_or("an empty list")?;
    check(
        certificate.serial_no == kit.info("platform_cert_serial"),
        &certificate.serial_no,
    )?;
    let sealed = certificate.encrypt_certificate.clone();
    let pem = client.decrypt_bytes(sealed.ciphertext, sealed.nonce, sealed.associated_data)?;
    let (valid, _) = util::x509_is_valid(&pem).map_err(|error| error.to_string())?;
    check(valid, "the certificate is not valid")
}

fn wrong_key(kit: &Kit) -> Outcome {
    let client = with_key(kit, NOWHERE, &kit.other_key()?)?;
    let refused = client.native_pay(native(&kit.number("T")))?;
    check(
        refused.code.as_deref() == Some("SIGN_ERROR"),
        format!("{refused:?}"),
    )
}

fn spoilt(kit: &Kit) -> Outcome {
    let client = client(kit, NOWHERE)?;
    kit.control("faults", json!({"fault": "wrong_signature", "times": 1}))?;
    match client.native_pay(native(&kit.number("T"))) {
        Err(error) => check(error.to_string().contains("verify"), error),
        Ok(_) => Err(ClientFault {
            en: "answers are not verified: one with a wrong signature is returned as successful",
            zh: "不验证应答签名：签名错误的应答被当作成功返回",
            source: "src/async_impl/pay.rs: pay, get_pay, refunds",
        }
        .into()),
    }
}
