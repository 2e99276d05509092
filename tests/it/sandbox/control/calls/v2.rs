//! APIv2's `sign`.

use encoding_rs::GBK;
use openssl::base64::encode_block;
use openssl::hash::{MessageDigest, hash};
use openssl::pkey::PKey;
use openssl::sign::Signer;
use serde_json::Value;
use wechatpay_sandbox::Sandbox;

use super::super::super::Outcome;
use super::super::super::raw::Raw;
use super::{causes, newest, signed};

type Pairs<'a> = Vec<(&'a str, &'a str)>;

/// The members that are sent, in this order, without `sign`.
const SENT: [(&str, &str); 9] = [
    ("mch_id", "1900000109"),
    ("appid", "wxd678efh567hg6787"),
    ("nonce_str", "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"),
    ("body", " 店 <1>&2 "),
    ("device_info", ""),
    ("Zone", "a%2Fb"),
    ("total_fee", "100"),
    ("out_trade_no", "T/1"),
    ("attach", "A"),
];

fn join(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}"));
    pairs.collect::<Vec<_>>().join("&")
}

/// The members that are signed, by name.
fn sorted() -> Pairs<'static> {
    let mut pairs: Vec<_> = SENT
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect();
    pairs.sort_unstable();
    pairs
}

fn without(name: &str) -> Pairs<'static> {
    sorted().into_iter().filter(|(it, _)| *it != name).collect()
}

fn with(name: &'static str, value: &'static str) -> Pairs<'static> {
    let mut pairs = sorted();
    pairs.push((name, value));
    pairs.sort_unstable();
    pairs
}

/// With the body's value in other words.
fn written(value: &str) -> String {
    join(&sorted()).replace(" 店 <1>&2 ", value)
}

fn by<T: Ord>(key: impl Fn(&(&'static str, &'static str)) -> T) -> String {
    let mut pairs = sorted();
    pairs.sort_by_key(key);
    join(&pairs)
}

fn digest(kind: MessageDigest, text: &[u8]) -> String {
    hex(&hash(kind, text).map(|it| it.to_vec()).unwrap_or_default())
}

