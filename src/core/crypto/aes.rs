//! AES-256: GCM for v3 resources, ECB for v2's refund notification.

#[cfg(feature = "files")]
use openssl::error::ErrorStack;
use openssl::symm::{self, Cipher};
#[cfg(feature = "files")]
use openssl::symm::{Crypter, Mode};
use zeroize::Zeroizing;

use super::base64;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// The length of a key, in bytes.
pub const KEY_LEN: usize = 32;
/// The length of a GCM nonce, in bytes.
pub const NONCE_LEN: usize = 12;
/// The length of the tag at the end of a GCM ciphertext, in bytes.
pub const TAG_LEN: usize = 16;

/// Encrypts with AES-256-GCM; the tag is at the end of the ciphertext.
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
    check(ErrorKind::Encrypt, nonce, plaintext)?;
    let mut tag = [0; TAG_LEN];
    let mut text = symm::encrypt_aead(
        Cipher::aes_256_gcm(),
        key,
        Some(nonce),
        aad,
        plaintext,
        &mut tag,
    )
    .map_err(|err| Error::new(ErrorKind::Encrypt, "AES-256-GCM failed").with_source(err))?;
    text.extend_from_slice(&tag);
    Ok(text)
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
    check(ErrorKind::Decrypt, nonce, ciphertext)?;
    let (text, tag) = ciphertext
        .split_last_chunk::<TAG_LEN>()
        .ok_or_else(no_tag)?;
    symm::decrypt_aead(Cipher::aes_256_gcm(), key, Some(nonce), aad, text, tag)
        .map(Zeroizing::new)
        .map_err(|_| wrong_tag())
}

/// Decrypts a ciphertext of [`gcm_encrypt`]'s form without checking the tag.
///
/// Diagnoses use it to tell a wrong key from altered associated data. Never act on the result.
pub fn gcm_unproven(
    key: &[u8; KEY_LEN],
    nonce: &[u8],
    ciphertext: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    check(ErrorKind::Decrypt, nonce, ciphertext).ok()?;
    let (text, _) = ciphertext.split_last_chunk::<TAG_LEN>()?;
    // GCM is CTR whose first block is used for the tag.
    let counter = [nonce, &[0, 0, 0, 2]].concat();
    let plain = symm::decrypt(Cipher::aes_256_ctr(), key, Some(&counter), text);
    plain.ok().map(Zeroizing::new)
}

/// Decrypts a ciphertext of [`gcm_encrypt`]'s form piece by piece, without associated data.
///
/// The output is authenticated only by [`finish`](Self::finish). The nonce may have any length: files have
/// nonces of 16 bytes.
#[cfg(feature = "files")]
pub struct GcmOpener {
    crypter: Crypter,
    /// The last bytes received, which may be the tag.
    held: Vec<u8>,
}

#[cfg(feature = "files")]
impl GcmOpener {
    /// # Errors
    ///
    /// [`ErrorKind::Decrypt`] when OpenSSL rejects the nonce.
    pub fn new(key: &[u8; KEY_LEN], nonce: &[u8]) -> Result<Self> {
        // OpenSSL's limit.
        if !(1..=128).contains(&nonce.len()) {
            let message = "the AES-256-GCM nonce is empty or longer than 128 bytes";
            return Err(Error::new(ErrorKind::Decrypt, message));
        }
        let crypter = Crypter::new(Cipher::aes_256_gcm(), Mode::Decrypt, key, Some(nonce));
        Ok(Self {
            crypter: crypter.map_err(failed)?,
            held: Vec::with_capacity(TAG_LEN),
        })
    }

    /// Decrypts everything received so far except the last 16 bytes.
    pub fn update(&mut self, piece: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        check_len(ErrorKind::Decrypt, piece)?;
        let ready = (self.held.len() + piece.len()).saturating_sub(TAG_LEN);
        let of_held = ready.min(self.held.len());
        let of_piece = ready - of_held;
        // The openssl crate requires space for one more block.
        let mut text = Zeroizing::new(vec![0; ready + TAG_LEN]);
        let held = self.crypter.update(&self.held[..of_held], &mut text);
        let mut len = held.map_err(failed)?;
        self.held.drain(..of_held);
        let rest = self.crypter.update(&piece[..of_piece], &mut text[len..]);
        len += rest.map_err(failed)?;
        self.held.extend_from_slice(&piece[of_piece..]);
        text.truncate(len);
        Ok(text)
    }

    /// Verifies the tag.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decrypt`] when the tag does not match.
    pub fn finish(mut self) -> Result<()> {
        if self.held.len() != TAG_LEN {
            return Err(no_tag());
        }
        self.crypter.set_tag(&self.held).map_err(failed)?;
        let finished = self.crypter.finalize(&mut [0; TAG_LEN]);
        finished.map(drop).map_err(|_| wrong_tag())
    }
}

