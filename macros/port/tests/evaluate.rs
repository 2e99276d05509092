//! The requests that snippets would send, with a host whose cryptography can be read.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use wechatpay_chain_port::Severity;
use wechatpay_chain_port::evaluate::{Host, Output, Part, Request, Upload, run};
use wechatpay_chain_port::recognise::{Form, Method, Mode};
use wechatpay_chain_port::source::Block;
use wechatpay_chain_port::syntax::parse_run;

/// Digests are `md5(text)`, so that a test sees what went in.
#[derive(Default)]
struct Readable(BTreeMap<&'static str, Value>);

impl Host for Readable {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        match path.strip_prefix("file:///path/to/") {
            Some(name) => Ok(format!("<{name}>").into_bytes()),
            None => Err("no such file".into()),
        }
    }

    fn variable(&self, name: &str) -> Option<Value> {
        self.0.get(name).cloned()
    }

    fn now(&self) -> i64 {
        1_700_000_000
    }

    fn nonce(&self, len: usize) -> Result<String, String> {
        Ok("n".repeat(len))
    }

    fn digest(&self, algorithm: &str, data: &[u8]) -> Result<String, String> {
        Ok(format!("{algorithm}({})", String::from_utf8_lossy(data)))
    }

    fn hmac(&self, algorithm: &str, key: &[u8], data: &[u8]) -> Result<String, String> {
        let (key, data) = (String::from_utf8_lossy(key), String::from_utf8_lossy(data));
        Ok(format!("{algorithm}({key}, {data})"))
    }

    fn sign(&self, text: &str, key: Option<&str>) -> Result<String, String> {
        key.map(|key| format!("sign({text}, {key})"))
            .ok_or_else(|| "there is no key".into())
    }

    fn certificate_serial(&self, certificate: &str) -> Result<String, String> {
        Ok(format!("serial({certificate})"))
    }
}

fn output(php: &str) -> Output {
    let parsed = parse_run(php);
    assert_eq!(parsed.problems, [], "{php}");
    run(
        &Block::whole("a.php", php),
        &parsed.program,
        &Readable::default(),
    )
}

/// The one request of a snippet that nothing is wrong with.
fn request(php: &str) -> Request {
    let mut output = output(php);
    assert_eq!(output.problems, [], "{php}");
    assert_eq!(output.requests.len(), 1, "{php}");
    output.requests.remove(0)
}

/// The value of an expression, through the option `json`.
fn value(php: &str) -> Value {
    request(&format!("$i->v3->x->post(['json' => {php}]);")).options["json"].clone()
}

fn messages(output: &Output) -> Vec<String> {
    output
        .problems
        .iter()
        .map(|problem| problem.message.clone())
        .collect()
}

#[test]
fn the_forms_of_a_call() {
    for (php, form, mode, method, template) in [
        (
            "$i->v3->wbChannel->_id_->get([]);",
            Form::Pure,
            Mode::Sync,
            Method::Get,
            "v3/wb-channel/{id}",
        ),
        (
            "$i->chain('v3/wb-channel/{id}')->getAsync([])->wait();",
            Form::Chain,
            Mode::Async,
            Method::Get,
            "v3/wb-channel/{id}",
        ),
        (
            "$i['v3/pay']->deleteAsync();",
            Form::Index,
            Mode::Async,
            Method::Delete,
            "v3/pay",
        ),
        (
            "$i->v3->users['{openid}/x']->patch([]);",
            Form::Mixed,
            Mode::Sync,
            Method::Patch,
            "v3/users/{openid}/x",
        ),
        (
            "$i->{'v3/applyment4sub/applyment/'}->put([]);",
            Form::Pure,
            Mode::Sync,
            Method::Put,
            "v3/applyment4sub/applyment/",
        ),
        (
            "$i->{'{+myurl}'}->get([]);",
            Form::Pure,
            Mode::Sync,
            Method::Get,
            "{+myurl}",
        ),
        (
            "$i->chain('v3/' . 'payBank')->get();",
            Form::Chain,
            Mode::Sync,
            Method::Get,
            "v3/pay-bank",
        ),
        (
            "$p = $i->v3->pay; $p->transactions; $p->jsapi->post([]);",
            Form::Pure,
            Mode::Sync,
            Method::Post,
            "v3/pay/jsapi",
        ),
        (
            "$c = \\WeChatPay\\Builder::factory(['mchid' => '1']); $c->v2->pay->post([]);",
            Form::Pure,
            Mode::Sync,
            Method::Post,
            "v2/pay",
        ),
        // A link is read as a whole: only its first letter may be a capital.
        (
            "$i->v3->{'PayBank'}->Users->get();",
            Form::Pure,
            Mode::Sync,
            Method::Get,
            "v3/pay-bank/users",
        ),
        (
            "$i->chain('V3/Pay?pageSize=1')->get();",
            Form::Chain,
            Mode::Sync,
            Method::Get,
            "v3/-pay?page-size=1",
        ),
        (
            "$path = 'v3/payBank'; $i[$path]->get();",
            Form::Index,
            Mode::Sync,
            Method::Get,
            "v3/pay-bank",
        ),
    ] {
        let request = request(php);
        let found = (
            request.form,
            request.mode,
            request.method,
            &*request.template,
        );
        assert_eq!(found, (form, mode, method, template), "{php}");
    }
}

