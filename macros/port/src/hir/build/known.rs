//! What the SDK has besides calls, and the whole names of classes.

use super::{Builder, refused};
use crate::hir::Ty;
use crate::hir::tree::{Crypto, Expr, ExprKind};
use crate::syntax::{self, Arg, ExprKind as PhpKind, Name, WholeExpr};

/// Constants of the SDK's classes that have a text.
pub(crate) fn constant(class: &Name, name: &str) -> Option<&'static str> {
    let of = |path: &str| class.is(path);
    Some(match name {
        "KEY_TYPE_PUBLIC" if of("WeChatPay\\Crypto\\Rsa") => "public",
        "KEY_TYPE_PRIVATE" if of("WeChatPay\\Crypto\\Rsa") => "private",
        "ALGO_MD5" if of("WeChatPay\\Crypto\\Hash") => "MD5",
        "ALGO_HMAC_SHA256" if of("WeChatPay\\Crypto\\Hash") => "HMAC-SHA256",
        "JSON" if class.last() == "requestoptions" => "json",
        "QUERY" if class.last() == "requestoptions" => "query",
        "HEADERS" if class.last() == "requestoptions" => "headers",
        "BODY" if class.last() == "requestoptions" => "body",
        _ => return None,
    })
}

/// The whole name: snippets leave their `use`s out, so that Guzzle's exceptions are known by their
/// last word; a class of PHP's own has no namespace.
pub(super) fn full_name(name: &Name) -> String {
    let guzzle = [
        "GuzzleException",
        "TransferException",
        "ConnectException",
        "RequestException",
        "BadResponseException",
        "ClientException",
        "ServerException",
        "TooManyRedirectsException",
    ];
    if !name.resolved.contains('\\')
        && let Some(known) = guzzle
            .iter()
            .find(|known| known.eq_ignore_ascii_case(&name.resolved))
    {
        return format!("GuzzleHttp\\Exception\\{known}");
    }
    name.resolved.trim_start_matches('\\').to_owned()
}

/// The kind of key that a call reads, where its name says it.
pub(super) fn key_kind(class: &Name, method: &str) -> Option<Ty> {
    if !class.is("WeChatPay\\Util\\PemUtil") {
        return None;
    }
    let method = method.to_ascii_lowercase();
    if method.starts_with("loadprivatekey") {
        Some(Ty::PrivateKey)
    } else if method.starts_with("loadcertificate") {
        Some(Ty::PublicKey)
    } else {
        None
    }
}

impl<'a> Builder<'a> {
    /// `Rsa::…`, `AesGcm::…`, `Formatter::…`, `Hash::…`, `PemUtil::…`
    pub(super) fn sdk_static(
        &mut self,
        expr: &'a syntax::Expr,
        class: &'a Name,
        method: &str,
        args: &'a [Arg],
    ) -> Option<Expr> {
        let span = expr.span;
        let of = |path: &str| class.is(path);
        let method = method.to_ascii_lowercase();
        if of("WeChatPay\\Crypto\\Rsa") {
            return Some(self.rsa(expr, &method, args));
        }
        if of("WeChatPay\\Transformer") && method == "toarray" {
            use crate::hir::tree::ResponsePart;
            let args = self.args(args).unwrap_or_default();
            return Some(match args.first().map(|text| &*text.kind) {
                Some(ExprKind::OfResponse(ResponsePart::Body, response)) => {
                    let parsed = ExprKind::OfResponse(ResponsePart::Parsed, response.clone());
                    Expr::new(span, parsed)
                }
                Some(_) if args.len() == 1 => {
                    let parsed = self.table(span, "xml_to_array", args);
                    parsed.unwrap_or_else(|| refused(span, "XML that is no answer's"))
                }
                _ => refused(span, "XML that is no answer's"),
            });
        }
        let own = [
            "WeChatPay\\Crypto\\AesGcm",
            "WeChatPay\\Formatter",
            "WeChatPay\\Crypto\\Hash",
            "WeChatPay\\Util\\PemUtil",
        ];
        if !own.iter().any(|path| of(path)) {
            if of("WeChatPay\\Builder") {
                return Some(
                    self.unknown(span, &format!("`Builder::{method}` with these arguments")),
                );
            }
            return None;
        }
        if of("WeChatPay\\Formatter") && method == "joinedbylinefeed" {
            return Some(self.joined_by_line_feed(expr, args));
        }
        let Some(args) = self.args(args) else {
            return Some(self.unknown(span, "these arguments"));
        };
        let count = args.len();
        let crypto = |kind, args| Some(Expr::new(span, ExprKind::Crypto(kind, args)));
        let known = if of("WeChatPay\\Crypto\\AesGcm") {
            match (method.as_str(), count) {
                ("decrypt", 3 | 4) => crypto(Crypto::Open, args),
                _ => None,
            }
        } else if of("WeChatPay\\Crypto\\Hash") {
            match (method.as_str(), count) {
                ("sign", 3) => crypto(Crypto::HashSign, args),
                ("md5", _) => self.hash_md5(span, args),
                ("hmac", _) => self.hash_hmac(span, args),
                ("equals", 1 | 2) => self.table(span, "hash_equals", args),
                _ => None,
            }
        } else if of("WeChatPay\\Util\\PemUtil") {
            match (method.as_str(), count) {
                ("parsecertificateserialno", 1) => crypto(Crypto::Serial, args),
                ("loadprivatekeyfromstring", 1) => crypto(Crypto::PrivateKey, args),
                ("loadcertificatefromstring", 1) => crypto(Crypto::PublicKey, args),
                ("loadprivatekey", 1) => crypto(Crypto::PrivateKey, self.file(args)),
                ("loadcertificate", 1) => crypto(Crypto::PublicKey, self.file(args)),
                _ => None,
            }
        } else {
            self.formatter(span, &method, args)
        };
        known.or_else(|| Some(self.unknown(span, &format!("`{}::{method}`", class.written))))
    }

