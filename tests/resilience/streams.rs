//! Streams and downloads that are too slow or take too long.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::thread;
use std::time::Duration;

use wechatpay_chain::{ErrorKind, Result, Streaming};

use crate::kit::builder;

/// Answers with a body that never ends: `piece` bytes every `pause`.
fn trickle(length: u64, piece: usize, pause: Duration) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            thread::spawn(move || {
                let lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let head = lines
                    .map_while(std::io::Result::ok)
                    .take_while(|it| !it.is_empty());
                assert!(head.count() > 0);
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
                stream.write_all(head.as_bytes()).unwrap();
                while stream.write_all(&vec![b'x'; piece]).is_ok() {
                    thread::sleep(pause);
                }
            });
        }
    });
    address
}

/// A length that every download accepts.
const LONG: u64 = 1_000_000_000;
/// More than any machine reads before a deadline.
const ENDLESS: u64 = 1_000_000_000_000_000;

/// The catalog declares its answers unsigned.
const FILE: &str = "v3/billdownload/file";

async fn drain(mut stream: Streaming) -> Result<()> {
    while stream.chunk().await?.is_some() {}
    Ok(())
}

const TICK: Duration = Duration::from_millis(5);

#[tokio::test]
async fn a_trickling_stream_is_aborted() {
    let url = format!("http://{}/", trickle(LONG, 1, TICK));
    let builder = builder()
        .base_url(url)
        .min_throughput(1 << 20, Duration::from_millis(200));
    let client = builder.build().unwrap();
    let stream = client.chain(FILE).get(()).stream().await.unwrap();
    let err = drain(stream).await.unwrap_err();
    assert!(
        err.is_timeout() && err.report().contains("stalled"),
        "{}",
        err.report()
    );
}

#[tokio::test]
async fn a_fast_stream_ends_at_its_deadline_too() {
    for (piece, pause) in [(1, TICK), (1 << 16, Duration::ZERO)] {
        let url = format!("http://{}/", trickle(ENDLESS, piece, pause));
        let client = builder().base_url(url).build().unwrap();
        let call = client.chain(FILE).get(()).deadline(Duration::from_secs(1));
        let err = match call.stream().await {
            Ok(stream) => drain(stream).await.unwrap_err(),
            // On a busy machine not even the head may arrive in time.
            Err(err) => err,
        };
        assert!(err.is_timeout(), "{}", err.report());
    }
}

#[cfg(feature = "files")]
#[tokio::test]
async fn an_aborted_download_leaves_no_file() {
    let url = format!("http://{}/", trickle(LONG, 1, TICK));
    let client = builder().base_url(url).build().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let download = client.chain(FILE).get(()).sink(dir.path().join("bill"));
    let err = download
        .deadline(Duration::from_millis(300))
        .await
        .unwrap_err();
    assert!(err.is_timeout(), "{}", err.report());
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_deadline_of_zero_is_rejected() {
    let client = builder().build().unwrap();
    let err = client
        .chain(FILE)
        .get(())
        .deadline(Duration::ZERO)
        .await
        .unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Request);
    assert!(builder().deadline(Duration::ZERO).build().is_err());
    assert!(builder().min_throughput(1, Duration::ZERO).build().is_err());
}
