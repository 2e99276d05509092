/// Builds the text that a request's signature covers.
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

/// Builds the text that the signature of a response or notification covers.
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

/// Builds the text that the signature of APIv3's pay parameters covers.
///
/// Four lines, each ended by `\n`. The last is `package` as passed to the front end
/// (`prepay_id=…`), but for an App the bare `prepay_id`.
///
/// Source: WeChat Pay documents 4012791857 and 4013070351.
///
/// ```
/// use wechatpay_chain::signing::pay_text;
/// let text = pay_text("wx8888888888888888", "1414561699", "5K8264ILTKCH16CQ2502SI8ZNMTM67VS", "prepay_id=wx2016");
/// assert_eq!(text, b"wx8888888888888888\n1414561699\n5K8264ILTKCH16CQ2502SI8ZNMTM67VS\nprepay_id=wx2016\n");
/// ```
#[must_use]
pub fn pay_text(appid: &str, timestamp: &str, nonce: &str, package: &str) -> Vec<u8> {
    lines(&[appid, timestamp, nonce, package].map(str::as_bytes))
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
