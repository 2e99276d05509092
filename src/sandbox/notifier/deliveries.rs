//! Notifications that the sandbox posts by itself, again and again until they are accepted.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::super::fault::Fault;
use super::super::gateway::Gateway;
use super::draft::Draft;
use super::post;
use crate::error::{Error, Result};

/// Seconds from one attempt to the next.
///
/// Source: WeChat Pay document "支付成功回调通知": 15s/15s/30s/3m/10m/20m/30m/30m/30m/60m/3h/3h/3h/6h/6h.
const WAITS: [u64; 15] = [
    15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10_800, 10_800, 10_800, 21_600, 21_600,
];
/// How many are remembered; the oldest go first, and with them what was still to be posted.
const KEPT: usize = 1000;
/// The attempts that are remembered of one that is sent again by hand.
const ATTEMPTS: usize = 64;

/// A notification that a [`Sandbox`](crate::sandbox::Sandbox) posts by itself.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DeliveryRecord {
    /// Its number: the first is 1.
    pub id: u64,
    /// APIv3's event type, or the sandbox's name for one of APIv2's.
    pub event_type: String,
    /// Where it goes.
    pub url: String,
    /// How it stands.
    pub state: DeliveryState,
    /// What was tried so far, oldest first.
    pub attempts: Vec<AttemptRecord>,
    /// In how many seconds of WeChat Pay's schedule it is tried again; how fast those pass, the pace
    /// of the sandbox says.
    pub next_in: Option<u64>,
}

/// How a notification stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryState {
    /// It is about to be posted, or again.
    Pending,
    /// The merchant's server has said 200 or 204.
    Accepted,
    /// It never did; WeChat Pay does not try any more.
    GivenUp,
    /// It was not posted: the URL is missing or not one that the sandbox may post to.
    NotSent,
}

impl DeliveryState {
    /// `pending`, `accepted`, `given_up`, `not_sent`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::GivenUp => "given_up",
            Self::NotSent => "not_sent",
        }
    }
}

impl fmt::Display for DeliveryState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One time that a notification was posted.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AttemptRecord {
    /// When, by the sandbox's clock, in seconds since the Unix epoch.
    pub time: i64,
    /// What the server answered with.
    pub status: Option<StatusCode>,
    /// What went wrong: no answer, or one that is not 200 or 204.
    pub problem: Option<String>,
}

/// Those that are under way, and those that were.
pub(in crate::sandbox) struct Deliveries {
    kept: Mutex<Kept>,
    pace: watch::Sender<f64>,
    /// Where they run.
    runtime: OnceLock<Handle>,
}

#[derive(Default)]
struct Kept {
    rows: VecDeque<Row>,
    count: u64,
    /// One that waits until the one after it has been posted.
    held: Option<u64>,
}

struct Row {
    record: DeliveryRecord,
    draft: Arc<Draft>,
    task: Option<AbortHandle>,
}

impl Drop for Row {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }
}

impl Default for Deliveries {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
            pace: watch::Sender::new(1.0),
            runtime: OnceLock::new(),
        }
    }
}

impl Deliveries {
    /// Says where they run.
    pub(in crate::sandbox) fn run_on(&self, runtime: Handle) {
        // A sandbox is served once.
        let _ = self.runtime.set(runtime);
    }

    /// How many times faster than time the waits pass.
    pub(in crate::sandbox) fn pace(&self) -> f64 {
        *self.pace.borrow()
    }

    pub(in crate::sandbox) fn set_pace(&self, pace: f64) {
        self.pace.send_replace(pace);
    }

    pub(in crate::sandbox) fn all(&self) -> Vec<DeliveryRecord> {
        self.with(|kept| kept.rows.iter().map(|row| row.record.clone()).collect())
    }

    pub(in crate::sandbox) fn get(&self, id: u64) -> Option<DeliveryRecord> {
        self.with(|kept| kept.row(id).map(|row| row.record.clone()))
    }

    /// Forgets all, and what was still to be posted is not.
    pub(in crate::sandbox) fn clear(&self) {
        self.with(|kept| {
            *kept = Kept {
                count: kept.count,
                ..Kept::default()
            };
        });
    }

    /// Remembers one that is not posted, and why.
    pub(in crate::sandbox) fn refuse(
        &self,
        draft: Draft,
        event_type: String,
        now: i64,
        why: &Error,
    ) -> u64 {
        let id = self.keep(draft, event_type);
        self.edit(id, |record| {
            record.state = DeliveryState::NotSent;
            record.attempts.push(AttemptRecord {
                time: now,
                status: None,
                problem: Some(why.to_string()),
            });
        });
        id
    }

    /// Posts one, with what is to go wrong.
    pub(in crate::sandbox) fn post(
        gateway: &Arc<Gateway>,
        draft: Draft,
        event_type: String,
    ) -> u64 {
        let deliveries = &gateway.control.deliveries;
        let fault = gateway.faults.next_posting();
        let id = deliveries.keep(draft, event_type);
        if fault == Some(Fault::ReorderedNotifications) {
            deliveries.with(|kept| kept.held = kept.held.or(Some(id)));
            return id;
        }
        let times = match fault {
            Some(Fault::DuplicatedNotification) => 2,
            _ => 1,
        };
        let held = deliveries.with(|kept| kept.held.take());
        deliveries.start(gateway, id, times, held);
        id
    }

