//! The state that survives a restart.

mod bodies;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use wechatpay_chain::{Client, Clock, ErrorKind, SystemClock};
use wechatpay_sandbox::{
    DeliveryState, Fault, MerchantKind, MerchantSettings, RefundStatus, Sandbox, SandboxBuilder,
    StubResponse,
};

use super::Outcome;
use super::raw::Raw;
use crate::support::Hand;

const ORDERS: &str = "v3/pay/transactions/native";

fn builder(dir: &Path) -> SandboxBuilder {
    Sandbox::builder().state(dir.join("state"))
}

fn order(mchid: &str, number: &str) -> Value {
    json!({
        "appid": "wxd678efh567hg6787", "mchid": mchid, "description": "公仔", "out_trade_no": number,
        "notify_url": "http://127.0.0.1:9/paid", "amount": {"total": 100},
    })
}

fn place(client: &Client, mchid: &str, number: &str) -> Outcome {
    client.chain(ORDERS).post(order(mchid, number), ()).wait()?;
    Ok(())
}

fn state_of(client: &Client, mchid: &str, number: &str) -> Outcome<Value> {
    let call = client.chain("v3/pay/transactions/out-trade-no/{out_trade_no}");
    let call = call
        .get(())
        .var("out_trade_no", number)
        .query("mchid", mchid);
    Ok(call.wait()?.json()?)
}

/// The error of a start.
fn refused(builder: SandboxBuilder) -> (ErrorKind, String) {
    let err = builder.start_blocking().map(drop).unwrap_err();
    (err.kind(), err.report())
}

#[test]
fn orders_refunds_records_and_merchants_survive_a_restart() -> Outcome {
    let folder = tempfile::tempdir()?;
    let sandbox = builder(folder.path()).start_blocking()?;
    let client = sandbox.client()?;
    place(&client, sandbox.mchid(), "PAID0001")?;
    place(&client, sandbox.mchid(), "OPEN0001")?;
    sandbox.pay("PAID0001")?;
    let paid = state_of(&client, sandbox.mchid(), "PAID0001")?;
    sandbox.hold_refunds(true);
    let refund = json!({
        "out_trade_no": "PAID0001", "out_refund_no": "R1",
        "amount": {"refund": 40, "total": 100, "currency": "CNY"},
    });
    let refund = client
        .chain("v3/refund/domestic/refunds")
        .post(refund, ())
        .wait()?
        .json::<Value>()?;
    let punish = "v3/aggracct-bc/wb-channel/control-orders/punish";
    client.chain(punish).post(super::order(), ()).wait()?;
    let added = MerchantSettings::new("1900000333").kind(MerchantKind::Any);
    let added = sandbox.add_merchant(added)?;
    place(&added.client()?, "1900000333", "OTHER001")?;
    let keys = |sandbox: &Sandbox| {
        (
            sandbox.platform_key_id().to_owned(),
            sandbox.serial().to_owned(),
        )
    };
    let (known, serial, orders) = (
        keys(&sandbox),
        added.serial().to_owned(),
        sandbox.orders().len(),
    );
    let calls: Vec<_> = sandbox
        .calls()
        .into_iter()
        .map(|it| (it.id, it.target, it.time))
        .collect();
    drop((sandbox, added));

    let sandbox = builder(folder.path()).start_blocking()?;
    assert_eq!(keys(&sandbox), known);
    assert_eq!(sandbox.orders().len(), orders);
    let again: Vec<_> = sandbox
        .calls()
        .into_iter()
        .map(|it| (it.id, it.target, it.time))
        .collect();
    assert_eq!(again, calls);
    let client = sandbox.client()?;
    let mut after = state_of(&client, sandbox.mchid(), "PAID0001")?;
    assert_eq!(after["trade_state"], "REFUND");
    after["trade_state"] = paid["trade_state"].clone();
    after["trade_state_desc"] = paid["trade_state_desc"].clone();
    assert_eq!(after, paid, "the same number and the same time");
    assert_eq!(
        state_of(&client, sandbox.mchid(), "OPEN0001")?["trade_state"],
        "NOTPAY"
    );
    let call = client
        .chain("v3/refund/domestic/refunds/{out_refund_no}")
        .get(())
        .var("out_refund_no", "R1");
    let found = call.wait()?;
    assert_eq!(
        (&found["refund_id"], &found["status"]),
        (&refund["refund_id"], &json!("PROCESSING"))
    );
    sandbox.settle_refund("R1", RefundStatus::Success)?;
    let other = sandbox.account("1900000333")?;
    assert_eq!(other.serial(), serial);
    assert_eq!(
        state_of(&other.client()?, "1900000333", "OTHER001")?["trade_state"],
        "NOTPAY"
    );
    // Of a payment, a control order and a refund.
    assert_eq!(sandbox.take_events().len(), 3);
    Ok(())
}

