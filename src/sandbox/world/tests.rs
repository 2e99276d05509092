//! Random sequences of operations against a small reference model of orders, refunds, transfers, batches and profit
//! sharing.
//!
//! `WECHATPAY_MODEL_SEQUENCES=100000 cargo test -p wechatpay-sandbox --lib world::tests` is the long run; CI makes a short
//! one. `WECHATPAY_MODEL_FIRST_SEED` splits the run between processes. A disagreement prints the seed of its sequence and
//! the operations.
//!
//! The merchant and two sub-merchants use the same numbers, and each has its own reference model.

mod op;
mod reference;

use http::Method;
use serde_json::{Value, json};

use super::*;
use crate::refusal::Refusal;
use op::{BATCHES, ORDERS, Op, REFUNDS, RETURNS, Random, SHARES, TRANSFERS, V2_ORDERS, V2_REFUNDS};
use reference::{BY_HAND, Model};
use wechatpay_core::catalog;

const MCHID: &str = "1900000109";
const APPID: &str = "wxd678efh567hg6787";
const DAY: i64 = 86_400;
const LENGTH: usize = 60;
/// The account that receives shares.
const RECEIVER: &str = "1900009001";

/// The result of a request or an action: nothing, or the code of a refusal.
type Said = Result<(), String>;

/// The sandbox's world, with the time.
struct Played {
    world: World,
    now: i64,
}

