//! Blocks as functions, and the file they stand in.

use std::collections::BTreeSet;

use super::imports::Imports;
use super::layout;
use super::porter::Porter;
use super::rust::{Expr, Node};
use super::scope::Param;
use super::statement::{builds_client, is_async};
use super::text::{comment_line, snake, width};
use super::{Function, Options, Output};
use crate::diagnostic::{Problem, Severity};
use crate::recognise;
use crate::source::Block;
use crate::syntax::{
    BinaryOp, Expr as Php, ExprKind, Part, Program, Span, Stmt, StmtKind, WholeExpr, parse,
    parse_whole,
};

/// A file with a function for each block.
pub(super) fn file(blocks: &[Block], options: &Options) -> Output {
    let mut imports = Imports::default();
    let mut out = Output {
        text: String::new(),
        diagnostics: Vec::new(),
        complete: true,
        functions: Vec::new(),
        app: Vec::new(),
    };
    let mut whole_file = false;
    let helpers = ["php_text", "php_int", "php_int_of", "php_true"];
    let mut taken = BTreeSet::from(helpers.map(str::to_owned));
    let mut texts = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let name = name_of(block, index, blocks, &mut taken);
        let parsed = parse_whole(&block.text);
        let sound = parsed.problems.is_empty() && !parsed.program.fragment;
        let mut before = imports.clone();
        let mut made = None;
        if !(sound && is_whole(&parsed.program)) {
            made = Some(one(block, &name, options, &mut imports));
        }
        let plain = made.as_ref().is_some_and(|made| made.function.complete)
            && !changes_arrays(&parsed.program);
        // What is refused for its meaning stays so; what is only not known may be known there.
        let unknown = made.as_ref().is_none_or(|made| {
            let errors = made
                .problems
                .iter()
                .filter(|problem| problem.severity == Severity::Error);
            errors
                .into_iter()
                .all(|problem| UNKNOWN.iter().any(|part| problem.message.contains(part)))
        });
        if sound && !plain && (unknown || changes_arrays(&parsed.program)) {
            let mut whole_out = Output {
                diagnostics: Vec::new(),
                functions: Vec::new(),
                ..out.clone()
            };
            whole_out.complete = true;
            let text = whole(
                block,
                index,
                &parsed.program,
                &name,
                options,
                &mut before,
                &mut whole_out,
            );
            let better = made.as_ref().is_none_or(|_| whole_out.complete);
            if better {
                imports = before;
                whole_file = true;
                out.complete &= whole_out.complete;
                out.diagnostics.extend(whole_out.diagnostics);
                out.functions.extend(whole_out.functions);
                out.app = whole_out.app;
                texts.push(text);
                continue;
            }
        }
        let Some(made) = made else {
            continue;
        };
        out.complete &= made.function.complete;
        let problems = made.problems.into_iter();
        out.diagnostics
            .extend(problems.map(|problem| block.diagnose(problem)));
        out.functions.push(Function {
            block: index,
            ..made.function
        });
        texts.push(made.lines.join("\n"));
    }
    let code = texts.join("\n");
    if super::helpers::need_value(&code) {
        imports.of("serde_json", "Value");
    }
    texts.extend(super::helpers::of(&code).map(|(_, text)| text.to_owned()));
    let mut parts = Vec::new();
    if whole_file {
        parts.push(ALLOWED.to_owned());
        parts.push(String::new());
    }
    parts.extend(imports.lines());
    if !parts.is_empty() {
        parts.push(String::new());
    }
    out.text = parts.join("\n");
    if !parts.is_empty() {
        out.text.push('\n');
    }
    out.text.push_str(&texts.join("\n\n"));
    out.text.push('\n');
    out
}

/// What PHP's rules make of code that no hand would write so.
const ALLOWED: &str = "#![allow(dead_code, unreachable_code, unused_assignments, unused_braces)]
#![allow(unused_imports, unused_labels, unused_mut, unused_parens, unused_variables)]";

/// Whether a block is more than a snippet: then it goes through `hir` and `rust`.
fn is_whole(program: &Program) -> bool {
    program.statements.iter().any(whole_statement)
}

