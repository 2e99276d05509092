use crate::check::{check_template, segments, split_query};
use crate::{Part, PathError, parts};

/// Normalises one segment of a literal as the PHP SDK does.
///
/// A leading capital becomes lower case, every other capital becomes `-` and its lower case, and `_x_`
/// becomes the placeholder `{x}`. Placeholders and percent-escapes are unchanged.
///
/// ```
/// use wechatpay_chain_path::normalize_segment;
/// assert_eq!(normalize_segment("controlOrders"), "control-orders");
/// assert_eq!(normalize_segment("_transaction_id_"), "{transaction_id}");
/// assert_eq!(normalize_segment("mch_operate"), "mch_operate");
/// ```
#[must_use]
pub fn normalize_segment(segment: &str) -> String {
    let mut out = String::with_capacity(segment.len() + 8);
    push_segment(&mut out, segment);
    out
}

/// Normalises a literal path, segment by segment.
///
/// A leading slash is dropped, a trailing slash is kept, and a query is unchanged.
///
/// # Errors
///
/// The errors of [`check_template`].
///
/// ```
/// use wechatpay_chain_path::normalize_literal;
/// let path = normalize_literal("v3/merchantService/_complaint_id_?Limit=1")?;
/// assert_eq!(path, "v3/merchant-service/{complaint_id}?Limit=1");
/// assert!(normalize_literal("https://example.com/v3").is_err());
/// # Ok::<(), wechatpay_chain_path::PathError>(())
/// ```
pub fn normalize_literal(literal: &str) -> Result<String, PathError> {
    check_template(literal)?;
    let (path, query) = split_query(literal.strip_prefix('/').unwrap_or(literal));
    let mut out = String::with_capacity(literal.len() + 8);
    for (index, segment) in segments(path).enumerate() {
        if index > 0 {
            out.push('/');
        }
        push_segment(&mut out, segment);
    }
    if out.contains('{') {
        // `_out-trade-no_` has only now become an expression.
        check_template(&out)?;
    }
    out.push_str(query);
    Ok(out)
}

/// Appends a normalised literal or checked template to another one.
///
/// An existing slash is not doubled. An empty `more` adds a trailing slash, like an empty segment in
/// the PHP SDK.
///
/// # Errors
///
/// [`PathError::AfterQuery`] when `base` ends in a query.
///
/// ```
/// let mut path = String::from("v3/pay/");
/// wechatpay_chain_path::join(&mut path, "transactions")?;
/// assert_eq!(path, "v3/pay/transactions");
/// # Ok::<(), wechatpay_chain_path::PathError>(())
/// ```
pub fn join(base: &mut String, more: &str) -> Result<(), PathError> {
    if has_query(base) {
        return Err(PathError::AfterQuery);
    }
    let more = more.strip_prefix('/').unwrap_or(more);
    let slashed = base.is_empty() || base.ends_with('/') || more.starts_with("{/");
    if !slashed {
        base.push('/');
    }
    base.push_str(more);
    Ok(())
}

fn has_query(template: &str) -> bool {
    let is_query = |part: Part<'_>| match part {
        Part::Literal(text) => text.contains('?'),
        Part::Expression(expression) => matches!(expression.operator().symbol, Some('?' | '&')),
    };
    parts(template).flatten().any(is_query)
}

