//! The call of an operation as code: Rust in all styles, types, a line of the command, and curl.
//!
//! The values are those of a sample request with the required fields. A few operations require one field of several, which
//! the sample lacks: the sandbox refuses those.

mod curl;
mod literal;
mod rust;
mod shell;
mod typed;

use crate::mock::SampleRequest;
use crate::schema::Schema;

pub use rust::Style;

/// The seed of the sample requests. Any number does.
const SEED: u64 = 0;

/// A call as code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snippet {
    /// A name that is unique within the operation: `path-await`.
    pub id: String,
    /// The title: `chain().await`.
    pub title: String,
    /// Whether it is Rust, for a function with a `client` that returns a `Result`.
    pub is_rust: bool,
    /// The code.
    pub code: String,
}

/// All snippets of an operation, in the order of the page.
///
/// ```
/// use http::Method;
/// use wechatpay_sandbox::{reference, schema};
///
/// let native = schema::find(&Method::POST, "v3/pay/transactions/native").unwrap();
/// let ids: Vec<_> = reference::snippets(&native).into_iter().map(|it| it.id).collect();
/// assert_eq!(ids[..2], ["segments-await", "path-await"]);
/// assert!(ids.contains(&"curl".to_owned()));
/// ```
#[must_use]
pub fn snippets(schema: &Schema) -> Vec<Snippet> {
    let sample = sample(schema);
    let mut all = Vec::new();
    for waits in [false, true] {
        for style in Style::of(schema) {
            all.push(Snippet {
                id: format!("{}-{}", style.name(), if waits { "wait" } else { "await" }),
                title: style.title(waits),
                is_rust: true,
                code: rust::call(schema, &sample, style, waits),
            });
        }
    }
    let others = [
        ("types", "types!", true, typed::call(schema, &sample)),
        (
            "command",
            "wechatpay",
            false,
            shell::command(schema, &sample),
        ),
        ("curl", "curl", false, curl::script(schema, &sample)),
    ];
    for (id, title, is_rust, code) in others {
        let (id, title) = (id.to_owned(), title.to_owned());
        all.extend(code.map(|code| Snippet {
            id,
            title,
            is_rust,
            code,
        }));
    }
    all
}

/// The call of an operation in Rust: the snippet for a terminal.
#[must_use]
pub fn rust_call(schema: &Schema) -> String {
    rust::call(schema, &sample(schema), Style::Path, false)
}

/// The sample request of an operation's page.
#[must_use]
pub fn sample(schema: &Schema) -> SampleRequest {
    SampleRequest::required(schema, SEED)
}
