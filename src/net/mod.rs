//! The default transport: hyper over TCP, TLS by OpenSSL.

mod answer;
pub(crate) mod blocking;
mod connect;
pub(crate) mod drivers;
mod failure;
mod framing;
mod hyper;
mod pool;
mod process;
mod proxy;
pub(crate) mod single_flight;
mod socket;
mod tls;

pub(crate) use self::hyper::{HyperTransport, TransportSettings};
pub(crate) use proxy::Proxy;
