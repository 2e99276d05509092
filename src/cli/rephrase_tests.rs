use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;

/// Messages that the command can never cause, as files or beginnings of messages.
const FOR_PROGRAMS: &[&str] = &[
    "src/builder/variables.rs",
    "src/chain/",
    // In both languages.
    "src/core/catalog/unlisted.rs",
    // Chinese, whose methods CHINESE and PHRASES translate.
    "src/core/error/zh",
    "src/merchants.rs",
    "src/notify/merchants.rs",
    "src/php.rs",
    // Exceptions of PHP, with its words.
    "random_bytes(): ",
    // Advice for programs in Java.
    "src/sandbox/apiv2.rs",
    "src/notify/sql.rs",
    "src/outcome/",
    "src/resilience/",
    "src/sandbox/reference/",
    "src/sandbox/refusal/",
    "resolve({",
    "src/guide.rs",
    "src/middleware/mod.rs",
    "src/net/blocking.rs",
    "src/notify/axum.rs",
    "src/notify/hold.rs",
    "src/notify/memory.rs",
    "src/notify/redis.rs",
    "src/notify/reply.rs",
    "src/notify/run.rs",
    "src/notify/serve.rs",
    "src/file_io/",
    "src/stack/",
    "Bytes({} bytes)",
    // Messages of the gateway.
    "src/sandbox/stub.rs",
    "src/sandbox/control/",
    "src/sandbox/notifier/",
    "src/sandbox/world/",
    "lease, retention and timeout",
    "Certificates::timeout(..)",
    "give it to ClientBuilder::certificates",
    "trust_host({host:?})",
    "trust_host({given:?})",
    "the platform certificates are in use, but their copy",
    "the meta of an upload has the file's digest, and a reader",
    "the upload's reader was already consumed",
    "only an object can be signed",
    "the body is not serialised yet",
    "this APIv2 answer is a signed message and cannot be streamed",
];

/// Method names that are also terms of WeChat Pay or keys of profiles.
const NO_METHODS: &[&str] = &[
    "apiv3_key",
    "base_url",
    "brand_id",
    "check_mch_id",
    "code_url",
    "event_type",
    "h5_url",
    "notify_url",
    "mch_id",
    "nonce_str",
    "original_type",
    "platform_certificate",
    "platform_key",
    "platform_key_id",
    "private_key",
    "request_id",
    "resource_type",
    "serial_no",
    "sign_type",
    "v2_key",
];

/// Texts of attributes are for Rust programmers.
const ATTRIBUTES: &[&str] = &[
    "doc = ",
    "feature = ",
    "label = ",
    "message = ",
    "must_use = ",
    "note = ",
    "reason = ",
];

struct Source {
    path: String,
    code: String,
}

fn sources() -> Vec<Source> {
    let root = &Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    collect(&root.join("src"), &mut files);
    collect(&root.join("macros/path/src"), &mut files);
    let read = |path: PathBuf| {
        let code = fs::read_to_string(&path).unwrap();
        let code = code
            .split("#[cfg(test)]\nmod tests")
            .next()
            .unwrap()
            .to_owned();
        let path = path
            .strip_prefix(root)
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        Source { path, code }
    };
    files.into_iter().map(read).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        // The texts of `src/schema` are generated code.
        let has_messages =
            !["cli", "fixtures", "tests"].contains(&&*name) && !path.ends_with("src/schema");
        if path.is_dir() && has_messages {
            collect(&path, files);
        } else if path.extension().is_some_and(|it| it == "rs") && !name.ends_with("tests") {
            files.push(path);
        }
    }
}

/// The string literals of a file that are sentences.
fn sentences(code: &str) -> Vec<String> {
    let sentences = literals(code).into_iter().filter(|it| is_sentence(it));
    sentences.collect()
}

fn is_sentence(text: &str) -> bool {
    text.contains(' ') && text.contains(char::is_alphabetic)
}

