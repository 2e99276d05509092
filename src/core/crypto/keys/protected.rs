//! Structures with a passphrase, and the legacy algorithms that they may need.

use std::sync::OnceLock;

use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::provider::Provider;

use super::item::{Item, ItemKind};
use super::refusal::{Outcome, Refusal};
use crate::secret::Secret;

/// The size of OpenSSL's buffer for a passphrase.
const MAX_PASSPHRASE: usize = 1024;

/// Decrypts an encrypted private key.
pub(super) fn decrypt_key(item: &Item, passphrase: &Secret) -> Outcome<PKey<Private>> {
    let passphrase = checked(passphrase)?.as_bytes();
    let parse = || match item.kind {
        ItemKind::EncryptedPem => {
            PKey::private_key_from_pem_callback(&item.data, |to| fill(to, passphrase))
        }
        _ => PKey::private_key_from_pkcs8_callback(&item.data, |to| fill(to, passphrase)),
    };
    with_legacy(parse).map_err(|err| {
        Refusal::new("this private key is encrypted, and the passphrase does not decrypt it")
            .with_source(err)
    })
}

/// Checks that OpenSSL can take a passphrase; for others it would prompt on the terminal, or panic.
pub(super) fn checked(passphrase: &Secret) -> Outcome<&str> {
    let text = passphrase.expose();
    match text.len() {
        0 => Err(Refusal::new(
            "the passphrase is empty; give the passphrase of the file",
        )),
        _ if text.contains('\0') => Err(Refusal::new("the passphrase contains a zero byte")),
        1..=MAX_PASSPHRASE => Ok(text),
        _ => Err(Refusal::new(
            "the passphrase is longer than OpenSSL allows (1024 bytes)",
        )),
    }
}

/// Passes OpenSSL the passphrase through its callback: without one it prompts on the terminal.
fn fill(to: &mut [u8], passphrase: &[u8]) -> Result<usize, ErrorStack> {
    let len = passphrase.len().min(to.len());
    to[..len].copy_from_slice(&passphrase[..len]);
    Ok(len)
}

/// Parses, and if that fails parses again with OpenSSL's legacy algorithms (RC2-40, single DES).
///
/// WeChat Pay's PKCS#12 files are encrypted with RC2-40, which OpenSSL 3 keeps in a separate
/// provider. It is loaded when first needed and stays loaded.
pub(super) fn with_legacy<T>(parse: impl Fn() -> Result<T, ErrorStack>) -> Result<T, ErrorStack> {
    parse().or_else(|err| if legacy_is_there() { parse() } else { Err(err) })
}

/// Loads OpenSSL's legacy algorithms; returns whether they are available.
pub(super) fn legacy_is_there() -> bool {
    static LEGACY: OnceLock<Option<Provider>> = OnceLock::new();
    LEGACY
        .get_or_init(|| Provider::try_load(None, "legacy", true).ok())
        .is_some()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn legacy_algorithms_are_tried_after_a_failure() {
        let calls = Cell::new(0);
        let outcome = with_legacy(|| match calls.replace(calls.get() + 1) {
            0 => Err(ErrorStack::get()),
            _ => Ok(()),
        });
        assert_eq!(outcome.is_ok(), legacy_is_there());
    }
}
