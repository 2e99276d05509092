//! Whole files: what classes, functions, `try` and promises become. The oracle runs them; here is what the text shows.

#![allow(clippy::unwrap_used)]

mod ported;

use ported::{holds, ported, refused, stays_refused, text};

#[test]
fn parameters_keep_phps_order_and_types() {
    holds(
        "function refund($client, int $amount, ?string $reason, $no, $total) {
            $client->chain('v3/x')->post(['json' => ['out_trade_no' => $no, 'amount' => ['total' => $total]]]);
        }",
        "client: &Client,\n    amount: i64,\n    reason: Option<&str>,\n    no: &str,\n    total: i64,\n",
    );
}

#[test]
fn a_catch_takes_its_classes_alone() {
    let php = "try { $instance->chain('v3/x')->get(); } catch (RequestException $e) { echo 1; }
        $instance->chain('v3/y')->get();";
    holds(
        php,
        "if thrown.is(r\"GuzzleHttp\\Exception\\RequestException\") {",
    );
    holds(php, "} else {\n            return Err(thrown);\n");
}

#[test]
fn a_return_in_a_try_leaves_the_function() {
    let php = "function f($instance, $paid) {
        try { if ($paid) { return; } $instance->chain('v3/x')->get(); } catch (\\Exception $e) { echo 1; }
        $instance->chain('v3/refund')->post([]);
    }";
    holds(
        php,
        "if php::truth(paid) {\n                return Ok(());\n            }",
    );
}

#[test]
fn what_is_not_the_sdks_is_a_method_of_the_trait() {
    let made = ported(
        "class OrderService {
            private $logger;
            public function __construct(LoggerInterface $logger, BuilderChainable $client) { $this->client = $client; $this->logger = $logger; }
            public function pay(string $no): array {
                $order = Order::where('no', $no)->first();
                $this->logger->info('paying', ['no' => $no]);
                return json_decode((string) $this->client->v3->pay->post(['json' => ['no' => $order->no]])->getBody(), true);
            }
        }",
    );
    assert!(made.complete, "{:?}", made.diagnostics);
    let names: Vec<_> = made.app.iter().map(|method| method.name.as_str()).collect();
    assert_eq!(names, ["order_where_first", "logger_info"]);
    assert_eq!(made.app[0].line, 5);
    for line in [
        "pub fn new(host: H, client: &Client) -> php::Result<Self> {",
        "fn order_where_first(&self, text: &str, no: &str) -> php::Result<Value>;",
        "/// Line 6: `$this->logger->info('paying', ['no' => $no])`",
        "self.host.logger_info(\"paying\", &json!({\"no\": no}))?;",
    ] {
        assert!(made.text.contains(line), "{line}\n{}", made.text);
    }
}

#[test]
fn a_handler_returns_to_the_promise() {
    let php = "function f($instance) {
        $instance->v3->x->postAsync([])->then(function ($r) { if ($r->getStatusCode() == 204) { return; } echo 1; })->wait();
        $instance->chain('v3/y')->get();
    }";
    // At the `return`, and at the handler's end.
    assert_eq!(text(php).matches("break 'handler Ok(());").count(), 2);
    holds(php, "client.chain(\"v3/y\").get(()).await?;");
}

#[test]
fn a_closure_keeps_what_a_variable_held() {
    let php =
        "$no = 'a'; $p = $instance->v3->x->getAsync()->then(function ($r) use ($no) { echo $no; });
        $no = 'b'; $p->wait(); echo $no;";
    holds(php, "let kept_no = no;");
    holds(php, "print!(\"{kept_no}\");");
}

#[test]
fn what_changes_the_callers_variables_is_refused() {
    for php in [
        "function f(array &$list) { $list[] = 1; }",
        "foreach ($a as &$b) { $b = 1; }",
        "function f() { extract($_POST); }",
        "function f() { $$x = 1; }",
    ] {
        refused(php, "");
    }
}

#[test]
fn a_function_that_changes_an_argument_is_given_the_variable() {
    let php = "function f($text) { preg_match('/x/', $text, $found); return $found; }";
    holds(php, "        found: &mut Value,\n");
    holds(php, ".preg_match(&mut found, ");
}

