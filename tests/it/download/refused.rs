//! Errors before the request is sent or the response is read.

use std::fs;
use std::sync::{Arc, Mutex};

use wechatpay_chain::ErrorKind;

use super::{Place, content};

#[test]
fn an_unusable_key_fails_before_the_call() {
    let place = Place::giving(b"new");
    for (key, nonce, kind) in [
        ("k".repeat(32), "", ErrorKind::Decrypt),
        ("k".repeat(32), &*"n".repeat(129), ErrorKind::Decrypt),
        ("k".repeat(24), "nonce", ErrorKind::Unsupported),
        #[cfg(not(feature = "sm"))]
        ("k".repeat(16), "nonce", ErrorKind::Unsupported),
        #[cfg(feature = "sm")]
        ("k".repeat(16), "", ErrorKind::Decrypt),
    ] {
        let outcome = place.call().sink(place.target()).unseal(key, nonce).wait();
        assert!(!place.refused(outcome, kind).maybe_sent());
    }
    assert_eq!(place.sandbox.calls().len(), 0);
}

/// Otherwise `/dev/null` would be replaced, and the reader of a pipe would wait for ever.
#[cfg(unix)]
#[test]
fn only_files_and_links_are_replaced() {
    use std::os::unix::fs::{FileTypeExt, symlink};
    let place = Place::giving(b"new");
    let (socket, link) = (
        place.dir.path().join("socket"),
        place.dir.path().join("link"),
    );
    let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let err = place.call().sink(&socket).wait().unwrap_err();
    assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::File, false));
    assert!(
        fs::symlink_metadata(&socket)
            .unwrap()
            .file_type()
            .is_socket()
    );
    assert_eq!(place.sandbox.calls().len(), 0);
    drop(listener);
    fs::remove_file(socket).unwrap();

    symlink(place.target(), &link).unwrap();
    place.call().sink(&link).wait().unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_file());
    assert_eq!(fs::read(&link).unwrap(), b"new");
    fs::remove_file(link).unwrap();
    place.is_untouched();
}

/// The temporary file has another name, so the system would report the problem only at the end.
#[test]
fn paths_that_cannot_be_files_fail_before_the_call() {
    let place = Place::giving(b"new");
    let dir = place.dir.path().to_str().unwrap();
    fs::create_dir(place.dir.path().join("folder")).unwrap();
    let bad = [
        format!("{dir}/x/"),
        format!("{dir}/x/."),
        format!("{dir}/x/.."),
        format!("{dir}/bill.csv/"),
        format!("{dir}/bill.csv/."),
        format!("{dir}/bill.csv/x"),
        format!("{dir}/folder"),
        format!("{dir}/folder/"),
        format!("{dir}/no/x"),
        format!("{dir}/a\0b"),
        format!("{dir}/{}", "n".repeat(300)),
        // Not even root can write there.
        "/proc/x".to_owned(),
        "x/".to_owned(),
        "/".to_owned(),
        String::new(),
    ];
    for target in &bad {
        let call = || place.call();
        let option = serde_json::json!({"sink": target});
        let outcomes = [
            call().sink(target).wait().map(drop),
            call().sink(target).gunzip().wait().map(drop),
            place
                .client
                .chain(super::FILE)
                .request("GET", option)
                .wait()
                .map(drop),
            place
                .client
                .bill("v3/bill/tradebill")
                .download(target)
                .wait()
                .map(drop),
        ];
        for outcome in outcomes {
            let err = outcome.unwrap_err();
            assert_eq!(err.kind(), ErrorKind::File, "{target:?}: {}", err.report());
            assert!(!err.maybe_sent(), "{target:?}");
        }
    }
    assert_eq!(place.sandbox.calls().len(), 0);
    fs::remove_dir(place.dir.path().join("folder")).unwrap();
    place.is_untouched();
    assert!(!std::path::Path::new("x").exists());
}

#[test]
fn responses_that_announce_an_excessive_length_are_not_read() {
    let place = Place::giving(&content());
    let told = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&told);
    let sink = place.call().sink(place.target()).max_bytes(2_999_999);
    let sink = sink.on_progress(move |_, _| *seen.lock().unwrap() += 1);
    let err = place.refused(sink.wait(), ErrorKind::Body);
    assert!(
        err.to_string().contains("max_bytes") && err.maybe_sent(),
        "{err}"
    );
    assert_eq!(*told.lock().unwrap(), 0);
}
