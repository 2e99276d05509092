//! Which requests the start page lists: those of an order number, a path, a verdict and a time.

use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::lang::Lang;
use crate::query;
use crate::record::{CallRecord, Verdict};

/// The parameters of the form. An empty one matches every request, and so does a choice that the form does not offer.
#[derive(Debug, Default)]
pub(super) struct Filter {
    number: String,
    path: String,
    verdict: String,
    minutes: String,
}

/// The verdicts that the form offers: value and label.
const VERDICTS: [(&str, &str, &str); 5] = [
    ("", "any verdict", "全部结论"),
    ("accepted", "accepted", "通过"),
    ("refused", "refused", "拒绝"),
    ("warned", "with warnings", "有警告"),
    ("fault", "with a fault", "有故障"),
];

const MINUTES: [(&str, &str, &str); 4] = [
    ("", "any time", "全部时间"),
    ("5", "last 5 minutes", "最近 5 分钟"),
    ("60", "last hour", "最近 1 小时"),
    ("1440", "last day", "最近 1 天"),
];

impl Filter {
    pub(super) fn of(text: Option<&str>) -> Self {
        // A browser's form sends a blank as a plus sign.
        let text = text.unwrap_or_default().replace('+', "%20");
        let value = |name| {
            let value = query::value(Some(&text), name).unwrap_or_default();
            value.trim().to_owned()
        };
        let choice = |name, offered: &[(&str, &str, &str)]| {
            let value = value(name);
            let is_offered = offered.iter().any(|(known, _, _)| *known == value);
            if is_offered { value } else { String::new() }
        };
        Self {
            number: value("number"),
            path: value("path"),
            verdict: choice("verdict", &VERDICTS),
            minutes: choice("minutes", &MINUTES),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.set().next().is_none()
    }

    /// The parameters, each with a `&` after it, so that another one can follow; empty for an empty filter.
    pub(super) fn query(&self) -> String {
        let encoded = |value| utf8_percent_encode(value, NON_ALPHANUMERIC);
        let set = self.set();
        set.map(|(name, value)| format!("{name}={}&", encoded(value)))
            .collect()
    }

    /// The parameters that have a value.
    fn set(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [
            ("number", &*self.number),
            ("path", &*self.path),
            ("verdict", &*self.verdict),
            ("minutes", &*self.minutes),
        ];
        all.into_iter().filter(|(_, value)| !value.is_empty())
    }

    pub(super) fn matches(&self, record: &CallRecord, now: i64) -> bool {
        let path = record.target.split('?').next().unwrap_or_default();
        let path = path.to_ascii_lowercase();
        path.contains(&self.path.to_ascii_lowercase())
            && (self.number.is_empty() || names(record, &self.number))
            && self.is_verdict_of(record)
            && (self.minutes.parse::<i64>()).map_or(true, |minutes| {
                now.saturating_sub(record.time) <= minutes.saturating_mul(60)
            })
    }

    fn is_verdict_of(&self, record: &CallRecord) -> bool {
        match &*self.verdict {
            "accepted" => record.verdict == Verdict::Accepted,
            "refused" => matches!(record.verdict, Verdict::Refused { .. }),
            "warned" => !record.warnings.is_empty(),
            "fault" => record.fault.is_some(),
            _ => true,
        }
    }

    /// The filter as text, with links to change and to remove it.
    pub(super) fn summary(&self, lang: Lang) -> Markup {
        let query = self.query();
        let query = query.trim_end_matches('&');
        html! {
            p {
                @if self.is_empty() {
                    a.action href="/_sandbox/filter" { (lang.say("Filter", "筛选")) }
                } @else {
                    @for (label, value) in self.labels(lang) {
                        span.warn { (label) ": " (value) } " "
                    }
                    a.action href={ "/_sandbox/filter?" (query) } { (lang.say("Change the filter", "修改筛选条件")) }
                    " "
                    a.action href="/_sandbox/" { (lang.say("Show all", "显示全部")) }
                }
            }
        }
    }

    /// The set parameters as the form names them.
    fn labels(&self, lang: Lang) -> Vec<(&'static str, String)> {
        let chosen = |all: &[(&str, &str, &str)], value: &str| {
            let option = all.iter().find(|(known, _, _)| *known == value);
            let label = option.map_or(value, |(_, english, chinese)| lang.say(english, chinese));
            label.to_owned()
        };
        let labels = self.set().map(|(name, value)| match name {
            "number" => (lang.say("Order number", "单号"), value.to_owned()),
            "path" => (lang.say("Path contains", "路径包含"), value.to_owned()),
            "verdict" => (lang.say("Verdict", "结论"), chosen(&VERDICTS, value)),
            _ => (lang.say("Time", "时间"), chosen(&MINUTES, value)),
        });
        labels.collect()
    }

    pub(super) fn form(&self, lang: Lang) -> Markup {
        html! {
            form.fields method="get" action="/_sandbox/" {
                label { (lang.say("Order number", "单号"))
                    input name="number" value=(self.number); }
                label { (lang.say("Path contains", "路径包含"))
                    input name="path" value=(self.path); }
                (choice("verdict", lang.say("Verdict", "结论"), &self.verdict, &VERDICTS, lang))
                (choice("minutes", lang.say("Time", "时间"), &self.minutes, &MINUTES, lang))
                button.main { (lang.say("Filter", "筛选")) }
                @if !self.is_empty() { a.action href="/_sandbox/" { (lang.say("Show all", "显示全部")) } }
            }
        }
    }
}

fn choice(name: &str, label: &str, chosen: &str, all: &[(&str, &str, &str)], lang: Lang) -> Markup {
    html! {
        label { (label)
            select name=(name) { @for (value, english, chinese) in all {
                option value=(value) selected[*value == chosen] { (lang.say(english, chinese)) }
            } }
        }
    }
}

/// Whether a request or its answer contains the number, not as a part of a longer one.
pub(super) fn names(record: &CallRecord, number: &str) -> bool {
    let answer = record.response.as_ref().map(|answer| &*answer.body);
    let target = query::decoded(&record.target);
    [target.as_bytes(), &record.body, answer.unwrap_or_default()]
        .iter()
        .any(|text| contains_word(text, number.as_bytes()))
}

fn contains_word(text: &[u8], word: &[u8]) -> bool {
    let is_inner = |byte: Option<&u8>| {
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_-*|".contains(byte))
    };
    !word.is_empty()
        && text.windows(word.len()).enumerate().any(|(at, found)| {
            let before = at.checked_sub(1).and_then(|before| text.get(before));
            found == word && !is_inner(before) && !is_inner(text.get(at + word.len()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_inside_a_longer_one_is_another() {
        for (text, word, found) in [
            ("{\"out_trade_no\":\"T1\"}", "T1", true),
            ("/v3/pay/transactions/out-trade-no/T1/close", "T1", true),
            ("T1", "T1", true),
            ("{\"out_trade_no\":\"T12\"}", "T1", false),
            ("XT1", "T1", false),
            ("T1_2 T1", "T1", true),
            ("T1-2", "T1", false),
            ("", "T1", false),
            ("T1", "", false),
        ] {
            assert_eq!(
                contains_word(text.as_bytes(), word.as_bytes()),
                found,
                "{text} {word}"
            );
        }
    }
}
