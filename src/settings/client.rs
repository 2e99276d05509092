//! Creates a client builder from settings.

use std::path::Path;
use std::time::Duration;

use super::{Settings, read_secret};
use crate::builder::{ClientBuilder, in_settings};
use crate::certificates::Certificates;
use crate::net::bound;
use wechatpay_core::crypto::{Certificate, PrivateKey, PublicKey, RootCertificates};
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::secret::Secret;

impl ClientBuilder {
    /// Creates a builder from environment variables: `WECHATPAY_MCHID`, `WECHATPAY_PRIVATE_KEY` and so on, as the
    /// command `wechatpay` reads them.
    ///
    /// With the feature `profile`, `WECHATPAY_CONFIG` may name a file of profiles and `WECHATPAY_PROFILE` one of them;
    /// its values apply where the environment sets none. Files are read now. A variable for a key names its file; the text
    /// of a key is refused.
    ///
    /// ```no_run
    /// # fn example() -> wechatpay_chain::Result<()> {
    /// let client = wechatpay_chain::ClientBuilder::from_env()?.build()?;
    /// # let _ = client; Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] for an invalid variable, [`ErrorKind::Key`] for an invalid key file. Errors of
    /// [`build`](Self::build) name the variable to set.
    pub fn from_env() -> Result<Self> {
        let builder = Settings::from_env_and_profile().and_then(|it| it.client_builder());
        Ok(builder.map_err(in_settings)?.noted_from_env())
    }
}

impl Settings {
    /// Creates a builder with these settings. Files are read now; missing settings are reported by
    /// [`build`](ClientBuilder::build).
    ///
    /// With an APIv3 key and without a WeChat Pay key, the platform certificates are fetched when needed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] for an invalid value, [`ErrorKind::Key`] for an invalid key file.
    pub fn client_builder(&self) -> Result<ClientBuilder> {
        let mut builder = self.network(ClientBuilder::new())?;
        if let Some(mchid) = &self.mchid {
            builder = builder.mchid(mchid);
        }
        if let Some(brand_id) = &self.brand_id {
            builder = builder.brand_id(brand_id);
        }
        if let Some(serial) = &self.serial {
            builder = builder.serial(serial);
        }
        if let Some(key) = self.read_v2_key()? {
            builder = builder.v2_key(key);
        }
        let apiv3_key = self.read_apiv3_key()?;
        if let Some(key) = &apiv3_key {
            builder = builder.apiv3_key(key.clone());
        }
        self.own_keys(self.platform_keys(builder, apiv3_key.is_some())?)
    }

    /// Returns the APIv3 key, set directly or by its file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] when its file cannot be read.
    pub fn read_apiv3_key(&self) -> Result<Option<Secret>> {
        secret(
            &self.apiv3_key,
            self.apiv3_key_file.as_deref(),
            "the APIv3 key",
        )
    }

    /// Returns the APIv2 key, set directly or by its file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] when its file cannot be read.
    pub fn read_v2_key(&self) -> Result<Option<Secret>> {
        secret(&self.v2_key, self.v2_key_file.as_deref(), "the APIv2 key")
    }

    /// Returns the passphrase of the merchant's files, set directly or by its file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] when its file cannot be read.
    pub fn read_passphrase(&self) -> Result<Option<Secret>> {
        secret(
            &self.passphrase,
            self.passphrase_file.as_deref(),
            "the passphrase",
        )
    }

    #[cfg(feature = "profile")]
    fn from_env_and_profile() -> Result<Self> {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let own = Self::from_env()?;
        let Some(file) = variable("WECHATPAY_CONFIG") else {
            return match variable("WECHATPAY_PROFILE") {
                None => Ok(own),
                Some(_) => Err(wrong(
                    "WECHATPAY_PROFILE names a profile: name its file in WECHATPAY_CONFIG",
                )),
            };
        };
        let name = variable("WECHATPAY_PROFILE");
        let profile = Self::from_profile(file, name.as_deref().unwrap_or("default"))?;
        Ok(own.or(profile))
    }

    #[cfg(not(feature = "profile"))]
    fn from_env_and_profile() -> Result<Self> {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if is_set("WECHATPAY_CONFIG") || is_set("WECHATPAY_PROFILE") {
            Err(Error::new(
                ErrorKind::Unsupported,
                "WECHATPAY_CONFIG and WECHATPAY_PROFILE need the feature `profile` of wechatpay-chain",
            ))
        } else {
            Self::from_env()
        }
    }

