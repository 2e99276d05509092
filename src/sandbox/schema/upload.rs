//! The limits of uploaded files.

use wechatpay_core::catalog::Operation;

/// The size and type limits of an upload's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct UploadLimit {
    /// The greatest size in bytes.
    pub max_bytes: usize,
    /// The endings of file names, in lower case.
    pub types: &'static [&'static str],
}

const IMAGES: UploadLimit = UploadLimit {
    max_bytes: 2 << 20,
    types: &["jpg", "jpeg", "bmp", "png"],
};
const VIDEOS: UploadLimit = UploadLimit {
    max_bytes: 5 << 20,
    // The sample on the page uses a .jpg.
    types: &[
        "jpg", "avi", "wmv", "mpeg", "mp4", "mov", "mkv", "flv", "f4v", "m4v", "rmvb",
    ],
};

/// The limits of the operations whose pages have some.
///
/// Sources: "图片上传" (2M; JPG, BMP, PNG), "视频上传" (5M; the ten types), "商户上传反馈图片", "图片上传(营销专用)" and
/// "上传图片" of product coupons (2M). `jpeg` is not on the pages, and users upload it.
static LIMITS: [(&str, UploadLimit); 6] = [
    ("brand/marketing/product-coupon/media/upload-image", IMAGES),
    ("v3/marketing/favor/media/image-upload", IMAGES),
    (
        "v3/marketing/partner/product-coupon/media/upload-image",
        IMAGES,
    ),
    ("v3/merchant-service/images/upload", IMAGES),
    ("v3/merchant/media/upload", IMAGES),
    ("v3/merchant/media/video_upload", VIDEOS),
];

/// The limits of an operation's file; `None` if not documented.
pub(crate) fn upload_limit(operation: &Operation) -> Option<UploadLimit> {
    let found = LIMITS.iter().find(|(path, _)| *path == operation.path())?;
    Some(found.1)
}