/// How refusals of what is only not known begin.
const UNKNOWN: [&str; 3] = [
    "does not know",
    "only `print_r` of one value",
    "is set within a block",
];

/// Whether a snippet changes an array in its place, or puts a value into a path: there the translation of
/// snippets does not know PHP's rules. One that encrypts by hand is known to it alone.
fn changes_arrays(program: &Program) -> bool {
    let encrypts = program.statements.iter().any(|stmt| {
        has(stmt, &|expr| match &expr.kind {
            ExprKind::StaticCall { class, method, .. } => {
                class.is("WeChatPay\\Crypto\\Rsa") && method.eq_ignore_ascii_case("encrypt")
            }
            ExprKind::Closure(_) => true,
            ExprKind::MethodCall { method, .. } => {
                matches!(method.name(), Some("setMeta" | "select" | "getConfig"))
            }
            _ => false,
        })
    });
    !encrypts && program.statements.iter().any(|stmt| has(stmt, &changes))
}

fn changes(expr: &Php) -> bool {
    match &expr.kind {
        ExprKind::Assign { target, op, .. } => {
            !matches!(target.kind, ExprKind::Variable(_))
                || op.is_some_and(|op| op != BinaryOp::Concat)
        }
        ExprKind::Call { function, .. } => matches!(&*function.last(), "unset" | "json_encode"),
        // A text that may be a file's path or a key.
        ExprKind::StaticCall { class, args, .. } if class.is("WeChatPay\\Crypto\\Rsa") => args
            .first()
            .is_some_and(|arg| matches!(arg.value.kind, ExprKind::Variable(_))),
        ExprKind::MethodCall { method, args, .. } if method.name() == Some("chain") => args
            .first()
            .is_some_and(|arg| !matches!(arg.value.kind, ExprKind::String(_))),
        _ => false,
    }
}

fn has(stmt: &Stmt, wanted: &dyn Fn(&Php) -> bool) -> bool {
    fn within(expr: &Php, wanted: &dyn Fn(&Php) -> bool) -> bool {
        wanted(expr)
            || expr
                .children()
                .into_iter()
                .any(|child| within(child, wanted))
    }
    stmt.kind.parts().into_iter().any(|part| match part {
        Part::Expr(expr) => within(expr, wanted),
        Part::Body(body) => body.iter().any(|stmt| has(stmt, wanted)),
    })
}

fn whole_statement(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Whole(_)
        | StmtKind::Function { .. }
        | StmtKind::Return(_)
        | StmtKind::Foreach { .. }
        | StmtKind::If { .. }
        | StmtKind::Try { .. } => true,
        _ => stmt.kind.parts().into_iter().any(|part| match part {
            Part::Expr(expr) => whole_expression(expr),
            Part::Body(body) => body.iter().any(whole_statement),
        }),
    }
}

/// Whether a call has no handler, or one that runs after the call as what stands behind a `?` does.
fn is_simple(call: &recognise::Call<'_>) -> bool {
    match &*call.handlers {
        [] => true,
        [
            recognise::Handler::Then {
                fulfilled,
                rejected: None,
            },
        ] => match &fulfilled.kind {
            ExprKind::Closure(closure) => {
                let plain =
                    |stmt: &Stmt| matches!(stmt.kind, StmtKind::Expr(_) | StmtKind::Echo(_));
                call.waited && closure.uses.is_empty() && closure.body.iter().all(plain)
            }
            _ => false,
        },
        _ => false,
    }
}

fn whole_expression(expr: &Php) -> bool {
    if let Some(call) = recognise::Call::of(expr)
        && !call.handlers.is_empty()
    {
        return !is_simple(&call) || call.args.iter().any(|arg| whole_expression(&arg.value));
    }
    match &expr.kind {
        ExprKind::Throw(_) => true,
        // A snippet of a method's body names its client so.
        ExprKind::Whole(whole) => !matches!(**whole, WholeExpr::StaticProperty(..)),
        _ => expr.children().into_iter().any(whole_expression),
    }
}

