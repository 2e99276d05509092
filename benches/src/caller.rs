//! The two compared clients, and the call that both make.

use serde_json::{Value, json};
use wechatpay_chain::resilience::RetryPolicy;
use wechatpay_chain::{Client, ClientBuilder, PrivateKey, PublicKey, Verification};

use crate::Result;
use crate::floor::Floor;
use crate::setup::{MCHID, PLATFORM_ID, SERIAL, Setup};

/// The endpoint: an operation of the catalog with sensitive fields.
pub const PATH: &str = "v3/aggracct-bc/wb-channel/control-orders/punish";
const FIELD: &str = "bal_account_no";

/// The client that makes a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Floor,
    Client,
    /// The client with a retry policy.
    Retrying,
}

/// The content of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// No sensitive field.
    Plain,
    /// One sensitive field, encrypted.
    Field,
}

/// One of the two clients, ready to call.
pub enum Caller {
    Floor(Box<Floor>),
    Client(Client),
}

impl Caller {
    /// Reads the keys again.
    pub fn new(who: Who, setup: &Setup) -> Result<Self> {
        Ok(match who {
            Who::Floor => Self::Floor(Box::new(Floor::new(setup)?)),
            Who::Client => Self::Client(client(setup)?.build()?),
            Who::Retrying => Self::Client(client(setup)?.retry(RetryPolicy::new()).build()?),
        })
    }

    /// Makes one call, whose answer must be verified.
    pub async fn call(&self, work: Work) -> Result<()> {
        let body = body(work);
        match self {
            Self::Floor(floor) => {
                floor
                    .call(body, (work == Work::Field).then_some(FIELD))
                    .await
            }
            Self::Client(client) => {
                let answer = client[PATH].post(body, ()).await?;
                match answer.verification() {
                    Verification::Verified { .. } => Ok(()),
                    other => Err(format!("the answer is not verified: {other:?}").into()),
                }
            }
        }
    }
}

fn client(setup: &Setup) -> Result<ClientBuilder> {
    Ok(Client::builder()
        .mchid(MCHID)
        .serial(SERIAL)
        .private_key(PrivateKey::from_file(setup.merchant_key())?)
        .platform_key(PLATFORM_ID, PublicKey::from_file(setup.platform_key())?)
        .base_url(setup.base_url()?))
}

/// The body of the documentation's example.
pub fn body(work: Work) -> Value {
    let mut body = json!({
        "out_request_no": "punish20260101000001",
        "mchid": "1900000109",
        "punish_scene": 1,
        "punish_reason": "example_punish_reason",
        "punish_end_time": "2026-05-20T13:29:35+08:00",
    });
    if work == Work::Field {
        body[FIELD] = "6222000012345678901".into();
    }
    body
}

impl std::str::FromStr for Who {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "floor" => Ok(Self::Floor),
            "client" => Ok(Self::Client),
            "retrying" => Ok(Self::Retrying),
            _ => Err(format!(
                "{text:?} is none of `floor`, `client` and `retrying`"
            )),
        }
    }
}

impl std::str::FromStr for Work {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "plain" => Ok(Self::Plain),
            "field" => Ok(Self::Field),
            _ => Err(format!("{text:?} is neither `plain` nor `field`")),
        }
    }
}
