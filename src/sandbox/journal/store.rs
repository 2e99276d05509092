//! The file of the journal.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use openssl::sha::Sha256;
use redb::{Database, DatabaseError, ReadableTable, ReadableTableMetadata, TableDefinition};

use super::checkpoint::{compressed, decompressed};
use super::entry::{Entry, Input, Replayed};
use super::failed;
use super::growth::Growth;
use wechatpay_core::error::{BoxError, Error, Result};

const ENTRIES: TableDefinition<u64, &[u8]> = TableDefinition::new("entries");
const KEYS: TableDefinition<&str, &[u8]> = TableDefinition::new("keys");
/// `format`, `settings`, and `last`: the number and the digest of the last entry.
const META: TableDefinition<&str, &[u8]> = TableDefinition::new("meta");

/// Each version of this crate has its own format: another version may execute the same entries differently.
pub(super) const FORMAT: &str = concat!("5 ", env!("CARGO_PKG_VERSION"));

/// The name of the file in its folder.
pub(super) const FILE: &str = "state.redb";

const DIGEST: usize = 16;

/// The open file. No other process can open it.
pub(super) struct Store {
    database: Database,
    path: PathBuf,
    last: Last,
}

/// The number of the last entry, and a digest over all entries up to it.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Last {
    pub(super) number: u64,
    digest: [u8; DIGEST],
}

/// The beginning of the file.
pub(super) struct Content {
    pub(super) entries: Vec<Replayed>,
    pub(super) keys: BTreeMap<String, Vec<u8>>,
    pub(super) last: Last,
    pub(super) growth: Growth,
}

/// Something to write.
pub(super) enum Write {
    Entry(u64, Vec<u8>),
    /// An entry that replaces all entries before it, except for those with a number of the set.
    Checkpoint(u64, Vec<u8>, HashSet<u64>),
    Key(String, Vec<u8>),
}

impl Store {
    pub(super) fn open(dir: &Path, settings: &BTreeMap<String, String>) -> Result<(Self, Content)> {
        let path = dir.join(FILE);
        let file = create(dir, &path).map_err(|err| unusable(&path, err.into()))?;
        // redb reports most damage as errors, and some as panics.
        let opened = catch_unwind(AssertUnwindSafe(|| {
            let database = Database::builder().create_file(file);
            let database = database.map_err(|err| not_opened(&path, err))?;
            check_meta(&database, &path, settings)?;
            let content = read(&database).map_err(|why| broken(&path, why))?;
            Ok((database, content))
        }));
        let (database, content) =
            opened.unwrap_or_else(|_| Err(broken(&path, "its pages are damaged".into())))?;
        let store = Self {
            database,
            path,
            last: content.last.clone(),
        };
        Ok((store, content))
    }

    pub(super) fn last_number(&self) -> u64 {
        self.last.number
    }

    /// Writes all in one transaction, and waits until it is on the disk. Returns how many entries the file has.
    pub(super) fn write(&mut self, writes: &[Write]) -> Result<usize> {
        let (last, count) = self.written(writes).map_err(|why| {
            let message = format!(
                "the sandbox's state cannot be written to {}: make room on the disk and start the sandbox again; what \
                 was answered is kept",
                self.path.display()
            );
            failed(message).with_source(why)
        })?;
        self.last = last;
        if writes.iter().any(|it| matches!(it, Write::Checkpoint(..))) {
            // The written bytes are on the disk. If this fails, the file keeps its size, and a damaged file refuses the
            // next write.
            let _ = self.database.compact();
        }
        Ok(count)
    }

    fn written(&self, writes: &[Write]) -> Result<(Last, usize), BoxError> {
        let transaction = self.database.begin_write()?;
        let mut last = self.last.clone();
        let count;
        {
            let mut entries = transaction.open_table(ENTRIES)?;
            let mut keys = transaction.open_table(KEYS)?;
            for write in writes {
                match write {
                    Write::Entry(number, bytes) => {
                        entries.insert(*number, bytes.as_slice())?;
                        last = last.next(*number, bytes);
                    }
                    Write::Checkpoint(number, bytes, kept) => {
                        entries.retain(|number, _| kept.contains(&number))?;
                        last = Last::of(&entries)?;
                        let bytes = compressed(bytes)?;
                        entries.insert(*number, bytes.as_slice())?;
                        last = last.next(*number, &bytes);
                    }
                    Write::Key(name, bytes) => {
                        keys.insert(name.as_str(), bytes.as_slice())?;
                    }
                }
            }
            count = usize::try_from(entries.len()?)?;
            let mut meta = transaction.open_table(META)?;
            meta.insert("last", last.encoded().as_slice())?;
        }
        // The default durability waits for the disk.
        transaction.commit()?;
        Ok((last, count))
    }
}