#[test]
fn two_classes_of_one_name_in_a_file_are_refused() {
    let php = "namespace A { class Pay { function a() { return 1; } } } namespace B { class Pay { function b() { return 2; } } }";
    refused(php, "a second class of the name `Pay`");
}

#[test]
fn raw_bytes_that_a_function_sets_are_refused() {
    let php = "function seal($text, $key) { openssl_private_encrypt($text, $raw, $key); return base64_encode($raw); }";
    refused(php, "`openssl_private_encrypt` sets raw bytes");
}

#[test]
fn a_function_is_not_given_the_variable_that_it_changes_twice() {
    let php = "function f($s) { preg_match('/x/', $s, $s); return $s; }";
    refused(php, "which is given the variable that it changes twice,");
}

#[test]
fn an_object_of_the_application_may_be_set_anywhere() {
    let php = "class A { private Model $order; private $log;
        function __construct($log) { $this->log = $log; $this->order = new Order(); }
        function next() { $this->order = new Order(2); $this->log->info($this->order->no); } }";
    holds(php, "host.set_order(&host.new_order()?)?;");
    holds(php, "self.host.set_order(&self.host.new_order_2(2)?)?;");
}

#[test]
fn calls_with_more_arguments_are_other_methods() {
    let php = "function f($request) { return [$request->header(), $request->header('x')]; }";
    holds(
        php,
        "fn request_header(&self, request: &mut Value) -> php::Result<Value>;",
    );
    holds(php, "fn request_header_2(");
}

#[test]
fn closures_in_an_array_are_given_behind_it() {
    let php = "function f($id) { return Order::with(['user' => function ($query) { $query->field('id'); }])->find($id); }";
    holds(php, "&json!({\"user\": null}),");
    holds(php, "&mut dyn FnMut(&Value) -> php::Result<Value>,");
}

#[test]
fn what_php_never_reaches_is_left_out() {
    let php = "function f($instance) { try { $instance->chain('v3/x')->get(); return 1; } catch (\\Exception $e) {
        return 2; if ($e->getCode()) { return 3; } } }";
    let made = ported(php);
    assert!(
        made.complete && !made.text.contains("Ok(3)"),
        "{}",
        made.text
    );
    assert_eq!(made.diagnostics.len(), 1, "{:?}", made.diagnostics);
}

#[test]
fn a_constant_that_asks_the_application_is_read_where_it_is_used() {
    let php = "class A { const FILE = ROOT . 'cert.pem'; function f() { return self::FILE; } }";
    holds(php, "\"{}cert.pem\", php::text(&self.host.root()?)");
}

#[test]
fn an_object_in_place_of_a_text_is_refused() {
    let made = ported(
        "$key = Rsa::from('file:///k.pem', Rsa::KEY_TYPE_PRIVATE);
        echo 'key: ' . $key;
        $instance->chain('v3/certificates')->get();",
    );
    assert!(made.text.contains("compile_error!"), "{}", made.text);
    assert!(!made.complete);
    assert!(made.diagnostics[0].message.contains("an object"));
}

#[test]
fn a_property_whose_name_only_a_run_tells_is_refused_where_the_class_has_some() {
    let php = "class A { static $no = 1; static function get($name) { return self::$$name; } }";
    holds(php, "self.host.a_property(name)");
    let php =
        "class A { private static $no = 1; static function get($name) { return self::$$name; } }";
    refused(php, "a property whose name only a run tells");
    let php = "class A extends B { private $no = 1; function get($name) { return $this->$name; } }";
    refused(php, "a property whose name only a run tells");
    let php = "class A { private $no = 1; function get($name) { return $this->$name; } }";
    holds(php, "self.no");
    let php = "class A { static function get($name) { return self::$$name; } }";
    holds(php, "self.host.a_property(name)");
    let php = "class A { static function put($name) { self::$$name = 1; } }";
    refused(php, "an assignment to this");
}

