//! Finds types: what PHP declares, what is assigned, and what WeChat Pay's fields take.

use std::collections::BTreeMap;

use super::builtin::Builtin;
use super::tree::{
    Class, Crypto, Expr, ExprKind, File, Function, Notified, PathPiece, Pool, Promise,
    ResponsePart, Root, Sdk, Stmt, StmtKind, Target, ThrownPart,
};
use super::{Facts, Ty};
use crate::syntax::BinaryOp;

/// How often types are looked at again: each time goes one call further.
const ROUNDS: usize = 5;

/// The types of names and variables.
#[derive(Debug, Clone, Default)]
pub struct Types {
    fields: BTreeMap<String, Ty>,
    consts: BTreeMap<String, Ty>,
    file_consts: BTreeMap<String, Ty>,
    methods: BTreeMap<String, Ty>,
    functions: BTreeMap<String, Ty>,
    locals: Vec<Ty>,
    /// The results of the promises that variables hold.
    settled: Vec<Ty>,
    /// Whether it is of a closure.
    nested: bool,
}

/// The types that hold in a function.
#[must_use]
pub fn types(file: &File, class: Option<&Class>, function: Option<&Function>) -> Types {
    let functions = file.functions.iter();
    let functions =
        functions.map(|function| (function.name.to_ascii_lowercase(), function.returns.clone()));
    let mut types = Types {
        functions: functions.collect(),
        ..Types::default()
    };
    for constant in &file.consts {
        let ty = types.of(&constant.value);
        types.file_consts.insert(constant.name.clone(), ty);
    }
    if let Some(class) = class {
        for constant in &class.consts {
            let ty = types.of(&constant.value);
            types.consts.insert(constant.name.clone(), ty);
        }
        let fields = class.fields.iter();
        types.fields = fields
            .map(|field| (field.name.clone(), field.ty.clone()))
            .collect();
        let methods = class.methods.iter();
        let methods =
            methods.map(|method| (method.name.to_ascii_lowercase(), method.returns.clone()));
        types.methods = methods.collect();
    }
    if let Some(function) = function {
        types.enter(function);
    }
    types
}

impl Types {
    /// The same names with the variables of a closure.
    #[must_use]
    pub fn within(&self, closure: &Function) -> Self {
        let mut inner = self.clone();
        inner.enter(closure);
        inner
    }

    /// Takes the variables of a function.
    fn enter(&mut self, function: &Function) {
        let locals = || function.locals.iter();
        self.locals = locals().map(|local| local.ty.clone()).collect();
        self.settled = locals().map(|local| local.settled.clone()).collect();
    }

    /// Tells the type of a variable.
    pub(super) fn set(&mut self, local: usize, ty: Ty) {
        if let Some(known) = self.locals.get_mut(local) {
            *known = ty;
        }
    }

    /// The type of a property.
    #[must_use]
    pub fn field(&self, name: &str) -> Ty {
        self.fields.get(name).cloned().unwrap_or(Ty::Any)
    }

    /// The type that a method returns.
    #[must_use]
    pub fn method(&self, name: &str) -> Ty {
        self.methods
            .get(&name.to_ascii_lowercase())
            .cloned()
            .unwrap_or(Ty::Any)
    }

    /// The type of a variable.
    #[must_use]
    pub fn local(&self, local: usize) -> Ty {
        self.locals.get(local).cloned().unwrap_or(Ty::Any)
    }

