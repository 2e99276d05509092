//! The keys of a merchant's brands: given, or generated when they are first needed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Account, Accounts};
use crate::identity::Brand;
use wechatpay_core::error::Result;

/// The brands of one sandbox whose given keys have been needed before. Generated keys belong to the identity, which
/// several sandboxes share.
#[derive(Default)]
pub(super) struct GivenBrands {
    made: Mutex<BTreeMap<String, Arc<Brand>>>,
}

impl GivenBrands {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Brand>>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Account {
    /// The key and certificate of a brand of the merchant.
    pub(crate) fn brand(&self, brand_id: &str, now: i64) -> Result<Arc<Brand>> {
        let mut given = self.settings.brand_keys.iter();
        let Some(given) = given.find(|it| it.brand_id == brand_id) else {
            return self.identity.brand(brand_id, now);
        };
        let mut made = self.brands.lock();
        if let Some(brand) = made.get(brand_id) {
            return Ok(Arc::clone(brand));
        }
        let brand = self.identity.given_brand(given)?;
        made.insert(brand_id.to_owned(), Arc::clone(&brand));
        Ok(brand)
    }
}

impl Accounts {
    /// The brands whose keys have been needed before.
    #[cfg(feature = "control")]
    pub(crate) fn made_brands(&self) -> Vec<Arc<Brand>> {
        let mut brands = self.shared.identity.made_brands();
        for account in self.all() {
            brands.extend(account.brands.lock().values().map(Arc::clone));
        }
        brands
    }
}
