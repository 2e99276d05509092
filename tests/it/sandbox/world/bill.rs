//! A day's bills: of trade, and of the money that came and went.

use std::fs;

use serde_json::{Value, json};
use wechatpay_chain::bill::Rows;
use wechatpay_sandbox::RefundStatus;

use super::{Outcome, Shop, says, text};

const TRADE: &str = "v3/bill/tradebill";

fn download(shop: &Shop, path: &'static str, day: &str) -> Outcome<Vec<u8>> {
    let dir = tempfile::tempdir()?;
    let target = dir.path().join("bill.csv");
    let bill = shop.client.bill(path).query("bill_date", day);
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

    let text = download(&shop, TRADE, "2023-11-15")?;
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
    assert_eq!(download(&shop, TRADE, "2023-11-15")?, b"mine");
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
    let sums = columns.map(|column| sums.get(column).unwrap_or("none"));
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
    // Documented so: the sum of SUCCESS has no column about refunds.
    assert_eq!(sums, "2 1.07 none none");
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

#[test]
fn a_refund_is_in_the_bill_however_it_ended() -> Outcome {
    let shop = Shop::open()?;
    shop.paid("1")?;
    shop.sandbox.hold_refunds(true);
    for (number, status) in [
        ("R1", RefundStatus::Closed),
        ("R2", RefundStatus::Abnormal),
        ("R3", RefundStatus::Processing),
    ] {
        shop.post("v3/refund/domestic/refunds", refund(number))?;
        if status != RefundStatus::Processing {
            shop.sandbox.settle_refund(number, status)?;
        }
    }
    let read = rows(&shop, "v3/bill/tradebill?bill_type=REFUND")?.0;
    let columns = read.iter().map(|row| format!("{} {}", row[17], row[21]));
    assert_eq!(
        columns.collect::<Vec<_>>(),
        ["R1 FAIL", "R2 CHANGE", "R3 PROCESSING"]
    );
    Ok(())
}

#[test]
fn what_cannot_be_a_bill_is_refused_with_the_documented_codes() -> Outcome {
    let shop = Shop::open()?;
    shop.paid("1")?;
    let asked = |query: &str| {
        let (status, code, _) = shop.not_found(&format!("v3/bill/tradebill?{query}"))?;
        assert_eq!(status, 400, "{query}");
        Outcome::Ok(code)
    };
    for (query, code) in [
        ("bill_date=20231115", "PARAM_ERROR"),
        ("bill_date=2023-02-30", "PARAM_ERROR"),
        ("bill_date=2023-11-15&bill_type=NONE", "PARAM_ERROR"),
        ("bill_date=2023-11-15&tar_type=", "PARAM_ERROR"),
        ("bill_date=2023-11-15&account_type=MINE", "PARAM_ERROR"),
        ("bill_date=2023-11-16", "INVALID_REQUEST"),
        ("bill_date=2023-08-01", "INVALID_REQUEST"),
        ("bill_date=2023-11-14", "NO_STATEMENT_EXIST"),
        (
            "bill_date=2023-11-15&sub_mchid=1900000110",
            "STATEMENT_CREATING",
        ),
    ] {
        assert_eq!(asked(query)?, code, "{query}");
    }
    // The refusal is the request's verdict too, and says why.
    let record = shop.sandbox.last_call().ok_or("no call")?;
    assert!(!record.verdict.is_accepted());
    shop.hand.forward(86_400);
    let query = "bill_date=2023-11-15&sub_mchid=1900000110";
    assert_eq!(asked(query)?, "NO_STATEMENT_EXIST");
    Ok(())
}

#[test]
fn a_download_url_is_good_for_five_minutes() -> Outcome {
    let shop = Shop::open()?;
    shop.paid("1")?;
    let ticket = shop.get("v3/bill/tradebill?bill_date=2023-11-15")?;
    let url = text(&ticket["download_url"]);
    let (_, path) = url.split_once("/v3/").ok_or("no path")?;
    let path = format!(
        "v3/{}",
        percent_encoding::percent_decode_str(path).decode_utf8()?
    );
    shop.hand.forward(300);
    assert!(shop.call_get(&path).wait().is_ok());
    shop.hand.forward(1);
    let (status, code, _) = shop.not_found(&path)?;
    assert_eq!((status, &*code), (400, "INVALID_REQUEST"));
    let (_, code, _) = shop.not_found("v3/billdownload/file?token=mine")?;
    assert_eq!(code, "INVALID_REQUEST");
    Ok(())
}

/// The columns of each row of a bill, of 2023-11-15 unless it says another day, and those of its sum, by their place.
fn rows(shop: &Shop, target: &str) -> Outcome<(Vec<Vec<String>>, Vec<String>)> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let day = if query.contains("bill_date=") {
        ""
    } else {
        "&bill_date=2023-11-15"
    };
    let ticket = shop.get(&format!("{path}?{query}{day}"))?;
    let url = text(&ticket["download_url"]);
    let (_, path) = url.split_once("/v3/").ok_or("no path")?;
    let path = format!(
        "v3/{}",
        percent_encoding::percent_decode_str(path).decode_utf8()?
    );
    let bytes = shop.call_get(&path).wait()?.bytes().clone();
    let bill = String::from_utf8(bytes.to_vec())?;
    let row = |line: &str| line.split(",`").map(|cell| cell.replace('`', "")).collect();
    let mut rows: Vec<Vec<String>> = bill
        .lines()
        .filter(|it| it.starts_with('`'))
        .map(row)
        .collect();
    let sums = rows.pop().ok_or("no sum")?;
    Ok((rows, sums))
}

