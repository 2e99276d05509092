//! Misspelt paths of sensitive operations: the secrets are encrypted, or nothing is sent.

mod mutations;
mod planted;

use serde_json::json;
use wechatpay_chain::catalog::{self, Operation};
use wechatpay_chain::{Call, Client, Error, ErrorKind, FieldPolicy, PathError};

use crate::support::{Wire, builder, client, literal, signer};
use mutations::{Mutant, mutants};
use planted::{Planted, SECRET, shows};

/// The operations whose request fields or query parameters the client encrypts.
fn sensitive() -> Vec<&'static Operation> {
    let all = catalog::operations().iter();
    let found: Vec<_> = all
        .filter(|it| !it.encrypt().is_empty() || !it.query_encrypt().is_empty())
        .collect();
    let with = |list: fn(&Operation) -> &'static [&'static str]| {
        found.iter().filter(|it| !list(it).is_empty()).count()
    };
    assert_eq!(with(Operation::encrypt), 111);
    assert_eq!(with(Operation::query_encrypt), 11);
    found
}

/// A client for the operation, of a merchant or of a brand.
fn client_of(operation: &Operation, wire: &Wire) -> Client {
    if operation.is_brand() {
        let brand = signer().brand_id("120344").transport(wire.clone());
        return brand.build().unwrap();
    }
    client(wire)
}

