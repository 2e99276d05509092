//! Mistakes in the ids, the serial and the timestamp of the `Authorization` header.

use openssl::bn::BigNum;

use super::Mistake;
use crate::account::Sender;
use crate::gateway::WINDOW_SECONDS;
use crate::identity::is_same_serial;
use crate::state::SandboxState;
use wechatpay_core::crypto::Certificate;
use wechatpay_core::protocol::Authorization;

/// `now` is when the request came.
pub(super) fn mistakes(
    authorization: &Authorization,
    state: &SandboxState,
    now: i64,
) -> impl Iterator<Item = Mistake> {
    let who = expected_sender(authorization, state);
    let who = who.map(|sender| {
        [
            id(authorization, &sender.id),
            serial(authorization.serial_no(), &sender, state),
        ]
    });
    let clock = clock(authorization.timestamp(), now);
    who.into_iter().flatten().chain([clock]).flatten()
}

/// The sender that the header names, or probably means: the first merchant.
pub(super) fn expected_sender(
    authorization: &Authorization,
    state: &SandboxState,
) -> Option<Sender> {
    let (accounts, scheme) = (&state.accounts, authorization.scheme());
    let named = accounts.sender(scheme, authorization.id().trim(), state.now());
    if let Some(named) = named.ok()? {
        return Some(named);
    }
    let id = accounts.expected_id(scheme);
    accounts.sender(scheme, &id, state.now()).ok()?
}

fn id(authorization: &Authorization, expected: &str) -> Option<Mistake> {
    let (found, name) = (authorization.id(), authorization.scheme().id_name());
    if found == expected {
        return None;
    }
    Some(if found.trim() == expected {
        Mistake::of(
            "id_blanks",
            format!("the {name} has white space around it: trim it"),
            format!("{name} 前后有空白：请去掉"),
        )
    } else if found.starts_with("wx") {
        Mistake::of(
            "id_is_appid",
            format!("the {name} is an appid: give {expected}"),
            format!("{name} 填成了 appid：应为 {expected}"),
        )
    } else {
        Mistake::of(
            "id_other",
            format!("the {name} is not the sandbox's: give {expected}"),
            format!("{name} 不是沙箱的：应为 {expected}"),
        )
    })
}

/// The mistake of a serial: another notation of the right one, or the serial of something else.
fn serial(found: &str, sender: &Sender, state: &SandboxState) -> Option<Mistake> {
    let right = sender.certificate.serial();
    if is_same_serial(found, right) {
        return None;
    }
    let (cause, en, zh) =
        notation(found, right).unwrap_or_else(|| serial_owner(found, sender, state));
    Some(Mistake::of(
        cause,
        format!("{en}: give serial_no as {right}"),
        format!("{zh}：serial_no 应写作 {right}"),
    ))
}

