//! The gateway: what happens to one request of a client, without sockets.
//!
//! A request passes through these stages, and the first refusal ends it:
//!
//! 1. [`received`]: the request with its whole body, and the operation that its path names;
//! 2. [`mod@authenticate`]: who signed it; splits an upload into its parts;
//! 3. [`mod@parse`]: reads the JSON and decrypts the sensitive fields;
//! 4. [`upload`] and the documentation's rules ([`crate::validation`]) check the content;
//! 5. [`mod@execute`]: the stateful operations do what is asked;
//! 6. [`respond`]: the response, signed, with the fault that was injected.

mod authenticate;
mod bank_key;
mod control_orders;
mod execute;
mod named_key;
mod parse;
pub(crate) mod payscore;
mod received;
mod recorded;
mod respond;
mod simulation_key;
mod unknown;
mod upload;

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::header::{ACCEPT, USER_AGENT};
use http::request::Parts;
use serde_json::Value;

use crate::account::{Account, Caller};
use crate::bilingual::Bilingual;
use crate::fault::{self, Fault};
use crate::multipart;
use crate::record::{CallWarning, Verdict};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::state::SandboxState;
use crate::validation::{UnknownMember, disputed, unknown_members};
use crate::world::{ActionError, ActionResult, Success};
#[cfg(feature = "control")]
pub(crate) use authenticate::WINDOW_SECONDS;
use authenticate::{Authenticated, Unauthenticated, authenticate};
use execute::execute;
use parse::{Parsed, parse};
pub(crate) use received::ClientCertificate;
#[cfg(feature = "control")]
pub(crate) use received::expected_scheme;
use received::{Received, content_type};
use recorded::record;
#[cfg(feature = "control")]
pub(crate) use unknown::TWO_SLASHES;

/// Sets the state of a record by hand, and lets the merchant be notified of it.
pub(crate) fn set_state(
    state: &SandboxState,
    account: &Account,
    number: &str,
    name: &str,
) -> ActionResult {
    if let Some(done) = payscore::set_state(state, account, number, name) {
        return done;
    }
    if !account.remembered.set_state(number, name) {
        return Err(ActionError::NotFound(Bilingual::from((
            format!("no request created a record with the number {number:?}; create it first"),
            format!("没有请求创建过单号为 {number:?} 的记录，请先创建"),
        ))));
    }
    control_orders::notify_moved(state, account, number);
    Ok(())
}

/// What a user does with an order: `pay`, `fail` or `expire`. A number of an ordinary order comes first; of an order of
/// 微信支付分, this returns what a query returns.
pub(crate) fn act(
    state: &SandboxState,
    account: &Account,
    number: &str,
    verb: &str,
) -> ActionResult<Option<Value>> {
    let (world, now) = (&account.world, state.now());
    if !world.has_order(number)
        && let Some(done) = payscore::act(state, account, number, verb)
    {
        return done.map(Some);
    }
    let done = match verb {
        "pay" => world.pay(number, now),
        "fail" => world.fail(number, now),
        _ => world.expire(number, now),
    };
    done.map(|()| None)
}

/// Whether the merchant has an order, ordinary or of 微信支付分, on which [`act`] works.
#[cfg(feature = "control")]
pub(crate) fn has_order(state: &SandboxState, account: &Account, number: &str) -> bool {
    account.world.has_order(number) || payscore::has(state, account, number)
}

/// The longest text that is read as JSON.
const MAX_JSON: usize = 1 << 20;

/// Whether the connection goes on after a request, and how.
pub(crate) struct Transmission {
    /// The number of the request's record.
    #[cfg_attr(
        not(feature = "control"),
        allow(dead_code, reason = "for the control API")
    )]
    pub(crate) id: u64,
    /// `None` closes the connection without a response.
    pub(crate) reply: Option<Reply>,
    pub(crate) delay: Duration,
    /// Whether to close the connection in the middle of the body.
    pub(crate) truncate: bool,
}

