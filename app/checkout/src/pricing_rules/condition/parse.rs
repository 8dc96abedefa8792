//! Reads a condition. Total: any text gives an expression or a problem, in bounded depth.

use super::{Comparison, ConditionProblem, Expression, Operator, Value};

/// The longest text, in characters.
const LONGEST: usize = 2_000;
/// How deep parentheses, `not` and signs may stand in each other.
const DEEPEST: usize = 32;

pub(super) fn parse(text: &str) -> Result<Expression, ConditionProblem> {
    if text.chars().count() > LONGEST {
        return Err(ConditionProblem::TooLong);
    }
    let mut parser = Parser {
        tokens: tokens(text)?,
        next: 0,
        depth: 0,
    };
    let expression = parser.expression()?;
    match parser.tokens.get(parser.next) {
        None => Ok(expression),
        Some(rest) => Err(rest.not_understood()),
    }
}

#[derive(Clone, PartialEq, Debug)]
enum Token {
    Number(f64, String),
    Text(String),
    /// A name or a keyword.
    Word(String),
    /// An operator, a parenthesis or a comma.
    Sign(&'static str),
}

impl Token {
    fn not_understood(&self) -> ConditionProblem {
        ConditionProblem::NotUnderstood(match self {
            Self::Number(_, text) | Self::Text(text) | Self::Word(text) => text.clone(),
            Self::Sign(sign) => (*sign).to_owned(),
        })
    }
}

/// Longer ones first, so that `<=` is not read as `<`. Those that no rule below asks for are here
/// so that they are named whole as what is not understood.
const SIGNS: [&str; 24] = [
    "==", "!=", "<=", ">=", "**", "//", "<<", ">>", ":=", "<", ">", "(", ")", "[", "]", "{", "}",
    ",", "+", "-", "*", "/", "%", ":",
];

fn tokens(text: &str) -> Result<Vec<Token>, ConditionProblem> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = if first.is_alphabetic() || first == '_' {
            word(rest)?
        } else if first.is_ascii_digit() || first == '.' {
            number(rest)?
        } else if first == '"' || first == '\'' {
            quoted(rest, first)?
        } else {
            let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
            let Some(sign) = sign else {
                return Err(ConditionProblem::NotUnderstood(first.to_string()));
            };
            let after = rest.strip_prefix(sign).unwrap_or_default();
            (Token::Sign(sign), after)
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    Ok(tokens)
}

/// What comes before the first character that does not belong, and what is left.
fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn word(text: &str) -> Result<(Token, &str), ConditionProblem> {
    let (word, after) = split(text, |c| c.is_alphanumeric() || c == '_' || c == '.');
    if word.contains('.') {
        return Err(ConditionProblem::Dotted(word.to_owned()));
    }
    if after.starts_with(['"', '\'']) {
        // A text with a prefix, such as f"...".
        return Err(ConditionProblem::NotUnderstood(word.to_owned()));
    }
    Ok((Token::Word(word.to_owned()), after))
}

fn number(text: &str) -> Result<(Token, &str), ConditionProblem> {
    let (number, after) = split(text, |c| c.is_alphanumeric() || c == '_' || c == '.');
    let plain = number.chars().all(|c| c.is_ascii_digit() || c == '.');
    // Python has no whole numbers that begin with a nought, such as 007.
    let nought = number.starts_with('0') && !number.contains('.') && number.len() > 1;
    match number.parse() {
        Ok(value) if plain && !nought => Ok((Token::Number(value, number.to_owned()), after)),
        _ => Err(ConditionProblem::NotUnderstood(number.to_owned())),
    }
}

fn quoted(text: &str, quote: char) -> Result<(Token, &str), ConditionProblem> {
    let mut characters = text.char_indices().skip(1);
    let mut value = String::new();
    while let Some((place, character)) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some((_, escaped @ ('\\' | '"' | '\''))) => value.push(escaped),
                Some((_, 'n')) => value.push('\n'),
                Some((_, 't')) => value.push('\t'),
                Some((_, other)) => {
                    return Err(ConditionProblem::NotUnderstood(format!("\\{other}")));
                }
                None => return Err(ConditionProblem::Incomplete),
            },
            end if end == quote => {
                let after = text.get(place + 1..).unwrap_or_default();
                if after.starts_with(['"', '\'']) {
                    // Texts in a row, or in three quotes.
                    return Err(ConditionProblem::NotUnderstood(after.to_owned()));
                }
                return Ok((Token::Text(value), after));
            }
            other => value.push(other),
        }
    }
    Err(ConditionProblem::Incomplete)
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

type Parsed = Result<Expression, ConditionProblem>;

impl Parser {
    fn expression(&mut self) -> Parsed {
        self.deeper(|parser| {
            let first = parser.all()?;
            let mut any = vec![first];
            while parser.takes_word("or") {
                any.push(parser.all()?);
            }
            Ok(alone(any, Expression::Any))
        })
    }

    fn all(&mut self) -> Parsed {
        let mut all = vec![self.not()?];
        while self.takes_word("and") {
            all.push(self.not()?);
        }
        Ok(alone(all, Expression::All))
    }

    fn not(&mut self) -> Parsed {
        if self.takes_word("not") {
            let inner = self.deeper(Self::not)?;
            return Ok(Expression::Not(Box::new(inner)));
        }
        let first = self.sum()?;
        let mut compared = Vec::new();
        while let Some(comparison) = self.comparison()? {
            compared.push((comparison, self.sum()?));
        }
        Ok(if compared.is_empty() {
            first
        } else {
            Expression::Compared(Box::new(first), compared)
        })
    }

