//! Finds the undocumented members of a request, and the media ids that no upload has returned.
//!
//! WeChat Pay ignores undocumented members, so a misspelt one has no effect and causes no error. The documentation has
//! gaps, so they are warnings. WeChat Pay refuses unknown media ids, but has not published the error. The samples of the
//! documentation have some, so they are warnings too. Only a strict sandbox refuses both.

use http::Method;
use serde_json::{Map, Value, json};

use super::{IncomingRequest, Location, POINTER, SIGNATURE, media};
use crate::bilingual::Bilingual;
use crate::record::CallWarning;
use crate::refusal::{Refusal, place};
use crate::schema::{self, Field, FieldKind, Schema};
use wechatpay_core::catalog::AnswerKind;

/// How many are listed for one request.
const MOST: usize = 20;
/// The longest name that is repeated, in characters.
const LONGEST: usize = 64;
/// Names of options of HTTP clients, which some programs put into the JSON by mistake.
const OPTIONS: [&str; 12] = [
    "auth",
    "body",
    "data",
    "debug",
    "form_params",
    "headers",
    "http_errors",
    "json",
    "params",
    "query",
    "timeout",
    "verify",
];

/// A member that WeChat Pay does not know, or whose media id it does not know.
pub(crate) struct UnknownMember {
    location: Location,
    /// In a body a JSON pointer, in a query `/` and the name.
    pointer: String,
    unknown: Unknown,
}

enum Unknown {
    /// The name, with the documented one that was probably meant.
    Name { similar: Option<&'static str> },
    /// The media id. If an upload of another product has returned it: its path, and that of the right one.
    Media {
        other: Option<(String, &'static str)>,
    },
}

/// The undocumented members and unknown media ids of a request to a documented operation.
///
/// `upload_of` is the path of the upload that has returned a media id.
pub(crate) fn unknown_members(
    request: &IncomingRequest<'_>,
    upload_of: &dyn Fn(&str) -> Option<String>,
) -> Vec<UnknownMember> {
    let is_redirect = request.operation.answer() == AnswerKind::Redirect;
    let Some(schema) = schema::of(request.operation).filter(|_| !is_redirect) else {
        return Vec::new();
    };
    let mut search = Search {
        location: Location::Body,
        here: String::with_capacity(POINTER),
        path: request.operation.path(),
        upload_of,
        found: Vec::new(),
    };
    let is_v2 = request.operation.is_v2();
    if !(is_v2 && request.operation.method() == Method::GET) {
        let query = request
            .parameters()
            .map(|(name, value)| (name, json!(value)));
        search.location = Location::Query;
        search.members(schema.query(), &query.collect(), &[]);
    }
    // The parts of an upload are not all JSON.
    if let Some(Value::Object(members)) = request.json.filter(|_| !request.upload) {
        search.body(request, &schema, members);
    }
    search.found
}

struct Search<'s> {
    location: Location,
    here: String,
    /// The path of the operation.
    path: &'static str,
    upload_of: &'s dyn Fn(&str) -> Option<String>,
    found: Vec<UnknownMember>,
}

impl Search<'_> {
    fn body(
        &mut self,
        request: &IncomingRequest<'_>,
        schema: &Schema,
        members: &Map<String, Value>,
    ) {
        // The members of APIv2's `GET` are its query.
        let is_query = request.operation.method() == Method::GET;
        let (location, fields) = if is_query {
            (Location::Query, schema.query())
        } else {
            (Location::Body, schema.request())
        };
        let skipped: &[&str] = if request.operation.is_v2() {
            &SIGNATURE
        } else {
            &[]
        };
        self.location = location;
        if !fields.is_empty() {
            self.members(fields, members, skipped);
        }
    }

    fn members(
        &mut self,
        fields: &'static [Field],
        members: &Map<String, Value>,
        skipped: &[&str],
    ) {
        for (name, value) in members {
            if skipped.contains(&&**name) || self.found.len() >= MOST {
                continue;
            }
            match fields.iter().find(|field| is_named(field.name(), name)) {
                Some(field) => self.inside(name, |search| search.value(field, value)),
                None => self.unknown(fields, name),
            }
        }
    }

    fn value(&mut self, field: &'static Field, value: &Value) {
        let fields = field.fields();
        match (field.kind(), value) {
            (_, Value::String(id)) if field.format() == Some("MediaId") => self.media(id),
            _ if fields.is_empty() => {}
            (FieldKind::Object, Value::Object(members)) => self.members(fields, members, &[]),
            (FieldKind::Array, Value::Array(items)) => self.items(fields, items),
            // A text that contains JSON. In APIv2, objects are such texts too.
            (_, Value::String(text)) => match serde_json::from_str(text) {
                Ok(Value::Array(items)) => self.items(fields, &items),
                Ok(Value::Object(members)) => self.members(fields, &members, &[]),
                _ => {}
            },
            _ => {}
        }
    }

    fn items(&mut self, fields: &'static [Field], items: &[Value]) {
        let Some(item) = fields.first().filter(|item| item.name() == "*") else {
            return;
        };
        for (index, value) in items.iter().enumerate() {
            self.inside(&index.to_string(), |search| search.value(item, value));
        }
    }

    fn media(&mut self, id: &str) {
        // An empty text is none.
        if id.is_empty() || self.found.len() >= MOST {
            return;
        }
        let upload = (self.upload_of)(id);
        if !upload
            .as_ref()
            .is_some_and(|upload| media::fits(upload, self.path))
        {
            self.found.push(UnknownMember {
                location: self.location,
                pointer: self.here.clone(),
                unknown: Unknown::Media {
                    other: upload.map(|upload| (upload, media::upload_for(self.path))),
                },
            });
        }
    }

