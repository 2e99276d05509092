//! Refunds of either kind.

use serde_json::json;
use wechatpay_sandbox::RefundStatus;

use super::{Asked, World, text};
use crate::sandbox::Outcome;

impl World<'_> {
    pub(super) async fn refunds(&mut self) -> Outcome {
        let native = "v3/pay/transactions/native";
        let (id, _) = self
            .paid(native, |order| order["amount"]["total"] = json!(100))
            .await?;
        let apply = |number: &str| {
            json!({
                "transaction_id": id, "out_refund_no": number,
                "amount": {"refund": 10, "total": 100, "currency": "CNY"},
            })
        };
        let refunds = "v3/refund/domestic/refunds";
        self.call(&format!("POST {refunds}"), Asked::of(apply("REFUND_1")))
            .await?;
        let asked = Asked::var("out_refund_no", "REFUND_1");
        let found = self
            .call(&format!("GET {refunds}/{{out_refund_no}}"), asked)
            .await?;
        assert_eq!(found["status"], "SUCCESS");

        let abnormal = self
            .call(&format!("POST {refunds}"), Asked::of(apply("REFUND_2")))
            .await?;
        self.sandbox
            .settle_refund("REFUND_2", RefundStatus::Abnormal)?;
        let refund_id = text(&abnormal["refund_id"]);
        let asked = Asked::var("refund_id", &refund_id);
        let asked = asked.body(json!({"out_refund_no": "REFUND_2", "type": "MERCHANT_BANK_CARD"}));
        let name = format!("POST {refunds}/{{refund_id}}/apply-abnormal-refund");
        self.call(&name, asked).await.map(drop)
    }

    pub(super) async fn ecommerce_refunds(&mut self) -> Outcome {
        let native = "v3/pay/partner/transactions/native";
        let (id, order) = self
            .paid(native, |order| order["amount"]["total"] = json!(100))
            .await?;
        let apply = |number: &str| {
            json!({
                "sub_mchid": order["sub_mchid"], "sp_appid": order["sp_appid"], "transaction_id": id,
                "out_refund_no": number, "amount": {"refund": 10, "total": 100, "currency": "CNY"},
            })
        };
        let sub_mchid = text(&order["sub_mchid"]);
        let refunds = "v3/ecommerce/refunds";
        let first = self
            .call(
                &format!("POST {refunds}/apply"),
                Asked::of(apply("REFUND_3")),
            )
            .await?;
        let refund_id = text(&first["refund_id"]);
        for (name, var, value) in [
            ("out-refund-no/{out_refund_no}", "out_refund_no", "REFUND_3"),
            ("id/{refund_id}", "refund_id", &*refund_id),
        ] {
            let asked = Asked::var(var, value).query("sub_mchid", &sub_mchid);
            let found = self.call(&format!("GET {refunds}/{name}"), asked).await?;
            assert_eq!(found["status"], "SUCCESS");
        }
        let abnormal = self
            .call(
                &format!("POST {refunds}/apply"),
                Asked::of(apply("REFUND_4")),
            )
            .await?;
        self.sandbox
            .settle_refund("REFUND_4", RefundStatus::Abnormal)?;
        let refund_id = text(&abnormal["refund_id"]);
        let asked = Asked::var("refund_id", &refund_id).body(json!({
            "sub_mchid": sub_mchid, "out_refund_no": "REFUND_4", "type": "MERCHANT_BANK_CARD",
        }));
        let name = format!("POST {refunds}/{{refund_id}}/apply-abnormal-refund");
        self.call(&name, asked).await.map(drop)
    }
}
