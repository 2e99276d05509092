//! Captured notifications with random alterations: each event is handled at most once.
//!
//! `WECHATPAY_MUTATIONS=1000000 cargo test --release -p wechatpay-tests --test notify mutations` sets the number of mutations;
//! `WECHATPAY_SEED` changes them.

use std::env;

use http::{HeaderMap, HeaderValue};
use openssl::base64::{decode_block, encode_block};
use serde_json::json;
use wechatpay_chain::Secret;
use wechatpay_chain::crypto::aes;
use wechatpay_chain::notify::{Delivery, Finished, Notifications};
use wechatpay_chain::signing::SignType;

use crate::replays::{PAID, REFUNDED, SIGNED_UP, refund_blocks};
use crate::support::{APIV3, Post, V2, reader};

type Members = Vec<(String, String)>;

/// An attacker's knowledge: everything sent over the wire, but no key.
#[derive(Clone)]
enum Captured {
    V2(Members),
    V3(HeaderMap, Vec<u8>),
}

#[derive(Default, Debug)]
struct Tally {
    refused: usize,
    repeated: usize,
}

#[tokio::test]
async fn each_event_is_handled_once_however_its_message_is_altered() {
    let rounds = number("WECHATPAY_MUTATIONS").unwrap_or(6_000);
    let mut random = Random(number("WECHATPAY_SEED").unwrap_or(10).max(1) as u64);
    let (reader, captured) = (reader(), captured());
    let mut tallies = Vec::new();
    for message in &captured {
        let (headers, body) = sent(message, &mut Random(1), 0);
        assert_eq!(deliver(&reader, &headers, &body).await, Some(Delivery::New));
        tallies.push(Tally::default());
    }
    for round in 0..rounds {
        let at = round % captured.len();
        let (headers, body) = altered(&captured[at], &mut random);
        match deliver(&reader, &headers, &body).await {
            None => tallies[at].refused += 1,
            Some(Delivery::Duplicate) => tallies[at].repeated += 1,
            Some(other) => panic!("{other:?} at {round}: {}", String::from_utf8_lossy(&body)),
        }
    }
    eprintln!("{rounds} altered messages: {tallies:?}");
    for tally in &tallies {
        let enough = rounds / captured.len() / 50;
        assert!(
            tally.refused > enough && tally.repeated > enough,
            "{tallies:?}"
        );
    }
}

fn number(name: &str) -> Option<usize> {
    env::var(name).ok().map(|text| text.parse().unwrap())
}

async fn deliver(reader: &Notifications, headers: &HeaderMap, body: &[u8]) -> Option<Delivery> {
    let notification = reader.accept(headers, body).await.ok()?;
    if notification.delivery() == Delivery::New {
        let finished = reader.finish(&notification).await.unwrap();
        assert_eq!(finished, Finished::Recorded);
    }
    Some(notification.delivery())
}

fn captured() -> Vec<Captured> {
    let event = {
        let key = APIV3.as_bytes().try_into().unwrap();
        let bytes = aes::gcm_encrypt(key, b"123456789012", b"aad", b"{\"state\":\"OK\"}").unwrap();
        let members = [
            ("event_id", "EV-1"),
            ("event_type", "CHECK.SUCCESS"),
            ("event_algorithm", "AEAD_AES_256_GCM"),
            ("event_nonce", "123456789012"),
            ("event_associated_data", "aad"),
            ("event_ciphertext", &encode_block(&bytes)),
        ];
        signed(&members, SignType::HmacSha256)
    };
    let scan = [
        ("appid", "wx1"),
        ("mch_id", "1"),
        ("product_id", "88"),
        ("nonce_str", "n"),
    ];
    let combined = [
        ("combine_out_trade_no", "c-1"),
        ("mch_id", "1"),
        ("sub_order_list", "{\"order_num\":2}"),
    ];
    let info = encode_block(&refund_blocks(REFUNDED.len()).concat());
    let refund = [
        ("return_code", "SUCCESS"),
        ("mch_id", "1"),
        ("req_info", &info),
    ];
    let mut refunded = Post::new("REFUND.SUCCESS", json!({"refund_id": "1"}));
    refunded.id = "another".into();
    let v3 = |post: Post| {
        let (headers, body) = post.signed();
        Captured::V3(headers, body)
    };
    vec![
        Captured::V2(signed(&PAID, SignType::Md5)),
        Captured::V2(signed(&SIGNED_UP, SignType::HmacSha256)),
        Captured::V2(event),
        Captured::V2(signed(&scan, SignType::Md5)),
        Captured::V2(signed(&combined, SignType::Md5)),
        Captured::V2(owned(&refund)),
        v3(Post::paid()),
        v3(refunded),
    ]
}

fn signed(members: &[(&str, &str)], sign_type: SignType) -> Members {
    let sign = sign_type
        .sign(members.iter().copied(), &Secret::new(V2))
        .unwrap();
    let mut members = owned(members);
    members.push(("sign".into(), sign));
    members
}

fn owned(members: &[(&str, &str)]) -> Members {
    let own = |(name, value): &(&str, &str)| ((*name).into(), (*value).into());
    members.iter().map(own).collect()
}

fn altered(message: &Captured, random: &mut Random) -> (HeaderMap, Vec<u8>) {
    let mut message = message.clone();
    for _ in 0..=random.below(3) {
        match &mut message {
            Captured::V2(members) => alter_members(members, random),
            Captured::V3(headers, body) => alter_v3(headers, body, random),
        }
    }
    let bytes = random.below(8) / 7;
    sent(&message, random, bytes)
}

