//! Who signs a request: the ids and the certificate of a merchant or a brand.

use std::sync::Arc;

use super::{Account, Accounts};
use wechatpay_core::crypto::Certificate;
use wechatpay_core::error::Result;
use wechatpay_core::protocol::Scheme;

/// A merchant or one of its brands, as the `Authorization` header names it.
pub(crate) struct Sender {
    pub(crate) account: Arc<Account>,
    /// The merchant id or the brand id.
    pub(crate) id: String,
    pub(crate) certificate: Certificate,
    pub(crate) is_brand: bool,
}

impl Accounts {
    /// The sender that a header names; `None` when the sandbox has no such merchant or brand.
    pub(crate) fn sender(&self, scheme: Scheme, id: &str, now: i64) -> Result<Option<Sender>> {
        let account = match scheme {
            Scheme::Brand => self.of_brand(id),
            _ => self.find(id),
        };
        let sender = |account: Arc<Account>| {
            Ok(Sender {
                id: id.to_owned(),
                is_brand: scheme == Scheme::Brand,
                certificate: match scheme {
                    Scheme::Brand => account.brand(id, now)?.certificate.clone(),
                    _ => account.credentials()?.certificate.clone(),
                },
                account,
            })
        };
        account.map(sender).transpose()
    }

    /// The id to use in place of an unknown one: the first merchant's.
    pub(crate) fn expected_id(&self, scheme: Scheme) -> String {
        let first = &self.first().settings;
        match scheme {
            Scheme::Brand => first.brands.first().cloned().unwrap_or_default(),
            _ => first.mchid.clone(),
        }
    }
}
