//! Merchants of files.

use std::fs;
use std::path::Path;

use wechatpay_chain::{Certificate, Client, ErrorKind, PrivateKey};
use wechatpay_sandbox::{MerchantKind, Sandbox};

use super::super::Outcome;
use super::{order, paid, post};

fn start(file: &Path) -> wechatpay_chain::Result<Sandbox> {
    Sandbox::builder().merchant_file(file).start_blocking()
}

#[test]
fn a_file_gives_merchants_with_given_keys() -> Outcome {
    let folder = tempfile::tempdir()?;
    let keys = Sandbox::builder().fresh_keys().start_blocking()?;
    let pem = keys.merchant_key_pem()?;
    fs::write(folder.path().join("key.pem"), pem.expose())?;
    fs::write(
        folder.path().join("v2.txt"),
        "v2v2v2v2v2v2v2v2v2v2v2v2v2v2v2v2\n",
    )?;
    let file = folder.path().join("merchants.toml");
    fs::write(
        &file,
        r#"
[[merchant]]
mchid = "1900003001"
name = "甲商店"
private_key_file = "key.pem"
serial = "5F00000000000000000000000000000000000001"
apiv3_key = "0123456789abcdef0123456789abcdef"
v2_key_file = "v2.txt"

[[merchant]]
mchid = "1900003002"
kind = "channel"
sub_merchants = ["1900003003"]
brands = ["120399"]
"#,
    )?;
    let sandbox = start(&file)?;
    let account = sandbox.account("1900003001")?;
    assert!(*account.key().public_key() == *keys.merchant_key().public_key());
    assert_eq!(account.serial(), "5F00000000000000000000000000000000000001");
    assert_eq!(
        account.apiv3_key().expose(),
        "0123456789abcdef0123456789abcdef"
    );
    assert_eq!(
        account.v2_key().expose(),
        "v2v2v2v2v2v2v2v2v2v2v2v2v2v2v2v2"
    );
    paid(&account, "ORDER001", 100)?;
    assert_eq!(sandbox.account("1900003002")?.kind(), MerchantKind::Channel);
    sandbox.account("1900003003")?;
    Ok(())
}

#[test]
fn a_file_gives_the_keys_of_brands() -> Outcome {
    let folder = tempfile::tempdir()?;
    let keys = Sandbox::builder().fresh_keys().start_blocking()?;
    fs::write(
        folder.path().join("brand.pem"),
        keys.merchant_key_pem()?.expose(),
    )?;
    let file = folder.path().join("merchants.toml");
    fs::write(
        &file,
        r#"
[[merchant]]
mchid = "1900000109"
brands = ["120399"]

[[merchant.brand_keys]]
brand_id = "120398"
private_key_file = "brand.pem"
serial = "5F00000000000000000000000000000000000002"
"#,
    )?;
    let dir = folder.path().join("keys");
    let start = || {
        Sandbox::builder()
            .merchant_file(&file)
            .dir(&dir)
            .start_blocking()
    };
    let call = |sandbox: &Sandbox, brand_id: &str, key: PrivateKey, serial: &str| {
        let client = Client::builder()
            .base_url(sandbox.base_url())
            .brand_id(brand_id)
            .serial(serial)
            .private_key(key)
            .platform_key(
                sandbox.platform_key_id(),
                sandbox.platform_public_key().clone(),
            )
            .no_proxy()
            .build()?;
        let configs = client.chain("brand/marketing/product-coupon/notify-configs");
        configs.get(()).wait().map(drop)
    };
    let sandbox = start()?;
    let (own, serial) = (
        keys.merchant_key(),
        "5F00000000000000000000000000000000000002",
    );
    call(&sandbox, "120398", own.clone(), serial)?;
    assert!(call(&sandbox, "120399", own.clone(), serial).is_err());
    let brands = dir.join("brands");
    let given = PrivateKey::from_file(brands.join("120398/apiclient_key.pem"))?;
    assert!(*given.public_key() == *own.public_key());
    // The other brand's key was generated, and stays.
    let generated = || -> Outcome<_> {
        let own = brands.join("120399");
        let certificate = Certificate::from_file(own.join("apiclient_cert.pem"))?;
        Ok((
            PrivateKey::from_file(own.join("apiclient_key.pem"))?,
            certificate.serial().to_owned(),
        ))
    };
    let (key, serial) = generated()?;
    drop(sandbox);
    let sandbox = start()?;
    call(&sandbox, "120399", key, &serial)?;
    assert_eq!(generated()?.1, serial);
    Ok(())
}

