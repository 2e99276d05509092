//! All accounts of a sandbox.

use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
#[cfg(feature = "state")]
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock};

use super::Account;
use crate::bilingual::Bilingual;
use crate::identity::{BRAND_ID, Identity, is_same_serial};
use crate::merchants::{FieldProblem, MerchantKind, MerchantSettings};
use wechatpay_core::crypto::KeyAlgorithm;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// How many accounts there may be. Each remembers up to 10,000 things of each kind.
const MOST: usize = 1000;

/// A service provider with two sub-merchants, which every sandbox has.
const PROVIDER: (&str, [&str; 2]) = ("1900007100", ["1900007101", "1900007102"]);

/// The state that all accounts of a sandbox share.
pub(crate) struct Shared {
    pub(crate) identity: Arc<Identity>,
    pub(crate) dir: Option<PathBuf>,
    pub(crate) seed: u64,
    /// Whether the first merchant has an SM2 key, unless it is given another.
    pub(crate) sm: bool,
    /// How many things have numbers: no two merchants have the same.
    pub(crate) count: Arc<AtomicU64>,
}

/// The accounts, the first merchant first.
pub(crate) struct Accounts {
    pub(super) shared: Shared,
    first: Arc<Account>,
    others: RwLock<Vec<Arc<Account>>>,
}

/// Why an account cannot be added.
#[derive(Debug)]
pub(crate) enum AccountError {
    Wrong(FieldProblem),
    /// There is one with this merchant id or brand id.
    Exists(Bilingual),
    TooMany(Bilingual),
}

impl Accounts {
    /// The accounts of the start. The first merchant is the identity's; `settings` may have one for it, and replace the
    /// default service provider.
    pub(crate) fn new(shared: Shared, settings: &[MerchantSettings]) -> Result<Self> {
        let first_id = shared.identity.merchant.mchid.clone();
        let own = settings.iter().find(|it| it.mchid == first_id).cloned();
        let mut first = own.unwrap_or_else(|| default_merchant(&first_id));
        if shared.sm && first.keys.key.is_none() {
            first.keys.algorithm = KeyAlgorithm::Sm2;
        }
        let brand_is_taken = settings
            .iter()
            .any(|it| it.brands.iter().any(|brand| brand == BRAND_ID));
        if first.brands.is_empty() && !brand_is_taken {
            first.brands.push(BRAND_ID.to_owned());
        }
        let accounts = Self {
            first: Arc::new(Account::new(first, &shared)),
            others: RwLock::default(),
            shared,
        };
        for merchant in settings.iter().filter(|it| it.mchid != first_id) {
            accounts.add(merchant.clone())?;
        }
        accounts.add_missing_subs(&accounts.first.settings.clone());
        accounts.add_default_provider();
        Ok(accounts)
    }

    pub(crate) fn first(&self) -> &Arc<Account> {
        &self.first
    }

    pub(crate) fn all(&self) -> Vec<Arc<Account>> {
        let others = self.others.read().unwrap_or_else(PoisonError::into_inner);
        let others = others.iter().map(Arc::clone);
        std::iter::once(Arc::clone(&self.first))
            .chain(others)
            .collect()
    }

    pub(crate) fn find(&self, mchid: &str) -> Option<Arc<Account>> {
        self.find_by(|account| account.mchid() == mchid)
    }

    /// The account whose brand it is.
    pub(crate) fn of_brand(&self, brand_id: &str) -> Option<Arc<Account>> {
        self.find_by(|account| account.settings.brands.iter().any(|it| it == brand_id))
    }

    /// The merchant whose certificate has this serial, among those whose keys are made.
    pub(crate) fn owner_of_serial(&self, serial: &str) -> Option<String> {
        let is_its = |account: &Account| {
            account
                .made_credentials()
                .is_some_and(|it| is_same_serial(it.certificate.serial(), serial))
        };
        self.find_by(is_its)
            .map(|account| account.mchid().to_owned())
    }

