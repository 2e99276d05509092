//! The one-line message of a refusal. It is enough to correct the call and quotes no value of the request.

use std::fmt::{self, Write};

use serde_json::{Map, Value};

use super::{ApiError, Verification};

/// The largest number of items of a list in `detail` that are shown.
const MAX_ITEMS: usize = 5;
/// The deepest object in `detail` that is shown.
const MAX_DEPTH: usize = 4;
/// The longest text that is shown, in characters.
const MAX_TEXT: usize = 300;
/// The shortest rejected value, in bytes, that is removed from other texts: shorter ones are
/// part of many words by chance.
const MIN_VALUE: usize = 4;
/// The members of `detail` whose texts are shown.
const SHOWN: [&str; 3] = ["field", "issue", "location"];
/// The member of `detail` that repeats a value of the request.
const REJECTED: &str = "value";

/// The words between the texts of WeChat Pay, in one language.
pub(super) struct Words {
    detail: &'static str,
    comma: &'static str,
    others: &'static str,
    hidden: &'static str,
    /// Around the number of items that are left out.
    more: [&'static str; 2],
    /// Around the number of characters that are left out.
    cut: [&'static str; 2],
}

const ENGLISH: Words = Words {
    detail: "; detail: ",
    comma: ", ",
    others: "other members: ",
    hidden: "a text that is not shown",
    more: ["and ", " more"],
    cut: ["… (", " more characters)"],
};

pub(super) const CHINESE: Words = Words {
    detail: "；detail：",
    comma: "，",
    others: "其他成员：",
    hidden: "一段未显示的文本",
    more: ["另有 ", " 项"],
    cut: ["…（还有 ", " 个字符）"],
};

/// Writes the refusal on one line.
pub(super) fn line(api: &ApiError) -> String {
    let said = said(api, &ENGLISH);
    match &api.verification {
        Verification::Failed(_) => format!(
            "an answer with a rejected signature says {said}; the request may have been processed, so \
             query before repeating it"
        ),
        _ if api.status.is_success() => format!("WeChat Pay refused the request: {said}"),
        _ => format!("WeChat Pay answered {said}"),
    }
}

/// Returns the text of the refusal itself.
pub(super) fn said(api: &ApiError, words: &'static Words) -> String {
    if api.status.is_success() {
        v2_members(api, words)
    } else {
        v3_members(api, words)
    }
}

/// Returns `field`, `issue` and `location` of `detail`, at any depth; empty if there are none.
///
/// The rejected value is omitted, since it may be a secret, and so is every text of unknown content. Of other
/// members, only the names are shown.
fn detail(api: &ApiError, words: &'static Words) -> String {
    // APIv2's `detail` is the whole message.
    if api.status.is_success() {
        return String::new();
    }
    let mut parts = Vec::new();
    Text::of(api, words).collect(&api.detail, 0, &mut parts);
    parts.join(words.comma)
}

/// Returns the message without the rejected value, which WeChat Pay may quote in it.
fn message(api: &ApiError, words: &'static Words) -> String {
    Text::of(api, words).shown(&api.message)
}

/// Returns the code, on one line and bounded; `None` if there is none.
pub(super) fn code(api: &ApiError) -> Option<String> {
    let code = Text::unread(&ENGLISH).shown(api.code.trim());
    (!code.is_empty()).then_some(code)
}

/// Returns the first `field` of `detail`: the rejected member of the request.
pub(super) fn field(api: &ApiError) -> Option<String> {
    // APIv2's `detail` is the whole message.
    if api.status.is_success() {
        return None;
    }
    let text = first_field(&api.detail, 0)?;
    Some(Text::of(api, &ENGLISH).shown(text))
}

fn first_field(value: &Value, depth: usize) -> Option<&str> {
    if depth >= MAX_DEPTH {
        return None;
    }
    match value {
        Value::Object(members) => {
            let own = members.get("field").and_then(Value::as_str);
            let mut others = members.iter().filter(|(name, _)| *name != REJECTED);
            own.filter(|text| !text.is_empty())
                .or_else(|| others.find_map(|(_, it)| first_field(it, depth + 1)))
        }
        Value::Array(items) => {
            let mut items = items.iter().take(MAX_ITEMS);
            items.find_map(|item| first_field(item, depth + 1))
        }
        _ => None,
    }
}

fn v3_members(api: &ApiError, words: &'static Words) -> String {
    let mut said = api.status.to_string();
    let texts = [Text::unread(words).shown(&api.code), message(api, words)];
    let texts = texts.iter().filter(|text| !text.is_empty());
    for (index, text) in texts.enumerate() {
        said.push_str(if index == 0 { ": " } else { " " });
        said.push_str(text);
    }
    let detail = detail(api, words);
    if !detail.is_empty() {
        said.extend([words.detail, &detail]);
    }
    said
}

/// Returns the members of an APIv2 refusal. Its HTTP status is 200 and says nothing.
fn v2_members(api: &ApiError, words: &'static Words) -> String {
    const NAMES: [&str; 5] = [
        "return_code",
        "return_msg",
        "result_code",
        "err_code",
        "err_code_des",
    ];
    let own = Text::unread(words);
    let member = |name: &&str| {
        let text = api.detail.get(name)?.as_str()?;
        (!text.is_empty()).then(|| format!("{name} {}", own.shown(text)))
    };
    let said: Vec<_> = NAMES.iter().filter_map(member).collect();
    said.join(words.comma)
}

/// Writes texts of WeChat Pay, without the values of the request that they quote.
struct Text {
    words: &'static Words,
    rejected: Vec<String>,
}

impl Text {
    fn of(api: &ApiError, words: &'static Words) -> Self {
        let rejected = rejected(&api.detail);
        Self { words, rejected }
    }

    /// For texts that quote no value.
    fn unread(words: &'static Words) -> Self {
        let rejected = Vec::new();
        Self { words, rejected }
    }

    fn collect(&self, value: &Value, depth: usize, parts: &mut Vec<String>) {
        match value {
            _ if depth >= MAX_DEPTH => {}
            Value::Object(members) => self.object(members, depth, parts),
            Value::Array(items) => {
                for item in items.iter().take(MAX_ITEMS) {
                    self.collect(item, depth + 1, parts);
                }
                if items.len() > MAX_ITEMS {
                    let [before, after] = self.words.more;
                    parts.push(format!("{before}{}{after}", items.len() - MAX_ITEMS));
                }
            }
            Value::String(text) if !text.is_empty() => parts.push(self.words.hidden.into()),
            _ => {}
        }
    }

    fn object(&self, members: &Map<String, Value>, depth: usize, parts: &mut Vec<String>) {
        for name in SHOWN {
            let text = members.get(name).and_then(Value::as_str);
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                parts.push(format!("{name} \"{}\"", self.shown(text)));
            }
        }
        let mut others = Vec::new();
        for (name, value) in members {
            if name == REJECTED || value.is_null() {
                continue;
            }
            match value {
                Value::Object(_) | Value::Array(_) => self.collect(value, depth + 1, parts),
                Value::String(_) if SHOWN.contains(&&**name) => {}
                _ => others.push(self.shown(name)),
            }
        }
        if !others.is_empty() {
            parts.push(format!("{}{}", self.words.others, others.join(" ")));
        }
    }

    /// Shortens a text to one line and removes the values of the request.
    fn shown(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for value in &self.rejected {
            text = text.replace(&**value, "…");
        }
        let mut out = String::with_capacity(text.len());
        for (index, c) in text.chars().enumerate() {
            if index == MAX_TEXT {
                let [before, after] = self.words.cut;
                let left_out = text.chars().count() - index;
                let _ = write!(out, "{before}{left_out}{after}");
                break;
            }
            out.push(if c.is_control() { ' ' } else { c });
        }
        out
    }
}

/// Returns the texts of all rejected values, which an `issue` or the message may quote.
fn rejected(detail: &Value) -> Vec<String> {
    let mut found = Vec::new();
    find_rejected(detail, false, &mut found);
    found.retain(|text| text.len() >= MIN_VALUE);
    // A longer one may contain a shorter one.
    found.sort_by_key(|text| std::cmp::Reverse(text.len()));
    found
}

/// Collects the values at any depth: the message may quote a value that is hidden elsewhere.
fn find_rejected(value: &Value, within: bool, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                find_rejected(member, within || name == REJECTED, found);
            }
        }
        Value::Array(items) => {
            for item in items {
                find_rejected(item, within, found);
            }
        }
        Value::String(text) if within => found.push(text.trim().to_owned()),
        Value::Number(number) if within => found.push(number.to_string()),
        _ => {}
    }
}

