//! What WeChat Pay says when the state of things does not allow a request.
//!
//! In the order of the file, and where each is from:
//!
//! - The error tables of "下单", "查询订单" and "关闭订单" (pay.weixin.qq.com, doc/v3/merchant
//!   4012791856, 4012791859, 4012791860): `MCH_NOT_EXISTS`, `ORDER_NOT_EXIST`, `ORDER_CLOSED`.
//!   Another body for a number in use: users report `INVALID_REQUEST` with "201 商户订单号重复"
//!   (dromara/payment-spring-boot issue 38, yansongda/pay issue 705); the tables have
//!   `OUT_TRADE_NO_USED` beside it. `ORDERPAID` is APIv2's, and users report it for APIv3.
//! - "申请退款" (4012791862): `RESOURCE_NOT_EXISTS`, and `INVALID_REQUEST` with "您的请求参数与订单信息
//!   不一致". The other texts are those that users report of APIv2 (`refund_fee大于可退金额`,
//!   `订单已全额退款`, `订单金额或退款金额与之前请求不一致`). Its notes have the year and the 50 times;
//!   订单已经超过退款期限 is APIv2's `TRADE_OVERDUE`.
//! - "请求分账" (4012524936) and its list of questions: `NOT_ENOUGH`, `RULE_LIMIT`, 非分账订单不支持分账,
//!   分账接收方关系不存在.
//! - "发起转账" (4012716434) and the batches before it: `ALREADY_EXISTS`, `NOT_FOUND`.
//! - Complaints: see `complaints`; the status and code of an image that is not there are guessed.
//!
//! Guessed, as no document and no user says: the status of those whose table has none (400), and the
//! texts of [`not_code_payment`], [`refund_too_often`], [`not_abnormal`], [`not_cancellable`], [`unfrozen`],
//! [`return_too_much`].

use http::StatusCode;

use super::super::bilingual::Bilingual;
use super::super::refusal::Refusal;

const BAD: StatusCode = StatusCode::BAD_REQUEST;
const FORBIDDEN: StatusCode = StatusCode::FORBIDDEN;
const NONE: StatusCode = StatusCode::NOT_FOUND;

pub(super) fn mch_not_exists(why: impl Into<Bilingual>) -> Refusal {
    Refusal::business(BAD, "MCH_NOT_EXISTS", "商户号不存在", why)
}

pub(super) fn order_not_exist(number: &str) -> Refusal {
    let why = (
        format!("the sandbox has no such order of the merchant's: {number:?}"),
        format!("沙箱中没有商户的这笔订单：{number:?}"),
    );
    Refusal::business(NONE, "ORDER_NOT_EXIST", "订单不存在", why)
}

pub(super) fn order_used() -> Refusal {
    let why = (
        "the out_trade_no was used before, with other fields or for another kind of payment",
        "商户订单号已用于参数不同或支付方式不同的订单",
    );
    Refusal::business(BAD, "INVALID_REQUEST", "201 商户订单号重复", why)
}

pub(super) fn order_paid() -> Refusal {
    let why = ("the order is paid", "订单已支付");
    Refusal::business(BAD, "ORDERPAID", "该订单已支付", why)
}

pub(super) fn order_closed() -> Refusal {
    let why = (
        "the order was closed, revoked, or its time is over",
        "订单已关闭、已撤销，或已过支付结束时间",
    );
    Refusal::business(BAD, "ORDER_CLOSED", "该订单已关闭", why)
}

pub(super) fn not_code_payment() -> Refusal {
    let why = (
        "only payments by code are reversed: close this order, or refund it",
        "只有付款码支付的订单可以撤销：请关闭订单，或申请退款",
    );
    Refusal::business(BAD, "INVALID_REQUEST", "非付款码支付订单不支持撤销", why)
}

