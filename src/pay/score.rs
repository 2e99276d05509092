//! Pay score (支付分): opens its mini program with one order.

use serde::{Serialize, Serializer};

use super::{Pay, text};
use wechatpay_core::error::Result;
use wechatpay_core::percent;
use wechatpay_core::protocol::SignType;

/// Signed members, which are then wrapped for the kind of front end.
///
/// ```no_run
/// # fn example(client: wechatpay_chain::Client, package: &str) -> wechatpay_chain::Result<()> {
/// let score = client.pay().score_confirm(package)?;
/// println!("{}", serde_json::json!(score.mini_program()));
/// println!("{}", serde_json::json!(score.jsapi()));
/// println!("{}", serde_json::json!(score.app()));
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreParams {
    business_type: &'static str,
    members: ScoreMembers,
}

/// The members of [`ScoreParams`] in their documented order; serialises to an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreMembers(Vec<(&'static str, String)>);

/// The parameters of the open SDK's `WXOpenBusinessView` in an App.
///
/// `extInfo` is an object here. Android and iOS take it as text, so serialise it as JSON there.
///
/// Source: WeChat Pay documents 4012587909 and 4012587980.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScoreApp {
    /// `wxpayScoreUse` or `wxpayScoreDetail`
    pub business_type: &'static str,
    /// The members as a query, values percent-encoded.
    pub query: String,
    /// The edition of the mini program.
    pub ext_info: ScoreExtInfo,
}

serialized!(ScoreApp {
    business_type: "businessType",
    query: "query",
    ext_info: "extInfo",
});

/// The edition of pay score's mini program.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScoreExtInfo {
    /// 0, the released one.
    pub mini_program_type: u8,
}

serialized!(ScoreExtInfo {
    mini_program_type: "miniProgramType",
});

/// The parameters of `openBusinessView` in a WeChat page.
///
/// Source: WeChat Pay documents 4012596371 and 4012587945.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScoreJsapi {
    /// `wxpayScoreUse` or `wxpayScoreDetail`
    pub business_type: &'static str,
    /// The members as a query, values percent-encoded.
    pub query_string: String,
}

serialized!(ScoreJsapi {
    business_type: "businessType",
    query_string: "queryString",
});

/// The parameters of `wx.openBusinessView` in a mini program.
///
/// Source: WeChat Pay documents 4012596433 and 4012587983.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScoreMiniProgram {
    /// `wxpayScoreUse` or `wxpayScoreDetail`
    pub business_type: &'static str,
    /// The members.
    pub extra_data: ScoreMembers,
}

serialized!(ScoreMiniProgram {
    business_type: "businessType",
    extra_data: "extraData",
});

impl Pay {
    /// Builds the parameters to confirm an order; `package` is in the response that created it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Request`](crate::ErrorKind::Request) when the client has no APIv2 key, or a part
    /// is empty.
    pub fn score_confirm(&self, package: &str) -> Result<ScoreParams> {
        self.score("wxpayScoreUse", &[("package", package)])
    }

    /// Builds the parameters to show an order.
    ///
    /// # Errors
    ///
    /// The errors of [`score_confirm`](Self::score_confirm).
    pub fn score_detail(&self, service_id: &str, out_order_no: &str) -> Result<ScoreParams> {
        let order = [("service_id", service_id), ("out_order_no", out_order_no)];
        self.score("wxpayScoreDetail", &order)
    }

    fn score(
        &self,
        business_type: &'static str,
        order: &[(&'static str, &str)],
    ) -> Result<ScoreParams> {
        let mut members = vec![("mch_id", self.merchant()?.to_owned())];
        for (name, value) in order {
            members.push((name, text(name, value)?.to_owned()));
        }
        let stamp = self.stamp()?;
        members.push(("timestamp", stamp.time));
        members.push(("nonce_str", stamp.nonce));
        members.push(("sign_type", SignType::HmacSha256.as_str().to_owned()));
        let signed = members.iter().map(|(name, value)| (name, value));
        let sign = self.hash(SignType::HmacSha256, signed)?;
        members.push(("sign", sign));
        Ok(ScoreParams {
            business_type,
            members: ScoreMembers(members),
        })
    }
}

impl ScoreParams {
    /// Returns the parameters for an App.
    #[must_use]
    pub fn app(&self) -> ScoreApp {
        ScoreApp {
            business_type: self.business_type,
            query: percent::query(&self.members.0),
            ext_info: ScoreExtInfo::default(),
        }
    }

    /// Returns the parameters for a page in WeChat.
    #[must_use]
    pub fn jsapi(&self) -> ScoreJsapi {
        ScoreJsapi {
            business_type: self.business_type,
            query_string: percent::query(&self.members.0),
        }
    }

    /// Returns the parameters for a mini program.
    #[must_use]
    pub fn mini_program(&self) -> ScoreMiniProgram {
        ScoreMiniProgram {
            business_type: self.business_type,
            extra_data: self.members.clone(),
        }
    }
}

impl ScoreMembers {
    /// Returns a member by name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| *known == name)?;
        Some(value)
    }
}

impl Serialize for ScoreMembers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}