    /// Adds an account, and its sub-merchants that have none.
    pub(crate) fn add(
        &self,
        settings: MerchantSettings,
    ) -> std::result::Result<Arc<Account>, AccountError> {
        if let Some(problem) = settings.problem() {
            return Err(AccountError::Wrong(problem));
        }
        let account = Arc::new(Account::new(settings.clone(), &self.shared));
        let mut others = self.others.write().unwrap_or_else(PoisonError::into_inner);
        // A merchant that only a service provider has named so far gets its settings now.
        let is_replaced =
            |known: &Account| known.settings.is_made_up && known.mchid() == settings.mchid;
        let known = others.iter().filter(|known| !is_replaced(known));
        check_new(known.chain([&self.first]), &settings)?;
        others.retain(|known| !is_replaced(known));
        others.push(Arc::clone(&account));
        drop(others);
        self.add_missing_subs(&settings);
        Ok(account)
    }

    /// How many numbers of WeChat Pay the accounts have given.
    #[cfg(feature = "state")]
    pub(crate) fn count(&self) -> u64 {
        self.shared.count.load(Ordering::Relaxed)
    }

    #[cfg(feature = "state")]
    pub(crate) fn set_count(&self, count: u64) {
        self.shared.count.store(count, Ordering::Relaxed);
    }

    pub(crate) fn reset(&self) {
        self.all().iter().for_each(|account| account.reset());
    }

    fn add_missing_subs(&self, settings: &MerchantSettings) {
        for mchid in &settings.sub_merchants {
            if self.find(mchid).is_none() {
                let mut sub = MerchantSettings::new(mchid);
                sub.is_made_up = true;
                let account = Arc::new(Account::new(sub, &self.shared));
                let mut others = self.others.write().unwrap_or_else(PoisonError::into_inner);
                others.push(account);
            }
        }
    }

    /// The user's own merchants go first.
    fn add_default_provider(&self) {
        let (provider, subs) = PROVIDER;
        if self.find(provider).is_none() && subs.iter().all(|it| self.find(it).is_none()) {
            let settings = MerchantSettings::new(provider)
                .kind(MerchantKind::ServiceProvider)
                .sub_merchants(subs);
            // The settings are right, and the ids are free.
            let _ = self.add(settings);
        }
    }

    fn find_by(&self, is_it: impl Fn(&Account) -> bool) -> Option<Arc<Account>> {
        if is_it(&self.first) {
            return Some(Arc::clone(&self.first));
        }
        let others = self.others.read().unwrap_or_else(PoisonError::into_inner);
        others.iter().find(|account| is_it(account)).map(Arc::clone)
    }
}

/// The first merchant, if nothing else is said of it.
fn default_merchant(mchid: &str) -> MerchantSettings {
    MerchantSettings::new(mchid).kind(MerchantKind::Any)
}

fn check_new<'a>(
    known: impl Iterator<Item = &'a Arc<Account>> + Clone,
    settings: &MerchantSettings,
) -> std::result::Result<(), AccountError> {
    let mchid = &settings.mchid;
    if known.clone().any(|it| it.mchid() == mchid) {
        return Err(AccountError::Exists(Bilingual::from((
            format!("there is a merchant {mchid:?} already: give another mchid"),
            format!("商户 {mchid:?} 已存在：请换一个商户号"),
        ))));
    }
    let brands = known.clone().flat_map(|it| &it.settings.brands);
    if let Some(brand) = brands.clone().find(|it| settings.brands.contains(it)) {
        return Err(AccountError::Exists(Bilingual::from((
            format!("the brand {brand:?} belongs to another merchant: give another id"),
            format!("品牌 {brand:?} 属于其他商户：请换一个品牌ID"),
        ))));
    }
    let count = known.count() + settings.sub_merchants.len();
    if count >= MOST {
        return Err(AccountError::TooMany(Bilingual::from((
            format!("there are {MOST} merchants at most: start another sandbox"),
            format!("最多 {MOST} 个商户：请另启一个沙箱"),
        ))));
    }
    Ok(())
}

impl From<AccountError> for Error {
    fn from(err: AccountError) -> Self {
        let (message, chinese) = match err {
            AccountError::Wrong((field, problem)) => (
                format!("{field}: {}", problem.en),
                format!("{field}：{}", problem.zh),
            ),
            AccountError::Exists(problem) | AccountError::TooMany(problem) => {
                (problem.en.into_owned(), problem.zh.into_owned())
            }
        };
        Self::new(ErrorKind::Builder, message).with_chinese(chinese)
    }
}
