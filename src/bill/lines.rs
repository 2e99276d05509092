//! A bill's records, numbered by line as in an editor.

use std::io::{BufRead, BufReader, Chain, Cursor, Read};

use csv::{ReaderBuilder, StringRecord, Terminator};

use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::{Content, HEAD};

/// The longest record. A row has about thirty values of at most 2,048 characters.
const MAX_RECORD: usize = 1 << 20;

/// Reads records in constant memory.
pub(super) struct Lines<R> {
    reader: BufReader<Chain<Cursor<Vec<u8>>, R>>,
    buffer: Vec<u8>,
    /// The number of lines read so far.
    line: u64,
}

/// One record, and the number of its first line, counted from 1.
pub(super) struct Record {
    pub(super) line: u64,
    pub(super) fields: Vec<String>,
}

impl<R: Read> Lines<R> {
    /// # Errors
    ///
    /// [`ErrorKind::Body`] when the beginning is not that of a bill, [`ErrorKind::File`] when reading fails.
    pub(super) fn new(mut reader: R) -> Result<Self> {
        let mut head = Vec::new();
        let read = (&mut reader).take(HEAD as u64).read_to_end(&mut head);
        read.map_err(unread)?;
        check(Content::of(&head))?;
        Ok(Self {
            reader: BufReader::new(Cursor::new(head).chain(reader)),
            buffer: Vec::new(),
            line: 0,
        })
    }

    /// Returns the next record that is not blank. `"` quotes values only if `quoting` is true.
    pub(super) fn next(&mut self, quoting: bool) -> Result<Option<Record>> {
        loop {
            self.buffer.clear();
            let line = self.line + 1;
            if !self.append()? {
                return Ok(None);
            }
            if quoting {
                self.append_quoted(line)?;
            }
            let text = std::str::from_utf8(&self.buffer);
            let text = text.map_err(|_| not_utf8(&self.buffer, line))?;
            // A byte order mark is not part of the first line.
            let text = match line {
                1 => text.trim_start_matches('\u{feff}'),
                _ => text,
            };
            if !text.trim().is_empty() {
                let fields = fields(text.trim_end_matches(['\r', '\n']), quoting)?;
                return Ok(Some(Record { line, fields }));
            }
        }
    }

    /// Whether the next line begins with a back quote.
    pub(super) fn next_is_back_quoted(&mut self) -> Result<bool> {
        let next = self.reader.fill_buf().map_err(unread)?;
        Ok(next.first() == Some(&b'`'))
    }

    /// Appends a line to the buffer; returns false at the end.
    fn append(&mut self) -> Result<bool> {
        let room = (MAX_RECORD - self.buffer.len()) as u64;
        let mut line = self.reader.by_ref().take(room);
        let read = line.read_until(b'\n', &mut self.buffer);
        let read = read.map_err(unread)?;
        if read as u64 == room && !self.buffer.ends_with(b"\n") {
            let line = self.line + 1;
            return Err(Error::new(
                ErrorKind::Body,
                format!("line {line} is longer than {MAX_RECORD} bytes, so the file is not a bill"),
            ));
        }
        self.line += u64::from(read > 0);
        Ok(read > 0)
    }

    /// A quoted value may span several lines.
    fn append_quoted(&mut self, line: u64) -> Result<()> {
        let mut quotes = Quotes::default();
        let mut looked_at = 0;
        loop {
            quotes.feed(&self.buffer[looked_at..]);
            if !quotes.inside {
                return Ok(());
            }
            looked_at = self.buffer.len();
            if !self.append()? {
                return Err(Error::new(
                    ErrorKind::Body,
                    format!(
                        "the bill ends inside a quoted value that begins on line {line}: the file is \
                         truncated; download it again"
                    ),
                ));
            }
        }
    }
}

/// Tracks whether a record continues on the next line (RFC 4180): only a `"` at the beginning of a value opens a
/// quoted value.
#[derive(Default)]
struct Quotes {
    inside: bool,
    value: Value,
}

#[derive(Default, PartialEq, Eq)]
enum Value {
    #[default]
    Begins,
    /// An unquoted value: a `"` in it is an ordinary character.
    Plain,
    /// A `"` in it ends it, unless another one follows.
    Quoted,
}

impl Quotes {
    fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match (byte, &self.value) {
                (b'"', Value::Begins) => (self.inside, self.value) = (true, Value::Quoted),
                // A doubled one closes and opens again.
                (b'"', Value::Quoted) => self.inside = !self.inside,
                _ if self.inside => {}
                (b',' | b'\n', _) => self.value = Value::Begins,
                (_, Value::Begins) => self.value = Value::Plain,
                _ => {}
            }
        }
    }
}

fn check(content: Content) -> Result<()> {
    let next = match content {
        Content::Other => return Ok(()),
        Content::Gzip => "unzip it, or download it with gunzip() or Client::bill",
        Content::Zip => "unpack it first",
        Content::Utf16 => "bills are UTF-8, so use the file exactly as it was downloaded",
        Content::Json => "follow its download_url with Client::bill, if it has one",
        Content::Empty | Content::Html | Content::Message | Content::Xml => "download it again",
    };
    let found = content.name();
    Err(Error::new(
        ErrorKind::Body,
        format!("the file is not a bill: it is {found}; {next}"),
    ))
}

/// The error for text in another encoding, or for binary data.
fn not_utf8(bytes: &[u8], line: u64) -> Error {
    let is_control = |byte: &u8| matches!(byte, 0..=8 | 0x0e..=0x1f | 0x7f);
    let what = if bytes.iter().any(is_control) {
        "binary data: an encrypted bill that was not decrypted (Download::unseal), or another file"
    } else {
        "text in an encoding other than UTF-8, perhaps GBK: use the file exactly as it was downloaded"
    };
    Error::new(
        ErrorKind::Body,
        format!("the file is not a bill: line {line} is {what}"),
    )
}

/// Splits a record into its values, including back quotes.
fn fields(text: &str, quoting: bool) -> Result<Vec<String>> {
    if !quoting || !text.contains('"') {
        return Ok(text.split(',').map(str::to_owned).collect());
    }
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .terminator(Terminator::Any(b'\n'))
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let read = reader.read_record(&mut record);
    read.map_err(|err| Error::new(ErrorKind::Body, "the bill is not CSV").with_source(err))?;
    Ok(record.iter().map(str::to_owned).collect())
}

fn unread(err: std::io::Error) -> Error {
    Error::new(ErrorKind::File, "the bill cannot be read").with_source(err)
}
