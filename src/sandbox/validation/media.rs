//! Which upload the media ids of an operation come from.
//!
//! The documentation of complaints names the upload of complaints. That of cancellations (注销) names "上传图片接口", and the
//! product has a separate upload. All others name the upload of images or videos. Sources: "回复用户"
//! (<https://pay.weixin.qq.com/doc/v3/merchant/4012467254>), "提交注销申请单"
//! (<https://pay.weixin.qq.com/doc/v3/partner/4012476217>), "提交申请单"
//! (<https://pay.weixin.qq.com/doc/v3/partner/4012719997>).

const IMAGE: &str = "v3/merchant/media/upload";
const COMPLAINT: &str = "v3/merchant-service/images/upload";
const GLOBAL_COMPLAINT: &str = "v3/global/merchant-service/images/upload";
const CANCELLATION: &str = "v3/ecommerce/account/cancel-applications/media";

/// The upload for the media ids of an operation.
pub(super) fn upload_for(operation: &str) -> &'static str {
    if operation.starts_with("v3/merchant-service/") {
        COMPLAINT
    } else if operation.starts_with("v3/global/merchant-service/") {
        GLOBAL_COMPLAINT
    } else {
        IMAGE
    }
}

/// Whether an operation accepts the media ids that an upload returns.
pub(super) fn fits(upload: &str, operation: &str) -> bool {
    match upload {
        COMPLAINT | GLOBAL_COMPLAINT => upload == upload_for(operation),
        CANCELLATION => operation.starts_with("v3/ecommerce/account/"),
        _ => upload_for(operation) == IMAGE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_accepts_the_files_of_its_product() {
        const VIDEO: &str = "v3/merchant/media/video_upload";
        for (operation, uploads) in [
            ("v3/applyment4sub/applyment/", &[IMAGE, VIDEO][..]),
            (
                "v3/ecommerce/account/cancel-applications",
                &[IMAGE, VIDEO, CANCELLATION],
            ),
            (
                "v3/merchant-service/complaints-v2/{complaint_id}/response",
                &[COMPLAINT],
            ),
            (
                "v3/global/merchant-service/complaints/{complaint_id}/response",
                &[GLOBAL_COMPLAINT],
            ),
        ] {
            for upload in [IMAGE, VIDEO, COMPLAINT, GLOBAL_COMPLAINT, CANCELLATION] {
                let expected = uploads.contains(&upload);
                assert_eq!(fits(upload, operation), expected, "{upload} {operation}");
            }
        }
    }
}
