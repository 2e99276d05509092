//! SM4-GCM (国密) for v3 resources.
//!
//! Source: GB/T 32907; RFC 8998; WeChat Pay's SDK for Java, module `shangmi`.

use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{AesGcm, KeyInit};
use sm3::{Digest, Sm3};
use sm4::Sm4;
use zeroize::Zeroizing;

use super::aes::NONCE_LEN;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// The length of a key, in bytes.
pub const KEY_LEN: usize = 16;

type Sm4Gcm = AesGcm<Sm4, U12>;

/// Derives the SM4 key from the APIv3 key (APIv3密钥): the first half of its SM3.
#[must_use]
pub fn key_of(apiv3_key: &Secret) -> Zeroizing<[u8; KEY_LEN]> {
    let digest: [u8; 32] = Sm3::digest(apiv3_key.expose()).into();
    let digest = Zeroizing::new(digest);
    let mut key = Zeroizing::new([0; KEY_LEN]);
    key.copy_from_slice(&digest[..KEY_LEN]);
    key
}

/// Encrypts with SM4-GCM; the tag is at the end of the ciphertext.
///
/// # Errors
///
/// [`ErrorKind::Encrypt`] when the nonce does not have 12 bytes.
pub fn gcm_encrypt(
    key: &[u8; KEY_LEN],
    nonce: &[u8],
    aad: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>> {
    let nonce = checked(ErrorKind::Encrypt, nonce)?;
    let payload = Payload {
        msg: plaintext,
        aad,
    };
    Sm4Gcm::new(key.into())
        .encrypt(nonce.into(), payload)
        .map_err(|_| Error::new(ErrorKind::Encrypt, "SM4-GCM failed"))
}

/// Decrypts a ciphertext of [`gcm_encrypt`]'s form.
///
/// # Errors
///
/// [`ErrorKind::Decrypt`] when key, nonce, associated data and ciphertext do not belong together.
pub fn gcm_decrypt(
    key: &[u8; KEY_LEN],
    nonce: &[u8],
    aad: &[u8],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>> {
    let nonce = checked(ErrorKind::Decrypt, nonce)?;
    let payload = Payload {
        msg: ciphertext,
        aad,
    };
    Sm4Gcm::new(key.into())
        .decrypt(nonce.into(), payload)
        .map(Zeroizing::new)
        .map_err(|_| {
            let message = "SM4-GCM: the tag does not match; the key is wrong, or the nonce, the associated data or the \
                           ciphertext was altered";
            Error::new(ErrorKind::Decrypt, message)
        })
}

fn checked(kind: ErrorKind, nonce: &[u8]) -> Result<&[u8; NONCE_LEN]> {
    nonce.try_into().map_err(|_| {
        let message = format!(
            "the SM4-GCM nonce has {} bytes; it must have 12",
            nonce.len()
        );
        Error::new(kind, message)
    })
}

#[cfg(test)]
mod tests {
    use sm4::cipher::BlockCipherEncrypt;

    use super::*;
    use crate::crypto::base64;
    use crate::crypto::digest::unhex;

    fn hex(text: &str) -> Vec<u8> {
        unhex(text.as_bytes()).unwrap()
    }

    fn key() -> [u8; KEY_LEN] {
        hex("0123456789abcdeffedcba9876543210").try_into().unwrap()
    }

    /// GB/T 32907, appendix A.1.
    #[test]
    fn block_vector_holds() {
        let mut block = key().into();
        Sm4::new(&key().into()).encrypt_block(&mut block);
        assert_eq!(block[..], hex("681edf34d206965e86b3e94f536e4246")[..]);
    }

    const NONCE: &str = "00001234567800000000abcd";
    const AAD: &str = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
    const PLAIN: &str = "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd\
                         eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa";
    const SEALED: &str = "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735\
                          d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d\
                          83de3541e4c2b58177e065a9bf7b62ec";

    /// RFC 8998, appendix A.1.
    #[test]
    fn gcm_vector_holds() {
        let (nonce, aad, plain, sealed) = (hex(NONCE), hex(AAD), hex(PLAIN), hex(SEALED));
        assert_eq!(gcm_encrypt(&key(), &nonce, &aad, &plain).unwrap(), sealed);
        assert_eq!(*gcm_decrypt(&key(), &nonce, &aad, &sealed).unwrap(), plain);
    }

    #[test]
    fn gcm_rejects_altered_input() {
        let (nonce, aad, sealed) = (hex(NONCE), hex(AAD), hex(SEALED));
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            let err = gcm_decrypt(&key(), &nonce, &aad, &altered).unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Decrypt);
        }
        assert!(gcm_decrypt(&[7; KEY_LEN], &nonce, &aad, &sealed).is_err());
        assert!(gcm_decrypt(&key(), &nonce, b"", &sealed).is_err());
        for nonce in [&nonce[1..], b"", &[0; 13]] {
            let err = gcm_decrypt(&key(), nonce, &aad, &sealed).unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Decrypt);
            let err = gcm_encrypt(&key(), nonce, &aad, b"").unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Encrypt);
        }
        for len in 0..=sealed.len() - 1 {
            assert!(gcm_decrypt(&key(), &nonce, &aad, &sealed[..len]).is_err());
        }
    }

    /// The figures of a test in WeChat Pay's SDK for Java, module `shangmi-testing`, class `BaseAeadSM4Test`.
    #[test]
    fn the_key_is_half_of_the_digest_of_the_apiv3_key() {
        let key = key_of(&Secret::new("a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb"));
        let sealed = base64::decode("+lcLNfkZQQx+iQm20Apa3x9Mb/5L7PgZ7w==").unwrap();
        let opened = gcm_decrypt(&key, b"uluk4a9R25RW", b"associatedData", &sealed);
        assert_eq!(**opened.unwrap(), *b"plaintext");
    }
}
