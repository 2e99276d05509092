//! `wechatpay certs download`: the platform certificates, with the options of the PHP SDK's
//! downloader.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use http::Method;
use serde_json::json;
use wechatpay_chain::certificates::Certificates;
use wechatpay_chain::{Certificate, Secret};

use crate::context::Context;
use crate::credentials::{Need, Signer, session_with};
use crate::date::date;
use crate::exit::{Exit, Failure};
use crate::i18n::t;
use crate::output::Output;
use crate::{files, interrupt};

#[derive(Args)]
pub(crate) struct CertsArgs {
    #[command(subcommand)]
    command: CertsCommand,
}

#[derive(Subcommand)]
enum CertsCommand {
    Download(DownloadArgs),
}

const EXAMPLES: &str = "  \
  wechatpay certs download -k apiv3_key.txt -m 1900000109 -f apiclient_key.pem \\
      -s 5157F09EFDC096DE15EBE81A47057A7232F1B8E1 -o certs
";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
struct DownloadArgs {
    #[arg(short, long, value_name = "FILE|env:NAME")]
    key: Option<String>,

    #[arg(short, value_name = "MCHID", id = "merchant")]
    merchant: Option<String>,

    #[arg(short = 'f', long, value_name = "FILE")]
    privatekey: Option<PathBuf>,

    #[arg(short, long, value_name = "SERIAL")]
    serialno: Option<String>,

    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,

    #[arg(short = 'u', long, value_name = "URL")]
    baseuri: Option<String>,
}

pub(crate) fn run(args: CertsArgs, context: Context<'_>) -> Result<(), Failure> {
    let CertsCommand::Download(args) = args.command;
    download(args, context)
}

fn download(args: DownloadArgs, mut context: Context<'_>) -> Result<(), Failure> {
    let output = context.output;
    let key = args.key.as_deref().map(named_key).transpose()?;
    let given = &mut context.given;
    given.mchid = args.merchant.or(given.mchid.take());
    given.private_key = args.privatekey.or(given.private_key.take());
    given.serial = args.serialno.or(given.serial.take());
    given.base_url = args.baseuri.or(given.base_url.take());
    let session = session_with(context, Need::Sign, Signer::Merchant, |builder| {
        let builder = builder.certificates(Certificates::auto());
        match key {
            Some(key) => builder.apiv3_key(key),
            None => builder,
        }
    })?;
    if let Some(folder) = &args.output {
        check_folder(folder)?;
    }
    let certificates = interrupt::run(&Method::GET, session.client.certificates())?;
    let folder = folder(args.output, output)?;
    for certificate in &certificates {
        save(certificate, &folder, output)?;
    }
    Ok(())
}

/// Reads the key that `-k` names. A key given by mistake is not printed.
fn named_key(name: &str) -> Result<Secret, Failure> {
    let wrong = |message: String| Failure::new(Exit::Config, "config", message);
    if let Some(variable) = name.strip_prefix("env:") {
        let key = std::env::var(variable).ok().filter(|key| !key.is_empty());
        return key
            .map(Secret::new)
            .ok_or_else(|| wrong(t!("certs-variable-unset", variable = variable)));
    }
    let path = Path::new(name);
    if name.len() == 32 && !path.exists() {
        return Err(wrong(t!("certs-key-argument")));
    }
    files::read_key(path, &t!("apiv3-key"))
}

/// Checks that the folder can be created and written, before anything is sent.
fn check_folder(folder: &Path) -> Result<(), Failure> {
    if folder.as_os_str().is_empty() {
        return Err(files::input(t!("certs-no-folder")));
    }
    let mut known = folder.ancestors().filter(|folder| folder.exists());
    let known = known.next().unwrap_or(Path::new("."));
    tempfile::tempfile_in(known).map(drop).map_err(|err| {
        let (folder, known) = (folder.display(), known.display());
        files::input(t!(
            "certs-folder-unwritable",
            folder = folder,
            known = known,
            err = err
        ))
    })
}

/// The given folder, or a new private temporary one.
fn folder(asked: Option<PathBuf>, output: &Output) -> Result<PathBuf, Failure> {
    let Some(folder) = asked else {
        let made = tempfile::Builder::new().prefix("wechatpay-").tempdir();
        let made = made.map_err(|err| files::input(t!("no-temporary-folder", err = err)))?;
        let folder = made.keep();
        if !output.json() {
            output.line(&t!("certs-folder", folder = folder.display()))?;
        }
        return Ok(folder);
    };
    std::fs::create_dir_all(&folder).map_err(|err| {
        files::input(t!(
            "folder-uncreatable",
            folder = folder.display(),
            err = err
        ))
    })?;
    Ok(folder)
}

fn save(certificate: &Certificate, folder: &Path, output: &Output) -> Result<(), Failure> {
    let serial = certificate.serial();
    let path = folder.join(format!("wechatpay_{serial}.pem"));
    let pem = certificate.to_pem().map_err(|err| Failure::config(&err))?;
    files::write(&path, pem.as_bytes())?;
    if output.json() {
        return output.value(&json!({
            "serial": serial,
            "not_before": certificate.not_before(),
            "not_after": certificate.not_after(),
            "path": path.to_string_lossy(),
        }));
    }
    let path = path.display();
    output.line(&t!(
        "certs-saved",
        serial = output.green(serial),
        from = date(certificate.not_before()),
        to = date(certificate.not_after()),
        path = path
    ))
}
