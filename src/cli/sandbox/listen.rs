//! The forms of `--listen`: `8081`, `:8081`, `localhost:8081`, `127.0.0.1:8081`.

use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::str::FromStr;

use crate::exit::{Exit, Failure};
use crate::i18n::t;

/// The port where `trigger`, `forward` and `logs` look for a sandbox.
const DEFAULT_PORT: u16 = 8080;

/// The address without `--listen`, if its port is free.
pub(super) fn default_address() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, DEFAULT_PORT).into()
}

/// The value of `--listen`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Listen {
    Address(SocketAddr),
    /// A port without a host.
    Port(u16),
    Name(String, u16),
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(address) = text.parse() {
            return Ok(Self::Address(address));
        }
        let (name, port) = text.rsplit_once(':').unwrap_or(("", text));
        let Ok(port) = port.parse() else {
            return Err(t!("listen-format"));
        };
        match name {
            "" => Ok(Self::Port(port)),
            // An address of IPv6 without its brackets: which colon is the port's?
            name if name.contains(':') => Err(t!("listen-ipv6")),
            name => Ok(Self::Name(name.to_owned(), port)),
        }
    }
}

impl Listen {
    /// The address to bind. A port without a host means 127.0.0.1, with `remote` all addresses. A host name with
    /// several addresses means a loopback address if it has one.
    pub(super) fn address(&self, remote: bool) -> Result<SocketAddr, Failure> {
        match self {
            Self::Address(address) => Ok(*address),
            Self::Port(port) if remote => Ok((Ipv4Addr::UNSPECIFIED, *port).into()),
            Self::Port(port) => Ok((Ipv4Addr::LOCALHOST, *port).into()),
            Self::Name(name, port) => resolve(name, *port),
        }
    }
}

fn resolve(name: &str, port: u16) -> Result<SocketAddr, Failure> {
    let unknown = |message| Failure::new(Exit::Config, "config", message);
    let found = (name, port).to_socket_addrs();
    let found = found
        .map_err(|err| unknown(t!("listen-unresolved", name = name, port = port, err = err)))?;
    let found: Vec<_> = found.collect();
    // IPv4 first: more clients support it.
    let rank = |address: &&SocketAddr| (!address.ip().is_loopback(), address.is_ipv6());
    let best = found.iter().min_by_key(rank);
    best.copied()
        .ok_or_else(|| unknown(t!("listen-unknown", name = name, port = port)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_of_addresses_are_parsed() {
        for (text, alone, remote) in [
            ("8081", "127.0.0.1:8081", "0.0.0.0:8081"),
            (":8081", "127.0.0.1:8081", "0.0.0.0:8081"),
            ("127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0"),
            ("0.0.0.0:80", "0.0.0.0:80", "0.0.0.0:80"),
            ("[::1]:81", "[::1]:81", "[::1]:81"),
            ("localhost:8081", "127.0.0.1:8081", "127.0.0.1:8081"),
        ] {
            let listen: Listen = text.parse().unwrap();
            assert_eq!(listen.address(false).unwrap().to_string(), alone, "{text}");
            assert_eq!(listen.address(true).unwrap().to_string(), remote, "{text}");
        }
    }

    #[test]
    fn invalid_addresses_say_what_to_write() {
        for (text, hint) in [
            ("here", "localhost:8081"),
            ("", "localhost:8081"),
            ("here:", "localhost:8081"),
            ("localhost:65536", "localhost:8081"),
            ("::1:8081", "[::1]:8081"),
        ] {
            let err = text.parse::<Listen>();
            // Without brackets, the last group may be part of the address instead of a port.
            assert!(err.unwrap_err().contains(hint), "{text}");
        }
    }
}
