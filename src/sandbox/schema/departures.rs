//! All field rules that differ from `operations.txt`, with their sources.
//!
//! `operations.txt` is generated from the documentation. The documentation has errors: it marks fields as required
//! that are required only under a condition in its prose, omits values from lists, and counts characters where the
//! gateway counts bytes. To refuse a request that WeChat Pay accepts is worse than to accept one that it refuses, so
//! every row needs a source.
//!
//! "Published" means responses of the real gateway that users have published.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Field, FieldKind};
use wechatpay_core::catalog::Operation;
use wechatpay_schema::amounts::are_whole_fen;

/// One rule that differs from the documentation.
pub(crate) struct Departure {
    /// The prefixes of its operations' paths; empty for all operations.
    paths: &'static [&'static str],
    place: Place,
    pub(crate) rule: Rule,
    /// The source.
    source: &'static str,
}

/// The field or fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A JSON pointer of the body, with `*` for each index.
    Body(&'static str),
    /// A variable of the path.
    Path(&'static str),
    /// Every field with one of these names.
    Named(&'static [&'static str]),
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Rule {
    /// The least and the greatest length in bytes.
    Bytes(usize, usize),
    /// The greatest length in characters, if the documentation has none.
    Characters(usize),
    /// An absolute URL without query and fragment; an empty one counts as absent. The gateway's message quotes the
    /// expression.
    PlainUrl { quoted: &'static str },
    /// A text with the characters of a merchant's number. The gateway's message quotes the expression.
    MerchantNumber { quoted: &'static str },
    /// An unsigned 64-bit integer.
    Unsigned,
    /// An amount in fen: a whole number of at least 0, although the documentation may have any number.
    Fen,
    /// Optional, although the documentation marks it as required.
    Optional,
    /// Optional if the object has one of these members, and they are documented.
    OptionalIfAny(&'static [&'static str]),
    /// Optional if the object has one of these members, all of which are documented as required.
    OneOf(&'static [&'static str]),
    /// Any value, although the documentation lists some.
    AnyValue,
    /// These values in addition to the documented ones.
    Also(&'static [&'static str]),
}

use Place::{Body, Named, Path};
use Rule::{
    Also, AnyValue, Bytes, Characters, Fen, MerchantNumber, OneOf, Optional, OptionalIfAny,
    PlainUrl, Unsigned,
};

const ALL: &[&str] = &[];
const ORDERS: &[&str] = &["v3/pay/transactions/", "v3/pay/partner/transactions/"];
const V2_ORDERS: &[&str] = &["v2/pay/unifiedorder", "v2/pay/micropay"];
const PRODUCT_COUPONS: &[&str] = &[
    "brand/marketing/product-coupon/product-coupons",
    "v3/marketing/partner/product-coupon/product-coupons",
];
const REFUNDS: &[&str] = &["v3/refund/domestic/refunds", "v3/ecommerce/refunds/"];
const SHARING: &[&str] = &[
    "v3/profitsharing/",
    "v3/ecommerce/profitsharing/",
    "v3/brand/profitsharing/",
];
const TRANSFERS: &[&str] = &["v3/fund-app/mch-transfer/", "v3/transfer/batches"];
#[rustfmt::skip]
const NOTIFIED: &[&str] = &[
    "v3/pay/transactions/", "v3/pay/partner/transactions/", "v3/combine-transactions/", "v3/refund/domestic/refunds",
    "v2/pay/unifiedorder", "v2/secapi/pay/refund",
];

const NUMBER: Rule = MerchantNumber {
    quoted: r"^[0-9a-zA-Z_\-\|\*]+$",
};
const PLAIN_URL: Rule = PlainUrl {
    quoted: r"^https?://([^\s/?#\[\]\@]+\@)?([^\s/?#\@:]+)(?::\d{2,5})?([^\s?#\[\]]*)$",
};
/// Any number of an order or of its refund identifies the refunds.
const ANY_ORDER: Rule = OneOf(&[
    "transaction_id",
    "out_trade_no",
    "out_refund_no",
    "refund_id",
]);

