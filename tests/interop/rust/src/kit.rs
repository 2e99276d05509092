//! The parts that the scenarios of every Rust client share: the sandbox, a receiver of notifications, and the report.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver as Channel};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use chrono::{TimeDelta, Utc};
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::sha2::{Digest as _, Sha256};
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

pub type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;
/// A name in scenarios.json, and what runs.
pub type Scenario = (&'static str, fn(&Kit) -> Outcome);

pub const APPID: &str = "wx8888888888888888";
pub const OPENID: &str = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o";
/// Where no notification is waited for.
pub const NOWHERE: &str = "http://127.0.0.1:9/none";

/// The beginning of the URL at which the falsifying proxy (`falsify.py`) forwards notifications to a port.
static FORWARD: OnceLock<String> = OnceLock::new();

/// The sandbox, and where the results go.
pub struct Kit {
    info: Value,
    results: PathBuf,
    titles: Map<String, Value>,
    run: String,
    count: AtomicU32,
    http: reqwest::blocking::Client,
    pub runtime: Runtime,
}

impl Kit {
    /// `ready` is the file with the sandbox's `--json` line.
    pub fn new(ready: &Path, results: &Path, catalogue: &Path) -> Outcome<Self> {
        let info: Value = serde_json::from_str(&fs::read_to_string(ready)?)?;
        if let Some(forward) = info["forward"].as_str() {
            // A process has one kit.
            let _ = FORWARD.set(forward.to_owned());
        }
        let run = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
        Ok(Self {
            info,
            results: results.to_owned(),
            titles: serde_json::from_str(&fs::read_to_string(catalogue)?)?,
            run: format!("{run:x}"),
            count: AtomicU32::new(0),
            http: reqwest::blocking::Client::builder().no_proxy().build()?,
            runtime: Runtime::new()?,
        })
    }

    /// A member of the sandbox's `--json` line.
    pub fn info(&self, name: &str) -> &str {
        self.info[name].as_str().unwrap_or_default()
    }

    /// The content of a file that the sandbox's `--json` line names.
    pub fn file(&self, name: &str) -> Outcome<String> {
        Ok(fs::read_to_string(self.info(name))?)
    }

    /// The key of another merchant.
    pub fn other_key(&self) -> Outcome<String> {
        let path = self.info["merchants"][1]["merchant_key"]
            .as_str()
            .ok_or("no second merchant")?;
        Ok(fs::read_to_string(path)?)
    }

    /// Without a slash at the end.
    pub fn base(&self) -> &str {
        self.info("base_url").trim_end_matches('/')
    }

    /// A number that no other scenario uses.
    pub fn number(&self, kind: &str) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        format!("{kind}{}N{count}", self.run)
    }

    /// Calls the sandbox's control API, which no client of WeChat Pay has.
    pub fn control(&self, path: &str, body: Value) -> Outcome<Value> {
        let url = format!("{}/_sandbox/api/{path}", self.base());
        let response = self.http.post(url).json(&body).send()?.error_for_status()?;
        Ok(response.json()?)
    }

    /// The latest requests, newest last, with their fields decrypted.
    pub fn calls(&self) -> Outcome<Vec<Value>> {
        let url = format!("{}/_sandbox/api/calls?limit=20", self.base());
        let answer: Value = self.http.get(url).send()?.error_for_status()?.json()?;
        Ok(answer["calls"].as_array().cloned().unwrap_or_default())
    }

    /// The user pays the order.
    pub fn pay(&self, out_trade_no: &str) -> Outcome<Value> {
        self.control(&format!("orders/{out_trade_no}/pay"), json!({}))
    }

    /// Runs `scenario` while certificates sign, as a client without the public key needs it.
    pub fn certificate_mode(&self, scenario: impl FnOnce() -> Outcome) -> Outcome {
        self.control("certificates/mode", json!({"mode": "certificate"}))?;
        let outcome = scenario();
        self.control("certificates/mode", json!({"mode": "public_key"}))?;
        outcome
    }

    /// Today in Beijing, as bills name it.
    pub fn today(&self) -> String {
        (Utc::now() + TimeDelta::hours(8))
            .format("%Y-%m-%d")
            .to_string()
    }

    /// Whether the merchant's key made `signature` (base64) for these lines, as front ends get it.
    pub fn merchant_signed(&self, lines: [&str; 4], signature: &str) -> Outcome {
        let key = RsaPrivateKey::from_pkcs8_pem(&self.file("merchant_key")?)?.to_public_key();
        let text = lines.map(|line| format!("{line}\n")).concat();
        let digest = Sha256::digest(text.as_bytes());
        Ok(key.verify(
            Pkcs1v15Sign::new::<Sha256>(),
            &digest,
            &BASE64_STANDARD.decode(signature)?,
        )?)
    }

    /// How many messages the falsifying proxy has falsified, if there is one.
    fn falsified(&self) -> Outcome<u64> {
        if FORWARD.get().is_none() {
            return Ok(0);
        }
        let url = format!("{}/_falsified", self.base());
        Ok(self.http.get(url).send()?.error_for_status()?.json()?)
    }

    /// Runs the scenarios of one client one after the other, and reports each. Returns whether none failed.
    pub fn report(&self, client: &str, version: &str, scenarios: &[Scenario]) -> Outcome<bool> {
        let mut lines = String::new();
        let mut counts = [0; 3];
        for (scenario, body) in scenarios {
            let title = self.titles[*scenario][0].as_str().unwrap_or_default();
            let before = self.falsified()?;
            let (kind, mut line, detail) = verdict(body(self));
            line["falsified"] = (self.falsified()? - before).into();
            counts[kind] += 1;
            let shown = ["ok    ", "client", "FAIL  "][kind];
            println!("{shown}  {client}: {title}{detail}");
            for (name, value) in [
                ("client", client),
                ("registry", "crates.io"),
                ("version", version),
                ("scenario", scenario),
            ] {
                line[name] = value.into();
            }
            lines += &format!("{line}\n");
        }
        fs::write(self.results.join(format!("{client}.jsonl")), lines)?;
        let [passed, faults, failed] = counts;
        println!(
            "{client} {version}: {passed} passed, {faults} at the client's fault, {failed} failed"
        );
        Ok(failed == 0)
    }
}

