//! The bills of a day: the trade bill ([`trade`]) and the fund-flow bill ([`funds`]).
//!
//! Sources: "交易账单详细说明" and "资金账单详细说明" (pay.weixin.qq.com, docs/merchant/products/bill-download,
//! format-trade and format-fundflow): the columns of each bill and of its summary, in this order; a back
//! quote before each value, also in the summary; `\r` and `\n` in a value are written as `\\r` and
//! `\\n`, and U+0001 as a space. Other characters that would break a cell become a space here, because
//! the documents do not describe their escapes completely.

pub(super) mod funds;
pub(super) mod trade;

use super::order::model::Party;
use crate::date::Local;

pub(crate) use trade::BillType;

/// Whether a party is the requested one: a sub-merchant, or the merchant itself.
fn is_asked(party: &Party, sub_mchid: Option<&str>) -> bool {
    party.sub_mchid.as_deref() == sub_mchid
}

/// Writes the header, the rows, the header of the summary, and the summary, after a byte order mark.
fn csv(head: &str, rows: &[Vec<String>], sum_head: &str, sums: &[String]) -> String {
    let lines: String = rows.iter().map(|row| line(row)).collect();
    format!("\u{feff}{head}\r\n{lines}{sum_head}\r\n{}", line(sums))
}

fn line(columns: &[String]) -> String {
    let cells: Vec<_> = columns.iter().map(|it| format!("`{}", cell(it))).collect();
    format!("{}\r\n", cells.join(","))
}

fn cell(text: &str) -> String {
    let text = text.replace('\r', "\\r").replace('\n', "\\n");
    text.replace([',', '`', '"', '\u{1}'], " ")
}

fn at(time: i64) -> String {
    Local::of(time).to_string()
}

fn yuan(fen: i128) -> String {
    let (sign, fen) = (if fen < 0 { "-" } else { "" }, fen.unsigned_abs());
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_in_yuan_and_cells_are_escaped() {
        for (fen, text) in [
            (0, "0.00"),
            (1, "0.01"),
            (-5, "-0.05"),
            (100, "1.00"),
            (123_456, "1234.56"),
        ] {
            assert_eq!(yuan(fen), text);
        }
        assert_eq!(cell("a,b`c\u{1}\r\n"), "a b c \\r\\n");
        let texts = |texts: &[&str]| texts.iter().map(|&it| it.to_owned()).collect::<Vec<_>>();
        let csv = csv("a,b", &[texts(&["1", ""])], "s", &texts(&["2"]));
        assert_eq!(csv, "\u{feff}a,b\r\n`1,`\r\ns\r\n`2\r\n");
    }
}
