//! The variables `WECHATPAY_…`.

use std::path::PathBuf;
use std::str::FromStr;

use super::Settings;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::secret::Secret;

const PREFIX: &str = "WECHATPAY_";

impl Settings {
    /// Reads the settings from the environment: `WECHATPAY_MCHID`, `WECHATPAY_PRIVATE_KEY` and so on, each key of a profile
    /// in upper case. An empty variable counts as unset.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] for a variable that is not UTF-8, or not the required number, `true` or `false`.
    pub fn from_env() -> Result<Self> {
        readable()?;
        Self::from_variables(|name| std::env::var(format!("{PREFIX}{name}")).ok())
    }

    /// Reads the settings from any source of variables, by their names without `WECHATPAY_`.
    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let text = |name: &str| variable(name).filter(|value| !value.is_empty());
        let path = |name: &str| text(name).map(PathBuf::from);
        let secret = |name: &str| text(name).map(Secret::new);
        let seconds = |name: &str| parsed::<f64>(name, text(name), "a number of seconds");
        Ok(Self {
            mchid: text("MCHID"),
            brand_id: text("BRAND_ID"),
            serial: text("SERIAL"),
            private_key: path("PRIVATE_KEY"),
            certificate: path("CERTIFICATE"),
            passphrase_file: path("PASSPHRASE_FILE"),
            platform_key_id: text("PLATFORM_KEY_ID"),
            platform_key: path("PLATFORM_KEY"),
            platform_certificate: path("PLATFORM_CERTIFICATE"),
            apiv3_key_file: path("APIV3_KEY_FILE"),
            v2_key_file: path("V2_KEY_FILE"),
            base_url: text("BASE_URL"),
            ca: path("CA"),
            proxy: text("PROXY"),
            timeout: seconds("TIMEOUT")?,
            connect_timeout: seconds("CONNECT_TIMEOUT")?,
            read_timeout: seconds("READ_TIMEOUT")?,
            idle_timeout: seconds("IDLE_TIMEOUT")?,
            pool_max_idle: parsed("POOL_MAX_IDLE", text("POOL_MAX_IDLE"), "a number")?,
            tcp_keepalive: seconds("TCP_KEEPALIVE")?,
            http2: parsed("HTTP2", text("HTTP2"), "true or false")?,
            apiv3_key: secret("APIV3_KEY"),
            v2_key: secret("V2_KEY"),
            passphrase: secret("PASSPHRASE"),
        })
    }
}

/// Parses a variable. The error omits the value, since a key may be in the wrong variable.
fn parsed<T: FromStr>(name: &str, text: Option<String>, wanted: &str) -> Result<Option<T>> {
    let wrong = || {
        let message = format!("{PREFIX}{name} is not {wanted}");
        Error::new(ErrorKind::Builder, message)
    };
    text.map(|text| text.trim().parse().map_err(|_| wrong()))
        .transpose()
}

/// Rejects variables that are not UTF-8: they would count as unset, and another setting would be used.
fn readable() -> Result<()> {
    let ours = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(PREFIX.as_bytes());
    let wrong = std::env::vars_os().find(|(name, value)| ours(name) && value.to_str().is_none());
    match wrong {
        None => Ok(()),
        Some((name, _)) => Err(Error::new(
            ErrorKind::Builder,
            format!("{} is not UTF-8", name.display()),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Result<Settings> {
        Settings::from_variables(|name| {
            let found = pairs.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn every_variable_is_read_and_an_empty_one_is_unset() {
        let settings = of(&[
            ("MCHID", "1900000109"),
            ("SERIAL", ""),
            ("HTTP2", "false"),
            ("IDLE_TIMEOUT", "2.5"),
        ]);
        let settings = settings.unwrap();
        assert_eq!(settings.mchid.as_deref(), Some("1900000109"));
        assert_eq!((settings.serial, settings.http2), (None, Some(false)));
        assert_eq!(settings.idle_timeout, Some(2.5));
    }

    #[test]
    fn a_value_of_the_wrong_form_is_named_and_not_shown() {
        for name in ["TIMEOUT", "POOL_MAX_IDLE", "HTTP2"] {
            let err = of(&[(name, "s3cret")]).unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Builder);
            assert!(err.to_string().contains(name), "{err}");
            assert!(!err.to_string().contains("s3cret"), "{err}");
        }
    }
}
