//! Each fault, over HTTP/1.1 and over TLS with HTTP/2, as a client meets it.

use std::time::Duration;

use http::StatusCode;
use serde_json::json;
use wechatpay_chain::{Error, ErrorKind, Verification, VerifyFailure};
use wechatpay_sandbox::{Fault, Sandbox, Verdict};

use super::{Outcome, PUNISH, V2_ORDERS, last, order, v2_order};
use crate::support::lenient;

/// Does something with the error that each kind of sandbox's fault gives.
fn each(fault: &Fault, check: impl Fn(&Sandbox, &Error) -> Outcome) -> Outcome {
    for tls in [false, true] {
        let sandbox = Sandbox::builder().tls(tls).start_blocking()?;
        let client = sandbox.client()?;
        sandbox.inject_fault(fault.clone());
        let Err(err) = client.chain(PUNISH).post(order(), ()).wait() else {
            return Err(format!("{fault:?} was not noticed, tls {tls}").into());
        };
        assert!(err.maybe_sent(), "{fault:?}");
        let call = last(&sandbox)?;
        assert!(call.verdict.is_accepted());
        assert_eq!(call.json, Some(order()));
        check(&sandbox, &err)?;
        // Once only.
        client.chain(PUNISH).post(order(), ()).wait()?;
    }
    Ok(())
}

fn verify_failure(err: &Error) -> Outcome<&VerifyFailure> {
    assert_eq!(err.kind(), ErrorKind::Verify, "{}", err.report());
    Ok(err.verify_failure().ok_or("no reason")?)
}

#[test]
fn a_wrong_signature() -> Outcome {
    each(&Fault::WrongSignature, |sandbox, err| {
        let serial = sandbox.platform_key_id().to_owned();
        assert_eq!(verify_failure(err)?, &VerifyFailure::Signature { serial });
        Ok(())
    })
}

#[test]
fn an_unknown_serial() -> Outcome {
    each(&Fault::UnknownSerial, |_, err| {
        let failure = verify_failure(err)?;
        assert!(matches!(failure, VerifyFailure::UnknownSerial { .. }));
        Ok(())
    })
}

#[test]
fn a_stale_timestamp() -> Outcome {
    // The age of what is stale is positive.
    for (text, offset) in [("stale_timestamp=400", -400), ("stale_timestamp=-400", 400)] {
        each(&text.parse()?, |_, err| {
            let failure = verify_failure(err)?;
            assert!(
                matches!(failure, VerifyFailure::Clock { offset: found } if (found - offset).abs() < 60),
                "{failure:?}"
            );
            Ok(())
        })?;
    }
    // The signature over it is right.
    let sandbox = Sandbox::start_blocking()?;
    sandbox.inject_fault(Fault::StaleTimestamp(200));
    sandbox.client()?.chain("v3/certificates").get(()).wait()?;
    Ok(())
}

