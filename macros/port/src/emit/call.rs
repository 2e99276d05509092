//! A call: the chain, its verb and its options.

use super::fold::{self, Key};
use super::path::Path;
use super::porter::{Outcome, Porter};
use super::rust::{Expr, Link, Node};
use super::scope::{Ty, Typed};
use super::text::quoted;
use crate::diagnostic::Problem;
use crate::recognise::{self, Call, Handler, Method, Step};
use crate::syntax::{Expr as Php, ExprKind, Item, Span};

/// A call as Rust makes it, not yet awaited.
pub(crate) struct Made {
    pub(crate) expr: Expr,
    /// Whether the answer goes into a file.
    pub(crate) saved: bool,
}

/// What is done when a promise is waited for.
pub(crate) struct Deferred<'a> {
    pub(crate) handlers: Vec<Handler<'a>>,
    pub(crate) saved: bool,
    pub(crate) span: Span,
}

/// What the options of a call become.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) body: Option<Expr>,
    pub(crate) links: Vec<Link>,
    client: Option<String>,
    saved: bool,
    /// Whether the headers name a Content-Type.
    typed: bool,
    given: Vec<String>,
}

impl<'a> Porter<'a> {
    /// The call without what follows.
    pub(crate) fn request(&mut self, call: &Call<'a>) -> Outcome<Made> {
        self.taken.insert(recognise::key(call.span));
        if let Some(doubt) = &call.doubt {
            return Err(doubt.clone());
        }
        let client = self.client(call.client)?;
        let mut path = self.path(&call.steps, call.form())?;
        self.encrypt.clear();
        let mut options = Options::default();
        for (name, value) in std::mem::take(&mut path.values) {
            let args = [Expr::raw(quoted(&name)), value.as_value()];
            options.links.push(Link::new(Expr::call(".var", args)));
            options.given.push(name);
        }
        let (span, items) = self.option_items(call)?;
        self.refuse_hidden_v2(&path, items)?;
        for index in 0..items.len() {
            self.option(&mut options, &path, span, items, index)?;
        }
        self.missing(&mut options, &path, call);
        self.encryption(&mut options, &path, call.verb.method);
        if options.saved {
            // What a call has besides comes before it is a download.
            options
                .links
                .sort_by_key(|link| link.expr.flat().starts_with(".sink("));
        }
        let client = options.client.take().unwrap_or(client);
        let chain = self.chain_of(&client, &path, call.span)?;
        Ok(Made {
            expr: verb(chain, call.verb.method, options.body, options.links),
            saved: options.saved,
        })
    }

    pub(crate) fn option_items(&mut self, call: &Call<'a>) -> Outcome<(Span, &'a [Item])> {
        match call.args {
            [] => Ok((call.span, &[])),
            [arg] if arg.name.is_some() => Err(Problem::error(
                arg.value.span,
                "the porter does not know named arguments",
            )
            .hint("write the arguments in their order")),
            [arg] => match &arg.value.kind {
                ExprKind::Array(items) => Ok((arg.value.span, items)),
                ExprKind::Variable(name) if self.added.contains_key(name) => {
                    Err(not_an_array(arg.value.span))
                }
                ExprKind::Variable(name) => match self.arrays.get(name) {
                    Some(array) => match &array.kind {
                        ExprKind::Array(items) => Ok((array.span, items)),
                        _ => Err(not_an_array(arg.value.span)),
                    },
                    None => Err(not_an_array(arg.value.span)),
                },
                _ => Err(not_an_array(arg.value.span)),
            },
            [_, second, ..] => Err(Problem::error(
                second.value.span,
                "a verb takes one argument",
            )),
        }
    }

