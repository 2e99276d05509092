//! PKCS#12 files with key and certificate, such as apiclient_cert.p12.

use openssl::error::ErrorStack;
use openssl::pkcs12::{ParsedPkcs12_2, Pkcs12};

use super::protected::{checked, legacy_is_there, with_legacy};
use super::refusal::{Outcome, Refusal};
use crate::secret::Secret;

/// Opens a PKCS#12 file.
pub(super) fn open(der: &[u8], passphrase: &Secret) -> Outcome<ParsedPkcs12_2> {
    let passphrase = checked(passphrase)?;
    let file = Pkcs12::from_der(der).map_err(|err| {
        Refusal::new("this PKCS#12 file is damaged; download it again").with_source(err)
    })?;
    with_legacy(|| file.parse2(passphrase)).map_err(refusal)
}

fn refusal(err: ErrorStack) -> Refusal {
    let sentence = if is_wrong_passphrase(&err) {
        "the passphrase does not open this PKCS#12 file; WeChat Pay sets it to the merchant id"
    } else if legacy_is_there() {
        "this PKCS#12 file cannot be opened; download it again"
    } else {
        "this PKCS#12 file is encrypted with an algorithm that this OpenSSL lacks (its legacy \
         provider is not installed); give apiclient_key.pem and apiclient_cert.pem, which come \
         with it, or convert it on a machine that can: \
         openssl pkcs12 -legacy -in apiclient_cert.p12 -nodes -out apiclient.pem"
    };
    Refusal::new(sentence).with_source(err)
}

fn is_wrong_passphrase(err: &ErrorStack) -> bool {
    err.errors()
        .iter()
        .any(|err| err.reason() == Some("mac verify failure"))
}
