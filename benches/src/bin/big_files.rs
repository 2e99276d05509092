//! Uploads and downloads 1 GiB, and prints memory and throughput next to those of a floor in the same run.
//!
//! The floor is only hyper and the hash: an upload is hashed, then sent from the same file; a
//! download is hashed on arrival, once without and once with writing it. Files are in memory (`/dev/shm`) if it
//! exists, so that no disk is measured. Speeds are the best of the rounds, ratios their median; resident memory is the peak
//! of all the client's rounds, minus the value before the first.
//!
//! ```text
//! cargo run --release --bin big_files
//! ```

use std::fs::File;
use std::future::Future;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

use bytes::Bytes;
use http::Request;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client as Http;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use openssl::sha::{Sha1, Sha256};
use wechatpay_chain::{Client, Media, PrivateKey, PublicKey};
use wechatpay_chain_benches::gateway::become_gateway;
use wechatpay_chain_benches::repeated::{CHUNK, FILE, LEN, chunk};
use wechatpay_chain_benches::setup::{MCHID, PLATFORM_ID, SERIAL};
use wechatpay_chain_benches::{Gateway, Result};

const ROUNDS: usize = 5;
const UPLOAD: &str = "v3/merchant/media/upload";

fn main() -> Result<()> {
    become_gateway()?;
    let gateway = Gateway::spawn()?;
    let dir = Dir::new()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(measure(&gateway, &dir.0))
}

async fn measure(gateway: &Gateway, dir: &Path) -> Result<()> {
    let source = dir.join("upload.mp4");
    write_source(&source)?;
    let (base, sha1) = (gateway.setup.base_url()?, sha1());
    let client = client(gateway)?;
    let floor: Http<HttpConnector, BoxBody<Bytes, std::io::Error>> =
        Http::builder(TokioExecutor::new()).build_http();
    let mut times: [Vec<Duration>; 5] = Default::default();
    let mut memory = 0;
    for _ in 0..ROUNDS {
        let [ours_up, floor_up, ours_down, floor_down, written] = &mut times;
        timed(floor_up, floor_upload(&floor, &base, &source)).await?;
        let watch = Watch::start();
        timed(ours_up, upload(&client, &source)).await?;
        timed(ours_down, download(&client, dir.join("bill.csv"), &sha1)).await?;
        // Otherwise the replaced GiB of memory would be freed during the next round's time.
        fs::remove_file(dir.join("bill.csv"))?;
        memory = memory.max(watch.stop());
        timed(floor_down, floor_download(&floor, &base, &sha1, None)).await?;
        let file = dir.join("floor.csv");
        let to_file = floor_download(&floor, &base, &sha1, Some(File::create(&file)?));
        timed(written, to_file).await?;
        fs::remove_file(file)?;
    }
    let [ours_up, floor_up, ours_down, floor_down, written] = &times;
    report("upload", ours_up, floor_up);
    report("download", ours_down, floor_down);
    report("written", ours_down, written);
    machine(dir)?;
    println!(
        "resident memory beyond the start: {:.1} MiB (goal: < 32)",
        memory as f64 / 1048576.0
    );
    Ok(())
}

/// Prints the best speeds, and the median of the rounds' ratios, which other load on the machine disturbs least.
fn report(what: &str, ours: &[Duration], floor: &[Duration]) {
    let best = |times: &[Duration]| speed(times.iter().copied().min().unwrap_or(Duration::MAX));
    let pairs = ours.iter().zip(floor);
    let mut ratios: Vec<_> = pairs
        .map(|(ours, floor)| floor.as_secs_f64() / ours.as_secs_f64())
        .collect();
    ratios.sort_by(f64::total_cmp);
    println!(
        "{what:<8} 1 GiB: {:5.0} MiB/s, floor {:5.0} MiB/s, ratio {:.2} ({:.2}–{:.2}; goal: >= 0.95)",
        best(ours),
        best(floor),
        ratios[ratios.len() / 2],
        ratios[0],
        ratios[ratios.len() - 1],
    );
}

fn speed(time: Duration) -> f64 {
    LEN as f64 / 1048576.0 / time.as_secs_f64()
}

/// Prints what one core of this machine can do with 1 GiB, in the same run.
fn machine(dir: &Path) -> Result<()> {
    let (chunk, mut copy) = (chunk(), vec![0; CHUNK]);
    let (mut sha1, mut sha256) = (Sha1::new(), Sha256::new());
    let path = dir.join("machine");
    let mut file = File::create(&path)?;
    let each = |work: &mut dyn FnMut() -> std::io::Result<()>| -> Result<f64> {
        let start = Instant::now();
        for _ in 0..LEN / CHUNK {
            work()?;
        }
        Ok(speed(start.elapsed()))
    };
    let hashed = each(&mut || {
        sha1.update(&chunk);
        Ok(())
    })?;
    let hashed_256 = each(&mut || {
        sha256.update(&chunk);
        Ok(())
    })?;
    let copied = each(&mut || {
        std::hint::black_box(&mut copy).copy_from_slice(&chunk);
        Ok(())
    })?;
    let written = each(&mut || file.write_all(&chunk))?;
    fs::remove_file(path)?;
    println!(
        "one core: SHA-1 {hashed:.0}, SHA-256 {hashed_256:.0}, copy {copied:.0}, write {written:.0} MiB/s; \
         {} cores",
        thread::available_parallelism()?
    );
    Ok(())
}

