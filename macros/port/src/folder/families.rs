//! Base classes and traits of other files of the folder: a class is read together with those that it takes members from.

use std::collections::BTreeMap;

use super::Source;
use crate::syntax::{self, Class, Parsed, each_class};

/// The classes of a folder by their whole names in lower case: the file, and the class.
type Classes<'p> = BTreeMap<String, (usize, &'p Class)>;

/// Gives each program the classes of other files that it takes members from, and its block their text.
pub(super) fn join(sources: &mut [Source], parsed: &mut [Parsed]) {
    let mut needed = Vec::new();
    {
        let classes = classes(parsed);
        for index in 0..parsed.len() {
            let mut files = Vec::new();
            for (_, class) in classes.values().filter(|(file, _)| *file == index) {
                above(class, index, &classes, &mut files);
            }
            needed.push(files);
        }
    }
    let texts: Vec<_> = sources.iter().map(|source| source.block.clone()).collect();
    for (index, files) in needed.into_iter().enumerate() {
        for file in files {
            let start = sources[index].block.append(&texts[file]);
            // Blanks in place of what stands before it give its spans their places.
            let text = format!("{}{}", " ".repeat(start), texts[file].text);
            let other = syntax::parse_whole(&text);
            if other.problems.is_empty() {
                let imported = &mut parsed[index].program.imported;
                each_class(&other.program.statements, &mut |name, class| {
                    imported.push((name, class.clone()));
                });
            }
        }
    }
}

fn classes(parsed: &[Parsed]) -> Classes<'_> {
    let mut classes = Classes::new();
    let mut twice = Vec::new();
    for (index, parsed) in parsed.iter().enumerate() {
        each_class(&parsed.program.statements, &mut |name, class| {
            let name = name.to_ascii_lowercase();
            if classes.insert(name.clone(), (index, class)).is_some() {
                twice.push(name);
            }
        });
    }
    // Only a run tells which of two is meant.
    for name in twice {
        classes.remove(&name);
    }
    classes
}

