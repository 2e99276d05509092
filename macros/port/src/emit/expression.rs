//! One call as one expression: what the macro `php!` expands to.

use super::imports::Imports;
use super::layout;
use super::porter::Porter;
use super::rust::Node;
use super::scope::{Ty, Variable};
use super::{Options, Style};
use crate::diagnostic::Problem;
use crate::recognise::{Call, Handler};
use crate::source::{Block, Kind, split};
use crate::syntax::{ExprKind, Span, StmtKind, parse};

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
/// What is wrong or unclear, warnings included: while compiling there is nobody to read them.
pub fn call(php: &str, client: &str) -> Result<String, Problem> {
    let text = php.trim_end();
    // A statement ends in a semicolon; a lone expression need not.
    let text = match text.ends_with(';') {
        true => php.to_owned(),
        false => format!("{text};"),
    };
    let blocks = split("php!", &text, Kind::Php);
    let block = blocks
        .first()
        .ok_or_else(|| Problem::error(Span::default(), "there is no PHP in this"))?;
    made(block, client)
}

fn made(block: &Block, client: &str) -> Result<String, Problem> {
    let parsed = parse(&block.text);
    if let Some(problem) = parsed.problems.into_iter().next() {
        return Err(problem);
    }
    let [stmt] = &*parsed.program.statements else {
        let span = parsed
            .program
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
    let call = Call::of(expr).ok_or_else(|| {
        Problem::error(expr.span, "this is no call of the client").hint(
            "it begins with `$instance` and ends in `get`, `post`, `put`, `patch` or `delete`",
        )
    })?;
    refuse_handlers(&call)?;
    super::value::refuse_names(expr)?;
    let options = Options::default().style(Style::Chain);
    let mut imports = Imports::absolute();
    let mut porter = Porter::new(block, &parsed.program, &options, &mut imports, false);
    match &call.client.kind {
        ExprKind::Variable(name) => {
            porter.scope.set(name, Variable::new(client, Ty::ClientRef));
        }
        _ => porter
            .scope
            .set_client_elsewhere(porter.source(call.client.span), client),
    }
    // Names are those of the code around: two that are alike there cannot be told apart.
    if let Some((one, other)) = porter.scope.names.alike() {
        let message = format!("`${one}` and `${other}` are one variable in Rust");
        return Err(Problem::error(expr.span, message).hint("give one of them another name"));
    }
    let made = porter.request(&call)?;
    porter.push(Node::Tail(made.expr));
    let (nodes, _, problems, _) = porter.finish();
    if let Some(problem) = problems.into_iter().next() {
        return Err(problem);
    }
    let node = Node::Block {
        head: String::new(),
        body: nodes,
        otherwise: None,
        close: "",
    };
    let text = layout::nodes(&[node], 0).join("\n");
    if super::helpers::of(&text).next().is_some() {
        let message = "what PHP makes of this value is known only when it runs";
        return Err(Problem::error(expr.span, message).hint("convert it in Rust before the call"));
    }
    Ok(text.trim_start().to_owned())
}

/// What happens to the answer is written in Rust.
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

/// What a variable of PHP is called in Rust, `$` aside: `orderNo` is `order_no`.
///
/// ```
/// assert_eq!(wechatpay_chain_port::emit::variable("orderNo"), "order_no");
/// ```
#[must_use]
pub fn variable(name: &str) -> String {
    super::text::snake(name)
}
