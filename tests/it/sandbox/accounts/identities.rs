//! Who signed: merchant id, serial and key belong together.

use std::fs;

use serde_json::{Value, json};
use wechatpay_chain::notify::Notifications;
use wechatpay_chain::{ErrorKind, PrivateKey};
use wechatpay_sandbox::{Account, MerchantSettings, PlatformMode, Sandbox};

use super::super::raw::Raw;
use super::super::{Outcome, why};
use super::{SHOP, get, order, paid, post, refused, sandbox, says};

const SERIAL_WRONG: &str = "商户证书序列号有误。请使用签名私钥匹配的证书序列号";

/// Status, code and message of a call with the id of one merchant, the serial of another and the key of a third.
fn called(sandbox: &Sandbox, id: &str, serial: &str, key: &PrivateKey) -> Outcome<(u16, Value)> {
    let mut raw = Raw::new(sandbox, "GET", "/v3/certificates")?;
    id.clone_into(&mut raw.mchid);
    serial.clone_into(&mut raw.serial);
    raw.key = key.clone();
    let answer = raw.authorized()?.send(sandbox)?;
    Ok((answer.status, serde_json::from_slice(&answer.body)?))
}

#[test]
fn the_serial_of_one_merchant_with_the_id_of_another_is_refused() -> Outcome {
    let sandbox = sandbox()?;
    let (first, shop) = (sandbox.account(sandbox.mchid())?, sandbox.account(SHOP)?);
    for (one, other) in [(&first, &shop), (&shop, &first)] {
        let (status, _) = called(&sandbox, one.mchid(), one.serial(), one.key())?;
        assert_eq!(status, 200);
        // Whoever's key signs.
        for key in [one.key(), other.key()] {
            let (status, said) = called(&sandbox, one.mchid(), other.serial(), key)?;
            assert_eq!((status, &said["code"]), (401, &json!("SIGN_ERROR")));
            assert_eq!(said["message"], SERIAL_WRONG);
            let why = why(&sandbox)?;
            assert!(why.contains(other.mchid()), "{why}");
        }
        let (status, said) = called(&sandbox, one.mchid(), one.serial(), other.key())?;
        assert_eq!(
            (status, &said["message"]),
            (401, &json!("错误的签名，验签失败"))
        );
        assert_eq!(
            sandbox.last_call().and_then(|call| call.mchid).as_deref(),
            Some(one.mchid())
        );
    }
    let (status, said) = called(&sandbox, "1900009999", first.serial(), first.key())?;
    assert_eq!(
        (status, &said["message"]),
        (401, &json!("商户未申请过证书。"))
    );
    Ok(())
}

#[test]
fn each_merchant_may_use_the_same_nonce() -> Outcome {
    let sandbox = sandbox()?;
    let shop = sandbox.account(SHOP)?;
    let first = Raw::new(&sandbox, "GET", "/v3/certificates")?;
    let mut second = first.clone();
    SHOP.clone_into(&mut second.mchid);
    shop.serial().clone_into(&mut second.serial);
    second.key = shop.key().clone();
    for raw in [first.authorized()?, second.authorized()?] {
        assert_eq!(raw.send(&sandbox)?.status, 200);
        assert_eq!(raw.send(&sandbox)?.status, 401, "a replay");
    }
    Ok(())
}

#[test]
fn the_certificates_are_encrypted_with_the_key_of_the_caller() -> Outcome {
    let sandbox = sandbox()?;
    let (first, shop) = (sandbox.account(sandbox.mchid())?, sandbox.account(SHOP)?);
    assert_ne!(first.apiv3_key().expose(), shop.apiv3_key().expose());
    use wechatpay_chain::certificates::Certificates;
    let auto = |account: &Account| {
        account
            .merchant_builder()
            .certificates(Certificates::auto())
    };
    auto(&shop)
        .build()?
        .chain("v3/certificates")
        .get(())
        .wait()?;
    let other = auto(&shop).apiv3_key(first.apiv3_key().clone()).build()?;
    assert!(other.chain("v3/certificates").get(()).wait().is_err());
    Ok(())
}

