use super::*;

#[test]
fn schemas_have_the_operations_of_the_catalog_in_its_order() {
    let rows = catalog::operations();
    let methods: Vec<_> = rows.iter().map(Operation::method).collect();
    let expected = rows.iter().zip(&methods);
    let documented = wechatpay_schema::all().map(|it| (it.method(), it.path()));
    assert!(documented.eq(expected.map(|(row, method)| (method.as_str(), row.path()))));
    assert_eq!(all().count(), rows.len());
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

fn named<'a>(fields: &'a [Field], name: &str) -> &'a Field {
    fields.iter().find(|field| field.name() == name).unwrap()
}

fn count(fields: &[Field], test: &dyn Fn(&Field) -> bool) -> usize {
    let inside = fields.iter().map(|field| count(field.fields(), test));
    inside.sum::<usize>() + fields.iter().filter(|field| test(field)).count()
}
