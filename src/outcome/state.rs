//! Interprets responses to queries.

use http::StatusCode;
use serde_json::Value;

use crate::message::Response;
use wechatpay_core::catalog::{MerchantNumber, NOT_FOUND, NUMBER_USED};
use wechatpay_core::error::{ApiError, Error, Verification};

/// The state that a query's response reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RequestState {
    /// WeChat Pay has accepted it.
    Done,
    /// An order that is not paid yet.
    Payable,
    /// The outcome is pending.
    Pending,
    /// It ended without success.
    Ended,
}

/// Returns the state in the response of the operation itself. Without a state it means success, unless the operation
/// only accepts.
pub(super) fn answered(number: &MerchantNumber, response: &Response) -> RequestState {
    let stateless = if number.only_accepts {
        RequestState::Pending
    } else {
        RequestState::Done
    };
    named(number, response).unwrap_or(stateless)
}

/// Returns the state in a query's response. A response without a known state shows that the request exists, but not that
/// it was paid.
pub(super) fn state(number: &MerchantNumber, response: &Response) -> RequestState {
    named(number, response).unwrap_or_else(|| unknown(number))
}

fn unknown(number: &MerchantNumber) -> RequestState {
    if number.done.is_empty() {
        RequestState::Done
    } else {
        RequestState::Pending
    }
}

/// Returns the state that a response names; `None` if it names none.
fn named(number: &MerchantNumber, response: &Response) -> Option<RequestState> {
    let value = response.value().ok()?;
    let states = texts(value, number.state);
    let all = |list: &[&str]| states.iter().all(|state| list.contains(state));
    // Some orders of a combined order may be paid and others closed.
    let unpaid = |state: &&str| number.payable.contains(state) || number.failed.contains(state);
    if states.is_empty() {
        None
    } else if all(number.failed) {
        Some(RequestState::Ended)
    } else if all(number.done) {
        Some(RequestState::Done)
    } else if states.iter().all(unpaid) {
        Some(RequestState::Payable)
    } else {
        Some(unknown(number))
    }
}

/// Whether a query has found the request with this body, and not another one under the same number.
pub(super) fn is_same(number: &MerchantNumber, body: &Value, found: &Response) -> bool {
    let amount = |value: &Value, at| match value.pointer(at) {
        Some(Value::String(text)) => text.trim().parse::<i64>().ok(),
        other => other.and_then(Value::as_i64),
    };
    let (Some(at), Ok(found)) = (number.amount, found.value()) else {
        return true;
    };
    match (amount(body, at.sent), amount(found, at.found)) {
        (Some(sent), Some(found)) => sent == found,
        // An unpaid order of APIv2 has no amount.
        _ => true,
    }
}

/// Whether a verified refusal says that the number is unknown.
pub(super) fn is_not_found(err: &Error) -> bool {
    err.api().is_some_and(|api| {
        let code = api.code.trim();
        let found_nothing = NOT_FOUND.iter().any(|own| own.eq_ignore_ascii_case(code));
        // APIv2 says it with status 200.
        let fits = matches!(api.status, StatusCode::OK | StatusCode::NOT_FOUND);
        found_nothing && fits && api.complete && is_trusted(api)
    })
}

/// Whether a refusal says that the number was used before, so that a request with it exists.
pub(super) fn is_number_used(err: &Error) -> bool {
    err.api().is_some_and(|api| {
        let code = api.code.trim();
        NUMBER_USED.iter().any(|own| own.eq_ignore_ascii_case(code))
    })
}

/// Whether a refusal comes from WeChat Pay. A gateway may have forwarded the request and then
/// refused it itself.
pub(super) fn is_believed(err: &Error) -> bool {
    err.api().is_none_or(is_trusted)
}

/// Whether the signature is valid, or the operation's answers have none (APIv2).
fn is_trusted(api: &ApiError) -> bool {
    matches!(
        api.verification,
        Verification::Verified { .. } | Verification::Unsigned
    )
}

