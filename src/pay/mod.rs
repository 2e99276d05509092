//! Signed parameters with which a front end opens WeChat Pay.
//!
//! [`Client::pay`] returns the builders. Their results serialise to exactly the object that the
//! front end passes to WeChat: with WeChat's names, and timestamps as text. Nothing is
//! sent. Time and nonce come from the client's clock.
//!
//! | scene | builder |
//! | --- | --- |
//! | JSAPI, a page in WeChat | [`Pay::jsapi`] |
//! | mini program (小程序) | [`Pay::mini_program`] |
//! | App | [`Pay::app`] |
//! | instalments with a subsidy (分付) | [`Pay::jsapi_subsidy`], [`Pay::app_subsidy`] |
//! | H5, a page in another browser | [`h5_url`] |
//! | Native, a QR code | [`native`], and with the feature `qr` `qr` |
//! | APIv2's JSAPI, mini program and App | [`V2Pay::jsapi`], [`V2Pay::app`] |
//! | APIv2's red packet in a mini program | [`V2Pay::red_packet`] |
//! | coupons (商家券): plug-in of a mini program, page | [`Pay::coupons`], [`Pay::coupon_url`] |
//! | pay score (支付分): confirm an order, show one | [`Pay::score_confirm`], [`Pay::score_detail`] |

/// Serialises a structure under the names that the front end reads. By hand: deriving it makes every user compile `syn`.
macro_rules! serialized {
    ($type:ident { $($member:ident: $name:literal),* $(,)? }) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(
                &self,
                serializer: S,
            ) -> std::result::Result<S::Ok, S::Error> {
                use serde::ser::SerializeStruct;
                // All members: a forgotten one does not compile.
                let Self { $($member),* } = self;
                let mut members = serializer
                    .serialize_struct(stringify!($type), [$($name),*].len())?;
                $(members.serialize_field($name, $member)?;)*
                members.end()
            }
        }
    };
}

mod coupon;
mod h5;
#[cfg(feature = "qr")]
mod qr;
mod score;
mod v2;
mod v3;

pub use coupon::{Coupon, CouponParams};
pub use h5::{h5_url, native};
#[cfg(feature = "qr")]
#[cfg_attr(docsrs, doc(cfg(feature = "qr")))]
pub use qr::{Background, Qr, qr};
pub use score::{ScoreApp, ScoreExtInfo, ScoreJsapi, ScoreMembers, ScoreMiniProgram, ScoreParams};
pub use v2::{RedPacketParams, V2AppParams, V2Pay};
pub use v3::{AppParams, JsapiParams, MiniProgramParams, Subsidy, SubsidyPeriod};

use std::borrow::Cow;

use crate::client::Client;
use wechatpay_core::crypto::KeyAlgorithm;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::{SignType, pay_text};

impl Client {
    /// Builds the parameters with which a front end opens WeChat Pay.
    ///
    /// ```no_run
    /// # fn example(client: wechatpay_chain::Client, prepay_id: &str) -> wechatpay_chain::Result<()> {
    /// let params = client.pay().jsapi("wx8888888888888888", prepay_id)?;
    /// println!("{}", serde_json::json!(params));
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn pay(&self) -> Pay {
        Pay {
            client: self.clone(),
            mchid: None,
        }
    }
}

/// Builders of pay parameters; from [`Client::pay`].
#[derive(Debug, Clone)]
pub struct Pay {
    client: Client,
    mchid: Option<String>,
}

/// A timestamp and a nonce.
struct Stamp {
    time: String,
    nonce: String,
}

impl Pay {
    /// Sets another merchant id in the parameters (`partnerid`, `mch_id`,
    /// `send_coupon_merchant`), which a partner (服务商) needs if the scene expects its sub-merchant.
    ///
    /// The client's keys still sign.
    #[must_use]
    pub fn mchid(mut self, mchid: impl Into<String>) -> Self {
        self.mchid = Some(mchid.into());
        self
    }

    /// Returns the builders for orders made with APIv2.
    #[must_use]
    pub fn v2(&self) -> V2Pay {
        V2Pay::new(self.clone())
    }

    fn merchant(&self) -> Result<&str> {
        match self.mchid.as_deref().unwrap_or(self.client.mchid()) {
            "" => Err(refused(BRAND)),
            mchid => text("mchid", mchid),
        }
    }

    fn stamp(&self) -> Result<Stamp> {
        let clock = &self.client.engine().clock;
        Ok(Stamp {
            time: clock.now().to_string(),
            nonce: clock.nonce()?,
        })
    }

    /// Signs with the merchant's private key.
    fn rsa(&self, appid: &str, stamp: &Stamp, package: &str) -> Result<String> {
        let merchant = &self.client.engine().merchant;
        let signing = merchant.signing.as_ref().ok_or_else(|| {
            refused(
                "this client has no APIv3 private key: build it with serial(..) and \
                 private_key(..), or take pay().v2() for an order made with APIv2",
            )
        })?;
        if merchant.brand_id().is_some() {
            return Err(refused(BRAND));
        }
        if signing.key.algorithm() == KeyAlgorithm::Sm2 {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "WeChat Pay documents no signType for parameters that are signed with an SM2 key (国密): build a second \
                 client with the merchant's RSA key for them",
            ));
        }
        let text = pay_text(appid, &stamp.time, &stamp.nonce, package);
        signing.key.sign(&text)
    }

    /// Signs with the APIv2 key, which some scenes of APIv3 require too.
    fn hash<K, V>(
        &self,
        kind: SignType,
        members: impl IntoIterator<Item = (K, V)>,
    ) -> Result<String>
    where
        K: AsRef<str>,
        V: AsRef<str>,
    {
        let key = self.client.engine().merchant.v2_key.as_ref();
        let key = key.ok_or_else(|| {
            refused(
                "this client has no APIv2 key, which signs these parameters: build it with \
                 v2_key(..), set at 商户平台 → 账户中心 → API安全 → APIv2密钥",
            )
        })?;
        kind.sign(members, key)
    }
}

const BRAND: &str = "this client is a brand's, and only merchants take payments: build one with \
                     mchid(..) and the merchant's own keys";

/// Checks a text to be signed: with a line break in it, two different texts would have the same signature.
fn text<'t>(name: &str, value: &'t str) -> Result<&'t str> {
    if value.is_empty() {
        return Err(refused(format!("{name} is empty")));
    }
    if value.chars().any(char::is_control) {
        return Err(refused(format!(
            "{name} contains a line break or another control character"
        )));
    }
    Ok(value)
}

/// Checks a bare prepay id, as the response to an order contains it.
fn bare(value: &str) -> Result<&str> {
    if value.contains(['=', '&']) {
        return Err(refused(
            "give the bare prepay_id from the answer to the order; `prepay_id=` is added if the scene \
             needs it",
        ));
    }
    text("prepay_id", value)
}

fn refused(message: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Request, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_in_signed_texts_are_rejected() {
        assert!(text("appid", "wx8888888888888888").is_ok());
        for value in ["", "wx\n1", "wx\r", "wx\0"] {
            let err = text("appid", value).unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Request);
            assert!(err.to_string().starts_with("appid "), "{err}");
            assert!(!err.maybe_sent());
        }
    }

    #[test]
    fn a_prefixed_prepay_id_is_rejected() {
        assert!(bare("wx201410272009395522657a690389285100").is_ok());
        for value in ["", "prepay_id=wx2014", "wx2014&a", "wx2014\n"] {
            assert_eq!(bare(value).unwrap_err().kind(), ErrorKind::Request);
        }
    }
}
