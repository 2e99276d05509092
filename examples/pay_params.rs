//! Prints the parameters for the front end of every scene, as JSON. Nothing is sent, and the keys are temporary.
//!
//! ```text
//! cargo run --example pay_params
//! cargo run --example pay_params --features qr
//! ```

#![allow(clippy::print_stdout, reason = "an example prints what it did")]

use openssl::rsa::Rsa;
use serde::Serialize;
use wechatpay_chain::pay::{self, Coupon, Subsidy, SubsidyPeriod};
use wechatpay_chain::signing::SignType;
use wechatpay_chain::{Client, PrivateKey};

const APPID: &str = "wx8888888888888888";
/// Part of the answer to an order.
const PREPAY_ID: &str = "wx201410272009395522657a690389285100";
const CODE_URL: &str = "weixin://wxpay/bizpayurl?pr=p4lpSuKzz";
const H5_URL: &str =
    "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx2016&package=2150917749";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = throw_away_client()?;
    let pay = client.pay();

    show("JSAPI", pay.jsapi(APPID, PREPAY_ID)?)?;
    show("mini program", pay.mini_program(APPID, PREPAY_ID)?)?;
    show("App", pay.app(APPID, PREPAY_ID)?)?;
    let chosen = Subsidy::new(SubsidyPeriod::Period, 12);
    show(
        "JSAPI, instalments",
        pay.jsapi_subsidy(APPID, PREPAY_ID, chosen)?,
    )?;
    show(
        "App, instalments",
        pay.app_subsidy(APPID, PREPAY_ID, chosen)?,
    )?;
    show(
        "H5",
        pay::h5_url(H5_URL, "https://www.example.com/orders/7")?,
    )?;
    show("Native", CODE_URL)?;
    #[cfg(feature = "qr")]
    println!("{}\n", pay::qr(CODE_URL)?.to_text(Default::default()));

    let v2 = pay.v2();
    show(
        "APIv2 JSAPI",
        v2.jsapi(APPID, PREPAY_ID, SignType::HmacSha256)?,
    )?;
    show("APIv2 App", v2.app(APPID, PREPAY_ID, SignType::Md5)?)?;
    let package = "sendid=242e8abd163d300019b2cae74ba8e8c06e3f0e51ab84d16b3c80decd22a5b672&ver=8";
    show("APIv2 red packet", v2.red_packet(APPID, package)?)?;

    let coupon = Coupon::new("98065001", "89560002019101000121");
    show(
        "coupon page",
        pay.coupon_url(&coupon, "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")?,
    )?;
    show("coupon plug-in", pay.coupons([coupon])?)?;

    let confirm = pay.score_confirm("DJIOSQPYWDxsjdldeuwhdodwxasd_dDiodnwjh9we")?;
    show("pay score, confirm, App", confirm.app())?;
    show("pay score, confirm, JSAPI", confirm.jsapi())?;
    show("pay score, confirm, mini program", confirm.mini_program())?;
    let detail = pay.score_detail("88888888000011", "1234323JKHDFE1243252")?;
    show("pay score, detail, mini program", detail.mini_program())?;
    Ok(())
}

fn show(scene: &str, params: impl Serialize) -> serde_json::Result<()> {
    println!("{scene}\n{}\n", serde_json::to_string_pretty(&params)?);
    Ok(())
}

/// A made-up merchant. In production the keys come from files, and the keyring has WeChat Pay's key.
fn throw_away_client() -> Result<Client, Box<dyn std::error::Error>> {
    let key = Rsa::generate(2048)?.private_key_to_der()?;
    let client = Client::builder()
        .mchid("1900000109")
        .serial("5157F09EFDC096DE15EBE81A47057A7232F1B8E1")
        .private_key(PrivateKey::from_bytes(key)?)
        .keyring(Default::default())
        .v2_key("192006250b4c09247ec02edce69f6a2d")
        .build()?;
    Ok(client)
}
