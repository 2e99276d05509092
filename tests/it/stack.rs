//! The order of the stack, and how its users can change it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use serde_json::json;
use tokio::sync::oneshot;
use wechatpay_chain::middleware::{self, from_fn, signed_text};
use wechatpay_chain::signing::Authorization;
use wechatpay_chain::{
    Client, ClientBuilder, Error, ErrorKind, Middleware, Next, Payload, Request, Response, Result,
    Verification, transport,
};

use crate::support::{Answer, MCHID, MERCHANT, SERIAL, Wire, builder, client};

const PUNISH: &str = "v3/aggracct-bc/wb-channel/control-orders/punish";
const NAMES: [&str; 7] = [
    "status", "decrypt", "matcher", "encrypt", "prepare", "verifier", "signer",
];

fn punish(client: &Client) -> Result<Response> {
    client
        .chain(PUNISH)
        .post(json!({"card_no": "6214"}), ())
        .wait()
}

/// A client with one additional layer.
fn with_layer(
    wire: &Wire,
    edit: impl FnOnce(&mut wechatpay_chain::Stack) -> Result<()> + Send + 'static,
) -> ClientBuilder {
    builder().transport(wire.clone()).stack(edit)
}

type Journal = Arc<Mutex<Vec<String>>>;

/// Records when it is entered and left, and the request that it sees.
fn noting(journal: &Journal, name: &'static str) -> impl Middleware + use<> {
    let journal = Arc::clone(journal);
    from_fn(move |request: Request, next: Next| {
        let journal = Arc::clone(&journal);
        async move {
            let body = match request.body() {
                Payload::Json(value) if value["card_no"] == "6214" => "plain JSON",
                Payload::Json(_) => "encrypted JSON",
                _ => "bytes",
            };
            let signature = request.headers().get(AUTHORIZATION);
            let signed = signature.map_or("", |value| {
                assert!(value.is_sensitive());
                ", signed"
            });
            journal
                .lock()
                .unwrap()
                .push(format!("> {name}: {body}{signed}"));
            let result = next.run(request).await;
            let outcome = match &result {
                Ok(res) => format!("{:?}", res.verification()),
                Err(err) => format!("{:?}", err.kind()),
            };
            journal.lock().unwrap().push(format!("< {name}: {outcome}"));
            result
        }
    })
}

#[test]
fn the_order_is_the_documented_one() {
    let journal = Journal::default();
    let notes: Vec<_> = NAMES
        .iter()
        .map(|name| (*name, noting(&journal, name)))
        .collect();
    let wire = Wire::answering(|_| Answer::json(json!({})).status(400));
    let client = with_layer(&wire, |stack| {
        assert_eq!(stack.names().collect::<Vec<_>>(), NAMES);
        for (name, note) in notes {
            stack.after(name, format!("inside of {name}"), note)?;
        }
        Ok(())
    });
    let err = punish(&client.build().unwrap()).unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Api);
    let verified = format!("Verified {{ serial: {:?} }}", crate::support::KEY_ID);
    let expected = [
        "> status: plain JSON".to_owned(),
        "> decrypt: plain JSON".into(),
        "> matcher: plain JSON".into(),
        "> encrypt: encrypted JSON".into(),
        "> prepare: bytes".into(),
        "> verifier: bytes".into(),
        "> signer: bytes, signed".into(),
        "< signer: NotChecked".into(),
        "< verifier: NotChecked".into(),
        format!("< prepare: {verified}"),
        format!("< encrypt: {verified}"),
        format!("< matcher: {verified}"),
        format!("< decrypt: {verified}"),
        format!("< status: {verified}"),
    ];
    assert_eq!(*journal.lock().unwrap(), expected);
}

#[test]
fn a_clients_debug_lists_its_layers() {
    let wire = Wire::ok();
    let client = client(&wire);
    let names = format!("{NAMES:?}");
    assert!(format!("{client:?}").contains(&names), "{client:?}");
    let sibling = client
        .with_stack(|stack| stack.remove(middleware::VERIFIER).map(drop))
        .unwrap();
    assert!(!format!("{sibling:?}").contains("verifier"), "{sibling:?}");
    assert!(format!("{client:?}").contains("verifier"), "{client:?}");
}

