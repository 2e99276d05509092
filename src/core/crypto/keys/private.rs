use std::fmt;
use std::path::Path;
use std::sync::Arc;

use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use zeroize::Zeroizing;

use super::super::rsa::RsaPrivate;
#[cfg(feature = "sm")]
use super::super::sm2::Sm2Private;
use super::super::{KeyAlgorithm, Padding, base64};
use super::PublicKey;
use super::file::{load, load_bytes};
use super::input::{Input, inspect};
use super::item::{Item, ItemKind};
use super::refusal::{Expected, Outcome, Refusal};
use super::{der, pkcs12, protected};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// A private key: RSA, or SM2 (国密) with the feature `sm`. It signs requests and decrypts data that WeChat Pay
/// encrypted for the merchant.
///
/// Clones are cheap. `Debug` shows only its size. It is parsed once, here.
///
/// # Forms
///
/// PEM or DER, PKCS#1, PKCS#8 or SEC 1, encrypted or not; PKCS#12 (`apiclient_cert.p12`); bare base64;
/// base64 of a PEM, as in a Kubernetes secret; the PHP SDK's `private.pkcs8://…`,
/// `private.pkcs1://…` and `file://…`. PEM whose line breaks were lost in an environment variable
/// (`\n` as two characters, spaces), with a byte order mark or in UTF-16, is repaired.
///
/// ```no_run
/// use wechatpay_chain::PrivateKey;
///
/// let key = PrivateKey::from_file("apiclient_key.pem")?;
/// let same = PrivateKey::from_bytes(std::env::var("SHOP_PRIVATE_KEY").unwrap_or_default())?;
/// # Ok::<_, wechatpay_chain::Error>(())
/// ```
#[derive(Clone)]
pub struct PrivateKey {
    inner: Arc<Inner>,
}

struct Inner {
    kind: Kind,
    public: PublicKey,
}

enum Kind {
    Rsa(RsaPrivate),
    #[cfg(feature = "sm")]
    Sm2(Sm2Private),
}

impl PrivateKey {
    /// Reads a key from a file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] when the file cannot be read, contains something else (the message says
    /// what), is encrypted, or contains an RSA key shorter than 2048 bits or a key of another algorithm.
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

    /// Signs a message and returns the signature as base64 on one line.
    ///
    /// An RSA key signs with PKCS#1 v1.5 and SHA-256. An SM2 key signs with SM3 and the user id
    /// `1234567812345678`, and the signature is in DER.
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
    /// [`ErrorKind::Key`] when the key cannot sign, for example because it is inconsistent.
    ///
    /// Source: RFC 8017, section 8.2; GB/T 32918.2.
    pub fn sign(&self, message: &[u8]) -> Result<String> {
        self.sign_digest(&self.inner.public.digest_of(message))
    }

    /// Signs a message with a known digest: its SHA-256 for an RSA key, the SM3 of user, key and message for an SM2
    /// key.
    pub fn sign_digest(&self, digest: &[u8; 32]) -> Result<String> {
        let signature = match &self.inner.kind {
            Kind::Rsa(key) => key.sign(digest).map_err(|err| {
                let message =
                    "OpenSSL cannot sign with this private key; check that the file is complete";
                Error::new(ErrorKind::Key, message).with_source(err)
            }),
            #[cfg(feature = "sm")]
            Kind::Sm2(key) => key.sign(digest).ok_or_else(cannot_sign),
        };
        Ok(base64::encode(&signature?))
    }

    /// Decrypts a base64 ciphertext made for this key. An SM2 key ignores the padding.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decrypt`] when it was made for another key or padding, or is damaged. The error does not say
    /// which: an attacker could use the difference as an oracle. With
    /// [`Padding::Pkcs1v15`], OpenSSL 3.2 and later return random bytes instead of an error.
    ///
    /// Source: RFC 8017, sections 7.1.2 and 7.2.2; GB/T 32918.4.
    pub fn decrypt(&self, padding: Padding, ciphertext: &str) -> Result<Zeroizing<Vec<u8>>> {
        let bytes = base64::decode(ciphertext);
        let plain = bytes.and_then(|bytes| match &self.inner.kind {
            Kind::Rsa(key) => key.decrypt(padding, &bytes),
            #[cfg(feature = "sm")]
            Kind::Sm2(key) => key.decrypt(&bytes),
        });
        plain.ok_or_else(|| {
            let name = match self.algorithm() {
                KeyAlgorithm::Rsa => padding.name(),
                KeyAlgorithm::Sm2 => "SM2",
            };
            let message = format!(
                "this is not a {name} ciphertext for this private key; it may be encrypted to another \
                 certificate"
            );
            Error::new(ErrorKind::Decrypt, message)
        })
    }

    /// Returns the algorithm.
    #[must_use]
    pub fn algorithm(&self) -> KeyAlgorithm {
        self.inner.public.algorithm()
    }

