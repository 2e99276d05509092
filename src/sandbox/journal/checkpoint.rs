//! The state of a sandbox at one moment, which replaces all entries before it.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::failed;
use wechatpay_core::error::Result;

/// The state at one moment. Executing the entry resets the sandbox and restores it.
///
/// Added merchants, stubs and keys of brands are not in it: the journal keeps their entries.
#[derive(Serialize, Deserialize)]
pub(crate) struct Checkpoint(Box<RawValue>);

impl Checkpoint {
    pub(crate) fn new(state: &impl Serialize) -> Result<Self> {
        let text = serde_json::value::to_raw_value(state).map_err(|err| {
            failed("cannot encode the sandbox's state".to_owned()).with_source(err)
        })?;
        Ok(Self(text))
    }

    /// The state, or why the text is none: another build has written it.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> std::result::Result<T, String> {
        serde_json::from_str(self.0.get()).map_err(|err| err.to_string())
    }
}
