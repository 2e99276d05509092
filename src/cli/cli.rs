//! The command line.

use std::ffi::OsString;

use clap::{ColorChoice, Parser, Subcommand, ValueEnum};

use crate::i18n::Lang;
use crate::output::{self, Format};
use crate::settings::{ProfileArgs, SettingsArgs};
use crate::{
    bill, certs, doctor, endpoints, lookup, notify, pages, port, request, sandbox, sign, site,
};

/// The whole command line.
#[derive(Parser)]
#[command(name = "wechatpay", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    pub(crate) format: Format,

    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "WHEN",
        help_heading = "General"
    )]
    pub(crate) color: ColorChoice,

    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "LANG",
        help_heading = "General"
    )]
    pub(crate) lang: Option<Lang>,

    #[arg(long, global = true, help_heading = "General")]
    pub(crate) sandbox: bool,

    #[command(flatten)]
    pub(crate) profile: ProfileArgs,

    #[command(flatten)]
    pub(crate) given: SettingsArgs,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The subcommands, in the order of the help.
#[derive(Subcommand)]
pub(crate) enum Command {
    Request(request::RequestArgs),
    #[command(subcommand)]
    Order(lookup::OrderCommand),
    #[command(subcommand)]
    Refund(lookup::RefundCommand),
    #[command(subcommand)]
    Transfer(lookup::TransferCommand),
    Bill(bill::BillArgs),
    Endpoints(endpoints::EndpointsArgs),
    Certs(certs::CertsArgs),
    Notify(notify::NotifyArgs),
    Sign(sign::SignArgs),
    Doctor(doctor::DoctorArgs),
    Port(port::PortArgs),
    Sandbox(sandbox::SandboxArgs),
    Site(site::SiteArgs),
    Completions(pages::CompletionsArgs),
    Man(pages::ManArgs),
}

/// `--lang` in arguments that are not parsed yet: the help and errors of parsing are in this language.
pub(crate) fn guess_lang(arguments: &[OsString]) -> Option<Lang> {
    Lang::from_str(output::option(arguments, "--lang")?, true).ok()
}
