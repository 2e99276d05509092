//! `base_uri`: Guzzle resolves a path against it as RFC 3986 says. What follows its last slash is lost, and for a path that
//! begins with `/` its whole path.

use wechatpay_chain_php::{base_url, base_url_of_root};

use super::Ty;
use super::tree::{Expr, ExprKind, File, PathPiece, Sdk, Setting};
use crate::diagnostic::Problem;

pub(super) fn file(file: &mut File) {
    let (mut bases, mut rooted) = (false, false);
    each(file, &mut |expr| {
        bases |= matches!(&*expr.kind, ExprKind::Factory(settings)
            if settings.iter().any(|(name, _)| *name == Setting::BaseUri));
        if let Some(sdk) = call(expr) {
            bases |= option(sdk).is_some();
            rooted |= is_rooted(sdk);
        }
    });
    if !bases {
        return;
    }
    let mut told = Vec::new();
    each(file, &mut |expr| {
        if let ExprKind::Factory(settings) = &mut *expr.kind {
            let bases = settings.iter_mut();
            for (_, base) in bases.filter(|(name, _)| *name == Setting::BaseUri) {
                resolve(base, rooted, &mut told);
            }
        }
        if let Some(sdk) = call(expr) {
            let rooted = is_rooted(sdk);
            if let Some(base) = option(sdk) {
                resolve(base, rooted, &mut told);
            }
        }
    });
    file.problems.append(&mut told);
}

fn each(file: &mut File, found: &mut dyn FnMut(&mut Expr)) {
    for function in file.functions_mut() {
        for stmt in &mut function.body {
            stmt.each_with_closures(found);
        }
    }
}

fn call(expr: &mut Expr) -> Option<&mut Sdk> {
    match &mut *expr.kind {
        ExprKind::Sdk(sdk) => Some(sdk),
        ExprKind::Promise(promise) => Some(&mut promise.call),
        _ => None,
    }
}

fn option(sdk: &mut Sdk) -> Option<&mut Expr> {
    let options = sdk.options.as_mut().ok()?;
    let mut bases = options.iter_mut().filter(|(name, _)| name == "base_uri");
    bases.next().map(|(_, base)| base)
}

/// Whether a path begins with `/`, as it is written.
fn is_rooted(sdk: &Sdk) -> bool {
    matches!(sdk.path.first(), Some(PathPiece::Text(text)) if text.starts_with('/'))
}

fn resolve(base: &mut Expr, rooted: bool, told: &mut Vec<Problem>) {
    let span = base.span;
    if let ExprKind::Text(url) = &*base.kind {
        let cut = base_url(url);
        if rooted && base_url_of_root(&cut).is_err() {
            let message = "the path of this URL, which PHP drops for paths that begin with `/`";
            let problem = Problem::error(span, message);
            let hint = "begin all paths without `/`, or leave the path of `base_uri` out";
            *base.kind = ExprKind::Refused(problem.hint(hint));
            return;
        }
        if cut != *url {
            let message = "PHP loses what follows the last slash of this URL; so does the port";
            told.push(Problem::warning(span, message));
            *base.kind = ExprKind::Text(cut);
        }
        return;
    }
    if matches!(*base.kind, ExprKind::Null | ExprKind::Refused(_)) {
        return;
    }
    let name = if rooted {
        "base_url_of_root"
    } else {
        "base_url"
    };
    let given = std::mem::replace(base, Expr::new(span, ExprKind::Null));
    let given = Expr::new(span, ExprKind::Cast(Ty::Text, given));
    *base.kind = ExprKind::Builtin(name, vec![given]);
}
