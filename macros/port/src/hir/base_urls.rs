//! `base_uri`: Guzzle resolves a path against it as RFC 3986 says. What follows its last slash is lost, and for a path that
//! begins with `/` its whole path.

use wechatpay_chain_php::{base_url, base_url_for, base_url_of_root};

use super::Ty;
use super::tree::{Expr, ExprKind, File, PathPiece, Sdk, Setting};
use crate::diagnostic::Problem;

const LOST: &str = "PHP loses what follows the last slash of this URL; so does the port";
const LOST_FOR_ROOT: &str =
    "PHP drops the path of this URL, since the path of the call begins with `/`; so does the port";

pub(super) fn file(file: &mut File) {
    let mut rooted = false;
    each(file, &mut |expr| {
        if let Some(sdk) = call(expr) {
            // The option of a call stands in place of that of the client.
            rooted |= begins(sdk) == Begins::Slash && option(sdk).is_none();
        }
    });
    let mut told = Vec::new();
    let mut bases_with_path = false;
    each(file, &mut |expr| {
        if let ExprKind::Factory(settings) = &mut *expr.kind {
            let bases = settings.iter_mut();
            for (_, base) in bases.filter(|(name, _)| *name == Setting::BaseUri) {
                of_client(base, rooted, &mut told);
                bases_with_path |= has_path(base);
            }
        }
        if let Some(sdk) = call(expr) {
            let begins = begins(sdk);
            if let Some(base) = option(sdk) {
                of_call(base, begins, &mut told);
            }
        }
    });
    if bases_with_path {
        each(file, &mut |expr| {
            if let Some(sdk) = call(expr)
                && sdk.options.as_ref().is_ok()
                && option(sdk).is_none()
            {
                unrooted(sdk);
            }
        });
    }
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

/// How a path begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begins {
    /// With `/`.
    Slash,
    /// With a value: a run tells.
    Value,
    Name,
}

fn begins(sdk: &Sdk) -> Begins {
    match sdk.path.first() {
        Some(PathPiece::Text(text)) if text.starts_with('/') => Begins::Slash,
        Some(PathPiece::Value { .. }) => Begins::Value,
        _ => Begins::Name,
    }
}

/// Whether a URL is known to have a path.
fn has_path(base: &Expr) -> bool {
    matches!(&*base.kind, ExprKind::Text(url) if base_url_of_root(url).is_err())
}

/// Has a run check that the path of a call of a client whose URL has a path does not begin with `/`.
fn unrooted(sdk: &mut Sdk) {
    if let Some(PathPiece::Value { value, .. }) = sdk.path.first_mut() {
        let span = value.span;
        let given = std::mem::replace(value, Expr::new(span, ExprKind::Null));
        let given = Expr::new(span, ExprKind::Cast(Ty::Text, given));
        *value.kind = ExprKind::Builtin("unrooted_path", vec![given]);
    }
}

/// The `base_uri` of a client, which has one URL for all paths.
fn of_client(base: &mut Expr, rooted: bool, told: &mut Vec<Problem>) {
    if rooted && has_path(base) {
        let message = "the path of this URL, which PHP drops for paths that begin with `/`";
        let problem = Problem::error(base.span, message);
        let hint = "begin all paths without `/`, or leave the path of `base_uri` out";
        *base.kind = ExprKind::Refused(problem.hint(hint));
        return;
    }
    let name = if rooted {
        "base_url_of_root"
    } else {
        "base_url"
    };
    resolve(base, (base_url, LOST), told, |given| {
        ExprKind::Builtin(name, vec![given])
    });
}

/// The option of a call.
fn of_call(base: &mut Expr, begins: Begins, told: &mut Vec<Problem>) {
    let of_root = |url: &str| base_url_for("/", url);
    match begins {
        // The path is read again where the URL is written.
        Begins::Value => {}
        Begins::Name => resolve(base, (base_url, LOST), told, |given| {
            ExprKind::Builtin("base_url", vec![given])
        }),
        Begins::Slash => resolve(base, (of_root, LOST_FOR_ROOT), told, |given| {
            let root = Expr::new(given.span, ExprKind::Text("/".to_owned()));
            ExprKind::Builtin("base_url_for", vec![root, given])
        }),
    }
}

fn resolve(
    base: &mut Expr,
    (cut, lost): (impl Fn(&str) -> String, &str),
    told: &mut Vec<Problem>,
    at_run_time: impl Fn(Expr) -> ExprKind,
) {
    let span = base.span;
    if let ExprKind::Text(url) = &*base.kind {
        let left = cut(url);
        if left != *url {
            told.push(Problem::warning(span, lost));
            *base.kind = ExprKind::Text(left);
        }
        return;
    }
    if matches!(*base.kind, ExprKind::Null | ExprKind::Refused(_)) {
        return;
    }
    let given = std::mem::replace(base, Expr::new(span, ExprKind::Null));
    *base.kind = at_run_time(Expr::new(span, ExprKind::Cast(Ty::Text, given)));
}
