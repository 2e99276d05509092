//! The pool of idle connections.
//!
//! hyper-util's pool is not used: it does not distinguish runtimes, and it gives a request to a connection
//! without checking whether the server has closed it.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Poll;
use std::time::{Duration, Instant};

use http::HeaderValue;
use http::uri::{Authority, Scheme};
use hyper::client::conn::{http1, http2};
use tokio::runtime::{self, Handle};
use tokio::sync::Notify;

use super::socket::Watch;
use crate::message::Body;
use crate::trace::{ConnectionUse, Protocol};
use crate::transport::BoxFuture;
use wechatpay_core::error::BoxError;
use wechatpay_core::host::is_same_authority;

/// The number of pairs of runtime and server that a pool keeps.
const SLOTS: usize = 64;

/// The owner of a connection. A connection of another runtime may never be driven again.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) runtime: runtime::Id,
    pub(super) scheme: Scheme,
    pub(super) authority: Authority,
    /// The certificate that it presents, if any.
    pub(super) identity: Option<u64>,
}

/// The limits on idle connections.
#[derive(Clone, Copy)]
pub(super) struct IdleLimits {
    /// The longest idle time; `None` for no limit.
    pub(super) time: Option<Duration>,
    /// The largest number of idle HTTP/1.1 connections.
    pub(super) count: usize,
}

pub(super) enum Sender {
    Http1(http1::SendRequest<Body>),
    Http2(http2::SendRequest<Body>),
}

/// The pool's handle of a connection; hyper's handle is in a task.
pub(super) struct Connection {
    pub(super) sender: Sender,
    pub(super) watch: Arc<Watch>,
    /// Whether a proxy reads the requests.
    pub(super) proxied: bool,
    pub(super) runtime: Handle,
    /// While a call uses it.
    pub(super) used: Option<ConnectionUse>,
}

#[derive(Default)]
pub(super) struct Pool(Mutex<Vec<(Key, Arc<Slot>)>>);

/// The connections of one runtime to one server.
pub(super) struct Slot {
    /// Connections are dropped without the lock: each tells the program's recorder that it is closed.
    idle: Mutex<Idle>,
    limits: IdleLimits,
    pub(super) server: Server,
    freed: Notify,
    /// The number of connections that are about to return.
    returning: AtomicUsize,
    swept: AtomicBool,
}

/// The address of a server, the same for all calls to it.
pub(super) struct Server {
    /// `host:port`.
    pub(super) address: Arc<str>,
    /// `host:port` of the proxy, if there is one.
    pub(super) proxy: Option<Arc<str>>,
    /// The `Host` of HTTP/1.1.
    pub(super) host: Option<HeaderValue>,
}

#[derive(Default)]
struct Idle {
    /// The most recently used one is at the end.
    http1: Vec<(Instant, Connection)>,
    /// Carries any number of calls at once, so it stays in the pool.
    http2: Option<(Instant, Connection)>,
}

impl Pool {
    pub(super) fn slot(
        &self,
        key: &Key,
        limits: IdleLimits,
        server: impl FnOnce() -> Server,
    ) -> Arc<Slot> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, slot)) = slots.iter().find(|(known, _)| known.is_same(key)) {
            return Arc::clone(slot);
        }
        // Connections of a runtime that has ended are closed.
        let is_unused =
            |(_, slot): &mut (Key, Arc<Slot>)| Arc::strong_count(slot) <= 1 && !slot.is_open();
        let mut closed: Vec<_> = slots.extract_if(.., is_unused).collect();
        if slots.len() >= SLOTS {
            closed.push(slots.remove(0));
        }
        let slot = Arc::new(Slot::new(limits, server()));
        slots.push((key.clone(), Arc::clone(&slot)));
        drop(slots);
        drop(closed);
        slot
    }
}

impl Slot {
    fn new(limits: IdleLimits, server: Server) -> Self {
        Self {
            idle: Mutex::default(),
            limits,
            server,
            freed: Notify::new(),
            returning: AtomicUsize::new(0),
            swept: AtomicBool::new(false),
        }
    }

