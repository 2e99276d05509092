//! Resolving unknown outcomes, over a scripted transport and virtual time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::Response;
use serde_json::{Value, json};
use tokio::time::Instant;
use wechatpay_chain::outcome::{NotDone, Outcome, QueryPolicy};
use wechatpay_chain::transport::{Body, BoxFuture};
use wechatpay_chain::{Client, Error, ErrorKind, Result, Transport};

use crate::kit::{Answer, MCHID, Wire, builder};
use crate::support::{ORDERS, REFUNDS, TRANSFERS, order, refund, transfer};

type Step = fn() -> Result<Response<Body>>;

/// One step per request; the last one repeats.
fn wire(steps: &'static [Step]) -> Wire {
    let at = AtomicUsize::new(0);
    Wire::responding(move |_| {
        let at = at.fetch_add(1, Ordering::SeqCst);
        steps[at.min(steps.len() - 1)]()
    })
}

fn client(wire: &Wire) -> Client {
    builder().transport(wire.clone()).build().unwrap()
}

fn cut() -> Result<Response<Body>> {
    Err(Error::new(ErrorKind::Transport, "cut"))
}

fn not_found() -> Result<Response<Body>> {
    Ok(refusal(404, "ORDER_NOT_EXIST").signed().into_response())
}

fn refusal(status: u16, code: &str) -> Answer {
    Answer::unsigned(json!({"code": code, "message": ""}).to_string()).status(status)
}

fn state(text: &str) -> Result<Response<Body>> {
    let value = json!({"mchid": MCHID, "out_trade_no": "1", "trade_state": text});
    Ok(Answer::json(value).into_response())
}

fn paths(wire: &Wire) -> Vec<String> {
    let sent = wire.all();
    sent.iter()
        .map(|it| format!("{} {}", it.parts.method, it.target()))
        .collect()
}

