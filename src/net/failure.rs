//! Connection errors, which name the step and the server and state whether the request may have been sent.

use crate::message::CallState;
use wechatpay_core::error::{BoxError, Curl, Error, ErrorKind};

use super::tls;

/// The error when no connection could be made.
pub(super) fn connect(err: BoxError, state: &CallState) -> Error {
    let distrusted = tls::is_distrusted(&*err);
    let message = if distrusted {
        format!(
            "no connection could be made while {state}, since the server's certificate is not trusted; \
             nothing was sent: for your own gateway give its CA to root_certificate(..); for WeChat \
             Pay, install the system's root certificates (package ca-certificates)"
        )
    } else {
        format!("no connection could be made, it failed while {state}; nothing was sent")
    };
    let failed = Error::new(ErrorKind::Connect, message).with_source(err);
    if distrusted {
        return failed.with_curl(Curl::Distrusted);
    }
    failed
}

/// The error when the connection ended before anything of the request was written.
pub(super) fn unsent(err: hyper::Error, state: &CallState) -> Error {
    let message = format!(
        "the connection ended before the request was written, while {state}; nothing was sent"
    );
    Error::new(ErrorKind::Connect, message).with_source(err)
}

/// The error when the connection broke after something of the request was written; `silent` if no line of an answer came.
pub(super) fn broken(err: hyper::Error, silent: bool, state: &CallState) -> Error {
    let message = format!(
        "the connection failed while {state}; the request may have been processed, so query before \
         repeating it"
    );
    let closed = silent && err.is_incomplete_message();
    let failed = Error::new(ErrorKind::Transport, message).with_source(err);
    if closed {
        return failed.with_nothing_received();
    }
    failed
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};
    use std::thread;
    use std::time::Duration;

    use http::Request;
    use socket2::SockRef;

    use super::*;
    use crate::message::Body;
    use crate::net::HttpTransport;
    use crate::transport::Transport;

    /// What a server does after it has read a request.
    #[derive(Clone, Copy)]
    enum Does {
        /// Closes after this.
        Says(&'static str),
        Resets,
    }

    fn serve(listener: &TcpListener, does: &[Does]) {
        let (mut connection, _) = listener.accept().unwrap();
        for does in does {
            assert_ne!(connection.read(&mut [0; 4096]).unwrap(), 0);
            match does {
                Does::Says(text) => connection.write_all(text.as_bytes()).unwrap(),
                Does::Resets => reset(&connection),
            }
        }
    }

    fn reset(connection: &TcpStream) {
        let at_once = Some(Duration::ZERO);
        SockRef::from(connection).set_linger(at_once).unwrap();
    }

    /// The error of the last request on one connection.
    fn failed(does: &'static [Does]) -> Error {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let server = thread::spawn(move || serve(&listener, does));
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.enable_all().build().unwrap();
        let transport = HttpTransport::builder().build().unwrap();
        let ended = runtime.block_on(async {
            for _ in 1..does.len() {
                let request = Request::get(&url).body(Body::from("")).unwrap();
                let answer = transport.send(request).await.unwrap();
                drop(answer);
            }
            let request = Request::get(&url).body(Body::from("")).unwrap();
            transport.send(request).await.unwrap_err()
        });
        server.join().unwrap();
        assert_eq!(ended.kind(), ErrorKind::Transport, "{}", ended.report());
        assert!(ended.maybe_sent());
        ended
    }

    #[test]
    fn a_connection_that_is_closed_before_an_answer_differs_from_one_that_breaks() {
        const EMPTY: &str = "HTTP/1.1 204 No Content\r\n\r\n";
        // As curl has it: no line of an answer is no answer.
        for silent in ["", "HTTP/1.1 20"] {
            let does: &[Does] = Box::leak(Box::new([Does::Says(silent)]));
            assert_eq!(failed(does).curl(), Some(Curl::GotNothing), "{silent}");
        }
        let kept = failed(&[Does::Says(EMPTY), Does::Says("")]);
        assert_eq!(kept.curl(), Some(Curl::GotNothing));
        let begun = failed(&[Does::Says("HTTP/1.1 200 OK\r\nContent-Le")]);
        assert_eq!(begun.curl(), None);
        assert_eq!(failed(&[Does::Resets]).curl(), None);
        assert_eq!(failed(&[Does::Says(EMPTY), Does::Resets]).curl(), None);
    }
}
