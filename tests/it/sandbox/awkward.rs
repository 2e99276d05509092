//! Legal HTTP that few clients send: other spellings of a request, all over real sockets.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use serde_json::{Value, json};
use wechatpay_sandbox::Sandbox;

use super::raw::{Answer, Raw, exchange};
use super::{Outcome, why};

const NATIVE: &str = "/v3/pay/transactions/native";

fn native(number: &str) -> Value {
    json!({
        "appid": "wxd678efh567hg6787", "mchid": "1900000109", "description": "公仔", "out_trade_no": number,
        "notify_url": "https://www.example.com/paid", "amount": {"total": 100},
    })
}

/// Head and body of a request that is right.
fn right(sandbox: &Sandbox, number: &str) -> Outcome<(String, Vec<u8>)> {
    let raw = Raw::post(sandbox, NATIVE, &native(number))?.authorized()?;
    let bytes = raw.bytes();
    let head = bytes.len() - raw.body.len();
    Ok((String::from_utf8(bytes[..head].to_vec())?, raw.body))
}

fn send(sandbox: &Sandbox, bytes: &[u8]) -> Outcome<Answer> {
    exchange(TcpStream::connect(sandbox.address())?, bytes)
}

type Spelling = fn(String) -> String;

const SPELLINGS: [(&str, Spelling); 12] = [
    ("HTTP/1.0", |head| head.replace("HTTP/1.1", "HTTP/1.0")),
    ("absolute form", |head| {
        head.replace("POST /", "POST http://api.mch.weixin.qq.com/")
    }),
    ("another host", |head| {
        head.replace("127.0.0.1", "api.mch.weixin.qq.com")
    }),
    ("no host", |head| head.replace("Host: 127.0.0.1\r\n", "")),
    ("names in capitals", |head| {
        head.replace("Authorization", "AUTHORIZATION")
    }),
    ("names in lower case", |head| {
        head.replace("Content-Type", "content-type")
    }),
    ("no blanks", |head| {
        head.replace("Authorization: ", "Authorization:")
    }),
    ("blanks around values", |head| {
        head.replace("Authorization: ", "Authorization:\t ")
            .replace("\"\r\n", "\" \t\r\n")
    }),
    ("blanks in Authorization", |head| {
        head.replace("\",", "\", ")
    }),
    ("lines of LF", |head| head.replace("\r\n", "\n")),
    ("parameters of Content-Type", |head| {
        head.replace(
            "application/json\r\n",
            "APPLICATION/JSON ; charset=\"utf-8\"\r\n",
        )
    }),
    ("two of Accept", |head| {
        head.replace("Accept:", "Accept: */*\r\nAccept:")
    }),
];

#[test]
fn other_spellings_of_a_head_are_accepted() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    for (index, (name, spelling)) in SPELLINGS.into_iter().enumerate() {
        let (head, body) = right(&sandbox, &format!("AWKWARD{index}"))?;
        let changed = spelling(head.clone());
        assert_ne!(changed, head, "{name}");
        let answer = send(&sandbox, &[changed.as_bytes(), &body].concat())?;
        assert_eq!(answer.status, 200, "{name}: {}", why(&sandbox)?);
        answer.signer(&sandbox)?;
    }
    Ok(())
}

/// Its signature covers the bytes that are sent, so nothing is compressed.
#[test]
fn an_answer_is_not_compressed() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let raw = Raw::post(&sandbox, NATIVE, &native("GZIP01"))?;
    let answer = raw
        .header("Accept-Encoding", "gzip, deflate, br")
        .authorized()?;
    let answer = answer.send(&sandbox)?;
    answer.signer(&sandbox)?;
    assert!(answer.headers.get("Content-Encoding").is_none());
    assert!(answer.json()?["code_url"].is_string());
    Ok(())
}

#[test]
fn a_body_may_come_in_chunks_and_after_a_pause() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let (head, body) = right(&sandbox, "CHUNKED1")?;
    let length = format!("Content-Length: {}", body.len());
    let mut chunks = String::new();
    for chunk in String::from_utf8(body)?.split_inclusive(',') {
        write!(chunks, "{:X};x=y\r\n{chunk}\r\n", chunk.len())?;
    }
    let head = head.replace(&length, "Transfer-Encoding: chunked");
    let request = format!("{head}{chunks}0\r\nX-Trailer: 1\r\n\r\n");
    assert_eq!(
        send(&sandbox, request.as_bytes())?.status,
        200,
        "{}",
        why(&sandbox)?
    );

    let (head, body) = right(&sandbox, "EXPECT01")?;
    let head = head.replace("Accept:", "Expect: 100-continue\r\nAccept:");
    let mut stream = TcpStream::connect(sandbox.address())?;
    stream.write_all(head.as_bytes())?;
    let mut asked = [0; 25];
    stream.read_exact(&mut asked)?;
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    assert_eq!(exchange(stream, &body)?.status, 200, "{}", why(&sandbox)?);
    Ok(())
}

