//! Method calls on a response whose type was found only after the tree was built. Until then, they look like calls of
//! the application.

use super::infer::{Types, types};
use super::tree::{Expr, ExprKind, File, Foreign, Function, ResponsePart};
use super::{Ty, place};

/// Makes them parts of the response; returns whether there was any.
pub(super) fn file(file: &mut File) -> bool {
    let mut found = false;
    for class in 0..file.classes.len() {
        for method in 0..file.classes[class].methods.len() {
            let known = &file.classes[class];
            let known = types(file, Some(known), known.methods.get(method));
            found |= function(&mut file.classes[class].methods[method], known);
        }
    }
    for index in 0..file.functions.len() {
        let known = types(file, None, file.functions.get(index));
        found |= function(&mut file.functions[index], known);
    }
    if let Some(mut main) = file.main.take() {
        let known = types(file, None, Some(&main));
        found |= function(&mut main, known);
        file.main = Some(main);
    }
    found
}

fn function(function: &mut Function, mut known: Types) -> bool {
    for param in &function.params {
        known.set(param.local, param.ty.clone());
    }
    let mut found = false;
    for stmt in &mut function.body {
        stmt.each_mut(&mut |expr| {
            if let ExprKind::Foreign(foreign) = &*expr.kind
                && let Some((part, answer)) = asked(foreign, &known)
            {
                *expr.kind = ExprKind::OfResponse(part, answer);
                found = true;
            }
        });
    }
    if found {
        place::counts(function);
    }
    found
}

/// The part of the response that a call returns, and the response.
fn asked(foreign: &Foreign, known: &Types) -> Option<(ResponsePart, Expr)> {
    let (answer, args) = match &foreign.receiver {
        Some(receiver) => (receiver, &*foreign.args),
        None => foreign.args.split_first()?,
    };
    let of = known.of(answer);
    let is_call = !matches!(*answer.kind, ExprKind::Local(_));
    if !matches!(of.present(), Ty::Response | Ty::Answer) || (is_call && foreign.receiver.is_some())
    {
        return None;
    }
    // The first word is the variable's name.
    let words = foreign.words.iter().map(|word| word.to_ascii_lowercase());
    let words = words.skip(usize::from(foreign.receiver.is_some()));
    let words: Vec<_> = words.collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let part = match (&*words, args) {
        (["getbody"] | ["getbody", "getcontents" | "__tostring"], []) => ResponsePart::Body,
        (["getstatuscode"], []) => ResponsePart::Status,
        (["getheaderline"], [name]) => ResponsePart::Header(name.clone()),
        _ => return None,
    };
    Some((part, answer.clone()))
}