#[test]
fn settings_faults_stubs_and_keys_of_a_running_sandbox_survive_a_restart() -> Outcome {
    let folder = tempfile::tempdir()?;
    let sandbox = builder(folder.path()).start_blocking()?;
    let rotated = sandbox.rotate_platform_certificate()?.serial().to_owned();
    let brand = sandbox.brand_builder()?.build();
    sandbox.set_clock_offset(3600);
    sandbox.inject_fault(Fault::WrongSignature);
    sandbox.stub("GET", "v3/any", StubResponse::json(json!({"stubbed": 1})))?;
    drop((sandbox, brand));

    let sandbox = builder(folder.path()).start_blocking()?;
    let certificates = || sandbox.client()?.chain("v3/certificates").get(()).wait();
    let client = sandbox
        .client_builder()
        .clock(Hand::at(SystemClock::new().now() + 3600))
        .build()?;
    let call = || client.chain("v3/any").get(()).wait();
    assert!(call().unwrap_err().verify_failure().is_some(), "the fault");
    assert_eq!(call()?["stubbed"], 1);
    assert!(
        certificates().is_err(),
        "the clock of the sandbox is an hour ahead"
    );
    sandbox.set_clock_offset(0);
    let listed = certificates()?;
    assert_eq!(listed["data"][0]["serial_no"], rotated.as_str());
    Ok(())
}

#[test]
fn a_reset_survives_a_restart() -> Outcome {
    let folder = tempfile::tempdir()?;
    let sandbox = builder(folder.path()).start_blocking()?;
    let client = sandbox.client()?;
    place(&client, sandbox.mchid(), "GONE0001")?;
    sandbox.reset();
    assert!(sandbox.orders().is_empty());
    place(&client, sandbox.mchid(), "KEPT0001")?;
    drop(sandbox);
    let sandbox = builder(folder.path()).start_blocking()?;
    let orders: Vec<_> = sandbox
        .orders()
        .into_iter()
        .map(|it| it.out_trade_no)
        .collect();
    assert_eq!(
        (orders, sandbox.calls().len()),
        (vec!["KEPT0001".to_owned()], 1)
    );
    Ok(())
}

/// The serials of the listed platform certificates.
fn listed(sandbox: &Sandbox) -> Outcome<Vec<Value>> {
    let list = sandbox.client()?.chain("v3/certificates").get(()).wait()?;
    let list = list["data"].as_array().ok_or("no list")?.iter();
    Ok(list.map(|it| it["serial_no"].clone()).collect())
}

#[test]
fn a_certificate_that_a_reset_has_dropped_stays_dropped_after_a_restart() -> Outcome {
    let folder = tempfile::tempdir()?;
    let sandbox = builder(folder.path()).start_blocking()?;
    let mut rotated = Vec::new();
    for _ in 0..2 {
        rotated.push(sandbox.rotate_platform_certificate()?.serial().to_owned());
        sandbox.reset();
    }
    rotated.push(sandbox.rotate_platform_certificate()?.serial().to_owned());
    let before = listed(&sandbox)?;
    assert!(before.contains(&json!(rotated[2])), "{before:?}");
    drop(sandbox);

    let sandbox = builder(folder.path()).start_blocking()?;
    assert_eq!(listed(&sandbox)?, before);
    let next = sandbox.rotate_platform_certificate()?.serial().to_owned();
    assert!(!rotated.contains(&next), "{next} {rotated:?}");
    Ok(())
}