    /// The type of an expression.
    #[must_use]
    pub fn of(&self, expr: &Expr) -> Ty {
        match &*expr.kind {
            ExprKind::Null => Ty::Null,
            ExprKind::Bool(_)
            | ExprKind::Not(_)
            | ExprKind::And(..)
            | ExprKind::Or(..)
            | ExprKind::Isset(_)
            | ExprKind::InstanceOf(..) => Ty::Bool,
            ExprKind::Int(_) | ExprKind::Print(_) => Ty::Int,
            ExprKind::Float(_) => Ty::Float,
            ExprKind::Text(_) | ExprKind::Concat(_) | ExprKind::Format(..) => Ty::Text,
            ExprKind::Local(local) => self.local(*local),
            ExprKind::Field(name) => self.field(name),
            ExprKind::ClassConst(name) => self.consts.get(name).cloned().unwrap_or(Ty::Any),
            ExprKind::FileConst(name) => self.file_consts.get(name).cloned().unwrap_or(Ty::Any),
            ExprKind::Array(_)
            | ExprKind::Index(..)
            | ExprKind::Minus(_)
            | ExprKind::Plus(_)
            | ExprKind::ToArray(_)
            | ExprKind::AsArray(..)
            | ExprKind::ToObject(_)
            | ExprKind::Extreme(..)
            | ExprKind::Merge(_)
            | ExprKind::Map(..)
            | ExprKind::Filter(..)
            | ExprKind::Foreign(_)
            | ExprKind::CallClosure(..)
            | ExprKind::Step { .. }
            | ExprKind::Unpack(..)
            | ExprKind::Item => Ty::Any,
            ExprKind::Binary(op, ..) => match op {
                BinaryOp::Spaceship => Ty::Int,
                BinaryOp::Add
                | BinaryOp::Sub
                | BinaryOp::Mul
                | BinaryOp::Div
                | BinaryOp::Rem
                | BinaryOp::Pow
                | BinaryOp::BitOr
                | BinaryOp::BitAnd
                | BinaryOp::BitXor
                | BinaryOp::ShiftLeft
                | BinaryOp::ShiftRight => Ty::Any,
                _ => Ty::Bool,
            },
            ExprKind::Coalesce(one, other) => self.of(one).present().join(&self.of(other)),
            ExprKind::Ternary(condition, then, otherwise) => {
                let then = then.as_ref().unwrap_or(condition);
                self.of(then).join(&self.of(otherwise))
            }
            ExprKind::Aside { value, .. } => self.of(value),
            ExprKind::Cast(ty, _) => ty.clone(),
            ExprKind::Coerce(Ty::Maybe(_) | Ty::Client, _) => Ty::Any,
            ExprKind::Coerce(ty, _) => ty.clone(),
            ExprKind::Strict(Ty::Maybe(_), _) => Ty::Any,
            ExprKind::Strict(ty, _) => ty.clone(),
            ExprKind::Builtin("end" | "array_pop" | "array_shift", _) => Ty::Any,
            ExprKind::Builtin("implode", _) => Ty::Text,
            ExprKind::Builtin(name, _) => {
                Builtin::of(name).map_or(Ty::Any, |builtin| builtin.returns.clone())
            }
            ExprKind::Change("array_pop" | "array_shift", ..) => Ty::Any,
            ExprKind::Change("array_push", ..) => Ty::Int,
            ExprKind::Change(..) | ExprKind::Sort(..) => Ty::Bool,
            ExprKind::Unset(_) => Ty::Void,
            ExprKind::Call(name, _) => self
                .functions
                .get(&name.to_ascii_lowercase())
                .cloned()
                .unwrap_or(Ty::Any),
            ExprKind::Method(name, _) => self.method(name),
            ExprKind::Closure(..) => Ty::Closure,
            ExprKind::NewThrown(..) => Ty::Thrown,
            ExprKind::OfThrown(part, _) => match part {
                ThrownPart::Message | ThrownPart::Class => Ty::Text,
                ThrownPart::Code => Ty::Int,
                ThrownPart::HasResponse | ThrownPart::AskedHasResponse => Ty::Bool,
                ThrownPart::Response | ThrownPart::AskedResponse | ThrownPart::Reason => {
                    Ty::Answer.nullable()
                }
                ThrownPart::Previous => Ty::Thrown.nullable(),
            },
            ExprKind::OfResponse(part, _) => match part {
                ResponsePart::Status => Ty::Int,
                ResponsePart::Parsed => Ty::Any,
                _ => Ty::Text,
            },
            ExprKind::Notified(part) => match part {
                Notified::Untrusted => Ty::Bool,
                Notified::Resource | Notified::Header(_) => Ty::Any,
                Notified::Plain | Notified::Body => Ty::Text,
            },
            ExprKind::Sdk(_) => Ty::Response,
            ExprKind::Promise(_) => Ty::Promise,
            ExprKind::Wait(promise) => self.waited(promise),
            ExprKind::Factory(_) | ExprKind::FactoryOf(_) | ExprKind::Restacked(..) => Ty::Client,
            ExprKind::Pool(Pool::Get, ..) => Ty::Client.nullable(),
            ExprKind::Pool(Pool::Set, ..) => Ty::Client,
            ExprKind::Pool(..) => Ty::Null,
            ExprKind::Crypto(crypto, args) => match crypto {
                Crypto::PhpVerify => match args.get(2).map(|key| self.of(key)) {
                    Some(key) if *key.present() == Ty::PublicKey => Ty::Int,
                    _ => Ty::Any,
                },
                Crypto::PrivateKey => Ty::PrivateKey,
                Crypto::PublicKey => Ty::PublicKey,
                Crypto::Verify => Ty::Bool,
                Crypto::Media | Crypto::Meta | Crypto::MetaField => Ty::Media,
                _ => Ty::Text,
            },
            ExprKind::Assign(_, value) => self.of(value),
            ExprKind::AssignOp(_, BinaryOp::Concat, _) => Ty::Text,
            ExprKind::AssignOp(..) => Ty::Any,
            ExprKind::AssignMissing(place, value) => {
                let before = match (&place.root, place.path.is_empty()) {
                    (Root::Local(local), true) => self.local(*local),
                    (Root::Field(name), true) => self.field(name),
                    _ => Ty::Any,
                };
                before.present().join(&self.of(value))
            }
            ExprKind::Match(_, arms) => arms
                .iter()
                .fold(Ty::Unknown, |ty, (_, value)| ty.join(&self.of(value))),
            ExprKind::Unresolved(_) => Ty::Unknown,
            ExprKind::Throw(_) | ExprKind::Exit(_) | ExprKind::Refused(_) => Ty::Never,
        }
    }

