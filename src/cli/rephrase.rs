//! Messages of the library, rewritten for the command line.
//!
//! The library's messages name builder methods. On the command line these are flags, profile keys or environment
//! variables. One table has the replacements; a test reads all messages of the library and finds method names
//! that are not replaced.

use wechatpay_chain::Error;

use crate::i18n::{Lang, lang};

/// An error of the library with all its causes, on one line.
pub(crate) fn error(err: &Error) -> String {
    match lang() {
        Lang::En => sentence(&err.report()),
        Lang::Zh => sentence(&err.report_zh()),
    }
}

/// A message of the library that is no error, in the language of this run.
pub(crate) fn message(message: &str) -> String {
    let chinese = match lang() {
        Lang::En => None,
        Lang::Zh => wechatpay_core::error::chinese(message),
    };
    sentence(&chinese.unwrap_or_else(|| message.to_owned()))
}

/// Replaces methods by flags in a sentence.
pub(crate) fn sentence(sentence: &str) -> String {
    let mut text = sentence.to_owned();
    let chinese = if lang() == Lang::Zh { CHINESE } else { &[] };
    for (theirs, ours) in chinese.iter().chain(PHRASES) {
        if text.contains(theirs) {
            text = text.replace(theirs, ours);
        }
    }
    text
}

/// In Chinese sentences, before the names of [`PHRASES`].
const CHINESE: &[(&str, &str)] = &[
    (
        "platform_key(\"PUB_KEY_ID_…\", PublicKey::from_file(\"pub_key.pem\")?)",
        "--platform-key-id PUB_KEY_ID_… 和 --platform-key pub_key.pem",
    ),
    ("，并去掉 certificates(..)", ""),
    (
        "apiv3_key(..)",
        "--apiv3-key-file、WECHATPAY_APIV3_KEY 或配置文件中的 apiv3_key",
    ),
    (
        "v2_key(..)",
        "--v2-key-file、WECHATPAY_V2_KEY 或配置文件中的 v2_key",
    ),
    (
        "platform_key(..)",
        "--platform-key（连同 --platform-key-id）",
    ),
    ("请用 `.var(\"", "请用 --var "),
    ("\", …)` 填写", "=值 填写"),
];