#[test]
fn given_keys_are_in_the_folder_and_generated_ones_stay() -> Outcome {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("merchants.toml");
    fs::write(
        &file,
        "[[merchant]]\nmchid = \"1900003001\"\napiv3_key = \"0123456789abcdef0123456789abcdef\"\n",
    )?;
    let dir = folder.path().join("keys");
    let start = || {
        Sandbox::builder()
            .merchant_file(&file)
            .dir(&dir)
            .start_blocking()
    };
    let sandbox = start()?;
    let account = sandbox.account("1900003001")?;
    let files = account.files().ok_or("no files")?;
    assert_eq!(
        fs::read_to_string(&files.apiv3_key)?,
        account.apiv3_key().expose()
    );
    let key = PrivateKey::from_file(&files.merchant_key)?;
    assert!(*key.public_key() == *account.key().public_key());
    PrivateKey::from_pkcs12(fs::read(&files.merchant_p12)?, "1900003001")?;
    let provider = sandbox.account("1900007100")?.serial().to_owned();
    let (serial, v2_key) = (account.serial().to_owned(), account.v2_key().clone());
    drop((account, sandbox));

    let again = start()?;
    assert_eq!(again.account("1900007100")?.serial(), provider);
    let account = again.account("1900003001")?;
    assert_eq!(account.serial(), serial);
    assert_eq!(account.v2_key().expose(), v2_key.expose());
    Ok(())
}

#[test]
fn a_file_may_say_what_the_first_merchant_is() -> Outcome {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("merchants.toml");
    fs::write(
        &file,
        "[[merchant]]\nmchid = \"1900000109\"\nproducts = [\"native\"]\n",
    )?;
    let sandbox = start(&file)?;
    let client = sandbox.client()?;
    let order = |number| order(sandbox.mchid(), number, 1);
    post(&client, "v3/pay/transactions/native", order("ORDER001"))?;
    assert!(post(&client, "v3/pay/transactions/app", order("ORDER002")).is_err());
    Ok(())
}

#[test]
fn a_wrong_file_is_an_error_that_names_file_and_field() -> Outcome {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("shop.toml");
    for (text, field) in [
        ("[[merchant]]\nmchid = \"19000\"\n", "merchant[0].mchid"),
        (
            "[[merchant]]\nmchid = \"1900003001\"\nmode = \"x\"\n",
            "merchant[0].mode",
        ),
        (
            "[[merchant]]\nmchid = \"1900003001\"\nv2_key = \"short\"\n",
            "merchant[0].v2_key",
        ),
    ] {
        fs::write(&file, text)?;
        let err = start(&file).err().ok_or("it started")?;
        assert_eq!(err.kind(), ErrorKind::Builder);
        let report = err.report();
        assert!(
            report.contains("shop.toml") && report.contains(field),
            "{report}"
        );
        assert!(!report.contains("short"), "{report}");
    }
    let err = start(&folder.path().join("none.toml"))
        .err()
        .ok_or("it started")?;
    assert_eq!(err.kind(), ErrorKind::File);
    assert!(err.report().contains("none.toml"), "{}", err.report());

    // Mistakes that only several merchants together can make.
    let twice = "[[merchant]]\nmchid = \"1900003001\"\n[[merchant]]\nmchid = \"1900003001\"\n";
    fs::write(&file, twice)?;
    let report = start(&file).err().ok_or("it started")?.report();
    assert!(
        report.contains("1900003001") && report.contains("twice"),
        "{report}"
    );
    Ok(())
}