/// The number of entries that a start executes, as the control API tells it.
fn entries(sandbox: &Sandbox) -> Outcome<u64> {
    let info = super::control::get(sandbox, "info")?;
    Ok(info["state"]["entries"].as_u64().ok_or("no entries")?)
}

#[test]
fn a_reset_shrinks_the_file_and_keeps_what_a_reset_keeps() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("state/state.redb");
    let sandbox = builder(folder.path()).start_blocking()?;
    sandbox.stub("GET", "v3/any", StubResponse::json(json!({"stubbed": 1})))?;
    sandbox.stub("GET", "v3/any", StubResponse::json(json!({"stubbed": 2})))?;
    let added = MerchantSettings::new("1900000333").kind(MerchantKind::Any);
    let serial = sandbox.add_merchant(added)?.serial().to_owned();
    let asked = json!({"mchid": "1900000334", "kind": "merchant"});
    super::control::post(&sandbox, "merchants", &asked)?;
    drop(sandbox.brand_builder()?.build());
    let replayed = Raw::new(&sandbox, "GET", "/v3/certificates")?.authorized()?;
    assert_eq!(replayed.send(&sandbox)?.status, 200);
    let client = sandbox.client()?;
    for number in 0..30 {
        let mut order = order(sandbox.mchid(), &format!("GONE{number:04}"));
        order["unknown"] = json!("x".repeat(100_000));
        client.chain(ORDERS).post(order, ()).wait()?;
    }
    sandbox.pay("GONE0001")?;
    let paid = sandbox.orders()[1].transaction_id.clone();
    let full = fs::metadata(&path)?.len();
    assert!(entries(&sandbox)? > 30);
    sandbox.reset();
    assert_eq!(
        entries(&sandbox)?,
        5,
        "a stub, two merchants, a brand and the reset"
    );
    place(&client, sandbox.mchid(), "KEPT0001")?;
    let next = sandbox.calls()[0].id;
    drop(sandbox);
    let small = fs::metadata(&path)?.len();
    assert!(full > 3_000_000 && small < full / 2, "{full} {small}");

    let sandbox = builder(folder.path()).start_blocking()?;
    assert_eq!(entries(&sandbox)?, 6);
    let orders = sandbox.orders().into_iter().map(|it| it.out_trade_no);
    assert_eq!(orders.collect::<Vec<_>>(), ["KEPT0001"]);
    assert_eq!(sandbox.calls()[0].id, next, "numbers of requests go on");
    assert_eq!(
        replayed.send(&sandbox)?.status,
        401,
        "its nonce is still known"
    );
    let stubbed = sandbox.client()?.chain("v3/any").get(()).wait()?;
    assert_eq!(stubbed["stubbed"], 2);
    assert_eq!(sandbox.account("1900000333")?.serial(), serial);
    sandbox.account("1900000334")?;
    sandbox.pay("KEPT0001")?;
    let count = |id: &Option<String>| id.as_deref().map(|id| id[id.len() - 10..].to_owned());
    let again = &sandbox.orders()[0].transaction_id;
    assert!(count(again) > count(&paid), "{again:?} {paid:?}");
    Ok(())
}

#[test]
fn a_failed_stub_leaves_the_earlier_one_after_a_reset_and_a_restart() -> Outcome {
    let folder = tempfile::tempdir()?;
    let sandbox = builder(folder.path()).start_blocking()?;
    sandbox.stub("GET", "v3/any", StubResponse::json(json!({"stubbed": 1})))?;
    for _ in 0..2 {
        let wrong = StubResponse::json(json!({})).status(99);
        let err = sandbox.stub("GET", "v3/any", wrong).unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Builder);
    }
    sandbox.reset();
    assert_eq!(entries(&sandbox)?, 2, "the stub and the reset");
    drop(sandbox);
    let sandbox = builder(folder.path()).start_blocking()?;
    let answer = sandbox.client()?.chain("v3/any").get(()).wait()?;
    assert_eq!(answer["stubbed"], 1);
    Ok(())
}

