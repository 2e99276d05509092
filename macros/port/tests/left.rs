//! Methods and functions of which a part is refused: the application has them as a whole.

mod ported;

use ported::{holds, ported, stays_refused, text};

/// The SDK's client follows no redirects: the option is refused.
const REFUSED: &str = "$this->client->chain('v3/certificates')->get(['cookies' => true]);";

/// A class with a method whose body and other members are given.
fn class(body: &str, members: &str) -> String {
    format!(
        "<?php namespace App; use WeChatPay\\Builder;
        class Pay {{ private $key = 'k'; private $other; private $client;
        function __construct(\\WeChatPay\\BuilderChainable $client) {{ $this->client = $client; }}
        public function run(string $no, $more = null) {{ {body} }}
        public function close($no) {{ $this->client->chain('v3/pay/close')->post(['json' => ['no' => $no]]); }}
        {members} }}"
    )
}

fn left(body: &str, members: &str) -> String {
    let php = class(body, members);
    let made = ported(&php);
    let told = made.diagnostics.iter();
    let told = told.filter(|told| told.message.contains("the application has to write"));
    assert!(
        made.complete && told.count() > 0,
        "{php}\n{:?}",
        made.diagnostics
    );
    made.text
}

/// The method stays refused, with its own message.
fn stays(body: &str, members: &str) {
    stays_refused(&class(body, members), "`cookies`");
}

#[test]
fn a_refused_method_is_given_what_it_reads_and_everything_else_is_translated() {
    let made = left(&format!("{REFUSED} return [$no, $this->key];"), "");
    for expected in [
        "self.host.pay_run(no, more, &self.client, &self.key)",
        "key: &str,",
        "client: &Client,",
        "/// public function run(string $no, $more = null)",
        "/// Mind that it makes 1 call of WeChat Pay that is not translated.",
        ".chain(\"v3/pay/close\")",
    ] {
        assert!(made.contains(expected), "{expected}\n{made}");
    }
    assert!(!made.contains("compile_error"), "{made}");
}

#[test]
fn the_warning_stands_where_the_method_was_refused() {
    let made = ported(&class(&format!("\n{REFUSED}"), ""));
    let told: Vec<_> = made.diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    for part in [
        "Pay.php:5:",
        "warning: the application has to write `Pay::run`: the option `cookies`",
        "write it as the method `pay_run` of the trait",
        "it makes 1 call of WeChat Pay that is not translated",
    ] {
        assert!(told[0].contains(part), "{part}\n{told:?}");
    }
}

#[test]
fn types_are_those_that_were_known_before() {
    let made = left(
        &format!(
            "$this->client->chain('v3/pay')->post(['json' => ['out_trade_no' => $more]]); {REFUSED} return 1;"
        ),
        "",
    );
    assert!(
        made.contains("pub fn run(&self, no: &str, more: &Value) -> php::Result<i64>"),
        "{made}"
    );
    let php = "<?php class Pay { public function run($client) { $client->chain('v3/a')->get(); $client->chain('v3/b')->get(['cookies' => 1]); } }";
    holds(
        php,
        "fn pay_run(&self, client: &Client) -> php::Result<()>;",
    );
    // What callers use as a client is one.
    let php = "<?php class Pay { private static $made = [];
        private static function of($id) { return self::$made[$id] ??= self::make(['cookies' => &$id]); }
        public function run() { self::of(1)->chain('v3/a')->get(); } }";
    holds(php, "fn pay_of(&self, id: i64) -> php::Result<Client>;");
}

#[test]
fn a_function_of_the_file_is_left_too() {
    let php =
        "<?php function first($client) { $client->chain('v3/a')->get(['cookies' => 1]); return 1; }
        function second($client) { first($client); }";
    let made = text(php);
    assert!(
        made.contains("fn first(&self, client: &Client) -> php::Result<"),
        "{made}"
    );
    assert!(made.contains("host.first(client)"), "{made}");
}

