//! What the control API can do, for tests in Rust.

use std::sync::Arc;
use std::time::Duration;

use super::super::Sandbox;
use super::super::gateway::Gateway;
use super::super::notifier::{Content, Deliveries, DeliveryRecord, Draft, check_url};
use super::super::world::Event;
use wechatpay_core::error::{Error, ErrorKind, Result};

impl Sandbox {
    /// Puts the gateway's clock so many seconds off, for its door as for what it signs.
    ///
    /// From five minutes on, requests of clients whose clocks are right are refused, and its answers
    /// not believed.
    pub fn set_clock_offset(&self, seconds: i64) {
        self.gateway.control.clock.set_offset(seconds);
    }

    /// Whether the documented limits of frequency act from now on, see
    /// [`SandboxBuilder::enforce_limits`](super::super::SandboxBuilder::enforce_limits); what was
    /// counted before is forgotten.
    pub fn enforce_limits(&self, enforce: bool) {
        self.gateway.enforce_limits(enforce);
    }

    /// How many times faster than time the waits between the attempts of notifications pass; 1 by
    /// default.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] when it is below 0.001 or above a million.
    pub fn set_speed(&self, speed: f64) -> Result<()> {
        set_speed(&self.gateway, speed)
    }

    /// Sets where to post what happens when the request named no `notify_url`, or with `None` nowhere;
    /// see [`SandboxBuilder::notify_url`](crate::SandboxBuilder::notify_url).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] when the sandbox may not post there.
    pub fn set_notify_url<'u>(&self, url: impl Into<Option<&'u str>>) -> Result<()> {
        set_notify_url(&self.gateway, url.into().map(str::to_owned))
    }

    /// Forgets all orders, refunds, transfers, batches, profit sharing, complaints, images and events,
    /// the bills, calls and deliveries, and the faults that wait; clock, speed, limits, the `notify_url`
    /// that stands for a merchant's setting, platform certificates, who signs and whether refunds and
    /// transfers are held are as at its start.
    ///
    /// Its keys stay, but for those of certificates that were added, and so do the answers given with
    /// [`stub`](Self::stub).
    pub fn reset(&self) {
        reset(&self.gateway);
    }

    /// The notifications that it posted by itself or was told to, oldest first; at most 1000 are kept,
    /// and no more than about 64 MiB of them together.
    #[must_use]
    pub fn deliveries(&self) -> Vec<DeliveryRecord> {
        post_what_happened(&self.gateway);
        self.gateway.control.deliveries.all()
    }

    /// Lets the time to pay an order be over: it is closed.
    ///
    /// # Errors
    ///
    /// As [`pay`](Self::pay).
    pub fn expire(&self, out_trade_no: &str) -> Result<()> {
        let now = self.gateway.clock.now();
        Ok(self.gateway.world.expire(out_trade_no, now)?)
    }
}

pub(super) fn set_speed(gateway: &Gateway, speed: f64) -> Result<()> {
    check_speed(speed)?;
    gateway.control.deliveries.set_pace(speed);
    Ok(())
}

pub(super) fn set_notify_url(gateway: &Gateway, url: Option<String>) -> Result<()> {
    gateway.control.settings.check_notify_url(url.as_deref())?;
    gateway.control.set_notify_url(url);
    Ok(())
}

/// Slower, the waits would be longer than anything can be timed.
pub(super) fn check_speed(speed: f64) -> Result<()> {
    match (1e-3..=1e6).contains(&speed) {
        true => Ok(()),
        false => {
            let message = format!("{speed} is not a speed: from 0.001 to 1000000");
            Err(Error::new(ErrorKind::Builder, message))
        }
    }
}

/// Forgets everything but the keys it began with; faults, clock and speed are as at the start.
pub(super) fn reset(gateway: &Gateway) {
    let control = &gateway.control;
    let _posting = control.posting();
    gateway.world.reset();
    gateway.bills.clear();
    gateway.records.clear();
    gateway.faults.begin(&control.settings.faults);
    gateway.reset_limits();
    control.deliveries.clear();
    control.deliveries.set_pace(control.settings.speed());
    control.clock.set_offset(0);
    control.set_notify_url(control.settings.notify_url.clone());
    gateway.platform.reset();
}

/// Posts what happens, as long as the sandbox runs.
pub(crate) async fn post_what_happens(gateway: Arc<Gateway>) {
    const SOON: Duration = Duration::from_millis(100);
    if !gateway.control.settings.posts {
        return;
    }
    loop {
        tokio::time::sleep(SOON).await;
        post_what_happened(&gateway);
    }
}

/// Posts what has happened since, when it is to.
pub(super) fn post_what_happened(gateway: &Arc<Gateway>) {
    if gateway.control.settings.posts {
        let _posting = gateway.control.posting();
        let events = gateway.world.take_events(gateway.clock.now());
        events
            .into_iter()
            .for_each(|event| post_event(gateway, event));
    }
}

const NO_URL: &str = "the request named no notify_url, and the sandbox was given none to stand for what a \
                      merchant sets on the platform (--notify-url, POST settings of the control API)";

/// A URL that nothing may be posted to is remembered, so that somebody can see it.
fn post_event(gateway: &Arc<Gateway>, event: Event) {
    let platform_s = || gateway.control.notify_url();
    let url = event.notify_url.or_else(platform_s).unwrap_or_default();
    let (kind, content) = match (event.is_v2, event.original_type) {
        (true, "refund") => ("REFUND", Content::refund_v2(event.resource)),
        (true, _) => ("PAY", Content::signed_v2(event.resource)),
        (false, about) => {
            let kind = event.event_type;
            (
                kind,
                Content::event(kind, about, event.summary, event.resource),
            )
        }
    };
    let checked = match url.is_empty() {
        true => Err(Error::new(ErrorKind::Builder, NO_URL)),
        false => check_url(&url, gateway.control.reach()),
    };
    let draft = Draft::new(gateway, url, content);
    match checked {
        Ok(()) => Deliveries::post(gateway, draft, kind.to_owned()),
        Err(err) => {
            let deliveries = &gateway.control.deliveries;
            deliveries.refuse(draft, kind.to_owned(), gateway.clock.now_ms(), &err)
        }
    };
}
