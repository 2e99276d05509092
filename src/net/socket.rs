use std::io::{self, Read as _};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::trace::OpenConnection;
use wechatpay_core::host;

/// The time limit for a connection's task to check the socket: it only reads.
const PATIENCE: Duration = Duration::from_secs(1);

/// The read size while every read goes to the system. There is nothing to read, or the end,
/// in nearly all cases, and the buffer is cleared each time.
const PIECE: usize = 512;

/// A TCP connection that can check the system for received data.
///
/// A runtime learns of received data when it polls the system, which a `current_thread` runtime may not
/// have done since the connection's last use. hyper would then consider a closed connection open and write
/// a request to it.
pub(super) struct Socket {
    io: TokioIo<Tcp>,
    /// Whether a proxy reads the requests.
    proxied: bool,
    watch: Arc<Watch>,
}

/// The pool's view of a connection that hyper owns.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Every read goes to the system.
    alert: AtomicBool,
    /// The next read that finds nothing ends the alert.
    once: AtomicBool,
    ended: AtomicBool,
    written: AtomicU64,
    /// Whether a line of an answer came since the request was handed over.
    answered: AtomicBool,
    tls: bool,
    cut: Arc<AtomicBool>,
    reader: Mutex<Option<Waker>>,
    observers: Mutex<Vec<Waker>>,
    pub(super) open: OpenConnection,
}

impl Socket {
    pub(super) fn new(io: TokioIo<TcpStream>, tls: bool, proxied: bool, server: &Uri) -> Self {
        let host = server.host().unwrap_or_default();
        let port = server.port_u16();
        let port = port.unwrap_or_else(|| host::default_port(server.scheme()));
        let watch = Arc::new(Watch {
            tls,
            open: OpenConnection::new(host, port),
            ..Watch::default()
        });
        let io = TokioIo::new(Tcp {
            stream: io.into_inner(),
            cut: Arc::clone(&watch.cut),
        });
        Self { io, proxied, watch }
    }

    /// Reads directly from the system.
    fn read_now(&self, buf: &mut ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let mut piece = [0; PIECE];
        let room = piece.len().min(buf.remaining());
        let socket = SockRef::from(&self.io.inner().stream);
        loop {
            match (&*socket).read(&mut piece[..room]) {
                Ok(len) => {
                    if len == 0 && room > 0 {
                        self.watch.cut.store(true, Ordering::Release);
                        self.watch.end();
                    }
                    buf.put_slice(&piece[..len]);
                    return Poll::Ready(Ok(()));
                }
                Err(err) if err.kind() == io::ErrorKind::WouldBlock => return Poll::Pending,
                Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
                Err(err) => {
                    self.watch.end();
                    return Poll::Ready(Err(err));
                }
            }
        }
    }
}

impl Watch {
    /// Makes every read go to the system until something is written.
    ///
    /// hyper reads before it writes a request to an idle HTTP/1.1 connection. If it finds
    /// the end or an unsolicited response, it closes the connection and returns the request.
    pub(super) fn alert(&self) {
        self.alert.store(true, Ordering::Release);
    }

    /// Returns whether TLS ended without `close_notify`, so that an answer without a length may be truncated
    /// (RFC 8446, section 6.1); `None` without TLS.
    ///
    /// OpenSSL reads nothing after a `close_notify`: if it reaches the end of TCP, there was none.
    /// The `openssl` crate reports both as the end of the data.
    pub(super) fn cut(&self) -> Option<Arc<AtomicBool>> {
        self.tls.then(|| Arc::clone(&self.cut))
    }

    /// Returns the number of bytes written so far.
    pub(super) fn written(&self) -> u64 {
        self.written.load(Ordering::Acquire)
    }

    /// Awaits the first line of the next answer.
    pub(super) fn await_line(&self) {
        self.answered.store(false, Ordering::Release);
    }

