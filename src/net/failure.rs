//! Connection errors, which name the step and the server and state whether the request may have been sent.

use crate::message::CallState;
use wechatpay_core::error::{BoxError, Error, ErrorKind};

use super::tls;

/// The error when no connection could be made.
pub(super) fn connect(err: BoxError, state: &CallState) -> Error {
    let message = if tls::is_distrusted(&*err) {
        format!(
            "no connection could be made while {state}, since the server's certificate is not trusted; \
             nothing was sent: for your own gateway give its CA to root_certificate(..); for WeChat \
             Pay, install the system's root certificates (package ca-certificates)"
        )
    } else {
        format!("no connection could be made, it failed while {state}; nothing was sent")
    };
    Error::new(ErrorKind::Connect, message).with_source(err)
}

/// The error when the connection ended before anything of the request was written.
pub(super) fn unsent(err: hyper::Error, state: &CallState) -> Error {
    let message = format!(
        "the connection ended before the request was written, while {state}; nothing was sent"
    );
    Error::new(ErrorKind::Connect, message).with_source(err)
}

/// The error when the connection broke after something of the request was written.
pub(super) fn broken(err: hyper::Error, state: &CallState) -> Error {
    let message = format!(
        "the connection failed while {state}; the request may have been processed, so query before \
         repeating it"
    );
    Error::new(ErrorKind::Transport, message).with_source(err)
}
