//! The segment that the PHP SDK makes from a link of a path.

/// The link as PHP sends it: `aggracctBc` is `aggracct-bc`, and `_id_`, where it is all of the link, is `{id}`.
pub(crate) fn link(text: &str) -> String {
    variable(cased(text, true, false))
}

/// A text within a link, which may be at its beginning, as PHP sends it.
///
/// ```
/// use wechatpay_chain_port::recognise::link_piece;
/// assert_eq!(link_piece("/outTradeNo/", false), "/out-trade-no/");
/// ```
#[must_use]
pub fn link_piece(text: &str, first: bool) -> String {
    cased(text, first, false)
}

/// The link as PHP sends it, its variables named as they are written.
///
/// PHP makes `{open-id}` of `{openId}`, which cannot name a variable of this library.
pub(crate) fn link_with_names(text: &str) -> String {
    if let Some(name) = within_underscores(text) {
        return format!("{{{name}}}");
    }
    cased(text, true, true)
}

/// A first capital is lower case, and any other is `-` and lower case.
fn cased(text: &str, first: bool, names: bool) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut in_name = false;
    for (index, c) in text.char_indices() {
        match c {
            '{' => in_name = names,
            '}' => in_name = false,
            _ => {}
        }
        if !c.is_ascii_uppercase() || in_name {
            out.push(c);
            continue;
        }
        if index > 0 || !first {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

fn variable(link: String) -> String {
    match within_underscores(&link) {
        Some(name) => format!("{{{name}}}"),
        None => link,
    }
}

/// PHP's `__` is `{}`, which names nothing: it is left as it is.
fn within_underscores(link: &str) -> Option<&str> {
    let name = link.strip_prefix('_')?.strip_suffix('_')?;
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_read_as_a_whole() {
        for (text, php, named) in [
            ("payBank", "pay-bank", "pay-bank"),
            ("Pay", "pay", "pay"),
            ("V3/Pay", "v3/-pay", "v3/-pay"),
            ("aBC", "a-b-c", "a-b-c"),
            ("_openId_", "{open-id}", "{openId}"),
            (
                "{openId}/payBank",
                "{open-id}/pay-bank",
                "{openId}/pay-bank",
            ),
            ("v3/_id_/x", "v3/_id_/x", "v3/_id_/x"),
            ("v3/x?pageSize=1", "v3/x?page-size=1", "v3/x?page-size=1"),
            ("__", "__", "__"),
        ] {
            assert_eq!((&*link(text), &*link_with_names(text)), (php, named));
        }
        assert_eq!(link_piece("/Pay", false), "/-pay");
    }
}
