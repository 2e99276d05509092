//! The smallest parts of trees: places, names, operators.

use std::ops::Range;

/// A piece of a block's text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte behind the last one.
    pub end: usize,
}

impl Span {
    /// From `start` to before `end`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// Whether `other` lies within.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The span as a range, to slice with.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// The name of a class, a function or a constant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Where it stands.
    pub span: Span,
    /// As it is written.
    pub written: String,
    /// The whole name, by the `use`s before it, without a leading backslash.
    pub resolved: String,
}

impl Name {
    /// Whether it means the class `path`, written without a leading backslash.
    ///
    /// Snippets leave their `use`s out: a plain name that nothing imports means whatever ends in it.
    #[must_use]
    pub fn is(&self, path: &str) -> bool {
        let plain = |path: &str| path.rsplit('\\').next().map(str::to_ascii_lowercase);
        self.resolved.eq_ignore_ascii_case(path)
            || (!self.resolved.contains('\\')
                && !self.written.starts_with('\\')
                && plain(path).as_deref() == Some(&*self.resolved.to_ascii_lowercase()))
    }

    /// The name without its namespace, in lower case: functions and classes ignore case.
    #[must_use]
    pub fn last(&self) -> String {
        let last = self.resolved.rsplit('\\').next();
        last.unwrap_or_default().to_ascii_lowercase()
    }
}

/// The types of casts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cast {
    /// `(string)`, `(binary)`
    String,
    /// `(int)`, `(integer)`
    Int,
    /// `(float)`, `(double)`
    Float,
    /// `(bool)`, `(boolean)`
    Bool,
    /// `(array)`
    Array,
    /// `(object)`
    Object,
}

/// The unary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    /// `!`
    Not,
    /// `-`
    Minus,
    /// `+`
    Plus,
    /// `~`; only [`parse_whole`](super::parse_whole) gives it.
    BitNot,
}

/// The binary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[rustfmt::skip]
pub enum BinaryOp {
    /// `.`
    Concat,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Rem,
    /// `===`
    Identical,
    /// `!==`
    NotIdentical,
    /// `==`
    Equal,
    /// `!=`, `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `&&`, `and`
    And,
    /// `||`, `or`
    Or,
    /// `??`
    Coalesce,
    /// `|`, of flags
    BitOr,
    /// `&`, of flags
    BitAnd,
    /// `**`
    Pow,
    /// `<=>`
    Spaceship,
    /// `^`; only [`parse_whole`](super::parse_whole) makes this and the three below.
    BitXor,
    /// `<<`
    ShiftLeft,
    /// `>>`
    ShiftRight,
    /// `xor`
    Xor,
    /// `instanceof`; the right side is a [`ExprKind::Constant`](super::ExprKind::Constant) with the class's name
    InstanceOf,
}
