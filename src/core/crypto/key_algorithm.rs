/// The algorithm of a key and of all that is done with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyAlgorithm {
    /// RSA with SHA-256, AES-256-GCM for what the APIv3 key encrypts.
    #[default]
    Rsa,
    /// 国密: SM2 with SM3, SM4-GCM for what the APIv3 key encrypts. Needs the feature `sm`.
    Sm2,
}

impl KeyAlgorithm {
    /// Returns the name: `RSA` or `SM2`, as the parameter `algorithm_type` of `v3/certificates` spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rsa => "RSA",
            Self::Sm2 => "SM2",
        }
    }
}
