//! `make test-live`: the sync suite against a real ERPNext that has the recorded shop.

use std::process::ExitCode;

fn main() -> ExitCode {
    let settings = ["ERPNEXT_URL", "ERPNEXT_KEY", "ERPNEXT_ADMIN_KEY"];
    let values = settings.map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    let [Some(url), Some(key), Some(admin_key)] = &values else {
        eprintln!("Set these first:");
        for (name, _) in settings
            .iter()
            .zip(&values)
            .filter(|(_, value)| value.is_none())
        {
            eprintln!("  {name}  {}", meaning(name));
        }
        return ExitCode::from(2);
    };
    match tests::live::run(url, key, admin_key) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("failed: {sentence}");
            ExitCode::FAILURE
        }
    }
}

fn meaning(name: &str) -> &'static str {
    match name {
        "ERPNEXT_URL" => "the address of the site, as https://shop.example.com",
        "ERPNEXT_KEY" => "KEY:SECRET of the till's user",
        _ => "KEY:SECRET of an administrator, to look at what arrived",
    }
}
