//! The data of the site's search.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{SYNONYMS, Standing, is_common};
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

/// `["POST", path, title, products, standing]`, and 1 at the end for a common product. The script makes the name of the
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
    if is_common(&schema.products().join(" ")) {
        row.push(json!(1));
    }
    Value::Array(row)
}
