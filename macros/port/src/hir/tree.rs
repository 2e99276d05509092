//! The tree: PHP with its names resolved and what it means spelled out. It holds no Rust.

use super::Ty;
use super::arrays::Arrays;
use crate::diagnostic::Problem;
use crate::recognise::{self, Form};
use crate::syntax::{BinaryOp, Name, Span};

/// A file.
#[derive(Debug, Clone, Default)]
pub struct File {
    /// Its constants.
    pub consts: Vec<Const>,
    /// Its classes.
    pub classes: Vec<Class>,
    /// Its functions.
    pub functions: Vec<Function>,
    /// The statements outside of functions.
    pub main: Option<Function>,
    /// The warnings and refusals for the reader.
    pub problems: Vec<Problem>,
    /// The refusals among them that stand at no expression of the tree.
    pub unplaced: Vec<Problem>,
}

impl File {
    /// All functions: constructors and methods, then functions, then the statements outside of them.
    pub(crate) fn functions_mut(&mut self) -> impl Iterator<Item = &mut Function> {
        let methods = self.classes.iter_mut();
        methods
            .flat_map(|class| class.constructor.iter_mut().chain(&mut class.methods))
            .chain(&mut self.functions)
            .chain(&mut self.main)
    }
}

/// A constant.
#[derive(Debug, Clone)]
pub struct Const {
    /// Its name.
    pub name: String,
    /// Its value: a scalar, or an array of them.
    pub value: Expr,
}

/// A class.
#[derive(Debug, Clone)]
pub struct Class {
    /// Where its name stands.
    pub span: Span,
    /// Its name.
    pub name: String,
    /// Its whole name.
    pub path: String,
    /// The whole names of the classes above it, as far as the file and PHP say.
    pub parents: Vec<String>,
    /// Its constants.
    pub consts: Vec<Const>,
    /// Its properties, the static ones too.
    pub fields: Vec<Field>,
    /// Its constructor.
    pub constructor: Option<Function>,
    /// Its other methods.
    pub methods: Vec<Function>,
}

/// A property.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Ty,
    /// The type that PHP declares, where it is known here.
    pub declared: Option<Ty>,
    /// The arrays that PHP declares it holds.
    pub arrays: Option<Arrays>,
    /// Its value at the beginning.
    pub default: Option<Expr>,
    /// Whether it is an object of the application's: calls of it are the application's.
    pub foreign: bool,
    /// Whether it is public.
    pub public: bool,
    /// Whether a parameter of the constructor declares it.
    pub promoted: bool,
}

/// A function or method, or a closure.
#[derive(Debug, Clone)]
pub struct Function {
    /// The whole of it.
    pub span: Span,
    /// Its name; empty of a closure.
    pub name: String,
    /// Whether it is public.
    pub public: bool,
    /// Its parameters, in PHP's order.
    pub params: Vec<Param>,
    /// The type of the returned value.
    pub returns: Ty,
    /// Whether PHP declares what it gives back.
    pub declared: bool,
    /// The arrays that PHP declares it gives: it throws where another value is given.
    pub gives_array: Option<Arrays>,
    /// Its variables, the parameters first.
    pub locals: Vec<Local>,
    /// Its statements.
    pub body: Vec<Stmt>,
    /// Whether PHP converts no value in it: its file says `strict_types`, and it is no function of PHP that calls it back.
    pub strict: bool,
    /// Whether it takes a notification: it is given the reader, headers and body, and gives a reply.
    pub notified: bool,
}

/// A parameter.
#[derive(Debug, Clone)]
pub struct Param {
    /// Its variable.
    pub local: usize,
    /// Its type; `Unknown` where nothing tells.
    pub ty: Ty,
    /// Whether PHP declares the type.
    pub declared: bool,
    /// Its value when it is left out.
    pub default: Option<Expr>,
    /// The arrays that PHP declares it takes.
    pub arrays: Option<Arrays>,
    /// The class of the application's that PHP declares.
    pub foreign: bool,
    /// Whether it takes all further arguments.
    pub variadic: bool,
    /// Whether it is the caller's variable: `&$a`.
    pub by_reference: bool,
}

