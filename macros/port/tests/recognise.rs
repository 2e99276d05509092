//! Which expressions are calls, and what is printed of their answers.

use wechatpay_chain_port::recognise::{
    Call, Form, Handler, Method, Mode, Show, Shown, Step, factory, media,
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
