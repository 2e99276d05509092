//! Uploads, stacks and URLs: objects of PHP that change as they are used.

use super::fold;
use super::porter::{Outcome, Porter};
use super::rust::{Expr, Node};
use super::scope::{Ty, Typed, Variable};
use super::text::{mentions, quoted};
use crate::diagnostic::Problem;
use crate::syntax::{Arg, Expr as Php, ExprKind};

impl<'a> Porter<'a> {
    /// `new MediaUtil('file:///…')`
    pub(crate) fn media(&mut self, path: &'a Php) -> Outcome<Typed> {
        let media = self.imports.own("Media");
        let path = self.path_of(path)?;
        let call = Expr::call(format!("{media}::from_path"), [path]).tried();
        Ok(Typed::new(call, Ty::Media))
    }

    /// `json_decode($media->getMeta())`: fields are added to the usual one.
    pub(crate) fn usual_meta(&mut self, expr: &'a Php, media: &'a Php) -> Outcome<Typed> {
        let media = self.value(media, &Ty::Media)?;
        match media.ty {
            Ty::Media => {
                let name = media.expr.flat();
                Ok(Typed::raw(name.clone(), Ty::Meta(name)))
            }
            _ => Err(self.unknown(expr)),
        }
    }

    /// `$media->setMeta(json_encode(…))`
    pub(crate) fn set_meta(&mut self, media: &'a Php, meta: &'a Php) -> Outcome<()> {
        let media = self.value(media, &Ty::Media)?;
        let name = media.expr.flat();
        let value = match &meta.kind {
            ExprKind::Call { function, args } if function.last() == "json_encode" => {
                args.first().map(|arg| &arg.value)
            }
            _ => None,
        };
        let meta = match value {
            Some(value) => {
                if let ExprKind::Variable(known) = &value.kind
                    && self
                        .scope
                        .get(known)
                        .is_some_and(|known| matches!(known.ty, Ty::Meta(_)))
                {
                    return Ok(());
                }
                let meta = self.value(value, &Ty::Json)?;
                let later = self.block.text.get(value.span.end..).unwrap_or_default();
                match &value.kind {
                    ExprKind::Variable(known) if !mentions(later, known) => meta.expr,
                    ExprKind::Variable(_) => meta.as_value(),
                    _ => meta.expr,
                }
            }
            None => self.meta_text(meta)?,
        };
        let meta = match meta {
            Expr::Lines(_) => {
                let name = self.fresh("meta");
                self.push(Node::Let {
                    name: name.clone(),
                    mutable: false,
                    value: meta,
                    after: None,
                });
                Expr::raw(name)
            }
            meta => meta,
        };
        self.push(Node::Let {
            name: name.clone(),
            mutable: false,
            value: Expr::raw(name).method("meta", [meta]),
            after: None,
        });
        Ok(())
    }

    /// A `meta` that is written as JSON.
    fn meta_text(&mut self, meta: &'a Php) -> Outcome<Expr> {
        let known = fold::constant(meta, &self.scope);
        let parsed = known
            .as_ref()
            .and_then(|text| serde_json::from_str::<serde_json::Value>(text.as_str()?).ok())
            .filter(serde_json::Value::is_object);
        match parsed {
            Some(parsed) => {
                let json = self.imports.of("serde_json", "json");
                Ok(Expr::raw(format!("{json}!({parsed})")))
            }
            None => Err(
                Problem::error(meta.span, "this meta is known only when PHP runs")
                    .hint("give `setMeta` the `json_encode` of an array"),
            ),
        }
    }

    /// `$meta->bank_type = '…'` of a usual meta.
    pub(crate) fn meta_field(&mut self, media: &str, field: &str, value: Expr) {
        let args = [Expr::raw(quoted(field)), value];
        self.push(Node::Let {
            name: media.to_owned(),
            mutable: false,
            value: Expr::raw(media).method("meta_field", args),
            after: None,
        });
    }

    /// `$instance->getDriver()->select('v2')->getConfig('handler')`
    pub(crate) fn stack_of(
        &mut self,
        expr: &'a Php,
        object: &'a Php,
        name: &str,
    ) -> Outcome<Option<Typed>> {
        if name != "getconfig" {
            return Ok(None);
        }
        let mut inner = object;
        let mut v2 = false;
        while let ExprKind::MethodCall {
            object,
            method,
            args,
        } = &inner.kind
        {
            match method
                .name()
                .unwrap_or_default()
                .to_ascii_lowercase()
                .as_str()
            {
                "select" => {
                    let version = args
                        .first()
                        .map(|arg| fold::constant(&arg.value, &self.scope));
                    v2 = matches!(version, Some(Some(version)) if version == "v2");
                }
                "getdriver" => {}
                _ => return Err(self.unknown(expr)),
            }
            inner = object;
        }
        let client = self.client(inner)?;
        Ok(Some(Typed::raw(client, Ty::Stack { v2 })))
    }

