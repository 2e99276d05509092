//! `wechatpay sandbox trigger`, `forward` and `logs`: they control a sandbox that runs elsewhere.

use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::remote::{Remote, RemoteArgs, text};
use crate::context::Context;
use crate::date;
use crate::exit::{Exit, Failure};
use crate::i18n::t;
use crate::interrupt::ShutdownSignal;
use crate::output::Output;

/// How often the sandbox is asked for news.
const PAUSE: Duration = Duration::from_millis(250);
/// Longer than the 5 s that WeChat Pay waits for a reply.
const PATIENCE: Duration = Duration::from_secs(8);

const TRIGGER_EXAMPLES: &str = "  \
  wechatpay sandbox trigger
  wechatpay sandbox trigger TRANSACTION.SUCCESS --to http://127.0.0.1:3000/notify
  wechatpay sandbox trigger REFUND.SUCCESS --to http://127.0.0.1:3000/notify --resource '{\"out_refund_no\": \"R1\"}'
  wechatpay sandbox trigger TRANSACTION.SUCCESS --to http://127.0.0.1:3000/notify --fault wrong_signature
";
const FORWARD_EXAMPLES: &str = "  \
  wechatpay sandbox forward --to http://127.0.0.1:3000
  wechatpay sandbox forward --to http://127.0.0.1:3000/notify --at http://127.0.0.1:8081
";
const LOGS_EXAMPLES: &str = "  \
  wechatpay sandbox logs
  wechatpay sandbox logs -f --at http://127.0.0.1:8081
";

#[derive(Subcommand)]
pub(super) enum Action {
    Trigger(TriggerArgs),
    Forward(ForwardArgs),
    Logs(LogsArgs),
}

#[derive(Args)]
#[command(after_help = TRIGGER_EXAMPLES)]
pub(super) struct TriggerArgs {
    #[arg(value_name = "EVENT")]
    event: Option<String>,

    #[arg(long, value_name = "URL", requires = "event")]
    to: Option<String>,

    #[arg(long, value_name = "JSON", requires = "event", value_parser = object)]
    resource: Option<Value>,

    #[arg(long, value_name = "NAME", requires = "event")]
    fault: Option<String>,

    #[command(flatten)]
    remote: RemoteArgs,
}

#[derive(Args)]
#[command(after_help = FORWARD_EXAMPLES)]
pub(super) struct ForwardArgs {
    #[arg(long, value_name = "URL")]
    to: String,

    #[command(flatten)]
    remote: RemoteArgs,
}

#[derive(Args)]
#[command(after_help = LOGS_EXAMPLES)]
pub(super) struct LogsArgs {
    #[arg(short, long)]
    follow: bool,

    #[command(flatten)]
    remote: RemoteArgs,
}

pub(super) fn run(action: &Action, context: &Context<'_>) -> Result<(), Failure> {
    let (ca, output) = (context.given.ca.as_deref(), context.output);
    match action {
        Action::Trigger(args) => {
            let mchid = context.given.mchid.as_deref();
            trigger(args, mchid, &Remote::open(&args.remote, ca)?, output)
        }
        Action::Forward(args) => forward(args, &Remote::open(&args.remote, ca)?, output),
        Action::Logs(args) => logs(args, &Remote::open(&args.remote, ca)?, output),
    }
}

/// Posts a notification, and waits for the reply of the server.
fn trigger(
    args: &TriggerArgs,
    mchid: Option<&str>,
    remote: &Remote,
    output: &Output,
) -> Result<(), Failure> {
    let Some(event) = &args.event else {
        return list_kinds(remote, output);
    };
    let mut body = json!({"event_type": event, "url": target(args, remote)?});
    if let Some(resource) = &args.resource {
        body["changes"] = resource.clone();
    }
    if let Some(mchid) = mchid {
        body["mchid"] = mchid.into();
    }
    if let Some(fault) = &args.fault {
        body["fault"] = fault.as_str().into();
    }
    let delivery = remote.post("notifications", &body)?;
    let delivery = attempted(remote, &delivery["id"])?;
    show_delivery(&delivery, 0, output)?;
    let accepted = first_attempt(&delivery).is_some_and(|attempt| attempt["problem"].is_null());
    if accepted {
        Ok(())
    } else {
        Err(Failure::AlreadyReported(Exit::Refused))
    }
}

/// Waits for the first attempt of a notification.
fn attempted(remote: &Remote, id: &Value) -> Result<Value, Failure> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let delivery = remote.get(&format!("notifications/{id}"))?;
        if first_attempt(&delivery).is_some() {
            return Ok(delivery);
        }
        std::thread::sleep(PAUSE);
    }
    let message = t!("trigger-pending");
    Err(Failure::new(Exit::Refused, "refused", message))
}

/// The URL of the option, else the one to which the sandbox forwards, else its default.
fn target(args: &TriggerArgs, remote: &Remote) -> Result<String, Failure> {
    if let Some(url) = &args.to {
        return Ok(url.clone());
    }
    let settings = remote.get("settings")?;
    let url = ["forward_to", "notify_url"]
        .into_iter()
        .find_map(|name| settings[name].as_str());
    url.map(str::to_owned)
        .ok_or_else(|| Failure::new(Exit::Usage, "usage", t!("trigger-no-url")))
}

fn list_kinds(remote: &Remote, output: &Output) -> Result<(), Failure> {
    let kinds = remote.get("kinds")?;
    if output.json() {
        return output.line(&kinds.to_string());
    }
    for kind in kinds["kinds"].as_array().into_iter().flatten() {
        let word = |name: &str| kind[name].as_str().unwrap_or_default();
        output.line(&format!(
            "{}  {:<45} {}",
            word("version"),
            word("event_type"),
            word("title")
        ))?;
    }
    Ok(())
}

