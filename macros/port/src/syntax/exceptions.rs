//! The exceptions that an application declares: the classes above them, and what their constructors make of arguments.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Arg, BinaryOp, Class, Closure, Expr, ExprKind, Param, Piece, Program, Property, Stmt, StmtKind,
    UnaryOp, WholeExpr, each_class,
};

/// The classes, interfaces and traits of a file, or of all files of a folder, as far as exceptions need them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exceptions {
    classes: BTreeMap<String, Declared>,
}

/// A declared class.
#[derive(Debug, Clone, PartialEq)]
struct Declared {
    path: String,
    parent: Option<String>,
    interfaces: Vec<String>,
    traits: Vec<String>,
    /// The values at the beginning of the two properties that PHP's exceptions have.
    message: Option<Given>,
    code: Option<Given>,
    /// The constructor, where it has one: nothing where only a run tells what it does.
    constructor: Option<Option<Constructor>>,
    /// Whether it says anything of a new object.
    silent: bool,
}

/// A constructor that does nothing but set the message, the code and the exception before.
#[derive(Debug, Clone, Default, PartialEq)]
struct Constructor {
    params: Vec<(String, Option<Given>)>,
    /// What it gives to the constructor of the base class.
    above: Option<Vec<Given>>,
    message: Option<Given>,
    code: Option<Given>,
}

/// A value that a constructor makes of its parameters.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// The parameter of this index.
    Param(usize),
    /// A text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// `null`
    Null,
    /// Texts put together.
    Concat(Vec<Self>),
    /// `a ?: b`
    Or(Box<Self>, Box<Self>),
    /// `a ?? b`
    Coalesce(Box<Self>, Box<Self>),
}

/// How an exception is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Making {
    /// The parameters and their values where they are not given.
    pub params: Vec<(String, Option<Given>)>,
    /// Whether the constructor is PHP's, which leaves what it is not given.
    pub of_php: bool,
    /// The message.
    pub message: Given,
    /// The code; `default_code` where it is 0.
    pub code: Given,
    /// The message that the class declares.
    pub default_message: Given,
    /// The code that the class declares.
    pub default_code: i64,
    /// The exception before.
    pub previous: Given,
}

impl Exceptions {
    /// The facts of all files.
    pub fn of<'p>(programs: impl Iterator<Item = &'p Program>) -> Self {
        let mut classes = BTreeMap::new();
        let mut twice = BTreeSet::new();
        for program in programs {
            each_class(&program.statements, &mut |path, class| {
                let key = key(&path);
                if classes.insert(key.clone(), declared(path, class)).is_some() {
                    twice.insert(key);
                }
            });
        }
        // Only a run tells which of two is meant.
        classes.retain(|key, _| !twice.contains(key));
        Self { classes }
    }

    /// Whether a class is declared here.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.classes.contains_key(&key(path))
    }

    /// The classes and interfaces above a class, the nearest first.
    pub(crate) fn above(&self, path: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let mut interfaces = Vec::new();
        for class in self.chain(path) {
            found.extend(class.parent.clone());
            interfaces.extend(class.interfaces.iter().cloned());
        }
        let mut next = 0;
        while let Some(interface) = interfaces.get(next).cloned() {
            let wider = self.classes.get(&key(&interface));
            let wider = wider.into_iter().flat_map(|class| &class.interfaces);
            let wider: Vec<_> = wider.filter(|path| !interfaces.contains(path)).collect();
            interfaces.extend(wider.into_iter().cloned());
            next += 1;
        }
        for interface in interfaces {
            if !found.contains(&interface) {
                found.push(interface);
            }
        }
        found
    }

    /// What `new` makes of arguments; nothing where only a run tells.
    pub(crate) fn making(&self, path: &str) -> Option<Making> {
        let chain = self.chain(path);
        if chain.is_empty() || chain.iter().any(|class| self.has_trait(class)) {
            return None;
        }
        let default = |of: fn(&Declared) -> Option<&Given>| chain.iter().find_map(|it| of(it));
        let message = default(|class| class.message.as_ref());
        let message = message.cloned().unwrap_or(Given::Text(String::new()));
        let code = default(|class| class.code.as_ref());
        let (Given::Text(_), Given::Int(default_code)) = (&message, code.unwrap_or(&Given::Int(0)))
        else {
            return None;
        };
        let made = Made::of(&chain, None)?;
        Some(Making {
            of_php: chain.iter().all(|class| class.constructor.is_none()),
            params: made.params,
            message: made.message.unwrap_or_else(|| message.clone()),
            default_message: message,
            code: made.code.unwrap_or(Given::Int(0)),
            default_code: *default_code,
            previous: made.previous.unwrap_or(Given::Null),
        })
    }

    /// The class and the declared classes above it.
    fn chain(&self, path: &str) -> Vec<&Declared> {
        let mut chain: Vec<&Declared> = Vec::new();
        let mut next = self.classes.get(&key(path));
        while let Some(class) = next {
            // A class that is its own ancestor is no class.
            if chain.iter().any(|other| other.path == class.path) {
                break;
            }
            chain.push(class);
            let parent = class.parent.as_ref();
            next = parent.and_then(|parent| self.classes.get(&key(parent)));
        }
        chain
    }

    /// Whether a trait may say what a new object has.
    fn has_trait(&self, class: &Declared) -> bool {
        let mut traits = class.traits.iter();
        traits.any(|path| {
            let found = self.classes.get(&key(path));
            found.is_none_or(|found| !found.silent || !found.traits.is_empty())
        })
    }
}

