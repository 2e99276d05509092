//! `wechatpay sign pay-params`: the parameters that a front end passes to WeChat.

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use serde_json::{Value, json};
use wechatpay_chain::pay::{self, Coupon, Pay};
use wechatpay_chain::signing::SignType;
use wechatpay_chain::{Error, Result as CallResult};

use crate::context::Context;
use crate::credentials::{Need, session};
use crate::exit::{Exit, Failure};
use crate::i18n::t;
use crate::rephrase;

#[derive(Args)]
pub(crate) struct SignArgs {
    #[command(subcommand)]
    command: SignCommand,
}

#[derive(Subcommand)]
enum SignCommand {
    PayParams(PayParamsArgs),
}

#[derive(Args)]
struct PayParamsArgs {
    #[arg(long, value_name = "MCHID")]
    sub_mchid: Option<String>,

    #[command(subcommand)]
    scene: Scene,
}

#[derive(Subcommand)]
enum Scene {
    Jsapi(Order),
    MiniProgram(Order),
    App(Order),
    H5 {
        #[arg(long, value_name = "URL")]
        h5_url: String,
        #[arg(long, value_name = "URL")]
        redirect_url: String,
    },
    V2Jsapi(V2Order),
    V2App(V2Order),
    RedPacket {
        #[arg(long, value_name = "APPID")]
        appid: String,
        #[arg(long, value_name = "TEXT")]
        package: String,
    },
    ScoreConfirm {
        #[arg(long, value_name = "TEXT")]
        package: String,
        #[arg(long, value_enum, default_value_t)]
        to: Frontend,
    },
    ScoreDetail {
        #[arg(long, value_name = "ID")]
        service_id: String,
        #[arg(long, value_name = "NUMBER")]
        out_order_no: String,
        #[arg(long, value_enum, default_value_t)]
        to: Frontend,
    },
    Coupons {
        #[arg(long, value_name = "COUPON", required = true, value_parser = coupon)]
        coupon: Vec<Coupon>,
    },
    CouponUrl {
        #[arg(long, value_name = "COUPON", value_parser = coupon)]
        coupon: Coupon,
        #[arg(long, value_name = "OPENID")]
        openid: String,
    },
}

/// An order that WeChat Pay has accepted.
#[derive(Args)]
struct Order {
    #[arg(long, value_name = "APPID")]
    appid: String,
    #[arg(long, value_name = "ID")]
    prepay_id: String,
}

#[derive(Args)]
struct V2Order {
    #[command(flatten)]
    order: Order,
    #[arg(long, value_enum, default_value_t)]
    sign_type: Hash,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Hash {
    #[default]
    #[value(name = "MD5")]
    Md5,
    #[value(name = "HMAC-SHA256")]
    HmacSha256,
}

/// Where the user confirms.
#[derive(Clone, Copy, Default, ValueEnum)]
enum Frontend {
    #[default]
    Jsapi,
    MiniProgram,
    App,
}

pub(crate) fn run(args: SignArgs, context: Context<'_>) -> Result<(), Failure> {
    let SignCommand::PayParams(args) = args.command;
    let output = context.output;
    if let Scene::H5 {
        h5_url,
        redirect_url,
    } = &args.scene
    {
        // The URL comes from WeChat Pay's answer; no key is needed.
        let url = pay::h5_url(h5_url, redirect_url).map_err(|err| refused(&err))?;
        return output.value(&json!({ "url": url }));
    }
    let session = session(context, Need::Sign)?;
    let mut pay = session.client.pay();
    if let Some(mchid) = args.sub_mchid {
        pay = pay.mchid(mchid);
    }
    let params = params(&pay, args.scene);
    output.value(&params.map_err(|err| refused(&err))?)
}

fn params(pay: &Pay, scene: Scene) -> CallResult<Value> {
    match scene {
        Scene::Jsapi(order) => pay.jsapi(&order.appid, &order.prepay_id).map(json),
        Scene::MiniProgram(order) => pay.mini_program(&order.appid, &order.prepay_id).map(json),
        Scene::App(order) => pay.app(&order.appid, &order.prepay_id).map(json),
        Scene::H5 {
            h5_url,
            redirect_url,
        } => pay::h5_url(&h5_url, &redirect_url).map(|url| json!({ "url": url })),
        Scene::V2Jsapi(V2Order { order, sign_type }) => {
            let v2 = pay.v2();
            v2.jsapi(&order.appid, &order.prepay_id, sign_type.into())
                .map(json)
        }
        Scene::V2App(V2Order { order, sign_type }) => {
            let v2 = pay.v2();
            v2.app(&order.appid, &order.prepay_id, sign_type.into())
                .map(json)
        }
        Scene::RedPacket { appid, package } => pay.v2().red_packet(&appid, &package).map(json),
        Scene::ScoreConfirm { package, to } => {
            pay.score_confirm(&package).map(|params| score(&params, to))
        }
        Scene::ScoreDetail {
            service_id,
            out_order_no,
            to,
        } => {
            let params = pay.score_detail(&service_id, &out_order_no);
            params.map(|params| score(&params, to))
        }
        Scene::Coupons { coupon } => pay.coupons(coupon).map(json),
        Scene::CouponUrl { coupon, openid } => pay
            .coupon_url(&coupon, &openid)
            .map(|url| json!({ "url": url })),
    }
}

fn score(params: &pay::ScoreParams, place: Frontend) -> Value {
    match place {
        Frontend::Jsapi => json(params.jsapi()),
        Frontend::MiniProgram => json(params.mini_program()),
        Frontend::App => json(params.app()),
    }
}

#[allow(clippy::needless_pass_by_value, reason = "for map")]
fn json(params: impl Serialize) -> Value {
    json!(params)
}

fn coupon(text: &str) -> Result<Coupon, String> {
    let mut parts = text.splitn(3, ':');
    let (Some(stock), Some(number)) = (parts.next(), parts.next()) else {
        return Err(t!("coupon-format"));
    };
    let coupon = Coupon::new(stock, number);
    Ok(match parts.next() {
        Some(code) => coupon.coupon_code(code),
        None => coupon,
    })
}

fn refused(err: &Error) -> Failure {
    Failure::new(Exit::Input, "request", rephrase::error(err))
}

impl From<Hash> for SignType {
    fn from(hash: Hash) -> Self {
        match hash {
            Hash::Md5 => Self::Md5,
            Hash::HmacSha256 => Self::HmacSha256,
        }
    }
}
