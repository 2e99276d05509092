//! Tests of what is kept of records, and for how long.

use super::*;

fn record(target: usize, body: Bytes) -> CallRecord {
    CallRecord {
        id: 0,
        time: 0,
        time_ms: 0,
        mchid: None,
        method: Method::POST,
        target: target.to_string(),
        version: Version::HTTP_11,
        headers: HeaderMap::new(),
        body,
        json: None,
        query: None,
        signed_text: None,
        verdict: Verdict::Accepted,
        warnings: Vec::new(),
        fault: None,
        status: None,
        response: None,
        took: Duration::ZERO,
        json_source: JsonSource::Body,
        #[cfg(feature = "control")]
        mistakes: Arc::default(),
    }
}

#[test]
fn the_oldest_records_are_dropped_by_count_and_by_size() {
    let records = Records::default();
    (0..KEPT + 2).for_each(|number| {
        records.push(record(number, Bytes::new()), 0);
    });
    assert_eq!(records.all().len(), KEPT);
    assert_eq!(records.all()[0].target, "2");
    assert_eq!((records.all()[0].id, records.newest(1)[0].id), (3, 1002));

    // A little less than half, because a record is larger than its body.
    let half = Bytes::from(vec![0; KEPT_BYTES / 2 - 100]);
    (0..3).for_each(|number| {
        records.push(record(number, half.clone()), 0);
    });
    let targets: Vec<_> = records.all().into_iter().map(|it| it.target).collect();
    assert_eq!(targets, ["1", "2"]);
    records.push(record(9, vec![0; KEPT_BYTES + 1].into()), 0);
    assert_eq!(records.last().map(|it| it.target).as_deref(), Some("9"));
    assert_eq!(records.all().len(), 1);
    let last = records.all()[0].id;
    records.clear();
    records.push(record(10, Bytes::new()), 7_999);
    let times = records.get(last + 1).map(|it| (it.time, it.time_ms));
    assert_eq!(times, Some((7, 7_999)));
}

#[test]
fn followers_are_told_of_each_record_and_of_the_end() {
    let records = Records::default();
    let mut progress = records.progress();
    assert!(records.after(0).is_none());
    for id in 1..=2 {
        records.push(record(0, Bytes::new()), 0);
        assert!(progress.has_changed().unwrap());
        assert_eq!(progress.borrow_and_update().newest, id);
        assert_eq!(records.after(id - 1).map(|it| it.id), Some(id));
    }
    records.clear();
    assert!(records.after(0).is_none());
    assert!(!progress.borrow().has_ended);
    records.end_streams();
    assert!(progress.has_changed().unwrap() && progress.borrow().has_ended);
}

#[test]
fn texts_and_json_count_toward_the_size() {
    let zeros = |count: usize| Value::from(vec![0; count]);
    assert!(size_of_json(&zeros(1000)) >= 1000 * size_of::<Value>());
    let members = serde_json::json!({"name": {"other": "text"}});
    assert!(size_of_json(&members) > ENTRY * 2);

    let records = Records::default();
    for number in 0..3 {
        let mut long = record(number, Bytes::new());
        long.signed_text = Some("x".repeat(KEPT_BYTES / 2 - 100));
        records.push(long, 0);
    }
    assert_eq!(records.len(), 2);
    for number in 0..3 {
        let mut answered = record(number, Bytes::new());
        answered.response = Some(ResponseRecord {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: vec![0; KEPT_BYTES / 2 - 100].into(),
        });
        records.push(answered, 0);
    }
    assert_eq!(records.len(), 2);
    for number in 0..3 {
        let mut decrypted = record(number, Bytes::new());
        decrypted.json_source = JsonSource::Decrypted;
        decrypted.json = Some(zeros(KEPT_BYTES / 2 / size_of::<Value>() - 100));
        records.push(decrypted, 0);
    }
    assert_eq!(records.len(), 2);
    assert!(records.last().is_some_and(|it| it.json.is_some()));
}

#[test]
fn a_long_json_is_kept_only_if_it_is_decrypted() {
    let records = Records::default();
    let mut plain = record(0, Bytes::new());
    plain.json_source = JsonSource::Part;
    plain.json = Some(vec![0; KEPT_JSON / size_of::<Value>()].into());
    records.push(plain.clone(), 0);
    assert_eq!(records.last().and_then(|it| it.json), None);
    plain.json = Some(serde_json::json!({"short": true}));
    records.push(plain, 0);
    assert!(records.last().is_some_and(|it| it.json.is_some()));
}

#[test]
fn the_json_of_a_body_is_not_kept_with_it() {
    let records = Records::default();
    let mut call = record(0, Bytes::from_static(br#" {"a":1}"#));
    call.json = Some(serde_json::json!({"a": 1}));
    let serial = http::HeaderValue::from_static("PUB_KEY_ID");
    call.headers.insert("wechatpay-serial", serial);
    records.push(call.clone(), 0);
    assert!(records.with(|kept| kept.records[0].record.json.is_none()));
    assert_eq!(records.last().map(|it| it.json), Some(call.json));
}

/// Reading parses the bodies of up to 64 MiB, and each request waits for the lock.
#[test]
#[cfg(feature = "control")]
fn records_are_matched_without_the_lock() {
    let records = Records::default();
    records.push(record(1, Bytes::new()), 0);
    let found = records.newest_where(1, |_| records.kept.try_lock().is_ok());
    assert_eq!(found.len(), 1);
}

/// A client that verifies with the public key names it in each request.
#[test]
fn of_the_requests_that_name_a_key_only_a_decrypted_json_is_kept() {
    let sandbox = crate::Sandbox::builder().tls(false).start_blocking();
    let sandbox = sandbox.unwrap();
    let client = sandbox.client().unwrap();
    let receiver = serde_json::json!({
        "appid": "wx8888888888888888", "type": "PERSONAL_OPENID", "account": "o1", "name": "张三",
        "relation_type": "USER",
    });
    let order = serde_json::json!({
        "appid": "wx8888888888888888", "mchid": sandbox.mchid(), "description": "公仔", "out_trade_no": "T1234567",
        "notify_url": "https://www.example.com/n", "amount": {"total": 1},
    });
    for (path, body) in [
        ("v3/pay/transactions/native", &order),
        ("v3/profitsharing/receivers/add", &receiver),
    ] {
        client.chain(path).post(body, ()).wait().unwrap();
    }
    let records = &sandbox.state.records;
    let kept = records.kept();
    assert!(
        kept.iter()
            .all(|it| it.record.headers.contains_key("wechatpay-serial"))
    );
    let has_json: Vec<_> = kept.iter().map(|it| it.record.json.is_some()).collect();
    assert_eq!(has_json, [false, true]);
    assert_eq!(jsons(records), [order, receiver]);
    #[cfg(feature = "state")]
    {
        let restored = Records::default();
        restored.restore(records.saved()).unwrap();
        assert_eq!(jsons(&restored), jsons(records));
    }
}

fn jsons(records: &Records) -> Vec<Value> {
    let all = records.all().into_iter();
    all.map(|it| it.json.unwrap_or_default()).collect()
}

/// Earlier builds have saved such records.
#[test]
#[cfg(feature = "state")]
fn an_unreadable_body_is_a_record_without_json() {
    let records = Records::default();
    for body in ["{", r#"{"a":1}"#] {
        let mut call = record(0, Bytes::from_static(body.as_bytes()));
        call.json = Some(serde_json::json!({}));
        records.push(call, 0);
    }
    let restored = Records::default();
    restored.restore(records.saved()).unwrap();
    assert_eq!(jsons(&restored), [Value::Null, serde_json::json!({"a": 1})]);
}
