//! `wechatpay`: any endpoint of WeChat Pay from the command line, over the library's public API.
//!
//! One file a subcommand. A further one takes a module, a variant of [`cli::Command`] and a line
//! in [`run`].

mod certs;
mod cli;
mod credentials;
mod doctor;
mod endpoints;
mod exit;
mod files;
mod interrupt;
mod notify;
mod output;
mod pages;
mod port;
mod profile;
mod progress;
mod protected;
mod request;
mod sandbox;
mod settings;
mod sign;
mod words;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use exit::{Exit, Failure};
use output::Screen;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    let mut screen = Screen::guess(&arguments);
    let outcome = match Cli::try_parse_from(&arguments) {
        Ok(cli) => {
            screen = Screen::new(cli.format, cli.color);
            run(cli, &screen)
        }
        Err(err) => usage(&err, &screen),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(&screen),
    }
}

fn run(cli: Cli, screen: &Screen) -> Result<(), Failure> {
    let Cli {
        given,
        place,
        sandbox,
        command,
        ..
    } = cli;
    let context = cli::Context {
        given,
        place,
        sandbox,
        screen,
    };
    match command {
        Command::Request(args) => request::run(args, context),
        Command::Endpoints(args) => endpoints::run(&args, screen),
        Command::Certs(args) => certs::run(args, context),
        Command::Notify(args) => notify::run(&args, context),
        Command::Sign(args) => sign::run(args, context),
        Command::Doctor(args) => doctor::run(&args, context),
        Command::Port(args) => port::run(&args, screen),
        Command::Sandbox(args) => sandbox::run(args, context),
        Command::Completions(args) => pages::completions(&args, screen),
        Command::Man(args) => pages::man(&args, screen),
    }
}

/// Help and version are answers; all else is a mistake in the arguments.
fn usage(err: &clap::Error, screen: &Screen) -> Result<(), Failure> {
    if !err.use_stderr() {
        return screen.write(&screen.styled(&err.render()));
    }
    Err(Failure::new(
        Exit::Usage,
        "usage",
        screen.styled(&err.render()),
    ))
}
