//! Markdown as HTML.

use std::collections::BTreeMap;

use pulldown_cmark::{
    Alignment, CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html::push_html,
};

/// A heading with the text below it, for the search.
pub(super) struct Section {
    pub(super) id: String,
    pub(super) heading: String,
    pub(super) text: String,
}

/// The first heading, without marks.
pub(super) fn title(text: &str) -> &str {
    let first = text.lines().find_map(|line| line.strip_prefix("# "));
    first.unwrap_or_default()
}

/// The page below its title. `target` gives the address of a link or picture; one without becomes its text.
///
/// HTML in the source is shown as text, and cells are not aligned: both could need inline styles, which the
/// `Content-Security-Policy` forbids.
pub(super) fn html(text: &str, target: &dyn Fn(&str) -> Option<String>) -> String {
    let mut page = Page {
        target,
        ids: Ids::default(),
        kept: Vec::new(),
        in_title: false,
        in_rust: false,
        is_picture: false,
    };
    let all: Vec<_> = parser(text).collect();
    let shown = (0..all.len()).filter_map(|at| page.converted(&all[at..]));
    let mut html = String::with_capacity(text.len() * 3 / 2);
    push_html(&mut html, shown);
    html
}

/// Converts the events of a page.
struct Page<'f> {
    target: &'f dyn Fn(&str) -> Option<String>,
    ids: Ids,
    /// Whether each link that has begun stays one.
    kept: Vec<bool>,
    in_title: bool,
    in_rust: bool,
    /// Whether the last image is shown, or only its text.
    is_picture: bool,
}

impl Page<'_> {
    /// The first event, as the site shows it.
    fn converted<'t>(&mut self, events: &[Event<'t>]) -> Option<Event<'t>> {
        let (event, rest) = events.split_first()?;
        match event {
            Event::Start(Tag::Heading { level, .. }) if *level == HeadingLevel::H1 => {
                self.in_title = true;
                None
            }
            Event::End(TagEnd::Heading(HeadingLevel::H1)) => {
                self.in_title = false;
                None
            }
            _ if self.in_title => None,
            Event::Start(tag) => self.start(tag, rest).map(Event::Start),
            Event::End(TagEnd::Link) => self.kept.pop()?.then(|| event.clone()),
            Event::End(TagEnd::Image) if !self.is_picture => Some(Event::End(TagEnd::Emphasis)),
            Event::Text(code) if self.in_rust => Some(Event::Text(without_hidden(code).into())),
            Event::End(TagEnd::CodeBlock) => {
                self.in_rust = false;
                Some(event.clone())
            }
            Event::Html(html) | Event::InlineHtml(html) => Some(Event::Text(html.clone())),
            _ => Some(event.clone()),
        }
    }

    fn start<'t>(&mut self, tag: &Tag<'t>, rest: &[Event<'t>]) -> Option<Tag<'t>> {
        let mut tag = tag.clone();
        match &mut tag {
            Tag::Heading { id, .. } => *id = Some(self.ids.of(&heading(rest)).into()),
            Tag::Link { dest_url, .. } => {
                let to = (self.target)(dest_url);
                self.kept.push(to.is_some());
                *dest_url = to?.into();
            }
            Tag::Image { dest_url, .. } => {
                let to = (self.target)(dest_url);
                self.is_picture = to.is_some();
                let Some(to) = to else {
                    return Some(Tag::Emphasis);
                };
                *dest_url = to.into();
            }
            Tag::Table(columns) => columns.fill(Alignment::None),
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => self.in_rust = info.starts_with("rust"),
            _ => {}
        }
        Some(tag)
    }
}

/// Rust without the lines that rustdoc hides.
fn without_hidden(code: &str) -> String {
    let is_shown = |line: &&str| {
        let line = line.trim();
        line != "#" && !line.starts_with("# ")
    };
    code.split_inclusive('\n').filter(is_shown).collect()
}

/// The sections of a page; the first has its title, and no id.
pub(super) fn sections(text: &str) -> Vec<Section> {
    let mut ids = Ids::default();
    let mut sections = Vec::<Section>::new();
    let (mut in_heading, mut in_code) = (false, false);
    let all: Vec<_> = parser(text).collect();
    for (at, event) in all.iter().enumerate() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let heading = heading(&all[at + 1..]);
                let is_title = *level == HeadingLevel::H1;
                let id = if is_title {
                    String::new()
                } else {
                    ids.of(&heading)
                };
                sections.push(Section {
                    id,
                    heading,
                    text: String::new(),
                });
                in_heading = true;
            }
            Event::End(TagEnd::Heading(_)) => in_heading = false,
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Text(part) | Event::Code(part) if !in_heading && !in_code => {
                if let Some(section) = sections.last_mut() {
                    section.text.push_str(part);
                }
            }
            Event::SoftBreak | Event::HardBreak | Event::End(_) => {
                if let Some(section) = sections.last_mut().filter(|it| !it.text.ends_with(' ')) {
                    section.text.push(' ');
                }
            }
            _ => {}
        }
    }
    sections
}

fn parser(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)
}

/// The text of the heading whose content starts here.
fn heading(events: &[Event<'_>]) -> String {
    let inside = events
        .iter()
        .take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))));
    let texts = inside.filter_map(|event| match event {
        Event::Text(text) | Event::Code(text) => Some(&**text),
        _ => None,
    });
    texts.collect()
}

/// The ids of headings, as GitHub makes them: links in the sources use them.
#[derive(Default)]
struct Ids(BTreeMap<String, usize>);

impl Ids {
    fn of(&mut self, heading: &str) -> String {
        let kept = heading
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        let id = kept.collect::<String>().to_lowercase().replace(' ', "-");
        let count = self.0.entry(id.clone()).or_default();
        *count += 1;
        if *count == 1 {
            id
        } else {
            format!("{id}-{}", *count - 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_have_the_ids_of_github() {
        let mut ids = Ids::default();
        assert_eq!(ids.of("`--emit types`, again"), "--emit-types-again");
        assert_eq!(ids.of("用于 CI"), "用于-ci");
        assert_eq!(ids.of("A"), "a");
        assert_eq!(ids.of("A"), "a-1");
    }

    #[test]
    fn lines_that_rustdoc_hides_are_not_shown() {
        let html = html(
            "```rust,no_run\n# fn f() {\n#[test]\n#\nlet a = 1;\n# }\n```\n\n```sh\n# run\n```\n",
            &|_| None,
        );
        assert!(html.contains("#[test]\nlet a = 1;\n</code>"), "{html}");
        assert!(html.contains("# run") && !html.contains("fn f"), "{html}");
    }

    #[test]
    fn pages_have_no_html_of_the_source_and_no_styles() {
        let text = "# Title\n\n<b onclick=x>a</b>\n\n| a |\n| ---: |\n| [x](y.md) |\n";
        let html = html(text, &|_| None);
        assert!(!html.contains("<b") && !html.contains("style"), "{html}");
        assert!(
            html.contains("<td>x</td>") && !html.contains("Title"),
            "{html}"
        );
    }
}
