//! Every operation of the catalog, called once by this library with a request made up from the
//! documentation.

mod recorded;
mod remembered;
#[path = "../../types/sample_call.rs"]
mod sample_call;

use std::collections::{BTreeMap, BTreeSet};
use std::future::IntoFuture;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use wechatpay_chain::catalog::{AnswerKind, AnswerSignature, Operation};
use wechatpay_chain::{Call, Client, Response, Verification};
use wechatpay_sandbox::schema::{self, Field, FieldKind, Schema};
use wechatpay_sandbox::{SampleRequest, Sandbox};

pub(super) use sample_call::{call, empty};

use super::Outcome;

/// The operations that cannot be called or answered, with the reason.
const NOT_CALLED: [(&str, &str); 3] = [
    ("v2/appauth/authindex", REDIRECT),
    ("v2/papay/entrustweb", REDIRECT),
    ("v2/papay/partner/entrustweb", REDIRECT),
];
const REDIRECT: &str = "the user's browser is sent there, no server calls it";

/// How an operation did.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Result {
    /// Answered, and the signature held.
    Verified,
    /// Answered; the catalog says that there is no signature.
    Unsigned,
    /// Answered, verified, when what it asks for had been made; before, refused with exactly the code that
    /// there is for it, and the signature held.
    Remembers,
    NotCalled(&'static str),
}

#[tokio::test]
async fn every_operation_is_answered_and_verified() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let (client, brand) = (sandbox.client()?, sandbox.brand_builder()?.build()?);
    // The orders that are made meanwhile decide whether there is a bill: this one has none.
    let closed = Sandbox::start().await?;
    let books = closed.client()?;
    // Nothing is made in this one: it gets only the calls that found nothing in the first.
    let empty = Sandbox::start().await?;
    let (generated, brand_generated) = (empty.client()?, empty.brand_builder()?.build()?);
    // Few, so that tests beside this one get their turn.
    let at_once = Arc::new(Semaphore::new(4));
    let mut calls = JoinSet::new();
    for schema in schema::all() {
        let of_bill = [
            "v3/bill/tradebill",
            "v3/bill/fundflowbill",
            "v3/bill/sub-merchant-fundflowbill",
            "v3/ecommerce/bill/fundflowbill",
            "v3/payscore/merchant-bill",
            "v3/billdownload/file",
            "v2/pay/downloadbill",
            "v2/pay/downloadfundflow",
        ];
        let client = match schema.operation() {
            operation if of_bill.contains(&operation.path()) => books.clone(),
            operation if operation.is_brand() => brand.clone(),
            _ => client.clone(),
        };
        let generated = if schema.operation().is_brand() {
            brand_generated.clone()
        } else {
            generated.clone()
        };
        let at_once = Arc::clone(&at_once);
        calls.spawn(async move {
            let _turn = at_once.acquire().await;
            let mut found = called(&client, &schema).await;
            if matches!(&found, Err(why) if why.contains("记录不存在")) {
                found = called(&generated, &schema).await;
            }
            (schema.operation(), found)
        });
    }
    let (mut table, mut failed) = (BTreeMap::<_, usize>::new(), Vec::new());
    let mut of_nothing = BTreeSet::new();
    while let Some(done) = calls.join_next().await {
        let (operation, found) = done?;
        if found == Ok(Result::Remembers) {
            of_nothing.insert(name(operation));
        }
        match found {
            Ok(result) => *table.entry((operation.is_brand(), result)).or_default() += 1,
            Err(why) => failed.push(format!("{}: {why}", name(operation))),
        }
    }
    failed.sort();
    assert_eq!(failed, [""; 0], "{} failed", failed.len());
    // Each of them with something to remember.
    let full = Sandbox::start().await?;
    assert_eq!(remembered::answered(&full).await?, of_nothing);
    remembered::complaints_answered().await?;
    print(&table);
    let all: usize = table.values().sum();
    let expected = [
        ((false, Result::Verified), 1070),
        ((false, Result::Unsigned), 30),
        ((false, Result::Remembers), 53),
        ((false, Result::NotCalled(REDIRECT)), 3),
        ((true, Result::Verified), 50),
    ];
    assert_eq!(table, BTreeMap::from(expected));
    assert_eq!(all, 1206);
    Ok(())
}

