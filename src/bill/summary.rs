use std::io::Read;

use super::rows::{Row, Rows};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// The counts and sums of a bill, compared with the summary that WeChat Pay wrote.
///
/// Lost or doubled rows change a sum. [`read`](Self::read) reads a whole bill;
/// [`new`](Self::new), [`add`](Self::add) and [`check`](Self::check) do the same while a program uses the rows.
/// The columns that are compared are those of trade bills (交易账单) and fund-flow bills (资金账单); other columns of a
/// summary are in [`unchecked`](Self::unchecked).
///
/// ```
/// use wechatpay_chain::Fen;
/// use wechatpay_chain::bill::{Rows, Summary};
///
/// let bill = "交易时间,商户订单号,订单金额\n`2024-01-01 10:00:00,`1217752501,`0.01\n\
///             总交易单数,订单总金额\n`1,`0.01\n";
/// let mut rows = Rows::new(bill.as_bytes())?;
/// let mut summary = Summary::new(&rows);
/// let mut total = Fen::ZERO;
/// for row in rows.by_ref() {
///     let row = row?;
///     summary.add(&row)?;
///     total = total.checked_add(row.fen("订单金额")?).expect("the bill of one day");
/// }
/// summary.check(&rows)?;
/// assert_eq!((summary.count(), total), (1, Fen::new(1)));
/// # Ok::<(), wechatpay_chain::Error>(())
/// ```
///
/// Sources: WeChat Pay documents "交易账单详细说明" and "资金账单详细说明".
#[derive(Debug, Clone)]
pub struct Summary {
    count: u64,
    sums: Vec<Sum>,
    unchecked: Vec<String>,
}

/// A column of the summary, and its sum so far.
#[derive(Debug, Clone)]
struct Sum {
    rule: &'static Rule,
    total: Decimal,
}

/// How a column of the summary is computed from the rows.
#[derive(Debug)]
struct Rule {
    /// The names of the column.
    names: &'static [&'static str],
    /// The column of the rows that is added up, or none to count rows.
    of: Option<&'static str>,
    /// The rows that count: those with this value in 收支类型.
    direction: Option<&'static str>,
    /// The largest permitted difference.
    tolerance: Decimal,
}

/// A decimal number of at most 8 places, as an integer.
type Decimal = i128;

const PLACES: usize = 8;
const FEN: Decimal = 1_000_000;
const DIRECTION: &str = "收支类型";
const AMOUNT: &str = "收支金额(元)";

const RULES: &[Rule] = &[
    counted(&["总交易单数", "资金流水总笔数"], None),
    added(&["应结订单总金额", "总交易额"], "应结订单金额"),
    added(&["退款总金额", "总退款金额"], "退款金额"),
    added(
        &[
            "充值券退款总金额",
            "总代金券或立减优惠退款金额",
            "总企业红包退款金额",
        ],
        "充值券退款金额",
    ),
    Rule {
        // Fees have 5 places in the rows, and fewer in some summaries.
        tolerance: FEN,
        ..added(&["手续费总金额"], "手续费")
    },
    added(&["订单总金额"], "订单金额"),
    added(&["申请退款总金额"], "申请退款金额"),
    counted(&["收入笔数"], Some("收入")),
    directed(&["收入金额"], "收入"),
    counted(&["支出笔数"], Some("支出")),
    directed(&["支出金额"], "支出"),
];

impl Summary {
    /// Creates a check for a bill whose rows were not read yet.
    #[must_use]
    pub fn new<R: Read>(rows: &Rows<R>) -> Self {
        let has = |name: &str| rows.names().iter().any(|known| known == name);
        let applies =
            |rule: &&Rule| rule.of.is_none_or(has) && (rule.direction.is_none() || has(DIRECTION));
        Self {
            count: 0,
            sums: RULES
                .iter()
                .filter(applies)
                .map(|rule| Sum { rule, total: 0 })
                .collect(),
            unchecked: Vec::new(),
        }
    }

    /// Reads all rows of a bill and compares the sums with its summary.
    ///
    /// # Errors
    ///
    /// The errors of the rows, of [`add`](Self::add) and of [`check`](Self::check).
    pub fn read<R: Read>(mut rows: Rows<R>) -> Result<Self> {
        let mut summary = Self::new(&rows);
        for row in rows.by_ref() {
            summary.add(&row?)?;
        }
        summary.check(&rows)?;
        Ok(summary)
    }

    /// Adds a row.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Body`] when a column that is added up does not contain a number.
    pub fn add(&mut self, row: &Row) -> Result<()> {
        self.count += 1;
        for Sum { rule, total } in &mut self.sums {
            if rule
                .direction
                .is_some_and(|wanted| row.get(DIRECTION) != Some(wanted))
            {
                continue;
            }
            let value = match rule.of {
                None => ONE,
                Some(name) => number(row, name)?,
            };
            *total = total
                .checked_add(value)
                .ok_or_else(|| unlike(rule.names[0], "is too large"))?;
        }
        Ok(())
    }

    /// Compares the sums with the summary of a bill whose rows were all read.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Body`] when the bill has no summary, or the summary has a different count or sum. The error names the
    /// column, but no amount.
    pub fn check<R: Read>(&mut self, rows: &Rows<R>) -> Result<()> {
        let written = rows.summary().ok_or_else(|| {
            let message = "the bill has no summary to compare its rows with: read all rows first";
            Error::new(ErrorKind::Body, message)
        })?;
        self.unchecked.clear();
        for (name, _) in written.iter() {
            let Some(sum) = self.sums.iter().find(|sum| sum.rule.names.contains(&name)) else {
                self.unchecked.push(name.to_owned());
                continue;
            };
            let distance = sum.total.abs_diff(number(written, name)?);
            if distance > 0 && distance >= sum.rule.tolerance.unsigned_abs() {
                return Err(unlike(
                    name,
                    "differs from its rows: download the bill again",
                ));
            }
        }
        Ok(())
    }

