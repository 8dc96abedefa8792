//! The project keeps to its own rules: who may use whom, how long a file may be, which lints hold,
//! where things stand. Each rule is a function from what it reads to sentences that say what to do;
//! each is shown a bad example, so that none can pass by looking at nothing.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod crates;
mod features;
mod files;
mod libraries;
mod lints;
mod repository;

use repository::Repository;

fn check(rule: &str, findings: Vec<String>) {
    assert!(findings.is_empty(), "{rule}:\n  {}", findings.join("\n  "));
}

#[test]
fn crates_use_only_the_crates_they_may() {
    let repository = Repository::open();
    check(
        "ARCHITECTURE.md says who may use whom",
        crates::forbidden_edges(&repository.packages),
    );
}

#[test]
fn packages_are_named_after_their_folders_and_share_one_version_and_licence() {
    let repository = Repository::open();
    check(
        "packages are alike",
        crates::unlike_the_others(&repository.packages),
    );
    check(
        "a workspace apart is like the others'",
        crates::apart_and_unlike(&repository.workspace, &repository.packages),
    );
}

#[test]
fn simulators_and_the_demo_stay_out_of_the_appliance() {
    let repository = Repository::open();
    check(
        "only the feature `demo` of kiosk may bring them in",
        features::demo_in_the_appliance(&repository.packages["app/kiosk"], &repository.workspace),
    );
}

#[test]
fn every_library_is_used_and_explained() {
    let repository = Repository::open();
    check(
        "the table of libraries in ARCHITECTURE.md is true",
        libraries::unexplained(
            &repository.workspace,
            &repository.packages,
            &repository.read("ARCHITECTURE.md"),
        ),
    );
}

#[test]
fn every_crate_is_under_the_shared_lints() {
    let repository = Repository::open();
    check(
        "the shared lints hold everywhere",
        lints::not_in_force(&repository.workspace, &repository.packages),
    );
}

#[test]
fn no_source_switches_a_guarding_lint_off() {
    let repository = Repository::open();
    let findings = repository
        .sources(&["rs"])
        .filter(|(path, _)| !path.ends_with("tidy/lints.rs")) // its bad examples
        .flat_map(|(path, text)| lints::switched_off(path, &text))
        .collect();
    check("lints are there to be followed", findings);
}

#[test]
fn no_source_file_outgrows_a_reader() {
    let repository = Repository::open();
    let findings = repository
        .sources(&["rs", "slint"])
        .filter_map(|(path, text)| files::too_long(path, &text))
        .collect();
    check("a file is one room", findings);
}

#[test]
fn nothing_names_a_path_of_a_developers_machine() {
    let repository = Repository::open();
    let findings = repository
        .sources(files::WITH_PATHS)
        .flat_map(|(path, text)| files::machine_paths(path, &text))
        .collect();
    check("a clone works anywhere", findings);
}

#[test]
fn the_top_of_the_tree_is_as_architecture_says() {
    let repository = Repository::open();
    check(
        "ARCHITECTURE.md names the top-level folders",
        files::strange_folders(&repository.files),
    );
}
