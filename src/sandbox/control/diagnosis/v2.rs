//! Why an APIv2 message's `sign` does not fit.

use serde_json::Value;

use super::super::variants::v2::{Algorithm, Message, search};
use super::{Diagnosis, Mistake, Texts, content_type, path};
use crate::apiv2::{self, Message as SignedMessage};
use crate::record::CallRecord;
use crate::state::SandboxState;
use wechatpay_core::crypto::base64;
use wechatpay_core::crypto::digest::unhex;
use wechatpay_core::protocol::SignType;

pub(super) fn diagnose(call: &CallRecord, state: &SandboxState) -> Option<Diagnosis> {
    let built = call.signed_text.as_deref()?;
    let operation = apiv2::find(&call.method, path(call))?;
    let query = call.target.split_once('?').map(|(_, query)| query);
    let form = SignedMessage::read(&call.method, query, content_type(call), &call.body).ok()?;
    let caller = state.caller_of(call).ok()?;
    let key = &caller.credentials.v2_key;
    let text_of =
        |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
    let members: Vec<_> = form.members.iter().filter_map(text_of).collect();
    let text = |wanted| text(&members, wanted);
    let mut mistakes = Vec::new();
    if text("nonce_str").is_empty() && !operation.nonceless() {
        mistakes.push(NO_NONCE);
    }
    if apiv2::is_signed(operation, &form.members, key) {
        return Diagnosis::new(mistakes, None);
    }
    if members.iter().any(|(_, value)| value == key.expose()) {
        mistakes.push(KEY_SENT);
    }
    let sign = Sign::read(text("sign"), text("sign_type"), operation.sign_type());
    mistakes.extend(sign.mistakes);
    let Some(digest) = sign.digest else {
        return Diagnosis::new(mistakes, None);
    };
    let message = Message {
        members: &members,
        body: std::str::from_utf8(&call.body).unwrap_or_default(),
        key: key.expose(),
        apiv3_key: caller.credentials.apiv3_key.expose(),
    };
    let Some((signed, found)) = search(&message, &sign.algorithms, &digest) else {
        mistakes.push(OTHER_TEXT);
        mistakes.extend(has_question_marks(&members).then_some(QUESTION_MARKS));
        return Diagnosis::new(mistakes, None);
    };
    mistakes.extend(found);
    let built = built.as_bytes().to_vec();
    Diagnosis::new(mistakes, Some(Texts { built, signed }))
}

/// The member of this name; empty if there is none.
fn text<'a>(members: &'a [(String, String)], wanted: &str) -> &'a str {
    let mut found = members.iter().filter(|(name, _)| name == wanted);
    found.next().map_or("", |(_, value)| value)
}

/// Whether text of a value may have been lost: several question marks in a row replace Chinese characters.
fn has_question_marks(members: &[(String, String)]) -> bool {
    members.iter().any(|(_, value)| value.contains("??"))
}

/// The properties of a `sign`, without the message.
struct Sign {
    mistakes: Vec<Mistake>,
    digest: Option<Vec<u8>>,
    /// The algorithms that may have made it.
    algorithms: Vec<(Option<Mistake>, Algorithm)>,
}

impl Sign {
    /// `only` is the algorithm of an operation that takes a single one.
    fn read(sign: &str, sign_type: &str, only: Option<SignType>) -> Self {
        let (form, digest) = form(sign);
        let mut mistakes: Vec<_> = form.into_iter().collect();
        let (kind, algorithms) = match digest.as_deref().map_or(0, <[u8]>::len) {
            16 => (Some(SignType::Md5), MD5S.to_vec()),
            20 => (None, SHA1S.to_vec()),
            32 => (Some(SignType::HmacSha256), SHA256S.to_vec()),
            _ => (None, Vec::new()),
        };
        match (SignType::parse(sign_type), kind) {
            (Err(_), _) => mistakes.push(UNKNOWN_TYPE),
            (Ok(_), Some(kind)) if only.is_some_and(|only| only != kind) => {
                mistakes.extend(only.map(one_algorithm));
            }
            (Ok(_), _) if only.is_some() && sign_type.is_empty() => {}
            (Ok(SignType::HmacSha256), Some(SignType::Md5)) => mistakes.push(IS_MD5),
            (Ok(SignType::Md5), Some(SignType::HmacSha256)) => mistakes.push(IS_SHA256),
            _ => {}
        }
        Self {
            mistakes,
            digest,
            algorithms,
        }
    }
}

/// Reads the digest, and the mistakes in its notation.
fn form(sign: &str) -> (Option<Mistake>, Option<Vec<u8>>) {
    let digest = |bytes: &Vec<u8>| [16, 20, 32].contains(&bytes.len());
    if sign.is_empty() {
        (Some(NO_SIGN), None)
    } else if let Some(bytes) = unhex(sign.as_bytes()).filter(digest) {
        let lower = sign.bytes().any(|byte| byte.is_ascii_lowercase());
        (lower.then_some(LOWER), Some(bytes))
    } else if let Some(bytes) = base64::decode(sign).filter(digest) {
        (Some(BASE64), Some(bytes))
    } else if base64::decoded_len(sign).is_some_and(|length| length >= 128) {
        (Some(RSA), None)
    } else {
        (Some(NO_DIGEST), None)
    }
}

