//! Operations that can be queried by a number that the merchant chose.
//!
//! Written by hand, since the facts behind `table.rs` do not include them. The sources of each row are the
//! pages of the operation and of its query.

mod rows;
mod table;

use std::ptr;
use std::sync::LazyLock;

use super::Operation;
use super::attribute::Verb;
use super::table::OPERATIONS;
use table::NUMBERED;

/// Describes how to query a request by the merchant's number (商户订单号, 商户退款单号,
/// 商户单号 …).
#[derive(Debug)]
#[non_exhaustive]
pub struct MerchantNumber {
    /// The member of the body that contains the number.
    pub member: &'static str,
    /// The path of the query. Its method is GET in APIv3 and POST in APIv2.
    pub query: &'static str,
    /// The values that the query takes from the request's body: path variables, query parameters, or in
    /// APIv2 members of the body.
    pub carries: &'static [Carried],
    /// Constant parameters of the query.
    pub fixed: &'static [(&'static str, &'static str)],
    /// The JSON pointer to the state in the query's response. `*` stands for all items of a list.
    pub state: &'static str,
    /// The states of a request that ended without success.
    pub failed: &'static [&'static str],
    /// The states of a request that is done, if it is done only when it is paid: any other state that is not in
    /// [`failed`](Self::failed) is pending, so that the query is repeated. Empty if the request is done when it exists.
    pub done: &'static [&'static str],
    /// Whether the operation's response says only that WeChat Pay will try to deduct. The query has the state.
    pub only_accepts: bool,
    /// Where the amount is, if the query's response has that of the request.
    pub amount: Option<Amount>,
    /// The states in which the user may still pay.
    pub payable: &'static [&'static str],
    /// Whether the same request may be sent again with the same number because WeChat Pay processes it only
    /// once.
    pub repeatable: bool,
    /// The operation that closes an unpaid order.
    pub close: Option<Close>,
}

/// Where the amount of a request is, as JSON pointers.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "rows of a table")]
pub struct Amount {
    /// In the request.
    pub sent: &'static str,
    /// In the query's response.
    pub found: &'static str,
}

/// A value that a query takes from the request.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "rows of a table")]
pub struct Carried {
    /// The name in the query.
    pub name: &'static str,
    /// The member of the request's body.
    pub from: &'static str,
    /// Whether the query cannot be made without it.
    pub required: bool,
}

/// Describes how to close an unpaid order, so that it can no longer be paid.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "rows of a table")]
pub struct Close {
    /// The path; the method is POST.
    pub path: &'static str,
    /// The members of its body that are taken from the request's body.
    pub members: &'static [Carried],
    /// The list of the request's body that the close repeats, and the members of each item.
    pub items: Option<(&'static str, &'static [&'static str])>,
    /// The minimum number of seconds after the order.
    pub not_before: u64,
}

/// The codes with which WeChat Pay says that a number is unknown. The spellings without underscores are
/// APIv2's.
pub const NOT_FOUND: [&str; 5] = [
    "ORDER_NOT_EXIST",
    "ORDERNOTEXIST",
    "RESOURCE_NOT_EXISTS",
    "REFUNDNOTEXIST",
    "NOT_FOUND",
];

/// The codes with which WeChat Pay says that a number was used before. Only a query tells the outcome of that request.
pub const NUMBER_USED: [&str; 9] = [
    "OUT_TRADE_NO_USED",
    "OUTTRADENOUSED",
    "ORDER_PAID",
    "ORDERPAID",
    "ORDER_CLOSED",
    "ORDERCLOSED",
    "ORDER_REVERSED",
    "ORDERREVERSED",
    "ALREADY_EXISTS",
];

impl Operation {
    /// Returns how this operation is queried by the merchant's number; `None` for operations without one.
    ///
    /// ```
    /// use http::Method;
    /// use wechatpay_chain::catalog;
    ///
    /// let refund = catalog::find(&Method::POST, "v3/refund/domestic/refunds").unwrap();
    /// let number = refund.merchant_number().unwrap();
    /// assert_eq!(number.member, "out_refund_no");
    /// assert_eq!(number.query, "v3/refund/domestic/refunds/{out_refund_no}");
    /// ```
    #[must_use]
    pub fn merchant_number(&self) -> Option<&'static MerchantNumber> {
        if self.verb != Verb::Post {
            return None;
        }
        ROWS.get(self.index()?).copied().flatten()
    }

    /// Returns the position in the catalog; all operations are borrowed from it.
    fn index(&self) -> Option<usize> {
        let offset = ptr::from_ref(self)
            .addr()
            .checked_sub(OPERATIONS.as_ptr().addr())?;
        Some(offset / size_of::<Self>())
    }

    /// Whether WeChat Pay says to query it when the outcome is unknown, and not to repeat it: payments by code and
    /// deductions (付款码支付, 委托代扣 …).
    #[must_use]
    pub fn must_be_queried(&self) -> bool {
        match self.merchant_number() {
            Some(number) => !number.repeatable,
            None => self.verb == Verb::Post && QUERIED.contains(&self.path()),
        }
    }

    /// Whether it changes nothing at WeChat Pay: every GET, and APIv2's queries and downloads.
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.verb == Verb::Get || self.is_v2() && V2_READS.contains(&self.path())
    }
}

