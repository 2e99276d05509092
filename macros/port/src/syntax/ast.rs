//! The tree: PHP as far as the porter knows it.
//!
//! Parentheses are gone (the tree has the precedence), comments stand beside the tree, names are
//! resolved. Unsupported PHP is an `Unsupported` node with its span.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::atom::{BinaryOp, Cast, Name, Span, UnaryOp};
use super::exceptions::Exceptions;
use super::statics::Statics;

/// One block of PHP.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Program {
    /// The statements in order.
    pub statements: Vec<Stmt>,
    /// All comments in order.
    pub comments: Vec<Comment>,
    /// Whether the text is the inside of an array: then the one statement is that array.
    pub fragment: bool,
    /// The variables that what is `Unsupported` may change, by its span; `*` is all of them.
    pub touched: BTreeMap<Span, Vec<String>>,
    /// Whether anything is printed but blank text.
    pub prints: bool,
    /// The classes of other files that classes here take members from, by their whole names.
    pub imported: Vec<(String, Class)>,
    /// Whether the file says `declare(strict_types=1)`: that holds for the statements outside of functions.
    pub strict: bool,
    /// The static properties of all files of its folder; none where the file stands alone.
    pub statics: Option<Arc<Statics>>,
    /// The exceptions that all files of its folder declare; none where the file stands alone.
    pub exceptions: Option<Arc<Exceptions>>,
}

impl Program {
    /// The comments that begin within `span`, in order.
    pub fn comments_in(&self, span: Span) -> impl Iterator<Item = &Comment> {
        let within = move |comment: &&Comment| span.range().contains(&comment.span.start);
        self.comments.iter().filter(within)
    }
}

/// `// …`, `# …` or `/* … */`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// With its markers.
    pub span: Span,
    /// A line of text each, without markers and the stars of a doc block.
    pub lines: Vec<String>,
    /// Whether code stands before it on its line: then it speaks of that.
    pub trailing: bool,
}

/// A statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Stmt {
    /// With its semicolon.
    pub span: Span,
    /// The kind of this node.
    pub kind: StmtKind,
}

/// The kinds of statements.
#[derive(Debug, Clone, PartialEq)]
pub enum StmtKind {
    /// `expr;`
    Expr(Expr),
    /// `use A\B, C\D as E;` Names in the tree are resolved already.
    Use(Vec<Import>),
    /// `namespace A\B;`
    Namespace(String),
    /// `echo a, b;`
    Echo(Vec<Expr>),
    /// `return;` or `return expr;`
    Return(Option<Expr>),
    /// `if (…) … elseif (…) … else …`
    If {
        /// The conditions, and what follows of each.
        branches: Vec<(Expr, Vec<Stmt>)>,
        /// The statements that run when no condition holds.
        otherwise: Option<Vec<Stmt>>,
    },
    /// `foreach (subject as key => value) …`
    Foreach {
        /// The value that the loop iterates over.
        subject: Box<Expr>,
        /// Where the key goes.
        key: Option<Box<Expr>>,
        /// Where the value goes.
        value: Box<Expr>,
        /// The statements of the body.
        body: Vec<Stmt>,
    },
    /// `try … catch (…) … finally …`
    Try {
        /// The statements of the `try` block.
        body: Vec<Stmt>,
        /// The `catch` clauses, in order.
        catches: Vec<Catch>,
        /// The statements of the `finally` block.
        finally: Option<Vec<Stmt>>,
    },
    /// `{ … }`
    Block(Vec<Stmt>),
    /// `function name(…) { … }`
    Function {
        /// Its name.
        name: String,
        /// Parameters and body.
        closure: Closure,
    },
    /// `;`, `declare(strict_types=1);`
    Empty,
    /// A statement that only [`parse_whole`](super::parse_whole) reads.
    Whole(Box<Whole>),
    /// Anything else.
    Unsupported {
        /// Its name, as a noun: "`while`".
        what: String,
    },
}

