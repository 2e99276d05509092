//! A day's trade bill, of the orders that were paid on it.

use std::fs;

use serde_json::json;
use wechatpay_chain::bill::Rows;

use super::{Outcome, Shop};

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

    // A day on which nothing was paid, and one that was set, are as ever.
    let usual = String::from_utf8(download(&shop, "2023-11-14")?)?;
    assert!(usual.contains("1217752501201407033233368018"), "{usual}");
    shop.sandbox.set_bill("mine");
    assert_eq!(download(&shop, "2023-11-15")?, b"mine");
    Ok(())
}
