//! Finds the parts of an upload: the one that its signature covers, and the file.
//!
//! Source: RFC 7578 (multipart/form-data) and RFC 2046, section 5.1.1.

use std::borrow::Cow;

/// Whether the body is an upload.
pub(super) fn is_multipart(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("multipart/form-data")
}

/// The content of the part named `meta`; `None` when there is no such part.
pub(super) fn meta<'b>(content_type: &str, body: &'b [u8]) -> Option<&'b [u8]> {
    part(content_type, body, "meta")
}

/// The content of the part of this name.
pub(super) fn part<'b>(content_type: &str, body: &'b [u8], name: &str) -> Option<&'b [u8]> {
    let part = parts(content_type, body).find(|part| part.is_named(name))?;
    Some(part.content)
}

/// One part of an upload.
pub(super) struct Part<'b> {
    head: Cow<'b, str>,
    pub(super) content: &'b [u8],
}

impl Part<'_> {
    /// What its `Content-Disposition` says of it: `name`, and of a file `filename`.
    pub(super) fn says(&self, what: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let disposition = name.trim().eq_ignore_ascii_case("content-disposition");
            disposition.then(|| parameter(value, what)).flatten()
        })
    }

    fn is_named(&self, expected: &str) -> bool {
        self.says("name") == Some(expected)
    }
}

/// The whole parts in their order; what is cut off is none.
pub(super) fn parts<'b>(
    content_type: &str,
    body: &'b [u8],
) -> impl Iterator<Item = Part<'b>> + use<'b> {
    let said = parameter(content_type, "boundary");
    let boundary = match said {
        Some(boundary) => format!("--{boundary}").into_bytes(),
        None => first_line(body).unwrap_or_default().to_vec(),
    };
    let mut rest = (!boundary.is_empty())
        .then(|| after_delimiter(body, &boundary))
        .flatten();
    let delimiter = [b"\r\n", &boundary[..]].concat();
    std::iter::from_fn(move || {
        let (part, next) = cut(rest?, &delimiter)?;
        let (head, content) = cut(part, b"\r\n\r\n")?;
        rest = Some(next);
        let head = String::from_utf8_lossy(head);
        Some(Part { head, content })
    })
}

/// There are clients that say no boundary, the Python SDK among them, and WeChat Pay takes what they
/// upload: it can only be the body's first line.
fn first_line(body: &[u8]) -> Option<&[u8]> {
    let (line, _) = cut(body, b"\r\n")?;
    (line.len() > 2 && line.starts_with(b"--")).then_some(line)
}

/// What follows the first delimiter, which may open the body or a line of it.
fn after_delimiter<'b>(body: &'b [u8], delimiter: &[u8]) -> Option<&'b [u8]> {
    body.strip_prefix(delimiter)
        .or_else(|| Some(cut(body, &[b"\r\n", delimiter].concat())?.1))
}

/// A parameter behind a semicolon, with or without quotes; within them a semicolon is a character.
fn parameter<'t>(value: &'t str, name: &str) -> Option<&'t str> {
    let (_, mut rest) = value.split_once(';')?;
    loop {
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quoted = after
            .strip_prefix('"')
            .and_then(|text| text.split_once('"'));
        let (found, next) = match quoted {
            Some((text, next)) => (text, next.split_once(';').map(|(_, next)| next)),
            None => match after.split_once(';') {
                Some((text, next)) => (text.trim(), Some(next)),
                None => (after.trim(), None),
            },
        };
        // A parameter without a value may stand before.
        let key = key.rsplit(';').next().unwrap_or_default();
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(found);
        }
        rest = next?;
    }
}

/// What stands before and after the first occurrence of a separator.
fn cut<'b>(bytes: &'b [u8], separator: &[u8]) -> Option<(&'b [u8], &'b [u8])> {
    let at = bytes
        .windows(separator.len())
        .position(|window| window == separator)?;
    Some((&bytes[..at], &bytes[at + separator.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "--b\r\nContent-Type: application/json\r\n\
        content-disposition: form-data; name=\"meta\"\r\n\r\n{\"a\":1}\r\n\
        --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n\0\r\n\r\n\r\n--b--\r\n";

    #[test]
    fn the_meta_part_is_found_wherever_it_stands() {
        for (kind, body) in [
            ("multipart/form-data; boundary=b", BODY.to_owned()),
            ("multipart/form-data", BODY.to_owned()),
            (
                "Multipart/Form-Data;boundary=\"b\"",
                format!("preamble\r\n{BODY}"),
            ),
            (
                "multipart/form-data; boundary=b",
                BODY.replace("\"meta\"", "\"x\"")
                    .replace("\"file\"", "meta"),
            ),
        ] {
            assert!(is_multipart(kind));
            let found = meta(kind, body.as_bytes()).unwrap();
            assert!(found == b"{\"a\":1}" || found == b"\0\r\n\r\n", "{found:?}");
        }
    }

    #[test]
    fn a_semicolon_in_quotes_is_a_character() {
        let value = "form-data; x; name=file; filename=\"a;name=b;c=d.png\" ;z=1";
        for (name, expected) in [
            ("name", Some("file")),
            ("filename", Some("a;name=b;c=d.png")),
            ("z", Some("1")),
            ("c", None),
            ("x", None),
        ] {
            assert_eq!(parameter(value, name), expected, "{name}");
        }
    }

    #[test]
    fn without_boundary_part_or_end_there_is_none() {
        let truncated = &BODY[..BODY.len() - 110];
        for (kind, body) in [
            ("multipart/form-data", "preamble\r\n--b\r\n"),
            ("multipart/form-data", "--\r\n\r\n"),
            ("multipart/form-data; boundary=c", BODY),
            ("multipart/form-data; boundary=b", ""),
            ("multipart/form-data; boundary=b", "--b"),
            ("multipart/form-data; boundary=b", "--b--\r\n"),
            ("multipart/form-data; boundary=b", &truncated[..60]),
        ] {
            assert_eq!(meta(kind, body.as_bytes()), None, "{kind} {body:?}");
        }
        let renamed = BODY.replace("\"meta\"", "\"x\"");
        assert_eq!(
            meta("multipart/form-data; boundary=b", renamed.as_bytes()),
            None
        );
    }
}
