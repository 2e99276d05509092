//! Requests as other libraries send them: WeChat Pay accepts them, so the sandbox does.

use serde_json::{Value, json};
use wechatpay_chain::signing::SignType;
use wechatpay_sandbox::{MerchantSettings, Sandbox};

use super::super::raw::{Answer, Raw};
use super::super::{Outcome, why};

const RECEIVER: &str = "/v3/profitsharing/receivers/add";

fn receiver(name: &str) -> Value {
    json!({
        "appid": "wx8888888888888888",
        "type": "PERSONAL_OPENID",
        "account": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "name": name,
        "relation_type": "USER",
    })
}

#[test]
fn a_serial_of_no_platform_key_is_refused_only_where_a_field_is_encrypted() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let merchant = sandbox.serial().to_owned();
    let public = sandbox.platform_key_id().to_owned();
    let ciphertext = sandbox
        .platform_public_key()
        .encrypt(Default::default(), "张三".as_bytes())?;
    let native = json!({
        "appid": "wxd678efh567hg6787",
        "mchid": sandbox.mchid(),
        "description": "公仔",
        "out_trade_no": "SERIAL1",
        "notify_url": "https://www.example.com/paid",
        "amount": {"total": 100},
    });
    for (serial, message) in [
        ("", "缺少微信支付平台证书序列号"),
        ("  ", "缺少微信支付平台证书序列号"),
        (&*merchant, "Wechatpay-Serial错误"),
        (
            "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
            "Wechatpay-Serial错误",
        ),
    ] {
        let send = |target: &str, body: &Value| -> Outcome<Answer> {
            let raw = Raw::post(&sandbox, target, body)?.header("Wechatpay-Serial", serial);
            raw.authorized()?.send(&sandbox)
        };
        let plain = send("/v3/pay/transactions/native", &native)?;
        assert_eq!(plain.status, 200, "{serial}");
        let expected = if serial.trim().is_empty() {
            public.clone()
        } else {
            sandbox.platform_certificate().serial().to_owned()
        };
        assert_eq!(plain.signer(&sandbox)?, expected, "{serial}");
        let refused = send(RECEIVER, &receiver(&ciphertext))?.json()?;
        let said = refused["message"].as_str().unwrap_or_default();
        assert!(said.contains(message), "{serial}: {refused}");
    }
    Ok(())
}

#[test]
fn neither_case_nor_leading_zeros_of_serials_matter() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let ciphertext =
        |key: &wechatpay_chain::PublicKey| key.encrypt(Default::default(), "张三".as_bytes());
    let certificate = sandbox.platform_certificate();
    for (serial, name) in [
        (
            sandbox.platform_key_id(),
            ciphertext(sandbox.platform_public_key())?,
        ),
        (certificate.serial(), ciphertext(certificate.public_key())?),
    ] {
        let mut raw = Raw::post(&sandbox, RECEIVER, &receiver(&name))?
            .header("Wechatpay-Serial", serial.to_lowercase());
        raw.serial = raw.serial.to_lowercase();
        let answer = raw.authorized()?.send(&sandbox)?;
        assert_eq!(answer.status, 200, "{serial}: {}", why(&sandbox)?);
        assert_eq!(answer.signer(&sandbox)?, serial);
    }
    // Java writes a serial as a number.
    let serial = "0A00000000000000000000000000000000000001";
    let first = MerchantSettings::new("1900000109").serial(serial);
    let sandbox = Sandbox::builder().merchant(first).start_blocking()?;
    let mut raw = Raw::new(&sandbox, "GET", "/v3/certificates")?;
    assert_eq!(raw.serial, serial);
    raw.serial = serial[1..].to_owned();
    let answer = raw.authorized()?.send(&sandbox)?;
    assert_eq!(answer.status, 200, "{}", why(&sandbox)?);
    Ok(())
}

/// The members with their signature, as XML.
fn signed(sandbox: &Sandbox, mut members: Value, kind: SignType) -> Outcome<String> {
    members["mch_id"] = json!(sandbox.mchid());
    members["nonce_str"] = json!("n1");
    let pairs = members.as_object().into_iter().flatten();
    let pairs: Vec<_> = pairs
        .filter_map(|(name, value)| Some((&**name, value.as_str()?)))
        .collect();
    let sign = kind.sign(pairs.iter().copied(), sandbox.v2_key())?;
    let elements = pairs.into_iter().chain([("sign", &*sign)]);
    let elements: String = elements
        .map(|(name, value)| format!("<{name}>{value}</{name}>"))
        .collect();
    Ok(format!("<xml>{elements}</xml>"))
}

