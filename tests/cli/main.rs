//! The command as its users see it: the real binary against a sandbox, one file per theme.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod bill;
mod certs;
mod chinese;
mod completions;
mod doctor;
mod endpoints;
#[cfg(unix)]
mod examples;
mod exits;
mod headers;
mod key_files;
mod lookup;
mod notify;
mod pages;
mod pipes;
mod port;
mod port_folder;
mod port_golden;
mod rephrase;
mod request;
#[cfg(unix)]
mod sandbox;
mod secrets;
mod settings;
mod sign;
mod sign_error;
mod sink;
mod site;
mod support;
#[cfg(unix)]
#[path = "../tools/mod.rs"]
mod tools;
