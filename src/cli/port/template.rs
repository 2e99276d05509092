//! Templates that PHP expands differently from the library.

use serde_json::{Map, Value};
use wechatpay_chain_port::recognise::link_piece;

/// The variables with capitals: PHP changes the case of placeholders like that of every segment.
pub(super) fn recased(template: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in template.split('{').skip(1) {
        let Some((expression, _)) = part.split_once('}') else {
            continue;
        };
        let names = expression.trim_start_matches(['+', '#', '.', '/', ';', '?', '&']);
        for name in names.split(',') {
            let name = name.trim_end_matches('*');
            let name = name.split_once(':').map_or(name, |(name, _)| name);
            let php = link_piece(name, false);
            if php != name && !found.iter().any(|(known, _)| known == name) {
                found.push((name.to_owned(), php));
            }
        }
    }
    found
}

/// The stack that PHP selects after it expands the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    V2,
    V3,
    /// `/v2/…`: intended for APIv2, but sent through APIv3's stack.
    Slashed,
}

pub(super) fn choice(template: &str, options: &Map<String, Value>) -> Choice {
    let head = head(template, options).to_ascii_lowercase();
    if head.starts_with("v2/") {
        Choice::V2
    } else if head.trim_start_matches('/').starts_with("v2/") {
        Choice::Slashed
    } else {
        Choice::V3
    }
}

/// The beginning of the expanded path, which selects the stack.
fn head(template: &str, options: &Map<String, Value>) -> String {
    const ENOUGH: usize = 16;
    let (mut out, mut rest) = (String::new(), template);
    while out.len() < ENOUGH && !rest.is_empty() {
        if let Some((expression, after)) = rest.strip_prefix('{').and_then(|it| it.split_once('}'))
        {
            out.push_str(&value(expression, options));
            rest = after;
            continue;
        }
        let end = rest.find('{').filter(|at| *at > 0).unwrap_or(rest.len());
        out.push_str(&rest[..end]);
        rest = &rest[end..];
    }
    out
}

fn value(expression: &str, options: &Map<String, Value>) -> String {
    let (reserved, before) = match expression.as_bytes().first() {
        Some(b'+') => (true, ""),
        Some(b'/') => (false, "/"),
        _ => (false, ""),
    };
    let name = expression.trim_start_matches(['+', '/', '.', '#', ';', '?', '&']);
    let name = name.trim_end_matches('*');
    let text = match options.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => return String::new(),
    };
    let text = if reserved {
        text
    } else {
        text.replace('/', "%2F")
    };
    format!("{before}{text}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_stack_is_chosen_after_expansion() {
        let options = json!({"url": "v2/Pay/X", "ver": "V2", "slashed": "/v2/pay", "a": "v2/"});
        let options = options.as_object().unwrap();
        for (template, expected) in [
            ("v2/pay", Choice::V2),
            ("V2/pay", Choice::V2),
            ("v2", Choice::V3),
            ("v3/v2/pay", Choice::V3),
            ("{+url}", Choice::V2),
            ("{url}", Choice::V3),
            ("{ver}/pay", Choice::V2),
            ("{+slashed}", Choice::Slashed),
            ("{/ver}/pay", Choice::Slashed),
            ("{a}x", Choice::V3),
            ("{nothing}/v2/", Choice::Slashed),
            ("{", Choice::V3),
            ("", Choice::V3),
        ] {
            assert_eq!(choice(template, options), expected, "{template}");
        }
    }

    #[test]
    fn placeholders_with_capitals_have_another_name_in_php() {
        let names = |template| recased(template).into_iter().collect::<Vec<_>>();
        let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
        assert_eq!(names("v3/{openId}/{a_b}"), [pair("openId", "open-id")]);
        assert_eq!(
            names("{+A,b*}{?cD:3}"),
            [pair("A", "-a"), pair("cD", "c-d")]
        );
        assert!(names("v3/{x}/{").is_empty());
    }
}
