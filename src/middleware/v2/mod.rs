//! The layers of APIv2's stack: XML signed with a shared key.

mod bank;
mod encrypt_for_bank;
mod outcome;
mod transform_request;
mod transform_response;

pub(crate) use encrypt_for_bank::EncryptForBank;
pub(crate) use transform_request::TransformRequest;
pub(crate) use transform_response::TransformResponse;
