//! Complaints, and the images that go with them.

use serde_json::{Value, json};
use wechatpay_chain::Media;

use super::super::Result;
use super::{Asked, World, text};
use crate::sandbox::Outcome;

impl World<'_> {
    pub(super) async fn images(&mut self) -> Outcome {
        let image = b"\x89PNG\r\n\x1a\n";
        let upload = self.client.chain("v3/merchant-service/images/upload");
        let uploaded = upload
            .post(Media::from_bytes("a.png", &image[..]), ())
            .await?;
        let id = text(&uploaded["media_id"]);
        let name = "GET v3/merchant-service/images/{media_id}";
        let (answer, verified) = self.answer(name, Asked::var("media_id", &id)).await?;
        assert_eq!(
            (&answer.bytes()[..], verified),
            (&image[..], Result::Unsigned)
        );
        Ok(())
    }

    pub(super) async fn complaints(&mut self) -> Outcome {
        let native = "v3/pay/transactions/native";
        let (transaction_id, order) = self.paid(native, |_| {}).await?;
        let detail = "反馈一个重复扣费的问题";
        let id = self
            .sandbox
            .complain(&text(&order["out_trade_no"]), detail)?;
        let all = "v3/merchant-service/complaints-v2";
        let of = |rest: &str| format!("{all}/{{complaint_id}}{rest}");
        let named = || Asked::var("complaint_id", &id);
        let whole = self.call(&format!("GET {}", of("")), named()).await?;
        assert_eq!(whole["complaint_detail"], detail);
        assert_eq!(
            whole["complaint_order_info"][0]["transaction_id"],
            transaction_id
        );
        let today = text(&whole["complaint_time"]);
        let today = today.get(..10).ok_or("no complaint_time")?;
        let days = Asked::default()
            .query("begin_date", today)
            .query("end_date", today);
        let list = self.call(&format!("GET {all}"), days).await?;
        assert_eq!(list["data"][0]["complaint_id"], id);

        let mchid = self.sandbox.mchid();
        let reply = json!({"complainted_mchid": mchid, "response_content": "已与用户沟通解决"});
        let agreed = json!({"action": "APPROVE", "launch_refund_day": 1});
        for (rest, body) in [
            ("/response", reply),
            ("/update-refund-progress", agreed),
            ("/complete", json!({"complainted_mchid": mchid})),
        ] {
            let asked = named().body(body);
            let nothing = self.call(&format!("POST {}", of(rest)), asked).await?;
            assert_eq!(nothing, Value::Null);
        }
        let whole = self.call(&format!("GET {}", of("")), named()).await?;
        assert_eq!(whole["complaint_state"], "PROCESSED");
        let history = format!("GET {}", of("/negotiation-historys"));
        let steps = self.call(&history, named()).await?;
        assert_eq!(steps["total_count"], 4);
        self.notifications().await
    }

    /// A value that was set stays until it is taken away.
    async fn notifications(&mut self) -> Outcome {
        let path = "v3/merchant-service/complaint-notifications";
        for (method, url) in [
            ("POST", "https://www.example.com/1"),
            ("PUT", "https://www.example.com/2"),
        ] {
            let set = Asked::of(json!({"url": url}));
            self.call(&format!("{method} {path}"), set).await?;
            let found = self.call(&format!("GET {path}"), Asked::default()).await?;
            assert_eq!(found["url"], url);
        }
        let delete = format!("DELETE {path}");
        assert_eq!(self.call(&delete, Asked::default()).await?, Value::Null);
        Ok(())
    }
}
