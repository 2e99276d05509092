//! Assignments.

use super::fold::{self, Key};
use super::library::encrypts;
use super::porter::{Outcome, Porter};
use super::rust::{Expr, Node};
use super::scope::{Ty, Typed, Variable};
use super::text::{mentions, quoted};
use crate::diagnostic::Problem;
use crate::recognise::{Call, Mode};
use crate::syntax::{BinaryOp, Expr as Php, ExprKind, Item, Span, Stmt, StmtKind, parse};

impl<'a> Porter<'a> {
    pub(crate) fn assign(
        &mut self,
        expr: &'a Php,
        target: &'a Php,
        op: Option<BinaryOp>,
        value: &'a Php,
        rest: &'a [Stmt],
    ) -> Outcome<()> {
        if let ExprKind::Variable(name) = &target.kind {
            self.sets(name, expr.span)?;
        }
        match (&target.kind, op) {
            (ExprKind::Variable(name), None) => self.assign_variable(name, value, rest),
            (ExprKind::Array(items), None) => {
                let object = self.value(value, &Ty::Json)?;
                if !matches!(object.ty, Ty::Json | Ty::JsonRef) {
                    return Err(self.unknown(expr));
                }
                self.take_apart(&object.expr.flat(), items)
            }
            (ExprKind::Unsupported { .. }, None) if self.source(target.span).starts_with('[') => {
                self.list(expr, target, value)
            }
            (ExprKind::Variable(name), Some(BinaryOp::Concat)) => {
                let mut pieces = vec![self.shown(target)?];
                pieces.extend(self.pieces(value)?);
                let (template, args) = self.formatted(&pieces);
                let mut all = vec![Expr::raw(format!("\"{template}\""))];
                all.extend(args.into_iter().map(Expr::raw));
                let variable = Variable::new(self.name(name), Ty::String);
                self.define(name, Expr::call("format!", all), variable);
                Ok(())
            }
            // `$params += ['sign' => …]`
            (ExprKind::Variable(name), Some(BinaryOp::Add)) => match &value.kind {
                ExprKind::Array(items) => {
                    for item in items {
                        let key = self.key_of(item)?.text();
                        self.set_member(name, target, &key, &item.value)?;
                    }
                    Ok(())
                }
                _ => Err(self.unknown(expr)),
            },
            (
                ExprKind::Index {
                    object,
                    index: Some(index),
                },
                None,
            ) => match (&object.kind, fold::constant(index, &self.scope)) {
                (ExprKind::Variable(name), Some(key)) => {
                    let key = Key::of(&key).ok_or_else(|| self.unknown(index))?.text();
                    self.set_member(name, object, &key, value)
                }
                _ => Err(self.unknown(expr)),
            },
            (ExprKind::Property { object, member }, None) => {
                let Some(field) = member.name() else {
                    return Err(self.unknown(expr));
                };
                let ExprKind::Variable(name) = &object.kind else {
                    return Err(self.unknown(expr));
                };
                if let Some(Ty::Meta(media)) = self.scope.get(name).map(|known| known.ty.clone()) {
                    let value = self.value(value, &Ty::Str)?;
                    self.meta_field(&media, field, value.as_value());
                    return Ok(());
                }
                self.set_member(name, object, field, value)
            }
            _ => Err(self.unknown(expr)),
        }
    }

    /// What stands on the left of `['a' => $a] = …` reads as an array, too.
    pub(crate) fn list(&mut self, expr: &'a Php, target: &Php, value: &'a Php) -> Outcome<()> {
        let object = self.value(value, &Ty::Json)?;
        let array = parse(&format!("$list = {};", self.source(target.span)));
        let items = array.program.statements.first().and_then(|stmt| {
            let StmtKind::Expr(assign) = &stmt.kind else {
                return None;
            };
            match &assign.kind {
                ExprKind::Assign { value, .. } => match &value.kind {
                    ExprKind::Array(items) => Some(items),
                    _ => None,
                },
                _ => None,
            }
        });
        match (items, &object.ty) {
            (Some(items), Ty::Json | Ty::JsonRef) => self.take_apart(&object.expr.flat(), items),
            _ => Err(self.unknown(expr)),
        }
    }

