//! Which requests the gateway accepts.

mod clients;
mod uploads;

use std::io::{Read, Write};

use serde_json::json;
use wechatpay_sandbox::Sandbox;

use super::raw::Raw;
use super::{Outcome, last, why};
use crate::support::echoing;

const TARGET: &str = "/v3/nobody/knows/42?mchid=1900000109&b=%E4%B8%AD";

#[test]
fn a_right_request_comes_in_and_gets_a_signed_answer() -> Outcome {
    let sandbox = echoing().start_blocking()?;
    let raw = Raw::post(&sandbox, "/v3/any/thing?a=b", &json!({"a": 1}))?.authorized()?;
    let answer = raw.send(&sandbox)?;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.signer(&sandbox)?, sandbox.platform_key_id());
    assert_eq!(answer.json()?, json!({"a": 1}));

    let call = last(&sandbox)?;
    assert!(call.verdict.is_accepted());
    assert_eq!(
        call.signed_text.as_deref(),
        Some(&*String::from_utf8(raw.text())?)
    );
    assert_eq!(
        (call.method.as_str(), &*call.target),
        ("POST", "/v3/any/thing?a=b")
    );
    assert_eq!(call.body, raw.body);
    assert_eq!(call.json, Some(json!({"a": 1})));
    assert_eq!(call.status.map(|status| status.as_u16()), Some(200));
    Ok(())
}

/// The Java SDK takes no other spelling over HTTP/1.1.
#[test]
fn header_names_are_spelt_as_wechat_pay_spells_them() -> Outcome {
    let sandbox = echoing().start_blocking()?;
    let answer = Raw::new(&sandbox, "GET", TARGET)?
        .authorized()?
        .send(&sandbox)?;
    for name in [
        "Wechatpay-Serial",
        "Wechatpay-Timestamp",
        "Wechatpay-Nonce",
        "Wechatpay-Signature",
        "Content-Type",
    ] {
        assert!(
            answer.head.contains(&format!("\r\n{name}: ")),
            "{}",
            answer.head
        );
    }
    Ok(())
}

/// One thing wrong each: the change, what the gateway says, and what the record says.
type Wrong = (fn(Raw) -> Outcome<Raw>, &'static str, &'static str);

#[test]
fn non_merchant_requests_are_rejected() -> Outcome {
    let sandbox = echoing().start_blocking()?;
    let wrong: [Wrong; 11] = [
        (Ok, "Http头Authorization值格式错误", "header is missing"),
        (
            |raw| raw.authorized()?.authorized(),
            "Http头Authorization值格式错误",
            "several Authorization headers",
        ),
        (
            |raw| Ok(raw.header("Authorization", "WECHATPAY2-SHA256-RSA2048 mchid=1")),
            "Http头Authorization值格式错误",
            "malformed",
        ),
        (
            |raw| Ok(raw.header("Authorization", "Bearer abc")),
            "Http头Authorization认证类型不正确",
            "scheme",
        ),
        (
            |raw| {
                Raw {
                    scheme: "WECHATPAY2-SM2-WITH-SM3",
                    ..raw
                }
                .authorized()
            },
            "Http头Authorization认证类型不正确",
            "scheme",
        ),
        (
            |raw| {
                Raw {
                    mchid: "1900000108".into(),
                    ..raw
                }
                .authorized()
            },
            "商户未申请过证书",
            "1900000108",
        ),
        (
            |raw| {
                Raw {
                    serial: "5157F09EFDC096DE15EBE81A47057A7232F1B8E1".into(),
                    ..raw
                }
                .authorized()
            },
            "商户证书序列号有误",
            "5157F09E",
        ),
        (
            |raw| {
                Raw {
                    timestamp: raw.timestamp - 310,
                    ..raw
                }
                .authorized()
            },
            "timestamp与发起请求的时间不得超过5分钟",
            "-310 s",
        ),
        (
            |raw| {
                Raw {
                    timestamp: raw.timestamp + 320,
                    ..raw
                }
                .authorized()
            },
            "timestamp与发起请求的时间不得超过5分钟",
            "s from",
        ),
        (
            |raw| {
                Raw {
                    timestamp: i64::MIN,
                    ..raw
                }
                .authorized()
            },
            "timestamp与发起请求的时间不得超过5分钟",
            "s from",
        ),
        (
            |raw| {
                Raw {
                    signed: Some(b"{}".to_vec()),
                    ..raw
                }
                .authorized()
            },
            "错误的签名，验签失败",
            "does not fit",
        ),
    ];
    for (change, message, reason) in wrong {
        let answer = change(Raw::new(&sandbox, "GET", TARGET)?)?.send(&sandbox)?;
        assert_eq!(answer.code()?, (401, "SIGN_ERROR".to_owned()), "{message}");
        let said = answer.json()?;
        assert!(
            said["message"]
                .as_str()
                .is_some_and(|said| said.contains(message)),
            "{said}"
        );
        assert!(!answer.is_signed(), "{}", answer.head);
        assert!(answer.headers.contains_key("Request-ID"));
        let why = why(&sandbox)?;
        assert!(why.contains(reason), "{why}");
        assert_eq!(last(&sandbox)?.json, None);
    }
    Ok(())
}

