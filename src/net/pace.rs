//! The required pace of a response's body.

use std::time::Duration;

use tokio::time::Instant;

/// The requirements for a response's body; none by default.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct BodyLimits {
    /// The longest wait for the next piece.
    pub(super) pause: Option<Duration>,
    pub(super) least: Option<Throughput>,
    /// The deadline of the whole body, and its distance from the start.
    pub(super) deadline: Option<(Instant, Duration)>,
}

/// The minimum number of bytes in each period of waiting time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Throughput {
    pub(super) bytes: u64,
    pub(super) per: Duration,
}

/// The progress of a body.
///
/// Only the time spent waiting for a piece counts, not the time the reader spends elsewhere,
/// except for the deadline.
#[derive(Debug)]
pub(super) struct Pace {
    limits: BodyLimits,
    since: Option<Instant>,
    /// The waiting time and the number of bytes of this period.
    waited: Duration,
    came: u64,
}

impl Pace {
    pub(super) fn new(limits: BodyLimits) -> Self {
        Self {
            limits,
            since: None,
            waited: Duration::ZERO,
            came: 0,
        }
    }

    /// Records that a piece is awaited; returns the time of the next check, if there is any limit.
    pub(super) fn wait(&mut self, now: Instant) -> Option<Instant> {
        let since = *self.since.get_or_insert(now);
        let pause = self.limits.pause.map(|pause| since + pause);
        let least = self.limits.least;
        let stretch = least.map(|least| since + least.per.saturating_sub(self.waited));
        let deadline = self.limits.deadline.map(|(at, _)| at);
        [pause, stretch, deadline].into_iter().flatten().min()
    }

    /// Checks the requirements while a piece is awaited.
    pub(super) fn look(&mut self, now: Instant) -> Result<(), String> {
        self.check_deadline(now)?;
        let Some(since) = self.since else {
            return Ok(());
        };
        if let Some(pause) = self.limits.pause
            && now >= since + pause
        {
            return Err(format!("no more of the response arrived within {pause:?}"));
        }
        if self.is_next_stretch(now - since)? {
            // The rest of the wait counts in the next period.
            self.since = Some(now);
        }
        Ok(())
    }

    /// Records a piece and checks the requirements.
    pub(super) fn came(&mut self, bytes: usize, now: Instant) -> Result<(), String> {
        self.came = self.came.saturating_add(bytes as u64);
        if let Some(since) = self.since.take() {
            let waited = now - since;
            if !self.is_next_stretch(waited)? {
                self.waited += waited;
            }
        }
        self.check_deadline(now)
    }

    /// Whether a piece must be counted, not only its pause checked.
    pub(super) fn counts(&self) -> bool {
        self.limits.least.is_some() || self.limits.deadline.is_some()
    }

    /// Ends the wait if pieces are not counted.
    pub(super) fn rest(&mut self) {
        self.since = None;
    }

    fn check_deadline(&self, now: Instant) -> Result<(), String> {
        match self.limits.deadline {
            Some((at, limit)) if now >= at => {
                Err(format!("the response was not complete within {limit:?}"))
            }
            _ => Ok(()),
        }
    }

    /// Whether a period is over, including the current wait. A period with enough bytes is followed
    /// by the next.
    fn is_next_stretch(&mut self, waiting: Duration) -> Result<bool, String> {
        let Some(Throughput { bytes, per }) = self.limits.least else {
            return Ok(false);
        };
        if self.waited + waiting < per {
            return Ok(false);
        }
        if self.came < bytes {
            let came = self.came;
            return Err(format!(
                "the response stalled: {came} bytes arrived in {per:?}, and at least {bytes} are required"
            ));
        }
        (self.waited, self.came) = (Duration::ZERO, 0);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn pace(limits: BodyLimits) -> (Pace, Instant) {
        (Pace::new(limits), Instant::now())
    }

    fn least() -> BodyLimits {
        let least = Some(Throughput {
            bytes: 100,
            per: 10 * SECOND,
        });
        BodyLimits {
            least,
            ..BodyLimits::default()
        }
    }

    #[test]
    fn a_body_that_trickles_has_stalled() {
        let (mut pace, start) = pace(least());
        for second in 0..9 {
            let now = start + second * SECOND;
            assert!(pace.wait(now).is_some());
            pace.came(1, now + SECOND).unwrap();
        }
        let now = start + 9 * SECOND;
        assert_eq!(pace.wait(now), Some(start + 10 * SECOND));
        let why = pace.look(start + 10 * SECOND).unwrap_err();
        assert!(why.contains("9 bytes") && why.contains("100"), "{why}");
    }

    #[test]
    fn the_readers_time_does_not_count() {
        let (mut pace, start) = pace(least());
        for minute in 0..5 {
            let now = start + 60 * minute * SECOND;
            pace.wait(now);
            pace.came(1, now + SECOND).unwrap();
        }
    }

    #[test]
    fn each_period_is_counted_separately() {
        let (mut pace, start) = pace(least());
        pace.wait(start);
        pace.came(100_000, start + 10 * SECOND).unwrap();
        pace.wait(start + 10 * SECOND);
        pace.look(start + 15 * SECOND).unwrap();
        assert!(pace.look(start + 20 * SECOND).is_err());
    }

    #[test]
    fn a_deadline_ends_a_fast_body() {
        let (mut pace, start) = pace(BodyLimits {
            deadline: Some((Instant::now() + 5 * SECOND, 5 * SECOND)),
            ..BodyLimits::default()
        });
        assert!(pace.counts());
        pace.came(1 << 20, start).unwrap();
        let why = pace.came(1 << 20, start + 6 * SECOND).unwrap_err();
        assert!(why.contains("within 5s"), "{why}");
    }

    #[test]
    fn a_pause_has_a_separate_limit() {
        let (mut pace, start) = pace(BodyLimits {
            pause: Some(SECOND),
            ..BodyLimits::default()
        });
        assert!(!pace.counts());
        for second in 0..5 {
            let now = start + second * SECOND;
            assert_eq!(pace.wait(now), Some(now + SECOND));
            pace.rest();
        }
        pace.wait(start);
        assert!(pace.look(start + SECOND).unwrap_err().contains("within 1s"));
    }
}
