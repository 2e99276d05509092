//! `declare(strict_types=1)`: PHP converts no argument, result or property of the file, and throws a `TypeError`. Only a
//! whole number becomes a `float`.

use std::collections::BTreeMap;

use super::builtin::Builtin;
use super::fold::literal;
use super::function::known_as;
use super::infer::types;
use super::tree::{Class, Expr, ExprKind, File, Function, Param, Place, Root, Stmt, StmtKind};
use super::{Ty, Types};

/// The scalar types that a function declares for its parameters.
type Signature = Vec<Option<Ty>>;
type Signatures = BTreeMap<String, Signature>;

/// Marks the values that PHP does not convert, where their types are not known to be right.
pub(super) fn file(file: &mut File) {
    let functions = signatures(&file.functions);
    for index in 0..file.classes.len() {
        let known = types(file, file.classes.get(index), None);
        let class = &mut file.classes[index];
        let names = Names {
            functions: &functions,
            methods: signatures(&class.methods),
            fields: fields(class),
        };
        for method in class.constructor.iter_mut().chain(&mut class.methods) {
            names.function(method, &known, &BTreeMap::new());
        }
    }
    let known = types(file, None, None);
    let names = Names {
        functions: &functions,
        methods: Signatures::new(),
        fields: BTreeMap::new(),
    };
    for function in file.functions.iter_mut().chain(&mut file.main) {
        names.function(function, &known, &BTreeMap::new());
    }
}

/// Marks the literals of another type in calls of PHP's functions, before these are computed.
pub(super) fn literals(file: &mut File) {
    for function in file.functions_mut() {
        for stmt in &mut function.body {
            stmt.each_with_closures(&mut |expr| {
                if let ExprKind::Builtin(name, args) = &mut *expr.kind
                    && args.iter().all(|arg| literal(arg).is_some())
                {
                    given(args, of_php(name).as_ref(), &Types::default());
                }
            });
        }
    }
}

fn signatures(functions: &[Function]) -> Signatures {
    let all = functions.iter().map(|function| {
        let name = function.name.to_ascii_lowercase();
        (name, signature(function.params.iter()))
    });
    all.collect()
}

fn signature<'p>(params: impl Iterator<Item = &'p Param>) -> Signature {
    let scalar = |param: &Param| param.declared && !param.variadic && param.ty.is_scalar();
    params
        .map(|param| scalar(param).then(|| param.ty.clone()))
        .collect()
}

fn fields(class: &Class) -> BTreeMap<String, Ty> {
    let scalar = |ty: &Ty| ty.is_scalar();
    let fields = class.fields.iter();
    let fields = fields.filter_map(|field| {
        let declared = field.declared.clone().filter(scalar)?;
        Some((field.name.clone(), declared))
    });
    fields.collect()
}

/// What the names in a function mean.
struct Names<'n> {
    functions: &'n Signatures,
    methods: Signatures,
    fields: BTreeMap<String, Ty>,
}

