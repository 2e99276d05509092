//! The functions and classes that snippets use beside the client.

use super::fold;
use super::porter::{Outcome, Porter};
use super::rust::Expr;
use super::scope::{Ty, Typed};
use super::text::quoted;
use super::value::of_constant;
use crate::diagnostic::Problem;
use crate::recognise;
use crate::syntax::{Arg, Expr as Php, ExprKind, Name, Stmt, StmtKind};

impl<'a> Porter<'a> {
    pub(crate) fn function(
        &mut self,
        expr: &'a Php,
        name: &str,
        args: &'a [Arg],
    ) -> Outcome<Typed> {
        let first = args.first().map(|arg| &arg.value);
        match (name, first) {
            ("json_encode", Some(value)) => self.json_encode(value),
            ("json_decode", Some(value)) => self.json_decode(expr, value),
            ("time", None) => Ok(self.now()),
            ("strtoupper" | "strtolower", Some(value)) if self.known(expr).is_none() => {
                let value = self.value(value, &Ty::Str)?;
                let method = match name {
                    "strtoupper" => "to_ascii_uppercase",
                    _ => "to_ascii_lowercase",
                };
                let code = value.expr.flat();
                // The library writes digests in upper case already.
                let upper = code.strip_suffix(super::crypto::LOWER);
                match upper.filter(|code| name == "strtoupper" && code.contains("_hex(")) {
                    Some(upper) => Ok(Typed::raw(upper, Ty::String)),
                    None if value.is_text() => {
                        Ok(Typed::raw(format!("{code}.{method}()"), Ty::String))
                    }
                    None => Err(self.unknown(expr)),
                }
            }
            ("hash_file", Some(algorithm)) => self.hash_file(expr, algorithm, args),
            ("md5" | "hash", Some(_)) if self.known(expr).is_none() => Err(self.unknown(expr)),
            ("file_get_contents", Some(path)) if self.reads_request(path) => Err(Problem::error(
                expr.span,
                "`php://input` is the request that a server got",
            )
            .hint("give its headers and body to notify::Notifications::handle, which verifies and decrypts them")),
            ("file_get_contents", Some(path)) => self.file(path),
            ("getenv", Some(name)) => {
                let name = self.value(name, &Ty::Str)?.as_str();
                let read = Expr::call("std::env::var", [name]).method("unwrap_or_default", []);
                Ok(Typed::new(read, Ty::String))
            }
            ("uniqid", None) => {
                let now =
                    Expr::call("std::time::UNIX_EPOCH.elapsed", []).method("unwrap_or_default", []);
                let now = self.bind("now", now);
                let parts = [
                    "\"{:08x}{:05x}\"".to_owned(),
                    format!("{now}.as_secs()"),
                    format!("{now}.subsec_micros()"),
                ];
                Ok(Typed::new(
                    Expr::call("format!", parts.map(Expr::raw)),
                    Ty::String,
                ))
            }
            ("abs", Some(value)) => {
                let value = self.value(value, &Ty::Int)?;
                if value.ty != Ty::Int {
                    return Err(self.unknown(expr));
                }
                let code = super::operator::wide(value.clone(), &value.expr).flat();
                Ok(Typed::raw(format!("{code}.abs()"), Ty::Int))
            }
            _ => self.known(expr).ok_or_else(|| self.unknown(expr)),
        }
    }

    /// What is known before PHP runs, as a literal.
    pub(crate) fn known(&self, expr: &Php) -> Option<Typed> {
        fold::constant(expr, &self.scope)
            .as_ref()
            .and_then(of_constant)
    }

    pub(crate) fn json_encode(&mut self, value: &'a Php) -> Outcome<Typed> {
        let value = self.value(value, &Ty::Json)?;
        let code = match value.ty {
            Ty::Json | Ty::JsonRef => value.expr.flat(),
            _ => {
                let json = self.imports.of("serde_json", "json");
                format!("{json}!({})", value.expr.flat())
            }
        };
        Ok(Typed::raw(format!("{code}.to_string()"), Ty::String))
    }

