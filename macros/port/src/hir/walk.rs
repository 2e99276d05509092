//! The parts of expressions and statements, and where they use variables.

use super::tree::{
    Expr, ExprKind, PathPiece, Place, ResponsePart, Root, Sdk, Stmt, StmtKind, Target, Unresolved,
};

/// How a variable is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Its value is asked for.
    Read,
    /// It is set as a whole.
    Write,
    /// It is changed: its value before counts.
    Change,
}

impl Sdk {
    /// The expressions within, in PHP's order.
    pub fn children_mut(&mut self) -> Vec<&mut Expr> {
        let mut all = vec![&mut self.client];
        for piece in &mut self.path {
            if let PathPiece::Value { value, .. } = piece {
                all.push(value);
            }
        }
        match &mut self.options {
            Ok(options) => all.extend(options.iter_mut().map(|(_, value)| value)),
            Err(options) => all.push(options),
        }
        all
    }
}

impl Unresolved {
    fn children_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            Self::Member(inner) | Self::Clone(inner) | Self::Sharing(inner, _) => vec![inner],
            Self::Function(_, all) | Self::Static(_, _, all) | Self::New(_, all) => {
                all.iter_mut().collect()
            }
            Self::Method(method) => {
                let mut all = vec![&mut method.object, &mut method.name];
                all.extend(method.args.iter_mut());
                all
            }
            Self::Open(open) => open.parts.iter_mut().collect(),
        }
    }
}

impl Place {
    fn children_mut(&mut self) -> Vec<&mut Expr> {
        self.path.iter_mut().flatten().collect()
    }
}

