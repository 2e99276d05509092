//! One story a product: what is made, and then asked for.

use serde_json::{Value, json};
use wechatpay_chain::sandbox::RefundStatus;

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

    pub(super) async fn ecommerce_sharing(&mut self) -> Outcome {
        let native = "v3/pay/partner/transactions/native";
        let shareable = |order: &mut Value| {
            order["amount"]["total"] = json!(100);
            order["settle_info"] = json!({"profit_sharing": true});
        };
        let (id, order) = self.paid(native, shareable).await?;
        let sub_mchid = text(&order["sub_mchid"]);
        let all = "v3/ecommerce/profitsharing";
        let receiver = json!({
            "appid": order["sp_appid"], "type": "MERCHANT_ID", "account": "1900000110", "name": "示例商户",
            "relation_type": "STORE",
        });
        self.make(&format!("{all}/receivers/add"), |body| {
            let relation = body["relation_type"].clone();
            *body = receiver;
            body["relation_type"] = relation;
        })
        .await?;
        let share = json!({
            "appid": order["sp_appid"], "sub_mchid": sub_mchid, "transaction_id": id, "out_order_no": "SHARE_3",
            "finish": false,
            "receivers": [{
                "type": "MERCHANT_ID", "receiver_account": "1900000110", "amount": 10, "description": "分给商户",
            }],
        });
        self.call(&format!("POST {all}/orders"), Asked::of(share))
            .await?;
        let asked = Asked::default().query("sub_mchid", &sub_mchid);
        let asked = asked
            .query("transaction_id", &id)
            .query("out_order_no", "SHARE_3");
        let found = self.call(&format!("GET {all}/orders"), asked).await?;
        assert_eq!(found["status"], "FINISHED");
        let name = format!("GET {all}/orders/{{transaction_id}}/amounts");
        let left = self.call(&name, Asked::var("transaction_id", &id)).await?;
        assert_eq!(left["unsplit_amount"], 90);
        let back = json!({
            "sub_mchid": sub_mchid, "out_order_no": "SHARE_3", "out_return_no": "RETURN_2",
            "return_mchid": "1900000110", "amount": 1, "description": "用户退款",
        });
        self.call(&format!("POST {all}/returnorders"), Asked::of(back))
            .await?;
        let asked = Asked::default().query("sub_mchid", &sub_mchid);
        let asked = asked
            .query("out_order_no", "SHARE_3")
            .query("out_return_no", "RETURN_2");
        let found = self.call(&format!("GET {all}/returnorders"), asked).await?;
        assert_eq!(found["result"], "SUCCESS");
        let rest = json!({
            "sub_mchid": sub_mchid, "transaction_id": id, "out_order_no": "SHARE_4", "description": "解冻",
        });
        self.call(&format!("POST {all}/finish-order"), Asked::of(rest))
            .await
            .map(drop)
    }

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
