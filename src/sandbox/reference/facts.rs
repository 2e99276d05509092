//! The properties of operations and fields in words, for the pages and the command.

use wechatpay_chain::Padding;
use wechatpay_core::catalog::{AnswerKind, AnswerSignature, BodyKind, Operation};

use super::lang::Lang;
use crate::schema::{Field, FieldKind, RateLimit, Schema, is_deprecated};

/// The host of an operation.
#[must_use]
pub fn host(schema: &Schema) -> &'static str {
    schema.operation().host().unwrap_or("api.mch.weixin.qq.com")
}

/// A rate limit: `600 calls a minute for each merchant`.
#[must_use]
pub fn rate(limit: &RateLimit, lang: Lang) -> String {
    let (count, per) = (limit.count, period(limit.per, lang));
    let text = match lang {
        Lang::En => format!("{count} calls a {per}"),
        Lang::Zh => format!("每{per} {count} 次"),
    };
    let Some(scope) = limit.scope else {
        return text;
    };
    let (english, chinese) = match scope {
        "merchant" => ("merchant", "商户"),
        "service-provider" => ("service provider", "服务商"),
        "api" => ("API", "接口"),
        other => (other, other),
    };
    match lang {
        Lang::En => format!("{text} for each {english}"),
        Lang::Zh => format!("{text}（按{chinese}）"),
    }
}

fn period(per: &str, lang: Lang) -> &str {
    match per {
        "second" => lang.say(per, "秒"),
        "minute" => lang.say(per, "分钟"),
        "hour" => lang.say(per, "小时"),
        "day" => lang.say(per, "天"),
        other => other,
    }
}

/// The properties that most operations do not have.
#[must_use]
pub fn notes(operation: &Operation, lang: Lang) -> Vec<String> {
    let kept = properties(operation)
        .into_iter()
        .filter(|(holds, ..)| *holds);
    let mut notes: Vec<_> = kept
        .map(|(_, english, chinese)| lang.say(english, chinese).to_owned())
        .collect();
    if let Some(kind) = operation.sign_type() {
        notes.push(match lang {
            Lang::En => format!("signed with {} only", kind.as_str()),
            Lang::Zh => format!("只支持 {} 签名", kind.as_str()),
        });
    }
    for pointer in operation.encrypt_bank() {
        notes.push(match lang {
            Lang::En => format!("{pointer} is encrypted with the key from v2/risk/getpublickey"),
            Lang::Zh => format!("{pointer} 使用 v2/risk/getpublickey 返回的公钥加密"),
        });
    }
    for pointer in operation.encrypt_if_flagged() {
        notes.push(match lang {
            Lang::En => {
                format!(
                    "{pointer} is encrypted where need_encrypt is true: name it with encrypt(..)"
                )
            }
            Lang::Zh => {
                format!("{pointer} 在 need_encrypt 为 true 时需要加密：请用 encrypt(..) 指明")
            }
        });
    }
    notes
}

/// Whether each property holds, and its name.
fn properties(operation: &Operation) -> [(bool, &'static str, &'static str); 10] {
    let answer = operation.answer();
    let has_file = operation.body() == BodyKind::Multipart;
    let is_unsigned = operation.answer_signature() == AnswerSignature::Nothing;
    let holds = [
        is_deprecated(operation),
        has_file,
        answer == AnswerKind::Stream,
        answer == AnswerKind::Empty,
        answer == AnswerKind::Redirect,
        operation.needs_client_cert(),
        operation.is_brand(),
        is_unsigned,
        operation.padding() == Padding::Pkcs1v15,
        operation.reentrant(),
    ];
    let mut names = PROPERTIES.iter();
    holds.map(|holds| {
        let (english, chinese) = names.next().copied().unwrap_or_default();
        (holds, english, chinese)
    })
}

/// The names, in the order of [`properties`].
const PROPERTIES: [(&str, &str); 10] = [
    ("deprecated", "已废弃"),
    ("takes a file", "需要上传文件"),
    ("answers with a file", "应答是文件"),
    ("the answer has no body", "应答没有内容"),
    (
        "a page for the user's browser; not called by servers",
        "供用户浏览器打开的页面，不由服务器调用",
    ),
    (
        "requires the merchant certificate in TLS",
        "需要在 TLS 中使用商户API证书",
    ),
    (
        "signed by a brand (品牌), not by a merchant",
        "以品牌身份签名，而不是商户",
    ),
    ("answers are not signed", "应答没有签名"),
    (
        "fields are encrypted with PKCS#1 v1.5 padding",
        "敏感字段使用 PKCS#1 v1.5 填充加密",
    ),
    ("the same request may be repeated", "可以用相同参数重入"),
];

/// The type of a field and its constraints, without the documented values and the pattern.
#[must_use]
pub fn kind(field: &Field, lang: Lang) -> String {
    let mut text = field.kind().to_string();
    if field.kind() == FieldKind::String && !field.fields().is_empty() {
        text.push_str(" (JSON)");
    }
    if let Some(span) = span(field.length()) {
        text.push_str(&match lang {
            Lang::En => format!(" {span} characters"),
            Lang::Zh => format!(" {span} 个字符"),
        });
    }
    if let Some(span) = span(field.range()) {
        text.push_str(&match lang {
            Lang::En => format!(" from {span}"),
            Lang::Zh => format!(" 取值 {span}"),
        });
    }
    if let Some(format) = field.format() {
        text.push_str(&format!(" ({format})"));
    }
    text
}

fn span<T: ToString + PartialEq>((least, greatest): (Option<T>, Option<T>)) -> Option<String> {
    if least.is_none() && greatest.is_none() {
        return None;
    }
    let text = |end: Option<T>| end.map(|end| end.to_string()).unwrap_or_default();
    Some(format!("{}..{}", text(least), text(greatest)))
}