/// A block through `hir` and `rust`.
fn whole(
    block: &Block,
    index: usize,
    program: &Program,
    name: &str,
    options: &Options,
    imports: &mut Imports,
    out: &mut Output,
) -> String {
    // Trees may be deep, and each stage recurses over them.
    // One output has one `App`: a later block's trait is named after its function.
    let trait_name = if out.app.is_empty() {
        "App".to_owned()
    } else {
        format!("{}App", crate::rust::pascal(name))
    };
    let work = || {
        crate::rust::file(
            block,
            program,
            name,
            &trait_name,
            &options.facts,
            options.tokio,
        )
    };
    let made = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let thread = thread.spawn_scoped(scope, work);
        thread.ok().and_then(|thread| thread.join().ok())
    });
    let Some(made) = made else {
        let problem = Problem::error(Span::default(), "this is too deep to be translated");
        out.complete = false;
        out.diagnostics.push(block.diagnose(problem));
        return String::new();
    };
    import_all(&made, imports);
    let errors = made
        .problems
        .iter()
        .any(|problem| problem.severity == Severity::Error);
    out.complete &= !errors;
    let problems = made.problems.into_iter();
    out.diagnostics
        .extend(problems.map(|problem| block.diagnose(problem)));
    let needs_app = !made.host.is_empty();
    out.app.extend(made.host);
    if let Some((params, is_async)) = made.main {
        out.functions.push(Function {
            name: name.to_owned(),
            block: index,
            params,
            is_async,
            complete: !errors,
            needs_app,
        });
    }
    made.text.trim_end().to_owned()
}

/// What a file of `rust` names of other crates.
fn import_all(made: &crate::rust::Made, imports: &mut Imports) {
    for path in &made.uses {
        match path.rsplit_once("::") {
            Some(("crypto", name)) => {
                drop(imports.of("wechatpay_chain::crypto", name_of_use(name)))
            }
            Some(("signing", name)) => {
                drop(imports.of("wechatpay_chain::signing", name_of_use(name)))
            }
            _ => drop(imports.own(path)),
        }
    }
    let code = made
        .text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code: Vec<_> = code.collect();
    let code = code.join("\n");
    let mentions = |word: &str| super::text::mentions(&code, word);
    for name in [
        "Call",
        "Client",
        "Media",
        "PrivateKey",
        "PublicKey",
        "Response",
    ] {
        if mentions(name) {
            imports.own(name);
        }
    }
    if mentions("php") {
        imports.own("php");
    }
    for word in ["Value", "json"] {
        if mentions(word) {
            imports.of("serde_json", name_of_use(word));
        }
    }
    if mentions("Thrown") {
        imports.of("wechatpay_chain::php", "Thrown");
    }
}

/// A module of a folder: its allowances, its imports, and its code below what is put between.
pub(crate) fn module(made: &crate::rust::Made, between: &str) -> String {
    let mut imports = Imports::default();
    import_all(made, &mut imports);
    let mut parts = vec![ALLOWED.to_owned(), String::new()];
    parts.extend(imports.lines());
    parts.push(between.to_owned());
    parts.push(String::new());
    let parts = parts.join("\n");
    format!("{}\n\n{}\n", parts.trim_end(), made.text.trim_end())
}

/// The stack of what translates a file.
pub(crate) const STACK: usize = 256 << 20;

/// The names that `use` may bring.
fn name_of_use(name: &str) -> &'static str {
    match name {
        "aes" => "aes",
        "SignType" => "SignType",
        "Thrown" => "Thrown",
        "Value" => "Value",
        _ => "json",
    }
}

struct Made {
    lines: Vec<String>,
    problems: Vec<Problem>,
    function: Function,
}

