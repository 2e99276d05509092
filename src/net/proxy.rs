use std::net::IpAddr;
use std::sync::Arc;

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;

use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::host;

/// Hosts that use a proxy only if it applies to all hosts.
const PROBES: [&str; 2] = ["https://probe.invalid/", "http://probe.invalid/"];

/// The proxy rules; `None` without any proxy, so that calls skip the lookup.
pub(crate) type Proxies = Option<Arc<Matcher>>;

/// The source of the proxy setting.
#[derive(Default)]
pub(crate) enum Proxy {
    /// The variables `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`.
    #[default]
    Environment,
    None,
    All(String),
}

impl Proxy {
    /// Builds the proxy rules.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] for a malformed setting. The matcher would ignore such a setting, and
    /// calls would bypass a proxy that must be used.
    pub(crate) fn proxies(self) -> Result<Proxies> {
        let matcher = match self {
            Self::None => return Ok(None),
            Self::Environment => Environment::read(variable)?.matcher()?,
            Self::All(url) => {
                let named = "proxy(..)";
                let url = check(named, &url)?.ok_or_else(|| malformed(named, "it is empty"))?;
                if !url.starts_with("http://") {
                    return Err(malformed(named, "only proxies for HTTP are supported"));
                }
                Matcher::builder().all(url).build()
            }
        };
        let used = PROBES.iter().any(|probe| {
            let uri = Uri::from_static(probe);
            matcher.intercept(&uri).is_some()
        });
        Ok(used.then(|| Arc::new(matcher)))
    }
}

/// The variables, each with the name under which it was found.
#[derive(Default)]
struct Environment {
    https: Option<(&'static str, String)>,
    http: Option<(&'static str, String)>,
    all: Option<(&'static str, String)>,
    no: Option<(&'static str, String)>,
}

impl Environment {
    /// Reads upper case before lower case; a blank variable counts as unset.
    fn read(variable: impl Fn(&'static str) -> Result<Option<String>>) -> Result<Self> {
        let first = |names: &[&'static str]| -> Result<Option<(&'static str, String)>> {
            for name in names {
                let value = variable(name)?.filter(|value| !value.trim().is_empty());
                if let Some(value) = value {
                    return Ok(Some((*name, value)));
                }
            }
            Ok(None)
        };
        // In a CGI program, HTTP_PROXY is a header of the incoming request (CVE-2016-5385).
        let http: &[_] = match variable("REQUEST_METHOD")? {
            Some(_) => &["http_proxy"],
            None => &["HTTP_PROXY", "http_proxy"],
        };
        Ok(Self {
            https: first(&["HTTPS_PROXY", "https_proxy"])?,
            http: first(http)?,
            all: first(&["ALL_PROXY", "all_proxy"])?,
            no: first(&["NO_PROXY", "no_proxy"])?,
        })
    }

    fn matcher(self) -> Result<Matcher> {
        let url = |setting: Option<(&'static str, String)>| match setting {
            Some((name, value)) => check(name, &value).map(Option::unwrap_or_default),
            None => Ok(String::new()),
        };
        // If the other two are set, this one is not used.
        let all = match (&self.https, &self.http) {
            (Some(_), Some(_)) => String::new(),
            _ => url(self.all)?,
        };
        let (https, http) = (url(self.https)?, url(self.http)?);
        let is_used = [&all, &https, &http].iter().any(|url| !url.is_empty());
        let no = match self.no {
            Some((name, list)) if is_used => exceptions(name, &list)?,
            _ => String::new(),
        };
        let matcher = Matcher::builder().all(all).https(https).http(http).no(no);
        Ok(matcher.build())
    }
}

fn variable(name: &'static str) -> Result<Option<String>> {
    let Some(value) = std::env::var_os(name) else {
        return Ok(None);
    };
    match value.into_string() {
        Ok(value) => Ok(Some(value)),
        Err(_) => Err(malformed(name, "it is not UTF-8")),
    }
}

/// Returns the URL for the matcher; `None` if it is blank.
///
/// A proxy that is not an HTTP proxy is accepted: the environment may set it for other programs, and a call
/// that would need it is rejected before anything is sent.
fn check(named: &str, text: &str) -> Result<Option<String>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None => ("http".to_owned(), text),
    };
    let known = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];
    if !known.contains(&&*scheme) {
        return Err(malformed(named, "its scheme is not http"));
    }
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if path.contains('@') {
        return Err(malformed(named, ENCODE));
    }
    if !["", "/"].contains(&path) {
        return Err(malformed(named, "it has a path, a query or a fragment"));
    }
    let (user, server) = match authority.rsplit_once('@') {
        Some((user, server)) => (Some(user), server),
        None => (None, authority),
    };
    if !user.is_none_or(is_user) {
        return Err(malformed(named, ENCODE));
    }
    let (host, port) = host::split(server).map_err(|why| malformed(named, why))?;
    let user = user.map_or_else(String::new, |user| format!("{user}@"));
    let port = port.map_or_else(String::new, |port| format!(":{port}"));
    Ok(Some(format!("{scheme}://{user}{host}{port}")))
}

const ENCODE: &str = "its user name or password has a character that must be percent-encoded (an @ as \
                      %40, a # as %23, a / as %2F)";

/// Whether a text is a user name and password as allowed in URLs (RFC 3986, section 3.2.1).
fn is_user(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let fine = match byte {
            b'%' => [bytes.next(), bytes.next()]
                .iter()
                .all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit())),
            byte => byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:".contains(&byte),
        };
        if !fine {
            return false;
        }
    }
    true
}

