//! Encrypted bills of sub-merchants.

use std::fs;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use openssl::symm::{Cipher, encrypt_aead};
use serde_json::{Value, json};
use tempfile::TempDir;
use wechatpay_chain::crypto::digest::sha1_hex;
use wechatpay_chain::{Client, ErrorKind, Result, SavedFile};
use wechatpay_sandbox::{Sandbox, StubResponse};

use super::place;

const BILL: &str = "v3/ecommerce/bill/fundflowbill";
const FILE: &str = "v3/billdownload/file";
const KEY: &str = "0123456789abcdefghijklmnopqrstuv";
/// As long as the key in the documentation.
const NONCE: &str = "a8607ef79034c49c";

struct Encrypted {
    sandbox: Sandbox,
    client: Client,
    dir: TempDir,
    bill: Vec<u8>,
    max_bytes: Option<u64>,
}

impl Encrypted {
    fn new() -> Self {
        let (sandbox, client, dir) = place();
        let bill = "`2024-01-01,`0.01\r\n".repeat(50_000).into_bytes();
        Self {
            sandbox,
            client,
            dir,
            bill,
            max_bytes: None,
        }
    }

    /// The list entry as documented.
    fn entry(&self) -> Value {
        json!({
            "bill_sequence": 1,
            "download_url": format!("{}{FILE}?token=x", self.sandbox.base_url()),
            // The gateway encrypts it to the merchant, as the catalog says.
            "encrypt_key": KEY,
            "hash_type": "SHA1",
            "hash_value": sha1_hex(&self.bill),
            "nonce": NONCE,
        })
    }

    fn sealed(&self, zipped: bool) -> Vec<u8> {
        let mut text = self.bill.clone();
        if zipped {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&text).unwrap();
            text = encoder.finish().unwrap();
        }
        let (cipher, mut tag) = (Cipher::aes_256_gcm(), [0; 16]);
        let (key, nonce) = (KEY.as_bytes(), Some(NONCE.as_bytes()));
        let mut sealed = encrypt_aead(cipher, key, nonce, &[], &text, &mut tag).unwrap();
        sealed.extend_from_slice(&tag);
        sealed
    }

    fn fetch(&self, list: &[Value], file: Vec<u8>, zipped: bool) -> Result<SavedFile> {
        let list = json!({"download_bill_count": list.len(), "download_bill_list": list});
        let answers = [
            (BILL, StubResponse::json(list)),
            (FILE, StubResponse::bytes("application/octet-stream", file)),
        ];
        for (path, answer) in answers {
            self.sandbox.stub("GET", path, answer).unwrap();
        }
        let mut bill = self
            .client
            .bill(BILL)
            .query("algorithm", "AEAD_AES_256_GCM");
        if zipped {
            bill = bill.query("tar_type", "GZIP");
        }
        if let Some(limit) = self.max_bytes {
            bill = bill.max_bytes(limit);
        }
        bill.download(self.target()).wait()
    }

    fn target(&self) -> std::path::PathBuf {
        self.dir.path().join("bill.csv")
    }

    /// If a file of several fails, the other downloads are aborted, and another thread removes their files.
    fn await_removal(&self) {
        while fs::read_dir(self.dir.path()).unwrap().count() > 0 {
            std::thread::yield_now();
        }
    }

    fn refused(&self, list: &[Value], file: Vec<u8>, zipped: bool, kind: ErrorKind) {
        let err = self.fetch(list, file, zipped).unwrap_err();
        assert_eq!(err.kind(), kind, "{}", err.report());
        // The request for the bill was sent.
        assert!(err.maybe_sent());
        assert!(!err.report().contains(KEY));
        assert_eq!(fs::read_dir(self.dir.path()).unwrap().count(), 0);
    }
}

#[test]
fn an_encrypted_bill_is_decrypted_unzipped_and_checked() {
    let place = Encrypted::new();
    for zipped in [false, true] {
        let file = place.fetch(&[place.entry()], place.sealed(zipped), zipped);
        assert_eq!(file.unwrap().len(), place.bill.len() as u64);
        assert!(fs::read(place.target()).unwrap() == place.bill);
        fs::remove_file(place.target()).unwrap();
    }
    // The tag alone is sufficient proof.
    let mut entry = place.entry();
    entry["hash_value"].take();
    let file = place.fetch(&[entry], place.sealed(false), false).unwrap();
    assert!(file.is_checked());
    assert_eq!(file.digest(), None);
}

