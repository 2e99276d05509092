//! Many downloads on few blocking threads.

use wechatpay_chain::crypto::digest;

use super::{FILE, Place, content};
use crate::support::watchdog::Watchdog;

/// Names are resolved on the thread that a file would otherwise occupy while it waits for its answer.
#[test]
fn downloads_do_not_deadlock_on_one_blocking_thread() {
    let _guard = Watchdog::guard("downloads on one blocking thread");
    let content = content();
    let place = Place::giving(&content);
    let port = place.sandbox.address().port();
    let client = place.sandbox.client_builder();
    let client = client.base_url(format!("http://localhost:{port}/"));
    let (client, sha1) = (client.build().unwrap(), digest::sha1_hex(&content));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let downloads: Vec<_> = (0..16)
            .map(|n| {
                let target = place.dir.path().join(format!("{n}.csv"));
                let download = client.chain(FILE).get(()).sink(target).expect_sha1(&*sha1);
                tokio::spawn(download.into_future())
            })
            .collect();
        for download in downloads {
            let file = download.await.unwrap().unwrap();
            assert_eq!(file.len(), content.len() as u64);
        }
    });
    // The old one, and these.
    let entries = std::fs::read_dir(place.dir.path()).unwrap();
    assert_eq!(entries.count(), 17);
}
