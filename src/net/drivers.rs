//! Detects which of tokio's drivers the caller's runtime has.

use std::cell::Cell;
use std::net::{Ipv4Addr, UdpSocket};
use std::panic::catch_unwind;
use std::time::Duration;

use tokio::runtime::{self, Handle};

/// The last runtime that was examined, and the result.
type Known = Cell<Option<(runtime::Id, bool)>>;

/// Returns the caller's runtime if it was built with `enable_time`.
pub(crate) fn with_timers() -> Option<Handle> {
    thread_local! {
        static KNOWN: Known = const { Cell::new(None) };
    }
    let runtime = Handle::try_current().ok()?;
    let timers =
        KNOWN.with(|known| look(&runtime, known, || drop(tokio::time::sleep(Duration::ZERO))));
    timers.then_some(runtime)
}

/// Whether the caller's runtime was built with `enable_io`.
pub(super) fn has_sockets(runtime: &Handle) -> bool {
    thread_local! {
        static KNOWN: Known = const { Cell::new(None) };
    }
    KNOWN.with(|known| look(runtime, known, register))
}

/// Registers a socket. If none can be created, the call itself will report the error.
fn register() {
    if let Ok(socket) = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))
        && socket.set_nonblocking(true).is_ok()
    {
        drop(tokio::net::UdpSocket::from_std(socket));
    }
}

/// Detects a missing driver. tokio reports it only by a panic, which is caught here, once per
/// thread and runtime.
fn look(runtime: &Handle, known: &Known, attempt: fn()) -> bool {
    let id = runtime.id();
    if let Some((of, has)) = known.get()
        && of == id
    {
        return has;
    }
    let has = catch_unwind(attempt).is_ok();
    known.set(Some((id, has)));
    has
}