    /// The name of a file as `Rsa::from` takes it.
    fn file(&self, args: Vec<Expr>) -> Vec<Expr> {
        let file = args.into_iter().map(|path| {
            let span = path.span;
            match &*path.kind {
                ExprKind::Text(text) if text.starts_with("file://") => path,
                ExprKind::Text(text) => Expr::new(span, ExprKind::Text(format!("file://{text}"))),
                ExprKind::Concat(pieces) if begins_with_scheme(pieces) => path,
                _ => Expr::new(span, ExprKind::Builtin("file_url", vec![path])),
            }
        });
        file.collect()
    }

    /// `Hash::md5($text, $key, $agency)`: PHP puts the key behind the text.
    fn hash_md5(&mut self, span: syntax::Span, mut args: Vec<Expr>) -> Option<Expr> {
        let word = match args.get(2).map(|agency| &*agency.kind) {
            None | Some(ExprKind::Bool(false) | ExprKind::Null | ExprKind::Int(0)) => "&key=",
            Some(ExprKind::Bool(true) | ExprKind::Int(_)) => "&secret=",
            Some(ExprKind::Text(flag)) if matches!(flag.as_str(), "" | "0") => "&key=",
            Some(ExprKind::Text(_)) => "&secret=",
            Some(_) => return None,
        };
        args.truncate(2);
        let mut args = args.into_iter();
        let text = args.next()?;
        let text = match args.next() {
            Some(key) => keyed(span, text, word, key),
            None => text,
        };
        self.table(span, "md5", vec![text])
    }

    /// `Hash::hmac($text, $key)`
    fn hash_hmac(&mut self, span: syntax::Span, args: Vec<Expr>) -> Option<Expr> {
        let plain = match args.get(2).map(|algorithm| &*algorithm.kind) {
            None => true,
            Some(ExprKind::Text(algorithm)) => algorithm == "sha256",
            Some(_) => false,
        };
        if !plain || args.len() > 3 {
            return None;
        }
        let mut args = args.into_iter();
        let (text, key) = (args.next()?, args.next()?);
        let text = keyed(span, text, "&key=", key.clone());
        self.table(span, "hmac_sha256", vec![text, key])
    }

    fn formatter(&mut self, span: syntax::Span, method: &str, args: Vec<Expr>) -> Option<Expr> {
        match (method, args.len()) {
            ("timestamp", 0) => self.table(span, "time", args),
            ("nonce", 0) => {
                let size = Expr::new(span, ExprKind::Int(32));
                self.table(span, "nonce", vec![size])
            }
            ("nonce", 1) => self.table(span, "nonce", args),
            ("querystringlike", 1) => self.table(span, "query_string_like", args),
            ("ksort", 1) => self.table(span, "ksort_text", args),
            _ => None,
        }
    }

