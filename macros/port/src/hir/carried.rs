//! Which variables, properties and results may hold a value with something that its JSON does not tell: an array that lost
//! items, or an object.
//!
//! A value is carried on by assignments, arguments, results, properties, closures and `foreach`, each possibly a level
//! further in or out. The statements of a function count in their order; a property may come from any other method.

use std::collections::BTreeSet;

use super::Ty;
use super::builtin::Builtin;
use super::tree::{Expr, ExprKind, File, Function, Place, Root, Stmt, StmtKind};
use super::walk::Use;
use crate::syntax::{BinaryOp, Span};

/// Deeper than this no value is followed.
const DEEPEST: usize = 8;

/// Where a mark is, and what it does to the levels below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// One level.
    Level,
    /// A level and all below.
    Below,
}

/// The marks of a file.
#[derive(Debug)]
pub(super) struct Carried {
    seeds: Seeds,
    functions: Vec<Facts>,
    /// The marks of each function.
    marks: Vec<BTreeSet<Mark>>,
    /// The depths of what each function returns.
    results: Vec<BTreeSet<usize>>,
    fields: BTreeSet<(String, usize)>,
}

/// A variable or property, how deep the mark is, and from where on.
type Mark = (String, usize, (usize, usize));

/// The effects of one function, without those of its closures: they are functions too.
#[derive(Debug, Default)]
struct Facts {
    /// Its name, and whether it is a constructor; a closure has none.
    name: Option<String>,
    is_new: bool,
    span: (usize, usize),
    params: Vec<(String, bool)>,
    flows: Vec<Flow>,
    /// The variables that are set as a whole, and the statements for which that counts.
    set: Vec<(String, Span, (usize, usize))>,
    /// The loops, and whether something in them may jump over what sets a variable.
    loops: Vec<(Span, bool)>,
    /// The methods of the same object that are called, and where.
    calls: Vec<(String, Span)>,
}

#[derive(Debug)]
struct Flow {
    target: Target,
    /// How much deeper it is put.
    down: usize,
    sources: Vec<Source>,
    span: Span,
}

#[derive(Debug, Clone)]
enum Target {
    Root(String),
    Result,
    /// The parameter of functions of this name; without one, of all closures.
    Param(Option<String>, usize),
}

/// A value that an expression may be or hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Source {
    from: From,
    /// How much deeper it is within the expression; negative is further out.
    by: isize,
    /// The levels above are new.
    least: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum From {
    /// The mark begins here.
    Seed,
    Root(String),
    /// The value that functions of this name return; without a name, that of all closures.
    Result(Option<String>),
    /// A variable of the function around it that a closure captures.
    Outer(usize, String, Span),
}

/// Where marks begin.
#[derive(Debug, Clone)]
pub(super) struct Seeds {
    /// The names whose items may have a mark; without them, all items.
    pub(super) names: Option<BTreeSet<String>>,
    /// How far a mark reaches.
    pub(super) reach: Reach,
    /// Whether an expression has a mark itself.
    pub(super) value: fn(&Expr) -> bool,
    /// The place that an expression marks, at a depth.
    pub(super) change: fn(&Expr) -> Option<(&Place, usize)>,
}

impl Seeds {
    fn may_mark(&self, key: &Expr) -> bool {
        match (&self.names, &*key.kind) {
            (Some(names), ExprKind::Text(name)) => names.contains(name) || is_serial(name),
            _ => true,
        }
    }
}

/// Whether a name is the id or serial number of a key: such items are set by names that only a run tells.
fn is_serial(name: &str) -> bool {
    let hex = name.len() >= 16 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    hex || name.starts_with("PUB_KEY_ID_")
}

