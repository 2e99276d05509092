//! The button of the reference: the sandbox sends the sample request of a page as its first merchant.
//!
//! The browser gets no key: the sandbox signs the request and passes it to the gateway, which checks and records it as any
//! other. In the journal it is a client's request, so a restart executes the same bytes.

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Request};
use serde_json::Value;

use super::problem::{Outcome, Problem};
use crate::account::Caller;
use crate::adjustable_clock::AdjustableClock;
use crate::date::rfc3339;
use crate::gateway::{self, ClientCertificate};
use crate::identity::{DAY, MCHID};
use crate::journal::{Entry, SavedRequest, Ticket};
use crate::mock::SampleRequest;
use crate::reference;
use crate::schema::{self, Schema};
use crate::state::SandboxState;
use wechatpay_chain::{Call, Client, ClientBuilder, Media};
use wechatpay_core::catalog::{self, AnswerKind, BodyKind};
use wechatpay_core::clock::Clock;
use wechatpay_core::crypto::{KeyAlgorithm, Padding};
use wechatpay_core::error::{Error, Result};

/// Signs the sample request of an operation, sends it, and returns the number of its record.
pub(super) fn run(state: &Arc<SandboxState>, method: &str, path: &str) -> Outcome<(u64, Ticket)> {
    let unknown = || {
        let error = ("there is no such operation", "没有这个接口");
        Problem::missing(error, ("use the button of a page", "请使用页面上的按钮"))
    };
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| unknown())?;
    // `catalog::find` also takes paths in which the variables have values.
    let operation = catalog::find(&method, path).filter(|it| it.path() == path);
    let schema = operation.and_then(schema::of).ok_or_else(unknown)?;
    if schema.operation().answer() == AnswerKind::Redirect {
        return Err(unknown());
    }
    let (head, body) = sign(state, &schema).map_err(failed)?;
    send(state, head, body).map_err(failed)
}

fn failed(err: Error) -> Problem {
    let hint = (
        "send it with a client: the page has the code",
        "请按页面上的代码，用客户端发送",
    );
    Problem::of(&err, "沙箱无法对这个请求签名", hint)
}

/// With a journal, the ticket waits until the request is written.
fn send(state: &SandboxState, head: Parts, body: Bytes) -> Result<(u64, Ticket)> {
    let is_kept = state.journal.is_some();
    let request = is_kept.then(|| SavedRequest::of(&head, Some(&body)));
    // Operations that need the certificate of the merchant would get it over TLS.
    let certificate = ClientCertificate::NotAsked;
    let presented = certificate.saved();
    state.record(|| {
        let sent = gateway::handle(state, head, Some(body), certificate);
        let entry = request.map(|request| Entry::Call {
            request,
            certificate: presented,
            status: sent.reply.as_ref().map(|it| it.status.as_u16()),
        });
        (sent.id, entry)
    })
}

/// The request as the client would send it, in the form in which the server receives it.
fn sign(state: &Arc<SandboxState>, schema: &Schema) -> Result<(Parts, Bytes)> {
    let account = Arc::clone(state.accounts.first());
    let mchid = account.mchid().to_owned();
    let caller = Caller::new(account)?;
    let client = if schema.operation().is_brand() {
        brand(state)?
    } else {
        merchant(state, &caller)
    };
    let base = state
        .base_url
        .get()
        .map_or("http://127.0.0.1", String::as_str);
    let client = client
        .base_url(base)
        .no_proxy()
        .clock(SandboxClock(Arc::clone(&state.clock)))
        .build()?;
    let yesterday = rfc3339(state.now() - DAY);
    let yesterday = yesterday.get(..10).unwrap_or_default();
    let sample = reference::sample(schema);
    let mut request = call(&client, schema, &sample, &mchid, yesterday);
    if let Some(body) = body(schema, &sample, &caller, yesterday)? {
        request = request.json(body);
    }
    let signed = request.dry_run().wait()?;
    let target = signed.uri().path_and_query().map_or("/", |it| it.as_str());
    let (mut head, ()) = Request::new(()).into_parts();
    head.method = signed.method().clone();
    head.uri = target.parse().map_err(|err| {
        let kind = wechatpay_core::error::ErrorKind::Path;
        Error::new(kind, "the path is no URI").with_source(err)
    })?;
    head.headers = signed.headers().clone();
    Ok((head, signed.body().clone()))
}

fn merchant(state: &SandboxState, caller: &Caller) -> ClientBuilder {
    let (credentials, view) = (&caller.credentials, &caller.view);
    let builder = Client::builder()
        .mchid(caller.account.mchid())
        .private_key(credentials.key.clone())
        .certificate(credentials.certificate.clone())
        .apiv3_key(credentials.apiv3_key.clone());
    let builder = match credentials.key.algorithm() {
        KeyAlgorithm::Sm2 => builder,
        _ => builder.v2_key(credentials.v2_key.clone()),
    };
    if view.has_public_key() {
        let key = view.public.key.public_key().clone();
        return builder.platform_key(&*view.public.id, key);
    }
    match state.identity.sm_certified() {
        Ok(certified) if view.algorithm == KeyAlgorithm::Sm2 => {
            builder.platform_certificate(certified.certificate)
        }
        _ => builder.platform_certificate(state.identity.certified.certificate.clone()),
    }
}

