//! Expressions of PHP as expressions of Rust.

use super::fold;
use super::porter::{Outcome, Porter};
use super::rust::{Expr, Level};
use super::scope::{Ty, Typed, is_name};
use super::text::{escaped, quoted};
use crate::diagnostic::Problem;
use crate::recognise;
use crate::syntax::{Arg, BinaryOp, Cast, Expr as Php, ExprKind, Member, Piece, Span};

impl<'a> Porter<'a> {
    /// An expression of Rust; `wanted` is what an undefined variable is taken for.
    pub(crate) fn value(&mut self, expr: &'a Php, wanted: &Ty) -> Outcome<Typed> {
        if let Some(literal) = literal(expr) {
            return Ok(literal);
        }
        refuse_names(expr)?;
        match &expr.kind {
            ExprKind::Variable(name) => self.read(name, wanted, expr.span),
            ExprKind::Array(_) => {
                let known = self.encrypt.len();
                let json = self.json(expr, "")?;
                if self.encrypt.len() > known {
                    self.encrypt.truncate(known);
                    return Err(encrypted_elsewhere(expr.span));
                }
                Ok(Typed::new(self.json_value(json, "value"), Ty::Json))
            }
            ExprKind::Interpolated(_) => self.text(expr),
            ExprKind::Binary { op, left, right } => self.binary(expr, *op, left, right),
            ExprKind::Cast { to, value } => self.cast(expr, *to, value, wanted),
            ExprKind::Constant(_) => self.constant(expr),
            ExprKind::Unary { op, operand } => self.unary(expr, *op, operand),
            ExprKind::Index {
                object,
                index: Some(index),
            } => self.index(expr, object, index),
            ExprKind::Property { object, member } => self.property(expr, object, member),
            ExprKind::Call { function, args } => self.function(expr, &function.last(), args),
            ExprKind::StaticCall {
                class,
                method,
                args,
            } => self.static_call(expr, class, &method.to_ascii_lowercase(), args),
            ExprKind::New { class, args } => self.new_object(expr, class, args),
            ExprKind::MethodCall {
                object,
                method,
                args,
            } => self.method_call(expr, object, method, args),
            ExprKind::Clone(inner) => self.value(inner, wanted),
            ExprKind::CallValue { .. } => match self.encrypted(expr)? {
                Some(plain) => {
                    let plain = self.value(plain, &Ty::Str)?;
                    let client = self.any_client(expr.span)?;
                    let call = format!("{client}.encrypt({})?", plain.as_str().flat());
                    Ok(Typed::raw(call, Ty::String))
                }
                None => Err(self.unknown(expr)),
            },
            _ => self.folded(expr),
        }
    }

    /// What has no equal, but is known before PHP runs.
    pub(crate) fn folded(&self, expr: &'a Php) -> Outcome<Typed> {
        let known = fold::constant(expr, &self.scope);
        known
            .as_ref()
            .and_then(of_constant)
            .ok_or_else(|| self.unknown(expr))
    }

    pub(crate) fn unknown(&self, expr: &Php) -> Problem {
        let what = match &expr.kind {
            ExprKind::Unsupported { what } => what.clone(),
            _ => {
                let text = self.source(expr.span).lines().next().unwrap_or_default();
                let shown: String = text.chars().take(40).collect();
                format!("`{shown}`")
            }
        };
        Problem::error(expr.span, format!("the porter does not know {what}"))
            .hint("write this part in Rust")
    }

    fn read(&mut self, name: &str, wanted: &Ty, span: Span) -> Outcome<Typed> {
        let variable = self.scope.read(name, wanted);
        let refused = match variable.ty {
            Ty::Nothing => "nothing in Rust stands for it",
            Ty::Encryptor => "a closure that encrypts can only be called",
            _ if self.secrets.contains_key(name) => {
                "it holds what PHP encrypts, and only the JSON of a call may have that"
            }
            _ => return Ok(Typed::raw(variable.rust, variable.ty)),
        };
        Err(Problem::error(span, format!("`${name}`: {refused}")))
    }

