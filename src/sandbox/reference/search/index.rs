//! The data of the site's search.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{FILLERS, OVERSEAS, SYNONYMS, Standing, bonus};
use crate::schema::{self, Schema};

/// A script that sets `wechatpayIndex`. A page that is a file may load a script, but not JSON.
pub(in crate::reference) fn index() -> String {
    let mut products = Products::default();
    let operations: Vec<_> = schema::all()
        .map(|schema| row(&schema, &mut products))
        .collect();
    let synonyms = SYNONYMS
        .iter()
        .map(|(people, others)| json!([people, others]));
    let data = json!({
        "products": products.names,
        "synonyms": synonyms.collect::<Value>(),
        "fillers": FILLERS,
        "overseas": OVERSEAS,
        "operations": operations,
    });
    format!("globalThis.wechatpayIndex = {data};\n")
}

#[derive(Default)]
struct Products {
    names: Vec<&'static str>,
    places: HashMap<&'static str, usize>,
}

impl Products {
    fn place(&mut self, name: &'static str) -> usize {
        *self.places.entry(name).or_insert_with(|| {
            self.names.push(name);
            self.names.len() - 1
        })
    }
}

/// `["POST", path, title, products, standing]`, and the bonus at the end if there is one. The script makes the name of the
/// file of the first two, as `names::file_of` does.
fn row(schema: &Schema, products: &mut Products) -> Value {
    let operation = schema.operation();
    let places: Vec<_> = schema
        .products()
        .iter()
        .map(|name| products.place(name))
        .collect();
    let mut row = vec![
        json!(operation.method().as_str()),
        json!(operation.path()),
        json!(schema.title()),
        json!(places),
        json!(Standing::of(schema) as u8),
    ];
    let bonus = bonus(schema);
    if bonus > 0 {
        row.push(json!(bonus));
    }
    Value::Array(row)
}
