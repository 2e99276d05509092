//! The RSA operations of a call, with the library's reused contexts.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use wechatpay_chain::{Padding, PrivateKey};
use wechatpay_chain_benches::setup;

const TEXT: &[u8] = b"POST\n/v3/aggracct-bc/wb-channel/control-orders/punish\n1767245375\n\
    593BEC0C930BF1AFEB40B4A08C8FB242\n{\"out_request_no\":\"punish20260101000001\"}\n";

fn crypto(c: &mut Criterion) {
    let pem = setup::rsa()
        .and_then(|key| Ok(key.private_key_to_pem_pkcs8()?))
        .unwrap();
    let private = PrivateKey::from_bytes(&pem).unwrap();
    let public = private.public_key();
    let signature = private.sign(TEXT).unwrap();
    let ciphertext = public
        .encrypt(Padding::Oaep, b"6222000012345678901")
        .unwrap();

    let mut group = c.benchmark_group("crypto");
    group.bench_function("sign", |b| b.iter(|| private.sign(black_box(TEXT))));
    group.bench_function("verify", |b| {
        b.iter(|| public.verify(black_box(TEXT), &signature))
    });
    group.bench_function("encrypt", |b| {
        b.iter(|| public.encrypt(Padding::Oaep, black_box(b"6222000012345678901")));
    });
    group.bench_function("decrypt", |b| {
        b.iter(|| private.decrypt(Padding::Oaep, black_box(&ciphertext)));
    });
    group.bench_function("read a private key", |b| {
        b.iter(|| PrivateKey::from_bytes(black_box(&pem)));
    });
    group.finish();
}

criterion_group!(benches, crypto);
criterion_main!(benches);
