//! The command in Chinese: no sentence of any subcommand stays English.

use std::io::{Read, Write};

use crate::support::{Run, Shop};

fn zh(arguments: &[&str]) -> Run {
    Run::new(&[&["--lang", "zh"], arguments].concat())
}

/// Three or more English words in a row are a sentence, unless they are code: an example, a path, a flag.
pub(crate) fn english(text: &str) -> Vec<String> {
    let is_word = |word: &str| {
        let word = word.trim_end_matches(['.', ':', ';']);
        word.len() > 1 && word.bytes().all(|c| c.is_ascii_lowercase())
    };
    let mut found = Vec::new();
    let mut is_example = false;
    for line in text.lines() {
        if line.starts_with("示例") {
            is_example = true;
        } else if !line.starts_with(' ') && !line.is_empty() {
            is_example = false;
        }
        let words: Vec<_> = line.split_whitespace().collect();
        let in_a_row = words
            .windows(3)
            .any(|three| three.iter().all(|word| is_word(word)));
        let is_code = ["用法：", "  wechatpay ", "POST ", "GET "]
            .iter()
            .any(|code| line.starts_with(code));
        if in_a_row && !is_example && !is_code {
            found.push(line.to_owned());
        }
    }
    found
}

const COMMANDS: [&[&str]; 34] = [
    &[],
    &["request"],
    &["order"],
    &["order", "query"],
    &["order", "close"],
    &["refund"],
    &["refund", "query"],
    &["transfer"],
    &["transfer", "query"],
    &["bill"],
    &["endpoints"],
    &["certs"],
    &["certs", "download"],
    &["notify"],
    &["notify", "open"],
    &["sign"],
    &["sign", "pay-params"],
    &["sign", "pay-params", "jsapi"],
    &["sign", "pay-params", "mini-program"],
    &["sign", "pay-params", "app"],
    &["sign", "pay-params", "h5"],
    &["sign", "pay-params", "v2-jsapi"],
    &["sign", "pay-params", "v2-app"],
    &["sign", "pay-params", "red-packet"],
    &["sign", "pay-params", "score-confirm"],
    &["sign", "pay-params", "score-detail"],
    &["sign", "pay-params", "coupons"],
    &["sign", "pay-params", "coupon-url"],
    &["doctor"],
    &["port"],
    &["sandbox"],
    &["completions"],
    &["man"],
    &["help"],
];

#[test]
fn help_of_every_command_is_chinese() {
    for command in COMMANDS {
        for flag in ["--help", "-h"] {
            if command == ["help"] {
                continue;
            }
            let help = zh(&[command, &[flag]].concat()).run().ok();
            assert!(
                help.contains("用法：") && help.contains("选项："),
                "{command:?}: {help}"
            );
            assert_eq!(english(&help), [""; 0], "{command:?}: {help}");
            for line in help.lines() {
                assert!(!line.trim_start().starts_with(['。', '，', '、']), "{line}");
            }
        }
    }
}

#[test]
fn usage_errors_are_chinese() {
    for arguments in [
        &["reques"][..],
        &["request"],
        &["request", "GET", "v3/x", "--nonsense"],
        &["request", "GET", "v3/x", "--query", "x"],
        &["request", "GET", "v3/x", "--json", "{}", "--body-file", "x"],
        &["--format", "xml", "doctor"],
        &["request", "GET", "v3/x", "--timeout", "soon"],
        &["sandbox", "--listen", "here"],
        &["sandbox", "--speed", "fast"],
        &["--sandbox", "doctor"],
        &["--sandbox", "sandbox"],
        &[
            "request",
            "POST",
            "v3/pay/transactions/nativ",
            "--json",
            "{}",
        ],
    ] {
        let run = if arguments.last() == Some(&"{}") {
            Shop::new()
                .command(&[&["--lang", "zh"], arguments].concat())
                .run()
        } else {
            zh(arguments).run()
        };
        let said = run.failed(2);
        assert!(said.starts_with("错误："), "{arguments:?}: {said}");
        assert_eq!(english(&said), [""; 0], "{said}");
    }
}

