//! Tests that the known values are documented, and that no event of success has members of a failure.

use super::*;
use crate::identity::MCHID;
use crate::notifier::kinds::kind_rows;
use wechatpay_schema::{FieldKind, events};

/// The field at a place of an event.
fn field(event: &'static Event, pointer: &str) -> Option<&'static Field> {
    let (mut fields, mut found) = (event.fields(), None);
    for name in pointer.split('/') {
        let field = fields.iter().find(|field| field.name() == name)?;
        (found, fields) = (Some(field), field.fields());
    }
    found
}

/// Whether the page of the event, or an operation of its product, lists the value.
fn is_listed(event: &'static Event, pointer: &str, value: &str) -> bool {
    let own = field(event, pointer).map(Field::values).unwrap_or_default();
    let paths = event.operations().map(|operation| operation.path());
    let of_product = values_of_product(&paths.collect::<Vec<_>>(), pointer).unwrap_or_default();
    own.contains(&value) || of_product.contains(&value)
}

/// Values that no list has, and the pages of events that print them.
#[rustfmt::skip]
const PRINTED: [(&str, &str); 46] = [
    ("v2 CHECK.SUCCESS state=USER_ACCEPTED", "用户确认订单成功"),
    ("v2 CHECK.FAIL state=CREATED", "用户确认订单失败"),
    ("v2 TRANSACTION.SUCCESS state=USER_PAID", "订单支付成功"),
    ("v2 TRANSACTION.FAIL state=FINISHED", "订单支付失败"),
    ("v2 CONTRACT change_type=ADD", "扣款服务-签约/解约结果"),
    ("v2 CONTRACT contract_state=0", "扣款服务-签约/解约结果"),
    ("v2 REFUND refund_account=REFUND_SOURCE_UNSETTLED_FUNDS", "退款结果"),
    ("v2 REFUND refund_recv_accout=支付用户零钱", "退款结果"),
    ("v2 REFUND refund_request_source=API", "退款结果"),
    ("v2 RISK_TRADE risk_level=1", "事中-风险交易回调通知银行服务商"),
    ("v2 VEHICLE_STATE vehicle_event_type=NORMAL", "车牌状态变更"),
    ("v3 COMPLAINT.CREATE action_type=CREATE_COMPLAINT", "产生新投诉"),
    ("v3 COMPLAINT.STATE_CHANGE action_type=MERCHANT_RESPONSE", "投诉状态变化"),
    ("v3 COUPON.SEND event_type=EVENT_TYPE_BUSICOUPON_SEND", "领券事件"),
    ("v3 COUPON.SEND send_channel=BUSICOUPON_SEND_CHANNEL_MINIAPP", "领券事件"),
    ("v3 COUPON.USE status=USED", "核销事件"),
    ("v3 COUPON.USE business_type=MULTIUSE", "核销事件"),
    ("v3 DISCOUNT_CARD.USER_PAID pay_information/pay_state=PAID", "扣费状态变化"),
    ("v3 ENTRUST.TERMINATE_INQUIRY contract_state=SIGNED", "代扣解约问询"),
    ("v3 ENTRUST contract_state=SIGNED", "委托代扣签约成功"),
    ("v3 ENTRUST deduct_schedule/schedule_state=SCHEDULED", "委托代扣签约成功"),
    ("v3 INSURANCE_POLICY_MANAGEMENT.GRANTED auth_state=AUTH_STATE_GRANTED", "微信保单服务用户授权成功"),
    ("v3 FAPIAO.ISSUED fapiao_information/*/fapiao_status=ISSUED", "发票开具成功"),
    ("v3 FAPIAO.CARD_INSERTED fapiao_information/*/fapiao_status=ISSUED", "发票插入用户卡包成功"),
    ("v3 FAPIAO.CARD_DISCARDED fapiao_information/*/fapiao_status=REVERSED", "发票卡券作废"),
    ("v3 FAPIAO.REVERSED fapiao_information/*/fapiao_status=REVERSED", "发票冲红成功"),
    ("v3 HIRE_POWER_BANK order_receive_state=RECEIVED", "隔夜归还保险订单状态变化"),
    ("v3 MCHTRANSFER.AUTHORIZATION.CONFIRMED state=TAKING_EFFECT", "用户确认自动收款授权"),
    ("v3 MCHTRANSFER.AUTHORIZATION.CLOSED state=CLOSED", "用户关闭自动收款授权"),
    ("v3 MCHWITHDRAW status=SUCCESS", "商户提现状态变更"),
    ("v3 PAYSCORE.USER_CLOSE_SERVICE user_service_status=USER_CLOSE_SERVICE", "支付分服务用户解除授权成功"),
    ("v3 PAYSCORE.USER_OPEN_SERVICE user_service_status=USER_OPEN_SERVICE", "支付分服务用户授权成功"),
    ("v3 PAYSCORE contract_status=ADD", "支付分服务确认订单"),
    ("v3 PAYSCORE.USER_CANCEL_SIGN_PLAN sign_state=SIGN_PLAN_CANCEL", "取消签约"),
    ("v3 PAYSCORE.USER_CANCEL_SIGN_PLAN cancel_sign_type=USER", "取消签约"),
    ("v3 REFUND.SUCCESS refund_status=SUCCESS", "退款成功"),
    ("v3 REFUND.CLOSED refund_status=CLOSED", "退款关闭"),
    ("v3 REFUND.ABNORMAL refund_status=ABNORMAL", "退款异常"),
    ("v3 TRANSACTION.FAIL contract_information/contract_status=ADD", "停车服务扣费失败"),
    ("v3 VEHICLE.ENTRANCE_STATE_CHANGE parking_state=NORMAL", "停车入场状态变更"),
    ("v3 ECOMMERCE_ENTRUST.TERMINATE contract_termination_mode=MCH_API_TERMINATE", "收付通合单代扣解约成功"),
    ("v3 PAPAY.TERMINATE contract_termination_mode=MCH_API_TERMINATE", "跨境/全球-委托代扣成功解约"),
    ("v3 TRANSACTION trade_scene=PARKING", "停车服务扣费失败"),
    ("v3 receiver/type=MERCHANT_ID", "分账动账成功变动"),
    ("v3 trade_type=JSAPI", "支付成功"),
    ("v3 promotion_detail/*/type=CASH", "支付成功"),
];

#[test]
fn the_known_values_are_documented() {
    let mut unlisted = Vec::new();
    for (start, place, known) in KNOWN {
        let Value(value) = known else { continue };
        let is_unlisted = |event: &'static Event| {
            let kind = field(event, place).map(Field::kind);
            let is_text = kind.is_none_or(|it| [FieldKind::String, FieldKind::Any].contains(&it));
            is_text && has(event, start, place, *known) && !is_listed(event, place, value)
        };
        if events().iter().any(is_unlisted) {
            unlisted.push(format!("{start} {place}={value}"));
        }
    }
    let pages: Vec<_> = events().iter().map(Event::title).collect();
    assert!(PRINTED.iter().all(|(_, page)| pages.contains(page)));
    assert_eq!(unlisted, PRINTED.map(|(row, _)| row.to_owned()));
}