    fn constant(&mut self, expr: &'a Php) -> Outcome<Typed> {
        self.folded(expr)
    }

    /// A text that is put together: one `format!`, or a literal where all of it is known.
    pub(crate) fn text(&mut self, expr: &'a Php) -> Outcome<Typed> {
        let pieces = self.pieces(expr)?;
        Ok(match self.formatted(&pieces) {
            (template, args) if args.is_empty() && !template.contains('{') => {
                Typed::raw(format!("\"{template}\""), Ty::Str)
            }
            (template, args) => {
                let mut all = vec![Expr::raw(format!("\"{template}\""))];
                all.extend(args.into_iter().map(Expr::raw));
                Typed::new(Expr::call("format!", all), Ty::String)
            }
        })
    }

    /// The parts of a concatenation.
    pub(crate) fn pieces(&mut self, expr: &'a Php) -> Outcome<Vec<Typed>> {
        match &expr.kind {
            ExprKind::Binary {
                op: BinaryOp::Concat,
                left,
                right,
            } => {
                let mut pieces = self.pieces(left)?;
                pieces.extend(self.pieces(right)?);
                Ok(pieces)
            }
            ExprKind::Interpolated(parts) => {
                let mut pieces = Vec::new();
                for part in parts {
                    pieces.push(match part {
                        Piece::Text(text) => Typed::raw(quoted(text), Ty::Str),
                        Piece::Value(expr) => self.shown(expr)?,
                    });
                }
                Ok(pieces)
            }
            ExprKind::Cast {
                to: Cast::String,
                value,
            } if self.known(expr).is_none() => self.pieces(value),
            _ => Ok(vec![self.shown(expr)?]),
        }
    }

    /// The text of a format string and its arguments.
    pub(crate) fn formatted(&self, pieces: &[Typed]) -> (String, Vec<String>) {
        let (mut template, mut args) = (String::new(), Vec::new());
        for piece in pieces {
            let code = piece.expr.bare();
            let code = code
                .strip_suffix(".to_string()")
                .unwrap_or(&code)
                .to_owned();
            if let Some(text) = unquoted(&code) {
                template.push_str(&escaped(&text).replace('{', "{{").replace('}', "}}"));
                continue;
            }
            match is_name(&code) {
                true => template.push_str(&format!("{{{code}}}")),
                false => {
                    template.push_str("{}");
                    args.push(code);
                }
            }
        }
        (template, args)
    }

    fn index(&mut self, expr: &'a Php, object: &'a Php, index: &'a Php) -> Outcome<Typed> {
        let object = self.value(object, &Ty::Json)?;
        if !matches!(object.ty, Ty::Json | Ty::JsonRef) {
            return Err(self.unknown(expr));
        }
        let known = fold::constant(index, &self.scope);
        let index = match known.as_ref().and_then(fold::Key::of) {
            Some(fold::Key::Number(number @ 0..)) => number.to_string(),
            Some(fold::Key::Text(text)) => quoted(&text),
            Some(fold::Key::Number(_)) => return Err(self.unknown(expr)),
            None => match self.value(index, &Ty::Str)? {
                text if text.ty == Ty::Str => text.expr.flat(),
                text if text.ty == Ty::String => format!("&{}", text.expr.flat()),
                _ => return Err(self.unknown(expr)),
            },
        };
        let place = format!("{}[{index}]", object.expr.flat());
        Ok(Typed::raw(place, Ty::JsonRef))
    }

    fn property(&mut self, expr: &'a Php, object: &'a Php, member: &'a Member) -> Outcome<Typed> {
        let Some(name) = member.name() else {
            return Err(self.unknown(expr));
        };
        let object = self.value(object, &Ty::Json)?;
        match object.ty {
            Ty::Json | Ty::JsonRef => Ok(Typed::raw(
                format!("{}[{}]", object.expr.flat(), quoted(name)),
                Ty::JsonRef,
            )),
            _ => Err(self.unknown(expr)),
        }
    }

