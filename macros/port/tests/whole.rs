//! Whole files: what classes, functions, `try` and promises become. The oracle runs them; here is what the text shows.

#![allow(clippy::unwrap_used)]

use wechatpay_chain_port::emit::{self, Options, Output};
use wechatpay_chain_port::hir::Facts;
use wechatpay_chain_port::source::{Kind, split};

fn fields(_: &str, _: &str) -> Vec<(String, &'static str)> {
    vec![
        ("/amount/total".to_owned(), "integer"),
        ("/out_trade_no".to_owned(), "string"),
    ]
}

fn ported(php: &str) -> Output {
    let options = Options::default().facts(Facts::new(fields));
    emit::rust(&split("Pay.php", php, Kind::Php), &options)
}

fn text(php: &str) -> String {
    let made = ported(php);
    assert!(made.complete, "{php}\n{:?}", made.diagnostics);
    made.text
}

fn holds(php: &str, expected: &str) {
    let text = text(php);
    assert!(text.contains(expected), "{php}\n{expected}\n{text}");
}

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
        "fn order_where_first(&self, arg_1: &str, no: &str) -> php::Result<Value>;",
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
        "if (preg_match('/a/', $s, $m)) { echo $m[0]; }",
        "function f() { extract($_POST); }",
        "function f() { $$x = 1; }",
    ] {
        let made = ported(php);
        assert!(
            !made.complete && made.text.contains("compile_error!"),
            "{php}\n{}",
            made.text
        );
    }
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
