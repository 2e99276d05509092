//! A disk in memory that keeps the order of its operations, and what a crash between two of them leaves: a write that was not
//! synchronised may be lost. It can also fail after some operations, as a full disk does.

use std::io;
use std::sync::{Arc, Mutex};

use redb::StorageBackend;

use super::{BTreeMap, Content, Database, PathBuf, Store, begin, read, read_meta};

/// The disk. Its clones are the same disk.
#[derive(Debug, Clone)]
pub(in super::super) struct Disk(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    bytes: Vec<u8>,
    operations: Vec<Operation>,
    /// How many operations succeed.
    left: usize,
}

#[derive(Debug, Clone)]
pub(in super::super) enum Operation {
    Length(usize),
    Write(usize, Vec<u8>),
    Synchronise,
}

/// Which changes since the last synchronisation survive a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Survives {
    All,
    Nothing,
    /// Every second write, as when a disk reorders them. The length survives.
    EverySecond,
}

impl Disk {
    pub(in super::super) fn new(bytes: Vec<u8>) -> Self {
        Self(Arc::new(Mutex::new(State {
            bytes,
            operations: Vec::new(),
            left: usize::MAX,
        })))
    }

    /// Lets all operations after some more fail.
    pub(in super::super) fn fail_after(&self, operations: usize) {
        self.0.lock().unwrap().left = operations;
    }

    pub(in super::super) fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().bytes.clone()
    }

    /// The operations so far, which change the disk or synchronise it.
    pub(in super::super) fn operations(&self) -> Vec<Operation> {
        self.0.lock().unwrap().operations.clone()
    }

    pub(in super::super) fn count(&self) -> usize {
        self.0.lock().unwrap().operations.len()
    }

    pub(in super::super) fn opened(&self) -> (Store, Content) {
        let database = Database::builder().create_with_backend(self.clone());
        let database = database.unwrap();
        if read_meta(&database).unwrap().is_none() {
            begin(&database, &BTreeMap::new()).unwrap();
        }
        let content = read(&database).unwrap();
        let store = Store {
            last: content.last.clone(),
            database,
            path: PathBuf::new(),
        };
        (store, content)
    }

    fn operate(&self, operation: Operation) -> io::Result<()> {
        let mut state = self.0.lock().unwrap();
        let left = state.left.checked_sub(1);
        state.left = left.ok_or(io::ErrorKind::StorageFull)?;
        operation.apply(&mut state.bytes);
        state.operations.push(operation);
        Ok(())
    }
}

/// The disk after a crash behind some operations.
pub(in super::super) struct Crashes {
    /// As it is at the last synchronisation.
    synchronised: Vec<u8>,
    /// The changes since then.
    pending: Vec<Operation>,
    synchronisations: usize,
}

impl Crashes {
    pub(in super::super) fn new(bytes: Vec<u8>) -> Self {
        Self {
            synchronised: bytes,
            pending: Vec::new(),
            synchronisations: 0,
        }
    }

    pub(in super::super) fn synchronisations(&self) -> usize {
        self.synchronisations
    }

    /// Executes one more operation before the crash.
    pub(in super::super) fn add(&mut self, operation: &Operation) {
        if !matches!(operation, Operation::Synchronise) {
            return self.pending.push(operation.clone());
        }
        self.synchronisations += 1;
        for change in self.pending.drain(..) {
            change.apply(&mut self.synchronised);
        }
    }

    /// The disk after a crash.
    pub(in super::super) fn disk(&self, survives: Survives) -> Vec<u8> {
        let mut bytes = self.synchronised.clone();
        for (number, change) in self.pending.iter().enumerate() {
            let is_kept = match survives {
                Survives::All => true,
                Survives::Nothing => false,
                Survives::EverySecond => number % 2 == 0 || matches!(change, Operation::Length(_)),
            };
            if is_kept {
                change.apply(&mut bytes);
            }
        }
        bytes
    }
}

impl Operation {
    /// A write beyond the end is lost with the length that it needed.
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Length(length) => bytes.resize(*length, 0),
            Self::Write(from, data) => {
                if let Some(place) = bytes.get_mut(*from..from + data.len()) {
                    place.copy_from_slice(data);
                }
            }
            Self::Synchronise => {}
        }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().unwrap().bytes.len() as u64)
    }

    fn read(&self, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let from = usize::try_from(offset).unwrap();
        Ok(self.0.lock().unwrap().bytes[from..from + len].to_vec())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.operate(Operation::Length(usize::try_from(len).unwrap()))
    }

    fn sync_data(&self, eventual: bool) -> io::Result<()> {
        if eventual {
            // It may happen later.
            return Ok(());
        }
        self.operate(Operation::Synchronise)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let from = usize::try_from(offset).unwrap();
        self.operate(Operation::Write(from, data.to_vec()))
    }
}
