//! `new` of an exception that the application declares, by what its constructor makes of the arguments.

use super::Builder;
use super::call::is_simple;
use crate::hir::Ty;
use crate::hir::tree::{Expr, ExprKind};
use crate::syntax::{
    self, Arg, Cast, ExprKind as PhpKind, Given, GivenCode, Making, Span, WholeExpr,
};

/// The arguments of `new`, in the order of the parameters: when PHP evaluates each, and the argument.
type Values<'a> = [Option<(usize, &'a syntax::Expr)>];

/// The parts of an exception.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Message,
    Code,
    Previous,
}

impl<'a> Builder<'a> {
    /// The exception; nothing where only the application can make it.
    pub(super) fn application_thrown(
        &mut self,
        span: Span,
        (path, parents): (String, Vec<String>),
        making: &Making,
        args: &'a [Arg],
    ) -> Option<Expr> {
        let values = placed(making, args)?;
        let message = fill(&making.message, making, &values, Part::Message);
        let code = fill(making.code.given(), making, &values, Part::Code);
        let previous = fill(&making.previous, making, &values, Part::Previous);
        let mut read = Vec::new();
        for given in [&message, &code, &previous] {
            given.params(&mut read);
        }
        if !in_order(&read, &values)
            || !self.is_checked(making, &values, &[&message, &code, &previous])
        {
            return None;
        }
        let assigned = matches!(making.code, GivenCode::Assigned(_));
        if assigned && !self.is_surely(&code, "int", &values) {
            return None;
        }
        let message = self.given_part(span, Part::Message, &message, &values)?;
        let code = self.given_part(span, Part::Code, &code, &values)?;
        let code = if assigned {
            code
        } else {
            or_default(code, making.default_code)
        };
        let previous = self.given_part(span, Part::Previous, &previous, &values)?;
        let mut all = vec![message, code, previous];
        while matches!(all.last().map(|it| &*it.kind), Some(ExprKind::Null)) {
            all.pop();
        }
        Some(Expr::new(span, ExprKind::NewThrown(path, parents, all)))
    }

    /// Whether the Rust checks the types of the arguments as PHP does.
    fn is_checked(&self, making: &Making, values: &Values<'_>, parts: &[&Given]) -> bool {
        let mut certain = Vec::new();
        parts
            .iter()
            .for_each(|part| part.certain_params(&mut certain));
        // PHP checks all arguments, the Rust those that it evaluates.
        let evaluated = making.params.iter().enumerate().all(|(at, param)| {
            let typed = param.ty.as_deref().zip(values[at]);
            certain.contains(&at) || typed.is_none_or(|(ty, (_, value))| self.is_of(value, ty))
        });
        let kept = making
            .checked
            .iter()
            .all(|(given, ty)| self.is_surely(given, ty, values));
        // A file that PHP converts values in, and one that it converts none in.
        let mixed = making.strict.contains(&!self.names.strict);
        evaluated && kept && (!mixed || self.is_converted_nowhere(making, values, parts))
    }

    /// Whether all values that the constructors give to one another are of the declared types.
    fn is_converted_nowhere(&self, making: &Making, values: &Values<'_>, parts: &[&Given]) -> bool {
        let mut given = vec![(parts[0], "string")];
        if matches!(making.code, GivenCode::Passed(_)) {
            given.push((parts[1], "int"));
        }
        let mut all = given
            .iter()
            .all(|(given, ty)| self.is_surely(given, ty, values));
        for part in parts {
            part.each(&mut |given| {
                if let Given::Typed {
                    ty,
                    inner_call: true,
                    value,
                } = given
                {
                    all &= self.is_surely(value, ty, values);
                }
            });
        }
        all
    }

    /// Whether a value is of a declared type in any case.
    fn is_surely(&self, given: &Given, ty: &str, values: &Values<'_>) -> bool {
        let is = |name: &str| takes(ty, name);
        match given {
            Given::Param(at) => values[*at].is_none_or(|(_, value)| self.is_of(value, ty)),
            Given::Text(_) | Given::Concat(_) => is("string"),
            Given::Int(_) => is("int"),
            Given::Null => is("null"),
            Given::Typed { ty: known, .. } => known == ty || ty == "mixed",
            Given::Or(one, other) | Given::Coalesce(one, other) => {
                self.is_surely(one, ty, values) && self.is_surely(other, ty, values)
            }
        }
    }

    /// Whether an argument is of a declared type in any case.
    fn is_of(&self, value: &syntax::Expr, ty: &str) -> bool {
        let name = match &value.kind {
            PhpKind::String(_) | PhpKind::Interpolated(_) => "string",
            PhpKind::Int(_) => "int",
            PhpKind::Float(_) => "float",
            PhpKind::Bool(_) => "bool",
            PhpKind::Null => "null",
            PhpKind::Array(_) => "array",
            PhpKind::Constant(name) if name.written.starts_with("E_") => "int",
            PhpKind::Cast { to, .. } => match to {
                Cast::String => "string",
                Cast::Int => "int",
                Cast::Float => "float",
                Cast::Bool => "bool",
                _ => "mixed",
            },
            PhpKind::MethodCall { object, method, .. } if self.kind_of(object) == Ty::Thrown => {
                match method.name() {
                    Some("getMessage") => "string",
                    Some("getCode") => "int",
                    _ => "mixed",
                }
            }
            _ => match self.kind_of(value) {
                Ty::Thrown => "throwable",
                Ty::Text => "string",
                Ty::Int => "int",
                Ty::Closure => "closure",
                _ => "mixed",
            },
        };
        takes(ty, name)
    }