#[test]
fn a_reset_by_the_control_api_shrinks_the_file_as_well() -> Outcome {
    let folder = tempfile::tempdir()?;
    let sandbox = builder(folder.path()).start_blocking()?;
    place(&sandbox.client()?, sandbox.mchid(), "GONE0001")?;
    for _ in 0..3 {
        super::control::post(&sandbox, "reset", &json!({}))?;
        assert_eq!(entries(&sandbox)?, 1);
    }
    drop(sandbox);
    let sandbox = builder(folder.path()).start_blocking()?;
    assert_eq!((entries(&sandbox)?, sandbox.orders().len()), (1, 0));
    // An input after the start is not mistaken for a reset.
    place(&sandbox.client()?, sandbox.mchid(), "KEPT0001")?;
    assert_eq!(entries(&sandbox)?, 2);
    Ok(())
}

/// How many changes are made; a higher number for a run by hand.
fn changes() -> usize {
    let given = std::env::var("WECHATPAY_TEST_WRITES").ok();
    given.map_or(900, |count| count.parse().unwrap())
}

/// A text of 10 KB that differs for each number and that gzip shrinks by a quarter at most.
fn incompressible(number: usize) -> String {
    let digest = |part: usize| openssl::sha::sha256(format!("{number} {part}").as_bytes());
    let bytes: Vec<u8> = (0..235).flat_map(digest).collect();
    openssl::base64::encode_block(&bytes)
}

#[test]
fn many_changes_of_one_order_leave_a_bounded_file() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("state/state.redb");
    let sandbox = builder(folder.path()).start_blocking()?;
    let (client, mchid, changes) = (sandbox.client()?, sandbox.mchid().to_owned(), changes());
    place(&client, &mchid, "PAID0001")?;
    sandbox.pay("PAID0001")?;
    sandbox.hold_refunds(true);
    let refund = json!({
        "out_trade_no": "PAID0001", "out_refund_no": "R1",
        "amount": {"refund": 40, "total": 100, "currency": "CNY"},
    });
    client
        .chain("v3/refund/domestic/refunds")
        .post(refund, ())
        .wait()?;
    let refund_id = sandbox.refunds()[0].refund_id.clone();
    let redirect = format!("v3/refund/domestic/refunds/{refund_id}/apply-abnormal-refund");
    let (next, largest) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let change = || {
        loop {
            let number = next.fetch_add(2, Ordering::Relaxed);
            if number >= changes {
                break;
            }
            let body = json!({
                "out_refund_no": "R1", "type": "MERCHANT_BANK_CARD", "unknown": incompressible(number),
            });
            // Another thread may have redirected the refund meanwhile; the request counts even so.
            sandbox.settle_refund("R1", RefundStatus::Abnormal).ok();
            client.chain(redirect.clone()).post(&body, ()).wait().ok();
            let size = fs::metadata(&path).map_or(0, |file| file.len());
            largest.fetch_max(
                usize::try_from(size).unwrap_or(usize::MAX),
                Ordering::Relaxed,
            );
        }
    };
    std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(change))));
    let (left, largest) = (entries(&sandbox)?, largest.into_inner());
    println!("{changes} changes: {left} entries, at most {largest} bytes");
    let status = sandbox.refunds()[0].status;
    assert!(left < u64::try_from(changes)?.min(3000), "{left}");
    // The entries, the old and the new checkpoint are in the file at once.
    assert!(largest < 64 << 20, "{largest}");
    drop(sandbox);
    let sandbox = builder(folder.path()).start_blocking()?;
    assert_eq!(entries(&sandbox)?, left);
    let refund = &sandbox.refunds()[0];
    assert_eq!((&refund.refund_id, refund.status), (&refund_id, status));
    let order = state_of(&sandbox.client()?, &mchid, "PAID0001")?;
    assert_eq!(order["trade_state"], "REFUND");
    Ok(())
}

