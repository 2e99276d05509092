//! `wechatpay sandbox`: runs the sandbox until a signal arrives.

mod control;
mod listen;
mod remote;
mod setup;

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};
use wechatpay_chain::ErrorKind;
use wechatpay_sandbox::{Account, PlannedFault, Sandbox, SandboxBuilder, SandboxFiles};

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::files;
use crate::i18n::t;
use crate::interrupt;
use crate::number;
use crate::output::Output;
use crate::rephrase;
use listen::Listen;
use setup::{Kept, Sdk, Setup};

/// How soon a state that cannot be written is reported.
const STATE_CHECK: Duration = Duration::from_millis(200);

const EXAMPLES: &str = "  \
  wechatpay sandbox
  wechatpay sandbox --dir keys --listen 8080
  wechatpay sandbox --state state --listen 8080
  wechatpay sandbox --fault slow=2000 --fault cut_before_answer:1
  wechatpay sandbox --dir keys --json --output ready.json &
  wechatpay sandbox --dir keys --listen 8080 --sdk php --output client.php
  wechatpay sandbox --merchant shop.toml --account 1900000110
";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct SandboxArgs {
    #[command(subcommand)]
    action: Option<control::Action>,

    #[arg(long, alias = "port", value_name = "ADDR")]
    listen: Option<Listen>,

    #[arg(long)]
    tls: bool,

    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,

    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,

    #[arg(long, value_name = "FILE")]
    merchant: Vec<PathBuf>,

    #[arg(long, value_name = "MCHID")]
    account: Option<String>,

    #[arg(long)]
    json: bool,

    #[arg(long, value_name = "NAME", conflicts_with = "json")]
    sdk: Option<Sdk>,

    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    #[arg(long)]
    public_key_only: bool,

    #[arg(long, conflicts_with = "public_key_only")]
    certificate_mode: bool,

    #[arg(long, conflicts_with = "public_key_only")]
    sm: bool,

    #[arg(long, value_name = "N", default_value_t = 0, value_parser = number::seed, allow_negative_numbers = true)]
    seed: u64,

    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = number::speed, allow_negative_numbers = true)]
    speed: f64,

    #[arg(long, value_name = "NAME[=VALUE][:TIMES]")]
    fault: Vec<PlannedFault>,

    #[arg(long)]
    enforce_limits: bool,

    #[arg(long)]
    strict: bool,

    #[arg(long)]
    allow_remote: bool,

    #[arg(long, value_name = "NAME")]
    host: Vec<String>,

    #[arg(long, value_name = "URL")]
    notify_url: Option<String>,

    #[arg(long)]
    allow_outgoing: bool,
}

pub(crate) fn run(args: SandboxArgs, context: Context<'_>) -> Result<(), Failure> {
    let output = context.output;
    check_context(&context)?;
    if let Some(action) = &args.action {
        return control::run(action, &context);
    }
    check_output(&args, output)?;
    let listen = listen_address(&args)?;
    // Signals are caught before the ready message, which invites others to send one.
    let shutdown = interrupt::ShutdownSignal::listen()?;
    let state = args.state.as_deref().map(absolute).transpose()?;
    let kept = state.as_deref().map(|state| state.join("keys"));
    let (folder, _temporary) = folder(args.dir.as_deref().or(kept.as_deref()))?;
    let mut builder = builder(&args, listen, &folder);
    if let Some(state) = state {
        builder = builder.state(state);
    }
    if let Some(mchid) = &context.given.mchid {
        builder = builder.mchid(mchid);
    }
    let sandbox = builder.start_blocking();
    let sandbox = sandbox.map_err(|err| match err.kind() {
        ErrorKind::File => files::input(rephrase::error(&err)),
        _ => Failure::config(&err),
    })?;
    announce(&args, &sandbox, output)?;
    wait(&sandbox, shutdown, output);
    drop(sandbox);
    Ok(())
}

