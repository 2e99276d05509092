//! The lists of operations: all products, and the operations of one.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use maud::{Markup, html};

use super::lang::Lang;
use super::layout::{self, Page, Place};
use super::names;
use crate::schema::{self, Schema, is_deprecated};

/// The operations whose documentation names no product.
const OTHER: &str = "其他";

/// The operations by product, each product a path of names with `∙` between them.
static PRODUCTS: LazyLock<BTreeMap<&str, Vec<Schema>>> = LazyLock::new(|| {
    let mut products = BTreeMap::<&str, Vec<Schema>>::new();
    for schema in schema::all() {
        let own = schema.products();
        let own = if own.is_empty() { &[OTHER][..] } else { own };
        for product in own {
            products.entry(product).or_default().push(schema);
        }
    }
    products
});

pub(super) fn products() -> impl Iterator<Item = &'static str> {
    PRODUCTS.keys().copied()
}

/// The name of a product's file. The number is its place in the list.
pub(super) fn file_of(product: &str) -> String {
    let place = products().position(|other| other == product);
    format!("product-{}.html", place.unwrap_or_default())
}

/// The product of a file.
pub(super) fn product_of(file: &str) -> Option<&'static str> {
    let number = file.strip_prefix("product-")?.strip_suffix(".html")?;
    products().nth(number.parse().ok()?)
}

/// The first page: all products.
pub(super) fn home(lang: Lang, place: Place) -> String {
    let mut groups = BTreeMap::<&str, Vec<&str>>::new();
    for product in products() {
        let first = product.split('∙').next().unwrap_or(product);
        groups.entry(first).or_default().push(product);
    }
    // The largest first; of two equal ones, the order of the names.
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, products)| {
        std::cmp::Reverse(products.iter().map(|it| PRODUCTS[it].len()).sum::<usize>())
    });
    let count = schema::all().count();
    let title = lang.say("Operations of WeChat Pay", "微信支付接口");
    let content = html! {
        p { @match lang {
            Lang::En => { (count) " operations of APIv3 and APIv2, with their fields, WeChat Pay's terms, and the call in Rust. Search by words in English or Chinese, or select a product." }
            Lang::Zh => { "APIv3 与 APIv2 共 " (count) " 个接口：参数、官方名称和 Rust 调用示例。可用中文或英文搜索，也可按产品浏览。" }
        } }
        div.groups { @for (name, products) in &groups { section {
            h2 { (name) }
            ul { @for product in products { li {
                a href=(file_of(product)) { (rest(product)) } " " span.dim { (PRODUCTS[product].len()) }
            } } }
        } } }
    };
    layout::page(page(lang, place, "index.html", title), &content)
}

/// The name of a product within its group.
fn rest(product: &str) -> &str {
    product.split_once('∙').map_or(product, |(_, rest)| rest)
}

/// The page of a product.
pub(super) fn product(product: &str, lang: Lang, place: Place) -> Option<String> {
    let schemas = PRODUCTS.get(product)?;
    let content = html! { ul.operations { @for schema in schemas { (item(schema, lang)) } } };
    let file = file_of(product);
    Some(layout::page(page(lang, place, &file, product), &content))
}

fn item(schema: &Schema, lang: Lang) -> Markup {
    let operation = schema.operation();
    html! { li {
        a href=(names::file_of(operation)) { (names::title(schema, lang)) }
        @if lang == Lang::En { " " span.dim lang="zh-CN" { (schema.title()) } }
        @if is_deprecated(operation) { " " span.warn { (lang.say("deprecated", "已废弃")) } }
        div { code.method { (operation.method()) } " " code { (operation.path()) } }
    } }
}

fn page<'t>(lang: Lang, place: Place, file: &'t str, title: &'t str) -> Page<'t> {
    Page {
        place,
        lang,
        file,
        twin: "",
        title,
        subtitle: None,
    }
}
