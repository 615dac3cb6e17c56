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