impl Last {
    fn of(entries: &redb::Table<'_, u64, &[u8]>) -> Result<Self, BoxError> {
        let mut last = Self::default();
        for row in entries.iter()? {
            let (number, bytes) = row?;
            last = last.next(number.value(), bytes.value());
        }
        Ok(last)
    }

    fn next(&self, number: u64, bytes: &[u8]) -> Self {
        let mut hash = Sha256::new();
        for part in [&self.digest[..], &number.to_be_bytes(), bytes] {
            hash.update(part);
        }
        let mut digest = [0; DIGEST];
        digest.copy_from_slice(&hash.finish()[..DIGEST]);
        Self { number, digest }
    }

    fn encoded(&self) -> Vec<u8> {
        [&self.number.to_be_bytes()[..], &self.digest].concat()
    }
}

/// Opens the file, for the current user only.
fn create(dir: &Path, path: &Path) -> io::Result<File> {
    fs::create_dir_all(dir)?;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
        // The name of a new file is on the disk only after its folder is.
        File::open(dir)?.sync_all()?;
    }
    Ok(file)
}

/// Compares the format and the settings of the file, or writes them into a new one.
fn check_meta(database: &Database, path: &Path, settings: &BTreeMap<String, String>) -> Result<()> {
    let known = read_meta(database).map_err(|why| broken(path, why))?;
    let Some((format, known)) = known else {
        return begin(database, settings).map_err(|why| unusable(path, why));
    };
    if format != FORMAT {
        return Err(other_version(path, &format));
    }
    let names = known.keys().chain(settings.keys());
    let mut different: Vec<&str> = names
        .filter(|name| known.get(*name) != settings.get(*name))
        .map(String::as_str)
        .collect();
    different.sort_unstable();
    different.dedup();
    if different.is_empty() {
        return Ok(());
    }
    let message = format!(
        "the state in {} was made with other settings ({}): start with the same, or name an empty folder",
        path.display(),
        different.join(", ")
    );
    Err(failed(message))
}

pub(super) fn other_version(path: &Path, format: &str) -> Error {
    let version = format.rsplit(' ').next().unwrap_or_default();
    let this = env!("CARGO_PKG_VERSION");
    failed(if version == this {
        format!(
            "the state in {} was written by another build of version {version} of the sandbox: start that build, or name \
             an empty folder",
            path.display()
        )
    } else {
        format!(
            "the state in {} was written by version {version} of the sandbox, and this is version {this}: start that \
             version, or name an empty folder",
            path.display()
        )
    })
}

/// The format and the settings of a file.
pub(super) type Meta = (String, BTreeMap<String, String>);

/// The format and the settings; `None` when the file is new.
pub(super) fn read_meta(database: &Database) -> Result<Option<Meta>, BoxError> {
    let transaction = database.begin_read()?;
    if transaction.list_tables()?.next().is_none() {
        return Ok(None);
    }
    let meta = transaction.open_table(META)?;
    let text = |name: &str| -> Result<Vec<u8>, BoxError> {
        let value = meta.get(name)?.ok_or("a row is missing")?;
        Ok(value.value().to_vec())
    };
    let format = String::from_utf8(text("format")?)?;
    Ok(Some((format, serde_json::from_slice(&text("settings")?)?)))
}

fn begin(database: &Database, settings: &BTreeMap<String, String>) -> Result<(), BoxError> {
    let transaction = database.begin_write()?;
    {
        let mut meta = transaction.open_table(META)?;
        meta.insert("format", FORMAT.as_bytes())?;
        meta.insert("settings", serde_json::to_vec(settings)?.as_slice())?;
        meta.insert("last", Last::default().encoded().as_slice())?;
        transaction.open_table(ENTRIES)?;
        transaction.open_table(KEYS)?;
    }
    transaction.commit()?;
    Ok(())
}

