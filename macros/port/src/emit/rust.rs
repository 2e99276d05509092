//! Rust as it is written: a small tree between what is meant and its layout.

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    /// Text that is never broken, and needs no parentheses anywhere.
    Raw(String),
    /// An operator and its operands: in parentheses wherever more than its value is asked for.
    Op { text: String, level: Level },
    /// Text of several lines that rustfmt leaves alone: a macro's body. Lines but the first are
    /// indented relative to the statement.
    Lines(Vec<String>),
    /// `head(args)`, also `name!(args)`.
    Call { head: String, args: Vec<Self> },
    /// `expr?`, of what is no chain.
    Try(Box<Self>),
    /// `root.a().b()?`
    Chain { root: Box<Self>, links: Vec<Link> },
}

/// A link of a chain, with the comments at its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Link {
    /// `.get(())`
    pub(crate) expr: Expr,
    /// `?` behind it, or nothing.
    pub(crate) tail: &'static str,
    /// Comments on lines of their own, before.
    pub(crate) before: Vec<String>,
    /// The comment at the end of its line.
    pub(crate) after: Option<String>,
}

/// How tightly an operator binds, the loosest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Or,
    And,
    Compare,
    Sum,
    Product,
    Unary,
}

/// A statement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// `// …`
    Comment(String),
    /// An empty line.
    Blank,
    /// `let [mut] name = value;`
    Let {
        name: String,
        mutable: bool,
        value: Expr,
        after: Option<String>,
    },
    /// `target = value;`
    Set { target: String, value: Expr },
    /// `value;`
    Do { value: Expr, after: Option<String> },
    /// The value of a block.
    Tail(Expr),
    /// `return value;`
    Return(Expr),
    /// `head { body }`, then `else`. `close` stands behind the last brace.
    Block {
        head: String,
        body: Vec<Self>,
        otherwise: Option<Vec<Self>>,
        close: &'static str,
    },
    /// `match on { … }`
    Match {
        on: String,
        arms: Vec<(String, Vec<Self>)>,
    },
    /// What could not be translated: the PHP as comments, and why.
    Foreign { php: Vec<String>, reason: String },
}

impl Expr {
    pub(crate) fn raw(text: impl Into<String>) -> Self {
        Self::Raw(text.into())
    }

    pub(crate) fn op(text: impl Into<String>, level: Level) -> Self {
        Self::Op {
            text: text.into(),
            level,
        }
    }

    /// As an operand of something that binds like `level`.
    pub(crate) fn operand(&self, level: Level) -> String {
        match self {
            Self::Op { text, level: own } if *own >= level => text.clone(),
            other => other.flat(),
        }
    }

    pub(crate) fn call(head: impl Into<String>, args: impl IntoIterator<Item = Self>) -> Self {
        Self::Call {
            head: head.into(),
            args: args.into_iter().collect(),
        }
    }

    /// `self.method(args)`
    pub(crate) fn method(self, name: &str, args: impl IntoIterator<Item = Self>) -> Self {
        self.link(Link::new(Self::call(format!(".{name}"), args)))
    }

    pub(crate) fn link(self, link: Link) -> Self {
        match self {
            Self::Chain { root, mut links } => {
                links.push(link);
                Self::Chain { root, links }
            }
            root => Self::Chain {
                root: Box::new(match root {
                    op @ Self::Op { .. } => Self::Raw(op.flat()),
                    root => root,
                }),
                links: vec![link],
            },
        }
    }

    /// `self?`
    pub(crate) fn tried(self) -> Self {
        match self {
            Self::Chain { root, mut links } => {
                if let Some(last) = links.last_mut() {
                    last.tail = "?";
                }
                Self::Chain { root, links }
            }
            Self::Raw(text) => Self::Raw(format!("{text}?")),
            op @ Self::Op { .. } => Self::Raw(op.flat() + "?"),
            call => Self::Try(Box::new(call)),
        }
    }

    /// The expression on one line, if it has no comments and no lines of its own.
    pub(crate) fn one_line(&self) -> Option<String> {
        match self {
            Self::Raw(text) | Self::Op { text, .. } => Some(text.clone()),
            Self::Lines(_) => None,
            Self::Call { head, args } => {
                let args: Option<Vec<_>> = args.iter().map(Self::one_line).collect();
                Some(format!("{head}({})", args?.join(", ")))
            }
            Self::Try(inner) => inner.one_line().map(|text| text + "?"),
            Self::Chain { root, links } => {
                let mut text = root.one_line()?;
                for link in links {
                    if link.commented() {
                        return None;
                    }
                    text.push_str(&link.expr.one_line()?);
                    text.push_str(link.tail);
                }
                Some(text)
            }
        }
    }

    /// [`flat`](Self::flat) where nothing stands beside it: an argument, a whole statement.
    pub(crate) fn bare(&self) -> String {
        match self {
            Self::Op { text, .. } => text.clone(),
            other => other.flat(),
        }
    }

    /// The expression on one line whatever it is; an operator has parentheses.
    pub(crate) fn flat(&self) -> String {
        let flat = |args: &[Self]| args.iter().map(Self::bare).collect::<Vec<_>>().join(", ");
        match self {
            Self::Raw(text) => text.clone(),
            Self::Op { text, .. } => format!("({text})"),
            Self::Lines(lines) => {
                let lines: Vec<_> = lines.iter().map(|line| line.trim()).collect();
                lines.join(" ")
            }
            Self::Call { head, args } => format!("{head}({})", flat(args)),
            Self::Try(inner) => inner.flat() + "?",
            Self::Chain { root, links } => links.iter().fold(root.flat(), |text, link| {
                text + &link.expr.flat() + link.tail
            }),
        }
    }
}

impl Link {
    pub(crate) fn new(expr: Expr) -> Self {
        Self {
            expr,
            tail: "",
            before: Vec::new(),
            after: None,
        }
    }

    pub(crate) fn commented(&self) -> bool {
        !self.before.is_empty() || self.after.is_some()
    }
}
