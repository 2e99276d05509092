//! A class as a struct with methods.

use std::collections::BTreeMap;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::code::owned;
use super::file::Shared;
use super::function::{Body, Return, This, beginning, params, result};
use super::names::{class_name, ident, method_name, snake};
use crate::hir::tree::{Class, Expr, ExprKind, Field, Function, Place, Root, Stmt, StmtKind};
use crate::hir::{self, Ty};

/// A class, or nothing of one that is an exception.
pub(super) fn class<'a>(shared: &mut Shared<'a>, class: &'a Class) -> TokenStream {
    if class.parents.iter().any(|parent| is_exception(parent)) && class.methods.is_empty() {
        return TokenStream::new();
    }
    let outer_host = std::mem::replace(&mut shared.uses_host, false);
    let (consts, const_methods) = consts(shared, class);
    let constructor = constructor(shared, class);
    let mut methods = TokenStream::new();
    for method in &class.methods {
        methods.extend(self::method(shared, class, method));
    }
    let hosted = shared.hosted.contains(&class.name) || shared.uses_host;
    if shared.uses_host {
        shared.hosted.insert(class.name.clone());
    }
    shared.uses_host = outer_host;
    let name = ident(&class_name(&class.name));
    let trait_name = ident(&shared.trait_name);
    let (generic, bound, host) = if hosted {
        (quote!(<H>), quote!(<H: #trait_name>), quote!(host: H,))
    } else {
        (quote!(), quote!(), quote!())
    };
    let fields = class
        .fields
        .iter()
        .filter(|field| !field.foreign)
        .map(|field| {
            let name = field_name(field);
            let ty = owned(&field.ty);
            shared.use_type(&field.ty);
            let public = field.public.then(|| quote!(pub));
            quote!(#public #name: #ty,)
        });
    let fields: Vec<_> = fields.collect();
    let (line, _) = shared.block.position(class.span.start);
    let docs = shared.docs_before(class.span.start, true);
    let docs = if docs.is_empty() {
        vec![format!(
            " `{}`, from line {line} of `{}`.",
            class.name,
            shared.file_name()
        )]
    } else {
        docs
    };
    quote! {
        #(#[doc = #docs])*
        pub struct #name #generic {
            #host
            #(#fields)*
        }

        impl #bound #name #generic {
            #consts
            #constructor
            #const_methods
            #methods
        }
    }
}

fn is_exception(path: &str) -> bool {
    let last = path.rsplit('\\').next().unwrap_or(path);
    last.ends_with("Exception") || last.ends_with("Error") || last == "Throwable"
}

pub(super) fn field_name(field: &Field) -> Ident {
    ident(&snake(&field.name))
}

/// Constants that Rust has, and functions for the others.
fn consts<'a>(shared: &mut Shared<'a>, class: &'a Class) -> (TokenStream, TokenStream) {
    let mut consts = TokenStream::new();
    let mut functions = TokenStream::new();
    for constant in &class.consts {
        let (one, other) = self::constant(shared, Some(class), &constant.name, &constant.value);
        consts.extend(one);
        functions.extend(other);
    }
    (consts, functions)
}

