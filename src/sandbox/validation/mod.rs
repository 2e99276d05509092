//! Compares a request with its schema.
//!
//! The [crate documentation](crate) lists the checks.

mod check;
mod disputed;
mod issue;
mod media;
mod pattern;
mod unknown;

use http::Method;
use serde_json::{Map, Value, json};

pub(crate) use check::{Encoding, Validator, first_of};
pub(crate) use disputed::disputed;
pub(crate) use issue::Location;
pub(crate) use unknown::{UnknownMember, unknown_members};

use crate::query;
use crate::refusal::Refusal;
use crate::schema::{self, Schema};
use issue::{Issue, Violation};
use wechatpay_core::catalog::{AnswerKind, Operation};

/// Whether a text has only the characters of a merchant's number, such as an `out_trade_no`.
pub(crate) fn is_merchant_number(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-|*@".contains(&byte);
    text.bytes().all(fits)
}

/// Members of APIv2's signature, which is checked before the fields.
pub(crate) const SIGNATURE: [&str; 3] = ["nonce_str", "sign", "sign_type"];

/// The bytes that most JSON pointers fit into.
const POINTER: usize = 64;

/// A request whose sensitive fields are decrypted.
pub(crate) struct IncomingRequest<'a> {
    pub(crate) operation: &'static Operation,
    /// The path in the request line.
    pub(crate) path: &'a str,
    pub(crate) query: Option<&'a str>,
    /// The body; for an upload its `meta`, in APIv2 all members.
    pub(crate) json: Option<&'a Value>,
    pub(crate) upload: bool,
    /// The brand that sends it; `None` for a merchant.
    pub(crate) brand_id: Option<&'a str>,
}

/// Refuses a request that breaks a rule of its schema.
pub(crate) fn check(request: &IncomingRequest<'_>) -> Result<(), Refusal> {
    // A redirect leads to another server, whose rules are not documented.
    let is_redirect = request.operation.answer() == AnswerKind::Redirect;
    let Some(schema) = schema::of(request.operation).filter(|_| !is_redirect) else {
        return Ok(());
    };
    if request.operation.is_v2() {
        return request.check_v2(&schema).map_err(Issue::v2_refusal);
    }
    request
        .check_path(&schema)
        .and_then(|()| request.check_query(&schema))
        .and_then(|()| request.check_body(&schema))
        .map_err(Issue::refusal)
}

impl IncomingRequest<'_> {
    /// The members of a `GET` are its query. Other requests may have a query as well.
    fn check_v2(&self, schema: &Schema) -> Result<(), Issue> {
        let none = Map::new();
        let members = self.json.and_then(Value::as_object).unwrap_or(&none);
        let (location, fields) = match self.operation.method() {
            Method::GET => (Location::Query, schema.query()),
            _ => (Location::Body, schema.request()),
        };
        if location == Location::Body {
            self.check_query(schema)?;
        }
        // The members of an upload are its signed fields.
        if self.upload {
            return Ok(());
        }
        Validator::new(self.operation, location, Encoding::Text)
            .skip(&SIGNATURE)
            .members(fields, members)
    }

    /// Checks the path variables, and that none is also in the query unless documented.
    ///
    /// Published: 此字段并非多重字段但被输入源…映射过了.
    fn check_path(&self, schema: &Schema) -> Result<(), Issue> {
        let issue = |location, name: &str, value: String, wrong| Issue {
            location,
            pointer: format!("/{name}"),
            value: Some(Box::new(json!(value))),
            wrong,
        };
        for (name, value) in self.variables() {
            if let Some(wrong) = check::variable(self.operation, &name, &value) {
                return Err(issue(Location::Path, &name, value, wrong));
            }
            let documented = schema.query().iter().any(|field| field.name() == name);
            let again = self.parameters().find(|(other, _)| *other == name);
            if let Some((_, again)) = again.filter(|_| !documented) {
                return Err(issue(
                    Location::Query,
                    &name,
                    again,
                    Violation::Twice(name.clone()),
                ));
            }
        }
        Ok(())
    }

    fn check_query(&self, schema: &Schema) -> Result<(), Issue> {
        let query = self.parameters().map(|(name, value)| (name, json!(value)));
        Validator::new(self.operation, Location::Query, Encoding::Text)
            .members(schema.query(), &query.collect())
    }

    /// Uploads are not checked here, because not all of their parts are JSON.
    fn check_body(&self, schema: &Schema) -> Result<(), Issue> {
        let none = json!({});
        let mut check = Validator::new(self.operation, Location::Body, Encoding::Json);
        if self.upload || schema.request().is_empty() {
            return Ok(());
        }
        match self.json.unwrap_or(&none) {
            Value::Object(members) => check.members(schema.request(), members),
            other => Err(check.no_object(other)),
        }
    }

    pub(crate) fn parameters(&self) -> impl Iterator<Item = (String, String)> {
        let pairs = query::pairs(self.query.unwrap_or_default());
        pairs.map(|(name, value)| (name.into_owned(), value.into_owned()))
    }

    /// The path variables with their documented names.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (String, String)> {
        let template = self.operation.wire_path().split('/');
        let path = self.path.trim_start_matches('/').split('/');
        template.zip(path).filter_map(|(name, value)| {
            let name = name.strip_prefix('{')?.strip_suffix('}')?;
            let value = query::decoded(value);
            Some((name.to_owned(), value.into_owned()))
        })
    }
}
