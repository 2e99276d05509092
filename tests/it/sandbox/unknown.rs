//! Members that the documentation of an operation does not have.

use http::Method;
use serde_json::{Value, json};
use wechatpay_chain::Media;
use wechatpay_sandbox::{SampleRequest, Sandbox, schema};

use super::control::get;
use super::raw::Raw;
use super::{Outcome, V2_ORDERS, is_chinese, last, v2_order, why};

const NATIVE: &str = "/v3/pay/transactions/native";

fn native(sandbox: &Sandbox, more: &Value) -> Value {
    let mut order = json!({
        "appid": "wxd678efh567hg6787",
        "mchid": sandbox.mchid(),
        "description": "公仔",
        "out_trade_no": "UNKNOWN1",
        "notify_url": "https://www.example.com/paid",
        "amount": {"total": 100},
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        order[name] = value.clone();
    }
    order
}

/// The fields of the last request's warnings; each is said in both languages.
fn warned(sandbox: &Sandbox) -> Outcome<Vec<(String, String)>> {
    let warnings = last(sandbox)?.warnings.into_iter();
    let said = warnings.map(|it| {
        assert!(is_chinese(&it.text_zh) && it.text.is_ascii(), "{it:?}");
        (it.field, it.text)
    });
    Ok(said.collect())
}

/// Without an encrypted field WeChat Pay does not mind, but the response is signed by another key than the client may expect.
#[test]
fn a_serial_that_is_not_of_wechat_pay_is_a_warning() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let public = sandbox.platform_key_id();
    for (serial, hint) in [
        (sandbox.serial(), "the serial of the merchant's certificate"),
        ("1234567890ABCDEF", "no key of the sandbox"),
        (public, ""),
        ("", ""),
    ] {
        let raw = Raw::post(&sandbox, NATIVE, &native(&sandbox, &json!({})))?;
        let raw = raw.header("Wechatpay-Serial", serial).authorized()?;
        let answer = raw.send(&sandbox)?;
        assert_eq!(answer.status, 200, "{serial}");
        let warned = warned(&sandbox)?;
        if hint.is_empty() {
            assert_eq!(warned, [], "{serial}");
            continue;
        }
        let [(field, text)] = &*warned else {
            return Err(format!("{warned:?}").into());
        };
        let signer = answer.headers["wechatpay-serial"].to_str()?;
        assert_eq!(field, "Wechatpay-Serial");
        assert!(
            text.contains(hint) && text.contains(signer) && text.contains(public),
            "{text}"
        );
    }
    Ok(())
}

#[test]
fn unknown_members_are_warnings() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    for (more, field, hint) in [
        (
            json!({"time_expires": "2099-01-01T00:00:00+08:00"}),
            "/time_expires",
            "mean time_expire?",
        ),
        (
            json!({"timeExpire": "2099-01-01T00:00:00+08:00"}),
            "/timeExpire",
            "mean time_expire?",
        ),
        (
            json!({"headers": {"Wechatpay-Serial": "1"}}),
            "/headers",
            "option of the HTTP client",
        ),
        (
            json!({"amount": {"total": 100, "curency": "CNY"}}),
            "/amount/curency",
            "mean currency?",
        ),
        (
            json!({"detail": {"goods_detail": [{"merchant_goods_id": "1", "quantity": 1, "unit_price": 1, "zzz": 1}]}}),
            "/detail/goods_detail/0/zzz",
            "WeChat Pay ignores it",
        ),
    ] {
        let raw = Raw::post(&sandbox, NATIVE, &native(&sandbox, &more))?;
        raw.authorized()?.send(&sandbox)?;
        let [(found, text)] =
            <[_; 1]>::try_from(warned(&sandbox)?).map_err(|all| format!("{all:?}"))?;
        assert_eq!(found, field);
        assert!(text.contains(hint), "{text}");
    }
    let call = get(&sandbox, "calls?limit=1")?["calls"][0].take();
    let warning = &call["verdict"]["warnings"][0];
    assert_eq!(warning["field"], "/detail/goods_detail/0/zzz");
    assert_eq!(warning["location"], "body");
    assert!(!warning["text_zh"].as_str().is_none_or(str::is_ascii));

    Raw::new(&sandbox, "GET", "/v3/certificates?a=b")?
        .authorized()?
        .send(&sandbox)?;
    assert_eq!(warned(&sandbox)?.len(), 1);
    Ok(())
}