#[test]
fn the_timestamp_may_be_five_minutes_off() -> Outcome {
    let sandbox = echoing().start_blocking()?;
    for offset in [-290, 290] {
        let mut raw = Raw::new(&sandbox, "GET", TARGET)?;
        raw.timestamp += offset;
        let answer = raw.authorized()?.send(&sandbox)?;
        assert_eq!(answer.status, 200, "{offset}");
    }
    Ok(())
}

#[test]
fn a_signature_covers_method_target_and_body() -> Outcome {
    let sandbox = echoing().start_blocking()?;
    let raw = || Raw::post(&sandbox, TARGET, &json!({"a": 1, "b": 2}));
    assert_eq!(raw()?.authorized()?.send(&sandbox)?.status, 200);

    let mut changed = [
        raw()?.authorized()?,
        raw()?.authorized()?,
        raw()?.authorized()?,
    ];
    changed[0].method = "PUT";
    changed[1].target = TARGET.replace("%E4%B8%AD", "中").replace('中', "%e4%b8%ad");
    // The same JSON, other bytes.
    changed[2].body = br#"{"b":2,"a":1}"#.to_vec();
    for raw in changed {
        assert_eq!(raw.send(&sandbox)?.code()?.1, "SIGN_ERROR");
        let call = last(&sandbox)?;
        assert_eq!(
            call.signed_text.as_deref(),
            Some(&*String::from_utf8(raw.text())?)
        );
    }
    Ok(())
}

#[test]
fn a_wrong_signature_is_shown_what_the_gateway_built() -> Outcome {
    let sandbox = echoing().start_blocking()?;
    let mut raw = Raw::post(&sandbox, "/v3/a?b=c", &json!({"amount": "一分"}))?;
    raw.signed = Some(b"{\"amount\": \"\"}".to_vec());
    let answer = raw.clone().authorized()?.send(&sandbox)?.json()?;
    raw.signed = None;
    let Raw {
        timestamp, nonce, ..
    } = &raw;
    let detail = json!({
        "detail": {"issue": "sign not match"},
        "field": "signature",
        "location": "authorization",
        "sign_information": {
            "method": "POST",
            "sign_message_length": raw.text().len(),
            "truncated_sign_message":
                format!("POST\n/v3/a?b=c\n{timestamp}\n{nonce}\n{{\"amount\n"),
            "url": "/v3/a?b=c",
        },
    });
    assert_eq!(answer["detail"], detail);
    Ok(())
}

#[test]
fn a_request_is_taken_once() -> Outcome {
    let sandbox = echoing().start_blocking()?;
    let raw = Raw::new(&sandbox, "GET", TARGET)?;
    // Nobody else can use the nonce up.
    let mut forged = raw.clone();
    forged.signed = Some(b"x".to_vec());
    assert_eq!(forged.authorized()?.send(&sandbox)?.status, 401);

    let raw = raw.authorized()?;
    assert_eq!(raw.send(&sandbox)?.status, 200);
    assert_eq!(raw.send(&sandbox)?.code()?, (401, "SIGN_ERROR".to_owned()));
    assert!(why(&sandbox)?.contains("nonce"));
    Ok(())
}

/// A timestamp may be five minutes ahead: then its nonce is looked for ten minutes long.
#[test]
fn a_nonce_is_refused_while_its_timestamp_is_taken() -> Outcome {
    let sandbox = echoing().start_blocking()?;
    let mut raw = Raw::new(&sandbox, "GET", TARGET)?;
    raw.timestamp += 250;
    let raw = raw.authorized()?;
    assert_eq!(raw.send(&sandbox)?.status, 200);
    for offset in [0, 250, 500] {
        sandbox.set_clock_offset(offset);
        let other = Raw::new(&sandbox, "GET", TARGET)?;
        let timestamp = other.timestamp + offset;
        let other = Raw { timestamp, ..other };
        assert_eq!(other.authorized()?.send(&sandbox)?.status, 200, "{offset}");
        assert_eq!(raw.send(&sandbox)?.status, 401);
        assert!(why(&sandbox)?.contains("nonce"), "{offset}");
    }
    sandbox.set_clock_offset(570);
    assert_eq!(raw.send(&sandbox)?.status, 401);
    assert!(why(&sandbox)?.contains("timestamp"));
    Ok(())
}

#[test]
fn accept_and_user_agent_are_asked_for() -> Outcome {
    let sandbox = echoing().start_blocking()?;
    for name in ["Accept", "User-Agent"] {
        let raw = Raw::new(&sandbox, "GET", TARGET)?.without(name);
        let answer = raw.authorized()?.send(&sandbox)?;
        assert_eq!(answer.code()?, (400, "INVALID_REQUEST".to_owned()));
    }
    Ok(())
}

