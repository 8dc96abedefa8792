//! The condition of a rule: a Python expression over the document (`safe_eval`).
//!
//! The server evaluates it with the document's fields as bare names (`customer_group == "Staff"`)
//! and nothing else, so `doc.customer_group` is an error there. A rule whose condition is false
//! *or fails* does not hold, and the server says nothing. The till does the same and says why.
//!
//! It understands comparisons (`==`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `not in`, `is None`,
//! `is not None`, in chains too), `and`, `or`, `not`, parentheses, `+`, `-`, `*`, `/`, numbers,
//! texts, lists, tuples, `True`, `False` and `None`, as Python means them. A rule that says
//! anything else is left out.

mod parse;

mod evaluate;
mod fields;

use thiserror::Error;

use super::Context;
use crate::totals::Totals;

/// A condition as it was read, or why it could not be.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Condition(Result<Expression, ConditionProblem>);

/// What is the matter with a condition.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ConditionProblem {
    /// It says something that the till does not understand.
    #[error("has {0:?}, which the till does not understand")]
    NotUnderstood(String),
    /// It ends where more has to come.
    #[error("ends too early")]
    Incomplete,
    /// It is longer or deeper than any condition has a reason to be.
    #[error("is too long for the till")]
    TooLong,
    /// It names the document, which the server does not.
    #[error(
        "asks for \"{0}\", but ERPNext knows the document's fields by their names alone; leave out what stands before the dot"
    )]
    Dotted(String),
    /// It asks for a field that the till does not have.
    #[error("asks for \"{0}\", which the till does not have")]
    NoField(String),
    /// It asks for a sum before there is one.
    #[error("asks for \"{0}\", which is known only for rules on the whole document")]
    TooEarly(String),
    /// ERPNext fails at it too.
    #[error("fails, in ERPNext too: it {0}")]
    Fails(&'static str),
}

impl Condition {
    /// Reads a condition. It cannot fail: what is not understood is said when it is asked.
    pub(super) fn parse(text: &str) -> Self {
        Self(parse::parse(text))
    }

    /// Whether it is true for a document; with its totals, where they are known.
    pub(super) fn holds(
        &self,
        context: &Context<'_>,
        totals: Option<&Totals>,
    ) -> Result<bool, ConditionProblem> {
        let expression = self.0.as_ref().map_err(Clone::clone)?;
        let value = expression.value(&|name| fields::field(context, totals, name))?;
        Ok(value.is_true())
    }
}

/// What an expression comes to.
#[derive(Clone, PartialEq, Debug)]
enum Value {
    None,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Value>),
    /// Never equal to a list.
    Tuple(Vec<Value>),
}

/// An expression. Chains are flat, so that its depth is what the parser allowed.
#[derive(Clone, PartialEq, Debug)]
enum Expression {
    Value(Value),
    Name(String),
    List(Vec<Expression>),
    Tuple(Vec<Expression>),
    Not(Box<Expression>),
    Negative(Box<Expression>),
    Any(Vec<Expression>),
    All(Vec<Expression>),
    Compared(Box<Expression>, Vec<(Comparison, Expression)>),
    Sum(Box<Expression>, Vec<(Operator, Expression)>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
    Is,
    IsNot,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Operator {
    Plus,
    Minus,
    Times,
    Over,
}
