//! Orders made with APIv2; signed with the APIv2 key.

use super::v3::{APP_PACKAGE, JsapiParams, package};
use super::{Pay, bare, text};
use wechatpay_core::error::Result;
use wechatpay_core::percent;
use wechatpay_core::protocol::SignType;

/// Builders of pay parameters for orders made with APIv2; from [`Pay::v2`].
#[derive(Debug, Clone)]
pub struct V2Pay {
    pay: Pay,
}

/// The parameters of the open SDK's `PayReq` in an App.
///
/// Source: WeChat Pay document 4011937148.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct V2AppParams {
    /// The App.
    pub appid: String,
    /// The merchant id (商户号).
    pub partnerid: String,
    /// Unix seconds.
    pub timestamp: String,
    /// The nonce.
    pub noncestr: String,
    /// `Sign=WXPay`
    pub package: String,
    /// The bare prepay id.
    pub prepayid: String,
    /// The signature.
    pub sign: String,
}

serialized!(V2AppParams {
    appid: "appid",
    partnerid: "partnerid",
    timestamp: "timestamp",
    noncestr: "noncestr",
    package: "package",
    prepayid: "prepayid",
    sign: "sign",
});

/// The parameters of `wx.sendBizRedPacket` in a mini program.
///
/// Source: WeChat Pay document 4011937428.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RedPacketParams {
    /// The mini program.
    pub app_id: String,
    /// Unix seconds.
    pub time_stamp: String,
    /// The nonce.
    pub nonce_str: String,
    /// The red packet, percent-encoded.
    pub package: String,
    /// The signature.
    pub pay_sign: String,
    /// `MD5`
    pub sign_type: String,
}

serialized!(RedPacketParams {
    app_id: "appId",
    time_stamp: "timeStamp",
    nonce_str: "nonceStr",
    package: "package",
    pay_sign: "paySign",
    sign_type: "signType",
});

impl V2Pay {
    pub(super) fn new(pay: Pay) -> Self {
        Self { pay }
    }

    /// Builds the parameters for a page in WeChat's browser. A mini program uses the same and ignores `appId`.
    ///
    /// `kind` must be the `sign_type` of the order.
    ///
    /// ```no_run
    /// # fn example(client: wechatpay_chain::Client) -> wechatpay_chain::Result<()> {
    /// use wechatpay_chain::signing::SignType;
    ///
    /// let params = client.pay().v2().jsapi(
    ///     "wx8888888888888888",
    ///     "wx201410272009395522657a690389285100",
    ///     SignType::HmacSha256,
    /// )?;
    /// assert_eq!(params.sign_type, "HMAC-SHA256");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Request`](crate::ErrorKind::Request) when the client has no APIv2 key, or a part
    /// is empty or malformed.
    pub fn jsapi(&self, appid: &str, prepay_id: &str, kind: SignType) -> Result<JsapiParams> {
        let (appid, package) = (text("appid", appid)?, package(prepay_id)?);
        let stamp = self.pay.stamp()?;
        let members = [
            ("appId", appid),
            ("timeStamp", &stamp.time),
            ("nonceStr", &stamp.nonce),
            ("package", &package),
            ("signType", kind.as_str()),
        ];
        Ok(JsapiParams {
            app_id: appid.to_owned(),
            pay_sign: self.pay.hash(kind, members)?,
            time_stamp: stamp.time,
            nonce_str: stamp.nonce,
            package,
            sign_type: kind.as_str().to_owned(),
        })
    }

    /// Builds the parameters for an App; `kind` must be the `sign_type` of the order.
    ///
    /// # Errors
    ///
    /// The errors of [`jsapi`](Self::jsapi).
    pub fn app(&self, appid: &str, prepay_id: &str, kind: SignType) -> Result<V2AppParams> {
        let (appid, prepayid) = (text("appid", appid)?, bare(prepay_id)?);
        let partnerid = self.pay.merchant()?;
        let stamp = self.pay.stamp()?;
        let members = [
            ("appid", appid),
            ("partnerid", partnerid),
            ("timestamp", &stamp.time),
            ("noncestr", &stamp.nonce),
            ("package", APP_PACKAGE),
            ("prepayid", prepayid),
        ];
        Ok(V2AppParams {
            appid: appid.to_owned(),
            partnerid: partnerid.to_owned(),
            sign: self.pay.hash(kind, members)?,
            timestamp: stamp.time,
            noncestr: stamp.nonce,
            package: APP_PACKAGE.to_owned(),
            prepayid: prepayid.to_owned(),
        })
    }

    /// Builds the parameters for a mini program in which the user opens a red packet.
    ///
    /// `package` is the unchanged value from the response of `mmpaymkttransfers/sendminiprogramhb`: it is
    /// signed in this form, and passed on percent-encoded.
    ///
    /// # Errors
    ///
    /// The errors of [`jsapi`](Self::jsapi).
    pub fn red_packet(&self, appid: &str, package: &str) -> Result<RedPacketParams> {
        let (appid, package) = (text("appid", appid)?, text("package", package)?);
        let stamp = self.pay.stamp()?;
        // `signType` is passed to the front end, but this scene does not sign it.
        let members = [
            ("appId", appid),
            ("timeStamp", &stamp.time),
            ("nonceStr", &stamp.nonce),
            ("package", package),
        ];
        let mut encoded = String::new();
        percent::push_value(&mut encoded, package);
        Ok(RedPacketParams {
            app_id: appid.to_owned(),
            pay_sign: self.pay.hash(SignType::Md5, members)?,
            time_stamp: stamp.time,
            nonce_str: stamp.nonce,
            package: encoded,
            sign_type: SignType::Md5.as_str().to_owned(),
        })
    }
}
