use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::lines::{Lines, Record};
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::value::{Fen, Timestamp};

/// The rows of a bill, one at a time, in constant memory.
///
/// A bill is UTF-8 CSV: column names, then rows whose values all begin with a back quote (so that
/// spreadsheets do not round long numbers), then the names of a summary and one row with its values. Back
/// quotes are removed. The iterator returns the rows, and after the last one
/// [`summary`](Self::summary) returns the summary. Statements without back quotes have no summary.
///
/// A bill that ends before its summary is truncated, so its rows end with an error. Without back quotes,
/// truncation cannot be detected.
///
/// ```
/// use wechatpay_chain::bill::Rows;
///
/// let bill = "交易时间,商户订单号,订单金额\n`2024-01-01 10:00:00,`1217752501,`0.01\n\
///             总交易单数,订单总金额\n`1,`0.01\n";
/// let mut rows = Rows::new(bill.as_bytes())?;
/// let row = rows.next().unwrap()?;
/// assert_eq!(row.get("商户订单号"), Some("1217752501"));
/// assert!(rows.next().is_none());
/// assert_eq!(rows.summary().unwrap().get("订单总金额"), Some("0.01"));
/// # Ok::<(), wechatpay_chain::Error>(())
/// ```
///
/// # Escapes
///
/// In the rows of a fund-flow bill (资金账单) the texts `\r` and `\n`, two characters each, stand for a
/// carriage return and a line feed, and are decoded. Bills do not escape backslashes, so the two characters
/// `\n` in a remark are read as a line feed too. WeChat Pay replaces the character U+0001 by a space,
/// which cannot be undone. WeChat Pay escapes 备注 and 业务凭证号 further; the table is known
/// only from a third party (a comma becomes a backslash and a space), so these escapes are kept. In
/// trade bills and all others nothing is unescaped.
///
/// Source: section 3 of WeChat Pay document "资金账单详细说明" (2024-11-25).
pub struct Rows<R = File> {
    lines: Lines<R>,
    names: Arc<[String]>,
    /// Whether `"` quotes values.
    quoting: bool,
    is_fund_flow: bool,
    summary: Option<Row>,
    state: RowsState,
}

#[derive(PartialEq, Eq)]
enum RowsState {
    /// No row was read.
    Begin,
    Quoted,
    Plain,
    Ended,
}

/// One row of a bill, with values by column name.
///
/// `Debug` omits the values: they may name people.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    names: Arc<[String]>,
    values: Vec<String>,
}

impl Rows {
    /// Opens an unzipped bill on disk.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::File`] when the file cannot be read, and the errors of [`new`](Self::new).
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|err| {
            let message = format!("the bill {} cannot be read", path.display());
            Error::new(ErrorKind::File, message).with_source(err)
        })?;
        Self::new(file)
    }
}

impl<R: Read> Rows<R> {
    /// Reads an unzipped bill from any reader.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Body`] when the content is not a bill. The error names the content: empty, an HTML page, XML,
    /// JSON, zipped, encrypted, or not UTF-8. [`ErrorKind::File`] when reading fails.
    pub fn new(reader: R) -> Result<Self> {
        let mut lines = Lines::new(reader)?;
        let names = lines.next(true)?.map(|record| record.fields);
        let names: Arc<[String]> = trimmed(names.unwrap_or_default());
        if names.len() < 2 {
            return Err(Error::new(
                ErrorKind::Body,
                "the file is not a bill: its first line does not have the column names",
            ));
        }
        let has = |wanted: &str| names.iter().any(|name| name == wanted);
        Ok(Self {
            // In a back-quoted value, a `"` is an ordinary character. Reading it as a quote would join
            // rows.
            quoting: !lines.next_is_back_quoted()?,
            is_fund_flow: has(FUNDS) && has("资金流水单号"),
            lines,
            names,
            summary: None,
            state: RowsState::Begin,
        })
    }

    /// Returns the column names.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Returns the summary after all rows were read. A complete bill has one.
    #[must_use]
    pub fn summary(&self) -> Option<&Row> {
        self.summary.as_ref()
    }

    fn advance(&mut self) -> Result<Option<Row>> {
        if self.state == RowsState::Ended {
            return Ok(None);
        }
        let Some(record) = self.lines.next(self.quoting)? else {
            return self.end();
        };
        match (is_back_quoted(&record.fields), &self.state) {
            (true, _) => self.state = RowsState::Quoted,
            (false, RowsState::Quoted) => return self.read_summary(record),
            // A day without trades has the names of the summary right after the column names.
            (false, RowsState::Begin) if record.fields.len() != self.names.len() => {
                return self.read_summary(record);
            }
            (false, _) => self.state = RowsState::Plain,
        }
        let mut row = row(&self.names, record)?;
        if self.is_fund_flow {
            row.values.iter_mut().for_each(unescape);
        }
        Ok(Some(row))
    }