/// The string literals of a file.
fn literals(code: &str) -> Vec<String> {
    let (mut found, mut rest) = (Vec::new(), code);
    while let Some(at) = rest.find(['"', '\'', '/']) {
        let (before, here) = rest.split_at(at);
        if here.starts_with("//") {
            rest = here.split_once('\n').map_or("", |(_, rest)| rest);
        } else if let Some(here) = here.strip_prefix('"') {
            let (text, behind) = literal(here);
            if !ATTRIBUTES.iter().any(|it| before.ends_with(it)) {
                found.push(text);
            }
            rest = behind;
        } else {
            let character = here
                .strip_prefix("'\\")
                .map(|it| it.get(1..).unwrap_or_default());
            let behind = here[1..]
                .chars()
                .next()
                .map_or("", |c| &here[1 + c.len_utf8()..]);
            rest = match (character, behind.strip_prefix('\'')) {
                (Some(rest), _) => rest.split_once('\'').map_or("", |(_, rest)| rest),
                (None, Some(rest)) => rest,
                (None, None) => &here[1..],
            };
        }
    }
    found
}

/// The text of a literal, and the code after it.
fn literal(code: &str) -> (String, &str) {
    let (mut text, mut chars) = (String::new(), code.char_indices());
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (text, &code[at + 1..]),
            '\\' => match chars.next() {
                Some((at, '\n')) => {
                    let blank = code[at + 1..].len() - code[at + 1..].trim_start().len();
                    (0..blank).for_each(|_| {
                        chars.next();
                    });
                }
                Some((_, 'n')) => text.push('\n'),
                Some((_, c)) => text.push(c),
                None => break,
            },
            c => text.push(c),
        }
    }
    (text, "")
}

/// The library's public methods whose names are unambiguous.
fn methods(sources: &[Source]) -> BTreeSet<String> {
    let names = sources
        .iter()
        .flat_map(|source| source.code.split("pub fn ").skip(1));
    let names = names.filter_map(|rest| rest.split(['(', '<']).next());
    let named = names.filter(|name| name.contains('_') && !NO_METHODS.contains(name));
    named.map(str::to_owned).collect()
}

/// A piece of Rust in a sentence, if there is one.
fn rust(sentence: &str, methods: &BTreeSet<String>) -> Option<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '!';
    for sign in [
        "::",
        "(..",
        "ErrorKind",
        "ClientBuilder",
        "FieldPolicy",
        "json!",
        "Result<",
        "&str",
    ] {
        if sentence.replace("[::1]", "").contains(sign) {
            return Some(sign.to_owned());
        }
    }
    let mut calls = sentence.match_indices('(').map(|(at, _)| &sentence[..at]);
    if let Some(call) = calls.find(|before| before.ends_with(is_name)) {
        return Some(format!("{}(", call.rsplit(|c| !is_name(c)).next().unwrap()));
    }
    let mut words = sentence.split(|c| !is_name(c));
    words
        .find(|word| methods.contains(*word))
        .map(str::to_owned)
}

/// Replaces each `{…}` with a sample.
fn filled(format: &str) -> String {
    let mut pieces = format.split('{');
    let first = pieces.next().unwrap_or_default().to_owned();
    let is_place = |place: &str| {
        place
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_:?#".contains(c))
    };
    let place = |piece: &'_ str| piece.find('}').filter(|at| is_place(&piece[..*at]));
    pieces.fold(first, |text, piece| {
        match place(piece).map(|at| (&piece[..at], &piece[at + 1..])) {
            Some((place, rest)) if place.ends_with(":?") => text + "\"\"" + rest,
            Some((_, rest)) => text + rest,
            None => text + "{" + piece,
        }
    })
}

