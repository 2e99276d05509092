//! The notations of a ciphertext.

use std::borrow::Cow;

use super::Mistake;
use wechatpay_core::crypto::base64;
use wechatpay_core::crypto::digest::unhex;

/// A ciphertext is as long as the key.
const LENGTH: usize = 256;

/// The bytes of a ciphertext, with the mistakes in its notation; none where no notation gives as many bytes as a
/// ciphertext has.
pub(super) fn readings(text: &str) -> Vec<(Vec<Mistake>, Vec<u8>)> {
    let strict = |text: &str| base64::decode(text).filter(|bytes| bytes.len() == LENGTH);
    if let Some(bytes) = strict(text) {
        return vec![(Vec::new(), bytes)];
    }
    // One notation, then two of them.
    let once: Vec<_> = notations(text);
    let twice = once.iter().flat_map(|(mistake, text)| {
        let inner = notations(text).into_iter();
        inner.map(|(other, text)| (vec![mistake.clone(), other], text))
    });
    let once = once
        .iter()
        .map(|(mistake, text)| (vec![mistake.clone()], text.clone()));
    once.chain(twice)
        .filter_map(|(mistakes, text)| Some((mistakes, strict(&text)?)))
        .take(1)
        .collect()
}

/// Each ciphertext, and behind them each in the reverse order.
pub(super) fn in_both_orders(
    readings: Vec<(Vec<Mistake>, Vec<u8>)>,
) -> Vec<(Vec<Mistake>, Vec<u8>)> {
    let reversed = readings.iter().map(|(mistakes, bytes)| {
        let mut mistakes = mistakes.clone();
        mistakes.push(BYTES_REVERSED);
        (mistakes, bytes.iter().rev().copied().collect())
    });
    let reversed: Vec<_> = reversed.collect();
    readings.into_iter().chain(reversed).collect()
}

/// The text in other notations, turned back into base64.
fn notations(text: &str) -> Vec<(Mistake, String)> {
    let standard = || text.replace('-', "+").replace('_', "/");
    let bytes = text.trim().as_bytes();
    let decoded = || String::from_utf8(base64::decode(text.trim())?).ok();
    let percent: Cow<'_, str> = crate::query::decoded(&text.replace('+', "%2B"))
        .into_owned()
        .into();
    let breaks = |c: char| c.is_whitespace();
    let found = [
        Some((
            WITH_BREAKS,
            text.replace("\\r", "")
                .replace("\\n", "")
                .replace(breaks, ""),
        )),
        Some((BLANK_FOR_PLUS, text.replace(' ', "+"))),
        text.contains(['-', '_'])
            .then(|| (URL_SAFE, padded(&standard()))),
        Some((NO_PADDING, padded(text))),
        Some((PERCENT_ENCODED, percent.into_owned())),
        Some((IN_QUOTES, text.trim_matches(['"', '\'']).to_owned())),
        Some((WRAPPED, unwrapped(text).to_owned())),
        unhex(bytes).map(|bytes| (IN_HEX, base64::encode(&bytes))),
        decoded().map(|text| (BASE64_TWICE, text)),
    ];
    found
        .into_iter()
        .flatten()
        .filter(|(_, other)| other != text)
        .collect()
}

/// Without what Python's `str` of bytes and data URLs put around base64.
fn unwrapped(text: &str) -> &str {
    let bytes = text.strip_prefix("b'").and_then(|it| it.strip_suffix('\''));
    let bytes = bytes.or_else(|| text.strip_prefix("b\"")?.strip_suffix('"'));
    let data = || Some(text.strip_prefix("data:")?.split_once("base64,")?.1);
    bytes.or_else(data).unwrap_or(text)
}

/// With the `=` that base64 has at its end.
fn padded(text: &str) -> String {
    let bare = text.trim_end_matches('=');
    format!("{bare}{}", "=".repeat((4 - bare.len() % 4) % 4))
}

const WITH_BREAKS: Mistake = Mistake::new(
    "ciphertext_line_breaks",
    "the ciphertext has line breaks or blanks inside: write base64 in one line (Java: Base64.getEncoder(), and not \
     the MIME encoder; openssl base64 -A)",
    "密文中有换行或空白：base64 应写成一行（Java 用 Base64.getEncoder()，不要用 MIME 编码器；openssl base64 -A）",
);
const BLANK_FOR_PLUS: Mistake = Mistake::new(
    "ciphertext_plus_blank",
    "the + of the ciphertext have become blanks, as where a form or query is decoded: percent-encode + as %2B",
    "密文中的 + 变成了空格（例如经过表单或查询参数解码）：请把 + 编码为 %2B",
);
const URL_SAFE: Mistake = Mistake::new(
    "ciphertext_base64url",
    "the ciphertext is in URL-safe base64: use the standard alphabet with + and /, and =",
    "密文用了 URL 安全的 base64：应使用标准字母表（+ 和 /），并保留 =",
);
const NO_PADDING: Mistake = Mistake::new(
    "ciphertext_unpadded",
    "the ciphertext's base64 has no = at its end: keep it",
    "密文的 base64 末尾缺少 =：请保留",
);
const PERCENT_ENCODED: Mistake = Mistake::new(
    "ciphertext_percent_encoded",
    "the ciphertext is percent-encoded: send it as it is in JSON, and encode it once in a query",
    "密文做了百分号编码：在 JSON 中请直接发送，在查询参数中只编码一次",
);
const IN_QUOTES: Mistake = Mistake::new(
    "ciphertext_quoted",
    "the ciphertext has quotes around it: send it without",
    "密文两端有引号：请去掉",
);
const WRAPPED: Mistake = Mistake::new(
    "ciphertext_wrapped",
    "the ciphertext has text around it (b'...' of Python's str, or data:...;base64,): send the base64 alone (Python: \
     .decode())",
    "密文两端有多余的文字（Python 中 str(bytes) 的 b'…'，或 data:…;base64,）：只发送 base64（Python 用 .decode()）",
);
const BYTES_REVERSED: Mistake = Mistake::new(
    "ciphertext_reversed",
    "the bytes of the ciphertext are in the reverse order, as Windows' CryptoAPI returns them: reverse them before base64",
    "密文的字节顺序是反的（Windows CryptoAPI 的输出）：请先反转字节，再做 base64 编码",
);
const IN_HEX: Mistake = Mistake::new(
    "ciphertext_hex",
    "the ciphertext is in hexadecimal: write its bytes in base64",
    "密文写成了十六进制：请对密文的字节做 base64 编码",
);
const BASE64_TWICE: Mistake = Mistake::new(
    "ciphertext_base64_twice",
    "the ciphertext is encoded in base64 twice: once is enough",
    "密文做了两次 base64 编码：只需一次",
);
