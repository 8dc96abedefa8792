//! `evertill-setup till add-many`: the tills of a list.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use erpnext::Transport;
use erpnext::https::SiteConfig;
use erpnext::office::{OfficeError, is_prefix};
use jiff::Timestamp;

use super::{Terms, Till, add};
use crate::Error;

/// The columns of a list, in any order.
const COLUMNS: [&str; 4] = ["prefix", "name", "user", "pos_profile"];

/// A list of tills to add.
#[derive(clap::Args)]
pub struct Many {
    /// The list, comma-separated with a heading: prefix, name, user and pos_profile, in any order.
    #[arg(value_name = "FILE")]
    pub list: PathBuf,
    /// The folder to write the sheets to, each named after its till's prefix. Tills whose sheet is
    /// there already are left alone, so an interrupted run goes on when it is given again.
    #[arg(long, value_name = "FOLDER")]
    pub sheets: PathBuf,
    /// What holds for all of the shop.
    #[command(flatten)]
    pub terms: Terms,
}

/// Adds each till of a list as [`add`] does, in its order, and ends with the first that cannot be
/// added.
///
/// # Errors
/// [`Error::List`] when the list is not one, before anything was changed; the error of a till with
/// its line, where those before it are added.
pub fn add_many(
    site: &mut dyn Transport,
    place: &SiteConfig,
    many: Many,
    now: Timestamp,
    report: &mut dyn Write,
) -> Result<(), Error> {
    if many.terms.shop_key_file.is_none() {
        return Err(Error::NoShopKey);
    }
    let text = std::fs::read_to_string(&many.list).map_err(|reason| Error::File {
        path: many.list.clone(),
        reason,
    })?;
    let rows = read(&many.list, &text)?;
    let mut terms = many.terms;
    for row in rows {
        let sheet = many.sheets.join(format!("{}.html", row.prefix));
        if sheet.exists() {
            writeln!(report, "{} has its sheet already.", row.prefix)?;
            continue;
        }
        let till = Till {
            user: row.user,
            name: row.name,
            pos_profile: row.pos_profile,
            prefix: Some(row.prefix),
            write_key: None,
            sheet: Some(sheet),
            png: None,
            terms,
        };
        add(site, place, &till, now, report).map_err(|reason| Error::InList {
            path: many.list.clone(),
            line: row.line,
            reason: Box::new(reason),
        })?;
        terms = till.terms;
    }
    Ok(())
}

struct Row {
    line: usize,
    prefix: String,
    name: String,
    user: String,
    pos_profile: String,
}

fn read(path: &Path, text: &str) -> Result<Vec<Row>, Error> {
    let wrong = |line: usize, problem: String| Error::List {
        path: path.to_owned(),
        line,
        problem,
    };
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = (1..).zip(text.lines());
    let heading: Vec<String> = match lines.next() {
        Some((line, heading)) => fields(heading).ok_or_else(|| wrong(line, quotes()))?,
        None => return Err(wrong(1, "the list is empty".to_owned())),
    };
    let place = |column: &str| {
        heading
            .iter()
            .position(|own| own.eq_ignore_ascii_case(column))
    };
    let mut places = [0; COLUMNS.len()];
    for (column, own) in COLUMNS.iter().zip(&mut places) {
        *own =
            place(column).ok_or_else(|| wrong(1, format!("the heading has no column {column}")))?;
    }
    let mut rows: Vec<Row> = Vec::new();
    let mut seen = BTreeSet::new();
    for (line, text) in lines.filter(|(_, text)| !text.trim().is_empty()) {
        let fields = fields(text).ok_or_else(|| wrong(line, quotes()))?;
        let field = |column: usize| {
            let place = places.get(column).copied().unwrap_or_default();
            let text = fields.get(place).map(String::as_str).unwrap_or_default();
            match (text, COLUMNS.get(column)) {
                ("", Some(column)) => Err(wrong(line, format!("{column} is empty"))),
                (text, _) => Ok(text.to_owned()),
            }
        };
        let row = Row {
            line,
            prefix: field(0)?,
            name: field(1)?,
            user: field(2)?,
            pos_profile: field(3)?,
        };
        if !is_prefix(&row.prefix) {
            return Err(wrong(line, OfficeError::Prefix(row.prefix).to_string()));
        }
        for (what, value) in [
            ("prefix", &row.prefix),
            ("user", &row.user),
            ("POS Profile", &row.pos_profile),
        ] {
            if !seen.insert((what, value.to_lowercase())) {
                let problem = format!("the {what} {value} is another till's in this list");
                return Err(wrong(line, problem));
            }
        }
        rows.push(row);
    }
    Ok(rows)
}

fn quotes() -> String {
    "a quotation mark is not closed".to_owned()
}

/// The fields of a line: separated by commas, or semicolons where there is no comma; in quotation
/// marks they may hold those, and two marks for one. `None` when a mark is not closed.
fn fields(line: &str) -> Option<Vec<String>> {
    let separator = if line.contains(',') { ',' } else { ';' };
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        let field = fields.last_mut()?;
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' if quoted || field.trim().is_empty() => quoted = !quoted,
            letter if letter == separator && !quoted => fields.push(String::new()),
            letter => field.push(letter),
        }
    }
    let trimmed = fields.iter().map(|field| field.trim().to_owned());
    (!quoted).then(|| trimmed.collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        match read(Path::new("tills.csv"), text) {
            Err(error) => error.to_string(),
            Ok(rows) => format!("{} rows", rows.len()),
        }
    }

    #[test]
    fn a_list_is_read_as_spreadsheets_write_it() {
        let text = "\u{feff}User,Prefix,pos_profile,name,note\r\nc1@x.org,C1,\"Counter 1, left\",\"The \"\"big\"\" one\",\r\n\r\n c2@x.org , C2 ,Counter 2,Two";
        let rows = read(Path::new("tills.csv"), text).unwrap();
        let [one, two] = &rows[..] else {
            unreachable!("{} rows", rows.len())
        };
        assert_eq!(one.name, "The \"big\" one");
        assert_eq!(one.pos_profile, "Counter 1, left");
        assert_eq!((two.line, two.prefix.as_str()), (4, "C2"));
        assert_eq!(problem("prefix;name;user;pos_profile\nC1;n;u;p"), "1 rows");
    }

    #[test]
    fn a_list_that_is_wrong_is_refused_with_the_line() {
        let heading = "prefix,name,user,pos_profile\n";
        for (text, words) in [
            (String::new(), "line 1: the list is empty"),
            ("prefix,name".to_owned(), "no column user"),
            (format!("{heading}C1,n,,p"), "line 2: user is empty"),
            (format!("{heading}C 1,n,u,p"), "line 2: C 1 cannot be"),
            (format!("{heading}C1,\"n,u,p"), "not closed"),
            (
                format!("{heading}C1,n,u,p\nC1,n,v,q"),
                "line 3: the prefix C1 is another",
            ),
            (
                format!("{heading}C1,n,u,p\nC2,n,v,P"),
                "the POS Profile P is another",
            ),
        ] {
            assert!(problem(&text).contains(words), "{}", problem(&text));
        }
    }
}
