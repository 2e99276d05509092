//! A merchant in TOML or JSON.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::settings::{MerchantKind, MerchantSettings};
use crate::bilingual::Bilingual;
use crate::identity::{GivenBrand, GivenKeys};
use crate::platform::PlatformMode;
use wechatpay_core::crypto::{Certificate, KeyAlgorithm, PrivateKey};
use wechatpay_core::secret::Secret;

/// The members of a merchant. Keys are texts, or in a file the names of files beside it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MerchantEntry {
    mchid: String,
    name: Option<String>,
    #[serde(default)]
    kind: MerchantKind,
    #[serde(default)]
    mode: PlatformMode,
    products: Option<Vec<String>>,
    #[serde(default)]
    sub_merchants: Vec<String>,
    #[serde(default)]
    brands: Vec<String>,
    #[serde(default)]
    brand_keys: Vec<BrandEntry>,
    notify_url: Option<String>,
    balance: Option<i64>,
    algorithm: Option<Algorithm>,
    serial: Option<String>,
    private_key: Option<Secret>,
    private_key_file: Option<PathBuf>,
    certificate: Option<Secret>,
    certificate_file: Option<PathBuf>,
    apiv3_key: Option<Secret>,
    apiv3_key_file: Option<PathBuf>,
    v2_key: Option<Secret>,
    v2_key_file: Option<PathBuf>,
}

/// The key of a brand.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BrandEntry {
    brand_id: String,
    serial: Option<String>,
    private_key: Option<Secret>,
    private_key_file: Option<PathBuf>,
    certificate: Option<Secret>,
    certificate_file: Option<PathBuf>,
}

/// The names of [`KeyAlgorithm`] in files.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Algorithm {
    Rsa,
    Sm2,
}

/// A member that is wrong, and what to do about it.
#[derive(Debug)]
pub(crate) struct EntryError {
    pub(crate) field: String,
    pub(crate) problem: Bilingual,
}

impl MerchantEntry {
    /// The settings of a merchant. Files are read from `folder`; without one, no member may name a file: a program on
    /// another machine must not make the sandbox read files.
    pub(crate) fn settings(self, folder: Option<&Path>) -> Result<MerchantSettings, EntryError> {
        let text = |name, text, file| one_of(folder, name, text, file);
        let key = private_key(folder, self.private_key, self.private_key_file)?;
        let certificate = certificate(folder, self.certificate, self.certificate_file)?;
        let mut settings = MerchantSettings {
            mchid: self.mchid,
            name: self.name,
            kind: self.kind,
            mode: self.mode,
            products: self.products,
            sub_merchants: self.sub_merchants,
            brands: self.brands,
            brand_keys: Vec::new(),
            notify_url: self.notify_url,
            balance: self.balance,
            keys: GivenKeys {
                algorithm: algorithm(self.algorithm, key.as_ref()),
                key,
                certificate,
                serial: self.serial,
                apiv3_key: text("apiv3_key", self.apiv3_key, self.apiv3_key_file)?,
                v2_key: text("v2_key", self.v2_key, self.v2_key_file)?,
            },
            is_made_up: false,
        };
        for (index, brand) in self.brand_keys.into_iter().enumerate() {
            let given = brand.given(folder).map_err(|err| EntryError {
                field: format!("brand_keys[{index}].{}", err.field),
                ..err
            });
            settings.give_brand(given?);
        }
        let wrong = |(field, problem): (&str, _)| EntryError {
            field: field.to_owned(),
            problem,
        };
        settings.problem().map_or(Ok(settings), |it| Err(wrong(it)))
    }
}

impl BrandEntry {
    fn given(self, folder: Option<&Path>) -> Result<GivenBrand, EntryError> {
        let key = private_key(folder, self.private_key, self.private_key_file)?;
        let certificate = certificate(folder, self.certificate, self.certificate_file)?;
        Ok(GivenBrand {
            brand_id: self.brand_id,
            key: key.ok_or_else(|| EntryError {
                field: "private_key".to_owned(),
                problem: NO_BRAND_KEY,
            })?,
            certificate,
            serial: self.serial,
        })
    }
}

const NO_BRAND_KEY: Bilingual = Bilingual::new(
    "it is missing: give it, or list the brand in brands and the sandbox generates the key",
    "缺少该字段：请给出私钥，或只在 brands 中列出该品牌，由沙箱生成",
);

fn private_key(
    folder: Option<&Path>,
    text: Option<Secret>,
    file: Option<PathBuf>,
) -> Result<Option<PrivateKey>, EntryError> {
    let pem = one_of(folder, "private_key", text, file)?;
    let key = pem.map(|pem| PrivateKey::from_bytes(pem.expose()));
    key.transpose().map_err(|_| unreadable("private_key"))
}

fn certificate(
    folder: Option<&Path>,
    text: Option<Secret>,
    file: Option<PathBuf>,
) -> Result<Option<Certificate>, EntryError> {
    let pem = one_of(folder, "certificate", text, file)?;
    let certificate = pem.map(|pem| Certificate::from_bytes(pem.expose()));
    certificate
        .transpose()
        .map_err(|_| unreadable("certificate"))
}

/// The algorithm that is named, or else that of the key.
fn algorithm(named: Option<Algorithm>, key: Option<&PrivateKey>) -> KeyAlgorithm {
    match named {
        Some(Algorithm::Rsa) => KeyAlgorithm::Rsa,
        Some(Algorithm::Sm2) => KeyAlgorithm::Sm2,
        None => key.map(PrivateKey::algorithm).unwrap_or_default(),
    }
}

/// A member, or the content of the file that another member names.
fn one_of(
    folder: Option<&Path>,
    name: &str,
    text: Option<Secret>,
    file: Option<PathBuf>,
) -> Result<Option<Secret>, EntryError> {
    content_of(folder, name, text, file).map_err(|problem| EntryError {
        field: name.to_owned(),
        problem,
    })
}

fn content_of(
    folder: Option<&Path>,
    name: &str,
    text: Option<Secret>,
    file: Option<PathBuf>,
) -> Result<Option<Secret>, Bilingual> {
    let Some(file) = file else {
        return Ok(text);
    };
    let Some(folder) = folder else {
        return Err(Bilingual::from((
            format!("files are not read here: give the content as {name}"),
            format!("此处不读取文件：请用 {name} 直接给出内容"),
        )));
    };
    if text.is_some() {
        return Err(Bilingual::from((
            format!("it is given twice: leave out {name} or {name}_file"),
            format!("给出了两次：请省略 {name} 或 {name}_file"),
        )));
    }
    let path = folder.join(file);
    let content = fs::read_to_string(&path).map_err(|err| {
        Bilingual::from((
            format!(
                "the file {} cannot be read ({err}): correct {name}_file; its path is relative to the file that names it",
                path.display()
            ),
            format!(
                "无法读取文件 {}：请修改 {name}_file，其路径相对于写有它的文件",
                path.display()
            ),
        ))
    })?;
    Ok(Some(Secret::new(content.trim())))
}

/// The text is a key, so the parser's words, which may quote it, are left out.
fn unreadable(field: &'static str) -> EntryError {
    let problem = Bilingual::new(
        "it cannot be read: give it in PEM, as WeChat Pay's tool writes it",
        "无法读取：应为 PEM 格式，与微信支付证书工具生成的文件相同",
    );
    EntryError {
        field: field.to_owned(),
        problem,
    }
}
