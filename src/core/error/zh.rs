//! Errors in Chinese. WeChat Pay's own words, numbers and names stay as they are.

use wechatpay_chain_path::PathError;

use super::zh_messages::MESSAGES;
use super::{ApiError, Error, ErrorKind, Verification, VerifyFailure, line};

impl Error {
    /// Returns the error and all its causes on one line, in Chinese.
    ///
    /// It has the content of [`report`](Self::report). The messages of WeChat Pay, of the operating system and of other
    /// libraries are quoted unchanged, and so are messages of this library without a translation.
    ///
    /// ```
    /// use wechatpay_chain::{Error, ErrorKind};
    ///
    /// let err = Error::new(ErrorKind::Timeout, "no answer within 30s");
    /// assert_eq!(err.report_zh(), "30s 内没有应答");
    /// ```
    #[must_use]
    pub fn report_zh(&self) -> String {
        let mut text = self.line_zh();
        let mut last = self.inner.message.to_string();
        for cause in self.sources() {
            let english = cause.to_string();
            // OpenSSL nests errors three deep, each repeating the text of the next.
            if last.contains(&english) {
                continue;
            }
            let shown = if let Some(err) = cause.downcast_ref::<Self>() {
                err.line_zh()
            } else if let Some(failure) = cause.downcast_ref() {
                verify_failure(failure)
            } else if let Some(err) = cause.downcast_ref() {
                path_error(err)
            } else {
                translated(&english).unwrap_or_else(|| english.clone())
            };
            text.push('：');
            text.push_str(&shown);
            last = english;
        }
        text
    }

    fn line_zh(&self) -> String {
        let mut text = if let Some(api) = self.api() {
            refusal(api)
        } else {
            let message = &self.inner.message;
            translated(message).unwrap_or_else(|| format!("{}：{message}", kind(self.kind())))
        };
        if let Some(id) = &self.inner.request_id {
            text.push_str(&format!("（Request-ID：{id}）"));
        }
        text
    }
}

fn kind(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Api => "微信支付拒绝了请求",
        ErrorKind::Blocking => "这里不能使用 .wait()",
        ErrorKind::Body => "应答无法读取",
        ErrorKind::Builder => "客户端设置有误",
        ErrorKind::Certificates => "无法取得平台证书，请求未发出",
        ErrorKind::Connect => "无法建立连接，请求未发出",
        ErrorKind::Decrypt => "解密失败",
        ErrorKind::Dedup => "通知去重存储出错",
        ErrorKind::Encrypt => "敏感字段加密失败，请求未发出",
        ErrorKind::File => "本地文件无法读写",
        ErrorKind::Header => "请求头有误",
        ErrorKind::Key => "密钥或证书有误",
        ErrorKind::Limit => "超出本地限流、并发或熔断的限制，请求未发出",
        ErrorKind::Middleware => "中间件出错",
        ErrorKind::Path => "路径有误，请求未发出",
        ErrorKind::Probe => "微信支付的签名探测，请求已被处理",
        ErrorKind::Request => "请求参数有误，请求未发出",
        ErrorKind::Stack => "中间件栈的设置有误",
        ErrorKind::Timeout => "超时",
        ErrorKind::Transport => "连接中断",
        ErrorKind::Unsupported => "不支持该请求，请求未发出",
        ErrorKind::Verify => "应答验签失败，请勿采信",
    }
}

fn refusal(api: &ApiError) -> String {
    let said = line::said(api);
    let mut text = match &api.verification {
        Verification::Failed(_) => {
            format!("应答验签失败，内容为 {said}；请求可能已被处理，请先查单，不要直接重试")
        }
        _ if api.status.is_success() => format!("微信支付拒绝了请求：{said}"),
        _ => format!("微信支付返回 {said}"),
    };
    if api.code == "SIGN_ERROR" {
        text.push_str(
            "（detail 中有微信支付构造的待签名串，请与本地的对比，并核对私钥与证书序列号是否匹配）",
        );
    }
    if !api.complete {
        text.push_str(&format!("（应答不完整，只收到 {} 字节）", api.body.len()));
    }
    text
}

