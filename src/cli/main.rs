//! `wechatpay` calls any endpoint of WeChat Pay from the command line, through the library's public API.
//!
//! Each subcommand is a module. A new one needs a module, a variant of [`cli::Command`] and a line in
//! [`run`].

// Functions have at most 40 lines (clippy.toml); tests may be longer.
#![cfg_attr(not(test), warn(clippy::too_many_lines))]

mod bill;
mod candidates;
mod certs;
mod cli;
mod context;
mod credentials;
mod date;
mod doctor;
mod endpoints;
mod exit;
mod files;
mod help;
mod i18n;
mod interrupt;
mod key_files;
mod lookup;
mod notify;
mod number;
mod output;
mod own_files;
mod pages;
mod port;
mod profile;
mod progress;
mod rephrase;
mod request;
mod sandbox;
mod settings;
mod shell_words;
mod sign;
mod site;
mod usage_error;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use cli::{Cli, Command};
use context::Context;
use exit::{Exit, Failure};
use i18n::Lang;
use output::Output;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    i18n::select(cli::guess_lang(&arguments).unwrap_or_else(Lang::from_environment));
    let mut output = Output::guess(&arguments);
    let outcome = match std::env::var_os(shell_words::COMPLETE) {
        Some(shell) => pages::complete(&shell, &arguments, localized_command(), &output),
        None => parse_and_run(&arguments, &mut output),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output.fail(&failure),
    }
}

fn parse_and_run(arguments: &[OsString], output: &mut Output) -> Result<(), Failure> {
    let parsed = localized_command().try_get_matches_from(arguments);
    match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => {
            *output = Output::new(cli.format, cli.color);
            run(cli, output)
        }
        Err(mut err) => {
            usage_error::suggest(&mut err);
            usage(&err, output)
        }
    }
}

/// The command line with its help in the language of this run.
fn localized_command() -> clap::Command {
    help::localize(Cli::command())
}

fn run(cli: Cli, output: &Output) -> Result<(), Failure> {
    let Cli {
        given,
        profile,
        sandbox,
        command,
        ..
    } = cli;
    let context = Context {
        given,
        profile,
        sandbox,
        output,
    };
    match command {
        Command::Request(args) => request::run(args, context),
        Command::Order(command) => lookup::order(command, context),
        Command::Refund(command) => lookup::refund(command, context),
        Command::Transfer(command) => lookup::transfer(command, context),
        Command::Bill(args) => bill::run(&args, context),
        Command::Endpoints(args) => endpoints::run(&args, output),
        Command::Certs(args) => certs::run(args, context),
        Command::Notify(args) => notify::run(&args, context),
        Command::Sign(args) => sign::run(args, context),
        Command::Doctor(args) => doctor::run(&args, context),
        Command::Port(args) => port::run(&args, output),
        Command::Sandbox(args) => sandbox::run(args, context),
        Command::Site(args) => site::run(&args, output),
        Command::Completions(args) => pages::completions(&args, output),
        Command::Man(args) => pages::man(&args, localized_command(), output),
    }
}

/// Help and version are output; every other parse error is a usage error.
fn usage(err: &clap::Error, output: &Output) -> Result<(), Failure> {
    let text = if err.use_stderr() {
        usage_error::text(err, output)
    } else {
        help::translate(&output.styled(&err.render()))
    };
    if !err.use_stderr() {
        return output.write(&text);
    }
    Err(Failure::new(Exit::Usage, "usage", text))
}
