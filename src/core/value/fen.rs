use std::fmt;
use std::ops::Neg;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, ErrorKind, Result};

/// An amount in fen (分), a hundredth of a yuan.
///
/// APIv3 and APIv2 write amounts in fen, bills in yuan. No conversion uses floating point.
/// In JSON a `Fen` is an integer.
///
/// ```
/// use wechatpay_chain::Fen;
///
/// let price = Fen::from_yuan("19.90")?;
/// assert_eq!(price.get(), 1990);
/// let total = price.checked_mul(3).and_then(|all| all.checked_add(Fen::new(30)));
/// assert_eq!(total.unwrap().to_yuan(), "60.00");
/// assert_eq!(serde_json::json!({"total": price}), serde_json::json!({"total": 1990}));
/// # Ok::<(), wechatpay_chain::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(i64);

impl Fen {
    /// Zero.
    pub const ZERO: Self = Self(0);

    /// Creates an amount from a number of fen.
    #[must_use]
    pub const fn new(fen: i64) -> Self {
        Self(fen)
    }

    /// Returns the number of fen.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Parses an amount in yuan, as in bills: `19.90`, `19.9`, `19`, `-0.01`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Request`](crate::error::ErrorKind::Request) when the text is not a decimal number, has a fraction
    /// of a fen, or is too large for an `i64`. Nothing is rounded.
    pub fn from_yuan(text: &str) -> Result<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
        if !is_number(whole) || !is_number(fraction) {
            return Err(refused(
                "write it as digits with a point, for example 19.90",
            ));
        }
        let (fen, rest) = fraction.split_at(fraction.len().min(2));
        if rest.bytes().any(|it| it != b'0') {
            return Err(refused("it has a fraction of a fen"));
        }
        // With the sign on both parts: the least `i64` has no positive counterpart.
        let sign = if negative { -1 } else { 1 };
        let read = |part: &str| part.parse::<i64>().ok().map(|value| sign * value);
        let fen = read(fen).map(|value| if fen.len() == 1 { value * 10 } else { value });
        read(whole)
            .and_then(|yuan| yuan.checked_mul(100))
            .and_then(|yuan| yuan.checked_add(fen?))
            .map(Self)
            .ok_or_else(|| refused("it is too large"))
    }

    /// Writes the amount in yuan, with two decimals.
    #[must_use]
    pub fn to_yuan(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        format!("{sign}{}.{:02}", fen / 100, fen % 100)
    }

    /// Adds two amounts; `None` on overflow.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// Subtracts an amount; `None` on overflow.
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(difference) => Some(Self(difference)),
            None => None,
        }
    }

    /// Multiplies the amount; `None` on overflow.
    #[must_use]
    pub const fn checked_mul(self, count: i64) -> Option<Self> {
        match self.0.checked_mul(count) {
            Some(product) => Some(Self(product)),
            None => None,
        }
    }

    /// Adds all amounts; `None` on overflow.
    #[must_use]
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

impl From<i64> for Fen {
    fn from(fen: i64) -> Self {
        Self(fen)
    }
}

impl From<Fen> for i64 {
    fn from(amount: Fen) -> Self {
        amount.0
    }
}

impl Serialize for Fen {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Fen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        i64::deserialize(deserializer).map(Self)
    }
}

impl Neg for Fen {
    type Output = Option<Self>;

    fn neg(self) -> Option<Self> {
        self.0.checked_neg().map(Self)
    }
}

/// Writes number and unit: a bare number would not say whether it is fen or yuan.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} CNY", self.to_yuan())
    }
}

fn refused(why: &str) -> Error {
    Error::new(
        ErrorKind::Request,
        format!("the text is not an amount in yuan: {why}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_are_read_and_written_exactly() {
        for (text, fen, written) in [
            ("0", 0, "0.00"),
            ("0.00", 0, "0.00"),
            ("-0.00", 0, "0.00"),
            ("0.01", 1, "0.01"),
            ("0.1", 10, "0.10"),
            ("0.10", 10, "0.10"),
            ("0.29", 29, "0.29"),
            ("1.5", 150, "1.50"),
            ("12", 1200, "12.00"),
            ("007.10", 710, "7.10"),
            ("1.10000", 110, "1.10"),
            ("-0.01", -1, "-0.01"),
            ("-12.34", -1234, "-12.34"),
            ("92233720368547758.07", i64::MAX, "92233720368547758.07"),
            ("-92233720368547758.08", i64::MIN, "-92233720368547758.08"),
        ] {
            let amount = Fen::from_yuan(text).unwrap();
            assert_eq!(amount.get(), fen, "{text}");
            assert_eq!(amount.to_yuan(), written, "{text}");
            assert_eq!(Fen::from_yuan(&amount.to_yuan()).unwrap(), amount, "{text}");
        }
    }

    #[test]
    fn invalid_amounts_are_rejected() {
        for text in [
            "",
            "-",
            ".",
            "1.",
            ".5",
            "+1",
            "--1",
            "1,000.00",
            "1.001",
            "0.005",
            "1e2",
            " 1",
            "1 ",
            "¥1",
            "１",
            "0x10",
            "NaN",
            "1.0.0",
            "92233720368547758.08",
            "-92233720368547758.09",
            "99999999999999999999",
        ] {
            assert!(Fen::from_yuan(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn sums_do_not_overflow() {
        let most = Fen::new(i64::MAX);
        assert_eq!(most.checked_add(Fen::new(1)), None);
        assert_eq!(Fen::new(i64::MIN).checked_sub(Fen::new(1)), None);
        assert_eq!(most.checked_mul(2), None);
        assert_eq!(-Fen::new(i64::MIN), None);
        assert_eq!(-Fen::new(1), Some(Fen::new(-1)));
        assert_eq!(Fen::checked_sum([most, Fen::new(1)]), None);
        assert_eq!(Fen::checked_sum([1, 2, 3].map(Fen::new)), Some(Fen::new(6)));
    }

    #[test]
    fn json_accepts_only_integers() {
        assert_eq!(serde_json::to_string(&Fen::new(-5)).unwrap(), "-5");
        assert_eq!(serde_json::from_str::<Fen>("100").unwrap(), Fen::new(100));
        for text in ["1.0", "\"100\"", "1e2", "9223372036854775808"] {
            assert!(serde_json::from_str::<Fen>(text).is_err(), "{text}");
        }
    }
}
