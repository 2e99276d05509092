//! Which merchant has an order or another thing, for actions that name its number alone.

use std::sync::Arc;

use super::{Account, Accounts};
use crate::bilingual::Bilingual;
use crate::world::{ActionError, ActionResult};

impl Accounts {
    /// The account that an action works on: the named one, or the only one that has the thing. If none has it this is
    /// the first, whose world says so.
    #[cfg(feature = "control")]
    pub(crate) fn holder(
        &self,
        mchid: Option<&str>,
        number: &str,
        has: impl Fn(&Account) -> bool,
    ) -> ActionResult<Arc<Account>> {
        if let Some(mchid) = mchid {
            return self.named(mchid);
        }
        let all = self.all();
        let mut holders = all.iter().filter(|account| has(account));
        let found = holders.next();
        if let (Some(first), Some(second)) = (found, holders.next()) {
            let (first, second) = (first.mchid(), second.mchid());
            return Err(ActionError::conflict((
                format!(
                    "several merchants have {number:?}, as {first} and {second}: name one in mchid"
                ),
                format!("多个商户都有 {number:?}，例如 {first} 和 {second}：请用 mchid 指明商户"),
            )));
        }
        Ok(Arc::clone(found.unwrap_or(self.first())))
    }

    /// The account of a merchant id that a user gives.
    pub(crate) fn named(&self, mchid: &str) -> ActionResult<Arc<Account>> {
        self.find(mchid).ok_or_else(|| {
            ActionError::NotFound(Bilingual::from((
                format!("the sandbox has no merchant {mchid:?}: GET merchants lists those it has"),
                format!("沙箱没有商户 {mchid:?}：GET merchants 列出全部商户"),
            )))
        })
    }
}
