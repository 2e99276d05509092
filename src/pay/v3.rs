//! Orders made with APIv3; signed with the merchant's private key.

use super::{Pay, bare, text};
use wechatpay_core::error::Result;

/// The parameters of `getBrandWCPayRequest` in a WeChat page.
///
/// Source: WeChat Pay documents 4012791857 (APIv3) and 4011935213 (APIv2).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct JsapiParams {
    /// The official account or mini program.
    pub app_id: String,
    /// Unix seconds.
    pub time_stamp: String,
    /// The nonce.
    pub nonce_str: String,
    /// `prepay_id=…`
    pub package: String,
    /// `RSA`; in APIv2 `MD5` or `HMAC-SHA256`.
    pub sign_type: String,
    /// The signature.
    pub pay_sign: String,
}

serialized!(JsapiParams {
    app_id: "appId",
    time_stamp: "timeStamp",
    nonce_str: "nonceStr",
    package: "package",
    sign_type: "signType",
    pay_sign: "paySign",
});

/// The parameters of `wx.requestPayment` in a mini program: [`JsapiParams`] without the appid, which the
/// mini program already has. The appid is still signed.
///
/// Source: WeChat Pay document 4012791857.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MiniProgramParams {
    /// Unix seconds.
    pub time_stamp: String,
    /// The nonce.
    pub nonce_str: String,
    /// `prepay_id=…`
    pub package: String,
    /// `RSA`
    pub sign_type: String,
    /// The signature.
    pub pay_sign: String,
}

serialized!(MiniProgramParams {
    time_stamp: "timeStamp",
    nonce_str: "nonceStr",
    package: "package",
    sign_type: "signType",
    pay_sign: "paySign",
});

/// The parameters of the open SDK's `PayReq` in an App.
///
/// Source: WeChat Pay document 4013070351.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppParams {
    /// The App.
    pub appid: String,
    /// The merchant id (商户号).
    pub partnerid: String,
    /// The bare prepay id.
    pub prepayid: String,
    /// `Sign=WXPay`
    pub package: String,
    /// The nonce.
    pub noncestr: String,
    /// Unix seconds.
    pub timestamp: String,
    /// The signature, base64.
    pub sign: String,
}

serialized!(AppParams {
    appid: "appid",
    partnerid: "partnerid",
    prepayid: "prepayid",
    package: "package",
    noncestr: "noncestr",
    timestamp: "timestamp",
    sign: "sign",
});

/// The subsidised instalments that the user chose (分付商户贴息).
///
/// Source: WeChat Pay document 4016196709.
///
/// ```
/// use wechatpay_chain::pay::{Subsidy, SubsidyPeriod};
/// let subsidy = Subsidy::new(SubsidyPeriod::Period, 12);
/// # let _ = subsidy;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subsidy {
    period: SubsidyPeriod,
    number: u32,
}

/// `subsidy_period_type`: how a subsidy is calculated, as in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SubsidyPeriod {
    /// `DAILY`
    Daily,
    /// `PERIOD`
    Period,
}

impl Subsidy {
    /// Creates a subsidy of `number` instalments: 3, 6 or 12 as of this writing.
    #[must_use]
    pub const fn new(period: SubsidyPeriod, number: u32) -> Self {
        Self { period, number }
    }

    fn append_to(self, package: &mut String) {
        let period = match self.period {
            SubsidyPeriod::Daily => "DAILY",
            SubsidyPeriod::Period => "PERIOD",
        };
        let number = self.number.to_string();
        package.extend(["&subsidy_period_type=", period]);
        package.extend(["&selected_installment_number=", &number]);
    }
}

impl Pay {
    /// Builds the parameters for a page in WeChat's browser.
    ///
    /// ```no_run
    /// # fn example(client: wechatpay_chain::Client) -> wechatpay_chain::Result<()> {
    /// let params = client
    ///     .pay()
    ///     .jsapi("wx8888888888888888", "wx201410272009395522657a690389285100")?;
    /// assert_eq!(params.package, "prepay_id=wx201410272009395522657a690389285100");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Request`](crate::ErrorKind::Request) when the client has no private key, or a
    /// part is empty or malformed.
    pub fn jsapi(&self, appid: &str, prepay_id: &str) -> Result<JsapiParams> {
        self.jsapi_with(appid, prepay_id, None)
    }

    /// Builds the parameters of [`jsapi`](Self::jsapi) with subsidised instalments, which are signed.
    ///
    /// # Errors
    ///
    /// The errors of [`jsapi`](Self::jsapi).
    pub fn jsapi_subsidy(
        &self,
        appid: &str,
        prepay_id: &str,
        subsidy: Subsidy,
    ) -> Result<JsapiParams> {
        self.jsapi_with(appid, prepay_id, Some(subsidy))
    }

    /// Builds the parameters for a mini program. Its `appid` is signed but not passed on.
    ///
    /// # Errors
    ///
    /// The errors of [`jsapi`](Self::jsapi).
    pub fn mini_program(&self, appid: &str, prepay_id: &str) -> Result<MiniProgramParams> {
        let params = self.jsapi(appid, prepay_id)?;
        Ok(MiniProgramParams {
            time_stamp: params.time_stamp,
            nonce_str: params.nonce_str,
            package: params.package,
            sign_type: params.sign_type,
            pay_sign: params.pay_sign,
        })
    }

    /// Builds the parameters for an App.
    ///
    /// # Errors
    ///
    /// The errors of [`jsapi`](Self::jsapi).
    pub fn app(&self, appid: &str, prepay_id: &str) -> Result<AppParams> {
        let (appid, prepayid) = (text("appid", appid)?, bare(prepay_id)?);
        let stamp = self.stamp()?;
        Ok(AppParams {
            appid: appid.to_owned(),
            partnerid: self.merchant()?.to_owned(),
            prepayid: prepayid.to_owned(),
            package: APP_PACKAGE.to_owned(),
            sign: self.rsa(appid, &stamp, prepayid)?,
            noncestr: stamp.nonce,
            timestamp: stamp.time,
        })
    }

    /// Builds the parameters of [`app`](Self::app) with subsidised instalments, which the signature does not cover.
    ///
    /// # Errors
    ///
    /// The errors of [`jsapi`](Self::jsapi).
    pub fn app_subsidy(&self, appid: &str, prepay_id: &str, subsidy: Subsidy) -> Result<AppParams> {
        let mut params = self.app(appid, prepay_id)?;
        subsidy.append_to(&mut params.package);
        Ok(params)
    }

    fn jsapi_with(
        &self,
        appid: &str,
        prepay_id: &str,
        subsidy: Option<Subsidy>,
    ) -> Result<JsapiParams> {
        let appid = text("appid", appid)?;
        let mut package = package(prepay_id)?;
        if let Some(subsidy) = subsidy {
            subsidy.append_to(&mut package);
        }
        let stamp = self.stamp()?;
        Ok(JsapiParams {
            app_id: appid.to_owned(),
            pay_sign: self.rsa(appid, &stamp, &package)?,
            time_stamp: stamp.time,
            nonce_str: stamp.nonce,
            package,
            sign_type: "RSA".to_owned(),
        })
    }
}

pub(super) const APP_PACKAGE: &str = "Sign=WXPay";

pub(super) fn package(prepay_id: &str) -> Result<String> {
    Ok(format!("prepay_id={}", bare(prepay_id)?))
}
