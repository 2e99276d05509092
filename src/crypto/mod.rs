//! Keys and the algorithms that WeChat Pay uses. Knows no HTTP and no WeChat Pay.

mod padding;

pub use padding::Padding;
