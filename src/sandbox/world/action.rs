//! The result of an action of the control API or of a [`Sandbox`](crate::Sandbox) method.

use super::table::{Row, Table};
use crate::bilingual::Bilingual;
use wechatpay_core::error::{Error, ErrorKind};

pub(crate) type ActionResult<T = ()> = Result<T, ActionError>;

/// Why an action is not possible.
#[derive(Debug)]
pub(crate) enum ActionError {
    /// The thing does not exist.
    NotFound(Bilingual),
    /// The state of the thing does not allow the action.
    Conflict(Bilingual),
    /// An argument is invalid.
    Invalid(Bilingual),
    /// The sandbox has a fault.
    Internal(Bilingual),
}

impl ActionError {
    /// `noun` names the kind of thing in English and in Chinese.
    pub(crate) fn not_found((en, zh): (&str, &str), number: &str) -> Self {
        let message = (
            format!("the sandbox has no {en} with the number {number:?}"),
            format!("沙箱中没有单号为 {number:?} 的{zh}"),
        );
        Self::NotFound(message.into())
    }

    /// The key of the only row that a text names. A number that several sub-merchants use needs the sub-merchant before it.
    pub(crate) fn key<T: Row>(
        table: &Table<T>,
        (en, zh): (&str, &str),
        text: &str,
    ) -> ActionResult<String> {
        let mut keys = table.keys_named(text);
        match keys.pop() {
            None => Err(Self::not_found((en, zh), text)),
            Some(key) if keys.is_empty() => Ok(key),
            Some(key) => Err(Self::several((en, zh), text, &key)),
        }
    }

    /// Several sub-merchants have a thing with this number; `key` names one of them.
    pub(crate) fn several((en, zh): (&str, &str), number: &str, key: &str) -> Self {
        Self::conflict((
            format!(
                "several sub-merchants have {en}s with the number {number:?}: name one as {key:?}"
            ),
            format!("多个子商户都有单号为 {number:?} 的{zh}：请写成 {key:?} 的形式"),
        ))
    }

    pub(crate) fn conflict(message: impl Into<Bilingual>) -> Self {
        Self::Conflict(message.into())
    }
}

impl From<ActionError> for Error {
    fn from(error: ActionError) -> Self {
        let (ActionError::NotFound(message)
        | ActionError::Conflict(message)
        | ActionError::Invalid(message)
        | ActionError::Internal(message)) = error;
        Self::new(ErrorKind::Builder, message.en).with_chinese(message.zh)
    }
}
