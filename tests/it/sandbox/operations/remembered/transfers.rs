//! Transfers to users, one by one and in batches.

use serde_json::{Value, json};

use super::{Asked, World, text};
use crate::sandbox::Outcome;

impl World<'_> {
    pub(super) async fn transfers(&mut self) -> Outcome {
        let bills = "v3/fund-app/mch-transfer/transfer-bills";
        let (bill, made) = self.make(bills, |_| {}).await?;
        let (number, id) = (text(&bill["out_bill_no"]), text(&made["transfer_bill_no"]));
        for (name, var, value) in [
            ("out-bill-no/{out_bill_no}", "out_bill_no", &number),
            (
                "transfer-bill-no/{transfer_bill_no}",
                "transfer_bill_no",
                &id,
            ),
        ] {
            let found = self
                .call(&format!("GET {bills}/{name}"), Asked::var(var, value))
                .await?;
            assert_eq!(found["state"], "WAIT_USER_CONFIRM");
        }
        let name = format!("POST {bills}/out-bill-no/{{out_bill_no}}/cancel");
        let cancelled = self.call(&name, Asked::var("out_bill_no", &number)).await?;
        assert_eq!(cancelled["state"], "CANCELING");
        Ok(())
    }

    pub(super) async fn partner_transfers(&mut self) -> Outcome {
        let bills = "v3/fund-app/mch-transfer/partner/transfer-bills";
        let (bill, _) = self.make(bills, |_| {}).await?;
        let (number, sub_mchid) = (text(&bill["out_bill_no"]), text(&bill["sub_mchid"]));
        let by_number = format!("{bills}/out-bill-no/{{out_bill_no}}");
        let asked = Asked::var("out_bill_no", &number).query("sub_mchid", &sub_mchid);
        let found = self.call(&format!("GET {by_number}"), asked).await?;
        assert_eq!(
            (&found["state"], &found["sub_mchid"]),
            (&json!("WAIT_USER_CONFIRM"), &bill["sub_mchid"])
        );
        let asked = Asked::var("out_bill_no", &number).body(json!({"sub_mchid": sub_mchid}));
        let cancel = format!("POST {by_number}/cancel");
        let cancelled = self.call(&cancel, asked).await?;
        assert_eq!(cancelled["state"], "CANCELING");
        Ok(())
    }

    pub(super) async fn batches(&mut self) -> Outcome {
        let all = "v3/transfer/batches";
        // The sums of the documentation's fields do not agree.
        let two = |batch: &mut Value| {
            let detail = |number: &str, amount: i64| {
                json!({
                    "out_detail_no": number, "transfer_amount": amount, "transfer_remark": "2020年4月报销",
                    "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", "user_name": "张三",
                })
            };
            batch["transfer_detail_list"] = json!([detail("DETAIL1", 100), detail("DETAIL2", 500)]);
            (batch["total_amount"], batch["total_num"]) = (json!(600), json!(2));
        };
        let (batch, made) = self.make(all, two).await?;
        let (number, id) = (text(&batch["out_batch_no"]), text(&made["batch_id"]));
        self.sandbox.reject_transfer("DETAIL2", "ACCOUNT_FROZEN")?;
        let mut found = Vec::new();
        for (by, var, value) in [
            ("batch-id", "batch_id", &id),
            ("out-batch-no", "out_batch_no", &number),
        ] {
            let asked = Asked::var(var, value).query("need_query_detail", "true");
            let asked = asked.query("detail_status", "FAIL");
            let name = format!("GET {all}/{by}/{{{var}}}");
            found.push(self.call(&name, asked).await?);
        }
        assert_eq!(found[0], found[1]);
        assert_eq!(found[0]["transfer_batch"]["batch_status"], "FINISHED");
        let failed = &found[0]["transfer_detail_list"][0];
        assert_eq!(failed["out_detail_no"], "DETAIL2");
        let detail_id = text(&failed["detail_id"]);
        for (name, vars) in [
            (
                "batch-id/{batch_id}/details/detail-id/{detail_id}",
                [("batch_id", &*id), ("detail_id", &*detail_id)],
            ),
            (
                "out-batch-no/{out_batch_no}/details/out-detail-no/{out_detail_no}",
                [("out_batch_no", &*number), ("out_detail_no", "DETAIL2")],
            ),
        ] {
            let asked = Asked {
                vars: vars.to_vec(),
                ..Asked::default()
            };
            let one = self.call(&format!("GET {all}/{name}"), asked).await?;
            assert_eq!(one["fail_reason"], "ACCOUNT_FROZEN");
        }
        Ok(())
    }
}
