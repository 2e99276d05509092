//! Accepted and rejected answers.

use serde_json::json;
use wechatpay_chain::signing::PROBE_PREFIX;
use wechatpay_chain::{Error, ErrorKind, Response, Result, Verification, VerifyFailure};

use crate::support::answer::now;
use crate::support::keys::{self, CERTIFICATE_SERIAL, OTHER_KEY_ID};
use crate::support::{Answer, KEY_ID, PLATFORM, Wire, builder, client};

const NATIVE: &str = "v3/pay/transactions/native";

/// Calls an ordinary endpoint that returns this answer.
fn answered(answer: impl Fn() -> Answer + Send + Sync + 'static) -> Result<Response> {
    let wire = Wire::answering(move |_| answer());
    let result = client(&wire).chain(NATIVE).post(json!({}), ()).wait();
    assert_eq!(wire.count(), 1);
    result
}

/// Expects that a 2xx answer is rejected.
fn refused(answer: impl Fn() -> Answer + Send + Sync + 'static) -> Error {
    let err = answered(move || answer().header("Request-ID", "08F7")).unwrap_err();
    assert!(err.maybe_sent(), "{}", err.report());
    assert!(!err.is_retryable() && !err.is_api());
    assert_eq!(err.request_id(), Some("08F7"));
    err
}

fn failure(answer: impl Fn() -> Answer + Send + Sync + 'static) -> VerifyFailure {
    let err = refused(answer);
    assert_eq!(err.kind(), ErrorKind::Verify, "{}", err.report());
    err.verify_failure().unwrap().clone()
}

fn good() -> Answer {
    Answer::json(json!({"code_url": "weixin://"}))
}

pub(crate) fn verified() -> Verification {
    let serial = KEY_ID.to_owned();
    Verification::Verified { serial }
}

pub(crate) fn wrong() -> VerifyFailure {
    let serial = KEY_ID.to_owned();
    VerifyFailure::Signature { serial }
}

#[test]
fn a_signed_answer_is_accepted() {
    let res = answered(good).unwrap();
    assert_eq!(res.verification(), &verified());
    assert_eq!(res["code_url"], "weixin://");
    let res = answered(|| Answer::bytes("").status(204)).unwrap();
    assert_eq!(res.verification(), &verified());
    assert_eq!(res.value().unwrap(), &json!(null));
    let res = answered(|| good().in_pieces(3)).unwrap();
    assert_eq!(res["code_url"], "weixin://");
}

#[test]
fn an_answer_without_a_header_is_rejected() {
    for name in [
        "Wechatpay-Serial",
        "Wechatpay-Timestamp",
        "Wechatpay-Nonce",
        "Wechatpay-Signature",
    ] {
        let header = VerifyFailure::Header { name };
        assert_eq!(failure(move || good().without(name)), header);
        assert_eq!(failure(move || good().header(name, "")), header);
    }
    assert!(matches!(
        failure(|| Answer::unsigned("{}")),
        VerifyFailure::Header { .. }
    ));
    assert!(matches!(
        failure(|| Answer::unsigned("").status(204)),
        VerifyFailure::Header { .. }
    ));
}

#[test]
fn an_answer_with_a_wrong_signature_is_rejected() {
    assert_eq!(
        failure(|| good().forged("{\"code_url\":\"weixin:/X\"}")),
        wrong()
    );
    assert_eq!(failure(|| good().forged("")), wrong());
    // Equivalent JSON is not the signed body.
    assert_eq!(
        failure(|| good().forged("{\"code_url\": \"weixin://\"}")),
        wrong()
    );
    assert_eq!(
        failure(|| good().header("Wechatpay-Nonce", "another")),
        wrong()
    );
    assert_eq!(
        failure(|| good().header("Wechatpay-Timestamp", &(now() + 1).to_string())),
        wrong()
    );
    for signature in ["AAAA", "not base64!", "WECHATPAY/SIGNTEST"] {
        assert_eq!(
            failure(move || good().header("Wechatpay-Signature", signature)),
            wrong()
        );
    }
    let err = refused(|| good().forged("{\"code_url\":\"evil\"}"));
    assert_eq!(err.body().unwrap(), "{\"code_url\":\"evil\"}");
    assert!(!err.report().contains("evil"), "{}", err.report());
}

#[test]
fn an_answer_with_a_stale_timestamp_is_rejected() {
    for offset in [-400, 400, -86_400] {
        let VerifyFailure::Clock { offset: found } =
            failure(move || good().signed_at(now() + offset))
        else {
            panic!("{offset}");
        };
        assert!((found - offset).abs() < 60, "{found}");
    }
    for offset in [-200, 200] {
        answered(move || good().signed_at(now() + offset)).unwrap();
    }
    for time in ["soon", "", "9999999999999999999999", "-9223372036854775808"] {
        failure(move || good().header("Wechatpay-Timestamp", time));
    }
}

