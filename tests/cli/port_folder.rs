//! `wechatpay port` of folders, and its report.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Done, Run};

const ORDERS: &str = "<?php
namespace App\\Services;

use WeChatPay\\BuilderChainable;

class Orders
{
    private BuilderChainable $client;

    public function __construct(BuilderChainable $client)
    {
        $this->client = $client;
    }

    public function close(string $no): void
    {
        $this->client->chain('v3/pay/transactions/out-trade-no/{no}/close')->post(['no' => $no, 'json' => ['mchid' => config('mchid')]]);
        Log::info('closed', 1);
    }
}
";
const REFUNDS: &str = "<?php
namespace App\\Services;

class Refunds
{
    public function __construct(private \\WeChatPay\\BuilderChainable $client)
    {
    }

    public function query(string $no): array
    {
        Log::info('query', $no);
        $response = $this->client->v3->refund->domestic->refunds->_no_->get(['no' => $no, 'query' => ['mchid' => config('mchid')]]);
        return json_decode((string) $response->getBody(), true);
    }
}
";
/// Two calls, the second of which cannot be translated, and a method without an error.
const LEFT: &str = "<?php
class Certificates
{
    public function __construct(private \\WeChatPay\\BuilderChainable $client)
    {
    }

    public function all(string $no): array
    {
        $this->client->chain('v3/pay')->get();
        return json_decode($this->client->chain('v3/certificates')->get(['cookies' => true])->getBody(), true);
    }

    public function one(): void
    {
        $this->client->chain('v3/one')->get();
    }
}
";
const USER: &str = "<?php class User { public function name() { return $this->name; } }";
const REFUSED: &str = "<?php\n$instance->chain('v3/certificates')->get(['cookies' => true]);\n";

struct Folder(TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (path, text) in files {
            let place = folder.path("php").join(path);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, text).unwrap();
        }
        folder
    }

    /// A shop with files in several folders.
    fn shop() -> Self {
        Self::new(&[
            ("Services/Orders.php", ORDERS),
            ("Services/type.php", REFUNDS),
            ("Models/User.php", USER),
            ("vendor/x/y.php", ORDERS),
        ])
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn port(&self, more: &[&str]) -> Done {
        let (php, out) = (self.path("php"), self.path("out/src"));
        let mut all = vec!["port", php.to_str().unwrap(), "-o", out.to_str().unwrap()];
        all.extend(more);
        Run::new(&all).run()
    }

    fn check(&self, more: &[&str]) -> Done {
        let php = self.path("php");
        let mut all = vec!["port", php.to_str().unwrap(), "--check"];
        all.extend(more);
        Run::new(&all).run()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }
}

