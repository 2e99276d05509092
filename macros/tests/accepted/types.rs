use wechatpay_chain::Fen;

mod query {
    wechatpay_chain::types!(GET "v3/pay/transactions/id/{id}");
}

mod transfer {
    wechatpay_chain::types!(POST "v3/fund-app/mch-transfer/transfer-bills");
}

mod refund {
    wechatpay_chain::types!(POST "v3/refund/domestic/refunds");
}

mod complaint {
    wechatpay_chain::types!(EVENT "complaint.create");
}

#[test]
fn types_read_and_write() {
    let text = r#"{"trade_state": "NEW_STATE", "amount": {"total": 100}, "unknown": [1]}"#;
    let found: query::Response = serde_json::from_str(text).unwrap();
    assert_eq!(found.amount.unwrap().total, Some(Fen::new(100)));
    assert_eq!(found.transaction_id, None);
    let state = found.trade_state.unwrap();
    assert_eq!(state.as_str(), "NEW_STATE");
    assert!(matches!(state, query::ResponseTradeState::Other(_)));
    assert_eq!(query::PATH, "v3/pay/transactions/id/{transaction_id}");

    for (text, time) in [
        (r#"{"success_time": ""}"#, None),
        (r#"{"success_time": null}"#, None),
        ("{}", None),
        (
            r#"{"success_time": "2026-11-01T08:00:00+08:00"}"#,
            Some("2026-11-01T08:00:00+08:00"),
        ),
    ] {
        let found: query::Response = serde_json::from_str(text).unwrap();
        assert_eq!(found.success_time, time.map(|time| time.parse().unwrap()));
    }
    serde_json::from_str::<query::Response>(r#"{"success_time": "x"}"#).unwrap_err();

    assert_eq!(refund::EVENT_TYPES[0], "REFUND.SUCCESS");
    let text = r#"{"amount": {"refund": 100}, "success_time": "", "refund_status": "SUCCESS"}"#;
    let refunded: refund::Notification = serde_json::from_str(text).unwrap();
    assert_eq!(refunded.amount.unwrap().refund, Some(Fen::new(100)));
    assert_eq!(refunded.success_time, None);
    assert_eq!(complaint::EVENT_TYPE, "COMPLAINT.CREATE");
    serde_json::from_str::<complaint::Notification>("{}").unwrap();

    let request: transfer::Request = serde_json::from_str(
        r#"{"appid": "a", "out_bill_no": "b", "openid": "o", "transfer_amount": 1, "transfer_remark": "r",
            "transfer_scene_id": "1000", "transfer_scene_report_infos": [], "user_name": "张三"}"#,
    )
    .unwrap();
    assert!(!format!("{request:?}").contains("张三"));
    assert_eq!(serde_json::to_value(&request).unwrap()["user_name"], "张三");
}
