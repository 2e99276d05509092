//! The copy on disk.

use std::fs;
use std::path::{Path, PathBuf};

use wechatpay_chain::certificates::Certificates;
use wechatpay_chain::{Client, ErrorKind};
use wechatpay_sandbox::Sandbox;

use super::{fetches, pay};
use crate::support::answer::now;
use crate::support::watchdog::Watchdog;
use crate::support::{Hand, echoing};

/// A folder that is removed at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("wechatpay-chain-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("certificates.json")
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
        entries.map(|it| name(it).into_string().unwrap()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn client(sandbox: &Sandbox, file: &Path) -> Client {
    let certificates = Certificates::auto().disk_copy(file);
    let builder = sandbox.merchant_builder().certificates(certificates);
    builder.build().unwrap()
}

#[test]
fn another_process_uses_the_copy() {
    let (folder, sandbox) = (Folder::new("another"), echoing().start_blocking().unwrap());
    pay(&client(&sandbox, &folder.file())).wait().unwrap();
    assert_eq!(folder.names(), ["certificates.json"]);
    pay(&client(&sandbox, &folder.file())).wait().unwrap();
    assert_eq!(fetches(&sandbox), 1);
}

#[cfg(unix)]
#[test]
fn the_copy_has_mode_0600() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, sandbox) = (Folder::new("owner"), echoing().start_blocking().unwrap());
    // Also if it replaces a file that everybody could read.
    fs::write(folder.file(), "{}").unwrap();
    fs::set_permissions(folder.file(), fs::Permissions::from_mode(0o666)).unwrap();
    pay(&client(&sandbox, &folder.file())).wait().unwrap();
    let mode = fs::metadata(folder.file()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = fs::read_to_string(folder.file()).unwrap();
    assert!(!text.contains(sandbox.apiv3_key().expose()) && !text.contains("BEGIN CERT"));
}

#[test]
fn an_invalid_copy_is_ignored_and_replaced() {
    let (folder, sandbox) = (Folder::new("broken"), echoing().start_blocking().unwrap());
    pay(&client(&sandbox, &folder.file())).wait().unwrap();
    let good = fs::read(folder.file()).unwrap();
    let text = String::from_utf8(good.clone()).unwrap();
    let altered = text.replace("effective_time", "affective_time");
    assert_ne!(altered, text);
    for broken in [
        b"".to_vec(),
        b"\xff\xfe".to_vec(),
        b"{}".to_vec(),
        good[..good.len() / 2].to_vec(),
        altered.into_bytes(),
        vec![b' '; 2 << 20],
    ] {
        fs::write(folder.file(), &broken).unwrap();
        sandbox.clear_calls();
        pay(&client(&sandbox, &folder.file())).wait().unwrap();
        assert_eq!(fetches(&sandbox), 1);
        assert_ne!(fs::read(folder.file()).unwrap(), broken);
    }
}

#[test]
fn a_copy_of_another_merchant_is_ignored() {
    let (folder, sandbox) = (Folder::new("merchant"), echoing().start_blocking().unwrap());
    pay(&client(&sandbox, &folder.file())).wait().unwrap();
    let other = echoing().fresh_keys().start_blocking().unwrap();
    pay(&client(&other, &folder.file())).wait().unwrap();
    assert_eq!(fetches(&other), 1);
}

#[test]
fn a_copy_of_another_ca_is_ignored() {
    let (folder, sandbox) = (Folder::new("ca"), echoing().start_blocking().unwrap());
    pay(&client(&sandbox, &folder.file())).wait().unwrap();
    let certificates = Certificates::auto()
        .disk_copy(folder.file())
        .root_certificate(sandbox.merchant_certificate().clone());
    let builder = sandbox.merchant_builder().certificates(certificates);
    let err = pay(&builder.build().unwrap()).wait().unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Certificates);
    assert_eq!(fetches(&sandbox), 2);
}

#[test]
fn an_old_copy_is_used_only_without_a_newer_list() {
    let (folder, hand) = (Folder::new("old"), Hand::at(now()));
    let sandbox = echoing().clock(hand.clone()).start_blocking();
    let sandbox = sandbox.unwrap();
    let client = || {
        let certificates = Certificates::auto().disk_copy(folder.file());
        let builder = sandbox.merchant_builder().clock(hand.clone());
        builder.certificates(certificates).build().unwrap()
    };
    pay(&client()).wait().unwrap();
    hand.forward(12 * 3600);
    pay(&client()).wait().unwrap();
    assert_eq!(fetches(&sandbox), 2);
    pay(&client()).wait().unwrap();
    assert_eq!(fetches(&sandbox), 2);
    hand.forward(12 * 3600);
    let down = wechatpay_sandbox::StubResponse::empty().status(503);
    sandbox.stub("GET", "v3/certificates", down).unwrap();
    pay(&client()).wait().unwrap();
    assert_eq!(fetches(&sandbox), 3);
}

/// The copy is a pipe, so that the list can be requested while the copy is being read.
#[cfg(unix)]
#[test]
fn an_explicit_request_bypasses_the_copy() {
    // A pipe without a reader would block the test.
    let _guard = Watchdog::guard("an_explicit_request_bypasses_the_copy");
    let (folder, sandbox) = (Folder::new("asked"), echoing().start_blocking().unwrap());
    pay(&client(&sandbox, &folder.file())).wait().unwrap();
    let good = fs::read(folder.file()).unwrap();
    fs::remove_file(folder.file()).unwrap();
    let mut make = std::process::Command::new("mkfifo");
    assert!(make.arg(folder.file()).status().unwrap().success());
    let client = client(&sandbox, &folder.file());
    let paying = std::thread::spawn({
        let client = client.clone();
        move || pay(&client).wait().map(drop)
    });
    // Opens when the other end is read.
    let mut copy = fs::File::options().write(true).open(folder.file()).unwrap();
    let asking = std::thread::spawn(move || client.certificates().wait().map(drop));
    // Time to join the running fetch; too short a time proves less and fails nothing.
    std::thread::sleep(std::time::Duration::from_millis(200));
    std::io::Write::write_all(&mut copy, &good).unwrap();
    drop(copy);
    paying.join().unwrap().unwrap();
    asking.join().unwrap().unwrap();
    assert_eq!(fetches(&sandbox), 2);
}

#[test]
fn a_copy_without_a_new_certificate_triggers_a_fetch() {
    let (folder, sandbox) = (Folder::new("lacking"), echoing().start_blocking().unwrap());
    pay(&client(&sandbox, &folder.file())).wait().unwrap();
    let new = sandbox.rotate_platform_certificate().unwrap();
    let client = client(&sandbox, &folder.file());
    pay(&client).wait().unwrap();
    assert!(client.keyring().get(new.serial()).is_some());
    assert_eq!(fetches(&sandbox), 2);
}

#[test]
fn an_unwritable_copy_fails_no_call() {
    let (folder, sandbox) = (Folder::new("nowhere"), echoing().start_blocking().unwrap());
    let client = client(&sandbox, &folder.0.join("no/such/folder.json"));
    pay(&client).wait().unwrap();
    let err = client.certificates().wait().unwrap_err();
    assert!(err.to_string().contains("disk_copy"), "{err}");
    // A folder is not replaced either, and no temporary file is left.
    fs::create_dir(folder.file()).unwrap();
    pay(&self::client(&sandbox, &folder.file())).wait().unwrap();
    assert_eq!(folder.names(), ["certificates.json"]);
}
