//! Literals that can be compared before the program runs.

use std::cmp::Ordering;

use syn::{Expr, ExprLit, ExprRange, ExprUnary, Lit, RangeLimits, UnOp};

use super::inner;

/// A number that stands in the source as such.
#[derive(Clone, Copy)]
pub(crate) enum Number {
    Whole(i128),
    Fraction(f64),
}

impl Number {
    pub(crate) fn of(expr: &Expr) -> Option<Self> {
        match inner(expr) {
            Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_parse().ok().map(Self::Whole),
            Expr::Lit(ExprLit { lit: Lit::Float(number), .. }) => {
                number.base10_parse().ok().map(Self::Fraction)
            }
            Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => match Self::of(expr)? {
                Self::Whole(number) => Some(Self::Whole(-number)),
                Self::Fraction(number) => Some(Self::Fraction(-number)),
            },
            _ => None,
        }
    }

    fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => a.cmp(&b),
            (a, b) => a.fraction().total_cmp(&b.fraction()),
        }
    }

    fn fraction(self) -> f64 {
        match self {
            // Exact enough: where both are whole they are compared as such.
            Self::Whole(number) => number as f64,
            Self::Fraction(number) => number,
        }
    }
}

/// The limits of a range that stand in the source as numbers; the others are not known.
pub(crate) struct Bounds {
    low: Option<Number>,
    high: Option<Number>,
    inclusive: bool,
}

impl Bounds {
    pub(crate) fn of(range: &ExprRange) -> Self {
        Self {
            low: range.start.as_deref().and_then(Number::of),
            high: range.end.as_deref().and_then(Number::of),
            inclusive: matches!(range.limits, RangeLimits::Closed(_)),
        }
    }

    /// The same for lengths, of which none is less than nothing.
    pub(crate) fn of_lengths(self) -> Self {
        Self { low: self.low.or(Some(Number::Whole(0))), ..self }
    }

    /// Whether no number is within the limits.
    pub(crate) fn is_empty(&self) -> bool {
        match (self.low, self.high) {
            (Some(low), Some(high)) => match low.compare(high) {
                Ordering::Greater => true,
                Ordering::Equal => !self.inclusive,
                Ordering::Less => false,
            },
            _ => false,
        }
    }

    /// Whether a number is known to be outside.
    pub(crate) fn excludes(&self, number: Number) -> bool {
        let below = self.low.is_some_and(|low| number.compare(low) == Ordering::Less);
        let above = self.high.is_some_and(|high| match number.compare(high) {
            Ordering::Greater => true,
            Ordering::Equal => !self.inclusive,
            Ordering::Less => false,
        });
        below || above
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(range: &str) -> Bounds {
        Bounds::of(&syn::parse_str(range).expect("a range"))
    }

    fn number(literal: &str) -> Number {
        Number::of(&syn::parse_str(literal).expect("an expression")).expect("a number")
    }

    #[test]
    fn ranges_know_what_they_hold() {
        assert!(bounds("5..=1").is_empty() && bounds("1..1").is_empty() && bounds("0.5..0.25").is_empty());
        assert!(!bounds("1..=1").is_empty() && !bounds("-5..").is_empty() && !bounds("MIN..=MAX").is_empty());
        assert!(bounds("1..=100").excludes(number("0")) && bounds("0..1").excludes(number("1")));
        assert!(
            bounds("-1..=-5").is_empty()
                && bounds("1_0u8..=9i64").is_empty()
                && bounds("0x10..=0b1").is_empty()
        );
        assert!(bounds("..0").of_lengths().is_empty() && !bounds("..=0").of_lengths().is_empty());
        assert!(bounds("-5..=-1").excludes(number("0")) && bounds("1..=9_000").excludes(number("9_001u32")));
        assert!(bounds("..=0.5").excludes(number("1")) && bounds("-1..").excludes(number("-2.5")));
        assert!(!bounds("1..=100").excludes(number("100")) && !bounds("LOW..HIGH").excludes(number("7")));
    }
}