impl Expr {
    /// The expressions directly within, in PHP's order; none of a closure's body.
    pub fn children_mut(&mut self) -> Vec<&mut Self> {
        match &mut *self.kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Text(_)
            | ExprKind::Local(_)
            | ExprKind::Field(_)
            | ExprKind::ClassConst(_)
            | ExprKind::FileConst(_)
            | ExprKind::Closure(..)
            | ExprKind::Exit(None)
            | ExprKind::Notified(_)
            | ExprKind::Item
            | ExprKind::Refused(_) => Vec::new(),
            ExprKind::Concat(all)
            | ExprKind::Builtin(_, all)
            | ExprKind::Extreme(_, all)
            | ExprKind::Merge(all)
            | ExprKind::Call(_, all)
            | ExprKind::Method(_, all)
            | ExprKind::NewThrown(_, _, all)
            | ExprKind::Pool(_, _, all)
            | ExprKind::Crypto(_, all) => all.iter_mut().collect(),
            ExprKind::Array(entries) => {
                let entries = entries.iter_mut();
                entries
                    .flat_map(|entry| entry.key.iter_mut().chain([&mut entry.value]))
                    .collect()
            }
            ExprKind::Index(one, other)
            | ExprKind::Binary(_, one, other)
            | ExprKind::And(one, other)
            | ExprKind::Or(one, other)
            | ExprKind::Coalesce(one, other)
            | ExprKind::Map(one, other)
            | ExprKind::Filter(one, other) => vec![one, other],
            ExprKind::Not(inner)
            | ExprKind::Minus(inner)
            | ExprKind::Plus(inner)
            | ExprKind::Cast(_, inner)
            | ExprKind::Coerce(_, inner)
            | ExprKind::AsArray(inner, _)
            | ExprKind::Strict(_, inner)
            | ExprKind::ToArray(inner)
            | ExprKind::ToObject(inner)
            | ExprKind::Isset(inner)
            | ExprKind::OfThrown(_, inner)
            | ExprKind::InstanceOf(inner, _)
            | ExprKind::Restacked(inner, ..)
            | ExprKind::FactoryOf(inner)
            | ExprKind::Wait(inner)
            | ExprKind::Throw(inner)
            | ExprKind::Exit(Some(inner))
            | ExprKind::Print(inner) => vec![inner],
            ExprKind::OfResponse(part, inner) => match part {
                ResponsePart::Header(name) => vec![inner, name],
                _ => vec![inner],
            },
            ExprKind::Aside {
                value,
                others,
                first,
            } => {
                let mut all: Vec<_> = others.iter_mut().collect();
                all.insert(if *first { all.len() } else { 0 }, value);
                all
            }
            ExprKind::Ternary(condition, then, otherwise) => {
                let mut all = vec![condition];
                all.extend(then.iter_mut());
                all.push(otherwise);
                all
            }
            ExprKind::Format(format, args) | ExprKind::CallClosure(format, args) => {
                let mut all = vec![format];
                all.extend(args.iter_mut());
                all
            }
            ExprKind::Sdk(sdk) => sdk.children_mut(),
            ExprKind::Unresolved(unresolved) => unresolved.children_mut(),
            ExprKind::Promise(promise) => {
                let mut all = promise.call.children_mut();
                for (fulfilled, rejected) in &mut promise.handlers {
                    all.extend(fulfilled.iter_mut().chain(rejected.iter_mut()));
                }
                all
            }
            ExprKind::Factory(settings) => settings.iter_mut().map(|(_, value)| value).collect(),
            ExprKind::Foreign(foreign) => {
                let receiver = foreign.receiver.iter_mut();
                receiver.chain(foreign.args.iter_mut()).collect()
            }
            ExprKind::Sort(_, place, inner) => {
                let mut all = place.children_mut();
                all.push(inner);
                all
            }
            ExprKind::Assign(place, value)
            | ExprKind::AssignOp(place, _, value)
            | ExprKind::AssignMissing(place, value) => {
                let mut all = place.children_mut();
                all.push(value);
                all
            }
            ExprKind::Change(_, place, args) => {
                let mut all = place.children_mut();
                all.extend(args.iter_mut());
                all
            }
            ExprKind::Unset(place) | ExprKind::Step { place, .. } => place.children_mut(),
            ExprKind::Unpack(places, value) => {
                let mut all = vec![value];
                for target in places {
                    all.extend(&mut target.keys);
                    all.extend(target.place.children_mut());
                    all.push(&mut target.value);
                }
                all
            }
            ExprKind::Match(subject, arms) => {
                let mut all = vec![subject];
                for (conditions, value) in arms {
                    all.extend(conditions.iter_mut().flatten());
                    all.push(value);
                }
                all
            }
        }
    }

    /// The places that it gives whole values to, and these values.
    pub(super) fn given_mut(&mut self) -> Vec<(&Place, &mut Self)> {
        match &mut *self.kind {
            ExprKind::Assign(place, value) | ExprKind::AssignMissing(place, value) => {
                vec![(place, value)]
            }
            ExprKind::Unpack(targets, _) => {
                let targets = targets.iter_mut();
                targets
                    .map(|Target { place, value, .. }| (&*place, value))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// The places that it writes to itself, and how.
    pub(super) fn places_mut(&mut self) -> Vec<(&mut Place, Use)> {
        match &mut *self.kind {
            ExprKind::Assign(place, _) => {
                let how = if place.path.is_empty() {
                    Use::Write
                } else {
                    Use::Change
                };
                vec![(place, how)]
            }
            ExprKind::AssignOp(place, ..)
            | ExprKind::AssignMissing(place, _)
            | ExprKind::Step { place, .. }
            | ExprKind::Sort(_, place, _)
            | ExprKind::Change(_, place, _) => vec![(place, Use::Change)],
            ExprKind::Unset(place) => {
                let how = if place.path.is_empty() {
                    Use::Write
                } else {
                    Use::Change
                };
                vec![(place, how)]
            }
            ExprKind::Unpack(places, _) => {
                let places = places.iter_mut().map(|Target { place, .. }| {
                    let how = if place.path.is_empty() {
                        Use::Write
                    } else {
                        Use::Change
                    };
                    (place, how)
                });
                places.collect()
            }
            _ => Vec::new(),
        }
    }

    /// Calls `found` for each variable that it uses, in PHP's order.
    pub fn locals_mut(&mut self, found: &mut dyn FnMut(&mut usize, Use)) {
        match &mut *self.kind {
            ExprKind::Local(local) => found(local, Use::Read),
            ExprKind::Closure(closure, captures) => {
                for (outer, own) in captures {
                    let lent = closure.lends(*own);
                    found(outer, if lent { Use::Change } else { Use::Read });
                }
            }
            _ => {}
        }
        // A receiver that the application may change.
        if let ExprKind::Foreign(foreign) = &mut *self.kind
            && let Some(receiver) = &mut foreign.receiver
            && let ExprKind::Local(local) = &mut *receiver.kind
        {
            found(local, Use::Change);
            // Each variable is told of once: it may get another number.
            for arg in &mut foreign.args {
                arg.locals_mut(found);
            }
            return;
        }
        for child in self.children_mut() {
            child.locals_mut(found);
        }
        for (place, how) in self.places_mut() {
            if let Root::Local(local) = &mut place.root {
                found(local, how);
            }
        }
    }
}

impl Stmt {
    /// The expressions directly within, in PHP's order.
    pub fn exprs_mut(&mut self) -> Vec<&mut Expr> {
        match &mut self.kind {
            StmtKind::Expr(expr)
            | StmtKind::Let(_, expr)
            | StmtKind::Return(Some(expr))
            | StmtKind::Throw(expr)
            | StmtKind::Exit(Some(expr))
            | StmtKind::DoWhile(_, expr) => vec![expr],
            StmtKind::Echo(all) => all.iter_mut().collect(),
            StmtKind::If(branches, _) => branches.iter_mut().map(|(expr, _)| expr).collect(),
            StmtKind::While {
                condition, step, ..
            } => condition.iter_mut().chain(step.iter_mut()).collect(),
            StmtKind::Foreach { subject, .. } => vec![subject],
            StmtKind::Switch(subject, cases) => {
                let cases = cases.iter_mut().filter_map(|(value, _)| value.as_mut());
                std::iter::once(subject).chain(cases).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The statements within, each list by itself, and whether it may run more than once.
    pub fn bodies_mut(&mut self) -> Vec<(&mut Vec<Self>, bool)> {
        match &mut self.kind {
            StmtKind::If(branches, otherwise) => {
                let branches = branches.iter_mut().map(|(_, body)| (body, false));
                branches
                    .chain(otherwise.iter_mut().map(|body| (body, false)))
                    .collect()
            }
            StmtKind::While { body, .. }
            | StmtKind::DoWhile(body, _)
            | StmtKind::Foreach { body, .. } => vec![(body, true)],
            StmtKind::Switch(_, cases) => cases.iter_mut().map(|(_, body)| (body, false)).collect(),
            StmtKind::Try {
                body,
                catches,
                finally,
            } => {
                let catches = catches.iter_mut().map(|catch| (&mut catch.body, false));
                let all = std::iter::once((body, false)).chain(catches);
                all.chain(finally.iter_mut().map(|body| (body, false)))
                    .collect()
            }
            StmtKind::Block(body) => vec![(body, false)],
            _ => Vec::new(),
        }
    }

    /// Calls `found` for each variable that it uses, those of the statements within too.
    pub fn locals_mut(&mut self, found: &mut dyn FnMut(&mut usize, Use)) {
        for expr in self.exprs_mut() {
            expr.locals_mut(found);
        }
        match &mut self.kind {
            StmtKind::Let(local, _) => found(local, Use::Write),
            StmtKind::Recall(local) => found(local, Use::Change),
            StmtKind::Keep(local) => found(local, Use::Read),
            StmtKind::Foreach { key, value, .. } => {
                key.iter_mut().for_each(|key| found(key, Use::Write));
                found(value, Use::Write);
            }
            StmtKind::Try { catches, .. } => {
                let variables = catches
                    .iter_mut()
                    .filter_map(|catch| catch.variable.as_mut());
                variables.for_each(|variable| found(variable, Use::Write));
            }
            _ => {}
        }
        for (body, _) in self.bodies_mut() {
            body.iter_mut().for_each(|stmt| stmt.locals_mut(found));
        }
    }

    /// Calls `found` for each expression, from the outside in, those in the bodies of closures too.
    pub(crate) fn each_with_closures(&mut self, found: &mut dyn FnMut(&mut Expr)) {
        for expr in self.exprs_mut() {
            each_with_closures(expr, found);
        }
        for (body, _) in self.bodies_mut() {
            let body = body.iter_mut();
            body.for_each(|stmt| stmt.each_with_closures(found));
        }
    }

    /// Calls `found` for each expression, from the outside in, none in the body of a closure.
    pub fn each_mut(&mut self, found: &mut dyn FnMut(&mut Expr)) {
        for expr in self.exprs_mut() {
            each(expr, found);
        }
        for (body, _) in self.bodies_mut() {
            body.iter_mut().for_each(|stmt| stmt.each_mut(found));
        }
    }
}

fn each_with_closures(expr: &mut Expr, found: &mut dyn FnMut(&mut Expr)) {
    found(expr);
    if let ExprKind::Closure(closure, _) = &mut *expr.kind {
        let body = closure.body.iter_mut();
        body.for_each(|stmt| stmt.each_with_closures(found));
    }
    for child in expr.children_mut() {
        each_with_closures(child, found);
    }
}

fn each(expr: &mut Expr, found: &mut dyn FnMut(&mut Expr)) {
    found(expr);
    for child in expr.children_mut() {
        each(child, found);
    }
}
