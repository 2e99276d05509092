//! Keys that arrays hold, `['private' => Rsa::from($path), …]`, and variables that hold a key or a text.
//!
//! A value of JSON has no key, so all keys of such a file are the texts that they are read from, checked where PHP reads
//! them. A text does all that the SDK does with a key. What else is done with one, or with an array that holds one, is
//! refused: PHP has an object there.

use std::collections::BTreeSet;

use super::carried::{Carried, Reach, Seeds, for_closures};
use super::mixed::is_mixed;
use super::settings::key_text;
use super::tree::{Crypto, Expr, ExprKind, File, Function, Setting, Stmt, StmtKind};
use crate::diagnostic::Problem;
use crate::syntax::{BinaryOp, Span};

/// How often the names of items are looked for again.
const ROUNDS: usize = 4;

pub(super) fn file(file: &mut File) {
    if !any(file, &mut |expr| key_text(expr).is_some()) {
        return;
    }
    let (carried, keys) = carried(file, |expr| key_text(expr).is_some());
    if !is_held(&carried, file) && !is_mixed(&carried, file) {
        return;
    }
    // Before the keys are texts, which others are.
    let misused = misused(&carried, &keys, file);
    let strict = strict(&carried, file);
    let told = returned(&carried, file);
    file.problems.extend(told);
    let told = given(&carried, file);
    file.problems.extend(told);
    for function in file.functions_mut() {
        for stmt in &mut function.body {
            stmt.each_with_closures(&mut |expr| {
                if misused.contains(&expr.span) {
                    let message =
                        "a key as a value of PHP: only the SDK reads keys that arrays hold";
                    *expr = Expr::refused(expr.span, message);
                    return;
                }
                if let ExprKind::Crypto(_, args) = &mut *expr.kind
                    && strict.contains(&expr.span)
                {
                    args.truncate(2);
                }
                if let Some(text) = key_text(expr) {
                    *expr.kind = text;
                }
            });
        }
    }
}

/// The keys, by the names of the items that hold them, and the names of those that are one.
fn carried(file: &mut File, value: fn(&Expr) -> bool) -> (Carried, BTreeSet<String>) {
    let mut names = BTreeSet::new();
    let mut keys = BTreeSet::new();
    for _ in 0..ROUNDS {
        let carried = Carried::of(file, seeds(names.clone(), value));
        let mut more = names.clone();
        carried.each(file, &mut |function, expr| match &mut *expr.kind {
            ExprKind::Array(entries) => {
                for entry in entries {
                    if let Some(name) = entry.key.as_ref().and_then(text)
                        && carried.holds_marked(function, &mut entry.value)
                    {
                        if carried.is_marked_value(function, &mut entry.value) {
                            keys.insert(name.clone());
                        }
                        more.insert(name);
                    }
                }
            }
            ExprKind::Assign(place, value) => {
                let path = place.path.iter().flatten().filter_map(text);
                let path: Vec<_> = path.collect();
                if !path.is_empty() && carried.holds_marked(function, value) {
                    if carried.is_marked_value(function, value) {
                        keys.extend(path.last().cloned());
                    }
                    more.extend(path);
                }
            }
            _ => {}
        });
        if more == names {
            break;
        }
        names = more;
    }
    (Carried::of(file, seeds(names, value)), keys)
}

fn seeds(names: BTreeSet<String>, value: fn(&Expr) -> bool) -> Seeds {
    Seeds {
        names: Some(names),
        reach: Reach::Level,
        value,
        change: |_| None,
    }
}

fn text(key: &Expr) -> Option<String> {
    match &*key.kind {
        ExprKind::Text(text) => Some(text.clone()),
        _ => None,
    }
}

fn any(file: &mut File, is: &mut dyn FnMut(&Expr) -> bool) -> bool {
    let mut found = false;
    for function in file.functions_mut() {
        for stmt in &mut function.body {
            stmt.each_with_closures(&mut |expr| found |= is(expr));
        }
    }
    found
}

