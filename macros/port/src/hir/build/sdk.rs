//! Calls of WeChat Pay: paths, options, promises.

use super::alias::Node;
use super::guzzle::{
    is_default, is_inert, is_of_guzzle, is_unchecked, is_written, of_run, setting_named, unknown,
};
use super::{Builder, refused};
use crate::diagnostic::Problem;
use crate::hir::Ty;
use crate::hir::tree::{Expr, ExprKind, PathPiece, Promise, Sdk, Setting};
use crate::recognise::{self, Call, Form, Handler, Mode, Step};
use crate::syntax::{self, BinaryOp, Closure, ExprKind as PhpKind, Item, Piece, Span};

impl<'a> Builder<'a> {
    /// The call of WeChat Pay, or the client, that an expression makes.
    pub(super) fn sdk(&mut self, expr: &'a syntax::Expr) -> Option<Expr> {
        if let Some(settings) = recognise::factory(expr) {
            return Some(self.factory(expr, settings));
        }
        if let Some(settings) = recognise::settings(expr) {
            let settings = self.expr(settings);
            return Some(Expr::new(expr.span, ExprKind::FactoryOf(settings)));
        }
        let call = Call::of(expr)?;
        if call.waited && waits_without_value(expr) {
            return Some(self.unknown(expr.span, "the value of `wait(false)`"));
        }
        if let Some(chosen) = self.chosen(call.client) {
            if self.chosen_later(call.client) {
                return Some(
                    self.unknown(expr.span, "a path that a later turn of the loop chooses"),
                );
            }
            let wait = if call.verb.mode == Mode::Async {
                "Async"
            } else {
                ""
            };
            let verb = format!("{}{wait}", call.verb.method.lower());
            return Some(
                self.on_each(expr.span, &verb, chosen, &mut |builder, node| {
                    builder.made(expr, &call, Some(node))
                }),
            );
        }
        let node = self.node(call.client);
        if node.is_none() && call.steps.is_empty() && !self.is_client(call.client) {
            return None;
        }
        if let Some(doubt) = &call.doubt
            && node.is_none()
        {
            let certain = self.in_main || call.verb.mode == Mode::Async || has_options(&call);
            return certain.then(|| Expr::new(expr.span, ExprKind::Refused(doubt.clone())));
        }
        Some(self.made(expr, &call, node))
    }

    /// A call: at once, or as a promise with its handlers.
    fn made(&mut self, expr: &'a syntax::Expr, call: &Call<'a>, node: Option<Node>) -> Expr {
        let sdk = match self.request(call, node) {
            Ok(sdk) => sdk,
            Err(refused) => return refused,
        };
        if call.verb.mode == Mode::Sync && call.handlers.is_empty() {
            return Expr::new(expr.span, ExprKind::Sdk(Box::new(sdk)));
        }
        let v3 = matches!(sdk.path.first(), Some(PathPiece::Text(text)) if text.starts_with("v3/"));
        let outer = std::mem::replace(&mut self.answers_reject, !v3);
        let handlers = call.handlers.iter().map(|handler| match handler {
            Handler::Then {
                fulfilled,
                rejected,
            } => {
                let done = self.handler(fulfilled, Ty::Response);
                let failed = rejected.map(|rejected| self.handler(rejected, Ty::Thrown));
                (Some(done), failed)
            }
            Handler::Otherwise(rejected) => (None, Some(self.handler(rejected, Ty::Thrown))),
        });
        let handlers = handlers.collect();
        self.answers_reject = outer;
        let promise = Promise {
            handlers,
            call: sdk,
        };
        let promise = Expr::new(expr.span, ExprKind::Promise(Box::new(promise)));
        if call.waited {
            Expr::new(expr.span, ExprKind::Wait(promise))
        } else {
            promise
        }
    }

