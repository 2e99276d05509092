//! An HTTP/2 client that sends arbitrary frames.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use crate::Sandbox;

pub(super) const HEADERS: u8 = 1;
pub(super) const RESET: u8 = 3;
const SETTINGS: u8 = 4;
pub(super) const GO_AWAY: u8 = 7;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// A frame; RFC 9113, section 4.1.
pub(super) struct Frame {
    kind: u8,
    pub(super) stream: u32,
    pub(super) payload: Vec<u8>,
}

impl Frame {
    /// The error code of RST_STREAM or GOAWAY.
    pub(super) fn code(&self) -> u32 {
        let at = if self.kind == GO_AWAY { 4 } else { 0 };
        number(&self.payload[at..at + 4])
    }

    /// A setting of a SETTINGS frame.
    pub(super) fn setting(&self, id: u16) -> Option<u32> {
        let mut entries = self.payload.chunks_exact(6);
        let entry = entries.find(|entry| entry[..2] == id.to_be_bytes())?;
        Some(number(&entry[2..]))
    }
}

fn number(bytes: &[u8]) -> u32 {
    let bytes = bytes[..4].iter();
    bytes.fold(0, |sum, byte| sum << 8 | u32::from(*byte))
}

pub(super) struct Wire(TcpStream);

impl Wire {
    /// Opens a connection; returns it with the server's SETTINGS frame.
    pub(super) fn open(sandbox: &Sandbox) -> (Self, Frame) {
        let mut wire = Self(super::limits::connect(sandbox));
        let hello = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        wire.0.write_all(hello).unwrap();
        wire.send(SETTINGS, 0, 0, &[]).unwrap();
        let settings = wire.next(SETTINGS).unwrap();
        (wire, settings)
    }

    pub(super) fn send(
        &mut self,
        kind: u8,
        flags: u8,
        stream: u32,
        payload: &[u8],
    ) -> io::Result<()> {
        let length = u32::try_from(payload.len()).unwrap();
        let mut frame = length.to_be_bytes()[1..].to_vec();
        frame.extend([kind, flags]);
        frame.extend(stream.to_be_bytes());
        frame.extend(payload);
        self.0.write_all(&frame)
    }

    /// Sends a GET request on a stream, with an additional header.
    pub(super) fn get(
        &mut self,
        stream: u32,
        path: &str,
        (name, value): (&str, &str),
    ) -> io::Result<()> {
        // Of HPACK's static table, :method GET and :scheme http; then literals.
        let mut block = vec![0x82, 0x86];
        for (name, value) in [(":path", path), (":authority", "127.0.0.1"), (name, value)] {
            block.push(0);
            literal(&mut block, name);
            literal(&mut block, value);
        }
        self.send(HEADERS, END_STREAM | END_HEADERS, stream, &block)
    }

    /// The next frame of a kind, skipping others; `None` when the connection ends before.
    pub(super) fn next(&mut self, kind: u8) -> Option<Frame> {
        std::iter::from_fn(|| self.frame().ok()).find(|frame| frame.kind == kind)
    }

    fn frame(&mut self) -> io::Result<Frame> {
        let mut head = [0; 9];
        self.0.read_exact(&mut head)?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        self.0.read_exact(&mut payload)?;
        Ok(Frame {
            kind: head[3],
            stream: number(&head[5..]),
            payload,
        })
    }
}

/// A text without Huffman's code; RFC 7541, section 5.2.
fn literal(block: &mut Vec<u8>, text: &str) {
    let mut length = text.len();
    if length < 127 {
        block.push(u8::try_from(length).unwrap());
    } else {
        block.push(127);
        length -= 127;
        while length >= 128 {
            block.push(u8::try_from(length % 128).unwrap() | 128);
            length /= 128;
        }
        block.push(u8::try_from(length).unwrap());
    }
    block.extend(text.as_bytes());
}
