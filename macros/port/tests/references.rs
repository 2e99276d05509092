//! References and `static` variables that are refused, because a copy would differ from PHP. The oracle runs the accepted ones.

#![allow(clippy::unwrap_used)]

use wechatpay_chain_port::emit::{self, Options, Output};
use wechatpay_chain_port::source::{Kind, split};

const CALL: &str = "$instance->chain('v3/certificates')->get();";

fn ported(php: &str) -> Output {
    let php = format!("function f($instance, array $rows, $n) {{ {CALL} {php} }}");
    emit::rust(
        &split("Pay.php", &php, Kind::Php),
        &Options::default().in_place(true),
    )
}

fn is_refused(php: &str) {
    let made = ported(php);
    assert!(!made.complete, "{php}\n{}", made.text);
}

fn is_ported(php: &str) -> String {
    let made = ported(php);
    assert!(made.complete, "{php}\n{:?}", made.diagnostics);
    made.text
}

#[test]
fn a_loop_by_reference_changes_the_items() {
    let text =
        is_ported("foreach ($rows as $k => &$row) { $row['n'] = $k; } unset($row); return $rows;");
    assert!(
        text.contains("php::set(php::entry(&mut rows, &k)?, \"n\", k.clone())?"),
        "{text}"
    );
}

#[test]
fn a_loop_by_reference_that_uses_its_array_is_refused() {
    is_refused("foreach ($rows as &$row) { $row = count($rows); } unset($row); return $rows;");
    is_refused("foreach ($rows as $k => &$row) { unset($rows[$k]); } unset($row); return $rows;");
    is_refused(
        "foreach ($rows as &$row) { $g = function () use ($rows) { return 1; }; } unset($row); return $rows;",
    );
}

#[test]
fn a_reference_that_lives_on_is_refused() {
    is_refused("foreach ($rows as &$row) { $row = 1; } $copy = $rows; $copy[0] = 2; return $rows;");
    is_refused("foreach ($rows as &$row) { $row = 1; } unset($n); $row = 5; return $rows;");
    for behind in [
        "$row = 5; return $rows;",
        "echo $row; return $rows;",
        "foreach ($rows as $row) { echo $row; } return $rows;",
        "$copy = $rows; $copy[1] = 2; return $rows;",
        "$copy = ['a' => $rows]; $copy['a'][1] = 2; return $rows;",
        "$copy = array_values($rows); $copy[1] = 2; return $rows;",
        "$copy = keep($rows); $copy[1] = 2; return $rows;",
        "keep($rows); return $rows;",
        "$f = fn () => $rows; return $f();",
        "$f = function () use ($rows) { $rows[1] = 2; }; $f(); return $rows;",
        "return compact('rows', 'row');",
    ] {
        is_refused(&format!(
            "if ($n) {{ foreach ($rows as &$row) {{ $row = 1; }} }} {behind}"
        ));
    }
    is_refused(
        "while ($n--) { $copy = $rows; $copy[1] = 2; foreach ($rows as &$row) { $row = 1; } } return $rows;",
    );
    is_refused("while ($n--) { echo $row; foreach ($rows as &$row) { $row = 1; } } return $rows;");
    is_refused("foreach ($rows['a'] as &$row) { $row = $rows['a']; } unset($row); return $rows;");
    is_refused("foreach ($rows['a'] as &$row) { $row = $rows; } unset($row); return $rows;");
    is_refused("foreach ($rows as &$row) { unset($row); $row = 1; } unset($row); return $rows;");
}

#[test]
fn a_reference_in_a_closure_is_refused() {
    is_refused(
        "foreach ($rows as &$row) { $g = function () use ($row) { return $row; }; } unset($row); return $rows;",
    );
    is_refused("foreach ($rows as &$row) { $g = fn () => $row; } unset($row); return $rows;");
    is_refused("foreach ($rows as &$row) { $x = compact('row'); } unset($row); return $rows;");
}

#[test]
fn a_changed_key_of_a_loop_by_reference_is_refused() {
    is_refused("foreach ($rows as $k => &$row) { $k = 0; $row = 1; } unset($row); return $rows;");
}

#[test]
fn a_loop_within_that_uses_the_outer_item_is_refused() {
    is_refused(
        "foreach ($rows as &$row) { foreach ($row['a'] as &$a) { $row['a'] = []; $a = 1; } unset($a); } unset($row); return $rows;",
    );
}

#[test]
fn a_static_variable_of_a_function_is_kept() {
    let text = is_ported("static $calls = 0; return ++$calls;");
    assert!(text.contains("KEPT_CALLS.set(calls.clone());"), "{text}");
}

