//! Notifications that the sandbox posts by itself, again and again until they are accepted.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::super::fault::Fault;
use super::super::gateway::Gateway;
use super::content::Content;
use super::draft::Draft;
use super::post;
use crate::error::{Error, Result};
use crate::protocol::xml;

/// Seconds from one attempt to the next.
///
/// Source: WeChat Pay document "支付成功回调通知": 15s/15s/30s/3m/10m/20m/30m/30m/30m/60m/3h/3h/3h/6h/6h.
const WAITS: [u64; 15] = [
    15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10_800, 10_800, 10_800, 21_600, 21_600,
];
/// How many are remembered.
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
    /// The merchant's server has said so: 200 or 204, of APIv2 with `return_code` `SUCCESS` in XML.
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
    /// What went wrong: no answer, or one that does not accept it.
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
    /// Lets one go that waits until the one after it has been posted.
    held: Option<oneshot::Sender<()>>,
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
        let times = match fault {
            Some(Fault::DuplicatedNotification) => 2,
            _ => 1,
        };
        let before = deliveries.with(|kept| kept.held.take().filter(|held| !held.is_closed()));
        let first = match before {
            // This is the one after it, whatever is to go wrong with itself.
            Some(before) => First::Before(before),
            None if fault == Some(Fault::ReorderedNotifications) => {
                let (release, released) = oneshot::channel();
                deliveries.with(|kept| kept.held = Some(release));
                First::After(released)
            }
            None => First::Now,
        };
        deliveries.start(gateway, id, times, first);
        id
    }

    /// Posts one again, at once.
    pub(in crate::sandbox) fn again(gateway: &Arc<Gateway>, id: u64) {
        let deliveries = &gateway.control.deliveries;
        deliveries.edit(id, |record| record.state = DeliveryState::Pending);
        deliveries.start(gateway, id, 1, First::Now);
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
                kept.evict();
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
    fn start(&self, gateway: &Arc<Gateway>, id: u64, times: u32, first: First) {
        let Some(runtime) = self.runtime.get() else {
            return;
        };
        let task = Task {
            gateway: Arc::clone(gateway),
            id,
        };
        let task = runtime.spawn(task.run(times, first)).abort_handle();
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
    /// The oldest that is over goes; only when none is, one that is still to be posted.
    fn evict(&mut self) {
        let over = |row: &Row| row.record.state != DeliveryState::Pending;
        let oldest = self.rows.iter().position(over).unwrap_or_default();
        self.rows.remove(oldest);
    }

    fn row(&self, id: u64) -> Option<&Row> {
        self.rows.iter().find(|row| row.record.id == id)
    }

    fn row_mut(&mut self, id: u64) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.record.id == id)
    }
}

/// What there is about the first time that one is posted.
enum First {
    Now,
    /// It waits for the one after it, for which [`HELD`] is long enough.
    After(oneshot::Receiver<()>),
    /// One waits for it; dropped, however that comes, it waits no more.
    Before(oneshot::Sender<()>),
}

/// How long one waits to be overtaken: there may be no other.
const HELD: Duration = Duration::from_secs(5);

/// One notification on its way.
struct Task {
    gateway: Arc<Gateway>,
    id: u64,
}