impl Carried {
    pub(super) fn of(file: &mut File, seeds: Seeds) -> Self {
        let mut functions = Vec::new();
        for class in &mut file.classes {
            if let Some(function) = &mut class.constructor {
                read(function, true, &seeds, &mut functions);
            }
            for function in &mut class.methods {
                read(function, false, &seeds, &mut functions);
            }
        }
        for function in file.functions.iter_mut().chain(&mut file.main) {
            read(function, false, &seeds, &mut functions);
        }
        let count = functions.len();
        let mut made = Self {
            seeds,
            functions,
            marks: vec![BTreeSet::new(); count],
            results: vec![BTreeSet::new(); count],
            fields: BTreeSet::new(),
        };
        while made.round() {}
        made
    }

    /// Calls `found` with the number of the function that each expression stands in.
    pub(super) fn each(&self, file: &mut File, found: &mut dyn FnMut(usize, &mut Expr)) {
        let mut number = 0;
        for function in file.functions_mut() {
            each_in(function, &mut number, found);
        }
    }

    /// Whether a place has a mark at this depth when an expression is evaluated.
    pub(super) fn is_marked(&self, function: usize, root: &Root, depth: usize, at: Span) -> bool {
        self.depths(function, &name(root), at).contains(&depth)
    }

    /// Whether a value has a mark itself.
    pub(super) fn is_marked_value(&self, function: usize, value: &mut Expr) -> bool {
        let mut sources = Vec::new();
        collect(value, &self.seeds, 0, 0, &mut sources);
        self.of_sources(function, &sources, value.span).contains(&0)
    }

    /// Whether a value has a mark, or holds something that has one.
    pub(super) fn holds_marked(&self, function: usize, value: &mut Expr) -> bool {
        let mut sources = Vec::new();
        collect(value, &self.seeds, 0, 0, &mut sources);
        !self.of_sources(function, &sources, value.span).is_empty()
    }

    fn round(&mut self) -> bool {
        let mut changed = false;
        for function in 0..self.functions.len() {
            for flow in 0..self.functions[function].flows.len() {
                let flow = &self.functions[function].flows[flow];
                let depths = self.of_sources(function, &flow.sources, flow.span);
                let depths: Vec<_> = depths.into_iter().map(|depth| depth + flow.down).collect();
                let (target, span) = (flow.target.clone(), flow.span);
                for depth in depths.into_iter().filter(|depth| *depth <= DEEPEST) {
                    changed |= self.mark(function, &target, depth, span);
                }
            }
            changed |= self.called(function);
        }
        changed
    }

    /// A method that marks a property of its object has marked it behind the call.
    fn called(&mut self, function: usize) -> bool {
        let mut new = Vec::new();
        for (called, span) in &self.functions[function].calls {
            for (facts, marks) in self.functions.iter().zip(&self.marks) {
                if facts.name.as_ref() != Some(called) {
                    continue;
                }
                let own = marks.iter().filter(|(root, _, from)| {
                    // Other marks are there before the call.
                    root.starts_with('$') && from.0 != facts.start()
                });
                let at = (span.start, span.end);
                new.extend(own.map(|(root, depth, _)| (root.clone(), *depth, at)));
            }
        }
        let mut changed = false;
        for mark in new {
            changed |= self.marks[function].insert(mark);
        }
        changed
    }

    fn mark(&mut self, function: usize, target: &Target, depth: usize, span: Span) -> bool {
        match target {
            Target::Result => self.results[function].insert(depth),
            Target::Root(root) => {
                let mut new =
                    self.marks[function].insert((root.clone(), depth, (span.start, span.end)));
                if root.starts_with('$') && self.fields.insert((root.clone(), depth)) {
                    new = true;
                    for (other, facts) in self.functions.iter().enumerate() {
                        if !facts.is_new {
                            let at = (facts.start(), facts.start());
                            self.marks[other].insert((root.clone(), depth, at));
                        }
                    }
                }
                new
            }
            Target::Param(called, place) => {
                let mut new = false;
                for (other, facts) in self.functions.iter().enumerate() {
                    if facts.name != *called {
                        continue;
                    }
                    let start = facts.start();
                    let last = facts.params.len().saturating_sub(1);
                    let Some((param, variadic)) = facts.params.get((*place).min(last)) else {
                        continue;
                    };
                    if *place > last && !variadic {
                        continue;
                    }
                    let at = (start, start);
                    new |= self.marks[other].insert((
                        param.clone(),
                        depth + usize::from(*variadic),
                        at,
                    ));
                }
                new
            }
        }
    }