    /// The type of a settled promise: the result of its last handler.
    fn waited(&self, promise: &Expr) -> Ty {
        match &*promise.kind {
            ExprKind::Promise(promise) => settled(promise),
            ExprKind::Local(local) => self.settled.get(*local).cloned().unwrap_or(Ty::Response),
            _ => Ty::Response,
        }
    }

    /// Notes what the promise that a variable is given settles to.
    fn settles(&mut self, local: usize, value: &Expr) {
        if let ExprKind::Promise(promise) = &*value.kind
            && let Some(known) = self.settled.get_mut(local)
        {
            *known = settled(promise);
        }
    }
}

fn settled(promise: &Promise) -> Ty {
    let handlers = promise.handlers.iter();
    handlers.fold(Ty::Response, |ty, handlers| after(&ty, handlers))
}

/// The type of a promise behind a pair of handlers.
fn after(before: &Ty, (fulfilled, rejected): &(Option<Expr>, Option<Expr>)) -> Ty {
    let of = |handler: &Expr| match &*handler.kind {
        ExprKind::Closure(closure, _) => match &closure.returns {
            Ty::Void | Ty::Unknown => Ty::Null,
            ty => ty.clone(),
        },
        _ => Ty::Any,
    };
    let done = fulfilled.as_ref().map_or_else(|| before.clone(), of);
    match rejected {
        Some(rejected) => done.join(&of(rejected)),
        None => done,
    }
}

pub(super) fn file(file: &mut File, facts: &Facts) {
    for function in file.functions_mut() {
        by_catalogue(function, facts);
    }
    if let Some(main) = &mut file.main {
        super::given::main(main);
    }
    rounds(file);
}

