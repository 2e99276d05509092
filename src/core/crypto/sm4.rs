//! SM4-GCM (国密) for v3 resources.
//!
//! Source: GB/T 32907; RFC 8998; WeChat Pay's SDK for Java, module `shangmi`.

use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{AesGcm, KeyInit};
#[cfg(feature = "files")]
use ctr::Ctr32BE;
#[cfg(feature = "files")]
use ghash::{GHash, universal_hash::UniversalHash};
use sm3::{Digest, Sm3};
use sm4::Sm4;
#[cfg(feature = "files")]
use sm4::cipher::{BlockCipherEncrypt, KeyIvInit, StreamCipher};
use zeroize::Zeroizing;

use super::aes::NONCE_LEN;
#[cfg(feature = "files")]
use super::aes::TAG_LEN;
#[cfg(feature = "files")]
use super::digest::constant_time_eq;
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

/// Decrypts a ciphertext of [`gcm_encrypt`]'s form piece by piece, without associated data.
///
/// The output is authenticated only by [`finish`](Self::finish). The nonce may have any length: files have
/// nonces of 16 bytes.
#[cfg(feature = "files")]
pub struct GcmOpener {
    stream: Ctr32BE<Sm4>,
    hash: GHash,
    /// The tag is the hash, combined with this.
    mask: [u8; TAG_LEN],
    /// Ciphertext that is decrypted, and is not hashed yet because it is no whole block.
    rest: Vec<u8>,
    /// The last bytes received, which may be the tag.
    held: Vec<u8>,
    len: u64,
}

#[cfg(feature = "files")]
impl GcmOpener {
    /// # Errors
    ///
    /// [`ErrorKind::Decrypt`] when the nonce is empty.
    pub fn new(key: &[u8; KEY_LEN], nonce: &[u8]) -> Result<Self> {
        if nonce.is_empty() {
            return Err(Error::new(ErrorKind::Decrypt, "the SM4-GCM nonce is empty"));
        }
        let mut h = Default::default();
        Sm4::new(key.into()).encrypt_block(&mut h);
        let hash = GHash::new(&h);
        let mut stream = Ctr32BE::<Sm4>::new(key.into(), &first_counter(&hash, nonce).into());
        let mut mask = [0; TAG_LEN];
        stream.apply_keystream(&mut mask);
        Ok(Self {
            stream,
            hash,
            mask,
            rest: Vec::with_capacity(BLOCK),
            held: Vec::with_capacity(TAG_LEN),
            len: 0,
        })
    }

    /// Decrypts everything received so far except the last 16 bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decrypt`] beyond 64 GiB, the most that GCM encrypts with a nonce.
    pub fn update(&mut self, piece: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let mut text = Zeroizing::new(std::mem::take(&mut self.held));
        text.extend_from_slice(piece);
        let ready = text.len().saturating_sub(TAG_LEN);
        self.held.extend_from_slice(&text[ready..]);
        text.truncate(ready);
        self.len += ready as u64;
        self.rest.extend_from_slice(&text);
        let whole = self.rest.len() - self.rest.len() % BLOCK;
        self.hash.update_padded(&self.rest[..whole]);
        self.rest.drain(..whole);
        let decrypted = self.stream.try_apply_keystream(&mut text);
        decrypted.map_err(|_| too_long())?;
        Ok(text)
    }

    /// Verifies the tag.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decrypt`] when the tag does not match.
    pub fn finish(mut self) -> Result<()> {
        self.hash.update_padded(&self.rest);
        let mut tag: [u8; TAG_LEN] = of_lengths(self.hash, self.len);
        for (byte, mask) in tag.iter_mut().zip(self.mask) {
            *byte ^= mask;
        }
        if constant_time_eq(&tag, &self.held) {
            Ok(())
        } else {
            Err(wrong_tag())
        }
    }
}

#[cfg(feature = "files")]
const BLOCK: usize = 16;