/// One line a kind, and one of all.
fn print(table: &BTreeMap<(bool, Result), usize>) {
    for ((brand, result), count) in table {
        let whose = if *brand { "brand" } else { "merchant" };
        println!("{count:5} {whose:8} {result:?}");
    }
    let of = |brand| table.iter().filter(move |((it, _), _)| *it == brand);
    let sum = |brand| of(brand).map(|(_, count)| count).sum::<usize>();
    println!("{:5} of merchants and {} of brands", sum(false), sum(true));
}

/// `GET v3/certificates`
fn name(operation: &Operation) -> String {
    format!("{} {}", operation.method(), operation.path())
}

async fn called(client: &Client, schema: &Schema) -> std::result::Result<Result, String> {
    let operation = schema.operation();
    let listed = NOT_CALLED
        .iter()
        .find(|(path, _)| *path == operation.path());
    if let Some((_, why)) = listed {
        return Ok(Result::NotCalled(why));
    }
    let mut sample = call(client, operation, &SampleRequest::complete(schema, 0));
    if operation.path() == "v3/billdownload/file" {
        sample = bill(client).await.map_err(|err| err.report())?;
    }
    let code = remembered::code_of_nothing(&name(operation));
    match (sample.into_future().await, code) {
        (Ok(answer), None) => judged(operation, &answer),
        (Err(err), Some(code)) if is(&err, code) => Ok(Result::Remembers),
        (Ok(_), Some(code)) => Err(format!("answered, and not {code}")),
        (Err(err), _) => Err(err.report()),
    }
}

/// Whether it is a refusal with this code, and signed.
fn is(err: &wechatpay_chain::Error, code: &str) -> bool {
    err.api().is_some_and(|api| {
        let verified = matches!(api.verification, Verification::Verified { .. });
        verified && api.code == code
    })
}

/// Where a bill is only its token says.
async fn bill(client: &Client) -> wechatpay_chain::Result<Call> {
    let tickets = client.chain("v3/bill/tradebill").get(());
    let ticket = tickets.query("bill_date", "2025-06-01").await?;
    let url = ticket["download_url"].as_str().unwrap_or_default();
    let (_, token) = url.split_once("token=").unwrap_or_default();
    let token = percent_encoding::percent_decode_str(token).decode_utf8_lossy();
    Ok(client
        .chain("v3/billdownload/file")
        .get(())
        .query("token", token))
}

/// The URL of a file that the sandbox does not serve.
fn made_up_url(value: &Value) -> Option<&str> {
    match value {
        Value::Object(members) => {
            let has_digest = members.contains_key("hash_value");
            let own = members.iter().find_map(|(name, value)| {
                let is_file = name == "download_url" || (has_digest && name == "url");
                let url = value.as_str().filter(|_| is_file)?;
                let served = ["/v3/billdownload/file", "/v3/transferdownload/"];
                Some(url).filter(|url| !served.iter().any(|path| url.contains(path)))
            });
            own.or_else(|| members.values().find_map(made_up_url))
        }
        Value::Array(items) => items.iter().find_map(made_up_url),
        _ => None,
    }
}

fn judged(operation: &Operation, answer: &Response) -> std::result::Result<Result, String> {
    if !answer.status().is_success() {
        return Err(answer.status().to_string());
    }
    if let Some(url) = answer.value().ok().and_then(made_up_url) {
        return Err(format!("nobody can download {url}"));
    }
    // APIv2's files are never signed.
    let file = operation.is_v2() && operation.answer() == AnswerKind::Stream;
    let unsigned = operation.answer_signature() == AnswerSignature::Nothing || file;
    match answer.verification() {
        Verification::Verified { .. } => Ok(Result::Verified),
        Verification::Unsigned if unsigned => Ok(Result::Unsigned),
        other => Err(format!("{other:?}")),
    }
}

/// One field of a right request made wrong.
struct Wrong {
    name: &'static str,
    lacking: bool,
    body: Value,
}

