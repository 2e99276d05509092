use http::Uri;
use http::uri::{Authority, Scheme};
use serde_json::json;

use super::*;
use crate::message::{Options, Origin};
use wechatpay_core::catalog;
use wechatpay_core::error::ApiError;

fn repeat(method: Method, path: &str, body: Payload) -> Repeat {
    let operation = catalog::find(&method, path);
    let origin = Origin::new(Scheme::HTTPS, Authority::from_static("h"));
    let info = CallInfo::new("x".into(), operation, origin, Options::default());
    let mut request = Request::new(body);
    *request.uri_mut() = Uri::from_static("https://h/");
    *request.method_mut() = method;
    Repeat::of(&request, &info)
}

fn bytes(value: &Value) -> Payload {
    Payload::Bytes(value.to_string().into())
}

#[test]
fn the_catalog_and_the_body_decide_what_may_be_repeated() {
    let order = json!({"out_trade_no": "1"});
    for (path, body, expected) in [
        (
            "v3/pay/transactions/native",
            bytes(&order),
            Repeat::Numbered,
        ),
        (
            "v3/pay/transactions/native",
            bytes(&json!({"out_trade_no": " "})),
            Repeat::Unknown,
        ),
        (
            "v3/pay/transactions/native",
            bytes(&json!({})),
            Repeat::Unknown,
        ),
        ("v3/pay/transactions/codepay", bytes(&order), Repeat::Never),
        ("v3/not/known", bytes(&order), Repeat::Unknown),
        ("v3/merchant/media/upload", Payload::Empty, Repeat::Unknown),
        (
            "v2/pay/unifiedorder",
            Payload::Json(order.clone()),
            Repeat::Numbered,
        ),
        (
            "v2/pay/unifiedorder",
            Payload::Bytes("<xml><out_trade_no>1</out_trade_no></xml>".into()),
            Repeat::Numbered,
        ),
        (
            "v2/pay/unifiedorder",
            Payload::Bytes("<xml></xml>".into()),
            Repeat::Unknown,
        ),
        (
            "v2/pay/micropay",
            Payload::Json(order.clone()),
            Repeat::Never,
        ),
        (
            "v2/pay/orderquery",
            Payload::Json(order.clone()),
            Repeat::Read,
        ),
        (
            "v3/aggracct-bc/wb-channel/control-orders/punish",
            bytes(&json!({})),
            Repeat::Numbered,
        ),
    ] {
        assert_eq!(repeat(Method::POST, path, body), expected, "{path}");
    }
    assert_eq!(
        repeat(Method::GET, "v3/not/known", Payload::Empty),
        Repeat::Read
    );
    assert_eq!(
        repeat(Method::DELETE, "v3/not/known", Payload::Empty),
        Repeat::Unknown
    );
}

const ALL: [Repeat; 4] = [
    Repeat::Read,
    Repeat::Numbered,
    Repeat::Never,
    Repeat::Unknown,
];

/// Returns which of [`ALL`] are repeated.
fn repeated(outcome: impl Fn() -> Result<Response>, sent: bool) -> [bool; 4] {
    ALL.map(|repeat| repeat.after(&outcome(), sent).is_some())
}

fn refusal(status: u16, code: &str, verification: Verification) -> Result<Response> {
    let body = json!({"code": code, "message": "m"}).to_string();
    let mut response = Response::new(
        StatusCode::from_u16(status).unwrap(),
        HeaderMap::new(),
        body,
    );
    response.set_verification(verification);
    Ok(response)
}

fn verified() -> Verification {
    let serial = "1".to_owned();
    Verification::Verified { serial }
}

#[test]
fn every_unsent_request_is_repeated() {
    let connect = || Err(Error::new(ErrorKind::Connect, "refused"));
    assert_eq!(repeated(connect, false), [true; 4]);
    let late = || Err(Error::new(ErrorKind::Timeout, "late").with_maybe_sent(false));
    assert_eq!(repeated(late, false), [true; 4]);
    for kind in [
        ErrorKind::Encrypt,
        ErrorKind::Request,
        ErrorKind::Limit,
        ErrorKind::Middleware,
    ] {
        let own = || Err(Error::new(kind, "own"));
        assert_eq!(repeated(own, false), [false; 4], "{kind:?}");
    }
}

#[test]
fn possibly_processed_requests_are_repeated_only_if_harmless() {
    let harmless = [true, true, false, false];
    for kind in [ErrorKind::Transport, ErrorKind::Timeout, ErrorKind::Probe] {
        assert_eq!(
            repeated(|| Err(Error::new(kind, "cut")), true),
            harmless,
            "{kind:?}"
        );
    }
    // The transport reports that nothing was sent, but the stack knows of an attempt that was.
    assert_eq!(
        repeated(|| Err(Error::new(ErrorKind::Connect, "x")), true),
        harmless
    );
    for kind in [ErrorKind::Verify, ErrorKind::Decrypt, ErrorKind::Body] {
        assert_eq!(
            repeated(|| Err(Error::new(kind, "x")), true),
            [false; 4],
            "{kind:?}"
        );
    }
    for status in [500, 502, 503, 504] {
        let page = || refusal(status, "", Verification::Absent);
        assert_eq!(repeated(page, true), harmless, "{status}");
    }
}

#[test]
fn every_verified_rate_limit_refusal_is_repeated() {
    for (status, code) in [
        (429, "FREQUENCY_LIMITED"),
        (403, "FREQUENCY_LIMITED"),
        (429, "RATELIMIT_EXCEEDED"),
    ] {
        assert_eq!(
            repeated(|| refusal(status, code, verified()), true),
            [true; 4],
            "{code}"
        );
        let again = Repeat::Unknown
            .after(&refusal(status, code, verified()), true)
            .unwrap();
        assert!(!again.may_have_been_processed);
        let unsigned = || refusal(status, code, Verification::Absent);
        assert_eq!(
            repeated(unsigned, true),
            [true, true, false, false],
            "{code}"
        );
        let forged = || {
            refusal(
                status,
                code,
                Verification::Failed(wechatpay_core::error::VerifyFailure::Replayed),
            )
        };
        assert_eq!(repeated(forged, true), [false; 4], "{code}");
    }
    let v2 = || {
        let mut api = ApiError::new(StatusCode::OK);
        api.code = "FREQUENCY_LIMITED".to_owned();
        api.verification = verified();
        Err(Error::from_api(api))
    };
    assert_eq!(repeated(v2, true), [true; 4]);
}

#[test]
fn a_verified_system_error_is_repeated_unless_a_query_is_required() {
    let outcome = || refusal(500, "SYSTEM_ERROR", verified());
    assert_eq!(repeated(outcome, true), [true, true, false, true]);
    let again = Repeat::Unknown.after(&outcome(), true).unwrap();
    assert!(again.may_have_been_processed);
    // Another code of WeChat Pay with the same status leaves the outcome open.
    let other = || refusal(500, "BANK_ERROR", verified());
    assert_eq!(repeated(other, true), [true, true, false, false]);
}

#[test]
fn decided_refusals_and_successes_are_not_repeated() {
    for (status, code) in [
        (400, "PARAM_ERROR"),
        (401, "SIGN_ERROR"),
        (404, "ORDER_NOT_EXIST"),
        (302, ""),
    ] {
        assert_eq!(
            repeated(|| refusal(status, code, verified()), true),
            [false; 4],
            "{code}"
        );
    }
    assert_eq!(repeated(|| refusal(200, "", verified()), true), [false; 4]);
}
