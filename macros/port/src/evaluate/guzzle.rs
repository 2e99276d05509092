//! Objects: what `new` makes, and their methods.

use std::cell::RefCell;
use std::rc::Rc;

use super::Evaluator;
use super::object::{Media, Object, Uri};
use super::plain::{decode, encode};
use super::request::Part;
use super::value::{Array, Key, Value};
use wechatpay_chain_php::rawurlencode;

use crate::recognise::Verb;
use crate::syntax::{Name, Span};

impl<'a> Evaluator<'a, '_> {
    pub(super) fn new_object(
        &mut self,
        class: &Name,
        args: Vec<Value<'a>>,
        span: Span,
    ) -> Value<'a> {
        if class.is("WeChatPay\\Util\\MediaUtil") {
            return self.media(&args, span);
        }
        if class.is("GuzzleHttp\\Psr7\\LazyOpenStream") {
            return self.stream(args.first(), span);
        }
        if class.is("GuzzleHttp\\Psr7\\MultipartStream") {
            let parts = match args.first() {
                Some(Value::Array(parts)) => self.parts(parts, span),
                _ => Some(Vec::new()),
            };
            return match parts {
                Some(parts) => Value::object(Object::Multipart(parts)),
                None => {
                    let told = self.problems.last().map(|told| told.message.clone());
                    Value::unknown(told.unwrap_or_default())
                }
            };
        }
        if class.is("GuzzleHttp\\Psr7\\Uri") {
            self.saw_url = true;
            return match self.known_text(args.first(), "the URL") {
                Ok(url) => Value::object(Object::Uri(Uri::parse(&url))),
                Err(why) => Value::Unknown(why),
            };
        }
        if class.is("GuzzleHttp\\Client") {
            return Value::object(Object::PlainClient);
        }
        if class.is("stdClass") {
            return Value::object(Object::Plain(Array::default()));
        }
        Value::unknown(format!("an object of the class `{}`", class.written))
    }

    fn media(&mut self, args: &[Value<'a>], span: Span) -> Value<'a> {
        let path = match self.known_text(args.first(), "the file of MediaUtil") {
            Ok(path) => path,
            Err(why) => return Value::Unknown(why),
        };
        let bytes: Rc<[u8]> = match args.get(1) {
            Some(Value::Object(stream)) => match &*stream.borrow() {
                Object::Stream { bytes, .. } => Rc::clone(bytes),
                _ => return Value::unknown("a stream that only a run would tell"),
            },
            Some(Value::Unknown(why)) => return Value::Unknown(Rc::clone(why)),
            _ => match self.read(&path, span) {
                Ok(bytes) => bytes,
                Err(unknown) => return unknown,
            },
        };
        let name = basename(&path).to_owned();
        let digest = match self.host.digest("sha256", &bytes) {
            Ok(digest) => digest,
            Err(why) => return self.error(span, why, ""),
        };
        let mut meta = Array::default();
        meta.insert(Key::text("filename"), Value::Text(name.clone()));
        meta.insert(Key::text("sha256"), Value::Text(digest));
        let meta = encode(&Value::Array(meta), 0).unwrap_or_default();
        Value::object(Object::Media(Media {
            name,
            bytes,
            meta,
            own_meta: false,
        }))
    }

    pub(super) fn stream(&mut self, path: Option<&Value<'a>>, span: Span) -> Value<'a> {
        let path = match self.known_text(path, "the file of a stream") {
            Ok(path) => path,
            Err(why) => return Value::Unknown(why),
        };
        match self.read(&path, span) {
            Ok(bytes) => Value::object(Object::Stream { path, bytes }),
            Err(unknown) => unknown,
        }
    }

    pub(super) fn read(&mut self, path: &str, span: Span) -> Result<Rc<[u8]>, Value<'a>> {
        match self.host.read(path) {
            Ok(bytes) => Ok(bytes.into()),
            Err(why) => {
                let message = format!("cannot read `{path}`: {why}");
                Err(self.error(
                    span,
                    message,
                    "--files DIR reads file:///path/to/x from DIR/path/to/x",
                ))
            }
        }
    }

    /// The parts of a `MultipartStream`.
    pub(super) fn parts(&mut self, parts: &Array<'a>, span: Span) -> Option<Vec<Part>> {
        let mut all = Vec::new();
        for part in parts.values() {
            let Value::Array(part) = part else {
                self.error(span, "a part of a body is an array", "");
                return None;
            };
            for key in ["name", "contents"] {
                if part.get_text(key).is_none() {
                    let message = format!(
                        "a part of the body has no `{key}`, and PHP throws InvalidArgumentException"
                    );
                    self.error(span, message, &format!("write `'{key}' =>`"));
                    return None;
                }
            }
            let name = self.known_text(part.get_text("name"), "the name of a part");
            let filename = part.get_text("filename").map(|name| name.to_text());
            let (contents, path) = match part.get_text("contents") {
                Some(Value::Object(object)) => match &*object.borrow() {
                    Object::Stream { path, bytes } => {
                        (Ok(bytes.to_vec()), Some(basename(path).to_owned()))
                    }
                    other => (other.to_text().map(String::into_bytes), None),
                },
                contents => (
                    self.known_text(contents, "the contents of a part")
                        .map(String::into_bytes),
                    None,
                ),
            };
            match (name, filename.transpose(), contents) {
                (Ok(name), Ok(filename), Ok(contents)) => all.push(Part {
                    name,
                    filename: filename.or(path),
                    contents,
                }),
                (Err(why), _, _) | (_, Err(why), _) | (_, _, Err(why)) => {
                    self.error(
                        span,
                        format!("a part of the body only a run would tell: {why}"),
                        "",
                    );
                    return None;
                }
            }
        }
        Some(all)
    }

    pub(super) fn on_object(
        &mut self,
        target: &Rc<RefCell<Object<'a>>>,
        method: &str,
        args: Vec<Value<'a>>,
        span: Span,
    ) -> Value<'a> {
        let method = method.to_ascii_lowercase();
        let object = target.borrow().clone();
        let changes = matches!(&*method, "setmeta" | "remove");
        if changes && self.unsure > 0 && matches!(object, Object::Media(_) | Object::Stack { .. }) {
            *target.borrow_mut() = Object::Unclear;
            let message = format!("`{method}()` is called only on one of several ways");
            return self.error(span, message, crate::diagnostic::ALONE);
        }
        match object {
            Object::Media(media) => self.on_media(target, media, &method, &args),
            Object::Uri(uri) => self.on_uri(uri, &method, &args),
            Object::Stack { .. } => self.on_stack(target, &method, &args, span),
            Object::Driver => match &*method {
                "select" => Value::object(Object::Driver),
                "getconfig" => match args.first() {
                    Some(Value::Text(key)) if key == "handler" => Value::object(Object::Stack {
                        removed: Vec::new(),
                    }),
                    _ => Value::unknown("a setting of the client"),
                },
                _ => Value::unknown(format!("what `{method}()` returns")),
            },
            Object::PlainClient => match Verb::of(&method) {
                Some(verb) => self.plain_request(verb.method, verb.mode, args.first(), span),
                None => Value::unknown(format!("what `{method}()` returns")),
            },
            Object::Stream {
                ref path,
                ref bytes,
            } => match &*method {
                "getcontents" | "__tostring" => super::convert::cast(
                    crate::syntax::Cast::String,
                    Value::object(Object::Stream {
                        path: path.clone(),
                        bytes: Rc::clone(bytes),
                    }),
                ),
                "getsize" => Value::Int(bytes.len() as i64),
                _ => Value::unknown(format!("what `{method}()` returns")),
            },
            Object::Plain(properties) => match properties.get(&Key::text(&method)) {
                Some(callee) => self.call_value(callee, args, span),
                None => Value::unknown(format!("what `{method}()` returns")),
            },
            _ => Value::unknown(format!("what `{method}()` returns")),
        }
    }

    fn on_media(
        &mut self,
        target: &Rc<RefCell<Object<'a>>>,
        mut media: Media,
        method: &str,
        args: &[Value<'a>],
    ) -> Value<'a> {
        match method {
            "getmeta" => Value::Text(media.meta),
            "getstream" => Value::object(Object::MediaStream(media)),
            "getcontenttype" => Value::Text("multipart/form-data".into()),
            "setmeta" => match args.first() {
                None | Some(Value::Null) => Value::Int(0),
                Some(meta) => match meta.to_text() {
                    Ok(meta) => {
                        let len = meta.len() as i64;
                        media.meta = meta;
                        media.own_meta = true;
                        *target.borrow_mut() = Object::Media(media);
                        Value::Int(len)
                    }
                    Err(why) => {
                        // The sent request is no longer known.
                        let message =
                            format!("the meta of the upload only a run would tell: {why}");
                        self.error(self.statement, message, "")
                    }
                },
            },
            _ => Value::unknown(format!("what `{method}()` returns")),
        }
    }

    fn on_uri(&mut self, uri: Uri, method: &str, args: &[Value<'a>]) -> Value<'a> {
        let text = |value: &Value<'a>| value.to_text();
        match (method, args.first().map(text)) {
            ("getpath", _) => Value::Text(uri.path),
            ("gethost", _) => Value::Text(uri.host),
            ("getquery", _) => Value::Text(uri.query.unwrap_or_default()),
            ("__tostring", _) => Value::Text(uri.to_text()),
            ("withquery", Some(Ok(query))) => Value::object(Object::Uri(uri.with_query(query))),
            ("withfragment", Some(Ok(fragment))) => {
                Value::object(Object::Uri(uri.with_fragment(&fragment)))
            }
            (_, Some(Err(why))) => Value::Unknown(why),
            _ => Value::unknown(format!("what `{method}()` returns")),
        }
    }

    fn on_stack(
        &mut self,
        target: &Rc<RefCell<Object<'a>>>,
        method: &str,
        args: &[Value<'a>],
        span: Span,
    ) -> Value<'a> {
        match (method, args.first()) {
            ("remove", Some(Value::Text(name))) => {
                if let Object::Stack { removed } = &mut *target.borrow_mut() {
                    removed.push(name.clone());
                }
                Value::Null
            }
            _ => {
                let message =
                    format!("`{method}()` changes the stack in a way that is not followed here");
                self.error(span, message, "only `remove` of a name is")
            }
        }
    }

    /// Statics of Guzzle.
    pub(super) fn guzzle(
        &mut self,
        class: &Name,
        method: &str,
        args: &[Value<'a>],
        span: Span,
    ) -> Option<Value<'a>> {
        if class.is("GuzzleHttp\\Psr7\\Query") && method == "build" {
            return Some(match args.first() {
                Some(Value::Array(array)) => query(array),
                _ => Value::unknown("a query of something that is no array"),
            });
        }
        if !class.is("GuzzleHttp\\Psr7\\Utils") && !class.is("GuzzleHttp\\Utils") {
            return None;
        }
        Some(match method {
            "hash" => {
                let algorithm = args
                    .get(1)
                    .and_then(|it| it.to_text().ok())
                    .unwrap_or_default();
                match args.first() {
                    Some(Value::Object(object)) => match &*object.borrow() {
                        Object::Stream { bytes, .. } => self.digest(&algorithm, bytes, span),
                        _ => Value::unknown("the digest of a stream"),
                    },
                    _ => Value::unknown("the digest of a stream"),
                }
            }
            "streamfor" => match args.first() {
                Some(Value::Text(text)) => Value::object(Object::Stream {
                    path: String::new(),
                    bytes: text.as_bytes().into(),
                }),
                Some(stream @ Value::Object(_)) => stream.clone(),
                _ => Value::unknown("a stream"),
            },
            "tryfopen" => self.stream(args.first(), span),
            "jsonencode" => self.builtin("json_encode", args.to_vec(), span),
            "jsondecode" => match args.first().map(Value::to_text) {
                Some(Ok(text)) => decode(&text, args.get(1).and_then(Value::to_bool) == Some(true)),
                _ => Value::unknown("JSON that only a run would tell"),
            },
            _ => Value::unknown(format!("what `{method}()` returns")),
        })
    }

    pub(super) fn digest(&mut self, algorithm: &str, data: &[u8], span: Span) -> Value<'a> {
        match self.host.digest(&algorithm.to_ascii_lowercase(), data) {
            Ok(digest) => Value::Text(digest),
            Err(why) => self.error(span, why, ""),
        }
    }
}

/// `Query::build($array)`: `name=value` joined by `&`, flat.
fn query<'a>(array: &Array<'a>) -> Value<'a> {
    let mut pairs = Vec::new();
    for (key, value) in array.iter() {
        let text = match value {
            Value::Null => continue,
            Value::Bool(flag) => if *flag { "1" } else { "0" }.to_owned(),
            Value::Array(_) => return Value::unknown("a nested query"),
            other => match other.to_text() {
                Ok(text) => text,
                Err(why) => return Value::Unknown(why),
            },
        };
        pairs.push(format!(
            "{}={}",
            rawurlencode(&key.to_text()),
            rawurlencode(&text)
        ));
    }
    Value::Text(pairs.join("&"))
}

pub(super) fn basename(path: &str) -> &str {
    path.trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or(path)
}
