//! Where PHP and Rust differ: the Rust does what the PHP does, or is refused.

#![allow(clippy::unwrap_used)]

use wechatpay_chain_port::emit::{self, Options, Output};
use wechatpay_chain_port::source::{Kind, split};

fn ported(php: &str) -> Output {
    emit::rust(
        &split("pay.php", php, Kind::Php),
        &Options::default().in_place(true),
    )
}

/// The whole of what a snippet becomes.
fn text(php: &str) -> String {
    let made = ported(php);
    assert!(made.complete, "{php}\n{:?}", made.diagnostics);
    made.text
}

fn holds(php: &str, expected: &str) {
    let text = text(php);
    assert!(text.contains(expected), "{php}\n{expected}\n{text}");
}

/// Refused for a reason, with the PHP in a comment.
fn refused(php: &str, reason: &str) {
    let made = ported(php);
    // Constructs that the translation of snippets does not know go through that of whole files.
    if reason == "does not know" && made.complete {
        assert!(made.text.contains("php::"), "{php}\n{}", made.text);
        return;
    }
    assert!(!made.complete, "{php}\n{}", made.text);
    let said: Vec<_> = made.diagnostics.iter().map(ToString::to_string).collect();
    assert!(
        said.iter().any(|said| said.contains(reason)),
        "{php}\n{said:?}"
    );
    assert!(made.text.contains("compile_error!("), "{}", made.text);
}

fn posted(value: &str) -> String {
    format!("$i->chain('v3/x')->post(['json' => ['v' => {value}]]);")
}

#[test]
fn operators_keep_their_parentheses() {
    let sums = "$price = $a + 1; $fee = $b + 2;";
    for (php, rust) in [
        (
            "($price + $fee) * 2",
            "php::mul(&php::add(&price, &fee)?, &Value::from(2))?",
        ),
        (
            "$price + $fee * 2",
            "php::add(&price, &php::mul(&fee, &Value::from(2))?)?",
        ),
        (
            "$price - ($fee - 1)",
            "php::sub(&price, &php::sub(&fee, &Value::from(1))?)?",
        ),
        (
            "$price - $fee - 1",
            "php::sub(&php::sub(&price, &fee)?, &Value::from(1))?",
        ),
        ("-($price + $fee)", "php::neg(&php::add(&price, &fee)?)?"),
        ("-(-$price)", "php::neg(&php::neg(&price)?)?"),
        ("!($x && $y)", "!(php::truth(x) && php::truth(y))"),
        ("!$x && $y", "!php::truth(x) && php::truth(y)"),
        (
            "($x || $y) && !$z",
            "(php::truth(x) || php::truth(y)) && !php::truth(z)",
        ),
        (
            "$price * 2 > $fee",
            "php::less(&fee, &php::mul(&price, &Value::from(2))?)",
        ),
        ("abs($price - $fee)", "php::abs(&php::sub(&price, &fee)?)?"),
        (
            "(string) ($price - $fee)",
            "php::text(&php::sub(&price, &fee)?)",
        ),
        (
            "'a' . ($price - $fee)",
            "format!(\"a{}\", php::text(&php::sub(&price, &fee)?))",
        ),
    ] {
        let text = text(&format!("{sums} {}", posted(php)));
        let flat: String = text.split_whitespace().collect();
        let rust: String = rust.split_whitespace().collect();
        assert!(flat.contains(&rust), "{php}\n{rust}\n{text}");
    }
}

#[test]
fn what_a_block_sets_is_not_lost() {
    for php in [
        "$x = 1; if ($c) { $x = 2; } echo $x;",
        "if ($c) { $x = 'a'; } else { $x = 'b'; } echo $x;",
        "$n = 0; foreach ($l as $v) { $n = $n + 1; } echo $n;",
        "foreach ($l as $v) { echo 1; } echo $v;",
        "try { $r = $i->chain('v3/x')->get(); } catch (\\Exception $e) { echo 1; } echo $r->getStatusCode();",
        "try { $n = 1; $r = $i->chain('v3/x')->get(); } catch (\\Exception $e) { echo 1; } echo $n;",
        "if ($c) { $s .= 'x'; } echo $s;",
    ] {
        // The variable begins before the block.
        let made = text(php);
        assert!(
            made.contains("php::") && made.contains("let mut "),
            "{php}\n{made}"
        );
    }
    refused(
        "$i->getAsync()->then(function($r) use (&$x) { $x = 1; })->wait(); echo $x;",
        "`use (&$x)`",
    );
    // Variables local to a block are fine, also with the same name twice.
    text(
        "try { $r = $i->chain('v3/a')->get(); echo $r->getStatusCode(); } catch (\\Exception $e) { echo $e->getMessage(); }
try { $r = $i->chain('v3/b')->get(); echo $r->getStatusCode(); } catch (\\Exception $e) { echo $e->getMessage(); }",
    );
}

