//! Generates `docs/refusals.md` and its Chinese twin from the table.

use std::fs;
use std::path::Path;

use super::business::{ALL, Entry, Source};

const ENGLISH: Page = Page {
    file: "refusals.md",
    head: "# Refusals of the sandbox\n\n\
        Generated from `src/sandbox/refusal/business.rs`; edit that file and run\n\
        `UPDATE_DOCS=1 cargo test -p wechatpay-sandbox refusals`.\n\n\
        These are the refusals of business rules. Fields that break their documented rules are refused with \
        `PARAM_ERROR`; see [sandbox.md](sandbox.md).\n\n\
        `…` stands for a value of the request or of the state. \"Guessed\" means that neither the documentation nor \
        a published response contains it.\n\n\
        | status | code | message | reason | APIv2 code | source of the code | source of the message |\n\
        | --- | --- | --- | --- | --- | --- | --- |\n",
    why: |entry| entry.why.0,
    source: |source| match source {
        Source::Documented(page) => format!("documentation: {page}"),
        Source::Reported(place) => format!("reported: {place}"),
        Source::Guessed => "guessed".to_owned(),
    },
};

const CHINESE: Page = Page {
    file: "refusals.zh-CN.md",
    head: "# 沙箱的错误应答\n\n\
        本页由 `src/sandbox/refusal/business.rs` 生成；请修改该文件，然后执行\n\
        `UPDATE_DOCS=1 cargo test -p wechatpay-sandbox refusals`。\n\n\
        这里列出的是业务规则的错误。不符合文档的字段以 `PARAM_ERROR` 拒绝，见 [sandbox.zh-CN.md](sandbox.zh-CN.md)。\n\n\
        `…` 代表请求中的值或当前状态。“推测”表示文档和公开的真实应答中都没有。\n\n\
        | 状态码 | 错误码 | 错误描述 | 原因 | APIv2 错误码 | 错误码来源 | 错误描述来源 |\n\
        | --- | --- | --- | --- | --- | --- | --- |\n",
    why: |entry| entry.why.1,
    source: |source| match source {
        Source::Documented(page) => format!("文档：{}", in_chinese(page)),
        Source::Reported(place) => format!("公开应答：{}", in_chinese(place)),
        Source::Guessed => "推测".to_owned(),
    },
};

/// Sources that are described in words; titles of pages are Chinese already.
const SOURCES: &[(&str, &str)] = &[
    (
        "APIv2's code, which APIv3 answers as well",
        "APIv2 的错误码，APIv3 也会返回",
    ),
    ("APIv2's text", "APIv2 的错误描述"),
    (
        "HTTP状态码 and 错误信息 of the basic rules",
        "基本规则的HTTP状态码和错误信息",
    ),
    (
        "HTTP状态码, and the error tables of the operations",
        "HTTP状态码，以及各接口的错误码表",
    ),
    (
        "dromara/payment-spring-boot issue 38, yansongda/pay issue 705",
        "dromara/payment-spring-boot issue 38、yansongda/pay issue 705",
    ),
    (
        "questions about bills 4013071254",
        "账单常见问题 4013071254",
    ),
    (
        "service providers, as err_code of APIv2's refunds",
        "服务商，APIv2 退款的 err_code",
    ),
    (
        "service providers, as err_code_des of APIv2's refunds",
        "服务商，APIv2 退款的 err_code_des",
    ),
    (
        "service providers, for orders of APIv3 and APIv2",
        "服务商，APIv3 和 APIv2 的订单",
    ),
    ("texts of APIv2's 申请退款", "APIv2 申请退款的错误描述"),
    (
        "查询二级商户余额 and the other operations of 收付通 that name a sub_mchid",
        "查询二级商户余额，以及收付通其他带 sub_mchid 的接口",
    ),
];

fn in_chinese(source: &str) -> String {
    let known = SOURCES.iter().find(|(english, _)| *english == source);
    let text = known.map_or(source, |(_, chinese)| chinese);
    text.replace(", ", "、")
}

#[test]
fn sources_in_words_are_chinese() {
    for source in ALL
        .iter()
        .flat_map(|(_, it)| [it.code_source, it.message_source])
    {
        let (Source::Documented(text) | Source::Reported(text)) = source else {
            continue;
        };
        let shown = in_chinese(text);
        let mut words = shown.split(' ').filter(|word| word.len() > 1);
        let english =
            words.find(|word| *word != "issue" && word.bytes().all(|c| c.is_ascii_lowercase()));
        assert_eq!(english, None, "{shown}");
    }
}

struct Page {
    file: &'static str,
    head: &'static str,
    why: fn(&Entry) -> &'static str,
    source: fn(Source) -> String,
}

impl Page {
    fn text(&self) -> String {
        let rows = ALL.iter().map(|(_, entry)| self.row(entry));
        self.head.to_owned() + &rows.collect::<String>()
    }

    fn row(&self, entry: &Entry) -> String {
        let why = (self.why)(entry).replace("{}", "…");
        let v2 = entry
            .v2
            .map_or_else(String::new, |(code, _)| format!("`{code}`"));
        format!(
            "| {} | `{}` | {} | {why} | {v2} | {} | {} |\n",
            entry.status.as_u16(),
            entry.code,
            entry.message,
            (self.source)(entry.code_source),
            (self.source)(entry.message_source),
        )
    }
}

#[test]
fn the_pages_of_refusals_are_up_to_date() {
    for page in [ENGLISH, CHINESE] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../docs")
            .join(page.file);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(&path, page.text()).unwrap();
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(
            written,
            page.text(),
            "run with UPDATE_DOCS=1 to write {path:?}"
        );
    }
}

#[test]
fn refusals_have_a_text_and_reasons_with_the_same_values_in_both_languages() {
    for (name, entry) in ALL {
        assert!(!entry.message.is_empty(), "{name}");
        let (en, zh) = entry.why;
        assert!(!en.is_empty() && !zh.is_empty(), "{name}");
        let values = |text: &str| text.matches("{}").count();
        assert_eq!(values(en), values(zh), "{name}");
        assert!(entry.status.is_client_error(), "{name}");
    }
}
