//! Statements.

use super::Builder;
use crate::diagnostic::Problem;
use crate::hir::Ty;
use crate::hir::tree::{Catch, Expr, ExprKind, Stmt, StmtKind};
use crate::syntax::{self, ExprKind as PhpKind, Span, StmtKind as PhpStmt, Whole, WholeExpr};

/// How many `elseif`s follow one another: each is a block within the one before.
const MOST: usize = 100;

impl<'a> Builder<'a> {
    pub(super) fn statements(&mut self, statements: &'a [syntax::Stmt]) -> Vec<Stmt> {
        self.depth += 1;
        let mut out = Vec::new();
        for (index, stmt) in statements.iter().enumerate() {
            self.ends_reference = self.reference_ends(stmt, statements.get(index + 1));
            out.extend(self.statement(stmt));
        }
        self.depth -= 1;
        self.end_nodes();
        out
    }

    pub(super) fn statement(&mut self, stmt: &'a syntax::Stmt) -> Vec<Stmt> {
        let stmts = self.read_statement(stmt);
        self.keeping(stmt, stmts)
    }

    fn read_statement(&mut self, stmt: &'a syntax::Stmt) -> Vec<Stmt> {
        let span = stmt.span;
        if let Some(stmts) = self.open_statement(stmt) {
            return stmts;
        }
        let one = |kind| vec![Stmt { span, kind }];
        match &stmt.kind {
            PhpStmt::If { branches, .. } if branches.len() > MOST => {
                one(self.no(span, "so many `elseif`s"))
            }
            PhpStmt::Use(_) | PhpStmt::Namespace(_) | PhpStmt::Empty => Vec::new(),
            PhpStmt::Expr(expr) => self.expression(span, expr),
            PhpStmt::Echo(values) => {
                let values = values.iter().map(|value| self.text_of(value)).collect();
                one(StmtKind::Echo(values))
            }
            // A method that is called for what it does to the object.
            PhpStmt::Return(Some(value)) if value.is_this() => one(StmtKind::Return(None)),
            PhpStmt::Return(value) => {
                if let Some(value) = value
                    && let Some(stmts) = self.return_of_this(span, value)
                {
                    return stmts;
                }
                let value = value.as_ref().map(|value| self.expr(value));
                one(StmtKind::Return(value))
            }
            PhpStmt::If {
                branches,
                otherwise,
            } => {
                let (mut stmts, mut first) = branches
                    .first()
                    .and_then(|(condition, _)| self.openssl_condition(condition))
                    .map_or((Vec::new(), None), |(stmts, done)| (stmts, Some(done)));
                let branches = branches.iter().map(|(condition, body)| {
                    let condition = first.take().unwrap_or_else(|| self.expr(condition));
                    (condition, self.statements(body))
                });
                let branches = branches.collect();
                let otherwise = otherwise.as_ref().map(|body| self.statements(body));
                let kind = StmtKind::If(branches, otherwise);
                stmts.push(Stmt { span, kind });
                stmts
            }
            PhpStmt::Foreach {
                subject,
                key,
                value,
                body,
            } => self.foreach(span, subject, key.as_deref(), value, body),
            PhpStmt::Try {
                body,
                catches,
                finally,
            } => {
                let body = self.statements(body);
                let catches = catches.iter().map(|catch| self.catch(catch)).collect();
                let finally = finally.as_ref().map(|body| self.statements(body));
                one(StmtKind::Try {
                    body,
                    catches,
                    finally,
                })
            }
            PhpStmt::Block(body) => one(StmtKind::Block(self.statements(body))),
            PhpStmt::Function { name, .. } => {
                one(self.no(span, &format!("the function `{name}` within another")))
            }
            PhpStmt::Whole(whole) => one(self.whole(span, whole)),
            PhpStmt::Unsupported { what } => one(self.no(span, what)),
        }
    }

