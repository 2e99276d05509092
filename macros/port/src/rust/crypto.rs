//! Signatures, encryption, certificates and uploads.

use proc_macro2::TokenStream;
use quote::quote;

use super::code::{Code, Repr};
use super::expression::bare;
use super::function::Body;
use crate::hir::Ty;
use crate::hir::tree::{Crypto, Expr, ExprKind};
use crate::syntax::Span;

impl<'a> Body<'_, 'a> {
    /// A private key, which functions of OpenSSL read more strictly than the SDK.
    fn reading_key(&mut self, key: &'a Expr, strict: &[Expr]) -> TokenStream {
        let is_key = *self.types.of(key).present() == Ty::PrivateKey;
        match strict {
            [] => self.private_key(key, false),
            _ if is_key => self.private_key(key, false),
            _ => self.openssl_key(key, "openssl_private_key"),
        }
    }

    fn openssl_key(&mut self, key: &'a Expr, reader: &str) -> TokenStream {
        let text = self.expr(key).text();
        let reader = super::names::ident(reader);
        self.tried(quote!(php::#reader(#text)))
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
            (Crypto::Sign, [text, key, strict @ ..]) => {
                let text = self.bytes(text);
                let key = self.reading_key(key, strict);
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
            (Crypto::Encrypt, [text, key, strict @ ..]) => {
                self.shared.uses.insert("Padding");
                let text = self.bytes(text);
                let key = match strict {
                    [] => self.public_key(key),
                    _ if self.is_key(key) => self.public_key(key),
                    _ => self.openssl_key(key, "openssl_public_key"),
                };
                Code::new(
                    self.tried(quote!(#key.encrypt(Padding::default(), #text))),
                    Repr::String,
                )
            }
            (Crypto::Decrypt, [text, key, strict @ ..]) => {
                self.shared.uses.insert("Padding");
                let text = self.base64(text);
                let key = self.reading_key(key, strict);
                let plain = self.tried(quote!(#key.decrypt(Padding::default(), #text)));
                Code::new(self.tried(quote!(php::decrypted(&#plain))), Repr::String)
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
                    None => {
                        let text = self.expr(path).text();
                        quote!(#text.trim_start_matches("file://"))
                    }
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
}
