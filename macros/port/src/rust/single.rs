//! One call as one expression: what the macro `php!` expands to.

use std::collections::BTreeMap;

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::quote;

use super::code::Repr;
use super::file::Shared;
use super::function::Body;
use super::layout;
use super::names::{ident, snake};
use super::options::{Options, Style};
use super::written::Node;
use crate::diagnostic::Problem;
use crate::hir::tree::{Expr as Meant, ExprKind as MeantKind, Sdk, StmtKind as MeantStmt};
use crate::hir::{self, Facts, Ty};
use crate::recognise::{Call, Handler};
use crate::source::{Block, Kind, split};
use crate::syntax::{ExprKind, Program, Span, StmtKind, parse};

/// A call of PHP as an expression of Rust, a block, that gives a `Call`.
///
/// `client` is what the chain's root is called there. Other variables of PHP are variables of Rust
/// of the same name in snake case: `$orderNo` is `order_no`. All names of crates are whole paths.
///
/// ```
/// use wechatpay_chain_port::emit;
/// let rust = emit::call("$instance->v3->certificates->get()", "client").unwrap();
/// assert_eq!(rust, "{\n    client.chain(\"v3/certificates\").get(())\n}");
/// ```
///
/// # Errors
///
/// The errors and warnings: a compilation has no reader for warnings.
pub fn call(php: &str, client: &str) -> Result<String, Problem> {
    let text = php.trim_end();
    // A statement ends in a semicolon; a lone expression need not.
    let text = if text.ends_with(';') {
        php.to_owned()
    } else {
        format!("{text};")
    };
    let blocks = split("php!", &text, Kind::Php);
    let block = blocks
        .first()
        .ok_or_else(|| Problem::error(Span::default(), "there is no PHP in this"))?;
    let parsed = parse(&block.text);
    if let Some(problem) = parsed.problems.into_iter().next() {
        return Err(problem);
    }
    only_call(&parsed.program)?;
    // Trees may be deep, and each stage recurses over them.
    let work = || {
        let meaning = hir::of(block, &parsed.program, &Facts::default());
        written(block, &meaning, client)
    };
    // A macro's own tokens belong to the thread that the compiler gave it; these become a text again.
    proc_macro2::fallback::force();
    let made = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(super::STACK);
        let thread = thread.spawn_scoped(scope, work);
        thread.ok().and_then(|thread| thread.join().ok())
    });
    proc_macro2::fallback::unforce();
    made.unwrap_or_else(|| {
        let problem = Problem::error(Span::default(), "this is too deep to be translated");
        Err(problem)
    })
}

/// The Rust name of a PHP variable, without `$`: `orderNo` is `order_no`.
///
/// ```
/// assert_eq!(wechatpay_chain_port::emit::variable("orderNo"), "order_no");
/// ```
#[must_use]
pub fn variable(name: &str) -> String {
    ident(&snake(name)).to_string()
}

/// Whether a text is one call, and nothing besides.
fn only_call(program: &Program) -> Result<(), Problem> {
    let [stmt] = &*program.statements else {
        let span = program
            .statements
            .get(1)
            .map_or_else(Span::default, |stmt| stmt.span);
        return Err(
            Problem::error(span, "`php!` takes one call, and nothing besides")
                .hint("`wechatpay port` translates whole snippets"),
        );
    };
    let StmtKind::Expr(expr) = &stmt.kind else {
        return Err(Problem::error(stmt.span, "this is no call"));
    };
    if let ExprKind::Assign { target, .. } = &expr.kind {
        return Err(Problem::error(target.span, "the answer is Rust's to keep")
            .hint("write `let response = php!(..).await?;` and leave the assignment out"));
    }
    let call = Call::of(expr).ok_or_else(|| no_call(expr.span))?;
    refuse_handlers(&call)
}

fn no_call(span: Span) -> Problem {
    Problem::error(span, "this is no call of the client")
        .hint("it begins with `$instance` and ends in `get`, `post`, `put`, `patch` or `delete`")
}

/// The caller handles the response in Rust.
fn refuse_handlers(call: &Call<'_>) -> Result<(), Problem> {
    let handler = call.handlers.first().map(|handler| match handler {
        Handler::Then { fulfilled, .. } => (fulfilled.span, "then"),
        Handler::Otherwise(rejected) => (rejected.span, "otherwise"),
    });
    let (span, name) = match (handler, call.waited) {
        (Some(handler), _) => handler,
        (None, true) => (Span::new(call.span.end, call.span.end + 1), "wait"),
        (None, false) => return Ok(()),
    };
    let message = format!("`php!` gives the call: `{name}` is done in Rust");
    Err(Problem::error(span, message).hint(match name {
        "wait" => "leave it out, and write `php!(..).await?` or `php!(..).wait()?`",
        _ => "leave it out, and go on with the answer of `php!(..).await?`",
    }))
}