    /// `$stack->remove('verifier')`
    pub(crate) fn edit_stack(
        &mut self,
        php: &str,
        method: &str,
        expr: &'a Php,
        args: &'a [Arg],
    ) -> Outcome<()> {
        let Some(Variable {
            rust,
            ty: Ty::Stack { v2 },
            ..
        }) = self.scope.get(php).cloned()
        else {
            return Err(self.unknown(expr));
        };
        if method != "remove" {
            let message = "what a middleware of PHP does has to be written in Rust";
            return Err(Problem::error(expr.span, message)
                .hint("see docs/stack.md: `stack.before(middleware::SIGNER, \"name\", ..)`"));
        }
        let named = args
            .first()
            .and_then(|arg| fold::constant(&arg.value, &self.scope));
        let layer = match named.as_ref().and_then(|name| name.as_str()) {
            Some("signer") => "SIGNER",
            Some("verifier") => "VERIFIER",
            Some("prepare_body") => "PREPARE",
            Some("transform_request") => "TRANSFORM_REQUEST",
            Some("transform_response") => "TRANSFORM_RESPONSE",
            Some("http_errors") => "STATUS",
            _ => {
                let message = "the stack has no layer of this name";
                return Err(Problem::error(expr.span, message).hint("see docs/stack.md"));
            }
        };
        let middleware = self.imports.own("middleware");
        let with = if v2 { "with_v2_stack" } else { "with_stack" };
        let name = self.name(php);
        let edit = format!("|stack| stack.remove({middleware}::{layer}).map(drop)");
        let value = Expr::raw(rust).method(with, [Expr::raw(edit)]).tried();
        self.define(php, value, Variable::new(name, Ty::Stack { v2 }));
        Ok(())
    }

    /// `$uri->withQuery($query)->withFragment('#…')`, `(string) $uri`
    pub(crate) fn uri_method(
        &mut self,
        object: &'a Php,
        name: &str,
        args: &'a [Arg],
    ) -> Outcome<Option<Typed>> {
        let [arg] = args else {
            return Ok(None);
        };
        let separator = match name {
            "withquery" => "?",
            "withfragment" => "#",
            _ => return Ok(None),
        };
        let object = self.value(object, &Ty::Uri)?;
        if object.ty != Ty::Uri {
            return Ok(None);
        }
        let mut pieces = match &object.expr {
            Expr::Call { head, args } if head == "format!" => {
                // What was put together before grows by the new end.
                vec![Typed::new(
                    Expr::call(head.clone(), args.clone()),
                    Ty::String,
                )]
            }
            _ => vec![object.clone()],
        };
        pieces.push(Typed::raw(quoted(separator), Ty::Str));
        let end = match fold::constant(&arg.value, &self.scope) {
            // Guzzle encodes the `#` of a fragment that is given with it.
            Some(serde_json::Value::String(text)) if separator == "#" => {
                Typed::raw(quoted(&text.replace('#', "%23")), Ty::Str)
            }
            _ => self.value(&arg.value, &Ty::Str)?,
        };
        pieces.push(end);
        let (template, args) = self.merged(&pieces);
        let mut all = vec![Expr::raw(format!("\"{template}\""))];
        all.extend(args.into_iter().map(Expr::raw));
        Ok(Some(Typed::new(Expr::call("format!", all), Ty::Uri)))
    }

    /// As [`formatted`](Self::formatted), with a `format!` at the beginning taken apart.
    fn merged(&self, pieces: &[Typed]) -> (String, Vec<String>) {
        if let [first, rest @ ..] = pieces
            && let Expr::Call { head, args } = &first.expr
            && head == "format!"
            && let [Expr::Raw(template), inner @ ..] = &**args
        {
            let (more, added) = self.formatted(rest);
            let begin = template
                .strip_prefix('"')
                .and_then(|text| text.strip_suffix('"'))
                .unwrap_or(template)
                .to_owned();
            let mut all: Vec<String> = inner.iter().map(Expr::flat).collect();
            all.extend(added);
            return (begin + &more, all);
        }
        self.formatted(pieces)
    }
}
