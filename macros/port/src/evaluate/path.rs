//! The path that a chain of arrows, brackets and `chain()` adds up to.

use std::rc::Rc;

use wechatpay_chain_path::{check_template, join, normalize_literal};

use super::Evaluator;
use super::value::Value;
use crate::hir::tree::{Expr, ExprKind};
use crate::recognise::{self, Form, begins_path};
use crate::syntax::Span;

/// A path on a client, as far as it is gathered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chain {
    pub(crate) template: String,
    /// Whether it begins with `/`, which the template leaves out.
    pub(crate) rooted: bool,
    pub(crate) form: Option<Form>,
    /// The variable it begins with, when nothing has given it a value.
    pub(crate) root: Option<Rc<str>>,
    /// How many links it has.
    links: usize,
    /// Whether it begins with `chain('…')` or a text of more than one segment.
    whole: bool,
}

impl Chain {
    pub(crate) fn root(variable: Option<&str>) -> Self {
        Self {
            root: variable.map(Into::into),
            ..Self::default()
        }
    }

    /// The chain with one more link.
    pub(crate) fn and(&self, link: &Link, form: Form) -> Result<Self, String> {
        let more = link.normalized()?;
        // `$this->instance->v3`: what stood before the path is the client.
        let client = Self::root(self.root.as_deref());
        if self.is_of_client() && begins_path(&more) {
            return client.and(link, form);
        }
        let mut template = self.template.clone();
        let whole = match self.links {
            0 => form == Form::Chain || more.contains('/'),
            _ => self.whole,
        };
        match template.is_empty() {
            true => template = more,
            false => join(&mut template, &more).map_err(|err| err.to_string())?,
        }
        Ok(Self {
            template,
            rooted: self.rooted || self.links == 0 && link.text.starts_with('/'),
            form: Some(Form::and(self.form, form)),
            root: self.root.clone(),
            links: self.links + 1,
            whole,
        })
    }

    /// Whether what was gathered may be a part of the client: the one that [`root`](Self::root)
    /// names is not known, and no path of WeChat Pay begins like this.
    fn is_of_client(&self) -> bool {
        self.root.is_some() && self.links > 0 && !self.whole && !begins_path(&self.template)
    }

    /// Whether client and path cannot be told apart.
    pub(crate) fn is_doubtful(&self) -> bool {
        self.is_of_client()
    }

    /// Why it is of no use as a value.
    pub(crate) fn no_value(&self) -> Rc<str> {
        match &self.root {
            Some(name) => format!("`${name}` is not defined").into(),
            None => "a path is no value".into(),
        }
    }
}

/// A link: names of the program, and values in between.
#[derive(Debug, Default)]
pub(crate) struct Link {
    /// Each value is one of [`VALUES`].
    text: String,
    values: Vec<String>,
}

/// Characters that stand for values while the text around them is normalised.
const VALUES: std::ops::RangeInclusive<u32> = 0xE000..=0xF8FF;

impl Link {
    pub(crate) fn push_literal(&mut self, text: &str) {
        for c in text.chars() {
            match VALUES.contains(&(c as u32)) {
                true => self.push_value(c.to_string()),
                false => self.text.push(c),
            }
        }
    }

    pub(crate) fn push_value(&mut self, value: String) {
        let stand_in = VALUES.start() + self.values.len() as u32;
        match char::from_u32(stand_in).filter(|c| VALUES.contains(&(*c as u32))) {
            Some(c) => {
                self.text.push(c);
                self.values.push(value);
            }
            None => self.text.push_str(&value),
        }
    }

    /// Values that the PHP SDK would re-case, as it does with all of a path.
    pub(crate) fn recased(&self) -> Option<&str> {
        let upper = |value: &&String| value.bytes().any(|byte| byte.is_ascii_uppercase());
        self.values.iter().find(upper).map(String::as_str)
    }

    /// Whether it begins with `/v2/`: PHP looks for `v2/` only.
    pub(crate) fn is_slashed_v2(&self) -> bool {
        let rest = self.text.strip_prefix('/').map(|rest| rest.get(..3));
        matches!(rest, Some(Some(first)) if first.eq_ignore_ascii_case("v2/"))
    }

