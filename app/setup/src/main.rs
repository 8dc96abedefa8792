//! evertill-setup: the integrator's command for sites, tills and journals.
fn main() {}
