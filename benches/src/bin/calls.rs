//! Makes a number of calls in sequence, which `instructions.sh` counts.

use wechatpay_chain_benches::gateway::become_gateway;
use wechatpay_chain_benches::{Caller, Result, Setup, runtime};

const USAGE: &str =
    "usage: calls (floor|client) (plain|field) NUMBER DIRECTORY\n       calls gateway DIRECTORY";

fn main() -> Result<()> {
    become_gateway()?;
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [who, work, number, dir] = &arguments[..] else {
        return Err(USAGE.into());
    };
    let (who, work, number): (_, _, usize) = (who.parse()?, work.parse()?, number.parse()?);
    runtime()?.block_on(async {
        let caller = Caller::new(who, &Setup::new(dir))?;
        for _ in 0..number {
            caller.call(work).await?;
        }
        Ok(())
    })
}