/// The longest body that is read of a request. Only uploads may be longer than [`MAX_JSON`]: JSON takes
/// many times its length in memory.
pub(crate) fn body_limit(state: &SandboxState, head: &Parts) -> usize {
    let limit = state.settings.max_body_bytes;
    if multipart::is_multipart(content_type(head)) {
        limit
    } else {
        limit.min(MAX_JSON)
    }
}

/// Handles one request; `body` is `None` when it is longer than [`body_limit`].
///
/// The request is recorded and its effects have happened when this returns, even if the client has gone.
pub(crate) fn handle(
    state: &SandboxState,
    head: Parts,
    body: Option<Bytes>,
    client_certificate: ClientCertificate,
) -> Transmission {
    let limit = body_limit(state, &head);
    let is_too_long = body.is_none();
    let received = Received::new(head, body.unwrap_or_default(), client_certificate);
    let fault = if is_too_long {
        Err(too_long(("body", "请求报文主体"), limit))
    } else {
        select_fault(state, &received)
    };
    let (fault, processed) = match fault {
        Ok(Some(Fault::CutBeforeProcessing)) => return close_unprocessed(state, received),
        Ok(fault) => {
            let processed = process(state, &received, fault.as_ref());
            (fault, processed)
        }
        Err(refusal) => (None, Processed::refused(refusal)),
    };
    let processed = processed.for_api(&received);
    let reply = respond::respond(state, &received, &processed, fault.as_ref());
    let reply = Some(reply).filter(|_| fault != Some(Fault::CutBeforeAnswer));
    let record = record(received, processed, fault.clone(), reply.as_ref());
    let id = state.records.push(record, state.now_ms());
    Transmission {
        id,
        reply,
        truncate: fault == Some(Fault::CutInBody),
        delay: delay(fault.as_ref()),
    }
}

/// How far a request came.
struct Processed {
    /// The merchant that the request names, if the sandbox has it.
    caller: Option<Caller>,
    /// The text that its signature has to cover, as far as it is known.
    signed_text: Option<Vec<u8>>,
    parsed: Option<Parsed>,
    warnings: Vec<CallWarning>,
    /// The operation's result; `None` when no stateful operation was executed.
    outcome: Result<Option<Success>, Refusal>,
}

impl Processed {
    fn refused(refusal: Refusal) -> Self {
        Self {
            caller: None,
            signed_text: None,
            parsed: None,
            warnings: Vec::new(),
            outcome: Err(refusal),
        }
    }

    /// APIv2 refuses everything with status 200.
    fn for_api(mut self, received: &Received) -> Self {
        if let (Some(_), Err(refusal)) = (received.v2_operation(), &mut self.outcome) {
            refusal.status = StatusCode::OK;
        }
        self
    }
}

impl From<Unauthenticated> for Processed {
    fn from(failed: Unauthenticated) -> Self {
        Self {
            caller: failed.caller,
            signed_text: failed.signed_text,
            ..Self::refused(*failed.refusal)
        }
    }
}

/// Passes a request through all stages, in WeChat Pay's order.
fn process(state: &SandboxState, received: &Received, fault: Option<&Fault>) -> Processed {
    // A fault with a 4xx status stands for a refusal: the request is checked, and changes nothing.
    let executes = !fault.is_some_and(Fault::refuses);
    // APIv2 signs in the body, so the signature of an unknown path cannot be checked. The path is the
    // mistake to report.
    if executes
        && received.is_xml()
        && let Err(refusal) = require_known(state, received)
    {
        return Processed::refused(refusal);
    }
    let authenticated = require_agent(received)
        .map_err(Into::into)
        .and_then(|()| authenticate(state, received));
    match authenticated {
        Ok(authenticated) => process_authenticated(state, received, authenticated, executes),
        Err(failed) => failed.into(),
    }
}

