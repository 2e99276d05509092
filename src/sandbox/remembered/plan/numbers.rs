//! The numbers that an operation names, and what it does with their records.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use http::Method;

use super::{COUPON_CODE, Plan, Role, SUB_MERCHANT, UPLOADED_CODE, family, is_number, shared};
use crate::schema::{self, Field, FieldKind};
use wechatpay_core::catalog::{self, AnswerKind, Operation};

/// Words in the last segment of operations that change or end a record.
const CHANGES: [&str; 16] = [
    "close",
    "cancel",
    "revoke",
    "terminate",
    "delete",
    "deactivate",
    "unbind",
    "reverse",
    "finish",
    "complete",
    "modify",
    "update",
    "sync",
    "consume",
    "unfreeze",
    "invalid",
];

/// 创单结单合并: it creates an order that is complete.
const CREATE_AND_COMPLETE: &str = "direct-complete";

/// The name of a list in an answer, and the numbers of its items.
type List = (&'static str, Vec<&'static str>);

/// The numbers that an operation names.
pub(super) struct Numbers {
    pub(super) operation: &'static Operation,
    pub(super) family: &'static str,
    path: Vec<&'static str>,
    query: Vec<&'static str>,
    request: Vec<&'static str>,
    response: Vec<&'static str>,
    /// The number that a variable of the path has in records, and the variable.
    renamed: Option<(&'static str, &'static str)>,
    /// The first array of the response whose items have numbers.
    list: Option<List>,
    verb: &'static str,
}

impl Numbers {
    pub(super) fn of(operation: &'static Operation) -> Self {
        let path = operation.path();
        let renamed = renamed(path);
        let variables = variables(path).filter_map(|variable| match renamed {
            Some((name, of)) if of == variable => Some(name),
            _ => is_number(variable).then_some(variable),
        });
        let schema = schema::of(operation);
        let (query, request, response) = schema.map_or((&[][..], &[][..], &[][..]), |schema| {
            (schema.query(), schema.request(), schema.response())
        });
        let mut literals = path.rsplit('/').filter(|it| !it.starts_with('{'));
        let mut numbers = Self {
            operation,
            family: family(path),
            path: variables.collect(),
            query: numbers(query),
            request: numbers(request),
            response: numbers(response),
            renamed,
            list: response.iter().find_map(list),
            verb: literals.next().unwrap_or_default(),
        };
        numbers.add_sub_merchant(request, response);
        if !FAMILIES_OF_BRANDS.contains(numbers.family) {
            numbers.remove(BRAND);
        }
        numbers
    }

    /// Counts the number of a sub-merchant where an operation creates sub-merchants.
    fn add_sub_merchant(&mut self, request: &[Field], response: &[Field]) {
        let path = self.operation.path();
        if !MAKERS_OF_MERCHANTS.iter().any(|maker| is_part(path, maker)) {
            return;
        }
        let has = |fields: &[Field]| fields.iter().any(|field| field.name() == SUB_MERCHANT);
        if variables(path).any(|variable| variable == SUB_MERCHANT) {
            self.path.push(SUB_MERCHANT);
        } else if has(request) {
            self.request = vec![SUB_MERCHANT];
        } else if has(response) {
            self.response.push(SUB_MERCHANT);
        }
    }

    /// Leaves a number out of all but the path.
    fn remove(&mut self, number: &str) {
        for names in [&mut self.query, &mut self.request, &mut self.response] {
            names.retain(|name| *name != number);
        }
        if let Some((_, names)) = &mut self.list {
            names.retain(|name| *name != number);
        }
    }

    pub(super) fn reads(&self) -> bool {
        let verb = self.verb;
        let is_query = verb.contains("query") || verb.starts_with("get") || verb.contains("find");
        self.operation.method() == Method::GET || is_query
    }

    /// Whether it changes a record that its body names.
    fn changes(&self) -> bool {
        let is_change = CHANGES.iter().any(|change| self.verb.contains(change));
        let is_change = is_change && self.verb != CREATE_AND_COMPLETE;
        self.path.is_empty() && is_change && !self.request.is_empty()
    }

    /// The numbers of a new record. Numbers in the path identify another record.
    pub(super) fn made(&self) -> impl Iterator<Item = &'static str> + '_ {
        let is_change = self.reads() || self.changes();
        let new = self.own().into_iter().chain(self.new_in_answer());
        new.filter(move |_| !is_change)
    }

    /// The numbers in a change, which may belong to a record that a user created.
    pub(super) fn adopted(&self) -> impl Iterator<Item = &'static str> + '_ {
        let body = self.request.iter().filter(|_| self.changes());
        let names = self.path.iter().chain(body).copied();
        names.filter(|name| !self.is_template(name))
    }

