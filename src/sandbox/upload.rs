//! What an APIv3 upload has to have beside a `meta` that is signed.
//!
//! Source: the documents of the operations listed below; the texts are the sandbox's own, but for the
//! one about the digest.

use serde_json::{Value, json};

use super::bilingual::Bilingual;
use super::multipart;
use super::refusal::Refusal;
use super::validation::IncomingRequest;
use wechatpay_core::crypto::digest::sha256_hex;

/// The operations whose `meta` is `filename` and `sha256`. Others name and hash their files in other
/// members (`file_name`, `file_digest`, `digest` by SM3), or have a file only sometimes.
const PLAIN: [&str; 6] = [
    "brand/marketing/product-coupon/media/upload-image",
    "v3/marketing/favor/media/image-upload",
    "v3/marketing/partner/product-coupon/media/upload-image",
    "v3/merchant-service/images/upload",
    "v3/merchant/media/upload",
    "v3/merchant/media/video_upload",
];

/// Checks the parts; without `whole`, no more than the digest of a file that is there.
pub(super) fn check(
    sent: &IncomingRequest<'_>,
    kind: &str,
    body: &[u8],
    whole: bool,
) -> Result<(), Refusal> {
    let file = multipart::part(kind, body, "file");
    if whole {
        let Some(Value::Object(meta)) = sent.json else {
            let why = (
                "the upload's meta is not a JSON object",
                "上传请求的 meta 不是 JSON 对象",
            );
            return Err(wrong("/meta", "此字段需要一个 object 类型的 Json 值", why));
        };
        let plain = PLAIN.contains(&sent.operation.path());
        let has = |name: &str| {
            meta.get(name)
                .and_then(Value::as_str)
                .is_some_and(|it| !it.is_empty())
        };
        let lacking = ["filename", "sha256"].into_iter().find(|name| !has(name));
        if let Some(name) = lacking.filter(|_| plain) {
            let why = (
                format!("the upload's meta has no text named {name}"),
                format!("上传请求的 meta 中没有字符串 {name}，或其为空"),
            );
            return Err(missing(&format!("/meta/{name}"), why));
        }
        if file.is_none() && plain {
            let why = (
                "the upload has no whole part named file",
                "上传请求的表单中没有完整的、名为 file 的部分",
            );
            return Err(missing("/file", why));
        }
    }
    let expected = sent.json.and_then(|meta| meta["sha256"].as_str());
    match (expected, file) {
        (Some(expected), Some(file)) => compare(expected, file),
        _ => Ok(()),
    }
}

/// The file has to have the digest that its signed `meta` names.
fn compare(expected: &str, file: &[u8]) -> Result<(), Refusal> {
    let found = sha256_hex(file);
    if found.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    let why = (
        format!("the file's SHA-256 is {found}, and its meta says {expected}"),
        format!("文件的 SHA-256 是 {found}，而 meta 中是 {expected}"),
    );
    Err(Refusal::param_error("图片sha256计算错误", why))
}

fn missing(field: &str, why: impl Into<Bilingual>) -> Refusal {
    wrong(field, "必填性规则校验失败，此字段为必填项", why)
}

fn wrong(field: &str, issue: &str, why: impl Into<Bilingual>) -> Refusal {
    let message = format!("输入源“/body{field}”{issue}");
    let detail = json!({"field": field, "issue": issue, "location": "body"});
    Refusal::param_error(message, why).with_detail(detail)
}