/// Sends a body without `Accept` and `User-Agent`.
fn bare(sandbox: &Sandbox, path: &str, kind: &str, body: &str) -> Outcome<String> {
    let raw = Raw::new(sandbox, "POST", path)?
        .without("Accept")
        .without("User-Agent");
    let answer = raw.header("Content-Type", kind).body(body).send(sandbox)?;
    assert_eq!(answer.status, 200, "{path}");
    Ok(String::from_utf8(answer.body)?)
}

/// Whether an answer is signed so.
fn is_signed(sandbox: &Sandbox, answer: &str, kind: SignType) -> Outcome<bool> {
    let mut members = Vec::new();
    let mut rest = answer.strip_prefix("<xml>").ok_or("no XML")?;
    while let Some((name, behind)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        let Some((value, next)) = behind.split_once(&format!("</{name}>")) else {
            break;
        };
        members.push((
            name,
            value
                .trim_start_matches("<![CDATA[")
                .trim_end_matches("]]>"),
        ));
        rest = next.trim_start();
    }
    let sign = members
        .iter()
        .find(|(name, _)| *name == "sign")
        .map_or("", |(_, value)| value);
    Ok(kind.verify(members.iter().copied(), sandbox.v2_key(), sign)?)
}

fn v2_order() -> Value {
    json!({
        "appid": "wxd678efh567hg6787",
        "body": "公仔",
        "total_fee": "100",
        "out_trade_no": "1217752501201407033233368018",
        "spbill_create_ip": "127.0.0.1",
        "notify_url": "https://www.example.com/paid",
        "trade_type": "NATIVE",
    })
}

#[test]
fn apiv2_needs_neither_accept_nor_user_agent() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let xml = signed(&sandbox, v2_order(), SignType::Md5)?;
    let declared = format!("<?xml version=\"1.0\"?>\n<!-- <a> -->{xml}");
    for (kind, body) in [
        ("text/xml", &xml),
        ("", &xml),
        ("application/x-www-form-urlencoded", &declared),
    ] {
        let answer = bare(&sandbox, "/pay/unifiedorder", kind, body)?;
        assert!(answer.contains("<code_url>"), "{answer}");
    }
    Ok(())
}

#[test]
fn what_is_no_apiv2_message_is_named() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let xml = signed(&sandbox, v2_order(), SignType::Md5)?;
    let root = xml.replace("xml>", "root>");
    for (body, message, reason) in [
        (&*root, "XML格式错误", "<root>"),
        ("{\"appid\": \"wx1\"}", "XML格式错误", "JSON"),
        ("appid=wx1&mch_id=1", "XML格式错误", "form"),
        ("", "XML格式错误", "no body"),
        ("hello", "XML格式错误", "not XML"),
        (
            "<xml><a>1</a></xml>",
            "mch_id参数格式错误",
            "there is no mch_id",
        ),
    ] {
        let answer = bare(&sandbox, "/pay/unifiedorder", "text/xml", body)?;
        assert!(
            answer.contains("<return_code><![CDATA[FAIL]]></return_code>"),
            "{answer}"
        );
        assert!(answer.contains(message), "{body}: {answer}");
        let why = why(&sandbox)?;
        assert!(why.contains(reason), "{body}: {why}");
    }
    Ok(())
}

#[test]
fn an_apiv2_answer_is_signed_as_its_request_was() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let mut hmac = v2_order();
    hmac["sign_type"] = json!("HMAC-SHA256");
    let short_url = json!({"appid": "wxd678efh567hg6787", "long_url": "weixin://wxpay/a", "sign_type": "HMAC-SHA256"});
    let unknown =
        json!({"appid": "wxd678efh567hg6787", "out_trade_no": "1", "sign_type": "HMAC-SHA256"});
    for (path, members, kind) in [
        ("/pay/unifiedorder", v2_order(), SignType::Md5),
        ("/pay/unifiedorder", hmac, SignType::HmacSha256),
        ("/pay/orderquery", unknown, SignType::HmacSha256),
        ("/tools/shorturl", short_url, SignType::HmacSha256),
    ] {
        let xml = signed(&sandbox, members, kind)?;
        let answer = bare(&sandbox, path, "text/xml", &xml)?;
        assert!(is_signed(&sandbox, &answer, kind)?, "{path}: {answer}");
        // Not documented, and clients with structures would verify without it.
        assert!(!answer.contains("<sign_type>"), "{path}: {answer}");
    }
    Ok(())
}

#[test]
fn an_order_s_notification_is_signed_as_its_request_was() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    for (number, kind) in [("ORDER1", SignType::Md5), ("ORDER2", SignType::HmacSha256)] {
        let mut order = v2_order();
        order["out_trade_no"] = json!(number);
        if kind == SignType::HmacSha256 {
            order["sign_type"] = json!(kind.as_str());
        }
        let xml = signed(&sandbox, order, kind)?;
        bare(&sandbox, "/pay/unifiedorder", "text/xml", &xml)?;
        sandbox.pay(number)?;
        let event = sandbox.take_events().pop().ok_or("no event")?;
        let named = event.resource["sign_type"].as_str().unwrap_or("MD5");
        assert_eq!(named, kind.as_str(), "{}", event.resource);
    }
    Ok(())
}

