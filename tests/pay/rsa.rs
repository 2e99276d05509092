//! Parameters signed with the merchant's private key.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{json, to_string};
use wechatpay_chain::ErrorKind;
use wechatpay_chain::pay::{Subsidy, SubsidyPeriod};

use super::*;
use crate::tools;

fn holds(signature: &str, text: &str) -> bool {
    KEY.public_key().verify(text.as_bytes(), signature)
}

#[test]
fn jsapi_signs_appid_time_nonce_and_package() {
    let params = v3_only().pay().jsapi(APPID, PREPAY_ID).unwrap();
    let text = "wx8888888888888888\n1414561699\n5K8264ILTKCH16CQ2502SI8ZNMTM67VS\n\
                prepay_id=wx201410272009395522657a690389285100\n";
    assert!(holds(&params.pay_sign, text));
    assert!(!holds(&params.pay_sign, text.trim_end()));
    let expected = json!({
        "appId": APPID,
        "timeStamp": "1414561699",
        "nonceStr": NONCE,
        "package": "prepay_id=wx201410272009395522657a690389285100",
        "signType": "RSA",
        "paySign": params.pay_sign,
    });
    assert_eq!(to_string(&params).unwrap(), expected.to_string());
}

#[test]
fn a_mini_program_signs_the_appid_and_does_not_return_it() {
    let params = v3_only().pay().mini_program(APPID, PREPAY_ID).unwrap();
    let text = "wx8888888888888888\n1414561699\n5K8264ILTKCH16CQ2502SI8ZNMTM67VS\n\
                prepay_id=wx201410272009395522657a690389285100\n";
    assert!(holds(&params.pay_sign, text));
    let expected = json!({
        "timeStamp": "1414561699",
        "nonceStr": NONCE,
        "package": "prepay_id=wx201410272009395522657a690389285100",
        "signType": "RSA",
        "paySign": params.pay_sign,
    });
    assert_eq!(to_string(&params).unwrap(), expected.to_string());
}

#[test]
fn an_app_signs_the_bare_prepay_id() {
    let params = v3_only().pay().app(APPID, PREPAY_ID).unwrap();
    assert!(holds(&params.sign, APP_TEXT));
    let expected = json!({
        "appid": APPID,
        "partnerid": MCHID,
        "prepayid": PREPAY_ID,
        "package": "Sign=WXPay",
        "noncestr": NONCE,
        "timestamp": "1414561699",
        "sign": params.sign,
    });
    assert_eq!(to_string(&params).unwrap(), expected.to_string());
}

const APP_TEXT: &str = "wx8888888888888888\n1414561699\n5K8264ILTKCH16CQ2502SI8ZNMTM67VS\n\
                        wx201410272009395522657a690389285100\n";

#[test]
fn a_subsidy_is_signed_for_jsapi_only() {
    let pay = v3_only().pay();
    let subsidy = Subsidy::new(SubsidyPeriod::Period, 12);
    let jsapi = pay.jsapi_subsidy(APPID, PREPAY_ID, subsidy).unwrap();
    let package = "prepay_id=wx201410272009395522657a690389285100\
                   &subsidy_period_type=PERIOD&selected_installment_number=12";
    assert_eq!(jsapi.package, package);
    let text = format!("{APPID}\n1414561699\n{NONCE}\n{package}\n");
    assert!(holds(&jsapi.pay_sign, &text));

    let daily = Subsidy::new(SubsidyPeriod::Daily, 3);
    let app = pay.app_subsidy(APPID, PREPAY_ID, daily).unwrap();
    assert_eq!(
        app.package,
        "Sign=WXPay&subsidy_period_type=DAILY&selected_installment_number=3"
    );
    assert!(holds(&app.sign, APP_TEXT));
}

#[test]
fn a_partner_names_its_sub_merchant() {
    let pay = v3_only().pay().mchid("1900000110");
    assert_eq!(pay.app(APPID, PREPAY_ID).unwrap().partnerid, "1900000110");
}

#[test]
fn an_apiv2_client_names_the_missing_setting() {
    let pay = v2_only().pay();
    for err in [
        pay.jsapi(APPID, PREPAY_ID).unwrap_err(),
        pay.app(APPID, PREPAY_ID).unwrap_err(),
    ] {
        assert_eq!(err.kind(), ErrorKind::Request);
        assert!(err.to_string().contains("private_key(..)"), "{err}");
        assert!(!err.maybe_sent());
    }
}

#[test]
fn parts_with_line_breaks_are_rejected() {
    let pay = v3_only().pay();
    for (appid, prepay_id) in [
        ("", PREPAY_ID),
        ("wx1\n2", PREPAY_ID),
        (APPID, ""),
        (APPID, "prepay_id=wx2014"),
        (APPID, "wx2014\n"),
    ] {
        assert!(pay.jsapi(appid, prepay_id).is_err());
        assert!(pay.mini_program(appid, prepay_id).is_err());
        assert!(pay.app(appid, prepay_id).is_err());
    }
}

#[test]
fn debug_output_contains_no_keys() {
    let client = builder()
        .mchid(MCHID)
        .serial(SERIAL)
        .private_key(KEY.clone());
    let client = client.keyring(Default::default()).v2_key(V2_KEY);
    let pay = client.build().unwrap().pay();
    for text in [format!("{pay:?}"), format!("{:?}", pay.v2())] {
        assert!(!text.contains(V2_KEY), "{text}");
    }
}

/// The same text, signed by OpenSSL: PKCS#1 v1.5 has only one signature.
#[test]
fn the_openssl_command_signs_the_same() {
    let pem = concat!(env!("CARGO_MANIFEST_DIR"), "/data/keys/pkcs8.pem");
    let child = Command::new("openssl")
        .args(["dgst", "-sha256", "-sign", pem])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Some(mut child) = tools::started("openssl", "openssl", child) else {
        return;
    };
    let text = b"wx8888888888888888\n1414561699\n5K8264ILTKCH16CQ2502SI8ZNMTM67VS\n\
                 prepay_id=wx201410272009395522657a690389285100\n";
    child.stdin.take().unwrap().write_all(text).unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success());

    let client = builder().mchid(MCHID).serial(SERIAL);
    let client = client.private_key(PrivateKey::from_file(pem).unwrap());
    let client = client.keyring(Default::default()).build().unwrap();
    let params = client.pay().jsapi(APPID, PREPAY_ID).unwrap();
    assert_eq!(params.pay_sign, openssl::base64::encode_block(&out.stdout));
}
