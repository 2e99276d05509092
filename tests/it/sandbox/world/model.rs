//! Random sequences of operations against a small reference model of orders, refunds and transfers.
//!
//! `WECHATPAY_MODEL_SEQUENCES=100000 cargo test --release --features … --test it world::model` is the long run; CI makes
//! a short one. A disagreement prints the seed of its sequence and the operations.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use wechatpay_sandbox::RefundStatus;

use super::{Outcome, Shop};

const ORDERS: u64 = 2;
const REFUNDS: u64 = 3;
const TRANSFERS: u64 = 2;
const LENGTH: usize = 20;

/// SplitMix64: a sequence is known by its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::try_from(self.below(choices.len() as u64)).unwrap_or(0)]
    }
}

#[derive(Debug, Clone, Copy)]
enum Op {
    Order {
        number: u64,
        total: i64,
    },
    Pay(u64),
    Close(u64),
    Refund {
        number: u64,
        order: u64,
        amount: i64,
        total: i64,
    },
    Settle(u64, RefundStatus),
    Transfer {
        number: u64,
        amount: i64,
    },
    Confirm(u64),
    Reject(u64),
    Cancel(u64),
}

impl Op {
    fn random(random: &mut Random) -> Self {
        let (order, refund) = (random.below(ORDERS), random.below(REFUNDS));
        let transfer = random.below(TRANSFERS);
        let total = random.of(&[100, 100, 100, 100, 100, 100, 100, 200]);
        let ends = [
            RefundStatus::Success,
            RefundStatus::Closed,
            RefundStatus::Abnormal,
        ];
        match random.below(16) {
            0..=2 => Self::Order {
                number: order,
                total,
            },
            3 | 4 => Self::Pay(order),
            5 => Self::Close(order),
            6..=8 => Self::Refund {
                number: refund,
                order,
                amount: random.of(&[30, 60, 100]),
                total,
            },
            9..=11 => Self::Settle(refund, random.of(&ends)),
            12 => Self::Transfer {
                number: transfer,
                amount: total,
            },
            13 => Self::Confirm(transfer),
            14 => Self::Reject(transfer),
            _ => Self::Cancel(transfer),
        }
    }
}

/// The result of an operation: nothing, or the code of a refusal. Operations by hand have no code.
type Said = Result<(), &'static str>;
const BY_HAND: &str = "by hand";

