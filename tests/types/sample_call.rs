//! The call of an operation with a sample request. The round trip of the types and the tests of the sandbox share it.

use http::Method;
use wechatpay_chain::catalog::{BodyKind, Operation};
use wechatpay_chain::{Call, Client, Media};
use wechatpay_sandbox::SampleRequest;

pub(crate) fn call(client: &Client, operation: &Operation, sample: &SampleRequest) -> Call {
    // Not as a literal: three paths have capitals.
    let chain = client.chain(operation.path().to_owned());
    let mut call = match (operation.method(), operation.body()) {
        (_, BodyKind::Multipart) => chain.post(Media::from_bytes("a.jpg", "abc"), ()),
        (Method::GET, _) => chain.get(()),
        (Method::DELETE, _) => chain.delete(()),
        (Method::PUT, _) => chain.put((), ()),
        (Method::PATCH, _) => chain.patch((), ()),
        _ => chain.post((), ()),
    };
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
