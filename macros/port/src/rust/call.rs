//! Calls: of WeChat Pay, of the file's own functions, of the application.

use proc_macro2::TokenStream;
use quote::quote;

use super::code::{Code, Repr, result_repr};
use super::expression::bare;
use super::function::Body;
use super::names::{ident, snake};
use super::print::Json;
use crate::diagnostic::Problem;
use crate::hir::Ty;
use crate::hir::tree::{Crypto, Entry, Expr, ExprKind, Foreign, Function, PathPiece, Sdk, Setting};
use crate::recognise::{HEADERS_IN_BODY, Method};
use crate::syntax::Span;

/// Options of Guzzle that mean something else here.
const ELSEWHERE: [&str; 18] = [
    "allow_redirects",
    "auth",
    "cert",
    "connect_timeout",
    "cookies",
    "decode_content",
    "form_params",
    "handler",
    "http_errors",
    "multipart",
    "curl",
    "delay",
    "on_headers",
    "proxy",
    "ssl_key",
    "stream",
    "verify",
    "version",
];

impl<'a> Body<'_, 'a> {
    /// A call that is not made yet.
    pub(crate) fn sdk(&mut self, sdk: &'a Sdk) -> TokenStream {
        let client = self.client(&sdk.client);
        let (path, vars) = self.path(sdk);
        self.shared.note_call(sdk.span, sdk.method, &path);
        if path.contains("://") || path.starts_with("//") {
            let message =
                "an absolute URL is signed and sent to its host by PHP; this library refuses to";
            return self.refuse(sdk.span, message).tokens;
        }
        let path = path.trim_start_matches('/').to_owned();
        let off = self.shared.manual.then(|| {
            self.shared.uses.insert("FieldPolicy");
            quote!(.fields(FieldPolicy::Off))
        });
        let vars = vars
            .into_iter()
            .map(|(name, value)| quote!(.var(#name, #value)));
        let vars: Vec<_> = vars.collect();
        let options = match &sdk.options {
            Err(options) => {
                let code = self.expr(options);
                let options = self.convert(&code, &Ty::Any, options.span);
                let method = sdk.method.upper();
                return quote!(#client.chain(#path).request(#method, php::sent(#options)) #(#vars)* #off);
            }
            Ok(options) => options,
        };
        match self.setters(sdk, &path, options) {
            Some((body, setters)) => {
                let verb = ident(sdk.method.lower());
                let takes = matches!(sdk.method, Method::Post | Method::Put | Method::Patch);
                let (args, json) = match (takes, body) {
                    (true, Some(body)) => (quote!(#body, ()), quote!()),
                    (true, None) => (quote!((), ()), quote!()),
                    (false, Some(body)) => (quote!(()), quote!(.json(#body))),
                    (false, None) => (quote!(()), quote!()),
                };
                quote!(#client.chain(#path).#verb(#args) #json #(#vars)* #(#setters)* #off)
            }
            None => {
                let members = options
                    .iter()
                    .map(|(name, value)| (name.clone(), self.json_value(value)));
                let json = Json::Object(members.collect());
                let json = self.shared.inserts.json(json);
                let method = sdk.method.upper();
                quote!(#client.chain(#path).request(#method, php::sent(#json)) #(#vars)* #off)
            }
        }
    }

    /// Makes a call.
    pub(crate) fn made(&self, call: TokenStream) -> TokenStream {
        match self.is_async {
            true => self.tried(quote!(#call.await)),
            false => self.tried(quote!(#call.wait())),
        }
    }

    fn path(&mut self, sdk: &'a Sdk) -> (String, Vec<(String, TokenStream)>) {
        let mut path = String::new();
        let mut vars: Vec<(String, TokenStream)> = Vec::new();
        for (index, piece) in sdk.path.iter().enumerate() {
            match piece {
                PathPiece::Text(text) => path.push_str(text),
                PathPiece::Value(value) => {
                    let wanted = match &*value.kind {
                        ExprKind::Local(local) => snake(&self.locals[*local].name),
                        ExprKind::Field(name) => snake(name),
                        _ => "segment".to_owned(),
                    };
                    let mut name = wanted.clone();
                    let mut number = 2;
                    while vars.iter().any(|(known, _)| *known == name)
                        || path.contains(&format!("{{{name}}}"))
                    {
                        name = format!("{wanted}_{number}");
                        number += 1;
                    }
                    let text = self.expr(value).text();
                    path.push_str(&format!("{{+{name}}}"));
                    let value = match index {
                        0 => quote!(php::path(#text)),
                        _ => quote!(php::path_value(#text)),
                    };
                    vars.push((name, value));
                }
            }
        }
        (path, vars)
    }

    /// The body and the setters of a call; nothing where only a run tells what an option is.
    fn setters(
        &mut self,
        sdk: &'a Sdk,
        path: &str,
        options: &'a [(String, Expr)],
    ) -> Option<(Option<TokenStream>, Vec<TokenStream>)> {
        let v2 = path.starts_with("v2/");
        let mut body = None;
        let mut setters = Vec::new();
        let mut given = Vec::new();
        let media = options
            .iter()
            .any(|(name, value)| name == "body" && self.types.of(value) == Ty::Media);
        for (name, value) in options {
            let span = value.span;
            match name.as_str() {
                "json" if v2 => self.warn(
                    span,
                    "APIv2 takes no `json`: PHP only changes the Content-Type; it is left out",
                ),
                "xml" if !v2 => self.warn(
                    span,
                    "the path is APIv3's, where PHP ignores `xml`; it is left out",
                ),
                "json" | "xml" => body = self.json_body(value, name == "xml"),
                "body" if media => {
                    let code = self.expr(value);
                    body = Some(self.convert(&code, &Ty::Media, span));
                }
                "query" => setters.extend(self.pairs(value, "query")?),
                "headers" => setters.extend(self.headers(value, media)?),
                "timeout" => {
                    let code = self.expr(value);
                    let seconds = self.plain_ref(&code, span);
                    setters.push(quote!(.timeout(php::seconds(#seconds))));
                }
                "base_uri" => {
                    let url = self.expr(value).text();
                    setters.push(quote!(.base_url(#url)));
                }
                "security" | "nonceless" if v2 => {
                    let ExprKind::Bool(flag) = &*value.kind else {
                        return None;
                    };
                    let setter = ident(name);
                    setters.push(quote!(.#setter(#flag)));
                }
                "body" | "sink" => return None,
                "debug" => {}
                name if ELSEWHERE.contains(&name) => {
                    let message = format!("the option `{name}` of Guzzle is not taken here");
                    let problem = self.refuse(span, &message).tokens;
                    setters.push(quote!(.var("", #problem)));
                }
                name if has_variable(path, name) => {
                    given.push(name.to_owned());
                    let code = self.expr(value);
                    let value = match &code.repr {
                        Repr::Str | Repr::Int => code.tokens.clone(),
                        Repr::StringPlace => {
                            let tokens = &code.tokens;
                            quote!(#tokens.as_str())
                        }
                        Repr::Null => quote!(""),
                        _ => self.convert(&code, &Ty::Any, span),
                    };
                    setters.push(quote!(.var(#name, #value)));
                }
                name => self.warn(
                    span,
                    &format!("the path has no variable `{name}`: PHP ignores it"),
                ),
            }
        }
        for name in variables(path) {
            if !given.contains(&name) {
                self.warn(
                    sdk.span,
                    &format!("the variable `{name}` of the path has no value: PHP leaves it empty"),
                );
                setters.push(quote!(.var(#name, "")));
            }
        }
        Some((body, setters))
    }

    pub(crate) fn warn(&mut self, span: Span, message: &str) {
        let problem = Problem::warning(span, message);
        if !self.shared.problems.contains(&problem) {
            self.shared.problems.push(problem);
        }
    }

    fn json_body(&mut self, value: &'a Expr, xml: bool) -> Option<TokenStream> {
        match &*value.kind {
            ExprKind::Null => return None,
            ExprKind::Array(entries) if entries.iter().any(is_headers) => {
                self.warn(value.span, HEADERS_IN_BODY);
            }
            ExprKind::Array(entries) if entries.is_empty() && xml => {
                return Some(self.shared.inserts.json(Json::Object(Vec::new())));
            }
            _ => {}
        }
        let code = self.expr(value);
        let tokens = &code.tokens;
        if self.may_hold_float(value) {
            let value = self.convert(&code, &Ty::Any, value.span);
            return Some(quote!(php::sent(#value)));
        }
        Some(match &code.repr {
            Repr::ValuePlace => quote!(&#tokens),
            Repr::ValueRef | Repr::Value => quote!(#tokens),
            _ => self.convert(&code, &Ty::Any, value.span),
        })
    }

    /// Whether a value may hold a number with a fraction, which PHP writes otherwise than Rust.
    fn may_hold_float(&self, value: &Expr) -> bool {
        match &*value.kind {
            ExprKind::Array(entries) => entries
                .iter()
                .any(|entry| self.may_hold_float(&entry.value)),
            ExprKind::Local(local) => match self.lets.get(local) {
                Some(begun) if !self.is_mutable(*local) => self.may_hold_float(begun),
                _ => self.types.of(value) == Ty::Float || self.is_mutable(*local),
            },
            ExprKind::Binary(..)
            | ExprKind::AssignOp(..)
            | ExprKind::Method(..)
            | ExprKind::Call(..) => {
                matches!(self.types.of(value), Ty::Any | Ty::Float)
            }
            ExprKind::Builtin("round" | "abs" | "floor" | "ceil" | "array_sum", _)
            | ExprKind::Minus(_) => true,
            ExprKind::Ternary(_, then, otherwise) => {
                then.as_ref().is_some_and(|then| self.may_hold_float(then))
                    || self.may_hold_float(otherwise)
            }
            _ => self.types.of(value) == Ty::Float,
        }
    }

    fn pairs(&mut self, value: &'a Expr, setter: &str) -> Option<Vec<TokenStream>> {
        let setter = ident(setter);
        match &*value.kind {
            ExprKind::Null => Some(Vec::new()),
            ExprKind::Array(entries) => {
                let mut out = Vec::new();
                for entry in entries {
                    let ExprKind::Text(key) = &*entry.key.as_ref()?.kind else {
                        return None;
                    };
                    if entry.spread {
                        return None;
                    }
                    let code = self.expr(&entry.value);
                    let value = match &code.repr {
                        Repr::Str | Repr::Int | Repr::Bool => code.tokens.clone(),
                        Repr::StringPlace => {
                            let tokens = &code.tokens;
                            quote!(#tokens.as_str())
                        }
                        _ => self.convert(&code, &Ty::Any, entry.value.span),
                    };
                    out.push(quote!(.#setter(#key, #value)));
                }
                Some(out)
            }
            _ => None,
        }
    }

    fn headers(&mut self, value: &'a Expr, media: bool) -> Option<Vec<TokenStream>> {
        let ExprKind::Array(entries) = &*value.kind else {
            return None;
        };
        let mut out = Vec::new();
        for entry in entries {
            let ExprKind::Text(key) = &*entry.key.as_ref()?.kind else {
                return None;
            };
            if entry.spread || matches!(*entry.value.kind, ExprKind::Array(_)) {
                return None;
            }
            // Only the client knows the boundary of an upload.
            if media && key.eq_ignore_ascii_case("content-type") {
                continue;
            }
            let text = self.expr(&entry.value).text();
            out.push(quote!(.header(#key, #text)));
        }
        Some(out)
    }

    /// The client that a call begins with.
    fn client(&mut self, expr: &'a Expr) -> TokenStream {
        if let ExprKind::Foreign(foreign) = &*expr.kind {
            return self.foreign(expr.span, foreign, &Ty::Client).tokens;
        }
        let code = self.expr(expr);
        let tokens = &code.tokens;
        match &code.repr {
            Repr::HandlePlace(Ty::Client)
            | Repr::HandleRef(Ty::Client)
            | Repr::Handle(Ty::Client) => tokens.clone(),
            Repr::HandlePlace(Ty::Maybe(inner)) if **inner == Ty::Client => {
                self.tried(quote!(php::present(#tokens.as_ref())))
            }
            Repr::Handle(Ty::Maybe(inner)) | Repr::HandleRef(Ty::Maybe(inner))
                if **inner == Ty::Client =>
            {
                self.tried(quote!(php::present(#tokens)))
            }
            Repr::Never => tokens.clone(),
            Repr::Value | Repr::ValuePlace | Repr::ValueRef => {
                self.held_by_host(&code, &Ty::Client, expr.span)
            }
            _ => {
                self.refuse(expr.span, "the porter does not see that this is a client")
                    .tokens
            }
        }
    }

    pub(crate) fn factory(&mut self, span: Span, settings: &'a [(Setting, Expr)]) -> Code {
        self.shared.uses.insert("Client");
        let mut builder = quote!(Client::builder());
        for (setting, value) in settings {
            if matches!(*value.kind, ExprKind::Null) {
                continue;
            }
            match setting {
                Setting::Mchid
                | Setting::Serial
                | Setting::Secret
                | Setting::BaseUri
                | Setting::Proxy => {
                    let method = ident(match setting {
                        Setting::Mchid => "mchid",
                        Setting::Serial => "serial",
                        Setting::Secret => "v2_key",
                        Setting::BaseUri => "base_url",
                        _ => "proxy",
                    });
                    let code = self.expr(value);
                    let text = match code.repr {
                        Repr::Str => code.tokens,
                        _ => code.string(),
                    };
                    builder.extend(quote!(.#method(#text)));
                }
                Setting::PrivateKey => {
                    let key = self.private_key(value, true);
                    builder.extend(quote!(.private_key(#key)));
                }
                Setting::Certs => builder = self.certs(builder, value),
                Setting::Merchant => builder = self.merchant(builder, value),
                Setting::Timeout | Setting::ConnectTimeout => {
                    let method = ident(if *setting == Setting::Timeout {
                        "timeout"
                    } else {
                        "connect_timeout"
                    });
                    let code = self.expr(value);
                    let seconds = self.plain_ref(&code, value.span);
                    builder.extend(quote!(.#method(php::seconds(#seconds))));
                }
            }
        }
        let _ = span;
        Code::new(
            self.tried(quote!(#builder.build())),
            Repr::Handle(Ty::Client),
        )
    }

    fn certs(&mut self, builder: TokenStream, value: &'a Expr) -> TokenStream {
        let ExprKind::Array(entries) = &*value.kind else {
            // Only a run tells: each by its name.
            let code = self.expr(value);
            let certs = self.plain_ref(&code, value.span);
            return self.tried(quote!(php::platforms(#builder, #certs)));
        };
        let mut builder = builder;
        for entry in entries {
            let Some(key) = &entry.key else {
                let refused = self
                    .refuse(entry.value.span, "a platform key without its id or serial")
                    .tokens;
                builder.extend(quote!(.serial(#refused)));
                continue;
            };
            if matches!(*entry.value.kind, ExprKind::Null) {
                continue;
            }
            let known = match &*key.kind {
                ExprKind::Text(id) => Some(id.starts_with("PUB_KEY_ID_")),
                _ => None,
            };
            let source = self.source_of(&entry.value).cloned();
            match (known, source) {
                (Some(true), None) => {
                    let id = self.expr(key).tokens;
                    let code = self.expr(&entry.value);
                    let key = self.convert(&code, &Ty::PublicKey, entry.value.span);
                    builder.extend(quote!(.platform_key(#id, #key)));
                }
                (_, None) if self.types.of(&entry.value) == Ty::PublicKey => {
                    let message = "the public key of a platform certificate says no serial: give the certificate";
                    let refused = self.refuse(entry.value.span, message).tokens;
                    builder.extend(quote!(.serial(#refused)));
                }
                (_, source) => {
                    let id = self.expr(key).text();
                    let direct = match &*entry.value.kind {
                        ExprKind::Crypto(_, args) => args.first(),
                        _ => None,
                    };
                    let text = match (direct, source) {
                        (Some(direct), _) => self.expr(direct).text(),
                        (None, Some(source)) => self.owned_text(&source),
                        (None, None) => self.expr(&entry.value).text(),
                    };
                    builder = self.tried(quote!(php::platform(#builder, #id, #text)));
                }
            }
        }
        builder
    }

    /// The text of an expression that is a copy of one of the tree.
    fn owned_text(&mut self, expr: &Expr) -> TokenStream {
        match &*expr.kind {
            ExprKind::Text(text) => quote!(#text),
            ExprKind::Local(local) => {
                let slot = self.slots[*local].clone();
                let name = &slot.name;
                Code::new(quote!(#name), slot.repr).text()
            }
            ExprKind::Field(name) => self.field(expr.span, name).text(),
            _ => self.refuse(expr.span, "a key from here").tokens,
        }
    }

    /// The text that a public key was read from.
    fn source_of(&self, value: &'a Expr) -> Option<&Expr> {
        match &*value.kind {
            ExprKind::Crypto(Crypto::PublicKey, args) => args.first(),
            ExprKind::Local(local) => match &*self.lets.get(local)?.kind {
                ExprKind::Crypto(Crypto::PublicKey, args) => args.first(),
                _ => None,
            },
            _ => None,
        }
    }

    fn merchant(&mut self, builder: TokenStream, value: &'a Expr) -> TokenStream {
        let ExprKind::Array(entries) = &*value.kind else {
            let refused = self
                .refuse(
                    value.span,
                    "the merchant's files are an array of `cert` and `key` here",
                )
                .tokens;
            return quote!(#builder.serial(#refused));
        };
        let mut builder = builder;
        for entry in entries {
            let Some(ExprKind::Text(name)) = entry.key.as_ref().map(|key| &*key.kind) else {
                continue;
            };
            if name == "cert" && !matches!(*entry.value.kind, ExprKind::Null) {
                self.shared.uses.insert("Certificate");
                let file = self.expr(&entry.value).text();
                let certificate = self.tried(quote!(Certificate::from_file(#file)));
                builder.extend(quote!(.certificate(#certificate)));
            }
        }
        builder
    }

    fn private_key(&mut self, value: &'a Expr, owned: bool) -> TokenStream {
        let code = self.expr(value);
        match code.repr {
            Repr::Handle(_) | Repr::HandlePlace(_) | Repr::HandleRef(_) => match owned {
                true => self.convert(&code, &Ty::PrivateKey, value.span),
                false => bare(self.argument(&code, &Ty::PrivateKey, value.span)),
            },
            _ => {
                let text = code.text();
                self.tried(quote!(php::private_key(#text)))
            }
        }
    }

    fn public_key(&mut self, value: &'a Expr) -> TokenStream {
        let code = self.expr(value);
        match code.repr {
            Repr::Handle(_) | Repr::HandlePlace(_) | Repr::HandleRef(_) => {
                bare(self.argument(&code, &Ty::PublicKey, value.span))
            }
            _ => {
                let text = code.text();
                self.tried(quote!(php::public_key(#text)))
            }
        }
    }

    pub(crate) fn crypto(&mut self, span: Span, crypto: Crypto, args: &'a [Expr]) -> Code {
        let bytes = |text: TokenStream| {
            let text = bare(text);
            quote!(#text.as_bytes())
        };
        match (crypto, args) {
            (Crypto::PrivateKey, [source]) => {
                let text = self.expr(source).text();
                Code::new(
                    self.tried(quote!(php::private_key(#text))),
                    Repr::Handle(Ty::PrivateKey),
                )
            }
            (Crypto::PublicKey, [source]) => {
                let text = self.expr(source).text();
                Code::new(
                    self.tried(quote!(php::public_key(#text))),
                    Repr::Handle(Ty::PublicKey),
                )
            }
            (Crypto::Sign, [text, key]) => {
                let text = bytes(self.expr(text).text());
                let key = self.private_key(key, false);
                Code::new(self.tried(quote!(#key.sign(#text))), Repr::String)
            }
            (Crypto::Verify, [text, signature, key]) => {
                let text = bytes(self.expr(text).text());
                let signature = self.expr(signature).text();
                let key = self.public_key(key);
                Code::new(quote!(#key.verify(#text, #signature)), Repr::Bool)
            }
            (Crypto::Encrypt, [text, key]) => {
                self.shared.uses.insert("Padding");
                let text = bytes(self.expr(text).text());
                let key = self.public_key(key);
                Code::new(
                    self.tried(quote!(#key.encrypt(Padding::default(), #text))),
                    Repr::String,
                )
            }
            (Crypto::Decrypt, [text, key]) => {
                self.shared.uses.insert("Padding");
                let text = self.expr(text).text();
                let key = self.private_key(key, false);
                let plain = self.tried(quote!(#key.decrypt(Padding::default(), #text)));
                Code::new(
                    quote!(String::from_utf8_lossy(&#plain).into_owned()),
                    Repr::String,
                )
            }
            (Crypto::Open, [text, key, nonce, rest @ ..]) => {
                self.shared.uses.insert("Secret");
                let text = self.expr(text).text();
                let key = self.expr(key);
                let key = if key.repr == Repr::Str {
                    key.tokens
                } else {
                    key.string()
                };
                let nonce = self.expr(nonce).text();
                let aad = match rest.first() {
                    Some(aad) => self.expr(aad).text(),
                    None => quote!(""),
                };
                self.shared.uses.insert("crypto::aes");
                let open = quote!(aes::open(&Secret::new(#key), #nonce, #aad, #text));
                Code::new(self.tried(open), Repr::String)
            }
            (Crypto::HashSign, [kind, text, key]) => self.hash_sign(span, kind, text, key),
            (Crypto::Serial, [source]) => {
                let text = self.expr(source).text();
                Code::new(self.tried(quote!(php::serial_no(#text))), Repr::String)
            }
            (Crypto::Media, [path]) => {
                self.shared.uses.insert("Media");
                let path = self.expr(path).text();
                Code::new(
                    self.tried(quote!(Media::from_path(#path))),
                    Repr::Handle(Ty::Media),
                )
            }
            _ => self.refuse(span, "these arguments"),
        }
    }

    fn hash_sign(&mut self, span: Span, kind: &'a Expr, text: &'a Expr, key: &'a Expr) -> Code {
        let ExprKind::Builtin("query_string_like", inner) = &*text.kind else {
            return self.refuse(
                span,
                "a signature that is not made over `Formatter::queryStringLike(…)`",
            );
        };
        let members = match inner.first().map(|inner| &*inner.kind) {
            Some(ExprKind::Builtin("ksort_text", sorted)) => sorted.first(),
            _ => inner.first(),
        };
        let Some(members) = members else {
            return self.refuse(span, "these arguments");
        };
        self.shared.uses.insert("signing::SignType");
        self.shared.uses.insert("Secret");
        let kind = self.expr(kind).text();
        let kind = self.tried(quote!(SignType::parse(#kind)));
        let code = self.expr(members);
        let members = self.plain_ref(&code, span);
        let key = self.expr(key);
        let key = if key.repr == Repr::Str {
            key.tokens
        } else {
            key.string()
        };
        let sign = quote!(#kind.sign_object(#members, &Secret::new(#key)));
        Code::new(self.tried(sign), Repr::String)
    }

    /// A call of the application.
    pub(crate) fn foreign(&mut self, span: Span, foreign: &'a Foreign, wanted: &Ty) -> Code {
        let mut given = Vec::new();
        let mut receiver = None;
        if let Some(object) = &foreign.receiver {
            match &*object.kind {
                ExprKind::Local(local) if self.slots[*local].repr == Repr::ValuePlace => {
                    let name = &self.slots[*local].name;
                    receiver = Some(quote!(&mut #name));
                }
                _ => given.push(object),
            }
        }
        given.extend(&foreign.args);
        let types: Vec<Ty> = given.iter().map(|arg| self.types.of(arg)).collect();
        let arities: Vec<usize> = given.iter().map(|arg| arity(arg)).collect();
        let (line, php) = self.place(span);
        let place = (self.shared.block.file.clone(), line, php.clone());
        let (method, types, returns) = self.shared.host.call(
            &foreign.words,
            receiver.is_some(),
            &types,
            &arities,
            wanted,
            place,
        );
        let mut args = Vec::new();
        for (index, (arg, ty)) in given.iter().zip(&types).enumerate() {
            if let ExprKind::Local(local) = &*arg.kind {
                let name = snake(&self.locals[*local].name);
                self.shared.host.name_argument(&method, index, &name);
            }
            if *ty == Ty::Closure {
                let closure = self.callback(arg, &Ty::Any);
                args.push(quote!(&mut #closure));
                continue;
            }
            let code = self.expr(arg);
            args.push(self.argument(&code, ty, arg.span));
        }
        self.shared.uses_host = true;
        self.shared.note_app(span, &method, &php);
        let host = self.host.clone();
        let method = ident(&method);
        let mutates = given.iter().any(|arg| self.changes_object(arg));
        let args = receiver.into_iter().chain(args);
        if mutates {
            // The arguments change the object before it is borrowed.
            let args: Vec<_> = args.collect();
            let names: Vec<_> = args.iter().map(|_| self.taken.fresh("arg")).collect();
            let call = self.tried(quote!(#host.#method(#(#names),*)));
            return Code::new(
                quote!({ #(let #names = #args;)* #call }),
                result_repr(&returns),
            );
        }
        let call = self.tried(quote!(#host.#method(#(#args),*)));
        Code::new(call, result_repr(&returns))
    }

    pub(crate) fn call_function(&mut self, span: Span, name: &str, args: &'a [Expr]) -> Code {
        let file = self.shared.file;
        let Some(function) = file
            .functions
            .iter()
            .find(|function| function.name.eq_ignore_ascii_case(name))
        else {
            return self.refuse(span, "this function");
        };
        let mut given = Vec::new();
        if self.shared.needs_host.contains(&name.to_ascii_lowercase()) {
            self.shared.uses_host = true;
            let host = self.host.clone();
            let is_field = !matches!(host.to_string().as_str(), "host");
            given.push(if is_field {
                quote!(&#host)
            } else {
                quote!(host)
            });
        }
        given.extend(self.arguments(span, function, args));
        let own = ident(&snake(&function.name));
        let is_async = self.shared.is_async.contains(&name.to_ascii_lowercase());
        self.called(quote!(#own(#(#given),*)), is_async, &function.returns)
    }

    fn called(&mut self, call: TokenStream, is_async: bool, returns: &Ty) -> Code {
        let call = match is_async && self.is_async {
            true => quote!(#call.await),
            false => call,
        };
        Code::new(self.tried(call), result_repr(returns))
    }

    pub(crate) fn call_method(&mut self, span: Span, name: &str, args: &'a [Expr]) -> Code {
        let Some(class) = self.class else {
            return self.refuse(span, "a method outside of a class");
        };
        let found = class
            .methods
            .iter()
            .find(|method| method.name.eq_ignore_ascii_case(name));
        let Some(function) = found else {
            return self.refuse(span, "a call of this method");
        };
        let super::function::This::Object(this) = self.this.clone() else {
            return self.refuse(span, "a method before the object is made");
        };
        let given = self.arguments(span, function, args);
        let own = ident(&snake(&function.name));
        let key = format!("{}::{}", class.name, name.to_ascii_lowercase());
        let is_async = self.shared.is_async.contains(&key);
        if self.shared.mutates.contains(&key) && args.iter().any(|arg| self.borrows_object(arg)) {
            // The arguments are read before the object is borrowed.
            let names: Vec<_> = given.iter().map(|_| self.taken.fresh("arg")).collect();
            let starts = names.iter().zip(&given).map(|(name, value)| {
                let value = cloned(value);
                quote!(let #name = #value;)
            });
            let starts: Vec<_> = starts.collect();
            let passed = names
                .iter()
                .zip(&given)
                .map(|(name, value)| match is_reference(value) {
                    true => quote!(&#name),
                    false => quote!(#name),
                });
            let call = self.called(
                quote!(#this.#own(#(#passed),*)),
                is_async,
                &function.returns,
            );
            let tokens = call.tokens;
            return Code::new(quote!({ #(#starts)* #tokens }), call.repr);
        }
        self.called(quote!(#this.#own(#(#given),*)), is_async, &function.returns)
    }

    /// Whether an expression calls a method that changes the object.
    fn changes_object(&self, arg: &Expr) -> bool {
        let Some(class) = self.class else {
            return false;
        };
        let own = match &*arg.kind {
            ExprKind::Method(name, _) => {
                let key = format!("{}::{}", class.name, name.to_ascii_lowercase());
                self.shared.mutates.contains(&key)
            }
            _ => false,
        };
        own || arg
            .clone()
            .children_mut()
            .into_iter()
            .any(|child| self.changes_object(child))
    }

    fn borrows_object(&self, arg: &Expr) -> bool {
        let mut copy = arg.clone();
        fn any(expr: &mut Expr) -> bool {
            matches!(*expr.kind, ExprKind::Field(_) | ExprKind::Method(..))
                || expr.children_mut().into_iter().any(any)
        }
        any(&mut copy)
    }

    /// The arguments of a function of the file: those left out have their defaults.
    fn arguments(
        &mut self,
        span: Span,
        function: &'a Function,
        args: &'a [Expr],
    ) -> Vec<TokenStream> {
        let mut out = Vec::new();
        for (index, param) in function.params.iter().enumerate() {
            if param.variadic {
                let rest = args.get(index..).unwrap_or_default();
                let items = rest.iter().map(|arg| self.json_value(arg));
                let list = Json::List(items.collect());
                let list = self.shared.inserts.json(list);
                out.push(quote!(&#list));
                break;
            }
            match (args.get(index), &param.default) {
                (Some(arg), _) | (None, Some(arg)) => {
                    let code = self.expr(arg);
                    out.push(self.argument(&code, &param.ty, arg.span));
                }
                (None, None) => out.push(self.refuse(span, "an argument is missing").tokens),
            }
        }
        out
    }

    pub(crate) fn call_closure(&mut self, span: Span, callee: &'a Expr, args: &'a [Expr]) -> Code {
        let code = self.expr(callee);
        if !matches!(
            code.repr,
            Repr::HandlePlace(Ty::Closure) | Repr::Handle(Ty::Closure)
        ) {
            return self.refuse(span, "a call of what may be no closure");
        }
        let args: Vec<_> = args
            .iter()
            .map(|arg| {
                let code = self.expr(arg);
                self.plain_ref(&code, arg.span)
            })
            .collect();
        let callee = &code.tokens;
        Code::new(self.tried(quote!(#callee(#(#args),*))), Repr::Value)
    }
}

fn is_reference(tokens: &TokenStream) -> bool {
    let mut trees = tokens.clone().into_iter();
    matches!(trees.next(), Some(proc_macro2::TokenTree::Punct(punct)) if punct.as_char() == '&')
}

/// What is kept of an argument: of a reference, a copy.
fn cloned(tokens: &TokenStream) -> TokenStream {
    match is_reference(tokens) {
        true => {
            let inner = bare(tokens.clone());
            quote!((#inner).to_owned())
        }
        false => tokens.clone(),
    }
}

fn arity(arg: &Expr) -> usize {
    match &*arg.kind {
        ExprKind::Closure(function, captures) => function.params.len() - captures.len(),
        _ => 0,
    }
}

/// The names of the variables of a path.
fn variables(path: &str) -> Vec<String> {
    let pieces = path.split('{').skip(1);
    let names = pieces.filter_map(|piece| piece.split_once('}').map(|(name, _)| name));
    names
        .filter(|name| !name.starts_with('+'))
        .map(str::to_owned)
        .collect()
}

fn has_variable(path: &str, name: &str) -> bool {
    path.contains(&format!("{{{name}}}")) || path.contains(&format!("{{+{name}}}"))
}

fn is_headers(entry: &Entry) -> bool {
    let key = entry.key.as_ref().map(|key| &*key.kind);
    matches!(key, Some(ExprKind::Text(name)) if name == "headers")
}
