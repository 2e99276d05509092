//! Requests one bill, downloads it and checks its sums.

use std::path::PathBuf;
use std::time::SystemTime;

use http::Method;
use wechatpay_chain::bill::{Rows, Summary};
use wechatpay_chain::{Client, Error, SavedFile};

use super::dates::Date;
use super::reconcile::Reconciliation;
use crate::exit::Failure;
use crate::i18n::t;
use crate::interrupt;
use crate::progress::Progress;

/// The bills of this run.
pub(super) struct Wanted {
    pub(super) path: &'static str,
    /// The beginning of the names of their files.
    pub(super) name: String,
    /// The parameters besides the date.
    pub(super) query: Vec<(&'static str, String)>,
}

pub(super) enum Fetched {
    Bill(SavedFile),
    /// There is none: the day has no transactions. The failure says so.
    Absent(Failure),
}

/// The content of a bill whose rows agree with its summary.
pub(super) struct Checked {
    pub(super) rows: u64,
    /// Names and values of the summary; empty if this kind of bill has none.
    pub(super) sums: Vec<(String, String)>,
    /// The columns of the summary that were not compared with the rows.
    pub(super) unchecked: Vec<String>,
}

/// Downloads the bill of a day. Its digest is checked.
pub(super) fn fetch(
    client: &Client,
    wanted: &Wanted,
    day: Date,
    path: PathBuf,
    progress: &Progress,
) -> Result<Fetched, Failure> {
    let mut bill = client.bill(wanted.path).query("bill_date", day.to_string());
    for (name, value) in &wanted.query {
        bill = bill.query(*name, value.as_str());
    }
    let bar = progress.clone();
    let bill = bill.on_progress(move |done, total| bar.at(done, total));
    match interrupt::attempt(&Method::GET, bill.download(path))? {
        Ok(file) => Ok(Fetched::Bill(file)),
        Err(err) => refused(&err, day),
    }
}

/// Reads the bill, compares its sums with its summary, and its rows with the merchant's orders.
pub(super) fn check(
    file: &SavedFile,
    mut reconciliation: Option<&mut Reconciliation>,
) -> Result<Checked, Failure> {
    let unreadable = |err: Error| Failure::call(&err, &Method::GET);
    let mut rows = Rows::open(file.path()).map_err(unreadable)?;
    let mut summary = Summary::new(&rows);
    for row in rows.by_ref() {
        let row = row.map_err(unreadable)?;
        summary.add(&row).map_err(unreadable)?;
        if let Some(reconciliation) = &mut reconciliation {
            reconciliation.add(&row)?;
        }
    }
    let mut sums = Vec::new();
    if let Some(written) = rows.summary() {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        sums.extend(written.iter().map(owned));
        summary.check(&rows).map_err(unreadable)?;
    }
    Ok(Checked {
        rows: summary.count(),
        sums,
        unchecked: summary.unchecked().to_vec(),
    })
}

fn refused(err: &Error, day: Date) -> Result<Fetched, Failure> {
    let mut failure = Failure::call(err, &Method::GET);
    let code = err.api().map_or("", |api| api.code.as_str());
    let is_due = day.is_due(SystemTime::now());
    if code == "NO_STATEMENT_EXIST" && is_due {
        failure.line(t!("bill-absent", date = day));
        return Ok(Fetched::Absent(failure));
    }
    if code == "STATEMENT_CREATING" || code == "NO_STATEMENT_EXIST" {
        failure.line(t!("bill-not-ready", date = day));
    }
    Err(failure)
}