/// A type without evidence is any value.
pub(super) fn finish(file: &mut File) {
    // First the parameters: what a function gives back may be one of them.
    file.functions_mut().for_each(settle_params);
    rounds(file);
    for class in &mut file.classes {
        for field in &mut class.fields {
            settle(&mut field.ty);
        }
    }
    for function in file.functions_mut() {
        settle_function(function);
    }
}

/// Finds what the types found so far tell.
pub(super) fn rounds(file: &mut File) {
    for _ in 0..ROUNDS {
        super::passed_on::file(file);
        for index in 0..file.classes.len() {
            round_of_class(file, index);
        }
        for index in 0..file.functions.len() {
            let mut known = types(file, None, None);
            function(&mut file.functions[index], &mut known);
        }
        if let Some(mut main) = file.main.take() {
            let mut known = types(file, None, None);
            function(&mut main, &mut known);
            file.main = Some(main);
        }
    }
}

/// A type without evidence is any value; so is a plain value that may be null.
fn settle(ty: &mut Ty) {
    match ty {
        Ty::Unknown | Ty::Null | Ty::Void | Ty::Never => *ty = Ty::Any,
        Ty::Maybe(inner) if inner.is_plain() => *ty = Ty::Any,
        _ => {}
    }
}

fn settle_params(function: &mut Function) {
    for param in &mut function.params {
        if param.ty == Ty::Unknown || param.ty == Ty::Null {
            param.ty = Ty::Any;
        }
    }
}

fn settle_function(function: &mut Function) {
    let params = function.params.len();
    for (index, local) in function.locals.iter_mut().enumerate() {
        if index < params
            && function
                .params
                .get(index)
                .is_some_and(|param| param.local == index)
        {
            continue;
        }
        settle(&mut local.ty);
    }
    settle_params(function);
    for param in &function.params {
        function.locals[param.local].ty = param.ty.clone();
    }
    match function.returns {
        Ty::Unknown | Ty::Null | Ty::Never => {
            let is_value = function.returns == Ty::Unknown && gives_a_value(&mut function.body);
            function.returns = if is_value { Ty::Any } else { Ty::Void };
        }
        _ => {}
    }
    for stmt in &mut function.body {
        stmt.each_mut(&mut |expr| {
            if let ExprKind::Closure(closure, _) = &mut *expr.kind {
                settle_function(closure);
            }
        });
    }
}

fn gives_a_value(body: &mut [Stmt]) -> bool {
    let mut some = false;
    given_back(body, &mut |value| some |= value.is_some());
    some
}

fn round_of_class(file: &mut File, index: usize) {
    if let Some(class) = file.classes.get_mut(index) {
        let unset = super::initial::unset(class);
        for field in class
            .fields
            .iter_mut()
            .filter(|field| unset.contains(&field.name))
        {
            if field.ty != Ty::Unknown {
                field.ty = field.ty.nullable();
            }
        }
    }
    let known = types(file, file.classes.get(index), None);
    let class = &mut file.classes[index];
    let mut assigned: Vec<(String, Ty)> = Vec::new();
    let mut calls: Vec<(String, Vec<Ty>)> = Vec::new();
    for field in &class.fields {
        if let Some(default) = &field.default {
            assigned.push((field.name.clone(), known.of(default)));
        }
    }
    for method in class.constructor.iter_mut().chain(&mut class.methods) {
        let mut known = known.clone();
        function(method, &mut known);
        for stmt in &mut method.body {
            stmt.each_mut(&mut |expr| match &mut *expr.kind {
                ExprKind::Assign(place, value) | ExprKind::AssignMissing(place, value) => {
                    if let Root::Field(name) = &place.root {
                        let ty = if place.path.is_empty() {
                            known.of(value)
                        } else {
                            Ty::Any
                        };
                        assigned.push((name.clone(), ty));
                    }
                }
                ExprKind::AssignOp(place, ..) | ExprKind::Step { place, .. } => {
                    if let Root::Field(name) = &place.root {
                        assigned.push((name.clone(), Ty::Any));
                    }
                }
                _ => {}
            });
        }
        calls_in(&mut method.body, &known, &mut calls);
    }
    given_handles(class);
    // A promoted parameter is a property.
    if let Some(constructor) = &class.constructor {
        for param in &constructor.params {
            let name = &constructor.locals[param.local].name;
            let mut fields = class.fields.iter().filter(|field| field.promoted);
            if fields.any(|field| field.name == *name) {
                assigned.push((name.clone(), param.ty.clone()));
            }
        }
    }
    for (name, ty) in assigned {
        if let Some(field) = class.fields.iter_mut().find(|field| field.name == name) {
            field.ty = field.ty.join(&ty);
        }
    }
    called(class, &calls);
}