    /// Posts one again, at once; whether there is such a one.
    pub(in crate::sandbox) fn again(gateway: &Arc<Gateway>, id: u64) -> bool {
        let deliveries = &gateway.control.deliveries;
        let known = deliveries.get(id).is_some();
        deliveries.edit(id, |record| record.state = DeliveryState::Pending);
        deliveries.start(gateway, id, 1, None);
        known
    }

    fn keep(&self, draft: Draft, event_type: String) -> u64 {
        self.with(|kept| {
            kept.count += 1;
            let record = DeliveryRecord {
                id: kept.count,
                event_type,
                url: draft.url.clone(),
                state: DeliveryState::Pending,
                attempts: Vec::new(),
                next_in: None,
            };
            if kept.rows.len() >= KEPT {
                kept.rows.pop_front();
            }
            let (draft, task) = (Arc::new(draft), None);
            kept.rows.push_back(Row {
                record,
                draft,
                task,
            });
            kept.count
        })
    }

    /// Without a runtime the sandbox is ending, and posts nothing more.
    fn start(&self, gateway: &Arc<Gateway>, id: u64, times: u32, then: Option<u64>) {
        let Some(runtime) = self.runtime.get() else {
            return;
        };
        let task = Task {
            gateway: Arc::clone(gateway),
            id,
        };
        let task = runtime.spawn(task.run(times, then)).abort_handle();
        self.with(|kept| match kept.row_mut(id) {
            Some(row) => {
                if let Some(old) = row.task.replace(task) {
                    old.abort();
                }
            }
            None => task.abort(),
        });
    }

    fn edit(&self, id: u64, edit: impl FnOnce(&mut DeliveryRecord)) {
        self.with(|kept| {
            if let Some(row) = kept.row_mut(id) {
                edit(&mut row.record);
            }
        });
    }

    fn draft(&self, id: u64) -> Option<Arc<Draft>> {
        self.with(|kept| kept.row(id).map(|row| Arc::clone(&row.draft)))
    }

    fn with<T>(&self, work: impl FnOnce(&mut Kept) -> T) -> T {
        work(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Kept {
    fn row(&self, id: u64) -> Option<&Row> {
        self.rows.iter().find(|row| row.record.id == id)
    }

    fn row_mut(&mut self, id: u64) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.record.id == id)
    }
}

/// One notification on its way.
struct Task {
    gateway: Arc<Gateway>,
    id: u64,
}

impl Task {
    /// Posts it, `times` times for the first time, then one that was held back for it.
    async fn run(self, times: u32, then: Option<u64>) {
        let mut accepted = false;
        for _ in 0..times {
            accepted = self.attempt().await;
        }
        if let Some(held) = then {
            self.deliveries().start(&self.gateway, held, 1, None);
        }
        let mut pace = self.deliveries().pace.subscribe();
        for wait in WAITS {
            if accepted {
                break;
            }
            self.deliveries()
                .edit(self.id, |record| record.next_in = Some(wait));
            sleep(wait, &mut pace).await;
            accepted = self.attempt().await;
        }
        self.deliveries().edit(self.id, |record| {
            record.state = match accepted {
                true => DeliveryState::Accepted,
                false => DeliveryState::GivenUp,
            };
        });
    }

    /// Whether it was accepted.
    async fn attempt(&self) -> bool {
        let Some(draft) = self.deliveries().draft(self.id) else {
            return true;
        };
        let reach = self.gateway.control.reach();
        let time = self.gateway.clock.now();
        let outcome = match draft.request(&self.gateway, reach) {
            Ok(request) => post::exchange(request, reach).await,
            Err(err) => Err(err),
        };
        let attempt = judged(time, outcome);
        let accepted = attempt.problem.is_none();
        self.deliveries().edit(self.id, |record| {
            record.next_in = None;
            if record.attempts.len() >= ATTEMPTS {
                record.attempts.remove(0);
            }
            record.attempts.push(attempt);
        });
        accepted
    }

    fn deliveries(&self) -> &Deliveries {
        &self.gateway.control.deliveries
    }
}

/// Source: WeChat Pay document "支付成功回调通知": 200 and 204 accept it, and nothing else does.
fn judged(time: i64, outcome: Result<Response<Bytes>>) -> AttemptRecord {
    let (status, problem) = match outcome {
        Ok(answer) => {
            let status = answer.status();
            let accepted = [StatusCode::OK, StatusCode::NO_CONTENT].contains(&status);
            let problem = (!accepted).then(|| "the answer is not 200 or 204".to_owned());
            (Some(status), problem)
        }
        Err(err) => (None, Some(err.report())),
    };
    AttemptRecord {
        time,
        status,
        problem,
    }
}

/// Waits so many seconds of the schedule, however often the pace changes meanwhile.
async fn sleep(seconds: u64, pace: &mut watch::Receiver<f64>) {
    let mut left = Duration::from_secs(seconds).as_secs_f64();
    loop {
        let now = *pace.borrow_and_update();
        let (began, wait) = (Instant::now(), Duration::from_secs_f64(left / now));
        match tokio::time::timeout(wait, pace.changed()).await {
            Ok(Ok(())) => left = (left - began.elapsed().as_secs_f64() * now).max(0.0),
            // Nobody can change it any more.
            Ok(Err(_)) => return tokio::time::sleep(wait).await,
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schedule_is_the_documented_one() {
        let hours = WAITS.iter().sum::<u64>() as f64 / 3600.0;
        // "总计 24h4m".
        assert_eq!((hours * 60.0) as u64, 24 * 60 + 4);
    }
}
