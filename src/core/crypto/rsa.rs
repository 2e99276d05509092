//! Contexts for the four RSA operations, set up with WeChat Pay's parameters.

use openssl::error::ErrorStack;
use openssl::md::Md;
use openssl::pkey::{HasPrivate, HasPublic, PKeyRef};
use openssl::pkey_ctx::{PkeyCtx, PkeyCtxRef};
use openssl::rsa::Padding as RsaPadding;

use super::Padding;

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
