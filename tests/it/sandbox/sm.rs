//! 国密: merchants with SM2 keys.

use serde_json::{Value, json};
use wechatpay_chain::certificates::Certificates;
use wechatpay_chain::notify::Notifications;
use wechatpay_chain::signing::request_text;
use wechatpay_chain::{Certificate, Client, ErrorKind, FieldPolicy, KeyAlgorithm, Verification};
use wechatpay_sandbox::{Account, MerchantSettings, Sandbox, StubResponse};

use super::control::get;
use super::raw::Raw;
use super::{Outcome, is_chinese, why};

const SHOP: &str = "1900001100";
const NATIVE: &str = "v3/pay/transactions/native";

fn sandbox() -> Outcome<Sandbox> {
    let shop = MerchantSettings::new(SHOP).algorithm(KeyAlgorithm::Sm2);
    Ok(Sandbox::builder().merchant(shop).start_blocking()?)
}

fn order(mchid: &str) -> Value {
    json!({
        "appid": "wxd678efh567hg6787", "mchid": mchid, "description": "公仔", "out_trade_no": "ORDER1",
        "notify_url": "https://www.example.com/paid", "amount": {"total": 1},
    })
}

#[test]
fn a_merchant_with_an_sm2_key_is_served_beside_those_with_rsa_keys() -> Outcome {
    let sandbox = sandbox()?;
    let account = sandbox.account(SHOP)?;
    assert_eq!(account.key().algorithm(), KeyAlgorithm::Sm2);
    let answer = account
        .client()?
        .chain(NATIVE)
        .post(order(SHOP), ())
        .wait()?;
    assert!(matches!(
        answer.verification(),
        Verification::Verified { .. }
    ));
    let kind = answer.headers().get("wechatpay-signature-type");
    assert_eq!(kind.ok_or("no type")?, "WECHATPAY2-SM2-WITH-SM3");
    let rsa = sandbox
        .client()?
        .chain(NATIVE)
        .post(order(sandbox.mchid()), ())
        .wait()?;
    let kind = rsa.headers().get("wechatpay-signature-type");
    assert_eq!(kind.ok_or("no type")?, "WECHATPAY2-SHA256-RSA2048");
    Ok(())
}

/// The files of a merchant with an SM2 key have the platform certificate that signs for it, at each start the same.
#[test]
fn the_platform_certificate_of_the_files_is_for_sm2() -> Outcome {
    let folder = tempfile::tempdir()?;
    let start = || Sandbox::builder().sm().dir(folder.path()).start_blocking();
    let serial = {
        let sandbox = start()?;
        let account = sandbox.account(sandbox.mchid())?;
        let files = account.files().ok_or("no files")?;
        let certificate = Certificate::from_file(&files.platform_cert)?;
        assert_eq!(certificate.public_key().algorithm(), KeyAlgorithm::Sm2);
        assert_eq!(
            certificate.serial(),
            account.platform_certificate().serial()
        );
        let client = account.merchant_builder().platform_certificate(certificate);
        let order = order(account.mchid());
        let answer = client.build()?.chain(NATIVE).post(order, ()).wait()?;
        assert!(matches!(
            answer.verification(),
            Verification::Verified { .. }
        ));
        account.platform_certificate().serial().to_owned()
    };
    let again = start()?;
    let account = again.account(again.mchid())?;
    assert_eq!(account.platform_certificate().serial(), serial);
    let rsa = again.account("1900007100")?;
    let files = rsa.files().ok_or("no files")?;
    let certificate = Certificate::from_file(&files.platform_cert)?;
    assert_eq!(certificate.public_key().algorithm(), KeyAlgorithm::Rsa);
    Ok(())
}

