//! `$self = $this;`: another name for the object, for the closures of old PHP.
//!
//! The tree has `$this` in the place of such a variable, where it is set once as a statement of the method and is nothing
//! but the object of arrows and what closures `use`.

use crate::syntax::{ExprKind, Stmt, StmtKind};

/// The variables that are `$this` by other names in a method's text.
pub(super) fn names(text: &str) -> Vec<String> {
    let opaque = [
        "$$",
        "${",
        "compact(",
        "extract(",
        "get_defined_vars",
        "eval(",
    ];
    if opaque.iter().any(|word| text.contains(word)) {
        return Vec::new();
    }
    let mut found: Vec<String> = Vec::new();
    for (at, this) in text.match_indices("$this") {
        let ends = text[at + this.len()..].trim_start().starts_with(';');
        let before = text[..at].trim_end().strip_suffix('=').map(str::trim_end);
        let Some(before) = before.filter(|_| ends) else {
            continue;
        };
        let start = before.trim_end_matches(is_word).len();
        let name = before[start..].trim_start_matches('$');
        let statement = before[..start].trim_end().ends_with([';', '{', '}', '/']);
        if before[start..].starts_with('$') && !name.is_empty() && statement {
            found.push(name.to_owned());
        }
    }
    let once = |name: &String| found.iter().filter(|other| *other == name).count() == 1;
    let names = found.iter().filter(|name| *name != "this" && once(name));
    let names = names.filter(|name| is_only_object(text, name));
    names.cloned().collect()
}

/// Whether a variable is, but where it is set, only the object of an arrow or what a closure uses.
fn is_only_object(text: &str, name: &str) -> bool {
    let dollar = format!("${name}");
    let mut set = 0;
    for (at, _) in text.match_indices(&dollar) {
        let (before, behind) = (&text[..at], &text[at + dollar.len()..]);
        if behind.starts_with(is_word) {
            continue;
        }
        let next = behind.trim_start();
        let is_set = next
            .strip_prefix('=')
            .is_some_and(|value| value.trim_start().starts_with("$this"));
        let open = before.rfind('(').unwrap_or_default();
        let used = before[..open].trim_end().ends_with("use") && !before[open..].contains(')');
        let shared = before.trim_end().ends_with('&');
        match (is_set, next.starts_with("->") || next.starts_with("?->")) {
            (true, _) => set += 1,
            (_, true) if !shared => {}
            _ if used && !shared => {}
            _ => return false,
        }
    }
    set == 1
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}

/// Whether a statement is `$self = $this;` in the tree.
pub(super) fn is_set(stmt: &Stmt) -> bool {
    let StmtKind::Expr(expr) = &stmt.kind else {
        return false;
    };
    let this = |kind: &ExprKind| matches!(kind, ExprKind::Variable(name) if name == "this");
    let sides = expr.assignment();
    sides.is_some_and(|(target, value)| this(&target.kind) && this(&value.kind))
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn only_variables_that_stay_the_object_are_other_names() {
        let used = "{ $self = $this; $f = function () use ($self, $a) { return $self->a(); }; }";
        assert_eq!(names(used), ["self"]);
        assert_eq!(names("{ $that=$this; $that->b = 1; }"), ["that"]);
        for other in [
            "{ $self = $this; f($self); }",
            "{ $self = $this; $self = 1; }",
            "{ $self = $this; return $self; }",
            "{ $self = $this; $f = function () use (&$self) { }; }",
            "{ $self = $this; $self = $this; }",
            "{ $a = $self = $this; }",
            "{ $self = $this; $x = compact('self'); }",
            "{ $self = $this; unset($self); }",
            "{ foreach ($all as $self) { } $self = $this; }",
            "{ $self = $this->other; $self->a(); }",
        ] {
            assert!(names(other).is_empty(), "{other}");
        }
    }
}
