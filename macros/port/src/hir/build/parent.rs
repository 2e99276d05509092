//! `parent::method()` and `parent::__construct()` of a base class of the same file.

use super::{Builder, class, refused};
use crate::hir::Ty;
use crate::hir::flatten::{PARENT, PARENT_CONSTRUCTOR};
use crate::hir::tree::{Expr, ExprKind, Place, Root, Stmt, StmtKind};
use crate::syntax::{self, Arg, ExprKind as PhpKind, Part, Span, StmtKind as PhpStmt, WholeExpr};

impl<'a> Builder<'a> {
    /// A method of the base class that the class has in another form, or the one that it inherits.
    pub(super) fn parent_method(
        &mut self,
        span: Span,
        method: &str,
        args: &'a [Arg],
    ) -> Option<Expr> {
        if method.eq_ignore_ascii_case("__construct") {
            let known = self.constructor().is_some();
            return known.then(|| refused(span, "`parent::__construct` in an expression"));
        }
        let own = self.class?.class;
        let above = format!("{PARENT}{}", method.to_ascii_lowercase());
        let named = |name: &str| {
            let mut methods = own.methods.iter();
            methods.find(|method| method.has_body && method.name.eq_ignore_ascii_case(name))
        };
        let mut inherited = own.inherited.iter();
        let is_copy = inherited.any(|name| name.eq_ignore_ascii_case(method));
        let found = named(&above).or_else(|| named(method).filter(|_| is_copy))?;
        let mut known = self.own_method(span, &found.name, args)?;
        let call = match &mut *known.kind {
            ExprKind::Aside { value, .. } => &mut value.kind,
            _ => &mut known.kind,
        };
        if let ExprKind::Method(name, _) = &mut **call {
            *name = class::written(name);
        }
        Some(known)
    }

    /// The constructor of the base class.
    fn constructor(&self) -> Option<&'a syntax::Method> {
        let name = format!("{}{PARENT_CONSTRUCTOR}", PARENT.repeat(self.constructors));
        let mut methods = self.class?.class.methods.iter();
        methods.find(|method| method.name == name)
    }

    /// `parent::__construct(…);`: what it does, with its parameters as variables.
    pub(super) fn parent_constructor(
        &mut self,
        span: Span,
        expr: &'a syntax::Expr,
    ) -> Option<Vec<Stmt>> {
        let PhpKind::StaticCall {
            class,
            method,
            args,
        } = &expr.kind
        else {
            return None;
        };
        if class.written != "parent" || !method.eq_ignore_ascii_case("__construct") {
            return None;
        }
        let constructor = self.constructor()?;
        let closure = &constructor.closure;
        let plain = args.len() <= closure.params.len()
            && args.iter().all(|arg| arg.name.is_none() && !is_spread(arg))
            && closure
                .params
                .iter()
                .all(|param| !param.by_reference && !param.variadic)
            && !returns(&closure.body);
        let is_constructor = self
            .method_name
            .as_deref()
            .is_some_and(|name| name.eq_ignore_ascii_case("__construct"));
        if !plain || !is_constructor || self.in_closure {
            let stmt = refused(span, "this call of `parent::__construct`");
            return Some(vec![Stmt::expr(span, stmt)]);
        }
        let values: Vec<Expr> = args.iter().map(|arg| self.expr(&arg.value)).collect();
        let kinds: Vec<Ty> = args.iter().map(|arg| self.kind_of(&arg.value)).collect();
        let first = self.locals.len();
        let outer_names = std::mem::take(&mut self.by_name);
        let outer_kinds = std::mem::take(&mut self.kinds);
        let held = super::held::Held::of(
            closure,
            &self.block.text,
            &self.own_methods(),
            self.names.gives(),
        );
        let outer_held = std::mem::replace(&mut self.held, held);
        self.constructors += 1;
        let mut body = self.given(span, constructor, values, &kinds);
        body.extend(self.statements(&closure.body));
        self.constructors -= 1;
        self.held = outer_held;
        self.kinds = outer_kinds;
        self.by_name = outer_names;
        // Its variables are others than those of the same names here.
        for local in first..self.locals.len() {
            let mut name = format!("parent_{}", self.locals[local].name);
            while self.locals.iter().any(|other| other.name == name) {
                name.push('_');
            }
            self.locals[local].name = name;
        }
        let kind = StmtKind::Block(body);
        Some(vec![Stmt { span, kind }])
    }

    /// The parameters of a constructor that is not called: variables with the arguments, and the properties that they are.
    fn given(
        &mut self,
        span: Span,
        constructor: &'a syntax::Method,
        values: Vec<Expr>,
        kinds: &[Ty],
    ) -> Vec<Stmt> {
        let mut body = Vec::new();
        let mut values = values.into_iter();
        for (index, param) in constructor.closure.params.iter().enumerate() {
            let value = match (values.next(), &param.default) {
                (Some(value), _) => value,
                (None, Some(default)) => self.expr(default),
                (None, None) => {
                    body.push(Stmt::expr(
                        span,
                        refused(span, "a constructor with too few arguments"),
                    ));
                    continue;
                }
            };
            let known = self.param(&constructor.closure, param);
            if known.foreign {
                continue;
            }
            let value = if known.declared && known.ty.is_scalar() {
                Expr::new(span, ExprKind::Coerce(known.ty.clone(), value))
            } else {
                value
            };
            if !known.declared
                && let Some(kind) = kinds.get(index)
            {
                self.kinds.insert(param.name.clone(), kind.clone());
            }
            let assign = |root, value| {
                let place = Place {
                    root,
                    path: Vec::new(),
                };
                Stmt::expr(span, Expr::new(span, ExprKind::Assign(place, value)))
            };
            body.push(assign(Root::Local(known.local), value));
            let mut properties = self
                .class
                .into_iter()
                .flat_map(|shape| &shape.class.properties);
            let within = constructor.span.range();
            if properties.any(|property| {
                property.promoted
                    && property.name == param.name
                    && within.contains(&property.span.start)
            }) {
                let own = Expr::new(span, ExprKind::Local(known.local));
                body.push(assign(Root::Field(param.name.clone()), own));
            }
        }
        body
    }
}

fn is_spread(arg: &Arg) -> bool {
    matches!(&arg.value.kind, PhpKind::Whole(whole) if matches!(**whole, WholeExpr::Spread(_)))
}

/// Whether a list of statements returns somewhere, not only in its closures.
pub(super) fn returns(body: &[syntax::Stmt]) -> bool {
    body.iter().any(|stmt| {
        matches!(stmt.kind, PhpStmt::Return(_))
            || stmt.kind.parts().into_iter().any(|part| match part {
                Part::Expr(_) => false,
                Part::Body(body) => returns(body),
            })
    })
}
