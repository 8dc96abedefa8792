//! Which crate may use which, and what their manifests have in common.

use std::collections::BTreeMap;

use toml::{Table, Value};

/// Our crates and those of ours that each may use. A crate that is not here may use none.
const MAY_USE: &[(&str, &[&str])] = &[
    ("appliance", &[]),
    ("checkout", &[]),
    ("erpnext", &["checkout"]),
    ("fuzz", &["tests"]),
    ("hal", &[]),
    ("init", &[]),
    (
        "kiosk",
        &["appliance", "checkout", "erpnext", "hal", "store", "ui"],
    ),
    ("machine", &["hal", "servers"]),
    ("servers", &[]),
    ("setup", &["appliance", "erpnext", "store"]),
    ("store", &["checkout"]),
    ("ui", &[]),
    (
        "tests",
        &[
            "appliance",
            "checkout",
            "erpnext",
            "hal",
            "init",
            "kiosk",
            "servers",
            "setup",
            "store",
        ],
    ),
];

/// Every table of dependencies in a manifest: normal, for tests, for the build, for one target.
pub fn dependencies(manifest: &Table) -> Vec<(&str, &Value)> {
    const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];
    let targets = manifest
        .get("target")
        .and_then(Value::as_table)
        .into_iter()
        .flat_map(Table::values)
        .filter_map(Value::as_table);
    std::iter::once(manifest)
        .chain(targets)
        .flat_map(|table| KINDS.iter().filter_map(|kind| table.get(*kind)?.as_table()))
        .flatten()
        .map(|(name, value)| {
            let renamed = value.get("package").and_then(Value::as_str);
            (renamed.unwrap_or(name), value)
        })
        .collect()
}

/// Whether a dependency is one of our crates.
pub fn is_ours(name: &str) -> bool {
    MAY_USE.iter().any(|(ours, _)| *ours == name)
}

pub fn forbidden_edges(packages: &BTreeMap<String, Table>) -> Vec<String> {
    let mut findings = Vec::new();
    for (folder, manifest) in packages {
        let user = folder_name(folder);
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == user) else {
            findings.push(format!(
                "{folder} is a new crate: say in ARCHITECTURE.md and in this rule whom it may use"
            ));
            continue;
        };
        for (used, _) in dependencies(manifest) {
            if is_ours(used) && !allowed.contains(&used) {
                findings.push(format!(
                    "{folder} uses {used} but may not: move what it needs to a crate that both \
                     may use, or pass it in as an argument"
                ));
            }
        }
    }
    findings
}

pub fn unlike_the_others(packages: &BTreeMap<String, Table>) -> Vec<String> {
    let mut findings = Vec::new();
    for (folder, manifest) in packages {
        let package = manifest.get("package").and_then(Value::as_table);
        let field = |name: &str| package.and_then(|package| package.get(name));
        if field("name").and_then(Value::as_str) != Some(folder_name(folder)) {
            findings.push(format!(
                "{folder}/Cargo.toml: name the package {}, like its folder",
                folder_name(folder)
            ));
        }
        for shared in ["version", "edition", "rust-version", "license", "publish"] {
            let inherited = field(shared).and_then(|value| value.get("workspace"));
            if inherited != Some(&Value::Boolean(true)) {
                findings.push(format!(
                    "{folder}/Cargo.toml: write {shared}.workspace = true, all crates share it"
                ));
            }
        }
    }
    findings
}

/// A package with a workspace of its own says the same there as the others' workspace.
pub fn apart_and_unlike(workspace: &Table, packages: &BTreeMap<String, Table>) -> Vec<String> {
    let part = |manifest: &Table, name: &str| {
        let part = manifest.get("workspace").and_then(|own| own.get(name));
        part.and_then(Value::as_table).cloned()
    };
    let version = |value: &Value| {
        let version = value.get("version").unwrap_or(value);
        version.as_str().map(str::to_owned)
    };
    let mut findings = Vec::new();
    let ours = part(workspace, "dependencies").unwrap_or_default();
    for (folder, manifest) in packages {
        if !manifest.contains_key("workspace") {
            continue;
        }
        if part(manifest, "package") != part(workspace, "package") {
            findings.push(format!(
                "{folder}/Cargo.toml: write in [workspace.package] what the Cargo.toml at the top has"
            ));
        }
        for (name, value) in part(manifest, "dependencies").unwrap_or_default() {
            let same = ours
                .get(&name)
                .is_none_or(|ours| version(ours) == version(&value));
            if !same {
                findings.push(format!(
                    "{folder}/Cargo.toml: name the version of {name} that the Cargo.toml at the top has"
                ));
            }
        }
    }
    findings
}

fn folder_name(folder: &str) -> &str {
    folder.rsplit('/').next().unwrap_or(folder)
}

fn package(folder: &str, manifest: &str) -> BTreeMap<String, Table> {
    BTreeMap::from([(folder.to_owned(), manifest.parse().unwrap())])
}

#[test]
fn a_forbidden_edge_is_found_in_every_kind_of_dependency() {
    for kind in [
        "[dependencies]\nstore.workspace = true",
        "[dev-dependencies]\nstore = { path = '../store' }",
        "[build-dependencies]\nstore = '1'",
        "[target.'cfg(unix)'.dependencies]\nstore = '1'",
        "[dependencies]\nkeeping = { package = 'store', path = '../store' }",
    ] {
        let findings = forbidden_edges(&package("app/checkout", kind));
        assert_eq!(findings.len(), 1, "{kind}");
        assert!(findings[0].starts_with("app/checkout uses store but may not"));
    }
    let allowed = package("app/store", "[dependencies]\ncheckout = '1'\nserde = '1'");
    assert_eq!(forbidden_edges(&allowed), Vec::<String>::new());
    assert_eq!(forbidden_edges(&package("app/printing", "")).len(), 1);
}

#[test]
fn a_package_with_a_name_or_version_of_its_own_is_found() {
    let good = "package = { name = 'store', version.workspace = true, edition.workspace = true, \
                rust-version.workspace = true, license.workspace = true, publish.workspace = true }";
    assert_eq!(
        unlike_the_others(&package("app/store", good)),
        Vec::<String>::new()
    );
    for bad in [
        good.replace("'store'", "'evertill-store'"),
        good.replace(
            "version.workspace = true, edition",
            "version = '0.2.0', edition",
        ),
        good.replace("license.workspace = true", "license = 'MIT'"),
    ] {
        assert_eq!(
            unlike_the_others(&package("app/store", &bad)).len(),
            1,
            "{bad}"
        );
    }
}

#[test]
fn a_workspace_apart_with_versions_of_its_own_is_found() {
    let top = "[workspace.package]\nversion = '1'\n[workspace.dependencies]\n\
               serde = { version = '1', features = ['derive'] }\ncheckout = { path = 'app/checkout' }";
    let good = "[workspace.package]\nversion = '1'\n[workspace.dependencies]\n\
                serde = '1'\ncheckout = { path = '../../app/checkout' }\nlibfuzzer-sys = '0.4'";
    let findings = |manifest: &str| {
        let packages = package("tests/fuzz", manifest);
        apart_and_unlike(&top.parse().unwrap(), &packages).len()
    };
    assert_eq!(findings(good), 0);
    assert_eq!(findings(&good.replace("serde = '1'", "serde = '2'")), 1);
    assert_eq!(findings(&good.replace("version = '1'", "version = '2'")), 1);
    assert_eq!(findings("[package]\nname = 'fuzz'"), 0);
}
