//! Resolves an unknown outcome.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

use super::asked::{Asked, Task};
use super::policy::QueryPolicy;
use super::state::{RequestState, answered, is_believed, is_not_found, is_number_used, state};
use super::{NotDone, Outcome, Unknown};
use crate::call::Call;
use crate::message::{KeptBody, Response};
use crate::trace;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// Makes the call, and resolves its outcome if it is unknown.
pub(super) async fn send(call: Call, policy: QueryPolicy) -> Result<Outcome> {
    let (engine, plan) = call.into_parts();
    let mut plan = plan?;
    plan.refuse_stream()?;
    let asked = Asked::of(&engine, &plan, Task::Send, policy.close)?;
    let repeats = policy.repeat && asked.number.repeatable;
    // In APIv2 the members are the same in each request, unless they are encrypted; the nonce and signature are new.
    let encrypts = (engine.operation(&plan)).is_some_and(|it| !it.encrypt_bank().is_empty());
    let kept = KeptBody::default();
    if repeats && (encrypts || !asked.is_v2) {
        plan.options.kept = Some(kept.clone());
    }
    let repeated = repeats.then(|| plan.repeated());
    let answer = engine.execute(plan).await;
    let mut search = Search::new(asked, policy);
    let err = match search.decide(answer) {
        Ok(outcome) => return Ok(search.reported(outcome)),
        Err(err) => err,
    };
    let again = || {
        let (engine, mut plan) = (engine.clone(), repeated.as_ref()?.repeated());
        kept.restore(&mut plan.payload, &mut plan.headers);
        Some(async move { engine.execute(Box::new(plan)).await })
    };
    let outcome = search.run(err, again).await;
    Ok(search.reported(outcome))
}

/// Resolves the outcome of an earlier call.
pub(super) async fn query(call: Call, sent_ago: Duration, policy: QueryPolicy) -> Result<Outcome> {
    let (engine, plan) = call.into_parts();
    let asked = Asked::of(&engine, &*plan?, Task::FollowUp, policy.close)?;
    let mut search = Search::new(asked, policy);
    search.sent_ago = sent_ago;
    let never = || None::<std::future::Ready<Result<Response>>>;
    let err = Error::new(
        ErrorKind::Timeout,
        "the request was made before, and its outcome is not known",
    );
    search.policy.waits.insert(0, Duration::ZERO);
    let outcome = search.run(err, never).await;
    Ok(search.reported(outcome))
}

/// The queries of transfers and of red packets find nothing older than 30 days. This is a day less, since
/// the documentation does not say when the 30 days begin.
const FORGOTTEN: Duration = Duration::from_secs(29 * DAY);

/// How long the query of a deduction that WeChat Pay has accepted may not find it yet: it may deduct on the next day.
const ACCEPTED: Duration = Duration::from_secs(DAY);

const DAY: u64 = 86_400;

/// The search for the outcome of a request.
struct Search {
    asked: Asked,
    policy: QueryPolicy,
    /// The latest time at which the request can have been sent.
    sent: Instant,
    first_sent: Instant,
    /// The age of the request at the start of this search.
    sent_ago: Duration,
    /// WeChat Pay has accepted the request, so it exists, even while the query does not find it.
    accepted: bool,
}

/// The result of a query.
#[allow(clippy::large_enum_variant, reason = "it is matched at once")]
enum Found {
    End(Outcome),
    Nothing(Error),
    /// Unpaid or pending, or the query failed with this error.
    Open(Option<Error>),
}

impl Search {
    fn new(asked: Asked, policy: QueryPolicy) -> Self {
        let now = Instant::now();
        Self {
            asked,
            policy,
            sent: now,
            first_sent: now,
            sent_ago: Duration::ZERO,
            accepted: false,
        }
    }

    fn reported(&self, outcome: Outcome) -> Outcome {
        let merchant = self.asked.engine.merchant.id();
        trace::outcome(self.asked.template, merchant, outcome.as_str());
        outcome
    }

