//! The end of a response's body.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use http::header::TRANSFER_ENCODING;
use http::{HeaderMap, Response, Version};
use hyper::body::{Body, Incoming};

use crate::message::End;

/// Returns the marker of the body's end: a length or chunks, TLS, or only the end of the connection.
///
/// `cut` tells whether TLS ended without `close_notify`, if there is TLS.
pub(super) fn end(response: &Response<Incoming>, cut: Option<Arc<AtomicBool>>) -> End {
    match cut {
        _ if !ends_with_connection(response) => End::Known,
        Some(cut) => End::OfTls(cut),
        None => End::Unknown,
    }
}

/// Whether the answer has no length and is not chunked.
fn ends_with_connection(response: &Response<Incoming>) -> bool {
    let body = response.body();
    response.version() <= Version::HTTP_11
        && body.size_hint().exact().is_none()
        && !body.is_end_stream()
        && !is_chunked(response.headers())
}

/// The last coding decides (RFC 9112, section 6.3).
fn is_chunked(headers: &HeaderMap) -> bool {
    let last = headers.get_all(TRANSFER_ENCODING).iter().next_back();
    let text = last.and_then(|value| value.to_str().ok());
    text.and_then(|text| text.rsplit(',').next())
        .is_some_and(|coding| coding.trim().eq_ignore_ascii_case("chunked"))
}
