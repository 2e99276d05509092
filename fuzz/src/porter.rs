//! PHP, translated to Rust and to requests.

use wechatpay_chain_port::emit::{self, Options, Style};
use wechatpay_chain_port::evaluate::{self, Host};
use wechatpay_chain_port::source::{Kind, split};
use wechatpay_chain_port::syntax::parse;

/// The deepest nesting of an input.
const DEEPEST: usize = 10_000;
/// The longest text that the first line generates.
const LONGEST: usize = 1 << 20;

/// PHP, or Markdown with PHP in fences: problems have a position in the text, and an incomplete translation
/// is not reported as complete.
pub fn porter(data: &[u8]) {
    if let Ok(text) = str::from_utf8(data) {
        port(text);
    }
}

/// Deeply nested PHP. The input is a line with a count, then lines of PHP: the count repeats the second line before the
/// third and the fourth after it; the rest surrounds the result at `@`. The checked properties are those of [`porter`].
pub fn nesting(data: &[u8]) {
    if let Some(php) = str::from_utf8(data).ok().and_then(nested) {
        port(&php);
    }
}

fn port(php: &str) {
    let kind = Kind::guess("fuzz", php);
    // Each input uses one style, and all styles are used equally: parsing takes most of the time.
    let style = match php.len() % 2 {
        0 => Style::Keep,
        _ => Style::Macro,
    };
    let blocks = split("fuzz", php, kind);
    let made = emit::rust(&blocks, &Options::default().style(style));
    assert!(!made.complete || !made.text.contains("compile_error!(\"fuzz:"));
    for diagnostic in &made.diagnostics {
        assert!(diagnostic.line > 0 && diagnostic.col > 0, "{diagnostic}");
    }
    for block in &blocks {
        let parsed = parse(&block.text);
        for problem in &parsed.problems {
            assert!(problem.span.end <= block.text.len(), "{problem:?}");
        }
        let output = evaluate::run(block, &parsed.program, &Nothing);
        for problem in output.problems {
            let _ = block.diagnose(problem);
        }
    }
    if php.len() % 4 == 0 {
        let _ = emit::call(php, "client");
    }
}

fn nested(text: &str) -> Option<String> {
    let (first, rest) = text.split_once('\n')?;
    let count: usize = first.parse().ok()?;
    let mut lines = rest.splitn(4, '\n');
    let [open, inner, close, around] = std::array::from_fn(|_| lines.next().unwrap_or_default());
    let count = count.min(DEEPEST);
    if (open.len() + close.len()).saturating_mul(count) > LONGEST {
        return None;
    }
    let text = format!("{}{inner}{}", open.repeat(count), close.repeat(count));
    if around.contains('@') {
        Some(around.replacen('@', &text, 1))
    } else {
        Some(text)
    }
}

/// A host that provides only a clock.
struct Nothing;

impl Host for Nothing {
    fn read(&self, _: &str) -> Result<Vec<u8>, String> {
        Err("no file".into())
    }

    fn variable(&self, _: &str) -> Option<serde_json::Value> {
        None
    }

    fn now(&self) -> i64 {
        1_700_000_000
    }

    fn nonce(&self, len: usize) -> Result<String, String> {
        Ok("n".repeat(len.min(1024)))
    }

    fn digest(&self, algorithm: &str, _: &[u8]) -> Result<String, String> {
        Ok(algorithm.into())
    }

    fn hmac(&self, algorithm: &str, _: &[u8], _: &[u8]) -> Result<String, String> {
        Ok(algorithm.into())
    }

    fn sign(&self, _: &str, _: Option<&str>) -> Result<String, String> {
        Err("no key".into())
    }

    fn certificate_serial(&self, _: &str) -> Result<String, String> {
        Err("no certificate".into())
    }
}
