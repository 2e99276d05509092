//! The objects of the SDK and of Guzzle that snippets make.

use std::rc::Rc;

use super::request::{Part, Upload};
use super::value::Array;

/// An object.
#[derive(Debug, Clone)]
pub(crate) enum Object<'a> {
    /// `stdClass`
    Plain(Array<'a>),
    /// `MediaUtil`
    Media(Media),
    /// `$media->getStream()`
    MediaStream(Media),
    /// `LazyOpenStream` and other streams with bytes.
    Stream { path: String, bytes: Rc<[u8]> },
    /// `MultipartStream`
    Multipart(Vec<Part>),
    /// `GuzzleHttp\Psr7\Uri`
    Uri(Uri),
    /// What `getConfig('handler')` gives, by what was removed from it.
    Stack { removed: Vec<String> },
    /// The links between `$instance` and its stack.
    Driver,
    /// `new \GuzzleHttp\Client()`
    PlainClient,
    /// A key or certificate: what it was read from.
    Key(String),
    /// The value depends on the branch that the program takes.
    Unclear,
}

/// A file to upload.
#[derive(Debug, Clone)]
pub(crate) struct Media {
    pub(crate) name: String,
    pub(crate) bytes: Rc<[u8]>,
    /// What `getMeta()` gives.
    pub(crate) meta: String,
    /// Whether `setMeta()` said so.
    pub(crate) own_meta: bool,
}

impl Media {
    pub(crate) fn upload(&self) -> Upload {
        Upload::Media {
            name: self.name.clone(),
            bytes: self.bytes.to_vec(),
            meta: self.own_meta.then(|| self.meta.clone()),
        }
    }
}

/// A URL in pieces.
#[derive(Debug, Clone, Default)]
pub(crate) struct Uri {
    before: String,
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    fragment: Option<String>,
}

impl Uri {
    pub(crate) fn parse(text: &str) -> Self {
        let (text, fragment) = split(text, '#');
        let (text, query) = split(text, '?');
        let (before, path) = match text.split_once("//") {
            None => ("", text),
            Some((_, rest)) => {
                let path = rest.find('/').unwrap_or(rest.len());
                text.split_at(text.len() - rest.len() + path)
            }
        };
        let authority = before
            .split_once("//")
            .map_or("", |(_, authority)| authority);
        let host = authority.rsplit('@').next().unwrap_or_default();
        Self {
            before: before.to_owned(),
            host: host.split(':').next().unwrap_or_default().to_owned(),
            path: path.to_owned(),
            query,
            fragment,
        }
    }

    pub(crate) fn with_query(mut self, query: String) -> Self {
        self.query = (!query.is_empty()).then_some(query);
        self
    }

    /// As psr7 does, a `#` in it is encoded.
    pub(crate) fn with_fragment(mut self, fragment: &str) -> Self {
        self.fragment = (!fragment.is_empty()).then(|| fragment.replace('#', "%23"));
        self
    }

    pub(crate) fn to_text(&self) -> String {
        let part = |mark: char, part: &Option<String>| match part {
            Some(part) => format!("{mark}{part}"),
            None => String::new(),
        };
        let (query, fragment) = (part('?', &self.query), part('#', &self.fragment));
        format!("{}{}{query}{fragment}", self.before, self.path)
    }
}

fn split(text: &str, at: char) -> (&str, Option<String>) {
    match text.split_once(at) {
        Some((before, after)) => (before, Some(after.to_owned())),
        None => (text, None),
    }
}

impl Object<'_> {
    /// `(string)`
    pub(crate) fn to_text(&self) -> Result<String, Rc<str>> {
        match self {
            Self::Uri(uri) => Ok(uri.to_text()),
            Self::Stream { bytes, .. } => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(text.to_owned()),
                Err(_) => Err("the file is no text".into()),
            },
            Self::Key(source) => Ok(source.clone()),
            _ => Err("this object is no text".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_come_apart_and_together() {
        let text = "https://u@host.cn:8080/a/b?x=1#f";
        let uri = Uri::parse(text);
        assert_eq!((&*uri.host, &*uri.path), ("host.cn", "/a/b"));
        assert_eq!(uri.to_text(), text);
        let uri = uri
            .with_query("y=2".into())
            .with_fragment("#wechat_redirect");
        assert_eq!(
            uri.to_text(),
            "https://u@host.cn:8080/a/b?y=2#%23wechat_redirect"
        );
        assert_eq!(Uri::parse("https://h").to_text(), "https://h");
        assert_eq!(Uri::parse("/a?b").path, "/a");
    }
}
