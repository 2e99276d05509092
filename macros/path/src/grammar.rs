//! The grammar of RFC 6570, sections 2.1 to 2.4: literals and expressions.

use crate::PathError;

/// A piece of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a template has these two, by its RFC"
)]
pub enum Part<'a> {
    /// Literal text.
    Literal(&'a str),
    /// A well-formed `{…}`.
    Expression(Expression<'a>),
}

/// The content of `{…}`: an operator and one or more variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expression<'a> {
    operator: &'static Operator,
    variables: &'a str,
}

/// How an expression is expanded: a row of the table in RFC 6570, appendix A.
#[derive(Debug, PartialEq, Eq)]
pub struct Operator {
    /// The operator's character; `None` for `{name}`.
    pub symbol: Option<char>,
    /// The prefix of the first defined variable.
    pub first: &'static str,
    /// The separator of variables, and of exploded members.
    pub separator: &'static str,
    /// Whether names are written, as in `name=value`.
    pub named: bool,
    /// Replaces `=` and an empty value.
    pub if_empty: &'static str,
    /// Whether reserved characters and percent-encoded bytes are kept.
    pub reserved: bool,
}

/// One variable of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable<'a> {
    /// The name.
    pub name: &'a str,
    /// The prefix length of `{name:3}`: how many characters of the value are used.
    pub prefix: Option<usize>,
    /// Whether it is `{name*}`: members of a list or map are expanded one by one.
    pub explode: bool,
}

/// Splits a template into its parts; after an error the rest is unspecified.
pub fn parts(template: &str) -> Parts<'_> {
    Parts { rest: template }
}

/// The iterator of [`parts`].
#[derive(Debug, Clone)]
pub struct Parts<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Parts<'a> {
    type Item = Result<Part<'a>, PathError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let part = match self.rest.find(['{', '}']) {
            None => Ok(Part::Literal(self.take(self.rest.len()))),
            Some(0) => self.expression().map(Part::Expression),
            Some(at) => Ok(Part::Literal(self.take(at))),
        };
        if part.is_err() {
            self.rest = "";
        }
        Some(part)
    }
}

impl<'a> Parts<'a> {
    fn take(&mut self, len: usize) -> &'a str {
        let (head, rest) = self.rest.split_at(len);
        self.rest = rest;
        head
    }

    fn expression(&mut self) -> Result<Expression<'a>, PathError> {
        let inner = self
            .rest
            .strip_prefix('{')
            .ok_or(PathError::UnopenedBrace)?;
        let (body, rest) = inner.split_once('}').ok_or(PathError::UnclosedBrace)?;
        if body.contains('{') {
            return Err(PathError::UnclosedBrace);
        }
        self.rest = rest;
        Expression::parse(body)
    }
}

impl<'a> Expression<'a> {
    /// Returns how the expression is expanded.
    #[must_use]
    pub fn operator(&self) -> &'static Operator {
        self.operator
    }

    /// Returns the variables, in order.
    pub fn variables(&self) -> impl Iterator<Item = Variable<'a>> + use<'a> {
        // `parse` has already checked all of them, so nothing is dropped here.
        self.variables.split(',').flat_map(Variable::parse)
    }

    fn parse(body: &'a str) -> Result<Self, PathError> {
        let first = body.chars().next().ok_or(PathError::EmptyExpression)?;
        let (operator, variables) = match Operator::find(first)? {
            Some(operator) => (operator, &body[1..]),
            None => (&OPERATORS[0], body),
        };
        if variables.is_empty() {
            return Err(PathError::EmptyExpression);
        }
        for variable in variables.split(',') {
            Variable::parse(variable)?;
        }
        Ok(Self {
            operator,
            variables,
        })
    }
}

impl Operator {
    fn find(symbol: char) -> Result<Option<&'static Self>, PathError> {
        if matches!(symbol, '=' | ',' | '!' | '@' | '|') {
            return Err(PathError::Operator { found: symbol });
        }
        Ok(OPERATORS.iter().find(|it| it.symbol == Some(symbol)))
    }

    const fn new(symbol: Option<char>, first: &'static str, separator: &'static str) -> Self {
        Self {
            symbol,
            first,
            separator,
            named: false,
            if_empty: "",
            reserved: false,
        }
    }

    const fn reserved(mut self) -> Self {
        self.reserved = true;
        self
    }

    const fn named(mut self, if_empty: &'static str) -> Self {
        self.named = true;
        self.if_empty = if_empty;
        self
    }
}

