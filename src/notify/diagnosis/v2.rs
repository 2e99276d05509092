//! APIv2: XML with a `sign`, or a refund that the APIv2 key opens.

use serde_json::{Map, Value};

use super::super::Keys;
use super::{Finding, bodies};
use wechatpay_core::crypto::{aes, base64};
use wechatpay_core::protocol::envelope::refund_key;
use wechatpay_core::protocol::{SignType, message_fits, xml};
use wechatpay_core::secret::Secret;

type Members = Map<String, Value>;

pub(super) fn diagnose(keys: &Keys, body: &[u8]) -> Vec<Finding> {
    let lacking = keys.v2.is_empty().then_some(NO_KEY);
    let found = match xml::decode(body) {
        Ok(members) => of_message(keys, &members, body),
        Err(_) => edited(keys, body).unwrap_or_else(|| vec![NOT_XML]),
    };
    // Which key it takes says more than that there is none.
    match lacking {
        Some(lacking) if !found.contains(&V3_KEY) && !found.contains(&REFUND_V3_KEY) => {
            vec![lacking]
        }
        _ => found,
    }
}

fn of_message(keys: &Keys, members: &Members, body: &[u8]) -> Vec<Finding> {
    let sign = text(members, "sign");
    if sign.is_empty() {
        return vec![match text(members, "req_info") {
            "" => unsigned(members),
            info => refund(keys, info),
        }];
    }
    if fits(&keys.v2, members) {
        return opened(keys, members);
    }
    if let Some(finding) = with_another_key(keys, members) {
        return vec![finding];
    }
    let rewritten = with_sign(members, &sign.trim().to_uppercase());
    if fits(&keys.v2, &rewritten) {
        return vec![SIGN_CASE];
    }
    edited(keys, body).unwrap_or_else(|| {
        let form = sign_form(sign, text(members, "sign_type"));
        vec![form.unwrap_or(OTHER_TEXT)]
    })
}

/// Checks the encrypted part of a message whose signature is valid.
fn opened(keys: &Keys, members: &Members) -> Vec<Finding> {
    match text(members, "req_info") {
        "" => Vec::new(),
        info => vec![refund(keys, info)],
    }
}

fn fits(keys: &[Secret], members: &Members) -> bool {
    keys.iter()
        .any(|key| message_fits(members, key).unwrap_or(false))
}

fn with_another_key(keys: &Keys, members: &Members) -> Option<Finding> {
    if fits(&keys.apiv3, members) {
        return Some(V3_KEY);
    }
    fits(&other_cases(&keys.v2), members).then_some(KEY_CASE)
}

fn other_cases(keys: &[Secret]) -> Vec<Secret> {
    let cases = keys.iter().map(Secret::expose);
    let cases = cases.flat_map(|key| {
        [
            key.to_lowercase(),
            key.to_uppercase(),
            key.trim().to_owned(),
        ]
    });
    cases.map(Secret::new).collect()
}

fn with_sign(members: &Members, sign: &str) -> Members {
    let mut members = members.clone();
    members.insert("sign".to_owned(), sign.into());
    members
}

/// A change of the body, undone, after which it is signed well.
fn edited(keys: &Keys, body: &[u8]) -> Option<Vec<Finding>> {
    bodies::one_edit(body).find_map(|(finding, edited)| {
        let members = xml::decode(&edited).ok()?;
        let right = match text(&members, "sign") {
            "" => opens(&keys.v2, text(&members, "req_info")),
            _ => fits(&keys.v2, &members),
        };
        right.then(|| vec![finding])
    })
}

fn unsigned(members: &Members) -> Finding {
    let other = members
        .keys()
        .find(|name| name.eq_ignore_ascii_case("sign") && *name != "sign");
    match other {
        Some(name) => Finding::of(
            "sign_name",
            format!(
                "the element is named <{name}>, and WeChat Pay writes <sign>: hand over the body as it came"
            ),
        ),
        None => SIGN_MISSING,
    }
}

