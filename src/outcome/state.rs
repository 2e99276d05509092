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

/// Returns the state in an answer. An answer without a known state counts as done, since it shows that
/// the request exists.
pub(super) fn state(number: &MerchantNumber, response: &Response) -> RequestState {
    let Ok(value) = response.value() else {
        return RequestState::Done;
    };
    let states = texts(value, number.state);
    let all = |list: &[&str]| states.iter().all(|state| list.contains(state));
    let any = |list: &[&str]| states.iter().any(|state| list.contains(state));
    // Some orders of a combined order may be paid and others closed.
    let unpaid = |state: &&str| number.payable.contains(state) || number.failed.contains(state);
    if states.is_empty() {
        RequestState::Done
    } else if all(number.failed) {
        RequestState::Ended
    } else if any(number.pending) {
        RequestState::Pending
    } else if states.iter().all(unpaid) {
        RequestState::Payable
    } else {
        RequestState::Done
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
            ("A_NEW_ONE", RequestState::Done, RequestState::Done),
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
