//! Which expressions are calls, and what is printed of their answers.

use wechatpay_chain_port::recognise::{
    Call, Form, Handler, Method, Mode, Show, Shown, Step, client_name, factory, media,
};
use wechatpay_chain_port::syntax::{Expr, ExprKind, StmtKind, parse};

fn with<T>(php: &str, look: impl FnOnce(&Expr) -> T) -> T {
    let parsed = parse(php);
    assert_eq!(parsed.problems, [], "{php}");
    match &parsed.program.statements[0].kind {
        StmtKind::Expr(Expr {
            kind: ExprKind::Assign { value, .. },
            ..
        }) => look(value),
        StmtKind::Expr(expr) => look(expr),
        other => panic!("{other:?}"),
    }
}

#[test]
fn calls_in_all_forms() {
    for (php, form, mode, steps) in [
        ("$i->v3->a->get([]);", Form::Pure, Mode::Sync, 2),
        ("$i->{'v3/a'}->get();", Form::Pure, Mode::Sync, 1),
        (
            "$r = $i->chain('v3/a')->get([]);",
            Form::Chain,
            Mode::Sync,
            1,
        ),
        (
            "$i['v3/a']->deleteAsync($options)->wait();",
            Form::Index,
            Mode::Async,
            1,
        ),
        (
            "$i->v3->users['{openid}']->get([]);",
            Form::Mixed,
            Mode::Sync,
            3,
        ),
        ("$i->get([]);", Form::Pure, Mode::Sync, 0),
        (
            "Builder::factory([])->v3->a->post([]);",
            Form::Pure,
            Mode::Sync,
            2,
        ),
    ] {
        with(php, |expr| {
            let call = Call::of(expr).unwrap_or_else(|| panic!("{php}"));
            assert_eq!(
                (call.form(), call.verb.mode, call.steps.len()),
                (form, mode, steps),
                "{php}"
            );
        });
    }
    for php in [
        "$r->get('x');",
        "$c->get($url, []);",
        "$r->getBody();",
        "f()->get([]);",
        "$i->v3->a;",
    ] {
        with(php, |expr| assert!(Call::of(expr).is_none(), "{php}"));
    }
}

#[test]
fn a_call_is_taken_apart() {
    let php = "$i->v3->_id_->POSTasync(['id' => 1, 'json' => []])\
               ->then(function ($r) {}, fn($e) => 1)->otherwise(fn($e) => 2)->wait();";
    with(php, |expr| {
        let call = Call::of(expr).unwrap();
        assert_eq!((call.verb.method, call.waited), (Method::Post, true));
        assert_eq!(call.options().map(<[_]>::len), Some(2));
        assert!(matches!(
            call.handlers[0],
            Handler::Then {
                rejected: Some(_),
                ..
            }
        ));
        assert!(matches!(call.handlers[1], Handler::Otherwise(_)));
        assert!(
            matches!(call.steps[1], Step::Arrow { name: "_id_", span } if &php[span.range()] == "_id_")
        );
        assert!(php[call.span.range()].ends_with("'json' => []])"));
    });
}

#[test]
fn what_is_printed() {
    for (php, expected) in [
        (
            "print_r(json_decode((string) $response->getBody(), true));",
            "Json",
        ),
        (
            "print_r(\\json_decode($response->getBody()->getContents()));",
            "Json",
        ),
        (
            "print_r(\\WeChatPay\\Transformer::toArray((string) $response->getBody()));",
            "Xml",
        ),
        (
            "print_r($response->getStatusCode() === 204);",
            "StatusIs(204)",
        ),
        (
            "var_dump(200 == $response->getStatusCode());",
            "StatusIs(200)",
        ),
        ("print $response->getStatusCode();", "Status"),
        ("print_r((string) $response->getBody());", "Text"),
    ] {
        with(php, |expr| {
            let show = Show::of(expr).unwrap();
            assert_eq!(format!("{:?}", show.shown), expected);
            assert_eq!(show.answer, Some("response"), "{php}");
        });
    }
    with("print_r($x);", |expr| {
        assert!(matches!(Show::of(expr).unwrap().shown, Shown::Other(_)))
    });
    with("f($x);", |expr| assert!(Show::of(expr).is_none()));
}