#[cfg(feature = "files")]
fn failed(err: ErrorStack) -> Error {
    Error::new(ErrorKind::Decrypt, "AES-256-GCM failed").with_source(err)
}

fn no_tag() -> Error {
    Error::new(
        ErrorKind::Decrypt,
        "the AES-256-GCM ciphertext is shorter than its tag (16 bytes)",
    )
}

fn wrong_tag() -> Error {
    Error::new(
        ErrorKind::Decrypt,
        "AES-256-GCM: the tag does not match; the key is wrong, or the nonce, the associated data or \
         the ciphertext was altered",
    )
}

/// Decrypts a text that is encrypted with the APIv3 key (APIv3密钥): the `ciphertext` of a notification's
/// `resource` in base64, with its `nonce` and `associated_data`.
///
/// It does not prove who encrypted the text: verify a notification first, or use `notify`, which does both.
///
/// ```
/// use wechatpay_chain::Secret;
/// use wechatpay_chain::crypto::aes;
///
/// let key = Secret::new("0123456789abcdef0123456789abcdef");
/// let err = aes::open(&key, "fdasflkja484", "transaction", "bm90IGVuY3J5cHRlZCB3aXRoIGl0").unwrap_err();
/// assert!(err.to_string().contains("tag"));
/// ```
///
/// # Errors
///
/// [`ErrorKind::Decrypt`] when the key does not have 32 bytes, the ciphertext is not base64, they do not
/// belong together, or the text is not UTF-8.
pub fn open(key: &Secret, nonce: &str, associated_data: &str, ciphertext: &str) -> Result<String> {
    let refused = |reason| Error::new(ErrorKind::Decrypt, reason);
    let key: &[u8; KEY_LEN] = (key.expose().as_bytes())
        .try_into()
        .map_err(|_| refused("the APIv3 key (APIv3密钥) must have 32 bytes"))?;
    let ciphertext =
        base64::decode(ciphertext).ok_or_else(|| refused("the ciphertext is not base64"))?;
    let aad = associated_data.as_bytes();
    let text = gcm_decrypt(key, nonce.as_bytes(), aad, &ciphertext)?;
    String::from_utf8(text.to_vec()).map_err(|_| refused("the decrypted text is not UTF-8"))
}

/// Encrypts with AES-256-ECB and PKCS#7 padding.
///
/// # Errors
///
/// [`ErrorKind::Encrypt`] when the text is 2 GiB or longer.
pub fn ecb_encrypt(key: &[u8; KEY_LEN], plaintext: &[u8]) -> Result<Vec<u8>> {
    check_len(ErrorKind::Encrypt, plaintext)?;
    symm::encrypt(Cipher::aes_256_ecb(), key, None, plaintext)
        .map_err(|err| Error::new(ErrorKind::Encrypt, "AES-256-ECB failed").with_source(err))
}

/// Decrypts AES-256-ECB with PKCS#7 padding.
///
/// # Errors
///
/// [`ErrorKind::Decrypt`] when the padding is invalid.
pub fn ecb_decrypt(key: &[u8; KEY_LEN], ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    check_len(ErrorKind::Decrypt, ciphertext)?;
    symm::decrypt(Cipher::aes_256_ecb(), key, None, ciphertext)
        .map(Zeroizing::new)
        .map_err(|_| {
            Error::new(
                ErrorKind::Decrypt,
                "AES-256-ECB: the padding is invalid; the key is wrong, or the ciphertext was altered",
            )
        })
}

fn check(kind: ErrorKind, nonce: &[u8], text: &[u8]) -> Result<()> {
    if nonce.len() != NONCE_LEN {
        let message = format!(
            "the AES-256-GCM nonce has {} bytes; it must have 12",
            nonce.len()
        );
        return Err(Error::new(kind, message));
    }
    check_len(kind, text)
}

