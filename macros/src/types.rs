use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Ident, LitStr, Result};
use wechatpay_schema::Documented;

const EXAMPLE: &str = "write it as in `types!(POST \"v3/pay/transactions/jsapi\")`";

pub(crate) fn expand(input: TokenStream) -> Result<TokenStream> {
    let Named(documented) = syn::parse2(input)?;
    let items: TokenStream = wechatpay_schema::types::items(documented).parse()?;
    Ok(quote! {
        #[doc(hidden)]
        #[allow(dead_code, reason = "a program may use only some of them")]
        mod __wechatpay_types {
            #items
        }
        #[allow(unused_imports, reason = "a program may use only some of them")]
        pub use __wechatpay_types::*;
    })
}

/// The operation that the input names.
struct Named(&'static Documented);

impl Parse for Named {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let missing = |what| move |err: Error| Error::new(err.span(), format!("{what}; {EXAMPLE}"));
        let method: Ident = input.parse().map_err(missing("the method is missing"))?;
        let path: LitStr = input
            .parse()
            .map_err(missing("after the method comes the path, a string literal"))?;
        if !input.is_empty() {
            return Err(input.error(format!("only one operation is expected; {EXAMPLE}")));
        }
        let name = method.to_string().to_uppercase();
        let found = wechatpay_schema::find(&name, &path.value());
        found
            .map(Self)
            .ok_or_else(|| unknown(&name, &path.value(), path.span()))
    }
}

fn unknown(method: &str, path: &str, span: Span) -> Error {
    let help = match wechatpay_schema::similar(method, path) {
        Some(it) => format!("did you mean `{} {:?}`?", it.method(), it.path()),
        None => "search for it with `wechatpay endpoints WORD`".to_owned(),
    };
    Error::new(
        span,
        format!("the catalog has no operation `{method} {path}`; {help}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_expands_to_its_types() {
        for input in [
            quote!(POST "v3/pay/transactions/jsapi"),
            quote!(post "/v3/pay/transactions/jsapi"),
        ] {
            let code = expand(input).unwrap().to_string();
            assert!(code.contains("pub struct Request {"), "{code}");
            assert!(code.contains("skip_serializing_if"), "{code}");
        }
    }

    #[test]
    fn errors_say_what_to_write() {
        for (input, part) in [
            (quote!(), "the method is missing"),
            (quote!("v3/pay/transactions/jsapi"), "the method is missing"),
            (quote!(POST v3.pay), "a string literal"),
            (
                quote!(POST "v3/pay/transactions/jsapi", "x"),
                "only one operation",
            ),
            (
                quote!(GET "v3/pay/transactions/jsapi"),
                "did you mean `POST \"v3/pay/transactions/jsapi\"`?",
            ),
            (
                quote!(POST "v3/pay/transaction/jsapi"),
                "did you mean `POST \"v3/pay/transactions/jsapi\"`?",
            ),
            (quote!(POST "pay"), "wechatpay endpoints WORD"),
        ] {
            let err = expand(input).unwrap_err().to_string();
            assert!(err.contains(part), "{err}");
        }
    }
}
