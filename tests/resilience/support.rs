//! Complete requests.

use serde_json::{Value, json};

pub(crate) const ORDERS: &str = "v3/pay/transactions/native";
pub(crate) const REFUNDS: &str = "v3/refund/domestic/refunds";
pub(crate) const TRANSFERS: &str = "v3/fund-app/mch-transfer/transfer-bills";
pub(crate) const MICROPAY: &str = "v2/pay/micropay";

pub(crate) fn order(mchid: &str, number: &str) -> Value {
    json!({
        "appid": "wxd678efh567hg6787",
        "mchid": mchid,
        "description": "公仔",
        "out_trade_no": number,
        "notify_url": "https://www.example.com/paid",
        "amount": {"total": 100, "currency": "CNY"},
    })
}

pub(crate) fn refund(order: &str, number: &str) -> Value {
    json!({
        "out_trade_no": order,
        "out_refund_no": number,
        "amount": {"refund": 30, "total": 100, "currency": "CNY"},
    })
}

pub(crate) fn transfer(number: &str) -> Value {
    json!({
        "appid": "wxd678efh567hg6787",
        "out_bill_no": number,
        "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "user_name": "张三",
        "transfer_amount": 200_000,
        "transfer_remark": "报销",
        "transfer_scene_id": "1005",
        "transfer_scene_report_infos": [{"info_type": "岗位类型", "info_content": "外卖员"}],
    })
}

pub(crate) fn micropay(mchid: &str, number: &str) -> Value {
    json!({
        "appid": "wxd678efh567hg6787",
        "mch_id": mchid,
        "body": "公仔",
        "out_trade_no": number,
        "total_fee": "100",
        "spbill_create_ip": "127.0.0.1",
        "auth_code": "120000000000000000",
    })
}
