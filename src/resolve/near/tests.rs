use super::*;

fn near(method: Method, path: &str) -> Option<(Method, &'static str)> {
    near_with(method, path, true)
}

fn near_with(method: Method, path: &str, has_content: bool) -> Option<(Method, &'static str)> {
    let paths = Paths::new("", path);
    let found = paths.find(&method).map(|operation| Found {
        operation,
        by_template: false,
    });
    let sent = Attempted {
        method: &method,
        paths: &paths,
        has_content,
    };
    let err = check(&sent, found).err()?;
    let named = FORMS.iter().map(|form| form.operation).find(|operation| {
        let reason = err.find::<PathError>().unwrap();
        *reason
            == PathError::NearMiss {
                method: operation.method().to_string(),
                path: operation.path().to_owned(),
            }
    });
    named.map(|operation| (operation.method(), operation.path()))
}

/// Documented calls are tried with values, and with names, in place of the variables.
#[test]
fn no_documented_operation_is_a_near_miss() {
    let values = [
        "1217752501",
        "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "%E7%B2%A4B12345",
        "a%2Fb;c=d",
        "_x_",
    ];
    for operation in catalog::operations() {
        for value in values {
            let segments = operation.path().split('/');
            let segments = segments.map(|text| if is_variable(text) { value } else { text });
            let path = segments.collect::<Vec<_>>().join("/");
            assert_eq!(near(operation.method(), &path), None, "{path}");
        }
        assert_eq!(near(operation.method(), operation.path()), None);
    }
}

#[test]
fn misspellings_of_a_sensitive_operation_are_near_misses() {
    let applyment = (Method::POST, "v3/applyment4sub/applyment/");
    for path in [
        "V3/applyment4sub/applyment/",
        "v3/applyment4sub/Applyment",
        "v3/applyment4sub/appl%79ment/",
        "v3/applyment4sub/appl%2579ment",
        "v3/applyment4sub/applyment;a=b",
        "v3/applyment4sub;a=b/applyment/",
        "v3//applyment4sub/applyment",
        "v3/applyment4sub%2Fapplyment",
        "v3/applyment4sub%5Capplyment/",
        "v3/x/%252e%252e/applyment4sub/applyment",
        "v3/applyment4sub/applyment%20",
        "v3/applyment4sub/applyment%3Fa=b/c",
        "v3/applyment4sub/applyment&a=b",
        "v3/applyment4sub/%EF%BC%A1pplyment",
        "v3/applyment4sub/%D0%B0pplyment",
        "v3/applyment4sub/app%E2%80%8Blyment",
        "v2/applyment4sub/applyment/",
        "applyment4sub/applyment",
        "v3/v3/applyment4sub/applyment",
        "gateway/v3/applyment4sub/applyment",
        "v3/applyment4subapplyment",
    ] {
        assert_eq!(near(Method::POST, path), Some(applyment.clone()), "{path}");
    }
    for method in [
        Method::GET,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::HEAD,
    ] {
        let path = "v3/applyment4sub/applyment/";
        assert_eq!(near(method, path), Some(applyment.clone()));
    }
    let punish = "v3/aggracct-bc/wb-channel/control-orders/punish";
    for path in [
        "v3/aggracctBc/wbChannel/controlOrders/punish",
        "v3/aggracct_bc/wb_channel/control_orders/punish",
    ] {
        assert_eq!(near(Method::POST, path), Some((Method::POST, punish)));
    }
}

/// A literal of a sensitive operation is not a value of a variable.
#[test]
fn a_wrong_method_does_not_turn_a_literal_into_a_value() {
    let import = "v3/brand/partner/card-member/user-cards/import-by-phone";
    let near_import = Some((Method::POST, import));
    assert_eq!(near(Method::PATCH, import), near_import);
    assert_eq!(
        near(Method::PATCH, &import.replace("phone", "Phone")),
        near_import
    );
    let code = "v3/brand/partner/card-member/user-cards/";
    for code in ["478515832665", "import-by-fax", "Phone"].map(|value| format!("{code}{value}")) {
        assert_eq!(near(Method::PATCH, &code), None);
    }
}

/// A query with another method may be a new operation and reveals nothing; other spellings remain near misses.
#[test]
fn another_method_without_a_body_is_not_a_near_miss() {
    let path = "v3/pay/transactions/native";
    assert_eq!(near_with(Method::GET, path, false), None);
    assert!(near_with(Method::GET, path, true).is_some());
    assert!(near_with(Method::POST, "v3/pay/Transactions/native", false).is_some());
}

#[test]
fn unknown_operations_can_be_called() {
    for path in [
        "v3/not/in/the/catalog",
        "v3/applyment4sub/applyment/batch/query",
        "v3/applyment4sub",
        "v3/applyment5sub/applyment/",
        "v3/pay/transactions/nativ",
        "v3/new/张三李四王五张三李四王五",
        "",
    ] {
        assert_eq!(near(Method::PUT, path), None, "{path}");
    }
}

#[test]
fn lookalike_and_invisible_characters_are_near_misses() {
    for text in [
        "punish",
        "\u{440}unish",
        "pu\u{200b}nish",
        "\u{fb01}punish",
        "\u{feff}punis\u{4bb}",
    ] {
        assert!(spells(text, &pattern("punish")), "{text}");
    }
    for text in ["", "punis", "punishe", "unish", "惩罚惩罚惩罚", "v2"] {
        assert!(!spells(text, &pattern("punish")), "{text}");
    }
    assert!(!spells("complaintsv3", &pattern("complaints-v2")));
    let both: Vec<_> = [pattern("x"), pattern("{v}"), pattern("y")].concat();
    for text in ["x/1/y", "x1/y", "x/1y", "x/y/y", "x/123/y"] {
        assert!(spells(text, &both), "{text}");
    }
    for text in ["x/y", "x//y", "x/1/2/y", "x/1/z"] {
        assert!(!spells(text, &both), "{text}");
    }
}
