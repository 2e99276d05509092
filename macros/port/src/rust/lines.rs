//! From Rust's tree to the lines that rustfmt would leave as they are.

use syn::{Expr as Rust, Stmt};

use super::layout;
use super::print::Inserts;
use super::text::{escaped, quoted};
use super::written::{Expr, Link, Node};

impl Inserts {
    /// Statements.
    pub(crate) fn nodes(&self, stmts: &[Stmt]) -> Vec<Node> {
        let mut out: Vec<Node> = Vec::new();
        for stmt in stmts {
            if let Stmt::Macro(stmt) = stmt {
                let name = name_of(&stmt.mac.path);
                if let Some(comment) = self.comment_of(&name, "__comment") {
                    out.push(Node::Comment(comment.to_owned()));
                    continue;
                }
                if let Some(comment) = self.comment_of(&name, "__behind") {
                    behind(&mut out, comment);
                    continue;
                }
                if name == "__blank" {
                    if !out.is_empty() && out.last() != Some(&Node::Blank) {
                        out.push(Node::Blank);
                    }
                    continue;
                }
            }
            out.push(self.node(stmt));
        }
        out
    }

    fn node(&self, stmt: &Stmt) -> Node {
        match stmt {
            Stmt::Local(local) => {
                let simple = match &local.pat {
                    syn::Pat::Ident(ident) if ident.subpat.is_none() && ident.by_ref.is_none() => {
                        Some((ident.ident.to_string(), ident.mutability.is_some()))
                    }
                    syn::Pat::Wild(_) => Some(("_".to_owned(), false)),
                    _ => None,
                };
                match (simple, &local.init) {
                    (Some((name, mutable)), Some(init)) if init.diverge.is_none() => {
                        let value = self.arg(&init.expr);
                        Node::Let {
                            name,
                            mutable,
                            value,
                            after: None,
                        }
                    }
                    _ => self.other(stmt),
                }
            }
            Stmt::Expr(
                Rust::If(_) | Rust::ForLoop(_) | Rust::While(_) | Rust::Loop(_) | Rust::Block(_),
                _,
            ) => self.block(stmt).unwrap_or_else(|| self.other(stmt)),
            Stmt::Expr(Rust::Assign(assign), Some(_)) => Node::Set {
                target: self.expr(&assign.left).flat(),
                value: self.expr(&assign.right),
            },
            Stmt::Expr(Rust::Return(value), Some(_)) => match &value.expr {
                Some(value) => Node::Return(self.expr(value)),
                None => self.other(stmt),
            },
            Stmt::Expr(Rust::Match(_), _) => self.other(stmt),
            Stmt::Expr(expr, Some(_)) => Node::Do {
                value: self.expr(expr),
                after: None,
            },
            Stmt::Expr(expr, None) => Node::Tail(self.expr(expr)),
            Stmt::Macro(stmt) => {
                let value = self.macro_of(&stmt.mac);
                match stmt.semi_token {
                    Some(_) => Node::Do { value, after: None },
                    None => Node::Tail(value),
                }
            }
            Stmt::Item(_) => self.other(stmt),
        }
    }