/// The documentation marks these fields as required; the official SDK sends requests without them.
const SDKS: &str = "wechatpay-go 0.2.21: optional";

const fn row(
    paths: &'static [&'static str],
    place: Place,
    rule: Rule,
    source: &'static str,
) -> Departure {
    Departure {
        paths,
        place,
        rule,
        source,
    }
}

#[rustfmt::skip]
static DEPARTURES: &[Departure] = &[
    // Lengths in bytes, and letters.
    row(ORDERS, Body("/out_trade_no"), Bytes(6, 32), "published: 字节数 3，小于最小值 6; 字节数 35，大于最大值 32"),
    row(ORDERS, Body("/out_trade_no"), NUMBER, "published; the @ is of APIv2's 统一下单"),
    row(V2_ORDERS, Body("/out_trade_no"), Bytes(6, 32), "统一下单: 32 at most, 6 at least"),
    row(V2_ORDERS, Body("/out_trade_no"), NUMBER, "统一下单"),
    row(ORDERS, Body("/attach"), Bytes(0, 128), "published: 字节数 203，大于最大值 128"),
    row(V2_ORDERS, Body("/body"), Bytes(0, 128), "published: 字节数 200，大于最大值 128 (/body/xml/body)"),
    row(NOTIFIED, Body("/notify_url"), Bytes(0, 256), "published; 合单下单 and 申请退款 have the same length"),
    row(NOTIFIED, Body("/notify_url"), PLAIN_URL, "published; 合单下单, 统一下单 and 申请退款: no parameters"),
    row(ORDERS, Path("out_trade_no"), Bytes(0, 32), "published: 字节数 35，大于最大值 32"),
    row(ORDERS, Path("transaction_id"), Bytes(0, 32), "查询订单"),
    row(&["v3/applyment4sub/applyment/applyment_id/{applyment_id}"], Path("applyment_id"), Unsigned,
        "published: 此字段需要一个合法的 64 位无符号整数"),
    row(ALL, Named(&["amount", "total", "total_amount", "transfer_amount"]), Fen, "单位为分，整型: for instance 完结支付分订单, 修改订单金额"),

    // Required under a condition.
    row(ALL, Named(&["transaction_id"]), OptionalIfAny(&["out_trade_no"]), "二选一: one number of the order"),
    row(ALL, Named(&["out_trade_no"]), OptionalIfAny(&["transaction_id"]), "二选一: one number of the order"),
    row(ALL, Named(&["refund_id"]), OptionalIfAny(&["out_refund_no"]), "二选一: one number of the refund"),
    row(ALL, Named(&["out_refund_no"]), OptionalIfAny(&["refund_id"]), "二选一: one number of the refund"),
    row(ALL, Named(&["transaction_id"]), ANY_ORDER, "APIv2 查询退款: 四选一"),
    row(ALL, Named(&["out_trade_no"]), ANY_ORDER, "APIv2 查询退款: 四选一"),
    row(ALL, Named(&["out_refund_no"]), ANY_ORDER, "APIv2 查询退款: 四选一"),
    row(ALL, Named(&["refund_id"]), ANY_ORDER, "APIv2 查询退款: 四选一"),
    row(ALL, Named(&["order_id"]), OptionalIfAny(&["out_order_no"]), "请求分账回退: 二选一"),
    row(ALL, Named(&["out_order_no"]), OptionalIfAny(&["order_id"]), "请求分账回退: 二选一"),
    row(ALL, Named(&["contract_id"]), OptionalIfAny(&["contract_code", "plan_id"]), "查询签约关系: contract_id or plan_id with contract_code"),
    row(ALL, Named(&["contract_code"]), OptionalIfAny(&["contract_id"]), "查询签约关系"),
    row(ALL, Named(&["plan_id"]), OptionalIfAny(&["contract_id"]), "查询签约关系"),
    row(ALL, Named(&["openid"]), OptionalIfAny(&["sub_openid", "contract_id", "plate_number"]), "二选一: one name of the user"),
    row(ALL, Named(&["sub_openid"]), OptionalIfAny(&["openid", "sp_openid"]), "二选一: one name of the user"),
    row(ALL, Named(&["sp_openid"]), OptionalIfAny(&["sub_openid"]), "二选一: one name of the user"),
    row(ALL, Named(&["plate_number"]), OptionalIfAny(&["openid"]), "用户状态查询: openid or plate_number"),
    row(ALL, Named(&["sub_appid"]), OptionalIfAny(&["appid", "sp_appid"]), "a sub-merchant's app is named only for its sub_openid"),
    row(&["v3/combine-transactions/"], Body("/sub_orders/*/sub_mchid"), Optional, "合单下单: of service providers only"),
    row(PRODUCT_COUPONS, Named(&["stock"]), OptionalIfAny(&["stock_bundle"]), "the official samples of PROGRESSIVE_BUNDLE have stock_bundle"),
    row(&["v3/transfer/batches"], Body("/transfer_detail_list/*/user_name"), Optional, "发起批量转账: from 2,000 yuan on"),
    row(&["v3/transfer/batches"], Body("/transfer_scene_id"), Optional, SDKS),
    row(ORDERS, Body("/scene_info/store_info/name"), Optional, SDKS),
    row(ORDERS, Body("/scene_info/store_info/area_code"), Optional, SDKS),
    row(ORDERS, Body("/scene_info/store_info/address"), Optional, SDKS),
    row(&["v3/vehicle/transactions/parking", "v3/vehicle/parking/"], Named(&["sub_appid", "sub_mchid"]), Optional, SDKS),
    row(&["v3/marketing/busifavor/stocks/{stock_id}"], Named(&[
        "mini_programs_appid", "mini_programs_path", "entrance_words",
        "finder_id", "finder_video_id", "finder_video_cover_image_url",
    ]), Optional, SDKS),
    row(&["v3/marketing/busifavor/callbacks"], Named(&["mchid"]), Optional, SDKS),
    row(&["v3/marketing/favor/coupon-stocks"], Body("/coupon_use_rule/coupon_available_time"), Optional, SDKS),
    row(&["v3/payroll-card/"], Named(&["employment_type", "employment_scene", "authenticate_type", "authenticate_state"]), Optional, SDKS),
    row(&["v3/ecommerce/refunds/apply"], Body("/combine_transaction_id"), Optional, "申请退款: any number of the order is enough"),
    row(&["v3/ecommerce/refunds/apply"], Body("/funds_account"), Optional, "申请退款: of unsettled funds only"),
    row(&["v3/apply4sub/sub_merchants/{sub_mchid}/modify-settlement"], Body("/bank_address_code"), Optional, "修改结算账户: 选填"),
    row(&["v3/combine-transactions/h5"], Body("/scene_info"), Optional, "合单下单 of the H5 page's sample has none"),
    row(&["v3/combine-transactions/h5"], Body("/scene_info/h5_info"), Optional, "合单下单 of the H5 page's sample has none"),
    row(&["v3/applyment4sub/applyment/"], Body("/subject_info/business_license_info"), Optional, "提交申请单: depends on 主体类型"),
    row(&["v3/applyment4sub/applyment/"], Body("/subject_info/certificate_info"), Optional, "提交申请单: depends on 主体类型"),
    row(&["v3/apply4subject/applyment"], Body("/subject_info/business_license_info"), Optional, "提交申请单: depends on 主体类型"),
    row(&["v3/apply4subject/applyment"], Body("/subject_info/certificate_info"), Optional, "提交申请单: depends on 主体类型"),
    row(&["v2/vehicle/partnerpay/querystate"], Body("/sub_openid"), Optional, "the sample of the page has none"),
    row(&["v2/vehicle/partnerpay/querystate"], Body("/plate_number"), Optional, "the sample of the page has none"),
    row(&["v2/vehicle/pay/querystate"], Body("/plate_number"), Optional, "the sample of the page has none"),

    // Incomplete lists of values.
    row(ALL, Named(&["bank_type"]), AnyValue, "银行类型: new banks are added"),
    row(ALL, Named(&["customs"]), AnyValue, "samples of the pages have others"),
    row(&["v3/marketing/partner/product-coupon/"], Named(&["usage_mode"]), Also(&["PROGRESSIVE_BUNDLE"]), "添加商品券批次组: of bundles"),
    row(ALL, Named(&["background_color"]), Also(&[
        "COLOR010", "COLOR020", "COLOR030", "COLOR040", "COLOR050", "COLOR060", "COLOR070", "COLOR080", "COLOR090", "COLOR100",
    ]), "the pages have Color010, older pages and the official SDKs COLOR010"),
    row(&["v3/marketing/busifavor/stocks/{stock_id}/couponcodes"], Named(&["status"]), Also(&["AVAILABLE", "DISPATCHED"]),
        "the official SDKs have the states of a code, the page those of a coupon"),
    row(ALL, Named(&["authenticate_type"]), Also(&["NORMAL"]), "the official SDKs have NORMAL as well"),
    row(ALL, Named(&["relation_type"]), AnyValue, "添加分账接收方: the values listed are of one type of receiver"),
    row(ALL, Named(&["reverse_reason"]), AnyValue, "samples of the pages have others"),

    // Lengths in characters that operations.txt lacks. Only stateful operations read them.
    row(ALL, Named(&["appid", "sub_appid", "sp_appid", "combine_appid"]), Characters(32), "JSAPI下单, 合单下单"),
    row(ALL, Named(&["mchid", "sub_mchid", "sp_mchid", "combine_mchid", "brand_mchid", "return_mchid", "mch_id", "sub_mch_id"]),
        Characters(32), "JSAPI下单, 合单下单, 请求分账回退"),
    row(ALL, Named(&["complainted_mchid"]), Characters(64), "回复用户"),
    row(ALL, Named(&["out_trade_no", "combine_out_trade_no"]), Characters(32), "JSAPI下单, 合单下单"),
    row(REFUNDS, Named(&["transaction_id"]), Characters(64), "the length of refund_id: 申请退款 has none"),
    row(ALL, Named(&["transaction_id"]), Characters(32), "查询订单, 请求分账"),
    row(ALL, Named(&["out_refund_no", "refund_id", "refund_account"]), Characters(64), "申请退款"),
    row(SHARING, Named(&["description"]), Characters(80), "请求分账, 解冻剩余资金, 请求分账回退"),
    row(ALL, Named(&["description"]), Characters(127), "JSAPI下单, 合单下单"),
    row(ALL, Named(&["attach"]), Characters(128), "JSAPI下单, 合单下单"),
    row(TRANSFERS, Named(&["openid"]), Characters(64), "发起转账, 发起批量转账"),
    row(ALL, Named(&["openid", "sub_openid", "sp_openid"]), Characters(128), "JSAPI下单"),
    row(ALL, Named(&["currency", "fee_type", "refund_fee_type"]), Characters(16), "JSAPI下单, 统一下单"),
    row(ALL, Named(&["total_fee", "refund_fee"]), Characters(19), "an integer of 64 bits has no more digits"),
    row(ALL, Named(&["trade_type", "profit_sharing"]), Characters(16), "统一下单"),
    row(V2_ORDERS, Named(&["auth_code"]), Characters(128), "提交付款码支付"),
    row(ALL, Named(&["auth_code", "device_id"]), Characters(32), "付款码支付, JSAPI下单"),
    row(ALL, Named(&["time_expire"]), Characters(64), "JSAPI下单"),
    row(ALL, Named(&["notify_url"]), Characters(256), "JSAPI下单"),
    row(ALL, Named(&["url"]), Characters(255), "创建投诉通知回调地址"),
    row(ALL, Named(&["out_bill_no", "transfer_remark"]), Characters(32), "发起转账"),
    row(ALL, Named(&["transfer_scene_id"]), Characters(36), "发起转账"),
    row(ALL, Named(&["out_batch_no", "out_detail_no", "batch_name", "batch_remark"]), Characters(32), "发起批量转账"),
    row(ALL, Named(&["out_order_no", "order_id", "out_return_no"]), Characters(64), "请求分账, 请求分账回退"),
    row(ALL, Named(&["account", "receiver_account"]), Characters(64), "请求分账"),
    row(ALL, Named(&["type", "relation_type"]), Characters(32), "添加分账接收方"),
    row(ALL, Named(&["custom_relation"]), Characters(10), "添加分账接收方"),
    row(ALL, Named(&["response_content", "reject_reason", "remark"]), Characters(200), "回复用户, 更新退款审批结果"),
    row(ALL, Named(&["action"]), Characters(64), "更新退款审批结果"),
];

