//! Method calls on a response or an exception whose type was found only after the tree was built. Until then, they look like
//! calls of the application.

use super::build::full_path;
use super::infer::{Types, types};
use super::tree::{Expr, ExprKind, File, Foreign, Function, ResponsePart, ThrownPart};
use super::{Ty, place};

/// Makes them parts of the response or the exception; returns whether there was any.
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
                && let Some(part) = asked(foreign, &known)
            {
                *expr.kind = part;
                found = true;
            }
        });
    }
    if found {
        place::counts(function);
        // A variable that is given such a part has its type.
        let params: Vec<usize> = function.params.iter().map(|param| param.local).collect();
        let locals = function.locals.iter_mut().enumerate();
        let any = locals.filter(|(at, local)| local.ty == Ty::Any && !params.contains(at));
        any.for_each(|(_, local)| local.ty = Ty::Unknown);
    }
    found
}

/// The part of the response or the exception that a call returns.
fn asked(foreign: &Foreign, known: &Types) -> Option<ExprKind> {
    let (of, args) = match &foreign.receiver {
        Some(receiver) => (receiver, &*foreign.args),
        None => foreign.args.split_first()?,
    };
    if !matches!(*of.kind, ExprKind::Local(_)) && foreign.receiver.is_some() {
        return None;
    }
    // The first word is the variable's name.
    let words = foreign.words.iter().map(|word| word.to_ascii_lowercase());
    let words = words.skip(usize::from(foreign.receiver.is_some()));
    let words: Vec<_> = words.collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match (known.of(of).present(), &*words) {
        (Ty::Response | Ty::Answer, words) => of_response(of, words, args),
        (Ty::Thrown, ["getresponse", words @ ..]) if !words.is_empty() => {
            let answer = ExprKind::OfThrown(ThrownPart::AskedResponse, of.clone());
            of_response(&Expr::new(of.span, answer), words, args)
        }
        (Ty::Thrown, ["is", class]) if args.is_empty() && *class != "responseinterface" => {
            let path = full_path(foreign.whole.last()?);
            Some(ExprKind::InstanceOf(of.clone(), path))
        }
        (Ty::Thrown, [word]) if args.is_empty() => {
            let part = match *word {
                "getmessage" => ThrownPart::Message,
                "getcode" => ThrownPart::Code,
                "getprevious" => ThrownPart::Previous,
                "hasresponse" => ThrownPart::AskedHasResponse,
                "getresponse" => ThrownPart::AskedResponse,
                _ => return None,
            };
            Some(ExprKind::OfThrown(part, of.clone()))
        }
        _ => None,
    }
}

fn of_response(answer: &Expr, words: &[&str], args: &[Expr]) -> Option<ExprKind> {
    let part = match (words, args) {
        (["getbody"] | ["getbody", "getcontents" | "__tostring"], []) => ResponsePart::Body,
        (["getstatuscode"], []) => ResponsePart::Status,
        (["getheaderline"], [name]) => ResponsePart::Header(name.clone()),
        _ => return None,
    };
    Some(ExprKind::OfResponse(part, answer.clone()))
}
