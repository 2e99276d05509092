//! `wechatpay sandbox`: it starts, says where it is, and ends when it is told to.

mod merchants;
mod options;
mod remote;
mod state;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use serde_json::Value;
use wechatpay_chain::{Client, PrivateKey, PublicKey};

/// The command, ended when the test is over.
struct Running {
    child: Child,
    /// All it has said until it was ready.
    ready: String,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        Self::of(&mut command(arguments), arguments.contains(&"--json"))
    }

    /// A command line that ends up as the command.
    fn of(command: &mut Command, json: bool) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut ready = String::new();
        if json {
            lines.read_line(&mut ready).unwrap();
        } else {
            while !ready.contains("Ctrl-C") && lines.read_line(&mut ready).unwrap() > 0 {}
        }
        Self { child, ready }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.ready).unwrap()
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let killed = Command::new("kill").args([signal, &id]).status();
        assert!(killed.unwrap().success());
    }

    fn stop(mut self, signal: &str) -> ExitStatus {
        self.signal(signal);
        self.child.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wechatpay"));
    command.arg("sandbox").args(arguments);
    command
}

/// The whole answer to a request without a signature.
fn get(base: &str, target: &str) -> String {
    let address = base.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(address).unwrap();
    let head = "Connection: close\r\nAccept: application/json\r\nUser-Agent: test\r\nHost: ";
    write!(stream, "GET {target} HTTP/1.1\r\n{head}{address}\r\n\r\n").unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    said
}

/// A client with the settings of the JSON line.
fn client(ready: &Value) -> Client {
    let text = |name: &str| ready[name].as_str().unwrap().to_owned();
    Client::builder()
        .base_url(text("base_url"))
        .mchid(text("mchid"))
        .serial(text("serial"))
        .private_key(PrivateKey::from_file(text("merchant_key")).unwrap())
        .platform_key(
            text("platform_public_key_id"),
            PublicKey::from_file(text("platform_public_key")).unwrap(),
        )
        .platform_certificate(
            wechatpay_chain::Certificate::from_file(text("platform_cert")).unwrap(),
        )
        .root_certificate(wechatpay_chain::Certificate::from_file(text("ca")).unwrap())
        .apiv3_key(text("apiv3_key"))
        .no_proxy()
        .build()
        .unwrap()
}

fn call(ready: &Value) {
    client(ready)
        .chain("v3/certificates")
        .get(())
        .wait()
        .unwrap();
}

#[test]
fn the_json_line_has_every_setting_of_a_client() {
    for tls in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("keys");
        let mut arguments = vec!["--json", "--dir", dir.to_str().unwrap()];
        arguments.extend(tls.then_some("--tls"));
        let running = Running::start(&arguments);
        let ready = running.json();
        let names: Vec<_> = ready
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(
            names,
            [
                "base_url",
                "mchid",
                "serial",
                "merchant_key",
                "merchant_cert",
                "platform_public_key_id",
                "platform_public_key",
                "platform_cert_serial",
                "platform_cert",
                "apiv3_key",
                "v2_key",
                "ca",
                "merchants",
            ]
        );
        assert!(ready["base_url"].as_str().unwrap().ends_with('/'));
        for name in [
            "merchant_key",
            "merchant_cert",
            "platform_public_key",
            "platform_cert",
            "ca",
        ] {
            let path = Path::new(ready[name].as_str().unwrap());
            assert!(path.is_absolute() && path.is_file(), "{name}");
        }
        call(&ready);
        assert_eq!(running.stop("-TERM").code(), Some(0));
    }
}

#[cfg(unix)]
#[test]
fn requests_in_progress_are_answered_before_shutdown() {
    for signal in ["-TERM", "-INT"] {
        let running = Running::start(&["--json"]);
        let ready = running.json();
        let base = ready["base_url"].as_str().unwrap();
        let address = base.trim_start_matches("http://").trim_end_matches('/');
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "GET /v3/certificates HTTP/1.1\r\nHost: {address}\r\nX-Sandbox-Fault: slow=1000\r\n\r\n"
        )
        .unwrap();
        while get(base, "/_sandbox/api/info").contains("\"calls\":0") {}
        assert_eq!(running.stop(signal).code(), Some(0));
        let mut said = String::new();
        stream.read_to_string(&mut said).unwrap();
        assert!(said.starts_with("HTTP/1.1 400"), "{said}");
    }
}

#[test]
fn a_second_start_reuses_the_merchant() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--json", "--dir", folder.path().to_str().unwrap()];
    let first = Running::start(&arguments);
    let mut before = first.json();
    assert_eq!(first.stop("-INT").code(), Some(0));
    let second = Running::start(&arguments);
    let mut after = second.json();
    call(&after);
    for ready in [&mut before, &mut after] {
        ready.as_object_mut().unwrap().remove("base_url");
    }
    assert_eq!(before, after);
}