    fn of_sources(&self, function: usize, sources: &[Source], at: Span) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        for source in sources {
            let depths = match &source.from {
                From::Seed => BTreeSet::from([0]),
                From::Root(root) => self.depths(function, root, at),
                From::Outer(around, root, at) => self.depths(*around, root, *at),
                From::Result(called) => {
                    let all = self.functions.iter().zip(&self.results);
                    let all = all.filter(|(facts, _)| facts.name == *called);
                    all.flat_map(|(_, depths)| depths.iter().copied()).collect()
                }
            };
            found.extend(
                depths
                    .into_iter()
                    .filter_map(|depth| self.moved(depth, source)),
            );
        }
        found
    }

    fn moved(&self, depth: usize, source: &Source) -> Option<usize> {
        let depth = depth.checked_add_signed(source.by);
        match self.seeds.reach {
            Reach::Level => depth.filter(|depth| *depth >= source.least),
            Reach::Below => Some(depth.unwrap_or(0).max(source.least)),
        }
    }

    /// The depths of the marks that a variable has at a place of the function.
    fn depths(&self, function: usize, root: &str, at: Span) -> BTreeSet<usize> {
        let marks = self.marks[function].iter();
        let marks = marks.filter(|(name, _, from)| {
            name == root && self.functions[function].is_before(root, *from, at)
        });
        marks.map(|(_, depth, _)| *depth).collect()
    }
}

impl Facts {
    /// A place before all expressions of the function: those of a generated closure stand where the closure begins.
    fn start(&self) -> usize {
        self.span.0.saturating_sub(1)
    }

    /// Whether a mark of `from` may still be there `at` an expression.
    fn is_before(&self, root: &str, from: (usize, usize), at: Span) -> bool {
        let set_between = |from: usize, to: usize| {
            self.set.iter().any(|(name, span, (start, end))| {
                let counts = *start <= at.start && at.end <= *end;
                name == root && counts && from < span.start && span.start < to
            })
        };
        if from.0 < at.start {
            return !set_between(from.0, at.start);
        }
        self.loops.iter().any(|(turn, jumps)| {
            let within = turn.start <= at.start && from.1 <= turn.end && at.end <= turn.end;
            let kept = *jumps || !set_between(from.0, turn.end);
            within && kept && !set_between(turn.start, at.start)
        })
    }
}

/// Reads a function and its closures, in the order of [`each_in`].
fn read(function: &mut Function, is_new: bool, seeds: &Seeds, into: &mut Vec<Facts>) {
    let name = (!function.name.is_empty()).then(|| function.name.clone());
    let params = function.params.iter();
    let params = params.map(|param| (param.local.to_string(), param.variadic));
    let number = into.len();
    into.push(Facts {
        name,
        is_new,
        span: (function.span.start, function.span.end),
        params: params.collect(),
        ..Facts::default()
    });
    let mut facts = std::mem::take(&mut into[number]);
    Reader {
        seeds,
        facts: &mut facts,
    }
    .list(&mut function.body);
    into[number] = facts;
    for_closures(function, &mut |closure, captures, span| {
        let inner = into.len();
        read(closure, false, seeds, into);
        for (outer, own) in captures {
            let from = From::Outer(number, outer.to_string(), span);
            let source = Source {
                from,
                by: 0,
                least: 0,
            };
            let at = into[inner].start();
            into[inner].flows.push(Flow {
                target: Target::Root(own.to_string()),
                down: 0,
                sources: vec![source],
                span: Span::new(at, at),
            });
        }
    });
}