/// The merchant itself, or one of its sub-merchants.
#[derive(Clone, Copy)]
struct Whose(Option<&'static str>);

const ALL: [Whose; 3] = [
    Whose(None),
    Whose(Some("1900007101")),
    Whose(Some("1900007102")),
];

impl Whose {
    /// The number as actions by hand take it.
    fn by_hand(self, number: &str) -> String {
        table::key_of(self.0, number)
    }

    /// Adds the ids of a request for a sub-merchant.
    fn of(self, name: &str, mut body: Value) -> Value {
        if let Some(sub) = self.0 {
            body[name] = json!(sub);
        }
        body
    }

    /// The path of a service provider's operation, if it differs.
    fn path(self, direct: &str, partner: &str) -> String {
        self.0.map_or(direct, |_| partner).to_owned()
    }

    /// A query with the sub-merchant.
    fn query(self, before: &str) -> String {
        let sub = self.0.map(|sub| format!("sub_mchid={sub}"));
        let all = [Some(before.to_owned()).filter(|it| !it.is_empty()), sub];
        let all: Vec<_> = all.into_iter().flatten().collect();
        all.join("&")
    }
}

impl Played {
    fn new() -> Self {
        let played = Self {
            world: World::new(MCHID, 1, Arc::default()),
            now: 1_700_000_000,
        };
        played.world.hold_refunds(true);
        for whose in ALL {
            let receiver = json!({
                "appid": APPID, "type": "MERCHANT_ID", "account": RECEIVER, "name": "x", "relation_type": "PARTNER",
            });
            let added = played.post(
                "v3/profitsharing/receivers/add",
                &whose.of("sub_mchid", receiver),
            );
            assert!(added.is_ok(), "{added:?}");
        }
        played
    }

    fn post(&self, path: &str, body: &Value) -> Said {
        self.send(&Method::POST, path, "", Some(body)).map(drop)
    }

    fn get(&self, path: &str, query: &str) -> Result<Value, String> {
        self.send(&Method::GET, path, query, None)
    }

    fn send(
        &self,
        method: &Method,
        path: &str,
        query: &str,
        body: Option<&Value>,
    ) -> Result<Value, String> {
        let request = Request {
            operation: catalog::find(method, path).unwrap(),
            path,
            query: Some(query).filter(|query| !query.is_empty()),
            body,
            file: None,
            now: self.now,
        };
        let outcome = self.world.answer(&request).unwrap();
        let code = |refusal: Refusal| refusal.code.to_owned();
        outcome.map(|it| it.body.unwrap_or_default()).map_err(code)
    }

    /// An action by hand. Without a number of the merchant itself, a plain one would name a sub-merchant's.
    fn by_hand(&self, whose: Whose, number: &str, act: impl FnOnce(&str) -> ActionResult) -> Said {
        let key = whose.by_hand(number);
        let orders = self.world.orders(self.now).into_iter().map(|it| it.key);
        let refunds = self.world.refunds().into_iter().map(|it| it.key);
        let transfers = self.world.transfers().into_iter().map(|it| it.key);
        let mut known = orders.chain(refunds).chain(transfers);
        let is_known = number.starts_with('D') || known.any(|it| it == key);
        let done = is_known.then(|| act(&key));
        let has_succeeded = done.is_some_and(|done| done.is_ok());
        has_succeeded
            .then_some(())
            .ok_or_else(|| BY_HAND.to_owned())
    }

    fn apply(&mut self, whose: Whose, op: Op) -> Said {
        let name = |kind: &str, number: u64| format!("{kind}NUMBER{number}");
        let (world, now) = (&self.world, self.now);
        match op {
            Op::Order { number, total } => self.order(whose, number, total),
            Op::Pay(number) => self.by_hand(whose, &name("N", number), |it| world.pay(it, now)),
            Op::Close(number) => self.close(whose, number),
            Op::Refund {
                number,
                order,
                amount,
                total,
            } => self.refund(whose, (number, order), (amount, total)),
            Op::Settle(number, status) => {
                let settle = |number: &str| world.settle(number, status, now);
                self.by_hand(whose, &name("R", number), settle)
            }
            Op::Redirect(number) => self.redirect(whose, &name("R", number)),
            Op::Transfer { number, amount } => self.transfer(whose, number, amount),
            Op::Confirm(number) => self.decide(whose, &name("T", number), None),
            Op::Reject(number) => self.decide(whose, &name("T", number), Some("ACCOUNT_FROZEN")),
            Op::Cancel(number) => {
                let path = whose.path(
                    "v3/fund-app/mch-transfer/transfer-bills/out-bill-no/",
                    "v3/fund-app/mch-transfer/partner/transfer-bills/out-bill-no/",
                );
                let path = format!("{path}{}/cancel", name("T", number));
                self.post(&path, &whose.of("sub_mchid", json!({})))
            }
            Op::Share {
                number,
                order,
                amount,
                unfreezes,
            } => self.share(whose, number, order, (amount, unfreezes)),
            Op::Unfreeze { number, order } => {
                let body = json!({
                    "transaction_id": self.transaction(whose, order), "out_order_no": name("S", number),
                    "description": "x",
                });
                self.post(
                    "v3/profitsharing/orders/unfreeze",
                    &whose.of("sub_mchid", body),
                )
            }
            Op::Return {
                number,
                share,
                amount,
            } => {
                let body = json!({
                    "out_order_no": name("S", share), "out_return_no": name("B", number),
                    "return_mchid": RECEIVER, "amount": amount, "description": "x",
                });
                self.post(
                    "v3/profitsharing/return-orders",
                    &whose.of("sub_mchid", body),
                )
            }
            Op::Batch { number, amount } => self.batch(number, amount),
            Op::Decide(number, detail, reason) => {
                self.decide(Whose(None), &format!("D{number}{detail}"), reason)
            }
            Op::QueryBatch(number) => {
                let path = format!("v3/transfer/batches/out-batch-no/BATCH{number}");
                self.get(&path, "need_query_detail=false").map(drop)
            }
            Op::NextDay => {
                self.now += DAY;
                Ok(())
            }
        }
    }

    fn order(&self, whose: Whose, number: u64, total: i64) -> Said {
        let out_trade_no = format!("NNUMBER{number}");
        if number >= V2_ORDERS {
            let order = json!({
                "appid": APPID, "mch_id": MCHID, "out_trade_no": out_trade_no, "body": "x", "trade_type": "NATIVE",
                "total_fee": total.to_string(), "notify_url": "https://a.example/", "profit_sharing": "Y",
            });
            return self.post("v2/pay/unifiedorder", &whose.of("sub_mch_id", order));
        }
        let mut order = json!({
            "description": "x", "out_trade_no": out_trade_no, "notify_url": "https://a.example/",
            "amount": {"total": total}, "settle_info": {"profit_sharing": true},
        });
        let names = match whose.0 {
            None => ["appid", "mchid"],
            Some(_) => ["sp_appid", "sp_mchid"],
        };
        (order[names[0]], order[names[1]]) = (json!(APPID), json!(MCHID));
        let path = whose.path(
            "v3/pay/transactions/native",
            "v3/pay/partner/transactions/native",
        );
        self.post(&path, &whose.of("sub_mchid", order))
    }

    fn close(&self, whose: Whose, number: u64) -> Said {
        if number >= V2_ORDERS {
            let body = json!({"appid": APPID, "mch_id": MCHID, "out_trade_no": format!("NNUMBER{number}")});
            return self.post("v2/pay/closeorder", &whose.of("sub_mch_id", body));
        }
        let path = whose.path("v3/pay/transactions", "v3/pay/partner/transactions");
        let path = format!("{path}/out-trade-no/NNUMBER{number}/close");
        let name = whose.path("mchid", "sp_mchid");
        self.post(&path, &whose.of("sub_mchid", json!({name: MCHID})))
    }

    fn refund(
        &self,
        whose: Whose,
        (number, order): (u64, u64),
        (amount, total): (i64, i64),
    ) -> Said {
        let (order, refund) = (format!("NNUMBER{order}"), format!("RNUMBER{number}"));
        if number >= V2_REFUNDS {
            let body = json!({
                "appid": APPID, "mch_id": MCHID, "out_trade_no": order, "out_refund_no": refund,
                "total_fee": total.to_string(), "refund_fee": amount.to_string(),
            });
            return self.post("v2/secapi/pay/refund", &whose.of("sub_mch_id", body));
        }
        let body = json!({
            "out_trade_no": order, "out_refund_no": refund,
            "amount": {"refund": amount, "total": total, "currency": "CNY"},
        });
        self.post("v3/refund/domestic/refunds", &whose.of("sub_mchid", body))
    }

    fn redirect(&self, whose: Whose, refund: &str) -> Said {
        let key = whose.by_hand(refund);
        let known = self.world.refunds().into_iter().find(|it| it.key == key);
        let id = known.map_or_else(|| "0".to_owned(), |it| it.refund_id);
        let path = format!("v3/refund/domestic/refunds/{id}/apply-abnormal-refund");
        let body = json!({"out_refund_no": refund, "type": "MERCHANT_BANK_CARD"});
        self.post(&path, &whose.of("sub_mchid", body))
    }

    fn transfer(&self, whose: Whose, number: u64, amount: i64) -> Said {
        let body = json!({
            "appid": APPID, "out_bill_no": format!("TNUMBER{number}"), "transfer_scene_id": "1000",
            "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", "transfer_amount": amount, "transfer_remark": "x",
        });
        let path = whose.path(
            "v3/fund-app/mch-transfer/transfer-bills",
            "v3/fund-app/mch-transfer/partner/transfer-bills",
        );
        self.post(&path, &whose.of("sub_mchid", body))
    }

    fn decide(&self, whose: Whose, number: &str, reason: Option<&str>) -> Said {
        let decide = |number: &str| self.world.decide(number, reason, self.now).map(drop);
        self.by_hand(whose, number, decide)
    }

    fn share(
        &self,
        whose: Whose,
        number: u64,
        order: u64,
        (amount, unfreezes): (i64, bool),
    ) -> Said {
        let body = json!({
            "appid": APPID, "transaction_id": self.transaction(whose, order),
            "out_order_no": format!("SNUMBER{number}"), "unfreeze_unsplit": unfreezes,
            "receivers": [{"type": "MERCHANT_ID", "account": RECEIVER, "amount": amount, "description": "x"}],
        });
        self.post("v3/profitsharing/orders", &whose.of("sub_mchid", body))
    }

    fn batch(&self, number: u64, amount: i64) -> Said {
        let detail = |detail: usize| {
            json!({
                "out_detail_no": format!("D{number}{detail}"), "transfer_amount": amount,
                "transfer_remark": "x", "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
            })
        };
        let body = json!({
            "appid": APPID, "out_batch_no": format!("BATCH{number}"), "batch_name": "x", "batch_remark": "x",
            "total_amount": 2 * amount, "total_num": 2, "transfer_scene_id": "1000",
            "transfer_detail_list": [detail(0), detail(1)],
        });
        self.post("v3/transfer/batches", &body)
    }

    /// WeChat Pay's number of an order, or one that no order has.
    fn transaction(&self, whose: Whose, order: u64) -> String {
        let key = whose.by_hand(&format!("NNUMBER{order}"));
        let mut orders = self.world.orders(self.now).into_iter();
        let order = orders.find(|it| it.key == key);
        order
            .and_then(|it| it.transaction_id)
            .unwrap_or_else(|| "0".to_owned())
    }

    /// The state that a query names, or the code of its refusal.
    fn queried(&self, path: &str, query: &str, member: &str) -> String {
        match self.get(path, query) {
            Ok(answer) => answer[member].as_str().unwrap_or_default().to_owned(),
            Err(code) => code,
        }
    }

    /// Where the queries of a merchant differ from its model.
    fn differences(&self, whose: Whose, model: &Model) -> Vec<String> {
        let mut differences = Vec::new();
        let mut compare = |about: String, expected: &str, found: String| {
            if expected != found {
                differences.push(format!(
                    "{about}: {expected} in the model, {found} in the sandbox"
                ));
            }
        };
        for number in 0..ORDERS {
            let path = whose.path("v3/pay/transactions", "v3/pay/partner/transactions");
            let query = whose.query(&format!("{}={MCHID}", whose.path("mchid", "sp_mchid")));
            let path = format!("{path}/out-trade-no/NNUMBER{number}");
            let found = self.queried(&path, &query, "trade_state");
            compare(format!("order {number}"), model.trade_state(number), found);
            let id = self.transaction(whose, number);
            if id != "0" {
                let path = format!("v3/profitsharing/transactions/{id}/amounts");
                let left = self
                    .get(&path, "")
                    .map(|it| it["unsplit_amount"].to_string());
                let expected = model.unsplit(number).to_string();
                compare(format!("left of order {number}"), &expected, left.unwrap());
            }
        }
        for number in 0..REFUNDS {
            let path = format!("v3/refund/domestic/refunds/RNUMBER{number}");
            let found = self.queried(&path, &whose.query(""), "status");
            compare(
                format!("refund {number}"),
                model.refund_status(number),
                found,
            );
        }
        for number in 0..TRANSFERS {
            let path = whose.path(
                "v3/fund-app/mch-transfer/transfer-bills/out-bill-no/",
                "v3/fund-app/mch-transfer/partner/transfer-bills/out-bill-no/",
            );
            let found = self.queried(&format!("{path}TNUMBER{number}"), &whose.query(""), "state");
            compare(
                format!("transfer {number}"),
                model.shown_transfer(number),
                found,
            );
        }
        for number in 0..SHARES {
            let id = model.share_order(number);
            let id = id.map_or_else(|| "0".to_owned(), |order| self.transaction(whose, order));
            let query = whose.query(&format!("transaction_id={id}"));
            let path = format!("v3/profitsharing/orders/SNUMBER{number}");
            let found = self.queried(&path, &query, "state");
            let expected = id_state(&id);
            compare(format!("share {number}"), expected, found);
        }
        for number in 0..RETURNS {
            let path = format!("v3/profitsharing/return-orders/BNUMBER{number}");
            let found = self.queried(&path, &whose.query(""), "result");
            compare(
                format!("return {number}"),
                model.shown_return(number),
                found,
            );
        }
        differences
    }

    /// Where the queries of batches, which only the merchant itself has, differ from the model.
    fn differences_of_batches(&self, model: &Model) -> Vec<String> {
        let details = (0..BATCHES).flat_map(|number| [(number, 0), (number, 1)]);
        let found = details.filter_map(|(number, detail)| {
            let path = format!(
                "v3/transfer/batches/out-batch-no/BATCH{number}/details/out-detail-no/D{number}{detail}"
            );
            let found = self.queried(&path, "", "detail_status");
            let expected = model.shown_detail(number, detail);
            let text = format!("detail {detail} of batch {number}: {expected} in the model, {found} in the sandbox");
            (found != expected).then_some(text)
        });
        found.collect()
    }
}

/// A query finishes a share.
fn id_state(transaction: &str) -> &'static str {
    if transaction == "0" {
        "RESOURCE_NOT_EXISTS"
    } else {
        "FINISHED"
    }
}

