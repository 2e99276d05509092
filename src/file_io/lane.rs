//! Work on batches of bytes, in order, on the blocking threads.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::{CANCELLED, spawn_blocking};
use wechatpay_core::crypto::digest::Digester;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// The size of a batch: waking a thread costs more than hashing or writing a few bytes.
pub(crate) const BATCH: usize = 512 << 10;

/// The number of batches that wait for a lane. A lane with few of them runs out while its caller waits for a core.
const WAITING: usize = 8;

/// A worker that handles batches while the next ones are collected.
///
/// It occupies a thread only while batches wait, so an idle connection occupies none. Lanes run at the same time:
/// a batch may be in several of them. Dropping a lane drops its worker, on a blocking thread.
pub(crate) struct Lane<W: Worker> {
    shared: Arc<Shared<W>>,
}

/// Work that must not block the runtime.
pub(crate) trait Worker: Send + 'static {
    /// Handles the next batch. After an error it gets no further one.
    fn handle(&mut self, batch: &[u8]) -> Result<()>;
}

impl Worker for Digester {
    fn handle(&mut self, batch: &[u8]) -> Result<()> {
        self.update(batch)
    }
}

struct Shared<W> {
    state: Mutex<State<W>>,
    /// Notified when a batch was taken, and when the worker stopped.
    changed: Notify,
}

struct State<W> {
    waiting: VecDeque<Arc<Vec<u8>>>,
    stage: Stage<W>,
}

enum Stage<W> {
    Idle(W),
    /// A thread has the worker.
    Running,
    Failed(Error),
    /// The worker was taken, its error was reported, or the lane was dropped.
    Ended,
}

impl<W: Worker> Lane<W> {
    pub(crate) fn new(worker: W) -> Self {
        Self {
            shared: Arc::new(Shared {
                state: Mutex::new(State {
                    waiting: VecDeque::new(),
                    stage: Stage::Idle(worker),
                }),
                changed: Notify::new(),
            }),
        }
    }

    /// Hands over a batch, after waiting for room.
    ///
    /// # Errors
    ///
    /// The worker's error in an earlier batch, once; [`ErrorKind::File`] if the runtime shuts down.
    pub(crate) async fn push(&mut self, batch: Arc<Vec<u8>>) -> Result<()> {
        while !self.has_room()? {
            self.shared.changed.notified().await;
        }
        let mut state = self.shared.lock();
        state.waiting.push_back(batch);
        match std::mem::replace(&mut state.stage, Stage::Running) {
            Stage::Idle(worker) => {
                drop(state);
                self.start(worker)
            }
            before => {
                state.stage = before;
                Ok(())
            }
        }
    }

    /// Waits until all batches were handled, and returns the worker.
    ///
    /// # Errors
    ///
    /// Those of [`push`](Self::push).
    pub(crate) async fn finish(&mut self) -> Result<W> {
        loop {
            if let Some(worker) = self.shared.lock().stop()? {
                return Ok(worker);
            }
            self.shared.changed.notified().await;
        }
    }

    /// Whether the worker was taken or its error was reported.
    #[cfg(any(feature = "files", test))]
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.shared.lock().stage, Stage::Ended)
    }

    fn has_room(&self) -> Result<bool> {
        let mut state = self.shared.lock();
        match state.stage {
            Stage::Idle(_) => Ok(true),
            Stage::Running => Ok(state.waiting.len() < WAITING),
            Stage::Failed(_) | Stage::Ended => Err(state.failure()),
        }
    }

    fn start(&self, worker: W) -> Result<()> {
        let running = Running {
            shared: Arc::clone(&self.shared),
            worker: Some(worker),
        };
        spawn_blocking(move || running.run()).map(drop)
    }
}

impl<W> Shared<W> {
    fn lock(&self) -> MutexGuard<'_, State<W>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W> State<W> {
    /// Returns the worker if it has nothing left to do.
    fn stop(&mut self) -> Result<Option<W>> {
        match std::mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Idle(worker) => Ok(Some(worker)),
            Stage::Running => {
                self.stage = Stage::Running;
                Ok(None)
            }
            Stage::Failed(err) => Err(err),
            Stage::Ended => Err(failed_already()),
        }
    }

    fn failure(&mut self) -> Error {
        match std::mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Failed(err) => err,
            _ => failed_already(),
        }
    }
}

