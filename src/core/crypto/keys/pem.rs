//! Parses PEM, even if its line breaks were lost.

use zeroize::Zeroizing;

use super::super::base64;
use super::der;
use super::item::{Item, ItemKind, Unreadable};

pub(super) const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

struct Block<'a> {
    label: &'a str,
    body: &'a str,
}

/// Returns every block of a text; text between blocks is ignored (`openssl pkcs12` writes some).
pub(super) fn items(text: &str) -> Result<Vec<Item>, Unreadable> {
    let mut items = Vec::new();
    let mut rest = text;
    while let Some((block, after)) = next_block(rest)? {
        items.push(block.item()?);
        rest = after;
    }
    Ok(items)
}

/// Decodes base64 with optional white space and padding.
pub(super) fn loose_base64<'a>(
    words: impl Iterator<Item = &'a str> + Clone,
) -> Option<Zeroizing<Vec<u8>>> {
    // Allocated at once: a growing string leaves copies of the key in memory.
    let len: usize = words.clone().map(str::len).sum();
    let mut text = Zeroizing::new(String::with_capacity(len + 4));
    text.extend(words);
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    base64::decode(&text).map(Zeroizing::new)
}

fn next_block(text: &str) -> Result<Option<(Block<'_>, &str)>, Unreadable> {
    let Some((_, after)) = text.split_once(BEGIN) else {
        return Ok(None);
    };
    let (label, after) = after.split_once(DASHES).ok_or(Unreadable::Truncated)?;
    let (body, after) = after.split_once("-----END ").ok_or(Unreadable::Truncated)?;
    let (_, after) = after.split_once(DASHES).ok_or(Unreadable::Truncated)?;
    Ok(Some((Block { label, body }, after)))
}

impl Block<'_> {
    fn item(&self) -> Result<Item, Unreadable> {
        let (headers, words) = self.headers_and_words();
        if let Some(key_info) = headers {
            return Ok(self.encrypted(key_info, words));
        }
        if self.label.contains("OPENSSH") {
            return Ok(Item {
                kind: ItemKind::OpenSsh,
                data: Zeroizing::default(),
            });
        }
        match loose_base64(words) {
            Some(bytes) => der::item(&bytes),
            None => Err(Unreadable::Base64),
        }
    }

    /// Returns the value of `DEK-Info`, if the block has headers, and the words of its base64.
    fn headers_and_words(&self) -> (Option<&str>, std::str::SplitAsciiWhitespace<'_>) {
        let mut words = self.body.split_ascii_whitespace();
        let mut key_info = None;
        loop {
            let mut ahead = words.clone();
            match ahead.next().and_then(|word| word.split_once(':')) {
                None => return (key_info, words),
                Some((name, value)) => {
                    let value = if value.is_empty() {
                        ahead.next().unwrap_or("")
                    } else {
                        value
                    };
                    if name == "DEK-Info" {
                        key_info = Some(value);
                    }
                    words = ahead;
                }
            }
        }
    }

    /// Writes the block with the line breaks that OpenSSL requires.
    fn encrypted(&self, key_info: &str, words: std::str::SplitAsciiWhitespace<'_>) -> Item {
        let Self { label, body } = self;
        let mut text = Zeroizing::new(String::with_capacity(2 * (label.len() + body.len()) + 128));
        text.extend([
            BEGIN,
            label,
            DASHES,
            "\nProc-Type: 4,ENCRYPTED\nDEK-Info: ",
            key_info,
            "\n",
        ]);
        for (at, digit) in words.flat_map(str::chars).enumerate() {
            if at % 64 == 0 {
                text.push('\n');
            }
            text.push(digit);
        }
        text.extend(["\n-----END ", label, DASHES, "\n"]);
        Item {
            kind: ItemKind::EncryptedPem,
            data: Zeroizing::new(text.as_bytes().to_vec()),
        }
    }
}
