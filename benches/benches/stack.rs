//! A whole call without the network: the transport returns a prepared, signed answer
//! from memory.

use criterion::{Criterion, criterion_group, criterion_main};
use wechatpay_chain::{Client, middleware};
use wechatpay_chain_benches::caller::{PATH, body};
use wechatpay_chain_benches::{Work, offline, runtime};

fn stack(c: &mut Criterion) {
    let runtime = runtime().unwrap();
    let mut group = c.benchmark_group("stack");
    let mut run = |name: &str, client: Client, work: Work| {
        group.bench_function(name, |b| {
            b.iter(|| {
                let call = client[PATH].post(body(work), ());
                runtime.block_on(call.into_future()).unwrap()
            });
        });
    };
    run("whole", offline::client(|_| Ok(())), Work::Plain);
    run("whole, one field", offline::client(|_| Ok(())), Work::Field);
    // The rest is this crate's work.
    let without_rsa = offline::client(|stack| {
        stack.remove(middleware::SIGNER)?;
        stack.remove(middleware::VERIFIER)?;
        Ok(())
    });
    run("without RSA", without_rsa, Work::Plain);
    group.finish();
}

criterion_group!(benches, stack);
criterion_main!(benches);
