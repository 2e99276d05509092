//! Splits the body of a request into the parts of an upload.

use http::StatusCode;

use super::{Content, SIGNATURE_WRONG};
use crate::bilingual::Bilingual;
use crate::gateway::received::Received;
use crate::gateway::{MAX_JSON, too_long};
use crate::multipart;
use crate::refusal::Refusal;

/// Finds the parts of an upload; any other body is one text.
pub(super) fn split(received: &Received) -> Result<Content, Refusal> {
    let (kind, body) = (received.content_type(), &received.body);
    if !multipart::is_multipart(kind) {
        return Ok(Content::Json(body.clone()));
    }
    let (mut meta, mut file) = (None, None);
    for part in multipart::parts(kind, body) {
        match part.disposition("name") {
            Some("meta") if part.is_file() => return Err(meta_is_file()),
            Some("meta") => meta = meta.or(Some(body.slice_ref(part.content))),
            Some("file") => file = file.or(Some(body.slice_ref(part.content))),
            _ => {}
        }
    }
    let meta = meta.ok_or_else(|| no_meta(kind, body))?;
    if meta.len() > MAX_JSON {
        return Err(too_long(("part meta", "meta 部分"), MAX_JSON));
    }
    Ok(Content::Upload { meta, file })
}

fn no_meta(kind: &str, body: &[u8]) -> Refusal {
    let why = match multipart::other_boundary(kind, body) {
        Some((boundary, line)) => Bilingual::from((
            format!(
                "the upload has no part named meta: no line of the body is --{boundary}, the boundary of Content-Type, \
                 and the first line is {line:?}"
            ),
            format!(
                "上传请求的表单中没有名为 meta 的部分：报文主体中没有 Content-Type 的 boundary 所指的 --{boundary} 这一行，\
                 第一行是 {line:?}"
            ),
        )),
        None => Bilingual::new(
            "the upload has no part named meta; lines end with \\r\\n",
            "上传请求的表单中没有名为 meta 的部分；每行应以 \\r\\n 结尾",
        ),
    };
    Refusal::invalid(StatusCode::BAD_REQUEST, "无效请求", why)
}

/// WeChat Pay does not take a part with a file name for the `meta` that is signed.
fn meta_is_file() -> Refusal {
    let why = (
        "the part meta has a file name, so it counts as a file and not as the signed text: send it as a field with \
         Content-Type application/json",
        "meta 部分带有 filename，被当作文件而不是签名所用的文本：请作为普通字段发送，Content-Type 为 application/json",
    );
    Refusal::sign_error(SIGNATURE_WRONG, why)
}
