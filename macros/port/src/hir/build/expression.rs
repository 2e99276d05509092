//! Expressions.

use super::{Builder, class, is_superglobal, refused};
use crate::hir::Ty;
use crate::hir::builtin;
use crate::hir::tree::{Entry, Expr, ExprKind, Place, Root, Target};
use crate::recognise::{self, Call};
use crate::syntax::is_word;
use crate::syntax::{
    self, BinaryOp, Cast, ExprKind as PhpKind, Item, Member, Piece, Span, UnaryOp, WholeExpr,
};

impl<'a> Builder<'a> {
    pub(super) fn expr(&mut self, expr: &'a syntax::Expr) -> Expr {
        let span = expr.span;
        if self.is_open() {
            if let Some(built) = self.unresolved(expr) {
                return built;
            }
        } else if let Some(built) = self.sdk(expr).or_else(|| self.of_pool(expr)) {
            return built;
        }
        let kind = match &expr.kind {
            PhpKind::Variable(name) => return self.variable(span, name),
            PhpKind::Null => ExprKind::Null,
            PhpKind::Bool(flag) => ExprKind::Bool(*flag),
            PhpKind::Int(number) => ExprKind::Int(*number),
            PhpKind::Float(number) => ExprKind::Float(*number),
            PhpKind::String(text) => ExprKind::Text(text.clone()),
            PhpKind::Interpolated(pieces) => {
                let pieces = pieces.iter().map(|piece| match piece {
                    Piece::Text(text) => Expr::new(span, ExprKind::Text(text.clone())),
                    Piece::Value(value) => self.text_of(value),
                });
                ExprKind::Concat(pieces.collect())
            }
            PhpKind::Array(items) => self.array(items),
            PhpKind::Constant(name) => return self.constant(span, name),
            PhpKind::ClassConstant { class, name } => {
                return self.class_constant(span, class, name);
            }
            PhpKind::Property { object, member } => return self.property(expr, object, member),
            PhpKind::Index {
                object,
                index: Some(index),
            } => {
                let object = match self.foreign_global(object, index) {
                    Some(object) => object,
                    None => self.other_item(object, index),
                };
                ExprKind::Index(object, self.expr(index))
            }
            PhpKind::Index { index: None, .. } => return self.unknown(span, "reading `[]`"),
            PhpKind::Call { function, args } => return self.call(expr, function, args),
            PhpKind::CallValue { callee, args } => {
                if let Some(call) = self.call_of_table(span, callee, args) {
                    return call;
                }
                let callee = self.expr(callee);
                match self.args(args) {
                    Some(args) => ExprKind::CallClosure(callee, args),
                    None => return self.unknown(span, "these arguments"),
                }
            }
            PhpKind::MethodCall {
                object,
                method,
                args,
            } => {
                return self.method(expr, object, method, args);
            }
            PhpKind::StaticCall {
                class,
                method,
                args,
            } => {
                return self.static_call(expr, class, method, args);
            }
            PhpKind::New { class, args } => return self.new_object(expr, class, args),
            PhpKind::Closure(closure) => return self.closure(span, closure),
            PhpKind::Assign { target, op, value } => return self.assign(span, target, *op, value),
            PhpKind::Unary { op, operand } => self.unary(*op, operand),
            PhpKind::Binary { op, left, right } => return self.binary(span, *op, left, right),
            PhpKind::Ternary {
                condition,
                then,
                otherwise,
            } => {
                let condition = self.expr(condition);
                let then = then.as_ref().map(|then| self.expr(then));
                ExprKind::Ternary(condition, then, self.expr(otherwise))
            }
            PhpKind::Cast { to, value } => self.cast(*to, value),
            PhpKind::Clone(inner) => return self.expr(inner),
            PhpKind::Print(value) => ExprKind::Print(self.text_of(value)),
            PhpKind::Throw(value) => ExprKind::Throw(self.expr(value)),
            PhpKind::Include(_) => return self.foreign_expr(expr),
            PhpKind::Whole(whole) => return self.whole_expr(expr, whole),
            // They may read or set any variable.
            PhpKind::Unsupported { what }
                if what.contains("variable variable")
                    || what.contains("reference")
                    || what.contains("yield") =>
            {
                return self.unknown(span, what);
            }
            PhpKind::Unsupported { .. } => return self.foreign_expr(expr),
        };
        Expr::new(span, kind)
    }

