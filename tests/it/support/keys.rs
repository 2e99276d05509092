//! Keys and certificates, created at first use.

use std::sync::LazyLock;

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::{X509, X509NameBuilder};
use wechatpay_chain::{Certificate, PrivateKey, PublicKey};

pub(crate) const MCHID: &str = "1900000109";
pub(crate) const SERIAL: &str = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
pub(crate) const KEY_ID: &str = "PUB_KEY_ID_0114232134912410000000000000";
pub(crate) const OTHER_KEY_ID: &str = "PUB_KEY_ID_0114232134912410000000000001";
pub(crate) const CERTIFICATE_SERIAL: &str = "132D72FC91C69B38B57A8F3B4F6F2E5D8A9C0B1E";

/// A private key and its public half.
pub(crate) struct Pair {
    pub(crate) private: PrivateKey,
    pub(crate) public: PublicKey,
    pub(crate) pkey: PKey<Private>,
}

/// The merchant's.
pub(crate) static MERCHANT: LazyLock<Pair> = LazyLock::new(pair);
/// WeChat Pay's.
pub(crate) static PLATFORM: LazyLock<Pair> = LazyLock::new(pair);
/// Belongs to neither.
pub(crate) static OTHER: LazyLock<Pair> = LazyLock::new(pair);

fn pair() -> Pair {
    let pkey = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let private = PrivateKey::from_bytes(pkey.private_key_to_pem_pkcs8().unwrap()).unwrap();
    let public = private.public_key().clone();
    Pair {
        private,
        public,
        pkey,
    }
}

/// A certificate over a pair's public key, signed by itself, valid from now for some days.
pub(crate) fn certificate(pair: &Pair, serial: &str, days: u32) -> Certificate {
    certificate_of(pair, serial, days, "Tenpay.com test")
}

/// The same with another common name.
pub(crate) fn certificate_of(pair: &Pair, serial: &str, days: u32, owner: &str) -> Certificate {
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", owner).unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_pubkey(&pair.pkey).unwrap();
    let serial = BigNum::from_hex_str(serial).unwrap();
    builder
        .set_serial_number(&serial.to_asn1_integer().unwrap())
        .unwrap();
    let (from, to) = (Asn1Time::days_from_now(0), Asn1Time::days_from_now(days));
    builder.set_not_before(&from.unwrap()).unwrap();
    builder.set_not_after(&to.unwrap()).unwrap();
    builder.sign(&pair.pkey, MessageDigest::sha256()).unwrap();
    Certificate::from_bytes(builder.build().to_pem().unwrap()).unwrap()
}