/// Omits the body: answers name people and orders. Read [`ApiError::body`] to see it.
impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("status", &self.status)
            .field("code", &self.code)
            .field("message", &message(self, &ENGLISH))
            .field("detail", &format_args!("{}", detail(self, &ENGLISH)))
            .field("request_id", &self.request_id)
            .field("verification", &self.verification)
            .field("body_len", &self.body.len())
            .field("complete", &self.complete)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use serde_json::json;

    use super::*;

    fn refusal(status: StatusCode, detail: Value) -> ApiError {
        ApiError {
            code: "PARAM_ERROR".into(),
            message: "参数错误".into(),
            detail,
            verification: Verification::Absent,
            ..ApiError::new(status)
        }
    }

    fn said(detail: Value) -> String {
        detail_of(&refusal(StatusCode::BAD_REQUEST, detail))
    }

    fn detail_of(api: &ApiError) -> String {
        let line = line(api);
        match line.split_once("; detail: ") {
            Some((_, detail)) => detail.to_owned(),
            None => String::new(),
        }
    }

    #[test]
    fn every_shape_of_detail_gives_field_issue_and_location() {
        let one = json!({
            "field": "/amount/currency", "value": "XYZ张三", "issue": "Currency code is invalid",
            "location": "body",
        });
        let expected =
            "field \"/amount/currency\", issue \"Currency code is invalid\", location \"body\"";
        assert_eq!(said(one.clone()), expected);
        assert_eq!(said(json!([one, one])), format!("{expected}, {expected}"));
        assert_eq!(said(json!({"details": [one]})), expected);
        // As in a SIGN_ERROR, whose signed text may contain anything.
        let sign = json!({
            "detail": {"issue": "sign not match"}, "field": "signature", "location": "authorization",
            "sign_information": {
                "method": "GET", "sign_message_length": 42, "url": "/v3/x?openid=oUpF8",
                "truncated_sign_message": "GET\n/v3/x?openid=oUpF8\n",
            },
        });
        let text = said(sign);
        assert!(
            text.starts_with(
                "field \"signature\", location \"authorization\", issue \"sign not match\""
            ),
            "{text}"
        );
        assert!(
            text.contains("sign_message_length") && !text.contains("oUpF8"),
            "{text}"
        );
        assert_eq!(
            said(json!({"field": "a", "min": 1, "hint": "oUpF8"})),
            "field \"a\", other members: min hint"
        );
        for nothing in [
            json!(null),
            json!({}),
            json!([]),
            json!({"value": "oUpF8"}),
            json!(""),
        ] {
            assert_eq!(said(nothing), "");
        }
        assert_eq!(said(json!("oUpF8")), "a text that is not shown");
    }

    #[test]
    fn the_rejected_value_is_never_quoted() {
        let mut api = refusal(
            StatusCode::BAD_REQUEST,
            json!([{"field": "name", "value": {"of": ["张三"]}, "issue": "张三 is no name"},
                   {"field": "n", "value": 13800138000_u64, "issue": "13800138000 is too big"}]),
        );
        api.message = "姓名张三不正确\r\nforged: line".into();
        let line = line(&api);
        assert!(
            !line.contains("张三") && !line.contains("13800138000"),
            "{line}"
        );
        assert!(
            line.contains("姓名…不正确") && !line.contains(['\r', '\n']),
            "{line}"
        );
        for _ in 0..2 * MAX_DEPTH {
            api.detail = json!({"detail": api.detail});
        }
        assert!(!super::line(&api).contains("张三"));
    }

    #[test]
    fn long_details_are_cut_and_deep_ones_end() {
        let many = json!(vec![json!({"field": "a"}); 30]);
        assert!(said(many).ends_with("and 25 more"));
        let long = said(json!({"issue": "x".repeat(100_000)}));
        assert!(long.len() < 400, "{}", long.len());
        let mut deep = json!({"field": "a"});
        for _ in 0..100 {
            deep = json!({"detail": deep});
        }
        assert_eq!(said(deep), "");
    }

    #[test]
    fn an_apiv2_refusal_names_its_members_and_not_the_status() {
        let api = refusal(
            StatusCode::OK,
            json!({
                "return_code": "SUCCESS", "result_code": "FAIL", "err_code": "LACK_PARAMS",
                "err_code_des": "缺少参数", "openid": "oUpF8", "return_msg": "",
            }),
        );
        assert_eq!(
            line(&api),
            "WeChat Pay refused the request: return_code SUCCESS, result_code FAIL, err_code \
             LACK_PARAMS, err_code_des 缺少参数"
        );
    }
}