fn verify_failure(failure: &VerifyFailure) -> String {
    match failure {
        VerifyFailure::Header { name } => format!("缺少请求头 {name}，或无法读取"),
        VerifyFailure::Element { name } => format!("缺少元素 <{name}>，或内容为空"),
        VerifyFailure::Clock { offset } => {
            format!("时间戳与本机时间相差 {offset} 秒，超过 300 秒；请校准系统时间")
        }
        VerifyFailure::UnknownSerial { serial, known } => format!(
            "没有 ID 为 {serial:?} 的微信支付公钥或平台证书，已有 {known:?}；请添加该 ID 对应的公钥或证书"
        ),
        VerifyFailure::Expired { serial, not_after } => format!(
            "平台证书 {serial} 已过期（Unix 时间 {not_after}）；请检查系统时间，或改用不会过期的微信支付公钥"
        ),
        VerifyFailure::NotYetValid { serial, not_before } => {
            format!("平台证书 {serial} 尚未生效（Unix 时间 {not_before} 起有效）；请检查系统时间")
        }
        VerifyFailure::Signature { serial } => format!("签名与报文不符，验签所用的是 {serial}"),
        VerifyFailure::Digest {
            algorithm,
            expected,
            found,
        } => format!(
            "文件的 {algorithm} 为 {found}，应为 {expected}；tar_type=GZIP 的账单，摘要按解压后的文件计算"
        ),
        VerifyFailure::Mismatch { member } => format!("应答的 {member} 与请求不一致"),
        VerifyFailure::Outcome { member } => {
            format!("{member} 必须出现且只出现一次，值为 SUCCESS 或 FAIL")
        }
        VerifyFailure::Replayed => "Wechatpay-Nonce 重复出现：有人在重放旧的应答".to_owned(),
        VerifyFailure::Probe => "微信支付的签名探测，签名是故意写错的".to_owned(),
    }
}

fn path_error(err: &PathError) -> String {
    match err {
        PathError::Character { found } => {
            format!("路径中含有字符 {found:?}；请去掉，或写成百分号编码")
        }
        PathError::DotValue { name } => {
            format!("变量 {name} 的值是 . 或 ..，会改变路径；请填写真实的值")
        }
        PathError::EmptyVariable { name } => format!("变量 {name} 的值为空；请填写真实的值"),
        PathError::MissingVariable { name, .. } => {
            format!("路径缺少变量 {name} 的值；请用 `.var({name:?}, …)` 填写")
        }
        PathError::NearMiss { method, path } => format!("接口是 {method} {path}"),
        PathError::Operator { found } => {
            format!("{found} 不能用在模板表达式的开头；请写成 {{name}}")
        }
        PathError::Prefix { name } => {
            format!("变量 {name} 的前缀长度有误；请写 1 到 9999 的数字，例如 {{{name}:3}}")
        }
        PathError::UnusedVariable { name, .. } => {
            format!("路径中没有变量 {name}；请改正名称，或去掉它")
        }
        PathError::ValueType { name, found } => {
            format!("变量 {name} 的值类型（{found}）不能放进路径；请填写文本")
        }
        PathError::VariableName { name } => {
            format!("{name} 不能作为变量名；请使用字母、数字和 _，例如 {{out_trade_no}}")
        }
        _ => plain_path_error(err).map_or_else(|| err.to_string(), str::to_owned),
    }
}

/// The sentences of the variants that carry no data.
fn plain_path_error(err: &PathError) -> Option<&'static str> {
    Some(match err {
        PathError::Absolute => {
            "路径中含有域名或协议；请只写路径，例如 v3/pay/transactions/native，域名用根地址设置"
        }
        PathError::AfterQuery => "查询参数后面还有路径；请把查询参数写在最后，或用选项传入",
        PathError::Backslash => "路径中含有反斜杠；请用 / 分隔",
        PathError::DotSegment => "路径中含有 . 或 ..，会改变路径；请写完整的路径",
        PathError::EmptyExpression => "路径中有 {}；请在花括号中写变量名，例如 {out_trade_no}",
        PathError::EmptySegment => "路径中有连续的斜杠（//）；请只写一个",
        PathError::EmptyValue => "路径中有空的部分；请填写它的值",
        PathError::Fragment => "路径中含有 #，它不会被发送；请去掉，或写成 %23",
        PathError::TooLong => "路径超过 65534 字节；较大的内容请放在请求体里",
        PathError::UnclosedBrace => "路径中的 { 没有对应的 }；请写成 {name}，花括号本身写成 %7B",
        PathError::UnopenedBrace => "路径中的 } 没有对应的 {；请写成 {name}，花括号本身写成 %7D",
        _ => return None,
    })
}

