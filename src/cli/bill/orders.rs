//! The merchant's own orders, a CSV file.
//!
//! The first line has the names of the columns: `out_trade_no` and either `amount`, in yuan, or `amount_fen`. If
//! there is a column `out_refund_no`, a row with a value in it is a refund. Its amount is in `refund_amount`, if there is
//! such a column. `sub_mchid` tells the orders of sub-merchants apart.

use std::collections::BTreeMap;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord, Trim};
use wechatpay_chain::Fen;

use crate::exit::{Exit, Failure};
use crate::files;
use crate::i18n::t;

/// The key of a payment or a refund.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) is_refund: bool,
    /// The merchant's number: `out_refund_no` of a refund, `out_trade_no` of a payment.
    pub(super) number: String,
    /// Empty if the file has no such column.
    pub(super) sub_mchid: String,
}

/// The payments and refunds of the file.
#[derive(Debug)]
pub(super) struct Orders {
    pub(super) amounts: BTreeMap<Key, (Fen, u64)>,
    pub(super) has_refunds: bool,
    pub(super) has_sub_mchid: bool,
}

/// Reads the file; `-` is standard input.
pub(super) fn read(path: &Path) -> Result<Orders, Failure> {
    let text = String::from_utf8(files::read(path)?).map_err(|_| t!("orders-not-utf8"));
    text.and_then(|text| parse(&text)).map_err(|why| {
        let message = t!("orders-invalid", path = path.display(), why = why);
        Failure::new(Exit::Input, "file", message)
    })
}

const NUMBER: &[&str] = &["out_trade_no", "商户订单号"];
const YUAN: &[&str] = &["amount", "订单金额", "金额", "订单金额(元)", "金额(元)"];
const FEN: &[&str] = &["amount_fen", "订单金额(分)", "金额(分)"];
const REFUND: &[&str] = &["out_refund_no", "商户退款单号"];
const REFUND_YUAN: &[&str] = &["refund_amount", "申请退款金额", "申请退款金额(元)"];
const REFUND_FEN: &[&str] = &["refund_amount_fen", "申请退款金额(分)"];
/// Besides 申请退款金额, WeChat Pay's bills have this column for the amount without coupons.
const OTHER_REFUND_YUAN: &[&str] = &["退款金额", "退款金额(元)"];
const OTHER_REFUND_FEN: &[&str] = &["退款金额(分)"];
const SUB_MCHID: &[&str] = &["sub_mchid", "特约商户号", "子商户号"];

/// The places of the columns.
struct Columns {
    number: usize,
    amount: Amount,
    refund: Option<usize>,
    /// The amount of a refund, if not in `amount`.
    refund_amount: Option<Amount>,
    sub_mchid: Option<usize>,
}

/// A column of amounts.
struct Amount {
    place: usize,
    is_fen: bool,
}

fn parse(text: &str) -> Result<Orders, String> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = ReaderBuilder::new()
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    let columns = Columns::find(reader.headers().map_err(csv_error)?)?;
    let mut orders = Orders {
        amounts: BTreeMap::new(),
        has_refunds: columns.refund.is_some(),
        has_sub_mchid: columns.sub_mchid.is_some(),
    };
    for record in reader.records() {
        let record = record.map_err(csv_error)?;
        // Spreadsheets write lines of commas below a table.
        if record.iter().all(str::is_empty) {
            continue;
        }
        let line = record.position().map_or(0, csv::Position::line);
        let (key, amount) = columns.read(&record, line)?;
        let number = key.number.clone();
        if let Some((_, first)) = orders.amounts.insert(key, (amount, line)) {
            return Err(t!(
                "orders-twice",
                number = number,
                first = first,
                line = line
            ));
        }
    }
    Ok(orders)
}

impl Columns {
    fn find(names: &StringRecord) -> Result<Self, String> {
        let names: Vec<_> = names.iter().map(plain).collect();
        let amount = Amount::find(&names, YUAN, FEN)?;
        let (Some(number), Some(amount)) = (place(&names, NUMBER)?, amount) else {
            return Err(t!(
                "orders-columns",
                found = names.join(&t!("list-separator"))
            ));
        };
        let refund = place(&names, REFUND)?;
        Ok(Self {
            number,
            amount,
            refund,
            refund_amount: match refund {
                Some(_) => Amount::of_refund(&names)?,
                None => None,
            },
            sub_mchid: place(&names, SUB_MCHID)?,
        })
    }