#[test]
fn a_static_property_that_all_objects_share_is_the_applications() {
    let php = "class A { private static $n = 0; function next() { return ++self::$n; } }";
    refused(php, "the porter does not know");
    let php = "class A { private static $n = 0; static function put($n) { self::$n = $n; } function n() { return A::$n; } }";
    holds(php, "host.set_a_n(n)?");
    holds(php, "host.a_n()?");
    let php = "class A { private static $n = null; static function n() { if (self::$n === null) { self::$n = load(); } return self::$n; } }";
    holds(php, "self.n = ");
    // Others may set it, too.
    let php = "class A { public static $n = null; static function n() { if (self::$n === null) { self::$n = load(); } return self::$n; } }";
    holds(php, "host.set_a_n(");
    // One method for each of them.
    let php = "function f() { return [Order::$count, Refund::$count]; }";
    holds(php, "host.order_count()?");
    holds(php, "host.refund_count()?");
}

#[test]
fn what_stands_outside_of_php_is_printed() {
    let page = "<?php f(); ?>\n<b>a</b>\n<?php if ($x): ?>\n\n<i><?= $x ?></i>\n<?php endif;";
    for piece in [
        "println!(\"<b>a</b>\")",
        "print!(\"\\n<i>\")",
        "println!(\"</i>\")",
    ] {
        holds(page, piece);
    }
    refused("<?php f(); ?>\n<?= if ($x) { f(); } ?>", "behind `<?=`");
}

#[test]
fn an_object_that_a_constructor_finds_is_handed_on() {
    let made = "class A { private Model $order; private $log;
        function __construct($log, $id) { $order = Order::find($id); $this->order = $order; $this->log = $log; }
        function no() { return $this->order->no; } }";
    holds(made, "host.set_order(&order)?;");
    let reassigned = "class A { private Model $order;
        function __construct($order) { $order = $order->fresh(); $this->order = $order; }
        function no() { return $this->order->no; } }";
    holds(reassigned, "host.set_order(&order)?;");
    let given = "class A { private Model $order;
        function __construct($order) { $this->order = $order; }
        function no() { return $this->order->no; } }";
    assert!(!text(given).contains("set_order"), "{}", text(given));
}

#[test]
fn a_property_of_an_object_that_something_else_holds_is_not_set() {
    for php in [
        "function f($i) { $o = new stdClass(); $p = $o; $p->a = 2; return $o; }",
        "function f($i) { $o = new stdClass(); $p = $o; $o->a = 2; return $p; }",
        "function f($o) { $o->a = 9; } function g($o) { f($o); return $o->a; }",
        "class A { function f($o) { $o->a = 9; } function g($all) { array_map([$this, 'f'], $all); return $all; } }",
        "function f($o) { $p = $o; $p->a = 9; return $o; }",
        "function f() { $all = load(); foreach ($all as $o) { $o->n = 2; } return $all; }",
        "function f($all) { foreach ($all as $o) { $o->n = 2; } return $all; }",
        "function f($i) { $o = new stdClass(); $g = function () use ($o) { $o->a = 1; }; $g(); return $o; }",
        "function f($all) { $o = new stdClass(); $all[] = $o; $o->a = 1; return $all; }",
        "class A { private $o; function f() { $p = $this->o; $p->a = 1; return $this->o; } }",
    ] {
        refused(php, "a change of an object that something else holds too");
    }
    let own = "function f($all) { $o = new stdClass(); $o->a = 1; $all[] = $o; return $all; }";
    holds(own, "php::set(&mut o, \"a\", Value::from(1))?;");
}

#[test]
fn a_property_of_the_callers_object_is_told_to_the_application() {
    let php = "class A { function f(Order $order) { $order->a = 9; $order->save(); } }";
    holds(php, "self.host.set_order_a(&mut order, 9)?;");
    let php =
        "function f() { $all = Order::all(); foreach ($all as $o) { $o->n = 2; $o->save(); } }";
    holds(php, "host.set_o_n(&mut o, 2)?;");
}

#[test]
fn an_unreachable_yield_makes_a_function_a_generator() {
    let php = "function ids($instance) { $instance->chain('v3/x')->get(); return [1]; yield 3; }";
    refused(php, "`yield`");
    let php = "function ids($instance) { $instance->chain('v3/x')->get(); return [1]; if (a()) { yield 3; } }";
    refused(php, "`yield`");
}