    pub(crate) fn json_decode(&mut self, expr: &'a Php, value: &'a Php) -> Outcome<Typed> {
        if let ExprKind::MethodCall { object, method, .. } = &value.kind
            && method
                .name()
                .is_some_and(|name| name.eq_ignore_ascii_case("getMeta"))
        {
            return self.usual_meta(expr, object);
        }
        let value = self.value(value, &Ty::Response)?;
        let code = value.expr.flat();
        if let Some(answer) = code.strip_suffix(".text()?") {
            return Ok(Typed::raw(format!("{answer}.value()?"), Ty::JsonRef));
        }
        match (&value.ty, value.is_text()) {
            (Ty::Body(answer), _) if !answer.is_empty() => {
                Ok(Typed::raw(format!("{answer}.value()?"), Ty::JsonRef))
            }
            (_, true) => {
                let json = self.imports.of("serde_json", "Value");
                let (error, kind) = (self.imports.own("Error"), self.imports.own("ErrorKind"));
                let text = value.as_str();
                let failed = format!(
                    "|err| {error}::new({kind}::Body, \"this is no JSON\").with_source(err)"
                );
                let parsed = Expr::call(format!("serde_json::from_str::<{json}>"), [text])
                    .method("map_err", [Expr::raw(failed)])
                    .tried();
                let name = self.bind("decoded", parsed);
                Ok(Typed::raw(name, Ty::Json))
            }
            _ => Err(self.unknown(expr)),
        }
    }

    /// Whether it is what a PHP program reads of the request it serves.
    fn reads_request(&self, path: &Php) -> bool {
        let path = fold::constant(path, &self.scope);
        let path = path.as_ref().and_then(|path| path.as_str());
        path.is_some_and(|path| path.starts_with("php:"))
    }

    pub(crate) fn now(&mut self) -> Typed {
        Typed::raw(self.of_the_clock("now"), Ty::Int)
    }

    /// A method of the clock; in a macro the trait is not in scope.
    fn of_the_clock(&mut self, method: &str) -> String {
        let (clock, system) = (self.imports.own("Clock"), self.imports.own("SystemClock"));
        match self.imports.is_absolute() {
            true => format!("{clock}::{method}(&{system}::new())"),
            false => format!("{system}::new().{method}()"),
        }
    }

    pub(crate) fn nonce(&mut self) -> Outcome<Typed> {
        let nonce = self.of_the_clock("nonce");
        Ok(Typed::raw(format!("{nonce}?"), Ty::String))
    }

    /// The bytes of a file.
    pub(crate) fn bytes_of(&mut self, path: &'a Php) -> Outcome<String> {
        let path = self.path_of(path)?;
        let (error, kind) = (self.imports.own("Error"), self.imports.own("ErrorKind"));

        let failed = format!(
            "|err| {error}::new({kind}::File, \"the file cannot be read\").with_source(err)"
        );
        let value = Expr::call("std::fs::read", [path])
            .method("map_err", [Expr::raw(failed)])
            .tried();
        let name = self.bind("bytes", value);
        Ok(name)
    }

    pub(crate) fn file(&mut self, path: &'a Php) -> Outcome<Typed> {
        let name = self.bytes_of(path)?;
        Ok(Typed::raw(
            format!("String::from_utf8_lossy(&{name}).into_owned()"),
            Ty::String,
        ))
    }

    pub(crate) fn hash_file(
        &mut self,
        expr: &'a Php,
        algorithm: &Php,
        args: &'a [Arg],
    ) -> Outcome<Typed> {
        let algorithm = fold::constant(algorithm, &self.scope);
        let (Some("sha256"), Some(path)) = (
            algorithm.as_ref().and_then(|name| name.as_str()),
            args.get(1),
        ) else {
            return Err(self.unknown(expr));
        };
        let bytes = self.bytes_of(&path.value)?;
        let digest = self.imports.of("wechatpay_chain::crypto", "digest");
        Ok(Typed::raw(
            format!("{digest}::sha256_hex(&{bytes})"),
            Ty::String,
        ))
    }

    /// A file's path as Rust writes it: `file:///a` is `/a`.
    pub(crate) fn path_of(&mut self, path: &'a Php) -> Outcome<Expr> {
        if let Some(serde_json::Value::String(text)) = fold::constant(path, &self.scope)
            && !matches!(path.kind, ExprKind::Variable(_))
        {
            return Ok(Expr::raw(quoted(
                text.strip_prefix("file://").unwrap_or(&text),
            )));
        }
        let value = self.value(path, &Ty::Str)?;
        let text = fold::constant(path, &self.scope);
        match text.as_ref().and_then(|text| text.as_str()) {
            Some(text) if text.starts_with("file://") => {
                let code = value.expr.flat();
                Ok(Expr::raw(format!("{code}.trim_start_matches(\"file://\")")))
            }
            _ => Ok(value.as_str()),
        }
    }

