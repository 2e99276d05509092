//! The values of states, types and the like in generated notifications.
//!
//! The documentation lists the members of an event without their values. A state agrees with the event: a refund that is
//! closed has another one than a refund that succeeds.
//!
//! Sources: the pages of the events, and the values that the operations of the same product document.

use crate::mock::{likely, values_of_product};
use crate::service_order::OF_THE_END;
use wechatpay_schema::{Event, Field};

/// What a generated event has at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    Value(&'static str),
    /// The event does not have this member, although the documentation of several events lists it.
    Absent,
}

use Known::{Absent, Value};

/// Events that begin with the first text, a place (`*` for the items of a list), and what is there. The first row applies.
#[rustfmt::skip]
static KNOWN: &[(&str, &str, Known)] = &[
    ("v2 CHECK.SUCCESS", "state", Value("USER_ACCEPTED")),
    ("v2 CHECK.FAIL", "state", Value("CREATED")),
    ("v2 TRANSACTION.SUCCESS", "state", Value("USER_PAID")),
    ("v2 TRANSACTION.FAIL", "state", Value("FINISHED")),
    ("v2 CONTRACT", "change_type", Value("ADD")),
    ("v2 CONTRACT", "contract_state", Value("0")),
    ("v2 CONTRACT", "contract_termination_mode", Absent),
    ("v2 CONTRACT", "contract_terminated_time", Absent),
    ("v2 CONTRACT", "contract_termination_remark", Absent),
    ("v2 REFUND", "refund_account", Value("REFUND_SOURCE_UNSETTLED_FUNDS")),
    ("v2 REFUND", "refund_recv_accout", Value("支付用户零钱")),
    ("v2 REFUND", "refund_request_source", Value("API")),
    ("v2 RISK_TRADE", "risk_level", Value("1")),
    ("v2 VEHICLE_STATE", "vehicle_event_type", Value("NORMAL")),
    ("v2 VEHICLE_STATE", "deduct_mode", Value("PROACTIVE")),
    ("v2 COMBINE_PAY", "trade_type", Value("JSAPI")),

    ("v3 APPLYMENT_STATE.APPROVED", "audit_reject_detail", Absent),
    ("v3 COMPLAINT.CREATE", "action_type", Value("CREATE_COMPLAINT")),
    ("v3 COMPLAINT.STATE_CHANGE", "action_type", Value("MERCHANT_RESPONSE")),
    ("v3 COUPON.SEND", "event_type", Value("EVENT_TYPE_BUSICOUPON_SEND")),
    ("v3 COUPON.SEND", "send_channel", Value("BUSICOUPON_SEND_CHANNEL_MINIAPP")),
    ("v3 COUPON.USE", "status", Value("USED")),
    ("v3 COUPON.USE", "coupon_type", Value("NORMAL")),
    ("v3 COUPON.USE", "business_type", Value("MULTIUSE")),
    ("v3 CREDIT_REPAYMENT.SIGN_CONTRACT", "contract_state", Value("CONTRACT_STATE_EFFECTIVE")),
    ("v3 CREDIT_REPAYMENT.SIGN_CONTRACT", "contract_terminated_time", Absent),
    ("v3 CREDIT_REPAYMENT.SIGN_CONTRACT", "contract_terminated_mode", Absent),
    ("v3 CREDIT_REPAYMENT.SIGN_CONTRACT", "contract_termination_remark", Absent),
    ("v3 CREDIT_REPAYMENT.TERMINATE_CONTRACT", "contract_state", Value("CONTRACT_STATE_TERMINATED")),
    ("v3 CREDIT_REPAYMENT.DEDUCTION_PAY", "order_state", Value("DEDUCT_ORDER_STATE_PAY_SUCCESS")),
    ("v3 BRAND_MEMBER_CARD_SP.USER_CARD.CREATE", "user_card_state", Value("EFFECTIVE")),
    ("v3 BRAND_MEMBER_CARD_SP.USER_CARD.CREATE", "invalid_reason", Absent),
    ("v3 BRAND_MEMBER_CARD_SP.USER_CARD.CREATE", "invalid_time", Absent),
    ("v3 BRAND_MEMBER_CARD_SP.USER_CARD.DELETE", "user_card_state", Value("INVALID")),
    ("v3 BRAND_MEMBER_CARD_SP", "valid_date_information/type", Value("FIX_TIME_RANGE")),
    ("v3 DELIVERY_PLAN", "plan_state", Value("PLAN_DELIVERING")),
    ("v3 DELIVERY_PLAN", "audit_state", Value("AUDIT_PASSED")),
    ("v3 DISCOUNT_CARD.AGREEMENT_ENDED", "state", Value("SETTLING")),
    ("v3 DISCOUNT_CARD.SETTLEMENT", "state", Value("SETTLING")),
    ("v3 DISCOUNT_CARD.USER_PAID", "state", Value("CHARGED")),
    ("v3 DISCOUNT_CARD.USER_PAID", "pay_information/pay_state", Value("PAID")),
    ("v3 DISCOUNT_CARD", "state", Value("CREATED")),
    ("v3 ENTRUST.SIGNING", "contract_information/contract_status", Value("ADD")),
    ("v3 ENTRUST.RELEASE", "contract_information/contract_status", Value("DELETE")),
    ("v3 ENTRUST.TERMINATE_INQUIRY", "contract_state", Value("SIGNED")),
    ("v3 ENTRUST.TERMINATE", "contract_state", Value("TERMINATED")),
    ("v3 ENTRUST", "contract_state", Value("SIGNED")),
    ("v3 ENTRUST.SIGN", "contract_terminate_info", Absent),
    ("v3 ENTRUST", "deduct_schedule/schedule_state", Value("SCHEDULED")),
    ("v3 INSURANCE_ENTRUST.TERMINATE", "contract_state", Value("TERMINATED")),
    ("v3 INSURANCE_ENTRUST", "contract_state", Value("SIGNED")),
    ("v3 INSURANCE_ENTRUST.SIGN", "contract_terminate_info", Absent),
    ("v3 INSURANCE_ENTRUST.RENEW", "contract_terminate_info", Absent),
    ("v3 INSURANCE_POLICY_MANAGEMENT.GRANTED", "auth_state", Value("AUTH_STATE_GRANTED")),
    ("v3 FAPIAO.ISSUED", "fapiao_information/*/fapiao_status", Value("ISSUED")),
    ("v3 FAPIAO.ISSUED", "fapiao_information/*/card_status", Absent),
    ("v3 FAPIAO.CARD_INSERTED", "fapiao_information/*/fapiao_status", Value("ISSUED")),
    ("v3 FAPIAO.CARD_INSERTED", "fapiao_information/*/card_status", Value("INSERTED")),
    ("v3 FAPIAO.CARD_DISCARDED", "fapiao_information/*/fapiao_status", Value("REVERSED")),
    ("v3 FAPIAO.CARD_DISCARDED", "fapiao_information/*/card_status", Value("DISCARDED")),
    ("v3 FAPIAO.REVERSED", "fapiao_information/*/fapiao_status", Value("REVERSED")),
    ("v3 FAPIAO.REVERSED", "fapiao_information/*/card_status", Value("DISCARD_ACCEPTED")),
    ("v3 HIRE_POWER_BANK", "order_receive_state", Value("RECEIVED")),
    ("v3 MANAGERECORD", "manage_record_state", Value("RECOVERED")),
    ("v3 MCHTRANSFER.AUTHORIZATION.CONFIRMED", "state", Value("TAKING_EFFECT")),
    ("v3 MCHTRANSFER.AUTHORIZATION.CONFIRMED", "close_info", Absent),
    ("v3 MCHTRANSFER.AUTHORIZATION.CLOSED", "state", Value("CLOSED")),
    ("v3 MCHTRANSFER.BATCH.FINISHED", "fail_amount", Value("0")),
    ("v3 MCHTRANSFER.BATCH.FINISHED", "fail_num", Value("0")),
    ("v3 MCHTRANSFER.BILL.FINISHED", "fail_reason", Absent),
    ("v3 MCHTRANSFER.QQWALLETBILL.FINISHED", "fail_reason", Absent),
    ("v3 MCHTRANSFER", "state", Value("SUCCESS")),
    ("v3 MCHWITHDRAW", "status", Value("SUCCESS")),
    ("v3 MCHWITHDRAW", "reason", Absent),
    ("v3 MCHWITHDRAW", "fail_amount", Value("0")),
    ("v3 MCHWITHDRAW", "refund_amount", Value("0")),
    ("v3 MCHWITHDRAW", "account_type", Value("BASIC")),
    ("v3 MEDICAL_INSURANCE", "mix_pay_type", Value("CASH_AND_INSURANCE")),
    ("v3 MEDICAL_INSURANCE", "mix_pay_status", Value("MIX_PAY_SUCCESS")),
    ("v3 MEDICAL_INSURANCE", "self_pay_status", Value("SELF_PAY_SUCCESS")),
    ("v3 MEDICAL_INSURANCE", "med_ins_pay_status", Value("MED_INS_PAY_SUCCESS")),

    // 用户确认订单, 用户支付成功, 开启 and 解除用户授权服务, 确认订单 of orders without confirmation.
    ("v3 PAYSCORE.USER_CONFIRM", "state", Value("DOING")),
    ("v3 PAYSCORE.USER_CONFIRM", "state_description", Value("USER_CONFIRM")),
    ("v3 PAYSCORE.USER_PAID", "state", Value("DONE")),
    ("v3 PAYSCORE.USER_PAID", "state_description", Absent),
    ("v3 PAYSCORE.USER_PAID", "collection/state", Value("USER_PAID")),
    ("v3 PAYSCORE.USER_PAID", "collection/paying_amount", Value("0")),
    ("v3 PAYSCORE.USER_CLOSE_SERVICE", "user_service_status", Value("USER_CLOSE_SERVICE")),
    ("v3 PAYSCORE.USER_OPEN_SERVICE", "user_service_status", Value("USER_OPEN_SERVICE")),
    ("v3 PAYSCORE", "user_service_status", Absent),
    ("v3 PAYSCORE.USER_CONFIRM", "openorclose_time", Absent),
    ("v3 PAYSCORE.USER_PAID", "openorclose_time", Absent),
    ("v3 PAYSCORE", "contract_status", Value("ADD")),
    ("v3 PAYSCORE.USER_SIGN_PLAN", "sign_state", Value("SIGNED")),
    ("v3 PAYSCORE.USER_SIGN_PLAN", "cancel_sign_time", Absent),
    ("v3 PAYSCORE.USER_SIGN_PLAN", "cancel_sign_type", Absent),
    ("v3 PAYSCORE.USER_SIGN_PLAN", "cancel_reason", Absent),
    ("v3 PAYSCORE.USER_CANCEL_SIGN_PLAN", "sign_state", Value("SIGN_PLAN_CANCEL")),
    ("v3 PAYSCORE.USER_CANCEL_SIGN_PLAN", "cancel_sign_type", Value("USER")),
    ("v3 PAYSCORE", "collection/details/*/paid_type", Value("NEWTON")),

    ("v3 RECHARGE.SUCCESS", "close_time", Absent),
    ("v3 RECHARGE.SUCCESS", "online_bank_recharge_info/return_time", Absent),
    ("v3 RECHARGE.SUCCESS", "online_bank_recharge_info/return_reason", Absent),
    ("v3 RECHARGE", "account_type", Value("DEPOSIT")),
    ("v3 RECHARGE", "recharge_scene", Value("ECOMMERCE_DEPOSIT")),
    ("v3 REFUND.SUCCESS", "refund_status", Value("SUCCESS")),
    ("v3 REFUND.CLOSED", "refund_status", Value("CLOSED")),
    ("v3 REFUND.ABNORMAL", "refund_status", Value("ABNORMAL")),
    ("v3 REFUND", "amount/exchange_rate/type", Value("SETTLEMENT_RATE")),
    ("v3 SETTLEMENT.SUCCESS", "state", Value("SUCCESS")),
    ("v3 TRANSACTION.FAIL", "trade_state", Value("PAY_FAIL")),
    ("v3 TRANSACTION.INDUSTRY_FAILED", "trade_state", Value("PAYERROR")),
    ("v3 TRANSACTION.FAIL", "contract_information/contract_status", Value("ADD")),
    ("v3 VEHICLE.ENTRANCE_STATE_CHANGE", "parking_state", Value("NORMAL")),
    ("v3 VEHICLE.ENTRANCE_STATE_CHANGE", "blocked_state_description", Absent),
    ("v3 WEBIZPAY.QUOTACARDEXPIRED", "card_state", Value("DISABLED")),
    ("v3 WEBIZPAY.REVOKED", "authorization_state", Value("REVOKED")),
    ("v3 WEBIZPAY.PAYMENTSUCCESS", "refund_id", Absent),
    ("v3 WEBIZPAY.PAYMENTSUCCESS", "out_refund_no", Absent),

    ("v3 ECOMMERCE_ENTRUST.TERMINATE", "contract_termination_mode", Value("MCH_API_TERMINATE")),
    ("v3 PAPAY.TERMINATE", "contract_termination_mode", Value("MCH_API_TERMINATE")),
    ("v3 PAPAY.SIGN", "contract_termination_mode", Absent),
    ("v3 TRANSACTION", "trade_scene", Value("PARKING")),

    ("v3 PAYSCORE.BIND_SERVICE_ACCOUNT", "reject_reason", Absent),
    ("v3 PAYSCORE.USER_SIGN_PLAN", "signed_detail_list/*/cancel_time", Absent),
    ("v3", "receiver/type", Value("MERCHANT_ID")),
    ("v3", "trade_type", Value("JSAPI")),
    ("v3", "trade_state", Value("SUCCESS")),
    ("v3", "promotion_detail/*/scope", Value("GLOBAL")),
    ("v3", "promotion_detail/*/type", Value("CASH")),
    ("v3", "collection/details/*/promotion_detail/*/scope", Value("GLOBAL")),
    ("v3", "collection/details/*/promotion_detail/*/type", Value("CASH")),
];

