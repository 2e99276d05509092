//! PHP whose meaning Rust would not have is refused at its place.

#![allow(clippy::unwrap_used)]

use wechatpay_chain_port::Severity;
use wechatpay_chain_port::emit::{self, Options};
use wechatpay_chain_port::source::{Kind, split};

/// The errors of a file, as the command shows them.
fn errors(php: &str) -> String {
    let blocks = split("a.php", php, Kind::Php);
    let made = emit::rust(&blocks, &Options::default().in_place(true));
    let errors = made.diagnostics.iter();
    let errors = errors.filter(|it| it.severity == Severity::Error);
    errors.map(|it| format!("{it}\n")).collect()
}

#[track_caller]
fn assert_refused(php: &str, place: &str, message: &str) {
    let errors = errors(php);
    let expected = format!("a.php:{place}: error: {message}");
    assert!(errors.contains(&expected), "{php}\n{errors}");
}

/// The Rust of a file.
fn ported(php: &str) -> String {
    emit::rust(
        &split("a.php", php, Kind::Php),
        &Options::default().in_place(true),
    )
    .text
}

#[track_caller]
fn assert_ported(php: &str) {
    assert_eq!(errors(php), "", "{php}");
}

#[test]
fn pages_without_braces() {
    for php in [
        "<?php\nif ($a) ?>q<?php echo 2;",
        "<?php\nwhile (f()) ?>q<?php echo 2;",
    ] {
        let column = php.lines().nth(1).unwrap().find("?>").unwrap() + 1;
        assert_refused(php, &format!("2:{column}"), "this page is no statement");
    }
}

#[test]
fn settings_of_guzzle_that_change_something() {
    let factory = |setting: &str| {
        let settings = "'mchid' => '1', 'serial' => '2', 'privateKey' => $k, 'certs' => []";
        format!(
            "<?php\nfunction f($k, $x) {{ return \\WeChatPay\\Builder::factory([{settings},\n{setting}]); }}"
        )
    };
    for setting in [
        "'synchronous' => true",
        "'verify' => '/ca.pem'",
        "'http_errors' => 0",
        "'query' => ['a' => 1]",
        "'curl' => [CURLOPT_TIMEOUT => 5]",
        "'allow_redirects' => true",
        "'handler' => 'x'",
        "'stream' => true",
        "'decode_content' => false",
    ] {
        assert_refused(
            &factory(setting),
            "3:1",
            "the client in Rust has no setting",
        );
    }
    for setting in [
        "'http_errors' => true",
        "'http_errors' => false",
        "'verify' => false",
        "'curl' => [CURLOPT_SSL_VERIFYPEER => false]",
        "'debug' => false",
        "'appid' => $x",
        "'http_errors' => $x",
        "'verify' => $x",
        "'debug' => true",
        "'headers' => ['X-A' => $x]",
        "'cert' => $x, 'ssl_key' => $x",
    ] {
        assert_ported(&factory(setting));
    }
}

#[test]
fn settings_that_the_client_sets_itself() {
    for (setting, message) in [
        (
            "'headers' => ['Host' => 'a']",
            "the header Host is set by the client",
        ),
        (
            "'headers' => ['accept' => 'a']",
            "PHP sends the header `accept` twice",
        ),
        (
            "'cert' => ['a.pem', 'secret']",
            "a certificate with a password",
        ),
        (
            "'base_uri' => $x, 'proxy' => ['https' => 'http://a:1']",
            "a `proxy` for each scheme",
        ),
    ] {
        let php = format!(
            "<?php\nfunction f($k, $x) {{ return \\WeChatPay\\Builder::factory(['mchid' => '1', 'serial' => '2', 'privateKey' => $k, 'certs' => [], {setting}]); }}"
        );
        assert!(
            errors(&php).contains(message),
            "{setting}: {}",
            errors(&php)
        );
    }
}

