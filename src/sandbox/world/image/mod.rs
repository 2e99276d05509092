//! Uploaded files: images of complaints, which can be downloaded, and files whose media id other requests name.
//!
//! Sources: "商户上传反馈图片" and "图片下载" (pay.weixin.qq.com, apiv3 chapter10_2_10 and 10_2_18), "图片上传" and "视频上传". The
//! media id is derived from the bytes, so the same file has the same id.

pub(super) mod model;

use bytes::Bytes;
use openssl::base64::encode_block;
use openssl::sha::{Sha512, sha256};
use serde_json::json;

use super::outcome::{Outcome, Success};
use super::request::Request;
use super::state::State;
use crate::refusal::business;
use wechatpay_core::crypto::digest::hex_upper;

pub(crate) fn answer(state: &mut State, request: &Request<'_>) -> Option<Outcome> {
    match request.operation.path() {
        "v3/merchant-service/images/upload" => upload(state, request),
        "v3/merchant-service/images/{media_id}" => Some(download(state, request)),
        "v3/merchant/media/upload"
        | "v3/merchant/media/video_upload"
        | "v3/ecommerce/account/cancel-applications/media" => keep(state, request),
        _ => None,
    }
}

/// Gives a file a media id. `None` when there is no file.
fn keep(state: &mut State, request: &Request<'_>) -> Option<Outcome> {
    let id = merchant_media_id(&state.mchid, request.file?);
    state.media.insert(id.clone(), Bytes::new());
    Some(Ok(Success::json(json!({"media_id": id}))))
}

/// An id in the form of WeChat Pay's, which no other merchant has.
fn merchant_media_id(mchid: &str, file: &[u8]) -> String {
    let mut hash = Sha512::new();
    hash.update(mchid.as_bytes());
    hash.update(b"/");
    hash.update(file);
    let id = encode_block(&hash.finish());
    id.trim_end_matches('=').replace('+', "-").replace('/', "_")
}

/// Whether an upload of the merchant has returned the media id.
pub(crate) fn is_uploaded(state: &State, id: &str) -> bool {
    state.media.get(id).is_some() || state.images.get(id).is_some()
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
    fn media_ids_differ_between_merchants_and_files() {
        let id = merchant_media_id("1900000109", b"a");
        assert_eq!(id, merchant_media_id("1900000109", b"a"));
        assert_ne!(id, merchant_media_id("1900000109", b"b"));
        assert_ne!(id, merchant_media_id("1900007100", b"a"));
        assert_eq!(id.len(), 86);
    }

    #[test]
    fn equal_images_have_equal_ids() {
        let id = media_id(b"a", "A.PNG");
        assert_eq!(id, media_id(b"a", "b.png"));
        assert_ne!(id, media_id(b"b", "b.png"));
        assert!(id.ends_with(".png") && kind(&id).1 == "image/png", "{id}");
    }
}