    /// Returns a connection, and whether it was used before.
    ///
    /// If none is idle, a new one is opened, and the call takes the first that becomes available. An unneeded new
    /// connection is completed for another call.
    pub(super) async fn connection(
        self: &Arc<Self>,
        connect: impl FnOnce() -> BoxFuture<'static, Result<Connection, BoxError>>,
    ) -> Result<(Connection, bool), BoxError> {
        if let Some(free) = self.take().await {
            return Ok((free, true));
        }
        for _ in 0..self.returning.load(Ordering::Relaxed).min(2) {
            tokio::task::yield_now().await;
            if let Some(free) = self.take().await {
                return Ok((free, true));
            }
        }
        // Boxed, so that a call on a kept connection reserves no space for it.
        Box::pin(self.connect_or_take(connect())).await
    }

    /// Waits for a new connection, or for one that becomes idle earlier.
    async fn connect_or_take(
        self: &Arc<Self>,
        mut connect: BoxFuture<'static, Result<Connection, BoxError>>,
    ) -> Result<(Connection, bool), BoxError> {
        loop {
            let mut freed = pin!(self.freed.notified());
            let made = std::future::poll_fn(|cx| match freed.as_mut().poll(cx) {
                Poll::Ready(()) => Poll::Ready(None),
                Poll::Pending => connect.as_mut().poll(cx).map(Some),
            });
            if let Some(made) = made.await {
                return Ok((self.share(made?), false));
            }
            if let Some(free) = self.take().await {
                self.finish(connect);
                return Ok((free, true));
            }
        }
    }

    fn finish(self: &Arc<Self>, connect: BoxFuture<'static, Result<Connection, BoxError>>) {
        let slot = Arc::clone(self);
        tokio::spawn(async move {
            if let Ok(made) = connect.await {
                let made = slot.share(made);
                slot.give_back(made);
            }
        });
    }

    /// Returns a connection to the pool once it is ready for another request.
    pub(super) fn give_back(self: Arc<Self>, mut connection: Connection) {
        let Sender::Http1(sender) = &mut connection.sender else {
            return;
        };
        if sender.is_ready() {
            return self.park(connection);
        }
        if sender.is_closed() {
            return;
        }
        self.returning.fetch_add(1, Ordering::Relaxed);
        let runtime = connection.runtime.clone();
        runtime.spawn(async move {
            let ready = match &mut connection.sender {
                Sender::Http1(sender) => sender.ready().await.is_ok(),
                Sender::Http2(_) => false,
            };
            self.returning.fetch_sub(1, Ordering::Relaxed);
            if ready {
                self.park(connection);
            }
        });
    }

    /// Takes an idle connection that is still usable. Everything received so far is read first: an end, an
    /// unsolicited answer, or the server's announcement that it closes the connection.
    async fn take(&self) -> Option<Connection> {
        if let Some(shared) = self.shared() {
            if shared.watch.settled().await && shared.is_open() {
                return Some(shared);
            }
            self.forget(&shared);
        }
        loop {
            let (since, free) = self.idle().http1.pop()?;
            if free.is_open()
                && !self.is_over(since)
                && free.watch.settled().await
                && free.is_open()
            {
                free.watch.alert();
                return Some(free);
            }
        }
    }

    fn shared(&self) -> Option<Connection> {
        let mut idle = self.idle();
        let (since, shared) = idle.http2.as_mut()?;
        if self.is_over(*since) {
            let old = idle.http2.take();
            drop(idle);
            drop(old);
            return None;
        }
        *since = Instant::now();
        shared.duplicate()
    }

    fn forget(&self, gone: &Connection) {
        let same = |(_, known): &mut (Instant, Connection)| Arc::ptr_eq(&known.watch, &gone.watch);
        let forgotten = self.idle().http2.take_if(same);
        drop(forgotten);
    }

