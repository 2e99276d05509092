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
use wechatpay_chain::notify::{Kind, Version};
use wechatpay_core::catalog::AnswerSignature;
use wechatpay_core::crypto::{Padding, aes, base64};
use wechatpay_core::error::Result;
use wechatpay_core::protocol::envelope::refund_key;
use wechatpay_core::protocol::{SignType, xml};

#[derive(Clone)]
pub(crate) enum Content {
    Event(Event),
    Message(Message),
}

impl Content {
    pub(crate) fn event(
        event_type: &str,
        original_type: &str,
        summary: &str,
        resource: Value,
    ) -> Self {
        let mut event = Event::new(event_type.to_owned(), resource);
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

    /// What it is about, in plaintext.
    pub(super) fn resource(&self) -> &Value {
        match self {
            Self::Event(event) => &event.resource,
            Self::Message(message) => &message.members,
        }
    }

    /// Whether it can be spoiled in this way.
    pub(super) fn takes(&self, fault: &Fault) -> bool {
        match self {
            Self::Event(_) => fault.is_of_signature(true),
            Self::Message(message) => message.is_signed() && fault.is_of_signature(false),
        }
    }
}

/// APIv3: a resource in an envelope.
#[derive(Clone)]
pub(crate) struct Event {
    event_type: String,
    pub(crate) summary: String,
    pub(crate) original_type: String,
    resource: Value,
}

impl Event {
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
#[derive(Clone)]
pub(crate) struct Message {
    members: Value,
    form: Form,
}

/// How APIv2 wraps what it says.
#[derive(Clone)]
enum Form {
    /// Members beside their signature.
    Signed,
    /// Members encrypted into `req_info`, beside whose they are.
    Refund,
    /// Members encrypted into `event_ciphertext`, beside a signature.
    Event(String),
}

impl Message {
    pub(crate) fn signed(members: Value) -> Self {
        let form = Form::Signed;
        Self { members, form }
    }

    pub(crate) fn refund(members: Value) -> Self {
        let form = Form::Refund;
        Self { members, form }
    }

    pub(crate) fn event(event_type: String, members: Value) -> Self {
        let form = Form::Event(event_type);
        Self { members, form }
    }

    fn is_signed(&self) -> bool {
        !matches!(self.form, Form::Refund)
    }

    pub(super) fn body(
        &self,
        gateway: &Gateway,
        id: &str,
        created: i64,
        fault: Option<&Fault>,
    ) -> Result<Reply> {
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
        match &self.form {
            Form::Signed => {
                members.insert("result_code".into(), json!("SUCCESS"));
                members.extend(told.clone());
            }
            Form::Refund => {
                let (outside, inside): (Map<_, _>, Map<_, _>) = told
                    .clone()
                    .into_iter()
                    .partition(|(name, _)| OUTSIDE.contains(&&**name));
                members.insert("appid".into(), json!(APPID));
                members.extend(outside);
                let text = xml::encode_root("root", v2::texts(&inside)?.iter().map(pair))?;
                let info = aes::ecb_encrypt(&*refund_key(key)?, text.as_bytes())?;
                members.insert("req_info".into(), json!(base64::encode(&info)));
            }
            Form::Event(event_type) => {
                members.extend(event(gateway, event_type, &self.members, id, created)?);
            }
        }
        if self.is_signed() {
            v2::seal(&mut members, SignType::default(), key, fault)?;
        }
        v2::xml_reply(StatusCode::OK, &members)
    }
}

/// What a refund's notification has beside its `req_info` (退款结果通知 of APIv2).
const OUTSIDE: [&str; 4] = ["appid", "mch_id", "sub_appid", "sub_mch_id"];
/// The document's, where nobody says another: a refund's notification always has one.
const APPID: &str = "wx8888888888888888";

/// Source: WeChat Pay document "用户确认订单成功回调通知" of APIv2.
fn event(
    gateway: &Gateway,
    event_type: &str,
    resource: &Value,
    id: &str,
    created: i64,
) -> Result<Map<String, Value>> {
    let key = &gateway.identity.apiv3_key;
    let sealed = seal::sealed(key, "", &resource.to_string(), &*gateway.clock)?;
    let member = |name: &str, value: &Value| (format!("event_{name}"), value.clone());
    Ok(Map::from_iter([
        member("id", &json!(id)),
        member("create_time", &json!(rfc3339(created))),
        member("type", &json!(event_type)),
        member("algorithm", &sealed["algorithm"]),
        member("nonce", &sealed["nonce"]),
        member("associated_data", &sealed["associated_data"]),
        member("ciphertext", &sealed["ciphertext"]),
    ]))
}

fn pair<'m>((name, text): &'m (&'m str, String)) -> (&'m str, &'m str) {
    (name, text)
}