impl Names<'_> {
    /// `closures` has the closures that the variables hold.
    fn function(
        &self,
        function: &mut Function,
        types: &Types,
        closures: &BTreeMap<usize, Signature>,
    ) {
        // PHP's own functions convert what they give to a callback.
        if function.is_wrapper() {
            return;
        }
        let types = types.within(function);
        let mut closures = closures.clone();
        for stmt in &mut function.body {
            held(stmt, &mut closures);
        }
        self.list(&mut function.body, &types, &closures);
        if function.declared && function.returns.is_scalar() {
            results(&mut function.body, &function.returns, &types);
        }
    }

    fn list(&self, body: &mut [Stmt], types: &Types, closures: &BTreeMap<usize, Signature>) {
        for stmt in body {
            for expr in stmt.exprs_mut() {
                self.expr(expr, types, closures);
            }
            for (body, _) in stmt.bodies_mut() {
                self.list(body, types, closures);
            }
        }
    }

    fn expr(&self, expr: &mut Expr, types: &Types, closures: &BTreeMap<usize, Signature>) {
        for child in expr.children_mut() {
            self.expr(child, types, closures);
        }
        match &mut *expr.kind {
            ExprKind::Closure(closure, captures) => {
                let known = captures
                    .iter()
                    .filter_map(|(outer, inner)| Some((*inner, closures.get(outer)?.clone())));
                self.function(closure, types, &known.collect());
            }
            // The type of an upload keeps its mark.
            ExprKind::Coerce(Ty::Text, inner) if matches!(*inner.kind, ExprKind::Text(_)) => {}
            ExprKind::Coerce(ty, inner) if ty.is_scalar() => {
                let (ty, inner) = (ty.clone(), inner.clone());
                *expr = inner;
                mark(expr, &ty, types);
            }
            ExprKind::Call(name, args) => {
                given(args, self.functions.get(&name.to_ascii_lowercase()), types);
            }
            ExprKind::Method(name, args) => {
                given(args, self.methods.get(&name.to_ascii_lowercase()), types);
            }
            ExprKind::Builtin(name, args) => given(args, of_php(name).as_ref(), types),
            ExprKind::NewThrown(_, _, args) => {
                given(args, Some(&vec![Some(Ty::Text), Some(Ty::Int)]), types);
            }
            ExprKind::CallClosure(callee, args) => {
                let signature = match &*callee.kind {
                    ExprKind::Local(local) => closures.get(local).cloned(),
                    _ => closure(callee),
                };
                given(args, signature.as_ref(), types);
            }
            ExprKind::Assign(place, value) | ExprKind::AssignMissing(place, value) => {
                if let Some(ty) = self.field(place) {
                    mark(value, ty, types);
                }
            }
            _ => {}
        }
    }

    fn field(&self, place: &Place) -> Option<&Ty> {
        match &place.root {
            Root::Field(name) if place.path.is_empty() => self.fields.get(name),
            _ => None,
        }
    }
}

/// The types that a function of PHP declares: the table has them, but for the names that only it has.
fn of_php(name: &str) -> Option<Signature> {
    let builtin = Builtin::of(name).filter(|_| known_as(name) == name)?;
    let scalar = |ty: &Ty| ty.is_scalar().then(|| ty.clone());
    let params = builtin.params.iter();
    Some(params.map(|param| scalar(&param.ty)).collect())
}

/// The types that a closure declares, without those of its captures.
fn closure(value: &Expr) -> Option<Signature> {
    let ExprKind::Closure(closure, captures) = &*value.kind else {
        return None;
    };
    let own = |param: &&Param| !captures.iter().any(|(_, inner)| *inner == param.local);
    Some(signature(closure.params.iter().filter(own)))
}

/// Notes the closures that variables are given.
fn held(stmt: &mut Stmt, closures: &mut BTreeMap<usize, Signature>) {
    if let StmtKind::Let(local, value) = &stmt.kind
        && let Some(signature) = closure(value)
    {
        closures.insert(*local, signature);
    }
    for expr in stmt.exprs_mut() {
        if let ExprKind::Assign(place, value) = &*expr.kind
            && let Root::Local(local) = place.root
            && let Some(signature) = closure(value)
        {
            closures.insert(local, signature);
        }
    }
    for (body, _) in stmt.bodies_mut() {
        body.iter_mut().for_each(|stmt| held(stmt, closures));
    }
}

fn given(args: &mut [Expr], signature: Option<&Signature>, types: &Types) {
    for (ty, arg) in signature.into_iter().flatten().zip(args) {
        if let Some(ty) = ty {
            mark(arg, ty, types);
        }
    }
}

fn results(body: &mut [Stmt], ty: &Ty, types: &Types) {
    for stmt in body {
        if let StmtKind::Return(Some(value)) = &mut stmt.kind {
            mark(value, ty, types);
        }
        for (body, _) in stmt.bodies_mut() {
            results(body, ty, types);
        }
    }
}

fn mark(value: &mut Expr, ty: &Ty, types: &Types) {
    let marked = matches!(&*value.kind, ExprKind::Strict(..));
    if !marked && !is_right(&types.of(value), ty) {
        let inner = std::mem::replace(value, Expr::new(value.span, ExprKind::Null));
        *value.kind = ExprKind::Strict(ty.clone(), inner);
    }
}

/// Whether PHP takes each value of a type as it is, or the port says already that it does not.
fn is_right(have: &Ty, wanted: &Ty) -> bool {
    match have {
        Ty::Null => matches!(wanted, Ty::Maybe(_)),
        Ty::Maybe(_) if !matches!(wanted, Ty::Maybe(_)) => false,
        have => {
            let (have, wanted) = (have.present(), wanted.present());
            !have.is_plain() || have == wanted || (have, wanted) == (&Ty::Int, &Ty::Float)
        }
    }
}
