//! The result of an action of the control API or of a [`Sandbox`](crate::Sandbox) method.

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

    pub(crate) fn conflict(message: impl Into<Bilingual>) -> Self {
        Self::Conflict(message.into())
    }
}

impl From<ActionError> for Error {
    fn from(error: ActionError) -> Self {
        let (ActionError::NotFound(message)
        | ActionError::Conflict(message)
        | ActionError::Invalid(message)) = error;
        Self::new(ErrorKind::Builder, message.en)
    }
}
