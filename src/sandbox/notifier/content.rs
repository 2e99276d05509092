//! What a notification says: APIv3's envelope, APIv2's XML.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::date::rfc3339;
use super::super::fault::Fault;
use super::super::fields;
use super::super::gateway::Gateway;
use super::super::identity::MCHID;
use super::super::reply::Reply;
use super::super::seal;
use super::super::v2;
use super::refused;
use crate::catalog::AnswerSignature;
use crate::crypto::{Padding, aes, base64};
use crate::error::Result;
use crate::notify::{Kind, Version};
use crate::protocol::envelope::refund_key;
use crate::protocol::xml;

pub(super) enum Content {
    Event(Event),
    Message(Message),
}

impl Content {
    /// Whether it can be spoiled in this way.
    pub(super) fn takes(&self, fault: &Fault) -> bool {
        match self {
            Self::Event(_) => fault.is_of_signature(true),
            Self::Message(message) => !message.refund && fault.is_of_signature(false),
        }
    }
}

/// APIv3: a resource in an envelope.
pub(super) struct Event {
    event_type: String,
    pub(super) summary: String,
    pub(super) original_type: String,
    resource: Value,
}

impl Event {
    pub(super) fn new(event_type: String, resource: Value) -> Self {
        let subject = event_type.split('.').next().unwrap_or_default();
        Self {
            summary: event_type.clone(),
            original_type: subject.to_ascii_lowercase(),
            event_type,
            resource,
        }
    }

    /// Source: WeChat Pay document "支付成功回调通知".
    pub(super) fn body(&self, gateway: &Gateway, id: &str, created: i64) -> Result<Reply> {
        let identity = &gateway.identity;
        let mut resource = self.resource.clone();
        if let Some(kind) = Kind::find(Version::V3, &self.event_type) {
            let key = identity.merchant_certificate.public_key();
            fields::encrypt(&mut resource, kind.decrypt(), Padding::default(), key)?;
        }
        let text = resource.to_string();
        let about = &self.original_type;
        let mut sealed = seal::sealed(&identity.apiv3_key, about, &text, &*gateway.clock)?;
        sealed["original_type"] = json!(about);
        let body = json!({
            "id": id,
            "create_time": rfc3339(created),
            "resource_type": "encrypt-resource",
            "event_type": self.event_type,
            "summary": self.summary,
            "resource": sealed,
        });
        Ok(Reply::json(StatusCode::OK, &body, AnswerSignature::Body))
    }
}

/// APIv2: members of an XML element.
pub(super) struct Message {
    members: Value,
    refund: bool,
}

impl Message {
    pub(super) fn signed(members: Value) -> Self {
        Self {
            members,
            refund: false,
        }
    }

    pub(super) fn refund(members: Value) -> Self {
        Self {
            members,
            refund: true,
        }
    }

    pub(super) fn body(&self, gateway: &Gateway, fault: Option<&Fault>) -> Result<Reply> {
        let Value::Object(told) = &self.members else {
            return Err(refused(
                "the members of an APIv2 notification are an object",
            ));
        };
        let mut members = Map::from_iter([
            ("return_code".to_owned(), json!("SUCCESS")),
            ("mch_id".to_owned(), json!(MCHID)),
            ("nonce_str".to_owned(), json!(gateway.clock.nonce()?)),
        ]);
        let key = &gateway.identity.v2_key;
        if self.refund {
            let text = xml::encode_root("root", v2::texts(told)?.iter().map(pair))?;
            let info = aes::ecb_encrypt(&*refund_key(key)?, text.as_bytes())?;
            members.insert("req_info".into(), json!(base64::encode(&info)));
        } else {
            members.insert("result_code".into(), json!("SUCCESS"));
            members.extend(told.clone());
            v2::seal(&mut members, key, fault)?;
        }
        v2::xml_reply(StatusCode::OK, &members)
    }
}

fn pair<'m>((name, text): &'m (&'m str, String)) -> (&'m str, &'m str) {
    (name, text)
}
