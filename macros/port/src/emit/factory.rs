//! `Builder::factory([…])`

use super::fold;
use super::porter::{Outcome, Porter};
use super::rust::{Expr, Link};
use super::scope::{Ty, Typed};
use super::text::{mentions, quoted};
use crate::diagnostic::Problem;
use crate::syntax::{Expr as Php, ExprKind, Item, Span};

impl<'a> Porter<'a> {
    /// `Client::builder()…build()?`
    pub(crate) fn factory(&mut self, span: Span, settings: &'a [Item]) -> Outcome<Expr> {
        let client = self.imports.own("Client");
        let mut chain = Expr::call(format!("{client}::builder"), []);
        let mut signs = false;
        for index in 0..settings.len() {
            let item = &settings[index];
            let (before, after) = self.item_comments(span, settings, index);
            let mut links = Vec::new();
            self.setting(item, &mut links)?;
            match links.first_mut() {
                Some(first) => first.before.splice(0..0, before).for_each(drop),
                None => before.into_iter().for_each(|text| self.note(text)),
            }
            if let Some(last) = links.last_mut() {
                last.after = after;
            }
            for link in links {
                // The merchant's key for TLS is the one that signs.
                if link.expr.flat().starts_with(".private_key(") {
                    if signs {
                        continue;
                    }
                    signs = true;
                }
                chain = chain.link(link);
            }
        }
        Ok(chain.method("build", []).tried())
    }

    fn setting(&mut self, item: &'a Item, links: &mut Vec<Link>) -> Outcome<()> {
        let name = self.key_of(item)?.text();
        let value = &item.value;
        match name.as_str() {
            "mchid" | "serial" => {
                if name == "serial" && self.is_dummy(value) {
                    return Ok(());
                }
                let text = self.value(value, &Ty::Str)?;
                links.push(link(&name, text.as_value_text()));
            }
            "privateKey" => {
                if !self.is_dummy(value) {
                    let key = self.private_key(value)?;
                    links.push(link("private_key", key));
                }
            }
            "certs" => self.certs(value, links)?,
            "secret" => {
                let text = self.value(value, &Ty::Str)?;
                links.push(link("v2_key", text.as_value_text()));
            }
            "merchant" => self.merchant(value, links)?,
            "base_uri" => {
                let url = self.value(value, &Ty::Str)?;
                links.push(link("base_url", url.as_value_text()));
            }
            "timeout" | "connect_timeout" | "read_timeout" => {
                let limit = self.seconds(value)?;
                if let Some(limit) = limit {
                    let limit = match limit.flat().ends_with("::MAX") {
                        true => Expr::raw("None"),
                        false => limit,
                    };
                    links.push(link(&name, limit));
                }
            }
            "proxy" => {
                let url = self.value(value, &Ty::Str)?;
                links.push(link("proxy", url.as_value_text()));
            }
            "http_errors" | "debug" | "synchronous" => {
                let text = self.source(item.span).to_owned();
                self.note(format!("{text}: of no use here"));
            }
            _ => {
                let message = format!("the setting `{name}` is not known");
                return Err(Problem::error(item.span, message)
                    .hint("see `wechatpay_chain::ClientBuilder` for what a client can be told"));
            }
        }
        Ok(())
    }

