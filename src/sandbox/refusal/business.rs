//! The refusals of business rules: code, text, reason and source of each.
//!
//! `docs/refusals.md` is generated from this table. To change a text, change it here and run
//! `UPDATE_DOCS=1 cargo test -p wechatpay-sandbox refusals`.
//!
//! `{}` in a reason stands for a value of the request or of the state, in the order of the arguments of
//! [`Entry::with`].

use std::fmt::Display;

use http::StatusCode;

use super::Refusal;
use crate::bilingual::Bilingual;

/// The source of a code or a text.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "read by the test that generates the page")
)]
pub(crate) enum Source {
    /// A page of WeChat Pay's documentation.
    Documented(&'static str),
    /// Responses of the real gateway that users have published.
    Reported(&'static str),
    /// No source is known.
    Guessed,
}

/// One refusal.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
    /// Code and message in APIv2, where they differ.
    pub(crate) v2: Option<(&'static str, &'static str)>,
    /// The reason, for the developer, in English and in Chinese.
    pub(crate) why: (&'static str, &'static str),
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "read by the test that generates the page")
    )]
    pub(crate) code_source: Source,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "read by the test that generates the page")
    )]
    pub(crate) message_source: Source,
    /// Whether the request is valid, and only the current state forbids it.
    pub(crate) is_business: bool,
}

impl Entry {
    /// The refusal, whose reason has no values.
    pub(crate) fn refusal(&'static self) -> Refusal {
        self.with(&[])
    }

    /// The refusal, with the values of its reason.
    pub(crate) fn with(&'static self, values: &[&dyn Display]) -> Refusal {
        let (en, zh) = self.why;
        self.because((filled(en, values), filled(zh, values)))
    }

    /// The refusal, with another reason.
    pub(crate) fn because(&'static self, why: impl Into<Bilingual>) -> Refusal {
        Refusal {
            is_business: self.is_business,
            entry: Some(self),
            ..Refusal::new(self.status, self.code, self.message, why)
        }
    }
}

fn filled(template: &str, values: &[&dyn Display]) -> String {
    let mut values = values.iter();
    let mut parts = template.split("{}");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text += &values.next().map(ToString::to_string).unwrap_or_default();
        text += part;
    }
    text
}

use Source::{Documented, Guessed, Reported};

const BAD: StatusCode = StatusCode::BAD_REQUEST;
const FORBIDDEN: StatusCode = StatusCode::FORBIDDEN;
const NOT_FOUND: StatusCode = StatusCode::NOT_FOUND;

const ORDER_PAGES: Source = Documented("下单 4012791856, 查询订单 4012791859, 关闭订单 4012791860");
const REFUND_PAGE: Source = Documented("申请退款 4012791862");
const REPORTED_V2: Source = Reported("texts of APIv2's 申请退款");
const SHARING_PAGE: Source = Documented("请求分账 4012524936");
const TRANSFER_PAGE: Source = Documented("发起转账 4012716434, 发起批量转账");
// Their texts in APIv2: 下载交易账单, 下载资金账单.
const BILL_PAGES: Source = Documented("申请交易账单 4012791866, 申请资金账单 4012791867");
const SERVICE_ORDER_PAGES: Source =
    Documented("完结支付分订单, 修改订单金额, 取消支付分订单, 同步服务订单信息");
const SERVICE_ORDER_STATE_WHY: (&str, &str) = (
    "the service order is {}: {} is not possible",
    "支付分订单的状态为 {}，不能 {}",
);

/// `INVALID_REQUEST` with status 400, from which the other entries are derived.
const INVALID_REQUEST: Entry = Entry {
    status: BAD,
    code: "INVALID_REQUEST",
    message: "",
    v2: None,
    why: ("", ""),
    code_source: Guessed,
    message_source: Guessed,
    is_business: true,
};
/// A refund whose fields differ from those of its order or of the first request.
const REFUND_MISMATCH: Entry = Entry {
    message: "您的请求参数与订单信息不一致",
    v2: Some((
        "REFUND_FEE_MISMATCH",
        "订单金额或退款金额与之前请求不一致，请核实后再试",
    )),
    code_source: REFUND_PAGE,
    message_source: REFUND_PAGE,
    ..INVALID_REQUEST
};
/// A missing record, which APIv2 calls an order.
const RESOURCE_NOT_EXISTS: Entry = Entry {
    status: NOT_FOUND,
    code: "RESOURCE_NOT_EXISTS",
    v2: Some(("ORDERNOTEXIST", "订单不存在")),
    ..INVALID_REQUEST
};

