//! Refunds of APIv2: genuine ones are accepted, and truncated ones are not handled again.

use http::HeaderMap;
use wechatpay_chain::Result;
use wechatpay_chain::crypto::{aes, digest};
use wechatpay_chain::notify::Notification;

use crate::replays::{REFUNDED, refund_blocks, refund_message, with};
use crate::support::{V2, reader, xml};

fn taken(plain: &str) -> Result<Notification> {
    let key = digest::md5_hex(V2.as_bytes()).unwrap().to_lowercase();
    let sealed = aes::ecb_encrypt(key.as_bytes().try_into().unwrap(), plain.as_bytes()).unwrap();
    let blocks = sealed.chunks(16).map(|block| block.try_into().unwrap());
    let message = refund_message(&blocks.collect::<Vec<_>>());
    reader().parse(&HeaderMap::new(), message.as_bytes())
}

/// Genuine refunds with any merchant numbers, at any position within a block.
#[test]
fn genuine_refunds_are_accepted() {
    let own = |n: usize| {
        let forms = [
            "R-2024_{}|a*b@c",
            "退款{}",
            "{}",
            "a&amp;refund_id={}",
            "T_{}_1",
        ];
        forms[n % forms.len()].replace("{}", &"7".repeat(n % 41))
    };
    for n in 0..2_000_usize {
        let (year, month, day) = (2012 + n % 14, 1 + n % 12, 1 + n % 28);
        let date = format!("{year}{month:02}{day:02}");
        let noise = format!(
            "{:017}",
            (n as u64).wrapping_mul(7_919_007_919) % 100_000_000_000
        );
        let (first, second) = [
            ("5000040894", &noise[..11]),
            ("2008450740", &noise[..10]),
            ("5030080698", &noise[6..]),
        ][n % 3];
        let refund_id = format!("{first}{date}{second}");
        let paid = [
            format!("4200000215{date}0261405420"),
            format!("1004450740201201019{:09}", 987_654_321 - n),
            format!("20{}", &noise[..11]),
        ];
        let time = [
            format!("{year}-{month:02}-{day:02} 16:24:13"),
            format!("{date}162413"),
            String::new(),
        ];
        let (out_refund_no, out_trade_no) = (own(n), own(n / 3));
        let status = ["SUCCESS", "CHANGE", "REFUNDCLOSE"][n % 3];
        let mut members = with(
            &REFUNDED,
            &[
                ("out_refund_no", &*out_refund_no),
                ("out_trade_no", &*out_trade_no),
                ("refund_id", &*refund_id),
                ("transaction_id", &*paid[n % 3]),
                ("success_time", &*time[n / 2 % 3]),
                ("refund_status", status),
            ],
        );
        let at = n % members.len();
        members.rotate_left(at);
        let plain = match n % 4 {
            0 => xml("root", &members),
            1 => xml("root", &members)
                .replace("]]></", "]]><\u{0}/")
                .replace("><o", ">\n  <o")
                .replace("\u{0}", ""),
            2 => xml("root", &members)
                .replace("<![CDATA[", "")
                .replace("]]>", ""),
            _ => format!("<?xml version=\"1.0\"?>\n{}\n", xml("root", &members)),
        };
        let found = taken(&plain);
        assert!(
            found.is_ok(),
            "{n}: {} {plain}",
            found.unwrap_err().report()
        );
    }
}

/// Removing several blocks removes whole elements; a message without its refund id does not count as a test message.
#[test]
fn no_removal_of_many_blocks_gives_a_refund_another_id() {
    let reader = reader();
    let id = |blocks: &[[u8; 16]]| {
        let parsed = reader.parse(&HeaderMap::new(), refund_message(blocks).as_bytes());
        parsed.ok().map(|refund| refund.id().to_owned())
    };
    for shift in (0..16).step_by(5) {
        let good = refund_blocks(shift);
        let genuine = id(&good);
        assert!(genuine.is_some(), "{shift}");
        for from in 0..good.len() {
            for to in from + 1..=good.len() {
                let less = [&good[..from], &good[to..]].concat();
                let found = id(&less);
                assert!(
                    found.is_none() || found == genuine,
                    "{from}..{to} at {shift}"
                );
                // The number's element is 64 bytes long in CDATA.
                for first in 0..if to + 3 > good.len() {
                    from.saturating_sub(4)
                } else {
                    0
                } {
                    let less = [&good[..first], &good[first + 4..from], &good[to..]].concat();
                    let found = id(&less);
                    assert!(
                        found.is_none() || found == genuine,
                        "{first}+4 and {from}..{to} at {shift}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_refund_of_a_test_can_be_short() {
    let taken = |members: &[(&str, &str)]| taken(&xml("root", members)).is_ok();
    let (own, status) = (("out_refund_no", "r-1"), ("refund_status", "SUCCESS"));
    let (order, fee) = (("out_trade_no", "t-1"), ("refund_fee", "1"));
    assert!(taken(&[own]) && taken(&[own, status]) && taken(&[own, order, status]));
    assert!(taken(&[("refund_id", "R1"), own, order, fee, status]));
    assert!(!taken(&[own, order]) && !taken(&[own, order, fee, status]));
}
