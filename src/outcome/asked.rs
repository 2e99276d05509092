//! Builds the query and the close of a request from its body.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use serde_json::{Map, Value};

use super::state::is_same;
use crate::base_url::BaseUrl;
use crate::call::Call;
use crate::engine::Engine;
use crate::message::{Payload, Response};
use crate::plan::Plan;
use wechatpay_core::catalog::{self, Carried, MerchantNumber};
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::xml;

/// The data that a query of a request's outcome needs.
pub(super) struct Asked {
    pub(super) engine: Arc<Engine>,
    pub(super) template: &'static str,
    pub(super) number: &'static MerchantNumber,
    body: Value,
    pub(super) is_v2: bool,
    base_url: Option<BaseUrl>,
    timeout: Option<Duration>,
}

/// The task of a query, for its errors.
#[derive(Clone, Copy)]
pub(super) enum Task {
    /// The request is sent first.
    Send,
    /// The request was sent earlier.
    FollowUp,
}

impl Asked {
    /// # Errors
    ///
    /// [`ErrorKind::Request`] when the request cannot be queried, or not be closed although it `closes`.
    pub(super) fn of(engine: &Arc<Engine>, plan: &Plan, task: Task, closes: bool) -> Result<Self> {
        let Some(operation) = engine.operation(plan) else {
            return Err(unlisted(plan, task));
        };
        let Some(number) = operation.merchant_number() else {
            return Err(task.refused(
                "the catalog does not know by which number this operation is queried",
                "接口目录没有记载该接口按什么单号查询",
                Remedy::BY_HAND,
            ));
        };
        let is_v2 = operation.is_v2();
        let Some(body) = members(&plan.payload, is_v2).map(Value::Object) else {
            return Err(task.refused(
                "the body is not an object, so it has no number to query by",
                "请求体不是对象，没有可供查询的单号",
                Remedy::OBJECT,
            ));
        };
        let asked = Self {
            engine: Arc::clone(engine),
            template: operation.path(),
            number,
            body,
            is_v2,
            base_url: plan.base_url.clone(),
            timeout: plan.options.timeout,
        };
        // Checked now, not only when the outcome is unknown.
        if let Some(member) = asked.lacks(number.carries) {
            return Err(lacking(member, number, task));
        }
        if closes && !number.payable.is_empty() {
            asked.check_close(task)?;
        }
        Ok(asked)
    }

    /// Checks that the order can be closed: its outcome would otherwise stay unknown for as long as it is unpaid.
    fn check_close(&self, task: Task) -> Result<()> {
        let Some(close) = self.number.close else {
            return Err(task.refused(
                "close_unpaid is set, and the catalog does not know how this order is closed",
                "设置了 close_unpaid，但接口目录没有记载该订单的关单方法",
                Remedy::NO_CLOSE,
            ));
        };
        let Some(member) = self.lacks(close.members) else {
            return Ok(());
        };
        let path = close.path;
        Err(task.refused(
            &format!("close_unpaid is set, and the body has no {member}, without which {path} cannot close the order"),
            &format!("设置了 close_unpaid，但请求体缺少 {member}，无法用 {path} 关单"),
            Remedy::NO_CLOSE_MEMBER,
        ))
    }

    /// Whether a query's response is about this request, and not about another one under the same number.
    pub(super) fn is_same(&self, found: &Response) -> bool {
        is_same(self.number, &self.body, found)
    }

    /// Builds the query by the number.
    pub(super) fn query(&self) -> Call {
        let fixed = self.number.fixed.iter();
        let fixed = fixed.map(|(name, value)| ((*name).to_owned(), (*value).into()));
        let members = self.carried(self.number.carries).into_iter().chain(fixed);
        if self.is_v2 {
            return self.call(Method::POST, self.number.query, Some(members.collect()));
        }
        let mut call = self.call(Method::GET, self.number.query, None);
        for (name, value) in members {
            call = if is_variable(self.number.query, &name) {
                call.var(name, value)
            } else {
                call.query(name, value)
            };
        }
        call
    }

    /// Builds the close of an order, and returns the minimum time after the order; `None` if there is no close, or the
    /// body lacks a member of it.
    pub(super) fn close(&self) -> Option<(Call, Duration)> {
        let close = self.number.close?;
        let (mut vars, mut body) = (Vec::new(), Map::new());
        if self.lacks(close.members).is_some() {
            return None;
        }
        for (name, value) in self.carried(close.members) {
            if is_variable(close.path, &name) {
                vars.push((name, value));
            } else {
                body.insert(name, value);
            }
        }
        if let Some((list, names)) = close.items {
            body.insert(list.to_owned(), self.items(list, names));
        }
        let mut call = self.call(Method::POST, close.path, Some(body));
        for (name, value) in vars {
            call = call.var(name, value);
        }
        Some((call, Duration::from_secs(close.not_before)))
    }

