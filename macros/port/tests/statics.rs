//! Static properties, and objects that have several holders.

mod ported;

use ported::{holds, ported, refused, text};
use wechatpay_chain_port::emit::Options;

#[test]
fn a_static_property_that_other_code_names_is_the_applications() {
    let set = "class Cfg { private static $m = '1'; public function m() { return self::$m; } } Cfg::$m = '2';";
    holds(set, "Ok(self.host.cfg_m()?)");
    let public = "class Cfg { public static $m = '1'; public function m() { return self::$m; } }";
    holds(public, "Ok(self.host.cfg_m()?)");
    let own = "class Cfg { private static $m = '1'; public function m() { return Cfg::$m; } }";
    holds(own, "Ok(self.m.clone())");
    let below = "class Base { protected static $m = 1; public function m() { return self::$m; } }
        class Sub extends Base { public function set() { self::$m = 2; parent::$m = 3; static::$m = 4; } }";
    let made = text(below);
    assert_eq!(made.matches("self.host.set_base_m(").count(), 3, "{made}");
    assert!(made.contains("Ok(self.host.base_m()?)"), "{made}");
    let late = "class Base { protected static $m = 1; public function m() { return static::$m; } }
        class Sub extends Base { protected static $m = 2; }";
    refused(late, "`static::$m`, which a class below declares again");
}

/// Two objects of a class share it in PHP.
#[test]
fn a_static_variable_of_a_method_is_told() {
    let made = ported("<?php\nclass A { public function next() {\nstatic $n = 0; return ++$n; } }");
    assert!(made.complete, "{:?}", made.diagnostics);
    let told: Vec<_> = made.diagnostics.iter().map(ToString::to_string).collect();
    let expected = "Pay.php:3:1: warning: the `static` variable `$n` is one for each object";
    assert!(told[0].starts_with(expected), "{told:?}");
    assert_eq!(told.len(), 1, "{told:?}");
}

#[test]
fn a_static_property_is_a_field_only_if_it_is_set_once() {
    for check in [
        "if (!self::$me) { self::$me = f(); } return self::$me;",
        "if (self::$me === null) { self::$me = f(); } return self::$me;",
        "if (isset(self::$me)) { return self::$me; } self::$me = f(); return self::$me;",
        "return self::$me ??= f();",
        "return self::$me ?? self::$me = f();",
        "return self::$me ?: self::$me = f();",
    ] {
        let php = format!("class A {{ private static $me; static function me() {{ {check} }} }}");
        holds(&php, "self.me");
    }
    for change in [
        "self::$me = self::$me + 1; return self::$me;",
        "self::$me = array_merge(self::$me, [$p]); return self::$me;",
        "if (!self::$me) { self::$me = f(); } self::$me = $p; return self::$me;",
        "if (self::$me !== null) { self::$me = f(); } return self::$me;",
        "if ($p) { self::$me = f(); } return self::$me;",
        "if (!self::$me) { self::$me = [self::$me, $p]; } return self::$me;",
    ] {
        let php =
            format!("class A {{ private static $me; static function me($p) {{ {change} }} }}");
        holds(&php, "self.host.set_a_me(");
    }
}

#[test]
fn classes_of_the_same_last_name_have_methods_of_their_own() {
    let two = "class A extends \\X\\P { function a() { return parent::$n . new self(); } }
        class B extends \\Y\\P { function b() { return parent::$n . new static(); } }
        class C { function c() { return \\X\\Conf::$n . \\Y\\Conf::$n . \\X\\Conf::get() . \\Y\\Conf::get(); } }";
    let made = text(two);
    for name in [
        "p_n",
        "p_n_2",
        "new_a",
        "new_b",
        "conf_n",
        "conf_n_2",
        "conf_get",
        "conf_get_2",
    ] {
        assert!(
            made.contains(&format!("    fn {name}(&self)")),
            "{name}\n{made}"
        );
    }
}

