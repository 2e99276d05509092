use super::rows::{Row, Rows};
use wechatpay_core::error::{ErrorKind, Result};

fn all(bill: &str) -> (Vec<Vec<String>>, Option<Row>) {
    let mut rows = Rows::new(bill.as_bytes()).unwrap();
    let read = rows
        .by_ref()
        .map(|row| row.unwrap().values().to_vec())
        .collect();
    (read, rows.summary().cloned())
}

#[test]
fn the_byte_order_mark_back_quotes_and_summary_are_understood() {
    let bill = "\u{feff}交易时间,商品名称,金额\r\n`2024-01-01 10:00:00,`a,b,`0.01\r\n\
                `2024-01-02 10:00:00,`,`-1\r\n总数,总额\r\n`2,`-0.99\r\n";
    let mut rows = Rows::new(bill.as_bytes()).unwrap();
    assert_eq!(rows.names(), ["交易时间", "商品名称", "金额"]);
    let first = rows.next().unwrap().unwrap();
    assert_eq!(first.get("交易时间"), Some("2024-01-01 10:00:00"));
    assert_eq!(first.get("商品名称"), Some("a,b"));
    assert_eq!(first.get("没有"), None);
    let (read, summary) = all(bill);
    assert_eq!(read[1], ["2024-01-02 10:00:00", "", "-1"]);
    let summary = summary.unwrap();
    let pairs: Vec<_> = summary.iter().collect();
    assert_eq!(pairs, [("总数", "2"), ("总额", "-0.99")]);
}

/// Only the first back quote and the trailing spaces are removed.
#[test]
fn a_value_loses_one_back_quote_and_blanks_at_its_end() {
    let (read, _) = all("a,b,c\n`1,``x ,  y ,z\t,`0.01 \r\n总数,总额\n`1,`1\n");
    assert_eq!(read, [["1", "`x ,  y ,z", "0.01"]]);
}

/// A `"` in a product's name is an ordinary character.
#[test]
fn quotation_marks_in_back_quoted_values_do_not_join_rows() {
    let (read, summary) = all("a,b,c\n`1,`x,\"y,`0.01\n`2,`z\"w,`\"5.00\n总数,总额\n`2,`5.01\n");
    assert_eq!(read, [["1", "x,\"y", "0.01"], ["2", "z\"w", "\"5.00"]]);
    assert_eq!(summary.unwrap().get("总额"), Some("5.01"));
}

/// It looks like a summary, and the rows after it would be lost.
#[test]
fn a_line_break_in_a_value_is_an_error() {
    let broken = "a,b,c\n`1,`x,`y\nz,w\n`2,`x,`y\n`3,`x,`y\n总数,总额\n`3,`1\n";
    let mut rows = Rows::new(broken.as_bytes()).unwrap();
    assert!(rows.next().unwrap().is_ok());
    assert_eq!(rows.next().unwrap().unwrap_err().kind(), ErrorKind::Body);
    assert!(rows.next().is_none());
}

#[test]
fn a_day_without_trade_has_a_summary_only() {
    let (read, summary) = all("a,b,c\n总数,总额\n`0,`0.00\n");
    assert!(read.is_empty());
    assert_eq!(summary.unwrap().get("总数"), Some("0"));
}

#[test]
fn a_statement_without_back_quotes_is_rows_to_its_end() {
    let (read, summary) = all("a,b\n1,\"x, \"\"y\"\"\"\n2,z\n");
    assert_eq!(read, [["1", "x, \"y\""], ["2", "z"]]);
    assert_eq!(summary, None);
}

#[test]
fn a_row_that_does_not_fit_is_an_error_that_names_the_line_and_ends_the_rows() {
    let mut rows = Rows::new("a,b\n`1,`2\n`1\n`1,`2\n".as_bytes()).unwrap();
    assert!(rows.next().unwrap().is_ok());
    let err = rows.next().unwrap().unwrap_err();
    assert!(err.to_string().contains("line 3"), "{err}");
    assert!(rows.next().is_none());
    let zipped = [&b"a,b\n"[..], &[0x1f, 0x8b, 0xff]].concat();
    let err = Rows::new(&zipped[..]).unwrap().next().unwrap().unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Body);
}

fn refusal(file: &[u8]) -> String {
    let err = Rows::new(file).unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Body);
    err.to_string()
}

