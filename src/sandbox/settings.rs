//! The settings that a sandbox is started with.

#[cfg(feature = "state")]
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::fault::{self, PlannedFault};
#[cfg(feature = "control")]
use crate::merchants::read_file;
use crate::merchants::{MerchantSettings, is_mchid};
use crate::mock::SchemaSettings;
use crate::notifier::{Reach, check_url};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// The settings of a sandbox; they stay the same until it ends.
#[derive(Debug, Clone)]
pub(crate) struct SandboxSettings {
    pub(crate) tls: bool,
    pub(crate) max_body_bytes: usize,
    /// An encrypted bill is split into files of this length.
    pub(crate) bill_file_bytes: usize,
    /// How requests are checked against the documentation, and how responses are generated.
    pub(crate) documented: SchemaSettings,
    /// Whether the merchant has no platform certificate.
    pub(crate) public_key_only: bool,
    /// Whether a certificate signs what names no key, from the start.
    pub(crate) certificate_mode: bool,
    /// The folder with the merchant's files.
    pub(crate) dir: Option<PathBuf>,
    /// The folder that keeps the state.
    #[cfg_attr(not(feature = "state"), allow(dead_code, reason = "for the journal"))]
    pub(crate) state: Option<PathBuf>,
    /// Whether other machines may use the sandbox.
    pub(crate) allow_remote: bool,
    /// Names by which the sandbox is reached, in addition to those of loopback.
    pub(crate) hosts: Vec<String>,
    /// The initial URL for notifications of requests without `notify_url`.
    pub(crate) notify_url: Option<String>,
    /// Whether notifications may be posted to other machines.
    pub(crate) allow_outgoing: bool,
    /// Whether notifications are posted automatically.
    pub(crate) post_notifications: bool,
    /// How many times faster than real time notifications are retried; `None` is 1.
    pub(crate) speed: Option<f64>,
    /// The id of the first merchant; `None` is the folder's or the default one.
    pub(crate) mchid: Option<String>,
    /// Whether the first merchant has an SM2 key (国密).
    pub(crate) sm: bool,
    /// The merchants of the start, with or without the first.
    pub(crate) merchants: Vec<MerchantSettings>,
    /// The files with further merchants.
    #[cfg_attr(
        not(feature = "control"),
        allow(dead_code, reason = "such files are TOML, which that feature reads")
    )]
    pub(crate) merchant_files: Vec<PathBuf>,
    /// Faults that are injected from the start.
    pub(crate) faults: Vec<PlannedFault>,
    pub(crate) connections: ConnectionLimits,
}

/// The limits that keep one client from blocking others.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ConnectionLimits {
    /// How many connections may be open.
    pub(crate) connections: u32,
    /// The time limit of the TLS handshake, the first request, the headers and each body.
    pub(crate) read_timeout: Duration,
    /// The time limit of requests in progress when the sandbox ends.
    pub(crate) shutdown_timeout: Duration,
    /// How many requests may be in progress on one HTTP/2 connection.
    pub(crate) streams: u32,
    /// The size limit of the headers of one HTTP/2 request, in bytes.
    pub(crate) header_list: u32,
    /// How many pending resets close an HTTP/2 connection.
    pub(crate) resets: usize,
}

impl Default for SandboxSettings {
    fn default() -> Self {
        Self {
            tls: false,
            max_body_bytes: 16 << 20,
            bill_file_bytes: usize::MAX,
            documented: SchemaSettings {
                check: true,
                strict: false,
                echo_unknown: false,
                limits: false,
                seed: 0,
            },
            public_key_only: false,
            certificate_mode: false,
            dir: None,
            state: None,
            allow_remote: false,
            hosts: Vec::new(),
            notify_url: None,
            allow_outgoing: false,
            post_notifications: false,
            speed: None,
            mchid: None,
            sm: false,
            merchants: Vec::new(),
            merchant_files: Vec::new(),
            faults: Vec::new(),
            connections: ConnectionLimits::default(),
        }
    }
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            connections: 1024,
            read_timeout: Duration::from_secs(30),
            shutdown_timeout: Duration::from_secs(5),
            streams: 100,
            header_list: 64 << 10,
            resets: 20,
        }
    }
}

impl SandboxSettings {
    /// Whether a sandbox can be started with these settings.
    pub(crate) fn check(&self) -> Result<()> {
        check_speed(self.speed())?;
        fault::check_planned(&self.faults)?;
        for host in &self.hosts {
            check_host_name(host)?;
        }
        self.check_merchants()?;
        self.check_notify_url(self.notify_url.as_deref())
    }

    /// Adds the merchants of the files.
    pub(crate) fn read_merchants(&mut self) -> Result<()> {
        #[cfg(feature = "control")]
        for file in std::mem::take(&mut self.merchant_files) {
            self.merchants.extend(read_file(&file)?);
        }
        Ok(())
    }

