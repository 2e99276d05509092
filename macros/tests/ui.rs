//! What `path!` and `chain!` accept, and what the compiler says where they do not.
//!
//! The `.stderr` files are those of Rust 1.95. After a change of a message or of the pinned
//! compiler: `TRYBUILD=overwrite cargo test -p wechatpay-chain-macros --test ui`, then read the difference.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
}
