//! Removes APIv2's `sign` from a signed message.

use serde_json::Value;

/// The body without the generated `sign`, or with the caller's in its place.
pub(super) fn with_sign(body: &str, own: Option<&Value>) -> String {
    let Some((before, after)) = around(body) else {
        return body.to_owned();
    };
    match own {
        Some(own) => format!("{before}<sign>{}</sign>{after}", text(own)),
        None => format!("{before}{after}"),
    }
}

/// The URI without the generated `sign`, or with the caller's in its place.
pub(super) fn uri_with_sign(uri: &str, own: Option<&Value>) -> String {
    let Some((path, query)) = uri.split_once('?') else {
        return uri.to_owned();
    };
    let pairs = query
        .split('&')
        .filter_map(|pair| match (pair.strip_prefix("sign="), own) {
            (None, _) => Some(pair.to_owned()),
            (Some(_), None) => None,
            (Some(_), Some(own)) => Some(format!("sign={}", text(own))),
        });
    let query: Vec<_> = pairs.collect();
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", query.join("&"))
    }
}

/// A signature needs no escapes. Any other text is shown as CDATA.
fn text(own: &Value) -> String {
    let text = own.as_str().map_or_else(|| own.to_string(), str::to_owned);
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return text;
    }
    percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// The text before and after the member `sign`.
fn around(body: &str) -> Option<(&str, &str)> {
    let mut at = "<xml>".len();
    loop {
        let rest = body.get(at..)?;
        let (name, _) = rest.strip_prefix('<')?.split_once('>')?;
        let open = name.len() + 2;
        let inside = rest.get(open..)?;
        // A member is either text or one CDATA section.
        let skipped = if inside.starts_with("<![CDATA[") {
            inside.find("]]>")?
        } else {
            0
        };
        let close = format!("</{name}>");
        let end = open + skipped + inside.get(skipped..)?.find(&close)? + close.len();
        if name == "sign" {
            return Some((body.get(..at)?, rest.get(end..)?));
        }
        at += end;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sign_is_removed_at_every_position() {
        let made = "<xml><a><![CDATA[<sign>X</sign>]]></a><b></b><sign>F0</sign></xml>";
        let without = "<xml><a><![CDATA[<sign>X</sign>]]></a><b></b></xml>";
        assert_eq!(with_sign(made, None), without);
        let own = json!("OWN");
        assert_eq!(
            with_sign("<xml><sign>F0</sign><a>1</a></xml>", Some(&own)),
            "<xml><sign>OWN</sign><a>1</a></xml>"
        );
        assert_eq!(with_sign("<xml></xml>", None), "<xml></xml>");
        assert_eq!(
            uri_with_sign("https://h/p?a=1&sign=F0", None),
            "https://h/p?a=1"
        );
        assert_eq!(uri_with_sign("https://h/p?sign=F0", None), "https://h/p");
        assert_eq!(
            uri_with_sign("https://h/p?sign=F0&b=2", Some(&own)),
            "https://h/p?sign=OWN&b=2"
        );
    }
}