/// Whether an array of PHP holds a key: those of `Builder::factory([…])` are no arrays here.
fn is_held(carried: &Carried, file: &mut File) -> bool {
    let mut settings = BTreeSet::new();
    carried.each(file, &mut |_, expr| {
        if let ExprKind::Factory(all) = &*expr.kind {
            let certs = all.iter().filter(|(name, _)| *name == Setting::Certs);
            settings.extend(certs.map(|(_, value)| value.span));
        }
    });
    let mut held = false;
    carried.each(file, &mut |function, expr| match &mut *expr.kind {
        ExprKind::Array(entries) if !settings.contains(&expr.span) => {
            let mut entries = entries.iter_mut();
            held |= entries.any(|entry| carried.is_marked_value(function, &mut entry.value));
        }
        ExprKind::Assign(place, value) if !place.path.is_empty() => {
            held |= carried.is_marked_value(function, value);
        }
        ExprKind::Map(..) => held |= carried.holds_marked(function, expr),
        _ => {}
    });
    held
}

/// The expressions of which PHP would have an object.
fn misused(carried: &Carried, keys: &BTreeSet<String>, file: &mut File) -> BTreeSet<Span> {
    let is_key = |function: usize, value: &mut Expr| match &*value.kind {
        ExprKind::Index(_, name) if text(name).is_some_and(|name| !keys.contains(&name)) => false,
        _ => carried.is_marked_value(function, value),
    };
    let mut found = BTreeSet::new();
    carried.each(file, &mut |function, expr| {
        // PHP cannot order objects by their values.
        if let ExprKind::Change("sort" | "rsort" | "asort" | "arsort", place, _) = &*expr.kind
            && carried.is_marked(function, &place.root, place.path.len() + 1, expr.span)
        {
            found.insert(expr.span);
        }
        for key in item_keys(expr) {
            if carried.holds_marked(function, key) {
                found.insert(key.span);
            }
        }
        let allowed = allowed(expr);
        for (place, child) in expr.children_mut().into_iter().enumerate() {
            let is_wrong = match allowed {
                Allowed::All => false,
                Allowed::Arrays => is_key(function, child),
                Allowed::Only(only) if place == only => false,
                Allowed::Only(_) | Allowed::None => carried.holds_marked(function, child),
            };
            if is_wrong {
                found.insert(child.span);
            }
        }
    });
    read_by_statements(carried, file, &mut found);
    found
}

/// What statements print, throw or compare.
fn read_by_statements(carried: &Carried, file: &mut File, found: &mut BTreeSet<Span>) {
    let mut number = 0;
    for function in file.functions_mut() {
        statements(function, &mut number, &mut |function, stmt| {
            let reads = matches!(
                stmt.kind,
                StmtKind::Echo(_) | StmtKind::Throw(_) | StmtKind::Exit(_) | StmtKind::Switch(..)
            );
            let exprs = stmt.exprs_mut().into_iter().filter(|_| reads);
            for expr in exprs {
                if carried.holds_marked(function, expr) {
                    found.insert(expr.span);
                }
            }
        });
    }
}

/// The keys of the items that an expression makes or sets.
fn item_keys(expr: &mut Expr) -> Vec<&mut Expr> {
    match &mut *expr.kind {
        ExprKind::Array(entries) => {
            let keys = entries.iter_mut().filter_map(|entry| entry.key.as_mut());
            keys.collect()
        }
        ExprKind::Assign(place, _) | ExprKind::AssignMissing(place, _) => {
            place.path.iter_mut().flatten().collect()
        }
        _ => Vec::new(),
    }
}

/// Which of its parts an expression may have keys in.
#[derive(Clone, Copy)]
enum Allowed {
    None,
    /// An array that holds them, and no key.
    Arrays,
    Only(usize),
    All,
}