/// A variable, from one assignment to the next where both stand in the same list of statements.
#[derive(Debug, Clone)]
pub struct Local {
    /// Its name in PHP, without `$`.
    pub name: String,
    /// Its type.
    pub ty: Ty,
    /// The result of the promise that it holds.
    pub settled: Ty,
    /// Whether it may be read before it is set.
    pub maybe_unset: bool,
    /// Whether it is set more than once.
    pub mutable: bool,
    /// Whether it is read anywhere.
    pub read: bool,
    /// Whether it is a `static` variable of a function: the value is kept from one call to the next.
    pub kept: bool,
}

/// A statement.
#[derive(Debug, Clone)]
pub struct Stmt {
    /// Where it stands.
    pub span: Span,
    /// The kind of this node.
    pub kind: StmtKind,
}

impl Function {
    /// Whether a variable of a closure is that of the code around it, which the closure changes.
    pub(super) fn lends(&self, own: usize) -> bool {
        let mut params = self.params.iter();
        params.any(|param| param.local == own && param.by_reference)
    }
}

impl ExprKind {
    /// What an operator gives that an assignment names: `.=`, `+=`.
    pub(super) fn calculated(op: BinaryOp, before: Expr, value: Expr) -> Self {
        if op == BinaryOp::Concat {
            Self::Concat(vec![before, value])
        } else {
            Self::Binary(op, before, value)
        }
    }
}

impl Stmt {
    /// An expression as a statement.
    #[must_use]
    pub fn expr(span: Span, expr: Expr) -> Self {
        let kind = StmtKind::Expr(expr);
        Self { span, kind }
    }
}

/// The kinds of statements.
#[derive(Debug, Clone)]
pub enum StmtKind {
    /// An expression whose value is not used.
    Expr(Expr),
    /// The variables that begin here without a value: PHP sets them in a block below.
    Declare(Vec<usize>),
    /// A variable begins with a value.
    Let(usize, Expr),
    /// A `static` variable of a function takes the value that an earlier call kept.
    Recall(usize),
    /// The value of a `static` variable is kept for later calls.
    Keep(usize),
    /// `echo`
    Echo(Vec<Expr>),
    /// `return`
    Return(Option<Expr>),
    /// `if`
    If(Vec<(Expr, Vec<Stmt>)>, Option<Vec<Stmt>>),
    /// `while`, and with a step `for`.
    While {
        /// The condition that is evaluated before each turn.
        condition: Option<Expr>,
        /// The expressions that run after each turn, also after `continue`.
        step: Vec<Expr>,
        /// The statements of the body.
        body: Vec<Stmt>,
    },
    /// `do … while`
    DoWhile(Vec<Stmt>, Expr),
    /// `foreach`: it goes through a copy.
    Foreach {
        /// The value that the loop iterates over.
        subject: Expr,
        /// The variable of the key.
        key: Option<usize>,
        /// The variable of the value.
        value: usize,
        /// The statements of the body.
        body: Vec<Stmt>,
    },
    /// `switch`: the first case that equals loosely, and all behind it until a `break`.
    Switch(Expr, Vec<(Option<Expr>, Vec<Stmt>)>),
    /// `break`, out of so many loops and switches.
    Break(usize),
    /// `continue`
    Continue(usize),
    /// `throw`
    Throw(Expr),
    /// `exit`
    Exit(Option<Expr>),
    /// `try`
    Try {
        /// The statements of the `try` block.
        body: Vec<Stmt>,
        /// The classes, the variable, and what is done.
        catches: Vec<Catch>,
        /// The statements of the `finally` block.
        finally: Option<Vec<Stmt>>,
    },
    /// Statements.
    Block(Vec<Stmt>),
    /// The reply to a notification; it leaves the function.
    Answer(Answer),
    /// A part that could not be translated, and the reason.
    Refused(Problem),
}

