//! One id for each APIv2 event: copies of a message share it, and different events differ.

use std::collections::BTreeSet;

use http::HeaderMap;
use wechatpay_chain::crypto::{aes, digest};
use wechatpay_chain::notify::Notification;
use wechatpay_chain::signing::SignType;
use wechatpay_chain::{ErrorKind, Result};

use crate::support::{V2, reader, v2_message, xml};

pub(crate) type Members<'m> = Vec<(&'m str, &'m str)>;

pub(crate) const PAID: [(&str, &str); 16] = [
    ("appid", "wx2421b1c4370ec43b"),
    ("attach", "order 7"),
    ("bank_type", "CMC"),
    ("fee_type", "CNY"),
    ("is_subscribe", "Y"),
    ("mch_id", "10000100"),
    ("nonce_str", "5d2b6c2a8db53831f7eda20af46e531c"),
    ("openid", "oUpF8uMEb4qRXf22hE3X68TekukE"),
    ("out_trade_no", "1409811653"),
    ("result_code", "SUCCESS"),
    ("return_code", "SUCCESS"),
    ("time_end", "20140903131540"),
    ("total_fee", "1"),
    ("trade_type", "JSAPI"),
    ("transaction_id", "1004400740201409030005092168"),
    ("sub_mch_id", "10000200"),
];
pub(crate) const SIGNED_UP: [(&str, &str); 10] = [
    ("mch_id", "10010404"),
    ("appid", "wx2421b1c4370ec43b"),
    ("contract_code", "100001256"),
    ("plan_id", "123"),
    ("openid", "oUpF8uMEb4qRXf22hE3X68TekukE"),
    ("change_type", "ADD"),
    ("operate_time", "2015-07-01 10:00:00"),
    ("contract_id", "Wx15463511252015071056489715"),
    ("request_serial", "1695"),
    ("return_code", "SUCCESS"),
];
/// Its numbers consist of digits, so that blocks can be exchanged between them.
pub(crate) const REFUNDED: [(&str, &str); 13] = [
    ("out_refund_no", "20181119070112345678901234567890"),
    ("out_trade_no", "20181119060112345678901234567891"),
    ("refund_account", "REFUND_SOURCE_RECHARGE_FUNDS"),
    ("refund_fee", "3960"),
    ("refund_id", "50000408942018111907145868882"),
    ("refund_recv_accout", "支付用户零钱"),
    ("refund_request_source", "API"),
    ("refund_status", "SUCCESS"),
    ("settlement_refund_fee", "3960"),
    ("settlement_total_fee", "3960"),
    ("success_time", "2018-11-19 16:24:13"),
    ("total_fee", "3960"),
    ("transaction_id", "4200000215201811190261405420"),
];

fn parse(body: &str) -> Result<Notification> {
    reader().parse(&HeaderMap::new(), body.as_bytes())
}

fn signed(members: &[(&str, &str)]) -> String {
    v2_message(members, SignType::Md5, V2)
}

fn id(members: &[(&str, &str)]) -> String {
    parse(&signed(members)).unwrap().id().to_owned()
}

pub(crate) fn with<'m>(
    members: &[(&'m str, &'m str)],
    changes: &[(&'m str, &'m str)],
) -> Members<'m> {
    let kept = |(name, _): &&(&str, &str)| !changes.iter().any(|(changed, _)| changed == name);
    let kept = members.iter().filter(kept).copied();
    kept.chain(changes.iter().copied()).collect()
}

/// The ciphertext of a refund whose plaintext begins at a given position in a block.
pub(crate) fn refund_blocks(shift: usize) -> Vec<[u8; 16]> {
    let mut members = REFUNDED.to_vec();
    let pad = "1".repeat(shift);
    members.insert(0, ("cash_refund_fee", &pad));
    let key = digest::md5_hex(V2.as_bytes()).unwrap().to_lowercase();
    let key = key.as_bytes().try_into().unwrap();
    let sealed = aes::ecb_encrypt(key, xml("root", &members).as_bytes()).unwrap();
    let blocks = sealed.chunks(16).map(|block| block.try_into().unwrap());
    blocks.collect()
}

pub(crate) fn refund_message(blocks: &[[u8; 16]]) -> String {
    let info = openssl::base64::encode_block(&blocks.concat());
    xml(
        "xml",
        &[
            ("return_code", "SUCCESS"),
            ("mch_id", "1"),
            ("req_info", &info),
        ],
    )
}

