//! The environment of an evaluation: the library's digests and keys, and this machine's clock.

use std::collections::HashMap;
use std::path::PathBuf;

use serde_json::Value;
use wechatpay_chain::crypto::digest;
use wechatpay_chain::{Certificate, Clock, PrivateKey, Result as CallResult, SystemClock};
use wechatpay_chain_port::evaluate::Host;

use super::files::Files;

/// Placeholder values for variables that the documentation leaves undefined.
const STAND_INS: [(&str, &str); 5] = [
    ("mchid", "1900000109"),
    ("apiv2Key", "v2secretv2secretv2secretv2secret"),
    ("agentSecret", "agentsecretagentsecretagentsecret"),
    ("signType", "HMAC-SHA256"),
    (
        "merchantCertificateSerial",
        "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
    ),
];

pub(super) struct CommandHost {
    files: Files,
    defined: HashMap<String, Value>,
    clock: SystemClock,
    now: Option<i64>,
}

impl CommandHost {
    pub(super) fn new(
        folder: Option<PathBuf>,
        defined: &[(String, Value)],
        now: Option<i64>,
    ) -> Self {
        Self {
            files: Files::new(folder),
            defined: defined.iter().cloned().collect(),
            clock: SystemClock::new(),
            now,
        }
    }

    /// Reads a key or certificate from a `file://` URL or from its text.
    fn pem(&self, source: &str) -> Result<Vec<u8>, String> {
        if source.starts_with("file://") {
            self.files.read(source)
        } else {
            Ok(source.as_bytes().to_vec())
        }
    }
}

impl Host for CommandHost {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        self.files.read(path)
    }

    fn variable(&self, name: &str) -> Option<Value> {
        self.defined.get(name).cloned()
    }

    fn stand_in(&self, name: &str) -> Option<Value> {
        let found = STAND_INS.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| Value::from(*value))
    }

    fn now(&self) -> i64 {
        self.now.unwrap_or_else(|| self.clock.now())
    }

    /// The library's nonces have 32 characters; longer ones are concatenated.
    fn nonce(&self, len: usize) -> Result<String, String> {
        let mut text = String::new();
        while text.len() < len {
            text += &self.clock.nonce().map_err(|err| err.report())?;
        }
        text.truncate(len);
        Ok(text)
    }

    fn digest(&self, algorithm: &str, data: &[u8]) -> Result<String, String> {
        match algorithm {
            "md5" => lower(digest::md5_hex(data)),
            "sha1" => Ok(digest::sha1_hex(data)),
            "sha256" => Ok(digest::sha256_hex(data)),
            _ => Err(format!(
                "the digest `{algorithm}` is not made here: md5, sha1 and sha256 are"
            )),
        }
    }

    fn hmac(&self, algorithm: &str, key: &[u8], data: &[u8]) -> Result<String, String> {
        match algorithm {
            "sha256" => lower(digest::hmac_sha256_hex(key, data)),
            _ => Err(format!(
                "the HMAC with `{algorithm}` is not made here: with sha256 it is"
            )),
        }
    }

    fn sign(&self, text: &str, key: Option<&str>) -> Result<String, String> {
        let source =
            key.ok_or("there is no private key; --define NAME=file:///path/to/key.pem gives its variable one, never the key itself")?;
        let key = PrivateKey::from_bytes(self.pem(source)?).map_err(|err| err.report())?;
        key.sign(text.as_bytes()).map_err(|err| err.report())
    }

    fn certificate_serial(&self, certificate: &str) -> Result<String, String> {
        let source = match certificate.contains("-----BEGIN") || certificate.starts_with("file://")
        {
            true => certificate.to_owned(),
            false => format!("file://{certificate}"),
        };
        let certificate =
            Certificate::from_bytes(self.pem(&source)?).map_err(|err| err.report())?;
        Ok(certificate.serial().to_owned())
    }
}

/// The library returns upper case, as in APIv2's signatures; PHP's functions return lower case.
fn lower(hex: CallResult<String>) -> Result<String, String> {
    hex.map(|hex| hex.to_ascii_lowercase())
        .map_err(|err| err.report())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The results of PHP 8 for `md5('x')` and similar functions.
    #[test]
    fn digests_are_spelled_as_php_spells_them() {
        let host = CommandHost::new(None, &[], Some(0));
        let digest = |algorithm| host.digest(algorithm, b"x").unwrap();
        assert_eq!(digest("md5"), "9dd4e461268c8034f5c8564e155c67a6");
        assert_eq!(digest("sha1"), "11f6ad8ec52a2984abaafd7c3b516503785c2072");
        assert_eq!(
            digest("sha256"),
            "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
        );
        assert_eq!(
            host.hmac(
                "sha256",
                b"key",
                b"The quick brown fox jumps over the lazy dog"
            ),
            Ok("f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8".to_owned())
        );
        assert!(host.digest("crc32", b"x").is_err());
    }
}
