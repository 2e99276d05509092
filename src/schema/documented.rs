//! One operation's documentation.

use std::fmt;

use crate::attributes::Attributes;
use crate::field::Field;

/// The documentation of one operation.
#[derive(Clone)]
pub struct Documented {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) attributes: Attributes,
    pub(crate) title: &'static str,
    pub(crate) products: Vec<&'static str>,
    pub(crate) page: Option<&'static str>,
    pub(crate) limits: Vec<RateLimit>,
    pub(crate) status: u16,
    pub(crate) query: Vec<Field>,
    pub(crate) request: Vec<Field>,
    pub(crate) response: Vec<Field>,
}

/// A limit on how often an operation may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// The number of calls.
    pub count: u32,
    /// The period: `second`, `minute`, `day`.
    pub per: &'static str,
    /// Who shares the limit, if documented: `merchant`, `service-provider`, `api`.
    pub scope: Option<&'static str>,
    /// Whether WeChat Pay's documentation is the source.
    pub official: bool,
}

impl Documented {
    /// The method, in capital letters.
    #[must_use]
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// The path, a template without a leading slash; APIv2's begins with `v2/`.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// The kinds of the bodies and the pointers of encrypted fields.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// Its title in the documentation, in Chinese.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// The products it belongs to, in Chinese; empty if unknown.
    #[must_use]
    pub fn products(&self) -> &[&'static str] {
        &self.products
    }

    /// The address of its page in WeChat Pay's documentation.
    #[must_use]
    pub fn page(&self) -> Option<&'static str> {
        self.page
    }

    /// The documented rate limits.
    #[must_use]
    pub fn limits(&self) -> &[RateLimit] {
        &self.limits
    }

    /// The status of a successful response.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The query parameters.
    #[must_use]
    pub fn query(&self) -> &[Field] {
        &self.query
    }

    /// The fields of the request's body.
    #[must_use]
    pub fn request(&self) -> &[Field] {
        &self.request
    }

    /// The fields of a successful response.
    #[must_use]
    pub fn response(&self) -> &[Field] {
        &self.response
    }

    /// Whether it belongs to API v2 (XML).
    #[must_use]
    pub fn is_v2(&self) -> bool {
        self.path.starts_with("v2/")
    }

    /// The names of the path's variables, except `{empty}`, which stands for an empty segment.
    pub fn variables(&self) -> impl Iterator<Item = &'static str> {
        let names = self.path.split('/').filter_map(variable);
        names.filter(|name| *name != "empty")
    }
}

impl fmt::Debug for Documented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Documented")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("title", &self.title)
            .finish_non_exhaustive()
    }
}

pub(crate) fn variable(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}
