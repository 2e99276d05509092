//! Recognises content by its first bytes: a bill, or a page in its place.

/// The number of bytes that are examined.
pub const HEAD: usize = 512;

const BOM: &[u8] = "\u{feff}".as_bytes();

/// A kind of content that is not a bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// No bytes, or only white space.
    Empty,
    /// A page for browsers, from a proxy or a web server.
    Html,
    /// An APIv2 message, whose root is `xml`.
    Message,
    /// Other XML.
    Xml,
    /// A JSON object or array.
    Json,
    /// A gzip file (RFC 1952).
    Gzip,
    /// A ZIP archive.
    Zip,
    /// Text in UTF-16.
    Utf16,
    /// Text, an image, a ciphertext.
    Other,
}

impl Content {
    /// Recognises the first [`HEAD`] bytes, or all bytes if there are fewer.
    pub fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => return Self::Gzip,
            [b'P', b'K', 3 | 5, 4 | 6, ..] => return Self::Zip,
            _ => {}
        }
        if let Some(text) = utf16(head) {
            return match text_kind(&text) {
                Self::Other => Self::Utf16,
                kind => kind,
            };
        }
        text_kind(head)
    }

    /// Returns a name for errors: `an HTML page`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Html => "an HTML page, as proxies and web servers send",
            Self::Message => "an XML message, the form of APIv2's errors",
            Self::Xml => "XML",
            Self::Json => "JSON, the form of errors and of responses with a download_url",
            Self::Gzip => "zipped (gzip)",
            Self::Zip => "a zip archive",
            Self::Utf16 => "UTF-16 text",
            Self::Other => "another file",
        }
    }
}

/// Returns the ASCII of UTF-16 text: with its byte order mark, or with every other byte zero.
fn utf16(head: &[u8]) -> Option<Vec<u8>> {
    let (bytes, high_first) = match head {
        [0xff, 0xfe, rest @ ..] => (rest, false),
        [0xfe, 0xff, rest @ ..] => (rest, true),
        [first, 0, third, 0, ..] if *first != 0 && *third != 0 => (head, false),
        [0, second, 0, fourth, ..] if *second != 0 && *fourth != 0 => (head, true),
        _ => return None,
    };
    let ascii = |pair: &[u8]| match (pair, high_first) {
        ([low, 0], false) | ([0, low], true) => *low,
        _ => 0xff,
    };
    Some(bytes.chunks_exact(2).map(ascii).collect())
}

fn text_kind(text: &[u8]) -> Content {
    let text = without_blanks(text);
    match text {
        [] => Content::Empty,
        [b'<', next, ..] if next.is_ascii_alphabetic() || b"!?/".contains(next) => markup(text),
        [first @ (b'{' | b'['), rest @ ..] if is_json(*first, rest.trim_ascii_start()) => {
            Content::Json
        }
        _ => Content::Other,
    }
}

/// Skips white space and byte order marks in any order: concatenated files have several.
fn without_blanks(mut text: &[u8]) -> &[u8] {
    loop {
        text = text.trim_ascii_start();
        match text.strip_prefix(BOM) {
            Some(rest) => text = rest,
            None => return text,
        }
    }
}

/// Recognises markup by its root element: a page may begin with `<?xml …?>` or a comment.
fn markup(text: &[u8]) -> Content {
    let lower = text.to_ascii_lowercase();
    let has = |name: &[u8]| lower.windows(name.len()).any(|found| found == name);
    let html: [&[u8]; 7] = [
        b"<!doctype html",
        b"<html",
        b"<head",
        b"<body",
        b"<title",
        b"<center",
        b"<h1",
    ];
    if html.into_iter().any(has) {
        return Content::Html;
    }
    if has(b"<xml") {
        Content::Message
    } else {
        Content::Xml
    }
}

fn is_json(first: u8, rest: &[u8]) -> bool {
    match (first, rest.first()) {
        // Arrays of other values are not recognised: an ordinary text may begin like one.
        (b'[', Some(next)) => b"[{\"]".contains(next),
        (_, Some(next)) => b"\"}".contains(next),
        (_, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, mark: bool, high_first: bool) -> Vec<u8> {
        let mark = if mark { "\u{feff}" } else { "" };
        let units: Vec<u16> = mark.encode_utf16().chain(text.encode_utf16()).collect();
        let bytes = |unit: &u16| {
            if high_first {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        };
        units.iter().flat_map(bytes).collect()
    }

    #[test]
    fn every_form_of_wrong_content_is_distinguished_from_a_bill() {
        for (text, kind) in [
            ("", Content::Empty),
            ("\u{feff} \r\n", Content::Empty),
            (
                "<html>\r\n<head><title>502 Bad Gateway</title>",
                Content::Html,
            ),
            ("\u{feff}\n <!DOCTYPE html>", Content::Html),
            ("<!-- a --><HTML>", Content::Html),
            ("<?xml version=\"1.0\"?><html xmlns=\"x\">", Content::Html),
            ("<xml><return_code>FAIL", Content::Message),
            ("\u{feff}<?xml version=\"1.0\"?><xml>", Content::Message),
            ("<?xml version=\"1.0\"?><EInvoice/>", Content::Xml),
            (" \u{feff}", Content::Empty),
            (" {\"code\":\"SYSTEM_ERROR\"}", Content::Json),
            ("{ }", Content::Json),
            ("[{\"a\":1}]", Content::Json),
            ("\u{feff}交易时间,金额", Content::Other),
            ("`<html>", Content::Other),
            ("< 5,a", Content::Other),
            ("{a},b", Content::Other),
            ("[1],b", Content::Other),
        ] {
            assert_eq!(Content::of(text.as_bytes()), kind, "{text}");
        }
        for (mark, high_first) in [(true, false), (true, true), (false, false), (false, true)] {
            let page = utf16(" <html>", mark, high_first);
            assert_eq!(Content::of(&page), Content::Html);
            assert_eq!(
                Content::of(&utf16("ab,金额", mark, high_first)),
                Content::Utf16
            );
        }
        assert_eq!(Content::of(b"\x1f\x8b\x08"), Content::Gzip);
        assert_eq!(Content::of(b"PK\x03\x04"), Content::Zip);
        assert_eq!(Content::of(b"\x89PNG\r\n"), Content::Other);
        assert_eq!(Content::of(b"\xff\xd8\xff\xe0"), Content::Other);
    }
}
