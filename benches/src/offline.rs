//! A client whose answers come from memory.

use std::fmt;

use wechatpay_chain::transport::{self, Body};
use wechatpay_chain::{Clock, PrivateKey, PublicKey, Result, Stack};

use crate::gateway::answer_at;
use crate::setup::{MCHID, PLATFORM_ID, SERIAL, rsa};

const NOW: i64 = 1_767_245_375;

/// A fixed time, so that the answer's signature stays valid.
struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> i64 {
        NOW
    }

    fn nonce(&self) -> Result<String> {
        Ok("593BEC0C930BF1AFEB40B4A08C8FB242".into())
    }
}

impl fmt::Debug for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fixed")
    }
}

/// A client with fresh keys and an edited stack; every call gets the same signed answer.
pub fn client(
    edit: impl FnOnce(&mut Stack) -> Result<()> + Send + 'static,
) -> wechatpay_chain::Client {
    make(edit).expect("an offline client")
}

fn make(
    edit: impl FnOnce(&mut Stack) -> Result<()> + Send + 'static,
) -> crate::Result<wechatpay_chain::Client> {
    let (merchant, platform) = (rsa()?, rsa()?);
    let answer = answer_at(&platform, NOW.unsigned_abs(), 0)?;
    let transport = transport::from_fn(move |request| {
        let answer = answer.clone();
        async move {
            // It reads the request, as a real transport does.
            let _ = request.into_body().collect(usize::MAX).await;
            Ok(answer.map(Body::from))
        }
    });
    Ok(wechatpay_chain::Client::builder()
        .mchid(MCHID)
        .serial(SERIAL)
        .private_key(PrivateKey::from_bytes(
            merchant.private_key_to_pem_pkcs8()?,
        )?)
        .platform_key(
            PLATFORM_ID,
            PublicKey::from_bytes(platform.public_key_to_pem()?)?,
        )
        .clock(Fixed)
        .check_answer_nonces(false)
        .transport(transport)
        .stack(edit)
        .build()?)
}
