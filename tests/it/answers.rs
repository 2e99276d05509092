//! Answers that WeChat Pay signed but that do not belong to this call: replayed answers, and answers about
//! another order.

use std::sync::atomic::{AtomicUsize, Ordering};

use http::Method;
use serde_json::{Map, Value, json};
use wechatpay_chain::catalog::{self, Operation};
use wechatpay_chain::signing::SignType;
use wechatpay_chain::{
    Client, Error, ErrorKind, Response, Result, Secret, Verification, VerifyFailure, middleware,
};

use crate::support::{Answer, MCHID, Wire, builder, client, literal, signer};

const NATIVE: &str = "v3/pay/transactions/native";
const REFUNDS: &str = "v3/refund/domestic/refunds";
const V2_KEY: &str = "192006250b4c09247ec02edce69f6a2d";

fn order(client: &Client) -> Result<Response> {
    client.chain(NATIVE).post(json!({}), ()).wait()
}

/// A wire that repeats one answer, and a client that has accepted it once.
fn repeating(answer: &Answer) -> (Wire, Client) {
    let answer = answer.clone();
    let wire = Wire::answering(move |_| answer.clone());
    let client = client(&wire);
    (wire, client)
}

fn assert_not_believed(err: &Error) {
    assert_eq!(err.kind(), ErrorKind::Verify, "{}", err.report());
    assert!(err.maybe_sent() && err.is_undecided() && !err.is_retryable());
    assert!(err.to_string().contains("query before"), "{err}");
}

#[test]
fn a_replayed_answer_is_rejected() {
    let answer = Answer::json(json!({"code_url": "weixin://"})).header("Request-ID", "08F7");
    let (wire, client) = repeating(&answer);
    order(&client).unwrap();
    let sibling = client.with_stack(|_| Ok(())).unwrap();
    for client in [&client, &client.clone(), &sibling] {
        let err = order(client).unwrap_err();
        assert_not_believed(&err);
        assert_eq!(err.verify_failure(), Some(&VerifyFailure::Replayed));
        assert_eq!(err.request_id(), Some("08F7"));
    }
    // With any other content.
    let err = client.chain("v3/certificates").get(()).wait().unwrap_err();
    assert_not_believed(&err);
    let nonceless = builder().check_answer_nonces(false).transport(wire.clone());
    let nonceless = nonceless.build().unwrap();
    for _ in 0..2 {
        order(&nonceless).unwrap();
    }
    // Another client has not seen the answer.
    order(&crate::support::client(&wire)).unwrap();
}

#[test]
fn a_replayed_error_decides_nothing() {
    let limited = json!({"code": "FREQUENCY_LIMITED", "message": "频率超限"});
    let (_, client) = repeating(&Answer::json(limited).status(429));
    let err = order(&client).unwrap_err();
    assert!(err.is_retryable() && !err.is_undecided());
    let err = order(&client).unwrap_err();
    let replayed = Verification::Failed(VerifyFailure::Replayed);
    assert_eq!(err.api().unwrap().verification, replayed);
    assert!(!err.is_retryable() && err.is_undecided());
}

#[test]
fn a_replayed_stream_fails_at_its_end() {
    let (_, client) = repeating(&Answer::bytes("abc").in_pieces(1));
    let read = || {
        let stream = client.chain("v3/x").get(()).stream().reader().unwrap();
        std::io::read_to_string(stream)
    };
    assert_eq!(read().unwrap(), "abc");
    assert!(read().is_err());
    assert_eq!(
        order(&client).unwrap_err().verify_failure(),
        Some(&VerifyFailure::Replayed)
    );
}

/// An unsigned answer cannot use up a nonce.
#[test]
fn a_forged_answer_does_not_use_up_a_nonce() {
    let good = Answer::json(json!({}));
    let calls = AtomicUsize::new(0);
    let wire = Wire::answering(move |_| match calls.fetch_add(1, Ordering::Relaxed) {
        0 => good.clone().forged("{\"a\":1}"),
        1 => good.clone().forged("{}x").in_pieces(1),
        2 => good.clone().status(500).forged("{}x"),
        _ => good.clone(),
    });
    let client = client(&wire);
    assert_eq!(order(&client).unwrap_err().kind(), ErrorKind::Verify);
    let stream = client.chain("v3/x").get(()).stream().reader().unwrap();
    assert!(std::io::read_to_string(stream).is_err());
    assert!(order(&client).unwrap_err().is_undecided());
    order(&client).unwrap();
}

/// A request of an operation with all members that its answer repeats, and the answer.
struct Sample {
    operation: &'static Operation,
    request: Map<String, Value>,
    answer: Value,
}

impl Sample {
    fn of(operation: &'static Operation) -> Self {
        let mut sample = Self {
            operation,
            request: Map::new(),
            answer: json!({}),
        };
        for (index, (name, pointer)) in operation.echoed().iter().enumerate() {
            let text = match *name {
                "mchid" | "mch_id" | "combine_mch_id" => MCHID.to_owned(),
                _ => format!("190000{index}"),
            };
            sample.request.insert((*name).to_owned(), json!(text));
            *place(&mut sample.answer, pointer) = json!(text);
        }
        sample
    }

