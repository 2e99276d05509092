//! `new` of an exception.

use std::sync::{Arc, LazyLock};

use super::{Builder, Names};
use crate::Problem;
use crate::hir::Ty;
use crate::hir::tree::{Expr, ExprKind};
use crate::syntax::{self, Arg, ExprKind as PhpKind, Name, Param, Root, Span, WholeExpr};

/// The parameters of PHP's constructor.
static PARAMS: LazyLock<[Param; 3]> = LazyLock::new(|| {
    let param = |name: &str, default| Param {
        name: name.to_owned(),
        ty: None,
        default: Some(syntax::Expr {
            span: Span::default(),
            kind: default,
        }),
        by_reference: false,
        variadic: false,
    };
    [
        param("message", PhpKind::String(String::new())),
        param("code", PhpKind::Int(0)),
        param("previous", PhpKind::Null),
    ]
});

/// An exception of whose base classes nothing is known.
#[derive(Debug)]
pub(super) struct Raised {
    /// The class that nothing declares.
    top: String,
    /// The exception's class and those above it that are known.
    known: Vec<String>,
}

impl Names<'_> {
    /// Notes an exception whose topmost class is declared nowhere.
    fn raise(&self, span: Span, path: &str) {
        let (top, root) = self.exceptions.root(path);
        let sdks = top.to_ascii_lowercase().starts_with("wechatpay\\");
        if root != Root::Unknown || sdks || self.is_open() {
            return;
        }
        let mut known = self.exceptions.above(path);
        known.push(path.to_owned());
        self.raised.borrow_mut().insert(span, Raised { top, known });
    }

    /// The exceptions that nothing declares, where a class is caught that may be above them.
    pub(super) fn uncertain(&self) -> Vec<Problem> {
        let caught = self.caught.borrow();
        let raised = self.raised.borrow();
        let told = raised.iter().filter_map(|(span, Raised { top, known })| {
            let other =
                |class: &&String| !known.iter().any(|known| class.eq_ignore_ascii_case(known));
            let class = caught.iter().find(other)?;
            let (path, class) = (last(top), last(class));
            let message = format!(
                "`{path}` is declared nowhere here: the Rust does not know whether `{class}` is above it"
            );
            let hint = "port it together with the files of its class and the classes above it";
            Some(Problem::warning(*span, message).hint(hint))
        });
        told.collect()
    }
}

fn last(path: &str) -> &str {
    path.rsplit('\\').next().unwrap_or(path)
}

impl<'a> Builder<'a> {
    /// The class of a `catch` or an `instanceof`, which may be above an exception of the application's.
    pub(super) fn caught(&self, class: &Name) -> String {
        let path = self.class_path(class);
        let is_top = ["throwable", "exception", "error"].contains(&&*path.to_ascii_lowercase());
        let of_others = ["guzzlehttp\\", "wechatpay\\", "psr\\"];
        let lower = path.to_ascii_lowercase();
        if !is_top && !of_others.iter().any(|others| lower.starts_with(others)) {
            self.names.caught.borrow_mut().insert(path.clone());
        }
        path
    }

    /// An exception: one of PHP's constructor, or what the application's class makes of other arguments.
    pub(super) fn new_thrown(
        &mut self,
        expr: &'a syntax::Expr,
        class: &Name,
        args: &'a [Arg],
    ) -> Expr {
        let path = self.class_path(class);
        let exceptions = Arc::clone(&self.names.exceptions);
        let (_, root) = exceptions.root(&path);
        self.names.raise(expr.span, &path);
        let parents = exceptions.above(&path);
        if let Some(making) = exceptions.making(&path) {
            let made = self.application_thrown(expr.span, (path, parents), &making, args);
            return made.unwrap_or_else(|| self.foreign_expr(expr));
        }
        let known = match root {
            Root::Php | Root::Guzzles => !exceptions.has(&path),
            Root::ErrorException => false,
            // The application's class may take other arguments than PHP's.
            Root::Unknown => exceptions.is_silent(&path) && (self.is_open() || self.fits(args)),
        };
        if !known {
            return self.foreign_expr(expr);
        }
        let most = if root == Root::Guzzles { 1 } else { 3 };
        match self.constructed(args, root == Root::Php) {
            Some(args) if args.len() <= most => {
                Expr::new(expr.span, ExprKind::NewThrown(path, parents, args))
            }
            _ => {
                let problem = Problem::error(expr.span, "the porter does not know these arguments");
                Expr::new(expr.span, ExprKind::Refused(problem))
            }
        }
    }

    /// The arguments in the order of PHP's constructor.
    fn constructed(&mut self, args: &'a [Arg], of_php: bool) -> Option<Vec<Expr>> {
        let is_thrown = |arg: &Arg| self.kind_of(&arg.value) == Ty::Thrown;
        let text = match args.first() {
            Some(first) if first.name.is_none() && is_thrown(first) => Some(&first.value),
            _ => None,
        };
        let named = args
            .iter()
            .find(|arg| arg.name.as_deref() == Some("message"));
        if named.is_some_and(is_thrown) {
            return None;
        }
        if let Some(args) = self.args(args) {
            let text = text.map(|text| self.text_of(text));
            let rest = args.into_iter().skip(usize::from(text.is_some()));
            return Some(text.into_iter().chain(rest).collect());
        }
        let placed = args.iter().all(|arg| arg.name.is_some() || text.is_none());
        (of_php && placed).then(|| self.named_args(&*PARAMS, args))?
    }

    /// Whether the arguments of a class that the application has are those of PHP's exceptions: others are its own.
    fn fits(&self, args: &[Arg]) -> bool {
        let fits = |(index, arg): (usize, &Arg)| {
            let kind = &arg.value.kind;
            let literal = match kind {
                PhpKind::Array(_) | PhpKind::Closure(_) | PhpKind::Bool(_) | PhpKind::Float(_) => {
                    return false;
                }
                PhpKind::Null => 2,
                PhpKind::String(_) | PhpKind::Interpolated(_) => 0,
                PhpKind::Int(_) => 1,
                PhpKind::Whole(whole) if matches!(**whole, WholeExpr::Spread(_)) => return false,
                _ if index != 0 && self.kind_of(&arg.value) == Ty::Thrown => 2,
                _ => index,
            };
            arg.name.is_none() && literal == index
        };
        args.len() <= 3 && args.iter().enumerate().all(fits)
    }
}
