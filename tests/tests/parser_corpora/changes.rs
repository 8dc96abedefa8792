//! Files that chance makes of others: their lines in another order and of other files, values of
//! other lines, values at the edge of what fits, and damage.

use tests::random::Random;

/// What is put where a value was.
const VALUES: &[&str] = &[
    r#""""#,
    "0",
    "-1",
    "1",
    "255",
    "256",
    "65536",
    "4294967296",
    "9223372036854775807",
    "-0.0",
    "1e308",
    "nan",
    "inf",
    "true",
    "[]",
    "{}",
    "[{}]",
    r#""\u0000""#,
    r#""\n""#,
    r#""/dev/ttyS0""#,
    "1979-05-27",
    "'''",
    r#"""""#,
];

/// A file.
pub fn file(corpus: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let any = |random: &mut Random| {
        let file = &corpus[random.below(corpus.len() as u64) as usize];
        String::from_utf8_lossy(file).into_owned()
    };
    let mut lines: Vec<String> = any(random).lines().map(str::to_owned).collect();
    for _ in 0..1 + random.below(5) {
        let place = random.below(lines.len() as u64 + 1) as usize;
        let other = any(random);
        let others: Vec<&str> = other.lines().chain([""]).collect();
        match random.below(6) {
            0 if place < lines.len() => drop(lines.remove(place)),
            1 => lines.insert(place, random.pick(&others).to_owned()),
            // A table of another file, whole or not.
            2 => {
                let from = random.below(others.len() as u64) as usize;
                let length = 1 + random.below(8) as usize;
                let some = others[from..].iter().take(length);
                let some: Vec<String> = some.map(|line| (*line).to_owned()).collect();
                lines.splice(place..place, some);
            }
            3 if place < lines.len() => lines.push(lines[place].clone()),
            _ => {
                let of_other = random.pick(&others).split_once('=');
                let value = match of_other {
                    Some((_, value)) if random.chance(500) => value.trim(),
                    _ => random.pick(VALUES),
                };
                if let Some((key, _)) = lines.get(place).and_then(|line| line.split_once('=')) {
                    lines[place] = format!("{key}= {value}");
                }
            }
        }
    }
    let mut bytes = lines.join("\n").into_bytes();
    if random.chance(300) && !bytes.is_empty() {
        let place = random.below(bytes.len() as u64) as usize;
        bytes[place] ^= 1 << random.below(8);
    }
    if random.chance(50) {
        bytes.truncate(random.below(bytes.len() as u64 + 1) as usize);
    }
    bytes
}
