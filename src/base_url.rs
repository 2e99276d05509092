//! The base URL of calls: scheme, host, and a path that is prepended to every path.

use std::fmt;

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};

use crate::message::Origin;
use wechatpay_core::catalog::{self, Operation};
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::host;

const DEFAULT_HOST: &str = "api.mch.weixin.qq.com";
/// The backup host of the same API (跨城冗灾).
const BACKUP_HOST: &str = "api2.mch.weixin.qq.com";
/// Hosts that are each other's backup. Sources: "跨城冗灾方案", and the 接入点 of the overseas pages.
const PAIRS: [[&str; 2]; 2] = [
    [DEFAULT_HOST, BACKUP_HOST],
    ["apihk.mch.weixin.qq.com", "apius.mch.weixin.qq.com"],
];

/// Scheme, authority, and the prefix of every path.
#[derive(Clone)]
pub(crate) struct BaseUrl {
    origin: Origin,
    /// The path without its trailing slash; empty if there is none.
    prefix: String,
}

impl BaseUrl {
    /// Returns the prefix of every path, without a trailing slash.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Parses `https://host[:port][/prefix/]`.
    ///
    /// Upper case in scheme and host, the scheme's default port, a trailing dot of the host and trailing slashes
    /// of the path are normalised. Any other deviation is an error.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        check_text(text).map_err(|why| bad_base(text, why))?;
        if text.contains('?') {
            return Err(bad_base(text, "it has a query"));
        }
        let uri: Uri = text
            .parse()
            .map_err(|err| bad_base(text, "it is not a URL").with_source(err))?;
        let parts = uri.into_parts();
        let (Some(scheme), Some(authority)) = (parts.scheme, parts.authority) else {
            return Err(bad_base(text, "it has no scheme or no host"));
        };
        if scheme != Scheme::HTTP && scheme != Scheme::HTTPS {
            return Err(bad_base(text, "its scheme is neither https nor http"));
        }
        let authority = normal(&scheme, &authority).map_err(|why| bad_base(text, why))?;
        if scheme == Scheme::HTTP && is_wechat_pay(authority.host()) {
            return Err(bad_base(text, "WeChat Pay is called over https only"));
        }
        let path = parts.path_and_query;
        let path = path.as_ref().map_or("", PathAndQuery::path);
        let prefix = path.trim_end_matches('/');
        check_prefix(prefix).map_err(|why| bad_base(text, why))?;
        Ok(Self {
            prefix: prefix.to_owned(),
            origin: Origin::new(scheme, authority),
        })
    }

    /// Returns the normalised host, for comparisons.
    pub(crate) fn host(&self) -> &str {
        self.origin.authority().host()
    }

    /// Whether it is HTTPS on the port that this scheme has.
    pub(crate) fn is_plain_https(&self) -> bool {
        *self.origin.scheme() == Scheme::HTTPS && self.origin.authority().port().is_none()
    }

    /// Whether a host, in lower case, is one that WeChat Pay documents.
    pub(crate) fn is_documented(host: &str) -> bool {
        let named = || catalog::operations().iter().filter_map(Operation::host);
        PAIRS.as_flattened().contains(&host) || named().any(|known| known == host)
    }

    /// Returns the documented base URL, for a call and a client without their own.
    pub(crate) fn documented(operation: Option<&Operation>) -> Self {
        let host = operation.and_then(Operation::host).unwrap_or(DEFAULT_HOST);
        Self {
            origin: Origin::new(Scheme::HTTPS, Authority::from_static(host)),
            prefix: String::new(),
        }
    }

    /// Returns the documented pairs of hosts.
    pub(crate) fn backups() -> Vec<(Origin, Origin)> {
        let origin = |host| Origin::new(Scheme::HTTPS, Authority::from_static(host));
        PAIRS.iter().map(|&[a, b]| (origin(a), origin(b))).collect()
    }

    /// Returns the same host without the path prefix.
    pub(crate) fn root(&self) -> Self {
        Self {
            prefix: String::new(),
            ..self.clone()
        }
    }

    pub(crate) fn origin(&self) -> Origin {
        self.origin.clone()
    }

    pub(crate) fn join(self, path: String) -> Result<Uri> {
        let target = if self.prefix.is_empty() {
            path
        } else {
            self.prefix + &path
        };
        let target = PathAndQuery::try_from(target).map_err(|err| {
            Error::new(ErrorKind::Path, "the path cannot be written as a URL").with_source(err)
        })?;
        let mut parts = http::uri::Parts::default();
        self.origin.write_to(&mut parts);
        parts.path_and_query = Some(target);
        Uri::from_parts(parts).map_err(|err| {
            Error::new(ErrorKind::Path, "the path cannot be written as a URL").with_source(err)
        })
    }
}