#[derive(Debug, Default)]
struct Model {
    orders: BTreeMap<u64, (i64, &'static str)>,
    refunds: BTreeMap<u64, Refund>,
    transfers: BTreeMap<u64, (i64, &'static str)>,
}

#[derive(Debug)]
struct Refund {
    order: u64,
    amount: i64,
    total: i64,
    status: RefundStatus,
}

impl Model {
    fn apply(&mut self, op: Op) -> Said {
        match op {
            Op::Order { number, total } => self.order(number, total),
            Op::Pay(number) => match self.orders.get_mut(&number) {
                Some((_, state)) if *state == "NOTPAY" => {
                    *state = "SUCCESS";
                    Ok(())
                }
                _ => Err(BY_HAND),
            },
            Op::Close(number) => match self.orders.get_mut(&number) {
                None => Err("ORDER_NOT_EXIST"),
                Some((_, "SUCCESS")) => Err("ORDERPAID"),
                Some((_, state)) => {
                    *state = "CLOSED";
                    Ok(())
                }
            },
            Op::Refund {
                number,
                order,
                amount,
                total,
            } => self.refund(number, order, amount, total),
            Op::Settle(number, status) => match self.refunds.get_mut(&number) {
                Some(refund)
                    if matches!(
                        refund.status,
                        RefundStatus::Processing | RefundStatus::Abnormal
                    ) =>
                {
                    refund.status = status;
                    Ok(())
                }
                _ => Err(BY_HAND),
            },
            Op::Transfer { number, amount } => match self.transfers.get(&number) {
                Some((known, _)) if *known != amount => Err("ALREADY_EXISTS"),
                Some(_) => Ok(()),
                None => {
                    self.transfers.insert(number, (amount, "WAIT_USER_CONFIRM"));
                    Ok(())
                }
            },
            Op::Confirm(number) => self.decide(number, "SUCCESS"),
            Op::Reject(number) => self.decide(number, "FAIL"),
            Op::Cancel(number) => match self.transfers.get_mut(&number) {
                None => Err("NOT_FOUND"),
                Some((_, "SUCCESS" | "FAIL")) => Err("INVALID_REQUEST"),
                Some((_, state)) => {
                    *state = "CANCELLED";
                    Ok(())
                }
            },
        }
    }

    fn order(&mut self, number: u64, total: i64) -> Said {
        match self.orders.get(&number) {
            None => {
                self.orders.insert(number, (total, "NOTPAY"));
                Ok(())
            }
            Some((_, "SUCCESS")) => Err("ORDERPAID"),
            Some((_, "CLOSED")) => Err("ORDER_CLOSED"),
            Some((known, _)) if *known != total => Err("INVALID_REQUEST"),
            Some(_) => Ok(()),
        }
    }

    /// What is refunded or on its way; a closed refund is neither.
    fn refunded(&self, order: u64) -> i64 {
        let open = self
            .refunds
            .values()
            .filter(|it| it.status != RefundStatus::Closed);
        open.filter(|it| it.order == order)
            .map(|it| it.amount)
            .sum()
    }

    fn refund(&mut self, number: u64, order: u64, amount: i64, total: i64) -> Said {
        if let Some(known) = self.refunds.get(&number) {
            let same = (known.order, known.amount, known.total) == (order, amount, total);
            return if same { Ok(()) } else { Err("INVALID_REQUEST") };
        }
        match self.orders.get(&order) {
            Some((known, "SUCCESS"))
                if *known == total && self.refunded(order) + amount <= total =>
            {
                let status = RefundStatus::Processing;
                self.refunds.insert(
                    number,
                    Refund {
                        order,
                        amount,
                        total,
                        status,
                    },
                );
                Ok(())
            }
            Some((_, "SUCCESS")) => Err("INVALID_REQUEST"),
            _ => Err("RESOURCE_NOT_EXISTS"),
        }
    }

    fn decide(&mut self, number: u64, to: &'static str) -> Said {
        match self.transfers.get_mut(&number) {
            Some((_, state)) if *state == "WAIT_USER_CONFIRM" => {
                *state = to;
                Ok(())
            }
            _ => Err(BY_HAND),
        }
    }

    /// What a query of an order says.
    fn trade_state(&self, order: u64) -> &'static str {
        match self.orders.get(&order) {
            None => "ORDER_NOT_EXIST",
            Some((_, "SUCCESS")) if self.refunded(order) > 0 => "REFUND",
            Some((_, state)) => state,
        }
    }
}

impl Shop {
    fn apply(&self, op: Op) -> Outcome<Result<(), String>> {
        let hand =
            |outcome: wechatpay_chain::Result<()>| Ok(outcome.map_err(|_| BY_HAND.to_owned()));
        let name = |kind: &str, number: u64| format!("{kind}{number}");
        Ok(match op {
            Op::Order { number, total } => {
                let mut order = self.native(&name("N", number));
                order["amount"]["total"] = json!(total);
                self.code("v3/pay/transactions/native", order)?
            }
            Op::Pay(number) => return hand(self.sandbox.pay(&name("N", number))),
            Op::Close(number) => {
                let path = format!("v3/pay/transactions/out-trade-no/N{number}/close");
                self.code(&path, json!({"mchid": self.mchid()}))?
            }
            Op::Refund {
                number,
                order,
                amount,
                total,
            } => {
                let body = json!({
                    "out_trade_no": name("N", order),
                    "out_refund_no": name("R", number),
                    "amount": {"refund": amount, "total": total, "currency": "CNY"},
                });
                self.code("v3/refund/domestic/refunds", body)?
            }
            Op::Settle(number, status) => {
                return hand(self.sandbox.settle_refund(&name("R", number), status));
            }
            Op::Transfer { number, amount } => {
                let body = json!({
                    "appid": "wxd678efh567hg6787", "out_bill_no": name("T", number), "transfer_scene_id": "1000",
                    "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", "transfer_amount": amount, "transfer_remark": "x",
                });
                self.code("v3/fund-app/mch-transfer/transfer-bills", body)?
            }
            Op::Confirm(number) => return hand(self.sandbox.confirm_transfer(&name("T", number))),
            Op::Reject(number) => {
                return hand(
                    self.sandbox
                        .reject_transfer(&name("T", number), "ACCOUNT_FROZEN"),
                );
            }
            Op::Cancel(number) => {
                let path =
                    format!("v3/fund-app/mch-transfer/transfer-bills/out-bill-no/T{number}/cancel");
                self.code(&path, json!({}))?
            }
        })
    }

