//! Lists in words.

/// "a", "a and b", "a, b and c".
pub(super) fn and(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The first few, and how many more: "a, b, c and 12 more".
pub(super) fn first_few(names: &[&str]) -> String {
    match names {
        [a, b, c, rest @ ..] if rest.len() > 1 => {
            format!("{a}, {b}, {c} and {} more", rest.len())
        }
        all => and(all),
    }
}

/// Rights as one says them.
pub(super) fn right_words(rights: &[&'static str]) -> Vec<&'static str> {
    let word = |right: &&'static str| match *right {
        "write" => "change",
        other => other,
    };
    rights.iter().map(word).collect()
}
