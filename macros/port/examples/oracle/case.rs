//! A case: a PHP file, and the runs that its first comment asks for.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::{Result, Settings};

pub(crate) struct Case {
    /// The path below the folder that was named, without `.php`.
    pub(crate) name: String,
    /// The PHP, the comment with the runs left blank.
    pub(crate) text: String,
    /// Where `text` is.
    pub(crate) file: PathBuf,
    pub(crate) runs: Vec<Run>,
    pub(crate) ported: Ported,
}

/// The answers, the values and the calls of one run.
pub(crate) struct Run {
    pub(crate) script: Value,
    /// The record of PHP.
    pub(crate) php: Value,
    /// The record of the Rust.
    pub(crate) rust: Value,
    /// How they differ.
    pub(crate) difference: Option<String>,
}

/// The result for a file.
pub(crate) enum Ported {
    Not,
    /// The porter refused it, with the reasons.
    Refused(Vec<String>),
    /// A module, and the calls of each run.
    Rust {
        module: String,
        text: String,
    },
    /// It was ported, and does not compile.
    Broken(String),
}

impl Case {
    /// The name of the module of the batch.
    pub(crate) fn module(&self) -> String {
        let plain = |c: char| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        };
        format!("c_{}", self.name.chars().map(plain).collect::<String>())
    }
}

pub(crate) fn collect(settings: &Settings) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for input in &settings.inputs {
        let mut files = Vec::new();
        walk(input, &mut files)?;
        files.sort();
        for file in files {
            let base = if input.is_dir() {
                input.parent()
            } else {
                file.parent()
            };
            let name = file.strip_prefix(base.unwrap_or(Path::new("")))?;
            let name = name.with_extension("").display().to_string();
            if settings
                .only
                .as_ref()
                .is_none_or(|only| name.contains(only.as_str()))
            {
                cases.push(read(settings, &file, name)?);
            }
        }
    }
    Ok(cases)
}

fn walk(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            walk(&entry?.path(), files)?;
        }
    } else if path.extension().is_some_and(|ending| ending == "php") {
        files.push(path.to_owned());
    }
    Ok(())
}

const OPENS: &str = "/* @oracle";

fn read(settings: &Settings, file: &Path, name: String) -> Result<Case> {
    let text = fs::read_to_string(file)?;
    let (text, script) = match text.find(OPENS) {
        None => (text, json!({})),
        Some(start) => {
            let end = text[start..]
                .find("*/")
                .ok_or(format!("{name}: the comment has no end"))?
                + start;
            let script = serde_json::from_str(&text[start + OPENS.len()..end])
                .map_err(|err| format!("{name}: {err}"))?;
            let blank: String = text[start..end].matches('\n').collect();
            (
                format!("{}{blank}{}", &text[..start], &text[end + 2..]),
                script,
            )
        }
    };
    let work = settings.target.join("php");
    fs::create_dir_all(&work)?;
    // The file's own name: the porter names a function after it.
    let folder = work.join(name.replace('/', "__"));
    fs::create_dir_all(&folder)?;
    let kept = folder.join(file.file_name().unwrap_or_default());
    fs::write(&kept, &text)?;
    let runs = scripts(&script).into_iter().map(|script| Run {
        script,
        php: Value::Null,
        rust: Value::Null,
        difference: None,
    });
    Ok(Case {
        name,
        text,
        file: kept,
        runs: runs.collect(),
        ported: Ported::Not,
    })
}

/// Each of `runs` over what stands beside it; the SDK's client is there by its usual names.
fn scripts(script: &Value) -> Vec<Value> {
    let mut common = script.clone();
    let runs = common
        .as_object_mut()
        .and_then(|members| members.remove("runs"));
    let runs = match runs {
        Some(Value::Array(runs)) => runs,
        _ => vec![json!({})],
    };
    runs.into_iter()
        .map(|run| {
            let mut whole = common.clone();
            let members = run.as_object().cloned().unwrap_or_default();
            for (name, value) in members {
                whole[name] = value;
            }
            for name in ["answers", "calls"] {
                if whole.get(name).is_none() {
                    whole[name] = json!([]);
                }
            }
            for answer in whole["answers"].as_array_mut().into_iter().flatten() {
                written(answer);
            }
            if whole.get("define").is_none() {
                whole["define"] = json!({});
            }
            for name in ["instance", "client"] {
                if whole["define"].get(name).is_none() {
                    whole["define"][name] = json!("@instance");
                }
            }
            whole
        })
        .collect()
}

/// Writes the JSON of an answer out: PHP's arrays would not tell `{}` from `[]`.
fn written(answer: &mut Value) {
    *answer = match answer.take() {
        Value::Array(pair) if pair.len() == 2 => {
            json!({"status": pair[0], "text": pair[1].to_string()})
        }
        Value::Object(mut members) => {
            let known = ["text", "xml", "signed"];
            if let Some(json) = members.remove("json") {
                members.insert("text".to_owned(), json!(json.to_string()));
                Value::Object(members)
            } else if known.iter().any(|name| members.contains_key(*name))
                || members.get("status").is_some_and(Value::is_number)
            {
                Value::Object(members)
            } else {
                json!({"text": Value::Object(members).to_string()})
            }
        }
        other => other,
    };
}
