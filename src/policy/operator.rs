//! Condition operators: the table of the 27 that AWS defines, and their modifiers.
//!
//! A new operator is a row in [`OPERATORS`]. Knows: names, families, negation. Must not know: how values compare.

use crate::text::Text;

/// What an operator compares
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// `StringEquals`: exact
    String,
    /// `StringEqualsIgnoreCase`
    StringIgnoringCase,
    /// `StringLike`: `*` and `?`
    StringLike,
    /// `NumericEquals` and its sisters
    Numeric(Order),
    /// `DateEquals` and its sisters
    Date(Order),
    /// `Bool`
    Bool,
    /// `BinaryEquals`: base64
    Binary,
    /// `IpAddress`
    Ip,
    /// `ArnEquals` and `ArnLike`, which are the same
    Arn,
    /// `Null`: whether the key is absent
    Null,
}

/// Which order a number or date must stand in to the policy's value
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// `...Equals`
    Equal,
    /// `...LessThan`
    Less,
    /// `...LessThanEquals`
    LessOrEqual,
    /// `...GreaterThan`
    Greater,
    /// `...GreaterThanEquals`
    GreaterOrEqual,
}

impl Order {
    /// Whether the value itself is among those that stand so to it
    #[must_use]
    pub fn admits_equal(self) -> bool {
        matches!(self, Self::Equal | Self::LessOrEqual | Self::GreaterOrEqual)
    }

    /// Whether nothing above the value stands so to it
    #[must_use]
    pub fn ends(self) -> bool {
        matches!(self, Self::Equal | Self::Less | Self::LessOrEqual)
    }

    /// Whether nothing below the value stands so to it
    #[must_use]
    pub fn begins(self) -> bool {
        matches!(self, Self::Equal | Self::Greater | Self::GreaterOrEqual)
    }
}

/// Whether the operator or its opposite is meant
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// `StringEquals`
    Positive,
    /// `StringNotEquals`
    Negated,
}

/// A row of the operator table
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The name, as AWS spells it
    pub name: &'static str,
    /// What it compares
    pub family: Family,
    /// Whether it is negated
    pub sense: Sense,
}

const fn row(name: &'static str, family: Family, sense: Sense) -> Row {
    Row { name, family, sense }
}

/// Every operator \[reference_policies_elements_condition_operators\]
pub static OPERATORS: &[Row] = &[
    row("StringEquals", Family::String, Sense::Positive),
    row("StringNotEquals", Family::String, Sense::Negated),
    row("StringEqualsIgnoreCase", Family::StringIgnoringCase, Sense::Positive),
    row("StringNotEqualsIgnoreCase", Family::StringIgnoringCase, Sense::Negated),
    row("StringLike", Family::StringLike, Sense::Positive),
    row("StringNotLike", Family::StringLike, Sense::Negated),
    row("NumericEquals", Family::Numeric(Order::Equal), Sense::Positive),
    row("NumericNotEquals", Family::Numeric(Order::Equal), Sense::Negated),
    row("NumericLessThan", Family::Numeric(Order::Less), Sense::Positive),
    row("NumericLessThanEquals", Family::Numeric(Order::LessOrEqual), Sense::Positive),
    row("NumericGreaterThan", Family::Numeric(Order::Greater), Sense::Positive),
    row("NumericGreaterThanEquals", Family::Numeric(Order::GreaterOrEqual), Sense::Positive),
    row("DateEquals", Family::Date(Order::Equal), Sense::Positive),
    row("DateNotEquals", Family::Date(Order::Equal), Sense::Negated),
    row("DateLessThan", Family::Date(Order::Less), Sense::Positive),
    row("DateLessThanEquals", Family::Date(Order::LessOrEqual), Sense::Positive),
    row("DateGreaterThan", Family::Date(Order::Greater), Sense::Positive),
    row("DateGreaterThanEquals", Family::Date(Order::GreaterOrEqual), Sense::Positive),
    row("Bool", Family::Bool, Sense::Positive),
    row("BinaryEquals", Family::Binary, Sense::Positive),
    row("IpAddress", Family::Ip, Sense::Positive),
    row("NotIpAddress", Family::Ip, Sense::Negated),
    row("ArnEquals", Family::Arn, Sense::Positive),
    row("ArnNotEquals", Family::Arn, Sense::Negated),
    row("ArnLike", Family::Arn, Sense::Positive),
    row("ArnNotLike", Family::Arn, Sense::Negated),
    row("Null", Family::Null, Sense::Positive),
];