#[test]
fn a_setting_keeps_its_value_from_where_the_array_is_made() {
    let php = "function f($key) { while (more()) { $s = ['mchid' => $k, 'serial' => 'S1', 'privateKey' => $key, 'certs' => ['P' => $key]];
        $k = next_id(); \\WeChatPay\\Builder::factory($s)->chain('v3/x')->get(); } }";
    holds(php, "s_mchid = k.clone();");
}

#[test]
fn a_key_and_its_passphrase_have_the_keys_0_and_1() {
    let sign = |pair: &str| {
        format!(
            "use WeChatPay\\Crypto\\Rsa; function f($p) {{ return Rsa::sign('x', Rsa::from({pair})); }}"
        )
    };
    refused(&sign("[1 => 'pw', 0 => $p]"), "other keys than 0 and 1");
    refused(
        &sign("['key' => $p, 'pass' => 'pw']"),
        "other keys than 0 and 1",
    );
    text(&sign("[0 => $p, 1 => 'pw']"));
    text(&sign("[$p, 'pw']"));
}

#[test]
fn arrays_and_numbers_are_phps() {
    for (php, rust) in [
        (
            "$a = []; $a['k'] = 1; if ($a) { echo 1; }",
            "php::set(&mut a, \"k\", Value::from(1))?;",
        ),
        (
            "$a = [1]; $a += [2]; if ($a) { echo 1; }",
            "php::add(&a, &json!([2]))?;",
        ),
        (
            "foreach ($m as $k => $v) { echo $k; }",
            "in php::items(m) {",
        ),
        (
            "function f(int $a) { return $a * 100; }",
            "php::mul(&Value::from(a), &Value::from(100))?",
        ),
        (
            "function f($v) { return json_encode(['u' => $v]); }",
            "php::json_encode(&json!({\"u\": v}), 0)",
        ),
    ] {
        holds(php, rust);
    }
}

#[test]
fn arguments_that_php_takes_by_reference_are_changed() {
    for (php, rust) in [
        (
            "$c = openssl_encrypt($t, 'aes-256-gcm', $key, 0, $iv, $out, '', 16);",
            ".openssl_encrypt(&mut out, ",
        ),
        (
            "$c = str_replace('a', 'b', $t, $out);",
            ".str_replace(&mut out, ",
        ),
        (
            "$c = str_ireplace('a', 'b', $t, $out);",
            ".str_ireplace(&mut out, ",
        ),
        (
            "$c = preg_replace('/a/', 'b', $t, -1, $out);",
            ".preg_replace(&mut out, ",
        ),
        ("$c = exec($t, $out);", ".exec(&mut out, "),
        ("$c = system($t, $out);", ".system(&mut out, "),
        ("passthru($t, $out);", ".passthru(&mut out, "),
        ("$c = sscanf($t, '%d', $out);", ".sscanf(&mut out, "),
        ("$c = getopt('a', [], $out);", ".getopt(&mut out, "),
        (
            "$c = similar_text($t, 'a', $out);",
            ".similar_text(&mut out, ",
        ),
        ("mb_parse_str($t, $out);", ".mb_parse_str(&mut out, "),
        ("$c = fsockopen($t, 80, $out);", ".fsockopen(&mut out, "),
        ("$c = getimagesize($t, $out);", ".getimagesize(&mut out, "),
        (
            "$c = is_callable($t, true, $out);",
            ".is_callable(&mut out, ",
        ),
        (
            "$c = openssl_open($t, $out, $key, 'a');",
            ".openssl_open(&mut out, ",
        ),
    ] {
        let php = format!("function f($t, $key, $iv) {{ $c = 1; {php} return [$out, $c]; }}");
        holds(&php, rust);
    }
}

