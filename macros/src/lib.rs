//! Proc macros of `wechatpay-chain`: paths written with dots, checked while compiling.
//!
//! Use them through the library's feature `macros`. This file has only the entry points; each macro
//! has a file, and both parse segments with `segments`.

// Functions have at most 40 lines (clippy.toml); tests may be longer.
#![cfg_attr(not(test), warn(clippy::too_many_lines))]

mod chain;
#[cfg(feature = "pages")]
mod pages;
mod path;
#[cfg(feature = "php")]
mod php;
mod segments;
#[cfg(feature = "types")]
mod types;

use proc_macro::TokenStream;

/// Expands to a path written with dots: a `&'static str`, usable in a `const`.
///
/// ```text
/// path!(v3.aggracctBc.wbChannel.controlOrders.punish)   "v3/aggracct-bc/wb-channel/control-orders/punish"
/// path!(v3.pay.transactions.id._transaction_id_)        "v3/pay/transactions/id/{transaction_id}"
/// path!(v3["merchant-service"].images._media_id_)       "v3/merchant-service/images/{media_id}"
/// path!(v3.r#type.match)                                "v3/type/match"
/// ```
///
/// Segments are normalised as in the PHP SDK: `controlOrders` is `control-orders`, `_x_` is the
/// variable `{x}`. A string in brackets is normalised too (kebab-case is left unchanged) and may contain
/// several segments.
///
/// # Errors
///
/// An invalid path does not compile: an absolute path, `..`, an unclosed `{`, an empty segment. The
/// error points at the segment.
#[proc_macro]
pub fn path(input: TokenStream) -> TokenStream {
    path::expand(input.into())
        .unwrap_or_else(|err| err.to_compile_error())
        .into()
}

/// Expands to a chain from a client, written with dots as in the PHP SDK.
///
/// ```text
/// chain!(client.v3.pay.transactions.native).post(body, ()).await?
/// chain!(self.pay.client.v3["merchant-service"].images._media_id_).get(())
/// chain!((make_client()).v3.certificates).get(())
/// ```
///
/// The expression before the first `.v2` or `.v3` is the client; without a version segment, the first
/// name is the client. A leading expression in parentheses is always the client. The rest is a path as in `path!`.
/// Method calls follow outside the macro.
///
/// # Errors
///
/// The errors of `path!`, a method call among the segments, and a missing client.
#[proc_macro]
pub fn chain(input: TokenStream) -> TokenStream {
    chain::expand(input.into())
        .unwrap_or_else(|err| err.to_compile_error())
        .into()
}

/// Expands to a call written in PHP.
///
/// ```text
/// php!(client, r#"$instance->v3->pay->transactions->native->post(['json' => ['mchid' => $mchid]]);"#).await?
/// php!(client, $instance->v3->pay->transactions->native->post(["json" => ["mchid" => $mchid]])).wait()?
/// ```
///
/// The PHP is a string literal, or Rust tokens whose strings are in double quotes. A PHP variable refers
/// to the Rust variable with its name in snake case (`$orderNo` is `order_no`) and moves it. The object at
/// the start of the chain, `$instance`, is the given client. `get` and `getAsync` have the same meaning.
///
/// # Errors
///
/// Code that is not a call, code that cannot be translated, and code for which PHP would send a different
/// request than it seems to; also `then` and `wait`, which `.await` replaces. The error points at the
/// token, or gives line and column inside a string literal.
#[cfg(feature = "php")]
#[proc_macro]
pub fn php(input: TokenStream) -> TokenStream {
    php::expand(input.into())
        .unwrap_or_else(|err| err.to_compile_error())
        .into()
}

/// Expands to serde types of an operation: `Request`, `Response`, `Params`, `Notification`, `METHOD`, `PATH` and `EVENT_TYPES`;
/// or of an event: `Notification` and `EVENT_TYPE`.
///
/// ```text
/// mod jsapi {
///     wechatpay_chain::types!(POST "v3/pay/transactions/jsapi");
/// }
///
/// let response: jsapi::Response = client.chain(jsapi::PATH).post(Json(&request), ()).await?.json()?;
///
/// mod complaint {
///     wechatpay_chain::types!(EVENT "COMPLAINT.CREATE");
/// }
///
/// let resource = notification.resource_as::<complaint::Notification>()?;
/// ```
///
/// They are the types that `wechatpay endpoints METHOD PATH --emit types` prints. Put the macro into a module: all
/// operations have the same names. The program needs `serde` with `derive`, and `serde_json`.
///
/// # Errors
///
/// An operation or event that is not in the catalog does not compile. The error names the most similar one. An APIv2 event that
/// has the type of an APIv3 event is `EVENT "v2 TRANSACTION.SUCCESS"`.
#[cfg(feature = "types")]
#[proc_macro]
pub fn types(input: TokenStream) -> TokenStream {
    types::expand(input.into())
        .unwrap_or_else(|err| err.to_compile_error())
        .into()
}

/// Expands to the bytes of a file of the package, compressed by zlib: `compressed!("docs/" "calls" ".md")`.
#[cfg(feature = "pages")]
#[doc(hidden)]
#[proc_macro]
pub fn compressed(input: TokenStream) -> TokenStream {
    pages::expand(input.into())
        .unwrap_or_else(|err| err.to_compile_error())
        .into()
}
