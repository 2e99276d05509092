//! Finding endpoints by words.

use http::Method;
use strsim::damerau_levenshtein;
use wechatpay_sandbox::schema::{self, Schema, is_deprecated};

/// Words that people use, and words of the documentation for the same thing. A Chinese word of people is looked
/// for inside a search word too: 转账到零钱记录 has 转账到零钱 in it.
const SYNONYMS: &[(&str, &[&str])] = &[
    ("account", &["账户"]),
    ("activity", &["活动"]),
    ("app", &["app下单"]),
    ("applyment", &["进件", "入驻"]),
    ("balance", &["余额"]),
    ("bill", &["账单"]),
    ("bonus", &["红包"]),
    ("brand", &["品牌"]),
    ("cancel", &["撤销", "取消"]),
    ("cash", &["代金券", "红包"]),
    ("certificate", &["证书"]),
    ("close", &["关闭", "关单"]),
    ("combine", &["合单"]),
    ("complaint", &["投诉"]),
    ("contract", &["签约", "协议"]),
    ("coupon", &["券"]),
    ("customs", &["报关"]),
    ("deduct", &["扣款", "代扣"]),
    ("deposit", &["押金"]),
    ("discount", &["优惠", "折扣"]),
    ("download", &["下载"]),
    ("ecommerce", &["收付通", "电商"]),
    ("face", &["刷脸", "人脸"]),
    ("invoice", &["发票"]),
    ("jsapi", &["jsapi"]),
    ("member", &["会员"]),
    ("merchant", &["商户"]),
    ("micropay", &["付款码"]),
    ("miniprogram", &["小程序", "jsapi"]),
    ("notify", &["通知"]),
    ("order", &["下单", "订单"]),
    ("parking", &["停车"]),
    ("partner", &["服务商"]),
    ("payscore", &["支付分"]),
    ("profit-sharing", &["分账"]),
    ("profitsharing", &["分账"]),
    ("query", &["查询", "查单"]),
    ("receipt", &["回单", "小票"]),
    ("redpack", &["红包"]),
    ("redpacket", &["红包"]),
    ("refund", &["退款"]),
    ("settlement", &["结算"]),
    ("share", &["分账"]),
    ("sharing", &["分账"]),
    ("store", &["门店"]),
    ("subscription", &["代扣", "委托扣款"]),
    ("terminate", &["解约", "解除", "终止"]),
    ("transfer", &["转账"]),
    ("upload", &["上传"]),
    ("withdraw", &["提现"]),
    (
        "零钱",
        &["资金应用∙转账", "mmpaymkttransfers", "v3/transfer/"],
    ),
    (
        "付款到零钱",
        &[
            "mmpaymkttransfers/promotion",
            "资金应用∙转账",
            "v3/transfer/",
        ],
    ),
    (
        "企业付款",
        &["mmpaymkttransfers/promotion", "资金应用∙转账"],
    ),
    ("转账到零钱", &["资金应用∙转账", "v3/transfer/"]),
    ("商家转账", &["资金应用∙转账", "v3/transfer/"]),
    ("现金红包", &["redpack", "红包"]),
    ("企业微信", &["workwx", "企业红包"]),
    ("企业红包", &["workwx"]),
    ("银行卡", &["银行"]),
    ("代扣", &["委托扣款", "扣款", "papay"]),
    ("自动续费", &["代扣", "委托扣款", "papay"]),
    ("自动扣费", &["代扣", "委托扣款", "papay"]),
    ("免密支付", &["代扣", "免密", "委托扣款"]),
    ("周期扣款", &["代扣", "委托扣款", "papay"]),
    ("订阅", &["代扣", "委托扣款", "papay"]),
    ("刷脸", &["facepay", "face", "人脸", "刷脸"]),
    ("人脸", &["刷脸", "face"]),
    ("提款", &["提现"]),
    ("分帐", &["分账"]),
    ("帐单", &["账单"]),
    ("对账单", &["账单"]),
    ("对账", &["账单"]),
    ("转帐", &["转账"]),
    ("帐户", &["账户"]),
    ("退钱", &["退款"]),
    ("付款码", &["micropay", "付款码"]),
    ("扫码支付", &["native"]),
    ("二维码", &["native", "二维码"]),
    ("公众号支付", &["jsapi"]),
    ("小程序支付", &["jsapi"]),
    ("小程序", &["小程序", "jsapi"]),
    ("网页支付", &["h5"]),
    ("统一下单", &["下单", "unifiedorder"]),
    ("查单", &["查询订单", "订单查询", "查单"]),
    ("查订单", &["查询订单", "查单"]),
    ("关单", &["关闭订单", "关单"]),
    ("撤单", &["撤销"]),
    ("优惠券", &["代金券", "商家券", "券"]),
    ("满减券", &["代金券"]),
    ("进件", &["applyment", "入驻", "进件"]),
    ("开户", &["进件", "开户"]),
    ("特约商户进件", &["applyment4sub", "进件"]),
    ("小微商户", &["小微"]),
    ("电商收付通", &["收付通"]),
    ("二级商户", &["收付通", "二级商户"]),
    ("先享后付", &["先享后付", "payscore"]),
    ("信用分", &["支付分"]),
    ("电子发票", &["发票"]),
    ("开票", &["发票", "fapiao"]),
    ("海关", &["报关", "customs"]),
    ("申报", &["报关"]),
    ("跨境", &["跨境", "global"]),
    ("公钥", &["公钥", "publickey", "证书"]),
    ("回单", &["回单", "receipt"]),
];

