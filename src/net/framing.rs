//! Where an answer's body ends, and who says so.

use std::sync::Arc;

use http::header::TRANSFER_ENCODING;
use http::{HeaderMap, Response, Version};
use hyper::body::{Body, Incoming};

use super::connect::Cut;
use crate::message::End;

/// Who says where the body ends: its length or its chunks, TLS, or nobody.
pub(super) fn end(response: &Response<Incoming>) -> End {
    match response.extensions().get::<Cut>() {
        _ if !ends_with_connection(response) => End::Known,
        Some(Cut(cut)) => End::OfTls(Arc::clone(cut)),
        None => End::Unknown,
    }
}

/// Whether the answer names no length and is not chunked.
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