fn hmac(kind: MessageDigest, key: &str, text: &[u8]) -> Outcome<String> {
    let key = PKey::hmac(key.as_bytes())?;
    Ok(hex(&Signer::new(kind, &key)?.sign_oneshot_to_vec(text)?))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn post(sandbox: &Sandbox, members: &[(&str, &str)], sign: &str) -> Outcome<Value> {
    post_to(sandbox, "/pay/unifiedorder", members, sign)
}

fn post_to(sandbox: &Sandbox, path: &str, members: &[(&str, &str)], sign: &str) -> Outcome<Value> {
    let mut xml = String::from("<xml>");
    for (name, value) in members.iter().chain([&("sign", sign)]) {
        xml.push_str(&if value.contains('<') {
            format!("<{name}><![CDATA[{value}]]></{name}>")
        } else {
            format!("<{name}>{value}</{name}>")
        });
    }
    xml.push_str("</xml>");
    let answer = Raw::new(sandbox, "POST", path)?.body(xml).send(sandbox)?;
    assert_eq!(answer.status, 200);
    newest(sandbox)
}

/// The text that is signed, of key and APIv3 key.
type Text = fn(&str, &str) -> String;

const TEXTS: [(Text, &str); 31] = [
    (|_, _| join(&sorted()), "key_missing"),
    (|_, _| join(&sorted()) + "&key=", "key_missing"),
    (
        |key, _| join(&sorted()) + "key=" + key,
        "key_appended_wrongly",
    ),
    (|key, _| join(&sorted()) + "&" + key, "key_appended_wrongly"),
    (|key, _| join(&sorted()) + key, "key_appended_wrongly"),
    (
        |key, _| join(&sorted()) + "&KEY=" + key,
        "key_appended_wrongly",
    ),
    (
        |key, _| join(&sorted()) + "&key=" + key + "&",
        "key_appended_wrongly",
    ),
    (
        |key, _| join(&sorted()) + "&key=" + key + "\n",
        "key_blanks",
    ),
    (
        |key, _| format!("key={key}&{}", join(&sorted())),
        "key_in_front",
    ),
    (
        |key, _| {
            let mut pairs = sorted();
            pairs.push(("key", key));
            pairs.sort_unstable();
            join(&pairs)
        },
        "key_sorted_in",
    ),
    (|_, v3| join(&sorted()) + "&key=" + v3, "apiv3_key"),
    (
        |key, _| join(&with("device_info", "")) + "&key=" + key,
        "empty_values_signed",
    ),
    (
        |key, _| join(&with("sign", "")) + "&key=" + key,
        "sign_signed",
    ),
    (
        |key, _| join(&without("nonce_str")) + "&key=" + key,
        "member_not_signed",
    ),
    (
        |key, _| join(&without("attach")) + "&key=" + key,
        "member_not_signed",
    ),
    (
        |key, _| join(&with("sign_type", "MD5")) + "&key=" + key,
        "sign_type_not_sent",
    ),
    (
        |key, _| written("店 <1>&2") + "&key=" + key,
        "values_trimmed",
    ),
    (
        |key, _| written("<![CDATA[ 店 <1>&2 ]]>") + "&key=" + key,
        "values_as_xml",
    ),
    (
        |key, _| written(" 店 &lt;1&gt;&amp;2 ") + "&key=" + key,
        "values_as_xml",
    ),
    (
        |key, _| {
            let text = written("%20%E5%BA%97%20%3C1%3E%262%20").replace("T/1", "T%2F1");
            text.replace("a%2Fb", "a%252Fb") + "&key=" + key
        },
        "values_encoded",
    ),
    (
        |key, _| join(&sorted()).replace("a%2Fb", "a/b") + "&key=" + key,
        "values_decoded",
    ),
    (
        |key, _| {
            let sent = SENT.into_iter().filter(|(_, value)| !value.is_empty());
            join(&sent.collect::<Vec<_>>()) + "&key=" + key
        },
        "not_sorted",
    ),
    (
        |key, _| by(|(name, _)| name.to_lowercase()) + "&key=" + key,
        "sorted_ignoring_case",
    ),
    (
        |key, _| by(|(_, value)| *value) + "&key=" + key,
        "sorted_by_value",
    ),
    (
        |key, _| by(|(name, _)| std::cmp::Reverse(*name)) + "&key=" + key,
        "sorted_descending",
    ),
    (|key, _| written(" ? <1>&2 ") + "&key=" + key, "charset"),
    // Two at once.
    (
        |_, _| by(|(name, _)| name.to_lowercase()),
        "sorted_ignoring_case key_missing",
    ),
    (
        |_, v3| join(&without("nonce_str")) + "&key=" + v3,
        "member_not_signed apiv3_key",
    ),
    (
        |key, _| join(&with("device_info", "")) + "&" + key,
        "empty_values_signed key_appended_wrongly",
    ),
    (
        |_, _| join(&sorted()) + "&key=0123456789abcdef0123456789abcdef",
        "other_text_or_key",
    ),
    (
        |_, _| "nobody would guess this".to_owned(),
        "other_text_or_key",
    ),
];

#[test]
fn each_likely_text_is_found_with_its_cause_and_no_key_is_shown() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let (key, v3) = (sandbox.v2_key().expose(), sandbox.apiv3_key().expose());
    for (text, cause) in TEXTS {
        let text = text(key, v3);
        let call = post(
            &sandbox,
            &SENT,
            &digest(MessageDigest::md5(), text.as_bytes()),
        )?;
        assert_eq!(causes(&call).join(" "), cause, "{text}");
        assert_eq!(call["built"], join(&sorted()) + "&key=***");
        if cause == "other_text_or_key" {
            assert_eq!(call["diagnosis"]["signed"], Value::Null);
        } else {
            let shown = text.replace(key, "***").replace(v3, "***(APIv3)");
            assert_eq!(signed(&call)?, shown);
            assert_eq!(call["diagnosis"]["built"], call["built"]);
        }
        let whole = call.to_string();
        assert!(!whole.contains(key) && !whole.contains(v3), "{whole}");
    }
    Ok(())
}