#[test]
fn an_altered_or_truncated_encrypted_bill_leaves_no_file() {
    let place = Encrypted::new();
    for zipped in [false, true] {
        let (entry, sealed) = ([place.entry()], place.sealed(zipped));
        let refused = |list: &[Value], file: &[u8], kind| {
            place.refused(list, file.to_vec(), zipped, kind);
        };
        for at in [0, sealed.len() / 2, sealed.len() - 1] {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            refused(&entry, &altered, ErrorKind::Decrypt);
        }
        for len in [0, 15, sealed.len() / 2, sealed.len() - 1] {
            refused(&entry, &sealed[..len], ErrorKind::Decrypt);
        }
        for member in ["encrypt_key", "nonce"] {
            let mut other = place.entry();
            let text = other[member].as_str().unwrap().replace('a', "b");
            other[member] = text.into();
            refused(&[other], &sealed, ErrorKind::Decrypt);
        }
        let mut other = place.entry();
        other["hash_value"] = sha1_hex(b"other").into();
        refused(&[other], &sealed, ErrorKind::Verify);
    }
}

/// Errors about the content are reported only after the tag was verified.
#[test]
fn a_genuine_bill_that_is_not_gzip_or_too_long_is_an_error() {
    let mut place = Encrypted::new();
    place.refused(&[place.entry()], place.sealed(false), true, ErrorKind::Body);
    for zipped in [false, true] {
        place.max_bytes = Some(place.bill.len() as u64 - 1);
        place.refused(
            &[place.entry()],
            place.sealed(zipped),
            zipped,
            ErrorKind::Body,
        );
        let mut other = place.entry();
        other["nonce"] = "b".repeat(16).into();
        // Its decompressed length exceeds the limit with any key.
        let kind = if zipped {
            ErrorKind::Decrypt
        } else {
            ErrorKind::Body
        };
        place.refused(&[other], place.sealed(zipped), zipped, kind);
    }
    // If decompression fails, no more is read than the maximum length.
    place.max_bytes = Some(1000);
    let mut endless = place.sealed(false);
    *endless.last_mut().unwrap() ^= 1;
    let err = place.fetch(&[place.entry()], endless, true).unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Body);
    assert!(err.to_string().contains("longer than 1000 bytes"), "{err}");
}

#[test]
fn bills_that_cannot_be_decrypted_are_not_fetched() {
    let place = Encrypted::new();
    // The key is not one of either algorithm.
    let mut other = place.entry();
    other["encrypt_key"] = KEY[..24].into();
    place.refused(&[other], vec![], false, ErrorKind::Unsupported);
    place.refused(&[], vec![], false, ErrorKind::Body);
    let of_file = |call: &wechatpay_sandbox::CallRecord| call.target.contains(FILE);
    assert!(!place.sandbox.calls().iter().any(of_file));
}

/// A sandbox whose encrypted bills have files of 1,000 bytes.
fn split() -> (Sandbox, Client, TempDir) {
    let sandbox = Sandbox::builder()
        .bill_file_bytes(1000)
        .start_blocking()
        .unwrap();
    let client = sandbox.client().unwrap();
    (sandbox, client, tempfile::tempdir().unwrap())
}

fn queries(path: &str) -> Vec<(&'static str, &'static str)> {
    let algorithm = "AEAD_AES_256_GCM";
    let mut query = vec![("bill_date", "2024-01-01")];
    match path {
        "v3/payscore/merchant-bill" => {
            query.extend([("encryption_algorithm", algorithm), ("service_id", "2002")]);
        }
        "v3/bill/sub-merchant-fundflowbill" => query.extend([
            ("algorithm", algorithm),
            ("account_type", "BASIC"),
            ("sub_mchid", "1900000110"),
        ]),
        _ => query.extend([("algorithm", algorithm), ("account_type", "ALL")]),
    }
    query
}

#[test]
fn a_bill_of_several_files_is_joined_in_order() {
    let (sandbox, client, dir) = split();
    let content: String = (0..2000).map(|row| format!("`{row},`0.01\r\n")).collect();
    sandbox.set_bill(content.clone());
    for path in [
        BILL,
        "v3/bill/sub-merchant-fundflowbill",
        "v3/payscore/merchant-bill",
    ] {
        for zipped in [false, true] {
            {
                let mut bill = client.bill(path);
                for (name, value) in queries(path) {
                    bill = bill.query(name, value);
                }
                if zipped {
                    bill = bill.query("tar_type", "GZIP");
                }
                let target = dir.path().join("bill.csv");
                let file = bill.download(&target).wait().unwrap();
                assert!(fs::read(&target).unwrap() == content.as_bytes(), "{path}");
                assert_eq!(file.len(), content.len() as u64);
                assert!(file.is_checked());
                assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
                fs::remove_file(target).unwrap();
            }
        }
    }
}

