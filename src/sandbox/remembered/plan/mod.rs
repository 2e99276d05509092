//! The records that each operation keeps, derived from the catalog and the schemas.

mod numbers;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use http::Method;

use crate::schema;
use crate::service_order;
use numbers::Numbers;
pub(super) use numbers::is_merchants;
use wechatpay_core::catalog::{self, AnswerKind, Operation};

/// The effect of an operation on records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Makes,
    Queries,
    Changes,
    Lists,
    /// Reads, writes or removes a setting, which has no number: the place is its path.
    Sets,
}

#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) role: Role,
    /// The operations that share numbers.
    pub(super) family: &'static str,
    /// The numbers that find a record, the most specific first.
    pub(super) names: Vec<&'static str>,
    /// The numbers that a new record has.
    pub(super) makes: Vec<&'static str>,
    /// The merchant's number of a new record.
    pub(super) own: Option<&'static str>,
    /// The last segment of the path that is not a variable.
    pub(super) verb: &'static str,
    /// The number that a variable of the path has in records, and the variable.
    renamed: Option<(&'static str, &'static str)>,
    /// The variable that the path ends with.
    last: Option<&'static str>,
    /// Whether it also creates the record that it changes: users, not operations, create these numbers.
    pub(super) adopts: bool,
    /// The array of a list.
    pub(super) list: Option<&'static str>,
    /// Other numbers in the answer to a query, by which the record can be queried from then on.
    pub(super) shows: Vec<&'static str>,
    /// The number, at the end of the path, of a part of the record: a detail of a batch.
    pub(super) part: Option<&'static str>,
    /// The array of the coupon codes that the merchant uploads.
    pub(super) uploads: Option<&'static str>,
}

impl Plan {
    /// The variable of the path, or the parameter, that has a number.
    pub(super) fn variable_of(&self, name: &'static str) -> &'static str {
        match self.renamed {
            Some((renamed, variable)) if renamed == name => variable,
            _ if name == UPLOADED_CODE => COUPON_CODE,
            _ => name,
        }
    }

    /// The number that the path ends with.
    pub(super) fn last(&self) -> Option<&'static str> {
        let last = self.last?;
        let mut names = self.names.iter().copied();
        let uploaded = names.find(|name| *name == UPLOADED_CODE);
        uploaded.filter(|_| last == COUPON_CODE).or(Some(last))
    }
}

/// The plan of an operation; `None` when it remembers nothing.
pub(super) fn of(operation: &Operation) -> Option<&'static Plan> {
    static PLANS: LazyLock<HashMap<(&str, Method), Plan>> = LazyLock::new(all);
    PLANS.get(&(operation.path(), operation.method()))
}

/// Whether the operation creates or uses a number.
#[cfg(test)]
pub(super) fn has_numbers(operation: &'static Operation) -> bool {
    let operation = Numbers::of(operation);
    operation.made().next().is_some() || !operation.address().is_empty()
}

/// Whether a field of this name identifies a record that an operation creates.
pub(super) fn is_number(name: &str) -> bool {
    let ends = [
        "_no",
        "_id",
        "billno",
        "authenticate_number",
        "serial_number",
    ];
    let is_code = name.ends_with("_code") && (name.starts_with("out_") || name == "business_code");
    let is_code = is_code || name == "contract_code";
    let is_code = is_code || [COUPON_CODE, "user_card_code", "device_sn"].contains(&name);
    let named = name == "id" || is_code || ends.iter().any(|end| name.ends_with(end));
    named && !OTHERS.iter().any(|other| name.ends_with(other))
}

/// Ends of the names of numbers that no operation creates.
const OTHERS: [&str; 15] = [
    "account_number",
    "bank_number",
    "certificate_number",
    "certificates_number",
    "license_number",
    "mchid",
    "mch_id",
    "appid",
    "openid",
    "card_no",
    "unionid",
    "phone_no",
    "account_no",
    "branch_id",
    "region_id",
];

/// The number of a sub-merchant. It is the number of a record only where an operation creates sub-merchants; elsewhere it
/// tells whose record it is.
const SUB_MERCHANT: &str = "sub_mchid";

/// A code that the merchant uploaded for the coupons of a stock, until a coupon has it.
pub(super) const UPLOADED_CODE: &str = "uploaded_code";

/// Whether an unknown number of this kind is refused. Users get coupons without a request, and sub-merchants may be older
/// than the sandbox.
pub(super) fn is_refused(name: &str) -> bool {
    ![COUPON_CODE, SUB_MERCHANT].contains(&name)
}

/// The number of a coupon. Merchants may choose it, and users get coupons without a request.
pub(super) const COUPON_CODE: &str = "coupon_code";

pub(super) fn is_empty(operation: &Operation) -> bool {
    operation.answer() == AnswerKind::Empty
}

fn all() -> HashMap<(&'static str, Method), Plan> {
    let mut families: BTreeMap<&str, Vec<Numbers>> = BTreeMap::new();
    for operation in catalog::operations() {
        let numbers = Numbers::of(operation);
        families.entry(numbers.family).or_default().push(numbers);
    }
    let plans = families.values().flat_map(|family| plans(family));
    let plans: Vec<_> = plans.collect();
    let planned: BTreeSet<_> = plans
        .iter()
        .map(|(operation, _)| operation.path())
        .collect();
    let settings = settings().filter(|(operation, _)| !planned.contains(operation.path()));
    let plans = settings.collect::<Vec<_>>().into_iter().chain(plans);
    plans
        .map(|(operation, plan)| ((operation.path(), operation.method()), plan))
        .collect()
}

