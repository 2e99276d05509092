//! Texts in a charset other than UTF-8.

use encoding_rs::{GBK, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Returns candidates for the original of a body that was decoded with the wrong charset.
pub fn candidates(body: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let Ok(text) = std::str::from_utf8(body) else {
        found.extend(decoded(GBK, body));
        found.extend(utf16(body));
        // Each byte is a character of ISO 8859-1.
        let latin: String = body.iter().map(|byte| char::from(*byte)).collect();
        found.push(latin.into());
        return found;
    };
    // UTF-8 that was decoded with another charset, and encoded as UTF-8 again.
    for charset in [GBK, WINDOWS_1252] {
        let (bytes, _, lost) = charset.encode(text);
        if !lost {
            found.push(bytes.into_owned());
        }
    }
    found.extend(latin(text));
    found.extend(utf16(body));
    found
}

fn decoded(charset: &'static encoding_rs::Encoding, body: &[u8]) -> Option<Vec<u8>> {
    let text = charset.decode_without_bom_handling_and_without_replacement(body)?;
    Some(text.into_owned().into())
}

fn latin(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).ok())
        .collect()
}

/// Decodes UTF-16, which Windows shells write.
fn utf16(body: &[u8]) -> Option<Vec<u8>> {
    let (charset, rest) = match body {
        [0xff, 0xfe, rest @ ..] => (UTF_16LE, rest),
        [0xfe, 0xff, rest @ ..] => (UTF_16BE, rest),
        [_, 0, ..] => (UTF_16LE, body),
        [0, ..] => (UTF_16BE, body),
        _ => return None,
    };
    decoded(charset, rest)
}
