//! Errors of truncated answers and of failed connections.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use serde_json::json;
use wechatpay_chain::{Client, ClientBuilder, Error, ErrorKind, Verification};

use crate::support::watchdog::Watchdog;
use crate::support::{Answer, Wire, builder, client};

/// The behaviour of a server after its partial answer.
#[derive(Clone, Copy, Debug)]
enum Then {
    Nothing,
    Close,
    Reset,
}

#[test]
fn a_refusal_keeps_the_headers_of_its_answer_in_both_apis() {
    let limited = json!({"code": "FREQUENCY_LIMITED", "message": "slow down"});
    let wire = Wire::answering(move |_| {
        Answer::json(limited.clone())
            .status(429)
            .header("Retry-After", "7")
    });
    let err = client(&wire).chain("v3/x").get(()).wait().unwrap_err();
    assert_eq!(err.api().unwrap().headers["retry-after"], "7");
    let object = serde_json::to_value(&err).unwrap();
    assert_eq!(
        (&object["kind"], &object["code"]),
        (&json!("api"), &json!("FREQUENCY_LIMITED"))
    );

    let refused = "<xml><return_code>FAIL</return_code><return_msg>no</return_msg></xml>";
    let wire = Wire::answering(move |_| Answer::unsigned(refused).header("Retry-After", "8"));
    let v2 = Client::builder()
        .mchid("1900000109")
        .v2_key("0123456789abcdef0123456789abcdef");
    let v2 = v2.transport(wire).build().unwrap();
    let err = v2
        .chain("v2/pay/orderquery")
        .post(json!({"mch_id": "1900000109"}), ())
        .wait()
        .unwrap_err();
    let api = err.api().unwrap_or_else(|| panic!("{err:?}"));
    assert_eq!(api.headers["retry-after"], "8");
}

/// Answers every request with the same bytes.
fn saying(text: impl Into<Vec<u8>>, then: Then) -> SocketAddr {
    listening(
        move |mut stream, text| {
            let _ = stream.read(&mut [0; 4096]);
            stream.write_all(text).unwrap();
            match then {
                Then::Nothing => hold(stream),
                Then::Close => {}
                Then::Reset => {
                    let socket = socket2::SockRef::from(&stream);
                    socket.set_linger(Some(Duration::ZERO)).unwrap();
                }
            }
        },
        text.into(),
    )
}

/// Keeps a connection open until the client closes it.
fn hold(mut stream: TcpStream) {
    let mut rest = [0; 4096];
    while stream.read(&mut rest).is_ok_and(|len| len > 0) {}
}

fn listening(
    serve: impl Fn(TcpStream, &[u8]) + Clone + Send + 'static,
    text: Vec<u8>,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (serve, text, stream) = (serve.clone(), text.clone(), stream.unwrap());
            thread::spawn(move || serve(stream, &text));
        }
    });
    address
}

fn failure(client: ClientBuilder) -> Error {
    let client = client.build().unwrap();
    client.chain("v3/certificates").get(()).wait().unwrap_err()
}

fn of(address: SocketAddr) -> ClientBuilder {
    builder()
        .base_url(format!("http://{address}/"))
        .timeout(Duration::from_secs(1))
}

const BEGUN: &str = "HTTP/1.1 403 Forbidden\r\nRequest-ID: 08F78BA2CF0610\r\n\
                     Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"code\":\"NO_AUTH\"";

#[test]
fn a_truncated_refusal_keeps_its_status_and_request_id() {
    let _guard = Watchdog::guard("a_refusal_whose_body_stops");
    for then in [Then::Nothing, Then::Close, Then::Reset] {
        let err = failure(of(saying(BEGUN, then)));
        assert_eq!(err.kind(), ErrorKind::Api, "{then:?}: {}", err.report());
        assert_eq!(err.request_id(), Some("08F78BA2CF0610"), "{then:?}");
        let api = err.api().unwrap();
        assert_eq!(api.status, 403);
        assert!(!api.complete && api.is_undecided() && !err.is_retryable() && err.maybe_sent());
        // A reset may arrive before bytes that were written earlier.
        if !matches!(then, Then::Reset) {
            assert_eq!(api.body, "{\"code\":\"NO_AUTH\"");
        }
    }
}

/// Its JSON is complete and has a code, but nothing proves that the body is complete.
#[test]
fn a_truncated_refusal_decides_nothing() {
    let _guard = Watchdog::guard("a_refusal_that_is_not_complete");
    for status in [403, 429] {
        let text = BEGUN.replace("403", &status.to_string()) + "}";
        let err = failure(of(saying(text, Then::Nothing)));
        let api = err.api().unwrap();
        assert_eq!((api.status.as_u16(), &*api.code), (status, "NO_AUTH"));
        assert_eq!(api.verification, Verification::Absent);
        assert!(api.is_undecided() && !err.is_retryable());
    }
}

