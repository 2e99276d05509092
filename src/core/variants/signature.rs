//! Notations for the bytes of an RSA signature.

use percent_encoding::percent_decode_str;

use crate::crypto::base64;
use crate::crypto::digest::unhex;

/// The notation of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Base64 on one line.
    Right,
    /// Hexadecimal digits.
    Hex,
    /// Base64 of hexadecimal digits.
    Base64OfHex,
    /// Base64 of base64.
    Base64Twice,
    /// The URL-safe alphabet of base64.
    UrlSafe,
    /// Base64 without its padding.
    NoPadding,
    /// Base64 with line breaks.
    LineBreaks,
    /// Base64 with spaces instead of `+`.
    BlankForPlus,
    /// Percent-encoded base64.
    Percent,
    /// No characters.
    Empty,
    /// Base64 of as few bytes as a digest has.
    TooShort,
    /// Neither base64 nor hexadecimal digits.
    Unreadable,
}

/// Recognises the notation of a signature of `size` bytes; also returns its bytes if they can be read.
pub fn read(text: &str, size: usize) -> (Form, Option<Vec<u8>>) {
    if let Some(bytes) = unhex(text.as_bytes()).filter(|bytes| bytes.len() == size) {
        return (Form::Hex, Some(bytes));
    }
    if let Some(bytes) = base64::decode(text) {
        return of_base64(bytes, size);
    }
    let whole = |text: &str| base64::decode(text).filter(|bytes| bytes.len() == size);
    let decoded = percent_decode_str(text).decode_utf8_lossy();
    let found = [
        (Form::BlankForPlus, text.replace(' ', "+")),
        (Form::LineBreaks, joined(text)),
        (Form::NoPadding, padded(text)),
        (
            Form::UrlSafe,
            padded(&text.replace('-', "+").replace('_', "/")),
        ),
        (Form::Percent, decoded.into_owned()),
    ];
    let found = found
        .into_iter()
        .find_map(|(form, text)| Some((form, whole(&text)?)));
    match found {
        Some((form, bytes)) => (form, Some(bytes)),
        None => (Form::Unreadable, None),
    }
}

fn of_base64(bytes: Vec<u8>, size: usize) -> (Form, Option<Vec<u8>>) {
    let inner = std::str::from_utf8(&bytes).unwrap_or_default();
    if bytes.is_empty() {
        (Form::Empty, None)
    } else if let Some(inner) = unhex(&bytes).filter(|inner| inner.len() == size) {
        (Form::Base64OfHex, Some(inner))
    } else if let Some(inner) = base64::decode(inner).filter(|inner| inner.len() == size) {
        (Form::Base64Twice, Some(inner))
    } else if bytes.len() <= 64 {
        (Form::TooShort, None)
    } else {
        (Form::Right, Some(bytes))
    }
}

/// Removes line breaks and spaces, including line breaks written as two characters.
fn joined(text: &str) -> String {
    let text = text.replace("\\r", "").replace("\\n", "");
    text.split_ascii_whitespace().collect()
}

fn padded(text: &str) -> String {
    let mut text = text.to_owned();
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}
