use std::fmt;
use std::path::Path;
use std::sync::Arc;

use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use zeroize::Zeroizing;

use super::super::contexts::Contexts;
use super::super::{Padding, base64, rsa};
use super::PublicKey;
use super::file::{load, load_bytes};
use super::input::{Input, inspect};
use super::item::{Item, ItemKind};
use super::refusal::{Expected, Outcome, Refusal};
use super::{der, pkcs12, protected};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// A private RSA key. It signs requests and decrypts data that WeChat Pay encrypted for the merchant.
///
/// Clones are cheap. `Debug` shows only its size. It is parsed once, here.
///
/// # Forms
///
/// PEM or DER, PKCS#1 or PKCS#8, encrypted or not; PKCS#12 (`apiclient_cert.p12`); bare base64;
/// base64 of a PEM, as in a Kubernetes secret; the PHP SDK's `private.pkcs8://…`,
/// `private.pkcs1://…` and `file://…`. PEM whose line breaks were lost in an environment variable
/// (`\n` as two characters, spaces), with a byte order mark or in UTF-16, is repaired.
///
/// ```no_run
/// use wechatpay_chain::PrivateKey;
///
/// let key = PrivateKey::from_file("apiclient_key.pem")?;
/// let same = PrivateKey::from_bytes(std::env::var("WECHATPAY_PRIVATE_KEY").unwrap_or_default())?;
/// # Ok::<_, wechatpay_chain::Error>(())
/// ```
#[derive(Clone)]
pub struct PrivateKey {
    inner: Arc<Inner>,
}

struct Inner {
    key: PKey<Private>,
    public: PublicKey,
    signing: Contexts<Private>,
    oaep: Contexts<Private>,
    pkcs1v15: Contexts<Private>,
}