fn push_segment(out: &mut String, segment: &str) {
    if let Some(name) = placeholder(segment) {
        out.push('{');
        out.push_str(name);
        out.push('}');
        return;
    }
    let mut rest = segment;
    while let Some(c) = rest.chars().next() {
        let kept = kept_length(rest);
        if kept > 0 {
            out.push_str(&rest[..kept]);
            rest = &rest[kept..];
            continue;
        }
        if c.is_ascii_uppercase() && rest.len() < segment.len() {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
        rest = &rest[c.len_utf8()..];
    }
}

/// Returns `x` for `_x_`; `_`, `__`, `_a` and `a_` are ordinary text.
fn placeholder(segment: &str) -> Option<&str> {
    let name = segment.strip_prefix('_')?.strip_suffix('_')?;
    (!name.is_empty() && !name.contains(['{', '}'])).then_some(name)
}

/// Returns the length of the expression or percent-escape at the start of `text`; its case is kept.
fn kept_length(text: &str) -> usize {
    match text.as_bytes() {
        [b'{', ..] => text.find('}').map_or(0, |end| end + 1),
        [b'%', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => 3,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each rule of the PHP SDK for literals; `// PHP: …` marks differences.
    #[rustfmt::skip]
    const TABLE: &[(&str, &str)] = &[
        // Plain text stays.
        ("v3/pay/transactions/native", "v3/pay/transactions/native"),
        ("v3/aggracct-bc/wb-channel", "v3/aggracct-bc/wb-channel"),
        ("", ""),
        // camelCase becomes kebab-case.
        ("v3/aggracctBc/wbChannel/controlOrders/punish", "v3/aggracct-bc/wb-channel/control-orders/punish"),
        ("complaintsV2", "complaints-v2"),
        ("h5PreEntrustSign", "h5-pre-entrust-sign"),
        ("h5Presign", "h5-presign"),
        ("applyment4sub", "applyment4sub"),
        ("paywwsptrans2pocket", "paywwsptrans2pocket"),
        // Consecutive capitals are separated.
        ("ComplaintsV2", "complaints-v2"),
        ("APIv3", "a-p-iv3"),
        ("planID2Code", "plan-i-d2-code"),
        ("payBank_Foo", "pay-bank_-foo"),
        // The leading capital of every segment becomes lower case, not only that of the whole text.
        ("V3", "v3"),
        ("V3/Pay", "v3/pay"),                                // PHP: v3/-pay
        ("v3/Pay/Transactions", "v3/pay/transactions"),      // PHP: v3/-pay/-transactions
        // Underscores inside stay.
        ("v3/applyment4sub/sub_merchants", "v3/applyment4sub/sub_merchants"),
        ("get_wxpayface_authinfo", "get_wxpayface_authinfo"),
        ("mch_operate/risk/withdrawl-apply", "mch_operate/risk/withdrawl-apply"),
        // `_x_` is a placeholder, in any segment.
        ("_transaction_id_", "{transaction_id}"),
        ("v3/pay/_id_", "v3/pay/{id}"),                      // PHP: v3/pay/_id_
        ("_empty_", "{empty}"),
        ("_+myurl_", "{+myurl}"),
        ("___", "{_}"),
        ("__", "__"),                                        // PHP: {}, sent as %7B%7D
        ("_", "_"),
        ("_a", "_a"),
        ("a_", "a_"),
        // A placeholder keeps the case of its name.
        ("_outTradeNo_", "{outTradeNo}"),                    // PHP: {out-trade-no}
        ("{outTradeNo}", "{outTradeNo}"),                    // PHP: {out-trade-no}
        ("{A}", "{A}"),                                      // PHP: {-a}
        ("v3/busiFavor{/stockId}{?A,b*}", "v3/busi-favor{/stockId}{?A,b*}"),
        ("users/{openid}/coupons/{coupon_code}", "users/{openid}/coupons/{coupon_code}"),
        // A percent-escape keeps its case.
        ("a%2Fb", "a%2Fb"),                                  // PHP: a%252-fb
        ("a%2fB", "a%2f-b"),
        // A query is not re-cased.
        ("v3/pay?appId=1", "v3/pay?appId=1"),                // PHP: v3/pay?app-id=1
        ("v3/payBank?x=_A_/B", "v3/pay-bank?x=_A_/B"),
        // One leading slash is dropped, a trailing one kept.
        ("/v3/pay", "v3/pay"),                               // PHP: the prefix of base_uri is lost
        ("v3/applyment4sub/applyment/", "v3/applyment4sub/applyment/"),
        ("/", ""),
        // Other text is left to the encoder.
        ("a+b~c'd(e)*f,g;h=i@j", "a+b~c'd(e)*f,g;h=i@j"),
        ("v3/支付Pay", "v3/支付-pay"),
        ("v3/Ä", "v3/Ä"),
    ];

    #[test]
    fn the_table() {
        for (literal, expected) in TABLE {
            assert_eq!(
                normalize_literal(literal).as_deref(),
                Ok(*expected),
                "{literal}"
            );
        }
    }

    #[test]
    fn normalising_twice_changes_nothing() {
        for (_, normal) in TABLE {
            assert_eq!(normalize_literal(normal).as_deref(), Ok(*normal));
        }
    }

    #[test]
    fn a_single_segment_follows_the_same_rules() {
        for (literal, expected) in TABLE {
            if !literal.contains(['/', '?']) {
                assert_eq!(&normalize_segment(literal), expected);
            }
        }
    }

    #[test]
    fn a_placeholder_needs_a_valid_name() {
        let expected = PathError::VariableName {
            name: "out-trade-no".into(),
        };
        assert_eq!(normalize_literal("v3/_out-trade-no_"), Err(expected));
    }

    #[test]
    fn literals_are_checked() {
        assert_eq!(normalize_literal("//host/v3"), Err(PathError::Absolute));
        assert_eq!(normalize_literal("v3/.."), Err(PathError::DotSegment));
        assert_eq!(normalize_literal("v3//Pay"), Err(PathError::EmptySegment));
    }

    #[test]
    fn joins_without_doubling_slashes() {
        for (base, more, expected) in [
            ("", "v3", "v3"),
            ("v3", "pay", "v3/pay"),
            ("v3/", "pay", "v3/pay"), // PHP: v3//pay
            ("v3", "/pay", "v3/pay"),
            ("v3", "", "v3/"),
            ("v3", "{/a}", "v3{/a}"),
            ("v3", "{?a}", "v3/{?a}"),
        ] {
            let mut path = base.to_owned();
            assert_eq!(join(&mut path, more), Ok(()));
            assert_eq!(path, expected);
        }
        for base in ["v3?a=1", "v3{?a}"] {
            assert_eq!(join(&mut base.to_owned(), "x"), Err(PathError::AfterQuery));
        }
    }
}