#[test]
fn another_charset_is_found() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let text = join(&sorted()) + "&key=" + sandbox.v2_key().expose();
    let sign = digest(MessageDigest::md5(), &GBK.encode(&text).0);
    let call = post(&sandbox, &SENT, &sign)?;
    assert_eq!(causes(&call), ["charset"]);
    let shown = call["diagnosis"]["signed"].as_str().ok_or("none")?;
    assert!(shown.contains('\u{fffd}'), "{shown}");
    Ok(())
}

/// A value as it is sent, as it is signed, and the cause.
const VALUES: [(&str, &str, &str); 11] = [
    ("it\'s", "it\\\'s", "values_slashed"),
    ("it\\\'s", "it\'s", "values_slashed"),
    ("a\nb", "a\r\nb", "values_line_ends"),
    ("店 &", "%E5%BA%97%20%26", "values_encoded"),
    ("%E5%BA%97", "店", "values_decoded"),
    ("店", "?", "charset"),
    ("店", "???", "charset"),
    ("??", "商品", "other_text_or_key question_marks"),
    ("店", "\u{e5}\u{ba}\u{97}", "charset"),
    ("\u{e5}\u{ba}\u{97}", "店", "charset"),
    ("café", "caf?", "charset"),
];

#[test]
fn a_value_that_differs_from_the_signed_one_is_found_in_both_directions() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let key = sandbox.v2_key().expose();
    for (sent, signed, cause) in VALUES {
        let members = |value: &'static str| {
            [
                ("appid", "wx8"),
                ("body", value),
                ("mch_id", "1900000109"),
                ("nonce_str", "n"),
            ]
        };
        let text = join(&members(signed)) + "&key=" + key;
        let sign = digest(MessageDigest::md5(), text.as_bytes());
        let sent: Vec<_> = members(sent)
            .map(|(name, value)| (name, value.replace('&', "&amp;")))
            .into();
        let sent: Vec<_> = sent.iter().map(|(name, value)| (*name, &**value)).collect();
        let call = post(&sandbox, &sent, &sign)?;
        assert_eq!(causes(&call).join(" "), cause, "{signed}");
    }
    Ok(())
}

#[test]
fn the_sign_tells_how_it_was_made() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let key = sandbox.v2_key().expose();
    let (md5, sha1, sha256) = (
        MessageDigest::md5(),
        MessageDigest::sha1(),
        MessageDigest::sha256(),
    );
    for (sign_type, cause) in [
        ("", "sign_type_other"),
        ("MD5", "sign_type_other"),
        ("HMAC-SHA256", ""),
        ("HMAC_SHA256", "sign_type_unknown"),
    ] {
        let mut sent = SENT.to_vec();
        let mut pairs = sorted();
        if !sign_type.is_empty() {
            sent.push(("sign_type", sign_type));
            pairs.push(("sign_type", sign_type));
            pairs.sort_unstable();
        }
        let text = join(&pairs) + "&key=" + key;
        let call = post(&sandbox, &sent, &hmac(sha256, key, text.as_bytes())?)?;
        assert_eq!(causes(&call).join(" "), cause, "{sign_type}");
        assert_eq!(call["diagnosis"]["signed"], Value::Null);
        // And the other way round.
        let call = post(&sandbox, &sent, &digest(md5, text.as_bytes()))?;
        let cause = match sign_type {
            "HMAC-SHA256" => "sign_type_other",
            "HMAC_SHA256" => "sign_type_unknown",
            _ => "",
        };
        assert_eq!(causes(&call).join(" "), cause, "{sign_type}");
    }
    let text = join(&sorted()) + "&key=" + key;
    let right = digest(md5, text.as_bytes());
    for (sign, cause) in [
        (right.to_lowercase(), "sign_lower_case"),
        (String::new(), "sign_missing"),
        (right.clone() + "0", "sign_form"),
        (encode_block(&hash(md5, text.as_bytes())?), "sign_base64"),
        (encode_block(&[7; 256]), "sign_rsa"),
        (digest(sha1, text.as_bytes()), "sign_sha1"),
        (hmac(md5, key, text.as_bytes())?, "sign_hmac_md5"),
        (
            digest(sha256, text.as_bytes()),
            "sign_type_other sign_plain_sha256",
        ),
        (
            digest(md5, join(&sorted()).as_bytes()).to_lowercase(),
            "sign_lower_case key_missing",
        ),
    ] {
        let call = post(&sandbox, &SENT, &sign)?;
        assert_eq!(causes(&call).join(" "), cause, "{sign}");
    }
    Ok(())
}

