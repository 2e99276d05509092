//! RSA keys and the four operations with them, set up with WeChat Pay's parameters.

use openssl::error::ErrorStack;
use openssl::md::Md;
use openssl::pkey::{HasPrivate, HasPublic, PKey, PKeyRef, Private, Public};
use openssl::pkey_ctx::{PkeyCtx, PkeyCtxRef};
use openssl::rsa::{Padding as RsaPadding, Rsa};
use zeroize::Zeroizing;

use super::Padding;
use super::contexts::Contexts;

/// A private RSA key with its idle contexts.
pub(super) struct RsaPrivate {
    pub(super) key: PKey<Private>,
    size: usize,
    signing: Contexts<Private>,
    oaep: Contexts<Private>,
    pkcs1v15: Contexts<Private>,
}

impl RsaPrivate {
    pub(super) fn new(rsa: Rsa<Private>) -> Result<Self, ErrorStack> {
        Ok(Self {
            size: rsa.size() as usize,
            key: PKey::from_rsa(rsa)?,
            signing: Contexts::new(signing),
            oaep: Contexts::new(|key| decrypting(key, Padding::Oaep)),
            pkcs1v15: Contexts::new(|key| decrypting(key, Padding::Pkcs1v15)),
        })
    }

    /// Signs a SHA-256 digest.
    pub(super) fn sign(&self, digest: &[u8; 32]) -> Result<Vec<u8>, ErrorStack> {
        let mut signature = vec![0; self.size];
        let len = self
            .signing
            .run(&self.key, |ctx| ctx.sign(digest, Some(&mut signature)))?;
        signature.truncate(len);
        Ok(signature)
    }

    pub(super) fn decrypt(&self, padding: Padding, bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let contexts = match padding {
            Padding::Oaep => &self.oaep,
            Padding::Pkcs1v15 => &self.pkcs1v15,
        };
        let mut plain = Zeroizing::new(vec![0; self.size]);
        let len = contexts
            .run(&self.key, |ctx| ctx.decrypt(bytes, Some(&mut plain)))
            .ok()?;
        plain.truncate(len);
        Some(plain)
    }
}

/// A public RSA key with its idle contexts.
pub(super) struct RsaPublic {
    pub(super) key: PKey<Public>,
    /// The length of the modulus in bytes.
    pub(super) size: usize,
    verifying: Contexts<Public>,
    oaep: Contexts<Public>,
    pkcs1v15: Contexts<Public>,
}

impl RsaPublic {
    pub(super) fn new(rsa: Rsa<Public>) -> Result<Self, ErrorStack> {
        Ok(Self {
            size: rsa.size() as usize,
            key: PKey::from_rsa(rsa)?,
            verifying: Contexts::new(verifying),
            oaep: Contexts::new(|key| encrypting(key, Padding::Oaep)),
            pkcs1v15: Contexts::new(|key| encrypting(key, Padding::Pkcs1v15)),
        })
    }

    /// Verifies a signature over a SHA-256 digest.
    pub(super) fn verify(&self, digest: &[u8; 32], signature: &[u8]) -> bool {
        self.verifying
            .run(&self.key, |ctx| ctx.verify(digest, signature))
            .unwrap_or(false)
    }

    /// Encrypts a text that is not too long for the padding.
    pub(super) fn encrypt(
        &self,
        padding: Padding,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, ErrorStack> {
        let contexts = match padding {
            Padding::Oaep => &self.oaep,
            Padding::Pkcs1v15 => &self.pkcs1v15,
        };
        let mut ciphertext = vec![0; self.size];
        let len = contexts.run(&self.key, |ctx| {
            ctx.encrypt(plaintext, Some(&mut ciphertext))
        })?;
        ciphertext.truncate(len);
        Ok(ciphertext)
    }
}

/// Sets up RSASSA-PKCS1-v1_5 signing of a SHA-256 digest (RFC 8017, section 8.2).
pub(super) fn signing<T: HasPrivate>(key: &PKeyRef<T>) -> Result<PkeyCtx<T>, ErrorStack> {
    let mut ctx = PkeyCtx::new(key)?;
    ctx.sign_init()?;
    sha256_pkcs1(&mut ctx)?;
    Ok(ctx)
}

/// Sets up the verification for [`signing`].
pub(super) fn verifying<T: HasPublic>(key: &PKeyRef<T>) -> Result<PkeyCtx<T>, ErrorStack> {
    let mut ctx = PkeyCtx::new(key)?;
    ctx.verify_init()?;
    sha256_pkcs1(&mut ctx)?;
    Ok(ctx)
}

fn sha256_pkcs1<T>(ctx: &mut PkeyCtxRef<T>) -> Result<(), ErrorStack> {
    ctx.set_rsa_padding(RsaPadding::PKCS1)?;
    ctx.set_signature_md(Md::sha256())
}

/// Sets up encryption with a padding.
pub(super) fn encrypting<T: HasPublic>(
    key: &PKeyRef<T>,
    padding: Padding,
) -> Result<PkeyCtx<T>, ErrorStack> {
    let mut ctx = PkeyCtx::new(key)?;
    ctx.encrypt_init()?;
    pad(&mut ctx, padding)?;
    Ok(ctx)
}

/// Sets up decryption with a padding.
pub(super) fn decrypting<T: HasPrivate>(
    key: &PKeyRef<T>,
    padding: Padding,
) -> Result<PkeyCtx<T>, ErrorStack> {
    let mut ctx = PkeyCtx::new(key)?;
    ctx.decrypt_init()?;
    pad(&mut ctx, padding)?;
    Ok(ctx)
}

fn pad<T>(ctx: &mut PkeyCtxRef<T>, padding: Padding) -> Result<(), ErrorStack> {
    match padding {
        Padding::Pkcs1v15 => ctx.set_rsa_padding(RsaPadding::PKCS1),
        Padding::Oaep => {
            ctx.set_rsa_padding(RsaPadding::PKCS1_OAEP)?;
            ctx.set_rsa_oaep_md(Md::sha1())?;
            ctx.set_rsa_mgf1_md(Md::sha1())
        }
    }
}