/// Calls `found` with the number of the function that each expression stands in: that of `function` is `number`.
pub(super) fn each_in(
    function: &mut Function,
    number: &mut usize,
    found: &mut dyn FnMut(usize, &mut Expr),
) {
    let own = *number;
    *number += 1;
    // First the closures: an expression that is refused has none any more.
    for_closures(function, &mut |closure, _, _| {
        each_in(closure, number, found)
    });
    for stmt in &mut function.body {
        stmt.each_mut(&mut |expr| found(own, expr));
    }
}

/// Receives a closure, the variables that it captures, and its place.
pub(super) type ForClosure<'f> = dyn FnMut(&mut Function, &[(usize, usize)], Span) + 'f;

pub(super) fn for_closures(function: &mut Function, found: &mut ForClosure<'_>) {
    for stmt in &mut function.body {
        stmt.each_mut(&mut |expr| {
            let span = expr.span;
            if let ExprKind::Closure(closure, captures) = &mut *expr.kind {
                found(closure, captures, span);
            }
        });
    }
}

struct Reader<'r> {
    seeds: &'r Seeds,
    facts: &'r mut Facts,
}

impl Reader<'_> {
    fn list(&mut self, body: &mut [Stmt]) {
        let ends = body.first().zip(body.last());
        let block = ends.map_or((0, 0), |(first, last)| (first.span.start, last.span.end));
        for stmt in body {
            let span = stmt.span;
            match &mut stmt.kind {
                StmtKind::While { body, .. } | StmtKind::DoWhile(body, _) => {
                    self.facts.loops.push((span, jumps(body)));
                }
                StmtKind::Foreach {
                    subject,
                    value,
                    body,
                    ..
                } => {
                    self.facts.loops.push((span, jumps(body)));
                    let value = Target::Root(value.to_string());
                    self.flow(value, 0, subject, -1, subject.span);
                }
                StmtKind::Return(Some(value)) => self.flow(Target::Result, 0, value, 0, span),
                StmtKind::Let(local, value) => {
                    let target = Target::Root(local.to_string());
                    self.flow(target, 0, value, 0, span);
                }
                StmtKind::Expr(expr) => self.sets(expr, block),
                _ => {}
            }
            for expr in stmt.exprs_mut() {
                self.expr(expr);
            }
            for (body, _) in stmt.bodies_mut() {
                self.list(body);
            }
        }
    }

    /// Records the places that a statement sets for all statements behind it in its list.
    fn sets(&mut self, expr: &mut Expr, block: (usize, usize)) {
        let span = expr.span;
        for (place, how) in expr.places_mut() {
            if how == Use::Write {
                self.facts.set.push((name(&place.root), span, block));
            }
        }
        if let ExprKind::Assign(_, value) = &mut *expr.kind {
            self.sets(value, block);
        }
    }

    fn flow(&mut self, target: Target, down: usize, value: &mut Expr, by: isize, span: Span) {
        let mut sources = Vec::new();
        collect(value, self.seeds, by, 0, &mut sources);
        self.push(target, down, sources, span);
    }

    fn push(&mut self, target: Target, down: usize, sources: Vec<Source>, span: Span) {
        if !sources.is_empty() {
            let flow = Flow {
                target,
                down,
                sources,
                span,
            };
            self.facts.flows.push(flow);
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        let span = expr.span;
        if let Some((place, depth)) = (self.seeds.change)(expr) {
            let source = Source {
                from: From::Seed,
                by: 0,
                least: 0,
            };
            let target = Target::Root(name(&place.root));
            self.push(target, depth, vec![source], span);
        }
        match &mut *expr.kind {
            ExprKind::Assign(place, value) | ExprKind::AssignMissing(place, value) => {
                let target = Target::Root(name(&place.root));
                self.flow(target, place.path.len(), value, 0, span);
            }
            ExprKind::AssignOp(place, BinaryOp::Add, value) => {
                let mut sources = Vec::new();
                collect(value, self.seeds, 0, 1, &mut sources);
                let target = Target::Root(name(&place.root));
                self.push(target, place.path.len(), sources, span);
            }
            ExprKind::Unpack(places, value) => {
                for unpacked in places {
                    let (keys, place) = (&mut unpacked.keys, &unpacked.place);
                    if !keys.iter().all(|key| self.seeds.may_mark(key)) {
                        continue;
                    }
                    let target = Target::Root(name(&place.root));
                    let by = -isize::try_from(keys.len()).unwrap_or(0);
                    self.flow(target, place.path.len(), value, by, span);
                }
            }
            ExprKind::Change("array_push" | "array_unshift", place, values) => {
                for value in values {
                    let target = Target::Root(name(&place.root));
                    self.flow(target, place.path.len() + 1, value, 0, span);
                }
            }
            ExprKind::Call(called, args) | ExprKind::Method(called, args) => {
                self.facts.calls.push((called.clone(), span));
                for (place, arg) in args.iter_mut().enumerate() {
                    self.flow(Target::Param(Some(called.clone()), place), 0, arg, 0, span);
                }
            }
            ExprKind::CallClosure(_, args) => {
                for (place, arg) in args.iter_mut().enumerate() {
                    self.flow(Target::Param(None, place), 0, arg, 0, span);
                }
            }
            ExprKind::Map(_, array) | ExprKind::Filter(array, _) => {
                self.flow(Target::Param(None, 0), 0, array, -1, span);
            }
            ExprKind::Sort(_, place, _) => {
                let by = -1 - isize::try_from(place.path.len()).unwrap_or(0);
                let from = From::Root(name(&place.root));
                for param in 0..2 {
                    let source = Source {
                        from: from.clone(),
                        by,
                        least: 0,
                    };
                    self.push(Target::Param(None, param), 0, vec![source], span);
                }
            }
            ExprKind::Promise(_) => {
                let source = Source {
                    from: From::Result(None),
                    by: 0,
                    least: 0,
                };
                self.push(Target::Param(None, 0), 0, vec![source], span);
            }
            _ => {}
        }
        for child in expr.children_mut() {
            self.expr(child);
        }
    }
}

