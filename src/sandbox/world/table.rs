//! A bounded table of records of one kind.

use std::collections::{BTreeMap, HashMap};

#[cfg(feature = "state")]
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How many rows are kept.
pub(crate) const KEPT: usize = 10_000;
/// All rows are looked at again after a part of the table, 1 of this many, has been replaced.
const LOOKS: usize = 8;
/// The greatest total weight of the rows.
const WEIGHT: usize = 100_000;

/// A record with a number of the merchant.
pub(crate) trait Row {
    fn number(&self) -> &str;

    /// WeChat Pay's number, if it has one.
    fn id(&self) -> Option<&str>;

    /// The sub-merchant that the number belongs to; `None` for the merchant's own numbers. Two of them may use the same.
    fn owner(&self) -> Option<&str> {
        None
    }

    /// Whether it belongs to another seller of a combined order.
    fn is_other_seller(&self) -> bool {
        false
    }

    /// The key of the row in its table.
    fn key(&self) -> String {
        key_of(self.owner(), self.number())
    }

    /// Whether it is finished. Finished rows are dropped first.
    fn is_over(&self, now: i64) -> bool;

    /// The number of its parts, which must not change.
    fn weight(&self) -> usize {
        1
    }
}

/// The key of the row with a number of a sub-merchant, or of the merchant itself. A number has no slash.
pub(crate) fn key_of(owner: Option<&str>, number: &str) -> String {
    match owner {
        Some(owner) => format!("{owner}/{number}"),
        None => number.to_owned(),
    }
}

/// Rows in insertion order, found by the key of their number or by WeChat Pay's number.
#[derive(Clone)]
pub(crate) struct Table<T> {
    /// Boxed, since a tree moves its entries when one is added or removed.
    rows: BTreeMap<u64, Box<T>>,
    keys: HashMap<String, u64>,
    ids: HashMap<String, u64>,
    next: u64,
    kept: usize,
    weight: usize,
    search: Search,
}

/// Where finished rows are looked for. A search of all rows for each new one would take longer than its signatures.
#[derive(Clone, Copy, Default)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
struct Search {
    /// The rows before this key were open when they were last looked at.
    from: u64,
    /// After so many searches all rows are looked at again.
    left: usize,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self::keeping(KEPT)
    }
}

impl<T> Table<T> {
    pub(crate) fn keeping(kept: usize) -> Self {
        Self {
            rows: BTreeMap::new(),
            keys: HashMap::new(),
            ids: HashMap::new(),
            next: 0,
            kept,
            weight: 0,
            search: Search::default(),
        }
    }
}

impl<T: Row> Table<T> {
    pub(crate) fn get(&self, key: &str) -> Option<&T> {
        self.rows.get(self.keys.get(key)?).map(AsRef::as_ref)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut T> {
        self.rows.get_mut(self.keys.get(key)?).map(AsMut::as_mut)
    }

    /// The keys that a text names: itself, or without a row of this key those of all rows with this number.
    pub(crate) fn keys_named(&self, text: &str) -> Vec<String> {
        if self.keys.contains_key(text) {
            return vec![text.to_owned()];
        }
        let rows = self.rows.values().filter(|row| row.number() == text);
        rows.map(|row| row.key()).collect()
    }

    /// The key of the row with a number of a sub-merchant, or of the merchant itself.
    ///
    /// Requests do not name the other sellers of combined orders. Their rows are found by the number alone, if only one
    /// of them has it and the merchant itself does not.
    pub(crate) fn key_named(&self, owner: Option<&str>, number: &str) -> String {
        let key = key_of(owner, number);
        if owner.is_some() || self.keys.contains_key(&key) {
            return key;
        }
        let is_meant = |row: &&T| row.is_other_seller() && row.number() == number;
        let mut others = self.iter().filter(is_meant);
        match (others.next(), others.next()) {
            (Some(only), None) => only.key(),
            _ => key,
        }
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<&T> {
        self.rows.get(self.ids.get(id)?).map(AsRef::as_ref)
    }

    /// Oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.rows.values().map(AsRef::as_ref)
    }

    /// Adds a row. While there are too many, drops the oldest finished row or, without one, the oldest.
    pub(crate) fn insert(&mut self, row: T, now: i64) {
        let name = row.key();
        self.remove(&name);
        let key = self.next;
        self.next += 1;
        self.keys.insert(name, key);
        if let Some(id) = row.id() {
            self.ids.insert(id.to_owned(), key);
        }
        while !self.rows.is_empty()
            && (self.rows.len() >= self.kept || self.weight + row.weight() > WEIGHT)
        {
            let over = self.finished(now);
            let over = over.and_then(|key| self.rows.get(&key));
            let gone = over.or_else(|| self.rows.values().next());
            if let Some(key) = gone.map(|row| row.key()) {
                self.remove(&key);
            }
        }
        self.weight += row.weight();
        self.rows.insert(key, row.into());
    }

    /// The oldest finished row, or one that has finished shortly before.
    fn finished(&mut self, now: i64) -> Option<u64> {
        match self.search.left.checked_sub(1) {
            Some(left) => self.search.left = left,
            None => {
                let left = self.kept / LOOKS;
                self.search = Search { from: 0, left };
            }
        }
        let mut rows = self.rows.range(self.search.from..);
        let found = rows.find(|(_, row)| row.is_over(now)).map(|(key, _)| *key);
        self.search.from = found.unwrap_or(self.next);
        found
    }

    /// Indexes a row by WeChat Pay's number, which it got after its insertion.
    pub(crate) fn name(&mut self, key: &str) {
        if let Some(key) = self.keys.get(key)
            && let Some(id) = self.rows.get(key).and_then(|row| row.id())
        {
            self.ids.insert(id.to_owned(), *key);
        }
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<T> {
        let row = self.rows.remove(&self.keys.remove(key)?)?;
        self.weight -= row.weight();
        if let Some(id) = row.id() {
            self.ids.remove(id);
        }
        Some(*row)
    }
}

/// The rows, oldest first, and the search; reading the rows numbers and indexes them again.
#[cfg(feature = "state")]
impl<T: Serialize> Serialize for Table<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let before = self.rows.range(..self.search.from).count();
        let search = Search {
            from: before as u64,
            ..self.search
        };
        let rows: Vec<&T> = self.rows.values().map(AsRef::as_ref).collect();
        (rows, search).serialize(serializer)
    }
}

