//! Normalises hosts and ports for comparing, sending and verifying.

use std::net::{Ipv4Addr, Ipv6Addr};

use http::uri::{Authority, Scheme};

/// Returns the default port of a scheme: 443 for HTTPS, else 80 (RFC 9110, section 4.2).
pub fn default_port(scheme: Option<&Scheme>) -> u16 {
    if scheme == Some(&Scheme::HTTPS) {
        443
    } else {
        80
    }
}

/// Whether two authorities are equal. Equal texts are the common case; for others, each character's case is ignored.
pub fn is_same_authority(one: &Authority, other: &Authority) -> bool {
    one.as_str() == other.as_str() || one == other
}

/// Splits an authority into its host, in [normal form](normal), and its port.
///
/// # Errors
///
/// The reason why the text is not a server. It does not repeat the text, which may contain a password.
pub fn split(authority: &str) -> Result<(String, Option<u16>), &'static str> {
    if authority.contains('@') {
        return Err("it contains a user name or password");
    }
    let (host, port) = match authority.find(']') {
        Some(end) => authority.split_at(end + 1),
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    Ok((normal(host)?, number(port)?))
}

/// Returns the host in lower case, without a trailing dot; an IPv6 address in brackets.
///
/// Nothing is decoded: `%61pi`, full-width letters, `0x7f.1` and `2130706433` are alternative spellings of
/// hosts that could evade a rule about a host, so they are rejected.
///
/// # Errors
///
/// The reason why the text is neither a name nor an address.
pub fn normal(host: &str) -> Result<String, &'static str> {
    if let Some(address) = host.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
        let address: Ipv6Addr = address
            .parse()
            .map_err(|_| "its IPv6 address is malformed")?;
        return Ok(format!("[{address}]"));
    }
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.is_empty() {
        return Err("it has no host");
    }
    if host.len() > 253 || !host.split('.').all(is_label) {
        return Err("its host is neither a name nor an IP address");
    }
    let last = host.rsplit('.').next().unwrap_or_default();
    if is_number(last) && host.parse::<Ipv4Addr>().is_err() {
        return Err("its host is a number but not an IPv4 address of four decimal numbers");
    }
    Ok(host.to_ascii_lowercase())
}

/// Whether a text is a label: RFC 1123, section 2.1, and underscores, which container networks use.
fn is_label(label: &str) -> bool {
    let fine = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_');
    (1..=63).contains(&label.len())
        && label.bytes().all(fine)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Whether resolvers read a label as part of an IPv4 address, in decimal or hexadecimal.
fn is_number(label: &str) -> bool {
    let hex = label.strip_prefix("0x").or(label.strip_prefix("0X"));
    match hex {
        Some(digits) => digits.bytes().all(|c| c.is_ascii_hexdigit()),
        None => label.bytes().all(|c| c.is_ascii_digit()),
    }
}

/// Parses what follows a host: nothing, or `:` and a port.
fn number(text: &str) -> Result<Option<u16>, &'static str> {
    let Some(digits) = text.strip_prefix(':') else {
        return if text.is_empty() {
            Ok(None)
        } else {
            Err("something follows its IPv6 address")
        };
    };
    if digits.is_empty() {
        return Err("its port is empty: leave the colon out too");
    }
    let port = digits.bytes().all(|c| c.is_ascii_digit());
    let port = port.then(|| digits.parse().ok()).flatten();
    match port {
        Some(1..) => Ok(port),
        _ => Err("its port is not a number from 1 to 65535"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities_are_equal_in_any_case() {
        let same = |one: &str, other: &str| {
            is_same_authority(&one.parse().unwrap(), &other.parse().unwrap())
        };
        assert!(same("api.mch.weixin.qq.com", "api.mch.weixin.qq.com"));
        assert!(same(
            "API.mch.weixin.qq.com:443",
            "api.mch.weixin.qq.com:443"
        ));
        assert!(!same("api.mch.weixin.qq.com", "api2.mch.weixin.qq.com"));
        assert!(!same("api.mch.weixin.qq.com", "api.mch.weixin.qq.com:443"));
    }

    #[test]
    fn a_host_has_one_form() {
        for (text, host, port) in [
            ("API.mch.weixin.qq.com", "api.mch.weixin.qq.com", None),
            (
                "api.mch.weixin.qq.com.:443",
                "api.mch.weixin.qq.com",
                Some(443),
            ),
            ("pay_gateway:8080", "pay_gateway", Some(8080)),
            ("127.0.0.1:0080", "127.0.0.1", Some(80)),
            ("[0:0::1]:65535", "[::1]", Some(65535)),
            ("xn--fiq228c.example", "xn--fiq228c.example", None),
            ("3.example", "3.example", None),
        ] {
            assert_eq!(split(text), Ok((host.to_owned(), port)), "{text}");
        }
    }

    #[test]
    fn invalid_hosts_are_rejected() {
        for text in [
            "",
            ".",
            "..",
            "a..b",
            "a.b..",
            ":80",
            "h:",
            "h:0",
            "h:65536",
            "h:99999",
            "h:+1",
            "h:8o",
            "h:1:2",
            "-h",
            "h-",
            "%61pi.example",
            "api%2eexample",
            "api\u{3002}example",
            "a b",
            "a\\b",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "127.1",
            "127.0.0.256",
            "0177.0.0.1",
            "127.0.0.1.2",
            "::1",
            "[::1",
            "::1]",
            "[::1]x",
            "[::1]:",
            "[1.2.3.4]",
            "[fe80::1%25eth0]",
            "u@h",
            "u:p@h",
        ] {
            assert!(split(text).is_err(), "{text:?}");
        }
        assert!(split(&"a".repeat(64)).is_err());
        assert!(split(&["a"; 128].join(".")).is_err());
    }
}