/// The reply to a notification that was accepted; one that was not accepted is refused in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It was handled.
    Done,
    /// It could not be handled.
    Failed,
}

/// A part of a notification that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notified {
    /// Whether its signature or its time was not accepted.
    Untrusted,
    /// The decrypted resource.
    Resource,
    /// The text of it.
    Plain,
    /// The raw body.
    Body,
    /// A header, by its name.
    Header(String),
}

/// A `catch`.
#[derive(Debug, Clone)]
pub struct Catch {
    /// The whole names of the classes.
    pub classes: Vec<String>,
    /// The variable.
    pub variable: Option<usize>,
    /// The statements of the body.
    pub body: Vec<Stmt>,
}

/// A place that an item of an array is put into.
#[derive(Debug, Clone)]
pub struct Target {
    /// The keys that lead to the item.
    pub keys: Vec<Expr>,
    /// The place.
    pub place: Place,
    /// What the place takes: the item, and what a declared type makes of it.
    pub value: Expr,
}

/// An expression.
#[derive(Debug, Clone)]
pub struct Expr {
    /// Where it stands.
    pub span: Span,
    /// The kind of this node.
    pub kind: Box<ExprKind>,
}

/// The kinds of expressions.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// A text.
    Text(String),
    /// A variable.
    Local(usize),
    /// A property of the object, or a static one of the class.
    Field(String),
    /// A constant of the class.
    ClassConst(String),
    /// A constant of the file.
    FileConst(String),
    /// Texts put together.
    Concat(Vec<Expr>),
    /// An array.
    Array(Vec<Entry>),
    /// `$a[$k]`, `$o->k`: null where there is none.
    Index(Expr, Expr),
    /// `!$a`
    Not(Expr),
    /// `-$a`
    Minus(Expr),
    /// `+$a`
    Plus(Expr),
    /// An operator that asks both sides.
    Binary(BinaryOp, Expr, Expr),
    /// `&&`: the right side only if the left one holds.
    And(Expr, Expr),
    /// `||`
    Or(Expr, Expr),
    /// `$a ?? $b`
    Coalesce(Expr, Expr),
    /// `$a ? $b : $c`; without `$b`, the condition's value.
    Ternary(Expr, Option<Expr>, Expr),
    /// A cast: `Text`, `Int`, `Float`, `Bool`.
    Cast(Ty, Expr),
    /// The value that PHP keeps where this type is declared.
    Coerce(Ty, Expr),
    /// The value where an array is declared: PHP throws for another one.
    AsArray(Expr, Arrays),
    /// The value where this scalar type is declared and PHP converts none: `strict_types`.
    Strict(Ty, Expr),
    /// `(array) $a`
    ToArray(Expr),
    /// `(object) $a`
    ToObject(Expr),
    /// `isset($a)`: whether it is there and not null.
    Isset(Expr),
    /// A function of PHP that does here what it does there.
    Builtin(&'static str, Vec<Expr>),
    /// `max(…)`, `min(…)`
    Extreme(bool, Vec<Expr>),
    /// `sprintf($format, …)`
    Format(Expr, Vec<Expr>),
    /// `array_merge(…)`
    Merge(Vec<Expr>),
    /// `array_map($closure, $array)`
    Map(Expr, Expr),
    /// `array_filter($array, $closure)`
    Filter(Expr, Expr),
    /// `usort($place, $closure)`, `uasort`, `uksort`
    Sort(&'static str, Place, Expr),
    /// A function that changes an array: `ksort`, `array_pop`, …
    Change(&'static str, Place, Vec<Expr>),
    /// `unset($place)`
    Unset(Place),
    /// A function of the file.
    Call(String, Vec<Expr>),
    /// A method of the object.
    Method(String, Vec<Expr>),
    /// A closure that a variable holds.
    CallClosure(Expr, Vec<Expr>),
    /// A closure.
    Closure(Box<Function>, Vec<(usize, usize)>),
    /// `new` of an exception: whole name of the class, classes above it, arguments.
    NewThrown(String, Vec<String>, Vec<Expr>),
    /// A part of an exception that is read.
    OfThrown(ThrownPart, Expr),
    /// `$e instanceof Class`
    InstanceOf(Expr, String),
    /// A part of a response that is read.
    OfResponse(ResponsePart, Expr),
    /// A call of WeChat Pay, made at once.
    Sdk(Box<Sdk>),
    /// A call of WeChat Pay, made when it is waited for, with what is done then.
    Promise(Box<Promise>),
    /// `$promise->wait()`
    Wait(Expr),
    /// The client with a stack that lacks a layer: whether APIv2's, and the name of the layer in PHP.
    Restacked(Expr, bool, String),
    /// A use of a property that is a map of clients.
    Pool(Pool, String, Vec<Expr>),
    /// `Builder::factory([…])`
    Factory(Vec<(Setting, Expr)>),
    /// `Builder::factory($settings)`
    FactoryOf(Expr),
    /// A helper of the SDK: keys, signatures, encryption.
    Crypto(Crypto, Vec<Expr>),
    /// A call of the application's code.
    Foreign(Box<Foreign>),
    /// A part of a notification that is read.
    Notified(Notified),
    /// `$place = $value`
    Assign(Place, Expr),
    /// `$place op= $value`
    AssignOp(Place, BinaryOp, Expr),
    /// `$place ??= $value`
    AssignMissing(Place, Expr),
    /// `$place++` and its kin.
    Step {
        /// The place that changes.
        place: Place,
        /// Whether one is added.
        up: bool,
        /// Whether the value is that after the change.
        before: bool,
    },
    /// `[$a, [$b]] = $value`
    Unpack(Vec<Target>, Expr),
    /// The item that a place of [`Unpack`](Self::Unpack) is given.
    Item,
    /// `match`: strict, and an error where nothing matches.
    Match(Expr, Vec<(Option<Vec<Expr>>, Expr)>),
    /// `throw` as an expression.
    Throw(Expr),
    /// `exit` as an expression.
    Exit(Option<Expr>),
    /// `print`
    Print(Expr),
    /// A value, and others that are evaluated and dropped: arguments that a function does not take.
    Aside {
        /// The value.
        value: Expr,
        /// The others.
        others: Vec<Expr>,
        /// Whether the others are evaluated before it.
        first: bool,
    },
    /// A name that PHP looks up when it runs.
    Unresolved(Box<Unresolved>),
    /// A part that could not be translated, and the reason.
    Refused(Problem),
}

/// A name that PHP looks up when it runs. `--emit request` looks it up too; the tree for Rust has none of it.
#[derive(Debug, Clone)]
pub enum Unresolved {
    /// The name behind an arrow, as a key of [`ExprKind::Index`] and of [`Place`].
    Member(Expr),
    /// A function that the file does not declare.
    Function(String, Vec<Expr>),
    /// A method of a value.
    Method(Method),
    /// `Class::method(…)`
    Static(Name, String, Vec<Expr>),
    /// `new Class(…)`
    New(Name, Vec<Expr>),
    /// `clone $a`
    Clone(Expr),
    /// A closure that changes these variables of the code around it: `use (&$a)`.
    Sharing(Expr, Vec<String>),
    /// A value that only a run tells.
    Open(Open),
}

/// A call of a method of a value.
#[derive(Debug, Clone)]
pub struct Method {
    /// The value.
    pub object: Expr,
    /// The method's name.
    pub name: Expr,
    /// The arguments.
    pub args: Vec<Expr>,
    /// The name of the client, and how many links of `object` are a path on it, where that does not depend on the
    /// value of the client.
    pub path: Option<(String, usize)>,
}

/// A value that only a run tells.
#[derive(Debug, Clone)]
pub struct Open {
    /// The value.
    pub what: String,
    /// The warning for the reader.
    pub told: Option<Problem>,
    /// The expression that is evaluated first.
    pub parts: Vec<Expr>,
    /// The variables that may have another value afterwards; `*` is all of them.
    pub changes: Vec<String>,
}

/// The uses of a map of clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pool {
    /// The client at a key, or null.
    Get,
    /// A key gets a client.
    Set,
    /// A key loses its client.
    Remove,
    /// All keys lose theirs.
    Clear,
}

/// An item of an array.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its key.
    pub key: Option<Expr>,
    /// Its value; with `spread`, an array whose items are meant.
    pub value: Expr,
    /// Whether it is `...$a`.
    pub spread: bool,
}

