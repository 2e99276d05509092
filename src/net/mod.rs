//! The default transport: hyper over TCP, TLS by OpenSSL.

mod answer;
pub(crate) mod blocking;
mod connect;
pub(crate) mod drivers;
mod failure;
mod first_line;
mod framing;
mod hyper;
mod pace;
mod pool;
mod process;
mod proxy;
#[cfg(feature = "tower")]
mod service;
mod settings;
pub(crate) mod single_flight;
mod socket;
mod tls;

pub use self::hyper::HttpTransport;
pub(crate) use settings::bound;
pub use settings::{HttpTransportBuilder, Resolve};
