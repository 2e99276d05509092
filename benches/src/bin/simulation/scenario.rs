//! The faults of WeChat Pay, and their times.

use std::time::Duration;

/// A fault that lasts from [`BEGIN`] for `lasts`.
pub struct Scenario {
    pub name: &'static str,
    pub about: &'static str,
    pub fault: Fault,
    pub lasts: Duration,
    /// How many calls of the limited operation merchants make, in hundredths of its limit.
    pub demand: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    None,
    /// The main host refuses connections.
    MainDown,
    /// Both hosts refuse connections.
    AllDown,
    /// Half of the answers are lost, after the request was processed.
    AnswersLost,
    /// A tenth of the connections break at once, and the request is processed up to 5 minutes later.
    Late,
    /// Half of the answers take 8 s.
    Slow,
    /// A third of the requests are refused with 429.
    Storm,
    /// The clocks of all processes are ten minutes ahead.
    ClockAhead,
    /// The clocks of all processes are ten minutes behind.
    ClockBehind,
}

/// The load is steady by then.
pub const BEGIN: Duration = Duration::from_secs(60);
/// How long calls are made after the fault.
pub const AFTER: Duration = Duration::from_secs(120);

const MINUTE: Duration = Duration::from_secs(60);
const TEN_MINUTES: Duration = Duration::from_secs(600);

pub const SCENARIOS: &[Scenario] = &[
    scenario("calm", "nothing fails", Fault::None, MINUTE),
    scenario(
        "down",
        "the main host is down for 10 minutes",
        Fault::MainDown,
        TEN_MINUTES,
    ),
    scenario(
        "outage",
        "both hosts are down for 10 minutes",
        Fault::AllDown,
        TEN_MINUTES,
    ),
    scenario(
        "lost",
        "half of the answers are lost for 2 minutes",
        Fault::AnswersLost,
        DOUBLE,
    ),
    scenario(
        "late",
        "a tenth of the requests is cut off and processed later, for 2 minutes",
        Fault::Late,
        DOUBLE,
    ),
    scenario(
        "slow",
        "half of the answers take 8 s for 2 minutes",
        Fault::Slow,
        DOUBLE,
    ),
    scenario(
        "storm",
        "a third of the requests get 429 for 2 minutes",
        Fault::Storm,
        DOUBLE,
    ),
    scenario(
        "ahead",
        "all clocks step 10 minutes ahead for 1 minute",
        Fault::ClockAhead,
        MINUTE,
    ),
    scenario(
        "behind",
        "all clocks step 10 minutes back for 1 minute",
        Fault::ClockBehind,
        MINUTE,
    ),
    Scenario {
        demand: 200,
        ..scenario(
            "limits",
            "merchants make twice the calls of a limit",
            Fault::None,
            TEN_MINUTES,
        )
    },
];

const DOUBLE: Duration = Duration::from_secs(120);

const fn scenario(
    name: &'static str,
    about: &'static str,
    fault: Fault,
    lasts: Duration,
) -> Scenario {
    Scenario {
        name,
        about,
        fault,
        lasts,
        demand: 50,
    }
}

impl Scenario {
    /// The fault at a time since the beginning.
    pub fn at(&self, time: Duration) -> Fault {
        if (BEGIN..BEGIN + self.lasts).contains(&time) {
            self.fault
        } else {
            Fault::None
        }
    }

    /// When no more calls are made.
    pub fn end(&self) -> Duration {
        BEGIN + self.lasts + AFTER
    }
}
