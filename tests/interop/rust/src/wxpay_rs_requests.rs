//! The requests that the scenarios of wxpay-rs send, and the transport that takes them to the sandbox.

use async_trait::async_trait;
use wxpay_rs::WxPayResult;
use wxpay_rs::http::client::HttpResponse;
use wxpay_rs::http::{HttpClient, ReqwestHttpClient};
use wxpay_rs::services::payments::app::AppRequest;
use wxpay_rs::services::payments::h5::{H5Info, H5Request, SceneInfo};
use wxpay_rs::services::payments::jsapi::{Amount, JsapiRequest, Payer};
use wxpay_rs::services::payments::native::NativeRequest;
use wxpay_rs::services::profit_sharing::AddProfitSharingReceiverRequest;
use wxpay_rs::services::refund::{RefundAmount, RefundRequest};
use wxpay_rs::services::transfer::{TransferDetail, TransferRequest};

use crate::kit::{APPID, Kit, NOWHERE, OPENID};

pub const TOTAL: u64 = 100;
const DESCRIPTION: &str = "Image形象店-深圳腾大-QQ公仔";
const HOST: &str = "https://api.mch.weixin.qq.com";

/// The client's own transport, to the sandbox.
pub struct ToSandbox {
    pub own: ReqwestHttpClient,
    pub base: String,
}

impl ToSandbox {
    fn url(&self, url: &str) -> String {
        url.replacen(HOST, &self.base, 1)
    }
}

type Headers = Vec<(String, String)>;

#[async_trait]
impl HttpClient for ToSandbox {
    async fn get(&self, url: &str, headers: Headers) -> WxPayResult<HttpResponse> {
        self.own.get(&self.url(url), headers).await
    }

    async fn post(&self, url: &str, headers: Headers, body: &str) -> WxPayResult<HttpResponse> {
        self.own.post(&self.url(url), headers, body).await
    }

    async fn put(&self, url: &str, headers: Headers, body: &str) -> WxPayResult<HttpResponse> {
        self.own.put(&self.url(url), headers, body).await
    }

    async fn delete(&self, url: &str, headers: Headers) -> WxPayResult<HttpResponse> {
        self.own.delete(&self.url(url), headers).await
    }

    async fn patch(&self, url: &str, headers: Headers, body: &str) -> WxPayResult<HttpResponse> {
        self.own.patch(&self.url(url), headers, body).await
    }
}

pub fn native(kit: &Kit, out_trade_no: &str, notify_url: &str) -> NativeRequest {
    NativeRequest {
        appid: APPID.into(),
        mchid: kit.info("mchid").into(),
        description: DESCRIPTION.into(),
        out_trade_no: out_trade_no.into(),
        amount: amount(TOTAL),
        notify_url: Some(notify_url.into()),
    }
}

pub fn amount(total: u64) -> Option<Amount> {
    Some(Amount {
        total,
        currency: Some("CNY".into()),
    })
}

pub fn jsapi(kit: &Kit, out_trade_no: &str, total: u64) -> JsapiRequest {
    JsapiRequest {
        appid: APPID.into(),
        mchid: kit.info("mchid").into(),
        description: DESCRIPTION.into(),
        out_trade_no: out_trade_no.into(),
        amount: amount(total),
        payer: Some(Payer {
            openid: OPENID.into(),
        }),
        notify_url: Some(NOWHERE.into()),
    }
}

pub fn app(kit: &Kit) -> AppRequest {
    AppRequest {
        appid: APPID.into(),
        mchid: kit.info("mchid").into(),
        description: DESCRIPTION.into(),
        out_trade_no: kit.number("T"),
        amount: amount(TOTAL),
        notify_url: Some(NOWHERE.into()),
    }
}

pub fn h5(kit: &Kit) -> H5Request {
    H5Request {
        appid: APPID.into(),
        mchid: kit.info("mchid").into(),
        description: DESCRIPTION.into(),
        out_trade_no: kit.number("T"),
        amount: amount(TOTAL),
        notify_url: Some(NOWHERE.into()),
        scene_info: Some(SceneInfo {
            payer_client_ip: Some("183.6.105.1".into()),
            device_id: None,
            h5_info: Some(H5Info {
                r#type: "Wap".into(),
            }),
        }),
    }
}

pub fn part(
    out_trade_no: &str,
    out_refund_no: &str,
    refund: u64,
    notify_url: &str,
) -> RefundRequest {
    RefundRequest {
        transaction_id: None,
        out_trade_no: Some(out_trade_no.into()),
        out_refund_no: out_refund_no.into(),
        reason: Some("用户申请退款".into()),
        amount: RefundAmount {
            refund,
            total: TOTAL,
            currency: "CNY".into(),
        },
        notify_url: Some(notify_url.into()),
    }
}

pub fn merchant(name: &str) -> AddProfitSharingReceiverRequest {
    AddProfitSharingReceiverRequest {
        sub_mchid: None,
        appid: APPID.into(),
        sub_appid: None,
        receiver_type: "MERCHANT_ID".into(),
        account: "1900000110".into(),
        name: Some(name.into()),
        relation_type: "PARTNER".into(),
        custom_relation: None,
    }
}

pub fn batch(kit: &Kit, user_name: Option<&str>) -> TransferRequest {
    TransferRequest {
        appid: APPID.into(),
        out_batch_no: kit.number("B"),
        batch_name: "2019年1月深圳分部报销单".into(),
        batch_remark: "报销".into(),
        transfer_detail_list: vec![TransferDetail {
            out_detail_no: kit.number("D"),
            transfer_amount: 200_000,
            transfer_remark: "报销".into(),
            openid: OPENID.into(),
            user_name: user_name.map(Into::into),
        }],
        total_amount: 200_000,
        total_num: 1,
    }
}
