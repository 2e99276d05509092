//! Classes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Builder, Names};
use crate::hir::Ty;
use crate::hir::flatten::{PARENT, PARENT_CONSTRUCTOR, is_exception_name};
use crate::hir::tree::{self as hir, Class, Const, Field};
use crate::recognise::{self, Call};
use crate::source::Block;
use crate::syntax::{self, Expr, ExprKind, Part, Property, Stmt, WholeExpr};

/// The facts about a class before its methods are read.
#[derive(Debug)]
pub(super) struct Shape<'a> {
    pub(super) class: &'a syntax::Class,
    /// The types of its properties, as far as they are known.
    pub(super) fields: BTreeMap<String, Ty>,
    /// The properties that are the application's objects.
    pub(super) foreign: BTreeSet<String>,
    /// The names of its constants.
    pub(super) consts: BTreeSet<String>,
}

pub(super) fn build<'a>(block: &'a Block, names: &'a Names<'a>, class: &'a syntax::Class) -> Class {
    let shape = shape(class);
    let mut methods = Vec::new();
    let mut constructor = None;
    let mut statics = Vec::new();
    for method in class.methods.iter().filter(|method| method.has_body) {
        if method.name.ends_with(PARENT_CONSTRUCTOR) {
            continue;
        }
        let mut builder = Builder::new(block, names, Some(&shape));
        builder.method_name = Some(method.name.clone());
        let function = builder.function(
            method.span,
            &written(&method.name),
            method.public,
            &method.closure,
        );
        statics.append(&mut builder.statics);
        let function = shared_statics(class, method, function, &shape);
        match method.name.eq_ignore_ascii_case("__construct") {
            true => constructor = Some(function),
            false => methods.push(function),
        }
    }
    let mut builder = Builder::new(block, names, Some(&shape));
    let consts = class.consts.iter().map(|(name, value)| Const {
        name: name.clone(),
        value: builder.expr(value),
    });
    // The application is asked for the value where the constant is used.
    let consts = consts
        .filter(|constant| !is_foreign(&constant.value))
        .collect();
    let fields = class.properties.iter().map(|property| Field {
        name: property.name.clone(),
        ty: shape
            .fields
            .get(&property.name)
            .cloned()
            .unwrap_or(Ty::Unknown),
        declared: type_of(property).flatten(),
        default: property.default.as_ref().map(|value| builder.expr(value)),
        foreign: shape.foreign.contains(&property.name),
        public: property.public,
    });
    let mut fields: Vec<Field> = fields.collect();
    // Properties that PHP makes when they are first assigned.
    for name in shape.fields.keys() {
        if !fields.iter().any(|field| field.name == *name) {
            fields.push(Field {
                name: name.clone(),
                ty: shape.fields[name].clone(),
                declared: None,
                default: None,
                foreign: shape.foreign.contains(name),
                public: false,
            });
        }
    }
    fields.extend(statics);
    Class {
        span: class.name_span,
        name: class.name.clone(),
        path: class.name.clone(),
        parents: names.parents(class),
        consts,
        fields,
        constructor,
        methods,
    }
}

/// Refuses a method that sets a static property: objects share the property in PHP, and each struct has a copy in Rust.
/// A client that is made once may be copied, and so may a property that only one static method uses.
fn shared_statics(
    class: &syntax::Class,
    method: &syntax::Method,
    mut function: hir::Function,
    shape: &Shape<'_>,
) -> hir::Function {
    let mut set = Vec::new();
    let mut changed = BTreeSet::new();
    for stmt in &mut function.body {
        stmt.each_with_closures(&mut |expr| {
            let once = matches!(
                *expr.kind,
                hir::ExprKind::Assign(..) | hir::ExprKind::AssignMissing(..)
            );
            let span = expr.span;
            for (place, _) in expr.places_mut() {
                if let hir::Root::Field(name) = &place.root {
                    set.push((name.clone(), span));
                    if !once || !place.path.is_empty() {
                        changed.insert(name.clone());
                    }
                }
            }
        });
    }
    let refused = set.into_iter().find(|(name, _)| {
        let mut properties = class.properties.iter();
        let known = properties.any(|property| property.is_static && property.name == *name);
        let client = shape
            .fields
            .get(name)
            .is_some_and(|ty| *ty.present() == Ty::Client);
        let alone = method.is_static && !changed.contains(name) && {
            let others = class
                .methods
                .iter()
                .filter(|other| other.name != method.name);
            let mut mentions = Uses::default();
            others.for_each(|other| mentions.statements(&other.closure.body));
            !mentions.all.contains(name)
        };
        known && !client && !alone && !shape.foreign.contains(name)
    });
    if let Some((name, span)) = refused {
        let message =
            format!("the static property `${name}`, which all objects of the class share");
        let problem =
            crate::diagnostic::Problem::error(span, message).hint("write this part in Rust");
        let kind = hir::StmtKind::Refused(problem);
        function.body.insert(0, hir::Stmt { span, kind });
    }
    function
}

/// The name of a method in the tree.
pub(super) fn written(name: &str) -> String {
    match name.strip_prefix(PARENT) {
        Some(own) => format!("parent_{own}"),
        None => name.to_owned(),
    }
}

