use serde_json::{Map, Value};

/// The members of a message that state the outcome of the call.
const MEMBERS: [&str; 2] = ["return_code", "result_code"];
const SUCCESS: &str = "SUCCESS";
const FAIL: &str = "FAIL";

/// The outcome of a call, as an APIv2 message states it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Succeeded,
    Refused,
    /// Unclear because of this member: it is missing, doubled, has
    /// child elements, or has an undocumented text.
    Unclear(&'static str),
}

/// The members that a message must have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Demands {
    /// Whether the message was verified: then any other text is WeChat Pay's statement,
    /// and counts as a refusal.
    pub(super) verified: bool,
    /// Whether `return_code` is sufficient to report success.
    pub(super) return_code_alone: bool,
}

impl Outcome {
    /// Reads the outcome. A success has `SUCCESS` exactly once as `return_code` and exactly once as `result_code`.
    ///
    /// `return_code` says whether the request was accepted for processing, `result_code` whether processing succeeded.
    pub(super) fn of(members: &Map<String, Value>, demands: Demands) -> Self {
        let [return_code, result_code] = MEMBERS.map(|name| CodeMember::of(members, name));
        let [return_name, result_name] = MEMBERS;
        if swallows(members) {
            return Self::Unclear(result_name);
        }
        match (return_code, result_code) {
            (CodeMember::Success, CodeMember::Success) => Self::Succeeded,
            (CodeMember::Success, CodeMember::Nothing)
                if demands.return_code_alone && !explains_failure(members) =>
            {
                Self::Succeeded
            }
            (CodeMember::Success, CodeMember::Fail)
            | (CodeMember::Fail, CodeMember::Fail | CodeMember::Nothing | CodeMember::Blank) => {
                Self::Refused
            }
            (CodeMember::Success | CodeMember::Fail, CodeMember::Other) if demands.verified => {
                Self::Refused
            }
            (CodeMember::Other, _) if demands.verified => Self::Refused,
            (CodeMember::Success | CodeMember::Fail, _) => Self::Unclear(result_name),
            _ => Self::Unclear(return_name),
        }
    }
}

/// Returns the text of a member; empty if it is not a text.
pub(super) fn text<'m>(members: &'m Map<String, Value>, key: &str) -> &'m str {
    members.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Returns `code` and `message` of a refusal: `err_code` and `err_code_des`, or else `return_code` and `return_msg`.