#[test]
fn arguments_that_no_method_can_change_are_refused() {
    for (php, reason) in [
        (
            "exec($t, $out, $code);",
            "`exec`, which changes several arguments,",
        ),
        (
            "sscanf($t, '%d %d', $a, $b);",
            "`sscanf`, which changes several arguments,",
        ),
        (
            "openssl_seal($t, $a, $b, [$key]);",
            "`openssl_seal`, which changes several",
        ),
        (
            "fsockopen($t, 80, $a, $b);",
            "`fsockopen`, which changes several arguments,",
        ),
        (
            "$a = []; str_replace('a', 'b', $t, $a['n']);",
            "`str_replace`, which changes an",
        ),
        (
            "exec(command: $t, output: $a);",
            "`exec`, which changes an argument,",
        ),
        ("exec(...$t);", "`exec`, which changes an argument,"),
        (
            "return key($t);",
            "`key`, which depends on the position within an array,",
        ),
        (
            "return current($t);",
            "`current`, which depends on the position",
        ),
        ("return next($t);", "`next`, which depends on the position"),
    ] {
        refused(&format!("function f($t, $key) {{ {php} }}"), reason);
    }
}

#[test]
fn named_and_spread_arguments_of_the_application_are_methods_of_their_own() {
    for (php, rust) in [
        (
            "transfer(from: $a, to: $b); transfer(to: $b, from: $a);",
            "transfer_with_to_with_from(b, a)?",
        ),
        (
            "Bank::move(amount: 5, fee: 7);",
            "bank_move_with_amount_with_fee(5, 7)?",
        ),
        ("$a->move(5, fee: 7);", "a_move_with_fee(&mut a, 5, 7)?"),
        ("return new Order(no: $a);", "new_order_with_no(a)?"),
        ("transfer(...$a);", "transfer_spread(a)?"),
        ("$a->move(1, ...$b);", "a_move_spread(&mut a, 1, b)?"),
    ] {
        holds(&format!("function f($a, $b) {{ {php} }}"), rust);
    }
    for (php, reason) in [
        (
            "return json_encode(flags: 128, value: $a);",
            "the named argument `flags:`",
        ),
        ("$c = transfer(...); $a->each($c);", "a spread `...` here"),
    ] {
        refused(&format!("function f($a, $b) {{ {php} }}"), reason);
    }
}

#[test]
fn a_variable_does_not_hide_a_function_of_its_name() {
    holds(
        "function total($x) { return $x; }
        function f() { $total = fn($x) => $x * 3; return [total(5), $total(6)]; }",
        "json!([self::total(&Value::from(5))?, total(&Value::from(6))?])",
    );
    holds(
        "function total($x) { return $x; }
        function f() { $total = 4; $g = fn($x) => total($x) + 1; return [$g(1), $total]; }",
        "self::total(x)?",
    );
    holds(
        "function client($x) { return $x; }
        function g($client) { return $client->chain('v3/x')->post(['json' => ['a' => client(5)]]); }",
        "self::client(&Value::from(5))?",
    );
}

#[test]
fn a_parameter_that_is_given_back_is_a_value() {
    for php in [
        "function f($x) { return $x; } function g($a) { return [f($a)]; }",
        "function f($x) { if ($x) { return null; } return $x; } function g($a) { return f($a); }",
        "function g($a) { return f($a); } function f($x) { return $x; }",
    ] {
        holds(php, "pub fn f(x: &Value) -> php::Result<Value>");
        holds(php, "pub fn g(a: &Value) -> php::Result<Value>");
    }
}

#[test]
fn the_text_of_an_exception_is_the_applications() {
    for php in [
        "echo $e;",
        "print $e;",
        "error_log('failed ' . $e);",
        "error_log(\"failed $e\");",
        "$x = 'a'; $x .= $e; echo $x;",
        "return (string) $e;",
        "throw new \\Exception($e);",
    ] {
        holds(
            &format!(
                "function f($instance) {{ try {{ $instance->chain('v3/x')->get(); }} catch (\\Exception $e) {{ {php} }} }}"
            ),
            ".exception_text(&e)?",
        );
    }
}

