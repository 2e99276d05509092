//! The schedule of a delivery: the first attempt, and the retries until it is accepted.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{oneshot, watch};
use tokio::time::Instant;

use super::Notifier;

/// Seconds from one attempt to the next.
///
/// Source: WeChat Pay document "支付成功回调通知": 15s/15s/30s/3m/10m/20m/30m/30m/30m/60m/3h/3h/3h/6h/6h.
const WAITS: [u64; 15] = [
    15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10_800, 10_800, 10_800, 21_600, 21_600,
];
/// How long a held delivery waits for the next one, which may never come. A high speed does not shorten
/// it: the next notification would come too late.
fn max_hold(speed: f64) -> Duration {
    const SECONDS: f64 = 5.0;
    Duration::try_from_secs_f64(SECONDS / speed.min(1.0)).unwrap_or(Duration::MAX)
}

/// When the first attempt is made.
pub(super) enum FirstAttempt {
    Now,
    /// After the next delivery, or after [`max_hold`].
    After(oneshot::Receiver<()>),
    /// Before the delivery that is held, which is released when this is dropped.
    Before(oneshot::Sender<()>),
    /// At once, after this many attempts of an earlier run.
    Again(usize),
}

/// The task of one delivery.
pub(super) struct DeliveryTask {
    pub(super) notifier: Arc<Notifier>,
    pub(super) id: u64,
}

impl DeliveryTask {
    /// Posts the notification `times` times, then retries until it is accepted or the schedule ends.
    pub(super) async fn run(self, times: u32, first: FirstAttempt) {
        // The attempt at once replaces the one that the earlier run was waiting for.
        let waited = match first {
            FirstAttempt::Again(attempts) => attempts,
            _ => 0,
        };
        let release = match first {
            FirstAttempt::Now | FirstAttempt::Again(_) => None,
            FirstAttempt::Before(release) => Some(release),
            FirstAttempt::After(released) => {
                // Post it now, even if the wait timed out.
                let _ = tokio::time::timeout(max_hold(self.notifier.speed()), released).await;
                None
            }
        };
        let mut accepted = false;
        for _ in 0..times {
            accepted = self.attempt().await;
        }
        drop(release);
        let mut speed = self.notifier.speed.subscribe();
        for wait in WAITS.into_iter().skip(waited) {
            if accepted {
                break;
            }
            self.notifier
                .edit(self.id, |record| record.next_in = Some(wait));
            sleep(wait, &mut speed).await;
            accepted = self.attempt().await;
        }
        self.notifier.finish(self.id, accepted);
    }
}

/// Waits the given seconds of the schedule. The speed may change while it waits.
async fn sleep(seconds: u64, speed: &mut watch::Receiver<f64>) {
    let mut left = Duration::from_secs(seconds).as_secs_f64();
    loop {
        let now = *speed.borrow_and_update();
        let wait = Duration::try_from_secs_f64(left / now).unwrap_or(Duration::MAX);
        let began = Instant::now();
        match tokio::time::timeout(wait, speed.changed()).await {
            Ok(Ok(())) => left = (left - began.elapsed().as_secs_f64() * now).max(0.0),
            // The speed cannot change any more.
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
