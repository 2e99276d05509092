//! The syntax tree of each construct of PHP.

use wechatpay_chain_port::syntax::{
    BinaryOp, Cast, Expr, ExprKind, Member, Parsed, Piece, StmtKind, UnaryOp, parse,
};

/// The one expression of a snippet that has no mistake.
fn expr(php: &str) -> ExprKind {
    let parsed = sound(php);
    match &*parsed.program.statements {
        [stmt] => match &stmt.kind {
            StmtKind::Expr(expr) => expr.kind.clone(),
            other => panic!("{php}: {other:?}"),
        },
        other => panic!("{php}: {other:?}"),
    }
}

fn statement(php: &str) -> StmtKind {
    sound(php).program.statements.swap_remove(0).kind
}

fn sound(php: &str) -> Parsed {
    let parsed = parse(php);
    assert_eq!(parsed.problems, [], "{php}");
    parsed
}

fn text(text: &str) -> ExprKind {
    ExprKind::String(text.into())
}

/// A tree in one line, for reading.
fn short(expr: &Expr) -> String {
    let list = |args: &[wechatpay_chain_port::syntax::Arg]| {
        let args: Vec<_> = args.iter().map(|arg| short(&arg.value)).collect();
        args.join(", ")
    };
    let member = |member: &Member| match member {
        Member::Name { name, .. } => name.clone(),
        Member::Computed(expr) => format!("{{{}}}", short(expr)),
    };
    match &expr.kind {
        ExprKind::Variable(name) => format!("${name}"),
        ExprKind::String(text) => format!("{text:?}"),
        ExprKind::Int(number) => number.to_string(),
        ExprKind::Array(items) => {
            let item = |item: &wechatpay_chain_port::syntax::Item| match &item.key {
                Some(key) => format!("{}: {}", short(key), short(&item.value)),
                None => short(&item.value),
            };
            format!(
                "[{}]",
                items.iter().map(item).collect::<Vec<_>>().join(", ")
            )
        }
        ExprKind::Property {
            object,
            member: name,
        } => format!("{}.{}", short(object), member(name)),
        ExprKind::Index { object, index } => {
            format!(
                "{}[{}]",
                short(object),
                index.as_deref().map(short).unwrap_or_default()
            )
        }
        ExprKind::MethodCall {
            object,
            method,
            args,
        } => {
            format!("{}.{}({})", short(object), member(method), list(args))
        }
        ExprKind::Call { function, args } => format!("{}({})", function.resolved, list(args)),
        ExprKind::StaticCall {
            class,
            method,
            args,
        } => {
            format!("{}::{method}({})", class.resolved, list(args))
        }
        ExprKind::New { class, args } => format!("new {}({})", class.resolved, list(args)),
        ExprKind::Clone(inner) => format!("clone {}", short(inner)),
        ExprKind::Assign { target, op, value } => {
            let op = op.map(|op| format!("{op:?}")).unwrap_or_default();
            format!("{} {op}= {}", short(target), short(value))
        }
        ExprKind::Cast { to, value } => format!("({to:?}) {}", short(value)),
        ExprKind::Binary { op, left, right } => {
            format!("({} {op:?} {})", short(left), short(right))
        }
        ExprKind::Closure(closure) => format!("fn/{}", closure.params.len()),
        other => format!("{other:?}"),
    }
}

