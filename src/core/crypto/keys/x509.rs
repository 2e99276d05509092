//! The serial number and dates of an OpenSSL certificate.

use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::x509::{X509, X509Ref};

use super::super::digest::hex_upper;

/// Formats a serial as `openssl x509 -serial` does, including numbers that RFC 5280 forbids.
pub(super) fn serial(x509: &X509Ref) -> Result<String, ErrorStack> {
    let number = x509.serial_number().to_bn()?;
    let sign = if number.is_negative() { "-" } else { "" };
    Ok(match hex_upper(&number.to_vec()) {
        digits if digits.is_empty() => "00".to_owned(),
        digits => format!("{sign}{digits}"),
    })
}

/// Returns the subject's common name.
pub(super) fn common_name(x509: &X509Ref) -> Option<String> {
    let entry = x509.subject_name().entries_by_nid(Nid::COMMONNAME).next()?;
    entry.data().to_string().ok()
}

/// Writes a certificate and reads it again: OpenSSL accepts some damaged DER and writes it as DER that it then rejects.
pub(super) fn reread(x509: &X509Ref) -> Result<X509, ErrorStack> {
    X509::from_der(&x509.to_der()?)
}

pub(super) fn unix(time: &Asn1TimeRef) -> Result<i64, ErrorStack> {
    let since = Asn1Time::from_unix(0)?.diff(time)?;
    Ok(i64::from(since.days) * 86_400 + i64::from(since.secs))
}
