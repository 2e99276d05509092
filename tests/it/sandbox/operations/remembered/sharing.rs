//! Profit sharing of merchants, in e-commerce and of a brand.

use serde_json::{Value, json};

use super::{Asked, World, text};
use crate::sandbox::Outcome;

impl World<'_> {
    pub(super) async fn sharing(&mut self) -> Outcome {
        let native = "v3/pay/transactions/native";
        let shareable = |order: &mut Value| {
            order["amount"]["total"] = json!(100);
            order["settle_info"] = json!({"profit_sharing": true});
        };
        let (id, order) = self.paid(native, shareable).await?;
        let all = "v3/profitsharing";
        let merchant = json!({
            "appid": order["appid"], "type": "MERCHANT_ID", "account": "1900000110", "name": "示例商户",
            "relation_type": "STORE",
        });
        self.make(&format!("{all}/receivers/add"), |body| *body = merchant)
            .await?;
        let share = json!({
            "appid": order["appid"], "transaction_id": id, "out_order_no": "SHARE_1", "unfreeze_unsplit": false,
            "receivers": [{"type": "MERCHANT_ID", "account": "1900000110", "amount": 10, "description": "分给商户"}],
        });
        self.call(&format!("POST {all}/orders"), Asked::of(share))
            .await?;
        let asked = Asked::var("out_order_no", "SHARE_1").query("transaction_id", &id);
        let found = self
            .call(&format!("GET {all}/orders/{{out_order_no}}"), asked)
            .await?;
        assert_eq!(found["state"], "FINISHED");
        let name = format!("GET {all}/transactions/{{transaction_id}}/amounts");
        let left = self.call(&name, Asked::var("transaction_id", &id)).await?;
        assert_eq!(left["unsplit_amount"], 90);
        let back = json!({
            "out_order_no": "SHARE_1", "out_return_no": "RETURN_1", "return_mchid": "1900000110", "amount": 1,
            "description": "用户退款",
        });
        self.call(&format!("POST {all}/return-orders"), Asked::of(back))
            .await?;
        let asked = Asked::var("out_return_no", "RETURN_1").query("out_order_no", "SHARE_1");
        let found = self
            .call(&format!("GET {all}/return-orders/{{out_return_no}}"), asked)
            .await?;
        assert_eq!(found["result"], "SUCCESS");
        let rest = json!({"transaction_id": id, "out_order_no": "SHARE_2", "description": "解冻"});
        self.call(&format!("POST {all}/orders/unfreeze"), Asked::of(rest))
            .await
            .map(drop)
    }

    /// For a sub-merchant: in e-commerce, or of a brand, whose paths are alike. `account` is what a
    /// receiver's is called.
    pub(super) async fn shared_for_another(
        &mut self,
        all: &str,
        account: &str,
        brand: Option<&str>,
    ) -> Outcome {
        let native = "v3/pay/partner/transactions/native";
        let shareable = |order: &mut Value| {
            order["amount"]["total"] = json!(100);
            order["settle_info"] = json!({"profit_sharing": true});
        };
        let (id, order) = self.paid(native, shareable).await?;
        let sub_mchid = text(&order["sub_mchid"]);
        // Each its own, as both are made in one sandbox.
        let number = |kind: &str| format!("{kind}_{id}");
        let (shared, returned) = (number("SHARE"), number("RETURN"));
        self.receiver(all, &order, brand).await?;
        let receiver = json!({"type": "MERCHANT_ID", account: "1900000110", "amount": 10, "description": "分给商户"});
        let mut share = json!({
            "appid": order["sp_appid"], "sub_mchid": sub_mchid, "transaction_id": id, "out_order_no": shared,
            "finish": false, "receivers": [receiver],
        });
        if let Some(brand) = brand {
            share["brand_mchid"] = json!(brand);
        }
        self.call(&format!("POST {all}/orders"), Asked::of(share))
            .await?;
        let of_sub = || Asked::default().query("sub_mchid", &sub_mchid);
        let asked = of_sub().query("transaction_id", &id);
        let asked = asked.query("out_order_no", &shared);
        let found = self.call(&format!("GET {all}/orders"), asked).await?;
        assert_eq!(found["status"], "FINISHED");
        let name = format!("GET {all}/orders/{{transaction_id}}/amounts");
        let left = self.call(&name, Asked::var("transaction_id", &id)).await?;
        assert_eq!(left["unsplit_amount"], 90);
        let back = json!({
            "sub_mchid": sub_mchid, "out_order_no": shared, "out_return_no": returned,
            "return_mchid": "1900000110", "amount": 1, "description": "用户退款",
        });
        self.call(&format!("POST {all}/returnorders"), Asked::of(back))
            .await?;
        let asked = of_sub().query("out_order_no", &shared);
        let asked = asked.query("out_return_no", &returned);
        let found = self.call(&format!("GET {all}/returnorders"), asked).await?;
        assert_eq!(found["result"], "SUCCESS");
        let rest = json!({
            "sub_mchid": sub_mchid, "transaction_id": id, "out_order_no": number("REST"), "description": "解冻",
        });
        self.call(&format!("POST {all}/finish-order"), Asked::of(rest))
            .await
            .map(drop)
    }

    async fn receiver(&mut self, all: &str, order: &Value, brand: Option<&str>) -> Outcome {
        let add = format!("{all}/receivers/add");
        let receiver = |body: &mut Value| {
            let relation = body["relation_type"].clone();
            *body = json!({
                "appid": order["sp_appid"], "type": "MERCHANT_ID", "account": "1900000110",
                "name": "示例商户", "relation_type": relation,
            });
            if let Some(brand) = brand {
                body["brand_mchid"] = json!(brand);
            }
        };
        self.make(&add, receiver).await.map(drop)
    }
}
