//! Checks the `meta` and the file of an APIv3 upload.
//!
//! Source: the documents of the operations listed below. Only the text about the digest is WeChat Pay's;
//! the other texts are the sandbox's.

use http::StatusCode;
use serde_json::{Value, json};

use crate::bilingual::Bilingual;
use crate::refusal::Refusal;
use crate::schema::UploadLimit;
use crate::schema::upload::upload_limit;
use wechatpay_core::catalog::Operation;
use wechatpay_core::crypto::digest::sha256_hex;

/// The operations whose `meta` has `filename` and `sha256`. Other operations use other members
/// (`file_name`, `file_digest`, `digest` by SM3) or have an optional file.
const PLAIN: [&str; 6] = [
    "brand/marketing/product-coupon/media/upload-image",
    "v3/marketing/favor/media/image-upload",
    "v3/marketing/partner/product-coupon/media/upload-image",
    "v3/merchant-service/images/upload",
    "v3/merchant/media/upload",
    "v3/merchant/media/video_upload",
];

/// Refuses a request to upload whose body is no form.
pub(super) fn check_is_form(operation: &Operation) -> Result<(), Refusal> {
    if !PLAIN.contains(&operation.path()) {
        return Ok(());
    }
    let why = (
        "this operation uploads a file: send multipart/form-data with the parts meta and file",
        "该接口用于上传文件：请使用 multipart/form-data，包含 meta 和 file 两部分",
    );
    Err(Refusal::invalid(StatusCode::BAD_REQUEST, "无效请求", why))
}

/// Checks an upload. Without `check_fields`, only the digest of a file that is there.
pub(super) fn check(
    operation: &Operation,
    meta: Option<&Value>,
    file: Option<&[u8]>,
    check_fields: bool,
) -> Result<(), Refusal> {
    if check_fields {
        check_parts(operation, meta, file)?;
    }
    let expected = meta.and_then(|meta| meta["sha256"].as_str());
    match (expected, file) {
        (Some(expected), Some(file)) => compare(expected, file),
        _ => Ok(()),
    }
}

fn check_parts(
    operation: &Operation,
    meta: Option<&Value>,
    file: Option<&[u8]>,
) -> Result<(), Refusal> {
    let Some(Value::Object(meta)) = meta else {
        let why = (
            "the upload's meta is not a JSON object",
            "上传请求的 meta 不是 JSON 对象",
        );
        return Err(wrong("/meta", "此字段需要一个 object 类型的 Json 值", why));
    };
    if !PLAIN.contains(&operation.path()) {
        return Ok(());
    }
    let is_missing = |name: &&str| {
        let text = meta.get(*name).and_then(Value::as_str);
        text.is_none_or(str::is_empty)
    };
    if let Some(name) = ["filename", "sha256"].into_iter().find(is_missing) {
        let why = (
            format!("the upload's meta has no text named {name}"),
            format!("上传请求的 meta 中没有字符串 {name}，或其为空"),
        );
        return Err(missing(&format!("/meta/{name}"), why));
    }
    let Some(file) = file else {
        let why = (
            "the upload has no complete part named file",
            "上传请求的表单中没有完整的、名为 file 的部分",
        );
        return Err(missing("/file", why));
    };
    let name = meta.get("filename").and_then(Value::as_str);
    upload_limit(operation).map_or(Ok(()), |limit| {
        check_limit(limit, name.unwrap_or_default(), file)
    })
}

/// Compares a file with the limits of its page. The texts are the sandbox's.
///
/// A name without an ending passes: nobody has published that WeChat Pay refuses it.
fn check_limit(limit: UploadLimit, name: &str, file: &[u8]) -> Result<(), Refusal> {
    if file.is_empty() {
        let why = ("the uploaded file is empty", "上传的文件为空");
        return Err(wrong("/file", "文件不能为空", why));
    }
    let (length, most) = (file.len(), limit.max_bytes);
    if length > most {
        let why = (
            format!("the file has {length} bytes, but only {most} are allowed"),
            format!("文件为 {length} 字节，最多允许 {most} 字节"),
        );
        return Err(wrong("/file", "文件大小超过限制", why));
    }
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    let is_allowed = |ending: &String| limit.types.contains(&&**ending);
    if ending.as_ref().is_none_or(is_allowed) {
        return Ok(());
    }
    let why = (
        format!(
            "the file name does not end in one of {}",
            limit.types.join(", ")
        ),
        format!("文件名的后缀应为 {} 之一", limit.types.join("、")),
    );
    Err(wrong("/meta/filename", "不支持的文件类型", why))
}

/// Compares the digest of the file with the one that the signed `meta` names.
fn compare(expected: &str, file: &[u8]) -> Result<(), Refusal> {
    let found = sha256_hex(file);
    if found.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    let why = (
        format!("the file's SHA-256 is {found}, but its meta has {expected}"),
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
