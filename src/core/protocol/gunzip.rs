//! Unzips a stream piece by piece (RFC 1952), in constant memory.

use std::io::{self, Write};

use bytes::{Buf, Bytes};
use flate2::write::MultiGzDecoder;

use crate::error::{Error, ErrorKind, Result};

/// The number of bytes that are decompressed at a time: gzip expands up to a thousand times.
const STEP: usize = 4 << 10;

/// Zipped pieces in, unzipped pieces out.
pub struct Gunzip {
    decoder: MultiGzDecoder<Vec<u8>>,
    input: Bytes,
}

impl Default for Gunzip {
    fn default() -> Self {
        Self::new()
    }
}

impl Gunzip {
    /// Creates a decoder for one gzip stream.
    pub fn new() -> Self {
        Self {
            decoder: MultiGzDecoder::new(Vec::new()),
            input: Bytes::new(),
        }
    }

    /// Adds the next compressed piece, after all output of the previous one was taken.
    pub fn push(&mut self, piece: Bytes) {
        self.input = piece;
    }

    /// Returns a part of the decompressed content so far; `None` if nothing is left.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Body`] when the content is not gzip.
    pub fn take(&mut self) -> Result<Option<Bytes>> {
        while !self.input.is_empty() {
            let step = self.input.len().min(STEP);
            let written = self.decoder.write_all(&self.input[..step]);
            written.map_err(not_gzip)?;
            self.input.advance(step);
            let out = std::mem::take(self.decoder.get_mut());
            if !out.is_empty() {
                return Ok(Some(out.into()));
            }
        }
        Ok(None)
    }

    /// Returns the remaining bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Body`] when the pieces end before the stream does.
    pub fn finish(mut self) -> Result<Bytes> {
        self.decoder.try_finish().map_err(not_gzip)?;
        Ok(std::mem::take(self.decoder.get_mut()).into())
    }
}

/// The error for content that cannot be decompressed.
pub fn not_gzip(err: io::Error) -> Error {
    Error::new(
        ErrorKind::Body,
        "the file is not complete gzip: it was truncated or altered, or was not requested with GZIP",
    )
    .with_source(err)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;

    fn zipped(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn unzip<'p>(pieces: impl Iterator<Item = &'p [u8]>) -> Result<Vec<u8>> {
        let (mut gunzip, mut out) = (Gunzip::new(), Vec::new());
        for piece in pieces {
            gunzip.push(Bytes::copy_from_slice(piece));
            while let Some(unzipped) = gunzip.take()? {
                out.extend_from_slice(&unzipped);
            }
        }
        out.extend_from_slice(&gunzip.finish()?);
        Ok(out)
    }

    #[test]
    fn pieces_of_any_size_and_several_members_are_unzipped() {
        let text = b"0123456789".repeat(5000);
        let whole = [zipped(&text), zipped(b"end")].concat();
        for size in [1, 7, 4096, whole.len()] {
            let out = unzip(whole.chunks(size)).unwrap();
            assert!(out == [&text[..], b"end"].concat(), "{size}");
        }
    }

    #[test]
    fn truncated_altered_or_foreign_gzip_is_an_error() {
        let whole = zipped(b"a bill");
        let mut altered = whole.clone();
        altered[whole.len() - 6] ^= 1;
        let padded = [&whole[..], b" "].concat();
        let cut = &whole[..whole.len() - 1];
        for bad in [cut, &altered[..], &padded[..], b"text, not gzip", b""] {
            let err = unzip(bad.chunks(3)).unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Body);
        }
    }
}