#[test]
fn the_startup_text_has_a_snippet_for_every_sdk() {
    let running = Running::start(&[]);
    let text = &running.ready;
    let said: Vec<_> = text.trim_end().lines().rev().take(3).collect();
    let base = said[2].strip_prefix("Sandbox ").unwrap();
    assert_eq!(said[1], format!("Page    {base}_sandbox/"));
    assert!(said[0].contains("Ctrl-C"), "{text}");
    for word in ["Merchant", "1900000109", "PUB_KEY_ID_01", "--dir"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    for sdk in [
        "Rust",
        "PHP",
        "Node",
        "Go",
        "Java",
        "Python",
        "EasyWeChat",
        "yansongda",
        "gopay",
        "wechatpy",
        "tenpay",
        "wechatpay-node-v3",
        "WxJava",
    ] {
        assert!(text.contains(sdk), "{sdk}: {text}");
    }
    let unfilled = text.split('{').skip(1).find(|rest| {
        let name = rest.split('}').next().unwrap_or_default();
        !name.is_empty() && name.bytes().all(|c| c.is_ascii_lowercase() || c == b'_')
    });
    assert_eq!(unfilled, None, "{text}");
    assert!(text.matches(base).count() > 4, "{text}");
    let key = text
        .split(['"', '\''])
        .find(|word| word.ends_with("apiclient_key.pem"))
        .unwrap();
    let key = Path::new(key.trim_start_matches("file://")).to_owned();
    assert!(key.is_file());
    assert_eq!(running.stop("-TERM").code(), Some(0));
    assert!(!key.exists(), "its own folder goes with it");
}

/// The command with its pipes, once it has said on standard error where it is.
fn announced(arguments: &[&str]) -> (Child, String) {
    let mut child = command(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    lines.read_line(&mut said).unwrap();
    let base = said.trim_end().strip_prefix("Sandbox ").unwrap();
    let base = base.to_owned();
    (child, base)
}

/// The text on standard output of a command that goes on.
fn printed(child: &mut Child) -> String {
    let mut text = vec![0; 16 * 1024];
    let read = child.stdout.take().unwrap().read(&mut text).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    String::from_utf8(text[..read].to_vec()).unwrap()
}

/// The lines that the command prints for one SDK, as soon as the sandbox is ready.
fn snippet(sdk: &str, tls: bool, dir: &Path) -> String {
    let mut arguments = vec!["--sdk", sdk, "--dir", dir.to_str().unwrap()];
    arguments.extend(tls.then_some("--tls"));
    let (mut child, base) = announced(&arguments);
    let code = printed(&mut child);
    let (_, host) = base.trim_end_matches('/').split_once("://").unwrap();
    assert!(code.contains(host), "{sdk}: {code}");
    code
}

/// An SM2 key goes with neither a public key nor an APIv2 key, and its certificates are encrypted with SM4.
#[cfg(unix)]
#[test]
fn the_set_up_of_a_merchant_with_an_sm2_key_passes_doctor() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("keys");
    let sandbox = Running::start(&["--sm", "--dir", dir.to_str().unwrap()]);
    let lines = sandbox.ready.lines();
    let set_up: Vec<_> = lines
        .skip_while(|line| !line.starts_with("export "))
        .take_while(|line| !line.is_empty())
        .collect();
    let program = Path::new(env!("CARGO_BIN_EXE_wechatpay"));
    let path = program.parent().unwrap().to_str().unwrap();
    let script = format!("PATH='{path}':$PATH\n{}", set_up.join("\n"));
    let done = Command::new("bash").args(["-c", &script]).output().unwrap();
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success(), "{script}\n{said}");
    assert!(
        said.contains("decrypts the downloaded certificates"),
        "{said}"
    );
    for sdk in ["EasyWeChat", "wechatpay-java"] {
        assert!(!sandbox.ready.contains(sdk), "{sdk}");
    }
    assert!(sandbox.ready.contains("Certificates::auto()"));
    let refused = command(&["--sm", "--sdk", "php"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
}

/// A script may read the file as soon as the address is there.
#[test]
fn a_redirected_set_up_is_whole_when_the_address_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, file) = (folder.path().join("keys"), folder.path().join("main.go"));
    for _ in 0..3 {
        let mut command = command(&["--sdk", "go", "--dir", dir.to_str().unwrap()]);
        command.stdout(fs::File::create(&file).unwrap());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut said = [0];
        child.stderr.take().unwrap().read_exact(&mut said).unwrap();
        let code = fs::read_to_string(&file).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(code.ends_with("}\n"), "{code}");
    }
}

