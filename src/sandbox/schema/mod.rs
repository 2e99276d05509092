//! The documented fields of every operation: names, types, limits, and whether they are required.
//!
//! The sandbox and the command use the schemas; calls do not. The data is a text of about 760 kB in the
//! program, which `regenerate.py` in this folder writes. The first look-up indexes the operations, which takes
//! about a millisecond. Each look-up parses only the lines of its operation.
//!
//! The documentation has errors, such as fields that are not really required and incomplete lists of values.
//! Do not reject a user's request because of it.

pub(crate) mod departures;
mod field;
mod labels;
mod read;
#[cfg(test)]
mod tests;
pub(crate) mod upload;

use std::fmt;
use std::sync::{LazyLock, OnceLock};

use http::{Method, StatusCode};

pub use field::{Field, FieldKind};
pub use labels::{Part, is_deprecated, label};
pub use upload::UploadLimit;

use wechatpay_core::catalog::{self, Operation};

/// The documentation of one operation.
#[derive(Clone)]
pub struct Schema {
    operation: &'static Operation,
    title: &'static str,
    products: Vec<&'static str>,
    page: Option<&'static str>,
    limits: Vec<RateLimit>,
    status: StatusCode,
    query: Vec<Field>,
    request: Vec<Field>,
    response: Vec<Field>,
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

/// The schema of a method and path; the path as for [`catalog::find`].
///
/// ```
/// use http::Method;
/// use wechatpay_sandbox::schema::{self, FieldKind};
///
/// let native = schema::find(&Method::POST, "v3/pay/transactions/native").unwrap();
/// assert_eq!(native.title(), "Native下单");
///
/// let amount = native.request().iter().find(|field| field.name() == "amount").unwrap();
/// assert_eq!(amount.kind(), FieldKind::Object);
/// assert!(amount.is_required());
/// assert_eq!(amount.fields()[0].name(), "total");
/// ```
#[must_use]
pub fn find(method: &Method, path: &str) -> Option<Schema> {
    of(catalog::find(method, path)?)
}

/// The schema of an operation of the catalog. Every operation has one, even if only with a title.
#[must_use]
pub fn of(operation: &'static Operation) -> Option<Schema> {
    Some(read::schema(operation, block_of(operation)?.text))
}

/// The schema of an operation, which is read once.
pub(crate) fn cached(operation: &'static Operation) -> Option<&'static Schema> {
    let block = block_of(operation)?;
    Some(
        block
            .schema
            .get_or_init(|| read::schema(operation, block.text)),
    )
}

fn block_of(operation: &Operation) -> Option<&'static Block> {
    let (path, method) = (operation.path(), operation.method());
    let order = |block: &Block| (block.path, block.method).cmp(&(path, method.as_str()));
    BLOCKS.get(BLOCKS.binary_search_by(order).ok()?)
}

/// All schemas, in the order of [`catalog::operations`].
pub fn all() -> impl Iterator<Item = Schema> {
    catalog::operations().iter().filter_map(of)
}

impl Schema {
    /// The size and type limits of an upload's file; `None` if not documented.
    #[must_use]
    pub fn upload_limit(&self) -> Option<UploadLimit> {
        upload::upload_limit(self.operation)
    }

    /// The operation.
    #[must_use]
    pub fn operation(&self) -> &'static Operation {
        self.operation
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
    pub fn status(&self) -> StatusCode {
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
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schema")
            .field("method", &self.operation.method())
            .field("path", &self.operation.path())
            .field("title", &self.title)
            .finish_non_exhaustive()
    }
}

/// The lines of one operation.
struct Block {
    method: &'static str,
    path: &'static str,
    text: &'static str,
    schema: OnceLock<Schema>,
}

static BLOCKS: LazyLock<Vec<Block>> = LazyLock::new(|| {
    let text = include_str!("operations.txt");
    let blocks = text.strip_prefix('@').unwrap_or(text).split("\n@");
    blocks.filter_map(block).collect()
});

fn block(text: &'static str) -> Option<Block> {
    let (head, text) = text.split_once('\n')?;
    let (method, path) = head.split_once(' ')?;
    let schema = OnceLock::new();
    Some(Block {
        method,
        path,
        text,
        schema,
    })
}
