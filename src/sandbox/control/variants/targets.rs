//! Paths and queries as they are signed by mistake.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::super::diagnosis::Mistake;
use super::{Parts, Variant, Variants};
use crate::gateway::TWO_SLASHES;
use crate::query::decoded;
use wechatpay_core::catalog;

/// Queries with more parameters are sorted and not permuted.
const PERMUTED: usize = 4;
/// Longer queries are signed unchanged or left out.
const LONGEST: usize = 16 << 10;
/// RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(super) fn paths(parts: &Parts<'_>) -> Vec<Variant<String>> {
    let path = parts.target.split('?').next().unwrap_or_default();
    let mut found = Variants::new(path.to_owned());
    if path.len() > LONGEST {
        return found.0;
    }
    // Two slashes are sent, or signed.
    if path.starts_with("//") {
        found.add(&SLASHES, format!("/{}", path.trim_start_matches('/')));
    } else {
        found.add(&SLASHES, format!("/{path}"));
    }
    found.add(&PATH_DECODED, decoded(path).into_owned());
    let strict: Vec<_> = path.split('/').map(|it| strict(&decoded(it))).collect();
    found.add(&PATH_ENCODED, strict.join("/"));
    whole_urls(parts.host, path, &mut found);
    found.add(&NO_SLASH, path.trim_start_matches('/').to_owned());
    let end = match path.strip_suffix('/') {
        Some(path) => path.to_owned(),
        None => format!("{path}/"),
    };
    found.add(&END_SLASH, end);
    if let Some(template) = parts.template {
        found.add(&TEMPLATE, format!("/{}", template.trim_start_matches('/')));
    }
    other_bases(path, &mut found);
    found.0
}

/// The paths of all operations that have no variable.
pub(super) fn other_operations() -> impl Iterator<Item = String> {
    let paths = catalog::operations().iter().map(|it| it.path());
    let fixed = paths.filter(|path| !path.contains('{'));
    fixed.map(|path| format!("/{}", path.trim_start_matches('/')))
}

pub(super) fn path_other(path: &str) -> Mistake {
    Mistake::of(
        "path_other",
        format!("the path of another operation is signed, {path}: sign the path that you call"),
        format!("签名用的是另一个接口的路径 {path}：请用实际调用的路径签名"),
    )
}

fn whole_urls(sent_to: &str, path: &str, found: &mut Variants<String>) {
    for host in [sent_to, "api.mch.weixin.qq.com", "api2.mch.weixin.qq.com"] {
        for start in ["https://", "http://", "//", ""] {
            found.add(&WHOLE_URL, format!("{start}{host}{path}"));
        }
    }
}

/// Adds the path without, and with another, path of the base URL.
fn other_bases(path: &str, found: &mut Variants<String>) {
    // The path of a base URL has few segments.
    for (at, _) in path.match_indices('/').skip(1).take(4) {
        found.add(&BASE_DROPPED, path[at..].to_owned());
    }
    for base in ["/v3", "/api", "/sandbox", "/pay", "/hk", "/global"] {
        found.add(&BASE_ADDED, format!("{base}{path}"));
    }
}

/// Each query begins with its question mark.
pub(super) fn queries(parts: &Parts<'_>) -> Vec<Variant<String>> {
    let at = parts.target.find('?').unwrap_or(parts.target.len());
    let whole = &parts.target[at..];
    let query = whole.strip_prefix('?').unwrap_or_default();
    let mut found = Variants::new(whole.to_owned());
    if query.is_empty() {
        found.add(&MARK, if whole.is_empty() { "?" } else { "" }.to_owned());
        return found.0;
    }
    found.add(&MISSING, String::new());
    if query.len() > LONGEST {
        return found.0;
    }
    let mut add = |mistake: &Mistake, query: String| found.add(mistake, format!("?{query}"));
    for query in reordered(query) {
        add(&REORDERED, query);
    }
    add(&DECODED, decoded(query).into_owned());
    add(&DECODED, decoded(&query.replace('+', " ")).into_owned());
    for query in encoded(query) {
        add(&ENCODED, query);
    }
    add(&ENTITIES, query.replace('&', "&amp;"));
    let filled = query.split('&').filter(|pair| !pair.ends_with('='));
    add(&EMPTY, filled.collect::<Vec<_>>().join("&"));
    found.0
}

