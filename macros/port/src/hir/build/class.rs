//! Classes.

use std::collections::{BTreeMap, BTreeSet};

use super::handed::Handed;
use super::uses::Around;
use super::{Builder, Names, once, pages, pools};
use crate::hir::Ty;
use crate::hir::arrays::Arrays;
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
    /// The static properties that the application has, because the class's objects share them.
    pub(super) shared: BTreeSet<String>,
    /// The names of its constants.
    pub(super) consts: BTreeSet<String>,
    /// The methods that the application has.
    pub(super) handed: Handed,
    /// The properties that are maps of clients.
    pub(super) pools: BTreeSet<String>,
    /// The parameters that are responses which the application builds.
    pub(super) pages: pages::Pages,
}

/// The functions of a class.
#[derive(Default)]
struct Members {
    constructor: Option<hir::Function>,
    methods: Vec<hir::Function>,
    /// The fields for `static` variables.
    statics: Vec<Field>,
    /// The static properties that the objects share.
    shared: BTreeSet<String>,
}

pub(super) fn build<'a>(block: &'a Block, names: &'a Names<'a>, class: &'a syntax::Class) -> Class {
    let mut shape = shape(block, names, class);
    let mut members = read(block, names, &shape);
    if !members.shared.is_empty() {
        shape.shared.append(&mut members.shared);
        members = read(block, names, &shape);
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
        declared: type_of(property)
            .flatten()
            .filter(|_| !shape.pools.contains(&property.name)),
        arrays: property.ty.as_deref().and_then(Arrays::declared),
        default: property
            .default
            .as_ref()
            .filter(|_| !shape.pools.contains(&property.name))
            .map(|value| builder.expr(value)),
        foreign: shape.foreign.contains(&property.name),
        public: property.public,
        promoted: property.promoted && is_declared(class, property),
    });
    let mut fields: Vec<Field> = fields.collect();
    // Properties that PHP makes when they are first assigned.
    for name in shape.fields.keys() {
        if !fields.iter().any(|field| field.name == *name) {
            fields.push(Field {
                name: name.clone(),
                ty: shape.fields[name].clone(),
                declared: None,
                arrays: None,
                default: None,
                foreign: shape.foreign.contains(name),
                public: false,
                promoted: false,
            });
        }
    }
    fields.extend(members.statics);
    fields.retain(|field| !shape.shared.contains(&field.name));
    fields.retain(|field| !shape.handed.hides(&field.name));
    Class {
        span: class.name_span,
        name: class.name.clone(),
        path: class.name.clone(),
        parents: names.parents(class),
        consts,
        fields,
        constructor: members.constructor,
        methods: members.methods,
    }
}

/// Whether the constructor of the class itself declares a promoted property, and not one of a class above.
fn is_declared(class: &syntax::Class, property: &Property) -> bool {
    let mut methods = class.methods.iter();
    methods.any(|method| {
        let span = method.span.range();
        method.name.eq_ignore_ascii_case("__construct") && span.contains(&property.span.start)
    })
}

fn read<'a>(block: &'a Block, names: &'a Names<'a>, shape: &Shape<'a>) -> Members {
    let class = shape.class;
    let mut members = Members::default();
    for method in class.methods.iter().filter(|method| method.has_body) {
        if method.name.ends_with(PARENT_CONSTRUCTOR) || shape.handed.is_helper(&method.name) {
            continue;
        }
        let mut builder = Builder::new(block, names, Some(shape));
        if let Some(function) = builder.handed(method) {
            members.methods.push(function);
            continue;
        }
        builder.method_name = Some(method.name.clone());
        let mut function = builder.function(
            method.span,
            &written(&method.name),
            method.public,
            &method.closure,
        );
        members.statics.append(&mut builder.statics);
        members
            .shared
            .extend(shared_statics(class, method, &mut function, shape));
        if method.name.eq_ignore_ascii_case("__construct") {
            members.constructor = Some(function);
        } else {
            members.methods.push(function);
        }
    }
    members
}

