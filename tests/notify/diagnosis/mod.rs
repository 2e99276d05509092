//! Diagnoses of rejected notifications; this file: of the body.

mod headers;
#[cfg(feature = "sm")]
mod sm;
mod v2;

use encoding_rs::{GBK, WINDOWS_1252};
use http::HeaderMap;
use serde_json::{Value, json};
use wechatpay_chain::notify::Notifications;

use crate::support::{APIV3, Post, V2, reader};

/// Returns the causes; checks that the notification is rejected and no secret is shown.
#[track_caller]
fn causes(reader: &Notifications, headers: &HeaderMap, body: &[u8]) -> Vec<&'static str> {
    assert!(reader.parse(headers, body).is_err());
    let found = reader.diagnose(headers, body);
    for finding in &found {
        let text = finding.to_string();
        for secret in [APIV3, V2, "order-1", "ciphertext\""] {
            assert!(!text.contains(secret), "{text}");
        }
        assert!(text.len() < 420 && !text.ends_with('.'), "{text}");
    }
    found.iter().map(|finding| finding.cause()).collect()
}

#[track_caller]
fn body_is(cause: &'static str, body: impl AsRef<[u8]>) {
    let (headers, _) = Post::paid().signed();
    let body = body.as_ref();
    let shown = String::from_utf8_lossy(body);
    assert_eq!(causes(&reader(), &headers, body), [cause], "{shown}");
}

fn text() -> String {
    String::from_utf8(Post::paid().body()).unwrap()
}

fn value() -> Value {
    serde_json::from_str(&text()).unwrap()
}

#[test]
fn an_accepted_notification_has_no_diagnosis() {
    let (headers, body) = Post::paid().signed();
    assert!(reader().parse(&headers, &body).is_ok());
    assert_eq!(reader().diagnose(&headers, &body), []);
}

#[test]
fn changed_ends_of_the_body_are_diagnosed() {
    let text = text();
    for end in ["\n", "\r\n", "\n\n", " ", "\t"] {
        body_is("body_ends", format!("{text}{end}"));
    }
    body_is("body_ends", format!("\n{text}"));
    body_is("body_nul", format!("{text}\0\0\0"));
    body_is("body_bom", format!("\u{feff}{text}"));
    body_is("body_cut", &text[..text.len() - 1]);
    body_is("body_cut", &text[..text.len() - 2]);
    body_is("body_cut", &text[..text.len() / 2]);
    body_is("body_empty", "");
    body_is(
        "body_with_head",
        format!("POST /n HTTP/1.1\r\nHost: a\r\n\r\n{text}"),
    );
    body_is("body_quoted", format!("'{text}'"));
    body_is("body_quoted", format!("b'{text}'"));
}

/// WeChat Pay's body had the line end, or the byte order mark, that was lost.
#[test]
fn diagnosis_names_what_a_body_lost() {
    for (change, cause) in [
        (("", "\n"), "body_ends"),
        (("", "\r\n"), "body_ends"),
        (("\u{feff}", ""), "body_bom"),
    ] {
        let text = text();
        let signed = format!("{}{text}{}", change.0, change.1);
        let headers = Post::paid().headers(signed.as_bytes());
        assert_eq!(causes(&reader(), &headers, text.as_bytes()), [cause]);
    }
    let pretty = format!("{:#}", value());
    let headers = Post::paid().headers(pretty.as_bytes());
    let windows = pretty.replace('\n', "\r\n");
    assert_eq!(
        causes(&reader(), &headers, windows.as_bytes()),
        ["body_line_ends"]
    );
    let headers = Post::paid().headers(windows.as_bytes());
    assert_eq!(
        causes(&reader(), &headers, pretty.as_bytes()),
        ["body_line_ends"]
    );
}

#[test]
fn an_escaped_body_is_diagnosed() {
    let text = text();
    body_is("body_nginx", text.replace('"', "\\x22"));
    let nginx: String = text
        .bytes()
        .map(|byte| match byte {
            b'"' | b'\\' | 0x7f.. => format!("\\x{byte:02X}"),
            _ => char::from(byte).to_string(),
        })
        .collect();
    body_is("body_nginx", nginx);
    body_is("body_json_twice", Value::from(text.as_str()).to_string());
    body_is("body_json_twice", text.replace('"', "\\\""));
    body_is("body_html", text.replace('"', "&quot;"));
    body_is(
        "body_percent_encoded",
        percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC)
            .to_string(),
    );
    body_is("body_form", format!("{text}="));
}

/// A ciphertext with a `+`, which form decoding turns into a space, as in the time zone.
#[test]
fn a_form_decoded_body_is_diagnosed() {
    let sealed = |body: &[u8]| {
        let body: Value = serde_json::from_slice(body).unwrap();
        body["resource"]["ciphertext"].as_str().unwrap().to_owned()
    };
    let mut post = Post::paid();
    for number in 0.. {
        post.resource["n"] = json!(number);
        if sealed(&post.body()).contains('+') {
            break;
        }
    }
    let (headers, body) = post.signed();
    let sealed = sealed(&body);
    let body = String::from_utf8(body).unwrap();
    let of_base64 = body.replace(&sealed, &sealed.replace('+', " "));
    assert_ne!(of_base64, body);
    for came in [
        of_base64.clone(),
        body.replace('+', " "),
        of_base64 + "=",
        body.replace('+', " ") + "=",
    ] {
        assert_eq!(
            causes(&reader(), &headers, came.as_bytes()),
            ["body_form"],
            "{came}"
        );
    }
}

