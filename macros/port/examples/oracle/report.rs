//! Counts, differences, and whether exactly the listed cases fail.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::case::{Case, Ported};
use crate::{Result, Settings};

/// Gives whether all is as the list of expected failures says.
pub(crate) fn report(settings: &Settings, cases: &[Case]) -> Result<bool> {
    let expected = listed(settings.expected.as_deref())?;
    let (mut failed, mut refused) = (BTreeMap::new(), BTreeMap::<String, usize>::new());
    let (mut same, mut refusals, mut runs) = (0, 0, 0);
    for case in cases {
        let differences: Vec<_> = case
            .runs
            .iter()
            .enumerate()
            .filter_map(|(turn, run)| {
                run.difference
                    .as_ref()
                    .map(|difference| format!("run {turn}: {difference}"))
            })
            .collect();
        match &case.ported {
            Ported::Broken(said) => {
                failed.insert(case.name.clone(), format!("it does not compile:\n{said}"));
            }
            _ if !differences.is_empty() => {
                failed.insert(case.name.clone(), differences.join("\n"));
            }
            Ported::Refused(reasons) => {
                refusals += 1;
                let first = reasons
                    .first()
                    .map(|reason| kind(reason))
                    .unwrap_or_default();
                *refused.entry(first).or_default() += 1;
            }
            _ => {
                same += 1;
                runs += case.runs.len();
            }
        }
    }
    let quiet = settings.expected.is_some();
    for (name, why) in &failed {
        if !quiet || !expected.contains_key(name) {
            println!("FAIL {name}\n  {}\n", why.replace('\n', "\n  "));
        }
    }
    for (reason, count) in &refused {
        println!("{count:5} refused: {reason}");
    }
    let refused_names: BTreeSet<_> = cases
        .iter()
        .filter(|case| {
            matches!(case.ported, Ported::Refused(_)) && !failed.contains_key(&case.name)
        })
        .map(|case| case.name.clone())
        .collect();
    let mut healed: Vec<_> = Vec::new();
    if settings.only.is_none() {
        for name in expected.keys() {
            let ran = cases.iter().any(|case| case.name == *name);
            if ran && !failed.contains_key(name) && !refused_names.contains(name) {
                healed.push(name.clone());
            }
        }
    }
    let unexpected = failed
        .keys()
        .filter(|name| !expected.contains_key(*name))
        .count();
    let is_right = refusals_are(settings, cases, &refused_names)?;
    println!(
        "{} files: {same} as php in {runs} runs, {refusals} refused, {} differ ({unexpected} not expected)",
        cases.len(),
        failed.len()
    );
    for name in &healed {
        println!("listed as a failure and passes, take it out: {name}");
    }
    if let Some(file) = &settings.report {
        let rows: Vec<Value> = cases.iter().map(row).collect();
        fs::write(file, serde_json::to_string_pretty(&rows)?)?;
    }
    Ok(unexpected == 0 && healed.is_empty() && is_right)
}

/// Whether exactly the listed cases are refused: a refusal is no failure, so a case that is refused from now on tests nothing.
fn refusals_are(settings: &Settings, cases: &[Case], refused: &BTreeSet<String>) -> Result<bool> {
    if settings.refused.is_none() {
        return Ok(true);
    }
    let known = listed(settings.refused.as_deref())?;
    let new: Vec<_> = refused
        .iter()
        .filter(|name| !known.contains_key(*name))
        .collect();
    let ran = |name: &&String| cases.iter().any(|case| case.name == **name);
    let gone: Vec<_> = (known.keys().filter(ran))
        .filter(|name| !refused.contains(*name))
        .collect();
    for name in &new {
        println!("refused, and not listed: {name}");
    }
    for name in &gone {
        println!("listed as refused and is not, take it out: {name}");
    }
    Ok(new.is_empty() && gone.is_empty())
}

/// A reason without the PHP that it quotes.
fn kind(reason: &str) -> String {
    let mut made = String::new();
    for (place, piece) in reason.split('`').enumerate() {
        if place % 2 == 0 {
            made.push_str(piece);
        } else {
            made.push_str("`…`");
        }
    }
    made
}

/// Lines of `name: reason`.
/// The names of a list, with their reasons; none without a list.
fn listed(file: Option<&Path>) -> Result<BTreeMap<String, String>> {
    let Some(file) = file else {
        return Ok(BTreeMap::new());
    };
    let text = fs::read_to_string(file)?;
    let lines = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    Ok(lines
        .map(|line| line.split_once(": ").unwrap_or((line, "")))
        .map(|(name, reason)| (name.trim().to_owned(), reason.to_owned()))
        .collect())
}

fn row(case: &Case) -> Value {
    let (state, said, rust) = match &case.ported {
        Ported::Not => ("not", json!(null), json!(null)),
        Ported::Refused(reasons) => ("refused", json!(reasons), json!(null)),
        Ported::Broken(said) => ("broken", json!(said), json!(null)),
        Ported::Rust { text, .. } => ("ported", json!(null), json!(text)),
    };
    let runs: Vec<Value> = case
        .runs
        .iter()
        .map(|run| json!({"difference": run.difference, "php": run.php, "rust": run.rust}))
        .collect();
    json!({"name": case.name, "state": state, "said": said, "rust": rust, "runs": runs})
}
