//! The page of an operation.

use maud::{Markup, html};
use wechatpay_core::catalog::{AnswerKind, Operation};

use super::code::{Snippet, snippets};
use super::facts::{host, kind, notes, rate};
use super::lang::Lang;
use super::layout::{self, Page, Place};
use super::lists;
use super::names::{file_of, title};
use crate::schema::{Field, Part, Schema, is_conditional, label};

pub(super) fn page(schema: &Schema, lang: Lang, place: Place) -> String {
    let operation = schema.operation();
    let content = html! {
        p.call { code.method { (operation.method()) } " " code { (operation.path()) } }
        (facts(schema, lang))
        (tables(schema, lang))
        (code(schema, lang))
        @if place == Place::Sandbox { (trial(operation, lang)) }
        (table(schema, Part::Response, lang))
        (types(schema, lang))
    };
    let page = Page {
        place,
        lang,
        file: &file_of(operation),
        twin: "",
        title: &title(schema, lang),
        subtitle: (lang == Lang::En).then(|| schema.title()),
    };
    layout::page(page, &content)
}

fn facts(schema: &Schema, lang: Lang) -> Markup {
    let notes = notes(schema.operation(), lang);
    let separator = lang.say(", ", "、");
    html! {
        dl {
            dt { (lang.say("Host", "域名")) } dd { code { (host(schema)) } }
            @if !schema.products().is_empty() {
                dt { (lang.say("Product", "产品")) }
                dd { @for (at, product) in schema.products().iter().enumerate() {
                    @if at > 0 { (separator) }
                    a href=(lists::file_of(product)) { (product) }
                } }
            }
            @for limit in schema.limits() {
                dt { (lang.say("Limit", "频率限制")) } dd { (rate(limit, lang)) }
            }
            @if let Some(limit) = schema.upload_limit() {
                dt { (lang.say("File", "文件")) }
                dd { (lang.say("at most ", "不超过 ")) (limit.max_bytes >> 20) " MiB" (lang.say("; ", "；")) (limit.types.join(separator)) }
            }
            @if !notes.is_empty() {
                dt { (lang.say("Notes", "说明")) }
                dd { @for note in &notes { div { (note) } } }
            }
            @if notifies(schema) {
                dt { (lang.say("Notification", "回调通知")) }
                dd { (lang.say("WeChat Pay posts the result to the ", "结果通知发送至请求中的 "))
                    code { "notify_url" } (lang.say(" of the request", "")) }
            }
            @let events: Vec<_> = wechatpay_schema::events_of(schema.documented()).collect();
            @if !events.is_empty() {
                dt { (lang.say("Events", "通知类型")) }
                dd { @for event in &events { div {
                    code { (event.event_type()) } " " span.dim lang="zh-CN" { (event.title()) }
                } } }
            }
            @if let Some(page) = schema.page() {
                dt { (lang.say("Documentation", "官方文档")) } dd { a href=(page) rel="noreferrer" { (page) } }
            }
        }
    }
}

fn notifies(schema: &Schema) -> bool {
    schema
        .request()
        .iter()
        .any(|field| field.name() == "notify_url")
}

fn tables(schema: &Schema, lang: Lang) -> Markup {
    let operation = schema.operation();
    let names = schema.documented().variables();
    let variables: Vec<_> = names.collect();
    html! {
        @if !variables.is_empty() {
            h2 #path { (lang.say("Path", "路径变量")) }
            table.list.parts { (head(lang)) tbody { @for name in variables { tr #{ "path." (name) } {
                td { a.anchor href={ "#path." (name) } { code { (name) } } (required(lang, false)) }
                td { (label(operation, Part::Path, name).unwrap_or_default()) }
                td { "string" }
            } } } }
        }
        (table(schema, Part::Query, lang))
        (table(schema, Part::Request, lang))
    }
}

fn table(schema: &Schema, part: Part, lang: Lang) -> Markup {
    let (id, title, fields) = match part {
        Part::Query => ("query", lang.say("Query", "查询参数"), schema.query()),
        Part::Response => ("answer", lang.say("Answer", "应答参数"), schema.response()),
        _ => ("request", lang.say("Request", "请求参数"), schema.request()),
    };
    let mut rows = Vec::new();
    collect(schema.operation(), part, fields, ("", id), 0, &mut rows);
    html! {
        @if !rows.is_empty() {
            h2 #(id) { (title) }
            table.list.parts { (head(lang)) tbody { @for row in &rows { (line(row, lang)) } } }
        }
    }
}

fn head(lang: Lang) -> Markup {
    html! { thead { tr {
        th { (lang.say("Field", "参数")) }
        th { (lang.say("Term", "名称")) }
        th { (lang.say("Type", "类型")) }
    } } }
}

/// A field with its place.
struct Row<'t> {
    field: &'t Field,
    term: &'static str,
    is_conditional: bool,
    /// The id of its row: `request.amount.total`.
    id: String,
    depth: usize,
}

