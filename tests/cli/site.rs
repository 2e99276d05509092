//! `wechatpay site`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::support::Run;

/// The greatest size of a page, and of the common files together.
const MOST: usize = 200_000;

#[test]
fn pages_are_small_and_their_links_lead_somewhere() {
    let dir = tempfile::tempdir().unwrap();
    let site = dir.path().join("site");
    Run::new(&["site", site.to_str().unwrap()]).run().ok();
    let mut pages = BTreeMap::new();
    for folder in ["", "zh", "en", "zh/docs", "en/docs"] {
        for entry in fs::read_dir(site.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|it| it == "html") {
                let name = path.strip_prefix(&site).unwrap().to_str().unwrap();
                pages.insert(name.to_owned(), fs::read_to_string(&path).unwrap());
            }
        }
    }
    assert!(pages.len() > 2 * 1206, "{}", pages.len());
    let license = pages
        .values()
        .find(|page| page.contains("request.subject_info.business_license_info"));
    let title = "title=\"条件必填\">(*)<";
    assert!(
        license.is_some_and(|page| page.contains("(*)"))
            && pages.values().any(|page| page.contains(title))
    );
    for (folder, end) in [("en", ".md"), ("zh", ".zh-CN.md")] {
        for name in documents(end) {
            let name = name.strip_suffix(end).unwrap();
            let page = format!("{folder}/docs/{name}.html");
            assert!(pages.contains_key(&page), "{page}");
        }
    }
    for name in ["docs-en.js", "docs-zh.js"] {
        let size = size(&site.join(name));
        assert!(size < MOST, "{name}: {size}");
    }
    let common: usize = ["style.css", "site.js", "index.js"]
        .map(|name| size(&site.join(name)))
        .iter()
        .sum();
    assert!(common < MOST, "{common}");
    let ids: BTreeMap<_, BTreeSet<_>> = pages
        .iter()
        .map(|(name, page)| (&**name, attributes(page, "id").collect()))
        .collect();
    for (name, page) in &pages {
        assert!(page.len() < MOST, "{name}: {}", page.len());
        assert!(
            !page.contains("<style") && !page.contains("style=\""),
            "{name}"
        );
        assert_eq!(
            ids[&**name].len(),
            attributes(page, "id").count(),
            "{name} repeats an id"
        );
        for link in attributes(page, "href").chain(attributes(page, "src")) {
            if link.contains("://") {
                continue;
            }
            let (file, id) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() {
                name.clone()
            } else {
                joined(name, file)
            };
            assert!(site.join(&target).is_file(), "{name}: {link}");
            let id = decoded(id);
            let has_id = || ids.get(&*target).is_some_and(|ids| ids.contains(&*id));
            assert!(id.is_empty() || has_id(), "{name}: {link}");
        }
    }
}

#[test]
fn other_files_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("index.html"), "mine").unwrap();
    // Many sites have a script of this name.
    fs::write(dir.path().join("site.js"), "mine").unwrap();
    let refused = Run::new(&["site", dir.path().to_str().unwrap()]).run();
    assert_ne!(refused.code, Some(0));
    assert!(refused.stderr.contains("--force"), "{refused:?}");
    assert_eq!(
        fs::read_to_string(dir.path().join("index.html")).unwrap(),
        "mine"
    );
}

/// The names of the files in `docs/` with this end. The end of English pages is a part of the Chinese one.
fn documents(end: &str) -> Vec<String> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let names = fs::read_dir(docs).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names
        .filter(|name| name.ends_with(end) && (end != ".md" || !name.ends_with(".zh-CN.md")))
        .collect()
}

/// The path of a relative link on a page.
fn joined(page: &str, link: &str) -> String {
    let mut parts: Vec<_> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => _ = parts.pop().unwrap(),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn decoded(id: &str) -> String {
    let decoded = percent_encoding::percent_decode_str(id);
    decoded.decode_utf8().unwrap().into_owned()
}

fn size(path: &Path) -> usize {
    usize::try_from(fs::metadata(path).unwrap().len()).unwrap()
}

fn attributes<'t>(page: &'t str, name: &'static str) -> impl Iterator<Item = &'t str> {
    let start = format!(" {name}=\"");
    let starts: Vec<_> = page
        .match_indices(&start)
        .map(|(at, found)| at + found.len())
        .collect();
    starts
        .into_iter()
        .map(|at| page[at..].split('"').next().unwrap())
}
