//! Tests that each departure is needed and has a source.

use super::*;
use crate::schema::{self, Schema};

#[test]
fn departures_have_a_source_and_apply_to_a_documented_field() {
    let schemas: Vec<Schema> = schema::all().collect();
    for row in DEPARTURES {
        assert!(!row.source.is_empty(), "{:?}", row.place);
        let applies = schemas.iter().any(|schema| applies_to(row, schema));
        assert!(applies, "{:?} {:?}", row.paths, row.place);
    }
}

#[test]
fn every_path_of_a_departure_is_known() {
    for start in DEPARTURES.iter().flat_map(|row| row.paths) {
        let mut operations = wechatpay_core::catalog::operations().iter();
        assert!(operations.any(|it| it.path().starts_with(start)), "{start}");
    }
}

/// The rows of a place and of its name, of which no two say the same.
#[test]
fn no_departure_is_there_twice() {
    fn walk(operation: &Operation, fields: &[Field], above: &str, found: &mut Vec<String>) {
        for field in fields {
            let (name, pointer) = (field.name(), format!("{above}/{}", field.name()));
            let rows = rows_of(operation, INDEX.body.get(&*pointer))
                .chain(rows_of(operation, INDEX.named.get(name)));
            let mut rules: Vec<_> = rows.map(|row| format!("{:?}", row.rule)).collect();
            let count = rules.len();
            rules.sort();
            rules.dedup();
            if rules.len() < count {
                found.push(format!("{} {pointer} {rules:?}", operation.path()));
            }
            walk(operation, field.fields(), &pointer, found);
        }
    }
    let mut found = Vec::new();
    for schema in schema::all() {
        walk(schema.operation(), schema.request(), "", &mut found);
    }
    assert_eq!(found, Vec::<String>::new());
}

fn applies_to(row: &Departure, schema: &Schema) -> bool {
    let path = schema.operation().path();
    let of_path = row.paths.is_empty() || row.paths.iter().any(|it| path.starts_with(it));
    of_path
        && match row.place {
            Body(pointer) => has_pointer(schema.request(), pointer),
            Path(name) => path.contains(&format!("{{{name}}}")),
            Named(names) => [schema.request(), schema.query()]
                .iter()
                .any(|fields| names.iter().any(|name| has_name(fields, name))),
        }
}

fn has_pointer(fields: &[Field], pointer: &str) -> bool {
    let mut fields = fields;
    pointer.split('/').skip(1).all(|name| {
        let found = fields.iter().find(|field| field.name() == name);
        fields = found.map_or(&[], |field| field.fields());
        found.is_some()
    })
}

fn has_name(fields: &[Field], name: &str) -> bool {
    fields
        .iter()
        .any(|field| field.name() == name || has_name(field.fields(), name))
}
