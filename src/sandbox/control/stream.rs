//! The recorded requests as server-sent events.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::HeaderMap;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::calls;
use crate::record::CallRecord;
use crate::state::SandboxState;

/// How long a stream is silent before it sends a comment, which shows whether the client is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The start of a stream: a client that loses it connects again after this many milliseconds.
const START: &[u8] = b"retry: 2000\n\n";

/// Streams the requests after the one that `Last-Event-ID` names, or the new ones.
pub(super) fn start(state: &Arc<SandboxState>, headers: &HeaderMap) -> mpsc::Receiver<Bytes> {
    let last = headers.get("last-event-id");
    let last = last.and_then(|id| id.to_str().ok()?.trim().parse().ok());
    let (events, received) = mpsc::channel(1);
    tokio::spawn(send(Arc::clone(state), last, events));
    received
}

/// Ends when the client has gone or the sandbox stops.
async fn send(state: Arc<SandboxState>, last: Option<u64>, events: mpsc::Sender<Bytes>) {
    let mut progress = state.records.progress();
    let newest = progress.borrow().newest;
    let mut sent = match last {
        // The numbers began again, because another sandbox has this address now.
        Some(last) if last > newest => 0,
        Some(last) => last,
        None => newest,
    };
    let mut next = Bytes::from_static(START);
    while events.send(next).await.is_ok() {
        next = loop {
            let has_ended = progress.borrow_and_update().has_ended;
            if let Some(record) = state.records.after(sent) {
                if !is_written(&state).await {
                    return;
                }
                sent = record.id;
                // The search for the mistakes of a refused request must not block the thread that serves all requests.
                let state = Arc::clone(&state);
                match spawn_blocking(move || event(&record, &state)).await {
                    Ok(event) => break event,
                    Err(_) => return,
                }
            }
            if has_ended {
                return;
            }
            if timeout(KEEP_ALIVE, progress.changed()).await.is_err() {
                break Bytes::from_static(b":\n\n");
            }
        };
    }
}

/// Waits until the newest request is on the disk; `false` when it cannot be written. A restart would not know a request
/// that was shown before.
async fn is_written(state: &SandboxState) -> bool {
    match &state.journal {
        Some(journal) => journal.last().written().await.is_ok(),
        None => true,
    }
}

/// JSON has no line breaks outside of its texts, so the data is one line.
fn event(record: &CallRecord, state: &SandboxState) -> Bytes {
    let data = calls::brief(record, state);
    format!("id: {}\nevent: call\ndata: {data}\n\n", record.id).into()
}
