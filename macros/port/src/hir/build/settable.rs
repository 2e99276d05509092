//! The properties of a class that `$this->$name` may be of.

use std::collections::BTreeSet;

use super::{Builder, class};
use crate::hir::Ty;
use crate::syntax;

/// The properties that an assignment by name may set.
pub(super) struct Settable {
    pub(super) fields: Vec<(String, Takes)>,
    /// Whether the application has others.
    pub(super) others: bool,
}

/// The values that PHP lets a property have.
#[derive(Clone, Copy)]
pub(super) enum Takes {
    Any,
    /// All but null.
    Present,
}

impl Builder<'_> {
    /// The properties of the class, if it has no others: none of a class above, and none that an assignment makes.
    pub(super) fn declared(&self) -> Option<Vec<String>> {
        let shape = self.class?;
        let class = shape.class;
        let names: BTreeSet<String> = class.properties.iter().map(name_of).collect();
        let only = if class::is_component(class) {
            // What the struct does not have is another object's, or made by a method.
            shape.fields.keys().all(|name| names.contains(name))
        } else {
            self.has_all() && class::mentioned(class).is_subset(&names)
        };
        let known = only && !self.has_below() && !self.makes_properties(class);
        known.then(|| names.into_iter().collect())
    }

    /// The properties of a class whose others the application has: those of a class that is not in the file.
    pub(super) fn declared_here(&self) -> Option<Vec<String>> {
        let shape = self.class?;
        let class = shape.class;
        let names: BTreeSet<String> = class.properties.iter().map(name_of).collect();
        let own = shape.fields.keys().all(|name| names.contains(name));
        let above = class.parent.is_some() && !class::is_component(class);
        (above && own && !self.has_below() && !self.is_open()).then(|| names.into_iter().collect())
    }

    /// Whether the file has a class below this one.
    fn has_below(&self) -> bool {
        let own = self
            .class
            .map(|shape| shape.class.name.to_ascii_lowercase());
        let mut others = self.names.classes.values();
        others.any(|other| other.parent.as_ref().map(syntax::Name::last) == own)
    }

    /// The properties that `$this->$name = $value` may set, where the class reads no other that it makes.
    pub(super) fn settable(&self) -> Option<Settable> {
        let shape = self.class?;
        let class = shape.class;
        let magic = |method: &syntax::Method| {
            let name = method.name.to_ascii_lowercase();
            matches!(name.as_str(), "__set" | "__get" | "__isset" | "__unset")
        };
        let asks = !self.is_open() && !self.makes_properties(class);
        let above = class.parent.is_some() || !class.uses.is_empty();
        if class.methods.iter().any(magic) || above && self.is_open() || self.is_readonly(class) {
            return None;
        }
        let fields = class.properties.iter().map(|property| {
            let takes = self.takes(shape, property)?;
            Some((property.name.clone(), takes))
        });
        let fields: Vec<_> = fields.collect::<Option<_>>()?;
        let known: BTreeSet<String> = class.properties.iter().map(name_of).collect();
        // Those that only an assignment makes may be of the class above.
        let only = if above {
            shape.fields.keys().all(|name| known.contains(name))
        } else {
            class::mentioned(class).is_subset(&known)
        };
        let component = class::is_component(class) && class.uses.is_empty();
        let whole = only && !fields.is_empty() && (asks || !component);
        let others = above && !(component && asks);
        whole.then_some(Settable { fields, others })
    }

    /// Whether all properties of a class are read-only: `readonly class`.
    fn is_readonly(&self, class: &syntax::Class) -> bool {
        let before = self.block.text.get(..class.name_span.start);
        let words = before.and_then(|text| text.rsplit([';', '{', '}']).next());
        words.is_some_and(|words| words.to_ascii_lowercase().contains("readonly"))
    }

    /// The values that a property takes where its name is a value; none where that is not known.
    fn takes(&self, shape: &class::Shape<'_>, property: &syntax::Property) -> Option<Takes> {
        let text = self.block.text.get(property.span.range())?;
        let is_readonly = text.to_ascii_lowercase().contains("readonly");
        if property.is_static || is_readonly || shape.pools.contains(&property.name) {
            return None;
        }
        let Some(written) = &property.ty else {
            return Some(Takes::Any);
        };
        let written = written.to_ascii_lowercase();
        let (nullable, ty) = match written.strip_prefix('?') {
            Some(ty) => (true, ty),
            None => (false, &*written),
        };
        if self.is_open() {
            return (ty == "mixed").then_some(Takes::Any);
        }
        match ty {
            "mixed" | "string" | "int" | "float" | "bool" | "array" => Some(Takes::Any),
            _ => match Ty::declared(ty) {
                Some(Ty::Client | Ty::Response | Ty::Promise | Ty::Media) if nullable => {
                    Some(Takes::Any)
                }
                Some(Ty::Client | Ty::Response | Ty::Promise | Ty::Media) => Some(Takes::Present),
                _ => None,
            },
        }
    }

    /// The properties that `$this->$name` may read, if all of them hold plain values.
    pub(super) fn readable(&self) -> Option<Vec<String>> {
        let shape = self.class?;
        let fields = self.settable()?.fields;
        let plain = |name: &String| {
            let ty = shape.fields.get(name);
            matches!(ty, Some(Ty::Unknown | Ty::Any)) && !shape.foreign.contains(name)
        };
        let fields: Vec<String> = fields.into_iter().map(|(name, _)| name).collect();
        fields.iter().all(plain).then_some(fields)
    }
}

fn name_of(property: &syntax::Property) -> String {
    property.name.clone()
}
