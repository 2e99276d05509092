//! Maps this crate's errors to PHP's exceptions, and implements PHP's functions on bytes.

use http::HeaderMap;
use openssl::pkey::PKey;
use openssl::x509::X509;
use wechatpay_chain_php::{Answer, Result, Thrown};
use zeroize::Zeroizing;

use crate::crypto;
use crate::error::{Curl, Error, ErrorKind};

/// Returns the class that the PHP SDK or Guzzle throws.
fn class(err: &Error) -> &'static str {
    match err.kind() {
        ErrorKind::Api => match err.api().map(|api| api.status) {
            Some(status) if status.is_client_error() => "GuzzleHttp\\Exception\\ClientException",
            Some(status) if status.is_server_error() => "GuzzleHttp\\Exception\\ServerException",
            Some(status) if status.is_success() => "GuzzleHttp\\Promise\\RejectionException",
            _ => "GuzzleHttp\\Exception\\RequestException",
        },
        // As in Guzzle's `CurlFactory`, whose table has CURLE_GOT_NOTHING, and not CURLE_PEER_FAILED_VERIFICATION.
        _ if err.curl() == Some(Curl::GotNothing) => "GuzzleHttp\\Exception\\ConnectException",
        _ if err.curl() == Some(Curl::Distrusted) => "GuzzleHttp\\Exception\\RequestException",
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
        // An answer with an invalid signature has a success status, unless its cause says another.
        let forged =
            matches!(err.kind(), ErrorKind::Verify | ErrorKind::Probe) && err.body().is_some();
        let unknown = if forged { 200 } else { 0 };
        let cause = std::error::Error::source(&err).filter(|_| forged);
        let cause = cause.and_then(|cause| cause.downcast_ref::<Error>());
        let refusal = err.api().or(cause.and_then(Error::api));
        let status = refusal.map_or(unknown, |api| api.status.as_u16());
        let body = err.api().map(|api| &api.body).or(err.body());
        let headers = header_pairs(refusal.map_or(err.headers(), |api| &api.headers));
        let answer = body.map(|body| Answer::new(status, headers, String::from_utf8_lossy(body)));
        let classed = Self::new(class(&err), err.to_string());
        let parents: &[&str] = match err.kind() {
            ErrorKind::Api if status == 200 => &["RuntimeException"],
            _ => &[],
        };
        let thrown = classed.with_code(i64::from(status)).with_answer(answer);
        thrown
            .with_parents(parents.iter().copied())
            .with_source(err)
    }
}

/// Headers as the answer of an exception has them.
#[must_use]
pub fn header_pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    let pairs = headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    });
    pairs.collect()
}

/// `base64_encode($text)`
#[must_use]
pub fn base64_encode(text: &str) -> String {
    crypto::base64::encode(text.as_bytes())
}

/// Base64 of the bytes that hexadecimal digits stand for: `base64_encode(hash($algorithm, $text, true))`.
///
/// # Errors
/// A fault if these are no such digits.
pub fn base64_of_hex(digits: &str) -> Result<String> {
    let pairs = (0..digits.len()).step_by(2);
    let bytes = pairs.map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok());
    let bytes: Option<Vec<u8>> = bytes.collect();
    let bytes = bytes.ok_or_else(|| Thrown::fault("a digest is not hexadecimal"))?;
    Ok(crypto::base64::encode(&bytes))
}

/// `base64_encode(hex2bin($digits))`: PHP warns of what are no digits, and encodes nothing.
#[must_use]
pub fn base64_of_hex2bin(digits: &str) -> String {
    base64_of_hex(digits).unwrap_or_default()
}