#[test]
fn functions_of_the_same_name_in_two_files_are_two_methods() {
    use wechatpay_chain_port::emit::Options;
    use wechatpay_chain_port::folder::{Root, Source, rust};
    let file = |path: &str| {
        format!(
            "<?php function pay($client) {{ $client->chain('{path}')->get(['cookies' => 1]); }}"
        )
    };
    let (one, other) = (file("v3/a"), file("v3/b"));
    let sources = [
        Source::new("A.php", "A.php", &one),
        Source::new("B.php", "B.php", &other),
    ];
    let made = rust(&sources, Root::Crate, &Options::default());
    let names: Vec<_> = made.app.iter().map(|method| method.name.as_str()).collect();
    assert_eq!(names, ["pay", "pay_2"]);
    let left = made
        .report
        .files
        .iter()
        .map(|file| file.functions[0].left.as_ref());
    let left: Vec<_> = left
        .map(|left| left.map(|left| (left.method.as_str(), left.calls)))
        .collect();
    assert_eq!(left, [Some(("pay", 1)), Some(("pay_2", 1))]);
    assert!(
        made.report
            .files
            .iter()
            .all(|file| file.functions[0].calls.is_empty())
    );
}

#[test]
fn a_method_that_changes_the_object_stays_refused() {
    for change in [
        "$this->other = 1;",
        "$this->other['a'] = 1;",
        "unset($this->other);",
        "foreach ($this->other as &$row) { $row = 1; }",
        "$name = 'other'; $this->$name = 1;",
        "f($this);",
        "$f = function () { $this->other = 1; }; $f();",
        "$this->set();",
        "self::put($this->other);",
        "sink($this->other);",
        "$GLOBALS['a'] = 1;",
        "$n = $this->next();",
        "bcscale(2);",
        "ini_set('precision', '7');",
    ] {
        let members = "private function set() { $this->other = 1; } private static function put(&$a) { $a = 1; }
            private function next() { static $n = 0; return ++$n; } public function more() { return $this->other . $this->next(); }";
        let php = format!(
            "{} function sink(&$a) {{}}",
            class(&format!("{change} {REFUSED}"), members)
        );
        let made = ported(&php);
        let told = made
            .diagnostics
            .iter()
            .any(|told| told.message.contains("the application has to"));
        assert!(!made.complete && !told, "{change}\n{:?}", made.diagnostics);
    }
}

#[test]
fn what_other_code_may_see_stays_refused() {
    // The caller would read the object as it was.
    let uses = "public function both($order) { $this->run('1', $order); return $order->state; }";
    stays(&format!("$more->state = 'paid'; {REFUSED}"), uses);
    left(&format!("$more->state = 'paid'; {REFUSED}"), "");
    left(
        &format!("$m = new \\stdClass(); $m->state = 'paid'; {REFUSED}"),
        uses,
    );
    // Items that are made one by one.
    let uses = "public function all() { foreach ($this->run('1') as $item) { echo $item; } }";
    stays(&format!("{REFUSED} yield 1;"), uses);
    left(&format!("{REFUSED} yield 1;"), "");
    // The value is an answer, a promise or a closure.
    let uses = "public function all() { return $this->run('1')->getBody(); }";
    for value in [
        "$this->client->chain('v3/a')->get(['cookies' => 1])",
        "$this->client->chain('v3/a')->getAsync(['cookies' => 1])",
        "function () { return 1; }",
    ] {
        stays_refused(
            &class(&format!("$r = {value}; {REFUSED} return $r;"), uses),
            "",
        );
    }
    stays_refused(
        &class(
            &format!("{REFUSED} return $this->client->chain('v3/a')->getAsync();"),
            "public function all() { return $this\n    ->run('1')\n    ->wait(); }",
        ),
        "",
    );
    let thrown = class(REFUSED, "").replace("class Pay", "class Pay extends \\RuntimeException");
    stays_refused(&thrown, "`cookies`");
    let uses = "public function all() { return base64_encode($this->run('1')); }";
    let bytes = "openssl_sign($no, $raw, $more, 'SHA256'); return $raw;";
    stays_refused(&class(bytes, uses), "raw bytes");
    left(bytes, "");
    // The arguments that PHP counts, and those that it takes by reference.
    stays(&format!("{REFUSED} return func_get_args();"), "");
    let php = "<?php $all = 1; function run($client) { global $all; $client->chain('v3/a')->get(['cookies' => $all]); }";
    stays_refused(php, "");
    let php =
        "<?php function run($client, &$all) { $client->chain('v3/a')->get(['cookies' => 1]); }";
    stays_refused(php, "`&$all`");
}

