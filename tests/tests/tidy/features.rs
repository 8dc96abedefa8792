//! What the image must not contain.

use toml::{Table, Value};

/// The one feature of kiosk that may bring in what only developers need.
const DEMO: &str = "demo";
/// As features spell what only developers need.
const DEVELOPERS_ONLY: &[&str] = &["hal/simulators", "dep:i-slint-backend-testing"];

/// Follows every feature of kiosk but `demo` and `default` (the appliance is built without
/// default features) to what it switches on.
pub fn demo_in_the_appliance(kiosk: &Table, workspace: &Table) -> Vec<String> {
    let mut findings = Vec::new();
    let none = Table::new();
    let features = kiosk
        .get("features")
        .and_then(Value::as_table)
        .unwrap_or(&none);
    for feature in features
        .keys()
        .filter(|name| *name != DEMO && *name != "default")
    {
        let mut seen = vec![feature.as_str()];
        let mut next = 0;
        while let Some(name) = seen.get(next).copied() {
            next += 1;
            if name == DEMO {
                continue;
            }
            for part in list(features.get(name)) {
                if !seen.contains(&part) {
                    seen.push(part);
                }
            }
        }
        for part in seen
            .iter()
            .filter(|part| **part == DEMO || DEVELOPERS_ONLY.contains(part))
        {
            findings.push(format!(
                "feature {feature} of kiosk switches on {part}: leave that to the feature {DEMO}"
            ));
        }
    }
    let dependency = |name: &str| kiosk.get("dependencies").and_then(|all| all.get(name));
    if let Some(testing) = dependency("i-slint-backend-testing")
        && testing.get("optional") != Some(&Value::Boolean(true))
    {
        findings.push(format!(
            "kiosk always uses i-slint-backend-testing: make it optional and let the feature \
             {DEMO} switch it on"
        ));
    }
    let shared = workspace
        .get("workspace")
        .and_then(|table| table.get("dependencies")?.get("hal"));
    if shared.and_then(|hal| hal.get("default-features")) != Some(&Value::Boolean(false)) {
        findings.push(
            "hal in [workspace.dependencies] brings its default features, simulators among them: \
             write default-features = false"
                .to_owned(),
        );
    }
    for hal in [shared, dependency("hal")] {
        let features = hal.and_then(|hal| hal.get("features"));
        if list(features).any(|feature| feature == "simulators" || feature == "default") {
            findings.push(format!(
                "kiosk always uses hal's simulators: let the feature {DEMO} switch them on"
            ));
        }
    }
    findings
}

fn list(value: Option<&Value>) -> impl Iterator<Item = &str> {
    value
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

#[test]
fn a_simulator_in_the_appliance_is_found() {
    let workspace = "[workspace.dependencies]\nhal = { path = 'hal', default-features = false }";
    let kiosk = "
        [features]
        default = ['desktop', 'demo']
        desktop = ['slint/backend-winit']
        demo = ['hal/simulators', 'dep:i-slint-backend-testing']
        [dependencies]
        hal = { workspace = true, features = ['linux'] }
        i-slint-backend-testing = { workspace = true, optional = true }";
    let findings = |kiosk: &str, workspace: &str| {
        demo_in_the_appliance(&kiosk.parse().unwrap(), &workspace.parse().unwrap()).len()
    };
    assert_eq!(findings(kiosk, workspace), 0);
    for (good, bad) in [
        ("['slint/backend-winit']", "['demo']"),
        ("['slint/backend-winit']", "['hal/simulators']"),
        ("['slint/backend-winit']", "['panel']\npanel = []"),
        ("['linux']", "['linux', 'simulators']"),
        ("optional = true", "optional = false"),
    ] {
        let changed = kiosk.replace(good, bad);
        assert_ne!(changed, kiosk);
        let expected = usize::from(!bad.contains("panel = []"));
        assert_eq!(findings(&changed, workspace), expected, "{bad}");
    }
    let through_another = kiosk.replace(
        "['slint/backend-winit']",
        "['panel']\npanel = ['hal/simulators']",
    );
    assert_eq!(findings(&through_another, workspace), 2);
    let with_defaults = workspace.replace("false", "true");
    assert_eq!(findings(kiosk, &with_defaults), 1);
}
