//! A gateway that costs as little as possible: its answers are signed beforehand, each with a unique nonce,
//! since a client rejects a repeated one.
//!
//! It runs in a separate process, so that its CPU time is not the client's: a benchmark starts
//! itself again with the argument `gateway`.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{env, fs, process, thread};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::sign::Signer;
use tokio::net::{TcpListener, TcpStream};

use crate::files::cpu_of;
use crate::repeated::{FILE, Repeated};
use crate::setup::{PLATFORM_ID, Setup};
use crate::{Result, runtime};

const ARGUMENT: &str = "gateway";
const ANSWER: &str = r#"{"out_request_no":"punish20260101000001","mchid":"1900000109","punish_scene":1,"punish_state":"PUNISHED","punish_time":"2026-01-01T13:29:35+08:00"}"#;
/// The number of answers that are signed beforehand.
const READY: usize = 1024;
/// Answers are valid for 300 s.
const GOOD_FOR: u64 = 60;

/// Prepared answers with their signing times, in Unix seconds.
type Answers = Arc<Mutex<Receiver<(u64, Response<Bytes>)>>>;

/// The gateway's process; dropping this ends it.
pub struct Gateway {
    process: Child,
    _stdout: ChildStdout,
    pub setup: Setup,
}

impl Gateway {
    /// Starts this program again as the gateway and waits until it listens.
    ///
    /// The program must begin with [`become_gateway`].
    pub fn spawn() -> Result<Self> {
        let setup =
            Setup::new(env::temp_dir().join(format!("wechatpay-benches-{}", process::id())));
        fs::create_dir_all(&setup.dir)?;
        let mut process = Command::new(env::current_exe()?)
            .arg(ARGUMENT)
            .arg(&setup.dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut stdout = process.stdout.take().ok_or("the gateway has no stdout")?;
        stdout.read_exact(&mut [0])?;
        Ok(Self {
            process,
            _stdout: stdout,
            setup,
        })
    }

    /// Returns the CPU time of the gateway's process.
    pub fn cpu(&self) -> Result<Duration> {
        cpu_of(self.process.id())
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.setup.dir);
    }
}

/// If the first argument is `gateway`, serves until stdin ends and does not return.
pub fn become_gateway() -> Result<()> {
    let mut arguments = env::args_os().skip(1);
    if arguments.next().is_none_or(|first| first != ARGUMENT) {
        return Ok(());
    }
    let dir = arguments.next().ok_or("usage: gateway DIRECTORY")?;
    runtime()?.block_on(serve(&Setup::new(PathBuf::from(dir))))
}

async fn serve(setup: &Setup) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let key = setup.create(&format!("http://{}/", listener.local_addr()?))?;
    let answers = signed_answers(key);
    thread::spawn(exit_with_stdin);
    println!("{}", setup.base_url()?);
    io::stdout().flush()?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(connection(stream, Arc::clone(&answers)));
    }
}

/// Keeps answers ready; a thread signs them.
fn signed_answers(key: PKey<Private>) -> Answers {
    let (ready, answers) = sync_channel(READY);
    thread::spawn(move || {
        for number in 0_u64.. {
            let signed = now().and_then(|now| Ok((now, answer_at(&key, now, number)?)));
            let Ok(signed) = signed else { return };
            if ready.send(signed).is_err() {
                return;
            }
        }
    });
    Arc::new(Mutex::new(answers))
}

fn next(answers: &Answers) -> Option<Response<Bytes>> {
    let answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let (signed, answer) = answers.recv().ok()?;
        if now().ok()? < signed + GOOD_FOR {
            return Some(answer);
        }
    }
}

fn now() -> Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}

/// Stops when no caller is left.
fn exit_with_stdin() {
    let _ = io::copy(&mut io::stdin(), &mut io::sink());
    process::exit(0);
}

async fn connection(stream: TcpStream, answers: Answers) {
    let service = service_fn(move |request: Request<Incoming>| {
        let answers = Arc::clone(&answers);
        async move {
            let file = request.uri().path() == FILE;
            // Keep-alive requires reading the request to its end; an upload is too long to keep.
            let mut body = request.into_body();
            while let Some(Ok(_)) = body.frame().await {}
            if file {
                return Ok(Response::new(Repeated::file()));
            }
            let answer = next(&answers).ok_or_else(|| io::Error::other("no answer is signed"))?;
            Ok::<_, io::Error>(answer.map(Repeated::once))
        }
    });
    let _ = http1::Builder::new()
        .title_case_headers(true)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// Returns an answer with WeChat Pay's headers, signed at a time in Unix seconds.
pub fn answer_at(key: &PKey<Private>, timestamp: u64, number: u64) -> Result<Response<Bytes>> {
    let nonce = format!("593BEC0C930BF1AF{number:016X}");
    let text = format!("{timestamp}\n{nonce}\n{ANSWER}\n");
    let signature =
        Signer::new(MessageDigest::sha256(), key)?.sign_oneshot_to_vec(text.as_bytes())?;
    Ok(Response::builder()
        .header("Server", "nginx")
        .header("Content-Type", "application/json; charset=utf-8")
        .header("Connection", "keep-alive")
        .header("Keep-Alive", "timeout=8")
        .header("Cache-Control", "no-cache, must-revalidate")
        .header("X-Content-Type-Options", "nosniff")
        .header(
            "Request-ID",
            "08F8B2E8B80610C00118A1D5C2D40120A08C0228DD9001-268435462",
        )
        .header("Content-Language", "zh-CN")
        .header("Wechatpay-Nonce", nonce)
        .header(
            "Wechatpay-Signature",
            openssl::base64::encode_block(&signature),
        )
        .header("Wechatpay-Timestamp", timestamp.to_string())
        .header("Wechatpay-Serial", PLATFORM_ID)
        .header("Wechatpay-Signature-Type", "WECHATPAY2-SHA256-RSA2048")
        .body(Bytes::from_static(ANSWER.as_bytes()))?)
}
