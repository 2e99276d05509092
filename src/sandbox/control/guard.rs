//! Protects the control API: only programs on this machine and the sandbox's page may use it.
//!
//! A page of another site in a browser on this machine can also send requests to it. The header `Origin`
//! reveals such a request, or `Host` if the site's name resolves to this machine (DNS rebinding).

use std::net::IpAddr;

use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, StatusCode, Uri, header};

use super::problem::{Outcome, Problem};
use crate::bilingual::Bilingual;
use crate::settings::SandboxSettings;

pub(super) fn check(head: &Parts, settings: &SandboxSettings) -> Outcome<()> {
    let host = host(head).ok_or_else(|| {
        refused((
            "the request has not exactly one Host",
            "请求应有且只有一个 Host",
        ))
    })?;
    if !is_ours(host.host(), settings) {
        let name = host.host();
        return Err(refused((
            format!("the Host {name:?} is not the sandbox's"),
            format!("Host {name:?} 不是沙箱的地址"),
        )));
    }
    if has_many(&head.headers, &header::ORIGIN) {
        return Err(refused((
            "the request has several Origins",
            "请求有多个 Origin",
        )));
    }
    if !head.method.is_safe() && !is_same_site(&head.headers) {
        return Err(refused(OTHER_SITE));
    }
    match head.headers.get(header::ORIGIN) {
        Some(origin) if !is_same(origin.as_bytes(), &host) => Err(refused(OTHER_SITE)),
        _ => Ok(()),
    }
}

/// The host of the request; for HTTP/2 it is part of the target.
fn host(head: &Parts) -> Option<Authority> {
    if has_many(&head.headers, &header::HOST) {
        return None;
    }
    let written = head.headers.get(header::HOST);
    let written = written.map(|host| Authority::try_from(host.as_bytes()));
    match (head.uri.authority(), written) {
        (None, Some(Ok(host))) => Some(host),
        (Some(target), None) => Some(target.clone()),
        (Some(target), Some(Ok(host))) if *target == host => Some(host),
        _ => None,
    }
}

fn has_many(headers: &HeaderMap, name: &header::HeaderName) -> bool {
    headers.get_all(name).iter().count() > 1
}

/// Whether the host is one of the sandbox. An IP address cannot be the name of another site; without
/// `allow_remote` it has to be a loopback address.
fn is_ours(host: &str, settings: &SandboxSettings) -> bool {
    let named = |name: &String| name.eq_ignore_ascii_case(host);
    match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(ip) => ip.is_loopback() || settings.allow_remote,
        Err(_) => host.eq_ignore_ascii_case("localhost") || settings.hosts.iter().any(named),
    }
}

/// Whether `Sec-Fetch-Site` allows the request. Browsers also send it without `Origin`; programs do not send
/// it.
fn is_same_site(headers: &HeaderMap) -> bool {
    let said = headers.get_all("Sec-Fetch-Site").iter();
    said.into_iter()
        .all(|site| site == "same-origin" || site == "none")
}

fn is_same(origin: &[u8], host: &Authority) -> bool {
    let Ok(origin) = Uri::try_from(origin) else {
        return false;
    };
    let scheme = matches!(origin.scheme_str(), Some("http" | "https"));
    scheme && origin.authority() == Some(host)
}

const OTHER_SITE: Bilingual = Bilingual::new(
    "the request comes from a page of another site",
    "请求来自其他网站的页面",
);

fn refused(error: impl Into<Bilingual>) -> Problem {
    let hint = (
        "use the sandbox's own address, as base_url says; other names it is reached by have to be \
         given when it is started (--host NAME)",
        "请使用沙箱自己的地址，即 base_url；其他域名须在启动时指定（--host NAME）",
    );
    Problem::new(StatusCode::FORBIDDEN, error, hint)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn is_accepted(headers: &[(&str, &str)], settings: &SandboxSettings) -> bool {
        let mut request = Request::get("/_sandbox/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        check(&request.body(()).unwrap().into_parts().0, settings).is_ok()
    }

    #[test]
    fn unknown_hosts_and_other_origins_are_refused() {
        let settings = SandboxSettings::default();
        for (headers, expected) in [
            (&[("Host", "127.0.0.1:80")][..], true),
            (&[("Host", "localhost:80")], true),
            (&[("Host", "[::1]:80")], true),
            (
                &[("Host", "127.0.0.1:80"), ("Origin", "http://127.0.0.1:80")],
                true,
            ),
            (
                &[("Host", "LOCALHOST:80"), ("Origin", "http://localhost:80")],
                true,
            ),
            (&[], false),
            (&[("Host", "")], false),
            (&[("Host", "evil.example:80")], false),
            (&[("Host", "127.0.0.1.evil.example")], false),
            (&[("Host", "localhost.evil.example")], false),
            (&[("Host", "10.0.0.1:80")], false),
            (&[("Host", "127.0.0.1"), ("Host", "evil.example")], false),
            (&[("Host", "127.0.0.1:80"), ("Origin", "null")], false),
            (&[("Host", "127.0.0.1:80"), ("Origin", "")], false),
            (
                &[("Host", "127.0.0.1:80"), ("Origin", "http://127.0.0.1:81")],
                false,
            ),
            (
                &[("Host", "127.0.0.1:80"), ("Origin", "http://localhost:80")],
                false,
            ),
            (
                &[("Host", "127.0.0.1:80"), ("Origin", "http://evil.example")],
                false,
            ),
            (
                &[
                    ("Host", "127.0.0.1:80"),
                    ("Origin", "http://127.0.0.1:80"),
                    ("Origin", "http://evil.example"),
                ],
                false,
            ),
        ] {
            assert_eq!(is_accepted(headers, &settings), expected, "{headers:?}");
        }
    }

    #[test]
    fn remote_access_needs_an_address_or_a_configured_name() {
        let settings = SandboxSettings {
            allow_remote: true,
            hosts: vec!["sandbox".to_owned()],
            ..SandboxSettings::default()
        };
        assert!(is_accepted(&[("Host", "10.0.0.1:80")], &settings));
        assert!(is_accepted(&[("Host", "sandbox:8080")], &settings));
        assert!(!is_accepted(&[("Host", "evil.example")], &settings));
    }
}