#[test]
fn a_typed_singleton_is_the_applications() {
    for ty in ["S", "self", "?self", "static"] {
        let php = format!(
            "class S {{ private static ?S $me = null;
                static function me(): {ty} {{ if (self::$me === null) {{ self::$me = new self(); }} return self::$me; }} }}"
        );
        holds(&php, "pub fn me(&self) -> php::Result<Value> {");
        holds(&php, "Ok(self.host.s_me()?)");
    }
    let fluent =
        "class S { private $v = 1; function with($v): self { $this->v = $v; return $this; } }";
    holds(fluent, "-> php::Result<()>");
}

#[test]
fn an_array_of_clients_in_a_static_property_is_a_map() {
    let php = "class F { private static $c = []; static function of($m) {
        if (!isset(self::$c[$m])) { self::$c[$m] = \\WeChatPay\\Builder::factory(['mchid' => $m]); } return self::$c[$m]; } }";
    let made = text(php);
    assert!(made.contains("php::Clients"), "{made}");
}

#[test]
fn an_object_with_a_second_holder_is_not_told() {
    for before in [
        "$p = $o ?? null;",
        "$p = $c ? $o : null;",
        "$p = $c ?: $o;",
        "[$p] = [$o];",
        "$f = [$o];",
        "$f[] = $o;",
        "$f['a'] = ['b' => $o];",
        "$f = compact('o');",
        "$f = function () use ($o) { return $o->state; };",
        "$f = fn () => $o->state;",
        "array_push($f, $o);",
        "$p = match (true) { default => $o };",
    ] {
        refused(
            &format!("function pay($o, $c, array $f) {{ {before} $o->state = 'paid'; return 1; }}"),
            "a change of an object that something else holds too",
        );
    }
    refused(
        "class B { private $l; private function keep($o) { $this->l = $o; }
            function pay($o) { $this->keep($o); $o->x = 1; return $this->l->x; } }",
        "a change of an object that something else holds too",
    );
    refused(
        "class B { private $l = []; private function all() { return $this->l; }
            function pay() { foreach ($this->all() as $o) { $o->paid = 1; } } }",
        "a change of an object that something else holds too",
    );
    for before in [
        "if (!$o) { return 0; }",
        "if ($o === null || $o->state == 'x') { return $o; }",
        "$repo->lock($o); echo $o->state, \"$o->id\";",
    ] {
        holds(
            &format!(
                "function pay($o, $repo) {{ {before} $o->state = 'paid'; $repo->save($o); return [$o]; }}"
            ),
            "host.set_o_state(&mut o, \"paid\")",
        );
    }
}

#[test]
fn a_static_property_that_another_file_of_the_folder_names_is_the_applications() {
    use wechatpay_chain_port::folder::{self, Root, Source};
    let base = "<?php namespace App; class Cfg { protected static $m = '1';
        function b($c) { $c->chain('v3/x')->post(['json' => ['mchid' => self::$m]]); } }";
    let sub =
        "<?php namespace App; class Sub extends Cfg { static function put($x) { self::$m = $x; } }";
    let files = |all: &[&str]| {
        let sources = all.iter().enumerate();
        let sources: Vec<_> = sources
            .map(|(index, php)| {
                Source::new(&format!("F{index}.php"), &format!("F{index}.php"), php)
            })
            .collect();
        let made = folder::rust(&sources, Root::Crate, &Options::default());
        let texts = made.files.into_iter().map(|file| file.text);
        texts.collect::<String>()
    };
    let alone = files(&[base]);
    assert!(alone.contains("self.m"), "{alone}");
    let both = files(&[base, sub]);
    assert!(both.contains("self.host.cfg_m()?"), "{both}");
}

