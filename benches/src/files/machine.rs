//! What one core of this machine needs for each step.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use openssl::sha::{Sha1, Sha256};

use super::hex;
use super::meter::{Figure, cpu, least, speed};
use crate::Result;
use crate::repeated::{CHUNK, LEN, chunk};

/// CPU times for 1 GiB.
pub struct Machine {
    cores: u32,
    sha1: Duration,
    sha256: Duration,
    copy: Duration,
    read: Duration,
    write: Duration,
}

impl Machine {
    /// Measures each step.
    ///
    /// # Errors
    ///
    /// Those of the files in `dir`.
    pub fn measure(dir: &Path) -> Result<Self> {
        let (chunk, mut copy) = (chunk(), vec![0; CHUNK]);
        let (mut sha1, mut sha256) = (Sha1::new(), Sha256::new());
        let path = dir.join("machine");
        let mut file = File::create(&path)?;
        let write = each(|| file.write_all(&chunk))?;
        let mut file = File::open(&path)?;
        let measured = Self {
            cores: thread::available_parallelism()?.get().try_into()?,
            sha1: each(|| {
                sha1.update(&chunk);
                Ok(())
            })?,
            sha256: each(|| {
                sha256.update(&chunk);
                Ok(())
            })?,
            read: each(|| file.read_exact(&mut copy))?,
            copy: each(|| {
                std::hint::black_box(&mut copy).copy_from_slice(&chunk);
                Ok(())
            })?,
            write,
        };
        fs::remove_file(path)?;
        Ok(measured)
    }

    pub fn print(&self) {
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        println!(
            "one core: SHA-1 {:.0}, SHA-256 {:.0}, copy {:.0}, read {:.0}, write {:.0} MiB/s; {} cores; {:.1} \
             threads were running or waiting for a core (load average)",
            speed(self.sha1),
            speed(self.sha256),
            speed(self.copy),
            speed(self.read),
            speed(self.write),
            self.cores,
            load.split_whitespace()
                .next()
                .and_then(|load| load.parse::<f64>().ok())
                .unwrap_or_default(),
        );
    }

    /// Returns the shortest time of an upload: one core hashes the file, while another one reads it; then the cores
    /// share the work of sending and receiving it.
    pub fn upload(&self, floor: &[Figure]) -> Duration {
        let sending = least(floor, |it| it.cpu).saturating_sub(self.sha256 + self.read);
        let receiving = least(floor, |it| it.gateway);
        self.sha256 + self.shared(sending + receiving).max(sending).max(receiving)
    }

    /// Returns the shortest time of a download: the cores share the work of sending, receiving, hashing and
    /// writing, and one of them hashes all the time.
    pub fn download(&self, written: &[Figure]) -> Duration {
        let work = least(written, |it| it.cpu) + least(written, |it| it.gateway);
        self.sha1.max(self.shared(work))
    }

    fn shared(&self, work: Duration) -> Duration {
        work / self.cores
    }
}

fn each(mut work: impl FnMut() -> io::Result<()>) -> Result<Duration> {
    let start = cpu()?;
    for _ in 0..LEN / CHUNK {
        work()?;
    }
    Ok(cpu()? - start)
}

/// Returns the SHA-1 of the long file.
pub fn long_sha1() -> String {
    let (mut hash, chunk) = (Sha1::new(), chunk());
    for _ in 0..LEN / CHUNK {
        hash.update(&chunk);
    }
    hex(&hash.finish())
}
