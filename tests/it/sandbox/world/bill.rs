//! A day's trade bill, of the orders that were paid on it.

use std::fs;

use serde_json::{Value, json};
use wechatpay_chain::bill::Rows;

use super::{Outcome, Shop, says};

fn download(shop: &Shop, day: &str) -> Outcome<Vec<u8>> {
    let dir = tempfile::tempdir()?;
    let target = dir.path().join("bill.csv");
    let bill = shop
        .client
        .bill("v3/bill/tradebill")
        .query("bill_date", day);
    bill.query("tar_type", "GZIP").download(&target).wait()?;
    Ok(fs::read(target)?)
}

#[test]
fn what_was_paid_on_a_day_is_in_its_bill() -> Outcome {
    let shop = Shop::open()?;
    let mut comma = shop.native("1");
    comma["description"] = json!("公仔, 大");
    shop.post("v3/pay/transactions/native", comma)?;
    shop.sandbox.pay("1")?;
    shop.post("v3/pay/transactions/native", shop.native("unpaid"))?;
    shop.hand.forward(86_400);
    shop.paid("2")?;

    let text = download(&shop, "2023-11-15")?;
    let mut rows = Rows::new(&*text)?;
    let read = rows.by_ref().collect::<Result<Vec<_>, _>>()?;
    assert_eq!(read.len(), 1);
    for (column, expected) in [
        ("交易时间", "2023-11-15 06:13:20"),
        ("商户订单号", "1"),
        ("交易状态", "SUCCESS"),
        ("订单金额", "1.00"),
        ("商品名称", "公仔  大"),
    ] {
        assert_eq!(read[0].get(column), Some(expected), "{column}");
    }
    let summary = rows.summary().ok_or("no sum")?;
    assert_eq!(summary.get("总交易单数"), Some("1"));
    assert_eq!(summary.get("订单总金额"), Some("1.00"));

    let none = shop.not_found("v3/bill/tradebill?bill_date=2023-11-14")?;
    assert_eq!(
        none,
        says(400, "NO_STATEMENT_EXIST", "请求的账单文件不存在")
    );
    shop.sandbox.set_bill("mine");
    assert_eq!(download(&shop, "2023-11-15")?, b"mine");
    Ok(())
}

/// The given columns of each row, and of the sum.
fn bill(shop: &Shop, bill_type: &str) -> Outcome<(Vec<String>, String)> {
    let dir = tempfile::tempdir()?;
    let target = dir.path().join("bill.csv");
    let call = shop.client.bill("v3/bill/tradebill");
    let call = call.query("bill_date", "2023-11-15");
    call.query("bill_type", bill_type)
        .download(&target)
        .wait()?;
    let text = fs::read(target)?;
    let mut rows = Rows::new(&*text)?;
    let read = rows.by_ref().collect::<Result<Vec<_>, _>>()?;
    let columns = [
        "商户订单号",
        "交易状态",
        "订单金额",
        "退款金额",
        "退款成功时间",
    ];
    let read = read.iter().map(|row| {
        let found = columns.iter().filter_map(|column| row.get(column));
        found.collect::<Vec<_>>().join(" ")
    });
    let sums = rows.summary().ok_or("no sum")?;
    let columns = ["总交易单数", "订单总金额", "退款总金额", "申请退款总金额"];
    let sums = columns.map(|column| sums.get(column).unwrap_or("-"));
    Ok((read.collect(), sums.join(" ")))
}

#[test]
fn refunds_and_what_was_reversed_are_rows_of_their_own() -> Outcome {
    let shop = Shop::open()?;
    shop.paid("1")?;
    let code = json!({
        "appid": "wxd678efh567hg6787", "mchid": shop.mchid(), "description": "公仔",
        "out_trade_no": "2", "amount": {"total": 7, "currency": "CNY"},
        "payer": {"auth_code": "100000000000000000"},
        "scene_info": {"store_info": {"id": "1", "out_id": "1"}},
    });
    shop.post("v3/pay/transactions/codepay", code)?;
    let whose: Value = json!({"appid": "wxd678efh567hg6787", "mchid": shop.mchid()});
    shop.post("v3/pay/transactions/out-trade-no/2/reverse", whose)?;
    let refund = json!({
        "out_trade_no": "1", "out_refund_no": "R1",
        "amount": {"refund": 30, "total": 100, "currency": "CNY"},
    });
    shop.post("v3/refund/domestic/refunds", refund)?;
    shop.get("v3/refund/domestic/refunds/R1")?;

    let (paid, given) = (
        ["1 SUCCESS 1.00", "2 SUCCESS 0.07"],
        ["1 REFUND 0.00 0.30", "2 REVOKED 0.00 0.07"],
    );
    let (rows, sums) = bill(&shop, "ALL")?;
    assert_eq!(rows[..2], paid.map(|it| format!("{it} 0.00")));
    assert_eq!(rows[2..], given);
    assert_eq!(sums, "4 1.07 0.37 0.37");
    let (rows, sums) = bill(&shop, "SUCCESS")?;
    assert_eq!(rows, paid);
    assert_eq!(sums, "2 1.07 0.00 0.00");
    let (rows, sums) = bill(&shop, "REFUND")?;
    assert_eq!(rows, given.map(|it| format!("{it} 2023-11-15 06:13:20")));
    assert_eq!(sums, "2 0.00 0.37 0.37");
    Ok(())
}

#[test]
fn each_ticket_has_a_file_of_its_own() -> Outcome {
    let shop = Shop::open()?;
    let ticket = || shop.get("v3/bill/tradebill?bill_date=2023-11-15");
    let fresh = ticket()?;
    shop.paid("1")?;
    let later = ticket()?;
    assert_ne!(fresh["download_url"], later["download_url"]);
    assert_ne!(fresh["hash_value"], later["hash_value"]);
    Ok(())
}
