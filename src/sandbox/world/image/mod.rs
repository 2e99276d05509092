//! Uploaded files: images of complaints, which can be downloaded, and the media ids of all other uploads.
//!
//! Sources: "商户上传反馈图片" and "图片下载" (pay.weixin.qq.com, apiv3 chapter10_2_10 and 10_2_18). The id of an image is
//! derived from its bytes and the extension of its name, so the same image has the same id.

pub(super) mod model;

use bytes::Bytes;
use serde_json::{Value, json};

use super::outcome::{Outcome, Success};
use super::request::Request;
use super::state::State;
use crate::refusal::business;
use wechatpay_core::crypto::digest::{hex_upper, sha256};

pub(crate) fn answer(state: &mut State, request: &Request<'_>) -> Option<Outcome> {
    match request.operation.path() {
        "v3/merchant-service/images/upload" => upload(state, request),
        "v3/merchant-service/images/{media_id}" => Some(download(state, request)),
        _ => None,
    }
}

/// Keeps the media ids in the response to an upload.
pub(crate) fn keep_ids(state: &mut State, answer: &Value, path: &'static str) {
    let members = answer.as_object().into_iter().flatten();
    for (name, id) in members {
        if let Some(id) = id.as_str().filter(|_| name.ends_with("media_id")) {
            let path = Bytes::from_static(path.as_bytes());
            state.media.insert(id.to_owned(), path);
        }
    }
}

/// The path of the upload of the merchant that has returned the media id.
pub(crate) fn upload_of(state: &State, id: &str) -> Option<String> {
    let path = state.media.get(id)?;
    Some(String::from_utf8_lossy(path).into_owned())
}

/// `None` when there is no file, which is possible if field checks are off.
pub(crate) fn upload(state: &mut State, request: &Request<'_>) -> Option<Outcome> {
    let file = request.file?;
    let name = request.body.and_then(|meta| meta["filename"].as_str());
    let id = media_id(file, name.unwrap_or_default());
    // A copy, because the slice would keep the whole body in memory.
    let content = Bytes::copy_from_slice(file);
    state.images.insert(id.clone(), content);
    Some(Ok(Success::json(json!({"media_id": id}))))
}

fn media_id(file: &[u8], name: &str) -> String {
    let digest = hex_upper(&sha256(file)[..16]);
    format!("{digest}.{}", kind(name).0)
}

/// The extension and the media type of an image, by its name.
fn kind(name: &str) -> (&'static str, &'static str) {
    let end = name.rsplit('.').next().unwrap_or_default();
    match &*end.to_ascii_lowercase() {
        "png" => ("png", "image/png"),
        "bmp" => ("bmp", "image/bmp"),
        _ => ("jpg", "image/jpeg"),
    }
}

pub(crate) fn download(state: &State, request: &Request<'_>) -> Outcome {
    let id = request.variable("media_id");
    let image = state.images.get(&id);
    let image = image.ok_or_else(|| business::IMAGE_NOT_EXIST.with(&[&format_args!("{id:?}")]))?;
    Ok(Success::file(kind(&id).1, image.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_images_have_equal_ids() {
        let id = media_id(b"a", "A.PNG");
        assert_eq!(id, media_id(b"a", "b.png"));
        assert_ne!(id, media_id(b"b", "b.png"));
        assert!(id.ends_with(".png") && kind(&id).1 == "image/png", "{id}");
    }
}
