use std::sync::Arc;

use http::HeaderMap;

use crate::catalog::Operation;
use crate::clock::Clock;
use crate::crypto::{StreamVerifier, digest};
use crate::error::{ErrorKind, Result, Verification, VerifyFailure};
use crate::message::{CallInfo, Request, Response, ResponseBody, StreamCheck};
use crate::protocol::{Keyring, STATEMENT_SHA1, SignatureHeaders, statement_text};
use crate::stack::{Middleware, Next};

/// Just outside of `signer`. Sees the response's raw bytes; checks serial, clock and signature.
///
/// Fails closed on 2xx, but for the endpoints whose answers the catalogue declares unsigned. Of an
/// answer that is not 2xx it notes the outcome and lets it pass to `status`.
pub(crate) struct Verifier {
    pub(crate) keyring: Keyring,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Middleware for Verifier {
    async fn handle(&self, request: Request, next: Next) -> Result<Response> {
        let operation = request
            .extensions()
            .get::<CallInfo>()
            .and_then(CallInfo::operation);
        let mut response = next.run(request).await?;
        let outcome = self.check(&mut response, operation);
        if response.status().is_success() {
            self.accept(response, outcome)
        } else {
            let verification = note(&response, outcome);
            response.set_verification(verification);
            Ok(response)
        }
    }
}

impl Verifier {
    fn check(
        &self,
        response: &mut Response,
        operation: Option<&Operation>,
    ) -> Result<Verification, VerifyFailure> {
        if response.status().is_success() && operation.is_some_and(Operation::unsigned_response) {
            return Ok(Verification::Unsigned);
        }
        let headers = response.headers().clone();
        let signature = SignatureHeaders::read(&headers)?;
        if operation.is_some_and(Operation::signs_digest) && headers.contains_key(STATEMENT_SHA1) {
            return self.check_digest(response, signature, &headers);
        }
        let now = self.clock.now();
        match response.body_mut() {
            ResponseBody::Bytes(body) => signature
                .verify(&self.keyring, now, body)
                .map(|serial| Verification::Verified { serial }),
            ResponseBody::Stream(stream) => {
                let key = signature.key(&self.keyring, now)?;
                let mut verifier = StreamVerifier::new(key.public_key(), signature.signature());
                verifier.update(&signature.prefix());
                let serial = key.id().to_owned();
                stream.set_check(StreamCheck { verifier, serial });
                Ok(Verification::NotChecked)
            }
        }
    }

    /// A statement's signature covers its digest, so the digest has to fit the body as well.
    fn check_digest(
        &self,
        response: &Response,
        signature: SignatureHeaders<'_>,
        headers: &HeaderMap,
    ) -> Result<Verification, VerifyFailure> {
        let missing = VerifyFailure::Header {
            name: STATEMENT_SHA1,
        };
        let sha1 = headers
            .get(STATEMENT_SHA1)
            .and_then(|value| value.to_str().ok())
            .ok_or(missing)?;
        let text = statement_text(sha1);
        let serial = signature.verify(&self.keyring, self.clock.now(), text.as_bytes())?;
        if !sha1.eq_ignore_ascii_case(&digest::sha1_hex(response.bytes())) {
            return Err(VerifyFailure::Signature { serial });
        }
        Ok(Verification::Verified { serial })
    }

    fn accept(
        &self,
        mut response: Response,
        outcome: Result<Verification, VerifyFailure>,
    ) -> Result<Response> {
        match outcome {
            Ok(verification) => {
                response.set_verification(verification);
                Ok(response)
            }
            Err(VerifyFailure::Probe) => Err(response
                .error(
                    ErrorKind::Probe,
                    "WeChat Pay processed the request and signed the answer wrongly on purpose, to \
                     see that clients verify; query before repeating it",
                )
                .with_source(VerifyFailure::Probe)),
            Err(failure) => Err(response
                .error(
                    ErrorKind::Verify,
                    "the response cannot be trusted: its signature was not accepted; the request \
                     may have been processed, so query before repeating it",
                )
                .with_source(failure)),
        }
    }
}

fn note(response: &Response, outcome: Result<Verification, VerifyFailure>) -> Verification {
    match outcome {
        Ok(verification) => verification,
        Err(_) if SignatureHeaders::absent(response.headers()) => Verification::Absent,
        Err(failure) => Verification::Failed(failure),
    }
}
