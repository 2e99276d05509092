//! Static properties: those of the class that is read, and those that the application has.

use std::collections::{BTreeMap, BTreeSet};

use super::{Builder, Names};
use crate::diagnostic::Problem;
use crate::hir::Ty;
use crate::hir::tree::{Expr, ExprKind, Function, StmtKind};
use crate::syntax::{self, Span, Whole};

impl Names<'_> {
    /// Whether other code than the class names its static property.
    pub(super) fn is_shared(&self, class: &syntax::Class, name: &str) -> bool {
        let key = self.statics.key_of(self.namespace.as_deref(), class);
        self.statics.is_elsewhere(&key, name)
    }

    /// The static properties of a class that the application has in any case: other code may set those that are public or
    /// named elsewhere.
    ///
    /// A public client that only its class names stays there: it is made once.
    pub(super) fn shared(
        &self,
        class: &syntax::Class,
        fields: &BTreeMap<String, Ty>,
    ) -> BTreeSet<String> {
        if self.touched.is_some() {
            return BTreeSet::new();
        }
        let key = self.statics.key_of(self.namespace.as_deref(), class);
        let statics = class
            .properties
            .iter()
            .filter(|property| property.is_static);
        let shared = statics.filter(|property| {
            let ty = fields.get(&property.name).map(Ty::present);
            let client = ty == Some(&Ty::Client);
            property.public && !client || self.statics.is_elsewhere(&key, &property.name)
        });
        shared.map(|property| property.name.clone()).collect()
    }
}

/// A warning for each `static` variable of a class's methods: it becomes a field.
pub(super) fn of_methods(class: &syntax::Class) -> impl Iterator<Item = Problem> {
    let methods = class.methods.iter().filter(|method| method.has_body);
    let statements = methods.flat_map(|method| &method.closure.body);
    statements.filter_map(|stmt| {
        let name = first_static(stmt)?;
        let message = format!(
            "the `static` variable `${name}` is one for each object here, and one for the class in PHP"
        );
        let hint = "make one object of this class, and share it";
        Some(Problem::warning(stmt.span, message).hint(hint))
    })
}

/// A warning for each `static` variable of a function: a process of Rust serves more than one request.
pub(super) fn of_function(function: &Function) -> impl Iterator<Item = Problem> {
    function.body.iter().filter_map(|stmt| {
        let StmtKind::Recall(local) = stmt.kind else {
            return None;
        };
        let message = format!(
            "the `static` variable `${}` is kept for the whole process here, and for one request in PHP",
            function.locals.get(local)?.name
        );
        let hint = "check that its value may be used by later requests";
        Some(Problem::warning(stmt.span, message).hint(hint))
    })
}

fn first_static(stmt: &syntax::Stmt) -> Option<&str> {
    let syntax::StmtKind::Whole(whole) = &stmt.kind else {
        return None;
    };
    let Whole::Static(variables) = &**whole else {
        return None;
    };
    variables.first().map(|(name, _)| name.as_str())
}

impl Builder<'_> {
    fn class_key(&self) -> Option<String> {
        let class = self.class?.class;
        let namespace = self.names.namespace.as_deref();
        Some(self.names.statics.key_of(namespace, class))
    }

    /// The words for a static property that the application has: the class that declares it, and its name.
    pub(super) fn static_words(&self, class: &syntax::Name, name: &str) -> Vec<String> {
        let own = self.class_key();
        let (_, owner) = self.names.statics.owner(own.as_deref(), class, name);
        vec![owner, name.to_owned()]
    }

    /// The word for a class: its whole name, so that two of the same last name are told apart.
    pub(super) fn class_word(&self, class: &syntax::Name) -> String {
        let own = self.class_key();
        self.names.statics.named(own.as_deref(), class)
    }

    /// Whether `static::$name` may be the property of a class below.
    pub(super) fn is_late(&self, class: &syntax::Name, name: &str) -> bool {
        let own = self.class_key();
        class.written.eq_ignore_ascii_case("static")
            && !self.is_open()
            && own.is_some_and(|own| self.names.statics.is_redeclared(&own, name))
    }

    pub(super) fn late(&self, span: Span, name: &str) -> Expr {
        let message = format!("`static::${name}`, which a class below declares again");
        let hint = "write the class whose property is meant";
        let problem = Problem::error(span, message).hint(hint);
        Expr::new(span, ExprKind::Refused(problem))
    }
}