    /// Looks for the first line of the answer in what was read.
    pub(super) fn read(&self, came: &[u8]) {
        if !self.answered.load(Ordering::Acquire) && came.contains(&b'\n') {
            self.answered.store(true, Ordering::Release);
        }
    }

    /// Returns whether the server closed the connection in an orderly way before the first line of its answer, if it closed it.
    ///
    /// The end of TCP without TLS's `close_notify` is a broken connection.
    pub(super) fn is_unanswered(&self) -> bool {
        let cut = self.tls && self.cut.load(Ordering::Acquire);
        !cut && !self.answered.load(Ordering::Acquire)
    }

    /// Waits until the connection's task has read all received data.
    ///
    /// Returns `false` if the connection has ended, or its task does not run.
    pub(super) async fn settled(&self) -> bool {
        self.once.store(true, Ordering::Release);
        self.alert();
        if let Some(reader) = lock(&self.reader).as_ref() {
            reader.wake_by_ref();
        }
        let mut timer = pin!(None);
        let mut yielded = false;
        std::future::poll_fn(|cx| {
            if self.is_settled() {
                return Poll::Ready(());
            }
            lock(&self.observers).push(cx.waker().clone());
            if self.is_settled() {
                return Poll::Ready(());
            }
            // Usually the connection's task runs next. A timer costs more than another turn.
            if !std::mem::replace(&mut yielded, true) {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if timer.is_none() {
                timer.set(Some(sleep(PATIENCE)));
            }
            match timer.as_mut().as_pin_mut() {
                Some(timer) => timer.poll(cx),
                None => Poll::Pending,
            }
        })
        .await;
        self.is_settled() && !self.has_ended()
    }

    fn is_settled(&self) -> bool {
        self.has_ended() || !self.alert.load(Ordering::Acquire)
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.tell();
    }

    fn tell(&self) {
        let observers = std::mem::take(&mut *lock(&self.observers));
        observers.into_iter().for_each(Waker::wake);
    }

    fn found_nothing(&self, cx: &Context<'_>) {
        let mut reader = lock(&self.reader);
        if !reader
            .as_ref()
            .is_some_and(|known| known.will_wake(cx.waker()))
        {
            *reader = Some(cx.waker().clone());
        }
        drop(reader);
        if self.once.swap(false, Ordering::AcqRel) {
            self.alert.store(false, Ordering::Release);
            self.tell();
        }
    }

    fn wrote(&self, written: &Poll<io::Result<usize>>) {
        if let Poll::Ready(Ok(len)) = written {
            self.written.fetch_add(*len as u64, Ordering::AcqRel);
            if !self.once.load(Ordering::Acquire) {
                self.alert.store(false, Ordering::Release);
            }
        }
    }
}

fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A TCP connection that records its end.
struct Tcp {
    stream: TcpStream,
    cut: Arc<AtomicBool>,
}

impl AsyncRead for Tcp {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let (before, room) = (buf.filled().len(), buf.remaining());
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        if room > 0 && buf.filled().len() == before {
            self.cut.store(true, Ordering::Release);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Tcp {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.watch.end();
    }
}

impl Connection for Socket {
    fn connected(&self) -> Connected {
        let connected = self.io.inner().stream.connected().proxy(self.proxied);
        connected.extra(Observed(Arc::clone(&self.watch)))
    }
}

/// Passes a connection's watch to the pool through the layers around the socket.
#[derive(Clone, Debug)]
pub(super) struct Observed(pub(super) Arc<Watch>);

impl Read for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if self.watch.alert.load(Ordering::Acquire)
            && let Poll::Ready(read) = self.read_now(&mut buf)
        {
            return Poll::Ready(read);
        }
        let read = Pin::new(&mut self.io).poll_read(cx, buf);
        if read.is_pending() {
            self.watch.found_nothing(cx);
        }
        read
    }
}

impl Write for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(cx, buf);
        self.watch.wrote(&written);
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(cx, bufs);
        self.watch.wrote(&written);
        written
    }
}
