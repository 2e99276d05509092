//! A merchant of a sandbox, as a test describes it.

use std::fmt;

#[cfg(feature = "control")]
use serde::Deserialize;

use super::Product;
use crate::bilingual::Bilingual;
use crate::identity::{GivenBrand, GivenKeys, is_same_serial};
use crate::platform::PlatformMode;
use wechatpay_core::crypto::{Certificate, KeyAlgorithm, PrivateKey};
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::secret::Secret;

/// The rights of a merchant of a sandbox to act for others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "control", derive(Deserialize))]
#[cfg_attr(feature = "control", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum MerchantKind {
    /// An ordinary merchant (普通商户), also one that is a sub-merchant: it may not name a `sub_mchid`.
    #[default]
    Merchant,
    /// A service provider (服务商): it may call for its own sub-merchants.
    ServiceProvider,
    /// A channel (渠道商): as a service provider.
    Channel,
    /// A merchant and a service provider in one, as the first merchant of a sandbox is by default. It may call for every
    /// sub-merchant that belongs to no other.
    Any,
}

impl MerchantKind {
    /// `merchant`, `service_provider`, `channel` or `any`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Merchant => "merchant",
            Self::ServiceProvider => "service_provider",
            Self::Channel => "channel",
            Self::Any => "any",
        }
    }

    /// Whether it only calls for sub-merchants.
    pub(crate) fn is_provider(self) -> bool {
        matches!(self, Self::ServiceProvider | Self::Channel)
    }
}

/// A merchant of a [`Sandbox`](crate::Sandbox): its id, and what it may do. Keys that are not given are generated.
///
/// ```
/// use serde_json::json;
/// use wechatpay_sandbox::{MerchantKind, MerchantSettings, Sandbox};
///
/// # fn main() -> wechatpay_chain::Result<()> {
/// let provider = MerchantSettings::new("1900005500")
///     .kind(MerchantKind::ServiceProvider)
///     .sub_merchants(["1900005501"]);
/// let sandbox = Sandbox::builder().merchant(provider).start_blocking()?;
///
/// let order = json!({
///     "sp_appid": "wx8888888888888888", "sp_mchid": "1900005500", "sub_mchid": "1900005501",
///     "description": "公仔", "out_trade_no": "ORDER1", "notify_url": "https://example.com/",
///     "amount": {"total": 1},
/// });
/// let client = sandbox.account("1900005500")?.client()?;
/// client.chain("v3/pay/partner/transactions/native").post(order, ()).wait()?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
#[must_use = "a merchant does nothing until it is passed to a builder or a sandbox"]
pub struct MerchantSettings {
    pub(crate) mchid: String,
    pub(crate) name: Option<String>,
    pub(crate) kind: MerchantKind,
    pub(crate) mode: PlatformMode,
    /// The products that are opened; `None` opens all.
    pub(crate) products: Option<Vec<String>>,
    pub(crate) sub_merchants: Vec<String>,
    pub(crate) brands: Vec<String>,
    /// The keys of brands that the user gives. The others are generated.
    pub(crate) brand_keys: Vec<GivenBrand>,
    pub(crate) notify_url: Option<String>,
    /// The balance of the basic account, in fen.
    pub(crate) balance: Option<i64>,
    pub(crate) keys: GivenKeys,
    /// Whether only a service provider names it, and the rest is assumed.
    pub(crate) is_made_up: bool,
}

impl MerchantSettings {
    /// An ordinary merchant with all products; `mchid` has 8 to 10 digits.
    pub fn new(mchid: impl Into<String>) -> Self {
        Self {
            mchid: mchid.into(),
            name: None,
            kind: MerchantKind::default(),
            mode: PlatformMode::default(),
            products: None,
            sub_merchants: Vec::new(),
            brands: Vec::new(),
            brand_keys: Vec::new(),
            notify_url: None,
            balance: None,
            keys: GivenKeys::default(),
            is_made_up: false,
        }
    }

    /// Sets the name that the page and lists show.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets what it may do for others.
    pub fn kind(mut self, kind: MerchantKind) -> Self {
        self.kind = kind;
        self
    }

