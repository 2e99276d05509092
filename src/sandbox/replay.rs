//! Executes the inputs of earlier runs again.

use std::sync::Arc;

use crate::control;
use crate::events;
use crate::gateway::{self, ClientCertificate};
use crate::journal::{Entry, Moment, Replayed, SavedRequest, failed};
use crate::state::{Image, SandboxState};
use wechatpay_core::error::Result;

/// Executes the entries of a journal, oldest first, before the sandbox is reached.
///
/// # Errors
///
/// [`ErrorKind::File`](wechatpay_core::error::ErrorKind::File) when a request is now answered with another status: the
/// state would be another one than the clients have seen.
pub(crate) fn replay(state: &Arc<SandboxState>, entries: Vec<Replayed>) -> Result<()> {
    for Replayed { number, input } in entries {
        let moment = Moment::new(input.time_ms, &input.seed);
        moment
            .run(|| execute(state, input.entry))
            .map_err(|why| not_restored(state, number, &why))?;
    }
    Ok(())
}

fn execute(state: &Arc<SandboxState>, entry: Entry) -> Result<(), String> {
    match entry {
        Entry::Call {
            request,
            certificate,
            status,
        } => return call(state, request, certificate, status),
        Entry::Control(request) => {
            let (head, body) = request.restored().ok_or("it is no request")?;
            control::route(state, &head, &body.unwrap_or_default());
        }
        Entry::Action(action) => {
            // One that failed has failed before.
            let _ = state.perform(action);
        }
        Entry::Brand { brand_id } => {
            let owner = state.accounts.of_brand(&brand_id);
            let brand = match owner {
                Some(account) => account.brand(&brand_id, state.now()),
                None => state.identity.brand(&brand_id, state.now()),
            };
            brand.map_err(|err| err.report())?;
        }
        Entry::Post => events::post_pending(state),
        Entry::Attempt { id, attempt } => state.notifier.restore_attempt(id, attempt),
        Entry::Checkpoint(left) => {
            let image = left.read::<Image>()?;
            return image.restore(state);
        }
        Entry::Delivered { id, accepted } => state.notifier.set_finished(id, accepted),
    }
    Ok(())
}

fn call(
    state: &SandboxState,
    request: SavedRequest,
    certificate: Option<String>,
    status: Option<u16>,
) -> Result<(), String> {
    let (head, body) = request.restored().ok_or("it is no request")?;
    let certificate = ClientCertificate::restored(certificate);
    let reply = gateway::handle(state, head, body, certificate).reply;
    let now = reply.map(|reply| reply.status.as_u16());
    if now == status {
        return Ok(());
    }
    let text =
        |status: Option<u16>| status.map_or_else(|| "no response".to_owned(), |it| it.to_string());
    Err(format!(
        "it gave {}, and now gives {}",
        text(status),
        text(now)
    ))
}

fn not_restored(state: &SandboxState, number: u64, why: &str) -> wechatpay_core::error::Error {
    let dir = state.settings.state.as_deref().unwrap_or("".as_ref());
    failed(format!(
        "the sandbox's state in {} cannot be restored: its entry {number} has other effects than before ({why}): start the \
         build of the sandbox and the merchant's files that made it, or name an empty folder",
        dir.display()
    ))
}
