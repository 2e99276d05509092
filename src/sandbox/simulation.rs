//! The methods of [`Sandbox`] that read the state, and act as users and banks.

use super::handle::{Account, Sandbox};
use super::world::{
    ComplaintRecord, Event, OrderRecord, RefundRecord, RefundStatus, SharingRecord, TransferRecord,
    World,
};
use crate::journal::{Blob, MerchantAct};
use crate::perform::Performed;
use wechatpay_core::error::Result;

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
        self.merchant.pay(out_trade_no)
    }

    /// Sets the balance of the basic account, in fen. A transfer that it cannot pay is refused with 403 `NOT_ENOUGH`.
    ///
    /// ```
    /// # use wechatpay_sandbox::Sandbox;
    /// # fn main() -> wechatpay_chain::Result<()> {
    /// let sandbox = Sandbox::start_blocking()?;
    /// sandbox.set_balance(1_000)?;
    /// let client = sandbox.client()?;
    /// let call = client.chain("v3/merchant/fund/balance/{account_type}").get(());
    /// let res = call.var("account_type", "BASIC").wait()?;
    /// assert_eq!(res["available_amount"], 1_000);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`](wechatpay_chain::ErrorKind::Builder) when the amount is negative or above 10¹⁵.
    pub fn set_balance(&self, fen: i64) -> Result<()> {
        self.merchant.set_balance(fen)
    }

    /// Fails a payment. The `trade_state` of a payment by code becomes `PAYERROR`, which is final. Any other order stays
    /// `NOTPAY`, because WeChat Pay does not report the failure, and can be [paid](Self::pay) later.
    ///
    /// # Errors
    ///
    /// As [`pay`](Self::pay), and for an order of 微信支付分, which a failure does not change.
    pub fn fail_payment(&self, out_trade_no: &str) -> Result<()> {
        self.merchant.fail_payment(out_trade_no)
    }

    /// Sets the result of a refund. Otherwise it succeeds when it is next read.
    ///
    /// An `ABNORMAL` refund can be settled again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`](wechatpay_chain::ErrorKind::Builder) when the refund does not exist or has ended.
    pub fn settle_refund(&self, out_refund_no: &str, status: RefundStatus) -> Result<()> {
        self.merchant.settle_refund(out_refund_no, status)
    }

    /// Leaves refunds `PROCESSING` until [`settle_refund`](Self::settle_refund) is called.
    pub fn hold_refunds(&self, hold: bool) {
        self.merchant.hold_refunds(hold);
    }

    /// Leaves batches of `v3/transfer/batches` `PROCESSING` until each detail is
    /// [confirmed](Self::confirm_transfer) or [rejected](Self::reject_transfer).
    ///
    /// Without this, a sandbox that posts notifications finishes batches at once, because it reads them continuously.
    pub fn hold_transfers(&self, hold: bool) {
        self.merchant.hold_transfers(hold);
    }

    /// Confirms a transfer as the user would. It becomes `SUCCESS`, and an [`Event`] is added.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`](wechatpay_chain::ErrorKind::Builder) when the transfer does not exist or does not wait for
    /// the user. A transfer waits for 24 hours.
    pub fn confirm_transfer(&self, out_bill_no: &str) -> Result<()> {
        self.merchant.confirm_transfer(out_bill_no)
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
        self.merchant.reject_transfer(out_bill_no, fail_reason)
    }

    /// Sets the state (`SUCCESS`, `CLOSED` …) of a record, found by any of its numbers. It applies to the records of
    /// operations that `docs/remembered.md` lists as remembered without special rules. Queries return the state if their
    /// documentation lists it.
    ///
    /// An order of 微信支付分 has the states `CREATED`, `DOING` (the user has confirmed it), `MCH_COMPLETE` (`DOING`, and the
    /// merchant has completed it), `DONE`, `REVOKED` and `EXPIRED`. After `DOING` and `DONE`, an [`Event`] is added. One of
    /// several sub-merchants with the same number is named as `OWNER/NUMBER`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`](wechatpay_chain::ErrorKind::Builder) when no request created a record with this number, or an
    /// order of 微信支付分 cannot have the state: `MCH_COMPLETE` and `DONE` need a `total_amount`.
    pub fn set_state(&self, number: &str, state: &str) -> Result<()> {
        self.merchant.set_state(number, state)
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
        self.merchant.complain(out_trade_no, detail)
    }

    /// The complaints, oldest first. At most 10,000 are kept.
    #[must_use]
    pub fn complaints(&self) -> Vec<ComplaintRecord> {
        self.merchant.complaints()
    }

    /// The orders, including the parts of combined orders, oldest first. At most 10,000 are kept.
    #[must_use]
    pub fn orders(&self) -> Vec<OrderRecord> {
        self.merchant.orders()
    }

    /// The refunds, oldest first. At most 10,000 are kept.
    #[must_use]
    pub fn refunds(&self) -> Vec<RefundRecord> {
        self.merchant.refunds()
    }

    /// The transfers, oldest first. At most 10,000 are kept.
    #[must_use]
    pub fn transfers(&self) -> Vec<TransferRecord> {
        self.merchant.transfers()
    }

    /// The profit sharing orders, oldest first. At most 10,000 are kept.
    #[must_use]
    pub fn sharing(&self) -> Vec<SharingRecord> {
        self.merchant.sharing()
    }

    /// Takes the events of which WeChat Pay would notify the merchant, oldest first. At most 10,000 are kept.
    ///
    /// First finishes everything in progress: refunds that are not [held](Self::hold_refunds), batches that are not
    /// [held](Self::hold_transfers), profit sharing, cancellations.
    pub fn take_events(&self) -> Vec<Event> {
        self.merchant.take_events()
    }
}

