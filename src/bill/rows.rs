use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Chain, Cursor, Read};
use std::path::Path;
use std::sync::Arc;

use csv::{ErrorKind as CsvErrorKind, Reader, ReaderBuilder, StringRecord};

use crate::error::{Error, ErrorKind, Result};

/// The rows of a bill, one at a time, in constant memory.
///
/// A bill is UTF-8 CSV: names, then rows whose every value begins with a back quote (so that
/// spreadsheets leave long numbers alone), then the names of a summary and one row of it. Back
/// quotes are taken away; the iterator gives the rows, and after the last one
/// [`summary`](Self::summary) the summary. Statements without back quotes have no summary.
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
pub struct Rows<R = File> {
    reader: Reader<Chain<Cursor<Vec<u8>>, BufReader<R>>>,
    record: StringRecord,
    names: Arc<[String]>,
    summary: Option<Row>,
    state: State,
}

#[derive(PartialEq, Eq)]
enum State {
    /// No row was read.
    Begin,
    Quoted,
    Plain,
    Ended,
}

/// One row of a bill: values by their names.
///
/// A value is the merchant's business and may name people: it is not in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    names: Arc<[String]>,
    values: Vec<String>,
}

impl Rows {
    /// Of an unzipped bill on disk.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::File`] when it cannot be read, [`ErrorKind::Body`] when it is not a bill.
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
    /// Of anything that gives an unzipped bill.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Body`] when it is not a bill.
    pub fn new(reader: R) -> Result<Self> {
        let (head, reader) = head(reader).map_err(unread)?;
        // Back-quoted values are quoted by nothing else: a `"` in them is a character like any other,
        // and taken for a quote it would join rows.
        let plain = !head.ends_with(b"`");
        let mut rows = Self {
            reader: ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .quoting(plain)
                .from_reader(Cursor::new(head).chain(reader)),
            record: StringRecord::new(),
            names: Arc::new([]),
            summary: None,
            state: State::Begin,
        };
        if rows.read()? {
            rows.names = rows.names_here();
        }
        Ok(rows)
    }

    /// The names of the columns.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The summary, once all rows were read; a whole bill has one, one that was cut has not.
    #[must_use]
    pub fn summary(&self) -> Option<&Row> {
        self.summary.as_ref()
    }

    fn advance(&mut self) -> Result<Option<Row>> {
        if self.state == State::Ended || !self.read()? {
            self.state = State::Ended;
            return Ok(None);
        }
        let quoted = self
            .record
            .get(0)
            .is_some_and(|first| first.starts_with('`'));
        match (quoted, &self.state) {
            (true, _) => self.state = State::Quoted,
            (false, State::Quoted) => return self.read_summary(),
            // A day without trade has the summary's names at once.
            (false, State::Begin) if self.record.len() != self.names.len() => {
                return self.read_summary();
            }
            (false, _) => self.state = State::Plain,
        }
        self.row(Arc::clone(&self.names)).map(Some)
    }

    /// The line here has its names, the next its values.
    fn read_summary(&mut self) -> Result<Option<Row>> {
        self.state = State::Ended;
        let names = self.names_here();
        if self.read()? {
            self.summary = Some(self.row(names)?);
        }
        // A line break inside a value looks like a summary; the rows behind it must not be lost.
        if self.read()? {
            return Err(Error::new(
                ErrorKind::Body,
                "the bill goes on behind what looks like its summary: a value in it holds a line break",
            ));
        }
        Ok(None)
    }

    fn read(&mut self) -> Result<bool> {
        self.reader
            .read_record(&mut self.record)
            .map_err(unreadable)
    }

    fn names_here(&self) -> Arc<[String]> {
        self.record
            .iter()
            .map(|name| name.trim().to_owned())
            .collect()
    }

