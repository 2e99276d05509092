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
    // Naming the missing key helps more than reporting that there is none.
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

/// Undoes one change of the body, if the signature then matches.
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
                "the element is named <{name}>, and WeChat Pay writes <sign>: pass the body as received"
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
                "sign_type is {sign_type}, but the sign has {} digits, as {} has: one of them was \
                 changed; pass the body as received",
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
    "this is an APIv2 notification, and no APIv2 key was given: give the one set at 商户平台 → 账户中心 → API安全 \
     → APIv2密钥",
);
const NOT_XML: Finding = Finding::new(
    "body_not_xml",
    "the body begins as XML but is not an APIv2 notification; it may be a proxy's page: pass the bytes \
     as received",
);
const SIGN_MISSING: Finding = Finding::new(
    "sign_missing",
    "the element <sign> is missing or empty, and only refunds (with req_info) come without one: pass \
     the body as received; if it arrived like this, WeChat Pay did not send it",
);
const SIGN_CASE: Finding = Finding::new(
    "sign_case",
    "the sign is in lower case or has spaces around it, and WeChat Pay writes upper case: pass the body \
     as received",
);
const SIGN_FORM: Finding = Finding::new(
    "sign_form",
    "the sign is neither 32 digits (MD5) nor 64 (HMAC-SHA256) of hexadecimal: pass the body as received",
);
const V3_KEY: Finding = Finding::new(
    "v2_key_is_apiv3",
    "the sign was made with the key that was given as the APIv3 key: the two keys are swapped, so give \
     this one as the APIv2 key (商户平台 → 账户中心 → API安全 → APIv2密钥)",
);
const REFUND_V3_KEY: Finding = Finding::new(
    "v2_key_is_apiv3",
    "the refund opens with the key that was given as the APIv3 key: the two keys are swapped, so give \
     this one as the APIv2 key (商户平台 → 账户中心 → API安全 → APIv2密钥)",
);
const KEY_CASE: Finding = Finding::new(
    "v2_key_case",
    "the APIv2 key matches in upper or lower case or without the spaces around it: give the key exactly \
     as it was set",
);
const OTHER_TEXT: Finding = Finding::new(
    "v2_key_or_body",
    "the sign does not match: the APIv2 key is another merchant's, or was changed since (give the \
     previous one), or the message is from WeChat Pay's sandbox (沙箱), which signs with a different key, \
     or elements of the body were changed (pass it as received)",
);
const REFUND_PLUS: Finding = Finding::new(
    "req_info_blank_for_plus",
    "req_info has spaces in place of +, as after form decoding: pass the body as received",
);
const REFUND_FORM: Finding = Finding::new(
    "req_info_form",
    "req_info is not the base64 of whole blocks of 16 bytes: it was cut or changed; pass the body as \
     received",
);
const REFUND_KEY: Finding = Finding::new(
    "v2_key",
    "the refund was not encrypted with the given APIv2 key, and it has no signature that would tell \
     more: give the key set at 商户平台 → 账户中心 → API安全 → APIv2密钥 of the notified merchant, and after a \
     change also the previous one",
);
