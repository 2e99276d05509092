//! A request as it came over the connection.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;

use crate::apiv2;
use crate::multipart;
use wechatpay_core::catalog::{self, Operation};
use wechatpay_core::protocol::{Scheme, xml};

/// A request with its whole body, before any check.
pub(crate) struct Received {
    /// When the whole request was here.
    pub(super) at: Instant,
    pub(super) head: Parts,
    pub(super) body: Bytes,
    pub(super) client_certificate: ClientCertificate,
    pub(super) operation: Option<&'static Operation>,
}

/// The merchant certificate of a TLS connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ClientCertificate {
    /// Plain HTTP cannot ask for one.
    NotAsked,
    /// The serial of the one that was presented.
    Presented(Arc<str>),
    Missing,
}

impl ClientCertificate {
    /// The serial for the journal; empty is [`Missing`](Self::Missing), `None` is [`NotAsked`](Self::NotAsked).
    pub(crate) fn saved(&self) -> Option<String> {
        match self {
            Self::NotAsked => None,
            Self::Presented(serial) => Some(serial.to_string()),
            Self::Missing => Some(String::new()),
        }
    }

    /// The opposite of [`saved`](Self::saved).
    #[cfg(feature = "state")]
    pub(crate) fn restored(saved: Option<String>) -> Self {
        match saved {
            None => Self::NotAsked,
            Some(serial) if serial.is_empty() => Self::Missing,
            Some(serial) => Self::Presented(serial.into()),
        }
    }
}

impl Received {
    pub(super) fn new(mut head: Parts, body: Bytes, client_certificate: ClientCertificate) -> Self {
        if let Some(value) = head.headers.get_mut(AUTHORIZATION) {
            value.set_sensitive(true);
        }
        let path = head.uri.path();
        Self {
            at: Instant::now(),
            operation: catalog::find(&head.method, path)
                .or_else(|| apiv2::operation_of(&head.headers, &head.method, path))
                .or_else(|| slashed(&head.method, path)),
            head,
            body,
            client_certificate,
        }
    }

    /// The operation, if it is APIv2's.
    pub(super) fn v2_operation(&self) -> Option<&'static Operation> {
        self.operation.filter(|operation| operation.is_v2())
    }

    /// Whether the simulation of APIv2 stands for another operation; its answer is generated.
    pub(super) fn is_simulated(&self) -> bool {
        let operation = self.v2_operation();
        operation.is_some_and(|operation| apiv2::is_simulated(self.path(), operation))
    }

    /// Whether a client of WeChat Pay sent it. Requests of browsers and health checks do not consume the
    /// faults that wait for a client's request.
    pub(super) fn is_from_client(&self) -> bool {
        self.operation.is_some() || self.head.headers.contains_key(AUTHORIZATION)
    }

    /// Whether the body looks like a message of APIv2.
    pub(super) fn is_xml(&self) -> bool {
        xml::is_xml(&self.body)
    }

    pub(super) fn is_upload(&self) -> bool {
        multipart::is_multipart(self.content_type())
    }

    pub(super) fn content_type(&self) -> &str {
        content_type(&self.head)
    }

    pub(super) fn path(&self) -> &str {
        self.head.uri.path()
    }

    /// Path and query, as sent.
    pub(super) fn target(&self) -> &str {
        let target = self.head.uri.path_and_query();
        target.map_or("/", |target| target.as_str())
    }
}

/// Paths of which pages and samples differ in the slash at the end.
///
/// Sources: "提交申请单" of 特约商户进件, 二级商户进件 and 商户开户意愿确认.
const SLASHED: [&str; 3] = [
    "v3/apply4subject/applyment",
    "v3/applyment4sub/applyment",
    "v3/ecommerce/applyments",
];

/// The operation whose page prints a slash that the request lacks, or the other way round.
fn slashed(method: &Method, path: &str) -> Option<&'static Operation> {
    let bare = path.trim_start_matches('/').trim_end_matches('/');
    let path = SLASHED.iter().find(|known| **known == bare)?;
    let found = catalog::find(method, path);
    found.or_else(|| catalog::find(method, &format!("{path}/")))
}

/// The `Content-Type`; empty where there is none.
pub(super) fn content_type(head: &Parts) -> &str {
    let kind = head.headers.get(CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default()
}

/// The scheme that has to sign a request: the brand's for brand operations, the merchant's for all others.
pub(crate) fn expected_scheme(operation: Option<&Operation>, path: &str) -> Scheme {
    if operation.is_some_and(Operation::is_brand) || path.starts_with("/brand/") {
        Scheme::Brand
    } else {
        Scheme::Merchant
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_at_the_end_may_be_left_out_or_added_where_pages_differ() {
        for path in [
            "/v3/apply4subject/applyment/",
            "/v3/applyment4sub/applyment",
            "/v3/ecommerce/applyments",
        ] {
            assert!(slashed(&Method::POST, path).is_some(), "{path}");
        }
        let other = slashed(&Method::POST, "/v3/pay/transactions/native/");
        assert!(other.is_none());
    }
}
