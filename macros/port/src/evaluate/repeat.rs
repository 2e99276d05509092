//! Loops, and `switch`, which `break` leaves as well.
//!
//! A loop runs as long as its condition is known, for so many rounds. Where only a run would tell, one round is gone with
//! what any number of rounds may have left.

use std::rc::Rc;

use super::Evaluator;
use super::fork::Scope;
use super::object::Object;
use super::statement::{Flow, Ways};
use super::value::{Array, Value};
use crate::hir::tree::{Expr, Stmt};
use crate::syntax::{BinaryOp, Span};

/// How many rounds a loop has.
const ROUNDS: usize = 10_000;

/// A loop or `switch` that runs: the variables with which it is left.
#[derive(Default)]
pub(super) struct Frame<'a> {
    /// By `break`.
    breaks: Vec<Scope<'a>>,
    /// By `continue`.
    continues: Vec<Scope<'a>>,
}

/// The rounds of a loop.
pub(super) struct Turn<'a> {
    pub(super) span: Span,
    /// The variables of a `foreach`: the key, if it has one, and the value.
    pub(super) items: Option<(Option<&'a str>, &'a str)>,
    pub(super) step: &'a [Expr],
    pub(super) body: &'a [Stmt],
}

impl<'a> Turn<'a> {
    pub(super) fn of(span: Span, step: &'a [Expr], body: &'a [Stmt]) -> Self {
        let items = None;
        Self {
            span,
            items,
            step,
            body,
        }
    }
}

/// How a loop goes on.
enum Round<'a> {
    Next,
    /// Nothing goes on to another round.
    End(Flow<'a>),
}

