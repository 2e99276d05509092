//! Constructs of PHP and the Rust that they become.

#![allow(clippy::unwrap_used)]

use wechatpay_chain_port::Severity;
use wechatpay_chain_port::emit::{self, Options, Output, Style};
use wechatpay_chain_port::source::{Kind, split};

fn ported(php: &str, options: &Options) -> Output {
    emit::rust(&split("pay.php", php, Kind::Php), options)
}

/// The statements of the function that a snippet becomes.
fn body(php: &str) -> String {
    let made = ported(php, &Options::default().in_place(true));
    assert!(made.complete, "{:?}", made.diagnostics);
    let (_, inside) = made.text.split_once("Result<()> {\n").unwrap();
    let inside = inside.strip_suffix("    Ok(())\n}\n").unwrap();
    let lines = inside
        .lines()
        .map(|line| line.strip_prefix("    ").unwrap_or(line));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn each_form_of_a_chain_stays_and_each_style_is_had() {
    let pure = "$instance->v3->pay->outTradeNo->_id_->get(['id' => $id])->wait();";
    for (style, expected) in [
        (
            Style::Keep,
            "client\n        .v3()\n        .seg(\"pay\")\n        .seg(\"outTradeNo\")\n        .seg(\"_id_\")\n",
        ),
        (
            Style::Chain,
            "client\n        .chain(\"v3/pay/out-trade-no/{id}\")\n",
        ),
        (Style::Index, "client[\"v3/pay/out-trade-no/{id}\"]\n"),
        (Style::Macro, "chain!(client.v3.pay.outTradeNo._id_)\n"),
        (Style::Seg, "client\n        .v3()\n"),
    ] {
        let made = ported(pure, &Options::default().in_place(true).style(style));
        assert!(made.text.contains(expected), "{style:?}\n{}", made.text);
    }
    assert_eq!(
        body("$instance->chain('v3/pay/x')->get();"),
        "client.chain(\"v3/pay/x\").get(()).wait()?;\n"
    );
    // PHP puts a value into the path as it is, and rewrites its capitals.
    let made = ported(
        "$instance->chain(\"v3/pay/{$no}\")->get();",
        &Options::default().in_place(true),
    );
    assert!(
        made.text.contains("chain(\"v3/pay/{+no}\")"),
        "{}",
        made.text
    );
    assert!(
        made.text.contains(".var(\"no\", php::path_value("),
        "{}",
        made.text
    );
    assert_eq!(
        body("$instance['v3/pay']->get();"),
        "client[\"v3/pay\"].get(()).wait()?;\n"
    );
}

#[test]
fn comments_and_the_order_of_keys_stay() {
    let php = "
// before
$instance->chain('v3/x')->post([
  'base_uri' => 'https://apihk.mch.weixin.qq.com/', // 接入点
  'json' => [ // the order
    'b' => 1.50, // a number
    // on its own
    'a' => [['x' => null, 'y' => [1, 2]]],
    'empty' => [],
    'last' => false,
    // end
  ],
]); // behind
";
    assert_eq!(
        body(php),
        r#"// before
let body = json!({ // the order
    "b": 1.5, // a number
    // on its own
    "a": [{"x": null, "y": [1, 2]}],
    "empty": [],
    "last": false,
    // end
});
client
    .chain("v3/x")
    .post(body, ())
    .base_url("https://apihk.mch.weixin.qq.com/") // 接入点
    .wait()?; // behind
"#
    );
}

#[test]
fn every_option_becomes_a_setter() {
    let php = "$instance->chain('v2/x/{id}')->post(['xml' => ['a' => 1], 'id' => 7, 'query' => ['t' => true],
        'headers' => ['X-A' => 'b', 'X-N' => 1], 'timeout' => 0.4, 'security' => true, 'nonceless' => true,
        'sink' => './x.csv']);";
    assert_eq!(
        body(php),
        r#"client
    .chain("v2/x/{id}")
    .post(json!({"a": 1}), ())
    .var("id", 7)
    .query("t", true)
    .header("X-A", "b")
    .header("X-N", "1")
    .timeout(Duration::from_millis(400))
    .security(true)
    .nonceless(true)
    .sink("./x.csv")
    .wait()?;
"#
    );
}