fn files_below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut todo = vec![folder.to_owned()];
    while let Some(place) = todo.pop() {
        for entry in fs::read_dir(place).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                todo.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap();
                found.push(name.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_folder_becomes_a_crate_with_a_module_for_each_file() {
    let folder = Folder::shop();
    let said = folder.port(&[]).ok();
    assert_eq!(
        files_below(&folder.path("out")),
        [
            "Cargo.toml",
            "src/app.rs",
            "src/lib.rs",
            "src/services/mod.rs",
            "src/services/orders.rs",
            "src/services/type_.rs"
        ]
    );
    assert!(said.contains("User.php: it does not use the SDK"), "{said}");
    let root = folder.read("out/src/lib.rs");
    assert!(
        root.contains("pub mod app;\npub mod services;\n\npub use app::App;"),
        "{root}"
    );
    let module = folder.read("out/src/services/mod.rs");
    assert!(
        module.ends_with("\npub mod orders;\npub mod type_;\n"),
        "{module}"
    );
    let manifest = folder.read("out/Cargo.toml");
    for part in [
        "name = \"out\"",
        "edition = \"2024\"",
        "php-values",
        "version = \"0.",
    ] {
        assert!(manifest.contains(part), "{manifest}");
    }
}

#[test]
fn equal_calls_of_several_files_are_one_method_whose_types_take_all_of_them() {
    let folder = Folder::shop();
    folder.port(&[]).ok();
    let app = folder.read("out/src/app.rs");
    assert_eq!(app.matches("fn config(").count(), 1, "{app}");
    assert_eq!(app.matches("fn log_info").count(), 1, "{app}");
    assert!(
        app.contains("fn log_info(&self, message: &str, no: &Value) -> php::Result<()>;"),
        "{app}"
    );
    assert!(
        app.contains("Services/Orders.php:18`: `Log::info('closed', 1)`"),
        "{app}"
    );
    let orders = folder.read("out/src/services/orders.rs");
    assert!(orders.contains("use super::super::App;"), "{orders}");
    assert!(!orders.contains("trait "), "{orders}");
}

#[test]
fn another_folder_than_src_becomes_a_module_of_a_crate() {
    let folder = Folder::shop();
    let (php, out) = (folder.path("php/Services"), folder.path("out/src/pay"));
    let said = Run::new(&["port", php.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    let said = said.run().ok();
    assert_eq!(
        files_below(&folder.path("out")),
        [
            "src/pay/app.rs",
            "src/pay/mod.rs",
            "src/pay/orders.rs",
            "src/pay/type_.rs"
        ]
    );
    assert!(
        said.contains("Add to the dependencies in Cargo.toml:\nserde_json"),
        "{said}"
    );
}

#[test]
fn files_that_were_changed_are_overwritten_only_by_force() {
    let folder = Folder::shop();
    folder.port(&[]).ok();
    folder.port(&[]).ok();
    let changed = folder.path("out/src/services/orders.rs");
    fs::write(
        &changed,
        folder.read("out/src/services/orders.rs") + "// mine\n",
    )
    .unwrap();
    fs::write(
        folder.path("php/Services/type.php"),
        REFUNDS.replace("function query", "function find"),
    )
    .unwrap();
    let said = folder.port(&[]).failed(4);
    assert!(
        said.contains("orders.rs") && said.contains("--force"),
        "{said}"
    );
    assert!(!said.contains("type_.rs"), "{said}");
    assert!(
        folder
            .read("out/src/services/orders.rs")
            .ends_with("// mine\n")
    );
    assert!(
        folder
            .read("out/src/services/type_.rs")
            .contains("fn query(")
    );
    folder.port(&["--force"]).ok();
    assert!(!folder.read("out/src/services/orders.rs").contains("mine"));
    assert!(
        folder
            .read("out/src/services/type_.rs")
            .contains("fn find(")
    );
}

#[test]
fn the_manifest_of_another_crate_is_kept_and_its_lines_are_told() {
    let folder = Folder::shop();
    fs::create_dir_all(folder.path("out")).unwrap();
    fs::write(
        folder.path("out/Cargo.toml"),
        "[package]\nname = \"mine\"\n",
    )
    .unwrap();
    let client = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let said = folder
        .port(&["--client-path", client.to_str().unwrap()])
        .ok();
    assert_eq!(
        folder.read("out/Cargo.toml"),
        "[package]\nname = \"mine\"\n"
    );
    assert!(said.contains("wechatpay-chain = { path = \""), "{said}");
    assert!(folder.path("out/src/lib.rs").exists());
    let wrong = folder.port(&["--client-path", "/nonexistent"]).failed(4);
    assert!(wrong.contains("--client-path /nonexistent"), "{wrong}");
}

#[test]
fn the_report_names_calls_and_what_became_the_applications() {
    let folder = Folder::shop();
    let report: Value = folder.port(&["--report", "--format", "json"]).json();
    let files = report["files"].as_array().unwrap();
    let names: Vec<_> = files
        .iter()
        .map(|file| (&file["module"], &file["skipped"]))
        .collect();
    assert_eq!(
        names,
        [
            (&json!(null), &json!("no_sdk")),
            (&json!("services::orders"), &json!(null)),
            (&json!("services::type_"), &json!(null)),
        ]
    );
    let close = &files[1]["functions"][1];
    assert_eq!(close["name"], "Orders::close");
    assert_eq!(close["rust"], "services::orders::Orders::close");
    assert_eq!(close["line"], 15);
    assert_eq!(
        close["calls"],
        json!([{"method": "POST", "path": "v3/pay/transactions/out-trade-no/{no}/close", "line": 17, "col": 9}])
    );
    let app = close["app"].as_array().unwrap();
    assert_eq!(app.len(), 2, "{app:?}");
    assert_eq!(app[0]["method"], "config");
    assert_eq!(
        (&app[1]["method"], &app[1]["line"]),
        (&json!("log_info"), &json!(18))
    );
    assert_eq!(report["trait"]["name"], "App");
    assert_eq!(report["trait"]["methods"].as_array().unwrap().len(), 2);
    assert_eq!(
        report["totals"],
        json!({"files": 2, "skipped": 1, "calls": 2, "app": 4, "refused": 0, "left": 0, "untranslated": 0})
    );
    assert_eq!(report["written"].as_array().unwrap().len(), 6);
}

#[test]
fn functions_that_are_left_to_the_application_are_told_and_counted() {
    let folder = Folder::new(&[("Certificates.php", LEFT)]);
    let report: Value = folder.port(&["--report", "--format", "json"]).json();
    let function = &report["files"][0]["functions"][1];
    assert_eq!(function["calls"], json!([]));
    assert_eq!(function["refused"], json!([]));
    assert_eq!(
        function["left"],
        json!({"method": "certificates_all", "calls": 2, "reason": "the option `cookies` of Guzzle is not taken here"})
    );
    assert_eq!(report["files"][0]["functions"][2]["left"], json!(null));
    let totals = &report["totals"];
    assert_eq!(
        (&totals["calls"], &totals["refused"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(
        (&totals["left"], &totals["untranslated"]),
        (&json!(1), &json!(2))
    );
    let said = folder.check(&[]).ok();
    for part in [
        "    left to the application: certificates_all; calls of WeChat Pay that are not translated: 2",
        "Certificates.php:11:87: warning: the application has to write `Certificates::all`: the option `cookies`",
        "it makes 2 calls of WeChat Pay that are not translated",
        "functions left to the application as a whole: 1; calls of WeChat Pay in them, which are not translated: 2",
        "1 calls translated",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let said = folder.check(&["--lang", "zh"]).ok();
    for part in [
        "留给应用实现：certificates_all",
        "警告：`Certificates::all` 需由应用实现：",
        "请实现 trait 的方法 `certificates_all`，其文档中有 PHP 原文；其中有 2 个微信支付的调用未转换",
        "1 个函数整体留给应用实现",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

/// What is computed leaves nothing out.
#[test]
fn requests_of_such_functions_are_still_errors() {
    let folder = Folder::new(&[("Certificates.php", LEFT)]);
    let file = folder.path("php/Certificates.php");
    let file = file.to_str().unwrap();
    let done = Run::new(&["port", "--emit", "request", file]).run();
    assert_eq!((done.code, done.stdout.as_str()), (Some(4), ""), "{done:?}");
    let done = Run::new(&["port", file]).run();
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(
        done.stdout
            .contains("self.host.certificates_all(no, &self.client)"),
        "{done:?}"
    );
    assert!(
        done.stderr
            .contains("warning: the application has to write"),
        "{done:?}"
    );
}

#[test]
fn a_check_reports_and_writes_nothing() {
    let folder = Folder::shop();
    fs::write(folder.path("php/x.php"), REFUSED).unwrap();
    let done = folder.check(&[]);
    assert_eq!(done.code, Some(4), "{done:?}");
    for part in [
        "Orders::close -> services::orders::Orders::close",
        "    17:9 call: POST v3/pay/transactions/out-trade-no/{no}/close",
        "    18:9 application: log_info: Log::info('closed', 1)",
        "x.php:2:56: error: the option `cookies` of Guzzle is not taken here",
        "      help: ",
        "3 files ported, 1 skipped; 3 calls translated",
        "1 refused",
    ] {
        assert!(done.stdout.contains(part), "{part}: {}", done.stdout);
    }
    assert_eq!(files_below(&folder.path("out")), [""; 0]);
    fs::remove_file(folder.path("php/x.php")).unwrap();
    folder.check(&[]).ok();
    let file = folder.path("php/Services/Orders.php");
    let one = Run::new(&["port", "--check", file.to_str().unwrap()])
        .run()
        .ok();
    assert!(
        one.contains("1 files ported, 0 skipped; 1 calls translated"),
        "{one}"
    );
}

#[test]
fn refused_files_are_told_with_their_places() {
    let folder = Folder::shop();
    fs::write(folder.path("php/x.php"), REFUSED).unwrap();
    fs::write(
        folder.path("php/broken.php"),
        "<?php\nuse WeChatPay\\Builder;\nfunction (;\n",
    )
    .unwrap();
    fs::write(
        folder.path("php/gbk.php"),
        b"<?php // \xd6\xd0\nuse WeChatPay\\Builder;\n",
    )
    .unwrap();
    let said = folder.port(&[]).failed(4);
    for part in [
        "x.php:2:56: error:",
        "broken.php:3:",
        "gbk.php:1:1: error: this file is not UTF-8",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(folder.read("out/src/x.rs").contains("compile_error!"));
    assert!(!folder.path("out/src/broken.rs").exists());
}

#[test]
fn a_folder_without_the_sdk_is_an_error_and_gives_no_crate() {
    let folder = Folder::new(&[("User.php", USER)]);
    let said = folder.port(&[]).failed(4);
    assert!(said.contains("No file uses the WeChat Pay SDK"), "{said}");
    assert_eq!(files_below(&folder.path("out")), [""; 0]);
}

#[test]
fn options_that_do_not_fit_are_refused() {
    let folder = Folder::shop();
    let php = folder.path("php");
    let php = php.to_str().unwrap();
    for (arguments, part) in [
        (vec!["port", php], "-o DIR"),
        (vec!["port", php, "--check", "-o", "x"], "--check"),
        (vec!["port", php, php, "--check"], "one folder"),
        (
            vec!["port", php, "--check", "--emit", "request"],
            "--emit rust",
        ),
        (vec!["port", "--report", "x.php"], "--report"),
        (vec!["port", "--force", "x.php"], "--output"),
    ] {
        let said = Run::new(&arguments).run().failed(2);
        assert!(said.contains(part), "{arguments:?}: {said}");
    }
}

#[test]
fn the_report_is_in_chinese() {
    let folder = Folder::shop();
    let said = folder.port(&["--lang", "zh", "--report"]).ok();
    for part in [
        "调用：POST v3/",
        "应用：log_info",
        "没有用到 SDK",
        "转换了 2 个文件，跳过 1 个",
        "需要实现的 trait App",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}