#[test]
fn an_answer_of_an_unknown_key_is_rejected() {
    let VerifyFailure::UnknownSerial { serial, known } =
        failure(|| good().header("Wechatpay-Serial", OTHER_KEY_ID))
    else {
        panic!("another failure");
    };
    assert_eq!((&*serial, known), (OTHER_KEY_ID, vec![KEY_ID.to_owned()]));
}

#[test]
fn certificates_and_public_keys_can_be_combined() {
    let certificate = keys::certificate(&PLATFORM, CERTIFICATE_SERIAL, 30);
    let wire = Wire::answering(|_| good().header("Wechatpay-Serial", CERTIFICATE_SERIAL));
    let client = builder()
        .platform_certificate(certificate)
        .transport(wire)
        .build()
        .unwrap();
    let res = client.chain(NATIVE).post(json!({}), ()).wait().unwrap();
    let serial = CERTIFICATE_SERIAL.to_owned();
    assert_eq!(res.verification(), &Verification::Verified { serial });
}

#[test]
fn probes_have_their_own_error_kind() {
    let probe = || good().header("Wechatpay-Signature", &format!("{PROBE_PREFIX}AAAA"));
    let err = refused(probe);
    assert_eq!(err.kind(), ErrorKind::Probe);
    assert_eq!(err.verify_failure(), Some(&VerifyFailure::Probe));
    // A probe may have any serial.
    assert_eq!(
        refused(move || probe().header("Wechatpay-Serial", "X")).kind(),
        ErrorKind::Probe
    );
    let err = answered(move || probe().status(404)).unwrap_err();
    assert_eq!(
        err.api().unwrap().verification,
        Verification::Failed(VerifyFailure::Probe)
    );
}

#[test]
fn only_the_declared_endpoints_may_answer_unsigned() {
    let wire = Wire::answering(|_| Answer::unsigned("a,b\n"));
    let client = client(&wire);
    let bill = client
        .chain("v3/billdownload/file")
        .get(())
        .query("token", "x")
        .wait()
        .unwrap();
    assert_eq!(bill.verification(), &Verification::Unsigned);
    let image = client
        .chain("v3/merchant-service/images/{media_id}")
        .get(())
        .var("media_id", "x/y");
    assert_eq!(
        image.wait().unwrap().verification(),
        &Verification::Unsigned
    );
    for path in [
        "v3/billdownload/file/x",
        "v3/billdownload",
        "v3/bill/tradebill",
    ] {
        let err = client.chain(path).get(()).wait().unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Verify, "{path}");
    }
    // Another method is another operation.
    let err = client
        .chain("v3/billdownload/file")
        .post((), ())
        .wait()
        .unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Verify);
}

#[test]
fn an_error_tells_whether_wechat_pay_signed_it() {
    let body = json!({"code": "PARAM_ERROR", "message": "参数错误", "detail": {"field": "/x"}});
    let text = body.to_string();
    type Edit = fn(Answer) -> Answer;
    let cases: [(Edit, Verification); 4] = [
        (|answer| answer.signed(), verified()),
        (|answer| answer, Verification::Absent),
        (
            |answer| answer.signed().header("Wechatpay-Nonce", "x"),
            Verification::Failed(wrong()),
        ),
        (
            |answer| answer.signed().without("Wechatpay-Signature"),
            Verification::Failed(VerifyFailure::Header {
                name: "Wechatpay-Signature",
            }),
        ),
    ];
    for (edit, expected) in cases {
        let text = text.clone();
        let err = answered(move || {
            edit(
                Answer::unsigned(text.clone())
                    .status(400)
                    .header("Request-ID", "08F7"),
            )
        });
        let err = err.unwrap_err();
        assert!(err.is_api() && err.maybe_sent());
        let api = err.api().unwrap();
        assert_eq!((&*api.code, &*api.message), ("PARAM_ERROR", "参数错误"));
        assert_eq!((api.status.as_u16(), &api.detail), (400, &body["detail"]));
        assert_eq!(
            (api.request_id.as_deref(), err.request_id()),
            (Some("08F7"), Some("08F7"))
        );
        assert_eq!(api.verification, expected);
        assert_eq!(api.body, body.to_string());
    }
}

