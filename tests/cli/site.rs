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
    for folder in ["zh", "en"] {
        for entry in fs::read_dir(site.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            pages.insert(
                format!("{folder}/{name}"),
                fs::read_to_string(&path).unwrap(),
            );
        }
    }
    assert!(pages.len() > 2 * 1186, "{}", pages.len());
    let common: usize = ["style.css", "site.js", "index.js"]
        .map(|name| size(&site.join(name)))
        .iter()
        .sum();
    assert!(common < MOST, "{common}");
    for (name, page) in &pages {
        assert!(page.len() < MOST, "{name}: {}", page.len());
        assert!(
            !page.contains("<style") && !page.contains("style=\""),
            "{name}"
        );
        let ids: BTreeSet<_> = attributes(page, "id").collect();
        assert_eq!(
            ids.len(),
            attributes(page, "id").count(),
            "{name} repeats an id"
        );
        for link in attributes(page, "href").chain(attributes(page, "src")) {
            let folder = name.split('/').next().unwrap();
            let target = if let Some(id) = link.strip_prefix('#') {
                assert!(ids.contains(id), "{name}: {link}");
                continue;
            } else if let Some(target) = link.strip_prefix("../") {
                target.to_owned()
            } else if link.contains("://") {
                continue;
            } else {
                format!("{folder}/{link}")
            };
            assert!(site.join(&target).is_file(), "{name}: {link}");
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