/// Returns the texts at a pointer in which `*` stands for all items of a list. An item without a text gives an empty
/// one: it has a state, but the answer does not name it.
fn texts<'v>(value: &'v Value, pointer: &str) -> Vec<&'v str> {
    let mut found = vec![value];
    let of_items = pointer.contains('*');
    for name in pointer.split('/').skip(1) {
        found = match name {
            "*" => found
                .into_iter()
                .filter_map(Value::as_array)
                .flatten()
                .collect(),
            name => found
                .into_iter()
                .filter_map(|value| match value.get(name) {
                    None if of_items => Some(&Value::Null),
                    found => found,
                })
                .collect(),
        };
    }
    let text = |value: &'v Value| match value.as_str() {
        None if of_items => Some(""),
        text => text,
    };
    found.into_iter().filter_map(text).collect()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};
    use serde_json::json;

    use super::*;
    use wechatpay_core::catalog;

    fn state_of(path: &str, answer: Value) -> RequestState {
        let operation = catalog::find(&Method::POST, path).unwrap();
        let response = Response::new(StatusCode::OK, HeaderMap::new(), answer.to_string());
        state(operation.merchant_number().unwrap(), &response)
    }

    #[test]
    fn each_state_of_an_order_tells_whether_it_can_be_paid() {
        for (trade_state, order, code) in [
            ("NOTPAY", RequestState::Payable, RequestState::Pending),
            ("USERPAYING", RequestState::Done, RequestState::Pending),
            ("SUCCESS", RequestState::Done, RequestState::Done),
            ("REFUND", RequestState::Done, RequestState::Done),
            ("CLOSED", RequestState::Ended, RequestState::Ended),
            ("REVOKED", RequestState::Ended, RequestState::Ended),
            ("PAYERROR", RequestState::Payable, RequestState::Ended),
            ("A_NEW_ONE", RequestState::Done, RequestState::Pending),
        ] {
            let answer = json!({"trade_state": trade_state});
            for path in [
                "v3/pay/transactions/jsapi",
                "v3/pay/partner/transactions/native",
                "v2/pay/unifiedorder",
            ] {
                assert_eq!(
                    state_of(path, answer.clone()),
                    order,
                    "{path} {trade_state}"
                );
            }
            for path in ["v3/pay/transactions/codepay", "v2/pay/micropay"] {
                assert_eq!(state_of(path, answer.clone()), code, "{path} {trade_state}");
            }
        }
    }

    #[test]
    fn an_accepted_deduction_is_pending_until_its_query_says_that_it_is_paid() {
        for path in ["v2/pay/pappayapply", "v2/pay/partner/pappayapply"] {
            let operation = catalog::find(&Method::POST, path).unwrap();
            let number = operation.merchant_number().unwrap();
            let of =
                |answer: Value| Response::new(StatusCode::OK, HeaderMap::new(), answer.to_string());
            let accepted = of(json!({"return_code": "SUCCESS", "result_code": "SUCCESS"}));
            assert_eq!(answered(number, &accepted), RequestState::Pending, "{path}");
            for (found, expected) in [
                (json!({}), RequestState::Pending),
                (json!({"trade_state": "ACCEPT"}), RequestState::Pending),
                (json!({"trade_state": "PAY_FAIL"}), RequestState::Ended),
                (json!({"trade_state": "SUCCESS"}), RequestState::Done),
            ] {
                assert_eq!(state(number, &of(found)), expected, "{path}");
            }
        }
        // A payment by code that succeeds is paid; its answer in APIv2 has no state.
        let micropay = catalog::find(&Method::POST, "v2/pay/micropay").unwrap();
        let paid = Response::new(StatusCode::OK, HeaderMap::new(), "{}");
        let number = micropay.merchant_number().unwrap();
        assert_eq!(answered(number, &paid), RequestState::Done);
    }

    #[test]
    fn a_request_with_another_amount_is_another_request() {
        let same = |path: &str, sent: Value, found: Value| {
            let operation = catalog::find(&Method::POST, path).unwrap();
            let found = Response::new(StatusCode::OK, HeaderMap::new(), found.to_string());
            is_same(operation.merchant_number().unwrap(), &sent, &found)
        };
        let order = |total: i64| json!({"amount": {"total": total}});
        let jsapi = "v3/pay/transactions/jsapi";
        assert!(same(jsapi, order(100), order(100)));
        assert!(!same(jsapi, order(100), order(101)));
        assert!(same(jsapi, order(100), json!({"trade_state": "NOTPAY"})));
        assert!(same(
            "v2/secapi/pay/refund",
            json!({"refund_fee": 7, "total_fee": 9}),
            json!({"refund_fee_0": "7", "total_fee": "9"})
        ));
        assert!(!same(
            "v2/mmpaymkttransfers/promotion/transfers",
            json!({"amount": "7"}),
            json!({"payment_amount": "70"})
        ));
        assert!(!same(
            "v3/fund-app/mch-transfer/transfer-bills",
            json!({"transfer_amount": 100}),
            json!({"transfer_amount": 200})
        ));
    }

    #[test]
    fn a_combined_order_has_ended_when_all_parts_have() {
        let of = |states: &[&str]| {
            let orders: Vec<_> = states.iter().map(|it| json!({"trade_state": it})).collect();
            state_of(
                "v3/combine-transactions/native",
                json!({"sub_orders": orders}),
            )
        };
        assert_eq!(of(&["CLOSED", "CLOSED"]), RequestState::Ended);
        assert_eq!(of(&["CLOSED", "NOTPAY"]), RequestState::Payable);
        assert_eq!(of(&["CLOSED", "SUCCESS"]), RequestState::Done);
        assert_eq!(of(&[]), RequestState::Done);
    }

    #[test]
    fn refunds_transfers_and_shares_have_different_final_states() {
        for (path, answer, expected) in [
            (
                "v3/refund/domestic/refunds",
                json!({"status": "PROCESSING"}),
                RequestState::Done,
            ),
            (
                "v3/refund/domestic/refunds",
                json!({"status": "ABNORMAL"}),
                RequestState::Done,
            ),
            (
                "v3/refund/domestic/refunds",
                json!({"status": "CLOSED"}),
                RequestState::Ended,
            ),
            (
                "v2/secapi/pay/refund",
                json!({"refund_status_0": "CHANGE"}),
                RequestState::Done,
            ),
            (
                "v2/secapi/pay/refund",
                json!({"refund_status_0": "REFUNDCLOSE"}),
                RequestState::Ended,
            ),
            (
                "v3/fund-app/mch-transfer/transfer-bills",
                json!({"state": "WAIT_USER_CONFIRM"}),
                RequestState::Done,
            ),
            (
                "v3/fund-app/mch-transfer/transfer-bills",
                json!({"state": "CANCELLED"}),
                RequestState::Ended,
            ),
            (
                "v3/transfer/batches",
                json!({"transfer_batch": {"batch_status": "CLOSED"}}),
                RequestState::Ended,
            ),
            (
                "v2/mmpaymkttransfers/promotion/transfers",
                json!({"status": "FAILED"}),
                RequestState::Ended,
            ),
            (
                "v3/profitsharing/orders",
                json!({"state": "FINISHED"}),
                RequestState::Done,
            ),
            (
                "v3/profitsharing/return-orders",
                json!({"result": "FAILED"}),
                RequestState::Ended,
            ),
        ] {
            assert_eq!(state_of(path, answer.clone()), expected, "{path} {answer}");
        }
    }

    #[test]
    fn not_found_needs_a_verified_answer() {
        let refusal = |status: u16, code: &str, verification| {
            let mut api = ApiError::new(StatusCode::from_u16(status).unwrap());
            api.code = code.to_owned();
            api.verification = verification;
            Error::from_api(api)
        };
        let verified = || Verification::Verified { serial: "1".into() };
        assert!(is_not_found(&refusal(404, "ORDER_NOT_EXIST", verified())));
        assert!(is_not_found(&refusal(
            404,
            "RESOURCE_NOT_EXISTS",
            verified()
        )));
        assert!(is_not_found(&refusal(200, "ORDERNOTEXIST", verified())));
        assert!(is_not_found(&refusal(
            200,
            "NOT_FOUND",
            Verification::Unsigned
        )));
        for (status, code, verification) in [
            (404, "ORDER_NOT_EXIST", Verification::Absent),
            (404, "", verified()),
            (404, "PARAM_ERROR", verified()),
            (500, "NOT_FOUND", verified()),
            (429, "FREQUENCY_LIMITED", verified()),
        ] {
            assert!(
                !is_not_found(&refusal(status, code, verification)),
                "{status} {code}"
            );
        }
    }
}
