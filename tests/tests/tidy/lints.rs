//! The lints that keep the promises "nothing panics" and "every public item is documented".

use std::collections::BTreeMap;

use toml::{Table, Value};

/// Switched on in Cargo.toml for all crates; `make lint` makes them errors.
const SHARED: &[(&str, &str)] = &[
    ("rust", "missing_docs"),
    ("rust", "unsafe_code"),
    ("clippy", "unwrap_used"),
    ("clippy", "expect_used"),
    ("clippy", "panic"),
    ("clippy", "todo"),
    ("clippy", "unimplemented"),
    ("clippy", "dbg_macro"),
];

/// May be switched off in tests, never in the product.
const IN_TESTS_ONLY: &[&str] = &[
    "clippy::unwrap_used",
    "clippy::expect_used",
    "clippy::panic",
];
/// May be switched off nowhere, nor anything else that begins with `unused`.
const NOWHERE: &[&str] = &[
    "clippy::all",
    "clippy::todo",
    "clippy::unimplemented",
    "dead_code",
    "missing_docs",
    "warnings",
];

pub fn not_in_force(workspace: &Table, packages: &BTreeMap<String, Table>) -> Vec<String> {
    let mut findings = Vec::new();
    let lints = workspace
        .get("workspace")
        .and_then(|table| table.get("lints"));
    for (tool, lint) in SHARED {
        let level = lints.and_then(|lints| lints.get(tool)?.get(lint));
        let level = level.and_then(|value| value.get("level").unwrap_or(value).as_str());
        if !matches!(level, Some("warn" | "deny" | "forbid")) {
            findings.push(format!(
                "Cargo.toml: set {lint} = \"warn\" under [workspace.lints.{tool}]"
            ));
        }
    }
    for (folder, manifest) in packages {
        let inherited = manifest
            .get("lints")
            .and_then(|lints| lints.get("workspace"));
        if inherited != Some(&Value::Boolean(true)) {
            findings.push(format!(
                "{folder}/Cargo.toml: write [lints] workspace = true"
            ));
        }
    }
    findings
}

/// Attributes in one source file that switch a guarding lint off, and tests that are never run.
pub fn switched_off(path: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let mut find = |at: usize, what: &str| {
        let line = text[..at].lines().count().max(1);
        findings.push(format!("{path}:{line}: {what}"));
    };
    for (at, inside) in attributes(text) {
        let before = &text[..at];
        let after = &text[at + inside.len()..];
        for lint in inside.split(',').map(str::trim) {
            let never = NOWHERE.contains(&lint) || lint.starts_with("unused");
            if (never || IN_TESTS_ONLY.contains(&lint)) && is_generated(after) {
                continue;
            }
            if never {
                find(at, &format!("do not switch off {lint}; mend what it says"));
            } else if IN_TESTS_ONLY.contains(&lint) && !is_test(path, before) {
                find(
                    at,
                    &format!("{lint} is for tests; return an error that names the thing instead"),
                );
            } else if lint == "unsafe_code" && !path.starts_with("hal/src/linux") {
                find(
                    at,
                    "unsafe code lives in hal/src/linux only, each with its reason",
                );
            }
        }
    }
    for (at, _) in text.match_indices(concat!("#[", "ignore")) {
        find(
            at,
            "a test that is not run proves nothing; make it run or take it out",
        );
    }
    findings
}

/// What stands in the brackets of each `allow(…)` and `expect(…)` of an attribute, and where.
fn attributes(text: &str) -> impl Iterator<Item = (usize, &str)> {
    ["allow(", "expect("].into_iter().flat_map(move |word| {
        text.match_indices(word).filter_map(move |(at, _)| {
            // Not a method call, and not the end of a longer name.
            let stands_alone = text[..at].ends_with(['[', ' ', ',', '(']);
            let inside = text[at + word.len()..].split(')').next()?;
            stands_alone.then_some((at + word.len(), inside))
        })
    })
}