    /// Returns the number of rows.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Returns the columns of the summary that [`check`](Self::check) did not compare.
    #[must_use]
    pub fn unchecked(&self) -> &[String] {
        &self.unchecked
    }
}

const ONE: Decimal = 100_000_000;

const fn added(names: &'static [&'static str], of: &'static str) -> Rule {
    Rule {
        names,
        of: Some(of),
        direction: None,
        tolerance: 0,
    }
}

const fn counted(names: &'static [&'static str], direction: Option<&'static str>) -> Rule {
    Rule {
        names,
        of: None,
        direction,
        tolerance: 0,
    }
}

const fn directed(names: &'static [&'static str], direction: &'static str) -> Rule {
    Rule {
        names,
        of: Some(AMOUNT),
        direction: Some(direction),
        tolerance: 0,
    }
}

fn number(row: &Row, name: &str) -> Result<Decimal> {
    row.get(name)
        .and_then(decimal)
        .ok_or_else(|| unlike(name, "has a value that is not a number"))
}

/// Parses a decimal such as `-0.00600` exactly.
fn decimal(text: &str) -> Option<Decimal> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|it| it.is_ascii_digit());
    if whole.is_empty() || whole.len() > 20 || places.len() > PLACES {
        return None;
    }
    (all_digits(whole) && all_digits(places))
        .then(|| format!("{whole}{places:0<PLACES$}").parse::<Decimal>().ok())?
        .map(|value| sign * value)
}

fn unlike(name: &str, why: &str) -> Error {
    Error::new(
        ErrorKind::Body,
        format!("the column {name} of the bill {why}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRADE: &str = "交易时间,商户订单号,应结订单金额,退款金额,充值券退款金额,手续费,订单金额,申请退款金额\n\
        `2024-01-01 10:00:00,`1,`0.30,`0.00,`0.00,`0.00180,`0.30,`0.00\n\
        `2024-01-01 11:00:00,`2,`0.00,`0.10,`0.00,`-0.00060,`0.00,`0.10\n";
    const FUNDS: &str = "记账时间,资金流水单号,收支类型,收支金额(元)\n\
        `2024-01-01 10:00:00,`1,`收入,`0.30\n`2024-01-01 10:00:01,`2,`支出,`0.10\n\
        `2024-01-01 10:00:02,`3,`收入,`90071992547409.93\n";

    fn read(rows: &str, summary: &str) -> Result<Summary> {
        Summary::read(Rows::new(format!("{rows}{summary}").as_bytes())?)
    }

    #[test]
    fn correct_sums_pass() {
        let names = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额";
        for fees in ["0.00120", "0.0", "0"] {
            let values = format!("\n`2,`0.30,`0.10,`0.00,`{fees},`0.30,`0.10\n");
            let summary = read(TRADE, &format!("{names}{values}")).unwrap();
            assert_eq!(
                (summary.count(), summary.unchecked()),
                (2, &[][..]),
                "{fees}"
            );
        }
        let names = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额";
        let summary = read(
            FUNDS,
            &format!("{names}\n`3,`2,`90071992547410.23,`1,`0.10\n"),
        );
        assert_eq!(summary.unwrap().count(), 3);
    }

    #[test]
    fn each_wrong_count_and_sum_is_named() {
        for (rows, name, wrong) in [
            (TRADE, "总交易单数", "1"),
            (TRADE, "应结订单总金额", "0.31"),
            (TRADE, "退款总金额", "0.00"),
            (TRADE, "充值券退款总金额", "0.01"),
            (TRADE, "手续费总金额", "0.02"),
            (TRADE, "订单总金额", "-0.30"),
            (TRADE, "申请退款总金额", "0.1001"),
            (FUNDS, "资金流水总笔数", "2"),
            (FUNDS, "收入笔数", "3"),
            (FUNDS, "收入金额", "90071992547410.24"),
            (FUNDS, "支出笔数", "0"),
            (FUNDS, "支出金额", "0.30"),
        ] {
            let err = read(rows, &format!("别的,{name}\n`x,`{wrong}\n")).unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Body);
            assert!(err.to_string().contains(name), "{err}");
            assert!(
                !err.to_string().contains(wrong) || wrong.len() == 1,
                "{err}"
            );
        }
    }

    #[test]
    fn columns_without_a_rule_are_listed() {
        let summary = read(TRADE, "总交易单数,新的总额\n`2,`7\n").unwrap();
        assert_eq!(summary.unchecked(), ["新的总额"]);
    }

    #[test]
    fn non_numeric_values_are_errors() {
        for value in ["", "x", "1.2.3", "1e2", "+1", "0.123456789", "１"] {
            let rows = format!("交易时间,订单金额\n`2024-01-01 10:00:00,`{value}\n");
            let err = read(&rows, "总交易单数,订单总金额\n`1,`0\n").unwrap_err();
            assert!(err.to_string().contains("订单金额"), "{value:?}: {err}");
        }
        assert!(read("a,b\n1,2\n", "").is_err(), "no summary");
    }
}
