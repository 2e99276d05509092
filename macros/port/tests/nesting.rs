//! Deep nesting: time grows with the text, and what is too deep is refused, on a thread's usual stack.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use wechatpay_chain_port::emit::{self, Options, Style};
use wechatpay_chain_port::evaluate::{self, Host};
use wechatpay_chain_port::source::{Kind, split};
use wechatpay_chain_port::syntax::parse_run;

/// The stack of a thread that says nothing else.
const STACK: usize = 2 << 20;

/// The text before, in place of and behind each level, by name.
const NESTS: [(&str, &str, &str, &str); 26] = [
    ("if", "if ($a) {\n", CALL, "\n}"),
    ("if else", "if ($a) {\n$b = 1;\n} else {\n", CALL, "\n}"),
    ("else if", "if ($a) {\n$b = 1;\n} else ", "{}", ""),
    ("elseif", "if ($a) {\n} elseif ($b) {\n", CALL, "\n}"),
    (
        "if with let",
        "$x = $i->v3->y->get();\nif ($x) {\n",
        CALL,
        "\n}",
    ),
    (
        "try",
        "try {\n",
        CALL,
        "\n} catch (\\Exception $e) {\n echo $e->getMessage();\n}",
    ),
    (
        "catch",
        "try {\n $i->v3->y->get();\n} catch (\\Exception $e) {\n",
        CALL,
        "\n}",
    ),
    (
        "finally",
        "try {\n $i->v3->y->get();\n} catch (\\Exception $e) {} finally {\n",
        CALL,
        "\n}",
    ),
    ("foreach", "foreach ($a as $b) {\n", CALL, "\n}"),
    ("block", "{\n", CALL, "\n}"),
    ("function", "function f() {\n", CALL, "\n}"),
    ("closure", "$f = function () {\n", CALL, "\n};"),
    (
        "then",
        "$i->v3->y->getAsync()->then(function ($r) {\n",
        CALL,
        "\n})->wait();",
    ),
    (
        "otherwise",
        "$i->v3->y->getAsync()->then(null, function ($r) {\n",
        CALL,
        "\n})->wait();",
    ),
    ("parentheses", "(", "1", ")"),
    ("arrays", "['a' => ", "1", "]"),
    ("lists", "[", "1", "]"),
    ("ternary", "($a ? 1 : ", "2", ")"),
    ("condition", "($a ? $b : 1) ? 1 : ", "2", ""),
    ("coalesce", "$a ?? ", "1", ""),
    ("concatenation", "'a' . ", "'b'", ""),
    ("not", "!", "$a", ""),
    ("minus", "-", "1", ""),
    ("calls", "json_encode(", "[]", ")"),
    ("arrow", "fn () => ", "1", ""),
    ("calls of the application", "f(", "1", ")"),
];
const CALL: &str = "$i->v3->x->post(['json' => ['a' => 1]]);";

struct Nothing;

impl Host for Nothing {
    fn read(&self, _: &str) -> Result<Vec<u8>, String> {
        Err("no file".into())
    }

    fn variable(&self, _: &str) -> Option<serde_json::Value> {
        None
    }

    fn now(&self) -> i64 {
        1_700_000_000
    }

    fn nonce(&self, len: usize) -> Result<String, String> {
        Ok("n".repeat(len))
    }

    fn digest(&self, algorithm: &str, _: &[u8]) -> Result<String, String> {
        Ok(algorithm.into())
    }

    fn hmac(&self, algorithm: &str, _: &[u8], _: &[u8]) -> Result<String, String> {
        Ok(algorithm.into())
    }

    fn sign(&self, _: &str, _: Option<&str>) -> Result<String, String> {
        Err("no key".into())
    }

    fn certificate_serial(&self, _: &str) -> Result<String, String> {
        Err("no certificate".into())
    }
}

/// A statement of so many levels.
fn nested((name, open, inner, close): (&str, &str, &str, &str), levels: usize) -> String {
    let text = format!("{}{inner}{}", open.repeat(levels), close.repeat(levels));
    let is_expression = NESTS.iter().position(|nest| nest.0 == name) >= Some(14);
    if is_expression {
        format!("$i->v3->x->post(['json' => ['v' => {text}]]);")
    } else {
        text
    }
}