#[test]
fn an_exception_as_a_value_is_refused() {
    let text = "an exception as a text, to which PHP adds file, line and trace";
    let value = "an exception where a plain value is expected";
    for (php, reason) in [
        ("return strval($e);", value),
        ("return sprintf('%s', $e);", text),
        ("return json_encode($e);", value),
        ("$all = ['error' => $e]; return $all;", value),
        ("error_log(json_encode(['error' => $e]));", value),
    ] {
        refused(
            &format!(
                "function f($instance) {{ try {{ $instance->chain('v3/x')->get(); }} catch (\\Exception $e) {{ {php} }} }}"
            ),
            reason,
        );
    }
    for (php, rust) in [
        ("return ['error' => $e];", "host.exception_value(&e)?"),
        ("error_log($e);", "host.error_log(&e)?"),
        (
            "Log::error('failed', ['exception' => $e]);",
            "json!({\"exception\": Value::from(e.to_string())})",
        ),
    ] {
        holds(
            &format!(
                "function f($instance) {{ try {{ $instance->chain('v3/x')->get(); }} catch (\\Exception $e) {{ {php} }} }}"
            ),
            rust,
        );
    }
}

#[test]
fn a_power_binds_tighter_than_the_sign_and_the_cast_before_it() {
    let power = |base: &str| format!("php::pow(&Value::from({base}), &Value::from(2))?");
    for (php, rust) in [
        ("-2 ** 2", format!("php::neg(&{})?", power("2"))),
        ("(int) 2.5 ** 2", format!("php::int(&{})", power("2.5"))),
        (
            "- (int) 2.5 ** 2",
            format!("php::neg(&Value::from(php::int(&{})))?", power("2.5")),
        ),
        ("(-2) ** 2", power("-2")),
        (
            "2 ** -1",
            "php::pow(&Value::from(2), &Value::from(-1))?".to_owned(),
        ),
    ] {
        holds(&format!("function f() {{ return {php}; }}"), &rust);
    }
    let negated = "function f($a) { return !$a instanceof Order; }";
    holds(negated, "!(php::truth(&host.is_order(a)?))");
}

#[test]
fn a_variable_whose_name_a_constant_holds_is_refused() {
    for php in [
        "return ${FOO['a']};",
        "return ${FOO};",
        "return \"{${FOO}}\";",
        "return \"{${FOO['a']}}\";",
    ] {
        let php =
            format!("const FOO = ['a' => 'x']; function f($x) {{ $FOO = ['a' => 7]; {php} }}");
        refused(&php, "a variable variable `$$`");
    }
    holds(
        "function f($x) { return \"a ${x}\"; }",
        "format!(\"a {}\", php::text(x))",
    );
    holds(
        "function f($x) { return \"a ${x['k']}\"; }",
        "php::get(x, \"k\")",
    );
    holds(
        "function f($x) { return <<<A\na ${x}\nA; }",
        "format!(\"a {}\", php::text(x))",
    );
}

#[test]
fn a_global_variable_of_the_file_itself_is_refused() {
    let own = "the global variable `$fee`, which the code outside of functions uses,";
    for (php, reason) in [
        ("$fee = 5; function f() { global $fee; return $fee; }", own),
        (
            "function f() { global $fee; return $fee; } if (f()) { $fee = 7; }",
            own,
        ),
        (
            "foreach ([1] as $fee) { f(); } function f() { global $fee; return $fee; }",
            own,
        ),
        (
            "$fee = 5; class A { function f() { global $fee; return $fee; } }",
            own,
        ),
        (
            "$fee = 5; function f() { return $GLOBALS['fee']; }",
            "`$GLOBALS` in a file with variables outside of functions",
        ),
        (
            "$fee = 5; function f($a) { return $GLOBALS[$a]; }",
            "`$GLOBALS` in a file with variables outside of functions",
        ),
        (
            "function f($a) { $GLOBALS['fee'] = $a; }",
            "a change of the global variable `$GLOBALS`",
        ),
        (
            "function f($a) { $_SESSION['fee'] = $a; }",
            "a change of the global variable `$_SESSION`",
        ),
        (
            "function f($a) { unset($_SESSION['fee']); }",
            "a change of the global variable `$_SESSION`",
        ),
    ] {
        refused(php, reason);
    }
    holds(
        "function f() { global $fee; return $fee; }",
        "host.global_fee()?",
    );
    holds(
        "$a = 1; function f() { global $fee; return [$fee, $GLOBALS['b'] ?? 1]; }",
        "host.globals()?",
    );
}

