//! Amounts and times as WeChat Pay writes them.

mod fen;
mod timestamp;

pub use fen::Fen;
pub use timestamp::Timestamp;
