//! The merchant's key as PEM.

use super::Sandbox;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::secret::Secret;

impl Sandbox {
    /// The merchant's private key as PEM (PKCS#8), as in `apiclient_key.pem`, for other clients.
    ///
    /// Certificates and public keys have a method `to_pem`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] when OpenSSL cannot encode the key.
    pub fn merchant_key_pem(&self) -> Result<Secret> {
        let unwritten = |message| Error::new(ErrorKind::Key, message);
        let pem = self.merchant_key().pkey().private_key_to_pem_pkcs8();
        let pem = pem.map_err(|err| unwritten("OpenSSL cannot write the key").with_source(err))?;
        let text = String::from_utf8(pem).map_err(|_| unwritten("OpenSSL wrote no text"))?;
        Ok(Secret::new(text))
    }
}
