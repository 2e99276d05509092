//! The private key stays in another process: a middleware that calls a signing service over the network
//! replaces `signer`.
//!
//! ```text
//! cargo run --example remote_signer
//! ```

#![allow(
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "an example shows what it does"
)]

use std::error::Error;
use std::net::SocketAddr;

use http::header::AUTHORIZATION;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use wechatpay_chain::middleware::{self, from_fn, signed_text};
use wechatpay_chain::signing::Authorization;
use wechatpay_chain::{
    Clock, ErrorKind, Next, PrivateKey, Request, Response, Result, SystemClock, Verification,
};
use wechatpay_sandbox::Sandbox;

/// The address of the signing service, in place of a private key.
#[derive(Clone)]
struct RemoteSigner {
    service: SocketAddr,
    mchid: String,
    serial: String,
}

impl RemoteSigner {
    /// The middleware: the same work as the default `signer`, with a remote call inside.
    async fn sign(self, mut request: Request, next: Next) -> Result<Response> {
        let clock = SystemClock::new();
        let (timestamp, nonce) = (clock.now(), clock.nonce()?);
        let text = signed_text(&request, timestamp, &nonce)?;
        let signature = ask(self.service, &text).await.map_err(|err| {
            wechatpay_chain::Error::new(ErrorKind::Middleware, "the signing service failed")
                .with_source(err)
        })?;
        let auth = Authorization::new(self.mchid, self.serial, timestamp, nonce, signature);
        request
            .headers_mut()
            .insert(AUTHORIZATION, auth.to_header_value()?);
        next.run(request).await
    }
}

fn main() -> std::result::Result<(), Box<dyn Error>> {
    Runtime::new()?.block_on(example())
}

async fn example() -> std::result::Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let remote = RemoteSigner {
        service: serve(sandbox.merchant_key().clone()).await?,
        mchid: sandbox.mchid().to_owned(),
        serial: sandbox.serial().to_owned(),
    };

    let client = sandbox.client()?.with_stack(|stack| {
        stack.remove(middleware::SIGNER)?;
        stack.after(
            middleware::VERIFIER,
            "remote_signer",
            from_fn(move |request, next| remote.clone().sign(request, next)),
        )?;
        Ok(())
    })?;
    println!("{client:#?}");

    let order = json!({
        "appid": "wxd678efh567hg6787",
        "mchid": sandbox.mchid(),
        "description": "Image形象店-深圳腾大-QQ公仔",
        "out_trade_no": "1217752501201407033233368018",
        "notify_url": "https://www.example.com/notify",
        "amount": {"total": 100},
    });
    client["v3/pay/transactions/native"].post(order, ()).await?;
    let response = client
        .chain("v3/pay/transactions/out-trade-no/{out_trade_no}/close")
        .post(json!({"mchid": sandbox.mchid()}), ())
        .var("out_trade_no", "1217752501201407033233368018")
        .await?;
    println!("{} {:?}", response.status(), response.verification());
    match response.verification() {
        Verification::Verified { .. } => Ok(()),
        other => Err(format!("the answer was not verified: {other:?}").into()),
    }
}

/// Sends a text to the signing service: its length, then its bytes. The service returns a line with the
/// signature.
async fn ask(service: SocketAddr, text: &[u8]) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(service).await?;
    stream
        .write_u32(u32::try_from(text.len()).unwrap_or(u32::MAX))
        .await?;
    stream.write_all(text).await?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).await?;
    Ok(line.trim_end().to_owned())
}

/// A signing service on loopback; in production it is an HSM, or the only process with the key.
async fn serve(key: PrivateKey) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Err(err) = sign_one(stream, &key).await {
                eprintln!("signing service: {err}");
            }
        }
    });
    Ok(address)
}

async fn sign_one(
    mut stream: TcpStream,
    key: &PrivateKey,
) -> std::result::Result<(), Box<dyn Error + Send + Sync>> {
    let mut text = vec![0; stream.read_u32().await? as usize];
    stream.read_exact(&mut text).await?;
    let signature = key.sign(&text)?;
    stream
        .write_all(format!("{signature}\n").as_bytes())
        .await?;
    Ok(())
}
