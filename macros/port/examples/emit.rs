//! Prints the Rust of PHP files.

use wechatpay_chain_port::emit::{self, Options};
use wechatpay_chain_port::source::{Kind, split};

#[allow(clippy::print_stdout, clippy::print_stderr, reason = "an example")]
fn main() -> std::io::Result<()> {
    for file in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&file)?;
        let blocks = split(&file, &text, Kind::guess(&file, &text));
        let made = emit::rust(&blocks, &Options::default());
        for diagnostic in &made.diagnostics {
            eprintln!("{diagnostic}");
        }
        print!("{}", made.text);
    }
    Ok(())
}