/// Forwards notifications until a signal arrives, then restores the setting.
fn forward(args: &ForwardArgs, remote: &Remote, output: &Output) -> Result<(), Failure> {
    let mut shutdown = ShutdownSignal::listen()?;
    let before = remote.get("settings")?["forward_to"].take();
    let mut seen = Seen::of(&remote.get("notifications")?["notifications"]);
    remote.post("settings", &json!({"forward_to": args.to}))?;
    output.error_line(&t!(
        "forwarding",
        from = remote.base(),
        to = args.to.as_str()
    ));
    let outcome = loop {
        if shutdown.arrives_within(PAUSE) {
            break Ok(());
        }
        let news = remote
            .get("notifications")
            .and_then(|all| seen.show(&all, output));
        if news.is_err() {
            break news;
        }
    };
    // A sandbox that has ended has nothing to restore.
    let restored = remote
        .post("settings", &json!({"forward_to": before}))
        .map(drop);
    outcome.and(restored)
}

/// The attempts of each notification that were shown.
#[derive(Default)]
struct Seen(Vec<(u64, usize)>);

impl Seen {
    fn of(notifications: &Value) -> Self {
        let all = notifications.as_array().into_iter().flatten();
        Self(
            all.map(|delivery| (id(delivery), attempts(delivery).len()))
                .collect(),
        )
    }

    fn show(&mut self, all: &Value, output: &Output) -> Result<(), Failure> {
        let all = &all["notifications"];
        let mut deliveries: Vec<_> = all.as_array().into_iter().flatten().collect();
        deliveries.sort_by_key(|delivery| id(delivery));
        for delivery in deliveries {
            let shown = self.0.iter().find(|(known, _)| *known == id(delivery));
            show_delivery(delivery, shown.map_or(0, |(_, count)| *count), output)?;
        }
        *self = Self::of(all);
        Ok(())
    }
}

fn id(value: &Value) -> u64 {
    value["id"].as_u64().unwrap_or_default()
}

fn attempts(delivery: &Value) -> &[Value] {
    delivery["attempts"].as_array().map_or(&[], Vec::as_slice)
}

fn first_attempt(delivery: &Value) -> Option<&Value> {
    attempts(delivery).first()
}

/// Writes the attempts of a notification after those that were shown.
fn show_delivery(delivery: &Value, shown: usize, output: &Output) -> Result<(), Failure> {
    for (at, attempt) in attempts(delivery).iter().enumerate().skip(shown) {
        if output.json() {
            let mut line = attempt.clone();
            line["event_type"] = delivery["event_type"].clone();
            line["url"] = delivery["url"].clone();
            line["attempt"] = (at + 1).into();
            output.line(&line.to_string())?;
            continue;
        }
        let time = attempt["time_ms"].as_i64().unwrap_or_default() / 1000;
        let verdict =
            text(attempt, "problem").map_or_else(|| t!("delivery-accepted"), str::to_owned);
        let status = attempt["status"]
            .as_u64()
            .map_or_else(|| "-".to_owned(), |it| it.to_string());
        let word = |name: &str| delivery[name].as_str().unwrap_or_default();
        output.line(&format!(
            "{}  {} #{}  {}  {status}  {} ms  {verdict}",
            date::date(time),
            word("event_type"),
            at + 1,
            word("url"),
            attempt["took_ms"],
        ))?;
    }
    Ok(())
}

/// Writes the requests that the sandbox has received, and with `--follow` further ones until a signal arrives.
fn logs(args: &LogsArgs, remote: &Remote, output: &Output) -> Result<(), Failure> {
    let mut shutdown = ShutdownSignal::listen()?;
    let mut last = 0;
    loop {
        let calls = remote.get("calls?limit=200")?;
        let mut calls: Vec<_> = calls["calls"].as_array().into_iter().flatten().collect();
        calls.sort_by_key(|call| id(call));
        let newest = calls.last().map_or(last, |call| id(call));
        // After a reset the ids begin again.
        let from = if newest < last { 0 } else { last };
        for call in calls.into_iter().filter(|call| id(call) > from) {
            show_call(call, output)?;
        }
        last = newest;
        if !args.follow || shutdown.arrives_within(PAUSE) {
            return Ok(());
        }
    }
}

fn show_call(call: &Value, output: &Output) -> Result<(), Failure> {
    if output.json() {
        return output.line(&call.to_string());
    }
    let word = |name: &str| call[name].as_str().unwrap_or_default();
    let verdict = &call["verdict"];
    let said = text(verdict, "why").map_or_else(|| t!("call-accepted"), str::to_owned);
    let status = call["status"]
        .as_u64()
        .map_or_else(|| "-".to_owned(), |it| it.to_string());
    let time = call["time"].as_i64().unwrap_or_default();
    output.line(&format!(
        "{}  #{}  {} {}  {status}  {said}",
        date::date(time),
        id(call),
        word("method"),
        word("target"),
    ))?;
    for list in [&call["diagnosis"]["mistakes"], &verdict["warnings"]] {
        for found in list.as_array().into_iter().flatten() {
            output.line(&format!("    {}", text(found, "text").unwrap_or_default()))?;
        }
    }
    Ok(())
}

fn object(text: &str) -> Result<Value, String> {
    match serde_json::from_str(text) {
        Ok(value @ Value::Object(_)) => Ok(value),
        _ => Err(t!("trigger-resource")),
    }
}