/// The documentation has the URL signed as it is and sent percent-encoded; WeChat Pay's demo sends what it signs.
#[test]
fn a_long_url_may_be_encoded_after_it_was_signed() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let url = "weixin://wxpay/bizpayurl?pr=a b";
    let members = json!({"appid": "wx8888888888888888", "long_url": url});
    let plain = signed(&sandbox, members, SignType::Md5)?;
    let encoded = plain.replace(url, "weixin%3A%2F%2Fwxpay%2Fbizpayurl%3Fpr%3Da%20b");
    for xml in [&plain, &encoded] {
        let answer = bare(&sandbox, "/tools/shorturl", "text/xml", xml)?;
        assert!(answer.contains("<short_url>"), "{answer}");
    }
    let other = encoded.replace("wxpay", "wxpay2");
    let answer = bare(&sandbox, "/tools/shorturl", "text/xml", &other)?;
    assert!(answer.contains("签名错误"), "{answer}");
    Ok(())
}

#[test]
fn an_operation_that_takes_hmac_only_refuses_md5() -> Outcome {
    const QUERY: &str = "/pay/profitsharingquery";
    let sandbox = Sandbox::start_blocking()?;
    let query = || json!({"transaction_id": "4200000000000000000000000001", "out_order_no": "P1"});
    let with = |name: &str, value: &str| {
        let mut members = query();
        members[name] = json!(value);
        members
    };
    let hmac = || with("sign_type", "HMAC-SHA256");
    let mut extra = hmac();
    extra["appid"] = json!("wx1");
    for (members, kind, reason) in [
        (hmac(), SignType::HmacSha256, ""),
        (query(), SignType::HmacSha256, ""),
        (query(), SignType::Md5, "does not fit"),
        (
            with("sign_type", "MD5"),
            SignType::Md5,
            "takes HMAC-SHA256 only",
        ),
        (extra, SignType::HmacSha256, "no appid"),
    ] {
        let xml = signed(&sandbox, members, kind)?;
        let answer = bare(&sandbox, QUERY, "text/xml", &xml)?;
        assert_eq!(
            answer.contains("签名错误"),
            !reason.is_empty(),
            "{xml}: {answer}"
        );
        assert!(why(&sandbox)?.contains(reason), "{}", why(&sandbox)?);
    }
    Ok(())
}

/// Source: wechatpay-apiv3/wechatpay-java#160.
#[test]
fn the_download_of_a_receipt_is_signed_with_or_without_the_last_line_break() -> Outcome {
    const RECEIPT: &str = "/v3/transferdownload/signfile?token=X8Uk";
    let sandbox = Sandbox::start_blocking()?;
    for (target, is_short, status) in [
        (RECEIPT, false, 200),
        (RECEIPT, true, 200),
        ("/v3/certificates", false, 200),
        ("/v3/certificates", true, 401),
    ] {
        let raw = Raw::new(&sandbox, "GET", target)?;
        let mut text = raw.text();
        if is_short {
            text.pop();
        }
        let value = format!(
            "{} mchid=\"{}\",nonce_str=\"{}\",signature=\"{}\",timestamp=\"{}\",serial_no=\"{}\"",
            raw.scheme,
            raw.mchid,
            raw.nonce,
            raw.key.sign(&text)?,
            raw.timestamp,
            raw.serial
        );
        let answer = raw.header("Authorization", value).send(&sandbox)?;
        assert_eq!(answer.status, status, "{target} {is_short}");
    }
    Ok(())
}

/// WxJava reads the `Content-Type` of every answer.
#[test]
fn an_answer_without_a_body_has_a_content_type() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let native = json!({
        "appid": "wxd678efh567hg6787", "mchid": sandbox.mchid(), "description": "公仔", "out_trade_no": "CLOSED1",
        "notify_url": "https://www.example.com/paid", "amount": {"total": 100},
    });
    let made = Raw::post(&sandbox, "/v3/pay/transactions/native", &native)?;
    assert_eq!(made.authorized()?.send(&sandbox)?.status, 200);
    let close = "/v3/pay/transactions/out-trade-no/CLOSED1/close";
    let close = Raw::post(&sandbox, close, &json!({"mchid": sandbox.mchid()}))?;
    let closed = close.authorized()?.send(&sandbox)?;
    assert_eq!((closed.status, closed.body.len()), (204, 0));
    let kind = closed
        .headers
        .get("content-type")
        .ok_or("no Content-Type")?;
    assert!(kind.to_str()?.starts_with("application/json"));
    assert!(closed.is_signed());
    Ok(())
}