#[test]
fn a_sibling_shares_transport_and_keys_and_does_not_change_the_first() {
    let wire = Wire::answering(|_| Answer::unsigned("{}"));
    let client = client(&wire);
    let sibling = client
        .with_stack(|stack| stack.remove(middleware::VERIFIER).map(drop))
        .unwrap();
    assert_eq!(
        punish(&sibling).unwrap().verification(),
        &Verification::NotChecked
    );
    assert_eq!(punish(&client).unwrap_err().kind(), ErrorKind::Verify);
    assert_eq!(wire.count(), 2);
    assert!(client.keyring().remove(crate::support::KEY_ID));
    assert_eq!(sibling.keyring().ids(), Vec::<String>::new());
    let err = client
        .with_stack(|stack| stack.remove("sinner").map(drop))
        .unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Stack);
}

/// The question to a remote signer, and the channel for its answer.
type Job = (Vec<u8>, oneshot::Sender<String>);

/// The key is elsewhere, here in another thread; the client requests each signature.
struct RemoteSigner {
    jobs: mpsc::Sender<Job>,
}

impl Middleware for RemoteSigner {
    async fn handle(&self, mut request: Request, next: Next) -> Result<Response> {
        let (timestamp, nonce) = (
            crate::support::answer::now(),
            "0123456789abcdef0123456789abcdef",
        );
        let text = signed_text(&request, timestamp, nonce)?;
        let (reply, signature) = oneshot::channel();
        let down = || Error::new(ErrorKind::Middleware, "the remote signer is down");
        self.jobs.send((text, reply)).map_err(|_| down())?;
        let signature = signature.await.map_err(|err| down().with_source(err))?;
        let header =
            Authorization::new(MCHID, SERIAL, timestamp, nonce, signature).to_header_value()?;
        request.headers_mut().insert(AUTHORIZATION, header);
        next.run(request).await
    }
}

fn remote_signer(answers: usize) -> RemoteSigner {
    let (jobs, todo) = mpsc::channel::<Job>();
    thread::spawn(move || {
        for (text, reply) in todo.iter().take(answers) {
            reply.send(MERCHANT.private.sign(&text).unwrap()).unwrap();
        }
    });
    RemoteSigner { jobs }
}

#[test]
fn a_remote_signer_replaces_the_signer() {
    let wire = Wire::ok();
    let client = with_layer(&wire, |stack| {
        stack.remove(middleware::SIGNER)?;
        stack.push(middleware::SIGNER, remote_signer(1))?;
        Ok(())
    });
    let client = client.build().unwrap();
    punish(&client).unwrap();
    let sent = wire.only();
    assert!(sent.signed_by(&MERCHANT.public));
    assert_eq!(
        sent.authorization().nonce_str(),
        "0123456789abcdef0123456789abcdef"
    );
    // The signer has stopped.
    let err = punish(&client).unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Middleware);
    assert!(!err.maybe_sent());
    assert_eq!(wire.count(), 1);
}

/// Repeats a failed attempt once, outside the signer.
fn retrying(wire: &Wire) -> Client {
    let retry = from_fn(|request: Request, next: Next| async move {
        match next.clone().run(request.clone()).await {
            Err(_) => next.run(request).await,
            res => res,
        }
    });
    let client = with_layer(wire, |stack| {
        stack.before(middleware::VERIFIER, "retry", retry).map(drop)
    });
    client.build().unwrap()
}

/// Fails first with one kind, then with another kind or not at all.
fn failing(first: ErrorKind, then: Option<ErrorKind>) -> Wire {
    let calls = AtomicUsize::new(0);
    Wire::responding(move |_| {
        let kind = if calls.fetch_add(1, Ordering::Relaxed) == 0 {
            Some(first)
        } else {
            then
        };
        match kind {
            Some(kind) => Err(Error::new(kind, "on purpose")),
            None => Ok(Answer::json(json!({})).into_response()),
        }
    })
}