#[test]
fn collected_output() {
    let php = "<?php\nfunction xml($id) { ob_start(); ?>\n<id><?= $id ?></id>\n<?php return ob_get_clean(); }";
    assert_refused(php, "2:21", "`ob_start`: what this file prints is printed");
    assert_refused(
        php,
        "4:14",
        "`ob_get_clean`: what this file prints is printed",
    );
    assert_ported("<?php\nfunction f($a) { ob_clean(); return $a; }");
}

#[test]
fn formats_that_have_no_equal() {
    let php = "<?php\nfunction f($n) {\nreturn sprintf('%d%% %-5.2g', 1, $n); }";
    assert_refused(php, "3:8", "`%g` of `sprintf`");
    assert_ported("<?php\nfunction f($n) {\nreturn sprintf('%d%%g %s', 1, $n); }");
}

#[test]
fn questions_for_decoded_objects_by_name() {
    for question in [
        "array_map('gettype', json_decode($s))",
        "array_filter(json_decode($s), 'is_array')",
        "array_map(is_array(...), json_decode($s))",
        "array_map('is_object', json_decode($s))",
        "array_key_exists('k', json_decode($s))",
        "json_decode($s) === json_decode($s)",
        "'a' . print_r([1, json_decode($s)], true)",
    ] {
        let php = format!("<?php\nfunction f(string $s) {{ return {question}; }}");
        assert!(
            errors(&php).contains("json_decode"),
            "{php}\n{}",
            errors(&php)
        );
        let array = php.replace("json_decode($s)", "json_decode($s, true)");
        assert_ported(&array);
    }
    assert_ported("<?php\nfunction f(string $s) { print_r(json_decode($s)); }");
    assert_ported("<?php\nfunction f(string $s) { return print_r(json_decode($s), true); }");
}

/// A value that is no text while PHP is ported may be one in a run.
#[test]
fn bytes_of_untyped_values() {
    let blocks = split(
        "a.php",
        "<?php\nfunction f($v, $k) { return $v[0] . $v['k'] . $v[$k]; }",
        Kind::Php,
    );
    let made = emit::rust(&blocks, &Options::default().in_place(true)).text;
    for read in ["php::at(v, 0)?", "php::get(v, \"k\")", "php::at(v, k)?"] {
        assert!(made.contains(read), "{read}: {made}");
    }
}

#[test]
fn a_time_zone_is_told_or_warned_of() {
    let emitted = |php: &str| {
        let blocks = split("a.php", php, Kind::Php);
        emit::rust(&blocks, &Options::default().in_place(true))
    };
    let told = emitted("<?php\ndate_default_timezone_set('PRC');\necho order_time();");
    assert!(
        told.text
            .contains("host.date_default_timezone_set(\"PRC\")")
    );
    let left_out =
        emitted("<?php\nfunction f($a) {\ndate_default_timezone_set('PRC');\nreturn $a; }");
    assert!(!left_out.text.contains("timezone"), "{}", left_out.text);
    let [warning] = &*left_out.diagnostics else {
        panic!("{:?}", left_out.diagnostics);
    };
    assert!(
        warning
            .to_string()
            .starts_with("a.php:3:1: warning: the time zone")
    );
}

