//! How long files are, where they stand and what they may name.

const MOST_LINES: usize = 600;

const TOP_LEVEL: &[&str] = &["app", "buildroot", "hal", "images", "tests"];

/// Endings, or whole names, of files in which a path would be one that somebody follows; recorded
/// data may hold any text.
pub const WITH_PATHS: &[&str] = &[
    "rs", "slint", "toml", "md", "sh", "Makefile", "install", "run", "stage", "demo", "licences",
    "sql", "conf", "cfg", "service",
];

/// Beginnings of paths that exist on one machine only. Split, so as not to find themselves.
const MACHINE_PATHS: &[&str] = &[
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/."),
    concat!("../sha", "red"),
    concat!(".lib", "rary/"),
];

pub fn too_long(path: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    (lines > MOST_LINES).then(|| {
        format!(
            "{path} has {lines} lines, more than {MOST_LINES}: give its parts rooms of their own"
        )
    })
}

pub fn machine_paths(path: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        for beginning in MACHINE_PATHS {
            let named = line.match_indices(beginning).any(|(at, _)| {
                // What goes on before it, as an address does ("https://a.example/home/"), is another.
                !line[..at].ends_with(|before: char| before.is_alphanumeric() || before == '}')
            });
            if named {
                findings.push(format!(
                    "{path}:{number}: {beginning} is on one machine only; take a path from the \
                     project, an argument or the environment"
                ));
            }
        }
    }
    findings
}

pub fn strange_folders(files: &[String]) -> Vec<String> {
    let mut folders: Vec<&str> = files
        .iter()
        .filter_map(|path| Some(path.split_once('/')?.0))
        .filter(|folder| !folder.starts_with('.') && !TOP_LEVEL.contains(folder))
        .collect();
    folders.dedup();
    folders
        .iter()
        .map(|folder| format!("{folder}/ is not a top-level folder: put it into the one it serves"))
        .collect()
}

#[test]
fn a_file_that_is_too_long_is_found() {
    assert_eq!(too_long("hal/src/lib.rs", &"line\n".repeat(600)), None);
    let finding = too_long("hal/src/lib.rs", &"line\n".repeat(601)).unwrap();
    assert!(finding.contains("601 lines"));
}

#[test]
fn a_path_of_one_machine_is_found() {
    for bad in MACHINE_PATHS {
        let text = format!("fine\nread(\"{bad}shop\")");
        let findings = machine_paths("hal/src/lib.rs", &text);
        assert_eq!(findings.len(), 1, "{bad}");
        assert!(findings[0].starts_with("hal/src/lib.rs:2:"));
    }
    let good = concat!(
        "$HOME/.cargo https://shop.example/ho",
        "me/ /var/lib/evertill"
    );
    assert_eq!(machine_paths("README.md", good), Vec::<String>::new());
}

#[test]
fn a_strange_top_level_folder_is_found() {
    let files = [
        "README.md",
        ".ci/run",
        "app/kiosk/Cargo.toml",
        "scripts/a",
        "scripts/b",
    ];
    let findings = strange_folders(&files.map(str::to_owned));
    assert_eq!(findings.len(), 1);
    assert!(findings[0].starts_with("scripts/"));
}
