//! The mistakes in APIv2's texts.

use super::super::super::diagnosis::Mistake;

/// A member that is sent but not signed.
pub(super) fn not_signed(name: &str) -> Mistake {
    let short: String = name.chars().take(40).collect();
    Mistake::of(
        "member_not_signed",
        format!(
            "{short} is sent but not signed: sign all members, including nonce_str and sign_type"
        ),
        format!("{short} 发送了但没有签名：请先放好所有参数（包括 nonce_str 和 sign_type）再签名"),
    )
}

pub(super) const EMPTY: Mistake = Mistake::new(
    "empty_values_signed",
    "members with an empty value are signed: leave them out of the text, or do not send them",
    "值为空的参数参与了签名：签名串中不要包含空值，或不要发送",
);
pub(super) const SIGN: Mistake = Mistake::new(
    "sign_signed",
    "sign itself is part of the text: leave it out, and set it after",
    "sign 本身参与了签名：签名串中不要包含 sign，签名之后再设置",
);
pub(super) const TYPE_NOT_SENT: Mistake = Mistake::new(
    "sign_type_not_sent",
    "sign_type is signed and not sent: send every member that you sign",
    "sign_type 参与了签名但没有发送：签名的参数都要发送",
);
pub(super) const TRIMMED: Mistake = Mistake::new(
    "values_trimmed",
    "blanks around a value are sent and not signed: trim the values before both, or in neither",
    "参数值首尾的空白发送了但没有签名：请在签名和发送之前统一去掉，或都不去掉",
);
pub(super) const AS_XML: Mistake = Mistake::new(
    "values_as_xml",
    "the values are signed as XML writes them (CDATA, &amp;): sign the plain values, and write XML after",
    "用 XML 转义后的值（CDATA、&amp;）签名了：请用原始值签名，之后再写成 XML",
);
pub(super) const ENCODED: Mistake = Mistake::new(
    "values_encoded",
    "the values are signed percent-encoded: sign the plain values",
    "用 URL 编码后的值签名了：请用原始值签名",
);
pub(super) const DECODED: Mistake = Mistake::new(
    "values_decoded",
    "values are sent percent-encoded and signed decoded: sign and send the same",
    "发送的值做了 URL 编码，签名用的却是解码后的：两处应一致",
);
pub(super) const SLASHES: Mistake = Mistake::new(
    "values_slashed",
    "quotation marks and backslashes of the values are escaped in the signed text or in the sent values alone (PHP: \
     addslashes): sign and send the same values",
    "签名或发送的值中只有一处对引号、反斜杠做了转义（PHP 的 addslashes）：签名与发送的值应一致",
);
pub(super) const LINE_ENDS: Mistake = Mistake::new(
    "values_line_ends",
    "the line breaks of a value differ between the signed text and the sent value (LF and CRLF): XML turns CRLF into \
     LF, so send LF",
    "签名与发送的值换行符不同（LF 与 CRLF）：XML 会把 CRLF 变成 LF，请使用 LF",
);
pub(super) const MOJIBAKE: Mistake = Mistake::new(
    "charset",
    "the values are signed as UTF-8 and sent in another charset, or converted twice: make the bytes once, as UTF-8",
    "签名用的是 UTF-8，发送的值却是其他字符集或被转码了两次：请只转一次 UTF-8",
);
pub(super) const LOWER_VALUES: Mistake = Mistake::new(
    "values_lower_case",
    "the values are signed in lower case: sign them as they are sent",
    "用转为小写的值签名了：请用实际发送的值签名",
);
pub(super) const NOT_SORTED: Mistake = Mistake::new(
    "not_sorted",
    "the members are signed in the order in which they are sent: sort them by name first",
    "参数没有排序：请先按参数名的 ASCII 码从小到大排序",
);
pub(super) const ANY_CASE: Mistake = Mistake::new(
    "sorted_ignoring_case",
    "the members are sorted without regard to case: sort them bytewise, capitals first",
    "排序时忽略了大小写：应按 ASCII 码排序，大写在前",
);
pub(super) const BY_VALUE: Mistake = Mistake::new(
    "sorted_by_value",
    "the members are sorted by value: sort them by name (PHP: ksort and not asort)",
    "按参数值排序了：应按参数名排序（PHP 用 ksort，不是 asort）",
);
pub(super) const DESCENDING: Mistake = Mistake::new(
    "sorted_descending",
    "the members are sorted in descending order: sort them in ascending order",
    "排序方向反了：应从小到大",
);
pub(super) const NO_KEY: Mistake = Mistake::new(
    "key_missing",
    "the key is missing: append &key= and the APIv2 key, for HMAC-SHA256 as well",
    "缺少密钥：末尾要接 &key= 和 APIv2密钥，HMAC-SHA256 也一样",
);
pub(super) const KEY_SORTED: Mistake = Mistake::new(
    "key_sorted_in",
    "the key was sorted in among the members: append &key=KEY after sorting",
    "key 参与了排序：应在排序之后接到末尾",
);
pub(super) const KEY_FIRST: Mistake = Mistake::new(
    "key_in_front",
    "the key comes before the members: append it",
    "key 放在了最前面：应接到末尾",
);
pub(super) const KEY_BLANKS: Mistake = Mistake::new(
    "key_blanks",
    "the key has a blank or a line break behind it, as from a file: trim it",
    "密钥末尾有空白或换行（例如从文件读取）：请去掉",
);
pub(super) const KEY_PLACE: Mistake = Mistake::new(
    "key_appended_wrongly",
    "the key is not appended as &key=KEY: one &, key in lower case, =, and nothing behind",
    "密钥的拼接方式不对：应为 &key=密钥，key 小写，末尾没有其他字符",
);
pub(super) const APIV3_KEY: Mistake = Mistake::new(
    "apiv3_key",
    "the APIv3 key was used: APIv2 has another key (v2_key.txt)",
    "用了 APIv3密钥：APIv2 有自己的密钥（v2_key.txt）",
);
pub(super) const CHARSET: Mistake = Mistake::new(
    "charset",
    "the text is signed in another charset than UTF-8 (GBK, or ASCII with ? for Chinese): name UTF-8 \
     where text becomes bytes, as getBytes(StandardCharsets.UTF_8)",
    "签名时的字符集不是 UTF-8（GBK，或中文变成 ? 的 ASCII）：转为字节时请指明 UTF-8，如 \
     getBytes(StandardCharsets.UTF_8)",
);