    /// `{+url}` may be APIv2's, which PHP sees only when it has the value.
    fn refuse_hidden_v2(&self, path: &Path, items: &'a [Item]) -> Outcome<()> {
        let whole = path.whole();
        let Some((name, _)) = whole
            .strip_prefix('{')
            .and_then(|rest| rest.split_once('}'))
        else {
            return Ok(());
        };
        let name = name.trim_start_matches(['+', '#', '/', '.']);
        let of = |wanted: &str| {
            items.iter().find(|item| match self.key_of(item) {
                Ok(key) => key.text() == wanted,
                Err(_) => false,
            })
        };
        let known = of(name).and_then(|item| fold::constant(&item.value, &self.scope));
        let v2 = known.as_ref().and_then(fold::text).map(|text| {
            let text = text.trim_start_matches('/').to_ascii_lowercase();
            text.starts_with("v2/") || text == "v2"
        });
        match (v2, of("xml")) {
            (Some(true), Some(item)) | (None, Some(item)) => Err(Problem::error(
                item.span,
                "whether this is a call of APIv2 is in a variable of the path",
            )
            .hint("write the path itself: `chain('v2/…')`")),
            (Some(true), None) => Err(Problem::error(
                items.first().map_or(Span::new(0, 0), |item| item.span),
                "a variable of the path makes this a call of APIv2",
            )
            .hint("write the path itself: `chain('v2/…')`")),
            _ => Ok(()),
        }
    }

    /// The client that a chain begins with, as it is written in Rust.
    pub(crate) fn client(&mut self, root: &'a Php) -> Outcome<String> {
        if let Some(settings) = recognise::factory(root) {
            let name = self.fresh("client");
            let value = self.factory(root.span, settings)?;
            self.push(Node::Let {
                name: name.clone(),
                mutable: false,
                value,
                after: None,
            });
            return Ok(name);
        }
        let ExprKind::Variable(name) = &root.kind else {
            return match &root.kind {
                ExprKind::StaticCall { class, .. } if class.is("WeChatPay\\Builder") => {
                    let message = "the settings of this client are known only when PHP runs";
                    Err(Problem::error(root.span, message)
                        .hint("write them as an array in the call"))
                }
                _ => self.client_elsewhere(root),
            };
        };
        let variable = self.scope.read(name, &Ty::Client);
        match variable.ty {
            Ty::Client | Ty::ClientRef => Ok(variable.rust),
            _ => Err(Problem::error(
                root.span,
                format!("`${name}` is no client of WeChat Pay: its requests are not signed"),
            )
            .hint("use an HTTP client of your own for other hosts, such as `reqwest`")),
        }
    }

    /// `$this->instance` and its kin: a parameter, one for each way that it is written.
    fn client_elsewhere(&mut self, root: &'a Php) -> Outcome<String> {
        if let Some(name) = self.known_client(root) {
            let message =
                format!("`${name}` is the client itself: what stands behind it begins no path");
            return Err(Problem::error(root.span, message));
        }
        let written = self.source(root.span);
        Ok(self
            .scope
            .client_elsewhere(written, &recognise::client_name(root)))
    }

