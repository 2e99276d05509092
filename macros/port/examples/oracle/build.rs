//! One crate of all ported files: compiles it with warnings as errors, and runs it, a process for each run.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::case::{Case, Ported};
use crate::{Result, Settings, adapter, php};

/// Files that do not compile are taken out, and the rest is tried again.
const ROUNDS: usize = 12;
const LIMIT: Duration = Duration::from_secs(20);

pub(crate) fn build(settings: &Settings, cases: &mut [Case]) -> Result<()> {
    let krate = settings.target.join("crate");
    fs::create_dir_all(krate.join("src/batch"))?;
    manifest(settings, &krate)?;
    for _ in 0..ROUNDS {
        write(settings, &krate, cases)?;
        let errors = compile(settings, &krate)?;
        if errors.is_empty() {
            return Ok(());
        }
        let mut found = false;
        for case in cases.iter_mut() {
            if let Ported::Rust { module, .. } = &case.ported
                && let Some(said) = errors.get(module)
            {
                found = true;
                case.ported = Ported::Broken(said.clone());
            }
        }
        if !found {
            let all: Vec<_> = errors.into_values().collect();
            return Err(format!(
                "the batch does not compile, for no file's fault:\n{}",
                all.join("\n")
            )
            .into());
        }
    }
    Err(format!("after {ROUNDS} rounds some files still do not compile").into())
}

fn manifest(settings: &Settings, krate: &Path) -> Result<()> {
    let root = settings.root.display();
    let text = format!(
        "[package]\nname = \"batch\"\nversion = \"0.0.0\"\nedition = \"2024\"\nautobins = false\n\n[[bin]]\nname = \"batch\"\npath = \"src/batch/main.rs\"\n\n[workspace]\n\n\
         [features]\nvalues = []\n\n[dependencies]\nhttp = \"1.3\"\n\
         serde_json = {{ version = \"1.0.145\", features = [\"preserve_order\"] }}\n\
         tokio = {{ version = \"1.47\", features = [\"macros\", \"rt-multi-thread\"] }}\n\
         wechatpay-chain = {{ path = \"{root}\", features = [\"files\", \"macros\", \"php-values\", \"test-util\"] }}\n\n\
         [profile.dev]\ndebug = 0\nincremental = false\n"
    );
    fs::write(krate.join("Cargo.toml"), text)?;
    let lock = krate.join("Cargo.lock");
    if !lock.exists() {
        fs::copy(settings.root.join("Cargo.lock"), lock)?;
    }
    Ok(())
}

fn write(settings: &Settings, krate: &Path, cases: &mut [Case]) -> Result<()> {
    let runtime = settings.root.join("tests/port/oracle");
    let source = krate.join("src");
    for folder in [source.clone(), source.join("batch")] {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.extension().is_some() {
                fs::remove_file(path)?;
            }
        }
    }
    let mut modules = String::from("#![deny(warnings)]\n");
    let mut table = String::from(
        "// Written by the oracle.\nuse crate::world::World;\n\npub(crate) type Enter = fn(&'static World);\n\n",
    );
    let mut entries = String::new();
    for (number, case) in cases.iter_mut().enumerate() {
        let Ported::Rust { module, text } = &case.ported else {
            continue;
        };
        let adapted = adapted(settings, case, module, text, number);
        match adapted {
            Ok((text, functions)) => {
                fs::write(source.join(format!("{module}.rs")), text)?;
                writeln!(modules, "pub mod {module};")?;
                fs::write(source.join(format!("batch/{module}.rs")), functions)?;
                writeln!(table, "#[path = \"{module}.rs\"]\nmod {module};")?;
                for turn in 0..case.runs.len() {
                    writeln!(
                        entries,
                        "        (\"{number}_{turn}\", {module}::run_{turn} as Enter),"
                    )?;
                }
            }
            Err(err) => case.ported = Ported::Broken(err.to_string()),
        }
    }
    write!(
        table,
        "\npub(crate) fn table() -> Vec<(&'static str, Enter)> {{\n    vec![\n{entries}    ]\n}}\n"
    )?;
    let doors = "\npub mod oracle {\n    //! Where a program that builds its own client gets the builder from.\n    \
                 use std::sync::OnceLock;\n    use wechatpay_chain::{Client, ClientBuilder};\n    \
                 pub trait Is {}\n    impl Is for Client {}\n    \
                 pub static DOOR: OnceLock<fn() -> ClientBuilder> = OnceLock::new();\n    \
                 pub fn time() -> i64 {\n        2_000_000_000\n    }\n    \
                 pub fn nonce(size: i64) -> wechatpay_chain::php::Result<String> {\n        \
                 let size = usize::try_from(size).unwrap_or_default();\n        \
                 Ok(\"0123456789abcdefABCDEF0123456789\".chars().cycle().take(size).collect())\n    }\n    \
                 pub fn builder<C: Is>() -> ClientBuilder {\n        \
                 DOOR.get().map_or_else(Client::builder, |door| door())\n    }\n}\n";
    fs::write(source.join("lib.rs"), modules + doors)?;
    fs::write(source.join("batch/table.rs"), table)?;
    for file in ["main.rs", "world.rs", "given.rs", "told.rs", "transport.rs"] {
        fs::copy(runtime.join(file), source.join("batch").join(file))?;
    }
    Ok(())
}

