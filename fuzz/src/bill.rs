//! The rows of a bill.

use wechatpay_chain::bill::Rows;

/// Reads any bytes as a bill: reading ends, an error is the last item, and each row has a value for each name.
pub fn bill(data: &[u8]) {
    let Ok(mut rows) = Rows::new(data) else {
        return;
    };
    let lines = data.iter().filter(|byte| matches!(byte, b'\n' | b'\r'));
    let most = lines.count() + 1;
    let quoted = data.contains(&b'"');
    let mut count = 0;
    while let Some(row) = rows.next() {
        let Ok(row) = row else {
            assert!(rows.next().is_none(), "a row follows an error");
            return;
        };
        count += 1;
        assert!(count <= most, "more rows than lines");
        assert_eq!(row.values().len(), row.iter().count());
        for (name, value) in row.iter() {
            assert!(row.get(name).is_some(), "{name:?}");
            // In a statement without back quotes, a quoted value may contain a line break, as in any CSV.
            assert!(quoted || !value.contains('\n'), "a row of two lines");
        }
    }
    assert!(rows.next().is_none(), "a row behind the end");
    if let Some(summary) = rows.summary() {
        assert_eq!(summary.values().len(), summary.iter().count());
    }
}
