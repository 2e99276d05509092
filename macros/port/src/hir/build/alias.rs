//! Names that stand for something else: `static` and `global` variables, and those of a `foreach` by reference.

use super::Builder;
use crate::diagnostic::Problem;
use crate::hir::lifted::scope::everywhere;
use crate::hir::tree::{Expr, ExprKind, Field, PathPiece, Place, Root, Stmt, StmtKind};
use crate::hir::{Ty, Use};
use crate::recognise::{Call, Step};
use crate::syntax::is_word;
use crate::syntax::{self, ExprKind as PhpKind, Span, StmtKind as PhpStmt, UnaryOp, WholeExpr};

/// The meaning of a name.
#[derive(Debug, Clone)]
pub(super) enum Alias {
    /// A property: the `static` variable of a method.
    Field(String),
    /// An item of an array: the variable of a `foreach` by reference.
    Item(Place),
    /// A variable of the application: `global`.
    Global,
    /// The last item of an array: the variable of a `foreach` by reference behind the loop.
    Left,
    /// A client with a path: `$chain = $client->chain($path)`.
    Node(Node),
    /// A client with one of several paths.
    Choice,
    /// An array of closures that only calls read.
    Table,
}

/// A client with a path, as a variable holds it.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) client: Expr,
    pub(super) path: Vec<PathPiece>,
    /// How many lists of statements stood around.
    depth: usize,
}

impl<'a> Builder<'a> {
    /// The value of a name that stands for something else.
    pub(super) fn aliased(&mut self, span: Span, name: &str) -> Option<Expr> {
        self.touch(name);
        match self.aliases.get(name)?.clone() {
            Alias::Field(field) => Some(Expr::new(span, ExprKind::Field(field))),
            Alias::Item(place) => Some(value_of(span, &place)),
            Alias::Global => {
                let words = vec!["global".to_owned(), name.to_owned()];
                Some(self.foreign(span, words, None, Vec::new()))
            }
            Alias::Left | Alias::Node(_) | Alias::Choice | Alias::Table => None,
        }
    }

    /// The place of such a name.
    pub(super) fn aliased_place(&mut self, span: Span, name: &str) -> Option<Result<Place, Expr>> {
        self.touch(name);
        match self.aliases.get(name)?.clone() {
            Alias::Field(field) => Some(Ok(Place {
                root: Root::Field(field),
                path: Vec::new(),
            })),
            Alias::Item(place) => Some(Ok(place)),
            Alias::Global => {
                let message = format!("a change of the global variable `${name}`");
                Some(Err(super::refused(span, message)))
            }
            Alias::Left | Alias::Node(_) | Alias::Choice | Alias::Table => None,
        }
    }

    /// `unset($row)` behind a `foreach` by reference ends the reference. Any other `unset` of such a name is refused.
    pub(super) fn unset_alias(&mut self, target: &syntax::Expr) -> Option<Vec<Stmt>> {
        let PhpKind::Variable(name) = &target.kind else {
            return None;
        };
        if let Alias::Left = self.aliases.get(name)? {
            // In a loop, a variable of this name may be another turn's.
            if self.loops == 0 {
                self.aliases.remove(name);
            }
            return Some(Vec::new());
        }
        let refused = super::refused(target.span, format!("`unset` of the reference `${name}`"));
        let span = target.span;
        let kind = StmtKind::Expr(refused);
        Some(vec![Stmt { span, kind }])
    }

    /// `static $x = 1;` of a method is a property of its class.
    pub(super) fn static_variables(
        &mut self,
        span: Span,
        variables: &'a [(String, Option<syntax::Expr>)],
    ) -> StmtKind {
        let method = self.method_name.clone().filter(|_| self.depth == 1);
        if self.class.is_none() && self.depth == 1 && !self.in_closure {
            return self.kept_variables(span, variables);
        }
        let (Some(method), Some(shape)) = (method, self.class) else {
            return self.no(span, "a `static` variable here");
        };
        for (name, value) in variables {
            let known = self.by_name.contains_key(name) || self.aliases.contains_key(name);
            let constant = value.as_ref().is_none_or(is_constant);
            if known || !constant {
                return self.no(span, "this `static` variable");
            }
            let mut field = format!("{method}_{name}");
            while shape.fields.contains_key(&field) {
                field.push_str("_static");
            }
            let default = match value {
                Some(value) => self.expr(value),
                None => Expr::new(span, ExprKind::Null),
            };
            self.statics.push(Field {
                name: field.clone(),
                ty: Ty::Unknown,
                declared: None,
                arrays: None,
                default: Some(default),
                foreign: false,
                public: false,
                promoted: false,
            });
            self.aliases.insert(name.clone(), Alias::Field(field));
        }
        StmtKind::Block(Vec::new())
    }

