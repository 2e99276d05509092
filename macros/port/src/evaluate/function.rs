//! PHP's functions.

use wechatpay_chain_php as php;

use super::object::Object;
use super::value::{Key, Value};
use super::{Evaluator, node, plain};
use crate::hir::tree::Expr;
use crate::hir::{changed_places, root};
use crate::syntax::Span;

impl<'a> Evaluator<'a, '_> {
    /// A function of the file.
    pub(super) fn call_function(&mut self, name: &str, args: &'a [Expr]) -> Value<'a> {
        let Some(code) = self.functions.get(name).copied() else {
            return Value::unknown(format!("what `{name}()` returns"));
        };
        self.called.insert(name.to_owned());
        let given = self.args(args);
        let value = self.invoke(code, code.params.len(), &[], given);
        self.forget_references(code, args);
        value
    }

    /// A function of PHP.
    pub(super) fn php_function(&mut self, name: &str, args: &'a [Expr], span: Span) -> Value<'a> {
        if let Some(value) = self.on_variable(name, args) {
            return value;
        }
        let values = self.args(args);
        let value = self.builtin(name, values, span);
        for place in changed_places(name, args.len()) {
            if let Some(local) = args.get(place).and_then(root) {
                self.forget([self.name(local).to_owned()]);
            }
        }
        if matches!(name, "extract" | "parse_str" | "eval") {
            self.forget([super::fork::ALL.to_owned()]);
        }
        value
    }

    /// A function of the table whose arguments are complete.
    pub(super) fn table(&mut self, name: &str, args: &[Value<'a>], span: Span) -> Value<'a> {
        let known = self.function_of_table(name, args, span);
        known.unwrap_or_else(|| Value::unknown(format!("what `{name}()` returns")))
    }

    /// The functions that look at variables and not at their values.
    fn on_variable(&mut self, name: &str, args: &'a [Expr]) -> Option<Value<'a>> {
        match name {
            "compact" => {
                let names: Vec<String> = self
                    .args(args)
                    .iter()
                    .filter_map(|it| it.to_text().ok())
                    .collect();
                let found = names.into_iter().filter_map(|name| {
                    let value = self.get(&name)?.clone();
                    Some((Key::text(&name), value))
                });
                Some(Value::Array(found.collect()))
            }
            "ksort" => {
                let target = args.first()?;
                let sort = match args.get(1).map(|flags| self.expr(flags).to_int()) {
                    None | Some(Some(0)) => php::ksort,
                    Some(Some(2)) => php::ksort_text,
                    Some(_) => return None,
                };
                if let Value::Array(array) = self.expr(target) {
                    let sorted = plain::by_keys(sort, &array);
                    self.assign_arg(target, Value::Array(sorted));
                }
                Some(Value::Bool(true))
            }
            "array_push" => {
                let (target, values) = args.split_first()?;
                if let Value::Array(mut array) = self.expr(target) {
                    self.args(values)
                        .into_iter()
                        .for_each(|value| array.push(value));
                    self.assign_arg(target, Value::Array(array));
                }
                Some(Value::Null)
            }
            _ => None,
        }
    }

    pub(super) fn builtin(&mut self, name: &str, args: Vec<Value<'a>>, span: Span) -> Value<'a> {
        if let Some(value) = self.with_closure(name, &args, span) {
            return value;
        }
        if let Some(Value::Unknown(why)) = args.iter().find(|arg| matches!(arg, Value::Unknown(_)))
        {
            return Value::Unknown(why.clone());
        }
        let closures = args.iter().filter(|arg| matches!(arg, Value::Closure(_)));
        let closures: Vec<_> = closures.cloned().collect();
        let known = crate::hir::function(span, name, node::args(&args, span))
            .and_then(|node| self.node(&node, &args))
            .or_else(|| self.with_host(name, &args, span))
            .or_else(|| typed(name, &args));
        if known.is_none() {
            self.run_handlers(closures);
        }
        known.unwrap_or_else(|| Value::unknown(format!("what `{name}()` returns")))
    }

    fn with_closure(&mut self, name: &str, args: &[Value<'a>], span: Span) -> Option<Value<'a>> {
        match (name, args) {
            ("array_map", [closure @ Value::Closure(_), Value::Array(array)]) => {
                let mut mapped = super::value::Array::default();
                for (key, value) in array.iter() {
                    let value = self.call_value(closure, vec![value.clone()], span);
                    mapped.insert(key.clone(), value);
                }
                Some(Value::Array(mapped))
            }
            ("call_user_func", [callee, args @ ..]) => {
                Some(self.call_value(callee, args.to_vec(), span))
            }
            _ => None,
        }
    }

    /// Functions that ask the world around them, and digests whose algorithm `hir` does not know.
    fn with_host(&mut self, name: &str, args: &[Value<'a>], span: Span) -> Option<Value<'a>> {
        let text = |at: usize| args.get(at).and_then(|value| value.to_text().ok());
        // A digest of bytes is no text.
        let binary = |at: usize| {
            args.get(at)
                .is_some_and(|flag| flag.to_bool() != Some(false))
        };
        Some(match name {
            "md5_file" | "sha1_file" if binary(1) => return None,
            "hash" | "hash_file" if binary(2) || args.len() > 3 => return None,
            "hash_hmac" if binary(3) => return None,
            "file_get_contents" if args.len() > 1 => return None,
            "hash" => self.digest(&text(0)?, text(1)?.as_bytes(), span),
            "hash_hmac" => self.hmac(&text(0)?, &text(1)?, &text(2)?, span),
            "hash_file" | "md5_file" | "sha1_file" => {
                let (algorithm, path) = match name.split_once('_') {
                    Some(("hash", _)) => (text(0)?, text(1)?),
                    Some((algorithm, _)) => (algorithm.to_owned(), text(0)?),
                    None => return None,
                };
                match self.read(&path, span) {
                    Ok(bytes) => self.digest(&algorithm, &bytes, span),
                    Err(unknown) => unknown,
                }
            }
            "file_get_contents" => match self.stream(args.first(), span) {
                Value::Object(stream) => {
                    let text = stream.borrow().to_text();
                    match text {
                        Ok(text) => Value::Text(text),
                        // Bytes: of use as they are.
                        Err(_) => Value::Object(stream),
                    }
                }
                unknown => unknown,
            },
            "fopen" => self.stream(args.first(), span),
            "filesize" => match self.read(&text(0)?, span) {
                Ok(bytes) => Value::Int(bytes.len() as i64),
                Err(unknown) => unknown,
            },
            "print_r" | "var_export" if args.len() > 1 => return None,
            "print_r" | "var_dump" | "var_export" | "printf" | "error_log" => Value::Null,
            _ => return None,
        })
    }
}

/// Questions about the types of values that are not plain.
fn typed<'a>(name: &str, args: &[Value<'a>]) -> Option<Value<'a>> {
    let value = args.first()?;
    let answer = match name {
        "is_array" => matches!(value, Value::Array(_)),
        "is_object" => matches!(value, Value::Object(_) | Value::Closure(_)),
        "is_string" | "is_int" | "is_integer" | "is_float" | "is_bool" | "is_null" => false,
        "get_object_vars" => match value {
            Value::Object(object) => match &*object.borrow() {
                Object::Plain(properties) => return Some(Value::Array(properties.clone())),
                _ => return None,
            },
            _ => return None,
        },
        _ => return None,
    };
    Some(Value::Bool(answer))
}
