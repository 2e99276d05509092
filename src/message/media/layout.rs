//! The bytes around the files: RFC 7578, in the order and spelling of the PHP SDK.

use std::fmt::{self, Write};

use bytes::Bytes;

use super::body::{Failure, Files, Piece};
use super::{Media, Progress};
use crate::message::Body;
use wechatpay_core::crypto::digest::hex_lower;
use wechatpay_core::crypto::random_bytes;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// The layout of an upload: the part that the signature covers, and the parts of its body.
///
/// The body can be built again for a retry, unless a file comes from a reader.
#[derive(Clone)]
pub struct Upload {
    boundary: String,
    signed: Bytes,
    pieces: Vec<Piece>,
}

impl Upload {
    /// Returns `multipart/form-data` with the boundary: the only `Content-Type` this body can have.
    #[must_use]
    pub fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    /// Returns the part that the signature covers: the `meta`; empty in APIv2.
    #[must_use]
    pub fn signed(&self) -> &Bytes {
        &self.signed
    }

    /// Returns the length of the body in bytes.
    #[must_use]
    pub fn content_length(&self) -> u64 {
        self.pieces.iter().map(Piece::len).sum()
    }

    pub(crate) fn is_spent(&self) -> bool {
        self.pieces.iter().any(Piece::is_spent)
    }

    /// Returns the body, to be sent once, and where it reports the reason of a failure.
    pub(crate) fn body(&self) -> Result<(Body, Failure)> {
        let (files, failure) = Files::open(&self.pieces)?;
        Ok((Body::stream(files), failure))
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("content_length", &self.content_length())
            .finish_non_exhaustive()
    }
}

/// An upload in the making.
pub(super) struct Form {
    boundary: String,
    signed: Bytes,
    pieces: Vec<Piece>,
    /// The text before the next file.
    head: String,
}

impl Form {
    /// Creates a layout with a random boundary: 40 lower-case hex digits.
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            boundary: hex_lower(&random_bytes::<20>()?),
            signed: Bytes::new(),
            pieces: Vec::new(),
            head: String::new(),
        })
    }

    /// Adds the JSON part, the only part that is signed.
    pub(super) fn meta(mut self, meta: Bytes) -> Self {
        self.open(
            "Content-Type: application/json\r\nContent-Disposition: form-data; name=\"meta\"",
        );
        self.flush();
        self.pieces.push(Piece::Bytes(meta.clone()));
        self.head.push_str("\r\n");
        self.signed = meta;
        self
    }

    /// Adds a text.
    pub(super) fn field(mut self, name: &str, text: &str) -> Result<Self> {
        check("part", name)?;
        let len = text.len();
        self.open(&format!(
            "Content-Disposition: form-data; name=\"{name}\"\r\nContent-Length: {len}"
        ));
        self.head.push_str(text);
        self.head.push_str("\r\n");
        Ok(self)
    }

    /// Adds the file, the further files and the closing boundary.
    pub(super) async fn files(mut self, mut media: Media) -> Result<Upload> {
        let others = std::mem::take(&mut media.others);
        self.file(media).await?;
        for other in others {
            self.file(other).await?;
        }
        let _ = write!(self.head, "--{}--\r\n", self.boundary);
        self.flush();
        Ok(Upload {
            boundary: self.boundary,
            signed: self.signed,
            pieces: self.pieces,
        })
    }

    async fn file(&mut self, media: Media) -> Result<()> {
        check("part", &media.part)?;
        check("file", &media.name)?;
        let Media {
            part,
            name,
            mut source,
            progress,
            ..
        } = media;
        source.make_ready().await?;
        let mut head =
            format!("Content-Disposition: form-data; name=\"{part}\"; filename=\"{name}\"");
        // Like psr7, an empty part has no Content-Length.
        if source.len() > 0 {
            let _ = write!(head, "\r\nContent-Length: {}", source.len());
        }
        let known = media.content_type.as_deref().or_else(|| media_type(&name));
        if let Some(content_type) = known {
            check("media type", content_type)?;
            let _ = write!(head, "\r\nContent-Type: {content_type}");
        }
        self.open(&head);
        self.flush();
        let progress: Option<Progress> = progress;
        self.pieces.push(Piece::File { source, progress });
        self.head.push_str("\r\n");
        Ok(())
    }

    fn open(&mut self, headers: &str) {
        let _ = write!(self.head, "--{}\r\n{headers}\r\n\r\n", self.boundary);
    }

    fn flush(&mut self) {
        let head = std::mem::take(&mut self.head);
        self.pieces.push(Piece::Bytes(head.into()));
    }
}

/// Servers disagree on how a quote in a name is escaped, and a wrong guess would read part of
/// the name as a header.
fn check(what: &str, text: &str) -> Result<()> {
    let harmful = |c: char| c.is_control() || matches!(c, '"' | '\\');
    if !text.is_empty() && !text.contains(harmful) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Request,
        format!(
            "an upload's {what} name is empty or has a quote, a backslash or a control character: give \
             another name, for a file with Media::name"
        ),
    ))
}

/// Returns the media type of an extension, for the files that the documentation uploads.
fn media_type(name: &str) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "bmp" => "image/bmp",
        "gif" => "image/gif",
        "csv" => "text/csv",
        "pdf" => "application/pdf",
        "mp4" => "video/mp4",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_tells_the_media_type_in_any_case() {
        assert_eq!(media_type("a.b.JPG"), Some("image/jpeg"));
        assert_eq!(media_type("a.mp4"), Some("video/mp4"));
        for unknown in ["jpg", "a.", "a.xyz", ""] {
            assert_eq!(media_type(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn names_that_could_become_headers_are_refused() {
        for name in ["", "a\"b", "a\r\nX: y", "a\\", "a\0"] {
            let err = check("file", name).unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Request);
        }
        assert!(check("file", "中文 (1).jpg").is_ok());
    }
}