/// The merchant's counterpart of the methods of [`Sandbox`], which serve the first merchant.
impl Account {
    /// As [`Sandbox::pay`].
    ///
    /// # Errors
    ///
    /// As [`Sandbox::pay`].
    pub fn pay(&self, out_trade_no: &str) -> Result<()> {
        let number = out_trade_no.to_owned();
        self.perform(MerchantAct::Pay { number }).map(drop)
    }

    /// As [`Sandbox::fail_payment`].
    ///
    /// # Errors
    ///
    /// As [`Sandbox::pay`].
    pub fn fail_payment(&self, out_trade_no: &str) -> Result<()> {
        let number = out_trade_no.to_owned();
        self.perform(MerchantAct::FailPayment { number }).map(drop)
    }

    /// As [`Sandbox::expire`].
    ///
    /// # Errors
    ///
    /// As [`Sandbox::pay`].
    pub fn expire(&self, out_trade_no: &str) -> Result<()> {
        let number = out_trade_no.to_owned();
        self.perform(MerchantAct::Expire { number }).map(drop)
    }

    /// As [`Sandbox::settle_refund`].
    ///
    /// # Errors
    ///
    /// As [`Sandbox::settle_refund`].
    pub fn settle_refund(&self, out_refund_no: &str, status: RefundStatus) -> Result<()> {
        let (number, status) = (out_refund_no.to_owned(), status.name().to_owned());
        self.perform(MerchantAct::SettleRefund { number, status })
            .map(drop)
    }

    /// As [`Sandbox::hold_refunds`].
    pub fn hold_refunds(&self, hold: bool) {
        // An error means that the state cannot be written. Then nothing changes, and `Sandbox::check_state` has the error.
        let _ = self.perform(MerchantAct::HoldRefunds { hold });
    }

    /// As [`Sandbox::hold_transfers`].
    pub fn hold_transfers(&self, hold: bool) {
        let _ = self.perform(MerchantAct::HoldTransfers { hold });
    }

