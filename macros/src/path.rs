use proc_macro2::TokenStream;
use quote::quote;
use syn::Result;

use crate::segments::Segments;

pub(crate) fn expand(input: TokenStream) -> Result<TokenStream> {
    let path = syn::parse2::<Segments>(input)?.into_path();
    Ok(quote!(#path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(input: TokenStream) -> Result<String> {
        Ok(syn::parse2::<Segments>(input)?.into_path())
    }

    #[test]
    fn segments_become_a_path() {
        for (input, expected) in [
            (
                quote!(v3.aggracctBc.wbChannel.controlOrders.punish),
                "v3/aggracct-bc/wb-channel/control-orders/punish",
            ),
            (
                quote!(v3["merchant-service"].images._media_id_),
                "v3/merchant-service/images/{media_id}",
            ),
            (quote!(["v3/Pay"].native), "v3/pay/native"),
            (quote!(v3["pay/"].native), "v3/pay/native"),
            (quote!(v3["applyment/"]), "v3/applyment/"),
            (
                quote!(v3.r#type.match.self._outTradeNo_),
                "v3/type/match/self/{outTradeNo}",
            ),
            (quote!(v3.bills.0.x), "v3/bills/0/x"),
            (quote!(v3.bills.0.1), "v3/bills/0/1"),
            (quote!(v3.2pay._), "v3/2pay/_"),
            (quote!(v3["{a}/{b}"]["pay?x=1"]), "v3/{a}/{b}/pay?x=1"),
        ] {
            assert_eq!(path(input).unwrap(), expected);
        }
    }

    #[test]
    fn expands_to_a_literal() {
        assert_eq!(expand(quote!(v3.pay)).unwrap().to_string(), "\"v3/pay\"");
    }

    #[test]
    fn a_segment_after_a_query_is_rejected() {
        assert!(path(quote!(v3["pay?x=1"].native)).is_err());
    }
}