/// A new message that names a method needs a replacement here, or an entry in [`FOR_PROGRAMS`].
#[test]
fn no_message_names_a_rust_method() {
    let sources = sources();
    let methods = methods(&sources);
    assert!(methods.contains("from_pkcs12") && methods.contains("dry_run"));
    let (mut seen, mut wrong) = (0, Vec::new());
    for source in &sources {
        for message in sentences(&source.code) {
            let starts = |it: &&str| source.path.starts_with(*it) || message.starts_with(*it);
            if FOR_PROGRAMS.iter().any(starts) {
                continue;
            }
            seen += 1;
            let said = sentence(&filled(&message));
            let found = rust(&said, &methods);
            if let Some(found) = found.filter(|_| said.contains(char::is_alphabetic)) {
                wrong.push(format!("{}: {found}: {said}", source.path));
            }
        }
    }
    assert!(seen > 300, "{seen} messages");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Literals that are no messages, as files or beginnings.
const UNTRANSLATED: &[&str] = &[
    // Chinese.
    "src/core/error/zh",
    // Translated as values of serde's message.
    "a string",
    "another kind of value (not shown)",
    // Names of spans and metrics.
    "src/trace/",
    // Exceptions of PHP, whose `getMessage()` has one language.
    "src/php.rs",
    "random_bytes(): ",
    // Both languages, as parts of a refusal and of a report.
    "src/core/error/line.rs",
    "src/core/error/mod.rs",
    // Both languages, in `report_zh` and `Display`.
    "src/outcome/mod.rs",
    // Put together from both languages.
    "src/outcome/asked.rs",
    "src/core/catalog/unlisted.rs",
    // Pieces of messages that are replaced in both languages.
    "src/builder/variables.rs",
    // The reply to WeChat Pay, which shows it to nobody.
    "src/notify/reply.rs",
    "being processed",
    "not processed",
    // `Debug`.
    "(holds values)",
    "Bytes({} bytes)",
    // Statements for stores.
    "CAST(",
    "CREATE TABLE ",
    "DELETE FROM ",
    "INSERT INTO ",
    "SELECT ",
    "if redis.call",
    "local ",
    // Both languages.
    "{UNTRUSTED}; {}",
    // The names that a member may have, for serde.
    "a name",
    // A panic that cannot happen.
    "it was not to be unzipped",
    // Names and forms of the wire.
    "{what} {said:?}",
    "{} CNY",
    "{} until {}",
    ": ",
    "-----",
    "\n",
    "r\n",
    "<!doctype html",
    " (Rust; hyper)",
    "Content-Disposition",
    "Content-Type: ",
    "application/json",
    "mac verify failure",
    "multipart/form-data",
    "text/xml",
    "yyyy-MM-dd",
    // Beginnings and ends of serde's messages, which are shortened.
    ", expected ",
    "duplicate field ",
    "field identifier",
    "invalid type",
    "invalid value",
    "missing field ",
    "struct ",
    "unknown field `",
    "`, expected one of ",
    "unknown variant ",
    "{start}(left out){expected}",
    // Parts of messages that are translated as a whole.
    ", through the proxy {proxy}",
    ", whose status is {status}",
    "may not survive a power loss",
    "media type",
    "nothing of it was kept",
    "was given",
    "{verb} ",
];

/// Texts of the sandbox that are no [`Error`](wechatpay_chain::Error), as files or beginnings.
const NO_ERRORS: &[&str] = &[
    // Pages, refusals and diagnoses, put together from both languages.
    "src/sandbox/control/",
    "src/sandbox/gateway/authenticate/",
    "src/sandbox/gateway/upload.rs",
    "src/sandbox/reference/",
    "src/sandbox/refusal/",
    "src/sandbox/validation/",
    "src/sandbox/rate_limits.rs",
    // The documentation's values, and where they come from.
    "src/sandbox/notifier/states.rs",
    "src/sandbox/schema/",
    "invalid bill_",
    // PDF.
    "src/sandbox/bills/receipt.rs",
    // Closes a connection without a response.
    "src/sandbox/server/dispatch.rs",
    // A header of a response.
    "src/sandbox/platform/signer.rs",
    // A file with both languages.
    "The files of this folder",
    // Tests.
    "src/sandbox/journal/crash.rs",
    // Names and forms of the wire.
    "RSAES-",
    "Tenpay",
    "brand ",
    "platform ",
    "wechatpay-chain sandbox",
    "{text} 00:00:00",
    "{} {description}",
    "{} {pointer}",
    "{plan_id} {code}",
    "{field}: {",
    "merchant[{index}].{field}: {}",
];

/// A new message needs a translation in `src/core/error/zh/`, its Chinese as the next literal, or an entry in
/// [`UNTRANSLATED`].
#[test]
fn every_message_has_a_chinese_translation() {
    let (mut seen, mut missing) = (0, Vec::new());
    for source in &sources() {
        let literals = literals(&source.code);
        for (at, message) in literals.iter().enumerate() {
            let starts = |it: &&str| source.path.starts_with(*it) || message.starts_with(*it);
            let is_left_out = UNTRANSLATED.iter().chain(NO_ERRORS).any(starts);
            // The article of serde's messages is a literal by itself.
            if !is_sentence(message) || is_left_out || message == "a " {
                continue;
            }
            let mut behind = literals[at + 1..]
                .iter()
                .filter(|it| it.contains(char::is_alphabetic));
            if is_chinese(message) || behind.next().is_some_and(|it| is_chinese(it)) {
                continue;
            }
            seen += 1;
            let translated = wechatpay_core::error::chinese(&filled(message));
            if translated.is_none_or(|it| english(&it).is_some()) {
                missing.push(format!("{}: {message}", source.path));
            }
        }
    }
    assert!(seen > 300, "{seen} messages");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

fn is_chinese(text: &str) -> bool {
    text.contains(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) && english(text).is_none()
}

/// Two English words in a row, outside of code.
fn english(text: &str) -> Option<String> {
    let is_word = |word: &&str| word.len() > 1 && word.bytes().all(|c| c.is_ascii_lowercase());
    let prose = text.split('`').step_by(2);
    let mut in_a_row = prose.filter_map(|it| {
        let words = it.split_whitespace();
        let words: Vec<_> = words
            .map(|it| it.trim_matches([',', ';', ':', '.']))
            .collect();
        let mut pairs = words.windows(2);
        let pair = pairs.find(|pair| pair.iter().all(is_word))?;
        Some(pair.join(" "))
    });
    in_a_row.next()
}

/// A Chinese message that names a method needs a replacement in [`CHINESE`], or an entry in [`FOR_PROGRAMS`].
#[test]
fn no_chinese_message_names_a_rust_method() {
    let sources = sources();
    let methods = methods(&sources);
    let (mut seen, mut wrong) = (0, Vec::new());
    for source in &sources {
        for message in sentences(&source.code) {
            let starts = |it: &&str| source.path.starts_with(*it) || message.starts_with(*it);
            if FOR_PROGRAMS.iter().any(starts) {
                continue;
            }
            let Some(chinese) = wechatpay_core::error::chinese(&filled(&message)) else {
                continue;
            };
            seen += 1;
            let said = sentence_in(Lang::Zh, &chinese);
            if let Some(found) = rust(&said, &methods) {
                wrong.push(format!("{}: {found}: {said}", source.path));
            }
        }
    }
    assert!(seen > 300, "{seen} messages");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reader_finds_sentences_and_rust_in_them() {
    let code = "let a = '\"'; // \"not this one\"\nb(\"one \\\n    two (..)\", '\\'', \"x\", \"three \\\"four\\\"\")";
    assert_eq!(sentences(code), ["one two (..)", "three \"four\""]);
    let methods = BTreeSet::from(["from_file".to_owned()]);
    for text in [
        "give key(..)",
        "Error::api",
        "use from_file for it",
        "dry_run() and",
    ] {
        assert!(rust(text, &methods).is_some(), "{text}");
    }
    for text in [
        "give --key (a file)",
        "mch_id is wrong",
        "use [::1] (loopback)",
    ] {
        assert_eq!(rust(text, &methods), None, "{text}");
    }
}

#[test]
fn methods_become_flags() {
    for (theirs, ours) in [
        (
            "build it with v2_key(..)",
            "give --v2-key-file, WECHATPAY_V2_KEY or v2_key in a profile",
        ),
        ("give mchid(..), the 商户号", "give --mchid, the 商户号"),
        ("参数错误", "参数错误"),
    ] {
        assert_eq!(sentence(theirs), ours);
    }
}
