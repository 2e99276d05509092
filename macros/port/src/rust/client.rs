//! Clients, their settings and their keys.

use proc_macro2::TokenStream;
use quote::quote;

use super::code::{Code, Repr};
use super::expression::bare;
use super::function::Body;
use super::host::Asked;
use super::names::ident;
use super::request::{DEBUG, RESERVED};
use crate::diagnostic::Problem;
use crate::hir::Ty;
use crate::hir::tree::{Crypto, Expr, ExprKind, Pool, Setting};
use crate::syntax::Span;

impl<'a> Body<'_, 'a> {
    /// The client that a call begins with.
    pub(crate) fn client(&mut self, expr: &'a Expr) -> TokenStream {
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
        let mut from = span.start;
        for (index, (setting, value)) in settings.iter().enumerate() {
            let until = settings
                .get(index + 1)
                .map_or(span.end, |(_, next)| next.span.start);
            let before = self.comments_between(from, value.span.start);
            from = value.span.end;
            let dummy = matches!(setting, Setting::Serial | Setting::PrivateKey) && is_dummy(value);
            if matches!(*value.kind, ExprKind::Null) || dummy {
                continue;
            }
            for line in before {
                builder.extend(self.shared.inserts.link_comment(&line, false));
            }
            builder = self.setting(builder, settings, *setting, value);
            let after = self.comments_after(from, until);
            if !after.is_empty() {
                builder.extend(self.shared.inserts.link_comment(&after.join(" "), true));
            }
        }
        Code::new(
            self.tried(quote!(#builder.build())),
            Repr::Handle(Ty::Client),
        )
    }

    fn setting(
        &mut self,
        builder: TokenStream,
        settings: &'a [(Setting, Expr)],
        setting: Setting,
        value: &'a Expr,
    ) -> TokenStream {
        let (method, text) = match setting {
            Setting::Mchid => ("mchid", self.setting_text(value)),
            Setting::Serial => ("serial", self.setting_text(value)),
            Setting::Secret => ("v2_key", self.setting_text(value)),
            Setting::BaseUri => ("base_url", self.setting_text(value)),
            Setting::PrivateKey => ("private_key", self.private_key(value, true)),
            Setting::Timeout => ("timeout", self.seconds(value)),
            Setting::ConnectTimeout => ("connect_timeout", self.seconds(value)),
            Setting::Certs => return self.certs(builder, value),
            Setting::Handler => return self.handler(builder, value),
            Setting::Merchant => return self.merchant(builder, settings, value),
            _ => return self.setting_of_guzzle(builder, settings, setting, value),
        };
        let method = ident(method);
        quote!(#builder.#method(#text))
    }

    fn setting_of_guzzle(
        &mut self,
        builder: TokenStream,
        settings: &'a [(Setting, Expr)],
        setting: Setting,
        value: &'a Expr,
    ) -> TokenStream {
        match setting {
            Setting::Verify => self.warn(value.span, VERIFY),
            Setting::Debug => {
                self.warn(value.span, DEBUG);
                if !is_again(value) && !matches!(*value.kind, ExprKind::Bool(_) | ExprKind::Int(_))
                {
                    return self.checked(builder, "debug", value);
                }
            }
            Setting::Proxy => return self.proxy(builder, settings, value),
            Setting::Headers => return self.default_headers(builder, value),
            Setting::Cert => return self.certificate(builder, value),
            Setting::SslKey if lacks_key(settings) => return self.key_file(builder, value),
            Setting::Checked(name) => return self.checked(builder, name, value),
            _ => {}
        }
        builder
    }

    /// A setting that is accepted when the client is made, if it has the value by which the client behaves.
    fn checked(&mut self, builder: TokenStream, name: &str, value: &'a Expr) -> TokenStream {
        let code = self.expr(value);
        let value = self.plain(&code, value.span);
        self.tried(quote!(php::settings(#builder, &json!({#name: #value}))))
    }

    /// All requests go to `https`, unless `base_uri` says something else.
    fn proxy(
        &mut self,
        builder: TokenStream,
        settings: &[(Setting, Expr)],
        value: &'a Expr,
    ) -> TokenStream {
        if let ExprKind::Text(url) = &*value.kind
            && url.starts_with("http://")
        {
            return quote!(#builder.proxy(#url));
        }
        let mut bases = settings
            .iter()
            .filter(|(name, _)| *name == Setting::BaseUri);
        let is_https =
            |base: &Expr| matches!(&*base.kind, ExprKind::Text(url) if url.starts_with("https://"));
        if matches!(*value.kind, ExprKind::Array(_)) && !bases.all(|(_, base)| is_https(base)) {
            let message = "a `proxy` for each scheme, where `base_uri` may have either";
            return self.problem(Problem::error(value.span, message).hint("give one `proxy`"));
        }
        let code = self.expr(value);
        let proxy = self.plain_ref(&code, value.span);
        self.tried(quote!(php::proxy(#builder, #proxy)))
    }

    /// The headers of every request.
    fn default_headers(&mut self, builder: TokenStream, value: &'a Expr) -> TokenStream {
        if let ExprKind::Array(entries) = &*value.kind {
            for entry in entries {
                if let Some(ExprKind::Text(name)) = entry.key.as_ref().map(|key| &*key.kind)
                    && let Some(problem) = unsettable(name, entry.value.span)
                {
                    return self.problem(problem);
                }
            }
        }
        let code = self.expr(value);
        let headers = self.plain_ref(&code, value.span);
        self.tried(quote!(php::default_headers(#builder, #headers)))
    }

    /// The merchant's certificate, which the client presents to APIv2.
    fn certificate(&mut self, builder: TokenStream, value: &'a Expr) -> TokenStream {
        if let Some(problem) = with_password(value, "a certificate with a password") {
            return self.problem(problem);
        }
        self.shared.uses.insert("Certificate");
        let file = self.expr(value).text();
        let certificate = self.tried(quote!(Certificate::from_file(#file)));
        quote!(#builder.certificate(#certificate))
    }

    /// The key of the merchant's certificate, where the client has no other.
    fn key_file(&mut self, builder: TokenStream, value: &'a Expr) -> TokenStream {
        if let Some(problem) = with_password(value, "a key with a password") {
            return self.problem(problem);
        }
        self.shared.uses.insert("PrivateKey");
        let file = self.expr(value).text();
        let key = self.tried(quote!(PrivateKey::from_file(#file)));
        quote!(#builder.private_key(#key))
    }

    /// The application adds the layers of a `handler` that it makes.
    fn handler(&mut self, builder: TokenStream, value: &'a Expr) -> TokenStream {
        let made = !matches!(
            *value.kind,
            ExprKind::Bool(_) | ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Text(_)
        );
        if !made || !self.types.of(value).is_plain() {
            let message = "the client in Rust has no setting `handler` with this value";
            let problem = Problem::error(value.span, message);
            return self.problem(problem.hint("leave it out, or build the client in Rust"));
        }
        self.warn(value.span, HANDLER);
        let code = self.expr(value);
        let stack = self.plain_ref(&code, value.span);
        let (line, php) = self.place(value.span);
        let file = self.shared.block.file_at(value.span.start).to_owned();
        let words = ["client".to_owned(), "handler".to_owned()];
        let quoted = [
            String::new(),
            " Adds what PHP's `handler` does to the client, with `layer` or `transport`, and gives the builder back."
                .to_owned(),
        ];
        let (method, _, _) = self.shared.host.call(Asked {
            words: &words,
            receiver: false,
            class: None,
            args: &[Ty::Builder, Ty::Any],
            closures: &[(0, Ty::Any), (0, Ty::Any)],
            returns: &Ty::Builder,
            place: (file, line, php.clone()),
            quoted: &quoted,
            callables: false,
        });
        self.shared.host.name_argument(&method, 1, "handler");
        self.shared.uses_host = true;
        self.shared.note_app(value.span, &method, &php);
        let (host, method) = (self.host.clone(), ident(&method));
        self.tried(quote!(#host.#method(#builder, #stack)))
    }

    pub(super) fn setting_text(&mut self, value: &'a Expr) -> TokenStream {
        if let ExprKind::Builtin("getenv", args) = &*value.kind
            && let [name] = &**args
        {
            // An unset option is false in PHP, or an empty text.
            let name = self.expr(name).text();
            return quote!(std::env::var(#name).unwrap_or_default());
        }
        let code = self.expr(value);
        match code.repr {
            Repr::Str => code.tokens,
            _ => code.string(),
        }
    }

    pub(super) fn certs(&mut self, builder: TokenStream, value: &'a Expr) -> TokenStream {
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
                (Some(true), Some(source)) if matches!(*source.kind, ExprKind::Text(_)) => {
                    let id = self.expr(key).tokens;
                    let key = self.kept(&entry.value, &Ty::PublicKey);
                    builder.extend(quote!(.platform_key(#id, #key)));
                }
                (_, Some(source)) if self.serial_of(key, &source) => {
                    // A certificate says its serial itself.
                    let path = match &*source.kind {
                        ExprKind::Text(text) => text.trim_start_matches("file://").to_owned(),
                        _ => String::new(),
                    };
                    self.shared.uses.insert("Certificate");
                    self.supersede(key);
                    self.supersede(&entry.value);
                    let certificate = self.tried(quote!(Certificate::from_file(#path)));
                    builder.extend(quote!(.platform_certificate(#certificate)));
                }
                (_, source)
                    if self.is_key(&entry.value) && !source.as_ref().is_some_and(is_again) =>
                {
                    let id = self.expr(key).text();
                    let code = self.expr(&entry.value);
                    let key = self.convert(&code, &Ty::PublicKey, entry.value.span);
                    builder = quote!(php::platform_key(#builder, #id, #key));
                }
                (_, source) => {
                    let id = self.expr(key).text();
                    self.supersede(&entry.value);
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

    pub(super) fn is_key(&self, value: &Expr) -> bool {
        *self.types.of(value).present() == Ty::PublicKey
    }

    /// Nothing asks for a variable of a key any more.
    pub(super) fn supersede(&mut self, value: &Expr) {
        if let ExprKind::Local(local) = *value.kind
            && self.is_main
        {
            self.shared.superseded.insert(local);
        }
    }

    /// Whether a serial is that of the certificate in a file.
    pub(super) fn serial_of(&self, serial: &Expr, source: &Expr) -> bool {
        let serial = match &*serial.kind {
            ExprKind::Local(local) => match self.lets.get(local) {
                Some(begun) if !self.is_mutable(*local) => begun,
                _ => return false,
            },
            _ => serial,
        };
        let (ExprKind::Crypto(Crypto::Serial, args), ExprKind::Text(text)) =
            (&*serial.kind, &*source.kind)
        else {
            return false;
        };
        let same =
            matches!(args.first().map(|arg| &*arg.kind), Some(ExprKind::Text(own)) if own == text);
        same && text.starts_with("file://")
    }

    /// The text of an expression that is a copy of one of the tree.
    pub(super) fn owned_text(&mut self, expr: &Expr) -> TokenStream {
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

    /// A use of a map of clients.
    pub(super) fn pool(&mut self, span: Span, what: Pool, name: &str, args: &'a [Expr]) -> Code {
        let map = self.field(span, name).tokens;
        let client = Ty::Client;
        match (what, args) {
            (Pool::Get, [key]) => {
                let call = self.of_key(key, |key| quote!(#map.get(#key)));
                Code::new(call, Repr::Handle(client.nullable()))
            }
            (Pool::Set, [key, value]) => {
                let key = self.key(key);
                let value = self.kept(value, &client);
                // The value may change the object.
                let made = quote!({ let client = #value; #map.set(#key, client) });
                Code::new(made, Repr::Handle(client))
            }
            (Pool::Remove, [key]) => {
                let call = self.of_key(key, |key| quote!(#map.remove(#key)));
                Code::new(call, Repr::Null)
            }
            _ => Code::new(quote!(#map.clear()), Repr::Null),
        }
    }

    /// A call that is given a key. What gives the key may change the object.
    fn of_key(
        &mut self,
        key: &'a Expr,
        call: impl FnOnce(TokenStream) -> TokenStream,
    ) -> TokenStream {
        let simple = matches!(
            *key.kind,
            ExprKind::Local(_) | ExprKind::Text(_) | ExprKind::Int(_) | ExprKind::Field(_)
        );
        let key = self.key(key);
        if simple {
            return call(key);
        }
        let call = call(quote!(key));
        quote!({ let key = #key; #call })
    }

    /// The text that a public key was read from.
    pub(super) fn source_of(&self, value: &'a Expr) -> Option<&Expr> {
        match &*value.kind {
            ExprKind::Crypto(Crypto::PublicKey, args) => args.first(),
            ExprKind::Local(local) => match &*self.lets.get(local)?.kind {
                ExprKind::Crypto(Crypto::PublicKey, args) => args.first(),
                _ => None,
            },
            _ => None,
        }
    }

    fn merchant(
        &mut self,
        builder: TokenStream,
        settings: &'a [(Setting, Expr)],
        value: &'a Expr,
    ) -> TokenStream {
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
            let given = !matches!(*entry.value.kind, ExprKind::Null);
            match name.as_str() {
                "cert" if given => builder = self.certificate(builder, &entry.value),
                "key" if given && lacks_key(settings) => {
                    builder = self.key_file(builder, &entry.value)
                }
                _ => {}
            }
        }
        builder
    }

    pub(super) fn private_key(&mut self, value: &'a Expr, owned: bool) -> TokenStream {
        let code = self.expr(value);
        match code.repr {
            Repr::Handle(_) | Repr::HandlePlace(_) | Repr::HandleRef(_) => {
                if owned {
                    self.convert(&code, &Ty::PrivateKey, value.span)
                } else {
                    bare(self.argument(&code, &Ty::PrivateKey, value.span))
                }
            }
            _ => self.key_of(value, true),
        }
    }

    /// A key of a file or text: of a text that is known, plainly.
    pub(super) fn key_of(&mut self, source: &'a Expr, private: bool) -> TokenStream {
        let class = ident(if private { "PrivateKey" } else { "PublicKey" });
        if let ExprKind::Text(text) = &*source.kind {
            self.shared
                .uses
                .insert(if private { "PrivateKey" } else { "PublicKey" });
            return match text.strip_prefix("file://") {
                Some(path) => self.tried(quote!(#class::from_file(#path))),
                None => self.tried(quote!(#class::from_bytes(#text))),
            };
        }
        let text = self.expr(source).text();
        if private {
            self.tried(quote!(php::private_key(#text)))
        } else {
            self.tried(quote!(php::public_key(#text)))
        }
    }

    pub(super) fn public_key(&mut self, value: &'a Expr) -> TokenStream {
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

    /// The client with a stack that lacks a layer.
    pub(crate) fn restacked(
        &mut self,
        span: Span,
        client: &'a Expr,
        v2: bool,
        layer: &str,
    ) -> Code {
        let layer = match layer {
            "signer" => "SIGNER",
            "verifier" => "VERIFIER",
            "prepare_body" => "PREPARE",
            "transform_request" => "TRANSFORM_REQUEST",
            "transform_response" => "TRANSFORM_RESPONSE",
            "http_errors" => return self.without_errors(client),
            _ => {
                let problem = Problem::error(span, "the stack has no layer of this name");
                let tokens = self.problem(problem.hint("see docs/stack.md"));
                return Code::new(tokens, Repr::Never);
            }
        };
        self.shared.uses.insert("middleware");
        let client = self.client(client);
        let with = ident(if v2 { "with_v2_stack" } else { "with_stack" });
        let layer = ident(layer);
        let edited = quote!(#client.#with(|stack| stack.remove(middleware::#layer).map(drop)));
        Code::new(self.tried(edited), Repr::Handle(Ty::Client))
    }

    /// The client of APIv3 whose signed answers are no errors for their status.
    fn without_errors(&mut self, client: &'a Expr) -> Code {
        let client = self.client(client);
        let edited = quote!(#client.with_stack(php::without_http_errors));
        Code::new(self.tried(edited), Repr::Handle(Ty::Client))
    }
}

/// The warning where PHP gives the client a stack that the application makes.
const HANDLER: &str = "the application adds to the client what this `handler` does";

/// The warning where PHP turns off the check of the server's certificate.
pub(super) const VERIFY: &str = "the client always checks the server's certificate: a request that PHP sends unchecked may be refused";

/// Whether the client gets no private key by its setting: PHP requires one though APIv2 alone needs none.
fn lacks_key(settings: &[(Setting, Expr)]) -> bool {
    let mut keys = settings
        .iter()
        .filter(|(name, _)| *name == Setting::PrivateKey);
    keys.all(|(_, key)| is_dummy(key) || matches!(*key.kind, ExprKind::Null))
}

/// Why the headers of every request may not have this one.
fn unsettable(name: &str, span: Span) -> Option<Problem> {
    if RESERVED
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
    {
        let message = format!("the header {name} is set by the client");
        return Some(Problem::error(span, message).hint("leave it out"));
    }
    let known = ["Accept", "Content-Type", "User-Agent"];
    let same = known
        .iter()
        .find(|known| known.eq_ignore_ascii_case(name))?;
    let message = format!("PHP sends the header `{name}` twice: the SDK writes it as `{same}`");
    (*same != name).then(|| Problem::error(span, message).hint("write it as the SDK does"))
}

/// Whether the text of a key can be written a second time.
fn is_again(source: &Expr) -> bool {
    matches!(
        *source.kind,
        ExprKind::Text(_) | ExprKind::Local(_) | ExprKind::Field(_)
    )
}

/// A setting that PHP requires though APIv2 alone needs none: `'serial' => 'nop'`.
fn is_dummy(value: &Expr) -> bool {
    matches!(&*value.kind, ExprKind::Text(text) if text.len() < 8
        && !text.contains("://")
        && !text.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The refusal of a file that is given with its password: `[$file, $password]`.
fn with_password(value: &Expr, message: &str) -> Option<Problem> {
    let hint = "give a file without one: `openssl x509` and `openssl pkey` write it";
    let is_pair = matches!(*value.kind, ExprKind::Array(_));
    is_pair.then(|| Problem::error(value.span, message).hint(hint))
}
