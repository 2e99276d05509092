//! The whole state in a checkpoint of the journal.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::Ordering;

use serde::{Deserialize, Serialize};

use super::{SandboxState, store};
use crate::account::{Account, Caller};
use crate::bills::SavedBills;
use crate::journal::Blob;
use crate::notifier::{NotificationDraft, SavedDeliveries};
use crate::platform::SavedPlatform;
use crate::rate_limits::SavedWindow;
use crate::record::SavedRecords;
use crate::remembered;
use crate::world::SavedWorld;

/// Everything that inputs have changed, except for added merchants, stubs and keys: the journal keeps those.
#[derive(Serialize, Deserialize)]
pub(crate) struct Image {
    counts: Counts,
    settings: Settings,
    /// Each timestamp with the keys of its nonces, 16 bytes each.
    nonces: Vec<(i64, Blob)>,
    faults: Vec<(String, Option<u32>)>,
    windows: Vec<SavedWindow>,
    platform: SavedPlatform,
    records: SavedRecords,
    deliveries: SavedDeliveries,
    /// By merchant id.
    accounts: BTreeMap<String, SavedAccount>,
}

#[derive(Serialize, Deserialize)]
struct Counts {
    /// How many numbers of WeChat Pay were given.
    numbers: u64,
    /// How many responses have a Request-ID.
    responses: u64,
    /// How many platform certificates were added. Forgotten ones stay in the file under their numbers.
    certificates: u64,
}

/// The settings that a client of the control API has made.
#[derive(Serialize, Deserialize)]
struct Settings {
    clock_offset: i64,
    speed: f64,
    enforces_limits: bool,
    notify_url: Option<String>,
    forward_to: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct SavedAccount {
    world: SavedWorld,
    remembered: remembered::SavedRecords,
    bills: SavedBills,
    bank_key_given: bool,
    #[serde(default)]
    certificate_clients: VecDeque<String>,
}

impl Image {
    /// A copy of the state. Writing it as JSON takes several times as long, and is left to another thread.
    pub(crate) fn of(state: &SandboxState) -> Self {
        let accounts = state.accounts.all();
        let accounts = accounts
            .iter()
            .map(|account| (account.mchid().to_owned(), SavedAccount::of(account)));
        Self {
            counts: Counts {
                numbers: state.accounts.count(),
                responses: state.request_count.load(Ordering::Relaxed),
                certificates: state.identity.added(),
            },
            settings: Settings {
                clock_offset: state.clock.offset(),
                speed: state.notifier.speed(),
                enforces_limits: state.rate_limits.is_enforced(),
                notify_url: state.notify_url(),
                forward_to: state.forward_to(),
            },
            nonces: state.nonces.saved(),
            faults: state.faults.saved(),
            windows: state.rate_limits.saved(),
            platform: state.platform.saved(),
            records: state.records.saved(),
            deliveries: state.notifier.saved(),
            accounts: accounts.collect(),
        }
    }

    /// Replaces the state.
    ///
    /// # Errors
    ///
    /// The name of the part that this build cannot read.
    pub(crate) fn restore(self, state: &SandboxState) -> Result<(), String> {
        state.reset();
        state.accounts.set_count(self.counts.numbers);
        let responses = self.counts.responses;
        state.request_count.store(responses, Ordering::Relaxed);
        state.identity.set_added(self.counts.certificates);
        state.nonces.restore(self.nonces);
        for (mchid, saved) in self.accounts {
            let account = state.accounts.find(&mchid);
            let account = account.ok_or_else(|| format!("the merchant {mchid} is missing"))?;
            saved.restore(&account);
        }
        let part = |name: &str, restored: Option<()>| restored.ok_or_else(|| name.to_owned());
        part("faults", state.faults.restore(&self.faults))?;
        part("certificates", state.platform.restore(self.platform))?;
        part("requests", state.records.restore(self.records))?;
        self.settings.restore(state, self.windows);
        let restored = state.notifier.restore(self.deliveries, |mchid, saved| {
            let caller = Caller::new(state.accounts.find(mchid)?).ok()?;
            Some(NotificationDraft::restored(state.signer_of(&caller), saved))
        });
        part("notifications", restored)
    }
}

impl Settings {
    fn restore(self, state: &SandboxState, windows: Vec<SavedWindow>) {
        state.clock.set_offset(self.clock_offset);
        state.notifier.set_speed(self.speed);
        state.rate_limits.restore(self.enforces_limits, windows);
        store(&state.notify_url, self.notify_url);
        store(&state.forward_to, self.forward_to);
    }
}

impl SavedAccount {
    fn of(account: &Account) -> Self {
        Self {
            world: account.world.saved(),
            remembered: account.remembered.saved(),
            bills: account.bills.saved(),
            bank_key_given: account.bank_key_given.load(Ordering::Relaxed),
            certificate_clients: account.certificate_clients.saved(),
        }
    }

