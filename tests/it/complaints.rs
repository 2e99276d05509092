//! Images of a complaint: the answer's `media_url` is requested unchanged.

use serde_json::json;
use wechatpay_chain::{Client, ErrorKind, Response, Result};
use wechatpay_sandbox::{Sandbox, StubResponse};

const COMPLAINT: &str = "v3/merchant-service/complaints-v2/{complaint_id}";
const IMAGE: &str = "v3/merchant-service/images/{media_id}";
/// An id that would change if it were encoded or decoded again.
const TARGET: &str = "/v3/merchant-service/images/ChsyM%2Fa%2BA%253D%3d~%E5%9B%BE";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0 an image \0\xff\xd9";

/// A sandbox with a complaint whose only image is at this URL.
fn complaint(media_url: impl FnOnce(&Sandbox) -> String) -> (Sandbox, Client) {
    let sandbox = Sandbox::start_blocking().unwrap();
    let media = json!([{"media_type": "USER_COMPLAINT_IMAGE", "media_url": [media_url(&sandbox)]}]);
    let answer = StubResponse::json(json!({"complaint_media_list": media}));
    sandbox.stub("GET", COMPLAINT, answer).unwrap();
    let image = StubResponse::bytes("image/jpeg", JPEG);
    sandbox.stub("GET", IMAGE, image).unwrap();
    let client = sandbox.client().unwrap();
    (sandbox, client)
}

/// Shows a complaint, as a program would.
async fn image(client: &Client) -> Result<Response> {
    let complaint = client[COMPLAINT]
        .get(())
        .var("complaint_id", "2002")
        .await?;
    let url = complaint["complaint_media_list"][0]["media_url"][0].as_str();
    client.get_url(url.unwrap_or_default()).await
}

#[tokio::test]
async fn the_url_of_the_answer_is_signed_and_sent_unchanged() {
    let absolute = |sandbox: &Sandbox| format!("{}{}", sandbox.base_url(), &TARGET[1..]);
    let relative = |_: &Sandbox| TARGET.to_owned();
    for (sandbox, client) in [complaint(absolute), complaint(relative)] {
        let image = image(&client).await.unwrap();
        assert_eq!(image.bytes(), JPEG);
        let call = sandbox.last_call().unwrap();
        assert!(call.verdict.is_accepted());
        assert_eq!(call.target, TARGET);
        let signed = call.signed_text.unwrap();
        assert!(signed.starts_with(&format!("GET\n{TARGET}\n")), "{signed}");
    }
}

/// The author of the answer chooses the target of a signed request, but only within WeChat Pay.
#[tokio::test]
async fn urls_of_other_hosts_are_rejected() {
    for host in ["evil.example", "api.mch.weixin.qq.com.evil.example"] {
        let (sandbox, client) = complaint(|_| format!("https://{host}{TARGET}"));
        let err = image(&client).await.unwrap_err();
        assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Request, false));
        assert!(err.to_string().contains(host), "{err}");
        // Only the complaint was requested.
        assert_eq!(sandbox.calls().len(), 1);
    }
}

#[cfg(feature = "files")]
#[tokio::test]
async fn an_image_is_saved_to_a_file() {
    let (_sandbox, client) = complaint(|sandbox| format!("{}{}", sandbox.base_url(), &TARGET[1..]));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("complaint.jpg");
    client.get_url(TARGET).sink(&path).await.unwrap();
    assert_eq!(std::fs::read(path).unwrap(), JPEG);
}
