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

/// The completions that bash offers after the script was read and TAB was pressed.
#[cfg(unix)]
#[test]
fn bash_completes_a_path() {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_wechatpay"));
    let path = std::env::var("PATH").unwrap_or_default();
    let script = "source <(wechatpay completions bash)\n\
        COMP_WORDS=(wechatpay request GET v3/pay/transactions/i)\n\
        COMP_CWORD=3 COMP_TYPE=9\n\
        _clap_complete_wechatpay wechatpay v3/pay/transactions/i GET\n\
        printf '%s\\n' \"${COMPREPLY[@]}\"";
    let done = Command::new("bash")
        .args(["--norc", "-c", script])
        .env(
            "PATH",
            format!("{}:{path}", program.parent().unwrap().display()),
        )
        .output();
    let Some(done) = tools::started("bash", "bash", done) else {
        return;
    };
    let text = String::from_utf8_lossy(&done.stdout);
    assert_eq!(
        text, "v3/pay/transactions/id/{transaction_id}\n",
        "{done:?}"
    );
}
