//! From the caller's path to the operation: chains, templates, indexing, catalog.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use http::Method;
use wechatpay_chain::{Client, catalog};
use wechatpay_chain_benches::offline;

fn chains(c: &mut Criterion) {
    let client = offline::client(|_| Ok(()));
    let mut group = c.benchmark_group("chain");
    group.bench_function("segments", |b| {
        b.iter(|| {
            let chain = client.v3().seg("aggracctBc").seg("wbChannel");
            black_box(chain.seg("controlOrders").seg("punish"))
        });
    });
    group.bench_function("literal", |b| {
        b.iter(|| black_box(client.chain("v3/aggracct-bc/wb-channel/control-orders/punish")));
    });
    group.bench_function("template", |b| {
        b.iter(|| black_box(client.chain(String::from("v3/pay/transactions/id/{id}"))));
    });
    group.bench_function("index", |b| {
        b.iter(|| black_box(&client["v3/aggracct-bc/wb-channel/control-orders/punish"]));
    });
    group.finish();
}

/// Measures a dry run without crypto, since expansion is not public.
fn expansion(c: &mut Criterion) {
    let client = offline::client(|stack| {
        for name in stack.names().map(String::from).collect::<Vec<_>>() {
            stack.remove(&name)?;
        }
        Ok(())
    });
    let runtime = wechatpay_chain_benches::runtime().unwrap();
    let mut run = |name: &str, make: &dyn Fn(&Client) -> wechatpay_chain::Call| {
        c.bench_function(&format!("empty stack/{name}"), |b| {
            b.iter(|| runtime.block_on(make(&client).into_future()).unwrap());
        });
    };
    run("literal", &|client| {
        client["v3/pay/transactions/native"].get(())
    });
    run("one variable", &|client| {
        client["v3/pay/transactions/id/{transaction_id}"]
            .get(())
            .var("transaction_id", "1217752501201407033233368018")
    });
    run("variable and query", &|client| {
        client["v3/pay/transactions/id/{transaction_id}"]
            .get(())
            .var("transaction_id", "1217752501201407033233368018")
            .query("mchid", "1230000109")
    });
}

fn catalog(c: &mut Criterion) {
    let mut group = c.benchmark_group("catalog");
    for (name, path) in [
        ("as in the table", "v3/pay/transactions/id/{transaction_id}"),
        ("other variable", "v3/pay/transactions/id/{id}"),
        (
            "as sent",
            "/v3/pay/transactions/id/1217752501201407033233368018",
        ),
        ("unknown", "v3/not/known/at/all"),
    ] {
        group.bench_function(name, |b| {
            b.iter(|| catalog::find(&Method::GET, black_box(path)))
        });
    }
    group.finish();
}

criterion_group!(benches, chains, expansion, catalog);
criterion_main!(benches);
