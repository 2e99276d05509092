//! The fields that have data of a person, or an account: generated types do not print them.
//!
//! WeChat Pay encrypts such a field in some operations and leaves it in plaintext in others, for example in most
//! notifications. Its name tells, or WeChat Pay's term for it where the name is general, such as `name` and `number`.

use crate::field::{Field, FieldKind};

use super::about::last_name;
use super::side::Side;

/// Whether the value is a text that must not be printed: one that WeChat Pay encrypts, or the data of a person or an
/// account.
pub(super) fn is_sensitive(side: &Side, field: &Field, pointer: &str) -> bool {
    if field.is_encrypted() {
        return true;
    }
    if field.kind() != FieldKind::String {
        return false;
    }
    if !field.fields().is_empty() {
        return contains_sensitive(side, field, pointer);
    }
    let is_free = field.values().is_empty() && field.format() != Some("rfc3339");
    is_free && is_personal(last_name(pointer), side.term(pointer).unwrap_or_default())
}

/// Whether a field in this field, in which JSON may be a text, is sensitive.
pub(super) fn contains_sensitive(side: &Side, field: &Field, pointer: &str) -> bool {
    field.fields().iter().any(|inner| {
        let pointer = format!("{pointer}/{}", inner.name());
        is_sensitive(side, inner, &pointer) || contains_sensitive(side, inner, &pointer)
    })
}

fn is_personal(name: &str, term: &str) -> bool {
    let has_end = |end: &&str| {
        let head = name.strip_suffix(*end);
        head.is_some_and(|head| head.is_empty() || head.ends_with('_'))
    };
    let is_public = name.split('_').any(|word| PUBLIC.contains(&word));
    !is_public && (NAMES.iter().any(has_end) || TERMS.iter().any(|end| bare(term).ends_with(end)))
}

/// The term without the remarks in parentheses after it: 姓名(指定身份支付) is 姓名.
pub(super) fn bare(term: &str) -> &str {
    let remark = term.find(['(', '（']).filter(|at| *at > 0);
    remark.map_or(term, |at| &term[..at]).trim_end()
}

/// A field with one of these names, or with one of them after a `_`, is personal.
const NAMES: [&str; 41] = [
    "account_name",
    "account_no",
    "account_number",
    "bank_account",
    "bank_card_no",
    "bank_card_number",
    "bank_card_tail",
    "bank_no",
    "cert_no",
    "certificates_number",
    "contact_name",
    "cred_id",
    "credential_id",
    "driver_name",
    "email",
    "id_card",
    "id_card_address",
    "id_card_name",
    "id_card_no",
    "id_card_number",
    "id_doc_address",
    "id_doc_name",
    "id_doc_number",
    "id_no",
    "id_number",
    "identification_address",
    "identification_name",
    "identification_no",
    "identification_number",
    "identity_id",
    "mobile",
    "mobile_phone",
    "payer_name",
    "phone",
    "phone_number",
    "real_name",
    "receiver_name",
    "tel",
    "telephone",
    "true_name",
    "user_name",
];
/// A name with one of these words is not: a hotline, a mini program's name, the result of a check.
const PUBLIC: [&str; 5] = [
    "miniprogram",
    "program",
    "service",
    "verify",
    "registration",
];
/// A field whose term has one of these ends is personal.
const TERMS: [&str; 23] = [
    "姓名",
    "户名",
    "开户名称",
    "银行账户名称",
    "手机",
    "手机号",
    "手机号码",
    "电话",
    "电话号码",
    "联系方式",
    "邮箱",
    "邮箱地址",
    "身份证",
    "身份证号",
    "身份证号码",
    "证件号",
    "证件号码",
    "银行卡",
    "银行卡号",
    "银行账号",
    "银行帐号",
    "收货地址",
    "居住地址",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_terms_tell_personal_data() {
        for (name, term, expected) in [
            ("phone_number", "", true),
            ("bank_account_name", "", true),
            ("user_phone", "", true),
            ("name", "收款用户姓名", true),
            ("user_truename", "姓名(指定身份支付)", true),
            ("number", "董事证件号", true),
            ("name", "商品名称", false),
            ("number", "期数", false),
            ("service_phone", "客服电话", false),
            ("miniprogram_username", "小程序跳转username", false),
            // The word ends with a name, but is another.
            ("headphone", "耳机", false),
            ("hotel", "酒店", false),
            ("id_card_copy", "身份证人像面照片", false),
            ("id_doc_type", "证件类型", false),
        ] {
            assert_eq!(is_personal(name, term), expected, "{name} {term}");
        }
    }
}