/// APIv2's alone.
pub(super) fn bad_code() -> Refusal {
    let why = (
        "an auth_code has 18 digits and begins with 10 to 15",
        "付款码 auth_code 应为18位数字，以10至15开头",
    );
    let message = "请扫描微信支付被扫条码/二维码";
    Refusal::business(BAD, "AUTH_CODE_INVALID", message, why)
}

/// APIv2's alone: APIv3 answers with the order.
pub(super) fn user_paying() -> Refusal {
    let why = (
        "the user has to enter a password: query the order",
        "用户需要输入支付密码：请查询订单",
    );
    Refusal::business(BAD, "USERPAYING", "需要用户输入支付密码", why)
}

pub(super) fn nothing_to_refund(number: &str) -> Refusal {
    let why = (
        format!("the sandbox has no order that was paid with the number {number:?}"),
        format!("沙箱中没有此单号的已支付订单：{number:?}"),
    );
    Refusal::business(NONE, "RESOURCE_NOT_EXISTS", "订单不存在", why)
}

pub(super) fn refund_not_exist(number: &str) -> Refusal {
    let why = (
        format!("the sandbox has no such refund: {number:?}"),
        format!("沙箱中没有这笔退款：{number:?}"),
    );
    Refusal::business(NONE, "RESOURCE_NOT_EXISTS", "退款单不存在", why)
}

pub(super) fn refund_used() -> Refusal {
    let why = (
        "the out_refund_no was used before, with other fields",
        "商户退款单号已使用过，且两次请求的参数不同",
    );
    let message = "订单金额或退款金额与之前请求不一致，请核实后再试";
    Refusal::business(BAD, "INVALID_REQUEST", message, why)
}

pub(super) fn refund_unlike_order(why: impl Into<Bilingual>) -> Refusal {
    Refusal::business(BAD, "INVALID_REQUEST", "您的请求参数与订单信息不一致", why)
}

pub(super) fn refund_too_much(left: i128) -> Refusal {
    let why = (
        format!("{left} fen are left to refund, and the request wants more"),
        format!("可退金额剩余 {left} 分，请求的退款金额超出"),
    );
    Refusal::business(BAD, "INVALID_REQUEST", "refund_fee大于可退金额", why)
}

pub(super) fn refunded() -> Refusal {
    let why = ("nothing is left to refund", "订单已没有可退金额");
    Refusal::business(BAD, "INVALID_REQUEST", "订单已全额退款", why)
}

pub(super) fn refund_overdue() -> Refusal {
    let why = (
        "an order is refunded within 365 days of its payment",
        "订单须在支付后 365 天内退款",
    );
    Refusal::business(BAD, "INVALID_REQUEST", "订单已经超过退款期限", why)
}

pub(super) fn refund_too_often(most: u32) -> Refusal {
    let why = (
        format!("an order is refunded {most} times at most"),
        format!("一笔订单最多退款 {most} 次"),
    );
    Refusal::business(BAD, "INVALID_REQUEST", "部分退款次数超过限制", why)
}

pub(super) fn not_abnormal() -> Refusal {
    let why = (
        "only a refund that is ABNORMAL is sent elsewhere",
        "只有状态为 ABNORMAL 的退款单可以发起异常退款",
    );
    Refusal::business(BAD, "INVALID_REQUEST", "退款单状态不是退款异常", why)
}

pub(super) fn no_share_order() -> Refusal {
    let why = (
        "the order was not made with settle_info.profit_sharing, is not paid, or is not there",
        "下单时没有传 settle_info.profit_sharing，或订单未支付，或订单不存在",
    );
    Refusal::business(BAD, "INVALID_REQUEST", "非分账订单不支持分账", why)
}

pub(super) fn no_relation(why: impl Into<Bilingual>) -> Refusal {
    let message = "分账接收方关系不存在，请检查参数中每个接收方的关系";
    Refusal::param_error(message, why)
}

