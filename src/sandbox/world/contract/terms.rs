//! The terms of a contract, which an order names (支付中签约).

use serde::{Deserialize, Serialize};

use super::super::request::Fields;
use crate::refusal::Refusal;

/// The user accepts them by paying.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Terms {
    /// The merchant's number: `contract_code`.
    pub(crate) code: String,
    /// The template (模板).
    pub(crate) plan_id: String,
    pub(crate) request_serial: String,
    pub(crate) display_account: String,
    pub(crate) notify_url: String,
}

impl Terms {
    /// The terms of an order of APIv2.
    pub(crate) fn of(fields: &Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            code: fields.required_text("/contract_code")?,
            plan_id: fields.required_text("/plan_id")?,
            request_serial: fields.required_text("/request_serial")?,
            display_account: fields.required_text("/contract_display_account")?,
            notify_url: fields.required_text("/contract_notify_url")?,
        })
    }
}
