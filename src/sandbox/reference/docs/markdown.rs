//! Markdown as HTML.

use std::collections::BTreeMap;

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html::push_html};

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

/// The page below its title. `target` gives the address of a link; a link without one becomes its text.
///
/// HTML in the source is shown as text, and cells are not aligned: both could need inline styles, which the
/// `Content-Security-Policy` forbids.
pub(super) fn html(text: &str, target: &dyn Fn(&str) -> Option<String>) -> String {
    let mut ids = Ids::default();
    let mut events = Vec::new();
    let (mut kept, mut images) = (Vec::new(), 0_usize);
    let mut in_title = false;
    let all: Vec<_> = parser(text).collect();
    for (at, event) in all.iter().enumerate() {
        match event {
            Event::Start(Tag::Heading {
                level: HeadingLevel::H1,
                ..
            }) => in_title = true,
            Event::End(TagEnd::Heading(HeadingLevel::H1)) => in_title = false,
            _ if in_title => {}
            Event::Start(Tag::Heading {
                level,
                classes,
                attrs,
                ..
            }) => {
                let id = Some(CowStr::from(ids.of(&heading(&all[at + 1..]))));
                let (classes, attrs) = (classes.clone(), attrs.clone());
                events.push(Event::Start(Tag::Heading {
                    level: *level,
                    id,
                    classes,
                    attrs,
                }));
            }
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            }) => {
                let to = target(dest_url);
                kept.push(to.is_some());
                if let Some(to) = to {
                    let (link_type, title, id) = (*link_type, title.clone(), id.clone());
                    events.push(Event::Start(Tag::Link {
                        link_type,
                        dest_url: to.into(),
                        title,
                        id,
                    }));
                }
            }
            Event::End(TagEnd::Link) => {
                if kept.pop() == Some(true) {
                    events.push(event.clone());
                }
            }
            // The packages have no images.
            Event::Start(Tag::Image { .. }) => {
                images += 1;
                events.push(Event::Start(Tag::Emphasis));
            }
            Event::End(TagEnd::Image) => {
                images -= 1;
                events.push(Event::End(TagEnd::Emphasis));
            }
            Event::Start(Tag::Table(columns)) => {
                let plain = vec![pulldown_cmark::Alignment::None; columns.len()];
                events.push(Event::Start(Tag::Table(plain)));
            }
            Event::Html(html) | Event::InlineHtml(html) => events.push(Event::Text(html.clone())),
            _ => events.push(event.clone()),
        }
    }
    debug_assert_eq!(images, 0);
    let mut html = String::with_capacity(text.len() * 3 / 2);
    push_html(&mut html, events.into_iter());
    html
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
