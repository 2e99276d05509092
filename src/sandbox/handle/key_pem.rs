//! The merchant's key as PEM.

use super::Sandbox;
use wechatpay_core::error::Result;
use wechatpay_core::secret::Secret;

impl Sandbox {
    /// The merchant's private key as PEM (PKCS#8), as in `apiclient_key.pem`, for other clients.
    ///
    /// Certificates and public keys have a method `to_pem`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`](wechatpay_core::error::ErrorKind::Key) when OpenSSL cannot encode the key.
    pub fn merchant_key_pem(&self) -> Result<Secret> {
        let pem = self.merchant_key().to_pem()?;
        Ok(Secret::new(pem.as_str()))
    }
}
