//! A gateway on a socket, with plain threads, so that no runtime of a test can disturb it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::json;
use wechatpay_chain::Client;

use super::{Answer, builder};

/// An event that a server saw.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A whole request arrived; its request line.
    Request(String),
    /// The client closed a connection.
    Closed,
}

/// A server that answers every request with `{"ok":true}`, signed, or with nothing at all.
pub(crate) struct Server {
    address: SocketAddr,
    pub(crate) events: Mutex<Receiver<Event>>,
}

impl Server {
    /// Answers.
    pub(crate) fn start() -> Self {
        Self::serving(true)
    }

    /// Reads requests and never answers.
    pub(crate) fn mute() -> Self {
        Self::serving(false)
    }

    fn serving(answers: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, events) = mpsc::channel();
        let seen = Arc::new(seen);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, seen) = (stream.unwrap(), Arc::clone(&seen));
                thread::spawn(move || serve(&stream, answers, &seen));
            }
        });
        let events = Mutex::new(events);
        Self { address, events }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// A client of this server over the library's own transport.
    pub(crate) fn client(&self) -> Client {
        builder().base_url(self.url()).build().unwrap()
    }

    /// Waits for the next event.
    pub(crate) fn next(&self) -> Event {
        self.events.lock().unwrap().recv().unwrap()
    }
}

fn serve(mut stream: &TcpStream, answers: bool, seen: &Sender<Event>) {
    let mut reader = BufReader::new(stream);
    while let Some(line) = read_request(&mut reader) {
        // A finished test no longer listens.
        let _ = seen.send(Event::Request(line));
        if answers {
            let answer = Answer::json(json!({"ok": true})).into_http1();
            stream.write_all(&answer).unwrap();
        }
    }
    let _ = seen.send(Event::Closed);
}

/// The request line; `None` when the connection ends.
fn read_request(reader: &mut BufReader<&TcpStream>) -> Option<String> {
    let request_line = read_line(reader)?;
    let mut length = 0;
    loop {
        let line = read_line(reader)?.to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(request_line)
}

fn read_line(reader: &mut BufReader<&TcpStream>) -> Option<String> {
    let mut line = String::new();
    match reader.read_line(&mut line) {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(line.trim_end().to_owned()),
    }
}
