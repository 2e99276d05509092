/// How a text is padded before RSA encrypts it.
///
/// Almost every endpoint takes [`Padding::Oaep`]; some overseas ones and a v2 one take
/// [`Padding::Pkcs1v15`]. The catalogue of endpoints knows which.
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
