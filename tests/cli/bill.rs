//! `wechatpay bill`: downloads, checks, sums and reconciliation, against the sandbox.

use std::fs;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use wechatpay_chain::Timestamp;
use wechatpay_sandbox::Fault;

use crate::support::{Done, Shop};

/// Two payments, a refund, a failed refund, and a payment that was reversed.
const BILL: &str = "\u{feff}交易时间,特约商户号,商户订单号,交易状态,应结订单金额,商户退款单号,退款金额,退款状态,\
    订单金额,申请退款金额\r\n\
    `2026-11-01 10:00:00,`0,`order-1,`SUCCESS,`12.00,`0,`0.00,`,`12.00,`0.00\r\n\
    `2026-11-01 10:00:01,`0,`order-2,`SUCCESS,`0.29,`0,`0.00,`,`0.29,`0.00\r\n\
    `2026-11-01 10:00:02,`0,`order-1,`REFUND,`0.00,`refund-1,`2.00,`SUCCESS,`0.00,`2.50\r\n\
    `2026-11-01 10:00:03,`0,`order-1,`REFUND,`0.00,`refund-2,`1.00,`FAIL,`0.00,`1.00\r\n\
    `2026-11-01 10:00:04,`0,`order-3,`SUCCESS,`5.00,`0,`0.00,`,`5.00,`0.00\r\n\
    `2026-11-01 10:00:05,`0,`order-3,`REVOKED,`0.00,`0,`5.00,`SUCCESS,`0.00,`5.00\r\n\
    总交易单数,应结订单总金额,退款总金额,订单总金额,申请退款总金额\r\n`6,`17.29,`8.00,`17.29,`8.50\r\n";

/// Orders that agree with [`BILL`].
const ORDERS: &str = "out_trade_no,out_refund_no,amount\n\
    order-1,,12.00\norder-2,,0.29\norder-1,refund-1,2.50\n";

fn shop_with_bill(bill: &str) -> Shop {
    let shop = Shop::new();
    shop.sandbox.set_bill(bill.to_owned());
    shop
}

/// `wechatpay bill` with these arguments.
fn bill(shop: &Shop, arguments: &[&str]) -> Done {
    shop.command(&[&["bill"], arguments].concat()).run()
}

/// Compares the bill with these orders, with refunds or without.
fn reconcile(shop: &Shop, orders: &str) -> Done {
    shop.file("orders.csv", orders);
    bill(shop, &["2026-11-01", "--reconcile", "orders.csv"])
}

/// The targets of the requests for bills, without those for their files.
fn targets(shop: &Shop) -> Vec<String> {
    let calls = shop.sandbox.calls().into_iter().map(|call| call.target);
    calls
        .filter(|target| !target.contains("billdownload"))
        .collect()
}

/// The bills in the shop's folder, and temporary files that were left behind.
fn bills(shop: &Shop) -> Vec<String> {
    let mut files = shop.files();
    files.retain(|name| name.starts_with('.') || name.ends_with(".csv"));
    files
}

/// The name of the file of a bill.
fn name(shop: &Shop, kind: &str, rest: &str) -> String {
    format!("{kind}-{}-{rest}.csv", shop.sandbox.mchid())
}

/// The day in Beijing, so many days ago.
fn day(ago: u64) -> String {
    let time = SystemTime::now() - Duration::from_secs(ago * 86_400);
    Timestamp::beijing(time).to_string()[..10].to_owned()
}

#[test]
fn a_bill_is_written_and_its_sums_are_printed() {
    let shop = shop_with_bill(BILL);
    let said = bill(&shop, &["2026-11-01"]).ok();
    assert_eq!(targets(&shop), ["/v3/bill/tradebill?bill_date=2026-11-01"]);
    let file = name(&shop, "trade", "2026-11-01");
    assert_eq!(bills(&shop), [file.as_str()]);
    let path = shop.path(&file);
    assert_eq!(fs::read_to_string(&path).unwrap(), BILL);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let bytes = BILL.len();
    let first = format!("2026-11-01  {file}  6 rows, {bytes} bytes, digest verified\n");
    assert!(said.starts_with(&first), "{said}");
    for line in ["  总交易单数          6\n", "  申请退款总金额   8.50\n"] {
        assert!(said.contains(line), "{said}");
    }
}