#[test]
fn the_first_merchant_can_have_an_sm2_key() -> Outcome {
    let sandbox = Sandbox::builder().sm().start_blocking()?;
    assert_eq!(sandbox.merchant_key().algorithm(), KeyAlgorithm::Sm2);
    sandbox
        .client()?
        .chain(NATIVE)
        .post(order(sandbox.mchid()), ())
        .wait()?;
    Ok(())
}

fn fetching(account: &Account) -> Outcome<Client> {
    let builder = account.merchant_builder();
    Ok(builder.certificates(Certificates::auto()).build()?)
}

#[test]
fn certificates_for_sm2_are_fetched_and_replaced() -> Outcome {
    let sandbox = sandbox()?;
    let client = fetching(&sandbox.account(SHOP)?)?;
    client.chain(NATIVE).post(order(SHOP), ()).wait()?;
    let listed = client.certificates().wait()?;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].public_key().algorithm(), KeyAlgorithm::Sm2);
    let call = sandbox
        .calls()
        .into_iter()
        .find(|it| it.target.contains("certificates"));
    let call = call.ok_or("no list was asked for")?;
    assert_eq!(call.target, "/v3/certificates?algorithm_type=SM2");
    // The next answer is signed with a certificate that the client does not have yet.
    sandbox.rotate_platform_certificate()?;
    sandbox.retire_platform_certificates();
    let fresh = fetching(&sandbox.account(SHOP)?)?;
    let found = fresh.certificates().wait()?;
    assert_ne!(found[0].serial(), listed[0].serial());
    let rsa = sandbox.client()?.certificates().wait()?;
    assert_eq!(rsa[0].public_key().algorithm(), KeyAlgorithm::Rsa);
    Ok(())
}

#[test]
fn a_wrong_signature_of_an_answer_is_detected() -> Outcome {
    let sandbox = sandbox()?;
    sandbox.inject_fault(wechatpay_sandbox::Fault::WrongSignature);
    let client = sandbox.account(SHOP)?.client()?;
    let err = client
        .chain(NATIVE)
        .post(order(SHOP), ())
        .wait()
        .unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Verify);
    Ok(())
}

#[test]
fn one_reader_accepts_notifications_of_both_algorithms() -> Outcome {
    let sandbox = sandbox()?;
    let (sm, rsa) = (sandbox.account(SHOP)?, sandbox.account(sandbox.mchid())?);
    let certificate = |account: &Account| -> Outcome<_> {
        Ok(fetching(account)?.certificates().wait()?.remove(0))
    };
    let reader = Notifications::builder()
        .platform_certificate(certificate(&sm)?)
        .platform_certificate(certificate(&rsa)?)
        .apiv3_key(sm.apiv3_key().clone())
        .apiv3_key(rsa.apiv3_key().clone())
        .build()?;
    let resource = json!({"out_trade_no": "ORDER1"});
    for (account, algorithm) in [(&sm, "AEAD_SM4_GCM"), (&rsa, "AEAD_AES_256_GCM")] {
        let notice = account.notify(
            "http://127.0.0.1:1/",
            "TRANSACTION.SUCCESS",
            resource.clone(),
        );
        let request = notice.by_certificate().request()?;
        let notification = reader.parse(request.headers(), request.body())?;
        assert_eq!(notification.resource()["out_trade_no"], "ORDER1");
        let body: Value = serde_json::from_slice(request.body())?;
        assert_eq!(body["resource"]["algorithm"], algorithm);
        let mut altered = request.body().to_vec();
        let at = altered.len() / 2;
        altered[at] ^= 1;
        assert!(reader.parse(request.headers(), &altered).is_err());
    }
    Ok(())
}

const PERSON: &str = "v3/fund-app/mch-transfer/transfer-bills";