    fn comparison(&mut self) -> Result<Option<Comparison>, ConditionProblem> {
        let signs = [
            ("==", Comparison::Equal),
            ("!=", Comparison::NotEqual),
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ];
        for (sign, comparison) in signs {
            if self.takes_sign(sign) {
                return Ok(Some(comparison));
            }
        }
        if self.takes_word("in") {
            return Ok(Some(Comparison::In));
        }
        if self.takes_word("not") {
            self.wants_word("in")?;
            return Ok(Some(Comparison::NotIn));
        }
        if self.takes_word("is") {
            let not = self.takes_word("not");
            return Ok(Some(if not {
                Comparison::IsNot
            } else {
                Comparison::Is
            }));
        }
        Ok(None)
    }

    fn sum(&mut self) -> Parsed {
        let signs = [("+", Operator::Plus), ("-", Operator::Minus)];
        self.operators(signs, Self::product)
    }

    fn product(&mut self) -> Parsed {
        let signs = [("*", Operator::Times), ("/", Operator::Over)];
        self.operators(signs, Self::signed)
    }

    fn operators(
        &mut self,
        signs: [(&str, Operator); 2],
        operand: impl Fn(&mut Self) -> Parsed,
    ) -> Parsed {
        let first = operand(self)?;
        let mut rest = Vec::new();
        while let Some((_, operator)) = signs.iter().find(|(sign, _)| self.takes_sign(sign)) {
            rest.push((*operator, operand(self)?));
        }
        Ok(if rest.is_empty() {
            first
        } else {
            Expression::Sum(Box::new(first), rest)
        })
    }

    fn signed(&mut self) -> Parsed {
        if self.takes_sign("-") {
            let inner = self.deeper(Self::signed)?;
            return Ok(Expression::Negative(Box::new(inner)));
        }
        self.operand()
    }

    fn operand(&mut self) -> Parsed {
        let token = self.tokens.get(self.next).cloned();
        let token = token.ok_or(ConditionProblem::Incomplete)?;
        self.next += 1;
        match token {
            Token::Number(value, _) => Ok(Expression::Value(Value::Number(value))),
            Token::Text(text) => Ok(Expression::Value(Value::Text(text))),
            Token::Sign("(") => self.in_parentheses(),
            Token::Sign("[") => Ok(Expression::List(self.list("]", Vec::new())?)),
            Token::Word(word) => match word.as_str() {
                "True" => Ok(Expression::Value(Value::Bool(true))),
                "False" => Ok(Expression::Value(Value::Bool(false))),
                "None" => Ok(Expression::Value(Value::None)),
                "and" | "or" | "not" | "in" | "is" | "if" | "else" | "for" | "lambda" | "await"
                | "yield" => Err(ConditionProblem::NotUnderstood(word)),
                _ if self.tokens.get(self.next) == Some(&Token::Sign("(")) => {
                    Err(ConditionProblem::NotUnderstood(format!("{word}(")))
                }
                _ => Ok(Expression::Name(word)),
            },
            other => Err(other.not_understood()),
        }
    }

    /// After `(`: an expression in parentheses, or a tuple.
    fn in_parentheses(&mut self) -> Parsed {
        if self.takes_sign(")") {
            return Ok(Expression::Tuple(Vec::new()));
        }
        let first = self.expression()?;
        if self.takes_sign(")") {
            return Ok(first);
        }
        self.wants_sign(",")?;
        Ok(Expression::Tuple(self.list(")", vec![first])?))
    }

    /// What follows in a list, up to its end; a comma may stand before the end.
    fn list(
        &mut self,
        end: &'static str,
        mut members: Vec<Expression>,
    ) -> Result<Vec<Expression>, ConditionProblem> {
        while !self.takes_sign(end) {
            members.push(self.expression()?);
            if self.takes_sign(end) {
                break;
            }
            self.wants_sign(",")?;
        }
        Ok(members)
    }

    fn deeper(&mut self, inner: impl FnOnce(&mut Self) -> Parsed) -> Parsed {
        if self.depth == DEEPEST {
            return Err(ConditionProblem::TooLong);
        }
        self.depth += 1;
        let parsed = inner(self);
        self.depth -= 1;
        parsed
    }

    fn takes_sign(&mut self, sign: &str) -> bool {
        let takes = matches!(self.tokens.get(self.next), Some(Token::Sign(next)) if *next == sign);
        self.next += usize::from(takes);
        takes
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let takes = matches!(self.tokens.get(self.next), Some(Token::Word(next)) if next == word);
        self.next += usize::from(takes);
        takes
    }

    fn wants_sign(&mut self, sign: &str) -> Result<(), ConditionProblem> {
        let takes = self.takes_sign(sign);
        self.wanted(takes)
    }

    fn wants_word(&mut self, word: &str) -> Result<(), ConditionProblem> {
        let takes = self.takes_word(word);
        self.wanted(takes)
    }

    fn wanted(&self, takes: bool) -> Result<(), ConditionProblem> {
        match self.tokens.get(self.next) {
            _ if takes => Ok(()),
            Some(other) => Err(other.not_understood()),
            None => Err(ConditionProblem::Incomplete),
        }
    }
}

/// One expression as it is, several as what joins them.
fn alone(
    mut expressions: Vec<Expression>,
    join: impl FnOnce(Vec<Expression>) -> Expression,
) -> Expression {
    match (expressions.pop(), expressions.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            expressions.extend(last);
            join(expressions)
        }
    }
}
