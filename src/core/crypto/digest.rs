//! Digests, as hex text in the spelling that WeChat Pay uses for each, and their comparison.

use openssl::error::ErrorStack;
use openssl::hash::{Hasher, MessageDigest, hash};
use openssl::pkey::PKey;
use openssl::sign::Signer;

use crate::error::{Error, ErrorKind, Result};

/// Returns the SHA-1 as 40 lower-case hex digits, which WeChat Pay announces for bills.
pub fn sha1_hex(data: &[u8]) -> String {
    hex_lower(&openssl::sha::sha1(data))
}

/// An incremental SHA-1.
pub struct Sha1(openssl::sha::Sha1);

impl Default for Sha1 {
    fn default() -> Self {
        Self::new()
    }
}

impl Sha1 {
    /// Creates an empty digest.
    pub fn new() -> Self {
        Self(openssl::sha::Sha1::new())
    }

    /// Adds the next bytes.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// Returns 40 lower-case hex digits.
    pub fn finish(self) -> String {
        hex_lower(&self.0.finish())
    }
}

/// A digest that WeChat Pay uses for files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DigestKind {
    /// MD5: APIv2's uploads.
    Md5,
    /// SHA-1: bills and statements.
    Sha1,
    /// SHA-256: APIv3's uploads.
    Sha256,
    /// SM3 (国密), in place of SHA-1 and SHA-256.
    #[cfg(feature = "sm")]
    Sm3,
}

impl DigestKind {
    /// Parses WeChat Pay's `hash_type`, in any case, with or without a hyphen.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name.to_ascii_uppercase().replace('-', "").as_str() {
            "MD5" => Some(Self::Md5),
            "SHA1" => Some(Self::Sha1),
            "SHA256" => Some(Self::Sha256),
            #[cfg(feature = "sm")]
            "SM3" => Some(Self::Sm3),
            _ => None,
        }
    }

    /// Returns the name that WeChat Pay's `hash_type` uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            #[cfg(feature = "sm")]
            Self::Sm3 => "SM3",
        }
    }

    /// Returns the number of hex digits.
    #[must_use]
    pub fn hex_len(self) -> usize {
        match self {
            Self::Md5 => 32,
            Self::Sha1 => 40,
            Self::Sha256 => 64,
            #[cfg(feature = "sm")]
            Self::Sm3 => 64,
        }
    }

    /// Checks a digest given in hex and returns it in lower case.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Request`] when it does not have the form of this digest.
    pub fn check_hex(self, hex: &str) -> Result<String> {
        if hex.len() == self.hex_len() && hex.bytes().all(|c| c.is_ascii_hexdigit()) {
            return Ok(hex.to_ascii_lowercase());
        }
        let (name, len) = (self.name(), self.hex_len());
        Err(Error::new(
            ErrorKind::Request,
            format!("the digest is invalid: a {name} has {len} hex digits; nothing was sent"),
        ))
    }
}

/// An incremental digest of any kind.
pub struct Digester {
    kind: DigestKind,
    state: DigestState,
}

enum DigestState {
    OpenSsl(Hasher),
    #[cfg(feature = "sm")]
    Sm3(sm3::Sm3),
}

impl Digester {
    /// Creates an empty digest.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] when this OpenSSL does not offer the algorithm.
    pub fn new(kind: DigestKind) -> Result<Self> {
        let algorithm = match kind {
            DigestKind::Md5 => MessageDigest::md5(),
            DigestKind::Sha1 => MessageDigest::sha1(),
            DigestKind::Sha256 => MessageDigest::sha256(),
            #[cfg(feature = "sm")]
            DigestKind::Sm3 => {
                let state = DigestState::Sm3(sm3::Sm3::default());
                return Ok(Self { kind, state });
            }
        };
        let hasher = Hasher::new(algorithm).map_err(|err| unavailable(kind.name(), err))?;
        let state = DigestState::OpenSsl(hasher);
        Ok(Self { kind, state })
    }

    /// Returns the algorithm.
    pub fn kind(&self) -> DigestKind {
        self.kind
    }

    /// Adds the next bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] when OpenSSL refuses them.
    pub fn update(&mut self, piece: &[u8]) -> Result<()> {
        let kind = self.kind;
        match &mut self.state {
            DigestState::OpenSsl(hasher) => {
                let updated = hasher.update(piece);
                updated.map_err(|err| unavailable(kind.name(), err))
            }
            #[cfg(feature = "sm")]
            DigestState::Sm3(digest) => {
                sm3::Digest::update(digest, piece);
                Ok(())
            }
        }
    }

    /// Returns lower-case hex digits.
    pub fn finish(self) -> Result<String> {
        match self.state {
            DigestState::OpenSsl(mut hasher) => {
                let digest = hasher.finish();
                let digest = digest.map_err(|err| unavailable(self.kind.name(), err))?;
                Ok(hex_lower(&digest))
            }
            #[cfg(feature = "sm")]
            DigestState::Sm3(digest) => Ok(hex_lower(&sm3::Digest::finalize(digest))),
        }
    }
}

