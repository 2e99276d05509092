//! Who may use the control API: programs of this machine, and the sandbox's own page.
//!
//! A page of some other site that is open in a browser here can send requests here as well. It gives
//! itself away by `Origin`, or, with a name of its own that leads to this machine (DNS rebinding), by
//! `Host`.

use std::net::IpAddr;

use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, StatusCode, Uri, header};

use super::Settings;
use super::problem::{Outcome, Problem};
use crate::bilingual::Bilingual;
use wechatpay_core::error::{Error, ErrorKind, Result};

pub(super) fn check(head: &Parts, settings: &Settings) -> Outcome<()> {
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

/// Of HTTP/2 it is part of the target.
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

/// An address cannot be another site's name. Without leave for other machines only loopback's count.
fn is_ours(host: &str, settings: &Settings) -> bool {
    let named = |name: &String| name.eq_ignore_ascii_case(host);
    match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(ip) => ip.is_loopback() || settings.remote,
        Err(_) => host.eq_ignore_ascii_case("localhost") || settings.hosts.iter().any(named),
    }
}

/// Whether something can be the name in a `Host`, and in a certificate: other texts would say more
/// there than a name.
pub(super) fn check_name(name: &str) -> Result<()> {
    let label = |label: &str| {
        let mut bytes = label.bytes();
        // The names of containers may have an underscore.
        let known = bytes.all(|it| it.is_ascii_alphanumeric() || b"-_".contains(&it));
        let edge = label.starts_with('-') || label.ends_with('-');
        (1..=63).contains(&label.len()) && known && !edge
    };
    let is_dns = name.len() <= 253 && name.split('.').all(label);
    match name.parse::<IpAddr>().is_ok() || is_dns {
        true => Ok(()),
        false => Err(Error::new(
            ErrorKind::Builder,
            format!(
                "{name:?} is not a name by which the sandbox can be reached: give a DNS name or an \
                 address alone (--host wechatpay), without a scheme or port"
            ),
        )),
    }
}

/// What a browser says of where a request comes from, also where it leaves `Origin` out; programs say
/// nothing.
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

    fn judge(headers: &[(&str, &str)], settings: &Settings) -> bool {
        let mut request = Request::get("/_sandbox/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        check(&request.body(()).unwrap().into_parts().0, settings).is_ok()
    }

    #[test]
    fn other_names_and_other_pages_are_refused() {
        let settings = Settings::default();
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
            assert_eq!(judge(headers, &settings), expected, "{headers:?}");
        }
    }

    #[test]
    fn names_are_of_dns_or_addresses() {
        for name in ["wechatpay", "wechat_pay.test", "10.0.0.1", "::1", "A-1.b"] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        let long = "x".repeat(64);
        for name in [
            "",
            "a.",
            ".a",
            "-a",
            "*.test",
            "a:80",
            "[::1]",
            "http://a",
            "a,DNS:evil.example",
            "a b",
            "微信",
            &long,
            &["abc"; 70].join("."),
        ] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn other_machines_use_an_address_or_a_name_that_was_given() {
        let settings = Settings {
            remote: true,
            hosts: vec!["sandbox".to_owned()],
            ..Settings::default()
        };
        assert!(judge(&[("Host", "10.0.0.1:80")], &settings));
        assert!(judge(&[("Host", "sandbox:8080")], &settings));
        assert!(!judge(&[("Host", "evil.example")], &settings));
    }
}