fn written(block: &Block, meaning: &hir::tree::File, client: &str) -> Result<String, Problem> {
    let nothing = || Problem::error(Span::default(), "this is no call");
    let main = meaning.main.as_ref().ok_or_else(nothing)?;
    let stmt = main.body.first().ok_or_else(nothing)?;
    let sdk = match &stmt.kind {
        MeantStmt::Expr(expr) => meant(expr)?,
        _ => return Err(no_call(stmt.span)),
    };
    refuse_foreign(block, sdk)?;
    alike(main, stmt.span)?;
    let options = Options::default().style(Style::Chain);
    let mut shared = Shared::new(block, meaning, "App", &options);
    let types = hir::types(meaning, None, Some(main));
    let mut body = Body::new(&mut shared, None, main, types);
    body.is_main = true;
    body.may_hoist = true;
    body.discarded = true;
    for (index, slot) in body.slots.iter_mut().enumerate() {
        let is_client = matches!(*sdk.client.kind, MeantKind::Local(local) if local == index);
        slot.name = if is_client {
            Ident::new(client, proc_macro2::Span::call_site())
        } else {
            ident(&snake(&main.locals[index].name))
        };
        // Whatever type it has there, it is given as it is.
        slot.repr = match (is_client, &slot.ty) {
            (true, _) => Repr::HandleRef(Ty::Client),
            (false, Ty::Media) => Repr::Handle(Ty::Media),
            _ => Repr::Str,
        };
    }
    let call = body.sdk(sdk);
    let before = std::mem::take(&mut body.before);
    if let Some(problem) = shared.problems.into_iter().next() {
        return Err(problem);
    }
    let tokens = absolute(quote!(#before #call));
    let mut asks = asks_at_run_time(&tokens);
    shared.inserts.leaves(&mut |leaf| {
        // `null` is JSON's own.
        *leaf = absolute(std::mem::take(leaf));
        asks |= asks_at_run_time(leaf);
    });
    if asks {
        let message = "what PHP makes of this value is known only when it runs";
        let hint = "convert it in Rust before the call";
        return Err(Problem::error(sdk.span, message).hint(hint));
    }
    let no_rust = |err: syn::Error| Problem::error(sdk.span, format!("no Rust: {err}"));
    let block: syn::Block = syn::parse2(quote!({ #tokens })).map_err(no_rust)?;
    let node = Node::Block {
        head: String::new(),
        body: shared.inserts.nodes(&block.stmts),
        otherwise: None,
        close: "",
    };
    Ok(layout::nodes(&[node], 0).join("\n").trim_start().to_owned())
}

/// The call that an expression is.
fn meant(expr: &Meant) -> Result<&Sdk, Problem> {
    match &*expr.kind {
        MeantKind::Sdk(sdk) => Ok(sdk),
        MeantKind::Promise(promise) => Ok(&promise.call),
        MeantKind::Refused(problem) => Err(problem.clone()),
        _ => Err(no_call(expr.span)),
    }
}

/// Foreign code has no place in a call.
fn refuse_foreign(block: &Block, sdk: &Sdk) -> Result<(), Problem> {
    fn first(expr: &mut Meant) -> Option<Span> {
        match &*expr.kind {
            MeantKind::Foreign(_) | MeantKind::Closure(..) => Some(expr.span),
            _ => expr.children_mut().into_iter().find_map(first),
        }
    }
    let mut copy = sdk.clone();
    match copy.children_mut().into_iter().find_map(first) {
        Some(span) => {
            let text = block.text.get(span.range()).unwrap_or_default();
            let text: Vec<_> = text.split_whitespace().collect();
            let message = format!("the porter does not know `{}`", text.join(" "));
            Err(Problem::error(span, message).hint("write this part in Rust"))
        }
        None => Ok(()),
    }
}

/// Names are those of the code around: two that are alike there cannot be told apart.
fn alike(main: &hir::tree::Function, span: Span) -> Result<(), Problem> {
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    for local in &main.locals {
        if let Some(other) = known.insert(snake(&local.name), &local.name)
            && other != local.name
        {
            let message = format!("`${other}` and `${}` are one variable in Rust", local.name);
            return Err(Problem::error(span, message).hint("give one of them another name"));
        }
    }
    Ok(())
}

/// Functions of PHP that give the same whatever the type of what they are given is.
const PLAIN: [&str; 6] = ["json_encode", "nonce", "path", "path_value", "sent", "time"];

/// Whether a value is asked of what only a run tells.
fn asks_at_run_time(tokens: &TokenStream) -> bool {
    let mut trees = tokens.clone().into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Group(group) if asks_at_run_time(&group.stream()) => return true,
            TokenTree::Ident(ident) if ident == "php" => {
                let name = trees.find(|tree| matches!(tree, TokenTree::Ident(_)));
                let name = name.map(|name| name.to_string()).unwrap_or_default();
                if !PLAIN.contains(&name.as_str()) {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

/// With whole paths in place of names.
fn absolute(tokens: TokenStream) -> TokenStream {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut out = TokenStream::new();
    for (index, tree) in trees.iter().enumerate() {
        match tree {
            TokenTree::Group(group) => {
                let inner = absolute(group.stream());
                out.extend([TokenTree::Group(Group::new(group.delimiter(), inner))]);
            }
            TokenTree::Ident(name) => {
                let before = index.checked_sub(1).and_then(|before| trees.get(before));
                let behind = matches!(before, Some(TokenTree::Punct(punct)) if matches!(punct.as_char(), '.' | ':'));
                if behind {
                    out.extend(quote!(#name))
                } else {
                    out.extend(path(name))
                }
            }
            tree => out.extend([tree.clone()]),
        }
    }
    out
}

fn path(name: &Ident) -> TokenStream {
    match name.to_string().as_str() {
        // Only the macro: types that are exported twice make errors hard to read.
        "json" => quote!(::wechatpay_chain::__private::json),
        "Duration" => quote!(::std::time::Duration),
        "php" | "Media" | "FieldPolicy" | "PrivateKey" | "PublicKey" | "Secret" | "Padding"
        | "Client" | "SystemClock" => quote!(::wechatpay_chain::#name),
        "Value" => quote!(::serde_json::Value),
        "format" => quote!(::std::format),
        _ => quote!(#name),
    }
}