    /// `global $db;`: the application has it.
    pub(super) fn global_variables(&mut self, span: Span, names: &[String]) -> StmtKind {
        for name in names {
            if self.by_name.contains_key(name) || self.aliases.contains_key(name) {
                return self.no(span, "this `global`");
            }
            if self.names.globals.contains(name) {
                let what = format!(
                    "the global variable `${name}`, which the code outside of functions uses,"
                );
                return self.no(span, &what);
            }
            self.aliases.insert(name.clone(), Alias::Global);
        }
        StmtKind::Block(Vec::new())
    }

    /// `foreach ($rows as $key => &$row)`: `$row` is `$rows[$key]`. `None` if something else in the loop
    /// mentions `$rows`, or if the reference does not end behind it.
    pub(super) fn foreach_by_reference(
        &mut self,
        span: Span,
        subject: &'a syntax::Expr,
        key: Option<&'a syntax::Expr>,
        value: &'a syntax::Expr,
        body: &'a [syntax::Stmt],
    ) -> Option<Vec<Stmt>> {
        let name = self.source(value.span).strip_prefix('&')?.trim();
        let name = name.strip_prefix('$')?.to_owned();
        let free = match self.aliases.get(&name) {
            None => self.loops == 0 || !self.by_name.contains_key(&name),
            Some(alias) => matches!(alias, Alias::Left),
        };
        if name == "this" || !name.chars().all(is_word) || !free || !self.ends_reference {
            return None;
        }
        let place = self.place(subject).ok()?;
        let Root::Local(root) = place.root else {
            return None;
        };
        let fixed = |key: &Option<Expr>| {
            let kind = key.as_ref().map(|key| &*key.kind);
            matches!(kind, Some(ExprKind::Text(_) | ExprKind::Int(_)))
        };
        let outer = self.item_of(&place);
        let plain =
            place.path.iter().all(fixed) && self.guarded.iter().all(|guard| guard.0 != root);
        if outer.is_none() && !plain {
            return None;
        }
        let key_name = match key.map(|key| &key.kind) {
            None => format!("key_{}", value.span.start),
            Some(PhpKind::Variable(key)) if *key != name => key.clone(),
            Some(_) => return None,
        };
        let key = self.local(&key_name);
        self.by_name.remove(&name);
        let mut item = place.clone();
        item.path.push(Some(Expr::new(span, ExprKind::Local(key))));
        self.aliases.insert(name.clone(), Alias::Item(item));
        let first_key = place.path.first().and_then(|key| key.as_ref());
        let first_key = first_key.and_then(|key| match &*key.kind {
            ExprKind::Text(key) => Some(key.clone()),
            _ => None,
        });
        self.guarded.push((root, outer, false));
        self.guarded_keys.push(first_key);
        self.loops += 1;
        let mut inside = self.statements(body);
        self.loops -= 1;
        let touched = self.guarded.pop().is_none_or(|guard| guard.2);
        self.guarded_keys.pop();
        self.aliases.insert(name, Alias::Left);
        let mut changed = touched;
        for stmt in &mut inside {
            stmt.locals_mut(&mut |local, how| changed |= *local == key && how != Use::Read);
        }
        if changed {
            return None;
        }
        let mut out = Vec::new();
        if !place.path.is_empty() {
            // PHP makes the item that it is to refer to.
            let null = Expr::new(span, ExprKind::Null);
            let made = Expr::new(span, ExprKind::AssignMissing(place.clone(), null));
            let kind = StmtKind::Expr(made);
            out.push(Stmt { span, kind });
        }
        let unused = self.local(&format!("item_{}", value.span.start));
        let kind = StmtKind::Foreach {
            subject: value_of(span, &place),
            key: Some(key),
            value: unused,
            body: inside,
        };
        out.push(Stmt { span, kind });
        Some(out)
    }