#[test]
fn a_global_variable_is_the_applications_and_is_not_changed() {
    let text = is_ported("global $prefix; return $prefix . $n;");
    assert!(text.contains("fn global_prefix(&self)"), "{text}");
    is_refused("global $prefix; $prefix = 'x'; return $n;");
    is_refused("global $prefix; $prefix[] = 'x'; return $n;");
    is_refused("global $prefix; $g = fn () => $prefix; return $n;");
    is_refused("$prefix = 1; global $prefix; return $prefix;");
}

#[test]
fn an_assignment_to_the_applications_object_is_a_method() {
    let text = is_ported("Yii::$app->response->format = 'json'; Order::$rows[$n] = 1; return $n;");
    assert!(
        text.contains("host.set_yii_app_response_format(\"json\")?"),
        "{text}"
    );
    assert!(text.contains("host.set_order_rows("), "{text}");
    is_refused("Order::$count .= 'x'; return $n;");
}

#[test]
fn a_key_of_a_list_within_a_list_is_asked_for_once() {
    is_refused("[$n => [$a, $b]] = $rows; return [$a, $b];");
}

#[test]
fn a_key_with_an_effect_in_an_assignment_whose_value_counts_is_refused() {
    is_refused("$one = $rows[$n++] = 7; return [$one, $rows];");
    is_refused("$one = $rows[keep($n)] = 7; return [$one, $rows];");
    is_refused("$rows[$n++] ??= 7; return [$n, $rows];");
    is_ported("$one = $rows[$n] = 7; return [$one, $rows];");
    is_ported("$rows[$n++] = 7; $rows[$n++]++; $rows[keep($n)] .= 'x'; return $rows;");
}

#[test]
fn a_path_in_a_variable_is_a_call_where_the_variable_is_one_path() {
    let text = is_ported(
        "$chain = $instance->chain($n); $n = 'x'; return $chain->get()->getStatusCode();",
    );
    assert!(text.contains(".chain(\"{+path}\")"), "{text}");
    is_refused(
        "if ($n) { $chain = $instance->chain('v3/a'); } return $chain->get()->getStatusCode();",
    );
    is_refused("$chain = $instance->chain('v3/a'); $g = fn () => $chain->get(); return $g();");
    is_refused("$chain = $instance->chain('v3/a'); Queue::push($chain); return $n;");
}

#[test]
fn paths_that_branches_choose_are_told_apart_where_no_loop_sets_them() {
    let text = is_ported(
        "$chain = $instance->chain('v3/a'); if ($n) { $chain = $instance->chain('v3/b'); } return $chain->get()->getStatusCode();",
    );
    for path in ["v3/a", "v3/b"] {
        assert!(text.contains(&format!(".chain(\"{path}\")")), "{text}");
    }
    let chosen = "if ($n) { $chain = $instance->chain('v3/a'); } else { $chain = $instance->chain('v3/b'); }";
    is_refused(&format!("{chosen} Queue::push($chain); return $n;"));
    is_refused(&format!(
        "{chosen} $g = fn () => $chain->get(); return $g();"
    ));
    is_ported(&format!(
        "foreach ($rows as $row) {{ {chosen} $chain->get(); }} return $n;"
    ));
    is_refused(
        "foreach ($rows as $row) { if ($n) { $chain = $instance->chain('v3/a'); $chain->get(); } $chain = $instance->chain('v3/b'); } return $n;",
    );
    is_ported(&format!("{chosen} $chain = $n; return $chain;"));
}

#[test]
fn closures_in_an_array_are_refused_where_the_array_is_more_than_called() {
    let table = "$all = ['a' => function ($x) { return $x; }, 'b' => fn ($x) => $x . 'b'];";
    is_ported(&format!(
        "{table} return isset($all[$n]) ? $all[$n](1) : 0;"
    ));
    for more in [
        "return count($all);",
        "foreach ($all as $one) { $one(1); } return $n;",
        "$all['c'] = $n; return $all[$n](1);",
        "f($all); return $all[$n](1);",
        "$copy = $all; return $all[$n](1);",
        "$g = function () use ($all) { return $all['a'](1); }; return $g();",
        "return $all[$n . 'x'](1);",
        "return $all[$n]();",
    ] {
        is_refused(&format!("{table} {more}"));
    }
}

#[test]
fn a_closure_that_takes_a_reference_is_refused() {
    is_refused("$add = function (&$x) { $x++; }; $add($n); return $n;");
    is_refused("array_walk($n, function (&$row) { $row = 1; }); return $n;");
    is_ported("array_walk($rows, function (&$row) { $row = 1; }); return $rows;");
}

