use crate::index::BLOCKS;
use crate::*;

/// Writing the parsed text again yields the same text, so the parser ignores nothing.
#[test]
fn every_line_is_understood() {
    for (documented, block) in all().zip(BLOCKS.iter()) {
        let name = format!("{} {}", block.method, block.path);
        assert_eq!(
            written(documented).trim_end(),
            block.text.trim_end(),
            "{name}"
        );
    }
}

#[test]
fn fields_with_every_attribute_are_parsed() {
    let field = read::field("a! s 1..32 @base64 [..100] =A|B C");
    assert_eq!((field.name(), field.is_required()), ("a", true));
    assert_eq!(field.length(), (Some(1), Some(32)));
    assert_eq!(field.range(), (None, Some(100)));
    assert_eq!(field.format(), Some("base64"));
    assert_eq!(field.values(), ["A", "B C"]);
    assert_eq!(read::field("b s ~x y|z").pattern(), Some("x y|z"));
}

#[test]
fn variables_of_a_template_may_have_any_name() {
    let path = "v3/pay/transactions/out-trade-no/{out_trade_no}/close";
    for other in [path, "/v3/pay/transactions/out-trade-no/{number}/close"] {
        assert_eq!(find("POST", other).unwrap().path(), path);
    }
    for (method, other) in [
        ("GET", path),
        ("POST", "v3/pay/transactions/out-trade-no/{number}"),
        (
            "POST",
            "v3/pay/transactions/out-trade-no/{number}/close/now",
        ),
    ] {
        assert!(find(method, other).is_none(), "{method} {other}");
    }
}

fn written(schema: &Documented) -> String {
    let mut out = format!("#{}\n", schema.title);
    schema
        .products
        .iter()
        .for_each(|product| out += &format!("%{product}\n"));
    schema
        .page
        .iter()
        .for_each(|page| out += &format!("&{page}\n"));
    for limit in &schema.limits {
        let scope = limit.scope.map(|scope| format!(" {scope}"));
        let official = if limit.official { " official" } else { "" };
        let scope = scope.unwrap_or_default();
        out += &format!("+{}/{}{scope}{official}\n", limit.count, limit.per);
    }
    if schema.status != 200 {
        out += &format!("${}\n", schema.status);
    }
    let sections = [
        ("?", &schema.query),
        (">", &schema.request),
        ("<", &schema.response),
    ];
    for (mark, fields) in sections
        .into_iter()
        .filter(|(_, fields)| !fields.is_empty())
    {
        out += &format!("{mark}\n");
        write_fields(&mut out, fields, 0);
    }
    out
}

fn write_fields(out: &mut String, fields: &[Field], depth: usize) {
    for field in fields {
        let kind = field.kind.to_string();
        let mark = if field.required { "!" } else { "" };
        *out += &format!("{:depth$}{}{mark} {}", "", field.name, &kind[..1]);
        if field.length != (None, None) {
            *out += &format!(" {}", write_span(field.length));
        }
        field
            .format
            .iter()
            .for_each(|format| *out += &format!(" @{format}"));
        if field.range != (None, None) {
            *out += &format!(" [{}]", write_span(field.range));
        }
        field
            .pattern
            .iter()
            .for_each(|pattern| *out += &format!(" ~{pattern}"));
        if !field.values.is_empty() {
            *out += &format!(" ={}", field.values.join("|"));
        }
        out.push('\n');
        write_fields(out, &field.fields, depth + 1);
    }
}

fn write_span<T: ToString>((least, greatest): (Option<T>, Option<T>)) -> String {
    let text = |end: Option<T>| end.map(|end| end.to_string()).unwrap_or_default();
    format!("{}..{}", text(least), text(greatest))
}

/// A slip of the documentation, which its samples do not have: `med_refund__gov_fee`, `payer _currency`.
#[test]
fn names_have_no_slips() {
    fn check(of: &Documented, fields: &[Field]) {
        for field in fields {
            let name = field.name();
            let is_odd =
                name.contains("__") || name.ends_with('_') || name.contains(char::is_whitespace);
            let is_ascii = name.is_ascii() && !name.contains([',', '，', '.', '(', '[']);
            assert!(!is_odd && is_ascii, "{of:?} {name:?}");
            check(of, field.fields());
        }
    }
    for documented in all() {
        check(documented, documented.query());
        check(documented, documented.request());
        check(documented, documented.response());
    }
}
