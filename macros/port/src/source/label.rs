//! The lines that pages put above code.

/// A line that names the language of the code below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    Php,
    Other,
}

const OTHERS: [&str; 29] = [
    "bash",
    "c",
    "c#",
    "c++",
    "console",
    "csharp",
    "css",
    "curl",
    "diff",
    "go",
    "golang",
    "html",
    "http",
    "java",
    "javascript",
    "js",
    "json",
    "kotlin",
    "node",
    "python",
    "ruby",
    "rust",
    "sh",
    "shell",
    "sql",
    "ts",
    "typescript",
    "xml",
    "yaml",
];
/// The labels of buttons above code.
const BUTTONS: [&str; 8] = [
    "copy",
    "copy code",
    "copied!",
    "复制",
    "复制代码",
    "拷贝",
    "收起",
    "展开",
];

/// The language that a line names, when it does nothing else.
pub(super) fn label(line: &str) -> Option<Label> {
    let line = line.trim().to_lowercase();
    let line = without_button(&line).trim_end_matches([':', '：']).trim();
    if OTHERS.contains(&line) {
        return Some(Label::Other);
    }
    let title = line.strip_prefix("php")?.trim();
    (title.is_empty() || title.starts_with('[') && title.ends_with(']')).then_some(Label::Php)
}

pub(super) fn is_button(line: &str) -> bool {
    BUTTONS.contains(&&*line.trim().to_lowercase())
}

fn without_button(line: &str) -> &str {
    let found = BUTTONS.iter().find_map(|button| line.strip_suffix(button));
    found.unwrap_or(line).trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_lines_that_name_a_language() {
        for line in [
            "php",
            " PHP ",
            "phpCopy code",
            "php 复制代码",
            "PHP：",
            "php [同步]",
        ] {
            assert_eq!(label(line), Some(Label::Php), "{line}");
        }
        for line in ["js", "JSON", "bashCopy"] {
            assert_eq!(label(line), Some(Label::Other), "{line}");
        }
        for line in [
            "php is a language",
            "phpinfo();",
            "PHP SDK",
            "",
            "jsonobject",
        ] {
            assert_eq!(label(line), None, "{line}");
        }
    }
}
