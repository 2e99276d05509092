use std::sync::Arc;

use http::header::CONTENT_ENCODING;

use crate::catalog::{AnswerSignature, Operation};
use crate::clock::Clock;
use crate::crypto::digest;
use crate::error::{ErrorKind, Result, Verification, VerifyFailure};
use crate::message::{CallInfo, Request, Response, ResponseBody, StreamCheck};
use crate::protocol::{Keyring, SignatureHeaders, digest_text};
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
        let covered = operation.map_or(AnswerSignature::Body, Operation::answer_signature);
        if response.status().is_success() {
            let outcome = self.check(&mut response, covered);
            accept(response, outcome)
        } else {
            let outcome = self.check(&mut response, AnswerSignature::Body);
            let verification = note(&response, outcome);
            response.set_verification(verification);
            Ok(response)
        }
    }
}

type Outcome = Result<Verification, VerifyFailure>;

impl Verifier {
    fn check(&self, response: &mut Response, covered: AnswerSignature) -> Outcome {
        match covered {
            AnswerSignature::Nothing => Ok(Verification::Unsigned),
            AnswerSignature::Digest { name, header } if response.headers().contains_key(header) => {
                self.check_digest(response, name, header)
            }
            _ => self.check_body(response),
        }
    }

    fn check_body(&self, response: &mut Response) -> Outcome {
        let (headers, body) = response.parts_mut();
        let signature = SignatureHeaders::read(headers)?;
        let now = self.clock.now();
        match body {
            ResponseBody::Bytes(body) => signature
                .verify(&self.keyring, now, body)
                .map(|serial| Verification::Verified { serial }),
            ResponseBody::Stream(stream) => {
                let check = signature.begin(&self.keyring, now)?;
                stream.set_check(StreamCheck::Signature(check));
                Ok(Verification::NotChecked)
            }
        }
    }

    /// A statement's signature covers its digest, so the digest has to fit the body as well.
    ///
    /// The digest is that of the file, before any `Content-Encoding`.
    fn check_digest(
        &self,
        response: &mut Response,
        name: &'static str,
        header: &'static str,
    ) -> Outcome {
        let (headers, body) = response.parts_mut();
        if name != "sha1" || headers.contains_key(CONTENT_ENCODING) {
            return Err(VerifyFailure::Header {
                name: "Content-Encoding",
            });
        }
        let sha1 = headers
            .get(header)
            .and_then(|value| value.to_str().ok())
            .ok_or(VerifyFailure::Header { name: header })?;
        let text = digest_text(name, sha1);
        let serial = SignatureHeaders::read(headers)?.verify(
            &self.keyring,
            self.clock.now(),
            text.as_bytes(),
        )?;
        match body {
            ResponseBody::Stream(stream) => {
                stream.set_check(StreamCheck::sha1(sha1, serial));
                Ok(Verification::NotChecked)
            }
            ResponseBody::Bytes(body) if digest::sha1_hex(body).eq_ignore_ascii_case(sha1) => {
                Ok(Verification::Verified { serial })
            }
            ResponseBody::Bytes(_) => Err(VerifyFailure::Signature { serial }),
        }
    }
}

fn accept(mut response: Response, outcome: Outcome) -> Result<Response> {
    let (kind, message, failure) = match outcome {
        Ok(verification) => {
            response.set_verification(verification);
            return Ok(response);
        }
        Err(VerifyFailure::Probe) => (
            ErrorKind::Probe,
            "WeChat Pay processed the request and signed the answer wrongly on purpose, to see that \
             clients verify; query before repeating it",
            VerifyFailure::Probe,
        ),
        Err(failure) => (
            ErrorKind::Verify,
            "the response cannot be trusted: its signature was not accepted; the request may have \
             been processed, so query before repeating it",
            failure,
        ),
    };
    Err(response.error(kind, message).with_source(failure))
}

fn note(response: &Response, outcome: Outcome) -> Verification {
    match outcome {
        Ok(verification) => verification,
        Err(_) if SignatureHeaders::absent(response.headers()) => Verification::Absent,
        Err(failure) => Verification::Failed(failure),
    }
}
