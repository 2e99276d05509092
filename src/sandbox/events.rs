//! Posts the events of the simulated merchant account as notifications.

use std::sync::Arc;
use std::time::Duration;

use http::Uri;

use crate::account::Account;
use crate::bilingual::Bilingual;
use crate::journal::Entry;
use crate::notifier::{Content, check_url, unreachable_zh};
use crate::state::SandboxState;
use crate::world::Event;

/// How often events are looked for.
const INTERVAL: Duration = Duration::from_millis(100);

const NO_URL: Bilingual = Bilingual::new(
    "the request named no notify_url, and the sandbox was given none to stand for what a merchant sets on the platform \
     (--notify-url, POST settings of the control API)",
    "请求没有 notify_url，也没有给沙箱设置默认的通知地址（相当于商户平台上的设置：--notify-url，或控制接口的 POST settings）",
);

/// Posts events while the sandbox runs.
pub(crate) async fn post_continuously(state: Arc<SandboxState>) {
    if !state.settings.post_notifications {
        return;
    }
    loop {
        tokio::time::sleep(INTERVAL).await;
        post_pending(&state);
    }
}

/// Posts the events since the last call, if the sandbox posts notifications.
pub(crate) fn post_pending(state: &SandboxState) {
    if !state.settings.post_notifications {
        return;
    }
    // When the journal cannot be written, the sandbox no longer changes.
    let _ = state.record(|| {
        let has_news = state.journal.as_ref().is_some_and(|it| it.has_news());
        let count = post_all(state);
        ((), (has_news || count > 0).then_some(Entry::Post))
    });
}

/// Returns how many events were posted.
fn post_all(state: &SandboxState) -> usize {
    let _posting = state.lock_posting();
    let mut count = 0;
    for account in state.accounts.all() {
        for event in account.world.take_events(state.now()) {
            post(state, &account, event);
            count += 1;
        }
    }
    count
}

/// The URL to which a notification is posted. Without a path, a forward URL keeps the path of the notification's URL.
fn forwarded(url: String, forward_to: Option<String>) -> String {
    let Some(to) = forward_to else {
        return url;
    };
    let parsed = |text: &str| text.parse::<Uri>().ok();
    let has_path = parsed(&to).is_some_and(|to| to.path() != "/" || to.query().is_some());
    match parsed(&url) {
        Some(url) if !has_path => format!("{}{}", to.trim_end_matches('/'), url.path()),
        _ => to,
    }
}

/// An event whose URL may not be posted to is listed as not sent, so that the user sees why.
fn post(state: &SandboxState, account: &Arc<Account>, event: Event) {
    let url = event.notify_url;
    let url = url.or_else(|| account.notify_url());
    let url = url.or_else(|| state.notify_url());
    let url = forwarded(url.unwrap_or_default(), state.forward_to());
    let (kind, content) = match (event.is_v2, event.original_type) {
        (true, "refund") => ("REFUND", Content::refund_v2(event.resource)),
        (true, "entrust") => ("CONTRACT", Content::signed_v2(event.resource)),
        (true, _) => ("PAY", Content::signed_v2(event.resource)),
        (false, original_type) => {
            let kind = event.event_type;
            let content = Content::event(kind, original_type, event.summary, event.resource);
            (kind, content)
        }
    };
    let checked = if url.is_empty() {
        Err(NO_URL)
    } else {
        let reach = state.settings.reach();
        check_url(&url, reach).map_err(|err| Bilingual::of_error(unreachable_zh(reach), err))
    };
    // Its requests have come with the merchant's keys, so there are some.
    let Ok(draft) = state.draft(account, url, content) else {
        return;
    };
    match checked {
        Ok(()) => state.notifier.post(draft, kind.to_owned()),
        Err(err) => state.notifier.reject(draft, kind.to_owned(), err),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forward_url_without_a_path_keeps_the_path() {
        for (url, to, expected) in [
            ("https://a.example/paid", None, "https://a.example/paid"),
            (
                "https://a.example/paid",
                Some("http://localhost:1"),
                "http://localhost:1/paid",
            ),
            (
                "https://a.example/paid",
                Some("http://localhost:1/"),
                "http://localhost:1/paid",
            ),
            (
                "https://a.example/paid",
                Some("http://localhost:1/x"),
                "http://localhost:1/x",
            ),
            ("", Some("http://localhost:1/x"), "http://localhost:1/x"),
            ("", Some("http://localhost:1"), "http://localhost:1"),
        ] {
            let found = forwarded(url.to_owned(), to.map(str::to_owned));
            assert_eq!(found, expected, "{url} {to:?}");
        }
    }
}
