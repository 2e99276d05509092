//! The actions of the methods of [`Sandbox`](crate::Sandbox), which a journal keeps.

use crate::account::Account;
use crate::gateway;
use crate::journal::{Action, Entry, MerchantAct};
use crate::merchants::{BALANCES, WRONG_BALANCE};
#[cfg(feature = "state")]
use crate::merchants::{EntryError, MerchantEntry};
use crate::state::SandboxState;
use crate::stub::StubResponse;
use crate::world::{Event, RefundStatus};
use wechatpay_core::crypto::Certificate;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// The result of an action.
pub(crate) enum Performed {
    Nothing,
    Number(String),
    Events(Vec<Event>),
    Certificate(Certificate),
}

impl Performed {
    pub(crate) fn number(self) -> String {
        match self {
            Self::Number(number) => number,
            _ => String::new(),
        }
    }

    pub(crate) fn events(self) -> Vec<Event> {
        match self {
            Self::Events(events) => events,
            _ => Vec::new(),
        }
    }

    pub(crate) fn certificate(self) -> Result<Certificate> {
        match self {
            Self::Certificate(certificate) => Ok(certificate),
            _ => Err(Error::new(ErrorKind::Key, "there is no certificate")),
        }
    }
}

impl SandboxState {
    /// Performs an action. With a journal, returns after its entry is written.
    pub(crate) fn perform(&self, action: Action) -> Result<Performed> {
        self.perform_as(action, |action| apply(self, action))
    }

    /// As [`perform`](Self::perform), for an action whose live value has more than its entry.
    pub(crate) fn perform_as<T>(
        &self,
        action: Action,
        work: impl FnOnce(&Action) -> Result<T>,
    ) -> Result<T> {
        let (result, written) = self.record(|| {
            let result = work(&action);
            // Another error, as of a key, can come after the change.
            let is_refused = (result.as_ref()).is_err_and(|err| err.kind() == ErrorKind::Builder);
            let entry = Entry::Action(action);
            let is_void = is_refused && entry.is_void_if_refused();
            (result, (!is_void).then_some(entry))
        })?;
        written.wait()?;
        result
    }

    /// Performs an action of a merchant.
    pub(crate) fn perform_of(&self, account: &Account, act: MerchantAct) -> Result<Performed> {
        let mchid = account.mchid().to_owned();
        self.perform(Action::OfMerchant { mchid, act })
    }
}

fn apply(state: &SandboxState, action: &Action) -> Result<Performed> {
    let now = state.now();
    match action {
        Action::OfMerchant { mchid, act } => {
            let account = state.accounts.named(mchid)?;
            return apply_of(state, &account, act, now);
        }
        #[cfg(feature = "state")]
        Action::AddMerchant { entry } => add_merchant(state, entry)?,
        // Only the next start executes it so.
        #[cfg(not(feature = "state"))]
        Action::AddMerchant { .. } => {}
        Action::Stub(stub) => {
            let response = StubResponse::of_saved(stub);
            state.stubs.set(&stub.method, &stub.path, response)?;
        }
        Action::InjectFault { fault } => state.faults.push(fault.parse()?),
        Action::InjectFaultAlways { fault } => {
            let fault = fault.as_deref().map(str::parse).transpose()?;
            state.faults.set_always(fault);
        }
        Action::ClearCalls => state.records.clear(),
        Action::ClockOffset { seconds } => state.clock.set_offset(*seconds),
        Action::EnforceLimits { enforce } => state.rate_limits.enforce(*enforce),
        Action::Speed { speed } => state.set_speed(*speed)?,
        Action::NotifyUrl { url } => state.set_notify_url(url.clone())?,
        Action::Reset => state.reset(),
        Action::RotateCertificate => return state.platform.rotate(now).map(Performed::Certificate),
        Action::AnnounceCertificate => {
            return state.platform.announce(now).map(Performed::Certificate);
        }
        Action::CertificateMode { on } => state.platform.set_certificate_mode(*on),
        Action::RetireCertificates => state.platform.retire(),
        Action::PublicKeyOnly => state.platform.retire_all(),
    }
    Ok(Performed::Nothing)
}

fn apply_of(
    state: &SandboxState,
    account: &Account,
    act: &MerchantAct,
    now: i64,
) -> Result<Performed> {
    let world = &account.world;
    match act {
        MerchantAct::Pay { number } => drop(gateway::act(state, account, number, "pay")?),
        MerchantAct::FailPayment { number } => drop(gateway::act(state, account, number, "fail")?),
        MerchantAct::Expire { number } => drop(gateway::act(state, account, number, "expire")?),
        MerchantAct::SettleRefund { number, status } => {
            let status = RefundStatus::of_end(status).unwrap_or(RefundStatus::Processing);
            world.settle(number, status, now)?;
        }
        MerchantAct::HoldRefunds { hold } => world.hold_refunds(*hold),
        MerchantAct::HoldTransfers { hold } => world.hold_transfers(*hold),
        MerchantAct::DecideTransfer {
            number,
            fail_reason,
        } => {
            world.decide(number, fail_reason.as_deref(), now)?;
        }
        MerchantAct::SetState {
            number,
            state: name,
        } => gateway::set_state(state, account, number, name)?,
        MerchantAct::Complain { number, detail } => {
            return Ok(Performed::Number(world.complain(number, detail, now)?));
        }
        MerchantAct::SetBill { content } => account.bills.set(content.0.clone()),
        MerchantAct::SetBalance { fen } => {
            if !BALANCES.contains(fen) {
                return Err(Error::new(ErrorKind::Builder, WRONG_BALANCE.en)
                    .with_chinese(WRONG_BALANCE.zh.into_owned()));
            }
            world.set_balance(*fen);
        }
        MerchantAct::TakeEvents => return Ok(Performed::Events(world.take_events(now))),
    }
    Ok(Performed::Nothing)
}

/// Adds a merchant whose keys are in the folder.
#[cfg(feature = "state")]
fn add_merchant(state: &SandboxState, entry: &serde_json::Value) -> Result<()> {
    let wrong = |message: String| Error::new(ErrorKind::Builder, message);
    let entry: MerchantEntry =
        serde_json::from_value(entry.clone()).map_err(|err| wrong(err.to_string()))?;
    let settings = entry.settings(None);
    let settings = settings.map_err(|EntryError { field, problem }| {
        let chinese = format!("{field}：{}", problem.zh);
        wrong(format!("{field}: {}", problem.en)).with_chinese(chinese)
    })?;
    state.accounts.add(settings)?.credentials()?;
    Ok(())
}
