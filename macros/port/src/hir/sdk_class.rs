//! Static methods and constants of the SDK's classes: which node each is, by its arguments.
//!
//! `build` lowers a file with it, and `--emit request` runs the nodes that it returns.

use super::Ty;
use super::function::table;
use super::tree::{Crypto, Entry, Expr, ExprKind, ResponsePart};
use crate::syntax::{Name, Span};

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

/// A class of the SDK whose static methods are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Rsa,
    AesGcm,
    Hash,
    PemUtil,
    Formatter,
    Transformer,
}

impl Class {
    pub(crate) fn of(name: &Name) -> Option<Self> {
        let known = [
            ("WeChatPay\\Crypto\\Rsa", Self::Rsa),
            ("WeChatPay\\Crypto\\AesGcm", Self::AesGcm),
            ("WeChatPay\\Crypto\\Hash", Self::Hash),
            ("WeChatPay\\Util\\PemUtil", Self::PemUtil),
            ("WeChatPay\\Formatter", Self::Formatter),
            ("WeChatPay\\Transformer", Self::Transformer),
        ];
        let mut known = known.into_iter();
        known
            .find(|(path, _)| name.is(path))
            .map(|(_, class)| class)
    }

    /// The node of a call; a refusal for methods and arguments that are not known. Nothing for a method of
    /// `Transformer` that is not known.
    pub(crate) fn node(self, span: Span, method: &str, args: Vec<Expr>) -> Option<Expr> {
        let method = method.to_ascii_lowercase();
        let known = match self {
            Self::Rsa => return Some(rsa(span, &method, args)),
            Self::Transformer if method == "toarray" => return Some(parsed(span, args)),
            Self::Transformer => return None,
            Self::AesGcm => match (method.as_str(), args.len()) {
                ("decrypt", 3 | 4) => crypto(span, Crypto::Open, args),
                _ => None,
            },
            Self::Hash => hash(span, &method, args),
            Self::PemUtil => pem(span, &method, args),
            Self::Formatter => formatter(span, &method, args),
        };
        known.or_else(|| {
            let what = format!("`{self:?}::{method}` with these arguments");
            Some(Expr::unknown(span, &what))
        })
    }
}

/// `Formatter::joinedByLineFeed(…)`
pub(super) fn joined_by_line_feed(span: Span, entries: Vec<Entry>) -> Expr {
    let pieces = Expr::new(span, ExprKind::Array(entries));
    let kind = ExprKind::Builtin("joined_by_line_feed", vec![pieces]);
    Expr::new(span, kind)
}

#[allow(clippy::unnecessary_wraps, reason = "as `table` has it")]
fn crypto(span: Span, kind: Crypto, args: Vec<Expr>) -> Option<Expr> {
    Some(Expr::new(span, ExprKind::Crypto(kind, args)))
}

fn text(span: Span, text: &str) -> Expr {
    Expr::new(span, ExprKind::Text(text.to_owned()))
}

/// `Transformer::toArray($xml)`
fn parsed(span: Span, args: Vec<Expr>) -> Expr {
    let response = match args.first().map(|text| &*text.kind) {
        Some(ExprKind::OfResponse(ResponsePart::Body, response)) => Some(response.clone()),
        _ => None,
    };
    let node = match response {
        Some(response) => {
            let parsed = ExprKind::OfResponse(ResponsePart::Parsed, response);
            Some(Expr::new(span, parsed))
        }
        None if args.len() == 1 => table(span, "xml_to_array", args),
        None => None,
    };
    node.unwrap_or_else(|| Expr::refused(span, "XML that is no answer's"))
}

fn hash(span: Span, method: &str, args: Vec<Expr>) -> Option<Expr> {
    match (method, args.len()) {
        ("sign", 3) => crypto(span, Crypto::HashSign, args),
        ("md5", 1) => table(span, "md5", args),
        ("md5", 2 | 3) => table(span, "hash_md5", args),
        ("hmac", 2 | 3) => hash_hmac(span, args),
        ("equals", 1 | 2) => table(span, "hash_equals", args),
        _ => None,
    }
}

/// `Hash::hmac($text, $key, $algorithm)`: the key follows the text.
fn hash_hmac(span: Span, args: Vec<Expr>) -> Option<Expr> {
    let mut args = args.into_iter();
    let (of, key, algorithm) = (args.next()?, args.next()?, args.next());
    let mut pieces = match *of.kind {
        ExprKind::Concat(pieces) => pieces,
        _ => vec![of],
    };
    pieces.extend([text(span, "&key="), key.clone()]);
    let keyed = Expr::new(span, ExprKind::Concat(pieces));
    let algorithm = algorithm.unwrap_or_else(|| text(span, "sha256"));
    super::function::node(span, "hash_hmac", vec![algorithm, keyed, key])
}

fn pem(span: Span, method: &str, args: Vec<Expr>) -> Option<Expr> {
    match (method, args.len()) {
        ("parsecertificateserialno", 1) => crypto(span, Crypto::Serial, args),
        ("loadprivatekeyfromstring", 1) => crypto(span, Crypto::PrivateKey, args),
        ("loadcertificatefromstring", 1) => crypto(span, Crypto::PublicKey, args),
        ("loadprivatekey", 1) => crypto(span, Crypto::PrivateKey, file(args)),
        ("loadcertificate", 1) => crypto(span, Crypto::PublicKey, file(args)),
        _ => None,
    }
}