/// The cause of a wrong serial, and its texts in English and Chinese.
type SerialMistake = (&'static str, &'static str, &'static str);

/// The mistake of a serial that is the right one in another notation.
fn notation(found: &str, right: &str) -> Option<SerialMistake> {
    let digits = found.trim().trim_start_matches("0x");
    let bare: String = digits.chars().filter(|c| !" :-".contains(*c)).collect();
    let is = |text: &str| is_same_serial(text, right);
    if decimal(right).is_some_and(|decimal| decimal == found) {
        Some(DECIMAL)
    } else if is(&bare) && bare.len() < digits.len() {
        Some(SEPARATED)
    } else if is(&bare) {
        Some(PREFIXED)
    } else if is(bare.trim_start_matches('0')) {
        Some(LEADING_ZEROS)
    } else {
        None
    }
}

/// The mistake of a serial that belongs to something else.
fn serial_owner(found: &str, sender: &Sender, state: &SandboxState) -> SerialMistake {
    let identity = &state.identity;
    let is = |serial: &str| is_same_serial(serial, found);
    let is_of = |certificate: &Certificate| is(certificate.serial());
    let platform = state.platform.serials();
    if found.to_ascii_uppercase().starts_with("PUB_KEY_ID") {
        OF_PUBLIC_KEY
    } else if is_of(&identity.certified.certificate) || platform.iter().any(|serial| is(serial)) {
        OF_PLATFORM
    } else if is_other_party(found, sender, state) {
        OF_OTHER_PARTY
    } else if state.accounts.owner_of_serial(found).is_some() {
        OF_OTHER_MERCHANT
    } else if state.accounts.find(found).is_some() || state.accounts.of_brand(found).is_some() {
        IS_ID
    } else {
        OF_STRANGER
    }
}

const DECIMAL: SerialMistake = (
    "serial_decimal",
    "the certificate's serial is written in decimal instead of hexadecimal",
    "证书序列号写成了十进制，应为十六进制",
);
const SEPARATED: SerialMistake = (
    "serial_separated",
    "the digits of the certificate's serial are separated by colons or blanks",
    "证书序列号中有冒号或空格",
);
const PREFIXED: SerialMistake = (
    "serial_prefixed",
    "the certificate's serial has 0x before it or blanks around it",
    "证书序列号带有 0x 前缀或首尾空白",
);
const LEADING_ZEROS: SerialMistake = (
    "serial_leading_zeros",
    "the certificate's serial has leading zeros",
    "证书序列号前面多了 0",
);
const OF_PUBLIC_KEY: SerialMistake = (
    "serial_of_public_key",
    "it is the id of WeChat Pay's public key, which belongs in Wechatpay-Serial; serial_no is the serial of the merchant certificate",
    "填成了微信支付公钥ID（它用于 Wechatpay-Serial），这里应是商户API证书的序列号",
);
const OF_PLATFORM: SerialMistake = (
    "serial_of_platform",
    "it is the serial of the platform certificate; serial_no is the serial of the merchant certificate",
    "填成了平台证书的序列号，这里应是商户API证书的序列号",
);
const OF_OTHER_PARTY: SerialMistake = (
    "serial_of_other_party",
    "it is the serial of the other certificate: merchant and brand have different ones",
    "商户与品牌各有证书，填成了另一方的序列号",
);
const OF_OTHER_MERCHANT: SerialMistake = (
    "serial_of_other_merchant",
    "it is the serial of another merchant of the sandbox",
    "填成了沙箱中另一个商户的证书序列号",
);
const IS_ID: SerialMistake = (
    "serial_is_id",
    "it is the merchant id and not the serial of the certificate",
    "填成了商户号，应为商户API证书的序列号",
);
const OF_STRANGER: SerialMistake = (
    "serial_other",
    "it is the serial of no certificate that the sandbox knows, as of an account on the real \
     WeChat Pay or another run of the sandbox",
    "不是沙箱已知的证书序列号（可能是真实环境的，或沙箱上次运行时的）",
);

/// Whether a serial is that of a brand, or of the merchant whose brand sends.
fn is_other_party(found: &str, sender: &Sender, state: &SandboxState) -> bool {
    let is_it = |certificate: &Certificate| is_same_serial(certificate.serial(), found);
    let brands = state.accounts.made_brands();
    let merchant = sender.account.made_credentials();
    brands.iter().any(|brand| is_it(&brand.certificate))
        || merchant.is_some_and(|it| is_it(&it.certificate))
}

fn decimal(hexadecimal: &str) -> Option<String> {
    let number = BigNum::from_hex_str(hexadecimal).ok()?;
    Some(number.to_dec_str().ok()?.to_string())
}

fn clock(timestamp: i64, now: i64) -> Option<Mistake> {
    let offset = timestamp.saturating_sub(now);
    if offset.unsigned_abs() <= WINDOW_SECONDS.unsigned_abs() {
        return None;
    }
    if let Some(mistake) = unit(timestamp) {
        return Some(mistake);
    }
    // Time zones are whole quarters of an hour; a request takes some seconds.
    let distance = offset.unsigned_abs();
    let zone =
        (3600..=14 * 3600).contains(&((distance + 5) / 900 * 900)) && (distance + 5) % 900 <= 10;
    Some(if zone {
        Mistake::of(
            "timestamp_zone",
            format!(
                "the timestamp is {offset} s off, as much as a time zone: give Unix seconds, which are the \
                 same everywhere, and not a local time taken for UTC"
            ),
            format!(
                "时间戳相差 {offset} 秒，正好是时区之差：应为各地相同的 Unix 秒，不要把本地时间当作 UTC"
            ),
        )
    } else {
        Mistake::of(
            "timestamp_off",
            format!(
                "the timestamp is {offset} s from the gateway's clock, and 300 s are allowed: set this \
                 machine's clock, and sign when the request is sent"
            ),
            format!(
                "时间戳与网关时间相差 {offset} 秒，最多允许 300 秒：请校准本机时钟，并在发送请求时才签名"
            ),
        )
    })
}

/// The mistake of a timestamp in another unit than seconds.
fn unit(timestamp: i64) -> Option<Mistake> {
    let digits = timestamp.unsigned_abs().to_string().len();
    let (en, zh, per) = match digits {
        13 => ("milliseconds", "毫秒", 1000),
        16 => ("microseconds", "微秒", 1_000_000),
        19 => ("nanoseconds", "纳秒", 1_000_000_000),
        _ => return None,
    };
    Some(Mistake::of(
        "timestamp_unit",
        format!(
            "the timestamp is in {en}: {digits} digits; give seconds, 10 digits: divide it by {per}"
        ),
        format!("时间戳用了{zh}：{digits} 位数字；应为秒，10 位：请除以 {per}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_of_a_timestamp_is_derived_from_its_digits() {
        let now = 1_700_000_000;
        let cause = |timestamp| clock(timestamp, now).map(|it| it.cause);
        for (timestamp, expected) in [
            (now, None),
            (now + 300, None),
            (now + 301, Some("timestamp_off")),
            (now + 8 * 3600 - 1, Some("timestamp_zone")),
            (now - 5 * 3600, Some("timestamp_zone")),
            (now * 1000, Some("timestamp_unit")),
            (now * 1_000_000, Some("timestamp_unit")),
            (now * 1_000_000_000, Some("timestamp_unit")),
            (i64::MIN, Some("timestamp_unit")),
            (0, Some("timestamp_off")),
        ] {
            assert_eq!(cause(timestamp), expected, "{timestamp}");
        }
        assert!(
            clock(now * 1000, now)
                .unwrap()
                .text
                .en
                .contains("milliseconds: 13 digits")
        );
    }
}
