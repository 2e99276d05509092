//! `declare(strict_types=1)`: PHP converts no argument, result or property of the file, and throws a `TypeError`. Only a
//! whole number becomes a `float`.

use std::collections::BTreeMap;

use super::infer::types;
use super::signatures::{NUMBER, Scalar, Signature, of_node};
use super::tree::{Class, Expr, ExprKind, File, Function, Param, Place, Root, Stmt, StmtKind};
use super::{Ty, Types};

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
        .map(|param| scalar(param).then(|| Scalar::Of(param.ty.clone())))
        .collect()
}

fn fields(class: &Class) -> BTreeMap<String, Scalar> {
    let fields = class.fields.iter();
    let fields = fields.filter_map(|field| {
        let declared = field.declared.clone().filter(Ty::is_scalar)?;
        Some((field.name.clone(), Scalar::Of(declared)))
    });
    fields.collect()
}

/// What the names in a function mean.
struct Names<'n> {
    functions: &'n Signatures,
    methods: Signatures,
    fields: BTreeMap<String, Scalar>,
}

impl Names<'_> {
    /// `closures` has the closures that the variables hold.
    fn function(
        &self,
        function: &mut Function,
        types: &Types,
        closures: &BTreeMap<usize, Signature>,
    ) {
        if !function.strict {
            return;
        }
        let types = types.within(function);
        let mut closures = closures.clone();
        for stmt in &mut function.body {
            held(stmt, &mut closures);
        }
        self.list(&mut function.body, &types, &closures);
        if function.declared && function.returns.is_scalar() {
            let returns = Scalar::Of(function.returns.clone());
            results(&mut function.body, &returns, &types);
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
                mark(expr, &Scalar::Of(ty), types);
            }
            ExprKind::Call(name, args) => {
                given(args, self.functions.get(&name.to_ascii_lowercase()), types);
            }
            ExprKind::Method(name, args) => {
                given(args, self.methods.get(&name.to_ascii_lowercase()), types);
            }
            ExprKind::Builtin(name, args) => given(args, of_node(name).as_ref(), types),
            ExprKind::Format(format, _) => mark(format, &Scalar::Of(Ty::Text), types),
            ExprKind::NewThrown(_, _, args) => {
                let of_php = vec![Some(Scalar::Of(Ty::Text)), Some(Scalar::Of(Ty::Int))];
                given(args, Some(&of_php), types);
            }
            ExprKind::CallClosure(callee, args) => {
                let signature = match &*callee.kind {
                    ExprKind::Local(local) => closures.get(local).cloned(),
                    _ => closure(callee),
                };
                given(args, signature.as_ref(), types);
            }
            _ => {}
        }
        for (place, value) in expr.given_mut() {
            if let Some(ty) = self.field(place) {
                mark(value, ty, types);
            }
        }
    }

    fn field(&self, place: &Place) -> Option<&Scalar> {
        match &place.root {
            Root::Field(name) if place.path.is_empty() => self.fields.get(name),
            _ => None,
        }
    }
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

fn results(body: &mut [Stmt], ty: &Scalar, types: &Types) {
    for stmt in body {
        if let StmtKind::Return(Some(value)) = &mut stmt.kind {
            mark(value, ty, types);
        }
        for (body, _) in stmt.bodies_mut() {
            results(body, ty, types);
        }
    }
}

fn mark(value: &mut Expr, wanted: &Scalar, types: &Types) {
    let marked = matches!(
        &*value.kind,
        ExprKind::Strict(..) | ExprKind::Builtin(NUMBER, _)
    );
    if !marked && !wanted.takes(&types.of(value)) {
        let inner = std::mem::replace(value, Expr::new(value.span, ExprKind::Null));
        *value.kind = wanted.checked(inner);
    }
}