/// Translates a message; `None` if there is no translation.
fn translated(message: &str) -> Option<String> {
    MESSAGES.iter().find_map(|(english, chinese)| {
        let values = values(english, message)?;
        let mut text = String::new();
        let mut values = values.into_iter();
        for (at, part) in chinese.split("{}").enumerate() {
            if at > 0 {
                let value = values.next().unwrap_or_default();
                text.push_str(&translated(value).unwrap_or_else(|| value.to_owned()));
            }
            text.push_str(part);
        }
        Some(text)
    })
}

/// Returns the texts at the places `{}` of a pattern.
fn values<'a>(pattern: &str, message: &'a str) -> Option<Vec<&'a str>> {
    let mut parts = pattern.split("{}");
    let mut rest = message.strip_prefix(parts.next()?)?;
    let mut values = Vec::new();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let at = if parts.peek().is_none() {
            rest.ends_with(part).then(|| rest.len() - part.len())?
        } else {
            rest.find(part)?
        };
        values.push(&rest[..at]);
        rest = &rest[at + part.len()..];
    }
    rest.is_empty().then_some(values)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use http::StatusCode;
    use serde_json::json;

    use super::*;

    #[test]
    fn wechat_pays_words_are_untouched() {
        let mut api = ApiError::new(StatusCode::FORBIDDEN);
        api.code = "NOT_ENOUGH".to_owned();
        api.message = "余额不足".to_owned();
        api.request_id = Some("08A1".to_owned());
        let err = Error::from_api(api.clone());
        assert_eq!(
            err.report_zh(),
            "微信支付返回 403 Forbidden: NOT_ENOUGH 余额不足（Request-ID：08A1）"
        );
        api.verification = Verification::Failed(VerifyFailure::Clock { offset: 400 });
        let report = Error::from_api(api).report_zh();
        assert!(
            report.starts_with("应答验签失败") && report.contains("请先查单"),
            "{report}"
        );
        assert!(report.contains("相差 400 秒"), "{report}");
        let mut api = ApiError::new(StatusCode::OK);
        api.detail = json!({"return_code": "FAIL", "return_msg": "签名错误"});
        let report = Error::from_api(api).report_zh();
        assert_eq!(
            report,
            "微信支付拒绝了请求：return_code FAIL, return_msg 签名错误"
        );
    }

    #[test]
    fn causes_are_translated() {
        let err =
            Error::new(ErrorKind::Path, "the path cannot be used").with_source(PathError::TooLong);
        let report = err.report_zh();
        assert!(
            report.contains("65534") && report.contains("请求体"),
            "{report}"
        );
        let err = Error::new(
            ErrorKind::Key,
            "this is a public key (such as pub_key.pem); a private key was expected: give apiclient_key.pem",
        );
        assert_eq!(
            err.report_zh(),
            "这是公钥（例如 pub_key.pem），需要的是私钥：请提供 apiclient_key.pem"
        );
        let err = Error::new(ErrorKind::Transport, "x")
            .with_source(std::io::Error::other("reset by peer"));
        assert_eq!(err.report_zh(), "连接中断：x：reset by peer");
    }

    /// Without this test, a reworded message would silently appear in English again.
    #[test]
    fn translated_messages_are_in_the_source_code() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut code = String::new();
        collect(&root, &mut code);
        collect(&root.join("../macros/path/src"), &mut code);
        let code = without_names(&code);
        for (english, chinese) in MESSAGES {
            let places = |text: &str| text.matches("{}").count();
            assert_eq!(places(english), places(chinese), "{english}");
            assert!(
                code.contains(english),
                "no message of the library: {english}"
            );
        }
    }

    /// Collects the code with its line continuations joined and all `{…}` as `{}`.
    fn collect(folder: &Path, code: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, code);
            } else if path.extension().is_some_and(|it| it == "rs")
                && !path.ends_with("zh_messages.rs")
            {
                let text = fs::read_to_string(&path).unwrap();
                for (at, part) in text.replace("\\\"", "\"").split("\\\n").enumerate() {
                    code.push_str(if at > 0 { part.trim_start() } else { part });
                }
            }
        }
    }

    fn without_names(code: &str) -> String {
        let mut plain = String::with_capacity(code.len());
        let mut rest = code;
        while let Some(at) = rest.find('{') {
            plain.push_str(&rest[..=at]);
            rest = &rest[at + 1..];
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "_:?".contains(c)));
            if end.is_some_and(|end| rest[end..].starts_with('}')) {
                rest = &rest[end.unwrap()..];
            }
        }
        plain.push_str(rest);
        plain
    }
}
