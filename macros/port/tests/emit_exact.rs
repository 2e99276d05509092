//! Where PHP and Rust differ: the Rust does what the PHP does, or is refused.

#![allow(clippy::unwrap_used)]

use wechatpay_chain_port::emit::{self, Options, Output};
use wechatpay_chain_port::source::{Kind, split};

fn ported(php: &str) -> Output {
    emit::rust(&split("pay.php", php, Kind::Php), &Options::default())
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
    // What the translation of snippets does not know goes through that of whole files.
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
        ("($price + $fee) * 2", "(price + fee) * 2"),
        ("$price + $fee * 2", "price + fee * 2"),
        ("$price - ($fee - 1)", "price - (fee - 1)"),
        ("$price - $fee - 1", "price - fee - 1"),
        ("-($price + $fee)", "-(price + fee)"),
        ("-(-$price)", "-(-price)"),
        ("!($x && $y)", "!(x && y)"),
        ("!$x && $y", "!x && y"),
        ("($x || $y) && !$z", "(x || y) && !z"),
        ("$price * 2 > $fee", "price * 2 > fee"),
        ("abs($price - $fee)", "(price - fee).abs()"),
        ("(string) ($price - $fee)", "(price - fee).to_string()"),
        ("'a' . ($price - $fee)", "format!(\"a{}\", price - fee)"),
    ] {
        holds(
            &format!("{sums} {}", posted(php)),
            &format!("json!({{\"v\": {rust}}})"),
        );
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
    // What a block keeps to itself is fine, also of the same name twice.
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
    let only = "known only when PHP runs";
    holds(
        "$o = ['json' => []]; $o['query'] = ['a' => 1]; $i->chain('v3/x')->post($o);",
        ".request(\"POST\", php::sent(o.clone()))",
    );
    refused(
        "$q = 1; $o = ['json' => [$q]]; $q = 2; $i->chain('v3/x')->post($o);",
        only,
    );
    refused("$i->chain('v3/x')->get(options: []);", "named arguments");
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
        refused(&format!("{encryptor} {rest}"), "PHP encrypts");
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
        &Options::default(),
    );
    assert!(
        !made.text.lines().any(|line| line.starts_with("fn evil")),
        "{}",
        made.text
    );
}

#[test]
fn numbers_have_the_size_of_phps() {
    holds(&posted("2000002124775691"), "2000002124775691_i64");
    holds(&posted("-2000002124775691"), "-2000002124775691_i64");
    holds(
        "$n = 5; $i->chain('v3/x')->get(['query' => ['a' => $n * 1000000000]]);",
        "let n = 5_i64;",
    );
    holds(
        "$n = 3000000000; $i->chain('v3/{n}')->get(['n' => $n]);",
        "let n = 3000000000_i64;",
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
        ("(string) $d['a']['t']", "php_text(&d[\"a\"][\"t\"])"),
        ("(int) $d['x']", "php_int(&d[\"x\"])"),
        ("'R' . $d['x']", "format!(\"R{}\", php_text(&d[\"x\"]))"),
    ] {
        holds(&posted(php), rust);
        assert_eq!(
            text(&posted(php)).matches("fn php_text(").count(),
            usize::from(rust.contains("php_text"))
        );
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
            "print!(\"{}\", php_text(&d[\"code_url\"]));",
        ),
        (
            "echo 'ok ' . ($a > 1);",
            "[\"\", \"1\"][usize::from(a > 1)]",
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
    refused("var_dump($a === 'x');", "PHP's own");
    refused("echo $d['a'] == 1;", "does not know");
}

#[test]
fn digests_are_in_phps_case() {
    let of = |call: &str| text(&format!("$s = {call}; {}", posted("$s")));
    let (md5, hmac) = (
        "\\WeChatPay\\Crypto\\Hash::md5('a', $k)",
        "\\WeChatPay\\Crypto\\Hash::hmac('a', $k)",
    );
    for call in [md5, hmac] {
        assert!(of(call).contains(".to_ascii_lowercase();"), "{}", of(call));
        let upper = of(&format!("strtoupper({call})"));
        assert!(!upper.contains("to_ascii"), "{upper}");
    }
    assert!(of("uniqid()").contains("{:08x}{:05x}"));
    refused("$s = uniqid('a'); echo $s;", "does not know");
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
    let php = "$mediaUrl = 'https://api.mch.weixin.qq.com/v3/merchant-service/images/xxxxx';
$uri = new \\GuzzleHttp\\Psr7\\Uri($mediaUrl);
$segment = \\substr($uri->getPath(), 28);
$instance->chain('v3/merchant-service/images/{media_id}')->get(['media_id' => \\rawurldecode($segment)]);";
    let made = text(php);
    assert!(
        !made.contains("media_url") && !made.contains("let uri"),
        "{made}"
    );
}

/// What would read another thing than PHP does is refused, with what to do.
#[test]
fn what_reads_something_else_in_rust_is_refused() {
    for (php, said) in [
        (
            "$media = new \\WeChatPay\\Util\\MediaUtil('a.png', $stream);\n\
             $instance->v3->merchant->media->upload->post(['body' => $media->getStream()]);",
            "from a stream",
        ),
        (
            "$body = file_get_contents('php://input'); $instance->v3->x->post(['json' => ['a' => $body]]);",
            "that a server got",
        ),
        (
            "$xml = '<xml/>'; print_r(\\WeChatPay\\Transformer::toArray($xml));",
            "no answer's",
        ),
        (
            "$r = $instance->v3->x->get(); $d = json_decode((string) $r->getBody(), true);\n\
             echo \\WeChatPay\\Crypto\\Rsa::decrypt($d['phone'], $key);",
            "decrypted this already",
        ),
        (
            "try { $instance->v3->x->get(); } catch (\\Exception $e) { echo $e->getResponse()->getBody(); }",
            "does not know",
        ),
    ] {
        refused(php, said);
    }
    let asked = "try { $instance->v3->x->get(); } catch (\\Exception $e) {\n\
                 if ($e->hasResponse()) { echo $e->getResponse()->getBody(); } }";
    text(asked);
}
