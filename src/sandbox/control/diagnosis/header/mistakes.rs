//! The mistakes in the `Authorization` header.

use super::super::Mistake;
use wechatpay_core::protocol::Scheme;

/// A name from the request, truncated for a text.
fn short(name: &str) -> String {
    name.chars().take(40).collect()
}

pub(super) fn missing(names: &str) -> Mistake {
    Mistake::of(
        "parameter_missing",
        format!("the Authorization header lacks {names}: all five parameters are needed"),
        format!("Authorization 缺少 {names}：五个参数缺一不可"),
    )
}

pub(super) fn unknown(name: &str) -> Mistake {
    let name = short(name);
    Mistake::of(
        "parameter_unknown",
        format!("the Authorization header has an unknown parameter {name:?}: leave it out"),
        format!("Authorization 有未知的参数 {name:?}：请去掉"),
    )
}

pub(super) fn misspelt(name: &str, right: &str) -> Mistake {
    let name = short(name);
    Mistake::of(
        "parameter_name",
        format!("a parameter of the Authorization header is called {name:?}: write {right}"),
        format!("Authorization 的参数名写成了 {name:?}：应为 {right}"),
    )
}

pub(super) fn doubled(name: &str) -> Mistake {
    Mistake::of(
        "parameter_twice",
        format!("{name} stands twice in the Authorization header: write it once"),
        format!("Authorization 中 {name} 出现了两次：只写一次"),
    )
}

pub(super) fn scheme_missing(expected: Scheme) -> Mistake {
    let expected = expected.as_str();
    Mistake::of(
        "scheme_missing",
        format!("the Authorization header has no scheme: begin it with {expected} and a blank"),
        format!("Authorization 缺少认证类型：应以 {expected} 加一个空格开头"),
    )
}

pub(super) fn other_scheme(expected: Scheme) -> Mistake {
    let expected = expected.as_str();
    Mistake::of(
        "scheme_other",
        format!("the scheme of the Authorization header is another: write {expected}"),
        format!("Authorization 的认证类型不正确：应为 {expected}"),
    )
}

pub(super) fn other_algorithm(expected: Scheme) -> Mistake {
    let expected = expected.as_str();
    Mistake::of(
        "scheme_of_other_algorithm",
        format!(
            "RSA and SM2 have a scheme each, and the merchant's certificate decides: write {expected}"
        ),
        format!("RSA 与国密的认证类型不同，由商户API证书的算法决定：应为 {expected}"),
    )
}

pub(super) fn other_party(expected: Scheme) -> Mistake {
    let expected = expected.as_str();
    Mistake::of(
        "scheme_of_other_party",
        format!("merchants and brands have a scheme each; this operation takes {expected}"),
        format!("商户与品牌的认证类型不同：该接口应使用 {expected}"),
    )
}

pub(super) const MISSING: Mistake = Mistake::new(
    "authorization_missing",
    "there is no Authorization header: sign the request, and see that no proxy or redirect takes the \
     header off",
    "没有 Authorization 请求头：请对请求签名，并检查是否被代理或重定向去掉",
);
pub(super) const TWICE: Mistake = Mistake::new(
    "authorization_twice",
    "there are several Authorization headers: set it in place of adding one",
    "有多个 Authorization 请求头：请覆盖设置，不要追加",
);
pub(super) const NOT_ASCII: Mistake = Mistake::new(
    "authorization_not_ascii",
    "the Authorization header has characters beyond visible ASCII",
    "Authorization 请求头中有非可见 ASCII 字符",
);
pub(super) const HEADER_NAME: Mistake = Mistake::new(
    "header_name_in_value",
    "the header's name stands in its value once more: the value begins with the scheme",
    "请求头的值里又写了一遍 Authorization:，值应以认证类型开头",
);
pub(super) const PREFIXED: Mistake = Mistake::new(
    "scheme_prefixed",
    "there is Bearer or Basic before the scheme: leave it out (setBearerAuth and the like add it)",
    "认证类型前多了 Bearer 或 Basic：请去掉（setBearerAuth 之类的函数会自动添加）",
);
pub(super) const SCHEME_CASE: Mistake = Mistake::new(
    "scheme_case",
    "the scheme of the Authorization header is to be in upper case",
    "Authorization 的认证类型应为大写",
);
pub(super) const AFTER_SCHEME: Mistake = Mistake::new(
    "scheme_separator",
    "the scheme is followed by something else than a blank: no colon and no comma",
    "认证类型之后应是一个空格，不是冒号或逗号",
);
pub(super) const COLON: Mistake = Mistake::new(
    "parameter_colon",
    "the parameters have a colon between name and value: write name=\"value\"",
    "参数名与值之间用了冒号：应写作 name=\"value\"",
);
pub(super) const BLANKS: Mistake = Mistake::new(
    "parameter_blanks",
    "there are blanks around the = of a parameter: write name=\"value\"",
    "参数的等号前后有空格：应写作 name=\"value\"",
);
pub(super) const SEPARATOR: Mistake = Mistake::new(
    "parameter_separator",
    "the parameters are not separated by exactly one comma each, or there is a comma at the end",
    "参数之间应各用一个逗号分隔，末尾不加",
);
pub(super) const UNQUOTED: Mistake = Mistake::new(
    "quotes_missing",
    "the values of the Authorization header have no quotes: write name=\"value\"",
    "Authorization 的参数值缺少双引号：应写作 name=\"value\"",
);
pub(super) const SINGLE: Mistake = Mistake::new(
    "quotes_single",
    "the values of the Authorization header are in single quotes: write name=\"value\"",
    "Authorization 的参数值用了单引号：应写作 name=\"value\"",
);
pub(super) const ESCAPED: Mistake = Mistake::new(
    "quotes_escaped",
    "the quotes of the Authorization header have backslashes before them: it is escaped once too often",
    "Authorization 的双引号前有反斜杠：多转义了一次",
);
pub(super) const TIMESTAMP: Mistake = Mistake::new(
    "timestamp_not_integer",
    "the timestamp is not a whole number: give Unix seconds, 10 digits",
    "时间戳不是整数：应为 Unix 秒，10 位数字",
);
pub(super) const MALFORMED: Mistake = Mistake::new(
    "authorization_malformed",
    "the Authorization header is not a scheme, a blank, and five times name=\"value\" with commas between",
    "Authorization 的格式应为：认证类型、空格、以逗号分隔的五个 name=\"value\"",
);