/// Returns the SHA-256 as bytes.
pub fn sha256(data: &[u8]) -> [u8; 32] {
    // OpenSSL's function for a whole text looks the algorithm up by its name each time.
    let mut digest = openssl::sha::Sha256::new();
    digest.update(data);
    digest.finish()
}

/// Returns the SHA-256 as 64 lower-case hex digits, for uploads.
pub fn sha256_hex(data: &[u8]) -> String {
    hex_lower(&sha256(data))
}

/// Returns the MD5 as 32 upper-case hex digits: an APIv2 signature.
///
/// # Errors
///
/// [`ErrorKind::Unsupported`] when OpenSSL disables MD5 (FIPS).
pub fn md5_hex(data: &[u8]) -> Result<String> {
    let digest = hash(MessageDigest::md5(), data).map_err(|err| unavailable("MD5", err))?;
    Ok(hex_upper(&digest))
}

/// Returns the HMAC-SHA256 as 64 upper-case hex digits: the other APIv2 signature (RFC 2104).
///
/// # Errors
///
/// [`ErrorKind::Unsupported`] when OpenSSL rejects the key.
pub fn hmac_sha256_hex(key: &[u8], data: &[u8]) -> Result<String> {
    let tag = hmac_sha256(key, data).map_err(|err| unavailable("HMAC-SHA256", err))?;
    Ok(hex_upper(&tag))
}

fn hmac_sha256(key: &[u8], data: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    let key = PKey::hmac(key)?;
    Signer::new(MessageDigest::sha256(), &key)?.sign_oneshot_to_vec(data)
}

fn unavailable(name: &str, err: ErrorStack) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!(
            "this OpenSSL does not allow {name}; enable it in OpenSSL's configuration (FIPS mode?)"
        ),
    )
    .with_source(err)
}

/// Whether two byte strings are equal, in a time that depends on their lengths only.
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && openssl::memcmp::eq(a, b)
}

/// Decodes hex digits of either case.
pub fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|it| u8::try_from(it).ok())
    };
    let pairs = text.chunks(2).map(|pair| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    });
    pairs.collect()
}

/// Returns lower-case hex digits.
pub fn hex_lower(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let mut text = String::with_capacity(2 * bytes.len());
    text.extend(digits.map(|digit| char::from(DIGITS[usize::from(digit)])));
    text
}

/// Returns upper-case hex digits.
pub fn hex_upper(bytes: &[u8]) -> String {
    let mut text = hex_lower(bytes);
    text.make_ascii_uppercase();
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-4 examples, "abc" and the two-block message.
    #[test]
    fn sha_vectors_hold() {
        assert_eq!(sha1_hex(b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(
            sha256_hex(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(
            sha256_hex(b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        );
    }

    /// GB/T 32905, appendix A.
    #[cfg(feature = "sm")]
    #[test]
    fn sm3_vectors_hold() {
        let sm3 = |text: &str| {
            let mut digester = Digester::new(DigestKind::parse("sm3").unwrap()).unwrap();
            let (first, rest) = text.split_at(text.len() / 2);
            digester.update(first.as_bytes()).unwrap();
            digester.update(rest.as_bytes()).unwrap();
            digester.finish().unwrap()
        };
        assert_eq!(
            sm3("abc"),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
        );
        assert_eq!(
            sm3(&"abcd".repeat(16)),
            "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
        );
        assert!(DigestKind::Sm3.check_hex(&sm3("")).is_ok());
        assert!(DigestKind::Sm3.check_hex(&sm3("")[1..]).is_err());
    }

    /// RFC 1321, appendix A.5.
    #[test]
    fn md5_vectors_hold() {
        assert_eq!(md5_hex(b"").unwrap(), "D41D8CD98F00B204E9800998ECF8427E");
        assert_eq!(
            md5_hex(b"message digest").unwrap(),
            "F96B697D7CB7938D525A2F31AAF161D0"
        );
    }

    /// RFC 4231, test cases 1, 2 and 6.
    #[test]
    fn hmac_vectors_hold() {
        let cases: [(&[u8], &[u8], &str); 3] = [
            (
                &[0x0b; 20],
                b"Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ];
        for (key, data, tag) in cases {
            assert_eq!(hmac_sha256_hex(key, data).unwrap(), tag.to_uppercase());
        }
    }

    #[test]
    fn comparison_covers_length_and_content() {
        assert!(constant_time_eq(b"", b""));
        assert!(constant_time_eq(b"abc", b"abc"));
        assert!(!constant_time_eq(b"abc", b"abd"));
        assert!(!constant_time_eq(b"abc", b"ab"));
    }
}
