//! What the Rust that `wechatpay port` writes needs of PHP: values, functions and exceptions.
//!
//! [`Value`] holds what PHP's variables hold, the functions are PHP's, and [`Thrown`] is what PHP
//! throws: an [`Error`] of this crate becomes one of the class that the PHP SDK and Guzzle throw.
//!
//! ```
//! use wechatpay_chain::php::{self, Thrown, json};
//! use wechatpay_chain::{Error, ErrorKind};
//!
//! let order = json!({"amount": {"total": "19.99"}});
//! let total = php::mul(&php::get(&php::get(&order, "amount"), "total"), &json!(100))?;
//! assert_eq!(php::int(&total), 1998); // as in PHP: bcmul is for money
//!
//! let timeout = Thrown::from(Error::new(ErrorKind::Timeout, "the call took too long"));
//! assert!(timeout.is("GuzzleHttp\\Exception\\ConnectException"));
//! # Ok::<(), Thrown>(())
//! ```

pub use wechatpay_chain_php::*;

use crate::crypto::digest;
use crate::{Error, ErrorKind, Response};

/// The class that the PHP SDK or Guzzle throws.
fn class(err: &Error) -> &'static str {
    match err.kind() {
        ErrorKind::Api => match err.api().map(|api| api.status) {
            Some(status) if status.is_client_error() => "GuzzleHttp\\Exception\\ClientException",
            Some(status) if status.is_server_error() => "GuzzleHttp\\Exception\\ServerException",
            Some(status) if status.is_success() => "GuzzleHttp\\Promise\\RejectionException",
            _ => "GuzzleHttp\\Exception\\RequestException",
        },
        ErrorKind::Connect | ErrorKind::Timeout => "GuzzleHttp\\Exception\\ConnectException",
        ErrorKind::Transport | ErrorKind::Verify | ErrorKind::Probe | ErrorKind::Body => {
            "GuzzleHttp\\Exception\\RequestException"
        }
        ErrorKind::Builder
        | ErrorKind::Path
        | ErrorKind::Request
        | ErrorKind::Header
        | ErrorKind::Unsupported => "InvalidArgumentException",
        ErrorKind::Decrypt | ErrorKind::Encrypt | ErrorKind::Key => "UnexpectedValueException",
        _ => "RuntimeException",
    }
}

impl From<Error> for Thrown {
    fn from(err: Error) -> Self {
        let status = err.api().map_or(0, |api| api.status.as_u16());
        let body = err.api().map(|api| &api.body).or(err.body());
        let answer = body.map(|body| Answer::new(status, Vec::new(), String::from_utf8_lossy(body)));
        let classed = Self::new(class(&err), err.to_string());
        let parents: &[&str] = match err.kind() {
            ErrorKind::Api if status < 400 => &["RuntimeException"],
            _ => &[],
        };
        let thrown = classed.with_code(i64::from(status)).with_answer(answer);
        thrown.with_parents(parents.iter().copied()).with_source(err)
    }
}

/// `$response->getHeaderLine($name)`
#[must_use]
pub fn header_line(response: &Response, name: &str) -> String {
    let values = response.headers().get_all(name).iter();
    let values: Vec<_> = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    values.join(", ")
}

/// `md5($text)`
///
/// # Errors
/// A fault where OpenSSL has no MD5.
pub fn md5(text: &str) -> Result<String> {
    Ok(digest::md5_hex(text.as_bytes())?.to_ascii_lowercase())
}

/// `sha1($text)`
#[must_use]
pub fn sha1(text: &str) -> String {
    digest::sha1_hex(text.as_bytes()).to_ascii_lowercase()
}

/// `hash('sha256', $text)`
#[must_use]
pub fn sha256(text: &str) -> String {
    digest::sha256_hex(text.as_bytes()).to_ascii_lowercase()
}

/// `hash_hmac('sha256', $text, $key)`
///
/// # Errors
/// None that PHP has.
pub fn hmac_sha256(text: &str, key: &str) -> Result<String> {
    let digest = digest::hmac_sha256_hex(key.as_bytes(), text.as_bytes())?;
    Ok(digest.to_ascii_lowercase())
}

/// `time()`
#[must_use]
pub fn time() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |now| i64::try_from(now.as_secs()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_have_the_class_of_guzzle() {
        let thrown = |kind| Thrown::from(Error::new(kind, "why"));
        assert!(thrown(ErrorKind::Timeout).is("GuzzleHttp\\Exception\\ConnectException"));
        assert!(!thrown(ErrorKind::Timeout).is("GuzzleHttp\\Exception\\RequestException"));
        assert!(thrown(ErrorKind::Verify).is("GuzzleHttp\\Exception\\RequestException"));
        assert!(thrown(ErrorKind::Request).is("InvalidArgumentException"));
        assert!(thrown(ErrorKind::Decrypt).is("RuntimeException"));
    }
}
