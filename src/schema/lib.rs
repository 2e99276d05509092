//! The documented fields of every operation: names, types, limits, and whether they are required; and Rust types made
//! of them.
//!
//! The command `wechatpay`, the sandbox and the macro `types!` share this crate; calls do not use it. It has
//! hardly any dependencies, because those of a macro are compiled before the program. The data are texts of 1.3 MB, which the
//! scripts in this folder write, and 190 kB in the program. The first look-up decompresses and indexes them, which takes some
//! milliseconds. Each look-up parses only the lines of its operation.
//!
//! The documentation has errors, such as fields that are not really required and incomplete lists of values.
//! Do not reject a user's request because of it.

pub mod amounts;
mod attributes;
mod compressed;
mod documented;
mod event_fields;
mod events;
mod field;
mod index;
mod labels;
mod read;
#[cfg(test)]
mod tests;
pub mod types;

pub use attributes::{Attributes, Body};
pub use documented::{Documented, RateLimit};
pub use events::{Event, event, event_named, events, events_of};
pub use field::{Field, FieldKind};
pub use index::{all, find, get, similar};
pub use labels::{Part, is_deprecated, label};
