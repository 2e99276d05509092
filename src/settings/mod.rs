//! Settings of a client, read from a file or the environment.

mod client;
mod deserialize;
mod environment;
#[cfg(feature = "profile")]
mod profile;
mod secret_file;

use std::fmt;
use std::path::{Path, PathBuf};

pub use secret_file::read_secret;
use wechatpay_core::secret::Secret;

/// The settings of a client, all optional. The names are those of a profile of the command `wechatpay`.
///
/// It deserialises from any format that serde supports. Unknown keys are rejected, so that misspelt keys are found.
///
/// ```
/// use wechatpay_chain::Settings;
///
/// let text = r#"{"mchid": "1900000109", "serial": "5157F09EFDC096DE15EBE81A47057A7232F1B8E1", "timeout": 10}"#;
/// let settings: Settings = serde_json::from_str(text)?;
/// assert_eq!(settings.mchid.as_deref(), Some("1900000109"));
/// assert!(serde_json::from_str::<Settings>(r#"{"mch_id": "1900000109"}"#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Settings {
    /// The merchant id (商户号).
    pub mchid: Option<String>,
    /// The brand id (品牌ID), instead of a merchant id.
    pub brand_id: Option<String>,
    /// The serial of the merchant certificate (商户API证书序列号).
    pub serial: Option<String>,
    /// The file of the merchant's private key: `apiclient_key.pem`, or `apiclient_cert.p12`, which gives the
    /// certificate too.
    pub private_key: Option<PathBuf>,
    /// The file of the merchant certificate, `apiclient_cert.pem`; it gives the serial.
    pub certificate: Option<PathBuf>,
    /// A file with the passphrase of an encrypted private key or a `.p12`.
    pub passphrase_file: Option<PathBuf>,
    /// The id of WeChat Pay's public key (微信支付公钥ID), `PUB_KEY_ID_…`.
    pub platform_key_id: Option<String>,
    /// The file of WeChat Pay's public key (微信支付公钥), `pub_key.pem`.
    pub platform_key: Option<PathBuf>,
    /// The file of a platform certificate (平台证书), instead of the public key.
    pub platform_certificate: Option<PathBuf>,
    /// A file with the APIv3 key (APIv3密钥).
    pub apiv3_key_file: Option<PathBuf>,
    /// A file with the APIv2 key (APIv2密钥).
    pub v2_key_file: Option<PathBuf>,
    /// The base URL, instead of the endpoint's documented host.
    pub base_url: Option<String>,
    /// The file of an additional root certificate to trust for TLS.
    pub ca: Option<PathBuf>,
    /// The proxy, `http://host:port`, or `none`.
    pub proxy: Option<String>,
    /// The time limit of a call, in seconds.
    pub timeout: Option<f64>,
    /// The time limit for connecting, in seconds.
    pub connect_timeout: Option<f64>,
    /// The longest wait for the next piece of a response, in seconds.
    pub read_timeout: Option<f64>,
    /// The time for which an idle connection is kept, in seconds.
    pub idle_timeout: Option<f64>,
    /// The number of idle connections that are kept per host.
    pub pool_max_idle: Option<usize>,
    /// The idle time before TCP keep-alive probes, in seconds.
    pub tcp_keepalive: Option<f64>,
    /// Whether HTTP/2 is offered.
    pub http2: Option<bool>,
    /// The APIv3 key itself.
    pub apiv3_key: Option<Secret>,
    /// The APIv2 key itself.
    pub v2_key: Option<Secret>,
    /// The passphrase itself.
    pub passphrase: Option<Secret>,
}

