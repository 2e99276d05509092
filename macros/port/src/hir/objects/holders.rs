//! The variables of a function, and what else holds the object that each has.

use std::collections::{BTreeMap, BTreeSet};

use crate::hir::Ty;

/// What holds the object of a variable, too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Holder {
    /// Another variable, which got its value at `since`; what is mentioned before `from` does not count.
    Name {
        name: String,
        from: usize,
        since: usize,
    },
    /// Code of other files, which called the function with it.
    Outside,
    /// Code of this file, which called the function with it and reads it later.
    Caller,
    /// A property.
    Kept,
}

/// A variable.
#[derive(Debug, Clone, Default)]
pub(super) struct Var {
    /// Where it got its value.
    pub(super) since: usize,
    pub(super) holders: BTreeSet<Holder>,
    /// The class of the object, where PHP declares it.
    pub(super) class: Option<String>,
}

pub(super) type Vars = BTreeMap<String, Var>;

/// The variables where two ways through the code meet.
pub(super) fn join(vars: &mut Vars, others: &Vars) {
    for (name, other) in others {
        let Some(var) = vars.get_mut(name) else {
            vars.insert(name.clone(), other.clone());
            continue;
        };
        var.since = var.since.min(other.since);
        var.holders.extend(other.holders.iter().cloned());
        if var.class != other.class {
            var.class = None;
        }
    }
}

/// How surely something else sees a change of an object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Seen {
    #[default]
    No,
    /// Code of another file may.
    Outside,
    /// Code of this file does.
    Here,
}

/// Whether a text mentions a variable, other than to count its items.
pub(super) fn mentions(text: &str, name: &str) -> bool {
    let sigil = format!("${name}");
    text.match_indices(&sigil).any(|(at, _)| {
        let (before, behind) = (&text[..at], &text[at + sigil.len()..]);
        let whole = !behind.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        whole && !["count(", "empty("].iter().any(|it| before.ends_with(it))
    }) || text.contains(&format!("'{name}'")) && text.contains("compact(")
}

/// The class of the application's that a type names.
pub(super) fn class_named(ty: &str) -> Option<String> {
    let ty = ty.trim_start_matches(['?', '\\']);
    let plain = !ty.contains(['|', '&']) && !matches!(ty, "self" | "static" | "parent");
    (plain && Ty::declared(ty).is_none() && !Ty::is_open(ty)).then(|| ty.to_owned())
}