/// Reads all entries and keys, and checks that no entry is missing or changed.
pub(super) fn read(database: &Database) -> Result<Content, BoxError> {
    let transaction = database.begin_read()?;
    let (mut entries, mut last) = (Vec::new(), Last::default());
    let growth = Growth::default();
    for row in transaction.open_table(ENTRIES)?.iter()? {
        let (number, bytes) = row?;
        let (number, bytes) = (number.value(), bytes.value());
        last = last.next(number, bytes);
        let text = decompressed(bytes)?;
        let input: Input = serde_json::from_slice(&text)?;
        match &input.entry {
            Entry::Checkpoint(_) => {
                growth.begin_checkpoint();
                growth.add_checkpoint(text.len());
            }
            _ => growth.add_entry(text.len()),
        }
        entries.push(Replayed { number, input });
    }
    growth.set_count(entries.len());
    let meta = transaction.open_table(META)?;
    let known = meta.get("last")?.ok_or("a row is missing")?;
    if known.value() != last.encoded() {
        return Err("entries are missing or changed".into());
    }
    let mut keys = BTreeMap::new();
    for row in transaction.open_table(KEYS)?.iter()? {
        let (name, bytes) = row?;
        keys.insert(name.value().to_owned(), bytes.value().to_vec());
    }
    Ok(Content {
        entries,
        keys,
        last,
        growth,
    })
}

pub(super) fn not_opened(path: &Path, err: DatabaseError) -> Error {
    match err {
        DatabaseError::DatabaseAlreadyOpen => failed(format!(
            "the state in {} is in use by another sandbox: stop that sandbox, or name another folder",
            path.display()
        )),
        DatabaseError::UpgradeRequired(_) => broken(path, err.into()),
        DatabaseError::Storage(redb::StorageError::Io(cause))
            if cause.kind() != io::ErrorKind::InvalidData
                && cause.kind() != io::ErrorKind::UnexpectedEof =>
        {
            unusable(path, cause.into())
        }
        err => broken(path, err.into()),
    }
}

pub(super) fn unusable(path: &Path, why: BoxError) -> Error {
    let message = format!(
        "the sandbox's state cannot be kept in {}: make its folder writable, or name another",
        path.display()
    );
    failed(message).with_source(why)
}

pub(super) fn broken(path: &Path, why: BoxError) -> Error {
    let message = format!(
        "the sandbox's state in {} is damaged: restore a copy of the folder, or delete the folder to begin anew",
        path.display()
    );
    failed(message).with_source(why)
}

#[cfg(test)]
pub(super) mod disk;

#[cfg(test)]
mod tests {
    use super::*;

    const COUNT: u64 = 3;

    /// A file with entries.
    fn filled(dir: &Path) -> Store {
        let (mut store, content) = Store::open(dir, &BTreeMap::new()).unwrap();
        assert!(content.entries.is_empty());
        for number in 1..=COUNT {
            let input = Input {
                time_ms: 0,
                seed: String::new(),
                entry: Entry::Post,
            };
            let bytes = serde_json::to_vec(&input).unwrap();
            let count = store.write(&[Write::Entry(number, bytes)]).unwrap();
            assert_eq!(count as u64, number);
        }
        store
    }

    fn refused(dir: &Path) -> String {
        let opened = Store::open(dir, &BTreeMap::new());
        opened.map(drop).unwrap_err().report()
    }

    #[test]
    fn a_file_without_one_of_its_entries_is_refused() {
        for missing in 1..=COUNT {
            let folder = tempfile::tempdir().unwrap();
            let store = filled(folder.path());
            let transaction = store.database.begin_write().unwrap();
            let mut entries = transaction.open_table(ENTRIES).unwrap();
            entries.remove(missing).unwrap();
            drop(entries);
            transaction.commit().unwrap();
            drop(store);
            let said = refused(folder.path());
            assert!(said.contains("entries are missing or changed"), "{said}");
        }
    }

    #[test]
    fn the_file_of_another_version_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let store = filled(folder.path());
        let transaction = store.database.begin_write().unwrap();
        let mut meta = transaction.open_table(META).unwrap();
        meta.insert("format", b"1 0.0.7".as_slice()).unwrap();
        drop(meta);
        transaction.commit().unwrap();
        drop(store);
        let said = refused(folder.path());
        assert!(said.contains("written by version 0.0.7"), "{said}");
    }

    #[test]
    fn entries_are_read_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        drop(filled(folder.path()));
        let (_store, content) = Store::open(folder.path(), &BTreeMap::new()).unwrap();
        let numbers: Vec<_> = content.entries.iter().map(|it| it.number).collect();
        assert_eq!(numbers, [1, 2, 3]);
    }
}
