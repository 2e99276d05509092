//! What the operating system, the parser of JSON and serde say, in Chinese.

use crate::error::phrase::{self, Phrases};

/// The system's texts as values of messages.
pub(super) const SYSTEM: &[&Phrases] = &[TEXTS, TOML, &[("{} (os error {})", "{}（系统错误 {}）")]];

/// The system's texts and their translations.
const TEXTS: &Phrases = &[
    ("Address already in use", "地址或端口已被占用"),
    ("Address not available", "本机没有这个地址"),
    ("Cannot assign requested address", "本机没有这个地址"),
    ("Connection refused", "连接被拒绝，对方没有监听该端口"),
    ("Connection reset by peer", "连接被对方重置"),
    ("Connection timed out", "连接超时"),
    ("Directory not empty", "目录不为空"),
    ("File exists", "文件已存在"),
    ("Is a directory", "这是目录，不是文件"),
    ("Name or service not known", "没有这个域名"),
    ("Network is unreachable", "网络不可达"),
    ("No route to host", "没有到达该主机的路由"),
    ("No space left on device", "磁盘空间不足"),
    ("No such file or directory", "文件或目录不存在"),
    ("Not a directory", "路径中有一段不是目录"),
    ("Permission denied", "没有权限"),
    ("Read-only file system", "文件系统是只读的"),
    (
        "Temporary failure in name resolution",
        "域名解析暂时失败，请检查网络或 DNS 设置",
    ),
];

/// What the parser of TOML says.
const TOML: &Phrases = &[
    ("duplicate key", "同一个键写了两次"),
    ("invalid unquoted key", "键中有不允许的字符"),
    ("key with no value", "键后面缺少 = 和值"),
    (
        "missing assignment between key-value pairs",
        "键和值之间缺少 =",
    ),
    ("missing opening quote", "值缺少开头的引号"),
    ("missing value", "= 后面缺少值"),
    ("missing value for key", "= 后面缺少值"),
    ("string values must be quoted", "文本要加引号"),
    ("unclosed array", "数组缺少 ]"),
    ("unclosed array table", "表名缺少 ]]"),
    ("unclosed table", "表名缺少 ]"),
    ("unexpected content", "行末有多余的内容"),
    ("unexpected key or value", "行末有多余的内容"),
];

/// The names that HTTP libraries put before it.
const PREFIXES: &[(&str, &str)] = &[
    ("dns error", "域名解析失败"),
    ("tcp connect error", "TCP 连接失败"),
    ("failed to lookup address information: ", ""),
];

/// What serde_json says.
const JSON: &Phrases = &[
    (
        "EOF while parsing {} at line {} column {}",
        "内容在第 {1} 行第 {2} 列提前结束，请检查括号和引号是否成对",
    ),
    ("{} at line {} column {}", "第 {1} 行第 {2} 列{0}"),
    ("expected value", "应有一个值"),
    ("expected ident", "应为 true、false 或 null"),
    ("expected `:`", "应有冒号"),
    ("expected `,` or `}`", "应有逗号或 }"),
    ("expected `,` or `]`", "应有逗号或 ]"),
    ("key must be a string", "的键要加双引号"),
    ("trailing comma", "多了一个逗号"),
    ("trailing characters", "之后还有多余的内容"),
    ("invalid escape", "的转义符有误"),
    ("invalid number", "的数字有误"),
    (
        "control character (\\u0000-\\u001F) found while parsing a string",
        "的字符串中有换行等控制字符，请写成 \\n 等转义符",
    ),
];

