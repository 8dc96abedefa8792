//! The table of libraries in ARCHITECTURE.md.

use std::collections::{BTreeMap, BTreeSet};

use toml::Table;

use crate::crates::{dependencies, is_ours};

/// Libraries that no row explains, rows without a library, and libraries that nobody uses.
pub fn unexplained(
    workspace: &Table,
    packages: &BTreeMap<String, Table>,
    architecture: &str,
) -> Vec<String> {
    // A package with a workspace of its own names its versions there.
    let shared: BTreeSet<&str> = std::iter::once(workspace)
        .chain(packages.values())
        .filter_map(|manifest| manifest.get("workspace")?.get("dependencies")?.as_table())
        .flat_map(Table::keys)
        .map(String::as_str)
        .filter(|name| !is_ours(name))
        .collect();
    let used: BTreeSet<&str> = packages
        .values()
        .flat_map(dependencies)
        .map(|(name, _)| name)
        .filter(|name| !is_ours(name))
        .collect();
    let explained = explained(architecture);
    let mut findings = Vec::new();
    for name in shared
        .union(&used)
        .filter(|name| !explained.contains(*name))
    {
        findings.push(format!(
            "{name} has no line in ARCHITECTURE.md, \"Libraries\": say there what it saves us"
        ));
    }
    for name in explained.iter().filter(|name| !used.contains(*name)) {
        findings.push(format!(
            "ARCHITECTURE.md explains {name}, which no crate uses: take the line out"
        ));
    }
    for name in shared.difference(&used) {
        findings.push(format!(
            "{name} is in [workspace.dependencies] but no crate uses it: take it out"
        ));
    }
    for name in used.difference(&shared) {
        findings.push(format!(
            "{name} is missing from [workspace.dependencies]: name its version there once"
        ));
    }
    findings
}

/// The names in backticks in the first column of the table under "Libraries".
fn explained(architecture: &str) -> BTreeSet<&str> {
    architecture
        .lines()
        .skip_while(|line| line.trim_start_matches('#').trim() != "Libraries")
        .skip(1)
        .take_while(|line| !line.starts_with('#'))
        .filter_map(|line| line.strip_prefix('|')?.split('|').next())
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect()
}

#[test]
fn a_library_without_a_reason_and_a_reason_without_a_library_are_found() {
    let check = |shared: &str, used: &str, table: &str| {
        let workspace = format!("[workspace.dependencies]\ncheckout = {{ path = 'x' }}\n{shared}");
        let package = format!("[dependencies]\ncheckout.workspace = true\n{used}");
        let text = format!(
            "# Title\n| `other` | x |\n## Libraries\n| Name | Why |\n{table}\n## Next\n| `later` | x |"
        );
        unexplained(
            &workspace.parse().unwrap(),
            &BTreeMap::from([("app/store".to_owned(), package.parse().unwrap())]),
            &text,
        )
    };
    let (shared, used) = (
        "png = '1'\nserde = '1'",
        "png = '1'\nserde.workspace = true",
    );
    let table = "| `png`, `serde` | pictures and text |";
    assert_eq!(check(shared, used, table), Vec::<String>::new());
    for (shared, used, table, finding) in [
        (shared, used, "| `png` | pictures |", "serde has no line"),
        (
            shared,
            used,
            "| `png`, `serde`, `qrcode` | x |",
            "explains qrcode",
        ),
        (shared, "png = '1'", table, "explains serde"),
        (
            shared,
            "png = '1'",
            "| `png`, `serde` | x |",
            "no crate uses it",
        ),
        ("png = '1'", used, table, "serde is missing from"),
    ] {
        let findings = check(shared, used, table);
        assert!(
            findings.iter().any(|text| text.contains(finding)),
            "expected {finding:?} in {findings:?}"
        );
    }
}
