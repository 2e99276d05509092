//! One request, from its bytes to its answer.

mod answering;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use http::header::{ACCEPT, USER_AGENT};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use serde_json::Value;

use super::bilingual::Bilingual;
use super::bills::Bills;
use super::call::{Call, MAX_JSON, target, too_long};
use super::certificates::Platform;
use super::control::Control;
use super::door::{Door, Signed};
use super::fault::{self, Fault, Faults};
use super::fields::{self, Opener};
use super::identity::Identity;
use super::limits::Limits;
use super::mock::SchemaSettings;
use super::multipart;
use super::record::{Records, ResponseRecord, Verdict};
use super::refusal::Refusal;
use super::reply::ReplyBody;
use super::server;
use super::stub::Stubs;
use super::unknown;
use super::upload;
use super::v2;
use super::world::{self, Success, World};
use wechatpay_core::catalog::Operation;
use wechatpay_core::clock::Clock;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// The gateway itself: it knows nothing of sockets.
pub(super) struct Gateway {
    pub(super) identity: Arc<Identity>,
    pub(super) platform: Platform,
    pub(super) stubs: Stubs,
    pub(super) faults: Faults,
    pub(super) records: Records,
    pub(super) world: World,
    pub(super) control: Control,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) server_limits: server::Limits,
    max_body_bytes: usize,
    documented: SchemaSettings,
    limits: Limits,
    pub(super) bills: Bills,
    tls: bool,
    door: Door,
    count: AtomicU64,
}

impl Gateway {
    pub(super) fn new(
        identity: Arc<Identity>,
        clock: Arc<dyn Clock>,
        max_body_bytes: usize,
        documented: SchemaSettings,
        tls: bool,
    ) -> Self {
        Self {
            platform: Platform::new(Arc::clone(&identity), false),
            identity,
            stubs: Stubs::default(),
            faults: Faults::default(),
            records: Records::default(),
            world: World::new(documented.seed),
            control: Control::default(),
            clock,
            server_limits: server::Limits::default(),
            max_body_bytes,
            limits: Limits::new(documented.limits),
            documented,
            bills: Bills::default(),
            tls,
            door: Door::default(),
            count: AtomicU64::new(0),
        }
    }

    /// Whether the documented limits of frequency act.
    pub(super) fn limits_are_enforced(&self) -> bool {
        self.limits.are_enforced()
    }

    /// Switches the limits on or off; what was counted is forgotten.
    pub(super) fn enforce_limits(&self, enforce: bool) {
        self.limits.enforce(enforce);
    }

    /// The limits as at the start, with nothing counted.
    pub(super) fn reset_limits(&self) {
        self.limits.enforce(self.documented.limits);
    }

    /// Stubs a request; an error ends the connection without an answer.
    pub(super) async fn serve(&self, request: Request<Incoming>) -> Result<Response<ReplyBody>> {
        let (head, body) = request.into_parts();
        let mut call = Call::new(head);
        let limit = self.limit(&call);
        let body = server::read(body, limit, self.server_limits.patience).await;
        let (fault, judged) = match body {
            Ok(body) => {
                call.body = body;
                match self.inject_fault(&call) {
                    Ok(Some(Fault::CutBeforeProcessing)) => return Err(self.leave(call)),
                    // Admitted and no more: a refusal changes nothing.
                    Ok(Some(fault)) if fault.refuses() => (Some(fault), self.admit(&mut call)),
                    Ok(fault) => (fault, self.judge(&mut call)),
                    Err(refusal) => (None, Err(refusal)),
                }
            }
            Err(err) if err.kind() == ErrorKind::Body => {
                (None, Err(too_long(("body", "请求报文主体"), limit)))
            }
            // The client has gone: there is nobody to answer.
            Err(err) => return Err(err),
        };
        let judged = match call.v2() {
            Some(_) => judged.map_err(v2::leaving),
            None => judged,
        };
        let reply = self.reply(&call, &judged, fault.as_ref());
        let cut = fault == Some(Fault::CutBeforeAnswer);
        let answer = (!cut).then(|| ResponseRecord {
            status: reply.status,
            headers: reply.headers.clone(),
            body: reply.body.clone(),
        });
        // Before any wait: the request is processed, also when its client gives up.
        let record = call.record(judged, fault.clone(), answer);
        self.records.push(record, self.clock.now());
        if let Some(Fault::Slow(while_)) = fault {
            tokio::time::sleep(while_).await;
        }
        match cut {
            true => Err(cut_as_told()),
            false => Ok(reply.into_response(fault == Some(Fault::CutInBody))),
        }
    }

    /// What is to go wrong: what the request asks for itself, or what waits.
    fn inject_fault(&self, call: &Call) -> Result<Option<Fault>, Refusal> {
        match fault::named_by(&call.head.headers) {
            Ok(None) if call.is_meant() => Ok(self.faults.next()),
            Ok(named) => Ok(named),
            Err(err) => {
                // The header is the sandbox's own: so is what its sender is told.
                let (status, said) = (StatusCode::BAD_REQUEST, err.report());
                let why = Bilingual::of_error("指定故障的请求头有误", &said);
                Err(Refusal::invalid(status, said, why))
            }
        }
    }

