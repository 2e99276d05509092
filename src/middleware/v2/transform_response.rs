use std::sync::Arc;

use serde_json::{Map, Value};

use super::outcome::{Demands, Outcome, code_and_message, text};
use crate::message::{CallInfo, Request, Response};
use crate::middleware::verifier::UNTRUSTED;
use crate::stack::{Middleware, Next};
use crate::trace;
use wechatpay_core::catalog::{AnswerKind, AnswerSignature, Operation};
use wechatpay_core::error::{
    ApiError, BoxError, Error, ErrorKind, Result, Verification, VerifyFailure,
};
use wechatpay_core::protocol::{message_fits, signed_members, xml};
use wechatpay_core::secret::Secret;

/// Outside `transform_request`. Sees the response's XML; checks its signature and turns a
/// `return_code` or `result_code` other than `SUCCESS` into [`ErrorKind::Api`].
///
/// Fails closed: a message that states neither success nor failure is
/// [`ErrorKind::Verify`], also from endpoints whose responses the catalog declares unsigned. Only
/// declared files and JSON pass unchanged.
pub(crate) struct TransformResponse {
    pub(crate) mchid: Arc<str>,
    pub(crate) key: Secret,
}

impl Middleware for TransformResponse {
    async fn handle(&self, request: Request, next: Next) -> Result<Response> {
        let info = request.extensions().get::<CallInfo>().cloned();
        let operation = info.as_ref().and_then(CallInfo::operation);
        let file = operation.is_some_and(is_file);
        if !file && info.is_some_and(|info| info.options().stream) {
            return Err(no_stream());
        }
        let mut response = next.run(request).await?;
        if !response.status().is_success() {
            return Ok(response);
        }
        if file && !response.begins(xml::is_xml).await? {
            response.set_verification(Verification::Unsigned);
            return Ok(response);
        }
        // A message in place of a file is a refusal, and short.
        response.buffer(xml::MAX_LENGTH).await?;
        let members = xml::decode(response.bytes()).map_err(|err| no_message(&response, err))?;
        let unsigned = operation
            .is_some_and(|operation| operation.answer_signature() == AnswerSignature::Nothing);
        let verification = trace::verify(|| self.verify(&response, &members, unsigned))?;
        let verified = matches!(verification, Verification::Verified { .. });
        response.set_verification(verification);
        let demands = Demands {
            verified,
            return_code_alone: operation.is_none_or(Operation::may_lack_result_code),
        };
        match Outcome::of(&members, demands) {
            Outcome::Succeeded if file => return Err(no_file(&response)),
            Outcome::Succeeded => {}
            Outcome::Refused => return Err(refusal(&response, members)),
            Outcome::Unclear(member) => return Err(unclear(&response, member)),
        }
        response.set_value(if verified {
            signed_members(&members)
        } else {
            Value::Object(members)
        });
        Ok(response)
    }
}

/// Whether a successful answer is a file and not XML.
fn is_file(operation: &Operation) -> bool {
    matches!(operation.answer(), AnswerKind::Stream | AnswerKind::Json)
}

impl TransformResponse {
    /// A refusal before processing (`return_code` FAIL) carries no signature.
    fn verify(
        &self,
        response: &Response,
        members: &Map<String, Value>,
        unsigned: bool,
    ) -> Result<Verification> {
        let signature = text(members, "sign");
        let missing = || forged(response, VerifyFailure::Element { name: "sign" });
        if !signature.is_empty() {
            return self.verify_signed(response, members);
        }
        match members.get("sign") {
            None | Some(Value::String(_)) => {}
            Some(_) => return Err(missing()),
        }
        match (text(members, "return_code"), unsigned) {
            ("FAIL", _) => Ok(Verification::Absent),
            (_, true) => Ok(Verification::Unsigned),
            // Nothing shows that this answer comes from WeChat Pay.
            (_, false) => Err(missing()),
        }
    }

    fn verify_signed(
        &self,
        response: &Response,
        members: &Map<String, Value>,
    ) -> Result<Verification> {
        let serial = || format!("the APIv2 key of {}", self.mchid);
        if message_fits(members, &self.key)? {
            return Ok(Verification::Verified { serial: serial() });
        }
        Err(forged(
            response,
            VerifyFailure::Signature { serial: serial() },
        ))
    }
}

fn refusal(response: &Response, members: Map<String, Value>) -> Error {
    let (code, message) = code_and_message(&members);
    let mut refusal = ApiError::new(response.status());
    refusal.code = code;
    refusal.message = message;
    refusal.detail = Value::Object(members);
    refusal.headers = response.headers().clone();
    refusal.request_id = response.request_id().map(str::to_owned);
    refusal.body = response.bytes().clone();
    refusal.complete = response.is_complete();
    refusal.verification = response.verification().clone();
    Error::from_api(refusal)
}

fn unclear(response: &Response, member: &'static str) -> Error {
    response
        .error(
            ErrorKind::Verify,
            "the response says neither that the call succeeded nor that it failed; the request may have \
             been processed, so query before repeating it",
        )
        .with_source(VerifyFailure::Outcome { member })
}

fn no_file(response: &Response) -> Error {
    response.error(
        ErrorKind::Body,
        "the response is a message instead of the file, and it gives no reason: try again later",
    )
}

fn no_stream() -> Error {
    Error::new(
        ErrorKind::Request,
        "this APIv2 answer is a signed message and cannot be streamed: use .await or .wait()",
    )
}

fn no_message(response: &Response, err: BoxError) -> Error {
    response
        .error(
            ErrorKind::Verify,
            "the response cannot be trusted: it is not APIv2's signed XML; the request may have been \
             processed, so query before repeating it",
        )
        .with_source(err)
}

fn forged(response: &Response, failure: VerifyFailure) -> Error {
    response
        .error(ErrorKind::Verify, UNTRUSTED)
        .with_source(failure)
}