#[test]
fn a_property_whose_name_a_variable_holds_is_refused_where_it_may_be_another() {
    let class = |head: &str, body: &str| {
        let php = format!(
            "{head} {{ public $a; public $b; function set($instance, $k, $v) {{ {CALL} $this->$k = $v; }} {body} }}"
        );
        emit::rust(
            &split("Pay.php", &php, Kind::Php),
            &Options::default().in_place(true),
        )
    };
    for (head, body, expected) in [
        ("class A", "", "self.b = "),
        ("class A extends B", "", "self.host.a_set_property("),
        ("class A", "use T;", "self.host.a_set_property("),
        ("class A", "public int $c;", "self.c = "),
        (
            "class A",
            "function pay() { return $this->a->chain('v3/x')->get(); }",
            "self.a = None",
        ),
    ] {
        let made = class(head, body);
        assert!(made.complete, "{head} {body}\n{:?}", made.diagnostics);
        assert!(made.text.contains(expected), "{expected}\n{}", made.text);
    }
    for (head, body) in [
        ("class A", "public static $c;"),
        ("class A", "public readonly int $c;"),
        ("class A", "public int|string $c;"),
        ("class A", "public \\Order $c;"),
        ("class A", "function read() { return $this->c; }"),
        ("class A", "function make() { $this->c = 1; }"),
        ("class A extends B", "function make() { $this->c = 1; }"),
        ("class A extends \\yii\\base\\Component", ""),
        ("class A", "public function __set($k, $v) { }"),
    ] {
        let made = class(head, body);
        assert!(!made.complete, "{head} {body}\n{}", made.text);
    }
}

#[test]
fn named_and_spread_arguments_are_methods_of_their_own() {
    let text = is_ported(
        "keep($n, 1); keep(a: $n, b: 1); keep(b: $n, a: 1); keep(...$rows); keep([$rows]); return 1;",
    );
    for method in [
        "host.keep(n, 1)?",
        "host.keep_with_a_with_b(",
        "host.keep_with_b_with_a(",
        "host.keep_spread(rows)?",
    ] {
        assert!(text.contains(method), "{method}\n{text}");
    }
}

#[test]
fn objects_of_closures_that_only_the_application_calls_are_set_there() {
    for (head, made) in [
        (
            "Form::make('x', function (Form $form) { $form->img = 1; });",
            true,
        ),
        (
            "$grid->saving(function (Form $form) { $form->img = 1; });",
            true,
        ),
        (
            "(new Form('x'))->saving(function (Form $form) { $form->img = 1; });",
            true,
        ),
        (
            "$grid->saving(function ($form) { $form->img = 1; });",
            false,
        ),
        (
            "$rows = Form::all(); $rows->each(function (Form $form) { $form->img = 1; });",
            false,
        ),
        (
            "Form::make($row, function (Form $form) { $form->img = 1; });",
            false,
        ),
        (
            "$set = function (Form $form) { $form->img = 1; }; $set($row);",
            false,
        ),
        (
            "$grid->saving(function (Form $form) { $form->img = 1; }); echo $grid->img;",
            false,
        ),
    ] {
        let php = format!("class A {{ function f($instance, $grid, $row) {{ {CALL} {head} }} }}");
        let ported = emit::rust(
            &split("Pay.php", &php, Kind::Php),
            &Options::default().in_place(true),
        );
        assert_eq!(ported.complete, made, "{head}\n{}", ported.text);
    }
}

#[test]
fn names_in_comments_and_of_keys_are_no_calls() {
    for (rest, made) in [
        ("// self::pay($order);", true),
        ("/* $this->pay() */", true),
        ("function g() { return ['pay' => 1]['pay']; }", true),
        ("function g() { return 'v3/orders/pay'; }", true),
        ("function g($order) { return self::pay($order); }", false),
        (
            "function g($order) { return call_user_func([$this, 'pay'], $order); }",
            false,
        ),
        (
            "function g($order) { return call_user_func('A::pay', $order); }",
            false,
        ),
    ] {
        let php = format!(
            "class A {{ function pay($order, $instance) {{ $order->state = 2; {CALL} }}\n{rest}\n}}"
        );
        let ported = emit::rust(
            &split("Pay.php", &php, Kind::Php),
            &Options::default().in_place(true),
        );
        assert_eq!(ported.complete, made, "{rest}\n{}", ported.text);
    }
}
