//! Methods that put layers of PHP into a client's stack.

mod ported;

use ported::{holds, stays_refused, text};

const STACK: &str = "$c = Builder::factory(['mchid' => $m, 'serial' => 's', 'privateKey' => $k, 'certs' => &$certs]);
    $stack = $c->getDriver()->select('v3')->getConfig('handler');";
const LAYER: &str =
    "$stack->after('verifier', Middleware::mapResponse(self::seen($certs)), 'seen');";
const SEEN: &str = "private static function seen(array &$certs) { return function ($r) use (&$certs) { return $r; }; }";

/// A class with such a method, whose other parts are given.
fn class(body: &str, members: &str) -> String {
    format!(
        "<?php namespace App; use WeChatPay\\Builder; use GuzzleHttp\\Middleware;
        class Down {{ private $key = 'k'; private $other;
        public function run($m, $k = null) {{ $certs = []; {body} }} {members} }}"
    )
}

fn layered(more: &str) -> String {
    format!("{STACK} {LAYER} {more}")
}

#[test]
fn the_application_has_the_whole_method_and_what_only_it_calls() {
    let made = text(&class(&layered("return $certs + [$this->key];"), SEEN));
    let given = "self.host.down_run(m, k, &self.key)";
    assert!(made.contains(given), "{made}");
    assert!(!made.contains("fn seen("), "{made}");
    for quoted in [
        "/// public function run($m, $k = null)",
        "/// private static function seen(array &$certs)",
    ] {
        assert!(made.contains(quoted), "{quoted}\n{made}");
    }
    // Without a value there is none.
    holds(
        &class(&layered(""), SEEN),
        "self.host.down_run(m, k)?;\n        Ok(())",
    );
    holds(
        &class(&layered("return $c;"), SEEN),
        "-> php::Result<Client>;",
    );
}

#[test]
fn a_client_that_the_method_makes_is_a_client_where_it_is_used() {
    let php = class(
        &layered("return $c;"),
        &format!(
            "{SEEN} public function all() {{ return $this->run('1')->chain('v3/certificates')->get(); }}"
        ),
    );
    let made = text(&php);
    assert!(
        made.contains("fn down_run(&self, m: &Value, k: &Value) -> php::Result<Client>;"),
        "{made}"
    );
    assert!(made.contains(".chain(\"v3/certificates\")"), "{made}");
}

#[test]
fn a_helper_that_other_code_names_stays_in_the_class() {
    let twice = format!("{SEEN} public function more() {{ $a = []; return self::seen($a); }}");
    stays_refused(&class(&layered(""), &twice), "`&$certs`");
    let named = format!("{SEEN} public function more() {{ return [$this, 'seen']; }}");
    stays_refused(&class(&layered(""), &named), "`&$certs`");
    let public = SEEN.replace("private", "public");
    stays_refused(&class(&layered(""), &public), "`&$certs`");
}

#[test]
fn a_method_that_changes_the_object_is_refused() {
    let reason = "what a middleware of PHP does";
    for change in [
        "$this->other = $certs;",
        "$this->other['a'] = 1;",
        "$this->other[] = $c;",
        "$this->other .= 'a';",
        "$this->other++;",
        "[$this->other] = [1];",
        "array_push($this->other, 1);",
        "foreach ($certs as $this->other) {}",
        "f($this);",
        "$name = 'other'; $this->$name = 1;",
        "$f = function () { $this->other = 1; }; $f();",
        "$f = &$this->other; $f = 1;",
        "$this->set();",
    ] {
        let members = format!("{SEEN} private function set() {{ $this->other = 1; }}");
        stays_refused(&class(&layered(change), &members), reason);
    }
}

#[test]
fn a_stack_of_a_client_from_elsewhere_is_refused() {
    let reason = "what a middleware of PHP does";
    let given = "$stack = $m->getDriver()->select('v3')->getConfig('handler');";
    stays_refused(
        &class(&format!("{given} $m->chain('v3/a')->get(); {LAYER}"), SEEN),
        reason,
    );
    for other in [
        format!("{STACK} $c = $k; {LAYER}"),
        format!("if ($k) {{ $c = $k; }} else {{ {STACK} {LAYER} }}"),
        format!("foreach ($m as $c) {{}} {STACK} {LAYER}"),
        STACK.replace("$c", "$k") + LAYER,
    ] {
        stays_refused(&class(&other, SEEN), reason);
    }
}
