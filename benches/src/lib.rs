//! Shared by the benchmarks: a gateway with answers signed beforehand, and the two clients that call it.

pub mod caller;
pub mod files;
mod floor;
pub mod gateway;
pub mod offline;
pub mod repeated;
pub mod setup;

pub use caller::{Caller, Who, Work};
pub use floor::Crypto;
pub use gateway::Gateway;
pub use setup::Setup;

/// Any error ends the benchmark.
pub type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// The runtime of everything that is measured: one thread, so that its CPU time is that of the calls.
pub fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}

/// Returns the resident memory of the process in bytes.
pub fn resident() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line
        .and_then(|line| line.split_whitespace().next())
        .ok_or("no VmRSS")?;
    Ok(kilobytes.parse::<u64>()? * 1024)
}
