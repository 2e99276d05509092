//! The gateway's own keys: the public key, and certificates that change.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use serde_json::{Value, json};

use super::Sandbox;
use super::date::rfc3339;
use super::fault::Fault;
use super::identity::{Certified, Identity, PlatformPair};
use super::refusal::Refusal;
use super::reply::Reply;
use super::seal;
use wechatpay_core::catalog::{AnswerSignature, Operation};
use wechatpay_core::clock::Clock;
use wechatpay_core::crypto::Certificate;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::secret::Secret;

impl Sandbox {
    /// Changes the platform certificate, and gives the new one: it signs all answers that are not
    /// signed with the public key, and the list holds both.
    ///
    /// ```
    /// # use serde_json::json;
    /// # use wechatpay_chain::certificates::Certificates;
    /// # use wechatpay_sandbox::Sandbox;
    /// # fn main() -> wechatpay_chain::Result<()> {
    /// let sandbox = Sandbox::builder().echo_unknown(true).start_blocking()?;
    /// let client = sandbox.merchant_builder().certificates(Certificates::auto()).build()?;
    /// let call = || client.chain("v3/any/path").post(json!({}), ());
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
    /// [`ErrorKind::Builder`] when the list has 10 already,
    /// [`ErrorKind::Key`] when OpenSSL makes no key.
    pub fn rotate_platform_certificate(&self) -> Result<Certificate> {
        self.gateway.platform.rotate(self.gateway.clock.now())
    }

    /// Whether answers to requests that name no key, and notifications, are signed with the newest
    /// certificate: as of an account that has not changed to the public key yet. By default the public
    /// key signs them.
    pub fn certificate_mode(&self, on: bool) {
        self.gateway.platform.set_certificate_mode(on);
    }

    /// Takes all certificates but the newest off the list, as WeChat Pay does some days after a
    /// change.
    pub fn retire_platform_certificates(&self) {
        self.gateway.platform.retire();
    }

    /// From now on the merchant has no platform certificate, as a new merchant's account: the list of
    /// certificates is answered with 404 `RESOURCE_NOT_EXISTS`, and the public key signs everything.
    pub fn public_key_only(&self) {
        self.gateway.platform.retire_all();
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
    /// Whether it began without certificates.
    public_key_only: bool,
    keys: Mutex<Keys>,
}

pub(super) struct Keys {
    /// The newest last; none in public-key mode.
    certified: Vec<Certified>,
    /// Made when it is first needed.
    expired: Option<Certified>,
    /// Whether a certificate signs what names no key.
    certificate_mode: bool,
}

/// As many certificates are on the list. WeChat Pay's has one or two, and each costs a key.
const MOST: usize = 10;

impl Platform {
    pub(super) fn new(identity: Arc<Identity>, public_key_only: bool) -> Self {
        let first = (!public_key_only).then(|| identity.certified.clone());
        let keys = Keys {
            certified: first.into_iter().collect(),
            expired: None,
            certificate_mode: false,
        };
        Self {
            identity,
            public_key_only,
            keys: Mutex::new(keys),
        }
    }

    /// As it began. What was made meanwhile goes, as it may be of another clock.
    pub(super) fn reset(&self) {
        let first = Self::new(Arc::clone(&self.identity), self.public_key_only);
        let first = first.keys.into_inner();
        *self.keys() = first.unwrap_or_else(PoisonError::into_inner);
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
        let certificate = match named {
            Some(id) => !id.starts_with("PUB_KEY_ID_"),
            None => lists || self.keys().certificate_mode,
        };
        let newest = certificate.then(|| self.newest()).flatten();
        newest.unwrap_or_else(|| Arc::clone(&self.identity.public))
    }

    /// The newest certificate's; `None` in public-key mode.
    pub(super) fn newest(&self) -> Option<Arc<PlatformPair>> {
        let newest = self.keys().certified.last().cloned()?;
        Some(newest.pair)
    }

    /// One whose time is over.
    pub(super) fn expired(&self, now: i64) -> Result<Certified> {
        let mut keys = self.keys();
        // The clock may have been put back since it was made.
        let over = |it: &&Certified| it.certificate.not_after() < now;
        if let Some(expired) = keys.expired.as_ref().filter(over) {
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
        let key = &self.identity.apiv3_key;
        let items = listed
            .iter()
            .map(|it| item(&it.certificate, key, clock))
            .collect::<Result<Vec<_>>>()?;
        let body = json!({"data": items});
        Ok(Reply::json(StatusCode::OK, &body, AnswerSignature::Body))
    }

    /// The serials of the certificates, the newest last.
    pub(super) fn serials(&self) -> Vec<String> {
        let keys = self.keys();
        keys.certified.iter().map(|it| it.pair.id.clone()).collect()
    }

    pub(super) fn rotate(&self, now: i64) -> Result<Certificate> {
        // Outside of the lock: it takes a while.
        self.keys().check_room()?;
        let new = self.identity.next_certified(now)?;
        let certificate = new.certificate.clone();
        let mut keys = self.keys();
        keys.check_room()?;
        keys.certified.push(new);
        Ok(certificate)
    }

    pub(super) fn certificate_mode(&self) -> bool {
        self.keys().certificate_mode
    }

    pub(super) fn set_certificate_mode(&self, on: bool) {
        self.keys().certificate_mode = on;
    }

    pub(super) fn retire_all(&self) {
        self.keys().certified.clear();
    }

    pub(super) fn retire(&self) {
        let mut keys = self.keys();
        let old = keys.certified.len().saturating_sub(1);
        keys.certified.drain(..old);
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keys {
    fn check_room(&self) -> Result<()> {
        match self.certified.len() < MOST {
            true => Ok(()),
            false => Err(Error::new(
                ErrorKind::Builder,
                format!(
                    "the list has {MOST} platform certificates already: take the old ones off first"
                ),
            )),
        }
    }
}

/// One certificate as the list has it.
fn item(certificate: &Certificate, key: &Secret, clock: &dyn Clock) -> Result<Value> {
    Ok(json!({
        "serial_no": certificate.serial(),
        "effective_time": rfc3339(certificate.not_before()),
        "expire_time": rfc3339(certificate.not_after()),
        "encrypt_certificate": seal::sealed(key, "certificate", &certificate.to_pem()?, clock)?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_expired_has_so_by_any_clock() {
        const NOW: i64 = 1_800_000_000;
        let platform = Platform::new(Identity::shared().unwrap(), false);
        for now in [NOW + 400 * 86_400, NOW] {
            let expired = platform.expired(now).unwrap();
            assert!(expired.certificate.not_after() < now);
            let again = platform.expired(now).unwrap();
            assert_eq!(again.pair.id, expired.pair.id);
        }
        platform.reset();
        assert!(platform.keys().expired.is_none());
    }
}