#[test]
fn documented_members_are_no_warnings() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    client
        .chain(V2_ORDERS)
        .post(v2_order(&sandbox), ())
        .wait()?;
    assert_eq!(warned(&sandbox)?, []);
    let more = json!({"attach": "a", "support_fapiao": true, "scene_info": {"payer_client_ip": "127.0.0.1"}});
    client
        .chain(NATIVE.trim_start_matches('/'))
        .post(native(&sandbox, &more), ())
        .wait()?;
    assert_eq!(warned(&sandbox)?, []);
    Ok(())
}

#[test]
fn a_strict_sandbox_refuses_unknown_members() -> Outcome {
    let sandbox = Sandbox::builder().strict(true).start_blocking()?;
    let order = native(
        &sandbox,
        &json!({"time_expires": "2099-01-01T00:00:00+08:00"}),
    );
    let answer = Raw::post(&sandbox, NATIVE, &order)?
        .authorized()?
        .send(&sandbox)?;
    assert_eq!(answer.code()?, (400, "PARAM_ERROR".to_owned()));
    assert!(answer.is_signed());
    let detail = &answer.json()?["detail"];
    assert_eq!(
        [&detail["field"], &detail["location"]],
        ["/time_expires", "body"]
    );
    assert!(why(&sandbox)?.contains("time_expire?"));
    // Nothing was made of it.
    let query = format!(
        "/v3/pay/transactions/out-trade-no/UNKNOWN1?mchid={}",
        sandbox.mchid()
    );
    assert_eq!(
        Raw::new(&sandbox, "GET", &query)?
            .authorized()?
            .send(&sandbox)?
            .status,
        404
    );
    let right = Raw::post(&sandbox, NATIVE, &native(&sandbox, &json!({})))?;
    assert_eq!(right.authorized()?.send(&sandbox)?.status, 200);

    let mut order = v2_order(&sandbox);
    order["total_feee"] = json!(100);
    let refused = sandbox.client()?.chain(V2_ORDERS).post(order, ()).wait();
    let refused = refused.err().ok_or("an unknown member was accepted")?;
    assert_eq!(refused.api().map(|api| &*api.code), Some("PARAM_ERROR"));
    Ok(())
}

/// A sub-merchant of the first merchant.
const SUB: &str = "1900008888";

/// An application with a picture, at the second place of a list.
fn application(sub_mchid: &str, media: &str, unknown: &str) -> Value {
    json!({
        "sub_mchid": sub_mchid,
        "out_apply_no": "CANCEL1",
        "application_info": [
            {"application_type": "SP_CANCEL_ACCOUNT_APPLICATION", "application_media_id": media},
            {"application_type": "SUB_CANCEL_ACCOUNT_APPLICATION", "application_media_id": unknown},
        ],
    })
}

#[test]
fn media_ids_that_no_upload_has_returned_are_warnings() -> Outcome {
    const CANCEL: &str = "v3/ecommerce/account/cancel-applications";
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    let upload = |path: &'static str, name: &str| -> Outcome<String> {
        let media = Media::from_bytes(name, name.as_bytes().to_vec());
        let answer = client.chain(path).post(media, ()).wait()?;
        Ok(answer["media_id"].as_str().unwrap_or_default().to_owned())
    };
    let picture = upload("v3/merchant/media/upload", "a.png")?;
    let film = upload("v3/merchant/media/video_upload", "a.mp4")?;
    let cancelled = upload("v3/ecommerce/account/cancel-applications/media", "b.png")?;
    client
        .chain(CANCEL)
        .post(application(SUB, &cancelled, ""), ())
        .wait()?;
    assert_eq!(warned(&sandbox)?, []);
    client
        .chain(CANCEL)
        .post(application(SUB, &picture, &film), ())
        .wait()?;
    assert_eq!(warned(&sandbox)?, []);

    client
        .chain(CANCEL)
        .post(application(SUB, &picture, "jTpGmxUX3FBW"), ())
        .wait()?;
    let [(field, text)] =
        <[_; 1]>::try_from(warned(&sandbox)?).map_err(|all| format!("{all:?}"))?;
    assert_eq!(field, "/application_info/1/application_media_id");
    assert!(
        text.contains("no upload of this merchant") && !text.contains("jTpG"),
        "{text}"
    );

    // Another merchant's file is as unknown as none.
    let other = sandbox.account("1900007100")?.client()?;
    other
        .chain(CANCEL)
        .post(application("1900007101", &picture, &film), ())
        .wait()?;
    assert_eq!(warned(&sandbox)?.len(), 2);
    Ok(())
}

