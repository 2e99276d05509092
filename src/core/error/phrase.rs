//! Translation of messages by tables of patterns.

/// Patterns and their translations.
pub type Phrases = [(&'static str, &'static str)];

/// Translates a message by tables of patterns and their translations.
///
/// `{}` is the place of a value. A translation has the same places in the same order, or `{0}`, `{1}` … in its own order.
/// Values are translated by the same tables. Of several patterns that match, the one with the longest text counts.
///
/// ```
/// use wechatpay_core::error::translate;
///
/// let table: &[_] = &[("{} is missing", "缺少{}"), ("the key", "密钥"), ("{} of {}", "{1}的{0}")];
/// assert_eq!(translate(&[table], "the key is missing").as_deref(), Some("缺少密钥"));
/// assert_eq!(translate(&[table], "length of the key").as_deref(), Some("密钥的length"));
/// assert_eq!(translate(&[table], "anything else"), None);
/// ```
#[must_use]
pub fn translate(tables: &[&Phrases], message: &str) -> Option<String> {
    let phrases = tables.iter().copied().flatten();
    let matches = phrases.filter_map(|(pattern, translation)| {
        Some((pattern, translation, values(pattern, message)?))
    });
    let (_, translation, values) = matches.max_by_key(|(pattern, ..)| pattern.len())?;
    let values = values
        .into_iter()
        .map(|value| translate(tables, value).unwrap_or_else(|| value.to_owned()));
    Some(filled(translation, &values.collect::<Vec<_>>()))
}

/// Puts values at the places of a translation.
fn filled(translation: &str, values: &[String]) -> String {
    let mut text = String::new();
    let (mut rest, mut next) = (translation, 0);
    while let Some((before, behind)) = rest.split_once('{') {
        text.push_str(before);
        let place = behind.split_once('}').filter(|(place, _)| {
            place.is_empty() || place.bytes().all(|digit| digit.is_ascii_digit())
        });
        let Some((place, behind)) = place else {
            text.push('{');
            rest = behind;
            continue;
        };
        let index = place.parse().unwrap_or(next);
        next += 1;
        text.push_str(values.get(index).map_or("", String::as_str));
        rest = behind;
    }
    text + rest
}

/// Returns the texts at the places `{}` of a pattern.
fn values<'a>(pattern: &str, message: &'a str) -> Option<Vec<&'a str>> {
    let mut parts = pattern.split("{}");
    let mut rest = message.strip_prefix(parts.next()?)?;
    let mut values = Vec::new();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let at = if parts.peek().is_none() {
            rest.ends_with(part).then(|| rest.len() - part.len())?
        } else {
            rest.find(part)?
        };
        values.push(&rest[..at]);
        rest = &rest[at + part.len()..];
    }
    rest.is_empty().then_some(values)
}
