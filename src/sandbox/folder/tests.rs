use std::collections::BTreeMap;

use super::*;
use crate::identity::Identity;
use wechatpay_core::crypto::{Certificate, PrivateKey};

const YEAR: i64 = 365 * 86_400;
const NOW: i64 = 1_800_000_000;

fn contents(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.is_file());
    files
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(path).unwrap())
        })
        .collect()
}

#[test]
fn old_certificates_are_renewed_for_the_same_keys() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    open_at(dir, NOW, None).unwrap();
    let before = contents(dir);
    let day = 86_400;
    open_at(dir, NOW + YEAR - day - 1, None).unwrap();
    assert_eq!(contents(dir), before, "more than a day is left");

    for now in [NOW + YEAR - day, NOW + 3 * YEAR] {
        let parts = open_at(dir, now, None).unwrap();
        read::load(dir).unwrap();
        let after = contents(dir);
        let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&after), names(&before), "nothing is left behind");
        for (name, bytes) in &after {
            let new = ["ca.pem", "apiclient_cert.pem", "apiclient_cert.p12"]
                .contains(&name.as_str())
                || name.starts_with("wechatpay_");
            assert_eq!(before[name] != *bytes, new, "{name}");
        }
        let of = |name: &str, files: &BTreeMap<String, Vec<u8>>| {
            Certificate::from_bytes(&files[name]).unwrap()
        };
        let [old, new] = [&before, &after].map(|files| of("apiclient_cert.pem", files));
        assert_eq!(new.serial(), old.serial());
        assert!(new.not_before() <= now && new.not_after() == now + YEAR);
        let [old, new] = [&before, &after].map(|files| of("ca.pem", files));
        assert_ne!(new.serial(), old.serial());
        let p12 = PrivateKey::from_pkcs12(&after["apiclient_cert.p12"], "1900000109").unwrap();
        let key = parts.merchant.key.private_key_to_der().unwrap();
        assert!(*p12.public_key() == *PrivateKey::from_bytes(key).unwrap().public_key());
        assert!(!read::is_old(&parts, now).unwrap());
    }
}

/// Go's `golang.org/x/crypto/pkcs12` reads nothing newer.
#[test]
fn the_p12_file_is_encrypted_as_old_clients_read_it() {
    let folder = tempfile::tempdir().unwrap();
    open_at(folder.path(), NOW, None).unwrap();
    let p12 = fs::read(folder.path().join("apiclient_cert.p12")).unwrap();
    let has = |oid: &[u8]| p12.windows(oid.len()).any(|window| window == oid);
    let triple_des = b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x03";
    let pbes2 = b"\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d";
    let (sha1, sha256) = (
        b"\x06\x05\x2b\x0e\x03\x02\x1a",
        b"\x60\x86\x48\x01\x65\x03\x04\x02\x01",
    );
    assert!(has(triple_des) && has(sha1));
    assert!(!has(pbes2) && !has(sha256));
}

#[test]
fn interrupted_renewals_are_completed_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    open_at(dir, NOW, None).unwrap();
    let before = contents(dir);
    open_at(dir, NOW + YEAR, None).unwrap();
    for name in ["ca.pem", "apiclient_cert.pem"] {
        fs::write(dir.join(name), &before[name]).unwrap();
        let parts = open_at(dir, NOW + YEAR, None).unwrap();
        assert!(!read::is_old(&parts, NOW + YEAR).unwrap(), "{name}");
        assert_ne!(fs::read(dir.join(name)).unwrap(), before[name]);
    }
}

/// A start was killed while it renewed. In a container, the process has the same id each time.
#[test]
fn leftovers_of_an_interrupted_renewal_are_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    open_at(dir, NOW, None).unwrap();
    let left = format!("apiclient_cert.pem.{}", std::process::id());
    fs::write(dir.join(&left), "half of a").unwrap();
    fs::write(dir.join(".wechatpay-.tmp"), "half of a").unwrap();
    let parts = open_at(dir, NOW + YEAR, None).unwrap();
    assert!(!read::is_old(&parts, NOW + YEAR).unwrap());
}

#[test]
fn a_renewal_that_fails_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let parts = open_at(dir, NOW, None).unwrap();
    // A folder is not replaced.
    fs::remove_file(dir.join("ca.pem")).unwrap();
    fs::create_dir_all(dir.join("ca.pem/in use")).unwrap();
    let before: Vec<_> = contents(dir).into_keys().collect();
    let renewed = parts.renewed(NOW + YEAR).unwrap();
    let err = write::replace_certificates(dir, &renewed).unwrap_err();
    assert!(err.to_string().contains("ca.pem"), "{err}");
    assert_eq!(contents(dir).into_keys().collect::<Vec<_>>(), before);
}

