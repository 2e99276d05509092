//! The merchant's own orders, a CSV file.
//!
//! The first line has the names of the columns: `out_trade_no` and either `amount`, in yuan, or `amount_fen`. If
//! there is a column `out_refund_no`, a row with a value in it is a refund. `sub_mchid` tells the orders of
//! sub-merchants apart.

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
    let text = files::read_text(path)?;
    parse(&text).map_err(|why| {
        let message = t!("orders-invalid", path = path.display(), why = why);
        Failure::new(Exit::Input, "file", message)
    })
}

const NUMBER: &[&str] = &["out_trade_no", "商户订单号"];
const YUAN: &[&str] = &["amount", "订单金额", "金额"];
const FEN: &[&str] = &["amount_fen", "订单金额(分)", "金额(分)"];
const REFUND: &[&str] = &["out_refund_no", "商户退款单号"];
const SUB_MCHID: &[&str] = &["sub_mchid", "特约商户号", "子商户号"];

/// The places of the columns.
struct Columns {
    number: usize,
    amount: usize,
    is_fen: bool,
    refund: Option<usize>,
    sub_mchid: Option<usize>,
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
        let place = |wanted: &[&str]| {
            let plain = |name: &str| {
                name.to_ascii_lowercase()
                    .replace('（', "(")
                    .replace('）', ")")
            };
            names
                .iter()
                .position(|name| wanted.contains(&&*plain(name)))
        };
        let (yuan, fen) = (place(YUAN), place(FEN));
        let amount = match (yuan, fen) {
            (Some(_), Some(_)) => return Err(t!("orders-two-amounts")),
            (yuan, fen) => yuan.or(fen),
        };
        let (Some(number), Some(amount)) = (place(NUMBER), amount) else {
            let found = names.iter().collect::<Vec<_>>().join(&t!("list-separator"));
            return Err(t!("orders-columns", found = found));
        };
        Ok(Self {
            number,
            amount,
            is_fen: fen.is_some(),
            refund: place(REFUND),
            sub_mchid: place(SUB_MCHID),
        })
    }

    fn read(&self, record: &StringRecord, line: u64) -> Result<(Key, Fen), String> {
        let value = |at: usize| unmarked(record.get(at).unwrap_or_default());
        let refund = self.refund.map(value).filter(|number| !number.is_empty());
        let number = refund.unwrap_or_else(|| value(self.number));
        if number.is_empty() {
            return Err(t!("orders-no-number", line = line));
        }
        if is_rounded(number) {
            return Err(t!("orders-rounded", line = line));
        }
        let amount = self.amount(value(self.amount));
        let key = Key {
            is_refund: refund.is_some(),
            number: number.to_owned(),
            sub_mchid: self.sub_mchid.map(value).unwrap_or_default().to_owned(),
        };
        let amount = amount.ok_or_else(|| {
            if self.is_fen {
                t!("orders-not-fen", line = line)
            } else {
                t!("orders-not-yuan", line = line)
            }
        })?;
        Ok((key, amount))
    }

    fn amount(&self, text: &str) -> Option<Fen> {
        let amount = if !self.is_fen {
            Fen::from_yuan(text).ok()?
        } else if text.bytes().all(|byte| byte.is_ascii_digit()) {
            Fen::new(text.parse().ok()?)
        } else {
            return None;
        };
        (amount >= Fen::ZERO).then_some(amount)
    }
}

/// Without the marks that bills and spreadsheets put before long numbers.
fn unmarked(value: &str) -> &str {
    value.trim_start_matches(['`', '\'']).trim()
}

/// Whether a spreadsheet rounded the number, as in `1.21775E+27`.
fn is_rounded(number: &str) -> bool {
    let Some((digits, exponent)) = number.split_once(['E', 'e']) else {
        return false;
    };
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    digits.split_once('.').is_some_and(|(whole, places)| {
        whole.len() == 1 && is_number(whole) && !places.is_empty() && is_number(places)
    }) && exponent.strip_prefix('+').is_some_and(is_number)
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
            ("out_trade_no,amount\na\n", "line 2"),
        ] {
            let why = parse(text).unwrap_err();
            assert!(why.contains(part), "{text}: {why}");
        }
    }

    #[test]
    fn numbers_that_only_resemble_rounded_ones_are_read() {
        for number in ["1E5", "12E+3", "E", "1.E+2", "1.5E2", "order-1.5E+2x"] {
            assert!(!is_rounded(number), "{number}");
        }
    }
}
