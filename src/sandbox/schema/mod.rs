//! The documented fields of every operation: names, types, limits, and whether they are required.
//!
//! The sandbox and the command use the schemas; calls do not. `wechatpay-schema` has the data; this module adds the
//! operation of the catalog.
//!
//! The documentation has errors, such as fields that are not really required and incomplete lists of values.
//! Do not reject a user's request because of it.

pub(crate) mod departures;
#[cfg(test)]
mod tests;
pub(crate) mod upload;

use std::fmt;

use http::{Method, StatusCode};

pub use upload::UploadLimit;
pub use wechatpay_schema::{Field, FieldKind, Part, RateLimit};

use wechatpay_core::catalog::{self, Operation};
use wechatpay_schema::Documented;

/// The documentation of one operation.
#[derive(Clone, Copy)]
pub struct Schema {
    operation: &'static Operation,
    documented: &'static Documented,
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
    let documented = wechatpay_schema::get(operation.method().as_str(), operation.path())?;
    Some(Schema {
        operation,
        documented,
    })
}

/// All schemas, in the order of [`catalog::operations`].
pub fn all() -> impl Iterator<Item = Schema> {
    catalog::operations().iter().filter_map(of)
}

/// WeChat Pay's own Chinese term for a field; `None` if the documentation has none.
///
/// Pass the name of a variable or parameter, or the JSON pointer of a field. `*` for the items of an array may be
/// omitted.
///
/// ```
/// use http::Method;
/// use wechatpay_sandbox::schema::{self, Part};
///
/// let native = wechatpay_core::catalog::find(&Method::POST, "v3/pay/transactions/native").unwrap();
/// assert_eq!(schema::label(native, Part::Request, "/amount/total"), Some("总金额"));
/// ```
#[must_use]
pub fn label(operation: &Operation, part: Part, pointer: &str) -> Option<&'static str> {
    let method = operation.method();
    wechatpay_schema::label(method.as_str(), operation.path(), part, pointer)
}

/// Whether WeChat Pay requires a field of the request only under a condition, although it is documented as required.
///
/// ```
/// use http::Method;
/// use wechatpay_sandbox::schema::{self, Part};
///
/// let operation = wechatpay_core::catalog::find(&Method::POST, "v3/applyment4sub/applyment/").unwrap();
/// let pointer = "/subject_info/business_license_info";
/// assert!(schema::is_conditional(operation, Part::Request, pointer));
/// ```
#[must_use]
pub fn is_conditional(operation: &Operation, part: Part, pointer: &str) -> bool {
    let schema = wechatpay_schema::get(operation.method().as_str(), operation.path());
    let conditional = schema.map(|schema| &schema.attributes().conditional);
    part != Part::Response && conditional.is_some_and(|fields| fields.contains(&pointer))
}

/// Whether the documentation marks the operation as deprecated.
#[must_use]
pub fn is_deprecated(operation: &Operation) -> bool {
    wechatpay_schema::is_deprecated(operation.method().as_str(), operation.path())
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

    /// The same documentation without the operation of the catalog.
    #[must_use]
    pub fn documented(&self) -> &'static Documented {
        self.documented
    }

    /// Its title in the documentation, in Chinese.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.documented.title()
    }

    /// The products it belongs to, in Chinese; empty if unknown.
    #[must_use]
    pub fn products(&self) -> &'static [&'static str] {
        self.documented.products()
    }

    /// The address of its page in WeChat Pay's documentation.
    #[must_use]
    pub fn page(&self) -> Option<&'static str> {
        self.documented.page()
    }

    /// The documented rate limits.
    #[must_use]
    pub fn limits(&self) -> &'static [RateLimit] {
        self.documented.limits()
    }

    /// The status of a successful response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.documented.status()).unwrap_or(StatusCode::OK)
    }

    /// The query parameters.
    #[must_use]
    pub fn query(&self) -> &'static [Field] {
        self.documented.query()
    }

    /// The fields of the request's body.
    #[must_use]
    pub fn request(&self) -> &'static [Field] {
        self.documented.request()
    }

    /// The fields of the request that are documented as required, and are required only under a condition: JSON pointers of the body,
    /// and names of query parameters.
    ///
    /// ```
    /// use http::Method;
    /// use wechatpay_sandbox::schema;
    ///
    /// let refund = schema::find(&Method::POST, "v2/secapi/pay/refund").unwrap();
    /// assert!(refund.conditional().contains(&"/transaction_id".to_owned()));
    /// ```
    #[must_use]
    pub fn conditional(&self) -> Vec<String> {
        let mut found = departures::conditional(self.operation, self.request());
        let query = departures::conditional(self.operation, self.query());
        found.extend(query.iter().map(|pointer| pointer.replacen('/', "", 1)));
        found
    }

    /// The fields of a successful response.
    #[must_use]
    pub fn response(&self) -> &'static [Field] {
        self.documented.response()
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schema")
            .field("method", &self.operation.method())
            .field("path", &self.operation.path())
            .field("title", &self.title())
            .finish_non_exhaustive()
    }
}