/// Converts `NO_PROXY` to the matcher's form: separated by commas, names without `*.`.
///
/// Patterns such as `192.168.*` and entries with a port, which some programs support, match nothing
/// here: those calls go through the proxy.
fn exceptions(named: &str, list: &str) -> Result<String> {
    let list = list.to_ascii_lowercase();
    let is_pattern = |text: &str| {
        let fine = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b'_' | b'*');
        text.contains('*') && text.bytes().all(fine)
    };
    let entries = list.split(|c: char| c == ',' || c.is_whitespace());
    let entries = entries.filter(|entry| !entry.is_empty());
    let checked = entries.map(|entry| {
        let name = entry.strip_prefix("*.").unwrap_or(entry);
        let name = name.strip_prefix('.').unwrap_or(name);
        if is_network(entry) || is_pattern(name) || host::split(name).is_ok() {
            Ok(name)
        } else {
            Err(malformed(
                named,
                "an entry is not a host name, address or network",
            ))
        }
    });
    Ok(checked.collect::<Result<Vec<_>>>()?.join(","))
}

/// Whether a text is an address, or a network such as `10.0.0.0/8`.
fn is_network(entry: &str) -> bool {
    let (address, bits) = match entry.split_once('/') {
        Some((address, bits)) => (address, bits.parse().ok()),
        None => (entry, Some(0)),
    };
    matches!(
        (address.parse(), bits),
        (Ok(IpAddr::V4(_)), Some(0..=32)) | (Ok(IpAddr::V6(_)), Some(0..=128u8))
    )
}