#[test]
fn messages_about_settings_and_input_are_chinese() {
    let shop = Shop::new();
    let command = |arguments: &[&str]| shop.command(&[&["--lang", "zh"], arguments].concat());
    for (run, code) in [
        (command(&["request", "PUSH", "v3/x"]), 4),
        (command(&["request", "POST", "v3/x", "--json", "{"]), 4),
        (command(&["request", "POST", "", "--json", "{}"]), 4),
        (command(&["request", "POST", "https://x/y"]), 4),
        (command(&["request", "GET", "v3/x"]).without("MCHID"), 3),
        (
            command(&["request", "GET", "v3/x"]).without("PRIVATE_KEY"),
            3,
        ),
        (
            command(&["request", "GET", "v3/x"]).without("PLATFORM_KEY_ID"),
            3,
        ),
        (
            command(&["request", "GET", "v3/x", "--config", "none.toml"]),
            3,
        ),
        (command(&["request", "GET", "v3/x", "--timeout", "0"]), 3),
        (command(&["certs", "download", "-k", "env:NO_SUCH"]), 3),
        (command(&["notify", "open", "--body", "none"]), 4),
        (command(&["endpoints", "没有这样的接口"]), 1),
    ] {
        let said = run.run().failed(code);
        assert!(said.starts_with("错误："), "{said}");
        assert_eq!(english(&said), [""; 0], "{said}");
    }
}

/// A profile, a key, a port and a folder that cannot be used.
#[test]
fn slips_in_settings_are_explained_in_chinese() {
    let shop = Shop::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    shop.secret("bad.pem", "hello");
    shop.secret("1.toml", "mchid = 190\n");
    shop.secret("2.toml", "[a]\nkey = 1\n");
    shop.secret("6.toml", "[default]\nmchid\n");
    for (name, member) in [
        ("3.toml", "mchid = \"1900000110\"\nkinds = \"any\""),
        ("4.toml", "mchid = 190"),
        ("5.toml", "mchid = \"12\""),
    ] {
        shop.secret(name, &format!("[[merchant]]\n{member}\n"));
    }
    let get = ["request", "GET", "v3/certificates"];
    let key = [
        "--mchid",
        "1900000109",
        "--serial",
        "AB",
        "--private-key",
        "bad.pem",
    ];
    for (arguments, code, advice) in [
        ([&get[..], &["--config", "1.toml"]].concat(), 3, "[default]"),
        (
            [&get[..], &["--config", "2.toml"]].concat(),
            3,
            "private_key",
        ),
        ([&get[..], &key].concat(), 3, "请提供 apiclient_key.pem"),
        (vec!["sandbox", "--listen", &port], 3, "换一个端口"),
        (vec!["sandbox", "--dir", "/dev/null/x"], 4, "换一个目录"),
        (vec!["sandbox", "--merchant", "none.toml"], 4, "存在的 TOML"),
        (
            vec!["sandbox", "--merchant", "3.toml"],
            3,
            "没有 kinds 这一项",
        ),
        (
            vec!["sandbox", "--merchant", "4.toml"],
            3,
            "merchant[0].mchid：应为字符串，而不是整数 190",
        ),
        (
            vec!["sandbox", "--merchant", "5.toml"],
            3,
            "merchant[0].mchid：",
        ),
        (
            [&["--sandbox"], &get[..], &["--proxy", "ftp://x"]].concat(),
            2,
            "请去掉 --proxy",
        ),
        (vec!["doctor", "--key", "a.pem"], 2, "--private-key"),
        (vec!["sandbox", "--mchid", "abc"], 3, "8 到 10 位数字"),
        (vec!["sandbox", "--notify-url", "x"], 3, "只向本机发送通知"),
        (vec!["sandbox", "--fault", "nonsense"], 2, "没有故障"),
        (vec!["sandbox", "--fault", "slow=x"], 2, "毫秒数"),
        (vec!["sandbox", "--host", "a b"], 3, "不带协议和端口"),
        ([&get[..], &["--config", "6.toml"]].concat(), 3, "第 2 行"),
        (vec!["--lang", "zh", "endpoints"], 2, "只能写一次"),
    ] {
        let arguments = [&["--lang", "zh"], &arguments[..]].concat();
        let said = shop.bare(&arguments).run().failed(code);
        assert!(said.contains(advice), "{said}");
        assert_eq!(english(&said), [""; 0], "{said}");
    }
}