/// Passes a request whose sender is known through the other stages.
fn process_authenticated(
    state: &SandboxState,
    received: &Received,
    authenticated: Authenticated,
    executes: bool,
) -> Processed {
    let Authenticated {
        caller,
        signed_text,
        content,
    } = authenticated;
    let refused = |caller, signed_text, parsed, refusal| Processed {
        caller: Some(caller),
        signed_text,
        parsed,
        ..Processed::refused(refusal)
    };
    if let Err(refusal) = check_rate_limit(state, received, &caller) {
        return refused(caller, signed_text, Parsed::of_v2(content), refusal);
    }
    let parsed = match parse(state, received, &caller, content) {
        Ok(parsed) => parsed,
        Err(refusal) => return refused(caller, signed_text, None, refusal),
    };
    let unknown = unknown_of(received, &caller, &parsed);
    let outcome = check_content(state, received, &caller, &parsed)
        .and_then(|()| check_unknown(state, received, &unknown))
        .and_then(|()| execute_known(state, received, (&caller, &parsed), executes));
    let warnings = warnings(state, received, (&caller, &parsed), &unknown);
    Processed {
        caller: Some(caller),
        signed_text,
        parsed: Some(parsed),
        warnings,
        outcome,
    }
}

/// The members that no documentation has, and the media ids that no upload has.
fn unknown_of(received: &Received, caller: &Caller, parsed: &Parsed) -> Vec<UnknownMember> {
    let upload_of = |id: &str| caller.account.world.upload_of(id);
    let documented = parsed.documented(received, caller);
    documented
        .as_ref()
        .map_or_else(Vec::new, |request| unknown_members(request, &upload_of))
}

/// The warnings of a request: its unknown members, disputed ones, and the key that it names without need.
fn warnings(
    state: &SandboxState,
    received: &Received,
    (caller, parsed): (&Caller, &Parsed),
    unknown: &[UnknownMember],
) -> Vec<CallWarning> {
    let request = parsed.documented(received, caller);
    let disputed = request.as_ref().map_or_else(Vec::new, disputed);
    let warnings = unknown.iter().map(UnknownMember::warning).chain(disputed);
    let named = named_key::warning(state, received, caller);
    warnings.chain(named).collect()
}

fn execute_known(
    state: &SandboxState,
    received: &Received,
    (caller, parsed): (&Caller, &Parsed),
    executes: bool,
) -> Result<Option<Success>, Refusal> {
    if !executes {
        return Ok(None);
    }
    require_known(state, received)?;
    execute(state, caller, received, parsed)
}

/// The fault for this request: the one that it names in a header, or the next one that waits.
fn select_fault(state: &SandboxState, received: &Received) -> Result<Option<Fault>, Refusal> {
    match fault::named_by(&received.head.headers) {
        Ok(None) if received.is_from_client() => Ok(state.faults.next()),
        Ok(named) => Ok(named),
        Err(err) => {
            // The header is the sandbox's, so its mistakes are reported in the sandbox's words.
            let (status, message) = (StatusCode::BAD_REQUEST, err.report());
            let why = Bilingual::of_error(
                format!(
                    "指定故障的请求头有误：没有 X-Sandbox-Fault 指定的故障，或取值不对，可用的有 {}",
                    fault::names_zh()
                ),
                &message,
            );
            Err(Refusal::invalid(status, message, why))
        }
    }
}

fn close_unprocessed(state: &SandboxState, received: Received) -> Transmission {
    let processed = Processed {
        caller: None,
        signed_text: None,
        parsed: None,
        warnings: Vec::new(),
        outcome: Ok(None),
    };
    let fault = Some(Fault::CutBeforeProcessing);
    let mut record = record(received, processed, fault, None);
    record.verdict = Verdict::Unprocessed;
    let id = state.records.push(record, state.now_ms());
    Transmission {
        id,
        reply: None,
        delay: Duration::ZERO,
        truncate: false,
    }
}

/// How long the answer is held back.
fn delay(fault: Option<&Fault>) -> Duration {
    match fault {
        Some(Fault::Slow(delay)) => *delay,
        _ => Duration::ZERO,
    }
}