#[test]
fn properties_that_other_code_sets() {
    let php = "class PayProcedure extends Procedure {
        public string $orderId;
        public ?int $total = null;
        public $openid;
        private $service;
        public function __construct(string $service) { $this->service = $service; }
        public function execute($instance) {
            return $instance->chain('v3/x')->post(['json' => ['no' => $this->orderId, 'total' => $this->total, 'openid' => $this->openid]]);
        }
    }";
    holds(php, "pub order_id: String,");
    holds(php, "pub openid: Value,");
    holds(php, "    service: String,");
    // PHP fails where nothing set it.
    holds(
        php,
        "pub fn new(service: &str, order_id: &str) -> php::Result<Self> {",
    );
    holds(
        "class Form { public string $no; public function go($instance) { $instance->chain('v3/x')->post(['json' => ['no' => $this->no]]); } }",
        "pub fn new(no: &str) -> php::Result<Self> {",
    );
}

#[test]
fn a_handler_that_the_application_makes_is_added_to_the_builder() {
    let settings =
        "'mchid' => $m, 'serial' => 'ABCDEF0123456789', 'privateKey' => $k, 'certs' => []";
    let made = |stack: &str, behind: &str| {
        format!(
            "class Pay {{ private $stack; function __construct(HandlerStack $own) {{ $this->stack = $own; }}
            function client(string $m, $k) {{ $stack = HandlerStack::create(); $stack->push(Retry::make());
                $client = \\WeChatPay\\Builder::factory([{settings}, 'handler' => {stack}]); {behind} return $client; }} }}"
        )
    };
    let php = made("$stack", "");
    for expected in [
        "fn client_handler(\n        &self,\n        builder: ClientBuilder,\n        handler: &Value,\n    ) -> php::Result<ClientBuilder>;",
        "&stack,\n            )?\n            .build()?",
        "/// Adds what PHP's `handler` does to the client",
    ] {
        holds(&php, expected);
    }
    let told = ported(&php).diagnostics;
    assert!(
        told.iter()
            .any(|told| told.message.contains("what this `handler` does")),
        "{told:?}"
    );
    holds(
        &made("(new Stacks())->create()", ""),
        "&self.host.new_stacks_create()?,",
    );
    // A stack that may get more layers, or that the client gets no layers of.
    for php in [
        made("$stack", "$stack->push(Log::make());"),
        made("$this->stack", ""),
        made("function ($request) { return $request; }", ""),
        made("'curl'", ""),
        made("$stack, 'http_errors' => false", ""),
    ] {
        refused(&php, "no setting `handler` with this value");
    }
}

#[test]
fn methods_of_the_object_are_given_by_their_names() {
    let php = |call: &str| {
        format!(
            "<?php namespace App; class Pay {{ private $n = 0;
            public function __construct(\\WeChatPay\\BuilderChainable $client) {{ {call} }}
            public function paid() {{ }} }}"
        )
    };
    for (call, expected) in [
        (
            "add_action('a', [$this, 'paid']);",
            "host.add_action(\"a\", &json!([r\"App\\Pay\", \"paid\"]))?;",
        ),
        (
            "add_action('a', array($this, 'paid'));",
            "&json!([r\"App\\Pay\", \"paid\"])",
        ),
        (
            "route(['call' => [$this, 'paid'], 'n' => 1]);",
            "&json!({\"call\": [r\"App\\Pay\", \"paid\"], \"n\": 1})",
        ),
        (
            "$client->on('a', [$this, 'paid']);",
            "[r\"App\\Pay\", \"paid\"]",
        ),
    ] {
        holds(&php(call), expected);
        holds(&php(call), "/// the object itself is not given.");
    }
    // The object, or a method that is kept or called here.
    for call in [
        "add_action($this);",
        "$f = [$this, 'paid']; keep($f);",
        "add_action([$this, $this->n]);",
    ] {
        refused(&php(call), "`$this` as a value");
    }
}

