use serde_json::{Map, json};

use super::*;
use crate::catalog::{self, Operation};

#[test]
fn every_text_at_a_pointer_is_replaced() {
    let mut body = json!({
        "name": "a", "other": "b",
        "list": [{"name": "c"}, {"name": null}, {}, {"name": "d"}],
        "texts": ["e", "", "f"],
        "odd~/name": "g",
    });
    for pointer in [
        "/name",
        "/list/*/name",
        "/texts/*",
        "/odd~0~1name",
        "/absent",
        "/absent/*/name",
    ] {
        rewrite(&mut body, pointer).unwrap();
    }
    rewrite(&mut body, "/list/0/name").unwrap();
    rewrite(&mut body, "/list/9/name").unwrap();
    rewrite(&mut body, "/list/99999999999999999999999/name").unwrap();
    let expected = json!({
        "name": "</name a>", "other": "b",
        "list": [{"name": "</list/0/name </list/0/name c>>"}, {"name": null}, {}, {"name": "</list/3/name d>"}],
        "texts": ["</texts/0 e>", "", "</texts/2 f>"],
        "odd~/name": "</odd~0~1name g>",
    });
    assert_eq!(body, expected);
}

#[test]
fn members_are_found_in_objects_of_any_size() {
    for size in [0, 1, FEW, FEW + 1, 100] {
        let mut members: Map<String, Value> =
            (0..size).map(|n| (format!("m{n}"), json!(n))).collect();
        for n in 0..size {
            let name = format!("m{n}");
            assert_eq!(member(&members, &name), Some(&json!(n)));
            assert_eq!(member_mut(&mut members, &name), Some(&mut json!(n)));
        }
        assert_eq!(member(&members, "m"), None);
        assert_eq!(member_mut(&mut members, "absent"), None);
    }
}

#[test]
fn the_whole_value_may_be_the_field() {
    let mut body = json!("a");
    rewrite(&mut body, "").unwrap();
    assert_eq!(body, "< a>");
}

#[test]
fn json_inside_a_text_is_visited() {
    let meta = r#"{ "z": 1, "a": {"phone": "1"}, "中": "/" }"#;
    let mut body = json!({ "meta": meta, "empty": "", "null": "null" });
    rewrite(&mut body, "/meta/absent/phone").unwrap();
    rewrite(&mut body, "/empty/phone").unwrap();
    rewrite(&mut body, "/null/phone").unwrap();
    assert_eq!(body["meta"], meta, "untouched, byte for byte");
    rewrite(&mut body, "/meta/a/phone").unwrap();
    assert_eq!(
        body["meta"],
        r#"{ "z": 1, "a": {"phone": "</meta/a/phone 1>"}, "中": "/" }"#
    );
}

#[test]
fn nested_json_texts_are_visited() {
    let inner = json!([{"value": "1"}]).to_string();
    let mut body = json!({ "outer": json!({ "inner": inner }).to_string() });
    rewrite(&mut body, "/outer/inner/*/value").unwrap();
    let outer: Value = serde_json::from_str(body["outer"].as_str().unwrap()).unwrap();
    assert_eq!(outer["inner"], r#"[{"value":"</outer/inner/0/value 1>"}]"#);
}

#[test]
fn a_body_of_another_shape_fails_and_names_the_pointer() {
    for (pointer, body, says) in [
        (
            "/a",
            json!({"a": 1389}),
            "the field /a cannot be encrypted: it is a number",
        ),
        ("/a", json!({"a": true}), "it is a boolean"),
        ("/a", json!({"a": ["1389"]}), "it is an array"),
        (
            "/a/*",
            json!({"a": [{"1389": "1389"}]}),
            "the field /a/0 cannot be encrypted: it is an object",
        ),
        (
            "/a/*",
            json!({"a": {"1389": "1389"}}),
            "/a/* expects an array at \"/a\" but finds an object",
        ),
        (
            "/a/b",
            json!({"a": [{"b": "1389"}]}),
            "/a/b expects an object at \"/a\" but finds an array",
        ),
        ("/a/01", json!({"a": ["1389"]}), "expects an object"),
        ("/a/b", json!({"a": 1389}), "finds a number"),
        (
            "/a/*/b",
            json!({"a": [{"b": "x"}, [1389]]}),
            "expects an object at \"/a/1\" but finds an array",
        ),
        (
            "/a/b",
            json!({"a": "1389-"}),
            "leads into the text at \"/a\"",
        ),
        (
            "/a/b",
            json!({"a": "\"1389\""}),
            "leads into the text at \"/a\"",
        ),
        ("/a/b", json!({"a": "1389"}), "finds a number"),
        ("a", json!({"a": "1389"}), "must begin with a slash"),
        ("/a~2", json!({"a": "1389"}), "write ~0"),
        ("/a~", json!({"a": "1389"}), "write ~0"),
    ] {
        let err = rewrite(&mut body.clone(), pointer).unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Encrypt);
        assert!(err.to_string().contains(says), "{err}");
        assert!(
            !err.report().contains("1389"),
            "a value leaked: {}",
            err.report()
        );
    }
}