/// `profitsharingquery` takes HMAC-SHA256 only.
#[test]
fn the_only_algorithm_of_an_operation_is_told() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let key = sandbox.v2_key().expose();
    for sign_type in ["", "MD5"] {
        let mut sent = vec![
            ("mch_id", "1900000109"),
            ("nonce_str", "n"),
            ("out_order_no", "P1"),
            ("transaction_id", "4006252001201705123297353072"),
        ];
        if !sign_type.is_empty() {
            sent.insert(3, ("sign_type", sign_type));
        }
        let text = join(&sent) + "&key=" + key;
        let sign = digest(MessageDigest::md5(), text.as_bytes());
        let call = post_to(&sandbox, "/pay/profitsharingquery", &sent, &sign)?;
        assert_eq!(causes(&call), ["sign_type_other"], "{sign_type}");
        let said = call["diagnosis"]["mistakes"][0]["text"].to_string();
        assert!(said.contains("takes HMAC-SHA256 only"), "{said}");
    }
    Ok(())
}

#[test]
fn a_message_without_a_nonce_or_with_the_key_is_told() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let key = sandbox.v2_key().expose();
    let sent: Vec<_> = SENT
        .into_iter()
        .filter(|(it, _)| *it != "nonce_str")
        .collect();
    let text = join(&without("nonce_str")) + "&key=" + key;
    let right = digest(MessageDigest::md5(), text.as_bytes());
    let call = post(&sandbox, &sent, &right)?;
    assert_eq!(causes(&call), ["nonce_missing"]);

    let mut sent = SENT.to_vec();
    sent.push(("key", key));
    let mut pairs = sorted();
    pairs.push(("key", key));
    pairs.sort_unstable();
    let sign = digest(MessageDigest::md5(), join(&pairs).as_bytes());
    let call = post(&sandbox, &sent, &sign)?;
    assert_eq!(causes(&call)[0], "key_sent");
    let built = call["built"].as_str().ok_or("none")?;
    assert!(
        built.contains("&key=***&") && !built.contains(key),
        "{built}"
    );
    let shown = call["diagnosis"].to_string();
    assert!(!shown.contains(key), "{shown}");
    Ok(())
}

/// Of a long one fewer texts are tried.
#[test]
fn a_long_message_is_looked_at_as_well() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let names: Vec<_> = (0..3000)
        .rev()
        .map(|number| format!("m{number:04}"))
        .collect();
    let value = "x".repeat(200);
    let mut sent = SENT.to_vec();
    sent.extend(names.iter().map(|name| (&**name, &*value)));
    let filled: Vec<_> = sent
        .iter()
        .copied()
        .filter(|(_, it)| !it.is_empty())
        .collect();
    let text = join(&filled) + "&key=" + sandbox.v2_key().expose();
    let call = post(
        &sandbox,
        &sent,
        &digest(MessageDigest::md5(), text.as_bytes()),
    )?;
    assert_eq!(causes(&call), ["not_sorted"]);
    let call = post(&sandbox, &sent, &digest(MessageDigest::md5(), b"other"))?;
    assert_eq!(causes(&call), ["other_text_or_key"]);
    Ok(())
}

#[test]
fn a_right_message_has_no_diagnosis() -> Outcome {
    let sandbox = Sandbox::builder().check_fields(false).start_blocking()?;
    let text = join(&sorted()) + "&key=" + sandbox.v2_key().expose();
    let call = post(
        &sandbox,
        &SENT,
        &digest(MessageDigest::md5(), text.as_bytes()),
    )?;
    assert_eq!(call["diagnosis"], Value::Null, "{call}");
    assert_eq!(call["built"], join(&sorted()) + "&key=***");
    Ok(())
}