    fn check_merchants(&self) -> Result<()> {
        if let Some(mchid) = self.mchid.as_ref().filter(|mchid| !is_mchid(mchid)) {
            let message = format!("{mchid:?} is no merchant id: give its 8 to 10 digits");
            return Err(Error::new(ErrorKind::Builder, message));
        }
        for (index, merchant) in self.merchants.iter().enumerate() {
            merchant.check()?;
            self.check_notify_url(merchant.notify_url.as_deref())?;
            let mchid = &merchant.mchid;
            if self.merchants[..index].iter().any(|it| it.mchid == *mchid) {
                let message = format!("the merchant {mchid:?} is given twice: give it once");
                return Err(Error::new(ErrorKind::Builder, message));
            }
        }
        Ok(())
    }

    /// Whether notifications may be posted to this default URL.
    pub(crate) fn check_notify_url(&self, url: Option<&str>) -> Result<()> {
        url.map_or(Ok(()), |url| check_url(url, self.reach()))
    }

    /// The settings that the effects of requests depend on, by the names of the command's options.
    #[cfg(feature = "state")]
    pub(crate) fn of_effects(&self) -> BTreeMap<String, String> {
        let documented = &self.documented;
        let faults = self.faults.iter();
        let faults: Vec<_> = faults
            .map(|it| format!("{}:{:?}", it.fault, it.times))
            .collect();
        let merchants: Vec<_> = self.merchants.iter().map(MerchantSettings::entry).collect();
        let all = [
            ("--seed", documented.seed.to_string()),
            ("--strict", documented.strict.to_string()),
            ("--enforce-limits", documented.limits.to_string()),
            ("check_fields", documented.check.to_string()),
            ("echo_unknown", documented.echo_unknown.to_string()),
            ("max_body_bytes", self.max_body_bytes.to_string()),
            ("--public-key-only", self.public_key_only.to_string()),
            ("--certificate-mode", self.certificate_mode.to_string()),
            ("--mchid", format!("{:?}", self.mchid)),
            ("--sm", self.sm.to_string()),
            ("--merchant", serde_json::Value::from(merchants).to_string()),
            ("--fault", faults.join(" ")),
            ("--notify-url", format!("{:?}", self.notify_url)),
            ("--allow-outgoing", self.allow_outgoing.to_string()),
            ("post_notifications", self.post_notifications.to_string()),
        ];
        all.map(|(name, value)| (name.to_owned(), value)).into()
    }

    pub(crate) fn reach(&self) -> Reach {
        if self.allow_outgoing {
            Reach::Anywhere
        } else {
            Reach::Loopback
        }
    }

    pub(crate) fn speed(&self) -> f64 {
        self.speed.unwrap_or(1.0)
    }
}

/// Below the lower bound, waits would be longer than a timer can measure.
pub(crate) fn check_speed(speed: f64) -> Result<()> {
    if (1e-3..=1e6).contains(&speed) {
        return Ok(());
    }
    // `Display` would write hundreds of zeros.
    let shown = if speed.abs() < 1e16 {
        speed.to_string()
    } else {
        format!("{speed:e}")
    };
    let message = format!("{shown} is not a speed: give a number from 0.001 to 1000000");
    Err(Error::new(ErrorKind::Builder, message))
}

/// Whether a text can be the name in a `Host` header and in a certificate. Other texts could add further
/// entries to the certificate.
pub(crate) fn check_host_name(name: &str) -> Result<()> {
    let is_label = |label: &str| {
        let mut bytes = label.bytes();
        // The names of containers may have an underscore.
        let is_known = bytes.all(|it| it.is_ascii_alphanumeric() || b"-_".contains(&it));
        let has_outer_hyphen = label.starts_with('-') || label.ends_with('-');
        (1..=63).contains(&label.len()) && is_known && !has_outer_hyphen
    };
    let is_dns = name.len() <= 253 && name.split('.').all(is_label);
    if is_dns || name.parse::<IpAddr>().is_ok() {
        return Ok(());
    }
    let message = format!(
        "{name:?} is not a name by which the sandbox can be reached: give a DNS name or an address alone \
         (--host wechatpay), without a scheme or port"
    );
    Err(Error::new(ErrorKind::Builder, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_are_dns_names_or_addresses() {
        for name in ["wechatpay", "wechat_pay.test", "10.0.0.1", "::1", "A-1.b"] {
            assert!(check_host_name(name).is_ok(), "{name}");
        }
        let long = "x".repeat(64);
        for name in [
            "",
            "a.",
            ".a",
            "-a",
            "*.test",
            "a:80",
            "[::1]",
            "http://a",
            "a,DNS:evil.example",
            "a b",
            "微信",
            &long,
            &["abc"; 70].join("."),
        ] {
            assert!(check_host_name(name).is_err(), "{name}");
        }
    }
}
