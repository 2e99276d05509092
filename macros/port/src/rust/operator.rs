//! Operators, `match`.

use proc_macro2::TokenStream;
use quote::quote;

use super::code::{Code, Repr, result_repr};
use super::function::Body;
use crate::hir::Ty;
use crate::hir::tree::{Expr, ExprKind, ResponsePart};
use crate::syntax::{BinaryOp, Span};

impl<'a> Body<'_, 'a> {
    pub(crate) fn binary(
        &mut self,
        span: Span,
        op: BinaryOp,
        left: &'a Expr,
        right: &'a Expr,
    ) -> Code {
        if let Some(asked) = self.status_is(op, left, right) {
            return asked;
        }
        let (one, other) = (self.expr(left), self.expr(right));
        let Some(function) = calculation(op) else {
            return self.comparison(span, op, &one, &other, (left, right));
        };
        let (one, other) = (self.plain_ref(&one, span), self.plain_ref(&other, span));
        Code::new(self.tried(quote!(#function(#one, #other))), Repr::Value)
    }

    /// `$response->getStatusCode() === 204`
    fn status_is(&mut self, op: BinaryOp, left: &'a Expr, right: &'a Expr) -> Option<Code> {
        let ((ExprKind::OfResponse(ResponsePart::Status, response), ExprKind::Int(code))
        | (ExprKind::Int(code), ExprKind::OfResponse(ResponsePart::Status, response))) =
            (&*left.kind, &*right.kind)
        else {
            return None;
        };
        let sign = match op {
            BinaryOp::Identical | BinaryOp::Equal => quote!(==),
            BinaryOp::NotIdentical | BinaryOp::NotEqual => quote!(!=),
            _ => return None,
        };
        let known = (100..1000).contains(code) && self.types.of(response) == Ty::Response;
        if !known {
            return None;
        }
        let response = self.expr(response);
        let response = super::expression::bare(self.argument(&response, &Ty::Response, left.span));
        let code = proc_macro2::Literal::i64_unsuffixed(*code);
        Some(Code::new(
            quote!((#response.status() #sign #code)),
            Repr::Bool,
        ))
    }

    fn comparison(
        &mut self,
        span: Span,
        op: BinaryOp,
        one: &Code,
        other: &Code,
        (left, right): (&Expr, &Expr),
    ) -> Code {
        let tokens = match op {
            BinaryOp::Identical => self.strictly(one, other, (left, right), span),
            BinaryOp::NotIdentical => {
                let same = self.strictly(one, other, (left, right), span);
                negated(same)
            }
            BinaryOp::Equal => self.loosely(one, other),
            BinaryOp::NotEqual => {
                let same = self.loosely(one, other);
                negated(same)
            }
            BinaryOp::Xor => {
                let (one, other) = (one.truth(), other.truth());
                quote!((#one) != (#other))
            }
            BinaryOp::Spaceship => {
                let (one, other) = (self.plain_ref(one, span), self.plain_ref(other, span));
                return Code::new(quote!(php::compare(#one, #other)), Repr::Int);
            }
            BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual => {
                self.ordered(op, one, other, span)
            }
            _ => return self.refuse(span, "this operator"),
        };
        Code::new(tokens, Repr::Bool)
    }

    fn ordered(&mut self, op: BinaryOp, one: &Code, other: &Code, span: Span) -> TokenStream {
        let (left, right) = (&one.tokens, &other.tokens);
        if one.repr == other.repr && matches!(one.repr, Repr::Int | Repr::Float) {
            return match op {
                BinaryOp::Less => quote!((#left < #right)),
                BinaryOp::LessEqual => quote!((#left <= #right)),
                BinaryOp::Greater => quote!((#left > #right)),
                _ => quote!((#left >= #right)),
            };
        }
        let (one, other) = (self.plain_ref(one, span), self.plain_ref(other, span));
        match op {
            BinaryOp::Less => quote!(php::less(#one, #other)),
            BinaryOp::LessEqual => quote!(php::at_most(#one, #other)),
            BinaryOp::Greater => quote!(php::less(#other, #one)),
            _ => quote!(php::at_most(#other, #one)),
        }
    }

    /// `===`
    fn strictly(
        &mut self,
        one: &Code,
        other: &Code,
        sides: (&Expr, &Expr),
        span: Span,
    ) -> TokenStream {
        for (code, side) in [(one, sides.1), (other, sides.0)] {
            if matches!(&*side.kind, ExprKind::Null) {
                let there = code.is_there();
                return negated(there);
            }
        }
        let text = |code: &Code| matches!(code.repr, Repr::Str | Repr::String | Repr::StringPlace);
        let same =
            one.repr == other.repr && matches!(one.repr, Repr::Int | Repr::Float | Repr::Bool);
        let (left, right) = (&one.tokens, &other.tokens);
        if same || (text(one) && text(other)) {
            return quote!((#left == #right));
        }
        let value = |code: &Code| matches!(code.repr, Repr::Value | Repr::ValuePlace);
        if value(one) && other.repr == Repr::Str {
            return quote!((#left == #right));
        }
        if one.repr == Repr::ValueRef && other.repr == Repr::Str {
            return quote!((*#left == #right));
        }
        if one.repr == Repr::Str && value(other) {
            return quote!((#right == #left));
        }
        let (one, other) = (self.plain_ref(one, span), self.plain_ref(other, span));
        quote!(php::identical(#one, #other))
    }

    /// `==`
    pub(crate) fn loosely(&mut self, one: &Code, other: &Code) -> TokenStream {
        let object = |code: &Code| {
            let repr = &code.repr;
            matches!(
                repr,
                Repr::Handle(_) | Repr::HandlePlace(_) | Repr::HandleRef(_)
            )
        };
        for (code, other) in [(one, other), (other, one)] {
            match &other.repr {
                Repr::Null if object(code) => return negated(code.is_there()),
                Repr::Bool if object(code) => {
                    let (left, right) = (code.truth(), other.truth());
                    return quote!((#left == #right));
                }
                _ => {}
            }
        }
        let same =
            one.repr == other.repr && matches!(one.repr, Repr::Int | Repr::Float | Repr::Bool);
        let (left, right) = (&one.tokens, &other.tokens);
        if same {
            return quote!((#left == #right));
        }
        if one.repr == Repr::Bool || other.repr == Repr::Bool {
            let (one, other) = (one.truth(), other.truth());
            return quote!(((#one) == (#other)));
        }
        let (one, other) = (one.value_ref(), other.value_ref());
        quote!(php::equal(#one, #other))
    }

    pub(crate) fn matching(
        &mut self,
        whole: &'a Expr,
        subject: &'a Expr,
        arms: &'a [(Option<Vec<Expr>>, Expr)],
    ) -> Code {
        let ty = self.types.of(whole);
        let span = whole.span;
        let is_true = matches!(&*subject.kind, ExprKind::Bool(true));
        let code = self.expr(subject);
        let name = self.taken.fresh("subject");
        let value = self.convert(&code, &Ty::Any, subject.span);
        let given = if is_true {
            Code::new(quote!(true), Repr::Bool)
        } else {
            Code::new(quote!(#name), Repr::ValuePlace)
        };
        let mut chain = TokenStream::new();
        let mut otherwise = None;
        for (conditions, value) in arms {
            let value = self.kept(value, &ty);
            let Some(conditions) = conditions else {
                otherwise = Some(value);
                continue;
            };
            let mut tests = Vec::new();
            for condition in conditions {
                let code = self.expr(condition);
                tests.push(match (is_true, &code.repr) {
                    (true, Repr::Bool) => code.tokens.clone(),
                    _ => self.strictly(&given, &code, (subject, condition), condition.span),
                });
            }
            chain.extend(quote!(if #(#tests)||* { #value } else));
        }
        let otherwise = otherwise.unwrap_or_else(|| {
            let thrown = if is_true {
                quote!(php::unhandled(&Value::from(true)))
            } else {
                quote!(php::unhandled(&#name))
            };
            self.throw(&thrown)
        });
        let _ = span;
        let start = (!is_true).then(|| quote!(let #name = #value;));
        if chain.is_empty() {
            Code::new(quote!({ #start #otherwise }), result_repr(&ty))
        } else {
            Code::new(quote!({ #start #chain { #otherwise } }), result_repr(&ty))
        }
    }
}

/// The function that calculates what an operator does.
pub(crate) fn calculation(op: BinaryOp) -> Option<TokenStream> {
    Some(match op {
        BinaryOp::Add => quote!(php::add),
        BinaryOp::Sub => quote!(php::sub),
        BinaryOp::Mul => quote!(php::mul),
        BinaryOp::Div => quote!(php::div),
        BinaryOp::Rem => quote!(php::rem),
        BinaryOp::Pow => quote!(php::pow),
        BinaryOp::BitOr => quote!(php::bit_or),
        BinaryOp::BitAnd => quote!(php::bit_and),
        BinaryOp::BitXor => quote!(php::bit_xor),
        BinaryOp::ShiftLeft => quote!(php::shift_left),
        BinaryOp::ShiftRight => quote!(php::shift_right),
        _ => return None,
    })
}

fn negated(test: TokenStream) -> TokenStream {
    let trees: Vec<_> = test.clone().into_iter().collect();
    match trees.as_slice() {
        [proc_macro2::TokenTree::Punct(punct), rest @ ..]
            if punct.as_char() == '!' && rest.len() > 1 =>
        {
            rest.iter().cloned().collect()
        }
        _ => quote!(!#test),
    }
}