pub(super) fn code_and_message(members: &Map<String, Value>) -> (String, String) {
    let first = |texts: &[&str]| {
        let mut texts = texts.iter().filter(|text| !text.is_empty());
        texts.next().copied().unwrap_or_default().to_owned()
    };
    let [return_code, result_code] = MEMBERS.map(|name| text(members, name));
    // `SUCCESS` is never the code of a refusal, whatever member contains it.
    let codes = [text(members, "err_code"), result_code, return_code];
    let codes = codes.map(|code| if code == SUCCESS { "" } else { code });
    let messages = [text(members, "err_code_des"), text(members, "return_msg")];
    (first(&codes), first(&messages))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CodeMember {
    Success,
    Fail,
    /// The member is absent.
    Nothing,
    Blank,
    Other,
    /// The member is doubled or has child elements.
    NoText,
}

impl CodeMember {
    fn of(members: &Map<String, Value>, name: &str) -> Self {
        match members.get(name) {
            None => Self::Nothing,
            Some(Value::String(text)) => match &**text {
                SUCCESS => Self::Success,
                FAIL => Self::Fail,
                text if text.trim().is_empty() => Self::Blank,
                _ => Self::Other,
            },
            Some(_) => Self::NoText,
        }
    }
}

fn explains_failure(members: &Map<String, Value>) -> bool {
    ["err_code", "err_code_des", "error_code"]
        .iter()
        .any(|name| match members.get(*name) {
            None => false,
            Some(Value::String(text)) => !text.is_empty(),
            Some(_) => true,
        })
}

/// Whether a text contains one of the members. `nonce_str=a&result_code=FAIL` has the same signed text as
/// a `nonce_str` with the value `a&result_code=FAIL`.
fn swallows(members: &Map<String, Value>) -> bool {
    let texts = members.values().filter_map(Value::as_str);
    texts
        .filter(|text| text.contains('&'))
        .any(|text| MEMBERS.iter().any(|name| holds(text, name)))
}

fn holds(text: &str, name: &str) -> bool {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('&') {
        if after
            .strip_prefix(name)
            .is_some_and(|after| after.starts_with('='))
        {
            return true;
        }
        rest = after;
    }
    false
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use wechatpay_core::protocol::xml;

    fn outcome(inside: &str, verified: bool, return_code_alone: bool) -> Outcome {
        let members = xml::decode(format!("<xml>{inside}</xml>").as_bytes()).unwrap();
        let demands = Demands {
            verified,
            return_code_alone,
        };
        Outcome::of(&members, demands)
    }

    const TAKEN: &str = "<return_code>SUCCESS</return_code>";
    const DONE: &str = "<result_code>SUCCESS</result_code>";

    #[test]
    fn success_needs_each_member_exactly_once() {
        for fine in [
            format!("{TAKEN}{DONE}"),
            format!("{DONE}<err_code></err_code>{TAKEN}<return_msg>OK</return_msg>"),
            format!("<return_code><![CDATA[SUCCESS]]></return_code>{DONE}"),
            // As in `gettransferinfo`.
            format!("{TAKEN}{DONE}<err_code>SUCCESS</err_code>"),
        ] {
            for verified in [false, true] {
                assert_eq!(
                    outcome(&fine, verified, false),
                    Outcome::Succeeded,
                    "{fine}"
                );
            }
        }
    }

    #[test]
    fn other_answers_are_unclear() {
        for result in [
            "",
            "<err_code>NOTENOUGH</err_code>",
            "<result_code/>",
            "<result_code> </result_code>",
            "<result_code> SUCCESS</result_code>",
            "<result_code>SUCCESS\n</result_code>",
            "<result_code><![CDATA[ SUCCESS ]]></result_code>",
            "<result_code>success</result_code>",
            "<Result_code>SUCCESS</Result_code>",
            "<result_code>SUCCESS</result_code><result_code>SUCCESS</result_code>",
            "<result_code>SUCCESS</result_code><result_code>FAIL</result_code>",
            "<result_code>FAIL</result_code><a/><result_code>FAIL</result_code>",
            "<result_code><a>SUCCESS</a></result_code>",
            "<data><result_code>SUCCESS</result_code></data>",
            "<result_code>0</result_code>",
        ] {
            let text = format!("{TAKEN}{result}");
            let expected = Outcome::Unclear("result_code");
            assert_eq!(outcome(&text, false, false), expected, "{text}");
            // The same for the other member.
            let text = text
                .replace("result_code", "x")
                .replace("return_code", "result_code");
            let text = text.replace('x', "return_code");
            if !text.contains("result_code>FAIL") {
                let Outcome::Unclear(_) = outcome(&text, false, false) else {
                    panic!("{text}");
                };
            }
        }
        assert_eq!(outcome("", false, true), Outcome::Unclear("return_code"));
        let contrary = format!("<return_code>FAIL</return_code>{DONE}");
        assert_eq!(
            outcome(&contrary, true, true),
            Outcome::Unclear("result_code")
        );
    }

    #[test]
    fn return_code_alone_is_enough_where_it_is_documented() {
        assert_eq!(outcome(TAKEN, false, true), Outcome::Succeeded);
        for more in [
            "<err_code>NOTENOUGH</err_code>",
            "<error_code>20002</error_code>",
            "<err_code><a>1</a></err_code>",
            "<result_code></result_code>",
            "<result_code>success</result_code>",
            "<x>1&amp;result_code=FAIL</x>",
        ] {
            let text = format!("{TAKEN}{more}");
            assert_eq!(
                outcome(&text, false, true),
                Outcome::Unclear("result_code"),
                "{text}"
            );
        }
        let failed = format!("{TAKEN}<result_code>FAIL</result_code>");
        assert_eq!(outcome(&failed, false, true), Outcome::Refused);
    }

    #[test]
    fn a_text_that_contains_a_member_does_not_hide_a_failure() {
        let text = format!("<nonce_str>a&amp;result_code=FAIL</nonce_str>{TAKEN}");
        for alone in [false, true] {
            assert_eq!(outcome(&text, true, alone), Outcome::Unclear("result_code"));
        }
        // A link may have parameters.
        let link = format!("<mweb_url>https://x/?a=1&amp;package=2</mweb_url>{TAKEN}{DONE}");
        assert_eq!(outcome(&link, true, false), Outcome::Succeeded);
    }

    #[test]
    fn success_is_not_the_code_of_a_refusal() {
        let code = |members: Value| code_and_message(members.as_object().unwrap());
        let failed = json!({"return_code": "SUCCESS", "return_msg": "OK", "result_code": "FAIL"});
        assert_eq!(code(failed), ("FAIL".into(), "OK".into()));
        let odd = json!({"return_code": "SUCCESS", "result_code": "FAIL", "err_code": "SUCCESS"});
        assert_eq!(code(odd), ("FAIL".into(), String::new()));
        let usual = json!({
            "return_code": "SUCCESS", "result_code": "FAIL", "err_code": "NOTENOUGH",
            "err_code_des": "余额不足",
        });
        assert_eq!(code(usual), ("NOTENOUGH".into(), "余额不足".into()));
        let unprocessed = json!({"return_code": "FAIL", "return_msg": "签名错误"});
        assert_eq!(code(unprocessed), ("FAIL".into(), "签名错误".into()));
    }
}
