//! Random sequences of operations against a small reference model of orders, refunds and transfers.
//!
//! `WECHATPAY_MODEL_SEQUENCES=100000 cargo test --release --features … --test it world::model` is the long run; CI makes
//! a short one. `WECHATPAY_MODEL_FIRST_SEED` splits the run between processes. A disagreement prints the seed of its
//! sequence and the operations.

mod reference;

use serde_json::{Value, json};
use wechatpay_sandbox::RefundStatus;

use super::{Outcome, Shop};
use reference::{BY_HAND, Model, V2_REFUNDS};

const ORDERS: u64 = 2;
const REFUNDS: u64 = 4;
const TRANSFERS: u64 = 2;
const BATCHES: u64 = 2;
const DAY: i64 = 86_400;
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
    /// Redirects an abnormal refund to another account.
    Redirect(u64),
    Batch {
        number: u64,
        amount: i64,
    },
    /// Ends one of the two details of a batch.
    Decide(u64, usize, &'static str),
    QueryBatch(u64),
    NextDay,
}

impl Op {
    fn random(random: &mut Random) -> Self {
        let (order, refund) = (random.below(ORDERS), random.below(REFUNDS));
        let transfer = random.below(TRANSFERS);
        let batch = random.below(BATCHES);
        let total = random.of(&[100, 100, 100, 100, 100, 100, 100, 200]);
        let ends = [
            RefundStatus::Success,
            RefundStatus::Closed,
            RefundStatus::Abnormal,
        ];
        match random.below(24) {
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
            15 => Self::Cancel(transfer),
            16 | 17 => Self::Redirect(refund),
            18 | 19 => Self::Batch {
                number: batch,
                amount: total,
            },
            20 | 21 => {
                let detail = random.of(&[0, 1]);
                Self::Decide(batch, detail, random.of(&["SUCCESS", "FAIL"]))
            }
            22 => Self::QueryBatch(batch),
            _ => Self::NextDay,
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
                let (order, refund) = (name("N", order), name("R", number));
                if number >= V2_REFUNDS {
                    self.refund_v2(&order, &refund, amount, total)?
                } else {
                    let body = json!({
                        "out_trade_no": order, "out_refund_no": refund,
                        "amount": {"refund": amount, "total": total, "currency": "CNY"},
                    });
                    self.code("v3/refund/domestic/refunds", body)?
                }
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
            Op::Redirect(number) => self.redirect(&name("R", number))?,
            Op::Batch { number, amount } => {
                let detail = |detail: usize| {
                    json!({
                        "out_detail_no": format!("D{number}{detail}"), "transfer_amount": amount,
                        "transfer_remark": "x", "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
                    })
                };
                let body = json!({
                    "appid": "wxd678efh567hg6787", "out_batch_no": name("B", number), "batch_name": "x",
                    "batch_remark": "x", "total_amount": 2 * amount, "total_num": 2,
                    "transfer_scene_id": "1000", "transfer_detail_list": [detail(0), detail(1)],
                });
                self.code("v3/transfer/batches", body)?
            }
            Op::Decide(number, detail, "SUCCESS") => {
                return hand(self.sandbox.confirm_transfer(&format!("D{number}{detail}")));
            }
            Op::Decide(number, detail, _) => {
                let detail = format!("D{number}{detail}");
                return hand(self.sandbox.reject_transfer(&detail, "ACCOUNT_FROZEN"));
            }
            Op::QueryBatch(number) => {
                let target = format!("v3/transfer/batches/out-batch-no/B{number}");
                code(self.call_get(&format!("{target}?need_query_detail=false")))?
            }
            Op::NextDay => {
                self.hand.forward(DAY);
                Ok(())
            }
        })
    }

    fn refund_v2(
        &self,
        order: &str,
        refund: &str,
        amount: i64,
        total: i64,
    ) -> Outcome<Result<(), String>> {
        let body = json!({
            "appid": "wxd678efh567hg6787", "mch_id": self.mchid(), "out_trade_no": order,
            "out_refund_no": refund, "total_fee": total.to_string(), "refund_fee": amount.to_string(),
        });
        self.code("v2/secapi/pay/refund", body)
    }

    fn redirect(&self, refund: &str) -> Outcome<Result<(), String>> {
        let refunds = self.sandbox.refunds();
        let known = refunds.iter().find(|it| it.out_refund_no == refund);
        let id = known.map_or("0", |it| it.refund_id.as_str());
        let path = format!("v3/refund/domestic/refunds/{id}/apply-abnormal-refund");
        self.code(
            &path,
            json!({"out_refund_no": refund, "type": "MERCHANT_BANK_CARD"}),
        )
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
            let (expected, found) = (
                model.shown_transfer(number),
                self.queried(&target, "state")?,
            );
            compare(format!("transfer {number}"), expected, found);
        }
        for (number, detail) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let target = format!(
                "v3/transfer/batches/out-batch-no/B{number}/details/out-detail-no/D{number}{detail}"
            );
            let found = self.queried(&target, "detail_status")?;
            compare(
                format!("detail {detail} of batch {number}"),
                model.shown_detail(number, detail),
                found,
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
    // The client's and the sandbox's certificates are valid for a year.
    let days = ops.iter().filter(|op| matches!(op, Op::NextDay)).count();
    shop.hand.forward(-DAY * i64::try_from(days)?);
    Ok((ops, differences))
}

#[test]
fn random_sequences_end_as_in_the_reference_model() -> Outcome {
    let number = |name: &str, default: u64| {
        let given = std::env::var(name).ok();
        given.map_or(Ok(default), |given| given.parse())
    };
    let first = number("WECHATPAY_MODEL_FIRST_SEED", 0)?;
    let sequences = number("WECHATPAY_MODEL_SEQUENCES", 60)?;
    let shop = Shop::open()?;
    for seed in first..first + sequences {
        let (ops, found) = differences(&shop, seed)?;
        assert!(found.is_empty(), "seed {seed}: {found:?}\n{ops:?}");
    }
    Ok(())
}