/// A worker on its thread. It stops when nothing waits.
struct Running<W: Worker> {
    shared: Arc<Shared<W>>,
    worker: Option<W>,
}

impl<W: Worker> Running<W> {
    fn run(mut self) {
        while let Some(batch) = self.next() {
            self.shared.changed.notify_one();
            let Some(worker) = &mut self.worker else {
                return;
            };
            if let Err(err) = worker.handle(&batch) {
                self.fail(err);
            }
        }
    }

    /// Takes the next batch; otherwise hands back the worker.
    fn next(&mut self) -> Option<Arc<Vec<u8>>> {
        let mut state = self.shared.lock();
        if !matches!(state.stage, Stage::Running) {
            // The lane was dropped, or the worker failed.
            return None;
        }
        let next = state.waiting.pop_front();
        if next.is_none()
            && let Some(worker) = self.worker.take()
        {
            state.stage = Stage::Idle(worker);
            drop(state);
            self.shared.changed.notify_one();
        }
        next
    }

    fn fail(&mut self, err: Error) {
        // Before the error is seen, since a file is removed with its worker.
        self.worker = None;
        let mut state = self.shared.lock();
        state.waiting.clear();
        if matches!(state.stage, Stage::Running) {
            state.stage = Stage::Failed(err);
        }
        drop(state);
        self.shared.changed.notify_one();
    }
}

/// The worker panicked, or the runtime shut down before it ran.
impl<W: Worker> Drop for Running<W> {
    fn drop(&mut self) {
        if self.worker.is_some() {
            let message = if std::thread::panicking() {
                PANICKED
            } else {
                CANCELLED
            };
            self.fail(Error::new(ErrorKind::File, message));
        }
    }
}

impl<W: Worker> Drop for Lane<W> {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.waiting.clear();
        let stage = std::mem::replace(&mut state.stage, Stage::Ended);
        drop(state);
        if let Stage::Idle(worker) = stage {
            // Without a runtime it is dropped here.
            let _ = spawn_blocking(move || drop(worker));
        }
    }
}

const PANICKED: &str = "the file operation panicked";

fn failed_already() -> Error {
    Error::new(ErrorKind::File, "the file operation has failed already")
}

/// The buffers of batches. One that all lanes have handled is used again.
#[derive(Default)]
pub(crate) struct Buffers {
    used: VecDeque<Arc<Vec<u8>>>,
}

impl Buffers {
    /// Returns an empty buffer with room for a batch.
    pub(crate) fn empty(&mut self) -> Vec<u8> {
        match self.used.pop_front().map(Arc::try_unwrap) {
            Some(Ok(mut buffer)) => {
                buffer.clear();
                return buffer;
            }
            Some(Err(busy)) => self.used.push_front(busy),
            None => {}
        }
        Vec::with_capacity(BATCH)
    }

