//! Methods of the application's objects, which PHP shares, and of classes above that are not in the file.

mod ported;

use ported::{ported, text};

/// A class of which the members are given.
fn class(members: &str) -> String {
    format!(
        "<?php namespace App; use App\\Models\\Order;
        class Pay {{ private $client; private $last;
        function __construct(\\WeChatPay\\BuilderChainable $client) {{ $this->client = $client; }}
        public function close($no) {{ $this->client->chain('v3/pay/close')->post(['json' => ['no' => $no]]); }}
        {members} }}"
    )
}

/// The warnings that hold a text.
fn told(php: &str, part: &str) -> usize {
    let made = ported(php);
    assert!(made.complete, "{php}\n{:?}", made.diagnostics);
    let told = made.diagnostics.iter();
    told.filter(|told| told.message.contains(part)).count()
}

const SHARED: &str = "PHP shares objects: code that has the object of `$order` elsewhere";

#[test]
fn code_that_does_not_see_a_change_is_told() {
    for members in [
        // A closure and the code around it.
        "public function a($id) { $order = Order::find($id); DB::transaction(function () use ($order) { $order->update(['status' => 1]); }); return $order->status; }",
        "public function a($id) { $order = Order::find($id); DB::transaction(fn () => $order->fill(['status' => 1])->save()); return $order->status; }",
        // A caller in the file, and those of other files.
        "public function a($id) { $order = Order::find($id); $this->mark($order); return $order->status; } private function mark($order) { $order->anything(); }",
        "public function a(Order $order) { return $order->increment('count'); }",
        // The caller of the caller.
        "public function a(Order $order) { $this->mark($order); } private function mark($order) { $order->save(); }",
        // Lists.
        "public function a() { $orders = Order::all(); foreach ($orders as $order) { $order->update(['n' => 1]); } return $orders; }",
        "public function a($orders) { foreach ($orders as $order) { $order->update(['n' => 1]); } }",
        "public function a() { $orders = Order::all(); array_map(function ($order) { $order->update(['n' => 1]); }, $orders); return $orders; }",
        // Copies.
        "public function a() { $order = Order::find(1); $other = $order; $order->update(['n' => 1]); return $other->n; }",
        "public function a() { $order = Order::find(1); $all = ['order' => $order]; $order->update(['n' => 1]); return $all; }",
        "public function a() { $order = Order::find(1); $this->last = $order; $order->update(['n' => 1]); }",
        "public function a() { $order = Order::find(1); $this->keep($order); $order->update(['n' => 1]); } private function keep($order) { $this->last = $order; }",
        // The next turn.
        "public function a() { $order = Order::find(1); $copy = $order; while ($copy->n < 2) { $order->update(['n' => 2]); } }",
    ] {
        let php = class(members);
        assert!(told(&php, SHARED) > 0, "{php}");
    }
}

#[test]
fn a_change_that_nothing_else_sees_has_no_warning() {
    for members in [
        "public function a() { $order = Order::find(1); $order->update(['n' => 1]); return $order->n; }",
        "public function a() { $order = Order::find(1); $no = $order->no; $order->update(['n' => 1]); return [$no, $order->n]; }",
        "public function a() { foreach (Order::all() as $order) { $order->update(['n' => 1]); } }",
        "public function a() { $orders = Order::all(); foreach ($orders as $order) { $order->update(['n' => 1]); } return count($orders); }",
        "public function a() { $order = Order::find(1); DB::transaction(function () use ($order) { $order->update(['n' => 1]); }); return 1; }",
        "public function a(Order $order) { return $order->getAmount() + $order->toArray()['n']; }",
        "public function a($order) { $order = Order::find($order); $order->update(['n' => 1]); return $order->n; }",
        "public function a() { $order = Order::find(1); $this->mark($order); return 1; } private function mark($order) { $order->update(['n' => 1]); }",
        "public function a() { $order = Order::find(1); event(new Paid($order)); $order->items()->create(['n' => 1]); }",
    ] {
        let php = class(members);
        assert_eq!(told(&php, "PHP shares objects"), 0, "{php}");
    }
}

#[test]
fn nested_loops_are_followed_in_time_that_does_not_double() {
    let (mut start, mut end) = (String::new(), String::new());
    for level in 0..24 {
        start.push_str(&format!("foreach (Order::all() as $o{level}) {{ "));
        end.push('}');
    }
    let php = class(&format!(
        "public function a() {{ {start} $o0->update(1); {end} }}"
    ));
    assert_eq!(told(&php, "PHP shares objects"), 0);
}

#[test]
fn methods_of_two_classes_are_two_methods() {
    let two = "public function a(Order $order) { return $order->update(['n' => 1]); }
        public function b(\\App\\RechargeOrder $order) { return $order->update(['n' => 2]); }";
    let made = text(&class(two));
    for expected in [
        "fn order_update(&self, order: &mut Value",
        "fn recharge_order_update(",
        "/// `order` is an object of PHP's class `App\\Models\\Order`.",
        "/// `order` is an object of PHP's class `App\\RechargeOrder`.",
        "self.host.recharge_order_update(&mut order, &json!({\"n\": 2}))",
    ] {
        assert!(made.contains(expected), "{expected}\n{made}");
    }
    let one = "public function a(Order $order) { return $order->update(['n' => 1]); }
        public function b($order) { return $order->update(['n' => 2]); }";
    let made = text(&class(one));
    assert_eq!(made.matches("fn order_update").count(), 1, "{made}");
    assert!(!made.contains("is an object of PHP's class"), "{made}");
}

#[test]
fn methods_that_a_class_above_may_call_are_public() {
    let php = "<?php class Pay extends BaseController { private $client; private $n;
        protected function initialize() { parent::initialize(); $this->n = 1; }
        protected function hook() { return $this->n; } private function dead() { return 1; }
        protected function used() { return 2; }
        public function pay(\\WeChatPay\\BuilderChainable $client) { $client->chain('v3/a')->get(); return $this->used(); } }";
    let made = text(php);
    for expected in [
        "pub fn initialize",
        "pub fn hook",
        "    fn used",
        "    fn dead",
    ] {
        assert!(made.contains(expected), "{expected}\n{made}");
    }
    let begins = "the constructor of `BaseController` may call `initialize`";
    assert_eq!(told(php, begins), 1);
    assert_eq!(told(php, "may call `hook`"), 1);
    assert_eq!(told(php, "may call"), 2);
    let own = php.replace("private $n;", "private $n; function __construct() { }");
    assert_eq!(told(&own, begins), 0);
    let alone = php
        .replace("extends BaseController", "")
        .replace("parent::initialize();", "");
    assert_eq!(told(&alone, "may call"), 0);
    let file = php.replace(
        "<?php",
        "<?php class BaseController { protected function initialize() { } }",
    );
    assert_eq!(told(&file, "may call"), 0);
}