#[test]
fn a_repeated_request_is_signed_anew() {
    let wire = failing(ErrorKind::Connect, None);
    punish(&retrying(&wire)).unwrap();
    let [first, second] = &wire.all()[..] else {
        panic!("two attempts");
    };
    assert!(first.signed_by(&MERCHANT.public) && second.signed_by(&MERCHANT.public));
    assert_ne!(
        first.authorization().nonce_str(),
        second.authorization().nonce_str()
    );
    assert_eq!(first.body, second.body, "one serialisation, one encryption");
    assert_eq!(
        first.header("Wechatpay-Serial"),
        second.header("Wechatpay-Serial")
    );
}

#[test]
fn an_attempt_that_may_have_been_sent_is_not_forgotten() {
    use ErrorKind::{Connect, Transport};
    for (first, then, sent) in [
        (Transport, Connect, true),
        (Connect, Transport, true),
        (Connect, Connect, false),
    ] {
        let wire = failing(first, Some(then));
        let err = punish(&retrying(&wire)).unwrap_err();
        assert_eq!(
            (err.kind(), err.maybe_sent()),
            (then, sent),
            "{first:?} {then:?}"
        );
        assert_eq!(err.is_retryable(), !sent);
        assert_eq!(wire.count(), 2);
    }
    // Replacing the attempt's error by the middleware's error does not hide it either.
    let wire = failing(Transport, None);
    let hiding = from_fn(|request: Request, next: Next| async move {
        let failed = next.run(request).await.is_err();
        assert!(failed);
        Err(Error::new(ErrorKind::Middleware, "all is well"))
    });
    let client = with_layer(&wire, |stack| stack.unshift("hiding", hiding).map(drop));
    assert!(punish(&client.build().unwrap()).unwrap_err().maybe_sent());
}

/// A layer that sends requests elsewhere.
fn detour(to: &'static str) -> impl Middleware {
    from_fn(move |mut request: Request, next: Next| async move {
        *request.uri_mut() = to.parse().unwrap();
        next.run(request).await
    })
}

#[test]
fn a_signed_request_goes_to_no_other_host() {
    for to in [
        "https://evil.example/v3/x",
        "http://api.mch.weixin.qq.com/v3/x",
        "https://api.mch.weixin.qq.com:8443/v3/x",
        "https://api.mch.weixin.qq.com.evil.example/v3/x",
        "/v3/x",
    ] {
        for anchor in [middleware::STATUS, middleware::SIGNER] {
            let wire = Wire::ok();
            let client = with_layer(&wire, move |stack| {
                stack.after(anchor, "detour", detour(to)).map(drop)
            });
            let err = punish(&client.build().unwrap()).unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Middleware, "{to}");
            assert!(!err.maybe_sent());
            assert_eq!(wire.count(), 0, "{to}");
        }
    }
}

#[test]
fn a_signed_request_goes_to_a_trusted_host_over_tls() {
    let through = |to: &'static str, wire: &Wire| {
        let client = with_layer(wire, move |stack| {
            stack.push("detour", detour(to)).map(drop)
        });
        client.trust_host("API2.mch.weixin.qq.com").build().unwrap()
    };
    let wire = Wire::ok();
    punish(&through("https://api2.mch.weixin.qq.com/v3/x", &wire)).unwrap();
    assert_eq!(wire.only().parts.uri.host(), Some("api2.mch.weixin.qq.com"));
    let wire = Wire::ok();
    let err = punish(&through("http://api2.mch.weixin.qq.com/v3/x", &wire)).unwrap_err();
    assert_eq!((err.kind(), wire.count()), (ErrorKind::Middleware, 0));
}

/// APIv2's signature is in the body, and a layer that builds a new request loses the extensions.
#[test]
fn no_request_of_either_api_can_be_redirected() {
    let elsewhere = || {
        from_fn(|request: Request, next: Next| async move {
            let (parts, body) = request.into_parts();
            let mut anew = Request::new(body);
            *anew.method_mut() = parts.method;
            *anew.uri_mut() = "https://evil.example/x".parse().unwrap();
            next.run(anew).await
        })
    };
    let wire = Wire::ok();
    let client = builder()
        .v2_key("v2secretv2secretv2secretv2secret")
        .transport(wire.clone())
        .stack(move |stack| stack.push("elsewhere", elsewhere()).map(drop))
        .v2_stack(move |stack| stack.push("elsewhere", elsewhere()).map(drop))
        .build()
        .unwrap();
    let order = json!({"mch_id": client.mchid()});
    for call in [
        client.chain("v2/pay/unifiedorder").post(order, ()),
        client.chain("v3/x").get(()),
    ] {
        let err = call.wait().unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Middleware, "{}", err.report());
        assert!(!err.maybe_sent());
    }
    assert_eq!(wire.count(), 0);
}

