use std::sync::Arc;

use serde_json::{Map, Value};

use crate::catalog::AnswerSignature;
use crate::error::{ApiError, BoxError, Error, ErrorKind, Result, Verification, VerifyFailure};
use crate::message::{CallInfo, Request, Response};
use crate::protocol::{message_fits, xml};
use crate::secret::Secret;
use crate::stack::{Middleware, Next};

/// Outside of `transform_request`. Sees the response's XML; checks its signature and turns
/// `return_code` and `result_code` other than `SUCCESS` into [`ErrorKind::Api`].
///
/// Fails closed, but for the endpoints whose answers the catalogue declares unsigned; of those only
/// an answer that is no XML (a bill, a JSON text) passes as it is.
pub(crate) struct TransformResponse {
    pub(crate) mchid: Arc<str>,
    pub(crate) key: Secret,
}

impl Middleware for TransformResponse {
    async fn handle(&self, request: Request, next: Next) -> Result<Response> {
        let info = request.extensions().get::<CallInfo>().cloned();
        let operation = info.as_ref().and_then(CallInfo::operation);
        let unsigned = operation
            .is_some_and(|operation| operation.answer_signature() == AnswerSignature::Nothing);
        let mut response = next.run(request).await?;
        if !response.status().is_success() {
            return Ok(response);
        }
        // A refusal comes in a bill's place with the same status: it must not become a file.
        let in_memory = response
            .buffer_if(|begin| !unsigned || xml::is_xml(begin), MESSAGE)
            .await?;
        if unsigned && (!in_memory || !xml::is_xml(response.bytes())) {
            response.set_verification(Verification::Unsigned);
            return Ok(response);
        }
        let members = xml::decode(response.bytes()).map_err(|err| no_message(&response, err))?;
        let verification = self.verify(&response, &members, unsigned)?;
        response.set_verification(verification);
        refuse_failure(&response, &members)?;
        response.set_value(Value::Object(members));
        Ok(response)
    }
}

/// No message is longer; only files are.
const MESSAGE: usize = 1 << 20;

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
            let refused = !matches!(text(members, "return_code"), "SUCCESS" | "");
            return match (unsigned, refused) {
                (true, _) => Ok(Verification::Unsigned),
                (false, true) => Ok(Verification::Absent),
                (false, false) => Err(forged(response, VerifyFailure::Header { name: "sign" })),
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
        .error(
            ErrorKind::Verify,
            "the response cannot be trusted: its signature was not accepted; the request may have \
             been processed, so query before repeating it",
        )
        .with_source(failure)
}
