//! The response to a processed request, and the key that signs it.

mod apiv2;

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, StatusCode};
use serde_json::Value;

use self::apiv2::{ResponseContext, refusal_of_status, unknown};
use super::Processed;
use super::parse::Parsed;
use super::received::Received;
use crate::account::Caller;
use crate::bills::Served;
use crate::fault::Fault;
use crate::platform::{self, Asked, Signer};
use crate::refusal::Refusal;
use crate::reply::{JSON, Reply};
use crate::sensitive_fields;
use crate::signing::{MessageSigner, set_header};
use crate::state::SandboxState;
use crate::stub::{CheckedResponse, StubResponse};
use crate::world::Success;
use wechatpay_core::catalog::AnswerSignature;
use wechatpay_core::crypto::digest::{hex_upper, sha256};
use wechatpay_core::error::Result;

/// Builds and signs the response, and applies the fault.
pub(super) fn respond(
    state: &SandboxState,
    received: &Received,
    processed: &Processed,
    fault: Option<&Fault>,
) -> Reply {
    if let Some(page) = fault.and_then(Fault::page) {
        return page;
    }
    match signed_reply(state, received, processed, fault) {
        Ok(mut reply) => {
            if let Some(fault) = fault {
                fault.corrupt(&mut reply);
            }
            reply
        }
        Err(err) => Refusal::internal(&err).reply(),
    }
}

fn signed_reply(
    state: &SandboxState,
    received: &Received,
    processed: &Processed,
    fault: Option<&Fault>,
) -> Result<Reply> {
    // A request whose sender is not known is answered as the first merchant's.
    let first;
    let caller = match &processed.caller {
        Some(caller) => caller,
        None => {
            first = Caller::new(Arc::clone(state.accounts.first()))?;
            &first
        }
    };
    let responder = Responder {
        state,
        received,
        caller,
        fault,
    };
    responder.signed(responder.reply(processed)?)
}

struct Responder<'a> {
    state: &'a SandboxState,
    received: &'a Received,
    caller: &'a Caller,
    fault: Option<&'a Fault>,
}