#[test]
fn reserialised_json_is_diagnosed() {
    let value = value();
    body_is("body_rewritten", format!("{value:#}"));
    let spaced = text().replace("\":", "\": ").replace(",\"", ", \"");
    body_is("body_rewritten", &spaced);
    // Each was signed in one form, and received in the form of another language's serialiser.
    let ascii = text().replace("支付成功", "\\u652f\\u4ed8\\u6210\\u529f");
    let slashed = text().replace("支付成功", "a/b").replace('/', "\\/");
    for (signed, came, cause) in [
        (ascii.clone(), text(), "body_rewritten"),
        (text(), ascii, "body_rewritten"),
        (
            slashed.clone(),
            slashed.replace("\\/", "/"),
            "body_rewritten",
        ),
        (slashed.replace("\\/", "/"), slashed, "body_slashes"),
    ] {
        let headers = Post::paid().headers(signed.as_bytes());
        assert_eq!(
            causes(&reader(), &headers, came.as_bytes()),
            [cause],
            "{came}"
        );
    }
    let mut nulls = value;
    nulls["more"] = Value::Null;
    body_is("body_with_nulls", nulls.to_string());
    let printed = text()
        .replace('"', "'")
        .replace("':", "': ")
        .replace(",'", ", '");
    body_is("body_printed", printed);
}

#[test]
fn reordered_members_are_diagnosed() {
    let value = value();
    let Value::Object(envelope) = &value else {
        unreachable!()
    };
    let mut sorted: Vec<_> = envelope.clone().into_iter().collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    let sorted: serde_json::Map<_, _> = sorted.into_iter().collect();
    body_is("body_reordered", Value::Object(sorted).to_string());
    // An undocumented order, in both objects.
    let mut turned = value.clone();
    for pointer in ["", "/resource"] {
        let Some(Value::Object(members)) = turned.pointer_mut(pointer) else {
            unreachable!()
        };
        let mut pairs: Vec<_> = std::mem::take(members).into_iter().collect();
        pairs.rotate_left(2);
        pairs.swap(0, 3);
        members.extend(pairs);
    }
    body_is("body_reordered", turned.to_string());
}

#[test]
fn reformatted_numbers_are_diagnosed() {
    let mut value = value();
    value["version"] = json!(1);
    let body = value.to_string();
    let headers = Post::paid().headers(body.as_bytes());
    for form in ["1.0", "\"1\""] {
        let came = body.replace("\"version\":1", &format!("\"version\":{form}"));
        assert_ne!(came, body);
        assert_eq!(
            causes(&reader(), &headers, came.as_bytes()),
            ["body_numbers"],
            "{form}"
        );
    }
}

#[test]
fn a_wrong_charset_is_diagnosed() {
    let text = text();
    let bytes = text.as_bytes();
    body_is("body_charset", GBK.encode(&text).0);
    let latin: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    body_is("body_charset", latin);
    body_is(
        "body_charset",
        WINDOWS_1252.decode_without_bom_handling(bytes).0.as_bytes(),
    );
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    body_is("body_charset", [&[0xff, 0xfe][..], &utf16].concat());
    body_is("body_charset", utf16);
}

#[test]
fn two_changes_at_once_are_diagnosed() {
    let (headers, _) = Post::paid().signed();
    let came = format!("\u{feff}{:#}\r\n", value()).replace('\n', "\r\n");
    let found = causes(
        &reader(),
        &headers,
        format!("\u{feff}{}\n", text()).as_bytes(),
    );
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.contains(&"body_bom") && found.contains(&"body_ends"));
    // Three changes are too many to identify, but do not look like another key.
    let found = causes(&reader(), &headers, came.as_bytes());
    assert!(
        found
            .iter()
            .all(|cause| cause.starts_with("body_") || *cause == "other_body")
    );
}

#[test]
fn a_body_of_another_message_is_diagnosed() {
    let mut other = Post::paid();
    other.id = "EV-2".into();
    body_is("other_body", other.body());
    body_is("body_only_resource", value()["resource"].to_string());
    body_is("body_no_notification", r#"{"out_trade_no":"1"}"#);
    body_is("body_not_json", "out_trade_no=1&amp");
    let (mut altered, mut without) = (value(), value());
    altered["resource"]["associated_data"] = "refund".into();
    body_is("associated_data_altered", altered.to_string());
    without["resource"]
        .as_object_mut()
        .unwrap()
        .remove("associated_data");
    body_is("associated_data_missing", without.to_string());
    // Headers of an answer without a body.
    let headers = Post::paid().headers(b"");
    assert_eq!(
        causes(&reader(), &headers, text().as_bytes()),
        ["body_added"]
    );
}
