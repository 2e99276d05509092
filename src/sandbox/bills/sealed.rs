//! Encrypted bills: a list of files, each with a key that is encrypted for the merchant.
//!
//! Sources: "申请二级商户资金账单", "申请单个子商户资金账单" and "下载单个子商户/二级商户资金账单" (pay.weixin.qq.com,
//! doc/v3/partner 4012760697), and "商户申请获取对账单" of 支付分 (doc/v3/merchant 4013394586).

use bytes::Bytes;
use http::request::Parts;
use openssl::symm::{Cipher, encrypt_aead};
use serde_json::{Value, json};

use super::{Asked, Bills, zipped};
use crate::query;
use crate::refusal::Refusal;
use crate::world::{Outcome, Success, World};
use wechatpay_core::crypto::digest::{sha1_hex, sha256_hex};
use wechatpay_core::error::{Error, ErrorKind, Result};

pub(super) const ECOMMERCE: &str = "/v3/ecommerce/bill/fundflowbill";
pub(super) const SUB_MERCHANT: &str = "/v3/bill/sub-merchant-fundflowbill";
const PAYSCORE: &str = "/v3/payscore/merchant-bill";

/// Whether the bill of a path is encrypted.
pub(super) fn is_sealed(path: &str) -> bool {
    [ECOMMERCE, SUB_MERCHANT, PAYSCORE].contains(&path)
}

const TAG_LEN: usize = 16;

/// How URLs and encrypted files are written.
#[derive(Clone, Copy)]
pub(crate) struct Written {
    pub(crate) tls: bool,
    /// The greatest length of an encrypted file.
    pub(crate) file_bytes: usize,
}

#[derive(Clone, Copy)]
enum Algorithm {
    Aes,
    #[cfg(feature = "sm")]
    Sm4,
}

impl Bills {
    /// Answers a request for an encrypted bill.
    pub(super) fn sealed(
        &self,
        head: &Parts,
        written: Written,
        world: &World,
        now: i64,
    ) -> Outcome {
        let asked = Asked::read(head, now)?;
        let algorithm = Algorithm::read(head)?;
        let bill = self.bill(&asked, world, now)?;
        let is_zipped = query::value(head.uri.query(), "tar_type").is_some();
        let size = written.file_bytes.max(1);
        let mut files = Vec::new();
        for part in parts(&bill, size) {
            let file = self.file_of(part, algorithm, is_zipped, now);
            let (token, mut file) = file.map_err(|err| Refusal::internal(&err))?;
            file["bill_sequence"] = (files.len() + 1).into();
            file["download_url"] = Self::url(head, written.tls, &token).into();
            files.push(file);
        }
        Ok(Success::json(
            json!({"download_bill_count": files.len(), "download_bill_list": files}),
        ))
    }

    /// Keeps a file, and returns its token and its entry in the list. Key and nonce depend on the file's number only, so
    /// that a repeated request of the journal has the same response.
    fn file_of(
        &self,
        part: &[u8],
        algorithm: Algorithm,
        is_zipped: bool,
        now: i64,
    ) -> Result<(String, Value)> {
        let seed = sha256_hex(format!("{} {}", self.mchid, self.kept().count).as_bytes());
        let (key, nonce) = algorithm.key_and_nonce(&seed);
        let text = if is_zipped {
            zipped(part)
        } else {
            part.to_vec()
        };
        let sealed = algorithm.seal(key.as_bytes(), nonce.as_bytes(), &text)?;
        let token = self.keep(sealed.into(), now);
        let file = json!({
            "hash_type": "SHA1",
            "hash_value": sha1_hex(part),
            "encrypt_key": key,
            "nonce": nonce,
        });
        Ok((token, file))
    }
}

/// The bill in pieces of at most `size` bytes; an empty bill has one.
fn parts(bill: &Bytes, size: usize) -> Vec<&[u8]> {
    if bill.is_empty() {
        return vec![&[]];
    }
    bill.chunks(size).collect()
}

impl Algorithm {
    /// The operations name the parameter differently.
    fn read(head: &Parts) -> Result<Self, Refusal> {
        let given = |name| query::value(head.uri.query(), name);
        let (name, is_listed) = match head.uri.path() {
            // The documentation lists no values.
            PAYSCORE => ("encryption_algorithm", false),
            _ => ("algorithm", true),
        };
        match given(name).as_deref() {
            Some("AEAD_AES_256_GCM") | None => Ok(Self::Aes),
            #[cfg(feature = "sm")]
            Some("SM4_GCM") => Ok(Self::Sm4),
            Some(_) if is_listed => Err(super::wrong(name, "应为AEAD_AES_256_GCM或SM4_GCM")),
            Some(_) => Ok(Self::Aes),
        }
    }

    fn key_and_nonce(self, seed: &str) -> (&str, &str) {
        match self {
            Self::Aes => (&seed[..32], &seed[32..48]),
            #[cfg(feature = "sm")]
            Self::Sm4 => (&seed[..16], &seed[32..44]),
        }
    }

    /// The tag is at the end.
    fn seal(self, key: &[u8], nonce: &[u8], text: &[u8]) -> Result<Vec<u8>> {
        match self {
            Self::Aes => {
                let mut tag = [0; TAG_LEN];
                let cipher = Cipher::aes_256_gcm();
                let sealed = encrypt_aead(cipher, key, Some(nonce), &[], text, &mut tag);
                let mut sealed = sealed.map_err(|err| failed().with_source(err))?;
                sealed.extend_from_slice(&tag);
                Ok(sealed)
            }
            #[cfg(feature = "sm")]
            Self::Sm4 => {
                let key = key.try_into().map_err(|_| failed())?;
                wechatpay_core::crypto::sm4::gcm_encrypt(key, nonce, &[], text)
            }
        }
    }
}

fn failed() -> Error {
    Error::new(ErrorKind::Encrypt, "the bill cannot be encrypted")
}
