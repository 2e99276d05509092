//! The options at its start.

use std::net::TcpListener;
use std::process::{Command, Stdio};

use super::{Running, command, get};

/// The code of one that does not start, and what it says; it never does, for the port is taken.
fn refused(arguments: &[&str]) -> (Option<i32>, String) {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = command(arguments)
        .args(["--listen", &address])
        .stdout(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), said)
}

#[test]
fn listen_accepts_ports_names_and_addresses() {
    for place in ["0", ":0", "localhost:0", "127.0.0.1:0"] {
        let ready = Running::start(&["--json", "--listen", place]).json();
        let base = ready["base_url"].as_str().unwrap();
        assert!(base.starts_with("http://127.0.0.1:"), "{place}: {base}");
    }
    let remote = Running::start(&["--json", "--listen", "0", "--allow-remote"]).json();
    assert!(
        remote["base_url"]
            .as_str()
            .unwrap()
            .starts_with("http://127.0.0.1:")
    );
}

#[test]
fn common_wrong_options_are_accepted_or_explained() {
    let ready = Running::start(&["--json", "--port", "0"]).json();
    assert!(ready["base_url"].is_string());
    let (code, said) = refused(&["--speed", "abc"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("write a number from 0.001 to 1000000, as in 1000"),
        "{said}"
    );
    assert!(!said.contains("float"), "{said}");
    let output = command(&["--listen", "0.0.0.0:0"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("--allow-remote"), "{said}");
    assert!(!said.contains("allow_remote()"), "{said}");
}

/// A leading minus belongs to the number: "unexpected argument '-1'" would not say what to write.
#[test]
fn numbers_out_of_range_are_refused_with_the_allowed_values() {
    for (option, values, allowed, zh) in [
        (
            "--speed",
            &["-1", "-0.5", "0", "1e99", "NaN", "inf", "abc"][..],
            "from 0.001 to 1000000",
            "0.001 到 1000000 之间",
        ),
        (
            "--seed",
            &["-1", "1e99", "1.5", "abc", "99999999999999999999"],
            "from 0 to 18446744073709551615",
            "0 到 18446744073709551615 之间",
        ),
        (
            "--timeout",
            &["-1", "0", "1e99", "NaN", "abc"],
            "greater than 0",
            "大于 0",
        ),
    ] {
        for value in values {
            for (lang, expected) in [("en", allowed), ("zh", zh)] {
                let arguments = match option {
                    "--timeout" => &[
                        "--lang",
                        lang,
                        "--sandbox",
                        option,
                        value,
                        "request",
                        "GET",
                        "v3/certificates",
                    ][..],
                    _ => &["--lang", lang, "sandbox", option, value],
                };
                let output = Command::new(env!("CARGO_BIN_EXE_wechatpay"))
                    .args(arguments)
                    .output()
                    .unwrap();
                let said = String::from_utf8(output.stderr).unwrap();
                assert!(
                    matches!(output.status.code(), Some(2 | 3)),
                    "{arguments:?}: {said}"
                );
                assert!(said.contains(expected), "{arguments:?}: {said}");
                assert!(said.len() < 400, "{said}");
            }
        }
    }
}

#[test]
fn python_setup_imports_every_module_it_uses() {
    for (arguments, uses) in [(&[][..], false), (&["--tls"], true)] {
        let running = Running::start(arguments);
        let python = set_ups(&running.ready)[2];
        assert_eq!(python.contains("import os, "), uses, "{python}");
        assert_eq!(python.contains("os.environ"), uses, "{python}");
    }
}

#[test]
fn faults_given_as_options_apply_from_the_first_request() {
    let running = Running::start(&[
        "--json",
        "--fault",
        "wrong_signature:1",
        "--fault",
        "redirect=http://127.0.0.1:9",
        "--enforce-limits",
    ]);
    let base = running.json()["base_url"].as_str().unwrap().to_owned();
    let said = get(&base, "/_sandbox/api/faults");
    assert!(
        said.contains(r#"{"fault":"wrong_signature","times":1}"#),
        "{said}"
    );
    assert!(
        said.contains(r#"{"fault":"redirect=http://127.0.0.1:9","times":"always"}"#),
        "{said}"
    );
    let limits = get(&base, "/_sandbox/api/limits");
    assert!(limits.ends_with(r#"{"enforce":true}"#), "{limits}");
    let first = get(&base, "/v3/certificates");
    assert!(!first.starts_with("HTTP/1.1 302"), "{first}");
    let answer = get(&base, "/v3/certificates");
    assert!(answer.starts_with("HTTP/1.1 302"), "{answer}");
}

#[test]
fn unknown_faults_are_usage_errors() {
    for (fault, hint) in [
        ("nonsense", "wrong_signature"),
        ("slow", "slow=MILLISECONDS"),
        ("probe:0", "wrong_signature:3"),
    ] {
        let (code, said) = refused(&["--fault", fault]);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(hint), "{said}");
    }
    let (code, said) = refused(&["--fault", "probe", "--fault", "bad_gateway"]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("probe:3"), "{said}");
}

#[test]
fn invalid_notify_urls_and_host_names_are_refused() {
    for (arguments, hint) in [
        (["--notify-url", "foo"], "notif"),
        (["--notify-url", "http://evil.example/"], "--allow-outgoing"),
        (["--host", "http://sandbox:80"], "--host wechatpay"),
    ] {
        let (code, said) = refused(&arguments);
        assert_eq!(code, Some(3), "{said}");
        assert!(said.contains(hint), "{said}");
    }
}

#[test]
fn credentials_given_to_the_sandbox_are_refused() {
    for arguments in [
        ["--brand-id", "120344"],
        ["--serial", "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"],
        ["--private-key", "apiclient_key.pem"],
    ] {
        let (code, said) = refused(&arguments);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("--mchid"), "{said}");
    }
}

/// How each set-up begins, in their order, and what comes behind the last.
const TITLES: [&str; 9] = [
    "Java (wechatpay-java)",
    "Go (wechatpay-go)",
    "Python (wechatpayv3)",
    "PHP (wechatpay/wechatpay)",
    "Node (wechatpay-axios-plugin)",
    "Rust (wechatpay-chain)",
    "Shell:",
    "curl:",
    "Merchant",
];

/// The set-ups for seven clients and the command.
fn set_ups(text: &str) -> Vec<&str> {
    let at = |title: &str| {
        if text.starts_with(title) {
            0
        } else {
            text.find(&format!("\n{title}")).unwrap()
        }
    };
    let pairs = TITLES.windows(2);
    pairs.map(|pair| &text[at(pair[0])..at(pair[1])]).collect()
}

/// `trigger`, `forward` and `logs` look for a sandbox at this address. Another program may have the port, so this says nothing
/// of the first one.
#[test]
fn without_listen_the_port_is_8080_or_a_free_one() {
    let first = Running::start(&["--json"]).json();
    let taken = TcpListener::bind("127.0.0.1:8080");
    let second = Running::start(&["--json"]).json();
    assert!(first["base_url"].is_string());
    if taken.is_ok() {
        assert_ne!(second["base_url"], "http://127.0.0.1:8080/");
    }
}

#[test]
fn with_tls_every_setup_snippet_trusts_the_sandbox_root() {
    for (arguments, scheme, other) in [
        (&[][..], "http://127", "https://127"),
        (&["--tls"], "https://127", "http://127.0.0.1:8080"),
    ] {
        let running = Running::start(arguments);
        for set_up in set_ups(&running.ready) {
            assert_eq!(set_up.contains("ca.pem"), !arguments.is_empty(), "{set_up}");
            let go = set_up.contains(&format!(
                r#"= "{}", "127"#,
                scheme.trim_end_matches("://127")
            ));
            assert!(go || set_up.contains(scheme), "{set_up}");
            assert!(!set_up.contains(other), "{set_up}");
        }
    }
}

#[cfg(unix)]
#[test]
fn keys_are_removed_when_the_terminal_hangs_up() {
    // The command inherits it, and nothing in the standard library gives it back.
    if hang_ups_are_ignored() {
        println!("skipped: these tests run under nohup themselves");
        return;
    }
    let running = Running::start(&["--json"]);
    let ready = running.json();
    let key = std::path::Path::new(ready["merchant_key"].as_str().unwrap()).to_owned();
    assert!(key.is_file());
    assert_eq!(running.stop("-HUP").code(), Some(0));
    assert!(!key.parent().unwrap().exists());
}

/// Whether this process was told so, where the system says it: the lowest bit is SIGHUP's.
#[cfg(unix)]
fn hang_ups_are_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.is_some_and(|mask| {
        mask.trim()
            .ends_with(['1', '3', '5', '7', '9', 'b', 'd', 'f'])
    })
}

#[cfg(target_os = "linux")]
#[test]
fn the_sandbox_survives_a_hang_up_under_nohup() {
    let binary = env!("CARGO_BIN_EXE_wechatpay");
    let script = format!("trap '' HUP; exec '{binary}' sandbox --json --fault slow=500");
    let running = Running::of(Command::new("sh").args(["-c", &script]), true);
    let base = running.json()["base_url"].as_str().unwrap().to_owned();
    running.signal("-HUP");
    // Time enough to end.
    let _ = get(&base, "/v3/certificates");
    assert!(get(&base, "/_sandbox/api/info").contains("200 OK"));
    assert_eq!(running.stop("-TERM").code(), Some(0));
}
