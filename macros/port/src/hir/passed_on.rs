//! Parameters and properties without a type that are given to functions of the file which take a client, a key or an upload.

use std::collections::BTreeMap;

use super::Ty;
use super::tree::{Class, ExprKind, File, Function};

/// The types of parameters, by the name of the function in lower case.
type Takes = BTreeMap<String, Vec<Ty>>;

pub(super) fn file(file: &mut File) {
    let functions = takes(&file.functions);
    for function in file.functions_mut() {
        given(function, &functions, false);
    }
    for class in &mut file.classes {
        let methods = takes(&class.methods);
        for method in class.constructor.iter_mut().chain(&mut class.methods) {
            given(method, &methods, true);
        }
        fields(class, &methods);
    }
}

fn takes(functions: &[Function]) -> Takes {
    let all = functions.iter().map(|function| {
        let types = function.params.iter().map(|param| param.ty.clone());
        (function.name.to_ascii_lowercase(), types.collect())
    });
    all.collect()
}

fn is_handle(ty: &Ty) -> bool {
    matches!(ty, Ty::Client | Ty::Media | Ty::PublicKey | Ty::PrivateKey)
}

/// Calls `found` for each variable or property that is given where such a type is taken.
fn each(
    function: &mut Function,
    takes: &Takes,
    methods: bool,
    found: &mut dyn FnMut(&ExprKind, &Ty),
) {
    for stmt in &mut function.body {
        stmt.each_mut(&mut |expr| {
            let (name, args) = match &*expr.kind {
                ExprKind::Method(name, args) if methods => (name, args),
                ExprKind::Call(name, args) if !methods => (name, args),
                _ => return,
            };
            let Some(types) = takes.get(&name.to_ascii_lowercase()) else {
                return;
            };
            let handles = args.iter().zip(types).filter(|(_, ty)| is_handle(ty));
            handles.for_each(|(arg, ty)| found(&arg.kind, ty));
        });
    }
}

fn given(function: &mut Function, takes: &Takes, methods: bool) {
    let mut known = Vec::new();
    each(function, takes, methods, &mut |arg, ty| {
        if let ExprKind::Local(local) = arg {
            known.push((*local, ty.clone()));
        }
    });
    for (local, ty) in known {
        let mut params = function.params.iter_mut();
        let param = params.find(|param| param.local == local);
        if let Some(param) = param
            && param.ty == Ty::Unknown
            && !param.declared
            && param.default.is_none()
        {
            param.ty = ty;
        }
    }
}

fn fields(class: &mut Class, takes: &Takes) {
    let mut known = Vec::new();
    for method in class.constructor.iter_mut().chain(&mut class.methods) {
        each(method, takes, true, &mut |arg, ty| {
            if let ExprKind::Field(name) = arg {
                known.push((name.clone(), ty.clone()));
            }
        });
    }
    for (name, ty) in known {
        let mut fields = class.fields.iter_mut();
        let field = fields.find(|field| field.name == name);
        if let Some(field) = field
            && field.ty == Ty::Unknown
            && !field.foreign
            && field.default.is_none()
        {
            field.ty = ty;
        }
    }
}
