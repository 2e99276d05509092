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
    /// Answers with these statuses, then with 204.
    pub(super) fn answering(statuses: &[u16]) -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}/notify", listener.local_addr()?);
        let (show, came) = channel();
        let statuses = statuses.to_vec();
        let mut statuses = statuses.into_iter();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let status = statuses.next().unwrap_or(204);
                let Some(got) = stream.ok().and_then(|stream| serve(stream, status)) else {
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

fn serve(stream: TcpStream, status: u16) -> Option<Got> {
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
    let answer = format!("HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    reader.get_mut().write_all(answer.as_bytes()).ok()?;
    Some(Got { head, body })
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