#[test]
fn constructors_and_what_stands_outside_of_functions_stay_refused() {
    let php = "<?php class Pay { function __construct($client) { $client->chain('v3/a')->get(['cookies' => 1]); } }";
    stays_refused(php, "`cookies`");
    stays_refused(
        "<?php $client->chain('v3/a')->get(['cookies' => 1]);",
        "`cookies`",
    );
    // Then nothing of the file is left to the application.
    let php = class(REFUSED, "") + " $client->chain('v3/a')->get(['cookies' => 1]);";
    let made = ported(&php);
    let told = made
        .diagnostics
        .iter()
        .filter(|told| told.message.contains("`cookies`"));
    assert_eq!(told.count(), 2, "{:?}", made.diagnostics);
    assert_eq!(made.text.matches("compile_error!").count(), 2);
}

#[test]
fn a_client_that_only_its_own_method_keeps_is_no_change() {
    const MAKES: &str = "private function client() { if (!$this->made) { $this->made = Builder::factory(['mchid' => $this->mchid,
        'serial' => 's', 'privateKey' => $this->mchid, 'certs' => ['s' => $this->mchid]]); } return $this->made; }";
    let class = |members: &str| {
        format!(
            "<?php use WeChatPay\\Builder; class Pay {{ private $made; private string $mchid;
            public function __construct(string $mchid) {{ $this->mchid = $mchid; }} {MAKES}
            public function run() {{ $this->client()->chain('v3/a')->get(['cookies' => 1]); }}
            public function more() {{ $this->client()->chain('v3/b')->get(); }} {members} }}"
        )
    };
    let made = text(&class(""));
    assert!(
        made.contains("fn pay_run(&self, made: Option<&Client>, mchid: &str)"),
        "{made}"
    );
    assert!(
        made.contains("/// It calls these methods of the class: `client`."),
        "{made}"
    );
    // The client that PHP keeps may be of other settings, or something else reads it.
    for member in [
        "public function set(string $mchid) { $this->mchid = $mchid; }",
        "public function get() { return $this->made; }",
    ] {
        stays_refused(&class(member), "`cookies`");
    }
}

#[test]
fn a_private_method_that_only_such_a_method_calls_is_quoted() {
    let helper = "private function sums(array &$all) { $all['sum'] = 1; }";
    let made = left(&format!("$a = []; $this->sums($a); {REFUSED}"), helper);
    assert!(
        made.contains("/// private function sums(array &$all)"),
        "{made}"
    );
    assert!(!made.contains("fn sums"), "{made}");
}

#[test]
fn a_private_method_that_cannot_be_left_is_left_with_its_callers() {
    let helper = |visible: &str| {
        format!(
            "{visible} function guard(callable $f) {{ retry: try {{ return $f(); }} catch (\\RuntimeException $e) {{ goto retry; }} }}"
        )
    };
    let body = "return $this->guard(fn () => $this->client->chain('v3/a')->get());";
    for visible in ["private", "protected"] {
        let made = left(body, &helper(visible));
        for expected in [
            "fn pay_run(&self, no: &str, more: &Value, client: &Client)",
            "function guard(callable $f)",
            "/// Mind that it makes 1 call of WeChat Pay that is not translated.",
        ] {
            assert!(made.contains(expected), "{expected}\n{made}");
        }
        assert!(!made.contains("fn guard"), "{made}");
    }
    stays_refused(&class(body, &helper("public")), "");
    // One of the callers cannot be left.
    let other = "public function set() { $this->other = $this->guard(fn () => 1); }";
    stays_refused(&class(body, &(helper("private") + other)), "");
}

#[test]
fn an_enumeration_is_the_applications() {
    let php = "<?php enum State: string { case Paid = 'SUCCESS'; case Closed = 'CLOSED';
        public static function of(string $s): self { return self::tryFrom($s) ?? self::Closed; } public function open() { return $this->value === ''; } }
        function state($client) { $r = $client->chain('v3/a')->get(); return State::of($r->getReasonPhrase()) === State::Paid; }";
    let made = ported(php);
    assert!(made.complete, "{:?}", made.diagnostics);
    let told = made.diagnostics[0].to_string();
    assert!(
        told.contains("warning: the application has the enumeration `State`"),
        "{told}"
    );
    assert!(made.text.contains("host.state_paid()?"), "{}", made.text);
    let calls = php.replace(
        "return $this->value",
        "return $client->chain('v3/b')->get()",
    );
    stays_refused(&calls, "enum declaration");
}
