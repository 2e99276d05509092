//! A crash at each operation of the disk: what was answered is there at the next start, and nothing else than inputs in
//! their order.

use std::sync::{Arc, Mutex};

use super::store::disk::{Crashes, Disk, Operation, Survives};
use super::*;

/// How many inputs a run has.
const INPUTS: u64 = 4;
/// These inputs are followed by a checkpoint.
const CHECKPOINTS: [u64; 2] = [2, 3];

/// A state that inputs change: the numbers of the inputs, in the order of their execution.
#[derive(Default)]
struct Numbers(Mutex<Vec<u64>>);

impl Numbers {
    fn copy(&self) -> Vec<u64> {
        self.0.lock().unwrap().clone()
    }

    fn snapshot(&self) -> Snapshot {
        let numbers = self.copy();
        Box::new(move || Checkpoint::new(&numbers))
    }
}

/// Executes the inputs after those of the state until the disk fails. `answered` is told the number of each that was
/// answered.
fn run(
    journal: &Journal,
    state: &Numbers,
    snapshot: &dyn Fn() -> Snapshot,
    mut answered: impl FnMut(u64),
) {
    for number in state.copy().len() as u64 + 1..=INPUTS {
        let work = || {
            state.0.lock().unwrap().push(number);
            if CHECKPOINTS.contains(&number) {
                journal.note_reset();
            }
            let accepted = true;
            (
                (),
                Some(Entry::Delivered {
                    id: number,
                    accepted,
                }),
            )
        };
        let Ok(((), ticket)) = journal.run(0, work, Some(snapshot)) else {
            break;
        };
        if ticket.wait().is_ok() {
            answered(number);
        }
    }
}

/// The state that a start makes of the entries.
fn restored(entries: Vec<Replayed>) -> Vec<u64> {
    let mut numbers = Vec::new();
    for Replayed { input, .. } in entries {
        match input.entry {
            Entry::Delivered { id, .. } => numbers.push(id),
            Entry::Checkpoint(checkpoint) => numbers = checkpoint.read().unwrap(),
            _ => panic!("another entry"),
        }
    }
    numbers
}

fn is_counted(numbers: &[u64]) -> bool {
    numbers.iter().copied().eq(1..=numbers.len() as u64)
}

/// A disk with a file that has one input, so that crashes are in the journal's writes and not in those of a new file.
fn begun() -> Vec<u8> {
    let disk = Disk::new(Vec::new());
    let (store, content) = disk.opened();
    let Opened { journal, .. } = Journal::of(store, content).unwrap();
    let first = Entry::Delivered {
        id: 1,
        accepted: true,
    };
    let ((), written) = journal.run(0, || ((), Some(first)), None).unwrap();
    written.wait().unwrap();
    drop(journal);
    disk.bytes()
}

fn opened(disk: &Disk) -> (Arc<Journal>, Numbers) {
    let (store, content) = disk.opened();
    let Opened { journal, entries } = Journal::of(store, content).unwrap();
    (journal, Numbers(Mutex::new(restored(entries))))
}

/// A start after a crash finds all answered changes, without a gap.
fn assert_kept(disk: Vec<u8>, answered: u64, about: &dyn std::fmt::Debug) {
    let (_store, content) = Disk::new(disk).opened();
    let found = restored(content.entries);
    assert!(
        is_counted(&found) && found.len() as u64 >= answered,
        "{about:?}: {answered} inputs answered, {found:?} found"
    );
}

#[test]
fn a_crash_at_any_operation_loses_no_input_that_was_answered() {
    let before = begun();
    let disk = Disk::new(before.clone());
    let (journal, state) = opened(&disk);
    let begin = disk.count();
    // How many operations came before each answer.
    let mut answers = vec![begin];
    run(&journal, &state, &|| state.snapshot(), |_| {
        answers.push(disk.count())
    });
    assert_eq!(answers.len() as u64, INPUTS);

    let mut crashes = Crashes::new(before);
    let mut lost = (0, 0);
    for (number, operation) in disk.operations().iter().enumerate() {
        let answered = |at: usize| answers.iter().filter(|it| **it <= at).count() as u64;
        let is_last = matches!(operation, Operation::Synchronise);
        if number >= begin && is_last {
            let left = crashes.disk(Survives::EverySecond);
            assert_kept(left, answered(number), &(number, "every second write"));
        }
        crashes.add(operation);
        let answered = answered(number + 1);
        if number < begin {
            continue;
        }
        if is_last || number % 5 == 0 {
            assert_kept(
                crashes.disk(Survives::All),
                answered,
                &(number, "all writes"),
            );
        }
        // Without the writes since the last synchronisation, the disk differs after the next one only.
        let found = (crashes.synchronisations(), answered);
        if found != lost {
            lost = found;
            let left = crashes.disk(Survives::Nothing);
            assert_kept(left, answered, &(number, "no write"));
        }
    }
}

#[test]
fn an_input_is_not_answered_when_the_disk_is_full() {
    let before = begun();
    let whole = Disk::new(before.clone());
    let (journal, state) = opened(&whole);
    let begin = whole.count();
    run(&journal, &state, &|| state.snapshot(), |_| ());
    let all = whole.count() - begin;
    drop(journal);
    for part in 1..8 {
        let disk = Disk::new(before.clone());
        let (journal, state) = opened(&disk);
        disk.fail_after(all * part / 8);
        let mut answered = 1;
        run(&journal, &state, &|| state.snapshot(), |_| answered += 1);
        assert!(answered < INPUTS || journal.check().is_ok());
        assert_kept(disk.bytes(), answered, &part);
    }
}

#[test]
fn a_checkpoint_that_cannot_be_encoded_is_skipped() {
    let disk = Disk::new(Vec::new());
    let (store, content) = disk.opened();
    let Opened { journal, .. } = Journal::of(store, content).unwrap();
    let state = Numbers::default();
    let failing = || -> Snapshot { Box::new(|| Err(failed("too deep".to_owned()))) };
    let mut answered = Vec::new();
    run(&journal, &state, &failing, |number| answered.push(number));
    assert!(
        is_counted(&answered) && answered.len() as u64 == INPUTS,
        "{answered:?}"
    );
    assert_eq!(journal.count() as u64, INPUTS, "the entries stay");
    let why = journal.skipped_checkpoint().unwrap().report();
    assert!(
        why.contains("nothing is lost") && why.contains("too deep"),
        "{why}"
    );
    journal.note_reset();
    let whole = || state.snapshot();
    let reset = || {
        journal.note_reset();
        (
            (),
            Some(Entry::Delivered {
                id: INPUTS + 1,
                accepted: true,
            }),
        )
    };
    state.0.lock().unwrap().push(INPUTS + 1);
    let ((), written) = journal.run(0, reset, Some(&whole)).unwrap();
    written.wait().unwrap();
    assert_eq!(journal.count(), 1);
    assert!(journal.skipped_checkpoint().is_none());
}
