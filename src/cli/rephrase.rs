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

/// Replaces methods by flags in a sentence of this run's language.
pub(crate) fn sentence(sentence: &str) -> String {
    sentence_in(lang(), sentence)
}

fn sentence_in(lang: Lang, sentence: &str) -> String {
    let mut text = sentence.to_owned();
    let chinese = if lang == Lang::Zh { CHINESE } else { &[] };
    for (theirs, ours) in chinese.iter().chain(PHRASES) {
        if text.contains(theirs) {
            text = text.replace(theirs, ours);
        }
    }
    text
}

/// In Chinese sentences, before the names of [`PHRASES`].
const CHINESE: &[(&str, &str)] = &[
    ("，或用 gunzip()、Client::bill 下载", ""),
    (
        "请用 Client::bill 下载账单",
        "请用 `wechatpay request` 下载账单",
    ),
    ("（请用 Download::unseal 解密）", ""),
    (
        "并用 platform_key(\"",
        "并用 --platform-key 和 --platform-key-id \"",
    ),
    ("不是文件路径：请用 from_bytes", "请给出密钥文件的路径"),
    (
        "请用 from_file_with_passphrase 或 from_bytes_with_passphrase 同时提供密码",
        "请用 --passphrase-file 提供密码",
    ),
    (
        "请用 from_pkcs12 或 from_file_with_passphrase 同时提供密码",
        "请用 --passphrase-file 提供密码",
    ),
    (
        "请用 from_pkcs12 同时提供密码（即商户号），或改为提供 apiclient_cert.pem",
        "请改为提供与它一起下载的 apiclient_cert.pem",
    ),
    ("请同时指定 .gunzip()", "请加上 --gunzip"),
    (
        "请用文本提供其 JSON：json!({..}).to_string()",
        "请用带引号的文本提供其 JSON",
    ),
    (
        "json!({\"mch_id\": \"…\", ..})",
        "--json '{\"mch_id\": \"…\"}'",
    ),
    (
        "请用 ClientBuilder::trust_host 允许",
        "请用 --base-url 指定",
    ),
    (
        "请去掉 .encrypt(..)，或改用 .fields(FieldPolicy::Catalog)",
        "请去掉 --no-encrypt",
    ),
    (
        "请用 Call::stream 读取，或调高 ClientBuilder::max_response_bytes",
        "请用 --sink 写入文件",
    ),
    ("；文件自身的类型请用 Media::content_type 设置", ""),
    ("请换一个名称，文件名用 Media::name 设置", "请给文件改名"),
    (
        "请自行读取文件，用 Media::from_bytes 给出名称",
        "请给文件改名",
    ),
    (
        "，不能用 meta_with 生成：请用 meta 或 meta_field 添加字段",
        "",
    ),
    ("；管道或设备请用 Media::from_reader 并给出长度", ""),
    ("；请用 bytes() 或 text()", ""),
    ("；请用 bytes()", ""),
    (
        "用 .fields(FieldPolicy::Off) 声明已加密",
        "用 --no-encrypt 声明已加密",
    ),
    (
        "请用 .encrypt([\"…\"]) 指明",
        "如果已经加密，请加上 --no-encrypt",
    ),
    (
        "请先发起一次调用，或等待 client.certificates()",
        "请先用 `wechatpay certs download` 下载",
    ),
    ("，或用 check_mch_id(false) 构建客户端", ""),
    (
        "请用 apiclient_cert.pem 和 apiclient_key.pem（或 apiclient_cert.p12）同时设置 certificate(..) 和 private_key(..)；如果该调用不需要证书，请用 .security(false)",
        "请同时提供 --certificate apiclient_cert.pem 和 --private-key apiclient_key.pem",
    ),
    ("，或用 no_proxy() 不使用代理", ""),
    (
        "(..) 为零时任何调用都不会成功：不限时请给 None",
        " 为零时任何调用都不会成功",
    ),
    (
        "请提供 private_key(..)，或用 fields(FieldPolicy::Off) 取得密文",
        "请提供 --private-key",
    ),
    (
        "请查看 Error::body 并联系微信支付技术支持",
        "请联系微信支付技术支持",
    ),
    (
        "APIv2 下的单请用 pay().v2()",
        "APIv2 下的单请使用 APIv2 的场景",
    ),
    (
        "如果确实是其他接口，请用 .encrypt(..) 和 .fields(FieldPolicy::Named) 指明敏感字段，或用 .fields(FieldPolicy::Off) 声明没有",
        "如果确实是其他接口，且没有敏感字段，请加上 --no-encrypt",
    ),
    ("；需要更多请用 max_bytes", ""),
    ("，接口目录没有该接口时用 Call::decrypt", ""),
    (
        "请替换栈中的 `signer`，要访问其他域名请用 base_url",
        "请改用库来调用，要访问其他域名请用 --base-url",
    ),
    ("请用 `json` 提供请求体", "请用 --json 提供请求体"),
    ("`security` 和 `nonceless` 是", "--security 是"),
    ("这是品牌的客户端", "当前设置属于品牌"),
    ("这是商户的客户端", "当前设置属于商户"),
    ("另建客户端", "另写一个配置"),
    ("该客户端的商户号", "设置中的商户号"),
    ("客户端没有", "设置中没有"),
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
    // Bills.
    (", or download it with gunzip() or Client::bill", ""),
    (
        "follow its download_url with Client::bill, if it has one",
        "`wechatpay request` its download_url, if it has one",
    ),
    (
        " that was not decrypted (Download::unseal)",
        " that was not decrypted",
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