#[test]
fn keys_in_an_array_are_texts_that_only_the_sdk_reads() {
    let read = "$certs = []; $certs[$id] = Rsa::from($pem, Rsa::KEY_TYPE_PUBLIC);";
    let made = "Builder::factory(['mchid' => '1', 'serial' => 's', 'privateKey' => Rsa::from($k), 'certs' => $certs])";
    let php = |body: &str| {
        format!(
            "<?php use WeChatPay\\Builder; use WeChatPay\\Crypto\\Rsa; function f($id, $pem, $k) {{ {body} }}"
        )
    };
    for body in [
        format!("{read} return {made};"),
        format!("{read} return Rsa::verify('a', 'b', $certs[$id] ?? '');"),
        format!("{read} $all = $certs; $one = $all[$id]; return Rsa::verify('a', 'b', $one);"),
        format!("{read} $g = function () use ($certs) {{ return $certs; }}; return count($g());"),
        format!("{read} foreach ($certs as $cert) {{ Rsa::encrypt('a', $cert); }} return {made};"),
    ] {
        holds(&php(&body), "php::public_key_text(");
    }
    for other in [
        "g($certs);",
        "foreach ($certs as $cert) { g($cert); }",
        "echo json_encode($certs);",
        "echo $certs[$id];",
        "echo $certs['PUB_KEY_ID_0114232134912410000000000000'];",
        "$text = 'a' . $certs[$id];",
        "$same = $certs[$id] == $pem;",
        "$text = is_string($certs[$id]);",
        "$object = $certs[$id] instanceof \\OpenSSLAsymmetricKey;",
        "throw new \\Exception($certs[$id]);",
        "openssl_sign('a', $s, $certs[$id], OPENSSL_ALGO_SHA256);",
        "$instance->chain('v3/x')->post(['json' => $certs]);",
    ] {
        let reason = "a key as a value of PHP";
        refused(&php(&format!("{read} {other} return {made};")), reason);
    }
}

#[test]
fn an_item_that_holds_no_key_is_a_plain_value() {
    let php = "<?php use WeChatPay\\Crypto\\Rsa;
        class A {
            private $config;
            public function __construct($pem) { $this->config = ['key' => Rsa::from($pem), 'mchid' => '1']; }
            public function mchid() { return 'x' . $this->config['mchid']; }
            public function sign($text) { return Rsa::sign($text, $this->config['key']); }
        }";
    holds(php, "php::private_key_text(");
    let key = "public function key() { return 'x' . $this->config['key']; } }";
    let php = format!("{} {key}", php.trim_end().trim_end_matches('}'));
    refused(&php, "a key as a value of PHP");
}

#[test]
fn methods_by_name_are_those_of_the_class() {
    let php = |head: &str| {
        format!(
            "<?php {head} {{ public function pay($m, $no) {{ if (!method_exists($this, $m)) {{ return 'no'; }} return $this->$m($no); }}
                public function native($no) {{ return 'native' . $no; }} }}"
        )
    };
    let own = text(&php("class A"));
    assert!(own.contains("self.native("), "{own}");
    assert!(own.contains("Call to undefined method A::"), "{own}");
    for above in ["class A extends B", "abstract class A"] {
        let made = text(&php(above));
        assert!(made.contains("self.native("), "{made}");
        assert!(made.contains("host.a_call("), "{made}");
        assert!(made.contains("host.method_exists("), "{made}");
    }
    let traits = php("class A").replace("public function pay", "use T; public function pay");
    assert!(text(&traits).contains("host.a_call("), "{traits}");
}

#[test]
fn another_name_of_the_object_is_the_object() {
    let php = |body: &str| {
        format!(
            "<?php class A {{ private $mchid = '1'; public function f($list) {{ $self = $this; {body} }}
                public function g($x) {{ return $x . $this->mchid; }} }}"
        )
    };
    let mapped = "return array_map(function ($x) use ($self) { return $self->g($x) . $self->mchid; }, $list);";
    holds(&php(mapped), "self.mchid");
    for other in ["return f($self);", "$self = $list; return $self->g(1);"] {
        refused(&php(other), "`$this` as a value");
    }
}

/// PHP forgets it with the request.
#[test]
fn a_static_variable_of_a_function_is_kept() {
    let php = "<?php use WeChatPay\\Builder;
        function wx() { static $wx; if ($wx) { return $wx; } return $wx = Builder::factory($GLOBALS['x']); }
        function n($a) { static $n = 0; if ($a) { $n++; } return $a . (++$n); }";
    let made = ported(php);
    for expected in [
        "static KEPT_WX: php::Kept<Option<Client>> = php::Kept::new();",
        "KEPT_WX.set(wx.clone());\n    Ok(wx.clone())",
        "static KEPT_N: php::Kept<Value> = php::Kept::new();",
    ] {
        assert!(made.text.contains(expected), "{expected}\n{}", made.text);
    }
    assert_eq!(made.text.matches("KEPT_N.set(").count(), 2, "{}", made.text);
    let told = made.diagnostics.iter().map(ToString::to_string);
    let told: Vec<_> = told
        .filter(|told| told.contains("is kept for the whole process"))
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
}