    /// Handles the end of a bill without a summary.
    fn end(&mut self) -> Result<Option<Row>> {
        let state = std::mem::replace(&mut self.state, RowsState::Ended);
        let has_summary = match state {
            RowsState::Quoted => true,
            RowsState::Begin => {
                matches!(self.names.first().map(|name| &**name), Some(TRADE | FUNDS))
            }
            RowsState::Plain | RowsState::Ended => false,
        };
        if has_summary {
            Err(cut_off())
        } else {
            Ok(None)
        }
    }

    /// Reads the summary: its names are in this record, its values in the next.
    fn read_summary(&mut self, names: Record) -> Result<Option<Row>> {
        self.state = RowsState::Ended;
        let names = trimmed(names.fields);
        let values = self.lines.next(self.quoting)?.ok_or_else(cut_off)?;
        self.summary = Some(row(&names, values)?);
        // A line break inside a value looks like a summary; the rows after it must not be lost.
        if self.lines.next(self.quoting)?.is_some() {
            return Err(Error::new(
                ErrorKind::Body,
                "the bill continues after a line that looks like its summary: one of its values \
                 contains a line break",
            ));
        }
        Ok(None)
    }
}

/// The first columns of trade bills and of fund-flow bills, both of which have a summary.
const TRADE: &str = "交易时间";
const FUNDS: &str = "记账时间";

fn cut_off() -> Error {
    Error::new(
        ErrorKind::Body,
        "the bill ends before its summary: the file is truncated; download it again",
    )
}

fn trimmed(names: Vec<String>) -> Arc<[String]> {
    names.iter().map(|name| name.trim().to_owned()).collect()
}

fn row(names: &Arc<[String]>, record: Record) -> Result<Row> {
    let line = record.line;
    let values = values(record.fields);
    if values.len() == names.len() {
        let names = Arc::clone(names);
        return Ok(Row { names, values });
    }
    let (found, wanted) = (values.len(), names.len());
    Err(Error::new(
        ErrorKind::Body,
        format!("line {line} of the bill has {found} values for {wanted} columns"),
    ))
}

fn is_back_quoted(fields: &[String]) -> bool {
    fields.first().is_some_and(|first| first.starts_with('`'))
}

/// Joins values that a comma split. A comma inside a back-quoted value is not a separator: the text after it does not
/// begin with a back quote.
fn values(fields: Vec<String>) -> Vec<String> {
    let quoted = is_back_quoted(&fields);
    let mut values: Vec<String> = Vec::with_capacity(fields.len());
    for field in fields {
        match (field.strip_prefix('`'), values.last_mut()) {
            (Some(value), _) => values.push(value.to_owned()),
            (None, Some(last)) if quoted => {
                last.push(',');
                last.push_str(&field);
            }
            (None, _) => values.push(field),
        }
    }
    // Only at the end of complete values: a space before an inner comma belongs to the value.
    for value in &mut values {
        value.truncate(value.trim_end().len());
    }
    values
}

fn unescape(value: &mut String) {
    if value.contains('\\') {
        *value = value.replace("\\r", "\r").replace("\\n", "\n");
    }
}

impl<R: Read> Iterator for Rows<R> {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.advance();
        if row.is_err() {
            self.state = RowsState::Ended;
        }
        row.transpose()
    }
}

impl Row {
    /// Returns the value of a column.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let at = self.names.iter().position(|known| known == name)?;
        self.values.get(at).map(String::as_str)
    }

    /// Returns the amount of a column. Bills write amounts in yuan.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Body`] when there is no such column, or its value is not an amount in whole fen. 手续费 has fractions
    /// of a fen.
    pub fn fen(&self, name: &str) -> Result<Fen> {
        Fen::from_yuan(self.value(name)?).map_err(|err| malformed(name, err))
    }

    /// Returns the time of a column. Bills write Beijing time.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Body`] when there is no such column, or its value is not a time.
    pub fn time(&self, name: &str) -> Result<Timestamp> {
        Timestamp::from_bill(self.value(name)?).map_err(|err| malformed(name, err))
    }

    fn value(&self, name: &str) -> Result<&str> {
        self.get(name).ok_or_else(|| {
            let message = format!("the bill has no column {name}");
            Error::new(ErrorKind::Body, message)
        })
    }

    /// Returns the values in column order.
    #[must_use]
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// Returns names and values in column order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let names = self.names.iter().map(String::as_str);
        names.zip(self.values.iter().map(String::as_str))
    }
}

fn malformed(name: &str, err: Error) -> Error {
    let message = format!("the column {name} of the bill cannot be read");
    Error::new(ErrorKind::Body, message).with_source(err)
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row")
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

impl<R> fmt::Debug for Rows<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}