    /// Closes the connection without a look at the request.
    fn leave(&self, call: Call) -> Error {
        let mut record = call.record(Ok(()), Some(Fault::CutBeforeProcessing), None);
        record.verdict = Verdict::Unprocessed;
        self.records.push(record, self.clock.now());
        cut_as_told()
    }

    /// The longest body of a request: of all but uploads it is read as JSON, which takes many times
    /// as much memory.
    fn limit(&self, call: &Call) -> usize {
        match multipart::is_multipart(call.content_type()) {
            true => self.max_body_bytes,
            false => self.max_body_bytes.min(MAX_JSON),
        }
    }

    /// All the checks, and what the request does.
    fn judge(&self, call: &mut Call) -> Result<(), Refusal> {
        // No header signs a request of APIv2: where its path is not known, the path is what is wrong.
        if call.is_xml() {
            self.check_known(call)?;
        }
        self.admit(call)?;
        self.check_known(call)?;
        call.told = self.told(call).transpose()?;
        Ok(())
    }

    /// Whether there is an answer for what the catalog does not know.
    fn check_known(&self, call: &Call) -> Result<(), Refusal> {
        let (method, path) = (&call.head.method, call.head.uri.path());
        let known = call.operation.is_some() || self.documented.echo_unknown;
        match known || self.stubs.get(method, path).is_some() {
            true => Ok(()),
            // Two slashes are named as such, whichever API is meant.
            false if call.is_xml() && !path.starts_with("//") => {
                Err(unknown::refusal(method, &format!("v2{path}")))
            }
            false => Err(unknown::refusal(method, path)),
        }
    }

    /// What the request does to what is remembered, unless the test has an answer of its own.
    fn told(&self, call: &Call) -> Option<Result<Success, Refusal>> {
        let path = call.head.uri.path();
        if self.stubs.get(&call.head.method, path).is_some() {
            return None;
        }
        if let Some(bill) = self.bill(call) {
            return Some(bill);
        }
        self.world.answer(&world::Request {
            operation: call.operation?,
            path,
            query: call.query.as_deref().or(call.head.uri.query()),
            body: call.json.as_ref(),
            file: call.file(),
            now: self.clock.now(),
        })
    }
    fn bill(&self, call: &Call) -> Option<Result<Success, Refusal>> {
        let (bills, world, now) = (&self.bills, &self.world, self.clock.now());
        match (call.v2(), &call.json) {
            (Some(operation), Some(members)) => bills.answer_v2(operation, members, world, now),
            _ => bills.answer(&call.head, self.tls, world, now),
        }
    }

    /// All the checks, in WeChat Pay's order.
    fn admit(&self, call: &mut Call) -> Result<(), Refusal> {
        check_agent(&call.head)?;
        if let Some(operation) = call.v2() {
            let key = &self.identity.v2_key;
            let built = &mut call.signed_text;
            call.json = Some(v2::judge(&call.head, &call.body, operation, key, built)?);
            self.count(call)?;
            return self.check_fields(call);
        }
        let content = call.content()?;
        if !call.operation.is_some_and(Operation::unsigned_request) {
            let signed = Signed {
                method: call.head.method.as_str(),
                target: target(&call.head),
                body: &content,
                scheme: call.scheme(),
            };
            let (headers, now) = (&call.head.headers, self.clock.now());
            let built = &mut call.signed_text;
            self.door
                .check(&self.identity, headers, &signed, now, built)?;
        }
        self.count(call)?;
        call.check_content_type()?;
        let pair = fields::named(&call.head.headers, &self.platform)?;
        call.json = parse(&content)?;
        if let Some(operation) = call.operation {
            call.open(&Opener { operation, pair })?;
        }
        let upload = call.sent().filter(|sent| sent.upload);
        if let Some(sent) = upload {
            let whole = self.documented.check;
            upload::check(&sent, call.content_type(), &call.body, whole)?;
        }
        self.check_fields(call)
    }

    fn count(&self, call: &Call) -> Result<(), Refusal> {
        let counted = |operation| self.limits.count(operation, self.clock.now());
        call.operation.map_or(Ok(()), counted)
    }

    /// Compares the fields, decrypted, with what is documented of them.
    fn check_fields(&self, call: &Call) -> Result<(), Refusal> {
        call.sent()
            .map_or(Ok(()), |sent| self.documented.check(&sent))
    }
}

fn cut_as_told() -> Error {
    server::gone("cut, as told")
}

fn check_agent(head: &Parts) -> Result<(), Refusal> {
    let lacking = [ACCEPT, USER_AGENT]
        .into_iter()
        .find(|name| !head.headers.contains_key(name));
    match lacking {
        None => Ok(()),
        Some(name) => Err(Refusal::invalid(
            StatusCode::BAD_REQUEST,
            "Http头缺少Accept或User-Agent",
            (
                format!("the header {name} is missing"),
                format!("缺少请求头 {name}"),
            ),
        )),
    }
}

fn parse(content: &[u8]) -> Result<Option<Value>, Refusal> {
    if content.is_empty() {
        return Ok(None);
    }
    serde_json::from_slice(content).map(Some).map_err(|err| {
        let why = (
            format!("the body is not JSON: {err}"),
            format!("报文主体不是合法的 JSON：{err}"),
        );
        Refusal::param_error("参数错误", why)
    })
}
