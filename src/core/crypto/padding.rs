/// The padding of RSA encryption.
///
/// Almost every operation uses [`Padding::Oaep`]; some overseas operations and one of APIv2 use
/// [`Padding::Pkcs1v15`]. The catalog has the padding of each operation.
///
/// Source: RFC 8017, sections 7.1 and 7.2.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Padding {
    /// RSAES-OAEP with SHA-1 and MGF1-SHA-1.
    #[default]
    Oaep,
    /// RSAES-PKCS1-v1_5.
    Pkcs1v15,
}

impl Padding {
    /// Returns the number of bytes that the padding uses.
    pub(super) const fn overhead(self) -> usize {
        match self {
            Self::Oaep => 2 * 20 + 2,
            Self::Pkcs1v15 => 11,
        }
    }

    /// Returns the name in RFC 8017.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Oaep => "RSAES-OAEP",
            Self::Pkcs1v15 => "RSAES-PKCS1-v1_5",
        }
    }
}
