//! The state of a sandbox at one moment, which replaces all entries before it.

use std::borrow::Cow;
use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::failed;
use wechatpay_core::error::Result;

/// The state at one moment. Executing the entry resets the sandbox and restores it.
///
/// Added merchants, stubs and keys of brands are not in it: the journal keeps their entries.
#[derive(Serialize, Deserialize)]
pub(crate) struct Checkpoint(Box<RawValue>);

/// A copy of the state, which another thread encodes.
pub(crate) type Snapshot = Box<dyn FnOnce() -> Result<Checkpoint> + Send>;

impl Checkpoint {
    pub(crate) fn new(state: &impl Serialize) -> Result<Self> {
        let text = serde_json::value::to_raw_value(state).map_err(|err| {
            failed("cannot encode the sandbox's state".to_owned()).with_source(err)
        })?;
        Ok(Self(text))
    }

    /// The state, or why the text is none: another build has written it.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> std::result::Result<T, String> {
        serde_json::from_str(self.0.get()).map_err(|err| err.to_string())
    }
}

/// The first bytes of gzip. JSON begins with another byte.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Compresses the row of a checkpoint, which repeats the names of its fields for each record. While a checkpoint is
/// written, the file has the old and the new one.
pub(super) fn compressed(row: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(row)?;
    encoder.finish()
}

/// The JSON of a row, which is compressed if it is a checkpoint.
pub(super) fn decompressed(row: &[u8]) -> io::Result<Cow<'_, [u8]>> {
    if !row.starts_with(&GZIP) {
        return Ok(row.into());
    }
    let mut text = Vec::new();
    GzDecoder::new(row).read_to_end(&mut text)?;
    Ok(text.into())
}
