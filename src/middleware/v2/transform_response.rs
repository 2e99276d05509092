use std::sync::Arc;

use serde_json::{Map, Value};

use crate::catalog::{AnswerKind, AnswerSignature, Operation};
use crate::error::{ApiError, BoxError, Error, ErrorKind, Result, Verification, VerifyFailure};
use crate::message::{CallInfo, Request, Response};
use crate::middleware::verifier::UNTRUSTED;
use crate::protocol::{message_fits, signed_members, xml};
use crate::secret::Secret;
use crate::stack::{Middleware, Next};

/// Outside of `transform_request`. Sees the response's XML; checks its signature and turns
/// `return_code` and `result_code` other than `SUCCESS` into [`ErrorKind::Api`].
///
/// Fails closed, but for the endpoints whose answers the catalogue declares unsigned; of those it wants
/// `return_code` `SUCCESS` all the same, and lets only what is declared a file or JSON pass as it is.
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
        // What comes in place of a file is a refusal, and short.
        response.buffer(xml::MAX_LENGTH).await?;
        let members = xml::decode(response.bytes()).map_err(|err| no_message(&response, err))?;
        let unsigned = operation
            .is_some_and(|operation| operation.answer_signature() == AnswerSignature::Nothing);
        let verification = self.verify(&response, &members, unsigned)?;
        let verified = matches!(verification, Verification::Verified { .. });
        response.set_verification(verification);
        refuse_failure(&response, &members)?;
        response.set_value(match verified {
            true => signed_members(&members),
            false => Value::Object(members),
        });
        Ok(response)
    }
}

/// Whether an answer is no XML when all is well.
fn is_file(operation: &Operation) -> bool {
    matches!(operation.answer(), AnswerKind::Stream | AnswerKind::Json)
}

impl TransformResponse {
    /// A refusal at the door (`return_code` FAIL) carries no signature.
    fn verify(
        &self,
        response: &Response,
        members: &Map<String, Value>,
        unsigned: bool,
    ) -> Result<Verification> {
        let signature = text(members, "sign");
        if signature.is_empty() {
            return match (text(members, "return_code"), unsigned) {
                ("SUCCESS", true) => Ok(Verification::Unsigned),
                // Nothing says that this is WeChat Pay's answer at all.
                ("SUCCESS", false) | ("", _) => {
                    Err(forged(response, VerifyFailure::Element { name: "sign" }))
                }
                _ => Ok(Verification::Absent),
            };
        }
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

fn refuse_failure(response: &Response, members: &Map<String, Value>) -> Result<()> {
    let done = ["return_code", "result_code"]
        .iter()
        .all(|key| matches!(text(members, key), "SUCCESS" | ""));
    if done {
        return Ok(());
    }
    let first = |keys: [&str; 2]| {
        let mut texts = keys.iter().map(|key| text(members, key));
        texts
            .find(|text| !text.is_empty())
            .unwrap_or_default()
            .to_owned()
    };
    Err(Error::from_api(ApiError {
        status: response.status(),
        code: first(["err_code", "return_code"]),
        message: first(["err_code_des", "return_msg"]),
        detail: Value::Object(members.clone()),
        request_id: response.request_id().map(str::to_owned),
        body: response.bytes().clone(),
        verification: response.verification().clone(),
    }))
}

fn no_stream() -> Error {
    Error::new(
        ErrorKind::Request,
        "this APIv2 answer is a signed message and cannot be streamed: .await or .wait() for it",
    )
}

fn text<'m>(members: &'m Map<String, Value>, key: &str) -> &'m str {
    members.get(key).and_then(Value::as_str).unwrap_or_default()
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
