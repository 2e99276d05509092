//! A crash or a full disk at each operation of the file while a checkpoint is written.

use std::io;
use std::sync::{Arc, Mutex};

use redb::StorageBackend;

use super::*;

/// A file in memory. After `left` operations that change it, all further ones fail.
#[derive(Debug, Clone)]
struct Disk(Arc<Mutex<DiskState>>);

#[derive(Debug)]
struct DiskState {
    bytes: Vec<u8>,
    left: usize,
}

impl Disk {
    fn new(bytes: Vec<u8>, left: usize) -> Self {
        Self(Arc::new(Mutex::new(DiskState { bytes, left })))
    }

    fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().bytes.clone()
    }

    fn change(&self, change: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        let mut disk = self.0.lock().unwrap();
        let left = disk.left.checked_sub(1);
        disk.left = left.ok_or(io::ErrorKind::StorageFull)?;
        change(&mut disk.bytes);
        Ok(())
    }

    fn opened(&self) -> Store {
        let database = Database::builder().create_with_backend(self.clone());
        let database = database.unwrap();
        if read_meta(&database).unwrap().is_none() {
            begin(&database, &BTreeMap::new()).unwrap();
        }
        Store {
            last: read(&database).unwrap().last,
            database,
            path: PathBuf::new(),
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
        self.change(|bytes| bytes.resize(usize::try_from(len).unwrap(), 0))
    }

    fn sync_data(&self, _eventual: bool) -> io::Result<()> {
        self.change(|_| ())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let from = usize::try_from(offset).unwrap();
        self.change(|bytes| bytes[from..from + data.len()].copy_from_slice(data))
    }
}

fn row(entry: Entry) -> Vec<u8> {
    let input = Input {
        time_ms: 0,
        seed: String::new(),
        entry,
    };
    serde_json::to_vec(&input).unwrap()
}

#[test]
fn a_checkpoint_that_is_cut_off_leaves_the_entries_or_itself() {
    let disk = Disk::new(Vec::new(), usize::MAX);
    let mut store = disk.opened();
    for number in 1..=3 {
        let write = Write::Entry(number, row(Entry::Post));
        store.write(&[write]).unwrap();
    }
    // The file of a process that was killed: nothing closes it.
    let before = disk.bytes();
    let state = super::super::Checkpoint::new(&"a state").unwrap();
    let checkpoint = row(Entry::Checkpoint(state));
    let (mut old, mut new, mut left) = (0, 0, 0);
    // The operations after these compact the file.
    while new < 8 {
        let disk = Disk::new(before.clone(), usize::MAX);
        let mut store = disk.opened();
        disk.0.lock().unwrap().left = left;
        let write = Write::Checkpoint(4, checkpoint.clone(), HashSet::from([2]));
        let is_written = store.write(&[write]).is_ok();
        let cut_off = disk.bytes();
        let again = Disk::new(cut_off, usize::MAX).opened();
        let content = read(&again.database).unwrap();
        let numbers: Vec<_> = content.entries.iter().map(|it| it.number).collect();
        match numbers[..] {
            [1, 2, 3] if !is_written => old += 1,
            [2, 4] => new += 1,
            _ => panic!("after {left} operations: {numbers:?}, written: {is_written}"),
        }
        left += 1;
    }
    assert!(old > 0, "{old}");
}
