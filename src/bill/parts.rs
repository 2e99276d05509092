//! Downloads a bill of several files.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Wanted;
use super::ticket::Ticket;
use crate::client::Client;
use crate::file_io::run_all;
use crate::message::{Progress, SavedFile};
use crate::sink;
use wechatpay_core::error::Result;

/// Downloads the files at the same time, since their URLs expire, and joins them in the given order.
pub(super) async fn download(
    client: &Client,
    wanted: Wanted,
    tickets: Vec<Ticket>,
    target: PathBuf,
) -> Result<SavedFile> {
    let (received, written) = (Arc::default(), Arc::default());
    let mut downloads = Vec::new();
    for ticket in tickets {
        let mut wanted = wanted.clone();
        let progress = wanted.progress.take();
        wanted.progress = progress.map(|progress| summed(progress, &received));
        let download = wanted.file(client, ticket, target.clone());
        downloads.push(download.left_as_part(&written).run());
    }
    let parts = run_all(downloads).await?;
    sink::join(parts, target).await
}

/// Reports the bytes of all files. The total is unknown before all have begun.
fn summed(progress: Progress, received: &Arc<AtomicU64>) -> Progress {
    let (before, received) = (AtomicU64::new(0), Arc::clone(received));
    Arc::new(move |done, _| {
        let new = done.saturating_sub(before.swap(done, Ordering::Relaxed));
        let sum = received.fetch_add(new, Ordering::Relaxed) + new;
        progress(sum, None);
    })
}
