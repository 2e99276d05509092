//! `wechatpay port`.

use serde_json::{Value, json};

use crate::support::{Done, Run, Shop};

fn port(arguments: &[&str], php: &str) -> Done {
    let mut all = vec!["port", "--emit", "request"];
    all.extend(arguments);
    Run::new(&all).stdin(php).run()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_snippet_on_standard_input_prints_one_request() {
    let php = "$response = $instance->v3->pay->transactions->id->_transaction_id_->get([\n\
               'query' => ['mchid' => '1230000109'], 'transaction_id' => 'a/b', 'timeout' => 0.4,\n\
               'headers' => ['Wechatpay-Serial' => 'PUB_KEY_ID_X']]);\n";
    let line: Value = port(&[], php).json();
    let expected = json!({
        "file": "-", "line": 1, "form": "pure", "mode": "sync", "method": "GET",
        "uri": "https://api.mch.weixin.qq.com/v3/pay/transactions/id/a%2Fb?mchid=1230000109",
        "headers": {
            "Wechatpay-Serial": "PUB_KEY_ID_X",
            "Accept": "application/json, text/plain, application/x-gzip, application/pdf, image/png, image/*;q=0.5",
            "Content-Type": "application/json; charset=utf-8",
        },
        "body": null,
        "options": {"timeout": 0.4},
    });
    assert_eq!(line, expected);
    let names: Vec<_> = line.as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        names[..6],
        ["file", "line", "form", "mode", "method", "uri"]
    );
}

#[test]
fn files_are_read_in_order_and_requests_name_their_source() {
    let shop = Shop::new();
    shop.file(
        "a.php",
        "<?php\nrequire 'vendor/autoload.php';\n\n$instance->chain('v3/a')\n  ->post(['json' => ['b' => 1]]);\n\
         try {\n    $instance['v3/b']->deleteAsync()->wait();\n} catch (\\Exception $e) {}\n",
    );
    shop.file(
        "b.md",
        "# b\n\n```php\n$x = 1;\n$instance->v2->c->post(['xml' => ['k' => '<']]);\n```\n",
    );
    let done = shop
        .bare(&["port", "--emit", "request", "a.php", "b.md"])
        .run();
    let found: Vec<_> = lines(&done.ok())
        .iter()
        .map(|line| {
            json!([
                line["file"],
                line["line"],
                line["form"],
                line["method"],
                line["body"]
            ])
        })
        .collect();
    assert_eq!(
        found,
        [
            json!(["a.php", 4, "chain", "POST", "{\"b\":1}"]),
            json!(["a.php", 7, "index", "DELETE", null]),
            json!(["b.md", 3, "pure", "POST", "<xml><k><![CDATA[<]]></k></xml>"]),
        ]
    );
}

#[test]
fn file_urls_are_read_from_the_given_folder_only() {
    let shop = Shop::new();
    std::fs::create_dir_all(shop.path("files/path/to")).unwrap();
    shop.file("files/path/to/a.jpg", "jpeg");
    let php = "$media = new \\WeChatPay\\Util\\MediaUtil('file:///path/to/a.jpg');\n\
               $instance->chain('v3/merchant/media/upload')->post(['body' => $media->getStream(), \
               'headers' => ['Content-Type' => $media->getContentType()]]);";
    let port = |php: &str| {
        shop.bare(&["port", "--emit", "request", "--files", "files", "-"])
            .stdin(php)
            .run()
    };
    let line: Value = port(php).json();
    assert_eq!(
        line["headers"]["Content-Type"],
        "multipart/form-data; boundary={BOUNDARY}"
    );
    let parts = &line["multipart"]["parts"];
    assert_eq!(parts[0]["name"], "meta");
    assert!(
        parts[0]["text"]
            .as_str()
            .unwrap()
            .starts_with("{\"filename\":\"a.jpg\",\"sha256\":\"")
    );
    assert_eq!(
        (&parts[1]["filename"], &parts[1]["size"]),
        (&json!("a.jpg"), &json!(4))
    );
    let missing = port(&php.replace("a.jpg", "b.jpg"));
    assert_eq!((missing.code, &*missing.stdout), (Some(4), ""));
    assert!(
        missing
            .stderr
            .starts_with("-:1:10: error: cannot read `file:///path/to/b.jpg`"),
        "{missing:?}"
    );
    let outside = port(&php.replace("/path/to/a.jpg", "/../apiclient_key.pem"));
    assert_eq!(outside.code, Some(4));
    assert!(
        outside.stderr.contains("leads out of the folder"),
        "{outside:?}"
    );
}

