//! The inputs of a ported program, and the record of its actions.

use std::collections::BTreeMap;
use std::fs::File;
use std::future::Future;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use wechatpay_chain::testing::FixedClock;
use wechatpay_chain::{Certificate, Client, ClientBuilder, PrivateKey, PublicKey, php};

pub(crate) use crate::given::Given;
pub(crate) use crate::told::{Shown, Told};
pub(crate) use serde_json::Value;

use crate::transport::Script;

const NOW: i64 = 2_000_000_000;
const NONCE: &str = "0123456789abcdefABCDEF0123456789";

pub(crate) struct World {
    job: Value,
    record: Mutex<File>,
    script: Script,
    /// How often each of the script's foreign calls was made.
    calls: Mutex<BTreeMap<String, usize>>,
    /// The static properties that the application has, by their plain names.
    kept: Mutex<BTreeMap<String, Value>>,
}

static WORLD: OnceLock<World> = OnceLock::new();

impl World {
    pub(crate) fn open(job: &str, record: &str) -> &'static Self {
        let job: Value = serde_json::from_str(&std::fs::read_to_string(job).expect("a job")).expect("JSON");
        let keys = job["keys"].as_str().expect("keys").to_owned();
        let platform = PrivateKey::from_file(Path::new(&keys).join("platform_key.pem")).expect("a key");
        let merchant = PublicKey::from_file(Path::new(&keys).join("merchant_pub.pem")).expect("a key");
        let answers = job["answers"].as_array().cloned().unwrap_or_default();
        std::env::set_current_dir(job["work"].as_str().expect("work")).expect("a folder");
        let serial = job["script"]["signed_by"].as_str().or(job["platform"].as_str());
        let serial = serial.expect("an id").to_owned();
        let world = Self {
            record: Mutex::new(File::create(record).expect("a record")),
            script: Script::new(answers, platform, merchant, serial, NOW),
            calls: Mutex::default(),
            kept: Mutex::new(kept(&job["script"])),
            job,
        };
        assert!(WORLD.set(world).is_ok());
        batch::oracle::DOOR.set(builder).ok();
        Self::the()
    }

    pub(crate) fn the() -> &'static Self {
        WORLD.get().expect("a world")
    }

    /// Adds a line to the record at once: what a panic or an exit leaves undone shows.
    pub(crate) fn note(&self, kind: &str, value: Value) {
        let mut line = serde_json::Map::new();
        line.insert(kind.to_owned(), value);
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(record, "{}", Value::Object(line)).expect("a record");
    }

    pub(crate) fn finish(&self) {
        std::io::stdout().flush().ok();
        self.note("exit", Value::Bool(false));
    }

    /// A file of keys.
    pub(crate) fn key_file(&self, name: &str) -> String {
        format!("{}/{name}.pem", self.job["keys"].as_str().unwrap_or_default())
    }

    pub(crate) fn client(&self) -> &'static Client {
        static CLIENT: OnceLock<Client> = OnceLock::new();
        CLIENT.get_or_init(|| {
            let text = |name: &str| self.job[name].as_str().unwrap_or_default().to_owned();
            let file = |name: &str| self.key_file(name);
            builder()
                .mchid(text("mchid"))
                .serial(text("serial"))
                .private_key(PrivateKey::from_file(file("merchant_key")).expect("a key"))
                .platform_key(text("platform"), PublicKey::from_file(file("platform_pub")).expect("a key"))
                .v2_key(text("v2"))
                .certificate(Certificate::from_file(file("merchant_cert")).expect("a certificate"))
                .build()
                .expect("a client")
        })
    }

    /// The reader of notifications, with the keys of the run.
    pub(crate) fn notifications(&self) -> wechatpay_chain::notify::Notifications {
        let platform = self.job["platform"].as_str().unwrap_or_default();
        let key = PublicKey::from_file(self.key_file("platform_pub")).expect("a key");
        let builder = wechatpay_chain::notify::Notifications::builder().platform_key(platform, key);
        let builder = builder.apiv3_key("v3secretv3secretv3secretv3secret".to_owned());
        builder.clock(FixedClock::new(NOW, NONCE)).build().expect("a reader")
    }

    /// The headers of the notification that is posted.
    pub(crate) fn posted_headers(&self) -> http::HeaderMap {
        let headers = self.job["script"]["headers"].as_object().into_iter().flatten();
        let headers = headers.map(|(name, value)| {
            let name: http::HeaderName = name.parse().expect("a name");
            (name, value.as_str().unwrap_or_default().parse().expect("a value"))
        });
        headers.collect()
    }

    /// Its body.
    pub(crate) fn posted_body(&self) -> Vec<u8> {
        self.job["script"]["input"].as_str().unwrap_or_default().into()
    }

    /// The value of a variable that the program leaves undefined.
    pub(crate) fn named<T: Given>(&self, name: &str) -> T {
        let plain = |text: &str| text.replace('_', "").to_lowercase();
        let defined = self.job["script"]["define"].as_object().into_iter().flatten();
        let mut found = defined.filter(|(known, _)| plain(known) == name);
        T::given(self, found.next().map(|(_, value)| value))
    }

    /// The value at a place of the script.
    pub(crate) fn placed<T: Given>(&self, pointer: &str) -> T {
        T::given(self, self.job["script"].pointer(pointer))
    }

    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
        let runtime = RUNTIME.get_or_init(|| {
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
        });
        runtime.block_on(future)
    }

    pub(crate) fn end(&self, told: impl Told) {
        self.note("end", told.told());
    }

    pub(crate) fn call<T: Told>(&self, _number: usize, call: impl FnOnce() -> T) {
        let told = call().told();
        self.note("call", told);
    }

    /// An object, unless its constructor fails.
    pub(crate) fn made<T: Made>(&self, _number: usize, make: impl FnOnce() -> T) -> Option<T::Object> {
        match make().made() {
            Ok(object) => Some(object),
            Err(told) => {
                self.note("call", told);
                self.finish();
                None
            }
        }
    }

    pub(crate) fn foreign(&self) -> Foreign {
        Foreign
    }
}

