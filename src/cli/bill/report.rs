//! The output about bills.

use std::path::Path;

use serde_json::{Map, Value, json};
use unicode_width::UnicodeWidthStr;
use wechatpay_chain::SavedFile;

use super::dates::Date;
use super::fetch::Checked;
use super::orders::Key;
use super::reconcile::{Difference, Reconciled};
use crate::exit::Failure;
use crate::i18n::t;
use crate::output::{Output, pad};
use crate::request;

/// Writes to standard output, or to standard error if a bill is written to standard output.
pub(super) struct Report<'o> {
    output: &'o Output,
    to_stderr: bool,
}

impl<'o> Report<'o> {
    pub(super) fn new(output: &'o Output, to_stderr: bool) -> Self {
        Self { output, to_stderr }
    }

    /// A bill that was checked, with its sums.
    pub(super) fn bill(
        &self,
        day: Date,
        path: Option<&Path>,
        file: &SavedFile,
        checked: &Checked,
    ) -> Result<(), Failure> {
        let path = path.map(|path| path.display().to_string());
        let digest = request::how_checked(file);
        if self.output.json() {
            let sums = checked.sums.iter();
            let sums: Map<_, _> = sums
                .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
                .collect();
            return self.line(
                &json!({
                    "date": day.to_string(), "path": path, "bytes": file.len(),
                    "checked": digest, "rows": checked.rows, "summary": sums,
                    "unchecked": checked.unchecked,
                })
                .to_string(),
            );
        }
        let rows = t!(
            "bill-rows",
            rows = checked.rows,
            bytes = file.len(),
            checked = digest
        );
        let path = path.unwrap_or_else(|| t!("stdout"));
        self.line(&format!("{day}  {path}  {rows}"))?;
        self.sums(checked)
    }

    /// A day that has no bill.
    pub(super) fn absent(&self, day: Date) -> Result<(), Failure> {
        if self.output.json() {
            let shown = json!({ "date": day.to_string(), "path": null, "absent": true });
            return self.line(&shown.to_string());
        }
        self.line(&format!("{day}  {}", t!("bill-day-absent")))
    }

    /// The result of the comparison with the orders in `file`.
    pub(super) fn reconciled(&self, file: &str, result: &Reconciled) -> Result<(), Failure> {
        if self.output.json() {
            let differences = result.differences.iter();
            let differences: Vec<_> = differences.map(|(key, it)| object(key, it)).collect();
            let shown = json!({ "equal": result.equal, "differences": differences });
            return self.line(&shown.to_string());
        }
        let count = result.differences.len();
        self.line(&t!(
            "reconcile-result",
            file = file,
            equal = result.equal,
            count = count
        ))?;
        for (key, difference) in &result.differences {
            self.line(&format!("  {}", sentence(key, difference, file)))?;
        }
        Ok(())
    }

    fn sums(&self, checked: &Checked) -> Result<(), Failure> {
        if checked.sums.is_empty() {
            return self.line(&format!("  {}", t!("bill-no-summary")));
        }
        let names = checked.sums.iter().map(|(name, _)| name.width());
        let width = names.max().unwrap_or_default();
        let values = checked.sums.iter().map(|(_, value)| value.width());
        let values = values.max().unwrap_or_default();
        for (name, value) in &checked.sums {
            let gap = " ".repeat(values - value.width());
            let note = if checked.unchecked.contains(name) {
                format!("  {}", t!("bill-unchecked"))
            } else {
                String::new()
            };
            self.line(&format!("  {}  {gap}{value}{note}", pad(name, width)))?;
        }
        Ok(())
    }

    fn line(&self, text: &str) -> Result<(), Failure> {
        if self.to_stderr {
            self.output.error_line(text);
            return Ok(());
        }
        self.output.line(text)
    }
}

fn sentence(key: &Key, difference: &Difference, file: &str) -> String {
    let number = if key.is_refund {
        t!("reconcile-refund", number = key.number)
    } else {
        t!("reconcile-order", number = key.number)
    };
    match difference {
        Difference::MissingInBill { amount, line } => t!(
            "missing-in-bill",
            number = number,
            amount = amount.to_yuan(),
            file = file,
            line = line
        ),
        Difference::MissingInOrders { amount } => t!(
            "missing-in-orders",
            number = number,
            amount = amount.to_yuan(),
            file = file
        ),
        Difference::Amounts { ours, line, theirs } => t!(
            "amounts-differ",
            number = number,
            ours = ours.to_yuan(),
            theirs = theirs.to_yuan(),
            file = file,
            line = line
        ),
        Difference::Reversed { amount, line } => t!(
            "payment-reversed",
            number = number,
            amount = amount.to_yuan(),
            file = file,
            line = line
        ),
    }
}

/// Amounts in JSON are fen, as in WeChat Pay's.
fn object(key: &Key, difference: &Difference) -> Value {
    let (kind, line, ours, theirs) = match difference {
        Difference::MissingInBill { amount, line } => {
            ("missing_in_bill", Some(line), Some(amount), None)
        }
        Difference::MissingInOrders { amount } => ("missing_in_orders", None, None, Some(amount)),
        Difference::Amounts { ours, line, theirs } => {
            ("amounts_differ", Some(line), Some(ours), Some(theirs))
        }
        Difference::Reversed { amount, line } => ("reversed", Some(line), Some(amount), None),
    };
    let mut shown = json!({ "kind": kind });
    let name = if key.is_refund {
        "out_refund_no"
    } else {
        "out_trade_no"
    };
    shown[name] = key.number.as_str().into();
    if !key.sub_mchid.is_empty() {
        shown["sub_mchid"] = key.sub_mchid.as_str().into();
    }
    shown["line"] = json!(line);
    shown["order_fen"] = json!(ours);
    shown["bill_fen"] = json!(theirs);
    shown
}
