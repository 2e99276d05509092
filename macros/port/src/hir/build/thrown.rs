//! `new` of an exception.

use std::sync::LazyLock;

use super::Builder;
use crate::Problem;
use crate::hir::Ty;
use crate::hir::tree::{Expr, ExprKind};
use crate::syntax::{self, Arg, ExprKind as PhpKind, Name, Param, Span, WholeExpr};

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

impl<'a> Builder<'a> {
    /// An exception: one of PHP's constructor, or what the application's class makes of other arguments.
    pub(super) fn new_thrown(
        &mut self,
        expr: &'a syntax::Expr,
        class: &Name,
        args: &'a [Arg],
    ) -> Expr {
        let own = self.names.class(&class.resolved);
        let parents = own.map_or_else(Vec::new, |class| self.names.parents(class));
        let path = self.class_path(class);
        let of_php = is_phps(&path) || parents.iter().any(|parent| is_phps(parent));
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

fn is_phps(path: &str) -> bool {
    OF_PHP.contains(&path.to_ascii_lowercase().as_str())
}

/// Guzzle's take a request and a response behind the message.
fn is_guzzles(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let Some(name) = path.strip_prefix("guzzlehttp\\exception\\") else {
        return false;
    };
    !matches!(
        name,
        "transferexception" | "invalidargumentexception" | "guzzleexception"
    )
}