/// The index of the count, the line of the report, and the detail on the terminal.
fn verdict(outcome: Outcome) -> (usize, Value, String) {
    match outcome {
        Ok(()) => (0, json!({"result": "passed"}), String::new()),
        Err(error) => match error.downcast_ref::<ClientFault>() {
            Some(ClientFault { en, zh, source }) => {
                let line = json!({"result": "client", "en": en, "zh": zh, "source": source});
                (1, line, format!("\n        {en} ({source})"))
            }
            None => (
                2,
                json!({"result": "failed"}),
                format!("\n{error}\n{error:?}"),
            ),
        },
    }
}

/// Returned when a client itself does not do what WeChat Pay documents. The scenario does not count as passed.
#[derive(Debug)]
pub struct ClientFault {
    pub en: &'static str,
    pub zh: &'static str,
    /// Where it is in the published package.
    pub source: &'static str,
}

impl fmt::Display for ClientFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.en)
    }
}

impl Error for ClientFault {}

/// Fails the scenario with `message` unless `holds`.
pub fn check(holds: bool, message: impl fmt::Display) -> Outcome {
    if holds {
        Ok(())
    } else {
        Err(message.to_string().into())
    }
}

/// A notification as it was posted; names of headers in lower case.
pub struct Delivery {
    headers: HashMap<String, String>,
    pub body: String,
}

impl Delivery {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// Waits for one notification, and acknowledges it.
pub struct Receiver {
    pub url: String,
    delivered: Channel<Delivery>,
}

impl Receiver {
    pub fn start() -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let base = FORWARD.get().map_or("http://127.0.0.1:", String::as_str);
        let url = format!("{base}{port}/notify");
        let (sender, delivered) = mpsc::channel();
        thread::spawn(move || receive(&listener).map(|delivery| sender.send(delivery)));
        Ok(Self { url, delivered })
    }

    pub fn next(self) -> Outcome<Delivery> {
        self.delivered
            .recv_timeout(Duration::from_secs(20))
            .map_err(|_| "no notification came".into())
    }
}

fn receive(listener: &TcpListener) -> Outcome<Delivery> {
    let (stream, _) = listener.accept()?;
    let mut reader = BufReader::new(stream);
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
    }
    let length = headers
        .get("content-length")
        .ok_or("no Content-Length")?
        .parse()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    reader
        .get_mut()
        .write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")?;
    Ok(Delivery {
        headers,
        body: String::from_utf8(body)?,
    })
}
