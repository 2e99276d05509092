//! Lays Rust out as rustfmt would leave it, as far as the porter writes it.
//!
//! The rules are rustfmt's defaults: 100 columns, 60 for the arguments of a call and for a chain.

use super::text::{comment_line, comment_lines, quoted, width};
use super::written::{Expr, Link, Node};

/// The last column.
pub(crate) const COLUMNS: usize = 100;
/// How wide the arguments of a call and a chain may be on one line.
pub(crate) const NARROW: usize = 60;

/// The lines of a block's statements, each indented by `indent` columns.
pub(crate) fn nodes(nodes: &[Node], indent: usize) -> Vec<String> {
    let mut out = Vec::new();
    for node in nodes {
        one(node, indent, &mut out);
    }
    out
}

fn one(node: &Node, indent: usize, out: &mut Vec<String>) {
    match node {
        Node::Comment(text) => out.extend(comments(text, indent)),
        Node::Blank => out.push(String::new()),
        Node::Let {
            name,
            mutable,
            value,
            after,
        } => {
            let keyword = if *mutable { "let mut" } else { "let" };
            assign(&format!("{keyword} {name} ="), value, indent, after, out);
        }
        Node::Set { target, value } => assign(&format!("{target} ="), value, indent, &None, out),
        Node::Do { value, after } => {
            let start = out.len();
            out.extend(lines(value, indent, 0, 1));
            finish(out, start, ";", after);
        }
        Node::Tail(value) => out.extend(lines(value, indent, 0, 0)),
        Node::Return(value) => {
            let mut text = lines(value, indent, "return ".len(), 1);
            prefix(&mut text, indent, "return ");
            let start = out.len();
            out.extend(text);
            finish(out, start, ";", &None);
        }
        Node::Block {
            head,
            body,
            otherwise,
            close,
        } => block(head, body, otherwise.as_deref(), close, indent, out),
        Node::Text(lines) => out.extend(lines.iter().map(|line| pad(line, indent))),
        Node::Foreign { php, reason } => {
            out.extend(php.iter().flat_map(|line| comments(line, indent)));
            let value = Expr::call("compile_error!", [Expr::raw(quoted(reason))]);
            one(&Node::Do { value, after: None }, indent, out);
        }
    }
}

fn block(
    head: &str,
    body: &[Node],
    otherwise: Option<&[Node]>,
    close: &str,
    indent: usize,
    out: &mut Vec<String>,
) {
    out.push(pad(format!("{head} {{").trim_start(), indent));
    out.extend(nodes(body, indent + 4));
    if let Some(otherwise) = otherwise {
        out.push(pad("} else {", indent));
        out.extend(nodes(otherwise, indent + 4));
    }
    out.push(pad(&format!("}}{close}"), indent));
}

fn comments(text: &str, indent: usize) -> Vec<String> {
    let lines = comment_lines(text).into_iter();
    lines
        .map(|line| pad(format!("// {line}").trim_end(), indent))
        .collect()
}

fn pad(text: &str, indent: usize) -> String {
    format!("{:indent$}{text}", "")
}

fn prefix(lines: &mut [String], indent: usize, with: &str) {
    if let Some(first) = lines.first_mut() {
        *first = format!("{:indent$}{with}{}", "", first.trim_start());
    }
}

/// Puts the end of a statement behind its last line.
fn finish(out: &mut [String], start: usize, end: &str, after: &Option<String>) {
    let Some(last) = out.get_mut(start..).and_then(<[_]>::last_mut) else {
        return;
    };
    last.push_str(end);
    if let Some(after) = after {
        last.push_str(" // ");
        last.push_str(&comment_line(after));
    }
}

/// `head value;`: behind the head, or on the next line where that is shorter.
fn assign(head: &str, value: &Expr, indent: usize, after: &Option<String>, out: &mut Vec<String>) {
    let start = out.len();
    let mut same = lines(value, indent, width(head) + 1, 1);
    let next = lines(value, indent + 4, 0, 1);
    let opens = |lines: &[String]| lines.first().is_some_and(|line| line.ends_with('('));
    let fits = next.iter().all(|line| width(line) <= COLUMNS);
    let better = same.len() > 1
        && fits
        && !matches!(value, Expr::Lines(_))
        && (next.len() == 1 || same.len() > next.len() + 1 || (opens(&same) && !opens(&next)));
    let first = same.first().map_or(0, |line| width(line.trim()));
    let overflows = indent + width(head) + 1 + first + 1 > COLUMNS;
    if better || (overflows && fits && !matches!(value, Expr::Lines(_))) {
        out.push(pad(head, indent));
        out.extend(next);
    } else {
        prefix(&mut same, indent, &format!("{head} "));
        out.extend(same);
    }
    finish(out, start, ";", after);
}

/// The lines of an expression that stands `offset` columns behind the indentation and has `behind`
/// columns behind it. All lines are indented, the first as if nothing stood before it.
fn lines(expr: &Expr, indent: usize, offset: usize, behind: usize) -> Vec<String> {
    let room = COLUMNS.saturating_sub(indent + offset + behind);
    if let Some(line) = fitting(expr, room) {
        return vec![pad(&line, indent)];
    }
    match expr {
        Expr::Raw(text) => vec![pad(text, indent)],
        Expr::Lines(lines) => lines.iter().map(|line| pad(line, indent)).collect(),
        Expr::Call { head, args } => call(head, args, indent, behind),
        Expr::Try(inner) => {
            let mut out = lines(inner, indent, offset, behind + 1);
            finish(&mut out, 0, "?", &None);
            out
        }
        Expr::Chain { root, links } => chain(root, links, indent, offset, behind),
    }
}

