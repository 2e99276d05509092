//! The nightly comparison of WeChat Pay's bill with the book.

use std::time::{Duration, SystemTime};

use wechatpay_chain::bill::{Rows, Summary};
use wechatpay_chain::{BoxError, Error, Fen, Timestamp};

use crate::{Failure, Shop};

/// A difference between the bill and the book.
#[derive(Debug, PartialEq, Eq)]
pub enum Difference {
    /// The order was paid and no notification arrived. It is booked now.
    Missed(String),
    /// The bill has a payment or an amount that the book does not know. A person must check it.
    Unexplained(String),
}

impl Shop {
    /// Compares the payments of a day (`2026-01-02`, Beijing time) with the book, and books those that were missed.
    pub async fn reconcile(&self, day: &str) -> Result<Vec<Difference>, BoxError> {
        let folder = tempfile::tempdir()?;
        let bill = self.client.bill("v3/bill/tradebill");
        let bill = bill.query("bill_date", day).query("bill_type", "SUCCESS");
        let has_none = |err: &Error| err.api().map(|it| &*it.code) == Some("NO_STATEMENT_EXIST");
        let file = match bill.download(folder.path().join("bill.csv")).await {
            Ok(file) => file,
            Err(err) if has_none(&err) => return Ok(Vec::new()),
            Err(err) => return Err(err.into()),
        };
        let mut rows = Rows::open(file.path())?;
        let mut summary = Summary::new(&rows);
        let mut payments = Vec::new();
        for row in rows.by_ref() {
            let row = row?;
            summary.add(&row)?;
            let number = row.get("商户订单号").ok_or("no order numbers")?;
            payments.push((number.to_owned(), row.fen("订单金额")?));
        }
        // The book changes only if the bill is complete.
        summary.check(&rows)?;
        let compare = |(number, total)| self.compare(number, total).transpose();
        let differences = payments.into_iter().filter_map(compare);
        let differences = differences.collect::<Result<Vec<_>, _>>()?;
        if !differences.is_empty() {
            tracing::error!(day, ?differences, "the bill and the book differ");
        }
        Ok(differences)
    }

    fn compare(&self, number: String, total: Fen) -> Result<Option<Difference>, Failure> {
        match self.note_paid(&number.as_str().into(), &total.get().into()) {
            Ok(is_new) => Ok(is_new.then_some(Difference::Missed(number))),
            Err(Failure::NotFound(_)) => Ok(Some(Difference::Unexplained(number))),
            Err(err) => Err(err),
        }
    }
}

/// Returns the last seven days in Beijing with a bill, which is available from 10 o'clock of the next day on.
pub fn last_week(now: SystemTime) -> [String; 7] {
    [1, 2, 3, 4, 5, 6, 7].map(|ago: u64| {
        let time = Timestamp::beijing(now - Duration::from_secs((ago * 24 + 10) * 3600));
        time.to_string().chars().take("2026-01-02".len()).collect()
    })
}
