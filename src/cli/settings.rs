//! The settings, and where they come from.

use std::path::PathBuf;

use clap::Args;

use crate::number;
pub(crate) use wechatpay_chain::Settings;

/// The settings that have flags, all optional.
///
/// Keys are never flags: other users of the machine see the arguments of a process.
#[derive(Args, Default)]
#[command(next_help_heading = "Settings")]
pub(crate) struct SettingsArgs {
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

    #[arg(long, global = true, value_name = "SECONDS", value_parser = number::seconds, allow_negative_numbers = true)]
    pub(crate) timeout: Option<f64>,
}

/// The flags that select the profile.
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

impl SettingsArgs {
    /// Whether any credential is set.
    pub(crate) fn names_credentials(&self) -> bool {
        self.mchid.is_some() || self.names_credentials_but_mchid()
    }

    /// The same without the merchant id.
    pub(crate) fn names_credentials_but_mchid(&self) -> bool {
        let texts = [
            &self.brand_id,
            &self.serial,
            &self.platform_key_id,
            &self.base_url,
        ];
        let paths = [
            &self.private_key,
            &self.certificate,
            &self.platform_key,
            &self.platform_certificate,
            &self.apiv3_key_file,
            &self.v2_key_file,
            &self.passphrase_file,
        ];
        texts.into_iter().any(Option::is_some) || paths.into_iter().any(Option::is_some)
    }

    /// Whether a proxy or a root certificate is set, which have no effect on a sandbox in this process.
    pub(crate) fn names_connection(&self) -> bool {
        let proxy = self.proxy.as_deref().unwrap_or("none");
        !proxy.eq_ignore_ascii_case("none") || self.ca.is_some()
    }
}

impl From<SettingsArgs> for Settings {
    fn from(args: SettingsArgs) -> Self {
        let mut settings = Self::default();
        settings.mchid = args.mchid;
        settings.brand_id = args.brand_id;
        settings.serial = args.serial;
        settings.private_key = args.private_key;
        settings.certificate = args.certificate;
        settings.passphrase_file = args.passphrase_file;
        settings.platform_key_id = args.platform_key_id;
        settings.platform_key = args.platform_key;
        settings.platform_certificate = args.platform_certificate;
        settings.apiv3_key_file = args.apiv3_key_file;
        settings.v2_key_file = args.v2_key_file;
        settings.base_url = args.base_url;
        settings.ca = args.ca;
        settings.proxy = args.proxy;
        settings.timeout = args.timeout;
        settings
    }
}