/// Applied in this order: clauses come before the names that they contain.
const PHRASES: &[(&str, &str)] = &[
    // Credentials.
    (
        "which goes with platform_key(..)",
        "which goes with --platform-key",
    ),
    (
        "platform_key(\"PUB_KEY_ID_…\", PublicKey::from_file(\"pub_key.pem\")?)",
        "--platform-key-id PUB_KEY_ID_… and --platform-key pub_key.pem",
    ),
    (
        "give it to the client with the id shown next to it,",
        "give it with the id shown next to it:",
    ),
    (", and leave certificates(..) out", ""),
    (
        "give platform_key(\"",
        "give --platform-key with --platform-key-id \"",
    ),
    ("\", ..)", "\""),
    (
        "private_key(PrivateKey::from_file(\"apiclient_key.pem\")?)",
        "--private-key apiclient_key.pem",
    ),
    (
        "certificate(Certificate::from_file(\"apiclient_cert.pem\")?)",
        "--certificate apiclient_cert.pem",
    ),
    ("so build a client for each", "so use a profile for each"),
    (
        "so build a client with mchid(..) for it",
        "so use a profile with a merchant id for it",
    ),
    (
        "this client is a brand's: build one with",
        "these settings are a brand's: use a profile with",
    ),
    (
        "this client is a merchant's: build one with",
        "these settings are a merchant's: use a profile with",
    ),
    (
        "private_key(..), or fields(FieldPolicy::Off) to get the ciphertext",
        "--private-key",
    ),
    (
        ", from apiclient_cert.pem and apiclient_key.pem or apiclient_cert.p12; or use .security(false) \
         if the call needs none",
        ", apiclient_cert.pem and apiclient_key.pem",
    ),
    ("to root_certificate(..)", "with --ca"),
    ("brand_id(..)", "--brand-id"),
    ("mchid(..)", "--mchid"),
    ("serial(..)", "--serial"),
    ("private_key(..)", "--private-key"),
    ("platform_certificate(..)", "--platform-certificate"),
    ("root_certificate(..)", "--ca"),
    ("certificate(..)", "--certificate"),
    (
        "a platform_key(..)",
        "--platform-key with --platform-key-id",
    ),
    ("platform_key(..)", "--platform-key with --platform-key-id"),
    (
        "apiv3_key(..)",
        "--apiv3-key-file, WECHATPAY_APIV3_KEY or apiv3_key in a profile",
    ),
    (
        "v2_key(..)",
        "--v2-key-file, WECHATPAY_V2_KEY or v2_key in a profile",
    ),
    ("this client has no", "the settings have no"),
    (
        "which this client does not have; it has",
        "which the settings do not have; they have",
    ),
    (
        "which this client does not have",
        "which the settings do not have",
    ),
    ("this client knows", "the settings have"),
    ("this client's merchant", "the merchant of the settings"),
    // Key files.
    (
        "give the certificate of the CA, as PEM or DER",
        "give the certificate of the CA, as PEM or DER, with --ca",
    ),
    (
        "this is the key itself, not the path of a file: use from_bytes",
        "this is the key itself: give the path of its file",
    ),
    (": use from_file for a path", ""),
    (
        "give its passphrase too, which is the merchant id: use from_pkcs12 or from_file_with_passphrase",
        "give its passphrase with --passphrase-file",
    ),
    (
        "give its passphrase too, which is the merchant id: use from_pkcs12, or give apiclient_cert.pem",
        "give apiclient_cert.pem, which comes with it",
    ),
    (
        "give its passphrase too, with from_file_with_passphrase or from_bytes_with_passphrase",
        "give its passphrase with --passphrase-file",
    ),
    (
        "use PublicKey for it, together with its id (PUB_KEY_ID_...)",
        "give it as --platform-key, with --platform-key-id",
    ),
    // Requests.
    ("`.var(\"", "--var "),
    ("\", …)`", "=VALUE"),
    (
        "api().detail has the text that WeChat Pay built; compare it with the text of a dry_run(), and \
         check that the key and the serial belong together",
        "detail has the text that WeChat Pay built; check that the key and the serial belong together",
    ),
    ("give the body as `json`", "give the body with --json"),
    (
        "`security` and `nonceless` are options of APIv2: leave them out",
        "--security is an option of APIv2: leave it out",
    ),
    ("in one place, in query()", "in one place, with --query"),
    (
        "allow it with ClientBuilder::trust_host",
        "give it with --base-url",
    ),
    (
        "replace the `signer` of the stack, to reach another host use base_url",
        "use the library, to reach another host --base-url",
    ),
    ("; the file's own type goes into Media::content_type", ""),
    (
        "read it with Call::stream, or raise ClientBuilder::max_response_bytes",
        "write it into a file with --sink",
    ),
    ("; to allow more, use max_bytes", ""),
    ("ask for .gunzip() as well", "give --gunzip as well"),
    (
        ": read it yourself and give Media::from_bytes a name",
        ": rename it",
    ),
    (
        "; for a pipe or device give the length, with Media::from_reader",
        "",
    ),
    (": add fields to it with meta or meta_field", ""),
    (
        "is a list or object; give its JSON as a text: json!({..}).to_string()",
        "is a list or object; give its JSON as a text, in quotation marks",
    ),
    (
        "is an object: json!({\"mch_id\": \"…\", ..})",
        "is an object: --json '{\"mch_id\": \"…\"}'",
    ),
    (
        "only an object can be signed: json!({\"mch_id\": ..})",
        "only an object can be signed: {\"mch_id\": \"…\"}",
    ),
    (
        "is an object: json!({\"mch_id\": ..})",
        "is an object: {\"mch_id\": \"…\"}",
    ),
    (", or build the client with check_mch_id(false)", ""),
    (
        ": name it with .encrypt([\"…\"])",
        ": --no-encrypt sends it as it is, when it is encrypted already",
    ),
    (
        "give the body as json!(..) or Json(&value), or say with .fields(FieldPolicy::Off) that it is encrypted",
        "give the body with --json, or say with --no-encrypt that it is encrypted",
    ),
    (
        "or say with .fields(FieldPolicy::Off) that it is encrypted",
        "or say with --no-encrypt that it is encrypted",
    ),
    (
        "leave .encrypt(..) out, or give .fields(FieldPolicy::Catalog)",
        "leave --no-encrypt out",
    ),
    (
        ", with Call::decrypt if the catalog does not know the endpoint",
        "",
    ),
    (
        "make a plain call, download each download_url within its 5 minutes with Client::get_url, \
         Call::sink and Download::unseal,",
        "`request` it, `request` each download_url with --sink within its 5 minutes,",
    ),
    (
        "make a call, or await client.certificates(), first",
        "fetch it with `wechatpay certs download`",
    ),
    ("; use bytes() or text()", ""),
    ("; use bytes()", ""),
    (
        "give the bare prepay_id from the answer to the order; `prepay_id=` is added if the scene needs it",
        "give the prepay_id as the answer to the order has it, without prepay_id= before it",
    ),
    (
        ", or take pay().v2() for an order made with APIv2",
        "; for an order made with APIv2 take a scene of APIv2",
    ),
    ("read Error::body and ask", "ask"),
    (
        "let other machines in with allow_remote(), --allow-remote of the command",
        "let other machines in with --allow-remote",
    ),
    (", for a file with Media::name", ": rename the file"),
    (" that meta_with could make", ""),
    (
        "if another operation is meant, say with .encrypt(..) and .fields(FieldPolicy::Named) which fields are \
         sensitive, or with .fields(FieldPolicy::Off) that none is",
        "if another operation is meant and no field is sensitive, give --no-encrypt",
    ),
    (
        " (if a cache or a test repeats answers on purpose, build the client with check_answer_nonces(false))",
        "",
    ),
    ("the proxy in proxy(..)", "the proxy of --proxy"),
    (", or leave it out with no_proxy()", ""),
    (
        "(..) of zero lets no call succeed: give None for no limit",
        " of zero lets no call succeed",
    ),
    // Verbs before the names of credentials.
    ("build the client with", "give"),
    ("build it with", "give"),
];

#[cfg(test)]
#[path = "rephrase_tests.rs"]
mod tests;
