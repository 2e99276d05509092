//! The serial number and dates of an OpenSSL certificate.

use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::error::ErrorStack;
use openssl::x509::X509Ref;

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

pub(super) fn unix(time: &Asn1TimeRef) -> Result<i64, ErrorStack> {
    let since = Asn1Time::from_unix(0)?.diff(time)?;
    Ok(i64::from(since.days) * 86_400 + i64::from(since.secs))
}