fn collect<'t>(
    operation: &Operation,
    part: Part,
    fields: &'t [Field],
    (pointer, id): (&str, &str),
    depth: usize,
    rows: &mut Vec<Row<'t>>,
) {
    for field in fields {
        let pointer = match part {
            Part::Query => field.name().to_owned(),
            _ => format!("{pointer}/{}", field.name()),
        };
        let id = format!("{id}.{}", field.name());
        // An item of an array has the term of the array.
        let term = label(operation, part, &pointer).filter(|_| field.name() != "*");
        rows.push(Row {
            field,
            term: term.unwrap_or_default(),
            is_conditional: is_conditional(operation, part, &pointer),
            id: id.clone(),
            depth,
        });
        collect(
            operation,
            part,
            field.fields(),
            (&pointer, &id),
            depth + 1,
            rows,
        );
    }
}

fn line(row: &Row<'_>, lang: Lang) -> Markup {
    let Row {
        field, id, depth, ..
    } = row;
    let name = if field.name() == "*" {
        "[]"
    } else {
        field.name()
    };
    html! {
        tr id=(id) {
            td class=[(*depth > 0).then(|| format!("in{}", depth.min(&8)))] {
                a.anchor href={ "#" (id) } { code { (name) } }
                @if field.is_required() { (required(lang, row.is_conditional)) }
            }
            td { (row.term) }
            td {
                (kind(field, lang))
                @if field.is_encrypted() { " " span.warn { (lang.say("encrypted", "加密")) } }
                @if !field.values().is_empty() {
                    div.values { @for value in field.values() { code { (value) } " " } }
                }
                @if let Some(pattern) = field.pattern() {
                    div.dim { (lang.say("matching ", "格式 ")) code { (pattern) } }
                }
            }
        }
    }
}

fn required(lang: Lang, is_conditional: bool) -> Markup {
    let (mark, title) = match is_conditional {
        true => ("(*)", lang.say("required under a condition", "条件必填")),
        false => ("*", lang.say("required", "必填")),
    };
    html! { " " span.required title=(title) { (mark) } }
}

/// Tabs without a script: of the fields of a group, only one is selected.
fn code(schema: &Schema, lang: Lang) -> Markup {
    let snippets = snippets(schema);
    html! {
        h2 #code { (lang.say("Call", "调用示例")) }
        div.tabs {
            @for (at, snippet) in snippets.iter().enumerate() {
                input type="radio" name="style" id={ "tab-" (snippet.id) } checked[at == 0];
                label for={ "tab-" (snippet.id) } { (snippet.title) }
                pre { code { (snippet.code.trim_end()) } }
            }
        }
        p.dim { (rust_hint(&snippets, lang)) }
    }
}

/// A form that needs no script: the sandbox signs the request with its own key and shows it.
fn trial(operation: &Operation, lang: Lang) -> Markup {
    if operation.answer() == AnswerKind::Redirect {
        return Markup::default();
    }
    html! {
        form method="post" action="/_sandbox/do/reference" {
            input type="hidden" name="method" value=(operation.method());
            input type="hidden" name="path" value=(operation.path());
            button { (lang.say("Try it", "试一试")) }
            " " span.dim { (lang.say(
                "Sends these values to this sandbox, signed with the key of its first merchant, and shows the request.",
                "以沙箱第一个商户的身份签名，向本沙箱发送上述示例请求，并显示请求详情。",
            )) }
        }
    }
}

fn rust_hint(snippets: &[Snippet], lang: Lang) -> Markup {
    let has_types = snippets.iter().any(|snippet| snippet.id == "types");
    html! {
        (lang.say(
            "The values are made up from the documentation. Encrypted fields are in plaintext: the client encrypts them.",
            "示例中的值根据文档生成。加密字段写明文，由客户端加密。",
        ))
        @if has_types { " " (lang.say("types! needs the feature types, chain! the feature macros.", "types! 需要启用 feature types，chain! 需要 macros。")) }
    }
}

/// The most bytes of types on a page, which loads less than 200 KB. A few operations have more.
const MOST_TYPES: usize = 100_000;

/// The source of the types, as `--emit types` writes it, or only the command where the source is too long for a page.
fn types(schema: &Schema, lang: Lang) -> Markup {
    let source = wechatpay_schema::types::items(schema.documented());
    let operation = schema.operation();
    let command = html! {
        code { "wechatpay endpoints " (operation.method()) " " (operation.path()) " --emit types" }
    };
    html! {
        h2 #types { (lang.say("Types", "类型定义")) }
        @if source.len() > MOST_TYPES {
            p { (lang.say("The types are too long for this page. This command prints them:", "类型定义过长，未在本页列出，可用以下命令输出：")) " " (command) }
        } @else {
            details {
                summary { (command) }
                pre { code { (source.trim()) } }
            }
        }
    }
}