#[test]
fn appending_behind_items_that_are_gone() {
    let class = |methods: &str| format!("<?php\nclass Q {{ private $l = [1];\n{methods} }}");
    let filled = "function fill() { $this->l = ['a', 'b']; unset($this->l[1]); }";
    for methods in [
        format!(
            "function f() {{ $this->l = []; $this->fill(); $this->l[] = 1; return $this->l; }} {filled}"
        ),
        format!("function __construct() {{ $this->fill(); $this->l[] = 1; }} {filled}"),
        format!(
            "function f() {{ $this->l = []; $this->g(); $this->l[] = 1; }} function g() {{ $this->fill(); }} {filled}"
        ),
    ] {
        let php = class(&methods);
        assert!(
            errors(&php).contains("behind `unset` of an item"),
            "{php}\n{}",
            errors(&php)
        );
    }
    for body in [
        "$a = []; foreach ($xs as $x) { $a[] = $x; unset($a[0]); if ($x) { continue; } $a = []; } return $a;",
        "$a = []; foreach ($xs as $x) { $a[] = $x; unset($a[0]); try { f($x); } catch (E $e) { } $a = []; } return $a;",
    ] {
        let php = format!("<?php\nfunction f($xs) {{ {body} }}");
        assert!(
            errors(&php).contains("behind `unset` of an item"),
            "{php}\n{}",
            errors(&php)
        );
    }
    let php = "<?php\nfunction f($xs) {\n$a = array_filter($xs);\narray_pop($a);\n$a[] = 7;\nreturn $a; }";
    let message = "`[]` behind `unset` of an item, or `array_pop` of an array that may lack keys";
    assert_refused(php, "5:1", message);
    assert_ported(&php.replace("$a[] = 7;", ""));
    assert_ported(&php.replace("array_filter($xs)", "array_values(array_filter($xs))"));
    let plain = "$a = []; foreach ($xs as $x) { $a[] = $x; unset($a[0]); $a = []; } return $a;";
    assert_ported(&format!("<?php\nfunction f($xs) {{ {plain} }}"));
    let emptied = "function f() { $this->noop(); $this->l[] = 1; } function noop() { return 1; }";
    assert_ported(&class(emptied));
}

#[test]
fn appending_behind_a_pop_of_an_array_that_may_lack_keys() {
    let message = "`[]` behind `unset` of an item, or `array_pop` of an array that may lack keys";
    for php in [
        "function f() { $a = [1 => 'a', 5 => 'b']; array_pop($a);\n$a[] = 'c'; return $a; }",
        "function f(array $a) { array_pop($a); $b = $a;\n$b[] = 'c'; return $b; }",
        "function f($n) { $a = ['x']; $a[$n] = 'y'; array_pop($a);\narray_push($a, 'c'); return $a; }",
        "function f($t) { $a = json_decode($t, true); array_pop($a);\n$a[] = 'c'; return $a; }",
    ] {
        assert_refused(&format!("<?php\n{php}"), "3:1", message);
    }
    assert_ported(
        "<?php\nfunction f() { $a = ['k' => 0, 'x', 'y']; array_pop($a); $a[] = 'c'; return $a; }",
    );
    assert_ported("<?php\nfunction f(array $a) { array_shift($a); $a[] = 'c'; return $a; }");
}

#[test]
fn print_r_of_what_may_be_an_object() {
    let message = "`print_r` of what `json_decode` may give as an object";
    assert_refused(
        "<?php\nfunction f($t) { $all = ['data' => json_decode($t)];\nprint_r($all); }",
        "3:1",
        message,
    );
    assert_ported("<?php\nfunction f($t) { $all = json_decode($t); print_r($all->rows[0]); }");
}

#[test]
fn contents_of_a_body_that_was_read() {
    let message = "`getContents()` behind another read of this body";
    let function = |body: &str| {
        format!(
            "<?php\nfunction f($instance) {{ $r = $instance->chain('v3/certificates')->get();\n{body} }}"
        )
    };
    for body in [
        "log($r->getBody()->getContents()); return json_decode(\n$r->getBody()->getContents(), true);",
        "$text = (string) $r->getBody(); return [\n$r->getBody()->getContents(), $text];",
        "$a = json_decode($r->getBody(), true); echo\n$r->getBody()->getContents();",
        "if ($r->getStatusCode() == 200) { echo $r->getBody(); } return (\n$r->getBody()->getContents());",
    ] {
        assert_refused(&function(body), "4:1", message);
    }
    for body in [
        "echo $r->getBody()->getContents(); return (string) $r->getBody();",
        "if ($r->getStatusCode() == 200) { return $r->getBody()->getContents(); } echo $r->getBody()->getContents();",
        "try { return $r->getBody()->getContents(); } catch (RequestException $e) { return $e->getResponse()->getBody()->getContents(); }",
        "$text = $r->getBody()->getContents(); $r = $instance->chain('v3/x')->get(); return $text . $r->getBody()->getContents();",
    ] {
        assert_ported(&function(body));
    }
}