#[test]
fn several_days_and_ranges_have_a_file_each() {
    let shop = shop_with_bill(BILL);
    fs::create_dir(shop.path("bills")).unwrap();
    let days = ["2026-10-30..2026-11-01", "2026-10-31", "2026-10-02"];
    bill(&shop, &[&days[..], &["-o", "bills"]].concat()).ok();
    let mut files: Vec<_> = fs::read_dir(shop.path("bills"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let expected = ["2026-10-02", "2026-10-30", "2026-10-31", "2026-11-01"];
    assert_eq!(files, expected.map(|day| name(&shop, "trade", day)));
    assert_eq!(targets(&shop).len(), 4);
}

#[test]
fn kinds_and_types_are_parameters_and_parts_of_the_name() {
    let shop = Shop::new();
    for (arguments, target, (kind, rest)) in [
        (
            &["--bill-type", "success", "--sub-mchid", "1900007101"][..],
            "/v3/bill/tradebill?bill_date=2026-11-01&bill_type=SUCCESS&sub_mchid=1900007101",
            ("trade", "SUCCESS-1900007101-2026-11-01"),
        ),
        (
            &["--kind", "fund-flow", "--account-type", "OPERATION"],
            "/v3/bill/fundflowbill?bill_date=2026-11-01&account_type=OPERATION",
            ("fund-flow", "OPERATION-2026-11-01"),
        ),
        (
            &["--kind", "profit-sharing", "--gzip"],
            "/v3/profitsharing/bills?bill_date=2026-11-01&tar_type=GZIP",
            ("profit-sharing", "2026-11-01"),
        ),
        (
            &["--kind", "ecommerce-fund-flow", "--algorithm", "sm4_gcm"],
            "/v3/ecommerce/bill/fundflowbill?bill_date=2026-11-01&account_type=ALL&algorithm=SM4_GCM",
            ("ecommerce-fund-flow", "2026-11-01"),
        ),
        (
            &["--kind", "payscore", "--service-id", "2002", "--gzip"],
            "/v3/payscore/merchant-bill?bill_date=2026-11-01&service_id=2002&encryption_algorithm=AEAD_AES_256_GCM&tar_type=GZIP",
            ("payscore", "2002-2026-11-01"),
        ),
        (
            &[
                "--kind",
                "sub-merchant-fund-flow",
                "--sub-mchid",
                "1900007101",
            ],
            "/v3/bill/sub-merchant-fundflowbill?bill_date=2026-11-01&sub_mchid=1900007101&account_type=BASIC&algorithm=AEAD_AES_256_GCM",
            ("", ""),
        ),
    ] {
        let done = bill(&shop, &[&["2026-11-01"], arguments].concat());
        // The sandbox's merchant is no partner of this sub-merchant.
        if arguments.contains(&"--sub-mchid") {
            assert_eq!(targets(&shop).pop().unwrap(), target, "{done:?}");
            continue;
        }
        done.ok();
        assert_eq!(targets(&shop).pop().unwrap(), target);
        // Compressed bills are decompressed.
        let text = fs::read_to_string(shop.path(&name(&shop, kind, rest))).unwrap();
        assert!(text.starts_with('\u{feff}'), "{text}");
    }
}

#[test]
fn options_of_another_kind_are_refused() {
    let shop = Shop::new();
    shop.file("orders.csv", ORDERS);
    for arguments in [
        &["--kind", "fund-flow", "--bill-type", "ALL"][..],
        &["--kind", "payscore"],
        &["--kind", "trade", "--service-id", "2002"],
        &["--kind", "sub-merchant-fund-flow"],
        &["--kind", "fund-flow", "--algorithm", "SM4_GCM"],
        &["--account-type", "BASIC"],
        &["--kind", "fund-flow", "--reconcile", "orders.csv"],
        &["--bill-type", "SUCCESS", "--reconcile", "orders.csv"],
        &["--kind", "trades"],
        &["--bill-type", "NONE"],
        &["2026-11-31"],
        &["2026-11-02..2026-11-01"],
    ] {
        let said = bill(&shop, &[&["2026-11-01"], arguments].concat()).failed(2);
        assert!(said.starts_with("error:"), "{said}");
    }
    bill(&shop, &[]).failed(2);
    assert!(shop.sandbox.calls().is_empty());
}

#[test]
fn a_bill_for_standard_output_leaves_the_sums_to_standard_error() {
    let shop = shop_with_bill(BILL);
    let done = bill(&shop, &["2026-11-01", "--output", "-"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(done.stdout, BILL);
    assert!(done.stderr.contains("总交易单数"), "{done:?}");
    assert_eq!(bills(&shop), [""; 0]);
}

#[test]
fn targets_that_cannot_be_written_are_refused_before_anything_is_sent() {
    let shop = shop_with_bill(BILL);
    let full = format!("full/{}", name(&shop, "trade", "2026-11-01"));
    fs::create_dir_all(shop.path(&full)).unwrap();
    for (arguments, part) in [
        (&["-o", "missing/bill.csv"][..], "missing/bill.csv"),
        (&["2026-11-02", "-o", "bill.csv"], "folder"),
        (&["2026-11-02", "-o", "-"], "folder"),
        (&["-o", "full"], full.as_str()),
    ] {
        let said = bill(&shop, &[&["2026-11-01"], arguments].concat()).failed(4);
        assert!(said.contains(part), "{said}");
    }
    assert!(shop.sandbox.calls().is_empty());
    bill(&shop, &["2026-11-01", "-o", "bill.csv"]).ok();
    assert_eq!(bills(&shop), ["bill.csv"]);
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_device_is_not_replaced() {
    use std::os::unix::fs::{FileTypeExt, symlink};

    let shop = shop_with_bill(BILL);
    // A test must not risk the real /dev/null: a socket and a link stand for it.
    let socket = std::os::unix::net::UnixListener::bind(shop.path("socket")).unwrap();
    symlink("/dev/null", shop.path("null")).unwrap();
    for (place, part) in [("socket", "a device, a pipe or a socket"), ("null", "null")] {
        let said = bill(&shop, &["2026-11-01", "-o", place]).failed(4);
        assert!(said.contains(part), "{said}");
    }
    let said = bill(&shop, &["--lang", "zh", "2026-11-01", "-o", "null"]).failed(4);
    assert!(said.contains("设备、管道或套接字"), "{said}");
    let kind = fs::symlink_metadata(shop.path("socket")).unwrap();
    assert!(kind.file_type().is_socket());
    assert!(
        fs::symlink_metadata(shop.path("null"))
            .unwrap()
            .is_symlink()
    );
    assert!(shop.sandbox.calls().is_empty());
    drop(socket);
}

#[test]
fn a_bill_that_fails_its_checks_is_not_written() {
    let shop = shop_with_bill(&BILL.replace("`6,`17.29", "`6,`17.28"));
    let file = name(&shop, "trade", "2026-11-01");
    shop.file(&file, "old");
    let said = bill(&shop, &["2026-11-01"]).failed(8);
    assert!(said.contains("应结订单总金额"), "{said}");
    shop.sandbox
        .set_bill(BILL.replace("总交易单数", "`总交易单数"));
    bill(&shop, &["2026-11-01"]).failed(8);
    // The digest is in the first answer, which a fault spoils too.
    shop.sandbox.set_bill(BILL.to_owned());
    shop.sandbox.inject_fault(Fault::TamperedBody);
    bill(&shop, &["2026-11-01"]).failed(8);
    assert_eq!(fs::read_to_string(shop.path(&file)).unwrap(), "old");
    assert_eq!(bills(&shop), [file]);
}

/// A shop with an unpaid order: WeChat Pay has no bills then.
fn shop_without_trades() -> Shop {
    let shop = Shop::new();
    order(&shop, "order-1");
    shop
}

fn order(shop: &Shop, number: &str) {
    let order = json!({
        "appid": "wx8888888888888888", "mchid": shop.sandbox.mchid(), "description": "x",
        "out_trade_no": number, "notify_url": "https://www.example.com/notify",
        "amount": {"total": 100},
    });
    post(shop, "v3/pay/transactions/native", &order);
}

fn post(shop: &Shop, path: &str, body: &Value) {
    let run = shop.command(&["request", "POST", path, "--json", &body.to_string()]);
    run.run().ok();
}

#[test]
fn days_without_a_bill_are_explained() {
    let shop = shop_without_trades();
    let past = day(5);
    let said = bill(&shop, &[&past]).failed(7);
    assert!(
        said.contains(&format!("There is no bill for {past}: there were no")),
        "{said}"
    );
    let said = bill(&shop, &["--lang", "zh", &past]).failed(7);
    assert!(said.contains("没有账单：当天没有交易"), "{said}");
    let said = bill(&shop, &[&day(0)]).failed(7);
    assert!(said.contains("is not ready"), "{said}");
    let error = bill(&shop, &["--format", "json", &past]).failed_json(7);
    assert_eq!(error["code"], "NO_STATEMENT_EXIST");
    assert_eq!(bills(&shop), [""; 0]);

    // Of several days, each is tried.
    let both = bill(&shop, &[&day(6), &past]);
    assert_eq!(both.stdout.matches("no transactions").count(), 2);
    both.failed(7);
    // A comparison counts them as empty.
    shop.file("orders.csv", "out_trade_no,amount\n");
    bill(&shop, &[&past, "--reconcile", "orders.csv"]).ok();
    shop.file("orders.csv", "out_trade_no,amount\norder-1,1\n");
    let done = bill(&shop, &[&past, "--reconcile", "orders.csv"]);
    assert!(done.stdout.contains("order-1: missing in the bill"));
    done.failed(1);
}

#[test]
fn equal_orders_and_bills_exit_with_0() {
    let shop = shop_with_bill(BILL);
    let said = reconcile(&shop, ORDERS).ok();
    assert!(said.contains("orders.csv: 3 agree, 0 differ"), "{said}");
    // Without a column for refunds, only payments are compared.
    let fen = "商户订单号,amount_fen\n`order-1,1200\n`order-2,29\n";
    let said = reconcile(&shop, fen).ok();
    assert!(said.contains("orders.csv: 2 agree, 0 differ"), "{said}");
    let own = "out_trade_no,sub_mchid,amount\norder-1,,12\norder-2,,0.29\n";
    reconcile(&shop, own).ok();
    let arguments = ["bill", "2026-11-01", "--reconcile", "-"];
    shop.command(&arguments).stdin(ORDERS).run().ok();
}

#[test]
fn every_difference_is_listed_and_exits_with_1() {
    let shop = shop_with_bill(BILL);
    let orders = "out_trade_no,out_refund_no,amount\n\
        order-1,,12.01\norder-1,refund-2,1.00\norder-3,,5.00\norder-4,,3.00\n";
    let done = reconcile(&shop, orders);
    let lines: Vec<_> = done
        .stdout
        .lines()
        .skip_while(|line| !line.starts_with("orders.csv:"))
        .collect();
    assert_eq!(
        lines,
        [
            "orders.csv: 0 agree, 6 differ",
            "  order order-1: different amounts; 12.01 in orders.csv, line 2; 12.00 in the bill",
            "  order order-2: missing in orders.csv; 0.29 in the bill",
            "  order order-3: reversed (撤销) in the bill; 5.00 in orders.csv, line 4",
            "  order order-4: missing in the bill; 3.00 in orders.csv, line 5",
            "  refund refund-1: missing in orders.csv; 2.50 in the bill",
            "  refund refund-2: missing in the bill; 1.00 in orders.csv, line 3",
        ]
    );
    let said = done.failed(1);
    assert!(said.contains("differ in 6 entries"), "{said}");
    let zh = ["--lang", "zh", "2026-11-01", "--reconcile", "orders.csv"];
    let said = bill(&shop, &zh).stdout;
    assert!(said.contains("金额不一致"), "{said}");
}

#[test]
fn json_has_a_line_for_each_bill_and_one_for_the_comparison() {
    let shop = shop_with_bill(BILL);
    shop.file(
        "orders.csv",
        "out_trade_no,amount\norder-1,12.01\norder-2,0.29\n",
    );
    let arguments = [
        "--format",
        "json",
        "2026-11-01",
        "--reconcile",
        "orders.csv",
    ];
    let done = bill(&shop, &arguments);
    let lines: Vec<Value> = done
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["date"], "2026-11-01");
    assert_eq!(lines[0]["path"], name(&shop, "trade", "2026-11-01"));
    assert_eq!(lines[0]["rows"], 6);
    assert_eq!(lines[0]["summary"]["订单总金额"], "17.29");
    let difference = json!({
        "kind": "amounts_differ", "out_trade_no": "order-1", "line": 2,
        "order_fen": 1201, "bill_fen": 1200,
    });
    let expected = json!({"equal": 1, "differences": [difference]});
    assert_eq!(lines[1], expected);
    let error = done.failed_json(1);
    assert_eq!(error["kind"], "differences");
}

#[test]
fn orders_that_cannot_be_read_are_refused_before_anything_is_sent() {
    let shop = shop_with_bill(BILL);
    for (orders, part) in [
        ("order,sum\n1,2\n", "order, sum"),
        ("out_trade_no,amount\n1,12,00\n", "line 2"),
        ("out_trade_no,amount\n1,1\n1,1\n", "sub_mchid"),
    ] {
        let said = reconcile(&shop, orders).failed(4);
        assert!(said.contains("orders.csv") && said.contains(part), "{said}");
    }
    bill(&shop, &["2026-11-01", "--reconcile", "none.csv"]).failed(4);
    fs::write(shop.path("gbk.csv"), b"\xc9\xcc\xbb\xa7,amount\n").unwrap();
    let said = bill(&shop, &["2026-11-01", "--reconcile", "gbk.csv"]).failed(4);
    assert!(said.contains("UTF-8"), "{said}");
    assert!(shop.sandbox.calls().is_empty());
}

/// Sub-merchants may use the same number.
#[test]
fn orders_of_sub_merchants_are_told_apart() {
    let two = BILL
        .replacen("`0,`order-1,`SUCCESS", "`1900007101,`order-1,`SUCCESS", 1)
        .replacen("`0,`order-2", "`1900007102,`order-1", 1);
    let shop = shop_with_bill(&two);
    let said = reconcile(&shop, "out_trade_no,amount\norder-1,12\n").failed(4);
    assert!(said.contains("sub_mchid"), "{said}");
    let orders = "sub_mchid,out_trade_no,amount\n1900007101,order-1,12\n1900007102,order-1,0.29\n";
    reconcile(&shop, orders).ok();
}

#[test]
fn payments_and_refunds_of_the_sandbox_agree_with_its_bill() {
    let (shop, today) = loop {
        let before = day(0);
        let shop = Shop::new();
        for number in ["order-1", "order-2"] {
            order(&shop, number);
            shop.sandbox.pay(number).unwrap();
        }
        let refund = json!({
            "out_trade_no": "order-2", "out_refund_no": "refund-1",
            "amount": {"refund": 30, "total": 100, "currency": "CNY"},
        });
        post(&shop, "v3/refund/domestic/refunds", &refund);
        // All on one day.
        if day(0) == before {
            break (shop, before);
        }
    };
    let orders = "out_trade_no,out_refund_no,amount_fen\n\
        order-1,,100\norder-2,,100\norder-2,refund-1,30\n";
    shop.file("orders.csv", orders);
    let said = bill(&shop, &[&today, "--gzip", "--reconcile", "orders.csv"]).ok();
    assert!(said.contains("orders.csv: 3 agree, 0 differ"), "{said}");
    let funds = bill(&shop, &[&today, "--kind", "fund-flow"]).ok();
    assert!(funds.contains("资金流水总笔数"), "{funds}");
}

#[test]
fn orders_in_another_encoding_are_refused_with_what_to_do() {
    let shop = shop_with_bill(BILL);
    // 商户订单号,金额 in GBK, as Excel saves it in China.
    let gbk = b"\xc9\xcc\xbb\xa7\xb6\xa9\xb5\xa5\xba\xc5,\xbd\xf0\xb6\xee\norder-1,12.00\n";
    fs::write(shop.path("orders.csv"), gbk).unwrap();
    let done = bill(&shop, &["2026-11-01", "--reconcile", "orders.csv"]);
    let said = done.failed(4);
    assert!(said.contains("CSV UTF-8"), "{said}");
    assert_eq!(targets(&shop), [""; 0]);
}

/// The columns of WeChat Pay's bill, as a merchant who edits a bill exports them.
#[test]
fn orders_with_the_columns_of_a_bill_are_compared() {
    let shop = shop_with_bill(BILL);
    let orders = "商户订单号,商户退款单号,订单金额,退款金额,申请退款金额\n\
        `order-1,`0,`12.00,`0.00,`0.00\n`order-2,`0,`0.29,`0.00,`0.00\n\
        `order-1,`refund-1,`0.00,`2.00,`2.50\n,,,,\n";
    let said = reconcile(&shop, orders).ok();
    assert!(said.contains("3 agree, 0 differ"), "{said}");
}
