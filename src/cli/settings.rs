//! The settings, and where they come from.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;

use crate::exit::{Exit, Failure};

/// Everything that can be set, each thing or nothing; as flags, and as a profile.
///
/// It has no `Debug`: it may hold keys.
#[derive(Args, Deserialize, Default)]
#[serde(deny_unknown_fields)]
#[command(next_help_heading = "Settings")]
pub(crate) struct Settings {
    #[arg(long, global = true, value_name = "MCHID")]
    pub(crate) mchid: Option<String>,

    #[arg(long, global = true, value_name = "ID")]
    pub(crate) brand_id: Option<String>,

    #[arg(long, global = true, value_name = "SERIAL")]
    pub(crate) serial: Option<String>,

    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) private_key: Option<PathBuf>,

    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,

    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,

    #[arg(long, global = true, value_name = "ID")]
    pub(crate) platform_key_id: Option<String>,

    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) platform_key: Option<PathBuf>,

    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) platform_certificate: Option<PathBuf>,

    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) apiv3_key_file: Option<PathBuf>,

    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) v2_key_file: Option<PathBuf>,

    #[arg(long, global = true, value_name = "URL")]
    pub(crate) base_url: Option<String>,

    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,

    #[arg(long, global = true, value_name = "URL")]
    pub(crate) proxy: Option<String>,

    #[arg(long, global = true, value_name = "SECONDS")]
    pub(crate) timeout: Option<f64>,

    /// Never an argument: other users of the machine see those.
    #[arg(skip)]
    pub(crate) apiv3_key: Option<String>,

    /// As the APIv3 key.
    #[arg(skip)]
    pub(crate) v2_key: Option<String>,

    /// As the APIv3 key.
    #[arg(skip)]
    pub(crate) passphrase: Option<String>,
}

/// Which profile is read.
#[derive(Args, Default)]
pub(crate) struct ProfileArgs {
    #[arg(long, global = true, value_name = "NAME", help_heading = "Settings")]
    pub(crate) profile: Option<String>,

    #[arg(long, global = true, value_name = "FILE", help_heading = "Settings")]
    pub(crate) config: Option<PathBuf>,
}

/// A variable of the environment; an empty one is not set.
pub(crate) fn variable(name: &str) -> Option<String> {
    let value = std::env::var(format!("WECHATPAY_{name}")).ok();
    value.filter(|value| !value.is_empty())
}

impl Settings {
    pub(crate) fn from_environment() -> Result<Self, Failure> {
        let path = |name| variable(name).map(PathBuf::from);
        let timeout = variable("TIMEOUT").map(|text| text.parse().map_err(|_| no_number()));
        Ok(Self {
            mchid: variable("MCHID"),
            brand_id: variable("BRAND_ID"),
            serial: variable("SERIAL"),
            private_key: path("PRIVATE_KEY"),
            certificate: path("CERTIFICATE"),
            passphrase_file: path("PASSPHRASE_FILE"),
            platform_key_id: variable("PLATFORM_KEY_ID"),
            platform_key: path("PLATFORM_KEY"),
            platform_certificate: path("PLATFORM_CERTIFICATE"),
            apiv3_key_file: path("APIV3_KEY_FILE"),
            v2_key_file: path("V2_KEY_FILE"),
            base_url: variable("BASE_URL"),
            ca: path("CA"),
            proxy: variable("PROXY"),
            timeout: timeout.transpose()?,
            apiv3_key: variable("APIV3_KEY"),
            v2_key: variable("V2_KEY"),
            passphrase: variable("PASSPHRASE"),
        })
    }

    /// What is not set here is taken from `other`.
    ///
    /// Things that are two ways to say one, a key and its file, or merchant and brand, are taken
    /// from the same place.
    pub(crate) fn or(self, mut other: Self) -> Self {
        if self.apiv3_key.is_some() || self.apiv3_key_file.is_some() {
            (other.apiv3_key, other.apiv3_key_file) = (None, None);
        }
        if self.v2_key.is_some() || self.v2_key_file.is_some() {
            (other.v2_key, other.v2_key_file) = (None, None);
        }
        if self.passphrase.is_some() || self.passphrase_file.is_some() {
            (other.passphrase, other.passphrase_file) = (None, None);
        }
        if self.mchid.is_some() || self.brand_id.is_some() {
            (other.mchid, other.brand_id) = (None, None);
        }
        Self {
            mchid: self.mchid.or(other.mchid),
            brand_id: self.brand_id.or(other.brand_id),
            serial: self.serial.or(other.serial),
            private_key: self.private_key.or(other.private_key),
            certificate: self.certificate.or(other.certificate),
            passphrase_file: self.passphrase_file.or(other.passphrase_file),
            platform_key_id: self.platform_key_id.or(other.platform_key_id),
            platform_key: self.platform_key.or(other.platform_key),
            platform_certificate: self.platform_certificate.or(other.platform_certificate),
            apiv3_key_file: self.apiv3_key_file.or(other.apiv3_key_file),
            v2_key_file: self.v2_key_file.or(other.v2_key_file),
            base_url: self.base_url.or(other.base_url),
            ca: self.ca.or(other.ca),
            proxy: self.proxy.or(other.proxy),
            timeout: self.timeout.or(other.timeout),
            apiv3_key: self.apiv3_key.or(other.apiv3_key),
            v2_key: self.v2_key.or(other.v2_key),
            passphrase: self.passphrase.or(other.passphrase),
        }
    }

    /// Files that a profile names lie beside it.
    pub(crate) fn relative_to(mut self, file: &Path) -> Self {
        let folder = file.parent().unwrap_or(Path::new(""));
        let paths = [
            &mut self.private_key,
            &mut self.certificate,
            &mut self.platform_key,
            &mut self.platform_certificate,
            &mut self.apiv3_key_file,
            &mut self.v2_key_file,
            &mut self.passphrase_file,
            &mut self.ca,
        ];
        for path in paths.into_iter().flatten() {
            *path = folder.join(&*path);
        }
        self
    }
}

fn no_number() -> Failure {
    Failure::new(
        Exit::Config,
        "config",
        "WECHATPAY_TIMEOUT is not a number of seconds",
    )
}