impl PrivateKey {
    /// Reads a key from a file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] when the file cannot be read, contains something else (the message says
    /// what), is encrypted, or contains a key that is not RSA or is shorter than 2048 bits.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self> {
        load(path.as_ref(), Expected::PrivateKey, |items| {
            Self::from_items(items, None)
        })
    }

    /// Reads an encrypted key, or the key in a PKCS#12 file, from a file.
    ///
    /// The passphrase of `apiclient_cert.p12` is the merchant id. It is ignored if the key
    /// is not encrypted.
    ///
    /// ```no_run
    /// use wechatpay_chain::PrivateKey;
    /// let key = PrivateKey::from_file_with_passphrase("apiclient_cert.p12", "1900000109")?;
    /// # Ok::<_, wechatpay_chain::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`from_file`](Self::from_file), and [`ErrorKind::Key`] when the passphrase is wrong.
    pub fn from_file_with_passphrase(
        path: impl AsRef<Path>,
        passphrase: impl Into<Secret>,
    ) -> Result<Self> {
        let passphrase = passphrase.into();
        load(path.as_ref(), Expected::PrivateKey, |items| {
            Self::from_items(items, Some(&passphrase))
        })
    }

    /// Reads a key from bytes or text in any of the [forms](Self#forms).
    ///
    /// Text that starts with `file://` names a file, which is read.
    ///
    /// # Errors
    ///
    /// The errors of [`from_file`](Self::from_file).
    pub fn from_bytes(bytes: impl AsRef<[u8]>) -> Result<Self> {
        load_bytes(bytes.as_ref(), Expected::PrivateKey, |items| {
            Self::from_items(items, None)
        })
    }

    /// Reads an encrypted key, or the key in a PKCS#12 file, from bytes or text.
    ///
    /// # Errors
    ///
    /// The errors of [`from_file_with_passphrase`](Self::from_file_with_passphrase).
    pub fn from_bytes_with_passphrase(
        bytes: impl AsRef<[u8]>,
        passphrase: impl Into<Secret>,
    ) -> Result<Self> {
        let passphrase = passphrase.into();
        load_bytes(bytes.as_ref(), Expected::PrivateKey, |items| {
            Self::from_items(items, Some(&passphrase))
        })
    }

    /// Reads the key from the bytes of a PKCS#12 file.
    ///
    /// The passphrase of WeChat Pay's `apiclient_cert.p12` is the merchant id. Files encrypted
    /// with RC2-40, as WeChat Pay's are, need OpenSSL's legacy provider, which is loaded for them.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] when the passphrase is wrong, the file contains no key, or the legacy provider is needed and not
    /// installed (the message names the command that converts the file).
    pub fn from_pkcs12(bytes: impl AsRef<[u8]>, passphrase: impl Into<Secret>) -> Result<Self> {
        Self::from_bytes_with_passphrase(bytes, passphrase)
    }

    /// Whether some bytes need a passphrase: an encrypted private key, or a PKCS#12 file.
    ///
    /// ```
    /// use wechatpay_chain::PrivateKey;
    ///
    /// let file = std::fs::read("../../tests/data/keys/pkcs8_encrypted.pem").unwrap();
    /// assert!(PrivateKey::needs_passphrase(file));
    /// ```
    #[must_use]
    pub fn needs_passphrase(bytes: impl AsRef<[u8]>) -> bool {
        let Ok(Input::Items(items)) = inspect(bytes.as_ref()) else {
            return false;
        };
        let open = |item: &Item| item.kind.holds_private_key() && !item.kind.is_protected();
        items.iter().any(|item| item.kind.is_protected()) && !items.iter().any(open)
    }

    /// Signs a message: RSA PKCS#1 v1.5 with SHA-256, as base64 on one line.
    ///
    /// ```
    /// # let key = wechatpay_chain::PrivateKey::from_file("../../tests/data/keys/pkcs8.pem")?;
    /// let signature = key.sign(b"GET\n/v3/certificates\n1554208460\nnonce\n\n")?;
    /// assert!(key.public_key().verify(b"GET\n/v3/certificates\n1554208460\nnonce\n\n", &signature));
    /// # Ok::<_, wechatpay_chain::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] when OpenSSL cannot use the key, for example because it is inconsistent.
    ///
    /// Source: RFC 8017, section 8.2.
    pub fn sign(&self, message: &[u8]) -> Result<String> {
        self.sign_digest(&openssl::sha::sha256(message))
    }

    /// Signs a message with a known SHA-256.
    pub fn sign_digest(&self, digest: &[u8; 32]) -> Result<String> {
        let mut signature = vec![0; self.modulus_len()];
        let len = self
            .inner
            .signing
            .run(&self.inner.key, |ctx| {
                ctx.sign(digest, Some(&mut signature))
            })
            .map_err(|err| {
                let message =
                    "OpenSSL cannot sign with this private key; check that the file is complete";
                Error::new(ErrorKind::Key, message).with_source(err)
            })?;
        Ok(base64::encode(&signature[..len]))
    }

    /// Decrypts a base64 ciphertext made for this key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decrypt`] when it was made for another key or padding, or is damaged. The error does not say
    /// which: an attacker could use the difference as an oracle. With
    /// [`Padding::Pkcs1v15`], OpenSSL 3.2 and later return random bytes instead of an error.
    ///
    /// Source: RFC 8017, sections 7.1.2 and 7.2.2.
    pub fn decrypt(&self, padding: Padding, ciphertext: &str) -> Result<Zeroizing<Vec<u8>>> {
        let plain =
            base64::decode(ciphertext).and_then(|bytes| self.decrypt_bytes(padding, &bytes));
        plain.ok_or_else(|| {
            let message = format!(
                "this is not a {} ciphertext for this private key; it may be encrypted to another \
                 certificate",
                padding.name()
            );
            Error::new(ErrorKind::Decrypt, message)
        })
    }

    fn decrypt_bytes(&self, padding: Padding, bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let contexts = match padding {
            Padding::Oaep => &self.inner.oaep,
            Padding::Pkcs1v15 => &self.inner.pkcs1v15,
        };
        let mut plain = Zeroizing::new(vec![0; self.modulus_len()]);
        let len = contexts
            .run(&self.inner.key, |ctx| ctx.decrypt(bytes, Some(&mut plain)))
            .ok()?;
        plain.truncate(len);
        Some(plain)
    }

    /// Returns OpenSSL's type, for TLS.
    pub fn pkey(&self) -> &PKey<Private> {
        &self.inner.key
    }

    /// Returns the public key, which equals that of the certificate that belongs to this key.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.inner.public
    }

    /// Returns the length of the modulus in bytes, which is also the length of a signature or ciphertext.
    #[must_use]
    pub fn modulus_len(&self) -> usize {
        self.inner.public.modulus_len()
    }

    fn from_items(items: &[Item], passphrase: Option<&Secret>) -> Outcome<Self> {
        let item = items
            .iter()
            .find(|item| item.kind.holds_private_key())
            .or(items.first());
        let Some(item) = item else {
            return Err(Refusal::wrong_kind(Expected::PrivateKey, ItemKind::Unknown));
        };
        Self::from_rsa(rsa_of(item, passphrase)?)
    }

    fn from_rsa(rsa: Rsa<Private>) -> Outcome<Self> {
        let public = PublicKey::of_private(&rsa)?;
        let key = PKey::from_rsa(rsa).map_err(damaged)?;
        let inner = Inner {
            key,
            public,
            signing: Contexts::new(rsa::signing),
            oaep: Contexts::new(|key| rsa::decrypting(key, Padding::Oaep)),
            pkcs1v15: Contexts::new(|key| rsa::decrypting(key, Padding::Pkcs1v15)),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }
}