    fn variable(&mut self, span: Span, name: &str) -> Expr {
        if name == "this" {
            return refused(span, "`$this` as a value");
        }
        if name == "GLOBALS" && !self.names.globals.is_empty() {
            return self.unknown(
                span,
                "`$GLOBALS` in a file with variables outside of functions",
            );
        }
        if is_superglobal(name) {
            return self.superglobal(span, name);
        }
        if let Some(aliased) = self.aliased(span, name) {
            return aliased;
        }
        let local = self.local(name);
        Expr::new(span, ExprKind::Local(local))
    }

    fn superglobal(&self, span: Span, name: &str) -> Expr {
        let words = vec![name.trim_start_matches('_').to_ascii_lowercase()];
        self.foreign(span, words, None, Vec::new())
    }

    /// `$GLOBALS['name']`, whose value the application has where the file has no such variable.
    fn foreign_global(&self, object: &syntax::Expr, index: &syntax::Expr) -> Option<Expr> {
        match (&object.kind, &index.kind) {
            (PhpKind::Variable(variable), PhpKind::String(name))
                if variable == "GLOBALS" && !self.names.globals.contains(name) =>
            {
                Some(self.superglobal(object.span, variable))
            }
            _ => None,
        }
    }

    fn array(&mut self, items: &'a [Item]) -> ExprKind {
        let entries = items.iter().map(|item| {
            let (value, spread) = match &item.value.kind {
                PhpKind::Whole(whole) => match &**whole {
                    WholeExpr::Spread(inner) => (inner, true),
                    _ => (&item.value, false),
                },
                _ => (&item.value, false),
            };
            Entry {
                key: item.key.as_ref().map(|key| self.expr(key)),
                value: self.expr(value),
                spread,
            }
        });
        ExprKind::Array(entries.collect())
    }

    fn constant(&mut self, span: Span, name: &syntax::Name) -> Expr {
        let last = name.resolved.rsplit('\\').next().unwrap_or(&name.resolved);
        if last.eq_ignore_ascii_case("exit") || last.eq_ignore_ascii_case("die") {
            return Expr::new(span, ExprKind::Exit(None));
        }
        match self.known_constant(span, last) {
            Some(known) => Expr::new(span, known),
            None => {
                let place = self.place_below(span, last);
                self.foreign(
                    span,
                    vec![last.to_owned()],
                    None,
                    place.into_iter().collect(),
                )
            }
        }
    }

    /// A constant of the file or of PHP.
    pub(super) fn known_constant(&self, span: Span, name: &str) -> Option<ExprKind> {
        if self.names.consts.contains(name) {
            return Some(ExprKind::FileConst(name.to_owned()));
        }
        if let Some(known) = self.magic(span, name) {
            return Some(known);
        }
        Some(match builtin::constant(name)? {
            serde_json::Value::String(text) => ExprKind::Text(text),
            number if number.is_f64() => ExprKind::Float(number.as_f64().unwrap_or_default()),
            number => ExprKind::Int(number.as_i64().unwrap_or_default()),
        })
    }

    fn class_constant(&mut self, span: Span, class: &syntax::Name, name: &str) -> Expr {
        let own = matches!(class.written.as_str(), "self" | "static");
        if let Some(shape) = self.class {
            let named = own || class.last() == shape.class.name.to_ascii_lowercase();
            if named && shape.consts.contains(name) {
                let known = shape.class.consts.iter().find(|(known, _)| known == name);
                if let Some((_, value)) = known
                    && self.nested_consts < MOST_CONSTS
                {
                    self.nested_consts += 1;
                    let value = self.expr(value);
                    self.nested_consts -= 1;
                    if class::is_foreign(&value) {
                        return value;
                    }
                }
                return Expr::new(span, ExprKind::ClassConst(name.to_owned()));
            }
        }
        if name.eq_ignore_ascii_case("class") {
            return if own {
                self.class_of_this(span)
            } else {
                Expr::new(span, ExprKind::Text(self.class_path(class)))
            };
        }
        if let Some(value) = crate::hir::sdk_class::constant(class, name) {
            return Expr::new(span, ExprKind::Text(value.to_owned()));
        }
        {
            let words = vec![self.class_word(class), name.to_owned()];
            self.foreign(span, words, None, Vec::new())
        }
    }