/// The key of a brand is generated when it is first needed, which the journal keeps.
fn brand(state: &SandboxState) -> Result<ClientBuilder> {
    let account = state.accounts.first();
    let brand_id = account.settings.brands.first().cloned().unwrap_or_default();
    let (brand, written) = state.record(|| {
        let brand = account.brand(&brand_id, state.now());
        let brand_id = brand_id.clone();
        let entry = brand.is_ok().then_some(Entry::Brand { brand_id });
        (brand, entry)
    })?;
    written.wait()?;
    let brand = brand?;
    let public = Caller::new(Arc::clone(account))?.view.public;
    Ok(Client::builder()
        .brand_id(brand_id)
        .private_key(brand.key.clone())
        .certificate(brand.certificate.clone())
        .platform_key(&*public.id, public.key.public_key().clone()))
}

/// The sample names the default merchant.
fn call(
    client: &Client,
    schema: &Schema,
    sample: &SampleRequest,
    mchid: &str,
    yesterday: &str,
) -> Call {
    let operation = schema.operation();
    // Three paths have capitals, which a literal may not have.
    let chain = client.chain(operation.path().to_owned());
    let mut call = match (operation.method(), operation.body()) {
        (_, BodyKind::Multipart) => chain.post(Media::from_bytes("file.jpg", "a file"), ()),
        (Method::GET, _) => chain.get(()),
        (Method::DELETE, _) => chain.delete(()),
        (Method::PUT, _) => chain.put((), ()),
        (Method::PATCH, _) => chain.patch((), ()),
        _ => chain.post((), ()),
    };
    let own = |name: &str, text: &str| own(name, text, mchid, yesterday);
    for (name, value) in sample.query() {
        call = call.query(name, own(name, value));
    }
    for (name, value) in sample.vars() {
        call = call.var(*name, own(name, value));
    }
    call
}

/// A value of the sample, for this merchant and today.
fn own(name: &str, text: &str, mchid: &str, yesterday: &str) -> String {
    match name {
        // Bills are kept for three months only. APIv2 writes days without hyphens.
        "bill_date" if text.contains('-') => yesterday.to_owned(),
        "bill_date" => yesterday.replace('-', ""),
        _ => text.replace(MCHID, mchid),
    }
}

/// The body of the sample. A dry run does not fetch the bank's key, so its fields are encrypted here.
fn body(
    schema: &Schema,
    sample: &SampleRequest,
    caller: &Caller,
    yesterday: &str,
) -> Result<Option<Value>> {
    let Some(mut body) = sample.body().cloned() else {
        return Ok(None);
    };
    adapt("", &mut body, caller.account.mchid(), yesterday);
    let bank_key = caller.credentials.public.key.public_key();
    for pointer in schema.operation().encrypt_bank() {
        if let Some(Value::String(text)) = body.pointer_mut(pointer) {
            *text = bank_key.encrypt(Padding::Oaep, text.as_bytes())?;
        }
    }
    Ok(Some(body))
}

fn adapt(name: &str, value: &mut Value, mchid: &str, yesterday: &str) {
    match value {
        Value::String(text) => *text = own(name, text, mchid, yesterday),
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| adapt(name, item, mchid, yesterday)),
        Value::Object(members) => members
            .iter_mut()
            .for_each(|(name, item)| adapt(name, item, mchid, yesterday)),
        _ => {}
    }
}

/// The request is signed at the time of the sandbox, which can be set.
#[derive(Debug)]
struct SandboxClock(Arc<AdjustableClock>);

impl Clock for SandboxClock {
    fn now(&self) -> i64 {
        self.0.now()
    }

    fn nonce(&self) -> Result<String> {
        self.0.nonce()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sandbox;
    use crate::record::Verdict;

    /// Refusals because the sandbox has made nothing that the sample names; all others are of a wrong request.
    const NOTHING_MADE: [&str; 5] = [
        "no request has created",
        "the sandbox has no",
        "the order does not exist",
        "the token is unknown",
        "the bill is empty",
    ];

    #[test]
    fn sample_requests_of_all_operations_are_accepted() {
        let sandbox = Sandbox::start_blocking().unwrap();
        let state = &sandbox.state;
        let (mut sent, mut wrong) = (0, Vec::new());
        for schema in schema::all() {
            let operation = schema.operation();
            let name = format!("{} {}", operation.method(), operation.path());
            if operation.answer() == AnswerKind::Redirect {
                continue;
            }
            let done = run(state, operation.method().as_str(), operation.path());
            let (id, _) = done.unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
            sent += 1;
            let record = state.records.get(id).unwrap();
            if let Verdict::Refused {
                code, message, why, ..
            } = record.verdict
                && !NOTHING_MADE.iter().any(|start| why.starts_with(start))
            {
                wrong.push(format!("{name}: {code} {message} ({why})"));
            }
        }
        assert_eq!(sent, 1203);
        assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
    }
}