/// Whether statements jump to the next turn of a loop, possibly from within others.
fn jumps(body: &mut [Stmt]) -> bool {
    body.iter_mut().any(|stmt| {
        matches!(
            stmt.kind,
            StmtKind::Break(_) | StmtKind::Continue(_) | StmtKind::Try { .. }
        ) || stmt.bodies_mut().into_iter().any(|(body, _)| jumps(body))
    })
}

/// The values that an expression may be or hold.
fn collect(expr: &mut Expr, seeds: &Seeds, by: isize, least: usize, into: &mut Vec<Source>) {
    let mut add = |from| into.push(Source { from, by, least });
    if (seeds.value)(expr) {
        add(From::Seed);
    }
    match &mut *expr.kind {
        ExprKind::Local(local) => add(From::Root(local.to_string())),
        ExprKind::Field(field) => add(From::Root(format!("${field}"))),
        ExprKind::Call(called, _) | ExprKind::Method(called, _) => {
            add(From::Result(Some(called.clone())));
        }
        ExprKind::CallClosure(..) | ExprKind::Wait(_) => add(From::Result(None)),
        ExprKind::Map(_, array) => {
            into.push(Source {
                from: From::Result(None),
                by: by + 1,
                least: least + 1,
            });
            collect(array, seeds, by, least + 1, into);
        }
        ExprKind::Filter(array, _) => collect(array, seeds, by, least + 1, into),
        ExprKind::Index(_, key) if !seeds.may_mark(key) => {}
        ExprKind::Index(array, _) => collect(array, seeds, by - 1, least, into),
        ExprKind::Aside { value, .. } => collect(value, seeds, by, least, into),
        ExprKind::Coerce(_, inner)
        | ExprKind::AsArray(inner, _)
        | ExprKind::ToObject(inner)
        | ExprKind::Assign(_, inner) => {
            collect(inner, seeds, by, least, into);
        }
        ExprKind::ToArray(inner) => {
            // An array stays what it is, an object becomes one.
            let new = usize::from(seeds.reach == Reach::Below);
            collect(inner, seeds, by, least + new, into);
        }
        ExprKind::AssignMissing(place, value) | ExprKind::AssignOp(place, _, value) => {
            let out = by - isize::try_from(place.path.len()).unwrap_or(0);
            let from = From::Root(name(&place.root));
            into.push(Source {
                from,
                by: out,
                least,
            });
            collect(value, seeds, by, least, into);
        }
        ExprKind::Coalesce(one, other) | ExprKind::Binary(BinaryOp::Add, one, other) => {
            collect(one, seeds, by, least, into);
            collect(other, seeds, by, least, into);
        }
        ExprKind::Ternary(condition, then, otherwise) => {
            let then = then.as_mut().unwrap_or(condition);
            collect(then, seeds, by, least, into);
            collect(otherwise, seeds, by, least, into);
        }
        ExprKind::Match(_, arms) => {
            for (_, value) in arms {
                collect(value, seeds, by, least, into);
            }
        }
        ExprKind::Array(entries) => {
            for entry in entries {
                let (by, least) = if entry.spread {
                    (by, least + 1)
                } else {
                    (by + 1, least)
                };
                collect(&mut entry.value, seeds, by, least, into);
            }
        }
        ExprKind::Merge(all) => {
            // Beside an empty array, the other one is the result.
            let new = usize::from(all.len() != 2);
            for array in all {
                collect(array, seeds, by, least + new, into);
            }
        }
        ExprKind::Change(_, place, _) => {
            let by = by - 1 - isize::try_from(place.path.len()).unwrap_or(0);
            let from = From::Root(name(&place.root));
            into.push(Source { from, by, least });
        }
        ExprKind::Extreme(_, all) => both(all, 0, seeds, by, least, into),
        ExprKind::Builtin(name, all) => builtin(name, all, seeds, by, least, into),
        _ => {}
    }
}

