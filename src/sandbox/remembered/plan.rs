//! The records that each operation keeps, derived from the catalog and the schemas.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use http::Method;

use crate::schema::{self, Field, FieldKind};
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
    /// The variable that the path ends with.
    pub(super) last: Option<&'static str>,
    /// Whether it also creates the record that it changes: users, not operations, create these numbers.
    pub(super) adopts: bool,
    /// The array of a list.
    pub(super) list: Option<&'static str>,
}

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
    const OTHERS: [&str; 8] = [
        "mchid",
        "mch_id",
        "appid",
        "openid",
        "card_no",
        "unionid",
        "phone_no",
        "account_no",
    ];
    let ends = ["_no", "_id", "billno", "_number"];
    let is_code = name.ends_with("_code") && (name.starts_with("out_") || name == "business_code");
    let is_code = is_code || name == "contract_code";
    let is_code = is_code || [COUPON_CODE, "device_sn"].contains(&name);
    let named = name == "id" || is_code || ends.iter().any(|end| name.ends_with(end));
    named && !OTHERS.iter().any(|other| name.ends_with(other))
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
        last: None,
        adopts: false,
        list: None,
    }
}

/// The plans of a family. Numbers that are only created or only queried are not remembered.
fn plans(family: &[Numbers]) -> Vec<(&'static Operation, Plan)> {
    let made: BTreeSet<&str> = family.iter().flat_map(Numbers::made).collect();
    let adopted = family.iter().filter(|numbers| !numbers.reads());
    let adopted = adopted.flat_map(Numbers::adopted);
    let known: BTreeSet<&str> = made.iter().copied().chain(adopted).collect();
    let mut plans: Vec<_> = family
        .iter()
        .filter_map(|numbers| Some((numbers.operation, numbers.plan(&made, &known)?)))
        .collect();
    let named = |is_reader: fn(&Plan) -> bool| -> BTreeSet<&str> {
        let readers = plans.iter().filter(|(_, plan)| is_reader(plan));
        readers
            .flat_map(|(_, plan)| plan.names.iter().copied())
            .collect()
    };
    let used = named(|plan| plan.role != Role::Makes);
    let read = named(|plan| matches!(plan.role, Role::Queries | Role::Lists));
    plans.retain(|(_, plan)| match plan.role {
        Role::Makes => plan.makes.iter().any(|name| used.contains(name)),
        _ if plan.adopts => plan.names.iter().any(|name| read.contains(name)),
        _ => true,
    });
    plans
}

/// The name of a list in an answer, and the numbers of its items.
type List = (&'static str, Vec<&'static str>);

/// The numbers that an operation names.
struct Numbers {
    operation: &'static Operation,
    family: &'static str,
    path: Vec<&'static str>,
    query: Vec<&'static str>,
    request: Vec<&'static str>,
    response: Vec<&'static str>,
    /// The first array of the response whose items have numbers.
    list: Option<List>,
    verb: &'static str,
}

impl Numbers {
    fn of(operation: &'static Operation) -> Self {
        let path = operation.path();
        let variables = path.split('/').filter_map(|segment| {
            let inner = segment.strip_prefix('{')?.strip_suffix('}')?;
            is_number(inner).then_some(inner)
        });
        let schema = schema::of(operation);
        let (query, request, response) = schema.map_or((&[][..], &[][..], &[][..]), |schema| {
            (schema.query(), schema.request(), schema.response())
        });
        let mut literals = path.rsplit('/').filter(|it| !it.starts_with('{'));
        Self {
            operation,
            family: family(path),
            path: variables.collect(),
            query: numbers(query),
            request: numbers(request),
            response: numbers(response),
            list: response.iter().find_map(list),
            verb: literals.next().unwrap_or_default(),
        }
    }

    fn reads(&self) -> bool {
        let verb = self.verb;
        let is_query = verb.contains("query") || verb.starts_with("get") || verb.contains("find");
        self.operation.method() == Method::GET || is_query
    }

    fn changes(&self) -> bool {
        CHANGES.iter().any(|change| self.verb.contains(change))
    }

    /// The numbers of a new record. Numbers in the path identify another record.
    fn made(&self) -> impl Iterator<Item = &'static str> + '_ {
        let is_change = self.reads() || (self.path.is_empty() && self.changes());
        let new = self.own().into_iter().chain(self.new_in_answer());
        new.filter(move |_| !is_change)
    }

    /// The numbers in a change, which may belong to a record that a user created.
    fn adopted(&self) -> impl Iterator<Item = &'static str> + '_ {
        let body = self
            .request
            .iter()
            .filter(|_| self.path.is_empty() && self.changes());
        let names = self.path.iter().chain(body).copied();
        names.filter(|name| !self.is_template(name))
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
            self.path.contains(name) || (self.request.contains(name) && !is_chosen)
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
        let own = |name: &&&str| !self.path.contains(name) && is_merchants(name);
        let mut candidates: Vec<_> = self.request.iter().filter(own).copied().collect();
        candidates.sort_by_key(|name| (*name == "out_trade_no", *name != "out_request_no"));
        candidates.first().copied()
    }

    /// The numbers that identify an existing record.
    fn address(&self) -> Vec<&'static str> {
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

    fn plan(&self, made: &BTreeSet<&str>, known: &BTreeSet<&str>) -> Option<Plan> {
        let answer = self.operation.answer();
        if matches!(answer, AnswerKind::Redirect | AnswerKind::Stream) {
            return None;
        }
        let makes: Vec<_> = self.made().collect();
        let is_of_coupon = self.is_of_coupon() && known.contains(COUPON_CODE);
        let list = self.known_list(known);
        let (role, names) = self.role(known, list, &makes, is_of_coupon);
        if names.is_empty() {
            return None;
        }
        let is_made = names.iter().any(|name| made.contains(name));
        Some(Plan {
            adopts: role == Role::Changes
                && (is_of_coupon || (!is_made && self.adopted().next().is_some())),
            role,
            family: self.family,
            names,
            own: self.own().filter(|own| makes.contains(own)),
            makes,
            verb: self.verb,
            last: last_variable(self.operation.path()),
            list: list.map(|(name, _)| *name),
        })
    }
}

fn is_merchants(name: &str) -> bool {
    let named = ["out_", "mch_billno", "partner_trade_no", "business_code"];
    named.iter().any(|start| name.starts_with(start)) || name.ends_with("request_no")
}

fn numbers(fields: &[Field]) -> Vec<&'static str> {
    let names = fields.iter().filter(|field| field.fields().is_empty());
    names
        .map(Field::name)
        .filter(|name| is_number(name))
        .collect()
}

fn list(field: &Field) -> Option<(&'static str, Vec<&'static str>)> {
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

/// The orders of APIv2, some of which have special rules.
pub(super) const V2_ORDERS: &str = "v2/pay";

/// The first two segments of the path, or the first three of `global/v3/…`.
fn family(path: &'static str) -> &'static str {
    if path.starts_with("v2/secapi/pay/") {
        return V2_ORDERS;
    }
    let most = if path.starts_with("global/") { 3 } else { 2 };
    let end = path.match_indices('/').nth(most - 1);
    end.map_or(path, |(end, _)| &path[..end])
}
