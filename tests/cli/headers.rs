//! Headers that a call is given.

use crate::support::Shop;

#[test]
fn invalid_headers_are_named_in_the_error() {
    let shop = Shop::new();
    let said = |header: &str, code| {
        let run = shop.command(&["request", "GET", "v3/certificates", "--header", header]);
        run.run().failed(code)
    };
    for (header, word) in [
        ("Na me: x", "\"Na me\""),
        ("名: x", "\"名\""),
        (": x", "no name"),
        ("Name", "'Name: value'"),
        ("Name: a\u{1}b", "control character"),
        ("Name: a\nB: c", "control character"),
        ("\"Name: value\"", "quotation mark"),
    ] {
        let said = said(header, if header.contains(':') { 4 } else { 2 });
        assert!(said.contains(word), "{header:?}: {said}");
    }
    let twice = [
        "request",
        "GET",
        "v3/certificates",
        "--header",
        "Wechatpay-Serial: A",
        "--header",
        "wechatpay-serial: B",
    ];
    assert!(shop.command(&twice).run().failed(4).contains("twice"));
    for header in [
        "Authorization: x",
        "HOST: x",
        "content-length: 1",
        "Transfer-Encoding: chunked",
    ] {
        let said = said(header, 4);
        let name = header.split(':').next().unwrap().to_lowercase();
        assert!(said.contains(&name), "{said}");
    }
    // A serial that is no ASCII names no key, and is not shown as an empty one.
    let encrypted = [
        "request",
        "POST",
        "v3/applyment4sub/applyment/",
        "--json",
        "{\"contact_info\":{\"contact_name\":\"a\"}}",
        "--header",
        "Wechatpay-Serial: 店",
    ];
    let said = shop.command(&encrypted).run().failed(4);
    assert!(
        said.contains("Wechatpay-Serial") && said.contains("ASCII") && !said.contains("\"\""),
        "{said}"
    );
    // As curl takes them.
    for header in ["Accept-Language:zh-CN", "Accept-Language: ", "X-Name: 店"] {
        let run = shop.command(&[
            "request",
            "GET",
            "v3/certificates",
            "--dry-run",
            "--header",
            header,
        ]);
        run.run().json();
    }
}