/// The kept value would be another one than PHP's.
#[test]
fn a_static_variable_that_more_than_statements_change_is_refused() {
    for body in [
        "static $n = 0; $n++; return $a ? f($a - 1) : $n;",
        "static $n = 0; g($n = 3); return $n;",
        "static $n = 0; if ($n++ > 3) { return 1; } return $n;",
        "static $n = 0; $add = function () use (&$n) { $n++; }; $add(); return $n;",
        "static $n = 0; foreach ($a as $n) { echo $n; } return $n;",
        "if ($a) { static $n = 0; } return 1;",
        "static $n = 0; $m = &$n; $m++; return $n;",
    ] {
        refused(
            &format!("<?php function f($a) {{ {body} }}"),
            "`static` variable",
        );
    }
}

#[test]
fn what_would_differ_of_a_kept_variable_is_refused() {
    for body in [
        // The kept value stays, and the variable is another one.
        "static $n = 0; $n++; if ($n > 2) { unset($n); return 'r'; } return $n;",
        // The closure may call the function.
        "static $n = 0; $n++; $f($n); return $n;",
    ] {
        refused(&format!("function f($f) {{ {body} }}"), "`static` variable");
    }
    let kept = "function f($k) { static $n = []; $n[$k] = 1; unset($n['a']); return $n; }";
    holds(kept, "KEPT_N");
}

#[test]
fn a_static_map_of_clients_is_filled_where_the_same_item_is_missing() {
    let class = |is_static: &str, check: &str| {
        format!(
            "class F {{ private static $c = []; private $m; public {is_static} function of($id) {{
                {check} self::$c[$id] = \\WeChatPay\\Builder::factory(['mchid' => $id]); return self::$c[$id]; }} }}"
        )
    };
    let same = "if (isset(self::$c[$id])) { return self::$c[$id]; }";
    let other = "if (isset(self::$c['x'])) { return self::$c['x']; }";
    holds(&class("static", same), "php::Clients");
    refused(&class("static", other), "an array of clients");
    let told = |php: &str| {
        let made = ported(php).diagnostics;
        made.iter()
            .any(|told| told.message.contains("the static property `$c`"))
    };
    assert!(told(&class("", same)));
    assert!(!told(&class("static", same)));
}

/// Each folder has its own key beside the file.
#[test]
fn the_folder_of_a_file_is_told_by_its_path() {
    use wechatpay_chain_port::folder::{self, Root, Source};
    let class = |name: &str| {
        format!(
            "<?php class {name} {{ private $client; function __construct(\\WeChatPay\\BuilderChainable $client) {{ $this->client = $client; }}\n\
             function key() {{ $this->client->chain('v3/certificates')->get(); return [__DIR__ . '/key.pem', basename(__FILE__)]; }} }}"
        )
    };
    let (one, two, three) = (class("One"), class("Two"), class("Three"));
    let sources = [
        Source::new("One.php", "app/One.php", &one),
        Source::new("svc/Two.php", "app/svc/Two.php", &two),
        Source::new("svc/sub/Three.php", "app/svc/sub/Three.php", &three),
    ];
    let made = folder::rust(&sources, Root::Crate, &Options::default());
    let text = |path: &str| {
        let file = made.files.iter().find(|file| file.path == path);
        file.unwrap().text.clone()
    };
    for (path, folder, file) in [
        ("one.rs", ".", "One.php"),
        ("svc/two.rs", "svc", "svc/Two.php"),
        ("svc/sub/three.rs", "svc/sub", "svc/sub/Three.php"),
    ] {
        let text = text(path);
        assert!(text.contains(&format!("host.dir(\"{folder}\")")), "{text}");
        assert!(text.contains(&format!("host.file(\"{file}\")")), "{text}");
    }
    let methods = made.app.iter().map(|method| &*method.name);
    assert_eq!(methods.filter(|name| name.starts_with("dir")).count(), 1);
}