    /// Sets the base URL and the network settings.
    fn network(&self, mut builder: ClientBuilder) -> Result<ClientBuilder> {
        if let Some(url) = &self.base_url {
            builder = builder.base_url(url);
        }
        if let Some(path) = &self.ca {
            builder = builder.root_certificate(RootCertificates::from_file(path)?);
        }
        builder = match self.proxy.as_deref() {
            Some(url) if url.eq_ignore_ascii_case("none") => builder.no_proxy(),
            Some(url) => builder.proxy(url),
            None => builder,
        };
        if let Some(limit) = time_limit("timeout", self.timeout)? {
            builder = builder.timeout(limit);
        }
        if let Some(limit) = time_limit("connect_timeout", self.connect_timeout)? {
            builder = builder.connect_timeout(limit);
        }
        if let Some(limit) = time_limit("read_timeout", self.read_timeout)? {
            builder = builder.read_timeout(limit);
        }
        if let Some(limit) = seconds("idle_timeout", self.idle_timeout)? {
            builder = builder.idle_timeout(limit);
        }
        if let Some(pause) = seconds("tcp_keepalive", self.tcp_keepalive)? {
            builder = builder.tcp_keepalive(pause);
        }
        if let Some(count) = self.pool_max_idle {
            builder = builder.pool_max_idle(count);
        }
        if let Some(offer) = self.http2 {
            builder = builder.http2(offer);
        }
        Ok(builder)
    }

    /// Sets the merchant's key and certificate; a PKCS#12 file has both.
    fn own_keys(&self, mut builder: ClientBuilder) -> Result<ClientBuilder> {
        let (key, certificate) = (self.private_key.as_deref(), self.certificate.as_deref());
        let protected = certificate.filter(|path| needs_passphrase(path));
        if let Some(path) = key.or(protected) {
            let open = |passphrase: Secret| PrivateKey::from_file_with_passphrase(path, passphrase);
            builder = builder.private_key(self.read(path, || PrivateKey::from_file(path), open)?);
        }
        let beside = key.filter(|path| self.serial.is_none() && needs_passphrase(path));
        if let Some(path) = certificate.or(beside) {
            let open =
                |passphrase: Secret| Certificate::from_file_with_passphrase(path, passphrase);
            builder =
                builder.certificate(self.read(path, || Certificate::from_file(path), open)?);
        }
        Ok(builder)
    }

    /// Reads a PKCS#12 file. Without a passphrase the merchant id is tried, the passphrase of WeChat Pay's
    /// `apiclient_cert.p12`.
    fn read<T>(
        &self,
        path: &Path,
        plain: impl FnOnce() -> Result<T>,
        open: impl FnOnce(Secret) -> Result<T>,
    ) -> Result<T> {
        if !needs_passphrase(path) {
            return plain();
        }
        let passphrase = self.read_passphrase()?;
        match passphrase.or_else(|| self.mchid.as_deref().map(Secret::new)) {
            Some(passphrase) => open(passphrase),
            None => Err(wrong(format!(
                "{} needs a passphrase: set passphrase_file",
                path.display()
            ))),
        }
    }

    fn platform_keys(&self, mut builder: ClientBuilder, can_fetch: bool) -> Result<ClientBuilder> {
        match (&self.platform_key_id, &self.platform_key) {
            (Some(id), Some(path)) => {
                builder = builder.platform_key(id, PublicKey::from_file(path)?);
            }
            (None, None) => {}
            (Some(_), None) => {
                return Err(wrong(
                    "platform_key_id goes with platform_key, the file of that key",
                ));
            }
            (None, Some(_)) => {
                return Err(wrong(
                    "platform_key goes with platform_key_id, its id PUB_KEY_ID_…",
                ));
            }
        }
        if let Some(path) = &self.platform_certificate {
            builder = builder.platform_certificate(Certificate::from_file(path)?);
        }
        let none = self.platform_key.is_none() && self.platform_certificate.is_none();
        let signs = self.private_key.is_some() || self.certificate.is_some();
        if none && can_fetch && signs {
            builder = builder.certificates(Certificates::auto());
        }
        Ok(builder)
    }
}

fn secret(own: &Option<Secret>, file: Option<&Path>, what: &str) -> Result<Option<Secret>> {
    match (own, file) {
        (Some(own), _) => Ok(Some(own.clone())),
        (None, Some(path)) => read_secret(path, what).map(Some),
        (None, None) => Ok(None),
    }
}

fn needs_passphrase(path: &Path) -> bool {
    let bytes = std::fs::read(path).map(zeroize::Zeroizing::new);
    bytes.is_ok_and(|bytes| PrivateKey::needs_passphrase(&*bytes))
}

/// Reads a time limit; zero is refused here, where the setting still has its name.
fn time_limit(name: &str, given: Option<f64>) -> Result<Option<Duration>> {
    let limit = seconds(name, given)?;
    bound(name, limit)?;
    Ok(limit)
}

fn seconds(name: &str, given: Option<f64>) -> Result<Option<Duration>> {
    let read = |seconds| {
        let message = format!("{name} must be a number of seconds, at least 0");
        Duration::try_from_secs_f64(seconds).map_err(|_| wrong(message))
    };
    given.map(read).transpose()
}

fn wrong(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Builder, message.into())
}