async fn timed(times: &mut Vec<Duration>, work: impl Future<Output = Result<()>>) -> Result<()> {
    let start = Instant::now();
    work.await?;
    times.push(start.elapsed());
    Ok(())
}

fn client(gateway: &Gateway) -> Result<Client> {
    let setup = &gateway.setup;
    Ok(Client::builder()
        .mchid(MCHID)
        .serial(SERIAL)
        .private_key(PrivateKey::from_file(setup.merchant_key())?)
        .platform_key(PLATFORM_ID, PublicKey::from_file(setup.platform_key())?)
        .base_url(setup.base_url()?)
        .no_proxy()
        .build()?)
}

async fn upload(client: &Client, source: &Path) -> Result<()> {
    let media = Media::from_path(source)?;
    client
        .chain(UPLOAD)
        .post(media, ())
        .timeout(Duration::from_secs(600))
        .await?;
    Ok(())
}

async fn download(client: &Client, target: PathBuf, sha1: &str) -> Result<()> {
    let file = client
        .chain("v3/billdownload/file")
        .get(())
        .sink(target)
        .expect_sha1(sha1)
        .await?;
    if file.len() == LEN as u64 {
        Ok(())
    } else {
        Err("the file is not whole".into())
    }
}

type Floor = Http<HttpConnector, BoxBody<Bytes, std::io::Error>>;

async fn floor_upload(http: &Floor, base: &str, source: &Path) -> Result<()> {
    let (mut file, mut buffer) = (File::open(source)?, vec![0; CHUNK]);
    let mut hash = Sha256::new();
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => hash.update(&buffer[..read]),
        }
    }
    std::hint::black_box(hash.finish());
    let body = FileBody(File::open(source)?, LEN as u64);
    let request = Request::post(format!("{base}{UPLOAD}")).body(body.boxed())?;
    http.request(request).await?.into_body().collect().await?;
    Ok(())
}

async fn floor_download(
    http: &Floor,
    base: &str,
    sha1: &str,
    mut file: Option<File>,
) -> Result<()> {
    let uri = format!("{}{FILE}", base.trim_end_matches('/'));
    let empty = Empty::new().map_err(|never| match never {});
    let mut body = http
        .request(Request::get(uri).body(empty.boxed())?)
        .await?
        .into_body();
    let mut hash = Sha1::new();
    while let Some(frame) = body.frame().await {
        if let Some(piece) = frame?.data_ref() {
            hash.update(piece);
            if let Some(file) = &mut file {
                file.write_all(piece)?;
            }
        }
    }
    if hex(&hash.finish()) == sha1 {
        Ok(())
    } else {
        Err("the floor got another file".into())
    }
}

/// Reads the file while it is polled: the simplest body of a file.
struct FileBody(File, u64);

impl http_body::Body for FileBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<std::io::Result<http_body::Frame<Bytes>>>> {
        let mut chunk = Vec::with_capacity(CHUNK);
        let read = (&mut self.0).take(CHUNK as u64).read_to_end(&mut chunk);
        std::task::Poll::Ready(match read {
            Ok(0) => None,
            Ok(read) => {
                self.1 -= read as u64;
                Some(Ok(http_body::Frame::data(chunk.into())))
            }
            Err(err) => Some(Err(err)),
        })
    }

    fn size_hint(&self) -> http_body::SizeHint {
        http_body::SizeHint::with_exact(self.1)
    }
}

/// Samples this process's resident memory.
struct Watch {
    start: u64,
    peak: Arc<AtomicU64>,
}

impl Watch {
    fn start() -> Self {
        let peak = Arc::new(AtomicU64::new(0));
        let seen = Arc::downgrade(&peak);
        thread::spawn(move || {
            while let Some(peak) = seen.upgrade() {
                peak.fetch_max(resident(), Ordering::Relaxed);
                thread::sleep(Duration::from_millis(2));
            }
        });
        // Taken in the first round before the client's work; the lowest of all rounds.
        static START: AtomicU64 = AtomicU64::new(u64::MAX);
        START.fetch_min(resident(), Ordering::Relaxed);
        let start = START.load(Ordering::Relaxed);
        Self { start, peak }
    }

    fn stop(self) -> u64 {
        self.peak.load(Ordering::Relaxed).saturating_sub(self.start)
    }
}

/// Returns bytes; 0 if the system does not report them.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

fn write_source(path: &Path) -> Result<()> {
    let (mut file, chunk) = (File::create(path)?, chunk());
    for _ in 0..LEN / CHUNK {
        file.write_all(&chunk)?;
    }
    Ok(())
}

fn sha1() -> String {
    let (mut hash, chunk) = (Sha1::new(), chunk());
    for _ in 0..LEN / CHUNK {
        hash.update(&chunk);
    }
    hex(&hash.finish())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A directory that is removed when it is dropped.
struct Dir(PathBuf);

impl Dir {
    fn new() -> Result<Self> {
        let shm = PathBuf::from("/dev/shm");
        let parent = if shm.is_dir() { shm } else { env::temp_dir() };
        let dir = parent.join(format!("wechatpay-big-files-{}", process::id()));
        fs::create_dir_all(&dir)?;
        Ok(Self(dir))
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
