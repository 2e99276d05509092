//! Images of complaints: what is uploaded can be downloaded again.
//!
//! Sources: "商户上传反馈图片" and "图片下载" (pay.weixin.qq.com, apiv3 chapter10_2_10 and 10_2_18). An image's id is
//! made of its bytes and the end of its name, so that the same image has the same id.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use openssl::sha::sha256;
use serde_json::json;

use super::request::Request;
use super::{Outcome, State, Told, refusals};
use wechatpay_core::crypto::digest::hex_upper;

/// As much is remembered together; the oldest go first.
const KEPT_BYTES: usize = 64 << 20;
/// And so many of them, however small they are.
const KEPT: usize = 10_000;

/// The images, no more than [`KEPT_BYTES`] of them.
#[derive(Default)]
pub(super) struct Images {
    kept: HashMap<String, Bytes>,
    /// Oldest first.
    ids: VecDeque<String>,
    bytes: usize,
}

impl Images {
    fn insert(&mut self, id: String, content: Bytes) {
        if self.kept.contains_key(&id) {
            return;
        }
        self.bytes += content.len();
        self.ids.push_back(id.clone());
        self.kept.insert(id, content);
        while self.bytes > KEPT_BYTES || self.ids.len() > KEPT {
            let Some(oldest) = self.ids.pop_front() else {
                return;
            };
            let gone = self.kept.remove(&oldest);
            self.bytes -= gone.map_or(0, |gone| gone.len());
        }
    }
}

/// `None` when there is no file, which was let pass because nobody checks fields.
pub(super) fn upload(state: &mut State, request: &Request<'_>) -> Option<Outcome> {
    let file = request.file?;
    let name = request.body.and_then(|meta| meta["filename"].as_str());
    let id = media_id(file, name.unwrap_or_default());
    // A copy: the file is a part of a body, which would stay as a whole.
    let content = Bytes::copy_from_slice(file);
    state.images.insert(id.clone(), content);
    Some(Ok(Told::json(json!({"media_id": id}))))
}

fn media_id(file: &[u8], name: &str) -> String {
    let digest = hex_upper(&sha256(file)[..16]);
    format!("{digest}.{}", kind(name).0)
}

/// What images there are: by the ends of their names.
fn kind(name: &str) -> (&'static str, &'static str) {
    let end = name.rsplit('.').next().unwrap_or_default();
    match &*end.to_ascii_lowercase() {
        "png" => ("png", "image/png"),
        "bmp" => ("bmp", "image/bmp"),
        _ => ("jpg", "image/jpeg"),
    }
}

pub(super) fn download(state: &State, request: &Request<'_>) -> Outcome {
    let id = request.variable("media_id");
    let image = state.images.kept.get(&id);
    let image = image.ok_or_else(|| refusals::image_not_exist(&id))?;
    Ok(Told::file(kind(&id).1, image.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_images_go_first_and_the_memory_is_bounded() {
        let mut images = Images::default();
        let image = Bytes::from(vec![0; 16 << 20]);
        for id in ["1", "2", "3", "4", "4"] {
            images.insert(id.to_owned(), image.clone());
        }
        assert_eq!((images.kept.len(), images.bytes), (4, KEPT_BYTES));
        images.insert("5".to_owned(), Bytes::from_static(b"x"));
        assert!(!images.kept.contains_key("1") && images.kept.contains_key("5"));
        assert_eq!(images.bytes, (48 << 20) + 1);
        for id in 0..KEPT + 2 {
            images.insert(format!("small{id}"), Bytes::new());
        }
        assert_eq!((images.kept.len(), images.ids.len()), (KEPT, KEPT));
        assert_eq!(images.bytes, 0);
    }

    #[test]
    fn an_id_is_the_image_s_own() {
        let id = media_id(b"a", "A.PNG");
        assert_eq!(id, media_id(b"a", "b.png"));
        assert_ne!(id, media_id(b"b", "b.png"));
        assert!(id.ends_with(".png") && kind(&id).1 == "image/png", "{id}");
    }
}