/// Parses a URL that is followed unchanged: absolute, or a path on the client's host.
pub(crate) fn exact(text: &str) -> Result<Uri> {
    let refused = |why: &str| {
        Error::new(
            ErrorKind::Request,
            format!("the URL cannot be used: {why}; give it exactly as the response has it"),
        )
    };
    check_text(text).map_err(&refused)?;
    let uri: Uri = text
        .parse()
        .map_err(|err| refused("it is not a URL").with_source(err))?;
    if uri.host().is_none() && !text.starts_with('/') {
        return Err(refused("it has neither a host nor a leading slash"));
    }
    if let Some(authority) = uri.authority() {
        host::split(authority.as_str()).map_err(&refused)?;
    }
    Ok(uri)
}

/// Rejects characters that the URL parser accepts or drops.
fn check_text(text: &str) -> Result<(), &'static str> {
    if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err("it contains white space or a control character");
    }
    if !text.is_ascii() {
        return Err("it contains a character that is not ASCII: write a name in its xn-- form");
    }
    if text.contains('\\') {
        return Err("it contains a backslash");
    }
    if text.contains('#') {
        return Err("it has a fragment");
    }
    Ok(())
}

/// Checks that every server and proxy reads the path in the same way (RFC 3986, section 3.3).
fn check_prefix(prefix: &str) -> Result<(), &'static str> {
    let mut segments = prefix.split('/').skip(1);
    if segments.clone().any(str::is_empty) {
        return Err("its path has two slashes in a row");
    }
    let dots = |segment: &str| {
        let segment = segment.to_ascii_lowercase().replace("%2e", ".");
        segment == "." || segment == ".."
    };
    if segments.clone().any(dots) {
        return Err("its path has a segment `.` or `..`");
    }
    if segments.all(is_segment) {
        Ok(())
    } else {
        Err("its path has a character that must be percent-encoded")
    }
}

fn is_segment(segment: &str) -> bool {
    let mut parts = segment.split('%');
    let plain = |text: &str| {
        let fine = |c: u8| c.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&c);
        text.bytes().all(fine)
    };
    let escaped = |text: &str| {
        let digits = text.as_bytes().get(..2);
        digits.is_some_and(|it| it.iter().all(u8::is_ascii_hexdigit)) && plain(&text[2..])
    };
    parts.next().is_none_or(plain) && parts.all(escaped)
}

/// Whether a normalised host belongs to WeChat Pay.
fn is_wechat_pay(host: &str) -> bool {
    let of = |domain: &&str| {
        let rest = host.strip_suffix(domain);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    BaseUrl::is_documented(host) || ["weixin.qq.com", "wechatpay.cn"].iter().any(of)
}

/// Normalises an authority and removes the scheme's default port, as in the `Host` header.
fn normal(scheme: &Scheme, authority: &Authority) -> Result<Authority, &'static str> {
    let own = host::default_port(Some(scheme));
    let (host, port) = host::split(authority.as_str())?;
    let text = match port {
        Some(port) if port != own => format!("{host}:{port}"),
        _ => host,
    };
    text.parse().map_err(|_| "it has no host")
}