/// The calls of methods, with the types of what they are given, those of closures too.
fn calls_in(body: &mut [Stmt], known: &Types, calls: &mut Vec<(String, Vec<Ty>)>) {
    for stmt in body {
        stmt.each_mut(&mut |expr| match &mut *expr.kind {
            ExprKind::Method(name, args) => {
                let args = args.iter().map(|arg| known.of(arg));
                calls.push((name.to_ascii_lowercase(), args.collect()));
            }
            ExprKind::Closure(closure, _) => {
                let mut inner = known.within(closure);
                for param in &closure.params {
                    inner.set(param.local, param.ty.clone());
                }
                calls_in(&mut closure.body, &inner, calls);
            }
            _ => {}
        });
    }
}

/// A parameter that goes into a property which is a client, a key or the like, is one.
fn given_handles(class: &mut Class) {
    let handles: BTreeMap<String, Ty> = class
        .fields
        .iter()
        .filter(|field| {
            let ty = field.ty.present();
            !field.foreign && !ty.is_plain() && !matches!(ty, Ty::Unknown | Ty::Clients)
        })
        .map(|field| (field.name.clone(), field.ty.present().clone()))
        .collect();
    for method in class.constructor.iter_mut().chain(&mut class.methods) {
        let mut given: Vec<(usize, Ty)> = Vec::new();
        for stmt in &mut method.body {
            stmt.each_mut(&mut |expr| {
                if let ExprKind::Assign(place, value) = &*expr.kind
                    && let Root::Field(name) = &place.root
                    && place.path.is_empty()
                    && let Some(ty) = handles.get(name)
                    && let ExprKind::Local(local) = *value.kind
                {
                    given.push((local, ty.clone()));
                }
            });
        }
        if method.name.eq_ignore_ascii_case("__construct") {
            for param in &method.params {
                if let Some(ty) = handles.get(&method.locals[param.local].name) {
                    given.push((param.local, ty.clone()));
                }
            }
        }
        for (local, ty) in given {
            let param = method.params.iter_mut().find(|param| param.local == local);
            if let Some(param) = param
                && (param.ty == Ty::Unknown || param.ty == Ty::Any || param.foreign)
                && ty.present() != &Ty::Void
            {
                param.ty = ty;
                param.foreign = false;
            }
        }
    }
}

/// Parameters without a type take what the class gives them: always of private methods, of others
/// only what is no plain value.
fn called(class: &mut Class, calls: &[(String, Vec<Ty>)]) {
    for method in &mut class.methods {
        let name = method.name.to_ascii_lowercase();
        for (index, param) in method.params.iter_mut().enumerate() {
            if param.declared || param.foreign || param.variadic {
                continue;
            }
            let given = calls.iter().filter(|(called, _)| *called == name);
            let ty = given.fold(Ty::Unknown, |ty, (_, args)| match args.get(index) {
                Some(given) => ty.join(given),
                None => ty,
            });
            if ty == Ty::Unknown || (method.public && ty.is_plain()) {
                continue;
            }
            let default = param
                .default
                .as_ref()
                .map(|default| Types::default().of(default));
            param.ty = param.ty.join(&ty).join(&default.unwrap_or(Ty::Unknown));
        }
    }
}