#[test]
fn what_is_printed_is_printed() {
    let php = "$r = $instance->chain('v3/x')->get();
print_r(json_decode((string) $r->getBody(), true));
print_r($r->getStatusCode() === 204);
echo $r->getBody(), PHP_EOL;
echo 'a' . $mchid . \"-{$no}\\n\";";
    assert_eq!(
        body(php),
        r#"let r = client.chain("v3/x").get(()).wait()?;
let decoded = php::json_decode_array(r.text()?);
print!("{}", php::print_r(&decoded));
if r.status() == 204 {
    print!("1");
}
println!("{}", r.text()?);
println!("a{mchid}-{no}");
"#
    );
}

#[test]
fn failures_are_matched() {
    let php = "$instance->chain('v3/x')->getAsync()->then(static function($response) {
  echo $response->getBody();
})->otherwise(static function($e) {
  if ($e instanceof RequestException && $e->hasResponse()) {
    $r = $e->getResponse();
    echo $r->getStatusCode(), PHP_EOL;
  }
})->wait();";
    let made = ported(php, &Options::default().in_place(true));
    assert!(made.complete, "{:?}", made.diagnostics);
    for line in [
        ".map_err(Thrown::from);",
        "Ok(response) => 'handler: {",
        "Err(e) => 'handler_3: {",
        "if e.is(\"GuzzleHttp\\\\Exception\\\\RequestException\")",
        "&& e.answer().is_some()",
    ] {
        assert!(made.text.contains(line), "{line}\n{}", made.text);
    }
}