#[test]
fn unsigned_elements_are_not_part_of_an_id() {
    let good = signed(&PAID);
    let first = parse(&good).unwrap();
    for n in 0..1000 {
        let added = format!("<xml><x{n}></x{n}><y{n}/><device_info></device_info>");
        let copy = parse(&good.replace("<xml>", &added)).unwrap();
        assert_eq!(copy.id(), first.id());
        assert_eq!(copy.resource(), first.resource());
    }
}

#[test]
fn messages_that_share_a_signed_text_are_rejected() {
    let good = signed(&PAID);
    let element = |name: &str, value: &str| format!("<{name}><![CDATA[{value}]]></{name}>");
    let mut sorted = PAID.to_vec();
    sorted.sort_unstable();
    for pair in sorted.windows(2) {
        let ((name, value), (next, inner)) = (pair[0], pair[1]);
        let joined = good.replace(&element(next, inner), "").replace(
            &element(name, value),
            &element(name, &format!("{value}&{next}={inner}")),
        );
        let err = parse(&joined).unwrap_err();
        assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Verify, false));
        assert!(err.to_string().contains("&name="), "{err}");
    }
    // Names that contain the separator between two members.
    let odd = good.replace("<attach>", "<attach=order 7&amp;bank_type>");
    assert_eq!(parse(&odd).unwrap_err().kind(), ErrorKind::Verify);
    // Text with only one reading is accepted, even if it looks like a query.
    let query = parse(&signed(&with(&PAID, &[("attach", "uid=1&type=2")]))).unwrap();
    assert_eq!(query.resource()["attach"], "uid=1&type=2");
}

#[test]
fn doubled_and_nested_elements_and_invalid_names_are_rejected() {
    let good = signed(&PAID);
    for added in [
        "<total_fee>1</total_fee>",
        "<total_fee/>",
        "<sign>1</sign>",
        "<x><y>1</y></x>",
        "<a=1&b></a=1&b>",
        "<attach=1></attach=1>",
        "<x:y></x:y>",
    ] {
        let err = parse(&good.replace("<xml>", &format!("<xml>{added}"))).unwrap_err();
        assert_eq!(
            (err.kind(), err.maybe_sent()),
            (ErrorKind::Verify, false),
            "{added}"
        );
    }
}

#[test]
fn incidental_members_do_not_change_a_payments_id() {
    let first = id(&PAID);
    for change in [
        ("nonce_str", "another"),
        ("is_subscribe", "N"),
        ("bank_type", "OTHERS"),
        ("return_msg", "OK"),
        ("sign_type", "MD5"),
        ("coupon_id_0", "1"),
        ("attach", "7"),
    ] {
        assert_eq!(id(&with(&PAID, &[change])), first, "{change:?}");
    }
    let other = v2_message(&PAID, SignType::HmacSha256, V2);
    assert_eq!(parse(&other).unwrap().id(), first);
}

#[test]
fn different_events_have_different_ids() {
    let failed = [("result_code", "FAIL"), ("err_code", "NOTENOUGH")];
    let contract = [
        ("change_type", "DELETE"),
        ("operate_time", "2015-08-01 10:00:00"),
    ];
    let again = [
        ("operate_time", "2015-09-01 10:00:00"),
        ("contract_id", "Wx2"),
    ];
    let scan = [
        ("appid", "wx1"),
        ("mch_id", "1"),
        ("openid", "o"),
        ("product_id", "88"),
    ];
    let plate = [
        ("mch_id", "1"),
        ("plate_number", "粤B888888"),
        ("vehicle_event_type", "NORMAL"),
        ("vehicle_event_createtime", "20180101000000"),
    ];
    let risk = [
        ("mch_id", "1"),
        ("event_code", "R"),
        ("transaction_id_list", "[1]"),
    ];
    let unknown = [("mch_id", "1"), ("something", "1")];
    let events = [
        PAID.to_vec(),
        with(&PAID, &[("transaction_id", "1004400740201409030005092169")]),
        with(&PAID, &[("out_trade_no", "1409811654")]),
        with(&PAID, &[("mch_id", "10000101")]),
        with(&PAID, &[("sub_mch_id", "10000201")]),
        with(&PAID, &[("appid", "wx2421b1c4370ec43c")]),
        with(&PAID, &[("user_repaid", "Y")]),
        with(&PAID, &[("trade_state", "PAY_FAIL")]),
        with(&PAID, &[("time_end", "20140903131541")]),
        with(&PAID, &[("refund_id", "1")]),
        with(&PAID, &failed),
        with(
            &PAID,
            &[("result_code", "FAIL"), ("err_code", "USERCONTRACT")],
        ),
        with(&PAID, &[("combine_out_trade_no", "1")]),
        SIGNED_UP.to_vec(),
        with(&SIGNED_UP, &contract),
        with(&SIGNED_UP, &again),
        with(&SIGNED_UP, &[("openid", "another")]),
        with(&scan, &[("nonce_str", "1")]),
        with(&scan, &[("nonce_str", "2")]),
        plate.to_vec(),
        with(&plate, &[("vehicle_event_createtime", "20180101000001")]),
        with(&plate, &[("vehicle_event_type", "BLOCKED")]),
        risk.to_vec(),
        with(&risk, &[("transaction_id_list", "[2]")]),
        unknown.to_vec(),
        with(&unknown, &[("something", "2")]),
    ];
    let ids: BTreeSet<_> = events.iter().map(|members| id(members)).collect();
    assert_eq!(ids.len(), events.len());
    // A nonce distinguishes deliveries only if nothing else can.
    for members in [&PAID[..], &SIGNED_UP, &plate, &risk] {
        assert_eq!(id(members), id(&with(members, &[("nonce_str", "2")])));
    }
}