#[test]
fn a_body_is_json_and_not_too_long() -> Outcome {
    let sandbox = echoing().max_body_bytes(64).start_blocking()?;
    let send = |body: String| {
        let raw = Raw::new(&sandbox, "POST", "/v3/a")?.body(body);
        raw.authorized()?.send(&sandbox)?.code()
    };
    assert_eq!(send("a=b".into())?, (400, "PARAM_ERROR".to_owned()));
    assert_eq!(send("1".repeat(65))?, (413, "INVALID_REQUEST".to_owned()));
    assert_eq!(send(format!("{{\"a\":\"{}\"}}", "1".repeat(56)))?.0, 200);
    Ok(())
}

#[test]
fn a_body_says_that_it_is_json() -> Outcome {
    let sandbox = echoing().start_blocking()?;
    let send = |method: &'static str, body: &str, kind: Option<&str>| -> Outcome<_> {
        let raw = Raw::new(&sandbox, method, "/v3/a")?.body(body);
        let raw = raw.header("Content-Type", kind.unwrap_or_default());
        raw.authorized()?.send(&sandbox)
    };
    for method in ["POST", "PUT", "PATCH"] {
        for kind in ["application/json", "Application/JSON ; charset=utf-8"] {
            assert_eq!(send(method, "{}", Some(kind))?.status, 200, "{kind}");
        }
        for kind in [
            None,
            Some("text/plain"),
            Some("application/x-www-form-urlencoded"),
        ] {
            let answer = send(method, "{}", kind)?;
            assert_eq!(answer.code()?, (400, "INVALID_REQUEST".to_owned()));
            assert!(answer.is_signed());
            let why = why(&sandbox)?;
            assert!(
                why.contains("Content-Type") && why.contains(kind.unwrap_or_default()),
                "{why}"
            );
        }
        assert_eq!(send(method, "", None)?.status, 200);
    }
    // Whoever is not known is told that first.
    let unsigned = Raw::new(&sandbox, "POST", "/v3/a")?.body("{}");
    let unsigned = unsigned.header("Content-Type", "text/plain");
    assert_eq!(unsigned.send(&sandbox)?.status, 401);
    // APIv2 does not look at it.
    let order = Raw::new(&sandbox, "POST", "/pay/orderquery")?.body("<xml></xml>");
    let answer = order.header("Content-Type", "text/plain").send(&sandbox)?;
    assert!(answer.body.starts_with(b"<xml>"));
    Ok(())
}

/// The answer to a head alone: a client that is refused while it sends may see a broken pipe instead.
fn announced(sandbox: &Sandbox, kind: &str, length: usize) -> Outcome<String> {
    let mut stream = std::net::TcpStream::connect(sandbox.address())?;
    write!(
        stream,
        "POST /v3/a HTTP/1.1\r\nHost: a\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
    )?;
    let mut start = [0; 12];
    stream.read_exact(&mut start)?;
    Ok(String::from_utf8_lossy(&start).into_owned())
}

#[test]
fn what_is_read_as_json_is_short() -> Outcome {
    const MIB: usize = 1 << 20;
    let sandbox = echoing().start_blocking()?;
    let announced = |kind: &str, length| announced(&sandbox, kind, length);
    assert_eq!(announced("application/json", MIB + 1)?, "HTTP/1.1 413");
    assert_eq!(
        announced("multipart/form-data", (16 * MIB) + 1)?,
        "HTTP/1.1 413"
    );

    let meta = format!("[{}0]", "0,".repeat(MIB / 2));
    let body =
        format!("--b\r\nContent-Disposition: form-data; name=\"meta\"\r\n\r\n{meta}\r\n--b--\r\n");
    let mut raw = Raw::new(&sandbox, "POST", "/v3/a")?
        .header("Content-Type", "multipart/form-data; boundary=b")
        .body(body);
    raw.signed = Some(meta.into_bytes());
    assert_eq!(raw.authorized()?.send(&sandbox)?.status, 413);
    assert!(why(&sandbox)?.contains("meta"));

    // As long as it may be, and many times that in memory: it is in the body.
    let long = format!("[{}0]", "0,".repeat(MIB / 2 - 2));
    let raw = Raw::new(&sandbox, "POST", "/v3/a")?.body(long);
    assert_eq!(raw.authorized()?.send(&sandbox)?.status, 200);
    assert_eq!(last(&sandbox)?.json, None);
    Ok(())
}

#[test]
fn where_no_signature_is_asked_for_none_is_needed() -> Outcome {
    let sandbox = echoing().start_blocking()?;
    let raw = Raw::new(
        &sandbox,
        "GET",
        "/v3/new-tax-control-fapiao/download?token=1",
    )?;
    let answer = raw.send(&sandbox)?;
    assert_eq!(answer.status, 200);
    assert!(!answer.is_signed());
    Ok(())
}
