//! Builds clients from settings.

use std::path::Path;

use wechatpay_chain::certificates::Certificates;
use wechatpay_chain::notify::{Notifications, NotificationsBuilder};
use wechatpay_chain::{
    Certificate, Client, ClientBuilder, Keyring, PublicKey, RootCertificates, Secret,
};
use wechatpay_sandbox::Sandbox;

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::i18n::t;
use crate::key_files;
use crate::number;
use crate::profile;
use crate::rephrase;
use crate::settings::{Settings, SettingsArgs};

/// A client, and its sandbox with `--sandbox`.
pub(crate) struct Session {
    pub(crate) client: Client,
    /// Stops when it is dropped.
    pub(crate) _sandbox: Option<Sandbox>,
}

/// The purpose for which a subcommand needs credentials.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Calls: needs a key to verify answers.
    Call,
    /// Signing only.
    Sign,
}

/// Whose client a sandbox makes. Settings say it themselves.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signer {
    Merchant,
    /// A brand (品牌), which signs the operations below `brand/`.
    Brand,
}

impl Signer {
    /// The signer of a path, as the documentation writes it.
    pub(crate) fn of(path: &str) -> Self {
        if path.trim_start_matches('/').starts_with("brand/") {
            Self::Brand
        } else {
            Self::Merchant
        }
    }
}

/// The client of these settings.
pub(crate) fn session(context: Context<'_>, need: Need) -> Result<Session, Failure> {
    session_with(context, need, Signer::Merchant, |builder| builder)
}

