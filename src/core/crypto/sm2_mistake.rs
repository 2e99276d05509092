/// A usual mistake in an SM2 signature that is right otherwise, for diagnoses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sm2Mistake {
    /// Written in hexadecimal instead of base64.
    Hex,
    /// The numbers r and s one after the other, instead of DER.
    Raw,
    /// Made without a user id.
    NoUserId,
    /// Made over the SM3 of the message alone, without that of user and key.
    NoUserDigest,
    /// Made over the SHA-256 of the message.
    Sha256,
}
