//! Runs a block without its calls: what would it send?
//!
//! It interprets the tree of [`hir`] in which calls keep their names.
//!
//! A call gives a [`Request`] and an answer that nothing is known of. Both ways of a condition on
//! such an answer are gone, and the bodies of handlers, so that every call is found; what differs
//! where ways meet is not known afterwards. A request that
//! depends on an answer is a problem, with its place.

mod assign;
mod call;
mod closure;
mod convert;
mod expression;
mod fork;
mod function;
mod guzzle;
mod node;
mod object;
mod operator;
mod path;
mod plain;
mod repeat;
mod request;
mod statement;
mod unresolved;
mod value;
mod variable;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use self::value::Value;
use crate::diagnostic::{Problem, Severity};
use crate::hir::{self, Changes, tree};
use crate::recognise;
use crate::source::Block;
use crate::syntax::{Program, Span};

pub use request::{Host, Output, Part, Request, Upload};

/// Finds the requests of a block.
///
/// ```
/// # use wechatpay_chain_port::evaluate::{Host, run};
/// # use wechatpay_chain_port::source::Block;
/// # use wechatpay_chain_port::syntax::parse;
/// # fn example(host: &dyn Host) {
/// let php = "$instance->v3->_id_->get(['id' => 'x', 'query' => ['a' => 1]]);";
/// let program = parse(php).program;
/// let output = run(&Block::whole("a.php", php), &program, host);
/// assert_eq!(output.requests[0].template, "v3/{id}");
/// # }
/// ```
#[must_use]
pub fn run(block: &Block, program: &Program, host: &dyn Host) -> Output {
    if program.fragment {
        let whole = program.statements.first().map(|stmt| stmt.span);
        let problem = Problem::warning(
            whole.unwrap_or_default(),
            "this is the inside of an array and makes no call",
        );
        let problem = problem.hint("put it into the options of the call that it belongs to");
        return Output {
            requests: Vec::new(),
            problems: vec![problem],
        };
    }
    let (file, changes) = hir::unresolved(block, program);
    let mut evaluator = Evaluator::new(host, &file, &changes);
    evaluator.program();
    evaluator.finish(program)
}

/// How many expressions are evaluated before a block is given up.
const STEPS: usize = 400_000;
/// How many bytes a text may have; a whole source has no more.
const LONGEST: usize = 4 << 20;
/// How deep calls of closures go.
const CALLS: usize = 30;
/// How deep expressions and statements go, over all calls: each level is on this program's stack.
const LEVELS: usize = 250;

struct Evaluator<'a, 'h> {
    host: &'h dyn Host,
    output: Output,
    scopes: Vec<HashMap<String, Value<'a>>>,
    /// The variables of the functions that the scopes are of.
    locals: Vec<&'a [tree::Local]>,
    file: &'a tree::File,
    functions: HashMap<String, &'a tree::Function>,
    called: HashSet<String>,
    /// The innermost statement.
    statement: Span,
    steps: usize,
    level: usize,
    /// The variables that loops and `try`s may change.
    changes: &'a Changes,
    /// How many ways that may not be taken are gone.
    unsure: usize,
    /// Whether a way that may be taken has returned from the function.
    may_return: bool,
    /// The loops and `switch`es of the function that runs, the innermost last.
    frames: Vec<repeat::Frame<'a>>,
    /// Undefined variables that were told of.
    told: HashSet<String>,
    saw_url: bool,
    /// The calls that were looked at; the others must not vanish.
    taken: BTreeSet<(usize, usize)>,
}

impl std::ops::Deref for Evaluator<'_, '_> {
    type Target = Output;

    fn deref(&self) -> &Output {
        &self.output
    }
}

impl std::ops::DerefMut for Evaluator<'_, '_> {
    fn deref_mut(&mut self) -> &mut Output {
        &mut self.output
    }
}

