//! Keys for unit tests; `tests/data/keys/README.md` says how they were made.

use std::sync::LazyLock;

use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;

use super::PrivateKey;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/data/keys/",
            $name
        ))
    };
}
pub(crate) use fixture;

static PKEY: LazyLock<PKey<Private>> =
    LazyLock::new(|| PKey::private_key_from_pem(fixture!("pkcs8.pem")).unwrap());

static PRIVATE: LazyLock<PrivateKey> =
    LazyLock::new(|| PrivateKey::from_bytes(fixture!("pkcs8.pem")).unwrap());

static OTHER: LazyLock<PrivateKey> = LazyLock::new(|| {
    let key = Rsa::generate(2048).unwrap();
    PrivateKey::from_bytes(key.private_key_to_der().unwrap()).unwrap()
});

/// Returns the key of the fixtures, as OpenSSL's type.
pub(crate) fn pkey() -> &'static PKey<Private> {
    &PKEY
}

/// Returns the key of the fixtures.
pub(crate) fn private_key() -> &'static PrivateKey {
    &PRIVATE
}

/// Returns a key that is in no fixture.
pub(crate) fn other_key() -> &'static PrivateKey {
    &OTHER
}
