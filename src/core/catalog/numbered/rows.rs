//! Values that the rows of the table share.

use super::{Amount, Carried, Close, MerchantNumber};

pub(super) const fn same(name: &'static str) -> Carried {
    renamed(name, name)
}

pub(super) const fn renamed(name: &'static str, from: &'static str) -> Carried {
    Carried {
        name,
        from,
        required: true,
    }
}

pub(super) const fn optional(name: &'static str) -> Carried {
    Carried {
        name,
        from: name,
        required: false,
    }
}

/// The amount at the same place of the request and of the query's response.
pub(super) const fn amount(at: &'static str) -> Option<Amount> {
    Some(Amount {
        sent: at,
        found: at,
    })
}

/// The defaults of a row; each row overrides some of them.
pub(super) const ROW: MerchantNumber = MerchantNumber {
    member: "",
    query: "",
    carries: &[],
    fixed: &[],
    state: "",
    failed: &[],
    done: &[],
    only_accepts: false,
    amount: None,
    payable: &[],
    repeatable: true,
    close: None,
};

pub(super) const ORDER: MerchantNumber = MerchantNumber {
    member: "out_trade_no",
    state: "/trade_state",
    // A refunded order was paid. `PAYERROR` belongs to payments by code: for other orders it is not documented, so
    // such an order may still be paid.
    failed: &["CLOSED", "REVOKED"],
    payable: &["NOTPAY", "PAYERROR"],
    amount: amount("/amount/total"),
    ..ROW
};

pub(super) const DIRECT: MerchantNumber = MerchantNumber {
    query: "v3/pay/transactions/out-trade-no/{out_trade_no}",
    carries: &[same("out_trade_no"), same("mchid")],
    close: Some(close(
        "v3/pay/transactions/out-trade-no/{out_trade_no}/close",
        &[same("out_trade_no"), same("mchid")],
    )),
    ..ORDER
};

pub(super) const PARTNER: MerchantNumber = MerchantNumber {
    query: "v3/pay/partner/transactions/out-trade-no/{out_trade_no}",
    carries: &[same("out_trade_no"), same("sp_mchid"), same("sub_mchid")],
    close: Some(close(
        "v3/pay/partner/transactions/out-trade-no/{out_trade_no}/close",
        &[same("out_trade_no"), same("sp_mchid"), same("sub_mchid")],
    )),
    ..ORDER
};

pub(super) const COMBINED: MerchantNumber = MerchantNumber {
    member: "combine_out_trade_no",
    query: "v3/combine-transactions/out-trade-no/{combine_out_trade_no}",
    carries: &[same("combine_out_trade_no")],
    state: "/sub_orders/*/trade_state",
    amount: None,
    close: Some(Close {
        path: "v3/combine-transactions/out-trade-no/{combine_out_trade_no}/close",
        members: &[same("combine_out_trade_no"), same("combine_appid")],
        items: Some(("sub_orders", &["mchid", "sub_mchid", "out_trade_no"])),
        not_before: 0,
    }),
    ..ORDER
};

/// Payments by code. A payment code is valid once, and the user may have to confirm. The request is done
/// when it is paid, and WeChat Pay says to query and not to repeat.
pub(super) const CODE: MerchantNumber = MerchantNumber {
    failed: &["CLOSED", "REVOKED", "PAYERROR"],
    done: &["SUCCESS", "REFUND"],
    payable: &[],
    repeatable: false,
    ..ORDER
};

pub(super) const GLOBAL: MerchantNumber = MerchantNumber {
    query: "v3/global/transactions/out-trade-no/{out_trade_no}",
    carries: &[
        same("out_trade_no"),
        optional("mchid"),
        optional("sp_mchid"),
        optional("sub_mchid"),
    ],
    close: Some(close(
        "v3/global/transactions/out-trade-no/{out_trade_no}/close",
        &[
            same("out_trade_no"),
            optional("mchid"),
            optional("sp_mchid"),
            optional("sub_mchid"),
        ],
    )),
    ..ORDER
};

