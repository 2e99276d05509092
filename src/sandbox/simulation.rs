//! The methods of [`Sandbox`] that read the state, and do what users, banks and time do.

use super::handle::Sandbox;
use super::world::{
    ComplaintRecord, Event, OrderRecord, RefundRecord, RefundStatus, SharingRecord, TransferRecord,
};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// What it remembers, and what the user does.
impl Sandbox {
    /// Pays an order, or a combined one, as the user would.
    ///
    /// Its `trade_state` is `SUCCESS` and an [`Event`] waits.
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
    /// [`ErrorKind::Builder`](wechatpay_chain::ErrorKind::Builder) when there is no such order, when it is
    /// paid or closed, or its time is over.
    pub fn pay(&self, out_trade_no: &str) -> Result<()> {
        let now = self.now();
        Ok(self.state.world.pay(out_trade_no, now)?)
    }

    /// Lets a payment fail. Of a payment by code the `trade_state` is `PAYERROR`, and it is over; any
    /// other order stays `NOTPAY`, as WeChat Pay says nothing of it, and the user may try again with
    /// [`pay`](Self::pay).
    ///
    /// # Errors
    ///
    /// As [`pay`](Self::pay).
    pub fn fail_payment(&self, out_trade_no: &str) -> Result<()> {
        let now = self.now();
        Ok(self.state.world.fail(out_trade_no, now)?)
    }

    /// Decides how a refund ends. One that nobody decides on succeeds before the next look at it.
    ///
    /// One that is `ABNORMAL` may still end otherwise.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`](wechatpay_chain::ErrorKind::Builder) when there is no such refund, or it has
    /// ended already.
    pub fn settle_refund(&self, out_refund_no: &str, status: RefundStatus) -> Result<()> {
        let now = self.now();
        Ok(self.state.world.settle(out_refund_no, status, now)?)
    }

    /// Leaves refunds `PROCESSING` until [`settle_refund`](Self::settle_refund) is called.
    pub fn hold_refunds(&self, hold: bool) {
        self.state.world.hold_refunds(hold);
    }

    /// Leaves batches of `v3/transfer/batches` `PROCESSING` until each detail was
    /// [confirmed](Self::confirm_transfer) or [rejected](Self::reject_transfer).
    ///
    /// A sandbox that posts notifications by itself looks at them all the time, and so ends them at once.
    pub fn hold_transfers(&self, hold: bool) {
        self.state.world.hold_transfers(hold);
    }

    /// Confirms a transfer as the user does: it is `SUCCESS` and an [`Event`] waits.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`](wechatpay_chain::ErrorKind::Builder) when there is no such transfer, or it does
    /// not wait for the user: one waits for 24 hours.
    pub fn confirm_transfer(&self, out_bill_no: &str) -> Result<()> {
        let now = self.now();
        self.state.world.decide(out_bill_no, None, now)?;
        Ok(())
    }

    /// Lets a transfer fail for a reason of those that "查询转账单" lists, such as
    /// `NAME_NOT_CORRECT`: it is `FAIL` and an [`Event`] waits. Of a batch of `v3/transfer/batches` that
    /// nobody has looked at yet, or that is [held](Self::hold_transfers), it is a detail, by its
    /// `out_detail_no`; the event waits when all of the batch have ended.
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

    /// Sets the state (`SUCCESS`, `CLOSED` …) of a thing that a request made, by any of its numbers. It concerns the
    /// operations that `docs/remembered.md` lists as remembered and that have no method of their own here. Queries
    /// show the state where their documentation lists it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`](wechatpay_chain::ErrorKind::Builder) when no request made a thing with this number.
    pub fn set_state(&self, number: &str, state: &str) -> Result<()> {
        if self.state.remembered.set_state(number, state) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Builder,
            format!("no request made a thing with the number {number:?}; make it first"),
        ))
    }

    /// Complains about a paid order as its user does, in at most 300 characters; gives the complaint's
    /// number (投诉单号). An [`Event`] waits.
    ///
    /// `v3/merchant-service/complaints-v2` lists it, and takes the merchant's answers.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`](wechatpay_chain::ErrorKind::Builder) when there is no such order, it was never
    /// paid, or the text is empty or too long.
    pub fn complain(&self, out_trade_no: &str, detail: &str) -> Result<String> {
        let now = self.now();
        Ok(self.state.world.complain(out_trade_no, detail, now)?)
    }

    /// The complaints, oldest first. At most 10,000 are kept.
    #[must_use]
    pub fn complaints(&self) -> Vec<ComplaintRecord> {
        self.state.world.complaints()
    }

    /// The orders, oldest first, those of combined orders among them. At most 10,000 are kept.
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

    /// Takes what the merchant would have been notified of, oldest first; at most 10,000 wait.
    ///
    /// What is on its way ends before: refunds that are not [held](Self::hold_refunds), batches that
    /// are not [held](Self::hold_transfers), profit sharing, cancellations.
    pub fn take_events(&self) -> Vec<Event> {
        let now = self.now();
        self.state.world.take_events(now)
    }

    fn now(&self) -> i64 {
        self.state.now()
    }
}