#[test]
fn errors_in_answers_are_decrypt_errors() {
    let keep = &mut |_: &str, _: &str| Ok(None);
    let err = Fields::of_answer()
        .rewrite(&mut json!({"a": 1}), "/a", keep)
        .unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Decrypt);
}

#[test]
fn errors_of_the_visitor_end_the_walk() {
    let mut seen = Vec::new();
    let mut body = json!(["a", "b", "c"]);
    let result = Fields::of_request(&[]).rewrite(&mut body, "/*", &mut |at, _| {
        seen.push(at.to_owned());
        match at {
            "/1" => Err(Error::new(ErrorKind::Encrypt, "too long")),
            _ => Ok(None),
        }
    });
    assert!(result.is_err());
    assert_eq!(seen, ["/0", "/1"]);
}

#[test]
fn flagged_items_are_encrypted_only_with_need_encrypt() {
    let op = catalog::operations()
        .iter()
        .find(|op| !op.encrypt_if_flagged().is_empty())
        .unwrap();
    let fields = Fields::of_request(op.encrypt_if_flagged());
    let items = json!({"record_fields": [
        {"need_encrypt": true, "data": "a"}, {"need_encrypt": false, "data": "b"},
        {"data": "c"}, {"need_encrypt": "true", "data": "d"}, {"need_encrypt": "false", "data": "e"},
    ]});
    let mut body = json!({ "submit_data": items.to_string() });
    let flagged = fields.flagged(&mut body).unwrap();
    assert_eq!(
        flagged,
        [
            "/submit_data/record_fields/0",
            "/submit_data/record_fields/3"
        ]
    );
    for pointer in [
        "/submit_data/record_fields/*/data",
        "/submit_data/record_fields/1/data",
    ] {
        fields
            .rewrite(&mut body, pointer, &mut |_, text| {
                Ok(Some(text.to_uppercase()))
            })
            .unwrap();
    }
    let expected = items
        .to_string()
        .replace(r#""a""#, r#""A""#)
        .replace(r#""d""#, r#""D""#);
    assert_eq!(body["submit_data"], expected);
    assert!(
        Fields::of_request(&[])
            .flagged(&mut body)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn the_shopping_receipt_s_field_is_inside_a_json_text() {
    let path = "v3/marketing/shopping-receipt/shoppingreceipts";
    let op = catalog::find(&http::Method::POST, path).unwrap();
    let meta = json!({"merchant_contact_information": {"consultation_phone_number": "1"}});
    let mut body = json!({ "meta": meta.to_string() });
    rewrite(&mut body, op.encrypt()[0]).unwrap();
    assert!(
        body["meta"]
            .as_str()
            .unwrap()
            .contains("consultation_phone_number 1>"),
        "{body}"
    );
}

#[test]
fn query_values_are_decoded_and_encoded_and_the_rest_stays() {
    let query = "card%5fno=6222%2b+&x=%e4&&card_no&real_name=&y=a=b&real_name=%E5%BC%A0";
    let new = rewrite_query(query, &["card_no", "real_name"], &mut |name, value| {
        Ok(Some(format!("{name} {value}~-._/+=中")))
    });
    let expected = "card%5fno=card_no%206222%2B%2B~-._%2F%2B%3D%E4%B8%AD&x=%e4&&card_no&real_name=&y=a=b\
                    &real_name=real_name%20%E5%BC%A0~-._%2F%2B%3D%E4%B8%AD";
    assert_eq!(new.unwrap().as_deref(), Some(expected));
}

#[test]
fn a_query_without_sensitive_fields_is_unchanged() {
    for query in ["", "&", "a=1&b=%zz", "card_no", "=", "card_no=1"] {
        let new = rewrite_query(query, &["card_no"], &mut |_, _| Ok(None));
        assert_eq!(new.unwrap(), None, "{query}");
    }
    let err = rewrite_query("a=%ff1389", &["a"], &mut |_, _| Ok(None)).unwrap_err();
    assert!(err.to_string().contains("parameter a "), "{err}");
    assert!(!err.report().contains("1389"));
}

#[test]
fn the_catalog_s_pointers_are_well_formed() {
    let lists = [
        Operation::encrypt,
        Operation::encrypt_bank,
        Operation::encrypt_if_flagged,
        Operation::decrypt,
        Operation::json_encoded,
        Operation::json_encoded_answer,
        Operation::url_encoded,
        Operation::sign_fields,
    ];
    for op in catalog::operations() {
        for pointer in lists.iter().flat_map(|list| list(op)) {
            assert!(!pointer.is_empty());
            check(pointer).unwrap();
            let mut body = build(pointer);
            rewrite(&mut body, pointer).unwrap();
            assert!(
                body.to_string()
                    .contains(&format!("<{} ", pointer.replace('*', "0"))),
                "{body}"
            );
        }
    }
}

/// The least body that a pointer fits.
fn build(pointer: &str) -> Value {
    match split(pointer) {
        None => json!("text"),
        Some(("*", below)) => json!([build(below)]),
        Some((name, below)) => Map::from_iter([(name.to_owned(), build(below))]).into(),
    }
}

#[test]
fn no_body_causes_a_panic() {
    let mut random = Random(3);
    let pointers = [
        "",
        "/",
        "//",
        "/a",
        "/a/*",
        "/*/a/0",
        "/a/b/*/a",
        "/*/*",
        "/0/b",
        "/~0/~1",
        "/a/a/a/a/a",
    ];
    let mut outcomes = [0, 0]; // how often a text was reached, for the test must not run empty
    for _ in 0..20_000 {
        let mut body = random.json(5);
        let before = body.clone();
        let pointer = pointers[random.below(pointers.len())];
        let mut seen = 0;
        let if_flagged: &[&str] = [&["/a/*", "/*"][..], &[]][random.below(2)];
        let fields = Fields::of_request(if_flagged);
        let result = fields.rewrite(&mut body, pointer, &mut |_, text| {
            assert!(!text.is_empty());
            seen += 1;
            Ok(None)
        });
        outcomes[usize::from(result.is_ok() && seen > 0)] += 1;
        assert_eq!(body, before, "nothing was replaced, so nothing may change");
        let _ = fields.flagged(&mut body);
    }
    assert!(outcomes[1] > 500, "{outcomes:?}");
}

fn rewrite(body: &mut Value, pointer: &str) -> Result<()> {
    Fields::of_request(&[])
        .rewrite(body, pointer, &mut |at, text| {
            Ok(Some(format!("<{at} {text}>")))
        })
        .map(drop)
}

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % end
    }

    fn json(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 5 } else { 9 }) {
            0 => Value::Null,
            1 => json!(self.below(2) == 0),
            2 => json!(self.below(1000)),
            3 | 4 => json!(["", "text", "{", "[]", "中\0", "null"][self.below(6)]),
            5 => json!(self.json(depth - 1).to_string()),
            6 => (0..self.below(4)).map(|_| self.json(depth - 1)).collect(),
            _ => {
                let names = ["a", "b", "*", "0", "", "~", "/", "need_encrypt"];
                let members = (0..self.below(6)).map(|_| {
                    (
                        names[self.below(names.len())].to_owned(),
                        self.json(depth - 1),
                    )
                });
                Map::from_iter(members.collect::<Vec<_>>()).into()
            }
        }
    }
}

#[test]
fn a_pointer_reaches_the_items_that_it_names() {
    for pointer in ["/a/*/b", "/a/1/b/c"] {
        assert!(leads_into(pointer, "/a/1"), "{pointer}");
    }
    for pointer in ["/a/1", "/a/*", "/a/0/b", "/b/*/b", "/a", ""] {
        assert!(!leads_into(pointer, "/a/1"), "{pointer}");
    }
}
