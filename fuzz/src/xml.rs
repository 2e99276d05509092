//! APIv2's XML.

use serde_json::{Map, Value};
use wechatpay_core::protocol::xml::{decode, encode, is_xml, member_text};

/// A message: a parsed message that contains only texts is written and parsed to the same message again.
pub fn xml(data: &[u8]) {
    let Ok(members) = decode(data) else {
        return;
    };
    assert!(is_xml(data), "read, and no XML");
    let Some(texts) = texts(&members) else {
        return;
    };
    // The parser accepts names that the writer rejects.
    let pairs = texts
        .iter()
        .map(|(key, text)| (key.as_str(), text.as_str()));
    let Ok(written) = encode(pairs) else {
        return;
    };
    let again = decode(written.as_bytes()).expect("what was written is read");
    assert_eq!(again, members, "{written:?}");
}

fn texts(members: &Map<String, Value>) -> Option<Vec<(String, String)>> {
    let members = members.iter();
    members
        .map(|(key, value)| {
            let text = value.as_str()?;
            let same = member_text(key, value).expect("a text");
            assert_eq!(same, text);
            Some((key.clone(), same))
        })
        .collect()
}
