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
                // A signature is in upper case already.
                match name == "strtoupper" && code.contains("md5_hex(") {
                    true => Ok(value),
                    false => Ok(Typed::raw(format!("{code}.{method}()"), Ty::String)),
                }
            }
            ("hash_file", Some(algorithm)) => self.hash_file(expr, algorithm, args),
            ("md5" | "hash", Some(_)) if self.known(expr).is_none() => Err(self.unknown(expr)),
            ("file_get_contents", Some(path)) => self.file(path),
            ("getenv", Some(name)) => {
                let name = self.value(name, &Ty::Str)?.as_str();
                let read = Expr::call("std::env::var", [name]).method("unwrap_or_default", []);
                Ok(Typed::new(read, Ty::String))
            }
            ("uniqid", _) => self.nonce(),
            ("abs", Some(value)) => {
                let value = self.value(value, &Ty::Int)?;
                Ok(Typed::raw(
                    format!("({}).abs()", value.expr.flat()),
                    Ty::Int,
                ))
            }
            _ => self.known(expr).ok_or_else(|| self.unknown(expr)),
        }
    }

    fn known(&self, expr: &Php) -> Option<Typed> {
        fold::constant(expr, &self.scope)
            .as_ref()
            .and_then(of_constant)
    }

    fn json_encode(&mut self, value: &'a Php) -> Outcome<Typed> {
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

    fn json_decode(&mut self, expr: &'a Php, value: &'a Php) -> Outcome<Typed> {
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

    fn now(&mut self) -> Typed {
        self.imports.own("Clock");
        let clock = self.imports.own("SystemClock");
        Typed::raw(format!("{clock}::new().now()"), Ty::Int)
    }

    fn nonce(&mut self) -> Outcome<Typed> {
        self.imports.own("Clock");
        let clock = self.imports.own("SystemClock");
        Ok(Typed::raw(format!("{clock}::new().nonce()?"), Ty::String))
    }

    /// The bytes of a file.
    fn bytes_of(&mut self, path: &'a Php) -> Outcome<String> {
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

    fn file(&mut self, path: &'a Php) -> Outcome<Typed> {
        let name = self.bytes_of(path)?;
        Ok(Typed::raw(
            format!("String::from_utf8_lossy(&{name}).into_owned()"),
            Ty::String,
        ))
    }

    fn hash_file(&mut self, expr: &'a Php, algorithm: &Php, args: &'a [Arg]) -> Outcome<Typed> {
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
            return self.media(path);
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
            return self.json_decode(expr, value);
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

    /// The members of `...array_values($params)`, of an array that was written here.
    fn spread(&mut self, expr: &Php) -> Option<Vec<Typed>> {
        let text = self.source(expr.span).trim_start_matches("...");
        let name = text
            .trim_start_matches('\\')
            .strip_prefix("array_values($")?;
        let name = name.strip_suffix(')')?;
        let ExprKind::Array(items) = &self.arrays.get(name)?.kind else {
            return None;
        };
        let rust = self.scope.get(name)?.rust.clone();
        let keyed = fold::keyed(items, &self.scope)?;
        let members = keyed
            .iter()
            .map(|(key, _)| Typed::raw(format!("{rust}[{}]", quoted(&key.text())), Ty::JsonRef));
        Some(members.collect())
    }

    /// A text's bytes; what is put together gets a name first.
    fn bytes(&mut self, text: &Typed) -> String {
        match &text.expr {
            Expr::Raw(code) => format!("{code}.as_bytes()"),
            other => format!("{}.as_bytes()", self.bind("text", other.clone())),
        }
    }

    /// Each text and a line break.
    fn joined(&mut self, args: &'a [Arg]) -> Outcome<Typed> {
        let mut pieces = Vec::new();
        for arg in args {
            if let Some(spread) = self.spread(&arg.value) {
                for piece in spread {
                    pieces.push(piece);
                    pieces.push(Typed::raw("\"\\n\"", Ty::Str));
                }
                continue;
            }
            pieces.extend(self.pieces(&arg.value)?);
            pieces.push(Typed::raw("\"\\n\"", Ty::Str));
        }
        let (template, args) = self.formatted(&pieces);
        let mut all = vec![Expr::raw(format!("\"{template}\""))];
        all.extend(args.into_iter().map(Expr::raw));
        Ok(Typed::new(Expr::call("format!", all), Ty::String))
    }

    fn rsa(&mut self, expr: &'a Php, method: &str, args: &'a [Arg]) -> Outcome<Typed> {
        let arg = |index: usize| args.get(index).map(|arg| &arg.value);
        let missing = || Problem::error(expr.span, "an argument is missing");
        match method {
            "from" | "frompkcs1" | "frompkcs8" | "fromspki" => self.key(expr, method, args),
            "sign" => {
                let text = self.value(arg(0).ok_or_else(missing)?, &Ty::Str)?;
                let key = self.value(arg(1).ok_or_else(missing)?, &Ty::PrivateKey)?;
                let text = self.bytes(&text);
                let signed = key.expr.method("sign", [Expr::raw(text)]).tried();
                Ok(Typed::new(signed, Ty::String))
            }
            "verify" => {
                let text = self.value(arg(0).ok_or_else(missing)?, &Ty::Str)?;
                let signature = self.value(arg(1).ok_or_else(missing)?, &Ty::Str)?;
                let key = self.value(arg(2).ok_or_else(missing)?, &Ty::PublicKey)?;
                let (text, signature) = (self.bytes(&text), signature.as_str().flat());
                let args = [Expr::raw(text), Expr::raw(signature)];
                Ok(Typed::new(key.expr.method("verify", args), Ty::Bool))
            }
            "encrypt" => {
                let text = self.value(arg(0).ok_or_else(missing)?, &Ty::Str)?;
                let key = self.value(arg(1).ok_or_else(missing)?, &Ty::PublicKey)?;
                let padding = self.imports.own("Padding");
                let (key, text) = (key.expr.flat(), self.bytes(&text));
                Ok(Typed::raw(
                    format!("{key}.encrypt({padding}::default(), {text})?"),
                    Ty::String,
                ))
            }
            "decrypt" => {
                let text = self.value(arg(0).ok_or_else(missing)?, &Ty::Str)?;
                let key = self.value(arg(1).ok_or_else(missing)?, &Ty::PrivateKey)?;
                let padding = self.imports.own("Padding");
                let (key, text) = (key.expr.flat(), text.as_str().flat());
                Ok(Typed::raw(
                    format!(
                        "String::from_utf8_lossy(&{key}.decrypt({padding}::default(), {text})?).into_owned()"
                    ),
                    Ty::String,
                ))
            }
            _ => Err(self.unknown(expr)),
        }
    }

    /// `Rsa::from('file://…', Rsa::KEY_TYPE_PUBLIC)`
    fn key(&mut self, expr: &'a Php, method: &str, args: &'a [Arg]) -> Outcome<Typed> {
        let source = args
            .first()
            .map(|arg| &arg.value)
            .ok_or_else(|| self.unknown(expr))?;
        let public = method == "fromspki"
            || args.get(1).is_some_and(|kind| match &kind.value.kind {
                ExprKind::ClassConstant { name, .. } => name == "KEY_TYPE_PUBLIC",
                ExprKind::String(kind) => kind == "public",
                _ => false,
            });
        let (class, ty) = match public {
            true => (self.imports.own("PublicKey"), Ty::PublicKey),
            false => (self.imports.own("PrivateKey"), Ty::PrivateKey),
        };
        // `file_get_contents('…')` is a file, too.
        if let ExprKind::Call { function, args } = &source.kind
            && function.last() == "file_get_contents"
            && let [path] = &**args
        {
            let path = self.path_of(&path.value)?;
            return Ok(Typed::new(
                Expr::call(format!("{class}::from_file"), [path]).tried(),
                ty,
            ));
        }
        if method == "from"
            && let Some(serde_json::Value::String(text)) = fold::constant(source, &self.scope)
            && let Some(path) = text.strip_prefix("file://")
        {
            let path = match source.kind {
                ExprKind::Variable(_) => {
                    let name = self.value(source, &Ty::Str)?.expr;
                    return Ok(Typed::new(
                        Expr::call(format!("{class}::from_bytes"), [name]).tried(),
                        ty,
                    ));
                }
                _ => Expr::raw(quoted(path)),
            };
            return Ok(Typed::new(
                Expr::call(format!("{class}::from_file"), [path]).tried(),
                ty,
            ));
        }
        let source = self.value(source, &Ty::Str)?;
        if matches!(source.ty, Ty::PublicKey | Ty::PrivateKey) {
            return Ok(source);
        }
        let text = match source.ty {
            Ty::Str => source.expr,
            _ => source.as_str(),
        };
        Ok(Typed::new(
            Expr::call(format!("{class}::from_bytes"), [text]).tried(),
            ty,
        ))
    }

    fn hash(&mut self, expr: &'a Php, method: &str, args: &'a [Arg]) -> Outcome<Typed> {
        let arg = |index: usize| args.get(index).map(|arg| &arg.value);
        let missing = || Problem::error(expr.span, "an argument is missing");
        match method {
            "sign" => {
                let kind = arg(0).ok_or_else(missing)?;
                let (text, key) = (arg(1).ok_or_else(missing)?, arg(2).ok_or_else(missing)?);
                self.sign(expr, kind, text, key)
            }
            "md5" => {
                let text = self.value(arg(0).ok_or_else(missing)?, &Ty::Str)?;
                let mut pieces = vec![text];
                if let Some(key) = arg(1) {
                    let agency = arg(2).is_some_and(|flag| {
                        let known = fold::constant(flag, &self.scope);
                        !matches!(
                            known.as_ref().and_then(fold::text).as_deref(),
                            Some("" | "0")
                        )
                    });
                    let before = if agency { "\"&secret=\"" } else { "\"&key=\"" };
                    pieces.push(Typed::raw(before, Ty::Str));
                    pieces.push(self.value(key, &Ty::Str)?);
                }
                let (template, args) = self.formatted(&pieces);
                let mut all = vec![Expr::raw(format!("\"{template}\""))];
                all.extend(args.into_iter().map(Expr::raw));
                let name = self.fresh("text");
                self.push(super::rust::Node::Let {
                    name: name.clone(),
                    mutable: false,
                    value: Expr::call("format!", all),
                    after: None,
                });
                let digest = self.imports.of("wechatpay_chain::crypto", "digest");
                Ok(Typed::raw(
                    format!("{digest}::md5_hex({name}.as_bytes())?"),
                    Ty::String,
                ))
            }
            "hmac" => {
                let text = self.value(arg(0).ok_or_else(missing)?, &Ty::Str)?;
                let key = self.value(arg(1).ok_or_else(missing)?, &Ty::Str)?;
                let digest = self.imports.of("wechatpay_chain::crypto", "digest");
                let (key, text) = (self.bytes(&key), self.bytes(&text));
                let value = format!("{digest}::hmac_sha256_hex({key}, {text})?");
                Ok(Typed::raw(value, Ty::String))
            }
            _ => Err(self.unknown(expr)),
        }
    }

    /// `Hash::sign($type, Formatter::queryStringLike(Formatter::ksort($params)), $key)`
    fn sign(
        &mut self,
        expr: &'a Php,
        kind: &'a Php,
        text: &'a Php,
        key: &'a Php,
    ) -> Outcome<Typed> {
        let Some(members) = signed_members(text) else {
            let message = "a signature is made over `Formatter::queryStringLike(…)` here";
            return Err(
                Problem::error(text.span, message).hint("see `wechatpay_chain::signing::SignType`")
            );
        };
        let members = self.value(members, &Ty::Json)?;
        let sign_type = self.imports.of("wechatpay_chain::signing", "SignType");
        let kind = match &kind.kind {
            ExprKind::ClassConstant { name, .. } if name == "ALGO_MD5" => {
                format!("{sign_type}::Md5")
            }
            ExprKind::ClassConstant { name, .. } if name == "ALGO_HMAC_SHA256" => {
                format!("{sign_type}::HmacSha256")
            }
            _ => {
                let kind = self.value(kind, &Ty::Str)?;
                format!("{sign_type}::parse({})?", kind.as_str().flat())
            }
        };
        let key = self.value(key, &Ty::Str)?;
        let secret = self.imports.own("Secret");
        let members = match members.ty {
            Ty::JsonRef => members.expr.flat(),
            _ => format!("&{}", members.expr.flat()),
        };
        let args = [
            Expr::raw(members),
            Expr::raw(format!("&{secret}::new({})", key.expr.flat())),
        ];
        let _ = expr;
        Ok(Typed::new(
            Expr::raw(kind).method("sign_object", args).tried(),
            Ty::String,
        ))
    }

    /// `AesGcm::decrypt($ciphertext, $key, $nonce, $aad)`
    fn open(&mut self, expr: &'a Php, args: &'a [Arg]) -> Outcome<Typed> {
        let [ciphertext, key, nonce, rest @ ..] = args else {
            return Err(self.unknown(expr));
        };
        let secret = self.imports.own("Secret");
        let key = self.value(&key.value, &Ty::Str)?.expr.flat();
        let nonce = self.value(&nonce.value, &Ty::Str)?.as_str();
        let aad = match rest.first() {
            Some(aad) => self.value(&aad.value, &Ty::Str)?.as_str(),
            None => Expr::raw("\"\""),
        };
        let ciphertext = self.value(&ciphertext.value, &Ty::Str)?.as_str();
        let aes = self.imports.of("wechatpay_chain::crypto", "aes");
        let key = Expr::raw(format!("&{secret}::new({key})"));
        let call = Expr::call(format!("{aes}::open"), [key, nonce, aad, ciphertext]);
        Ok(Typed::new(call.tried(), Ty::String))
    }

    /// What `Rsa::encrypt($plain, $key)` or a closure around it encrypts.
    pub(crate) fn encrypted(&mut self, expr: &'a Php) -> Outcome<Option<&'a Php>> {
        match &expr.kind {
            ExprKind::StaticCall {
                class,
                method,
                args,
            } if class.is("WeChatPay\\Crypto\\Rsa") && method.eq_ignore_ascii_case("encrypt") => {
                Ok(args.first().map(|arg| &arg.value))
            }
            ExprKind::CallValue { callee, args } => match &callee.kind {
                ExprKind::Variable(name)
                    if self
                        .scope
                        .get(name)
                        .is_some_and(|known| known.ty == Ty::Encryptor) =>
                {
                    Ok(args.first().map(|arg| &arg.value))
                }
                _ => Err(self.unknown(expr)),
            },
            _ => Ok(None),
        }
    }
}

/// Whether a closure does nothing but `return Rsa::encrypt($its_parameter, …);`.
pub(crate) fn encrypts(expr: &Php) -> bool {
    let ExprKind::Closure(closure) = &expr.kind else {
        return false;
    };
    let [
        Stmt {
            kind: StmtKind::Return(Some(returned)),
            ..
        },
    ] = &*closure.body
    else {
        return false;
    };
    matches!(&returned.kind, ExprKind::StaticCall { class, method, .. }
        if class.is("WeChatPay\\Crypto\\Rsa") && method.eq_ignore_ascii_case("encrypt"))
}

/// `$params` of `Formatter::queryStringLike(Formatter::ksort($params))`.
fn signed_members(text: &Php) -> Option<&Php> {
    let ExprKind::StaticCall {
        class,
        method,
        args,
    } = &text.kind
    else {
        return None;
    };
    if !class.is("WeChatPay\\Formatter") || !method.eq_ignore_ascii_case("queryStringLike") {
        return None;
    }
    let sorted = &args.first()?.value;
    match &sorted.kind {
        ExprKind::StaticCall { method, args, .. } if method.eq_ignore_ascii_case("ksort") => {
            args.first().map(|arg| &arg.value)
        }
        _ => Some(sorted),
    }
}
