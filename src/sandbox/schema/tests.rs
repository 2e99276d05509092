use std::path::{Path, PathBuf};
use std::process::Command;

use super::*;

const TEXT: &str = include_str!("operations.txt");

#[test]
fn the_schema_matches_the_facts() {
    let facts = match std::env::var_os("WECHATPAY_FACTS") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/facts"),
    };
    if !facts.join("schemas.jsonl").exists() {
        eprintln!("skipped: no {}; set WECHATPAY_FACTS", facts.display());
        return;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/regenerate.py");
    let Ok(out) = Command::new("python3").arg(script).arg(&facts).output() else {
        eprintln!("skipped: no python3");
        return;
    };
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    let fresh = String::from_utf8(out.stdout).unwrap();
    let different = fresh.lines().zip(TEXT.lines()).position(|(a, b)| a != b);
    assert_eq!(
        different, None,
        "line - 1 of operations.txt; run regenerate.py"
    );
    assert_eq!(fresh.len(), TEXT.len(), "run regenerate.py");
}

#[test]
fn schemas_have_the_operations_of_the_catalog_in_its_order() {
    let blocks = BLOCKS.iter().map(|block| (block.method, block.path));
    let rows = catalog::operations();
    let methods: Vec<_> = rows.iter().map(Operation::method).collect();
    let expected = rows.iter().zip(&methods);
    assert!(blocks.eq(expected.map(|(row, method)| (method.as_str(), row.path()))));
    assert_eq!(all().count(), rows.len());
}

/// Writing the parsed text again yields the same text, so the parser ignores nothing.
#[test]
fn every_line_is_understood() {
    for schema in all() {
        let (path, method) = (schema.operation().path(), schema.operation().method());
        let order = |block: &Block| (block.path, block.method).cmp(&(path, method.as_str()));
        let block = &BLOCKS[BLOCKS.binary_search_by(order).unwrap()];
        let (written, text) = (written(&schema), block.text);
        assert_eq!(written.trim_end(), text.trim_end(), "{method} {path}");
    }
}

/// Every pointer of the catalog must match a field.
#[test]
fn the_encrypted_fields_are_marked() {
    let mut missing = Vec::new();
    for schema in all() {
        let op = schema.operation();
        let sides = [
            (op.encrypt(), schema.request()),
            (op.decrypt(), schema.response()),
        ];
        for (pointers, fields) in sides.into_iter().filter(|(_, fields)| !fields.is_empty()) {
            let marked = count(fields, &Field::is_encrypted);
            if marked != pointers.len() {
                missing.push((op.path(), pointers.len() - marked));
            }
        }
        let names = schema.query().iter().filter(|field| field.is_encrypted());
        if !schema.query().is_empty() {
            assert_eq!(names.count(), op.query_encrypt().len(), "{}", op.path());
        }
    }
    assert_eq!(missing, []);
}

#[test]
fn fields_have_what_the_documentation_says() {
    let punish = "v3/aggracct-bc/wb-channel/control-orders/punish";
    let schema = find(&Method::POST, punish).unwrap();
    assert_eq!(schema.title(), "发起微众台账管控");
    assert_eq!(schema.products(), ["渠道服务"]);
    assert!(
        schema
            .page()
            .unwrap()
            .starts_with("https://pay.weixin.qq.com/")
    );
    let limit = schema.limits()[0];
    assert_eq!((limit.count, limit.per, limit.scope), (200, "minute", None));
    let card = named(schema.request(), "card_no");
    assert!(card.is_encrypted());
    assert_eq!(card.format(), Some("base64"));

    let h5 = find(&Method::POST, "v3/pay/transactions/h5").unwrap();
    // It is documented twice, once as optional.
    let scene = named(h5.request(), "scene_info");
    assert!(scene.is_required());
    assert_eq!(named(scene.fields(), "h5_info").kind(), FieldKind::Object);
    let pay = named(h5.request(), "limit_pay");
    assert_eq!(pay.fields()[0].name(), "*");
    assert_eq!(pay.fields()[0].values().len(), 4);

    let close = "v3/pay/transactions/out-trade-no/{out_trade_no}/close";
    assert_eq!(find(&Method::POST, close).unwrap().status(), 204);
    assert!(find(&Method::POST, "v3/not/known").is_none());
}

#[test]
fn fields_with_every_attribute_are_parsed() {
    let text = "@GET x\n#t\n>\na! s 1..32 @base64 [..100] =A|B C\nb s ~x y|z";
    let schema = read::schema(&catalog::operations()[0], text);
    let field = named(schema.request(), "a");
    assert_eq!(field.length(), (Some(1), Some(32)));
    assert_eq!(field.range(), (None, Some(100)));
    assert_eq!(field.values(), ["A", "B C"]);
    assert_eq!(named(schema.request(), "b").pattern(), Some("x y|z"));
}

fn named<'a>(fields: &'a [Field], name: &str) -> &'a Field {
    fields.iter().find(|field| field.name() == name).unwrap()
}

fn count(fields: &[Field], test: &dyn Fn(&Field) -> bool) -> usize {
    let inside = fields.iter().map(|field| count(field.fields(), test));
    inside.sum::<usize>() + fields.iter().filter(|field| test(field)).count()
}

fn written(schema: &Schema) -> String {
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
        out += &format!("${}\n", schema.status.as_str());
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