fn one(block: &Block, name: &str, options: &Options, imports: &mut Imports) -> Made {
    let parsed = parse(&block.text);
    let main = name == "main";
    let is_async = is_async(&block.text) && (options.tokio || !main);
    let mut porter = Porter::new(block, &parsed.program, options, imports, is_async);
    let broken = parsed.problems.first().cloned();
    match broken {
        Some(problem) => porter.foreign(Span::new(0, block.text.len()), problem),
        None if parsed.program.fragment => {
            let problem =
                Problem::error(Span::new(0, 0), "this is a part of an array, and no call")
                    .hint("put it into the call that it belongs to");
            porter.foreign(Span::new(0, block.text.len()), problem);
        }
        None => porter.statements(&parsed.program.statements),
    }
    let (mut nodes, mut params, problems, incomplete) = porter.finish();
    params.sort_by_key(|param| param.ty != "&Client");
    let result = imports.own("Result");
    for param in &params {
        import(param, imports);
    }
    // A program that leaves something undefined is a function that is given it.
    let main = main && params.is_empty();
    let name = match main || name != "main" {
        true => name.to_owned(),
        false => stem_of(block),
    };
    nodes.push(Node::Tail(Expr::raw("Ok(())")));
    let mut lines = Vec::new();
    if !main {
        lines.extend(documentation(block));
    }
    if main && is_async {
        lines.push("#[tokio::main]".to_owned());
    }
    let public = if main { "" } else { "pub " };
    let keyword = if is_async { "async " } else { "" };
    lines.extend(signature(
        &format!("{public}{keyword}fn {name}"),
        &params,
        &format!("-> {result}<()> {{"),
    ));
    lines.extend(layout::nodes(&nodes, 4));
    lines.push("}".to_owned());
    let errors = problems
        .iter()
        .any(|problem| problem.severity == Severity::Error);
    Made {
        lines,
        problems,
        function: Function {
            name,
            block: 0,
            params: params
                .into_iter()
                .map(|param| (param.name, param.ty.to_owned()))
                .collect(),
            is_async,
            complete: !incomplete && !errors,
            needs_app: false,
        },
    }
}

fn import(param: &Param, imports: &mut Imports) {
    match param.ty {
        "&Client" => imports.own("Client"),
        "&PrivateKey" => imports.own("PrivateKey"),
        "&PublicKey" => imports.own("PublicKey"),
        "Media" => imports.own("Media"),
        "&Value" => imports.of("serde_json", "Value"),
        _ => return,
    };
}

/// Where it is from.
fn documentation(block: &Block) -> Vec<String> {
    let title = block.title.trim_matches(['[', ']', ' ']);
    let title = comment_line(title);
    let place = comment_line(&format!("{}:{}", block.file, block.line));
    match title.is_empty() {
        true => vec![format!("/// From `{place}`.")],
        false => vec![format!("/// {title}, from `{place}`.")],
    }
}

fn signature(head: &str, params: &[Param], end: &str) -> Vec<String> {
    let params: Vec<_> = params
        .iter()
        .map(|param| format!("{}: {}", param.name, param.ty))
        .collect();
    let line = format!("{head}({}) {end}", params.join(", "));
    if width(&line) <= layout::COLUMNS {
        return vec![line];
    }
    let mut out = vec![format!("{head}(")];
    out.extend(params.iter().map(|param| format!("    {param},")));
    out.push(format!(") {end}"));
    out
}

/// A program is `main`; a block of a page is named after the page, and numbered.
fn name_of(block: &Block, index: usize, blocks: &[Block], taken: &mut BTreeSet<String>) -> String {
    if !block.fenced && blocks.len() == 1 && builds_client(&block.text) {
        return "main".to_owned();
    }
    let stem = stem_of(block);
    let first = blocks
        .iter()
        .position(|other| other.file == block.file)
        .unwrap_or_default();
    let alone = blocks
        .iter()
        .filter(|other| other.file == block.file)
        .count()
        == 1;
    let base = match alone {
        true => stem,
        false => format!("{stem}_{}", index - first + 1),
    };
    let mut name = base.clone();
    let mut number = 2;
    while !taken.insert(name.clone()) {
        name = format!("{base}_{number}");
        number += 1;
    }
    name
}

/// The name of the file, as a name of Rust.
fn stem_of(block: &Block) -> String {
    let file = block.file.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    match stem.chars().any(char::is_alphanumeric) {
        true => snake(stem),
        false => "snippet".to_owned(),
    }
}