#[test]
fn encrypted_fields_are_given_as_plaintext() {
    let php = "$encryptor = static function(string $m) use ($key): string { return Rsa::encrypt($m, $key); };
$instance->chain('v3/x')->post(['json' => ['name' => $encryptor('张三'), 'list' => [['id' => Rsa::encrypt('1', $key)]]]]);";
    let text = body(php);
    assert!(
        text.contains(r#"json!({"name": "张三", "list": [{"id": "1"}]})"#),
        "{text}"
    );
    assert!(
        text.contains("    .encrypt([\"/name\"])\n    .encrypt([\"/list/*/id\"])\n"),
        "{text}"
    );
    let known = |_: &str, _: &str| vec!["/name".to_owned(), "/list/*/id".to_owned()];
    let made = ported(php, &Options::default().in_place(true).sensitive(known));
    assert!(!made.text.contains(".encrypt("), "{}", made.text);
}

#[test]
fn an_upload_a_field_of_its_meta_and_a_stack() {
    let php = "$media = new \\WeChatPay\\Util\\MediaUtil('file:///path/to/a.csv');
$meta = \\json_decode($media->getMeta());
$meta->bank_type = 'CMB';
$media->setMeta(\\json_encode($meta));
$stack = clone $instance->getDriver()->select()->getConfig('handler');
$stack->remove('verifier');
$instance->chain('v3/x')->post(['handler' => $stack, 'body' => $media->getStream(),
  'headers' => ['Content-Type' => $media->getContentType()]]);";
    assert_eq!(
        body(php),
        r#"let media = Media::from_path("/path/to/a.csv")?;
let media = media.meta_field("bank_type", "CMB");
let stack = client.with_stack(|stack| stack.remove(middleware::VERIFIER).map(drop))?;
stack.chain("v3/x").post(media, ()).wait()?;
"#
    );
}

#[test]
fn a_program_builds_its_client() {
    let php = "<?php
require 'vendor/autoload.php';
use WeChatPay\\Builder;
$instance = Builder::factory([
  'mchid' => '1900000109', // 商户号
  'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
  'privateKey' => 'file:///path/to/apiclient_key.pem',
  'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => \\WeChatPay\\Crypto\\Rsa::from('file:///pub.pem', 'public')],
  'secret' => getenv('KEY'),
]);
$instance->v3->certificates->get();
";
    let made = ported(php, &Options::default().in_place(true));
    assert!(made.complete, "{:?}", made.diagnostics);
    assert_eq!(
        made.text,
        r#"use wechatpay_chain::{Client, PrivateKey, PublicKey, Result};

fn main() -> Result<()> {
    let client = Client::builder()
        .mchid("1900000109") // 商户号
        .serial("5157F09EFDC096DE15EBE81A47057A7232F1B8E1")
        .private_key(PrivateKey::from_file("/path/to/apiclient_key.pem")?)
        .platform_key(
            "PUB_KEY_ID_0114232134912410000000000000",
            PublicKey::from_file("/pub.pem")?,
        )
        .v2_key(std::env::var("KEY").unwrap_or_default())
        .build()?;
    client.v3().seg("certificates").get(()).wait()?;
    Ok(())
}
"#
    );
    let made = ported(
        &php.replace("getenv('KEY')", "$key"),
        &Options::default().in_place(true),
    );
    assert!(
        made.text.contains("pub fn pay(key: &str) -> Result<()> {"),
        "{}",
        made.text
    );
}

#[test]
fn nothing_is_dropped() {
    let php = "$a = 1;\nwhile ($x) { $y->z(); } // why\n$instance->chain('v3/x')->get(['stream' => true]);";
    let made = ported(php, &Options::default().in_place(true));
    assert!(!made.complete && !made.functions[0].complete);
    for line in [
        "    while php::truth(x) {\n        host.y_z(&mut y)?;\n    }\n",
        "    // why\n",
        "pay.php:3:44: the option `stream` of Guzzle is not taken here",
    ] {
        assert!(made.text.contains(line), "{}", made.text);
    }
    assert_eq!(made.diagnostics.len(), 1);
    assert!(
        made.diagnostics
            .iter()
            .all(|found| found.severity == Severity::Error)
    );
    // A call that PHP sends otherwise than it reads is sent as PHP sends it, and told of.
    let made = ported(
        "$instance->v3->_id_->get(['other' => 1]);",
        &Options::default().in_place(true),
    );
    assert!(
        made.complete
            && made
                .text
                .contains(".var(\"id\", \"\") // without a value in PHP")
    );
    assert_eq!(made.diagnostics.len(), 2);
}

#[test]
fn properties_before_a_path_are_the_client() {
    for (php, rust) in [
        (
            "$this->instance->chain('v3/certificates')->get();",
            "client.chain(\"v3/certificates\").get(()).wait()?;",
        ),
        (
            "$this->app->wechat->v3->certificates->get();",
            "wechat.v3().seg(\"certificates\").get(()).wait()?;",
        ),
        (
            "self::$client['v3/certificates']->get();",
            "client[\"v3/certificates\"].get(()).wait()?;",
        ),
        (
            "app('wechat')->chain('v3/certificates')->get();",
            "wechat.chain(\"v3/certificates\").get(()).wait()?;",
        ),
    ] {
        let made = ported(php, &Options::default().in_place(true));
        assert!(made.complete, "{php} {:?}", made.diagnostics);
        assert!(made.text.contains(rust), "{php}\n{}", made.text);
        assert!(made.text.contains(": &Client)"), "{php}\n{}", made.text);
    }
    let two = "$this->a->client->chain('v3/x')->get(); $this->b->client->chain('v3/x')->get();
$this->a->client->chain('v3/y')->get();";
    let made = ported(two, &Options::default().in_place(true));
    assert!(
        made.text.contains("(client: &Client, client_2: &Client)"),
        "{}",
        made.text
    );
    assert_eq!(
        made.text.matches("client.chain(").count(),
        2,
        "{}",
        made.text
    );
}

#[test]
fn what_may_be_a_client_or_a_path_is_refused() {
    let factory = "$instance = Builder::factory(['mchid' => '1']); ";
    for php in [
        "$this->instance->pay->transactions->get();",
        "$instance->pay->chain('transactions')->get();",
        &format!("{factory}$instance->pay->chain('v3/x')->get();"),
    ] {
        let made = ported(php, &Options::default().in_place(true));
        assert!(
            !made.complete && made.text.contains("compile_error!"),
            "{php}\n{}",
            made.text
        );
    }
}

#[test]
fn a_client_stays_one_whatever_a_mistake_takes_it_for() {
    let php = "$a = $instance->v3->pay->postJson(['x' => 1]);
$instance->v3->certificates->get();";
    let made = ported(php, &Options::default().in_place(true));
    let lines: Vec<_> = made.diagnostics.iter().map(|it| it.line).collect();
    assert_eq!(lines, [1], "{:?}", made.diagnostics);
    assert!(
        made.text.contains("client.v3().seg(\"certificates\")"),
        "{}",
        made.text
    );
}

#[test]
fn no_call_vanishes() {
    for php in [
        "function pay($client) { return $client->v3->a->get(); }",
        "class A { function a() { $this->instance->v3->a->get(); } }",
    ] {
        let made = ported(php, &Options::default().in_place(true));
        assert!(made.complete, "{php} {:?}", made.diagnostics);
        let calls = made.text.matches("client.v3().seg(\"a\")").count()
            + made.text.matches("instance.v3().seg(\"a\")").count();
        assert_eq!(calls, 1, "{php}\n{}", made.text);
    }
    for php in [
        "$pay = function () use ($instance) { $instance->v3->a->get(); };",
        "$pay = fn() => $instance->v3->a->get();",
    ] {
        let made = ported(php, &Options::default().in_place(true));
        // A closure that is never called keeps its call.
        if made.text.contains("let _ = move ||") && made.text.contains(".seg(\"a\")") {
            continue;
        }
        assert!(
            !made.complete && made.text.contains("compile_error!"),
            "{php}\n{}",
            made.text
        );
        let errors = made
            .diagnostics
            .iter()
            .all(|it| it.severity == Severity::Error);
        assert!(
            errors && !made.diagnostics.is_empty(),
            "{php} {:?}",
            made.diagnostics
        );
    }
}

#[test]
fn a_function_checks_the_arrays_that_it_declares() {
    let php = "<?php class Bills {
        private $bills;
        public function __construct(array $bills) { $this->bills = $bills; }
        public function add(array $more, ?array $rest = null) { $more[] = 1; return [$this->bills, $more, $rest]; }
    }";
    let made = ported(php, &Options::default());
    assert!(made.complete, "{:?}", made.diagnostics);
    for (name, checks) in [
        ("new(", "php::expect_array(bills)?;"),
        (
            "add(",
            "php::expect_array(more)?;\n        php::expect_array_or_null(rest)?;",
        ),
    ] {
        let (_, function) = made.text.split_once(&format!("fn {name}")).unwrap();
        let (_, body) = function.split_once("{\n").unwrap();
        assert!(body.trim_start().starts_with(checks), "{}", made.text);
    }
}

#[test]
fn a_function_of_the_file_with_the_name_of_phps_is_called() {
    let php = "<?php namespace App;
        function array_push(array $list, $one, $other) { return [$list, $other, $one]; }
        function f(array $list) { array_push($list, 1, 2); return $list; }
        function g(array $list) { \\array_push($list, 1, 2); return $list; }";
    let made = ported(php, &Options::default());
    assert!(made.complete, "{:?}", made.diagnostics);
    let (_, own) = made.text.split_once("fn f(").unwrap();
    let (own, global) = own.split_once("fn g(").unwrap();
    assert!(!own.contains("php::array_push("), "{}", made.text);
    assert!(global.contains("php::array_push("), "{}", made.text);
}
