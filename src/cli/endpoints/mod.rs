//! `wechatpay endpoints`: the catalog, searched and shown.

mod detail;
mod search;
mod snippet;

use clap::Args;
use serde_json::{Value, json};
use wechatpay_sandbox::schema::Schema;

use crate::exit::{Exit, Failure};
use crate::output::Output;

const EXAMPLES: &str = "  \
  wechatpay endpoints refund
  wechatpay endpoints 分账 回退
  wechatpay endpoints POST v3/pay/transactions/native
  wechatpay endpoints --json transfer
";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct EndpointsArgs {
    words: Vec<String>,

    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &EndpointsArgs, output: &Output) -> Result<(), Failure> {
    let found = search::search(&args.words);
    if found.is_empty() {
        return Err(Failure::new(
            Exit::Failed,
            "none",
            "no endpoint has all of these words in its path, title or product; try fewer",
        ));
    }
    if args.json || output.json() {
        let lines = found.iter().map(|schema| line(schema).to_string() + "\n");
        return output.write(&lines.collect::<String>());
    }
    match &found[..] {
        [schema] => output.write(&detail::text(schema, output)),
        found => output.write(&list(found, output)),
    }
}

fn list(found: &[Schema], output: &Output) -> String {
    let mut text = String::new();
    for schema in found {
        let operation = schema.operation();
        let method = format!("{:6}", operation.method().as_str());
        let title = output.dim(schema.title());
        text.push_str(&format!(
            "{} {}  {title}\n",
            output.bold(&method),
            operation.path()
        ));
    }
    text.push_str(&output.dim(&format!("{} endpoints\n", found.len())));
    text
}

/// One endpoint, for machines.
fn line(schema: &Schema) -> Value {
    let operation = schema.operation();
    json!({
        "method": operation.method().as_str(),
        "path": operation.path(),
        "host": host(schema),
        "title": schema.title(),
        "products": schema.products(),
        "encrypt": operation.encrypt(),
        "decrypt": operation.decrypt(),
        "query_encrypt": operation.query_encrypt(),
        "client_certificate": operation.needs_client_cert(),
        "page": schema.page(),
    })
}

/// Where it is called.
fn host(schema: &Schema) -> &'static str {
    schema.operation().host().unwrap_or("api.mch.weixin.qq.com")
}
