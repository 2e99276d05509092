//! Time, CPU time and memory.

use std::fs;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::repeated::LEN;
use crate::{Gateway, Result, resident};

/// What one transfer took.
#[derive(Clone, Copy)]
pub struct Figure {
    pub time: Duration,
    /// User and system time of this process.
    pub cpu: Duration,
    /// The same of the gateway.
    pub gateway: Duration,
}

impl Figure {
    /// Returns the number of cores that client and gateway kept busy. It is small where a transfer waits, and where other
    /// programs take the cores.
    pub fn cores(&self) -> f64 {
        (self.cpu + self.gateway).as_secs_f64() / self.time.as_secs_f64()
    }
}

/// Measures transfers.
pub struct Meter<'a>(pub &'a Gateway);

impl Meter<'_> {
    /// # Errors
    ///
    /// Those of `work`.
    pub async fn measure(
        &self,
        figures: &mut Vec<Figure>,
        work: impl Future<Output = Result<()>>,
    ) -> Result<()> {
        let (start, cpu, gateway) = (Instant::now(), cpu()?, self.0.cpu()?);
        work.await?;
        figures.push(Figure {
            time: start.elapsed(),
            cpu: self::cpu()? - cpu,
            gateway: self.0.cpu()? - gateway,
        });
        Ok(())
    }
}

/// Returns the CPU time of this process.
pub(super) fn cpu() -> Result<Duration> {
    Ok(clock_gettime(ClockId::ProcessCPUTime).try_into()?)
}

/// Returns the least time of all transfers.
pub fn least(figures: &[Figure], of: impl Fn(&Figure) -> Duration) -> Duration {
    figures.iter().map(of).min().unwrap_or_default()
}

/// Returns the MiB in a second of 1 GiB.
pub fn speed(time: Duration) -> f64 {
    LEN as f64 / 1048576.0 / time.as_secs_f64()
}

/// Samples this process's resident memory.
pub struct Watch {
    start: u64,
    peak: Arc<AtomicU64>,
}

impl Watch {
    pub fn start() -> Self {
        let peak = Arc::new(AtomicU64::new(0));
        let seen = Arc::downgrade(&peak);
        thread::spawn(move || {
            while let Some(peak) = seen.upgrade() {
                peak.fetch_max(resident().unwrap_or_default(), Ordering::Relaxed);
                thread::sleep(Duration::from_millis(2));
            }
        });
        Self {
            start: resident().unwrap_or_default(),
            peak,
        }
    }

    /// Returns how much more it was at its peak than at the start, in bytes.
    pub fn growth(self) -> u64 {
        self.peak.load(Ordering::Relaxed).saturating_sub(self.start)
    }
}

/// Returns the CPU time of all threads of a process; Linux reports it in nanoseconds.
pub(crate) fn cpu_of(process: u32) -> Result<Duration> {
    let mut total = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let text = fs::read_to_string(thread?.path().join("schedstat"))?;
        total += text
            .split_whitespace()
            .next()
            .ok_or("no CPU time")?
            .parse::<u64>()?;
    }
    Ok(Duration::from_nanos(total))
}
