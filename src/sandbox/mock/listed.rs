//! The values that the documentation lists for a field, or for the same field of the other operations of a product.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::schema::{self, Field};

/// The values that mean success, the best first.
const SUCCESSES: [&str; 9] = [
    "SUCCESS",
    "FINISHED",
    "FINISH",
    "COMPLETED",
    "PASSED",
    "ACTIVE",
    "NORMAL",
    "OK",
    "JSAPI",
];

/// Ends of values that mean success, as `RECEIPT_STATE_COMPLETED`.
const ENDS: [&str; 2] = ["_SUCCESS", "_COMPLETED"];

/// The value that means success, otherwise the first that means something.
pub(crate) fn likely(values: &[&'static str]) -> Option<&'static str> {
    let success = SUCCESSES.iter().find(|value| values.contains(value));
    let ending = |end: &&str| values.iter().find(|value| value.ends_with(end));
    let success = success.or_else(|| ENDS.iter().find_map(ending));
    let mut known = values.iter().filter(|value| !is_unknown(value));
    success.or_else(|| known.next()).or(values.first()).copied()
}

/// Whether a value stands for one that is not known, as `UNKNOWN_MIX_PAY_STATUS` or `TERMINATION_MODE_INVALID`.
fn is_unknown(value: &str) -> bool {
    const WORDS: [&str; 4] = ["UNKNOWN", "UNSPECIFIED", "UNRECOGNIZED", "INVALID"];
    value.split('_').any(|word| WORDS.contains(&word))
}

/// Whether a name is that of a state, a type or the like: a text of a list, even if this page has no list.
pub(crate) fn is_of_list(name: &str) -> bool {
    const ENDS: [&str; 7] = [
        "status", "state", "result", "type", "scene", "scope", "mode",
    ];
    // New banks are added, and OTHERS is one of them.
    name != "bank_type" && ENDS.iter().any(|end| name.ends_with(end))
}

/// Names that products use for different things: the object around them must be the same too.
const AMBIGUOUS: [&str; 7] = [
    "mode", "result", "scene", "scope", "state", "status", "type",
];

/// The values that the operations of the same product list for a field at this place, without the first slash.
///
/// Of several lists, the one of the operation whose path is most like one of `paths`.
pub(crate) fn values_of_product(paths: &[&str], pointer: &str) -> Option<Vec<&'static str>> {
    let place = Place::of(pointer)?;
    let candidates = LISTS.get(place.name)?;
    let fits = |list: &&List| !AMBIGUOUS.contains(&place.name) || list.above == place.above;
    let likeness = |list: &List| {
        let alike = paths.iter().map(|path| common(path, list.path));
        (
            alike.max().unwrap_or(0),
            list.is_answer,
            list.above == place.above,
        )
    };
    // `max_by_key` takes the last of several.
    let best = candidates
        .iter()
        .rev()
        .filter(fits)
        .max_by_key(|list| likeness(list))?;
    (likeness(best).0 >= SAME_PRODUCT).then(|| best.values.to_vec())
}

/// Paths with as many equal segments at their beginning are of one product: `v3/payscore`.
const SAME_PRODUCT: usize = 2;

fn common(one: &str, other: &str) -> usize {
    let pairs = one.split('/').zip(other.split('/'));
    pairs.take_while(|(one, other)| one == other).count()
}

/// The name of a field, and that of the object around it.
struct Place<'a> {
    name: &'a str,
    above: &'a str,
}

impl<'a> Place<'a> {
    fn of(pointer: &'a str) -> Option<Self> {
        let is_name = |name: &&str| !name.is_empty() && name.parse::<usize>().is_err();
        let mut names = pointer
            .rsplit('/')
            .filter(|name| *name != "*")
            .filter(is_name);
        let name = names.next()?;
        let above = names.next().unwrap_or_default();
        Some(Self { name, above })
    }
}

/// A list of values.
struct List {
    path: &'static str,
    is_answer: bool,
    above: &'static str,
    values: &'static [&'static str],
}

/// The lists of all operations by the name of the field.
static LISTS: LazyLock<HashMap<&'static str, Vec<List>>> = LazyLock::new(|| {
    let mut found = HashMap::new();
    for schema in schema::all() {
        let path = schema.operation().path();
        collect((path, true), "", schema.response(), &mut found);
        collect((path, false), "", schema.request(), &mut found);
        collect((path, false), "", schema.query(), &mut found);
    }
    found
});

fn collect(
    of: (&'static str, bool),
    above: &'static str,
    fields: &'static [Field],
    found: &mut HashMap<&'static str, Vec<List>>,
) {
    for field in fields {
        let name = if field.name() == "*" {
            above
        } else {
            field.name()
        };
        // A list of one value is that of the sample.
        if field.values().len() > 1 {
            found.entry(name).or_default().push(List {
                path: of.0,
                is_answer: of.1,
                above,
                values: field.values(),
            });
        }
        collect(of, name, field.fields(), found);
    }
}
