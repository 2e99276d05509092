//! Reads the file of a state without changing it, and without executing its entries.

use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use redb::Database;

use super::store::{FILE, FORMAT, broken, not_opened, other_version, read, read_meta, unusable};
use wechatpay_core::error::Result;

/// The contents of the folder of a sandbox's state, as [`Sandbox::inspect_state`](crate::Sandbox::inspect_state) tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StateInfo {
    /// The version of the sandbox that wrote it.
    pub version: String,
    /// The size of the file, in bytes.
    pub bytes: u64,
    /// How many entries the next start executes.
    pub entries: usize,
}

/// `None` when there is no file.
pub(crate) fn inspect(dir: &Path) -> Result<Option<StateInfo>> {
    let path = dir.join(FILE);
    let bytes = match fs::metadata(&path) {
        Ok(file) => file.len(),
        Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(err) => return Err(unusable(&path, err.into())),
    };
    let read = catch_unwind(AssertUnwindSafe(|| {
        let database = Database::open(&path).map_err(|err| not_opened(&path, err))?;
        let meta = read_meta(&database).map_err(|why| broken(&path, why))?;
        let (format, _) = meta.ok_or_else(|| broken(&path, "it is empty".into()))?;
        if format != FORMAT {
            return Err(other_version(&path, &format));
        }
        let content = read(&database).map_err(|why| broken(&path, why))?;
        Ok(StateInfo {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            bytes,
            entries: content.entries.len(),
        })
    }));
    read.unwrap_or_else(|_| Err(broken(&path, "its pages are damaged".into())))
        .map(Some)
}