#[test]
fn a_handler_that_shares_a_variable_and_sets_a_copy_of_another() {
    let handler = |body: &str| {
        format!(
            "<?php\nfunction f($instance) {{ $n = 1;\n$instance->chain('v3/certificates')->getAsync()\
             ->then(function ($response) use (&$found, $n) {{ {body} }})->wait();\nreturn [$n, $found]; }}"
        )
    };
    assert_ported(&handler("$found = $n;"));
    for body in [
        "$n = 2; $found = $n;",
        "$found = ++$n;",
        "if ($n) { $n += 1; } $found = 1;",
    ] {
        assert_refused(
            &handler(body),
            "3:1",
            "`use (&$x)` of a handler that sets a copy",
        );
    }
}

/// Each loop is read twice; in more than three, that would take too long.
#[test]
fn contents_of_a_body_in_many_loops() {
    let nested = |loops: usize| {
        let (open, close) = ("foreach ($a as $b) { ".repeat(loops), "}".repeat(loops));
        format!(
            "<?php\nfunction f($instance, $a) {{ {open}\n$r = $instance->chain('v3/certificates')->get();\n\
             echo $r->getBody()->getContents(); {close} }}"
        )
    };
    assert_ported(&nested(3));
    assert_refused(&nested(4), "4:6", "`getContents()` behind another read");
}

#[test]
fn answers_of_apiv2_that_are_no_errors() {
    let message = "`http_errors` is turned off for APIv2";
    let call = |path: &str, options: &str| {
        format!(
            "<?php\nfunction f($instance, $h) {{ return $instance->chain('{path}')->post([\n{options}]); }}"
        )
    };
    assert_refused(
        &call("v2/pay/orderquery", "'http_errors' => false"),
        "3:18",
        message,
    );
    assert_ported(&call("v3/certificates", "'http_errors' => false"));
    assert_refused(
        &call("v3/certificates", "'http_errors' => false, 'handler' => $h"),
        "3:18",
        "`http_errors` of a call that has a `handler`",
    );
    let settings = "'mchid' => '1', 'serial' => '2', 'privateKey' => $k, 'certs' => [],";
    let factory =
        format!("<?php\nfunction f($k) {{ return \\WeChatPay\\Builder::factory([{settings}\n");
    let secret = "'http_errors' => false, 'secret' => 'x']); }";
    assert_refused(&format!("{factory}{secret}"), "3:1", message);
    let stack = |protocol: &str| {
        format!(
            "<?php\nfunction f($instance) {{ $stack = clone $instance->getDriver()->select('{protocol}')->getConfig('handler');\n\
             $stack->remove('http_errors');\nreturn $instance->chain('{protocol}/x')->post(['handler' => $stack]); }}"
        )
    };
    assert_refused(&stack("v2"), "3:1", message);
    assert_ported(&stack("v3"));
}

#[test]
fn a_certificate_beside_unchecked_flags_of_curl() {
    let call = |options: &str| {
        format!(
            "<?php\nfunction f($instance) {{ return $instance->chain('v3/certificates')->get([\n{options}]); }}"
        )
    };
    let flags = "'curl' => [CURLOPT_SSL_VERIFYPEER => false]";
    let message = "the option `verify` of Guzzle is not taken here";
    assert_refused(
        &call(&format!("'verify' => '/ca.pem', {flags}")),
        "3:13",
        message,
    );
    assert_ported(&call(&format!("'verify' => false, {flags}")));
}

/// Only the function knows arguments that it names no parameter for.
#[test]
fn arguments_that_no_parameter_takes() {
    let class = |body: &str| format!("<?php\nfunction own($a) {{\n{body} }}");
    for function in ["func_get_args", "func_get_arg", "func_num_args"] {
        let message = format!("`{function}`: no parameter takes these arguments");
        assert_refused(&class(&format!("return {function}();")), "3:8", &message);
    }
    let message = "a closure with too few arguments";
    let closure = "$f = function ($x, $y) { return $x; };";
    assert_refused(
        &class(&format!("{closure}\nreturn $f($a);")),
        "4:8",
        message,
    );
    assert_ported(&class(&format!("{closure}\nreturn $f($a, 1, own(2));")));
}