fn allowed(expr: &Expr) -> Allowed {
    match &*expr.kind {
        ExprKind::Array(_)
        | ExprKind::Assign(..)
        | ExprKind::AssignMissing(..)
        | ExprKind::Coalesce(..)
        | ExprKind::Ternary(..)
        | ExprKind::Index(..)
        | ExprKind::Not(_)
        | ExprKind::And(..)
        | ExprKind::Or(..)
        | ExprKind::Isset(_)
        | ExprKind::Call(..)
        | ExprKind::Method(..)
        | ExprKind::CallClosure(..)
        | ExprKind::Match(..)
        | ExprKind::Factory(_)
        | ExprKind::FactoryOf(_)
        | ExprKind::Cast(super::Ty::Bool, _) => Allowed::All,
        // The application has a whole function of the file: what the function does with a key is its own.
        ExprKind::Foreign(foreign) if !foreign.quoted.is_empty() => Allowed::All,
        ExprKind::Merge(_) | ExprKind::Map(..) | ExprKind::Filter(..) | ExprKind::Unpack(..) => {
            Allowed::Arrays
        }
        ExprKind::Builtin(
            "counted" | "array_keys" | "array_key_exists" | "array_values" | "array_combine"
            | "array_filter" | "array_replace",
            _,
        ) => Allowed::Arrays,
        ExprKind::Binary(op, one, other) if compares_with_null(*op, one, other) => Allowed::All,
        ExprKind::Crypto(crypto, _) => match crypto {
            Crypto::Sign | Crypto::Encrypt | Crypto::Decrypt => Allowed::Only(1),
            Crypto::Verify => Allowed::Only(2),
            Crypto::PrivateKey | Crypto::PublicKey | Crypto::Serial => Allowed::Only(0),
            _ => Allowed::None,
        },
        _ => Allowed::None,
    }
}

fn compares_with_null(op: BinaryOp, one: &Expr, other: &Expr) -> bool {
    let compares = matches!(
        op,
        BinaryOp::Identical | BinaryOp::NotIdentical | BinaryOp::Equal | BinaryOp::NotEqual
    );
    let null = |side: &Expr| matches!(*side.kind, ExprKind::Null);
    compares && (null(one) || null(other))
}

/// What signs and encrypts with such keys by functions of OpenSSL: those read texts more strictly than the SDK.
fn strict(carried: &Carried, file: &mut File) -> BTreeSet<Span> {
    let mut found = BTreeSet::new();
    carried.each(file, &mut |function, expr| {
        let span = expr.span;
        if let ExprKind::Crypto(Crypto::Sign | Crypto::Encrypt | Crypto::Decrypt, args) =
            &mut *expr.kind
            && let [_, key, _] = &mut **args
            && carried.is_marked_value(function, key)
        {
            found.insert(span);
        }
    });
    found
}

/// Warns of functions of the application that are given keys.
fn given(carried: &Carried, file: &mut File) -> Vec<Problem> {
    let mut told = Vec::new();
    carried.each(file, &mut |function, expr| {
        let span = expr.span;
        if let ExprKind::Foreign(foreign) = &mut *expr.kind
            && !foreign.quoted.is_empty()
            && foreign.args.iter_mut().any(|arg| carried.holds_marked(function, arg))
        {
            let message = "keys that this is given are texts: the PEM text of each, or `file://` and its path";
            told.push(Problem::warning(span, message));
        }
    });
    told
}

/// Warns of public functions that give keys back.
fn returned(carried: &Carried, file: &mut File) -> Vec<Problem> {
    let mut number = 0;
    let mut told = Vec::new();
    for function in file.functions_mut() {
        let public = function.public.then_some(number);
        statements(function, &mut number, &mut |number, stmt| {
            let span = stmt.span;
            if let StmtKind::Return(Some(value)) = &mut stmt.kind
                && public == Some(number)
                && carried.holds_marked(number, value)
            {
                let message = "keys that this returns are texts: the PEM text of each, or `file://` and its path";
                told.push(Problem::warning(span, message));
            }
        });
    }
    told
}

/// The numbers of functions and closures, as [`each_in`] counts them, with their statements.
pub(super) fn statements(
    function: &mut Function,
    number: &mut usize,
    found: &mut dyn FnMut(usize, &mut Stmt),
) {
    let own = *number;
    *number += 1;
    for_closures(function, &mut |closure, _, _| {
        statements(closure, number, found)
    });
    list(&mut function.body, &mut |stmt| found(own, stmt));
}

fn list(body: &mut [Stmt], found: &mut dyn FnMut(&mut Stmt)) {
    for stmt in body {
        found(stmt);
        for (body, _) in stmt.bodies_mut() {
            list(body, found);
        }
    }
}