fn sign_form(sign: &str, sign_type: &str) -> Option<Finding> {
    let by_length = match sign.len() {
        32 => SignType::Md5,
        64 => SignType::HmacSha256,
        _ => return Some(SIGN_FORM),
    };
    if !sign.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Some(SIGN_FORM);
    }
    let named = SignType::parse(sign_type);
    named.is_ok_and(|named| !sign_type.is_empty() && named != by_length).then(|| {
        Finding::of(
            "sign_type",
            format!(
                "sign_type says {sign_type}, and the sign has {} digits, as {} has: one of them was changed; hand \
                 over the body as it came",
                sign.len(),
                by_length.as_str()
            ),
        )
    })
}

fn refund(keys: &Keys, info: &str) -> Finding {
    let plus = info.trim().replace(' ', "+");
    if opens(&keys.apiv3, info) {
        REFUND_V3_KEY
    } else if opens(&other_cases(&keys.v2), info) {
        KEY_CASE
    } else if plus != info && opens(&keys.v2, &plus) {
        REFUND_PLUS
    } else if base64::decode(info).is_none_or(|bytes| bytes.is_empty() || bytes.len() % 16 != 0) {
        REFUND_FORM
    } else {
        REFUND_KEY
    }
}

fn opens(keys: &[Secret], info: &str) -> bool {
    let Some(info) = base64::decode(info) else {
        return false;
    };
    keys.iter().any(|key| {
        let Ok(key) = refund_key(key) else {
            return false;
        };
        let text = aes::ecb_decrypt(&key, &info);
        text.is_ok_and(|text| xml::decode(&text).is_ok())
    })
}

fn text<'m>(members: &'m Members, key: &str) -> &'m str {
    members.get(key).and_then(Value::as_str).unwrap_or_default()
}

const NO_KEY: Finding = Finding::new(
    "no_v2_key",
    "this is a notification of APIv2, and there is no APIv2 key at hand: give the one set at 商户平台 → 账户中心 \
     → API安全 → APIv2密钥",
);
const NOT_XML: Finding = Finding::new(
    "body_not_xml",
    "the body begins as XML and is not that of an APIv2 notification: hand over the bytes as they came; a page \
     of a proxy, say, is none",
);
const SIGN_MISSING: Finding = Finding::new(
    "sign_missing",
    "the element <sign> is missing or empty, and only refunds (with req_info) come without one: hand over the \
     body as it came; if it came like this, WeChat Pay did not send it",
);
const SIGN_CASE: Finding = Finding::new(
    "sign_case",
    "the sign is written in lower case or with blanks around it, and WeChat Pay writes upper case: hand over \
     the body as it came",
);
const SIGN_FORM: Finding = Finding::new(
    "sign_form",
    "the sign is neither 32 digits (MD5) nor 64 (HMAC-SHA256) of hexadecimal: hand over the body as it came",
);
const V3_KEY: Finding = Finding::new(
    "v2_key_is_apiv3",
    "the sign was made with the key that was given as the APIv3 key: the two keys are exchanged, so give this \
     one as the APIv2 key (商户平台 → 账户中心 → API安全 → APIv2密钥)",
);
const REFUND_V3_KEY: Finding = Finding::new(
    "v2_key_is_apiv3",
    "the refund opens with the key that was given as the APIv3 key: the two keys are exchanged, so give this one \
     as the APIv2 key (商户平台 → 账户中心 → API安全 → APIv2密钥)",
);
const KEY_CASE: Finding = Finding::new(
    "v2_key_case",
    "the APIv2 key fits in upper or lower case or without the blanks around it: give the key exactly as it was \
     set",
);
const OTHER_TEXT: Finding = Finding::new(
    "v2_key_or_body",
    "the sign does not fit: the APIv2 key is another merchant's, was changed since (give the one before), or the \
     message is of the sandbox (沙箱), which signs with a key of its own; or elements of the body were changed, \
     so hand it over as it came",
);
const REFUND_PLUS: Finding = Finding::new(
    "req_info_blank_for_plus",
    "req_info has blanks where a + was, as after a decoder of forms: hand over the body as it came",
);
const REFUND_FORM: Finding = Finding::new(
    "req_info_form",
    "req_info is not the base64 of whole blocks of 16 bytes: it was cut or changed; hand over the body as it came",
);
const REFUND_KEY: Finding = Finding::new(
    "v2_key",
    "the refund was not encrypted with the APIv2 key at hand, and it carries no signature that says more: give \
     the key set at 商户平台 → 账户中心 → API安全 → APIv2密钥 of the merchant that is notified, and after a change \
     the one before",
);