/// `bin2hex(random_bytes($length))`
///
/// # Errors
/// A `ValueError` for a length below 1, and a fault if OpenSSL provides no random numbers.
pub fn random_hex(length: i64) -> Result<String> {
    let bytes = random_bytes(length)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// `base64_encode(random_bytes($length))`
///
/// # Errors
/// A `ValueError` for a length below 1, and a fault if OpenSSL provides no random numbers.
pub fn random_base64(length: i64) -> Result<String> {
    Ok(crypto::base64::encode(&random_bytes(length)?))
}

fn random_bytes(length: i64) -> Result<Vec<u8>> {
    let wrong = "random_bytes(): Argument #1 ($length) must be greater than 0";
    let length = usize::try_from(length).ok().filter(|length| *length > 0);
    let length = length.ok_or_else(|| Thrown::new("ValueError", wrong))?;
    let mut bytes = Vec::new();
    while bytes.len() < length {
        bytes.extend(crypto::random_bytes::<32>()?);
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// `base64_decode($text)`
///
/// # Errors
/// A fault if the bytes are not UTF-8: a text of Rust cannot hold them.
pub fn base64_decode(text: &str) -> Result<String> {
    let bytes = crypto::base64::decode(&base64(text));
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.ok_or_else(|| Thrown::fault("the decoded bytes are not UTF-8"))
}

/// `base64_encode(base64_decode($text))`
///
/// ```
/// # use wechatpay_core::php::base64_again;
/// assert_eq!(base64_again("/w"), "/w==");
/// ```
#[must_use]
pub fn base64_again(text: &str) -> String {
    let bytes = crypto::base64::decode(&base64(text));
    crypto::base64::encode(&bytes.unwrap_or_default())
}

/// The base64 that `base64_decode($text)` reads: it skips all characters that are no digits, and needs no `=`.
///
/// ```
/// # use wechatpay_core::php::base64;
/// assert_eq!(base64("5byg\n5LiJ"), "5byg5LiJ");
/// assert_eq!(base64("YQ"), "YQ==");
/// ```
#[must_use]
pub fn base64(text: &str) -> String {
    let digits = text.chars();
    let mut digits: String = digits
        .filter(|digit| digit.is_ascii_alphanumeric() || matches!(digit, '+' | '/'))
        .collect();
    // A digit alone has too few bits for a byte.
    if digits.len() % 4 == 1 {
        digits.pop();
    }
    while !digits.len().is_multiple_of(4) {
        digits.push('=');
    }
    digits
}

/// `Formatter::nonce($size)`
///
/// # Errors
/// A fault if OpenSSL provides no random numbers.
pub fn nonce(size: i64) -> Result<String> {
    const LETTERS: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let size = usize::try_from(size).unwrap_or(0);
    let mut text = String::with_capacity(size);
    while text.len() < size {
        for byte in crypto::random_bytes::<32>()? {
            let index = usize::from(byte & 63);
            if let Some(letter) = LETTERS.get(index)
                && text.len() < size
            {
                text.push(char::from(*letter));
            }
        }
    }
    Ok(text)
}

/// Returns whether PHP's OpenSSL functions read a private key: PEM text with its line breaks, or `file://` and the path of
/// such a file. They have no passphrase for it.
#[must_use]
pub fn opens_private(source: &str) -> bool {
    let pem = pem_of(source);
    PKey::private_key_from_pem_callback(&pem, |_| Ok(0)).is_ok()
}

/// Returns whether PHP's OpenSSL functions read a public key or a certificate, in the same forms.
#[must_use]
pub fn opens_public(source: &str) -> bool {
    let pem = pem_of(source);
    X509::from_pem(&pem).is_ok() || PKey::public_key_from_pem(&pem).is_ok()
}

/// The text that PHP gives to OpenSSL's reader of PEM.
fn pem_of(source: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(match source.strip_prefix("file://") {
        Some(path) => std::fs::read(path).unwrap_or_default(),
        None => source.as_bytes().to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ApiError;

    #[test]
    fn errors_have_the_class_of_guzzle() {
        let thrown = |kind| Thrown::from(Error::new(kind, "why"));
        assert!(thrown(ErrorKind::Timeout).is("GuzzleHttp\\Exception\\ConnectException"));
        assert!(!thrown(ErrorKind::Timeout).is("GuzzleHttp\\Exception\\RequestException"));
        assert!(thrown(ErrorKind::Verify).is("GuzzleHttp\\Exception\\RequestException"));
        assert!(thrown(ErrorKind::Request).is("InvalidArgumentException"));
        assert!(thrown(ErrorKind::Decrypt).is("RuntimeException"));
        let curl = |kind, curl| Thrown::from(Error::new(kind, "why").with_curl(curl));
        let nothing = curl(ErrorKind::Transport, Curl::GotNothing);
        assert!(nothing.is("GuzzleHttp\\Exception\\ConnectException"));
        let distrusted = curl(ErrorKind::Connect, Curl::Distrusted);
        assert!(distrusted.is("GuzzleHttp\\Exception\\RequestException"));
    }

    #[test]
    fn a_refusal_keeps_its_headers() {
        let mut api = ApiError::new(http::StatusCode::TOO_MANY_REQUESTS);
        let value = http::HeaderValue::from_static("30");
        api.headers.insert("Retry-After", value);
        let thrown = Thrown::from(Error::from_api(api));
        let answer = thrown.answer().expect("a refusal has an answer");
        assert_eq!(answer.header_line("retry-after"), "30");
    }
}
