//! The result for each file, as text or JSON.

use serde_json::{Value, json};
use wechatpay_chain_port::Diagnostic;
use wechatpay_chain_port::folder::{FileReport, Folder, FunctionReport, Skipped};

use super::told;
use crate::exit::Failure;
use crate::i18n::t;
use crate::output::Output;
use crate::own_files::Written;

/// The whole report.
pub(super) fn write(ported: &Folder, written: &Written, output: &Output) -> Result<(), Failure> {
    if output.json() {
        return output.line(&json(ported, written).to_string());
    }
    for file in &ported.report.files {
        one_file(file, output)?;
    }
    methods(ported, output)?;
    summary(ported, written, output)
}

/// The skipped and written files, and the totals.
pub(super) fn summary(ported: &Folder, written: &Written, output: &Output) -> Result<(), Failure> {
    for file in &ported.report.files {
        if let Some(why) = skipped(file) {
            output.line(&t!("port-skipped", file = file.file, why = why))?;
        }
    }
    for file in &written.files {
        output.line(&t!("port-written", file = file.display()))?;
    }
    let totals = Totals::of(ported);
    output.line(&t!(
        "port-totals",
        files = totals.files,
        skipped = totals.skipped,
        calls = totals.calls,
        app = totals.app,
        methods = ported.app.len(),
        refused = totals.refused
    ))?;
    if totals.left > 0 {
        output.line(&t!(
            "port-left-totals",
            left = totals.left,
            calls = totals.untranslated
        ))?;
    }
    if let Some(lines) = &written.dependencies {
        output.line(&t!("port-dependencies"))?;
        output.write(lines)?;
    }
    Ok(())
}

fn one_file(file: &FileReport, output: &Output) -> Result<(), Failure> {
    if file.skipped.is_some() {
        return Ok(());
    }
    match &file.module {
        Some(module) => output.line(&format!("{} -> {module}", file.file))?,
        None => output.line(&file.file)?,
    }
    for function in file.all() {
        one_function(function, output)?;
    }
    output.line("")
}

fn one_function(function: &FunctionReport, output: &Output) -> Result<(), Failure> {
    let silent = [&function.warnings, &function.refused]
        .into_iter()
        .all(Vec::is_empty);
    if function.php.is_empty() && silent && function.calls.is_empty() && function.app.is_empty() {
        return Ok(());
    }
    let head = if function.php.is_empty() {
        t!("port-outside")
    } else {
        format!("{} -> {}", function.php, function.rust)
    };
    output.line(&format!("  {head}"))?;
    calls(function, output)?;
    for app in &function.app {
        let (method, php) = (&app.method, &app.php);
        output.line(&t!(
            "port-app",
            line = app.line,
            col = app.col,
            method = method,
            php = php
        ))?;
    }
    if let Some(left) = &function.left {
        let (method, calls) = (&left.method, left.calls);
        output.line(&t!("port-left", method = method, calls = calls))?;
    }
    for diagnostic in function.warnings.iter().chain(&function.refused) {
        for line in told::text(diagnostic).lines() {
            output.line(&format!("    {line}"))?;
        }
    }
    Ok(())
}

fn calls(function: &FunctionReport, output: &Output) -> Result<(), Failure> {
    for call in &function.calls {
        let what = format!("{} {}", call.method, call.path);
        output.line(&t!(
            "port-call",
            line = call.line,
            col = call.col,
            what = what
        ))?;
    }
    Ok(())
}

/// The trait: what is left to write.
fn methods(ported: &Folder, output: &Output) -> Result<(), Failure> {
    if ported.app.is_empty() {
        return Ok(());
    }
    output.line(&t!("port-trait", name = ported.trait_name))?;
    for method in &ported.app {
        let params = method.params.iter();
        let params: Vec<_> = params.map(|(name, ty)| format!("{name}: {ty}")).collect();
        output.line(&format!(
            "  {}({}) -> {}  // {}:{}",
            method.name,
            params.join(", "),
            method.returns,
            method.file,
            method.line
        ))?;
    }
    output.line("")
}

fn skipped(file: &FileReport) -> Option<String> {
    Some(match file.skipped? {
        Skipped::NoSdk => t!("port-no-sdk"),
        _ => t!("port-unreadable"),
    })
}

struct Totals {
    files: usize,
    skipped: usize,
    calls: usize,
    app: usize,
    refused: usize,
    /// The functions that are left to the application.
    left: usize,
    /// The calls of WeChat Pay in them.
    untranslated: usize,
}

impl Totals {
    fn of(ported: &Folder) -> Self {
        let files = &ported.report.files;
        let sum = |count: fn(&FunctionReport) -> usize| {
            files.iter().flat_map(FileReport::all).map(count).sum()
        };
        Self {
            files: files.iter().filter(|file| file.module.is_some()).count(),
            skipped: files.iter().filter(|file| file.skipped.is_some()).count(),
            calls: sum(|function| function.calls.len()),
            app: sum(|function| function.app.len()),
            refused: sum(|function| function.refused.len()),
            left: sum(|function| usize::from(function.left.is_some())),
            untranslated: sum(|function| function.left.as_ref().map_or(0, |left| left.calls)),
        }
    }
}

fn json(ported: &Folder, written: &Written) -> Value {
    let totals = Totals::of(ported);
    let files: Vec<_> = ported.report.files.iter().map(file_json).collect();
    let methods: Vec<_> = ported
        .app
        .iter()
        .map(|method| {
            let params = method.params.iter();
            let params: Vec<_> = params
                .map(|(name, ty)| json!({"name": name, "type": ty}))
                .collect();
            json!({
                "name": method.name, "params": params, "returns": method.returns,
                "php": method.php, "file": method.file, "line": method.line,
            })
        })
        .collect();
    let places: Vec<_> = written
        .files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    json!({
        "files": files,
        "trait": {"name": ported.trait_name, "methods": methods},
        "totals": {
            "files": totals.files, "skipped": totals.skipped, "calls": totals.calls,
            "app": totals.app, "refused": totals.refused,
            "left": totals.left, "untranslated": totals.untranslated,
        },
        "written": places,
        "dependencies": written.dependencies,
    })
}

fn file_json(file: &FileReport) -> Value {
    let skipped = file.skipped.map(|skipped| match skipped {
        Skipped::NoSdk => "no_sdk",
        _ => "unreadable",
    });
    let outside = function_json(&file.outside);
    let functions: Vec<_> = file.functions.iter().map(function_json).collect();
    json!({
        "file": file.file, "module": file.module, "skipped": skipped,
        "outside": outside, "functions": functions,
    })
}

fn function_json(function: &FunctionReport) -> Value {
    let calls: Vec<_> = function
        .calls
        .iter()
        .map(|call| {
            json!({"method": call.method, "path": call.path, "line": call.line, "col": call.col})
        })
        .collect();
    let app: Vec<_> = function
        .app
        .iter()
        .map(|app| json!({"method": app.method, "php": app.php, "line": app.line, "col": app.col}))
        .collect();
    let left = function.left.as_ref().map(|left| {
        json!({"method": left.method, "calls": left.calls, "reason": told::localised(&left.reason)})
    });
    let diagnostics =
        |all: &[Diagnostic]| -> Vec<Value> { all.iter().map(told::machine).collect() };
    json!({
        "name": function.php, "rust": function.rust, "line": function.line,
        "calls": calls, "app": app, "left": left,
        "warnings": diagnostics(&function.warnings), "refused": diagnostics(&function.refused),
    })
}