    fn unknown(&mut self, fields: &'static [Field], name: &str) {
        let short: String = name.chars().take(LONGEST).collect();
        let similar = fields
            .iter()
            .map(|field| {
                (
                    strsim::damerau_levenshtein(field.name(), &short),
                    field.name(),
                )
            })
            .filter(|(distance, known)| {
                *distance <= 2.min(known.len() / 3) || is_same_word(known, &short)
            })
            .min();
        self.found.push(UnknownMember {
            location: self.location,
            pointer: format!("{}/{short}", self.here),
            unknown: Unknown::Name {
                similar: similar.map(|(_, name)| name),
            },
        });
    }

    fn inside(&mut self, name: &str, walk: impl FnOnce(&mut Self)) {
        let length = self.here.len();
        self.here.extend(["/", name]);
        walk(self);
        self.here.truncate(length);
    }
}

/// Whether two names have the same letters: `outTradeNo` is `out_trade_no`.
fn is_same_word(known: &str, name: &str) -> bool {
    let letters = |text: &str| -> String {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.map(|c| c.to_ascii_lowercase()).collect()
    };
    letters(known) == letters(name)
}

/// Whether a member has the documented name, of which `$n` and `$m` stand for numbers.
fn is_named(documented: &str, name: &str) -> bool {
    let Some((before, behind)) = documented.split_once('$') else {
        return documented == name;
    };
    let Some(rest) = name.strip_prefix(before) else {
        return false;
    };
    let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    digits.len() < rest.len() && is_named(behind.get(1..).unwrap_or_default(), digits)
}

impl UnknownMember {
    pub(crate) fn warning(&self) -> CallWarning {
        let (text, text_zh) = self.text().into_both();
        CallWarning {
            field: self.pointer.clone(),
            location: self.location.name(),
            text,
            text_zh,
        }
    }

    /// The refusal of a strict sandbox. WeChat Pay has no such text.
    pub(crate) fn refusal(&self, is_v2: bool) -> Refusal {
        let name = self.pointer.rsplit('/').next().unwrap_or_default();
        if is_v2 {
            return Refusal::v2_member(name, self.text());
        }
        let issue = match self.unknown {
            Unknown::Name { .. } => "此字段不在接口文档中",
            Unknown::Media { .. } => "媒体文件不存在",
        };
        let field = match self.location {
            Location::Body => &*self.pointer,
            Location::Query | Location::Path => name,
        };
        let location = self.location.name();
        let message = format!("输入源“/{location}{}”{issue}", self.pointer);
        let detail = json!({"field": field, "issue": issue, "location": location});
        Refusal::param_error(message, self.text()).with_detail(detail)
    }

    fn text(&self) -> Bilingual {
        let (pointer, location) = (&self.pointer, self.location.name());
        let name = pointer.rsplit('/').next().unwrap_or_default();
        let similar = match &self.unknown {
            Unknown::Name { similar } => *similar,
            Unknown::Media { other: None } => return self.media_text(),
            Unknown::Media {
                other: Some((upload, needed)),
            } => return self.other_media_text(upload, needed),
        };
        let (hint, hint_zh) = match similar {
            Some(similar) => (
                format!("did you mean {similar}?"),
                format!("是否应为 {similar}？"),
            ),
            None if OPTIONS.contains(&name) => (
                "it looks like an option of the HTTP client, which belongs outside of the body"
                    .to_owned(),
                "看起来是 HTTP 客户端的选项，不应放在请求报文主体中".to_owned(),
            ),
            None => (
                "WeChat Pay ignores it".to_owned(),
                "微信支付会忽略它".to_owned(),
            ),
        };
        (
            format!("{pointer} of the {location} is not documented for this operation: {hint}"),
            format!(
                "{}的 {pointer} 不在此接口的文档中：{hint_zh}",
                place(location)
            ),
        )
            .into()
    }
}

impl UnknownMember {
    /// Without the id, with which a file of the merchant could be fetched.
    fn media_text(&self) -> Bilingual {
        let (pointer, location) = (&self.pointer, self.location.name());
        (
            format!(
                "no upload of this merchant has returned the media id in {pointer} of the {location}: WeChat Pay refuses it. \
                 Upload the file, for example to v3/merchant/media/upload, and use the media_id of the response"
            ),
            format!(
                "{}的 {pointer} 不是本商户上传文件得到的 media_id：微信支付会拒绝。请先上传文件（例如 v3/merchant/media/upload），再填写应答中的 media_id",
                place(location)
            ),
        )
            .into()
    }

    fn other_media_text(&self, upload: &str, needed: &str) -> Bilingual {
        let (pointer, location) = (&self.pointer, self.location.name());
        (
            format!(
                "the media id in {pointer} of the {location} was returned by {upload}, whose files are for another product: \
                 upload the file to {needed}"
            ),
            format!(
                "{}的 {pointer} 是 {upload} 返回的 media_id，属于其他产品：请改用 {needed} 上传该文件",
                place(location)
            ),
        )
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_members_match_documented_names() {
        for (documented, name, fits) in [
            ("coupon_id_$n", "coupon_id_0", true),
            ("coupon_id_$n", "coupon_id_12", true),
            ("coupon_id_$n", "coupon_id_", false),
            ("coupon_id_$n", "coupon_id_a", false),
            ("refund_fee_$n_$m", "refund_fee_0_1", true),
            ("refund_fee_$n_$m", "refund_fee_0", false),
            ("attach", "attach", true),
            ("attach", "attach_0", false),
        ] {
            assert_eq!(is_named(documented, name), fits, "{documented} {name}");
        }
    }
}
