//! A registry of 1,000 merchants: its memory, and the time of a look-up.
//!
//! `merchants [COUNT]`: resident memory per merchant, after the first 10; nanoseconds per look-up.

use std::hint::black_box;
use std::time::{Duration, Instant};

use wechatpay_chain::{Account, Client, ClientBuilder, Merchants, PrivateKey, PublicKey};
use wechatpay_chain_benches::setup::{SERIAL, rsa};
use wechatpay_chain_benches::{Result, resident};

fn main() -> Result<()> {
    let count: u64 = std::env::args()
        .nth(1)
        .map_or(Ok(1000), |text| text.parse())?;
    let keys = Keys::new()?;
    let merchants = Merchants::new()?;
    // The first merchants allocate what all share.
    let first = 10.min(count);
    for number in 0..first {
        keys.add(&merchants, number)?;
    }
    let (before, begin) = (resident()?, Instant::now());
    for number in first..count {
        keys.add(&merchants, number)?;
    }
    let made = begin.elapsed();
    let added = (count - first).max(1);
    let each = resident()?.saturating_sub(before) / added;
    println!("{count} merchants, goal 64 KB each and 1 µs a look-up\n");
    println!("memory a merchant {each:>10} bytes");
    println!(
        "adding one        {:>10} ns",
        made.as_nanos() / u128::from(added)
    );
    let ids: Vec<_> = (0..count)
        .map(|number| (id(number), appid(number)))
        .collect();
    report("by merchant id", count, |at| merchants.get(&ids[at].0));
    report("by appid", count, |at| merchants.by_appid(&ids[at].1));
    Ok(())
}

/// Parses the key for each merchant, like a program that reads a file for each.
struct Keys {
    private: Vec<u8>,
    platform: Vec<u8>,
}

impl Keys {
    fn new() -> Result<Self> {
        Ok(Self {
            private: rsa()?.private_key_to_pem_pkcs8()?,
            platform: rsa()?.public_key_to_pem()?,
        })
    }

    fn add(&self, merchants: &Merchants, number: u64) -> Result<()> {
        let account = Account::new(self.builder(number)?).appid(appid(number));
        merchants.add(account)?;
        Ok(())
    }

    fn builder(&self, number: u64) -> Result<ClientBuilder> {
        Ok(Client::builder()
            .mchid(id(number))
            .serial(SERIAL)
            .private_key(PrivateKey::from_bytes(&self.private)?)
            .platform_key(
                format!("PUB_KEY_ID_01{}2024112500000000", id(number)),
                PublicKey::from_bytes(&self.platform)?,
            )
            .apiv3_key("0123456789abcdef0123456789abcdef"))
    }
}

fn id(number: u64) -> String {
    format!("19{number:08}")
}

fn appid(number: u64) -> String {
    format!("wx{number:016x}")
}

/// Looks up all merchants in turn, for a second.
fn report(what: &str, count: u64, find: impl Fn(usize) -> Option<Client>) {
    let (begin, mut looked) = (Instant::now(), 0_u64);
    while begin.elapsed() < Duration::from_secs(1) {
        for at in 0..count {
            black_box(find(at as usize));
        }
        looked += count;
    }
    println!(
        "{what:<18}{:>10} ns",
        begin.elapsed().as_nanos() / u128::from(looked.max(1))
    );
}
