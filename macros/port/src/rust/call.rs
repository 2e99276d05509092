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
use crate::hir::tree::{
    Crypto, Expr, ExprKind, Foreign, Function, PathPiece, Place, Root, Sdk, Setting,
};
use crate::syntax::Span;

impl<'a> Body<'_, 'a> {
    /// Makes a call.
    pub(crate) fn made(&self, call: TokenStream) -> TokenStream {
        if self.is_async {
            self.tried(quote!(#call.await))
        } else {
            self.tried(quote!(#call.wait()))
        }
    }

    pub(crate) fn path(&mut self, sdk: &'a Sdk) -> (String, Vec<(String, TokenStream)>) {
        let mut path = String::new();
        let mut vars: Vec<(String, TokenStream)> = Vec::new();
        for piece in &sdk.path {
            match piece {
                PathPiece::Text(text) => path.push_str(text),
                PathPiece::Value { value, first } => {
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
                    let value = if *first {
                        quote!(php::path(#text))
                    } else {
                        quote!(php::path_value(#text))
                    };
                    vars.push((name, value));
                }
            }
        }
        (path, vars)
    }

    pub(crate) fn warn(&mut self, span: Span, message: &str) {
        let problem = Problem::warning(span, message);
        if !self.shared.problems.contains(&problem) {
            self.shared.problems.push(problem);
        }
    }

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
            if matches!(*value.kind, ExprKind::Null)
                || (*setting == Setting::Serial && is_dummy(value))
            {
                continue;
            }
            if *setting == Setting::PrivateKey && is_dummy(value) {
                continue;
            }
            for line in before {
                builder.extend(self.shared.inserts.link_comment(&line, false));
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
                    let text = self.setting_text(value);
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
                    let seconds = self.seconds(value);
                    builder.extend(quote!(.#method(#seconds)));
                }
            }
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

    fn setting_text(&mut self, value: &'a Expr) -> TokenStream {
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

    fn is_key(&self, value: &Expr) -> bool {
        *self.types.of(value).present() == Ty::PublicKey
    }

    /// Nothing asks for a variable of a key any more.
    fn supersede(&mut self, value: &Expr) {
        if let ExprKind::Local(local) = *value.kind
            && self.is_main
        {
            self.shared.superseded.insert(local);
        }
    }

    /// Whether a serial is that of the certificate in a file.
    fn serial_of(&self, serial: &Expr, source: &Expr) -> bool {
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
    fn key_of(&mut self, source: &'a Expr, private: bool) -> TokenStream {
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
        match (crypto, args) {
            // A key that was read before is the key.
            (Crypto::PrivateKey, [key]) if *self.types.of(key).present() == Ty::PrivateKey => {
                let key = self.private_key(key, true);
                Code::new(key, Repr::Handle(Ty::PrivateKey))
            }
            (Crypto::PublicKey, [key]) if self.is_key(key) => {
                let code = self.expr(key);
                let key = self.convert(&code, &Ty::PublicKey, key.span);
                Code::new(key, Repr::Handle(Ty::PublicKey))
            }
            (Crypto::PrivateKey, [source]) => {
                let key = self.key_of(source, true);
                Code::new(key, Repr::Handle(Ty::PrivateKey))
            }
            (Crypto::PrivateKey, [source, passphrase]) => {
                let source = self.expr(source).text();
                let code = self.expr(passphrase);
                let passphrase = self.plain_ref(&code, span);
                let key = self.tried(quote!(php::private_key_with(#source, #passphrase)));
                Code::new(key, Repr::Handle(Ty::PrivateKey))
            }
            (Crypto::PublicKey, [source]) => {
                let key = self.key_of(source, false);
                Code::new(key, Repr::Handle(Ty::PublicKey))
            }
            (Crypto::Sign, [text, key]) => {
                let text = self.bytes(text);
                let key = self.private_key(key, false);
                Code::new(self.tried(quote!(#key.sign(#text))), Repr::String)
            }
            (Crypto::Verify, [text, signature, key]) => {
                let text = self.bytes(text);
                let signature = self.base64(signature);
                let key = self.public_key(key);
                Code::new(quote!(#key.verify(#text, #signature)), Repr::Bool)
            }
            (Crypto::PhpSign, [_, key]) if *self.types.of(key).present() == Ty::PrivateKey => {
                self.crypto(span, Crypto::Sign, args)
            }
            (Crypto::PhpSign, _) => self.builtin(span, "openssl_sign", args),
            (Crypto::PhpVerify, [text, signature, key]) if self.is_key(key) => {
                let text = self.bytes(text);
                let signature = self.base64(signature);
                let key = self.public_key(key);
                let verified = quote!(i64::from(#key.verify(#text, #signature)));
                Code::new(verified, Repr::Int)
            }
            (Crypto::PhpVerify, _) => self.builtin(span, "openssl_verify", args),
            (Crypto::Encrypt, [text, key]) => {
                self.shared.uses.insert("Padding");
                let text = self.bytes(text);
                let key = self.public_key(key);
                Code::new(
                    self.tried(quote!(#key.encrypt(Padding::default(), #text))),
                    Repr::String,
                )
            }
            (Crypto::Decrypt, [text, key]) => {
                self.shared.uses.insert("Padding");
                let text = self.base64(text);
                let key = self.private_key(key, false);
                let plain = self.tried(quote!(#key.decrypt(Padding::default(), #text)));
                Code::new(
                    quote!(String::from_utf8_lossy(&#plain).into_owned()),
                    Repr::String,
                )
            }
            (Crypto::Open, [text, key, nonce, rest @ ..]) => {
                self.shared.uses.insert("Secret");
                let text = self.base64(text);
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
            (Crypto::Serial, [certificate]) if self.is_key(certificate) => {
                let code = self.expr(certificate);
                let certificate = self.argument(&code, &Ty::PublicKey, certificate.span);
                let serial = self.tried(quote!(php::serial_of(#certificate)));
                Code::new(serial, Repr::String)
            }
            (Crypto::Serial, [source]) => {
                let text = self.expr(source).text();
                Code::new(self.tried(quote!(php::serial_no(#text))), Repr::String)
            }
            (Crypto::Media, [path]) => {
                self.shared.uses.insert("Media");
                let path = match self.file_path(path) {
                    Some(path) => path,
                    None => self.expr(path).text(),
                };
                Code::new(
                    self.tried(quote!(Media::from_path(#path))),
                    Repr::Handle(Ty::Media),
                )
            }
            (Crypto::Meta, [media, meta]) => {
                let media = self.kept(media, &Ty::Media);
                let meta = match &*meta.kind {
                    ExprKind::Array(entries) => match self.json_of(meta.span, entries) {
                        Some(json) => self.json_value_of(json, "meta"),
                        None => self.kept(meta, &Ty::Any),
                    },
                    _ => self.kept(meta, &Ty::Any),
                };
                Code::new(quote!(#media.meta(#meta)), Repr::Handle(Ty::Media))
            }
            (Crypto::MetaField, [media, name, value]) => {
                let media = self.kept(media, &Ty::Media);
                let name = self.expr(name).text();
                let value = self.expr(value);
                let value = match value.repr {
                    Repr::Str | Repr::Int | Repr::Bool => value.tokens,
                    _ => self.convert(&value, &Ty::Any, span),
                };
                Code::new(
                    quote!(#media.meta_field(#name, #value)),
                    Repr::Handle(Ty::Media),
                )
            }
            _ => self.refuse(span, "these arguments"),
        }
    }

    /// A text's bytes; what is put together gets a name first.
    /// A base64 text that PHP decodes: it skips what is no base64.
    fn base64(&mut self, text: &'a Expr) -> TokenStream {
        let text = self.expr(text).text();
        quote!(&php::base64(#text))
    }

    fn bytes(&mut self, text: &'a Expr) -> TokenStream {
        let mut code = self.expr(text);
        if matches!(code.repr, Repr::Value | Repr::ValuePlace | Repr::ValueRef) {
            let value = self.plain_ref(&code, text.span);
            code = Code::new(self.tried(quote!(php::string(#value))), Repr::String);
        }
        if self.may_hoist && code.repr == Repr::String {
            let name = self.bind("text");
            let value = code.tokens;
            self.before.extend(quote!(let #name = #value;));
            return quote!(#name.as_bytes());
        }
        let text = bare(code.text());
        quote!(#text.as_bytes())
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
            "http_errors" => "STATUS",
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
        let kind = match &*kind.kind {
            ExprKind::Text(kind) if kind == "MD5" => quote!(SignType::Md5),
            ExprKind::Text(kind) if kind == "HMAC-SHA256" => quote!(SignType::HmacSha256),
            _ => {
                let kind = self.expr(kind).text();
                self.tried(quote!(SignType::parse(#kind)))
            }
        };
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
                _ if foreign.changes => {
                    return self.refuse(span, "a function that changes an argument of this type");
                }
                _ => given.push(object),
            }
        }
        given.extend(&foreign.args);
        let types: Vec<Ty> = given.iter().map(|arg| self.types.of(arg)).collect();
        let arities: Vec<usize> = given.iter().map(|arg| arity(arg)).collect();
        let (line, php) = self.place(span);
        let file = self.shared.block.file_at(span.start).to_owned();
        let place = (file, line, php.clone());
        let (method, types, returns) = self.shared.host.call(
            &foreign.words,
            receiver.is_some(),
            &types,
            &arities,
            wanted,
            place,
        );
        if receiver.is_some()
            && let Some(object) = &foreign.receiver
            && let Some(name) = self.name_of(object)
        {
            self.shared.host.name_object(&method, &name);
        }
        let mut args = Vec::new();
        for (index, (arg, ty)) in given.iter().zip(&types).enumerate() {
            if let Some(name) = self.name_of(arg) {
                self.shared.host.name_argument(&method, index, &name);
            }
            if *ty == Ty::Closure {
                let closure = self.callback(arg, &Ty::Any);
                args.push(quote!(&mut #closure));
                continue;
            }
            let is_given = std::mem::replace(&mut self.is_given, true);
            let code = self.expr(arg);
            self.is_given = is_given;
            args.push(self.argument(&code, ty, arg.span));
        }
        self.shared.uses_host = true;
        self.shared.note_app(span, &method, &php);
        let host = self.host.clone();
        let method = ident(&method);
        let mutates = given.iter().any(|arg| self.changes_object(arg));
        let object = receiver.as_ref().and(foreign.receiver.as_ref());
        if let Some(object) = object.filter(|object| given.iter().any(|arg| mentions(arg, object)))
        {
            // The arguments use the object before it is borrowed.
            let names: Vec<_> = args.iter().map(|_| self.taken.fresh("arg")).collect();
            let args = args.into_iter().zip(&given).map(|(code, arg)| {
                if matches!(*arg.kind, ExprKind::Local(_)) && mentions(arg, object) {
                    quote!(&(#code).clone())
                } else {
                    code
                }
            });
            let call = self.tried(quote!(#host.#method(#receiver, #(#names),*)));
            return Code::new(
                quote!({ #(let #names = #args;)* #call }),
                result_repr(&returns),
            );
        }
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
        // A variable of the same name hides the function, and a closure in it would be called.
        let is_hidden = self.shared.variables.contains(&own.to_string())
            || self.taken.contains(&own.to_string());
        let own = if is_hidden {
            quote!(self::#own)
        } else {
            quote!(#own)
        };
        let is_async = self.shared.is_async.contains(&name.to_ascii_lowercase());
        self.called(quote!(#own(#(#given),*)), is_async, &function.returns)
    }

    fn called(&mut self, call: TokenStream, is_async: bool, returns: &Ty) -> Code {
        let call = if is_async && self.is_async {
            quote!(#call.await)
        } else {
            call
        };
        Code::new(self.tried(call), result_repr(returns))
    }

    /// What PHP calls a value that is passed: a variable, a property, or the key of an item.
    fn name_of(&self, value: &Expr) -> Option<String> {
        let name = match &*value.kind {
            ExprKind::Local(local) => &self.locals[*local].name,
            ExprKind::Field(name) => name,
            ExprKind::Index(_, key) => match &*key.kind {
                ExprKind::Text(name) => name,
                _ => return None,
            },
            ExprKind::Cast(_, inner) | ExprKind::Coerce(_, inner) => return self.name_of(inner),
            _ => return None,
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let is_name =
            name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(plain);
        is_name.then(|| snake(name))
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
        let borrowed =
            self.shared.mutates.contains(&key) && args.iter().any(|arg| self.borrows_object(arg));
        if borrowed || args.iter().any(|arg| self.changes_object(arg)) {
            // The arguments are read before the object is borrowed.
            let names: Vec<_> = given.iter().map(|_| self.taken.fresh("arg")).collect();
            let starts = names.iter().zip(&given).map(|(name, value)| {
                let value = cloned(value);
                quote!(let #name = #value;)
            });
            let starts: Vec<_> = starts.collect();
            let passed = names.iter().zip(&given).map(|(name, value)| {
                if is_reference(value) {
                    quote!(&#name)
                } else {
                    quote!(#name)
                }
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

    /// Whether a value sets a variable or a property when it is made.
    pub(crate) fn acts(&self, value: &Expr) -> bool {
        self.changes_object(value) || sets(value)
    }

    /// Whether a key of a place does more than to read, so that it is evaluated once.
    pub(crate) fn asks(&self, place: &Place) -> bool {
        let keys = || place.path.iter().flatten();
        keys().any(|key| self.acts(key) || calls(key))
    }

    /// The keys of a place that a value is put at, and what is done before the value is made.
    ///
    /// PHP evaluates a key before the value, but reads a variable that is a key after it.
    pub(crate) fn keys(
        &mut self,
        place: &'a Place,
        value: Option<&'a Expr>,
    ) -> (TokenStream, Vec<Option<TokenStream>>) {
        let first = value.is_some_and(|value| self.acts(value)) || self.asks(place);
        let mut starts = TokenStream::new();
        let keys = place.path.iter().map(|key| {
            let key = key.as_ref()?;
            let plain = matches!(
                *key.kind,
                ExprKind::Local(_) | ExprKind::Text(_) | ExprKind::Int(_)
            );
            if plain || !first {
                return Some(self.key(key));
            }
            let name = self.taken.fresh("key");
            let key = self.kept(key, &Ty::Any);
            starts.extend(quote!(let #name = #key;));
            Some(quote!(&#name))
        });
        let keys = keys.collect();
        (starts, keys)
    }

    /// Whether an expression calls a method that changes the object.
    pub(crate) fn changes_object(&self, arg: &Expr) -> bool {
        let Some(class) = self.class else {
            return false;
        };
        let own = match &*arg.kind {
            ExprKind::Method(name, _) => {
                let key = format!("{}::{}", class.name, name.to_ascii_lowercase());
                self.shared.mutates.contains(&key)
            }
            ExprKind::Closure(function, _) => self.changes_this(function),
            _ => assigns_field(arg),
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
                let list = Json::list(items);
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
        self.shared.throws.set(true);
        Code::new(self.tried(quote!(#callee(#(#args),*))), Repr::Value)
    }
}

/// Whether the text of a key can be written a second time.
fn is_again(source: &Expr) -> bool {
    matches!(
        *source.kind,
        ExprKind::Text(_) | ExprKind::Local(_) | ExprKind::Field(_)
    )
}

/// What PHP wants though APIv2 alone needs none: `'serial' => 'nop'`.
fn is_dummy(value: &Expr) -> bool {
    matches!(&*value.kind, ExprKind::Text(text) if text.len() < 8
        && !text.contains("://")
        && !text.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_reference(tokens: &TokenStream) -> bool {
    let mut trees = tokens.clone().into_iter();
    matches!(trees.next(), Some(proc_macro2::TokenTree::Punct(punct)) if punct.as_char() == '&')
}

/// What is kept of an argument: of a reference, a copy.
fn cloned(tokens: &TokenStream) -> TokenStream {
    if is_reference(tokens) {
        let inner = bare(tokens.clone());
        quote!((#inner).to_owned())
    } else {
        tokens.clone()
    }
}

fn arity(arg: &Expr) -> usize {
    match &*arg.kind {
        ExprKind::Closure(function, captures) => function.params.len() - captures.len(),
        _ => 0,
    }
}

/// Whether an expression assigns a property itself.
fn assigns_field(expr: &Expr) -> bool {
    assigns(expr, &|place| matches!(place.root, Root::Field(_)))
}

/// Whether a value calls a function that is no builtin.
fn calls(value: &Expr) -> bool {
    let called = matches!(
        *value.kind,
        ExprKind::Call(..)
            | ExprKind::Method(..)
            | ExprKind::CallClosure(..)
            | ExprKind::Foreign(_)
            | ExprKind::Sdk(_)
            | ExprKind::Wait(_)
    );
    let mut value = value.clone();
    called || value.children_mut().into_iter().any(|child| calls(child))
}

/// Whether a value sets a variable or a property.
fn sets(value: &Expr) -> bool {
    let mut value = value.clone();
    assigns(&value, &|_| true) || value.children_mut().into_iter().any(|child| sets(child))
}

fn assigns(expr: &Expr, field: &dyn Fn(&Place) -> bool) -> bool {
    match &*expr.kind {
        ExprKind::Assign(place, _)
        | ExprKind::AssignOp(place, ..)
        | ExprKind::AssignMissing(place, _)
        | ExprKind::Step { place, .. }
        | ExprKind::Sort(_, place, _)
        | ExprKind::Change(_, place, _)
        | ExprKind::Unset(place) => field(place),
        ExprKind::Unpack(places, _) => places.iter().any(|(_, place)| field(place)),
        _ => false,
    }
}

/// Whether a value uses the variable that a call is made on.
fn mentions(value: &Expr, object: &Expr) -> bool {
    let ExprKind::Local(object) = *object.kind else {
        return false;
    };
    let mut found = false;
    value
        .clone()
        .locals_mut(&mut |local, _| found |= *local == object);
    found
}