/// The error for a malformed setting. It omits the value, which may contain a password.
fn malformed(named: &str, why: &str) -> Error {
    let form = if named.eq_ignore_ascii_case("NO_PROXY") {
        "write it as host1,.domain2,10.0.0.0/8"
    } else {
        "write it as http://host:port or http://user:password@host:port"
    };
    Error::new(
        ErrorKind::Builder,
        format!(
            "the proxy in {named} cannot be used: {why}; {form}, or leave it out with no_proxy()"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the proxy for a URL; `None` for a direct connection.
    fn way(variables: &[(&str, &str)], url: &str) -> Result<Option<String>> {
        let environment = Environment::read(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            Ok(found.map(|(_, value)| (*value).to_owned()))
        })?;
        let proxy = environment.matcher()?.intercept(&url.parse().unwrap());
        Ok(proxy.map(|proxy| proxy.uri().to_string()))
    }

    const API: &str = "https://api.mch.weixin.qq.com/v3/x";

    #[test]
    fn a_malformed_variable_is_an_error_and_not_a_direct_connection() {
        for value in [
            "://",
            "http://",
            "http:/proxy:3128",
            "http//proxy:3128",
            "htp://proxy:3128",
            "proxy:99999",
            "proxy:",
            "proxy:0",
            "http://proxy:port",
            "http://pro xy:3128",
            "http://proxy:3128?x",
            "http://user:pa@ss@proxy:3128",
            "http://user:pa#ss@proxy:3128",
            "http://user:pa/ss@proxy:3128",
            "http://user:pa%ss@proxy:3128",
            "http://u\u{e9}:p@proxy:3128",
            "http://[::1:3128",
            "http://300.1.1.1:3128",
        ] {
            for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
                let err = way(&[(name, value)], API).unwrap_err();
                assert_eq!(err.kind(), ErrorKind::Builder, "{name}={value}");
                assert!(err.to_string().contains(name), "{err}");
                for word in ["pa@ss", "pa#ss", "pa/ss", "pa%ss", "ss@proxy"] {
                    assert!(!err.to_string().contains(word), "{err}");
                }
            }
        }
    }

    #[test]
    fn forms_accepted_by_other_programs_are_accepted() {
        for (value, uri) in [
            ("proxy:3128", "http://proxy:3128/"),
            ("http://proxy:3128/", "http://proxy:3128/"),
            (" HTTP://Proxy:3128\n", "http://proxy:3128/"),
            ("http://user:p%40ss@proxy:3128", "http://proxy:3128/"),
            ("user@proxy:3128", "http://proxy:3128/"),
            ("http://[::1]:3128", "http://[::1]:3128/"),
            // Another kind of proxy: a call that would use it is rejected, never sent directly.
            ("socks5://127.0.0.1:1080", "socks5://127.0.0.1:1080/"),
            ("https://proxy:3128", "https://proxy:3128/"),
        ] {
            let found = way(&[("https_proxy", value)], API).unwrap();
            assert_eq!(found.as_deref(), Some(uri), "{value}");
        }
    }

    #[test]
    fn a_blank_variable_is_ignored() {
        for blank in ["", " ", "\t"] {
            let direct = way(&[("HTTPS_PROXY", blank), ("ALL_PROXY", blank)], API);
            assert_eq!(direct.unwrap(), None);
            let other = way(&[("HTTPS_PROXY", blank), ("https_proxy", "p:1")], API);
            assert_eq!(other.unwrap().as_deref(), Some("http://p:1/"));
            let all = way(&[("HTTPS_PROXY", blank), ("all_proxy", "p:1")], API);
            assert_eq!(all.unwrap().as_deref(), Some("http://p:1/"));
        }
    }

    #[test]
    fn unused_variables_are_not_checked() {
        let clash = [
            ("https_proxy", "p:1"),
            ("http_proxy", "p:1"),
            ("all_proxy", "socks5://::"),
        ];
        assert_eq!(way(&clash, API).unwrap().as_deref(), Some("http://p:1/"));
        assert_eq!(way(&[("NO_PROXY", "://")], API).unwrap(), None);
    }

    #[test]
    fn a_cgi_program_ignores_http_proxy() {
        let cgi = [
            ("REQUEST_METHOD", "GET"),
            ("HTTP_PROXY", "evil:1"),
            ("HTTPS_PROXY", "p:1"),
        ];
        assert_eq!(way(&cgi, "http://gateway.example/").unwrap(), None);
        assert_eq!(way(&cgi, API).unwrap().as_deref(), Some("http://p:1/"));
    }

    #[test]
    fn exceptions_are_read_as_curl_and_others_write_them() {
        let through = |no: &str, url: &str| {
            let variables = [("ALL_PROXY", "p:1"), ("NO_PROXY", no)];
            way(&variables, url).map(|way| way.is_some())
        };
        for no in [
            "*",
            ".qq.com",
            "qq.com",
            "*.qq.com",
            "x.cn API.mch.weixin.qq.com",
            " ,, qq.com",
        ] {
            assert!(!through(no, API).unwrap(), "{no:?}");
        }
        for no in [
            "q.com",
            "localhost,127.0.0.1",
            "::1",
            ",",
            "example.com:8080",
            "192.168.*",
        ] {
            assert!(through(no, API).unwrap(), "{no:?}");
        }
        assert!(!through("10.0.0.0/8", "http://10.1.2.3/").unwrap());
        for no in [
            "http://qq.com",
            "10.0.0.0/33",
            "qq.com;x",
            "a/b",
            "*.",
            "qq.com|x",
        ] {
            let err = through(no, API).unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Builder, "{no:?}");
            assert!(err.to_string().contains("NO_PROXY"), "{err}");
        }
    }
}
