//! Builds the request of a PHP call with the library, without sending it.

use std::collections::HashMap;

use http::HeaderMap;
use serde_json::{Map, Value, json};
use wechatpay_chain::{Call, Client, Error, ErrorKind, Media, PathError, SignedRequest};
use wechatpay_chain_port::Problem;
use wechatpay_chain_port::evaluate::{Request, Upload};
use wechatpay_chain_port::recognise::HEADERS_IN_BODY;
use wechatpay_chain_port::source::Block;

use super::template::{Choice, choice, recased};
use super::{client, multipart, xml};
use crate::exit::Failure;
use crate::i18n::{Lang, lang};

/// Options that change how PHP sends a request, but not its content. They are reported and ignored.
const TRANSPORT: [&str; 20] = [
    "sink",
    "timeout",
    "allow_redirects",
    "connect_timeout",
    "read_timeout",
    "curl",
    "debug",
    "decode_content",
    "delay",
    "expect",
    "force_ip_resolve",
    "http_errors",
    "on_headers",
    "on_stats",
    "progress",
    "proxy",
    "stream",
    "synchronous",
    "verify",
    "version",
];
/// Options that become a header, the query or the body. All others are reported as transport options.
const CONTENT: [&str; 5] = ["json", "xml", "query", "headers", "body"];
/// The greatest number of missing variables of a template.
const TRIES: usize = 64;

/// Builds requests. Its clients are created when they are first needed.
#[derive(Default)]
pub(super) struct Caller {
    clients: HashMap<bool, Client>,
}

/// A line of output, and its warnings.
type Line = (Value, Vec<Problem>);

impl Caller {
    /// The line of a request, or the reason why there is none.
    pub(super) fn line(
        &mut self,
        block: &Block,
        request: &Request,
    ) -> Result<Result<Line, Problem>, Failure> {
        let brand = request.template.starts_with("brand/");
        let client = match self.clients.entry(brand) {
            std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(client::client(brand)?)
            }
        };
        let mut making = Making::new(request);
        if making.choice == Choice::Slashed {
            return Ok(Err(slashed(request)));
        }
        Ok(match making.made(client) {
            Ok(made) => Ok((making.line(block, &made), making.problems)),
            Err(err) => Err(Problem::error(request.span, refusal(&err))),
        })
    }
}

/// The library's message, without its advice about Rust methods, because the input is PHP.
fn refusal(err: &Error) -> String {
    let report = match lang() {
        Lang::En => err.report(),
        Lang::Zh => err.report_zh(),
    };
    format!("this library refuses the call: {report}")
}

/// PHP does not recognise APIv2 after a leading slash, and sends such a path as APIv3's.
fn slashed(request: &Request) -> Problem {
    let message =
        "the path begins with `/v2/`, which PHP takes for APIv3 and sends without its XML";
    Problem::error(request.span, message).hint("write `v2/…`, without the slash")
}

/// A placeholder for an empty value, which the library rejects. The output has the empty value.
const EMPTY: &str = "empty-in-php";

/// A request that is being built.
struct Making<'r> {
    request: &'r Request,
    /// The options for the library.
    options: Map<String, Value>,
    choice: Choice,
    problems: Vec<Problem>,
}

impl<'r> Making<'r> {
    fn new(request: &'r Request) -> Self {
        let mut making = Self {
            request,
            options: request.options.clone(),
            choice: choice(&request.template, &request.options),
            problems: Vec::new(),
        };
        making
            .options
            .retain(|name, _| !TRANSPORT.contains(&&**name));
        if !making.is_v2() {
            making.drop_v2_options();
        }
        making.rename_variables();
        making.look_at_body();
        making
    }

    fn look_at_body(&mut self) {
        for name in ["json", "xml"] {
            let Some(body) = self.options.get_mut(name) else {
                continue;
            };
            // An empty array is an empty map if a map is expected.
            if name == "xml" && *body == json!([]) {
                *body = json!({});
            }
            if body.get("headers").is_some() {
                self.warn(HEADERS_IN_BODY.to_owned());
            }
        }
    }

    fn is_v2(&self) -> bool {
        self.choice == Choice::V2
    }

    /// PHP looks for the value of `{openId}` under `open-id`.
    fn rename_variables(&mut self) {
        for (name, php) in recased(&self.request.template) {
            let value = self.options.shift_remove(&php);
            let passed_over = self.options.shift_remove(&name).is_some();
            if value.is_none() {
                let over = if passed_over {
                    format!(", passes the option `{name}` over")
                } else {
                    String::new()
                };
                self.warn(format!(
                    "`{{{name}}}` is `{{{php}}}` to PHP, which has no value{over} and sends an empty \
                     segment; this library takes the name as it is written"
                ));
            }
            let value = value.unwrap_or_else(|| EMPTY.into());
            self.options.insert(name, value);
        }
    }

    /// PHP's APIv3 client ignores them.
    fn drop_v2_options(&mut self) {
        for name in ["security", "nonceless"] {
            if self.options.shift_remove(name).is_some() {
                self.warn(format!(
                    "`{name}` is of APIv2: PHP passes it over here, and so does this"
                ));
            }
        }
    }

    fn warn(&mut self, message: String) {
        self.problems
            .push(Problem::warning(self.request.span, message));
    }