    /// `['a' => $a, 'b' => ['c' => $c]] = $object;`
    pub(crate) fn take_apart(&mut self, object: &str, items: &[Item]) -> Outcome<()> {
        let keyed = fold::keyed(items, &self.scope).unwrap_or_default();
        for (key, item) in keyed {
            let place = match key {
                Key::Number(number) => format!("{object}[{number}]"),
                Key::Text(text) => format!("{object}[{}]", quoted(&text)),
            };
            match &item.value.kind {
                ExprKind::Array(items) => self.take_apart(&place, items)?,
                ExprKind::Variable(name) => {
                    self.sets(name, item.span)?;
                    let variable = Variable::new(self.name(name), Ty::JsonRef);
                    self.define(name, Expr::raw(format!("&{place}")), variable);
                }
                _ => return Err(self.unknown(&item.value)),
            }
        }
        Ok(())
    }

    /// `$params['key'] = value;`
    pub(crate) fn set_member(
        &mut self,
        name: &str,
        object: &'a Php,
        key: &str,
        value: &'a Php,
    ) -> Outcome<()> {
        let known = self.scope.get(name).filter(|known| known.ty == Ty::Json);
        let Some(rust) = known.map(|known| known.rust.clone()) else {
            let message = format!("`${name}` is no array that was made here");
            return Err(Problem::error(object.span, message));
        };
        let unknown = self.open.iter().any(|open| open.is_conditional());
        let place = pointer(key);
        self.encrypt.clear();
        let value = self.json(value, &place)?;
        let pointers = std::mem::take(&mut self.encrypt);
        let secrets = self.secrets.entry(name.to_owned()).or_default();
        if unknown && !(pointers.is_empty() && secrets.is_empty()) {
            let message = "whether this is encrypted is known only when PHP runs";
            return Err(Problem::error(object.span, message).hint("write this part in Rust"));
        }
        secrets.retain(|known| *known != place && !known.starts_with(&format!("{place}/")));
        secrets.extend(pointers);
        if secrets.is_empty() {
            self.secrets.remove(name);
        }
        let value = match value {
            super::json::Json::Leaf(code) => {
                let json = self.imports.of("serde_json", "json");
                let call = format!("{json}!");
                Expr::call(call, [Expr::raw(code)])
            }
            json => self.json_macro(&json),
        };
        self.mutate(&rust);
        self.scope.forget_constant(name);
        self.added
            .entry(name.to_owned())
            .or_default()
            .push(key.to_owned());
        self.push(Node::Set {
            target: format!("{rust}[{}]", quoted(key)),
            value,
        });
        Ok(())
    }

    pub(crate) fn assign_variable(
        &mut self,
        name: &'a str,
        value: &'a Php,
        rest: &'a [Stmt],
    ) -> Outcome<()> {
        self.arrays.remove(name);
        self.added.remove(name);
        self.secrets.remove(name);
        // What was written with the old value is not what it would be now.
        let dollar = format!("${name}");
        let text = &self.block.text;
        self.arrays.retain(|_, array| {
            let text = text.get(array.span.range()).unwrap_or_default();
            !mentions(text, &dollar)
        });
        if let Some(call) = Call::of(value)
            && self.is_client(call.client)
        {
            return self.assign_call(name, &call, rest);
        }
        if let ExprKind::Closure(_) = value.kind {
            self.closures.insert(name.to_owned(), value);
            let ty = if encrypts(value) {
                Ty::Encryptor
            } else {
                Ty::Nothing
            };
            self.scope.set(name, Variable::new(self.name(name), ty));
            return Ok(());
        }
        if let ExprKind::MethodCall { object, method, .. } = &value.kind {
            let method = method.name().unwrap_or_default().to_ascii_lowercase();
            if method == "wait"
                && let ExprKind::Variable(promise) = &object.kind
                && self.is_promise(promise)
            {
                let answer = self.fulfil(promise, value.span)?;
                self.scope
                    .set(name, Variable::new(answer.expr.flat(), answer.ty));
                return Ok(());
            }
            if method == "read" && self.looks_into_file(object) {
                self.scope
                    .set(name, Variable::new(self.name(name), Ty::Nothing));
                return Ok(());
            }
        }
        if let Some(done) = self.assign_secret(name, value)? {
            return Ok(done);
        }
        let constant = fold::constant(value, &self.scope);
        let uri = fold::known_uri(value, &self.scope);
        let file = self.file_of(value);
        // What PHP works out of texts that are known is written as what it is.
        let typed = match (&value.kind, &constant) {
            (ExprKind::Array(_), _) | (_, None) => self.value(value, &Ty::Str)?,
            (_, Some(known)) => match super::value::of_constant(known) {
                Some(typed) => typed,
                None => self.value(value, &Ty::Str)?,
            },
        };
        if let ExprKind::Array(_) = value.kind {
            self.arrays.insert(name.to_owned(), value);
        }
        let variable = Variable {
            constant,
            uri,
            file,
            ..Variable::new(self.name(name), typed.ty.clone())
        };
        self.keep(name, value, typed, variable)
    }