/// The rules of a text in the body.
pub(crate) fn of_text<'o>(
    operation: &'o Operation,
    pointer: &str,
) -> impl Iterator<Item = Rule> + use<'o> {
    find(operation, INDEX.body.get(pointer))
}

/// The rules of a variable of the path.
pub(crate) fn of_variable<'o>(
    operation: &'o Operation,
    name: &str,
) -> impl Iterator<Item = Rule> + use<'o> {
    find(operation, INDEX.path.get(name))
}

/// The rules of every field with a name.
fn of_name<'o>(operation: &'o Operation, name: &str) -> impl Iterator<Item = Rule> + use<'o> {
    find(operation, INDEX.named.get(name))
}

/// The rows of a place, in their order.
type Rows = HashMap<&'static str, Vec<&'static Departure>>;

/// The rows by their place: each field of each request is looked up several times.
#[derive(Default)]
struct Index {
    body: Rows,
    path: Rows,
    named: Rows,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index::default();
    for row in DEPARTURES {
        match row.place {
            Body(pointer) => index.body.entry(pointer).or_default().push(row),
            Path(name) => index.path.entry(name).or_default().push(row),
            Named(names) => {
                for name in names {
                    index.named.entry(name).or_default().push(row);
                }
            }
        }
    }
    index
});