async fn ordered(client: &Client, policy: QueryPolicy) -> Outcome {
    client
        .chain(ORDERS)
        .post(order(MCHID, "1"), ())
        .or_query(policy)
        .await
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_answer_needs_no_query() {
    let wire = wire(&[|| Ok(Answer::json(json!({"code_url": "weixin://"})).into_response())]);
    let outcome = ordered(&client(&wire), QueryPolicy::documented()).await;
    assert_eq!(outcome.done().unwrap()["code_url"], "weixin://");
    assert_eq!(wire.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn refused_and_unsent_requests_are_not_done() {
    let unsent: &[Step] = &[|| Err(Error::new(ErrorKind::Connect, "refused"))];
    let refused: &[Step] = &[|| Ok(refusal(400, "PARAM_ERROR").signed().into_response())];
    for steps in [unsent, refused] {
        let wire = wire(steps);
        let outcome = ordered(&client(&wire), QueryPolicy::quick()).await;
        let Outcome::NotDone(why) = outcome else {
            panic!("{outcome:?}")
        };
        assert!(matches!(why, NotDone::Refused(_)) && why.leaves_number_free());
        assert_eq!(wire.count(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_recovered_by_a_query() {
    let wire = wire(&[cut, || state("NOTPAY")]);
    let begun = Instant::now();
    let outcome = ordered(&client(&wire), QueryPolicy::documented()).await;
    assert_eq!(outcome.done().unwrap()["trade_state"], "NOTPAY");
    assert_eq!(begun.elapsed(), Duration::from_secs(5));
    let query = format!("GET /v3/pay/transactions/out-trade-no/1?mchid={MCHID}");
    assert_eq!(paths(&wire), [format!("POST /{ORDERS}"), query]);
}

/// Another order has the number: its answer is no proof that this one was made.
#[tokio::test(start_paused = true)]
async fn an_order_with_another_amount_is_another_request() {
    fn found() -> Result<Response<Body>> {
        let value = json!({
            "mchid": MCHID, "out_trade_no": "1", "trade_state": "SUCCESS", "amount": {"total": 1},
        });
        Ok(Answer::json(value).into_response())
    }
    let used: Step = || Ok(refusal(403, "OUT_TRADE_NO_USED").signed().into_response());
    for first in [used, cut] {
        let at = AtomicUsize::new(0);
        let wire = Wire::responding(move |_| match at.fetch_add(1, Ordering::SeqCst) {
            0 => first(),
            _ => found(),
        });
        let outcome = ordered(&client(&wire), QueryPolicy::quick()).await;
        let Outcome::NotDone(why) = outcome else {
            panic!("{outcome:?}")
        };
        assert!(matches!(why, NotDone::NumberTaken(_)), "{why}");
        assert!(!why.leaves_number_free());
    }
}

/// The request may arrive late, so a first "not found" proves nothing.
#[tokio::test(start_paused = true)]
async fn not_found_is_final_only_after_the_request_can_no_longer_arrive() {
    let late = wire(&[cut, not_found, not_found, || state("NOTPAY")]);
    let outcome = ordered(&client(&late), QueryPolicy::documented()).await;
    assert!(outcome.is_done());

    let never = wire(&[cut, not_found]);
    let outcome = ordered(&client(&never), QueryPolicy::quick()).await;
    let Outcome::StillUnknown(why) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(why.error().is_undecided() && why.error().kind() == ErrorKind::Transport);
    assert_eq!((never.count(), why.queries()), (1 + 4, 4));
    assert_eq!(why.queried_for(), Duration::from_secs(15));
    assert_eq!((why.repeats(), why.sent_ago()), (0, why.queried_for()));
    assert_eq!(
        why.last_query().unwrap().api().unwrap().code,
        "ORDER_NOT_EXIST"
    );
    let said = why.to_string();
    assert!(
        said.starts_with("the outcome is unknown after 4 queries in 15 s: "),
        "{said}"
    );
    assert!(
        said.contains("; the last query: ") && said.contains("ORDER_NOT_EXIST"),
        "{said}"
    );
    let said = why.report_zh();
    assert!(
        said.starts_with("15 秒内查询 4 次，结果仍未知：") && said.contains("最后一次查询"),
        "{said}"
    );

    let never = wire(&[cut, not_found]);
    let begun = Instant::now();
    let outcome = ordered(&client(&never), QueryPolicy::documented()).await;
    let Outcome::NotDone(why) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(matches!(why, NotDone::NotFound(_)) && why.leaves_number_free());
    assert!(begun.elapsed() >= Duration::from_secs(660));
}

/// Answers arrive a second after WeChat Pay has written them.
struct Slow(Wire);

impl Transport for Slow {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'static, Result<Response<Body>>> {
        let answer = self.0.send(request);
        Box::pin(async move {
            let answer = answer.await;
            tokio::time::sleep(Duration::from_secs(1)).await;
            answer
        })
    }
}

/// "Not found" describes the time of the query, not that of its answer.
#[tokio::test(start_paused = true)]
async fn not_found_is_as_old_as_its_query() {
    let slow = Slow(wire(&[cut, not_found]));
    let client = builder().transport(slow).build().unwrap();
    let policy = QueryPolicy::quick()
        .waits([Duration::from_secs(1)])
        .settled_after(Duration::from_millis(1500));
    let outcome = ordered(&client, policy).await;
    assert!(matches!(outcome, Outcome::StillUnknown(_)), "{outcome:?}");
}

/// Several queries find only requests of the last 30 days.
#[tokio::test(start_paused = true)]
async fn not_found_proves_nothing_after_the_query_period() {
    const DAY: Duration = Duration::from_secs(86_400);
    for (days, known) in [(28, true), (30, false), (400, false)] {
        let wire = wire(&[not_found]);
        let client = client(&wire);
        let call = client.chain(TRANSFERS).post(transfer("1"), ());
        let outcome = call
            .query_outcome(DAY * days, QueryPolicy::quick())
            .await
            .unwrap();
        let found = matches!(outcome, Outcome::NotDone(NotDone::NotFound(_)));
        assert_eq!(found, known, "{days}: {outcome:?}");
    }
}

/// A part whose state is missing in the answer may be paid.
#[tokio::test(start_paused = true)]
async fn a_combined_order_has_not_ended_while_the_state_of_a_part_is_missing() {
    let wire = wire(&[cut, || {
        let parts = json!([{"trade_state": "CLOSED"}, {"out_trade_no": "2"}]);
        let found = json!({"combine_out_trade_no": "C1", "sub_orders": parts});
        Ok(Answer::json(found).into_response())
    }]);
    let order =
        json!({"combine_appid": "wx1", "combine_mchid": MCHID, "combine_out_trade_no": "C1"});
    let client = client(&wire);
    let call = client
        .chain("v3/combine-transactions/native")
        .post(order, ());
    let outcome = call.or_query(QueryPolicy::quick()).await.unwrap();
    assert!(!matches!(outcome, Outcome::NotDone(_)), "{outcome:?}");
}

/// Anyone in between can say "not found", and a failed query says nothing.
#[tokio::test(start_paused = true)]
async fn unverified_answers_prove_nothing() {
    let unsigned: &[Step] = &[cut, || Ok(refusal(404, "ORDER_NOT_EXIST").into_response())];
    let another: &[Step] = &[cut, || Ok(refusal(403, "NO_AUTH").signed().into_response())];
    let failing: &[Step] = &[cut];
    for steps in [unsigned, another, failing] {
        let outcome = ordered(&client(&wire(steps)), QueryPolicy::documented()).await;
        assert!(matches!(outcome, Outcome::StillUnknown(_)), "{outcome:?}");
    }
}

/// A gateway that refuses may have forwarded the request before.
#[tokio::test(start_paused = true)]
async fn an_unsigned_refusal_is_queried() {
    let wire = wire(&[
        || Ok(refusal(429, "FREQUENCY_LIMITED").into_response()),
        || state("NOTPAY"),
    ]);
    assert!(
        ordered(&client(&wire), QueryPolicy::quick())
            .await
            .is_done()
    );
}

#[tokio::test(start_paused = true)]
async fn a_used_number_is_queried() {
    let wire = wire(&[
        || Ok(refusal(400, "ORDER_PAID").signed().into_response()),
        || state("SUCCESS"),
    ]);
    let outcome = ordered(&client(&wire), QueryPolicy::quick()).await;
    assert_eq!(outcome.done().unwrap()["trade_state"], "SUCCESS");
}

#[tokio::test(start_paused = true)]
async fn an_ended_request_is_not_done_and_uses_up_its_number() {
    let wire = wire(&[cut, || state("CLOSED")]);
    let outcome = ordered(&client(&wire), QueryPolicy::quick()).await;
    let Outcome::NotDone(why) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(!why.leaves_number_free());
    let NotDone::Ended(answer) = why else {
        panic!("{why:?}")
    };
    assert_eq!(answer["trade_state"], "CLOSED");
}

#[tokio::test(start_paused = true)]
async fn the_request_is_repeated_if_not_found_and_allowed() {
    let wire = wire(&[cut, not_found, cut, || {
        let found = json!({"out_bill_no": "1", "state": "WAIT_USER_CONFIRM"});
        Ok(Answer::json(found).into_response())
    }]);
    let client = client(&wire);
    let call = client.chain(TRANSFERS).post(transfer("1"), ());
    let outcome = call
        .or_query(QueryPolicy::quick().repeat_not_found(true))
        .await
        .unwrap();
    assert_eq!(outcome.done().unwrap()["state"], "WAIT_USER_CONFIRM");
    let sent = wire.all();
    assert_eq!(sent[0].target(), sent[2].target());
    assert_eq!(
        sent[0].body, sent[2].body,
        "byte for byte, ciphertext and all"
    );
    for name in ["wechatpay-serial", "content-type"] {
        assert_eq!(sent[0].header(name), sent[2].header(name));
    }
    assert_ne!(sent[0].json()["user_name"], "张三");
    assert_ne!(
        sent[0].authorization().nonce_str(),
        sent[2].authorization().nonce_str()
    );
}

/// A later query needs the time of the last repetition, since that may still arrive.
#[tokio::test(start_paused = true)]
async fn an_unknown_outcome_tells_when_the_request_was_last_sent() {
    let at = AtomicUsize::new(0);
    let wire = Wire::responding(move |_| match at.fetch_add(1, Ordering::SeqCst) % 2 {
        0 => cut(),
        _ => not_found(),
    });
    let client = client(&wire);
    let call = client.chain(TRANSFERS).post(transfer("1"), ());
    let policy = QueryPolicy::quick().repeat_not_found(true);
    let outcome = call.or_query(policy).await.unwrap();
    let Outcome::StillUnknown(why) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!((wire.count(), why.queries(), why.repeats()), (9, 4, 4));
    assert_eq!(why.sent_ago(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_payment_by_code_is_never_repeated() {
    let wire = wire(&[cut, not_found]);
    let client = client(&wire);
    let call = client
        .chain("v3/pay/transactions/codepay")
        .post(order(MCHID, "1"), ());
    let policy = QueryPolicy::documented().repeat_not_found(true);
    let outcome = call.or_query(policy).await.unwrap();
    assert!(matches!(outcome, Outcome::NotDone(NotDone::NotFound(_))));
    let posts = paths(&wire)
        .iter()
        .filter(|it| it.starts_with("POST"))
        .count();
    assert_eq!(posts, 1);
}

#[tokio::test(start_paused = true)]
async fn a_payment_by_code_waits_for_the_users_confirmation() {
    let wire = wire(&[
        || state("USERPAYING"),
        || state("USERPAYING"),
        || state("SUCCESS"),
    ]);
    let client = client(&wire);
    let call = client
        .chain("v3/pay/transactions/codepay")
        .post(order(MCHID, "1"), ());
    let outcome = call.or_query(QueryPolicy::quick()).await.unwrap();
    assert_eq!(outcome.done().unwrap()["trade_state"], "SUCCESS");
    assert_eq!(wire.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_unpaid_order_is_closed_at_the_end() {
    let steps: &[Step] = &[
        cut,
        || state("NOTPAY"),
        || Ok(Answer::bytes("").status(204).into_response()),
        || state("CLOSED"),
    ];
    let wire = wire(steps);
    let outcome = ordered(&client(&wire), QueryPolicy::quick().close_unpaid(true)).await;
    assert!(
        matches!(outcome, Outcome::NotDone(NotDone::Ended(_))),
        "{outcome:?}"
    );
    let close = wire.all()[2].clone();
    assert_eq!(close.target(), "/v3/pay/transactions/out-trade-no/1/close");
    assert_eq!(close.json(), json!({"mchid": MCHID}));
}

/// The user paid before the close.
#[tokio::test(start_paused = true)]
async fn an_order_paid_during_the_close_is_done() {
    let wire = wire(&[
        cut,
        || state("NOTPAY"),
        || Ok(refusal(400, "ORDER_PAID").signed().into_response()),
        || state("SUCCESS"),
    ]);
    let outcome = ordered(&client(&wire), QueryPolicy::quick().close_unpaid(true)).await;
    assert_eq!(outcome.done().unwrap()["trade_state"], "SUCCESS");
}

#[tokio::test(start_paused = true)]
async fn a_combined_order_is_closed_with_its_parts() {
    let steps: &[Step] = &[
        cut,
        || Ok(Answer::json(json!({"sub_orders": [{"trade_state": "NOTPAY"}]})).into_response()),
        || Ok(Answer::bytes("").status(204).into_response()),
        || Ok(Answer::json(json!({"sub_orders": [{"trade_state": "CLOSED"}]})).into_response()),
    ];
    let wire = wire(steps);
    let body = json!({
        "combine_appid": "wx1", "combine_mchid": MCHID, "combine_out_trade_no": "C1",
        "sub_orders": [{"mchid": MCHID, "out_trade_no": "1", "description": "x"}],
    });
    let client = client(&wire);
    let call = client
        .chain("v3/combine-transactions/native")
        .post(body, ());
    let outcome = call
        .or_query(QueryPolicy::quick().close_unpaid(true))
        .await
        .unwrap();
    assert!(
        matches!(outcome, Outcome::NotDone(NotDone::Ended(_))),
        "{outcome:?}"
    );
    let expected = json!({
        "combine_appid": "wx1", "sub_orders": [{"mchid": MCHID, "out_trade_no": "1"}],
    });
    assert_eq!(wire.all()[2].json(), expected);
}

/// Its outcome would stay unknown as long as it is unpaid.
#[tokio::test(start_paused = true)]
async fn an_order_that_cannot_be_closed_is_refused_before_it_is_sent() {
    let wire = wire(&[cut]);
    let client = builder()
        .transport(wire.clone())
        .v2_key("192006250b4c09247ec02edce69f6a2d");
    let client = client.build().unwrap();
    let v2 = json!({
        "combine_appid": "wx1", "combine_mch_id": MCHID, "combine_out_trade_no": "C1",
        "sub_order_list": {"order_num": 1, "order_list": [{"mch_id": MCHID, "out_trade_no": "1"}]},
    });
    let v3 = json!({
        "combine_mchid": MCHID, "combine_out_trade_no": "C1",
        "sub_orders": [{"mchid": MCHID, "out_trade_no": "1", "description": "x"}],
    });
    let closing = QueryPolicy::quick().close_unpaid(true);
    for (path, body, en, zh) in [
        ("v2/pay/combinedorder", v2, "does not know how", "关单方法"),
        (
            "v3/combine-transactions/native",
            v3,
            "combine_appid",
            "缺少 combine_appid",
        ),
    ] {
        let call = || client.chain(path).post(body.clone(), ());
        let refused = call().or_query(closing.clone()).await.unwrap_err();
        let later = call().query_outcome(Duration::ZERO, closing.clone());
        for err in [refused, later.await.unwrap_err()] {
            assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Request, false));
            let (english, chinese) = (err.report(), err.report_zh());
            assert!(
                english.contains("close_unpaid") && english.contains(en),
                "{english}"
            );
            assert!(
                chinese.contains("close_unpaid") && chinese.contains(zh),
                "{chinese}"
            );
        }
        assert_eq!(wire.count(), 0);
    }
    // A refund is never unpaid.
    let call = client.chain(REFUNDS).post(refund("1", "R1"), ());
    assert!(call.or_query(closing).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn each_operation_is_queried_with_what_its_query_needs() {
    for (path, body, expected) in [
        (REFUNDS, refund("1", "R1"), "/v3/refund/domestic/refunds/R1"),
        (
            "v3/ecommerce/refunds/apply",
            json!({"sub_mchid": "1900000002", "out_refund_no": "R1"}),
            "/v3/ecommerce/refunds/out-refund-no/R1?sub_mchid=1900000002",
        ),
        (
            "v3/pay/partner/transactions/native",
            json!({"sp_mchid": MCHID, "sub_mchid": "1900000002", "out_trade_no": "1"}),
            "/v3/pay/partner/transactions/out-trade-no/1?sp_mchid=1900000109&sub_mchid=1900000002",
        ),
        (
            "v3/transfer/batches",
            json!({"out_batch_no": "B1"}),
            "/v3/transfer/batches/out-batch-no/B1?need_query_detail=false",
        ),
        (
            "v3/profitsharing/orders",
            json!({"out_order_no": "P1", "transaction_id": "42"}),
            "/v3/profitsharing/orders/P1?transaction_id=42",
        ),
        (
            "v3/profitsharing/return-orders",
            json!({"out_return_no": "T1", "out_order_no": "P1"}),
            "/v3/profitsharing/return-orders/T1?out_order_no=P1",
        ),
    ] {
        let wire = wire(&[cut, || Ok(Answer::json(json!({})).into_response())]);
        let outcome = client(&wire)
            .chain(path)
            .post(body, ())
            .or_query(QueryPolicy::quick())
            .await;
        assert!(outcome.unwrap().is_done(), "{path}");
        assert_eq!(wire.all()[1].target(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn operations_without_a_query_are_rejected_before_sending() {
    let wire = Wire::ok();
    let client = client(&wire);
    let mut without_mchid = order(MCHID, "1");
    without_mchid.as_object_mut().unwrap().remove("mchid");
    for (path, body, named) in [
        (
            "v3/not/known",
            json!({}),
            "and nothing like it; nothing was sent",
        ),
        (
            "v3/pay/transactions/natve",
            json!({}),
            "did you mean POST v3/pay/transactions/native?",
        ),
        (
            "v3/pay/transactions/id/1",
            json!({}),
            "takes GET, and not POST",
        ),
        (
            "v3/marketing/favor/coupon-stocks",
            json!({}),
            "which number",
        ),
        (ORDERS, without_mchid, "mchid"),
        (ORDERS, order(MCHID, ""), "out_trade_no"),
        (ORDERS, Value::Null, "object"),
    ] {
        let outcome = client
            .chain(path)
            .post(body, ())
            .or_query(QueryPolicy::quick())
            .await;
        let err = outcome.map(|_| ()).unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Request, "{path}");
        assert!(err.to_string().contains(named), "{err}");
    }
    assert_eq!(wire.count(), 0);
}

#[tokio::test]
async fn a_follow_up_without_a_query_does_not_deny_the_earlier_request() {
    let wire = Wire::ok();
    let call = client(&wire).chain("v3/not/known").post(json!({}), ());
    let outcome = call.query_outcome(Duration::from_secs(60), QueryPolicy::quick());
    let err = outcome.await.map(|_| ()).unwrap_err();
    assert_eq!((err.kind(), wire.count()), (ErrorKind::Request, 0));
    let (en, zh) = (err.report(), err.report_zh());
    assert!(
        en.contains("the earlier request may have been processed"),
        "{en}"
    );
    assert!(zh.contains("此前的请求可能已被处理"), "{zh}");
    for said in [en, zh] {
        assert!(
            !said.contains("nothing was sent") && !said.contains("请求未发出"),
            "{said}"
        );
    }
}

/// After a restart: the number is known, the request is not sent again.
#[tokio::test(start_paused = true)]
async fn an_earlier_request_is_queried_without_sending_it() {
    let hour = Duration::from_secs(3600);
    for (age, known) in [(Duration::ZERO, false), (hour, true)] {
        let wire = wire(&[not_found]);
        let client = client(&wire);
        let call = client.chain(ORDERS).post(order(MCHID, "1"), ());
        let outcome = call.query_outcome(age, QueryPolicy::quick()).await.unwrap();
        assert_eq!(
            matches!(outcome, Outcome::NotDone(NotDone::NotFound(_))),
            known,
            "{outcome:?}"
        );
        assert!(paths(&wire).iter().all(|it| it.starts_with("GET")));
    }
}