    pub(super) fn no(&self, span: Span, what: &str) -> StmtKind {
        let problem = Problem::error(span, format!("the porter does not know {what}"));
        StmtKind::Refused(problem.hint("write this part in Rust"))
    }

    fn expression(&mut self, span: Span, expr: &'a syntax::Expr) -> Vec<Stmt> {
        if let Some(stmts) = self.object_statement(span, expr) {
            return stmts;
        }
        if let Some(stmts) = self.parent_constructor(span, expr) {
            return stmts;
        }
        if let Some(stmts) = self.openssl_statement(span, expr) {
            return stmts;
        }
        if let Some(stmts) = self.shared_handlers(span, expr) {
            return stmts;
        }
        if let Some(stmts) = self.walked(span, expr) {
            return stmts;
        }
        if let Some(stmts) = self.computed_property(span, expr) {
            return stmts;
        }
        if let Some(stmts) = self.keep_node(span, expr) {
            return stmts;
        }
        if let Some(stmts) = self.table(span, expr) {
            return stmts;
        }
        if let Some(kind) = self.wait_for_end(span, expr) {
            return vec![Stmt { span, kind }];
        }
        self.fluent_at = Some(expr.span);
        let kind = match &expr.kind {
            PhpKind::Include(_) => return Vec::new(),
            PhpKind::Throw(value) => StmtKind::Throw(self.expr(value)),
            PhpKind::Print(value) => StmtKind::Echo(vec![self.text_of(value)]),
            PhpKind::Whole(whole) => match &**whole {
                WholeExpr::Exit(value) => {
                    StmtKind::Exit(value.as_ref().map(|value| self.expr(value)))
                }
                _ => StmtKind::Expr(self.expr(expr)),
            },
            PhpKind::Call { function, args } => match (function.last().as_str(), &**args) {
                ("exit" | "die", args) => {
                    StmtKind::Exit(args.first().map(|arg| self.expr(&arg.value)))
                }
                ("printf", [_, ..]) if !self.names.functions.contains_key("printf") => {
                    match self.formatted(span, args) {
                        Some(text) => StmtKind::Echo(vec![text]),
                        None => StmtKind::Expr(self.expr(expr)),
                    }
                }
                ("print_r", [value]) => {
                    let value = self.expr(&value.value);
                    StmtKind::Echo(vec![Expr::new(
                        span,
                        ExprKind::Builtin("print_r", vec![value]),
                    )])
                }
                ("ini_set", [setting, zone]) if is_timezone(&setting.value) => {
                    let words = vec!["date_default_timezone_set".to_owned()];
                    let zone = self.expr(&zone.value);
                    StmtKind::Expr(self.foreign(span, words, None, vec![zone]))
                }
                ("error_reporting" | "ini_set" | "set_time_limit", args)
                    if !super::setting::counts(&function.last(), args) =>
                {
                    return Vec::new();
                }
                ("unset", args) => {
                    let each = args
                        .iter()
                        .flat_map(|arg| match self.unset_alias(&arg.value) {
                            Some(stmts) => stmts,
                            None => vec![Stmt {
                                span,
                                kind: StmtKind::Expr(
                                    self.taken_from_pool(&arg.value)
                                        .unwrap_or_else(|| self.unset(&arg.value)),
                                ),
                            }],
                        });
                    return each.collect();
                }
                _ => StmtKind::Expr(self.expr(expr)),
            },
            _ => StmtKind::Expr(self.expr(expr)),
        };
        vec![Stmt { span, kind }]
    }

    /// The text that `printf` prints.
    fn formatted(&mut self, span: Span, args: &'a [syntax::Arg]) -> Option<Expr> {
        let args = self.args(args)?;
        crate::hir::function(span, "sprintf", args)
    }