    /// The variable of the `foreach` by reference around whose item a place is within.
    fn item_of(&self, place: &Place) -> Option<String> {
        let mut found = None;
        for (name, alias) in &self.aliases {
            if let Alias::Item(item) = alias
                && let Some(start) = place.path.get(..item.path.len())
                && format!("{start:?}") == format!("{:?}", item.path)
            {
                found = Some(name.clone());
            }
        }
        found
    }

    /// Whether a name is a variable, and stands for nothing else.
    pub(super) fn is_own(&self, name: &str) -> bool {
        !self.aliases.contains_key(name)
    }

    pub(super) fn is_global(&self, name: &str) -> bool {
        matches!(self.aliases.get(name), Some(Alias::Global))
    }

    pub(super) fn is_item_name(&self, name: &str) -> bool {
        matches!(self.aliases.get(name), Some(Alias::Item(_)))
    }

    /// `$data['message']` within `foreach ($data['rows'] as &$row)`: another item.
    pub(super) fn other_item(&mut self, object: &'a syntax::Expr, index: &syntax::Expr) -> Expr {
        let before: Vec<bool> = self.guarded.iter().map(|guard| guard.2).collect();
        let read = self.expr(object);
        if let (PhpKind::Variable(_), PhpKind::String(key)) = (&object.kind, &index.kind) {
            let guards = self.guarded.iter_mut().zip(&self.guarded_keys);
            for ((guard, first), before) in guards.zip(before) {
                if first.as_ref().is_some_and(|first| first != key) {
                    guard.2 = before;
                }
            }
        }
        read
    }

    /// Notes that a loop mentions the variable whose item it goes through.
    fn touch(&mut self, name: &str) {
        let guards = self.guarded.iter_mut();
        guards.for_each(|(_, own, touched)| *touched |= own.as_deref() == Some(name));
    }

    /// Whether the reference of a `foreach` ends behind it, as far as the list of statements tells: else PHP's
    /// array keeps a reference, which copies of it share.
    pub(super) fn reference_ends(&self, stmt: &syntax::Stmt, next: Option<&syntax::Stmt>) -> bool {
        let PhpStmt::Foreach { value, .. } = &stmt.kind else {
            return true;
        };
        if self.held.hidden.contains(&stmt.span.start) {
            return true;
        }
        let name = self.source(value.span).trim_start_matches('&').trim();
        match next.map(|next| &next.kind) {
            None => self.depth == 1 && !self.in_main,
            Some(PhpStmt::Return(_)) => true,
            Some(PhpStmt::Expr(expr)) => match &expr.kind {
                PhpKind::Call { function, args } if function.last() == "unset" => args
                    .iter()
                    .any(|arg| self.source(arg.value.span).trim() == name),
                _ => false,
            },
            _ => false,
        }
    }

    /// `$chain = $client->chain($path);`: what the path is made of is kept until a verb follows.
    pub(super) fn keep_node(&mut self, span: Span, expr: &'a syntax::Expr) -> Option<Vec<Stmt>> {
        let (target, value) = expr.assignment()?;
        let PhpKind::Variable(name) = &target.kind else {
            return None;
        };
        if self.choosing.contains_key(name) {
            return self.choose(span, name, value);
        }
        let known = self.by_name.contains_key(name) || self.aliases.contains_key(name);
        if known || self.in_main {
            return None;
        }
        let mut stmts = Vec::new();
        let node = self.node_of(span, name, value, &mut stmts)?;
        self.aliases.insert(name.clone(), Alias::Node(node));
        Some(stmts)
    }

