use std::sync::Arc;

use http::HeaderMap;
use http::header::CONTENT_ENCODING;

use super::{OfKeySource, PlatformKeys};
use crate::message::{CallInfo, Request, Response, ResponseBody, StreamCheck, check_sha1};
use crate::stack::{DynMiddleware, Next};
use crate::trace;
use crate::transport::BoxFuture;
use wechatpay_core::catalog::AnswerSignature;
use wechatpay_core::crypto::digest;
use wechatpay_core::error::{Error, ErrorKind, Result, Verification, VerifyFailure, chinese};
use wechatpay_core::protocol::{AnswerNonces, SignatureHeaders, digest_text};

/// Just outside `signer`. Sees the response's raw bytes; checks serial, clock and signature, and
/// rejects repeated answers.
///
/// Fails closed on 2xx, except for endpoints whose answers the catalog declares unsigned. For an
/// answer that is not 2xx it records the outcome and passes the answer to `status`.
pub(crate) struct Verifier {
    pub(crate) keys: PlatformKeys,
    /// The nonces of earlier responses; `None` if responses may repeat.
    pub(crate) nonces: Option<Arc<AnswerNonces>>,
}

impl DynMiddleware for Verifier {
    fn handle(
        self: Arc<Self>,
        request: Box<Request>,
        next: Next,
    ) -> BoxFuture<'static, Result<Response>> {
        let info = request.extensions().get::<CallInfo>();
        let operation = info.and_then(CallInfo::operation);
        let is_sealed = info.is_some_and(|info| info.options().sealed);
        if request.extensions().get::<OfKeySource>().is_some() {
            // The keys are in the answer, so its caller verifies it with them.
            return next.pass(request);
        }
        let refresh = self.keys.refresh(&request, &next);
        let answer = next.pass(request);
        Box::pin(async move {
            let mut response = answer.await?;
            let success = response.status().is_success();
            let covered = operation.filter(|_| success);
            let covered = match covered {
                // The endpoints of encrypted files are not documented. They sign no file.
                _ if is_sealed && SignatureHeaders::absent(response.headers()) => {
                    AnswerSignature::Nothing
                }
                Some(operation) => operation.answer_signature(),
                None => AnswerSignature::Body,
            };
            let mut outcome = trace::verify(|| self.check(&mut response, covered));
            let mut missed = None;
            if let (Err(VerifyFailure::UnknownSerial { serial, .. }), Some(refresh)) =
                (&outcome, refresh)
            {
                missed = refresh.unknown_serial(serial).await.err();
                // The answer has been received, so the request is not sent again.
                outcome = trace::verify(|| self.check(&mut response, covered));
            }
            if matches!(outcome, Err(VerifyFailure::Probe)) {
                trace::probe();
            }
            if success {
                return accept(response, outcome, missed.as_ref());
            }
            let verification = note(&response, outcome);
            response.set_verification(verification);
            Ok(response)
        })
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
        let now = self.keys.now();
        match body {
            ResponseBody::Bytes(body) => {
                let serial = signature.verify(&self.keys.keyring, now, body)?;
                self.admit(&signature, now)?;
                if let Some(theirs) = signature.timestamp() {
                    trace::clock_offset(theirs.saturating_sub(now));
                }
                Ok(Verification::Verified { serial })
            }
            ResponseBody::Stream(stream) => {
                let mut check = signature.begin(&self.keys.keyring, now)?;
                if let Some(nonces) = &self.nonces {
                    check = check.admitting(nonces, &signature, now);
                }
                stream.set_check(StreamCheck::Signature(check));
                Ok(Verification::NotChecked)
            }
        }
    }

    fn admit(&self, signature: &SignatureHeaders<'_>, now: i64) -> Result<(), VerifyFailure> {
        match &self.nonces {
            Some(nonces) => signature.admit(nonces, now),
            None => Ok(()),
        }
    }

    /// Checks a statement's digest. The signature covers only the digest, so the body must match it.
    ///
    /// The digest is computed before any `Content-Encoding`, so a zipped statement must be streamed,
    /// which unzips it.
    fn check_digest(
        &self,
        response: &mut Response,
        name: &'static str,
        header: &'static str,
    ) -> Outcome {
        let (headers, body) = response.parts_mut();
        if name != "sha1" {
            return Err(VerifyFailure::Header { name: header });
        }
        if !decoded(headers, body) {
            return Err(VerifyFailure::Header {
                name: "Content-Encoding",
            });
        }
        let sha1 = headers
            .get(header)
            .and_then(|value| value.to_str().ok())
            .ok_or(VerifyFailure::Header { name: header })?;
        let text = digest_text(name, sha1);
        let (signature, now) = (SignatureHeaders::read(headers)?, self.keys.now());
        let serial = signature.verify(&self.keys.keyring, now, text.as_bytes())?;
        self.admit(&signature, now)?;
        match body {
            ResponseBody::Stream(stream) => {
                stream.set_check(StreamCheck::sha1(sha1, serial));
                Ok(Verification::NotChecked)
            }
            ResponseBody::Bytes(body) => {
                check_sha1(sha1, digest::sha1_hex(body)).map(|()| Verification::Verified { serial })
            }
        }
    }
}

/// Whether the body is the plain file: not encoded, or unzipped while it is streamed.
fn decoded(headers: &HeaderMap, body: &mut ResponseBody) -> bool {
    match (headers.get(CONTENT_ENCODING), body) {
        (None, _) => true,
        #[cfg(feature = "files")]
        (Some(encoding), ResponseBody::Stream(stream)) if encoding == "gzip" => {
            stream.set_gunzip();
            true
        }
        _ => false,
    }
}

/// Accepts or rejects a response. `missed` is the reason why no key could be fetched for an unknown serial.
fn accept(mut response: Response, outcome: Outcome, missed: Option<&Error>) -> Result<Response> {
    let failure = match outcome {
        Ok(verification) => {
            response.set_verification(verification);
            return Ok(response);
        }
        Err(failure) => failure,
    };
    let error = match (&failure, missed) {
        (VerifyFailure::Probe, _) => response.error(ErrorKind::Probe, PROBE),
        (VerifyFailure::Replayed, _) => response.error(ErrorKind::Verify, REPLAYED),
        (_, None) => response.error(ErrorKind::Verify, UNTRUSTED),
        (_, Some(err)) => {
            let untrusted = chinese(UNTRUSTED).unwrap_or_default();
            response
                .error(ErrorKind::Verify, format!("{UNTRUSTED}; {}", err.report()))
                .with_chinese(format!("{untrusted}；{}", err.report_zh()))
        }
    };
    Err(error.with_source(failure))
}

const PROBE: &str = "WeChat Pay processed the request and deliberately signed the answer wrongly, to \
                     check that clients verify signatures; query before repeating it";
const REPLAYED: &str = "the response cannot be trusted: it repeats an earlier one; the request may have been \
                        processed, so query before repeating it (if a cache or a test repeats answers on \
                        purpose, build the client with check_answer_nonces(false))";
/// The message for a response of either API.
pub(super) const UNTRUSTED: &str = "the response cannot be trusted: its signature was not accepted; the request \
                         may have been processed, so query before repeating it";

fn note(response: &Response, outcome: Outcome) -> Verification {
    match outcome {
        Ok(verification) => verification,
        Err(_) if SignatureHeaders::absent(response.headers()) => Verification::Absent,
        Err(failure) => Verification::Failed(failure),
    }
}