/// The static properties that a method sets and that objects share: each struct would have a separate copy, so the
/// application has them. A client that is made once may be copied, and so may a property that only one static method uses and sets
/// once.
fn shared_statics(
    class: &syntax::Class,
    method: &syntax::Method,
    function: &mut hir::Function,
    shape: &Shape<'_>,
) -> BTreeSet<String> {
    let mut set = BTreeSet::new();
    for stmt in &mut function.body {
        stmt.each_with_closures(&mut |expr| {
            for (place, _) in expr.places_mut() {
                if let hir::Root::Field(name) = &place.root {
                    set.insert(name.clone());
                }
            }
        });
    }
    set.retain(|name| {
        let mut properties = class.properties.iter();
        let Some(property) =
            properties.find(|property| property.is_static && property.name == *name)
        else {
            return false;
        };
        let client = shape
            .fields
            .get(name)
            .is_some_and(|ty| *ty.present() == Ty::Client);
        let once = once::begins_empty(property) && once::sets_once(function, name);
        let alone = once && !property.public && method.is_static && {
            let others = class
                .methods
                .iter()
                .filter(|other| other.name != method.name);
            let mut mentions = Uses::of(class);
            others.for_each(|other| mentions.statements(&other.closure.body));
            !mentions.all.contains(name)
        };
        !client && !alone && !shape.foreign.contains(name)
    });
    set
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
    let mut uses = Uses::of(class);
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

pub(super) fn shape<'a>(block: &Block, names: &Names<'_>, class: &'a syntax::Class) -> Shape<'a> {
    let mut found = Uses::of(class);
    for method in &class.methods {
        found.statements(&method.closure.body);
    }
    let mut fields = BTreeMap::new();
    let mut foreign = BTreeSet::new();
    let mut objects = BTreeSet::new();
    for property in &class.properties {
        let ty = type_of(property);
        let client = found.clients.contains(&property.name);
        let known = ty.clone().flatten().map(|ty| ty.present().clone());
        let called = found.called.contains(&property.name);
        if client || known == Some(Ty::Client) {
            fields.insert(property.name.clone(), Ty::Client);
        } else if matches!(ty, Some(None)) || (ty.is_none() && called) {
            if !property.is_static || names.touched.is_some() {
                foreign.insert(property.name.clone());
            } else {
                objects.insert(property.name.clone());
            }
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
    let mut shared = names.shared(class, &fields);
    shared.append(&mut objects);
    let mut pools = match names.touched {
        None => pools::of(class, &block.text),
        Some(_) => BTreeSet::new(),
    };
    pools.retain(|name| !names.is_shared(class, name));
    for name in &pools {
        fields.insert(name.clone(), Ty::Clients);
        foreign.remove(name);
        shared.remove(name);
    }
    let around = Around {
        text: &block.text,
        functions: &names.functions,
        class: Some(class),
        shared: &shared,
        fallback: &names.fallback,
    };
    let handed = match names.touched {
        None => Handed::of(class, around, names),
        Some(_) => Handed::default(),
    };
    Shape {
        class,
        fields,
        foreign,
        shared,
        consts: class.consts.iter().map(|(name, _)| name.clone()).collect(),
        pools,
        handed,
        pages: pages::of(class, &block.text),
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
struct Uses<'c> {
    class: Option<&'c syntax::Class>,
    clients: BTreeSet<String>,
    assigned: BTreeSet<String>,
    called: BTreeSet<String>,
    /// All that are mentioned.
    all: BTreeSet<String>,
}

impl<'c> Uses<'c> {
    fn of(class: &'c syntax::Class) -> Self {
        let class = Some(class);
        Self {
            class,
            ..Self::default()
        }
    }

    fn property(&self, expr: &Expr) -> Option<String> {
        property(expr, self.class)
    }

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
        self.all.extend(self.property(expr));
        if let Some(call) = Call::of(expr)
            && !call.steps.is_empty()
            && call.doubt.is_none()
            && let Some(name) = self.property(call.client)
        {
            self.clients.insert(name);
        }
        match &expr.kind {
            ExprKind::Assign { target, value, .. } => {
                if let Some(name) = self.property(target) {
                    if recognise::settings(value).is_some() {
                        self.clients.insert(name.clone());
                    }
                    self.assigned.insert(name);
                }
            }
            ExprKind::MethodCall { object, method, .. } => {
                if let Some(name) = self.property(object)
                    && !matches!(method.name(), Some("chain" | "getDriver"))
                {
                    self.called.insert(name);
                }
            }
            ExprKind::Closure(closure) => self.statements(&closure.body),
            ExprKind::Whole(whole) => {
                if let WholeExpr::CoalesceAssign(target, value) = &**whole
                    && let Some(name) = self.property(target)
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

/// `$this->name`, `self::$name`, and `Name::$name` of the class of that name.
pub(super) fn property(expr: &Expr, own: Option<&syntax::Class>) -> Option<String> {
    match &expr.kind {
        ExprKind::Property { object, member } => match &object.kind {
            ExprKind::Variable(this) if this == "this" => {
                let name = member.name()?;
                let is_read_by_method = own.is_some_and(|own| getter(own, name).is_some());
                (!is_read_by_method).then(|| name.to_owned())
            }
            _ => None,
        },
        ExprKind::Whole(whole) => match &**whole {
            WholeExpr::StaticProperty(class, name) => {
                is_own_static(own, class, name).then(|| name.clone())
            }
            _ => None,
        },
        _ => None,
    }
}

/// The method that gives a property which the class does not declare: in a component of Yii, `$this->client` is
/// `$this->getClient()`. A record has its columns first, and a controller has properties that are not in the file.
pub(super) fn getter<'c>(class: &'c syntax::Class, name: &str) -> Option<&'c syntax::Method> {
    let is_declared = class
        .properties
        .iter()
        .any(|property| property.name == name);
    if is_declared || !is_component(class) {
        return None;
    }
    let getter = format!("get{name}");
    let mut methods = class.methods.iter();
    methods.find(|method| {
        let params = &method.closure.params;
        let needs_none = params.iter().all(|param| param.default.is_some());
        let callable = method.has_body && !method.private && !method.is_static;
        callable && needs_none && method.name.eq_ignore_ascii_case(&getter)
    })
}

/// Whether a class is right below one of [`COMPONENTS`].
pub(super) fn is_component(class: &syntax::Class) -> bool {
    let parent = class.parent.as_ref();
    parent.is_some_and(|parent| {
        let path = parent.resolved.trim_start_matches('\\');
        COMPONENTS.contains(&&*path.to_ascii_lowercase())
    })
}

/// The classes of Yii whose objects have no properties but their own.
const COMPONENTS: [&str; 3] = [
    "yii\\base\\component",
    "yii\\base\\baseobject",
    "yii\\base\\object",
];

/// Whether the class declares a static property; all others are another class's.
fn is_own_static(own: Option<&syntax::Class>, class: &syntax::Name, name: &str) -> bool {
    let relative = matches!(
        class.written.to_ascii_lowercase().as_str(),
        "self" | "static"
    );
    match own {
        Some(own) => {
            let mut properties = own.properties.iter();
            let declared = properties.any(|property| property.is_static && property.name == name);
            declared && (relative || class.written.eq_ignore_ascii_case(&own.name))
        }
        None => relative,
    }
}

impl Builder<'_> {
    /// `$this->name`, `self::$name`, for what the struct or, by its name alone, the application has.
    pub(super) fn own_property(&self, expr: &Expr) -> Option<String> {
        let name = property(expr, self.class.map(|shape| shape.class))?;
        let shared = self.class.is_some_and(|shape| shape.shared.contains(&name));
        (!shared).then_some(name)
    }

    /// The whole name of the class, as far as the file has one namespace.
    pub(super) fn class_name(&self) -> Option<String> {
        let class = &self.class?.class.name;
        Some(match self.names.namespace.as_deref().unwrap_or_default() {
            "" => class.clone(),
            namespace => format!("{namespace}\\{class}"),
        })
    }

    /// The methods of the class, in lower case.
    pub(super) fn own_methods(&self) -> BTreeSet<String> {
        let methods = self
            .class
            .into_iter()
            .flat_map(|shape| &shape.class.methods);
        methods
            .map(|method| method.name.to_ascii_lowercase())
            .collect()
    }

    /// Whether the class has a property, as far as the file says.
    pub(super) fn has_property(&self, name: &str) -> bool {
        self.class
            .is_some_and(|shape| shape.fields.contains_key(name))
    }
}