/// Ends of events that tell of no success. They have no time of it.
const UNSUCCESSFUL: [&str; 4] = [".ABNORMAL", ".CLOSED", "FAIL", "FAILED"];

/// What an event has at a place.
pub(super) fn known(version: &str, event_type: &str, pointer: &str) -> Option<Known> {
    let name = format!("{version} {event_type}");
    let is_place = |place: &str| {
        let below = pointer.strip_prefix(place);
        below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let fits = |(start, place, known): &&(&str, &str, Known)| {
        let is_event = name
            .strip_prefix(start)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ' ']));
        is_event && (*place == pointer || *known == Absent && is_place(place))
    };
    if pointer == "success_time" && UNSUCCESSFUL.iter().any(|end| event_type.ends_with(end)) {
        return Some(Absent);
    }
    // An order that the user has just confirmed is not completed.
    if event_type == "PAYSCORE.USER_CONFIRM" && OF_THE_END.iter().any(|name| is_place(name)) {
        return Some(Absent);
    }
    KNOWN.iter().find(fits).map(|(_, _, known)| *known)
}

/// The value of a member with a list of values: the one that the event type ends with, otherwise the one that means success.
pub(super) fn of_list(event: &Event, field: Option<&Field>, pointer: &str) -> Option<&'static str> {
    let own = field.map(Field::values).unwrap_or_default();
    let values = if own.is_empty() {
        let paths = event.operations().map(|operation| operation.path());
        values_of_product(&paths.collect::<Vec<_>>(), pointer)?
    } else {
        own.to_vec()
    };
    let end = event.event_type().rsplit('.').next().unwrap_or_default();
    let of_event = values.iter().find(|value| **value == end);
    of_event.copied().or_else(|| likely(&values))
}

#[cfg(test)]
mod tests;