/// What the first constructor of a chain of classes makes.
struct Made {
    params: Vec<(String, Option<Given>)>,
    message: Option<Given>,
    code: Option<Given>,
    previous: Option<Given>,
}

impl Made {
    /// Of the arguments `given`, or of those that `new` is given.
    fn of(chain: &[&Declared], given: Option<&[Given]>) -> Option<Self> {
        let found = chain.iter().position(|class| class.constructor.is_some());
        let Some(found) = found else {
            return Some(Self::of_php(given));
        };
        let own = chain[found].constructor.as_ref()?.as_ref()?;
        let args: Vec<Given> = match given {
            None => (0..own.params.len()).map(Given::Param).collect(),
            Some(given) if given.len() <= own.params.len() => {
                let params = own.params.iter().enumerate();
                let args = params
                    .map(|(at, (_, default))| given.get(at).cloned().or_else(|| default.clone()));
                args.collect::<Option<_>>()?
            }
            Some(_) => return None,
        };
        let fill = |value: &Given| value.with(&args);
        let above = own.above.as_ref();
        let above: Option<Vec<Given>> = above.map(|above| above.iter().map(fill).collect());
        let made = above.map(|above| Self::of(&chain[found + 1..], Some(&above)));
        let (message, code, previous) = match made {
            Some(made) => made.map(|made| (made.message, made.code, made.previous))?,
            None => (None, None, None),
        };
        Some(Self {
            params: own.params.clone(),
            message: own.message.as_ref().map(fill).or(message),
            code: own.code.as_ref().map(fill).or(code),
            previous,
        })
    }

    /// PHP's constructor.
    fn of_php(given: Option<&[Given]>) -> Self {
        let names = ["message", "code", "previous"];
        let param = |at: usize| Some(Given::Param(at));
        let mut values = match given {
            None => vec![param(0), param(1), param(2)],
            Some(given) => given.iter().cloned().map(Some).collect(),
        };
        values.resize(3, None);
        let mut values = values.into_iter();
        let mut next = || values.next().flatten();
        Self {
            params: names.map(|name| (name.to_owned(), None)).to_vec(),
            message: next(),
            code: next(),
            previous: next(),
        }
    }
}

impl Given {
    /// The value with these in place of the parameters.
    fn with(&self, args: &[Self]) -> Self {
        let both =
            |one: &Self, other: &Self| (Box::new(one.with(args)), Box::new(other.with(args)));
        match self {
            Self::Param(at) => args.get(*at).cloned().unwrap_or(Self::Null),
            Self::Concat(parts) => Self::Concat(parts.iter().map(|it| it.with(args)).collect()),
            Self::Or(one, other) => {
                let (one, other) = both(one, other);
                Self::Or(one, other)
            }
            Self::Coalesce(one, other) => {
                let (one, other) = both(one, other);
                Self::Coalesce(one, other)
            }
            other => other.clone(),
        }
    }

