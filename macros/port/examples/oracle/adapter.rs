//! Rust that calls a ported module with the values of a run: found from the module's own signatures.

use std::fmt::Write as _;

use quote::ToTokens;
use serde_json::Value;
use syn::{FnArg, ImplItem, Item, ReturnType, Signature, TraitItem, Type};

use crate::Result;

/// The items that a module offers.
struct Module {
    path: String,
    file: syn::File,
}

/// The body of a function `fn(world: &'static World)` that does what the script says.
pub(crate) fn calls(module: &str, text: &str, stem: &str, script: &Value) -> Result<String> {
    let module = Module {
        path: format!("batch::{module}"),
        file: syn::parse_file(text).map_err(|err| format!("the Rust does not parse: {err}"))?,
    };
    let mut body = String::new();
    let wanted = script["calls"].as_array().cloned().unwrap_or_default();
    if let Some(function) = module.top(stem) {
        let args = module.args(function, &Values::Named, script);
        writeln!(
            body,
            "world.end({});",
            module.call(
                &format!("{}::{}", module.path, function.ident),
                function,
                &args
            )
        )?;
    }
    let mut objects: Vec<(String, String)> = Vec::new();
    for (number, call) in wanted.iter().enumerate() {
        let values = Values::Placed(format!("/calls/{number}/args"));
        if let Some(name) = call["function"].as_str() {
            let function = module
                .function(name)
                .ok_or(format!("there is no function {name}"))?;
            let args = module.args(function, &values, script);
            let path = format!("{}::{}", module.path, function.ident);
            writeln!(
                body,
                "world.call({number}, || {});",
                module.call(&path, function, &args)
            )?;
            continue;
        }
        let (class, method) = match call["static"].as_str() {
            Some(both) => both.split_once("::").ok_or("static wants Class::method")?,
            None => (
                call["new"]
                    .as_str()
                    .ok_or("a call is a function, a static or a new")?,
                call["call"].as_str().unwrap_or_default(),
            ),
        };
        let class = class.rsplit('\\').next().unwrap_or(class);
        let made = module.method(class, "new");
        let key = format!("{class}{}", call["with"]);
        let object = objects
            .iter()
            .find(|(known, _)| *known == key)
            .map(|(_, name)| name.clone());
        let object = match (object, made) {
            (Some(object), _) => Some(object),
            (None, Some((owner, new))) => {
                let name = format!("object{}", objects.len());
                let args = module.args(
                    new,
                    &Values::Placed(format!("/calls/{number}/with")),
                    script,
                );
                let path = format!("{}::{owner}::new", module.path);
                let call = module.call(&path, new, &args);
                writeln!(
                    body,
                    "let Some(mut {name}) = world.made({number}, || {call}) else {{ return; }};"
                )?;
                writeln!(body, "let _ = &mut {name};")?;
                objects.push((key, name.clone()));
                Some(name)
            }
            (None, None) => None,
        };
        if method.is_empty() {
            continue;
        }
        let (owner, function) = module
            .method(class, method)
            .ok_or(format!("there is no method {class}::{method}"))?;
        let args = module.args(function, &values, script);
        let call = match (function.receiver(), object) {
            (Some(_), Some(object)) => {
                module.call(&format!("{object}.{}", function.ident), function, &args)
            }
            (Some(_), None) => return Err(format!("{class} has no constructor").into()),
            (None, _) => module.call(
                &format!("{}::{owner}::{}", module.path, function.ident),
                function,
                &args,
            ),
        };
        writeln!(body, "world.call({number}, || {call});")?;
    }
    Ok(body)
}

/// Where the values of parameters are in the script.
enum Values {
    /// By the names of variables.
    Named,
    /// In the order of PHP, at this pointer.
    Placed(String),
}

impl Module {
    fn functions(&self) -> impl Iterator<Item = &Signature> {
        self.file.items.iter().filter_map(|item| match item {
            Item::Fn(function) => Some(&function.sig),
            _ => None,
        })
    }

    /// The function with a program's remaining statements: `main`, or a function with the file's name.
    fn top(&self, stem: &str) -> Option<&Signature> {
        let named = |name: &str| {
            self.functions()
                .find(|function| plain(&function.ident.to_string()) == plain(name))
        };
        named("main")
            .or_else(|| named(stem))
            .or_else(|| named("run"))
    }