/// The row of each operation, in the catalog's order: the retry layer looks up each call, so it must be fast.
static ROWS: LazyLock<Vec<Option<&MerchantNumber>>> = LazyLock::new(|| {
    let row = |operation: &Operation| {
        let holds = |row: &&(&[&str], MerchantNumber)| row.0.contains(&operation.path());
        NUMBERED.iter().find(holds).map(|row| &row.1)
    };
    OPERATIONS.iter().map(row).collect()
});

/// The queries of APIv2, which use POST. Operations that create a key or a token are
/// not included.
const V2_READS: [&str; 35] = [
    "v2/applyment/micro/getstate",
    "v2/applyment/micro/getupgradestate",
    "v2/billcommentsp/batchquerycomment",
    "v2/cgi-bin/mch/customs/customdeclarequery",
    "v2/deposit/orderquery",
    "v2/deposit/refundquery",
    "v2/fund/queryautowithdrawbydate",
    "v2/mmpaymkttransfers/gethbinfo",
    "v2/mmpaymkttransfers/gettransferinfo",
    "v2/mmpaymkttransfers/promotion/querywwsptrans2pocket",
    "v2/mmpaymkttransfers/query_coupon_stock",
    "v2/mmpaymkttransfers/querycouponsinfo",
    "v2/mmpaymkttransfers/queryworkwxredpack",
    "v2/mmpaysptrans/query_bank",
    "v2/papay/partner/querycontract",
    "v2/papay/querycontract",
    "v2/pay/downloadbill",
    "v2/pay/downloadfundflow",
    "v2/pay/facepayquery",
    "v2/pay/orderquery",
    "v2/pay/paporderquery",
    "v2/pay/partner/paporderquery",
    "v2/pay/profitsharingmerchantratioquery",
    "v2/pay/profitsharingorderamountquery",
    "v2/pay/profitsharingquery",
    "v2/pay/profitsharingreturnquery",
    "v2/pay/querycombinedorder",
    "v2/pay/queryexchagerate",
    "v2/pay/refundquery",
    "v2/pay/refundqueryv2",
    "v2/pay/settlementquery",
    "v2/risk/getpublickey",
    "v2/sandboxnew/pay/orderquery",
    "v2/sandboxnew/pay/refundquery",
    "v2/xdc/apiv2sandbox/pay/orderquery",
];

