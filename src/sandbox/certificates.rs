//! The gateway's own keys: the public key, and certificates that change.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use serde_json::{Value, json};

use super::Sandbox;
use super::fault::Fault;
use super::identity::{Certified, Identity, PlatformPair};
use super::refusal::Refusal;
use super::reply::Reply;
use crate::catalog::{AnswerSignature, Operation};
use crate::clock::Clock;
use crate::crypto::{Certificate, aes, base64};
use crate::error::{Error, ErrorKind, Result};

impl Sandbox {
    /// Changes the platform certificate, and gives the new one: it signs all answers that are not
    /// signed with the public key, and the list holds both.
    ///
    /// ```
    /// # use serde_json::json;
    /// # use wechatpay_chain::certificates::Certificates;
    /// # use wechatpay_chain::sandbox::Sandbox;
    /// # fn main() -> wechatpay_chain::Result<()> {
    /// let sandbox = Sandbox::start_blocking()?;
    /// let client = sandbox.merchant_builder().certificates(Certificates::auto()).build()?;
    /// let close = json!({"mchid": sandbox.mchid()});
    /// let call = || client.chain("v3/pay/transactions/out-trade-no/1/close").post(&close, ());
    /// call().wait()?;
    ///
    /// let new = sandbox.rotate_platform_certificate()?;
    /// call().wait()?;
    /// assert!(client.keyring().get(new.serial()).is_some());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] when OpenSSL makes no key.
    pub fn rotate_platform_certificate(&self) -> Result<Certificate> {
        self.gateway.platform.rotate(self.gateway.clock.now())
    }

    /// Takes all certificates but the newest off the list, as WeChat Pay does some days after a
    /// change.
    pub fn retire_platform_certificates(&self) {
        self.gateway.platform.retire();
    }

    /// From now on the merchant has no platform certificate, as a new merchant's account: the list of
    /// certificates is answered with 404 `RESOURCE_NOT_EXISTS`, and the public key signs everything.
    pub fn public_key_only(&self) {
        self.gateway.platform.keys().certified.clear();
    }
}

/// Whether an operation is that of the list.
pub(super) fn lists(operation: Option<&Operation>) -> bool {
    operation.is_some_and(|operation| {
        ["v3/certificates", "v3/global/certificates"].contains(&operation.path())
    })
}

/// The keys by which the gateway signs.
pub(super) struct Platform {
    identity: Arc<Identity>,
    keys: Mutex<Keys>,
}

pub(super) struct Keys {
    /// The newest last; none in public-key mode.
    certified: Vec<Certified>,
    /// Made when it is first needed.
    expired: Option<Certified>,
}

impl Platform {
    pub(super) fn new(identity: Arc<Identity>) -> Self {
        let certified = vec![identity.certified.clone()];
        Self {
            identity,
            keys: Mutex::new(Keys {
                certified,
                expired: None,
            }),
        }
    }

    /// The key of an id.
    pub(super) fn pair(&self, id: &str) -> Option<Arc<PlatformPair>> {
        if self.identity.public.id == id {
            return Some(Arc::clone(&self.identity.public));
        }
        let keys = self.keys();
        let found = keys.certified.iter().find(|it| it.pair.id == id)?;
        Some(Arc::clone(&found.pair))
    }

    pub(super) fn ids(&self) -> Vec<String> {
        let keys = self.keys();
        let certified = keys.certified.iter().map(|it| &it.pair.id);
        std::iter::once(&self.identity.public.id)
            .chain(certified)
            .cloned()
            .collect()
    }

    /// Who signs: of certificates the newest, whichever was named, a retired one among them.
    pub(super) fn signer(&self, named: Option<&str>, lists: bool) -> Arc<PlatformPair> {
        let certificate = named.map_or(lists, |id| !id.starts_with("PUB_KEY_ID_"));
        match self.keys().certified.last() {
            Some(newest) if certificate => Arc::clone(&newest.pair),
            _ => Arc::clone(&self.identity.public),
        }
    }

    /// One whose time is over.
    pub(super) fn expired(&self, now: i64) -> Result<Certified> {
        let mut keys = self.keys();
        if let Some(expired) = &keys.expired {
            return Ok(expired.clone());
        }
        let expired = self.identity.expired(now)?;
        Ok(keys.expired.insert(expired).clone())
    }

    /// The answer of `v3/certificates`.
    pub(super) fn list(&self, fault: Option<&Fault>, clock: &dyn Clock) -> Result<Reply> {
        let listed = match fault {
            Some(Fault::ExpiredCertificate) => vec![self.expired(clock.now())?],
            _ => self.keys().certified.clone(),
        };
        if listed.is_empty() {
            return Ok(Refusal::no_certificate().reply());
        }
        let key = self.identity.apiv3_key.expose().as_bytes();
        let key = key
            .try_into()
            .map_err(|_| Error::new(ErrorKind::Builder, "the sandbox's APIv3 key is not one"))?;
        let items = listed
            .iter()
            .map(|it| item(&it.certificate, key, clock))
            .collect::<Result<Vec<_>>>()?;
        let body = json!({"data": items});
        Ok(Reply::json(StatusCode::OK, &body, AnswerSignature::Body))
    }

    fn rotate(&self, now: i64) -> Result<Certificate> {
        // Outside of the lock: it takes a while.
        let new = self.identity.next_certified(now)?;
        let certificate = new.certificate.clone();
        self.keys().certified.push(new);
        Ok(certificate)
    }

    fn retire(&self) {
        let mut keys = self.keys();
        let old = keys.certified.len().saturating_sub(1);
        keys.certified.drain(..old);
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One certificate as the list has it.
fn item(certificate: &Certificate, key: &[u8; 32], clock: &dyn Clock) -> Result<Value> {
    const ASSOCIATED: &str = "certificate";
    let nonce = &clock.nonce()?[..aes::NONCE_LEN];
    let pem = certificate.to_pem()?;
    let sealed = aes::gcm_encrypt(key, nonce.as_bytes(), ASSOCIATED.as_bytes(), pem.as_bytes())?;
    Ok(json!({
        "serial_no": certificate.serial(),
        "effective_time": rfc3339(certificate.not_before()),
        "expire_time": rfc3339(certificate.not_after()),
        "encrypt_certificate": {
            "algorithm": "AEAD_AES_256_GCM",
            "nonce": nonce,
            "associated_data": ASSOCIATED,
            "ciphertext": base64::encode(&sealed),
        },
    }))
}

/// In Beijing's time, as WeChat Pay writes it.
///
/// Source of the calendar: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
/// `civil_from_days`.
pub(super) fn rfc3339(unix: i64) -> String {
    const DAY: i64 = 86_400;
    let local = unix + 8 * 3600;
    let (days, second) = (local.div_euclid(DAY) + 719_468, local.rem_euclid(DAY));
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+08:00")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_beijing() {
        for (unix, text) in [
            (0, "1970-01-01T08:00:00+08:00"),
            (951_753_600, "2000-02-29T00:00:00+08:00"),
            (1_609_430_399, "2020-12-31T23:59:59+08:00"),
            (4_107_513_600, "2100-03-01T00:00:00+08:00"),
        ] {
            assert_eq!(rfc3339(unix), text);
        }
    }
}