/// Whether the attribute is on code that the Slint compiler writes.
fn is_generated(after: &str) -> bool {
    let item = after.split_once('}').map_or(after, |(item, _)| item);
    item.contains("slint::include_modules!") && item.matches('{').count() == 1
}

fn is_test(path: &str, before: &str) -> bool {
    let mut folders = path.split('/');
    let beside_sources = folders.any(|folder| folder == "tests" || folder == "benches");
    let attributes_above = before
        .lines()
        .rev()
        .take_while(|line| line.trim_start().starts_with("#"));
    beside_sources
        || path.ends_with("/tests.rs")
        || attributes_above
            .into_iter()
            .any(|line| line.trim() == "#[cfg(test)]")
}

#[test]
fn a_lint_that_is_not_in_force_is_found() {
    let all = "[workspace.lints.rust]\nmissing_docs = 'warn'\nunsafe_code = 'deny'\n\
               [workspace.lints.clippy]\nunwrap_used = 'warn'\nexpect_used = 'warn'\n\
               panic = { level = 'warn', priority = 1 }\ntodo = 'warn'\nunimplemented = 'warn'\n\
               dbg_macro = 'warn'";
    let package = |text: &str| BTreeMap::from([("hal".to_owned(), text.parse().unwrap())]);
    let inherits = package("lints.workspace = true");
    assert_eq!(
        not_in_force(&all.parse().unwrap(), &inherits),
        Vec::<String>::new()
    );
    assert_eq!(not_in_force(&all.parse().unwrap(), &package("")).len(), 1);
    for (good, bad) in [
        ("missing_docs = 'warn'", "missing_docs = 'allow'"),
        ("level = 'warn'", "level = 'allow'"),
        ("todo = 'warn'", ""),
    ] {
        let changed = all.replace(good, bad);
        let findings = not_in_force(&changed.parse().unwrap(), &inherits);
        assert_eq!(findings.len(), 1, "{bad}");
    }
}

#[test]
fn a_lint_that_is_switched_off_is_found() {
    let source = "hal/src/framing.rs";
    for (path, bad) in [
        (source, "#![allow(missing_docs)]"),
        (
            source,
            "#[allow(\n    dead_code,\n    reason = \"later\"\n)]\nfn f() {}",
        ),
        (source, "#[expect(clippy::unwrap_used, reason = \"sure\")]"),
        (
            source,
            "#![cfg_attr(feature = \"std\", allow(unused_imports))]",
        ),
        (
            source,
            "#[allow(clippy::panic)]\nfn f() {}\n#[cfg(test)]\nmod tests {}",
        ),
        (source, "#![allow(clippy::all)]"),
        (source, "#[allow(unsafe_code)]"),
        (
            "app/store/tests/full_disk.rs",
            concat!("#[", "ignore]\nfn f() {}"),
        ),
        ("app/store/tests/full_disk.rs", "#![allow(dead_code)]"),
        (
            "app/kiosk/src/lib.rs",
            "#[allow(missing_docs)]\nmod a { fn f() {} }\nmod ui { slint::include_modules!(); }",
        ),
    ] {
        assert_eq!(switched_off(path, bad).len(), 1, "{bad}");
    }
    for (path, good) in [
        (source, "let first = list.first().expect(missing_docs);"),
        (
            source,
            "#[allow(clippy::too_many_arguments, reason = \"a table\")]",
        ),
        (
            source,
            "#[cfg(test)]\n#[allow(clippy::unwrap_used)]\nmod tests {}",
        ),
        (
            "app/store/tests/full_disk.rs",
            "#![allow(clippy::unwrap_used)]",
        ),
        ("hal/src/linux/pty.rs", "#[allow(unsafe_code)]"),
        (
            "app/kiosk/src/lib.rs",
            "#[allow(missing_docs, clippy::all)]\npub mod ui {\n    slint::include_modules!();\n}",
        ),
    ] {
        assert_eq!(switched_off(path, good), Vec::<String>::new(), "{good}");
    }
}
