//! Completion: the scripts, and the words that the command offers them.

use std::process::Command;

use crate::support::Run;
use crate::tools;

/// The words that the script of a shell gets for the last of these words, one a line.
fn offered(shell: &str, words: &[&str]) -> Vec<String> {
    let index = (words.len() - 1).to_string();
    let run = Run::new(&[&["--"], words].concat())
        .variable("_WECHATPAY_COMPLETE", shell)
        .variable("_CLAP_COMPLETE_INDEX", &index)
        .variable("_CLAP_IFS", "\n");
    run.run().ok().lines().map(str::to_owned).collect()
}

#[test]
fn paths_of_the_method_are_offered_folder_by_folder() {
    let get = |path| offered("bash", &["wechatpay", "request", "GET", path]);
    assert_eq!(
        get("v3/pay/transactions/"),
        [
            "v3/pay/transactions/id/{transaction_id}",
            "v3/pay/transactions/out-trade-no/{out_trade_no}"
        ]
    );
    assert_eq!(get("/v3/bill/trade"), ["/v3/bill/tradebill"]);
    assert!(get("").contains(&"v3/".to_owned()));
    let words = ["wechatpay", "--sandbox", "request", "post", "v3/refund/dom"];
    let post = offered("bash", &words);
    assert!(
        post.contains(&"v3/refund/domestic/refunds".to_owned()),
        "{post:?}"
    );
    let words = ["wechatpay", "endpoints", "POST", "v3/pay/transactions/nat"];
    assert_eq!(offered("bash", &words), ["v3/pay/transactions/native"]);
    let methods = offered("bash", &["wechatpay", "request", "P"]);
    assert_eq!(methods, ["POST", "PUT", "PATCH"]);
}

#[test]
fn variables_and_parameters_of_the_path_are_offered() {
    let path = "v3/pay/transactions/out-trade-no/{out_trade_no}";
    let words = ["wechatpay", "request", "GET", path];
    let after = |more: &[&str]| offered("bash", &[&words, more].concat());
    assert_eq!(after(&["--var", ""]), ["out_trade_no="]);
    assert_eq!(after(&["--query", "m"]), ["mchid="]);
    let words = [
        "wechatpay",
        "request",
        "GET",
        "v3/bill/tradebill",
        "--query",
        "bill_",
    ];
    assert_eq!(offered("bash", &words), ["bill_date=", "bill_type="]);
}

#[test]
fn subcommands_and_options_are_offered_with_their_help() {
    let all = offered("zsh", &["wechatpay", ""]);
    for command in ["request", "order", "bill", "doctor", "sandbox"] {
        let prefix = format!("{command}:");
        assert!(all.iter().any(|line| line.starts_with(&prefix)), "{all:?}");
    }
    let kinds = offered("fish", &["wechatpay", "bill", "--kind", ""]);
    assert_eq!(
        kinds,
        [
            "trade",
            "fund-flow",
            "profit-sharing",
            "sub-merchant-fund-flow",
            "ecommerce-fund-flow",
            "payscore"
        ]
    );
    let paths = offered("fish", &["wechatpay", "request", "GET", "v3/bill/trade"]);
    assert_eq!(paths, ["v3/bill/tradebill\t申请交易账单"]);
}

#[test]
fn unknown_shells_are_refused() {
    let run = Run::new(&["--", "wechatpay", ""]).variable("_WECHATPAY_COMPLETE", "tcsh");
    let said = run.run().failed(2);
    assert!(said.contains("unknown shell tcsh"), "{said}");
}

/// zsh adds no blank after `name=`, and runs an installed script for the first TAB.
#[test]
fn the_script_for_zsh_handles_assignments_and_its_first_call() {
    let script = Run::new(&["completions", "zsh"]).run().ok();
    let assignments = "_describe -V 'values' assignments -S ''";
    assert!(script.contains(assignments), "{script}");
    let first = "if [[ $funcstack[1] == _wechatpay ]]; then\n    _clap_dynamic_completer_wechatpay";
    assert!(script.contains(first), "{script}");
    assert!(script.starts_with("#compdef wechatpay\n"), "{script}");
}