/// A place that can be assigned to.
#[derive(Debug, Clone)]
pub struct Place {
    /// The variable or property.
    pub root: Root,
    /// The indices; nothing is `[]`.
    pub path: Vec<Option<Expr>>,
}

/// The root of a place.
#[derive(Debug, Clone)]
pub enum Root {
    /// A variable.
    Local(usize),
    /// A property.
    Field(String),
}

/// A part of an exception that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThrownPart {
    /// `getMessage()`
    Message,
    /// `getCode()`
    Code,
    /// `hasResponse()`
    HasResponse,
    /// `getResponse()`
    Response,
    /// `hasResponse()` of what may have no such method.
    AskedHasResponse,
    /// `getResponse()` of what may have no such method.
    AskedResponse,
    /// `getReason()` of a `RejectionException`: that is the answer.
    Reason,
    /// `getPrevious()`
    Previous,
    /// `get_class($e)`, `$e::class`
    Class,
}

/// A part of a response that is read.
#[derive(Debug, Clone)]
pub enum ResponsePart {
    /// `getStatusCode()`
    Status,
    /// `(string) getBody()`
    Body,
    /// `getHeaderLine($name)`
    Header(Expr),
    /// `Transformer::toArray((string) getBody())`
    Parsed,
}

/// A call of WeChat Pay.
#[derive(Debug, Clone)]
pub struct Sdk {
    /// From the client to the closing parenthesis.
    pub span: Span,
    /// The last link of the path.
    pub last: Span,
    /// The client.
    pub client: Expr,
    /// The path: texts as PHP normalises them, values as they are put in.
    pub path: Vec<PathPiece>,
    /// How the chain is written.
    pub form: Form,
    /// The links as PHP has them, where all are arrows.
    pub links: Vec<String>,
    /// The verb.
    pub method: recognise::Method,
    /// Fields whose plaintext is given and which the client encrypts: JSON pointers.
    pub encrypt: Vec<String>,
    /// The options, where they are written as an array with known keys.
    pub options: Result<Vec<(String, Expr)>, Expr>,
}

