//! `make test-live`: everything that a till and its integrator do with a site, against a real ERPNext
//! that has the recorded shop. It prepares the site and takes all of that away again.

use std::process::ExitCode;

use erpnext::https::Roots;
use tests::live::{LiveSite, run};

/// A file of certificates to trust besides the system's; may be left out.
const CERTIFICATES: &str = "ERPNEXT_CERTIFICATES";

fn main() -> ExitCode {
    let settings = ["ERPNEXT_URL", "ERPNEXT_ADMIN_KEY"];
    let values = settings.map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    let [Some(url), Some(admin_key)] = values.clone() else {
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
    let site = match roots() {
        Ok(roots) => LiveSite {
            url,
            admin_key,
            roots,
        },
        Err(sentence) => {
            eprintln!("failed: {sentence}");
            return ExitCode::FAILURE;
        }
    };
    match run(&site) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("failed: {sentence}");
            ExitCode::FAILURE
        }
    }
}

fn roots() -> Result<Roots, String> {
    let Some(file) = std::env::var_os(CERTIFICATES) else {
        return Ok(Roots::Platform);
    };
    let pem = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    Roots::from_pem(&pem).map_err(|error| error.to_string())
}

fn meaning(name: &str) -> &'static str {
    match name {
        "ERPNEXT_URL" => "the address of the site, as https://shop.example.com",
        _ => "KEY:SECRET of an administrator, who prepares the site and looks at what arrived",
    }
}
