//! What the operating system, OpenSSL, the parsers of JSON and TOML, hyper and serde say, in Chinese.

use crate::error::phrase::{self, Phrases};

/// The system's texts as values of messages.
pub(super) const SYSTEM: &[&Phrases] = &[
    TEXTS,
    TOML,
    LIBRARIES,
    &[("{} (os error {})", "{}（系统错误 {}）")],
];

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
    (
        "Address family not supported by protocol",
        "系统不支持这种地址",
    ),
    ("Broken pipe", "管道或连接已断开"),
    ("Can't assign requested address", "本机没有这个地址"),
    ("Cannot allocate memory", "内存不足"),
    ("Device or resource busy", "设备或资源正被占用"),
    ("Disk quota exceeded", "超出磁盘配额"),
    ("File name too long", "文件名太长"),
    ("File too large", "文件太大"),
    ("Host is down", "对方主机不在线"),
    ("Input/output error", "读写出错"),
    ("Invalid argument", "参数无效"),
    ("Network is down", "网络未连接"),
    ("No such device or address", "没有这个设备或地址"),
    ("Operation not permitted", "不允许该操作"),
    ("Operation timed out", "连接超时"),
    ("Resource temporarily unavailable", "资源暂时不可用"),
    ("Software caused connection abort", "连接被本机中断"),
    ("Too many levels of symbolic links", "符号链接的层数太多"),
    ("Too many open files", "打开的文件太多"),
    ("environment variable not found", "没有设置这个环境变量"),
    ("failed to fill whole buffer", "内容提前结束"),
    (
        "nodename nor servname provided, or not known",
        "没有这个域名",
    ),
    ("stream did not contain valid UTF-8", "不是 UTF-8 文本"),
    ("unexpected end of file", "内容提前结束"),
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

/// What hyper, flate2 and redb say.
const LIBRARIES: &Phrases = &[
    ("I/O error: invalid data", "文件内容无效"),
    ("client error (Connect)", "无法建立连接"),
    ("client error (SendRequest)", "无法发送请求"),
    (
        "connection closed before message completed",
        "报文还没传完，对方就关闭了连接",
    ),
    ("connection error", "连接出错"),
    ("corrupt deflate stream", "压缩内容已损坏"),
    (
        "corrupt gzip stream does not have a matching checksum",
        "gzip 的校验和不符",
    ),
    (
        "end of file before message length reached",
        "报文还没传完，对方就关闭了连接",
    ),
    ("error reading a body from connection", "读取报文主体时出错"),
    ("error shutting down connection", "关闭连接时出错"),
    ("error writing a body to connection", "发送报文主体时出错"),
    ("http2 error", "HTTP/2 出错"),
    ("invalid HTTP header parsed", "应答头的格式有误"),
    ("invalid HTTP status-code parsed", "应答的状态码有误"),
    ("invalid HTTP version parsed", "应答不是 HTTP"),
    (
        "invalid content-length parsed",
        "应答头 Content-Length 有误",
    ),
    ("invalid gzip header", "文件头不是 gzip"),
    ("message head is too large", "应答头太大"),
    ("operation was canceled", "操作已取消"),
    ("unexpected EOF during handshake", "握手时连接被对方关闭"),
];

/// Why OpenSSL does not trust a certificate.
const DISTRUST: &Phrases = &[
    ("IP address mismatch", "证书不是为这个 IP 地址签发的"),
    ("certificate has expired", "证书已过期"),
    ("certificate is not yet valid", "证书尚未生效"),
    ("hostname mismatch", "证书不是为这个域名签发的"),
    ("self-signed certificate", "证书是自签名的"),
    (
        "self-signed certificate in certificate chain",
        "证书链中有自签名的证书",
    ),
    ("unable to get issuer certificate", "找不到签发者的证书"),
    (
        "unable to get local issuer certificate",
        "找不到签发者的证书",
    ),
    (
        "unable to verify the first certificate",
        "找不到签发者的证书",
    ),
];

/// The reasons in OpenSSL's errors of TLS, as they stand between colons.
const TLS: &Phrases = &[
    (
        ":packet length too long:",
        "对方的应答不是 TLS，请检查协议和端口",
    ),
    (":unexpected eof while reading:", "对方关闭了连接"),
    (
        ":wrong version number:",
        "对方的应答不是 TLS，请检查协议和端口",
    ),
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
    (
        "another kind of value (not shown)",
        "其他类型的值（不显示）",
    ),
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
    if let Some((said, path)) = text.split_once(" at path ") {
        return Some(format!("{}：{path}", chinese(said)?));
    }
    openssl(text)
        .or_else(|| exactly(LIBRARIES, text))
        .or_else(|| member(text))
        .or_else(|| said(text))
}

/// Translates the reason in an error of TLS: `error:0A000086:SSL routines:…:certificate verify failed:…:: self-signed certificate`.
fn openssl(text: &str) -> Option<String> {
    if !text.contains(":SSL routines:") {
        return None;
    }
    if text.contains(":certificate verify failed:") {
        let (_, reason) = text.rsplit_once(": ").unwrap_or_default();
        let reason = exactly(DISTRUST, reason).unwrap_or_else(|| reason.to_owned());
        return Some(format!("证书验证失败（{reason}）"));
    }
    let known = TLS.iter().find(|(reason, _)| text.contains(reason));
    known.map(|(_, translation)| (*translation).to_owned())
}

fn exactly(phrases: &Phrases, text: &str) -> Option<String> {
    let known = phrases.iter().find(|(english, _)| *english == text);
    known.map(|(_, translation)| (*translation).to_owned())
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
        let placed = "No such file or directory (os error 2) at path \"/x/y\"";
        let expected = Some("文件或目录不存在（系统错误 2）：\"/x/y\"");
        assert_eq!(chinese(placed).as_deref(), expected);
    }

    #[test]
    fn texts_of_libraries_are_chinese() {
        let distrusted = "error:0A000086:SSL routines:tls_post_process_server_certificate:certificate verify \
                          failed:ssl/statem/statem_clnt.c:2125:: self-signed certificate";
        let plain = "error:0A00010B:SSL routines:tls_validate_record_header:wrong version \
                     number:ssl/record/methods/tlsany_meth.c:84:";
        for (english, expected) in [
            (distrusted, "证书验证失败（证书是自签名的）"),
            (plain, "对方的应答不是 TLS，请检查协议和端口"),
            ("invalid HTTP version parsed", "应答不是 HTTP"),
            ("invalid gzip header", "文件头不是 gzip"),
        ] {
            assert_eq!(chinese(english).as_deref(), Some(expected));
        }
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
                "invalid type: another kind of value (not shown), expected a string",
                "应为字符串，而不是其他类型的值（不显示）",
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
