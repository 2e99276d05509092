//! Writes the signed seeds with the test keys: `cargo run --no-default-features --bin seeds`.

use std::path::Path;
use std::{fs, io};

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/notification");
    fs::create_dir_all(&folder)?;
    for (name, seed) in wechatpay_chain_fuzz::signed_notifications() {
        fs::write(folder.join(name), seed)?;
    }
    Ok(())
}
