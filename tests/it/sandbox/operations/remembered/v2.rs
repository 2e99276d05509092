//! APIv2: orders and refunds.

use serde_json::{Value, json};

use super::{Asked, World};
use crate::sandbox::Outcome;

impl World<'_> {
    pub(super) async fn v2(&mut self) -> Outcome {
        let mchid = self.sandbox.mchid().to_owned();
        let asked = |number: &str, more: Value| {
            let mut body =
                json!({"appid": "wxd678efh567hg6787", "mch_id": mchid, "out_trade_no": number});
            for (name, value) in more.as_object().into_iter().flatten() {
                body[name] = value.clone();
            }
            Asked::of(body)
        };
        let plain = |number: &'static str| {
            let mchid = mchid.clone();
            move |order: &mut Value| {
                *order = json!({
                    "appid": "wxd678efh567hg6787", "mch_id": mchid, "body": "公仔", "total_fee": 100,
                    "out_trade_no": number, "spbill_create_ip": "127.0.0.1",
                });
            }
        };
        let unified = |number: &'static str| {
            let plain = plain(number);
            move |order: &mut Value| {
                plain(order);
                order["notify_url"] = json!("https://www.example.com/paid");
                order["trade_type"] = json!("NATIVE");
            }
        };
        let (id, _) = self
            .paid("v2/pay/unifiedorder", unified("V2_ORDER_1"))
            .await?;
        let found = self
            .call("POST v2/pay/orderquery", asked("V2_ORDER_1", json!({})))
            .await?;
        assert_eq!(found["trade_state"], "SUCCESS");
        for (refund, query, number) in [
            ("refund", "refundquery", "V2_REFUND_1"),
            ("refundv2", "refundqueryv2", "V2_REFUND_2"),
        ] {
            let more = json!({
                "transaction_id": id, "out_refund_no": number, "total_fee": 100, "refund_fee": 10,
            });
            self.call(
                &format!("POST v2/secapi/pay/{refund}"),
                asked("V2_ORDER_1", more),
            )
            .await?;
            let more = json!({"transaction_id": id, "out_refund_no": number, "refund_id": ""});
            let found = self
                .call(&format!("POST v2/pay/{query}"), asked("V2_ORDER_1", more))
                .await?;
            assert_eq!(found["refund_status_0"], "SUCCESS");
        }
        self.make("v2/pay/unifiedorder", unified("V2_ORDER_2"))
            .await?;
        self.call("POST v2/pay/closeorder", asked("V2_ORDER_2", json!({})))
            .await?;
        let by_code = plain("V2_ORDER_3");
        self.make("v2/pay/micropay", |order| {
            by_code(order);
            order["auth_code"] = json!("120061098828009406");
        })
        .await?;
        self.call("POST v2/secapi/pay/reverse", asked("V2_ORDER_3", json!({})))
            .await
            .map(drop)
    }
}
