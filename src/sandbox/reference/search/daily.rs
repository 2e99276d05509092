//! The operations that most merchants call. Many products have operations of the same name: of those that match 查询订单, a
//! merchant nearly always wants the one of 基础支付.

/// Paths, for all their methods.
const DAILY: &[&str] = &[
    "v2/deposit/micropay",
    "v2/deposit/unifiedorder",
    "v2/mmpaymkttransfers/sendredpack",
    "v2/mmpaymkttransfers/sendworkwxredpack",
    "v3/applyment4sub/applyment/",
    "v3/applyment4sub/applyment/applyment_id/{applyment_id}",
    "v3/bill/fundflowbill",
    "v3/bill/tradebill",
    "v3/capital/capitallhh/banks/search-banks-by-bank-account",
    "v3/certificates",
    "v3/combine-transactions/app",
    "v3/combine-transactions/jsapi",
    "v3/combine-transactions/native",
    "v3/ecommerce/applyments/",
    "v3/ecommerce/bill/fundflowbill",
    "v3/ecommerce/fund/balance/{sub_mchid}",
    "v3/ecommerce/fund/withdraw",
    "v3/fund-app/mch-transfer/elecsign/out-bill-no",
    "v3/fund-app/mch-transfer/transfer-bills",
    "v3/fund-app/mch-transfer/transfer-bills/out-bill-no/{out_bill_no}",
    "v3/fund-app/mch-transfer/transfer-bills/out-bill-no/{out_bill_no}/cancel",
    "v3/marketing/busifavor/coupons/send",
    "v3/marketing/busifavor/coupons/use",
    "v3/marketing/busifavor/stocks",
    "v3/marketing/favor/coupon-stocks",
    "v3/marketing/favor/users/{openid}/coupons",
    "v3/med-ins/orders",
    "v3/merchant-service/complaint-notifications",
    "v3/merchant-service/complaints-v2",
    "v3/merchant-service/complaints-v2/{complaint_id}/response",
    "v3/merchant/fund/balance/{account_type}",
    "v3/merchant/fund/withdraw",
    "v3/merchant/media/upload",
    "v3/new-tax-control-fapiao/fapiao-applications",
    "v3/offlineface/transactions",
    "v3/papay/pay/transactions/apply",
    "v3/papay/sign/contracts/plan-id/{plan_id}/out-contract-code/{out_contract_code}",
    "v3/papay/sign/contracts/plan-id/{plan_id}/out-contract-code/{out_contract_code}/terminate",
    "v3/papay/sign/contracts/pre-entrust-sign",
    "v3/password-exempt-contract/contracts/normal/pre-entrust-sign/mini-program",
    "v3/pay/transactions/app",
    "v3/pay/transactions/codepay",
    "v3/pay/transactions/h5",
    "v3/pay/transactions/id/{transaction_id}",
    "v3/pay/transactions/jsapi",
    "v3/pay/transactions/native",
    "v3/pay/transactions/out-trade-no/{out_trade_no}",
    "v3/pay/transactions/out-trade-no/{out_trade_no}/close",
    "v3/pay/transactions/out-trade-no/{out_trade_no}/reverse",
    "v3/payroll-card/tokens",
    "v3/payscore/serviceorder",
    "v3/payscore/serviceorder/{out_order_no}/complete",
    "v3/profitsharing/orders",
    "v3/profitsharing/orders/unfreeze",
    "v3/profitsharing/orders/{out_order_no}",
    "v3/profitsharing/receivers/add",
    "v3/profitsharing/return-orders",
    "v3/refund/domestic/refunds",
    "v3/refund/domestic/refunds/{out_refund_no}",
    "v3/vehicle/transactions/parking",
];

/// Whether an operation has one of these paths.
pub(super) fn is_daily(path: &str) -> bool {
    DAILY.binary_search(&path).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_is_in_the_catalog() {
        assert!(DAILY.is_sorted());
        for path in DAILY {
            let mut operations = wechatpay_core::catalog::operations().iter();
            assert!(operations.any(|it| it.path() == *path), "{path}");
        }
    }
}
