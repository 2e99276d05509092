//! Uploads a picture from disk, one from memory and one with a custom meta.
//!
//! ```text
//! cargo run --example upload
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use serde_json::json;
use wechatpay_chain::{BoxError, Media};
use wechatpay_sandbox::Sandbox;

fn main() -> Result<(), BoxError> {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;

    let path = std::env::temp_dir().join(format!("license-{}.jpg", std::process::id()));
    std::fs::write(&path, vec![7; 1 << 20])?;
    let media = Media::from_path(&path)?.on_progress(|sent, total| println!("  {sent} of {total}"));
    let res = client
        .chain("v3/merchant/media/upload")
        .post(media, ())
        .wait()?;
    std::fs::remove_file(&path)?;
    println!("from disk: meta {}\n", res.value()?);

    let media = Media::from_bytes("clip.mp4", "a short film");
    let res = client
        .chain("v3/merchant/media/video_upload")
        .post(media, ())
        .wait()?;
    println!("from memory: meta {}\n", res.value()?);

    // An endpoint with additional members; the catalog would encrypt a sensitive one.
    let media = Media::from_bytes("image.jpg", "…").meta_with(
        |name, sha256| json!({"file_name": name, "file_digest": sha256, "sub_mchid": "1230001104"}),
    );
    client
        .chain("v3/mch-operation-manage/enhanced-due-diligence/{due_diligence_id}/upload")
        .post(media, ())
        .var("due_diligence_id", "DD20260101")
        .wait()?;
    if let Some(call) = sandbox.last_call() {
        println!("signed:\n{}", call.signed_text.unwrap_or_default());
    }
    Ok(())
}
