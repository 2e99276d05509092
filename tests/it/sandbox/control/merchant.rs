//! A merchant's server: it answers as it is told and shows what came.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use super::super::Outcome;

/// A notification as it came: its head and its body.
pub(super) struct Got {
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

pub(super) struct Merchant {
    pub(super) url: String,
    came: Receiver<Got>,
}

impl Merchant {
    /// Answers with these statuses, then with what accepts.
    pub(super) fn answering(statuses: &[u16]) -> Outcome<Self> {
        let refusals = statuses.iter().map(|status| (*status, String::new()));
        Self::start(refusals.collect())
    }

    /// Answers 200 with these bodies, then with what accepts.
    pub(super) fn answering_v2(bodies: &[&str]) -> Outcome<Self> {
        let refusals = bodies.iter().map(|body| (200, (*body).to_owned()));
        Self::start(refusals.collect())
    }

    fn start(refusals: Vec<(u16, String)>) -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}/notify", listener.local_addr()?);
        let (show, came) = channel();
        let mut refusals = refusals.into_iter();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let refusal = refusals.next();
                let Some(got) = stream.ok().and_then(|stream| serve(stream, refusal)) else {
                    continue;
                };
                if show.send(got).is_err() {
                    return;
                }
            }
        });
        Ok(Self { url, came })
    }

    /// The next one; the test's own patience ends it when none comes.
    pub(super) fn next(&self) -> Outcome<Got> {
        Ok(self.came.recv_timeout(std::time::Duration::from_secs(60))?)
    }
}

fn serve(stream: TcpStream, refusal: Option<(u16, String)>) -> Option<Got> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.parse().ok())?
    });
    let mut body = vec![0; length?];
    reader.read_exact(&mut body).ok()?;
    let (status, said) = refusal.unwrap_or_else(|| accepting(&body));
    let answer = format!(
        "HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{said}",
        said.len()
    );
    reader.get_mut().write_all(answer.as_bytes()).ok()?;
    Some(Got { head, body })
}

/// The answers that WeChat Pay's notification API takes as success.
fn accepting(body: &[u8]) -> (u16, String) {
    if body.starts_with(b"<xml>") {
        (
            200,
            "<xml><return_code><![CDATA[SUCCESS]]></return_code></xml>".to_owned(),
        )
    } else {
        (204, String::new())
    }
}

impl Got {
    pub(super) fn headers(&self) -> http::HeaderMap {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .filter_map(|(name, value)| {
                Some((http::HeaderName::try_from(name).ok()?, value.parse().ok()?))
            })
            .collect()
    }
}
