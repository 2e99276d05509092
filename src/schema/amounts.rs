//! What the documentation does not say of each amount: its currency, and whether it is whole.

/// Amounts that the state and other systems pay may have fractions.
const MAY_HAVE_FRACTIONS: [&str; 2] = ["v3/gov/", "v3/merchant-risk-manage/"];

/// Whether the amounts of an operation are in fen if they are whole.
///
/// So they are in APIv3 in China. Overseas, and in APIv2 of overseas merchants, they are in other currencies too.
///
/// ```
/// use wechatpay_schema::amounts::are_in_fen;
///
/// assert!(are_in_fen("v3/pay/transactions/native"));
/// assert!(!are_in_fen("v3/global/transactions/native"));
/// assert!(!are_in_fen("v2/pay/unifiedorder"));
/// ```
#[must_use]
pub fn are_in_fen(path: &str) -> bool {
    let is_overseas =
        path.starts_with("hk/") || path.contains("global/") || path.contains("oversea/");
    !path.starts_with("v2/") && !is_overseas
}

/// Whether the amounts of an operation are whole numbers of fen, even where the documentation only says that they are numbers.
///
/// ```
/// use wechatpay_schema::amounts::are_whole_fen;
///
/// assert!(are_whole_fen("v3/payscore/serviceorder/{out_order_no}/modify"));
/// assert!(!are_whole_fen("v3/gov/subsidy/zhejiang/authcode/commit"));
/// ```
#[must_use]
pub fn are_whole_fen(path: &str) -> bool {
    are_in_fen(path) && !MAY_HAVE_FRACTIONS.iter().any(|it| path.starts_with(it))
}