    fn method_call(
        &mut self,
        expr: &'a Php,
        object: &'a Php,
        method: &'a Member,
        args: &'a [Arg],
    ) -> Outcome<Typed> {
        if let Some(call) = recognise::Call::of(expr) {
            return self.call(&call, None);
        }
        let Some(name) = method.name() else {
            return Err(self.unknown(expr));
        };
        let name = name.to_ascii_lowercase();
        if let Some(stack) = self.stack_of(expr, object, &name)? {
            return Ok(stack);
        }
        if let Some(uri) = self.uri_method(object, &name, args)? {
            return Ok(uri);
        }
        let wanted = match &*name {
            "getstream" | "getcontenttype" | "getmeta" | "setmeta" => Ty::Media,
            _ => Ty::Response,
        };
        if let ExprKind::Variable(variable) = &object.kind
            && self.scope.get(variable).is_none()
            && wanted == Ty::Response
        {
            return self.folded(expr);
        }
        if let Some(value) = fold::constant(expr, &self.scope)
            .as_ref()
            .and_then(of_constant)
        {
            return Ok(value);
        }
        let object = self.value(object, &wanted)?;
        self.member_of(&object, &name, args)
            .ok_or_else(|| self.unknown(expr))
    }

    /// A method of an answer, an error or an upload.
    fn member_of(&mut self, object: &Typed, name: &str, args: &'a [Arg]) -> Option<Typed> {
        let code = object.expr.flat();
        Some(match (&object.ty, name) {
            (Ty::Response, "getbody") => Typed::raw(code.clone(), Ty::Body(code)),
            (Ty::Response, "getstatuscode") => {
                Typed::raw(format!("{code}.status().as_u16()"), Ty::Int)
            }
            (Ty::Response, "getreasonphrase") => Typed::raw(
                format!("{code}.status().canonical_reason().unwrap_or_default()"),
                Ty::Str,
            ),
            (Ty::Response, "getheaderline") => {
                let header = fold::constant(&args.first()?.value, &self.scope)?;
                let header = quoted(header.as_str()?);
                Typed::raw(
                    format!("{code}.headers()[{header}].to_str().unwrap_or_default()"),
                    Ty::Str,
                )
            }
            (Ty::Saved, "getbody") => Typed::raw(code, Ty::Body(String::new())),
            (Ty::Body(answer), "getcontents" | "__tostring") if !answer.is_empty() => {
                Typed::raw(format!("{answer}.text()?"), Ty::Str)
            }
            (Ty::Error, "getmessage" | "__tostring") => Typed::raw(code, Ty::Error),
            (Ty::Error, "gettraceasstring") => Typed::raw(format!("{code}.report()"), Ty::String),
            // Without an answer PHP has `null` here.
            (Ty::Error, "getresponse") if self.answers > 0 => Typed::raw("api", Ty::Answer(code)),
            (Ty::Answer(_), "getstatuscode") => Typed::raw("api.status.as_u16()", Ty::Int),
            (Ty::Answer(_), "getreasonphrase") => {
                Typed::raw("api.status.canonical_reason().unwrap_or_default()", Ty::Str)
            }
            (Ty::Answer(_), "getbody") => {
                Typed::raw("String::from_utf8_lossy(&api.body)", Ty::String)
            }
            (Ty::String, "__tostring" | "getcontents") => object.clone(),
            (Ty::Media, "getstream") => Typed::raw(code, Ty::Media),
            _ => return None,
        })
    }

    /// Some client, for what PHP does without one.
    pub(crate) fn any_client(&mut self, span: Span) -> Outcome<String> {
        match self.scope.any_client() {
            Some(client) => Ok(client),
            None => Err(Problem::error(
                span,
                "there is no client that could do this",
            )),
        }
    }
}