static OPERATORS: [Operator; 8] = [
    Operator::new(None, "", ","),
    Operator::new(Some('+'), "", ",").reserved(),
    Operator::new(Some('#'), "#", ",").reserved(),
    Operator::new(Some('.'), ".", "."),
    Operator::new(Some('/'), "/", "/"),
    Operator::new(Some(';'), ";", ";").named(""),
    Operator::new(Some('?'), "?", "&").named("="),
    Operator::new(Some('&'), "&", "&").named("="),
];

impl<'a> Variable<'a> {
    fn parse(text: &'a str) -> Result<Self, PathError> {
        let (text, explode) = match text.strip_suffix('*') {
            Some(text) => (text, true),
            None => (text, false),
        };
        let (name, prefix) = match text.split_once(':') {
            Some((name, digits)) => (name, Some(digits)),
            None => (text, None),
        };
        if !is_name(name) {
            return Err(PathError::VariableName { name: name.into() });
        }
        let prefix = match prefix.map(prefix_length) {
            Some(length) if explode || length.is_none() => {
                return Err(PathError::Prefix { name: name.into() });
            }
            length => length.flatten(),
        };
        Ok(Self {
            name,
            prefix,
            explode,
        })
    }
}

/// Parses `1*4DIGIT` without a leading zero.
fn prefix_length(digits: &str) -> Option<usize> {
    let well_formed = matches!(digits.len(), 1..=4)
        && !digits.starts_with('0')
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    well_formed.then(|| digits.parse().ok()).flatten()
}

fn is_name(text: &str) -> bool {
    text.split('.').all(|piece| {
        let mut bytes = piece.as_bytes();
        while let [byte, rest @ ..] = bytes {
            bytes = match (byte, rest) {
                (b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_', rest) => rest,
                (b'%', [high, low, rest @ ..])
                    if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
                {
                    rest
                }
                _ => return false,
            };
        }
        !piece.is_empty()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(template: &str) -> Option<PathError> {
        parts(template).find_map(Result::err)
    }

    #[test]
    fn a_template_is_parsed() {
        let found: Vec<_> = parts("v3/{a}{?b:3,c*}").collect::<Result<_, _>>().unwrap();
        let [
            Part::Literal("v3/"),
            Part::Expression(a),
            Part::Expression(bc),
        ] = found[..]
        else {
            panic!("{found:?}");
        };
        assert_eq!(a.operator().symbol, None);
        assert_eq!(bc.operator().symbol, Some('?'));
        let variables: Vec<_> = bc.variables().collect();
        assert_eq!((variables[0].name, variables[0].prefix), ("b", Some(3)));
        assert_eq!((variables[1].name, variables[1].explode), ("c", true));
    }

    #[test]
    fn syntax_outside_the_rfc_is_rejected() {
        let name = |name: &str| PathError::VariableName { name: name.into() };
        let prefix = || PathError::Prefix { name: "a".into() };
        for (template, expected) in [
            ("{", PathError::UnclosedBrace),
            ("x{a", PathError::UnclosedBrace),
            ("{a{b}", PathError::UnclosedBrace),
            ("a}", PathError::UnopenedBrace),
            ("{a}}", PathError::UnopenedBrace),
            ("{}", PathError::EmptyExpression),
            ("{?}", PathError::EmptyExpression),
            ("{=a}", PathError::Operator { found: '=' }),
            ("{|a}", PathError::Operator { found: '|' }),
            ("{ a }", name(" a ")),
            ("{a,}", name("")),
            ("{a-b}", name("a-b")),
            ("{a..b}", name("a..b")),
            ("{a.}", name("a.")),
            ("{中}", name("中")),
            ("{%4}", name("%4")),
            ("{a:0}", prefix()),
            ("{a:10000}", prefix()),
            ("{a:}", prefix()),
            ("{a:x}", prefix()),
            ("{a:3*}", prefix()),
        ] {
            assert_eq!(error(template), Some(expected), "{template}");
        }
    }

    #[test]
    fn accepts_every_name_of_the_rfc() {
        for template in ["{a}", "{A_1}", "{a.b}", "{%41b}", "{_}", "{0}", "{a:9999}"] {
            assert_eq!(error(template), None, "{template}");
        }
    }
}