/// A constructor's result.
pub(crate) trait Made {
    type Object;
    fn made(self) -> Result<Self::Object, Value>;
}

impl<T, E: crate::told::Failure> Made for Result<T, E> {
    type Object = T;
    fn made(self) -> Result<T, Value> {
        self.map_err(|err| serde_json::json!({"thrown": err.failure()}))
    }
}

/// The client's builder, over the script in place of a network.
fn builder() -> ClientBuilder {
    let world = World::the();
    Client::builder()
        .clock(FixedClock::new(NOW, NONCE))
        .transport(world.script.clone())
}

/// Does the foreign calls of a program, from the script, and records them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Foreign;

impl Foreign {
    pub(crate) fn called<T: Given>(&self, name: &str, php: &str, args: Vec<Value>) -> T {
        let world = World::the();
        // PHP has the client in the object: it calls nothing to get it.
        if let ("asclient" | "asexception", [held]) = (plain(name).as_str(), &*args) {
            return T::called(world, held.clone());
        }
        if let Some(value) = world.kept(&plain(name), &args) {
            return T::called(world, value);
        }
        if world.scripted(name).is_none()
            && let Some(value) = world.builtin(name, &args)
        {
            return T::called(world, value);
        }
        let mut calls = world.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let id = calls.values().sum::<usize>();
        let key = world.scripted(name);
        let turn = calls.entry(key.clone().unwrap_or_default()).or_default();
        let values = key.as_ref().map(|key| world.job["script"]["foreign"][key].clone());
        let value = values.map(|values| {
            let last = values.as_array().map_or(0, |list| list.len().saturating_sub(1));
            values[(*turn).min(last)].clone()
        });
        *turn += 1;
        drop(calls);
        world.note("foreign", serde_json::json!({"id": id, "name": name, "php": php, "args": args}));
        T::called(world, value.unwrap_or_else(|| serde_json::json!({"@foreign": id})))
    }
}

/// The static properties that the script names, with their values before the run.
fn kept(script: &Value) -> BTreeMap<String, Value> {
    let names = script["kept"].as_object().into_iter().flatten();
    names.map(|(name, value)| (plain(name), value.clone())).collect()
}