/// The endpoints that match all words, the best first; one, if the words name it exactly.
pub(super) fn search(words: &[String]) -> Vec<Schema> {
    if let Some(schema) = exactly(words) {
        return vec![schema];
    }
    let words = words.iter().flat_map(|word| word.split_whitespace());
    let words: Vec<_> = words.map(Word::new).collect();
    let mut found: Vec<_> = schema::all()
        .filter_map(|schema| Some((Rank::of(&schema, &words)?, schema)))
        .collect();
    // Typing slips count only where nothing is spelt as it was typed.
    if found.iter().any(|(rank, _)| !rank.is_slip) {
        found.retain(|(rank, _)| !rank.is_slip);
    }
    // A stable sort: endpoints of one rank stay in the order of the catalog.
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, schema)| schema).collect()
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

/// A word of the search with the words that mean the same.
struct Word {
    text: String,
    others: Vec<&'static str>,
}

impl Word {
    fn new(word: &str) -> Self {
        // A leading slash is how some write a path.
        let text = word.to_lowercase().trim_start_matches('/').to_owned();
        let same = SYNONYMS.iter().filter(|(people, _)| *people == text);
        let others = same
            .flat_map(|(_, others)| others.iter().copied())
            .collect();
        Self { text, others }
    }
}

/// How well an endpoint matches; the least is the best.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    is_slip: bool,
    standing: Standing,
    /// Points of all words together, negative.
    points: i32,
    title_length: usize,
}

/// Current endpoints come before others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    V3,
    V2,
    HongKong,
    Deprecated,
}

impl Rank {
    /// `None` when a word is not there.
    fn of(schema: &Schema, words: &[Word]) -> Option<Self> {
        let text = Text::of(schema);
        let mut rank = Self {
            is_slip: false,
            standing: Standing::of(schema),
            points: 0,
            title_length: text.title.chars().count(),
        };
        for word in words {
            let points = text.points(word)?;
            rank.is_slip |= points <= SLIP;
            rank.points -= points;
        }
        // The products that most merchants have.
        if ["基础支付", "资金应用"]
            .iter()
            .any(|it| text.products.starts_with(it))
        {
            rank.points -= 10;
        }
        Some(rank)
    }
}

impl Standing {
    fn of(schema: &Schema) -> Self {
        let path = schema.operation().path();
        if is_deprecated(schema.operation()) || path.starts_with("v2/sandboxnew/") {
            Self::Deprecated
        } else if schema.operation().host().is_some()
            || path.starts_with("hk/")
            || path.contains("global/")
        {
            Self::HongKong
        } else if path.starts_with("v2/") {
            Self::V2
        } else {
            Self::V3
        }
    }
}

/// The points of a word that is only nearly there.
const SLIP: i32 = 5;

/// The texts of an endpoint that words are looked for in.
struct Text {
    title: String,
    products: String,
    path: String,
}

impl Text {
    fn of(schema: &Schema) -> Self {
        let operation = schema.operation();
        Self {
            title: schema.title().to_lowercase(),
            products: schema.products().join(" ").to_lowercase(),
            path: format!("{} {}", operation.method(), operation.path()).to_lowercase(),
        }
    }

    fn points(&self, word: &Word) -> Option<i32> {
        let text = &*word.text;
        if self.title == text {
            return Some(80);
        }
        if let Some(points) = self.contains(text) {
            return Some(points);
        }
        if word
            .others
            .iter()
            .any(|other| self.contains(other).is_some())
        {
            return Some(25);
        }
        if !text.is_ascii() && self.has_pieces(text) {
            return Some(20);
        }
        self.is_near(text).then_some(SLIP)
    }

    fn contains(&self, text: &str) -> Option<i32> {
        if self.title.starts_with(text) {
            Some(45)
        } else if self.title.contains(text) {
            Some(40)
        } else if self.path.contains(text) {
            Some(35)
        } else if self.products.contains(text) {
            Some(30)
        } else {
            None
        }
    }