    fn items(&self, list: &str, names: &[&str]) -> Value {
        let items = self.body.get(list).and_then(Value::as_array);
        let kept = items.into_iter().flatten().map(|item| {
            let kept = names.iter().filter_map(|name| {
                let value = item.get(*name)?;
                Some(((*name).to_owned(), value.clone()))
            });
            Value::Object(kept.collect())
        });
        kept.collect()
    }

    /// Returns a required member that the body lacks.
    fn lacks(&self, wanted: &[Carried]) -> Option<&'static str> {
        let mut required = wanted.iter().filter(|carried| carried.required);
        let lacking = required.find(|carried| self.text(carried).is_none());
        lacking.map(|carried| carried.from)
    }

    fn carried(&self, wanted: &[Carried]) -> Vec<(String, Value)> {
        let found = wanted.iter().filter_map(|carried| {
            let value = self.text(carried)?;
            Some((carried.name.to_owned(), value.clone()))
        });
        found.collect()
    }

    fn text(&self, carried: &Carried) -> Option<&Value> {
        let value = self.body.get(carried.from);
        value.filter(|value| is_text(value))
    }

    fn call(&self, method: Method, path: &'static str, body: Option<Map<String, Value>>) -> Call {
        let template = Ok((path.into(), None));
        Call::new(Arc::clone(&self.engine), method, template).edit(|plan| {
            plan.base_url.clone_from(&self.base_url);
            plan.options.timeout = self.timeout;
            if let Some(body) = body {
                plan.payload = Payload::Json(Value::Object(body));
            }
        })
    }
}

fn is_variable(path: &str, name: &str) -> bool {
    let variables = path
        .split('/')
        .filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'));
    variables.into_iter().any(|variable| variable == name)
}

fn is_text(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.is_empty(),
        Value::Number(_) => true,
        _ => false,
    }
}

/// Returns the members of a body, from data or from the caller's text.
fn members(body: &Payload, is_v2: bool) -> Option<Map<String, Value>> {
    match body {
        Payload::Json(Value::Object(members)) => Some(members.clone()),
        Payload::Bytes(bytes) if is_v2 => xml::decode(bytes).ok(),
        Payload::Bytes(bytes) => serde_json::from_slice(bytes).ok(),
        _ => None,
    }
}

/// An operation that the catalog does not know is most likely a slip in the path.
fn unlisted(plan: &Plan, task: Task) -> Error {
    let why = catalog::unlisted(&plan.method, &plan.template);
    task.refused(&why.en, &why.zh, Remedy::PATH)
}

fn lacking(member: &str, number: &MerchantNumber, task: Task) -> Error {
    let query = number.query;
    task.refused(
        &format!("the body has no {member}, without which {query} cannot be queried"),
        &format!("请求体缺少 {member}，无法用 {query} 查询"),
        Remedy::MEMBER,
    )
}

/// The correction that an error asks for, in English and Chinese, and whether it ends with querying by hand.
struct Remedy(&'static str, &'static str, bool);

impl Remedy {
    const BY_HAND: Self = Self("", "请", true);
    const MEMBER: Self = Self("add it, or ", "请补上，或", true);
    const NO_CLOSE: Self = Self(
        "leave close_unpaid out, and close the order yourself",
        "请不要设置 close_unpaid，并自行关单",
        false,
    );
    const NO_CLOSE_MEMBER: Self = Self(
        "add it, or leave close_unpaid out and close the order yourself",
        "请补上，或不要设置 close_unpaid 并自行关单",
        false,
    );
    const OBJECT: Self = Self("give it as json!({..})", "请用 json!({..}) 提供", false);
    const PATH: Self = Self("correct the path, or ", "请改正路径，或", true);
}

impl Task {
    fn refused(self, en: &str, zh: &str, remedy: Remedy) -> Error {
        let (unmade, unmade_zh, by_hand, by_hand_zh) = match self {
            Self::Send => (
                "nothing was sent",
                "请求未发出",
                "make the call with .await and query it yourself",
                "用 .await 调用并自行查询",
            ),
            Self::FollowUp => (
                "no query was made, and the earlier request may have been processed",
                "没有查询，此前的请求可能已被处理",
                "query it yourself",
                "自行查询",
            ),
        };
        let Remedy(fix, fix_zh, ends_by_hand) = remedy;
        let (by_hand, by_hand_zh) = if ends_by_hand {
            (by_hand, by_hand_zh)
        } else {
            ("", "")
        };
        Error::new(
            ErrorKind::Request,
            format!("{en}; {unmade}: {fix}{by_hand}"),
        )
        .with_chinese(format!("{zh}；{unmade_zh}：{fix_zh}{by_hand_zh}"))
    }
}
