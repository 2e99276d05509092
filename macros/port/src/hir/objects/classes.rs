//! `$order->update()` of objects of two classes: a method for each.

use std::collections::{BTreeMap, BTreeSet};

use crate::hir::tree::{ExprKind, File, Foreign};

/// Names the methods by their classes where the same words are said to objects of different classes.
pub(super) fn split(file: &mut File) {
    let mut known: BTreeMap<Vec<String>, BTreeSet<String>> = BTreeMap::new();
    each(file, &mut |foreign| {
        if let Some(class) = &foreign.class {
            let classes = known.entry(foreign.whole.clone()).or_default();
            classes.insert(class.clone());
        }
    });
    each(file, &mut |foreign| {
        let several = known
            .get(&foreign.whole)
            .is_some_and(|classes| classes.len() > 1);
        let Some(class) = foreign.class.take_if(|_| several) else {
            foreign.class = None;
            return;
        };
        let last = class.rsplit('\\').next().unwrap_or(&class).to_owned();
        if let Some(word) = foreign.words.first_mut() {
            *word = last;
        }
        if let Some(word) = foreign.whole.first_mut() {
            word.clone_from(&class);
        }
        foreign.class = Some(class);
    });
}

fn each(file: &mut File, found: &mut dyn FnMut(&mut Foreign)) {
    for function in file.functions_mut() {
        for stmt in &mut function.body {
            stmt.each_with_closures(&mut |expr| {
                if let ExprKind::Foreign(foreign) = &mut *expr.kind {
                    found(foreign);
                }
            });
        }
    }
}
