use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use fluent_bundle::FluentResource;

use super::*;

/// The ids of a language with the variables of each text.
fn entries(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
    let resource = FluentResource::try_new(lang.source().to_owned());
    let resource = resource.unwrap_or_else(|(_, errors)| panic!("{lang:?}: {errors:?}"));
    let count = lang.source().lines().filter(|line| is_entry(line)).count();
    let mut entries = BTreeMap::new();
    let mut id = "";
    for line in lang.source().lines() {
        if is_entry(line) {
            id = line.split(" =").next().unwrap();
            assert!(resource.entries().count() >= count);
            let first = entries.insert(id.to_owned(), BTreeSet::new());
            assert!(first.is_none(), "{lang:?}: {id} stands twice");
        }
        for part in line.split("{ $").skip(1) {
            let name = part.split(' ').next().unwrap().to_owned();
            entries.get_mut(id).unwrap().insert(name);
        }
    }
    entries
}

fn is_entry(line: &str) -> bool {
    line.starts_with(|c: char| c.is_ascii_alphabetic()) && line.contains(" =")
}

/// The ids in the source code with the names of the values given to each.
fn uses() -> (BTreeMap<String, BTreeSet<String>>, String) {
    let mut code = String::new();
    collect(Path::new(env!("CARGO_MANIFEST_DIR")), &mut code);
    let mut uses = BTreeMap::new();
    for (at, _) in code.match_indices("t!(") {
        let before = code[..at].chars().next_back();
        let part = &code[at + 3..];
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let Some(rest) = part.trim_start().strip_prefix('"') else {
            continue;
        };
        let (id, rest) = rest.split_once('"').unwrap();
        uses.insert(id.to_owned(), names(rest));
    }
    (uses, code)
}

/// `, name = value` up to the parenthesis that ends the macro.
fn names(rest: &str) -> BTreeSet<String> {
    let (mut depth, mut start, mut names) = (0, 0, BTreeSet::new());
    for (at, c) in rest.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' if depth == 0 => {
                names.extend(name(&rest[start..at]));
                break;
            }
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                names.extend(name(&rest[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    names
}

fn name(part: &str) -> Option<String> {
    let (name, _) = part.split_once(" = ")?;
    Some(name.trim().to_owned())
}

fn collect(folder: &Path, code: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            collect(&path, code);
        } else if name.ends_with(".rs") && !name.starts_with("i18n") {
            code.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn both_languages_have_the_same_texts_with_the_same_variables() {
    let (en, zh) = (entries(Lang::En), entries(Lang::Zh));
    let missing: Vec<_> = en.keys().filter(|id| !zh.contains_key(*id)).collect();
    let extra: Vec<_> = zh.keys().filter(|id| !en.contains_key(*id)).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "{missing:?} {extra:?}"
    );
    for (id, variables) in &en {
        assert_eq!(&zh[id], variables, "{id}");
    }
    assert!(en.len() > 250, "{}", en.len());
}

#[test]
fn every_text_in_the_code_exists_and_gets_its_values() {
    let (entries, (uses, _)) = (entries(Lang::En), uses());
    for (id, values) in &uses {
        let variables = entries.get(id).unwrap_or_else(|| panic!("{id} is missing"));
        assert_eq!(values, variables, "{id}");
    }
    assert!(uses.len() > 150, "{}", uses.len());
}

#[test]
fn every_text_is_used() {
    let (_, code) = uses();
    // Ids that are built at run time: of the command line, of doctor, and of rate limits.
    let put_together = ["cmd", "arg-", "check-", "status-", "per-", "scope-"];
    let used_in_texts = |id: &str| Lang::En.source().contains(&format!("{{ {id} }}"));
    for id in entries(Lang::En).keys() {
        let composed = put_together.iter().any(|start| id.starts_with(start));
        let named = code.contains(&format!("\"{id}\""));
        assert!(composed || named || used_in_texts(id), "{id} is not used");
    }
}

/// A command or argument without a text would have no help.
#[test]
fn every_command_and_argument_has_its_help() {
    fn check(command: &clap::Command, path: &str, count: &mut usize) {
        assert!(find(&format!("cmd{path}")).is_some(), "cmd{path}");
        for arg in command.get_arguments() {
            let id = arg.get_id();
            let found = find(&format!("arg{path}-{id}")).or_else(|| find(&format!("arg-{id}")));
            assert!(found.is_some(), "arg{path}-{id}");
            *count += 1;
        }
        for sub in command.get_subcommands() {
            check(sub, &format!("{path}-{}", sub.get_name()), count);
        }
    }
    let mut count = 0;
    check(
        &<crate::cli::Cli as clap::CommandFactory>::command(),
        "",
        &mut count,
    );
    assert!(count > 80, "{count}");
}

/// Names and formats may be Latin, but a text of only Latin letters is not translated.
#[test]
fn chinese_texts_are_chinese() {
    let allowed = [
        "status-skipped",
        "clap-",
        "file-described",
        "sandbox-",
        "request-id",
        "of-id",
        "setup-subs",
        "list-separator",
        "man-",
    ];
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let catalog = Catalog::read(Lang::Zh);
    for id in entries(Lang::Zh).keys() {
        let text = catalog.text(id, &[]).unwrap();
        let allowed = allowed.iter().any(|start| id.starts_with(start));
        assert!(allowed || text.contains(is_chinese), "{id}: {text}");
    }
}

#[test]
fn the_locale_chooses_the_language() {
    for (locale, lang) in [
        ("zh_CN.UTF-8", Lang::Zh),
        ("zh-Hans-CN", Lang::Zh),
        ("ZH", Lang::Zh),
        ("zh_TW", Lang::Zh),
        ("C", Lang::En),
        ("", Lang::En),
        ("en_US.UTF-8", Lang::En),
        ("zhuang", Lang::En),
    ] {
        assert_eq!(Lang::from_locale(locale), lang, "{locale}");
    }
}