#[test]
fn sensitive_fields_are_encrypted_with_sm2() -> Outcome {
    let sandbox = sandbox()?;
    let client = sandbox.account(SHOP)?.client()?;
    let transfer = json!({
        "appid": "wxd678efh567hg6787", "out_bill_no": "BILL1", "transfer_scene_id": "1000",
        "openid": "o-MYE421800elYMDE34nYD456Xoy", "user_name": "张三", "transfer_amount": 200_000,
        "transfer_remark": "新会员开通有礼",
        "transfer_scene_report_infos": [{"info_type": "活动名称", "info_content": "新会员有礼"}],
    });
    client.chain(PERSON).post(transfer, ()).wait()?;
    let call = sandbox.last_call().ok_or("no call")?;
    let sent: Value = serde_json::from_slice(&call.body)?;
    let sent = sent["user_name"].as_str().ok_or("no text")?;
    assert!(!sent.contains("张三"));
    assert_eq!(call.json.ok_or("no JSON")?["user_name"], "张三");
    // A field that is encrypted to another key is refused.
    let rsa = sandbox.client()?.encrypt("张三")?;
    let wrong = json!({"transfer_detail_list": [{"user_name": rsa}]});
    let call = client.chain("v3/bank-transfer/batches").post(wrong, ());
    let err = call.fields(FieldPolicy::Off).wait().unwrap_err();
    assert_eq!(err.api().map(|api| &*api.code), Some("PARAM_ERROR"));
    // The other way: an answer.
    let path = "v3/merchant-service/complaints-v2/{complaint_id}";
    let complaint = json!({"complaint_id": "1", "payer_phone": "13800138000"});
    sandbox.stub("GET", path, StubResponse::json(complaint))?;
    let answer = client
        .chain(path.to_owned())
        .get(())
        .var("complaint_id", "1")
        .wait()?;
    assert_eq!(answer["payer_phone"], "13800138000");
    assert!(!answer.text()?.contains("13800138000"));
    Ok(())
}

/// A right request of the merchant, to be signed.
fn raw(sandbox: &Sandbox) -> Outcome<Raw> {
    let account = sandbox.account(SHOP)?;
    let raw = Raw::post(sandbox, &format!("/{NATIVE}"), &order(SHOP))?;
    Ok(Raw {
        scheme: "WECHATPAY2-SM2-WITH-SM3",
        mchid: SHOP.to_owned(),
        serial: account.certificate().serial().to_owned(),
        key: account.key().clone(),
        ..raw
    })
}

#[test]
fn the_scheme_has_to_be_that_of_the_certificate() -> Outcome {
    let sandbox = sandbox()?;
    let right = raw(&sandbox)?.authorized()?.send(&sandbox)?;
    assert_eq!(right.status, 200);
    let scheme = "WECHATPAY2-SHA256-RSA2048";
    let wrong = Raw {
        scheme,
        ..raw(&sandbox)?
    }
    .authorized()?
    .send(&sandbox)?;
    assert_eq!(wrong.code()?, (401, "SIGN_ERROR".to_owned()));
    assert!(why(&sandbox)?.contains("write WECHATPAY2-SM2-WITH-SM3"));
    assert_eq!(causes(&sandbox)?, ["scheme_of_other_algorithm"]);
    Ok(())
}