/// PHP takes captures over by their names, and before it evaluates the arguments.
#[test]
fn closures_with_other_arguments_than_parameters() {
    let function = |body: &str| format!("<?php\nfunction f($list, $n) {{\n{body} }}");
    let kept = "return array_map(function ($x, $k = 0) use ($n) { return $x * $n + $k; }, $list);";
    let message = "a closure that takes over variables and leaves parameters out";
    assert_refused(&function(kept), "3:18", message);
    let at_once = "return (function () use ($n) { return $n; })($n = 5);";
    let message = "arguments that a closure called at once does not take";
    assert_refused(&function(at_once), "3:8", message);
    assert_ported(&function(
        "return array_map(function ($x, $k = 0) { return $x + $k; }, $list);",
    ));
}

/// PHP leaves the exception in the variable behind the `try`.
#[test]
fn a_catch_into_a_parameter() {
    let function = |catch: &str| {
        format!(
            "<?php\nfunction f($instance, $e = null) {{ try {{ $instance->chain('v3/certificates')->get(); }}\n\
             catch (\\Exception {catch}) {{ $done = 1; }} return $e === null; }}"
        )
    };
    let message = "a `catch` whose variable is a parameter or shared with the code around";
    assert_refused(&function("$e"), "2:36", message);
    assert_ported(&function("$other"));
}

/// A record of Yii has its columns before its getters; a controller has properties that are not in the file.
#[test]
fn getters_of_yii_are_those_of_components() {
    let class = |parent: &str| {
        format!(
            "<?php\nclass A extends {parent} {{ public function getClient() {{ return 1; }}\n\
             public function f($instance) {{ $instance->chain('v3/certificates')->get(); return $this->client; }} }}"
        )
    };
    let rust = |parent: &str| ported(&class(parent));
    assert!(rust("\\yii\\base\\Component").contains("get_client()"));
    for parent in ["\\yii\\db\\ActiveRecord", "\\yii\\web\\Controller"] {
        assert!(!rust(parent).contains("self.get_client()"), "{parent}");
    }
}

/// A closure borrows such a variable: it is an argument of one call, and nothing else reads the variable meanwhile.
#[test]
fn closures_that_share_variables() {
    let function =
        |body: &str| format!("<?php\nclass A {{ public function f($list, $n) {{\n{body} }} }}");
    let message = "`use (&$n)` shares a variable";
    for (body, place) in [
        (
            "$f = function () use (&$n) { $n++; }; $f(); return $n;",
            "3:6",
        ),
        (
            "return [$n, array_map(function ($x) use (&$n) { $n++; }, $list)];",
            "3:23",
        ),
        (
            "Db::transaction(function () use (&$n) { $n++; }, $n);",
            "3:17",
        ),
        (
            "array_map(function ($x) use (&$n) { unset($n[$x]); }, $list); return $n;",
            "3:11",
        ),
        (
            "Event::listen('paid', function () use (&$n) { $n++; }); return $n;",
            "3:23",
        ),
        ("return function () use (&$n) { return ++$n; };", "3:8"),
    ] {
        assert_refused(&function(body), place, message);
    }
    assert_ported(&function(
        "Db::transaction(function () use (&$n) { $n++; }); return $n;",
    ));
}

