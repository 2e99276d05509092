//! Calls the sandbox, and prints the metrics for Prometheus.
//!
//! ```text
//! cargo run -p wechatpay-tests --example metrics --features metrics
//! ```

#![allow(clippy::print_stdout, reason = "an example prints what it did")]

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder};
use serde_json::json;
use wechatpay_chain::{BoxError, metrics};
use wechatpay_sandbox::{Fault, Sandbox};

fn main() -> Result<(), BoxError> {
    let recorder = recorder()?.install_recorder()?;
    metrics::describe();

    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    let native = client.chain("v3/pay/transactions/native");
    for number in 1..=3 {
        native.post(order(&sandbox, number), ()).wait()?;
    }
    let refused = native.post(json!({}), ()).wait();
    sandbox.inject_fault(Fault::CutBeforeAnswer);
    let lost = native.post(order(&sandbox, 4), ()).wait();
    for err in [refused.err(), lost.err()].into_iter().flatten() {
        println!("# {}", serde_json::to_string(&err)?);
    }

    // A server answers GET /metrics with this text.
    let text = recorder.render();
    println!("{text}");
    if text.contains("wechatpay_undecided_calls_total") {
        Ok(())
    } else {
        Err("the call whose answer was lost was to be counted".into())
    }
}

/// Buckets from 5 ms to the timeout of a call.
fn recorder() -> Result<PrometheusBuilder, BuildError> {
    let buckets = [
        0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
    ];
    let duration = Matcher::Full(metrics::CALL_DURATION.to_owned());
    // `_total` and units in the names, as Prometheus and the dashboard in docs/grafana.json have them.
    let builder = PrometheusBuilder::new().with_recommended_naming(true);
    builder.set_buckets_for_metric(duration, &buckets)
}

fn order(sandbox: &Sandbox, number: u32) -> serde_json::Value {
    json!({
        "appid": "wxd678efh567hg6787",
        "mchid": sandbox.mchid(),
        "description": "Tea",
        "out_trade_no": format!("metrics-{number}"),
        "notify_url": "https://example.com/notify",
        "amount": {"total": 100, "currency": "CNY"},
    })
}