#[test]
fn a_value_in_a_path_is_rewritten_as_in_php() {
    let output = output("$id = 'oABC'; $i->chain(\"v3/payBank/{$id}/closeOrder\")->get();");
    assert_eq!(
        output.requests[0].template,
        "v3/pay-bank/o-a-b-c/close-order"
    );
    assert!(
        messages(&output)[0].contains("PHP lower-cases"),
        "{output:?}"
    );
}

#[test]
fn options_stay_in_order_and_say_what_they_say() {
    let request = request(
        "$i->v3->_id_->post(['query' => ['b' => 1, 'a' => true], 'id' => 'x', 'json' => [[ 'k' => 1.5 ],], \
         'sink' => './x', 'timeout' => 0.4, 'security' => true]);",
    );
    let keys: Vec<_> = request.options.keys().map(String::as_str).collect();
    assert_eq!(keys, ["query", "id", "json", "sink", "timeout", "security"]);
    assert_eq!(request.options["query"].to_string(), r#"{"b":1,"a":true}"#);
    assert_eq!(request.options["json"], json!([{"k": 1.5}]));
}

#[test]
fn an_option_may_be_named_by_the_constant_of_guzzle() {
    let request = request("$i->v3->x->post([RequestOptions::JSON => ['k' => Hash::ALGO_MD5]]);");
    assert_eq!(request.options["json"], json!({"k": "MD5"}));
}

#[test]
fn values() {
    for (php, expected) in [
        ("[]", json!([])),
        ("(object) []", json!({})),
        ("['0' => 'a', '1' => 'b']", json!(["a", "b"])),
        ("['1' => 'a']", json!({"1": "a"})),
        (
            "[1.0, 10.50, 1e16, -5, 0x1F, 1_000, -0.5]",
            json!([1, 10.5, 10_000_000_000_000_000_i64, -5, 31, 1000, -0.5]),
        ),
        ("9223372036854775808", json!(9.223_372_036_854_776e18)),
        ("null ?? 'x'", json!("x")),
        ("true ? 1 : 2", json!(1)),
        ("'' ?: 'y'", json!("y")),
        ("'a' . 1 . 2.50 . true . null . false", json!("a12.51")),
        ("(string) 1.0", json!("1")),
        ("(int) '12abc'", json!(12)),
        ("(bool) '0'", json!(false)),
        ("(array) 'x'", json!(["x"])),
        ("1 + '2' * 3", json!(7)),
        ("7 / 2", json!(3.5)),
        ("6 / 2", json!(3)),
        ("1 === 1.0", json!(false)),
        ("'1' == 1", json!(true)),
        ("['a' => 1] + ['a' => 2, 'b' => 3]", json!({"a": 1, "b": 3})),
        (
            "\\json_encode(['k/中' => [1, null]])",
            json!(r#"{"k\/\u4e2d":[1,null]}"#),
        ),
        (
            "json_encode(['中/'], JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES)",
            json!(r#"["中/"]"#),
        ),
        (
            "json_encode(json_decode('{\"a\":{}}'))",
            json!(r#"{"a":{}}"#),
        ),
        (
            "json_encode(json_decode('{\"a\":{}}', true))",
            json!(r#"{"a":[]}"#),
        ),
        ("json_decode('{\"a\":[1]}')->a[0]", json!(1)),
        ("strtoupper(substr('abcdef', 2))", json!("CDEF")),
        ("sprintf('%05d-%s', 42, 'x')", json!("00042-x")),
        ("implode(',', ['a', 1])", json!("a,1")),
        (
            "array_merge(['a' => 1, 5], ['a' => 2, 6])",
            json!({"a": 2, "0": 5, "1": 6}),
        ),
        ("array_map(fn($x) => $x * 2, [1, 2])", json!([2, 4])),
        (
            "urlencode('a b') . rawurlencode('a b') . \\rawurldecode('%2F')",
            json!("a+ba%20b/"),
        ),
        ("(fn($x) => $x . '!')('a')", json!("a!")),
        ("time() + 60", json!(1_700_000_060)),
        ("\\WeChatPay\\Formatter::nonce(4)", json!("nnnn")),
        (
            "\\WeChatPay\\Formatter::queryStringLike(\\WeChatPay\\Formatter::ksort(['b' => 1, 'a' => '', 'sign' => 2, 'c' => false]))",
            json!("b=1&c="),
        ),
        (
            "\\WeChatPay\\Formatter::joinedByLineFeed('a', 1)",
            json!("a\n1\n"),
        ),
        (
            "\\WeChatPay\\Formatter::queryStringLike(['b' => 1.50, 'n' => null, 'e' => '', 't' => true, 'z' => 0])",
            json!("b=1.5&t=1&z=0"),
        ),
        (
            "\\WeChatPay\\Crypto\\Hash::md5('t', 'k', '1')",
            json!("md5(t&secret=k)"),
        ),
        // The key follows the text, unless PHP takes it for false.
        ("\\WeChatPay\\Crypto\\Hash::md5('t', '0')", json!("md5(t)")),
        (
            "\\WeChatPay\\Crypto\\Hash::hmac('t', 'k', 'sha256')",
            json!("sha256(k, t&key=k)"),
        ),
        (
            "\\WeChatPay\\Formatter::request('GET', '/v3/x', 1, 'n')",
            json!("GET\n/v3/x\n1\nn\n\n"),
        ),
        (
            "json_decode('{\"a\":[1]}', true, 512, JSON_THROW_ON_ERROR)['a']",
            json!([1]),
        ),
        (
            "json_encode(['a'], JSON_THROW_ON_ERROR, 512)",
            json!(r#"["a"]"#),
        ),
        (
            "http_build_query(['x', 'k' => 'y&z'], 'n', ';', PHP_QUERY_RFC3986)",
            json!("n0=x;k=y%26z"),
        ),
        (
            "array_replace([1, 2], [1 => 3], ['a' => 4])",
            json!({"0": 1, "1": 3, "a": 4}),
        ),
        (
            "\\WeChatPay\\Crypto\\Rsa::encrypt('secret', 'key', OPENSSL_PKCS1_OAEP_PADDING)",
            json!("secret"),
        ),
        (
            "\\WeChatPay\\Crypto\\Hash::sign('MD5', 't', 'k')",
            json!("MD5(T&KEY=K)"),
        ),
        (
            "\\WeChatPay\\Crypto\\Hash::sign(\\WeChatPay\\Crypto\\Hash::ALGO_HMAC_SHA256, 't', 'k')",
            json!("SHA256(K, T&KEY=K)"),
        ),
        (
            "\\WeChatPay\\Crypto\\Rsa::encrypt('secret', 'key')",
            json!("secret"),
        ),
        (
            "\\WeChatPay\\Crypto\\Rsa::sign('t', \\WeChatPay\\Crypto\\Rsa::from('file:///path/to/k'))",
            json!("sign(t, file:///path/to/k)"),
        ),
        (
            "\\WeChatPay\\Util\\PemUtil::parseCertificateSerialNo('file:///path/to/c')",
            json!("serial(file:///path/to/c)"),
        ),
        (
            "\\hash_file('sha256', 'file:///path/to/x')",
            json!("sha256(<x>)"),
        ),
        (
            "\\GuzzleHttp\\Psr7\\Query::build(['a b' => 'c/d', 'e' => true])",
            json!("a%20b=c%2Fd&e=1"),
        ),
        (
            "(string) (new \\GuzzleHttp\\Psr7\\Uri('https://h/a?b=1'))->withQuery('c=2')",
            json!("https://h/a?c=2"),
        ),
        (
            "(new \\GuzzleHttp\\Psr7\\Uri('https://h/a/b'))->getPath()",
            json!("/a/b"),
        ),
        (
            "\\GuzzleHttp\\Psr7\\Utils::hash(new \\GuzzleHttp\\Psr7\\LazyOpenStream('file:///path/to/x', 'rb'), 'md5')",
            json!("md5(<x>)"),
        ),
    ] {
        assert_eq!(value(php), expected, "{php}");
    }
}

#[test]
fn assignments_go_where_they_should() {
    let request = request(
        "$p = ['a' => 1]; $p['sign'] = 'x'; $p['l'][] = 1; $p['l'][] = 2; $p['a'] .= '0'; unset($p['x']);\n\
         $o = json_decode('{\"k\":1}'); $o->bank_type = 'y'; $p['o'] = $o; $n ??= 5; $p['n'] = $n;\n\
         function f($x, $y = 2) { return $x + $y; } $p['f'] = f(1);\n\
         foreach (['u' => 1, 'v' => 2] as $k => $v) { $p[$k] = $v; } ksort($p);\n\
         $i->v3->x->post(['json' => $p]);",
    );
    let expected =
        r#"{"a":"10","f":3,"l":[1,2],"n":5,"o":{"k":1,"bank_type":"y"},"sign":"x","u":1,"v":2}"#;
    assert_eq!(request.options["json"].to_string(), expected);
}

#[test]
fn encryptors_are_closures_and_show_the_plaintext() {
    let request = request(
        "use WeChatPay\\Crypto\\Rsa;\n$key = Rsa::from('file:///path/to/k', Rsa::KEY_TYPE_PUBLIC);\n\
         $encryptor = static function (string $msg) use ($key): string { return Rsa::encrypt($msg, $key); };\n\
         $i->chain('v3/x')->post(['json' => ['name' => $encryptor('张三')], 'headers' => ['Wechatpay-Serial' => 'S']]);",
    );
    assert_eq!(request.options["json"], json!({"name": "张三"}));
    assert_eq!(request.options["headers"], json!({"Wechatpay-Serial": "S"}));
}

#[test]
fn uploads_and_their_meta() {
    let request = request(
        "$media = new \\WeChatPay\\Util\\MediaUtil('file:///path/to/a.jpg');\n\
         $meta = \\json_decode($media->getMeta()); $meta->bank_type = 'x';\n\
         $media->setMeta(\\json_encode($meta));\n\
         $i->v3->upload->post(['body' => $media->getStream(), 'headers' => ['Content-Type' => $media->getContentType()]]);",
    );
    let meta = r#"{"filename":"a.jpg","sha256":"sha256(<a.jpg>)","bank_type":"x"}"#;
    assert_eq!(
        request.upload,
        Some(Upload::Media {
            name: "a.jpg".into(),
            bytes: b"<a.jpg>".to_vec(),
            meta: Some(meta.into())
        })
    );
    assert!(
        request.options.is_empty(),
        "the boundary is the upload's: {:?}",
        request.options
    );
}

#[test]
fn parts_of_a_body_and_a_stack_of_its_own() {
    let php = "$stack = clone $i->getDriver()->select('v2')->getConfig('handler');\n\
        $stack->remove('transform_request');\n\
        $i->v2->x->post(['handler' => $stack, 'body' => new \\GuzzleHttp\\Psr7\\MultipartStream([\n\
        ['name' => 'a', 'contents' => 'b'],\n\
        ['name' => 'media', 'contents' => new \\GuzzleHttp\\Psr7\\LazyOpenStream('file:///path/to/x.jpg', 'rb')]])]);";
    let made = request(php);
    assert_eq!(made.removed, ["transform_request"]);
    let part = |name: &str, filename: Option<&str>, contents: &str| Part {
        name: name.into(),
        filename: filename.map(Into::into),
        contents: contents.into(),
    };
    let parts = vec![
        part("a", None, "b"),
        part("media", Some("x.jpg"), "<x.jpg>"),
    ];
    assert_eq!(made.upload, Some(Upload::Parts(parts)));
    let output = output(&php.replace("'contents' => 'b'", "'content' => 'b'"));
    assert!(output.requests.is_empty());
    assert!(
        messages(&output)[0].contains("InvalidArgumentException"),
        "{output:?}"
    );
}

#[test]
fn every_call_is_found() {
    let output = output(
        "try {\n  $r = $i->v3->a->get();\n  if ($r->getStatusCode() === 200) { $i->v3->b->get(); } else { $i->v3->c->get(); }\n\
         } catch (\\Exception $e) {\n  $i->v3->d->get();\n  if ($e instanceof \\X) { print_r($e->getMessage()); }\n} finally { $i->v3->e->get(); }\n\
         $i->v3->f->getAsync()->then(static function ($r) use ($i) { return $i->v3->g->getAsync(); })->otherwise(fn($e) => $i->v3->h->get())->wait();\n\
         function later($client) { $client->v3->later->get(); }\nprint_r($i->v3->k->get()->getBody());",
    );
    let found: Vec<_> = output
        .requests
        .iter()
        .map(|request| &*request.template)
        .collect();
    let expected = [
        "v3/a", "v3/b", "v3/c", "v3/d", "v3/e", "v3/g", "v3/h", "v3/k", "v3/later",
    ];
    let f = found.iter().filter(|template| **template == "v3/f").count();
    assert_eq!(f, 1);
    let others: Vec<_> = found
        .iter()
        .filter(|template| **template != "v3/f")
        .copied()
        .collect();
    assert_eq!(others, expected);
    assert!(
        output
            .problems
            .iter()
            .all(|problem| problem.severity == Severity::Warning),
        "{output:?}"
    );
}

#[test]
fn what_a_run_would_tell_is_a_problem_with_a_place() {
    let php = "$r = $i->v3->a->get();\n$id = json_decode((string) $r->getBody())->id;\n$i->v3->_id_->get(['id' => $id]);";
    let output = output(php);
    assert_eq!(output.requests.len(), 1);
    let problem = &output.problems[0];
    assert!(
        problem.message.contains("`id`") && problem.message.contains("the answer of a call"),
        "{problem:?}"
    );
    assert!(php[problem.span.range()].starts_with("$i->v3->_id_"));
}

#[test]
fn undefined_variables_are_null_or_what_was_given() {
    let found = output("$i->v3->x->post(['json' => ['a' => $mchid, 'b' => $mchid]]);");
    assert_eq!(
        found.requests[0].options["json"],
        json!({"a": null, "b": null})
    );
    assert_eq!(messages(&found).len(), 1, "told once");
    let host = Readable(BTreeMap::from([
        ("mchid", json!("19")),
        ("config", json!({"k": [1]})),
    ]));
    let php = "$i->v3->x->post(['json' => [$mchid, $config['k'][0]]]);";
    let output = run(&Block::whole("a.php", php), &parse_run(php).program, &host);
    assert_eq!(output.requests[0].options["json"], json!(["19", 1]));
    assert_eq!(output.problems, []);
}

#[test]
fn what_is_no_call_is_told() {
    for (php, expected) in [
        ("'a' => 1, // note\n", "the inside of an array"),
        (
            "$c = new \\GuzzleHttp\\Client(); $c->getAsync('https://h/x', [])->wait();",
            "plain Guzzle",
        ),
        (
            "$u = new \\GuzzleHttp\\Psr7\\Uri('https://h'); $u->withFragment('#x');",
            "a URL",
        ),
        ("$x = 1;", "no call of the SDK"),
        ("$i->v3->x->post([...$a]);", "a spread"),
        (
            "while (true) { $i->v3->x->get(); }",
            "too long to be followed",
        ),
        ("$i->v3->x->get('y');", "are an array"),
        ("$i->v3->x->get('y', []);", "takes one array of options"),
        ("$i->chain('https://evil.cn/v3')->get([]);", "host"),
        ("$i->v3->{'..'}->get();", ".."),
        ("$i->chain('v3/_id_/x')->get(['id' => 1]);", "as it is"),
        (
            "new \\WeChatPay\\Util\\MediaUtil('/etc/x');",
            "cannot read `/etc/x`",
        ),
    ] {
        let output = output(php);
        let shown = messages(&output).join("; ");
        assert!(shown.contains(expected), "{php}: {shown}");
        assert!(output.requests.is_empty(), "{php}");
    }
}

#[test]
fn a_key_that_stands_twice_counts_in_its_first_place() {
    let output = output("$i->v3->x->post(['json' => ['a' => 1, 'b' => 2, 'a' => 3]]);");
    assert_eq!(
        output.requests[0].options["json"].to_string(),
        r#"{"a":3,"b":2}"#
    );
    assert!(messages(&output)[0].contains("stands twice"));
}

#[test]
fn nothing_runs_for_ever_or_panics() {
    for php in [
        "function f() { f(); } f();",
        &format!(
            "$r = [{}]; foreach ($r as $x) {{ foreach ($r as $y) {{ $a = [$a ?? 1]; }} }}",
            "1,".repeat(300)
        ),
        &format!(
            "$r = [{}]; foreach ($r as $x) {{ $a['x'] = $a; $b[$x][$x] = [$b]; }}",
            "1,".repeat(1000)
        ),
        &format!(
            "$r = [{}]; $o = new stdClass; foreach ($r as $x) {{ $n = new stdClass; $n->a = $o; $n->b = $o; $o = $n; }}",
            "1,".repeat(1000)
        ),
        &format!(
            "function f($x) {{ return {}f($x){}; }} f(1);",
            "[".repeat(90),
            "]".repeat(90)
        ),
        "$f = function ($f) { $f($f); }; $f($f);",
        "$a = range(1, 9); foreach ($a as $x) { foreach ($a as $y) {} }",
        "$a = ['x']; foreach ($a as $k => $v) { $a[] = $v; }",
        "$a->b = 1; $b[] = 1; $b[[]] = 1; f()->x = 1; [][0]; ''[5]; (5)->y();",
        "1 % 0; 1 / 0; PHP_INT_MAX + 1; PHP_INT_MIN * -1; -PHP_INT_MIN; str_repeat('x', 1e18);",
        "$i->chain(); $i->chain([]); $i->chain(null)->get(); $i->{[]}->get(); $i[null]->get(); $i['']->get([]);",
        &format!(
            "$r = $i->v3->y->get(); if ($r) {{}}{}",
            " elseif ($r) { $a = 1; }".repeat(5_000)
        ),
        &format!(
            "$r = 1; if (!$r) {{}}{} $i->get();",
            " elseif (!$r) { $a = 1; }".repeat(50_000)
        ),
        "$o = new stdClass; $o->o = $o; $i->v3->x->post(['json' => $o]);",
        "substr('中', 1); sprintf('%'); implode([]); json_encode(); array_map(); hash(); time(1,2);",
    ] {
        let parsed = parse_run(php);
        assert_eq!(parsed.problems, [], "{php}");
        let block = Block::whole("a.php", php);
        let output = run(&block, &parsed.program, &Readable::default());
        let _ = format!("{output:?}");
    }
}

#[test]
fn properties_before_a_path_are_the_client() {
    for php in [
        "$this->instance->chain('v3/certificates')->get();",
        "$this->app->wechat->v3->certificates->get();",
        "$x->name['v3/certificates']->get();",
        "$clients['shop']->chain('v3/certificates')->get();",
        "self::$client->chain('v3/certificates')->get();",
        "app('wechat')->v3->certificates->get();",
        "$this->client()->v3->certificates->get();",
        "$client = app('wechat'); $client->v3->certificates->get();",
        "$base = $this->instance->v3; $base->certificates->get();",
        "$instance = $this->instance; $instance->v3->certificates->getAsync()->wait();",
    ] {
        let output = output(php);
        let templates: Vec<_> = output.requests.iter().map(|it| &*it.template).collect();
        assert_eq!(templates, ["v3/certificates"], "{php}");
        assert_eq!(messages(&output), [""; 0], "{php}");
    }
    assert_eq!(
        request("$this->hk->hk->v3->certificates->get();").template,
        "hk/hk/v3/certificates"
    );
}

#[test]
fn what_may_be_a_client_or_a_path_is_refused() {
    for php in [
        "$this->instance->pay->transactions->get();",
        "$instance->pay->get();",
        "$instance->pay->chain('transactions')->get();",
        "$clients['shop']['pay']->get();",
    ] {
        let output = output(php);
        assert!(output.requests.is_empty(), "{php}");
        assert_eq!(output.problems.len(), 1, "{php} {:?}", output.problems);
        let problem = &output.problems[0];
        assert_eq!(problem.severity, Severity::Error, "{php}");
        assert!(problem.message.contains("may be a client"), "{php}");
    }
}

#[test]
fn no_call_vanishes() {
    for (php, requests, said) in [
        (
            "function pay($client) { return $client->v3->a->get(); }",
            1,
            None,
        ),
        (
            "$pay = function () use ($instance) { $instance->v3->a->get(); };",
            0,
            Some("in a function that nothing here calls"),
        ),
        ("$pay = fn() => $instance->v3->a->get(); $pay();", 1, None),
        (
            "if (false) { $instance->v3->a->get(); }",
            0,
            Some("never reached"),
        ),
        (
            "$base = app('x')->name; $base->pay->get();",
            0,
            Some("may be a client"),
        ),
        (
            "class A { function a() { $this->instance->v3->a->get(); } }",
            0,
            Some("class"),
        ),
    ] {
        let output = output(php);
        assert_eq!(
            output.requests.len(),
            requests,
            "{php} {:?}",
            output.problems
        );
        let errors = output
            .problems
            .iter()
            .filter(|it| it.severity == Severity::Error);
        let errors: Vec<_> = errors.map(|it| it.message.clone()).collect();
        match said {
            Some(said) => assert!(
                errors.iter().any(|it| it.contains(said)),
                "{php} {errors:?}"
            ),
            None => assert!(errors.is_empty(), "{php} {errors:?}"),
        }
    }
}

/// The values of `f` that requests are made with; a request that depends on a run is a problem.
fn sent(php: &str) -> (Vec<Value>, usize) {
    let block = Block::whole("a.php", php);
    let output = run(&block, &parse_run(php).program, &Readable::default());
    let errors = output.problems.iter();
    let errors = errors.filter(|it| it.severity == Severity::Error).count();
    let sent = output.requests.iter();
    let f = |request: &Request| {
        let json = request.options.get("json");
        json.map_or(Value::Null, |json| json["f"].clone())
    };
    (sent.map(f).collect(), errors)
}

#[test]
fn no_request_is_made_of_the_way_that_was_looked_at_last() {
    let call = "$i->v3->x->post(['json' => ['f' => $f]]);";
    let answer = "$r = $i->v3->y->get();";
    for php in [
        "$f = 'OK'; try { $i->v3->y->get(); } catch (\\E $e) { $f = 'FAIL'; } CALL",
        "$f = 1; ANSWER if ($r) { $f = 2; } CALL",
        "ANSWER if ($r) { $f = 2; } CALL",
        "ANSWER if ($r) { $f = 2; } elseif ($r->a) { $f = 3; } else { $f = 4; } CALL",
        "ANSWER $r ? $f = 1 : $f = 2; CALL",
        "$f = 1; ANSWER $r && $f = 2; CALL",
        "$f = 1; ANSWER $r ?? $f = 2; CALL",
        "$f = 1; ANSWER foreach ($r as $x) { $f = $f + 1; CALL }",
        "$f = 1; ANSWER foreach ($r as $x) { $f = 2; } CALL",
        "$f = 1; ANSWER foreach ($r as $f) {} CALL",
        "$f = 1; ANSWER foreach ([1, 2] as $x) { if ($r) { continue; } $f = $x; } CALL",
        "$f = 1; do { $g = &$f; } while (0); CALL",
        "$f = 1; $g = &$f; $g = 2; CALL",
        "[$f, $g] = [1, 2]; CALL",
        "$f = 1; list('a' => $f) = ['a' => 2]; CALL",
        "$f = 1; $n = 'f'; $$n = 2; CALL",
        "$f = 1; extract(['f' => 2]); CALL",
        "$f = [2, 1]; sort($f); CALL",
        "$f = 1; ANSWER while ($r) { $f++; } CALL",
        "$f = 1; ANSWER do { $f++; } while ($r); CALL",
        "$f = 1; ANSWER for (; $f < 9; $f++) { if ($r) { break; } } CALL",
        "$f = 1; ANSWER for ($n = 0; $n < 3; $n++) { if ($r) { continue; } $f = $n; } CALL",
        "$f = 1; ANSWER switch ($r) { case 1: $f = 2; break; default: $f = 3; } CALL",
        "$f = 1; ANSWER switch ($r) { case 1: $f = 2; } CALL",
        "ANSWER $f = match ($r) { 1 => 'a', default => 'b' }; CALL",
        "ANSWER $f = $r; $f++; CALL",
        "$f = 1; ANSWER foreach ([1, 2] as $x) { foreach ([3] as $y) { if ($r) { continue 2; } } $f = $x; } CALL",
        "$f = 1; while (true) { try { $f = 2; break; } finally { $f = 3; } } CALL",
        "$f = [2, 1]; ANSWER $f[$r] = 3; CALL",
        "$f = 1; preg_match('/x/', 'x', $f); CALL",
        "$f = 1; preg_replace('/x/', 'y', 'x', -1, $f); CALL",
        "$f = 1; sscanf('7', '%d', $f); CALL",
        "$f = 1; ANSWER $r->then(function ($x) use (&$f) { $f = 2; }); CALL",
        "$f = new \\stdClass(); $f->a = 1; ANSWER if ($r) { $f->a = 2; } CALL",
        "function g($r) { if ($r) { return 1; } return 2; } ANSWER $f = g($r); CALL",
        "$f = 1; $f = ['a' 'b']; CALL",
    ] {
        let php = php.replace("CALL", call).replace("ANSWER", answer);
        let (sent, errors) = sent(&php);
        let sent: Vec<_> = sent.into_iter().filter(|it| !it.is_null()).collect();
        assert_eq!(sent, [] as [Value; 0], "{php}");
        assert!(errors > 0, "{php}");
    }
}

#[test]
fn loops_and_choices_run() {
    let call = "$i->v3->x->post(['json' => ['f' => $f]]);";
    for (php, expected) in [
        ("$f = 1; $f++; CALL", json!([2])),
        (
            "$f = 'Az'; $g = $f++; CALL $f = $g; CALL",
            json!(["Ba", "Az"]),
        ),
        ("$f = 1; $f = --$f; CALL", json!([0])),
        ("$f = 1; while ($f < 9) { $f = $f * 2; } CALL", json!([16])),
        (
            "for ($f = 0; $f < 3; $f++) { CALL } CALL",
            json!([0, 1, 2, 3]),
        ),
        (
            "for ($f = 0, $n = 9; $n > 2, $f < $n; $f += 3, $n--) { if ($f == 3) { continue; } CALL }",
            json!([0, 6]),
        ),
        ("$f = 5; do { CALL } while (++$f < 7);", json!([5, 6])),
        (
            "$f = 0; while (true) { if ($f++ > 2) { break; } CALL }",
            json!([1, 2, 3]),
        ),
        (
            "foreach ([1, 2, 3] as $f) { foreach ([4, 5] as $g) { if ($f == 2) { continue 2; } if ($g == 5) { break; } CALL } }",
            json!([1, 3]),
        ),
        (
            "foreach ([1, 2, 3] as $f) { switch ($f) { case 2: continue 2; case '3': break 2; } CALL }",
            json!([1]),
        ),
        ("$f = 1; switch (2) { case 2: $f = 2; } CALL", json!([2])),
        (
            "$f = ''; switch ('1.0') { case 0: $f .= 'z'; case 1: $f .= 'a'; case 7: $f .= 'b'; break; default: $f .= 'd'; } CALL",
            json!(["ab"]),
        ),
        (
            "$f = ''; switch (9) { default: $f .= 'd'; case 1: $f .= 'a'; } CALL",
            json!(["da"]),
        ),
        (
            "foreach ([0, '0', 7] as $n) { $f = match ($n) { 0 => 'int', '0' => 'text', default => 'none' }; CALL }",
            json!(["int", "text", "none"]),
        ),
        (
            "function f() { $n = 0; while (1) { if (++$n == 4) { return $n; } } } $f = f(); CALL",
            json!([4]),
        ),
        // Each request of a loop that an answer may end.
        (
            "for ($f = 0; $f < 2; $f++) { if ($i->v3->y->get()) { break; } CALL }",
            json!([null, 0, null, 1]),
        ),
        (
            "$f = 1; while (true) { try { CALL break; } catch (\\E $e) { echo 1; } }",
            json!([1]),
        ),
    ] {
        let php = php.replace("CALL", call);
        let (sent, errors) = sent(&php);
        assert_eq!((json!(sent), errors), (expected, 0), "{php}");
    }
}

#[test]
fn a_loop_that_does_not_end_is_given_up() {
    for php in [
        "$f = 1; while ($f) { $i->v3->x->get(); }",
        "for (;;) { $i->v3->x->get(); }",
        "do { $i->v3->x->get(); } while (true);",
        "$f = 1; switch (1) { case 1: break 2; } $i->v3->x->get();",
        "$f = match (3) { 1 => 2 }; $i->v3->x->post(['json' => ['f' => $f]]);",
    ] {
        assert!(sent(php).1 > 0, "{php}");
    }
}

#[test]
fn what_all_ways_have_in_common_is_known() {
    let call = "$i->v3->x->post(['json' => ['f' => $f]]);";
    for (php, expected) in [
        (
            "$f = 1; try { CALL } catch (\\E $e) { echo $e; } CALL",
            json!([1, 1]),
        ),
        (
            "$f = 1; if ($i->v3->y->get()) { $f = 2; CALL throw $x; } CALL",
            json!([null, 2, 1]),
        ),
        (
            "$r = $i->v3->y->get(); if ($r) { $f = 2; } else { $f = 2; } CALL",
            json!([null, 2]),
        ),
        ("$f = 1; if (false) { $f = 2; } CALL", json!([1])),
        ("$f = 1; if (true) { $f = 2; } CALL", json!([2])),
        (
            "try { $c = \\WeChatPay\\Builder::factory([]); } catch (\\E $e) { exit(1); }\
             $f = 3; $c->v3->x->post(['json' => ['f' => $f]]);",
            json!([3]),
        ),
        (
            "array_walk($a, function () use ($i) { $f = 4; CALL });",
            json!([4]),
        ),
        (
            "$r = $i->v3->y->get(); $g = $r ? 1 : $i->v3->x->post(['json' => ['f' => 5]]);",
            json!([null, 5]),
        ),
    ] {
        let php = php.replace("CALL", call);
        assert_eq!(json!(sent(&php).0), expected, "{php}");
    }
}

#[test]
fn named_arguments_of_a_function_of_the_file_go_to_their_parameters() {
    let php = "function pay($i, $no, $fee = 1, $currency = 'CNY') {
        $i->v3->pay->post(['json' => [$no, $fee, $currency]]);
    }
    $i = Builder::factory([]); pay($i, currency: 'HKD', no: 'N1');";
    assert_eq!(request(php).options["json"], json!(["N1", 1, "HKD"]));
    let unknown = output("function f($a) { return $a; } $i->v3->x->post(['json' => [f(b: 1)]]);");
    assert!(
        messages(&unknown)[0].contains("the named argument `b:`"),
        "{unknown:?}"
    );
}

#[test]
fn a_variadic_parameter_takes_all_further_arguments() {
    let php = "function all($first, ...$rest) { return [$first, $rest]; }";
    let call = "$i->v3->x->post(['json' => all(1, 2, 3)]);";
    let sent = request(&format!("{php} {call}"));
    assert_eq!(sent.options["json"], json!([1, [2, 3]]));
}

#[test]
fn a_variable_that_is_given_by_reference_is_not_known_afterwards() {
    for php in [
        "function sign(&$p) { $p['sign'] = 'x'; } $o = ['a' => 1]; sign($o);",
        "$sign = function (&$p) { $p['sign'] = 'x'; }; $o = ['a' => 1]; $sign($o);",
        "$o = 1; $sign = function () use (&$o) { $o = 2; }; $sign();",
        "function sign(&$p) { $p = 2; } $o = 1; foreach ($rows->get('x') as $row) {
            $i->v3->y->post(['json' => [$o]]); sign($o); }",
    ] {
        let output = output(&format!("{php} $i->v3->x->post(['json' => [$o]]);"));
        let unknown = "cannot be told without running the program: what `$o` is";
        let told = messages(&output);
        assert!(
            told.iter().any(|it| it.contains(unknown)),
            "{php}: {told:?}"
        );
        assert!(output.requests.is_empty(), "{php}");
    }
}

#[test]
fn an_arrow_function_has_the_variables_of_where_it_is_made() {
    let php = "$fee = 1; $fees = fn() => [$fee];
        function send($i, $fees) { $fee = 2; $i->v3->x->post(['json' => $fees()]); }
        $i = Builder::factory([]); send($i, $fees);";
    assert_eq!(request(php).options["json"], json!([1]));
}

#[test]
fn constants_of_the_file_have_their_values() {
    let php = "define('MCHID', '1900000109'); $i->v3->x->post(['json' => [MCHID]]);";
    assert_eq!(request(php).options["json"], json!(["1900000109"]));
}

#[test]
fn an_item_within_an_item_can_be_unset() {
    let php = "$o = ['a' => ['b' => 1, 'c' => 2], 'd' => 3]; unset($o['a']['b'], $o['d']);
        $p = new stdClass; $p->x = 1; $p->y = 2; unset($p->x);
        $i->v3->x->post(['json' => [$o, $p]]);";
    assert_eq!(
        request(php).options["json"],
        json!([{"a": {"c": 2}}, {"y": 2}])
    );
}

#[test]
fn a_key_of_a_compound_assignment_is_evaluated_once() {
    let php = "$o = ['k' => 'a']; $keys = function () use ($i) {
            $i->v3->key->get(); return 'k';
        };
        $o[$keys()] .= 'b'; $i->v3->x->post(['json' => $o]);";
    let output = output(php);
    assert_eq!(output.requests.len(), 2, "{output:?}");
    assert_eq!(output.requests[1].options["json"], json!({"k": "ab"}));
}

#[test]
fn a_function_that_is_declared_where_it_is_missing_is_called() {
    let php = "if (!function_exists('fee')) { function fee() { return 7; } }
        $i->v3->x->post(['json' => [fee()]]);";
    assert_eq!(request(php).options["json"], json!([7]));
}

#[test]
fn base_uri_is_that_which_paths_are_resolved_against() {
    for (path, url) in [("v3/a", "https://y.com/zz/"), ("/v3/a", "https://y.com/")] {
        let php = format!(
            "<?php\n$o = ['base_uri' => 'https://y.com/zz/q'];\n$instance->chain('{path}')->get($o);"
        );
        let made = output(&php);
        assert_eq!(made.requests[0].options["base_uri"], json!(url), "{path}");
    }
}