/// Its handlers run where it is waited for.
#[test]
fn promises_that_lose_their_handlers() {
    let function = |body: &str| {
        format!(
            "<?php\nclass A {{ private $client;\npublic function __construct(\\WeChatPay\\BuilderChainable $client) {{ $this->client = $client; }}\n\
             public function f($a) {{\n{body} }} }}"
        )
    };
    let promise =
        "$this->client->chain('v3/certificates')->getAsync()->then(function ($r) { return 1; })";
    let message = "a promise with handlers that is not waited for at one place of this function";
    for (body, place) in [
        (format!("$p = {promise};\nreturn $p;"), "5:6"),
        (
            format!("$p = {promise};\n$b = $p->wait(); return [$b, $p->wait()];"),
            "5:6",
        ),
        (
            format!("if ($a) {{ $p = {promise}; }} else {{\n$p = {promise}; }} return $p->wait();"),
            "5:16",
        ),
    ] {
        assert_refused(&function(&body), place, message);
    }
    assert_ported(&function(&format!("$p = {promise};\nreturn $p->wait();")));
}

#[test]
fn an_array_of_closures_that_other_code_sets() {
    let function = |body: &str| {
        let closures = "['a' => function ($n) { return $n; }]";
        let body = body.replace("CLOSURES", closures);
        format!("<?php\nclass A {{ public $own;\npublic function f($rows) {{\n{body} }} }}")
    };
    let misused = "the porter does not know this use of the reference `$all`";
    for (body, place, message) in [
        (
            "$all = CLOSURES; foreach ($rows as $all) { } return $all['a'](1);",
            "3:1",
            misused,
        ),
        (
            "$all = CLOSURES; foreach ($rows as $all => $row) { } return $all['a'](1);",
            "3:1",
            misused,
        ),
        (
            "$all = CLOSURES; try { throw new \\Exception(''); } catch (\\Exception $all) { } return $all['a'](1);",
            "3:1",
            misused,
        ),
        (
            "$all = CLOSURES; global $all; return $all['a'](1);",
            "4:47",
            "the porter does not know this `global`",
        ),
        (
            "global $all; $all = CLOSURES; return $all['a'](1);",
            "4:14",
            "a change of the global variable `$all`",
        ),
        (
            "$all = &$this->own; $all = CLOSURES; return $all['a'](1);",
            "4:1",
            "the porter does not know a reference `&`",
        ),
        (
            "$all = CLOSURES; $f = fn () => $all['a'](1); return $f();",
            "3:1",
            misused,
        ),
    ] {
        assert_refused(&function(body), place, message);
    }
    assert_ported(&function("$all = CLOSURES; return $all['a'](1);"));
}

#[test]
fn properties_that_no_guard_names() {
    let class = |body: &str| {
        format!(
            "<?php\nfinal class A {{ public $a;\npublic function set($k, $v, $other) {{ {body} }}\n\
             public function has($k) {{ return property_exists($this,\n$k); }} }}"
        )
    };
    assert_ported(&class(
        "if (property_exists($this, $k)) { $this->$k = $v; }",
    ));
    assert_ported(&class(
        "if ($v && property_exists(self::class, $k)) { $this->$k = $v; } else { echo 1; }",
    ));
    assert_ported(&class(
        "if (!property_exists($this, $k)) { throw new \\Exception('a'); } $this->$k = $v;",
    ));
    for body in [
        "if (property_exists($this, $k)) { echo 1; } else { $this->$k = $v; }",
        "if (property_exists($this, $k) && ($this->$k = $v)) { echo 1; }",
        "if (property_exists($other, $k)) { $this->$k = $v; }",
        "if (!property_exists($this, $k)) { echo 1; } $this->$k = $v;",
        "if (!property_exists($this, $k)) { return; } $k = 'b'; $this->$k = $v;",
        "if (!property_exists($this, $k) && $v) { return; } $this->$k = $v;",
        "if (property_exists($this, $k)) { $k = 'b'; $this->$k = $v; }",
        "if (property_exists($this, $k)) { foreach ($v as $k) { $this->$k = $v; } }",
    ] {
        assert_refused(&class(body), "4:50", "`$this` as a value");
    }
}

