//! Uploads and downloads 1 GiB, and prints throughput, CPU time and memory next to those of two clients written by hand
//! and to the limit of the machine, all of the same run.
//!
//! The floor is only hyper and the hash: an upload is hashed, then sent from the same file; a
//! download is hashed on arrival, once without and once with writing it. The ideal client has a thread for each step.
//! The limit follows from the CPU time of the steps and the number of cores, which the gateway uses too.
//!
//! Files are in memory (`/dev/shm`) if it exists, so that no disk is measured. Speeds are the best of the rounds, CPU
//! times their lowest, ratios their median. Resident memory is the peak minus the value at the start, each in a process
//! where only this client runs.
//!
//! ```text
//! cargo run --release --bin big_files
//! perf record target/release/big_files upload
//! ```
//!
//! With `upload` or `download` only this client runs, for a profile and for its memory.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{env, fs, io::Write, process};

use wechatpay_chain::{Client, Media, PrivateKey, PublicKey};
use wechatpay_chain_benches::files::{
    Figure, Machine, Meter, Plain, UPLOAD, Watch, least, long_sha1, speed,
};
use wechatpay_chain_benches::gateway::become_gateway;
use wechatpay_chain_benches::repeated::{CHUNK, LEN, chunk};
use wechatpay_chain_benches::setup::{MCHID, PLATFORM_ID, SERIAL};
use wechatpay_chain_benches::{Gateway, Result};

const ROUNDS: usize = 5;

fn main() -> Result<()> {
    become_gateway()?;
    let gateway = Gateway::spawn()?;
    let dir = Dir::new()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    if let Some(what) = env::args().nth(1) {
        return runtime.block_on(alone(&gateway, &dir.0, &what));
    }
    let machine = Machine::measure(&dir.0)?;
    // In a task, as the handlers of a server: the thread of `block_on` would have to be woken for each piece.
    let (gateway, path) = (Arc::new(gateway), dir.0.clone());
    let rounds = runtime.spawn(async move { Figures::measure(&gateway, &path).await });
    let figures = runtime.block_on(rounds)??;
    figures.print(&machine);
    machine.print();
    in_another_process("upload")?;
    in_another_process("download")
}

/// Runs only this client, and prints how much its resident memory grows.
async fn alone(gateway: &Gateway, dir: &Path, what: &str) -> Result<()> {
    let (client, sha1) = (client(gateway)?, long_sha1());
    let (source, target) = (dir.join("upload.mp4"), dir.join("bill.csv"));
    write_source(&source)?;
    let watch = Watch::start();
    for _ in 0..ROUNDS {
        match what {
            "upload" => upload(&client, &source).await?,
            "download" => download(&client, &target, &sha1).await?,
            _ => return Err("usage: big_files [upload | download]".into()),
        }
    }
    println!(
        "{what} alone: resident memory grows by {:.1} MiB (goal: <= 16)",
        watch.growth() as f64 / 1048576.0
    );
    Ok(())
}

/// Measures memory in a process where nothing else runs.
fn in_another_process(what: &str) -> Result<()> {
    let status = process::Command::new(env::current_exe()?)
        .arg(what)
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("big_files {what}: {status}").into())
    }
}

/// The figures of all rounds.
#[derive(Default)]
struct Figures {
    upload: Vec<Figure>,
    floor_upload: Vec<Figure>,
    ideal_upload: Vec<Figure>,
    download: Vec<Figure>,
    floor_download: Vec<Figure>,
    floor_written: Vec<Figure>,
    ideal_download: Vec<Figure>,
}

impl Figures {
    async fn measure(gateway: &Gateway, dir: &Path) -> Result<Self> {
        let (source, target) = (dir.join("upload.mp4"), dir.join("bill.csv"));
        write_source(&source)?;
        let (client, sha1) = (client(gateway)?, long_sha1());
        let (plain, meter) = (Plain::new(&gateway.setup.base_url()?), Meter(gateway));
        let mut all = Self::default();
        for _ in 0..ROUNDS {
            let floor = plain.floor_upload(&source);
            meter.measure(&mut all.floor_upload, floor).await?;
            let ours = upload(&client, &source);
            meter.measure(&mut all.upload, ours).await?;
            let ours = download(&client, &target, &sha1);
            meter.measure(&mut all.download, ours).await?;
            all.others(&plain, &meter, &source, &target).await?;
        }
        Ok(all)
    }