    fn row(&self, names: Arc<[String]>) -> Result<Row> {
        let values = values(&self.record);
        if values.len() == names.len() {
            return Ok(Row { names, values });
        }
        let line = self.record.position().map_or(0, csv::Position::line);
        let (found, wanted) = (values.len(), names.len());
        Err(Error::new(
            ErrorKind::Body,
            format!("line {line} of the bill has {found} values for {wanted} columns"),
        ))
    }
}

/// The longest line of column names.
const MAX_NAMES: u64 = 64 << 10;

/// The first line and the byte after it, which tells how values are quoted, and what follows.
fn head<R: Read>(reader: R) -> std::io::Result<(Vec<u8>, BufReader<R>)> {
    let mut reader = BufReader::new(reader);
    let mut head = Vec::new();
    reader
        .by_ref()
        .take(MAX_NAMES)
        .read_until(b'\n', &mut head)?;
    reader.by_ref().take(1).read_to_end(&mut head)?;
    Ok((head, reader))
}

fn unread(err: std::io::Error) -> Error {
    Error::new(ErrorKind::File, "the bill cannot be read").with_source(err)
}

/// A comma inside a back-quoted value is no separator: what follows one does not begin with a back
/// quote.
fn values(record: &StringRecord) -> Vec<String> {
    let quoted = record.get(0).is_some_and(|first| first.starts_with('`'));
    let mut values: Vec<String> = Vec::with_capacity(record.len());
    for field in record {
        match (field.strip_prefix('`'), values.last_mut()) {
            (Some(value), _) => values.push(value.to_owned()),
            (None, Some(last)) if quoted => {
                last.push(',');
                last.push_str(field);
            }
            (None, _) => values.push(field.to_owned()),
        }
    }
    // Of whole values only: a blank before a comma is the value's own.
    for value in &mut values {
        value.truncate(value.trim_end().len());
    }
    values
}

impl<R: Read> Iterator for Rows<R> {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.advance();
        if row.is_err() {
            self.state = State::Ended;
        }
        row.transpose()
    }
}

impl Row {
    /// The value of a column.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let at = self.names.iter().position(|known| known == name)?;
        self.values.get(at).map(String::as_str)
    }

    /// The values in the order of the columns.
    #[must_use]
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// Names and values in the order of the columns.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let names = self.names.iter().map(String::as_str);
        names.zip(self.values.iter().map(String::as_str))
    }
}

fn unreadable(err: csv::Error) -> Error {
    let line = err.position().map_or(0, csv::Position::line);
    let (kind, what) = match err.kind() {
        CsvErrorKind::Io(_) => (ErrorKind::File, "the bill cannot be read"),
        CsvErrorKind::Utf8 { .. } => (
            ErrorKind::Body,
            "the bill is not UTF-8; is it still zipped?",
        ),
        _ => (ErrorKind::Body, "the bill is not CSV"),
    };
    Error::new(kind, format!("{what} (after line {line})")).with_source(err)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bill: &str) -> (Vec<Vec<String>>, Option<Row>) {
        let mut rows = Rows::new(bill.as_bytes()).unwrap();
        let read = rows.by_ref().map(|row| row.unwrap().values).collect();
        (read, rows.summary)
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

    /// One back quote is the file's, any other the value's; so are blanks inside of it.
    #[test]
    fn a_value_loses_one_back_quote_and_blanks_at_its_end() {
        let (read, _) = all("a,b,c\n`1,``x ,  y ,z\t,`0.01 \r\n");
        assert_eq!(read, [["1", "`x ,  y ,z", "0.01"]]);
    }

    /// A `"` in a product's name is a character like any other.
    #[test]
    fn quotation_marks_in_back_quoted_values_join_no_rows() {
        let (read, summary) =
            all("a,b,c\n`1,`x,\"y,`0.01\n`2,`z\"w,`\"5.00\n总数,总额\n`2,`5.01\n");
        assert_eq!(read, [["1", "x,\"y", "0.01"], ["2", "z\"w", "\"5.00"]]);
        assert_eq!(summary.unwrap().get("总额"), Some("5.01"));
    }

    /// It looks like a summary, and rows behind it would be lost.
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
}