    /// `static::class`
    pub(super) fn class_of_this(&mut self, span: Span) -> Expr {
        let path = match self.class {
            Some(shape) if shape.class.kind == "class" => self.qualified(&shape.class.name),
            // A trait has the class that uses it.
            _ => None,
        };
        match path {
            Some(path) => Expr::new(span, ExprKind::Text(path)),
            None => self.foreign(span, class_of_run(), None, Vec::new()),
        }
    }

    pub(super) fn class_path(&self, name: &syntax::Name) -> String {
        super::known::full_name(name)
    }

    fn property(
        &mut self,
        expr: &'a syntax::Expr,
        object: &'a syntax::Expr,
        member: &'a Member,
    ) -> Expr {
        if let Some(value) = member
            .name()
            .and_then(|name| self.of_case(expr.span, object, name))
        {
            return value;
        }
        if let Some(name) = self.own_property(expr)
            && let Some(shape) = self.class
        {
            // Members of a base class that is not in the file are the application's.
            let foreign = shape.foreign.contains(&name) || !shape.fields.contains_key(&name);
            return match foreign {
                true => self.foreign(expr.span, vec![name], None, Vec::new()),
                false => Expr::new(expr.span, ExprKind::Field(name)),
            };
        }
        if object.is_this() {
            if let Some(shape) = self.class
                && let Some(name) = member.name()
                && let Some(getter) = class::getter(shape.class, name)
                && let Some(read) = self.own_method(expr.span, &getter.name, &[])
            {
                return read;
            }
            // The name may be that of a property which the struct has.
            let own = |shape: &class::Shape<'_>| {
                let mut names = shape.fields.keys();
                names.any(|name| !shape.foreign.contains(name) && !shape.shared.contains(name))
            };
            if let Member::Computed(name) = member
                && let Some(read) = self.computed_read(expr.span, name)
            {
                return read;
            }
            if matches!(member, Member::Computed(_)) && self.class.is_some_and(own) {
                return self.unknown(expr.span, "a property whose name only a run tells");
            }
            // Each class has other properties.
            if let Member::Computed(name) = member
                && let Some(class) = self.class_name()
            {
                let args = vec![self.expr(name)];
                let words = vec![class, "property".to_owned()];
                return self.foreign(expr.span, words, None, args);
            }
            return self.foreign_expr(expr);
        }
        if self.is_client(object) {
            let message = "a path of WeChat Pay is kept in a variable";
            return refused(expr.span, message);
        }
        let key = match member {
            Member::Name { name, .. } => Expr::new(expr.span, ExprKind::Text(name.clone())),
            Member::Computed(computed) => self.expr(computed),
        };
        let object = self.expr(object);
        Expr::new(expr.span, ExprKind::Index(object, key))
    }

    fn assign(
        &mut self,
        span: Span,
        target: &'a syntax::Expr,
        op: Option<BinaryOp>,
        value: &'a syntax::Expr,
    ) -> Expr {
        if let PhpKind::Whole(whole) = &target.kind
            && let WholeExpr::List(_) = &**whole
        {
            let value = self.expr(value);
            return self.unpack(span, target, value);
        }
        if op.is_none()
            && let Some(set) = self.foreign_assign(span, target, value)
        {
            return set;
        }
        if let Some(name) = self.own_property(target)
            && self
                .class
                .is_some_and(|shape| shape.foreign.contains(&name))
            && !(op.is_none() && self.is_handed_on(value))
        {
            if op.is_some() {
                return self.unknown(span, "this change of an object of the application");
            }
            let value = self.expr(value);
            return self.foreign(span, vec!["set".to_owned(), name], None, vec![value]);
        }
        if op.is_none()
            && let Some((name, member)) = self.told(target)
        {
            let words = ["set", name, member].map(str::to_owned).to_vec();
            let object = Expr::new(target.span, ExprKind::Local(self.local(name)));
            let value = self.expr(value);
            return self.foreign(span, words, Some(object), vec![value]);
        }
        let kind = self.kind_of(value);
        let value = match op {
            Some(BinaryOp::Concat) => self.text_of(value),
            _ => self.expr(value),
        };
        self.end_choice(target);
        let place = match self.place(target) {
            Ok(place) => place,
            Err(refused) => return refused,
        };
        if let PhpKind::Variable(name) = &target.kind {
            self.kinds
                .insert(name.clone(), if op.is_none() { kind } else { Ty::Unknown });
        }
        let kind = match op {
            None => ExprKind::Assign(place, value),
            Some(BinaryOp::Coalesce) => ExprKind::AssignMissing(place, value),
            Some(op) => ExprKind::AssignOp(place, op, value),
        };
        Expr::new(span, kind)
    }

    /// The variable and the property of an object that the application has, too, where no other code of the file does.
    fn told<'e>(&self, target: &'e syntax::Expr) -> Option<(&'e str, &'e str)> {
        let (name, member) = self.held.told(target)?;
        let plain = matches!(self.kind(name), Ty::Unknown | Ty::Any);
        // A call in the file has a copy of the object that is not told.
        let alone = match (self.in_closure, self.function_name.as_deref()) {
            (true, _) => self.called_by_application,
            (false, own) => mentions(&self.block.text, own?) == 1,
        };
        (plain && alone && !self.is_open()).then_some((name, member))
    }

    /// Whether a value is a parameter of the constructor, in its own statements: the application, which has the object
    /// already, is not given it.
    fn is_handed_on(&self, value: &syntax::Expr) -> bool {
        let constructor = self.method_name.as_deref();
        let constructor =
            constructor.is_some_and(|method| method.eq_ignore_ascii_case("__construct"));
        let given = matches!(&value.kind, PhpKind::Variable(name) if self.held.is_given(name));
        constructor && self.depth == 1 && given
    }

    /// `[$a, 'k' => $b] = …`
    pub(super) fn unpack(&mut self, span: Span, target: &'a syntax::Expr, value: Expr) -> Expr {
        let PhpKind::Whole(whole) = &target.kind else {
            return self.unknown(span, "this assignment");
        };
        let WholeExpr::List(list) = &**whole else {
            return self.unknown(span, "this assignment");
        };
        let mut places = Vec::new();
        match self.unpack_list(span, list, &[], &mut places) {
            Ok(()) => Expr::new(span, ExprKind::Unpack(places, value)),
            Err(refused) => refused,
        }
    }

    /// The places of a list, and the keys that lead to each.
    fn unpack_list(
        &mut self,
        span: Span,
        list: &'a [ListItem],
        outer: &[Expr],
        places: &mut Vec<Target>,
    ) -> Result<(), Expr> {
        for (index, item) in list.iter().enumerate() {
            let Some((key, target)) = item else {
                continue;
            };
            let key = match key {
                Some(key) => self.expr(key),
                None => Expr::new(
                    span,
                    ExprKind::Int(i64::try_from(index).unwrap_or(i64::MAX)),
                ),
            };
            let fixed = matches!(*key.kind, ExprKind::Int(_) | ExprKind::Text(_));
            let mut keys = outer.to_vec();
            keys.push(key);
            if let Some(inner) = list_of(target) {
                // PHP asks for the key once, and this for each place.
                if !fixed {
                    return Err(self.unknown(span, "a key of a list within a list"));
                }
                self.unpack_list(span, inner, &keys, places)?;
            } else {
                let place = self.place(target)?;
                let value = Expr::new(target.span, ExprKind::Item);
                places.push(Target { keys, place, value });
            }
        }
        Ok(())
    }

    /// The assigned place; the expression when it is none.
    pub(super) fn place(&mut self, target: &'a syntax::Expr) -> Result<Place, Expr> {
        if let PhpKind::Whole(whole) = &target.kind
            && let WholeExpr::StaticProperty(class, name) = &**whole
            && self.is_late(class, name)
        {
            return Err(self.late(target.span, name));
        }
        if let Some(name) = self.own_property(target)
            && self.class.is_some()
        {
            return Ok(Place {
                root: Root::Field(name),
                path: Vec::new(),
            });
        }
        match &target.kind {
            PhpKind::Variable(name) if is_superglobal(name) => {
                let message = format!("a change of the global variable `${name}`");
                Err(refused(target.span, message))
            }
            PhpKind::Variable(name) => {
                if name == "this" {
                    return Err(self.unknown(target.span, "an assignment to this"));
                }
                if let Some(place) = self.aliased_place(target.span, name) {
                    return place;
                }
                let root = Root::Local(self.local(name));
                Ok(Place {
                    root,
                    path: Vec::new(),
                })
            }
            PhpKind::Index { object, index } => {
                let mut place = self.place(object)?;
                let index = index.as_ref().map(|index| self.expr(index));
                place.path.push(index);
                Ok(place)
            }
            PhpKind::Property { object, member } => {
                if self.held.is_shared(target) {
                    let what = "a change of an object that something else holds too";
                    return Err(self.unknown(target.span, what));
                }
                let mut place = self.place(object)?;
                let key = match member {
                    Member::Name { name, .. } => {
                        Expr::new(target.span, ExprKind::Text(name.clone()))
                    }
                    Member::Computed(computed) => self.expr(computed),
                };
                place.path.push(Some(key));
                Ok(place)
            }
            _ => Err(self.unknown(target.span, "an assignment to this")),
        }
    }

    fn unary(&mut self, op: UnaryOp, operand: &'a syntax::Expr) -> ExprKind {
        let span = operand.span;
        let operand = self.expr(operand);
        match op {
            UnaryOp::Not => ExprKind::Not(operand),
            UnaryOp::Minus => match *operand.kind {
                ExprKind::Int(number) => match number.checked_neg() {
                    Some(number) => ExprKind::Int(number),
                    None => ExprKind::Minus(operand),
                },
                ExprKind::Float(number) => ExprKind::Float(-number),
                _ => ExprKind::Minus(operand),
            },
            UnaryOp::Plus => ExprKind::Plus(operand),
            UnaryOp::BitNot => match *operand.kind {
                ExprKind::Int(number) => ExprKind::Int(!number),
                _ => *self.unknown(span, "the operator `~`").kind,
            },
        }
    }

    fn binary(
        &mut self,
        span: Span,
        op: BinaryOp,
        left: &'a syntax::Expr,
        right: &'a syntax::Expr,
    ) -> Expr {
        if op == BinaryOp::InstanceOf {
            let PhpKind::Constant(class) = &right.kind else {
                return self.unknown(span, "an `instanceof` of a class known at run time only");
            };
            if self.kind_of(left) != Ty::Thrown {
                let receiver = self.expr(left);
                let words = vec!["is".to_owned(), self.class_word(class)];
                return self.foreign(span, words, None, vec![receiver]);
            }
            // A handler of APIv2's promise is given the answer itself.
            if class.last() == "responseinterface"
                && self.answers_reject
                && matches!(&left.kind, PhpKind::Variable(name) if self.reasons.contains(name))
            {
                return self.unknown(span, "whether an exception is an answer");
            }
            let left = self.expr(left);
            let path = self.caught(class);
            return Expr::new(span, ExprKind::InstanceOf(left, path));
        }
        if let BinaryOp::BitOr
        | BinaryOp::BitAnd
        | BinaryOp::BitXor
        | BinaryOp::ShiftLeft
        | BinaryOp::ShiftRight = op
        {
            return self.bits(span, op, left, right);
        }
        let (left, right) = match op {
            BinaryOp::Concat => (self.text_of(left), self.text_of(right)),
            _ => (self.expr(left), self.expr(right)),
        };
        let kind = match op {
            BinaryOp::Concat => {
                let mut pieces = Vec::new();
                for side in [left, right] {
                    match *side.kind {
                        ExprKind::Concat(inner) => pieces.extend(inner),
                        _ => pieces.push(side),
                    }
                }
                ExprKind::Concat(pieces)
            }
            BinaryOp::And => ExprKind::And(left, right),
            BinaryOp::Or => ExprKind::Or(left, right),
            BinaryOp::Coalesce => ExprKind::Coalesce(left, right),
            op => ExprKind::Binary(op, left, right),
        };
        Expr::new(span, kind)
    }

    /// Flags that are known are one number.
    fn bits(
        &mut self,
        span: Span,
        op: BinaryOp,
        left: &'a syntax::Expr,
        right: &'a syntax::Expr,
    ) -> Expr {
        let (left, right) = (self.expr(left), self.expr(right));
        let known = match (op, &*left.kind, &*right.kind) {
            (BinaryOp::BitOr, ExprKind::Int(left), ExprKind::Int(right)) => Some(left | right),
            (BinaryOp::BitAnd, ExprKind::Int(left), ExprKind::Int(right)) => Some(left & right),
            (BinaryOp::BitXor, ExprKind::Int(left), ExprKind::Int(right)) => Some(left ^ right),
            (BinaryOp::ShiftLeft, ExprKind::Int(left), ExprKind::Int(width @ 0..64)) => {
                Some(left << width)
            }
            (BinaryOp::ShiftRight, ExprKind::Int(left), ExprKind::Int(width @ 0..64)) => {
                Some(left >> width)
            }
            _ => None,
        };
        let kind = match known {
            Some(number) => ExprKind::Int(number),
            None => ExprKind::Binary(op, left, right),
        };
        Expr::new(span, kind)
    }

    fn cast(&mut self, to: Cast, value: &'a syntax::Expr) -> ExprKind {
        if to == Cast::String
            && let Some(body) = self.body_of(value)
        {
            return *body.kind;
        }
        if to == Cast::Array
            && let PhpKind::Call { function, args } = &value.kind
            && function.last() == "json_decode"
            && let [text] = &**args
        {
            let text = self.expr(&text.value);
            let decoded = Expr::new(value.span, ExprKind::Builtin("json_decode", vec![text]));
            return ExprKind::ToArray(decoded);
        }
        let value = match to {
            Cast::String => self.text_of(value),
            _ => self.expr(value),
        };
        match to {
            Cast::String => ExprKind::Cast(Ty::Text, value),
            Cast::Int => ExprKind::Cast(Ty::Int, value),
            Cast::Float => ExprKind::Cast(Ty::Float, value),
            Cast::Bool => ExprKind::Cast(Ty::Bool, value),
            Cast::Array => ExprKind::ToArray(value),
            Cast::Object => ExprKind::ToObject(value),
        }
    }

    fn whole_expr(&mut self, expr: &'a syntax::Expr, whole: &'a WholeExpr) -> Expr {
        let span = expr.span;
        let kind = match whole {
            WholeExpr::Property(object, member) => {
                // Null has no property, as it has no item.
                let key = match member {
                    Member::Name { name, .. } => Expr::new(span, ExprKind::Text(name.clone())),
                    Member::Computed(computed) => self.expr(computed),
                };
                let object = self.expr(object);
                ExprKind::Index(object, key)
            }
            WholeExpr::MethodCall(object, member, args) => {
                return self.nullsafe(expr, object, member, args);
            }
            WholeExpr::StaticProperty(class, name) => match self.own_property(expr) {
                _ if self.is_late(class, name) => return self.late(span, name),
                Some(name) if self.has_property(&name) => ExprKind::Field(name),
                // The base class that is not in the file has it.
                _ => {
                    let words = self.static_words(class, name);
                    return self.foreign(span, words, None, Vec::new());
                }
            },
            WholeExpr::Match { subject, arms } => {
                let subject = self.expr(subject);
                let arms = arms.iter().map(|(conditions, value)| {
                    let conditions = conditions
                        .as_ref()
                        .map(|all| all.iter().map(|condition| self.expr(condition)).collect());
                    (conditions, self.expr(value))
                });
                ExprKind::Match(subject, arms.collect())
            }
            WholeExpr::List(_) => return self.unknown(span, "a list here"),
            WholeExpr::Spread(_) => return self.unknown(span, "a spread `...` here"),
            WholeExpr::Step { target, up, before } => match self.place(target) {
                Ok(place) => ExprKind::Step {
                    place,
                    up: *up,
                    before: *before,
                },
                Err(refused) => return refused,
            },
            WholeExpr::Exit(value) => ExprKind::Exit(value.as_ref().map(|value| self.expr(value))),
            WholeExpr::Silenced(inner) => return self.expr(inner),
            WholeExpr::CoalesceAssign(target, value) => {
                if let Some(missing) = self.foreign_missing(span, target, value) {
                    return missing;
                }
                let value = self.expr(value);
                match self.place(target) {
                    Ok(place) => ExprKind::AssignMissing(place, value),
                    Err(refused) => return refused,
                }
            }
        };
        Expr::new(span, kind)
    }

    /// A value where PHP takes a text. That of an exception names files and lines of the PHP, so it is the application's.
    pub(super) fn text_of(&mut self, value: &'a syntax::Expr) -> Expr {
        let built = self.expr(value);
        if self.kind_of(value) != Ty::Thrown {
            return built;
        }
        let words = vec!["exception".to_owned(), "text".to_owned()];
        self.foreign(value.span, words, None, vec![built])
    }

    /// The arguments in their order; nothing when one is named or spread.
    pub(super) fn args(&mut self, args: &'a [syntax::Arg]) -> Option<Vec<Expr>> {
        let plain = args.iter().all(|arg| {
            let spread = matches!(&arg.value.kind, PhpKind::Whole(whole) if matches!(**whole, WholeExpr::Spread(_)));
            arg.name.is_none() && !spread
        });
        plain.then(|| args.iter().map(|arg| self.expr(&arg.value)).collect())
    }

    /// The type of a value, as far as its expression shows it.
    pub(super) fn kind_of(&self, expr: &syntax::Expr) -> Ty {
        if self.is_open() {
            return Ty::Unknown;
        }
        if recognise::settings(expr).is_some() {
            return Ty::Client;
        }
        if let Some(call) = Call::of(expr)
            && (!call.steps.is_empty()
                || self.node(call.client).is_some()
                || self.chosen(call.client).is_some())
        {
            let promise = call.verb.mode == recognise::Mode::Async && !call.waited;
            return if promise { Ty::Promise } else { Ty::Response };
        }
        match &expr.kind {
            PhpKind::Index { .. } if self.pool_item(expr).is_some() => Ty::Client,
            PhpKind::Variable(name) => self.kind(name),
            PhpKind::Property { .. } | PhpKind::Whole(_) => {
                let field = self.own_property(expr);
                let shape = self.class.zip(field);
                let known = shape.and_then(|(shape, name)| shape.fields.get(&name));
                known.cloned().unwrap_or(Ty::Unknown)
            }
            PhpKind::MethodCall { args, .. } if self.is_first_class(expr, args) => Ty::Closure,
            PhpKind::MethodCall { object, method, .. } => {
                match (self.kind_of(object), method.name().unwrap_or_default()) {
                    (Ty::Thrown, "getResponse" | "getReason") => Ty::Answer,
                    (Ty::Thrown, "getPrevious") => Ty::Thrown,
                    (Ty::Promise, "wait") => Ty::Response,
                    (Ty::Unknown, "getResponse") => Ty::Answer,
                    _ => Ty::Unknown,
                }
            }
            PhpKind::StaticCall { args, .. } if self.is_first_class(expr, args) => Ty::Closure,
            PhpKind::StaticCall { class, method, .. } => {
                crate::hir::sdk_class::key_kind(class, method).unwrap_or(Ty::Unknown)
            }
            PhpKind::New { class, .. } if self.is_thrown(class) => Ty::Thrown,
            PhpKind::New { class, .. } if class.is("WeChatPay\\Util\\MediaUtil") => Ty::Media,
            PhpKind::Closure(_) => Ty::Closure,
            PhpKind::Call { args, .. } if self.is_first_class(expr, args) => Ty::Closure,
            PhpKind::Assign { value, .. } => self.kind_of(value),
            _ => Ty::Unknown,
        }
    }

    pub(super) fn is_client(&self, expr: &syntax::Expr) -> bool {
        self.kind_of(expr) == Ty::Client
    }
}