/// Checks a length, since the openssl crate panics if it does not fit a C `int`.
fn check_len(kind: ErrorKind, text: &[u8]) -> Result<()> {
    match i32::try_from(text.len()) {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::new(
            kind,
            "the text is too long for AES here: 2 GiB or more",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digit = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
        (0..text.len()).step_by(2).map(digit).collect()
    }

    #[test]
    fn a_resource_opens_with_its_key_and_no_other() {
        let text = "0123456789abcdef0123456789abcdef";
        let sealed = gcm_encrypt(
            text.as_bytes().try_into().unwrap(),
            b"fdasflkja484",
            b"transaction",
            "支付".as_bytes(),
        );
        let sealed = base64::encode(&sealed.unwrap());
        let open = |key: &str, aad| open(&Secret::new(key), "fdasflkja484", aad, &sealed);
        assert_eq!(open(text, "transaction").unwrap(), "支付");
        for (key, aad) in [(text, "refund"), (&text[1..], "transaction")] {
            assert_eq!(open(key, aad).unwrap_err().kind(), ErrorKind::Decrypt);
        }
    }

    fn key(text: &str) -> [u8; KEY_LEN] {
        hex(text).try_into().unwrap()
    }

    const KEY: &str = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
    const NONCE: &str = "cafebabefacedbaddecaf888";
    const AAD: &str = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
    const PLAIN: &str = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72\
                         1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
    const CIPHER_AND_TAG: &str = "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa\
                                  8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662\
                                  76fc6ece0f4e1768cddf8853bb2d551b";

    /// McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 13, 14 and 16.
    #[test]
    fn gcm_vectors_hold() {
        let zero = [0; KEY_LEN];
        let cases = [
            (
                zero,
                hex("000000000000000000000000"),
                vec![],
                vec![],
                hex("530f8afbc74536b9a963b4f1c4cb738b"),
            ),
            (
                zero,
                hex("000000000000000000000000"),
                vec![],
                vec![0; 16],
                hex("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
            ),
            (
                key(KEY),
                hex(NONCE),
                hex(AAD),
                hex(PLAIN),
                hex(CIPHER_AND_TAG),
            ),
        ];
        for (key, nonce, aad, plain, cipher) in cases {
            assert_eq!(gcm_encrypt(&key, &nonce, &aad, &plain).unwrap(), cipher);
            assert_eq!(*gcm_decrypt(&key, &nonce, &aad, &cipher).unwrap(), plain);
        }
    }

    #[test]
    fn gcm_rejects_altered_input() {
        let (key, nonce, aad, cipher) = (key(KEY), hex(NONCE), hex(AAD), hex(CIPHER_AND_TAG));
        for at in [0, cipher.len() - 1] {
            let mut altered = cipher.clone();
            altered[at] ^= 1;
            let err = gcm_decrypt(&key, &nonce, &aad, &altered).unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Decrypt);
        }
        assert!(gcm_decrypt(&[7; KEY_LEN], &nonce, &aad, &cipher).is_err());
        assert!(gcm_decrypt(&key, &nonce, b"", &cipher).is_err());
        assert!(gcm_decrypt(&key, &nonce[1..], &aad, &cipher).is_err());
        assert!(gcm_decrypt(&key, b"", &aad, &cipher).is_err());
        assert!(gcm_decrypt(&key, &nonce, &aad, &cipher[..TAG_LEN - 1]).is_err());
        assert!(gcm_encrypt(&key, b"thirteen byte", &aad, b"").is_err());
    }

    /// NIST SP 800-38A, F.1.5.
    #[test]
    fn ecb_vectors_hold() {
        let key = key("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
        let plain = hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
        let blocks = hex("f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870");
        let cipher = ecb_encrypt(&key, &plain).unwrap();
        assert_eq!(cipher[..32], blocks);
        assert_eq!(cipher.len(), 48);
        assert_eq!(*ecb_decrypt(&key, &cipher).unwrap(), plain);
    }

    #[test]
    fn ecb_rejects_wrong_keys_and_broken_blocks() {
        let cipher = ecb_encrypt(&[1; KEY_LEN], b"text").unwrap();
        assert_eq!(
            ecb_decrypt(&[2; KEY_LEN], &cipher).unwrap_err().kind(),
            ErrorKind::Decrypt
        );
        assert!(ecb_decrypt(&[1; KEY_LEN], &cipher[..15]).is_err());
        assert!(ecb_decrypt(&[1; KEY_LEN], b"").is_err());
    }

    /// Files have a nonce of 16 bytes.
    #[cfg(feature = "files")]
    #[test]
    fn decryption_in_pieces_equals_decryption_at_once() {
        let (key, nonce) = ([7; KEY_LEN], b"a8607ef79034c49c");
        let text: Vec<u8> = (0..1000_u32).map(|n| n as u8).collect();
        let (cipher, mut tag) = (Cipher::aes_256_gcm(), [0; TAG_LEN]);
        let sealed = symm::encrypt_aead(cipher, &key, Some(nonce), &[], &text, &mut tag).unwrap();
        let sealed = [sealed, tag.to_vec()].concat();
        let open = |sealed: &[u8], size: usize| {
            let mut opener = GcmOpener::new(&key, nonce).unwrap();
            let mut out = Vec::new();
            for piece in sealed.chunks(size) {
                out.extend_from_slice(&opener.update(piece).unwrap());
            }
            opener.finish().map(|()| out)
        };
        for size in [1, 15, 16, 17, 999, sealed.len()] {
            assert_eq!(open(&sealed, size).unwrap(), text, "{size}");
            for at in [0, 500, sealed.len() - 1] {
                let mut altered = sealed.clone();
                altered[at] ^= 1;
                let err = open(&altered, size).unwrap_err();
                assert_eq!(err.kind(), ErrorKind::Decrypt);
            }
            assert!(open(&sealed[..sealed.len() - 1], size).is_err());
        }
        assert!(open(&sealed[..15], 4).is_err());
        assert!(GcmOpener::new(&key, b"").is_err());
        assert!(GcmOpener::new(&key, &[0; 129]).is_err());
    }
}