#[test]
fn other_content_is_rejected_and_named() {
    let utf16: Vec<u8> = "\u{feff}交易时间,金额\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (file, what) in [
        (&b""[..], "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (
            b"<xml><return_code><![CDATA[FAIL]]></return_code></xml>",
            "XML",
        ),
        (b" {\"code\":\"SYSTEM_ERROR\"}", "JSON"),
        (b"PK\x03\x04\x14\0", "zip archive"),
        (b"\x1f\x8b\x08\0\0", "gzip"),
        (b"<html>\r\n<head><title>502 Bad Gateway</title>", "HTML"),
        (b"\xef\xbb\xbf<!DOCTYPE html>", "HTML"),
        (&utf16, "UTF-16"),
        // 交易时间 in GBK.
        (b"\xbd\xbb\xd2\xd7\xca\xb1\xbc\xe4,a\n", "GBK"),
        (b"\x92\x01\xfe\x07\xc3,\x11\n", "encrypted"),
        (b"not a bill\n", "column names"),
    ] {
        let said = refusal(file);
        assert!(said.contains(what), "{said}");
    }
}

#[test]
fn a_truncated_bill_ends_with_an_error() {
    let whole = "交易时间,金额\n`1,`2\n总数,总额\n`1,`2\n";
    for (lines, rows) in [(1, 0), (2, 1), (3, 1)] {
        let cut: String = whole.split_inclusive('\n').take(lines).collect();
        let mut read = Rows::new(cut.as_bytes()).unwrap();
        for _ in 0..rows {
            assert!(read.next().unwrap().is_ok());
        }
        let err = read.next().unwrap().unwrap_err();
        assert!(err.to_string().contains("truncated"), "{err}");
        assert!(read.next().is_none() && read.summary().is_none());
    }
    let open = "a,b\n1,\"x\ny";
    let err = Rows::new(open.as_bytes()).unwrap().next().unwrap();
    assert!(err.unwrap_err().to_string().contains("line 2"));
    let endless = ["a,b\n1,".to_owned(), "x".repeat(2 << 20)].concat();
    let err = Rows::new(endless.as_bytes()).unwrap().next().unwrap();
    assert_eq!(err.unwrap_err().kind(), ErrorKind::Body);
}

/// The error names the line of the invalid row, counted as in an editor.
#[test]
fn lines_are_counted_from_one_with_any_line_ending() {
    for (bill, line) in [
        ("a,b\n`1,`2\n`1\n", 3),
        ("a,b\r\n`1,`2\r\n`1\r\n", 3),
        ("a,b\r\n`1\r\n", 2),
        ("a,b\n`1,`2\r\n`1,`2\n`1", 4),
        ("a,b\r\n`1,`2\n`1\r\n", 3),
        ("a,b\n\n\r\n`1,`2\n\n`1\n", 6),
        ("a,b\n1,\"x\ny\"\n1\n", 4),
        ("a,b\r\n1,\"x\r\n\r\ny \"\"z\"\r\n1\r\n", 5),
        ("a,b\r\n1,\"x\"\r\n1,2,\"x\r\n\"\r\n", 3),
    ] {
        let rows = Rows::new(bill.as_bytes()).unwrap();
        let err = rows.filter_map(Result::err).next().unwrap().to_string();
        assert!(err.contains(&format!("line {line} ")), "{bill:?}: {err}");
    }
    let (read, _) = all("a,b\r\n1,\"x\r\ny,\"\"z\"\r\n2,w\r\n");
    assert_eq!(read, [["1", "x\r\ny,\"z"], ["2", "w"]]);
}

#[test]
fn escaped_line_breaks_are_decoded_in_fund_flow_bills_only() {
    let rows = "`1,`2,`a\\r\\nb\\ c\\t\n总数,总额\n`1,`\\n\n";
    let (read, summary) = all(&format!("记账时间,资金流水单号,备注\n{rows}"));
    assert_eq!(read, [["1", "2", "a\r\nb\\ c\\t"]]);
    assert_eq!(summary.unwrap().get("总额"), Some("\\n"));
    let (read, _) = all(&format!("交易时间,商户订单号,商品名称\n{rows}"));
    assert_eq!(read, [["1", "2", "a\\r\\nb\\ c\\t"]]);
}

#[test]
fn amounts_and_times_are_read_by_column_name() {
    let bill = "交易时间,订单金额,手续费\n`2024-01-01 10:00:00,`12.30,`0.00180\n总交易单数,订单总金额\n`1,`12.30\n";
    let row = Rows::new(bill.as_bytes()).unwrap().next().unwrap().unwrap();
    assert_eq!(row.fen("订单金额").unwrap().get(), 1230);
    assert_eq!(
        row.time("交易时间").unwrap().to_string(),
        "2024-01-01T10:00:00+08:00"
    );
    for (column, err) in [
        ("手续费", row.fen("手续费").unwrap_err()),
        ("订单金额", row.time("订单金额").unwrap_err()),
        ("没有", row.fen("没有").unwrap_err()),
    ] {
        assert_eq!(err.kind(), ErrorKind::Body);
        assert!(err.to_string().contains(column), "{err}");
    }
}