    fn function(&self, name: &str) -> Option<&Signature> {
        let name = name.rsplit('\\').next().unwrap_or(name);
        self.functions()
            .find(|function| plain(&function.ident.to_string()) == plain(name))
    }

    /// A method, and the name of its struct.
    fn method(&self, class: &str, name: &str) -> Option<(String, &Signature)> {
        self.file.items.iter().find_map(|item| {
            let Item::Impl(block) = item else { return None };
            let Type::Path(path) = &*block.self_ty else {
                return None;
            };
            let owner = path.path.segments.last()?.ident.to_string();
            if plain(&owner) != plain(class) {
                return None;
            }
            block.items.iter().find_map(|item| match item {
                ImplItem::Fn(function) if plain(&function.sig.ident.to_string()) == plain(name) => {
                    Some((owner.clone(), &function.sig))
                }
                _ => None,
            })
        })
    }

    fn traits(&self) -> impl Iterator<Item = &syn::ItemTrait> {
        self.file.items.iter().filter_map(|item| match item {
            Item::Trait(one) => Some(one),
            _ => None,
        })
    }

    /// One expression for each parameter.
    fn args(&self, function: &Signature, values: &Values, script: &Value) -> Vec<String> {
        let mut place = 0;
        let given = |pointer: &str, place: usize| {
            let value = script.pointer(&format!("{pointer}/{place}"));
            value.and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let mut args = Vec::new();
        let taken = function.inputs.iter().filter(|input| match input {
            FnArg::Typed(param) => self
                .foreign(function, &param.ty.to_token_stream().to_string())
                .is_none(),
            FnArg::Receiver(_) => false,
        });
        let taken = taken.count();
        for input in &function.inputs {
            let FnArg::Typed(param) = input else { continue };
            let ty = param.ty.to_token_stream().to_string();
            let name = param.pat.to_token_stream().to_string();
            if let Some(reference) = self.foreign(function, &ty) {
                args.push(format!("{reference}world.foreign()"));
                continue;
            }
            if let Some(given) = of_notification(&ty) {
                args.push(given.to_owned());
                continue;
            }
            args.push(match values {
                Values::Named => format!("world.named({:?})", plain(&name)),
                Values::Placed(pointer) => {
                    // The client is where PHP has it, or put before the rest.
                    let is_client = ty.split([' ', '<', '>', '&']).any(|part| part == "Client");
                    // A stub that is a parameter in PHP is mostly part of the trait.
                    let values = script
                        .pointer(pointer)
                        .and_then(Value::as_array)
                        .map_or(0, Vec::len);
                    while values > taken && given(pointer, place).starts_with("@foreign:") {
                        place += 1;
                    }
                    let placed = format!("world.placed({:?})", format!("{pointer}/{place}"));
                    if is_client && given(pointer, place) != "@instance" {
                        "world.client()".to_owned()
                    } else {
                        place += 1;
                        placed
                    }
                }
            });
        }
        args
    }

    /// Whether a parameter is what does the foreign calls: `&`, `&mut ` or nothing before it.
    fn foreign(&self, function: &Signature, ty: &str) -> Option<&'static str> {
        let bare = ty
            .trim_start_matches('&')
            .trim()
            .trim_start_matches("mut ")
            .trim();
        let names: Vec<String> = self.traits().map(|one| one.ident.to_string()).collect();
        let is_trait = |text: &str| {
            names
                .iter()
                .any(|name| text.split([' ', '+', '<']).any(|part| part == name))
        };
        let generics = function.generics.params.iter().any(|param| match param {
            syn::GenericParam::Type(param) => {
                param.ident == bare && is_trait(&param.bounds.to_token_stream().to_string())
            }
            _ => false,
        });
        let class_generic = self.file.items.iter().any(|item| match item {
            Item::Struct(one) => one.generics.type_params().any(|param| param.ident == bare),
            _ => false,
        });
        if !(generics || class_generic || is_trait(bare)) {
            return None;
        }
        Some(match (ty.starts_with('&'), ty.contains("mut ")) {
            (true, true) => "&mut ",
            (true, false) => "&",
            _ => "",
        })
    }