#[test]
fn chains_and_calls() {
    for (php, expected) in [
        ("$i->v3->_id_;", "$i.v3._id_"),
        ("$i->{'v3/pay'}->get([]);", r#"$i.{"v3/pay"}.get([])"#),
        ("$i->{\"v3/pay\"}->get();", r#"$i.{"v3/pay"}.get()"#),
        ("$i->$name->get();", "$i.{$name}.get()"),
        (
            "$i['v3/pay']['x']->post($o);",
            r#"$i["v3/pay"]["x"].post($o)"#,
        ),
        (
            "$i->v3->users['{openid}']->get();",
            r#"$i.v3.users["{openid}"].get()"#,
        ),
        (
            "$i->chain('a')->postAsync([])->then(fn($r) => 1)->wait();",
            r#"$i.chain("a").postAsync([]).then(fn/1).wait()"#,
        ),
        (
            "$s = clone $i->getDriver()->select()->getConfig('handler');",
            r#"$s = clone $i.getDriver().select().getConfig("handler")"#,
        ),
        ("new \\A\\B('x');", r#"new A\B("x")"#),
        ("new A;", "new A()"),
        ("(new A())->b();", "new A().b()"),
        ("\\A\\B::c(1, 2);", r"A\B::c(1, 2)"),
        ("\\json_encode([1]);", "json_encode([1])"),
        ("$p['sign'] = f($p);", r#"$p["sign"] = f($p)"#),
        ("$m->bank_type = 'x';", r#"$m.bank_type = "x""#),
        ("$a[] = 1;", "$a[] = 1"),
        ("$a .= 'x';", r#"$a Concat= "x""#),
        ("(string) $r->getBody();", "(String) $r.getBody()"),
        ("'a' . $b . 'c';", r#"(("a" Concat $b) Concat "c")"#),
        ("$a === 204;", "($a Identical 204)"),
        ("$t->tell() && $t->rewind();", "($t.tell() And $t.rewind())"),
        ("$a ?? $b ?? 1;", "($a Coalesce ($b Coalesce 1))"),
        ("f(name: 1);", "f(1)"),
    ] {
        let parsed = sound(php);
        let StmtKind::Expr(expr) = &parsed.program.statements[0].kind else {
            panic!("{php}");
        };
        assert_eq!(short(expr), expected, "{php}");
    }
}

#[test]
fn arrays_in_every_way() {
    for (php, expected) in [
        ("['a' => 1, 'b' => [],];", r#"["a": 1, "b": []]"#),
        ("array('a', 2,);", r#"["a", 2]"#),
        ("[[ 'x' => 1 ],];", r#"[["x": 1]]"#),
        ("[1 => 'a', 'b'];", r#"[1: "a", "b"]"#),
    ] {
        let parsed = sound(php);
        let StmtKind::Expr(expr) = &parsed.program.statements[0].kind else {
            panic!("{php}");
        };
        assert_eq!(short(expr), expected, "{php}");
    }
    let ExprKind::Array(items) = expr("[...$a, &$b];") else {
        panic!()
    };
    let what = |at: usize| match &items[at].value.kind {
        ExprKind::Unsupported { what } => what.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!([what(0), what(1)], ["a spread `...`", "a reference `&`"]);
}

#[test]
fn texts_with_their_escapes() {
    for (php, expected) in [
        (r"'';", ""),
        (r"'a\'b\\c\n';", r"a'b\c\n"),
        (r"'\\\'';", r"\'"),
        (
            r#""a\"b\\c\n\t\r\$x\e\v\f";"#,
            "a\"b\\c\n\t\r$x\u{1b}\u{b}\u{c}",
        ),
        (r#""\x41\101\u{1F600}\q\`";"#, "AA😀\\q\\`"),
        (r#""\xE4\xB8\xAD";"#, "中"),
        (r#"" \u x ";"#, " \\u x "),
        ("'中文 \"q\"\n二';", "中文 \"q\"\n二"),
        ("b'x';", "x"),
        ("'  a  ';", "  a  "),
        ("\"  a  \";", "  a  "),
        ("\"a // b\";", "a // b"),
        ("<<<A\n  x\n    y\\n\"\n\n  A;", "x\n  y\n\"\n"),
        ("<<<\"A\"\nx\\\"y\nA;", "x\\\"y"),
        ("<<<'A'\n x $y \\n\n A;", "x $y \\n"),
        ("<<<A\nA;", ""),
        ("<<<A\r\nx\r\ny\r\nA;", "x\r\ny"),
    ] {
        assert_eq!(expr(php), text(expected), "{php}");
    }
    for php in [r#""\xff";"#, r#""\u{110000}";"#] {
        assert!(matches!(expr(php), ExprKind::Unsupported { .. }), "{php}");
    }
}

#[test]
fn texts_with_values() {
    fn pieces(php: &str) -> Vec<String> {
        let ExprKind::Interpolated(pieces) = expr(php) else {
            panic!("{php}");
        };
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Value(expr) => short(expr),
        };
        pieces.iter().map(piece).collect()
    }
    assert_eq!(
        pieces(r#""mch_id=$mchid&hash={$md5}&type=$t";"#),
        ["mch_id=", "$mchid", "&hash=", "$md5", "&type=", "$t"]
    );
    assert_eq!(
        pieces(r#""$a[k] $a[0] $a->b->c";"#),
        ["$a[\"k\"]", " ", "$a[0]", " ", "$a.b", "->c"]
    );
    assert_eq!(
        pieces(r#""{$a['k']['l']}{$o->f(1)} { $x}";"#),
        ["$a[\"k\"][\"l\"]", "$o.f(1)", " { ", "$x", "}"]
    );
    assert_eq!(
        pieces("<<<A\n  x $y\n  {$z} w\n  A;"),
        ["x ", "$y", "\n", "$z", " w"]
    );
    assert_eq!(pieces("\" $a $b \";"), [" ", "$a", " ", "$b", " "]);
}

#[test]
fn numbers_constants_and_operators() {
    assert_eq!(expr("0x1F;"), ExprKind::Int(31));
    assert_eq!(expr("1_000;"), ExprKind::Int(1000));
    assert_eq!(expr("0.4;"), ExprKind::Float(0.4));
    assert_eq!(expr("1e3;"), ExprKind::Float(1000.0));
    assert_eq!(expr("TRUE;"), ExprKind::Bool(true));
    assert_eq!(expr("NULL;"), ExprKind::Null);
    assert!(matches!(
        expr("-5;"),
        ExprKind::Unary {
            op: UnaryOp::Minus,
            ..
        }
    ));
    assert!(matches!(
        expr("!$a;"),
        ExprKind::Unary {
            op: UnaryOp::Not,
            ..
        }
    ));
    assert!(matches!(
        expr("JSON_PRETTY_PRINT | 1;"),
        ExprKind::Binary {
            op: BinaryOp::BitOr,
            ..
        }
    ));
    assert!(matches!(
        expr("$a ? 1 : 2;"),
        ExprKind::Ternary { then: Some(_), .. }
    ));
    assert!(matches!(
        expr("$a ?: 2;"),
        ExprKind::Ternary { then: None, .. }
    ));
    assert!(matches!(
        expr("(int) '5';"),
        ExprKind::Cast { to: Cast::Int, .. }
    ));
    assert!(matches!(expr("require_once 'a';"), ExprKind::Include(_)));
    assert!(matches!(expr("print $a;"), ExprKind::Print(_)));
    let ExprKind::Binary {
        op: BinaryOp::InstanceOf,
        right,
        ..
    } = expr("$e instanceof \\A\\B;")
    else {
        panic!()
    };
    assert!(matches!(right.kind, ExprKind::Constant(name) if name.is("A\\B")));
}

#[test]
fn names_are_resolved_by_the_uses_before_them() {
    let php = "use A\\B\\Hash; use C\\{D, E\\F as G};\n\
               Hash::x(); D::x(); G::x(); G\\H::x(); Z::x(); \\Z::x(); Hash::ALGO;";
    let program = sound(php).program;
    let name = |at: usize| match &program.statements[at].kind {
        StmtKind::Expr(Expr {
            kind: ExprKind::StaticCall { class, .. },
            ..
        })
        | StmtKind::Expr(Expr {
            kind: ExprKind::ClassConstant { class, .. },
            ..
        }) => class.clone(),
        other => panic!("{other:?}"),
    };
    let resolved: Vec<_> = (2..9).map(|at| name(at).resolved).collect();
    assert_eq!(
        resolved,
        [
            "A\\B\\Hash",
            "C\\D",
            "C\\E\\F",
            "C\\E\\F\\H",
            "Z",
            "Z",
            "A\\B\\Hash"
        ]
    );
    assert!(name(6).is("Some\\Where\\z"), "nothing imports it");
    assert!(!name(7).is("Some\\Where\\Z") && !name(2).is("Other\\Hash"));
    let program = sound("namespace My;\nnew X(); f();").program;
    let StmtKind::Expr(Expr {
        kind: ExprKind::New { class, .. },
        ..
    }) = &program.statements[1].kind
    else {
        panic!()
    };
    assert_eq!(class.resolved, "My\\X");
}

#[test]
fn closures_of_all_kinds() {
    let ExprKind::Closure(closure) =
        expr("static function (\\A\\R $r, $n = 5) use ($a, &$b): void { print_r($r); };")
    else {
        panic!()
    };
    assert!(closure.is_static && !closure.arrow);
    assert_eq!(
        (&*closure.params[0].name, closure.params[0].ty.as_deref()),
        ("r", Some("\\A\\R"))
    );
    assert!(closure.params[1].default.is_some());
    let uses: Vec<_> = closure
        .uses
        .iter()
        .map(|it| (&*it.name, it.by_reference))
        .collect();
    assert_eq!(uses, [("a", false), ("b", true)]);
    assert_eq!(closure.body.len(), 1);
    let ExprKind::Closure(closure) = expr("fn($x) => $x->y;") else {
        panic!()
    };
    assert!(closure.arrow && matches!(closure.body[0].kind, StmtKind::Return(Some(_))));
}

#[test]
fn statements_of_all_kinds() {
    let StmtKind::If {
        branches,
        otherwise,
    } = statement("if ($a) { f(); } elseif ($b) g(); else { h(); i(); }")
    else {
        panic!()
    };
    assert_eq!((branches.len(), branches[1].1.len()), (2, 1));
    assert_eq!(otherwise.map(|body| body.len()), Some(2));
    let StmtKind::Try {
        body,
        catches,
        finally,
    } = statement("try { f(); } catch (\\A|B $e) { g(); } catch (C) {} finally { h(); }")
    else {
        panic!()
    };
    assert_eq!(
        (body.len(), catches.len(), finally.map(|body| body.len())),
        (1, 2, Some(1))
    );
    assert_eq!(catches[0].types[0].resolved, "A");
    assert_eq!(
        (catches[0].types.len(), catches[0].variable.as_deref()),
        (2, Some("e"))
    );
    let StmtKind::Foreach { key, body, .. } =
        statement("foreach ($a as $k => $v): f(); endforeach;")
    else {
        panic!()
    };
    assert!(key.is_some() && body.len() == 1);
    assert_eq!(statement("declare(strict_types=1);"), StmtKind::Empty);
    let StmtKind::Echo(parts) = statement("echo $a, 'b', PHP_EOL;") else {
        panic!()
    };
    assert_eq!(parts.len(), 3);
    assert!(matches!(statement("return;"), StmtKind::Return(None)));
    assert!(matches!(
        statement("function f($a) { return 1; }"),
        StmtKind::Function { .. }
    ));
    let what = |php: &str| match statement(php) {
        StmtKind::Unsupported { what } => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(what("while (1) { f(); }"), "`while`");
    assert_eq!(what("class A {}"), "`class declaration`");
    let file = sound("<?php\n\ndeclare(strict_types=1);\n$a = '<?xml';\n?>\n");
    assert_eq!(file.program.statements.len(), 2);
    assert_eq!(
        sound("$a = '<?xml version=\"1.0\"?>';")
            .program
            .statements
            .len(),
        1
    );
}

#[test]
fn comments_stand_beside_the_tree() {
    let php =
        "// one\n$a = [ // two\n  'b' => 1, #three\n  /* four\n   * five */\n];\n/** six */ f();";
    let program = sound(php).program;
    let seen: Vec<_> = program
        .comments
        .iter()
        .map(|comment| (comment.lines.join("|"), comment.trailing))
        .collect();
    let expected = [
        ("one", false),
        ("two", true),
        ("three", true),
        ("four|five", false),
        ("six", false),
    ];
    assert_eq!(
        seen,
        expected.map(|(text, trailing)| (text.to_owned(), trailing))
    );
    assert_eq!(program.comments_in(program.statements[0].span).count(), 3);
}

#[test]
fn the_inside_of_an_array_is_an_array() {
    let php = "'a' => 1, // note\n'b' => [],\n";
    let parsed = sound(php);
    assert!(parsed.program.fragment);
    let StmtKind::Expr(Expr {
        kind: ExprKind::Array(items),
        span,
    }) = &parsed.program.statements[0].kind
    else {
        panic!()
    };
    assert_eq!((span.start, span.end), (0, php.len()));
    assert_eq!(&php[items[1].span.range()], "'b' => []");
    assert_eq!(&php[parsed.program.comments[0].span.range()], "// note");
    assert!(!parse("1];[2").program.fragment);
}

#[test]
fn places_are_the_callers_with_a_tag_and_without() {
    let php = "// 第一\n$a = ['x' => \"中 {$b->c}\"]; # behind\nf(1);\n";
    let alone = sound(php);
    let at = |text: &str| php.find(text).unwrap();
    assert_eq!(alone.program.statements[1].span.start, at("f(1)"));
    let comments = &alone.program.comments;
    assert_eq!(comments[0].span.range(), 0..at("\n"));
    assert_eq!(comments[1].span.start, at("# behind"));
    assert!(!comments[0].trailing && comments[1].trailing);

    let tagged = sound(&format!("<?php {php}"));
    let shifted = |span: wechatpay_chain_port::syntax::Span| span.start - 6..span.end - 6;
    assert_eq!(
        shifted(tagged.program.statements[0].span),
        alone.program.statements[0].span.range()
    );
    assert_eq!(shifted(tagged.program.comments[0].span), 0..at("\n"));
}

#[test]
fn places_in_the_inside_of_an_array_are_the_callers() {
    let parsed = sound("// 第一\n'a' => f(), // behind\n'b' => 2");
    assert!(parsed.program.fragment);
    let comments = &parsed.program.comments;
    assert_eq!(comments[0].span.range(), 0.."// 第一".len());
    assert!(!comments[0].trailing && comments[1].trailing);
    let StmtKind::Expr(expr) = &parsed.program.statements[0].kind else {
        panic!("no expression")
    };
    let ExprKind::Array(items) = &expr.kind else {
        panic!("no array")
    };
    assert_eq!(items[0].value.span.range(), 17..20);
}
