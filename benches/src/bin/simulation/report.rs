//! The counted figures and the goals.

use wechatpay_chain::Result;
use wechatpay_chain::outcome::Outcome;

use crate::scenario::{AFTER, BEGIN, Fault, Scenario};
use crate::world::{LIMIT, World};

/// The calls, by the second in which they began.
#[derive(Default)]
pub struct Tally {
    seconds: Vec<Second>,
    unknown: u64,
    /// Calls of the limited operation.
    limited: u64,
    /// Done, and not in the ledger.
    wrong: u64,
    /// Not done, as the caller was told. The ledger must not have them at the end either.
    not_done: Vec<String>,
}

#[derive(Default, Clone, Copy)]
struct Second {
    calls: u32,
    /// Calls that succeeded within two seconds.
    prompt: u32,
}

impl Tally {
    /// Notes an order: is its outcome what the ledger says?
    pub fn order(
        &mut self,
        second: usize,
        prompt: bool,
        outcome: &Result<Outcome>,
        (number, in_ledger): (String, bool),
    ) {
        self.second(second, prompt);
        match outcome {
            Ok(Outcome::Done(_)) => self.wrong += u64::from(!in_ledger),
            Ok(Outcome::NotDone(_)) | Err(_) => self.not_done.push(number),
            Ok(Outcome::StillUnknown(_)) => self.unknown += 1,
        }
    }

    /// Notes a call of the limited operation; waiting for its turn is no failure.
    pub fn limited(&mut self, second: usize, ok: bool) {
        self.second(second, ok);
        self.limited += 1;
    }

    fn second(&mut self, second: usize, prompt: bool) {
        if self.seconds.len() <= second {
            self.seconds.resize(second + 1, Second::default());
        }
        self.seconds[second].calls += 1;
        self.seconds[second].prompt += u32::from(prompt);
    }
}

pub struct Report {
    calls: u64,
    attempts: u64,
    queries: u64,
    /// The largest ratio of attempts to calls in ten seconds, queries of unknown outcomes included.
    peak: f64,
    recovery: Option<u64>,
    unknown: u64,
    wrong: u64,
    overshoot: f64,
    /// Questions to the store of the limits for each call of the limited operation.
    asked: f64,
}

pub fn print_head() {
    println!(
        "{:<8} {:>9} {:>9} {:>9} {:>8} {:>6} {:>8} {:>8} {:>6} {:>9} {:>6}",
        "scenario",
        "calls",
        "attempts",
        "queries",
        "load",
        "peak",
        "recovery",
        "unknown",
        "wrong",
        "overshoot",
        "asked"
    );
}

impl Report {
    pub fn new(tally: Tally, world: &World, questions: u64) -> Self {
        let state = world.lock();
        let calls: Vec<_> = tally.seconds.iter().map(|it| u64::from(it.calls)).collect();
        let attempts: Vec<_> = state.attempts.iter().map(|it| u64::from(*it)).collect();
        let moved = tally
            .not_done
            .iter()
            .filter(|it| state.ledger.contains(*it));
        let most = ratio(state.most_in_a_minute, LIMIT);
        Self {
            calls: calls.iter().sum(),
            attempts: attempts.iter().sum(),
            queries: state.queries,
            peak: peak(&calls, &attempts),
            recovery: recovery(&tally, world.scenario),
            unknown: tally.unknown,
            wrong: tally.wrong + u64::try_from(moved.count()).unwrap_or(u64::MAX),
            overshoot: (most - 1.0).max(0.0),
            #[allow(clippy::cast_precision_loss, reason = "counts of a few million")]
            asked: questions as f64 / tally.limited.max(1) as f64,
        }
    }

    /// Prints a line; whether the goals are met.
    pub fn print(&self, scenario: &Scenario) -> bool {
        #[allow(clippy::cast_precision_loss, reason = "counts of a few million")]
        let load = (self.attempts - self.queries) as f64 / self.calls as f64;
        let recovery = match self.recovery {
            Some(seconds) => format!("{seconds} s"),
            None => "never".to_owned(),
        };
        println!(
            "{:<8} {:>9} {:>9} {:>9} {:>8.3} {:>6.2} {:>8} {:>8} {:>6} {:>8.1}% {:>6.2}  {}",
            scenario.name,
            self.calls,
            self.attempts,
            self.queries,
            load,
            self.peak,
            recovery,
            self.unknown,
            self.wrong,
            self.overshoot * 100.0,
            self.asked,
            scenario.about,
        );
        let recovered = self.recovery.is_some_and(|seconds| seconds <= 30);
        let known = self.unknown == 0 && self.wrong == 0;
        load <= 1.1 && recovered && known && self.overshoot <= 0.02
    }
}

/// The largest ratio of attempts to calls in ten seconds.
fn peak(calls: &[u64], attempts: &[u64]) -> f64 {
    let sum = |of: &[u64]| of.iter().sum::<u64>();
    let windows = calls.chunks(10).zip(attempts.chunks(10));
    let ratio = |(calls, attempts): (&[u64], &[u64])| {
        ratio(
            usize::try_from(sum(attempts)).unwrap_or(0),
            usize::try_from(sum(calls)).unwrap_or(1),
        )
    };
    windows.map(ratio).fold(0.0, f64::max)
}

/// How many seconds after the fault 99 % of the calls succeed at once, for the rest of the run.
fn recovery(tally: &Tally, scenario: &Scenario) -> Option<u64> {
    if scenario.fault == Fault::None {
        return Some(0);
    }
    let end = usize::try_from((BEGIN + scenario.lasts).as_secs()).ok()?;
    let last = end + usize::try_from(AFTER.as_secs()).ok()?;
    let after = tally.seconds.get(end..last.min(tally.seconds.len()))?;
    let bad = after.iter().rposition(|it| it.prompt * 100 < it.calls * 99);
    let recovered = bad.map_or(0, |second| second + 1);
    (recovered < after.len()).then(|| recovered.try_into().ok())?
}

#[allow(clippy::cast_precision_loss, reason = "counts of a few million")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}