    /// The client with a path that the value of a variable is; its parts are kept as they are when it is made.
    pub(super) fn node_of(
        &mut self,
        span: Span,
        of: &str,
        value: &'a syntax::Expr,
        stmts: &mut Vec<Stmt>,
    ) -> Option<Node> {
        let (client, steps) = Call::path_on(value)?;
        let named = matches!(steps.first(), Some(Step::Chain(_)));
        if !(named || self.is_client(client) || self.is_called(of)) {
            return None;
        }
        let client = self.expr(client);
        let client = self.kept_part(span, (of, "client"), client, stmts);
        let path = self.pieces(&steps).into_iter();
        let path = path.map(|piece| match piece {
            PathPiece::Value { value, first } => {
                let value = self.kept_part(span, (of, "path"), value, stmts);
                PathPiece::Value { value, first }
            }
            text => text,
        });
        let path = path.collect();
        let depth = self.depth;
        Some(Node {
            client,
            path,
            depth,
        })
    }

    /// Whether a verb stands behind a path that begins with a variable: the variable holds a client or a part of a path.
    fn is_called(&self, name: &str) -> bool {
        let mut called = false;
        everywhere(self.statements_of.unwrap_or_default(), &mut |expr| {
            let client = Call::of(expr).map(|call| call.client);
            called |= matches!(client.map(|client| &client.kind), Some(PhpKind::Variable(own)) if own == name);
        });
        called
    }

    /// Whether a method of the class, other than its constructor, sets a property.
    fn may_change(&self, field: &str) -> bool {
        let methods = self.class.iter().flat_map(|shape| &shape.class.methods);
        let mut others = methods.filter(|method| !method.name.eq_ignore_ascii_case("__construct"));
        others.any(|method| {
            let mut set = false;
            everywhere(&method.closure.body, &mut |expr| {
                set |= match &expr.kind {
                    PhpKind::Assign { target, .. } => {
                        self.own_property(target).is_some_and(|own| own == field)
                    }
                    PhpKind::Whole(whole) => {
                        matches!(**whole, WholeExpr::CoalesceAssign(..) | WholeExpr::List(_))
                    }
                    _ => false,
                };
            });
            set
        })
    }

    /// A part of such a path in a variable, as it was when the path was made.
    fn kept_part(
        &mut self,
        span: Span,
        (of, name): (&str, &str),
        value: Expr,
        stmts: &mut Vec<Stmt>,
    ) -> Expr {
        if let ExprKind::Field(field) = &*value.kind
            && name == "client"
            && !self.may_change(field)
        {
            return value;
        }
        let mut own = name.to_owned();
        while own == of || self.by_name.contains_key(&own) || self.aliases.contains_key(&own) {
            own.push_str("_kept");
        }
        let local = self.local(&own);
        let place = Place {
            root: Root::Local(local),
            path: Vec::new(),
        };
        let kept = Expr::new(span, ExprKind::Assign(place, value));
        let kind = StmtKind::Expr(kept);
        stmts.push(Stmt { span, kind });
        Expr::new(span, ExprKind::Local(local))
    }