/// Refuses a request without `Accept` or `User-Agent`. APIv2 needs neither: the official Java SDK of APIv2 and
/// most others send no `Accept`.
fn require_agent(received: &Received) -> Result<(), Refusal> {
    if received.v2_operation().is_some() {
        return Ok(());
    }
    let is_missing = |name: &http::HeaderName| !received.head.headers.contains_key(name);
    let Some(name) = [ACCEPT, USER_AGENT].into_iter().find(is_missing) else {
        return Ok(());
    };
    let value = if name == ACCEPT {
        "application/json"
    } else {
        "my-shop/1.0"
    };
    let why = (
        format!("the header {name} is missing: send, for example, {name}: {value}"),
        format!("缺少请求头 {name}：请发送，例如 {name}: {value}"),
    );
    let message = "Http头缺少Accept或User-Agent";
    Err(Refusal::invalid(StatusCode::BAD_REQUEST, message, why))
}

fn check_rate_limit(
    state: &SandboxState,
    received: &Received,
    caller: &Caller,
) -> Result<(), Refusal> {
    let mchid = caller.account.mchid();
    let count = |operation| state.rate_limits.count(mchid, operation, state.now());
    received.operation.map_or(Ok(()), count)
}

/// Checks an upload's parts, and the decrypted fields against the documentation.
fn check_content(
    state: &SandboxState,
    received: &Received,
    caller: &Caller,
    parsed: &Parsed,
) -> Result<(), Refusal> {
    let documented = state.settings.documented;
    let is_v3_upload = received.is_upload() && received.v2_operation().is_none();
    if let Some(operation) = received.operation.filter(|_| is_v3_upload) {
        upload::check(operation, parsed.json(), parsed.file(), documented.check)?;
    } else if let Some(operation) = received.operation.filter(|_| documented.check) {
        upload::check_is_form(operation)?;
    }
    let request = parsed.documented(received, caller);
    if let Some(request) = request {
        documented.check(&request)?;
        let checked = state.accounts.check(&caller.account, &request);
        checked.map_err(|refusal| in_api(received, refusal))?;
    }
    bank_key::check(&caller.account, &caller.credentials, received, parsed)
}

/// The refusal as the API of the request has it.
fn in_api(received: &Received, refusal: Refusal) -> Refusal {
    if received.v2_operation().is_some() {
        refusal.into_v2()
    } else {
        refusal
    }
}

/// Refuses a member that is not documented, and an unknown media id, if the sandbox is strict.
fn check_unknown(
    state: &SandboxState,
    received: &Received,
    unknown: &[UnknownMember],
) -> Result<(), Refusal> {
    let is_v2 = received.v2_operation().is_some();
    let mut refused = unknown.iter().filter(|_| state.settings.documented.strict);
    refused
        .next()
        .map_or(Ok(()), |member| Err(member.refusal(is_v2)))
}

/// Refuses a path that is neither in the catalog nor stubbed, unless unknown paths are echoed.
fn require_known(state: &SandboxState, received: &Received) -> Result<(), Refusal> {
    let (method, path) = (&received.head.method, received.path());
    let is_known = received.operation.is_some() || state.settings.documented.echo_unknown;
    if is_known || state.stubs.get(method, path).is_some() {
        return Ok(());
    }
    // A path with two slashes is reported as such for both APIs.
    if received.is_xml() && !path.starts_with("//") {
        return Err(unknown::refusal(method, &format!("v2{path}")));
    }
    Err(unknown::refusal(method, path))
}

/// `what` in English and in Chinese.
fn too_long((what, what_zh): (&str, &str), limit: usize) -> Refusal {
    let why = (
        format!("the {what} is longer than {limit} bytes"),
        format!("{what_zh}超过 {limit} 字节"),
    );
    Refusal::invalid(StatusCode::PAYLOAD_TOO_LARGE, "无效请求", why)
}