    fn given_part(
        &mut self,
        span: Span,
        part: Part,
        given: &Given,
        values: &Values<'a>,
    ) -> Option<Expr> {
        let mut inner = |given: &Given| self.given_part(span, part, given, values);
        let kind = match given {
            Given::Param(at) => {
                let (_, value) = values[*at]?;
                let thrown = self.kind_of(value) == Ty::Thrown;
                return match part {
                    Part::Message => Some(self.text_of(value)),
                    Part::Code if thrown => None,
                    Part::Code | Part::Previous => Some(self.expr(value)),
                };
            }
            Given::Text(text) => ExprKind::Text(text.clone()),
            Given::Int(number) => ExprKind::Int(*number),
            Given::Null => ExprKind::Null,
            Given::Concat(parts) => {
                ExprKind::Concat(parts.iter().map(inner).collect::<Option<_>>()?)
            }
            Given::Or(one, other) => ExprKind::Ternary(inner(one)?, None, inner(other)?),
            Given::Coalesce(one, other) => ExprKind::Coalesce(inner(one)?, inner(other)?),
            Given::Typed { ty, value, .. } => {
                let value = inner(value)?;
                return coerced(ty, value, part);
            }
        };
        Some(Expr::new(span, kind))
    }
}

/// The arguments in the order of the parameters; nothing where PHP throws an error, or only a run tells.
fn placed<'a>(making: &Making, args: &'a [Arg]) -> Option<Vec<Option<(usize, &'a syntax::Expr)>>> {
    let mut values = vec![None; making.params.len()];
    for (index, arg) in args.iter().enumerate() {
        let place = match &arg.name {
            Some(name) => making.params.iter().position(|param| param.name == *name)?,
            None => index,
        };
        let place = values.get_mut(place)?;
        if is_spread(&arg.value) || place.is_some() {
            return None;
        }
        *place = Some((index, &arg.value));
    }
    let mut params = making.params.iter().zip(&values);
    let lacks = params.any(|(param, value)| param.default.is_none() && value.is_none());
    (making.of_php || !lacks).then_some(values)
}

/// Whether the Rust evaluates the arguments as PHP does: each one once and in order, or it does not matter.
fn in_order(read: &[usize], values: &Values<'_>) -> bool {
    let order: Vec<_> = read.iter().filter_map(|at| values[*at]).collect();
    let written = order.windows(2).all(|pair| pair[0].0 < pair[1].0);
    let simple = |(_, value): &(usize, &syntax::Expr)| is_settled(value);
    let mut values = values.iter().enumerate();
    let dropped =
        values.all(|(at, value)| read.contains(&at) || value.is_none_or(|value| simple(&value)));
    dropped && (written || order.iter().all(simple))
}

fn is_settled(value: &syntax::Expr) -> bool {
    is_simple(value)
        || matches!(&value.kind, PhpKind::Constant(name) if name.written.starts_with("E_"))
}

/// The value with the defaults of the parameters that are not given.
fn fill(given: &Given, making: &Making, values: &Values<'_>, part: Part) -> Given {
    let inner = |given: &Given| Box::new(fill(given, making, values, part));
    match given {
        Given::Param(at) if values[*at].is_none() => {
            // PHP's constructor leaves what it is not given.
            let default = making.params[*at].default.clone();
            default.unwrap_or_else(|| match part {
                Part::Message => making.default_message.clone(),
                Part::Code => Given::Int(0),
                Part::Previous => Given::Null,
            })
        }
        Given::Concat(parts) => Given::Concat(parts.iter().map(|it| *inner(it)).collect()),
        Given::Or(one, other) => Given::Or(inner(one), inner(other)),
        Given::Coalesce(one, other) => Given::Coalesce(inner(one), inner(other)),
        Given::Typed {
            ty,
            inner_call,
            value,
        } => Given::Typed {
            ty: ty.clone(),
            inner_call: *inner_call,
            value: inner(value),
        },
        other => other.clone(),
    }
}

/// A code that PHP's constructor is given: 0 leaves the declared one.
fn or_default(code: Expr, default: i64) -> Expr {
    if default == 0 {
        return code;
    }
    let span = code.span;
    let own = Expr::new(span, ExprKind::Int(default));
    match &*code.kind {
        ExprKind::Int(0) => own,
        ExprKind::Int(_) => code,
        _ => Expr::new(span, ExprKind::Ternary(code, None, own)),
    }
}

/// A value as PHP converts it where a type is declared; nothing where the Rust has no such check.
fn coerced(ty: &str, value: Expr, part: Part) -> Option<Expr> {
    let span = value.span;
    match Ty::declared(ty) {
        _ if ty.eq_ignore_ascii_case("mixed") => Some(value),
        Some(ty) if ty.is_scalar() => Some(Expr::new(span, ExprKind::Coerce(ty, value))),
        Some(ty) if *ty.present() == Ty::Thrown && part == Part::Previous => Some(value),
        _ => None,
    }
}

/// Whether a declared type takes values of a type.
fn takes(ty: &str, name: &str) -> bool {
    let all = ty.trim_start_matches('?').split('|');
    let nullable = ty.starts_with('?') && name == "null";
    nullable
        || all.into_iter().any(|part| {
            let part = part
                .rsplit('\\')
                .next()
                .unwrap_or(part)
                .to_ascii_lowercase();
            part == "mixed" || part == name && name != "mixed"
        })
}

fn is_spread(value: &syntax::Expr) -> bool {
    matches!(&value.kind, PhpKind::Whole(whole) if matches!(**whole, WholeExpr::Spread(_)))
}