fn find<'o>(
    operation: &'o Operation,
    rows: Option<&'static Vec<&'static Departure>>,
) -> impl Iterator<Item = Rule> + use<'o> {
    rows_of(operation, rows).map(|it| it.rule)
}

fn rows_of<'o>(
    operation: &'o Operation,
    rows: Option<&'static Vec<&'static Departure>>,
) -> impl Iterator<Item = &'static Departure> + use<'o> {
    let path = operation.path();
    let of_path =
        |it: &&Departure| it.paths.is_empty() || it.paths.iter().any(|it| path.starts_with(it));
    rows.into_iter().flatten().copied().filter(of_path)
}

/// Whether a required field may be absent.
///
/// `pointer` has `*` for each index. `has` tells whether the object has a member.
pub(crate) fn may_be_absent(
    operation: &Operation,
    siblings: &[Field],
    field: &Field,
    pointer: &str,
    has: impl Fn(&str) -> bool,
) -> bool {
    let sibling = |name: &str| siblings.iter().find(|field| field.name() == name);
    let name = field.name();
    // The path has it already; some pages list it again.
    if pointer == format!("/{name}") && is_variable(operation, name) {
        return true;
    }
    let has_any = |others: &[&str]| {
        let mut others = others.iter().filter(|other| **other != name);
        others.any(|other| sibling(other).is_some() && has(other))
    };
    let is_required = |name: &&str| sibling(name).is_some_and(Field::is_required);
    of_text(operation, pointer)
        .chain(of_name(operation, name))
        .any(|rule| match rule {
            Optional => true,
            OptionalIfAny(others) => has_any(others),
            OneOf(names) => names.iter().all(is_required) && has_any(names),
            _ => false,
        })
}