/// Payments by code and deductions without a row in `table.rs`.
const QUERIED: [&str; 25] = [
    "hk/v3/transactions/micropay",
    "v2/deposit/facepay",
    "v2/deposit/micropay",
    "v2/sandboxnew/pay/micropay",
    "v2/transit/partnerpay/payapply",
    "v2/transit/pay/payapply",
    "v2/vehicle/partnerpay/payapply",
    "v2/vehicle/pay/payapply",
    "v2/xdc/apiv2sandbox/pay/micropay",
    "v3/credit-repayment/partner/deduct-orders",
    "v3/ebike/charge/transactions",
    "v3/ecommerce/combine-papay/transactions",
    "v3/edu-papay/transactions",
    "v3/eduschoolpay/transactions",
    "v3/global/papay/transactions",
    "v3/offlineface/transactions",
    "v3/papay/insurance-pay/transactions/apply",
    "v3/papay/pay/harmony/transactions/apply",
    "v3/papay/pay/partner/transactions/apply",
    "v3/papay/pay/transactions/apply",
    "v3/payscore/partner/serviceorder/{out_order_no}/pay",
    "v3/payscore/serviceorder/{out_order_no}/pay",
    "v3/qrcode/transactions",
    "v3/vehicle/etc/transactions/highway",
    "v3/vehicle/transactions/parking",
];

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::catalog::{find, operations};

    #[test]
    fn every_numbered_operation_its_query_and_its_close_are_in_the_catalog() {
        for (paths, row) in NUMBERED {
            for path in *paths {
                let operation = find(&Method::POST, path).unwrap_or_else(|| panic!("{path}"));
                assert_eq!(operation.path(), *path);
                assert!(ptr::eq(operation.merchant_number().unwrap(), row));
            }
            let method = if row.query.starts_with("v2/") {
                Method::POST
            } else {
                Method::GET
            };
            let query = find(&method, row.query).unwrap_or_else(|| panic!("{}", row.query));
            assert_eq!(query.path(), row.query);
            assert!(query.is_read(), "{}", row.query);
            if let Some(close) = row.close {
                let found = find(&Method::POST, close.path).map(Operation::path);
                assert_eq!(found, Some(close.path));
            }
        }
    }

    #[test]
    fn only_numbered_operations_have_a_number() {
        let listed = |it: &Operation| NUMBERED.iter().any(|row| row.0.contains(&it.path()));
        for operation in operations() {
            let expected = operation.method() == Method::POST && listed(operation);
            let found = operation.merchant_number().is_some();
            assert_eq!(found, expected, "{operation:?}");
        }
    }

    #[test]
    fn every_variable_of_a_query_is_carried() {
        for (_, row) in NUMBERED {
            let variables = row
                .query
                .split('/')
                .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
            for variable in variables {
                let carried = row.carries.iter().find(|it| it.name == variable);
                assert!(carried.is_some_and(|it| it.required), "{}", row.query);
            }
            assert!(
                row.carries.iter().any(|it| it.from == row.member),
                "{}",
                row.query
            );
            assert!(row.failed.iter().all(|it| !row.payable.contains(it)));
            assert!(row.failed.iter().all(|it| !row.done.contains(it)));
            assert!(!row.only_accepts || !row.done.is_empty());
        }
    }

    #[test]
    fn payments_by_code_and_deductions_are_queried() {
        for path in QUERIED {
            let operation = find(&Method::POST, path).unwrap_or_else(|| panic!("{path}"));
            assert_eq!(operation.path(), path);
            assert!(operation.merchant_number().is_none(), "{path}");
            assert!(operation.must_be_queried() && !operation.reentrant());
        }
        // Records of purchases, not deductions.
        const OTHERS: [&str; 1] = ["v3/industry-rebate/retail-industry/transactions"];
        let names = [
            "micropay",
            "facepay",
            "codepay",
            "payapply",
            "pappayapply",
            "transactions",
            "parking",
            "highway",
            "deduct-orders",
        ];
        for operation in operations().iter().filter(|it| it.method() == Method::POST) {
            let path = operation.path();
            let is_payment = names
                .iter()
                .any(|name| path.rsplit('/').next() == Some(name))
                || path.contains("papay") && path.ends_with("transactions/apply");
            if is_payment && !OTHERS.contains(&path) {
                assert!(operation.must_be_queried(), "{path}");
            }
        }
    }

    #[test]
    fn reads_are_in_the_catalog_and_change_nothing() {
        for path in V2_READS {
            assert_eq!(find(&Method::POST, path).map(Operation::path), Some(path));
        }
        let read = |operation: &&Operation| operation.is_read();
        assert!(
            operations()
                .iter()
                .filter(read)
                .all(|it| it.merchant_number().is_none())
        );
    }
}
