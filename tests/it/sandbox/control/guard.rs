//! Pages of other sites, and names that lead here.

use wechatpay_chain::ErrorKind;
use wechatpay_sandbox::Sandbox;

use super::super::Outcome;
use super::send;

#[test]
fn other_names_and_other_pages_are_refused_and_change_nothing() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let here = sandbox.address().to_string();
    let origin = format!("http://{here}");
    for headers in [
        &[("Host", "evil.example")][..],
        &[("Host", "10.0.0.1")],
        &[("Host", &here), ("Origin", "http://evil.example")],
        &[("Host", &here), ("Origin", "null")],
        &[
            ("Host", &here),
            ("Origin", &origin),
            ("Origin", "http://evil.example"),
        ],
    ] {
        for path in [
            "/_sandbox/api/faults",
            "/_sandbox/do/faults",
            "/_sandbox/do/reset",
        ] {
            let came = send(&sandbox, "POST", path, headers, "{\"fault\": \"probe\"}")?;
            assert_eq!(came.status, 403, "{headers:?} {}", came.body);
        }
        let came = send(&sandbox, "GET", "/_sandbox/", headers, "")?;
        assert_eq!(came.status, 403, "{headers:?}");
        assert!(!came.body.contains(sandbox.mchid()));
    }
    for (site, status) in [
        ("cross-site", 403),
        ("same-site", 403),
        ("same-origin", 200),
        ("none", 200),
    ] {
        let headers = [("Host", &*here), ("Sec-Fetch-Site", site)];
        let came = send(&sandbox, "POST", "/_sandbox/api/reset", &headers, "")?;
        assert_eq!(came.status, status, "{site}");
    }
    let same = [("Host", &*here), ("Origin", &*origin)];
    let came = send(&sandbox, "GET", "/_sandbox/api/faults", &same, "")?;
    assert_eq!(came.body, "{\"faults\":[]}");
    Ok(())
}

#[test]
fn other_machines_come_in_when_they_may_and_by_a_name_that_was_given() -> Outcome {
    let sandbox = Sandbox::builder()
        .allow_remote()
        .host("sandbox")
        .start_blocking()?;
    for (host, status) in [
        ("10.0.0.1:80", 200),
        ("sandbox:80", 200),
        ("evil.example", 403),
    ] {
        let came = send(&sandbox, "GET", "/_sandbox/api/info", &[("Host", host)], "")?;
        assert_eq!(came.status, status, "{host}");
    }
    Ok(())
}

#[test]
fn a_name_that_is_none_is_refused_at_the_start() {
    // In a certificate it would be two names.
    for name in ["a,DNS:evil.example", "http://sandbox", "sandbox:80", ""] {
        for tls in [false, true] {
            let sandbox = Sandbox::builder().tls(tls).host(name).start_blocking();
            let err = sandbox.map(|_| name).unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Builder);
            assert!(err.to_string().contains("--host"), "{err}");
        }
    }
}

#[test]
fn it_listens_on_other_addresses_only_when_it_may() -> Outcome {
    let all = || Sandbox::builder().listen(([0, 0, 0, 0], 0).into());
    let err = all().start_blocking().unwrap_err();
    assert!(err.to_string().contains("allow_remote"), "{err}");
    let sandbox = all().allow_remote().start_blocking()?;
    assert!(sandbox.base_url().starts_with("http://127.0.0.1:"));
    Ok(())
}
