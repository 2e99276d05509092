//! Runs the cases by php, against the stand-in of the SDK.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::case::Case;
use crate::{Result, Settings};

pub(crate) const MCHID: &str = "1900000109";
pub(crate) const SERIAL: &str = "5157F09EFDC0";
pub(crate) const V2_KEY: &str = "v2secretv2secretv2secretv2secret";
pub(crate) const PLATFORM: &str = "PUB_KEY_ID_0114232134912410000000000000";

pub(crate) fn run(settings: &Settings, cases: &mut [Case]) -> Result<()> {
    let keys = settings.target.join("keys");
    let script = settings.root.join("tests/port/php/run.php");
    if !keys.join("platform_cert.pem").exists() {
        fs::create_dir_all(&keys)?;
        ended(Command::new("php").arg(&script).arg("--keys").arg(&keys))?;
    }
    let (records, work) = (
        settings.target.join("records"),
        settings.target.join("work"),
    );
    let _ = fs::remove_dir_all(&records);
    for folder in [&records, &work] {
        fs::create_dir_all(folder)?;
    }
    // The file that programs require in their first line.
    fs::create_dir_all(work.join("vendor"))?;
    fs::write(work.join("vendor/autoload.php"), "<?php\n")?;
    let mut list = String::new();
    for (number, case) in cases.iter().enumerate() {
        for (turn, run) in case.runs.iter().enumerate() {
            let job = json!({
                "file": case.file,
                "run": run.script,
                "work": work,
                "fixtures": settings.root.join("tests/port/oracle/files"),
                "out": records.join(format!("{number}_{turn}.php.json")),
                "keys": {"folder": keys, "mchid": MCHID, "serial": SERIAL, "v2": V2_KEY, "platform": PLATFORM},
            });
            writeln!(list, "{job}")?;
        }
    }
    let file = settings.target.join("jobs.jsonl");
    fs::write(&file, list)?;
    ended(
        Command::new("php")
            .arg("-d")
            .arg("opcache.enable_cli=0")
            .args(["-d", "zend.exception_string_param_max_len=15"])
            .arg(&script)
            .arg(&file),
    )?;
    for (number, case) in cases.iter_mut().enumerate() {
        for (turn, run) in case.runs.iter_mut().enumerate() {
            let record = records.join(format!("{number}_{turn}.php.json"));
            run.php = match fs::read_to_string(&record) {
                Ok(text) => serde_json::from_str(&text)?,
                Err(_) => json!({"lost": true}),
            };
            // With the values of the parameters that the script leaves out.
            let filled = run.php["filled"].as_array().cloned().unwrap_or_default();
            for (place, filled) in filled.into_iter().enumerate() {
                for (name, values) in filled.as_object().cloned().unwrap_or_default() {
                    run.script["calls"][place][name] = values;
                }
            }
        }
    }
    Ok(())
}

/// A case that PHP itself cannot run is a mistake of the case.
pub(crate) fn mistake(php: &Value) -> Option<String> {
    if php["lost"] == true {
        return Some("php left no record: it ran too long, or crashed".to_owned());
    }
    if let Some(fatal) = php["fatal"].as_str() {
        return Some(format!("php ends: {fatal}"));
    }
    None
}

fn ended(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .map_err(|err| format!("php: {err}; install php-cli"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("php ended with {status}").into())
    }
}
