//! Each operation's answer from the sandbox, its request, and each notification, through the generated types and back.
//!
//! It is the `main.rs` of a crate with the generated modules and the table that `table.sh` prints; `run` makes the
//! crate. A sample has all documented fields, so the types must have them too.

mod sample_call;
mod table;

use std::collections::BTreeMap;
use std::error::Error;

use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use wechatpay_chain::notify::{Notification, Notifications, Version};
use wechatpay_sandbox::schema::{self, Schema};
use wechatpay_sandbox::{SampleRequest, Sandbox};

/// The fewest of each that go there and back with every tenth operation: of 119 operations, 66 requests, 94 answers and
/// 139 notifications did when this was written. All operations have more.
const LEAST: Counts = Counts {
    requests: 60,
    answers: 85,
    notifications: 120,
};

type Round = fn(&Value) -> serde_json::Result<Value>;

/// The types of one module. A body that is not documented has no type.
enum Types {
    Operation {
        method: &'static str,
        path: &'static str,
        request: Option<Round>,
        response: Option<Round>,
        notification: Option<(&'static [&'static str], Round)>,
    },
    Event {
        version: Version,
        event_type: &'static str,
        resource: Round,
    },
}

/// A value as the type `T`, and as JSON again.
fn there_and_back<T: Serialize + DeserializeOwned>(value: &Value) -> serde_json::Result<Value> {
    serde_json::to_value(T::deserialize(value)?)
}

#[derive(Debug, Default)]
struct Counts {
    requests: usize,
    answers: usize,
    notifications: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut trip = Trip::start()?;
    for types in table::ALL {
        match types {
            Types::Operation {
                method,
                path,
                request,
                response,
                notification,
            } => {
                trip.operation(method, path, *request, *response)?;
                let version = if path.starts_with("v2/") {
                    Version::V2
                } else {
                    Version::V3
                };
                let (event_types, round) = notification.unzip();
                for event_type in event_types.into_iter().flatten() {
                    trip.event(version, event_type, round.ok_or("no type")?)?;
                }
            }
            Types::Event {
                version,
                event_type,
                resource,
            } => trip.event(*version, event_type, *resource)?,
        }
    }
    trip.end()
}

struct Trip {
    sandbox: Sandbox,
    /// Nothing is remembered in it: it answers what the first does not find.
    fallback: Sandbox,
    notifications: Notifications,
    same: Counts,
    failed: usize,
    refused: BTreeMap<String, usize>,
}

impl Trip {
    fn start() -> Result<Self, Box<dyn Error>> {
        let (sandbox, fallback) = (Sandbox::start_blocking()?, Sandbox::start_blocking()?);
        let notifications = Notifications::from_client(&sandbox.client()?)?;
        Ok(Self {
            sandbox,
            fallback,
            notifications,
            same: Counts::default(),
            failed: 0,
            refused: BTreeMap::new(),
        })
    }

    fn operation(
        &mut self,
        method: &str,
        path: &'static str,
        request: Option<Round>,
        response: Option<Round>,
    ) -> Result<(), Box<dyn Error>> {
        let schema = schema::find(&Method::from_bytes(method.as_bytes())?, path).ok_or(path)?;
        let name = format!("{method} {path}");
        let sample = SampleRequest::complete(&schema, 0);
        if let (Some(round), Some(body)) = (request, sample.body()) {
            self.same.requests += self.check(&format!("{name} request"), body, round(body));
        }
        let Some(round) = response else {
            return Ok(());
        };
        let first = answer(&self.sandbox, &schema, &sample);
        match first.or_else(|_| answer(&self.fallback, &schema, &sample)) {
            Ok(answer) => {
                let same = self.check(&format!("{name} response"), &answer, round(&answer));
                self.same.answers += same;
            }
            Err(err) => {
                let code = err.api().map_or("other", |api| &*api.code);
                *self.refused.entry(code.to_owned()).or_default() += 1;
                println!("{name}: not answered: {err}");
            }
        }
        Ok(())
    }

    fn event(
        &mut self,
        version: Version,
        event_type: &str,
        round: Round,
    ) -> Result<(), Box<dyn Error>> {
        let notification = self.notification(version, event_type)?;
        let resource = notification.resource();
        let name = format!("{version:?} {event_type}");
        self.same.notifications += self.check(&name, resource, round(resource));
        Ok(())
    }

    /// A notification as a server receives it.
    fn notification(
        &self,
        version: Version,
        event_type: &str,
    ) -> Result<Notification, Box<dyn Error>> {
        let url = "http://127.0.0.1/notify";
        let notice = self.sandbox.sample_notification(url, version, event_type);
        let request = notice.ok_or_else(|| event_type.to_owned())?.request()?;
        Ok(self
            .notifications
            .parse(request.headers(), request.body())?)
    }

    /// 1 if the round changes nothing. Prints the difference, if any.
    fn check(&mut self, name: &str, value: &Value, round: serde_json::Result<Value>) -> usize {
        match round {
            Ok(round) if round == *value => return 1,
            Ok(round) => println!("{name}: {value} became {round}"),
            Err(err) => println!("{name}: {err}"),
        }
        self.failed += 1;
        0
    }

    fn end(self) -> Result<(), Box<dyn Error>> {
        let (same, failed) = (self.same, self.failed);
        println!(
            "{} modules there and back: {same:?}, {failed} differ, not answered: {:?}",
            table::ALL.len(),
            self.refused
        );
        if failed > 0 {
            return Err(format!("{failed} differ").into());
        }
        let enough = same.requests >= LEAST.requests
            && same.answers >= LEAST.answers
            && same.notifications >= LEAST.notifications;
        if !enough {
            return Err(format!("too few went there and back, {LEAST:?} are expected").into());
        }
        Ok(())
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
