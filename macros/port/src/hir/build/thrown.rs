//! `new` of an exception.

use std::sync::LazyLock;

use super::call::is_simple;
use super::{Builder, Names};
use crate::Problem;
use crate::hir::Ty;
use crate::hir::tree::{Expr, ExprKind};
use crate::syntax::{self, Arg, ExprKind as PhpKind, Given, Making, Name, Param, Span, WholeExpr};

/// The exceptions of PHP that are made of a message, a code and an exception before.
const OF_PHP: [&str; 21] = [
    "argumentcounterror",
    "arithmeticerror",
    "badfunctioncallexception",
    "badmethodcallexception",
    "divisionbyzeroerror",
    "domainexception",
    "error",
    "exception",
    "invalidargumentexception",
    "jsonexception",
    "lengthexception",
    "logicexception",
    "outofboundsexception",
    "outofrangeexception",
    "overflowexception",
    "rangeexception",
    "runtimeexception",
    "typeerror",
    "underflowexception",
    "unexpectedvalueexception",
    "valueerror",
];

/// The parameters of their constructors.
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

impl Names<'_> {
    /// Notes an exception of whose base classes nothing is known.
    fn raise(&self, span: Span, path: &str, known: bool) {
        if !known && !self.is_open() {
            self.raised.borrow_mut().insert(span, path.to_owned());
        }
    }

    /// The exceptions that nothing declares, where something else than their own class is caught.
    pub(super) fn uncertain(&self) -> Vec<Problem> {
        let caught = self.caught.borrow();
        let raised = self.raised.borrow();
        let told = raised.iter().filter_map(|(span, path)| {
            let other = |class: &&String| !class.eq_ignore_ascii_case(path);
            let class = caught.iter().find(other)?;
            let (path, class) = (last(path), last(class));
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
        let parents = self.names.exceptions.above(&path);
        let of_php = is_phps(&path) || parents.iter().any(|parent| is_phps(parent));
        let sdks = path.to_ascii_lowercase().starts_with("wechatpay\\");
        self.names
            .raise(expr.span, &path, of_php || sdks || is_guzzles(&path));
        if let Some(making) = self.names.exceptions.making(&path)
            && of_php
        {
            let made = self.application_thrown(expr.span, (path, parents), &making, args);
            return made.unwrap_or_else(|| self.foreign_expr(expr));
        }
        if !of_php && !is_guzzles(&path) && !self.is_open() && !self.fits(args) {
            return self.foreign_expr(expr);
        }
        match self.constructed(args, of_php) {
            Some(args) if args.len() <= 3 && (of_php || !is_guzzles(&path) || args.len() <= 1) => {
                Expr::new(expr.span, ExprKind::NewThrown(path, parents, args))
            }
            _ => {
                let problem = Problem::error(expr.span, "the porter does not know these arguments");
                Expr::new(expr.span, ExprKind::Refused(problem))
            }
        }
    }

    /// An exception that the application declares, by what its constructor makes of the arguments.
    fn application_thrown(
        &mut self,
        span: Span,
        (path, parents): (String, Vec<String>),
        making: &Making,
        args: &'a [Arg],
    ) -> Option<Expr> {
        let mut values = vec![None; making.params.len()];
        for (index, arg) in args.iter().enumerate() {
            let mut names = making.params.iter();
            let place = match &arg.name {
                Some(name) => names.position(|(other, _)| other == name)?,
                None => index,
            };
            let place = values.get_mut(place)?;
            if is_spread(&arg.value) || place.is_some() {
                return None;
            }
            *place = Some((index, &arg.value));
        }
        let mut params = making.params.iter().zip(&values);
        // PHP throws an error of its own.
        if params
            .any(|((_, default), value)| !making.of_php && default.is_none() && value.is_none())
        {
            return None;
        }
        let filled = [&making.message, &making.code, &making.previous];
        let filled = filled.map(|value| fill(value, making, &values));
        let mut read = Vec::new();
        filled.iter().for_each(|value| value.params(&mut read));
        let order: Vec<_> = read.iter().filter_map(|at| values[*at]).collect();
        let written = order.windows(2).all(|pair| pair[0].0 < pair[1].0);
        let simple = |(_, value): &(usize, &syntax::Expr)| is_simple(value);
        let mut unread = values
            .iter()
            .enumerate()
            .filter(|(at, _)| !read.contains(at));
        let dropped = unread.all(|(_, value)| value.is_none_or(|value| simple(&value)));
        if !dropped || !(written || order.iter().all(simple)) {
            return None;
        }
        let [message, code, previous] = filled;
        let mut all = vec![
            self.given_part(span, &message, &values)?,
            self.given_part(span, &code, &values)?,
            self.given_part(span, &previous, &values)?,
        ];
        if making.default_code != 0 {
            let own = Expr::new(span, ExprKind::Int(making.default_code));
            let code = all.remove(1);
            let code = match &*code.kind {
                ExprKind::Int(0) => own,
                ExprKind::Int(_) => code,
                _ => Expr::new(span, ExprKind::Ternary(code, None, own)),
            };
            all.insert(1, code);
        }
        while matches!(all.last().map(|it| &*it.kind), Some(ExprKind::Null)) {
            all.pop();
        }
        Some(Expr::new(span, ExprKind::NewThrown(path, parents, all)))
    }

    fn given_part(
        &mut self,
        span: Span,
        given: &Given,
        values: &[Option<(usize, &'a syntax::Expr)>],
    ) -> Option<Expr> {
        let kind = match given {
            Given::Param(at) => {
                let (_, value) = values[*at]?;
                return Some(if self.kind_of(value) == Ty::Thrown && *at == 0 {
                    self.text_of(value)
                } else {
                    self.expr(value)
                });
            }
            Given::Text(text) => ExprKind::Text(text.clone()),
            Given::Int(number) => ExprKind::Int(*number),
            Given::Null => ExprKind::Null,
            Given::Concat(parts) => {
                let parts = parts.iter().map(|part| self.given_part(span, part, values));
                ExprKind::Concat(parts.collect::<Option<_>>()?)
            }
            Given::Or(one, other) => ExprKind::Ternary(
                self.given_part(span, one, values)?,
                None,
                self.given_part(span, other, values)?,
            ),
            Given::Coalesce(one, other) => ExprKind::Coalesce(
                self.given_part(span, one, values)?,
                self.given_part(span, other, values)?,
            ),
        };
        Some(Expr::new(span, kind))
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

/// The value with the defaults of the parameters that are not given.
fn fill(given: &Given, making: &Making, values: &[Option<(usize, &syntax::Expr)>]) -> Given {
    let inner = |given: &Given| Box::new(fill(given, making, values));
    match given {
        Given::Param(at) if values[*at].is_none() => {
            // PHP's constructor leaves what it is not given.
            let default = making.params[*at].1.clone();
            default.unwrap_or_else(|| match at {
                0 => making.default_message.clone(),
                1 => Given::Int(0),
                _ => Given::Null,
            })
        }
        Given::Concat(parts) => Given::Concat(parts.iter().map(|it| *inner(it)).collect()),
        Given::Or(one, other) => Given::Or(inner(one), inner(other)),
        Given::Coalesce(one, other) => Given::Coalesce(inner(one), inner(other)),
        other => other.clone(),
    }
}

fn is_spread(value: &syntax::Expr) -> bool {
    matches!(&value.kind, PhpKind::Whole(whole) if matches!(**whole, WholeExpr::Spread(_)))
}

pub(super) fn is_phps(path: &str) -> bool {
    OF_PHP.contains(&path.to_ascii_lowercase().as_str())
}

/// Guzzle's take a request and a response behind the message.
pub(super) fn is_guzzles(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let Some(name) = path.strip_prefix("guzzlehttp\\exception\\") else {
        return false;
    };
    !matches!(
        name,
        "transferexception" | "invalidargumentexception" | "guzzleexception"
    )
}
