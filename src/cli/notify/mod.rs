//! `wechatpay notify open`: verifies and decrypts a captured notification.

mod headers;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use wechatpay_chain::notify::{Notification, Notifications};
use wechatpay_chain::{Clock, Error, Result as CallResult, Verification};

use crate::context::Context;
use crate::exit::Failure;
use crate::i18n::t;
use crate::{credentials, files};
use headers::HeaderFile;

#[derive(Args)]
pub(crate) struct NotifyArgs {
    #[command(subcommand)]
    command: NotifyCommand,
}

#[derive(Subcommand)]
enum NotifyCommand {
    Open(OpenArgs),
}

const EXAMPLES: &str = "  wechatpay notify open --headers headers.txt --body body.json\n";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
struct OpenArgs {
    #[arg(long, value_name = "FILE")]
    headers: Option<PathBuf>,

    #[arg(long, value_name = "FILE")]
    body: PathBuf,

    #[arg(long)]
    ignore_age: bool,
}

pub(crate) fn run(args: &NotifyArgs, context: Context<'_>) -> Result<(), Failure> {
    let NotifyCommand::Open(args) = &args.command;
    context.refuse_sandbox(&t!("sandbox-notify"))?;
    let output = context.output;
    let file = match &args.headers {
        Some(path) => HeaderFile::read(path)?,
        None => HeaderFile::default(),
    };
    let body = files::read(&args.body)?;
    let moment = args.ignore_age.then(|| file.timestamp()).flatten();
    let mut reader = credentials::notifications(context)?;
    if let Some(moment) = moment {
        reader = reader.clock(FixedClock(moment));
    }
    let reader = reader.build().map_err(|err| Failure::config(&err))?;
    let notification = reader
        .parse(&file.headers, &body)
        .map_err(|err| refused(&reader, &file, &body, &err))?;
    output.value(&shown(&notification))
}

/// Adds each cause, with advice, as a line.
fn refused(reader: &Notifications, file: &HeaderFile, body: &[u8], err: &Error) -> Failure {
    let mut failure = Failure::call(err, &http::Method::GET);
    let (names, headers) = file.malformed();
    let mut causes: Vec<_> = names.into_iter().map(malformed).collect();
    for finding in reader.diagnose(&headers, body) {
        let found = crate::rephrase::message(&finding.to_string());
        let text = match setting(finding.cause()) {
            Some(setting) => t!("cause-setting", finding = found, setting = setting),
            None => found,
        };
        causes.push((finding.cause(), text));
    }
    for (_, text) in &causes {
        failure.line(t!("cause", text = text));
    }
    let causes = causes.into_iter();
    let causes: Value = causes
        .map(|(cause, text)| json!({"cause": cause, "text": text}))
        .collect();
    failure.member("causes", causes);
    failure
}

fn malformed(name: &str) -> (&'static str, String) {
    let text = t!("header-line", name = name);
    ("header_line", text)
}

/// The option of this command that resolves a cause.
fn setting(cause: &str) -> Option<String> {
    Some(match cause {
        "headers_missing" => t!("setting-headers"),
        "clock" => t!("setting-age"),
        "no_platform_key" | "serial_unknown" | "other_key" | "key_of_other_id" => {
            t!("setting-platform")
        }
        "apiv3_key" | "apiv3_key_is_v2" | "apiv3_key_case" => {
            t!("setting-apiv3")
        }
        "no_v2_key" | "v2_key" | "v2_key_is_apiv3" | "v2_key_case" | "v2_key_or_body" => {
            t!("setting-v2")
        }
        _ => return None,
    })
}

fn shown(notification: &Notification) -> Value {
    json!({
        "id": notification.id(),
        "event_type": notification.event_type(),
        "create_time": notification.create_time(),
        "resource_type": notification.resource_type(),
        "original_type": notification.original_type(),
        "summary": notification.summary(),
        "checked": checked(notification.verification()),
        "resource": notification.resource(),
    })
}

/// APIv2 refund notifications are encrypted but not signed.
fn checked(verification: &Verification) -> String {
    match verification {
        Verification::Verified { .. } => t!("signature-verified"),
        _ => t!("v2-refund-checked"),
    }
}

/// A clock fixed at the time of the notification.
#[derive(Debug)]
struct FixedClock(i64);

impl Clock for FixedClock {
    fn now(&self) -> i64 {
        self.0
    }

    fn nonce(&self) -> CallResult<String> {
        wechatpay_chain::SystemClock::new().nonce()
    }
}