fn causes(sandbox: &Sandbox) -> Outcome<Vec<String>> {
    let calls = get(sandbox, "calls?limit=1")?;
    let call = get(sandbox, &format!("calls/{}", calls["calls"][0]["id"]))?;
    let mistakes = call["diagnosis"]["mistakes"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let cause = |mistake: &Value| {
        assert!(is_chinese(mistake["text_zh"].as_str().unwrap_or_default()));
        assert!(mistake["text"].as_str().is_some_and(str::is_ascii));
        mistake["cause"].as_str().unwrap_or_default().to_owned()
    };
    Ok(mistakes.iter().map(cause).collect())
}

/// r and s of a DER signature, each with 32 bytes.
fn numbers(der: &[u8]) -> Vec<u8> {
    let mut rest = &der[2..];
    let mut numbers = Vec::new();
    for _ in 0..2 {
        let (number, after) = rest[2..].split_at(usize::from(rest[1]));
        let digits = number.strip_prefix(&[0]).unwrap_or(number);
        numbers.extend(vec![0; 32 - digits.len()]);
        numbers.extend_from_slice(digits);
        rest = after;
    }
    numbers
}

fn base64(bytes: &[u8]) -> String {
    openssl::base64::encode_block(bytes)
}

type Notation<'a> = &'a dyn Fn(&[u8]) -> String;

#[test]
fn the_usual_mistakes_in_a_signature_are_named() -> Outcome {
    let sandbox = sandbox()?;
    let hex = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let forms: [(Notation<'_>, &[&str]); 4] = [
        (&|der| base64(&numbers(der)), &["sm2_raw"]),
        (&|der| hex(der), &["signature_hex"]),
        (&|der| hex(&numbers(der)), &["signature_hex", "sm2_raw"]),
        (&|_| "c2ln".to_owned(), &["sm2_other"]),
    ];
    for (form, expected) in forms {
        let raw = raw(&sandbox)?;
        let text = request_text("POST", &raw.target, raw.timestamp, &raw.nonce, &raw.body);
        let right = openssl::base64::decode_block(&raw.key.sign(&text)?)?;
        refused(&sandbox, raw, &form(&right))?;
        assert_eq!(causes(&sandbox)?, expected);
    }
    Ok(())
}

/// OpenSSL signs without the user id unless it is told one.
#[test]
fn a_signature_without_the_user_id_is_named() -> Outcome {
    let sandbox = sandbox()?;
    let raw = raw(&sandbox)?;
    let key = openssl::pkey::PKey::private_key_from_pem(raw.key.to_pem()?.as_bytes())?;
    let sm3 = openssl::hash::MessageDigest::sm3();
    let text = raw.text();
    let signature = openssl::sign::Signer::new(sm3, &key)?.sign_oneshot_to_vec(&text)?;
    refused(&sandbox, raw, &base64(&signature))?;
    assert_eq!(causes(&sandbox)?, ["sm2_no_user_id"]);
    Ok(())
}

fn refused(sandbox: &Sandbox, raw: Raw, signature: &str) -> Outcome {
    let header = format!(
        "{} mchid=\"{}\",nonce_str=\"{}\",signature=\"{signature}\",timestamp=\"{}\",serial_no=\"{}\"",
        raw.scheme, raw.mchid, raw.nonce, raw.timestamp, raw.serial
    );
    let answer = raw.header("Authorization", header).send(sandbox)?;
    assert_eq!(answer.code()?, (401, "SIGN_ERROR".to_owned()));
    Ok(())
}

#[test]
fn a_file_of_merchants_names_the_algorithm() -> Outcome {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("merchants.toml");
    std::fs::write(
        &file,
        format!("[[merchant]]\nmchid = \"{SHOP}\"\nalgorithm = \"sm2\"\n"),
    )?;
    let start = || {
        let builder = Sandbox::builder().merchant_file(&file);
        builder.dir(folder.path().join("keys")).start_blocking()
    };
    let sandbox = start()?;
    let account = sandbox.account(SHOP)?;
    account
        .client()?
        .chain(NATIVE)
        .post(order(SHOP), ())
        .wait()?;
    let listed = get(&sandbox, &format!("merchants/{SHOP}"))?;
    assert_eq!(listed["merchant"]["algorithm"], "sm2", "{listed}");
    let key = account.key().public_key().clone();
    drop(sandbox);
    // The folder keeps the key.
    assert_eq!(start()?.account(SHOP)?.key().public_key(), &key);
    std::fs::write(
        &file,
        format!("[[merchant]]\nmchid = \"{SHOP}\"\nalgorithm = \"sm4\"\n"),
    )?;
    let err = start().err().ok_or("an unknown algorithm was accepted")?;
    assert!(err.report().contains("sm4"), "{}", err.report());
    Ok(())
}