    /// The number that the path of a query ends with, if the answer of `other` shows it too: both answer with the same
    /// numbers, such as the query by `out_trade_no` and that by `transaction_id`.
    pub(super) fn shown_by(&self, other: &Self) -> Option<&'static str> {
        if self.path.len() != 1 {
            return None;
        }
        let variable = last_variable(self.operation.path())?;
        let renamed = self.renamed.filter(|(_, of)| *of == variable);
        let asked = renamed.map_or(variable, |(name, _)| name);
        let is_sibling = self.reads() && other.reads() && !other.path.contains(&asked);
        let is_same = self.response == other.response && other.response.contains(&asked);
        (is_sibling && is_same).then_some(asked)
    }

    /// Whether a number is that of a template (模板), which is configured on the merchant platform and has many contracts,
    /// so it finds none of them. APIv2 finds a contract by `contract_id`, or by `plan_id` and `contract_code`, of which the
    /// merchant has one each.
    ///
    /// Source: <https://pay.weixin.qq.com/doc/v2/partner/4011988379>.
    fn is_template(&self, name: &str) -> bool {
        let mut named = self.path.iter().chain(&self.request);
        name == "plan_id" && named.any(|name| name.contains("contract"))
    }

    fn new_in_answer(&self) -> impl Iterator<Item = &'static str> + '_ {
        let sent = |name: &&str| {
            let is_chosen = *name == COUPON_CODE && !self.is_of_coupon();
            let is_addressed = self.path.contains(name) || self.query.contains(name);
            is_addressed || (self.request.contains(name) && !is_chosen)
        };
        self.response
            .iter()
            .copied()
            .filter(move |name| !sent(name))
    }

    /// Whether the operation changes a coupon that its body names.
    fn is_of_coupon(&self) -> bool {
        let is_named = self.request.contains(&COUPON_CODE);
        let is_sent = self.verb.contains("send") || self.verb == "coupons";
        is_named && self.path.is_empty() && !self.reads() && !is_sent
    }

    /// The merchant's number of a new record. `out_trade_no` is often the number of an existing order.
    fn own(&self) -> Option<&'static str> {
        let own = |name: &&&str| {
            let is_own = is_merchants(name) || self.is_asked_below(name);
            !self.path.contains(name) && is_own
        };
        let mut candidates: Vec<_> = self.request.iter().filter(own).copied().collect();
        candidates.sort_by_key(|name| (*name == "out_trade_no", *name != "out_request_no"));
        candidates.first().copied()
    }

    /// Whether a query has this path and then the number: `POST tasks` and `GET tasks/{task_id}`.
    fn is_asked_below(&self, name: &str) -> bool {
        if name == COUPON_CODE {
            return false;
        }
        let below = format!("{}/{{{name}}}", self.operation.path());
        let found = catalog::find(&Method::GET, &below);
        self.operation.method() == Method::POST && found.is_some_and(|it| it.path() == below)
    }

    /// The numbers that identify an existing record.
    pub(super) fn address(&self) -> Vec<&'static str> {
        if !self.path.is_empty() {
            self.path.iter().rev().copied().collect()
        } else if self.operation.method() == Method::GET && !self.query.is_empty() {
            self.query.clone()
        } else {
            self.request.clone()
        }
    }

    /// The list that the operation answers, if its items have numbers that are known.
    fn known_list(&self, known: &BTreeSet<&str>) -> Option<&List> {
        let is_known = |(_, names): &&List| names.iter().any(|name| known.contains(name));
        self.list.as_ref().filter(|_| self.reads()).filter(is_known)
    }

    /// Returns what the operation does with records, and the numbers that it does it by.
    fn role(
        &self,
        known: &BTreeSet<&str>,
        list: Option<&List>,
        makes: &[&'static str],
        is_of_coupon: bool,
    ) -> (Role, Vec<&'static str>) {
        let is_known = |name: &&'static str| known.contains(name);
        let address = || self.address().into_iter().filter(is_known).collect();
        if let Some((_, names)) = list.filter(|_| !self.operation.path().ends_with('}')) {
            // A coupon also has the numbers of its requests.
            let listed = if names.contains(&COUPON_CODE) && known.contains(COUPON_CODE) {
                vec![COUPON_CODE]
            } else {
                names.iter().copied().filter(is_known).collect()
            };
            return (Role::Lists, listed);
        }
        if is_of_coupon {
            (Role::Changes, vec![COUPON_CODE])
        } else if self.reads() {
            (Role::Queries, address())
        } else if !self.path.is_empty() || makes.is_empty() {
            (Role::Changes, address())
        } else {
            (Role::Makes, makes.to_vec())
        }
    }

    pub(super) fn plan(&self, made: &BTreeSet<&str>, known: &BTreeSet<&str>) -> Option<Plan> {
        let answer = self.operation.answer();
        if matches!(answer, AnswerKind::Redirect | AnswerKind::Stream) {
            return None;
        }
        let makes: Vec<_> = self.made().collect();
        let is_of_coupon = self.is_of_coupon() && known.contains(COUPON_CODE);
        let list = self.known_list(known);
        let (role, mut names) = self.role(known, list, &makes, is_of_coupon);
        if names.is_empty() {
            return None;
        }
        let is_made = names.iter().any(|name| made.contains(name));
        let is_adopted = names.contains(&SUB_MERCHANT) || !is_made;
        if self.is_of_uploaded_codes() && names.contains(&COUPON_CODE) {
            names.insert(1, UPLOADED_CODE);
        }
        let is_part = |name: &&str| role == Role::Queries && !names.contains(name);
        let part = last_variable(self.operation.path());
        let part = part.filter(|name| self.path.contains(name)).filter(is_part);
        Some(Plan {
            adopts: role == Role::Changes
                && (is_of_coupon || (is_adopted && self.adopted().next().is_some())),
            role,
            family: self.family,
            names,
            own: self.own().filter(|own| makes.contains(own)),
            makes,
            verb: self.verb,
            renamed: self.renamed,
            last: last_variable(self.operation.path()),
            list: list.map(|(name, _)| *name),
            shows: Vec::new(),
            part,
            uploads: self.uploads(),
        })
    }

    /// Whether it reads or deletes the codes that the merchant uploaded for a stock of coupons.
    fn is_of_uploaded_codes(&self) -> bool {
        self.verb == "couponcodes"
    }

    /// The array of the codes that the merchant uploads.
    fn uploads(&self) -> Option<&'static str> {
        let fields = schema::of(self.operation).map_or(&[][..], |schema| schema.request());
        let names = fields
            .iter()
            .filter(|field| field.kind() == FieldKind::Array);
        let is_upload = !self.reads() && self.path.contains(&"stock_id");
        let mut names = names.map(Field::name).filter(|_| is_upload);
        names.find(|name| name.ends_with("code_list"))
    }
}