/// The identifying members of an APIv2 message that queries need.
pub(super) const V2_ORDER: MerchantNumber = MerchantNumber {
    query: "v2/pay/orderquery",
    carries: V2_ORDER_NAMES,
    close: Some(Close {
        path: "v2/pay/closeorder",
        members: V2_ORDER_NAMES,
        items: None,
        // 订单生成后不能马上调用关单接口，最短调用时间间隔为5分钟
        not_before: 300,
    }),
    amount: amount("/total_fee"),
    ..ORDER
};

pub(super) const V2_ORDER_NAMES: &[Carried] = &[
    same("out_trade_no"),
    same("appid"),
    same("mch_id"),
    optional("sub_appid"),
    optional("sub_mch_id"),
    optional("sign_type"),
];

pub(super) const REFUND: MerchantNumber = MerchantNumber {
    member: "out_refund_no",
    state: "/status",
    // ABNORMAL and CHANGE are refunds that need manual action: they exist, and must not be requested again.
    failed: &["CLOSED", "CLOSE", "REFUNDCLOSE"],
    amount: amount("/amount/refund"),
    ..ROW
};

pub(super) const V2_REFUND: MerchantNumber = MerchantNumber {
    query: "v2/pay/refundquery",
    carries: &[
        same("out_refund_no"),
        same("appid"),
        same("mch_id"),
        optional("sub_appid"),
        optional("sub_mch_id"),
        optional("sign_type"),
    ],
    state: "/refund_status_0",
    amount: Some(Amount {
        sent: "/refund_fee",
        found: "/refund_fee_0",
    }),
    ..REFUND
};

pub(super) const TRANSFER: MerchantNumber = MerchantNumber {
    member: "out_bill_no",
    carries: &[same("out_bill_no")],
    state: "/state",
    failed: &["FAIL", "CANCELLED", "CLOSED"],
    amount: amount("/transfer_amount"),
    ..ROW
};

pub(super) const SUB_TRANSFER: MerchantNumber = MerchantNumber {
    carries: &[same("out_bill_no"), same("sub_mchid")],
    ..TRANSFER
};

pub(super) const BATCH: MerchantNumber = MerchantNumber {
    member: "out_batch_no",
    carries: &[same("out_batch_no")],
    fixed: &[("need_query_detail", "false")],
    state: "/transfer_batch/batch_status",
    failed: &["CLOSED"],
    amount: Some(Amount {
        sent: "/total_amount",
        found: "/transfer_batch/total_amount",
    }),
    ..ROW
};

pub(super) const SHARE: MerchantNumber = MerchantNumber {
    member: "out_order_no",
    carries: &[
        same("out_order_no"),
        same("transaction_id"),
        optional("sub_mchid"),
    ],
    state: "/state",
    failed: &["CLOSED"],
    ..ROW
};

pub(super) const SUB_SHARE: MerchantNumber = MerchantNumber {
    carries: &[
        same("out_order_no"),
        same("transaction_id"),
        same("sub_mchid"),
    ],
    state: "/status",
    ..SHARE
};

pub(super) const RETURN: MerchantNumber = MerchantNumber {
    member: "out_return_no",
    carries: &[
        same("out_return_no"),
        same("out_order_no"),
        optional("sub_mchid"),
    ],
    state: "/result",
    failed: &["FAILED", "FAIL"],
    amount: amount("/amount"),
    ..ROW
};

pub(super) const SUB_RETURN: MerchantNumber = MerchantNumber {
    carries: &[
        same("out_return_no"),
        same("sub_mchid"),
        optional("out_order_no"),
        optional("order_id"),
    ],
    ..RETURN
};

pub(super) const fn close(path: &'static str, members: &'static [Carried]) -> Close {
    Close {
        path,
        members,
        items: None,
        not_before: 0,
    }
}
