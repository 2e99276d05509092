//! Rotating and retiring platform certificates.

use super::Sandbox;
use crate::journal::Action;
use wechatpay_core::crypto::Certificate;
use wechatpay_core::error::Result;

impl Sandbox {
    /// Adds a new platform certificate and returns it.
    ///
    /// It signs all responses that the public key does not sign. The list of certificates has both the new
    /// and the old one.
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
    /// [`ErrorKind::Builder`](wechatpay_chain::ErrorKind::Builder) when there are already 10 certificates,
    /// [`ErrorKind::Key`](wechatpay_chain::ErrorKind::Key) when OpenSSL cannot generate a key.
    pub fn rotate_platform_certificate(&self) -> Result<Certificate> {
        self.state.perform(Action::RotateCertificate)?.certificate()
    }

    /// Adds a new platform certificate to the list and returns it. The old one still signs, for 24 hours by the sandbox's
    /// clock or until [`retire_platform_certificates`](Self::retire_platform_certificates): as a rotation begins at
    /// WeChat Pay.
    ///
    /// # Errors
    ///
    /// As [`rotate_platform_certificate`](Self::rotate_platform_certificate).
    pub fn announce_platform_certificate(&self) -> Result<Certificate> {
        self.state
            .perform(Action::AnnounceCertificate)?
            .certificate()
    }

    /// Sets whether the newest certificate signs notifications and the responses to requests that name no
    /// key, as for an account that does not use the public key yet. By default the public key signs them.
    pub fn certificate_mode(&self, on: bool) {
        // An error means that the state cannot be written; then nothing changes.
        let _ = self.state.perform(Action::CertificateMode { on });
    }

    /// Removes all certificates except the newest from the list, as WeChat Pay does some days after a
    /// rotation.
    pub fn retire_platform_certificates(&self) {
        let _ = self.state.perform(Action::RetireCertificates);
    }

    /// Removes all platform certificates, as for the account of a new merchant: the list of certificates
    /// returns 404 `RESOURCE_NOT_EXISTS`, and the public key signs everything.
    pub fn public_key_only(&self) {
        let _ = self.state.perform(Action::PublicKeyOnly);
    }
}