/// Whether a row applies to an event that has its place.
fn has(event: &Event, start: &str, place: &str, row: Known) -> bool {
    let name = format!("{} {}", event.version(), event.event_type());
    let mut pointers = event.pointers().split(' ');
    name.starts_with(start)
        && pointers.any(|pointer| pointer == place)
        && known(event.version(), event.event_type(), place) == Some(row)
}

#[test]
fn each_row_applies_to_an_event() {
    for (start, place, known) in KNOWN {
        let mut applies = events().iter().filter(|it| has(it, start, place, *known));
        assert!(applies.next().is_some(), "{start} {place}");
    }
}

/// Words of the names of members that tell of no success.
const ENDINGS: [&str; 5] = ["fail", "clos", "terminat", "cancel", "reject"];

/// Members with such a name that are right there.
const RIGHT: [&str; 5] = [
    // Nothing has failed.
    "MCHTRANSFER.BATCH.FINISHED fail_amount",
    "MCHTRANSFER.BATCH.FINISHED fail_num",
    "MCHWITHDRAW.CHANGE fail_amount",
    // The time of opening or closing.
    "PAYSCORE.USER_ACCEPTED openorclose_time",
    "PAYSCORE.USER_OPEN_SERVICE openorclose_time",
];

/// An event has members of a failure, a closing and the like only if its type tells of one.
#[test]
fn no_event_of_success_has_members_of_an_ending() {
    for row in kind_rows() {
        let resource = row.resource(MCHID, 0);
        let ends = |text: &str| {
            let text = text.to_ascii_lowercase();
            ENDINGS.into_iter().filter(move |end| text.contains(end))
        };
        for pointer in row.pointers.split(' ') {
            let name = format!("{} {pointer}", row.event_type);
            let is_there = resource
                .pointer(&format!("/{}", pointer.replace('*', "0")))
                .is_some();
            if !is_there || RIGHT.contains(&&*name) {
                continue;
            }
            for end in ends(pointer) {
                assert!(ends(row.event_type).any(|it| it == end), "{name}");
            }
        }
    }
}

#[test]
fn events_of_success_have_states_of_success() {
    let of = |event: &str, member: &str| {
        let row = kind_rows().find(|row| row.event_type == event).unwrap();
        row.resource(MCHID, 0)[member].clone()
    };
    let transfer = "ABNORMAL_FUND_PROCESSING.TRANSFER.SUCCESS";
    assert_eq!(of(transfer, "receipt_state"), "RECEIPT_STATE_COMPLETED");
    let ended = "CREDIT_REPAYMENT.TERMINATE_CONTRACT";
    let mode = of(ended, "contract_terminated_mode");
    assert_eq!(mode, "TERMINATION_MODE_BY_USER");
    assert_eq!(of("MCHWITHDRAW.CHANGE", "fail_amount"), 0);
    assert_eq!(of("MCHTRANSFER.BATCH.FINISHED", "fail_num"), 0);
}
