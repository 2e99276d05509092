//! SM2 keys (国密): signatures over SM3 digests, and ciphertexts C1C3C2, both in DER.
//!
//! Source: GB/T 32918.2, 32918.4 and 32918.5; GM/T 0009 for user id and encodings, as in WeChat Pay's SDK for Java.

use sm2::dsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use sm2::elliptic_curve::common::getrandom::SysRng;
use sm2::elliptic_curve::sec1::ToSec1Point;
use sm2::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
use sm2::pke::{DecryptingKey, EncryptingKey};
use sm2::{PublicKey, SecretKey};
use sm3::{Digest, Sm3};
use zeroize::Zeroizing;

use super::Sm2Mistake;
use super::base64;
use super::digest::{sha256, unhex};
use crate::error::{Error, ErrorKind, Result};

/// The user id of signatures where the parties agree on none (GM/T 0009, section 10).
const USER_ID: &str = "1234567812345678";

/// The coefficients a and b of the curve and the coordinates of its generator (GB/T 32918.5, section 2).
const CURVE: [&str; 4] = [
    "fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc",
    "28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93",
    "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7",
    "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0",
];

/// A private SM2 key.
pub(super) struct Sm2Private {
    /// Overwritten when it is dropped.
    secret: SecretKey,
    signing: SigningKey,
}

/// A public SM2 key.
#[derive(Clone)]
pub(super) struct Sm2Public {
    key: PublicKey,
    verifying: VerifyingKey,
    /// The digest of user and key, with which the digest of a message begins.
    user: Sm3,
}

impl Sm2Private {
    /// Reads a key in SEC 1 (RFC 5915); a public key inside must belong to it.
    pub(super) fn from_sec1(der: &[u8]) -> Option<Self> {
        let secret = SecretKey::from_sec1_der(der).ok()?;
        let signing = SigningKey::new(USER_ID, &secret).ok()?;
        Some(Self { secret, signing })
    }

    pub(super) fn public(&self) -> Sm2Public {
        let verifying = self.signing.verifying_key().clone();
        Sm2Public::of(self.secret.public_key(), verifying)
    }

    /// Signs a digest of [`Sm2Public::digest`]; returns DER.
    pub(super) fn sign(&self, digest: &[u8; 32]) -> Option<Vec<u8>> {
        let signature: Signature = self.signing.sign_prehash(digest).ok()?;
        Some(signature.to_der().as_bytes().to_vec())
    }

    pub(super) fn decrypt(&self, der: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let key = DecryptingKey::new(self.secret.clone());
        key.decrypt_der(der).ok().map(Zeroizing::new)
    }

    /// Writes the key as PEM (PKCS#8).
    pub(super) fn to_pem(&self) -> Option<Zeroizing<String>> {
        self.secret.to_pkcs8_pem(LineEnding::LF).ok()
    }
}

impl Sm2Public {
    /// Reads a point (SEC 1, section 2.3.4).
    pub(super) fn from_sec1(point: &[u8]) -> Option<Self> {
        let key = PublicKey::from_sec1_bytes(point).ok()?;
        let verifying = VerifyingKey::new(USER_ID, key).ok()?;
        Some(Self::of(key, verifying))
    }

    fn of(key: PublicKey, verifying: VerifyingKey) -> Self {
        let user = user_digest(&key, USER_ID);
        Self {
            key,
            verifying,
            user: Sm3::new_with_prefix(user),
        }
    }

    /// Returns the digest of an empty message.
    pub(super) fn digest(&self) -> Sm3 {
        self.user.clone()
    }

    /// Verifies a signature in DER over a digest.
    pub(super) fn verify(&self, digest: &[u8; 32], signature: &[u8]) -> bool {
        Signature::from_der(signature)
            .is_ok_and(|signature| self.verifying.verify_prehash(digest, &signature).is_ok())
    }

    /// Recognises the usual mistakes in a signature.
    pub(super) fn mistakes(&self, message: &[u8], text: &str) -> Vec<Sm2Mistake> {
        let hex = unhex(text.as_bytes()).filter(|bytes| !bytes.is_empty());
        let notation = hex.is_some().then_some(Sm2Mistake::Hex);
        let Some(bytes) = hex.or_else(|| base64::decode(text)) else {
            return Vec::new();
        };
        let raw = Signature::from_slice(&bytes).ok();
        let form = raw.is_some().then_some(Sm2Mistake::Raw);
        let Some(signature) = raw.or_else(|| Signature::from_der(&bytes).ok()) else {
            return Vec::new();
        };
        let mut right = self.digest();
        right.update(message);
        let no_id = Sm3::new_with_prefix(user_digest(&self.key, ""));
        let digests = [
            (None, right.finalize().into()),
            (
                Some(Sm2Mistake::NoUserId),
                no_id.chain_update(message).finalize().into(),
            ),
            (Some(Sm2Mistake::NoUserDigest), Sm3::digest(message).into()),
            (Some(Sm2Mistake::Sha256), sha256(message)),
        ];
        let fits =
            |(_, digest): &(_, [u8; 32])| self.verifying.verify_prehash(digest, &signature).is_ok();
        match digests.into_iter().find(fits) {
            Some((digest, _)) => notation.into_iter().chain(form).chain(digest).collect(),
            None => Vec::new(),
        }
    }

    /// Encrypts a text; returns DER.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Encrypt`] when the text is empty, which SM2 does not allow, or the system has no randomness.
    pub(super) fn encrypt(&self, plaintext: &[u8]) -> Result<Vec<u8>> {
        let refused = |reason| Error::new(ErrorKind::Encrypt, reason);
        if plaintext.is_empty() {
            return Err(refused(
                "SM2 cannot encrypt an empty text: leave the field out",
            ));
        }
        let key = EncryptingKey::new(self.key);
        key.encrypt_der(&mut SysRng, plaintext)
            .map_err(|_| refused("SM2 encryption failed: the system provides no random numbers"))
    }

    /// Writes the key as PEM (SubjectPublicKeyInfo).
    pub(super) fn to_pem(&self) -> Option<String> {
        self.key.to_public_key_pem(LineEnding::LF).ok()
    }
}

impl PartialEq for Sm2Public {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

/// Z of GB/T 32918.2, section 5.5.
fn user_digest(key: &PublicKey, user: &str) -> [u8; 32] {
    let mut digest = Sm3::new();
    let bits = u16::try_from(8 * user.len()).unwrap_or_default();
    digest.update(bits.to_be_bytes());
    digest.update(user);
    for number in CURVE {
        digest.update(unhex(number.as_bytes()).unwrap_or_default());
    }
    // Without the byte that says that both coordinates follow.
    let point = key.to_sec1_point(false);
    digest.update(point.as_bytes().get(1..).unwrap_or_default());
    digest.finalize().into()
}

#[cfg(test)]
#[path = "sm2_tests.rs"]
mod tests;