#[test]
fn multipart_bodies_match_those_of_php() {
    let php = "$i->v2->secapi->mch->uploadmedia->post(['security' => true, 'body' => \
               new \\GuzzleHttp\\Psr7\\MultipartStream([['name' => 'mch_id', 'contents' => '19'], \
               ['name' => 'media', 'filename' => 'x.jpg', 'contents' => 'bytes']])]);";
    let line: Value = port(&[], php).json();
    assert_eq!(
        line["uri"],
        "https://api.mch.weixin.qq.com/secapi/mch/uploadmedia"
    );
    let parts = &line["multipart"]["parts"];
    assert_eq!(
        (&parts[0]["name"], &parts[0]["text"]),
        (&json!("mch_id"), &json!("19"))
    );
    assert_eq!(
        (&parts[1]["filename"], &parts[1]["size"]),
        (&json!("x.jpg"), &json!(5))
    );
}

#[test]
fn defined_variables_and_the_fixed_time_are_used() {
    let php = "$i->v3->x->post(['json' => ['a' => $mchid, 'b' => $config['key'], 't' => time()]]);";
    let done = port(
        &[
            "--define",
            "mchid=19",
            "--define",
            "$config={\"key\":[true]}",
            "--now",
            "7",
        ],
        php,
    );
    let line: Value = done.json();
    assert_eq!(line["body"], r#"{"a":"19","b":[true],"t":7}"#);
    let done = port(&["--now", "7", "--define", "config={}"], php);
    assert_eq!(done.code, Some(0), "a warning is no failure");
    assert!(
        done.stderr
            .contains("`$mchid` is not defined here, and \"1900000109\" stands in for it"),
        "{done:?}"
    );
    let line = &lines(&done.stdout)[0];
    assert_eq!(line["body"], r#"{"a":"1900000109","b":null,"t":7}"#);
}

#[test]
fn empty_segments_are_sent_as_php_does_with_a_warning() {
    let done = port(
        &[],
        "$i->v3->applyment->_empty_->post(['json' => [], 'use_id' => 'x']);",
    );
    assert_eq!(done.code, Some(0));
    let line = &lines(&done.stdout)[0];
    assert_eq!(line["uri"], "https://api.mch.weixin.qq.com/v3/applyment/");
    assert_eq!(line["body"], "[]");
    assert!(
        done.stderr.contains("`{empty}` in the path has no value"),
        "{done:?}"
    );
    assert!(
        done.stderr.contains("the path has no `{use_id}`"),
        "{done:?}"
    );
}

#[test]
fn unsupported_code_is_reported_and_the_rest_is_ported() {
    let php = "<?php\n$instance->v3->a->get([]);\n$instance->v3->b->get(['x' => 1 'y' => 2]);\n\
               \n  $instance->chain('https://evil.cn/')->get();\n$instance->v3->c->get([]);\n";
    let done = port(&[], php);
    assert_eq!(done.code, Some(4));
    let uris: Vec<_> = lines(&done.stdout)
        .iter()
        .map(|line| line["uri"].clone())
        .collect();
    assert_eq!(
        uris,
        [
            "https://api.mch.weixin.qq.com/v3/a",
            "https://api.mch.weixin.qq.com/v3/c"
        ]
    );
    assert!(done.stderr.contains("-:3:"), "{done:?}");
    assert!(done.stderr.contains("-:5:3: error: "), "{done:?}");
    let machine = Run::new(&["--format", "json", "port", "--emit", "request"])
        .stdin(php)
        .run();
    let told = lines(&machine.stderr);
    let places: Vec<_> = told
        .iter()
        .map(|it| it["diagnostic"]["line"].as_u64().unwrap())
        .collect();
    assert!(places.contains(&3) && places.contains(&5), "{machine:?}");
}

#[test]
fn no_input_makes_port_panic() {
    for php in [
        "",
        "\u{0}",
        "[[[[",
        "<?php",
        "\"{$",
        &"[".repeat(100_000),
        "```php\n",
        "$i->get(",
        "\u{feff}$i->v3->x->get();",
    ] {
        let done = port(&[], php);
        assert!(matches!(done.code, Some(0 | 4)), "{done:?}");
        assert!(!done.stderr.contains("panicked"), "{done:?}");
    }
    let done = Run::new(&["port"]).stdin(*b"\xff\xfe").run();
    assert_eq!(done.code, Some(4));
    assert!(done.stderr.contains("not UTF-8"));
}

#[test]
fn port_emits_rust_by_default() {
    let php = "$instance->v3->certificates->get();";
    let done = Run::new(&["port", "--style", "chain"]).stdin(php).run();
    let call = "    client.chain(\"v3/certificates\").get(()).wait()?;\n";
    assert!(done.stdout.contains(call), "{}", done.stdout);
    let done = Run::new(&["port"]).stdin("goto a;\na: f();").run();
    assert_eq!(done.code, Some(4), "{}", done.stderr);
    assert!(done.stdout.contains("compile_error!"), "{}", done.stdout);
}

/// The requests of PHP where this library's differ.
#[test]
fn differences_of_php_are_reproduced() {
    let uri = |php: &str| {
        let done = port(&[], php);
        assert_eq!(done.code, Some(0), "{php}: {done:?}");
        (lines(&done.stdout)[0].clone(), done.stderr)
    };
    // A placeholder is re-cased like the rest, and then no option has its name.
    for php in [
        "$i->v3->pay->_openId_->get(['openId' => 'x']);",
        "$i->v3->pay['{openId}']->get(['openId' => 'x']);",
    ] {
        let (line, said) = uri(php);
        assert_eq!(line["uri"], "https://api.mch.weixin.qq.com/v3/pay/");
        assert!(said.contains("`{openId}` is `{open-id}` to PHP"), "{said}");
    }
    let (line, said) = uri("$i->v3->pay->_openId_->get(['open-id' => 'x']);");
    assert_eq!(line["uri"], "https://api.mch.weixin.qq.com/v3/pay/x");
    assert_eq!(said, "");
    // Each value of a header is sent.
    let (line, _) = uri("$i->v3->a->get(['headers' => ['X-A' => ['a', 'b'], 'x-b' => 'c']]);");
    assert_eq!(line["headers"]["X-A"], "a, b");
    assert_eq!(line["headers"]["X-B"], "c");
    // The expanded path chooses the stack.
    let (line, _) =
        uri("$i->chain('{+u}')->post(['u' => 'v2/Pay/X', 'xml' => ['nonce_str' => 'n']]);");
    assert_eq!(line["uri"], "https://api.mch.weixin.qq.com/Pay/X");
    assert_eq!(line["body"], "<xml><nonce_str>n</nonce_str></xml>");
    let (line, _) = uri("$i->chain('{v}/pay')->post(['v' => 'V2', 'xml' => ['a' => '1']]);");
    assert_eq!(line["body"], "<xml><a>1</a></xml>");
}

#[test]
fn code_that_would_change_the_request_is_refused() {
    for (php, reason) in [
        (
            "$i->chain('/v2/pay')->post(['xml' => ['a' => 1]]);",
            "begins with `/v2/`",
        ),
        (
            "$i->chain('{+u}')->post(['u' => '/v2/pay', 'xml' => ['a' => 1]]);",
            "begins with `/v2/`",
        ),
        (
            "$i->v3->a->post(options: ['json' => []]);",
            "named argument `options:`",
        ),
        (
            "$i->v3->a->post(['json' => ['b' => str_pad(length: 3, string: '7')]]);",
            "named argument `length:`",
        ),
    ] {
        let done = port(&[], php);
        assert_eq!(done.code, Some(4), "{php}: {done:?}");
        assert_eq!(done.stdout, "", "{php}");
        assert!(done.stderr.contains(reason), "{php}: {done:?}");
    }
}

#[test]
fn digests_have_the_case_of_php() {
    let done = port(
        &[],
        "$i->v3->a->post(['json' => ['a' => md5('x'), 'b' => strtoupper(md5('x')), 'c' => \
         \\WeChatPay\\Crypto\\Hash::md5('x'), 'd' => hash_hmac('sha256', 'x', 'k'), 'e' => \
         \\WeChatPay\\Crypto\\Hash::sign('MD5', 'x', '')]]);",
    );
    let body = lines(&done.stdout)[0]["body"].as_str().unwrap().to_owned();
    let body: Value = serde_json::from_str(&body).unwrap();
    let md5 = "9dd4e461268c8034f5c8564e155c67a6";
    assert_eq!(body["a"], md5);
    assert_eq!(body["b"], md5.to_uppercase());
    assert_eq!(body["c"], md5);
    assert_eq!(body["e"], md5.to_uppercase());
    let hmac = body["d"].as_str().unwrap();
    assert_eq!(hmac.to_lowercase(), hmac);
}

/// Six spellings of one call, as a browser copies the page that shows them.
fn copied_page() -> String {
    let options = "[\n  'json' => [\n    'out_no' => 'a，b',\n    'n' => 1,\n  ],\n]";
    let then = "->then(static function(\\Psr\\Http\\Message\\ResponseInterface $response) {\n  \
                print_r(json_decode((string) $response->getBody(), true));\n})\n->wait();";
    let print = ";\nprint_r(json_decode((string) $response->getBody(), true));";
    let paths = [
        "->v3->goods->orders",
        "->chain('v3/goods/orders')",
        "['v3/goods/orders']",
    ];
    let mut page =
        "Skip to content\n\n下单（见说明）\n\n请求参数类型描述\njsonobject声明请求的结构\n"
            .to_owned();
    for path in paths {
        page += &format!("php\n$instance{path}->postAsync({options})\n{then}\n");
    }
    for path in paths {
        page += &format!("php\n$response = $instance{path}->post({options}){print}\n");
    }
    page + "返回参数类型描述\nstatestring状态\n"
}

#[test]
fn a_page_copied_as_text_gives_the_requests_of_its_six_styles() {
    let shop = Shop::new();
    let page = copied_page();
    let typographic = page
        .replace('\'', "’")
        .replace("  ", "\u{a0} ")
        .replace("=>", "＝＞");
    for (name, text) in [("a.txt", &page), ("a.md", &page), ("b.txt", &typographic)] {
        shop.file(name, text);
        let done = shop.bare(&["port", "--emit", "request", name]).run();
        let found = lines(&done.ok());
        let shapes: Vec<_> = found
            .iter()
            .map(|line| format!("{} {}", line["mode"], line["form"]).replace('"', ""))
            .collect();
        assert_eq!(shapes.len(), 6, "{name} {shapes:?}");
        let unique: std::collections::BTreeSet<_> = shapes.iter().collect();
        assert_eq!(unique.len(), 6, "{name} {shapes:?}");
        assert_eq!(found[0]["line"], 7, "the line `php` stands for a fence");
        for line in found {
            assert_eq!(line["uri"], "https://api.mch.weixin.qq.com/v3/goods/orders");
            assert_eq!(line["body"], r#"{"out_no":"a，b","n":1}"#, "{name}");
        }
    }
    assert_eq!(lines(&port(&[], &page).ok()).len(), 6);
    let rust = Run::new(&["port"]).stdin(page).run().ok();
    assert_eq!(rust.matches("goods").count(), 6, "{rust}");
}

#[test]
fn a_file_without_calls_is_an_error() {
    let shop = Shop::new();
    for (name, text) in [
        ("a.md", "# Pay\n\nNothing.\n"),
        ("b.txt", "Nothing; at all (here).\n"),
        ("c.php", "<?php\n$a = 1;\n"),
        ("d.md", "```php\n$a = ['x' => 1];\n```\n"),
        ("e.php", ""),
    ] {
        shop.file(name, text);
        for emit in ["request", "rust"] {
            let done = shop.bare(&["port", "--emit", emit, name]).run();
            assert_eq!(done.code, Some(4), "{done:?}");
            assert!(
                done.stderr.contains(&format!("{name}:1:1: error: ")),
                "{done:?}"
            );
        }
    }
    shop.file(
        "f.php",
        "<?php\nclass A { function b($c) { return $c->chain('v3/x')->get(); } }\n",
    );
    shop.bare(&["port", "f.php"]).run().ok();
}

#[test]
fn misplaced_headers_cause_warnings() {
    let class = |call: &str| format!("class A {{ private $i; function b() {{ $this->{call} }} }}");
    let inside =
        "i->chain('v3/x')->post(['json' => ['a' => 1, 'headers' => ['Wechatpay-Serial' => 'S']]]);";
    let rust = |php: &str| Run::new(&["port"]).stdin(php).run();
    for done in [
        port(&[], &format!("${inside}")),
        rust(&format!("${inside}")),
        rust(&class(inside)),
    ] {
        assert_eq!(done.code, Some(0), "{done:?}");
        assert!(
            done.stderr
                .contains("warning: `headers` is within the body"),
            "{done:?}"
        );
    }
    let text = "$i->chain('v3/x')->post(['body' => 'abc'";
    let named = format!("{text}, 'headers' => ['content-type' => 'text/plain']]);");
    assert_eq!(rust(&named).stderr, "");
    assert!(rust(&format!("{text}]);")).stderr.contains("Content-Type"));
}

#[test]
fn an_empty_xml_body_is_an_empty_map() {
    let php = "$i->chain('v2/x/y')->post(['xml' => []]);";
    let line: Value = port(&[], php).json();
    assert_eq!(line["uri"], "https://api.mch.weixin.qq.com/x/y");
    let rust = Run::new(&["port"]).stdin(php).run().ok();
    assert!(rust.contains(".post(json!({}), ())"), "{rust}");
}