#[test]
fn assignments_that_end_a_reference() {
    let function =
        |head: &str, body: &str| format!("<?php\nfunction f({head}) {{\n{body} return $x; }}");
    assert_ported(&function("$x", "$x = &date('Y');"));
    for (head, body) in [
        ("&$x", "$x = &date('Y');"),
        (
            "$x, $rows",
            "foreach ($rows as &$x) { $x = &date('Y'); } unset($x);",
        ),
        ("$y", "$x = 1; $y = &$x; $x = &date('Y');"),
        ("$y", "global $x; $x = &date('Y');"),
        ("$y", "static $x; $x = &date('Y');"),
    ] {
        let column = body.find("$x = &date").unwrap() + 1;
        let place = format!("3:{column}");
        assert_refused(
            &function(head, body),
            &place,
            "the porter does not know a reference `&`",
        );
    }
}

#[test]
fn text_keys_of_arguments_are_warned_of() {
    let warnings = |list: &str| {
        let php = format!(
            "<?php\nfinal class A {{ private function one($a, $b = 2) {{ return $a . $b; }}\n\
             public function f(array $list) {{ return call_user_func_array([$this, 'one'],\n{list}); }} }}"
        );
        let made = emit::rust(
            &split("a.php", &php, Kind::Php),
            &Options::default().in_place(true),
        );
        let all = made.diagnostics.iter().map(|it| format!("{it}\n"));
        all.collect::<String>()
    };
    let message = "a.php:3:41: warning: PHP 8 takes the text keys of this array";
    let warned = warnings("$list");
    assert!(warned.contains(message), "{warned}");
    assert_eq!(warnings("array_values($list)"), "");
}

#[test]
fn closures_of_the_application_that_change_the_object() {
    let class = |closure: &str| {
        format!(
            "<?php\nclass A {{ private $n = 0;\npublic function f() {{ $this->n++; return DB::transaction({closure}); }} }}"
        )
    };
    for closure in ["function () { return $this->n; }", "fn () => $this->n + 1"] {
        assert_ported(&class(closure));
    }
    for closure in [
        "function () { $this->n++; return 1; }",
        "fn () => $this->f()",
    ] {
        let message = "a closure that changes the object, given to the application";
        assert_refused(&class(closure), "3:58", message);
    }
}

#[test]
fn array_walk_whose_closure_a_loop_does_not_mean() {
    let walk = |params: &str, body: &str| {
        format!("<?php\nfunction f({params}) {{\narray_walk($x, {body}); return $x; }}")
    };
    for (params, body) in [
        // A variable of an earlier call would stay.
        (
            "array $x",
            "function (&$v) { if ($v) { $t = 1; } $v = $t ?? 0; }",
        ),
        // Of what is no array PHP throws.
        ("$x", "function (&$v) { $v = 1; }"),
        ("?array $x", "function (&$v) { $v = 1; }"),
        ("array &$x", "function (&$v) { $v = 1; }"),
        ("array $x", "function (&$v) use (&$x) { $v = count($x); }"),
        ("array $x", "function (&$v) { if ($v) { return; } $v = 1; }"),
        ("array $x, $a", "function (&$v) use ($a) { $a++; $v = $a; }"),
        // A function of PHP changes what the closure has captured.
        (
            "array $x, $q",
            "function (&$v) use ($q) { $v .= array_shift($q); }",
        ),
        // The closure has no `$t` and no `$m`; those of the function are others.
        ("array $x, $t", "function (&$v) { $v = $v . $t; }"),
        (
            "array $x, $m",
            "function (&$v) { preg_match('/x/', $v, $m); }",
        ),
        (
            "array $x, $t",
            "function (&$v) { foreach ($t as $t) { $v = $t; } }",
        ),
    ] {
        let php = walk(params, body);
        assert!(!ported(&php).contains("for ("), "{php}\n{}", ported(&php));
    }
    let body = "function (&$v) { $v = 1; }";
    for set in [
        "[$x, $y] = $p",
        "foreach ($p as $x) {}",
        "$x ??= $p",
        "settype($x, 'string')",
    ] {
        let php = walk("$p", body).replace("array_walk(", &format!("$x = []; {set}; array_walk("));
        assert!(
            !ported(&php).contains("php::set"),
            "{php}\n{}",
            ported(&php)
        );
    }
    let php = walk("array $x", "function (&$v) { $v = 1; }");
    assert!(ported(&php).contains("for ("), "{}", ported(&php));
}