/// Declares the entries, and [`ALL`] of them in this order.
macro_rules! refusals {
    ($($name:ident = $entry:expr;)*) => {
        $(pub(crate) static $name: Entry = $entry;)*

        /// Every entry, with its name.
        #[cfg(test)]
        pub(super) static ALL: &[(&str, &Entry)] = &[$((stringify!($name), &$name)),*];
    };
}

refusals! {
    MCH_NOT_EXISTS = Entry {
        code: "MCH_NOT_EXISTS",
        message: "商户号不存在",
        why: (
            "the request names the merchant {} and is signed by {}",
            "请求中的商户号为 {}，而签名的商户号为 {}",
        ),
        code_source: ORDER_PAGES,
        message_source: ORDER_PAGES,
        ..INVALID_REQUEST
    };
    NOT_BOUND = Entry {
        status: FORBIDDEN,
        code: "NO_AUTH",
        message: "受理关系不存在",
        v2: Some(("FAIL", "受理关系不存在")),
        why: (
            "the sub-merchant {} is not one of the service provider {}: bind it there, or call for one that is",
            "子商户 {} 不属于服务商 {}：请先绑定，或改用其名下的子商户",
        ),
        code_source: Documented("查询二级商户余额 and the other operations of 收付通 that name a sub_mchid"),
        message_source: Reported("service providers, for orders of APIv3 and APIv2"),
        is_business: false,
    };
    SUB_MCHID_NOT_ALLOWED = Entry {
        code: "PARAM_ERROR",
        message: "普通商户不允许传sub_mch_id",
        v2: Some(("FAIL", "普通商户不允许传sub_mch_id")),
        why: (
            "the merchant {} is an ordinary one and may not name a sub-merchant: leave out sub_mchid, or make it a service \
             provider",
            "商户 {} 是普通商户，不能传子商户号：请去掉 sub_mchid，或将其设为服务商",
        ),
        code_source: Reported("github.com/go-pay/gopay/issues/281"),
        message_source: Reported("github.com/go-pay/gopay/issues/281, binarywang/WxJava/issues/1170"),
        is_business: false,
        ..INVALID_REQUEST
    };
    SUB_MCHID_MISSING = Entry {
        code: "PARAM_ERROR",
        message: "受理机构必须传入sub_mch_id",
        v2: Some(("FAIL", "受理机构必须传入sub_mch_id")),
        why: (
            "{} is a service provider and makes orders for its sub-merchants only: use the operations below \
             v3/pay/partner, in APIv2 sub_mch_id",
            "{} 是服务商，只能为子商户下单：请使用 v3/pay/partner 下的接口，APIv2 请传 sub_mch_id",
        ),
        code_source: Reported("github.com/yansongda/pay/issues/1049"),
        message_source: Reported("github.com/yansongda/pay/issues/1049, borball/weixin-sdk/issues/64"),
        is_business: false,
        ..INVALID_REQUEST
    };
    PRODUCT_NOT_OPENED = Entry {
        status: FORBIDDEN,
        code: "NO_AUTH",
        message: "商户号该产品权限未开通，请前往商户平台>产品中心检查后重试",
        v2: Some(("FAIL", "商户号该产品权限未开通，请前往商户平台>产品中心检查后重试")),
        why: (
            "the merchant {} has not opened {}: add {} to its products",
            "商户 {} 未开通{}：请在其 products 中加入 {}",
        ),
        code_source: Documented("HTTP状态码 and 错误信息 of the basic rules"),
        message_source: Documented("HTTP状态码 and 错误信息 of the basic rules"),
        is_business: false,
    };
    PRODUCT_NOT_GRANTED = Entry {
        status: FORBIDDEN,
        code: "NO_AUTH",
        message: "特约子商户商户号未授权服务商的产品权限",
        v2: Some(("NO_AUTH", "特约子商户商户号未授权服务商的产品权限")),
        why: (
            "the sub-merchant {} has not opened {}: add it to the products of the sub-merchant",
            "子商户 {} 未开通{}：请在该子商户的 products 中加入",
        ),
        code_source: Reported("service providers, as err_code of APIv2's refunds"),
        message_source: Reported("service providers, as err_code_des of APIv2's refunds"),
        ..INVALID_REQUEST
    };
    ORDER_NOT_EXIST = Entry {
        status: NOT_FOUND,
        code: "ORDER_NOT_EXIST",
        message: "订单不存在",
        // As published; 订单不存在 is the text of refunds.
        v2: Some(("ORDERNOTEXIST", "order not exist")),
        why: (
            "the sandbox has no such order of this merchant: {}",
            "沙箱中没有商户的这笔订单：{}",
        ),
        code_source: ORDER_PAGES,
        message_source: ORDER_PAGES,
        ..INVALID_REQUEST
    };
    // The tables also have OUT_TRADE_NO_USED, which users do not report.
    ORDER_NUMBER_USED = Entry {
        message: "201 商户订单号重复",
        why: (
            "the out_trade_no was used before, with other fields or for another kind of payment",
            "商户订单号已用于参数不同或支付方式不同的订单",
        ),
        code_source: Reported("dromara/payment-spring-boot issue 38, yansongda/pay issue 705"),
        message_source: Reported("dromara/payment-spring-boot issue 38, yansongda/pay issue 705"),
        ..INVALID_REQUEST
    };
    ORDER_PAID = Entry {
        code: "ORDERPAID",
        message: "该订单已支付",
        why: ("the order is paid", "订单已支付"),
        code_source: Reported("APIv2's code, which APIv3 answers as well"),
        message_source: Reported("APIv2's text"),
        ..INVALID_REQUEST
    };
    ORDER_CLOSED = Entry {
        code: "ORDER_CLOSED",
        message: "该订单已关闭",
        v2: Some(("ORDERCLOSED", "该订单已关闭")),
        why: (
            "the order is closed, reversed or expired",
            "订单已关闭、已撤销，或已过支付结束时间",
        ),
        code_source: ORDER_PAGES,
        message_source: ORDER_PAGES,
        ..INVALID_REQUEST
    };
    NOT_CODE_PAYMENT = Entry {
        message: "非付款码支付订单不支持撤销",
        why: (
            "only payments by code can be reversed: close or refund this order",
            "只有付款码支付的订单可以撤销：请关闭订单，或申请退款",
        ),
        ..INVALID_REQUEST
    };
    // APIv2 only.
    AUTH_CODE_INVALID = Entry {
        code: "AUTH_CODE_INVALID",
        message: "请扫描微信支付被扫条码/二维码",
        why: (
            "an auth_code has 18 digits and begins with 10 to 15",
            "付款码 auth_code 应为18位数字，以10至15开头",
        ),
        code_source: Documented("APIv2 提交付款码支付"),
        message_source: Documented("APIv2 提交付款码支付"),
        ..INVALID_REQUEST
    };
    // APIv2 only: APIv3 answers with the order.
    USER_PAYING = Entry {
        code: "USERPAYING",
        message: "需要用户输入支付密码",
        why: (
            "the user has to enter a password: query the order",
            "用户需要输入支付密码：请查询订单",
        ),
        code_source: Documented("APIv2 提交付款码支付"),
        message_source: Documented("APIv2 提交付款码支付"),
        ..INVALID_REQUEST
    };
    REFUND_ORDER_NOT_EXIST = Entry {
        message: "订单不存在",
        why: (
            "the sandbox has no paid order with the number {}",
            "沙箱中没有此单号的已支付订单：{}",
        ),
        code_source: REFUND_PAGE,
        message_source: REFUND_PAGE,
        ..RESOURCE_NOT_EXISTS
    };
    REFUND_NOT_EXIST = Entry {
        message: "退款单不存在",
        v2: Some(("REFUNDNOTEXIST", "not exist")),
        why: ("the sandbox has no such refund: {}", "沙箱中没有这笔退款：{}"),
        code_source: REFUND_PAGE,
        message_source: REFUND_PAGE,
        ..RESOURCE_NOT_EXISTS
    };
    REFUND_NUMBER_USED = Entry {
        message: "订单金额或退款金额与之前请求不一致，请核实后再试",
        why: (
            "the out_refund_no was used before, with other fields",
            "商户退款单号已使用过，且两次请求的参数不同",
        ),
        message_source: REPORTED_V2,
        ..REFUND_MISMATCH
    };
    REFUND_SUB_MCHID_MISMATCH = Entry {
        why: ("sub_mchid differs from the order's", "sub_mchid 与原订单的不一致"),
        ..REFUND_MISMATCH
    };
    REFUND_CURRENCY_MISMATCH = Entry {
        why: (
            "{} differs from the order's {}",
            "{} 与原订单的 {} 不一致",
        ),
        ..REFUND_MISMATCH
    };
    REFUND_TOTAL_MISMATCH = Entry {
        why: (
            "amount.total is {}, but the order's total is {}",
            "amount.total 为 {}，而原订单金额为 {}",
        ),
        ..REFUND_MISMATCH
    };
    REFUND_TWO_ORDERS = Entry {
        why: (
            "out_trade_no and transaction_id belong to different orders",
            "out_trade_no 与 transaction_id 不是同一笔订单的",
        ),
        ..REFUND_MISMATCH
    };
    REFUND_AMOUNT_EXCEEDED = Entry {
        message: "refund_fee大于可退金额",
        why: (
            "the request exceeds the {} fen that are left to refund",
            "可退金额剩余 {} 分，请求的退款金额超出",
        ),
        code_source: REFUND_PAGE,
        message_source: REPORTED_V2,
        ..INVALID_REQUEST
    };
    REFUNDED_IN_FULL = Entry {
        message: "订单已全额退款",
        v2: Some(("ERROR", "订单已全额退款")),
        why: ("nothing is left to refund", "订单已没有可退金额"),
        code_source: REFUND_PAGE,
        message_source: REPORTED_V2,
        ..INVALID_REQUEST
    };
    REFUND_OVERDUE = Entry {
        message: "订单已经超过退款期限",
        v2: Some(("TRADE_OVERDUE", "订单已经超过退款期限")),
        why: (
            "an order can be refunded only within 365 days of its payment",
            "订单须在支付后 365 天内退款",
        ),
        code_source: REFUND_PAGE,
        message_source: Documented("APIv2 申请退款, TRADE_OVERDUE"),
        ..INVALID_REQUEST
    };
    REFUND_COUNT_EXCEEDED = Entry {
        message: "部分退款次数超过限制",
        why: (
            "an order can be refunded at most {} times",
            "一笔订单最多退款 {} 次",
        ),
        code_source: REFUND_PAGE,
        ..INVALID_REQUEST
    };
    REFUND_NOT_ABNORMAL = Entry {
        message: "退款单状态不是退款异常",
        why: (
            "only a refund with the status ABNORMAL can be redirected",
            "只有状态为 ABNORMAL 的退款单可以发起异常退款",
        ),
        ..INVALID_REQUEST
    };
    ORDER_NOT_SHAREABLE = Entry {
        message: "非分账订单不支持分账",
        why: (
            "the order does not exist, is not paid, or was made without settle_info.profit_sharing",
            "下单时没有传 settle_info.profit_sharing，或订单未支付，或订单不存在",
        ),
        code_source: SHARING_PAGE,
        message_source: SHARING_PAGE,
        ..INVALID_REQUEST
    };
    NO_RELATION = Entry {
        code: "PARAM_ERROR",
        message: "分账接收方关系不存在，请检查参数中每个接收方的关系",
        why: (
            "the receiver {} {} was not added",
            "没有添加过分账接收方 {} {}",
        ),
        code_source: SHARING_PAGE,
        message_source: SHARING_PAGE,
        is_business: false,
        ..INVALID_REQUEST
    };
    SHARE_NOT_ENOUGH = Entry {
        status: FORBIDDEN,
        code: "NOT_ENOUGH",
        message: "分账金额不足",
        why: (
            "the request exceeds the {} fen that are left to share",
            "可分账金额剩余 {} 分，请求的分账金额超出",
        ),
        code_source: SHARING_PAGE,
        message_source: SHARING_PAGE,
        ..INVALID_REQUEST
    };
    SHARE_RATIO_EXCEEDED = Entry {
        status: FORBIDDEN,
        code: "RULE_LIMIT",
        message: "分账金额超出最大分账比例",
        why: (
            "at most {} fen of this order may be shared in total",
            "该订单累计分账不能超过 {} 分",
        ),
        code_source: SHARING_PAGE,
        message_source: SHARING_PAGE,
        ..INVALID_REQUEST
    };
    SHARE_NUMBER_USED = Entry {
        message: "对应的请求与之前不一致",
        why: (
            "the {} was used before, with other fields",
            "{} 已使用过，且两次请求的参数不同",
        ),
        code_source: SHARING_PAGE,
        message_source: SHARING_PAGE,
        ..INVALID_REQUEST
    };
    SHARE_UNFROZEN = Entry {
        message: "分账已完结",
        why: (
            "the remaining funds of this order were unfrozen and can no longer be shared",
            "订单的剩余资金已解冻，不能再分账",
        ),
        ..INVALID_REQUEST
    };
    SHARE_NOT_EXIST = Entry {
        message: "记录不存在",
        why: ("the sandbox has no such profit sharing: {}", "沙箱中没有这笔分账：{}"),
        code_source: SHARING_PAGE,
        message_source: SHARING_PAGE,
        ..RESOURCE_NOT_EXISTS
    };
    RETURN_NOT_ENOUGH = Entry {
        status: FORBIDDEN,
        code: "NOT_ENOUGH",
        message: "回退金额超过可回退金额",
        why: (
            "the request exceeds the {} fen that the receiver can return",
            "分账接收方可回退 {} 分，请求的回退金额超出",
        ),
        code_source: Documented("请求分账回退"),
        ..INVALID_REQUEST
    };
    TRANSFER_NUMBER_USED = Entry {
        code: "ALREADY_EXISTS",
        message: "对应的订单已经存在，请查单检查避免重复转账",
        why: (
            "the {} was used before, with other fields",
            "{} 已使用过，且两次请求的参数不同",
        ),
        code_source: TRANSFER_PAGE,
        message_source: TRANSFER_PAGE,
        ..INVALID_REQUEST
    };
    TRANSFER_NOT_ENOUGH = Entry {
        status: FORBIDDEN,
        code: "NOT_ENOUGH",
        message: "资金不足",
        why: (
            "the account has {} fen left, less than the {} of the transfer: POST merchants/MCHID/balance of the control API sets the balance",
            "账户余额为 {} 分，少于转账金额 {} 分：可用控制接口 POST merchants/MCHID/balance 设置余额",
        ),
        code_source: TRANSFER_PAGE,
        ..INVALID_REQUEST
    };
    TRANSFER_NOT_EXIST = Entry {
        status: NOT_FOUND,
        code: "NOT_FOUND",
        message: "记录不存在",
        why: ("the sandbox has no such transfer: {}", "沙箱中没有这笔转账：{}"),
        code_source: TRANSFER_PAGE,
        message_source: TRANSFER_PAGE,
        ..INVALID_REQUEST
    };
    SERVICE_ORDER_STATE = Entry {
        code: "INVALID_ORDER_STATE",
        message: "单据状态错误",
        why: SERVICE_ORDER_STATE_WHY,
        code_source: SERVICE_ORDER_PAGES,
        message_source: SERVICE_ORDER_PAGES,
        ..INVALID_REQUEST
    };
    SERVICE_ORDER_DONE = Entry {
        code: "ORDER_DONE",
        message: "订单已完成",
        code_source: SERVICE_ORDER_PAGES,
        message_source: SERVICE_ORDER_PAGES,
        why: SERVICE_ORDER_STATE_WHY,
        ..INVALID_REQUEST
    };
    SERVICE_ORDER_CANCELED = Entry {
        code: "ORDER_CANCELED",
        message: "单据已取消",
        code_source: SERVICE_ORDER_PAGES,
        message_source: SERVICE_ORDER_PAGES,
        why: SERVICE_ORDER_STATE_WHY,
        ..INVALID_REQUEST
    };
    SERVICE_ORDER_RAISED = Entry {
        message: "修改后的总金额不能大于原总金额",
        code_source: SERVICE_ORDER_PAGES,
        why: (
            "total_amount {} is more than {}, the amount of the order: an amount can only be lowered",
            "total_amount {} 大于订单的金额 {}：修改订单金额只能下调",
        ),
        ..INVALID_REQUEST
    };
    NUMBER_USED = Entry {
        code: "ALREADY_EXISTS",
        message: "单号已存在，且请求参数与原请求不一致",
        why: (
            "the {} was used before, with other fields; repeat the first request unchanged, or take a new number",
            "{} 已使用过，且两次请求的参数不同；请原样重试，或更换单号",
        ),
        ..INVALID_REQUEST
    };
    RECORD_NOT_EXIST = Entry {
        message: "记录不存在",
        why: (
            "no request has created a record with {} {}",
            "没有请求创建过 {} 为 {} 的记录",
        ),
        ..RESOURCE_NOT_EXISTS
    };
    TRANSFER_NOT_CANCELLABLE = Entry {
        message: "当前转账单状态不允许撤销",
        why: (
            "the transfer is {}; it can be cancelled only before the user confirms it",
            "转账单状态为 {}，只能在用户确认收款前撤销",
        ),
        ..INVALID_REQUEST
    };
    COMPLAINT_NOT_EXIST = Entry {
        message: "投诉单不存在",
        why: ("there is no complaint {}", "没有这笔投诉：{}"),
        ..RESOURCE_NOT_EXISTS
    };
    COMPLAINT_OF_OTHER_MERCHANT = Entry {
        status: FORBIDDEN,
        code: "NO_AUTH",
        message: "商户信息不合法",
        why: (
            "complainted_mchid differs from the complaint's merchant, {}",
            "complainted_mchid 不是该投诉单的商户号，应为 {}",
        ),
        ..INVALID_REQUEST
    };
    IMAGE_NOT_EXIST = Entry {
        message: "图片不存在",
        why: (
            "the sandbox has no image with the media_id {}: it was not uploaded, or was dropped since",
            "没有上传过 media_id 为 {} 的图片，或之后已被清除",
        ),
        ..RESOURCE_NOT_EXISTS
    };
    // 三个月内.
    BILL_DATE_OUT_OF_RANGE = Entry {
        message: "账单日期不正确，仅支持三个月内的账单",
        v2: Some(("FAIL", "invalid bill_date")),
        why: (
            "bill_date is in the future or more than three months ago: it is {} in Beijing",
            "bill_date 是未来的日期，或在三个月以前：当前北京时间为 {}",
        ),
        code_source: BILL_PAGES,
        ..INVALID_REQUEST
    };
    BILL_BEING_MADE = Entry {
        code: "STATEMENT_CREATING",
        message: "账单生成中",
        v2: Some(("FAIL", "Bill Creating")),
        why: (
            "the day is not over and has no entries yet",
            "当天尚未结束，且目前没有交易",
        ),
        code_source: Documented("questions about bills 4013071254"),
        message_source: Documented("questions about bills 4013071254"),
        ..INVALID_REQUEST
    };
    BILL_NOT_EXIST = Entry {
        code: "NO_STATEMENT_EXIST",
        message: "请求的账单文件不存在",
        v2: Some(("FAIL", "No Bill Exist")),
        why: (
            "the bill is empty: there were no transactions on this day",
            "所查询的范围在当天没有交易",
        ),
        code_source: BILL_PAGES,
        message_source: BILL_PAGES,
        ..INVALID_REQUEST
    };
    BILL_URL_EXPIRED = Entry {
        message: "账单下载地址已失效，请重新申请账单",
        why: (
            "the token is unknown or older than 5 minutes: request the bill again, and use its \
             download_url unchanged",
            "没有账单使用此 token，或其获取已超过 5 分钟：请重新申请账单，并原样请求 download_url",
        ),
        code_source: Documented("下载账单 4012084430"),
        ..INVALID_REQUEST
    };
    FREQUENCY_LIMITED = Entry {
        status: StatusCode::TOO_MANY_REQUESTS,
        code: "FREQUENCY_LIMITED",
        message: "频率超限",
        why: (
            "the operation was called more often than its documentation allows",
            "接口调用超过了文档规定的频率",
        ),
        code_source: Documented("HTTP状态码, and the error tables of the operations"),
        message_source: Documented("HTTP状态码, and the error tables of the operations"),
        ..INVALID_REQUEST
    };
    OPERATION_NOT_EXISTS = Entry {
        message: "请求的接口不存在",
        v2: None,
        why: (
            "no operation has this path: {}",
            "接口目录中没有这个路径：{}",
        ),
        ..RESOURCE_NOT_EXISTS
    };
    METHOD_NOT_ALLOWED = Entry {
        status: StatusCode::METHOD_NOT_ALLOWED,
        code: "METHOD_NOT_ALLOWED",
        message: "请求方法不支持",
        why: (
            "this path exists only with other methods",
            "该路径的接口使用其他请求方法",
        ),
        ..INVALID_REQUEST
    };
}