#[test]
fn a_refund_is_identified_by_its_number_and_status() {
    let refund = |changes: &[(&str, &str)]| {
        let key = digest::md5_hex(V2.as_bytes()).unwrap().to_lowercase();
        let key = key.as_bytes().try_into().unwrap();
        let plain = xml("root", &with(&REFUNDED, changes));
        let sealed = aes::ecb_encrypt(key, plain.as_bytes()).unwrap();
        let blocks: Vec<_> = sealed
            .chunks(16)
            .map(|block| block.try_into().unwrap())
            .collect();
        parse(&refund_message(&blocks))
    };
    let id = |changes: &[(&str, &str)]| refund(changes).unwrap().id().to_owned();
    let first = id(&[]);
    assert_eq!(first, id(&[("refund_recv_accout", "招商银行信用卡0403")]));
    let ids = BTreeSet::from([
        first,
        id(&[("refund_status", "CHANGE")]),
        id(&[("refund_status", "REFUNDCLOSE")]),
        id(&[("refund_id", "50000408942018111907145868883")]),
    ]);
    assert_eq!(ids.len(), 4);
    for altered in [
        ("refund_id", ""),
        ("refund_status", ""),
        (
            "refund_id",
            "5000040894201811190714586888250000408942018111907145868882",
        ),
        ("refund_id", "5000040894201"),
        ("refund_id", "50000408942018131907145868882"),
        ("refund_id", "50000408942018121907145868882"),
        ("refund_id", "5000040894201811190714586888x"),
        ("refund_status", "success"),
    ] {
        let err = refund(&[altered]).unwrap_err();
        assert_eq!(
            (err.kind(), err.maybe_sent()),
            (ErrorKind::Verify, false),
            "{altered:?}"
        );
    }
}

/// ECB hides the content of a block, but anyone can move blocks.
#[test]
fn changing_one_block_does_not_give_a_refund_another_id() {
    let reader = reader();
    let mut taken = 0;
    // All positions in a block if WECHATPAY_MUTATIONS asks for a longer run.
    let step = if std::env::var_os("WECHATPAY_MUTATIONS").is_some() {
        1
    } else {
        5
    };
    for shift in (0..16).step_by(step) {
        let good = refund_blocks(shift);
        let id = |blocks: &[[u8; 16]]| {
            let message = refund_message(blocks);
            let parsed = reader.parse(&HeaderMap::new(), message.as_bytes());
            parsed.ok().map(|refund| refund.id().to_owned())
        };
        let genuine = id(&good);
        assert!(genuine.is_some(), "{shift}");
        let mut check = |what: &str, at: (usize, usize), blocks: &[[u8; 16]]| {
            let found = id(blocks);
            taken += usize::from(found.is_some());
            assert!(
                found.is_none() || found == genuine,
                "{what} {at:?} at {shift}"
            );
        };
        for a in 0..good.len() {
            let mut less = good.clone();
            less.remove(a);
            check("removed", (a, a), &less);
            for b in 0..good.len() {
                let mut more = good.clone();
                more.insert(b, good[a]);
                check("inserted", (a, b), &more);
                let mut replaced = good.clone();
                replaced[b] = good[a];
                check("replaced", (a, b), &replaced);
                let mut moved = good.clone();
                let block = moved.remove(a);
                moved.insert(b, block);
                check("moved", (a, b), &moved);
                let mut exchanged = good.clone();
                exchanged.swap(a, b);
                check("exchanged", (a, b), &exchanged);
            }
        }
    }
    // Blocks of a text that is not checked can be altered.
    assert!(taken > 1000, "{taken}");
}