#[cfg(feature = "state")]
impl<'de, T: Row + Deserialize<'de>> Deserialize<'de> for Table<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (rows, search) = <(Vec<T>, Search)>::deserialize(deserializer)?;
        let mut table = Self::default();
        for row in rows {
            table.insert(row, 0);
        }
        table.search = search;
        Ok(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Thing {
        number: String,
        id: Option<String>,
        over: bool,
    }

    impl Row for Thing {
        fn number(&self) -> &str {
            &self.number
        }

        fn id(&self) -> Option<&str> {
            self.id.as_deref()
        }

        fn is_over(&self, _now: i64) -> bool {
            self.over
        }
    }

    fn thing(number: &str, over: bool) -> Thing {
        Thing {
            number: number.to_owned(),
            id: Some(format!("id-{number}")),
            over,
        }
    }

    #[test]
    fn finished_rows_are_dropped_before_open_ones() {
        let mut table = Table::keeping(3);
        for (number, over) in [("1", false), ("2", true), ("3", false), ("4", false)] {
            table.insert(thing(number, over), 0);
        }
        let left = |table: &Table<Thing>| {
            let numbers: Vec<_> = table.iter().map(|it| it.number.clone()).collect();
            numbers.concat()
        };
        assert_eq!(left(&table), "134");
        assert!(table.get("2").is_none() && table.by_id("id-2").is_none());
        table.insert(thing("5", true), 0);
        assert_eq!(left(&table), "345");
        assert_eq!(table.by_id("id-5").map(|it| &*it.number), Some("5"));
        // A row with the same number is replaced.
        table.insert(thing("3", false), 0);
        assert_eq!(left(&table), "453");
    }

    struct Heavy(String, usize);

    impl Row for Heavy {
        fn number(&self) -> &str {
            &self.0
        }

        fn id(&self) -> Option<&str> {
            None
        }

        fn is_over(&self, _now: i64) -> bool {
            false
        }

        fn weight(&self) -> usize {
            self.1
        }
    }

    #[test]
    fn rows_are_dropped_until_the_weight_limit_holds() {
        let mut table = Table::default();
        for (number, weight) in [("1", 1), ("2", WEIGHT / 2), ("3", WEIGHT / 2 - 1)] {
            table.insert(Heavy(number.to_owned(), weight), 0);
        }
        assert_eq!((table.iter().count(), table.weight), (3, WEIGHT));
        table.insert(Heavy("4".to_owned(), 2), 0);
        let left: Vec<_> = table.iter().map(|it| &*it.0).collect();
        assert_eq!((left, table.weight), (vec!["3", "4"], WEIGHT / 2 + 1));
        table.remove("3");
        assert_eq!(table.weight, 2);
    }

    /// Counts how often it is looked at.
    struct Watched<'l>(String, bool, &'l std::cell::Cell<usize>);

    impl Row for Watched<'_> {
        fn number(&self) -> &str {
            &self.0
        }

        fn id(&self) -> Option<&str> {
            None
        }

        fn is_over(&self, _now: i64) -> bool {
            self.2.set(self.2.get() + 1);
            self.1
        }
    }

    #[test]
    fn open_rows_are_not_all_looked_at_for_each_new_one() {
        let (looks, kept) = (std::cell::Cell::new(0), 6400);
        let mut table = Table::keeping(kept);
        for number in 0..2 * kept {
            table.insert(Watched(number.to_string(), false, &looks), 0);
        }
        assert_eq!(table.iter().count(), kept);
        assert!(looks.get() < kept * 10, "{}", looks.get());
        // A row that has finished meanwhile goes before older open ones, soon.
        table.get_mut("12000").unwrap().1 = true;
        for number in 0..=kept / LOOKS {
            table.insert(Watched(format!("new{number}"), false, &looks), 0);
        }
        assert!(table.get("12000").is_none());
        assert_eq!(table.iter().count(), kept);
    }

    #[test]
    fn rows_are_found_by_an_id_that_is_set_later() {
        let mut table = Table::default();
        let nameless = Thing {
            id: None,
            ..thing("1", false)
        };
        table.insert(nameless, 0);
        table.get_mut("1").unwrap().id = Some("late".to_owned());
        assert!(table.by_id("late").is_none());
        table.name("1");
        assert!(table.by_id("late").is_some());
        table.remove("1");
        assert!(table.by_id("late").is_none());
    }
}