    /// The client that a chain begins with: in a snippet, what another object holds is given to it.
    pub(super) fn client(&mut self, client: &'a syntax::Expr) -> Expr {
        let elsewhere = match &client.kind {
            PhpKind::Variable(_) => false,
            _ => self.in_main && recognise::settings(client).is_none() && !self.is_client(client),
        };
        if !elsewhere {
            return self.expr(client);
        }
        if let Some(name) = self.known_client(client) {
            let message =
                format!("`${name}` is the client itself: what stands behind it begins no path");
            return refused(client.span, message);
        }
        let written = self.source(client.span);
        let known = self.clients.iter().find(|(known, _)| known == written);
        let local = match known {
            Some((_, local)) => *local,
            None => {
                let local = self.local(&format!("\0{}", recognise::client_name(client)));
                let same = self.clients.iter().any(|(_, known)| *known == local);
                let local = if same {
                    self.local(&format!(
                        "\0{}_{}",
                        recognise::client_name(client),
                        self.clients.len() + 1
                    ))
                } else {
                    local
                };
                self.clients.push((written.to_owned(), local));
                local
            }
        };
        Expr::new(client.span, ExprKind::Local(local))
    }

    /// The variable at the beginning, where it was assigned a client.
    fn known_client(&self, root: &'a syntax::Expr) -> Option<&'a str> {
        match &root.kind {
            PhpKind::Variable(name) => (self.kind(name) == Ty::Client).then_some(name),
            PhpKind::Property { object, .. } | PhpKind::Index { object, .. } => {
                self.known_client(object)
            }
            _ => None,
        }
    }

    /// A handler: its one parameter is what the promise came to.
    fn handler(&mut self, handler: &'a syntax::Expr, given: Ty) -> Expr {
        match &handler.kind {
            PhpKind::Closure(closure) => {
                let name = closure.params.first().map(|param| param.name.clone());
                let typed = closure
                    .params
                    .first()
                    .is_some_and(|param| param.ty.is_some());
                self.typed_closure(handler, closure, name.filter(|_| !typed), given)
            }
            _ => self.expr(handler),
        }
    }

    fn typed_closure(
        &mut self,
        expr: &'a syntax::Expr,
        closure: &'a Closure,
        name: Option<String>,
        given: Ty,
    ) -> Expr {
        let known = name
            .clone()
            .and_then(|name| self.kinds.insert(name, given.clone()));
        let reason = name.clone().filter(|_| given == Ty::Thrown);
        let known_reasons = self.reasons.len();
        self.reasons.extend(reason);
        let mut built = self.closure_with(expr.span, closure, name.as_deref(), &given);
        self.reasons.truncate(known_reasons);
        if let Some(name) = name {
            match known {
                Some(known) => drop(self.kinds.insert(name, known)),
                None => drop(self.kinds.remove(&name)),
            }
        }
        if let ExprKind::Closure(function, _) = &mut *built.kind
            && let Some(param) = function.params.first_mut()
            && param.ty == Ty::Unknown
        {
            param.ty = given;
        }
        built
    }

    /// The links of a path.
    pub(super) fn pieces(&mut self, steps: &[Step<'a>]) -> Vec<PathPiece> {
        let mut pieces = Vec::new();
        for (index, step) in steps.iter().enumerate() {
            if index > 0 {
                pieces.push(PathPiece::Text("/".to_owned()));
            }
            match step {
                Step::Arrow { name, .. } => pieces.push(PathPiece::Text(recognise::link(name))),
                Step::Braces(expr) | Step::Chain(expr) | Step::Index(expr) => {
                    pieces.append(&mut self.link(expr));
                }
            }
        }
        pieces
    }

    /// A link that is an expression. A variable may hold all of it.
    fn link(&mut self, expr: &'a syntax::Expr) -> Vec<PathPiece> {
        let mut pieces = Vec::new();
        if let PhpKind::String(text) = &expr.kind {
            pieces.push(PathPiece::Text(recognise::link(text)));
        } else {
            self.path_text(expr, &mut pieces);
        }
        pieces
    }

    fn request(&mut self, call: &Call<'a>, node: Option<Node>) -> Result<Sdk, Expr> {
        let kept = node.is_some();
        let mut pieces = self.pieces(&call.steps);
        let mut client = match node {
            Some(mut node) => {
                if !pieces.is_empty() {
                    node.path.push(PathPiece::Text("/".to_owned()));
                }
                node.path.append(&mut pieces);
                pieces = node.path;
                node.client
            }
            None => self.client(call.client),
        };
        let options = match call.args {
            [] => Ok(Vec::new()),
            [arg] if arg.name.is_none() => match &arg.value.kind {
                PhpKind::Array(items) => self.options(items, &arg.value)?,
                _ => Err(self.expr(&arg.value)),
            },
            _ => return Err(self.unknown(call.span, "these arguments of a verb")),
        };
        let mut options = options;
        if let Ok(known) = &mut options {
            client = self.restacked(call, known, &pieces, client)?;
        }
        Ok(Sdk {
            span: call.span,
            last: match call.steps.last() {
                Some(Step::Arrow { span, .. }) => *span,
                _ => call.span,
            },
            client,
            path: joined(pieces),
            form: if kept { Form::Chain } else { call.form() },
            links: if kept {
                Vec::new()
            } else {
                arrows(&call.steps)
            },
            method: call.verb.method,
            encrypt: Vec::new(),
            options,
        })
    }

    /// The client of a call whose options `handler` or `http_errors` change its stack.
    fn restacked(
        &self,
        call: &Call<'a>,
        options: &mut Vec<(String, Expr)>,
        path: &[PathPiece],
        client: Expr,
    ) -> Result<Expr, Expr> {
        let no_errors = options.iter().position(|(name, value)| {
            name == "http_errors" && matches!(*value.kind, ExprKind::Bool(false))
        });
        let handler = options.iter().position(|(name, _)| name == "handler");
        match (no_errors, handler) {
            (Some(at), Some(_)) => {
                let message = "`http_errors` of a call that has a `handler`";
                Err(refused(options[at].1.span, message))
            }
            (Some(at), None) if is_v2(path) == Some(true) => {
                Err(v2_without_errors(options[at].1.span))
            }
            (Some(at), None) if is_v2(path).is_some() => {
                options.remove(at);
                Ok(without_errors(client))
            }
            (_, Some(at)) => match handler_of(call).and_then(|handler| self.stacked(handler)) {
                Some(stacked) => {
                    options.remove(at);
                    Ok(stacked)
                }
                None => Ok(client),
            },
            _ => Ok(client),
        }
    }

    fn path_text(&mut self, expr: &'a syntax::Expr, pieces: &mut Vec<PathPiece>) {
        match &expr.kind {
            PhpKind::String(text) => {
                let text = recognise::link_piece(text, pieces.is_empty());
                pieces.push(PathPiece::Text(text));
            }
            PhpKind::Interpolated(parts) => {
                for part in parts {
                    match part {
                        Piece::Text(text) => {
                            let text = recognise::link_piece(text, pieces.is_empty());
                            pieces.push(PathPiece::Text(text));
                        }
                        Piece::Value(value) => {
                            let value = self.expr(value);
                            let first = pieces.is_empty();
                            pieces.push(PathPiece::Value { value, first });
                        }
                    }
                }
            }
            PhpKind::Binary {
                op: BinaryOp::Concat,
                left,
                right,
            } => {
                self.path_text(left, pieces);
                self.path_text(right, pieces);
            }
            _ => {
                let value = self.expr(expr);
                match &*value.kind {
                    ExprKind::Text(text) if pieces.is_empty() => {
                        pieces.push(PathPiece::Text(recognise::link(text)));
                    }
                    ExprKind::Text(text) => {
                        pieces.push(PathPiece::Text(recognise::link_piece(text, false)));
                    }
                    _ => {
                        let first = pieces.is_empty();
                        pieces.push(PathPiece::Value { value, first });
                    }
                }
            }
        }
    }

    fn options(
        &mut self,
        items: &'a [Item],
        whole: &'a syntax::Expr,
    ) -> Result<Result<Vec<(String, Expr)>, Expr>, Expr> {
        let mut out: Vec<(String, Expr)> = Vec::new();
        for item in items {
            let name = match item.key.as_ref().map(|key| &key.kind) {
                Some(PhpKind::String(name)) => name.clone(),
                // `RequestOptions::JSON`
                Some(PhpKind::ClassConstant { class, name })
                    if class.last() == "requestoptions" =>
                {
                    name.to_ascii_lowercase()
                }
                _ => return Ok(Err(self.expr(whole))),
            };
            // The name stays: `curl` replaces no certificate that `verify` names.
            let value = if is_unchecked(&name, &item.value) {
                Expr::new(item.value.span, ExprKind::Bool(false))
            } else {
                self.expr(&item.value)
            };
            if let Some(again) = out.iter().position(|(known, _)| *known == name) {
                let (_, before) = out.remove(again);
                if !is_quiet(&before) {
                    return Err(refused(before.span, AGAIN));
                }
            }
            out.push((name, value));
        }
        Ok(Ok(out))
    }

    fn factory(&mut self, expr: &'a syntax::Expr, settings: &'a [Item]) -> Expr {
        let mut out: Vec<(&str, Setting, Expr)> = Vec::new();
        let mut no_errors = None;
        for item in settings {
            let name = match item.key.as_ref().map(|key| &key.kind) {
                Some(PhpKind::String(name)) => name.as_str(),
                _ => return refused(item.span, "a setting whose name is known at run time only"),
            };
            if name == "http_errors" {
                no_errors = None;
            }
            if let Some(again) = out.iter().position(|(known, ..)| *known == name) {
                let (.., before) = out.remove(again);
                if !is_quiet(&before) {
                    return refused(before.span, AGAIN);
                }
            }
            let literal = match item.value.kind {
                PhpKind::Bool(value) => Some(value),
                PhpKind::Null => Some(false),
                _ => None,
            };
            let setting = match setting_named(name) {
                Some(Setting::Handler) if literal.is_none() && !self.is_whole(&item.value) => {
                    return Expr::new(item.span, ExprKind::Refused(unknown(item.span, name)));
                }
                Some(setting) => setting,
                None if name == "http_errors" && literal == Some(false) => {
                    no_errors = Some(item.span);
                    continue;
                }
                None if is_unchecked(name, &item.value) => {
                    let no = Expr::new(item.value.span, ExprKind::Bool(false));
                    out.push((name, Setting::Verify, no));
                    continue;
                }
                None if is_default(name, literal) => continue,
                None if !is_of_guzzle(name) && is_inert(&item.value) => continue,
                None => match of_run(name, literal, is_written(&item.value)) {
                    Some(setting) => setting,
                    None => {
                        return Expr::new(item.span, ExprKind::Refused(unknown(item.span, name)));
                    }
                },
            };
            out.push((name, setting, self.expr(&item.value)));
        }
        let out = out.into_iter();
        let out = out.map(|(_, setting, value)| (setting, value)).collect();
        client_of(expr.span, out, no_errors)
    }

    /// Whether a stack gets no more layers: nothing behind this has it.
    fn is_whole(&self, stack: &syntax::Expr) -> bool {
        let end = self.statements_of.and_then(|body| body.last());
        let end = end.map_or(self.block.text.len(), |last| last.span.end);
        let behind = self.block.text.get(stack.span.end..end).unwrap_or_default();
        match &stack.kind {
            PhpKind::Variable(name) => {
                self.loops == 0 && !super::variables(behind).any(|other| other == *name)
            }
            PhpKind::MethodCall { .. }
            | PhpKind::StaticCall { .. }
            | PhpKind::Call { .. }
            | PhpKind::New { .. } => true,
            _ => false,
        }
    }

    pub(super) fn closure_with(
        &mut self,
        span: Span,
        closure: &'a Closure,
        name: Option<&str>,
        given: &Ty,
    ) -> Expr {
        self.given = name.map(|name| (name.to_owned(), given.clone()));
        let built = self.closure(span, closure);
        self.given = None;
        built
    }
}

/// Of a key that is given twice, PHP keeps the last value. The first one is dropped here, unless evaluating it shows.
const AGAIN: &str = "a key that is given again, and whose first value does something";

fn is_quiet(value: &Expr) -> bool {
    match &*value.kind {
        ExprKind::Array(entries) => entries.iter().all(|entry| {
            let key = entry.key.as_ref();
            !entry.spread && key.is_none_or(is_quiet) && is_quiet(&entry.value)
        }),
        _ => super::callable::is_idle(value),
    }
}

/// Whether an expression ends in `->wait($unwrap)` and the argument is not `true`.
pub(super) fn waits_without_value(expr: &syntax::Expr) -> bool {
    let PhpKind::MethodCall { method, args, .. } = &expr.kind else {
        return false;
    };
    let name = method.name().unwrap_or_default();
    let unwraps = args
        .first()
        .is_none_or(|arg| matches!(arg.value.kind, PhpKind::Bool(true)));
    name.eq_ignore_ascii_case("wait") && !unwraps
}

/// The client with these settings. `no_errors` is where `http_errors` is turned off.
pub(in crate::hir) fn client_of(
    span: Span,
    settings: Vec<(Setting, Expr)>,
    no_errors: Option<Span>,
) -> Expr {
    let mut names = settings.iter().map(|(setting, _)| *setting);
    let v2 = names.any(|setting| setting == Setting::Secret);
    let mut handlers = settings
        .iter()
        .filter(|(name, _)| *name == Setting::Handler);
    if let (Some(_), Some((_, stack))) = (no_errors, handlers.next()) {
        return Expr::new(
            stack.span,
            ExprKind::Refused(unknown(stack.span, "handler")),
        );
    }
    let client = Expr::new(span, ExprKind::Factory(settings));
    match no_errors {
        None => client,
        Some(off) if v2 => v2_without_errors(off),
        Some(_) => without_errors(client),
    }
}

/// The client of APIv3 whose signed answers are no errors for their status: `http_errors` is false.
fn without_errors(client: Expr) -> Expr {
    let span = client.span;
    let layer = "http_errors".to_owned();
    Expr::new(span, ExprKind::Restacked(client, false, layer))
}

/// PHP rejects an answer of APIv2 that is no signed success, also without `http_errors`.
pub(super) fn v2_without_errors(span: Span) -> Expr {
    let message = "`http_errors` is turned off for APIv2";
    let hint = "leave it out: PHP rejects a failed answer of APIv2 in any case";
    Expr::new(
        span,
        ExprKind::Refused(Problem::error(span, message).hint(hint)),
    )
}

/// Whether a path is one of APIv2, where its beginning tells.
fn is_v2(path: &[PathPiece]) -> Option<bool> {
    match path.first()? {
        PathPiece::Text(text) if text.starts_with('{') => None,
        PathPiece::Text(text) => {
            let text = text.trim_start_matches('/').to_ascii_lowercase();
            Some(text == "v2" || text.starts_with("v2/"))
        }
        PathPiece::Value { .. } => None,
    }
}

/// The option `handler`.
fn handler_of<'a>(call: &Call<'a>) -> Option<&'a syntax::Expr> {
    let mut options = call.options()?.iter();
    let handler = options.find(|item| {
        let key = item.key.as_ref().map(|key| &key.kind);
        matches!(key, Some(PhpKind::String(name)) if name == "handler")
    });
    handler.map(|item| &item.value)
}

/// The names of the links of a chain of arrows; nothing of any other.
fn arrows(steps: &[Step<'_>]) -> Vec<String> {
    let names = steps.iter().map(|step| match step {
        Step::Arrow { name, .. } => Some((*name).to_owned()),
        _ => None,
    });
    names.collect::<Option<_>>().unwrap_or_default()
}

fn has_options(call: &Call<'_>) -> bool {
    let known = ["json", "xml", "query", "headers", "body"];
    let options = call.options().unwrap_or_default().iter();
    options
        .filter_map(|item| item.key.as_ref())
        .any(|key| matches!(&key.kind, PhpKind::String(name) if known.contains(&name.as_str())))
}

fn joined(pieces: Vec<PathPiece>) -> Vec<PathPiece> {
    let mut out: Vec<PathPiece> = Vec::new();
    for piece in pieces {
        match (out.last_mut(), piece) {
            (Some(PathPiece::Text(before)), PathPiece::Text(text)) => before.push_str(&text),
            (_, piece) => out.push(piece),
        }
    }
    out
}