/// Encodes as in RFC 3986.
pub(super) fn strict(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// The query sorted and, if it has few parameters, in all orders.
fn reordered(query: &str) -> Vec<String> {
    let mut pairs: Vec<&str> = query.split('&').collect();
    let mut orders = Vec::new();
    if pairs.len() <= PERMUTED {
        permute(&mut pairs, 0, &mut |order| orders.push(order.join("&")));
    } else {
        pairs.sort_unstable();
        orders.push(pairs.join("&"));
        pairs.reverse();
        orders.push(pairs.join("&"));
    }
    orders
}

fn permute(pairs: &mut Vec<&str>, from: usize, visit: &mut dyn FnMut(&[&str])) {
    if from + 1 >= pairs.len() {
        return visit(pairs);
    }
    for other in from..pairs.len() {
        pairs.swap(from, other);
        permute(pairs, from + 1, visit);
        pairs.swap(from, other);
    }
}

/// The query encoded as in RFC 3986, as in forms, and with lower-case hexadecimal digits.
fn encoded(query: &str) -> [String; 3] {
    let each = |encode: &dyn Fn(&str) -> String| {
        let pairs = query.split('&').map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let plain = |text: &str| decoded(&text.replace('+', " ")).into_owned();
            format!("{}={}", encode(&plain(name)), encode(&plain(value)))
        });
        pairs.collect::<Vec<_>>().join("&")
    };
    [
        each(&strict),
        each(&|text| strict(text).replace("%20", "+")),
        each(&|text| lower_digits(&strict(text))),
    ]
}

fn lower_digits(text: &str) -> String {
    let mut pieces = text.split('%');
    let mut lower = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (digits, rest) = piece.split_at(piece.len().min(2));
        lower.push('%');
        lower.push_str(&digits.to_ascii_lowercase());
        lower.push_str(rest);
    }
    lower
}

pub(in super::super) const SLASHES: Mistake =
    Mistake::new("two_slashes", TWO_SLASHES.0, TWO_SLASHES.1);
const PATH_DECODED: Mistake = Mistake::new(
    "path_decoded",
    "the path is decoded: sign it percent-encoded, as it is sent",
    "路径未编码：请用实际发送的（已编码的）路径签名",
);
const PATH_ENCODED: Mistake = Mistake::new(
    "path_encoded",
    "the signed path is percent-encoded in another way than the sent one: sign it as it is sent",
    "路径的编码方式与实际发送的不同：请用实际发送的路径签名",
);
const WHOLE_URL: Mistake = Mistake::new(
    "whole_url",
    "scheme or host are part of the URL: sign path and query only",
    "URL 包含了协议或域名：只用路径和查询参数签名",
);
const NO_SLASH: Mistake = Mistake::new(
    "leading_slash_missing",
    "the slash at the path's beginning is missing: sign /v3/pay and not v3/pay",
    "缺少路径开头的斜杠：应为 /v3/…，不是 v3/…",
);
const END_SLASH: Mistake = Mistake::new(
    "trailing_slash",
    "it differs in the trailing slash: sign the path as it is sent",
    "路径末尾的斜杠不同：请用实际发送的路径签名",
);
const TEMPLATE: Mistake = Mistake::new(
    "path_template",
    "the path is signed with the names of its variables: insert the values before you sign",
    "用带变量名的路径模板签名了：请先代入实际的值再签名",
);
const BASE_DROPPED: Mistake = Mistake::new(
    "base_path_missing",
    "the first part of the path is missing: sign the whole path that is sent, with the base URL's",
    "缺少路径的前一部分：请用实际发送的完整路径签名，包括根地址（base URL）中的路径",
);
const BASE_ADDED: Mistake = Mistake::new(
    "base_path_added",
    "there is something before the path that is not sent: sign the path that is sent, and see how it is \
     joined with the base URL",
    "路径前多了并未发送的部分：请用实际发送的路径签名，并检查与根地址（base URL）的拼接",
);
const MARK: Mistake = Mistake::new(
    "question_mark",
    "it differs by a ? without a query: sign the URL as it is sent",
    "相差一个不带查询参数的 ?：请用实际发送的 URL 签名",
);
const MISSING: Mistake = Mistake::new(
    "query_missing",
    "the query is missing: sign the path with ? and the query",
    "缺少查询参数：路径之后要接 ? 和查询参数",
);
const REORDERED: Mistake = Mistake::new(
    "query_reordered",
    "the query's parameters are in another order than was sent: build the query once, for both",
    "查询参数的顺序与实际发送的不同：请只拼接一次，两处共用",
);
const DECODED: Mistake = Mistake::new(
    "query_decoded",
    "the query is decoded: sign it percent-encoded, as it is sent",
    "查询参数未编码：请用实际发送的（已编码的）签名",
);
const ENCODED: Mistake = Mistake::new(
    "query_encoded",
    "the signed query is encoded in another way than the sent one: build the query once, for both",
    "查询参数的编码方式与实际发送的不同：请只编码一次，两处共用",
);
const EMPTY: Mistake = Mistake::new(
    "query_without_empty",
    "parameters that are empty are sent and not signed: sign the query as it is sent",
    "值为空的查询参数发送了但没有签名：请用实际发送的查询参数签名",
);
const ENTITIES: Mistake = Mistake::new(
    "query_entities",
    "the query is signed with &amp; in place of &: sign it as it is sent, before any escaping for HTML",
    "签名用的查询参数把 & 写成了 &amp;：请按实际发送的内容签名",
);