/// The pointers of the required fields that may be absent.
pub(super) fn conditional(operation: &Operation, fields: &[Field]) -> Vec<String> {
    let mut found = Vec::new();
    collect_conditional(operation, fields, "", &mut found);
    found
}

fn collect_conditional(
    operation: &Operation,
    fields: &[Field],
    pointer: &str,
    found: &mut Vec<String>,
) {
    for field in fields {
        let pointer = format!("{pointer}/{}", field.name());
        if field.is_required() && may_be_absent(operation, fields, field, &pointer, |_| true) {
            found.push(pointer.clone());
        }
        collect_conditional(operation, field.fields(), &pointer, found);
    }
}

fn is_variable(operation: &Operation, name: &str) -> bool {
    let mut segments = operation.path().split('/');
    let variable = |segment: &'static str| segment.strip_prefix('{')?.strip_suffix('}');
    segments.any(|segment| variable(segment) == Some(name))
}

/// Whether any value is accepted, although the documentation lists some.
///
/// A list of one value comes from the sample (`FORCE_CHECK`, where `NO_CHECK` is valid too). Ids, such as
/// 转账场景ID, get new values over time.
pub(crate) fn takes_any_value(operation: &Operation, field: &Field) -> bool {
    let name = field.name();
    field.values().len() < 2
        || name.ends_with("_id")
        || of_name(operation, name).any(|rule| matches!(rule, AnyValue))
}