fn function(function: &mut Function, known: &mut Types) {
    known.enter(function);
    for param in &function.params {
        known.locals[param.local] = param.ty.clone();
    }
    // Once within closures: else the work would double with each level.
    let times = if known.nested { 1 } else { 2 };
    for _ in 0..times {
        list(&mut function.body, known);
    }
    for (index, local) in function.locals.iter().enumerate() {
        if local.maybe_unset {
            known.locals[index] = known.locals[index].nullable();
        }
        if let Ty::Maybe(inner) = &known.locals[index]
            && inner.is_plain()
            && !function.params.iter().any(|param| param.local == index)
        {
            known.locals[index] = Ty::Any;
        }
    }
    if !function.declared {
        let mut returns = Ty::Unknown;
        let mut some = false;
        given_back(&mut function.body, &mut |value| {
            some |= value.is_some();
            let ty = value.map_or(Ty::Null, |value| known.of(value));
            returns = returns.join(&ty);
        });
        if some && !ends(&function.body) {
            returns = returns.join(&Ty::Null);
        }
        function.returns = if some { returns } else { Ty::Void };
    }
    let types = known.locals.iter().zip(&known.settled);
    for (local, (ty, settled)) in function.locals.iter_mut().zip(types) {
        local.ty = ty.clone();
        local.settled = settled.clone();
    }
}

fn given_back(body: &mut [Stmt], found: &mut dyn FnMut(Option<&Expr>)) {
    for stmt in body {
        if let StmtKind::Return(value) = &stmt.kind {
            found(value.as_ref());
        }
        for (body, _) in stmt.bodies_mut() {
            given_back(body, found);
        }
    }
}

/// Whether the end of a list is never reached.
#[must_use]
pub(crate) fn ends(body: &[Stmt]) -> bool {
    body.iter().any(|stmt| match &stmt.kind {
        StmtKind::Answer(_)
        | StmtKind::Return(_)
        | StmtKind::Throw(_)
        | StmtKind::Exit(_)
        | StmtKind::Refused(_) => true,
        StmtKind::Expr(expr) => matches!(
            *expr.kind,
            ExprKind::Throw(_) | ExprKind::Exit(_) | ExprKind::Refused(_)
        ),
        StmtKind::Break(_) | StmtKind::Continue(_) => true,
        StmtKind::If(branches, Some(otherwise)) => {
            branches.iter().all(|(_, body)| ends(body)) && ends(otherwise)
        }
        StmtKind::Block(body) => ends(body),
        StmtKind::Try {
            body,
            catches,
            finally,
        } => {
            finally.as_deref().is_some_and(ends)
                || (ends(body) && catches.iter().all(|catch| ends(&catch.body)))
        }
        _ => false,
    })
}

fn list(body: &mut [Stmt], known: &mut Types) {
    for stmt in body {
        for expr in stmt.exprs_mut() {
            self::expr(expr, known);
        }
        match &mut stmt.kind {
            StmtKind::Let(local, value) => {
                let ty = known.of(value);
                known.locals[*local] = known.locals[*local].join(&ty);
                known.settles(*local, value);
            }
            StmtKind::Foreach { key, value, .. } => {
                known.locals[*value] = Ty::Any;
                if let Some(key) = key {
                    known.locals[*key] = Ty::Any;
                }
            }
            StmtKind::Try { catches, .. } => {
                for catch in catches {
                    if let Some(variable) = catch.variable {
                        known.locals[variable] = known.locals[variable].join(&Ty::Thrown);
                    }
                }
            }
            _ => {}
        }
        for (body, _) in stmt.bodies_mut() {
            list(body, known);
        }
    }
}

/// The handlers of a promise: each is given what the one before it gives.
fn handlers(promise: &mut Promise, known: &mut Types) {
    let mut ty = Ty::Response;
    for pair in &mut promise.handlers {
        if let Some(handler) = &mut pair.0
            && let ExprKind::Closure(closure, captures) = &mut *handler.kind
        {
            let own = |local: usize| !captures.iter().any(|(_, inner)| *inner == local);
            let param = closure.params.iter_mut().find(|param| own(param.local));
            if let Some(param) = param
                && !param.declared
                && *ty.present() == Ty::Response
            {
                param.ty = ty.clone();
            }
        }
        for handler in pair.0.iter_mut().chain(&mut pair.1) {
            expr(handler, known);
        }
        ty = after(&ty, pair);
    }
}

