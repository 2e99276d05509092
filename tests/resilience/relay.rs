//! A relay between client and server that loses, truncates, delays, doubles and forges.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// The treatment of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    /// Closed before the request is read.
    CloseUnread,
    /// Reset before the request is read.
    ResetUnread,
    /// Read and lost.
    LoseRequest,
    /// Read and reset.
    ResetRequest,
    /// Read; nothing follows.
    HoldRequest,
    /// Forwarded only after the connection was closed and the next request was forwarded.
    PassOnLate,
    /// Forwarded; the answer is lost.
    LoseAnswer,
    /// Forwarded; reset instead of an answer.
    ResetAnswer,
    /// Forwarded; the answer does not arrive.
    HoldAnswer,
    /// Forwarded; half of the answer's head arrives.
    HalfHead,
    /// Forwarded; half of the answer's body arrives.
    HalfBody,
    /// Forwarded; the answer's body stalls in the middle.
    StallInBody,
    /// Forwarded; the answer is not HTTP.
    Garbage,
    /// Forwarded twice, byte for byte.
    PassOnTwice,
    /// Not forwarded; a gateway answers.
    Gateway(&'static str),
    /// Forwarded; a gateway's answer replaces the right one.
    GatewayAfter(&'static str),
}

pub(crate) const BAD_GATEWAY: &str = "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>";
pub(crate) const UNAVAILABLE: &str =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n";
pub(crate) const GATEWAY_TIMEOUT: &str =
    "HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n";
pub(crate) const TOO_MANY: &str = "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nContent-Length: 28\r\n\r\n{\"code\":\"FREQUENCY_LIMITED\"}";
pub(crate) const NOT_FOUND: &str = "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 26\r\n\r\n{\"code\":\"ORDER_NOT_EXIST\"}";
pub(crate) const FORBIDDEN: &str = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
pub(crate) const EMPTY_OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
pub(crate) const FORGED_OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 24\r\n\r\n{\"trade_state\":\"FORGED\"}";

/// Forwards requests, one connection for each.
pub(crate) struct Relay {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    target: SocketAddr,
    faults: Mutex<VecDeque<Wire>>,
    /// The requests of [`Wire::PassOnLate`].
    late: Mutex<Vec<Vec<u8>>>,
    /// Called when a request gets no answer, and its connection stays open.
    held: Box<dyn Fn() + Send + Sync>,
}

impl Relay {
    pub(crate) fn start(target: SocketAddr) -> Self {
        Self::start_with(target, || {})
    }

    /// `held` is called when a request gets no answer, and its connection stays open.
    pub(crate) fn start_with(target: SocketAddr, held: impl Fn() + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            target,
            faults: Mutex::default(),
            late: Mutex::default(),
            held: Box::new(held),
        });
        let relay = Self {
            address,
            shared: Arc::clone(&shared),
        };
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                // Connection errors are what the test causes.
                thread::spawn(move || drop(serve(&stream, &shared)));
            }
        });
        relay
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Sets the treatment of the next request.
    pub(crate) fn inject(&self, fault: Wire) {
        self.shared.faults.lock().unwrap().push_back(fault);
    }

    pub(crate) fn clear(&self) {
        self.shared.faults.lock().unwrap().clear();
        self.shared.late.lock().unwrap().clear();
    }

    /// Forwards the requests that are late.
    pub(crate) fn pass_on_late(&self) {
        self.shared.pass_on_late();
    }
}

impl Shared {
    fn pass_on(&self, request: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut server = TcpStream::connect(self.target)?;
        server.write_all(request)?;
        let answer = read_message(&mut BufReader::new(server))?.unwrap_or_default();
        // Before the answer arrives, so that the order of both is fixed.
        self.pass_on_late();
        Ok(answer)
    }

    fn pass_on_late(&self) {
        let late = std::mem::take(&mut *self.late.lock().unwrap());
        for request in late {
            // The server may refuse it.
            let _ = self.pass_on(&request);
        }
    }

    /// Waits until the client closes.
    fn hold(&self, mut stream: &TcpStream) {
        (self.held)();
        let _ = stream.read(&mut [0]);
    }
}