#[test]
fn a_complete_refusal_is_unaffected() {
    let answer = Answer::json(serde_json::json!({"code": "NO_AUTH"})).status(403);
    let err = failure(of(saying(answer.into_http1(), Then::Nothing)));
    let api = err.api().unwrap();
    assert!(api.complete && !api.is_undecided());
}

#[test]
fn a_stalled_answer_is_a_timeout_with_its_request_id() {
    let _guard = Watchdog::guard("a_whole_answer_that_stops");
    let text = BEGUN.replace("403 Forbidden", "200 OK");
    let address = saying(text, Then::Nothing);
    let err = failure(of(address));
    assert_eq!(err.kind(), ErrorKind::Timeout, "{}", err.report());
    assert_eq!(err.request_id(), Some("08F78BA2CF0610"));
    let expected = format!("reading the answer of {address}, whose status is 200 OK");
    assert!(err.to_string().contains(&expected), "{err}");
}

/// Returns the error of a failed call, of which nothing was sent.
#[track_caller]
fn says(err: &Error, kind: ErrorKind, expected: &str) {
    let report = err.report();
    assert_eq!(err.kind(), kind, "{report}");
    assert!(report.contains(expected), "{report}\nlacks: {expected}");
    assert!(!err.maybe_sent(), "{report}");
    assert!(
        !report.contains("secret") && !report.contains("user"),
        "{report}"
    );
    assert!(!format!("{err:?}").contains("secret"), "{err:?}");
}

fn closed() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

#[test]
fn connection_errors_name_the_step_and_the_server() {
    let _guard = Watchdog::guard("what_fails_before_the_request");
    let nobody = closed();
    says(
        &failure(of(nobody)),
        ErrorKind::Connect,
        &format!("opening a TCP connection to {nobody}"),
    );
    // No name server knows this name (RFC 6761); a name server that does not answer fails at the same step.
    let name = "nowhere.invalid";
    says(
        &failure(builder().base_url(format!("http://{name}/"))),
        ErrorKind::Connect,
        &format!("looking up the name of {name}:80"),
    );
    let rude = saying("no TLS", Then::Close);
    says(
        &failure(of(rude).base_url(format!("https://{rude}/"))),
        ErrorKind::Connect,
        &format!("negotiating TLS with {rude}"),
    );
}

#[test]
fn a_timeout_names_the_step_and_the_server() {
    let _guard = Watchdog::guard("a_timeout_names_the_step");
    let mute = saying("", Then::Nothing);
    let err = failure(of(mute));
    assert_eq!(err.kind(), ErrorKind::Timeout);
    let expected = format!("waiting for the answer of {mute}");
    assert!(
        err.maybe_sent() && err.to_string().contains(&expected),
        "{err}"
    );
    let tls = of(mute).base_url(format!("https://{mute}/"));
    let expected = format!("negotiating TLS with {mute}");
    says(&failure(tls), ErrorKind::Timeout, &expected);
    let bounded = of(mute)
        .base_url(format!("https://{mute}/"))
        .timeout(Duration::from_secs(60))
        .connect_timeout(Duration::from_millis(50));
    says(&failure(bounded), ErrorKind::Connect, &expected);
}

#[test]
fn behind_a_proxy_its_address_is_named_and_not_its_credentials() {
    let _guard = Watchdog::guard("behind_a_proxy");
    let through = |proxy: SocketAddr, scheme: &str| {
        builder()
            .base_url(format!("{scheme}://pay.example/"))
            .proxy(format!("http://user:secret@{proxy}"))
            .timeout(Duration::from_secs(1))
    };
    let nobody = closed();
    for scheme in ["http", "https"] {
        let expected = format!("opening a TCP connection to {nobody}, through the proxy {nobody}");
        says(
            &failure(through(nobody, scheme)),
            ErrorKind::Connect,
            &expected,
        );
    }
    let refusing = saying(
        "HTTP/1.1 407 Login\r\nContent-Length: 0\r\n\r\n",
        Then::Close,
    );
    let expected = format!("asking for a tunnel to pay.example:443, through the proxy {refusing}");
    says(
        &failure(through(refusing, "https")),
        ErrorKind::Connect,
        &expected,
    );
    let mute = saying("", Then::Nothing);
    let expected = format!("asking for a tunnel to pay.example:443, through the proxy {mute}");
    says(
        &failure(through(mute, "https")),
        ErrorKind::Timeout,
        &expected,
    );
    let err = failure(through(mute, "http"));
    let expected = format!("waiting for the answer of pay.example:80, through the proxy {mute}");
    assert!(
        err.maybe_sent() && err.to_string().contains(&expected),
        "{err}"
    );
}
