use super::*;

#[test]
fn each_row_belongs_to_an_operation_and_is_found() {
    let mut last = ("", Verb::Delete);
    for (path, verb, members) in answers::ECHOED {
        assert!((path, verb) > (&last.0, &last.1), "{path} is out of order");
        last = (path, *verb);
        let operation = find(&verb.method(), path).unwrap();
        assert_eq!(operation.path(), *path);
        assert_eq!(operation.echoed(), *members, "{path}");
        assert!(!members.is_empty());
    }
    assert!(answers::MAY_LACK_RESULT_CODE.is_sorted());
    for path in answers::MAY_LACK_RESULT_CODE {
        assert!(
            operations()
                .iter()
                .any(|op| op.path() == *path && op.may_lack_result_code())
        );
    }
    let others = operations().iter().filter(|op| !op.echoed().is_empty());
    assert_eq!(others.count(), answers::ECHOED.len());
}

#[test]
fn money_s_own_numbers_are_compared() {
    let has = |method: Method, path: &str, name: &str| {
        let operation = find(&method, path).unwrap();
        operation.echoed().iter().any(|(known, _)| *known == name)
    };
    for (method, path, name) in [
        (
            Method::GET,
            "v3/pay/transactions/id/{transaction_id}",
            "transaction_id",
        ),
        (
            Method::GET,
            "v3/pay/transactions/out-trade-no/{out_trade_no}",
            "out_trade_no",
        ),
        (
            Method::GET,
            "v3/pay/transactions/out-trade-no/{out_trade_no}",
            "mchid",
        ),
        (Method::POST, "v3/refund/domestic/refunds", "out_refund_no"),
        (
            Method::POST,
            "v3/fund-app/mch-transfer/transfer-bills",
            "out_bill_no",
        ),
        (Method::POST, "v3/transfer/batches", "out_batch_no"),
        (Method::POST, "v3/profitsharing/orders", "out_order_no"),
        (Method::POST, "v2/pay/orderquery", "out_trade_no"),
        (
            Method::POST,
            "v2/mmpaymkttransfers/promotion/transfers",
            "partner_trade_no",
        ),
    ] {
        assert!(has(method, path, name), "{path} {name}");
    }
    // An order may be queried by another app of the same merchant.
    assert!(!has(Method::POST, "v2/pay/orderquery", "appid"));
}