    pub(crate) fn new_object(
        &mut self,
        expr: &'a Php,
        class: &'a Name,
        args: &'a [Arg],
    ) -> Outcome<Typed> {
        if let Some(path) = recognise::media(expr) {
            return match args.get(1) {
                None => self.media(path),
                Some(stream) => Err(Problem::error(
                    stream.value.span,
                    "the file is sent from a stream, not from the path",
                )
                .hint("write Media::from_bytes(name, bytes), or Media::from_reader")),
            };
        }
        let first = args.first().map(|arg| &arg.value);
        match first {
            Some(url) if class.is("GuzzleHttp\\Psr7\\Uri") => {
                let url = self.value(url, &Ty::Str)?;
                Ok(Typed::new(url.expr, Ty::Uri))
            }
            _ if class.is("GuzzleHttp\\Client") => Err(Problem::error(
                expr.span,
                "a plain Guzzle client does not sign: this is no call of WeChat Pay's API",
            )
            .hint("fetch it with an HTTP client of your own, such as `reqwest`")),
            _ => Err(self.unknown(expr)),
        }
    }

    pub(crate) fn static_call(
        &mut self,
        expr: &'a Php,
        class: &'a Name,
        method: &str,
        args: &'a [Arg],
    ) -> Outcome<Typed> {
        let arg = |index: usize| args.get(index).map(|arg| &arg.value);
        if class.is("WeChatPay\\Builder") && method == "factory" {
            let settings = recognise::factory(expr).ok_or_else(|| self.unknown(expr))?;
            return Ok(Typed::new(self.factory(expr.span, settings)?, Ty::Client));
        }
        if class.is("WeChatPay\\Formatter") {
            return match (method, args.is_empty()) {
                ("timestamp", _) => Ok(self.now()),
                ("nonce", _) => self.nonce(),
                ("joinedbylinefeed", false) => self.joined(args),
                _ => self.known(expr).ok_or_else(|| self.unknown(expr)),
            };
        }
        if class.is("WeChatPay\\Transformer") && method == "toarray" {
            let value = arg(0).ok_or_else(|| self.unknown(expr))?;
            let decoded = self.json_decode(expr, value)?;
            return match decoded.expr.flat().ends_with(".value()?") {
                true => Ok(decoded),
                // Of a notification, not of an answer.
                false => Err(Problem::error(expr.span, "this XML is no answer's")
                    .hint("notify::Notifications reads notifications of APIv2, and verifies them")),
            };
        }
        if class.is("WeChatPay\\Crypto\\Rsa") {
            return self.rsa(expr, method, args);
        }
        if class.is("WeChatPay\\Crypto\\Hash") {
            return self.hash(expr, method, args);
        }
        if class.is("WeChatPay\\Crypto\\AesGcm") && method == "decrypt" {
            return self.open(expr, args);
        }
        if class.is("WeChatPay\\Util\\PemUtil") && method == "parsecertificateserialno" {
            let path = arg(0).ok_or_else(|| self.unknown(expr))?;
            let certificate = self.imports.own("Certificate");
            let known = fold::constant(path, &self.scope);
            let known = known.as_ref().and_then(|text| text.as_str());
            let url = known.is_some_and(|text| text.starts_with("file://"));
            let read = match &path.kind {
                ExprKind::Variable(_) if url => {
                    let text = self.value(path, &Ty::Str)?.expr;
                    Expr::call(format!("{certificate}::from_bytes"), [text])
                }
                _ => Expr::call(format!("{certificate}::from_file"), [self.path_of(path)?]),
            };
            let serial = read.tried().method("serial", []).method("to_owned", []);
            return Ok(Typed::new(serial, Ty::String));
        }
        if class.is("GuzzleHttp\\Psr7\\Query") && method == "build" {
            let value = arg(0).ok_or_else(|| self.unknown(expr))?;
            let members = self.value(value, &Ty::Json)?;
            let function = self.imports.own("query_string");
            let members = match members.ty {
                Ty::JsonRef => members.expr,
                _ => Expr::raw(format!("&{}", members.expr.flat())),
            };
            return Ok(Typed::new(
                Expr::call(function, [members]).tried(),
                Ty::String,
            ));
        }
        Err(self.unknown(expr))
    }
}

/// Whether a closure does nothing but `return Rsa::encrypt($its_parameter, …);`.
pub(crate) fn encrypts(expr: &Php) -> bool {
    let ExprKind::Closure(closure) = &expr.kind else {
        return false;
    };
    let (
        [
            Stmt {
                kind: StmtKind::Return(Some(returned)),
                ..
            },
        ],
        [param],
    ) = (&*closure.body, &*closure.params)
    else {
        return false;
    };
    let ExprKind::StaticCall {
        class,
        method,
        args,
    } = &returned.kind
    else {
        return false;
    };
    let own = args.first().is_some_and(|arg| {
        arg.name.is_none()
            && matches!(&arg.value.kind, ExprKind::Variable(name) if *name == param.name)
    });
    own && class.is("WeChatPay\\Crypto\\Rsa") && method.eq_ignore_ascii_case("encrypt")
}