/// The answer of a third party decides nothing: neither that the request was refused, nor that it may be
/// repeated.
#[test]
fn an_error_with_a_wrong_signature_is_undecided() {
    const LIMITED: &str = "{\"code\":\"FREQUENCY_LIMITED\",\"message\":\"频率超限\"}";
    type Edit = fn(Answer) -> Answer;
    let edits: [Edit; 11] = [
        |answer| answer.signed().forged("{\"code\":\"PARAM_ERROR\"}"),
        |answer| answer.signed().header("Wechatpay-Nonce", "x"),
        |answer| answer.signed().header("Wechatpay-Serial", OTHER_KEY_ID),
        |answer| answer.signed_at(now() - 400),
        |answer| answer.signed_at(now() + 400),
        |answer| answer.signed().without("Wechatpay-Signature"),
        |answer| answer.signed().without("Wechatpay-Timestamp"),
        |answer| answer.signed().without("Wechatpay-Serial"),
        |answer| answer.signed().header("Wechatpay-Signature", ""),
        |answer| answer.signed().doubled("Wechatpay-Nonce"),
        |answer| {
            let probe = format!("{PROBE_PREFIX}AAAA");
            answer.signed().header("Wechatpay-Signature", &probe)
        },
    ];
    for status in [302, 400, 401, 404, 429, 500] {
        for (index, edit) in edits.into_iter().enumerate() {
            let err = answered(move || edit(Answer::unsigned(LIMITED).status(status)));
            let err = err.unwrap_err();
            let api = err.api().unwrap();
            let case = format!("{status} {index} {}", err.report());
            assert!(
                matches!(api.verification, Verification::Failed(_)),
                "{case}"
            );
            assert!(api.is_undecided() && err.is_undecided(), "{case}");
            assert!(err.maybe_sent() && !err.is_retryable(), "{case}");
            assert!(err.verify_failure().is_some(), "{case}");
            assert!(err.to_string().contains("query before"), "{case}");
        }
        // WeChat Pay's errors are often unsigned. But a gateway that limits the rate may have forwarded the request.
        let err = answered(move || Answer::unsigned(LIMITED).status(status)).unwrap_err();
        assert_eq!(err.api().unwrap().verification, Verification::Absent);
        assert_eq!(err.is_undecided(), [429, 500].contains(&status));
        assert!(!err.is_retryable());
    }
}

#[test]
fn the_line_of_an_error_suffices_to_correct_the_call() {
    const SECRET: &str = "6214830012345678";
    let body = json!({
        "code": "PARAM_ERROR", "message": "参数错误",
        "detail": {
            "field": "/amount/currency", "value": SECRET, "location": "body",
            "issue": format!("{SECRET} is no currency"),
        },
    });
    let text = body.to_string();
    let err = answered(move || {
        Answer::bytes(text.clone())
            .status(400)
            .header("Request-ID", "08F7")
    });
    let err = err.unwrap_err();
    for line in [
        err.report(),
        err.to_string(),
        format!("{err:?}"),
        format!("{:?}", err.api()),
    ] {
        for word in [
            "PARAM_ERROR",
            "参数错误",
            "/amount/currency",
            "is no currency",
            "body",
            "08F7",
        ] {
            assert!(line.contains(word), "{word}: {line}");
        }
        assert!(!line.contains(SECRET), "{line}");
    }
    assert_eq!(err.api().unwrap().detail["value"], SECRET);
}

#[test]
fn the_page_of_a_proxy_is_kept_unchanged() {
    const PAGE: &str = "<html><h1>502 Bad Gateway</h1></html>";
    let err = answered(|| {
        Answer::unsigned(PAGE)
            .status(502)
            .header("Content-Type", "text/html")
    });
    let err = err.unwrap_err();
    let api = err.api().unwrap();
    assert_eq!(
        (api.status.as_u16(), &*api.code, &*api.message),
        (502, "", "")
    );
    assert_eq!(
        (&api.body, err.body().unwrap()),
        (&PAGE.into(), &PAGE.into())
    );
    assert_eq!(api.verification, Verification::Absent);
    assert!(err.to_string().contains("502"), "{err}");
}

#[test]
fn too_frequent_is_retryable_and_a_redirect_is_not_followed() {
    const LIMITED: &str = "{\"code\":\"FREQUENCY_LIMITED\",\"message\":\"频率超限\"}";
    let err = answered(|| Answer::unsigned(LIMITED).signed().status(429)).unwrap_err();
    assert!(err.is_retryable() && !err.is_undecided());
    // A gateway may say so, which does not know the outcome of the request.
    for page in [LIMITED, "<html>"] {
        let err = answered(move || Answer::unsigned(page).status(429)).unwrap_err();
        assert!(!err.is_retryable() && err.is_undecided());
    }
    let err = answered(|| {
        Answer::unsigned("")
            .status(302)
            .header("Location", "https://evil.example/")
    });
    assert_eq!(err.unwrap_err().api().unwrap().status.as_u16(), 302);
}