impl<'a, 'h> Evaluator<'a, 'h> {
    fn new(host: &'h dyn Host, file: &'a tree::File, changes: &'a Changes) -> Self {
        let named = file
            .functions
            .iter()
            .map(|code| (code.name.to_ascii_lowercase(), code));
        let locals = file.main.as_ref().map_or(&[][..], |main| &main.locals);
        Self {
            host,
            output: Output::default(),
            scopes: vec![HashMap::new()],
            locals: vec![locals],
            file,
            functions: named.collect(),
            called: HashSet::new(),
            statement: Span::default(),
            steps: 0,
            level: 0,
            changes,
            unsure: 0,
            may_return: false,
            frames: Vec::new(),
            told: HashSet::new(),
            saw_url: false,
            taken: BTreeSet::new(),
        }
    }

    fn finish(mut self, program: &Program) -> Output {
        let left_out = recognise::left_out(program, &self.taken);
        self.problems.extend(left_out);
        if self.requests.is_empty()
            && self
                .problems
                .iter()
                .all(|it| it.severity == Severity::Warning)
        {
            let first = program
                .statements
                .first()
                .map(|stmt| stmt.span)
                .unwrap_or_default();
            let problem = match self.saw_url {
                true => Problem::warning(
                    first,
                    "this makes a URL and no call: there is no request to port",
                )
                .hint("the user's browser opens it; make it with Rust's own URL tools"),
                false => Problem::warning(first, "no call of the SDK here"),
            };
            self.problems.push(problem);
        }
        self.output
    }

    fn error(&mut self, span: Span, message: impl Into<String>, hint: &str) -> Value<'a> {
        let message = message.into();
        let why: Rc<str> = message.as_str().into();
        let problem = Problem::error(span, message);
        self.problems.push(match hint {
            "" => problem,
            hint => problem.hint(hint),
        });
        Value::Unknown(why)
    }

    fn warn(&mut self, span: Span, message: impl Into<String>, hint: &str) {
        let problem = Problem::warning(span, message);
        self.problems.push(match hint {
            "" => problem,
            hint => problem.hint(hint),
        });
    }

    /// One level deeper; nothing when that is too deep.
    fn deeper<T>(&mut self, span: Span, work: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.level >= LEVELS {
            if self.told.insert("too deep".to_owned()) {
                self.error(span, "these calls are nested too deeply to be followed", "");
            }
            return None;
        }
        self.level += 1;
        let done = work(self);
        self.level -= 1;
        Some(done)
    }

    /// The value, unless it has grown beyond what can be worked with. Looking costs strength, too.
    fn handy(&mut self, value: Value<'a>, span: Span) -> Value<'a> {
        let (unwieldy, looked_at) = value.is_unwieldy();
        self.charge(looked_at);
        match unwieldy {
            true => self.error(span, "this grows too large to be followed", ""),
            false => value,
        }
    }

    /// The value, unless it is a text that has grown beyond what can be worked with: `json_encode` of
    /// `json_encode` doubles the backslashes each time. Copying texts costs strength, too.
    fn handy_text(&mut self, value: Value<'a>, span: Span) -> Value<'a> {
        let Value::Text(text) = &value else {
            return value;
        };
        self.charge(text.len() / 64);
        if text.len() > LONGEST {
            self.error(span, "this grows too large to be followed", "")
        } else {
            value
        }
    }

    /// Strength for looking at that many values; the next step tells when none is left.
    fn charge(&mut self, looked_at: usize) {
        let before = self.steps;
        self.steps += looked_at / 16;
        if before < STEPS && self.steps >= STEPS {
            self.steps = STEPS - 1;
        }
    }

    /// Whether there is strength for another step.
    fn step(&mut self, span: Span) -> bool {
        self.steps += 1;
        if self.steps == STEPS {
            self.error(
                span,
                "this runs for too long to be followed",
                crate::diagnostic::ALONE,
            );
        }
        self.steps < STEPS
    }
}
