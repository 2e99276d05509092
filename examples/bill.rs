//! Downloads a zipped bill in one call, checks and unzips it, and reads its rows; then shows the error for
//! a bill that was altered in transit.
//!
//! ```text
//! cargo run --example bill --features files
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use wechatpay_chain::BoxError;
use wechatpay_chain::bill::Rows;
use wechatpay_sandbox::{Fault, Sandbox};

fn main() -> Result<(), BoxError> {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    let dir = tempfile::tempdir()?;

    let file = client
        .bill("v3/bill/tradebill")
        .query("bill_date", "2024-01-01")
        .query("tar_type", "GZIP")
        .download(dir.path().join("2024-01-01.csv"))
        .wait()?;
    println!("{} bytes, digest {:?}", file.len(), file.digest());

    let mut rows = Rows::open(file.path())?;
    for row in rows.by_ref() {
        let row = row?;
        println!("{:?} {:?}", row.get("商户订单号"), row.get("订单金额"));
    }
    if let Some(summary) = rows.summary() {
        println!("{:?}", summary.iter().collect::<Vec<_>>());
    }

    let ticket = client
        .chain("v3/bill/tradebill")
        .get(())
        .query("bill_date", "2024-01-01")
        .wait()?;
    sandbox.inject_fault(Fault::TamperedBody);
    let refused = client
        .get_url(ticket["download_url"].as_str().unwrap_or_default())
        .sink(dir.path().join("altered.csv"))
        .expect_sha1(ticket["hash_value"].as_str().unwrap_or_default())
        .wait();
    match refused {
        Ok(_) => return Err("an altered bill was accepted".into()),
        Err(err) => println!("\n{}", err.report()),
    }
    println!("left behind: {}", dir.path().join("altered.csv").exists());
    Ok(())
}
