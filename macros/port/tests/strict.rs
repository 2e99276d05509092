//! `declare(strict_types=1)`, which holds for the functions that a file declares.

#![allow(clippy::unwrap_used)]

use wechatpay_chain_port::emit::Options;
use wechatpay_chain_port::folder::{self, Root, Source};

const STRICT: &str = "declare(strict_types=1);";

/// The Rust of `Pay`, which takes `dbl` and `tpl` from `Base`.
fn pay(of_base: &str, of_pay: &str) -> String {
    let base = format!(
        "<?php {of_base} namespace App;
        class Base {{
            protected function dbl(int $v): string {{ return $v * 2; }}
        }}"
    );
    let pay = format!(
        "<?php {of_pay} namespace App;
        class Pay extends Base {{
            public function own(int $v): string {{ return $v * 3; }}
            public function paid($c, $v) {{ $c->chain('v3/pay')->post(['json' => ['total' => $this->dbl($v)]]); }}
        }}"
    );
    let sources =
        [("Base.php", base), ("Pay.php", pay)].map(|(path, php)| Source::new(path, path, &php));
    let made = folder::rust(&sources, Root::Crate, &Options::default());
    let mut files = made.files.into_iter();
    files
        .find(|file| file.text.contains("fn paid"))
        .unwrap()
        .text
}

/// What stands between the name of a function and the next one.
fn function<'t>(text: &'t str, name: &str) -> &'t str {
    let (_, rest) = text.split_once(&format!("fn {name}(")).unwrap();
    rest.split("fn ").next().unwrap()
}

#[test]
fn an_inherited_method_converts_as_its_own_file_says() {
    for (of_base, of_pay) in [("", STRICT), (STRICT, ""), (STRICT, STRICT), ("", "")] {
        let text = pay(of_base, of_pay);
        let strict = |name: &str| function(&text, name).contains("php::strict_");
        assert_eq!(strict("dbl"), !of_base.is_empty(), "{of_pay}\n{text}");
        assert_eq!(strict("own"), !of_pay.is_empty(), "{of_pay}\n{text}");
        assert_eq!(strict("paid"), !of_pay.is_empty(), "{of_pay}\n{text}");
    }
}
