use super::*;
use crate::crypto::Padding;
use crate::protocol::SignType;

#[test]
fn the_table_contains_every_known_fact() {
    assert_eq!(merchants().count(), 1156);
    assert_eq!(pointers(Operation::encrypt), (108, 273));
    assert_eq!(pointers(Operation::query_encrypt).0, 11);
    assert_eq!(pointers(Operation::decrypt), (53, 88));
    assert_eq!(pointers(Operation::encrypt_if_flagged).0, 3);
    assert_eq!(pointers(Operation::encrypt_bank).0, 3);
    assert_eq!(pointers(Operation::json_encoded).0, 50);
    assert_eq!(pointers(Operation::json_encoded_answer).0, 35);
    assert_eq!(pointers(Operation::url_encoded).0, 2);
    assert_eq!(pointers(Operation::sign_fields).0, 1);
    assert_eq!(count(|op| op.padding() == Padding::Pkcs1v15), 12);
    assert_eq!(count(|op| op.decrypt_padding() == Padding::Pkcs1v15), 13);
    assert_eq!(
        count(|op| op.answer_signature() == AnswerSignature::Nothing),
        32
    );
    assert_eq!(
        count(|op| matches!(op.answer_signature(), AnswerSignature::Digest { .. })),
        2
    );
    assert_eq!(count(Operation::unsigned_request), 1);
    assert_eq!(count(|op| op.host().is_some()), 86);
    assert_eq!(count(Operation::host_required), 10);
    assert_eq!(count(Operation::needs_client_cert), 57);
    assert_eq!(count(Operation::nonceless), 20);
    assert_eq!(count(Operation::reentrant), 7);
    let signed = |kind| count(|op| op.sign_type() == Some(kind));
    assert_eq!([SignType::HmacSha256, SignType::Md5].map(signed), [55, 2]);
    assert_eq!(count(|op| op.idempotency_header().is_some()), 4);
    let bodies = [
        BodyKind::Json,
        BodyKind::None,
        BodyKind::Xml,
        BodyKind::Multipart,
    ];
    assert_eq!(
        bodies.map(|kind| count(|op| op.body() == kind)),
        [568, 444, 129, 15]
    );
    let answers = [AnswerKind::Empty, AnswerKind::Stream, AnswerKind::Redirect];
    assert_eq!(
        answers.map(|kind| count(|op| op.answer() == kind)),
        [107, 12, 3]
    );
}

#[test]
fn the_table_contains_every_known_fact_of_brands() {
    let brands = || operations().iter().filter(|op| op.is_brand());
    assert_eq!(brands().count(), 50);
    assert!(brands().all(|op| op.path.starts_with("brand/")));
    assert!(merchants().all(|op| !op.path.starts_with("brand/")));
    let once = brands().filter_map(|op| op.idempotency_field());
    assert_eq!(once.filter(|field| *field == "out_request_no").count(), 15);
    let uploads = brands().filter(|op| op.body() == BodyKind::Multipart);
    assert_eq!(uploads.count(), 1);
    // Of members only: what they fill in, and the answers.
    let is_secret = |op: &&Operation| !op.encrypt().is_empty() || !op.decrypt().is_empty();
    let secret: Vec<_> = brands().filter(is_secret).collect();
    assert!(
        secret
            .iter()
            .all(|op| op.path.starts_with("brand/card-member/user-cards"))
    );
    assert_eq!(secret.len(), 5);
    assert_eq!(
        merchants().filter_map(Operation::idempotency_field).count(),
        0
    );
}

fn merchants() -> impl Iterator<Item = &'static Operation> {
    operations().iter().filter(|op| !op.is_brand())
}

/// Counts operations of merchants.
fn count(test: impl Fn(&Operation) -> bool) -> usize {
    merchants().filter(|op| test(op)).count()
}

/// Counts the operations that have pointers of a kind, and the pointers.
fn pointers(list: fn(&Operation) -> &'static [&'static str]) -> (usize, usize) {
    let all = merchants().map(|op| list(op).len());
    (count(|op| !list(op).is_empty()), all.sum())
}

#[test]
fn the_table_is_sorted_without_duplicates() {
    assert!(operations().is_sorted_by(|a, b| (a.path, a.verb) < (b.path, b.verb)));
}

#[test]
fn segments_are_literals_or_whole_variables() {
    for segment in operations().iter().flat_map(|op| op.path.split('/')) {
        let name = segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        // `variable` relies on braces sorting after all characters of literals.
        assert!(
            name.unwrap_or(segment)
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)),
            "{segment}"
        );
    }
}

#[test]
fn every_row_is_found_by_its_own_template() {
    for op in operations() {
        for path in [op.path.to_owned(), format!("/{}", op.path)] {
            assert!(is(find(&op.method(), &path), op), "{path}");
        }
    }
}

/// Templates of the same shape, which differ only in the names of their variables: the first is found.
const SAME_SHAPE: &str = "v3/apply4subject/applyment/{business_code}/cancel";

