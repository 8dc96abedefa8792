//! Works a condition out, as Python does.

use super::{Comparison, ConditionProblem, Expression, Operator, Value};

type Field<'a> = &'a dyn Fn(&str) -> Result<Value, ConditionProblem>;

impl Expression {
    /// What it comes to. Names are asked only where Python would ask them: `or` and `and` stop
    /// as soon as they can.
    pub(super) fn value(&self, field: Field<'_>) -> Result<Value, ConditionProblem> {
        match self {
            Self::Value(value) => Ok(value.clone()),
            Self::Name(name) => field(name),
            Self::List(members) => Ok(Value::List(values(members, field)?)),
            Self::Tuple(members) => Ok(Value::Tuple(values(members, field)?)),
            Self::Not(inner) => Ok(Value::Bool(!inner.value(field)?.is_true())),
            Self::Negative(inner) => Ok(Value::Number(-inner.value(field)?.number()?)),
            Self::Any(any) => first(any, field, true),
            Self::All(all) => first(all, field, false),
            Self::Compared(first, rest) => {
                let mut left = first.value(field)?;
                for (comparison, right) in rest {
                    let right = right.value(field)?;
                    if !comparison.holds(&left, &right)? {
                        return Ok(Value::Bool(false));
                    }
                    left = right;
                }
                Ok(Value::Bool(true))
            }
            Self::Sum(first, rest) => {
                let mut sum = first.value(field)?.number()?;
                for (operator, right) in rest {
                    sum = operator.of(sum, right.value(field)?.number()?)?;
                }
                Ok(Value::Number(sum))
            }
        }
    }
}

fn values(members: &[Expression], field: Field<'_>) -> Result<Vec<Value>, ConditionProblem> {
    members.iter().map(|member| member.value(field)).collect()
}

/// The first value that is as true as wanted, else the last one.
fn first(
    expressions: &[Expression],
    field: Field<'_>,
    wanted: bool,
) -> Result<Value, ConditionProblem> {
    let mut value = Value::Bool(!wanted);
    for expression in expressions {
        value = expression.value(field)?;
        if value.is_true() == wanted {
            break;
        }
    }
    Ok(value)
}

impl Value {
    /// What Python takes for true: all but nothing, nought, and what is empty.
    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::None => false,
            Self::Bool(value) => *value,
            Self::Number(value) => *value != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::List(members) | Self::Tuple(members) => !members.is_empty(),
        }
    }

    /// As a number; True counts 1.
    fn number(&self) -> Result<f64, ConditionProblem> {
        match self {
            Self::Number(value) => Ok(*value),
            Self::Bool(value) => Ok(f64::from(u8::from(*value))),
            Self::None => Err(ConditionProblem::Fails("calculates with an empty field")),
            // Python puts texts and lists together with `+`.
            Self::Text(text) => Err(ConditionProblem::NotUnderstood(text.clone())),
            Self::List(_) | Self::Tuple(_) => Err(ConditionProblem::NotUnderstood(",".to_owned())),
        }
    }

    fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::List(left), Self::List(right)) | (Self::Tuple(left), Self::Tuple(right)) => {
                let mut pairs = left.iter().zip(right);
                left.len() == right.len() && pairs.all(|(left, right)| left.equals(right))
            }
            (Self::Bool(_) | Self::Number(_), Self::Bool(_) | Self::Number(_)) => {
                self.number().ok() == other.number().ok()
            }
            _ => self == other,
        }
    }
}

impl Comparison {
    fn holds(self, left: &Value, right: &Value) -> Result<bool, ConditionProblem> {
        Ok(match self {
            Self::Equal => left.equals(right),
            Self::NotEqual => !left.equals(right),
            Self::Less => order(left, right)?.is_lt(),
            Self::LessOrEqual => order(left, right)?.is_le(),
            Self::Greater => order(left, right)?.is_gt(),
            Self::GreaterOrEqual => order(left, right)?.is_ge(),
            Self::In => is_in(left, right)?,
            Self::NotIn => !is_in(left, right)?,
            Self::Is => is(left, right)?,
            Self::IsNot => !is(left, right)?,
        })
    }
}

fn order(left: &Value, right: &Value) -> Result<std::cmp::Ordering, ConditionProblem> {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => Ok(left.cmp(right)),
        (Value::Bool(_) | Value::Number(_), Value::Bool(_) | Value::Number(_)) => {
            let order = left.number()?.partial_cmp(&right.number()?);
            order.ok_or(ConditionProblem::Fails("compares what is no number"))
        }
        // Python orders lists by their members.
        (Value::List(_), Value::List(_)) | (Value::Tuple(_), Value::Tuple(_)) => {
            Err(ConditionProblem::NotUnderstood(",".to_owned()))
        }
        _ => Err(ConditionProblem::Fails(
            "compares which is more of a number and what is none",
        )),
    }
}

fn is_in(left: &Value, right: &Value) -> Result<bool, ConditionProblem> {
    match (left, right) {
        (_, Value::List(members) | Value::Tuple(members)) => {
            Ok(members.iter().any(|member| left.equals(member)))
        }
        (Value::Text(part), Value::Text(text)) => Ok(text.contains(part.as_str())),
        _ => Err(ConditionProblem::Fails("looks into what holds nothing")),
    }
}

/// `is` is for None, True and False; with anything else its answer in Python hangs on how the
/// value came to be.
fn is(left: &Value, right: &Value) -> Result<bool, ConditionProblem> {
    match (left, right) {
        (Value::None | Value::Bool(_), _) | (_, Value::None | Value::Bool(_)) => Ok(left == right),
        _ => Err(ConditionProblem::NotUnderstood("is".to_owned())),
    }
}

impl Operator {
    fn of(self, left: f64, right: f64) -> Result<f64, ConditionProblem> {
        match self {
            Self::Plus => Ok(left + right),
            Self::Minus => Ok(left - right),
            Self::Times => Ok(left * right),
            Self::Over if right == 0.0 => Err(ConditionProblem::Fails("divides by nought")),
            Self::Over => Ok(left / right),
        }
    }
}