/// One name of a `use`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The whole name, without a leading backslash.
    pub path: String,
    /// Its name in this file.
    pub alias: String,
}

/// A `catch` clause.
#[derive(Debug, Clone, PartialEq)]
pub struct Catch {
    /// The whole clause.
    pub span: Span,
    /// The classes it catches.
    pub types: Vec<Name>,
    /// The variable, without `$`.
    pub variable: Option<String>,
    /// The statements of the body.
    pub body: Vec<Stmt>,
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// Its text, without parentheses around it.
    pub span: Span,
    /// The kind of this node.
    pub kind: ExprKind,
}

impl Expr {
    /// The target and the value of an assignment with `=`.
    #[must_use]
    pub fn assignment(&self) -> Option<(&Self, &Self)> {
        match &self.kind {
            ExprKind::Assign {
                target,
                op: None,
                value,
            } => Some((target, value)),
            _ => None,
        }
    }

    /// Whether it is `$this`.
    pub(crate) fn is_this(&self) -> bool {
        matches!(&self.kind, ExprKind::Variable(name) if name == "this")
    }

    /// The name of `$this->name`.
    pub(crate) fn own_property(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Property { object, member } if object.is_this() => member.name(),
            _ => None,
        }
    }
}

/// The kinds of expressions.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `$name`, without `$`.
    Variable(String),
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A whole number, however it is written; negative ones are a [`UnaryOp::Minus`].
    Int(i64),
    /// A number with a fraction or an exponent, or a whole one that is too large.
    Float(f64),
    /// A text without interpolation, its escapes decoded: `'…'`, `"…"`, heredoc, nowdoc.
    String(String),
    /// A text with interpolation.
    Interpolated(Vec<Piece>),
    /// `[…]`, `array(…)`. An item that is spread is [`ExprKind::Unsupported`].
    Array(Vec<Item>),
    /// A constant, `FOO` or `A\FOO`.
    Constant(Name),
    /// `Class::NAME`; `Class::class`, too.
    ClassConstant {
        /// The class.
        class: Name,
        /// The constant.
        name: String,
    },
    /// `object->name`, `object->{'…'}`
    Property {
        /// Before the arrow.
        object: Box<Expr>,
        /// Behind it.
        member: Member,
    },
    /// `object[index]`, `object[]`
    Index {
        /// Before the bracket.
        object: Box<Expr>,
        /// In it.
        index: Option<Box<Expr>>,
    },
    /// `name(…)`
    Call {
        /// The function.
        function: Name,
        /// The arguments.
        args: Vec<Arg>,
    },
    /// `$f(…)` and other values that are called.
    CallValue {
        /// The called expression.
        callee: Box<Expr>,
        /// The arguments.
        args: Vec<Arg>,
    },
    /// `object->name(…)`
    MethodCall {
        /// Before the arrow.
        object: Box<Expr>,
        /// The method.
        method: Member,
        /// The arguments.
        args: Vec<Arg>,
    },
    /// `Class::name(…)`
    StaticCall {
        /// The class.
        class: Name,
        /// The method.
        method: String,
        /// The arguments.
        args: Vec<Arg>,
    },
    /// `new Class(…)`
    New {
        /// The class.
        class: Name,
        /// The arguments.
        args: Vec<Arg>,
    },
    /// `function (…) use (…) { … }`, `fn (…) => …`
    Closure(Box<Closure>),
    /// `target = value`, `target .= value`
    Assign {
        /// A variable, property or index.
        target: Box<Expr>,
        /// The operator before `=`.
        op: Option<BinaryOp>,
        /// The assigned value.
        value: Box<Expr>,
    },
    /// `!a`, `-a`, `+a`
    Unary {
        /// The operator.
        op: UnaryOp,
        /// The operand.
        operand: Box<Expr>,
    },
    /// `a . b`
    Binary {
        /// The operator.
        op: BinaryOp,
        /// The left side.
        left: Box<Expr>,
        /// The right side.
        right: Box<Expr>,
    },
    /// `a ? b : c`, `a ?: c`
    Ternary {
        /// The condition.
        condition: Box<Expr>,
        /// The value when the condition holds; the condition's value when it is left out.
        then: Option<Box<Expr>>,
        /// The value when the condition does not hold.
        otherwise: Box<Expr>,
    },
    /// `(string) a`
    Cast {
        /// The type.
        to: Cast,
        /// The value that is cast.
        value: Box<Expr>,
    },
    /// `clone a`
    Clone(Box<Expr>),
    /// `print a`
    Print(Box<Expr>),
    /// `throw a`
    Throw(Box<Expr>),
    /// `require 'vendor/autoload.php'` and its kin.
    Include(Box<Expr>),
    /// An expression that only [`parse_whole`](super::parse_whole) reads.
    Whole(Box<WholeExpr>),
    /// Anything else.
    Unsupported {
        /// Its name, as a noun: "a spread `...`".
        what: String,
    },
}

