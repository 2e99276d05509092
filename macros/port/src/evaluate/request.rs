//! The result of an evaluation.

use serde_json::{Map, Value as Json};

use crate::diagnostic::Problem;
use crate::recognise::{Form, Method, Mode};
use crate::syntax::Span;

/// The requests of a block, in order, and what there is to say about it.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Output {
    /// The requests.
    pub requests: Vec<Request>,
    /// The parts that could not be evaluated, and the warnings for the reader.
    pub problems: Vec<Problem>,
}

/// A request as a snippet describes it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Request {
    /// The statement that makes the call.
    pub statement: Span,
    /// The call itself.
    pub span: Span,
    /// How its path is written.
    pub form: Form,
    /// With or without `Async`.
    pub mode: Mode,
    /// The HTTP method.
    pub method: Method,
    /// The path as a template, normalised; with `v2/` for APIv2.
    pub template: String,
    /// PHP's options in their order, but for `handler` and a `body` that is an upload.
    pub options: Map<String, Json>,
    /// The files to upload.
    pub upload: Option<Upload>,
    /// The middleware that was removed from the stack of this call: `verifier`.
    pub removed: Vec<String>,
}

/// A body in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Upload {
    /// `MediaUtil`
    Media {
        /// The file's name.
        name: String,
        /// The file.
        bytes: Vec<u8>,
        /// What `setMeta()` was given.
        meta: Option<String>,
    },
    /// `MultipartStream`, or the option `multipart`.
    Parts(Vec<Part>),
}

/// One part of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The name of the part.
    pub name: String,
    /// The file's name, of a file.
    pub filename: Option<String>,
    /// The bytes.
    pub contents: Vec<u8>,
}

/// The things that an evaluation needs from outside: time, random bytes, files and cryptography.
///
/// The command has it made of `wechatpay-chain`; tests fix it.
pub trait Host {
    /// The bytes behind `file:///path/to/x` or a path.
    ///
    /// # Errors
    ///
    /// Why there are none; the text is shown to the user.
    fn read(&self, path: &str) -> Result<Vec<u8>, String>;

    /// The value of a variable that the snippet leaves undefined.
    fn variable(&self, name: &str) -> Option<Json>;

    /// The placeholder for a variable without a value: the reader is told.
    fn stand_in(&self, name: &str) -> Option<Json> {
        let _ = name;
        None
    }

    /// The time in seconds since 1970.
    fn now(&self) -> i64;

    /// A text of `len` random characters, `[0-9A-Za-z]`.
    ///
    /// # Errors
    ///
    /// Why there is none.
    fn nonce(&self, len: usize) -> Result<String, String>;

    /// The digest in lower-case hex: `md5`, `sha1` or `sha256`.
    ///
    /// # Errors
    ///
    /// Why there is none, such as an algorithm that is not known.
    fn digest(&self, algorithm: &str, data: &[u8]) -> Result<String, String>;

    /// The HMAC in lower-case hex.
    ///
    /// # Errors
    ///
    /// As [`digest`](Self::digest).
    fn hmac(&self, algorithm: &str, key: &[u8], data: &[u8]) -> Result<String, String>;

    /// The RSA-SHA256 signature in base64. `key` is what the snippet has: the text of a key, a
    /// `file://` URL, or nothing when its variable has no value.
    ///
    /// # Errors
    ///
    /// Why there is none.
    fn sign(&self, text: &str, key: Option<&str>) -> Result<String, String>;

    /// The serial number of a certificate: its text or a `file://` URL.
    ///
    /// # Errors
    ///
    /// Why there is none.
    fn certificate_serial(&self, certificate: &str) -> Result<String, String>;
}
