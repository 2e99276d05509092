//! The lines of the command on the pages of the reference: a sandbox accepts each.

use std::collections::BTreeMap;
use std::process::Command as Process;

use clap::Parser;
use wechatpay_chain::Client;
use wechatpay_sandbox::{Sandbox, reference, schema};

use super::{RequestArgs, call};
use crate::cli::{Cli, Command};
use crate::credentials::{Signer, in_sandbox};
use crate::output::Output;
use crate::progress::Progress;
use crate::settings::SettingsArgs;

/// Codes of an invalid request, and of a sandbox that fails. Other codes refuse, for example, a query of an unknown order.
const WRONG: [&str; 6] = [
    "LACK_PARAMS",
    "PARAM_ERROR",
    "SIGNERROR",
    "SIGN_ERROR",
    "SYSTEM_ERROR",
    "XML_FORMAT_ERROR",
];

/// The words of each line, as a shell passes them.
fn lines() -> Vec<Vec<String>> {
    let mut script = "wechatpay() { printf '%s\\0' wechatpay \"$@\" ''; }\n".to_owned();
    let mut count = 0;
    for schema in schema::all() {
        let snippets = reference::snippets(&schema);
        for snippet in snippets.iter().filter(|snippet| snippet.id == "command") {
            script.push_str(&snippet.code);
            count += 1;
        }
    }
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), script).expect("it is writable");
    let done = Process::new("sh")
        .arg(file.path())
        .output()
        .expect("sh runs");
    assert!(done.status.success(), "{done:?}");
    let text = String::from_utf8(done.stdout).expect("UTF-8");
    let lines = text.split_terminator("\0\0");
    let lines: Vec<Vec<_>> = lines
        .map(|line| line.split('\0').map(str::to_owned).collect())
        .collect();
    assert_eq!(lines.len(), count);
    assert!(count > 1_100, "{count} lines");
    lines
}

fn request(words: &[String]) -> RequestArgs {
    let cli = Cli::try_parse_from(words).unwrap_or_else(|err| panic!("{words:?}: {err}"));
    assert!(cli.sandbox, "{words:?}");
    match cli.command {
        Command::Request(args) => args,
        _ => panic!("{words:?}"),
    }
}

/// Why the sandbox, or the client before it, refuses the request as it is.
fn refusal(args: &RequestArgs, client: &Client, progress: &Progress) -> Option<String> {
    let method = call::method(&args.method).ok()?;
    let call = call::make(args, client, &method, progress);
    let call = call.unwrap_or_else(|_| panic!("{} {}", args.method, args.path));
    match call.wait() {
        Ok(_) => None,
        Err(err) => {
            let refused = err.api().is_some_and(|api| !WRONG.contains(&&*api.code));
            (!refused).then(|| err.report())
        }
    }
}

#[test]
fn a_sandbox_accepts_the_line_of_each_page() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file.jpg");
    std::fs::write(&file, "a file").unwrap();
    let progress = Progress::new(&Output::guess(&[]));
    let client = |signer| {
        let builder = in_sandbox(&sandbox, SettingsArgs::default(), signer);
        builder.ok().unwrap().build().unwrap()
    };
    let (merchant, brand) = (client(Signer::Merchant), client(Signer::Brand));
    let (mut brands, mut refused) = (0, BTreeMap::new());
    for words in lines() {
        let mut args = request(&words);
        args.media = args.media.map(|_| file.clone());
        let client = match Signer::of(&args.path) {
            Signer::Merchant => &merchant,
            Signer::Brand => {
                brands += 1;
                &brand
            }
        };
        if let Some(why) = refusal(&args, client, &progress) {
            refused.insert(format!("{} {}", args.method, args.path), why);
        }
    }
    assert!(brands > 20, "{brands}");
    assert!(refused.is_empty(), "{}: {refused:#?}", refused.len());
}