    /// Returns OpenSSL's type of an RSA key, for TLS; `None` for an SM2 key.
    pub fn pkey(&self) -> Option<&PKey<Private>> {
        match &self.inner.kind {
            Kind::Rsa(key) => Some(&key.key),
            #[cfg(feature = "sm")]
            Kind::Sm2(_) => None,
        }
    }

    /// Returns the key as PEM, in the form in which WeChat Pay's tool writes it (PKCS#8, not encrypted).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] when OpenSSL cannot write it.
    pub fn to_pem(&self) -> Result<Zeroizing<String>> {
        let pem = match &self.inner.kind {
            Kind::Rsa(key) => {
                let pem = key.key.private_key_to_pem_pkcs8().ok();
                pem.and_then(|pem| String::from_utf8(pem).ok())
                    .map(Zeroizing::new)
            }
            #[cfg(feature = "sm")]
            Kind::Sm2(key) => key.to_pem(),
        };
        pem.ok_or_else(|| Error::new(ErrorKind::Key, "the private key cannot be written as PEM"))
    }

    /// Returns the public key, which equals that of the certificate that belongs to this key.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.inner.public
    }

    /// Returns the length of the modulus in bytes, which is also the length of a signature or ciphertext; zero for an
    /// SM2 key, whose signatures and ciphertexts have no fixed length.
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
        let (kind, public) = kind_of(item, passphrase)?;
        Ok(Self {
            inner: Arc::new(Inner { kind, public }),
        })
    }
}

fn kind_of(item: &Item, passphrase: Option<&Secret>) -> Outcome<(Kind, PublicKey)> {
    match (item.kind, passphrase) {
        (ItemKind::PrivatePkcs1, _) => rsa(&item.data),
        (ItemKind::PrivatePkcs8, _) => rsa(der::key_in_pkcs8(&item.data).unwrap_or_default()),
        (ItemKind::PrivateSm2, _) => sm2(&item.data),
        (ItemKind::EncryptedPkcs8 | ItemKind::EncryptedPem, Some(passphrase)) => {
            decrypted(&protected::decrypt_key(item, passphrase)?)
        }
        (ItemKind::Pkcs12, Some(passphrase)) => match pkcs12::open(&item.data, passphrase)?.pkey {
            Some(key) => decrypted(&key),
            None => Err(Refusal::new(
                "this PKCS#12 file contains no private key; give apiclient_key.pem",
            )),
        },
        (kind, _) => Err(Refusal::wrong_kind(Expected::PrivateKey, kind)),
    }
}

/// Reads PKCS#1 with OpenSSL's parser for it: the general decoder takes a hundred times as long.
fn rsa(pkcs1: &[u8]) -> Outcome<(Kind, PublicKey)> {
    of_rsa(Rsa::private_key_from_der(pkcs1).map_err(damaged)?)
}

fn of_rsa(rsa: Rsa<Private>) -> Outcome<(Kind, PublicKey)> {
    let public = PublicKey::of_private(&rsa)?;
    let key = RsaPrivate::new(rsa).map_err(damaged)?;
    Ok((Kind::Rsa(key), public))
}

/// Reads a key that OpenSSL has decrypted.
fn decrypted(key: &PKey<Private>) -> Outcome<(Kind, PublicKey)> {
    if let Ok(rsa) = key.rsa() {
        return of_rsa(rsa);
    }
    let der = Zeroizing::new(key.private_key_to_pkcs8().map_err(damaged)?);
    match der::item(&der) {
        Ok(item) if item.kind == ItemKind::PrivateSm2 => sm2(&item.data),
        _ => Err(Refusal::wrong_kind(
            Expected::PrivateKey,
            ItemKind::PrivateOther,
        )),
    }
}

/// Reads an SM2 key in PKCS#8 or SEC 1.
#[cfg(feature = "sm")]
fn sm2(der: &[u8]) -> Outcome<(Kind, PublicKey)> {
    let sec1 = der::key_in_pkcs8(der).unwrap_or(der);
    let key = Sm2Private::from_sec1(sec1).ok_or_else(|| {
        Refusal::new(
            "an SM2 private key was found, but it cannot be read; copy the file again, unchanged",
        )
    })?;
    let public = PublicKey::of_sm2(key.public(), None);
    Ok((Kind::Sm2(key), public))
}

#[cfg(not(feature = "sm"))]
fn sm2(_: &[u8]) -> Outcome<(Kind, PublicKey)> {
    Err(Refusal::no_sm2())
}

#[cfg(feature = "sm")]
fn cannot_sign() -> Error {
    Error::new(
        ErrorKind::Key,
        "this private key cannot sign; check that the file is complete",
    )
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
                | Self::PrivateSm2
                | Self::PrivateOther
                | Self::EncryptedPkcs8
                | Self::EncryptedPem
        )
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("PrivateKey");
        if self.algorithm() != KeyAlgorithm::Rsa {
            shown.field("algorithm", &self.algorithm());
        }
        shown
            .field("bits", &self.inner.public.bits())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "private_tests.rs"]
mod tests;