    /// `$promise->wait(false);`: what the promise fails with is not thrown.
    fn wait_for_end(&mut self, span: Span, expr: &'a syntax::Expr) -> Option<StmtKind> {
        let PhpKind::MethodCall { object, args, .. } = &expr.kind else {
            return None;
        };
        let [arg] = &**args else {
            return None;
        };
        let ends = super::sdk::waits_without_value(expr)
            && matches!(arg.value.kind, PhpKind::Bool(false))
            && self.kind_of(object) == Ty::Promise;
        if !ends {
            return None;
        }
        let mut promise = self.expr(object);
        if may_throw(&mut promise) {
            return Some(self.no(span, "`wait(false)` of a call whose arguments may throw"));
        }
        let wait = Expr::new(span, ExprKind::Wait(promise));
        Some(StmtKind::Try {
            body: vec![Stmt {
                span,
                kind: StmtKind::Expr(wait),
            }],
            catches: vec![Catch {
                classes: vec!["Throwable".to_owned()],
                variable: None,
                body: Vec::new(),
            }],
            finally: None,
        })
    }

    /// The statements of a loop.
    fn turns(&mut self, body: &'a [syntax::Stmt]) -> Vec<Stmt> {
        self.loops += 1;
        let body = self.statements(body);
        self.loops -= 1;
        body
    }

    fn unset(&mut self, target: &'a syntax::Expr) -> Expr {
        match self.place(target) {
            Ok(place) => Expr::new(target.span, ExprKind::Unset(place)),
            Err(refused) => refused,
        }
    }

    fn foreach(
        &mut self,
        span: Span,
        subject: &'a syntax::Expr,
        key: Option<&'a syntax::Expr>,
        value: &'a syntax::Expr,
        body: &'a [syntax::Stmt],
    ) -> Vec<Stmt> {
        if self.source(value.span).starts_with('&') {
            let stmts = self.foreach_by_reference(span, subject, key, value, body);
            return stmts.unwrap_or_else(|| {
                let kind = self.no(span, "this `foreach` by reference");
                vec![Stmt { span, kind }]
            });
        }
        let (written, syntax_texts) = (value, super::computed::texts(subject));
        let subject = self.expr(subject);
        let key = match key.map(|key| &key.kind) {
            None => None,
            Some(PhpKind::Variable(name)) => Some(self.local(name)),
            Some(_) => {
                let kind = self.no(span, "a `foreach` whose key is no variable");
                return vec![Stmt { span, kind }];
            }
        };
        let mut first = Vec::new();
        let value = match &value.kind {
            PhpKind::Variable(name) => self.local(name),
            PhpKind::Whole(whole) if matches!(**whole, WholeExpr::List(_)) => {
                let local = self.local(&format!("item_{}", value.span.start));
                let given = Expr::new(value.span, ExprKind::Local(local));
                let kind = StmtKind::Expr(self.unpack(value.span, value, given));
                first.push(Stmt { span, kind });
                local
            }
            _ => {
                let kind = self.no(span, "a `foreach` whose value is no variable");
                return vec![Stmt { span, kind }];
            }
        };
        // `$k => $k` leaves the value.
        let texts = syntax_texts
            .filter(|_| key.is_none())
            .and_then(|texts| self.begin_texts(written, texts, body));
        let mut inside = first;
        inside.extend(self.turns(body));
        if let Some(name) = texts {
            self.named_texts.remove(&name);
        }
        let kind = StmtKind::Foreach {
            subject,
            key,
            value,
            body: inside,
        };
        vec![Stmt { span, kind }]
    }

    fn catch(&mut self, catch: &'a syntax::Catch) -> Catch {
        let classes = catch.types.iter().map(|name| self.caught(name)).collect();
        let variable = catch.variable.as_ref().map(|name| {
            self.kinds.insert(name.clone(), Ty::Thrown);
            self.local(name)
        });
        Catch {
            classes,
            variable,
            body: self.statements(&catch.body),
        }
    }

