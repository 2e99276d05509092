//! Rust as it is written: a small tree between what is meant and its layout.

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    /// Text that is never broken, and needs no parentheses anywhere.
    Raw(String),
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
    /// Lines that are laid out already.
    Text(Vec<String>),
    /// An untranslated part: the PHP as comments, and the reason.
    Foreign { php: Vec<String>, reason: String },
}

impl Expr {
    pub(crate) fn raw(text: impl Into<String>) -> Self {
        Self::Raw(text.into())
    }

    pub(crate) fn call(head: impl Into<String>, args: impl IntoIterator<Item = Self>) -> Self {
        Self::Call {
            head: head.into(),
            args: args.into_iter().collect(),
        }
    }

    pub(crate) fn link(self, link: Link) -> Self {
        match self {
            Self::Chain { root, mut links } => {
                links.push(link);
                Self::Chain { root, links }
            }
            root => Self::Chain {
                root: Box::new(root),
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
            call => Self::Try(Box::new(call)),
        }
    }

    /// The expression on one line, if it has no comments and no lines of its own.
    pub(crate) fn one_line(&self) -> Option<String> {
        match self {
            Self::Raw(text) => Some(text.clone()),
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

    /// The expression on one line whatever it is.
    pub(crate) fn flat(&self) -> String {
        let flat = |args: &[Self]| args.iter().map(Self::flat).collect::<Vec<_>>().join(", ");
        match self {
            Self::Raw(text) => text.clone(),
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
