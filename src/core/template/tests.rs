use http::uri::PathAndQuery;
use serde_json::{Value, json};

use super::*;

fn vars(object: Value) -> Vec<(Cow<'static, str>, Value)> {
    let Value::Object(map) = object else {
        panic!("an object of variables");
    };
    map.into_iter()
        .map(|(name, value)| (name.into(), value))
        .collect()
}

fn sent(template: &str, values: Value) -> Result<String, PathError> {
    let target = expand_strictly(template, &vars(values));
    if let Ok(target) = &target {
        let parsed: PathAndQuery = target.parse().expect("a target http accepts");
        assert_eq!(parsed.as_str(), target);
    }
    target
}

#[test]
fn every_example_of_the_rfc_expands() {
    let mut data: serde_json::Map<String, Value> =
        serde_json::from_str(include_str!("../../../tests/data/rfc6570.json")).unwrap();
    let variables = data.remove("variables").unwrap();
    let mut count = 0;
    for (section, examples) in data {
        for example in examples.as_array().unwrap() {
            let (template, expected) = (example[0].as_str().unwrap(), &example[1]);
            let mut out = String::new();
            expansion::expand(&mut out, template, |name| variables.get(name)).unwrap();
            assert_eq!(&out, expected, "{section}: {template}");
            count += 1;
        }
    }
    assert_eq!(count, 189);
}

#[test]
fn a_prefix_counts_characters() {
    for (template, value, expected) in [
        ("{v:2}", "中文x", "/%E4%B8%AD%E6%96%87"),
        ("{v:1}", "😀x", "/%F0%9F%98%80"),
        ("{+v:2}", "中文x", "/%E4%B8%AD%E6%96%87"),
        ("{+v:3}", "ab%20cd", "/ab%20"),
        ("{+v:1}", "%E4%B8%ADx", "/%E4%B8%AD"),
        ("{v:3}", "ab%20cd", "/ab%25"),
        ("{v:9}", "ab", "/ab"),
    ] {
        let result = sent(template, json!({ "v": value }));
        assert_eq!(result.as_deref(), Ok(expected), "{template} {value}");
    }
    let err = sent("{v:3}", json!({"v": ["a"]}));
    assert_eq!(err, Err(PathError::Prefix { name: "v".into() }));
}

#[test]
fn an_exploded_empty_member_has_no_equals_sign_after_a_semicolon() {
    let values = || json!({"v": ["", "x"]});
    assert_eq!(sent("a{;v*}", values()).as_deref(), Ok("/a;v;v=x"));
    assert_eq!(sent("a{?v*}", values()).as_deref(), Ok("/a?v=&v=x"));
}

/// The PHP SDK's behaviour for path variables; `// PHP: …` marks differences.
#[test]
fn values_expand_as_in_the_php_sdk() {
    for (value, expected) in [
        (json!("粤B12345"), "%E7%B2%A4B12345"),
        (json!("WINCIE*EIXHRB"), "WINCIE%2AEIXHRB"),
        (json!("a/b"), "a%2Fb"),
        (json!("a+b c"), "a%2Bb%20c"),
        (json!("a%2Fb"), "a%252Fb"),
        (json!(0), "0"),
        (json!("0"), "0"),
        (json!(true), "1"),
        (json!(1.0), "1"),
        (json!(0.1), "0.1"),
        (json!(2000002124775691_u64), "2000002124775691"),
        (json!(["a", "b c"]), "a,b%20c"),
        (json!({"k": "v w", "x": "y"}), "k,v%20w,x,y"),
    ] {
        let expected = format!("/v3/x/{expected}/y");
        assert_eq!(sent("v3/x/{v}/y", json!({ "v": value })), Ok(expected));
    }
    for (template, expected) in [
        ("x{?a,b}", "/x?a=1&b=x%20y"),
        ("x{/a,b}", "/x/1/x%20y"),
        ("x/{a,b}", "/x/1,x%20y"),
    ] {
        let values = json!({"a": 1, "b": "x y"});
        assert_eq!(sent(template, values).as_deref(), Ok(expected));
    }
    let reserved = sent("x/{+v}", json!({"v": "a b/c?d%2F"}));
    assert_eq!(reserved.as_deref(), Ok("/x/a%20b/c?d%2F")); // PHP: %252F, against the RFC
}