/// A server that answers everything with a text that is neither HTTP nor TLS.
fn garbage() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"garbage\n\n");
        }
    });
    port
}

/// What the operating system, OpenSSL, hyper and the store of the state say is Chinese, too.
#[test]
fn failures_of_files_and_connections_are_chinese() {
    let shop = Shop::new();
    let port = garbage();
    let (http, https) = (
        format!("http://127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{port}/"),
    );
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("state.redb"), "garbage").unwrap();
    let state = folder.path().to_str().unwrap();
    let get = ["request", "GET", "v3/certificates"];
    for (arguments, code, said) in [
        (
            [&get[..], &["--private-key", "."]].concat(),
            3,
            "文件无法读取，其中应有私钥：这是目录",
        ),
        (
            [&get[..], &["--certificate", "no such.pem"]].concat(),
            3,
            "no such.pem：文件无法读取",
        ),
        (
            [&get[..], &["--v2-key-file", "./none.txt"]].concat(),
            3,
            "文件 ./none.txt（APIv2密钥）无法读取：文件或目录不存在",
        ),
        (
            [&get[..], &["--base-url", &http]].concat(),
            5,
            "应答不是 HTTP",
        ),
        (
            [&get[..], &["--base-url", &https]].concat(),
            5,
            "对方的应答不是 TLS",
        ),
        (
            [&get[..], &["--sink", "none/x"]].concat(),
            4,
            "文件或目录不存在（系统错误 2）：",
        ),
        (vec!["sandbox", "--state", state], 4, "已损坏"),
    ] {
        let said_all = shop
            .command(&[&["--lang", "zh"], &arguments[..]].concat())
            .run()
            .failed(code);
        assert!(said_all.contains(said), "{said_all}");
        assert_eq!(english(&said_all), [""; 0], "{said_all}");
    }
}

/// The members of an upload, and the files that it takes.
#[test]
fn an_upload_is_described_in_chinese() {
    let text = zh(&["endpoints", "POST", "v3/merchant/media/upload"])
        .run()
        .ok();
    assert!(text.contains("不超过 2 MiB"), "{text}");
    assert_eq!(english(&text), [""; 0], "{text}");
}

#[test]
fn doctor_reports_in_chinese() {
    let shop = Shop::new();
    let report = shop.command(&["--lang", "zh", "doctor"]).run().ok();
    for part in [
        "商户私钥",
        "有效期至",
        "+08:00",
        "私钥与证书匹配",
        "凭证有效",
    ] {
        assert!(report.contains(part), "{part}: {report}");
    }
    assert_eq!(english(&report), [""; 0], "{report}");
    let wrong = shop
        .command(&["--lang", "zh", "doctor"])
        .env("SERIAL", "51:57");
    let report = wrong.run().stdout;
    assert!(report.contains("含有冒号"), "{report}");
    assert_eq!(english(&report), [""; 0], "{report}");
}

/// Chinese characters have two columns; the messages begin in one column all the same.
#[test]
fn columns_are_aligned() {
    use unicode_width::UnicodeWidthStr;

    let text = zh(&["endpoints", "POST", "v3/pay/transactions/native"])
        .run()
        .ok();
    assert!(text.contains("总金额") && text.contains("商户号"), "{text}");
    let column = |name: &str, kind: &str| {
        let line = text
            .lines()
            .find(|line| line.trim_start().starts_with(name))
            .unwrap();
        line[..line.find(kind).unwrap()].width()
    };
    assert_eq!(column("mchid*", "string"), column("description*", "string"));
    assert_eq!(column("mchid*", "string"), column("total*", "integer"));
    for title in ["请求", "应答", "域名", "产品"] {
        assert!(text.contains(title), "{title}: {text}");
    }
    assert_eq!(english(&text), [""; 0], "{text}");
}

