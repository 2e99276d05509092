//! The default transport: hyper over TCP, TLS by OpenSSL.

mod answer;
pub(crate) mod blocking;
mod connect;
pub(crate) mod drivers;
mod failure;
pub(crate) mod flight;
mod framing;
mod hyper;
mod pool;
mod process;
mod proxy;
mod socket;
mod tls;

pub(crate) use self::hyper::{HyperTransport, Settings};
pub(crate) use proxy::Proxy;
