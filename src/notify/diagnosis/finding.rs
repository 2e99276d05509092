use std::borrow::Cow;
use std::fmt;

use wechatpay_core::error::chinese;

/// A problem of a notification, and how to fix it.
///
/// `Display` gives the sentence. It quotes neither keys nor bodies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    cause: &'static str,
    text: Cow<'static, str>,
}

impl Finding {
    pub(super) const fn new(cause: &'static str, text: &'static str) -> Self {
        Self {
            cause,
            text: Cow::Borrowed(text),
        }
    }

    /// Creates a finding whose text names a part of the notification.
    pub(super) fn of(cause: &'static str, text: String) -> Self {
        Self {
            cause,
            text: text.into(),
        }
    }

    /// Returns the stable name, for programs: `body_bom`. It does not change with the text.
    #[must_use]
    pub fn cause(&self) -> &'static str {
        self.cause
    }

    /// Returns the sentence in Chinese.
    ///
    /// ```no_run
    /// # fn example(notifications: &wechatpay_chain::notify::Notifications, headers: &http::HeaderMap, body: &[u8]) {
    /// for finding in notifications.diagnose(headers, body) {
    ///     eprintln!("{}", finding.report_zh());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn report_zh(&self) -> String {
        chinese(&self.text).unwrap_or_else(|| self.text.to_string())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