    fn call(&self) -> Result<Response> {
        let (answer, v2) = (self.answer.clone(), self.operation.is_v2());
        let wire = Wire::answering(move |_| {
            if v2 {
                message(&answer)
            } else {
                Answer::json(answer.clone())
            }
        });
        let client = if self.operation.is_brand() {
            signer().brand_id("120344")
        } else {
            builder().v2_key(V2_KEY).check_mch_id(false)
        };
        let client = client.transport(wire);
        let chain = client.build()?.chain(literal(self.operation.path()));
        let (variables, rest) = self.parted();
        let method = self.operation.method();
        let in_query = [Method::GET, Method::DELETE].contains(&method);
        let mut call = match method {
            Method::GET => chain.get(()),
            Method::DELETE => chain.delete(()),
            Method::PUT => chain.put(Value::Object(rest.clone()), ()),
            Method::PATCH => chain.patch(Value::Object(rest.clone()), ()),
            _ => chain.post(Value::Object(rest.clone()), ()),
        };
        for (name, text) in variables {
            call = call.var(name, text);
        }
        if in_query {
            for (name, text) in rest {
                call = call.query(name, text);
            }
        }
        call.wait()
    }

    /// Splits the members into path variables and others.
    fn parted(&self) -> (Map<String, Value>, Map<String, Value>) {
        let (mut variables, mut rest) = (Map::new(), self.request.clone());
        for segment in self.operation.path().split('/') {
            let name = segment
                .strip_prefix('{')
                .and_then(|it| it.strip_suffix('}'));
            if let Some(name) = name {
                let text = rest.remove(name).unwrap_or_else(|| json!("x"));
                variables.insert(name.to_owned(), text);
            }
        }
        (variables, rest)
    }
}

/// A signed APIv2 message that succeeds.
fn message(members: &Value) -> Answer {
    let mut members: Vec<_> = members
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
        .collect();
    for name in ["return_code", "result_code"] {
        members.push((name.to_owned(), "SUCCESS".to_owned()));
    }
    let sign = SignType::Md5
        .sign(members.clone(), &Secret::new(V2_KEY))
        .unwrap();
    members.push(("sign".to_owned(), sign));
    let inside: String = members
        .iter()
        .map(|(name, text)| format!("<{name}>{text}</{name}>"))
        .collect();
    Answer::unsigned(format!("<xml>{inside}</xml>"))
}

fn place<'v>(value: &'v mut Value, pointer: &str) -> &'v mut Value {
    pointer
        .split('/')
        .skip(1)
        .fold(value, |value, name| &mut value[name])
}

/// For every operation, an answer with a different identifying member is rejected.
#[test]
fn an_answer_about_another_order_is_rejected() {
    let (mut operations, mut pairs) = (0, 0);
    for operation in catalog::operations() {
        // Capital letters in a path are written with dashes, as in the PHP SDK; it has its own tests.
        let capital = operation.path().contains("nstitutionsub");
        if operation.echoed().is_empty() || capital {
            continue;
        }
        operations += 1;
        let sample = Sample::of(operation);
        let case = format!("{} {}", operation.method(), operation.path());
        if let Err(err) = sample.call() {
            panic!("{case}: {}", err.report());
        }
        for (name, pointer) in operation.echoed() {
            pairs += 1;
            let mut other = Sample::of(operation);
            *place(&mut other.answer, pointer) = json!("1799999999");
            let err = other.call().expect_err(&case);
            assert_not_believed(&err);
            assert_eq!(
                err.verify_failure(),
                Some(&VerifyFailure::Mismatch { member: name }),
                "{case}"
            );
            assert!(
                !format!("{} {err:?}", err.report()).contains("1799999999"),
                "{case}"
            );
        }
    }
    assert!(
        operations > 600 && pairs > 1300,
        "{operations} operations, {pairs} pairs"
    );
}

fn refund(request: impl Into<Value>, answer: Answer) -> Result<Response> {
    let wire = Wire::answering(move |_| answer.clone());
    client(&wire).chain(REFUNDS).post(request.into(), ()).wait()
}

#[test]
fn members_missing_on_one_side_are_not_compared() {
    let asked = json!({"out_refund_no": "R1", "out_trade_no": "T1", "transaction_id": ""});
    for answer in [
        json!({"out_refund_no": "R1", "transaction_id": "4200", "amount": {"out_trade_no": "T2"}}),
        json!({"out_refund_no": "", "out_trade_no": null}),
        json!({}),
        json!([{"out_refund_no": "R2"}]),
        json!("R2"),
    ] {
        refund(asked.clone(), Answer::json(answer)).unwrap();
    }
    refund(asked.clone(), Answer::bytes("").status(204)).unwrap();
    // A refusal is reported as a refusal, whatever members it has.
    let refused = Answer::json(json!({"code": "PARAM_ERROR", "out_refund_no": "R2"})).status(400);
    assert!(refund(asked, refused).unwrap_err().is_api());
}

#[test]
fn bytes_are_compared_too_and_the_layer_can_be_removed() {
    let other = Answer::json(json!({"out_refund_no": "R2"}));
    let wire = Wire::answering(move |_| other.clone());
    let body = || bytes::Bytes::from_static(b"{\"out_refund_no\":\"R1\"}");
    let plain = builder()
        .check_answer_nonces(false)
        .transport(wire)
        .build()
        .unwrap();
    let call = |client: &Client| client.chain(REFUNDS).post(body(), ()).wait();
    assert_not_believed(&call(&plain).unwrap_err());
    let edited = plain
        .with_stack(|stack| stack.remove(middleware::MATCHER).map(drop))
        .unwrap();
    call(&edited).unwrap();
}
