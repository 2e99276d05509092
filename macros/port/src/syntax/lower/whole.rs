//! The constructs that whole files use and snippets do not: classes, loops, `switch`, `match`, taking lists apart.

use tree_sitter::Node;

use super::expression::is_name;
use super::page::{pages_behind, with_pages};
use super::{Lower, has, named};
use crate::syntax::Stmt;
use crate::syntax::{
    Class, Expr, ExprKind, Member, Method, Name, Property, StmtKind, Whole, WholeExpr,
};

impl Lower<'_> {
    pub(super) fn whole_statement(&mut self, node: Node<'_>) -> Option<StmtKind> {
        let whole = match node.kind() {
            "while_statement" => Whole::While {
                condition: self.field(node, "condition"),
                body: self.body(node),
            },
            "do_statement" => Whole::DoWhile {
                body: self.body(node),
                condition: self.field(node, "condition"),
            },
            "for_statement" => Whole::For {
                init: self.clause(node, "initialize"),
                condition: self.clause(node, "condition"),
                step: self.clause(node, "update"),
                body: self.body(node),
            },
            "switch_statement" => self.switch(node),
            "break_statement" => Whole::Break(self.levels(node)?),
            "continue_statement" => Whole::Continue(self.levels(node)?),
            "exit_statement" => {
                let value = named(node).first().map(|value| self.expr(*value));
                return Some(StmtKind::Expr(Expr {
                    span: self.span(node),
                    kind: ExprKind::Whole(Box::new(WholeExpr::Exit(value))),
                }));
            }
            "global_declaration" => {
                let names = named(node).into_iter();
                Whole::Global(names.map(|name| self.variable(name)).collect())
            }
            "function_static_declaration" => self.statics(node),
            "const_declaration" => Whole::Const(self.constants(node)),
            "class_declaration" if self.functions > 0 && self.own_class.is_none() => {
                let class = Whole::Class(self.declaration(node, "class"));
                let kind = StmtKind::Whole(Box::new(class));
                let span = self.span(node);
                self.of_functions.push(Stmt { span, kind });
                return Some(StmtKind::Empty);
            }
            "class_declaration" => Whole::Class(self.declaration(node, "class")),
            "interface_declaration" => Whole::Class(self.declaration(node, "interface")),
            "trait_declaration" => Whole::Class(self.declaration(node, "trait")),
            _ => return None,
        };
        Some(StmtKind::Whole(Box::new(whole)))
    }

    pub(super) fn whole_expression(&mut self, node: Node<'_>) -> Option<ExprKind> {
        let whole = match node.kind() {
            "nullsafe_member_access_expression" => {
                WholeExpr::Property(self.field(node, "object"), self.member(node))
            }
            "nullsafe_member_call_expression" => {
                let object = self.field(node, "object");
                WholeExpr::MethodCall(object, self.member(node), self.args(node))
            }
            "scoped_property_access_expression" => {
                let scope = node.child_by_field_name("scope")?;
                let name = node.child_by_field_name("name")?;
                if !(is_name(scope) || scope.kind() == "relative_scope") {
                    return None;
                }
                let mut class = self.class(scope);
                // Within a class, its name and `self` are the same.
                if self.own_class.as_ref() == Some(&class.resolved) {
                    "self".clone_into(&mut class.written);
                }
                // `self::$$name`: a property whose name only a run tells.
                if name.kind() == "dynamic_variable_name" {
                    let inner = *named(name).first()?;
                    let own = matches!(class.written.as_str(), "self" | "static");
                    if !own || inner.kind() != "variable_name" {
                        return None;
                    }
                    let this = ExprKind::Variable("this".to_owned());
                    let span = self.span(scope);
                    return Some(ExprKind::Property {
                        object: Box::new(Expr { span, kind: this }),
                        member: Member::Computed(self.boxed(inner)),
                    });
                }
                WholeExpr::StaticProperty(class, self.variable(name))
            }
            // `"${name}"`, `"${name['key']}"`; elsewhere `name` is a constant that holds the name.
            "dynamic_variable_name" if !is_in_text(node) => return None,
            "dynamic_variable_name" => match &*named(node) {
                [name] if name.kind() == "name" => {
                    return Some(ExprKind::Variable(self.text(*name).to_owned()));
                }
                [item] if item.kind() == "subscript_expression" => {
                    let mut item = self.expr(*item).kind;
                    let mut inner = &mut item;
                    while let ExprKind::Index { object, .. } = inner {
                        inner = &mut object.kind;
                    }
                    let ExprKind::Constant(name) = inner else {
                        return None;
                    };
                    *inner = ExprKind::Variable(name.written.clone());
                    return Some(item);
                }
                _ => return None,
            },
            "match_expression" => self.match_expression(node)?,
            "list_literal" => self.list(node)?,
            "variadic_unpacking" => WholeExpr::Spread(self.expr(*named(node).first()?)),
            "update_expression" => {
                let operator = node.child_by_field_name("operator")?;
                let argument = node.child_by_field_name("argument")?;
                WholeExpr::Step {
                    target: self.expr(argument),
                    up: self.text(operator) == "++",
                    before: operator.start_byte() < argument.start_byte(),
                }
            }
            "error_suppression_expression" => WholeExpr::Silenced(self.expr(*named(node).first()?)),
            _ => return None,
        };
        Some(ExprKind::Whole(Box::new(whole)))
    }

    /// The expressions of one of the three parts of a `for`.
    fn clause(&mut self, node: Node<'_>, field: &str) -> Vec<Expr> {
        let mut all = Vec::new();
        let mut todo: Vec<_> = node.child_by_field_name(field).into_iter().collect();
        while let Some(next) = todo.pop() {
            match next.kind() {
                "sequence_expression" => todo.extend(named(next).into_iter().rev()),
                _ => all.push(self.expr(next)),
            }
        }
        all
    }

    fn levels(&mut self, node: Node<'_>) -> Option<usize> {
        match named(node).first() {
            None => Some(1),
            Some(number) => self.text(*number).parse().ok().filter(|levels| *levels > 0),
        }
    }

    fn switch(&mut self, node: Node<'_>) -> Whole {
        let cases = node.child_by_field_name("body").map(named);
        let cases = cases.unwrap_or_default().into_iter();
        let subject = self.field(node, "condition");
        let cases = cases.map(|case| {
            let value = case.child_by_field_name("value");
            let skip = value.map(|value| value.id());
            let body = with_pages(case).into_iter().chain(pages_behind(case));
            let body = self.row(body.filter(|child| Some(child.id()) != skip));
            (value.map(|value| self.expr(value)), body)
        });
        Whole::Switch {
            subject,
            cases: cases.collect(),
        }
    }

    fn statics(&mut self, node: Node<'_>) -> Whole {
        let variables = named(node).into_iter().map(|variable| {
            let name = self.field_text(variable, "name");
            let value = variable.child_by_field_name("value");
            let value = value.map(|value| self.expr(value));
            (name.trim_start_matches('$').to_owned(), value)
        });
        Whole::Static(variables.collect())
    }

    fn constants(&mut self, node: Node<'_>) -> Vec<(String, Expr)> {
        let elements = named(node).into_iter();
        let elements = elements.filter(|child| child.kind() == "const_element");
        let pairs = elements.filter_map(|element| match &*named(element) {
            [name, value] => Some((self.text(*name).to_owned(), self.expr(*value))),
            _ => None,
        });
        pairs.collect()
    }

    fn match_expression(&mut self, node: Node<'_>) -> Option<WholeExpr> {
        let subject = self.field(node, "condition");
        let mut arms = Vec::new();
        for arm in named(node.child_by_field_name("body")?) {
            let value = self.expr(arm.child_by_field_name("return_expression")?);
            let conditions = arm.child_by_field_name("conditional_expressions");
            let conditions = conditions.map(|all| {
                let all = named(all).into_iter();
                all.map(|condition| self.expr(condition)).collect()
            });
            arms.push((conditions, value));
        }
        Some(WholeExpr::Match { subject, arms })
    }

    fn list(&mut self, node: Node<'_>) -> Option<WholeExpr> {
        let mut places = Vec::new();
        let (mut key, mut target) = (None, None);
        let mut cursor = node.walk();
        let children: Vec<_> = node.children(&mut cursor).collect();
        for child in children {
            match child.kind() {
                "list" | "(" | "[" => {}
                "," => places.push(target.take().map(|target| (key.take(), target))),
                ")" | "]" => {
                    if let Some(target) = target.take() {
                        places.push(Some((key.take(), target)));
                    }
                }
                "=>" => key = target.take(),
                "by_ref" => return None,
                _ if child.is_extra() => {}
                _ => target = Some(self.expr(child)),
            }
        }
        Some(WholeExpr::List(places))
    }

    fn declaration(&mut self, node: Node<'_>, kind: &'static str) -> Class {
        let name = node.child_by_field_name("name");
        let mut class = Class {
            name_span: self.span(name.unwrap_or(node)),
            name: self.field_text(node, "name"),
            kind,
            parent: None,
            interfaces: Vec::new(),
            uses: Vec::new(),
            adapts: false,
            inherited: Vec::new(),
            consts: Vec::new(),
            properties: Vec::new(),
            methods: Vec::new(),
        };
        for child in named(node) {
            let names = named(child).into_iter().filter(|name| is_name(*name));
            match child.kind() {
                "base_clause" if kind != "interface" => {
                    class.parent = names.map(|name| self.class(name)).next();
                }
                "base_clause" | "class_interface_clause" => {
                    class.interfaces.extend(names.map(|name| self.class(name)));
                }
                _ => {}
            }
        }
        let own = self.imports.class(&class.name);
        let outer = self.own_class.replace(own);
        let members = node.child_by_field_name("body").map(named);
        for member in members.unwrap_or_default() {
            self.member_of(&mut class, member);
        }
        if has(node, "readonly_modifier") {
            let all = class.properties.iter_mut();
            all.for_each(|property| property.readonly = true);
        }
        self.own_class = outer;
        class
    }

    fn member_of(&mut self, class: &mut Class, node: Node<'_>) {
        match node.kind() {
            "use_declaration" => {
                let names = named(node).into_iter().filter(|name| is_name(*name));
                let names: Vec<Name> = names.map(|name| self.class(name)).collect();
                class.uses.extend(names);
                class.adapts |= named(node).iter().any(|part| part.kind() == "use_list");
            }
            "const_declaration" => class.consts.extend(self.constants(node)),
            "property_declaration" => {
                let ty = node.child_by_field_name("type");
                let ty = ty.map(|ty| self.type_text(ty));
                for element in named(node) {
                    if element.kind() != "property_element" {
                        continue;
                    }
                    let default = element.child_by_field_name("default_value");
                    let name = self.field_text(element, "name");
                    class.properties.push(Property {
                        span: self.span(node),
                        name: name.trim_start_matches('$').to_owned(),
                        ty: ty.clone(),
                        default: default.map(|value| self.expr(value)),
                        is_static: has(node, "static_modifier"),
                        promoted: false,
                        public: self.is_public(node),
                        private: self.is_private(node),
                        readonly: has(node, "readonly_modifier"),
                    });
                }
            }
            "method_declaration" => {
                self.promotions(class, node);
                self.lowered.insert(node.id());
                class.methods.push(Method {
                    span: self.span(node),
                    name: self.field_text(node, "name"),
                    public: self.is_public(node),
                    private: self.is_private(node),
                    is_static: has(node, "static_modifier"),
                    has_body: node.child_by_field_name("body").is_some(),
                    closure: self.closure(node, false),
                });
            }
            _ => {}
        }
    }

    /// Parameters of the constructor that are properties.
    fn promotions(&mut self, class: &mut Class, method: Node<'_>) {
        let params = method.child_by_field_name("parameters").map(named);
        for param in params.unwrap_or_default() {
            if param.kind() != "property_promotion_parameter" {
                continue;
            }
            let known = self.param(param);
            let visibility = param.child_by_field_name("visibility");
            let visibility = visibility.map_or("public", |word| self.text(word));
            class.properties.push(Property {
                span: self.span(param),
                name: known.name,
                ty: known.ty,
                default: None,
                is_static: false,
                promoted: true,
                public: visibility == "public",
                private: visibility == "private",
                readonly: has(param, "readonly_modifier"),
            });
        }
    }

    fn is_private(&self, node: Node<'_>) -> bool {
        let words = named(node).into_iter();
        let mut words = words.filter(|word| word.kind() == "visibility_modifier");
        words.any(|word| self.text(word) == "private")
    }

    fn is_public(&self, node: Node<'_>) -> bool {
        let words = named(node).into_iter();
        let mut words = words.filter(|word| word.kind() == "visibility_modifier");
        words.all(|word| self.text(word) == "public")
    }
}

/// Whether a `${name}` stands in a text itself: in `"{${name}}"` it does not.
fn is_in_text(node: Node<'_>) -> bool {
    let texts = [
        "encapsed_string",
        "heredoc_body",
        "shell_command_expression",
    ];
    let parent = node.parent().map(|parent| parent.kind());
    let before = node.prev_sibling().map(|before| before.kind());
    parent.is_some_and(|parent| texts.contains(&parent)) && before != Some("{")
}
