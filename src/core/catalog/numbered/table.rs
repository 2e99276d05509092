//! Which operations have a merchant's number.

use super::rows::{
    BATCH, CODE, COMBINED, DIRECT, GLOBAL, ORDER, PARTNER, REFUND, RETURN, ROW, SHARE, SUB_RETURN,
    SUB_SHARE, SUB_TRANSFER, TRANSFER, V2_ORDER, V2_REFUND, amount, optional, renamed, same,
};
use super::{Amount, MerchantNumber};

/// The operations of each row, and the row.
pub(super) static NUMBERED: &[(&[&str], MerchantNumber)] = &[
    (
        &[
            "v3/pay/transactions/app",
            "v3/pay/transactions/app-with-contract",
            "v3/pay/transactions/h5",
            "v3/pay/transactions/jsapi",
            "v3/pay/transactions/jsapi-with-contract",
            "v3/pay/transactions/native",
        ],
        DIRECT,
    ),
    (
        &[
            "v3/pay/partner/transactions/app",
            "v3/pay/partner/transactions/app-with-contract",
            "v3/pay/partner/transactions/h5",
            "v3/pay/partner/transactions/jsapi",
            "v3/pay/partner/transactions/jsapi-with-contract",
            "v3/pay/partner/transactions/miniprogram",
            "v3/pay/partner/transactions/native",
        ],
        PARTNER,
    ),
    (
        &["v3/pay/transactions/codepay"],
        MerchantNumber {
            query: DIRECT.query,
            carries: DIRECT.carries,
            ..CODE
        },
    ),
    (
        &["v3/pay/partner/transactions/codepay"],
        MerchantNumber {
            query: PARTNER.query,
            carries: PARTNER.carries,
            ..CODE
        },
    ),
    (
        &[
            "v3/combine-transactions/app",
            "v3/combine-transactions/h5",
            "v3/combine-transactions/jsapi",
            "v3/combine-transactions/miniprogram",
            "v3/combine-transactions/native",
        ],
        COMBINED,
    ),
    (
        &[
            "v3/global/transactions/app",
            "v3/global/transactions/jsapi",
            "v3/global/transactions/mweb",
            "v3/global/transactions/native",
        ],
        GLOBAL,
    ),
    (
        &["v3/global/micropay/transactions/pay"],
        MerchantNumber {
            query: GLOBAL.query,
            carries: GLOBAL.carries,
            ..CODE
        },
    ),
    (&["v2/pay/unifiedorder", "v2/pay/contractorder"], V2_ORDER),
    (
        &["v2/pay/micropay"],
        MerchantNumber {
            query: V2_ORDER.query,
            carries: V2_ORDER.carries,
            amount: amount("/total_fee"),
            ..CODE
        },
    ),
    (
        &["v2/pay/facepay"],
        MerchantNumber {
            query: "v2/pay/facepayquery",
            carries: V2_ORDER.carries,
            amount: amount("/total_fee"),
            ..CODE
        },
    ),
    (
        &["v2/pay/pappayapply"],
        MerchantNumber {
            query: "v2/pay/paporderquery",
            carries: V2_ORDER.carries,
            failed: &["CLOSED", "PAY_FAIL", "PAYERROR", "REVOKED"],
            only_accepts: true,
            amount: amount("/total_fee"),
            ..CODE
        },
    ),
    (
        &["v2/pay/partner/pappayapply"],
        MerchantNumber {
            query: "v2/pay/partner/paporderquery",
            carries: V2_ORDER.carries,
            failed: &["CLOSED", "PAY_FAIL", "PAYERROR", "REVOKED"],
            only_accepts: true,
            amount: amount("/total_fee"),
            ..CODE
        },
    ),
    (
        &["v2/pay/combinedorder"],
        MerchantNumber {
            member: "combine_out_trade_no",
            query: "v2/pay/querycombinedorder",
            carries: &[
                same("combine_out_trade_no"),
                same("combine_appid"),
                same("combine_mch_id"),
                optional("sign_type"),
            ],
            amount: None,
            // The documents of `v2/pay/closecombinedorder` contradict each other about the form of `sub_order_list`.
            close: None,
            ..ORDER
        },
    ),
    (
        &["v3/refund/domestic/refunds"],
        MerchantNumber {
            query: "v3/refund/domestic/refunds/{out_refund_no}",
            carries: &[same("out_refund_no"), optional("sub_mchid")],
            ..REFUND
        },
    ),
    (
        &["v3/ecommerce/refunds/apply"],
        MerchantNumber {
            query: "v3/ecommerce/refunds/out-refund-no/{out_refund_no}",
            carries: &[same("out_refund_no"), same("sub_mchid")],
            ..REFUND
        },
    ),
    (
        &["v3/global/refunds"],
        MerchantNumber {
            query: "v3/global/refunds/out-refund-no/{out_refund_no}",
            carries: &[
                same("out_refund_no"),
                optional("mchid"),
                optional("sp_mchid"),
                optional("sub_mchid"),
            ],
            ..REFUND
        },
    ),
    (&["v2/secapi/pay/refund"], V2_REFUND),
    (
        &["v2/secapi/pay/refundv2"],
        MerchantNumber {
            query: "v2/pay/refundqueryv2",
            ..V2_REFUND
        },
    ),
    (
        &[
            "v3/fund-app/mch-transfer/transfer-bills",
            "v3/fund-app/mch-transfer/transfer-bills/pre-transfer-with-authorization",
            "v3/fund-app/mch-transfer/transfer-bills/transfer",
        ],
        MerchantNumber {
            query: "v3/fund-app/mch-transfer/transfer-bills/out-bill-no/{out_bill_no}",
            ..TRANSFER
        },
    ),
    (
        &[
            "v3/fund-app/mch-transfer/partner/transfer-bills",
            "v3/fund-app/mch-transfer/partner/transfer-bills/pre-transfer-with-authorization",
            "v3/fund-app/mch-transfer/partner/transfer-bills/transfer",
        ],
        MerchantNumber {
            query: "v3/fund-app/mch-transfer/partner/transfer-bills/out-bill-no/{out_bill_no}",
            ..SUB_TRANSFER
        },
    ),
    (
        &["v3/fund-app/mch-transfer/transfer-to-qq-wallet-bills"],
        MerchantNumber {
            query: "v3/fund-app/mch-transfer/transfer-to-qq-wallet-bills/{out_bill_no}",
            ..TRANSFER
        },
    ),
    (
        &["v3/ecommerce/mch-transfer/transfer-bills"],
        MerchantNumber {
            query: "v3/ecommerce/mch-transfer/transfer-bills/out-bill-no/{out_bill_no}",
            ..SUB_TRANSFER
        },
    ),
    (
        &["v3/transfer/batches"],
        MerchantNumber {
            query: "v3/transfer/batches/out-batch-no/{out_batch_no}",
            ..BATCH
        },
    ),
    (
        &["v3/partner-transfer/batches"],
        MerchantNumber {
            query: "v3/partner-transfer/batches/out-batch-no/{out_batch_no}",
            state: "/batch_status",
            amount: amount("/total_amount"),
            ..BATCH
        },
    ),
    (
        &["v2/mmpaymkttransfers/promotion/transfers"],
        MerchantNumber {
            member: "partner_trade_no",
            query: "v2/mmpaymkttransfers/gettransferinfo",
            carries: &[
                same("partner_trade_no"),
                renamed("mch_id", "mchid"),
                renamed("appid", "mch_appid"),
            ],
            state: "/status",
            failed: &["FAILED"],
            amount: Some(Amount {
                sent: "/amount",
                found: "/payment_amount",
            }),
            ..ROW
        },
    ),
    (
        &[
            "v2/mmpaymkttransfers/sendredpack",
            "v2/mmpaymkttransfers/sendgroupredpack",
            "v2/mmpaymkttransfers/sendminiprogramhb",
        ],
        MerchantNumber {
            member: "mch_billno",
            query: "v2/mmpaymkttransfers/gethbinfo",
            carries: &[
                same("mch_billno"),
                same("mch_id"),
                renamed("appid", "wxappid"),
            ],
            fixed: &[("bill_type", "MCHT")],
            state: "/status",
            failed: &["FAILED"],
            amount: amount("/total_amount"),
            ..ROW
        },
    ),
    (
        &["v2/mmpaysptrans/pay_bank"],
        MerchantNumber {
            member: "partner_trade_no",
            query: "v2/mmpaysptrans/query_bank",
            carries: &[same("partner_trade_no"), same("mch_id")],
            state: "/status",
            failed: &["FAILED", "BANK_FAIL"],
            amount: amount("/amount"),
            ..ROW
        },
    ),
    (
        &[
            "v3/profitsharing/orders",
            "v3/profitsharing/orders/unfreeze",
        ],
        MerchantNumber {
            query: "v3/profitsharing/orders/{out_order_no}",
            ..SHARE
        },
    ),
    (
        &["v3/ecommerce/profitsharing/orders"],
        MerchantNumber {
            query: "v3/ecommerce/profitsharing/orders",
            ..SUB_SHARE
        },
    ),
    (
        &["v3/brand/profitsharing/orders"],
        MerchantNumber {
            query: "v3/brand/profitsharing/orders",
            ..SUB_SHARE
        },
    ),
    (
        &[
            "v2/secapi/pay/profitsharing",
            "v2/secapi/pay/multiprofitsharing",
        ],
        MerchantNumber {
            query: "v2/pay/profitsharingquery",
            carries: &[
                same("out_order_no"),
                same("transaction_id"),
                same("mch_id"),
                optional("sub_mch_id"),
                optional("sign_type"),
            ],
            state: "/status",
            ..SHARE
        },
    ),
    (
        &["v3/profitsharing/return-orders"],
        MerchantNumber {
            query: "v3/profitsharing/return-orders/{out_return_no}",
            ..RETURN
        },
    ),
    (
        &["v3/ecommerce/profitsharing/returnorders"],
        MerchantNumber {
            query: "v3/ecommerce/profitsharing/returnorders",
            ..SUB_RETURN
        },
    ),
    (
        &["v3/brand/profitsharing/returnorders"],
        MerchantNumber {
            query: "v3/brand/profitsharing/returnorders",
            ..SUB_RETURN
        },
    ),
    (
        &["v2/secapi/pay/profitsharingreturn"],
        MerchantNumber {
            query: "v2/pay/profitsharingreturnquery",
            carries: &[
                same("out_return_no"),
                same("mch_id"),
                same("appid"),
                optional("sub_mch_id"),
                optional("sub_appid"),
                optional("sign_type"),
                optional("out_order_no"),
                optional("order_id"),
            ],
            amount: amount("/return_amount"),
            ..RETURN
        },
    ),
    (
        &["v3/payscore/serviceorder"],
        MerchantNumber {
            member: "out_order_no",
            query: "v3/payscore/serviceorder",
            carries: &[same("out_order_no"), same("service_id"), same("appid")],
            state: "/state",
            failed: &["REVOKED", "EXPIRED"],
            ..ROW
        },
    ),
];