    /// A value that PHP encrypts, or that holds such: its plaintext, and where that is.
    fn assign_secret(&mut self, name: &'a str, value: &'a Php) -> Outcome<Option<()>> {
        let holds = match &value.kind {
            ExprKind::Array(_) => true,
            ExprKind::Variable(other) => self.secrets.contains_key(other),
            ExprKind::StaticCall { .. } => self.encrypted(value)?.is_some(),
            ExprKind::CallValue { .. } => true,
            _ => false,
        };
        if !holds {
            return Ok(None);
        }
        let text = match self.encrypted(value)? {
            Some(plain) => Some(self.value(plain, &Ty::Str)?),
            None => None,
        };
        if let Some(plain) = text {
            let ty = if plain.ty == Ty::Str {
                Ty::Str
            } else {
                Ty::String
            };
            let shown = match ty {
                Ty::Str => plain.expr,
                _ => Expr::raw(format!("{}.to_string()", plain.expr.flat())),
            };
            self.define(name, shown, Variable::new(self.name(name), ty));
            self.secrets.insert(name.to_owned(), vec![String::new()]);
            return Ok(Some(()));
        }
        self.encrypt.clear();
        let json = self.json(value, "")?;
        let pointers = std::mem::take(&mut self.encrypt);
        let constant = fold::constant(value, &self.scope).filter(|_| pointers.is_empty());
        let json = match json {
            super::json::Json::Leaf(code) => Expr::raw(format!("{code}.clone()")),
            json => self.json_value(json, "value"),
        };
        if let ExprKind::Array(_) = value.kind {
            self.arrays.insert(name.to_owned(), value);
        }
        let variable = Variable {
            constant,
            ..Variable::new(self.name(name), Ty::Json)
        };
        self.define(name, json, variable);
        if !pointers.is_empty() {
            self.secrets.insert(name.to_owned(), pointers);
        }
        Ok(Some(()))
    }