/// The number in a notification, as the merchant reads it.
fn read(sandbox: &Sandbox, keys: &Account, event: Value, to: &Account) -> Outcome<Value> {
    let notice = to.notify("http://127.0.0.1:9/", "TRANSACTION.SUCCESS", event);
    let request = notice.request()?;
    let notifications = Notifications::builder()
        .apiv3_key(keys.apiv3_key().clone())
        .v2_key(keys.v2_key().clone())
        .platform_key(to.platform_key_id(), sandbox.platform_public_key().clone())
        .build()?;
    let parsed = notifications.parse(request.headers(), request.body())?;
    Ok(parsed.resource()["out_trade_no"].clone())
}

#[test]
fn a_notification_is_opened_with_the_key_of_the_merchant_that_made_the_order() -> Outcome {
    let sandbox = sandbox()?;
    let (first, shop) = (sandbox.account(sandbox.mchid())?, sandbox.account(SHOP)?);
    paid(&shop, "ORDER001", 100)?;
    assert!(sandbox.take_events().is_empty(), "not the first merchant's");
    let event = shop.take_events().remove(0);
    assert_eq!(event.resource["mchid"], SHOP);
    let opened = read(&sandbox, &shop, event.resource.clone(), &shop)?;
    assert_eq!(opened, "ORDER001");
    assert!(read(&sandbox, &first, event.resource, &shop).is_err());
    Ok(())
}

#[test]
fn the_mode_of_a_merchant_decides_which_key_signs() -> Outcome {
    let merchant = |mchid, mode| MerchantSettings::new(mchid).mode(mode);
    let sandbox = Sandbox::builder()
        .merchant(merchant("1900002001", PlatformMode::Certificate))
        .merchant(merchant("1900002002", PlatformMode::PublicKey))
        .start_blocking()?;
    let signer = |mchid: &str| -> Outcome<String> {
        let account = sandbox.account(mchid)?;
        post(
            &account.client()?,
            "v3/pay/transactions/native",
            order(mchid, "ORDER001", 1),
        )?;
        let response = sandbox
            .last_call()
            .and_then(|it| it.response)
            .ok_or("no answer")?;
        Ok(response.headers["wechatpay-serial"].to_str()?.to_owned())
    };
    let certificate = sandbox.platform_certificate().serial();
    assert_eq!(signer("1900002001")?, certificate);
    let own = sandbox.account("1900002002")?;
    assert_eq!(signer("1900002002")?, own.platform_key_id());
    assert!(own.platform_key_id().starts_with("PUB_KEY_ID_011900002002"));
    let list = get(&own.client()?, "v3/certificates", &[]);
    assert_eq!(
        refused(list)?,
        says(404, "RESOURCE_NOT_EXISTS", "无可用的平台证书")
    );
    Ok(())
}

#[test]
fn the_id_of_the_first_merchant_is_honoured_everywhere() -> Outcome {
    let folder = tempfile::tempdir()?;
    let start = |mchid: &str| {
        Sandbox::builder()
            .mchid(mchid)
            .dir(folder.path())
            .start_blocking()
    };
    let sandbox = start("1230000109")?;
    assert_eq!(sandbox.mchid(), "1230000109");
    let account = sandbox.account("1230000109")?;
    paid(&account, "ORDER001", 100)?;
    assert_eq!(sandbox.take_events()[0].resource["mchid"], "1230000109");
    let made_up = get(
        &sandbox.client()?,
        "v3/merchant-service/complaint-notifications",
        &[],
    )?;
    assert_eq!(made_up["mchid"], "1230000109");
    let files = sandbox.files().ok_or("no files")?;
    PrivateKey::from_pkcs12(fs::read(&files.merchant_p12)?, "1230000109")?;
    assert!(
        sandbox
            .platform_key_id()
            .starts_with("PUB_KEY_ID_011230000109")
    );
    let serial = sandbox.serial().to_owned();
    drop(sandbox);

    let err = start("1900000109").err().ok_or("the folder is another's")?;
    assert_eq!(err.kind(), ErrorKind::File);
    assert!(
        err.report().contains("--mchid 1230000109"),
        "{}",
        err.report()
    );
    assert_eq!(start("1230000109")?.serial(), serial);
    let again = Sandbox::builder().dir(folder.path()).start_blocking()?;
    assert_eq!(again.mchid(), "1230000109", "the folder says whose it is");
    assert!(Sandbox::builder().mchid("12").start_blocking().is_err());
    Ok(())
}