    /// The parameters that it reads, in order.
    pub(crate) fn params(&self, found: &mut Vec<usize>) {
        match self {
            Self::Param(at) => found.push(*at),
            Self::Concat(parts) => parts.iter().for_each(|part| part.params(found)),
            Self::Or(one, other) | Self::Coalesce(one, other) => {
                one.params(found);
                other.params(found);
            }
            _ => {}
        }
    }
}

fn declared(path: String, class: &Class) -> Declared {
    let whole = |path: &str| path.trim_start_matches('\\').to_owned();
    let paths = |names: &[super::Name]| names.iter().map(|name| whole(&name.resolved)).collect();
    let mut methods = class.methods.iter();
    let constructor = methods.find(|method| method.name.eq_ignore_ascii_case("__construct"));
    let reader = Reader { class, params: &[] };
    let property = |name: &str| {
        let mut properties = class.properties.iter();
        let property = properties.find(|property| property.name == name)?;
        // A value that is not read here is none that a class can be known by.
        Some(reader.default(property).unwrap_or(Given::Null))
    };
    let (message, code) = (property("message"), property("code"));
    Declared {
        parent: class.parent.as_ref().map(|name| whole(&name.resolved)),
        interfaces: paths(&class.interfaces),
        traits: paths(&class.uses),
        silent: message.is_none() && code.is_none() && constructor.is_none(),
        message,
        code,
        constructor: constructor.map(|method| of_constructor(class, &method.closure)),
        path: whole(&path),
    }
}

fn of_constructor(class: &Class, closure: &Closure) -> Option<Constructor> {
    let promoted = class.properties.iter().any(|property| property.promoted);
    let plain = |param: &Param| !param.by_reference && !param.variadic;
    if promoted || !closure.params.iter().all(plain) {
        return None;
    }
    let reader = Reader {
        class,
        params: &closure.params,
    };
    let params = closure.params.iter().map(|param| {
        let default = match &param.default {
            None => None,
            Some(value) => Some(
                reader
                    .value(value)
                    .or_else(|| reader.unused(param, closure))?,
            ),
        };
        Some((param.name.clone(), default))
    });
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
struct Reader<'c> {
    class: &'c Class,
    params: &'c [Param],
}

impl Reader<'_> {
    fn default(&self, property: &Property) -> Option<Given> {
        property
            .default
            .as_ref()
            .map_or(Some(Given::Null), |value| self.value(value))
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
        if let ExprKind::StaticCall {
            class,
            method,
            args,
        } = &expr.kind
        {
            let is_above = class.written == "parent" && method.eq_ignore_ascii_case("__construct");
            if !is_above || made.above.is_some() || made.message.is_some() || made.code.is_some() {
                return None;
            }
            made.above = Some(
                args.iter()
                    .map(|arg| self.arg(arg))
                    .collect::<Option<_>>()?,
            );
            return Some(());
        }
        let (target, value) = expr.assignment()?;
        let ExprKind::Property { object, member } = &target.kind else {
            return None;
        };
        let own = matches!(&object.kind, ExprKind::Variable(name) if name == "this");
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
        let both = |one: &Expr, other: &Expr| {
            Some((Box::new(self.value(one)?), Box::new(self.value(other)?)))
        };
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
            ExprKind::Binary { op, left, right } => {
                let (one, other) = both(left, right)?;
                match op {
                    BinaryOp::Concat => Given::Concat(vec![*one, *other]),
                    BinaryOp::Coalesce => Given::Coalesce(one, other),
                    _ => return None,
                }
            }
            ExprKind::Ternary {
                condition,
                then: None,
                otherwise,
            } => {
                let (one, other) = both(condition, otherwise)?;
                Given::Or(one, other)
            }
            ExprKind::ClassConstant { class, name } if class.written == "self" => {
                let mut consts = self.class.consts.iter();
                let (_, value) = consts.find(|(other, _)| other == name)?;
                match &value.kind {
                    ExprKind::Int(number) => Given::Int(*number),
                    ExprKind::String(text) => Given::Text(text.clone()),
                    _ => return None,
                }
            }
            ExprKind::Whole(whole) => match &**whole {
                WholeExpr::Silenced(inner) => self.value(inner)?,
                _ => return None,
            },
            _ => return None,
        })
    }
}

fn key(path: &str) -> String {
    path.trim_start_matches('\\').to_ascii_lowercase()
}
