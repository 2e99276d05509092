//! The night's work: does WeChat Pay's bill say what the book says?

use std::collections::BTreeMap;

use time::{Date, Duration, OffsetDateTime, UtcOffset, macros::format_description};
use wechatpay_chain::BoxError;
use wechatpay_chain::bill::Rows;

use crate::{Shop, State};

/// Where bill and book differ.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// It was paid, and no notification told of it. It is booked now.
    Missed(String),
    /// The bill has a payment, or an amount, that the book does not know: a person has to look.
    Unexplained(String),
}

impl Shop {
    /// Compares the payments of a day (Beijing time) with the book, and books what was missed.
    ///
    /// # Errors
    ///
    /// Those of the download; it may be called again.
    pub async fn reconcile(&self, day: Date) -> Result<Vec<Difference>, BoxError> {
        let folder = tempfile::tempdir()?;
        let day = day.format(format_description!("[year]-[month]-[day]"))?;
        let bill = self
            .client
            .bill("v3/bill/tradebill")
            .query("bill_date", day)
            .query("bill_type", "SUCCESS");
        let file = match bill.download(folder.path().join("bill.csv")).await {
            Err(err)
                if err
                    .api()
                    .is_some_and(|api| api.code == "NO_STATEMENT_EXIST") =>
            {
                return Ok(Vec::new());
            }
            file => file?,
        };
        let mut payments = BTreeMap::new();
        for row in Rows::open(file.path())? {
            let row = row?;
            let (number, total) = (row.get("商户订单号"), row.get("订单金额"));
            let total = total.and_then(fen).ok_or("a row without an amount")?;
            payments.insert(number.ok_or("a row without a number")?.to_owned(), total);
        }
        Ok(payments
            .into_iter()
            .filter_map(|(number, total)| self.compare(number, total))
            .collect())
    }

    fn compare(&self, number: String, total: i64) -> Option<Difference> {
        match self.book.get(&number) {
            Ok(order) if order.total != total => Some(Difference::Unexplained(number)),
            Err(_) => Some(Difference::Unexplained(number)),
            Ok(order) if matches!(order.state, State::Unpaid | State::Closed) => {
                self.note_paid(&number.as_str().into(), &total.into());
                Some(Difference::Missed(number))
            }
            Ok(_) => None,
        }
    }
}

/// Yesterday in Beijing: bills are there from 10 o'clock on.
pub fn yesterday(now: OffsetDateTime) -> Date {
    let beijing = UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC);
    (now.to_offset(beijing) - Duration::DAY).date()
}

/// `1.00` yuan as fen, without floating point.
fn fen(yuan: &str) -> Option<i64> {
    let (whole, part) = yuan.trim().split_once('.').unwrap_or((yuan.trim(), "0"));
    let part: i64 = format!("{part:0<2}").get(..2)?.parse().ok()?;
    Some(whole.parse::<i64>().ok()? * 100 + part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_become_fen_without_rounding() {
        for (yuan, expected) in [
            ("1.00", Some(100)),
            ("0.29", Some(29)),
            ("12", Some(1200)),
            ("1.5", Some(150)),
            ("x", None),
        ] {
            assert_eq!(fen(yuan), expected, "{yuan}");
        }
    }

    #[test]
    fn the_day_is_that_of_beijing() {
        let now = time::macros::datetime!(2026-01-02 02:00 UTC);
        assert_eq!(yesterday(now), time::macros::date!(2026 - 01 - 01));
        let late = time::macros::datetime!(2026-01-01 20:00 UTC);
        assert_eq!(yesterday(late), time::macros::date!(2026 - 01 - 01));
    }
}
