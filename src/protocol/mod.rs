//! What WeChat Pay says on the wire, as pure functions over bytes and values.

pub(crate) mod fields;