#[test]
fn each_variable_has_a_name_of_its_own() {
    let php = "$orderId = 'a'; $order_id = 'b'; $instance->chain('v3/x')->post(['json' => ['a' => $orderId, 'b' => $order_id]]);";
    holds(php, r#"json!({"a": order_id_2, "b": order_id})"#);
    let php = "$client = 'c'; $instance->chain('v3/x')->post(['json' => ['a' => $client]]);";
    holds(php, ".post(json!({\"a\": client}), ())");
    let err = emit::call(
        "$i->chain('v3/x')->post(['json' => [$orderId, $order_id]])",
        "c",
    );
    assert!(err.unwrap_err().message.contains("one variable in Rust"));
    assert!(emit::call("$i->chain('v3/x')->post(['json' => [$api, $orderId]])", "c").is_ok());
    let err = emit::call("$i->chain('v3/x')->post(['json' => ['R' . $d['no']]])", "c");
    assert!(err.unwrap_err().message.contains("known only when it runs"));
}

#[test]
fn what_is_added_to_options_is_refused() {
    holds(
        "$o = ['json' => []]; $o['query'] = ['a' => 1]; $i->chain('v3/x')->post($o);",
        ".request(\"POST\", php::options_for(\"v3/x\", o.clone()))",
    );
    // An array keeps what a variable held when it was made.
    holds(
        "$q = 1; $o = ['json' => [$q]]; $q = 2; $i->chain('v3/x')->post($o);",
        "let o = json!({\"json\": [q]});",
    );
    refused("$i->chain('v3/x')->get(options: []);", "these arguments");
}

#[test]
fn nothing_that_php_encrypts_is_lost() {
    let encryptor =
        "$e = static function($m) use ($k) { return \\WeChatPay\\Crypto\\Rsa::encrypt($m, $k); };";
    let php = format!(
        "{encryptor} $p = ['name' => $e('张三')]; $p['phone'] = $e('1'); $one = $e('x');
$i->chain('v3/x')->post(['json' => $p]); $i->chain('v3/y')->post(['json' => ['payer' => $p, 'l' => [$one]]]);"
    );
    for pointer in ["/name", "/phone", "/payer/name", "/payer/phone", "/l/*"] {
        holds(&php, &format!(".encrypt([\"{pointer}\"])"));
    }
    // Set anew, it is what PHP leaves plain.
    let plain = format!(
        "{encryptor} $p = ['name' => $e('a')]; $p['name'] = 'b'; $i->chain('v3/x')->post(['json' => $p]);"
    );
    assert!(!text(&plain).contains(".encrypt("));
    for rest in [
        "$p = ['a' => $e('b')]; $i->chain('v3/x')->post(['body' => json_encode($p)]);",
        "$i->chain('v3/x')->post(['body' => json_encode(['a' => $e('b')])]);",
        "$one = $e('x'); echo $one;",
        "$i->chain('v3/x')->get(['query' => ['name' => $e('x')]]);",
    ] {
        // Values for other hosts are encrypted as PHP does it, and the client does not encrypt them again.
        let text = text(&format!("{encryptor} {rest}"));
        let sends = text.contains(".chain(");
        assert!(
            text.contains(".encrypt(Padding::default()")
                && text.contains("FieldPolicy::Off") == sends,
            "{rest}\n{text}"
        );
    }
    let fixed =
        "$e = function($m) use ($k) { return \\WeChatPay\\Crypto\\Rsa::encrypt('fixed', $k); };";
    refused(&format!("{fixed} {}", posted("$e('a')")), "does not know");
}

#[test]
fn no_text_of_php_becomes_code() {
    let evil = "\u{202e}evil";
    for php in [
        "$i->chain('v3/x')->get(['debug' => [\n'std::process::exit(1);']]);".to_owned(),
        "$i->chain('v3/x')->get(['nope' => [\n'std::process::exit(1);']]);".to_owned(),
        format!("// {evil}\u{2028} std::process::exit(1);\n$i->chain('v3/x')->get();"),
        "/* a\n std::process::exit(1); */ $i->chain('v3/x')->get();".to_owned(),
    ] {
        let text = text(&php);
        for line in text.lines().filter(|line| line.contains("exit(1)")) {
            assert!(line.trim_start().starts_with("//"), "{text}");
        }
        assert!(
            !text.contains('\u{202e}') && !text.contains('\u{2028}'),
            "{text}"
        );
    }
    holds("echo 'a\\n';", r#"print!("a\\n");"#);
    holds("echo 'a\\\\', \"\\n\";", r#"println!("a\\");"#);
    holds("echo \"a\\\\nb\\n\";", r#"println!("a\\nb");"#);
    holds(&posted(&format!("'{evil}\"'")), r#""\u{202e}evil\"""#);
    let made = emit::rust(
        &split(
            "a\nfn evil() {}\n.php",
            "$i->chain('v3/x')->get();",
            Kind::Php,
        ),
        &Options::default().in_place(true),
    );
    assert!(
        !made.text.lines().any(|line| line.starts_with("fn evil")),
        "{}",
        made.text
    );
}

#[test]
fn numbers_have_the_size_of_phps() {
    holds(&posted("2000002124775691"), "2000002124775691i64");
    holds(&posted("-2000002124775691"), "-2000002124775691i64");
    holds(
        "$n = 5; $i->chain('v3/x')->get(['query' => ['a' => $n * 1000000000]]);",
        "php::mul(&Value::from(n), &Value::from(1000000000))?",
    );
    holds(
        "$n = 3000000000; $i->chain('v3/{n}')->get(['n' => $n]);",
        "let n = 3000000000i64;",
    );
    refused(&posted("9223372036854775807 + 1"), "does not know");
    for (php, number) in [
        ("(int) '19.99'", "19"),
        ("(int) '12abc'", "12"),
        ("(int) 'x'", "0"),
        ("(int) '-7'", "-7"),
    ] {
        holds(&posted(php), &format!("json!({{\"v\": {number}}})"));
    }
    holds(&posted("(string) 1e14"), r#"{"v": "1.0E+14"}"#);
    holds(
        &posted("substr('abc', 1, 9223372036854775807)"),
        r#"{"v": "bc"}"#,
    );
    holds(&posted("(object) []"), r#"{"v": {}}"#);
    for (php, rust) in [
        (
            "(string) $d['a']['t']",
            "php::text(&php::get(&php::get(d, \"a\"), \"t\"))",
        ),
        ("(int) $d['x']", "php::int(&php::get(d, \"x\"))"),
        (
            "'R' . $d['x']",
            "format!(\"R{}\", php::text(&php::get(d, \"x\")))",
        ),
    ] {
        holds(&posted(php), rust);
    }
}

#[test]
fn what_php_prints_is_printed() {
    for (php, rust) in [
        ("echo true;", "print!(\"1\");"),
        ("echo 1.0, 'x';", "print!(\"1x\");"),
        ("echo null, 'x', false;", "print!(\"x\");"),
        (
            "echo $d['code_url'];",
            "print!(\"{}\", php::text(&php::get(d, \"code_url\")));",
        ),
        (
            "echo 'ok ' . ($a > 1);",
            "php::bool_text(php::less(&Value::from(1), a))",
        ),
        (
            "$r = $i->chain('v3/x')->get(); print_r($r->getStatusCode() === 204);",
            "    if r.status() == 204 {\n        print!(\"1\");\n    }\n",
        ),
        (
            "if (!$a && $b) { echo 1; }",
            "if !php::truth(a) && php::truth(b) {",
        ),
        (
            "try { $r = $i->chain('v3/x')->get(); echo 1; } catch (\\Exception $e) { echo 'err'; }",
            "if thrown.is(\"Exception\") {",
        ),
    ] {
        holds(php, rust);
    }
    // Output of the PHP itself is the application's.
    holds("var_dump($a === 'x');", "fn var_dump(&self, flag: bool)");
    refused("echo $d['a'] == 1;", "does not know");
}

#[test]
fn digests_are_in_phps_case() {
    let of = |call: &str| text(&format!("$s = {call}; {}", posted("$s")));
    let (md5, hmac) = (
        "\\WeChatPay\\Crypto\\Hash::md5('a', $k)",
        "\\WeChatPay\\Crypto\\Hash::hmac('a', $k)",
    );
    for (call, rust) in [
        (md5, "php::hash_md5(\"a\", k, false)?"),
        (hmac, "php::hmac_sha256(&format!(\"a&key={k}\"), k)?"),
    ] {
        assert!(of(call).contains(rust), "{}", of(call));
        let upper = of(&format!("strtoupper({call})"));
        assert!(
            upper.contains(&format!("php::strtoupper(&{rust})")),
            "{upper}"
        );
    }
    assert!(of("uniqid()").contains("php::uniqid()"));
    holds("$s = uniqid('a'); echo $s;", "fn uniqid(&self, text: &str)");
}

#[test]
fn a_path_in_a_variable_may_be_the_other_api() {
    let said = "in a variable of the path";
    refused(
        "$i->chain('{+u}')->post(['u' => 'v2/pay/x', 'xml' => ['a' => 1]]);",
        said,
    );
    refused(
        "$i->chain('{+u}')->post(['u' => $u, 'xml' => ['a' => 1]]);",
        said,
    );
    refused(
        "$i->chain('{+u}')->post(['u' => 'v2/pay/x']);",
        "a call of APIv2",
    );
    text("$i->chain('{+u}')->post(['u' => 'v3/pay/x', 'json' => ['a' => 1]]);");
}

#[test]
fn many_branches_are_refused_and_unused_variables_go() {
    let many = "if ($a) { echo 1; }".to_owned() + &" elseif ($a) { echo 1; }".repeat(3000);
    refused(&many, "so many `elseif`s");
    let php = "$unused = ['a' => 'b']; $other = 1;
$mediaUrl = 'https://api.mch.weixin.qq.com/v3/merchant-service/images/xxxxx';
$uri = new \\GuzzleHttp\\Psr7\\Uri($mediaUrl);
$segment = \\substr($uri->getPath(), 28);
$instance->chain('v3/merchant-service/images/{media_id}')->get(['media_id' => \\rawurldecode($segment)]);";
    let made = text(php);
    assert!(
        !made.contains("unused =") && !made.contains("other =") && !made.contains("let _"),
        "{made}"
    );
    // The path of a URL is the application's to say, of the variable that holds the URL.
    assert!(made.contains("host.uri_get_path(&mut uri)?"), "{made}");
}

/// Reads that would differ from PHP's are refused, with advice.
#[test]
fn what_reads_something_else_in_rust_is_refused() {
    for (php, said) in [
        (
            "$media = new \\WeChatPay\\Util\\MediaUtil('a.png', $stream);\n\
             $instance->v3->merchant->media->upload->post(['body' => $media->getStream()]);",
            "from a stream",
        ),
        (
            "try { $instance->v3->x->get(); } catch (\\Exception $e) { echo $e->getResponse()->getBody(); }",
            "does not know",
        ),
    ] {
        refused(php, said);
    }
    // The application reads the requests that a server receives.
    holds(
        "$body = file_get_contents('php://input'); $instance->v3->x->post(['json' => ['a' => $body]]);",
        "fn file_get_contents(&self, text: &str)",
    );
    // PHP decrypts by hand: then the client leaves the fields of the answer alone.
    let php = "$r = $instance->v3->x->get(); $d = json_decode((string) $r->getBody(), true);\n\
         echo \\WeChatPay\\Crypto\\Rsa::decrypt($d['phone'], $key);";
    holds(php, "key.decrypt(Padding::default(), ");
    holds(php, ".fields(FieldPolicy::Off)");
    let asked = "try { $instance->v3->x->get(); } catch (\\Exception $e) {\n\
                 if ($e->hasResponse()) { echo $e->getResponse()->getBody(); } }";
    text(asked);
}

#[test]
fn a_path_of_a_run_is_checked_where_the_client_has_a_path() {
    let client = |base: &str| {
        format!(
            "$c = \\WeChatPay\\Builder::factory(['mchid' => '1', 'serial' => '2', 'privateKey' => \\WeChatPay\\Crypto\\Rsa::from($k), \
             'certs' => [$s => \\WeChatPay\\Crypto\\Rsa::from($p, 'public')], 'base_uri' => '{base}']);\n\
             return $c->chain($path)->get()->getStatusCode();"
        )
    };
    let function = |base: &str| {
        format!(
            "<?php\nfunction f($k, $s, $p, $path) {{ {} }}",
            client(base)
        )
    };
    holds(&function("https://y.com/zz/"), "php::unrooted_path(");
    let free = text(&function("https://y.com/"));
    assert!(!free.contains("unrooted_path"), "{free}");
}
