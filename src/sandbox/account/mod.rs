//! The account of one merchant: its settings, its keys, and everything that its requests made.
//!
//! A request is authenticated as an [`Account`], and every later stage works on that account. [`Accounts`] finds them.

mod brands;
mod certificate_clients;
mod holder;
mod registry;
mod relation;
mod sender;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use brands::GivenBrands;
use certificate_clients::CertificateClients;

use crate::bills::Bills;
use crate::folder::{self, SandboxFiles};
use crate::identity::{Credentials, Identity};
use crate::merchants::{MerchantSettings, Product};
use crate::platform::PlatformView;
use crate::remembered::Remembered;
use crate::world::World;
#[cfg(feature = "control")]
pub(crate) use registry::AccountError;
pub(crate) use registry::{Accounts, Shared};
pub(crate) use sender::Sender;
use wechatpay_core::crypto::{Certificate, KeyAlgorithm};
use wechatpay_core::error::{Error, Result};

/// One merchant.
pub(crate) struct Account {
    pub(crate) settings: MerchantSettings,
    identity: Arc<Identity>,
    /// The folder that keeps the keys.
    dir: Option<PathBuf>,
    /// Generated when they are first needed: few tests have several merchants.
    credentials: OnceLock<Result<Arc<Credentials>>>,
    brands: GivenBrands,
    /// Orders, refunds, transfers and the other things that operations act on.
    pub(crate) world: World,
    /// The records of the operations without special rules.
    pub(crate) remembered: Remembered,
    pub(crate) bills: Bills,
    /// Whether the key of transfers to bank cards was given to a client.
    pub(crate) bank_key_given: AtomicBool,
    pub(crate) certificate_clients: CertificateClients,
    /// The URL for notifications of requests without `notify_url`.
    notify_url: Mutex<Option<String>>,
}

/// An account whose keys are known, for one request.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) account: Arc<Account>,
    pub(crate) credentials: Arc<Credentials>,
    /// Of the brand that calls, else the merchant's: sensitive members of answers are encrypted to it.
    pub(crate) certificate: Certificate,
    /// The brand that calls; `None` for the merchant.
    pub(crate) brand_id: Option<String>,
    pub(crate) view: PlatformView,
}

impl Caller {
    pub(crate) fn new(account: Arc<Account>) -> Result<Self> {
        let credentials = account.credentials()?;
        Ok(Self {
            certificate: credentials.certificate.clone(),
            brand_id: None,
            credentials,
            view: account.view()?,
            account,
        })
    }

    /// The merchant or the brand that has signed a request.
    pub(crate) fn of_sender(sender: &Sender) -> Result<Self> {
        Ok(Self {
            certificate: sender.certificate.clone(),
            brand_id: sender.is_brand.then(|| sender.id.clone()),
            ..Self::new(Arc::clone(&sender.account))?
        })
    }
}

impl Account {
    fn new(settings: MerchantSettings, shared: &Shared) -> Self {
        let count = Arc::clone(&shared.count);
        let world = World::new(&settings.mchid, shared.seed, count);
        world.open_with(settings.balance);
        Self {
            identity: Arc::clone(&shared.identity),
            dir: shared.dir.clone(),
            credentials: OnceLock::new(),
            brands: GivenBrands::default(),
            world,
            remembered: Remembered::default(),
            bills: Bills::new(&settings.mchid),
            bank_key_given: AtomicBool::new(false),
            certificate_clients: CertificateClients::default(),
            notify_url: Mutex::new(settings.notify_url.clone()),
            settings,
        }
    }

    pub(crate) fn mchid(&self) -> &str {
        &self.settings.mchid
    }

    /// The merchant's keys, if they have been needed before.
    pub(crate) fn made_credentials(&self) -> Option<&Credentials> {
        self.credentials.get()?.as_deref().ok()
    }

    /// The merchant's keys.
    pub(crate) fn credentials(&self) -> Result<Arc<Credentials>> {
        let made = self.credentials.get_or_init(|| self.make_credentials());
        made.as_ref().map(Arc::clone).map_err(Error::duplicate)
    }

    /// Keys that the user gives replace those of the folder.
    fn make_credentials(&self) -> Result<Arc<Credentials>> {
        let (identity, mchid, given) = (&self.identity, self.mchid(), &self.settings.keys);
        let Some(dir) = &self.dir else {
            return identity.credentials(mchid, given);
        };
        let is_default = self.is_first() && given.algorithm == KeyAlgorithm::Rsa;
        let own = if is_default {
            Arc::clone(&identity.merchant)
        } else {
            Arc::new(folder::open_merchant(dir, identity, mchid)?)
        };
        if given.is_empty() && own.key.algorithm() == given.algorithm {
            return Ok(own);
        }
        let credentials = identity.completed(mchid, given, Some(&own))?;
        folder::save_given(dir, identity, &credentials)?;
        Ok(Arc::new(credentials))
    }

    fn is_first(&self) -> bool {
        self.mchid() == self.identity.merchant.mchid
    }

    /// The files with the merchant's keys, if the sandbox has a folder.
    pub(crate) fn files(&self) -> Option<SandboxFiles> {
        let dir = self.dir.as_deref()?;
        let first = self.first_certificate().ok()?;
        let serial = first.serial();
        Some(if self.is_first() && self.settings.keys.is_empty() {
            SandboxFiles::of(dir, serial)
        } else {
            SandboxFiles::of_merchant(dir, serial, self.mchid())
        })
    }

    /// The first platform certificate for the algorithm of the merchant's key.
    pub(crate) fn first_certificate(&self) -> Result<Certificate> {
        match self.credentials()?.key.algorithm() {
            KeyAlgorithm::Sm2 => Ok(self.identity.sm_certified()?.certificate),
            _ => Ok(self.identity.certified.certificate.clone()),
        }
    }

    /// How the merchant knows the platform.
    pub(crate) fn view(&self) -> Result<PlatformView> {
        let credentials = self.credentials()?;
        Ok(PlatformView::new(&credentials, self.settings.mode))
    }

    pub(crate) fn has_opened(&self, product: &Product) -> bool {
        let opened = self.settings.products.as_ref();
        opened.is_none_or(|names| names.iter().any(|name| name == product.name))
    }

    pub(crate) fn notify_url(&self) -> Option<String> {
        let url = self.notify_url.lock();
        url.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Restores the state of the start, except for the keys. What clients know they know after it too, so the certificates
    /// sign for those that have fetched them.
    fn reset(&self) {
        self.world.reset();
        self.world.open_with(self.settings.balance);
        self.remembered.clear();
        self.bills.clear();
        self.bank_key_given.store(false, Ordering::Relaxed);
    }
}
