//! `json_last_error()`: the error of the call that stands right before it.

mod ported;

use ported::{holds, refused, text};

const OTHER: &str = "may be that of another call";

/// A class whose method `f` has these statements.
fn php(body: &str) -> String {
    format!(
        "<?php class Helper {{ public function parse($x) {{ return json_decode($x); }} }}
        class Pay {{
            private $helper;
            public function f(array $list, $response, $y) {{ {body} }}
            public function get($c, $y) {{ $c->chain('v3/x')->get(); return json_decode($y)->a; }}
        }}"
    )
}

#[test]
fn any_other_call_in_between_may_be_meant() {
    for between in [
        "array_map('json_decode', $list);",
        "$this->helper->parse($y);",
        "array_map(function ($text) { return json_decode($text); }, $list);",
        "array_filter($list, function ($text) { return json_decode($text); });",
        "Helper::parse($y);",
        "$helper = new Helper();",
        "$y('x');",
        "call_user_func('json_decode', '[1]');",
        "other($y);",
        "$y->getStatus();",
        "$this->getMessage();",
        "$other = clone $y;",
        "if ($y) { $this->f([], 1, 2); }",
    ] {
        let php = php(&format!(
            "$d = json_decode('{{bad'); {between} return json_last_error();"
        ));
        refused(&php, OTHER);
    }
}

#[test]
fn what_neither_decodes_nor_encodes_stays_between() {
    for between in [
        "$n = count($list) + strlen(trim($y));",
        "if (!is_array($d) || empty($d['a']) || isset($d['b'])) { $y = $d['a'] ?? null; }",
        "$code = $response->getStatusCode() === 200;",
        "$d = array_filter($list);",
        "foreach ($list as $one) { $y .= sprintf('%s', $one); }",
        "$f = function ($text) { return json_decode($text); };",
        "$z = json_decode($y, true, 512, JSON_THROW_ON_ERROR);",
    ] {
        let php = php(&format!(
            "$d = json_decode($y, true); {between} return json_last_error();"
        ));
        holds(&php, "php::json_error(");
    }
}

/// An error of another function says nothing of these calls.
#[test]
fn only_errors_that_are_asked_for_have_names() {
    let made = text(&php(
        "$a = json_decode('[1]'); $b = json_decode($y); $c = $list; $c[] = [json_last_error(), $a, $b]; return $c;",
    ));
    assert_eq!(made.matches("php::json_error(").count(), 1, "{made}");
    assert!(!made.contains("json_text"), "{made}");
    let made = text(&php(
        "$a = json_decode($y); if (json_last_error()) { return $a; } return json_decode('x' . $y);",
    ));
    assert_eq!(made.matches("php::json_error(").count(), 1, "{made}");
}

#[test]
fn the_error_for_a_type_names_the_function_of_php() {
    for body in ["json_decode($y)", "json_decode($y['a'])"] {
        let made = text(&php(&format!(
            "$d = {body}; return [$d, json_last_error()];"
        )));
        assert!(made.contains("php::json_error("), "{made}");
        assert!(made.contains("\"json_decode\", 1"), "{made}");
        assert!(
            !made.contains("\"json_error\"") && !made.contains("\"json_text\""),
            "{made}"
        );
    }
}

/// PHP encodes no infinite number: what is cast or declared may be one.
#[test]
fn what_is_encoded_may_be_infinite() {
    let asked = "return [$t, json_last_error()];";
    refused(
        &php(&format!("$t = json_encode([(float) $y]); {asked}")),
        OTHER,
    );
    refused(
        &php(&format!("$n = floatval($y); $t = json_encode($n); {asked}")),
        OTHER,
    );
    holds(
        &php(&format!("$t = json_encode($list); {asked}")),
        "json_error",
    );
    holds(
        &php(&format!(
            "$n = (float) $y; $t = json_encode(['a' => 1]); {asked}"
        )),
        "json_error",
    );
}

#[test]
fn a_function_of_the_file_is_not_that_of_php() {
    let own = "<?php namespace App; function json_last_error() { return 7; }
        function f($c, $y) { $c->chain('v3/x')->get(); $d = json_decode($y); return [$d, json_last_error()]; }";
    assert!(!text(own).contains("php::json_error("), "{}", text(own));
}
