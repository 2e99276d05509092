//! The names of the pages of operations.

use wechatpay_core::catalog::Operation;

/// The name of an operation's file: `post-v3-pay-transactions-native.html`.
#[must_use]
pub fn file_of(operation: &Operation) -> String {
    let name = format!("{}-{}", operation.method(), operation.path()).to_lowercase();
    let name = name.replace(['{', '}'], "").replace('/', "-");
    format!("{name}.html")
}