    fn whole(&mut self, span: Span, whole: &'a Whole) -> StmtKind {
        match whole {
            Whole::While { condition, body } => {
                let endless = matches!(condition.kind, PhpKind::Bool(true) | PhpKind::Int(1));
                StmtKind::While {
                    condition: (!endless).then(|| self.expr(condition)),
                    step: Vec::new(),
                    body: self.turns(body),
                }
            }
            Whole::DoWhile { body, condition } => {
                let body = self.turns(body);
                StmtKind::DoWhile(body, self.expr(condition))
            }
            Whole::For {
                init,
                condition,
                step,
                body,
            } => {
                let mut all: Vec<Stmt> = init
                    .iter()
                    .map(|expr| Stmt {
                        span: expr.span,
                        kind: StmtKind::Expr(self.expr(expr)),
                    })
                    .collect();
                let condition = self.last_condition(span, condition);
                let step = step.iter().map(|step| self.expr(step)).collect();
                let body = self.turns(body);
                let kind = StmtKind::While {
                    condition,
                    step,
                    body,
                };
                all.push(Stmt { span, kind });
                StmtKind::Block(all)
            }
            Whole::Switch { subject, cases } => {
                let subject = self.expr(subject);
                let cases = cases.iter().map(|(value, body)| {
                    let value = value.as_ref().map(|value| self.expr(value));
                    (value, self.statements(body))
                });
                let cases: Vec<_> = cases.collect();
                let defaults = cases.iter().filter(|(value, _)| value.is_none()).count();
                match defaults {
                    0 | 1 => StmtKind::Switch(subject, cases),
                    _ => self.no(span, "a `switch` with two defaults"),
                }
            }
            Whole::Break(levels) => StmtKind::Break(*levels),
            Whole::Continue(levels) => StmtKind::Continue(*levels),
            Whole::Global(names) => self.global_variables(span, names),
            Whole::Static(variables) => self.static_variables(span, variables),
            Whole::Const(_) => self.no(span, "a constant in a function"),
            Whole::Class(_) => self.no(span, "a class in a function"),
        }
    }

    /// All conditions of a `for` are evaluated, and the last one counts.
    fn last_condition(&mut self, span: Span, conditions: &'a [syntax::Expr]) -> Option<Expr> {
        let (last, others) = conditions.split_last()?;
        let others: Vec<_> = others.iter().map(|other| self.expr(other)).collect();
        let last = self.expr(last);
        Some(others.into_iter().rev().fold(last, |last, other| {
            let yes = Expr::new(span, ExprKind::Bool(true));
            let evaluated = Expr::new(span, ExprKind::Or(other, yes));
            Expr::new(span, ExprKind::And(evaluated, last))
        }))
    }

    /// The refusal of an unknown value.
    pub(super) fn unknown(&self, span: Span, what: &str) -> Expr {
        Expr::unknown(span, what)
    }
}

/// Whether the arguments of a call may throw, the handlers of its promise left out.
fn may_throw(promise: &mut Expr) -> bool {
    let ExprKind::Promise(promise) = &mut *promise.kind else {
        return false;
    };
    let mut args = promise.call.children_mut();
    args.iter_mut().any(|arg| throws(arg))
}

fn throws(expr: &mut Expr) -> bool {
    let plain = matches!(
        *expr.kind,
        ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Text(_)
            | ExprKind::Local(_)
            | ExprKind::Field(_)
            | ExprKind::ClassConst(_)
            | ExprKind::FileConst(_)
            | ExprKind::Concat(_)
            | ExprKind::Array(_)
            | ExprKind::Index(..)
    );
    !plain || expr.children_mut().into_iter().any(throws)
}

/// `ini_set('date.timezone', $zone)` does what `date_default_timezone_set($zone)` does.
fn is_timezone(setting: &syntax::Expr) -> bool {
    matches!(&setting.kind, PhpKind::String(name) if name.eq_ignore_ascii_case("date.timezone"))
}
