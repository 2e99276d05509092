//! The meaning of the tree: calls on a client, and the uses of their responses.
//!
//! ```
//! use wechatpay_chain_port::recognise::{Call, Form, Mode};
//! use wechatpay_chain_port::syntax::{StmtKind, parse};
//! let parsed = parse("$instance->v3->_id_->getAsync(['id' => 'x'])->wait();");
//! let StmtKind::Expr(expr) = &parsed.program.statements[0].kind else { panic!() };
//! let call = Call::of(expr).unwrap();
//! assert_eq!((call.form(), call.verb.mode), (Form::Pure, Mode::Async));
//! assert!(call.waited && call.handlers.is_empty());
//! ```

mod calls;
mod link;
mod receiver;
mod shown;
mod verb;

use crate::diagnostic::Problem;
use crate::syntax::{Arg, Expr, ExprKind, Item, Member, Span};

pub use calls::{Found, calls, key, left_out};
pub use link::link_piece;
pub(crate) use link::{link, link_with_names};
pub use receiver::{FIRST_SEGMENTS, begins_path, client_name};
pub(crate) use receiver::{doubt, is_static_property};
pub use shown::{Show, Shown};
pub use verb::{Method, Mode, Verb};

/// The warning about `headers` within `json` or `xml`.
pub const HEADERS_IN_BODY: &str = "`headers` is within the body, and PHP sends it there and not as \
                                   headers; close the body's array before it";

/// The hint about a value of a path whose capitals PHP rewrites.
pub(crate) const SAFE_PATH: &str = "write a variable of the path, `{no}`, with its value among the options, as in \
    `chain('v3/…/{no}/close')->post(['no' => $no, …])`: PHP keeps its capitals";

/// A call on a client, taken apart.
#[derive(Debug, Clone)]
pub struct Call<'a> {
    /// From the client to the verb's closing parenthesis.
    pub span: Span,
    /// The expression before the path: `$instance`, `$this->app->wechat`, `$clients['shop']`.
    pub client: &'a Expr,
    /// Why client and path cannot be told apart, when they cannot: such a call must not be made.
    pub doubt: Option<Problem>,
    /// The links of the path, in order.
    pub steps: Vec<Step<'a>>,
    /// The method of the request, and whether it is async.
    pub verb: Verb,
    /// The arguments of the verb: one array of options, mostly.
    pub args: &'a [Arg],
    /// `then` and `otherwise`, in order.
    pub handlers: Vec<Handler<'a>>,
    /// Whether `wait()` ends it.
    pub waited: bool,
}

/// A link of the chain.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    /// `->name`
    Arrow {
        /// The name.
        name: &'a str,
        /// Where it stands.
        span: Span,
    },
    /// `->{'…'}`, `->$name`
    Braces(&'a Expr),
    /// `->chain('…')`
    Chain(&'a Expr),
    /// `['…']`
    Index(&'a Expr),
}

/// The handlers of a promise.
#[derive(Debug, Clone, Copy)]
pub enum Handler<'a> {
    /// `->then($fulfilled, $rejected)`
    Then {
        /// The handler of the response.
        fulfilled: &'a Expr,
        /// The handler of the failure.
        rejected: Option<&'a Expr>,
    },
    /// `->otherwise($rejected)`
    Otherwise(&'a Expr),
}

/// How a chain is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `->v3->pay`
    Pure,
    /// `->chain('v3/pay')`
    Chain,
    /// `['v3/pay']`
    Index,
    /// More than one of them.
    Mixed,
}

impl Form {
    /// As the porter's output names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pure => "pure",
            Self::Chain => "chain",
            Self::Index => "index",
            Self::Mixed => "mixed",
        }
    }

    /// The form of a chain that `next` is added to.
    #[must_use]
    pub fn and(before: Option<Self>, next: Self) -> Self {
        match before {
            None => next,
            Some(form) if form == next => form,
            Some(_) => Self::Mixed,
        }
    }
}

impl Step<'_> {
    fn form(self) -> Form {
        match self {
            Self::Arrow { .. } | Self::Braces(_) => Form::Pure,
            Self::Chain(_) => Form::Chain,
            Self::Index(_) => Form::Index,
        }
    }
}

impl<'a> Call<'a> {
    /// The call that `expr` makes, if it makes one: a verb at the end of a chain, then its handlers.
    ///
    /// A chain is known by its verb and by what stands before it, not by a variable's name.
    #[must_use]
    pub fn of(expr: &'a Expr) -> Option<Self> {
        let mut handlers = Vec::new();
        let mut waited = false;
        let mut inner = expr;
        loop {
            let ExprKind::MethodCall {
                object,
                method,
                args,
            } = &inner.kind
            else {
                return None;
            };
            let name = method.name()?;
            if let Some(verb) = Verb::of(name) {
                handlers.reverse();
                return Self::on(inner, object, verb, args).map(|call| Self {
                    handlers,
                    waited,
                    ..call
                });
            }
            match (name.to_ascii_lowercase().as_str(), &**args) {
                ("wait", _) => waited = true,
                ("then", [done]) => handlers.push(Handler::Then {
                    fulfilled: &done.value,
                    rejected: None,
                }),
                ("then", [done, failed]) => handlers.push(Handler::Then {
                    fulfilled: &done.value,
                    rejected: Some(&failed.value),
                }),
                ("otherwise", [failed]) => handlers.push(Handler::Otherwise(&failed.value)),
                _ => return None,
            }
            inner = object;
        }
    }

