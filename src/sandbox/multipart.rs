//! Splits an upload (`multipart/form-data`) into its parts.
//!
//! Source: RFC 7578 (multipart/form-data) and RFC 2046, section 5.1.1.

use std::borrow::Cow;

/// Whether a `Content-Type` is that of an upload.
pub(crate) fn is_multipart(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("multipart/form-data")
}

/// The content of the first part of this name.
#[allow(dead_code, reason = "only the control API and the fuzz targets use it")]
pub(crate) fn part<'b>(content_type: &str, body: &'b [u8], name: &str) -> Option<&'b [u8]> {
    let part = parts(content_type, body).find(|part| part.disposition("name") == Some(name))?;
    Some(part.content)
}

/// One part of an upload.
pub(crate) struct Part<'b> {
    head: Cow<'b, str>,
    pub(crate) content: &'b [u8],
}

impl Part<'_> {
    /// Whether it has a file name: as `filename`, or as `filename*` of RFC 5987.
    pub(crate) fn is_file(&self) -> bool {
        let mut names = ["filename", "filename*"].into_iter();
        names.any(|name| self.disposition(name).is_some())
    }

    /// A parameter of its `Content-Disposition`: `name`, for a file also `filename`.
    pub(crate) fn disposition(&self, parameter_name: &str) -> Option<&str> {
        // A line that begins with a blank continues the one before (RFC 5322, section 2.2.3), as Python's `email` folds it.
        let lines = self.head.split("\r\n");
        let lines = lines.scan(0, |at, line| {
            let start = *at;
            *at += line.len() + 2;
            Some((start, line))
        });
        let mut starts: Vec<usize> = lines
            .filter(|(_, line)| !line.starts_with([' ', '\t']))
            .map(|(start, _)| start)
            .collect();
        starts.push(self.head.len());
        starts.windows(2).find_map(|line| {
            let line = &self.head[line[0]..line[1]];
            let (name, value) = line.split_once(':')?;
            let is_disposition = name.trim().eq_ignore_ascii_case("content-disposition");
            is_disposition
                .then(|| parameter(value, parameter_name))
                .flatten()
        })
    }
}

/// Why no part is found: the boundary of the header, and the first line of the body.
pub(crate) fn other_boundary<'t>(
    content_type: &'t str,
    body: &'t [u8],
) -> Option<(&'t str, String)> {
    let boundary = parameter(content_type, "boundary")?;
    let delimiter = format!("--{boundary}");
    let is_there = after_delimiter(body, delimiter.as_bytes()).is_some();
    let line = body.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.trim_ascii_end();
    let line = &line[..line.len().min(80)];
    (!is_there).then(|| (boundary, String::from_utf8_lossy(line).into_owned()))
}

/// The complete parts in order; a truncated part is left out.
pub(crate) fn parts<'b>(
    content_type: &str,
    body: &'b [u8],
) -> impl Iterator<Item = Part<'b>> + use<'b> {
    let boundary = match parameter(content_type, "boundary") {
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

/// The boundary of an upload whose `Content-Type` names none. Some clients, such as the Python SDK, send
/// such uploads, and WeChat Pay accepts them. It must therefore read the boundary from the body's first line.
fn first_line(body: &[u8]) -> Option<&[u8]> {
    let (line, _) = cut(body, b"\r\n")?;
    (line.len() > 2 && line.starts_with(b"--")).then_some(line)
}

/// The bytes after the first delimiter, which begins the body or a line of it.
fn after_delimiter<'b>(body: &'b [u8], delimiter: &[u8]) -> Option<&'b [u8]> {
    body.strip_prefix(delimiter)
        .or_else(|| Some(cut(body, &[b"\r\n", delimiter].concat())?.1))
}

/// A parameter of a header value, quoted or not. A semicolon inside quotes is part of the value.
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
        // A parameter without a value may precede it.
        let key = key.rsplit(';').next().unwrap_or_default();
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(found);
        }
        rest = next?;
    }
}

/// The bytes before and after the first separator.
fn cut<'b>(bytes: &'b [u8], separator: &[u8]) -> Option<(&'b [u8], &'b [u8])> {
    let at = bytes
        .windows(separator.len())
        .position(|window| window == separator)?;
    Some((&bytes[..at], &bytes[at + separator.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meta<'b>(content_type: &str, body: &'b [u8]) -> Option<&'b [u8]> {
        part(content_type, body, "meta")
    }

    const BODY: &str = "--b\r\nContent-Type: application/json\r\n\
        content-disposition: form-data; name=\"meta\"\r\n\r\n{\"a\":1}\r\n\
        --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n\0\r\n\r\n\r\n--b--\r\n";

    #[test]
    fn the_meta_part_is_found_in_any_position() {
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
    fn a_semicolon_in_quotes_is_part_of_the_value() {
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
    fn a_folded_header_is_one_line() {
        let folded = BODY.replace("form-data; name=\"meta\"", "form-data;\r\n\tname=\"meta\"");
        let kind = "multipart/form-data; boundary=b";
        assert_eq!(meta(kind, folded.as_bytes()), Some(&b"{\"a\":1}"[..]));
        let other = BODY.replace("name=\"meta\"", "x=1\r\nX: name=\"meta\"");
        assert_eq!(meta(kind, other.as_bytes()), None, "it is another header");
    }

    #[test]
    fn a_file_name_has_two_spellings() {
        for (disposition, is_file) in [
            ("name=\"meta\"; filename=\"a\"", true),
            ("name=\"meta\"; filename*=UTF-8''a", true),
            ("name=\"meta\"", false),
        ] {
            let body = BODY.replace("name=\"meta\"", disposition);
            let mut parts = parts("multipart/form-data; boundary=b", body.as_bytes());
            assert_eq!(parts.next().unwrap().is_file(), is_file, "{disposition}");
        }
    }

    #[test]
    fn a_part_without_boundary_or_end_is_not_found() {
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
