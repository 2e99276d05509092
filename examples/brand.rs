//! A brand (品牌) calls its own operations, with its own keys and scheme, next to a merchant's client.
//!
//!     cargo run --example brand

#![expect(clippy::print_stdout, reason = "an example talks to its user")]

use serde_json::{Value, json};
use tokio::runtime::Runtime;
use wechatpay_chain::{BoxError, Client, ErrorKind};
use wechatpay_sandbox::{Sandbox, StubResponse};

const CONFIGS: &str = "brand/marketing/product-coupon/notify-configs";
const COUPON: &str = "brand/marketing/product-coupon/users/{openid}/coupons/{coupon_code}";

fn main() -> Result<(), BoxError> {
    Runtime::new()?.block_on(example())
}

async fn example() -> Result<(), BoxError> {
    let sandbox = Sandbox::start().await?;
    let config = json!({"notify_url": "https://www.example.com/coupons"});
    let coupon = json!({"coupon_code": "Code_123456", "coupon_state": "EFFECTIVE"});
    sandbox.stub("GET", CONFIGS, StubResponse::json(config.clone()))?;
    sandbox.stub("GET", COUPON, StubResponse::json(coupon))?;

    // Outside the sandbox: brand_id(..), serial(..), private_key(..) and platform_key(..).
    let brand = sandbox.brand_builder()?.build()?;
    set_up(&brand, &config).await?;

    // Only the signature differs, and the gateway has checked it.
    let call = sandbox.last_call().ok_or("nothing was sent")?;
    let header = call.headers["Authorization"].to_str()?;
    let scheme = header.split(' ').next().unwrap_or_default();
    println!("{} {} signed by {scheme}", call.method, call.target);

    // A merchant's client rejects the call before anything is sent.
    let merchant = sandbox.client()?;
    match merchant[CONFIGS].get(()).await {
        Err(err) if err.kind() == ErrorKind::Request && !err.maybe_sent() => println!("{err}"),
        other => return Err(format!("a merchant was let in as a brand: {other:?}").into()),
    }
    Ok(())
}

async fn set_up(brand: &Client, config: &Value) -> Result<(), BoxError> {
    brand[CONFIGS].post(config.clone(), ()).await?;
    let now = brand[CONFIGS].get(()).await?;
    println!("coupons are told to {}", now["notify_url"]);

    let coupon = brand[COUPON]
        .get(())
        .var("openid", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
        .var("coupon_code", "Code_123456")
        .query("appid", "wx8888888888888888")
        .await?;
    println!("the user's coupon is {}", coupon["coupon_state"]);
    Ok(())
}
