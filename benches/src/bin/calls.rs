//! Makes a number of calls in sequence, which `instructions.sh` counts.

use wechatpay_chain_benches::gateway::become_gateway;
use wechatpay_chain_benches::{Caller, Result, Setup, runtime};

const USAGE: &str = "usage: calls (floor|client|retrying) (plain|field) NUMBER DIRECTORY\n       calls gateway DIRECTORY";

fn main() -> Result<()> {
    become_gateway()?;
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [who, work, number, dir] = &arguments[..] else {
        return Err(USAGE.into());
    };
    let (who, work, number): (_, _, usize) = (who.parse()?, work.parse()?, number.parse()?);
    #[cfg(feature = "spans")]
    tracing::subscriber::set_global_default(spans::Discarding::default())?;
    runtime()?.block_on(async {
        let caller = Caller::new(who, &Setup::new(dir))?;
        for _ in 0..number {
            caller.call(work).await?;
        }
        Ok(())
    })
}

#[cfg(feature = "spans")]
mod spans {
    use std::sync::atomic::{AtomicU64, Ordering};

    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Level, Metadata, Subscriber};

    /// Takes spans and events of level INFO and above, and discards them, so that only the client's work is counted.
    #[derive(Default)]
    pub struct Discarding(AtomicU64);

    impl Subscriber for Discarding {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            *metadata.level() <= Level::INFO
        }

        fn max_level_hint(&self) -> Option<tracing::level_filters::LevelFilter> {
            Some(tracing::level_filters::LevelFilter::INFO)
        }

        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(self.0.fetch_add(1, Ordering::Relaxed) + 1)
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}

        fn record_follows_from(&self, _: &Id, _: &Id) {}

        fn event(&self, _: &Event<'_>) {}

        fn enter(&self, _: &Id) {}

        fn exit(&self, _: &Id) {}
    }
}
