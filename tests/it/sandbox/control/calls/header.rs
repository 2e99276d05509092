//! The header is not of its form, or says something wrong.

use openssl::bn::BigNum;
use serde_json::Value;
use wechatpay_sandbox::Sandbox;

use super::super::super::Outcome;
use super::super::super::raw::Raw;
use super::{causes, header, refused};

fn raw(sandbox: &Sandbox) -> Outcome<Raw> {
    Raw::new(sandbox, "GET", "/v3/certificates")
}

fn right(raw: &Raw) -> Outcome<String> {
    Ok(header(raw, &raw.key.sign(&raw.text())?))
}

/// Another header of a right one.
type Change = fn(&str) -> String;

#[test]
fn forms_of_the_header_are_told_and_nothing_else_is_said_to_be_wrong() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let scheme = "WECHATPAY2-SHA256-RSA2048 ";
    let cases: [(Change, &str); 12] = [
        (|it| it.replace('"', ""), "quotes_missing"),
        (|it| it.replace('"', "'"), "quotes_single"),
        (|it| it.replace(",nonce", ";nonce"), "parameter_separator"),
        (
            |it| it.replace("nonce_str=", "nonce_str = "),
            "parameter_blanks",
        ),
        (|it| it.replace("mchid=", "mchid:"), "parameter_colon"),
        (|it| it.replace("serial_no", "serialNo"), "parameter_name"),
        (|it| it.replace("RSA2048 ", "RSA2048: "), "scheme_separator"),
        (|it| it.to_owned().split_off(26), "scheme_missing"),
        (|it| it.replace("WECHATPAY2", "wechatpay2"), "scheme_case"),
        (|it| format!("Bearer {it}"), "scheme_prefixed"),
        (|it| format!("Authorization: {it}"), "header_name_in_value"),
        (|it| it.replace("-RSA2048", "-RSA4096"), "scheme_other"),
    ];
    assert_eq!(scheme.len(), 26);
    for (change, cause) in cases {
        let raw = raw(&sandbox)?;
        let authorization = change(&right(&raw)?);
        let call = refused(&sandbox, raw, authorization.clone())?;
        assert_eq!(causes(&call), [cause], "{authorization}");
        assert_eq!(call["diagnosis"]["signed"], Value::Null);
    }
    // Both: the quotes and the text.
    let mut other = raw(&sandbox)?;
    other.signed = Some("{}".into());
    let authorization = right(&other)?.replace('"', "");
    let call = refused(&sandbox, other, authorization)?;
    assert_eq!(causes(&call), ["quotes_missing", "body_not_sent"]);
    Ok(())
}

#[test]
fn a_header_that_is_missing_or_lacks_something_is_told() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    assert_eq!(raw(&sandbox)?.send(&sandbox)?.status, 401);
    let call = super::newest(&sandbox)?;
    assert_eq!(causes(&call), ["authorization_missing"]);
    let twice = raw(&sandbox)?.authorized()?.authorized()?;
    assert_eq!(twice.send(&sandbox)?.status, 401);
    let call = super::newest(&sandbox)?;
    assert_eq!(causes(&call), ["authorization_twice"]);

    let raw = raw(&sandbox)?;
    let lacking = right(&raw)?.replace(&format!("nonce_str=\"{}\",", raw.nonce), "");
    let call = refused(&sandbox, raw, lacking)?;
    assert_eq!(causes(&call), ["parameter_missing"]);
    let text = call["diagnosis"]["mistakes"][0]["text_zh"].to_string();
    assert!(text.contains("nonce_str"), "{text}");
    Ok(())
}

#[test]
fn the_parameters_may_stand_in_any_order() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let raw = raw(&sandbox)?;
    let right = right(&raw)?;
    let (scheme, parameters) = right.split_once(' ').ok_or("no blank")?;
    let mut parameters: Vec<_> = parameters.split(',').collect();
    parameters.reverse();
    let turned = format!("{scheme} {}", parameters.join(", "));
    let answer = raw.header("Authorization", turned).send(&sandbox)?;
    assert_eq!(answer.status, 200);
    assert_eq!(super::newest(&sandbox)?["diagnosis"], Value::Null);
    Ok(())
}

#[test]
fn other_forms_of_the_serial_are_told() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let right = sandbox.serial().to_owned();
    let pairs: Vec<_> = right
        .as_bytes()
        .chunks(2)
        .map(String::from_utf8_lossy)
        .collect();
    let decimal = BigNum::from_hex_str(&right)?.to_dec_str()?.to_string();
    for (serial, cause) in [
        (decimal, "serial_decimal"),
        (pairs.join(":"), "serial_separated"),
        (pairs.join(":").to_lowercase(), "serial_separated"),
        (format!("0x{right}"), "serial_prefixed"),
        (format!("00{right}"), "serial_leading_zeros"),
        (sandbox.platform_key_id().to_owned(), "serial_of_public_key"),
        ("PUB_KEY_ID_0119".to_owned(), "serial_of_public_key"),
        (
            sandbox.platform_certificate().serial().to_owned(),
            "serial_of_platform",
        ),
        (sandbox.mchid().to_owned(), "serial_is_id"),
        (right.replace('0', "1") + "2", "serial_other"),
    ] {
        let mut raw = raw(&sandbox)?;
        raw.serial = serial;
        let authorization = self::right(&raw)?;
        let call = refused(&sandbox, raw, authorization)?;
        assert_eq!(causes(&call), [cause]);
        let text = call["diagnosis"]["mistakes"][0]["text"].to_string();
        assert!(
            text.contains(&format!("give serial_no as {right}")),
            "{text}"
        );
    }
    Ok(())
}

#[test]
fn merchant_id_and_timestamp_are_told() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let now = raw(&sandbox)?.timestamp;
    for (mchid, timestamp, cause) in [
        (sandbox.mchid(), now * 1000 + 123, "timestamp_unit"),
        (sandbox.mchid(), now - 8 * 3600, "timestamp_zone"),
        (sandbox.mchid(), now - 1000, "timestamp_off"),
        ("wxd678efh567hg6787", now, "id_is_appid"),
        ("1900000108", now, "id_other"),
        ("1900000108", now * 1000, "id_other timestamp_unit"),
    ] {
        let mut raw = raw(&sandbox)?;
        raw.mchid = mchid.to_owned();
        raw.timestamp = timestamp;
        let authorization = right(&raw)?;
        let call = refused(&sandbox, raw, authorization)?;
        assert_eq!(causes(&call).join(" "), cause);
        if cause == "timestamp_unit" {
            let text = call["diagnosis"]["mistakes"][0]["text"].to_string();
            assert!(text.contains("milliseconds: 13 digits"), "{text}");
        }
    }
    Ok(())
}
