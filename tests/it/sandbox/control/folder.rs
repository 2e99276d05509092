//! Keys in a folder.

use std::fs;
use std::path::Path;

use wechatpay_chain::{Certificate, ErrorKind, PrivateKey, PublicKey};
use wechatpay_sandbox::Sandbox;

use super::super::Outcome;

fn start(dir: &Path) -> wechatpay_chain::Result<Sandbox> {
    Sandbox::builder().dir(dir).start_blocking()
}

#[test]
fn the_second_start_is_the_same_sandbox() -> Outcome {
    let folder = tempfile::tempdir()?;
    let dir = folder.path().join("new/keys");
    let first = start(&dir)?;
    let files = first.files().ok_or("no files")?;
    assert!(
        *PrivateKey::from_file(&files.merchant_key)?.public_key()
            == *first.merchant_key().public_key()
    );
    assert_eq!(
        Certificate::from_file(&files.merchant_cert)?.serial(),
        first.serial()
    );
    let p12 = PrivateKey::from_pkcs12(fs::read(&files.merchant_p12)?, first.mchid())?;
    assert!(*p12.public_key() == *first.merchant_key().public_key());
    assert!(PublicKey::from_file(&files.platform_public_key)? == *first.platform_public_key());
    assert_eq!(
        fs::read_to_string(&files.apiv3_key)?,
        first.apiv3_key().expose()
    );
    assert_eq!(fs::read_to_string(&files.v2_key)?, first.v2_key().expose());
    let serial = first.platform_certificate().serial();
    assert!(
        files
            .platform_cert
            .ends_with(format!("wechatpay_{serial}.pem"))
    );

    let second = start(&dir)?;
    assert_eq!(second.serial(), first.serial());
    assert_eq!(second.platform_key_id(), first.platform_key_id());
    assert_eq!(second.platform_certificate().serial(), serial);
    first
        .client_builder()
        .base_url(second.base_url())
        .build()?
        .chain("v3/certificates")
        .get(())
        .wait()?;
    Ok(())
}

#[cfg(unix)]
#[test]
fn keys_are_for_the_user_alone() -> Outcome {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir()?;
    fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755))?;
    let sandbox = start(folder.path())?;
    let files = sandbox.files().ok_or("no files")?;
    let mode =
        |path: &Path| -> Outcome<u32> { Ok(fs::metadata(path)?.permissions().mode() & 0o777) };
    assert_eq!(mode(folder.path())?, 0o700);
    for file in [
        &files.merchant_key,
        &files.merchant_p12,
        &files.apiv3_key,
        &files.v2_key,
    ] {
        assert_eq!(mode(file)?, 0o600, "{}", file.display());
    }
    for entry in fs::read_dir(folder.path().join("sandbox"))? {
        let path = entry?.path();
        assert!(
            path.ends_with("ids.json") || mode(&path)? == 0o600,
            "{}",
            path.display()
        );
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn what_others_may_read_by_now_is_closed_again() -> Outcome {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir()?;
    let dir = folder.path().join("keys");
    drop(start(&dir)?);
    let mut open = vec![dir.clone(), dir.join("sandbox")];
    for name in [
        "apiclient_key.pem",
        "apiclient_cert.p12",
        "apiv3_key.txt",
        "v2_key.txt",
        "sandbox/ca_key.pem",
        "sandbox/pub_key_private.pem",
        "sandbox/wechatpay_private.pem",
    ] {
        open.push(dir.join(name));
    }
    for path in &open {
        fs::set_permissions(path, PermissionsExt::from_mode(0o755))?;
    }
    drop(start(&dir)?);
    for path in &open {
        let mode = fs::metadata(path)?.permissions().mode() & 0o777;
        let right = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode, right, "{}", path.display());
    }
    // Whoever wants it to be even less has it so.
    fs::set_permissions(&open[2], PermissionsExt::from_mode(0o400))?;
    drop(start(&dir)?);
    assert_eq!(fs::metadata(&open[2])?.permissions().mode() & 0o777, 0o400);
    Ok(())
}

#[test]
fn files_that_follow_from_others_are_put_back() -> Outcome {
    let folder = tempfile::tempdir()?;
    let first = start(folder.path())?;
    let files = first.files().ok_or("no files")?;
    fs::remove_file(&files.merchant_p12)?;
    fs::remove_file(&files.platform_public_key)?;
    start(folder.path())?;
    let p12 = PrivateKey::from_pkcs12(fs::read(&files.merchant_p12)?, first.mchid())?;
    assert!(*p12.public_key() == *first.merchant_key().public_key());
    assert!(PublicKey::from_file(&files.platform_public_key)? == *first.platform_public_key());
    Ok(())
}

#[test]
fn a_broken_folder_says_what_to_do() -> Outcome {
    let folder = tempfile::tempdir()?;
    let dir = folder.path().join("keys");
    let sandbox = start(&dir)?;
    let files = sandbox.files().ok_or("no files")?;
    let key = fs::read(&files.merchant_key)?;
    let other = sandbox.platform_certificate().to_pem()?;
    drop(sandbox);
    let broken = |path: &Path, content: Option<&[u8]>| -> Outcome {
        let right = fs::read(path)?;
        match content {
            Some(content) => fs::write(path, content)?,
            None => fs::remove_file(path)?,
        }
        let err = start(&dir).unwrap_err();
        assert_eq!(err.kind(), ErrorKind::File);
        assert!(err.to_string().contains("delete it"), "{err}");
        fs::write(path, right)?;
        Ok(())
    };
    broken(&files.merchant_key, Some(b"nonsense"))?;
    broken(&files.merchant_key, None)?;
    broken(&files.apiv3_key, Some(b"short"))?;
    broken(&files.merchant_cert, Some(other.as_bytes()))?;
    broken(&files.ca, Some(other.as_bytes()))?;
    broken(&files.merchant_p12, Some(b"nonsense"))?;
    let foreign = Sandbox::start_blocking()?.platform_public_key().to_pem()?;
    broken(&files.platform_public_key, Some(foreign.as_bytes()))?;
    broken(&dir.join("sandbox/wechatpay_private.pem"), Some(&key))?;
    broken(&dir.join("sandbox/ids.json"), None)?;
    broken(&dir.join("sandbox/ids.json"), Some(b"{}"))?;
    start(&dir)?;

    let foreign = tempfile::tempdir()?;
    fs::write(foreign.path().join("thesis.txt"), "mine")?;
    assert_eq!(start(foreign.path()).unwrap_err().kind(), ErrorKind::File);
    assert_eq!(fs::read_dir(foreign.path())?.count(), 1);
    Ok(())
}
