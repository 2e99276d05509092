//! Searches operations by words. The site's script does the same with the data of [`index()`].

mod daily;
mod index;
mod synonyms;
mod word;

use http::Method;
use strsim::damerau_levenshtein;

use crate::schema::{self, Schema, is_deprecated};
use daily::is_daily;
use synonyms::{FILLERS, OVERSEAS, SYNONYMS};
use word::{Piece, Word, plain};

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
            rank.is_slip |= points == SLIP;
            rank.points -= points;
        }
        if rank.standing == Standing::HongKong && words.iter().any(names_overseas) {
            rank.standing = Standing::V3;
        }
        rank.points -= 10 * bonus(schema);
        Some(rank)
    }
}

/// Tens of points for the operations that most merchants call, and for the products that most merchants have.
fn bonus(schema: &Schema) -> i32 {
    let products = schema.products().join(" ");
    let is_common = ["基础支付", "资金应用"]
        .iter()
        .any(|it| products.starts_with(it));
    let is_daily = is_daily(schema.operation().path());
    i32::from(is_common) + if is_daily { 7 } else { 0 }
}

fn names_overseas(word: &Word) -> bool {
    OVERSEAS.iter().any(|it| word.text.contains(it))
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
    /// The first product.
    product: String,
    products: String,
    path: String,
}

impl Text {
    fn of(schema: &Schema) -> Self {
        let operation = schema.operation();
        Self {
            title: plain(schema.title()),
            product: plain(schema.products().first().unwrap_or(&"")),
            products: plain(&schema.products().join(" ")),
            path: format!("{} {}", operation.method(), operation.path()).to_lowercase(),
        }
    }

    fn points(&self, word: &Word) -> Option<i32> {
        let text = &*word.text;
        if self.title == text {
            return Some(80);
        }
        let means = self.has_any(&word.others);
        if let Some(points) = self.contains(text) {
            return Some(if means { points + 10 } else { points });
        }
        if means {
            return Some(25);
        }
        if let Some(points) = self.piece_points(word) {
            return Some(points);
        }
        if FILLERS.contains(&text) {
            return Some(0);
        }
        self.is_near(word).then_some(SLIP)
    }

    fn contains(&self, text: &str) -> Option<i32> {
        if self.title.starts_with(text) {
            Some(45)
        } else if self.title.contains(text) {
            Some(40)
        } else if self.path.contains(text) {
            Some(35)
        } else if self.product.contains(text) {
            Some(30)
        } else if self.products.contains(text) {
            Some(15)
        } else {
            None
        }
    }

    fn has_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.contains(word).is_some())
    }

    /// The points of a Chinese word all of whose pieces match, in any order: 退款查询 for 查询退款.
    fn piece_points(&self, word: &Word) -> Option<i32> {
        let in_title = |piece: &Piece| self.title.contains(&piece.text);
        if word.is_made_of(in_title) {
            return Some(28);
        }
        let matches =
            |piece: &Piece| self.contains(&piece.text).is_some() || self.has_any(&piece.others);
        word.is_made_of(matches).then_some(20)
    }

    /// Whether a word of the path, or a piece of the title, differs from the word only by a typing error.
    fn is_near(&self, word: &Word) -> bool {
        let text = &*word.text;
        if let Some(allowed) = word.allowed_slips() {
            let near = |other: &str| damerau_levenshtein(other, text) <= allowed;
            let mut words = self.path.split(|c: char| !c.is_ascii_alphanumeric());
            return words.any(near) || self.has_any(word.near());
        }
        let length = text.chars().count();
        if text.is_ascii() || length < 3 {
            return false;
        }
        let title: Vec<_> = self.title.chars().collect();
        let mut pieces = title.windows(length);
        pieces.any(|piece| damerau_levenshtein(&piece.iter().collect::<String>(), text) <= 1)
    }
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

    /// What merchants' developers type, and the operations of which one must be among the first three.
    const JUDGED: &str = include_str!("judged.txt");

    #[test]
    fn the_expected_operation_is_among_the_first_three() {
        let mut missed = Vec::new();
        for line in JUDGED.lines() {
            let (query, expected) = line.split_once('\t').unwrap();
            let found = paths(&[query]);
            let first = &found[..found.len().min(3)];
            if !expected
                .split('|')
                .any(|path| first.iter().any(|it| it == path))
            {
                missed.push(format!("{query}: {first:?}"));
            }
        }
        assert!(missed.is_empty(), "{}", missed.join("\n"));
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
