//! Arrays of PHP as JSON.

use super::fold::{self, Key};
use super::json::{Group, Json, Member};
use super::porter::{Outcome, Porter};
use super::rust::{Expr, Node};
use super::scope::Ty;
use super::text::quoted;
use crate::diagnostic::Problem;
use crate::syntax::{Cast, Expr as Php, ExprKind, Item, Span};

impl<'a> Porter<'a> {
    /// A value inside of `json!`; `pointer` is its place in the body.
    pub(crate) fn json(&mut self, expr: &'a Php, pointer: &str) -> Outcome<Json> {
        if let ExprKind::Array(items) = &expr.kind {
            return self.json_array(expr.span, items, pointer);
        }
        if let Some(plain) = self.encrypted(expr)? {
            self.encrypt.push(pointer.to_owned());
            return self.json(plain, pointer);
        }
        if let ExprKind::Variable(name) = &expr.kind
            && let Some(inner) = self.secrets.get(name)
            && let Some(known) = self.scope.get(name)
        {
            let inner = inner.iter().map(|inner| format!("{pointer}{inner}"));
            self.encrypt.extend(inner);
            return Ok(Json::Leaf(known.rust.clone()));
        }
        if let ExprKind::Cast {
            to: Cast::Object,
            value,
        } = &expr.kind
            && let ExprKind::Array(items) = &value.kind
        {
            return Ok(match self.json_array(value.span, items, pointer)? {
                Json::Array(group) if group.members.is_empty() => Json::Object(group),
                Json::Object(group) => Json::Object(group),
                _ => return Err(self.unknown(expr)),
            });
        }
        let value = self.value(expr, &Ty::Str)?;
        Ok(match value.ty {
            Ty::Null => Json::Leaf("null".to_owned()),
            Ty::Body(answer) if !answer.is_empty() => Json::Leaf(format!("{answer}.text()?")),
            Ty::Str
            | Ty::String
            | Ty::Uri
            | Ty::Int
            | Ty::Float
            | Ty::Bool
            | Ty::Json
            | Ty::JsonRef => Json::Leaf(value.expr.bare()),
            _ => return Err(self.unknown(expr)),
        })
    }

    fn json_array(&mut self, span: Span, items: &'a [Item], pointer: &str) -> Outcome<Json> {
        let keyed = fold::keyed(items, &self.scope).ok_or_else(|| {
            let message = "a key of this array is known only when PHP runs";
            Problem::error(span, message).hint("build the value in Rust and pass it")
        })?;
        let list = fold::is_list(keyed.iter().map(|(key, _)| key));
        let mut group = Group {
            opening: self.opening(span, items),
            ..Group::default()
        };
        for (index, item) in items.iter().enumerate() {
            let (before, after) = self.item_comments(span, items, index);
            // A key given twice: the last value counts, at the first place.
            let Some((key, kept)) = keyed.iter().find(|(_, kept)| kept.span == item.span) else {
                let message = "this key is given twice: the last value counts, as in PHP";
                self.warn(item.span, message);
                continue;
            };
            let name = key.text();
            let place = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
            let value = self.json(&kept.value, &place)?;
            group.members.push(Member {
                key: (!list).then(|| quoted(&name)),
                value,
                before,
                after,
            });
        }
        group.closing =
            self.take(|comment, _| span.contains(comment) && comment.start > ends(items));
        Ok(
            match list && !(items.is_empty() && group.closing.is_empty() && pointer.is_empty()) {
                true => Json::Array(group),
                // `json => []` is a list in PHP, too.
                false if items.is_empty() => Json::Array(group),
                false => Json::Object(group),
            },
        )
    }

    /// The comment behind the opening bracket.
    fn opening(&mut self, span: Span, items: &[Item]) -> Option<String> {
        let first = items.first()?.span.start;
        let text = &self.block.text;
        let lines = self.take(|comment, trailing| {
            trailing
                && comment.start > span.start
                && comment.start < first
                && text
                    .get(span.start..comment.start)
                    .is_some_and(|gap| !gap.contains('\n'))
        });
        (!lines.is_empty()).then(|| lines.join(" "))
    }

    /// The comments around one of an array's items.
    pub(crate) fn item_comments(
        &mut self,
        span: Span,
        items: &[Item],
        index: usize,
    ) -> (Vec<String>, Option<String>) {
        let from = match index.checked_sub(1).and_then(|before| items.get(before)) {
            Some(before) => before.span.end,
            None => span.start,
        };
        let until = items
            .get(index + 1)
            .map_or(span.end, |next| next.span.start);
        let Some(item) = items.get(index) else {
            return (Vec::new(), None);
        };
        self.around(from, item.span, until)
    }

    /// `json!(…)` of a value; of a large one, parts get variables of their own before it: the macro
    /// goes as deep as a body has members, and the compiler lets it go 128 deep.
    pub(crate) fn json_value(&mut self, mut json: Json, wanted: &str) -> Expr {
        while json.depth() > DEEPEST {
            match json.take_deepest() {
                Some((key, part)) => {
                    let wanted =
                        key.map_or_else(|| "item".to_owned(), |key| super::text::snake(&key));
                    let value = self.json_value(part, &wanted);
                    let name = self.bind(&wanted, value);
                    json.put_back(name);
                }
                None => return self.long_object(json, wanted),
            }
        }
        self.json_macro(&json)
    }

    /// An object of many plain members, in two steps.
    fn long_object(&mut self, json: Json, wanted: &str) -> Expr {
        let Json::Object(mut group) = json else {
            return self.json_macro(&json);
        };
        let rest = group.members.split_off(group.members.len().min(MEMBERS));
        let value = self.json_macro(&Json::Object(group));
        let name = self.bind(wanted, value);
        if !rest.is_empty() {
            self.mutate(&name);
        }
        for member in rest {
            let value = self.json_macro(&member.value);
            member.before.into_iter().for_each(|text| self.note(text));
            let key = member.key.unwrap_or_default();
            self.push(Node::Set {
                target: format!("{name}[{key}]"),
                value,
            });
            member.after.into_iter().for_each(|text| self.note(text));
        }
        Expr::raw(name)
    }

    /// `json!(…)` of a value, on as many lines as it needs.
    pub(crate) fn json_macro(&mut self, json: &Json) -> Expr {
        let name = self.imports.of("serde_json", "json");
        match json.lines(0, 0, 2).as_slice() {
            [line] => Expr::raw(format!("{name}!({line})")),
            [first, inner @ .., last] => {
                let mut lines = vec![format!("{name}!({first}")];
                lines.extend(inner.iter().cloned());
                lines.push(format!("{last})"));
                Expr::Lines(lines)
            }
            [] => Expr::raw(format!("{name}!(null)")),
        }
    }

    /// The key of an option or setting.
    pub(crate) fn key_of(&self, item: &Item) -> Outcome<Key> {
        let key = item
            .key
            .as_ref()
            .and_then(|key| fold::constant(key, &self.scope).as_ref().and_then(Key::of));
        key.ok_or_else(|| {
            let message = "this item has no name that is known before PHP runs";
            Problem::error(item.span, message)
        })
    }
}

/// How deep `json!` may go: the compiler's limit less what may stand around it.
const DEEPEST: usize = 105;
/// How many plain members an object may have.
const MEMBERS: usize = 30;

/// Where the last item ends.
fn ends(items: &[Item]) -> usize {
    items.last().map_or(0, |item| item.span.end)
}
