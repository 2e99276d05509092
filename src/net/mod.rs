//! The default transport: hyper over TCP, TLS by OpenSSL.

pub(crate) mod blocking;
mod connect;
pub(crate) mod flight;
mod framing;
mod hyper;
mod idle;
mod proxy;
mod tls;

pub(crate) use self::hyper::{HyperTransport, Settings};
pub(crate) use proxy::Proxy;