impl Task {
    /// Posts it, `times` times for the first time.
    async fn run(self, times: u32, first: First) {
        let release = match first {
            First::Now => None,
            First::Before(release) => Some(release),
            First::After(released) => {
                // Released or not: it is posted now.
                let _ = tokio::time::timeout(HELD, released).await;
                None
            }
        };
        let mut accepted = false;
        for _ in 0..times {
            accepted = self.attempt().await;
        }
        drop(release);
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
        let attempt = judged(time, outcome, &draft.content);
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

fn judged(time: i64, outcome: Result<Response<Bytes>>, content: &Content) -> AttemptRecord {
    let (status, problem) = match outcome {
        Ok(answer) => {
            let problem = match content {
                Content::Event(_) => unaccepted(&answer),
                Content::Message(_) => unaccepted_v2(&answer),
            };
            (Some(answer.status()), problem.map(str::to_owned))
        }
        Err(err) => (None, Some(err.report())),
    };
    AttemptRecord {
        time,
        status,
        problem,
    }
}

/// Why APIv3 does not take an answer for a yes.
///
/// Source: WeChat Pay document "支付成功回调通知": 200 and 204 accept it, and nothing else does.
fn unaccepted(answer: &Response<Bytes>) -> Option<&'static str> {
    let accepted = [StatusCode::OK, StatusCode::NO_CONTENT].contains(&answer.status());
    (!accepted).then_some("the answer is not 200 or 204")
}

/// Why APIv2 does not take an answer for a yes: it reads the body.
///
/// Source: WeChat Pay document "支付结果通知" of APIv2: `return_code` of the answer is `SUCCESS`, or it is
/// notified again.
fn unaccepted_v2(answer: &Response<Bytes>) -> Option<&'static str> {
    let members = xml::decode(answer.body()).unwrap_or_default();
    match members.get("return_code").and_then(Value::as_str) {
        _ if answer.status() != StatusCode::OK => Some("the answer is not 200"),
        Some("SUCCESS") => None,
        _ => Some("the answer is not XML with return_code SUCCESS"),
    }
}

/// Waits so many seconds of the schedule, however often the pace changes meanwhile.
async fn sleep(seconds: u64, pace: &mut watch::Receiver<f64>) {
    let mut left = Duration::from_secs(seconds).as_secs_f64();
    loop {
        let now = *pace.borrow_and_update();
        let wait = Duration::try_from_secs_f64(left / now).unwrap_or(Duration::MAX);
        let began = Instant::now();
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

    fn row(id: u64, state: DeliveryState) -> Row {
        let gateway = crate::sandbox::Sandbox::start_blocking().unwrap();
        let draft = Draft::new(
            &gateway.gateway,
            String::new(),
            Content::signed_v2(Value::Null),
        );
        let record = DeliveryRecord {
            id,
            event_type: String::new(),
            url: String::new(),
            state,
            attempts: Vec::new(),
            next_in: None,
        };
        let draft = Arc::new(draft);
        Row {
            record,
            draft,
            task: None,
        }
    }

    #[test]
    fn what_is_still_to_be_posted_is_forgotten_last() {
        let mut kept = Kept::default();
        let states = [
            DeliveryState::Pending,
            DeliveryState::Accepted,
            DeliveryState::GivenUp,
        ];
        kept.rows
            .extend((1..).zip(states).map(|(id, state)| row(id, state)));
        let mut left = Vec::new();
        while !kept.rows.is_empty() {
            kept.evict();
            left.push(
                kept.rows
                    .iter()
                    .map(|row| row.record.id)
                    .collect::<Vec<_>>(),
            );
        }
        assert_eq!(left, [vec![1, 3], vec![1], vec![]]);
    }

    #[test]
    fn of_v2_the_body_accepts() {
        let accepts = |status: u16, body: &'static str| {
            let answer = Response::builder()
                .status(status)
                .body(Bytes::from_static(body.as_bytes()));
            unaccepted_v2(&answer.unwrap()).is_none()
        };
        assert!(accepts(
            200,
            "<xml><return_code><![CDATA[SUCCESS]]></return_code></xml>"
        ));
        for body in [
            "",
            "SUCCESS",
            "{\"return_code\":\"SUCCESS\"}",
            "<xml><return_code>FAIL</return_code></xml>",
        ] {
            assert!(!accepts(200, body), "{body}");
        }
        assert!(!accepts(
            500,
            "<xml><return_code>SUCCESS</return_code></xml>"
        ));
    }

    #[test]
    fn the_schedule_is_the_documented_one() {
        let hours = WAITS.iter().sum::<u64>() as f64 / 3600.0;
        // "总计 24h4m".
        assert_eq!((hours * 60.0) as u64, 24 * 60 + 4);
    }
}
