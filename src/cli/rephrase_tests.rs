use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;

/// Messages that the command can never cause, as files or beginnings of messages.
const FOR_PROGRAMS: &[&str] = &[
    "src/bill/",
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
    let (mut found, mut rest) = (Vec::new(), code);
    while let Some(at) = rest.find(['"', '\'', '/']) {
        let (before, here) = rest.split_at(at);
        if here.starts_with("//") {
            rest = here.split_once('\n').map_or("", |(_, rest)| rest);
        } else if let Some(here) = here.strip_prefix('"') {
            let (text, behind) = literal(here);
            // Compiler messages are for Rust programmers.
            let attribute = ["must_use = ", "message = ", "label = ", "note = ", "doc = "];
            let is_sentence = text.contains(' ') && text.contains(char::is_alphabetic);
            if is_sentence && !attribute.iter().any(|it| before.ends_with(it)) {
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

/// Literals that are no messages, and messages of programs, as files or beginnings.
const UNTRANSLATED: &[&str] = &[
    // Both languages stand side by side.
    "src/sandbox/",
    // Names of spans and metrics.
    "src/trace/",
    // Translated as values, not as texts.
    "src/core/error/answer.rs",
    "src/core/error/line.rs",
    "src/core/error/mod.rs",
    "{UNTRUSTED}; {}",
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
    // Reasons of attributes and of unreachable code.
    "a download says so",
    "a name",
    "a newtype that users build",
    "a sink is taken out",
    "a template has these two",
    "it was not to be unzipped",
    "no claim can be made",
    "rows of a table",
    "stores say one of the two",
    "the connection has no watch",
    "the future of an async fn",
    "the prepared answers are used up",
    "the twin can fail",
    "these are the names of the members",
    "users make their own",
];

/// A new message needs a translation in `src/core/error/zh/`, or an entry in [`UNTRANSLATED`].
#[test]
fn every_message_has_a_chinese_translation() {
    let (mut seen, mut missing) = (0, Vec::new());
    for source in &sources() {
        for message in sentences(&source.code) {
            let starts = |it: &&str| source.path.starts_with(*it) || message.starts_with(*it);
            // The article of serde's messages is a literal by itself.
            if FOR_PROGRAMS.iter().chain(UNTRANSLATED).any(starts) || message == "a " {
                continue;
            }
            seen += 1;
            if wechatpay_core::error::chinese(&filled(&message)).is_none() {
                missing.push(format!("{}: {message}", source.path));
            }
        }
    }
    assert!(seen > 300, "{seen} messages");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
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
