//! Serials of certificates.

/// Whether two serials in hexadecimal are the same. Only case does not matter: all serials that the sandbox compares
/// come from [`Certificate::serial`](wechatpay_core::crypto::Certificate::serial) or are compared with one, so a request
/// whose serial has other zeros before it has another serial, and the verdict says so.
///
/// Ids of public keys are compared in the same way.
pub(crate) fn is_same_serial(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}