    /// Shares a new connection if it can carry several calls.
    fn share(self: &Arc<Self>, made: Connection) -> Connection {
        let Some(own) = made.duplicate() else {
            return made;
        };
        let mut idle = self.idle();
        if idle.http2.is_none() {
            idle.http2 = Some((Instant::now(), made));
            drop(idle);
            self.sweep(&own.runtime);
            self.freed.notify_waiters();
        }
        own
    }

    fn park(self: Arc<Self>, mut connection: Connection) {
        let runtime = connection.runtime.clone();
        connection.used = None;
        let mut idle = self.idle();
        idle.http1.push((Instant::now(), connection));
        // The least recently used one.
        let surplus = (idle.http1.len() > self.limits.count).then(|| idle.http1.remove(0));
        drop(idle);
        drop(surplus);
        self.freed.notify_one();
        self.sweep(&runtime);
    }

    /// Closes connections that are idle for too long, until none is left.
    fn sweep(self: &Arc<Self>, runtime: &Handle) {
        let Some(limit) = self.limits.time else {
            return;
        };
        if self.swept.swap(true, Ordering::AcqRel) {
            return;
        }
        let slot = Arc::downgrade(self);
        runtime.spawn(async move {
            let mut pause = limit;
            loop {
                tokio::time::sleep(pause).await;
                match Weak::upgrade(&slot).and_then(|slot| slot.close_old(limit)) {
                    Some(next) => pause = next,
                    None => return,
                }
            }
        });
    }

    /// Returns the time until the next connection expires; `None` if none is left.
    fn close_old(&self, limit: Duration) -> Option<Duration> {
        let is_old =
            |(since, free): &mut (Instant, Connection)| !free.is_open() || since.elapsed() >= limit;
        let mut idle = self.idle();
        let old: Vec<_> = idle.http1.extract_if(.., is_old).collect();
        let old = (old, idle.http2.take_if(is_old));
        let first = idle
            .http1
            .iter()
            .chain(&idle.http2)
            .map(|(since, _)| *since)
            .min();
        if first.is_none() {
            self.swept.store(false, Ordering::Release);
        }
        drop(idle);
        drop(old);
        let left = limit.saturating_sub(first?.elapsed());
        Some(left.max(Duration::from_millis(1)))
    }

    fn is_over(&self, since: Instant) -> bool {
        self.limits
            .time
            .is_some_and(|limit| since.elapsed() >= limit)
    }

    fn is_open(&self) -> bool {
        let idle = self.idle();
        let mut all = idle.http1.iter().chain(&idle.http2);
        all.any(|(_, connection)| connection.is_open())
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Key {
    fn is_same(&self, other: &Self) -> bool {
        self.runtime == other.runtime
            && self.identity == other.identity
            && self.scheme == other.scheme
            && is_same_authority(&self.authority, &other.authority)
    }
}

impl Connection {
    /// Returns another handle of the connection if it can carry several calls.
    fn duplicate(&self) -> Option<Self> {
        let Sender::Http2(sender) = &self.sender else {
            return None;
        };
        Some(Self {
            sender: Sender::Http2(sender.clone()),
            watch: Arc::clone(&self.watch),
            proxied: self.proxied,
            runtime: self.runtime.clone(),
            used: None,
        })
    }

    /// Counts it as active until it is dropped or returned to the pool.
    pub(super) fn begin_use(&mut self) {
        self.used = Some(self.watch.open.enter());
    }

    pub(super) fn protocol(&self) -> Protocol {
        match self.sender {
            Sender::Http1(_) => Protocol::Http1,
            Sender::Http2(_) => Protocol::Http2,
        }
    }

    fn is_open(&self) -> bool {
        let ready = match &self.sender {
            Sender::Http1(sender) => sender.is_ready(),
            Sender::Http2(sender) => sender.is_ready(),
        };
        ready && !self.watch.has_ended()
    }
}
