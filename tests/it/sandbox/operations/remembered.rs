//! The operations that ask for something which was made before: what they say of nothing, and how each is
//! called when it is there.

mod complaints;
mod orders;
mod refunds;
mod sharing;
mod transfers;
mod v2;

use std::collections::BTreeSet;

use http::Method;
use serde_json::Value;
use wechatpay_chain::{Client, Response};
use wechatpay_sandbox::schema;
use wechatpay_sandbox::{SampleRequest, Sandbox};

use super::{Result, call, is, judged};
use crate::sandbox::Outcome;

/// The answer of each when no such record exists.
pub(super) const OF_NOTHING: [(&str, &[&str]); 6] = [
    (
        "ORDER_NOT_EXIST",
        &[
            "GET v3/combine-transactions/id/{combine_transaction_id}",
            "GET v3/combine-transactions/out-trade-no/{combine_out_trade_no}",
            "POST v3/combine-transactions/out-trade-no/{combine_out_trade_no}/close",
            "GET v3/pay/partner/transactions/id/{transaction_id}",
            "GET v3/pay/partner/transactions/out-trade-no/{out_trade_no}",
            "POST v3/pay/partner/transactions/out-trade-no/{out_trade_no}/close",
            "POST v3/pay/partner/transactions/out-trade-no/{out_trade_no}/reverse",
            "GET v3/pay/transactions/id/{transaction_id}",
            "GET v3/pay/transactions/out-trade-no/{out_trade_no}",
            "POST v3/pay/transactions/out-trade-no/{out_trade_no}/close",
            "POST v3/pay/transactions/out-trade-no/{out_trade_no}/reverse",
        ],
    ),
    (
        "RESOURCE_NOT_EXISTS",
        &[
            "GET v3/brand/profitsharing/orders",
            "GET v3/brand/profitsharing/returnorders",
            "POST v3/brand/profitsharing/returnorders",
            "GET v3/ecommerce/profitsharing/orders",
            "GET v3/ecommerce/profitsharing/returnorders",
            "POST v3/ecommerce/profitsharing/returnorders",
            "POST v3/ecommerce/refunds/apply",
            "GET v3/ecommerce/refunds/id/{refund_id}",
            "GET v3/ecommerce/refunds/out-refund-no/{out_refund_no}",
            "POST v3/ecommerce/refunds/{refund_id}/apply-abnormal-refund",
            "GET v3/merchant-service/images/{media_id}",
            "GET v3/profitsharing/orders/{out_order_no}",
            "POST v3/profitsharing/return-orders",
            "GET v3/profitsharing/return-orders/{out_return_no}",
            "POST v3/refund/domestic/refunds",
            "GET v3/refund/domestic/refunds/{out_refund_no}",
            "POST v3/refund/domestic/refunds/{refund_id}/apply-abnormal-refund",
        ],
    ),
    // 非分账订单不支持分账.
    (
        "INVALID_REQUEST",
        &[
            "POST v3/brand/profitsharing/finish-order",
            "POST v3/brand/profitsharing/orders",
            "GET v3/brand/profitsharing/orders/{transaction_id}/amounts",
            "POST v3/ecommerce/profitsharing/finish-order",
            "POST v3/ecommerce/profitsharing/orders",
            "GET v3/ecommerce/profitsharing/orders/{transaction_id}/amounts",
            "POST v3/profitsharing/orders",
            "POST v3/profitsharing/orders/unfreeze",
            "GET v3/profitsharing/transactions/{transaction_id}/amounts",
        ],
    ),
    (
        "NOT_FOUND",
        &[
            "GET v3/fund-app/mch-transfer/transfer-bills/out-bill-no/{out_bill_no}",
            "POST v3/fund-app/mch-transfer/transfer-bills/out-bill-no/{out_bill_no}/cancel",
            "GET v3/fund-app/mch-transfer/transfer-bills/transfer-bill-no/{transfer_bill_no}",
            "GET v3/fund-app/mch-transfer/partner/transfer-bills/out-bill-no/{out_bill_no}",
            "POST v3/fund-app/mch-transfer/partner/transfer-bills/out-bill-no/{out_bill_no}/cancel",
            "GET v3/transfer/batches/batch-id/{batch_id}",
            "GET v3/transfer/batches/batch-id/{batch_id}/details/detail-id/{detail_id}",
            "GET v3/transfer/batches/out-batch-no/{out_batch_no}",
            "GET v3/transfer/batches/out-batch-no/{out_batch_no}/details/out-detail-no/{out_detail_no}",
        ],
    ),
    (
        "ORDERNOTEXIST",
        &[
            "POST v2/pay/closeorder",
            "POST v2/pay/orderquery",
            "POST v2/secapi/pay/refund",
            "POST v2/secapi/pay/refundv2",
            "POST v2/secapi/pay/reverse",
        ],
    ),
    (
        "REFUNDNOTEXIST",
        &["POST v2/pay/refundquery", "POST v2/pay/refundqueryv2"],
    ),
];

