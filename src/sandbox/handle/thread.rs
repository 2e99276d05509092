//! The thread of the server.

use std::thread::JoinHandle;

use tokio::sync::oneshot;

/// The thread of the server, which ends when this is dropped.
pub(super) struct ServerThread {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ServerThread {
    pub(super) fn new(stop: oneshot::Sender<()>, thread: JoinHandle<()>) -> Self {
        Self {
            stop: Some(stop),
            thread: Some(thread),
        }
    }
}

impl Drop for ServerThread {
    /// Waits for the thread, so that the port is free afterwards. Requests in progress are answered before,
    /// unless that takes longer than 5 s.
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic on the thread has been printed already.
            let _ = thread.join();
        }
    }
}
