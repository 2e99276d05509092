//! Searches operations by words. The site's script does the same with the data of [`index()`].

mod index;
mod synonyms;

use http::Method;
use strsim::damerau_levenshtein;

use crate::schema::{self, Schema, is_deprecated};
use synonyms::SYNONYMS;

pub(super) use index::index;

/// The operations that match all words, the best first. If the words name one exactly, only that one.
///
/// Words are Chinese or English, in any order. Typing errors are tolerated only if nothing matches without them.
///
/// ```
/// let words = ["转账到零钱".to_owned()];
/// let found = wechatpay_sandbox::reference::search(&words);
/// assert!(found[0].operation().path().starts_with("v3/fund-app/mch-transfer/"));
/// ```
#[must_use]
pub fn search(words: &[String]) -> Vec<Schema> {
    if let Some(schema) = exactly(words) {
        return vec![schema];
    }
    let words = words.iter().flat_map(|word| word.split_whitespace());
    let words: Vec<_> = words.map(Word::new).collect();
    let mut found: Vec<_> = schema::all()
        .filter_map(|schema| Some((Rank::of(&schema, &words)?, schema)))
        .collect();
    // Typing errors are tolerated only if nothing matches exactly.
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

/// A word of the search, with its synonyms.
struct Word {
    text: String,
    others: Vec<&'static str>,
}

impl Word {
    fn new(word: &str) -> Self {
        // Some users write a path with a leading slash.
        let text = word.to_lowercase().trim_start_matches('/').to_owned();
        let same = SYNONYMS.iter().filter(|(people, _)| *people == text);
        let others = same
            .flat_map(|(_, others)| others.iter().copied())
            .collect();
        Self { text, others }
    }
}

/// The rank of a match; the least is the best.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    is_slip: bool,
    standing: Standing,
    /// The negative sum of the points of all words.
    points: i32,
    title_length: usize,
    path_length: usize,
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
    /// `None` when a word does not match.
    fn of(schema: &Schema, words: &[Word]) -> Option<Self> {
        let text = Text::of(schema);
        let mut rank = Self {
            is_slip: false,
            standing: Standing::of(schema),
            points: 0,
            title_length: text.title.chars().count(),
            path_length: text.path.len(),
        };
        for word in words {
            let points = text.points(word)?;
            rank.is_slip |= points <= SLIP;
            rank.points -= points;
        }
        if is_common(&text.products) {
            rank.points -= 10;
        }
        Some(rank)
    }
}

/// Whether an operation belongs to the products that most merchants have.
fn is_common(products: &str) -> bool {
    ["基础支付", "资金应用"]
        .iter()
        .any(|it| products.starts_with(it))
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

/// The points of a word with a typing error.
const SLIP: i32 = 5;

/// The texts of an endpoint that are searched.
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

    /// Whether all pieces of a Chinese word match, in any order: 退款查询 for 查询退款.
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

    /// Whether a word of the path, or a piece of the title, differs from the word only by a typing error.
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
            wechatpay_core::catalog::operations().len()
        );
        assert!(paths(&["nonsense"]).is_empty());
    }

    #[test]
    fn a_full_path_finds_one_endpoint() {
        let native = "v3/pay/transactions/native";
        assert_eq!(paths(&[native]), [native]);
        assert_eq!(paths(&["post", native]), [native]);
        // With a value in place of the variable.
        let query = paths(&["GET", "/v3/pay/transactions/id/1217752501"]);
        assert_eq!(query, ["v3/pay/transactions/id/{transaction_id}"]);
    }

    #[test]
    fn synonyms_find_the_documented_terms() {
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
