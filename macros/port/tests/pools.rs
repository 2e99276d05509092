//! Clients in an array by keys.

mod ported;

use ported::{holds, refused, text};

const MAKE: &str = "private function make($id): \\WeChatPay\\BuilderChainable { return \\WeChatPay\\Builder::factory($this->all[$id]); }";

fn class(property: &str, methods: &str) -> String {
    format!("<?php class Pool {{ {property} private $all = []; {MAKE} {methods} }}")
}

#[test]
fn a_property_with_clients_by_keys_is_a_map() {
    let php = class(
        "private array $pool = [];",
        "public function of($id) { return $this->pool[$id] ??= $this->make($id); }
        public function has($id) { return array_key_exists($id, $this->pool) || isset($this->pool[$id]); }
        public function drop($id) { unset($this->pool[$id]); $this->pool = []; }",
    );
    let made = text(&php);
    for expected in [
        "pool: php::Clients,",
        "match self.pool.get(id)",
        "let client = self.make(id)?;",
        "self.pool.set(id, client)",
        "self.pool.remove(id)",
        "self.pool.clear()",
    ] {
        assert!(made.contains(expected), "{expected}\n{made}");
    }
}

#[test]
fn a_static_one_is_filled_where_it_is_empty() {
    let filled = |body: &str| {
        class(
            "private static $pool = [];",
            &format!("public function of($id) {{ {body} return self::$pool[$id]; }}"),
        )
    };
    holds(
        &filled("if (!isset(self::$pool[$id])) { self::$pool[$id] = $this->make($id); }"),
        "pool: php::Clients,",
    );
    // Another object would not see it.
    refused(
        &filled("self::$pool[$id] = \\WeChatPay\\Builder::factory($this->all[$id]);"),
        "an array of clients that the application has",
    );
}

#[test]
fn other_uses_are_refused() {
    for (property, more) in [
        (
            "private $pool = [];",
            "foreach ($this->pool as $one) { echo 1; }",
        ),
        ("private $pool = [];", "return count($this->pool);"),
        ("private $pool = [];", "$this->pool[$id] = 'x';"),
        ("private $pool = [];", "$this->pool[$id]['k'] = 1;"),
        ("private $pool = [1];", ""),
        ("public $pool = [];", ""),
    ] {
        let php = class(
            property,
            &format!(
                "public function of($id) {{ return $this->pool[$id] ??= $this->make($id); }}
                public function more($id) {{ {more} }}"
            ),
        );
        refused(&php, "a client where a plain value is expected");
    }
}

#[test]
fn an_instance_that_is_missing_is_set_by_the_application() {
    let php = "<?php class One { private static ?self $self = null; private \\WeChatPay\\BuilderChainable $api;
        public static function me(): self { return self::$self ??= new self(); } }";
    holds(php, "match self.host.one_self()? {");
    holds(php, "self.host.set_one_self(&self.host.new_one()?)?");
}
