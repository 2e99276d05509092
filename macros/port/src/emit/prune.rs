//! Variables that nothing uses: the compiler would warn of them.

use std::collections::{BTreeSet, VecDeque};

use super::rust::{Expr, Node};
use super::text::mentions;

/// The statements with `let`s that are used; `after` is what follows the block.
///
/// Those of `superseded` go if nothing uses them.
pub(crate) fn unused(nodes: Vec<Node>, after: &[Node], superseded: &BTreeSet<String>) -> Vec<Node> {
    // A block inside does not depend on what stands around it, so each is pruned once: pruning it again
    // in every round of every block around it takes time that doubles with each level.
    let nodes = nodes.into_iter().map(|node| nested(node, superseded));
    let mut nodes = once(nodes.collect(), after, superseded);
    // What only a variable used that is gone is used no longer.
    loop {
        let again = once(nodes.clone(), after, superseded);
        if again == nodes {
            return nodes;
        }
        nodes = again;
    }
}

/// One round over the statements of a block, without those of the blocks inside.
fn once(nodes: Vec<Node>, after: &[Node], superseded: &BTreeSet<String>) -> Vec<Node> {
    let mut out: Vec<Node> = Vec::with_capacity(nodes.len());
    let mut rest: VecDeque<_> = nodes.into();
    while let Some(node) = rest.pop_front() {
        let Node::Let {
            name,
            mutable,
            value,
            after: comment,
        } = node
        else {
            out.push(node);
            continue;
        };
        let used = is_used(&name, rest.iter().chain(after));
        if !used && superseded.contains(&name) {
            continue;
        }
        let is_call = matches!(&value, Expr::Chain { .. });
        out.push(match (used, is_call) {
            (true, _) => Node::Let {
                name,
                mutable,
                value,
                after: comment,
            },
            (false, true) if has_effect(&value) => Node::Do {
                value,
                after: comment,
            },
            (false, _) => Node::Let {
                name: format!("_{}", name.trim_start_matches('_')),
                mutable: false,
                value,
                after: comment,
            },
        });
    }
    while matches!(out.last(), Some(Node::Blank)) {
        out.pop();
    }
    out
}

fn nested(node: Node, superseded: &BTreeSet<String>) -> Node {
    match node {
        Node::Block {
            head,
            body,
            otherwise,
            close,
        } => Node::Block {
            head,
            body: unused(body, &[], superseded),
            otherwise: otherwise.map(|nodes| unused(nodes, &[], superseded)),
            close,
        },
        Node::Match { on, arms } => Node::Match {
            on,
            arms: arms
                .into_iter()
                .map(|(pattern, body)| (pattern, unused(body, &[], superseded)))
                .collect(),
        },
        node => node,
    }
}

/// A request is made, whatever becomes of its answer.
fn has_effect(value: &Expr) -> bool {
    let text = value.flat();
    text.ends_with(".await?") || text.ends_with(".wait()?")
}

pub(crate) fn is_used<'n>(name: &str, nodes: impl Iterator<Item = &'n Node>) -> bool {
    for node in nodes {
        if uses(node, name) {
            return true;
        }
        if matches!(node, Node::Let { name: shadow, .. } if shadow == name) {
            return false;
        }
    }
    false
}

fn uses(node: &Node, name: &str) -> bool {
    let any = |nodes: &[Node]| is_used(name, nodes.iter());
    let says = |expr: &Expr| mentions(&code(&expr.flat()), name);
    match node {
        Node::Comment(_) | Node::Blank | Node::Foreign { .. } => false,
        Node::Let { value, .. }
        | Node::Do { value, .. }
        | Node::Tail(value)
        | Node::Return(value) => says(value),
        Node::Set { target, value } => mentions(&code(target), name) || says(value),
        Node::Block {
            head,
            body,
            otherwise,
            ..
        } => mentions(&code(head), name) || any(body) || otherwise.as_deref().is_some_and(any),
        Node::Match { on, arms } => mentions(on, name) || arms.iter().any(|(_, body)| any(body)),
    }
}

/// The code without what stands in its texts, but for what `format!` and its kin take from there.
fn code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('"') {
        let (before, literal) = rest.split_at(at);
        out.push_str(before);
        let raw = before.ends_with('#') || before.ends_with('r');
        let formats = ["format!(", "println!(", "print!("];
        let kept = formats.iter().any(|head| before.ends_with(head));
        let end = match raw && before.ends_with('#') {
            true => literal[1..].find("\"#").map(|end| end + 3),
            false => closing(&literal[1..], raw).map(|end| end + 2),
        };
        let end = end.unwrap_or(literal.len());
        if kept {
            out.push_str(&taken(&literal[..end]));
        }
        out.push(' ');
        rest = &literal[end..];
    }
    out + rest
}

/// What a format string takes from the code around: `{name}`.
fn taken(template: &str) -> String {
    let template = template.replace("{{", "");
    let names = template.split('{').skip(1);
    let names = names.filter_map(|rest| rest.split(['}', ':']).next());
    names.map(|name| format!("{{{name}}}")).collect()
}

/// The closing quotation mark.
fn closing(text: &str, raw: bool) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, c)| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped && !raw;
        ends.then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_no_code() {
        assert_eq!(code(r#"f("a\"b", c)"#), "f( , c)");
        assert_eq!(code(r##"f(r#"a"b"#, c)"##), "f(r# , c)");
        assert_eq!(code(r#"format!("x {a}", b)"#), "format!({a} , b)");
        assert_eq!(code(r#"print!("err {{err}}")"#), "print!( )");
    }
}