/// The properties that the methods of a class mention.
pub(super) fn mentioned(class: &syntax::Class) -> BTreeSet<String> {
    let mut uses = Uses::default();
    let methods = class.methods.iter();
    methods.for_each(|method| uses.statements(&method.closure.body));
    uses.all
}

/// Whether a value asks the application.
pub(super) fn is_foreign(value: &hir::Expr) -> bool {
    let mut value = value.clone();
    matches!(*value.kind, hir::ExprKind::Foreign(_))
        || value
            .children_mut()
            .into_iter()
            .any(|part| is_foreign(part))
}

impl Names<'_> {
    /// The classes above a class, as far as the file says.
    pub(super) fn parents(&self, class: &syntax::Class) -> Vec<String> {
        let mut parents = Vec::new();
        let mut parent = class.parent.clone();
        while let Some(name) = parent {
            if parents.contains(&name.resolved) {
                break;
            }
            parent = self
                .class(&name.resolved)
                .and_then(|class| class.parent.clone());
            parents.push(name.resolved.trim_start_matches('\\').to_owned());
        }
        parents
    }

    /// Whether a class is an exception, as far as the file and PHP say.
    pub(super) fn is_exception(&self, class: &syntax::Class) -> bool {
        self.parents(class)
            .iter()
            .any(|path| is_exception_name(path))
    }
}

fn shape(class: &syntax::Class) -> Shape<'_> {
    let mut found = Uses::default();
    for method in &class.methods {
        found.statements(&method.closure.body);
    }
    let mut fields = BTreeMap::new();
    let mut foreign = BTreeSet::new();
    for property in &class.properties {
        let ty = type_of(property);
        let client = found.clients.contains(&property.name);
        let known = ty.clone().flatten().map(|ty| ty.present().clone());
        let called = found.called.contains(&property.name);
        if client || known == Some(Ty::Client) {
            fields.insert(property.name.clone(), Ty::Client);
        } else if matches!(ty, Some(None)) || (ty.is_none() && called) {
            foreign.insert(property.name.clone());
            fields.insert(property.name.clone(), Ty::Any);
        } else {
            fields.insert(property.name.clone(), ty.flatten().unwrap_or(Ty::Unknown));
        }
    }
    for name in found.clients.iter().chain(&found.assigned) {
        let client = found.clients.contains(name);
        let ty = if client { Ty::Client } else { Ty::Unknown };
        fields.entry(name.clone()).or_insert(ty);
    }
    Shape {
        class,
        fields,
        foreign,
        consts: class.consts.iter().map(|(name, _)| name.clone()).collect(),
    }
}

fn type_of(property: &Property) -> Option<Option<Ty>> {
    let written = property
        .ty
        .as_deref()
        .filter(|written| !Ty::is_open(written));
    written.map(Ty::declared)
}

/// How the properties of a class are used.
#[derive(Default)]
struct Uses {
    clients: BTreeSet<String>,
    assigned: BTreeSet<String>,
    called: BTreeSet<String>,
    /// All that are mentioned.
    all: BTreeSet<String>,
}

impl Uses {
    fn statements(&mut self, statements: &[Stmt]) {
        for stmt in statements {
            for part in stmt.kind.parts() {
                match part {
                    Part::Expr(expr) => self.expr(expr),
                    Part::Body(body) => self.statements(body),
                }
            }
        }
    }

    fn expr(&mut self, expr: &Expr) {
        self.all.extend(property(expr));
        if let Some(call) = Call::of(expr)
            && !call.steps.is_empty()
            && call.doubt.is_none()
            && let Some(name) = property(call.client)
        {
            self.clients.insert(name);
        }
        match &expr.kind {
            ExprKind::Assign { target, value, .. } => {
                if let Some(name) = property(target) {
                    if recognise::settings(value).is_some() {
                        self.clients.insert(name.clone());
                    }
                    self.assigned.insert(name);
                }
            }
            ExprKind::MethodCall { object, method, .. } => {
                if let Some(name) = property(object)
                    && !matches!(method.name(), Some("chain" | "getDriver"))
                {
                    self.called.insert(name);
                }
            }
            ExprKind::Closure(closure) => self.statements(&closure.body),
            ExprKind::Whole(whole) => {
                if let WholeExpr::CoalesceAssign(target, value) = &**whole
                    && let Some(name) = property(target)
                {
                    if recognise::settings(value).is_some() {
                        self.clients.insert(name.clone());
                    }
                    self.assigned.insert(name);
                }
            }
            _ => {}
        }
        for child in expr.children() {
            self.expr(child);
        }
    }
}

/// `$this->name`, `self::$name`
pub(super) fn property(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Property { object, member } => match &object.kind {
            ExprKind::Variable(this) if this == "this" => member.name().map(str::to_owned),
            _ => None,
        },
        ExprKind::Whole(whole) => match &**whole {
            WholeExpr::StaticProperty(class, name)
                if matches!(class.written.as_str(), "self" | "static") =>
            {
                Some(name.clone())
            }
            _ => None,
        },
        _ => None,
    }
}
