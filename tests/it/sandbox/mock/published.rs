//! Refusals as users have published them of the real gateway.

use serde_json::json;
use wechatpay_sandbox::Sandbox;

use super::super::{Outcome, V2_ORDERS, v2_order, why};
use super::{NATIVE, native_order, refusal};

/// Each as the real gateway has answered it, but for the label in place of the name.
#[test]
fn published_refusals_are_the_same_here() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let expression = r"^[0-9a-zA-Z_\-\|\*]+$";
    let url = r"^https?://([^\s/?#\[\]\@]+\@)?([^\s/?#\@:]+)(?::\d{2,5})?([^\s?#\[\]]*)$";
    let letters =
        |expression| format!("字符串规则校验失败，字符串必须匹配正则表达式“{expression}”");
    for (name, value, told, issue) in [
        (
            "out_trade_no",
            json!("abc"),
            json!(3),
            "字符串规则校验失败，字节数 3，小于最小值 6".to_owned(),
        ),
        (
            "out_trade_no",
            json!("订单号"),
            json!("订单号"),
            letters(expression),
        ),
        (
            "attach",
            json!("附".repeat(43)),
            json!(129),
            "字符串规则校验失败，字节数 129，大于最大值 128".to_owned(),
        ),
        (
            "notify_url",
            json!("https://a.cn/?a=b"),
            json!("https://a.cn/?a=b"),
            letters(url),
        ),
    ] {
        let mut order = native_order();
        order[name] = value;
        let refused = refusal(&sandbox, order)?;
        let message = format!("输入源“/body/{name}”映射到值字段“{name}”{issue}");
        let field = format!("/{name}");
        let detail = json!({"field": field, "issue": issue, "location": "body", "value": told});
        assert_eq!(refused, json!({"message": message, "detail": detail}));
    }
    let mut order = native_order();
    order["description"] = json!(4);
    let issue = "此字段需要一个 string 类型的 Json 值";
    let message = refusal(&sandbox, order)?["message"].clone();
    let source = "无法将 JSON 输入源“/body/description”映射到目标字段“description”中";
    assert_eq!(message, format!("{source}，{issue}"));
    Ok(())
}

#[test]
fn what_is_wrong_in_the_path_is_said_of_it() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    let long = "1".repeat(35);
    let close = client.chain("v3/pay/transactions/out-trade-no/{out_trade_no}/close");
    let close = close.post(json!({"mchid": sandbox.mchid()}), ());
    let applyment = client.chain("v3/applyment4sub/applyment/applyment_id/{applyment_id}");
    let batch = client
        .chain("v3/transfer/batches/batch-id/{batch_id}")
        .get(());
    let batch = batch.query("need_query_detail", "false");
    for (call, location, field, told, message) in [
        (
            close.var("out_trade_no", &*long),
            "uri_template",
            "out_trade_no",
            json!(35),
            "输入源“/uri_template/out_trade_no”映射到值字段“out_trade_no”字符串规则校验失败，字节数 35，大于最大值 32",
        ),
        (
            applyment
                .get(())
                .var("applyment_id", "APPLYMENT_20210312084316"),
            "uri_template",
            "applyment_id",
            json!("APPLYMENT_20210312084316"),
            "无法将输入源“/uri_template/applyment_id”映射到目标字段“applyment_id”中，此字段需要一个合法的 64 位无符号整数",
        ),
        (
            batch
                .var("batch_id", "1030000062401")
                .query("batch_id", "1030000062401"),
            "query",
            "batch_id",
            json!("1030000062401"),
            "无法将输入源“/query/batch_id”映射到目标字段“batch_id”中，此字段并非多重字段但被输入源“/uri_template/batch_id”映射过了。",
        ),
    ] {
        let err = call.wait().err().ok_or("it was accepted")?;
        let api = err.api().ok_or_else(|| err.report())?;
        assert_eq!((&*api.code, &*api.message), ("PARAM_ERROR", message));
        assert_eq!(api.detail["location"], location);
        assert_eq!(api.detail["field"], field);
        assert_eq!(api.detail["value"], told);
    }
    Ok(())
}

/// Published: a title of 200 bytes, and a sum that is no number, each with `return_code` FAIL.
#[test]
fn apiv2_says_before_any_code_that_it_cannot_read_a_field() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let order = v2_order(&sandbox);
    for (name, value, message) in [
        (
            "body",
            "1".repeat(200),
            "输入源“/body/xml/body”映射到值字段“body”字符串规则校验失败，字节数 200，大于最大值 128",
        ),
        (
            "total_fee",
            "0.01".to_owned(),
            "无法将输入源“/body/xml/total_fee”映射到目标字段“total_fee”中，此字段需要一个合法的 64 位有符号整数",
        ),
    ] {
        let mut order = order.clone();
        order[name] = json!(value);
        let call = sandbox.client()?.chain(V2_ORDERS).post(order, ());
        let err = call.wait().err().ok_or("it was accepted")?;
        let api = err.api().ok_or_else(|| err.report())?;
        assert_eq!((&*api.code, &*api.message), ("FAIL", message));
        assert_eq!(api.detail["return_code"], "FAIL");
        assert!(why(&sandbox)?.contains(name));
    }
    Ok(())
}

/// As of the time zone that is forgotten.
#[test]
fn the_time_to_pay_is_not_over() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let mut order = native_order();
    order["time_expire"] = json!("2018-06-08T10:34:56+08:00");
    let told = refusal(&sandbox, order.clone())?;
    assert_eq!(told["detail"]["field"], "/time_expire");
    let part = json!({
        "mchid": sandbox.mchid(), "out_trade_no": "20150806125346", "attach": "A", "description": "公仔",
        "amount": {"total_amount": 1, "currency": "CNY"},
    });
    let combined = json!({
        "combine_appid": "wxd678efh567hg6787",
        "combine_mchid": sandbox.mchid(),
        "combine_out_trade_no": "P20150806125346",
        "sub_orders": [part],
        "notify_url": "https://www.example.com/paid",
        "time_expire": "2018-06-08T10:34:56+08:00",
    });
    let client = sandbox.client()?;
    let combine = client.chain("v3/combine-transactions/native");
    let err = combine
        .post(combined, ())
        .wait()
        .err()
        .ok_or("it was accepted")?;
    assert_eq!(
        err.api().ok_or_else(|| err.report())?.detail["field"],
        "/time_expire"
    );
    assert!(sandbox.orders().is_empty());
    order["time_expire"] = json!("2099-06-08T10:34:56+08:00");
    client.chain(NATIVE).post(order, ()).wait()?;

    let v2 = |time: &str| {
        let order = json!({
            "appid": "wxd678efh567hg6787",
            "mch_id": sandbox.mchid(),
            "body": "公仔",
            "total_fee": 100,
            "out_trade_no": "20091225091010",
            "spbill_create_ip": "127.0.0.1",
            "notify_url": "https://www.example.com/paid",
            "trade_type": "NATIVE",
            "time_expire": time,
        });
        client.chain("v2/pay/unifiedorder").post(order, ()).wait()
    };
    let err = v2("20091227091010").err().ok_or("it was accepted")?;
    let api = err.api().ok_or_else(|| err.report())?;
    let said = "time_expire时间过短，刷卡至少1分钟，其他5分钟";
    assert_eq!((&*api.code, &*api.message), ("PARAM_ERROR", said));
    v2("20991227091010")?;
    Ok(())
}
