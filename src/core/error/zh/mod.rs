//! Errors in Chinese. WeChat Pay's own words, numbers and names stay as they are.

mod calls;
mod common;
mod diagnosis;
mod files;
mod notify;
mod protocol;
mod resilience;
mod sandbox;
mod settings;
mod sm;
mod state;
mod system;
mod verify;

use super::phrase::{self, Phrases};
use super::{ApiError, Error, ErrorKind, Verification, line};

/// Messages of the library and their translations, by area. A test finds each of them in the source code; a test of the
/// command finds a translation for each message.
const MESSAGES: &[&Phrases] = &[
    common::COMMON,
    calls::CALLS,
    diagnosis::DIAGNOSIS,
    files::FILES,
    notify::NOTIFY,
    protocol::PROTOCOL,
    resilience::RESILIENCE,
    sandbox::SANDBOX,
    settings::SETTINGS,
    sm::SM,
    state::STATE,
    verify::VERIFY,
];

impl Error {
    /// Returns the error and all its causes on one line, in Chinese.
    ///
    /// It has the content of [`report`](Self::report). The messages of WeChat Pay and of other libraries are quoted unchanged,
    /// and so are messages of this library and of the operating system without a translation.
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
            } else {
                chinese(&english).unwrap_or_else(|| english.clone())
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
        } else if let Some(message) = &self.inner.chinese {
            message.to_string()
        } else {
            let message = &self.inner.message;
            chinese(message).unwrap_or_else(|| format!("{}：{message}", kind(self.kind())))
        };
        if let Some(id) = &self.inner.request_id {
            text.push_str(&format!("（Request-ID：{id}）"));
        }
        if self.needs_warning() {
            text.insert_str(0, "请求可能已被处理，重发前请先查单。最后一次尝试：");
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
    let said = line::said(api, &line::CHINESE);
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

/// Translates a message of this library or of the operating system, if its translation is known.
#[must_use]
pub fn chinese(message: &str) -> Option<String> {
    let is_name = |file: &str| file.starts_with(['/', '\\']) || !file.contains(' ');
    about_file(message, is_name)
        .or_else(|| known(message))
        .or_else(|| system::chinese(message))
        .or_else(|| about_file(message, |_| true))
}

/// Translates a message of this library; its values may be texts of the system.
fn known(message: &str) -> Option<String> {
    phrase::translate(MESSAGES, message)?;
    phrase::translate(&[MESSAGES, system::SYSTEM].concat(), message)
}

/// Translates a message after the name of the file that it is about: `keys/apiclient_key.pem: this is …`.
fn about_file(message: &str, is_name: impl Fn(&str) -> bool) -> Option<String> {
    let (file, about) = message.split_once(": ")?;
    let about = is_name(file).then_some(about)?;
    let about = known(about).or_else(|| system::chinese(about))?;
    Some(format!("{file}：{about}"))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use http::StatusCode;
    use serde_json::json;
    use wechatpay_chain_path::PathError;

    use super::super::VerifyFailure;
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
        let mut api = ApiError::new(StatusCode::BAD_REQUEST);
        let field = json!({"field": "/amount/total", "issue": "too small", "min": 1});
        api.detail = json!(vec![field; 6]);
        let report = Error::from_api(api).report_zh();
        let first = "微信支付返回 400 Bad Request；detail：field \"/amount/total\"，issue \"too small\"，其他成员：min";
        assert!(report.starts_with(first), "{report}");
        assert!(report.ends_with("，另有 1 项"), "{report}");
        let mut api = ApiError::new(StatusCode::OK);
        api.detail = json!({"return_code": "FAIL", "return_msg": "签名错误"});
        let report = Error::from_api(api).report_zh();
        assert_eq!(
            report,
            "微信支付拒绝了请求：return_code FAIL，return_msg 签名错误"
        );
    }

    #[test]
    fn causes_are_chinese() {
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

    #[test]
    fn a_message_about_a_file_is_chinese() {
        let message =
            "keys/bad.pem: this is empty; a private key was expected: give apiclient_key.pem";
        let expected = "keys/bad.pem：文件内容为空，需要的是私钥：请提供 apiclient_key.pem";
        assert_eq!(chinese(message).as_deref(), Some(expected));
        for file in ["keys", "my keys/1.pem", "我的 密钥"] {
            let message =
                format!("{file}: the file cannot be read; a private key was expected in it");
            let expected = format!("{file}：文件无法读取，其中应有私钥");
            assert_eq!(chinese(&message), Some(expected));
        }
        let missing = std::io::Error::other("/x: No such file or directory (os error 2)");
        let err = Error::new(ErrorKind::File, "x").with_source(missing);
        let expected = "本地文件无法读写：x：/x：文件或目录不存在（系统错误 2）";
        assert_eq!(err.report_zh(), expected);
        let message = "the profiles in a.toml cannot be read: Permission denied (os error 13)";
        let expected = "无法读取配置文件 a.toml：没有权限（系统错误 13）";
        assert_eq!(chinese(message).as_deref(), Some(expected));
    }

    /// Without this test, a reworded message would silently appear in English again.
    #[test]
    fn translated_messages_are_in_the_source_code() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut code = String::new();
        collect(&root, &mut code);
        collect(&root.join("../macros/path/src"), &mut code);
        // Braces of a message are written twice in a format.
        let code = without_names(&code)
            .replace("{{{}:3}}", "{}")
            .replace("{{}}", "{}");
        let mut gone = Vec::new();
        for (english, chinese) in MESSAGES.iter().copied().flatten() {
            let places = english.matches("{}").count();
            let numbered = (0..9).filter(|at| chinese.contains(&format!("{{{at}}}")));
            match numbered.max() {
                None => assert_eq!(chinese.matches("{}").count(), places, "{english}"),
                Some(last) => assert!(last < places && !chinese.contains("{}"), "{english}"),
            }
            // The beginning of such a message is another message.
            let written = english.strip_prefix("{},").unwrap_or(english);
            if !code.contains(written) {
                gone.push(english);
            }
        }
        assert_eq!(gone, [&""; 0], "no messages of the library");
    }

    #[test]
    fn messages_are_translated_once() {
        let mut seen = std::collections::BTreeSet::new();
        for (english, _) in MESSAGES.iter().copied().flatten() {
            assert!(seen.insert(english), "{english}");
        }
    }

    /// Collects the code with its escapes undone and its line continuations joined.
    fn collect(folder: &Path, code: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_apart = path.ends_with("error/zh") || path.ends_with("src/cli");
            if path.is_dir() && !is_apart {
                collect(&path, code);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let mut rest = &*text;
                while let Some((before, behind)) = rest.split_once('\\') {
                    code.push_str(before);
                    rest = match behind.strip_prefix('\n') {
                        Some(next) => next.trim_start(),
                        None => behind,
                    };
                    if let Some(c @ ('\\' | '"')) = rest.chars().next() {
                        code.push(c);
                        rest = &rest[1..];
                    }
                }
                code.push_str(rest);
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
