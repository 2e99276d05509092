//! Clock and certificates.

use serde_json::{Value, json};
use wechatpay_chain::ErrorKind;
use wechatpay_chain::certificates::Certificates;
use wechatpay_sandbox::Sandbox;

use super::super::Outcome;
use super::super::raw::Raw;
use super::{get, post, refused};
use crate::support::echoing;

fn answered_by(sandbox: &Sandbox) -> Outcome<String> {
    let raw = Raw::post(sandbox, "/v3/nobody/knows/this", &json!({}))?;
    let answer = raw.authorized()?.send(sandbox)?;
    let serial = answer.headers.get("Wechatpay-Serial").ok_or("no serial")?;
    Ok(serial.to_str()?.to_owned())
}

#[test]
fn a_clock_that_is_off_refuses_those_that_are_right() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    let call = || client.chain("v3/certificates").get(()).wait();
    let clock = post(&sandbox, "clock", &json!({"offset_seconds": -400}))?;
    assert_eq!(clock["offset_seconds"], -400);
    assert_eq!(
        call().unwrap_err().api().map(|api| api.code.as_str()),
        Some("SIGN_ERROR")
    );
    post(&sandbox, "clock", &json!({"offset_seconds": 0}))?;
    call()?;
    for body in [
        "{\"speed\": 0}",
        "{\"speed\": -1}",
        "{\"speed\": 1e9}",
        "{\"speed\": 1e-300}",
        "{\"speed\": \"NaN\"}",
        "{\"offset_seconds\": 1e30}",
    ] {
        assert_eq!(refused(&sandbox, "POST", "clock", body)?.0, 400, "{body}");
    }
    Ok(())
}

#[test]
fn a_reset_goes_back_to_the_start_and_there_is_one() -> Outcome {
    let sandbox = Sandbox::builder().speed(50.0).start_blocking()?;
    for by_api in [true, false] {
        post(&sandbox, "clock", &json!({"speed": 2, "offset_seconds": 9}))?;
        post(&sandbox, "faults", &json!({"fault": "probe"}))?;
        Raw::new(&sandbox, "GET", "/v3/a")?.send(&sandbox)?;
        if by_api {
            drop(post(&sandbox, "reset", &json!({}))?)
        } else {
            sandbox.reset()
        }
        let clock = get(&sandbox, "clock")?;
        assert_eq!(
            [&clock["speed"], &clock["offset_seconds"]],
            [&json!(50.0), &json!(0)]
        );
        assert_eq!(get(&sandbox, "faults")?, json!({"faults": []}));
        assert!(sandbox.calls().is_empty());
    }
    for speed in [0.0, 1e-300, f64::NAN, f64::INFINITY] {
        assert!(
            Sandbox::builder().speed(speed).start_blocking().is_err(),
            "{speed}"
        );
    }
    Ok(())
}

#[test]
fn the_notify_url_of_the_platform_is_set_while_it_runs() -> Outcome {
    let builder = Sandbox::builder().notify_url("http://127.0.0.1:9/first");
    let sandbox = builder.start_blocking()?;
    let url = |body: Value| -> Outcome<Value> {
        Ok(post(&sandbox, "settings", &body)?["notify_url"].clone())
    };
    assert_eq!(url(json!({}))?, "http://127.0.0.1:9/first");
    let second = "http://127.0.0.1:9/second";
    assert_eq!(url(json!({"notify_url": second}))?, second);
    assert_eq!(get(&sandbox, "settings")?["notify_url"], second);
    assert_eq!(get(&sandbox, "info")?["notify_url"], second);
    let far = "{\"notify_url\": \"https://www.example.com/\"}";
    let (status, error) = refused(&sandbox, "POST", "settings", far)?;
    assert!(status == 400 && error.contains("this machine alone"));
    assert!(sandbox.set_notify_url("nowhere").is_err());
    assert_eq!(url(json!({}))?, second);
    for none in [json!(null), json!("")] {
        sandbox.set_notify_url(second)?;
        assert_eq!(url(json!({"notify_url": none}))?, Value::Null);
    }
    sandbox.reset();
    assert_eq!(url(json!({}))?, "http://127.0.0.1:9/first");
    Ok(())
}

#[test]
fn certificates_are_changed_and_old_ones_go() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let old = sandbox.platform_certificate().serial().to_owned();
    let rotated = post(&sandbox, "certificates/rotate", &json!({}))?;
    assert_eq!(rotated["serials"], json!([old, rotated["serial"]]));
    let retired = post(&sandbox, "certificates/retire", &json!({}))?;
    assert_eq!(retired["serials"], json!([rotated["serial"]]));
    assert_eq!(
        get(&sandbox, "info")?["platform_cert_serials"],
        retired["serials"]
    );
    Ok(())
}