fn refund(number: &str) -> Value {
    json!({
        "out_trade_no": "1", "out_refund_no": number,
        "amount": {"refund": 30, "total": 100, "currency": "CNY"},
    })
}

#[test]
fn the_fund_bill_has_all_money_that_came_and_went() -> Outcome {
    let shop = Shop::open()?;
    let mut order = shop.native("1");
    order["settle_info"] = json!({"profit_sharing": true});
    shop.post("v3/pay/transactions/native", order)?;
    shop.sandbox.pay("1")?;
    let id = text(&shop.order("1")?["transaction_id"]);
    shop.hand.forward(1);
    shop.sandbox.hold_refunds(true);
    shop.post("v3/refund/domestic/refunds", refund("R1"))?;
    shop.hand.forward(1);
    shop.sandbox.settle_refund("R1", RefundStatus::Closed)?;
    let transfer = json!({
        "appid": "wxf636efh567hg4356", "out_bill_no": "T1", "transfer_scene_id": "1000",
        "openid": "o-MYE42l80oelYMDE34nYD456Xoy", "transfer_amount": 7, "transfer_remark": "奖励,金",
        "transfer_scene_report_infos": [{"info_type": "活动名称", "info_content": "新会员有礼"}],
    });
    shop.hand.forward(1);
    shop.post("v3/fund-app/mch-transfer/transfer-bills", transfer)?;
    shop.sandbox.confirm_transfer("T1")?;
    shop.hand.forward(1);
    let openid = "o-MYE42l80oelYMDE34nYD456Xoy";
    let receiver = json!({
        "appid": "wxd678efh567hg6787", "type": "PERSONAL_OPENID", "account": openid,
        "relation_type": "STAFF",
    });
    shop.post("v3/profitsharing/receivers/add", receiver)?;
    let share = json!({
        "appid": "wxd678efh567hg6787", "transaction_id": id, "out_order_no": "S1",
        "unfreeze_unsplit": true,
        "receivers": [
            {"type": "PERSONAL_OPENID", "account": openid, "amount": 20, "description": "分"},
        ],
    });
    shop.post("v3/profitsharing/orders", share)?;
    shop.sandbox.take_events();

    let (rows, sums) = rows(&shop, "v3/bill/fundflowbill")?;
    assert!(rows.iter().all(|row| row.len() == 11), "{rows:?}");
    // 业务类型, 收支类型, 收支金额, 账户结余, 业务凭证号.
    let found = rows
        .iter()
        .map(|row| [4, 5, 6, 7, 10].map(|at| &*row[at]).join(" "));
    assert_eq!(
        found.collect::<Vec<_>>(),
        [
            "交易 收入 1.00 1000001.00 1",
            "退款 支出 0.30 1000000.70 R1",
            "退款关闭 收入 0.30 1000001.00 R1",
            "商家转账 支出 0.07 1000000.93 T1",
            "分账 支出 0.20 1000000.73 S1",
        ]
    );
    assert_eq!((&*rows[0][0], &rows[0][1]), ("2023-11-15 06:13:20", &id));
    assert_eq!((&rows[1][2], &*rows[3][9]), (&id, "奖励\\ 金"));
    assert_eq!(sums, ["5", "2", "1.30", "3", "0.57"]);
    // The other accounts have no money that moves.
    let (_, code, _) =
        shop.not_found("v3/bill/fundflowbill?bill_date=2023-11-15&account_type=FEES")?;
    assert_eq!(code, "STATEMENT_CREATING");
    Ok(())
}

