//! Decides whether content can be the requested file.

use std::io::Read;

use flate2::read::GzDecoder;

use crate::message::Expected;
use wechatpay_core::error::{Error, ErrorKind, Result, Verification};
use wechatpay_core::protocol::{Content, HEAD};

/// Refuses pages, messages and empty bodies in place of a file: a proxy or a gateway may refuse
/// with status 200.
///
/// # Errors
///
/// [`ErrorKind::Body`], which names the content.
pub(super) fn check(head: &[u8], expected: Expected, verification: &Verification) -> Result<()> {
    let found = content(head);
    let refused = match (found, expected) {
        (Content::Other | Content::Gzip | Content::Zip | Content::Utf16, _) => false,
        (Content::Xml, Expected::XmlFile) => false,
        (_, Expected::File | Expected::XmlFile) => true,
        // Most other operations respond with JSON, and signed content comes from WeChat Pay.
        (found, Expected::Any) => found != Content::Json && *verification == Verification::Unsigned,
    };
    if !refused {
        return Ok(());
    }
    let found = found.name();
    let message = format!(
        "the response is not the requested file: it is {found}; nothing of it was kept, and an existing \
         file is unchanged"
    );
    Err(Error::new(ErrorKind::Body, message))
}

/// Recognises the content, also inside gzip.
pub(super) fn content(head: &[u8]) -> Content {
    match Content::of(head) {
        Content::Gzip => {
            let mut unzipped = Vec::new();
            let end = HEAD as u64;
            // A truncated or altered file is examined as far as it can be decompressed.
            let whole = GzDecoder::new(head).take(end).read_to_end(&mut unzipped);
            match Content::of(&unzipped) {
                // Decompression failed before any output, so the content is unknown and not empty.
                Content::Empty if whole.is_err() => Content::Gzip,
                found => found,
            }
        }
        found => found,
    }
}