/// The operations of a seed, and where models and sandbox differ.
fn play(seed: u64) -> (Vec<(usize, Op)>, Vec<String>) {
    let mut played = Played::new();
    let (mut random, mut ops) = (Random::new(seed), Vec::new());
    let mut models = ALL.map(|_| Model::default());
    for _ in 0..LENGTH {
        let op = Op::random(&mut random);
        let is_shared = matches!(op, Op::NextDay);
        let is_direct = matches!(op, Op::Batch { .. } | Op::Decide(..) | Op::QueryBatch(_));
        let who = if is_direct {
            0
        } else {
            random.index(ALL.len())
        };
        ops.push((who, op));
        if is_shared {
            models.iter_mut().for_each(Model::next_day);
        }
        let expected = models[who].apply(op).map_err(str::to_owned);
        let found = played.apply(ALL[who], op);
        if expected != found {
            let text = format!("{op:?}: {expected:?} in the model, {found:?} in the sandbox");
            return (ops, vec![text]);
        }
    }
    let mut differences = played.differences_of_batches(&models[0]);
    for (whose, model) in ALL.into_iter().zip(&models) {
        differences.extend(played.differences(whose, model));
    }
    (ops, differences)
}

#[test]
fn random_sequences_end_as_in_the_reference_model() {
    let number = |name: &str, default: u64| {
        let given = std::env::var(name).ok();
        given.map_or(default, |given| given.parse().unwrap())
    };
    let first = number("WECHATPAY_MODEL_FIRST_SEED", 0);
    let sequences = number("WECHATPAY_MODEL_SEQUENCES", 300);
    let mut accepted = 0;
    for seed in first..first + sequences {
        let (ops, found) = play(seed);
        assert!(found.is_empty(), "seed {seed}: {found:?}\n{ops:?}");
        accepted += ops.len();
    }
    println!("{sequences} sequences, {accepted} operations, no disagreement");
}