    /// Sets what it verifies answers with.
    pub fn mode(mut self, mode: PlatformMode) -> Self {
        self.mode = mode;
        self
    }

    /// Sets the products that it has opened (`jsapi`, `native`, `profit_sharing`, …; `docs/sandbox.md` lists them). Calls
    /// for others are refused with 403 `NO_AUTH`. By default it has all.
    pub fn products<I>(mut self, names: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.products = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Adds the sub-merchants of a service provider. Those without settings become ordinary merchants with generated
    /// keys.
    pub fn sub_merchants<I>(mut self, mchids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.sub_merchants
            .extend(mchids.into_iter().map(Into::into));
        self
    }

    /// Adds a brand (品牌) of the merchant, which has its own generated key.
    pub fn brand(mut self, brand_id: impl Into<String>) -> Self {
        self.brands.push(brand_id.into());
        self
    }

    /// Adds a brand (品牌) with its private key (品牌API私钥), an RSA key, and the certificate of that key. Without a
    /// certificate the sandbox issues it.
    pub fn brand_key(
        mut self,
        brand_id: impl Into<String>,
        key: PrivateKey,
        certificate: Option<Certificate>,
    ) -> Self {
        self.give_brand(GivenBrand {
            brand_id: brand_id.into(),
            key,
            certificate,
            serial: None,
        });
        self
    }

    /// Adds the key of a brand, and the brand unless it is listed.
    pub(crate) fn give_brand(&mut self, given: GivenBrand) {
        if !self.brands.contains(&given.brand_id) {
            self.brands.push(given.brand_id.clone());
        }
        self.brand_keys.push(given);
    }

    /// Sets the URL for notifications of requests without `notify_url`, in place of
    /// [`SandboxBuilder::notify_url`](crate::SandboxBuilder::notify_url).
    pub fn notify_url(mut self, url: impl Into<String>) -> Self {
        self.notify_url = Some(url.into());
        self
    }

    /// Sets the balance of the basic account, in fen; by default it is a million yuan. A transfer that it cannot pay is
    /// refused with 403 `NOT_ENOUGH`.
    pub fn balance(mut self, fen: i64) -> Self {
        self.balance = Some(fen);
        self
    }

    /// Sets the algorithm of the key that is generated: RSA by default, or SM2 (国密) with the feature `sm`.
    ///
    /// Requests of a merchant with an SM2 key have the scheme `WECHATPAY2-SM2-WITH-SM3`. Answers and notifications are
    /// signed with a platform certificate for SM2 and encrypted with SM4-GCM.
    pub fn algorithm(mut self, algorithm: KeyAlgorithm) -> Self {
        self.keys.algorithm = algorithm;
        self
    }

    /// Sets the private key (商户API私钥), RSA or SM2.
    pub fn private_key(mut self, key: PrivateKey) -> Self {
        self.keys.algorithm = key.algorithm();
        self.keys.key = Some(key);
        self
    }

    /// Sets the certificate of the private key (商户API证书). Without one the sandbox issues it.
    pub fn certificate(mut self, certificate: Certificate) -> Self {
        self.keys.certificate = Some(certificate);
        self
    }

    /// Sets the serial of the certificate that the sandbox issues, in hexadecimal.
    pub fn serial(mut self, serial: impl Into<String>) -> Self {
        self.keys.serial = Some(serial.into());
        self
    }

    /// Sets the APIv3 key (APIv3密钥), of 32 bytes.
    pub fn apiv3_key(mut self, key: impl Into<Secret>) -> Self {
        self.keys.apiv3_key = Some(key.into());
        self
    }

    /// Sets the APIv2 key (API密钥), of 32 bytes.
    pub fn v2_key(mut self, key: impl Into<Secret>) -> Self {
        self.keys.v2_key = Some(key.into());
        self
    }

    /// Whether a sandbox can have this merchant.
    pub(crate) fn check(&self) -> Result<()> {
        self.problem().map_or(Ok(()), |(field, problem)| {
            let message = format!("merchant {:?}: {field}: {}", self.mchid, problem.en);
            let chinese = format!("商户 {:?} 的 {field}：{}", self.mchid, problem.zh);
            Err(Error::new(ErrorKind::Builder, message).with_chinese(chinese))
        })
    }

    /// The first field that is wrong, and what to do about it.
    pub(crate) fn problem(&self) -> Option<FieldProblem> {
        if !is_mchid(&self.mchid) {
            return Some(("mchid", GIVE_MCHID));
        }
        if let Some(sub) = self.sub_merchants.iter().find(|sub| !is_mchid(sub)) {
            let problem = (
                format!("{sub:?} is no merchant id: {}", GIVE_MCHID.en),
                format!("{sub:?} 不是商户号：{}", GIVE_MCHID.zh),
            );
            return Some(("sub_merchants", problem.into()));
        }
        if self.sub_merchants.contains(&self.mchid) {
            return Some(("sub_merchants", OWN_SUB));
        }
        if !self.sub_merchants.is_empty() && self.kind == MerchantKind::Merchant {
            return Some(("kind", HAS_NO_SUB));
        }
        if self.balance.is_some_and(|fen| !BALANCES.contains(&fen)) {
            return Some(("balance", WRONG_BALANCE));
        }
        if self.brands.len() > MOST_BRANDS {
            return Some(("brands", TOO_MANY_BRANDS));
        }
        if let Some(brand) = self.brands.iter().find(|brand| !is_brand_id(brand)) {
            let problem = (
                format!("{brand:?} is no brand id: give its digits"),
                format!("{brand:?} 不是品牌ID：应为数字"),
            );
            return Some(("brands", problem.into()));
        }
        self.wrong_product()
            .or_else(|| self.wrong_key())
            .or_else(|| self.wrong_brand_key())
    }

    fn wrong_product(&self) -> Option<FieldProblem> {
        let mut named = self.products.iter().flatten();
        let unknown = named.find(|name| Product::named(name).is_none())?;
        let known: Vec<_> = Product::names().collect();
        let problem = (
            format!("{unknown:?} is no product: there are {}", known.join(", ")),
            format!("没有产品 {unknown:?}：可用的有 {}", known.join("、")),
        );
        Some(("products", problem.into()))
    }

    fn wrong_key(&self) -> Option<FieldProblem> {
        let keys = &self.keys;
        for (field, secret) in [("apiv3_key", &keys.apiv3_key), ("v2_key", &keys.v2_key)] {
            let length = secret.as_ref().map_or(32, |secret| secret.expose().len());
            if length != 32 {
                let problem = (
                    format!("it has {length} bytes: give 32, or leave it out and one is generated"),
                    format!("长度为 {length} 字节：应为 32 字节，省略则自动生成"),
                );
                return Some((field, problem.into()));
            }
        }
        let algorithm = keys.key.as_ref().map(PrivateKey::algorithm);
        if algorithm.is_some_and(|algorithm| algorithm != keys.algorithm) {
            return Some(("algorithm", OTHER_ALGORITHM));
        }
        wrong_certificate(
            keys.key.as_ref(),
            keys.certificate.as_ref(),
            keys.serial.as_deref(),
        )
    }

    fn wrong_brand_key(&self) -> Option<FieldProblem> {
        let ids = || self.brand_keys.iter().map(|given| &given.brand_id);
        let problem = self.brand_keys.iter().find_map(|given| {
            if ids().filter(|id| **id == given.brand_id).count() > 1 {
                return Some(("brand_id", TWO_BRAND_KEYS));
            }
            if given.key.algorithm() != KeyAlgorithm::Rsa {
                return Some(("private_key", BRAND_NEEDS_RSA));
            }
            let (certificate, serial) = (given.certificate.as_ref(), given.serial.as_deref());
            wrong_certificate(Some(&given.key), certificate, serial)
        });
        problem.map(|(field, problem)| {
            let problem = (
                format!("{field}: {}", problem.en),
                format!("{field}：{}", problem.zh),
            );
            ("brand_keys", problem.into())
        })
    }
}

/// The certificate and the serial have to be those of the key.
fn wrong_certificate(
    key: Option<&PrivateKey>,
    certificate: Option<&Certificate>,
    serial: Option<&str>,
) -> Option<FieldProblem> {
    let is_hex = |serial: &str| {
        (1..=40).contains(&serial.len()) && serial.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    if serial.is_some_and(|serial| !is_hex(serial)) {
        return Some(("serial", NOT_HEX));
    }
    let certificate = certificate?;
    let Some(key) = key else {
        return Some(("certificate", NO_KEY));
    };
    if certificate.public_key() != key.public_key() {
        return Some(("certificate", OTHER_KEY));
    }
    let is_other = |serial: &&str| !is_same_serial(certificate.serial(), serial);
    serial.filter(is_other).map(|_| ("serial", OTHER_SERIAL))
}

/// A field, and what is wrong with it.
pub(crate) type FieldProblem = (&'static str, Bilingual);

const MOST_BRANDS: usize = 100;
const TOO_MANY_BRANDS: Bilingual = Bilingual::new("give at most 100", "最多 100 个");
/// The balances that an account may have, in fen: up to ten trillion yuan.
pub(crate) const BALANCES: std::ops::RangeInclusive<i64> = 0..=1_000_000_000_000_000;
pub(crate) const WRONG_BALANCE: Bilingual = Bilingual::new(
    "give the balance in fen, from 0 to 1000000000000000",
    "余额的单位为分，范围是 0 至 1000000000000000",
);
const GIVE_MCHID: Bilingual = Bilingual::new(
    "give the 8 to 10 digits of a merchant id",
    "应为 8 到 10 位数字的商户号",
);
const OWN_SUB: Bilingual = Bilingual::new(
    "a service provider is not its own sub-merchant: leave its id out",
    "服务商不能是自己的子商户：请去掉该商户号",
);
const HAS_NO_SUB: Bilingual = Bilingual::new(
    "an ordinary merchant has no sub-merchants: make it a service_provider or a channel",
    "普通商户没有子商户：请设为 service_provider 或 channel",
);
const OTHER_ALGORITHM: Bilingual = Bilingual::new(
    "it is not the private key's: leave it out, or give a key of this algorithm",
    "与私钥的算法不一致：请省略，或给出该算法的私钥",
);
const TWO_BRAND_KEYS: Bilingual = Bilingual::new(
    "a brand has one key: leave the other one out",
    "一个品牌只有一把私钥：请去掉重复的",
);
const BRAND_NEEDS_RSA: Bilingual = Bilingual::new(
    "brands have RSA keys: give one in place of the SM2 key",
    "品牌只使用 RSA 密钥：请勿使用 SM2 私钥",
);
const NOT_HEX: Bilingual = Bilingual::new(
    "give the serial of the certificate as at most 40 hexadecimal digits",
    "应为最多 40 位十六进制的证书序列号",
);
const NO_KEY: Bilingual = Bilingual::new(
    "its private key is missing: give private_key too, or leave out the certificate",
    "缺少证书的私钥：请同时给出 private_key，或省略证书",
);
const OTHER_KEY: Bilingual = Bilingual::new(
    "it does not belong to the private key: give the certificate of that key, or none",
    "证书与私钥不匹配：请给出该私钥的证书，或省略证书",
);
const OTHER_SERIAL: Bilingual = Bilingual::new(
    "it is not the certificate's: leave one of the two out",
    "与证书的序列号不一致：请省略其中之一",
);

/// Whether a text can be a merchant id. Ids are parts of paths of files.
pub(crate) fn is_mchid(text: &str) -> bool {
    (8..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_brand_id(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl MerchantSettings {
    /// As the control API takes it, without keys.
    pub(crate) fn entry(&self) -> serde_json::Value {
        let mut entry = serde_json::json!({
            "mchid": self.mchid,
            "name": self.name,
            "kind": self.kind.as_str(),
            "mode": self.mode.as_str(),
            "products": self.products,
            "sub_merchants": self.sub_merchants,
            "brands": self.brands,
            "notify_url": self.notify_url,
            "balance": self.balance,
        });
        if self.keys.algorithm == KeyAlgorithm::Sm2 {
            entry["algorithm"] = "sm2".into();
        }
        entry
    }
}

/// Leaves the keys out.
impl fmt::Debug for MerchantSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MerchantSettings")
            .field("mchid", &self.mchid)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
