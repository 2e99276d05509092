//! `wechatpay`: any endpoint of WeChat Pay from the command line, over the library's public API.
//!
//! One file a subcommand. A further one takes a module, a variant of [`cli::Command`] and a line
//! in [`run`].

mod certs;
mod cli;
mod context;
mod credentials;
mod date;
mod doctor;
mod endpoints;
mod exit;
mod files;
mod interrupt;
mod key_files;
mod notify;
mod output;
mod pages;
mod port;
mod profile;
mod progress;
mod rephrase;
mod request;
mod sandbox;
mod settings;
mod sign;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use cli::{Cli, Command};
use context::Context;
use exit::{Exit, Failure};
use output::Output;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    let mut output = Output::guess(&arguments);
    let outcome = match Cli::try_parse_from(&arguments) {
        Ok(cli) => {
            output = Output::new(cli.format, cli.color);
            run(cli, &output)
        }
        Err(err) => usage(&err, &output),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output.fail(&failure),
    }
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
        Command::Endpoints(args) => endpoints::run(&args, output),
        Command::Certs(args) => certs::run(args, context),
        Command::Notify(args) => notify::run(&args, context),
        Command::Sign(args) => sign::run(args, context),
        Command::Doctor(args) => doctor::run(&args, context),
        Command::Port(args) => port::run(&args, output),
        Command::Sandbox(args) => sandbox::run(args, context),
        Command::Completions(args) => pages::completions(&args, Cli::command(), output),
        Command::Man(args) => pages::man(&args, Cli::command(), output),
    }
}

/// Help and version are answers; all else is a mistake in the arguments.
fn usage(err: &clap::Error, output: &Output) -> Result<(), Failure> {
    if !err.use_stderr() {
        return output.write(&output.styled(&err.render()));
    }
    Err(Failure::new(
        Exit::Usage,
        "usage",
        output.styled(&err.render()),
    ))
}