    /// The client with a path that an expression is, if it is such a variable.
    pub(super) fn node(&self, client: &syntax::Expr) -> Option<Node> {
        match &client.kind {
            PhpKind::Variable(name) => match self.aliases.get(name) {
                Some(Alias::Node(node)) => Some(node.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    /// Behind the statements that made it, such a variable may hold nothing.
    pub(super) fn end_nodes(&mut self) {
        for alias in self.aliases.values_mut() {
            if matches!(alias, Alias::Node(node) if node.depth > self.depth) {
                *alias = Alias::Left;
            }
        }
    }

    /// An assignment to what the application has: `Yii::$app->response->format = …`, `Order::$count = …`.
    pub(super) fn foreign_assign(
        &mut self,
        span: Span,
        target: &'a syntax::Expr,
        value: &'a syntax::Expr,
    ) -> Option<Expr> {
        if !self.is_foreign_target(target) {
            return None;
        }
        let (mut words, mut args) = (vec!["set".to_owned()], Vec::new());
        self.target_words(target, &mut words, &mut args)?;
        if self.kind_of(value) == Ty::Client
            && static_of(target).is_some()
            && !matches!(target.kind, PhpKind::Whole(_))
        {
            let message = "an array of clients that the application has";
            let hint = "keep the clients in Rust, in a map by their merchants";
            let problem = Problem::error(span, message).hint(hint);
            return Some(Expr::new(span, ExprKind::Refused(problem)));
        }
        if let Some((class, name)) = static_of(target)
            && self.is_late(class, name)
        {
            return Some(self.late(target.span, name));
        }
        args.push(self.expr(value));
        Some(self.foreign(span, words, None, args))
    }

    /// `self::$instance ??= new self()` of a property that the application has: it is set only where it is null.
    pub(super) fn foreign_missing(
        &mut self,
        span: Span,
        target: &'a syntax::Expr,
        value: &'a syntax::Expr,
    ) -> Option<Expr> {
        if !matches!(target.kind, PhpKind::Whole(_)) || !self.is_foreign_target(target) {
            return None;
        }
        let there = self.expr(target);
        let set = self.foreign_assign(span, target, value)?;
        Some(Expr::new(span, ExprKind::Coalesce(there, set)))
    }

    fn is_foreign_target(&self, target: &syntax::Expr) -> bool {
        match &target.kind {
            PhpKind::Property { object, .. } => match self.own_property(target) {
                Some(_) => false,
                None => self.is_foreign_object(object),
            },
            PhpKind::Index { object, .. } => self.is_foreign_object(object),
            PhpKind::Whole(whole) => {
                matches!(&**whole, WholeExpr::StaticProperty(..))
                    && self.own_property(target).is_none()
            }
            _ => false,
        }
    }

    fn is_foreign_object(&self, object: &syntax::Expr) -> bool {
        if let Some(name) = self.own_property(object) {
            return self.class.is_some_and(|shape| {
                shape.foreign.contains(&name) || !shape.fields.contains_key(&name)
            });
        }
        self.is_foreign_target(object)
    }

    fn target_words(
        &mut self,
        target: &'a syntax::Expr,
        words: &mut Vec<String>,
        args: &mut Vec<Expr>,
    ) -> Option<()> {
        match &target.kind {
            PhpKind::Property { object, member } => {
                if let Some(name) = self.own_property(target) {
                    words.push(name);
                    return Some(());
                }
                self.target_words(object, words, args)?;
                words.push(member.name()?.to_owned());
            }
            PhpKind::Index { object, index } => {
                self.target_words(object, words, args)?;
                match index {
                    Some(index) => args.push(self.expr(index)),
                    None => words.push("item".to_owned()),
                }
            }
            PhpKind::Whole(whole) => match &**whole {
                WholeExpr::StaticProperty(class, name) => {
                    words.extend(self.static_words(class, name));
                }
                _ => return None,
            },
            _ => return None,
        }
        Some(())
    }

    /// The refusal of a function that uses a reference in a way that is not known.
    pub(super) fn misuse(&mut self, span: Span) -> Option<Stmt> {
        let name = self.misused.take()?;
        let message = format!("the porter does not know this use of the reference `${name}`");
        let kind = StmtKind::Refused(Problem::error(span, message).hint("write this part in Rust"));
        Some(Stmt { span, kind })
    }
}

fn value_of(span: Span, place: &Place) -> Expr {
    let root = match &place.root {
        Root::Local(local) => ExprKind::Local(*local),
        Root::Field(name) => ExprKind::Field(name.clone()),
    };
    Expr::new(span, root).at(span, place.path.iter().flatten())
}

/// The static property that a target is, or is a part of.
fn static_of(target: &syntax::Expr) -> Option<(&syntax::Name, &str)> {
    match &target.kind {
        PhpKind::Property { object, .. } | PhpKind::Index { object, .. } => static_of(object),
        PhpKind::Whole(whole) => match &**whole {
            WholeExpr::StaticProperty(class, name) => Some((class, name)),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a value is the same at all times.
pub(super) fn is_constant(value: &syntax::Expr) -> bool {
    match &value.kind {
        PhpKind::Null
        | PhpKind::Bool(_)
        | PhpKind::Int(_)
        | PhpKind::Float(_)
        | PhpKind::String(_) => true,
        PhpKind::Array(items) => items
            .iter()
            .all(|item| item.key.as_ref().is_none_or(is_constant) && is_constant(&item.value)),
        PhpKind::Unary {
            op: UnaryOp::Minus,
            operand,
        } => matches!(operand.kind, PhpKind::Int(_) | PhpKind::Float(_)),
        _ => false,
    }
}
