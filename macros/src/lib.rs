//! Proc macros of `wechatpay-chain`: paths written with dots, checked while compiling.
//!
//! Use them through the library's feature `macros`. Here are only the entry points; each macro
//! has a file, and both read segments with `segments`.

mod chain;
mod path;
#[cfg(feature = "php")]
mod php;
mod segments;

use proc_macro::TokenStream;

/// A path written with dots, as a `&'static str` fit for `const`.
///
/// ```text
/// path!(v3.aggracctBc.wbChannel.controlOrders.punish)   "v3/aggracct-bc/wb-channel/control-orders/punish"
/// path!(v3.pay.transactions.id._transaction_id_)        "v3/pay/transactions/id/{transaction_id}"
/// path!(v3["merchant-service"].images._media_id_)       "v3/merchant-service/images/{media_id}"
/// path!(v3.r#type.match)                                "v3/type/match"
/// ```
///
/// Segments are normalised as in the PHP SDK: `controlOrders` is `control-orders`, `_x_` is the
/// variable `{x}`. A text in brackets is normalised too, so kebab-case stays as it is; it may hold
/// several segments.
///
/// # Errors
///
/// A path that cannot be sent does not compile: an absolute one, `..`, an unclosed `{`, an empty
/// segment. The error points at the segment.
#[proc_macro]
pub fn path(input: TokenStream) -> TokenStream {
    path::expand(input.into())
        .unwrap_or_else(|err| err.to_compile_error())
        .into()
}

/// A chain from a client, written with dots as in the PHP SDK.
///
/// ```text
/// chain!(client.v3.pay.transactions.native).post(body, ()).await?
/// chain!(self.pay.client.v3["merchant-service"].images._media_id_).get(())
/// chain!((make_client()).v3.certificates).get(())
/// ```
///
/// The client is what stands before the first `.v2` or `.v3`; without these it is the first name.
/// An expression in parentheses at the start is always the client, and the whole of it. The rest
/// is a path as in `path!`. Calls follow outside of the macro.
///
/// # Errors
///
/// As `path!`; also a call among the segments, and a missing client.
#[proc_macro]
pub fn chain(input: TokenStream) -> TokenStream {
    chain::expand(input.into())
        .unwrap_or_else(|err| err.to_compile_error())
        .into()
}

/// A call as PHP writes it.
///
/// ```text
/// php!(client, r#"$instance->v3->pay->transactions->native->post(['json' => ['mchid' => $mchid]]);"#).await?
/// php!(client, $instance->v3->pay->transactions->native->post(["json" => ["mchid" => $mchid]])).wait()?
/// ```
///
/// The PHP is a text, or tokens of Rust with texts in double quotes. A variable of PHP is the variable
/// of Rust of that name in snake case: `$orderNo` is `order_no`; it is moved, as an argument is. What
/// the chain begins with, `$instance`, is the client that was given. `get` and `getAsync` are the same.
///
/// # Errors
///
/// What is no call, what cannot be translated, and what PHP would send otherwise than it reads; `then`
/// and `wait`, which are Rust's `.await`. The error points at the token; within a text it says line and
/// column.
#[cfg(feature = "php")]
#[proc_macro]
pub fn php(input: TokenStream) -> TokenStream {
    php::expand(input.into())
        .unwrap_or_else(|err| err.to_compile_error())
        .into()
}
