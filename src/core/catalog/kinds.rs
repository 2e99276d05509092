//! The kinds of bodies and signatures in the documentation.

/// The body of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BodyKind {
    /// No body.
    None,
    /// `application/json`.
    Json,
    /// `text/xml`, as everywhere in API v2.
    Xml,
    /// `multipart/form-data`: a file and, in APIv3, its `meta` JSON. Only `meta` is signed.
    Multipart,
}

/// The kind of body of a successful response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AnswerKind {
    /// `application/json`.
    Json,
    /// `text/xml`, as nearly everywhere in API v2.
    Xml,
    /// No body (204).
    Empty,
    /// A file: a bill, an image, a receipt.
    Stream,
    /// A page that the user's browser is redirected to; the merchant's server never calls it.
    Redirect,
}

/// The content that the signature of a successful response covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AnswerSignature {
    /// The body, byte for byte.
    Body,
    /// The text `{"<name>":"<value of the header>"}`: the header contains a digest of the body.
    Digest {
        /// The digest's name and algorithm, for example `sha1`.
        name: &'static str,
        /// The answer's header with the digest.
        header: &'static str,
    },
    /// No content: successful responses carry no signature.
    Nothing,
}
