//! Callables that the application gives to methods of a class.

mod ported;

use ported::{holds, refused, text};

const MIDDLEWARE: &str = "<?php class Checks { public function handle($request, Closure $next) { return $next($request); } }";

#[test]
fn the_application_calls_what_it_gives() {
    holds(MIDDLEWARE, "Ok(self.host.call_next(next, request)?)");
    let made = text(MIDDLEWARE);
    let asked = "fn call_next(&self, next: &Value, request: &Value) -> php::Result<Value>;";
    assert!(made.contains(asked), "{made}");
    assert!(
        made.contains("pub fn handle(&self, request: &Value, next: &Value)"),
        "{made}"
    );
}

#[test]
fn a_closure_that_captures_it_calls_it_too() {
    holds(
        "<?php class Syncs { private $db; public function all(callable $save) { $this->db->transaction(function () use ($save) { $save(1); }); } }",
        "self.host.call_save(save, 1)?",
    );
    holds(
        "<?php function notify($data, ?callable $then = null) { if ($then) { return call_user_func($then, $data); } return null; }",
        "host.call_then(then, data)?",
    );
}

#[test]
fn what_the_file_gives_or_sets_is_not_the_applications() {
    let calls = "class Pays { private function run($f) { return $f(1); } public function pay() { $this->kept = function ($x) { return $x; }; return $this->run($this->kept); } }";
    let reason = "a call of what may be no closure";
    refused(&format!("<?php {calls}"), "closure");
    refused(
        "<?php class Sets { public function pay($f, $g) { $f = $g['f']; return $f(1); } }",
        reason,
    );
    let called = "public function run($f) { return $f(1); } public function pay($g) { return $this->run($g['f']); }";
    refused(&format!("<?php class Runs {{ {called} }}"), reason);
}