fn serve(stream: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        // An unused connection consumes no fault.
        if reader.fill_buf()?.is_empty() {
            return Ok(());
        }
        let fault = shared.faults.lock().unwrap().pop_front();
        match fault {
            Some(Wire::CloseUnread) => return stream.shutdown(Shutdown::Both),
            Some(Wire::ResetUnread) => return reset(stream),
            _ => {}
        }
        let Some(request) = read_message(&mut reader)? else {
            return Ok(());
        };
        if !answer(stream, fault, &request, shared)? {
            return Ok(());
        }
    }
}

/// Whether the connection continues.
fn answer(
    mut stream: &TcpStream,
    fault: Option<Wire>,
    request: &[u8],
    shared: &Shared,
) -> std::io::Result<bool> {
    let pass_on = || shared.pass_on(request);
    match fault {
        None => {
            stream.write_all(&pass_on()?)?;
            return Ok(true);
        }
        Some(Wire::Gateway(answer)) => {
            stream.write_all(answer.as_bytes())?;
            return Ok(true);
        }
        Some(Wire::GatewayAfter(answer)) => {
            pass_on()?;
            stream.write_all(answer.as_bytes())?;
            return Ok(true);
        }
        Some(Wire::PassOnTwice) => {
            let first = pass_on()?;
            pass_on()?;
            stream.write_all(&first)?;
            return Ok(true);
        }
        Some(Wire::LoseRequest | Wire::CloseUnread | Wire::ResetUnread) => {}
        Some(Wire::ResetRequest) => reset(stream)?,
        Some(Wire::HoldRequest) => shared.hold(stream),
        Some(Wire::PassOnLate) => {
            shared.late.lock().unwrap().push(request.to_vec());
        }
        Some(Wire::LoseAnswer) => drop(pass_on()?),
        Some(Wire::ResetAnswer) => {
            pass_on()?;
            reset(stream)?;
        }
        Some(Wire::HoldAnswer) => {
            pass_on()?;
            shared.hold(stream);
        }
        Some(Wire::Garbage) => {
            pass_on()?;
            stream.write_all(b"\x00\x01\x02 this is no HTTP\r\n\r\n")?;
        }
        Some(Wire::HalfHead) => {
            let answer = pass_on()?;
            let head = head_len(&answer);
            stream.write_all(&answer[..head / 2])?;
        }
        Some(fault @ (Wire::HalfBody | Wire::StallInBody)) => {
            let answer = pass_on()?;
            let head = head_len(&answer);
            stream.write_all(&answer[..head + (answer.len() - head) / 2])?;
            if fault == Wire::StallInBody {
                shared.hold(stream);
            }
        }
    }
    stream.shutdown(Shutdown::Both)?;
    Ok(false)
}

fn reset(stream: &TcpStream) -> std::io::Result<()> {
    socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO))?;
    stream.shutdown(Shutdown::Both)
}

fn head_len(message: &[u8]) -> usize {
    let end = message.windows(4).position(|it| it == b"\r\n\r\n");
    end.map_or(message.len(), |end| end + 4)
}

/// Head and body; `None` at the end of the connection.
fn read_message(reader: &mut impl BufRead) -> std::io::Result<Option<Vec<u8>>> {
    let (mut message, mut len, mut chunked) = (Vec::new(), 0, false);
    loop {
        let mut line = Vec::new();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        message.extend_from_slice(&line);
        let line = String::from_utf8_lossy(&line).trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(text) = line.strip_prefix("content-length:") {
            len = text.trim().parse().unwrap();
        }
        chunked |= line.starts_with("transfer-encoding:");
    }
    if chunked {
        read_chunks(reader, &mut message)?;
        return Ok(Some(message));
    }
    let start = message.len();
    message.resize(start + len, 0);
    reader.read_exact(&mut message[start..])?;
    Ok(Some(message))
}

fn read_chunks(reader: &mut impl BufRead, message: &mut Vec<u8>) -> std::io::Result<()> {
    loop {
        let mut line = Vec::new();
        reader.read_until(b'\n', &mut line)?;
        message.extend_from_slice(&line);
        let text = String::from_utf8_lossy(&line);
        let len = usize::from_str_radix(text.trim(), 16).unwrap();
        let start = message.len();
        message.resize(start + len + 2, 0);
        reader.read_exact(&mut message[start..])?;
        if len == 0 {
            return Ok(());
        }
    }
}
