//! The documented fields of every operation: names, types, limits, and whether they are required; and Rust types made
//! of them.
//!
//! The command `wechatpay`, the sandbox and the macro `types!` share this crate; calls do not use it. It has
//! hardly any dependencies, because those of a macro are compiled before the program. The data is a text of about 760 kB
//! in the program, which `regenerate.py` in this folder writes. The first look-up indexes the operations, which takes about
//! a millisecond. Each look-up parses only the lines of its operation.
//!
//! The documentation has errors, such as fields that are not really required and incomplete lists of values.
//! Do not reject a user's request because of it.

mod attributes;
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