/// The call that asks the application for a class known only at run time.
fn class_of_run() -> Vec<String> {
    vec!["class".to_owned(), "name".to_owned()]
}

/// How many constants are looked up within one another.
const MOST_CONSTS: usize = 8;

/// An item of a list that is assigned to.
type ListItem = Option<(Option<syntax::Expr>, syntax::Expr)>;

/// The items of a target that is a list itself: a short list within one is read as an array.
fn list_of(target: &syntax::Expr) -> Option<&[ListItem]> {
    match &target.kind {
        PhpKind::Whole(whole) => match &**whole {
            WholeExpr::List(list) => Some(list),
            _ => None,
        },
        _ => None,
    }
}

/// How often a text calls or declares a function of a name, or has its name as a text.
fn mentions(text: &str, name: &str) -> usize {
    let text = super::comments::blanked(&text.to_ascii_lowercase());
    let name = name.to_ascii_lowercase();
    let found = text.match_indices(&name).filter(|(at, _)| {
        let (before, behind) = (&text[..*at], &text[at + name.len()..]);
        let calls = behind.trim_start().starts_with('(') || is_callable(before, behind);
        calls && !before.ends_with(is_word)
    });
    found.count()
}

/// Whether a name within quotes may be called: it is no key of an array.
fn is_callable(before: &str, behind: &str) -> bool {
    let quotes = ['\'', '"'];
    let Some(rest) = behind.strip_prefix(quotes) else {
        return false;
    };
    let whole = before.ends_with(quotes) || before.ends_with("::");
    let read = before
        .strip_suffix(quotes)
        .is_some_and(|before| before.ends_with('['));
    let is_key = rest.trim_start().starts_with("=>") || read && rest.starts_with(']');
    whole && !is_key
}
