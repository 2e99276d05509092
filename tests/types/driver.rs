//! Each operation's answer from the sandbox, and its request, through the generated types and back.
//!
//! It is the `main.rs` of a crate with the generated modules (`wechat`) and the table that `table.sh` prints; `run`
//! makes the crate. A sample answer has all documented fields, so the types must have them too.

mod sample_call;
mod table;
mod wechat;

use std::collections::BTreeMap;
use std::error::Error;

use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use wechatpay_sandbox::schema::{self, Schema};
use wechatpay_sandbox::{SampleRequest, Sandbox};

/// The fewest requests and answers that go there and back with every tenth operation: of 119 operations, 66 requests and
/// 94 answers did when this was written. All operations have more.
const LEAST_REQUESTS: usize = 60;
const LEAST_ANSWERS: usize = 85;

/// One operation's types. A body that is not documented has no type.
struct Types {
    method: &'static str,
    path: &'static str,
    request: Option<fn(&Value) -> serde_json::Result<Value>>,
    response: Option<fn(&Value) -> serde_json::Result<Value>>,
}

/// A value as the type `T`, and as JSON again.
fn there_and_back<T: Serialize + DeserializeOwned>(value: &Value) -> serde_json::Result<Value> {
    serde_json::to_value(T::deserialize(value)?)
}

fn main() -> Result<(), Box<dyn Error>> {
    // Nothing is remembered in the second: it answers what the first does not find.
    let (sandbox, fallback) = (Sandbox::start_blocking()?, Sandbox::start_blocking()?);
    let (mut requests, mut responses, mut failed) = (0, 0, 0);
    let mut refused = BTreeMap::<String, usize>::new();
    for types in table::ALL {
        let method = Method::from_bytes(types.method.as_bytes())?;
        let schema = schema::find(&method, types.path).ok_or(types.path)?;
        let name = format!("{} {}", types.method, types.path);
        let sample = SampleRequest::complete(&schema, 0);
        if let (Some(round), Some(body)) = (types.request, sample.body()) {
            let same = check(&format!("{name} request"), body, round(body));
            requests += usize::from(same);
            failed += usize::from(!same);
        }
        let Some(round) = types.response else {
            continue;
        };
        let answer =
            answer(&sandbox, &schema, &sample).or_else(|_| answer(&fallback, &schema, &sample));
        match answer {
            Ok(answer) => {
                let same = check(&format!("{name} response"), &answer, round(&answer));
                responses += usize::from(same);
                failed += usize::from(!same);
            }
            Err(err) => {
                let code = err.api().map_or("other", |api| &*api.code);
                *refused.entry(code.to_owned()).or_default() += 1;
                println!("{name}: not answered: {err}");
            }
        }
    }
    println!(
        "{} operations: {requests} requests and {responses} answers there and back, {failed} differ, \
         not answered: {refused:?}",
        table::ALL.len()
    );
    if failed > 0 {
        return Err(format!("{failed} differ").into());
    }
    if requests < LEAST_REQUESTS || responses < LEAST_ANSWERS {
        let least = format!("at least {LEAST_REQUESTS} requests and {LEAST_ANSWERS} answers");
        return Err(format!("too few went there and back: {least} are expected").into());
    }
    Ok(())
}

/// Prints the difference, if any.
fn check(name: &str, value: &Value, round: serde_json::Result<Value>) -> bool {
    match round {
        Ok(round) if round == *value => true,
        Ok(round) => {
            println!("{name}: {value} became {round}");
            false
        }
        Err(err) => {
            println!("{name}: {err}");
            false
        }
    }
}

fn answer(
    sandbox: &Sandbox,
    schema: &Schema,
    sample: &SampleRequest,
) -> wechatpay_chain::Result<Value> {
    let operation = schema.operation();
    let client = if operation.is_brand() {
        sandbox.brand_builder()?.build()?
    } else {
        sandbox.client()?
    };
    sample_call::call(&client, operation, sample).wait()?.into_value()
}