/// Ports a text on a thread's usual stack: what is said of it, and the Rust.
fn ported(php: String) -> (BTreeSet<String>, String) {
    let thread = std::thread::Builder::new().stack_size(STACK);
    let work = move || {
        let blocks = split("deep.php", &php, Kind::Php);
        let made = emit::rust(&blocks, &Options::default());
        let messages = made.diagnostics.into_iter().map(|it| it.message);
        let mut said: BTreeSet<_> = messages.collect();
        for block in &blocks {
            let parsed = parse_run(&block.text);
            said.extend(parsed.problems.into_iter().map(|it| it.message));
            let output = evaluate::run(block, &parsed.program, &Nothing);
            said.extend(output.problems.into_iter().map(|it| it.message));
        }
        // Long input is parsed as often as it has to be.
        if php.len() < 100_000 {
            let _ = emit::rust(&blocks, &Options::default().style(Style::Macro));
            said.extend(emit::call(&php, "client").err().map(|it| it.message));
        }
        (said, made.text)
    };
    thread
        .spawn(work)
        .expect("a thread")
        .join()
        .expect("no panic")
}

/// At twice the time for a level, 60 of them would not end.
#[test]
fn time_does_not_double_with_each_level() {
    for nest in NESTS {
        for levels in [1, 22, 60] {
            let (_, text) = ported(nested(nest, levels));
            assert!(!text.is_empty(), "{}", nest.0);
        }
    }
}

/// A `??` of a property that `__isset` is asked for, in each way of writing the levels.
#[test]
fn time_does_not_double_with_each_property_that_is_asked_for() {
    for (open, close) in [
        ("$this->x ?? ", ""),
        ("($this->x ?? ", ")"),
        ("$this->x['y'] ?? ", ""),
    ] {
        let (open, close) = (open.repeat(40), close.repeat(40));
        let value = format!("{open}1{close}");
        let (_, text) = ported(format!(
            "class A {{ function __isset($n) {{ return true; }} function __get($n) {{ return null; }}
            function f() {{ return {value}; }} }}"
        ));
        assert_eq!(text.matches("self.isset(").count(), 40, "{text}");
    }
}

#[test]
fn what_is_too_deep_is_refused() {
    for nest in NESTS {
        for levels in [99, 101, 300] {
            let (said, text) = ported(nested(nest, levels));
            if levels == 300 {
                assert!(!said.is_empty(), "{}", nest.0);
                assert!(text.contains("compile_error!"), "{}", nest.0);
            }
        }
    }
}

#[test]
fn ten_thousand_levels_are_refused() {
    let names = [
        "if",
        "try",
        "parentheses",
        "arrays",
        "ternary",
        "concatenation",
        "arrow",
    ];
    for nest in NESTS.iter().filter(|nest| names.contains(&nest.0)) {
        let (said, text) = ported(nested(*nest, 10_000));
        assert!(!said.is_empty(), "{}", nest.0);
        assert!(text.contains("compile_error!"), "{}", nest.0);
    }
}

#[test]
fn levels_that_are_never_closed_are_refused() {
    for (name, open, inner, _) in NESTS {
        let (said, text) = ported(nested((name, open, inner, ""), 300));
        assert!(!said.is_empty(), "{name}");
        assert!(text.contains("compile_error!"), "{name}");
    }
}

/// Unused values are removed at any depth, as they are without nesting.
#[test]
fn unused_variables_go_at_every_level() {
    let open = "if ($a) {\n$unused = $i->v3->y->get();\n";
    let php = nested(("if", open, CALL, "\n}"), 3);
    let (_, text) = ported(php);
    assert_eq!(text.matches(".get(())").count(), 3, "{text}");
    // The call is made; its answer goes.
    assert!(
        text.contains("let unused = ") || !text.contains("unused ="),
        "{text}"
    );
}

#[test]
fn texts_that_grow_with_each_step_are_given_up() {
    let doubled = "$a = $a . $a;".repeat(60);
    let replaced = "$b = str_replace('a', $a, $a);";
    for php in [
        format!("$a = 'a'; {doubled} $i->v3->x->post(['json' => [$a]]);"),
        format!("$a = str_repeat('a', 1000000); {replaced} $i->v3->x->post(['json' => [$b]]);"),
        format!(
            "$a = str_repeat('a,', 100000); $b = implode($a, explode(',', $a)); {} $i->v3->x->post(['json' => [$b]]);",
            "$c = [$b, $b, $b, $b];"
        ),
    ] {
        let (said, _) = ported(php.clone());
        let given_up = |it: &String| it.contains("too large") || it.contains("cannot be told");
        assert!(said.iter().any(given_up), "{php:.60}: {said:?}");
    }
}

#[test]
fn parts_that_many_variables_share_do_not_multiply() {
    let part = |n: usize| format!("$v{n} = $v{}->n{n} ?? $b->m{n}; $b = $v{n};", n - 1);
    let parts: String = (1..120).map(part).collect();
    let php = format!(
        "<?php function go($i, $o) {{ $b = $o; {parts} $b->fee = 1; $i->chain('v3/x')->post(['json' => $o]); }}"
    );
    let (said, _) = ported(php);
    let shared = |it: &String| it.contains("an object that something else holds too");
    assert!(said.iter().any(shared), "{said:?}");
}