/// The code that an operation answers with when there is nothing; `None` of all others.
pub(super) fn code_of_nothing(operation: &str) -> Option<&'static str> {
    let found = OF_NOTHING
        .iter()
        .find(|(_, operations)| operations.contains(&operation));
    found.map(|(code, _)| *code)
}

/// Of complaints, whose answers are made up until somebody complains: what each says of one that is not
/// there, once there is another.
const OF_NO_COMPLAINT: (&str, &[&str]) = (
    "RESOURCE_NOT_EXISTS",
    &[
        "GET v3/merchant-service/complaints-v2/{complaint_id}",
        "POST v3/merchant-service/complaints-v2/{complaint_id}/complete",
        "GET v3/merchant-service/complaints-v2/{complaint_id}/negotiation-historys",
        "POST v3/merchant-service/complaints-v2/{complaint_id}/response",
        "POST v3/merchant-service/complaints-v2/{complaint_id}/update-refund-progress",
    ],
);

/// Calls each of them about something that is there; gives those that were answered and verified.
pub(super) async fn answered(sandbox: &Sandbox) -> Outcome<BTreeSet<String>> {
    let mut world = World::new(sandbox)?;
    world.orders("v3/pay/transactions", "mchid").await?;
    world
        .orders("v3/pay/partner/transactions", "sp_mchid")
        .await?;
    world.combined().await?;
    world.refunds().await?;
    world.ecommerce_refunds().await?;
    world.transfers().await?;
    world.partner_transfers().await?;
    world.batches().await?;
    world.sharing().await?;
    let (ecommerce, brand) = ("receiver_account", "account");
    world
        .shared_for_another("v3/ecommerce/profitsharing", ecommerce, None)
        .await?;
    world
        .shared_for_another("v3/brand/profitsharing", brand, Some("1900008888"))
        .await?;
    world.images().await?;
    world.v2().await?;
    Ok(world.answered)
}

/// The same of complaints, in a sandbox of their own.
pub(super) async fn complaints_answered() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let mut world = World::new(&sandbox)?;
    world.complaints().await?;
    let (code, operations) = OF_NO_COMPLAINT;
    for operation in operations {
        assert_eq!(world.of_another(operation).await?, code, "{operation}");
        assert!(world.answered.contains(*operation), "{operation}");
    }
    Ok(())
}

/// A sandbox in which something happens.
struct World<'s> {
    sandbox: &'s Sandbox,
    client: Client,
    made: u64,
    answered: BTreeSet<String>,
}

/// The parts of a request.
#[derive(Default)]
struct Asked<'a> {
    vars: Vec<(&'static str, &'a str)>,
    query: Vec<(&'static str, &'a str)>,
    body: Option<Value>,
}

impl<'a> Asked<'a> {
    fn var(name: &'static str, value: &'a str) -> Self {
        Self {
            vars: vec![(name, value)],
            ..Self::default()
        }
    }