#[test]
fn literals_expand_as_in_the_php_sdk() {
    for (template, expected) in [
        ("", "/"),
        ("/", "/"),
        ("v3/pay", "/v3/pay"),
        ("/v3/pay", "/v3/pay"),
        ("v3/pay/", "/v3/pay/"),
        ("a+b~c'd(e)*f,g;h=i@j", "/a+b~c'd(e)*f,g;h=i@j"),
        ("v3/a%20b%2f", "/v3/a%20b%2f"),
        ("v3/%zz", "/v3/%25zz"),
        ("v3/支\"<>|^`付", "/v3/%E6%94%AF%22%3C%3E%7C%5E%60%E4%BB%98"),
        ("v3/pay?a=b'c&d=[1]", "/v3/pay?a=b'c&d=%5B1%5D"),
    ] {
        assert_eq!(sent(template, json!({})).as_deref(), Ok(expected));
        if !template.is_empty() && !template.ends_with('/') && !template.contains('?') {
            let with_variable = sent(&format!("{template}/{{v}}"), json!({"v": "x"}));
            assert_eq!(with_variable, Ok(format!("{expected}/x")));
        }
    }
}

#[test]
fn a_missing_variable_sends_nothing() {
    let missing = |given: &[&str]| {
        Err(PathError::MissingVariable {
            name: "v".into(),
            given: given.iter().map(ToString::to_string).collect(),
        })
    };
    assert_eq!(sent("x/{v}", json!({})), missing(&[]));
    assert_eq!(sent("x/{v}", json!({"w": 1})), missing(&["w"]));
    assert_eq!(sent("x/{v}", json!({"v": null})), missing(&[]));
    assert_eq!(sent("x/{v}", json!({"v": []})), missing(&[]));
    assert_eq!(sent("x{?a,v}", json!({"a": 1, "v": {}})), missing(&["a"]));
}

#[test]
fn an_unused_variable_sends_nothing() {
    let unused = |template: &[&str]| {
        Err(PathError::UnusedVariable {
            name: "w".into(),
            template: template.iter().map(ToString::to_string).collect(),
        })
    };
    assert_eq!(sent("x", json!({"w": 1})), unused(&[]));
    assert_eq!(sent("x/{v}", json!({"v": 1, "w": 1})), unused(&["v"]));
    assert_eq!(sent("x/{v}", json!({"v": 1, "w": null})), unused(&["v"]));
}

#[test]
fn a_value_cannot_change_the_path() {
    let dot_value = || Err(PathError::DotValue { name: "v".into() });
    for (template, value, expected) in [
        ("v3/x/{v}/y", json!(".."), dot_value()),
        ("v3/x/{v}", json!("."), dot_value()),
        ("v3/x{/v}", json!(".."), dot_value()),
        ("v3/x/{+v}", json!(".."), dot_value()),
        ("v3/x/{+v}", json!("a/../../y"), Err(PathError::DotSegment)),
        ("v3/x/{+v}", json!("%2e%2E/y"), Err(PathError::DotSegment)),
        ("v3/x{/v*}", json!(["a", ".."]), Err(PathError::DotSegment)),
        ("v3/x/{v}", json!([".."]), Err(PathError::DotSegment)),
        ("v3/x/{v:2}", json!("..x"), Err(PathError::DotSegment)),
        ("v3/x/.{v}", json!("."), dot_value()),
        ("v3/x/{.v}", json!(""), Err(PathError::DotSegment)),
        ("{+v}", json!("https://host/x"), Err(PathError::Absolute)),
        ("{+v}", json!("//host/x"), Err(PathError::Absolute)),
        ("{/v*}", json!(["", "host"]), Err(PathError::Absolute)),
        ("x/{+v}", json!("a#b"), Err(PathError::Fragment)),
        ("x{#v}", json!("a"), Err(PathError::Fragment)),
        ("x/{v}", json!("a".repeat(70_000)), Err(PathError::TooLong)),
        // These do not change the path.
        ("v3/x/{v}", json!("%2e%2e"), Ok("/v3/x/%252e%252e")),
        ("v3/x/{v}", json!("../y"), Ok("/v3/x/..%2Fy")),
        ("v3/x{?v}", json!(".."), Ok("/v3/x?v=..")),
        ("{v}/x", json!("https://host"), Ok("/https%3A%2F%2Fhost/x")),
        ("{+v}", json!("/v3/x"), Ok("/v3/x")),
        ("{/v}", json!("v3"), Ok("/v3")),
    ] {
        let result = sent(template, json!({ "v": value }));
        assert_eq!(
            result.as_deref().map_err(Clone::clone),
            expected,
            "{template} {value}"
        );
    }
}