/// Sets a value, or an item of it: the keys, then what it is set to.
fn set(value: &mut Value, path: &[Value]) {
    match path {
        [] => {}
        [last] => *value = last.clone(),
        [key, rest @ ..] => {
            if !value.is_object() {
                *value = serde_json::json!({});
            }
            let key = key.as_str().map_or_else(|| key.to_string(), str::to_owned);
            set(&mut value[key], rest);
        }
    }
}

/// A name without what PHP and Rust write differently.
fn plain(name: &str) -> String {
    let kept = name.chars().filter(char::is_ascii_alphanumeric);
    let name: String = kept.collect();
    name.trim_end_matches(|c: char| c.is_ascii_digit()).to_lowercase()
}

impl World {
    /// Reads or sets a static property that the class has in PHP: no call, on either side.
    fn kept(&self, name: &str, args: &[Value]) -> Option<Value> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = kept.get(name) {
            return Some(value.clone());
        }
        set(kept.get_mut(name.strip_prefix("set")?)?, args);
        Some(Value::Null)
    }

    /// Functions of PHP that the port leaves to the application: php gives their results.
    fn builtin(&self, name: &str, args: &[Value]) -> Option<Value> {
        let script = &self.job["script"];
        let headers = script["headers"].as_object().cloned().unwrap_or_default();
        match (name, args.first().and_then(Value::as_str)) {
            ("file_get_contents", Some("php://input")) => {
                return Some(serde_json::json!(script["input"].as_str().unwrap_or_default()));
            }
            ("getallheaders", _) => return Some(Value::Object(headers)),
            ("get" | "post", None) if args.is_empty() => return Some(script[name].clone()),
            ("server", None) if args.is_empty() => {
                let server = headers.into_iter().map(|(name, value)| {
                    (format!("HTTP_{}", name.to_uppercase().replace('-', "_")), value)
                });
                return Some(Value::Object(server.collect()));
            }
            // These are events on both sides.
            ("header" | "http_response_code" | "error_log", _) => return None,
            _ => {}
        }
        let output = std::process::Command::new("php")
            .arg(self.job["builtin"].as_str()?)
            .args([name, &Value::Array(args.to_vec()).to_string()])
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .output()
            .ok()?;
        let made: Value = serde_json::from_slice(&output.stdout).ok()?;
        if made["known"] != true {
            return None;
        }
        let printed = crate::transport::decoded(made["printed"].as_str().unwrap_or_default());
        std::io::stdout().write_all(&printed).ok()?;
        Some(made["value"].clone())
    }

    /// The key of the script that says what a method gives: the whole way to it, or at least its last member.
    fn scripted(&self, name: &str) -> Option<String> {
        let keys = self.job["script"]["foreign"].as_object()?;
        let name = plain(name);
        let mut best: Option<(usize, &String)> = None;
        for key in keys.keys() {
            if plain(key) == name {
                return Some(key.clone());
            }
            let words = key.replace("::", " ").replace("->", " ").replace("new ", " new");
            let words: Vec<String> = words.split_whitespace().map(plain).collect();
            if !words.last().is_some_and(|last| name.ends_with(last.as_str())) {
                continue;
            }
            let fits = words.iter().filter(|word| name.contains(word.as_str())).count();
            if best.is_none_or(|(known, _)| fits > known) {
                best = Some((fits, key));
            }
        }
        best.map(|(_, key)| key.clone())
    }
}

/// The clients for which the ported code has a value.
static KEPT: Mutex<Vec<Client>> = Mutex::new(Vec::new());

/// A value that stands for a client.
pub(crate) fn keep_client(client: &Client) -> Value {
    let mut kept = KEPT.lock().unwrap();
    kept.push(client.clone());
    Value::from(format!("{}{}", php::CLIENT, kept.len()))
}

/// The client that a value stands for.
pub(crate) fn kept_client(value: &Value) -> Option<Client> {
    let number = value.as_str()?.strip_prefix(php::CLIENT)?;
    let number: usize = number.parse().ok()?;
    KEPT.lock().unwrap().get(number.checked_sub(1)?).cloned()
}
