//! Keys, signatures and what is encrypted by hand.

use super::fold;
use super::porter::{Outcome, Porter};
use super::rust::Expr;
use super::scope::{Ty, Typed};
use super::text::quoted;
use crate::diagnostic::Problem;
use crate::syntax::{Arg, Expr as Php, ExprKind};

/// The library writes digests as APIv2 wants them, PHP as everyone else.
pub(crate) const LOWER: &str = ".to_ascii_lowercase()";

impl<'a> Porter<'a> {
    pub(crate) fn rsa(&mut self, expr: &'a Php, method: &str, args: &'a [Arg]) -> Outcome<Typed> {
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
                if matches!(text.ty, Ty::Json | Ty::JsonRef) {
                    return Err(Problem::error(
                        expr.span,
                        "the client has decrypted this already, where it knows the field",
                    )
                    .hint("use the value as it is; .decrypt([\"/pointer\"]) of the call names further fields"));
                }
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
    pub(crate) fn key(&mut self, expr: &'a Php, method: &str, args: &'a [Arg]) -> Outcome<Typed> {
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

    pub(crate) fn hash(&mut self, expr: &'a Php, method: &str, args: &'a [Arg]) -> Outcome<Typed> {
        let arg = |index: usize| args.get(index).map(|arg| &arg.value);
        let missing = || Problem::error(expr.span, "an argument is missing");
        match method {
            "sign" => {
                let kind = arg(0).ok_or_else(missing)?;
                let (text, key) = (arg(1).ok_or_else(missing)?, arg(2).ok_or_else(missing)?);
                self.sign(expr, kind, text, key)
            }
            "md5" => {
                let mut pieces = self.pieces(arg(0).ok_or_else(missing)?)?;
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
                    pieces.push(self.shown(key)?);
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
                    format!("{digest}::md5_hex({name}.as_bytes())?{LOWER}"),
                    Ty::String,
                ))
            }
            "hmac" => {
                let (text, key) = (arg(0).ok_or_else(missing)?, arg(1).ok_or_else(missing)?);
                let plain = match arg(2) {
                    None => true,
                    Some(algorithm) => {
                        fold::constant(algorithm, &self.scope).is_some_and(|name| name == "sha256")
                    }
                };
                if !plain || args.len() > 3 {
                    return Err(self.unknown(expr));
                }
                // PHP puts the key behind the text, too.
                let mut pieces = self.pieces(text)?;
                pieces.push(Typed::raw("\"&key=\"", Ty::Str));
                pieces.push(self.shown(key)?);
                let (template, args) = self.formatted(&pieces);
                let mut all = vec![Expr::raw(format!("\"{template}\""))];
                all.extend(args.into_iter().map(Expr::raw));
                let text = self.bind("text", Expr::call("format!", all));
                let key = self.value(key, &Ty::Str)?;
                let digest = self.imports.of("wechatpay_chain::crypto", "digest");
                let key = self.bytes(&key);
                let value = format!("{digest}::hmac_sha256_hex({key}, {text}.as_bytes())?{LOWER}");
                Ok(Typed::raw(value, Ty::String))
            }
            _ => Err(self.unknown(expr)),
        }
    }

    /// `Hash::sign($type, Formatter::queryStringLike(Formatter::ksort($params)), $key)`
    pub(crate) fn sign(
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
    pub(crate) fn open(&mut self, expr: &'a Php, args: &'a [Arg]) -> Outcome<Typed> {
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
                super::value::refuse_names(expr)?;
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

    /// A text's bytes; what is put together gets a name first.
    pub(crate) fn bytes(&mut self, text: &Typed) -> String {
        match &text.expr {
            Expr::Raw(code) => format!("{code}.as_bytes()"),
            other => format!("{}.as_bytes()", self.bind("text", other.clone())),
        }
    }

    /// The members of `...array_values($params)`, of an array that was written here.
    pub(crate) fn spread(&mut self, expr: &Php) -> Option<Vec<Typed>> {
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

    /// Each text and a line break.
    pub(crate) fn joined(&mut self, args: &'a [Arg]) -> Outcome<Typed> {
        let mut pieces = Vec::new();
        for arg in args {
            if let Some(spread) = self.spread(&arg.value) {
                for piece in spread {
                    let text = format!("php_text({})", super::operator::borrowed(&piece));
                    pieces.push(Typed::raw(text, Ty::String));
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