    fn read(&self, record: &StringRecord, line: u64) -> Result<(Key, Fen), String> {
        let value = |at: usize| unmarked(record.get(at).unwrap_or_default());
        // WeChat Pay's bills have 0 in the rows of payments.
        let refund = self.refund.map(value);
        let refund = refund.filter(|number| !["", "0"].contains(number));
        let number = refund.unwrap_or_else(|| value(self.number));
        if number.is_empty() {
            return Err(t!("orders-no-number", line = line));
        }
        if is_rounded(number) {
            return Err(t!("orders-rounded", line = line));
        }
        let amount = match (&self.refund_amount, refund) {
            (Some(amount), Some(_)) => amount,
            _ => &self.amount,
        };
        let key = Key {
            is_refund: refund.is_some(),
            number: number.to_owned(),
            sub_mchid: self.sub_mchid.map(value).unwrap_or_default().to_owned(),
        };
        Ok((key, amount.read(value(amount.place), line)?))
    }
}

impl Amount {
    /// The one column of these names.
    fn find(names: &[String], yuan: &[&str], fen: &[&str]) -> Result<Option<Self>, String> {
        let both = [yuan, fen].concat();
        let found = place(names, &both)?;
        Ok(found.map(|place| Self {
            place,
            is_fen: fen.contains(&&*names[place]),
        }))
    }

    fn of_refund(names: &[String]) -> Result<Option<Self>, String> {
        match Self::find(names, REFUND_YUAN, REFUND_FEN)? {
            Some(found) => Ok(Some(found)),
            None => Self::find(names, OTHER_REFUND_YUAN, OTHER_REFUND_FEN),
        }
    }

    fn read(&self, text: &str, line: u64) -> Result<Fen, String> {
        let amount = if !self.is_fen {
            Fen::from_yuan(text).ok()
        } else if text.bytes().all(|byte| byte.is_ascii_digit()) {
            text.parse().ok().map(Fen::new)
        } else {
            None
        };
        amount.filter(|amount| *amount >= Fen::ZERO).ok_or_else(|| {
            if self.is_fen {
                t!("orders-not-fen", line = line)
            } else {
                t!("orders-not-yuan", line = line)
            }
        })
    }
}

/// The name of a column in lower case, with ASCII parentheses.
fn plain(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    name.replace('（', "(").replace('）', ")")
}

/// The place of the one column that has one of these names.
fn place(names: &[String], wanted: &[&str]) -> Result<Option<usize>, String> {
    let mut places = (0..names.len()).filter(|at| wanted.contains(&&*names[*at]));
    let Some(first) = places.next() else {
        return Ok(None);
    };
    match places.next() {
        Some(second) => Err(t!(
            "orders-two-columns",
            first = names[first],
            second = names[second]
        )),
        None => Ok(Some(first)),
    }
}

/// Without the marks that bills and spreadsheets put around long numbers: `` ` ``, `'`, and `="…"`.
fn unmarked(value: &str) -> &str {
    let value = match value.strip_prefix('=') {
        Some(formula) => formula.trim_matches('"'),
        None => value,
    };
    value.trim_start_matches(['`', '\'']).trim()
}