/// Written as WeChat Pay's page has it, and read back: but for U+0001, of which a blank is left.
#[test]
fn line_breaks_in_a_remark_come_back_out_of_the_fund_bill() -> Outcome {
    let shop = Shop::open()?;
    let transfer = json!({
        "appid": "wxf636efh567hg4356", "out_bill_no": "T1", "transfer_scene_id": "1000",
        "openid": "o-MYE42l80oelYMDE34nYD456Xoy", "transfer_amount": 7,
        "transfer_remark": "a\r\nb\u{1}c,d",
        "transfer_scene_report_infos": [{"info_type": "活动名称", "info_content": "新会员有礼"}],
    });
    shop.post("v3/fund-app/mch-transfer/transfer-bills", transfer)?;
    shop.sandbox.confirm_transfer("T1")?;
    let bill = download(&shop, "v3/bill/fundflowbill", "2023-11-15")?;
    let row = Rows::new(&*bill)?.next().ok_or("no row")??;
    assert_eq!(row.get("备注"), Some("a\r\nb c\\ d"));
    Ok(())
}

#[test]
fn a_zipped_bill_and_a_plain_one_say_the_same() -> Outcome {
    let shop = Shop::open()?;
    shop.paid("1")?;
    let zipped = download(&shop, TRADE, "2023-11-15")?;
    let ticket = shop.get("v3/bill/tradebill?bill_date=2023-11-15")?;
    let packed = shop.get("v3/bill/tradebill?bill_date=2023-11-15&tar_type=GZIP")?;
    assert_eq!(ticket["hash_value"], packed["hash_value"]);
    assert!(text(&packed["download_url"]).ends_with("&tartype=gzip"));
    assert!(!text(&ticket["download_url"]).contains("tartype"));
    let plain = String::from_utf8(zipped)?;
    assert!(plain.starts_with('\u{feff}') && plain.contains("\r\n`2023-11-15 06:13:20,`wx"));
    Ok(())
}

#[test]
fn a_balance_counts_the_days_before_and_no_other() -> Outcome {
    let shop = Shop::open()?;
    shop.paid("1")?;
    shop.hand.forward(86_400);
    shop.paid("2")?;
    shop.hand.forward(86_400);
    shop.paid("3")?;
    let second = rows(&shop, "v3/bill/fundflowbill?bill_date=2023-11-16")?.0;
    let found = second
        .iter()
        .map(|row| [6, 7, 10].map(|at| &*row[at]).join(" "));
    assert_eq!(found.collect::<Vec<_>>(), ["1.00 1000002.00 2"]);
    Ok(())
}

#[test]
fn apiv2_answers_with_the_bill_itself() -> Outcome {
    let shop = Shop::open()?;
    shop.paid("1")?;
    shop.hand.forward(86_400);
    let called = |path: &str, day: &str, more: Value| -> Outcome<_> {
        let mut members =
            json!({"appid": "wxd678efh567hg6787", "mch_id": shop.mchid(), "bill_date": day});
        for (name, value) in more.as_object().ok_or("no object")? {
            members[name] = value.clone();
        }
        Ok(shop.call_post(&format!("v2/pay/{path}"), members).wait())
    };
    let plain = called("downloadbill", "20231115", json!({"bill_type": "ALL"}))??;
    assert_eq!(plain.bytes()[..], download(&shop, TRADE, "2023-11-15")?[..]);
    let zipped = called("downloadbill", "20231115", json!({"tar_type": "GZIP"}))??;
    let mut unzipped = Vec::new();
    std::io::Read::read_to_end(
        &mut flate2::read::GzDecoder::new(&**zipped.bytes()),
        &mut unzipped,
    )?;
    assert_eq!(unzipped[..], plain.bytes()[..]);
    let funds = json!({"account_type": "Basic", "sign_type": "HMAC-SHA256"});
    let funds = called("downloadfundflow", "20231115", funds)??;
    assert!(std::str::from_utf8(funds.bytes())?.contains("资金流水单号"));
    for (day, message) in [
        ("20231114", "No Bill Exist"),
        ("20231131", "invalid bill_date"),
        ("2023-1-1", "invalid bill_date"),
    ] {
        let refused = called("downloadbill", day, json!({}))?
            .err()
            .ok_or("there is one")?;
        let api = refused.api().ok_or_else(|| refused.report())?;
        assert_eq!((&*api.code, &*api.message), ("FAIL", message), "{day}");
    }
    Ok(())
}
