//! Where calls go: scheme, host, and a path that stands before every other.

use std::fmt;

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};

use crate::catalog::{self, Operation};
use crate::error::{Error, ErrorKind, Result};
use crate::message::Origin;

const DEFAULT_HOST: &str = "api.mch.weixin.qq.com";
/// 跨城冗灾: the same API elsewhere.
const BACKUP_HOST: &str = "api2.mch.weixin.qq.com";

/// Scheme and authority, and the path that stands before every other.
#[derive(Clone)]
pub(crate) struct BaseUrl {
    scheme: Scheme,
    authority: Authority,
    /// Without the slash at its end; empty for none.
    prefix: String,
}

impl BaseUrl {
    /// The path before every other, without the slash at its end.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Reads `https://host[:port][/prefix/]`.
    pub(crate) fn parse(text: &str) -> Result<Self> {
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
        if authority.as_str().contains('@') {
            return Err(bad_base(text, "it holds a user name or password"));
        }
        if scheme == Scheme::HTTP && is_wechat_pay(authority.host()) {
            return Err(bad_base(text, "WeChat Pay is called over https only"));
        }
        let target = parts.path_and_query;
        if target.as_ref().and_then(PathAndQuery::query).is_some() {
            return Err(bad_base(text, "it has a query"));
        }
        let path = target.as_ref().map_or("", PathAndQuery::path);
        Ok(Self {
            prefix: path.trim_end_matches('/').to_owned(),
            authority: normal(&scheme, authority),
            scheme,
        })
    }

    /// Whether a host, in lower case, is one that WeChat Pay documents.
    pub(crate) fn is_documented(host: &str) -> bool {
        let named = || catalog::operations().iter().filter_map(Operation::host);
        [DEFAULT_HOST, BACKUP_HOST].contains(&host) || named().any(|known| known == host)
    }

    /// Where a call goes that neither it nor the client sends elsewhere.
    pub(crate) fn documented(operation: Option<&Operation>) -> Self {
        let host = operation.and_then(Operation::host).unwrap_or(DEFAULT_HOST);
        Self {
            scheme: Scheme::HTTPS,
            authority: Authority::from_static(host),
            prefix: String::new(),
        }
    }

    /// The same host without the path before every other.
    pub(crate) fn root(&self) -> Self {
        Self {
            prefix: String::new(),
            ..self.clone()
        }
    }

    pub(crate) fn origin(&self) -> Origin {
        Origin::new(self.scheme.clone(), self.authority.clone())
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
        parts.scheme = Some(self.scheme);
        parts.authority = Some(self.authority);
        parts.path_and_query = Some(target);
        Uri::from_parts(parts).map_err(|err| {
            Error::new(ErrorKind::Path, "the path cannot be written as a URL").with_source(err)
        })
    }
}

/// A URL to be followed as it is: absolute, or a path on the client's own host.
pub(crate) fn exact(text: &str) -> Result<Uri> {
    let refused = |why: &str| {
        Error::new(
            ErrorKind::Request,
            format!("the URL cannot be followed: {why}; give it as the answer has it"),
        )
    };
    let uri: Uri = text
        .parse()
        .map_err(|err| refused("it is not a URL").with_source(err))?;
    if uri.host().is_none() && !text.starts_with('/') {
        return Err(refused("it has neither a host nor a leading slash"));
    }
    if text.contains('#') {
        return Err(refused("it has a fragment"));
    }
    if uri.authority().is_some_and(|it| it.as_str().contains('@')) {
        return Err(refused("it holds a user name or password"));
    }
    Ok(uri)
}

fn is_wechat_pay(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    [".weixin.qq.com", ".wechatpay.cn"]
        .iter()
        .any(|domain| host.ends_with(domain))
}

/// Lower case and without the scheme's own port, as it is in the `Host` header.
fn normal(scheme: &Scheme, authority: Authority) -> Authority {
    let own = if *scheme == Scheme::HTTPS { 443 } else { 80 };
    let host = authority.host().to_ascii_lowercase();
    let text = match authority.port_u16() {
        Some(port) if port != own => format!("{host}:{port}"),
        _ => host,
    };
    text.parse().unwrap_or(authority)
}

fn bad_base(text: &str, why: &str) -> Error {
    // Before an @ there may be a password.
    let text = if text.contains('@') { "…@…" } else { text };
    Error::new(
        ErrorKind::Request,
        format!(
            "the base URL {text:?} cannot be used: {why}; write it as https://api.mch.weixin.qq.com/"
        ),
    )
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}/", self.scheme, self.authority, self.prefix)
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
    fn what_is_no_base_url_is_refused() {
        for text in [
            "",
            "api.mch.weixin.qq.com",
            "/hk/",
            "ftp://host/",
            "https://u:p@host/",
            "https://h/?a=1",
            "http://api.mch.weixin.qq.com/",
        ] {
            let err = BaseUrl::parse(text).map(drop).unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Request, "{text}");
            assert!(!err.to_string().contains("u:p"), "{err}");
        }
    }
}
