//! Cryptographically secure random bytes.

use crate::error::{Error, ErrorKind, Result};

/// Returns random bytes from OpenSSL's generator.
///
/// # Errors
///
/// [`ErrorKind::Request`] when the system provides none.
pub fn random_bytes<const N: usize>() -> Result<[u8; N]> {
    let mut random = [0; N];
    openssl::rand::rand_bytes(&mut random).map_err(|err| {
        Error::new(
            ErrorKind::Request,
            "the operating system provides no random bytes",
        )
        .with_source(err)
    })?;
    Ok(random)
}