/// PHP sends `/v3/x//y`, or the list instead of the item.
#[test]
fn an_empty_value_leaves_no_empty_segment() {
    let empty = || Err(PathError::EmptyVariable { name: "v".into() });
    for (template, value, expected) in [
        ("v3/x/{v}/y", json!(""), empty()),
        ("v3/x/{v}", json!(""), empty()),
        ("v3/x/{v}?a=b", json!(""), empty()),
        ("v3/x/{v}/", json!(""), empty()),
        ("v3/x{/v}/y", json!(""), empty()),
        ("v3/x/{v:3}/y", json!(""), empty()),
        ("v3/x/{+v}/y", json!(""), empty()),
        ("v3/x/{v}/y", json!([""]), empty()),
        ("v3/x{/v*}", json!(["a", "", "b"]), empty()),
        ("v3/x{/v*}", json!(["a", ""]), empty()),
        ("v3/x/{+v}", json!("a//b"), Err(PathError::EmptySegment)),
        // No segment is empty.
        ("v3/x/a{v}/y", json!(""), Ok("/v3/x/a/y")),
        ("v3/x{?v}", json!(""), Ok("/v3/x?v=")),
        ("v3/x?a=//{v}", json!(""), Ok("/v3/x?a=//")),
        ("v3/x{;v}", json!(""), Ok("/v3/x;v")),
        ("v3/x/{+v}", json!("a/"), Ok("/v3/x/a/")),
    ] {
        let result = sent(template, json!({ "v": value }));
        let result = result.as_deref().map_err(Clone::clone);
        assert_eq!(result, expected, "{template} {value}");
    }
    // The PHP SDK documentation's notation for a final slash.
    let slash = sent("v3/x/{empty}", json!({"empty": ""}));
    assert_eq!(slash.as_deref(), Ok("/v3/x/"));
    let inner = sent("v3/x/{empty}/y", json!({"empty": ""}));
    let name = "empty".to_owned();
    assert_eq!(inner, Err(PathError::EmptyVariable { name }));
}

#[test]
fn values_invalid_in_a_path_are_rejected() {
    for value in [
        json!(false),
        json!([null]),
        json!([[1]]),
        json!({"a": {}}),
        json!([false]),
    ] {
        let result = sent("x/{v}", json!({ "v": value }));
        assert!(
            matches!(result, Err(PathError::ValueType { .. })),
            "{result:?}"
        );
    }
}

#[test]
fn any_characters_give_a_valid_http_target() {
    let all = (0..=0x100_u32).chain([0x4E2D, 0x1F600]);
    for c in all.filter_map(char::from_u32) {
        for operator in ["", "+", ".", "/", ";", "?", "&"] {
            let template = format!("v3/x{{{operator}v*}}/y");
            let text = sent(&template, json!({"v": c.to_string()}));
            assert!(
                text.is_ok() || matches!(c, '#' | '.' | '/'),
                "{operator} {c:?}"
            );
            let map = sent(&template, json!({"v": {c.to_string(): c.to_string()}}));
            assert!(map.is_ok() || matches!(c, '#' | '/'), "{operator} {c:?}");
        }
        let literal = sent(&format!("v3/x{c}?{c}"), json!({}));
        assert!(literal.is_ok() || matches!(c, '{' | '}'), "{c:?}");
    }
}

#[test]
fn a_malformed_template_sends_nothing() {
    assert_eq!(sent("x/{v", json!({"v": 1})), Err(PathError::UnclosedBrace));
    assert_eq!(sent("x/{}", json!({})), Err(PathError::EmptyExpression));
}

#[test]
fn the_last_value_of_a_name_is_used() {
    let vars = [("v".into(), json!(1)), ("v".into(), json!(2))];
    assert_eq!(expand_strictly("x/{v}", &vars).as_deref(), Ok("/x/2"));
}

#[test]
fn a_runtime_value_is_one_segment() {
    assert_eq!(
        encode_segment("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o").unwrap(),
        "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
    );
    assert_eq!(
        encode_segment("a/b{c}?中").unwrap(),
        "a%2Fb%7Bc%7D%3F%E4%B8%AD"
    );
    for refused in ["", ".", ".."] {
        assert_eq!(encode_segment(refused).unwrap_err().kind(), ErrorKind::Path);
    }
    let template = format!("v3/x/{}", encode_segment("{v}").unwrap());
    assert_eq!(sent(&template, json!({})).as_deref(), Ok("/v3/x/%7Bv%7D"));
}

#[test]
fn the_error_keeps_its_reason_and_says_that_nothing_was_sent() {
    let err = expand("x/{v}", &[]).unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Path);
    assert!(!err.maybe_sent());
    assert!(matches!(
        err.find(),
        Some(PathError::MissingVariable { .. })
    ));
    assert_eq!(
        err.report(),
        "the path cannot be used; nothing was sent: the path needs a value for `v` and was given \
         none; give it with `.var(\"v\", …)`"
    );
}