impl<'a> Evaluator<'a, '_> {
    /// `break` and `continue`: the loop that is meant goes on with the variables as they are.
    pub(super) fn leave(&mut self, levels: usize, breaks: bool, span: Span) -> Flow<'a> {
        let scope = self.scope();
        let frame = self.frames.len().checked_sub(levels);
        match frame.and_then(|frame| self.frames.get_mut(frame)) {
            Some(frame) if breaks => frame.breaks.push(scope),
            Some(frame) => frame.continues.push(scope),
            None => {
                self.error(span, "there is no such loop to leave", "");
            }
        }
        Flow::Leave
    }

    /// How often loops that still run were left.
    pub(super) fn left(&self) -> usize {
        let frames = self.frames.iter();
        frames
            .map(|frame| frame.breaks.len() + frame.continues.len())
            .sum()
    }

    /// Forgets the variables with which loops were left, clients aside.
    pub(super) fn forget_left(&mut self) {
        for frame in &mut self.frames {
            let scopes = frame.breaks.iter_mut().chain(&mut frame.continues);
            for (name, value) in scopes.flatten() {
                if !matches!(value, Value::Chain(_)) {
                    let why =
                        format!("what `${name}` is after something that is not followed here");
                    *value = Value::unknown(why);
                }
            }
        }
    }

    /// `while`, `for` and `do … while`; of the last one, the condition is not asked before the first round.
    pub(super) fn repeat(
        &mut self,
        condition: Option<&'a Expr>,
        asked: bool,
        turn: &Turn<'a>,
    ) -> Flow<'a> {
        let (mut behind, unsure) = (Vec::new(), self.unsure);
        let (mut rounds, requests) = (0, self.requests.len());
        let flow = loop {
            let goes_on = match condition {
                Some(condition) if asked || rounds > 0 => self.expr(condition).to_bool(),
                _ => Some(true),
            };
            rounds += 1;
            match goes_on {
                Some(false) => break Flow::Next,
                None => break self.round_perhaps(None, turn, &mut behind),
                Some(true) if rounds > ROUNDS => {
                    self.requests.truncate(requests);
                    break self.too_long(turn);
                }
                Some(true) => {}
            }
            if let Round::End(flow) = self.round(turn, &mut behind) {
                break flow;
            }
            // Without a condition, all further rounds are as this one.
            if condition.is_none() && !behind.is_empty() {
                self.forget_changed(turn.span);
                break Flow::Throw;
            }
        };
        self.unsure = unsure;
        self.behind(flow, behind)
    }

    pub(super) fn foreach(&mut self, subject: &'a Expr, turn: &Turn<'a>) -> Flow<'a> {
        let (mut behind, unsure) = (Vec::new(), self.unsure);
        let items = match self.expr(subject) {
            Value::Array(array) => pairs(&array),
            Value::Object(object) => match &*object.borrow() {
                Object::Plain(array) => pairs(array),
                _ => Vec::new(),
            },
            Value::Unknown(why) => {
                let flow = self.round_perhaps(Some(&why), turn, &mut behind);
                return self.behind(flow, behind);
            }
            _ => Vec::new(),
        };
        if items.len() > ROUNDS {
            return self.too_long(turn);
        }
        let mut flow = Flow::Next;
        for (key, item) in items {
            self.set_items(turn, key, item);
            if let Round::End(end) = self.round(turn, &mut behind) {
                flow = end;
                break;
            }
        }
        self.unsure = unsure;
        self.behind(flow, behind)
    }

    fn set_items(&mut self, turn: &Turn<'a>, key: Value<'a>, item: Value<'a>) {
        if let Some((name, value)) = turn.items {
            if let Some(name) = name {
                self.set(name, key);
            }
            self.set(value, item);
        }
    }

    fn too_long(&mut self, turn: &Turn<'a>) -> Flow<'a> {
        let hint = crate::diagnostic::ALONE;
        self.error(turn.span, "this loop is too long to be followed", hint);
        self.forget_changed(turn.span);
        Flow::Next
    }

    /// A round that is gone if those before it have not left the loop.
    fn round(&mut self, turn: &Turn<'a>, behind: &mut Vec<Scope<'a>>) -> Round<'a> {
        self.frames.push(Frame::default());
        let flow = self.block(turn.body);
        let frame = self.frames.pop().unwrap_or_default();
        let mut ways = Ways::default();
        let end = self.scope();
        ways.add(flow, end);
        ways.ends.extend(frame.continues);
        let leaves = !frame.breaks.is_empty();
        behind.extend(frame.breaks);
        match self.join(ways) {
            Flow::Next => {
                // The following statements may not run.
                self.unsure += usize::from(leaves);
                for step in turn.step {
                    self.expr(step);
                }
                Round::Next
            }
            flow => Round::End(flow),
        }
    }

    /// A round of a loop that may run any number of times: each may begin with what others have left.
    fn round_perhaps(
        &mut self,
        why: Option<&Rc<str>>,
        turn: &Turn<'a>,
        behind: &mut Vec<Scope<'a>>,
    ) -> Flow<'a> {
        self.forget_changed(turn.span);
        let mut ways = Ways::default();
        self.frames.push(Frame::default());
        let (flow, end) = self.way(|evaluator| {
            if let Some(why) = why {
                let unknown = || Value::Unknown(Rc::clone(why));
                evaluator.set_items(turn, unknown(), unknown());
            }
            let flow = evaluator.block(turn.body);
            if matches!(flow, Flow::Next) {
                for step in turn.step {
                    evaluator.expr(step);
                }
            }
            flow
        });
        let frame = self.frames.pop().unwrap_or_default();
        ways.add(flow, end);
        ways.ends.extend(frame.continues);
        behind.extend(frame.breaks);
        let none = self.scope();
        ways.add(Flow::Next, none);
        self.join(ways)
    }

    /// Behind a loop, which ends by itself or by `break`.
    fn behind(&mut self, flow: Flow<'a>, breaks: Vec<Scope<'a>>) -> Flow<'a> {
        let mut ways = Ways::default();
        let end = self.scope();
        ways.add(flow, end);
        ways.ends.extend(breaks);
        self.join(ways)
    }

    /// From each case that may be the first one that equals loosely, on until a `break`.
    pub(super) fn switch(
        &mut self,
        subject: &'a Expr,
        cases: &'a [(Option<Expr>, Vec<Stmt>)],
    ) -> Flow<'a> {
        let subject = self.expr(subject);
        let starts = self.starts(&subject, cases);
        self.frames.push(Frame::default());
        let mut ways = Ways::default();
        for start in &starts {
            let run = |evaluator: &mut Self| {
                let bodies = cases.iter().skip(*start).map(|(_, body)| body);
                for body in bodies {
                    match evaluator.block(body) {
                        Flow::Next => {}
                        flow => return flow,
                    }
                }
                Flow::Next
            };
            let (flow, end) = match starts.len() {
                1 => (run(self), self.scope()),
                _ => self.way(run),
            };
            ways.add(flow, end);
        }
        let frame = self.frames.pop().unwrap_or_default();
        ways.ends.extend(frame.breaks);
        ways.ends.extend(frame.continues);
        self.join(ways)
    }

    /// The cases that a run may begin with; the number of cases is none of them.
    fn starts(
        &mut self,
        subject: &Value<'a>,
        cases: &'a [(Option<Expr>, Vec<Stmt>)],
    ) -> Vec<usize> {
        let mut starts = Vec::new();
        for (place, (value, _)) in cases.iter().enumerate() {
            let Some(value) = value else {
                continue;
            };
            let value = self.expr(value);
            match super::operator::apply(BinaryOp::Equal, subject, &value).to_bool() {
                Some(false) => {}
                Some(true) => {
                    starts.push(place);
                    return starts;
                }
                None => starts.push(place),
            }
        }
        let default = cases.iter().position(|(value, _)| value.is_none());
        starts.push(default.unwrap_or(cases.len()));
        starts
    }

    /// `match`: strict, and an error where nothing matches.
    pub(super) fn match_value(
        &mut self,
        subject: &'a Expr,
        arms: &'a [(Option<Vec<Expr>>, Expr)],
        span: Span,
    ) -> Value<'a> {
        let subject = self.expr(subject);
        let mut possible = Vec::new();
        let mut found = None;
        'arms: for (conditions, value) in arms {
            for condition in conditions.iter().flatten() {
                let condition = self.expr(condition);
                match super::operator::apply(BinaryOp::Identical, &subject, &condition).to_bool() {
                    Some(false) => {}
                    Some(true) => {
                        found = Some(value);
                        break 'arms;
                    }
                    None => possible.push(value),
                }
            }
        }
        let default = arms.iter().find(|(conditions, _)| conditions.is_none());
        let last = found.or(default.map(|(_, value)| value));
        match (last, &*possible) {
            (Some(value), []) => self.expr(value),
            (None, []) => self.error(span, "no arm of this `match` fits: PHP throws here", ""),
            (last, _) => {
                let mut ends = Vec::new();
                for value in possible.into_iter().chain(last) {
                    ends.push(self.way(|evaluator| evaluator.expr(value)).1);
                }
                self.meet(ends);
                Value::unknown("one of several values of a `match`")
            }
        }
    }
}

fn pairs<'a>(array: &Array<'a>) -> Vec<(Value<'a>, Value<'a>)> {
    let pairs = array.iter();
    pairs
        .map(|(key, value)| (key.value(), value.clone()))
        .collect()
}