pub(super) fn share_not_enough(left: i128) -> Refusal {
    let why = (
        format!("{left} fen are left to share, and the request wants more"),
        format!("可分账金额剩余 {left} 分，请求的分账金额超出"),
    );
    Refusal::business(FORBIDDEN, "NOT_ENOUGH", "分账金额不足", why)
}

pub(super) fn share_ratio(most: i128) -> Refusal {
    let why = (
        format!("no more than {most} fen of this order may be shared in all"),
        format!("该订单累计分账不能超过 {most} 分"),
    );
    Refusal::business(FORBIDDEN, "RULE_LIMIT", "分账金额超出最大分账比例", why)
}

pub(super) fn share_used(field: &str) -> Refusal {
    let why = (
        format!("the {field} was used before, with other fields"),
        format!("{field} 已使用过，且两次请求的参数不同"),
    );
    Refusal::business(BAD, "INVALID_REQUEST", "对应的请求与之前不一致", why)
}

pub(super) fn unfrozen() -> Refusal {
    let why = (
        "the order's money was unfrozen: nothing of it can be shared",
        "订单的剩余资金已解冻，不能再分账",
    );
    Refusal::business(BAD, "INVALID_REQUEST", "分账已完结", why)
}

pub(super) fn share_not_exist(number: &str) -> Refusal {
    let why = (
        format!("the sandbox has no such profit sharing: {number:?}"),
        format!("沙箱中没有这笔分账：{number:?}"),
    );
    Refusal::business(NONE, "RESOURCE_NOT_EXISTS", "记录不存在", why)
}

pub(super) fn return_too_much(left: i128) -> Refusal {
    let why = (
        format!("the receiver has {left} fen to return, and the request wants more"),
        format!("分账接收方可回退 {left} 分，请求的回退金额超出"),
    );
    Refusal::business(FORBIDDEN, "NOT_ENOUGH", "回退金额超过可回退金额", why)
}

pub(super) fn transfer_used(field: &str) -> Refusal {
    let why = (
        format!("the {field} was used before, with other fields"),
        format!("{field} 已使用过，且两次请求的参数不同"),
    );
    let message = "对应的订单已经存在，请查单检查避免重复转账";
    Refusal::business(BAD, "ALREADY_EXISTS", message, why)
}

pub(super) fn transfer_not_exist(number: &str) -> Refusal {
    let why = (
        format!("the sandbox has no such transfer: {number:?}"),
        format!("沙箱中没有这笔转账：{number:?}"),
    );
    Refusal::business(NONE, "NOT_FOUND", "记录不存在", why)
}

pub(super) fn not_cancellable(state: &str) -> Refusal {
    let why = (
        format!("the transfer is {state}; it is cancelled only before the user has confirmed"),
        format!("转账单状态为 {state}，只能在用户确认收款前撤销"),
    );
    Refusal::business(BAD, "INVALID_REQUEST", "当前转账单状态不允许撤销", why)
}

pub(super) fn complaint_not_exist(id: &str) -> Refusal {
    let why = (
        format!("nobody made this complaint: {id:?}"),
        format!("没有这笔投诉：{id:?}"),
    );
    Refusal::business(NONE, "RESOURCE_NOT_EXISTS", "投诉单不存在", why)
}

pub(super) fn others_complaint(mchid: &str) -> Refusal {
    let why = (
        format!("complainted_mchid is not the complaint's, which is about {mchid}"),
        format!("complainted_mchid 不是该投诉单的商户号，应为 {mchid}"),
    );
    Refusal::business(FORBIDDEN, "NO_AUTH", "商户信息不合法", why)
}

pub(super) fn image_not_exist(id: &str) -> Refusal {
    let why = (
        format!("no image with the media_id {id:?} was uploaded, or it was forgotten since"),
        format!("没有上传过 media_id 为 {id:?} 的图片，或之后已被清除"),
    );
    Refusal::business(NONE, "RESOURCE_NOT_EXISTS", "图片不存在", why)
}
