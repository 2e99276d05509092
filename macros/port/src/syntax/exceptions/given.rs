//! The values that a constructor makes of its parameters.

/// How many nodes such a value may have. Constructors that repeat a parameter double it with each class above them.
const MOST_NODES: usize = 64;

/// A value that a constructor makes of its parameters.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// The parameter of this index.
    Param(usize),
    /// A text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// `null`
    Null,
    /// Texts put together.
    Concat(Vec<Self>),
    /// `a ?: b`
    Or(Box<Self>, Box<Self>),
    /// `a ?? b`
    Coalesce(Box<Self>, Box<Self>),
    /// The value of a parameter with a declared type, which PHP converts.
    Typed {
        /// The type as it is written.
        ty: String,
        /// Whether another constructor gives it, and not `new`.
        inner_call: bool,
        /// The value before.
        value: Box<Self>,
    },
}

impl Given {
    /// The value with these in place of the parameters; nothing where that is too long.
    pub(super) fn with(&self, args: &[Self]) -> Option<Self> {
        let made = self.replaced(args);
        (made.nodes() <= MOST_NODES).then_some(made)
    }

    fn replaced(&self, args: &[Self]) -> Self {
        let inner = |given: &Self| Box::new(given.replaced(args));
        match self {
            Self::Param(at) => args.get(*at).cloned().unwrap_or(Self::Null),
            Self::Concat(parts) => {
                Self::Concat(parts.iter().map(|part| part.replaced(args)).collect())
            }
            Self::Or(one, other) => Self::Or(inner(one), inner(other)),
            Self::Coalesce(one, other) => Self::Coalesce(inner(one), inner(other)),
            Self::Typed {
                ty,
                inner_call,
                value,
            } => Self::Typed {
                ty: ty.clone(),
                inner_call: *inner_call,
                value: inner(value),
            },
            other => other.clone(),
        }
    }

    fn nodes(&self) -> usize {
        1 + self.children().into_iter().map(Self::nodes).sum::<usize>()
    }

    fn children(&self) -> Vec<&Self> {
        match self {
            Self::Concat(parts) => parts.iter().collect(),
            Self::Or(one, other) | Self::Coalesce(one, other) => vec![one, other],
            Self::Typed { value, .. } => vec![value],
            _ => Vec::new(),
        }
    }

    /// Calls a function with it and each part of it.
    pub(crate) fn each(&self, found: &mut dyn FnMut(&Self)) {
        found(self);
        for child in self.children() {
            child.each(found);
        }
    }

    /// The parameters that it reads, in order.
    pub(crate) fn params(&self, found: &mut Vec<usize>) {
        if let Self::Param(at) = self {
            found.push(*at);
        }
        for child in self.children() {
            child.params(found);
        }
    }

    /// The parameters that it reads in any case: not those behind `?:` and `??`.
    pub(crate) fn certain_params(&self, found: &mut Vec<usize>) {
        match self {
            Self::Or(one, _) | Self::Coalesce(one, _) => one.certain_params(found),
            Self::Param(at) => found.push(*at),
            other => {
                for child in other.children() {
                    child.certain_params(found);
                }
            }
        }
    }
}