#[test]
fn missing_headers() -> Outcome {
    each(&Fault::MissingHeaders, |_, err| {
        let failure = verify_failure(err)?;
        assert!(matches!(failure, VerifyFailure::Header { .. }));
        Ok(())
    })?;
    for missing in [
        "Wechatpay-Serial",
        "Wechatpay-Timestamp",
        "Wechatpay-Nonce",
        "Wechatpay-Signature",
    ] {
        each(&Fault::MissingHeader(missing.into()), |_, err| {
            assert_eq!(
                verify_failure(err)?,
                &VerifyFailure::Header { name: missing }
            );
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn a_probe() -> Outcome {
    each(&Fault::Probe, |_, err| {
        assert_eq!(err.kind(), ErrorKind::Probe);
        Ok(())
    })
}

#[test]
fn a_tampered_body() -> Outcome {
    each(&Fault::TamperedBody, |_, err| {
        let failure = verify_failure(err)?;
        assert!(matches!(failure, VerifyFailure::Signature { .. }));
        Ok(())
    })?;
    let sandbox = lenient().start_blocking()?;
    sandbox.inject_fault(Fault::TamperedBody);
    let close = sandbox
        .client()?
        .chain("v3/merchant-service/complaints-v2/1/complete")
        .post(json!({}), ());
    assert_eq!(
        close.wait().map(|_| ()).map_err(|err| err.kind()),
        Err(ErrorKind::Verify)
    );
    Ok(())
}

#[test]
fn another_status() -> Outcome {
    for (status, code) in [
        (StatusCode::TOO_MANY_REQUESTS, "FREQUENCY_LIMITED"),
        (StatusCode::INTERNAL_SERVER_ERROR, "SYSTEM_ERROR"),
        (StatusCode::SERVICE_UNAVAILABLE, "SERVICE_UNAVAILABLE"),
    ] {
        each(&Fault::Status(status), |_, err| {
            let api = err.api().ok_or("no answer")?;
            assert_eq!((api.status, &*api.code), (status, code));
            assert!(matches!(api.verification, Verification::Verified { .. }));
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn a_proxy_s_page() -> Outcome {
    each(&Fault::HtmlErrorPage, |_, err| {
        let api = err.api().ok_or("no answer")?;
        assert_eq!(api.status, StatusCode::BAD_GATEWAY);
        assert!(api.body.starts_with(b"<html>"));
        assert_eq!(api.request_id, None);
        assert_eq!(api.verification, Verification::Absent);
        Ok(())
    })
}

#[test]
fn a_redirect() -> Outcome {
    let other = Sandbox::start_blocking()?;
    let fault = Fault::Redirect(format!("{}v3/elsewhere", other.base_url()));
    each(&fault, |_, err| {
        assert_eq!(
            err.api().map(|api| api.status),
            Some(StatusCode::FOUND),
            "{}",
            err.report()
        );
        Ok(())
    })?;
    assert!(other.calls().is_empty(), "the redirect was followed");
    Ok(())
}

#[test]
fn cut_before_the_answer() -> Outcome {
    each(&Fault::CutBeforeAnswer, |sandbox, err| {
        assert_eq!(err.kind(), ErrorKind::Transport, "{}", err.report());
        assert_eq!(last(sandbox)?.status, None);
        Ok(())
    })
}

#[test]
fn cut_in_the_body() -> Outcome {
    each(&Fault::CutInBody, |_, err| {
        assert_eq!(err.kind(), ErrorKind::Transport, "{}", err.report());
        assert!(
            err.to_string().contains("in the middle of the response"),
            "{err}"
        );
        Ok(())
    })
}

#[test]
fn slow() -> Outcome {
    for tls in [false, true] {
        let sandbox = Sandbox::builder().tls(tls).start_blocking()?;
        let client = sandbox.client()?;
        // Well before the sandbox would answer, and well after it has read the request.
        sandbox.inject_fault(Fault::Slow(Duration::from_secs(3600)));
        let call = client
            .chain(PUNISH)
            .post(order(), ())
            .timeout(Duration::from_secs(4));
        let err = call.wait().err().ok_or("an hour has passed")?;
        assert_eq!(err.kind(), ErrorKind::Timeout);
        assert!(err.maybe_sent());
        assert!(last(&sandbox)?.verdict.is_accepted());

        sandbox.inject_fault(Fault::Slow(Duration::from_millis(1)));
        client.chain(PUNISH).post(order(), ()).wait()?;
    }
    Ok(())
}

#[test]
fn faults_queue_and_the_lasting_one_comes_last() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    let kind = || match client.chain("v3/certificates").get(()).wait() {
        Ok(_) => None,
        Err(err) => Some(err.kind()),
    };
    sandbox.inject_fault_always(Fault::WrongSignature);
    sandbox.inject_fault(Fault::Probe);
    sandbox.inject_fault(Fault::HtmlErrorPage);
    let seen = [kind(), kind(), kind(), kind()];
    let expected = [
        ErrorKind::Probe,
        ErrorKind::Api,
        ErrorKind::Verify,
        ErrorKind::Verify,
    ];
    assert_eq!(seen, expected.map(Some));
    sandbox.inject_fault_always(None);
    assert_eq!(kind(), None);
    Ok(())
}

const V2_QUERY: &str = "v2/pay/orderquery";

/// APIv2's clients read XML with 200, and no JSON with another status.
#[test]
fn apiv2_says_in_xml_what_is_wrong() -> Outcome {
    for (status, code, message, signed) in [
        (400, "PARAM_ERROR", "参数错误", true),
        (401, "FAIL", "签名错误", false),
        (403, "NOAUTH", "商户无此接口权限", true),
        (404, "ORDERNOTEXIST", "此交易订单号不存在", true),
        (429, "FREQUENCY_LIMITED", "频率限制", true),
        (418, "INVALID_REQUEST", "无效请求", true),
        (500, "SYSTEMERROR", "系统错误", true),
    ] {
        let sandbox = Sandbox::start_blocking()?;
        sandbox.inject_fault(Fault::Status(StatusCode::from_u16(status)?));
        let order = sandbox
            .client()?
            .chain(V2_ORDERS)
            .post(v2_order(&sandbox), ());
        let err = order.wait().err().ok_or("it was answered")?;
        let api = err.api().ok_or_else(|| err.report())?;
        assert_eq!(
            (api.status.as_u16(), &*api.code, &*api.message),
            (200, code, message)
        );
        let verified = matches!(api.verification, Verification::Verified { .. });
        assert_eq!(verified, signed, "{status}");
        assert!(api.body.starts_with(b"<xml>"), "{:?}", api.body);
        let call = last(&sandbox)?;
        assert_eq!(call.status, Some(StatusCode::OK));
        assert!(call.verdict.is_accepted());
    }
    Ok(())
}

#[test]
fn before_apiv2_stand_the_same_proxies() -> Outcome {
    for status in [502, 503] {
        let sandbox = Sandbox::start_blocking()?;
        sandbox.inject_fault(Fault::Status(StatusCode::from_u16(status)?));
        let order = sandbox
            .client()?
            .chain(V2_ORDERS)
            .post(v2_order(&sandbox), ());
        let err = order.wait().err().ok_or("it was answered")?;
        let body = err.body().ok_or("no body")?;
        assert!(body.starts_with(b"<html>"), "{body:?}");
        let sent = last(&sandbox)?.status;
        assert_eq!(sent.map(|status| status.as_u16()), Some(status));
    }
    Ok(())
}

/// Of a refusal of APIv2's, the record has what was sent.
#[test]
fn the_record_of_apiv2_has_the_status_that_was_sent() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client_builder().check_mch_id(false).build()?;
    let nobody = json!({"appid": "wx1", "mch_id": sandbox.mchid(), "out_trade_no": "1"});
    let wrong = json!({"appid": "wx1", "mch_id": "1900000108", "out_trade_no": "1"});
    let lacking = json!({"mch_id": sandbox.mchid()});
    for body in [nobody, wrong, lacking] {
        let call = client.chain(V2_QUERY).post(body, ());
        assert!(call.wait().is_err());
        let record = last(&sandbox)?;
        assert_eq!(record.status, Some(StatusCode::OK));
        match record.verdict {
            Verdict::Refused { status, .. } => assert_eq!(status, StatusCode::OK),
            other => return Err(format!("{other:?}").into()),
        }
    }
    Ok(())
}

#[test]
fn a_fault_that_there_is_not_is_named_in_the_answer() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    for (fault, named) in [("slo=3", "\"slo\""), ("slow=x", "slow=MILLISECONDS")] {
        let headers = [("X-Sandbox-Fault", fault)];
        let certificates = sandbox.client()?.chain("v3/certificates");
        let err = certificates.get(headers).wait().err();
        let err = err.ok_or("it was answered")?;
        let api = err.api().ok_or_else(|| err.report())?;
        assert_eq!((api.status.as_u16(), &*api.code), (400, "INVALID_REQUEST"));
        assert!(api.message.contains(named), "{}", api.message);
        let unknown = named.starts_with('"');
        assert_eq!(api.message.contains("cut_before_answer"), unknown);
    }
    Ok(())
}