    /// The variable at the beginning, where it was assigned a client.
    fn known_client(&self, root: &'a Php) -> Option<&'a str> {
        match &root.kind {
            ExprKind::Variable(name) => {
                let known = self.scope.get(name)?;
                (known.ty == Ty::Client).then_some(name)
            }
            ExprKind::Property { object, .. } | ExprKind::Index { object, .. } => {
                self.known_client(object)
            }
            _ => None,
        }
    }

    pub(crate) fn option(
        &mut self,
        options: &mut Options,
        path: &Path,
        span: Span,
        items: &'a [Item],
        index: usize,
    ) -> Outcome<()> {
        let item = &items[index];
        let Key::Text(name) = self.key_of(item)? else {
            let message = "an option has a name: `'json' => […]`";
            return Err(Problem::error(item.span, message));
        };
        let (before, after) = self.item_comments(span, items, index);
        let links = options.links.len();
        options.typed |= items.iter().any(names_content_type);
        if matches!(&*name, "json" | "xml") && has_key(&item.value, "headers") {
            self.warn(item.span, recognise::HEADERS_IN_BODY);
        }
        self.named(options, path, &name, item)?;
        // Comments go to what the option became; else they stand before the call.
        match options.links.get_mut(links) {
            Some(first) => {
                first.before.splice(0..0, before);
                if let Some(last) = options.links.last_mut() {
                    last.after = after;
                }
            }
            _ => {
                for text in before.into_iter().chain(after) {
                    self.note(text);
                }
            }
        }
        Ok(())
    }

    pub(crate) fn named(
        &mut self,
        options: &mut Options,
        path: &Path,
        name: &str,
        item: &'a Item,
    ) -> Outcome<()> {
        let value = &item.value;
        match name {
            "json" if path.is_v2() => self.warn(
                item.span,
                "APIv2 takes no `json`: PHP only changes the Content-Type; it is left out",
            ),
            "xml" if !path.is_v2() => self.warn(
                item.span,
                "the path is APIv3's, where PHP ignores `xml`; it is left out",
            ),
            "xml" if matches!(&value.kind, ExprKind::Array(items) if items.is_empty()) => {
                // An empty array is an empty map where a map is expected.
                let json = self.imports.of("serde_json", "json");
                options.body = Some(Expr::raw(format!("{json}!({{}})")));
            }
            "json" | "xml" => options.body = self.json_body(value)?,
            "body" => {
                if options.body.is_none() {
                    options.body = self.raw_body(value, options.typed)?;
                }
            }
            "query" => self.query(options, value)?,
            "headers" => self.headers(options, value)?,
            "base_uri" => {
                let url = self.base_uri(value)?;
                options.links.push(link(".base_url", [url]));
            }
            "timeout" => {
                if let Some(limit) = self.seconds(value)? {
                    options.links.push(link(".timeout", [limit]));
                }
            }
            "sink" => {
                let target = self.value(value, &Ty::Str)?;
                if !target.is_text() {
                    let message = "a sink is the path of a file here";
                    let hint = "for a stream use `Call::stream`";
                    return Err(Problem::error(value.span, message).hint(hint));
                }
                let target = local(&target.expr);
                options.links.push(link(".sink", [target]));
                options.saved = true;
            }
            "security" | "nonceless" if !path.is_v2() => {
                let message = format!("`{name}` is APIv2's, and PHP passes it over here");
                self.warn(item.span, message);
            }
            "security" | "nonceless" => self.flag(options, name, value)?,
            "handler" => options.client = Some(self.handler(value)?),
            _ => match ELSEWHERE.iter().find(|(known, _)| *known == name) {
                Some((_, "")) => {
                    self.note(format!("{}: of no use here", self.source(item.span)));
                }
                Some((_, instead)) => {
                    let message = format!("the option `{name}` of Guzzle is not taken here");
                    return Err(Problem::error(item.span, message).hint(*instead));
                }
                None => self.variable(options, path, name, item)?,
            },
        }
        Ok(())
    }

    /// `json` and `xml`: a body of one line stays in the call, a longer one stands before it.
    pub(crate) fn json_body(&mut self, value: &'a Php) -> Outcome<Option<Expr>> {
        if let ExprKind::Variable(name) = &value.kind
            && let Some(secrets) = self.secrets.get(name)
            && let Some(known) = self.scope.get(name)
            && known.ty == Ty::Json
        {
            self.encrypt.extend(secrets.iter().cloned());
            return Ok(Some(Expr::raw(format!("&{}", known.rust))));
        }
        if let ExprKind::Variable(name) = &value.kind
            && !self.is_scalar(name)
        {
            let body = self.value(value, &Ty::Json)?;
            return Ok(Some(match body.ty {
                Ty::JsonRef => body.expr,
                _ => Expr::raw(format!("&{}", body.expr.flat())),
            }));
        }
        if let ExprKind::Null = value.kind {
            return Ok(None);
        }
        let json = self.json(value, "")?;
        let body = self.json_value(json, "body");
        Ok(Some(match body {
            Expr::Raw(_) => body,
            body => Expr::raw(self.bind("body", body)),
        }))
    }

    pub(crate) fn is_scalar(&self, name: &str) -> bool {
        let known = self.scope.get(name);
        known.is_some_and(|known| !matches!(known.ty, Ty::Json | Ty::JsonRef | Ty::Null))
    }

    pub(crate) fn raw_body(&mut self, value: &'a Php, typed: bool) -> Outcome<Option<Expr>> {
        let body = self.value(value, &Ty::Media)?;
        match body.ty {
            Ty::Media => Ok(Some(body.expr)),
            Ty::Null => Ok(None),
            Ty::Str | Ty::String => {
                let json = match &body.expr {
                    Expr::Raw(text) => text.clone(),
                    other => other.flat(),
                };
                if !typed {
                    let message = "a body of text has to name its Content-Type";
                    self.warn(value.span, message);
                }
                let payload = self.imports.own("Payload");
                let owned = Expr::raw(format!("{payload}::Bytes({json}.to_owned().into())"));
                Ok(Some(owned))
            }
            _ => Err(Problem::error(
                value.span,
                "this is no body that the porter knows",
            )),
        }
    }

    pub(crate) fn variable(
        &mut self,
        options: &mut Options,
        path: &Path,
        name: &str,
        item: &'a Item,
    ) -> Outcome<()> {
        if !path.variables().iter().any(|known| known == name) {
            let message = format!("the path has no variable `{name}`: PHP ignores it");
            self.warn(item.span, message.clone());
            self.note(format!("{}: {message}", self.source(item.span)));
            return Ok(());
        }
        let value = match fold::constant(&item.value, &self.scope) {
            Some(serde_json::Value::Null | serde_json::Value::Bool(false)) => {
                self.warn(
                    item.span,
                    "PHP makes an empty segment of it; so does the port",
                );
                Expr::raw("\"\"")
            }
            Some(serde_json::Value::Bool(true)) => Expr::raw("\"1\""),
            _ => self.option_value(&item.value)?,
        };
        let args = [Expr::raw(quoted(name)), value];
        options.links.push(link(".var", args));
        options.given.push(name.to_owned());
        Ok(())
    }

    /// A variable without a value is an empty segment in PHP.
    pub(crate) fn missing(&mut self, options: &mut Options, path: &Path, call: &Call<'a>) {
        for name in path.variables() {
            if options.given.contains(&name) {
                continue;
            }
            let span = match call.steps.last() {
                Some(Step::Arrow { span, .. }) => *span,
                _ => call.span,
            };
            let message = format!("the path's variable `{name}` has no value: PHP sends it empty");
            self.problems.push(
                Problem::warning(span, message)
                    .hint(format!("give it with `.var(\"{name}\", ..)`")),
            );
            let mut link = link(".var", [quoted(&name), "\"\"".to_owned()].map(Expr::raw));
            if name != "empty" {
                link.after = Some("without a value in PHP".to_owned());
            }
            options.links.push(link);
        }
    }

    /// What PHP encrypts by hand: the client does it, for what the catalog does not know by name.
    pub(crate) fn encryption(&mut self, options: &mut Options, path: &Path, method: Method) {
        let pointers = std::mem::take(&mut self.encrypt);
        if pointers.is_empty() {
            return;
        }
        let known = match self.options.sensitive {
            Some(sensitive) => sensitive(method.upper(), &path.whole()),
            None => Vec::new(),
        };
        let unknown: Vec<_> = pointers
            .iter()
            .map(|pointer| starred(pointer))
            .filter(|pointer| !known.contains(pointer))
            .collect();
        self.note("Sensitive fields are encrypted by the client: give their plaintext.");
        if unknown.is_empty() {
            return;
        }
        let mut pointers: Vec<_> = unknown.iter().map(|pointer| quoted(pointer)).collect();
        pointers.dedup();
        for pointer in pointers {
            let args = [Expr::raw(format!("[{pointer}]"))];
            options.links.push(link(".encrypt", args));
        }
    }

    /// `.await` or `.wait()`, and `?`.
    pub(crate) fn answered(&self, call: Expr) -> Expr {
        match self.is_async {
            true => call.link(Link::new(Expr::raw(".await"))),
            false => call.method("wait", []),
        }
    }

    /// The call and what is done with its answer; the answer, under `name` where PHP keeps it.
    pub(crate) fn call(&mut self, call: &Call<'a>, name: Option<&str>) -> Outcome<Typed> {
        let made = self.request(call)?;
        self.settle(made.expr, made.saved, &call.handlers, name, call.span)
    }
}

/// `/a/0/b` is `/a/*/b`.
fn starred(pointer: &str) -> String {
    let parts = pointer.split('/').map(|part| {
        let number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if number { "*" } else { part }
    });
    parts.collect::<Vec<_>>().join("/")
}

pub(crate) fn link(name: &str, args: impl IntoIterator<Item = Expr>) -> Link {
    Link::new(Expr::call(name, args))
}

fn verb(chain: Expr, method: Method, body: Option<Expr>, links: Vec<Link>) -> Expr {
    let none = || Expr::raw("()");
    let with_body = matches!(method, Method::Post | Method::Put | Method::Patch);
    let mut call = match (with_body, body) {
        (true, body) => {
            let args = [body.unwrap_or_else(none), none()];
            chain.method(method.lower(), args)
        }
        (false, None) => chain.method(method.lower(), [none()]),
        (false, Some(body)) => chain
            .method(method.lower(), [none()])
            .method("body", [body]),
    };
    for link in links {
        call = call.link(link);
    }
    call
}

/// A path that PHP writes as `file://…`.
fn local(path: &Expr) -> Expr {
    match path {
        Expr::Raw(text) => Expr::raw(text.replacen("\"file://", "\"", 1)),
        other => other.clone(),
    }
}

fn not_an_array(span: Span) -> Problem {
    Problem::error(
        span,
        "the options of this call are known only when PHP runs",
    )
    .hint("write them as an array in the call")
}

/// Guzzle's options, and what to use in their place; nothing where they change no request.
const ELSEWHERE: [(&str, &str); 26] = [
    ("allow_redirects", "redirects are never followed"),
    (
        "auth",
        "the stack's `signer` makes the Authorization header",
    ),
    ("cert", "build the client with `.certificate(..)`"),
    ("connect_timeout", "use `ClientBuilder::connect_timeout`"),
    ("cookies", "WeChat Pay sets none"),
    ("curl", "`ClientBuilder` has what the transport can be told"),
    ("debug", ""),
    ("decode_content", "set the header Accept-Encoding"),
    ("delay", "wait before the call"),
    ("expect", ""),
    ("force_ip_resolve", "use `ClientBuilder::transport`"),
    ("form_params", "WeChat Pay takes no forms"),
    (
        "http_errors",
        "an answer that is not 2xx is an `Err`; remove `status` from the stack",
    ),
    ("idn_conversion", ""),
    ("multipart", "upload with `Media`: docs/files.md"),
    ("on_headers", "a middleware sees the headers"),
    ("on_stats", "a middleware sees the call"),
    (
        "progress",
        "use `Download::on_progress` or `Media::on_progress`",
    ),
    ("proxy", "use `ClientBuilder::proxy`"),
    ("read_timeout", "use `ClientBuilder::read_timeout`"),
    ("ssl_key", "build the client with `.private_key(..)`"),
    ("stream", "use `Call::stream`"),
    ("synchronous", ""),
    ("verify", "use `ClientBuilder::root_certificate`"),
    ("version", "HTTP/2 and HTTP/1.1 are negotiated"),
    ("handlers", "use `Client::with_stack`"),
];

/// Whether an option is `headers` with a Content-Type.
fn names_content_type(option: &Item) -> bool {
    let is_headers = |key: &Php| matches!(&key.kind, ExprKind::String(name) if name == "headers");
    option.key.as_ref().is_some_and(is_headers) && has_key(&option.value, "Content-Type")
}

/// Whether an array has a key, in any case of its letters.
fn has_key(array: &Php, name: &str) -> bool {
    let ExprKind::Array(items) = &array.kind else {
        return false;
    };
    let mut keys = items.iter().filter_map(|item| item.key.as_ref());
    keys.any(|key| matches!(&key.kind, ExprKind::String(key) if key.eq_ignore_ascii_case(name)))
}