    /// `if`, loops and blocks: their statements are laid out too.
    fn block(&self, stmt: &Stmt) -> Option<Node> {
        let Stmt::Expr(expr, semi) = stmt else {
            return None;
        };
        let one_line = |expr: &Rust| self.expr(expr).one_line();
        let labelled = |label: &Option<syn::Label>, rest: String| match label {
            Some(label) => format!("'{}: {rest}", label.name.ident),
            None => rest,
        };
        let close = if semi.is_some() { ";" } else { "" };
        let (head, body, otherwise) = match expr {
            Rust::If(it) if it.attrs.is_empty() => {
                let condition = match &*it.cond {
                    Rust::Let(_) => return None,
                    condition => one_line(condition)?,
                };
                let otherwise = match it.else_branch.as_ref().map(|(_, other)| &**other) {
                    None => None,
                    Some(Rust::Block(block)) => Some(self.nodes(&block.block.stmts)),
                    Some(_) => return None,
                };
                (format!("if {condition}"), &it.then_branch, otherwise)
            }
            Rust::ForLoop(it) => {
                let (Rust::Path(_) | Rust::Call(_) | Rust::MethodCall(_)) = &*it.expr else {
                    return None;
                };
                let pat = &it.pat;
                let pat = quote::quote!(#pat).to_string();
                let pat = pat.replace("( ", "(").replace(" )", ")").replace(" ,", ",");
                let head = format!("for {pat} in {}", one_line(&it.expr)?);
                (labelled(&it.label, head), &it.body, None)
            }
            Rust::While(it) => {
                let head = format!("while {}", one_line(&it.cond)?);
                (labelled(&it.label, head), &it.body, None)
            }
            Rust::Loop(it) => (labelled(&it.label, "loop".to_owned()), &it.body, None),
            Rust::Block(it) => {
                let head = match &it.label {
                    Some(label) => format!("'{}:", label.name.ident),
                    None => String::new(),
                };
                (head, &it.block, None)
            }
            _ => return None,
        };
        if layout::COLUMNS < head.chars().count() + 12 {
            return None;
        }
        let body = self.nodes(&body.stmts);
        Some(Node::Block {
            head,
            body,
            otherwise,
            close,
        })
    }

    /// A statement as `prettyplease` prints it.
    fn other(&self, stmt: &Stmt) -> Node {
        let file: syn::File = syn::parse_quote!(
            fn x() {
                #stmt
            }
        );
        let text = self.finished(&prettyplease::unparse(&file));
        let lines: Vec<_> = text.lines().collect();
        let inner = lines
            .get(1..lines.len().saturating_sub(1))
            .unwrap_or_default();
        let inner = inner
            .iter()
            .map(|line| line.strip_prefix("    ").unwrap_or(line).to_owned());
        Node::Text(inner.collect())
    }

    /// An expression.
    pub(crate) fn expr(&self, expr: &Rust) -> Expr {
        match expr {
            Rust::Try(inner) => self.expr(&inner.expr).tried(),
            Rust::Await(inner) => self.expr(&inner.base).link(Link::new(Expr::raw(".await"))),
            Rust::Field(field) => {
                let syn::Member::Named(name) = &field.member else {
                    return self.plain(expr);
                };
                match self.expr(&field.base) {
                    Expr::Raw(base) => Expr::Raw(format!("{base}.{name}")),
                    base => base.link(Link::new(Expr::raw(format!(".{name}")))),
                }
            }
            Rust::MethodCall(call) => self.method_call(call),
            Rust::Call(call) => match &*call.func {
                Rust::Path(path) => {
                    let args = call.args.iter().map(|arg| self.arg(arg));
                    Expr::call(path_text(path), args)
                }
                _ => self.plain(expr),
            },
            Rust::Index(index) => {
                let (base, key) = (self.expr(&index.expr), self.expr(&index.index));
                Expr::raw(format!("{}[{}]", base.flat(), key.flat()))
            }
            Rust::Macro(it) => self.macro_of(&it.mac),
            Rust::Reference(it) => {
                let sign = if it.mutability.is_some() {
                    "&mut "
                } else {
                    "&"
                };
                prefixed(sign, self.expr(&it.expr))
            }
            Rust::Unary(it) => {
                let sign = match it.op {
                    syn::UnOp::Not(_) => "!",
                    syn::UnOp::Neg(_) => "-",
                    _ => "*",
                };
                prefixed(sign, self.expr(&it.expr))
            }
            Rust::Paren(it) => match self.expr(&it.expr).one_line() {
                Some(inner) => Expr::raw(format!("({inner})")),
                None => self.plain(expr),
            },
            Rust::Binary(it) => {
                let (left, right) = (self.expr(&it.left), self.expr(&it.right));
                let op = &it.op;
                let op = quote::quote!(#op).to_string();
                match (left.one_line(), right.one_line()) {
                    (Some(left), Some(right)) => Expr::raw(format!("{left} {op} {right}")),
                    _ => self.plain(expr),
                }
            }
            Rust::Tuple(it) if it.elems.is_empty() => Expr::raw("()"),
            Rust::Lit(it) => match &it.lit {
                syn::Lit::Str(text) => Expr::raw(quoted(&text.value())),
                lit => Expr::raw(quote::quote!(#lit).to_string()),
            },
            Rust::Path(path) => Expr::raw(path_text(path)),
            Rust::Array(array) if !array.elems.is_empty() => {
                let items: Option<Vec<_>> = array
                    .elems
                    .iter()
                    .map(|item| self.expr(item).one_line())
                    .collect();
                match items {
                    Some(items) => Expr::raw(format!("[{}]", items.join(", "))),
                    None => self.plain(expr),
                }
            }
            _ => self.plain(expr),
        }
    }

    /// An expression that needs no parentheses around it.
    fn arg(&self, expr: &Rust) -> Expr {
        match expr {
            Rust::Paren(inner) => self.expr(&inner.expr),
            expr => self.expr(expr),
        }
    }

    fn plain(&self, expr: &Rust) -> Expr {
        let text = self.printed(expr);
        if text.contains('\n') {
            Expr::Lines(text.lines().map(str::to_owned).collect())
        } else {
            Expr::Raw(text)
        }
    }

    fn method_call(&self, call: &syn::ExprMethodCall) -> Expr {
        let name = call.method.to_string();
        let receiver = self.expr(&call.receiver);
        if let Some(comment) = self.comment_of(&name, "__behind") {
            return with_last(receiver, |link| {
                let before = link
                    .after
                    .take()
                    .map_or(String::new(), |before| before + " ");
                link.after = Some(before + comment);
            });
        }
        if let Some(comment) = self.comment_of(&name, "__before") {
            // It stands before the link that comes next.
            return receiver.link(Link {
                before: vec![comment.to_owned()],
                ..Link::new(Expr::raw(""))
            });
        }
        let turbofish = match &call.turbofish {
            Some(turbofish) => quote::quote!(#turbofish).to_string().replace(' ', ""),
            None => String::new(),
        };
        let args = call.args.iter().map(|arg| self.arg(arg));
        let own = Expr::call(format!(".{name}{turbofish}"), args);
        match receiver {
            Expr::Chain { root, mut links }
                if links.last().is_some_and(|link| link.expr == Expr::raw("")) =>
            {
                // Several comments may have come before it.
                let mut before = Vec::new();
                while let Some(empty) = links.pop_if(|link| link.expr == Expr::raw("")) {
                    before.splice(0..0, empty.before);
                }
                links.push(Link {
                    before,
                    ..Link::new(own)
                });
                Expr::Chain { root, links }
            }
            receiver => receiver.link(Link::new(own)),
        }
    }

    fn macro_of(&self, mac: &syn::Macro) -> Expr {
        let name = path_of(&mac.path);
        if name.ends_with("json") {
            if let Some(json) = self.json_of(&mac.tokens.to_string()) {
                let json = self.written(json);
                return match json.lines(0, 0, 2).as_slice() {
                    [line] => Expr::raw(format!("{name}!({line})")),
                    [first, inner @ .., last] => {
                        let mut lines = vec![format!("{name}!({first}")];
                        lines.extend(inner.iter().cloned());
                        lines.push(format!("{last})"));
                        Expr::Lines(lines)
                    }
                    [] => Expr::raw(format!("{name}!(null)")),
                };
            }
            return Expr::raw(format!("{name}!({})", mac.tokens));
        }
        let parser = syn::punctuated::Punctuated::<Rust, syn::Token![,]>::parse_terminated;
        match mac.parse_body_with(parser) {
            Ok(args) => {
                let args = args.iter().enumerate().map(|(index, arg)| match arg {
                    // A template becomes a string literal with its content escaped.
                    Rust::Lit(syn::ExprLit {
                        lit: syn::Lit::Str(text),
                        ..
                    }) if index == 0 && name != "compile_error" => {
                        Expr::raw(format!("\"{}\"", escaped(&text.value())))
                    }
                    arg => self.arg(arg),
                });
                Expr::call(format!("{name}!"), args)
            }
            Err(_) => {
                let tokens = self.with_jsons(&mac.tokens.to_string());
                Expr::raw(format!("{name}!({tokens})"))
            }
        }
    }
}

/// Puts a comment behind the last statement.
fn behind(out: &mut Vec<Node>, comment: &str) {
    match out.last_mut() {
        Some(Node::Let { after, .. } | Node::Do { after, .. }) if after.is_none() => {
            *after = Some(comment.to_owned());
        }
        _ => out.push(Node::Comment(comment.to_owned())),
    }
}

fn prefixed(sign: &str, expr: Expr) -> Expr {
    match expr {
        Expr::Raw(text) => Expr::Raw(format!("{sign}{text}")),
        Expr::Call { head, args } => Expr::Call {
            head: format!("{sign}{head}"),
            args,
        },
        Expr::Chain { root, links } => Expr::Chain {
            root: Box::new(prefixed(sign, *root)),
            links,
        },
        Expr::Try(inner) => Expr::Try(Box::new(prefixed(sign, *inner))),
        Expr::Lines(mut lines) => {
            if let Some(first) = lines.first_mut() {
                first.insert_str(0, sign);
            }
            Expr::Lines(lines)
        }
    }
}

fn with_last(expr: Expr, change: impl FnOnce(&mut Link)) -> Expr {
    match expr {
        Expr::Chain { root, mut links } => {
            if let Some(last) = links.last_mut() {
                change(last);
            }
            Expr::Chain { root, links }
        }
        other => other,
    }
}

fn name_of(path: &syn::Path) -> String {
    path.get_ident()
        .map(ToString::to_string)
        .unwrap_or_default()
}

fn path_of(path: &syn::Path) -> String {
    quote::quote!(#path).to_string().replace(' ', "")
}

fn path_text(path: &syn::ExprPath) -> String {
    quote::quote!(#path).to_string().replace(' ', "")
}