/// The ways to make a call with a path that is built at run time.
type Style = (&'static str, fn(&Client, &Mutant, &Planted) -> Call);

const STYLES: [Style; 8] = [
    ("template", |client, mutant, planted| {
        planted.give(client.chain(mutant.path.clone()), &mutant.method)
    }),
    ("literal", |client, mutant, planted| {
        planted.give(client.chain(literal(&mutant.path)), &mutant.method)
    }),
    ("index", |client, mutant, planted| {
        planted.give(client[literal(&mutant.path)].clone(), &mutant.method)
    }),
    ("segments", |client, mutant, planted| {
        let path = mutant.path.split_inclusive('/');
        let chain = path.fold(client.chain(""), |chain, segment| {
            chain.chain(segment.to_owned())
        });
        planted.give(chain, &mutant.method)
    }),
    ("options", |client, mutant, planted| {
        let chain = client.chain(mutant.path.clone());
        chain.request(mutant.method.as_str(), planted.options())
    }),
    ("base URL", |client, mutant, planted| {
        planted
            .give(client.chain(mutant.path.clone()), &mutant.method)
            .base_url("https://pay.example/hk/")
    }),
    ("base URL with the version", |client, mutant, planted| {
        let (first, rest) = mutant.path.split_once('/').unwrap_or(("", &mutant.path));
        planted
            .give(client.chain(rest.to_owned()), &mutant.method)
            .base_url(format!("https://pay.example/{first}"))
    }),
    ("sibling", |client, mutant, planted| {
        let sibling = client.with_stack(|_| Ok(())).unwrap();
        planted.give(sibling.chain(mutant.path.clone()), &mutant.method)
    }),
];

/// Makes the call in one of the ways to finish it; returns whether it was sent.
fn send(wire: &Wire, call: Call, end: usize) -> Result<bool, Error> {
    let before = wire.count();
    let outcome = match end % 3 {
        0 => call.wait().map(drop),
        1 => call.stream().wait().map(drop),
        _ => {
            let made = call.dry_run().wait()?;
            assert!(
                !shows(&made.uri().to_string()) && !shows(&String::from_utf8_lossy(made.body()))
            );
            return Ok(true);
        }
    };
    let sent = wire.count() > before;
    assert!(!sent || outcome.is_ok(), "{outcome:?}");
    outcome.map(|()| sent)
}

/// Every sensitive operation with mutations of its path, each called in one way that a seed chooses. With
/// `WECHATPAY_MUTANTS=all` all mutations are tried, which takes a minute.
#[test]
fn no_mutated_path_leaks_a_secret() {
    let wire = Wire::ok();
    let mut random = Random(0x005e_ed01);
    let share = match std::env::var_os("WECHATPAY_MUTANTS") {
        Some(_) => 1,
        None => 4,
    };
    let (mut encrypted, mut refused) = (0, 0);
    for operation in sensitive() {
        let (client, planted) = (client_of(operation, &wire), Planted::of(operation));
        for mutant in mutants(operation) {
            if random.below(share) > 0 {
                continue;
            }
            let (style, make) = STYLES[random.below(STYLES.len())];
            let at = format!("{style}: {} of {operation:?}", mutant.text());
            match send(&wire, make(&client, &mutant, &planted), random.below(3)) {
                Ok(_) => encrypted += 1,
                Err(err) => {
                    assert!(!err.maybe_sent(), "{at}: {}", err.report());
                    let usual = matches!(err.kind(), ErrorKind::Path | ErrorKind::Request);
                    assert!(usual, "{at}: {}", err.report());
                    refused += 1;
                }
            }
            for sent in wire.take() {
                assert!(!shows(&sent.parts.uri.to_string()), "{at}");
                assert!(!shows(&String::from_utf8_lossy(&sent.body)), "{at}");
            }
        }
    }
    println!("{encrypted} encrypted, {refused} refused");
    assert!(encrypted > 200 && refused > 5_000, "{encrypted}, {refused}");
}

/// The documented path, with and without its final slash, called in every way.
#[test]
fn the_right_path_encrypts_in_every_style() {
    let wire = Wire::ok();
    for operation in sensitive() {
        let (client, planted) = (client_of(operation, &wire), Planted::of(operation));
        for mutant in mutations::same(operation) {
            for (style, make) in STYLES {
                let at = format!("{style}: {}", mutant.text());
                let call = make(&client, &mutant, &planted);
                let sent = send(&wire, call, 0).map_err(|err| err.report());
                assert_eq!(sent, Ok(true), "{at}");
                for sent in wire.take() {
                    assert!(sent.header("wechatpay-serial").is_some(), "{at}");
                    assert!(!shows(&sent.parts.uri.to_string()), "{at}");
                    assert!(!shows(&String::from_utf8_lossy(&sent.body)), "{at}");
                }
            }
        }
    }
}

#[test]
fn the_test_detects_a_leaked_secret() {
    let wire = Wire::ok();
    for operation in sensitive() {
        let (client, planted) = (client_of(operation, &wire), Planted::of(operation));
        let [mutant, _] = mutations::same(operation);
        let call = STYLES[0].1(&client, &mutant, &planted);
        call.fields(FieldPolicy::Off).wait().unwrap();
        let [sent] = &wire.take()[..] else {
            panic!("{operation:?}")
        };
        let body = String::from_utf8_lossy(&sent.body);
        assert!(
            shows(&sent.parts.uri.to_string()) || shows(&body),
            "{operation:?}"
        );
    }
}

#[cfg(feature = "macros")]
#[test]
fn macros_forgive_the_final_slash() {
    use wechatpay_chain::chain;
    let wire = Wire::ok();
    let client = client(&wire);
    let body = || json!({"id_card_info": {"id_card_number": SECRET}});
    for call in [
        chain!(client.v3.ecommerce.applyments).post(body(), ()),
        #[cfg(feature = "php")]
        wechatpay_chain::php!(
            client,
            r#"$instance->v3->ecommerce->applyments->post(['json' => ['id_card_info' => ['id_card_number' => 'PLANTED']]]);"#
        ),
    ] {
        call.wait().unwrap();
        let [sent] = &wire.take()[..] else { panic!() };
        let number = &sent.json()["id_card_info"]["id_card_number"];
        assert!(number.as_str().unwrap().len() > 300, "{number}");
    }
}

fn near_miss(err: &Error) -> (String, String) {
    match err.find::<PathError>() {
        Some(PathError::NearMiss { method, path }) => (method.clone(), path.clone()),
        _ => panic!("{}", err.report()),
    }
}

#[test]
fn the_error_names_the_operation_and_the_ways_out() {
    let wire = Wire::ok();
    let client = client(&wire);
    let body = || json!({"card_no": SECRET});
    let path = "v3/aggracct-bc/wb-channel/control-orders/Punish".to_owned();
    let err = client.chain(&path).post(body(), ()).wait().unwrap_err();
    let right = "v3/aggracct-bc/wb-channel/control-orders/punish";
    assert_eq!(near_miss(&err), ("POST".into(), right.into()));
    assert_eq!(err.kind(), ErrorKind::Path);
    assert!(!err.maybe_sent() && !err.is_retryable());
    assert!(err.to_string().contains(&format!("POST {right}")), "{err}");
    assert!(err.to_string().contains("FieldPolicy::Named"), "{err}");
    assert!(!err.report().contains(SECRET));
    assert_eq!(wire.count(), 0);
    let named = client.chain(&path).post(body(), ()).encrypt(["/card_no"]);
    named.fields(FieldPolicy::Named).wait().unwrap();
    let off = client.chain(&path).post(body(), ());
    off.fields(FieldPolicy::Off).wait().unwrap();
    let [named, off] = &wire.take()[..] else {
        panic!()
    };
    assert!(!shows(&named.json().to_string()));
    assert_eq!(off.json(), body());
}

/// The caller's fields are encrypted, the catalog's are not.
#[test]
fn named_fields_without_encryption_are_rejected() {
    let wire = Wire::ok();
    let client = client(&wire);
    let punish = client.chain("v3/aggracct-bc/wb-channel/control-orders/punish");
    let call = punish.post(json!({"card_no": "a", "x": SECRET}), ());
    call.encrypt(["/x"])
        .fields(FieldPolicy::Named)
        .wait()
        .unwrap();
    let sent = wire.only().json();
    assert_eq!(sent["card_no"], "a");
    assert_ne!(sent["x"], SECRET);
}

#[test]
fn a_wrong_method_is_a_near_miss_and_another_documented_one_is_not() {
    let wire = Wire::ok();
    let client = client(&wire);
    let path = "v3/aggracct-bc/wb-channel/control-orders/punish";
    for method in ["GET", "PUT", "PATCH", "DELETE"] {
        let call = client
            .chain(path)
            .request(method, json!({"json": {"card_no": SECRET}}));
        let err = call.wait().unwrap_err();
        assert_eq!(near_miss(&err), ("POST".into(), path.into()), "{method}");
    }
    assert_eq!(wire.count(), 0);
    // Another operation, which could match `punish` as a value if its sibling did not exist.
    let orders = "v3/aggracct-bc/wb-channel/control-orders/{out_request_no}";
    let query = client
        .chain(orders)
        .get(())
        .var("out_request_no", "PUNISH-1");
    query.wait().unwrap();
    client
        .chain("v3/hk/new")
        .post(json!({}), ())
        .wait()
        .unwrap();
    assert_eq!(wire.count(), 2);
}

/// Values may contain capitals, escapes and words that are literals elsewhere.
#[test]
fn values_of_variables_are_no_mutations() {
    let wire = Wire::ok();
    let client = client(&wire);
    let path = "hk/v3/merchants/{sub_mchid}";
    for value in [
        "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "a%2Fb",
        "a/b;c=d",
        "..x",
        "V3",
        "粤B12345",
    ] {
        for call in [
            client
                .chain(path)
                .patch(json!({}), ())
                .var("sub_mchid", value),
            client
                .chain("hk/v3/merchants")
                .seg(value.to_owned())
                .patch(json!({}), ()),
        ] {
            call.wait().unwrap();
        }
    }
    let openid = client.v3().seg("marketing").seg("favor").seg("users");
    let coupons = openid
        .seg("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o".to_owned())
        .seg("coupons");
    coupons.get(()).wait().unwrap();
}

#[cfg(feature = "tower")]
#[tokio::test]
async fn the_tower_service_follows_the_same_rules() {
    use tower::ServiceExt;
    use wechatpay_chain::Payload;
    let wire = Wire::ok();
    let client = client(&wire);
    let request = |method: &str, path: &str| {
        let body = Payload::Json(json!({"id_card_info": {"id_card_number": SECRET}}));
        let request = http::Request::builder().method(method).uri(path);
        request.body(body).unwrap()
    };
    for path in ["/v3/ecommerce/applyments", "/v3/ecommerce/applyments/"] {
        let sent = client.clone().oneshot(request("POST", path)).await;
        sent.unwrap();
        let [sent] = &wire.take()[..] else { panic!() };
        assert!(!shows(&sent.json().to_string()));
    }
    for (method, path) in [
        ("HEAD", "/v3/ecommerce/applyments"),
        ("POST", "/v3/ecommerce/Applyments"),
        ("POST", "/v3/ecommerce/appl%79ments"),
        ("POST", "/v3/ecommerce;a=b/applyments"),
        ("POST", "/ecommerce/applyments"),
    ] {
        let err = client
            .clone()
            .oneshot(request(method, path))
            .await
            .unwrap_err();
        assert_eq!(near_miss(&err).1, "v3/ecommerce/applyments/", "{path}");
    }
    assert_eq!(wire.count(), 0);
}

/// A brand's client cannot call merchant operations in any spelling.
#[test]
fn brands_are_rejected_too() {
    use crate::support::keys::{KEY_ID, MERCHANT, PLATFORM, SERIAL};
    let wire = Wire::ok();
    let brand = Client::builder()
        .brand_id("1")
        .serial(SERIAL)
        .private_key(MERCHANT.private.clone())
        .platform_key(KEY_ID, PLATFORM.public.clone())
        .no_proxy()
        .transport(wire.clone())
        .build()
        .unwrap();
    for path in [
        "v3/ecommerce/applyments",
        "v3/ecommerce/Applyments",
        "V3/ecommerce/applyments/",
    ] {
        let call = brand.chain(path.to_owned()).post(json!({}), ());
        assert!(!call.wait().unwrap_err().maybe_sent());
    }
    assert_eq!(wire.count(), 0);
}

/// A client with the policy `Off` encrypts nothing and rejects no spelling.
#[test]
fn the_clients_policy_applies() {
    let wire = Wire::ok();
    let off = builder().fields(FieldPolicy::Off).transport(wire.clone());
    let off = off.build().unwrap();
    let call = || {
        off.chain("v3/ecommerce/Applyments".to_owned())
            .post(json!({"a": 1}), ())
    };
    call().wait().unwrap();
    assert_eq!(wire.only().json(), json!({"a": 1}));
    let err = call().fields(FieldPolicy::Catalog).wait().unwrap_err();
    near_miss(&err);
}

/// `/v2` in the base URL does not select an API.
#[test]
fn a_path_of_apiv2_below_a_base_url_is_not_signed_as_apiv3() {
    let wire = Wire::ok();
    let call = client(&wire).chain("pay/unifiedorder").post(json!({}), ());
    let err = call.base_url("https://pay.example/v2").wait().unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Request);
    assert!(
        err.report().contains("v2/pay/unifiedorder"),
        "{}",
        err.report()
    );
    assert_eq!(wire.count(), 0);
}

/// Numbers that depend only on a seed (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}
