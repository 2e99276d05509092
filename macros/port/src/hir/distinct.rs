//! Properties whose names differ only in capitals and underscores, as `$client` and `$_client`: the fields of a struct
//! are named in one style, so one of two gets another name.

use std::collections::{BTreeMap, BTreeSet};

use super::tree::{Class, ExprKind, File, Root};

pub(super) fn file(file: &mut File) {
    file.classes.iter_mut().for_each(class);
}

fn class(class: &mut Class) {
    let mut used = BTreeSet::new();
    let mut renamed = BTreeMap::new();
    for field in &mut class.fields {
        let mut name = field.name.clone();
        let mut number = 2;
        while !used.insert(key(&name)) {
            name = format!("{}_{number}", field.name);
            number += 1;
        }
        if name != field.name {
            renamed.insert(std::mem::replace(&mut field.name, name.clone()), name);
        }
    }
    if renamed.is_empty() {
        return;
    }
    for function in class.constructor.iter_mut().chain(&mut class.methods) {
        for stmt in &mut function.body {
            stmt.each_with_closures(&mut |expr| {
                if let ExprKind::Field(name) = &mut *expr.kind
                    && let Some(other) = renamed.get(name)
                {
                    name.clone_from(other);
                }
                for (place, _) in expr.places_mut() {
                    if let Root::Field(name) = &mut place.root
                        && let Some(other) = renamed.get(name)
                    {
                        name.clone_from(other);
                    }
                }
            });
        }
    }
}

fn key(name: &str) -> String {
    name.replace('_', "").to_ascii_lowercase()
}