    /// The variable of a value; what is only another view of one needs no `let`.
    pub(crate) fn keep(
        &mut self,
        name: &str,
        value: &Php,
        typed: Typed,
        variable: Variable,
    ) -> Outcome<()> {
        match &typed.ty {
            Ty::Stack { .. } | Ty::Body(_) | Ty::Answer(_) | Ty::Meta(_) => {
                let alias = Variable {
                    rust: typed.expr.flat(),
                    ..variable
                };
                self.scope.set(name, alias);
                return Ok(());
            }
            Ty::Null => {
                let message = "a variable that is `null` has no type in Rust";
                return Err(Problem::error(value.span, message));
            }
            _ => {}
        }
        let alias = matches!(value.kind, ExprKind::Variable(_));
        // An answer under a second name is the same answer.
        if alias && matches!(typed.ty, Ty::Response | Ty::Client | Ty::ClientRef) {
            let alias = Variable {
                rust: typed.expr.flat(),
                ..variable
            };
            self.scope.set(name, alias);
            return Ok(());
        }
        let pure = variable.constant.is_some() || variable.uri.is_some();
        let moved = match (&typed.ty, alias) {
            (Ty::Int, _) => whole(&typed),
            (Ty::String | Ty::Json, true) => Expr::raw(format!("{}.clone()", typed.expr.flat())),
            (Ty::JsonRef, _) if typed.expr.flat().ends_with(']') => {
                Expr::raw(format!("&{}", typed.expr.flat()))
            }
            _ => typed.expr,
        };
        let uri = typed.ty == Ty::Uri && matches!(moved, Expr::Raw(_));
        let variable = match uri {
            // `new Uri('…')` is the text itself.
            true => Variable {
                ty: Ty::Uri,
                ..variable
            },
            false => variable,
        };
        if pure && self.is_folded(name) {
            self.superseded.insert(variable.rust.clone());
        }
        self.define(name, moved, variable);
        Ok(())
    }

    /// Whether the rest of the text asks only for parts of a known URL: then Rust has the parts.
    pub(crate) fn is_folded(&self, name: &str) -> bool {
        let text = &self.block.text;
        ["getPath()", "getQuery()", "getHost()"]
            .iter()
            .any(|part| text.contains(&format!("${name}->{part}")))
            || text.contains(&format!("Uri(${name})"))
    }

    /// The file that a key or serial was read from, as Rust writes its path.
    pub(crate) fn file_of(&mut self, value: &'a Php) -> Option<String> {
        let source = match &value.kind {
            ExprKind::StaticCall {
                class,
                method,
                args,
            } if (class.is("WeChatPay\\Crypto\\Rsa") && method.eq_ignore_ascii_case("from"))
                || class.is("WeChatPay\\Util\\PemUtil") =>
            {
                &args.first()?.value
            }
            _ => return None,
        };
        let known = fold::constant(source, &self.scope)?;
        let path = known.as_str()?.strip_prefix("file://")?.to_owned();
        Some(path)
    }

    pub(crate) fn assign_call(
        &mut self,
        name: &'a str,
        call: &Call<'a>,
        rest: &'a [Stmt],
    ) -> Outcome<()> {
        let later = rest.iter().any(|stmt| {
            let text = self.source(stmt.span);
            text.contains(&format!("${name}->wait")) || text.contains(&format!("${name} ->wait"))
        });
        if call.verb.mode == Mode::Async && !call.waited && later {
            let made = self.request(call)?;
            let rust = self.name(name);
            let ty = Ty::Promise;
            self.define(name, made.expr, Variable::new(rust, ty));
            let deferred = super::call::Deferred {
                handlers: call.handlers.clone(),
                saved: made.saved,
                span: call.span,
            };
            self.promises.retain(|(known, _)| known != name);
            self.promises.push((name.to_owned(), deferred));
            return Ok(());
        }
        let answer = self.call(call, Some(name))?;
        let variable = Variable::new(answer.expr.flat(), answer.ty);
        self.scope.set(name, variable);
        Ok(())
    }

    /// `$promise->wait()`
    pub(crate) fn fulfil(&mut self, name: &str, span: Span) -> Outcome<Typed> {
        let at = self.promises.iter().position(|(known, _)| known == name);
        let Some(at) = at else {
            return Err(Problem::error(span, "this promise was waited for already"));
        };
        let (_, deferred) = self.promises.remove(at);
        let rust = self.name(name);
        self.settle(
            Expr::raw(rust),
            deferred.saved,
            &deferred.handlers,
            None,
            deferred.span,
        )
    }
}

/// A number as an `i64`: sums of it are no `i32`s.
fn whole(typed: &Typed) -> Expr {
    let code = typed.expr.bare();
    let digits = code.trim_start_matches('-');
    match digits.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Expr::raw(format!("{code}_i64")),
        false => super::operator::wide(typed.clone(), &typed.expr),
    }
}

/// A key as a JSON pointer.
fn pointer(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}
