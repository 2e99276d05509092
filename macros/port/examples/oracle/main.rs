//! Runs PHP files by php and as the Rust that they are ported to, with the same answers, and compares what
//! both send, print, return and throw. `tests/port/oracle/run` calls it.
//!
//! ```sh
//! cargo run -p wechatpay-chain-port --example oracle -- FOLDER [--only TEXT] [--expected FILE] [--refused FILE] [--report FILE]
//! ```

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program")]

mod adapter;
mod build;
mod case;
mod compare;
mod php;
mod port;
mod report;
mod shown;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

/// The options of the command line.
pub(crate) struct Settings {
    /// Files and folders of PHP.
    pub(crate) inputs: Vec<PathBuf>,
    /// Only files whose path contains this.
    pub(crate) only: Option<String>,
    /// The list of cases that are known to fail.
    pub(crate) expected: Option<PathBuf>,
    /// The list of cases that are refused; without it, any may be.
    pub(crate) refused: Option<PathBuf>,
    /// Where the whole report goes, as JSON.
    pub(crate) report: Option<PathBuf>,
    /// The root of the repository.
    pub(crate) root: PathBuf,
    /// Where the crate and the records go.
    pub(crate) target: PathBuf,
}

fn main() -> ExitCode {
    match settings().and_then(|settings| run(&settings)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(err) => {
            eprintln!("oracle: {err}");
            ExitCode::from(2)
        }
    }
}

fn settings() -> Result<Settings> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()?;
    let mut settings = Settings {
        inputs: Vec::new(),
        only: None,
        expected: None,
        refused: None,
        report: None,
        target: root.join("target/oracle"),
        root,
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg} wants a value"));
        match arg.as_str() {
            "--only" => settings.only = Some(value()?),
            "--expected" => settings.expected = Some(value()?.into()),
            "--refused" => settings.refused = Some(value()?.into()),
            "--report" => settings.report = Some(value()?.into()),
            "--target" => settings.target = value()?.into(),
            _ => settings.inputs.push(arg.into()),
        }
    }
    if settings.inputs.is_empty() {
        return Err("name a folder of PHP files".into());
    }
    std::fs::create_dir_all(&settings.target)?;
    settings.target = settings.target.canonicalize()?;
    Ok(settings)
}

fn run(settings: &Settings) -> Result<bool> {
    let mut cases = case::collect(settings)?;
    if cases.is_empty() {
        return Err("no case was found".into());
    }
    php::run(settings, &mut cases)?;
    port::port(&mut cases);
    build::build(settings, &mut cases)?;
    build::run(settings, &mut cases)?;
    compare::compare(&mut cases);
    report::report(settings, &cases)
}
