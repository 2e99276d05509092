//! The content of notifications: the envelope of APIv3, the XML of APIv2.

use http::StatusCode;
#[cfg(feature = "state")]
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::rejected;
use super::signer::NotificationSigner;
use crate::apiv2;
use crate::date::rfc3339;
use crate::fault::Fault;
use crate::reply::Reply;
use crate::sensitive_fields;
use crate::signing::encrypt_resource;
use wechatpay_chain::notify::{Kind, Version};
use wechatpay_core::catalog::AnswerSignature;
use wechatpay_core::crypto::{Padding, aes, base64};
use wechatpay_core::error::Result;
use wechatpay_core::protocol::envelope::refund_key;
use wechatpay_core::protocol::{SignType, xml};
use wechatpay_core::secret::Secret;

#[derive(Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) enum Content {
    Event(EventContent),
    Message(Message),
}

impl Content {
    pub(crate) fn event(
        event_type: &str,
        original_type: &str,
        summary: &str,
        resource: Value,
    ) -> Self {
        let mut event = EventContent::new(event_type.to_owned(), resource);
        event.original_type = original_type.to_owned();
        event.summary = summary.to_owned();
        Self::Event(event)
    }

    pub(crate) fn signed_v2(members: Value) -> Self {
        Self::Message(Message::signed(members))
    }

    pub(crate) fn refund_v2(members: Value) -> Self {
        Self::Message(Message::refund(members))
    }

    /// The resource in plaintext.
    pub(super) fn resource(&self) -> &Value {
        match self {
            Self::Event(event) => &event.resource,
            Self::Message(message) => &message.members,
        }
    }

    /// Whether the fault applies to this kind of notification.
    pub(super) fn accepts(&self, fault: &Fault) -> bool {
        match self {
            Self::Event(_) => fault.is_of_signature(true),
            Self::Message(message) => message.is_signed() && fault.is_of_signature(false),
        }
    }
}

/// An APIv3 notification: a resource in an envelope.
#[derive(Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct EventContent {
    event_type: String,
    pub(crate) summary: String,
    pub(crate) original_type: String,
    resource: Value,
}

impl EventContent {
    pub(crate) fn new(event_type: String, resource: Value) -> Self {
        let subject = event_type.split('.').next().unwrap_or_default();
        Self {
            summary: event_type.clone(),
            original_type: subject.to_ascii_lowercase(),
            event_type,
            resource,
        }
    }

    /// Source: WeChat Pay document "支付成功回调通知".
    pub(super) fn body(
        &self,
        signer: &NotificationSigner,
        id: &str,
        created: i64,
    ) -> Result<Reply> {
        let credentials = &signer.credentials;
        let mut resource = self.resource.clone();
        if let Some(kind) = Kind::find(Version::V3, &self.event_type) {
            let key = credentials.certificate.public_key();
            sensitive_fields::encrypt(&mut resource, kind.decrypt(), Padding::default(), key)?;
        }
        let text = resource.to_string();
        let about = &self.original_type;
        let key = credentials.resource_key();
        let mut encrypted = encrypt_resource(key, about, &text, &*signer.clock)?;
        encrypted["original_type"] = json!(about);
        let body = json!({
            "id": id,
            "create_time": rfc3339(created),
            "resource_type": "encrypt-resource",
            "event_type": self.event_type,
            "summary": self.summary,
            "resource": encrypted,
        });
        Ok(Reply::json(StatusCode::OK, &body, AnswerSignature::Body))
    }
}

/// An APIv2 notification: the members of an XML element.
#[derive(Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct Message {
    members: Value,
    protection: Protection,
}

/// How an APIv2 notification protects its members.
#[derive(Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
enum Protection {
    /// The members and their signature in plaintext.
    Signed,
    /// The members are encrypted in `req_info`; the ids of the merchant stay in plaintext.
    Refund,
    /// The members are encrypted in `event_ciphertext`, and the message is signed.
    Event(String),
}

impl Message {
    pub(crate) fn signed(members: Value) -> Self {
        let protection = Protection::Signed;
        Self {
            members,
            protection,
        }
    }

    pub(crate) fn refund(members: Value) -> Self {
        let protection = Protection::Refund;
        Self {
            members,
            protection,
        }
    }

    pub(crate) fn event(event_type: String, members: Value) -> Self {
        let protection = Protection::Event(event_type);
        Self {
            members,
            protection,
        }
    }

    fn is_signed(&self) -> bool {
        !matches!(self.protection, Protection::Refund)
    }

    pub(super) fn body(
        &self,
        signer: &NotificationSigner,
        id: &str,
        created: i64,
        fault: Option<&Fault>,
    ) -> Result<Reply> {
        let Value::Object(content) = &self.members else {
            return Err(rejected(
                "the members of an APIv2 notification are an object",
            ));
        };
        let mut members = Map::from_iter([
            ("return_code".to_owned(), json!("SUCCESS")),
            ("mch_id".to_owned(), json!(signer.credentials.mchid)),
            ("nonce_str".to_owned(), json!(signer.clock.nonce()?)),
        ]);
        let key = &signer.credentials.v2_key;
        match &self.protection {
            Protection::Signed => {
                members.insert("result_code".into(), json!("SUCCESS"));
                members.extend(content.clone());
            }
            Protection::Refund => members.extend(refund_members(content, key)?),
            Protection::Event(event_type) => {
                members.extend(event_members(
                    signer,
                    event_type,
                    &self.members,
                    id,
                    created,
                )?);
            }
        }
        if self.is_signed() {
            apiv2::sign(&mut members, SignType::default(), key, fault)?;
        }
        apiv2::xml_reply(StatusCode::OK, &members)
    }
}

/// The members of a refund notification that are not in `req_info` (退款结果通知 of APIv2).
const OUTSIDE: [&str; 4] = ["appid", "mch_id", "sub_appid", "sub_mch_id"];
/// The default `appid`, from the document: a refund notification always has one.
const APPID: &str = "wx8888888888888888";

/// Source: WeChat Pay document "退款结果通知" of APIv2.
fn refund_members(content: &Map<String, Value>, key: &Secret) -> Result<Map<String, Value>> {
    let (outside, inside): (Map<_, _>, Map<_, _>) = content
        .clone()
        .into_iter()
        .partition(|(name, _)| OUTSIDE.contains(&&**name));
    let mut members = Map::from_iter([("appid".to_owned(), json!(APPID))]);
    members.extend(outside);
    let inside = apiv2::texts(&inside)?;
    let text = xml::encode_root("root", inside.iter().map(|(name, text)| (*name, &**text)))?;
    let info = aes::ecb_encrypt(&*refund_key(key)?, text.as_bytes())?;
    members.insert("req_info".into(), json!(base64::encode(&info)));
    Ok(members)
}

/// Source: WeChat Pay document "用户确认订单成功回调通知" of APIv2.
fn event_members(
    signer: &NotificationSigner,
    event_type: &str,
    resource: &Value,
    id: &str,
    created: i64,
) -> Result<Map<String, Value>> {
    let key = signer.credentials.resource_key();
    let encrypted = encrypt_resource(key, "", &resource.to_string(), &*signer.clock)?;
    let member = |name: &str, value: &Value| (format!("event_{name}"), value.clone());
    Ok(Map::from_iter([
        member("id", &json!(id)),
        member("create_time", &json!(rfc3339(created))),
        member("type", &json!(event_type)),
        member("algorithm", &encrypted["algorithm"]),
        member("nonce", &encrypted["nonce"]),
        member("associated_data", &encrypted["associated_data"]),
        member("ciphertext", &encrypted["ciphertext"]),
    ]))
}