const MD5S: [(Option<Mistake>, Algorithm); 2] =
    [(None, Algorithm::Md5), (Some(HMAC_MD5), Algorithm::HmacMd5)];
const SHA1S: [(Option<Mistake>, Algorithm); 2] = [
    (Some(SHA1), Algorithm::Sha1),
    (Some(SHA1), Algorithm::HmacSha1),
];
const SHA256S: [(Option<Mistake>, Algorithm); 2] = [
    (None, Algorithm::HmacSha256),
    (Some(PLAIN_SHA256), Algorithm::Sha256),
];

fn one_algorithm(only: SignType) -> Mistake {
    let only = only.as_str();
    Mistake::of(
        "sign_type_other",
        format!(
            "this operation takes {only} only: make sign with it, also where sign_type is not sent"
        ),
        format!("此接口只支持 {only} 签名：请用它计算 sign，不发送 sign_type 时也是如此"),
    )
}

const NO_NONCE: Mistake = Mistake::new(
    "nonce_missing",
    "nonce_str is missing: add a random text of 32 characters at most before you sign",
    "缺少 nonce_str：请在签名之前加上不超过 32 位的随机串",
);
const KEY_SENT: Mistake = Mistake::new(
    "key_sent",
    "a member of the message is the APIv2 key itself: never send it; a key that was sent to the real \
     WeChat Pay is to be replaced",
    "请求中包含了 APIv2密钥本身：绝不能发送；若已发往真实环境，请更换密钥",
);
const NO_SIGN: Mistake = Mistake::new(
    "sign_missing",
    "sign is missing or empty: sign the members, and add it",
    "缺少 sign 或为空：请对参数签名后加上",
);
const LOWER: Mistake = Mistake::new(
    "sign_lower_case",
    "sign is in lower case: turn its digits into upper case",
    "sign 是小写：请转为大写",
);
const BASE64: Mistake = Mistake::new(
    "sign_base64",
    "sign is written in base64: write it in hexadecimal, in upper case",
    "sign 写成了 base64：应为大写的十六进制",
);
const RSA: Mistake = Mistake::new(
    "sign_rsa",
    "sign is as long as an RSA signature, which is APIv3's: APIv2 takes MD5 or HMAC-SHA256 with the \
     APIv2 key",
    "sign 是 RSA 签名的长度，那是 APIv3 的方式：APIv2 用 APIv2密钥做 MD5 或 HMAC-SHA256",
);
const NO_DIGEST: Mistake = Mistake::new(
    "sign_form",
    "sign is neither 32 digits (MD5) nor 64 (HMAC-SHA256), in upper-case hexadecimal",
    "sign 应为 32 位（MD5）或 64 位（HMAC-SHA256）大写十六进制",
);
const UNKNOWN_TYPE: Mistake = Mistake::new(
    "sign_type_unknown",
    "sign_type is unknown: write MD5 or HMAC-SHA256, in exactly these letters",
    "sign_type 不正确：应为 MD5 或 HMAC-SHA256，大小写须一致",
);
const IS_MD5: Mistake = Mistake::new(
    "sign_type_other",
    "sign has 32 digits, which is MD5, and sign_type says HMAC-SHA256: make both the same",
    "sign 是 32 位（MD5），而 sign_type 是 HMAC-SHA256：两者应一致",
);
const IS_SHA256: Mistake = Mistake::new(
    "sign_type_other",
    "sign has 64 digits, which is HMAC-SHA256, and sign_type says MD5 or is missing: send sign_type with \
     HMAC-SHA256, and sign it as well",
    "sign 是 64 位（HMAC-SHA256），而 sign_type 是 MD5 或没有：请发送 sign_type=HMAC-SHA256，它也参与签名",
);
const HMAC_MD5: Mistake = Mistake::new(
    "sign_hmac_md5",
    "sign is HMAC-MD5: make it the MD5 of the text",
    "sign 用了 HMAC-MD5：应为文本的 MD5",
);
const SHA1: Mistake = Mistake::new(
    "sign_sha1",
    "sign is made by SHA-1: use MD5 or HMAC-SHA256",
    "sign 用了 SHA-1：应为 MD5 或 HMAC-SHA256",
);
const PLAIN_SHA256: Mistake = Mistake::new(
    "sign_plain_sha256",
    "sign is SHA-256 without a key: use HMAC-SHA256 with the APIv2 key, which also stays behind the text",
    "sign 用了普通的 SHA-256：应为以 APIv2密钥做的 HMAC-SHA256，文本末尾仍要接 key",
);
const OTHER_TEXT: Mistake = Mistake::new(
    "other_text_or_key",
    "sign was made with another key, or signs an unknown text: check that the \
     key is the sandbox's (v2_key.txt), then print what the client signs and compare it with what the \
     gateway built",
    "密钥不同，或签名的内容不同且不是常见的错误：请先确认使用沙箱的密钥（v2_key.txt），再打印客户端的签名串，\
     与网关构造的逐字比较",
);
const QUESTION_MARKS: Mistake = Mistake::new(
    "question_marks",
    "a value that is sent has question marks in a row, which replace characters that a charset does not have: turn the \
     same text into bytes as UTF-8, both to sign and to send it",
    "发送的值中有连续的问号，可能是字符集不支持的字符（如中文）被替换了：签名和发送都应把同一文本转为 UTF-8 字节",
);