/// An aborted attempt may be the one that paid.
#[tokio::test]
async fn an_aborted_attempt_is_not_forgotten() {
    let attempts = Arc::new(AtomicUsize::new(0));
    let transport = transport::from_fn(move |_| {
        let first = attempts.fetch_add(1, Ordering::SeqCst) == 0;
        async move {
            if first {
                std::future::pending::<()>().await;
            }
            Err(Error::new(ErrorKind::Connect, "refused"))
        }
    });
    let impatient = from_fn(|request: Request, next: Next| async move {
        let again = next.clone();
        let mut copy = Request::new(request.body().clone());
        *copy.uri_mut() = request.uri().clone();
        let first = next.run(request);
        assert!(
            tokio::time::timeout(std::time::Duration::from_millis(20), first)
                .await
                .is_err()
        );
        again.run(copy).await
    });
    let client = builder()
        .transport(transport)
        .stack(move |stack| stack.unshift("impatient", impatient).map(drop))
        .build()
        .unwrap();
    let err = client.chain("v3/x").get(()).await.unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Connect);
    assert!(err.maybe_sent() && !err.is_retryable());
}

#[test]
fn json_does_not_reach_the_wire() {
    let wire = Wire::ok();
    let client = client(&wire);
    let no_prepare = client
        .with_stack(|stack| stack.remove(middleware::PREPARE).map(drop))
        .unwrap();
    let nor_signer = no_prepare
        .with_stack(|stack| stack.remove(middleware::SIGNER).map(drop))
        .unwrap();
    let late = client.with_stack(|stack| {
        let layer = from_fn(|mut request: Request, next: Next| async move {
            *request.body_mut() = Payload::Json(json!({"card_no": "6214"}));
            next.run(request).await
        });
        stack.push("late", layer).map(drop)
    });
    for client in [no_prepare, nor_signer, late.unwrap()] {
        let err = punish(&client).unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Middleware, "{}", err.report());
        assert!(err.to_string().contains("prepare"), "{err}");
        assert!(!err.maybe_sent());
    }
    assert_eq!(wire.count(), 0);
}

#[test]
fn a_layer_can_answer_without_sending() {
    let wire = Wire::ok();
    let client = with_layer(&wire, |stack| {
        let cache = from_fn(|_: Request, _: Next| async {
            Ok(Response::new(
                StatusCode::OK,
                HeaderMap::new(),
                "{\"from\":\"cache\"}",
            ))
        });
        stack.unshift("cache", cache).map(drop)
    });
    let client = client.build().unwrap();
    assert_eq!(punish(&client).unwrap()["from"], "cache");
    let err = client.chain(PUNISH).get(()).dry_run().wait().unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Middleware);
    assert_eq!(wire.count(), 0);
}

#[test]
fn a_dropped_client_frees_its_layers() {
    let held = Arc::new(());
    let weak = Arc::downgrade(&held);
    let client = with_layer(&Wire::ok(), move |stack| {
        let layer = from_fn(move |request: Request, next: Next| {
            let _held = Arc::clone(&held);
            next.run(request)
        });
        stack.push("held", layer).map(drop)
    });
    let client = client.build().unwrap();
    // The nodes of indexing belong to the client and must not keep it alive.
    let chain = client["v3"]["pay"]["transactions"].seg("native");
    chain.get(()).wait().unwrap();
    drop(client);
    assert!(weak.upgrade().is_some(), "a chain keeps what it needs");
    drop(chain);
    assert!(weak.upgrade().is_none());
}

