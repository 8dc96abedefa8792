//! The page itself: HTML that needs nothing else, for any browser's printer.

use super::code::Square;

/// Letters of the code's text in a group, and groups in a line.
const GROUP: usize = 5;

/// Millimetres of a module on paper; 0.8 is enough for the cheapest scanners.
const MILLIMETRES: f64 = 1.1;

/// What stands on a sheet. Nothing of it is secret but the code, which is encrypted.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// The prefix of the till's receipt numbers.
    pub till: &'a str,
    /// The till's name.
    pub name: &'a str,
    /// Its POS Profile.
    pub pos_profile: &'a str,
    /// Its user.
    pub user: &'a str,
    /// The address of the site.
    pub url: &'a str,
    /// Until when it may be used, as people write it.
    pub expires: &'a str,
    /// Its id in ERPNext; empty where single use is not assured.
    pub sheet: &'a str,
    /// The text of its code.
    pub text: &'a str,
}

/// The page as HTML.
#[must_use]
pub fn write_page(page: &Page<'_>, square: &Square) -> String {
    let width = square.width();
    let side = width as f64 * MILLIMETRES;
    let mut rows = String::new();
    let (once, lost) = if page.sheet.is_empty() {
        (
            "as often as somebody has its code",
            "Whoever lost it gives the till a new key (evertill-setup till add --replace), with which this one dies.",
        )
    } else {
        (
            "by one box only",
            "Whoever lost it makes it useless in ERPNext by closing that ToDo of the user above.",
        )
    };
    for (label, value) in [
        ("Till", format!("{} ({})", page.name, page.till)),
        ("POS Profile", page.pos_profile.to_owned()),
        ("User", page.user.to_owned()),
        ("Site", page.url.to_owned()),
        ("Good until", page.expires.to_owned()),
        ("To be used", once.to_owned()),
        ("ToDo", page.sheet.to_owned()),
    ] {
        if !value.is_empty() {
            rows += &format!("<tr><th>{label}</th><td>{}</td></tr>\n", escaped(&value));
        }
    }
    format!(
        r##"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Enrolment sheet of till {till}</title>
<style>
@page {{ size: A4; margin: 14mm; }}
body {{ font: 11pt/1.4 sans-serif; color: #000; background: #fff; margin: 0 auto; max-width: 182mm; padding: 4mm; }}
h1 {{ font-size: 20pt; margin: 0 0 4mm; }}
table {{ border-collapse: collapse; margin-bottom: 4mm; }}
th {{ text-align: left; font-weight: normal; color: #444; padding: 0 6mm 0.6mm 0; vertical-align: top; }}
td {{ font-weight: bold; padding: 0 0 0.6mm; overflow-wrap: anywhere; }}
svg {{ display: block; margin: 0 auto; }}
ol {{ margin: 2mm 0; padding-left: 6mm; }}
.text {{ font: 7.5pt/1.5 monospace; overflow-wrap: anywhere; margin: 2mm 0 0; }}
.small {{ font-size: 9pt; color: #444; margin: 2mm 0 0; }}
</style>
</head>
<body>
<h1>Enrolment sheet</h1>
<table>
{rows}</table>
<ol>
<li>Switch on the box and wait for the screen that asks for this sheet.</li>
<li>Hold this code before the scanner, or type the letters below it.</li>
<li>Type the short code that you were told with this sheet. It stands nowhere on it.</li>
</ol>
<svg xmlns="http://www.w3.org/2000/svg" width="{side:.1}mm" height="{side:.1}mm" viewBox="0 0 {width} {width}" shape-rendering="crispEdges" role="img" aria-label="Code of the enrolment sheet"><path fill="#fff" d="M0 0h{width}v{width}H0z"/><path fill="#000" d="{path}"/></svg>
<p class="text">{text}</p>
<p class="small">Keep the sheet and its short code apart, and destroy the sheet when the till has been enrolled. {lost}</p>
</body>
</html>
"##,
        till = escaped(page.till),
        path = square.path(),
        text = groups(page.text),
    )
}

/// The text in groups that a person can follow with a finger. Only letters, digits and a colon.
fn groups(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let groups = letters.chunks(GROUP).map(|group| group.iter().collect());
    groups.collect::<Vec<String>>().join(" ")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}
