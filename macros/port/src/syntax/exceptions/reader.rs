//! Reads the constructors of exceptions.

use super::{Given, Parameter};
use crate::syntax::{
    Arg, BinaryOp, Class, Closure, Expr, ExprKind, Param, Piece, Property, Stmt, StmtKind, UnaryOp,
    WholeExpr,
};

/// A constructor that does nothing but set the message, the code and the exception before.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Constructor {
    pub(super) params: Vec<Parameter>,
    /// The arguments of `parent::__construct(…)`.
    pub(super) above: Option<Vec<Given>>,
    /// The message that it assigns.
    pub(super) message: Option<Given>,
    /// The code that it assigns.
    pub(super) code: Option<Given>,
}

/// A constructor of a class; nothing where it does anything else.
pub(super) fn constructor(class: &Class, closure: &Closure) -> Option<Constructor> {
    let promoted = class.properties.iter().any(|property| property.promoted);
    let plain = |param: &Param| !param.by_reference && !param.variadic;
    if promoted || !closure.params.iter().all(plain) {
        return None;
    }
    let reader = Reader {
        class,
        params: &closure.params,
    };
    let params = closure.params.iter();
    let params = params.map(|param| reader.param(param, closure));
    let mut made = Constructor {
        params: params.collect::<Option<_>>()?,
        ..Constructor::default()
    };
    for stmt in &closure.body {
        reader.statement(stmt, &mut made)?;
    }
    Some(made)
}

/// Reads a constructor.
pub(super) struct Reader<'c> {
    pub(super) class: &'c Class,
    pub(super) params: &'c [Param],
}

impl Reader<'_> {
    pub(super) fn default(&self, property: &Property) -> Option<Given> {
        property
            .default
            .as_ref()
            .map_or(Some(Given::Null), |value| self.value(value))
    }

    fn param(&self, param: &Param, closure: &Closure) -> Option<Parameter> {
        let default = match &param.default {
            None => None,
            Some(value) => Some(self.value(value).or_else(|| self.unused(param, closure))?),
        };
        let is_null = |value: &Expr| matches!(value.kind, ExprKind::Null);
        let nullable = param.default.as_ref().is_some_and(is_null);
        let ty = param.ty.clone();
        Some(Parameter {
            name: param.name.clone(),
            ty: ty.map(|ty| if nullable { or_null(&ty) } else { ty }),
            default,
        })
    }

    /// `[]` of a parameter that is not read.
    fn unused(&self, param: &Param, closure: &Closure) -> Option<Given> {
        let read = format!("{:?}", closure.body).contains(&format!("Variable({:?})", param.name));
        (!read).then_some(Given::Null)
    }

    fn statement(&self, stmt: &Stmt, made: &mut Constructor) -> Option<()> {
        let expr = match &stmt.kind {
            StmtKind::Empty => return Some(()),
            StmtKind::Expr(expr) => expr,
            _ => return None,
        };
        if let Some(args) = above(expr) {
            if made.above.is_some() || made.message.is_some() || made.code.is_some() {
                return None;
            }
            let args = args.iter().map(|arg| self.arg(arg));
            made.above = Some(args.collect::<Option<_>>()?);
            return Some(());
        }
        let (target, value) = expr.assignment()?;
        let ExprKind::Property { object, member } = &target.kind else {
            return None;
        };
        let own = object.is_this();
        let value = self.value(value)?;
        match member.name() {
            Some("message") if own => made.message = Some(value),
            Some("code") if own => made.code = Some(value),
            _ => return None,
        }
        Some(())
    }

    fn arg(&self, arg: &Arg) -> Option<Given> {
        if arg.name.is_some() {
            return None;
        }
        self.value(&arg.value)
    }

    fn value(&self, expr: &Expr) -> Option<Given> {
        Some(match &expr.kind {
            ExprKind::Null => Given::Null,
            ExprKind::Int(number) => Given::Int(*number),
            ExprKind::String(text) => Given::Text(text.clone()),
            ExprKind::Variable(name) => {
                Given::Param(self.params.iter().position(|param| param.name == *name)?)
            }
            ExprKind::Unary {
                op: UnaryOp::Minus,
                operand,
            } => match self.value(operand)? {
                Given::Int(number) => Given::Int(number.checked_neg()?),
                _ => return None,
            },
            ExprKind::Interpolated(pieces) => {
                let pieces = pieces.iter().map(|piece| match piece {
                    Piece::Text(text) => Some(Given::Text(text.clone())),
                    Piece::Value(value) => self.value(value),
                });
                Given::Concat(pieces.collect::<Option<_>>()?)
            }
            ExprKind::Binary { op, left, right } => self.binary(*op, left, right)?,
            ExprKind::Ternary {
                condition,
                then: None,
                otherwise,
            } => Given::Or(self.boxed(condition)?, self.boxed(otherwise)?),
            ExprKind::ClassConstant { class, name } if class.written == "self" => {
                self.constant(name)?
            }
            ExprKind::Whole(whole) => match &**whole {
                WholeExpr::Silenced(inner) => self.value(inner)?,
                _ => return None,
            },
            _ => return None,
        })
    }

    fn boxed(&self, expr: &Expr) -> Option<Box<Given>> {
        self.value(expr).map(Box::new)
    }

    fn binary(&self, op: BinaryOp, left: &Expr, right: &Expr) -> Option<Given> {
        let (one, other) = (self.boxed(left)?, self.boxed(right)?);
        match op {
            BinaryOp::Concat => Some(Given::Concat(vec![*one, *other])),
            BinaryOp::Coalesce => Some(Given::Coalesce(one, other)),
            _ => None,
        }
    }

    /// `self::NAME`
    fn constant(&self, name: &str) -> Option<Given> {
        let mut consts = self.class.consts.iter();
        let (_, value) = consts.find(|(other, _)| other == name)?;
        match &value.kind {
            ExprKind::Int(number) => Some(Given::Int(*number)),
            ExprKind::String(text) => Some(Given::Text(text.clone())),
            _ => None,
        }
    }
}

/// The arguments of `parent::__construct(…)`.
fn above(expr: &Expr) -> Option<&[Arg]> {
    match &expr.kind {
        ExprKind::StaticCall {
            class,
            method,
            args,
        } if class.written == "parent" && method.eq_ignore_ascii_case("__construct") => Some(args),
        _ => None,
    }
}

/// A declared type that takes `null`, too.
fn or_null(ty: &str) -> String {
    let has_null = ty.split('|').any(|part| part.eq_ignore_ascii_case("null"));
    if ty.starts_with('?') || has_null || ty.eq_ignore_ascii_case("mixed") {
        ty.to_owned()
    } else if ty.contains('|') {
        format!("{ty}|null")
    } else {
        format!("?{ty}")
    }
}