impl Settings {
    /// Takes settings from `other` that are not set here.
    ///
    /// Alternatives, such as a key and its file, or merchant and brand, are taken from the same source. So are a key and its
    /// id: where both sources set a key, the id, serial or certificate of the other key is not taken either.
    ///
    /// ```
    /// use wechatpay_chain::Settings;
    ///
    /// let read = serde_json::from_str::<Settings>;
    /// let own = read(r#"{"platform_key": "new.pem"}"#)?;
    /// let profile = read(r#"{"platform_key": "old.pem", "platform_key_id": "PUB_KEY_ID_OLD"}"#)?;
    /// assert_eq!(own.or(profile).platform_key_id, None);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn or(mut self, mut other: Self) -> Self {
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
        // A new key under the old id would be trusted as the old one.
        if differ(&self.platform_key, &other.platform_key) {
            other.platform_key_id = None;
        }
        if differ(&self.platform_key_id, &other.platform_key_id) {
            other.platform_key = None;
        }
        if differ(&self.private_key, &other.private_key) {
            (other.serial, other.certificate) = (None, None);
            (other.passphrase, other.passphrase_file) = (None, None);
        }
        macro_rules! fill {
            ($($name:ident)*) => {
                $(self.$name = self.$name.or(other.$name);)*
            };
        }
        fill! {
            mchid brand_id serial private_key certificate passphrase_file platform_key_id platform_key
            platform_certificate apiv3_key_file v2_key_file base_url ca proxy timeout connect_timeout
            read_timeout idle_timeout pool_max_idle tcp_keepalive http2 apiv3_key v2_key passphrase
        }
        self
    }

    /// Resolves relative file names against a directory: files that a profile names are in the directory of the
    /// profile's file.
    #[must_use]
    pub fn relative_to(mut self, folder: impl AsRef<Path>) -> Self {
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
            *path = folder.as_ref().join(&*path);
        }
        self
    }
}

/// Whether both sources have the setting, with different values.
fn differ<T: PartialEq>(own: &Option<T>, other: &Option<T>) -> bool {
    own.is_some() && other.is_some() && own != other
}

/// Shows the identity; omits keys, and proxies with passwords.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("mchid", &self.mchid)
            .field("brand_id", &self.brand_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Settings {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_key_and_its_file_come_from_the_same_place() {
        let first = of(r#"{"v2_key_file": "a", "http2": false}"#);
        let merged = first.or(of(r#"{"v2_key": "b", "http2": true, "pool_max_idle": 3}"#));
        assert!(merged.v2_key.is_none());
        assert_eq!((merged.http2, merged.pool_max_idle), (Some(false), Some(3)));
        let brand = of(r#"{"brand_id": "1"}"#).or(of(r#"{"mchid": "2"}"#));
        assert_eq!((brand.brand_id.as_deref(), brand.mchid), (Some("1"), None));
    }

    #[test]
    fn a_key_and_its_id_come_from_the_same_place() {
        let profile = || {
            of(
                r#"{"platform_key": "old.pem", "platform_key_id": "OLD", "private_key": "old-own.pem", "serial": "0",
                "certificate": "old-cert.pem"}"#,
            )
        };
        let merged = of(r#"{"platform_key": "new.pem"}"#).or(profile());
        assert_eq!(merged.platform_key_id, None);
        assert_eq!(merged.platform_key.as_deref(), Some(Path::new("new.pem")));
        let merged = of(r#"{"platform_key_id": "NEW"}"#).or(profile());
        assert_eq!(merged.platform_key, None);
        assert_eq!(merged.platform_key_id.as_deref(), Some("NEW"));
        let merged = of(r#"{"private_key": "new-own.pem"}"#).or(profile());
        assert_eq!((merged.serial, merged.certificate), (None, None));
        assert!(merged.platform_key.is_some() && merged.platform_key_id.is_some());

        // The same id again, or an id whose place has no key, belongs to the key.
        let merged =
            of(r#"{"platform_key_id": "OLD", "private_key": "old-own.pem"}"#).or(profile());
        assert!(merged.platform_key.is_some() && merged.serial.is_some());
        let ids = of(r#"{"platform_key_id": "NEW", "serial": "1"}"#);
        let merged = of(r#"{"platform_key": "new.pem", "private_key": "new-own.pem"}"#).or(ids);
        assert_eq!(merged.platform_key_id.as_deref(), Some("NEW"));
        assert_eq!(merged.serial.as_deref(), Some("1"));
    }

    #[test]
    fn relative_paths_start_at_the_folder_of_the_profile() {
        let settings = of(r#"{"private_key": "k.pem", "ca": "/etc/ca.pem"}"#).relative_to("/shop");
        assert_eq!(settings.private_key.unwrap(), Path::new("/shop/k.pem"));
        assert_eq!(settings.ca.unwrap(), Path::new("/etc/ca.pem"));
    }

    #[test]
    fn debug_shows_no_key_and_no_proxy() {
        let settings =
            of(r#"{"mchid": "1", "apiv3_key": "s3cret-key", "proxy": "http://u:s3cret-key@p:1"}"#);
        assert!(!format!("{settings:?}").contains("s3cret-key"));
    }
}
