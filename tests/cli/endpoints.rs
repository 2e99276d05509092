//! `wechatpay endpoints`.

use serde_json::Value;

use crate::support::Run;

fn lines(arguments: &[&str]) -> Vec<Value> {
    let text = Run::new(arguments).run().ok();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

#[test]
fn json_prints_one_object_per_endpoint() {
    let all = lines(&["endpoints", "--json"]);
    assert_eq!(all.len(), wechatpay_chain::catalog::operations().len());
    for row in &all {
        for key in ["method", "path", "host"] {
            assert!(row[key].is_string(), "{row}");
        }
        for key in [
            "encrypt",
            "decrypt",
            "query_encrypt",
            "limits",
            "variables",
            "query",
            "request",
            "response",
        ] {
            assert!(row[key].is_array(), "{row}");
        }
    }
    let punish = "v3/aggracct-bc/wb-channel/control-orders/punish";
    let punish = all.iter().find(|row| row["path"] == punish).unwrap();
    assert_eq!(punish["method"], "POST");
    assert_eq!(punish["host"], "api.mch.weixin.qq.com");
    assert_eq!(
        punish["encrypt"],
        serde_json::json!(["/bal_account_no", "/card_no"])
    );
    let number = punish["request"].as_array().unwrap();
    let number = number
        .iter()
        .find(|field| field["name"] == "card_no")
        .unwrap();
    assert_eq!(number["encrypted"], true);
    assert!(
        number["label"].is_string() && number["type"] == "string",
        "{number}"
    );
    let customs = all
        .iter()
        .find(|row| row["path"] == "global/v3/customs/orders");
    assert_eq!(customs.unwrap()["host"], "apihk.mch.weixin.qq.com");
}

/// 营业执照 or 登记证书, by the kind of the subject.
#[test]
fn fields_that_a_condition_requires_are_marked() {
    let call = ["endpoints", "POST", "v3/applyment4sub/applyment/"];
    let text = Run::new(&call).run().ok();
    for name in [
        " business_license_info(*) ",
        " certificate_info(*) ",
        " business_code* ",
    ] {
        assert!(text.contains(name), "{name}: {text}");
    }
    let row = &lines(&[&call[..], &["--json"]].concat())[0];
    let find = |fields: &Value, name: &str| {
        let mut fields = fields.as_array().unwrap().iter();
        fields.find(|field| field["name"] == name).unwrap().clone()
    };
    let subject = find(&row["request"], "subject_info");
    assert_eq!(subject["conditional"], false);
    let license = find(&subject["fields"], "business_license_info");
    assert_eq!(
        (&license["required"], &license["conditional"]),
        (&true.into(), &true.into())
    );
}

#[test]
fn endpoints_are_found_by_chinese_and_english_words() {
    let titles = |words: &[&str]| {
        let found = lines(&[&["endpoints", "--json"], words].concat());
        let titles = found
            .iter()
            .map(|row| row["title"].as_str().unwrap().to_owned());
        titles.collect::<Vec<_>>()
    };
    assert!(titles(&["申请退款"]).contains(&"申请退款".to_owned()));
    assert!(titles(&["refund", "domestic"]).contains(&"申请退款".to_owned()));
    let list = Run::new(&["endpoints", "分账"]).run().ok();
    assert!(list.contains("POST   v3/profitsharing/orders  "), "{list}");
    let said = Run::new(&["endpoints", "没有这样的"]).run().failed(1);
    assert!(said.contains("fewer"), "{said}");
}

#[test]
fn a_single_match_is_shown_in_full() {
    let path = "v3/aggracct-bc/wb-channel/control-orders/punish";
    let text = Run::new(&["endpoints", path]).run().ok();
    for part in [
        &format!("POST {path}\n"),
        "发起微众台账管控",
        "host      api.mch.weixin.qq.com",
        "product   渠道服务",
        "limit     200 calls a minute",
        "card_no",
        "string (base64) encrypted",
        "Answer",
        ".chain(\"v3/aggracct-bc/wb-channel/control-orders/punish\")",
        ".await?;",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let colored = Run::new(&["endpoints", path, "--color", "always"])
        .run()
        .ok();
    assert!(colored.contains("\u{1b}[1m") && !text.contains('\u{1b}'));
}

#[test]
fn types_of_the_named_operations_are_written_into_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list");
    std::fs::write(&list, "# orders\nPOST v3/pay/transactions/jsapi\n").unwrap();
    let (list, out) = (list.to_str().unwrap(), folder.path().join("wechat"));
    let args = ["endpoints", "--emit", "types", "--file", list, "-o"];
    let args = [&args[..], &[out.to_str().unwrap()]].concat();
    Run::new(&args).run().ok();
    let module = std::fs::read_to_string(out.join("v3/pay/transactions/jsapi/post.rs")).unwrap();
    assert!(module.contains("pub struct RequestAmount {"), "{module}");
    // Files of this command are written again.
    Run::new(&args).run().ok();
}

#[test]
fn types_overwrite_no_files_of_the_user_without_force() {
    for foreign in ["mod.rs", "v3/mod.rs", "v3/pay/transactions/jsapi/post.rs"] {
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("list");
        std::fs::write(&list, "POST v3/pay/transactions/jsapi\n").unwrap();
        let (list, out) = (list.to_str().unwrap(), folder.path().join("wechat"));
        let args = ["endpoints", "--emit", "types", "--file", list, "-o"];
        let args = [&args[..], &[out.to_str().unwrap()]].concat();
        let place = out.join(foreign);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(&place, "// mine\n").unwrap();
        let said = Run::new(&args).run().failed(4);
        assert!(said.contains(place.to_str().unwrap()), "{said}");
        assert!(said.contains("--force"), "{said}");
        assert_eq!(std::fs::read_to_string(&place).unwrap(), "// mine\n");
        let written = ["mod.rs", "v3/mod.rs", "v3/pay/mod.rs"];
        let written = written.iter().filter(|it| out.join(it).exists());
        assert_eq!(written.filter(|it| **it != foreign).count(), 0, "{foreign}");

        Run::new(&[&args[..], &["--force"]].concat()).run().ok();
        // A written file that was changed is the user's.
        let changed = std::fs::read_to_string(&place).unwrap() + "// mine\n";
        std::fs::write(&place, &changed).unwrap();
        Run::new(&args).run().failed(4);
        assert_eq!(std::fs::read_to_string(&place).unwrap(), changed);
    }
}

#[test]
fn types_of_one_event_and_of_an_operation_with_notifications() {
    let text = Run::new(&[
        "endpoints",
        "--event",
        "complaint.create",
        "--emit",
        "types",
    ])
    .run()
    .ok();
    assert!(
        text.contains("pub const EVENT_TYPE: &str = \"COMPLAINT.CREATE\";"),
        "{text}"
    );
    assert!(text.contains("pub struct Notification {"), "{text}");
    let args = [
        "endpoints",
        "POST",
        "v3/refund/domestic/refunds",
        "--emit",
        "types",
    ];
    let text = Run::new(&args).run().ok();
    for part in [
        "pub struct Request {",
        "pub struct Response {",
        "pub struct Notification {",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let args = ["endpoints", "--event", "COMPLAINT.CREAT", "--emit", "types"];
    let said = Run::new(&args).run().failed(1);
    assert!(said.contains("COMPLAINT.CREATE"), "{said}");
    // Neither without a kind of code nor with words.
    Run::new(&["endpoints", "--event", "PAY"]).run().failed(2);
    let args = ["endpoints", "refund", "--event", "PAY", "--emit", "types"];
    Run::new(&args).run().failed(2);
}

#[test]
fn listed_events_have_modules_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list");
    std::fs::write(
        &list,
        "EVENT COMPLAINT.CREATE\nevent v2 TRANSACTION.SUCCESS\n",
    )
    .unwrap();
    let out = folder.path().join("wechat");
    let (list, to) = (list.to_str().unwrap(), out.to_str().unwrap());
    let args = ["endpoints", "--emit", "types", "--file", list, "-o", to];
    Run::new(&args).run().ok();
    for file in [
        "events/complaint_create.rs",
        "events/v2/transaction_success.rs",
    ] {
        let module = std::fs::read_to_string(out.join(file)).unwrap();
        assert!(
            module.contains("pub struct Notification {"),
            "{file}: {module}"
        );
    }
    std::fs::write(folder.path().join("list"), "# nothing\n").unwrap();
    Run::new(&args).run().failed(4);
}

#[test]
fn types_need_one_operation_that_exists() {
    Run::new(&["endpoints", "refund", "--emit", "types"])
        .run()
        .failed(2);
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list");
    std::fs::write(&list, "POST v3/no/such\n").unwrap();
    let (list, out) = (list.to_str().unwrap(), folder.path().join("out"));
    let args = ["endpoints", "--emit", "types", "--file", list, "-o"];
    let said = Run::new(&[&args[..], &[out.to_str().unwrap()]].concat())
        .run()
        .failed(1);
    assert!(said.contains("v3/no/such"), "{said}");
}