/// PHP's `http_errors => false`: `verifier` still checks every answer.
#[cfg(any(feature = "php", feature = "php-values"))]
#[test]
fn without_http_errors_only_unsigned_answers_are_errors() {
    use wechatpay_chain::php::{Thrown, without_http_errors};

    let called = |path: &'static str, answer: fn() -> Answer, unverified: bool| {
        let edit = move |stack: &mut wechatpay_chain::Stack| {
            if unverified {
                stack.remove(middleware::VERIFIER)?;
            }
            without_http_errors(stack)
        };
        let wire = Wire::answering(move |_| answer());
        let client = with_layer(&wire, edit).build().unwrap();
        client.chain(path).get(()).wait()
    };
    let page = || Answer::unsigned("<html>").status(404);
    let forged = || Answer::json(json!({})).forged("{}  ").status(404);
    for answer in [page, forged] {
        let err = called("v3/certificates", answer, false).unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Verify, "{}", err.report());
        assert!(err.maybe_sent() && err.api().is_none());
        assert_eq!(Thrown::from(err).code(), 404);
        // The SDK checks no answer of these paths.
        for path in ["v3/billdownload/file", "v3/merchant-service/images/a"] {
            let answer = called(path, answer, false).unwrap();
            assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        }
        let err = called("v3/merchant-service/images/upload", answer, false).unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Verify, "{}", err.report());
        called("v3/certificates", answer, true).unwrap();
    }
    let signed = || Answer::json(json!({"code": "ORDER_NOT_EXIST"})).status(404);
    let answer = called("v3/certificates", signed, false).unwrap();
    assert_eq!(answer["code"], "ORDER_NOT_EXIST");
    let moved = || {
        Answer::json(json!({}))
            .header("Location", "/v3/x")
            .status(302)
    };
    assert!(
        called("v3/certificates", moved, false)
            .unwrap_err()
            .is_api()
    );
}

/// PHP's setting `headers`: each request has them, unless its call has its own.
#[cfg(any(feature = "php", feature = "php-values"))]
#[test]
fn headers_of_every_request_are_those_that_the_call_lacks() {
    use wechatpay_chain::php::default_headers;

    let wire = Wire::answering(|_| Answer::json(json!({})));
    let headers =
        json!({"X-Tenant": 7, "Accept": "application/json", "Content-Type": "text/plain"});
    let builder = with_layer(&wire, |_| Ok(()));
    let client = default_headers(builder, &headers).unwrap().build().unwrap();
    let sent = |call: wechatpay_chain::Call| {
        let request = call.dry_run().wait().unwrap();
        let text = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
        [text("x-tenant"), text("accept"), text("content-type")]
    };
    let own = client
        .chain("v3/certificates")
        .get(())
        .header("x-tenant", "own");
    assert_eq!(sent(own), ["own", "application/json", "text/plain"]);
    let with_json = client.chain("v3/x").post(json!({"a": 1}), ());
    assert_eq!(
        sent(with_json),
        ["7", "application/json", "application/json"]
    );
    for refused in [
        json!({"Host": "a"}),
        json!({"accept": "a"}),
        json!({"A": []}),
        json!("A: b"),
        json!({"A": "a\nb"}),
    ] {
        assert!(
            default_headers(Client::builder(), &refused).is_err(),
            "{refused}"
        );
    }
}

/// Guzzle's setting `proxy`.
#[cfg(any(feature = "php", feature = "php-values"))]
#[test]
fn a_proxy_is_that_of_https_and_an_empty_one_is_none() {
    use wechatpay_chain::php::proxy;

    let wire = Wire::answering(|_| Answer::json(json!({})));
    let built = |setting: serde_json::Value| {
        proxy(with_layer(&wire, |_| Ok(())), &setting)
            .unwrap()
            .build()
    };
    for accepted in [
        json!(null),
        json!(""),
        json!(false),
        json!("127.0.0.1:8888"),
        json!({"http": "ftp://a"}),
    ] {
        assert!(built(accepted.clone()).is_ok(), "{accepted}");
    }
    assert!(built(json!({"https": "ftp://127.0.0.1:1"})).is_err());
    assert!(
        proxy(
            Client::builder(),
            &json!({"https": "http://127.0.0.1:1", "no": ["a"]})
        )
        .is_err()
    );
}
