//! What a judged request is answered with, and who signs it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use openssl::sha::sha256;

use super::super::call::Call;
use super::super::certificates;
use super::super::fault::Fault;
use super::super::fields;
use super::super::identity::PlatformPair;
use super::super::refusal::Refusal;
use super::super::reply::Reply;
use super::super::seal::{self, Seal};
use super::super::stub::{Checked, StubResponse};
use super::super::v2;
use super::Gateway;
use wechatpay_core::crypto::digest::hex_upper;
use wechatpay_core::error::Result;
use wechatpay_core::protocol::WECHATPAY_SERIAL;

impl Gateway {
    pub(super) fn reply(
        &self,
        call: &Call,
        judged: &Result<(), Refusal>,
        fault: Option<&Fault>,
    ) -> Reply {
        if let Some(page) = fault.and_then(Fault::page) {
            return page;
        }
        let mut reply = self.right_or_refused(call, judged, fault);
        // Hexadecimal digits are a header's value.
        let _ = seal::set(&mut reply.headers, "Request-ID", &self.request_id());
        let pair = match self.signer(call, fault) {
            Ok(pair) => pair,
            Err(err) => return Refusal::internal(&err).reply(),
        };
        let seal = Seal {
            pair: &pair,
            offset: fault.map_or(0, Fault::offset),
            wrong: fault == Some(&Fault::WrongSignature),
        };
        if let Err(err) = seal.put(&mut reply, &*self.clock) {
            return Refusal::internal(&err).reply();
        }
        if let Some(fault) = fault {
            fault.spoil(&mut reply);
        }
        reply
    }

    fn right_or_refused(
        &self,
        call: &Call,
        judged: &Result<(), Refusal>,
        fault: Option<&Fault>,
    ) -> Reply {
        if let Err(refusal) = judged {
            return self.refused(call, refusal, fault);
        }
        if let Some(status) = fault.and_then(Fault::status) {
            return match call.v2() {
                Some(_) => match v2::of_status(status) {
                    Some(refusal) => self.refused(call, &refusal, fault),
                    None => Reply::html(status),
                },
                None => Refusal::of_status(status).reply(),
            };
        }
        self.answer(call, fault)
            .and_then(|reply| match call.v2() {
                Some(operation) => {
                    v2::reply(reply, operation, &self.identity.v2_key, &*self.clock, fault)
                }
                None => Ok(reply),
            })
            .unwrap_or_else(|err| Refusal::internal(&err).reply())
    }

    /// A refusal in the form of the request's API.
    fn refused(&self, call: &Call, refusal: &Refusal, fault: Option<&Fault>) -> Reply {
        let Some(operation) = call.v2() else {
            return refusal.reply();
        };
        let (key, asked) = (&self.identity.v2_key, call.json.as_ref());
        v2::refused(refusal, asked, operation, key, &*self.clock, fault)
    }

    /// Who signs the answer.
    fn signer(&self, call: &Call, fault: Option<&Fault>) -> Result<Arc<PlatformPair>> {
        if fault == Some(&Fault::ExpiredCertificate) {
            return Ok(self.platform.expired(self.clock.now())?.pair);
        }
        let named = call.head.headers.get(WECHATPAY_SERIAL);
        let named = named.and_then(|serial| serial.to_str().ok());
        let lists = certificates::lists(call.operation);
        Ok(self.platform.signer(named, lists))
    }

    fn answer(&self, call: &Call, fault: Option<&Fault>) -> Result<Reply> {
        let (method, operation) = (&call.head.method, call.operation);
        let answer = match self.stubs.get(method, call.head.uri.path()) {
            Some(answer) => answer,
            None if certificates::lists(operation) => {
                return self.platform.list(fault, &*self.clock);
            }
            None => self.usual(call)?,
        };
        let key = self.identity.merchant_certificate.public_key();
        answer.reply(operation, |value| match operation {
            Some(operation) => fields::close(value, operation, key),
            None => Ok(()),
        })
    }

    /// What is answered where nothing was said.
    fn usual(&self, call: &Call) -> Result<Checked> {
        if let Some(told) = &call.told {
            return Ok(Checked::told(told.clone()));
        }
        let made = call.sent().and_then(|sent| self.documented.answer(&sent));
        if let Some((status, body)) = made {
            return StubResponse::json(body).status(status.as_u16()).check();
        }
        let json = call.json.as_ref();
        Ok(Checked::default(&call.head.method, call.operation, json))
    }

    /// Of the form that WeChat Pay's have, and never the same.
    fn request_id(&self) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let digest = sha256(&[self.clock.now().to_be_bytes(), count.to_be_bytes()].concat());
        format!("08{}-{count:09}", hex_upper(&digest[..21]))
    }
}
