/// The text that a request's signature covers.
///
/// Five lines, each ended by `\n`: method, target, timestamp, nonce, body. The target is the path
/// with its query exactly as sent; an empty body still gives its line end.
///
/// Source: WeChat Pay document "如何生成请求签名".
///
/// ```
/// use wechatpay_chain::signing::request_text;
/// let text = request_text("GET", "/v3/certificates", 1554208460, "593BEC0C930BF1AFEB40B4A08C8FB242", b"");
/// assert_eq!(text, b"GET\n/v3/certificates\n1554208460\n593BEC0C930BF1AFEB40B4A08C8FB242\n\n");
/// ```
#[must_use]
pub fn request_text(
    method: &str,
    target: &str,
    timestamp: i64,
    nonce: &str,
    body: &[u8],
) -> Vec<u8> {
    let timestamp = timestamp.to_string();
    lines(&[
        method.as_bytes(),
        target.as_bytes(),
        timestamp.as_bytes(),
        nonce.as_bytes(),
        body,
    ])
}

/// The text that the signature of a response or notification covers.
///
/// Three lines, each ended by `\n`: timestamp and nonce as the headers spell them, and the body
/// exactly as received.
///
/// Source: WeChat Pay document "如何验证签名".
///
/// ```
/// use wechatpay_chain::signing::response_text;
/// assert_eq!(response_text("1554209980", "c5ac7061", b"{}"), b"1554209980\nc5ac7061\n{}\n");
/// ```
#[must_use]
pub fn response_text(timestamp: &str, nonce: &str, body: &[u8]) -> Vec<u8> {
    lines(&[timestamp.as_bytes(), nonce.as_bytes(), body])
}

fn lines(parts: &[&[u8]]) -> Vec<u8> {
    let len = parts.iter().map(|part| part.len() + 1).sum();
    let mut text = Vec::with_capacity(len);
    for part in parts {
        text.extend_from_slice(part);
        text.push(b'\n');
    }
    text
}
