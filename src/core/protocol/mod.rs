//! The rules of WeChat Pay's protocol as pure functions: bytes in, bytes out, no I/O.

mod answer_nonces;
mod authorization;
mod canonical;
#[cfg(feature = "files")]
mod content;
pub mod envelope;
pub mod fields;
#[cfg(feature = "files")]
mod gunzip;
mod keyring;
mod sign_v2;
mod signature;
pub mod xml;

pub use answer_nonces::AnswerNonces;
pub use authorization::{Authorization, Parameters, SCHEME, Scheme};
pub use canonical::{pay_text, request_text, response_text};
#[cfg(feature = "files")]
pub use content::{Content, HEAD};
#[cfg(feature = "files")]
pub use gunzip::{Gunzip, not_gzip};
pub use keyring::OwnKey;
pub use keyring::{KeyOrigin, Keyring, PlatformKey};
pub use sign_v2::SignType;
pub use sign_v2::text as sign_text;
pub use sign_v2::{ambiguous_member, is_plain_name, message_fits, signed_members};
pub use signature::WECHATPAY_SERIAL;
pub use signature::{BodyCheck, SERIAL_NAME, digest_text};
pub use signature::{PROBE_PREFIX, SignatureHeaders};
