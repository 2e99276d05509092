//! What calls do to the last error of JSON.

use std::collections::BTreeSet;

use crate::hir::build::Names;
use crate::hir::function;
use crate::syntax::{Arg, Expr, ExprKind, Member, PartMut, Stmt, StmtKind, Whole, WholeExpr};

/// A call of one of PHP's functions.
pub(super) type PhpCall<'e> = (String, &'e [Arg]);

/// Functions of PHP that decode and encode nothing, and call nothing that may; [`function::is_known`] has more.
const QUIET: [&str; 24] = [
    "array_key_first",
    "array_key_last",
    "compact",
    "constant",
    "date",
    "defined",
    "die",
    "empty",
    "error_log",
    "exit",
    "file_get_contents",
    "file_put_contents",
    "get_class",
    "is_null",
    "is_object",
    "is_scalar",
    "is_string",
    "isset",
    "microtime",
    "time",
    "unset",
    "usleep",
    "var_dump",
    "var_export",
];

/// Methods of answers and exceptions that decode and encode nothing.
const GETTERS: [&str; 7] = [
    "getcode",
    "getheader",
    "getheaderline",
    "getmessage",
    "getreasonphrase",
    "getstatuscode",
    "hasheader",
];

/// What a call that asks for the error asks for: whether the message.
pub(super) fn asked((name, args): PhpCall<'_>) -> Option<bool> {
    match (&*name, args) {
        ("json_last_error", []) => Some(false),
        ("json_last_error_msg", []) => Some(true),
        _ => None,
    }
}

/// The calls of a file.
pub(super) struct Calls<'n> {
    names: &'n Names<'n>,
    /// The methods that the file declares, in lower case.
    methods: BTreeSet<String>,
}

impl<'n> Calls<'n> {
    pub(super) fn of(names: &'n Names<'n>, statements: &[Stmt]) -> Self {
        let mut methods = BTreeSet::new();
        crate::syntax::each_class(statements, &mut |_, class| {
            let names = class.methods.iter();
            methods.extend(names.map(|method| method.name.to_ascii_lowercase()));
        });
        Self { names, methods }
    }

    /// The call of a function of PHP's own that an expression is.
    pub(super) fn php<'e>(&self, expr: &'e Expr) -> Option<PhpCall<'e>> {
        let ExprKind::Call { function, args } = &expr.kind else {
            return None;
        };
        Some((self.names.of_php(function)?, args))
    }

    /// Whether an expression is a call that decodes or encodes and sets the error.
    pub(super) fn codes(&self, expr: &Expr) -> bool {
        // With the flag, PHP leaves the error as it is.
        self.php(expr).is_some_and(|(name, args)| {
            matches!(&*name, "json_decode" | "json_encode")
                && !args.iter().any(|arg| throws(&arg.value))
        })
    }

    /// Whether an expression itself may set the error: of the calls, only those that are known to set none do not.
    pub(super) fn disturbs(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Call { .. } => {
                let quiet = |call: PhpCall<'_>| is_quiet(&call) || asked(call).is_some();
                match self.php(expr) {
                    Some((name, _)) if matches!(&*name, "json_decode" | "json_encode") => {
                        self.codes(expr)
                    }
                    call => !call.is_some_and(quiet),
                }
            }
            ExprKind::MethodCall { object, method, .. } => !self.is_getter(object, method),
            ExprKind::CallValue { .. }
            | ExprKind::StaticCall { .. }
            | ExprKind::New { .. }
            | ExprKind::Clone(_)
            | ExprKind::Include(_)
            | ExprKind::Unsupported { .. } => true,
            ExprKind::Whole(whole) => match &**whole {
                WholeExpr::MethodCall(object, method, _) => !self.is_getter(object, method),
                _ => false,
            },
            _ => false,
        }
    }

    fn is_getter(&self, object: &Expr, method: &Member) -> bool {
        let this = object.is_this();
        let name = method.name().map(str::to_ascii_lowercase);
        let getter = |name: String| GETTERS.contains(&&*name) && !self.methods.contains(&name);
        !this && name.is_some_and(getter)
    }

    /// Whether statements may set the error; what their closures do is left out.
    pub(super) fn disturb(&self, statements: &mut [Stmt]) -> bool {
        any(statements, false, &mut |expr| self.disturbs(expr))
    }

    /// Whether a function asks for the error itself.
    pub(super) fn asks(&self, body: &mut [Stmt]) -> bool {
        any(body, false, &mut |expr| {
            self.php(expr).and_then(asked).is_some()
        })
    }

    /// Whether the file asks for errors, and decodes or encodes JSON in a place that the porter reads.
    pub(super) fn asks_and_codes(&self, statements: &mut [Stmt]) -> bool {
        let asks = any(statements, true, &mut |expr| {
            self.php(expr).and_then(asked).is_some()
        });
        asks && any(statements, true, &mut |expr| self.codes(expr))
    }
}

/// Whether a function of PHP decodes and encodes nothing, and calls nothing that may.
fn is_quiet((name, args): &PhpCall<'_>) -> bool {
    match &**name {
        "array_map" => false,
        "array_filter" => args.len() == 1,
        name => function::is_known(name) || QUIET.contains(&name),
    }
}

/// Whether flags are written that make PHP throw.
fn throws(flags: &Expr) -> bool {
    let own =
        matches!(&flags.kind, ExprKind::Constant(name) if name.last() == "json_throw_on_error");
    own || flags.children().into_iter().any(throws)
}

/// Whether an expression of statements is one that is looked for; `deep` where those of functions and closures count.
pub(super) fn any(
    statements: &mut [Stmt],
    deep: bool,
    found: &mut dyn FnMut(&Expr) -> bool,
) -> bool {
    statements.iter_mut().any(|stmt| {
        let declared = match &mut stmt.kind {
            StmtKind::Function { closure, .. } if deep => any(&mut closure.body, deep, found),
            StmtKind::Whole(whole) => match &mut **whole {
                Whole::Class(class) if deep => {
                    let mut methods = class.methods.iter_mut();
                    methods.any(|method| any(&mut method.closure.body, deep, found))
                }
                _ => false,
            },
            _ => false,
        };
        let mut parts = stmt.kind.parts_mut().into_iter();
        declared
            || parts.any(|part| match part {
                PartMut::Expr(expr) => within(expr, deep, found),
                PartMut::Body(body) => any(body, deep, found),
            })
    })
}

fn within(expr: &mut Expr, deep: bool, found: &mut dyn FnMut(&Expr) -> bool) -> bool {
    if let ExprKind::Closure(closure) = &mut expr.kind {
        return deep && any(&mut closure.body, deep, found);
    }
    let mut children = expr.children_mut().into_iter();
    let inner = children.any(|child| within(child, deep, found));
    inner || found(expr)
}
