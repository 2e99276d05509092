//! After `SIGN_ERROR`: the text that was signed beside the one that the gateway built.

use std::sync::{Arc, Mutex, PoisonError};

use http::header::AUTHORIZATION;
use serde_json::Value;
use wechatpay_chain::middleware::{SIGNER, from_fn, signed_text};
use wechatpay_chain::signing::Authorization;
use wechatpay_chain::{Next, Request, Result, Stack};

use crate::exit::Failure;
use crate::output::Output;

/// The text that the last request was signed over.
#[derive(Clone, Default)]
pub(super) struct SignedTexts {
    last: Arc<Mutex<Option<Vec<u8>>>>,
}

impl SignedTexts {
    /// Keeps the text of each request that leaves the stack.
    pub(super) fn watch(self, stack: &mut Stack) -> Result<()> {
        if !stack.names().any(|name| name == SIGNER) {
            return Ok(()); // APIv2 alone
        }
        let watch = from_fn(move |request: Request, next: Next| {
            let text = text_of(&request);
            *self.last.lock().unwrap_or_else(PoisonError::into_inner) = text;
            next.run(request)
        });
        stack.after(SIGNER, "signed_texts", watch).map(drop)
    }

    /// Adds to a `SIGN_ERROR` where the texts differ.
    pub(super) fn explain(&self, mut failure: Failure, output: &Output) -> Failure {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let theirs = failure.pointer("/detail/sign_information/truncated_sign_message");
        let (Some(ours), Some(theirs)) = (&*last, theirs.as_ref().and_then(Value::as_str)) else {
            return failure;
        };
        let whole = failure.pointer("/detail/sign_information/sign_message_length");
        let whole = whole.and_then(|length| usize::try_from(length.as_u64()?).ok());
        match difference(ours, theirs.as_bytes(), whole) {
            None => failure.line(
                "The text that was signed is the one that WeChat Pay built: the private key does \
                 not belong to the serial, or not to this merchant. `wechatpay doctor` looks.",
            ),
            Some(at) => tell(
                &mut failure,
                &Compared {
                    ours,
                    theirs: theirs.as_bytes(),
                    at,
                },
                output,
            ),
        }
        failure
    }
}

fn text_of(request: &Request) -> Option<Vec<u8>> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let auth = Authorization::parse(header).ok()?;
    signed_text(request, auth.timestamp(), auth.nonce_str()).ok()
}

/// Two texts and the byte at which they part.
struct Compared<'a> {
    ours: &'a [u8],
    theirs: &'a [u8],
    at: usize,
}

/// Where the texts part; theirs is cut, but for the line break that ends it.
fn difference(ours: &[u8], theirs: &[u8], whole: Option<usize>) -> Option<usize> {
    let cut = whole.is_some_and(|whole| whole > theirs.len());
    let theirs = if cut {
        theirs.strip_suffix(b"\n").unwrap_or(theirs)
    } else {
        theirs
    };
    let same = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
    if same < theirs.len() || (!cut && same < ours.len()) {
        return Some(same);
    }
    // The parts that are shown are the same; of the rest only the length is known.
    whole
        .filter(|whole| *whole != ours.len())
        .map(|whole| whole.min(ours.len()))
}

fn tell(failure: &mut Failure, compared: &Compared<'_>, output: &Output) {
    let Compared { ours, theirs, at } = *compared;
    failure.member(
        "sign_difference",
        serde_json::json!({
            "position": at,
            "signed": window(ours, at, None),
            "expected": window(theirs, at, None),
        }),
    );
    failure.line(format!(
        "The text that was signed differs from the one that WeChat Pay built at byte {at}, in its \
         {}:",
        part(ours, at)
    ));
    failure.line(format!(
        "  signed by this client: {}",
        window(ours, at, Some(output))
    ));
    failure.line(format!(
        "  built by WeChat Pay:   {}",
        window(theirs, at, Some(output))
    ));
    failure
        .line("Something between the two changes requests: a proxy, a gateway, a replaced layer.");
}

/// The line of the signed text that a byte is in.
fn part(text: &[u8], at: usize) -> &'static str {
    let before = text.get(..at).unwrap_or(text);
    let lines = before.iter().filter(|byte| **byte == b'\n').count();
    ["method", "path and query", "timestamp", "nonce"]
        .get(lines)
        .copied()
        .unwrap_or("body")
}

/// What stands around a byte, escaped, the byte marked.
fn window(text: &[u8], at: usize, output: Option<&Output>) -> String {
    const AROUND: usize = 24;
    let (from, to) = (at.saturating_sub(AROUND), (at + AROUND).min(text.len()));
    let piece = |from: usize, to: usize| {
        let bytes = text.get(from..to).unwrap_or_default();
        bytes.escape_ascii().to_string()
    };
    let here = if at < text.len() {
        piece(at, at + 1)
    } else {
        "(end)".to_owned()
    };
    let here = output.map_or(here.clone(), |output| output.highlight(&here));
    let start = if from > 0 { "…" } else { "" };
    let end = if to < text.len() { "…" } else { "" };
    format!(
        "{start}{}{here}{}{end}",
        piece(from, at.min(text.len())),
        piece(at + 1, to)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &[u8] = b"POST\n/v3/a\n1\nn\n{\"appid\":\"wx1\"}\n";

    #[test]
    fn the_first_difference_is_found() {
        let theirs = b"POST\n/v3/a/\n1\nn\n{\"appid\":\n";
        assert_eq!(difference(OURS, theirs, Some(33)), Some(10));
        assert_eq!(part(OURS, 10), "path and query");
        let shown = window(OURS, 10, None);
        assert_eq!(shown, OURS.escape_ascii().to_string());
        let long = [b'x'; 100];
        assert_eq!(window(&long, 50, None), format!("…{}…", "x".repeat(48)));
        assert_eq!(
            window(&long, 100, None),
            format!("…{}(end)", "x".repeat(24))
        );
    }

    #[test]
    fn truncation_is_not_a_difference() {
        let theirs = b"POST\n/v3/a\n1\nn\n{\"appid\n";
        assert_eq!(difference(OURS, theirs, Some(OURS.len())), None);
        assert_eq!(difference(OURS, OURS, Some(OURS.len())), None);
        assert_eq!(difference(OURS, OURS, None), None);
    }

    #[test]
    fn the_length_reveals_differences_in_the_truncated_part() {
        let theirs = b"POST\n/v3/a\n1\nn\n{\"appid\n";
        assert_eq!(
            difference(OURS, theirs, Some(OURS.len() + 1)),
            Some(OURS.len())
        );
        assert_eq!(part(OURS, OURS.len() - 1), "body");
    }
}
