//! The terms of a contract, which an order names (支付中签约).

#[cfg(feature = "state")]
use serde::{Deserialize, Serialize};

use super::super::request::Fields;
use crate::refusal::Refusal;

/// The user accepts them by paying.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct Terms {
    /// The merchant's number: `contract_code`.
    pub(crate) code: String,
    /// The template (模板).
    pub(crate) plan_id: String,
    pub(crate) request_serial: String,
    pub(crate) display_account: String,
    /// Empty when the order names none.
    pub(crate) notify_url: String,
    /// Whether an order of APIv3 names them: its notifications are of APIv3 too.
    #[cfg_attr(feature = "state", serde(default))]
    pub(crate) is_v3: bool,
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
            is_v3: false,
        })
    }

    /// The terms of an order of APIv3 (`…-with-contract`). An order that names another authorization (`token`,
    /// `password_free_contract_id`) has none.
    pub(crate) fn of_v3(fields: &Fields<'_>) -> Result<Option<Self>, Refusal> {
        if !fields.has("/contract_info") {
            return Ok(None);
        }
        let text = |name: &str| fields.optional_text(&format!("/contract_info/{name}"));
        let named = text("contract_code")?.zip(text("plan_id")?);
        let Some((code, plan_id)) = named else {
            return Ok(None);
        };
        Ok(Some(Self {
            code,
            plan_id,
            request_serial: text("request_serial")?.unwrap_or_default(),
            display_account: text("contract_display_account")?.unwrap_or_default(),
            notify_url: text("contract_notify_url")?.unwrap_or_default(),
            is_v3: true,
        }))
    }
}
