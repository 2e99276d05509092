//! Makes one call and exits; `start_up` measures this program.

use wechatpay_chain_benches::{Caller, Result, Setup, Work, runtime};

fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [who, dir] = &arguments[..] else {
        return Err("usage: first_call (floor|client) DIRECTORY".into());
    };
    let caller = Caller::new(who.parse()?, &Setup::new(dir))?;
    runtime()?.block_on(caller.call(Work::Plain))
}
