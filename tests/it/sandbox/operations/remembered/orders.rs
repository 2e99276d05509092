//! Orders, and orders combined of several.

use serde_json::{Value, json};

use super::{Asked, World, text};
use crate::sandbox::Outcome;

impl World<'_> {
    pub(super) async fn orders(&mut self, orders: &str, mchid: &'static str) -> Outcome {
        let native = format!("{orders}/native");
        let (id, order) = self.paid(&native, |_| {}).await?;
        let number = text(&order["out_trade_no"]);
        let whose = [text(&order[mchid]), text(&order["sub_mchid"])];
        let partner = mchid == "sp_mchid";
        for (name, var, value) in [
            ("id/{transaction_id}", "transaction_id", &id),
            ("out-trade-no/{out_trade_no}", "out_trade_no", &number),
        ] {
            let mut asked = Asked::var(var, value).query(mchid, &whose[0]);
            if partner {
                asked = asked.query("sub_mchid", &whose[1]);
            }
            let found = self.call(&format!("GET {orders}/{name}"), asked).await?;
            assert_eq!(found["trade_state"], "SUCCESS");
        }
        for (made, verb) in [("native", "close"), ("codepay", "reverse")] {
            let (order, _) = self.make(&format!("{orders}/{made}"), |_| {}).await?;
            let number = text(&order["out_trade_no"]);
            let whose = [
                "appid",
                "mchid",
                "sp_appid",
                "sp_mchid",
                "sub_appid",
                "sub_mchid",
            ];
            let whose = whose
                .iter()
                .filter_map(|name| Some(((*name).to_owned(), order.get(name)?.clone())));
            let asked = Asked::var("out_trade_no", &number).body(Value::Object(whose.collect()));
            let name = format!("POST {orders}/out-trade-no/{{out_trade_no}}/{verb}");
            self.call(&name, asked).await?;
        }
        Ok(())
    }

    pub(super) async fn combined(&mut self) -> Outcome {
        let orders = "v3/combine-transactions";
        let (order, _) = self.make(&format!("{orders}/native"), |_| {}).await?;
        let number = text(&order["combine_out_trade_no"]);
        self.sandbox.pay(&number)?;
        let by_number = format!("GET {orders}/out-trade-no/{{combine_out_trade_no}}");
        let found = self
            .call(&by_number, Asked::var("combine_out_trade_no", &number))
            .await?;
        assert_eq!(found["sub_orders"][0]["trade_state"], "SUCCESS");
        let id = text(&found["combine_transaction_id"]);
        let by_id = format!("GET {orders}/id/{{combine_transaction_id}}");
        let same = self
            .call(&by_id, Asked::var("combine_transaction_id", &id))
            .await?;
        assert_eq!(same, found);

        let (order, _) = self.make(&format!("{orders}/native"), |_| {}).await?;
        let number = text(&order["combine_out_trade_no"]);
        let part = &order["sub_orders"][0];
        let close = json!({
            "combine_appid": order["combine_appid"],
            "sub_orders": [{
                "mchid": part["mchid"], "sub_mchid": part["sub_mchid"], "out_trade_no": part["out_trade_no"],
            }],
        });
        let asked = Asked::var("combine_out_trade_no", &number).body(close);
        let name = format!("POST {orders}/out-trade-no/{{combine_out_trade_no}}/close");
        self.call(&name, asked).await.map(drop)
    }
}
