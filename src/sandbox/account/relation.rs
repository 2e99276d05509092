//! Which sub-merchants an account may call for, and which products it has.

use serde_json::Value;

use super::{Account, Accounts};
use crate::merchants::{MerchantKind, product_of};
use crate::refusal::{Refusal, business};
use crate::validation::IncomingRequest;
use wechatpay_core::catalog::Operation;

impl Accounts {
    /// Refuses a request for a sub-merchant that is not the account's, or with a product that is not opened.
    pub(crate) fn check(
        &self,
        account: &Account,
        request: &IncomingRequest<'_>,
    ) -> Result<(), Refusal> {
        // An operation without a signature names no account of its caller.
        if request.operation.unsigned_request() {
            return Ok(());
        }
        let Named { providers, subs } = Named::of(request);
        for (name, provider) in &providers {
            self.check_provider(account, name, provider)?;
        }
        for sub in &subs {
            self.check_relation(account, sub)?;
        }
        let needs_sub = account.settings.kind.is_provider() && is_own_order(request.operation);
        if subs.is_empty() && needs_sub {
            return Err(business::SUB_MCHID_MISSING.with(&[&account.mchid()]));
        }
        let Some(product) = product_of(request.operation, request.json) else {
            return Ok(());
        };
        if !account.has_opened(product) {
            let (name, title) = (product.name, product.title);
            return Err(business::PRODUCT_NOT_OPENED.with(&[&account.mchid(), &title, &name]));
        }
        for sub in subs {
            let known = self.find(&sub);
            if known.is_some_and(|sub| !sub.has_opened(product)) {
                return Err(business::PRODUCT_NOT_GRANTED.with(&[&sub, &product.title]));
            }
        }
        Ok(())
    }

    /// A service provider or channel that a request names is the caller itself, or one whose sub-merchant it is. A
    /// merchant of the kind `any` may have providers that the sandbox does not know.
    fn check_provider(&self, account: &Account, name: &str, id: &str) -> Result<(), Refusal> {
        if id == account.mchid() {
            return Ok(());
        }
        let names_channel = name == "channel_id";
        let kind = account.settings.kind;
        let fits = match self.find(id) {
            Some(known) => {
                let subs = &known.settings.sub_merchants;
                let is_its = subs.iter().any(|sub| sub == account.mchid());
                is_its || (names_channel && known.settings.kind == MerchantKind::Channel)
            }
            None => kind == MerchantKind::Any || (names_channel && kind != MerchantKind::Channel),
        };
        if fits {
            return Ok(());
        }
        Err(business::MCH_NOT_EXISTS.with(&[&format_args!("{id:?}"), &account.mchid()]))
    }

    fn check_relation(&self, account: &Account, sub: &str) -> Result<(), Refusal> {
        let settings = &account.settings;
        if settings.sub_merchants.iter().any(|own| own == sub) {
            return Ok(());
        }
        let is_others = || {
            let all = self.all();
            all.iter()
                .any(|it| it.settings.sub_merchants.iter().any(|its| its == sub))
        };
        match settings.kind {
            MerchantKind::Merchant => {
                Err(business::SUB_MCHID_NOT_ALLOWED.with(&[&account.mchid()]))
            }
            MerchantKind::Any if !is_others() => Ok(()),
            _ => Err(business::NOT_BOUND.with(&[&format_args!("{sub:?}"), &account.mchid()])),
        }
    }
}

const PROVIDERS: [&str; 2] = ["sp_mchid", "channel_id"];
const SUBS: [&str; 2] = ["sub_mchid", "sub_mch_id"];

/// The ids that a request names: in the path, the query, the body, and in each item of its lists, such as the orders of
/// a combined one. Other objects may describe an order that somebody else made.
#[derive(Default)]
struct Named {
    /// Service providers and channels, each with the name of its field.
    providers: Vec<(&'static str, String)>,
    /// Sub-merchants.
    subs: Vec<String>,
}

impl Named {
    fn of(request: &IncomingRequest<'_>) -> Self {
        let mut found = Self::default();
        for (name, value) in request.parameters().chain(request.variables()) {
            found.add(&name, &value);
        }
        let body = request.json;
        let members = body.and_then(Value::as_object).into_iter().flatten();
        let items = members.filter_map(|(_, value)| value.as_array()).flatten();
        for object in body.into_iter().chain(items) {
            for name in PROVIDERS.iter().chain(&SUBS) {
                if let Some(id) = object.get(name).and_then(Value::as_str) {
                    found.add(name, id);
                }
            }
        }
        found
    }

    /// An empty id counts as absent.
    fn add(&mut self, name: &str, id: &str) {
        if id.is_empty() {
            return;
        }
        if let Some(provider) = PROVIDERS.into_iter().find(|it| *it == name) {
            self.providers.push((provider, id.to_owned()));
        } else if SUBS.contains(&name) {
            self.subs.push(id.to_owned());
        }
    }
}

/// Whether an operation makes an order of the merchant that calls, and not of a sub-merchant unless it names one.
fn is_own_order(operation: &Operation) -> bool {
    let path = operation.path();
    let is_v3 = path
        .strip_prefix("v3/pay/transactions/")
        .is_some_and(|kind| !kind.contains('/'));
    is_v3 || ["v2/pay/unifiedorder", "v2/pay/micropay"].contains(&path)
}