#[test]
fn every_row_is_found_with_any_variable_names() {
    for op in operations().iter().filter(|op| op.path != SAME_SHAPE) {
        let path = fill(op, |_| "{some_name}".to_owned());
        assert!(is(find(&op.method(), &path), op), "{path}");
    }
    let first = find(&Method::POST, "v3/apply4subject/applyment/{id}/cancel").unwrap();
    assert_eq!(
        first.path,
        "v3/apply4subject/applyment/{applyment_id}/cancel"
    );
}

#[test]
fn every_row_is_found_by_concrete_paths() {
    let mut random = Random(7);
    for op in operations().iter().filter(|op| op.path != SAME_SHAPE) {
        for _ in 0..20 {
            let path = fill(op, |_| random.value());
            assert!(is(find(&op.method(), &path), op), "{path} is not {op:?}");
        }
    }
}

#[test]
fn values_equal_to_literals_of_other_paths_are_matched_as_values() {
    let words: Vec<_> = operations()
        .iter()
        .flat_map(|op| op.path.split('/'))
        .filter(|s| !s.is_empty())
        .collect();
    let mut random = Random(11);
    for op in operations() {
        for _ in 0..20 {
            let path = fill(op, |_| words[random.below(words.len())].to_owned());
            let found = find(&op.method(), &path).unwrap();
            // If another row is found, it must have more literals from the left.
            assert!(
                is(Some(found), op) || spelled(found) > spelled(op) || same_shape(found, op),
                "{path}: {found:?}"
            );
        }
    }
}

/// Returns which segments are literals; rows are compared from the left.
fn spelled(op: &Operation) -> Vec<bool> {
    op.path
        .split('/')
        .map(|segment| !segment.starts_with('{'))
        .collect()
}

fn same_shape(a: &Operation, b: &Operation) -> bool {
    fill(a, |_| "*".to_owned()) == fill(b, |_| "*".to_owned())
}

#[test]
fn literals_take_precedence_over_variables() {
    let path = |path| find(&Method::GET, path).map(Operation::path);
    assert_eq!(
        path("v3/ecommerce/refunds/id/50000"),
        Some("v3/ecommerce/refunds/id/{refund_id}")
    );
    // Of two matching rows, the one with a literal further left is found.
    assert_eq!(
        path("v3/ecommerce/refunds/id/return-advance"),
        Some("v3/ecommerce/refunds/id/{refund_id}")
    );
    // `id` has no third segment, so the search turns back to the variable.
    let back = "v3/ecommerce/refunds/50000/return-advance";
    assert_eq!(
        path(back),
        Some("v3/ecommerce/refunds/{refund_id}/return-advance")
    );
    let post = find(&Method::POST, "v3/ecommerce/refunds/id/return-advance").unwrap();
    assert_eq!(
        post.path(),
        "v3/ecommerce/refunds/{refund_id}/return-advance"
    );
}

#[test]
fn a_trailing_slash_counts() {
    let post = |path| find(&Method::POST, path).map(Operation::path);
    let slash = Some("v3/applyment4sub/applyment/");
    assert_eq!(post("v3/applyment4sub/applyment/"), slash);
    assert_eq!(post("v3/applyment4sub/applyment/{empty}"), slash);
    assert_eq!(post("v3/applyment4sub/applyment"), None);
    assert_eq!(post("v3/refund/domestic/refunds/"), None);
}

#[test]
fn unknown_paths_are_not_found() {
    for path in [
        "",
        "/",
        "//",
        "v3",
        "v3/",
        "v3/pay",
        "v3/pay/transactions/id/",
        "v3/pay//id/1",
        "v3/pay/x/y/z",
        "{",
        "{}",
        "é/{é}",
    ] {
        assert!(find(&Method::GET, path).is_none(), "{path}");
    }
    for method in [
        Method::HEAD,
        Method::OPTIONS,
        Method::TRACE,
        Method::CONNECT,
        Method::PUT,
    ] {
        assert!(find(&method, "v3/pay/transactions/id/{transaction_id}").is_none());
    }
    assert!(find(&Method::GET, &"v3/pay/".repeat(100_000)).is_none());
}

#[test]
fn apiv2_operations_are_found_by_the_path_of_the_chain() {
    let op = find(&Method::POST, "v2/pay/unifiedorder").unwrap();
    assert!(op.is_v2());
    assert_eq!(op.wire_path(), "pay/unifiedorder");
    assert_eq!((op.body(), op.answer()), (BodyKind::Xml, AnswerKind::Xml));
}

fn is(found: Option<&Operation>, op: &Operation) -> bool {
    found.is_some_and(|found| std::ptr::eq(found, op))
}

fn fill(op: &Operation, mut value: impl FnMut(&str) -> String) -> String {
    let segments = op.path.split('/').map(|segment| {
        if segment.starts_with('{') {
            value(segment)
        } else {
            segment.to_owned()
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % end
    }

    /// Returns a percent-encoded value that is not a literal of the table.
    fn value(&mut self) -> String {
        let pieces = [
            "%7B",
            "%2F",
            "A",
            "b",
            "7",
            "-",
            "_",
            ".",
            "~",
            "%E4%B8%AD",
            "return",
            "id",
        ];
        let some: String = (0..=self.below(12))
            .map(|_| pieces[self.below(pieces.len())])
            .collect();
        format!("{some}!")
    }
}
