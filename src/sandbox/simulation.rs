//! The methods of [`Sandbox`] that read the state, and act as users and banks.

use super::handle::Sandbox;
use super::world::{
    ComplaintRecord, Event, OrderRecord, RefundRecord, RefundStatus, SharingRecord, TransferRecord,
};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// The state, and the actions of users and banks.
impl Sandbox {
    /// Pays an order, or a combined one, as the user would.
    ///
    /// Its `trade_state` becomes `SUCCESS`, and an [`Event`] is added.
    ///
    /// ```
    /// # use serde_json::json;
    /// # use wechatpay_sandbox::Sandbox;
    /// # fn main() -> wechatpay_chain::Result<()> {
    /// let sandbox = Sandbox::start_blocking()?;
    /// let client = sandbox.client()?;
    /// let order = json!({
    ///     "appid": "wxd678efh567hg6787",
    ///     "mchid": sandbox.mchid(),
    ///     "description": "Image形象店-深圳腾大-QQ公仔",
    ///     "out_trade_no": "1217752501201407033233368018",
    ///     "notify_url": "https://www.example.com/notify",
    ///     "amount": {"total": 100},
    /// });
    /// client.chain("v3/pay/transactions/native").post(order, ()).wait()?;
    /// sandbox.pay("1217752501201407033233368018")?;
    ///
    /// let chain = client.chain("v3/pay/transactions/out-trade-no/{out_trade_no}");
    /// let call = chain.get(()).var("out_trade_no", "1217752501201407033233368018");
    /// let res = call.query("mchid", sandbox.mchid()).wait()?;
    /// assert_eq!(res["trade_state"], "SUCCESS");
    /// assert_eq!(sandbox.take_events()[0].event_type, "TRANSACTION.SUCCESS");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`](wechatpay_chain::ErrorKind::Builder) when the order does not exist, or is paid, closed or
    /// expired.
    pub fn pay(&self, out_trade_no: &str) -> Result<()> {
        let now = self.now();
        Ok(self.state.world.pay(out_trade_no, now)?)
    }

    /// Fails a payment. The `trade_state` of a payment by code becomes `PAYERROR`, which is final. Any other order stays
    /// `NOTPAY`, because WeChat Pay does not report the failure, and can be [paid](Self::pay) later.
    ///
    /// # Errors
    ///
    /// As [`pay`](Self::pay).
    pub fn fail_payment(&self, out_trade_no: &str) -> Result<()> {
        let now = self.now();
        Ok(self.state.world.fail(out_trade_no, now)?)
    }

    /// Sets the result of a refund. Otherwise it succeeds when it is next read.
    ///
    /// An `ABNORMAL` refund can be settled again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`](wechatpay_chain::ErrorKind::Builder) when the refund does not exist or has ended.
    pub fn settle_refund(&self, out_refund_no: &str, status: RefundStatus) -> Result<()> {
        let now = self.now();
        Ok(self.state.world.settle(out_refund_no, status, now)?)
    }

    /// Leaves refunds `PROCESSING` until [`settle_refund`](Self::settle_refund) is called.
    pub fn hold_refunds(&self, hold: bool) {
        self.state.world.hold_refunds(hold);
    }

    /// Leaves batches of `v3/transfer/batches` `PROCESSING` until each detail is
    /// [confirmed](Self::confirm_transfer) or [rejected](Self::reject_transfer).
    ///
    /// Without this, a sandbox that posts notifications finishes batches at once, because it reads them continuously.
    pub fn hold_transfers(&self, hold: bool) {
        self.state.world.hold_transfers(hold);
    }

    /// Confirms a transfer as the user would. It becomes `SUCCESS`, and an [`Event`] is added.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`](wechatpay_chain::ErrorKind::Builder) when the transfer does not exist or does not wait for
    /// the user. A transfer waits for 24 hours.
    pub fn confirm_transfer(&self, out_bill_no: &str) -> Result<()> {
        let now = self.now();
        self.state.world.decide(out_bill_no, None, now)?;
        Ok(())
    }

    /// Fails a transfer with a reason from "查询转账单", such as `NAME_NOT_CORRECT`. It becomes `FAIL`, and an [`Event`] is
    /// added.
    ///
    /// For a batch of `v3/transfer/batches` that was not read yet or is [held](Self::hold_transfers), pass the
    /// `out_detail_no` of a detail. The event is added when all details have ended.
    ///
    /// # Errors
    ///
    /// As [`confirm_transfer`](Self::confirm_transfer).
    pub fn reject_transfer(&self, out_bill_no: &str, fail_reason: &str) -> Result<()> {
        let now = self.now();
        let reason = Some(fail_reason);
        self.state.world.decide(out_bill_no, reason, now)?;
        Ok(())
    }

    /// Sets the state (`SUCCESS`, `CLOSED` …) of a record, found by any of its numbers. It applies to the records of
    /// operations that `docs/remembered.md` lists as remembered without special rules. Queries return the state if their
    /// documentation lists it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`](wechatpay_chain::ErrorKind::Builder) when no request created a record with this number.
    pub fn set_state(&self, number: &str, state: &str) -> Result<()> {
        if self.state.remembered.set_state(number, state) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Builder,
            format!("no request created a record with the number {number:?}; create it first"),
        ))
    }

    /// Files a complaint about a paid order as its user would, in at most 300 characters. Returns the complaint's number
    /// (投诉单号) and adds an [`Event`].
    ///
    /// `v3/merchant-service/complaints-v2` lists it and accepts the merchant's responses.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`](wechatpay_chain::ErrorKind::Builder) when the order does not exist or was never paid, or the
    /// text is empty or too long.
    pub fn complain(&self, out_trade_no: &str, detail: &str) -> Result<String> {
        let now = self.now();
        Ok(self.state.world.complain(out_trade_no, detail, now)?)
    }

    /// The complaints, oldest first. At most 10,000 are kept.
    #[must_use]
    pub fn complaints(&self) -> Vec<ComplaintRecord> {
        self.state.world.complaints()
    }

    /// The orders, including the parts of combined orders, oldest first. At most 10,000 are kept.
    #[must_use]
    pub fn orders(&self) -> Vec<OrderRecord> {
        let now = self.now();
        self.state.world.orders(now)
    }

    /// The refunds, oldest first. At most 10,000 are kept.
    #[must_use]
    pub fn refunds(&self) -> Vec<RefundRecord> {
        self.state.world.refunds()
    }

    /// The transfers, oldest first. At most 10,000 are kept.
    #[must_use]
    pub fn transfers(&self) -> Vec<TransferRecord> {
        self.state.world.transfers()
    }

    /// The profit sharing orders, oldest first. At most 10,000 are kept.
    #[must_use]
    pub fn sharing(&self) -> Vec<SharingRecord> {
        self.state.world.sharing()
    }

    /// Takes the events of which WeChat Pay would notify the merchant, oldest first. At most 10,000 are kept.
    ///
    /// First finishes everything in progress: refunds that are not [held](Self::hold_refunds), batches that are not
    /// [held](Self::hold_transfers), profit sharing, cancellations.
    pub fn take_events(&self) -> Vec<Event> {
        let now = self.now();
        self.state.world.take_events(now)
    }

    fn now(&self) -> i64 {
        self.state.now()
    }
}