#[test]
fn a_checkpoint_keeps_all_that_the_sandbox_shows() -> Outcome {
    let folder = tempfile::tempdir()?;
    let sandbox = builder(folder.path())
        .post_notifications()
        .start_blocking()?;
    let client = sandbox.client()?;
    let mchid = sandbox.mchid().to_owned();
    place(&client, &mchid, "PAID0001")?;
    place(&client, &mchid, "OPEN0001")?;
    sandbox.pay("PAID0001")?;
    let punish = "v3/aggracct-bc/wb-channel/control-orders/punish";
    let punished: Value = client
        .chain(punish)
        .post(super::order(), ())
        .wait()?
        .json()?;
    let added = MerchantSettings::new("1900000333").kind(MerchantKind::Any);
    let added = sandbox.add_merchant(added)?;
    place(&added.client()?, "1900000333", "OTHER001")?;
    sandbox.stub("GET", "v3/any", StubResponse::json(json!({"stubbed": 1})))?;
    let rotated = sandbox.rotate_platform_certificate()?.serial().to_owned();
    sandbox.inject_fault(Fault::WrongSignature);
    while sandbox.deliveries().iter().any(|it| it.attempts.is_empty()) {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let before = entries(&sandbox)?;
    for _ in 0..5 {
        sandbox.set_bill(vec![b'x'; 1 << 20]);
    }
    let after = entries(&sandbox)?;
    assert!(after < before, "a checkpoint: {before} {after}");
    let shown = |sandbox: &Sandbox| -> Outcome<Vec<Value>> {
        let lists = [
            "orders",
            "refunds",
            "calls?limit=200",
            "notifications",
            "faults",
            "merchants",
        ];
        lists
            .iter()
            .map(|list| super::control::get(sandbox, list))
            .collect()
    };
    let known = shown(&sandbox)?;
    drop((sandbox, added));

    let sandbox = builder(folder.path())
        .post_notifications()
        .start_blocking()?;
    let again = shown(&sandbox)?;
    for (before, after) in known.iter().zip(&again) {
        assert_eq!(without_next_attempts(after), without_next_attempts(before));
    }
    sandbox.account("1900000333")?.pay("OTHER001")?;
    let client = sandbox.client()?;
    let answers = || client.chain("v3/any").get(()).wait();
    assert!(answers().is_err(), "the fault");
    assert_eq!(answers()?["stubbed"], 1);
    assert!(listed(&sandbox)?.contains(&json!(rotated)));
    let repeated: Value = client
        .chain(punish)
        .post(super::order(), ())
        .wait()?
        .json()?;
    assert_eq!(repeated, punished);
    Ok(())
}

/// A delivery is tried again at each start.
fn without_next_attempts(list: &Value) -> Value {
    let mut list = list.clone();
    let items = list
        .as_object_mut()
        .into_iter()
        .flat_map(|list| list.values_mut());
    for item in items.filter_map(Value::as_array_mut).flatten() {
        if let Some(item) = item.as_object_mut() {
            item.remove("next_in");
            if let Some(attempts) = item.get_mut("attempts").and_then(Value::as_array_mut) {
                attempts.truncate(1);
            }
        }
    }
    list
}

#[test]
fn a_notification_that_was_not_accepted_is_posted_after_a_restart() -> Outcome {
    let folder = tempfile::tempdir()?;
    let taken = std::net::TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/paid", taken.local_addr()?);
    let start = || builder(folder.path()).post_notifications().start_blocking();
    let sandbox = start()?;
    let mut asked = order(sandbox.mchid(), "PAID0001");
    asked["notify_url"] = json!(url);
    sandbox.client()?.chain(ORDERS).post(asked, ()).wait()?;
    sandbox.pay("PAID0001")?;
    assert_eq!(sandbox.deliveries()[0].state, DeliveryState::Pending);
    drop(sandbox);

    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    std::thread::spawn(move || {
        use std::io::{Read, Write};
        for stream in taken.incoming() {
            let mut stream = stream.unwrap();
            // A request of the first run has no reader any more.
            let mut start = [0; 4096];
            let _ = stream.read(&mut start);
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    let sandbox = start()?;
    let ended = || sandbox.deliveries()[0].state == DeliveryState::Accepted;
    while !ended() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert!(count.load(Ordering::SeqCst) >= 1);
    drop(sandbox);
    let sandbox = start()?;
    assert_eq!(sandbox.deliveries().len(), 1);
    assert_eq!(sandbox.deliveries()[0].state, DeliveryState::Accepted);
    Ok(())
}

#[test]
fn a_folder_in_use_by_another_sandbox_is_refused() -> Outcome {
    let folder = tempfile::tempdir()?;
    let first = builder(folder.path()).start_blocking()?;
    let (kind, said) = refused(builder(folder.path()));
    assert_eq!(kind, ErrorKind::File);
    assert!(
        said.contains("in use by another sandbox: stop that sandbox"),
        "{said}"
    );
    drop(first);
    builder(folder.path()).start_blocking()?;
    Ok(())
}

#[test]
fn a_damaged_file_is_refused_wherever_the_damage_is() -> Outcome {
    let folder = tempfile::tempdir()?;
    let sandbox = builder(folder.path()).start_blocking()?;
    let client = sandbox.client()?;
    for number in 0..20 {
        let number = format!("ORDER{number:04}");
        client
            .chain(ORDERS)
            .post(order(sandbox.mchid(), &number), ())
            .wait()?;
    }
    drop((sandbox, client));
    let path = folder.path().join("state/state.redb");
    let whole = fs::read(&path)?;
    let is_entry = |at: &usize| whole[*at..].starts_with(b"\"body\":\"");
    let mut changed = whole.clone();
    let entries: Vec<_> = (0..whole.len()).filter(is_entry).collect();
    entries.iter().for_each(|at| changed[at + 10] ^= 1);
    assert!(entries.len() >= 20);
    let mut no_magic = whole.clone();
    no_magic[0] ^= 1;
    for (what, bytes) in [
        ("cut off", whole[..1000].to_vec()),
        ("cut in the middle", whole[..whole.len() / 2].to_vec()),
        ("a text", b"no database".to_vec()),
        ("other bytes", vec![7; 8192]),
        ("another first byte", no_magic),
        ("changed entries", changed),
    ] {
        fs::write(&path, bytes)?;
        let (kind, said) = refused(builder(folder.path()));
        assert_eq!(kind, ErrorKind::File, "{what}: {said}");
        assert!(
            said.contains("restore a copy of the folder"),
            "{what}: {said}"
        );
    }
    fs::write(&path, &whole)?;
    assert_eq!(builder(folder.path()).start_blocking()?.orders().len(), 20);
    Ok(())
}

#[test]
fn other_settings_other_keys_and_other_effects_are_refused() -> Outcome {
    let folder = tempfile::tempdir()?;
    drop(builder(folder.path()).start_blocking()?);
    let (kind, said) = refused(builder(folder.path()).strict(true).seed(3));
    assert_eq!(kind, ErrorKind::File);
    assert!(
        said.contains("made with other settings (--seed, --strict)"),
        "{said}"
    );
    fs::remove_dir_all(folder.path().join("state/keys"))?;
    let (kind, said) = refused(builder(folder.path()));
    assert_eq!(kind, ErrorKind::File);
    assert!(said.contains("made with other keys"), "{said}");
    Ok(())
}

#[cfg(unix)]
#[test]
fn only_the_user_can_read_the_state() -> Outcome {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir()?;
    drop(builder(folder.path()).start_blocking()?);
    let path = folder.path().join("state/state.redb");
    assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644))?;
    drop(builder(folder.path()).start_blocking()?);
    assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
    Ok(())
}