    fn joined_by_line_feed(&mut self, expr: &'a syntax::Expr, args: &'a [Arg]) -> Expr {
        use crate::hir::tree::Entry;
        let entries = args.iter().map(|arg| {
            let (value, spread) = match &arg.value.kind {
                PhpKind::Whole(whole) => match &**whole {
                    WholeExpr::Spread(inner) => (inner, true),
                    _ => (&arg.value, false),
                },
                _ => (&arg.value, false),
            };
            Entry {
                key: None,
                value: self.expr(value),
                spread,
            }
        });
        let pieces = ExprKind::Array(entries.collect());
        let pieces = Expr::new(expr.span, pieces);
        let kind = ExprKind::Builtin("joined_by_line_feed", vec![pieces]);
        Expr::new(expr.span, kind)
    }

    fn rsa(&mut self, expr: &'a syntax::Expr, method: &str, args: &'a [Arg]) -> Expr {
        let span = expr.span;
        let Some(mut args) = self.args(args) else {
            return self.unknown(span, "these arguments");
        };
        // `Rsa::from([$key, $passphrase])`
        if let Some(ExprKind::Array(pair)) = args.first().map(|arg| &*arg.kind) {
            // PHP reads the items by their keys.
            let in_order = pair.iter().enumerate().all(|(index, entry)| {
                let key = entry.key.as_ref().map(|key| &*key.kind);
                let at = i64::try_from(index).ok();
                !entry.spread
                    && match key {
                        None => true,
                        Some(ExprKind::Int(key)) => Some(*key) == at,
                        Some(_) => false,
                    }
            });
            if !in_order {
                let what = "a key and its passphrase under other keys than 0 and 1";
                return self.unknown(span, what);
            }
            let pair: Vec<_> = pair.iter().map(|entry| entry.value.clone()).collect();
            let kind = args.get(1).map(|kind| &*kind.kind);
            let private = match kind {
                None => true,
                Some(ExprKind::Text(kind)) => kind == "private",
                Some(_) => false,
            };
            return if method == "from" && private && matches!(pair.len(), 1 | 2) {
                Expr::new(span, ExprKind::Crypto(Crypto::PrivateKey, pair))
            } else {
                self.unknown(span, &format!("`Rsa::{method}` with these arguments"))
            };
        }
        let count = args.len();
        let kind = match (method, count) {
            ("from", 1) | ("frompkcs1" | "frompkcs8", 1) => Crypto::PrivateKey,
            ("fromspki", 1) => Crypto::PublicKey,
            ("from" | "frompkcs1", 2) => {
                let kind = args.pop();
                match kind.as_ref().map(|kind| &*kind.kind) {
                    Some(ExprKind::Text(kind)) if kind == "public" => Crypto::PublicKey,
                    Some(ExprKind::Text(kind)) if kind == "private" => Crypto::PrivateKey,
                    _ => return refused(span, "a key whose kind is known at run time only"),
                }
            }
            ("sign", 2) => Crypto::Sign,
            ("verify", 3) => Crypto::Verify,
            ("encrypt", 2) => Crypto::Encrypt,
            ("decrypt", 2) => Crypto::Decrypt,
            _ => return self.unknown(span, &format!("`Rsa::{method}` with these arguments")),
        };
        Expr::new(span, ExprKind::Crypto(kind, args))
    }
}

fn begins_with_scheme(pieces: &[Expr]) -> bool {
    let first = pieces.first().map(|piece| &*piece.kind);
    matches!(first, Some(ExprKind::Text(text)) if text.starts_with("file://"))
}

/// A text with a key behind it.
fn keyed(span: syntax::Span, text: Expr, word: &str, key: Expr) -> Expr {
    let word = Expr::new(span, ExprKind::Text(word.to_owned()));
    let mut pieces = match *text.kind {
        ExprKind::Concat(pieces) => pieces,
        _ => vec![text],
    };
    pieces.extend([word, key]);
    Expr::new(span, ExprKind::Concat(pieces))
}