/// The operator that holds exactly where this one does not: `StringNotEquals` for `StringEquals`
///
/// Only names without set operator and `IfExists`, whose opposites are no operators.
#[must_use]
pub fn twin(name: &str) -> Option<&'static str> {
    let row = OPERATORS.iter().find(|row| row.name == name)?;
    let is_twin = |other: &&Row| {
        other.family == row.family
            && other.sense != row.sense
            && other.name.replace("Not", "") == row.name.replace("Not", "")
    };
    OPERATORS.iter().find(is_twin).map(|twin| twin.name)
}

/// How the values of a multivalued key count
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    /// No set operator is written
    Single,
    /// `ForAllValues:`
    ForAllValues,
    /// `ForAnyValue:`
    ForAnyValue,
}

/// What a condition says of an absent key
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenAbsent {
    /// The operator's own rule
    Usual,
    /// `...IfExists`: it holds
    Holds,
}

/// An operator as a policy writes it
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operator {
    /// One that AWS defines
    Known {
        /// Set operator
        quantifier: Quantifier,
        /// The row of the table
        row: &'static Row,
        /// `IfExists`
        when_absent: WhenAbsent,
    },
    /// A name that is not in the table, or has a hole: the condition depends on it
    Unknown(Text),
}

impl Operator {
    /// The operator of this name; letter case counts, because no AWS page says otherwise
    #[must_use]
    pub fn parse(text: &Text) -> Self {
        text.as_literal().and_then(Self::known).unwrap_or_else(|| Self::Unknown(text.clone()))
    }

    fn known(name: &str) -> Option<Self> {
        let (quantifier, rest) = [Quantifier::ForAllValues, Quantifier::ForAnyValue]
            .into_iter()
            .find_map(|quantifier| Some((quantifier, name.strip_prefix(quantifier.prefix())?)))
            .unwrap_or((Quantifier::Single, name));
        let (rest, when_absent) =
            rest.strip_suffix("IfExists").map_or((rest, WhenAbsent::Usual), |rest| (rest, WhenAbsent::Holds));
        let row = OPERATORS.iter().find(|row| row.name == rest)?;
        // "any condition operator name except the Null condition"
        (row.family != Family::Null || when_absent == WhenAbsent::Usual).then_some(Self::Known {
            quantifier,
            row,
            when_absent,
        })
    }

    /// The name as a policy writes it
    #[must_use]
    pub fn name(&self) -> Text {
        match self {
            Self::Known { quantifier, row, when_absent } => {
                let suffix = match when_absent {
                    WhenAbsent::Usual => "",
                    WhenAbsent::Holds => "IfExists",
                };
                format!("{}{}{suffix}", quantifier.prefix(), row.name).into()
            }
            Self::Unknown(text) => text.clone(),
        }
    }
}

impl Quantifier {
    fn prefix(self) -> &'static str {
        match self {
            Self::Single => "",
            Self::ForAllValues => "ForAllValues:",
            Self::ForAnyValue => "ForAnyValue:",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_operators_whose_opposite_is_one_have_a_twin() {
        assert_eq!(twin("StringEquals"), Some("StringNotEquals"));
        assert_eq!(twin("NotIpAddress"), Some("IpAddress"));
        assert_eq!(twin("ArnNotLike"), Some("ArnLike"));
        for name in ["Bool", "Null", "NumericLessThan", "StringEqualsIfExists", "ForAnyValue:StringEquals"] {
            assert_eq!(twin(name), None, "{name}");
        }
    }

    #[test]
    fn every_row_is_found_by_its_name_with_every_modifier() {
        for row in OPERATORS {
            for prefix in ["", "ForAllValues:", "ForAnyValue:"] {
                for suffix in ["", "IfExists"] {
                    let name = Text::from(format!("{prefix}{}{suffix}", row.name));
                    let operator = Operator::parse(&name);
                    assert_eq!(operator.name(), name);
                    let known = matches!(operator, Operator::Known { row: found, .. } if found == row);
                    assert_eq!(known, row.name != "Null" || suffix.is_empty(), "{name}");
                }
            }
        }
    }

    #[test]
    fn a_name_in_other_case_is_not_known() {
        for name in ["stringequals", "FORALLVALUES:StringLike", "StringEqualsifexists", "", "IfExists"] {
            assert_eq!(Operator::parse(&name.into()), Operator::Unknown(name.into()));
        }
    }
}