/// The plans of settings: paths that can be read and written.
fn settings() -> impl Iterator<Item = (&'static Operation, Plan)> {
    let of = |is_read: bool| -> BTreeSet<&'static str> {
        let operations = catalog::operations().iter();
        let operations = operations.filter(|it| (it.method() == Method::GET) == is_read);
        operations.map(Operation::path).collect()
    };
    let (read, written) = (of(true), of(false));
    // What a user has is a list: a `POST` adds to it.
    let is_setting = move |path: &str| {
        read.contains(path) && written.contains(path) && !path.contains("{openid}")
    };
    let operations = catalog::operations().iter();
    let operations = operations.filter(move |it| is_setting(it.path()));
    operations.map(|operation| (operation, setting(operation)))
}

fn setting(operation: &'static Operation) -> Plan {
    let read = catalog::find(&Method::GET, operation.path()).and_then(schema::of);
    let by_merchant = read.is_some_and(|it| it.query().iter().any(|it| it.name() == "mchid"));
    Plan {
        role: Role::Sets,
        family: operation.path(),
        names: by_merchant.then_some("mchid").into_iter().collect(),
        makes: Vec::new(),
        own: None,
        verb: "",
        renamed: None,
        last: None,
        adopts: false,
        list: None,
        shows: Vec::new(),
        part: None,
        uploads: None,
    }
}

/// The plans of a family. Numbers that are only created or only queried are not remembered.
fn plans(family: &[Numbers]) -> Vec<(&'static Operation, Plan)> {
    let made: BTreeSet<&str> = family.iter().flat_map(Numbers::made).collect();
    let adopted = family.iter().filter(|numbers| !numbers.reads());
    let adopted = adopted.flat_map(Numbers::adopted);
    let known: BTreeSet<&str> = made.iter().copied().chain(adopted).collect();
    let shown = |by: &Numbers| -> BTreeSet<&'static str> {
        let is_found = by.address().iter().any(|name| known.contains(name));
        let others = family.iter().filter(|_| is_found);
        others.filter_map(|other| other.shown_by(by)).collect()
    };
    let all_shown = family.iter().flat_map(&shown);
    let all_known: BTreeSet<&str> = known.iter().copied().chain(all_shown).collect();
    let mut plans: Vec<_> = family
        .iter()
        .filter_map(|numbers| {
            let mut plan = numbers.plan(&made, &all_known)?;
            plan.shows = shown(numbers).into_iter().collect();
            Some((numbers.operation, plan))
        })
        .collect();
    retain_used(&mut plans);
    plans
}

/// Removes the plans that create numbers which no operation uses.
fn retain_used(plans: &mut Vec<(&'static Operation, Plan)>) {
    let named = |is_reader: fn(&Plan) -> bool| -> BTreeSet<&str> {
        let readers = plans.iter().filter(|(_, plan)| is_reader(plan));
        readers
            .flat_map(|(_, plan)| plan.names.iter().copied())
            .collect()
    };
    let used = named(|plan| plan.role != Role::Makes);
    let read = named(|plan| matches!(plan.role, Role::Queries | Role::Lists));
    plans.retain(|(_, plan)| match plan.role {
        // The number of a request tells a repeated one, even if nothing queries it.
        Role::Makes if plan.own.is_some_and(|own| own.ends_with("request_no")) => true,
        Role::Makes => plan.makes.iter().any(|name| used.contains(name)),
        _ if plan.adopts => plan.names.iter().any(|name| read.contains(name)),
        _ => true,
    });
}

/// The orders of APIv2, some of which have special rules.
pub(super) const V2_ORDERS: &str = "v2/pay";

/// Paths whose operations share numbers with those of another path.
///
/// Sources: the pages of the operations. A batch of 微工卡 and a payment by code of 境外支付 are queried as the others are.
const SHARED: [(&str, &str); 4] = [
    ("v2/secapi/pay", V2_ORDERS),
    ("v2/xdc/apiv2sandbox", "v2/sandboxnew"),
    ("v3/global/micropay/transactions", "v3/global/transactions"),
    (
        "v3/payroll-card/transfer-batches",
        "v3/partner-transfer/batches",
    ),
];

/// The path with which an operation shares numbers; mostly its own.
fn shared(path: &str) -> Cow<'_, str> {
    let found = SHARED.iter().find_map(|(start, other)| {
        let rest = path.strip_prefix(start)?;
        Some(format!("{other}{rest}"))
    });
    found.map_or(Cow::Borrowed(path), Cow::Owned)
}

/// The first segments of the path: two, or three where the second has different products. Service orders have their own.
fn family(path: &'static str) -> &'static str {
    if service_order::is_operation(path) {
        return service_order::FAMILY;
    }
    let other = SHARED.iter().find(|(start, _)| path.starts_with(start));
    let path = other.map_or(path, |(_, other)| other);
    let wide = ["global/", "hk/v3/", "v3/global/", "v3/marketing/"];
    let is_wide = wide.iter().any(|start| path.starts_with(start));
    let most = if is_wide { 3 } else { 2 };
    let end = path.match_indices('/').nth(most - 1);
    end.map_or(path, |(end, _)| &path[..end])
}
