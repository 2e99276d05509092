//! One sandbox at a time renews the certificates of a folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::read::unfit;
use super::write::{self, Claim};
use wechatpay_core::error::BoxError;

/// A renewal takes milliseconds, so a claim of this age was left by a start that was killed.
const MOST_WAIT: Duration = Duration::from_secs(5);

/// The right to renew certificates; dropping it lets the next sandbox go on.
pub(super) struct Renewal(PathBuf);

/// Waits until no other sandbox renews certificates of the folder.
///
/// Certificates may have been renewed meanwhile, so the caller reads them again.
pub(super) fn begin(dir: &Path) -> Result<Renewal, BoxError> {
    let path = dir.join("sandbox/renewing");
    let start = Instant::now();
    while write::claim(&path, b"")? == Claim::Lost {
        if start.elapsed() > MOST_WAIT || is_left(&path) {
            fs::remove_file(&path)
                .or_else(ignore_missing)
                .map_err(|err| unfit(&path, err))?;
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(Renewal(path))
}

fn is_left(path: &Path) -> bool {
    let begun = fs::metadata(path).and_then(|it| it.modified());
    // Without a file, or with one of the future, nobody has left it.
    let age = begun.ok().and_then(|begun| begun.elapsed().ok());
    age.is_some_and(|age| age > MOST_WAIT)
}

fn ignore_missing(err: std::io::Error) -> std::io::Result<()> {
    match err.kind() {
        std::io::ErrorKind::NotFound => Ok(()),
        _ => Err(err),
    }
}

impl Drop for Renewal {
    fn drop(&mut self) {
        // If this fails, the next sandbox waits until the claim is old.
        let _ = fs::remove_file(&self.0);
    }
}
