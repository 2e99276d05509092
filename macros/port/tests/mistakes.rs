//! Wrong input: a mistake has a place, and nothing at all panics.

use wechatpay_chain_port::syntax::{StmtKind, parse};

#[test]
fn a_mistake_has_a_place_and_leaves_the_other_statements() {
    let php = "f();\n$a->get(['x' => 1 'y' => 2]);\ng();\nif ($a) { h(); $b = ; }\n";
    let parsed = parse(php);
    assert!(!parsed.problems.is_empty());
    let start = parsed.problems[0].span.start;
    assert!((5..35).contains(&start), "{:?}", parsed.problems);
    assert!(matches!(
        parsed.program.statements[0].kind,
        StmtKind::Expr(_)
    ));
    assert!(matches!(
        parsed.program.statements[1].kind,
        StmtKind::Unsupported { .. }
    ));
}

#[test]
fn nothing_panics() {
    let deep = |open: &str, close: &str, times: usize| {
        format!("$a = {}1{};", open.repeat(times), close.repeat(times))
    };
    let inputs = [
        String::new(),
        " ".into(),
        "<?php".into(),
        "<?php ".into(),
        "'".into(),
        "\"$".into(),
        "\"{$".into(),
        "<<<A".into(),
        "<<<A\nx".into(),
        "/*".into(),
        "]".into(),
        "{".into(),
        "\\".into(),
        "$".into(),
        "->".into(),
        "😀'中".into(),
        "\u{feff}$a;".into(),
        "$a = 'x\0y';".into(),
        deep("[", "]", 50),
        deep("[", "]", 5000),
        deep("(", ")", 20_000),
        deep("f(", ")", 20_000),
        "[".repeat(20_000),
        "if ($a) {".repeat(5000),
        "function () {".repeat(5000),
        format!("$a{};", "->b".repeat(50_000)),
        format!("$a{};", " . 'x'".repeat(50_000)),
        format!("$a = [{}];", "'k' => 'v',".repeat(30_000)),
        format!("'{}", "x".repeat(1 << 20)),
        format!("if ($a) {{}}{}", " elseif ($a) {}".repeat(50_000)),
        format!(
            "if ($a) {{}}{} else {{}}",
            " else if ($a) {}".repeat(50_000)
        ),
        "\u{1}".repeat(1 << 16),
        " ".repeat(5 << 20),
    ];
    for input in inputs {
        let parsed = parse(&input);
        for problem in &parsed.problems {
            assert!(problem.span.end <= input.len(), "{input:.20}");
        }
        if parsed.problems.is_empty() {
            let _ = format!("{:?}", parsed.program);
        }
    }
    assert!(!parse(&"[".repeat(20_000)).problems.is_empty());
    assert!(!parse("$a = 'x\0y';").problems.is_empty());
    let parsed = parse(&deep("[", "]", 5000));
    assert!(format!("{parsed:?}").contains("nested too deeply"));
}
