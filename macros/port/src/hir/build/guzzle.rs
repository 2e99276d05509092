//! The settings of a client: those of the SDK, and those of Guzzle, which is given them too.

use super::call::is_simple;
use crate::diagnostic::Problem;
use crate::hir::tree::Setting;
use crate::syntax::{self, ExprKind as PhpKind, Item, Span};

/// A setting that the client in Rust does not have.
pub(in crate::hir) fn unknown(span: Span, name: &str) -> Problem {
    if is_of_guzzle(name) {
        let message = format!("the client in Rust has no setting `{name}` with this value");
        return Problem::error(span, message).hint(instead(name));
    }
    let message = format!("the setting `{name}` is not known");
    Problem::error(span, message).hint("write this part in Rust")
}

/// The setting of a name.
pub(in crate::hir) fn setting_named(name: &str) -> Option<Setting> {
    Some(match name {
        "mchid" => Setting::Mchid,
        "serial" => Setting::Serial,
        "privateKey" => Setting::PrivateKey,
        "certs" => Setting::Certs,
        "secret" => Setting::Secret,
        "merchant" => Setting::Merchant,
        "base_uri" => Setting::BaseUri,
        "timeout" => Setting::Timeout,
        "connect_timeout" => Setting::ConnectTimeout,
        "proxy" => Setting::Proxy,
        "handler" => Setting::Handler,
        "headers" => Setting::Headers,
        "cert" => Setting::Cert,
        "ssl_key" => Setting::SslKey,
        _ => return None,
    })
}

/// Whether a setting of Guzzle has the value that the client in Rust behaves by. `null` is no value, and counts as false.
pub(in crate::hir) fn is_default(name: &str, literal: Option<bool>) -> bool {
    let default = match name {
        // Without it, PHP returns the answers that are errors.
        "http_errors" | "verify" | "decode_content" => true,
        // `debug` prints, `synchronous` sends promises without `wait()`.
        "debug" | "synchronous" | "allow_redirects" | "stream" | "cookies" => false,
        _ => return false,
    };
    literal == Some(default)
}

/// Whether Guzzle, which is given all settings of the SDK, may look at a setting; it ignores all others.
pub(super) fn is_of_guzzle(name: &str) -> bool {
    const OTHERS: [&str; 9] = [
        "http_errors",
        "debug",
        "synchronous",
        "curl",
        "handler",
        "save_to",
        "exceptions",
        "stream_context",
        "future",
    ];
    let known = GUZZLE.contains(&name) || OTHERS.contains(&name);
    known || name.starts_with('_') || name.starts_with("curl")
}

/// The options that Guzzle documents, and the SDK does not set itself.
const GUZZLE: [&str; 25] = [
    "allow_redirects",
    "auth",
    "body",
    "cert",
    "cookies",
    "crypto_method",
    "decode_content",
    "delay",
    "expect",
    "force_ip_resolve",
    "form_params",
    "headers",
    "idn_conversion",
    "json",
    "multipart",
    "on_headers",
    "on_stats",
    "progress",
    "query",
    "read_timeout",
    "sink",
    "ssl_key",
    "stream",
    "verify",
    "version",
];

/// Whether an option only turns off that the server's certificate is checked: `verify`, or `curl` with the flags of it.
pub(super) fn is_unchecked(name: &str, value: &syntax::Expr) -> bool {
    let off = |value: &syntax::Expr| matches!(value.kind, PhpKind::Bool(false) | PhpKind::Int(0));
    let flag = |item: &Item| {
        let key = item.key.as_ref().map(|key| &key.kind);
        let flags = ["curlopt_ssl_verifypeer", "curlopt_ssl_verifyhost"];
        off(&item.value)
            && matches!(key, Some(PhpKind::Constant(name)) if flags.contains(&name.last().as_str()))
    };
    match (name, &value.kind) {
        ("verify", _) => matches!(value.kind, PhpKind::Bool(false)),
        ("curl", PhpKind::Array(items)) => !items.is_empty() && items.iter().all(flag),
        _ => false,
    }
}

/// What to do in place of a setting of Guzzle.
fn instead(name: &str) -> &'static str {
    match name {
        "verify" => {
            "leave it out: the client checks certificates by the system's roots; \
             `ClientBuilder::root_certificate` adds your own"
        }
        "http_errors" => "give `http_errors` at each call, or leave it out",
        "cert" | "ssl_key" => {
            "give the path of the merchant's certificate alone: its key is `privateKey`"
        }
        "body" | "form_params" | "json" | "multipart" | "query" | "sink" => "give it at each call",
        _ => "leave it out, or build the client in Rust",
    }
}

/// The setting of Guzzle whose value only a run tells: the client is not made with a value that it does not behave by.
pub(in crate::hir) fn of_run(name: &str, literal: Option<bool>, written: bool) -> Option<Setting> {
    const CHECKED: [&str; 7] = [
        "allow_redirects",
        "cookies",
        "decode_content",
        "http_errors",
        "stream",
        "synchronous",
        "verify",
    ];
    if name == "debug" {
        return Some(Setting::Debug);
    }
    let mut checked = CHECKED.into_iter();
    let name = checked.find(|known| *known == name)?;
    (literal.is_none() && !written).then_some(Setting::Checked(name))
}

/// Whether the file has the value itself.
pub(super) fn is_written(value: &syntax::Expr) -> bool {
    matches!(
        value.kind,
        PhpKind::String(_) | PhpKind::Array(_) | PhpKind::Int(_) | PhpKind::Float(_)
    )
}

/// Whether an expression does nothing but give a value.
pub(super) fn is_inert(value: &syntax::Expr) -> bool {
    let reads = matches!(value.kind, PhpKind::Index { .. } | PhpKind::Property { .. });
    (reads || is_simple(value)) && value.children().into_iter().all(is_inert)
}