    fn query(mut self, name: &'static str, value: &'a str) -> Self {
        self.query.push((name, value));
        self
    }

    fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    fn of(body: Value) -> Self {
        Self::default().body(body)
    }
}

impl<'s> World<'s> {
    fn new(sandbox: &'s Sandbox) -> Outcome<Self> {
        Ok(Self {
            sandbox,
            client: sandbox.client()?,
            made: 0,
            answered: BTreeSet::new(),
        })
    }

    /// Calls an operation, holds the answer to its signature, and gives its JSON.
    async fn call(&mut self, name: &str, asked: Asked<'_>) -> Outcome<Value> {
        let (answer, verified) = self.answer(name, asked).await?;
        assert_eq!(verified, Result::Verified, "{name}");
        Ok(if answer.bytes().is_empty() {
            Value::Null
        } else {
            answer.into_value()?
        })
    }

    /// The answer, and how it was verified.
    async fn answer(&mut self, name: &str, asked: Asked<'_>) -> Outcome<(Response, Result)> {
        let (method, path) = name.split_once(' ').ok_or("no method")?;
        let chain = self.client.chain(path.to_owned());
        let mut call = match method {
            "GET" => chain.get(()),
            "DELETE" => chain.delete(()),
            "PUT" => chain.put((), ()),
            _ => chain.post((), ()),
        };
        if let Some(body) = asked.body {
            call = call.json(body);
        }
        let call = asked
            .query
            .into_iter()
            .fold(call, |call, (name, value)| call.query(name, value));
        let call = asked
            .vars
            .into_iter()
            .fold(call, |call, (name, value)| call.var(name, value));
        let answer = call
            .await
            .map_err(|err| format!("{name}: {}", err.report()))?;
        let method: Method = method.parse()?;
        let operation = wechatpay_chain::catalog::find(&method, path).ok_or("not listed")?;
        let verified = judged(operation, &answer)?;
        self.answered.insert(name.to_owned());
        Ok((answer, verified))
    }

    /// The code that an operation answers with when it is asked for something that the documentation's
    /// fields name, and nobody has made.
    async fn of_another(&self, name: &str) -> Outcome<String> {
        let (method, path) = name.split_once(' ').ok_or("no method")?;
        let schema = schema::find(&method.parse()?, path).ok_or("no schema")?;
        let sample = SampleRequest::complete(&schema, 0);
        let err = call(&self.client, schema.operation(), &sample).await.err();
        let err = err.ok_or_else(|| format!("{name} was answered"))?;
        let code = err.api().map(|api| api.code.clone()).unwrap_or_default();
        assert!(is(&err, &code), "{name}: {}", err.report());
        Ok(code)
    }

    /// Makes something with the documentation's fields, and others than the last time; gives what was
    /// asked and what was answered.
    async fn make(
        &mut self,
        path: &str,
        change: impl FnOnce(&mut Value),
    ) -> Outcome<(Value, Value)> {
        self.made += 1;
        let schema = schema::find(&Method::POST, path).ok_or("no schema")?;
        let sample = SampleRequest::complete(&schema, self.made);
        let mut body = sample.body().cloned().ok_or("no body")?;
        change(&mut body);
        let made = call(&self.client, schema.operation(), &sample).json(body.clone());
        let answer = made
            .await
            .map_err(|err| format!("{path}: {}", err.report()))?;
        Ok((body, answer.into_value()?))
    }

    /// The two numbers of an order that is paid, and what was asked.
    async fn paid(
        &mut self,
        path: &str,
        change: impl FnOnce(&mut Value),
    ) -> Outcome<(String, Value)> {
        let (order, _) = self.make(path, change).await?;
        let number = text(&order["out_trade_no"]);
        self.sandbox.pay(&number)?;
        let orders = self.sandbox.orders();
        let paid = orders.iter().find(|order| order.out_trade_no == number);
        let id = paid.and_then(|order| order.transaction_id.clone());
        Ok((id.ok_or("it has no transaction_id")?, order))
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
