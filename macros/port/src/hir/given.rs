//! A variable that a snippet leaves undefined and uses as a text is a text.

use std::collections::BTreeMap;

use super::Ty;
use super::builtin::Builtin;
use super::tree::{Expr, ExprKind, Function, PathPiece, Sdk, Stmt, StmtKind};

/// Gives the parameters of what stands outside of functions their types.
pub(super) fn main(main: &mut Function) {
    let mut uses = Uses::default();
    let mut body = main.body.clone();
    body.iter_mut().for_each(|stmt| uses.stmt(stmt));
    for param in &mut main.params {
        let used = uses.0.get(&param.local).copied();
        if param.ty == Ty::Unknown && used == Some(true) {
            param.ty = Ty::Text;
        }
    }
}

/// Variables, and whether all that is done with each takes a text.
#[derive(Default)]
struct Uses(BTreeMap<usize, bool>);

impl Uses {
    fn stmt(&mut self, stmt: &mut Stmt) {
        if let StmtKind::Echo(values) = &mut stmt.kind {
            values.iter_mut().for_each(|value| self.expr(value, true));
        } else if let StmtKind::Expr(expr) | StmtKind::Let(_, expr) = &mut stmt.kind {
            let kept = matches!(&*expr.kind, ExprKind::Local(_));
            self.expr(expr, kept);
        } else {
            stmt.exprs_mut()
                .into_iter()
                .for_each(|expr| self.expr(expr, false));
        }
        for (body, _) in stmt.bodies_mut() {
            body.iter_mut().for_each(|stmt| self.stmt(stmt));
        }
    }

    fn expr(&mut self, expr: &mut Expr, text: bool) {
        match &mut *expr.kind {
            ExprKind::Local(local) => {
                let known = self.0.entry(*local).or_insert(true);
                *known &= text;
            }
            ExprKind::Concat(all) | ExprKind::Crypto(_, all) => {
                all.iter_mut().for_each(|one| self.expr(one, true));
            }
            ExprKind::Sdk(sdk) => self.sdk(sdk),
            ExprKind::Promise(promise) => {
                self.sdk(&mut promise.call);
                for (fulfilled, rejected) in &mut promise.handlers {
                    for handler in fulfilled.iter_mut().chain(rejected) {
                        self.expr(handler, false);
                    }
                }
            }
            ExprKind::Assign(place, value) => {
                let whole = place.path.is_empty();
                place
                    .path
                    .iter_mut()
                    .flatten()
                    .for_each(|key| self.expr(key, true));
                // Values that are put into an array, or get a second name.
                let kept = matches!(&*value.kind, ExprKind::Local(_)) || !whole;
                self.expr(value, kept);
            }
            ExprKind::Array(entries) => {
                for entry in entries {
                    entry.key.iter_mut().for_each(|key| self.expr(key, true));
                    self.expr(&mut entry.value, !entry.spread);
                }
            }
            ExprKind::Factory(settings) => {
                settings
                    .iter_mut()
                    .for_each(|(_, value)| self.expr(value, true));
            }
            ExprKind::Builtin(name, args) => {
                let known = Builtin::of(name);
                for (index, arg) in args.iter_mut().enumerate() {
                    let param = known.and_then(|known| known.params.get(index));
                    let text = param.is_some_and(|param| param.ty == Ty::Text);
                    self.expr(arg, text);
                }
            }
            ExprKind::Closure(function, captures) => {
                for (outer, inner) in captures {
                    let mut own = Self::default();
                    function.body.iter_mut().for_each(|stmt| own.stmt(stmt));
                    let used = own.0.get(inner).copied().unwrap_or(true);
                    let known = self.0.entry(*outer).or_insert(true);
                    *known &= used;
                }
            }
            _ => expr
                .children_mut()
                .into_iter()
                .for_each(|child| self.expr(child, false)),
        }
    }

    fn sdk(&mut self, sdk: &mut Sdk) {
        self.expr(&mut sdk.client, false);
        for piece in &mut sdk.path {
            if let PathPiece::Value { value, .. } = piece {
                self.expr(value, true);
            }
        }
        match &mut sdk.options {
            Ok(options) => {
                for (name, value) in options {
                    let whole = matches!(
                        name.as_str(),
                        "json" | "xml" | "query" | "headers" | "handler" | "timeout"
                    );
                    self.expr(value, !whole);
                }
            }
            Err(options) => self.expr(options, false),
        }
    }
}