    /// Measures the other clients. Each file is removed: freeing a GiB of memory takes time.
    async fn others(
        &mut self,
        plain: &Plain,
        meter: &Meter<'_>,
        source: &Path,
        target: &Path,
    ) -> Result<()> {
        let sha1 = long_sha1();
        fs::remove_file(target)?;
        let hashed = plain.floor_download(&sha1, None);
        meter.measure(&mut self.floor_download, hashed).await?;
        let written = plain.floor_download(&sha1, Some(File::create(target)?));
        meter.measure(&mut self.floor_written, written).await?;
        fs::remove_file(target)?;
        let ideal = plain.ideal_download(&sha1, File::create(target)?);
        meter.measure(&mut self.ideal_download, ideal).await?;
        fs::remove_file(target)?;
        let ideal = plain.ideal_upload(source);
        meter.measure(&mut self.ideal_upload, ideal).await
    }

    fn print(&self, machine: &Machine) {
        println!("upload, 1 GiB:");
        one("this client", &self.upload, &self.floor_upload);
        one("floor", &self.floor_upload, &self.floor_upload);
        one("ideal", &self.ideal_upload, &self.floor_upload);
        limit(machine.upload(&self.floor_upload), &self.upload);
        println!("download, 1 GiB:");
        one("this client", &self.download, &self.floor_download);
        one("floor", &self.floor_download, &self.floor_download);
        one("floor, written", &self.floor_written, &self.floor_download);
        one("ideal", &self.ideal_download, &self.floor_download);
        limit(machine.download(&self.floor_written), &self.download);
    }
}

/// Prints a client's figures. The median of the rounds' ratios is disturbed least by other load on the machine.
fn one(who: &str, figures: &[Figure], floor: &[Figure]) {
    let ratio = |of: fn(&Figure) -> Duration, up: bool| {
        let pairs = figures.iter().zip(floor);
        let mut ratios: Vec<_> = pairs
            .map(|(it, floor)| {
                let ratio = of(floor).as_secs_f64() / of(it).as_secs_f64();
                if up { ratio } else { 1.0 / ratio }
            })
            .collect();
        ratios.sort_by(f64::total_cmp);
        (
            ratios[0],
            ratios[ratios.len() / 2],
            ratios[ratios.len() - 1],
        )
    };
    let (low, middle, high) = ratio(|it| it.time, true);
    let (_, cpu, _) = ratio(|it| it.cpu, false);
    let mut cores: Vec<_> = figures.iter().map(Figure::cores).collect();
    cores.sort_by(f64::total_cmp);
    println!(
        "  {who:<15} {:5.0} MiB/s, {middle:.2} of the floor ({low:.2}–{high:.2}); CPU {:.2} s, {cpu:.2} of the \
         floor's; gateway {:.2} s; {:.1} cores busy",
        speed(least(figures, |it| it.time)),
        least(figures, |it| it.cpu).as_secs_f64(),
        least(figures, |it| it.gateway).as_secs_f64(),
        cores[cores.len() / 2],
    );
}

fn limit(limit: Duration, ours: &[Figure]) {
    let reached = limit.as_secs_f64() / least(ours, |it| it.time).as_secs_f64();
    println!(
        "  {:<15} {:5.0} MiB/s with all cores; this client reached {reached:.2} of it",
        "limit",
        speed(limit)
    );
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

async fn download(client: &Client, target: &Path, sha1: &str) -> Result<()> {
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

fn write_source(path: &Path) -> Result<()> {
    let (mut file, chunk) = (File::create(path)?, chunk());
    for _ in 0..LEN / CHUNK {
        file.write_all(&chunk)?;
    }
    Ok(())
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
