//! Guarantees of the types.

use wechatpay_chain::*;

fn shared<T: Send + Sync + 'static>() {}
fn cheap<T: Clone + Send + Sync + 'static>() {}
fn sent<T: Send + 'static>() {}

#[test]
fn public_types_go_between_threads() {
    cheap::<Client>();
    cheap::<Chain>();
    cheap::<Certificate>();
    cheap::<CallInfo>();
    cheap::<Keyring>();
    cheap::<Next>();
    cheap::<pay::JsapiParams>();
    cheap::<pay::Pay>();
    cheap::<PlatformKey>();
    cheap::<PrivateKey>();
    cheap::<PublicKey>();
    cheap::<Secret>();
    cheap::<SignedRequest>();
    cheap::<Stack>();
    cheap::<ApiError>();
    cheap::<Payload>();
    cheap::<Request>();
    cheap::<signing::Authorization>();
    cheap::<Verification>();
    shared::<Error>();
    shared::<Response>();
    shared::<Streaming>();
    sent::<Call>();
    sent::<CallFuture>();
    sent::<ClientBuilder>();
    sent::<Pending<SignedRequest>>();
    sent::<transport::Body>();
}

/// A call is passed by value from setter to setter.
#[test]
fn public_types_are_small() {
    let word = size_of::<usize>();
    assert_eq!(size_of::<Call>(), 3 * word);
    assert_eq!(size_of::<CallFuture>(), 2 * word);
    assert_eq!(size_of::<Client>(), word);
    assert_eq!(size_of::<Error>(), word);
    assert_eq!(size_of::<Option<Call>>(), 3 * word);
}
