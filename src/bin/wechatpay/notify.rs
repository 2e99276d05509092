//! `wechatpay notify open`: what a captured notification says.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use wechatpay_chain::notify::Notification;
use wechatpay_chain::{Clock, Result as CallResult};

use crate::cli::Context;
use crate::exit::{Exit, Failure};
use crate::{credentials, files};

#[derive(Args)]
pub(crate) struct NotifyArgs {
    #[command(subcommand)]
    command: NotifyCommand,
}

#[derive(Subcommand)]
enum NotifyCommand {
    /// Verify and decrypt one, APIv3's or APIv2's
    Open(OpenArgs),
}

const NOTE: &str = "\
The headers are written as HTTP has them, one a line: \"Wechatpay-Serial: …\"; other lines and other
headers do not matter. The body is the very bytes that came.

A signature is believed for five minutes. To open an older one, captured yesterday, give
--ignore-age: the signature is checked all the same.
";

#[derive(Args)]
#[command(after_help = NOTE)]
struct OpenArgs {
    /// The file with the headers; APIv2 has none that matter
    #[arg(long, value_name = "FILE")]
    headers: Option<PathBuf>,

    /// The file with the body; - for standard input
    #[arg(long, value_name = "FILE")]
    body: PathBuf,

    /// Opens one whatever its age
    #[arg(long)]
    ignore_age: bool,
}

pub(crate) fn run(args: &NotifyArgs, context: Context<'_>) -> Result<(), Failure> {
    let NotifyCommand::Open(args) = &args.command;
    let screen = context.screen;
    let headers = match &args.headers {
        Some(path) => headers(path)?,
        None => HeaderMap::new(),
    };
    let body = files::read(&args.body)?;
    let moment = args.ignore_age.then(|| timestamp(&headers)).flatten();
    let mut reader = credentials::notifications(context)?;
    if let Some(moment) = moment {
        reader = reader.clock(Then(moment));
    }
    let reader = reader.build().map_err(|err| Failure::config(&err))?;
    let notification = reader
        .parse(&headers, &body)
        .map_err(|err| Failure::call(&err, &http::Method::GET))?;
    screen.value(&shown(&notification))
}

fn shown(notification: &Notification) -> Value {
    json!({
        "id": notification.id(),
        "event_type": notification.event_type(),
        "create_time": notification.create_time(),
        "resource_type": notification.resource_type(),
        "original_type": notification.original_type(),
        "summary": notification.summary(),
        "resource": notification.resource(),
    })
}

/// The lines that are headers.
fn headers(path: &Path) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    for line in files::read_text(path)?.lines() {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        let name = HeaderName::try_from(name.trim());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value.trim())) {
            headers.append(name, value);
        }
    }
    if headers.is_empty() {
        return Err(Failure::new(
            Exit::Input,
            "file",
            format!("{} has no line as \"Wechatpay-Serial: …\"", path.display()),
        ));
    }
    Ok(headers)
}

fn timestamp(headers: &HeaderMap) -> Option<i64> {
    headers
        .get("Wechatpay-Timestamp")?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

/// The moment at which the notification was signed.
#[derive(Debug)]
struct Then(i64);

impl Clock for Then {
    fn now(&self) -> i64 {
        self.0
    }

    fn nonce(&self) -> CallResult<String> {
        wechatpay_chain::SystemClock::new().nonce()
    }
}
