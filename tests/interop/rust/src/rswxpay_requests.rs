//! The requests that the scenarios of rswxpay send.

use rswxpay::model::common::{Amount, H5Info, Payer, SceneInfo};
use rswxpay::model::prepay::{
    AppPrepayRequest, H5PrepayRequest, JsapiPrepayRequest, NativePrepayRequest,
};
use rswxpay::model::refund::{RefundAmount, RefundRequest};

use crate::kit::{APPID, Kit, NOWHERE, OPENID};

pub const TOTAL: i64 = 100;
const DESCRIPTION: &str = "Image形象店-深圳腾大-QQ公仔";

pub fn amount() -> Amount {
    Amount {
        total: TOTAL,
        currency: None,
    }
}

pub fn native(kit: &Kit, out_trade_no: &str, notify_url: &str) -> NativePrepayRequest {
    NativePrepayRequest {
        appid: APPID.into(),
        mchid: kit.info("mchid").into(),
        description: DESCRIPTION.into(),
        out_trade_no: out_trade_no.into(),
        time_expire: None,
        notify_url: notify_url.into(),
        amount: amount(),
        detail: None,
        scene_info: None,
        settle_info: None,
        attach: None,
        goods_tag: None,
    }
}

pub fn jsapi(kit: &Kit, out_trade_no: &str) -> JsapiPrepayRequest {
    JsapiPrepayRequest {
        appid: APPID.into(),
        mchid: kit.info("mchid").into(),
        description: DESCRIPTION.into(),
        out_trade_no: out_trade_no.into(),
        time_expire: None,
        notify_url: NOWHERE.into(),
        amount: amount(),
        payer: Payer {
            openid: OPENID.into(),
        },
        detail: None,
        scene_info: None,
        settle_info: None,
        attach: None,
        goods_tag: None,
        support_fapiao: None,
    }
}

pub fn app(kit: &Kit) -> AppPrepayRequest {
    AppPrepayRequest {
        appid: APPID.into(),
        mchid: kit.info("mchid").into(),
        description: DESCRIPTION.into(),
        out_trade_no: kit.number("T"),
        time_expire: None,
        notify_url: NOWHERE.into(),
        amount: amount(),
        detail: None,
        scene_info: None,
        settle_info: None,
        attach: None,
        goods_tag: None,
    }
}

pub fn h5(kit: &Kit) -> H5PrepayRequest {
    let h5_info = H5Info {
        h5_type: "Wap".into(),
        app_name: None,
        app_url: None,
        bundle_id: None,
        package_name: None,
    };
    H5PrepayRequest {
        appid: APPID.into(),
        mchid: kit.info("mchid").into(),
        description: DESCRIPTION.into(),
        out_trade_no: kit.number("T"),
        time_expire: None,
        notify_url: NOWHERE.into(),
        amount: amount(),
        scene_info: SceneInfo {
            payer_client_ip: "183.6.105.1".into(),
            device_id: None,
            store_info: None,
            h5_info: Some(h5_info),
        },
        detail: None,
        settle_info: None,
        attach: None,
        goods_tag: None,
    }
}

pub fn part(
    out_trade_no: &str,
    out_refund_no: &str,
    refund: i64,
    notify_url: &str,
) -> RefundRequest {
    RefundRequest {
        transaction_id: None,
        out_trade_no: Some(out_trade_no.into()),
        out_refund_no: out_refund_no.into(),
        reason: Some("商品退货".into()),
        notify_url: Some(notify_url.into()),
        amount: RefundAmount {
            refund,
            total: TOTAL,
            currency: "CNY".into(),
            from: None,
        },
        funds_account: None,
        goods_detail: None,
    }
}
