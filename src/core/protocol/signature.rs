use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName};

use super::answer_nonces::AnswerNonces;
use super::keyring::{Keyring, PlatformKey};
use crate::crypto::{MessageDigest, PublicKey, StreamVerifier};
use crate::error::VerifyFailure;

/// The prefix of a probe: a signature that WeChat Pay makes wrong deliberately.
pub const PROBE_PREFIX: &str = "WECHATPAY/SIGNTEST/";

/// The header that names a platform key: in a request the key that encrypted its fields, in an
/// answer the key that signed it.
pub const WECHATPAY_SERIAL: &str = "Wechatpay-Serial";
/// The parsed name, since a text would be parsed for each lookup.
pub const SERIAL_NAME: HeaderName = HeaderName::from_static("wechatpay-serial");
const TIMESTAMP: HeaderName = HeaderName::from_static("wechatpay-timestamp");
const NONCE: HeaderName = HeaderName::from_static("wechatpay-nonce");
const SIGNATURE: HeaderName = HeaderName::from_static("wechatpay-signature");

/// The largest permitted difference between a timestamp and this machine's clock.
const MAX_CLOCK_OFFSET: Duration = Duration::from_secs(300);

/// The four headers by which WeChat Pay signs answers and notifications.
///
/// Source: WeChat Pay document "如何验证签名".
#[derive(Debug, Clone, Copy)]
pub struct SignatureHeaders<'a> {
    serial: &'a str,
    timestamp: &'a str,
    nonce: &'a str,
    signature: &'a str,
}

impl<'a> SignatureHeaders<'a> {
    /// Reads the signature headers.
    ///
    /// # Errors
    ///
    /// [`VerifyFailure::Header`] naming the first one that is missing, doubled or not text.
    pub fn read(headers: &'a HeaderMap) -> Result<Self, VerifyFailure> {
        Ok(Self {
            signature: single(headers, &SIGNATURE, "Wechatpay-Signature")?,
            serial: single(headers, &SERIAL_NAME, WECHATPAY_SERIAL)?,
            timestamp: single(headers, &TIMESTAMP, "Wechatpay-Timestamp")?,
            nonce: single(headers, &NONCE, "Wechatpay-Nonce")?,
        })
    }

    /// Returns the time in the header, in Unix seconds.
    pub fn timestamp(&self) -> Option<i64> {
        self.timestamp.parse().ok()
    }

    /// Whether none of the signature headers is present.
    pub fn absent(headers: &HeaderMap) -> bool {
        [SIGNATURE, TIMESTAMP, NONCE]
            .iter()
            .all(|name| !headers.contains_key(name))
    }

    /// Checks everything that does not need the body: probe, clock, serial, and the key's dates.
    ///
    /// `now` is in Unix seconds.
    ///
    /// # Errors
    ///
    /// The [`VerifyFailure`] that says which check failed.
    fn key(&self, keyring: &Keyring, now: i64) -> Result<PlatformKey, VerifyFailure> {
        if self.signature.starts_with(PROBE_PREFIX) {
            return Err(VerifyFailure::Probe);
        }
        self.check_clock(now)?;
        let key = keyring
            .get(self.serial)
            .ok_or_else(|| VerifyFailure::UnknownSerial {
                serial: self.serial.to_owned(),
                known: keyring.ids(),
            })?;
        // WeChat Pay replaces certificates long before they expire and never signs with an expired one. Anyone
        // who does uses a key that is no longer protected.
        key.check_time(now)?;
        Ok(key)
    }

    /// Verifies the signature over a body and returns the key's id.
    ///
    /// # Errors
    ///
    /// The [`VerifyFailure`] that says which check failed.
    pub fn verify(
        &self,
        keyring: &Keyring,
        now: i64,
        body: &[u8],
    ) -> Result<String, VerifyFailure> {
        let key = self.key(keyring, now)?;
        let mut digest = self.digest(key.public_key());
        digest.update(body);
        digest.update(b"\n");
        let serial = key.id().to_owned();
        if key
            .public_key()
            .verify_digest(&digest.finish(), self.signature)
        {
            Ok(serial)
        } else {
            Err(VerifyFailure::Signature { serial })
        }
    }

