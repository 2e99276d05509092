use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Result, Token, token};

use crate::segments::{Segments, error};

pub(crate) fn expand(input: TokenStream) -> Result<TokenStream> {
    let ChainInput { client, path } = syn::parse2(input)?;
    Ok(quote!(::wechatpay_chain::__private::chain(&(#client), #path)))
}

struct ChainInput {
    client: TokenStream,
    path: String,
}

impl Parse for ChainInput {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let client = parse_client(input)?;
        parse_start_of_path(input)?;
        let path = input.parse::<Segments>()?.into_path();
        Ok(Self { client, path })
    }
}

fn parse_start_of_path(input: ParseStream<'_>) -> Result<()> {
    if input.peek(Token![.]) {
        input.parse::<Token![.]>()?;
    } else if !input.is_empty() && !input.peek(token::Bracket) {
        return Err(error(
            input,
            "the path begins with `.` here; put a client that is more than a name in parentheses, \
             as in `chain!((make_client()).v3.pay)`",
        ));
    }
    Ok(())
}

/// The tokens before the path; see the rule in the documentation of `chain!`.
fn parse_client(input: ParseStream<'_>) -> Result<TokenStream> {
    let trees: Vec<TokenTree> = input.fork().parse::<TokenStream>()?.into_iter().collect();
    match trees.first() {
        None => return Err(error(input, MISSING_CLIENT)),
        Some(first) if is_version(first) || is_dot(first) => {
            return Err(Error::new(first.span(), MISSING_CLIENT));
        }
        Some(_) => {}
    }
    let length = client_length(&trees);
    take(input, length)
}

const MISSING_CLIENT: &str =
    "the client is missing; write it first, as in `chain!(client.v3.pay.transactions.native)`";

fn client_length(trees: &[TokenTree]) -> usize {
    if let Some(TokenTree::Group(group)) = trees.first()
        && group.delimiter() == Delimiter::Parenthesis
    {
        return 1;
    }
    let versioned = |pair: &[TokenTree]| is_dot(&pair[0]) && is_version(&pair[1]);
    trees.windows(2).position(versioned).unwrap_or(1)
}

fn take(input: ParseStream<'_>, length: usize) -> Result<TokenStream> {
    (0..length).map(|_| input.parse::<TokenTree>()).collect()
}

fn is_dot(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == '.')
}

fn is_version(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Ident(ident) if ident == "v2" || ident == "v3")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(input: TokenStream) -> (String, String) {
        let ChainInput { client, path } = syn::parse2(input).unwrap();
        (client.to_string(), path)
    }

    fn refused(input: TokenStream) -> String {
        expand(input).unwrap_err().to_string()
    }

    #[test]
    fn the_client_expression_ends_at_the_path() {
        for (input, client, path) in [
            (
                quote!(client.v3.aggracctBc.punish),
                quote!(client),
                "v3/aggracct-bc/punish",
            ),
            (
                quote!(self.pay.client.v3.pay),
                quote!(self.pay.client),
                "v3/pay",
            ),
            (
                quote!(clients["hk"].v3.pay),
                quote!(clients["hk"]),
                "v3/pay",
            ),
            (quote!(client().v2.pay.v3), quote!(client()), "v2/pay/v3"),
            (quote!(*client.v3.pay), quote!(*client), "v3/pay"),
            (
                quote!(crate::CLIENT.v3.pay),
                quote!(crate::CLIENT),
                "v3/pay",
            ),
            (quote!(client.hk.pay), quote!(client), "hk/pay"),
            (
                quote!(client["v3/pay"].native),
                quote!(client),
                "v3/pay/native",
            ),
            (
                quote!((make()).global.v3.customs),
                quote!((make())),
                "global/v3/customs",
            ),
            (
                quote!((make())["v3"].customs),
                quote!((make())),
                "v3/customs",
            ),
        ] {
            assert_eq!(parsed(input), (client.to_string(), path.to_owned()));
        }
    }

    #[test]
    fn expands_to_a_call_of_the_library() {
        assert_eq!(
            expand(quote!(client.v3.pay)).unwrap().to_string(),
            quote!(::wechatpay_chain::__private::chain(&(client), "v3/pay")).to_string()
        );
    }

    #[test]
    fn a_missing_client_or_path_is_rejected() {
        for input in [quote!(), quote!(v3.pay), quote!(.v3.pay)] {
            assert_eq!(refused(input), MISSING_CLIENT);
        }
        for input in [quote!(client), quote!(client.), quote!((client))] {
            assert!(refused(input).contains("the path is empty"));
        }
        for input in [
            quote!(client v3.pay),
            quote!(make().hk.pay),
            quote!(a::b.hk),
        ] {
            assert!(refused(input).contains("in parentheses"));
        }
    }
}