#[test]
fn an_output_file_appears_whole() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, end) in [(&["--sdk", "go"][..], "}\n"), (&["--json"][..], "]}\n")] {
        let file = folder.path().join(arguments.concat());
        let path = file.to_str().unwrap();
        let mut child = command(&[arguments, &["--output", path]].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while !file.exists() {
            assert_eq!(child.try_wait().unwrap(), None);
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        let text = fs::read_to_string(&file).unwrap();
        child.kill().unwrap();
        let rest = child.wait_with_output().unwrap().stdout;
        assert!(text.ends_with(end) && text.len() > 500, "{text}");
        assert_eq!(rest, b"", "all is in the file");
    }
}

#[test]
fn nothing_is_written_when_the_sandbox_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("main.go");
    let path = file.to_str().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let missing = folder.path().join("none/main.go");
    let missing = missing.to_str().unwrap();
    for (arguments, code, word) in [
        (
            &["--sdk", "go", "--output", path, "--listen", &taken][..],
            3,
            "listen",
        ),
        (
            &["--sdk", "go", "--output", path, "--account", "1"],
            3,
            "1900000109",
        ),
        (&["--sdk", "go", "--output", missing], 4, "none/main.go"),
        (&["--output", path], 2, "--sdk"),
    ] {
        let done = command(arguments).output().unwrap();
        let said = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(code), "{arguments:?} {said}");
        assert!(said.contains(word) && done.stdout.is_empty(), "{said}");
        assert!(!said.contains("Sandbox ") && !file.exists(), "{said}");
    }
}

#[test]
fn the_code_for_one_sdk_stands_alone() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("keys");
    for tls in [false, true] {
        for (sdk, first, members) in [
            (
                "php",
                "<?php",
                &["'certs' => [", "'secret' =>", "'merchant' =>"][..],
            ),
            (
                "node",
                "// npm install",
                &["certs: {", "secret:", "merchant:"],
            ),
            (
                "go",
                "// go get",
                &[
                    "package main",
                    "\"context\"",
                    "ctx :=",
                    "option.WithHTTPClient",
                ],
            ),
            (
                "java",
                "// com.github.wechatpay-apiv3:wechatpay-java",
                &[
                    "RSAPublicKeyConfig config",
                    ".config(config).httpClient(http)",
                ],
            ),
            (
                "rust",
                "use wechatpay_chain",
                &["Client::builder()", ".v2_key("],
            ),
            ("python", "# pip install", &["wechatpayv3.WeChatPay("]),
        ] {
            let code = snippet(sdk, tls, &dir);
            assert!(code.starts_with(first), "{sdk}: {code}");
            for member in members {
                assert!(code.contains(member), "{sdk} {member}: {code}");
            }
            assert!(
                !code.contains("Ctrl-C") && !code.contains("\u{1b}"),
                "{sdk}: {code}"
            );
            let trusted = code.contains("ca.pem");
            assert_eq!(trusted, tls, "{sdk}: {code}");
        }
    }
}

#[test]
fn php_and_node_verify_both_platform_keys() {
    let folder = tempfile::tempdir().unwrap();
    for sdk in ["php", "node"] {
        let code = snippet(sdk, false, folder.path());
        let certs = code.split("certs").nth(1).unwrap();
        let certs = &certs[..certs.find("secret").unwrap()];
        let serials = certs.split('\'').filter(|word| {
            word.starts_with("PUB_KEY_ID_01") || (word.len() == 40 && !word.contains('/'))
        });
        assert_eq!(serials.count(), 2, "{certs}");
    }
}

#[test]
fn gopay_and_tenpay_get_a_host_without_a_final_slash() {
    let folder = tempfile::tempdir().unwrap();
    for (sdk, count) in [("gopay", 2), ("tenpay", 1), ("wxjava", 1)] {
        let code = snippet(sdk, false, folder.path());
        let words = code.split(['"', '\'']);
        let hosts: Vec<_> = words.filter(|word| word.starts_with("http")).collect();
        assert_eq!(hosts.len(), count, "{sdk}: {code}");
        assert!(
            hosts.iter().all(|host| !host.ends_with('/')),
            "{sdk}: {code}"
        );
    }
}

#[test]
fn startup_errors_say_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thesis.txt"), "mine").unwrap();
    let dir = folder.path().to_str().unwrap();
    for (arguments, code, word) in [
        (&["--dir", dir][..], 4, "wechatpay-sandbox"),
        (&["--listen", "0.0.0.0:0"], 3, "--allow-remote"),
        (&["--speed", "0"], 3, "speed"),
        (&["--listen", "here"], 2, "--listen"),
    ] {
        let mut child = command(arguments).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        assert_eq!(
            child.wait().unwrap().code(),
            Some(code),
            "{arguments:?} {said}"
        );
        assert!(said.contains(word), "{said}");
    }
}