fn builtin(
    name: &str,
    all: &mut [Expr],
    seeds: &Seeds,
    by: isize,
    least: usize,
    into: &mut Vec<Source>,
) {
    let new = match name {
        "array_unique" | "array_replace" => 0,
        "array_values" | "array_slice" | "array_filter" | "array_reverse" | "array_combine" => 1,
        "json_decode" | "json_decode_array" | "array_keys" => return,
        _ => match Builtin::of(name).map(|row| &row.returns) {
            // One of its items, or one of theirs.
            Some(Ty::Any) | None => return both(all, 1, seeds, by, least, into),
            _ => return,
        },
    };
    for value in all {
        collect(value, seeds, by, least + new, into);
    }
}

/// The values, of which some levels are `new`, and their items.
fn both(
    all: &mut [Expr],
    new: usize,
    seeds: &Seeds,
    by: isize,
    least: usize,
    into: &mut Vec<Source>,
) {
    // One walk for both: within each other, these are many.
    let mut sources = Vec::new();
    for value in all {
        collect(value, seeds, 0, 0, &mut sources);
    }
    let mut found = BTreeSet::new();
    for source in sources {
        for (by, least) in [(by, least + new), (by - 1, least)] {
            let mut source = source.clone();
            source.by = (source.by + by).max(-DEEPEST.cast_signed());
            source.least = source.least.saturating_add_signed(by).max(least);
            found.insert(source);
        }
    }
    into.extend(found);
}

/// A variable by its number, a property by its name behind `$`.
fn name(root: &Root) -> String {
    match root {
        Root::Local(local) => local.to_string(),
        Root::Field(name) => format!("${name}"),
    }
}
