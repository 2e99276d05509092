//! Closures that a class gives to its own methods, and a file to its own functions.

mod ported;

use ported::{holds, ported, refused, text};

fn class(methods: &str) -> String {
    format!(
        "<?php class Pay {{ private \\WeChatPay\\BuilderChainable $api;
        public function __construct(\\WeChatPay\\BuilderChainable $api) {{ $this->api = $api; }}
        {methods} }}"
    )
}

fn has(php: &str, all: &[&str]) {
    let made = text(php);
    let squeezed: String = made.split_whitespace().collect();
    for part in all {
        let part: String = part.split_whitespace().collect();
        assert!(squeezed.contains(&part), "{part}\n{made}");
    }
}

const GUARD: &str = "private function guard(callable $fn, $times = 2) { try { return $fn(); } catch (\\Exception $e) { throw new \\LogicException($e->getMessage()); } }";

#[test]
fn a_copy_of_the_method_calls_the_closure_and_has_its_type() {
    let php = class(&format!(
        "{GUARD}
        public function find(string $id) {{
            $r = $this->guard(fn () => $this->api->chain('v3/pay/transactions/id/{{id}}')->get(['id' => $id]));
            return $r->getStatusCode(); }}
        public function name(string $id) {{ return $this->guard(function () use ($id) {{ return \"<$id>\"; }}, 3); }}"
    ));
    has(
        &php,
        &[
            "self.guard_of_find(id, ",
            "fn find_in_guard(&self, id: &str) -> php::Result<Response>",
            "fn guard_of_find(&self, id: &str, times: &Value) -> php::Result<Response>",
            "fn guard_of_name(&self, id: &str, times: i64) -> php::Result<String>",
        ],
    );
    assert!(!text(&php).contains("fn guard("), "{}", text(&php));
}

/// The variables that a closure captures have other names where the method has variables of the same names.
#[test]
fn captured_variables_are_not_those_of_the_method() {
    let php = class(
        "public function run($n) { return $this->loop(fn ($i) => $i . $n, 2); }
        private function loop(callable $f, int $n) { $all = ''; for ($i = 0; $i < $n; $i++) { $all .= $f($i); } return $all; }",
    );
    has(
        &php,
        &[
            "fn loop_of_run(&self, n_2: &Value, n: i64)",
            "self.run_in_loop(n_2, &i)",
        ],
    );
}

#[test]
fn a_closure_that_is_left_out_is_null() {
    let php = class(
        "public function a() { return $this->with(1); }
        public function b() { return $this->with(2, fn ($n) => $n + 1); }
        private function with(int $n, ?callable $f = null) { if ($f === null) { return 'none'; } return $f ? $f($n) : 0; }",
    );
    holds(&php, "\"none\"");
    has(&php, &["fn with_of_b(&self, n: i64)", "self.b_in_with(n)"]);
    assert!(
        ported(&php).diagnostics.is_empty(),
        "{:?}",
        ported(&php).diagnostics
    );
}

#[test]
fn functions_of_the_file_are_copied_too() {
    let php = "<?php function again(callable $f) { return $f() ?: $f(); }
        function find($client, $id) { return again(function () use ($client, $id) {
            return $client->chain('v3/pay/transactions/id/{id}')->get(['id' => $id])->getStatusCode(); }); }";
    has(
        php,
        &[
            "fn find(client: &Client, id: &Value)",
            "again_of_find(client, id)?",
            "find_in_again(client, id)?",
        ],
    );
}

#[test]
fn a_public_method_that_only_copies_stand_for_is_told() {
    let php = class(
        "public function guard(callable $fn) { return $fn(); }
        public function one() { return $this->guard(fn () => 1); }",
    );
    let made = ported(&php);
    assert!(made.complete, "{:?}", made.diagnostics);
    let told: Vec<_> = made.diagnostics.iter().map(|it| &*it.message).collect();
    assert_eq!(
        told,
        [
            "`guard` takes closures: it has a copy for each closure of this class, and other code cannot call it"
        ]
    );
}

/// What the closure or the method sees, or keeps from one call to the next, would be something else in a copy.
#[test]
fn closures_that_would_mean_something_else_are_refused() {
    let given = |closure: &str| {
        class(&format!(
            "private function guard(callable $fn) {{ return $fn(); }}
            public function run($x) {{ $sum = 0; $r = $this->guard({closure}); return $r . $sum; }}"
        ))
    };
    let callee = |body: &str| {
        class(&format!(
            "private function guard(callable $fn) {{ {body} }}
            public function run($x) {{ return $this->guard(fn () => $x); }}"
        ))
    };
    for php in [
        given("function () use (&$sum) { $sum++; return 1; }"),
        given("function () { static $n = 0; return ++$n; }"),
        given("function () use ($x) { return implode(',', func_get_args()); }"),
        callee("static $n = 0; $n++; return $fn() . $n;"),
        callee("$fn = null; return $fn();"),
        callee("$all = compact('fn'); return $fn();"),
        callee("$set = function () use (&$fn) { $fn = 'x'; }; $set(); return $fn();"),
    ] {
        refused(&php, "");
    }
}

/// Each copy of the method would give itself another closure.
#[test]
fn closures_without_an_end_are_refused() {
    let php = class(
        "private function down(callable $fn, $n) { return $n ? $this->down(fn () => $fn() . $n, $n - 1) : $fn(); }
        public function run($x) { return $this->down(fn () => $x, 3); }",
    );
    refused(&php, "a call of what may be no closure");
}
