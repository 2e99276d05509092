//! `wechatpay notify open`: what a captured notification says.

mod headers;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use wechatpay_chain::notify::{Notification, Notifications};
use wechatpay_chain::{Clock, Error, Result as CallResult, Verification};

use crate::context::Context;
use crate::exit::Failure;
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
    context.refuse_sandbox("no notification was captured from it")?;
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

/// Each cause with what to do, in a line.
fn refused(reader: &Notifications, file: &HeaderFile, body: &[u8], err: &Error) -> Failure {
    let mut failure = Failure::call(err, &http::Method::GET);
    let (names, headers) = file.malformed();
    let mut causes: Vec<_> = names.into_iter().map(malformed).collect();
    for finding in reader.diagnose(&headers, body) {
        let text = match setting(finding.cause()) {
            Some(setting) => format!("{finding}. Here: {setting}"),
            None => finding.to_string(),
        };
        causes.push((finding.cause(), text));
    }
    for (_, text) in &causes {
        failure.line(format!("cause: {text}"));
    }
    let causes = causes.into_iter();
    let causes: Value = causes
        .map(|(cause, text)| json!({"cause": cause, "text": text}))
        .collect();
    failure.member("causes", causes);
    failure
}

fn malformed(name: &str) -> (&'static str, String) {
    let text = format!(
        "{name} is in the file of the headers, and not as a line of HTTP: write \"{name}: …\" on a line alone"
    );
    ("header_line", text)
}

/// Where this command takes what a cause asks for.
fn setting(cause: &str) -> Option<&'static str> {
    Some(match cause {
        "headers_missing" => "--headers names the file they are in",
        "clock" => "--ignore-age opens an older one",
        "no_platform_key" | "serial_unknown" | "other_key" | "key_of_other_id" => {
            "--platform-key with --platform-key-id, or --platform-certificate, which `wechatpay certs \
             download` fetches"
        }
        "apiv3_key" | "apiv3_key_is_v2" | "apiv3_key_case" => {
            "--apiv3-key-file, WECHATPAY_APIV3_KEY or apiv3_key in a profile"
        }
        "no_v2_key" | "v2_key" | "v2_key_is_apiv3" | "v2_key_case" | "v2_key_or_body" => {
            "--v2-key-file, WECHATPAY_V2_KEY or v2_key in a profile"
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

/// APIv2's refunds are encrypted and not signed.
fn checked(verification: &Verification) -> &'static str {
    match verification {
        Verification::Verified { .. } => "signature verified",
        _ => "not signed: decrypted with the APIv2 key, which alone vouches for it",
    }
}

/// The moment at which the notification was signed.
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