/// Waits for a signal. Reports once when the state can no longer be written.
fn wait(sandbox: &Sandbox, mut shutdown: interrupt::ShutdownSignal, output: &Output) {
    let mut is_reported = false;
    while !shutdown.arrives_within(STATE_CHECK) {
        let skipped = sandbox.skipped_checkpoint();
        if let Some(why) = skipped.as_ref().filter(|_| !is_reported) {
            output.error_line(&rephrase::error(why));
        }
        is_reported = skipped.is_some();
        if let Err(err) = sandbox.check_state() {
            output.error_line(&rephrase::error(&err));
            return shutdown.wait();
        }
    }
}

/// Prints that the sandbox is ready, and the set-up of clients.
fn announce(args: &SandboxArgs, sandbox: &Sandbox, output: &Output) -> Result<(), Failure> {
    let mchid = args.account.as_deref().unwrap_or(sandbox.mchid());
    let account = account(sandbox, mchid)?;
    let files = &files_of(&account)?;
    let setup = Setup {
        sandbox,
        account: &account,
        files,
        tls: args.tls,
        kept: match (&args.state, &args.dir) {
            (Some(_), _) => Kept::State,
            (None, Some(_)) => Kept::Files,
            (None, None) => Kept::Nothing,
        },
    };
    let is_json = args.json || output.json();
    let text = match args.sdk {
        _ if is_json => ready(sandbox, &account)?.to_string(),
        Some(sdk) => setup.snippet(sdk).ok_or_else(no_sm)?,
        None => return output.line(&setup::text(&setup, output)),
    };
    match output_file(args) {
        Some(file) if is_json => files::write(file, format!("{text}\n").as_bytes())?,
        Some(file) => files::write(file, text.as_bytes())?,
        None if is_json => return output.line(&text),
        None => output.write(&text)?,
    }
    // Standard output has the text alone, so that it can be redirected to a file. The address comes after it: a script
    // that has read the address finds the text.
    output.error_line(&format!("{} {}", t!("setup-sandbox"), sandbox.base_url()));
    Ok(())
}

fn no_sm() -> Failure {
    Failure::new(Exit::Usage, "usage", t!("sandbox-no-sm"))
}

/// `--output` needs the text of one client. `--format json` may stand before the subcommand, so clap cannot check it. The
/// file of an earlier start is removed: scripts wait until the file exists.
fn check_output(args: &SandboxArgs, output: &Output) -> Result<(), Failure> {
    if args.output.is_some() && !(args.json || output.json() || args.sdk.is_some()) {
        let message = t!("sandbox-output-alone");
        return Err(Failure::new(Exit::Usage, "usage", message));
    }
    let Some(file) = output_file(args) else {
        return Ok(());
    };
    files::check_replaceable(file)?;
    match fs::remove_file(file) {
        Err(err) if err.kind() != io::ErrorKind::NotFound => Err(files::unwritable(file, err)),
        _ => Ok(()),
    }
}

/// The file of `--output`; `-` is standard output.
fn output_file(args: &SandboxArgs) -> Option<&Path> {
    let file = args.output.as_deref();
    file.filter(|file| file.as_os_str() != "-")
}

fn account(sandbox: &Sandbox, mchid: &str) -> Result<Account, Failure> {
    if !sandbox.merchants().iter().any(|known| known == mchid) {
        let known = sandbox.merchants().join(&t!("list-separator"));
        return Err(Failure::new(
            Exit::Config,
            "config",
            t!("sandbox-no-account", mchid = mchid, known = known),
        ));
    }
    sandbox.account(mchid).map_err(|err| Failure::config(&err))
}

fn files_of(account: &Account) -> Result<SandboxFiles, Failure> {
    let files = account.files();
    files.ok_or_else(|| files::input(t!("sandbox-no-files")))
}

/// Refuses credentials except the id of the first merchant: the sandbox has its own.
fn check_context(context: &Context<'_>) -> Result<(), Failure> {
    context.refuse_sandbox(&t!("sandbox-sandbox"))?;
    if !context.given.names_credentials_but_mchid() {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Usage,
        "usage",
        t!("sandbox-own-merchant"),
    ))
}

