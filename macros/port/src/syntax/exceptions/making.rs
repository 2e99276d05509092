//! What `new` makes of the arguments of an exception.

use super::root::Root;
use super::{Constructor, Declared, Given};

/// How many classes above one another are read.
const MOST_CLASSES: usize = 32;

/// How an exception is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Making {
    /// The parameters.
    pub params: Vec<Parameter>,
    /// Whether the constructor is PHP's, which leaves what it is not given.
    pub of_php: bool,
    /// The message.
    pub message: Given,
    /// The code.
    pub code: GivenCode,
    /// The message that the class declares.
    pub default_message: Given,
    /// The code that the class declares.
    pub default_code: i64,
    /// The exception before.
    pub previous: Given,
    /// The values that nothing keeps, and the types that PHP demands of them.
    pub checked: Vec<(Given, String)>,
    /// Whether the files of the constructors say `declare(strict_types=1)`.
    pub strict: Vec<bool>,
}

/// A parameter of a constructor.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its type as it is written; a default of `null` makes it nullable.
    pub ty: Option<String>,
    /// Its value where it is not given.
    pub default: Option<Given>,
}

/// The code of an exception.
#[derive(Debug, Clone, PartialEq)]
pub enum GivenCode {
    /// PHP's constructor is given it: 0 leaves the code that the class declares.
    Passed(Given),
    /// A constructor assigns it.
    Assigned(Given),
}

impl GivenCode {
    /// The value.
    #[must_use]
    pub fn given(&self) -> &Given {
        match self {
            Self::Passed(given) | Self::Assigned(given) => given,
        }
    }
}

impl Making {
    /// Of a class and the classes above it, and what is above them all.
    pub(super) fn of(chain: &[&Declared], root: Root) -> Option<Self> {
        let default = |of: fn(&Declared) -> Option<&Given>| chain.iter().find_map(|it| of(it));
        let message = default(|class| class.message.as_ref());
        let message = message.cloned().unwrap_or(Given::Text(String::new()));
        let code = default(|class| class.code.as_ref());
        let (Given::Text(_), Given::Int(default_code)) = (&message, code.unwrap_or(&Given::Int(0)))
        else {
            return None;
        };
        if chain.len() > MOST_CLASSES {
            return None;
        }
        let made = Made::of(chain, root, None)?;
        let own = chain.iter().filter(|class| class.constructor.is_some());
        Some(Self {
            of_php: chain.iter().all(|class| class.constructor.is_none()),
            params: made.params,
            message: made.message.unwrap_or_else(|| message.clone()),
            default_message: message,
            code: made.code.unwrap_or(GivenCode::Passed(Given::Int(0))),
            default_code: *default_code,
            previous: made.previous.unwrap_or(Given::Null),
            checked: made.checked,
            strict: own.map(|class| class.strict).collect(),
        })
    }
}

/// What the first constructor of a chain of classes makes.
#[derive(Default)]
struct Made {
    params: Vec<Parameter>,
    message: Option<Given>,
    code: Option<GivenCode>,
    previous: Option<Given>,
    checked: Vec<(Given, String)>,
}

impl Made {
    /// Of the arguments that another constructor gives, or of those that `new` is given.
    fn of(chain: &[&Declared], root: Root, given: Option<&[Given]>) -> Option<Self> {
        let found = chain.iter().position(|class| class.constructor.is_some());
        let Some(found) = found else {
            return Self::of_root(root, given);
        };
        let own = chain[found].constructor.as_ref()?.as_ref()?;
        let args = own.args(given)?;
        let fill = |value: &Given| value.with(&args);
        let mut made = match &own.above {
            Some(above) => {
                let above: Option<Vec<Given>> = above.iter().map(fill).collect();
                Self::of(&chain[found + 1..], root, Some(&above?))?
            }
            None => Self::default(),
        };
        made.checked
            .extend(own.unread(&args, given.map_or(args.len(), <[Given]>::len)));
        if let Some(message) = &own.message {
            made.message = Some(fill(message)?);
        }
        if let Some(code) = &own.code {
            made.code = Some(GivenCode::Assigned(fill(code)?));
        }
        made.params.clone_from(&own.params);
        Some(made)
    }

    /// A constructor of PHP.
    fn of_root(root: Root, given: Option<&[Given]>) -> Option<Self> {
        let params = root.params()?;
        let all: Vec<Given> = (0..params.len()).map(Given::Param).collect();
        let values = given.unwrap_or(&all);
        if values.len() > params.len() {
            return None;
        }
        let mut made = Self::default();
        for (value, (name, ty)) in values.iter().zip(params) {
            match *name {
                "message" => made.message = Some(value.clone()),
                "code" => made.code = Some(GivenCode::Passed(value.clone())),
                "previous" => made.previous = Some(value.clone()),
                _ => made.checked.push((value.clone(), (*ty).to_owned())),
            }
        }
        let param = |(name, ty): &(&str, &str)| Parameter {
            name: (*name).to_owned(),
            ty: Some((*ty).to_owned()),
            default: None,
        };
        made.params = params.iter().map(param).collect();
        Some(made)
    }
}

impl Constructor {
    /// The values of the parameters.
    fn args(&self, given: Option<&[Given]>) -> Option<Vec<Given>> {
        if given.is_some_and(|given| given.len() > self.params.len()) {
            return None;
        }
        let params = self.params.iter().enumerate();
        let args = params.map(|(at, param)| {
            let value = match given {
                None => Some(Given::Param(at)),
                Some(given) => given.get(at).cloned().or_else(|| param.default.clone()),
            };
            Some(match (&param.ty, value?) {
                (Some(ty), value) => Given::Typed {
                    ty: ty.clone(),
                    inner_call: given.is_some(),
                    value: Box::new(value),
                },
                (None, value) => value,
            })
        });
        args.collect()
    }

    /// The arguments with a type that the constructor does not read, without its defaults.
    fn unread(&self, args: &[Given], given: usize) -> Vec<(Given, String)> {
        let mut read = Vec::new();
        let parts = self.above.iter().flatten();
        for part in parts.chain(&self.message).chain(&self.code) {
            part.params(&mut read);
        }
        let args = args.iter().take(given).enumerate();
        let args = args.filter(|(at, _)| !read.contains(at));
        let typed = args.filter_map(|(_, arg)| match arg {
            Given::Typed { ty, value, .. } => Some(((**value).clone(), ty.clone())),
            _ => None,
        });
        typed.collect()
    }
}