#[test]
fn factories_and_media() {
    with(
        "$i = \\WeChatPay\\Builder::factory(['mchid' => 'x', 'certs' => []]);",
        |expr| {
            assert_eq!(factory(expr).map(<[_]>::len), Some(2));
        },
    );
    with("$m = new MediaUtil('file:///x');", |expr| {
        assert!(media(expr).is_some())
    });
}

/// The client as it is written, and how many steps its path has; nothing where that is unclear.
fn apart(php: &str) -> Option<(String, usize)> {
    with(php, |expr| {
        let call = Call::of(expr).unwrap_or_else(|| panic!("{php}"));
        let client = php[call.client.span.range()].to_owned();
        call.doubt.is_none().then_some((client, call.steps.len()))
    })
}

#[test]
fn what_stands_before_a_path_is_the_client() {
    for (php, client, steps) in [
        ("$instance->v3->a->get();", "$instance", 2),
        (
            "$this->instance->chain('v3/certificates')->get();",
            "$this->instance",
            1,
        ),
        (
            "$this->app->wechat->V3->certificates->get();",
            "$this->app->wechat",
            2,
        ),
        ("$x->name->chain(\"v3/a/{$b}\")->get();", "$x->name", 1),
        ("$x->name->chain($path)->get();", "$x->name", 1),
        ("$x->name[$path]->get();", "$x->name", 1),
        ("$x->name['/v3/a']->get();", "$x->name", 1),
        (
            "$clients['shop']->chain('v3/' . $a)->get();",
            "$clients['shop']",
            1,
        ),
        ("$clients[$id]->v2->a->get();", "$clients[$id]", 2),
        ("self::$client->chain('v3/a')->get();", "self::$client", 1),
        ("app('wechat')->v3->a->get();", "app('wechat')", 2),
        ("$this->client()->hk->v3->a->get();", "$this->client()", 3),
        ("$instance->global->papay->get();", "$instance", 2),
        ("$instance->brand->chain('v3/a')->get();", "$instance", 2),
        // Not a path of the catalog, and not a client.
        ("$instance->chain('pay/x')->get();", "$instance", 1),
        ("$instance['pay/x']->get();", "$instance", 1),
        ("$instance[$path]->get();", "$instance", 1),
        ("$instance->{$path}->get();", "$instance", 1),
        ("$instance->chain($prefix)->v3->get();", "$instance", 2),
    ] {
        assert_eq!(apart(php), Some((client.to_owned(), steps)), "{php}");
    }
    for php in [
        "$this->instance->pay->transactions->get();",
        "$instance->pay->get();",
        "$instance->pay->chain('transactions')->get();",
        "$clients['shop']['pay/x']->get();",
        "$this->instance->get([]);",
        "$this->{'instance'}->get([]);",
        "$clients['shop']->get([]);",
    ] {
        assert_eq!(apart(php), None, "{php}");
    }
}

#[test]
fn clients_have_names() {
    for (php, name) in [
        ("$a->v3->get();", "a"),
        ("$this->instance->v3->get();", "instance"),
        ("self::$shop->v3->get();", "client"),
        ("app('wechat')->v3->get();", "wechat"),
        ("wechat()->v3->get();", "wechat"),
        ("$this->getClient()->v3->get();", "client"),
        ("Pay::client()->v3->get();", "client"),
        ("$clients['shop']->v3->get();", "shop"),
        ("$clients[3]->v3->get();", "clients"),
    ] {
        let found = with(php, |expr| client_name(Call::of(expr).unwrap().client));
        assert_eq!(found, name, "{php}");
    }
}