/// `f(name: …)`: the porter reads arguments by their places.
pub(crate) fn refuse_names(expr: &Php) -> Outcome<()> {
    let (ExprKind::Call { args, .. }
    | ExprKind::CallValue { args, .. }
    | ExprKind::MethodCall { args, .. }
    | ExprKind::StaticCall { args, .. }
    | ExprKind::New { args, .. }) = &expr.kind
    else {
        return Ok(());
    };
    match args.iter().find(|arg| arg.name.is_some()) {
        Some(arg) => Err(Problem::error(
            arg.value.span,
            "the porter does not know named arguments",
        )
        .hint("write the arguments in their order")),
        None => match &expr.kind {
            ExprKind::MethodCall { object, .. } => refuse_names(object),
            _ => Ok(()),
        },
    }
}

pub(crate) fn encrypted_elsewhere(span: Span) -> Problem {
    Problem::error(span, "what PHP encrypts here is in no JSON of a call")
        .hint("give the array to the call as `json`, or encrypt with `client.encrypt(..)`")
}

/// A literal of both languages.
fn literal(expr: &Php) -> Option<Typed> {
    Some(match &expr.kind {
        ExprKind::Null => Typed::raw("()", Ty::Null),
        ExprKind::Bool(flag) => Typed::raw(flag.to_string(), Ty::Bool),
        ExprKind::Int(number) => integer(*number),
        ExprKind::Float(_) => {
            return fold::constant(expr, &Default::default())
                .as_ref()
                .and_then(of_constant);
        }
        ExprKind::String(text) => Typed::raw(quoted(text), Ty::Str),
        _ => return None,
    })
}

/// A known value as a literal.
pub(crate) fn of_constant(value: &serde_json::Value) -> Option<Typed> {
    use serde_json::Value;
    Some(match value {
        Value::Null => Typed::raw("()", Ty::Null),
        Value::Bool(flag) => Typed::raw(flag.to_string(), Ty::Bool),
        Value::Number(number) => match number.as_i64() {
            Some(number) => integer(number),
            None => signed(format!("{:?}", number.as_f64()?), Ty::Float),
        },
        Value::String(text) => Typed::raw(quoted(text), Ty::Str),
        _ => return None,
    })
}

/// A whole number; the compiler takes it for an `i32` where nothing says otherwise.
fn integer(number: i64) -> Typed {
    let suffix = i32::try_from(number).map_or("_i64", |_| "");
    signed(format!("{number}{suffix}"), Ty::Int)
}

/// A number's sign is an operator of Rust.
fn signed(code: String, ty: Ty) -> Typed {
    match code.starts_with('-') {
        true => Typed::new(Expr::op(code, Level::Unary), ty),
        false => Typed::raw(code, ty),
    }
}

/// The text of a literal that `quoted` made.
pub(crate) fn unquoted(code: &str) -> Option<String> {
    let one = |code: &str| {
        let mut escaped = false;
        code.chars().all(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            !ends
        })
    };
    if let Some(text) = code
        .strip_prefix("r#\"")
        .and_then(|c| c.strip_suffix("\"#"))
    {
        return (!text.contains("\"#")).then(|| text.to_owned());
    }
    if let Some(text) = code.strip_prefix("r\"").and_then(|c| c.strip_suffix('"')) {
        return (!text.contains('"')).then(|| text.to_owned());
    }
    let text = code.strip_prefix('"')?.strip_suffix('"')?;
    if !one(text) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.push(match chars.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                '0' => '\0',
                same @ ('"' | '\\' | '\'') => same,
                'u' => unicode(&mut chars)?,
                _ => return None,
            }),
            c => out.push(c),
        }
    }
    Some(out)
}

/// `{202e}` of `\u{202e}`.
fn unicode(chars: &mut std::str::Chars<'_>) -> Option<char> {
    let digits: String = chars.by_ref().take_while(|c| *c != '}').collect();
    let number = u32::from_str_radix(digits.strip_prefix('{')?, 16).ok()?;
    char::from_u32(number)
}
