//! A merchant's files, a sandbox that knows the merchant, and the command.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use std::thread;

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::{X509, X509Name};
use serde_json::Value;
use tempfile::TempDir;
use wechatpay_chain::PrivateKey;
use wechatpay_sandbox::Sandbox;

/// A key that belongs to nobody here.
pub(crate) static STRANGER: LazyLock<String> = LazyLock::new(|| {
    let key = Rsa::generate(2048).unwrap();
    String::from_utf8(key.private_key_to_pem().unwrap()).unwrap()
});

/// A merchant's folder with the files that WeChat Pay has given, and the gateway.
pub(crate) struct Shop {
    pub(crate) sandbox: Sandbox,
    pub(crate) folder: TempDir,
}

impl Shop {
    pub(crate) fn new() -> Self {
        let sandbox = Sandbox::builder().echo_unknown(true);
        let sandbox = sandbox.start_blocking().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let shop = Self { sandbox, folder };
        let sandbox = &shop.sandbox;
        let key = sandbox.merchant_key_pem().unwrap();
        shop.secret("apiclient_key.pem", key.expose());
        shop.secret("apiv3.key", sandbox.apiv3_key().expose());
        shop.secret("v2.key", sandbox.v2_key().expose());
        let certificate = sandbox.merchant_certificate().to_pem().unwrap();
        shop.file("apiclient_cert.pem", &certificate);
        let public = sandbox.platform_public_key().to_pem().unwrap();
        shop.file("pub_key.pem", &public);
        let platform = sandbox.platform_certificate().to_pem().unwrap();
        shop.file("platform_cert.pem", &platform);
        shop
    }

    /// The command with this merchant's settings, in the merchant's folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Run {
        let sandbox = &self.sandbox;
        self.bare(arguments)
            .env("MCHID", sandbox.mchid())
            .env("BASE_URL", sandbox.base_url())
            .env("PRIVATE_KEY", "apiclient_key.pem")
            .env("CERTIFICATE", "apiclient_cert.pem")
            .env("PLATFORM_KEY_ID", sandbox.platform_key_id())
            .env("PLATFORM_KEY", "pub_key.pem")
            .env("APIV3_KEY_FILE", "apiv3.key")
            .env("V2_KEY_FILE", "v2.key")
    }

    /// The command in the merchant's folder, with no settings but that there is no proxy.
    pub(crate) fn bare(&self, arguments: &[&str]) -> Run {
        Run::new(arguments).in_folder(self.folder.path())
    }

    pub(crate) fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// A file that only its owner can read.
    pub(crate) fn secret(&self, name: &str, content: &str) -> PathBuf {
        let path = self.file(name, content);
        private(&path);
        path
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }

    pub(crate) fn merchant_key(&self) -> PrivateKey {
        self.sandbox.merchant_key().clone()
    }
}

#[cfg(unix)]
pub(crate) fn private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(not(unix))]
pub(crate) fn private(_: &Path) {}

/// One run of the command.
pub(crate) struct Run {
    command: Command,
    input: Vec<u8>,
}

impl Run {
    pub(crate) fn new(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wechatpay"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("WECHATPAY_") {
                command.env_remove(name);
            }
        }
        command
            .args(arguments)
            .env_remove("XDG_CONFIG_HOME")
            .env("HOME", "/nonexistent")
            .env("LC_ALL", "C")
            .env("WECHATPAY_PROXY", "none");
        Self {
            command,
            input: Vec::new(),
        }
    }

    fn in_folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder).env("HOME", folder);
        self
    }

    /// Sets `WECHATPAY_name`.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(format!("WECHATPAY_{name}"), value);
        self
    }

    /// Sets a variable that is not this command's alone.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Takes `WECHATPAY_name` away.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.command.env_remove(format!("WECHATPAY_{name}"));
        self
    }

    pub(crate) fn stdin(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    pub(crate) fn into_command(self) -> Command {
        self.command
    }

    pub(crate) fn run(mut self) -> Done {
        self.command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = self.command.spawn().unwrap();
        // A command that reads no input is none the worse for it.
        let _ = child.stdin.take().unwrap().write_all(&self.input);
        Done::from(child.wait_with_output().unwrap())
    }
}

/// The result of a run.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Done {
    /// It went well; its output.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{self:#?}");
        assert_eq!(self.stderr, "", "{self:#?}");
        self.stdout
    }

    #[track_caller]
    pub(crate) fn json(self) -> Value {
        serde_json::from_str(&self.ok()).unwrap()
    }

    /// It failed with this code; what it said.
    #[track_caller]
    pub(crate) fn failed(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self.stderr
    }

    /// It failed with this code; what it said to a machine.
    #[track_caller]
    pub(crate) fn failed_json(self, code: i32) -> Value {
        let stderr = self.failed(code);
        let said: Value = serde_json::from_str(&stderr).unwrap();
        assert_eq!(said["error"]["exit"], code);
        said["error"].clone()
    }
}

/// A certificate that signs itself, valid for a day.
pub(crate) fn certificate(key: &PKey<Private>, owner: &str) -> X509 {
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_text("CN", owner).unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    let serial = BigNum::from_hex_str("5157F09EFDC096DE15EBE81A47057A7232F1B8E1").unwrap();
    let serial = serial.to_asn1_integer().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&serial).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_pubkey(key).unwrap();
    let (from, to) = (Asn1Time::days_from_now(0), Asn1Time::days_from_now(1));
    builder.set_not_before(&from.unwrap()).unwrap();
    builder.set_not_after(&to.unwrap()).unwrap();
    builder.sign(key, MessageDigest::sha256()).unwrap();
    builder.build()
}

/// A server that gives every request the same answer.
pub(crate) fn server(answer: impl Fn(&str) -> String + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let request = read(&mut BufReader::new(&stream));
            // Who has given up does not want it.
            let _ = stream.write_all(answer(&request).as_bytes());
        }
    });
    url
}

/// Head and body of a request.
fn read(reader: &mut impl BufRead) -> String {
    let (mut text, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let head = line.to_ascii_lowercase();
        if let Some(value) = head.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        text.push_str(&line);
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    text + &String::from_utf8_lossy(&body)
}