    /// Returns the outcome that the call's response decides, or the error of an undecided call.
    fn decide(&mut self, answer: Result<Response>) -> Result<Outcome> {
        self.sent = Instant::now();
        match answer {
            Ok(response) => match answered(self.asked.number, &response) {
                RequestState::Done | RequestState::Payable => Ok(Outcome::Done(response)),
                RequestState::Ended => Ok(Outcome::NotDone(NotDone::Ended(response))),
                RequestState::Pending => {
                    self.accepted = true;
                    Err(pending(&response))
                }
            },
            // The number is in use: by an earlier request, or by this one, made before.
            Err(err) if err.is_undecided() || is_number_used(&err) || !is_believed(&err) => {
                Err(err)
            }
            Err(err) => Ok(Outcome::NotDone(NotDone::Refused(err))),
        }
    }

    /// Queries until the outcome is known or the waits are over.
    async fn run<F>(&mut self, err: Error, again: impl Fn() -> Option<F>) -> Outcome
    where
        F: Future<Output = Result<Response>>,
    {
        let begun = Instant::now();
        let (mut queries, mut repeats, mut last_query) = (0, 0, None);
        for wait in std::mem::take(&mut self.policy.waits) {
            tokio::time::sleep(wait).await;
            queries += 1;
            // The response describes the state at its sending, which may be long before its arrival.
            let age = self.age();
            let found = match self.look().await {
                Found::End(outcome) => return outcome,
                Found::Nothing(found) => found,
                Found::Open(why) => {
                    last_query = why;
                    continue;
                }
            };
            let counts = age < FORGOTTEN && !self.accepted;
            if counts && age >= self.settled() {
                return Outcome::NotDone(NotDone::NotFound(found));
            }
            last_query = Some(found);
            if let Some(repeat) = counts.then(&again).flatten() {
                repeats += 1;
                // A refusal of the repeated request says nothing about the first, which may still arrive.
                match self.decide(repeat.await) {
                    Ok(Outcome::Done(response)) => return Outcome::Done(response),
                    Ok(_) | Err(_) => self.sent = Instant::now(),
                }
            }
        }
        Outcome::StillUnknown(Unknown {
            error: err,
            queries,
            repeats,
            queried_for: begun.elapsed(),
            sent_ago: self.age(),
            last_query,
        })
    }

    /// Returns the age of the request.
    fn age(&self) -> Duration {
        self.sent.elapsed().saturating_add(self.sent_ago)
    }

    /// Returns the age from which "not found" is final.
    fn settled(&self) -> Duration {
        if self.asked.number.only_accepts {
            self.policy.settled.max(ACCEPTED)
        } else {
            self.policy.settled
        }
    }

    async fn look(&self) -> Found {
        match self.ask().await {
            Ok(response) if !self.asked.is_same(&response) => {
                Found::End(Outcome::NotDone(NotDone::NumberTaken(response)))
            }
            Ok(response) => match state(self.asked.number, &response) {
                RequestState::Done => Found::End(Outcome::Done(response)),
                RequestState::Payable if self.policy.close => self.close().await,
                RequestState::Payable => Found::End(Outcome::Done(response)),
                RequestState::Ended => Found::End(Outcome::NotDone(NotDone::Ended(response))),
                RequestState::Pending => Found::Open(None),
            },
            Err(err) if is_not_found(&err) => Found::Nothing(err),
            Err(err) => Found::Open(Some(err)),
        }
    }

    /// Closes an unpaid order, and checks whether the user paid first.
    ///
    /// Only the query decides: the close may be refused because the order was paid, and its answer may be
    /// lost like any other.
    async fn close(&self) -> Found {
        let Some((call, not_before)) = self.asked.close() else {
            return Found::Open(None);
        };
        let age = self.first_sent.elapsed().saturating_add(self.sent_ago);
        if age < not_before {
            return Found::Open(None);
        }
        let _ = call.run().await;
        match self.ask().await {
            Ok(response) => match state(self.asked.number, &response) {
                RequestState::Done => Found::End(Outcome::Done(response)),
                RequestState::Ended => Found::End(Outcome::NotDone(NotDone::Ended(response))),
                RequestState::Payable | RequestState::Pending => Found::Open(None),
            },
            Err(err) => Found::Open(Some(err)),
        }
    }

    async fn ask(&self) -> Result<Response> {
        self.asked.query().run().await
    }
}

fn pending(response: &Response) -> Error {
    response.error(
        ErrorKind::Body,
        "WeChat Pay accepted the payment but has not decided it: the user may have to confirm it",
    )
}