#[test]
fn a_number_in_the_path_may_be_percent_encoded() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let made = Raw::post(&sandbox, NATIVE, &native("PERCENT|01"))?.authorized()?;
    assert_eq!(made.send(&sandbox)?.status, 200);
    let orders = "/v3/pay/transactions/out-trade-no";
    for (target, status) in [
        ("PERCENT%7C01?mchid=1900000109", 200),
        ("PERCENT%7c01?mchid=1900000109", 200),
        ("%50ERCENT%7C01?mchi%64=%31900000109", 200),
        ("PERCENT%7C01?mchid=1900000109&", 200),
        ("PERCENT%7C01/?mchid=1900000109", 404),
        ("PERCENT%257C01?mchid=1900000109", 404),
    ] {
        let raw = Raw::new(&sandbox, "GET", &format!("{orders}/{target}"))?.authorized()?;
        assert_eq!(
            raw.send(&sandbox)?.status,
            status,
            "{target}: {}",
            why(&sandbox)?
        );
    }
    Ok(())
}

/// PHP's and Java's clients send `{}`, `null` or a `Content-Type` with some.
#[test]
fn a_query_may_have_a_body() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    for body in ["", "{}", "[]", "null"] {
        let raw = Raw::new(&sandbox, "GET", "/v3/certificates")?.body(body);
        let raw = raw
            .header("Content-Type", "application/json")
            .authorized()?;
        assert_eq!(
            raw.send(&sandbox)?.status,
            200,
            "{body}: {}",
            why(&sandbox)?
        );
    }
    Ok(())
}

const UPLOAD: &str = "/v3/merchant/media/upload";
const META: &str = "name=\"meta\"";

/// An upload with these headers of its two parts.
fn upload(sandbox: &Sandbox, kind: &str, parts: [&str; 2]) -> Outcome<Raw> {
    // The SHA-256 of "abc".
    const DIGEST: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let meta = json!({"filename": "图.png", "sha256": DIGEST}).to_string();
    let part = |disposition: &str| {
        let content = if disposition.contains("meta") {
            &meta
        } else {
            "abc"
        };
        format!("--b\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{content}\r\n")
    };
    let body = format!("{}{}--b--\r\n", part(parts[0]), part(parts[1]));
    let mut raw = Raw::new(sandbox, "POST", UPLOAD)?
        .header("Content-Type", kind)
        .body(body);
    raw.signed = Some(meta.into_bytes());
    raw.authorized()
}

const FORM: &str = "multipart/form-data; boundary=b";
const FILE: &str = "name=\"file\"; filename=\"图.png\"";

const UPLOADS: [(&str, [&str; 2]); 10] = [
    (FORM, [META, FILE]),
    (FORM, [FILE, META]),
    (FORM, ["\r\n\tname=\"meta\"", FILE]),
    (FORM, ["name=meta", "name=file; filename=a.png"]),
    (
        FORM,
        [META, "name=\"file\"; filename*=UTF-8''%E5%9B%BE.png"],
    ),
    (
        FORM,
        [
            META,
            "filename=\"a.png\"; filename*=UTF-8''a.png; name=\"file\"",
        ],
    ),
    (FORM, [META, "filename=\"a\\\"b.png\"; name=\"file\""]),
    (
        FORM,
        [
            META,
            "name=\"file\"; filename=\"图.png\"\r\nContent-Transfer-Encoding: binary",
        ],
    ),
    (
        "multipart/form-data; charset=utf-8; boundary=\"b\"",
        [META, FILE],
    ),
    ("MULTIPART/FORM-DATA;BOUNDARY=b", [META, FILE]),
];

#[test]
fn other_spellings_of_an_upload_are_accepted() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    for (kind, parts) in UPLOADS {
        let answer = upload(&sandbox, kind, parts)?.send(&sandbox)?;
        assert_eq!(answer.status, 200, "{kind} {parts:?}: {}", why(&sandbox)?);
    }
    for meta in [
        "name=\"meta\"; filename=\"\"",
        "name=\"meta\"; filename*=UTF-8''meta",
    ] {
        let answer = upload(&sandbox, FORM, [meta, FILE])?.send(&sandbox)?;
        assert_eq!(answer.code()?, (401, "SIGN_ERROR".to_owned()), "{meta}");
    }
    Ok(())
}

/// A client that sends all before it reads is not cut off.
#[test]
fn the_refusal_of_a_long_upload_reaches_a_client_that_is_still_sending() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let long = vec![b'a'; 24 << 20];
    let head = format!(
        "POST {UPLOAD} HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\n\
         Content-Length: {}\r\n\r\n",
        long.len()
    );
    let mut stream = TcpStream::connect(sandbox.address())?;
    stream.write_all(head.as_bytes())?;
    stream.write_all(&long)?;
    stream.shutdown(Shutdown::Write)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    Ok(())
}
