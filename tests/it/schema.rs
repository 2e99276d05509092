//! `src/schema/attributes.txt` repeats facts of the catalog and of the sandbox, because `wechatpay-schema` has no dependencies.
//!
//! After a change of the catalog or of the sandbox's departures: `UPDATE=1 cargo test -p wechatpay-tests --test it attributes_are_those_of_the_catalog`.

use std::path::Path;

use wechatpay_chain::catalog::{self, AnswerKind, BodyKind, Operation};
use wechatpay_chain::notify::{Kind, Version};
use wechatpay_sandbox::schema;

#[test]
fn attributes_are_those_of_the_catalog() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/schema/attributes.txt");
    let operations = catalog::operations().iter().map(line);
    let events = Kind::all().iter().filter_map(event);
    let text: String = operations.chain(events).collect();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let found = std::fs::read_to_string(&file).unwrap();
    let mut lines = text.lines().zip(found.lines());
    let different = lines.find(|(expected, found)| expected != found);
    assert_eq!(different, None, "run this test with UPDATE=1");
    assert_eq!(text.len(), found.len(), "run this test with UPDATE=1");
}

fn line(operation: &'static Operation) -> String {
    let body = match operation.body() {
        BodyKind::Json => "json",
        BodyKind::Xml => "xml",
        _ => "-",
    };
    let answer = match operation.answer() {
        AnswerKind::Json => "json",
        AnswerKind::Xml => "xml",
        _ => "-",
    };
    let mut words = vec![
        operation.method().to_string(),
        operation.path().to_owned(),
        body.to_owned(),
        answer.to_owned(),
    ];
    for (mark, names) in [
        ('>', operation.encrypt()),
        ('<', operation.decrypt()),
        ('?', operation.query_encrypt()),
    ] {
        words.extend(names.iter().map(|name| format!("{mark}{name}")));
    }
    let conditional = schema::of(operation).map(|schema| schema.conditional());
    let conditional = conditional.unwrap_or_default();
    words.extend(conditional.iter().map(|pointer| format!("-{pointer}")));
    format!("{}\n", words.join(" "))
}

/// An event that has encrypted fields.
fn event(kind: &Kind) -> Option<String> {
    let version = match kind.version() {
        Version::V2 => "v2",
        _ => "v3",
    };
    let pointers = kind.decrypt().iter().map(|pointer| format!(" <{pointer}"));
    let pointers: String = pointers.collect();
    (!pointers.is_empty()).then(|| format!("{version} {} - -{pointers}\n", kind.event_type()))
}
