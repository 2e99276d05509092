//! Calls of methods of the application's objects: the class of each, and where code that has the object elsewhere does not
//! see what the method changes.
//!
//! PHP shares an object with each holder. The Rust gives each a copy, and the application changes the one of the call.
//! `verbs` knows methods that change nothing, `walk` follows the variables through a function, whose state is in `state`, and `holders` says what
//! else has the object of each.

mod classes;
mod effects;
mod holders;
mod sources;
mod state;
mod verbs;
mod walk;

use std::collections::BTreeMap;

use super::tree::{ExprKind, File, Foreign};
use crate::diagnostic::Problem;
use crate::syntax::{Program, Span};

/// The facts about the calls of a file, by the place of each.
pub(super) type Objects = BTreeMap<Span, Found>;

/// A call of an object.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    /// The class of the object, where PHP declares it.
    class: Option<String>,
    /// The method and the variable, where other code does not see the change.
    unseen: Option<(String, String)>,
    /// Whether the object is an item of the variable.
    is_item: bool,
}

pub(super) fn of(program: &Program, text: &str) -> Objects {
    walk::objects(program, text)
}

/// Gives the warnings, and tells methods of different classes apart.
pub(super) fn file(file: &mut File, objects: &Objects) {
    let mut problems: Vec<Problem> = Vec::new();
    for function in file.functions_mut() {
        for stmt in &mut function.body {
            stmt.each_with_closures(&mut |expr| {
                let ExprKind::Foreign(foreign) = &mut *expr.kind else {
                    return;
                };
                let Some(found) = objects.get(&expr.span) else {
                    return;
                };
                if foreign.receiver.is_some() {
                    foreign.class.clone_from(&found.class);
                }
                problems.extend(found.problem(expr.span, foreign));
            });
        }
    }
    for problem in problems {
        if !file.problems.contains(&problem) {
            file.problems.push(problem);
        }
    }
    classes::split(file);
}

impl Found {
    /// The warning of a change that other code does not see; none where the application has the object itself.
    fn problem(&self, span: Span, foreign: &Foreign) -> Option<Problem> {
        let (method, name) = self.unseen.as_ref()?;
        if foreign.receiver.is_none() && !self.is_item {
            return None;
        }
        let message = format!(
            "PHP shares objects: code that has the object of `{name}` elsewhere does not see what `{method}` changes in it"
        );
        let hint = "let the application keep the object by its key and look it up there, or return the new object";
        Some(Problem::warning(span, message).hint(hint))
    }
}