fn expr(expr: &mut Expr, known: &mut Types) {
    if let ExprKind::Promise(promise) = &mut *expr.kind {
        for child in promise.call.children_mut() {
            self::expr(child, known);
        }
        handlers(promise, known);
        return;
    }
    for child in expr.children_mut() {
        self::expr(child, known);
    }
    let mut set: Vec<(usize, Ty)> = Vec::new();
    match &mut *expr.kind {
        ExprKind::Assign(place, value) | ExprKind::AssignMissing(place, value) => {
            if let Root::Local(local) = place.root {
                let ty = if place.path.is_empty() {
                    known.settles(local, value);
                    known.of(value)
                } else {
                    Ty::Any
                };
                set.push((local, ty));
            }
        }
        ExprKind::AssignOp(place, op, _) => {
            if let Root::Local(local) = place.root {
                let text = *op == BinaryOp::Concat && place.path.is_empty();
                set.push((local, if text { Ty::Text } else { Ty::Any }));
            }
        }
        ExprKind::Step { place, .. }
        | ExprKind::Sort(_, place, _)
        | ExprKind::Change(_, place, _)
        | ExprKind::Unset(place) => {
            if let Root::Local(local) = place.root {
                set.push((local, Ty::Any));
            }
        }
        ExprKind::Unpack(places, _) => {
            for Target { place, .. } in places {
                if let Root::Local(local) = place.root {
                    set.push((local, Ty::Any));
                }
            }
        }
        ExprKind::Foreign(foreign) => {
            // The application may change what its method is called on.
            if let Some(receiver) = &foreign.receiver
                && let ExprKind::Local(local) = *receiver.kind
                && known.local(local).is_plain()
            {
                set.push((local, Ty::Any));
            }
        }
        ExprKind::Closure(closure, captures) => {
            let lent: Vec<_> = super::lent::lent(closure, captures).collect();
            set.extend(lent.iter().map(|(outer, _)| (*outer, Ty::Any)));
            for (outer, inner) in captures.iter() {
                let lent = lent.iter().any(|(_, own)| own == inner);
                let ty = if lent { Ty::Any } else { known.local(*outer) };
                let param = closure
                    .params
                    .iter_mut()
                    .find(|param| param.local == *inner);
                if let Some(param) = param {
                    param.ty = ty;
                }
            }
            for param in &mut closure.params {
                if param.ty == Ty::Unknown
                    && !captures.iter().any(|(_, inner)| *inner == param.local)
                {
                    param.ty = Ty::Any;
                }
            }
            let mut inner = known.clone();
            inner.nested = true;
            function(closure, &mut inner);
        }
        _ => {}
    }
    for (local, ty) in set {
        known.locals[local] = known.locals[local].join(&ty);
    }
}