#[test]
fn the_environment_chooses_the_language_and_the_option_overrides_it() {
    let about = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut run = Run::new(arguments);
        for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
            run = run.variable(name, "");
        }
        for (name, value) in variables {
            run = run.variable(name, value);
        }
        run.run().ok().contains("用法")
    };
    let help = &["doctor", "--help"][..];
    assert!(about(&[("LANG", "zh_CN.UTF-8")], help));
    assert!(about(
        &[("LC_MESSAGES", "zh_CN.UTF-8"), ("LANG", "C")],
        help
    ));
    assert!(!about(&[("LC_ALL", "C"), ("LANG", "zh_CN.UTF-8")], help));
    assert!(!about(&[], help));
    assert!(about(
        &[("LANG", "C")],
        &["--lang", "zh", "doctor", "--help"]
    ));
    assert!(!about(
        &[("LANG", "zh_CN")],
        &["doctor", "--help", "--lang=en"]
    ));
}

#[test]
fn the_manual_and_the_completions_are_chinese() {
    let manual = zh(&["man"]).run().ok();
    for part in ["名称", "概要", "选项", "显示帮助", "退出码"] {
        assert!(manual.contains(part), "{part}: {manual}");
    }
    let plain = manual.replace("\\-", "-");
    let plain: Vec<_> = plain
        .lines()
        .filter(|line| !line.starts_with(".ie") && !line.starts_with(".TH"))
        .collect();
    assert_eq!(english(&plain.join("\n")), [""; 0], "{manual}");
    let offered = zh(&["--", "wechatpay", "bill", "--"])
        .variable("_WECHATPAY_COMPLETE", "zsh")
        .variable("_CLAP_COMPLETE_INDEX", "2");
    let offered = offered.run().ok();
    assert!(
        offered.contains("显示帮助") && !offered.contains("Print help"),
        "{offered}"
    );
    assert_eq!(english(&offered), [""; 0], "{offered}");
    let folder = tempfile::tempdir().unwrap();
    zh(&["man", "--dir", folder.path().to_str().unwrap()])
        .run()
        .ok();
    let page = std::fs::read_to_string(folder.path().join("wechatpay-request.1")).unwrap();
    assert!(page.contains("请求体") && page.contains("概要"), "{page}");
}

/// The lines that the sandbox prints when it is ready have no English but in code.
#[test]
fn refusals_of_wechat_pay_are_reported_in_chinese() {
    let said = zh(&[
        "--sandbox",
        "request",
        "GET",
        "v3/pay/transactions/id/{transaction_id}",
        "--var",
        "transaction_id=1",
        "--query",
        "mchid=1900000109",
    ]);
    let said = said.run().failed(7);
    assert!(
        said.starts_with("错误：微信支付返回 404 Not Found"),
        "{said}"
    );
    let shop = Shop::new();
    let late = shop.command(&[
        "--lang",
        "zh",
        "request",
        "POST",
        "v3/x/y/z",
        "--json",
        "{}",
        "--timeout",
        "0.000001",
    ]);
    let said = late.run();
    assert!(said.stderr.contains("错误："), "{said:?}");
    assert_eq!(english(&said.stderr), [""; 0]);
}

/// Every file that the porter is tested with, and sources that it refuses.
#[test]
fn diagnostics_of_the_porter_are_chinese() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/port");
    let mut files = Vec::new();
    php_files(&root, &mut files);
    assert!(files.len() > 200, "{}", files.len());
    let (mut seen, mut wrong) = (0, Vec::<String>::new());
    for emit in ["rust", "request"] {
        for files in files.chunks(40) {
            let files = files.iter().map(String::as_str);
            let arguments = ["port", "--emit", emit].into_iter().chain(files);
            let said = zh(&arguments.collect::<Vec<_>>()).run().stderr;
            for line in said.lines() {
                seen += 1;
                let line = quoted_out(line);
                // The operating system's own words stay.
                let is_system = line.contains("(os error ");
                let is_chinese = line.contains(|c: char| ('\u{4e00}'..='\u{9fff}').contains(&c));
                if !is_chinese || (!is_system && !english(&line).is_empty()) {
                    wrong.push(line);
                }
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
    assert!(seen > 500, "{seen} lines");
}

fn php_files(folder: &std::path::Path, files: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            php_files(&path, files);
        } else if path.extension().is_some_and(|it| it == "php") {
            files.push(path.to_str().unwrap().to_owned());
        }
    }
}

/// A line without the code between backticks.
fn quoted_out(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("`")
}
