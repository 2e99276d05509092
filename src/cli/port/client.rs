//! A client that builds requests without encrypting and signing them.

use openssl::rsa::Rsa;
use wechatpay_chain::middleware::{DECRYPT, ENCRYPT, SIGNER, VERIFIER};
use wechatpay_chain::{Client, FieldPolicy, Keyring, PrivateKey};

use crate::exit::{Exit, Failure};

/// The PHP SDK's host for calls without a `base_uri`.
const HOST: &str = "https://api.mch.weixin.qq.com/";
/// The library requires credentials. These are not used.
const NOBODY: &str = "1900000109";
const NO_SERIAL: &str = "0000000000000000000000000000000000000001";
const NO_KEY: &str = "00000000000000000000000000000000";

/// A client without the layers that encrypt and sign, for a merchant or for a brand.
pub(super) fn client(brand: bool) -> Result<Client, Failure> {
    let key =
        throw_away_key().map_err(|err| Failure::new(Exit::Failed, "other", err.to_string()))?;
    let key = PrivateKey::from_bytes(key).map_err(|err| Failure::config(&err))?;
    let builder = Client::builder();
    let builder = if brand {
        builder.brand_id(NOBODY)
    } else {
        builder.mchid(NOBODY).v2_key(NO_KEY).check_mch_id(false)
    };
    let client = builder
        .serial(NO_SERIAL)
        .private_key(key)
        .keyring(Keyring::new())
        .base_url(HOST)
        // The request is shown in plain and never sent.
        .fields(FieldPolicy::Off)
        .stack(|stack| {
            for name in [DECRYPT, ENCRYPT, VERIFIER, SIGNER] {
                stack.remove(name)?;
            }
            Ok(())
        })
        .build();
    client.map_err(|err| Failure::config(&err))
}

fn throw_away_key() -> Result<Vec<u8>, openssl::error::ErrorStack> {
    Rsa::generate(2048)?.private_key_to_pem()
}