/// The counter block that the tag is encrypted with. Source: NIST SP 800-38D, section 7.1.
#[cfg(feature = "files")]
fn first_counter(hash: &GHash, nonce: &[u8]) -> [u8; BLOCK] {
    if let Ok(nonce) = <&[u8; NONCE_LEN]>::try_from(nonce) {
        let mut block = [0; BLOCK];
        block[..NONCE_LEN].copy_from_slice(nonce);
        block[BLOCK - 1] = 1;
        return block;
    }
    let mut hash = hash.clone();
    hash.update_padded(nonce);
    of_lengths(hash, nonce.len() as u64)
}

/// The hash of what was given to it and of the lengths: no associated data, and this number of bytes.
#[cfg(feature = "files")]
fn of_lengths(mut hash: GHash, len: u64) -> [u8; BLOCK] {
    let mut lengths = [0; BLOCK];
    lengths[BLOCK / 2..].copy_from_slice(&len.wrapping_mul(8).to_be_bytes());
    hash.update_padded(&lengths);
    hash.finalize().into()
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
        .map_err(|_| wrong_tag())
}

/// Source: NIST SP 800-38D, section 5.2.1.1.
#[cfg(feature = "files")]
fn too_long() -> Error {
    Error::new(
        ErrorKind::Decrypt,
        "the encrypted file is longer than 64 GiB, the most that SM4-GCM allows: download it again",
    )
}

fn wrong_tag() -> Error {
    let message = "SM4-GCM: the tag does not match; the key is wrong, or the nonce, the associated data or the \
                   ciphertext was altered";
    Error::new(ErrorKind::Decrypt, message)
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
    #[cfg(not(feature = "files"))]
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

    #[cfg(feature = "files")]
    #[test]
    fn a_file_is_decrypted_in_pieces_as_at_once() {
        let plain: Vec<u8> = (0..1000_u32).map(|it| (it % 251) as u8).collect();
        let sealed = gcm_encrypt(&key(), &hex(NONCE), b"", &plain).unwrap();
        for size in [1, 7, 15, 16, 17, 64, 999, 2000] {
            let mut opener = GcmOpener::new(&key(), &hex(NONCE)).unwrap();
            let mut text = Vec::new();
            for piece in sealed.chunks(size) {
                text.extend_from_slice(&opener.update(piece).unwrap());
            }
            opener.finish().unwrap();
            assert_eq!(text, plain, "{size}");
        }
        for len in [0, 15, 16, sealed.len() - 1] {
            let mut opener = GcmOpener::new(&key(), &hex(NONCE)).unwrap();
            opener.update(&sealed[..len]).unwrap();
            assert!(opener.finish().is_err(), "{len}");
        }
    }

    /// As in bills, whose nonces have 16 bytes.
    #[cfg(feature = "files")]
    #[test]
    fn a_nonce_of_another_length_is_hashed() {
        use aes_gcm::aead::consts::U16;

        let nonce = b"a8607ef79034c49c";
        let cipher = AesGcm::<Sm4, U16>::new((&key()).into());
        let sealed = cipher.encrypt(nonce.into(), b"a bill".as_slice()).unwrap();
        let mut opener = GcmOpener::new(&key(), nonce).unwrap();
        assert_eq!(**opener.update(&sealed).unwrap(), *b"a bill");
        opener.finish().unwrap();
        assert!(GcmOpener::new(&key(), b"").is_err());
    }

    #[cfg(feature = "files")]
    #[test]
    fn a_file_longer_than_gcm_encrypts_is_an_error() {
        use sm4::cipher::StreamCipherSeek;

        let mut opener = GcmOpener::new(&key(), &hex(NONCE)).unwrap();
        // As if all but one block had been received; the first block of the stream masks the tag.
        opener.stream.seek((u64::from(u32::MAX) - 1) * 16);
        assert!(opener.update(&[0; 2 * TAG_LEN]).is_ok());
        let err = opener.update(&[0]).unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Decrypt);
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