    /// Checks everything except the body; feed the body to the returned value.
    ///
    /// # Errors
    ///
    /// The [`VerifyFailure`] that says which check failed.
    pub fn begin(&self, keyring: &Keyring, now: i64) -> Result<BodyCheck, VerifyFailure> {
        let key = self.key(keyring, now)?;
        let verifier = {
            let digest = self.digest(key.public_key());
            StreamVerifier::new(key.public_key(), self.signature, digest)
        };
        let serial = key.id().to_owned();
        Ok(BodyCheck {
            verifier,
            serial,
            nonce: None,
        })
    }

    /// Begins the digest of the signed text, up to the body; see [`response_text`](super::response_text).
    fn digest(&self, key: &PublicKey) -> MessageDigest {
        let mut digest = key.digest();
        for line in [self.timestamp, self.nonce] {
            digest.update(line.as_bytes());
            digest.update(b"\n");
        }
        digest
    }

    /// Records the nonce of an answer with a valid signature.
    ///
    /// # Errors
    ///
    /// [`VerifyFailure::Replayed`] when an earlier answer had the same nonce.
    pub fn admit(&self, nonces: &AnswerNonces, now: i64) -> Result<(), VerifyFailure> {
        admit(nonces, self.nonce, now)
    }

    fn check_clock(&self, now: i64) -> Result<(), VerifyFailure> {
        let theirs: i64 = self.timestamp.parse().map_err(|_| VerifyFailure::Header {
            name: "Wechatpay-Timestamp",
        })?;
        let offset = theirs.saturating_sub(now);
        if offset.unsigned_abs() > MAX_CLOCK_OFFSET.as_secs() {
            return Err(VerifyFailure::Clock { offset });
        }
        Ok(())
    }
}

/// Verifies a signature over a body that arrives piece by piece.
pub struct BodyCheck {
    verifier: StreamVerifier,
    serial: String,
    /// The nonce to remember when the signature is valid, and the time at which the response began.
    nonce: Option<(Arc<AnswerNonces>, String, i64)>,
}

impl BodyCheck {
    /// Returns the same check, which also rejects a repeated nonce.
    pub fn admitting(
        mut self,
        nonces: &Arc<AnswerNonces>,
        headers: &SignatureHeaders<'_>,
        now: i64,
    ) -> Self {
        self.nonce = Some((Arc::clone(nonces), headers.nonce.to_owned(), now));
        self
    }

    /// Adds the next bytes of the body.
    pub fn update(&mut self, piece: &[u8]) {
        self.verifier.update(piece);
    }

    /// Returns the id of the key if the signature matches the whole body.
    pub fn finish(mut self) -> Result<String, VerifyFailure> {
        self.verifier.update(b"\n");
        let serial = self.serial;
        if !self.verifier.finish() {
            return Err(VerifyFailure::Signature { serial });
        }
        if let Some((nonces, nonce, now)) = self.nonce {
            admit(&nonces, &nonce, now)?;
        }
        Ok(serial)
    }
}

fn admit(nonces: &AnswerNonces, nonce: &str, now: i64) -> Result<(), VerifyFailure> {
    if nonces.admit(nonce, now) {
        return Ok(());
    }
    Err(VerifyFailure::Replayed)
}

/// Returns the text that is signed instead of a statement's body.
pub fn digest_text(name: &str, digest: &str) -> String {
    format!("{{\"{name}\":\"{digest}\"}}")
}

fn single<'a>(
    headers: &'a HeaderMap,
    key: &HeaderName,
    name: &'static str,
) -> Result<&'a str, VerifyFailure> {
    let mut values = headers.get_all(key).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value
            .to_str()
            .ok()
            .filter(|text| !text.is_empty())
            .ok_or(VerifyFailure::Header { name }),
        _ => Err(VerifyFailure::Header { name }),
    }
}