/// The expression on one line, where rustfmt would leave it on one.
fn fitting(expr: &Expr, room: usize) -> Option<String> {
    let line = expr.one_line()?;
    let fits = width(&line) <= room;
    let narrow = match expr {
        Expr::Raw(_) | Expr::Lines(_) => true,
        Expr::Call { args, .. } => call_is_narrow(args),
        Expr::Try(inner) => fitting(inner, COLUMNS).is_some(),
        Expr::Chain { root, links } => {
            let parts = links.iter().map(|link| &link.expr);
            let narrow = |part: &Expr| fitting(part, COLUMNS).is_some();
            // rustfmt counts the last `?` twice.
            let twice = links.last().map_or(0, |link| link.tail.len());
            (links.len() == 1 || width(&line) + twice <= NARROW)
                && narrow(root)
                && parts.into_iter().all(narrow)
        }
    };
    (fits && narrow).then_some(line)
}

fn call_is_narrow(args: &[Expr]) -> bool {
    let widths: Option<Vec<_>> = args
        .iter()
        .map(|arg| arg.one_line().map(|arg| width(&arg)))
        .collect();
    widths.is_some_and(|widths| {
        let separators = 2 * widths.len().saturating_sub(1);
        widths.len() < 2 || widths.iter().sum::<usize>() + separators <= NARROW
    })
}

fn call(head: &str, args: &[Expr], indent: usize, behind: usize) -> Vec<String> {
    // The body of a macro begins behind the parenthesis.
    if let [arg @ (Expr::Lines(_) | Expr::Call { .. })] = args
        && arg.one_line().is_none()
    {
        let mut inner = lines(arg, indent, width(head) + 1, behind + 1);
        prefix(&mut inner, indent, &format!("{head}("));
        finish(&mut inner, 0, ")", &None);
        return inner;
    }
    let mut out = vec![pad(&format!("{head}("), indent)];
    if head.ends_with('!')
        && let [template, rest @ ..] = args
        && !rest.is_empty()
    {
        out.push(pad(&format!("{},", template.flat()), indent + 4));
        let rest: Vec<_> = rest.iter().map(Expr::flat).collect();
        // Names and fields share a line, calls have one each.
        let simple = rest.iter().all(|arg| !arg.contains(['(', '"']));
        match rest.join(", ") {
            line if simple && indent + 4 + width(&line) <= COLUMNS => {
                out.push(pad(&line, indent + 4))
            }
            _ => {
                let count = rest.len();
                for (index, arg) in rest.iter().enumerate() {
                    let comma = if index + 1 == count { "" } else { "," };
                    out.push(pad(&format!("{arg}{comma}"), indent + 4));
                }
            }
        }
        out.push(pad(")", indent));
        return out;
    }
    for (index, arg) in args.iter().enumerate() {
        let start = out.len();
        out.extend(lines(arg, indent + 4, 0, 1));
        let last = index + 1 == args.len();
        if !(last && head.ends_with('!')) {
            finish(&mut out, start, ",", &None);
        }
    }
    out.push(pad(")", indent));
    out
}

fn chain(root: &Expr, links: &[Link], indent: usize, offset: usize, behind: usize) -> Vec<String> {
    if let Some(out) = overflowing(root, links, indent, offset, behind) {
        return out;
    }
    let mut out = lines(root, indent, offset, 0);
    let mut links = links.iter();
    // A short name and the first method share a line.
    let short = |out: &[String]| offset == 0 && out.len() == 1 && width(out[0].trim_start()) <= 4;
    if short(&out)
        && let Some(link) = links.next()
    {
        let first = link.expr.flat() + link.tail;
        out[0].push_str(&first);
    }
    let count = links.len();
    for (index, link) in links.enumerate() {
        let before = link.before.iter();
        out.extend(before.flat_map(|text| comments(text, indent + 4)));
        let start = out.len();
        let behind = if index + 1 == count { behind } else { 0 };
        out.extend(lines(&link.expr, indent + 4, 0, behind + link.tail.len()));
        finish(&mut out, start, link.tail, &link.after);
    }
    out
}

/// A chain on one line up to the arguments of its last call.
fn overflowing(
    root: &Expr,
    links: &[Link],
    indent: usize,
    offset: usize,
    behind: usize,
) -> Option<Vec<String>> {
    let (last, before) = links.split_last()?;
    if links.iter().any(Link::commented)
        || !matches!(&last.expr, Expr::Call { args, .. } if !args.is_empty())
    {
        return None;
    }
    let mut head = root.one_line()?;
    for link in before {
        head.push_str(&link.expr.one_line()?);
        head.push_str(link.tail);
    }
    let room = COLUMNS.saturating_sub(indent + offset + behind);
    let room = if before.is_empty() {
        room
    } else {
        room.min(NARROW)
    };
    let Expr::Call { head: name, args } = &last.expr else {
        return None;
    };
    let mut out = call(&format!("{head}{name}"), args, indent, behind);
    let first = width(out.first()?.trim_start());
    let vertical = lines(&last.expr, indent + 4, 0, behind + last.tail.len());
    let better = out.len() > 1 && first <= room && vertical.len() >= out.len();
    finish(&mut out, 0, last.tail, &None);
    better.then_some(out)
}
