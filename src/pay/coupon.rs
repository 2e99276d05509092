//! Parameters with which a user receives merchant coupons (商家券).

use serde::{Serialize, Serializer};

use super::{Pay, refused, text};
use wechatpay_core::error::Result;
use wechatpay_core::percent;
use wechatpay_core::protocol::SignType;

/// A coupon to send: an item of `send_coupon_params`.
///
/// ```
/// use wechatpay_chain::pay::Coupon;
/// let coupon = Coupon::new("98065001", "89560002019101000121").coupon_code("75345199");
/// # let _ = coupon;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coupon {
    stock_id: String,
    out_request_no: String,
    coupon_code: Option<String>,
}

impl Serialize for Coupon {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut members = vec![
            ("stock_id", &self.stock_id),
            ("out_request_no", &self.out_request_no),
        ];
        members.extend(self.coupon_code.as_ref().map(|code| ("coupon_code", code)));
        serializer.collect_map(members)
    }
}

impl Coupon {
    /// Creates a coupon of a stock (批次), with a request number that the merchant chooses.
    pub fn new(stock_id: impl Into<String>, out_request_no: impl Into<String>) -> Self {
        Self {
            stock_id: stock_id.into(),
            out_request_no: out_request_no.into(),
            coupon_code: None,
        }
    }

    /// Sets the coupon's code, if the merchant supplies the stock's codes when it gives coupons.
    #[must_use]
    pub fn coupon_code(mut self, code: impl Into<String>) -> Self {
        self.coupon_code = Some(code.into());
        self
    }

    fn members(&self) -> Result<Vec<(&'static str, &str)>> {
        let mut members = vec![
            ("stock_id", text("stock_id", &self.stock_id)?),
            (
                "out_request_no",
                text("out_request_no", &self.out_request_no)?,
            ),
        ];
        if let Some(code) = &self.coupon_code {
            members.push(("coupon_code", text("coupon_code", code)?));
        }
        Ok(members)
    }
}

/// The parameters of the mini-program plug-in `send-coupon`.
///
/// Source: WeChat Pay document 4012285674.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CouponParams {
    /// The merchant that gives the coupons.
    pub send_coupon_merchant: String,
    /// The coupons.
    pub send_coupon_params: Vec<Coupon>,
    /// The signature of the parameters.
    pub sign: String,
}

serialized!(CouponParams {
    send_coupon_merchant: "send_coupon_merchant",
    send_coupon_params: "send_coupon_params",
    sign: "sign",
});

impl Pay {
    /// Builds the parameters of the mini-program plug-in for 1 to 10 coupons.
    ///
    /// ```no_run
    /// # fn example(client: wechatpay_chain::Client) -> wechatpay_chain::Result<()> {
    /// use wechatpay_chain::pay::Coupon;
    ///
    /// let params = client.pay().coupons([Coupon::new("98065001", "89560002019101000121")])?;
    /// println!("{}", serde_json::json!(params));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Request`](crate::ErrorKind::Request) when the client has no APIv2 key, the
    /// coupons are too few or too many, or a part is empty.
    pub fn coupons(&self, coupons: impl IntoIterator<Item = Coupon>) -> Result<CouponParams> {
        let coupons: Vec<_> = coupons.into_iter().collect();
        if !(1..=MOST).contains(&coupons.len()) {
            return Err(refused(format!(
                "{} coupons were given; the plug-in takes 1 to {MOST} at once",
                coupons.len()
            )));
        }
        let merchant = self.merchant()?.to_owned();
        let mut members = vec![("send_coupon_merchant".to_owned(), &*merchant)];
        for (index, coupon) in coupons.iter().enumerate() {
            let numbered = coupon.members()?.into_iter();
            members.extend(numbered.map(|(name, value)| (format!("{name}{index}"), value)));
        }
        Ok(CouponParams {
            sign: self.hash(SignType::HmacSha256, members)?,
            send_coupon_merchant: merchant,
            send_coupon_params: coupons,
        })
    }

    /// Returns the URL of the page on which the user receives the coupon.
    ///
    /// Source: WeChat Pay document 4012285783.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Request`](crate::ErrorKind::Request) when the client has no APIv2 key, or a part
    /// is empty.
    pub fn coupon_url(&self, coupon: &Coupon, openid: &str) -> Result<String> {
        let mut members = coupon.members()?;
        members.insert(2, ("send_coupon_merchant", self.merchant()?));
        members.insert(3, ("open_id", text("openid", openid)?));
        let sign = self.hash(SignType::HmacSha256, members.iter().copied())?;
        members.push(("sign", &sign));
        let query = percent::query(&members);
        Ok(format!("{PAGE}?{query}#wechat_pay&wechat_redirect"))
    }
}

const MOST: usize = 10;
const PAGE: &str = "https://action.weixin.qq.com/busifavor/getcouponinfo";
