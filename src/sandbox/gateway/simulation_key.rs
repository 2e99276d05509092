//! The key of APIv2's simulation (仿真测试系统): `sandboxnew/pay/getsignkey` gives it, and clients in their sandbox mode sign
//! with it. The sandbox gives the merchant's APIv2 key, so the operations below `sandboxnew` and `xdc/apiv2sandbox` are
//! checked as all others.
//!
//! Source: "支付验收指引", 获取验签秘钥API.

use serde_json::json;

use crate::account::Account;
use crate::refusal::Refusal;
use crate::world::Success;
use wechatpay_core::catalog::Operation;

/// Answers the request for the key; `None` for other operations.
pub(super) fn answer(account: &Account, operation: &Operation) -> Option<Result<Success, Refusal>> {
    operation.path().ends_with("/getsignkey").then(|| {
        let credentials = account
            .credentials()
            .map_err(|err| Refusal::internal(&err))?;
        let key = credentials.v2_key.expose();
        Ok(Success::json(
            json!({"mch_id": account.mchid(), "sandbox_signkey": key}),
        ))
    })
}
