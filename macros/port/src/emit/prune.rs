//! Variables that nothing uses: the compiler would warn of them.

use std::collections::{BTreeSet, VecDeque};

use super::layout;
use super::rust::{Expr, Node};
use super::text::mentions;

/// The statements with `let`s that are used; `after` is what follows the block.
///
/// Those of `superseded` go if nothing uses them.
pub(crate) fn unused(
    nodes: Vec<Node>,
    after: &[Node],
    superseded: &BTreeSet<String>,
) -> Vec<Node> {
    let mut out: Vec<Node> = Vec::with_capacity(nodes.len());
    let mut rest: VecDeque<_> = nodes.into();
    while let Some(node) = rest.pop_front() {
        let node = nested(node, superseded);
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

fn is_used<'n>(name: &str, nodes: impl Iterator<Item = &'n Node>) -> bool {
    for node in nodes {
        let lines = layout::nodes(std::slice::from_ref(node), 0);
        let code = lines
            .iter()
            .filter(|line| !line.trim_start().starts_with("//"));
        if let Node::Let {
            name: shadow,
            value,
            ..
        } = node
            && shadow == name
        {
            return mentions(&value.flat(), name);
        }
        if code.into_iter().any(|line| mentions(line, name)) {
            return true;
        }
    }
    false
}
