//! The page.
use super::super::gateway::Gateway;
use super::super::reply::Reply;
use crate::catalog::AnswerSignature;
use http::StatusCode;
use http::request::Parts;
use std::sync::Arc;
pub(super) fn answer(_: &Arc<Gateway>, _: &Parts, _: &str, _: &[u8]) -> Reply {
    Reply::json(
        StatusCode::OK,
        &serde_json::json!({}),
        AnswerSignature::Nothing,
    )
}
