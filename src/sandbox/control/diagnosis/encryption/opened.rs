//! Opens a ciphertext with a key, and tells its padding.

use openssl::encrypt::Decrypter;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKeyRef, Private};
use openssl::rsa::{Padding as RsaPadding, Rsa};

use wechatpay_core::crypto::PrivateKey;

/// How a ciphertext was padded.
#[derive(Clone, Copy)]
pub(super) enum Used {
    OaepSha1,
    /// With these digests, of the label and of MGF1.
    OaepOther(&'static str, &'static str),
    Pkcs1v15,
    Nothing,
}

pub(super) fn opened(key: &PKeyRef<Private>, ciphertext: &[u8]) -> Option<(Used, Vec<u8>)> {
    let (sha1, sha256) = (MessageDigest::sha1(), MessageDigest::sha256());
    let sha512 = MessageDigest::sha512();
    let oaeps = [
        (Used::OaepSha1, sha1, sha1),
        (Used::OaepOther("SHA-256", "SHA-256"), sha256, sha256),
        (Used::OaepOther("SHA-256", "SHA-1"), sha256, sha1),
        (Used::OaepOther("SHA-1", "SHA-256"), sha1, sha256),
        (Used::OaepOther("SHA-512", "SHA-512"), sha512, sha512),
    ];
    let by_oaep = oaeps
        .into_iter()
        .find_map(|(used, digest, mask)| Some((used, oaep(key, ciphertext, digest, mask)?)));
    by_oaep.or_else(|| {
        let block = block(key, ciphertext)?;
        let bare = || Some((Used::Nothing, unpadded(&block)?));
        pkcs1(&block)
            .map(|plain| (Used::Pkcs1v15, plain))
            .or_else(bare)
    })
}

fn oaep(
    key: &PKeyRef<Private>,
    ciphertext: &[u8],
    digest: MessageDigest,
    mask: MessageDigest,
) -> Option<Vec<u8>> {
    let mut decrypter = Decrypter::new(key).ok()?;
    decrypter.set_rsa_padding(RsaPadding::PKCS1_OAEP).ok()?;
    decrypter.set_rsa_oaep_md(digest).ok()?;
    decrypter.set_rsa_mgf1_md(mask).ok()?;
    let mut plain = vec![0; decrypter.decrypt_len(ciphertext).ok()?];
    let length = decrypter.decrypt(ciphertext, &mut plain).ok()?;
    plain.truncate(length);
    Some(plain)
}

/// The padded plaintext. OpenSSL removes no padding here: for a wrong one it returns random bytes.
fn block(key: &PKeyRef<Private>, ciphertext: &[u8]) -> Option<Vec<u8>> {
    let rsa = key.rsa().ok()?;
    let mut block = vec![0; ciphertext.len()];
    rsa.private_decrypt(ciphertext, &mut block, RsaPadding::NONE)
        .ok()?;
    Some(block)
}

/// Source: RFC 8017, section 7.2.2: `00 02`, eight or more bytes that are not zero, `00`, the plaintext.
fn pkcs1(block: &[u8]) -> Option<Vec<u8>> {
    let padded = block.strip_prefix(&[0, 2])?;
    let end = padded
        .iter()
        .position(|byte| *byte == 0)
        .filter(|end| *end >= 8)?;
    Some(padded[end + 1..].to_vec())
}

/// A plaintext that was encrypted without padding: zeros precede it or follow it.
fn unpadded(block: &[u8]) -> Option<Vec<u8>> {
    let start = block.iter().position(|byte| *byte != 0)?;
    let end = block.iter().rposition(|byte| *byte != 0)?;
    let plain = &block[start..=end];
    // By chance a wrong key gives no such block.
    (plain.len() + 16 <= block.len() && !plain.contains(&0)).then(|| plain.to_vec())
}

/// Whether the merchant's private key has made this, as a signature or as "encryption" with it.
pub(super) fn signed_by(key: &PrivateKey, bytes: &[u8]) -> bool {
    let raw = || {
        let rsa = key.pkey()?.rsa().ok()?;
        let mut block = vec![0; bytes.len()];
        let public =
            Rsa::from_public_components(rsa.n().to_owned().ok()?, rsa.e().to_owned().ok()?);
        let public = public.ok()?;
        public
            .public_decrypt(bytes, &mut block, RsaPadding::PKCS1)
            .ok()
    };
    raw().is_some()
}