fn listen_address(args: &SandboxArgs) -> Result<SocketAddr, Failure> {
    let Some(listen) = &args.listen else {
        return Ok(listen::default_address());
    };
    let address = listen.address(args.allow_remote)?;
    if address.ip().is_loopback() || args.allow_remote {
        return Ok(address);
    }
    Err(Failure::new(
        Exit::Config,
        "config",
        t!("listen-remote", address = address),
    ))
}

/// The absolute path of the folder; a temporary folder is removed when the second value is dropped.
fn folder(asked: Option<&Path>) -> Result<(PathBuf, Option<tempfile::TempDir>), Failure> {
    match asked {
        Some(dir) => Ok((absolute(dir)?, None)),
        None => {
            let made = tempfile::Builder::new()
                .prefix("wechatpay-sandbox-")
                .tempdir();
            let made = made.map_err(|err| no_folder(&err))?;
            Ok((made.path().to_owned(), Some(made)))
        }
    }
}

fn absolute(dir: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(dir).map_err(|err| no_folder(&err))
}

fn no_folder(err: &io::Error) -> Failure {
    files::input(t!("sandbox-no-folder", err = err))
}

fn builder(args: &SandboxArgs, listen: SocketAddr, folder: &Path) -> SandboxBuilder {
    let builder = Sandbox::builder();
    let builder = match args.listen {
        Some(_) => builder.listen(listen),
        // Tests start many sandboxes at once.
        None => builder.listen_if_free(listen),
    };
    let mut builder = builder
        .tls(args.tls)
        .dir(folder)
        .seed(args.seed)
        .enforce_limits(args.enforce_limits)
        .strict(args.strict)
        .certificate_mode(args.certificate_mode)
        .speed(args.speed)
        .post_notifications();
    if args.public_key_only {
        builder = builder.public_key_only();
    }
    if args.sm {
        builder = builder.sm();
    }
    if args.allow_remote {
        builder = builder.allow_remote();
    }
    if let Some(url) = &args.notify_url {
        builder = builder.notify_url(url);
    }
    if args.allow_outgoing {
        builder = builder.allow_outgoing();
    }
    for name in &args.host {
        builder = builder.host(name);
    }
    for file in &args.merchant {
        builder = builder.merchant_file(file);
    }
    for fault in &args.fault {
        builder = builder.fault(fault.clone());
    }
    builder
}

/// The JSON line, with files as paths and keys as values.
fn ready(sandbox: &Sandbox, account: &Account) -> Result<Value, Failure> {
    let files = files_of(account)?;
    let all = sandbox.merchants();
    let all = all
        .iter()
        .map(|mchid| values(&self::account(sandbox, mchid)?));
    Ok(json!({
        "base_url": sandbox.base_url(),
        "mchid": account.mchid(),
        "serial": account.serial(),
        "merchant_key": files.merchant_key,
        "merchant_cert": files.merchant_cert,
        "platform_public_key_id": account.platform_key_id(),
        "platform_public_key": files.platform_public_key,
        "platform_cert_serial": account.platform_certificate().serial(),
        "platform_cert": files.platform_cert,
        "apiv3_key": account.apiv3_key().expose(),
        "v2_key": account.v2_key().expose(),
        "ca": files.ca,
        "merchants": all.collect::<Result<Vec<_>, Failure>>()?,
    }))
}

/// The settings that differ between merchants.
fn values(account: &Account) -> Result<Value, Failure> {
    let files = files_of(account)?;
    Ok(json!({
        "mchid": account.mchid(),
        "kind": account.kind().as_str(),
        "sub_merchants": account.sub_merchants(),
        "serial": account.serial(),
        "merchant_key": files.merchant_key,
        "merchant_cert": files.merchant_cert,
        "platform_public_key_id": account.platform_key_id(),
        "apiv3_key": account.apiv3_key().expose(),
        "v2_key": account.v2_key().expose(),
    }))
}