/// The number of a brand. It is the number of a record only where paths have it, as those of 自定义入口; elsewhere it tells
/// whose record it is.
const BRAND: &str = "brand_id";

static FAMILIES_OF_BRANDS: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let paths = catalog::operations().iter().map(Operation::path);
    let named = paths.filter(|path| variables(path).any(|variable| variable == BRAND));
    named.map(family).collect()
});

/// The paths of the operations whose answer is the number of a new sub-merchant.
static MAKERS_OF_MERCHANTS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let has = |fields: &[Field]| fields.iter().any(|field| field.name() == SUB_MERCHANT);
    let makes = |operation: &&'static Operation| {
        let schema = schema::of(operation).filter(|_| operation.method() == Method::POST);
        let is_new = schema.is_some_and(|it| has(it.response()) && !has(it.request()));
        is_new && operation.path().ends_with("/merchants")
    };
    let makers = catalog::operations().iter().filter(makes);
    makers.map(Operation::path).collect()
});

/// Whether a path is another one, or continues it with the number of a sub-merchant.
fn is_part(path: &str, whole: &str) -> bool {
    let rest = path.strip_prefix(whole);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("/{sub_mchid}"))
}

/// The variable `refund_id` of `…/id/{refund_id}` is the member `id` of the answer to its query.
fn renamed(path: &'static str) -> Option<(&'static str, &'static str)> {
    let (start, rest) = path.split_once("/id/{")?;
    let (variable, _) = rest.split_once('}')?;
    let whole = shared(&path[..start.len() + "/id/{}".len() + variable.len()]);
    let read = catalog::find(&Method::GET, &whole).and_then(schema::of)?;
    let has = |name: &str| read.response().iter().any(|field| field.name() == name);
    (has("id") && !has(variable)).then_some(("id", variable))
}

fn variables(path: &'static str) -> impl Iterator<Item = &'static str> {
    let segments = path.split('/');
    segments.filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

pub(in super::super) fn is_merchants(name: &str) -> bool {
    let named = ["out_", "mch_billno", "partner_trade_no", "business_code"];
    let is_named = named.iter().any(|start| name.starts_with(start));
    is_named || name.ends_with("request_no") || name == "authenticate_number"
}

fn numbers(fields: &[Field]) -> Vec<&'static str> {
    let names = fields.iter().filter(|field| field.fields().is_empty());
    names
        .map(Field::name)
        .filter(|name| is_number(name))
        .collect()
}

fn list(field: &Field) -> Option<List> {
    let item = (field.kind() == FieldKind::Array).then(|| field.fields().first())??;
    let names = numbers(item.fields());
    (!names.is_empty()).then(|| (field.name(), names))
}

fn last_variable(path: &'static str) -> Option<&'static str> {
    path.rsplit('/')
        .next()?
        .strip_prefix('{')?
        .strip_suffix('}')
}
