use std::fmt;

use http::Method;

use super::answers;
use super::attribute::{Attribute, Verb};
use super::kinds::{AnswerKind, AnswerSignature, BodyKind};
use crate::crypto::Padding;
use crate::protocol::SignType;

/// An operation of the catalog.
///
/// JSON pointers are those of RFC 6901 with one addition: `*` stands for every item of an array.
/// A pointer that passes through a text containing JSON continues inside it.
pub struct Operation {
    pub(super) verb: Verb,
    pub(super) path: &'static str,
    attributes: &'static [Attribute],
}

pub(super) const fn op(
    verb: Verb,
    path: &'static str,
    attributes: &'static [Attribute],
) -> Operation {
    Operation {
        verb,
        path,
        attributes,
    }
}

impl Operation {
    /// Returns the method.
    #[must_use]
    pub fn method(&self) -> Method {
        self.verb.method()
    }

    /// Returns the path template as in the documentation, without a leading slash; APIv2's begins with `v2/`.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// Returns the path template on the wire: without the `v2/` that only distinguishes the two APIs.
    #[must_use]
    pub fn wire_path(&self) -> &'static str {
        self.path.strip_prefix("v2/").unwrap_or(self.path)
    }

    /// Whether it belongs to API v2 (XML, signed with a shared secret).
    #[must_use]
    pub fn is_v2(&self) -> bool {
        self.path.starts_with("v2/")
    }

    /// Whether it is signed by a brand (品牌) and not by a merchant.
    #[must_use]
    pub fn is_brand(&self) -> bool {
        self.has(|attribute| matches!(attribute, Attribute::Brand))
    }

    /// Returns the documented host, if it is not `api.mch.weixin.qq.com`.
    #[must_use]
    pub fn host(&self) -> Option<&'static str> {
        self.pick(|attribute| match *attribute {
            Attribute::Host(host) | Attribute::OnlyHost(host) => Some(host),
            _ => None,
        })
    }

    /// Whether only [`host`](Self::host) serves it.
    #[must_use]
    pub fn host_required(&self) -> bool {
        self.has(|attribute| matches!(attribute, Attribute::OnlyHost(_)))
    }

    /// Returns the kind of the request's body.
    #[must_use]
    pub fn body(&self) -> BodyKind {
        self.pick(|attribute| match *attribute {
            Attribute::Body(kind) => Some(kind),
            _ => None,
        })
        .unwrap_or(match self.verb {
            Verb::Delete | Verb::Get => BodyKind::None,
            _ if self.is_v2() => BodyKind::Xml,
            _ => BodyKind::Json,
        })
    }

    /// Returns the kind of a successful answer's body.
    #[must_use]
    pub fn answer(&self) -> AnswerKind {
        self.pick(|attribute| match *attribute {
            Attribute::Answer(kind) => Some(kind),
            _ => None,
        })
        .unwrap_or(if self.is_v2() {
            AnswerKind::Xml
        } else {
            AnswerKind::Json
        })
    }

    /// Returns pointers to the request fields that are encrypted with the platform key.
    #[must_use]
    pub fn encrypt(&self) -> &'static [&'static str] {
        self.list(|attribute| match *attribute {
            Attribute::Encrypt(list) => Some(list),
            _ => None,
        })
    }

    /// Returns pointers to items whose content is encrypted only if the item's `need_encrypt` is
    /// true.
    ///
    /// The documentation does not say which member has the content, so
    /// [`encrypt`](Self::encrypt) is empty for these operations and the caller names the member.
    #[must_use]
    pub fn encrypt_if_flagged(&self) -> &'static [&'static str] {
        self.list(|attribute| match *attribute {
            Attribute::EncryptWhenAsked(list) => Some(list),
            _ => None,
        })
    }

    /// Returns pointers to the request fields that are encrypted with the key from
    /// `v2/risk/getpublickey`, **not** with the platform key.
    #[must_use]
    pub fn encrypt_bank(&self) -> &'static [&'static str] {
        self.list(|attribute| match *attribute {
            Attribute::EncryptBank(list) => Some(list),
            _ => None,
        })
    }

    /// Returns the names of the query parameters that are encrypted with the platform key.
    #[must_use]
    pub fn query_encrypt(&self) -> &'static [&'static str] {
        self.list(|attribute| match *attribute {
            Attribute::QueryEncrypt(list) => Some(list),
            _ => None,
        })
    }

    /// Returns pointers to the answer's fields that are encrypted with the merchant's public key.
    #[must_use]
    pub fn decrypt(&self) -> &'static [&'static str] {
        self.list(|attribute| match *attribute {
            Attribute::Decrypt(list) => Some(list),
            _ => None,
        })
    }

    /// Returns the padding for encrypted request fields.
    #[must_use]
    pub fn padding(&self) -> Padding {
        self.pick(|attribute| match *attribute {
            Attribute::Padded(padding) => Some(padding),
            _ => None,
        })
        .unwrap_or_default()
    }

    /// Returns the padding of encrypted response fields.
    #[must_use]
    pub fn decrypt_padding(&self) -> Padding {
        self.pick(|attribute| match *attribute {
            Attribute::AnswerPadded(padding) => Some(padding),
            _ => None,
        })
        .unwrap_or_else(|| self.padding())
    }

    /// Returns the content that the signature of a successful answer covers.
    #[must_use]
    pub fn answer_signature(&self) -> AnswerSignature {
        self.pick(|attribute| match *attribute {
            Attribute::SignedDigest(name, header) => Some(AnswerSignature::Digest { name, header }),
            Attribute::UnsignedAnswer => Some(AnswerSignature::Nothing),
            _ => None,
        })
        .unwrap_or(AnswerSignature::Body)
    }

    /// Returns the identifying members that a response repeats from its request: the name
    /// in the request (a variable of the path, a query parameter, or a member of the body's first
    /// level) and the pointer in the answer.
    ///
    /// ```
    /// use http::Method;
    /// use wechatpay_chain::catalog;
    ///
    /// let refund = catalog::find(&Method::POST, "v3/refund/domestic/refunds").unwrap();
    /// assert!(refund.echoed().contains(&("out_refund_no", "/out_refund_no")));
    /// ```
    #[must_use]
    pub fn echoed(&self) -> &'static [(&'static str, &'static str)] {
        let order = |row: &(&str, Verb, _)| row.0.cmp(self.path).then(row.1.cmp(&self.verb));
        let found = answers::ECHOED.binary_search_by(order).ok();
        found
            .and_then(|at| answers::ECHOED.get(at))
            .map_or(&[], |row| row.2)
    }

    /// Whether the documentation has successful answers without a `result_code` (API v2).
    pub fn may_lack_result_code(&self) -> bool {
        answers::MAY_LACK_RESULT_CODE
            .binary_search(&self.path)
            .is_ok()
    }

    /// Whether the request has no `Authorization` header because it goes to a URL from another answer.
    #[must_use]
    pub fn unsigned_request(&self) -> bool {
        self.has(|attribute| matches!(attribute, Attribute::UnsignedRequest))
    }

    /// Returns pointers to the request fields that are texts containing JSON.
    #[must_use]
    pub fn json_encoded(&self) -> &'static [&'static str] {
        self.list(|attribute| match *attribute {
            Attribute::JsonEncoded(list) => Some(list),
            _ => None,
        })
    }

    /// Returns pointers to the answer's fields that are texts containing JSON.
    #[must_use]
    pub fn json_encoded_answer(&self) -> &'static [&'static str] {
        self.list(|attribute| match *attribute {
            Attribute::JsonEncodedAnswer(list) => Some(list),
            _ => None,
        })
    }

    /// Returns pointers to the request fields that contain a URL-encoded form (API v2).
    #[must_use]
    pub fn url_encoded(&self) -> &'static [&'static str] {
        self.list(|attribute| match *attribute {
            Attribute::UrlEncoded(list) => Some(list),
            _ => None,
        })
    }

    /// Returns pointers to the request fields that are themselves a signature by the merchant's private
    /// key (API v2).
    #[must_use]
    pub fn sign_fields(&self) -> &'static [&'static str] {
        self.list(|attribute| match *attribute {
            Attribute::SignFields(list) => Some(list),
            _ => None,
        })
    }

    /// Returns the only `sign_type` that is documented for the request (API v2); `None` if both are documented, or
    /// none.
    ///
    /// ```
    /// use http::Method;
    /// use wechatpay_chain::catalog;
    /// use wechatpay_chain::signing::SignType;
    ///
    /// let share = catalog::find(&Method::POST, "v2/secapi/pay/profitsharing").unwrap();
    /// assert_eq!(share.sign_type(), Some(SignType::HmacSha256));
    /// ```
    #[must_use]
    pub fn sign_type(&self) -> Option<SignType> {
        self.pick(|attribute| match *attribute {
            Attribute::SignedWith(kind) => Some(kind),
            _ => None,
        })
    }

    /// Whether the TLS connection must present the merchant's certificate (API v2).
    #[must_use]
    pub fn needs_client_cert(&self) -> bool {
        self.has(|attribute| matches!(attribute, Attribute::NeedsClientCert))
    }

    /// Whether the request must carry no `nonce_str` (API v2).
    #[must_use]
    pub fn nonceless(&self) -> bool {
        self.has(|attribute| matches!(attribute, Attribute::Nonceless))
    }

    /// Returns the header that makes the operation idempotent.
    #[must_use]
    pub fn idempotency_header(&self) -> Option<&'static str> {
        self.pick(|attribute| match *attribute {
            Attribute::IdempotencyHeader(name) => Some(name),
            _ => None,
        })
    }

    /// Returns the member of the body that makes the operation idempotent.
    #[must_use]
    pub fn idempotency_field(&self) -> Option<&'static str> {
        self.pick(|attribute| match *attribute {
            Attribute::IdempotencyField(name) => Some(name),
            _ => None,
        })
    }

    /// Whether the documentation says that the same request may be repeated without a second
    /// effect. `false` means that it does not say so.
    #[must_use]
    pub fn reentrant(&self) -> bool {
        self.has(|attribute| matches!(attribute, Attribute::Reentrant))
    }

    fn list(
        &self,
        find: impl Fn(&Attribute) -> Option<&'static [&'static str]>,
    ) -> &'static [&'static str] {
        self.pick(find).unwrap_or_default()
    }

    fn has(&self, test: impl Fn(&Attribute) -> bool) -> bool {
        self.attributes.iter().any(test)
    }

    fn pick<T>(&self, find: impl Fn(&Attribute) -> Option<T>) -> Option<T> {
        self.attributes.iter().find_map(find)
    }
}

/// Shows a row of the table: method, path and attributes.
impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation")
            .field("method", &self.method())
            .field("path", &self.path)
            .field("attributes", &self.attributes)
            .finish()
    }
}
