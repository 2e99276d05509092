//! The data of the search in the pages of `docs/`.

use serde_json::{Value, json};
use wechatpay_chain::guide::SOURCES;

use super::markdown::{self, Section};
use super::{file_of, text};
use crate::reference::lang::Lang;

/// The most characters of a section that are searched: the tables of some pages are long, and a browser loads the data at
/// the first search.
const MOST: usize = 360;

/// A script that sets `wechatpayDocs`: file, title and sections of each page, as id, heading and text.
pub(in crate::reference) fn index(lang: Lang) -> String {
    let pages = SOURCES.iter().filter_map(|source| {
        let text = text(source, lang)?;
        let sections: Value = markdown::sections(text).iter().map(section).collect();
        Some(json!([
            file_of(source.name),
            markdown::title(text),
            sections
        ]))
    });
    format!("globalThis.wechatpayDocs = {};\n", pages.collect::<Value>())
}

fn section(section: &Section) -> Value {
    let text: String = section.text.trim().chars().take(MOST).collect();
    json!([section.id, section.heading, text.to_lowercase()])
}