/// One constant: a `const`, or a function where Rust has no such constant.
pub(super) fn constant<'a>(
    shared: &mut Shared<'a>,
    class: Option<&'a Class>,
    name: &str,
    value: &'a Expr,
) -> (TokenStream, TokenStream) {
    let empty = empty_function();
    let types = hir::types(shared.file, class, None);
    let mut body = Body::new(shared, class, &empty, types);
    let code = body.expr(value);
    let upper = ident(&snake(name).to_uppercase());
    let lower = ident(&snake(name));
    let tokens = &code.tokens;
    let ty = match (&*value.kind, &code.repr) {
        (
            ExprKind::Text(_) | ExprKind::ClassConst(_) | ExprKind::FileConst(_),
            super::code::Repr::Str,
        ) => quote!(&str),
        (_, super::code::Repr::Int) => quote!(i64),
        (_, super::code::Repr::Bool) => quote!(bool),
        (_, super::code::Repr::Float) => quote!(f64),
        (_, super::code::Repr::Str) => quote!(&str),
        _ => {
            let value = body.convert(&code, &Ty::Any, value.span);
            let doc = format!(" The constant `{name}`.");
            let function = quote! {
                #[doc = #doc]
                pub fn #lower() -> php::Result<Value> {
                    Ok(#value)
                }
            };
            return (quote!(), function);
        }
    };
    let doc = format!(" The constant `{name}`.");
    (
        quote!(#[doc = #doc] pub const #upper: #ty = #tokens;),
        quote!(),
    )
}

pub(super) fn empty_function() -> Function {
    Function {
        span: crate::syntax::Span::default(),
        name: String::new(),
        public: false,
        params: Vec::new(),
        returns: Ty::Any,
        declared: true,
        gives_array: None,
        locals: Vec::new(),
        body: Vec::new(),
        strict: false,
        notified: false,
    }
}

fn method<'a>(shared: &mut Shared<'a>, class: &'a Class, method: &'a Function) -> TokenStream {
    let key = format!("{}::{}", class.name, method.name.to_ascii_lowercase());
    let is_async = shared.is_async.contains(&key);
    let mutates = shared.mutates.contains(&key);
    let docs = shared.function_docs(method);
    let types = hir::types(shared.file, Some(class), Some(method));
    let mut body = Body::new(shared, Some(class), method, types);
    body.this = This::Object(quote!(self));
    body.mutates = mutates;
    body.is_async = is_async;
    let beginning = beginning(method, &body.slots);
    let given = params(method, &body.slots);
    let tokens = body.body(&method.body);
    for param in &method.params {
        shared.use_type(&param.ty);
    }
    shared.use_type(&method.returns);
    let name = method_name(class, &method.name);
    let given = given.iter().map(|(name, ty)| quote!(#name: #ty));
    let (reader, read, result) = if method.notified {
        shared.notified()
    } else {
        (quote!(), quote!(), result(&method.returns))
    };
    let public = method.public.then(|| quote!(pub));
    let own = if mutates {
        quote!(&mut self)
    } else {
        quote!(&self)
    };
    let is_async = is_async.then(|| quote!(async));
    quote! {
        #(#[doc = #docs])*
        #public #is_async fn #name(#own, #reader #(#given),*) -> #result {
            #(#beginning)*
            #read
            #tokens
        }
    }
}

/// `new`: the constructor, with the application and the client where nothing makes one.
fn constructor<'a>(shared: &mut Shared<'a>, class: &'a Class) -> TokenStream {
    let hosted = shared.hosted.contains(&class.name);
    let host = hosted.then(|| {
        let host = quote!(host: H);
        quote!(#host,)
    });
    let fields: Vec<&Field> = class.fields.iter().filter(|field| !field.foreign).collect();
    let Some(function) = &class.constructor else {
        return without_constructor(shared, class, &fields, &host.unwrap_or_default());
    };
    let calls = calls_methods(&function.body);
    let docs = shared.function_docs(function);
    let types = hir::types(shared.file, Some(class), Some(function));
    let given_fields: Vec<&Field> = fields
        .iter()
        .copied()
        .filter(|field| is_given(class, field))
        .collect();
    let outside: Vec<&Field> = fields
        .iter()
        .copied()
        .filter(|field| is_set_outside(class, field))
        .collect();
    let mut body = Body::new(shared, Some(class), function, types);
    body.returns = Ty::Void;
    body.host = if calls {
        quote!(this.host)
    } else {
        quote!(host)
    };
    let beginning = beginning(function, &body.slots);
    let kept: Vec<usize> = function
        .params
        .iter()
        .enumerate()
        .filter(|(_, param)| !(param.foreign && is_dropped(function, param.local, class)))
        .map(|(index, _)| index)
        .collect();
    let all = params(function, &body.slots);
    let given = kept.iter().map(|index| {
        let (name, ty) = &all[*index];
        quote!(#name: #ty)
    });
    let given: Vec<_> = given.collect();
    let mut starts = TokenStream::new();
    let mut names = BTreeMap::new();
    for field in &fields {
        let own = field_name(field);
        // A parameter of the same name would be hidden, and the default be kept in its place.
        let hides = all.iter().any(|(param, _)| *param == own);
        let name = if calls && !hides {
            own.clone()
        } else {
            body.taken.fresh(&format!("own_{}", snake(&field.name)))
        };
        let promoted = function
            .params
            .iter()
            .find(|param| field.promoted && function.locals[param.local].name == field.name);
        let ty = owned(&field.ty);
        let start = if given_fields.iter().any(|given| given.name == field.name) {
            let given = ident(&snake(&field.name));
            quote!(let #name: #ty = #given.clone();)
        } else if outside.iter().any(|given| given.name == field.name) {
            let given = ident(&snake(&field.name));
            quote!(let #name: #ty = #given.to_owned();)
        } else if let Some(param) = promoted {
            let slot = body.slots[param.local].clone();
            let given = &slot.name;
            let code = super::code::Code::new(quote!(#given), slot.repr);
            let value = body.convert(&code, &field.ty, function.span);
            quote!(let mut #name: #ty = #value;)
        } else {
            match (&field.default, super::code::place_repr(&field.ty)) {
                _ if field.ty == Ty::Clients => {
                    quote!(let #name: #ty = php::Clients::new();)
                }
                (Some(default), _) => {
                    let value = body.kept(default, &field.ty);
                    quote!(let mut #name: #ty = #value;)
                }
                (None, super::code::Repr::ValuePlace) => quote!(let mut #name: #ty = Value::Null;),
                (None, super::code::Repr::HandlePlace(Ty::Maybe(_))) => {
                    quote!(let mut #name: #ty = None;)
                }
                (None, _) => quote!(let mut #name: #ty;),
            }
        };
        starts.extend(start);
        names.insert(field.name.clone(), name);
    }
    let list: Vec<_> = fields
        .iter()
        .map(|field| {
            let own = field_name(field);
            let name = &names[&field.name];
            if own == *name {
                quote!(#own)
            } else {
                quote!(#own: #name)
            }
        })
        .collect();
    let host_field = hosted.then(|| quote!(host,));
    let made = quote!(Self { #host_field #(#list),* });
    let clients: Vec<_> = given_fields
        .iter()
        .map(|field| {
            let name = ident(&snake(&field.name));
            let ty = super::code::borrowed(&field.ty);
            quote!(#name: #ty)
        })
        .collect();
    let outside = outside.iter().map(|field| outside_param(field));
    let outside: Vec<_> = outside.collect();
    let (start, end) = if calls {
        body.this = This::Object(quote!(this));
        (quote!(#starts let mut this = #made;), quote!(Ok(this)))
    } else {
        body.this = This::Fields(names);
        (starts, quote!(Ok(#made)))
    };
    // Properties that stay the application's are not assigned.
    let assigned: Vec<&'a Stmt> = function
        .body
        .iter()
        .filter(|stmt| !assigns_foreign(stmt, class))
        .collect();
    let mut tokens = TokenStream::new();
    let label = body.label("made");
    let whole = std::mem::replace(&mut body.return_to, Return::Label(label.clone(), false));
    for stmt in assigned {
        tokens.extend(body.list(std::slice::from_ref(stmt)));
    }
    body.return_to = whole;
    if function.body.iter().any(returns) {
        let name = body.taken.fresh("done");
        tokens = quote!(
            let #name: php::Result<()> = #label: {
                #tokens
                Ok(())
            };
            #name?;
        );
    }
    if body.is_field_mode() {
        // Each property is set when the object is made.
    }
    for param in &function.params {
        shared.use_type(&param.ty);
    }
    quote! {
        #(#[doc = #docs])*
        pub fn new(#host #(#clients,)* #(#given,)* #(#outside),*) -> php::Result<Self> {
            #(#beginning)*
            #start
            #tokens
            #end
        }
    }
}

/// Whether a statement of a constructor ends it.
fn returns(stmt: &Stmt) -> bool {
    let within = |(body, _): (&mut Vec<Stmt>, _)| body.iter().any(returns);
    let mut copy = stmt.clone();
    matches!(stmt.kind, StmtKind::Return(_)) || copy.bodies_mut().into_iter().any(within)
}

impl Body<'_, '_> {
    fn is_field_mode(&self) -> bool {
        matches!(self.this, This::Fields(_))
    }
}

fn without_constructor<'a>(
    shared: &mut Shared<'a>,
    class: &'a Class,
    fields: &[&'a Field],
    host: &TokenStream,
) -> TokenStream {
    let empty = empty_function();
    let types = hir::types(shared.file, Some(class), None);
    let hosted = !host.is_empty();
    let mut body = Body::new(shared, Some(class), &empty, types);
    let mut given = Vec::new();
    let mut list = Vec::new();
    for field in fields {
        let name = field_name(field);
        if is_given(class, field) {
            let ty = super::code::borrowed(&field.ty);
            given.push(quote!(#name: #ty));
            list.push(quote!(#name: #name.clone()));
            continue;
        }
        if is_set_outside(class, field) {
            given.push(outside_param(field));
            list.push(quote!(#name: #name.to_owned()));
            continue;
        }
        let value = match (&field.default, &field.ty) {
            (_, Ty::Clients) => quote!(php::Clients::new()),
            (Some(default), ty) => body.kept(default, ty),
            (None, Ty::Maybe(_)) => quote!(None),
            (None, Ty::Text) => quote!(String::new()),
            (None, Ty::Int) => quote!(0),
            (None, Ty::Float) => quote!(0.0),
            (None, Ty::Bool) => quote!(false),
            (None, _) => quote!(Value::Null),
        };
        list.push(quote!(#name: #value));
    }
    let host_field = hosted.then(|| quote!(host,));
    quote! {
        /// The object as PHP makes it.
        pub fn new(#host #(#given),*) -> php::Result<Self> {
            Ok(Self { #host_field #(#list),* })
        }
    }
}

/// A client that no method of the class makes is given to `new`.
fn is_given(class: &Class, field: &Field) -> bool {
    let handle = !field.ty.is_plain()
        && !matches!(
            field.ty,
            Ty::Maybe(_) | Ty::Unknown | Ty::Void | Ty::Never | Ty::Clients
        );
    handle && !field.promoted && !assigned(class, &field.name)
}

/// A property with a type and no value that no code of the class sets. Reading it fails in PHP before other code sets it,
/// so it is given to `new`.
fn is_set_outside(class: &Class, field: &Field) -> bool {
    let plain = matches!(field.ty, Ty::Bool | Ty::Int | Ty::Float | Ty::Text);
    let begins = field.declared.is_some() && field.default.is_none();
    plain && begins && !field.promoted && !assigned(class, &field.name)
}

fn outside_param(field: &Field) -> TokenStream {
    let name = ident(&snake(&field.name));
    let ty = super::code::borrowed(&field.ty);
    quote!(#name: #ty)
}

/// Whether any method assigns a property.
fn assigned(class: &Class, name: &str) -> bool {
    let mut found = false;
    let methods = class.constructor.iter().chain(&class.methods);
    for method in methods {
        let mut body = method.body.clone();
        for stmt in &mut body {
            stmt.each_mut(&mut |expr| {
                if let ExprKind::Assign(place, _) | ExprKind::AssignMissing(place, _) = &*expr.kind
                {
                    found |= matches!(&place.root, Root::Field(field) if field == name);
                }
            });
        }
    }
    found
}

/// Whether a constructor's parameter goes into a property of the application's alone.
fn is_dropped(function: &Function, local: usize, class: &Class) -> bool {
    let mut body: Vec<Stmt> = function
        .body
        .iter()
        .filter(|stmt| !assigns_foreign(stmt, class))
        .cloned()
        .collect();
    let mut used = false;
    for stmt in &mut body {
        stmt.locals_mut(&mut |found, _| used |= *found == local);
    }
    !used
}

/// `$this->logger = $logger;`
fn assigns_foreign(stmt: &Stmt, class: &Class) -> bool {
    let StmtKind::Expr(expr) = &stmt.kind else {
        return false;
    };
    match &*expr.kind {
        ExprKind::Assign(
            Place {
                root: Root::Field(name),
                path,
            },
            value,
        ) => {
            path.is_empty()
                && matches!(*value.kind, ExprKind::Local(_))
                && class
                    .fields
                    .iter()
                    .any(|field| field.name == *name && field.foreign)
        }
        _ => false,
    }
}

fn calls_methods(body: &[Stmt]) -> bool {
    let mut body = body.to_vec();
    let mut found = false;
    for stmt in &mut body {
        stmt.each_mut(&mut |expr| found |= matches!(*expr.kind, ExprKind::Method(..)));
    }
    found
}
