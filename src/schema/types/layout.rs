//! Lines as rustfmt breaks them, and texts in comments.

/// The greatest width of a line.
const WIDTH: usize = 100;
/// The greatest width of the arguments of a call.
const ARGUMENTS: usize = 60;
/// The greatest width of the items of an array.
const ARRAY: usize = 60;
/// The greatest width of the arguments of an attribute.
const ATTRIBUTE: usize = 70;

/// A line, broken after the first `sign` if it is too long. rustfmt leaves it whole if that does not make it fit.
pub(super) fn broken_after(line: &str, sign: &str, indent: &str) -> String {
    let broken = line
        .split_once(&format!("{sign} "))
        .map(|(head, tail)| (head, format!("{indent}    {tail}")));
    match broken {
        Some((head, tail)) if !fits(line) && fits(&tail) => format!("{head}{sign}\n{tail}"),
        _ => line.to_owned(),
    }
}

/// An arm of a `match`, in a block if it is too long.
pub(super) fn arm(pattern: &str, value: &str) -> String {
    let line = format!("            {pattern} => {value},");
    if fits(&line) {
        return format!("{line}\n");
    }
    format!("            {pattern} => {{\n                {value}\n            }}\n")
}

/// The arguments of a call, each on a line if they are too long.
pub(super) fn arguments(arguments: &[String], indent: &str) -> String {
    let line = arguments.join(", ");
    if line.len() <= ARGUMENTS {
        return line;
    }
    let inner = format!("\n{indent}    ");
    let line = arguments.join(&format!(",{inner}"));
    format!("{inner}{line},\n{indent}")
}

/// An array, each item on a line if they are too long.
pub(super) fn array(items: &[String]) -> String {
    let line = items.join(", ");
    if line.len() <= ARRAY {
        return format!("[{line}]");
    }
    format!("[\n    {},\n]", items.join(",\n    "))
}

/// An attribute of serde on a field; nothing without arguments.
pub(super) fn serde(arguments: &[String]) -> String {
    if arguments.is_empty() {
        return String::new();
    }
    let line = arguments.join(", ");
    if line.chars().count() <= ATTRIBUTE {
        return format!("    #[serde({line})]\n");
    }
    format!(
        "    #[serde(\n        {}\n    )]\n",
        arguments.join(",\n        ")
    )
}

/// A text of the documentation in a comment: rustdoc reads some characters as markup.
pub(super) fn comment(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if matches!(c, '<' | '>' | '[' | ']' | '`' | '*' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A text of the documentation as code in a comment.
pub(super) fn code(text: &str) -> String {
    let text = one_line(text);
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// rustfmt counts a Chinese character as two columns.
fn fits(line: &str) -> bool {
    let columns = |c: char| if c.is_ascii() { 1 } else { 2 };
    line.chars().map(columns).sum::<usize>() <= WIDTH
}