/// A piece of a path.
#[derive(Debug, Clone)]
pub enum PathPiece {
    /// Text, normalised.
    Text(String),
    /// A value that PHP puts into the text before the SDK reads it.
    Value {
        /// The value.
        value: Expr,
        /// Whether a link begins with it: the first capital of a link needs no `-`.
        first: bool,
    },
}

/// A promise: a call and what is done when it is waited for.
#[derive(Debug, Clone)]
pub struct Promise {
    /// The call.
    pub call: Sdk,
    /// `then($fulfilled, $rejected)`, `otherwise($rejected)`, in order.
    pub handlers: Vec<(Option<Expr>, Option<Expr>)>,
}

/// A setting of `Builder::factory`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// `mchid`
    Mchid,
    /// `serial`
    Serial,
    /// `privateKey`
    PrivateKey,
    /// `certs`
    Certs,
    /// `secret`
    Secret,
    /// `merchant`
    Merchant,
    /// `base_uri`
    BaseUri,
    /// `timeout`
    Timeout,
    /// `connect_timeout`
    ConnectTimeout,
    /// `proxy`
    Proxy,
    /// `verify`, which is false
    Verify,
    /// `handler`: a stack that the application makes
    Handler,
    /// `headers`: those of every request
    Headers,
    /// `cert`: the path of the merchant's certificate
    Cert,
    /// `ssl_key`: the path of its key
    SslKey,
    /// `debug`, which prints
    Debug,
    /// A setting of Guzzle by its name, whose value is checked when the client is made.
    Checked(&'static str),
}