/// The other files that the classes above a class are in.
fn above(class: &Class, own: usize, classes: &Classes<'_>, files: &mut Vec<usize>) {
    for name in class.parent.iter().chain(&class.uses) {
        let path = name.resolved.trim_start_matches('\\').to_ascii_lowercase();
        let Some((file, found)) = classes.get(&path) else {
            continue;
        };
        let is_new = *file != own && !files.contains(file);
        if is_new {
            files.push(*file);
        }
        if is_new || *file == own && !std::ptr::eq(*found, class) && files.len() < 20 {
            above(found, own, classes, files);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::folder::{Root, Source, rust};

    const BASE: &str = "<?php\nnamespace App\\Base;\n\nabstract class BasePay\n{\n    public function __construct(protected \
                        \\WeChatPay\\BuilderChainable $client)\n    {\n    }\n\n    protected function send(array $json)\n    {\n        \
                        return $this->client->chain('v3/a')->post(['json' => $json]);\n    }\n}\n";
    const CHILD: &str = "<?php\nnamespace App;\n\nuse App\\Base\\BasePay;\n\nclass Refund extends BasePay\n{\n    public function \
                         run()\n    {\n        $this->send(['a' => 1]);\n    }\n}\n";

    fn port(files: &[(&str, &str)]) -> crate::folder::Folder {
        let sources = files
            .iter()
            .map(|(path, text)| Source::new(path, path, text));
        let sources: Vec<_> = sources.collect();
        rust(&sources, Root::Crate, &crate::emit::Options::default())
    }

    fn text<'f>(folder: &'f crate::folder::Folder, path: &str) -> &'f str {
        let file = folder.files.iter().find(|file| file.path == path);
        file.map_or("", |file| &file.text)
    }

    #[test]
    fn a_class_has_the_methods_of_its_base_class_in_another_file() {
        let folder = port(&[("Base/BasePay.php", BASE), ("Refund.php", CHILD)]);
        let refund = text(&folder, "refund.rs");
        assert!(
            refund.contains("self.send(&json!({\"a\": 1}))?"),
            "{refund}"
        );
        assert!(
            refund.contains("`send`, from line 10 of `BasePay.php`"),
            "{refund}"
        );
        assert!(folder.app.is_empty());
    }

    #[test]
    fn a_class_of_another_namespace_is_not_the_base_class() {
        let other = BASE.replace("App\\Base", "App\\Other");
        let folder = port(&[("Base/BasePay.php", &other), ("Refund.php", CHILD)]);
        let refund = folder
            .report
            .files
            .iter()
            .find(|file| file.file == "Refund.php");
        assert!(refund.is_some_and(|file| file.skipped.is_some()));
    }

    #[test]
    fn methods_that_would_mean_something_else_are_not_copied() {
        let bases = [
            BASE.replace(
                "protected function send",
                "private $a = 1;\n    protected function send",
            ),
            BASE.replace("['json' => $json]", "['json' => [SELF::FEE]]"),
            BASE.replace(
                "abstract class BasePay",
                "abstract class BasePay extends \\Vendor\\Base",
            ),
            BASE.replace("['json' => $json]", "['json' => [__NAMESPACE__]]"),
        ];
        let child = CHILD.replace(
            "{\n    public function run()\n    {",
            "{\n    const FEE = 1;\n    public function run()\n    {\n        $this->a = 2;",
        );
        for base in bases {
            let folder = port(&[("Base/BasePay.php", &base), ("Refund.php", &child)]);
            assert!(!text(&folder, "refund.rs").contains("fn send"), "{base}");
        }
        let folder = port(&[("Base/BasePay.php", BASE), ("Refund.php", &child)]);
        assert!(text(&folder, "refund.rs").contains("fn send"));
    }

    #[test]
    fn a_namespace_with_braces_is_part_of_the_names_of_its_classes() {
        let braces = |text: &str| text.replacen(";\n", " {\n", 1) + "}\n";
        let folder = port(&[
            ("Base/BasePay.php", &braces(BASE)),
            ("Refund.php", &braces(CHILD)),
        ]);
        assert!(text(&folder, "refund.rs").contains("fn send"));
        let global = CHILD.replace("use App\\Base\\BasePay;", "use BasePay;");
        let folder = port(&[("Base/BasePay.php", &braces(BASE)), ("Refund.php", &global)]);
        assert!(!text(&folder, "refund.rs").contains("fn send"));
    }

    #[test]
    fn positions_in_a_base_class_name_its_file() {
        let base = BASE.replace("['json' => $json]", "['cookies' => $json]");
        let folder = port(&[("Base/BasePay.php", &base), ("Refund.php", CHILD)]);
        let told: Vec<String> = folder.diagnostics.iter().map(ToString::to_string).collect();
        assert!(
            told.iter()
                .all(|told| told.starts_with("Base/BasePay.php:12:")),
            "{told:?}"
        );
        assert!(!told.is_empty());
    }

    #[test]
    fn exceptions_of_files_without_the_sdk_keep_the_classes_above_them() {
        let child =
            "<?php\nnamespace App;\nclass RefundError extends PayError implements Retryable {}\n";
        let base = "<?php\nnamespace App;\nclass PayError extends \\RuntimeException { protected $code = 7; }\n";
        let interface = "<?php\nnamespace App;\ninterface Retryable {}\n";
        let pay = "<?php\nnamespace App;\nclass Pay\n{\n    public function run(\\WeChatPay\\BuilderChainable $c)\n    {\n        \
                   try {\n            $c->chain('v3/a')->get();\n            throw new RefundError('no');\n        } catch \
                   (PayError $e) {\n            return $e->getCode();\n        }\n    }\n}\n";
        let files = [
            ("RefundError.php", child),
            ("PayError.php", base),
            ("Retryable.php", interface),
            ("Pay.php", pay),
        ];
        let folder = port(&files);
        let text = text(&folder, "pay.rs");
        for part in [
            "App\\\\PayError",
            "RuntimeException",
            "App\\\\Retryable",
            ".with_code(7)",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(folder.diagnostics.is_empty(), "{:?}", folder.diagnostics);
        let told = port(&files[3..]).diagnostics;
        let told: Vec<String> = told.iter().map(ToString::to_string).collect();
        assert!(
            told.iter()
                .any(|told| told.contains("`RefundError` is declared nowhere here")),
            "{told:?}"
        );
    }
}