fn bad_base(text: &str, why: &str) -> Error {
    // Text before an @ may be a password, and a query may contain a token.
    let shown = if text.contains('@') {
        "…@…"
    } else {
        text.split(['?', '#']).next().unwrap_or_default()
    };
    Error::new(
        ErrorKind::Request,
        format!(
            "the base URL {shown:?} cannot be used: {why}; write it as https://api.mch.weixin.qq.com/"
        ),
    )
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}/", self.origin, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_keeps_its_prefix_with_and_without_the_last_slash() {
        for text in [
            "https://API.mch.weixin.qq.com:443/hk",
            "https://api.mch.weixin.qq.com/hk/",
        ] {
            let base = BaseUrl::parse(text).unwrap();
            let uri = base.join("/v3/merchants?a=1".into()).unwrap();
            assert_eq!(uri, "https://api.mch.weixin.qq.com/hk/v3/merchants?a=1");
        }
        let base = BaseUrl::parse("http://127.0.0.1:8080").unwrap();
        assert_eq!(
            base.join("/v3/pay".into()).unwrap(),
            "http://127.0.0.1:8080/v3/pay"
        );
    }

    #[test]
    fn equivalent_base_urls_are_equal() {
        for text in [
            "HTTPS://API.mch.weixin.qq.com:443",
            "https://api.mch.weixin.qq.com./",
            "https://api.mch.weixin.qq.com.:443//",
        ] {
            let base = BaseUrl::parse(text).unwrap();
            assert_eq!(
                format!("{base:?}"),
                "https://api.mch.weixin.qq.com/",
                "{text}"
            );
        }
        for (text, same) in [
            (
                "https://[0::1]:8443/a%2Fb/@;=",
                "https://[::1]:8443/a%2Fb/@;=/",
            ),
            ("http://10.0.0.7:80/", "http://10.0.0.7/"),
            ("http://pay_gateway:8080", "http://pay_gateway:8080/"),
        ] {
            assert_eq!(format!("{:?}", BaseUrl::parse(text).unwrap()), same);
        }
    }

    #[test]
    fn invalid_base_urls_are_rejected() {
        for text in [
            "",
            "api.mch.weixin.qq.com",
            "/hk/",
            "ftp://host/",
            "https://u:p@host/",
            "https://u%3Ap@host/",
            "https://h/?a=1",
            "https://h/?",
            "https://h/#frag",
            "https://h#",
            "https://h:/",
            "https://h:0/",
            "https://h:99999/",
            "https://h:443x/",
            "https://",
            "https:///hk",
            "https://h/../hk/",
            "https://h/./",
            "https://h/hk/%2E%2e",
            "https://h/hk//v",
            "https://h\\hk/",
            "https://h/h\\k",
            "https://h/ h",
            " https://h/",
            "https://h/\n",
            "https://h/\t",
            "https://h/{x}",
            "https://h/\"",
            "https://h/%",
            "https://h/%4",
            "https://h/%zz",
            "https://h/\u{4e2d}",
            "https://\u{4e2d}.example/",
            "https://h\u{3002}example/",
            "https://[::1/",
            "https://[::g]/",
            "https://256.0.0.1/",
            "https://2130706433/",
        ] {
            refused(text);
        }
    }

    #[test]
    fn wechat_pays_host_requires_https_in_any_spelling() {
        for host in [
            "api.mch.weixin.qq.com",
            "API.MCH.WEIXIN.QQ.COM",
            "api.mch.weixin.qq.com.",
            "api.mch.weixin.qq.com:80",
            "api.mch.weixin.qq.com.:8080",
            "api.mch.weixin.qq.com..",
            "weixin.qq.com",
            "api.wechatpay.cn.",
            "api%2Emch.weixin.qq.com",
            "%61pi.mch.weixin.qq.com",
            "\u{ff41}pi.mch.weixin.qq.com",
            "api\u{3002}mch\u{3002}weixin\u{3002}qq\u{3002}com",
        ] {
            refused(&format!("http://{host}/"));
        }
        for host in ["notweixin.qq.com", "api.mch.weixin.qq.com.example"] {
            BaseUrl::parse(&format!("http://{host}/")).unwrap();
        }
        for operation in catalog::operations().iter().filter_map(Operation::host) {
            refused(&format!("http://{operation}/"));
        }
    }

    #[test]
    fn urls_without_a_valid_host_are_rejected() {
        for text in [
            "https://h:99999/a",
            "https://h:/a",
            "https://u:p@h/a",
            "https://h/a#b",
            "https://h/a\\b",
            "https://h\\a/",
            "https://%61pi.example/",
            "https://0x7f.1/",
        ] {
            let err = exact(text).unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Request, "{text}");
        }
        for text in ["https://api.mch.weixin.qq.com/a?b={c}", "/v3/a?b=c"] {
            assert_eq!(exact(text).unwrap(), text);
        }
    }

    #[track_caller]
    fn refused(text: &str) {
        let err = BaseUrl::parse(text).map(drop).unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Request, "{text}");
        assert!(!err.to_string().contains("u:p"), "{err}");
        assert!(!err.to_string().contains("a=1"), "{err}");
    }
}
