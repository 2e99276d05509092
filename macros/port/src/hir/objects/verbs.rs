//! Methods of the application's objects, by their names: whether one changes the object.

/// How sure it is that a method changes its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    No,
    Perhaps,
    Yes,
}

/// Whether a chain of calls on an object changes it: its first method does, and the others are of what that gives.
pub(super) fn of(methods: &[&str]) -> Change {
    let Some(first) = methods.first() else {
        return Change::No;
    };
    if begins(first, &CHANGES) {
        Change::Yes
    } else if methods.len() > 1 || begins(first, &READS) {
        Change::No
    } else {
        Change::Perhaps
    }
}

/// Whether a name begins with one of these words.
fn begins(name: &str, words: &[&str]) -> bool {
    words.iter().any(|word| {
        let rest = name
            .get(..word.len())
            .filter(|start| start.eq_ignore_ascii_case(word))
            .map(|_| &name[word.len()..]);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_lowercase()))
    })
}

const CHANGES: [&str; 43] = [
    "add",
    "allowField",
    "append",
    "apply",
    "assign",
    "associate",
    "cancel",
    "change",
    "clear",
    "close",
    "complete",
    "confirm",
    "data",
    "dec",
    "decrement",
    "delete",
    "dissociate",
    "edit",
    "fail",
    "fill",
    "finish",
    "force",
    "forceDelete",
    "forceFill",
    "inc",
    "increment",
    "isUpdate",
    "mark",
    "merge",
    "modify",
    "pay",
    "persist",
    "push",
    "put",
    "refresh",
    "refund",
    "remove",
    "restore",
    "save",
    "set",
    "touch",
    "transition",
    "update",
];

const READS: [&str; 58] = [
    "alert",
    "all",
    "as",
    "can",
    "check",
    "count",
    "critical",
    "current",
    "debug",
    "diff",
    "emergency",
    "equals",
    "error",
    "except",
    "exists",
    "file",
    "filled",
    "find",
    "first",
    "format",
    "fresh",
    "get",
    "has",
    "header",
    "id",
    "info",
    "input",
    "ip",
    "is",
    "json",
    "key",
    "keys",
    "last",
    "log",
    "max",
    "method",
    "min",
    "notice",
    "only",
    "param",
    "pluck",
    "post",
    "query",
    "route",
    "should",
    "sum",
    "to",
    "url",
    "user",
    "validate",
    "value",
    "values",
    "view",
    "warning",
    "was",
    "where",
    "with",
    "__toString",
];
