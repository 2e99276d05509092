//! What the compiler says where the macros refuse something.
//!
//! The `.stderr` files are those of Rust 1.95. After a change of a message or of the pinned
//! compiler: `TRYBUILD=overwrite cargo test -p wechatpay-chain-macros --test ui`, then read the difference.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/fail/*.rs");
}