    /// The request as PHP would send it if the library rejects it: missing variables are empty.
    fn made(&mut self, client: &Client) -> Result<SignedRequest, Error> {
        for _ in 0..TRIES {
            let err = match self.call(client).dry_run().wait() {
                Ok(made) => return Ok(made),
                Err(err) => err,
            };
            match err.find::<PathError>() {
                Some(PathError::MissingVariable { name, .. }) => {
                    self.warn(format!(
                        "`{{{name}}}` in the path has no value: PHP sends an empty segment, this library \
                         would refuse the call"
                    ));
                    self.options.insert(name.clone(), EMPTY.into());
                }
                Some(PathError::EmptyVariable { name }) => {
                    self.warn(format!(
                        "`{{{name}}}` in the path is empty: PHP sends an empty segment, this library would \
                         refuse the call"
                    ));
                    self.options.insert(name.clone(), EMPTY.into());
                }
                Some(PathError::UnusedVariable { name, .. }) if self.options.contains_key(name) => {
                    self.warn(format!(
                        "the path has no `{{{name}}}`: PHP passes the option over, this library would \
                         refuse the call"
                    ));
                    self.options.shift_remove(name);
                }
                _ => return Err(err),
            }
        }
        Err(Error::new(
            ErrorKind::Path,
            "the path lacks too many variables",
        ))
    }

    fn call(&self, client: &Client) -> Call {
        let chain = client.chain(self.request.template.clone());
        let call = chain.request(
            self.request.method.upper(),
            Value::Object(self.options.clone()),
        );
        // A generated nonce is removed; one in the snippet is kept.
        let call = if self.is_v2() {
            call.nonceless(true)
        } else {
            call
        };
        match &self.request.upload {
            Some(Upload::Media { name, bytes, meta }) => {
                let media = Media::from_bytes(name.clone(), bytes.clone());
                call.body(match meta {
                    Some(meta) => media.meta(serde_json::from_str(meta).unwrap_or(Value::Null)),
                    None => media,
                })
            }
            _ => call,
        }
    }

    fn line(&self, block: &Block, made: &SignedRequest) -> Value {
        let Request {
            statement,
            form,
            mode,
            method,
            ..
        } = self.request;
        let (uri, body) = self.unsigned(made);
        let mut line = Map::new();
        let members = [
            ("file", json!(block.file)),
            ("line", json!(block.report_line(*statement))),
            ("form", json!(form.name())),
            ("mode", json!(mode.name())),
            ("method", json!(method.upper())),
            ("uri", json!(uri)),
            ("headers", self.headers(made.headers())),
            ("body", body.map_or(Value::Null, Value::String)),
        ];
        line.extend(members.map(|(name, value)| (name.to_owned(), value)));
        if let Some(upload) = &self.request.upload {
            line.insert("multipart".to_owned(), multipart::describe(upload, made));
        }
        line.insert("options".to_owned(), self.told());
        Value::Object(line)
    }

    /// URI and body without APIv2's `sign`; one in the snippet is kept.
    fn unsigned(&self, made: &SignedRequest) -> (String, Option<String>) {
        let uri = made.uri().to_string().replace(EMPTY, "");
        if self.request.upload.is_some() {
            return (uri, None);
        }
        let body = String::from_utf8_lossy(made.body()).into_owned();
        if !self.is_v2() {
            return (uri, (!body.is_empty()).then_some(body));
        }
        let own = |option: &str| {
            self.options
                .get(option)
                .and_then(|option| option.get("sign"))
        };
        let body =
            (!body.is_empty()).then(|| xml::with_sign(&body, own("xml").or_else(|| own("json"))));
        if made.method() == http::Method::GET {
            (xml::uri_with_sign(&uri, own("query")), body)
        } else {
            (uri, body)
        }
    }

    fn headers(&self, made: &HeaderMap) -> Value {
        let own_agent = self
            .options
            .get("headers")
            .and_then(Value::as_object)
            .is_some_and(|headers| {
                headers
                    .keys()
                    .any(|name| name.eq_ignore_ascii_case("User-Agent"))
            });
        let mut headers = Map::new();
        for (name, value) in made {
            if name == http::header::USER_AGENT && !own_agent {
                continue;
            }
            let value = String::from_utf8_lossy(value.as_bytes());
            // PHP sends a list as several lines, which is equivalent to one line with commas.
            let value = match headers.get(&capitals(name.as_str())) {
                Some(Value::String(before)) => format!("{before}, {value}"),
                _ => value.into_owned(),
            };
            headers.insert(capitals(name.as_str()), Value::from(value));
        }
        if self.request.upload.is_some() {
            // The boundary is random.
            let kind = format!("multipart/form-data; boundary={}", multipart::BOUNDARY);
            headers.insert("Content-Type".to_owned(), Value::String(kind));
        }
        Value::Object(headers)
    }

    /// The transport options.
    fn told(&self) -> Value {
        let about_sending = |name: &str| {
            TRANSPORT.contains(&name) || ["base_uri", "security", "nonceless"].contains(&name)
        };
        let options = self.request.options.iter();
        let mut told: Map<String, Value> = options
            .filter(|(name, _)| about_sending(name) && !CONTENT.contains(&&***name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        if !self.request.removed.is_empty() {
            told.insert(
                "handler".to_owned(),
                json!({"removed": self.request.removed}),
            );
        }
        Value::Object(told)
    }
}

/// `Content-Type` for `content-type`.
fn capitals(name: &str) -> String {
    let part = |part: &str| {
        let mut chars = part.chars();
        let first = chars.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(chars).collect::<String>()
    };
    name.split('-').map(part).collect::<Vec<_>>().join("-")
}
