//! `readonly` properties that are set again: PHP throws an error, so the Rust does not compile.

use wechatpay_chain_port::emit::{self, Options, Output};
use wechatpay_chain_port::source::{Kind, split};

fn ported(class: &str) -> Output {
    let php = format!(
        "<?php\nclass A {{\nprivate $c;\n{class}\nfunction go() {{ return $this->c->chain('v3/a')->get()->getStatusCode(); }}\n}}"
    );
    emit::rust(
        &split("a.php", &php, Kind::Php),
        &Options::default().in_place(true),
    )
}

fn told(made: &Output, what: &str) -> bool {
    let mut told = made.diagnostics.iter();
    told.any(|it| it.severity == wechatpay_chain_port::Severity::Error && it.message.contains(what))
}

#[track_caller]
fn refused(class: &str) {
    let made = ported(class);
    assert!(
        told(&made, "the readonly property"),
        "{class}\n{:?}",
        made.diagnostics
    );
    assert!(!made.complete, "{class}");
    assert!(
        made.text.contains("compile_error!"),
        "{class}\n{}",
        made.text
    );
}

#[track_caller]
fn told_nothing(class: &str) {
    let made = ported(class);
    let said: Vec<_> = made.diagnostics.iter().map(ToString::to_string).collect();
    assert!(
        !said.iter().any(|said| said.contains("readonly")),
        "{class}\n{said:?}"
    );
}

#[test]
fn each_change_behind_the_constructor() {
    let begin = "private readonly int $n; private readonly array $list; private readonly int $fee;\n\
                 function __construct($c) { $this->c = $c; $this->n = 1; $this->list = []; $this->fee = 2; }";
    for change in [
        "$this->n = 2;",
        "$this->n .= 2;",
        "$this->n++;",
        "$this->list[] = 1;",
        "$this->list['a']['b'] = 1;",
        "array_push($this->list, 1);",
        "array_push($this->list, 1, 2);",
        "array_pop($this->list);",
        "sort($this->list);",
        "end($this->list);",
        "[$this->fee] = [3];",
        "[$a, [$this->fee]] = [1, [3]];",
        "if ($v) { $this->n = 2; }",
    ] {
        refused(&format!("{begin}\nfunction z($v) {{ {change} }}"));
    }
}

#[test]
fn two_changes_are_both_refused() {
    let made = ported(
        "private readonly int $n;\nfunction __construct($c) { $this->c = $c; $this->n = 1; }\n\
         function y() { $this->n = 2; }\nfunction z() { $this->n = 3; }",
    );
    assert_eq!(
        made.text.matches("compile_error!").count(),
        2,
        "{}",
        made.text
    );
    assert!(!made.text.contains("self.n = "), "{}", made.text);
}

#[test]
fn second_assignments_in_the_constructor() {
    for (body, certain) in [
        ("$this->n = 1; if ($v) { $this->n = 2; }", true),
        ("$this->n = 1; $this->n = 2;", true),
        (
            "if ($v) { $this->n = 1; } else { $this->n = 3; } $this->n = 2;",
            true,
        ),
        ("if ($v) { $this->n = 1; } $this->n = 2;", false),
        ("foreach ($v as $w) { $this->n = $w; }", false),
    ] {
        let class = format!(
            "private readonly int $n;\nfunction __construct($c, $v) {{ $this->c = $c; {body} }}"
        );
        let made = ported(&class);
        assert_eq!(
            told(&made, "is set twice"),
            certain,
            "{body}\n{:?}",
            made.diagnostics
        );
        assert_eq!(
            made.text.contains("compile_error!"),
            certain,
            "{body}\n{}",
            made.text
        );
        let said = made
            .diagnostics
            .iter()
            .any(|it| it.message.contains("readonly"));
        assert!(said, "{body}");
    }
}

#[test]
fn one_assignment_is_ported() {
    for body in [
        "$this->n = 1;",
        "if ($v) { $this->n = 1; } else { $this->n = 2; }",
        "if ($v) { $this->n = 1; return; } $this->n = 2;",
        "if (!$v) { throw new \\Exception('m'); } $this->n = 2;",
        "foreach ($v as $w) { if ($w) { $this->n = $w; break; } }",
        "$this->n = 1; $this->n ??= 2;",
        "try { $this->n = f(); } finally { $x = 1; }",
    ] {
        told_nothing(&format!(
            "private readonly int $n;\nfunction __construct($c, $v) {{ $this->c = $c; {body} }}"
        ));
    }
    told_nothing(
        "private readonly \\ArrayObject $rows;\nfunction __construct($c, $v) { $this->c = $c; $this->rows = $v; }\n\
         function z() { $this->rows[] = 1; }",
    );
}

#[test]
fn a_destructor_leaves_rust_that_does_not_compile() {
    let made =
        ported("function __construct($c) { $this->c = $c; }\nfunction __destruct() { echo 1; }");
    assert!(made.text.contains("compile_error!"), "{}", made.text);
}
