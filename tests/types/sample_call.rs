//! The call of an operation with a sample request. The round trip of the types and the tests of the sandbox share it.

use http::Method;
use wechatpay_chain::catalog::{BodyKind, Operation};
use wechatpay_chain::{Call, Client, Media};
use wechatpay_sandbox::SampleRequest;

pub(crate) fn call(client: &Client, operation: &Operation, sample: &SampleRequest) -> Call {
    let mut call = empty(client, operation);
    if let Some(body) = sample.body() {
        call = call.json(body.clone());
    }
    for (name, value) in sample.query() {
        call = call.query(name, &**value);
    }
    for (name, value) in sample.vars() {
        call = call.var(*name, &**value);
    }
    call
}

/// The call without query, variables and body; an upload has a small file.
pub(crate) fn empty(client: &Client, operation: &Operation) -> Call {
    // Not as a literal: three paths have capitals.
    let chain = client.chain(operation.path().to_owned());
    match (operation.method(), operation.body()) {
        (_, BodyKind::Multipart) => chain.post(Media::from_bytes("a.jpg", "abc"), ()),
        (Method::GET, _) => chain.get(()),
        (Method::DELETE, _) => chain.delete(()),
        (Method::PUT, _) => chain.put((), ()),
        (Method::PATCH, _) => chain.patch((), ()),
        _ => chain.post((), ()),
    }
}