/// Reads the key as OpenSSL's RSA type. PKCS#1 is parsed directly: the general decoder takes a hundred times as long.
fn rsa_of(item: &Item, passphrase: Option<&Secret>) -> Outcome<Rsa<Private>> {
    match (item.kind, passphrase) {
        (ItemKind::PrivatePkcs1, _) => Rsa::private_key_from_der(&item.data).map_err(damaged),
        (ItemKind::PrivatePkcs8, _) => {
            let inner = der::pkcs1_in_pkcs8(&item.data).unwrap_or_default();
            Rsa::private_key_from_der(inner).map_err(damaged)
        }
        (ItemKind::EncryptedPkcs8 | ItemKind::EncryptedPem, Some(passphrase)) => {
            rsa_in(&protected::decrypt_key(item, passphrase)?)
        }
        (ItemKind::Pkcs12, Some(passphrase)) => match pkcs12::open(&item.data, passphrase)?.pkey {
            Some(key) => rsa_in(&key),
            None => Err(Refusal::new(
                "this PKCS#12 file contains no private key; give apiclient_key.pem",
            )),
        },
        (kind, _) => Err(Refusal::wrong_kind(Expected::PrivateKey, kind)),
    }
}

fn rsa_in(key: &PKey<Private>) -> Outcome<Rsa<Private>> {
    key.rsa()
        .map_err(|_| Refusal::wrong_kind(Expected::PrivateKey, ItemKind::PrivateOther))
}

fn damaged(err: openssl::error::ErrorStack) -> Refusal {
    Refusal::damaged(Expected::PrivateKey, err)
}

impl ItemKind {
    const fn is_protected(self) -> bool {
        matches!(
            self,
            Self::EncryptedPkcs8 | Self::EncryptedPem | Self::Pkcs12
        )
    }

    const fn holds_private_key(self) -> bool {
        matches!(
            self,
            Self::PrivatePkcs1
                | Self::PrivatePkcs8
                | Self::PrivateOther
                | Self::EncryptedPkcs8
                | Self::EncryptedPem
        )
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey")
            .field("bits", &self.inner.key.bits())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "private_tests.rs"]
mod tests;