impl Responder<'_> {
    /// Adds the headers that every answer has, and the signature.
    fn signed(&self, mut reply: Reply) -> Result<Reply> {
        // Inferred from WxJava, whose validator reads the Content-Type of every answer: WeChat Pay sends one with 204 too.
        if reply.status == StatusCode::NO_CONTENT {
            reply.headers.entry(CONTENT_TYPE).or_insert(JSON);
        }
        // The Request-ID, the reason of the key and the five headers of a signature: the map grows once.
        reply.headers.reserve(7);
        set_header(&mut reply.headers, "Request-ID", &request_id(self.state))?;
        let signer = self.signer()?;
        let is_shown =
            reply.covers != AnswerSignature::Nothing && self.received.v2_operation().is_none();
        if let Some(reason) = signer.reason().filter(|_| is_shown) {
            set_header(&mut reply.headers, "X-Sandbox-Signed-By", reason)?;
        }
        let signer = MessageSigner {
            pair: signer.pair(),
            offset: self.fault.map_or(0, Fault::offset),
            wrong: self.fault == Some(&Fault::WrongSignature),
        };
        signer.sign(&mut reply, &*self.state.clock)?;
        Ok(reply)
    }

    fn reply(&self, processed: &Processed) -> Result<Reply> {
        let parsed = processed.parsed.as_ref();
        let success = match &processed.outcome {
            Ok(success) => success.as_ref(),
            Err(refusal) => return Ok(self.refusal(refusal, parsed)),
        };
        if let Some(status) = self.fault.and_then(Fault::status) {
            return Ok(match self.v2(parsed) {
                None => Refusal::of_status(status).reply(),
                Some(_) => match refusal_of_status(status) {
                    Some(refusal) => self.refusal(&refusal, parsed),
                    None => Reply::html(status),
                },
            });
        }
        let reply = self
            .content(parsed, success)
            .and_then(|reply| match self.v2(parsed) {
                Some(v2) => v2.reply(reply),
                None => Ok(reply),
            });
        // A response that cannot be built is an error of the sandbox, which it signs.
        Ok(reply.unwrap_or_else(|err| Refusal::internal(&err).reply()))
    }

    /// A refusal in the form of the request's API.
    fn refusal(&self, refusal: &Refusal, parsed: Option<&Parsed>) -> Reply {
        match self.v2(parsed) {
            Some(v2) => v2.refusal(refusal),
            // A path that is no operation: the body tells the API.
            None if self.received.operation.is_none() && self.received.is_xml() => unknown(refusal),
            None => refusal.reply(),
        }
    }

    /// The content of a response that succeeds. The first source that has one answers: stubs, the list of
    /// certificates, the stateful operations, the documentation, the default.
    fn content(&self, parsed: Option<&Parsed>, success: Option<&Success>) -> Result<Reply> {
        let (state, received) = (self.state, self.received);
        let (method, operation) = (&received.head.method, received.operation);
        let stub = state.stubs.get(method, received.path());
        if stub.is_none() && platform::is_certificate_list(operation) {
            return self.certificates();
        }
        let documented = || {
            let request = parsed?.documented(received, self.caller)?;
            state
                .settings
                .documented
                .answer(&request, self.caller.account.mchid())
        };
        let response = if let Some(stub) = stub {
            stub
        } else if let Some(success) = success {
            let mut success = success.clone();
            self.serve_files(success.body.as_mut())?;
            CheckedResponse::of_success(success)
        } else if let Some((status, mut body)) = documented() {
            self.serve_files(Some(&mut body))?;
            StubResponse::json(body).status(status.as_u16()).check()?
        } else {
            CheckedResponse::default_of(method, operation, parsed.and_then(Parsed::json))
        };
        let key = self.caller.certificate.public_key();
        response.reply(operation, |value| {
            if let Some(operation) = operation.filter(|_| received.is_upload()) {
                let world = &self.caller.account.world;
                world.keep_media(value, operation.path());
            }
            match operation {
                Some(operation) => sensitive_fields::encrypt_response(value, operation, key),
                None => Ok(()),
            }
        })
    }

    /// The list of certificates. A client that gets it verifies with them from now on. With most faults it gets no list, or
    /// discards it.
    fn certificates(&self) -> Result<Reply> {
        let merchant = (&self.caller.view, self.caller.credentials.resource_key());
        let (platform, clock) = (&self.state.platform, &*self.state.clock);
        let list = platform.list(self.fault, merchant, clock)?;
        let is_usable = matches!(self.fault, None | Some(Fault::Slow(_)));
        if list.status.is_success() && is_usable {
            self.caller.account.certificate_clients.add(&self.agent());
        }
        Ok(list)
    }

    /// Makes the files of a response downloadable. APIv2 has no such responses.
    fn serve_files(&self, body: Option<&mut Value>) -> Result<()> {
        let Some(body) = body.filter(|_| self.received.v2_operation().is_none()) else {
            return Ok(());
        };
        let served = Served {
            head: &self.received.head,
            tls: self.state.settings.tls,
            now: self.state.now(),
        };
        self.caller.account.bills.serve_files(body, served)
    }

    fn v2<'p>(&'p self, parsed: Option<&'p Parsed>) -> Option<ResponseContext<'p>> {
        Some(ResponseContext {
            operation: self.received.v2_operation()?,
            key: &self.caller.credentials.v2_key,
            clock: &*self.state.clock,
            fault: self.fault,
            request: parsed.and_then(Parsed::json).and_then(Value::as_object),
        })
    }

    /// The key that signs the response.
    fn signer(&self) -> Result<Signer> {
        let (platform, now) = (&self.state.platform, self.state.now());
        let view = &self.caller.view;
        if self.fault == Some(&Fault::ExpiredCertificate) {
            return Ok(Signer::Expired(platform.expired(view.algorithm, now)?.pair));
        }
        let named = sensitive_fields::named_serial(&self.received.head.headers);
        let asked = match &named {
            Some(serial) => Asked::Named(serial),
            None if platform::is_certificate_list(self.received.operation) => Asked::List,
            None => Asked::Unnamed {
                has_fetched: self.has_certificates(),
            },
        };
        Ok(platform.signer(asked, view, now))
    }

    /// Whether the client has fetched the certificates, and so verifies with them.
    fn has_certificates(&self) -> bool {
        let clients = &self.caller.account.certificate_clients;
        clients.has(&self.agent())
    }

    fn agent(&self) -> Cow<'_, str> {
        let agent = self.received.head.headers.get(USER_AGENT);
        let bytes = agent.map(HeaderValue::as_bytes).unwrap_or_default();
        String::from_utf8_lossy(bytes)
    }
}

/// A new id in the form of WeChat Pay's.
fn request_id(state: &SandboxState) -> String {
    let count = state.request_count.fetch_add(1, Ordering::Relaxed);
    let digest = sha256(&[state.now().to_be_bytes(), count.to_be_bytes()].concat());
    format!("08{}-{count:09}", hex_upper(&digest[..21]))
}
