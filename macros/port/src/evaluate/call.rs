//! Calls of methods: verbs make requests.

use std::rc::Rc;

use serde_json::{Map, Value as Json};
use wechatpay_chain_php::base_url_for;

use super::Evaluator;
use super::assign::member;
use super::object::Object;
use super::path::Chain;
use super::plain::to_json;
use super::request::{Request, Upload};
use super::value::{Array, Key, Value};
use crate::hir::tree::{self, Expr, ExprKind, Unresolved};
use crate::recognise::{self, Form, Method, Mode, Verb};
use crate::syntax::Span;

impl<'a> Evaluator<'a, '_> {
    pub(super) fn method_call(&mut self, method: &'a tree::Method, span: Span) -> Value<'a> {
        let mut target = self.object(&method.object);
        let args = &method.args;
        let name = match &*method.name.kind {
            ExprKind::Text(name) => name.clone(),
            _ => match self.text(&method.name) {
                Some(name) => name,
                None => return Value::unknown("a method that only a run would tell"),
            },
        };
        if let Some(chain) = self.chain_elsewhere(&target, method) {
            target = Value::Chain(chain);
        }
        match target {
            Value::Chain(chain) => self.on_chain(&chain, &name, args, span),
            Value::Object(target) => {
                let args = self.args(args);
                self.on_object(&target, &name, args, span)
            }
            Value::Closure(_) if name.eq_ignore_ascii_case("__invoke") => {
                let args = self.args(args);
                self.call_value(&target, args, span)
            }
            Value::Unknown(why) => {
                // Of an answer, `get` may be anything; of a client it is a call that gets lost.
                if why.starts_with("what `$") && Verb::of(&name).is_some() {
                    let message = format!("the path of this call is {why}");
                    self.error(span, message, crate::diagnostic::ALONE);
                }
                let args = self.args(args);
                self.run_handlers(args);
                Value::Unknown(why)
            }
            _ => {
                self.args(args);
                Value::unknown(format!("what `{name}()` returns"))
            }
        }
    }

    /// The path of a chain whose client nothing is known of, such as `app('wechat')->v3`.
    fn chain_elsewhere(&mut self, target: &Value<'a>, method: &'a tree::Method) -> Option<Chain> {
        if !matches!(target, Value::Unknown(_) | Value::Null) {
            return None;
        }
        let (client, count) = method.path.as_ref()?;
        let mut chain = Chain::root(Some(client));
        for (link, form) in links(&method.object, *count)? {
            let link = self.link(link)?;
            match self.extend(&chain, &link, form, method.object.span) {
                Value::Chain(longer) => chain = longer,
                _ => return None,
            }
        }
        Some(chain)
    }

    /// The handlers of a promise: the calls in them are found this way.
    pub(super) fn run_handlers(&mut self, args: Vec<Value<'a>>) {
        for handler in args {
            if let Value::Closure(closure) = handler {
                let params = closure.code.params.iter().take(closure.params);
                let answers = params
                    .map(|_| Value::unknown("the answer of a call"))
                    .collect();
                self.unsure(|evaluator| {
                    evaluator.invoke(closure.code, closure.params, &closure.variables, answers);
                });
            }
        }
    }

    fn on_chain(&mut self, chain: &Chain, name: &str, args: &'a [Expr], span: Span) -> Value<'a> {
        if name.eq_ignore_ascii_case("chain") {
            let Some(arg) = args.first() else {
                return self.error(span, "`chain()` without a path", "");
            };
            return match self.link(arg) {
                Some(link) => self.extend(chain, &link, Form::Chain, span),
                None => Value::unknown("a path that only a run would tell"),
            };
        }
        if let Some(verb) = Verb::of(name) {
            return self.request(chain, verb, args, span);
        }
        let args = self.args(args);
        if name.eq_ignore_ascii_case("getDriver") {
            return Value::object(Object::Driver);
        }
        // Something other than the SDK's, such as `$response->getBody()`.
        self.run_handlers(args);
        Value::Unknown(chain.no_value())
    }

    fn request(&mut self, chain: &Chain, verb: Verb, args: &'a [Expr], span: Span) -> Value<'a> {
        let answer = || Value::unknown("the answer of a call");
        self.taken.insert(recognise::key(span));
        if chain.is_doubtful() {
            self.problems.push(recognise::doubt(span));
            return answer();
        }
        let options = match args {
            [] => Array::default(),
            [arg] => match self.expr(arg) {
                Value::Array(options) => options,
                Value::Null => Array::default(),
                Value::Unknown(why) => {
                    self.error(
                        arg.span,
                        format!("the options are {why}"),
                        "write them as an array",
                    );
                    return answer();
                }
                _ => {
                    self.error(arg.span, "the options of a call are an array", "");
                    return answer();
                }
            },
            [_, extra, ..] => {
                let message = "a call of the SDK takes one array of options";
                self.error(extra.span, message, "its path stands in the chain");
                return answer();
            }
        };
        let mut request = Request {
            statement: self.statement,
            span,
            form: chain.form.unwrap_or(Form::Pure),
            mode: verb.mode,
            method: verb.method,
            template: chain.template.clone(),
            options: Map::new(),
            upload: None,
            removed: Vec::new(),
        };
        let mut complete = true;
        for (key, value) in options.iter() {
            complete &= self.option(&mut request, key, value, span);
        }
        if let Some(Json::String(url)) = request.options.get_mut("base_uri") {
            *url = base_url_for(if chain.rooted { "/" } else { "" }, url);
        }
        if request.upload.is_some() {
            forget_boundary(&mut request);
        }
        if complete {
            self.output.requests.push(request);
        }
        answer()
    }

    /// Takes an option over; says whether the request is still whole.
    fn option(&mut self, request: &mut Request, key: &Key, value: &Value<'a>, span: Span) -> bool {
        let Key::Text(name) = key else {
            // A spread, for one, was told of already.
            if matches!(value, Value::Unknown(_)) {
                return false;
            }
            self.warn(
                span,
                format!("the option {} has no name and is left out", key.to_text()),
                "",
            );
            return true;
        };
        match (&**name, value) {
            ("handler", Value::Object(object)) => {
                if let Object::Stack { removed } = &*object.borrow() {
                    request.removed.clone_from(removed);
                    return true;
                }
                self.error(span, "this `handler` is no stack of the SDK", "");
                return false;
            }
            ("body", Value::Object(object)) => {
                let object = object.borrow();
                match &*object {
                    Object::MediaStream(media) => request.upload = Some(media.upload()),
                    Object::Multipart(parts) => request.upload = Some(Upload::Parts(parts.clone())),
                    _ => return self.data(request, name, value, span),
                }
                return true;
            }
            ("multipart", Value::Array(parts)) => {
                return match self.parts(parts, span) {
                    Some(parts) => {
                        request.upload = Some(Upload::Parts(parts));
                        true
                    }
                    None => false,
                };
            }
            _ => {}
        }
        self.data(request, name, value, span)
    }

    fn data(&mut self, request: &mut Request, name: &str, value: &Value<'a>, span: Span) -> bool {
        match to_json(value) {
            Ok(json) => {
                request.options.insert(name.to_owned(), json);
                true
            }
            Err(why) => {
                let message = format!(
                    "the option `{name}` cannot be told without running the program: {why}"
                );
                self.error(span, message, "give the value: assign it before the call");
                false
            }
        }
    }

    /// A call of a Guzzle client that is not the SDK's.
    pub(super) fn plain_request(
        &mut self,
        method: Method,
        mode: Mode,
        url: Option<&Value<'a>>,
        span: Span,
    ) -> Value<'a> {
        let url = url.and_then(|url| url.to_text().ok()).unwrap_or_default();
        let message = format!(
            "a plain Guzzle client makes this {} {} of {url}: it is no call of the SDK, and is not signed",
            mode.name(),
            method.upper()
        );
        self.error(
            span,
            message,
            "in Rust, `client.get_url(url)` follows a URL that WeChat Pay gave",
        );
        Value::unknown("the answer of a call")
    }

    /// A value's text, or a problem that says what it was wanted for.
    pub(super) fn known_text(
        &mut self,
        value: Option<&Value<'a>>,
        what: &str,
    ) -> Result<String, Rc<str>> {
        match value {
            Some(value) => value
                .to_text()
                .map_err(|why| format!("{what}: {why}").into()),
            None => Err(format!("{what} is missing").into()),
        }
    }
}

/// The last `count` links of a chain, each with its form.
fn links(object: &Expr, count: usize) -> Option<Vec<(&Expr, Form)>> {
    let mut links = Vec::new();
    let mut inner = object;
    while links.len() < count {
        let (object, link, form) = match &*inner.kind {
            ExprKind::Index(object, key) => match member(key) {
                Some(name) => (object, name, Form::Pure),
                None => (object, key, Form::Index),
            },
            ExprKind::Unresolved(unresolved) => match &**unresolved {
                Unresolved::Method(chain) => (&chain.object, chain.args.first()?, Form::Chain),
                _ => return None,
            },
            _ => return None,
        };
        links.push((link, form));
        inner = object;
    }
    links.reverse();
    Some(links)
}

/// The boundary is whatever the upload is given: a header that names one is not the caller's.
fn forget_boundary(request: &mut Request) {
    let Some(headers) = request
        .options
        .get_mut("headers")
        .and_then(|headers| headers.as_object_mut())
    else {
        return;
    };
    headers.retain(|name, value| {
        let multipart = value
            .as_str()
            .is_some_and(|value| value.starts_with("multipart/form-data"));
        !(multipart && name.eq_ignore_ascii_case("Content-Type"))
    });
    if headers.is_empty() {
        request.options.shift_remove("headers");
    }
}
