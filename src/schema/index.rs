//! The index of all operations.

use std::sync::{LazyLock, OnceLock};

use crate::compressed;
use crate::documented::{Documented, variable};
use crate::read;

/// The documentation of a method and path.
///
/// The path is a template as in the documentation. Its variables may have any name, and a leading slash is optional.
///
/// ```
/// let query = wechatpay_schema::find("GET", "v3/pay/transactions/id/{id}").unwrap();
/// assert_eq!(query.path(), "v3/pay/transactions/id/{transaction_id}");
/// assert!(wechatpay_schema::find("GET", "v3/not/known").is_none());
/// ```
#[must_use]
pub fn find(method: &str, path: &str) -> Option<&'static Documented> {
    let path = path.strip_prefix('/').unwrap_or(path);
    get(method, path).or_else(|| {
        let mut all = all();
        all.find(|it| it.method == method && is_same_template(it.path, path))
    })
}

/// The documentation of a method and the path as the documentation spells it.
#[must_use]
pub fn get(method: &str, path: &str) -> Option<&'static Documented> {
    let order = |block: &Block| (block.path, block.method).cmp(&(path, method));
    let block = BLOCKS.get(BLOCKS.binary_search_by(order).ok()?)?;
    Some(block.read())
}

/// The documentation of all operations, sorted by path, then method.
pub fn all() -> impl Iterator<Item = &'static Documented> {
    BLOCKS.iter().map(Block::read)
}

/// The operation whose method and path are most like these; `None` if none is like them.
///
/// ```
/// let typed = wechatpay_schema::similar("POST", "v3/pay/transaction/native").unwrap();
/// assert_eq!(typed.path(), "v3/pay/transactions/native");
/// assert!(wechatpay_schema::similar("POST", "something/else").is_none());
/// ```
#[must_use]
pub fn similar(method: &str, path: &str) -> Option<&'static Documented> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let by_path = |it: &&Documented| is_same_template(it.path, path);
    all().find(by_path).or_else(|| {
        let scored = all().map(|it| {
            let same_method = f64::from(u8::from(it.method == method));
            (
                strsim::normalized_levenshtein(it.path, path) + same_method / 100.0,
                it,
            )
        });
        let best = scored.max_by(|(one, _), (other, _)| one.total_cmp(other));
        best.filter(|(score, _)| *score > 0.8).map(|(_, it)| it)
    })
}

fn is_same_template(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (one.split('/'), other.split('/'));
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a == b || variable(a).is_some() && variable(b).is_some() => {}
            _ => return false,
        }
    }
}

/// The lines of one operation.
pub(crate) struct Block {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) text: &'static str,
    documented: OnceLock<Documented>,
}

impl Block {
    fn read(&self) -> &Documented {
        self.documented
            .get_or_init(|| read::documented(self.method, self.path, self.text))
    }
}

pub(crate) static BLOCKS: LazyLock<Vec<Block>> = LazyLock::new(|| {
    let text = compressed::operations();
    let blocks = text.strip_prefix('@').unwrap_or(text).split("\n@");
    blocks.filter_map(block).collect()
});

fn block(text: &'static str) -> Option<Block> {
    let (head, text) = text.split_once('\n')?;
    let (method, path) = head.split_once(' ')?;
    let documented = OnceLock::new();
    Some(Block {
        method,
        path,
        text,
        documented,
    })
}