fn refused(dir: &Path) -> String {
    open_at(dir, NOW, None)
        .err()
        .map(|err| err.report())
        .unwrap()
}

#[test]
fn only_folders_of_a_sandbox_are_suggested_for_deletion() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    fs::write(dir.join("thesis.txt"), "mine").unwrap();
    for expected in ["wechatpay-sandbox", "wechatpay-sandbox-2"] {
        let err = refused(dir);
        let name = dir.join(expected).display().to_string();
        assert!(err.ends_with(&name), "{err}");
        assert!(!err.contains("delete") && !err.contains("broken"), "{err}");
        fs::create_dir(dir.join(expected)).unwrap();
    }
    // A sandbox was killed while it wrote.
    let own = dir.join("wechatpay-sandbox");
    open_at(&own, NOW, None).unwrap();
    fs::remove_file(own.join("sandbox/ids.json")).unwrap();
    assert!(refused(&own).contains("delete it"));
}

/// Many sandboxes at the same time make one set of keys.
#[test]
fn starts_that_race_for_a_new_folder_have_the_same_keys() {
    let folder = tempfile::tempdir().unwrap();
    let dir = &folder.path().join("new");
    let made = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..6)
            .map(|_| {
                scope.spawn(|| {
                    let parts = open_at(dir, NOW, None).unwrap();
                    let identity = Identity::of(parts).unwrap();
                    identity.keep_keys_as_files(key_store(dir));
                    let other = open_merchant(dir, &identity, "1900007100").unwrap();
                    let brand = identity.brand("120344", SystemClock::new().now()).unwrap();
                    [
                        identity.merchant.certificate.serial().to_owned(),
                        identity.certified.certificate.serial().to_owned(),
                        other.certificate.serial().to_owned(),
                        brand.certificate.serial().to_owned(),
                    ]
                })
            })
            .collect();
        let made = starts.into_iter().map(|start| start.join().unwrap());
        made.collect::<Vec<_>>()
    });
    assert!(made.iter().all(|it| *it == made[0]), "{made:#?}");
    read::load(dir).unwrap();
}

/// A mixture would be a root that has another serial than the one a sandbox signs with.
#[test]
fn starts_that_race_for_a_renewal_have_the_certificates_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let parts = open_at(dir, NOW, None).unwrap();
    let identity = Identity::of(parts).unwrap();
    open_merchant(dir, &identity, "1900007100").unwrap();
    let later = NOW + YEAR;
    let renewed = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let parts = open_at(dir, later, None).unwrap();
                    [
                        parts.root_certificate.to_pem().unwrap(),
                        parts.merchant.certificate.to_pem().unwrap(),
                        parts.certified_certificate.to_pem().unwrap(),
                    ]
                })
            })
            .collect();
        let renewed = starts.into_iter().map(|start| start.join().unwrap());
        renewed.collect::<Vec<_>>()
    });
    let kept = read::load(dir).unwrap();
    let kept = [
        kept.root_certificate.to_pem().unwrap(),
        kept.merchant.certificate.to_pem().unwrap(),
        kept.certified_certificate.to_pem().unwrap(),
    ];
    assert!(renewed.iter().all(|it| *it == kept));
    assert!(!dir.join("sandbox/renewing").exists());
}

/// A start was killed before it had renewed anything.
#[test]
fn an_old_claim_does_not_prevent_a_renewal() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    open_at(dir, NOW, None).unwrap();
    let claim = dir.join("sandbox/renewing");
    fs::write(&claim, "").unwrap();
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    let file = fs::File::options().write(true).open(&claim).unwrap();
    file.set_modified(long_ago).unwrap();
    let parts = open_at(dir, NOW + YEAR, None).unwrap();
    assert!(!read::is_old(&parts, NOW + YEAR).unwrap());
    assert!(!claim.exists());
}

/// The first of two starts was killed.
#[test]
fn an_incomplete_folder_is_broken_after_a_while() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    fs::create_dir(dir.join("sandbox")).unwrap();
    let marker = dir.join("sandbox/README.txt");
    fs::write(&marker, "begun").unwrap();
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    let file = fs::File::options().write(true).open(&marker).unwrap();
    file.set_modified(long_ago).unwrap();
    let err = refused(dir);
    assert!(err.contains("broken") && err.contains("ids.json"), "{err}");
}