/// Whether a value is accepted that the documentation does not list.
pub(crate) fn takes_value(operation: &Operation, field: &Field, value: &str) -> bool {
    of_name(operation, field.name())
        .any(|rule| matches!(rule, Also(values) if values.contains(&value)))
}

/// Whether a documented field is required, and optional in the official SDKs.
///
/// `pointer` has `*` for each index.
pub(crate) fn is_left_out_by_sdks(operation: &Operation, field: &Field, pointer: &str) -> bool {
    let rows = rows_of(operation, INDEX.body.get(pointer))
        .chain(rows_of(operation, INDEX.named.get(field.name())));
    field.is_required()
        && rows
            .into_iter()
            .any(|row| row.source == SDKS && matches!(row.rule, Optional))
}

/// Whether a number is an amount in fen.
pub(crate) fn is_in_fen(operation: &Operation, field: &Field) -> bool {
    let path = operation.path();
    are_whole_fen(path) && of_name(operation, field.name()).any(|rule| matches!(rule, Fen))
}

/// Whether the listed values contradict the documented type, as for `DIS_FLAG`, a "number".
pub(crate) fn is_of_another_kind(field: &Field) -> bool {
    let number = matches!(field.kind(), FieldKind::Integer | FieldKind::Number);
    let is_number = |value: &&str| value.parse::<f64>().is_ok();
    number && !field.values().iter().all(is_number)
}

/// The greatest length of a text, in characters, at a pointer with `*` for each index.
pub(crate) fn most_characters(
    operation: &Operation,
    pointer: &str,
    field: Option<&Field>,
) -> usize {
    // A text never has more characters than bytes.
    let bytes = of_text(operation, pointer).find_map(|rule| match rule {
        Bytes(_, most) => Some(most),
        _ => None,
    });
    let name = pointer.rsplit('/').next().unwrap_or_default();
    let named = || {
        of_name(operation, name).find_map(|rule| match rule {
            Characters(most) => Some(most),
            _ => None,
        })
    };
    let documented = field.and_then(|field| field.length().1);
    bytes.or(documented).or_else(named).unwrap_or(UNDOCUMENTED)
}

/// The bound for texts of undocumented length, so that memory is bounded.
const UNDOCUMENTED: usize = 1024;

#[cfg(test)]
mod tests;