/// The first field of each kind of mistake; none that is encrypted, which the client would refuse to
/// encrypt, and none that the gateway's door looks at.
fn wrong(schema: &Schema, body: &Value) -> Vec<Wrong> {
    let at_the_door = [
        "mch_id",
        "mchid",
        "combine_mch_id",
        "nonce_str",
        "sign",
        "sign_type",
    ];
    let fields = || {
        let plain = |field: &&Field| !field.is_encrypted() && field.fields().is_empty();
        let fields = schema.request().iter().filter(plain);
        fields.filter(|field| !at_the_door.contains(&field.name()))
    };
    let text = |field: &&Field| field.kind() == FieldKind::String;
    let with = |field: &Field, value: Value| {
        let (name, lacking) = (field.name(), value.is_null());
        let mut body = body.clone();
        body[name] = value;
        if lacking {
            body.as_object_mut()?.remove(name);
        }
        Some(Wrong {
            name,
            lacking,
            body,
        })
    };
    let numbers = ["_id", "_no", "openid", "appid", "plate_number"];
    let is_number = |name: &str| numbers.iter().any(|end| name.ends_with(end));
    // Required in the documentation's tables, and neither in its words nor by the official SDK.
    let not_always = [
        "funds_account",
        "employment_type",
        "employment_scene",
        "authenticate_type",
        "authenticate_state",
    ];
    let parking = schema.operation().path().contains("/parking");
    let is_left_out = |field: &Field| parking && field.name() == "sub_mchid";
    let required = || {
        let always = |field: &&Field| {
            !is_number(field.name()) && !not_always.contains(&field.name()) && !is_left_out(field)
        };
        fields().filter(always).find(|field| field.is_required())
    };
    let integer = || fields().find(|field| field.kind() == FieldKind::Integer);
    // Their lists are known not to be whole.
    let open = ["bank_type", "customs", "relation_type", "reverse_reason"];
    let whole = |field: &&Field| {
        let name = field.name();
        field.values().len() > 1 && !is_number(name) && !open.contains(&name)
    };
    let listed = || fields().filter(text).find(whole);
    let long = || {
        fields()
            .filter(text)
            .find_map(|field| Some((field, field.length().1?)))
    };
    let made = [
        required().map(|field| with(field, Value::Null)),
        integer().map(|field| with(field, json!("1.5"))),
        listed().map(|field| with(field, json!("NO_SUCH_VALUE"))),
        long().map(|(field, most)| with(field, json!("长".repeat(most + 1)))),
    ];
    made.into_iter().flatten().flatten().collect()
}

/// Each reaches the client as an error that is signed and names the field.
#[tokio::test]
async fn what_is_wrong_is_told_to_the_client() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let (merchant, brand) = (sandbox.client()?, sandbox.brand_builder()?.build()?);
    let mut told = BTreeMap::<_, usize>::new();
    for schema in schema::all() {
        let operation = schema.operation();
        let sample = SampleRequest::complete(&schema, 0);
        for wrong in sample.body().map_or(vec![], |body| wrong(&schema, body)) {
            let at = format!("{} {} {}", operation.method(), operation.path(), wrong.name);
            let client = if operation.is_brand() {
                &brand
            } else {
                &merchant
            };
            let call = call(client, operation, &sample).json(wrong.body);
            let err = call
                .await
                .err()
                .ok_or_else(|| format!("{at} was accepted"))?;
            let api = err.api().ok_or_else(|| format!("{at}: {}", err.report()))?;
            let unsigned = operation.answer_signature() == AnswerSignature::Nothing;
            let verified = matches!(api.verification, Verification::Verified { .. });
            let unsigned = unsigned || api.code == "FAIL";
            assert!(verified || operation.is_v2() && unsigned, "{at}: {api:?}");
            assert!(api.message.contains(wrong.name), "{at}: {}", api.message);
            if operation.is_v2() {
                // Values that are no number or too long are refused before any code is given.
                let codes: &[&str] = if wrong.lacking {
                    &["LACK_PARAMS"]
                } else {
                    &["PARAM_ERROR", "FAIL"]
                };
                assert!(codes.contains(&&*api.code), "{at}: {}", api.code);
            } else {
                assert_eq!(
                    (api.status.as_u16(), &*api.code),
                    (400, "PARAM_ERROR"),
                    "{at}"
                );
                assert_eq!(api.detail["field"], format!("/{}", wrong.name), "{at}");
                assert_eq!(api.detail["location"], "body", "{at}");
                // Of what is missing it is an empty text, as in published answers.
                let value = &api.detail["value"];
                assert_eq!(*value == "", wrong.lacking, "{at}: {value}");
            }
            *told.entry(operation.is_v2()).or_default() += 1;
        }
    }
    println!("{told:?}");
    assert!(told[&false] >= 600 && told[&true] >= 250, "{told:?}");
    Ok(())
}
