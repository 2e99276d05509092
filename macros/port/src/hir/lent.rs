//! Closures that change variables of the code around them: `use (&$n)`.
//!
//! A closure of Rust borrows such a variable as long as it is there. So the closure is an argument of one call, and
//! nothing else of its statement reads the variable: of one of the application's that is known to call it before it
//! gives its result, or of a function of PHP.

use std::collections::BTreeMap;

use crate::diagnostic::Problem;

use super::tree::{Crypto, Expr, ExprKind, File, Foreign, Function, Place, Root, Stmt};
use super::walk::Use;

pub(super) fn file(file: &mut File) {
    for function in file.functions_mut() {
        list(&mut function.body);
    }
}

/// What is ported in place of such a closure.
pub(crate) const HINT: &str = "return the values from the closure, as with `map(…)->all()`, or write a `foreach` loop: it may change the variable";

/// How often a statement reads or changes each variable.
type Uses = BTreeMap<usize, usize>;

fn list(body: &mut [Stmt]) {
    for stmt in body {
        let mut uses = Uses::new();
        for expr in stmt.exprs_mut() {
            expr.locals_mut(&mut |local, how| {
                if how != Use::Write {
                    *uses.entry(*local).or_default() += 1;
                }
            });
        }
        for expr in stmt.exprs_mut() {
            visit(expr, false, &uses);
        }
        for (body, _) in stmt.bodies_mut() {
            list(body);
        }
    }
}

fn visit(expr: &mut Expr, called: bool, uses: &Uses) {
    let span = expr.span;
    if let ExprKind::Closure(closure, captures) = &mut *expr.kind {
        let lent: Vec<_> = lent(closure, captures).collect();
        let alone = lent.iter().all(|(outer, _)| uses.get(outer) == Some(&1));
        let plain = lent.iter().all(|(_, own)| is_plain(closure, *own));
        if let Some((_, own)) = lent.first()
            && !(called && alone && plain)
        {
            let name = &closure.locals[*own].name;
            let message = format!("`use (&${name})` shares a variable");
            let problem = Problem::error(span, message).hint(HINT);
            *expr = Expr::new(span, ExprKind::Refused(problem));
            return;
        }
        list(&mut closure.body);
        return;
    }
    let calls = match &*expr.kind {
        ExprKind::Foreign(foreign) => calls_at_once(foreign),
        ExprKind::Map(..)
        | ExprKind::Filter(..)
        | ExprKind::Sort(..)
        | ExprKind::CallClosure(..) => true,
        _ => false,
    };
    for child in expr.children_mut() {
        visit(child, calls, uses);
    }
}

/// Whether a call of the application's is one that calls its closures before it gives its result, by its name: `listen`
/// and `then` keep them.
fn calls_at_once(foreign: &Foreign) -> bool {
    let name = foreign.words.last().map(|word| word.to_ascii_lowercase());
    let name = name.unwrap_or_default();
    // The arguments of a chain are in one list: a closure that is not the last may belong to an earlier call.
    let is_last = |arg: &Expr| matches!(*arg.kind, ExprKind::Closure(..));
    if name.contains("promise")
        || foreign.words.len() > 1 && !foreign.args.last().is_some_and(is_last)
    {
        return false;
    }
    let function = name.rsplit('\\').next().unwrap_or_default();
    function.starts_with("array_") || AT_ONCE.contains(&function)
}

/// Transactions, collections and their kin.
const AT_ONCE: [&str; 27] = [
    "call_user_func",
    "chunk",
    "chunkbyid",
    "each",
    "eachbyid",
    "eachspread",
    "every",
    "filter",
    "flatmap",
    "iterator_apply",
    "map",
    "mapwithkeys",
    "pipe",
    "preg_replace_callback",
    "reduce",
    "reject",
    "remember",
    "rememberforever",
    "rescue",
    "retry",
    "sortby",
    "synchronized",
    "tap",
    "transaction",
    "transactional",
    "walk",
    "withoutevents",
];

/// The variables that a closure changes: their numbers outside and in it.
pub(crate) fn lent(
    closure: &Function,
    captures: &[(usize, usize)],
) -> impl Iterator<Item = (usize, usize)> {
    let captures = captures.iter().copied();
    captures.filter(|(_, own)| closure.lends(*own))
}

/// Whether a value is none of those that are told apart where the variable is read: an object of `json_decode`, an exception,
/// an array that has lost items.
fn is_known(value: &Expr, own: usize) -> bool {
    match &*value.kind {
        ExprKind::Local(local) => *local == own,
        ExprKind::Coalesce(one, other) => is_known(one, own) && is_known(other, own),
        ExprKind::Builtin(name, _) => !name.starts_with("json") && !name.starts_with("array"),
        ExprKind::Array(entries) => entries.is_empty(),
        ExprKind::Field(_)
        | ExprKind::Index(..)
        | ExprKind::Call(..)
        | ExprKind::Method(..)
        | ExprKind::CallClosure(..)
        | ExprKind::Wait(_)
        | ExprKind::Foreign(_)
        | ExprKind::ToObject(_)
        | ExprKind::ToArray(_)
        | ExprKind::Filter(..)
        | ExprKind::Map(..)
        | ExprKind::Merge(_)
        | ExprKind::Ternary(..)
        | ExprKind::Match(..)
        | ExprKind::Assign(..)
        | ExprKind::Aside { .. } => false,
        _ => true,
    }
}

/// Whether a closure does nothing with a variable that is only known where all its changes are seen: it takes no items
/// away, sets none by a key that only a run tells, after both of which `[]=` goes on from another key, gives it only
/// [known](is_known) values, and makes no keys of RSA.
fn is_plain(closure: &mut Function, own: usize) -> bool {
    let is_own = |place: &Place| matches!(place.root, Root::Local(local) if local == own);
    let mut plain = true;
    for stmt in &mut closure.body {
        stmt.each_with_closures(&mut |expr| match &*expr.kind {
            ExprKind::Unset(place) | ExprKind::Change(_, place, _) => plain &= !is_own(place),
            ExprKind::Assign(place, value) | ExprKind::AssignMissing(place, value)
                if is_own(place) =>
            {
                // A key that is not written there may be any, from which `[]` goes on.
                let is_written = |key: &Option<Expr>| {
                    let key = key.as_ref().map(|key| &*key.kind);
                    matches!(key, None | Some(ExprKind::Text(_)))
                };
                plain &= place.path.iter().all(is_written) && is_known(value, own);
            }
            ExprKind::Crypto(Crypto::PrivateKey | Crypto::PublicKey, _) => plain = false,
            _ => {}
        });
    }
    plain
}
