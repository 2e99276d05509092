//! H5 and Native orders, whose answers are used unsigned.

use super::{refused, text};
use crate::message::Response;
use wechatpay_core::error::Result;
use wechatpay_core::percent;

/// Appends `redirect_url` to H5's `h5_url`: the page that the user returns to.
///
/// Redirect the user's browser to the result. Without a return page, redirect to `h5_url` itself.
///
/// ```
/// use wechatpay_chain::pay::h5_url;
/// let url = h5_url(
///     "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx2016&package=2150917749",
///     "https://www.example.com/done?order=1",
/// )?;
/// assert!(url.ends_with("&redirect_url=https%3A%2F%2Fwww.example.com%2Fdone%3Forder%3D1"));
/// # Ok::<(), wechatpay_chain::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Request`](crate::ErrorKind::Request) when one is not an absolute URL, or `h5_url`
/// already has a `redirect_url`.
///
/// Source: WeChat Pay document "H5调起支付", section 回调页面.
pub fn h5_url(h5_url: &str, redirect_url: &str) -> Result<String> {
    if !text("h5_url", h5_url)?.starts_with("https://") || h5_url.contains('#') {
        return Err(refused(
            "h5_url is not the URL from the answer to an H5 order, which starts with https:// and has \
             no fragment",
        ));
    }
    if h5_url.contains("redirect_url=") {
        return Err(refused("h5_url already has a redirect_url"));
    }
    let redirect_url = text("redirect_url", redirect_url)?;
    if !redirect_url.contains("://") {
        return Err(refused(
            "redirect_url is not absolute: write it as https://www.example.com/…, and not \
             percent-encoded",
        ));
    }
    let joint = if h5_url.contains('?') { '&' } else { '?' };
    let mut url = format!("{h5_url}{joint}redirect_url=");
    percent::push_value(&mut url, redirect_url);
    Ok(url)
}

/// Returns the `code_url` of the answer to a Native order, to be shown as a QR code.
///
/// Works with APIv2's `unifiedorder` too.
///
/// ```
/// use http::{HeaderMap, StatusCode};
/// use wechatpay_chain::{Response, pay};
///
/// let answer = r#"{"code_url":"weixin://wxpay/bizpayurl?pr=p4lpSuKzz"}"#;
/// let answer = Response::new(StatusCode::OK, HeaderMap::new(), answer);
/// assert_eq!(pay::native(&answer)?, "weixin://wxpay/bizpayurl?pr=p4lpSuKzz");
/// # Ok::<(), wechatpay_chain::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Request`](crate::ErrorKind::Request) when the answer has none.
pub fn native(answer: &Response) -> Result<&str> {
    answer["code_url"].as_str().ok_or_else(|| {
        refused(
            "the answer has no code_url: give the answer to v3/pay/transactions/native, or to \
             pay/unifiedorder with the trade_type NATIVE",
        )
    })
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::*;
    use wechatpay_core::error::ErrorKind;

    const H5: &str =
        "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx20&package=21";

    #[test]
    fn the_redirect_url_is_one_encoded_value() {
        assert_eq!(
            h5_url(H5, "https://a.example/b?c=d&e=支付#f").unwrap(),
            format!(
                "{H5}&redirect_url=https%3A%2F%2Fa.example%2Fb%3Fc%3Dd%26e%3D%E6%94%AF%E4%BB%98%23f"
            )
        );
        let bare = h5_url("https://wx.tenpay.com/h5", "myapp://x").unwrap();
        assert_eq!(
            bare,
            "https://wx.tenpay.com/h5?redirect_url=myapp%3A%2F%2Fx"
        );
    }

    #[test]
    fn invalid_urls_are_rejected() {
        let twice = h5_url(H5, "https://a.example/").unwrap();
        for (url, back) in [
            ("", "https://a.example/"),
            ("http://wx.tenpay.com/", "https://a.example/"),
            ("https://wx.tenpay.com/#x", "https://a.example/"),
            (&twice, "https://a.example/"),
            (H5, ""),
            (H5, "/done"),
            (H5, "https%3A%2F%2Fa.example%2F"),
            (H5, "https://a.example/\n"),
        ] {
            let err = h5_url(url, back).unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Request, "{url} {back}");
        }
    }

    #[test]
    fn an_answer_without_a_code_url_is_rejected() {
        for body in ["{}", "{\"code_url\":1}", "{\"prepay_id\":\"wx20\"}", ""] {
            let answer = Response::new(StatusCode::OK, HeaderMap::new(), body);
            assert_eq!(native(&answer).unwrap_err().kind(), ErrorKind::Request);
        }
    }
}
