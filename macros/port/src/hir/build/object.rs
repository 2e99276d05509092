//! Objects of the SDK that change as they are used: uploads and stacks.

use super::bytes::variable;
use super::{Builder, refused};
use crate::hir::Ty;
use crate::hir::tree::{Crypto, Expr, ExprKind, Place, Root, Stmt};
use crate::syntax::{self, Arg, ExprKind as PhpKind, Member, Span};

impl<'a> Builder<'a> {
    /// The effect of a statement on an upload's meta or a client's stack, if it has one.
    pub(super) fn object_statement(
        &mut self,
        span: Span,
        expr: &'a syntax::Expr,
    ) -> Option<Vec<Stmt>> {
        let one = |expr| Some(vec![Stmt::expr(span, expr)]);
        match &expr.kind {
            PhpKind::Assign {
                target,
                op: None,
                value,
            } => match &target.kind {
                PhpKind::Variable(name) => {
                    if let Some(stack) = self.stack_of(value) {
                        self.stacks.insert(name.clone(), stack);
                        return Some(Vec::new());
                    }
                    let media = usual_meta(value)?;
                    if self.kind(media) != Ty::Media {
                        return None;
                    }
                    self.metas.insert(name.clone(), media.to_owned());
                    Some(Vec::new())
                }
                PhpKind::Property { object, member } => {
                    let media = self.metas.get(variable(object)?)?.clone();
                    let Member::Name { name, .. } = member else {
                        return None;
                    };
                    let name = Expr::new(target.span, ExprKind::Text(name.clone()));
                    let value = self.expr(value);
                    let changed = self.media(span, &media, Crypto::MetaField, vec![name, value]);
                    one(changed)
                }
                PhpKind::Index {
                    object,
                    index: Some(index),
                } => {
                    let media = self.metas.get(variable(object)?)?.clone();
                    let (name, value) = (self.expr(index), self.expr(value));
                    let changed = self.media(span, &media, Crypto::MetaField, vec![name, value]);
                    one(changed)
                }
                _ => None,
            },
            PhpKind::MethodCall {
                object,
                method,
                args,
            } => {
                let name = variable(object)?;
                match method.name()?.to_ascii_lowercase().as_str() {
                    "setmeta" if self.kind(name) == Ty::Media => {
                        let meta = self.meta(&args.first()?.value)?;
                        let Some(meta) = meta else {
                            return Some(Vec::new());
                        };
                        let changed = self.media(span, name, Crypto::Meta, vec![meta]);
                        one(changed)
                    }
                    "setmeta" => None,
                    edit if self.stacks.contains_key(name) => {
                        let changed = self.edited(span, name, edit, args);
                        one(changed)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// `$media = $media with …`
    fn media(&mut self, span: Span, name: &str, how: Crypto, mut args: Vec<Expr>) -> Expr {
        let local = self.local(name);
        args.insert(0, Expr::new(span, ExprKind::Local(local)));
        let value = Expr::new(span, ExprKind::Crypto(how, args));
        let place = Place {
            root: Root::Local(local),
            path: Vec::new(),
        };
        Expr::new(span, ExprKind::Assign(place, value))
    }

    /// The meta of `setMeta(…)`; nothing within where it is the usual one that was changed.
    #[allow(clippy::option_option, reason = "not known, or the usual one")]
    fn meta(&mut self, meta: &'a syntax::Expr) -> Option<Option<Expr>> {
        if let PhpKind::Call { function, args } = &meta.kind
            && function.last() == "json_encode"
        {
            let value = &args.first()?.value;
            if variable(value).is_some_and(|name| self.metas.contains_key(name)) {
                return Some(None);
            }
            return Some(Some(self.expr(value)));
        }
        let text = self.expr(meta);
        let span = meta.span;
        Some(crate::hir::function(span, "json_decode", vec![text]))
    }

    /// `$instance->getDriver()->select('v2')->getConfig('handler')`, also of `clone`.
    fn stack_of(&mut self, value: &'a syntax::Expr) -> Option<(Expr, bool)> {
        let value = match &value.kind {
            PhpKind::Clone(inner) => inner,
            _ => value,
        };
        let PhpKind::MethodCall { object, method, .. } = &value.kind else {
            return None;
        };
        if !method.name()?.eq_ignore_ascii_case("getConfig") {
            return None;
        }
        let mut inner: &'a syntax::Expr = object;
        let mut v2 = false;
        while let PhpKind::MethodCall {
            object,
            method,
            args,
        } = &inner.kind
        {
            match method.name()?.to_ascii_lowercase().as_str() {
                "select" => {
                    v2 = args.first().is_some_and(|arg| {
                        let text = match &arg.value.kind {
                            PhpKind::String(text) => text,
                            PhpKind::ClassConstant { name, .. } => name,
                            _ => return false,
                        };
                        matches!(text.as_str(), "v2" | "XML_BASED")
                    });
                }
                "getdriver" => {}
                _ => return None,
            }
            inner = object;
        }
        Some((self.client(inner), v2))
    }

    /// `$stack->remove('verifier')`
    fn edited(&mut self, span: Span, name: &str, edit: &str, args: &'a [Arg]) -> Expr {
        let layer = args.first().map(|arg| &arg.value.kind);
        let (Some(PhpKind::String(layer)), "remove") = (layer, edit) else {
            let message = "what a middleware of PHP does has to be written in Rust";
            let hint = "see docs/stack.md: `stack.before(middleware::SIGNER, \"name\", ..)`";
            let problem = crate::diagnostic::Problem::error(span, message).hint(hint);
            return Expr::new(span, ExprKind::Refused(problem));
        };
        let Some((client, v2)) = self.stacks.get(name).cloned() else {
            return refused(span, "this stack");
        };
        if v2 && layer == "http_errors" {
            return super::sdk::v2_without_errors(span);
        }
        let local = self.local(name);
        let own = Expr::new(span, ExprKind::Local(local));
        self.stacks.insert(name.to_owned(), (own, v2));
        let value = Expr::new(span, ExprKind::Restacked(client, v2, layer.clone()));
        let place = Place {
            root: Root::Local(local),
            path: Vec::new(),
        };
        Expr::new(span, ExprKind::Assign(place, value))
    }

    /// The client of an option `handler`.
    pub(super) fn stacked(&self, handler: &syntax::Expr) -> Option<Expr> {
        let (client, _) = self.stacks.get(variable(handler)?)?;
        Some(client.clone())
    }
}

/// `$media` of `json_decode($media->getMeta())`.
fn usual_meta(value: &syntax::Expr) -> Option<&str> {
    let PhpKind::Call { function, args } = &value.kind else {
        return None;
    };
    if function.last() != "json_decode" {
        return None;
    }
    match &args.first()?.value.kind {
        PhpKind::MethodCall { object, method, .. }
            if method.name()?.eq_ignore_ascii_case("getMeta") =>
        {
            variable(object)
        }
        _ => None,
    }
}