/// A piece of a text with interpolation.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Text, its escapes decoded.
    Text(String),
    /// A value.
    Value(Expr),
}

/// An item of an array.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// From the key to the value.
    pub span: Span,
    /// Before `=>`.
    pub key: Option<Expr>,
    /// The value.
    pub value: Expr,
}

/// An argument.
#[derive(Debug, Clone, PartialEq)]
pub struct Arg {
    /// The `name:` of a named one.
    pub name: Option<String>,
    /// The value.
    pub value: Expr,
}

/// The member behind `->`.
#[derive(Debug, Clone, PartialEq)]
pub enum Member {
    /// `->name`
    Name {
        /// The name.
        name: String,
        /// Where it stands.
        span: Span,
    },
    /// `->{expr}`, `->$name`
    Computed(Box<Expr>),
}

impl Member {
    /// The name, where it is one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Name { name, .. } => Some(name),
            Self::Computed(_) => None,
        }
    }
}

/// A closure of either kind, or the rest of a function.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Closure {
    /// Whether it is `static`.
    pub is_static: bool,
    /// The parameters.
    pub params: Vec<Param>,
    /// The variables of `use (…)`, without `$`; an arrow function sees all.
    pub uses: Vec<Capture>,
    /// The return type as it is written.
    pub returns: Option<String>,
    /// Whether it is `fn … => …`: then the body is one `return`.
    pub arrow: bool,
    /// Whether its file says `declare(strict_types=1)`: a class may take it from another file.
    pub strict: bool,
    /// The statements of the body.
    pub body: Vec<Stmt>,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// The variable, without `$`.
    pub name: String,
    /// The type as it is written.
    pub ty: Option<String>,
    /// The value when it is not given.
    pub default: Option<Expr>,
    /// Whether it is `&$name`.
    pub by_reference: bool,
    /// Whether it is `...$name`.
    pub variadic: bool,
}

/// A variable of `use (…)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// The variable, without `$`.
    pub name: String,
    /// Whether it is `&$name`.
    pub by_reference: bool,
}

/// The statements of whole files, which documentation snippets do not use.
#[derive(Debug, Clone, PartialEq)]
pub enum Whole {
    /// `while (condition) …`
    While {
        /// The condition.
        condition: Expr,
        /// The statements of the body.
        body: Vec<Stmt>,
    },
    /// `do … while (condition);`
    DoWhile {
        /// The statements of the body.
        body: Vec<Stmt>,
        /// The condition.
        condition: Expr,
    },
    /// `for (init; condition; step) …`
    For {
        /// The expressions that run once, at the start.
        init: Vec<Expr>,
        /// The conditions: the last one counts.
        condition: Vec<Expr>,
        /// The expressions that run after each turn.
        step: Vec<Expr>,
        /// The statements of the body.
        body: Vec<Stmt>,
    },
    /// `switch (subject) { case …: … }`
    Switch {
        /// The value that is compared.
        subject: Expr,
        /// The cases in order; `default` has no value.
        cases: Vec<(Option<Expr>, Vec<Stmt>)>,
    },
    /// `break 2;`
    Break(usize),
    /// `continue 2;`
    Continue(usize),
    /// `global $a, $b;`
    Global(Vec<String>),
    /// `static $a = 1;`
    Static(Vec<(String, Option<Expr>)>),
    /// `const A = 1;`
    Const(Vec<(String, Expr)>),
    /// A class, interface, trait or enumeration.
    Class(Class),
}