/// Complaints have an upload of their own.
#[test]
fn media_ids_of_another_product_are_warnings() -> Outcome {
    const CANCEL: &str = "v3/ecommerce/account/cancel-applications";
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    let upload = |path: &'static str| -> Outcome<String> {
        let media = Media::from_bytes("a.png", path.as_bytes().to_vec());
        let answer = client.chain(path).post(media, ()).wait()?;
        Ok(answer["media_id"].as_str().unwrap_or_default().to_owned())
    };
    let complaint = upload("v3/merchant-service/images/upload")?;
    let picture = upload("v3/merchant/media/upload")?;
    client
        .chain(CANCEL)
        .post(application(SUB, &picture, &complaint), ())
        .wait()?;
    let [(field, text)] =
        <[_; 1]>::try_from(warned(&sandbox)?).map_err(|all| format!("{all:?}"))?;
    assert_eq!(field, "/application_info/1/application_media_id");
    assert!(
        text.contains("upload the file to v3/merchant/media/upload"),
        "{text}"
    );
    Ok(())
}

#[test]
fn a_strict_sandbox_refuses_unknown_media_ids() -> Outcome {
    let sandbox = Sandbox::builder().strict(true).start_blocking()?;
    let call = sandbox
        .client()?
        .chain("v3/ecommerce/account/cancel-applications");
    let refused = call.post(application(SUB, "", "jTpGmxUX3FBW"), ()).wait();
    let refused = refused.err().ok_or("an unknown media id was accepted")?;
    let api = refused.api().ok_or("no answer")?;
    assert_eq!(api.code, "PARAM_ERROR");
    assert_eq!(
        api.detail["field"],
        "/application_info/1/application_media_id"
    );
    Ok(())
}

/// The documentation and the official SDKs disagree about these. Each is accepted, by a strict sandbox too.
#[test]
fn where_a_request_follows_the_official_sdks_is_a_warning() -> Outcome {
    const STOCKS: &str = "v3/marketing/favor/coupon-stocks";
    const BATCHES: &str = "v3/transfer/batches";
    let sandbox = Sandbox::builder().strict(true).start_blocking()?;
    let client = sandbox.client()?;
    let sample = |path| {
        let schema = schema::find(&Method::POST, path).ok_or("undocumented")?;
        let sample = SampleRequest::required(&schema, 0).body().cloned();
        Outcome::Ok(sample.ok_or("no body")?)
    };
    let mut stock = sample(STOCKS)?;
    stock["coupon_use_rule"]["coupon_available_time"] = Value::Null;
    stock["pattern_info"]["background_color"] = json!("COLOR010");
    client.chain(STOCKS).post(stock.clone(), ()).wait()?;
    let said = warned(&sandbox)?;
    let fields: Vec<_> = said.iter().map(|(field, _)| &**field).collect();
    assert_eq!(
        fields,
        [
            "/pattern_info/background_color",
            "/coupon_use_rule/coupon_available_time"
        ]
    );
    assert!(
        said[0]
            .1
            .contains("is COLOR010, which the official SDKs have; the documentation has Color010"),
        "{said:?}"
    );

    let mut batch = sample(BATCHES)?;
    batch["transfer_scene_id"] = Value::Null;
    client.chain(BATCHES).post(batch.clone(), ()).wait()?;
    let said = warned(&sandbox)?;
    assert_eq!(said[0].0, "/transfer_scene_id");
    assert!(
        said[0].1.contains("the documentation requires it"),
        "{said:?}"
    );

    let codes = client.chain("v3/marketing/busifavor/stocks/{stock_id}/couponcodes");
    codes
        .get(())
        .var("stock_id", "98065001")
        .query("limit", "10")
        .query("offset", "0")
        .query("status", "AVAILABLE")
        .wait()?;
    let said = warned(&sandbox)?;
    assert_eq!(said[0].0, "/status");

    // As documented.
    let mut documented = sample(BATCHES)?;
    documented["out_batch_no"] = json!("DOCUMENTED1");
    client.chain(BATCHES).post(documented, ()).wait()?;
    assert_eq!(warned(&sandbox)?, []);
    Ok(())
}