    /// The code of a refusal, if it is one.
    fn code(&self, path: &str, body: Value) -> Outcome<Result<(), String>> {
        code(self.call_post(path, body))
    }

    /// The state that a query names, or the code of its refusal.
    fn queried(&self, target: &str, member: &str) -> Outcome<String> {
        match self.call_get(target).wait() {
            Ok(answer) => Ok(answer[member].as_str().unwrap_or_default().to_owned()),
            Err(err) => Ok(err.api().ok_or("no refusal")?.code.clone()),
        }
    }

    /// Compares every number of the model, known or not, with its query.
    fn agrees(&self, model: &Model) -> Outcome<Vec<String>> {
        let mut differences = Vec::new();
        let mut compare = |about: String, expected: &str, found: String| {
            if expected != found {
                differences.push(format!(
                    "{about}: {expected} in the model, {found} in the sandbox"
                ));
            }
        };
        for number in 0..ORDERS {
            let target = format!(
                "v3/pay/transactions/out-trade-no/N{number}?mchid={}",
                self.mchid()
            );
            let found = self.queried(&target, "trade_state")?;
            compare(format!("order {number}"), model.trade_state(number), found);
        }
        for number in 0..REFUNDS {
            let target = format!("v3/refund/domestic/refunds/R{number}");
            let expected = model
                .refunds
                .get(&number)
                .map_or("RESOURCE_NOT_EXISTS", |it| it.status.name());
            compare(
                format!("refund {number}"),
                expected,
                self.queried(&target, "status")?,
            );
        }
        for number in 0..TRANSFERS {
            let target = format!("v3/fund-app/mch-transfer/transfer-bills/out-bill-no/T{number}");
            let expected = model
                .transfers
                .get(&number)
                .map_or("NOT_FOUND", |(_, state)| state);
            compare(
                format!("transfer {number}"),
                expected,
                self.queried(&target, "state")?,
            );
        }
        Ok(differences)
    }
}

fn code(call: wechatpay_chain::Call) -> Outcome<Result<(), String>> {
    match call.wait() {
        Ok(_) => Ok(Ok(())),
        Err(err) => Ok(Err(err.api().ok_or("no refusal")?.code.clone())),
    }
}

/// The operations of a seed, and where model and sandbox differ.
fn differences(shop: &Shop, seed: u64) -> Outcome<(Vec<Op>, Vec<String>)> {
    shop.sandbox.reset();
    shop.sandbox.hold_refunds(true);
    let (mut random, mut model, mut ops) = (Random(seed), Model::default(), Vec::new());
    for _ in 0..LENGTH {
        let op = Op::random(&mut random);
        ops.push(op);
        let expected = model.apply(op).map_err(str::to_owned);
        let found = shop.apply(op)?;
        if expected != found {
            return Ok((
                ops,
                vec![format!(
                    "{op:?}: {expected:?} in the model, {found:?} in the sandbox"
                )],
            ));
        }
    }
    let differences = shop.agrees(&model)?;
    Ok((ops, differences))
}

#[test]
fn random_sequences_end_as_in_the_reference_model() -> Outcome {
    let sequences = std::env::var("WECHATPAY_MODEL_SEQUENCES").ok();
    let sequences = sequences.map_or(Ok(60), |count| count.parse())?;
    let shop = Shop::open()?;
    for seed in 0..sequences {
        let (ops, found) = differences(&shop, seed)?;
        assert!(found.is_empty(), "seed {seed}: {found:?}\n{ops:?}");
    }
    Ok(())
}
