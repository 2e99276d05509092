//! The issues of single fields in English. WeChat Pay's own texts, and those in its style, are Chinese.

use std::borrow::Cow;

#[rustfmt::skip]
const ENGLISH: &[(&str, &str)] = &[
    ("缺少必填参数", "it is required"),
    ("必填性规则校验失败，此字段为必填项", "it is required"),
    ("长度超过限制", "it is too long"),
    ("应为字符串", "it has to be a text"),
    ("应为布尔值", "it has to be true or false"),
    ("应为整数", "it has to be a whole number"),
    ("应为数组", "it has to be a list"),
    ("应为大于0的整数，单位为分", "it has to be a whole number of fen greater than 0"),
    ("此字段需要一个 object 类型的 Json 值", "it has to be an object"),
    ("数组元素个数超过限制", "the list has too many items"),
    ("只能是数字、大小写字母_-|*@", "it may have only digits, letters and _-|*@"),
    ("格式应为yyyy-MM-DD", "its format is yyyy-MM-DD"),
    ("格式应为yyyyMMdd", "its format is yyyyMMdd"),
    ("格式应为yyyyMMddHHmmss", "its format is yyyyMMddHHmmss"),
    ("格式应为yyyy-MM-DDTHH:mm:ss+TIMEZONE", "its format is yyyy-MM-DDTHH:mm:ss+TIMEZONE, with a colon in the time zone"),
    ("支付结束时间早于当前时间", "the end of payment is in the past"),
    ("查询日期跨度不超过30天", "the dates are more than 30 days apart"),
    ("范围为1至50", "it has to be from 1 to 50"),
    ("范围为20至100", "it has to be from 20 to 100"),
    ("应为ALL、SUCCESS或REFUND", "it has to be ALL, SUCCESS or REFUND"),
    ("应为BASIC、OPERATION或FEES", "it has to be BASIC, OPERATION or FEES"),
    ("应为JSAPI、NATIVE、APP或MWEB", "it has to be JSAPI, NATIVE, APP or MWEB"),
    ("应为AEAD_AES_256_GCM或SM4_GCM", "it has to be AEAD_AES_256_GCM or SM4_GCM"),
    ("应为GZIP", "it has to be GZIP"),
    ("境内商户号仅支持人民币CNY", "a merchant of the mainland has only CNY"),
    ("付款码应为18位数字，以10至15开头", "a payment code has 18 digits and begins with 10 to 15"),
    ("转账金额大于等于2000元时必填", "it is required from 2,000 yuan"),
    ("转账金额小于0.3元时不允许填写", "it is not allowed below 0.3 yuan"),
    ("收款用户姓名应全部填写或全部不填写", "the names of all receivers are required, or none"),
    ("商家明细单号重复", "another detail has the same number"),
    ("与明细金额之和不一致", "it is not the sum of the details"),
    ("与明细笔数不一致", "it is not the number of the details"),
    ("分账接收方类型是MERCHANT_ID时必填", "it is required for a receiver of the type MERCHANT_ID"),
    ("与out_trade_no二选一必填", "it or out_trade_no is required"),
    ("与out_order_no二选一必填", "it or out_order_no is required"),
    ("文件大小超过限制", "the file is too large"),
    ("文件不能为空", "the file is empty"),
    ("不支持的文件类型", "files of this type are not taken"),
    ("此字段不在接口文档中", "it is not documented"),
    ("媒体文件不存在", "there is no such file"),
];

/// The issue in English; one without a translation stays as it is.
pub(super) fn english(issue: &str) -> Cow<'_, str> {
    let found = ENGLISH.iter().find(|(chinese, _)| *chinese == issue);
    found.map_or(Cow::Borrowed(issue), |(_, english)| (*english).into())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use regex_lite::Regex;

    use super::*;

    fn sources(folder: &Path, found: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|it| it == "rs") {
                found.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }

    #[test]
    fn every_issue_has_an_english_text() {
        let mut all = String::new();
        sources(Path::new(env!("CARGO_MANIFEST_DIR")), &mut all);
        let call = Regex::new(r#"(?:\.wrong|Refusal::field)\(\s*(?:"[^"]*"|[^",;]+),\s*"([^"]+)""#);
        let call = call.unwrap();
        let issues = call.captures_iter(&all).map(|found| found[1].to_owned());
        let issues: Vec<_> = issues.filter(|issue| !issue.is_ascii()).collect();
        assert!(issues.len() > 20, "{issues:?}");
        for issue in issues {
            assert!(english(&issue).is_ascii(), "{issue:?} has no English text");
        }
    }
}
