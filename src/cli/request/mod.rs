//! `wechatpay request`: any endpoint.

mod bill;
mod call;
mod json;
mod print;
#[cfg(all(test, unix))]
mod reference_tests;
mod sign_error;
mod unlisted;

use std::path::PathBuf;

use clap::Args;
use clap_complete::engine::{ArgValueCandidates, ArgValueCompleter};
use wechatpay_chain::{Call, Client, SavedFile};

use crate::candidates;
use crate::context::Context;
use crate::credentials::{Need, Signer, session_with};
use crate::exit::{Exit, Failure};
use crate::i18n::t;
use crate::interrupt;
use crate::output::Output;
use crate::progress::Progress;
pub(crate) use print::how_checked;
use sign_error::SignedTexts;

const EXAMPLES: &str = "  \
  wechatpay --sandbox request POST v3/pay/transactions/native --json '{\"appid\": \"wx8888888888888888\",
      \"mchid\": \"1900000109\", \"description\": \"x\", \"out_trade_no\": \"order-1\",
      \"notify_url\": \"https://www.example.com/notify\", \"amount\": {\"total\": 1}}'
  wechatpay request GET 'v3/pay/transactions/id/{transaction_id}' --var transaction_id=1217752501 \\
      --query mchid=1900000109
  wechatpay request POST v3/merchant/media/upload --media license.jpg
  wechatpay request GET v3/bill/tradebill --query bill_date=2024-01-01 --sink bill.csv
  wechatpay request POST v2/pay/orderquery --json @query.json
  wechatpay request POST v3/refund/domestic/refunds --json - --dry-run < refund.json
";

#[derive(Args, Default)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RequestArgs {
    #[arg(add = ArgValueCandidates::new(candidates::methods))]
    pub(crate) method: String,

    #[arg(add = ArgValueCompleter::new(candidates::paths))]
    pub(crate) path: String,

    #[arg(long, value_name = "TEXT|@FILE|-", allow_hyphen_values = true)]
    pub(crate) json: Option<String>,

    #[arg(long, value_name = "K=V", value_parser = pair, add = ArgValueCompleter::new(candidates::parameters))]
    pub(crate) query: Vec<(String, String)>,

    #[arg(long, value_name = "K=V", value_parser = pair, add = ArgValueCompleter::new(candidates::variables))]
    pub(crate) var: Vec<(String, String)>,

    #[arg(long, value_name = "'K: V'", value_parser = header)]
    pub(crate) header: Vec<(String, String)>,

    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub(crate) body_file: Option<PathBuf>,

    #[arg(long, value_name = "FILE", conflicts_with_all = ["json", "body_file"])]
    pub(crate) media: Option<PathBuf>,

    #[arg(long, value_name = "FILE")]
    pub(crate) sink: Option<PathBuf>,

    #[arg(long, value_name = "HEX", requires = "sink")]
    pub(crate) sha1: Option<String>,

    #[arg(long, requires = "sink")]
    pub(crate) gunzip: bool,

    #[arg(long, conflicts_with = "sink")]
    pub(crate) include: bool,

    #[arg(long, conflicts_with = "include")]
    pub(crate) dry_run: bool,

    #[arg(long)]
    pub(crate) unlisted: bool,

    #[arg(long)]
    pub(crate) no_encrypt: bool,

    #[arg(long)]
    pub(crate) security: bool,
}

pub(crate) fn run(args: RequestArgs, context: Context<'_>) -> Result<(), Failure> {
    check_headers(&args.header)?;
    let signer = Signer::of(&args.path);
    run_with(context, args.dry_run, signer, |_| Ok(args))
}

/// Makes the request that `args` returns for the client of this run.
pub(crate) fn run_with(
    context: Context<'_>,
    dry_run: bool,
    signer: Signer,
    args: impl FnOnce(&Client) -> Result<RequestArgs, Failure>,
) -> Result<(), Failure> {
    let output = context.output;
    let need = if dry_run { Need::Sign } else { Need::Call };
    let texts = SignedTexts::default();
    let kept = texts.clone();
    let session = session_with(context, need, signer, |builder| {
        builder.stack(|stack| kept.watch(stack))
    })?;
    let progress = Progress::new(output);
    let args = args(&session.client)?;
    let outcome = send(&args, &session.client, output, &progress);
    progress.clear();
    outcome.map_err(|failure| texts.explain(failure, output))
}

fn send(
    args: &RequestArgs,
    client: &Client,
    output: &Output,
    progress: &Progress,
) -> Result<(), Failure> {
    let method = call::method(&args.method)?;
    if let (Some(target), false) = (&args.sink, args.dry_run)
        && bill::is_named_by_answer(&method, &args.path)
    {
        let file = bill::download(args, client, &method, target, progress)?;
        return print::saved(&file, output);
    }
    let call = call::make(args, client, &method, progress)?;
    let listed = unlisted::check(args, &method, &call)?;
    let outcome = finish(args, call, &method, output, progress);
    if listed {
        outcome
    } else {
        outcome.map_err(unlisted::explain)
    }
}

fn finish(
    args: &RequestArgs,
    call: Call,
    method: &http::Method,
    output: &Output,
    progress: &Progress,
) -> Result<(), Failure> {
    if args.dry_run {
        // Nothing is sent, so the outcome cannot be unknown.
        let request = interrupt::run(&http::Method::GET, call.dry_run())?;
        return print::dry_run(&request, output);
    }
    match &args.sink {
        Some(_) => print::saved(&download(args, call, method, progress)?, output)
            .map_err(|failure| failure.after_answer(method)),
        None => {
            let response = interrupt::run(method, call)?;
            print::print(&response, args.include, output)
                .map_err(|failure| failure.after_answer(method))
        }
    }
}

fn download(
    args: &RequestArgs,
    call: Call,
    method: &http::Method,
    progress: &Progress,
) -> Result<SavedFile, Failure> {
    let mut download = call.sink(args.sink.clone().unwrap_or_default());
    if let Some(hex) = &args.sha1 {
        download = download.expect_sha1(hex);
    }
    if args.gunzip {
        download = download.gunzip();
    }
    let bar = progress.clone();
    interrupt::run(
        method,
        download.on_progress(move |done, total| bar.at(done, total)),
    )
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| t!("pair-format"))?;
    Ok((name.to_owned(), value.to_owned()))
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or_else(|| t!("header-format"))?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// Refuses invalid headers with clearer messages than the library's.
fn check_headers(headers: &[(String, String)]) -> Result<(), Failure> {
    for (at, (name, value)) in headers.iter().enumerate() {
        let twice = headers[..at]
            .iter()
            .any(|(other, _)| other.eq_ignore_ascii_case(name));
        let problem = if name.is_empty() {
            t!("header-no-name")
        } else if name.starts_with(['"', '\'']) {
            t!("header-quoted", name = name)
        } else if http::HeaderName::try_from(name).is_err() {
            t!("header-bad-name", name = name)
        } else if value.contains(|c: char| c.is_control() && c != '\t') {
            t!("header-bad-value", name = name)
        } else if twice {
            // Servers differ in which of two they use.
            t!("header-twice", name = name)
        } else {
            continue;
        };
        return Err(Failure::new(Exit::Input, "header", problem));
    }
    Ok(())
}

fn input(message: impl Into<String>) -> Failure {
    Failure::new(Exit::Input, "request", message)
}
