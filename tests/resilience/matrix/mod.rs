//! The fault matrix: one fault, one operation, with and without retry and failover.
//!
//! Each cell must have the right outcome, and the sandbox's ledger must show nothing twice and nothing lost. The
//! outcomes are the table of docs/fault-matrix.md. By default a quarter of the cells run and are
//! compared with the table; `WECHATPAY_FAULT_MATRIX=all` runs all of them, and `=write` writes the page.

mod chinese;
mod clock;
mod faults;
mod notified;
mod operations;
mod page;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use faults::{Case, cases};
use operations::{Bench, Op};

/// The enabled layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mode {
    retry: bool,
    failover: bool,
}

const MODES: [Mode; 4] = [
    mode(false, false),
    mode(true, false),
    mode(false, true),
    mode(true, true),
];

const fn mode(retry: bool, failover: bool) -> Mode {
    Mode { retry, failover }
}

/// A cell of the table: the fault, the operation, and the outcome in each mode.
type Cell = (usize, usize, [Option<&'static str>; 4]);

#[test]
fn nothing_is_done_twice_and_nothing_is_lost() {
    let wanted = std::env::var("WECHATPAY_FAULT_MATRIX").unwrap_or_default();
    let all = wanted == "all" || wanted == "write";
    let cases = cases();
    assert!(cases.len() >= 30, "{} faults", cases.len());
    let cells: Vec<_> = (0..cases.len())
        .flat_map(|case| (0..Op::ALL.len()).map(move |op| (case, op)))
        .collect();
    let found = run(&cases, &cells, all);
    let ran: usize = found
        .iter()
        .map(|cell| cell.2.iter().flatten().count())
        .sum();
    assert!(ran >= cells.len(), "{ran} runs");
    if wanted == "write" {
        page::write(&cases, &found);
    }
    page::compare(&cases, &found);
}

/// Runs the cells on several threads, since they mostly wait.
fn run(cases: &[Case], cells: &[(usize, usize)], all: bool) -> Vec<Cell> {
    const THREADS: usize = 8;
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let bench = Bench::new();
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(&(case, op)) = cells.get(at) else {
                        return;
                    };
                    let runs = [0, 1, 2, 3].map(|mode| {
                        // Each mode, fault and operation is covered in turn.
                        let wanted = all || (case + op + mode) % 4 == 0;
                        wanted.then(|| bench.run(&cases[case], Op::ALL[op], MODES[mode]))
                    });
                    found.lock().unwrap().push((case, op, runs));
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap();
    found.sort_by_key(|cell| (cell.0, cell.1));
    found
}