/// The SDK's helpers other than calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crypto {
    /// `Rsa::from($text, Rsa::KEY_TYPE_PRIVATE)`
    PrivateKey,
    /// `Rsa::from($text, Rsa::KEY_TYPE_PUBLIC)`
    PublicKey,
    /// `Rsa::sign($text, $key)`; true behind the arguments of this, `Encrypt` and `Decrypt` says that the function of
    /// OpenSSL reads the key.
    Sign,
    /// `Rsa::verify($text, $signature, $key)`
    Verify,
    /// `openssl_sign($text, $signature, $key, OPENSSL_ALGO_SHA256)`: what it sets, in base64.
    PhpSign,
    /// `openssl_verify($text, base64_decode($signature), $key, OPENSSL_ALGO_SHA256)`
    PhpVerify,
    /// `Rsa::encrypt($text, $key)`
    Encrypt,
    /// `Rsa::decrypt($text, $key)`
    Decrypt,
    /// `AesGcm::decrypt($text, $key, $iv, $aad)`
    Open,
    /// `Hash::sign($type, $text, $key)`
    HashSign,
    /// `PemUtil::parseCertificateSerialNo($certificate)`
    Serial,
    /// `new MediaUtil($path)`
    Media,
    /// `$media->setMeta(…)`: the upload with this meta.
    Meta,
    /// A field that is added to the usual meta: the upload, its name, its value.
    MetaField,
}

/// A call of the application's code: one method of the trait that stands for it.
#[derive(Debug, Clone)]
pub struct Foreign {
    /// The words of its name: `Order`, `where`, `update`.
    pub words: Vec<String>,
    /// The same with the whole names of classes, which tell calls of two classes of the same name apart.
    pub whole: Vec<String>,
    /// The object that it is called on, where that is a value here.
    pub receiver: Option<Expr>,
    /// The class of the receiver, where its name tells the call from those of other classes.
    pub class: Option<String>,
    /// Whether the receiver is an argument that PHP's function changes.
    pub changes: bool,
    /// The arguments, in order.
    pub args: Vec<Expr>,
    /// The functions of the file that the call stands for, which its documentation has in full.
    pub quoted: Vec<Span>,
    /// The function that it stands for, if a part of that was refused.
    pub left: Option<Left>,
    /// Whether it is given methods of the object, by their names.
    pub callables: bool,
}

/// A function of the file that the application has as a whole, because a part of it was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The whole of it.
    pub span: Span,
    /// Its name: `refund`, `Orders::refund`.
    pub name: String,
    /// The first refusal.
    pub problem: Problem,
    /// How many calls of WeChat Pay it makes.
    pub calls: usize,
    /// The methods that it calls and the struct has.
    pub methods: Vec<String>,
}

impl Expr {
    /// An expression.
    #[must_use]
    pub fn new(span: Span, kind: ExprKind) -> Self {
        Self {
            span,
            kind: Box::new(kind),
        }
    }

    pub(super) fn is_literal(&self) -> bool {
        matches!(
            &*self.kind,
            ExprKind::Null
                | ExprKind::Bool(_)
                | ExprKind::Int(_)
                | ExprKind::Float(_)
                | ExprKind::Text(_)
        )
    }

    /// A refused part, with the reason.
    pub(super) fn refused(span: Span, message: impl Into<String>) -> Self {
        let problem = Problem::error(span, message).hint("write this part in Rust");
        Self::new(span, ExprKind::Refused(problem))
    }

    /// A refused part that the porter does not know.
    pub(super) fn unknown(span: Span, what: &str) -> Self {
        Self::refused(span, format!("the porter does not know {what}"))
    }

    /// The item of this array at one key after the other.
    pub(super) fn at<'k>(self, span: Span, keys: impl IntoIterator<Item = &'k Self>) -> Self {
        keys.into_iter().fold(self, |object, key| {
            Self::new(span, ExprKind::Index(object, key.clone()))
        })
    }
}