    fn restore(self, account: &Account) {
        account.world.restore(self.world);
        account.remembered.restore(self.remembered);
        account.bills.restore(self.bills);
        let given = self.bank_key_given;
        account.bank_key_given.store(given, Ordering::Relaxed);
        account
            .certificate_clients
            .restore(self.certificate_clients);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use wechatpay_chain::{Client, Result};

    use super::*;
    use crate::{Fault, RefundStatus, Sandbox};

    fn text(sandbox: &Sandbox) -> String {
        let image = Image::of(&sandbox.state);
        serde_json::to_string(&image).unwrap()
    }

    fn post(client: &Client, path: &'static str, body: Value) -> Result<()> {
        client.chain(path).post(body, ()).wait().map(drop)
    }

    /// Leaves something in every part of the state.
    fn fill(sandbox: &Sandbox) -> Result<()> {
        let (client, mchid) = (sandbox.client()?, sandbox.mchid());
        let order = |number: &str| {
            json!({
                "appid": "wxd678efh567hg6787", "mchid": mchid, "description": "公仔", "out_trade_no": number,
                "notify_url": "http://127.0.0.1:9/", "amount": {"total": 100}, "unknown": 1,
                "settle_info": {"profit_sharing": true},
            })
        };
        let day = client.chain("v3/bill/tradebill").get(());
        day.query("bill_date", "2024-01-01").wait()?;
        for number in ["ORDER1", "ORDER2", "ORDER3"] {
            post(&client, "v3/pay/transactions/native", order(number))?;
        }
        sandbox.pay("ORDER1")?;
        sandbox.pay("ORDER3")?;
        let refund = json!({
            "out_trade_no": "ORDER1", "out_refund_no": "R1",
            "amount": {"refund": 40, "total": 100, "currency": "CNY"},
        });
        post(&client, "v3/refund/domestic/refunds", refund)?;
        sandbox.settle_refund("R1", RefundStatus::Abnormal)?;
        sandbox.hold_transfers(true);
        let transfer = json!({
            "appid": "wxd678efh567hg6787", "out_bill_no": "T1", "transfer_scene_id": "1000",
            "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", "transfer_amount": 100, "transfer_remark": "x",
            "transfer_scene_report_infos": [{"info_type": "岗位类型", "info_content": "外卖员"}],
        });
        post(&client, "v3/fund-app/mch-transfer/transfer-bills", transfer)?;
        sandbox.complain("ORDER3", "坏了")?;
        let receiver = json!({
            "appid": "wxd678efh567hg6787", "type": "MERCHANT_ID", "account": "1900000110", "name": null,
            "relation_type": "STORE",
        });
        let _ = post(&client, "v3/profitsharing/receivers/add", receiver);
        let coupon = json!({"stock_name": "x"});
        let _ = post(&client, "v3/marketing/busifavor/stocks", coupon);
        sandbox.set_bill("a bill");
        sandbox.enforce_limits(true);
        sandbox.set_clock_offset(5);
        client.chain("v3/certificates").get(()).wait()?;
        let again = client
            .chain("v3/pay/transactions/out-trade-no/{out_trade_no}")
            .get(());
        let again = again.var("out_trade_no", "ORDER1");
        again.query("mchid", mchid).wait()?;
        sandbox.rotate_platform_certificate()?;
        sandbox.inject_fault(Fault::StaleTimestamp(7));
        sandbox.inject_fault_always(Some(Fault::Slow(std::time::Duration::from_millis(1))));
        Ok(())
    }

    #[test]
    fn a_restored_state_is_the_saved_one() {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = Sandbox::builder().state(folder.path()).start_blocking();
        let sandbox = sandbox.unwrap();
        fill(&sandbox).unwrap();
        let saved = text(&sandbox);
        let bill = wechatpay_core::crypto::base64::encode(b"a bill");
        for part in [
            "ORDER2",
            "R1",
            "T1",
            "坏了",
            "stale_timestamp=7",
            "\"certificate_clients\":[\"wechatpay",
            &bill,
        ] {
            assert!(saved.contains(part), "{part}");
        }
        sandbox.reset();
        assert_ne!(text(&sandbox), saved);
        let image: Image = serde_json::from_str(&saved).unwrap();
        image.restore(&sandbox.state).unwrap();
        assert_eq!(text(&sandbox), saved);
    }
}
