use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Ident, LitStr, Result};
use wechatpay_schema::{Documented, Event};

const EXAMPLE: &str = "write it as in `types!(POST \"v3/pay/transactions/jsapi\")`";
const EVENT_EXAMPLE: &str = "write it as in `types!(EVENT \"REFUND.SUCCESS\")`";

pub(crate) fn expand(input: TokenStream) -> Result<TokenStream> {
    let items = match syn::parse2(input)? {
        Named::Operation(documented) => wechatpay_schema::types::items(documented),
        Named::Event(event) => wechatpay_schema::types::event_items(event),
    };
    let items: TokenStream = items.parse()?;
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

/// The operation or the event that the input names.
enum Named {
    Operation(&'static Documented),
    Event(&'static Event),
}

impl Parse for Named {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let missing = |what| move |err: Error| Error::new(err.span(), format!("{what}; {EXAMPLE}"));
        let method: Ident = input.parse().map_err(missing("the method is missing"))?;
        if method == "EVENT" {
            return event(input);
        }
        let path: LitStr = input
            .parse()
            .map_err(missing("after the method comes the path, a string literal"))?;
        if !input.is_empty() {
            return Err(input.error(format!("only one operation is expected; {EXAMPLE}")));
        }
        let name = method.to_string().to_uppercase();
        let found = wechatpay_schema::find(&name, &path.value());
        found
            .map(Self::Operation)
            .ok_or_else(|| unknown(&name, &path.value(), path.span()))
    }
}

fn event(input: ParseStream<'_>) -> Result<Named> {
    let name: LitStr = input.parse().map_err(|err: Error| {
        let text = format!("after EVENT comes its type, a string literal; {EVENT_EXAMPLE}");
        Error::new(err.span(), text)
    })?;
    if !input.is_empty() {
        return Err(input.error(format!("only one event is expected; {EVENT_EXAMPLE}")));
    }
    let found = wechatpay_schema::event_named(&name.value());
    found.map(Named::Event).map_err(|similar| {
        let similar = similar.join(", ");
        let text = format!("no event has this type; similar ones are {similar}");
        Error::new(name.span(), text)
    })
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
    fn an_event_expands_to_its_type() {
        for (input, event_type) in [
            (quote!(EVENT "REFUND.SUCCESS"), "REFUND.SUCCESS"),
            (
                quote!(EVENT "v2 TRANSACTION.SUCCESS"),
                "TRANSACTION.SUCCESS",
            ),
        ] {
            let code = expand(input).unwrap().to_string();
            assert!(code.contains("pub struct Notification {"), "{code}");
            let constant = format!("pub const EVENT_TYPE : & str = {event_type:?}");
            assert!(code.contains(&constant), "{code}");
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
            (quote!(EVENT REFUND), "a string literal"),
            (quote!(EVENT "PAY", "REFUND"), "only one event"),
            (
                quote!(EVENT "REFUND.SUCESS"),
                "similar ones are REFUND.SUCCESS",
            ),
        ] {
            let err = expand(input).unwrap_err().to_string();
            assert!(err.contains(part), "{err}");
        }
    }
}