/// What serde says about a member of the wrong name or type.
const MEMBERS: &Phrases = &[
    ("missing field `{}`", "缺少 {}"),
    ("duplicate field `{}`", "{} 写了两次"),
    (
        "unknown field `{}`, expected one of {}",
        "没有 {} 这一项，可用的有 {}",
    ),
    (
        "unknown field `{}`, expected {}",
        "没有 {} 这一项，可用的有 {}",
    ),
    (
        "unknown variant `{}`, expected one of {}",
        "不支持 {}，可以是 {}",
    ),
    ("unknown variant `{}`, expected {}", "不支持 {}，可以是 {}"),
    ("invalid type: {}, expected {}", "应为{1}，而不是{0}"),
    ("invalid value: {}, expected {}", "应为{1}，而不是{0}"),
    ("a string", "字符串"),
    ("a sequence", "数组"),
    ("a boolean", " true 或 false"),
    ("path string", "文件路径"),
    ("string {}", "字符串 {}"),
    ("integer `{}`", "整数 {}"),
    ("floating point `{}`", "小数 {}"),
    ("boolean `{}`", " {} "),
    ("sequence", "数组"),
    ("map", "表"),
    ("datetime", "日期"),
];

/// Translates a text of the system, whose number stays, of serde, or of serde_json: `No such file or directory (os error 2)`.
pub(super) fn chinese(text: &str) -> Option<String> {
    if text.contains(" at line ") {
        let (what, _) = text.split_once(" at line ")?;
        let is_known = text.starts_with("EOF ") || JSON.iter().any(|(english, _)| *english == what);
        return is_known.then(|| phrase::translate(&[JSON], text)).flatten();
    }
    member(text).or_else(|| said(text))
}

fn member(text: &str) -> Option<String> {
    let is_of_serde = ["missing ", "duplicate ", "unknown ", "invalid "]
        .iter()
        .any(|it| text.starts_with(it));
    is_of_serde
        .then(|| phrase::translate(&[MEMBERS], text))
        .flatten()
}

fn said(text: &str) -> Option<String> {
    if let Some((_, translation)) = PREFIXES.iter().find(|(prefix, _)| *prefix == text) {
        return Some((*translation).to_owned());
    }
    let text = PREFIXES
        .iter()
        .find_map(|(prefix, _)| text.strip_prefix(prefix))
        .unwrap_or(text);
    let (said, number) = match text.split_once(" (os error ") {
        Some((said, number)) => (said, number.strip_suffix(')')?),
        None => (text, ""),
    };
    let (_, translation) = TEXTS.iter().find(|(english, _)| *english == said)?;
    Some(match number {
        "" => (*translation).to_owned(),
        number => format!("{translation}（系统错误 {number}）"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_the_system_are_chinese() {
        let missing = "No such file or directory (os error 2)";
        let expected = Some("文件或目录不存在（系统错误 2）");
        assert_eq!(chinese(missing).as_deref(), expected);
        let unknown = "failed to lookup address information: Name or service not known";
        assert_eq!(chinese(unknown).as_deref(), Some("没有这个域名"));
        assert_eq!(chinese("dns error").as_deref(), Some("域名解析失败"));
        assert_eq!(chinese("anything else (os error 999)"), None);
    }

    #[test]
    fn wrong_members_are_explained_in_chinese() {
        for (english, expected) in [
            (
                "unknown field `kinds`, expected one of `mchid`, `name`",
                "没有 kinds 这一项，可用的有 `mchid`, `name`",
            ),
            (
                "invalid type: integer `19`, expected a string",
                "应为字符串，而不是整数 19",
            ),
            (
                "invalid type: string \"yes\", expected a boolean",
                "应为 true 或 false，而不是字符串 \"yes\"",
            ),
        ] {
            assert_eq!(chinese(english).as_deref(), Some(expected));
        }
    }

    #[test]
    fn texts_about_json_are_chinese() {
        for (json, expected) in [
            (
                "{",
                "内容在第 1 行第 1 列提前结束，请检查括号和引号是否成对",
            ),
            ("{a}", "第 1 行第 2 列的键要加双引号"),
            ("{\"a\":1,}", "第 1 行第 8 列多了一个逗号"),
            ("[1 2]", "第 1 行第 4 列应有逗号或 ]"),
            (
                "\"a\n\"",
                "第 2 行第 0 列的字符串中有换行等控制字符，请写成 \\n 等转义符",
            ),
        ] {
            let err = serde_json::from_str::<serde_json::Value>(json).unwrap_err();
            assert_eq!(chinese(&err.to_string()).as_deref(), Some(expected));
        }
        assert_eq!(chinese("a rule at line 1 column 2"), None);
    }
}