    /// What PHP wants though APIv2 alone needs none: `'serial' => 'nop'`.
    fn is_dummy(&self, value: &Php) -> bool {
        let known = fold::constant(value, &self.scope);
        let text = known.as_ref().and_then(|known| known.as_str());
        text.is_some_and(|text| {
            text.len() < 8
                && !text.contains("://")
                && !text.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
    }

    fn private_key(&mut self, value: &'a Php) -> Outcome<Expr> {
        let key = self.key_value(value, "PrivateKey")?;
        match key.ty {
            Ty::PrivateKey => Ok(self.shared(value, key)),
            _ => Err(Problem::error(value.span, "this is no private key")),
        }
    }

    /// A key by itself, or the text or file that it is read from.
    fn key_value(&mut self, value: &'a Php, class: &'static str) -> Outcome<Typed> {
        let ty = match class {
            "PrivateKey" => Ty::PrivateKey,
            "PublicKey" => Ty::PublicKey,
            _ => Ty::Certificate,
        };
        let known = fold::constant(value, &self.scope);
        if let Some(text) = known.as_ref().and_then(|known| known.as_str())
            && !matches!(value.kind, ExprKind::Variable(_))
        {
            let name = self.imports.own(class);
            let path = text.strip_prefix("file://");
            // The merchant's files are given by their paths, too.
            let plain = class == "Certificate" || text.starts_with(['/', '.']);
            let call = match path.or(plain.then_some(text)) {
                Some(path) => Expr::call(format!("{name}::from_file"), [Expr::raw(quoted(path))]),
                None => Expr::call(format!("{name}::from_bytes"), [Expr::raw(quoted(text))]),
            };
            return Ok(Typed::new(call.tried(), ty));
        }
        let key = self.value(value, &ty)?;
        if key.is_text() {
            let name = self.imports.own(class);
            let call = Expr::call(format!("{name}::from_bytes"), [key.expr]);
            return Ok(Typed::new(call.tried(), ty));
        }
        Ok(key)
    }

    /// A key that is used again is cloned, which is cheap; one of a parameter always.
    fn shared(&self, value: &Php, key: Typed) -> Expr {
        let ExprKind::Variable(name) = &value.kind else {
            return key.expr;
        };
        let later = self.block.text.get(value.span.end..).unwrap_or_default();
        let code = key.expr.flat();
        let param = self.scope.params.iter().any(|param| param.name == code);
        match mentions(later, name) || param {
            true => Expr::raw(format!("{code}.clone()")),
            false => key.expr,
        }
    }

    fn certs(&mut self, value: &'a Php, links: &mut Vec<Link>) -> Outcome<()> {
        let ExprKind::Array(items) = &value.kind else {
            let message = "the platform's keys are an array of serials and keys here";
            return Err(Problem::error(value.span, message));
        };
        for item in items {
            let (before, after) = self.item_comments(value.span, items, 0);
            let Some(id) = &item.key else {
                return Err(Problem::error(
                    item.span,
                    "a platform key has its id or serial",
                ));
            };
            if matches!(item.value.kind, ExprKind::Null) {
                continue;
            }
            let mut link = self.platform(id, &item.value)?;
            link.before = before;
            link.after = after;
            links.push(link);
        }
        Ok(())
    }

    fn platform(&mut self, id: &'a Php, value: &'a Php) -> Outcome<Link> {
        let known = fold::constant(id, &self.scope);
        let public = match known.as_ref().and_then(|id| id.as_str()) {
            Some(id) => id.starts_with("PUB_KEY_ID_"),
            None => !matches!(&id.kind, ExprKind::Variable(name)
                if self.scope.get(name).is_some_and(|known| known.file.is_some())
                    || name.to_ascii_lowercase().contains("certificate")),
        };
        if public {
            let key = self.key_value(value, "PublicKey")?;
            let key = self.shared(value, key);
            let id = self.value(id, &Ty::Str)?.as_value_text();
            return Ok(Link::new(Expr::call(".platform_key", [id, key])));
        }
        // A certificate says its serial itself.
        let class = self.imports.own("Certificate");
        let file = match &value.kind {
            ExprKind::Variable(name) => self.scope.get(name).and_then(|known| known.file.clone()),
            _ => self.certificate_file(value),
        };
        let Some(file) = file else {
            let certificate = self.key_value(value, "Certificate")?;
            return match certificate.ty {
                Ty::Certificate => Ok(Link::new(Expr::call(
                    ".platform_certificate",
                    [certificate.expr],
                ))),
                _ => Err(Problem::error(
                    value.span,
                    "a platform certificate is given as such: its public key alone says no serial",
                )
                .hint("use `Certificate::from_file` and `.platform_certificate(..)`")),
            };
        };
        for name in [id, value] {
            if let ExprKind::Variable(name) = &name.kind
                && let Some(known) = self.scope.get(name)
            {
                self.superseded.insert(known.rust.clone());
            }
        }
        let call = Expr::call(format!("{class}::from_file"), [Expr::raw(quoted(&file))]);
        Ok(Link::new(Expr::call(
            ".platform_certificate",
            [call.tried()],
        )))
    }

    /// The file of `Rsa::from('file://…', Rsa::KEY_TYPE_PUBLIC)`
    fn certificate_file(&self, value: &Php) -> Option<String> {
        let source = match &value.kind {
            ExprKind::StaticCall { args, .. } => &args.first()?.value,
            _ => value,
        };
        let known = fold::constant(source, &self.scope)?;
        known.as_str()?.strip_prefix("file://").map(str::to_owned)
    }

    /// `'merchant' => ['cert' => …, 'key' => …]`
    fn merchant(&mut self, value: &'a Php, links: &mut Vec<Link>) -> Outcome<()> {
        let ExprKind::Array(items) = &value.kind else {
            let message = "the merchant's files are an array of `cert` and `key` here";
            return Err(Problem::error(value.span, message));
        };
        for item in items {
            let name = self.key_of(item)?.text();
            let (class, method) = match name.as_str() {
                "cert" => ("Certificate", "certificate"),
                "key" => ("PrivateKey", "private_key"),
                _ => {
                    let message = format!("`{name}` is not known");
                    return Err(Problem::error(item.span, message));
                }
            };
            if matches!(item.value.kind, ExprKind::Null) {
                continue;
            }
            let file = self.merchant_file(&item.value, class)?;
            links.push(link(method, file));
        }
        Ok(())
    }

    fn merchant_file(&mut self, value: &'a Php, class: &'static str) -> Outcome<Expr> {
        if let ExprKind::Variable(_) = value.kind {
            let path = self.value(value, &Ty::Str)?;
            if path.is_text() {
                let name = self.imports.own(class);
                let call = Expr::call(format!("{name}::from_file"), [path.as_str()]);
                return Ok(call.tried());
            }
            return Ok(path.expr);
        }
        let known = fold::constant(value, &self.scope);
        match known.as_ref().and_then(|known| known.as_str()) {
            Some(text) => {
                let name = self.imports.own(class);
                let path = text.strip_prefix("file://").unwrap_or(text);
                let call = Expr::call(format!("{name}::from_file"), [Expr::raw(quoted(path))]);
                Ok(call.tried())
            }
            None => Err(Problem::error(
                value.span,
                "this file is known only when PHP runs",
            )),
        }
    }
}

fn link(name: &str, value: Expr) -> Link {
    Link::new(Expr::call(format!(".{name}"), [value]))
}

impl Typed {
    /// As an argument for `impl Into<String>`.
    fn as_value_text(&self) -> Expr {
        match self.ty {
            Ty::Str => self.expr.clone(),
            Ty::String => match super::scope::is_name(&self.expr.flat()) {
                true => Expr::raw(format!("{}.as_str()", self.expr.flat())),
                false => self.expr.clone(),
            },
            Ty::Json | Ty::JsonRef => self.as_str(),
            _ => Expr::raw(format!("{}.to_string()", self.expr.flat())),
        }
    }
}
