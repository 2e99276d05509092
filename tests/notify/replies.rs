//! Replies to WeChat Pay.

use http::{HeaderMap, StatusCode};
use serde_json::json;
use wechatpay_chain::notify::{Delivery, Finished, Kind, Notifications, Reply};
use wechatpay_chain::signing::{PROBE_PREFIX, SignType, response_text};
use wechatpay_chain::{Error, ErrorKind, Keyring};

use crate::support::{APIV3, MERCHANT, Post, SERIAL, V2, reader, v2_message};

fn header<'r>(reply: &'r Reply, name: &str) -> &'r str {
    reply.headers()[name].to_str().unwrap()
}

#[test]
fn success_is_204_and_data_is_json() {
    let (headers, body) = Post::paid().signed();
    let paid = reader().parse(&headers, &body).unwrap();
    let reply = reader().reply(&paid, ()).unwrap();
    assert_eq!(
        (reply.status(), &reply.body()[..]),
        (StatusCode::NO_CONTENT, &b""[..])
    );
    let reply = reader().reply(&paid, json!({"a": 1})).unwrap();
    assert_eq!(
        (reply.status(), &reply.body()[..]),
        (StatusCode::OK, &b"{\"a\":1}"[..])
    );
    assert_eq!(header(&reply, "content-type"), "application/json");
    assert!(!reply.headers().contains_key("wechatpay-signature"));
}

#[test]
fn apiv2_is_answered_in_xml_even_when_rejected() {
    let good = v2_message(&[("a", "1")], SignType::Md5, V2);
    let parsed = reader().parse(&HeaderMap::new(), good.as_bytes());
    let reply = reader().reply_for(parsed);
    let success = "<xml><return_code>SUCCESS</return_code><return_msg>OK</return_msg></xml>";
    assert_eq!(
        (reply.status(), &reply.body()[..]),
        (StatusCode::OK, success.as_bytes())
    );
    let parsed = reader().parse(&HeaderMap::new(), good.as_bytes()).unwrap();
    assert_eq!(
        reader().reply(&parsed, json!({})).unwrap_err().kind(),
        ErrorKind::Request
    );

    let bad = good.replace("<a>", "<b>").replace("</a>", "</b>");
    let reply = reader().reply_for(reader().parse(&HeaderMap::new(), bad.as_bytes()));
    assert_eq!(reply.status(), StatusCode::UNAUTHORIZED);
    assert!(
        reply
            .body()
            .starts_with(b"<xml><return_code>FAIL</return_code>")
    );
}

/// The first handler may still fail, and WeChat Pay posts nothing again after a success.
#[tokio::test]
async fn a_delivery_that_is_being_handled_is_not_answered_with_success() {
    let reader = reader();
    let v2 = v2_message(&[("out_trade_no", "1")], SignType::Md5, V2).into_bytes();
    for (headers, body) in [Post::paid().signed(), (HeaderMap::new(), v2)] {
        let accept = async || reader.accept(&headers, &body).await.unwrap();
        let (first, second) = (accept().await, accept().await);
        assert_eq!(second.delivery(), Delivery::InProgress);
        let err = reader.reply(&second, ()).unwrap_err();
        assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Dedup, false));
        let reply = reader.reply_for(Ok(second.clone()));
        assert_eq!(reply.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(reply.body().first(), body.first(), "in the form of its API");

        // It has no claim, so it records nothing, even when the first handler has failed.
        reader.release(&first).await.unwrap();
        let finished = reader.finish(&second).await.unwrap();
        assert_eq!(finished, Finished::LeaseLost);
        let third = accept().await;
        assert_eq!(third.delivery(), Delivery::New);
        assert_eq!(reader.finish(&third).await.unwrap(), Finished::Recorded);

        let fourth = accept().await;
        assert_eq!(fourth.delivery(), Delivery::Duplicate);
        assert_eq!(reader.finish(&fourth).await.unwrap(), Finished::Recorded);
        assert!(reader.reply_for(Ok(fourth)).status().is_success());
    }
}

#[test]
fn replies_are_signed_where_their_kind_requires_it() {
    for kind in Kind::all()
        .iter()
        .filter(|kind| kind.reply_must_be_signed())
    {
        let (headers, body) = Post::new(kind.event_type(), json!({})).signed();
        let question = reader().parse(&headers, &body).unwrap();
        assert!(question.expects_data());
        let reply = reader().reply(&question, json!({"acq_tid": "1"})).unwrap();
        let text = response_text(
            header(&reply, "wechatpay-timestamp"),
            header(&reply, "wechatpay-nonce"),
            reply.body(),
        );
        let signature = header(&reply, "wechatpay-signature");
        assert!(MERCHANT.public_key().verify(&text, signature));
        assert_eq!(header(&reply, "wechatpay-serial"), SERIAL);

        // Data and the signing key are both required.
        assert_eq!(
            reader().reply(&question, ()).unwrap_err().kind(),
            ErrorKind::Request
        );
        let keyless = Notifications::builder()
            .keyring(Keyring::new())
            .apiv3_key(APIV3);
        let err = keyless
            .build()
            .unwrap()
            .reply(&question, json!({}))
            .unwrap_err();
        assert!(err.to_string().contains("serial(..)"), "{err}");
    }
}

#[test]
fn each_failure_has_its_status_and_reveals_nothing_to_a_forger() {
    let reader = reader();
    let (mut headers, body) = Post::paid().signed();
    headers.insert("wechatpay-signature", PROBE_PREFIX.parse().unwrap());
    let probe = reader.parse(&headers, &body).unwrap_err();
    let verify = reader.parse(&HeaderMap::new(), &body).unwrap_err();
    let of = |kind| Error::new(kind, "the secret reason");
    for (err, status) in [
        (probe, 401),
        (verify, 401),
        (of(ErrorKind::Decrypt), 500),
        (of(ErrorKind::Body), 400),
        (of(ErrorKind::Transport), 400),
        (of(ErrorKind::Dedup), 503),
        (of(ErrorKind::Request), 500),
    ] {
        let kind = err.kind();
        let reply = reader.refuse(err);
        assert_eq!(reply.status().as_u16(), status, "{kind:?}");
        let text = String::from_utf8(reply.body().to_vec()).unwrap();
        assert!(
            text.starts_with("{\"code\":\"FAIL\",\"message\":\""),
            "{text}"
        );
        assert!(
            !text.contains("secret") && !text.contains("PUB_KEY_ID"),
            "{text}"
        );
        assert_eq!(reply.error().unwrap().kind(), kind);
        let response = reply.into_response::<bytes::Bytes>();
        assert!(
            response
                .extensions()
                .get::<std::sync::Arc<Error>>()
                .is_some()
        );
    }
}