#[test]
fn a_closure_of_a_variable_is_given_the_object_that_the_method_changes() {
    let class = |change: &str| {
        format!(
            "class A {{ private $n = 0;
                public function f() {{ $show = fn ($x) => $x . $this->n; $a = $show('a'); {change} return $a . $show('b'); }} }}"
        )
    };
    holds(
        &class("$this->n++;"),
        "let show = move |this: &Self, x: &Value|",
    );
    holds(&class("$this->n++;"), "show(&*self, &Value::from(\"b\"))?");
    holds(&class(""), "let show = move |x: &Value|");
}

#[test]
fn an_object_or_null_that_the_application_is_given_is_copied_whole() {
    let made = text("function f(?\\Throwable $e) { return $e?->getLine(); }");
    assert!(made.contains("let mut e = e.cloned();"), "{made}");
    assert!(made.contains("host.e_get_line(e.as_ref())?"), "{made}");
}

#[test]
fn an_exception_of_the_application_with_arguments_of_its_own_is_made_by_it() {
    let thrown = |args: &str| {
        format!(
            "use App\\BadException;
            class A {{ public function f($k, array $more) {{ throw new BadException({args}); }} }}"
        )
    };
    for (args, method) in [
        ("$k, 400, $more, null", "new_bad_exception"),
        ("500, 'no'", "new_bad_exception"),
        ("'no', 1, [], null", "new_bad_exception"),
        ("$k, reason: 'no'", "new_bad_exception_with_reason"),
    ] {
        let made = ported(&thrown(args));
        assert!(made.complete, "{args}: {:?}", made.diagnostics);
        let names: Vec<_> = made.app.iter().map(|method| &method.name).collect();
        assert_eq!(names, [method], "{args}");
    }
    let made = text(&thrown("'no', 3"));
    assert!(made.contains(".with_code(3)"), "{made}");
    refused(
        "throw new RuntimeException('a', 1, null, 2);",
        "these arguments",
    );
    refused(
        "throw new GuzzleHttp\\Exception\\RequestException('a', $request);",
        "these arguments",
    );
}

#[test]
fn types_of_the_application_are_written_with_their_spaces() {
    let php = "class A { function f($n) { return DB::transaction(function ($x) use ($n) { return $x . $n; }); } }";
    let made = ported(php).app;
    let params: Vec<_> = made.iter().flat_map(|method| &method.params).collect();
    assert_eq!(params[0].1, "&mut dyn FnMut(&Value) -> php::Result<Value>");
}

#[test]
fn a_property_of_clients_and_other_values_holds_the_application_s_value() {
    let class = |body: &str| {
        format!(
            "<?php class A {{ private $pay; private $c = []; function pay() {{ if (!$this->pay) {{
            $this->pay = \\WeChatPay\\Builder::factory(['mchid' => '1']); }}
            if ($this->c['a']) {{ $this->pay = \\WeChatPay\\Builder::factory(['mchid' => '1']); }} else {{ $this->pay = old($this->c); }}
            return $this->pay; }} function run($x) {{ $pay = $this->pay(); {body} }} }}"
        )
    };
    for (body, expected) in [
        (
            "return $pay->chain('v3/a')->get()->getStatusCode();",
            "self.host.as_client(&pay)?",
        ),
        ("return $pay['error'];", "php::no_client(&pay)?"),
        ("return $pay->error;", "php::no_client(&pay)?"),
        ("return strlen($pay);", "php::no_client(&pay)?"),
        ("return 'a' . $pay;", "php::no_client(&pay)?"),
        ("return [$pay];", "php::no_client(&pay)?"),
        ("return $pay == $x;", "php::no_client(&pay)?"),
        ("foreach ($pay as $a) { echo $a; }", "php::no_client(&pay)?"),
        ("return $pay === null ? 1 : (bool) $pay;", "pay.is_null()"),
        ("return $pay;", "php::client_value(self.host.client_value("),
    ] {
        let text = text(&class(body));
        let whole: String = text.split_whitespace().collect();
        assert!(whole.contains(expected), "{expected}\n{text}");
    }
    stays_refused(
        &class("$this->pay->a = 1;"),
        "a change of what may be a client",
    );
}