    /// As [`Sandbox::confirm_transfer`].
    ///
    /// # Errors
    ///
    /// As [`Sandbox::confirm_transfer`].
    pub fn confirm_transfer(&self, out_bill_no: &str) -> Result<()> {
        self.decide(out_bill_no, None)
    }

    /// As [`Sandbox::reject_transfer`].
    ///
    /// # Errors
    ///
    /// As [`Sandbox::confirm_transfer`].
    pub fn reject_transfer(&self, out_bill_no: &str, fail_reason: &str) -> Result<()> {
        self.decide(out_bill_no, Some(fail_reason))
    }

    /// As [`Sandbox::set_state`].
    ///
    /// # Errors
    ///
    /// As [`Sandbox::set_state`].
    pub fn set_state(&self, number: &str, state: &str) -> Result<()> {
        let (number, state) = (number.to_owned(), state.to_owned());
        self.perform(MerchantAct::SetState { number, state })
            .map(drop)
    }

    /// As [`Sandbox::complain`].
    ///
    /// # Errors
    ///
    /// As [`Sandbox::complain`].
    pub fn complain(&self, out_trade_no: &str, detail: &str) -> Result<String> {
        let (number, detail) = (out_trade_no.to_owned(), detail.to_owned());
        let performed = self.perform(MerchantAct::Complain { number, detail })?;
        Ok(performed.number())
    }

    /// As [`Sandbox::set_bill`].
    pub fn set_bill(&self, content: impl Into<bytes::Bytes>) {
        let content = Blob(content.into());
        let _ = self.perform(MerchantAct::SetBill { content });
    }

    /// As [`Sandbox::set_balance`].
    ///
    /// # Errors
    ///
    /// As [`Sandbox::set_balance`].
    pub fn set_balance(&self, fen: i64) -> Result<()> {
        self.perform(MerchantAct::SetBalance { fen }).map(drop)
    }

    /// Returns the amount that the basic account can still pay, in fen.
    #[must_use]
    pub fn balance(&self) -> i64 {
        self.world().balance()
    }

    /// The complaints, oldest first.
    #[must_use]
    pub fn complaints(&self) -> Vec<ComplaintRecord> {
        self.world().complaints()
    }

    /// The orders, oldest first, and then the parts of other merchants' combined orders that this one sells.
    #[must_use]
    pub fn orders(&self) -> Vec<OrderRecord> {
        let (mchid, now) = (self.mchid(), self.now());
        let mut orders = self.world().orders(now);
        for other in self.state.accounts.all() {
            if other.mchid() != mchid {
                orders.extend(other.world.orders_of_seller(mchid, now));
            }
        }
        orders
    }

    /// The refunds, oldest first.
    #[must_use]
    pub fn refunds(&self) -> Vec<RefundRecord> {
        self.world().refunds()
    }

    /// The transfers, oldest first.
    #[must_use]
    pub fn transfers(&self) -> Vec<TransferRecord> {
        self.world().transfers()
    }

    /// The profit sharing orders, oldest first.
    #[must_use]
    pub fn sharing(&self) -> Vec<SharingRecord> {
        self.world().sharing()
    }

    /// As [`Sandbox::take_events`].
    pub fn take_events(&self) -> Vec<Event> {
        let performed = self.perform(MerchantAct::TakeEvents);
        performed.map_or_else(|_| Vec::new(), Performed::events)
    }

    fn decide(&self, number: &str, fail_reason: Option<&str>) -> Result<()> {
        let act = MerchantAct::DecideTransfer {
            number: number.to_owned(),
            fail_reason: fail_reason.map(str::to_owned),
        };
        self.perform(act).map(drop)
    }

    fn perform(&self, act: MerchantAct) -> Result<Performed> {
        self.state.perform_of(&self.caller.account, act)
    }

    fn world(&self) -> &World {
        &self.caller.account.world
    }

    fn now(&self) -> i64 {
        self.state.now()
    }
}
