//! When a notification is posted: for the first time, and until it is accepted.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{oneshot, watch};
use tokio::time::Instant;

use super::Deliveries;
use super::record::DeliveryState;
use crate::gateway::Gateway;

/// Seconds from one attempt to the next.
///
/// Source: WeChat Pay document "支付成功回调通知": 15s/15s/30s/3m/10m/20m/30m/30m/30m/60m/3h/3h/3h/6h/6h.
const WAITS: [u64; 15] = [
    15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10_800, 10_800, 10_800, 21_600, 21_600,
];
/// How long one waits to be overtaken: there may be no other. Faster than time, there would be none to
/// come in time.
fn held(pace: f64) -> Duration {
    const HELD: f64 = 5.0;
    Duration::try_from_secs_f64(HELD / pace.min(1.0)).unwrap_or(Duration::MAX)
}

/// What there is about the first time that one is posted.
pub(super) enum First {
    Now,
    /// It waits for the one after it, for which [`held`] is long enough.
    After(oneshot::Receiver<()>),
    /// One waits for it; dropped, however that comes, it waits no more.
    Before(oneshot::Sender<()>),
}

/// One notification on its way.
pub(super) struct Task {
    pub(super) gateway: Arc<Gateway>,
    pub(super) id: u64,
}

impl Task {
    /// Posts it, `times` times for the first time.
    pub(super) async fn run(self, times: u32, first: First) {
        let release = match first {
            First::Now => None,
            First::Before(release) => Some(release),
            First::After(released) => {
                // Released or not: it is posted now.
                let _ = tokio::time::timeout(held(self.deliveries().pace()), released).await;
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

    pub(super) fn deliveries(&self) -> &Deliveries {
        &self.gateway.control.deliveries
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

    #[test]
    fn the_schedule_is_the_documented_one() {
        let hours = WAITS.iter().sum::<u64>() as f64 / 3600.0;
        // "总计 24h4m".
        assert_eq!((hours * 60.0) as u64, 24 * 60 + 4);
    }
}
