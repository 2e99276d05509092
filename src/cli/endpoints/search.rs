//! Finding endpoints by words.

use http::Method;
use wechatpay_sandbox::schema::{self, Schema};

/// English words of the trade and what the Chinese titles say.
const GLOSSARY: [(&str, &str); 34] = [
    ("account", "账户"),
    ("activity", "活动"),
    ("applyment", "进件"),
    ("balance", "余额"),
    ("bill", "账单"),
    ("cancel", "撤销"),
    ("certificate", "证书"),
    ("close", "关闭"),
    ("combine", "合单"),
    ("complaint", "投诉"),
    ("contract", "签约"),
    ("coupon", "券"),
    ("customs", "报关"),
    ("deposit", "押金"),
    ("download", "下载"),
    ("ecommerce", "电商"),
    ("invoice", "发票"),
    ("member", "会员"),
    ("merchant", "商户"),
    ("notify", "通知"),
    ("order", "下单"),
    ("parking", "停车"),
    ("payscore", "支付分"),
    ("profit-sharing", "分账"),
    ("profitsharing", "分账"),
    ("query", "查询"),
    ("redpack", "红包"),
    ("refund", "退款"),
    ("settlement", "结算"),
    ("sharing", "分账"),
    ("terminate", "解约"),
    ("transfer", "转账"),
    ("upload", "上传"),
    ("withdraw", "提现"),
];

/// The endpoints that have all words, in the order of the catalog; one, if they name one exactly.
pub(super) fn search(words: &[String]) -> Vec<Schema> {
    if let Some(schema) = exactly(words) {
        return vec![schema];
    }
    let words: Vec<_> = words.iter().map(|word| word.to_lowercase()).collect();
    let wanted = |schema: &Schema| {
        let text = text(schema);
        words.iter().all(|word| has(&text, word))
    };
    schema::all().filter(wanted).collect()
}

/// `POST v3/…`, or a path that only one method has.
fn exactly(words: &[String]) -> Option<Schema> {
    if let [method, path] = words {
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).ok()?;
        return schema::find(&method, path);
    }
    let [path] = words else { return None };
    let path = path.strip_prefix('/').unwrap_or(path);
    let mut found = schema::all().filter(|schema| schema.operation().path() == path);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// All that words are looked for in.
fn text(schema: &Schema) -> String {
    let operation = schema.operation();
    let method = operation.method();
    let parts = [
        method.as_str(),
        operation.path(),
        schema.title(),
        &schema.products().join(" "),
    ];
    parts.join(" ").to_lowercase()
}

fn has(text: &str, word: &str) -> bool {
    let chinese = GLOSSARY.iter().filter(|(english, _)| *english == word);
    let mut chinese = chinese.map(|(_, chinese)| *chinese);
    // A leading slash is how some write a path.
    text.contains(word.trim_start_matches('/')) || chinese.any(|chinese| text.contains(chinese))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(words: &[&str]) -> Vec<String> {
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        let found = search(&words).into_iter();
        found
            .map(|schema| schema.operation().path().to_owned())
            .collect()
    }

    #[test]
    fn chinese_and_english_words_find_the_same_endpoints() {
        let english = paths(&["refund"]);
        let chinese = paths(&["退款"]);
        assert!(chinese.len() > 20);
        assert!(chinese.iter().all(|path| english.contains(path)));
        assert!(paths(&["分账", "回退"]).contains(&"v3/profitsharing/return-orders".to_owned()));
        assert_eq!(
            paths(&[]).len(),
            wechatpay_chain::catalog::operations().len()
        );
        assert!(paths(&["nonsense"]).is_empty());
    }

    #[test]
    fn a_path_names_one_endpoint() {
        let native = "v3/pay/transactions/native";
        assert_eq!(paths(&[native]), [native]);
        assert_eq!(paths(&["post", native]), [native]);
        // With a value in the place of the variable.
        let query = paths(&["GET", "/v3/pay/transactions/id/1217752501"]);
        assert_eq!(query, ["v3/pay/transactions/id/{transaction_id}"]);
    }
}