/// The module as it is compiled, and the functions that call it.
fn adapted(
    settings: &Settings,
    case: &Case,
    module: &str,
    text: &str,
    _number: usize,
) -> Result<(String, String)> {
    let fixtures = settings
        .root
        .join("tests/port/oracle/files")
        .display()
        .to_string();
    let text = text
        .replace("\"/path/to/", &format!("\"{fixtures}/"))
        .replace("file:///path/to/", &format!("file://{fixtures}/"))
        // The clock of the run.
        .replace("php::time()", "crate::oracle::time()")
        .replace("php::nonce(", "crate::oracle::nonce(")
        .replace("Client::builder()", "crate::oracle::builder::<Client>()")
        .replace("fn main(", "pub fn main(")
        .replace("pub pub ", "pub ");
    let stem = case
        .file
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let mut functions =
        String::from("// Written by the oracle.\n#![allow(unused, clippy::all)]\n\n");
    for (turn, run) in case.runs.iter().enumerate() {
        let body = adapter::calls(module, &text, &stem, &run.script)?;
        writeln!(
            functions,
            "pub(crate) fn run_{turn}(world: &'static crate::world::World) {{\n{body}}}\n"
        )?;
    }
    functions.push_str(&adapter::recorders(module, &text)?);
    Ok((text, functions))
}

/// The messages of rustc about each module.
fn compile(settings: &Settings, krate: &Path) -> Result<BTreeMap<String, String>> {
    let output = Command::new(std::env::var("CARGO").unwrap_or("cargo".into()))
        .args([
            "build",
            "--quiet",
            "--message-format=json",
            "--bin",
            "batch",
            "--manifest-path",
        ])
        .arg(krate.join("Cargo.toml"))
        .env(
            "CARGO_TARGET_DIR",
            settings.root.join("target/oracle/build"),
        )
        .stderr(Stdio::piped())
        .output()?;
    let mut errors: BTreeMap<String, String> = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(message) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let said = &message["message"];
        if message["reason"] != "compiler-message" || said["level"] != "error" {
            continue;
        }
        let spans = said["spans"].as_array().cloned().unwrap_or_default();
        let files = spans.iter().filter_map(|span| span["file_name"].as_str());
        let module = files
            .filter_map(|file| file.rsplit('/').next()?.strip_suffix(".rs"))
            .find(|name| name.starts_with("c_"));
        let module = module.unwrap_or_default().to_owned();
        if module.is_empty() && said["spans"].as_array().is_none_or(Vec::is_empty) {
            continue;
        }
        let text = said["rendered"].as_str().unwrap_or_default();
        errors.entry(module).or_insert_with(|| text.to_owned());
    }
    if errors.is_empty() && !output.status.success() {
        return Err(format!("cargo: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(errors)
}

pub(crate) fn run(settings: &Settings, cases: &mut [Case]) -> Result<()> {
    let binary = settings.root.join("target/oracle/build/debug/batch");
    let records = settings.target.join("records");
    let mut jobs = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        if matches!(case.ported, Ported::Rust { .. }) {
            for turn in 0..case.runs.len() {
                let job = records.join(format!("{number}_{turn}.job.json"));
                let text = json!({
                    "script": scripted(&case.runs[turn].script, &case.runs[turn].php["posted"]),
                    "answers": case.runs[turn].php["answers"],
                    "keys": settings.target.join("keys"),
                    "builtin": settings.root.join("tests/port/php/builtin.php"),
                    "work": settings.target.join("work"),
                    "mchid": php::MCHID, "serial": php::SERIAL, "v2": php::V2_KEY, "platform": php::PLATFORM,
                });
                fs::write(&job, text.to_string())?;
                jobs.push((number, turn, job));
            }
        }
    }
    for (number, turn, job) in jobs {
        cases[number].runs[turn].rust = one(
            &binary,
            &format!("{number}_{turn}"),
            &job,
            &cases[number].runs[turn].script.clone(),
        )?;
    }
    Ok(())
}

/// The script with the notification that PHP was given.
fn scripted(script: &Value, posted: &Value) -> Value {
    let mut script = script.clone();
    for (name, value) in posted.as_object().into_iter().flatten() {
        script[name] = value.clone();
    }
    script
}

/// Runs one: what it printed, its record, and how it ended.
fn one(binary: &Path, name: &str, job: &Path, script: &Value) -> Result<Value> {
    let variables = script["env"].as_object().into_iter().flatten();
    let variables = variables.map(|(name, value)| (name, value.as_str().unwrap_or_default()));
    let record = job.with_extension("rust.jsonl");
    let printed = job.with_extension("printed");
    let said = job.with_extension("said");
    let mut child = Command::new(binary)
        .args([name.as_ref(), job.as_os_str(), record.as_os_str()])
        .stdout(fs::File::create(&printed)?)
        .stderr(fs::File::create(&said)?)
        .env_clear()
        .env("TZ", "UTC")
        .envs(variables)
        .spawn()?;
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if begun.elapsed() > LIMIT {
            child.kill()?;
            child.wait()?;
            return Ok(json!({"lost": "it ran too long"}));
        }
        thread::sleep(Duration::from_millis(1));
    };
    let text = fs::read_to_string(&record).unwrap_or_default();
    let mut whole = json!({
        "events": [], "calls": [], "end": null, "exit": true,
        "printed": String::from_utf8_lossy(&fs::read(&printed)?),
    });
    if status.code() == Some(101) || status.code().is_none() {
        whole["panic"] = json!(fs::read_to_string(&said).unwrap_or_default());
    }
    for line in text.lines() {
        let line: Value = serde_json::from_str(line)?;
        let members = line.as_object().cloned().unwrap_or_default();
        for (name, value) in members {
            match name.as_str() {
                "end" | "exit" => whole[name] = value,
                "call" => whole["calls"]
                    .as_array_mut()
                    .into_iter()
                    .for_each(|list| list.push(value.clone())),
                _ => whole["events"]
                    .as_array_mut()
                    .into_iter()
                    .for_each(|list| list.push(json!({&name: value}))),
            }
        }
    }
    Ok(whole)
}
