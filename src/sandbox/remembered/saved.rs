//! The records in a checkpoint.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::record::{Key, Record};
use super::{Records, Remembered};
use crate::journal::{StaticText, interned};

/// The records in a checkpoint.
#[derive(Serialize, Deserialize)]
pub(crate) struct SavedRecords {
    rows: Vec<(u64, Record)>,
    index: Vec<(SavedKey, u64)>,
    names: Vec<SavedName>,
    next: u64,
}

/// A family, the name of a number, and the number.
#[derive(PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct SavedKey(
    #[serde(deserialize_with = "interned")] StaticText,
    String,
    String,
);

/// A family, and the name of a number.
#[derive(PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct SavedName(#[serde(deserialize_with = "interned")] StaticText, String);

impl Remembered {
    /// A copy of the records, for a checkpoint.
    pub(crate) fn saved(&self) -> SavedRecords {
        let records = self.lock();
        let index = records.index.iter();
        let index = index.flat_map(|((family, name, number), rows)| {
            let rows = rows.iter();
            rows.map(|row| (SavedKey(family, name.clone(), number.clone()), *row))
        });
        let mut index: Vec<_> = index.collect();
        index.sort_unstable();
        let names = records.names.iter();
        let names = names.map(|(family, name)| SavedName(family, name.clone()));
        let mut names: Vec<_> = names.collect();
        names.sort_unstable();
        let rows = records.rows.iter().map(|(key, row)| (*key, row.clone()));
        SavedRecords {
            rows: rows.collect(),
            index,
            names,
            next: records.next,
        }
    }

    /// Replaces the records by those of a checkpoint.
    pub(crate) fn restore(&self, saved: SavedRecords) {
        let mut index: HashMap<Key, Vec<u64>> = HashMap::new();
        for (SavedKey(family, name, number), row) in saved.index {
            index.entry((family, name, number)).or_default().push(row);
        }
        let name = |SavedName(family, name)| (family, name);
        *self.lock() = Records {
            bytes: saved.rows.iter().map(|(_, row)| row.bytes).sum(),
            rows: saved.rows.into_iter().collect(),
            index,
            names: saved.names.into_iter().map(name).collect(),
            next: saved.next,
            now: 0,
        }
        .with_present_families();
    }
}