#[test]
fn handlers_that_are_not_known_where_they_are_given() {
    let class = |handler: &str| {
        format!(
            "<?php\nclass A {{ private $c; function __construct(\\WeChatPay\\BuilderChainable $c) {{ $this->c = $c; }}\n\
             public function run($x) {{ {handler}\nreturn $this->c->chain('v3/a')->getAsync()->then($h)->wait(); }}\n\
             private function own($r) {{ return 1; }} }}"
        )
    };
    assert_ported(&class("$h = function ($r) use ($x) { return $x; };"));
    assert_ported(&class("$x = 1; $h = fn ($r) => $x;"));
    for handler in [
        "$h = function ($r) use ($x) { return $x; }; $x = 2;",
        "$h = fn ($r) => $x; $x = 2;",
        "$h = fn ($r) => $x; sort($x);",
        "$h = fn ($r) => $x; array_push($x['list'], 2);",
        "$h = fn ($r) => $x; array_map(function ($v) use (&$x) { $x = $v; }, [1]);",
        "$set = function () use (&$x) { $x = 2; }; $h = fn ($r) => $x; $set();",
        "$h = fn ($r) => $x; foreach ([1] as $x) {}",
        "$h = function ($r) use (&$x) { return $x; };",
        "$h = function ($r) { static $n = 0; return $n++; };",
        "$h = fn ($r) => 1; $h = fn ($r) => 2;",
        "$h = fn ($r) => 1; if ($x) { $h = null; }",
        "$h = fn ($r) => 1; $g = $h;",
        "if ($x) { $h = fn ($r) => 1; }",
        "foreach ($x as $y) { $h = fn ($r) => $y; }",
    ] {
        assert_refused(&class(handler), "4:8", "a handler that is no closure");
    }
    // PHP lets Guzzle call public methods only.
    let php = class("").replace("then($h)", "then([$this, 'own'])");
    assert_refused(&php, "4:8", "a handler that is no closure");
}

#[test]
fn closures_in_items_that_other_code_may_see() {
    let class = |body: &str| {
        format!(
            "<?php\nclass A {{ function run($x) {{ $d = ['a' => 1]; {body}\nif ($x) {{ $d['f'] = function ($r) use ($x) {{ return [$r, $x]; }}; }}\n\
             $y = $this->other($d); return $d['f']($y); }}\nprivate function other($p) {{ return $p['a']; }}\n\
             private function all($p) {{ return json_encode($p); }} }}"
        )
    };
    let message = "a closure where a plain value is expected";
    assert_ported(&class(""));
    assert_ported(&class("$d['b'] = $d['a'];"));
    for (from, to) in [
        ("$this->other($d)", "$this->all($d)"),
        ("$this->other($d)", "f($d)"),
        ("$this->other($d)", "$d"),
        ("$this->other($d)", "$d['f']"),
        ("$this->other($d)", "$d[$x]"),
        ("$this->other($d)", "compact('d')"),
        ("$p['a']", "$p['f']"),
        ("$p['a']", "$p[$this->x]"),
        ("$y = ", "$x = 2; $y = "),
        ("$y = ", "$d = []; $y = "),
        ("$y = ", "$d['f'] = null; $y = "),
        ("if ($x) {", "foreach ($x as $z) {"),
        // The item may hold what can be called.
        ("['a' => 1]", "['a' => 1, 'f' => 'trim']"),
        ("['a' => 1]", "$x"),
        ("['a' => 1]", "[...$x]"),
        ("['a' => 1]", "[$x => 1]"),
        ("function ($r)", "function ($r, ...$more)"),
        (
            "return $d['f']($y)",
            "return array_map(fn ($v) => $d['f']($v), $y)",
        ),
    ] {
        let php = class("").replace(from, to);
        assert!(errors(&php).contains(message), "{php}\n{}", errors(&php));
    }
}