/// The original bytes, with this many of them altered.
fn sent(message: &Captured, random: &mut Random, bytes: usize) -> (HeaderMap, Vec<u8>) {
    let (headers, mut body) = match message {
        Captured::V2(members) => (HeaderMap::new(), write(members, random).into_bytes()),
        Captured::V3(headers, body) => (headers.clone(), body.clone()),
    };
    for _ in 0..bytes {
        let at = random.below(body.len());
        match random.below(3) {
            0 => drop(body.remove(at)),
            1 => body.insert(at, random.byte()),
            _ => body[at] = random.byte(),
        }
    }
    (headers, body)
}

/// One of many spellings of the same members.
fn write(members: &Members, random: &mut Random) -> String {
    let mut out =
        ["", "\u{feff}", "<?xml version=\"1.0\"?>\n", "<!-- c -->"][random.below(4)].to_owned();
    out += "<xml>";
    for (name, value) in members {
        out += ["", "\n", "  ", "<!-- c -->"][random.below(4)];
        let nested = value.starts_with("<y>");
        let text = match random.below(3) {
            _ if nested => value.clone(),
            0 => format!("<![CDATA[{value}]]>"),
            1 => value.replace('&', "&amp;").replace('<', "&lt;"),
            _ => value
                .chars()
                .map(|c| format!("&#{};", u32::from(c)))
                .collect(),
        };
        if value.is_empty() && random.below(2) == 0 {
            out += &format!("<{name}/>")
        } else {
            out += &format!("<{name}>{text}</{name}>")
        }
    }
    out + "</xml>"
}

fn alter_members(members: &mut Members, random: &mut Random) {
    let (a, b) = (random.below(members.len()), random.below(members.len()));
    let fresh = format!("x{}", random.below(1 << 20));
    match random.below(14) {
        0 => members.insert(a, (fresh, String::new())),
        1 => members.insert(a, (fresh, "1".into())),
        2 => members.insert(a, (fresh, "<y>1</y>".into())),
        3 => members.insert(a, members[b].clone()),
        4 => members.swap(a, b),
        5 => members[a].1.clear(),
        6 if members.len() > 1 => drop(members.remove(a)),
        7 => members[a].0 = fresh,
        8 => join(members, a),
        9 => split(members, a),
        10 => members.insert(a, (OTHERS[random.below(OTHERS.len())].into(), fresh)),
        11 => members[a].0 += &format!("={}&x", fresh),
        12 => members[a].1 = members[a].1.to_lowercase(),
        _ => alter_blocks(members, random),
    }
}

const OTHERS: [&str; 7] = [
    "event_id",
    "event_type",
    "nonce_str",
    "device_info",
    "transaction_id",
    "req_info",
    "sign_type",
];

/// Joins two adjacent members of the signed text into one.
fn join(members: &mut Members, at: usize) {
    members.sort();
    if at + 1 < members.len() {
        let (name, value) = members.remove(at + 1);
        members[at].1 += &format!("&{name}={value}");
    }
}

fn split(members: &mut Members, at: usize) {
    let (_, value) = members[at].clone();
    if let Some((own, rest)) = value.split_once('&')
        && let Some((name, value)) = rest.split_once('=')
    {
        members.push((name.into(), value.into()));
        members[at].1 = own.into();
    }
}

/// Inserts, removes, replaces or exchanges blocks of a refund's ciphertext.
fn alter_blocks(members: &mut Members, random: &mut Random) {
    let Some((_, info)) = members.iter_mut().find(|(name, _)| name == "req_info") else {
        return;
    };
    let Ok(bytes) = decode_block(info) else {
        return;
    };
    if bytes.is_empty() {
        return;
    }
    let mut blocks: Vec<_> = bytes.chunks(16).map(<[u8]>::to_vec).collect();
    let (a, b) = (random.below(blocks.len()), random.below(blocks.len()));
    match random.below(5) {
        0 => blocks.insert(b, blocks[a].clone()),
        1 => drop(blocks.remove(a)),
        2 => blocks[b] = blocks[a].clone(),
        3 => blocks.swap(a, b),
        // Spaces and line ends are not part of base64.
        _ => {
            info.insert(0, '\n');
            return;
        }
    }
    *info = encode_block(&blocks.concat());
}

fn alter_v3(headers: &mut HeaderMap, body: &mut Vec<u8>, random: &mut Random) {
    let names =
        ["timestamp", "nonce", "serial", "signature"].map(|name| format!("wechatpay-{name}"));
    let name = names[random.below(4)].as_str();
    let at = random.below(body.len());
    match random.below(8) {
        0 => body.insert(at, b' '),
        1 => body[at] = random.byte(),
        2 => {
            let text = String::from_utf8_lossy(body).replacen("EV-", "EX-", 1);
            *body = text.into_bytes();
        }
        3 => drop(headers.remove(name)),
        4 => {
            let value = HeaderValue::try_from(format!("{}", random.below(1 << 20))).unwrap();
            headers.insert(http::HeaderName::try_from(name).unwrap(), value);
        }
        5 => {
            headers.append("wechatpay-nonce", HeaderValue::from_static("another"));
        }
        // Unsigned headers, and exactly the same bytes.
        6 => {
            headers.insert("request-id", HeaderValue::from_static("another"));
        }
        _ => {}
    }
}

/// xorshift64: the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn byte(&mut self) -> u8 {
        self.next() as u8
    }
}