    /// The link as PHP sends it; the error is why this library cannot send it.
    fn normalized(&self) -> Result<String, String> {
        let sent = recognise::link_with_names(&self.text);
        check_template(&sent).map_err(|err| err.to_string())?;
        let names = sent.strip_prefix('/').unwrap_or(&sent);
        let whole = self.with_values(names, names.len() == sent.len());
        // To this library `_id_` is a variable within a longer text, too.
        if normalize_literal(&sent).as_deref() == Ok(names) {
            Ok(whole)
        } else {
            Err(format!(
                "PHP sends the path `{whole}` as it is, and this library reads a part of it as a variable"
            ))
        }
    }

    /// PHP rewrites values as it does the names around them; a capital at the beginning of the link needs no `-`.
    fn with_values(&self, names: &str, at_beginning: bool) -> String {
        let mut out = String::with_capacity(names.len());
        for c in names.chars() {
            let value = (c as u32).checked_sub(*VALUES.start());
            match value.and_then(|index| self.values.get(index as usize)) {
                Some(value) => out.push_str(&recognise::link_piece(
                    value,
                    at_beginning && out.is_empty(),
                )),
                None => out.push(c),
            }
        }
        out
    }
}

impl<'a> Evaluator<'a, '_> {
    pub(super) fn extend(
        &mut self,
        chain: &Chain,
        link: &Link,
        form: Form,
        span: Span,
    ) -> Value<'a> {
        if let Some(value) = link.recased() {
            let message = format!(
                "the value `{value}` stands in the path: PHP lower-cases its capitals, and sends `-` before them"
            );
            self.warn(span, message, recognise::SAFE_PATH);
        }
        if chain.template.is_empty() && link.is_slashed_v2() {
            return self.error(
                span,
                "the path begins with `/v2/`, which PHP takes for APIv3 and sends without its XML",
                "write `v2/…`, without the slash",
            );
        }
        match chain.and(link, form) {
            Ok(chain) => Value::Chain(chain),
            Err(why) => self.error(span, why, ""),
        }
    }

    /// A text of a path: what is written there is normalised, values are not.
    pub(super) fn link(&mut self, expr: &'a Expr) -> Option<Link> {
        let mut link = Link::default();
        match &*expr.kind {
            // A variable with a whole path in it.
            ExprKind::Local(_) => link.push_literal(&self.text(expr)?),
            ExprKind::Concat(pieces) => {
                for piece in pieces {
                    self.link_part(piece, &mut link)?;
                }
            }
            _ => self.link_part(expr, &mut link)?,
        }
        Some(link)
    }

    fn link_part(&mut self, expr: &'a Expr, link: &mut Link) -> Option<()> {
        match &*expr.kind {
            ExprKind::Text(text) => link.push_literal(text),
            _ => link.push_value(self.text(expr)?),
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(text: &str) -> Link {
        let mut link = Link::default();
        link.push_literal(text);
        link
    }

    #[test]
    fn links_add_up_and_forms_mix() {
        let add = |chain: &Chain, text: &str, form| chain.and(&literal(text), form).unwrap();
        let chain = add(&Chain::default(), "v3", Form::Pure);
        let chain = add(&chain, "wbChannel", Form::Pure);
        assert_eq!(
            (&*chain.template, chain.form),
            ("v3/wb-channel", Some(Form::Pure))
        );
        let chain = add(&chain, "{openid}", Form::Index);
        let chain = add(&chain, "_x_", Form::Index);
        assert_eq!(
            (&*chain.template, chain.form),
            ("v3/wb-channel/{openid}/{x}", Some(Form::Mixed))
        );
        assert!(chain.and(&literal("../x"), Form::Chain).is_err());
    }

    #[test]
    fn values_are_rewritten_as_names_are() {
        let mut link = literal("v3/payBank/");
        link.push_value("oABC".into());
        link.push_literal("/closeOrder");
        assert_eq!(
            link.normalized().unwrap(),
            "v3/pay-bank/o-a-b-c/close-order"
        );
        assert_eq!(link.recased(), Some("oABC"));
    }
}