#[test]
fn a_list_that_lacks_a_file_is_refused() {
    let place = Encrypted::new();
    let entry = |sequence: u64| {
        let mut entry = place.entry();
        entry["bill_sequence"] = sequence.into();
        entry
    };
    for list in [
        [entry(1), entry(1)],
        [entry(1), entry(3)],
        [entry(0), entry(1)],
    ] {
        place.refused(&list, vec![], false, ErrorKind::Body);
    }
    let alone = |count: Value, sequence: Value| {
        let mut entry = place.entry();
        entry["bill_sequence"] = sequence;
        let list = json!({"download_bill_count": count, "download_bill_list": [entry]});
        let stub = StubResponse::json(list);
        place.sandbox.stub("GET", BILL, stub).unwrap();
        let bill = place.client.bill(BILL);
        bill.download(place.target()).wait().unwrap_err()
    };
    for (count, sequence) in [
        (json!(2), json!(1)),
        (json!("2"), json!(1)),
        (json!("many"), json!(1)),
        (json!(1), json!(2)),
        (json!(1), json!("2")),
        (Value::Null, json!(3)),
    ] {
        let err = alone(count.clone(), sequence.clone());
        let said = err.report();
        assert!(
            said.contains("all files of the bill"),
            "{count} {sequence}: {said}"
        );
    }
    let of_file = |call: &wechatpay_sandbox::CallRecord| call.target.contains(FILE);
    assert!(!place.sandbox.calls().iter().any(of_file));
}

#[test]
fn one_altered_file_leaves_none() {
    let place = Encrypted::new();
    let mut second = place.entry();
    second["bill_sequence"] = 2.into();
    second["hash_value"] = sha1_hex(b"other").into();
    let list = [place.entry(), second];
    let err = place.fetch(&list, place.sealed(false), false).unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Verify, "{}", err.report());
    place.await_removal();
}

#[test]
fn the_limit_is_that_of_the_whole_bill() {
    let mut place = Encrypted::new();
    place.max_bytes = Some(place.bill.len() as u64 * 2 - 1);
    let mut second = place.entry();
    second["bill_sequence"] = 2.into();
    let list = [second, place.entry()];
    let err = place.fetch(&list, place.sealed(false), false).unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Body, "{}", err.report());
    place.await_removal();
    place.max_bytes = Some(place.bill.len() as u64 * 2);
    let file = place.fetch(&list, place.sealed(false), false).unwrap();
    assert_eq!(file.len(), place.bill.len() as u64 * 2);
}

#[test]
fn the_progress_of_several_files_is_their_sum() {
    use std::sync::atomic::{AtomicU64, Ordering};

    let (sandbox, client, dir) = split();
    sandbox.set_bill("x".repeat(2500));
    let most = std::sync::Arc::new(AtomicU64::new(0));
    let seen = std::sync::Arc::clone(&most);
    let mut bill = client.bill(BILL).on_progress(move |done, total| {
        assert_eq!(total, None);
        seen.fetch_max(done, Ordering::Relaxed);
    });
    for (name, value) in queries(BILL) {
        bill = bill.query(name, value);
    }
    bill.download(dir.path().join("bill.csv")).wait().unwrap();
    // Three files with tags.
    assert_eq!(most.load(Ordering::Relaxed), 2500 + 3 * 16);
}

/// The key has 16 bytes.
#[cfg(feature = "sm")]
#[test]
fn a_bill_is_decrypted_with_sm4() {
    use wechatpay_chain::crypto::sm4;

    let place = Encrypted::new();
    let mut entry = place.entry();
    entry["encrypt_key"] = KEY[..16].into();
    entry["nonce"] = NONCE[..12].into();
    let key = KEY.as_bytes()[..16].try_into().unwrap();
    let sealed = sm4::gcm_encrypt(key, &NONCE.as_bytes()[..12], b"", &place.bill).unwrap();
    let mut altered = sealed.clone();
    altered[70_000] ^= 1;
    place.refused(&[entry.clone()], altered, false, ErrorKind::Decrypt);
    let file = place.fetch(&[entry], sealed, false).unwrap();
    assert!(file.is_checked());
    assert!(fs::read(place.target()).unwrap() == place.bill);
}