/// The expressions of whole files, which documentation snippets do not use.
#[derive(Debug, Clone, PartialEq)]
pub enum WholeExpr {
    /// `object?->name`
    Property(Expr, Member),
    /// `object?->name(…)`
    MethodCall(Expr, Member, Vec<Arg>),
    /// `Class::$name`
    StaticProperty(Name, String),
    /// `match (subject) { … }`
    Match {
        /// The value that is compared.
        subject: Expr,
        /// The values of each arm, none for `default`, and what the arm gives.
        arms: Vec<(Option<Vec<Expr>>, Expr)>,
    },
    /// `[$a, 'k' => $b]` or `list(…)` on the left of `=`: the key and the target of each place.
    List(Vec<Option<(Option<Expr>, Expr)>>),
    /// `...$a`, of an argument or an item.
    Spread(Expr),
    /// `$a++` and its three kin.
    Step {
        /// The place that changes.
        target: Expr,
        /// Whether one is added.
        up: bool,
        /// Whether the value is that after the change.
        before: bool,
    },
    /// `exit`, `exit(…)`, `die(…)`
    Exit(Option<Expr>),
    /// `@a`
    Silenced(Expr),
    /// `a ??= b`
    CoalesceAssign(Expr, Expr),
}

/// A class, interface, trait or enumeration.
#[derive(Debug, Clone, PartialEq)]
pub struct Class {
    /// Where its name stands.
    pub name_span: Span,
    /// The name.
    pub name: String,
    /// The keyword: `class`, `interface`, `trait` or `enum`.
    pub kind: &'static str,
    /// The base class.
    pub parent: Option<Name>,
    /// The interfaces that it names: of an interface, those that it extends.
    pub interfaces: Vec<Name>,
    /// The traits that it uses.
    pub uses: Vec<Name>,
    /// Whether it takes methods of traits under other names, or chooses between them.
    pub adapts: bool,
    /// The methods that are copies of those of the base class.
    pub inherited: Vec<String>,
    /// The constants.
    pub consts: Vec<(String, Expr)>,
    /// The properties, those of the constructor's parameters too.
    pub properties: Vec<Property>,
    /// The methods.
    pub methods: Vec<Method>,
}

/// A property.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    /// Where it stands.
    pub span: Span,
    /// The name, without `$`.
    pub name: String,
    /// The type as it is written.
    pub ty: Option<String>,
    /// The value at the beginning.
    pub default: Option<Expr>,
    /// Whether it is `static`.
    pub is_static: bool,
    /// Whether it is a parameter of the constructor.
    pub promoted: bool,
    /// Whether it is neither `private` nor `protected`.
    pub public: bool,
    /// Whether it is `private`.
    pub private: bool,
    /// Whether it is `readonly`.
    pub readonly: bool,
}

/// A method.
#[derive(Debug, Clone, PartialEq)]
pub struct Method {
    /// The whole of it.
    pub span: Span,
    /// The name.
    pub name: String,
    /// Whether it is neither `private` nor `protected`.
    pub public: bool,
    /// Whether it is `private`.
    pub private: bool,
    /// Whether it is `static`.
    pub is_static: bool,
    /// Whether it has a body.
    pub has_body: bool,
    /// Parameters and body.
    pub closure: Closure,
}
