//! `compressed!`: a file of the package, compressed while compiling.
//!
//! The pages of `docs/` were a twentieth of the command. The crate `include-flate` does the same, but brings a second `syn` and
//! a second implementation of DEFLATE into each build of the command.

use std::path::Path;
use std::{env, fs};

use miniz_oxide::deflate::compress_to_vec_zlib;
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::LitStr;
use syn::parse::{ParseStream, Parser};

const BEST: u8 = 10;

pub(crate) fn expand(input: TokenStream) -> syn::Result<TokenStream> {
    let name = name.parse2(input)?;
    let root = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let path = Path::new(&root).join(&name);
    let bytes = fs::read(&path).map_err(|err| {
        let message = format!("{name}: {err}");
        syn::Error::new(proc_macro2::Span::call_site(), message)
    })?;
    let compressed = Literal::byte_string(&compress_to_vec_zlib(&bytes, BEST));
    // Cargo compiles again after a change of a file that is included, not of one that a macro reads.
    Ok(quote! {{
        const _: &[u8] = ::core::include_bytes!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", #name));
        #compressed
    }})
}

/// A name in parts, as a `macro_rules!` gives it.
fn name(input: ParseStream<'_>) -> syn::Result<String> {
    let mut name = String::new();
    while !input.is_empty() {
        name += &input.parse::<LitStr>()?.value();
    }
    Ok(name)
}