    /// Makes a batch of a full buffer.
    pub(crate) fn share(&mut self, buffer: Vec<u8>) -> Arc<Vec<u8>> {
        let batch = Arc::new(buffer);
        self.used.push_back(Arc::clone(&batch));
        batch
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::task::Poll;

    use super::*;

    const PANICS: u8 = 254;

    /// Records what it handles and its own end. It waits for permission if it has a gate.
    struct Recorder {
        handled: Vec<u8>,
        refuses: u8,
        gate: Option<Receiver<()>>,
        ended: Sender<Vec<u8>>,
    }

    impl Recorder {
        fn new() -> (Self, Receiver<Vec<u8>>) {
            let (ended, end) = channel();
            let recorder = Self {
                handled: Vec::new(),
                refuses: u8::MAX,
                gate: None,
                ended,
            };
            (recorder, end)
        }
    }

    impl Worker for Recorder {
        fn handle(&mut self, batch: &[u8]) -> Result<()> {
            if let Some(gate) = &self.gate {
                gate.recv().unwrap();
            }
            assert_ne!(batch[0], PANICS);
            if batch[0] == self.refuses {
                return Err(Error::new(ErrorKind::File, "refused"));
            }
            self.handled.extend_from_slice(batch);
            Ok(())
        }
    }

    impl Drop for Recorder {
        fn drop(&mut self) {
            let _ = self.ended.send(std::mem::take(&mut self.handled));
        }
    }

    fn batch(byte: u8) -> Arc<Vec<u8>> {
        Arc::new(vec![byte])
    }

    fn run<T>(work: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread();
        { runtime }.build().unwrap().block_on(work)
    }

    #[test]
    fn batches_are_handled_in_order_by_one_worker() {
        run(async {
            let mut lane = Lane::new(Recorder::new().0);
            for byte in 0..200 {
                lane.push(batch(byte)).await.unwrap();
                if byte % 7 == 0 {
                    tokio::task::yield_now().await;
                }
            }
            let worker = lane.finish().await.unwrap();
            assert_eq!(worker.handled, (0..200).collect::<Vec<u8>>());
            assert!(lane.finish().await.is_err());
        });
    }

    #[test]
    fn a_slow_worker_holds_up_its_caller() {
        const LAST: u8 = WAITING as u8 + 1;
        run(async {
            let (open, gate) = channel();
            let mut recorder = Recorder::new().0;
            recorder.gate = Some(gate);
            let mut lane = Lane::new(recorder);
            // The worker has the first, and the others wait.
            for byte in 0..LAST {
                lane.push(batch(byte)).await.unwrap();
            }
            {
                let mut push = pin!(lane.push(batch(LAST)));
                let held = poll_fn(|cx| Poll::Ready(push.as_mut().poll(cx).is_pending())).await;
                assert!(held);
                for _ in 0..WAITING + 2 {
                    open.send(()).unwrap();
                }
                push.await.unwrap();
            }
            let worker = lane.finish().await.unwrap();
            assert_eq!(worker.handled, Vec::from_iter(0..=LAST));
        });
    }

    #[test]
    fn an_error_is_reported_once_and_nothing_is_handled_after_it() {
        run(async {
            let (mut recorder, end) = Recorder::new();
            recorder.refuses = b'b';
            let mut lane = Lane::new(recorder);
            let mut refused = None;
            for byte in b'a'..=b'z' {
                if let Err(err) = lane.push(batch(byte)).await {
                    refused = Some(err);
                    break;
                }
            }
            assert_eq!(refused.unwrap().to_string(), "refused");
            assert_eq!(end.recv().unwrap(), b"a");
            assert!(lane.has_ended());
            let again = lane.push(batch(b'c')).await.unwrap_err();
            assert!(again.to_string().contains("failed already"), "{again}");
        });
    }

    #[test]
    fn a_panic_of_the_worker_is_an_error() {
        run(async {
            let mut lane = Lane::new(Recorder::new().0);
            lane.push(batch(PANICS)).await.unwrap();
            let err = lane.finish().await.err().unwrap();
            assert_eq!(err.to_string(), PANICKED);
        });
    }

    #[test]
    fn a_dropped_lane_drops_its_worker_before_the_waiting_batches_are_handled() {
        let (mut recorder, end) = Recorder::new();
        let (open, gate) = channel();
        recorder.gate = Some(gate);
        run(async {
            let mut lane = Lane::new(recorder);
            for byte in b'a'..=b'b' {
                lane.push(batch(byte)).await.unwrap();
            }
            drop(lane);
            open.send(()).unwrap();
            open.send(()).unwrap();
        });
        // One if a thread had taken it.
        assert!(end.recv().unwrap().len() <= 1);
    }

    #[test]
    fn a_buffer_is_used_again_after_all_lanes_have_dropped_it() {
        let mut buffers = Buffers::default();
        let mut first = buffers.empty();
        first.push(b'1');
        let (place, batch) = (first.as_ptr(), buffers.share(first));
        let other = buffers.empty();
        assert_ne!(other.as_ptr(), place);
        drop(batch);
        let again = buffers.empty();
        assert!(again.is_empty() && again.as_ptr() == place);
    }
}
