//! The examples of pages whose dependencies the library's own examples do without.

#[doc = include_str!("../docs/notifications.md")]
#[cfg(doctest)]
mod notifications {}

#[doc = include_str!("../docs/notifications.zh-CN.md")]
#[cfg(doctest)]
mod notifications_in_chinese {}

#[doc = include_str!("../docs/observability.md")]
#[cfg(doctest)]
mod observability {}

#[doc = include_str!("../src/notify/axum.md")]
#[cfg(all(doctest, feature = "axum"))]
mod extractor {}