/// Whether a program took the number for one to calculate with: `1.21775E+27`, `4E+27`, `20261101001.0`. WeChat Pay's numbers have no
/// point and no plus.
fn is_rounded(number: &str) -> bool {
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (digits, exponent) = number.split_once(['E', 'e']).unwrap_or((number, "+"));
    let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
    let has_mark = digits.contains('.') || exponent.len() > 1;
    let is_decimal = !whole.is_empty() && is_number(whole) && is_number(places);
    is_decimal && has_mark && exponent.strip_prefix('+').is_some_and(is_number)
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn csv_error(err: csv::Error) -> String {
    match err.kind() {
        csv::ErrorKind::UnequalLengths {
            pos,
            expected_len,
            len,
        } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            t!(
                "orders-length",
                line = line,
                found = len,
                wanted = expected_len
            )
        }
        _ => t!("orders-not-csv"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amounts(text: &str) -> Vec<(bool, String, i64)> {
        let orders = parse(text).unwrap();
        let amounts = orders.amounts.into_iter();
        amounts
            .map(|(key, (amount, _))| (key.is_refund, key.number, amount.get()))
            .collect()
    }

    #[test]
    fn amounts_are_yuan_or_fen_by_the_name_of_the_column() {
        let expected = [(false, "a".to_owned(), 1990), (false, "b".to_owned(), 5)];
        for text in [
            "out_trade_no,amount\na,19.90\nb,0.05\n",
            "\u{feff}out_trade_no, Amount\r\n`a,`19.9\r\n'b,0.050\r\n",
            "amount_fen,x,out_trade_no\n1990,,a\n5,\"1,2\",b",
            "商户订单号,金额（分）\na,1990\nb,5\n",
            "商户订单号,订单金额\na,19.90\nb,0.05\n",
            "商户订单号,订单金额（元）\na,19.90\nb,0.05\n",
        ] {
            assert_eq!(amounts(text), expected, "{text}");
        }
    }

    #[test]
    fn rows_with_a_refund_number_are_refunds() {
        let found = amounts("out_trade_no,out_refund_no,amount\na,,1\na,r,0.5\n");
        let expected = [(false, "a".to_owned(), 100), (true, "r".to_owned(), 50)];
        assert_eq!(found, expected);
    }

    #[test]
    fn mistakes_are_reported_with_their_line() {
        for (text, part) in [
            ("", "out_trade_no"),
            ("number,amount\na,1\n", "number, amount"),
            ("out_trade_no;amount\na;1\n", "out_trade_no;amount"),
            ("out_trade_no,amount,amount_fen\na,1,100\n", "amount_fen"),
            ("out_trade_no,金额,订单金额\na,1,1\n", "订单金额"),
            ("out_trade_no,商户订单号,amount\na,a,1\n", "商户订单号"),
            (
                "out_trade_no,out_refund_no,refund_amount,申请退款金额,amount\na,,1,1,1\n",
                "申请退款金额",
            ),
            ("out_trade_no,amount\na,1\na,2\n", "2"),
            ("out_trade_no,amount\n,1\n", "line 2"),
            ("out_trade_no,amount\na,1\nb,1.001\n", "line 3"),
            ("out_trade_no,amount\na,\"1,000\"\n", "line 2"),
            ("out_trade_no,amount\na,-1\n", "line 2"),
            ("out_trade_no,amount\na,\n", "line 2"),
            ("out_trade_no,amount_fen\na,1.0\n", "line 2"),
            ("out_trade_no,amount_fen\na,\n", "line 2"),
            (
                "out_trade_no,amount_fen\na,99999999999999999999\n",
                "line 2",
            ),
            ("out_trade_no,amount\n1.21775E+27,1\n", "line 2"),
            ("out_trade_no,amount\n4E+27,1\n", "line 2"),
            ("out_trade_no,amount\n4.20e+27,1\n", "line 2"),
            ("out_trade_no,amount\na,1\n20261101001.0,1\n", "line 3"),
            (
                "out_trade_no,out_refund_no,amount\na,5.03E+28,1\n",
                "line 2",
            ),
            ("out_trade_no,amount\na\n", "line 2"),
        ] {
            let why = parse(text).unwrap_err();
            assert!(why.contains(part), "{text}: {why}");
        }
    }

    #[test]
    fn numbers_that_only_resemble_rounded_ones_are_read() {
        for number in [
            "1E5",
            "E",
            "E+2",
            "1.5E2",
            "order-1.5E+2x",
            "20261101001",
            "a.0",
            "1.0.0",
            ".5",
            "+",
        ] {
            assert!(!is_rounded(number), "{number}");
        }
    }

    #[test]
    fn a_column_of_refunds_has_their_amounts() {
        let found = amounts(
            "商户订单号,商户退款单号,订单金额,退款金额,申请退款金额（分）\n\
             `a,`0,`12.00,`0.00,`0\n`a,`r,`0.00,`2.00,`250\n",
        );
        let expected = [(false, "a".to_owned(), 1200), (true, "r".to_owned(), 250)];
        assert_eq!(found, expected);
        let found = amounts("out_trade_no,out_refund_no,退款金额（元）,amount\na,r,2.00,12\n");
        assert_eq!(found, [(true, "r".to_owned(), 200)]);
        // Without refunds, the column means nothing.
        let found = amounts("out_trade_no,amount,refund_amount,退款金额\na,1,x,y\n");
        assert_eq!(found, [(false, "a".to_owned(), 100)]);
    }

    #[test]
    fn marks_and_empty_lines_of_spreadsheets_are_left_out() {
        let expected = [(false, "0017".to_owned(), 100)];
        for text in [
            "out_trade_no,amount\n\"=\"\"0017\"\"\",1\n",
            "out_trade_no,amount\n=\"0017\",1\n,\n , \n",
            "out_trade_no,amount\n\"\t0017\",1.00\n\n,\n",
        ] {
            assert_eq!(amounts(text), expected, "{text:?}");
        }
    }
}