    /// Whether a Chinese word falls into pieces that are all there, in any order: 退款查询 for 查询退款.
    fn has_pieces(&self, text: &str) -> bool {
        let chars: Vec<_> = text.chars().collect();
        let mut rest = &chars[..];
        while !rest.is_empty() {
            let lengths = (2..=rest.len()).rev();
            let mut pieces = lengths.map(|length| rest[..length].iter().collect::<String>());
            let Some(piece) = pieces.find(|piece| self.knows(piece)) else {
                return false;
            };
            rest = &rest[piece.chars().count()..];
        }
        true
    }

    fn knows(&self, piece: &str) -> bool {
        let same = SYNONYMS.iter().filter(|(people, _)| *people == piece);
        let mut others = same.flat_map(|(_, others)| others.iter());
        self.contains(piece).is_some() || others.any(|other| self.contains(other).is_some())
    }

    /// Whether a word of the path, or a piece of the title, is the word but for a typing slip.
    fn is_near(&self, text: &str) -> bool {
        let length = text.chars().count();
        if text.is_ascii() {
            let allowed = match length {
                0..4 => return false,
                4..8 => 1,
                _ => 2,
            };
            let near = |word: &str| damerau_levenshtein(word, text) <= allowed;
            let mut words = self.path.split(|c: char| !c.is_ascii_alphanumeric());
            return words.any(near) || is_near_synonym(self, text, allowed);
        }
        if length < 3 {
            return false;
        }
        let title: Vec<_> = self.title.chars().collect();
        let mut pieces = title.windows(length);
        pieces.any(|piece| damerau_levenshtein(&piece.iter().collect::<String>(), text) <= 1)
    }
}

/// `refnud` is near `refund`, which means 退款.
fn is_near_synonym(text: &Text, word: &str, allowed: usize) -> bool {
    let near = SYNONYMS
        .iter()
        .filter(|(people, _)| damerau_levenshtein(people, word) <= allowed);
    let mut others = near.flat_map(|(_, others)| others.iter());
    others.any(|other| text.contains(other).is_some())
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
        let slip = paths(&["refudn"]);
        assert!(
            slip.contains(&"v3/refund/domestic/refunds".to_owned()),
            "{slip:?}"
        );
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

    #[test]
    fn words_of_people_find_what_the_documentation_calls_otherwise() {
        for (words, expected) in [
            (
                &["转账到零钱"][..],
                "v3/fund-app/mch-transfer/transfer-bills",
            ),
            (&["零钱"], "v3/fund-app/mch-transfer/transfer-bills"),
            (&["现金红包"], "v2/mmpaymkttransfers/sendredpack"),
            (&["企业微信"], "v2/mmpaymkttransfers/sendworkwxredpack"),
            (&["提现"], "v3/merchant/fund/withdraw"),
            (&["分账", "回退"], "v3/profitsharing/return-orders"),
            (&["分帐回退"], "v3/profitsharing/return-orders"),
            (&["代扣"], "v3/papay/sign/contracts/pre-entrust-sign"),
            (&["自动续费"], "v3/papay/sign/contracts/pre-entrust-sign"),
            (&["刷脸"], "v3/offlineface/transactions"),
            (&["扫码支付"], "v3/pay/transactions/native"),
            (&["退款查询"], "v3/refund/domestic/refunds/{out_refund_no}"),
            (
                &["查询", "退款"],
                "v3/refund/domestic/refunds/{out_refund_no}",
            ),
            (
                &["退款", "查询"],
                "v3/refund/domestic/refunds/{out_refund_no}",
            ),
            (&["natvie"], "v3/pay/transactions/native"),
            (&["transactoins"], "v3/pay/transactions/native"),
            (&["Native下但"], "v3/pay/transactions/native"),
        ] {
            let found = paths(words);
            assert!(found.contains(&expected.to_owned()), "{words:?}: {found:?}");
        }
    }

    #[test]
    fn current_endpoints_come_first() {
        for (words, first) in [
            (&["退款"][..], "v3/"),
            (&["refund"], "v3/"),
            (&["红包"], "v3/"),
            (&["下单"], "v3/pay/"),
        ] {
            let found = paths(words);
            assert!(found[0].starts_with(first), "{words:?}: {found:?}");
            let class = |path: &String| {
                let hong_kong = path.contains("global") || path.starts_with("hk/");
                if hong_kong {
                    2
                } else {
                    usize::from(path.starts_with("v2/"))
                }
            };
            let main = found
                .iter()
                .position(|path| class(path) > 0)
                .unwrap_or(found.len());
            assert!(
                found[main..].iter().all(|path| class(path) > 0),
                "{words:?}: {found:?}"
            );
        }
        let found = paths(&["micropay"]);
        let at = |start: &str| {
            found
                .iter()
                .position(|path| path.starts_with(start))
                .unwrap()
        };
        assert!(at("v2/pay/micropay") < at("v2/sandboxnew/"), "{found:?}");
    }
}