#[test]
fn a_reset_brings_the_first_certificates_back() -> Outcome {
    for public_key_only in [false, true] {
        let mut builder = echoing();
        if public_key_only {
            builder = builder.public_key_only();
        }
        let sandbox = builder.start_blocking()?;
        let first = get(&sandbox, "info")?["platform_cert_serials"].clone();
        // More than a year: what is made now is not valid yet when the clock is right again.
        post(&sandbox, "clock", &json!({"offset_seconds": 34_560_000}))?;
        post(&sandbox, "certificates/rotate", &json!({}))?;
        post(&sandbox, "certificates/retire", &json!({}))?;
        post(&sandbox, "reset", &json!({}))?;
        assert_eq!(get(&sandbox, "info")?["platform_cert_serials"], first);
        let client = sandbox.merchant_builder();
        let client = client.certificates(Certificates::auto()).build()?;
        let called = client.chain("v3/any/path").post(json!({}), ()).wait();
        assert_eq!(called.is_err(), public_key_only, "{called:?}");
    }
    Ok(())
}

#[test]
fn certificates_are_added_until_there_are_ten() -> Outcome {
    let sandbox = Sandbox::builder().public_key_only().start_blocking()?;
    for _ in 0..10 {
        post(&sandbox, "certificates/rotate", &json!({}))?;
    }
    let (status, error) = refused(&sandbox, "POST", "certificates/rotate", "")?;
    assert!(status == 409 && error.contains("10"), "{status} {error}");
    let err = sandbox.rotate_platform_certificate().unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Builder);
    post(&sandbox, "certificates/retire", &json!({}))?;
    post(&sandbox, "certificates/rotate", &json!({}))?;
    Ok(())
}

#[test]
fn it_does_not_start_with_a_url_that_it_may_not_post_to() -> Outcome {
    for url in ["foo", "http://evil.example/", "https://127.0.0.1/"] {
        let sandbox = Sandbox::builder().notify_url(url).start_blocking();
        let err = sandbox.map(|_| url).unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Builder);
    }
    let far = Sandbox::builder().notify_url("https://www.example.com/notify");
    far.allow_outgoing().start_blocking()?;
    Ok(())
}

#[test]
fn an_account_that_has_not_changed_is_answered_by_certificate() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    assert_eq!(answered_by(&sandbox)?, sandbox.platform_key_id());
    post(
        &sandbox,
        "certificates/mode",
        &json!({"mode": "certificate"}),
    )?;
    assert_eq!(
        answered_by(&sandbox)?,
        sandbox.platform_certificate().serial()
    );
    post(
        &sandbox,
        "certificates/mode",
        &json!({"mode": "public_key"}),
    )?;
    assert_eq!(answered_by(&sandbox)?, sandbox.platform_key_id());
    Ok(())
}

#[test]
fn a_new_merchant_has_no_certificates() -> Outcome {
    let sandbox = Sandbox::builder().public_key_only().start_blocking()?;
    let err = sandbox
        .client()?
        .chain("v3/certificates")
        .get(())
        .wait()
        .unwrap_err();
    let api = err.api().ok_or("no answer")?;
    assert_eq!(
        (api.code.as_str(), &*api.message),
        ("RESOURCE_NOT_EXISTS", "无可用的平台证书")
    );
    assert_eq!(get(&sandbox, "info")?["platform_cert_serials"], json!([]));
    Ok(())
}

#[test]
fn certificate_mode_is_set_at_the_start() -> Outcome {
    let sandbox = echoing().certificate_mode(true).start_blocking()?;
    let certificate = sandbox.platform_certificate().serial();
    assert_eq!(answered_by(&sandbox)?, certificate);
    sandbox.certificate_mode(false);
    assert_eq!(answered_by(&sandbox)?, sandbox.platform_key_id());
    sandbox.reset();
    assert_eq!(answered_by(&sandbox)?, certificate);
    Ok(())
}

#[test]
fn the_old_certificate_signs_while_the_new_one_is_announced() -> Outcome {
    let sandbox = echoing().certificate_mode(true).start_blocking()?;
    let old = sandbox.platform_certificate().serial().to_owned();
    let new = post(&sandbox, "certificates/rotate", &json!({"overlap": true}))?;
    let new = new["serial"].as_str().ok_or("no serial")?.to_owned();
    let listed = Raw::new(&sandbox, "GET", "/v3/certificates")?;
    let listed = listed.authorized()?.send(&sandbox)?.json()?;
    let serials = [0, 1].map(|at| listed["data"][at]["serial_no"].clone());
    assert_eq!(serials, [json!(new), json!(old)]);
    assert_eq!(answered_by(&sandbox)?, old);
    sandbox.retire_platform_certificates();
    assert_eq!(answered_by(&sandbox)?, new);

    let newest = sandbox.announce_platform_certificate()?;
    assert_eq!(answered_by(&sandbox)?, new);
    post(&sandbox, "clock", &json!({"offset_seconds": 86_401}))?;
    let mut raw = Raw::post(&sandbox, "/v3/nobody/knows/this", &json!({}))?;
    raw.timestamp += 86_401;
    let answer = raw.authorized()?.send(&sandbox)?;
    assert_eq!(answer.headers["Wechatpay-Serial"], newest.serial());
    Ok(())
}