/// Parameters without a type take that of the field that they are sent in.
fn by_catalogue(function: &mut Function, facts: &Facts) {
    let mut calls = Vec::new();
    let mut arrays = BTreeMap::new();
    let mut written = vec![0; function.locals.len()];
    for stmt in &mut function.body {
        stmt.locals_mut(&mut |local, how| written[*local] += usize::from(how != super::Use::Read));
        collect(stmt, &mut calls, &mut arrays);
    }
    for (local, ty) in keys(function) {
        let param = function
            .params
            .iter_mut()
            .find(|param| param.local == local);
        if let Some(param) = param
            && param.ty == Ty::Unknown
        {
            param.ty = ty;
        }
    }
    for call in calls {
        if let ExprKind::Local(local) = *call.client.kind
            && let Some(param) = function
                .params
                .iter_mut()
                .find(|param| param.local == local)
            && (param.ty == Ty::Unknown || param.foreign)
        {
            param.ty = Ty::Client;
            param.foreign = false;
        }
        let Ok(options) = &call.options else {
            continue;
        };
        let body = options
            .iter()
            .find(|(name, _)| name == "json" || name == "xml");
        let Some((_, body)) = body else {
            continue;
        };
        let mut found = Vec::new();
        leaves(body, "", &arrays, &mut found);
        let path: String = call
            .path
            .iter()
            .map(|piece| match piece {
                PathPiece::Text(text) => text.as_str(),
                PathPiece::Value { .. } => "{value}",
            })
            .collect();
        let fields = facts
            .fields
            .map(|fields| fields(call.method.upper(), &path));
        let fields = fields.unwrap_or_default();
        for (pointer, local) in found {
            let ty = fields.iter().find(|(known, _)| *known == pointer);
            let ty = match ty.map(|(_, ty)| *ty) {
                Some("integer") => Ty::Int,
                Some("string") => Ty::Text,
                _ => continue,
            };
            let param = function
                .params
                .iter_mut()
                .find(|param| param.local == local);
            if let Some(param) = param
                && !param.declared
                && param.ty == Ty::Unknown
                && param.default.is_none()
                && written[local] == 0
            {
                param.ty = ty;
            }
        }
    }
}

/// Variables that are keys.
fn keys(function: &mut Function) -> Vec<(usize, Ty)> {
    let mut found = Vec::new();
    for stmt in &mut function.body {
        stmt.each_mut(&mut |expr| {
            if let ExprKind::Restacked(client, ..) = &*expr.kind
                && let ExprKind::Local(local) = *client.kind
            {
                found.push((local, Ty::Client));
            }
            let ExprKind::Crypto(crypto, args) = &*expr.kind else {
                return;
            };
            let (index, ty) = match crypto {
                Crypto::Sign | Crypto::PhpSign | Crypto::Decrypt => (1, Ty::PrivateKey),
                Crypto::Encrypt => (1, Ty::PublicKey),
                Crypto::Verify | Crypto::PhpVerify => (2, Ty::PublicKey),
                _ => return,
            };
            if let Some(ExprKind::Local(local)) = args.get(index).map(|key| &*key.kind) {
                found.push((*local, ty));
            }
        });
    }
    found
}

fn collect(stmt: &mut Stmt, calls: &mut Vec<Sdk>, arrays: &mut BTreeMap<usize, Expr>) {
    stmt.each_mut(&mut |expr| match &*expr.kind {
        ExprKind::Sdk(sdk) => calls.push((**sdk).clone()),
        ExprKind::Promise(promise) => calls.push(promise.call.clone()),
        _ => {}
    });
    lets(stmt, arrays);
}

fn lets(stmt: &mut Stmt, arrays: &mut BTreeMap<usize, Expr>) {
    if let StmtKind::Let(local, value) = &stmt.kind {
        arrays.insert(*local, value.clone());
    }
    for (body, _) in stmt.bodies_mut() {
        body.iter_mut().for_each(|stmt| lets(stmt, arrays));
    }
}

fn leaves(
    expr: &Expr,
    pointer: &str,
    arrays: &BTreeMap<usize, Expr>,
    found: &mut Vec<(String, usize)>,
) {
    match &*expr.kind {
        ExprKind::Array(entries) => {
            for entry in entries {
                let key = match entry.key.as_ref().map(|key| &*key.kind) {
                    Some(ExprKind::Text(key)) => key.as_str(),
                    None => "*",
                    Some(_) => continue,
                };
                leaves(&entry.value, &format!("{pointer}/{key}"), arrays, found);
            }
        }
        ExprKind::Local(local) => match arrays.get(local) {
            Some(array) if matches!(*array.kind, ExprKind::Array(_)) => {
                let mut outer = arrays.clone();
                outer.remove(local);
                leaves(array, pointer, &outer, found);
            }
            _ => found.push((pointer.to_owned(), *local)),
        },
        _ => {}
    }
}
