//! A contract for deductions, and its members in APIv2's terms.

#[cfg(feature = "state")]
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::order::model::Party;
use super::super::table::{Row, key_of};
use super::terms::Terms;
use crate::date::{Local, rfc3339};

/// How long a contract is valid: ten years, which the sandbox chose.
const VALIDITY: i64 = 3650 * 86_400;
/// `contract_termination_mode` of a contract that the merchant ended by a request.
const BY_REQUEST: &str = "3";
/// The same of APIv3. The pages list no values: these are those of the contracts of combined orders
/// (`v3/ecommerce/combine-papay`).
const BY_REQUEST_V3: &str = "MCH_API_TERMINATE";

/// A contract that a user has signed.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct Contract {
    pub(crate) terms: Terms,
    /// WeChat Pay's number.
    pub(crate) contract_id: String,
    pub(crate) party: Party,
    pub(crate) openid: String,
    pub(crate) signed: i64,
    pub(crate) ended: Option<End>,
    /// The template and the merchant's number, which together name it.
    pub(crate) number: String,
}

/// The end of a contract by a request of the merchant.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct End {
    pub(crate) time: i64,
    pub(crate) remark: String,
}

impl Row for Contract {
    fn number(&self) -> &str {
        &self.number
    }

    fn id(&self) -> Option<&str> {
        Some(&self.contract_id)
    }

    fn owner(&self) -> Option<&str> {
        self.party.owner()
    }

    fn is_over(&self, now: i64) -> bool {
        self.ended.is_some() || now >= self.expires()
    }
}

/// The number of a contract of a template.
pub(crate) fn number_of(plan_id: &str, code: &str) -> String {
    format!("{plan_id} {code}")
}

/// The key of a contract of a sub-merchant, or of the merchant itself.
pub(crate) fn contract_key(owner: Option<&str>, plan_id: &str, code: &str) -> String {
    key_of(owner, &number_of(plan_id, code))
}

impl Contract {
    fn expires(&self) -> i64 {
        self.signed.saturating_add(VALIDITY)
    }

    /// The members of a query. Source: "查询签约关系".
    pub(crate) fn view(&self, now: i64) -> Value {
        let mut view = self.common();
        let state = if self.is_over(now) { "1" } else { "0" };
        view["contract_state"] = json!(state);
        view["contract_signed_time"] = json!(Local::of(self.signed).to_string());
        if let Some(end) = &self.ended {
            view["contract_terminated_time"] = json!(Local::of(end.time).to_string());
            view["contract_termination_mode"] = json!(BY_REQUEST);
            view["contract_termination_remark"] = json!(end.remark);
        }
        view
    }

    /// The members of APIv3. Source: "通过商户协议号查询委托代扣签约协议".
    pub(crate) fn view_v3(&self, now: i64) -> Value {
        let terms = &self.terms;
        let state = if self.is_over(now) {
            "TERMINATED"
        } else {
            "SIGNED"
        };
        let plan_id = terms.plan_id.parse::<u64>();
        let mut view = Value::Object(self.party.members());
        view["contract_id"] = json!(self.contract_id);
        view["plan_id"] = plan_id.map_or_else(|_| json!(terms.plan_id), Value::from);
        view["out_contract_code"] = json!(terms.code);
        view["contract_display_account"] = json!(terms.display_account);
        view["contract_state"] = json!(state);
        view["contract_signed_time"] = json!(rfc3339(self.signed));
        view["contract_expired_time"] = json!(rfc3339(self.expires()));
        view[if self.party.sub_mchid.is_some() {
            "sp_openid"
        } else {
            "openid"
        }] = json!(self.openid);
        if let Some(end) = &self.ended {
            view["contract_terminate_info"] = json!({
                "contract_termination_mode": BY_REQUEST_V3,
                "contract_terminated_time": rfc3339(end.time),
                "contract_termination_remark": end.remark,
            });
        }
        view
    }

    /// The members of the notification. Source: "签约、解约结果通知".
    pub(crate) fn notification(&self) -> Value {
        let mut members = self.common();
        let (change, time) = match &self.ended {
            None => ("ADD", self.signed),
            Some(end) => ("DELETE", end.time),
        };
        members["return_code"] = json!("SUCCESS");
        members["result_code"] = json!("SUCCESS");
        members["change_type"] = json!(change);
        members["operate_time"] = json!(Local::of(time).to_string());
        if self.ended.is_some() {
            members["contract_termination_mode"] = json!(BY_REQUEST);
        }
        members
    }

    fn common(&self) -> Value {
        let terms = &self.terms;
        let mut members = json!({
            "appid": self.party.appid,
            "mch_id": self.party.mchid,
            "contract_id": self.contract_id,
            "plan_id": terms.plan_id,
            "contract_code": terms.code,
            "request_serial": terms.request_serial,
            "contract_display_account": terms.display_account,
            "contract_expired_time": Local::of(self.expires()).to_string(),
            "openid": self.openid,
        });
        for (name, value) in [
            ("sub_appid", &self.party.sub_appid),
            ("sub_mch_id", &self.party.sub_mchid),
        ] {
            if let Some(value) = value {
                members[name] = json!(value);
            }
        }
        members
    }
}