    fn call(&self, path: &str, function: &Signature, args: &[String]) -> String {
        let call = format!("{path}({})", args.join(", "));
        let call = if function.asyncness.is_some() {
            format!("world.block_on({call})")
        } else {
            call
        };
        match function.output {
            ReturnType::Default => format!("{{ {call} }}"),
            ReturnType::Type(..) => call,
        }
    }
}

/// The arguments of a method that takes a notification.
fn of_notification(ty: &str) -> Option<&'static str> {
    match ty.replace(' ', "").as_str() {
        "&notify::Notifications" => Some("&world.notifications()"),
        "&php::HeaderMap" => Some("&world.posted_headers()"),
        "&[u8]" => Some("&world.posted_body()"),
        _ => None,
    }
}

/// Implementations of the module's traits by the recorder.
pub(crate) fn recorders(module: &str, text: &str) -> Result<String> {
    let file = syn::parse_file(text)?;
    let mut made = String::new();
    if file.items.iter().any(|item| matches!(item, Item::Trait(_))) {
        made.push_str(
            "#[allow(unused_imports)]\nuse serde_json::Value;\n\
             #[allow(unused_imports)]\nuse wechatpay_chain::{Client, Media, PrivateKey, PublicKey, Response, php, php::Thrown};\n",
        );
    }
    for item in &file.items {
        let Item::Trait(one) = item else { continue };
        writeln!(
            made,
            "impl batch::{module}::{} for crate::world::Foreign {{",
            one.ident
        )?;
        for item in &one.items {
            match item {
                TraitItem::Fn(function) if function.default.is_none() => {
                    let documentation = documentation(&function.attrs);
                    let signature = function.sig.to_token_stream().to_string();
                    let args: Vec<String> = (function.sig.inputs.iter())
                        .filter_map(|input| match input {
                            FnArg::Typed(param) => Some(format!(
                                "crate::world::Shown::shown(&{})",
                                param.pat.to_token_stream()
                            )),
                            FnArg::Receiver(_) => None,
                        })
                        .collect();
                    let name = function.sig.ident.to_string();
                    let called = format!(
                        "self.called({name:?}, {documentation:?}, vec![{}])",
                        args.join(", ")
                    );
                    let body = of_client(&function.sig, &called).unwrap_or(called);
                    writeln!(
                        made,
                        "    #[allow(unused_mut)]\n    {signature} {{ {body} }}"
                    )?;
                }
                TraitItem::Type(associated) => {
                    writeln!(made, "    type {} = crate::world::Value;", associated.ident)?;
                }
                _ => {}
            }
        }
        made.push_str("}\n");
    }
    Ok(made)
}

/// The application's values for clients: PHP has the clients themselves.
fn of_client(signature: &Signature, called: &str) -> Option<String> {
    let given = signature.inputs.iter().find_map(|input| match input {
        FnArg::Typed(param) => Some(param.pat.to_token_stream().to_string()),
        FnArg::Receiver(_) => None,
    })?;
    match signature.ident.to_string().as_str() {
        "client_value" => Some(format!("Ok(crate::world::keep_client({given}))")),
        "as_client" => Some(format!(
            "match crate::world::kept_client({given}) {{ Some(client) => Ok(client), None => {called} }}"
        )),
        _ => None,
    }
}

fn documentation(attrs: &[syn::Attribute]) -> String {
    let mut lines = Vec::new();
    for attr in attrs {
        if let syn::Meta::NameValue(pair) = &attr.meta
            && pair.path.is_ident("doc")
            && let syn::Expr::Lit(literal) = &pair.value
            && let syn::Lit::Str(text) = &literal.lit
        {
            lines.push(text.value().trim().to_owned());
        }
    }
    lines.join("\n")
}

/// A name as neither PHP's nor Rust's rules for case and underscores change it.
pub(crate) fn plain(name: &str) -> String {
    let name = name.trim_start_matches("r#").trim_end_matches('_');
    name.chars()
        .filter(|c| *c != '_')
        .map(|c| c.to_ascii_lowercase())
        .collect()
}
