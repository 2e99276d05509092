//! The inside of `json!`: rustfmt leaves it as it stands, so its layout is our own.

use super::layout::{COLUMNS, NARROW};
use super::text::{comment_line, comment_lines, width};

/// A value inside of `json!`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    /// A Rust expression, `null` included.
    Leaf(String),
    /// `{…}`
    Object(Group),
    /// `[…]`
    Array(Group),
}

/// The list between brackets.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Group {
    /// The items in order.
    pub(crate) members: Vec<Member>,
    /// The comment behind the opening bracket.
    pub(crate) opening: Option<String>,
    /// Comments before the closing one.
    pub(crate) closing: Vec<String>,
}

/// An item with the comments at its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Member {
    /// The key, as a literal; none in arrays.
    pub(crate) key: Option<String>,
    pub(crate) value: Json,
    pub(crate) before: Vec<String>,
    pub(crate) after: Option<String>,
}

impl Json {
    /// How deep `json!` goes for it: three steps a member, two an item.
    pub(crate) fn depth(&self) -> usize {
        let (group, step) = match self {
            Self::Leaf(_) => return 1,
            Self::Object(group) => (group, 3),
            Self::Array(group) => (group, 2),
        };
        let members = group.members.iter().enumerate();
        let deepest = members.map(|(index, member)| step * index + member.value.depth());
        2 + deepest
            .max()
            .unwrap_or_default()
            .max(step * group.members.len())
    }

    /// On one line, unless comments stand in it.
    pub(crate) fn one_line(&self) -> Option<String> {
        let (open, group, close) = match self {
            Self::Leaf(text) => return Some(text.clone()),
            Self::Object(group) => ('{', group, '}'),
            Self::Array(group) => ('[', group, ']'),
        };
        if group.opening.is_some() || !group.closing.is_empty() {
            return None;
        }
        let members: Option<Vec<_>> = group.members.iter().map(Member::one_line).collect();
        Some(format!("{open}{}{close}", members?.join(", ")))
    }

    /// As it stands behind `behind` columns on a line that is indented by `indent`; the first line
    /// comes without indentation, the last one is followed by `after` columns.
    pub(crate) fn lines(&self, indent: usize, behind: usize, after: usize) -> Vec<String> {
        let fits = |line: &String| {
            width(line) <= NARROW && indent + behind + width(line) + after <= COLUMNS
        };
        if let Some(line) = self.one_line().filter(fits) {
            return vec![line];
        }
        match self {
            Self::Leaf(text) => vec![text.clone()],
            Self::Object(group) => group.lines("{", "}", indent),
            Self::Array(group) => match group.only() {
                Some(only) => hugged(&only.lines(indent, behind + 1, after + 1)),
                None => group.lines("[", "]", indent),
            },
        }
    }
}

/// `[{` … `}]`
fn hugged(inner: &[String]) -> Vec<String> {
    let mut lines = inner.to_vec();
    if let Some(first) = lines.first_mut() {
        first.insert(0, '[');
    }
    if let Some(last) = lines.last_mut() {
        last.push(']');
    }
    lines
}

impl Group {
    /// The one member of a list of one object.
    fn only(&self) -> Option<&Json> {
        match &*self.members {
            [member]
                if self.opening.is_none()
                    && self.closing.is_empty()
                    && member.before.is_empty()
                    && member.after.is_none() =>
            {
                matches!(member.value, Json::Object(_)).then_some(&member.value)
            }
            _ => None,
        }
    }

    fn lines(&self, open: &str, close: &str, indent: usize) -> Vec<String> {
        let inner = indent + 4;
        let pad = |indent: usize, text: &str| format!("{:indent$}{text}", "");
        let mut out = vec![match &self.opening {
            Some(comment) => format!("{open} // {}", comment_line(comment)),
            None => open.to_owned(),
        }];
        for member in &self.members {
            for comment in member.before.iter().flat_map(|text| comment_lines(text)) {
                out.push(pad(inner, format!("// {comment}").trim_end()));
            }
            let key = member
                .key
                .as_ref()
                .map_or(String::new(), |key| format!("{key}: "));
            let mut lines = member.value.lines(inner, width(&key), 1);
            lines[0] = pad(inner, &format!("{key}{}", lines[0]));
            if let Some(last) = lines.last_mut() {
                last.push(',');
                if let Some(comment) = &member.after {
                    last.push_str(" // ");
                    last.push_str(&comment_line(comment));
                }
            }
            out.extend(lines);
        }
        for comment in self.closing.iter().flat_map(|text| comment_lines(text)) {
            out.push(pad(inner, format!("// {comment}").trim_end()));
        }
        out.push(pad(indent, close));
        out
    }
}

impl Member {
    fn one_line(&self) -> Option<String> {
        if self.after.is_some() || !self.before.is_empty() {
            return None;
        }
        let value = self.value.one_line()?;
        Some(match &self.key {
            Some(key) => format!("{key}: {value}"),
            None => value,
        })
    }
}
