//! The scenarios of `tests/page` run in a browser, late in CI. A control that they look for and the page no longer has is
//! found here, in a second.

use std::fs;
use std::path::Path;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Calls of a scenario that name a control: in English, then in Chinese.
const NAMED_BY: [&str; 3] = [".button('", ".go('", "getByRole('link', { name: it.say('"];

#[test]
fn each_control_of_the_scenarios_is_on_the_page_in_both_languages() {
    let scenarios = fs::read_to_string(format!("{ROOT}/tests/page/scenarios.mjs")).unwrap();
    let mut page = String::new();
    sources(&Path::new(ROOT).join("src/sandbox/control/page"), &mut page);
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    let controls = controls(&scenarios);
    assert!(controls.len() > 25, "{controls:?}");
    let missing: Vec<_> = controls
        .iter()
        .filter(|(english, chinese)| !page.contains(&format!("\"{english}\", \"{chinese}\"")))
        .collect();
    assert!(
        missing.is_empty(),
        "change tests/page/scenarios.mjs: {missing:?}"
    );
}

fn controls(scenarios: &str) -> Vec<(&str, &str)> {
    let named = NAMED_BY
        .iter()
        .flat_map(|call| scenarios.split(call).skip(1));
    named
        .filter_map(|rest| {
            let (english, rest) = rest.split_once("', '")?;
            Some((english, rest.split_once('\'')?.0))
        })
        .collect()
}

/// Adds the text of all files below a folder.
fn sources(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else {
            into.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}
