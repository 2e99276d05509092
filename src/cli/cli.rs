//! What the command line looks like.

use clap::{ColorChoice, Parser, Subcommand};

use crate::exit::EXIT_CODES;
use crate::output::Format;
use crate::settings::{ProfileArgs, Settings};
use crate::{certs, doctor, endpoints, notify, pages, port, request, sandbox, sign};

const ABOUT: &str = "Any endpoint of WeChat Pay (微信支付) from the command line: signed, encrypted, verified and \
                     decrypted.";

const SETTINGS: &str = "\
Settings: a flag goes before the environment, the environment before the profile.
Each flag --x-y of \"Settings\" is the variable WECHATPAY_X_Y and the key x_y of a profile; the
APIv3 and APIv2 keys themselves may stand in WECHATPAY_APIV3_KEY and WECHATPAY_V2_KEY or in the
profile, never in an argument. A profile is a table of ~/.config/wechatpay/config.toml; [default]
is the one that is taken unless --profile names another.
";

/// The whole command line.
#[derive(Parser)]
#[command(
    name = "wechatpay",
    version,
    about = ABOUT,
    after_long_help = format!("{SETTINGS}\n{EXIT_CODES}"),
    arg_required_else_help = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    /// How output and errors are written: for people, or as JSON for machines
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    pub(crate) format: Format,

    /// When output is coloured
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "WHEN",
        help_heading = "General"
    )]
    pub(crate) color: ColorChoice,

    /// Run against a sandbox started for the purpose, with its own credentials
    #[arg(long, global = true, help_heading = "General")]
    pub(crate) sandbox: bool,

    #[command(flatten)]
    pub(crate) profile: ProfileArgs,

    #[command(flatten)]
    pub(crate) given: Settings,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The subcommands, in the order of the help.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Call any endpoint, APIv3 or APIv2
    Request(request::RequestArgs),
    /// Search the endpoints, and see the fields of one
    Endpoints(endpoints::EndpointsArgs),
    /// Platform certificates (平台证书)
    Certs(certs::CertsArgs),
    /// Captured notifications (回调通知)
    Notify(notify::NotifyArgs),
    /// What is signed without a call
    Sign(sign::SignArgs),
    /// Check keys, serials, certificates, clock and connection
    Doctor(doctor::DoctorArgs),
    /// PHP that calls WeChat Pay, as Rust or as the requests it would send
    Port(port::PortArgs),
    /// WeChat Pay on this machine: no account, every endpoint, any client
    Sandbox(sandbox::SandboxArgs),
    /// A script that completes commands and options in a shell
    Completions(pages::CompletionsArgs),
    /// The manual page
    Man(pages::ManArgs),
}