/// The name of a file as `Rsa::from` takes it.
fn file(args: Vec<Expr>) -> Vec<Expr> {
    let file = args.into_iter().map(|path| {
        let span = path.span;
        match &*path.kind {
            ExprKind::Text(known) if known.starts_with("file://") => path,
            ExprKind::Text(known) => text(span, &format!("file://{known}")),
            ExprKind::Concat(pieces) if begins_with_scheme(pieces) => path,
            _ => Expr::new(span, ExprKind::Builtin("file_url", vec![path])),
        }
    });
    file.collect()
}

fn begins_with_scheme(pieces: &[Expr]) -> bool {
    let first = pieces.first().map(|piece| &*piece.kind);
    matches!(first, Some(ExprKind::Text(text)) if text.starts_with("file://"))
}

fn formatter(span: Span, method: &str, args: Vec<Expr>) -> Option<Expr> {
    let name = match (method, args.len()) {
        ("timestamp", 0) => "time",
        ("nonce", 0) => {
            let size = Expr::new(span, ExprKind::Int(32));
            return table(span, "nonce", vec![size]);
        }
        ("nonce", 1) => "nonce",
        ("querystringlike", 1) => "query_string_like",
        ("ksort", 1) => "ksort_text",
        ("joinedbylinefeed", _) | ("request", 4 | 5) | ("response", 2 | 3) => {
            return Some(joined(span, method, args));
        }
        ("authorization", 5) => {
            let format = text(span, AUTHORIZATION);
            return Some(Expr::new(span, ExprKind::Format(format, args)));
        }
        _ => return None,
    };
    table(span, name, args)
}

/// What `Formatter::authorization` makes of the merchant, the nonce, the signature, the time and the serial number.
const AUTHORIZATION: &str = r#"WECHATPAY2-SHA256-RSA2048 mchid="%1$s",serial_no="%5$s",timestamp="%4$s",nonce_str="%2$s",signature="%3$s""#;

/// The pieces in lines, with an empty body where a request or a response is given none.
fn joined(span: Span, method: &str, mut args: Vec<Expr>) -> Expr {
    if matches!((method, args.len()), ("request", 4) | ("response", 2)) {
        args.push(text(span, ""));
    }
    let entry = |value| Entry {
        key: None,
        value,
        spread: false,
    };
    joined_by_line_feed(span, args.into_iter().map(entry).collect())
}

fn rsa(span: Span, method: &str, mut args: Vec<Expr>) -> Expr {
    // `Rsa::from([$key, $passphrase])`
    if let Some(ExprKind::Array(pair)) = args.first().map(|arg| &*arg.kind) {
        return with_passphrase(span, method, pair, args.get(1));
    }
    let kind = match (method, args.len()) {
        ("from" | "frompkcs1" | "frompkcs8", 1) => Crypto::PrivateKey,
        ("fromspki", 1) => Crypto::PublicKey,
        ("from" | "frompkcs1", 2) => {
            let kind = args.pop();
            match kind.as_ref().map(|kind| &*kind.kind) {
                Some(ExprKind::Text(kind)) if kind == "public" => Crypto::PublicKey,
                Some(ExprKind::Text(kind)) if kind == "private" => Crypto::PrivateKey,
                _ => return Expr::refused(span, "a key whose kind is known at run time only"),
            }
        }
        ("sign", 2) => Crypto::Sign,
        ("verify", 3) => Crypto::Verify,
        ("encrypt" | "decrypt", 2) => cipher(method),
        // The padding, which is this one anyway.
        ("encrypt" | "decrypt", 3) if matches!(*args[2].kind, ExprKind::Int(OAEP)) => {
            args.truncate(2);
            cipher(method)
        }
        _ => {
            let what = format!("`Rsa::{method}` with these arguments");
            return Expr::unknown(span, &what);
        }
    };
    Expr::new(span, ExprKind::Crypto(kind, args))
}

/// `OPENSSL_PKCS1_OAEP_PADDING`
const OAEP: i64 = 4;

fn cipher(method: &str) -> Crypto {
    if method == "encrypt" {
        Crypto::Encrypt
    } else {
        Crypto::Decrypt
    }
}

fn with_passphrase(span: Span, method: &str, pair: &[Entry], kind: Option<&Expr>) -> Expr {
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
        return Expr::unknown(span, what);
    }
    let private = match kind.map(|kind| &*kind.kind) {
        None => true,
        Some(ExprKind::Text(kind)) => kind == "private",
        Some(_) => false,
    };
    if method == "from" && private && matches!(pair.len(), 1 | 2) {
        let pair = pair.iter().map(|entry| entry.value.clone()).collect();
        Expr::new(span, ExprKind::Crypto(Crypto::PrivateKey, pair))
    } else {
        Expr::unknown(span, &format!("`Rsa::{method}` with these arguments"))
    }
}