    /// The path on `object`, where it says by itself that it is one.
    pub(crate) fn path_on(object: &Expr) -> Option<(&Expr, Vec<Step<'_>>)> {
        let (client, steps, doubt) = request_chain(object);
        (doubt.is_none() && !steps.is_empty()).then_some((client, steps))
    }

    fn on(whole: &Expr, object: &'a Expr, verb: Verb, args: &'a [Arg]) -> Option<Self> {
        let (client, steps, doubt) = request_chain(object);
        // `$instance->get()` is a call, `$response->get('x')` or `$a->b()->get()` are none.
        let options = match args {
            [] => true,
            [arg] => !matches!(arg.value.kind, ExprKind::String(_)),
            _ => false,
        };
        // A client may be had from anywhere, where a path says that it is one.
        let pathed = !steps.is_empty() && doubt.is_none();
        let rooted = matches!(
            client.kind,
            ExprKind::Variable(_) | ExprKind::StaticCall { .. }
        );
        (options && (rooted || pathed)).then_some(Self {
            span: whole.span,
            client,
            doubt,
            steps,
            verb,
            args,
            handlers: Vec::new(),
            waited: false,
        })
    }

    /// How the chain is written.
    #[must_use]
    pub fn form(&self) -> Form {
        let forms = self.steps.iter().map(|step| step.form());
        forms
            .reduce(|before, next| Form::and(Some(before), next))
            .unwrap_or(Form::Pure)
    }

    /// The items of the options, in order; `None` when they are no literal array.
    #[must_use]
    pub fn options(&self) -> Option<&'a [Item]> {
        match self.args {
            [] => Some(&[]),
            [arg] => match &arg.value.kind {
                ExprKind::Array(items) => Some(items),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The client of a chain, the path on it, and why the two cannot be told apart, if so.
fn request_chain(expr: &Expr) -> (&Expr, Vec<Step<'_>>, Option<Problem>) {
    let (root, links) = links(expr);
    let steps: Vec<_> = links.iter().map(|(step, _)| *step).collect();
    let Some(own) = receiver::belonging(&steps) else {
        return (root, steps, Some(doubt(expr.span)));
    };
    let client = links.get(own).map_or(expr, |(_, before)| *before);
    (client, steps.get(own..).unwrap_or_default().to_vec(), None)
}

/// The root of a chain, and its links in order, each with the expression before it.
fn links(expr: &Expr) -> (&Expr, Vec<(Step<'_>, &Expr)>) {
    let mut steps = Vec::new();
    let mut inner = expr;
    loop {
        let (object, step) = match &inner.kind {
            ExprKind::Property {
                object,
                member: Member::Name { name, span },
            } => (object, Step::Arrow { name, span: *span }),
            ExprKind::Property {
                object,
                member: Member::Computed(expr),
            } => (object, Step::Braces(expr)),
            ExprKind::Index {
                object,
                index: Some(index),
            } => (object, Step::Index(index)),
            ExprKind::MethodCall {
                object,
                method,
                args,
            } => match (method.name(), &**args) {
                (Some(name), [arg]) if name.eq_ignore_ascii_case("chain") => {
                    (object, Step::Chain(&arg.value))
                }
                _ => break,
            },
            _ => break,
        };
        steps.push((step, &**object));
        inner = object;
    }
    steps.reverse();
    (inner, steps)
}

/// The settings of `Builder::factory([…])`, in order.
#[must_use]
pub fn factory(expr: &Expr) -> Option<&[Item]> {
    match &factory_args(expr)?.first()?.value.kind {
        ExprKind::Array(items) => Some(items),
        _ => None,
    }
}

/// The settings of `Builder::factory($settings)`, however they are written.
#[must_use]
pub fn settings(expr: &Expr) -> Option<&Expr> {
    match factory_args(expr)? {
        [arg] if arg.name.is_none() => Some(&arg.value),
        _ => None,
    }
}

fn factory_args(expr: &Expr) -> Option<&[Arg]> {
    match &expr.kind {
        ExprKind::StaticCall {
            class,
            method,
            args,
        } if class.is("WeChatPay\\Builder") && method.eq_ignore_ascii_case("factory") => Some(args),
        _ => None,
    }
}

/// The path of `new MediaUtil('…')`.
#[must_use]
pub fn media(expr: &Expr) -> Option<&Expr> {
    match &expr.kind {
        ExprKind::New { class, args } if class.is("WeChatPay\\Util\\MediaUtil") => {
            args.first().map(|arg| &arg.value)
        }
        _ => None,
    }
}