/// Command lines, and how the shells complete them when TAB is pressed at their end. A path with a variable is quoted, by the shell
/// or by the user.
#[cfg(unix)]
const TYPED: [(&str, &str); 6] = [
    (
        "request GET v3/bill/tradeb",
        "request GET v3/bill/tradebill",
    ),
    (
        "request GET v3/pay/transactions/i",
        "request GET v3/pay/transactions/id/{transaction_id}",
    ),
    (
        "request GET 'v3/pay/transactions/i",
        "request GET v3/pay/transactions/id/{transaction_id}",
    ),
    (
        "request GET v3/pay/transactions/id/\\{transaction_id\\} --var ",
        "request GET v3/pay/transactions/id/{transaction_id} --var transaction_id=",
    ),
    (
        "request GET 'v3/pay/transactions/id/{transaction_id}' --query ",
        "request GET v3/pay/transactions/id/{transaction_id} --query mchid=",
    ),
    (
        "--lang zh endpoints GET v3/certif",
        "--lang zh endpoints GET v3/certificates",
    ),
];

/// A shell that finds the command, reads this script from standard input, and has no files of its user.
#[cfg(unix)]
fn shell(program: &str, arguments: &[&str], script: &str) -> Option<String> {
    use std::io::Write;
    use std::process::Stdio;
    use std::time::{Duration, Instant};

    let command = std::path::Path::new(env!("CARGO_BIN_EXE_wechatpay"));
    let path = std::env::var("PATH").unwrap_or_default();
    let home = tempfile::tempdir().unwrap();
    let started = Command::new(program)
        .args(arguments)
        .env_clear()
        .env("HOME", home.path())
        .env("LANG", "C.UTF-8")
        .env("TERM", "dumb")
        .env(
            "PATH",
            format!("{}:{path}", command.parent().unwrap().display()),
        )
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = tools::started(program, program, started)?;
    let mut input = child.stdin.take().unwrap();
    input.write_all(script.as_bytes()).unwrap();
    drop(input);
    // Where a completion fails, zsh may wait for the end of a quotation.
    let last = Instant::now() + Duration::from_secs(60);
    while child.try_wait().unwrap().is_none() && Instant::now() < last {
        std::thread::sleep(Duration::from_millis(20));
    }
    _ = child.kill();
    let done = child.wait_with_output().unwrap();
    Some(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// Readline reads keys from a pipe too. Ctrl-A goes to the start of the line, and `printf` shows its words.
#[cfg(unix)]
#[test]
fn bash_completes_what_is_typed() {
    let mut keys = "PS1=; source <(wechatpay completions bash)\n".to_owned();
    for (typed, _) in TYPED {
        keys.push_str(&format!(
            "wechatpay {typed}\t\x01printf '%s ' '[' \x05 ']'\n"
        ));
    }
    if let Some(shown) = shell("bash", &["--norc", "--noprofile", "-i"], &keys) {
        assert_completed(&shown);
    }
}

#[cfg(unix)]
#[test]
fn zsh_completes_what_is_typed() {
    // zsh has a terminal for another zsh, to which it types. Its output has carriage returns.
    let mut script = "zmodload zsh/zpty || exit 3\n\
        zpty typist zsh -f -i\n\
        zpty -w typist 'PS1=; unsetopt zle_bracketed_paste; autoload -U compinit; compinit -u; stty -echo; \
        source <(wechatpay completions zsh); print -r -- rea\"\"dy'\n\
        while zpty -r typist line; do [[ $line == *ready* && $line != *print* ]] && break; done\n"
        .to_owned();
    for (typed, _) in TYPED {
        let quoted = typed.replace('\'', "'\\''");
        script.push_str(&format!(
            "zpty -w -n typist 'wechatpay {quoted}'$'\\t\\x01print -r -- \\'[\\' \\x05 \\']\\'\\n'\n\
            while zpty -r typist line; do print -r -- $line; [[ $line == *' ]'* ]] && break; done\n"
        ));
    }
    if let Some(shown) = shell("zsh", &["-f"], &script) {
        assert_completed(&shown);
    }
}

#[cfg(unix)]
#[test]
fn fish_offers_what_is_typed() {
    let mut script = "wechatpay completions fish | source\n".to_owned();
    for (typed, _) in TYPED {
        let quoted = typed.replace('\\', "\\\\").replace('\'', "\\'");
        script.push_str(&format!("complete -C 'wechatpay {quoted}'\n"));
    }
    let Some(shown) = shell("fish", &["--no-config"], &script) else {
        return;
    };
    let offered = shown.lines().map(|line| line.split('\t').next().unwrap());
    let last = TYPED.map(|(_, whole)| whole.rsplit(' ').next().unwrap());
    assert_eq!(offered.collect::<Vec<_>>(), last, "{shown}");
}

#[cfg(unix)]
fn assert_completed(shown: &str) {
    for (typed, whole) in TYPED {
        let line = format!("[ wechatpay {whole} ]");
        assert!(shown.contains(&line), "{typed}: no {line} in {shown}");
    }
}