/// The client of these settings, changed by `edit`.
pub(crate) fn session_with(
    context: Context<'_>,
    need: Need,
    signer: Signer,
    edit: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Result<Session, Failure> {
    let (builder, sandbox) = if context.sandbox {
        let sandbox = Sandbox::start_blocking().map_err(|err| Failure::config(&err))?;
        (in_sandbox(&sandbox, context.given, signer)?, Some(sandbox))
    } else {
        let settings = profile::resolve(context.given, &context.profile)?.settings;
        (builder(&settings, need)?, None)
    };
    let client = edit(builder).build().map_err(|err| Failure::config(&err))?;
    Ok(Session {
        client,
        _sandbox: sandbox,
    })
}

/// A reader of notifications: it needs fewer of the settings than a client does.
pub(crate) fn notifications(context: Context<'_>) -> Result<NotificationsBuilder, Failure> {
    let mut builder = Notifications::builder();
    let settings = profile::resolve(context.given, &context.profile)?.settings;
    if let Some(path) = &settings.platform_key {
        check_pair(&settings)?;
        let id = settings.platform_key_id.as_deref().unwrap_or_default();
        builder = builder.platform_key(id, PublicKey::from_file(path).map_err(config)?);
    }
    if let Some(path) = &settings.platform_certificate {
        builder = builder.platform_certificate(platform_certificate(path)?);
    }
    if let Some(key) = key_files::private_key(&settings)? {
        builder = builder.private_key(key);
    }
    if let Some(key) = apiv3_key(&settings)? {
        builder = builder.apiv3_key(key);
    }
    if let Some(key) = v2_key(&settings)? {
        builder = builder.v2_key(key);
    }
    Ok(builder)
}

/// The sandbox has its own credentials; others on the command line are refused.
pub(crate) fn in_sandbox(
    sandbox: &Sandbox,
    given: SettingsArgs,
    signer: Signer,
) -> Result<ClientBuilder, Failure> {
    if given.names_credentials() {
        return Err(Failure::new(
            Exit::Usage,
            "usage",
            t!("sandbox-has-credentials"),
        ));
    }
    if given.names_connection() {
        return Err(Failure::new(Exit::Usage, "usage", t!("sandbox-is-here")));
    }
    let builder = match signer {
        Signer::Merchant => sandbox.client_builder(),
        Signer::Brand => sandbox
            .brand_builder()
            .map_err(|err| Failure::config(&err))?,
    };
    timeout(builder, &given.into())
}

/// A client builder with all settings.
pub(crate) fn builder(settings: &Settings, need: Need) -> Result<ClientBuilder, Failure> {
    if settings.mchid.is_none() && settings.brand_id.is_none() {
        return Err(missing(t!("missing-mchid")));
    }
    let key = key_files::private_key(settings)?;
    let certificate = key_files::certificate(settings)?;
    complete(settings, key.is_some(), certificate.is_some())?;
    let mut builder = base(settings)?;
    if let Some(mchid) = &settings.mchid {
        builder = builder.mchid(mchid);
    }
    if let Some(brand_id) = &settings.brand_id {
        builder = builder.brand_id(brand_id);
    }
    if let Some(serial) = &settings.serial {
        builder = builder.serial(serial);
    }
    let signs = key.is_some();
    if let Some(key) = key {
        builder = builder.private_key(key);
    }
    if let Some(certificate) = certificate {
        builder = builder.certificate(certificate);
    }
    if let Some(key) = v2_key(settings)? {
        builder = builder.v2_key(key);
    }
    let apiv3_key = apiv3_key(settings)?;
    if let Some(key) = &apiv3_key {
        builder = builder.apiv3_key(key.clone());
    }
    if !signs {
        return add_platform(builder, settings);
    }
    platform(builder, settings, need, apiv3_key.is_some())
}

/// A client builder with base URL, timeout, proxy and root certificate.
pub(crate) fn base(settings: &Settings) -> Result<ClientBuilder, Failure> {
    let mut builder = timeout(Client::builder(), settings)?;
    if let Some(url) = &settings.base_url {
        builder = builder.base_url(url);
    }
    if let Some(path) = &settings.ca {
        builder = builder.root_certificate(root_certificates(path)?);
    }
    Ok(match settings.proxy.as_deref() {
        Some(url) if url.eq_ignore_ascii_case("none") => builder.no_proxy(),
        Some(url) => builder.proxy(url),
        None => builder,
    })
}

/// Additional trusted root certificates for TLS.
pub(crate) fn root_certificates(path: &Path) -> Result<RootCertificates, Failure> {
    RootCertificates::from_file(path).map_err(config)
}

/// Reads WeChat Pay's certificate; the library's advice would name the merchant's file.
pub(crate) fn platform_certificate(path: &Path) -> Result<Certificate, Failure> {
    let wanted = t!("give-platform-certificate");
    Certificate::from_file(path).map_err(|err| {
        let said = rephrase::error(&err);
        let merchants = [
            "give a certificate, such as apiclient_cert.pem",
            "give apiclient_cert.pem, which comes with it",
        ];
        let said = merchants
            .iter()
            .fold(said, |said, theirs| said.replace(theirs, &wanted));
        Failure::new(Exit::Config, "config", said)
    })
}

/// The APIv3 key of the settings or its file.
pub(crate) fn apiv3_key(settings: &Settings) -> Result<Option<Secret>, Failure> {
    settings.read_apiv3_key().map_err(config)
}

/// The APIv2 key of the settings or its file.
pub(crate) fn v2_key(settings: &Settings) -> Result<Option<Secret>, Failure> {
    settings.read_v2_key().map_err(config)
}

/// Adds the keys that verify answers. Without any, but with an APIv3 key, platform certificates are downloaded.
fn platform(
    builder: ClientBuilder,
    settings: &Settings,
    need: Need,
    can_fetch: bool,
) -> Result<ClientBuilder, Failure> {
    if settings.platform_key.is_some() || settings.platform_certificate.is_some() {
        return add_platform(builder, settings);
    }
    match need {
        Need::Call if can_fetch => Ok(builder.certificates(Certificates::auto())),
        Need::Sign => Ok(builder.keyring(Keyring::new())),
        Need::Call => Err(missing(t!("missing-platform-key"))),
    }
}

fn add_platform(mut builder: ClientBuilder, settings: &Settings) -> Result<ClientBuilder, Failure> {
    if let Some(path) = &settings.platform_key {
        let id = settings.platform_key_id.as_deref().unwrap_or_default();
        builder = builder.platform_key(id, PublicKey::from_file(path).map_err(config)?);
    }
    if let Some(path) = &settings.platform_certificate {
        builder = builder.platform_certificate(platform_certificate(path)?);
    }
    Ok(builder)
}

/// Reports missing settings by their flags.
fn complete(settings: &Settings, signs: bool, certified: bool) -> Result<(), Failure> {
    let v2 = settings.v2_key.is_some() || settings.v2_key_file.is_some();
    if !signs && !v2 {
        return Err(missing(t!("missing-private-key")));
    }
    if signs && settings.serial.is_none() && !certified {
        return Err(missing(t!("missing-serial")));
    }
    check_pair(settings)
}

/// A key and its id come from one source.
fn check_pair(settings: &Settings) -> Result<(), Failure> {
    match (&settings.platform_key_id, &settings.platform_key) {
        (Some(_), None) => Err(missing(t!("missing-platform-key-file"))),
        (None, Some(_)) => Err(missing(t!("missing-platform-key-id"))),
        _ => Ok(()),
    }
}

fn timeout(builder: ClientBuilder, settings: &Settings) -> Result<ClientBuilder, Failure> {
    let Some(seconds) = settings.timeout else {
        return Ok(builder);
    };
    let limit = number::time_limit(seconds);
    limit.map_or_else(
        || Err(missing(t!("invalid-timeout"))),
        |limit| Ok(builder.timeout(limit)),
    )
}

fn missing(message: String) -> Failure {
    Failure::new(Exit::Config, "config", message)
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn config(err: wechatpay_chain::Error) -> Failure {
    Failure::config(&err)
}
